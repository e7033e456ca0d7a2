"""Pins: what a channel keeps in sight."""

import pytest

from harness import until


def pin(who, message):
    return who.ok("PUT", f"/messages/{message['id']}/pin")


def unpin(who, message):
    return who.ok("DELETE", f"/messages/{message['id']}/pin")


def pins(who, channel, **params):
    return who.ok("GET", f"/channels/{channel['id']}/pins", params=params)


@pytest.fixture
def talk(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    return ana, luis, channel, [ana.send(channel, f"n{n}") for n in range(3)]


def test_pinned_messages_are_listed_the_last_pinned_first(talk):
    ana, luis, channel, messages = talk
    for n in (1, 0, 2):
        pin(luis, messages[n])
    items = pins(ana, channel)["items"]
    assert [m["id"] for m in items] == [messages[n]["id"] for n in (2, 0, 1)]
    assert items[0]["pin"]["user_id"] == luis.id and items[0]["pin"]["at"].endswith("Z")
    assert ana.ok("GET", f"/messages/{messages[1]['id']}")["pin"]["user_id"] == luis.id
    unpin(ana, messages[0])
    assert [m["id"] for m in pins(luis, channel)["items"]] == [messages[n]["id"] for n in (2, 1)]
    assert ana.ok("GET", f"/messages/{messages[0]['id']}") == messages[0]
    ana.ok("PUT", f"/messages/{messages[2]['id']}", json={"content": "otra"})
    assert pins(luis, channel)["items"][0]["content"] == "otra"


def test_pinning_and_unpinning_twice_is_once(talk):
    ana, luis, channel, messages = talk
    seq = pin(ana, messages[0])["seq"]
    assert pin(luis, messages[0])["seq"] == 0
    assert pins(ana, channel)["items"][0]["pin"]["user_id"] == ana.id
    assert unpin(luis, messages[0])["seq"] == seq + 1 and unpin(luis, messages[0])["seq"] == 0
    assert pins(ana, channel)["items"] == []


def test_others_are_told_in_the_channels_log(talk):
    ana, luis, channel, messages = talk
    one, two = ana.ws(), luis.ws(f"/ws/chat/{channel['id']}")
    one.expect("hello")
    two.expect("user_joined")
    seq = pin(ana, messages[0])["seq"]
    expected = {"type": "message_pinned", "channel_id": channel["id"], "seq": seq, "message_id": messages[0]["id"], "user_id": ana.id,
                "username": ana.user["username"]}
    assert one.expect("message_pinned") == two.expect("message_pinned") == expected
    one.send({"type": "unpin_message", "message_id": messages[0]["id"], "client_id": "u"})
    assert one.expect("ack", client_id="u")["seq"] == seq + 1
    assert two.expect("message_unpinned") == {**expected, "type": "message_unpinned", "seq": seq + 1}
    one.send({"type": "pin_message", "message_id": messages[1]["id"], "client_id": "p"})
    assert one.expect("ack", client_id="p")["seq"] == seq + 2
    late = luis.ws()
    late.expect("hello")
    late.send({"type": "resume", "positions": {str(channel["id"]): seq - 1}})
    late.expect("resumed")
    assert [f["seq"] for f in late.frames if f["type"] in ("message_pinned", "message_unpinned")] == [seq, seq + 1, seq + 2]


def test_a_deleted_message_is_pinned_no_more(talk):
    ana, luis, channel, messages = talk
    pin(luis, messages[0])
    ana.ok("DELETE", f"/messages/{messages[0]['id']}")
    assert pins(luis, channel)["items"] == [] and "pin" not in luis.ok("GET", f"/messages/{messages[0]['id']}")
    luis.refused(409, "message.deleted", "PUT", f"/messages/{messages[0]['id']}/pin")
    assert unpin(luis, messages[0])["seq"] == 0


def test_who_may_pin(talk, org, suite):
    ana, luis, channel, messages = talk
    outsider, muted, stranger = org.member(), org.member(), suite.org().admin
    muted.join(channel)
    org.admin.ok("POST", "/admin/moderation/actions", json={"user_id": muted.id, "action_type": "mute", "reason": "x"})
    where = f"/messages/{messages[0]['id']}/pin"
    pin(luis, messages[1])
    for method in ("PUT", "DELETE"):
        outsider.refused(403, "channel.not_member", method, where)
        muted.refused(403, "channel.muted", method, where)
        stranger.refused(404, "message.not_found", method, where)
    assert len(pins(outsider, channel)["items"]) == 1
    stranger.refused(404, "channel.not_found", "GET", f"/channels/{channel['id']}/pins")
    ana.ok("PUT", f"/channels/{channel['id']}", json={"is_archived": True})
    for method in ("PUT", "DELETE"):
        ana.refused(409, "channel.archived", method, where)
    assert len(pins(luis, channel)["items"]) == 1


def test_pins_of_a_private_channel_are_its_members_affair(org):
    ana, luis = org.member(), org.member()
    channel = ana.channel(type="private")
    message = ana.send(channel, "secreto")
    pin(ana, message)
    luis.refused(404, "message.not_found", "PUT", f"/messages/{message['id']}/pin")
    luis.refused(404, "channel.not_found", "GET", f"/channels/{channel['id']}/pins")


def test_a_channel_has_a_hundred_pins_at_most(suite, talk):
    ana, luis, channel, messages = talk
    suite.psql_as("chat", f"with m as (insert into message (channel_id, seq, user_id, username, content, client_id, created_at, extras) "
                  f"select {channel['id']}, 1000 + n, {ana.id}, 'ana', repeat('x', 9000), gen_random_uuid(), now(), 4 from generate_series(1, 100) n returning id, seq) "
                  f"insert into pin (message_id, channel_id, user_id, seq) select id, {channel['id']}, {ana.id}, seq from m where seq < 1100; "
                  f"update channel_head set seq = 2000 where channel_id = {channel['id']}")
    pin(luis, messages[0])
    ana.refused(409, "pin.too_many", "PUT", f"/messages/{messages[1]['id']}/pin")
    assert pin(ana, messages[0])["seq"] == 0
    found, cursor = [], {}
    while True:  # pages of long messages are shorter
        page = pins(ana, channel, **cursor)
        assert len(page["items"]) < 100
        found += [m["id"] for m in page["items"]]
        if not page["next_cursor"]:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert len(found) == len(set(found)) == 100 and found[0] == messages[0]["id"]
    unpin(luis, messages[0])
    pin(ana, messages[1])


def test_search_follows_pins_and_reactions(talk):
    ana, luis, channel, messages = talk

    def found(query):
        return [m["message"]["id"] for m in luis.ok("GET", "/messages/search", params={"q": f"{query} in:{channel['name']}"})["items"]]

    pin(ana, messages[0])
    ana.ok("PUT", f"/messages/{messages[1]['id']}/reactions/👍")
    until(lambda: found("is:pinned") == [messages[0]["id"]], "the pin to be found")
    until(lambda: found("has:reaction") == [messages[1]["id"]], "the reaction to be found")
    unpin(ana, messages[0])
    ana.ok("DELETE", f"/messages/{messages[1]['id']}/reactions/👍")
    until(lambda: found("is:pinned") == found("has:reaction") == [], "both to be forgotten")
