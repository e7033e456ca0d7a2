"""Waiting for a condition with a deadline: the only way that tests wait."""

import time


def until(condition, what, timeout=15.0, interval=0.02):
    """Calls condition() until it returns something true, and returns that; fails with `what` after timeout seconds."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout:g} s in vain for: {what}")
        time.sleep(interval)
