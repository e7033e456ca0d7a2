"""A mail server that others wrote (aiosmtpd), and what a test has it do: take letters, refuse them, keep the sender waiting, hang up."""

import email
import email.policy
import re
import ssl
import threading

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from .until import until

USER, SECRET = "palique", "a password of the tests' mail server"
SITE = "https://chat.example"
# Settings of auth with e-mail, for suites whose letters nobody reads: each is tried once.
NOBODY = {"PALIQUE_SMTP_URL": "smtp://127.0.0.1:9", "PALIQUE_SMTP_TLS": "none", "PALIQUE_MAIL_FROM": "chat@palique.example", "PALIQUE_PUBLIC_URL": SITE,
          "PALIQUE_MAIL_RETRY": "1h"}


class Letter:
    def __init__(self, envelope, session, secure):
        self.sender, self.recipients, self.raw = envelope.mail_from, envelope.rcpt_tos, envelope.content
        self.message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.secure, self.signed_in, self.greeting = secure, session.authenticated, session.host_name

    def __getattr__(self, name):
        return self.message[name.replace("_", "-")]

    def part(self, kind):
        return next(p.get_content() for p in self.message.walk() if p.get_content_type() == f"text/{kind}")

    @property
    def link(self):
        return re.search(rf"{re.escape(SITE)}\S+", self.part("plain"))[0]

    @property
    def token(self):
        return re.split("[#=]", self.link)[-1]


class _Server(SMTP):
    async def push(self, status):
        if status[:4] == "220 " and self.event_handler.greetings:
            status = self.event_handler.greetings.pop(0)
        await super().push(status)


class _Controller(Controller):
    def factory(self):
        return _Server(self.handler, **self.SMTP_kwargs)


class Mailbox:
    """tls: None, "starttls" or "smtps", with the certificates of a folder. What happens to a recipient's letters is in `plans`: a list that is used
    up from its front, of answers ("451 later"), "drop" (hangs up when it has all), "lose" (takes it, and hangs up before it says so) and "hold"
    (answers when released). A sender's are answers too; `greetings` are used up likewise, each instead of a welcome."""

    def __init__(self, port, tls=None, certificate=None, auth=False, host="127.0.0.1"):
        self.host, self.port, self.tls = host, port, tls
        self.letters, self.plans, self.held, self.open, self.greetings = [], {}, [], threading.Event(), []
        context = None
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
        more = {"tls_context": context, "require_starttls": True} if tls == "starttls" else {"ssl_context": context}
        if auth:
            more |= {"auth_required": True, "auth_require_tls": tls == "starttls", "authenticator": self._authenticate}
        self.more = more
        self.serve()

    def serve(self):
        self.controller = _Controller(self, hostname=self.host, port=self.port, ready_timeout=60, **self.more)
        self.controller.start()

    @staticmethod
    def _authenticate(server, session, envelope, mechanism, data):
        return AuthResult(success=(data.login, data.password) == (USER.encode(), SECRET.encode()), handled=False)

    def _refusal(self, address):
        plan = self.plans.get(address.lower())
        return plan.pop(0) if plan and plan[0][:1].isdigit() else None

    async def handle_MAIL(self, server, session, envelope, address, options):
        if refusal := self._refusal(address):
            return refusal
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if refusal := self._refusal(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        plan = self.plans.get(envelope.rcpt_tos[0].lower())
        what = plan.pop(0) if plan else "take"
        if what == "hold":
            self.held.append(envelope.rcpt_tos[0])
            until_when = self.open
            while not until_when.is_set():
                await server.loop.run_in_executor(None, until_when.wait, 0.05)
        if what != "drop":
            self.letters.append(Letter(envelope, session, server.transport.get_extra_info("cipher") is not None))
        if what in ("drop", "lose"):
            server.transport.abort()
        return "250 taken"

    def env(self, **more):
        """Settings of auth that lead here."""
        scheme = "smtps" if self.tls == "smtps" else "smtp"
        return {"PALIQUE_SMTP_URL": f"{scheme}://localhost:{self.port}", "PALIQUE_SMTP_TLS": "required" if self.tls else "none",
                "PALIQUE_MAIL_FROM": "chat@palique.example", "PALIQUE_MAIL_NAME": "Chat de Peña", "PALIQUE_PUBLIC_URL": SITE, "PALIQUE_MAIL_RETRY": "50ms",
                "PALIQUE_SMTP_TIMEOUT": "20s", **more}

    def of(self, address, word=""):
        """Letters to somebody whose link or subject has a word."""
        return [one for one in self.letters if address.lower() in (to.lower() for to in one.recipients) and word in f"{one.link} {one.Subject}"]

    def wait(self, address, word="", n=1):
        """Until there are n; gives the last."""
        return until(lambda: len(found := self.of(address, word)) >= n and found, f"letter {n} to {address} with {word!r}", timeout=60)[-1]

    def let_go(self):
        """What is held is answered."""
        was, self.open = self.open, threading.Event()
        was.set()

    def close(self):
        self.open.set()
        self.controller.stop()
