"""Every error that the catalogue says a command can answer, provoked in the running suite, and the common ones once each: status, problem document
and headers. A code in a command's file that has no scenario here fails the tests; so does a scenario whose code no file lists."""

import base64
import fcntl
import json
import secrets
import time
import uuid

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from harness import bus, until
from harness.catalogue import COMMANDS, ERRORS, PROTO
from harness.client import PASSWORD
from system.test_notifications import open_stream

ABSENT = 2**53 - 7
WRONG = "not-the-password-5"
PNG = base64.b64decode(COMMANDS["user.set_avatar"]["example"]["request"]["image"])
EVENTS = {"Accept": "text/event-stream"}
UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
TRACE = bytes(range(1, 17))


class World:
    """An organisation with people and channels in all the states that errors tell of."""

    def __init__(self, suite):
        self.suite = suite
        self.org = org = suite.org()
        self.admin, self.moderator = org.admin, org.moderator()
        self.ana, self.luis, self.muted, self.banned = (org.member() for _ in range(4))
        self.channel, self.apart = self.ana.channel(), self.ana.channel()  # luis is in the first only
        self.hidden = self.ana.channel(type="private")
        self.left, self.closed = self.ana.channel(), self.ana.channel()
        for person, channel in ((self.luis, self.channel), (self.luis, self.left), (self.luis, self.closed), (self.muted, self.channel)):
            person.join(channel)
        self.message, self.gone = self.ana.send(self.channel, "hola"), self.ana.send(self.channel, "adiós")
        self.secret = self.ana.send(self.hidden, "secreto")
        self.luis_left, self.luis_closed = self.luis.send(self.left, "hola"), self.luis.send(self.closed, "hola")
        self.muted_said = self.muted.send(self.channel, "hola")
        self.ana.ok("DELETE", f"/messages/{self.gone['id']}")
        self.luis.ok("POST", f"/channels/{self.left['id']}/leave", json={})
        self.ana.ok("PUT", f"/channels/{self.closed['id']}", json={"is_archived": True})
        self.talk = self.ana.ok("POST", "/direct", json={"user_ids": [self.luis.id]})
        self.strict = self.ana.channel()  # where its permissions let luis do nothing
        self.luis.join(self.strict)
        self.strict_said = self.ana.send(self.strict, "hola")
        self.ana.ok("PUT", f"/channels/{self.strict['id']}/permissions", json={"post": "moderator", "pin": "moderator", "react": "owner", "invite": "owner"})
        self.mute = self.moderate(self.muted, "mute", duration=3600)
        self.ban = self.moderate(self.banned, "ban")

    def moderate(self, person, kind, **fields):
        action = {"user_id": person.id, "action_type": kind, "reason": "x", **fields}
        return self.admin.ok("POST", "/admin/moderation/actions", json=action)["id"]

    def guest(self):
        return self.suite.client()


# ---- ways to ask: each gives what refused() takes ----
def channel(method, rest="", body=None, who="luis", params=None):
    """A request about the hidden channel, by somebody who is not in it."""
    return lambda w: getattr(w, who).call(method, f"/channels/{w.hidden['id']}{rest}", json=body, params=params)


def message(method, rest="", body=None):
    """A request about a message of the hidden channel."""
    return lambda w: w.luis.call(method, f"/messages/{w.secret['id']}{rest}", json=body)


def of(who, method, path, body=None, **kwargs):
    """A request whose path names things of the world: of("ana", "GET", "/channels/{channel}/members")."""
    def ask(w):
        ids = {name: thing["id"] for name, thing in vars(w).items() if isinstance(thing, dict) and "id" in thing}
        ids.update({name: thing for name, thing in vars(w).items() if isinstance(thing, int)})
        people = {name: thing.id for name, thing in vars(w).items() if hasattr(thing, "user")}
        return getattr(w, who).call(method, path.format(**ids, **people, organization=w.org.id, absent=ABSENT), json=body(w) if callable(body) else body, **kwargs)
    return ask


def frame(who, body):
    """A frame over a socket; gives the error frame that answers it."""
    def ask(w):
        socket = getattr(w, who).ws()
        socket.expect("hello")
        socket.send(body(w))
        answer = socket.expect("error")
        assert answer["request"] == body(w)["type"]
        return answer
    return ask


def peer(command, who, fields, **kwargs):
    """A request over the bus."""
    def ask(w):
        one = w.suite.keep(bus.Peer(w.suite.bus / f"{COMMANDS[command]['owner']}.sock"))
        return one.call(COMMANDS[command], fields(w), getattr(w, who) if who else None, trace=TRACE, **kwargs)
    return ask


def registration(**fields):
    name = secrets.token_hex(6)
    return {"email": f"{name}@{name}.example", "username": name, "password": PASSWORD, "organization": "Otra", **fields}


def register(change):
    return lambda w: w.guest().post("/auth/register", json=registration(**change(w)))


def login_throttled(w):
    person = w.org.member()
    for _ in range(5):
        person.refused(401, "login.wrong", "POST", "/auth/login", json={"email": person.email, "password": WRONG}, token=False)
    return person.post("/auth/login", json={"email": person.email, "password": PASSWORD}, token=False)


def update_throttled(w):
    person, change = w.org.member(), {"email": f"x@{secrets.token_hex(6)}.example"}
    for _ in range(5):
        person.refused(403, "password.wrong", "PUT", f"/users/{person.id}", json={**change, "current_password": WRONG})
    return person.put(f"/users/{person.id}", json={**change, "current_password": PASSWORD})


def erase_throttled(w):
    person = w.org.member()
    for _ in range(5):
        person.refused(403, "password.wrong", "POST", f"/users/{person.id}/erase", json={"password": WRONG})
    return person.post(f"/users/{person.id}/erase", json={"password": PASSWORD})


def update_erased(w):
    person = w.org.member()
    w.admin.ok("POST", f"/users/{person.id}/erase", status=204, json={})
    return w.admin.put(f"/users/{person.id}", json={"is_active": True})


def domain_taken(w):
    """Another organisation takes the domain while this one has none."""
    org = w.suite.org()
    path = f"/organizations/{org.id}"
    org.admin.ok("PUT", path, json={"domain": None})
    w.guest().register(domain=org.domain, organization="Quicker")
    return org.admin.put(path, json={"domain": org.domain})


def picture(who, data):
    return lambda w: getattr(w, who).call("PUT", f"/users/{w.ana.id}/avatar", content=data, headers={"Content-Type": "image/png"})


def picture_of_nobody(w):
    return w.ana.call("PUT", f"/users/{ABSENT}/avatar", content=PNG, headers={"Content-Type": "image/png"})


def reaction(who, which, emoji="👍", method="PUT"):
    return lambda w: getattr(w, who).call(method, f"/messages/{getattr(w, which)['id']}/reactions/{emoji}")


def pin(who, which, method="PUT"):
    return lambda w: getattr(w, who).call(method, f"/messages/{getattr(w, which)['id']}/pin")


def upload(name, data):
    return lambda w: w.ana.call("PUT", f"/emoji/{name}", content=data, headers={"Content-Type": "image/png"})


def one_emoji_too_many(w):
    org = w.suite.org()
    w.suite.psql_as("chat", "insert into emoji (org_id, name, created_by, media_type, hash, data) "
                    f"select {org.id}, 'n' || n, {org.admin.id}, 'image/png', 'x', '' from generate_series(1, 1000) n")
    return org.admin.call("PUT", "/emoji/more", content=PNG, headers={"Content-Type": "image/png"})


