"""Whom HTTP clients trust. By itself httpx reads all authorities of the system for each client, 24 ms of a processor, http:// or not."""

import functools
import os
import ssl


@functools.cache
def _context(_authorities, _changed):  # OpenSSL itself looks at SSL_CERT_FILE
    return ssl.create_default_context()


def trust():
    """verify=trust() for httpx. A file that has changed is read again."""
    authorities = os.environ.get("SSL_CERT_FILE")
    return _context(authorities, os.stat(authorities).st_mtime_ns if authorities else None)
