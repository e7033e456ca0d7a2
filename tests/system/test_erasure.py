"""Erasing a user: nothing in any table says who it was, and what others see of the channels holds together."""

import secrets
import time
import uuid

import psycopg2
import pytest

from harness import bus, until
from harness.catalogue import COMMANDS
from harness.client import PASSWORD


def tomorrow():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))


class World:
    """Somebody who has left something everywhere, under two names, and others who answered him."""

    def __init__(self, suite):
        self.suite = suite
        self.mark = f"zafiro{secrets.token_hex(5)}"
        self.org = org = suite.org()
        self.admin = org.admin
        self.luis = org.member()
        self.ana = ana = org.member(username=f"u1{self.mark}", display_name=f"Ana {self.mark}", email=f"ana-{self.mark}@{org.domain}")
        self.channel, self.private = self.luis.channel(), ana.channel(type="private")
        self.hers = ana.channel()
        ana.join(self.channel)
        self.luis.join(self.hers)
        self.first = ana.send(self.channel, f"primero {self.word()}")
        ana.ok("PUT", f"/users/{ana.id}", json={"username": f"u2{self.mark}"})
        self.second = ana.send(self.channel, f"segundo {self.word()}")
        ana.ok("PUT", f"/messages/{self.second['id']}", json={"content": f"corregido {self.word()}"})
        self.gone = ana.send(self.channel, f"borrado {self.word()}")
        ana.ok("DELETE", f"/messages/{self.gone['id']}")
        ana.send(self.private, f"secreto {self.word()}")
        self.quote = self.post(self.luis, "cito", reply_to_id=self.first["id"])
        self.reply = self.post(ana, f"en el hilo {self.word()}", thread_id=self.quote["id"])
        self.post(self.luis, "contesto", thread_id=self.first["id"])
        ana.ok("PUT", f"/messages/{self.quote['id']}/pin")
        ana.ok("PUT", f"/messages/{self.quote['id']}/reactions/👍")
        ana.send(self.channel, f"@{self.luis.user['username']} {self.word()}")
        self.luis.ok("POST", f"/messages/{self.first['id']}/report", json={"reason": "x"})
        sent = ana.ok("POST", "/files", params={"filename": f"{self.word()}.txt"}, content=self.word().encode(), headers={"Content-Type": "text/plain"})
        self.post(ana, None, attachment_ids=[sent["id"]])
        ana.ok("PUT", f"/drafts/{self.channel['id']}", json={"content": self.word()})
        ana.ok("PUT", f"/messages/{self.quote['id']}/saved", json={"note": self.word()})
        ana.ok("POST", "/scheduled", json={"channel_id": self.channel["id"], "content": self.word(), "send_at": tomorrow()})
        ana.ok("POST", "/sections", json={"name": self.word()[:40]})
        ana.ok("POST", f"/users/{ana.id}/status", json={"status": "busy", "status_text": self.word()})
        ana.ok("PUT", "/notifications/preferences", json={"keywords": [self.word()]})
        suite.client().ok("POST", "/auth/login", token=False, json={"email": ana.email, "password": PASSWORD, "device": f"Tetera {self.mark}"})
        self.admin.ok("POST", "/admin/moderation/actions", json={"user_id": ana.id, "action_type": "warning", "reason": "x"})
        until(lambda: self.admin.ok("GET", "/admin/reports")["items"], "the report")
        until(lambda: [n for n in self.luis.ok("GET", "/notifications")["items"] if n["kind"] == "mention"], "the mention")

    def word(self):
        """In what he writes."""
        return f"dicho{self.mark[::-1]}"

    def post(self, who, content, **fields):
        return who.ok("POST", f"/channels/{self.channel['id']}/messages", status=201, json={**({"content": content} if content else {}), **fields})

    def erase(self, who, **body):
        who.ok("POST", f"/users/{self.ana.id}/erase", status=204, json=body)

    def settled(self):
        """Nothing is left to be done."""
        position = "select {} as who, tx, id from {}.consumer_position where source = '{}'"
        positions = " union all ".join(position.format(n, *of) for n, of in enumerate((("notify", "chat"), ("admin", "chat"), ("chat", "search"))))
        ask = (f"select (select count(*) from chat.erasure where user_id = {self.ana.id} and done_at is not null) = 1"
               " and not exists (select from notify.erasure)"
               f" and exists (select from chat.event where kind = 1264 and user_id = {self.ana.id})"
               f" and not exists (select from chat.event e, ({positions}) p where e.user_id = {self.ana.id} and (e.tx, e.id) > (p.tx, p.id))")
        until(lambda: self.suite.psql(ask) == "t", "the erasure", timeout=60, interval=0.1)

    def found(self, *texts):
        """Where the texts stand, whatever the case: of all tables, (table, text)."""
        names = self.suite.psql("select schemaname || '.' || tablename from pg_tables where schemaname in ('auth', 'chat', 'notify', 'admin')").split()
        assert len(names) > 50
        ask = "(select '{0}', '{1}' from {0} t where strpos(lower(t::text), '{1}') > 0 limit 1)"
        rows = self.suite.psql(" union all ".join(ask.format(name, text.lower()) for name in names for text in texts))
        return {tuple(row.split("|")) for row in rows.split()}

    def events(self):
        """The log of the channel as a resume gets it from chat."""
        peer = self.suite.keep(bus.Peer(self.suite.bus / "chat.sock"))
        events = []
        while True:
            ask = {"items": [{"channel_id": self.channel["id"], "after": len(events), "limit": 200}]}
            more = peer.call(COMMANDS["event.list"], ask)[1]["channels"][0]["events"]
            if not more:
                return events
            events += more


