"""What the system tests stand on: a private PostgreSQL, the suite's real programs, and clients that others wrote."""

from .client import Client, Org, Problem
from .socket import Closed, Socket
from .suite import Suite
from .until import until

__all__ = ["Client", "Closed", "Org", "Problem", "Socket", "Suite", "until"]