def one_reaction_too_many(w):
    message = w.ana.send(w.channel, "x")
    for n in range(20):
        w.ana.ok("PUT", f"/messages/{message['id']}/reactions/{chr(0x1F600 + n)}")
    return w.ana.put(f"/messages/{message['id']}/reactions/👍")


def one_section_too_many(w):
    w.suite.psql_as("chat", f"insert into section (user_id, org_id, name, position) select {w.moderator.id}, {w.org.id}, 'x', n from generate_series(1, 50) n")
    return w.moderator.post("/sections", json={"name": "x"})


def one_favorite_too_many(w):
    person = w.org.member()
    w.suite.psql_as("chat", f"with c as (insert into channel (org_id, name, type, created_by) select {w.org.id}, 'lleno-' || n, 'private', {person.id} from generate_series(1, 500) n"
                            f" returning id), m as (insert into member (user_id, channel_id) select {person.id}, id from c) insert into favorite (user_id, channel_id) select {person.id}, id from c")
    return person.put(f"/channels/{person.channel()['id']}/favorite")


def edit_where_one_may_post_no_more(w):
    channel = w.ana.channel()
    w.luis.join(channel)
    said = w.luis.send(channel, "hola")
    w.ana.ok("PUT", f"/channels/{channel['id']}/permissions", json={"post": "moderator"})
    return w.luis.put(f"/messages/{said['id']}", json={"content": "x"})


def one_pin_too_many(w):
    channel = w.ana.channel()
    message = w.ana.send(channel, "x")
    w.suite.psql_as("chat", f"insert into pin (message_id, channel_id, user_id, seq) select -n, {channel['id']}, {w.ana.id}, n from generate_series({message['id']} * 100, {message['id']} * 100 + 99) n")
    return w.ana.put(f"/messages/{message['id']}/pin")


def name_taken(w):
    upload("taken", PNG)(w)
    return upload("taken", PNG + b"x")(w)


def later(who, which, **fields):
    """A request to post to a channel tomorrow."""
    return lambda w: getattr(w, who).post("/scheduled", json={"channel_id": getattr(w, which)["id"], "content": "x", "send_at": tomorrow(),
                                                              **{name: value(w) for name, value in fields.items()}})


def tomorrow(days=1):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + days * 86400))


def scheduled(w, who="luis", which="channel", **fields):
    """The id of one that waits, written into the database as it was allowed once."""
    columns = {"user_id": getattr(w, who).id, "org_id": w.org.id, "channel_id": getattr(w, which)["id"], "content": "'x'",
               "send_at": "now() + interval '1 day'", **fields}
    return int(w.suite.psql_as("chat", f"insert into scheduled ({', '.join(columns)}) values ({', '.join(str(v) for v in columns.values())}) returning id").split()[0])


def send_now(who="luis", which="channel", **fields):
    return lambda w: getattr(w, who).post(f"/scheduled/{scheduled(w, who, which, **{k: v(w) for k, v in fields.items()})}/send", json={})


def one_too_many(what, columns, method, path, body=None):
    """Rows of a person's own, until there is room for no more."""
    def ask(w):
        person = w.org.member()
        person.join(w.channel)
        w.suite.psql_as("chat", f"insert into {what} (user_id, {columns(w)}")
        w.suite.psql_as("chat", f"update {what} set user_id = {person.id} where user_id = -1")
        return person.call(method, path.format(channel=w.channel["id"], message=w.message["id"]), json=body(w) if body else {})
    return ask


def group(w):
    return w.moderator.ok("POST", "/groups", json={"name": "x", "handle": f"g{secrets.token_hex(4)}"})["id"]


def full_group(w):
    full = group(w)
    w.suite.psql_as("chat", f"insert into user_group_member (group_id, user_id) select {full}, -n from generate_series(1, 1000) n")
    return w.moderator.put(f"/groups/{full}/members", json={"add": [w.ana.id]})


def secretive(w):
    person = w.org.member()
    person.join(w.channel)
    person.ok("PUT", "/preferences", json={"share_read_receipts": False})
    return person.get(f"/messages/{w.ana.send(w.channel, 'visto')['id']}/readers")


def lift_own(w):
    other = w.org.moderator()
    return other.delete(f"/admin/moderation/actions/{w.moderate(other, 'mute')}")


def lift_of_a_moderator(w):
    return w.moderator.delete(f"/admin/moderation/actions/{w.moderate(w.org.moderator(), 'mute')}")


def ban_of_the_last_admin(w):
    """The others cannot act any more, as far as the admin service knows; it hears so a moment after the one who still acts."""
    other = w.org.member()
    w.admin.ok("PUT", f"/users/{other.id}", json={"role": "admin"})
    until(lambda: other.login().get("/admin/stats").status_code == 200, "the new administrator to be known")
    active = f"update admin.user_copy set is_active = %s where user_id = {w.admin.id}"
    w.suite.psql(active % "false")
    try:
        return w.admin.post("/admin/moderation/actions", json={"user_id": other.id, "action_type": "ban", "reason": "power"})
    finally:
        w.suite.psql(active % "true")
        w.admin.ok("PUT", f"/users/{other.id}", json={"role": "member"})


def credentials(who, password=PASSWORD):
    return lambda w: w.guest().post("/auth/login", json={"email": getattr(w, who).email, "password": password})


def tus(method, path, content=b"", who="ana", **headers):
    """A request of tus; path may be made of the world."""
    def ask(w):
        where = path(w) if callable(path) else path
        fields = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream", **{k.replace("_", "-"): v for k, v in headers.items()}}
        return getattr(w, who).call(method, where, content=content, headers=fields)
    return ask


def begun(size=10):
    return lambda w: tus("POST", "/files", Upload_Length=str(size))(w).headers["location"]


def locked(w):
    """Somebody else writes to it: a lock on its part."""
    path = begun()(w)
    tus("PATCH", path, b"x", Upload_Offset="0")(w).raise_for_status()
    with open(w.suite.folder / "files/parts" / path.rsplit("/", 1)[1], "rb") as part:
        fcntl.flock(part, fcntl.LOCK_EX)
        return tus("PATCH", path, b"y", Upload_Offset="1")(w)


def quota(w):
    person = w.org.member()
    w.suite.psql_as("chat", f"insert into file_usage (org_id, user_id, bytes) values ({w.org.id}, {person.id}, 1::bigint << 40)")
    return person.call("POST", "/files", headers={"Tus-Resumable": "1.0.0", "Upload-Length": "1"})


def chat_anew(w):
    w.suite.kill("chat")
    w.suite.restart("chat")


def no_room(w):
    env = w.suite.proc("chat").env
    env["PALIQUE_FILES_RESERVE"] = str(1 << 50)
    chat_anew(w)
    try:
        return w.ana.call("POST", "/files", headers={"Tus-Resumable": "1.0.0", "Upload-Length": "1"})
    finally:
        del env["PALIQUE_FILES_RESERVE"]
        chat_anew(w)


def whole(w, who="ana"):
    return getattr(w, who).ok("POST", "/files", params={"filename": "a"}, content=b"abc", headers={"Content-Type": "text/plain"})


