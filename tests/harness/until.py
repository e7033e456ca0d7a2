"""Waiting for a condition with a deadline: the only way that tests wait."""

import time

PATIENCE = 90.0  # seconds; a good run never waits so long, and a busy machine is no reason to fail


def until(condition, what, timeout=PATIENCE, interval=0.02):
    """Calls condition() until it returns something true, and returns that; fails with `what` (text, or what makes it then) after timeout seconds."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {timeout:g} s in vain for: {what() if callable(what) else what}")
        time.sleep(interval)
