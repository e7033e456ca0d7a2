"""E-mail, to a mail server that others wrote: what is in the letters, forgotten passwords, addresses that are confirmed, invitations that are sent. A8."""

import secrets

import pytest

from harness import Suite, until
from harness.client import PASSWORD
from harness.mailbox import SITE, Mailbox
from harness.suite import free_port

NEW = "caballo-correcto-bateria-9"


@pytest.fixture(scope="module")
def mailbox():
    box = Mailbox(free_port())
    yield box
    box.close()


@pytest.fixture(scope="module")
def _mail_suite(postgres, tmp_path_factory, mailbox):
    suite = Suite(tmp_path_factory.mktemp("mail"), postgres=postgres, env_for={"auth": mailbox.env()}).start()
    yield suite
    suite.stop()


@pytest.fixture
def suite(_mail_suite):
    yield from _mail_suite.lend()


def queue_is_empty(suite):
    until(lambda: suite.psql("select count(*) from auth.mail where failed_at is null") == "0", "the queue to be empty", timeout=60)


def forgotten(suite, email):
    suite.client().ok("POST", "/auth/password/reset", json={"email": email}, status=204)


def reset(suite, token, password=NEW):
    suite.client().ok("PUT", "/auth/password/reset", json={"token": token, "password": password}, status=204)


# ---- a forgotten password ----
def test_a_forgotten_password_is_replaced(suite, org, mailbox):
    ana = org.member(language="es")
    other = suite.client()
    other.login(ana.email, PASSWORD)
    socket = other.ws()
    socket.expect("hello")
    forgotten(suite, ana.email.upper())
    letter = mailbox.wait(ana.email, "/reset#")
    assert letter.Subject == "Elige una nueva contraseña" and letter.To == ana.email and letter.recipients == [ana.email]
    assert str(letter.From) == "Chat de Peña <chat@palique.example>" and letter.sender == "chat@palique.example" and letter.greeting == "palique.example"
    assert letter.Auto_Submitted == "auto-generated" and letter.Date and letter.Message_ID.endswith("@palique.example>")
    assert letter.link.startswith(f"{SITE}/reset#") and letter.link in letter.part("html") and 'lang="es"' in letter.part("html")
    reset(suite, letter.token)
    # Nothing of before is good for anything.
    socket.expect_close(4401)
    for person in (ana, other):
        suite.client().refused(401, "refresh.invalid", "POST", "/auth/refresh", json={"refresh_token": person.refresh_token})
    suite.client().refused(401, "login.wrong", "POST", "/auth/login", json={"email": ana.email, "password": PASSWORD})
    suite.client().refused(422, "email.token_invalid", "PUT", "/auth/password/reset", json={"token": letter.token, "password": PASSWORD})
    ana.login(ana.email, NEW)
    assert ana.ok("GET", "/auth/email")["verified_at"], "who reads what is sent to an address has it"
    assert mailbox.wait(ana.email, "cambiado").link == f"{SITE}/forgot"


def test_nobody_learns_whether_there_is_an_account(suite, org, mailbox):
    gone, nobody = org.member(), f"{secrets.token_hex(6)}@{org.domain}"
    mailbox.wait(gone.email, "/verify#")
    org.admin.ok("DELETE", f"/users/{gone.id}")
    answers = [suite.client().post("/auth/password/reset", json={"email": email}) for email in (nobody, gone.email, org.admin.email)]
    assert [(a.status_code, a.content) for a in answers] == [(204, b"")] * 3
    assert len({frozenset(name.lower() for name in a.headers) for a in answers}) == 1
    mailbox.wait(org.admin.email, "/reset#")
    queue_is_empty(suite)
    assert mailbox.of(nobody) == [] and mailbox.of(gone.email, "/reset#") == []
    assert suite.psql("select count(*) from auth.mail where failed_at is not null") == "0"


def test_a_weak_password_leaves_the_link_as_it_was(suite, org, mailbox):
    ana = org.member()
    forgotten(suite, ana.email)
    token = mailbox.wait(ana.email, "/reset#").token
    for password in ("password1", ana.user["username"]):
        suite.client().refused(422, "password.weak", "PUT", "/auth/password/reset", json={"token": token, "password": password})
    reset(suite, token)
    ana.login(ana.email, NEW)


def test_a_link_for_one_thing_is_none_for_another(suite, org, mailbox):
    ana = org.member()
    forgotten(suite, ana.email)
    verify, new = mailbox.wait(ana.email, "/verify#").token, mailbox.wait(ana.email, "/reset#").token
    suite.client().refused(422, "email.token_invalid", "PUT", "/auth/password/reset", json={"token": verify, "password": NEW})
    suite.client().refused(422, "email.token_invalid", "PUT", "/auth/email/verification", json={"token": new})
    suite.client().refused(422, "invitation.invalid", "POST", "/auth/register",
                           json={"email": f"x@{org.domain}", "username": f"x{secrets.token_hex(4)}", "password": NEW, "invitation": new})


