"""Nothing of one organisation is seen from another, by any path; inside one organisation nothing of a private channel is seen by who is not in
it; and no service's database role reaches another service's schema. The paths come from the catalogue: a new command is covered by being there."""

import base64
import json
import secrets
import time
import uuid

import httpx
import psycopg2
import pytest
from harness import Closed, until
from harness.catalogue import COMMANDS, ERRORS, id_fields, rest_commands, send
from system.test_notifications import open_stream

ABSENT = 2**53 - 7
PNG = base64.b64decode(COMMANDS["user.set_avatar"]["example"]["request"]["image"])

# Which thing of the world an id field of the catalogue means. A field that is not here fails the tests: say what it is.
KINDS = {"group_id": "group", "channel_id": "channel", "message_id": "message", "user_id": "user", "organization_id": "organization", "invitation_id": "invitation",
         "notification_id": "notification", "report_id": "report", "action_id": "action", "scheduled_id": "scheduled", "reply_to_id": "message", "thread_id": "message", "file_id": "file", "before": "message",
         "after": "message", "around": "message", "up_to": "notification", "to": "user", "with": "user", "section_id": "section", "session_id": "session"}
# Requests that name a foreign id and are still answered well: a filter that finds nothing, a mark that marks nothing.
HARMLESS = {*(("direct.messages", n) for n in ("before", "after", "around")), ("draft.delete", "thread_id"), ("moderation.list", "user_id"), ("notification.read_all", "up_to")}


class World:
    """An organisation with one of everything, every text of which contains `mark`."""

    def __init__(self, suite):
        self.mark = f"zafiro{secrets.token_hex(4)}"
        self.org = org = suite.org()
        self.admin = org.admin
        self.admin.ok("PUT", f"/organizations/{org.id}", json={"name": f"Org {self.mark}"})
        self.ana, self.bob = (org.member(username=f"{name}-{self.mark}", display_name=f"{name} {self.mark}") for name in ("ana", "bob"))
        self.channel = self.ana.channel(f"pub-{self.mark}", topic=self.mark, description=self.mark)
        self.private = self.ana.channel(f"priv-{self.mark}", type="private", topic=self.mark)
        self.bob.join(self.channel)
        self.message = self.ana.send(self.channel, f"hola {self.mark} @{self.bob.user['username']}")
        self.secret = self.ana.send(self.private, f"secreto {self.mark}")
        self.ana.ok("PUT", f"/messages/{self.secret['id']}", json={"content": f"secreto dos {self.mark}"})
        sent = self.ana.ok("POST", "/files", params={"filename": f"secreto {self.mark}.txt"}, content=self.mark.encode(), headers={"Content-Type": "text/plain"})
        self.file = self.ana.ok("POST", f"/channels/{self.private['id']}/messages", json={"attachment_ids": [sent["id"]]})["attachments"][0]
        self.ana.call("PUT", f"/users/{self.ana.id}/avatar", content=PNG, headers={"Content-Type": "image/png"}).raise_for_status()
        self.group = self.admin.ok("POST", "/groups", json={"name": f"grupo {self.mark}", "handle": f"g-{self.mark}", "user_ids": [self.ana.id]})
        self.scheduled = self.ana.ok("POST", "/scheduled", json={"channel_id": self.channel["id"], "content": f"mañana {self.mark}", "send_at": tomorrow()})
        self.ana.ok("PUT", f"/drafts/{self.private['id']}", json={"content": f"borrador {self.mark}"})
        self.ana.ok("PUT", f"/messages/{self.secret['id']}/saved", json={"note": f"nota {self.mark}"})
        self.bob.ok("POST", f"/messages/{self.message['id']}/report", json={"reason": f"porque {self.mark}"})
        self.invitation = self.admin.ok("POST", "/invitations", json={"email": f"new@{self.mark}.example"})
        self.action = self.admin.ok("POST", "/admin/moderation/actions",
                                    json={"user_id": self.bob.id, "action_type": "warning", "reason": f"aviso {self.mark}"})
        self.section = self.ana.ok("POST", "/sections", json={"name": f"sección {self.mark}"})["sections"][0]
        self.session = self.ana.ok("GET", "/auth/sessions")["items"][0]
        self.report = until(lambda: self.admin.ok("GET", "/admin/reports")["items"], "the report")[0]
        self.notification = until(lambda: [n for n in self.bob.ok("GET", "/notifications")["items"] if n["kind"] == "mention"], "the mention")[0]
        until(lambda: self.admin.ok("GET", "/admin/stats")["messages"]["total"] == 3, "the figures")

    def ids(self):
        return {"channel": self.channel["id"], "message": self.message["id"], "user": self.ana.id, "organization": self.org.id,
                "invitation": self.invitation["id"], "notification": self.notification["id"], "report": self.report["id"], "action": self.action["id"],
                "scheduled": self.scheduled["id"], "file": self.file["id"], "group": self.group["id"], "section": self.section["id"], "session": self.session["id"]}

    def snapshot(self):
        """All that could be changed, as its own people see it."""
        look = {}
        for person, paths in ((self.admin, ["/admin/users", "/admin/reports", "/admin/moderation/actions", "/invitations", "/users/", f"/organizations/{self.org.id}"]),
                              (self.ana, ["/channels/", "/scheduled", "/drafts", "/saved", *(f"/channels/{c['id']}{rest}" for c in (self.channel, self.private) for rest in ("", "/members", "/messages"))]),
                              (self.bob, ["/notifications"])):
            for path in paths:
                look[path] = person.ok("GET", path)
        text = json.dumps(look, sort_keys=True)
        return json.loads(text, object_hook=lambda o: {k: v for k, v in o.items() if k not in ("last_activity", "is_online", "read_seq", "unread_count", "mention_count")})


