"""What one wants to be told of, and when not to be disturbed (REQUIREMENTS F3)."""

import datetime

import pytest

from harness import until
from harness.catalogue import SHAPES, members
from system.test_notifications import open_stream

PREFERENCES = "/notifications/preferences"
DEFAULT = {"level": "all", "keywords": [], "quiet_hours": None, "dnd_until": None, "quiet_now": False}


def at(**delta):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**delta)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def choose(person, channel=None, **what):
    path = f"/notifications/channels/{channel['id']}" if channel else PREFERENCES
    return person.ok("PUT", path, json=what)


def told(person, **params):
    return [n for n in person.ok("GET", "/notifications", params={"limit": 200, **params})["items"] if n["kind"] != "channel_created"]


def kinds_of(person, last):
    """What is told in the list of each message up to the last, once that has been looked at: (message, kind)."""
    return until(lambda: (found := told(person)) and last["id"] in [n["message_id"] for n in found]
                 and [(n["message_id"], n["kind"]) for n in found if n["message_id"]], "the last message to be told")


def next_about_a_message(stream):
    while not (notice := stream.next()[2])["message_id"]:
        pass
    return notice["message_id"], notice["kind"]


@pytest.fixture
def three(org):
    """ana and luis in two channels; what ana says in the second one tells luis that the first was looked at."""
    ana, luis = org.member(), org.member()
    here, last = ana.channel(), ana.channel()
    for channel in (here, last):
        luis.join(channel)
    return ana, luis, here, last


def test_nobody_has_chosen_anything_at_first_and_what_is_not_named_stays(org):
    ana = org.member()
    assert ana.ok("GET", PREFERENCES) == {"preferences": DEFAULT, "channels": []}
    until_then, hours = at(hours=1), {"from": "22:00", "to": "08:00", "time_zone": "Europe/Madrid"}
    choose(ana, level="mentions")
    choose(ana, keywords=["release", "¡Café con leche!"])
    choose(ana, quiet_hours=hours)
    found = choose(ana, dnd_until=until_then)
    assert not members(found, SHAPES["notification_preferences"], "reply")
    assert found == {"level": "mentions", "keywords": ["release", "¡Café con leche!"], "quiet_hours": hours, "dnd_until": until_then, "quiet_now": True}
    assert ana.ok("GET", PREFERENCES) == {"preferences": found, "channels": []}
    assert choose(ana, level="all", keywords=[], quiet_hours=None, dnd_until=None) == DEFAULT


def test_what_does_not_fit_is_refused_and_changes_nothing(suite, org, three):
    ana, luis, here, _ = three
    secret, foreign, apart = ana.channel(type="private"), suite.org().admin.channel(), ana.channel()
    hours = {"from": "22:00", "to": "08:00", "time_zone": "Europe/Madrid"}
    for body, where in (({"level": "some"}, "/level"), ({"level": None}, "/level"), ({"keywords": ["!!"]}, "/keywords"), ({"keywords": [""]}, "/keywords/0"),
                        ({"keywords": ["x"] * 51}, "/keywords"), ({"dnd_until": at(minutes=-1)}, "/dnd_until"), ({"dnd_until": "soon"}, "/dnd_until"),
                        ({"quiet_hours": {**hours, "from": "24:00"}}, "/quiet_hours/from"), ({"quiet_hours": {**hours, "to": "22:00"}}, "/quiet_hours/to"),
                        ({"quiet_hours": {**hours, "time_zone": "Mars/Olympus"}}, "/quiet_hours/time_zone"),
                        ({"quiet_hours": {"from": "22:00"}}, "/quiet_hours/to"), ({"mood": "good"}, "/mood")):
        problem = luis.refused(400, "request.invalid", "PUT", PREFERENCES, json=body)
        assert where in [e["pointer"] for e in problem["errors"]], (body, problem)
    path = f"/notifications/channels/{here['id']}"
    for body, where in (({"level": "some"}, "/level"), ({"muted_until": at(minutes=-1)}, "/muted_until"), ({"muted": "yes"}, "/muted")):
        assert where in [e["pointer"] for e in luis.refused(400, "request.invalid", "PUT", path, json=body)["errors"]], body
    for channel in (secret, foreign):
        luis.refused(404, "channel.not_found", "PUT", f"/notifications/channels/{channel['id']}", json={"muted": True})
    luis.refused(403, "channel.not_member", "PUT", f"/notifications/channels/{apart['id']}", json={"muted": True})
    for method, where in (("GET", PREFERENCES), ("PUT", PREFERENCES), ("PUT", path)):
        luis.refused(401, "token.missing", method, where, json={} if method == "PUT" else None, token=False)
    assert luis.ok("GET", PREFERENCES) == {"preferences": DEFAULT, "channels": []}


