"""The example of every command, executed against the running suite: its request as it stands in the catalogue, with the ids, tokens, addresses
and positions of a prepared world in place of the invented ones; its answer with exactly the documented status, members and types."""

import base64
import datetime
import secrets

import pytest

from harness import bus, until
from harness.catalogue import COMMANDS, complaints, members, reply_complaints, send

PASSWORD = COMMANDS["auth.login"]["example"]["request"]["password"]
PNG = base64.b64decode(COMMANDS["user.set_avatar"]["example"]["request"]["image"])


class World:
    """An organisation with one of everything. Things that a command uses up are made by its entry, when it runs."""

    def __init__(self, suite):
        self.suite = suite
        self.org = org = suite.org()
        self.admin, self.moderator = org.admin, org.moderator()
        self.ana = org.member(username="ana", display_name="Ana García", language="es", password=PASSWORD)
        self.bruno = org.member(username="bruno")
        self.channel = self.ana.channel("equipo")
        self.bruno.join(self.channel)
        self.message = self.ana.send(self.channel, "hola @bruno")
        self.ana.ok("PUT", f"/messages/{self.message['id']}", json={"content": "hola, @bruno"})
        for n in range(3):
            self.bruno.send(self.channel, f"@ana {n}")
        self.answered = self.ana.send(self.channel, "¿Quién viene?")
        self.bruno.ok("POST", f"/channels/{self.channel['id']}/messages", status=201, json={"content": "Yo", "thread_id": self.answered["id"]})
        self.picture = self.ana.call("PUT", f"/users/{self.ana.id}/avatar", content=PNG, headers={"Content-Type": "image/png"}).json()["profile_picture"]
        for n in range(2):
            rude = self.ana.send(self.channel, f"buy now {n}")
            self.bruno.ok("POST", f"/messages/{rude['id']}/report", json={"reason": "Advertising"})
        self.admin.ok("POST", "/invitations", json={})
        self.warning = self.admin.ok("POST", "/admin/moderation/actions", json={"user_id": self.bruno.id, "action_type": "warning", "reason": "Advertising"})
        self.ana.ok("PUT", f"/messages/{self.message['id']}/reactions/👍")
        self.ana.ok("PUT", f"/messages/{self.message['id']}/pin")
        org.member().ok("POST", "/auth/logout", json={})
        self.connected = self.ana.ws()
        self.connected.expect("hello")
        self.reports = until(lambda: len(found := self.admin.ok("GET", "/admin/reports")["items"]) == 2 and found, "the reports")
        self.told = until(lambda: len(found := self.unread()) >= 3 and found, "the mentions")

    def unread(self):
        return self.ana.ok("GET", "/notifications", params={"unread": "true"})["items"]

    def another(self):
        """A message of ana's that may be used up."""
        return self.ana.send(self.channel, "otra")["id"]

    def preview_key(self):
        """Of a link's picture; the suite of the tests reaches no web server."""
        data = COMMANDS["preview.image"]["example"]["reply"]["data"]
        return self.suite.postgres.psql(
            "insert into chat.preview (org_id, url, url_hash, title, description, site_name, image, image_type) values"
            f" ({self.org.id}, 'https://example.com', 'x', 'Example', '', '', decode('{data}', 'base64'), 'image/webp') returning key",
            self.suite.database)

    def shared(self):
        """A channel of ana's and bruno's that may be used up."""
        channel = self.ana.channel()
        self.bruno.join(channel)
        return channel["id"]

    def section(self):
        return self.ana.ok("POST", "/sections", json={"name": "otra"})["sections"][-1]["id"]

    def talk(self):
        return self.ana.ok("POST", "/messages", json={"to": self.bruno.id, "content": "hola"})["channel_id"]

    def make_emoji(self):
        self.emoji = self.ana.call("PUT", "/emoji/party-parrot", content=PNG, headers={"Content-Type": "image/png"}).json()

    def scheduled(self):
        """One of ana's that may be used up."""
        return self.ana.ok("POST", "/scheduled", json={"channel_id": self.channel["id"], "content": "mañana", "send_at": tomorrow()})["id"]

    def drafted(self):
        return self.ana.ok("PUT", f"/drafts/{self.channel['id']}", json={"content": "hola, he pens"})

    def greeted(self):
        """Something that ana has said can be searched for."""
        self.ana.send(self.channel, "¡Buenos días!")
        return until(lambda: self.ana.ok("GET", "/messages/search", params={"q": "dias from:@ana"})["items"], "what was said to be found")

    def saved(self):
        return self.ana.ok("PUT", f"/messages/{self.message['id']}/saved", json={})

    def group(self):
        return self.moderator.ok("POST", "/groups", json={"name": "x", "handle": f"g{secrets.token_hex(4)}", "user_ids": [self.ana.id]})["id"]

    def read_by_bruno(self):
        self.bruno.ok("POST", f"/channels/{self.channel['id']}/read", json={"seq": self.head()})
        return self.message["id"]

    def behind(self):
        """Somebody with something unread."""
        person = self.org.member()
        person.join(self.channel)
        self.ana.send(self.channel, "una más")
        return person

    def elsewhere(self):
        """A session of bruno's that may be used up."""
        self.suite.client().login(self.bruno.email, self.bruno.password)
        return next(s["id"] for s in self.bruno.ok("GET", "/auth/sessions")["items"] if not s["is_current"])

    def chosen(self):
        return self.ana.ok("PUT", f"/notifications/channels/{self.channel['id']}", json={"level": "all"})

    def head(self):
        return self.ana.ok("GET", f"/channels/{self.channel['id']}")["head_seq"]

    def mute(self):
        return self.admin.ok("POST", "/admin/moderation/actions", json={"user_id": self.org.member().id, "action_type": "mute", "reason": "x"})["id"]

    def begun(self, who="ana", size=48213):
        """An upload that has begun."""
        return bus_call(self, "file.begin", who, {"filename": "informe.pdf", "url_name": "informe.pdf", "size": size})["id"]

    def file(self, who="ana"):
        """A file that is complete and attached to nothing."""
        return getattr(self, who).ok("POST", "/files", params={"filename": "informe.pdf"}, content=b"%PDF-1.4 " + secrets.token_bytes(40),
                                     headers={"Content-Type": "application/pdf"})

    def free_the_name(self, name):
        for channel in self.ana.ok("GET", "/channels")["items"]:
            if channel["name"] == name:
                self.ana.ok("DELETE", f"/channels/{channel['id']}")