def in_preparation(w):
    """A picture that nobody has looked at yet."""
    f = whole(w)
    w.ana.ok("POST", f"/channels/{w.channel['id']}/messages", json={"attachment_ids": [f["id"]]})
    w.suite.psql_as("chat", f"update file set processing = 'pending', due_at = 'infinity' where id = {f['id']}")
    return w.luis.get(f["file_url"])


def unprepared(w):
    f = whole(w)
    w.suite.psql_as("chat", f"update file set processing = 'pending', due_at = 'infinity' where id = {f['id']}")
    return w.ana.post(f"/files/{f['id']}/url")


def attached(w):
    f = whole(w)
    w.ana.ok("POST", f"/channels/{w.channel['id']}/messages", json={"attachment_ids": [f["id"]]})
    return w.ana.delete(f"/files/{f['id']}")


def without_mail(ask):
    """Of an installation that names no mail server."""
    def provoke(w):
        auth = w.suite.proc("auth")
        before = auth.env
        auth.stop()
        auth.env = {name: value for name, value in before.items() if name != "PALIQUE_SMTP_URL"}
        w.suite.restart("auth")
        try:
            return ask(w)
        finally:
            auth.stop()
            auth.env = before
            w.suite.restart("auth")
    return provoke


def asks_too_often(w):
    for _ in range(5):
        w.guest().ok("POST", "/auth/password/reset", json={"email": w.muted.email})
    return w.guest().post("/auth/password/reset", json={"email": w.muted.email})


def weak_reset(w):
    token = secrets.token_urlsafe(32)
    w.suite.psql("insert into auth.mail_token (hash, mail_id, purpose, account_id, email_key, expires_at)"
                 f" select sha256('{token}'), 0, 'reset', id, email_key, now() + interval '1 hour' from auth.account where id = {w.luis.id}")
    return w.guest().put("/auth/password/reset", json={"token": token, "password": "password1"})


def sent_enough(w):
    w.suite.psql(f"insert into auth.mail_quota (account_id, letters) values ({w.admin.id}, 100)")
    return w.admin.post("/invitations", json=SENT)


SENT = {"email": "luisa@guest.example", "send_email": True}
HELLO = {"content": "hola"}
ROLE = {"role": "owner"}
MUTE = {"action_type": "mute", "reason": "x"}

