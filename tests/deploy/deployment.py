"""compose.yml as an operator starts it, under a name, ports and secrets of its own: a suite as the harness knows one, over TLS."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import urllib.request

from harness import until
from harness.client import Client, Org
from harness.suite import ROOT, free_port

SERVICES = ("auth", "chat", "notify", "admin", "gateway")
BUILDING, STARTING = 3600, 600  # seconds


class Deployment:
    def __init__(self, *words):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pqdeploy-", dir="/tmp"))
        self.secrets, self.env = self.folder / "secrets", self.folder / "env"
        self.port, self.plain_port = free_port(), free_port()
        self.kept = []
        self.prepare("--host", "localhost", "--redis", *words)
        self.set(PALIQUE_ADDRESS="127.0.0.1", PALIQUE_HTTPS_PORT=self.port, PALIQUE_HTTP_PORT=self.plain_port, PALIQUE_RATE_SCALE=0)
        # What httpx, websockets and urllib trust, until it ends.
        self.trusted = os.environ.get("SSL_CERT_FILE")
        os.environ["SSL_CERT_FILE"] = str(self.secrets / "edge.crt")

    # ---- the operator's commands ----
    def prepare(self, *words):
        subprocess.run([ROOT / "deploy/compose/prepare.sh", "--secrets", self.secrets, "--env", self.env, *words], check=True, timeout=60)

    def set(self, **settings):
        with self.env.open("a") as env:
            env.writelines(f"{name}={value}\n" for name, value in settings.items())

    def compose(self, *words, timeout=STARTING):
        done = subprocess.run(["docker", "compose", "--project-directory", ROOT, "--env-file", self.env, "-p", self.folder.name, *words],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout, check=False)
        assert done.returncode == 0, f"docker compose {' '.join(words)}: {done.stderr[-8000:]}"
        return done.stdout

    def build(self):
        self.compose("build", timeout=BUILDING)

    def up(self, *services):
        try:
            self.compose("up", "-d", "--wait", "--wait-timeout", str(STARTING - 60), *services)
        except AssertionError as failed:
            raise AssertionError(f"{failed}\n{self.compose('logs', '--tail', '40', '--no-color')}") from None

    def down(self, *words):
        self.compose("down", "--timeout", "40", *words)

    def end(self):
        for thing in self.kept:
            thing.close()
        self.down("--volumes", "--remove-orphans")
        os.environ.pop("SSL_CERT_FILE")
        if self.trusted:
            os.environ["SSL_CERT_FILE"] = self.trusted
        shutil.rmtree(self.folder)

    # ---- containers ----
    def containers(self, service):
        return self.compose("ps", "-q", service).split()

    def inspect(self, container):
        return json.loads(subprocess.run(["docker", "inspect", container], check=True, capture_output=True, text=True, timeout=60).stdout)[0]

    def crash(self, container):
        """As if it had ended by itself: Docker does not start again what it was told to kill. Waits until it is well again."""
        before = self.inspect(container)
        os.kill(before["State"]["Pid"], signal.SIGKILL)

        def back():
            now = self.inspect(container)
            return now["RestartCount"] > before["RestartCount"] and now["State"].get("Health", {"Status": "healthy"})["Status"] == "healthy"
        until(back, f"{before['Name']} to be started again and well", timeout=120)

    def metrics(self, container):
        """name with labels → value, from the operations port; the host reaches containers by their addresses."""
        address = next(n["IPAddress"] for name, n in self.inspect(container)["NetworkSettings"]["Networks"].items() if name.endswith("_inside"))
        with urllib.request.urlopen(f"http://{address}:9090/metrics", timeout=60) as answer:
            lines = answer.read().decode().splitlines()
        return {key: float(value) for key, value in (line.rsplit(" ", 1) for line in lines if line and line[0] != "#")}

    # ---- a suite as the harness knows it ----
    def url(self, gateway=0):
        return f"https://localhost:{self.port}"

    def base_for(self, path, gateway=0):
        return self.url()

    def ws_url(self, gateway=0):
        return f"wss://localhost:{self.port}"

    def keep(self, thing):
        self.kept.append(thing)
        return thing

    def client(self, gateway=0):
        return self.keep(Client(self))

    def org(self):
        return Org(self)
