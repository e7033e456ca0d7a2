"""The suite as a test sees it: PostgreSQL, auth, chat, notify, admin, one or more gateways, and if asked for Redis and nginx."""

import functools
import itertools
import os
import pathlib
import socket
import subprocess
import tempfile

import httpx

from . import ops
from .certificates import make_certificates
from .client import Client, Org
from .postgres import Postgres
from .process import Process
from .trust import trust
from .until import PATIENCE, until

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("PALIQUE_BUILD", ROOT / "build/dev"))
OWNERS = ("auth", "chat", "notify", "admin")
SCALE = float(os.environ.get("PALIQUE_TEST_PATIENCE", "1"))  # sanitizers are slow: multiplies start-up deadlines


def service_of(name):
    """chat1 is a process of chat."""
    return name.rstrip("0123456789")


class _Ports:
    """A share of the ports below those that the system gives to connections, of this process alone: a socket's name is held as long as it runs."""
    FIRST, EACH, SHARES = 10240, 352, 64

    def __init__(self):
        self.held = socket.socket(socket.AF_UNIX)
        share = next(n for n in range(self.SHARES) if self._holds(n))
        first = self.FIRST + share * self.EACH
        self.all = itertools.cycle(range(first, first + self.EACH))

    def _holds(self, share):
        try:
            self.held.bind(f"\0palique-test-ports-{share}")
        except OSError:
            return False
        return True


@functools.cache
def _ports():
    return _Ports()


def free_port():
    """Nobody listens there, and nobody else is given it before it is used."""
    while True:
        port = next(_ports().all)
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)):
                return port