SCENARIOS = {
    ("activity.open", "channel.not_found"): peer("activity.open", "luis", lambda w: {"channel_id": w.hidden["id"]}),
    ("activity.open", "channel.not_member"): peer("activity.open", "luis", lambda w: {"channel_id": w.apart["id"]}),
    ("activity.read", "channel.not_member"): peer("activity.read", "luis", lambda w: {"channel_id": w.apart["id"], "after": 0}),
    ("activity.read", "channel.not_found"): peer("activity.read", None, lambda w: {"channel_id": ABSENT, "after": 0}),
    ("auth.login", "login.throttled"): login_throttled,
    ("auth.login", "login.wrong"): credentials("ana", WRONG),
    ("auth.login", "user.banned"): credentials("banned"),
    ("auth.refresh", "refresh.invalid"): lambda w: w.guest().post("/auth/refresh", json={"refresh_token": "x" * 43}),
    ("auth.refresh", "user.banned"): lambda w: w.guest().post("/auth/refresh", json={"refresh_token": w.banned.refresh_token}),
    ("auth.register", "email.taken"): register(lambda w: {"email": w.ana.email}),
    ("auth.register", "invitation.invalid"): register(lambda w: {"invitation": "x" * 43}),
    ("auth.register", "password.weak"): register(lambda w: {"password": "password1"}),
    ("auth.register", "registration.closed"): lambda w: w.guest().post("/auth/register", json={k: v for k, v in registration().items() if k != "organization"} | {"email": f"{secrets.token_hex(6)}@gmail.com"}),
    ("auth.register", "username.taken"): register(lambda w: {"email": f"x{secrets.token_hex(4)}@{w.org.domain}", "username": w.ana.user["username"]}),
    ("email.request_verification", "mail.off"): without_mail(of("luis", "POST", "/auth/email/verification", {})),
    ("email.verify", "email.token_invalid"): lambda w: w.guest().put("/auth/email/verification", json={"token": "x" * 43}),
    ("invitation.create", "mail.off"): without_mail(of("admin", "POST", "/invitations", SENT)),
    ("invitation.create", "mail.too_many"): sent_enough,
    ("password.request_reset", "login.throttled"): asks_too_often,
    ("password.request_reset", "mail.off"): without_mail(lambda w: w.guest().post("/auth/password/reset", json={"email": w.ana.email})),
    ("password.reset", "email.token_invalid"): lambda w: w.guest().put("/auth/password/reset", json={"token": "x" * 43, "password": PASSWORD}),
    ("password.reset", "password.weak"): weak_reset,
    ("channel.create", "channel.name_taken"): of("luis", "POST", "/channels", lambda w: {"name": w.channel["name"].upper()}),
    ("channel.delete", "channel.not_found"): channel("DELETE"),
    ("channel.get", "channel.not_found"): channel("GET"),
    ("channel.invite", "channel.archived"): of("ana", "POST", "/channels/{closed}/members", lambda w: {"user_id": w.moderator.id}),
    ("channel.invite", "channel.not_found"): of("luis", "POST", "/channels/{hidden}/members", lambda w: {"user_id": w.moderator.id}),
    ("channel.invite", "channel.not_member"): of("luis", "POST", "/channels/{apart}/members", lambda w: {"user_id": w.moderator.id}),
    ("channel.invite", "channel.user_not_found"): of("ana", "POST", "/channels/{channel}/members", {"user_id": ABSENT}),
    ("channel.join", "channel.archived"): of("moderator", "POST", "/channels/{closed}/join", {}),
    ("channel.join", "channel.not_found"): channel("POST", "/join", {}),
    ("channel.leave", "channel.not_found"): channel("POST", "/leave", {}),
    ("channel.mark_read", "channel.not_found"): channel("POST", "/read", {"seq": 1}),
    ("channel.mark_read", "channel.not_member"): of("luis", "POST", "/channels/{apart}/read", {"seq": 1}),
    ("channel.mark_unread", "channel.not_found"): channel("POST", "/unread", {"message_id": 1}),
    ("channel.mark_unread", "channel.not_member"): of("luis", "POST", "/channels/{apart}/unread", {"message_id": 1}),
    ("channel.mark_unread", "message.not_found"): of("ana", "POST", "/channels/{channel}/unread", lambda w: {"message_id": ABSENT}),
    ("channel.members", "channel.not_found"): channel("GET", "/members"),
    ("channel.remove_member", "channel.member_not_found"): of("ana", "DELETE", "/channels/{apart}/members/{luis}"),
    ("channel.remove_member", "channel.not_found"): of("luis", "DELETE", "/channels/{hidden}/members/{ana}"),
    ("channel.set_role", "channel.last_owner"): of("ana", "PUT", "/channels/{channel}/members/{ana}", {"role": "member"}),
    ("channel.set_role", "channel.member_not_found"): of("ana", "PUT", "/channels/{apart}/members/{luis}", ROLE),
    ("channel.set_role", "channel.not_found"): of("luis", "PUT", "/channels/{hidden}/members/{luis}", ROLE),
    ("channel.update", "channel.name_taken"): of("ana", "PUT", "/channels/{apart}", lambda w: {"name": w.channel["name"]}),
    ("channel.update", "channel.not_found"): channel("PUT", "", {"topic": "x"}),
    ("channel.permissions", "channel.not_found"): channel("GET", "/permissions"),
    ("channel.set_permissions", "channel.not_found"): channel("PUT", "/permissions", {"announcement": True}),
    ("channel.set_permissions", "channel.is_direct"): of("ana", "PUT", "/channels/{talk}/permissions", {"announcement": True}),
    ("channel.delete", "channel.is_direct"): of("ana", "DELETE", "/channels/{talk}"),
    ("channel.invite", "channel.is_direct"): of("ana", "POST", "/channels/{talk}/members", lambda w: {"user_id": w.muted.id}),
    ("channel.invite", "channel.not_permitted"): of("luis", "POST", "/channels/{strict}/members", lambda w: {"user_id": w.muted.id}),
    ("channel.leave", "channel.is_direct"): of("ana", "POST", "/channels/{talk}/leave", {}),
    ("channel.remove_member", "channel.is_direct"): of("ana", "DELETE", "/channels/{talk}/members/{luis}"),
    ("channel.set_role", "channel.is_direct"): of("ana", "PUT", "/channels/{talk}/members/{luis}", ROLE),
    ("channel.update", "channel.is_direct"): of("ana", "PUT", "/channels/{talk}", {"topic": "x"}),
    ("message.create", "channel.not_permitted"): of("luis", "POST", "/channels/{strict}/messages", HELLO),
    ("message.update", "channel.not_permitted"): edit_where_one_may_post_no_more,
    ("message.pin", "channel.not_permitted"): pin("luis", "strict_said"),
    ("message.unpin", "channel.not_permitted"): pin("luis", "strict_said", "DELETE"),
    ("reaction.add", "channel.not_permitted"): reaction("luis", "strict_said"),
    ("draft.delete", "channel.not_found"): of("luis", "DELETE", "/drafts/{hidden}"),
    ("draft.put", "channel.not_found"): of("luis", "PUT", "/drafts/{hidden}", HELLO),
    ("draft.put", "channel.not_member"): of("luis", "PUT", "/drafts/{apart}", HELLO),
    ("draft.put", "draft.too_many"): one_too_many("draft", lambda w: "channel_id, content) select -1, -n, 'x' from generate_series(1, 500) n", "PUT", "/drafts/{channel}", lambda w: HELLO),
    ("draft.put", "file.unusable"): of("luis", "PUT", "/drafts/{channel}", {**HELLO, "attachment_ids": [ABSENT]}),
    ("draft.put", "message.reply_not_found"): of("luis", "PUT", "/drafts/{channel}", lambda w: {**HELLO, "reply_to_id": w.gone["id"]}),
    ("draft.put", "message.thread_not_found"): of("luis", "PUT", "/drafts/{channel}", lambda w: {**HELLO, "thread_id": w.secret["id"]}),
    ("channel.export", "channel.not_found"): channel("GET", "/export"),
    ("channel.export", "channel.not_member"): of("luis", "GET", "/channels/{apart}/export"),
    ("channel.export", "channel.not_permitted"): of("luis", "GET", "/channels/{channel}/export"),
    ("channel.favorite", "channel.not_found"): channel("PUT", "/favorite"),
    ("channel.favorite", "channel.not_member"): of("luis", "PUT", "/channels/{apart}/favorite"),
    ("channel.favorite", "section.too_many"): one_favorite_too_many,
    ("channel.unfavorite", "channel.not_found"): channel("DELETE", "/favorite"),
    ("channel.unfavorite", "channel.not_member"): of("luis", "DELETE", "/channels/{apart}/favorite"),
    ("section.add", "channel.not_found"): of("luis", "PUT", "/sections/{absent}/channels/{hidden}"),
    ("section.add", "channel.not_member"): of("luis", "PUT", "/sections/{absent}/channels/{apart}"),
    ("section.add", "section.not_found"): of("luis", "PUT", "/sections/{absent}/channels/{channel}"),
    ("section.create", "section.too_many"): one_section_too_many,
    ("section.delete", "section.not_found"): of("luis", "DELETE", "/sections/{absent}"),
    ("section.remove", "channel.not_found"): of("luis", "DELETE", "/sections/{absent}/channels/{hidden}"),
    ("section.remove", "channel.not_member"): of("luis", "DELETE", "/sections/{absent}/channels/{apart}"),
    ("section.remove", "section.not_found"): of("luis", "DELETE", "/sections/{absent}/channels/{channel}"),
    ("section.update", "section.not_found"): of("luis", "PUT", "/sections/{absent}", {"name": "x"}),
    ("direct.hide", "channel.not_direct"): of("ana", "PUT", "/channels/{channel}/hidden"),
    ("direct.hide", "channel.not_found"): channel("PUT", "/hidden"),
    ("direct.hide", "channel.not_member"): of("luis", "PUT", "/channels/{apart}/hidden"),
    ("direct.show", "channel.not_direct"): of("ana", "DELETE", "/channels/{channel}/hidden"),
    ("direct.show", "channel.not_found"): channel("DELETE", "/hidden"),
    ("direct.show", "channel.not_member"): of("luis", "DELETE", "/channels/{apart}/hidden"),
    ("direct.messages", "channel.user_not_found"): of("ana", "GET", "/messages", params={"with": ABSENT}),
    ("direct.messages", "message.not_found"): lambda w: w.ana.get("/messages", params={"with": w.luis.id, "before": ABSENT}),
    ("direct.open", "channel.user_not_found"): of("ana", "POST", "/direct", {"user_ids": [ABSENT]}),
    ("direct.post", "channel.muted"): of("muted", "POST", "/messages", lambda w: {**HELLO, "to": w.ana.id}),
    ("direct.post", "channel.user_not_found"): of("ana", "POST", "/messages", {**HELLO, "to": ABSENT}),
    ("emoji.delete", "emoji.not_found"): of("ana", "DELETE", "/emoji/nothing"),
    ("emoji.image", "emoji.not_found"): of("ana", "GET", "/emoji/nothing/image"),
    ("emoji.put", "emoji.name_taken"): name_taken,
    ("emoji.put", "emoji.too_large"): upload("large", PNG + bytes(256 * 1024)),
    ("emoji.put", "emoji.too_many"): one_emoji_too_many,
    ("emoji.put", "emoji.unsupported"): upload("pdf", b"%PDF-1.4 " + bytes(100)),
    ("group.create", "group.handle_taken"): lambda w: w.moderator.post("/groups", json={"name": "x", "handle": w.luis.user["username"].upper()}),
    ("group.create", "group.user_not_found"): lambda w: w.moderator.post("/groups", json={"name": "x", "handle": "nobodies", "user_ids": [ABSENT]}),
    ("group.update", "group.not_found"): of("moderator", "PUT", "/groups/{absent}", {"name": "x"}),
    ("group.update", "group.handle_taken"): lambda w: w.moderator.put(f"/groups/{group(w)}", json={"handle": "todos"}),
    ("group.get", "group.not_found"): of("ana", "GET", "/groups/{absent}"),
    ("group.delete", "group.not_found"): of("moderator", "DELETE", "/groups/{absent}"),
    ("group.members", "group.not_found"): of("moderator", "PUT", "/groups/{absent}/members", {"add": []}),
    ("group.members", "group.user_not_found"): lambda w: w.moderator.put(f"/groups/{group(w)}/members", json={"add": [ABSENT]}),
    ("group.members", "group.too_large"): full_group,
    ("invitation.delete", "invitation.not_found"): of("moderator", "DELETE", "/invitations/{absent}"),
    ("file.begin", "file.no_room"): no_room,
    ("file.begin", "file.quota"): quota,
    ("file.begin", "file.too_large"): tus("POST", "/files", Upload_Length=str(1 << 45)),
    ("file.delete", "file.not_found"): of("ana", "DELETE", "/files/{absent}"),
    ("file.delete", "file.used"): attached,
    ("file.finish", "file.not_found"): peer("file.finish", "ana", lambda w: {"file_id": ABSENT, "size": 0, "hash": "0" * 64, "location": "x", "mime_type": "a/b"}),
    ("file.get", "file.not_found"): lambda w: w.luis.get(f"/files/{whole(w)['id']}/info"),
    ("file.look", "file.checksum"): tus("PATCH", begun(), b"abc", Upload_Offset="0", Upload_Checksum="sha1 " + "A" * 27 + "="),
    ("file.look", "file.length_missing"): tus("POST", "/files"),
    ("file.look", "file.locked"): locked,
    ("file.look", "file.not_found"): tus("PATCH", f"/files/{ABSENT}", b"x", Upload_Offset="0"),
    ("file.look", "file.offset"): tus("PATCH", begun(), b"x", Upload_Offset="3"),
    ("file.look", "file.range"): lambda w: w.ana.get(whole(w)["file_url"], headers={"Range": "bytes=9-"}),
    ("file.look", "file.version"): tus("POST", "/files", Tus_Resumable="0.1.0"),
    ("file.open", "file.not_found"): lambda w: w.luis.get(whole(w)["file_url"]),
    ("file.open", "file.processing"): in_preparation,
    ("file.progress", "file.not_found"): peer("file.progress", "ana", lambda w: {"file_id": ABSENT, "received": 0}),
    ("file.url", "file.not_found"): lambda w: w.luis.post(f"/files/{whole(w)['id']}/url"),
    ("file.url", "file.processing"): unprepared,
    ("file.url", "file.signature"): lambda w: w.ana.get(whole(w)["file_url"], params={"expires": "1", "signature": "0" * 64}, token=False),
    ("message.create", "file.unusable"): of("ana", "POST", "/channels/{channel}/messages", {"attachment_ids": [ABSENT]}),
    ("message.create", "channel.archived"): of("luis", "POST", "/channels/{closed}/messages", HELLO),
    ("message.create", "channel.muted"): of("muted", "POST", "/channels/{channel}/messages", HELLO),
    ("message.create", "channel.not_found"): channel("POST", "/messages", HELLO),
    ("message.create", "channel.not_member"): of("luis", "POST", "/channels/{apart}/messages", HELLO),
    ("message.create", "message.reply_not_found"): of("luis", "POST", "/channels/{channel}/messages", lambda w: {**HELLO, "reply_to_id": w.gone["id"]}),
    ("message.create", "message.thread_not_found"): of("luis", "POST", "/channels/{channel}/messages", lambda w: {**HELLO, "thread_id": w.gone["id"]}),
    ("message.delete", "message.not_found"): message("DELETE"),
    ("message.get", "message.not_found"): message("GET"),
    ("message.readers", "message.not_found"): message("GET", "/readers"),
    ("message.readers", "channel.not_member"): of("luis", "GET", "/messages/{luis_left}/readers"),
    ("message.readers", "receipts.not_shared"): secretive,
    ("message.history", "message.not_found"): message("GET", "/history"),
    ("message.list", "channel.not_found"): channel("GET", "/messages"),
    ("message.list", "message.not_found"): of("luis", "GET", "/channels/{channel}/messages", params={"before": ABSENT}),
    ("message.pin", "channel.archived"): pin("luis", "luis_closed"),
    ("message.pin", "channel.muted"): pin("muted", "muted_said"),
    ("message.pin", "channel.not_member"): pin("luis", "luis_left"),
    ("message.pin", "message.deleted"): pin("luis", "gone"),
    ("message.pin", "message.not_found"): pin("luis", "secret"),
    ("message.pin", "pin.too_many"): one_pin_too_many,
    ("message.remove_previews", "message.not_found"): of("luis", "DELETE", "/messages/{secret}/previews"),
    ("message.unpin", "channel.archived"): pin("luis", "luis_closed", "DELETE"),
    ("message.unpin", "channel.muted"): pin("muted", "muted_said", "DELETE"),
    ("message.unpin", "channel.not_member"): pin("luis", "luis_left", "DELETE"),
    ("message.unpin", "message.not_found"): pin("luis", "secret", "DELETE"),
    ("message.report", "message.deleted"): of("luis", "POST", "/messages/{gone}/report", {"reason": "x"}),
    ("message.report", "message.not_found"): message("POST", "/report", {"reason": "x"}),
    ("message.report", "message.own"): of("ana", "POST", "/messages/{message}/report", {"reason": "x"}),
    ("message.search", "search.empty"): of("luis", "GET", "/messages/search", params={"q": "..."}),
    ("message.search", "search.operator_wrong"): of("luis", "GET", "/messages/search", params={"q": "has:nothing"}),
    ("message.search", "search.too_long"): of("luis", "GET", "/messages/search", params={"q": "a " * 49}),
    ("message.update", "channel.archived"): of("luis", "PUT", "/messages/{luis_closed}", HELLO),
    ("message.update", "channel.muted"): of("muted", "PUT", "/messages/{muted_said}", HELLO),
    ("message.update", "channel.not_member"): of("luis", "PUT", "/messages/{luis_left}", HELLO),
    ("message.update", "message.deleted"): of("ana", "PUT", "/messages/{gone}", HELLO),
    ("message.update", "message.not_found"): message("PUT", "", HELLO),
    ("moderation.create", "moderation.rank"): of("moderator", "POST", "/admin/moderation/actions", lambda w: {**MUTE, "user_id": w.admin.id}),
    ("moderation.create", "user.last_admin"): ban_of_the_last_admin,
    ("moderation.create", "moderation.self"): of("moderator", "POST", "/admin/moderation/actions", lambda w: {**MUTE, "user_id": w.moderator.id}),
    ("moderation.create", "user.not_found"): of("moderator", "POST", "/admin/moderation/actions", {**MUTE, "user_id": ABSENT}),
    ("moderation.lift", "moderation.not_found"): of("moderator", "DELETE", "/admin/moderation/actions/{absent}"),
    ("moderation.lift", "moderation.rank"): lift_of_a_moderator,
    ("moderation.lift", "moderation.self"): lift_own,
    ("notification.read", "notification.not_found"): of("luis", "POST", "/notifications/{absent}/read", {}),
    ("notification.set_channel", "channel.not_found"): of("luis", "PUT", "/notifications/channels/{hidden}", {"muted": True}),
    ("notification.set_channel", "channel.not_member"): of("luis", "PUT", "/notifications/channels/{apart}", {"muted": True}),
    ("organization.get", "organization.not_found"): of("ana", "GET", "/organizations/{absent}"),
    ("organization.update", "organization.domain_refused"): of("admin", "PUT", "/organizations/{organization}", {"domain": "gmail.com"}),
    ("organization.update", "organization.domain_taken"): domain_taken,
    ("organization.update", "organization.not_found"): of("admin", "PUT", "/organizations/{absent}", {"name": "Mine"}),
    ("pin.list", "channel.not_found"): channel("GET", "/pins"),
    ("reaction.add", "channel.archived"): reaction("luis", "luis_closed"),
    ("reaction.add", "channel.muted"): reaction("muted", "muted_said"),
    ("reaction.add", "channel.not_member"): reaction("luis", "luis_left"),
    ("reaction.add", "message.deleted"): reaction("luis", "gone"),
    ("reaction.add", "message.not_found"): reaction("luis", "secret"),
    ("reaction.add", "reaction.too_many"): one_reaction_too_many,
    ("reaction.add", "reaction.unknown_emoji"): reaction("luis", "message", "x"),
    ("reaction.list", "message.not_found"): message("GET", "/reactions"),
    ("reaction.list", "reaction.unknown_emoji"): of("luis", "GET", "/messages/{message}/reactions", params={"emoji": "x"}),
    ("preview.image", "preview.not_found"): of("ana", "GET", "/previews/5b0f9d7e-52a1-4d8b-9d3c-0b8a6d1c2f10/image"),
    ("reaction.remove", "channel.archived"): reaction("luis", "luis_closed", method="DELETE"),
    ("reaction.remove", "channel.not_member"): reaction("luis", "luis_left", method="DELETE"),
    ("reaction.remove", "message.not_found"): reaction("luis", "secret", method="DELETE"),
    ("reaction.remove", "reaction.unknown_emoji"): reaction("luis", "message", "x", method="DELETE"),
    ("report.update", "report.not_found"): of("moderator", "PUT", "/admin/reports/{absent}", {"status": "resolved"}),
    ("saved.delete", "message.not_found"): message("DELETE", "/saved"),
    ("saved.put", "message.deleted"): of("luis", "PUT", "/messages/{gone}/saved", {}),
    ("saved.put", "message.not_found"): message("PUT", "/saved", {}),
    ("saved.put", "saved.too_many"): one_too_many("saved", lambda w: "message_id) select -1, -n from generate_series(1, 5000) n", "PUT", "/messages/{message}/saved"),
    ("scheduled.create", "channel.archived"): later("luis", "closed"),
    ("scheduled.create", "channel.muted"): later("muted", "channel"),
    ("scheduled.create", "channel.not_found"): later("luis", "hidden"),
    ("scheduled.create", "channel.not_member"): later("luis", "apart"),
    ("scheduled.create", "channel.not_permitted"): later("luis", "strict"),
    ("scheduled.create", "file.unusable"): later("luis", "channel", attachment_ids=lambda w: [ABSENT]),
    ("scheduled.create", "message.reply_not_found"): later("luis", "channel", reply_to_id=lambda w: w.gone["id"]),
    ("scheduled.create", "message.thread_not_found"): later("luis", "channel", thread_id=lambda w: w.secret["id"]),
    ("scheduled.create", "scheduled.bad_time"): later("luis", "channel", send_at=lambda w: tomorrow(-1)),
    ("scheduled.create", "scheduled.too_many"): one_too_many(
        "scheduled", lambda w: f"org_id, channel_id, content, send_at) select -1, {w.org.id}, {w.channel['id']}, 'x', now() + interval '1 day' from generate_series(1, 100) n",
        "POST", "/scheduled", lambda w: {"channel_id": w.channel["id"], "content": "x", "send_at": tomorrow()}),
    ("scheduled.delete", "scheduled.not_found"): of("luis", "DELETE", "/scheduled/{absent}"),
    ("scheduled.delete", "scheduled.sent"): lambda w: w.luis.delete(f"/scheduled/{scheduled(w, state=repr('sent'))}"),
    ("scheduled.send", "channel.archived"): send_now("luis", "closed"),
    ("scheduled.send", "channel.muted"): send_now("muted", "channel"),
    ("scheduled.send", "channel.not_found"): send_now("luis", "hidden"),
    ("scheduled.send", "channel.not_member"): send_now("luis", "apart"),
    ("scheduled.send", "channel.not_permitted"): send_now("luis", "strict"),
    ("scheduled.send", "file.unusable"): send_now("luis", "channel", file_ids=lambda w: f"'{{{ABSENT}}}'"),
    ("scheduled.send", "message.reply_not_found"): send_now("luis", "channel", reply_to_id=lambda w: w.gone["id"]),
    ("scheduled.send", "message.thread_not_found"): send_now("luis", "channel", thread_id=lambda w: w.secret["id"]),
    ("scheduled.send", "scheduled.not_found"): of("luis", "POST", "/scheduled/{absent}/send", {}),
    ("scheduled.update", "file.unusable"): lambda w: w.luis.put(f"/scheduled/{scheduled(w)}", json={"attachment_ids": [ABSENT]}),
    ("scheduled.update", "scheduled.bad_time"): lambda w: w.luis.put(f"/scheduled/{scheduled(w)}", json={"send_at": tomorrow(-1)}),
    ("scheduled.update", "scheduled.not_found"): of("luis", "PUT", "/scheduled/{absent}", HELLO),
    ("scheduled.update", "scheduled.sent"): lambda w: w.luis.put(f"/scheduled/{scheduled(w, state=repr('sent'))}", json=HELLO),
    ("session.end", "session.not_found"): of("luis", "DELETE", "/auth/sessions/{absent}"),
    ("session.open", "channel.not_found"): peer("session.open", "luis", lambda w: {"channel_id": w.hidden["id"]}),
    ("session.open", "channel.not_member"): peer("session.open", "luis", lambda w: {"channel_id": w.apart["id"]}),
    ("subscribe", "channel.not_found"): frame("luis", lambda w: {"type": "subscribe", "channel_id": w.hidden["id"]}),
    ("subscribe", "channel.not_member"): frame("luis", lambda w: {"type": "subscribe", "channel_id": w.apart["id"]}),
    ("thread.follow", "channel.not_member"): of("luis", "PUT", "/messages/{luis_left}/thread/follow"),
    ("thread.follow", "message.deleted"): of("luis", "PUT", "/messages/{gone}/thread/follow"),
    ("thread.follow", "message.not_found"): message("PUT", "/thread/follow"),
    ("thread.get", "message.not_found"): message("GET", "/thread"),
    ("thread.mark_read", "channel.not_member"): of("luis", "POST", "/messages/{luis_left}/thread/read", {"seq": 1}),
    ("thread.mark_read", "message.not_found"): message("POST", "/thread/read", {"seq": 1}),
    ("thread.unfollow", "message.not_found"): message("DELETE", "/thread/follow"),
    ("typing.start", "channel.not_found"): frame("luis", lambda w: {"type": "typing", "channel_id": w.hidden["id"]}),
    ("typing.start", "channel.not_member"): frame("luis", lambda w: {"type": "typing", "channel_id": w.apart["id"]}),
    ("user.avatar", "avatar.not_found"): of("ana", "GET", "/users/{luis}/avatar"),
    ("user.avatar", "user.not_found"): of("ana", "GET", "/users/{absent}/avatar"),
    ("user.erase", "login.throttled"): erase_throttled,
    ("user.erase", "password.wrong"): of("ana", "POST", "/users/{ana}/erase", {"password": WRONG}),
    ("user.erase", "user.last_admin"): of("admin", "POST", "/users/{admin}/erase", {"password": PASSWORD}),
    ("user.erase", "user.not_found"): of("admin", "POST", "/users/{absent}/erase", {}),
    ("user.delete", "user.last_admin"): of("admin", "DELETE", "/users/{admin}"),
    ("user.delete", "user.not_found"): of("admin", "DELETE", "/users/{absent}"),
    ("user.get", "user.not_found"): of("ana", "GET", "/users/{absent}"),
    ("user.set_avatar", "avatar.too_large"): picture("ana", PNG + bytes(200 * 1024)),
    ("user.set_avatar", "avatar.unsupported"): picture("ana", b"%PDF-1.4 " + bytes(100)),
    ("user.set_avatar", "user.not_found"): picture_of_nobody,
    ("user.set_status", "user.not_found"): of("ana", "POST", "/users/{absent}/status", {"status": "away"}),
    ("user.update", "email.taken"): of("ana", "PUT", "/users/{ana}", lambda w: {"email": w.luis.email, "current_password": PASSWORD}),
    ("user.update", "login.throttled"): update_throttled,
    ("user.update", "user.erased"): update_erased,
    ("user.update", "password.weak"): of("ana", "PUT", "/users/{ana}", {"new_password": "password1", "current_password": PASSWORD}),
    ("user.update", "password.wrong"): of("ana", "PUT", "/users/{ana}", {"new_password": "correct-horse-9", "current_password": WRONG}),
    ("user.update", "user.last_admin"): of("admin", "PUT", "/users/{admin}", {"role": "member"}),
    ("user.update", "user.not_found"): of("admin", "PUT", "/users/{absent}", {"display_name": "x"}),
    ("user.update", "username.taken"): of("ana", "PUT", "/users/{ana}", lambda w: {"username": w.luis.user["username"].upper()}),
}