def tomorrow():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))


def sensible(name, field, world):
    """A value of the caller's own world for a field that the request needs."""
    if field.get("ref") == "id":
        return world.ids()[KINDS[name]]
    if name in ("password", "current_password"):
        return "a-long-enough-secret-9"
    if "enum" in field:
        return field["enum"][-1]
    by_type = {"integer": max(field.get("min", 1), 60), "string": "x" * max(field.get("min", 1), 4), "boolean": True, "time": tomorrow(), "email": f"x{secrets.token_hex(4)}@x.example",
               "uuid": str(uuid.uuid4()), "map": {}, "array": [], "object": {}}
    return by_type[field["type"]]


def request_with(command, name, value, world):
    """The least request of a command with one id of the test's choice; only fields beyond it that a change needs."""
    raw = command.get("raw_request")
    fields = {n: sensible(n, f, world) for n, f in command["request"].items() if f.get("required", True) and n != raw}
    if raw:
        fields[raw] = PNG
    fields[name] = value
    if command["name"] == "message.create":
        fields["content"] = "x"
    optional = [n for n, f in command["request"].items() if not f.get("required", True) and f.get("in", "body") == "body" and f["type"] == "string"
                and "enum" not in f and "password" not in n and n not in ("domain", "profile_picture", "content_type", "client_id")]
    for n in optional:
        if command["name"].endswith(".update"):
            fields[n] = sensible(n, command["request"][n], world)
    return fields


def guesses():
    """Every way to name an id over REST: (command, face, field)."""
    for command, face in rest_commands():
        if command["role"] in ("none", "service"):
            continue
        for name in id_fields(command):
            yield command, face, name


def verdict(answer, guessed):
    """What tells one refusal from another; the id itself may be repeated."""
    problem = answer.json() if answer.content and answer.status_code >= 400 else {}
    return answer.status_code, problem.get("code"), problem.get("detail", "").replace(str(guessed), "…"), sorted(problem)


@pytest.fixture(scope="module")
def worlds(_session_suite):
    """Two organisations that the tests of this file share."""
    yield from _session_suite.lasting(lambda: (World(_session_suite), World(_session_suite)))


def test_every_id_of_the_catalogue_is_of_a_known_kind():
    unknown = {f"{c['name']}.{n}" for c in COMMANDS.values() if c["role"] != "service" for n in id_fields(c) if n not in KINDS}
    assert not unknown


