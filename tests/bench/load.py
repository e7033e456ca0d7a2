"""Drives the load generator (load.c) and samples CPU exactly over what it counts."""

import json
import subprocess
import tempfile

from paths import TOOLS
from usage import between


class Load:
    """with Load(port, plan, usage, rate=…|window=…, seconds=…, …) as load: load.run() → the generator's result, with "cpu" by process.
    plan: lines of (token, channels, sends). Without rate and window the sockets are only there, from enter to exit."""

    def __init__(self, port, plan, usage, **options):
        self.usage = usage
        self.plan = tempfile.NamedTemporaryFile("w", suffix=".plan")
        for token, channels, sends in plan:
            self.plan.write(f"{token} {','.join(map(str, channels))} {'s' if sends else '-'}\n")
        self.plan.flush()
        self.command = [str(TOOLS / "load"), "--port", str(port), "--plan", self.plan.name]
        for name, value in options.items():
            self.command += [f"--{name}", str(value)]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.connected = self._expect("connected")
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()
        self.plan.close()

    def _expect(self, event):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the load generator ended with {self.process.wait()} instead of {event}")
        said = json.loads(line)
        if said["event"] != event:
            raise RuntimeError(f"{said} instead of {event}")
        return said

    def run(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        self._expect("start")
        before = self.usage.now()
        self._expect("end")
        after = self.usage.now()
        result = self._expect("result")
        result["cpu"] = between(before, after)
        result["cpu"]["others"] = round(max(0.0, result["cpu"]["machine"] - result["cpu"]["suite"] - result["generator_cpu_s"]), 2)
        return result


def run(port, plan, usage, **options):
    with Load(port, plan, usage, **options) as load:
        return load.run()