# Codes whose problem documents have further members.
MORE = {"password.weak": "errors", "request.invalid": "errors", "login.throttled": "retry_after"}
# What the database or a defect says is nobody's business: these come without `detail`.
SILENT = {"service.internal", "service.timeout", "resource.conflict"}

LISTED = [(c["name"], code) for c in COMMANDS.values() for code in c.get("errors", [])]
COMMON = json.loads((PROTO / "errors/common.json").read_text())


@pytest.fixture(scope="module")
def world(_session_suite):
    yield from _session_suite.lasting(lambda: World(_session_suite))


@pytest.fixture
def nothing_stays_open(world):
    """Closes what a scenario opened: sockets, peers, guests."""
    yield
    world.suite.close_kept()


# ---- the judge ----
def refused(answer, code):
    """Checks a refusal, however it came: a response, (status, problem) of the bus, or an error frame. Gives the problem document."""
    if isinstance(answer, dict):
        return refused_over_a_socket(answer, code)
    status, problem = (answer.status_code, answer.json()) if isinstance(answer, httpx.Response) else answer
    entry = ERRORS[code]
    assert (status, problem.get("code")) == (entry["status"], code), problem
    assert problem["status"] == status and problem["title"] == entry["title"] and problem["type"] == f"/docs/#{code}"
    assert problem["request_id"] == (answer.headers["X-Request-Id"] if isinstance(answer, httpx.Response) else TRACE.hex())
    if code not in SILENT:
        assert problem["detail"].strip(), problem
    assert MORE.get(code, "code") in problem
    if isinstance(answer, httpx.Response):
        check_headers(answer, problem)
    return problem


