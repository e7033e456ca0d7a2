"""Notifications as a list and as streams (REQUIREMENTS F1, F2, E7)."""

import json
import queue
import secrets
import threading

import httpx

from harness import until
from harness.trust import trust
from harness.until import PATIENCE


class Stream:
    """An SSE client: httpx reads lines on a thread; events come out of a queue as (id, event, data)."""

    def __init__(self, person, path, last=None):
        headers = {"Authorization": f"Bearer {person.token}", "Accept": "text/event-stream"}
        if last is not None:
            headers["Last-Event-ID"] = str(last)
        self.client = httpx.Client(timeout=60, verify=trust())
        self.response = self.client.send(self.client.build_request("GET", person.suite.base_for(path) + path, headers=headers), stream=True)
        self.events = queue.Queue()
        self.ended = threading.Event()
        if self.response.status_code == 200:
            threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        fields = {}
        try:
            for line in self.response.iter_lines():
                line = line.rstrip("\r\n")
                if line == "" and "data" in fields:
                    self.events.put((int(fields.get("id", 0)), fields.get("event"), json.loads(fields["data"])))
                if line == "":
                    fields = {}
                elif not line.startswith(":"):
                    name, _, value = line.partition(":")
                    fields[name] = value.lstrip(" ")
        except (httpx.HTTPError, httpx.StreamError):
            pass
        self.ended.set()

    def next(self):
        return self.events.get(timeout=PATIENCE)

    def close(self):
        self.client.close()


def open_stream(person, path, **kwargs):
    return person.suite.keep(Stream(person, path, **kwargs))


def test_a_mention_is_told_in_the_users_language(org):
    ana, luis = org.member(language="en"), org.member(language="es")
    channel = ana.channel()
    luis.join(channel)
    ana.send(channel, f"@{luis.user['username']} look at this")
    told = until(lambda: [n for n in luis.ok("GET", "/notifications")["items"] if n["kind"] == "mention"], "the mention")[0]
    assert told["text"] == f"🏷️ {ana.user['username']} te mencionó en #{channel['name']}"
    assert told["priority"] == "high" and told["actor_id"] == ana.id and told["channel_id"] == channel["id"] and not told["is_read"]
    assert not [n for n in ana.ok("GET", "/notifications")["items"] if n["kind"] in ("mention", "message")]


def test_members_are_told_of_messages_invitations_arrivals_and_new_channels(org):
    ana, luis, marta = org.member(), org.member(language="es"), org.member()
    channel = ana.channel()
    ana.ok("POST", f"/channels/{channel['id']}/members", json={"user_id": luis.id})
    marta.join(channel)
    marta.send(channel, "hello")
    marta.ok("POST", f"/channels/{channel['id']}/leave", json={})
    expected = {"message", "invitation", "user_joined", "user_left", "channel_created"}
    told = until(lambda: (items := luis.ok("GET", "/notifications")["items"]) and {n["kind"] for n in items} == expected and items, "all five kinds")
    texts = {n["kind"]: n["text"] for n in told}
    assert texts["message"] == f"📩 Nuevo mensaje de {marta.user['username']} en #{channel['name']}"
    assert texts["invitation"] == f"🎉 Te invitaron al canal #{channel['name']}"


def test_nobody_is_told_of_what_happened_before_they_came_or_in_private_channels(org):
    ana, luis = org.member(), org.member()
    private = ana.channel(type="private")
    public = ana.channel()
    ana.send(private, "secret")
    ana.send(public, "early")
    luis.join(public)
    late = ana.send(public, "late")
    told = until(lambda: [n for n in luis.ok("GET", "/notifications")["items"] if n["kind"] == "message"], "the late message")
    assert [n["message_id"] for n in told] == [late["id"]]
    assert private["name"] not in json.dumps(luis.ok("GET", "/notifications"))