@pytest.fixture
def world(suite):
    return World(suite)


def agree(world):
    """The log is dense, and who applies it has what the history shows."""
    events = world.events()
    assert [e["seq"] for e in events] == list(range(1, len(events) + 1))
    seen = {}
    for event in events:
        if "message" in event:
            seen[event["message"]["id"]] = {**seen.get(event["message"]["id"], {}), **event["message"]}
        elif event["type"] == "message_deleted":
            seen[event["message_id"]] = {**seen[event["message_id"]], "is_deleted": True, "content": "", "mentions": [], "attachments": []}
    history = world.luis.history(world.channel, limit=100, include="thread_replies")["items"]
    keys = ("id", "user_id", "username", "content", "is_deleted", "seq")
    assert history and (len(history) == 100 or len(history) == len(seen))
    assert [[m[k] for k in keys] for m in history] == [[seen[m["id"]][k] for k in keys] for m in history]
    return {m["id"]: m for m in history}


def test_an_erased_user_is_named_nowhere_and_his_messages_stay(world):
    name = f"erased-{world.ana.id}"
    assert world.found(world.mark), "the test would not see it"
    world.erase(world.admin)
    world.settled()
    assert world.found(world.mark) == set()
    shown = agree(world)
    assert (shown[world.first["id"]]["username"], shown[world.first["id"]]["content"]) == (name, world.first["content"])
    assert (shown[world.quote["id"]]["quote"]["username"], shown[world.quote["id"]]["pin"]["user_id"]) == (name, world.ana.id)
    assert [m["user_id"] for m in world.luis.ok("GET", f"/channels/{world.channel['id']}/members")["items"]] == [world.luis.id]
    assert [(e["user_id"], e["username"]) for e in world.events() if e["type"] == "user_left"] == [(world.ana.id, name)]
    assert world.luis.ok("GET", f"/channels/{world.hers['id']}")["role"] == "owner"
    assert world.suite.psql(f"select is_archived from chat.channel where id = {world.private['id']}") == "t", "nobody could come in again"
    mention = [n for n in world.luis.ok("GET", "/notifications")["items"] if n["kind"] == "mention"][0]
    assert f" {name} " in mention["text"]
    user = world.admin.ok("GET", f"/users/{world.ana.id}")
    assert (user["username"], user["display_name"], user["is_active"], user["profile_picture"]) == (name, name, False, None)
    assert {table for table, _ in world.found(world.word())} <= {"chat.message", "chat.message_version", "chat.event", "chat.file", "chat.search_message", "chat.search_word", "admin.report", "admin.event"}
    entry = world.admin.ok("GET", "/admin/audit", params={"action": "user.erase"})["items"][0]
    assert (entry["target"], entry["details"], entry["actor_id"]) == (f"user:{world.ana.id}", {"remove_content": False}, world.admin.id)


def test_contents_go_too_when_that_is_asked_even_later(world):
    socket = world.luis.ws(f"/ws/chat/{world.channel['id']}")
    socket.expect("user_joined")
    world.erase(world.admin)
    world.settled()
    world.erase(world.admin, remove_content=True)
    assert socket.expect("message_deleted", message_id=world.first["id"])["deleted_by"] == world.ana.id
    world.settled()
    until(lambda: world.found(world.mark, world.word()) == set(), "nothing left in the tables", timeout=60, interval=0.2)
    shown = agree(world)
    assert (shown[world.first["id"]]["is_deleted"], shown[world.first["id"]]["content"]) == (True, "")
    assert shown[world.quote["id"]]["content"] == "cito" and shown[world.quote["id"]]["quote"]["content"] == ""
    assert world.luis.ok("GET", "/messages/search", params={"q": world.word()})["items"] == []
    before = world.suite.psql("select count(*) from chat.event")
    world.erase(world.admin, remove_content=True)
    world.erase(world.admin)
    assert world.suite.psql("select count(*) from chat.event") == before