def refused_over_a_socket(answer, code):
    assert answer["type"] == "error" and answer["code"] == code and answer["detail"].strip()
    assert not {"status", "title"} & set(answer)
    return answer


def check_headers(answer, problem):
    headers = answer.headers
    assert headers["Content-Type"] == "application/problem+json" and headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert ("WWW-Authenticate" in headers) == (answer.status_code == 401)
    if answer.status_code in (429, 503):
        assert int(headers["Retry-After"]) >= 1 and int(headers["Retry-After"]) == problem.get("retry_after", int(headers["Retry-After"]))
    for wrong in problem.get("errors", []):
        assert wrong["pointer"].startswith("/") and wrong["detail"]


# ---- what the commands list ----
def test_every_scenario_stands_for_an_error_that_is_listed():
    assert not set(SCENARIOS) - set(LISTED)


def test_every_error_of_the_catalogue_is_listed_by_a_command_or_common():
    assert set(ERRORS) == {code for _, code in LISTED} | set(COMMON)


@pytest.mark.parametrize("command,code", LISTED)
def test_the_error(world, nothing_stays_open, command, code):
    assert (command, code) in SCENARIOS, f"{command} lists {code}, and nothing here provokes it"
    refused(SCENARIOS[command, code](world), code)


def test_mutes_and_bans_say_when_they_end(world):
    until_when = refused(SCENARIOS["message.create", "channel.muted"](world), "channel.muted")["expires_at"]
    assert until_when == world.moderator.ok("GET", "/admin/moderation/actions", params={"user_id": world.muted.id})["items"][0]["expires_at"]
    assert "expires_at" not in refused(SCENARIOS["auth.login", "user.banned"](world), "user.banned")
    world.suite.close_kept()