def test_reading_one_and_reading_all(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    for n in range(3):
        ana.send(channel, f"m{n}")
    items = until(lambda: (i := [n for n in luis.ok("GET", "/notifications")["items"] if n["kind"] == "message"]) and len(i) == 3 and i, "three messages")
    assert luis.ok("POST", f"/notifications/{items[0]['id']}/read", json={})["is_read"]
    unread = luis.ok("GET", "/notifications", params={"unread": "true"})["items"]
    assert items[0]["id"] not in [n["id"] for n in unread] and items[1]["id"] in [n["id"] for n in unread]
    assert luis.ok("POST", "/notifications/read", json={})["up_to"] >= items[0]["id"]
    assert luis.ok("GET", "/notifications", params={"unread": "true"})["items"] == []
    luis.refused(404, "notification.not_found", "POST", "/notifications/999999999/read", json={})
    page = luis.ok("GET", "/notifications", params={"limit": 1})
    assert len(page["items"]) == 1 and page["next_cursor"]


def test_the_stream_brings_each_once_in_order_and_resumes(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    stream = open_stream(luis, "/notifications")
    assert stream.response.headers["content-type"].startswith("text/event-stream")
    sent = [ana.send(channel, f"m{n}")["id"] for n in range(5)]
    got = []
    while len(got) < 5:
        event = stream.next()
        if event[2]["kind"] == "message":
            got.append(event)
    assert [e[2]["message_id"] for e in got] == sent
    assert all(e[1] == "notification" and e[0] == e[2]["id"] for e in got)
    stream.close()
    sent += [ana.send(channel, f"n{n}")["id"] for n in range(3)]
    again = open_stream(luis, "/notifications", last=got[2][0])
    assert [again.next()[2]["message_id"] for _ in range(5)] == sent[3:]


def messages_of(stream, n):
    got = []
    while len(got) < n:
        event = stream.next()
        if event[2]["kind"] == "message":
            got.append(event)
    return got


def test_many_streams_are_told_each_in_its_language_of_what_concerns_it(org):
    ana, luis, eva, other = org.member(), org.member(language="es"), org.member(language="en"), org.member()
    both, apart = ana.channel(name="50%s off " + secrets.token_hex(4)), ana.channel()
    for person, channel in ((luis, both), (eva, both), (eva, apart), (other, apart)):
        person.join(channel)
    streams = {"luis": [open_stream(luis, "/notifications") for _ in range(3)], "eva": [open_stream(eva, "/notifications")],
               "other": [open_stream(other, "/notifications")], "ana": [open_stream(ana, "/notifications")]}
    sent = {"both": [], "apart": []}
    for n in range(20):
        sent["both"].append(ana.send(both, f"b{n}")["id"])
        sent["apart"].append(ana.send(apart, f"a{n}")["id"])
        if n == 10:
            streams["eva"].append(open_stream(eva, "/notifications", last=0))
    late = other.send(apart, "the end")["id"]
    for stream in streams["luis"]:
        got = messages_of(stream, 20)
        assert [e[2]["message_id"] for e in got] == sent["both"]
        assert {e[2]["text"] for e in got} == {f"📩 Nuevo mensaje de {ana.user['username']} en #{both['name']}"}
    everything = [m for pair in zip(sent["both"], sent["apart"]) for m in pair] + [late]
    for stream in streams["eva"]:
        got = messages_of(stream, 41)
        assert sorted(e[2]["message_id"] for e in got) == sorted(everything)
        assert [e[0] for e in got] == sorted(e[0] for e in got)
        assert got[0][2]["text"] == f"📩 New message from {ana.user['username']} in #{both['name']}"
    assert [e[2]["message_id"] for e in messages_of(streams["other"][0], 20)] == sent["apart"]
    assert [e[2]["message_id"] for e in messages_of(streams["ana"][0], 1)] == [late]  # not of her own
    listed = [m for m in eva.ok("GET", "/notifications", params={"limit": 200})["items"] if m["kind"] == "message"]
    assert [m["message_id"] for m in listed] == [e[2]["message_id"] for e in reversed(got)]
    assert [m["text"] for m in listed] == [e[2]["text"] for e in reversed(got)]


def test_pages_of_messages_meet_without_a_gap(org):
    ana, luis = org.member(), org.member()
    channels = [ana.channel() for _ in range(3)]
    for channel in channels:
        luis.join(channel)
    sent = [ana.send(channels[n % 3], f"m{n}")["id"] for n in range(25)]
    everything = until(lambda: (i := luis.ok("GET", "/notifications", params={"limit": 200})["items"]) and sum(m["kind"] == "message" for m in i) == 25 and i,
                       "all of them")
    assert sorted(m["message_id"] for m in everything if m["kind"] == "message") == sent
    paged, cursor = [], None
    while cursor is not None or not paged:
        page = luis.ok("GET", "/notifications", params={"limit": 4, **({"cursor": cursor} if cursor else {})})
        paged += page["items"]
        cursor = page["next_cursor"]
    assert [m["id"] for m in paged] == [m["id"] for m in everything]
    for m in (everything[3], everything[4]):
        assert luis.ok("POST", f"/notifications/{m['id']}/read", json={})["is_read"]
    luis.ok("POST", "/notifications/read", json={"up_to": everything[10]["id"]})
    unread = luis.ok("GET", "/notifications", params={"unread": "true", "limit": 200})["items"]
    assert [m["id"] for m in unread] == [m["id"] for m in everything[:10] if m not in (everything[3], everything[4])]
    ana.refused(404, "notification.not_found", "POST", f"/notifications/{everything[0]['id']}/read", json={})


def test_what_another_replica_has_told_reaches_the_streams_here(org):
    """Written into the database behind this replica's back, as another replica does it."""
    luis = org.member()
    stream = open_stream(luis, "/notifications")
    luis.suite.psql("insert into notify.notification (org_id, user_id, kind, priority, text_en, text_es, source, event_id)"
                    f" values ({org.id}, {luis.id}, 'moderation', 'high', 'from afar', 'de lejos', 4, {luis.id} + 1000000)")
    assert stream.next()[2]["text"] in ("from afar", "de lejos")


def test_an_activity_stream_follows_a_channel_by_seq(org):
    ana, luis, stranger = org.member(), org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    first = ana.send(channel, "one")
    stream = open_stream(luis, f"/sse/activity/{channel['id']}")
    second = ana.send(channel, "two")
    seq, event, data = stream.next()
    assert (seq, event, data["message"]["id"]) == (second["seq"], "chat_message", second["id"])
    again = open_stream(luis, f"/sse/activity/{channel['id']}", last=first["seq"] - 1)
    assert [again.next()[2]["message"]["content"] for _ in range(2)] == ["one", "two"]
    assert open_stream(stranger, f"/sse/activity/{channel['id']}").response.status_code == 403
    assert open_stream(stranger, "/sse/activity/999999999").response.status_code == 404
    luis.ok("POST", f"/channels/{channel['id']}/leave", json={})
    assert stream.ended.wait(PATIENCE)


def test_an_activity_stream_ends_even_if_nobody_told_that_its_user_is_out(org):
    ana, luis, eva = org.member(), org.member(), org.member()
    channel = ana.channel()
    for person in (luis, eva):
        person.join(channel)
    stays, out = (open_stream(person, f"/sse/activity/{channel['id']}") for person in (eva, luis))
    org.suite.psql(f"delete from chat.member where channel_id = {channel['id']} and user_id = {luis.id}")
    assert out.ended.wait(PATIENCE)
    sent = ana.send(channel, "sin luis")
    assert stays.next()[0] == sent["seq"] and out.events.empty()
    ana.ok("DELETE", f"/channels/{channel['id']}")
    assert stays.ended.wait(PATIENCE), "the channel is gone"
    assert open_stream(eva, f"/sse/activity/{channel['id']}").response.status_code == 404


def test_a_stream_ends_with_its_session(org):
    member = org.member()
    stream = open_stream(member, "/notifications")
    assert stream.response.status_code == 200
    member.ok("POST", "/auth/logout", json={"refresh_token": member.refresh_token})
    assert stream.ended.wait(PATIENCE)


def test_nothing_is_told_twice_or_lost_when_notify_is_killed(make_suite):
    suite = make_suite()
    org = suite.org()
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    sent = []
    for n in range(30):
        if n % 10 == 5:
            suite.kill("notify")
        sent.append(ana.send(channel, f"m{n}")["id"])
        if n % 10 == 8:
            suite.restart("notify")
    items = until(lambda: (i := [m for m in luis.ok("GET", "/notifications", params={"limit": 200})["items"] if m["kind"] == "message"]) and len(i) >= 30 and i,
                  "all notifications")
    assert [m["message_id"] for m in reversed(items)] == sent