def test_ones_other_devices_are_told_and_nobody_else(suite, org, three):
    ana, luis, here, _ = three
    luis_there = suite.client().login(luis.email, luis.password)
    mine, phone, other, stranger = luis.ws(), luis_there.ws(), ana.ws(), suite.org().admin.ws()
    for socket in (mine, phone, other, stranger):
        socket.expect("hello")
    chosen, muted = choose(luis, level="mentions"), choose(luis, here, muted=True)
    assert muted == {"channel_id": here["id"], "level": None, "muted": True, "muted_until": None}
    for socket in (mine, phone):
        assert socket.expect("notification_preferences")["preferences"] == chosen
        assert socket.expect("notification_preferences")["channel"] == muted
    luis.refused(400, "request.invalid", "PUT", PREFERENCES, json={"level": "some"})
    for socket in (mine, phone, other, stranger):
        socket.quiet("notification_preferences")
    assert ana.ok("GET", PREFERENCES)["channels"] == [] and luis_there.ok("GET", PREFERENCES)["channels"] == [muted]


def test_levels_say_what_is_told_of_a_channel_and_everywhere(three):
    ana, luis, here, last = three
    name = luis.user["username"]
    plain, named = ana.send(here, "plain"), ana.send(here, f"@{name} named")
    end = ana.send(last, f"@{name} end")
    expected = {"all": [(end["id"], "mention"), (end["id"], "message"), (named["id"], "mention"), (named["id"], "message"), (plain["id"], "message")],
                "mentions": [(end["id"], "mention"), (end["id"], "message"), (named["id"], "mention")],
                "nothing": [(end["id"], "mention"), (end["id"], "message")]}
    for level, wanted in expected.items():
        choose(luis, here, level=level)
        assert kinds_of(luis, end) == wanted, level
    choose(luis, level="mentions")
    choose(luis, here, level=None)
    assert kinds_of(luis, end) == [(end["id"], "mention"), (named["id"], "mention")]
    choose(luis, here, level="all")
    assert kinds_of(luis, end) == [(end["id"], "mention"), (named["id"], "mention"), (named["id"], "message"), (plain["id"], "message")]
    assert [n["kind"] for n in ana.ok("GET", "/notifications")["items"] if n["message_id"]] == []


def test_what_is_told_to_many_is_chosen_too(org, three):
    ana, luis, here, last = three
    marta = org.member()
    marta.join(here)
    everyone = ana.send(here, "@channel look")
    marta.ok("POST", f"/channels/{here['id']}/leave", json={})
    end = ana.send(last, f"@{luis.user['username']} end")
    choose(luis, last, level="mentions")
    until(lambda: end["id"] in [n["message_id"] for n in told(luis)], "all to be told")

    def shared():
        items = [n for n in luis.ok("GET", "/notifications", params={"limit": 200})["items"] if n["channel_id"] == here["id"] and n["kind"] != "message"]
        unread = luis.ok("GET", "/notifications", params={"limit": 200, "unread": True})["items"]
        assert [n for n in unread if n["channel_id"] == here["id"] and n["kind"] != "message"] == items
        return [(n["kind"], n["message_id"]) for n in items if n["actor_id"] in (marta.id, ana.id)]

    mention, changes = ("mention", everyone["id"]), {("user_joined", None), ("user_left", None), ("channel_created", None)}
    assert set(shared()) == {mention} | changes
    for general, own, wanted in (("mentions", None, {mention}), ("nothing", None, set()), ("nothing", "mentions", {mention}), ("nothing", "all", {mention} | changes),
                                 ("mentions", "nothing", set()), ("all", "mentions", {mention}), ("all", "nothing", set())):
        choose(luis, level=general)
        choose(luis, here, level=own)
        assert set(shared()) == wanted, (general, own)


def test_direct_conversations_are_told_among_mentions(org):
    ana, luis = org.member(), org.member()
    choose(luis, level="mentions")
    talk = ana.ok("POST", "/direct", json={"user_ids": [luis.id]})
    said = ana.send(talk, "between us")
    assert kinds_of(luis, said) == [(said["id"], "message")]
    choose(luis, talk, muted=True)
    assert told(luis) == []
    choose(luis, talk, muted=False)
    assert kinds_of(luis, said) == [(said["id"], "message")]
    choose(luis, level="nothing")
    assert told(luis) == []


def test_of_a_muted_channel_only_mentions_are_told_until_it_ends(three):
    ana, luis, here, last = three
    stream, socket = open_stream(luis, "/notifications"), luis.ws()
    socket.expect("hello")
    choose(luis, here, muted=True)
    ana.send(here, "plain")
    named, end = ana.send(here, f"@{luis.user['username']} named"), ana.send(last, "end")
    assert [next_about_a_message(stream) for _ in range(2)] == [(named["id"], "mention"), (end["id"], "message")]
    assert kinds_of(luis, end) == [(end["id"], "message"), (named["id"], "mention")]
    # Choices of what is told stay, whatever is muted meanwhile.
    assert choose(luis, here, muted_until=at(hours=1))["muted"] and choose(luis, here, level="nothing")["muted"]
    again = ana.send(here, f"@{luis.user['username']} again")
    end = ana.send(last, f"@{luis.user['username']} the end")
    assert (again["id"], "mention") not in kinds_of(luis, end)
    while (frame := socket.expect("notification"))["notification"]["message_id"] != end["id"]:
        assert (frame["notification"]["kind"], frame["notification"]["message_id"]) != ("mention", again["id"])
    later = at(hours=2)
    assert choose(luis, here, level=None, muted_until=later)["muted_until"] == later
    luis.suite.psql(f"update notify.channel_preference set muted_until = now() where user_id = {luis.id}")  # two hours pass
    assert luis.ok("GET", PREFERENCES)["channels"] == []
    plain = ana.send(here, "after it")
    assert kinds_of(luis, plain)[0] == (plain["id"], "message")