@pytest.mark.parametrize("who,there,code", [("luis", "closed", "channel.archived"), ("muted", "channel", "channel.muted"), ("luis", "hidden", "channel.not_found"),
                                            ("luis", "apart", "channel.not_member")])
def test_a_refused_message_names_itself_over_a_socket(world, nothing_stays_open, who, there, code):
    sent = {"type": "chat_message", "channel_id": getattr(world, there)["id"], "content": "x", "client_id": str(uuid.uuid4())}
    error = refused(frame(who, lambda w: sent)(world), code)
    assert error["client_id"] == sent["client_id"] and error["channel_id"] == sent["channel_id"]


STREAMS = json.loads((PROTO / "streams.json").read_text())
OPENINGS = {
    ("/ws/chat/{channel_id}", "channel.not_found"): of("luis", "GET", "/ws/chat/{hidden}", headers=UPGRADE),
    ("/ws/chat/{channel_id}", "channel.not_member"): of("luis", "GET", "/ws/chat/{apart}", headers=UPGRADE),
    ("/ws/notifications/{user_id}", "access.denied"): of("luis", "GET", "/ws/notifications/{ana}", headers=UPGRADE),
    ("/sse/activity/{channel_id}", "channel.not_found"): of("luis", "GET", "/sse/activity/{hidden}"),
    ("/sse/activity/{channel_id}", "channel.not_member"): of("luis", "GET", "/sse/activity/{apart}"),
}


@pytest.mark.parametrize("path,code", [(s["path"], code) for s in STREAMS["websocket"] + STREAMS["sse"] for code in s["errors"] if code != "connection.too_many"])
def test_the_error_of_opening(world, path, code):
    assert (path, code) in OPENINGS, f"{path} lists {code}, and nothing here provokes it"
    refused(OPENINGS[path, code](world), code)


# ---- what any command may answer ----
def raw(w, body, media_type="application/json"):
    return w.ana.call("POST", "/channels", content=body, headers={"Content-Type": media_type})


def wrong_method(w):
    answer = w.ana.call("PATCH", "/auth/me")
    assert {method.strip() for method in answer.headers["Allow"].split(",")} >= {"GET"}
    return answer


