"""One program of the suite: started, killed, stopped and restarted by tests."""

import os
import re
import signal
import subprocess

from . import ops
from .until import PATIENCE, until

SANITIZER = re.compile(rb"ERROR: (Address|Leak)Sanitizer|runtime error:|WARNING: ThreadSanitizer")


class Process:
    def __init__(self, name, command, env, log, port=None):
        """port: the socket of its operations port; without one somebody has to say what `healthy` is."""
        self.name, self.command, self.env, self.log, self.port = name, [str(c) for c in command], env, log, port
        self.process = None

    def start(self):
        with open(self.log, "ab") as out:
            self.process = subprocess.Popen(self.command, env=self.env, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd="/")
        return self

    @property
    def pid(self):
        return self.process.pid

    def running(self):
        return self.process is not None and self.process.poll() is None

    def healthy(self):
        if not self.running():
            raise AssertionError(f"{self.name} ended with {self.process.returncode}:\n{self.tail()}")
        assert self.port, f"{self.name} has no operations port to be asked at"
        try:
            return ops.ask(self.port, "/readyz", timeout=5)[0] == 200
        except ops.SILENT:
            return False

    def wait_ready(self, timeout=PATIENCE):
        until(self.healthy, lambda: f"{self.name} to be ready; its log ends:\n{self.tail()}", timeout=timeout, interval=0.03)
        return self

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self, timeout=PATIENCE):
        """SIGTERM; the exit code must be 0 and no sanitizer may have spoken."""
        if not self.running():
            return
        self.signal(signal.SIGTERM)
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.signal(signal.SIGABRT)
            self.process.wait(10)
            raise AssertionError(f"{self.name} did not stop within {timeout} s:\n{self.tail()}") from None
        assert code == 0, f"{self.name} stopped with {code}:\n{self.tail()}"

    def tail(self, size=4000):
        try:
            with open(self.log, "rb") as log:
                log.seek(max(0, os.path.getsize(self.log) - size))
                return log.read().decode(errors="replace")
        except FileNotFoundError:
            return ""

    def sanitizer_report(self):
        try:
            with open(self.log, "rb") as log:
                text = log.read()
        except FileNotFoundError:
            return None
        found = SANITIZER.search(text)
        return text[found.start():found.start() + 6000].decode(errors="replace") if found else None