def tomorrow():
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


def bus_call(world, command, who, fields):
    one = world.suite.keep(bus.Peer(world.suite.bus / "chat.sock"))
    return one.call(COMMANDS[command], fields, getattr(world, who))[1]


def guest(world):
    return world.suite.client()


def mailed(world, kind):
    """The token of a letter to ana, as if it had been sent."""
    token = secrets.token_urlsafe(32)
    world.suite.psql("insert into auth.mail_token (hash, mail_id, purpose, account_id, email_key, expires_at)"
                     f" select sha256('{token}'), 0, '{kind}', id, email_key, now() + interval '1 hour' from auth.account where id = {leaving(world).id}")
    return token


def undelivered(world):
    """A letter that was refused, to somebody of the organisation."""
    world.suite.psql("insert into auth.mail (kind, recipient, attempts, expires_at, failed_at, reason) select 'verify', email_key, 1, now(), now(), '550 no'"
                     f" from auth.account where id = {world.admin.id}")
    return world.admin


def leaving(world):
    return world.org.member(password=PASSWORD)


# command → (who calls, what of the example's request is replaced). Nobody: a service for itself.
ENTRIES = {
    "activity.open": lambda w: (w.ana, {"channel_id": w.channel["id"]}),
    "activity.read": lambda w: (w.ana, {"channel_id": w.channel["id"], "after": w.head() - 1}),
    "admin.events": lambda w: (None, {}),
    "admin.users": lambda w: (w.admin, {}),
    "audit.list": lambda w: (w.admin, {}),
    "auth.events": lambda w: (None, {}),
    "auth.jwks": lambda w: (guest(w), {}),
    "auth.login": lambda w: (guest(w), {"email": w.ana.email}),
    "auth.logout": lambda w: (leaving(w), {}),
    "auth.me": lambda w: (w.ana, {}),
    "auth.options": lambda w: (guest(w), {}),
    "auth.refresh": lambda w: (guest(w), {"refresh_token": leaving(w).refresh_token}),
    "auth.register": lambda w: (guest(w), {"email": f"ana@{secrets.token_hex(6)}.example"}),
    "bootstrap": lambda w: (w.ana, {}),
    "channel.create": lambda w: w.free_the_name("general") or (w.ana, {}),
    "channel.delete": lambda w: (w.ana, {"channel_id": w.ana.channel()["id"]}),
    "channel.get": lambda w: (w.bruno, {"channel_id": w.channel["id"]}),
    "channel.invite": lambda w: (w.ana, {"channel_id": w.channel["id"], "user_id": w.org.member().id}),
    "channel.join": lambda w: (w.bruno, {"channel_id": w.ana.channel()["id"]}),
    "channel.leave": lambda w: (w.bruno, {"channel_id": w.shared()}),
    "channel.list": lambda w: (w.ana, {}),
    "channel.mark_read": lambda w: (w.ana, {"channel_id": w.channel["id"], "seq": w.head()}),
    "channel.mark_unread": lambda w: (w.ana, {"channel_id": w.channel["id"], "message_id": w.message["id"]}),
    "channel.members": lambda w: (w.ana, {"channel_id": w.channel["id"]}),
    "channel.permissions": lambda w: (w.bruno, {"channel_id": w.channel["id"]}),
    "channel.set_permissions": lambda w: (w.ana, {"channel_id": w.ana.channel()["id"]}),
    "channel.export": lambda w: (w.ana, {"channel_id": w.channel["id"]}),
    "channel.favorite": lambda w: (w.ana, {"channel_id": w.channel["id"]}),
    "channel.unfavorite": lambda w: (w.ana, {"channel_id": w.channel["id"]}),
    "section.add": lambda w: (w.ana, {"section_id": w.section(), "channel_id": w.channel["id"]}),
    "section.create": lambda w: (w.ana, {}),
    "section.delete": lambda w: (w.ana, {"section_id": w.section()}),
    "section.list": lambda w: (w.ana, {}),
    "section.remove": lambda w: (w.ana, {"section_id": w.section(), "channel_id": w.channel["id"]}),
    "section.update": lambda w: (w.ana, {"section_id": w.section()}),
    "channel.remove_member": lambda w: (w.ana, {"channel_id": w.shared(), "user_id": w.bruno.id}),
    "channel.set_role": lambda w: (w.ana, {"channel_id": w.channel["id"], "user_id": w.bruno.id}),
    "channel.update": lambda w: (w.ana, {"channel_id": w.channel["id"]}),
    "chat.events": lambda w: (None, {}),
    "dashboard.get": lambda w: (w.admin, {}),
    "draft.delete": lambda w: w.drafted() and (w.ana, {"channel_id": w.channel["id"]}),
    "draft.list": lambda w: w.drafted() and (w.ana, {}),
    "draft.put": lambda w: (w.ana, {"channel_id": w.channel["id"]}),
    "direct.hide": lambda w: (w.ana, {"channel_id": w.talk()}),
    "direct.messages": lambda w: w.talk() and (w.ana, {"with": w.bruno.id}),
    "direct.open": lambda w: (w.ana, {"user_ids": [w.bruno.id]}),
    "direct.post": lambda w: (w.ana, {"to": w.bruno.id}),
    "direct.show": lambda w: (w.ana, {"channel_id": w.talk()}),
    "email.get": lambda w: (w.ana, {}),
    "email.request_verification": lambda w: (w.ana, {}),
    "email.verify": lambda w: (guest(w), {"token": mailed(w, "verify")}),
    "emoji.delete": lambda w: w.make_emoji() or (w.ana, {}),
    "emoji.image": lambda w: w.make_emoji() or (w.bruno, {"v": w.emoji["image_url"].partition("v=")[2]}),
    "emoji.list": lambda w: w.make_emoji() or (w.bruno, {}),
    "emoji.put": lambda w: (w.ana, {}),
    "event.list": lambda w: (None, {"items": [{"channel_id": w.channel["id"], "after": w.head() - 1, "limit": 100}]}),
    "file.begin": lambda w: (w.ana, {}),
    "file.delete": lambda w: (w.ana, {"file_id": w.file()["id"]}),
    "file.finish": lambda w: (w.ana, {"file_id": w.begun()}),
    "file.get": lambda w: (w.ana, {"file_id": w.file()["id"]}),
    "file.list": lambda w: (w.file() and w.ana, {}),
    "file.look": lambda w: (w.ana, {"file_id": w.begun()}),
    "file.open": lambda w: (w.ana, {"file_id": w.file()["id"]}),
    "file.progress": lambda w: (w.ana, {"file_id": w.begun()}),
    "file.usage": lambda w: (w.ana, {}),
    "file.url": lambda w: (w.ana, {"file_id": w.file()["id"]}),
    "gateway.report": lambda w: (None, {"users": [{"org": w.org.id, "ids": [w.ana.id, w.bruno.id]}]}),
    "group.create": lambda w: (w.moderator, {"handle": f"g{secrets.token_hex(4)}", "user_ids": [w.ana.id, w.bruno.id]}),
    "group.delete": lambda w: (w.moderator, {"group_id": w.group()}),
    "group.get": lambda w: (w.ana, {"group_id": w.group()}),
    "group.list": lambda w: w.group() and (w.ana, {}),
    "group.members": lambda w: (w.moderator, {"group_id": w.group(), "add": [w.ana.id, w.bruno.id]}),
    "group.update": lambda w: (w.moderator, {"group_id": w.group()}),
    "here.report": lambda w: (None, {"ids": [w.ana.id]}),
    "invitation.create": lambda w: (w.moderator, {}),
    "invitation.delete": lambda w: (w.moderator, {"invitation_id": w.moderator.ok("POST", "/invitations", json={})["id"]}),
    "invitation.list": lambda w: (w.moderator, {}),
    "mail.failures": lambda w: (undelivered(w), {}),
    "message.create": lambda w: (w.ana, {"channel_id": w.channel["id"]}),
    "message.delete": lambda w: (w.ana, {"message_id": w.another()}),
    "message.get": lambda w: (w.bruno, {"message_id": w.message["id"]}),
    "message.history": lambda w: (w.ana, {"message_id": w.message["id"]}),
    "message.list": lambda w: (w.bruno, {"channel_id": w.channel["id"]}),
    "message.pin": lambda w: (w.bruno, {"message_id": w.another()}),
    "message.readers": lambda w: (w.ana, {"message_id": w.read_by_bruno()}),
    "message.remove_previews": lambda w: (w.ana, {"message_id": w.another()}),
    "message.report": lambda w: (w.moderator, {"message_id": w.another()}),
    "message.unpin": lambda w: (w.bruno, {"message_id": w.another()}),
    "message.search": lambda w: w.greeted() and (w.ana, {}),
    "message.update": lambda w: (w.ana, {"message_id": w.another()}),
    "moderation.create": lambda w: (w.moderator, {"user_id": w.org.member().id}),
    "moderation.lift": lambda w: (w.moderator, {"action_id": w.mute()}),
    "moderation.list": lambda w: (w.moderator, {"user_id": w.bruno.id}),
    "notification.list": lambda w: (w.ana, {}),
    "notification.preferences": lambda w: w.chosen() and (w.ana, {}),
    "notification.read": lambda w: (w.ana, {"notification_id": w.told[0]["id"]}),
    "notification.read_all": lambda w: (w.bruno, {}),
    "notification.set_channel": lambda w: (w.ana, {"channel_id": w.channel["id"]}),
    "notification.set_preferences": lambda w: (w.org.member(), {}),
    "notification.since": lambda w: (w.ana, {"after": w.told[0]["id"] - 1}),
    "notification.tail": lambda w: (None, {"after": w.told[0]["id"] - 1, "users": [w.ana.id], "orgs": [w.org.id]}),
    "organization.get": lambda w: (w.ana, {"organization_id": w.org.id}),
    "organization.update": lambda w: (w.admin, {"organization_id": w.org.id}),
    "password.request_reset": lambda w: (guest(w), {"email": w.ana.email}),
    "password.reset": lambda w: (guest(w), {"token": mailed(w, "reset")}),
    "ping": lambda w: (w.ana, {}),
    "pin.list": lambda w: (w.bruno, {"channel_id": w.channel["id"]}),
    "reaction.add": lambda w: (w.bruno, {"message_id": w.message["id"]}),
    "reaction.list": lambda w: (w.bruno, {"message_id": w.message["id"]}),
    "preview.image": lambda w: (w.bruno, {"key": w.preview_key()}),
    "reaction.remove": lambda w: (w.bruno, {"message_id": w.message["id"]}),
    "preferences.get": lambda w: (w.ana, {}),
    "preferences.update": lambda w: (w.org.member(), {}),
    "read.mark_all": lambda w: (w.behind(), {}),
    "report.list": lambda w: (w.moderator, {}),
    "report.update": lambda w: (w.moderator, {"report_id": w.reports[0]["id"]}),
    "resume": lambda w: (w.ana, {"positions": {str(w.channel["id"]): w.head() - 1}}),
    "saved.delete": lambda w: w.saved() or (w.ana, {"message_id": w.message["id"]}),
    "saved.list": lambda w: w.saved() or (w.ana, {}),
    "saved.put": lambda w: (w.ana, {"message_id": w.message["id"]}),
    "scheduled.create": lambda w: (w.ana, {"channel_id": w.channel["id"], "send_at": tomorrow()}),
    "scheduled.delete": lambda w: (w.ana, {"scheduled_id": w.scheduled()}),
    "scheduled.list": lambda w: w.scheduled() and (w.ana, {}),
    "scheduled.send": lambda w: (w.ana, {"scheduled_id": w.scheduled()}),
    "scheduled.update": lambda w: (w.ana, {"scheduled_id": w.scheduled(), "send_at": tomorrow()}),
    "session.end": lambda w: (w.bruno, {"session_id": w.elsewhere()}),
    "session.end_others": lambda w: (w.org.member(), {}),
    "session.list": lambda w: (w.ana, {}),
    "session.open": lambda w: (w.ana, {}),
    "session.revoked": lambda w: (None, {}),
    "stats.get": lambda w: (w.admin, {}),
    "subscribe": lambda w: (w.ana, {"channel_id": w.channel["id"], "position": w.head() - 1}),
    "thread.follow": lambda w: (w.bruno, {"message_id": w.answered["id"]}),
    "thread.get": lambda w: (w.bruno, {"message_id": w.answered["id"]}),
    "thread.list": lambda w: (w.ana, {}),
    "thread.mark_read": lambda w: (w.bruno, {"message_id": w.answered["id"]}),
    "thread.unfollow": lambda w: (w.bruno, {"message_id": w.answered["id"]}),
    "typing.start": lambda w: (w.bruno, {"channel_id": w.channel["id"]}),
    "unread.get": lambda w: (w.bruno, {}),
    "unsubscribe": lambda w: (w.ana, {"channel_id": w.channel["id"]}),
    "user.avatar": lambda w: (w.bruno, {"user_id": w.ana.id, "v": w.picture.partition("v=")[2]}),
    "user.by_ids": lambda w: (None, {"organization_id": w.org.id, "ids": [w.ana.id]}),
    "user.erase": lambda w: (w.admin, {"user_id": w.org.member().id}),
    "user.delete": lambda w: (w.admin, {"user_id": w.org.member().id}),
    "user.get": lambda w: (w.ana, {"user_id": w.bruno.id}),
    "user.list": lambda w: (w.admin, {}),
    "user.online": lambda w: (w.bruno, {}),
    "user.set_avatar": lambda w: (w.bruno, {"user_id": w.bruno.id}),
    "user.set_status": lambda w: (w.ana, {"user_id": w.ana.id}),
    "user.touch": lambda w: (None, {"ids": [w.ana.id, w.bruno.id]}),
    "user.update": lambda w: (w.ana, {"user_id": w.ana.id}),
}