def expired_token(w):
    """A token that auth's own key has signed, of an hour ago: the key is opened with the secret that the tests gave."""
    header, claims = jwt.get_unverified_header(w.ana.token), jwt.decode(w.ana.token, options={"verify_signature": False})
    kid, now = header["kid"], int(time.time())
    sealed = bytes.fromhex(w.suite.psql(f"select encode(private_key, 'hex') from auth.signing_key where kid = '{kid}'"))
    secret = w.suite.env_of("auth")["PALIQUE_AUTH_KEY_SECRET"].encode()
    key = HKDF(algorithm=hashes.SHA256(), length=32, salt=b"palique", info=b"palique auth signing keys v1").derive(secret)
    pem = AESGCM(key).decrypt(sealed[:12], sealed[12:], kid.encode())
    return jwt.encode({**claims, "iat": now - 7200, "nbf": now - 7200, "exp": now - 3600}, pem, algorithm="ES256", headers={k: v for k, v in header.items() if k != "alg"})


def with_token(w, token):
    return w.guest().get("/auth/me", headers={"Authorization": f"Bearer {token}"})


def mismatch(w):
    key = {"Idempotency-Key": str(uuid.uuid4())}
    w.admin.ok("POST", "/channels", json={"name": secrets.token_hex(5)}, headers=key)
    return w.admin.post("/channels", json={"name": secrets.token_hex(5)}, headers=key)


def rate_limited(w):
    """Without a body that is valid: refused requests count as well."""
    guest = w.guest()
    for _ in range(40):
        answer = guest.post("/auth/login", json={})
        if answer.status_code == 429:
            assert answer.headers["X-RateLimit-Limit"] == "20" and answer.headers["X-RateLimit-Remaining"] == "0"
            assert 1 <= int(answer.headers["X-RateLimit-Reset"]) <= 60
            return answer
        assert answer.status_code == 400
    return answer


def unavailable(w):
    w.suite.proc("chat").stop()
    try:
        return w.admin.get("/channels")
    finally:
        w.suite.restart("chat")
        until(lambda: w.admin.get("/channels").status_code == 200, "chat to be back")


def too_many_connections(w):
    """Each way to come in, while one socket and one stream are open, which is all that one person may have there."""
    channel = w.admin.channel()
    w.admin.ws().expect("hello")
    assert open_stream(w.admin, "/notifications").response.status_code == 200
    paths = [s["path"] for s in STREAMS["websocket"] + STREAMS["sse"] if "connection.too_many" in s["errors"]]
    for path in paths:
        answer = w.admin.get(path.format(channel_id=channel["id"], user_id=w.admin.id), headers=UPGRADE if path.startswith("/ws") else EVENTS)
        refused(answer, "connection.too_many")
    return answer


def by_database(state):
    """The database refuses a new channel with an SQLSTATE: a fault that cannot be had otherwise."""
    def ask(w):
        w.suite.psql(f"create or replace function chat.fault() returns trigger language plpgsql as"
                     f" $$begin raise exception 'planted' using errcode = '{state}'; end$$;"
                     " create trigger fault before insert on chat.channel for each row execute function chat.fault()")
        try:
            return w.admin.post("/channels", json={"name": secrets.token_hex(5)})
        finally:
            w.suite.psql("drop trigger fault on chat.channel; drop function chat.fault()")
    return ask


COMMONLY = {
    "request.invalid": of("ana", "POST", "/channels", {"name": "", "colour": "red"}),
    "request.malformed": lambda w: raw(w, b'{"name": '),
    "request.too_large": lambda w: raw(w, b'{"name": "' + b"x" * (256 << 10) + b'"}'),
    "request.media_type": lambda w: raw(w, b"name=x", "application/x-www-form-urlencoded"),
    "request.not_found": of("ana", "GET", "/nowhere"),
    "request.method": wrong_method,
    "token.missing": lambda w: w.ana.get("/auth/me", token=False),
    "token.invalid": lambda w: with_token(w, w.ana.token[:-8] + "AAAAAAAA"),
    "token.expired": lambda w: with_token(w, expired_token(w)),
    "access.denied": of("ana", "GET", "/admin/stats"),
    "origin.denied": lambda w: w.guest().get("/ws", headers={**UPGRADE, "Authorization": f"Bearer {w.ana.token}", "Origin": "https://evil.example"}),
    "idempotency.mismatch": mismatch,
}
FAULTS = {
    "rate.limited": rate_limited,
    "connection.too_many": too_many_connections,
    "service.unavailable": unavailable,
    "resource.conflict": by_database("23505"),
    "service.timeout": by_database("57014"),
    "service.internal": by_database("XX000"),
}


def test_every_common_error_has_a_scenario():
    assert set(COMMONLY) | set(FAULTS) == set(COMMON)


@pytest.mark.parametrize("code", COMMONLY)
def test_the_common_error(world, nothing_stays_open, code):
    refused(COMMONLY[code](world), code)


@pytest.mark.parametrize("token", ["missing", "invalid", "expired"])
def test_sockets_refuse_bad_tokens_alike(world, nothing_stays_open, token):
    text = {"missing": None, "invalid": "x.y.z", "expired": expired_token(world)}[token]
    answer = world.guest().get("/ws", headers={**UPGRADE, **({"Authorization": f"Bearer {text}"} if text else {})})
    refused(answer, f"token.{token}")


def test_a_cookie_does_not_act_for_another_origin(world, nothing_stays_open):
    headers = {"Cookie": f"palique_token={world.ana.token}", "Origin": "https://evil.example"}
    refused(world.guest().post("/channels", json={"name": "x"}, headers=headers), "origin.denied")


def test_a_deadline_that_has_passed_is_a_timeout(world, nothing_stays_open):
    """A millisecond is not enough for the last of a crowd."""
    one = world.suite.keep(bus.Peer(world.suite.bus / "chat.sock"))
    crowd = [bus.encode(bus.REQUEST, COMMANDS["session.open"]["id"], b"{}", n, user=world.ana.id, org=world.org.id, session=1, deadline_ms=1, trace=TRACE)
             for n in range(1000)]
    one.socket.sendall(b"".join(bus.message(request) for request in crowd))
    replies = [f for f in iter_replies(one, len(crowd)) if f["status"] == 504]
    assert replies
    refused((504, json.loads(replies[0]["body"])), "service.timeout")


def iter_replies(one, n):
    while n > 0:
        frame = one.frame()
        if frame["kind"] == bus.REPLY:
            n -= 1
            yield frame


class Fragile:
    """A suite of its own, to limit and to break."""

    def __init__(self, suite):
        self.suite, self.admin = suite, suite.org().admin

    def guest(self):
        return self.suite.client()


def test_faults_are_told_as_what_they_are(make_suite):
    world = Fragile(make_suite(env={"PALIQUE_RATE_SCALE": "100", "PALIQUE_GATEWAY_SOCKETS_PER_PERSON": "1", "PALIQUE_NOTIFY_STREAMS_PER_PERSON": "1"}))
    for code in ("connection.too_many", "resource.conflict", "service.timeout", "service.internal", "service.unavailable", "rate.limited"):
        problem = refused(FAULTS[code](world), code)
        assert "planted" not in json.dumps(problem), "what the database says stays inside"