class Suite:
    """gateways, chats: how many (chat, or chat0, chat1, …); redis: start one and use it; edge: nginx in front, as ./run has it; env: further
    variables for all; env_for: {"chat": {…}} for one. Rates are off unless env says otherwise. wires: a Wires that all connections of the bus lead
    through; tls: the bus over tls+tcp; programs: {"gateway1": "palique-other"} for one that is another build."""

    def __init__(self, folder, postgres=None, gateways=1, redis=False, edge=False, env=None, env_for=None, build=None, chats=1, wires=None, tls=False,
                 programs=None):
        self.folder = pathlib.Path(folder)
        self.build = pathlib.Path(build or BUILD).resolve()
        self.gateways, self.with_redis, self.with_edge = gateways, redis, edge
        self.extra, self.extra_for = env or {}, env_for or {}
        self.wires, self.tls, self.programs = wires, tls, programs or {}
        self.replicas = {owner: [owner] for owner in OWNERS}
        if chats > 1:
            self.replicas["chat"] = [f"chat{n}" for n in range(chats)]
        self.own_postgres = postgres is None
        self.postgres = postgres
        self.processes = {}
        self.kept = []
        self.reported = set()

    # ---- life ----
    def start(self):
        """Up and ready; when that fails, nothing is left running."""
        try:
            return self._start()
        except BaseException:
            self._abandon()
            raise

    def _abandon(self):
        for process in self.processes.values():
            if process.running():
                process.kill()
        if self.own_postgres and self.postgres:
            self.postgres.remove()

    def _start(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.bus = pathlib.Path(tempfile.mkdtemp(prefix="pq-", dir="/tmp"))  # unix socket paths are short
        self.bus.chmod(0o700)
        if self.own_postgres:
            self.postgres = Postgres(pathlib.Path(tempfile.mkdtemp(prefix="pqdb-", dir="/tmp"))).create().start()
        self.database = self.postgres.new_database(ROOT / "deploy/postgres/bootstrap.sql")
        self.ports = {name: free_port() for name in [f"gateway{n}" for n in range(self.gateways)] + self.replicas["chat"] + ["notify", "admin", "edge", "redis"]}
        self._lay_bus()
        if self.with_redis:
            self._start_redis()
        for name in itertools.chain(*self.replicas.values()):
            self._process(name).start()
        for n in range(self.gateways):
            self._process(f"gateway{n}").start()
        self.wait_ready()
        if self.with_edge:
            self._start_edge()
        return self

    def wait_ready(self):
        for process in self.processes.values():
            process.wait_ready(PATIENCE * SCALE)

    def _lay_bus(self):
        """Where each service listens, and where the others find it."""
        names = list(itertools.chain(*self.replicas.values()))
        self.listens = {name: f"tls+tcp://localhost:{free_port()}" if self.tls else f"ipc://{self.bus}/{name}.sock" for name in names}
        self.dialed = {name: self.wires.through(name, address) if self.wires else address for name, address in self.listens.items()}
        if self.tls:
            authority, node = make_certificates(self.folder)
            self.bus_env = {"PALIQUE_BUS_TLS_CA": str(authority), "PALIQUE_BUS_TLS_CERT_KEY": str(node)}
        else:
            self.bus_env = {}

    def _process(self, name):
        program = self.programs.get(name, f"palique-{service_of(name)}")
        process = Process(name, [self.build / "bin" / program], self.env_of(name), self.folder / f"{name}.log", self.port_of(name))
        self.processes[name] = process
        return process

    def port_of(self, name):
        """The socket of its operations port."""
        return self.bus / f"{name}-ops.sock"

    def env_of(self, name):
        env = {k: v for k, v in os.environ.items() if not k.startswith("PALIQUE_")}
        for owner in OWNERS:
            env[f"PALIQUE_{owner.upper()}_BUS"] = ",".join(self.dialed[replica] for replica in self.replicas[owner])
        env.update(self.bus_env)
        service = service_of(name)
        if name in self.listens:
            env[f"PALIQUE_{service.upper()}_BUS_LISTEN"] = self.listens[name]
        env[f"PALIQUE_{service.upper()}_OPS"] = f"unix:{self.port_of(name)}"
        if service in OWNERS:
            env[f"PALIQUE_{service.upper()}_DATABASE_URL"] = self.postgres.url(self.database, service)
        if name in self.ports:
            env[f"PALIQUE_{service.upper()}_LISTEN"] = f"127.0.0.1:{self.ports[name]}"
        env["PALIQUE_FILES_USER_QUOTA"] = "64G"
        env["PALIQUE_FILES_DIR"] = str(self.folder / "files")
        env["PALIQUE_AUTH_KEY_SECRET"] = "a secret of the tests, not of anyone else"
        env["PALIQUE_ARGON2_MEMORY_KIB"], env["PALIQUE_ARGON2_TIME"] = "1024", "1"
        env["PALIQUE_RATE_SCALE"] = "0"
        env["PALIQUE_DEFAULT_CHANNEL"] = "-"  # what a test finds, it has made
        env["PALIQUE_LOG_LEVEL"] = "info"
        env["PALIQUE_STATIC_DIR"] = str(ROOT / ("web/dist" if (ROOT / "web/dist/index.html").exists() else "web/notice"))
        env["PALIQUE_DOCS_DIR"] = str(self.build / "share/docs")
        env["ASAN_OPTIONS"] = "abort_on_error=0:detect_leaks=1"
        env["UBSAN_OPTIONS"] = "print_stacktrace=1"
        env["TSAN_OPTIONS"] = f"suppressions={ROOT}/scripts/tsan.supp:halt_on_error=0:exitcode=66"
        env["LSAN_OPTIONS"] = f"suppressions={ROOT}/scripts/lsan.supp" if (ROOT / "scripts/lsan.supp").exists() else ""
        if self.with_redis:
            env["PALIQUE_REDIS_URL"] = f"redis://127.0.0.1:{self.ports['redis']}"
        return {**env, **self.extra, **self.extra_for.get(service, {}), **self.extra_for.get(name, {})}

    def _start_redis(self):
        process = Process("redis", ["redis-server", "--port", self.ports["redis"], "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
                          dict(os.environ), self.folder / "redis.log")
        process.healthy = lambda: self._redis_answers()
        self.processes["redis"] = process
        process.start().wait_ready()

    def _redis_answers(self):
        try:
            with socket.create_connection(("127.0.0.1", self.ports["redis"]), 1) as s:
                s.sendall(b"PING\r\n")
                return s.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def _start_edge(self):
        conf = self.folder / "nginx.conf"
        subprocess.run(
            [ROOT / "deploy/nginx/render.sh", conf], check=True,
            env={**os.environ, "EDGE_LISTEN": f"127.0.0.1:{self.ports['edge']}", "EDGE_DIR": str(self.folder),
                 "GATEWAY": f"127.0.0.1:{self.ports['gateway0']}", "NOTIFY": f"127.0.0.1:{self.ports['notify']}",
                 "ADMIN": f"127.0.0.1:{self.ports['admin']}", "CHAT": f"127.0.0.1:{self.ports[self.replicas['chat'][0]]}"})
        process = Process("edge", ["nginx", "-c", conf, "-e", self.folder / "nginx-error.log", "-g", "daemon off;"], dict(os.environ),
                          self.folder / "edge.log")
        process.healthy = lambda: self._edge_answers()
        self.processes["edge"] = process
        process.start().wait_ready()

    def _edge_answers(self):
        try:
            return httpx.get(self.edge_url + "/healthz", timeout=2, verify=trust()).status_code == 200
        except httpx.HTTPError:
            return False

    # ---- addresses ----
    @property
    def edge_url(self):
        return f"http://127.0.0.1:{self.ports['edge']}"

    def url(self, gateway=0):
        return self.edge_url if self.with_edge else f"http://127.0.0.1:{self.ports[f'gateway{gateway}']}"

    def ws_url(self, gateway=0):
        return self.url(gateway).replace("http", "ws", 1)

    def base_for(self, path, gateway=0):
        """Without an edge the tests route as the edge does."""
        if self.with_edge:
            return self.edge_url
        if path.startswith("/admin") or path.startswith("/sse/dashboard"):
            return f"http://127.0.0.1:{self.ports['admin']}"
        if path.startswith("/notifications") or path.startswith("/sse/activity"):
            return f"http://127.0.0.1:{self.ports['notify']}"
        if path.startswith("/files"):
            return f"http://127.0.0.1:{self.ports[self.replicas['chat'][0]]}"
        return self.url(gateway)

    # ---- people ----
    def client(self, gateway=0):
        return self.keep(Client(self, gateway))

    def org(self):
        return Org(self)

    # ---- faults ----
    def proc(self, name):
        return self.processes[name]

    def kill(self, name):
        self.processes[name].kill()

    def restart(self, name):
        """Back, and reached by those that were connected to it."""
        peer = f'palique_bus_peers{{service="{service_of(name)}"}}'
        self.processes[name].start().wait_ready(PATIENCE * SCALE)
        for other in self.processes.values():
            if other.running():
                until(lambda o=other: peer not in (m := self.metrics(o.name)) or m[peer] > 0, f"{other.name} to reach {name}", timeout=PATIENCE * SCALE)

    def metrics(self, name):
        """Of the operations port of a process: {name with labels: value}; nothing while it is silent."""
        try:
            lines = self.metrics_text(name).splitlines()
        except ops.SILENT:
            return {}
        return {key: float(value) for key, value in (line.rsplit(" ", 1) for line in lines if line and line[0] != "#")}

    def metrics_text(self, name):
        return ops.ask(self.port_of(name), "/metrics")[1]

    def own_memory(self, name):
        """KiB that a process has of its own."""
        with open(f"/proc/{self.proc(name).pid}/status", encoding="ascii") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("RssAnon"))

    def psql(self, sql, **kwargs):
        return self.postgres.psql(sql, database=self.database, **kwargs)

    def psql_as(self, schema, sql):
        """As the service's own role, over its own password."""
        return self.psql(sql, user=f"palique_{schema}")

    # ---- end ----
    def keep(self, thing):
        """Closes it at the end of the test."""
        self.kept.append(thing)
        return thing

    def close_kept(self):
        while self.kept:
            self.kept.pop().close()

    def lend(self):
        """To one test: yield from it in a fixture. What the test has opened is closed, and no sanitizer may have spoken."""
        yield self
        self.close_kept()
        self.check_logs()

    def lasting(self, make):
        """To all tests of a file: yield from it in a fixture. What make() gives, with the clients that it opens, lives until the end of the file."""
        kept, self.kept = self.kept, []
        made = make()
        ours, self.kept = self.kept, kept
        yield made
        for thing in ours:
            thing.close()

    def check_logs(self):
        """No sanitizer may have spoken in any process; each report fails one test."""
        for name, process in self.processes.items():
            report = process.sanitizer_report()
            if report and name not in self.reported:
                self.reported.add(name)
                raise AssertionError(f"{name}: {report}")

    def stop(self):
        self.close_kept()
        problems = []
        for process in reversed(list(self.processes.values())):
            try:
                process.stop()
            except AssertionError as problem:
                problems.append(str(problem))
                if process.running():
                    process.kill()
        if self.own_postgres:
            self.postgres.remove()
        subprocess.run(["rm", "-rf", self.bus], check=False)
        self.check_logs()
        assert not problems, "\n".join(problems)