REST = [(c["name"], n) for c in COMMANDS.values() for n in range(len(c.get("rest", [])))]
SOCKETS = [c["name"] for c in COMMANDS.values() if "ws" in c]
BUS = [c["name"] for c in COMMANDS.values() if "rest" not in c and "ws" not in c]


@pytest.fixture(scope="module")
def world(_session_suite):
    yield from _session_suite.lasting(lambda: World(_session_suite))


def prepare(name, world):
    """(command, who calls, the request): the example with the world's own ids. An entry may replace only what the example has."""
    command = COMMANDS[name]
    assert name in ENTRIES, f"{name} has no entry: say who calls it and which ids its example stands for"
    who, replaced = ENTRIES[name](world)
    example = command["example"]["request"]
    assert set(replaced) <= set(example), f"{name}: {set(replaced) - set(example)} is not in its example"
    return command, who, {**example, **replaced}


def emptier(example, reply, where="reply"):
    """Lists that the example shows something in and the reply does not: there the check of types would check nothing."""
    if isinstance(example, list):
        if not isinstance(reply, list) or (example and not reply):
            return [f"{where} is empty"]
        return emptier(example[0], reply[0], f"{where}[0]") if example else []
    if isinstance(example, dict) and isinstance(reply, dict):
        return [line for name in example if name in reply for line in emptier(example[name], reply[name], f"{where}.{name}")]
    return []