def test_one_erases_oneself_with_the_password_and_cannot_sign_in_again(world):
    ana, path = world.ana, f"/users/{world.ana.id}/erase"
    ana.refused(400, "request.invalid", "POST", path, json={})
    ana.refused(403, "password.wrong", "POST", path, json={"password": "not-the-password-5"})
    world.erase(ana, password=PASSWORD, remove_content=True)
    until(lambda: ana.call("GET", "/auth/me").status_code == 401, "the session's end")
    for account in ({"email": ana.email}, {"username": f"u2{world.mark}"}, {"username": f"erased-{ana.id}"}):
        world.suite.client().refused(401, "login.wrong", "POST", "/auth/login", json={**account, "password": PASSWORD}, token=False)
    world.admin.refused(409, "user.erased", "PUT", f"/users/{ana.id}", json={"is_active": True})
    assert world.admin.ok("GET", f"/users/{ana.id}")["is_active"] is False
    again = world.suite.client().register(email=ana.email, username=f"u2{world.mark}")
    assert again.id != ana.id


def test_nobody_calls_himself_like_an_erased_user(suite, org):
    ana = org.member()
    name = f"Erased-{ana.id}"
    answer = ana.refused(400, "request.invalid", "PUT", f"/users/{ana.id}", json={"username": name})
    assert answer["errors"][0]["pointer"] == "/username"
    account = {"email": f"x{secrets.token_hex(5)}@{org.domain}", "username": name, "password": PASSWORD}
    suite.client().refused(400, "request.invalid", "POST", "/auth/register", json=account, token=False)


def test_only_administrators_erase_others_and_never_the_last_of_them(suite, org):
    ana, luis, stranger = org.member(), org.member(), suite.org().admin
    path = f"/users/{ana.id}/erase"
    luis.refused(403, "access.denied", "POST", path, json={"password": PASSWORD})
    org.moderator().refused(403, "access.denied", "POST", path, json={})
    stranger.refused(404, "user.not_found", "POST", path, json={})
    org.admin.refused(409, "user.last_admin", "POST", f"/users/{org.admin.id}/erase", json={"password": PASSWORD})
    assert ana.ok("GET", "/auth/me")["id"] == ana.id


def test_it_goes_on_where_it_was_when_chat_is_killed(make_suite):
    suite = make_suite()
    world = World(suite)
    socket = world.ana.ws()
    for n in range(150):
        socket.send({"type": "chat_message", "channel_id": world.channel["id"], "content": f"{n} {world.word()}", "client_id": str(uuid.uuid4())})
    for _ in range(150):
        socket.expect("ack")
    later = world.luis.channel()
    world.ana.join(later)
    world.ana.send(later, world.word())
    address = suite.postgres.url(suite.database, "chat")
    waits = ("select coalesce(max(e.channel_id), -1) from chat.erasure e, pg_stat_activity a where e.stage = 1 and a.wait_event_type = 'Lock'"
             " and a.query like '%erase_step%' and a.datname = current_database()")
    with psycopg2.connect(address) as first, psycopg2.connect(address) as second:
        first.cursor().execute("lock table message in share mode")
        world.erase(world.admin, remove_content=True)
        until(lambda: suite.psql(waits) == "0", "the work at the first message", timeout=60)
        # Not before: whoever has written anything when the erasure begins is waited for.
        second.cursor().execute("select from channel_head where channel_id = %s for update", (later["id"],))
        first.rollback()
        until(lambda: suite.psql(waits) == str(world.private["id"]), "the work at the last channel", timeout=60)
        suite.kill("chat")
    first.close()
    second.close()
    assert suite.psql(f"select count(*) from chat.message where channel_id = {later['id']} and deleted_at is null") == "1"
    suite.restart("chat")
    world.settled()
    until(lambda: world.found(world.mark, world.word()) == set(), "nothing left in the tables", timeout=60, interval=0.2)
    deleted = [e["message_id"] for e in world.events() if e["type"] == "message_deleted"]
    assert len(deleted) == len(set(deleted)) >= 150
    agree(world)