def guess_all(who, own, foreign, mark, only=None):
    """Names each foreign id in each request; says what was seen or differed from an id that does not exist."""
    wrong = []
    for command, face, name in guesses():
        if only and KINDS[name] not in only:
            continue
        guess, absent = (send(who, command, face, request_with(command, name, value, own)) for value in (foreign[KINDS[name]], ABSENT))
        what = f"{face['method']} {face['path']} with {name}"
        if mark in guess.text:
            wrong.append(f"{what}: shows {guess.text[:200]}")
        if (command["name"], name) in HARMLESS:
            if guess.status_code >= 300:
                wrong.append(f"{what}: {guess.status_code} {guess.text[:200]}")
        elif verdict(guess, foreign[KINDS[name]]) != verdict(absent, ABSENT) or not 400 <= guess.status_code < 500:
            wrong.append(f"{what}: {guess.status_code} {guess.text[:200]} but for an id that does not exist {absent.status_code} {absent.text[:200]}")
        elif guess.status_code == 400:
            wrong.append(f"{what}: the test's own request is wrong: {guess.text[:200]}")
    return wrong


def test_a_guessed_id_of_another_organisation_is_like_one_that_does_not_exist_in_every_command(suite, worlds):
    theirs, own = worlds
    before = theirs.snapshot()
    assert not guess_all(own.admin, own, theirs.ids(), theirs.mark)
    foreign = {**theirs.ids(), "channel": theirs.private["id"], "message": theirs.secret["id"], "user": theirs.bob.id}
    assert not guess_all(own.admin, own, foreign, theirs.mark)
    assert theirs.snapshot() == before


def test_a_private_channel_is_like_one_that_does_not_exist_to_who_is_not_in_it(suite, worlds):
    world = worlds[0]
    outsider = world.org.member()
    before = world.snapshot()
    foreign = {**world.ids(), "channel": world.private["id"], "message": world.secret["id"]}
    assert not guess_all(outsider, world, foreign, "secreto", only=("channel", "message", "file"))
    for path in ("/channels/", "/rooms/", "/bootstrap", "/channels/?scope=all"):
        assert str(world.private["name"]) not in outsider.get(path).text
    assert world.snapshot() == before


def test_lists_searches_and_figures_show_ones_own_organisation_only(suite):
    theirs, own = World(suite), World(suite)
    lists = [(c, f) for c, f in rest_commands() if f["method"] == "GET" and "{" not in f["path"] and c["role"] not in ("none", "service")]
    assert len(lists) >= 12
    for command, face in lists:
        searches = [{}]
        if "query" in command["request"]:
            searches += [{"query": theirs.mark}, {"query": theirs.ana.user["username"]}, {"query": "%"}, {"query": "zafiro"}]
        if "q" in command["request"]:
            until(lambda: send(theirs.ana, command, face, {"q": theirs.mark}).json()["items"], "their own messages to be found")
            searches = [{"q": theirs.mark}, {"q": "zafiro*"}, {"q": "secreto", "sort": "relevance"}, {"q": "from:me"}]
        if "with" in command["request"]:
            searches = [{"with": own.ana.id}]
        if "scope" in command["request"]:
            searches += [{"scope": "all"}]
        for fields in searches:
            if "limit" in command["request"]:
                fields["limit"] = command["request"]["limit"]["max"]
            answer = send(own.admin, command, face, fields)
            assert answer.status_code == 200, f"{face['path']} {fields}: {answer.text}"
            assert theirs.mark not in answer.text and theirs.org.domain not in answer.text, f"{face['path']} {fields}: {answer.text}"
    stats = own.admin.ok("GET", "/admin/stats")
    assert stats["users"]["total"] == 3 and stats["channels"]["total"] == 2 and stats["messages"]["total"] == 3 and stats["moderation"]["reports_total"] == 1
    assert {u["id"] for u in own.admin.ok("GET", "/users/")["items"]} == {own.admin.id, own.ana.id, own.bob.id}