def test_links_end(suite, org, mailbox):
    ana = org.member()
    forgotten(suite, ana.email)
    letter = mailbox.wait(ana.email, "/reset#")
    suite.psql(f"update auth.mail_token set expires_at = now() - interval '1 second' where account_id = {ana.id}")
    suite.client().refused(422, "email.token_invalid", "PUT", "/auth/password/reset", json={"token": letter.token, "password": NEW})


def test_nobody_is_flooded(suite, org, mailbox):
    """Three links work at a time; who asks more often has to wait, and is told so whether there is an account or not."""
    ana, nobody = org.member(), f"{secrets.token_hex(6)}@{org.domain}"
    for n in range(4):
        forgotten(suite, ana.email)
        queue_is_empty(suite)
    assert len(mailbox.of(ana.email, "/reset#")) == 3
    for email, before in ((ana.email, 4), (nobody, 0)):
        for _ in range(before, 5):
            forgotten(suite, email)
        problem = suite.client().refused(429, "login.throttled", "POST", "/auth/password/reset", json={"email": email})
        assert problem["retry_after"] >= 1
    # It hinders nobody else, and not whoever knows the password.
    forgotten(suite, org.admin.email)
    ana.login()


def test_what_is_stored_is_of_no_use(suite, org, mailbox):
    ana = org.member()
    forgotten(suite, ana.email)
    token = mailbox.wait(ana.email, "/reset#").token
    dump = suite.psql("select coalesce(string_agg(t::text, ' '), '') from auth.mail_token t") + suite.psql("select coalesce(string_agg(m::text, ' '), '') from auth.mail m")
    assert token not in dump and token.encode().hex() not in dump
    assert token not in suite.proc("auth").tail(1 << 20) + suite.proc("gateway0").tail(1 << 20)


# ---- whose address it is ----
def test_an_address_is_confirmed(suite, org, mailbox):
    ana = org.member()
    assert ana.ok("GET", "/auth/email") == {"email": ana.email, "verified_at": None}
    letter = mailbox.wait(ana.email, "/verify#")
    assert letter.Subject == "Confirm your e-mail address"
    ana.ok("POST", "/auth/email/verification", json={}, status=204)
    assert mailbox.wait(ana.email, "/verify#", n=2).token != letter.token
    suite.client().ok("PUT", "/auth/email/verification", json={"token": letter.token}, status=204)
    assert ana.ok("GET", "/auth/email")["verified_at"]
    suite.client().refused(422, "email.token_invalid", "PUT", "/auth/email/verification", json={"token": letter.token})
    # Nothing more is sent to it.
    ana.ok("POST", "/auth/email/verification", json={}, status=204)
    queue_is_empty(suite)
    assert len(mailbox.of(ana.email, "/verify#")) == 2


def test_no_address_is_flooded_by_who_says_that_it_is_his(suite, org, mailbox):
    """Five links to confirm an address work at a time, also when it is changed to and fro."""
    ana, victim, own = org.member(), f"{secrets.token_hex(6)}@{org.domain}", f"{secrets.token_hex(6)}@{org.domain}"
    for _ in range(3):
        for email in (victim, own):
            ana.ok("PUT", f"/users/{ana.id}", json={"email": email, "current_password": PASSWORD})
            queue_is_empty(suite)
    suite.client().ok("PUT", "/auth/email/verification", json={"token": mailbox.wait(own, "/verify#").token}, status=204)
    ana.ok("PUT", f"/users/{ana.id}", json={"email": victim, "current_password": PASSWORD})
    for _ in range(3):
        queue_is_empty(suite)
        ana.ok("POST", "/auth/email/verification", json={}, status=204)
    queue_is_empty(suite)
    assert len(mailbox.of(victim, "/verify#")) == 5


def test_another_address_is_confirmed_anew(suite, org, mailbox):
    ana, to = org.member(), f"otra-{secrets.token_hex(5)}@{org.domain}"
    old = mailbox.wait(ana.email, "/verify#").token
    forgotten(suite, ana.email)
    reset_token = mailbox.wait(ana.email, "/reset#").token
    ana.ok("PUT", f"/users/{ana.id}", json={"email": to, "current_password": PASSWORD})
    new = mailbox.wait(to, "/verify#").token
    suite.client().refused(422, "email.token_invalid", "PUT", "/auth/email/verification", json={"token": old})
    suite.client().refused(422, "email.token_invalid", "PUT", "/auth/password/reset", json={"token": reset_token, "password": NEW})
    assert ana.ok("GET", "/auth/email") == {"email": to, "verified_at": None}
    suite.client().ok("PUT", "/auth/email/verification", json={"token": new}, status=204)
    assert ana.ok("GET", "/auth/email")["verified_at"]


