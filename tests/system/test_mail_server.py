"""E-mail and what can happen on the way: a mail server that refuses, is busy, hangs up, is slow, wants TLS and a sign-in, is an impostor; auth killed
while it sends; two of it. Each letter arrives, once when nothing breaks, and what cannot arrive is listed."""

import secrets

import pytest

from harness import Suite, until
from harness.certificates import make_certificates
from harness.mailbox import SECRET, USER, Mailbox
from harness.process import Process
from harness.suite import free_port


@pytest.fixture(scope="module")
def _world(postgres, tmp_path_factory):
    box = Mailbox(free_port())
    suite = Suite(tmp_path_factory.mktemp("mail"), postgres=postgres, env_for={"auth": box.env()}).start()
    yield World(suite, box)
    box.close()
    suite.stop()


@pytest.fixture
def world(_world):
    yield _world
    _world.tidy()


class World:
    """A suite that sends to `box`, unless a test names another."""

    def __init__(self, suite, box):
        self.suite, self.box, self.others = suite, box, []
        self.env = self.settings = suite.proc("auth").env
        self.org = suite.org()

    def mailbox(self, **kwargs):
        self.others.append(Mailbox(free_port(), **kwargs))
        return self.others[-1]

    def set(self, settings):
        if settings != self.env:
            self.suite.proc("auth").stop()
            self.suite.proc("auth").env = self.env = settings
            self.suite.restart("auth")

    def send_by(self, box, **more):
        self.set({**self.settings, **box.env(**more)})
        return box

    def invite(self, plan=()):
        """Asks for a letter to somebody new; gives the address."""
        to = f"{secrets.token_hex(6)}@guest.example"
        if plan:
            self.box.plans[to] = list(plan)
        self.org.admin.ok("POST", "/invitations", json={"email": to, "send_email": True})
        return to

    def row(self, to):
        """(attempts, given up, reason) of a letter that is in the queue."""
        found = self.suite.psql(f"select attempts || '|' || (failed_at is not null) || '|' || coalesce(reason, '') from auth.mail where recipient = '{to}'")
        attempts, given_up, reason = (found or "0|false|").split("|", 2)
        return int(attempts), given_up == "true", reason

    def tried(self, to):
        """What was said of it, once a try has failed."""
        return until(lambda: self.row(to)[2], f"a letter to {to} to fail", timeout=60)

    def gone(self, to):
        until(lambda: self.suite.psql(f"select count(*) from auth.mail where recipient = '{to}'") == "0", f"the letter to {to} to be settled", timeout=60)

    def figure(self, name):
        return self.suite.metrics("auth")[name]

    def tidy(self):
        for box in self.others:
            box.close()
        self.others = []
        self.suite.psql("delete from auth.mail; delete from auth.mail_quota")
        self.set(self.settings)
        self.suite.check_logs()


def test_each_letter_arrives_once(world):
    """Also when the server is busy at first, or hangs up before it has taken the letter."""
    box = world.box
    smooth = [world.invite() for _ in range(8)]
    bumpy = [world.invite(plan) for plan in (["451 later"], ["421 too many of you"], ["drop"], ["drop", "451 later", "drop"])]
    for to in smooth + bumpy:
        world.gone(to)
        assert len(box.of(to)) == 1, to
    # Taken, but nobody was told: it comes twice, and can be known for the same.
    lost = world.invite(["lose"])
    world.gone(lost)
    assert len(box.of(lost)) == 2 and len({one.Message_ID for one in box.of(lost)}) == 1


def test_what_is_refused_is_listed_for_administrators(world):
    to, stranger = world.invite(["550 5.1.1 no such user"]), world.suite.org().admin
    failure = until(lambda: world.org.admin.ok("GET", "/mail/failures")["items"], "the failure", timeout=60)[0]
    assert (failure["kind"], failure["email"], failure["attempts"]) == ("invitation", to, 1) and "550 5.1.1 no such user" in failure["reason"]
    assert stranger.ok("GET", "/mail/failures")["items"] == []
    world.org.member().refused(403, "access.denied", "GET", "/mail/failures")
    until(lambda: world.figure("palique_mail_failed") == 1, "the figure", timeout=60)
    assert world.figure('palique_mails_total{outcome="given_up"}') >= 1


def test_what_is_refused_of_ourselves_is_tried_again(world):
    """A sender that the server does not know, or a server that is closed: for an operator to mend, and nothing is lost meanwhile."""
    box = world.send_by(world.mailbox())
    box.greetings = ["554 5.3.2 closed"]
    box.plans["chat@palique.example"] = ["553 5.1.8 no such sender"]
    to = world.invite()
    world.gone(to)
    assert len(box.of(to)) == 1 and box.greetings == box.plans["chat@palique.example"] == []


def test_what_comes_too_late_is_given_up(world):
    to = world.invite(["451 later"] * 1000)
    world.tried(to)
    world.suite.psql(f"update auth.mail set expires_at = now() + interval '1 second' where recipient = '{to}'")
    assert "451 later" in until(lambda: world.row(to)[1] and world.row(to)[2], "it to be given up", timeout=60)


def test_a_server_that_is_away_gets_its_letters_when_it_is_back(world):
    world.box.controller.stop()
    to = world.invite()
    world.tried(to)
    world.box.serve()
    world.gone(to)
    assert len(world.box.of(to)) == 1