def test_a_cursor_of_another_organisation_opens_nothing(suite, worlds):
    theirs, own = worlds
    tried = 0
    for command, face in rest_commands():
        if "cursor" not in command["request"] or command["role"] == "service" or "{" in face["path"]:
            continue
        for person in (theirs.admin, theirs.bob):
            needed = {"q": "hola*"} if "q" in command["request"] else {}
            answer = send(person, command, face, {"limit": 1, **needed})
            if answer.status_code != 200 or not answer.json()["next_cursor"]:
                continue
            tried += 1
            answer = send(own.admin, command, face, {**needed, "cursor": answer.json()["next_cursor"]})
            assert answer.status_code in (200, 400) and theirs.mark not in answer.text
    assert tried >= 3


def frames_until_pong(socket):
    socket.send({"type": "ping"})
    frames = []
    while not frames or frames[-1]["type"] != "pong":
        frames.append(socket.recv())
    return frames


def test_sockets_carry_nothing_of_another_organisation(suite, worlds):
    theirs, own = worlds
    listener = own.admin.ws()
    listener.expect("hello")
    mine = theirs.ana.ws()
    mine.expect("hello")
    # Everything that is told by socket happens in the other organisation.
    mine.say(theirs.channel, f"en vivo {theirs.mark}")
    mine.send({"type": "typing", "channel_id": theirs.channel["id"]})
    later = theirs.ana.channel(f"later-{theirs.mark}")
    theirs.ana.ok("PUT", f"/users/{theirs.ana.id}", json={"display_name": f"otra {theirs.mark}"})
    theirs.ana.ok("POST", f"/users/{theirs.ana.id}/status", json={"status": "busy"})
    theirs.bob.join(later)
    newcomer = theirs.org.member()
    second = newcomer.ws()
    second.expect("hello")
    mine.expect("presence")
    said = json.dumps(frames_until_pong(listener))
    assert theirs.mark not in said and f'"user_id": {theirs.ana.id}' not in said and f'"user_id": {newcomer.id}' not in said
    # Frames that name what is theirs.
    c, m = theirs.channel["id"], theirs.message["id"]
    for frame in ({"type": "subscribe", "channel_id": c}, {"type": "subscribe", "channel_id": theirs.private["id"], "position": 0},
                  {"type": "chat_message", "channel_id": c, "content": "x"}, {"type": "edit_message", "message_id": m, "content": "x"},
                  {"type": "delete_message", "message_id": m}, {"type": "typing", "channel_id": c}, {"type": "mark_read", "channel_id": c, "seq": 1}):
        listener.send({**frame, "client_id": (key := str(uuid.uuid4()))} if "content" in frame and "channel_id" in frame else frame)
        error = listener.expect("error", request=frame["type"])
        assert error["code"] in ("channel.not_found", "message.not_found") and theirs.mark not in json.dumps(error), error
    listener.send({"type": "resume", "positions": {str(c): 0, str(theirs.private["id"]): 0, str(ABSENT): 0}})
    frames = []
    while not frames or frames[-1]["type"] != "resumed":
        frames.append(listener.recv())
    assert theirs.mark not in json.dumps(frames) and not [f for f in frames if f.get("channel_id") in (c, theirs.private["id"])]
    mine.say(theirs.channel, f"después {theirs.mark}")
    assert theirs.mark not in json.dumps(frames_until_pong(listener))


def refused_upgrade(suite, person, path):
    headers = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    answer = httpx.get(suite.url() + path, headers={**headers, "Authorization": f"Bearer {person.token}"})
    return answer.status_code, answer.json()["code"]


def test_rooms_and_streams_of_another_organisation_are_refused(suite, worlds):
    theirs, own = worlds
    for channel in (theirs.channel, theirs.private):
        assert refused_upgrade(suite, own.admin, f"/ws/chat/{channel['id']}") == (404, "channel.not_found")
        own.admin.refused(404, "channel.not_found", "GET", f"/sse/activity/{channel['id']}")
    assert refused_upgrade(suite, own.admin, f"/ws/notifications/{theirs.ana.id}") == (403, "access.denied")
    outsider = theirs.org.member()
    outsider.refused(404, "channel.not_found", "GET", f"/sse/activity/{theirs.private['id']}")
    assert refused_upgrade(suite, outsider, f"/ws/chat/{theirs.private['id']}") == (404, "channel.not_found")