def test_keywords_are_told_like_mentions(org, three):
    ana, luis, here, last = three
    marta = org.member()
    marta.join(here)
    private = ana.channel(type="private")
    choose(luis, keywords=["Release", "café con leche", "v2.0"])
    stream = open_stream(luis, "/notifications")
    said = [ana.send(here, text) for text in ("a *RELEASE*, today", "prereleases", "un Café  con LECHE, ¡ya!", "v2.0-rc", "v2", f"release for @{luis.user['username']}")]
    luis.send(here, "my own release")
    ana.send(private, "a secret release")
    end = ana.send(last, "end")
    text = f"🔔 {ana.user['username']} used one of your keywords in #{here['name']}"
    wanted = [(said[n]["id"], "keyword") for n in (0, 2, 3)]
    assert sorted(n for n in kinds_of(luis, end) if n[1] == "keyword") == wanted and (said[5]["id"], "mention") in kinds_of(luis, end)
    assert {(n["priority"], n["text"]) for n in told(luis) if n["kind"] == "keyword"} == {("high", text)}
    live = []
    while len(live) < len(wanted):
        live += [n for n in [next_about_a_message(stream)] if n[1] == "keyword"]
    assert sorted(live) == wanted
    # Those who come to a channel later hear there too; those who have given up their keywords do not.
    late = ana.channel()
    luis.join(late)
    heard = ana.send(late, "release")
    until(lambda: (heard["id"], "keyword") in [(n["message_id"], n["kind"]) for n in told(luis)], "the keyword in the new channel")
    choose(luis, keywords=[])
    unheard = ana.send(late, "release")
    assert (unheard["id"], "keyword") not in kinds_of(luis, unheard)
    assert not [n for person in (ana, marta) for n in told(person) if n["kind"] == "keyword"]


def test_a_replica_that_knows_nothing_of_keywords_tells_of_members_too(org):
    luis = org.member()
    join = "insert into notify.member as m (channel_id, user_id, joined_seq) values (0, {}, {}) on conflict (channel_id, user_id) do update set joined_seq = excluded.joined_seq returning listens"
    heard = [luis.suite.psql(join.format(luis.id, 1))]
    for seq, keywords in ((2, ["release"]), (3, [])):
        choose(luis, keywords=keywords)
        luis.suite.psql(f"update notify.member set listens = not listens where user_id = {luis.id} and channel_id = 0")
        heard.append(luis.suite.psql(join.format(luis.id, seq)))
    luis.suite.psql(f"delete from notify.member where channel_id = 0 and user_id = {luis.id}")
    assert heard == ["f", "t", "f"]


def test_quiet_hours_are_those_of_the_users_time_zone(org):
    ana = org.member()
    now = datetime.datetime.now(datetime.timezone.utc)
    clock = lambda hours: (now + datetime.timedelta(hours=hours)).strftime("%H:%M")  # noqa: E731
    for zone, offset in (("Etc/UTC", 0), ("Asia/Tokyo", 9)):
        around = choose(ana, quiet_hours={"from": clock(offset - 2), "to": clock(offset + 2), "time_zone": zone})
        later = choose(ana, quiet_hours={"from": clock(offset + 2), "to": clock(offset + 4), "time_zone": zone})
        longer = choose(ana, quiet_hours={"from": clock(offset + 4), "to": clock(offset + 2), "time_zone": zone})
        assert (around["quiet_now"], later["quiet_now"], longer["quiet_now"]) == (True, False, True), zone
    assert choose(ana, quiet_hours=None, dnd_until=at(minutes=30))["quiet_now"] and not choose(ana, dnd_until=None)["quiet_now"]
    choose(ana, dnd_until=at(minutes=30))
    ana.suite.psql(f"update notify.preference set dnd_until = now() where user_id = {ana.id}")  # half an hour passes
    assert ana.ok("GET", PREFERENCES)["preferences"] == DEFAULT


def test_who_leaves_a_channel_begins_anew_there(three):
    ana, luis, here, _ = three
    choose(luis, here, level="nothing", muted=True)
    luis.ok("POST", f"/channels/{here['id']}/leave", json={})
    luis.join(here)
    until(lambda: luis.ok("GET", PREFERENCES)["channels"] == [], "what was chosen to be forgotten")
    said = ana.send(here, "hello")
    assert kinds_of(luis, said)[0] == (said["id"], "message")
