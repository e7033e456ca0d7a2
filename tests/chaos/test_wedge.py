"""The watchdog of the bus, in real processes: when nng does not get through to a peer that plain system calls reach, the process ends with a failure, for its
supervisor to start it anew. Wedged on purpose: a chat that answers the watchdog's probe and nothing that comes through nng."""

import socket
import threading

import pytest
from harness import bus, until
from harness.process import Process
from harness.suite import SCALE, free_port

PROBE = b"(probe)"  # in the HELLO of lib/bus/probe.c


def whole_message(peer):
    """It may come in pieces."""
    data = b""
    while len(data) < 4 or len(data) < 4 + int.from_bytes(data[:4], "big"):
        piece = peer.recv(4096)
        if not piece:
            break
        data += piece
    return data


class DeafChat:
    """answers: what a HELLO must hold for an answer."""

    def __init__(self, path, answers):
        self.answers = answers
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen(64)
        self.kept, self.probes, self.others = [], 0, 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            self.kept.append(peer)
            peer.settimeout(2)
            try:
                hello = whole_message(peer)
                self.probes += PROBE in hello
                self.others += PROBE not in hello
                if self.answers in hello:
                    peer.sendall(bus.message(bus.hello("chat")))
            except OSError:
                pass

    def close(self):
        self.listener.close()
        for peer in self.kept:
            peer.close()


@pytest.fixture
def beside(suite, tmp_path):
    """beside(name, deaf): a second process of that service, to which chat is `deaf`."""
    made = []

    def start(name, path):
        service = name.upper()
        env = {**suite.env_of(name), f"PALIQUE_{service}_LISTEN": f"127.0.0.1:{free_port()}", f"PALIQUE_{service}_OPS": f"unix:{path}-ops",
               "PALIQUE_CHAT_BUS": f"ipc://{path}"}
        if name != "gateway":
            env[f"PALIQUE_{service}_BUS_LISTEN"] = f"ipc://{path}-bus"
        made.append(Process(name, [suite.build / "bin" / f"palique-{name}"], env, tmp_path / f"{name}.log"))
        return made[-1].start()

    yield start
    for process in made:
        if process.running():
            process.kill()


@pytest.mark.skipif(SCALE > 1, reason="the watchdog's ten seconds are as many under a sanitizer")
def test_who_is_wedged_ends_and_who_only_waits_for_a_mute_peer_stays(suite, beside):
    deaf = {name: DeafChat(suite.bus / f"deaf-{name}.sock", PROBE) for name in ("gateway", "notify")}
    mute = DeafChat(suite.bus / "mute.sock", b"nobody says this")
    wedged = {name: beside(name, suite.bus / f"deaf-{name}.sock") for name in deaf}
    patient = beside("admin", suite.bus / "mute.sock")
    until(lambda: not any(p.running() for p in wedged.values()), "those that are wedged to end", timeout=120)
    for name, process in wedged.items():
        assert "wedged" in process.tail(), process.tail()
        assert process.process.returncode == 1, f"{name}: {process.process.returncode}"
        assert deaf[name].probes > 2 and deaf[name].others > 0
    assert mute.probes > 2 and patient.running(), patient.tail()
    for peer in (mute, *deaf.values()):
        peer.close()