def judge(command, reply):
    assert not reply_complaints(command, reply)
    if "ref" not in (command["reply"] or {}):
        assert not emptier({k: v for k, v in (command["example"]["reply"] or {}).items() if k in ("items", "channels", "events", "users", "keys")}, reply)


def test_every_command_of_the_catalogue_has_an_entry_and_a_way():
    assert set(ENTRIES) == set(COMMANDS)
    assert {name for name, _ in REST} | set(SOCKETS) | set(BUS) == set(COMMANDS)
    assert all(COMMANDS[name]["role"] == "service" for name in BUS)


@pytest.mark.parametrize("name,face", REST, ids=lambda part: part if isinstance(part, str) else f"face{part}")
def test_the_example_over_rest(world, name, face):
    command, who, fields = prepare(name, world)
    face = command["rest"][face]
    raw = command.get("raw_request")
    if raw:
        fields[raw] = base64.b64decode(fields[raw])
    answer = send(who, command, face, fields)
    assert answer.status_code == face.get("status", 200), answer.text
    assert answer.headers["X-Request-Id"]
    if command.get("raw_reply"):
        example = command["example"]["reply"]
        assert answer.headers["Content-Type"] == example["content_type"] and answer.content == base64.b64decode(example["data"])
        assert answer.headers["ETag"].strip('"') == fields["v"] if "v" in fields else "immutable" in answer.headers["Cache-Control"]
        return
    if answer.content:
        assert answer.headers["Content-Type"] == "application/json"
    judge(command, answer.json() if answer.content else None)