def test_event_streams_carry_ones_own_things_only(suite, worlds):
    theirs, own = worlds
    notifications = open_stream(own.bob, "/notifications", last=0)
    dashboard = open_stream(own.admin, "/sse/dashboard")
    for n in range(5):
        theirs.ana.send(theirs.channel, f"{n} {theirs.mark} @{theirs.bob.user['username']} @channel")
    own.ana.send(own.channel, f"fin {own.mark} @{own.bob.user['username']}")
    texts, wanted = [], 2  # the mention of the world and the one just made
    while wanted:
        _, _, data = notifications.next()
        texts.append(json.dumps(data))
        wanted -= data.get("kind", data.get("notification", {}).get("kind")) == "mention"
    assert not [t for t in texts if theirs.mark in t]
    _, _, figures = dashboard.next()
    assert figures["active_users"] <= 3 and figures["active_channels"] <= 2 and figures["messages_per_minute"] <= 3


def test_a_mention_reaches_nobody_outside(suite, worlds):
    theirs, own = worlds
    before = theirs.bob.ok("GET", "/notifications")["items"]
    name = theirs.bob.user["username"]
    message = own.ana.send(own.channel, f"@{name} @channel @here @{own.bob.user['username']} mira")
    assert message["mentions"] == [own.bob.id]
    until(lambda: [n for n in own.bob.ok("GET", "/notifications")["items"] if n["message_id"] == message["id"]], "the mention of one's own")
    assert theirs.bob.ok("GET", "/notifications")["items"] == before
    # Nor anyone of the same organisation who is not in the private channel.
    secret = own.ana.send(own.private, f"@{own.bob.user['username']} no te enteras")
    assert secret["mentions"] == []
    seen = own.ana.send(own.channel, f"@{own.bob.user['username']} ya")
    told = until(lambda: [n for n in own.bob.ok("GET", "/notifications")["items"] if n["message_id"] == seen["id"]] and own.bob.ok("GET", "/notifications")["items"], "the later one")
    assert secret["id"] not in [n["message_id"] for n in told]


def test_an_invitation_of_one_organisation_joins_that_one_only(suite, worlds):
    theirs, own = worlds
    token = theirs.admin.ok("POST", "/invitations", json={})["token"]
    guest = suite.client().register(domain=own.org.domain, invitation=token)
    assert guest.user["organization_id"] == theirs.org.id
    guest.refused(404, "channel.not_found", "GET", f"/channels/{own.channel['id']}")
    assert own.mark not in guest.get("/users/").text


SERVICES = ("auth", "chat", "notify", "admin")


def tables(suite, schema):
    return suite.psql(f"select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace"
                      f" where n.nspname = '{schema}' and c.relkind in ('r', 'p', 'S', 'v', 'm')").split()


@pytest.mark.parametrize("role", SERVICES)
def test_the_database_role_of_a_service_is_refused_on_the_other_schemas(suite, role):
    def refused(sql):
        with pytest.raises(RuntimeError, match="permission denied|must be owner|must be superuser|must be member"):
            suite.psql_as(role, sql)

    assert suite.psql_as(role, "select count(*) from pg_class where relnamespace = current_schema()::regnamespace") != "0"
    for schema in SERVICES:
        found = tables(suite, schema)
        assert found
        if schema == role:
            continue
        for table in found:
            refused(f"select * from {table} limit 1")
        refused(f"create table {schema}.x (id int)")
        refused(f"drop schema {schema} cascade")
        refused(f"grant usage on schema {schema} to palique_{role}")
        refused(f"set role palique_{schema}")
        refused(f"alter role palique_{schema} password 'x'")
    refused("create table public.x (id int)")
    refused("create schema x")
    refused("select rolpassword from pg_authid")
    refused("copy (select 1) to program 'true'")
    refused("select pg_read_file('/etc/passwd')")
    refused("create role x")
    refused("create temporary table x (id int)")