def test_a_slow_server_holds_nobody_up(world):
    """Signing in goes on; the letter is put off, and a later try gets through."""
    box = world.send_by(world.box, PALIQUE_SMTP_TIMEOUT="1s")
    to = world.invite(["hold"])
    until(lambda: to in box.held, "the server to have the letter", timeout=60)
    world.org.admin.login()
    world.gone(to)
    assert box.of(to) and world.figure('palique_mails_total{outcome="put_off"}') >= 1
    box.let_go()


def test_killed_while_it_sends(world):
    box = world.box
    to = world.invite(["hold"])
    until(lambda: to in box.held, "the server to have the letter", timeout=60)
    waiting = [world.invite() for _ in range(3)]
    world.suite.kill("auth")
    world.suite.restart("auth")
    for one in waiting:
        world.gone(one)
    assert world.row(to)[0] == 1, "nobody touches it before its time is over"
    world.suite.psql("update auth.mail set due_at = now()")
    world.gone(to)
    box.let_go()
    assert [len(box.of(one)) for one in waiting] == [1, 1, 1] and len(box.of(to)) >= 1


def test_two_of_them_send_nothing_twice(world):
    box, suite = world.box, world.suite
    before = world.figure('palique_mails_total{outcome="sent"}')
    port = suite.port_of("auth-too")
    env = {**suite.proc("auth").env, "PALIQUE_AUTH_BUS_LISTEN": f"ipc://{suite.bus}/auth-too.sock", "PALIQUE_AUTH_OPS": f"unix:{port}"}
    other = Process("auth-too", suite.proc("auth").command, env, suite.folder / "auth-too.log", port).start()
    try:
        other.wait_ready()
        addresses = [world.invite() for _ in range(30)]
        for to in addresses:
            world.gone(to)
    finally:
        other.stop()
    assert [len(box.of(to)) for to in addresses] == [1] * 30
    assert world.figure('palique_mails_total{outcome="sent"}') - before < 30, "both have sent"


@pytest.mark.parametrize("tls", ["starttls", "smtps"])
def test_over_tls_with_a_password(world, tmp_path, tls):
    authority, node = make_certificates(tmp_path)
    box = world.mailbox(tls=tls, certificate=node, auth=True)
    world.send_by(box, PALIQUE_SMTP_CA=str(authority), PALIQUE_SMTP_USER=USER, PALIQUE_SMTP_PASSWORD=SECRET)
    letter = box.wait(world.invite())
    assert letter.secure and letter.signed_in
    if tls == "smtps":
        return
    # With a wrong password nothing is lost: that is for the operator to mend.
    world.send_by(box, PALIQUE_SMTP_CA=str(authority), PALIQUE_SMTP_USER=USER, PALIQUE_SMTP_PASSWORD="wrong")
    to = world.invite()
    assert world.tried(to) and not world.row(to)[1]
    assert SECRET not in world.suite.proc("auth").tail(1 << 20)


def test_an_impostor_gets_nothing(world, tmp_path):
    """One whose certificate nobody knows; and one that says that it cannot do TLS."""
    (tmp_path / "other").mkdir()
    authority, _ = make_certificates(tmp_path)
    _, node = make_certificates(tmp_path / "other")
    box = world.send_by(world.mailbox(tls="starttls", certificate=node), PALIQUE_SMTP_CA=str(authority))
    to = world.invite()
    assert world.tried(to) and box.letters == []
    world.send_by(world.box, PALIQUE_SMTP_TLS="required")
    to = world.invite()
    assert world.tried(to) and world.box.of(to) == []


def test_without_a_mail_server_nothing_is_asked_for(world):
    world.set({name: value for name, value in world.settings.items() if name != "PALIQUE_SMTP_URL"})
    suite, admin = world.suite, world.org.admin
    assert suite.client().ok("GET", "/auth/options") == {"email": False}
    suite.client().refused(409, "mail.off", "POST", "/auth/password/reset", json={"email": admin.email})
    admin.refused(409, "mail.off", "POST", "/auth/email/verification", json={})
    admin.refused(409, "mail.off", "POST", "/invitations", json={"email": "x@guest.example", "send_email": True})
    assert suite.psql("select count(*) from auth.mail") == "0"
    world.set(world.settings)
    assert suite.client().ok("GET", "/auth/options") == {"email": True}


@pytest.mark.parametrize("wrong", [{"PALIQUE_SMTP_URL": "http://localhost"}, {"PALIQUE_SMTP_URL": "smtp://user:secret@localhost:587"},
                                   {"PALIQUE_SMTP_URL": "smtp://localhost:587/"}, {"PALIQUE_MAIL_FROM": "Palique"}, {"PALIQUE_PUBLIC_URL": "chat.example"},
                                   {"PALIQUE_SMTP_TLS": "perhaps"}, {"PALIQUE_SMTP_USER": "x", "PALIQUE_SMTP_TLS": "try"}])
def test_settings_that_contradict_each_other_are_told(world, wrong):
    suite = world.suite
    env = {**world.settings, **wrong, "PALIQUE_AUTH_BUS_LISTEN": f"ipc://{suite.bus}/wrong.sock",
           "PALIQUE_AUTH_OPS": f"unix:{suite.bus}/wrong-ops.sock"}
    started = Process("wrong", suite.proc("auth").command, env, suite.folder / f"wrong-{secrets.token_hex(3)}.log").start()
    assert started.process.wait(60) == 1
    assert list(wrong)[-1] in started.tail() or list(wrong)[0] in started.tail()