def test_who_changes_his_password_is_told(org, mailbox):
    ana = org.member()
    ana.ok("PUT", f"/users/{ana.id}", json={"new_password": NEW, "current_password": PASSWORD})
    assert mailbox.wait(ana.email, "changed").Subject == "Your password was changed"


def test_who_is_robbed_of_address_and_password_is_told(org, mailbox):
    ana, to = org.member(language="es"), f"otra-{secrets.token_hex(5)}@{org.domain}"
    ana.ok("PUT", f"/users/{ana.id}", json={"email": to, "new_password": NEW, "current_password": PASSWORD})
    assert mailbox.wait(ana.email, "changed").recipients == [ana.email]


def test_a_link_does_not_outlive_the_password(suite, org, mailbox):
    ana = org.member()
    forgotten(suite, ana.email)
    token = mailbox.wait(ana.email, "/reset#").token
    ana.ok("PUT", f"/users/{ana.id}", json={"new_password": NEW, "current_password": PASSWORD})
    suite.client().refused(422, "email.token_invalid", "PUT", "/auth/password/reset", json={"token": token, "password": PASSWORD})


# ---- invitations ----
def test_an_invitation_is_sent(suite, org, mailbox):
    inviter, to = org.moderator(), f"Luisa-{secrets.token_hex(5)}@guest.example"
    inviter.ok("PUT", f"/users/{inviter.id}", json={"display_name": 'Peña <b>"&"', "language": "es"})
    org.admin.ok("PUT", f"/organizations/{org.id}", json={"name": f"Ñandú, {'muy ' * 20}Ltda."})
    made = inviter.ok("POST", "/invitations", json={"email": to, "send_email": True}, status=201)
    letter = mailbox.wait(to, "/register?invitation=")
    assert letter.Subject == f'Peña <b>"&" te invita a Ñandú, {"muy " * 20}Ltda.'
    assert "Peña &lt;b&gt;&quot;&amp;&quot; te invita" in letter.part("html") and 'Peña <b>"&" te invita' in letter.part("plain")
    assert all(len(line) <= 998 for line in letter.raw.split(b"\r\n")) and letter.raw.isascii()
    guest = suite.client()
    person = {"email": to, "username": f"l{secrets.token_hex(4)}", "password": PASSWORD}
    guest.refused(422, "invitation.invalid", "POST", "/auth/register", json={**person, "email": f"x{to}", "invitation": letter.token})
    guest.register(invitation=letter.token, email=to)
    assert guest.user["organization_id"] == org.id and guest.ok("GET", "/auth/email")["verified_at"]
    # It was the same invitation, whose own token was used up with it.
    suite.client().refused(422, "invitation.invalid", "POST", "/auth/register", json={**person, "invitation": made["token"]})


def test_an_invitation_that_is_withdrawn_is_worth_nothing(suite, org, mailbox):
    to = f"{secrets.token_hex(5)}@guest.example"
    made = org.admin.ok("POST", "/invitations", json={"email": to, "send_email": True})
    letter = mailbox.wait(to)
    org.admin.ok("DELETE", f"/invitations/{made['id']}")
    suite.client().refused(422, "invitation.invalid", "POST", "/auth/register",
                           json={"email": to, "username": f"l{secrets.token_hex(4)}", "password": PASSWORD, "invitation": letter.token})


def test_invitations_are_sent_to_an_address(org):
    org.admin.refused(400, "request.invalid", "POST", "/invitations", json={"send_email": True})
    for address in ("a@b", "a b@c.example", "a@c.example\r\nBcc: d@e.example", "<a@c.example>", "a@c.example,d@e.example"):
        org.admin.refused(400, "request.invalid", "POST", "/invitations", json={"email": address, "send_email": True})


# ---- erasure ----
def test_erasing_somebody_takes_letters_along(suite, org, mailbox):
    ana = org.member()
    mailbox.wait(ana.email, "/verify#")
    mailbox.plans[ana.email] = ["550 no such user"]
    forgotten(suite, ana.email)
    until(lambda: org.admin.ok("GET", "/mail/failures")["items"], "the failure", timeout=60)
    org.admin.ok("POST", f"/users/{ana.id}/erase", json={})
    assert org.admin.ok("GET", "/mail/failures")["items"] == []
    assert suite.psql(f"select count(*) from auth.mail_token where account_id = {ana.id}") == "0"
