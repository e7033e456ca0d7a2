"""An installation by ./run, as people have it: a data folder and a port of its own, so that it disturbs nothing else on the machine."""

import json
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.request

from .pages import files
from .suite import ROOT, free_port

RUN = ROOT / "run"
SERVICES = ("auth", "chat", "notify", "admin", "gateway")
PROCESSES = ("postgres", *SERVICES, "edge")
BUILDING = 900  # seconds; the first start builds


class Installation:
    """A data folder and a port; end() leaves neither processes nor files."""

    def __init__(self, user=None):
        self.user = pwd.getpwnam(user) if user else None
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="pqrun-", dir="/tmp"))
        self.folder.chmod(0o755)
        if self.user:
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        self.data, self.port = self.folder / "data", free_port()

    def _as_user(self):
        if not self.user:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def command(self, *words):
        return [str(RUN), *map(str, words), "--data", str(self.data)] if "--" not in words else [str(RUN), words[0], "--data", str(self.data), *map(str, words[1:])]

    def run(self, *words, timeout=BUILDING, env=None):
        """The finished process: .returncode, .stdout, .stderr."""
        return subprocess.run(self.command(*words), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout, cwd="/",
                              env={**os.environ, "HOME": "/nonexistent", **(env or {})}, **self._as_user())

    def popen(self, *words):
        return subprocess.Popen(self.command(*words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/",
                                start_new_session=True, **self._as_user())

    def start(self):
        # What is in the environment reaches the services: these tests register more people from one address than the limits like.
        done = self.run("--port", self.port, "--detach", env={"PALIQUE_RATE_SCALE": "0"})
        assert done.returncode == 0, done.stderr
        assert f"http://127.0.0.1:{self.port}/" in done.stderr
        return self

    def status(self):
        """name → (state, pid, restarts), or None when nothing runs."""
        done = self.run("status")
        if done.returncode != 0:
            assert done.returncode == 3 and "not running" in done.stderr, done
            return None
        rows = [line.split() for line in done.stdout.splitlines()]
        return {r[0]: (r[1], int(r[2]), int(r[3])) for r in rows if r and r[0] in PROCESSES}

    def launcher(self):
        return int((self.data / "run/lock").read_text())

    def pids(self):
        """Everything on the machine that runs from or on this folder."""
        found = []
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                # nginx's workers have no telling command line, but hold files of ours.
                words = [(folder / "cmdline").read_text(), *(os.readlink(link) for link in (folder / "fd").iterdir())]
                if any(str(self.folder) in word for word in words) and int(folder.name) != os.getpid():
                    found.append(int(folder.name))
            except (OSError, UnicodeDecodeError):
                pass
        return found

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def call(self, method, path, body=None, token=None):
        request = urllib.request.Request(self.url(path), method=method, data=json.dumps(body).encode() if body is not None else None,
                                         headers={"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def talk(self):
        done = subprocess.run([sys.executable, ROOT / "scripts/two_clients.py", self.url("")], capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def end(self):
        self.run("stop")
        for pid in self.pids():
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)


def check_out():
    """An installation with a checkout of its own, for commands as pages have them. It has the build of this one; PALIQUE_FRESH=1 makes it a clone with nothing."""
    installation = Installation()
    folder = installation.checkout = installation.folder / "palique"
    folder.mkdir(mode=0o755)
    installation.data = folder / "var"
    if os.environ.get("PALIQUE_FRESH"):
        subprocess.run(["git", "-c", "safe.directory=*", "clone", "-q", "--no-hardlinks", ROOT, folder], check=True)
        return installation
    for name in files():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    for name in ("build", "web/dist", "web/node_modules"):
        if (ROOT / name).exists():
            (folder / name).symlink_to(ROOT / name)
    return installation


def as_said(text, port):
    """What a page says, on another port, because that one may be taken: as the README offers it."""
    return text.replace("8080", str(port)).replace("./run --detach", f"./run --port {port} --detach")