def is_ack(command, fields, frame):
    """The members of the acknowledgement are those of the event `ack`; those that the reply has too are of its types."""
    documented = {"channel_id": {"ref": "id", "type": "integer"}, "message_id": {"ref": "id", "type": "integer"}}
    return frame["request"] == command["ws"] and not [c for n, f in documented.items() if n in frame for c in complaints(frame[n], f, n)] and all(
        frame.get(n) == fields[n] for n in ("channel_id", "message_id", "client_id") if n in fields)


def answered_by_ack(command, fields, socket, world):
    frame = socket.expect("ack", request=command["ws"])
    assert is_ack(command, fields, frame), frame
    if "rest" not in command:  # otherwise `ack` tells less than the reply, and over REST all of it was judged
        assert not members({k: v for k, v in frame.items() if k != "type"}, command["reply"], "ack")


def answered_by_pong(command, fields, socket, world):
    frame = socket.expect("pong")
    assert set(frame) == {"type", "heads", "server_time"}


def answered_by_resumed(command, fields, socket, world):
    (channel, position), = fields["positions"].items()
    assert socket.recv()["seq"] == position + 1
    assert socket.recv() == {"type": "resumed"}


def seen_by_others(command, fields, socket, world):
    frame = world.connected.expect("user_typing", channel_id=fields["channel_id"])
    assert frame["user_id"] == world.bruno.id and frame["username"] == "bruno"
    socket.quiet("error")


ANSWERS = {"ping": answered_by_pong, "resume": answered_by_resumed, "typing.start": seen_by_others}


@pytest.mark.parametrize("name", SOCKETS)
def test_the_example_over_a_socket(world, name):
    command, who, fields = prepare(name, world)
    socket = who.ws()
    socket.expect("hello")
    try:
        socket.send({"type": command["ws"], **fields})
        ANSWERS.get(name, answered_by_ack)(command, fields, socket, world)
        assert not [f for f in socket.frames if f["type"] == "error"]
    finally:
        socket.close()


@pytest.mark.parametrize("name", BUS)
def test_the_example_over_the_bus(world, name):
    command, who, fields = prepare(name, world)
    peer = bus.Peer(world.suite.bus / f"{command['owner']}.sock")
    try:
        status, reply = peer.call(command, fields, who)
    finally:
        peer.close()
    assert status == (204 if command["reply"] is None else 200), reply
    judge(command, reply)
