"""Read markers, unread and mention counts, read receipts: over REST, and on two devices of one user while another one writes."""

import pytest


@pytest.fixture
def talk(org):
    """ana and luis in a channel of ana's; nobody has anything unread."""
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    read(ana, channel)
    return ana, luis, channel


def counts(person, channel):
    """(read_seq, unread_count, mention_count): the same from each place that tells them."""
    one = person.ok("GET", f"/channels/{channel['id']}")
    listed = [c for c in person.ok("GET", "/channels/", params={"scope": "mine", "limit": 200})["items"] if c["id"] == channel["id"]][0]
    boot = [c for c in person.ok("GET", "/bootstrap")["channels"] if c["id"] == channel["id"]][0]
    socket = person.ws()
    hello = [c for c in socket.expect("hello")["channels"] if c["channel_id"] == channel["id"]][0]
    socket.close()
    seen = {tuple(c[k] for k in ("read_seq", "unread_count", "mention_count")) for c in (one, listed, boot, hello)}
    assert len(seen) == 1, seen
    return seen.pop()


def read(person, channel, seq=None):
    return person.ok("POST", f"/channels/{channel['id']}/read", json={"seq": seq if seq is not None else head(person, channel)})


def unread_from(person, channel, message):
    return person.ok("POST", f"/channels/{channel['id']}/unread", json={"message_id": message["id"]})


def head(person, channel):
    return person.ok("GET", f"/channels/{channel['id']}")["head_seq"]


def devices(person, n=2):
    made = [person.ws() for _ in range(n)]
    for socket in made:
        socket.expect("hello")
    return made


def test_counts_grow_with_what_others_write_and_fall_with_the_marker(talk):
    ana, luis, channel = talk
    start = counts(ana, channel)[0]
    said = [luis.send(channel, text) for text in ("uno", f"dos @{ana.user['username']}", "tres")]
    assert counts(ana, channel) == (start, 3, 1)
    assert counts(luis, channel) == (said[2]["seq"], 0, 0), "what one writes oneself has been read"
    assert read(ana, channel, said[0]["seq"]) == {"channel_id": channel["id"], "seq": said[0]["seq"], "unread_count": 2, "mention_count": 1}
    assert read(ana, channel, said[1]["seq"])["mention_count"] == 0
    assert read(ana, channel, start)["seq"] == said[1]["seq"], "forward only"
    assert read(ana, channel, 2**53 - 1) == {"channel_id": channel["id"], "seq": said[2]["seq"], "unread_count": 0, "mention_count": 0}
    assert counts(ana, channel) == (said[2]["seq"], 0, 0)


def test_writing_moves_the_writers_own_marker(talk):
    ana, luis, channel = talk
    luis.send(channel, f"@{ana.user['username']} uno")
    mine = ana.send(channel, "leído")
    assert counts(ana, channel) == (mine["seq"], 0, 0)
    luis.send(channel, "otro")
    assert counts(ana, channel)[1:] == (1, 0)


def test_who_comes_in_has_nothing_unread(org, talk):
    ana, luis, channel = talk
    for n in range(3):
        ana.send(channel, f"@{luis.user['username']} {n}")
    late = org.member()
    late.join(channel)
    assert counts(late, channel)[1:] == (0, 0)
    luis.ok("POST", f"/channels/{channel['id']}/leave")
    luis.join(channel)
    assert counts(luis, channel)[1:] == (0, 0)
    ana.send(channel, "para todos")
    assert counts(late, channel)[1:] == (1, 0) and counts(luis, channel)[1:] == (1, 0)


def test_what_is_deleted_is_not_unread(talk):
    ana, luis, channel = talk
    said = [luis.send(channel, f"@{ana.user['username']} {n}") for n in range(4)]
    read(ana, channel, said[0]["seq"])
    luis.ok("DELETE", f"/messages/{said[0]['id']}")  # read already: nothing changes
    assert counts(ana, channel)[1:] == (3, 3)
    luis.ok("DELETE", f"/messages/{said[2]['id']}")
    assert counts(ana, channel)[1:] == (2, 2)
    assert read(ana, channel, said[1]["seq"])["unread_count"] == 1
    assert unread_from(ana, channel, said[0])["unread_count"] == 2


def test_marking_as_unread_goes_back_to_before_the_message_on_all_devices(talk):
    ana, luis, channel = talk
    said = [luis.send(channel, text) for text in ("uno", f"dos @{ana.user['username']}")]
    ana.send(channel, "mío")
    last = luis.send(channel, "tres")
    read(ana, channel)
    phone, laptop = devices(ana)
    other, = devices(luis, 1)
    phone.send({"type": "mark_unread", "channel_id": channel["id"], "message_id": said[1]["id"]})
    assert phone.expect("ack", request="mark_unread")["seq"] == said[1]["seq"] - 1
    wanted = {"type": "read_marker", "channel_id": channel["id"], "seq": said[1]["seq"] - 1, "unread_count": 2, "mention_count": 1}
    assert phone.expect("read_marker") == wanted and laptop.expect("read_marker") == wanted
    other.quiet("read_marker")
    assert counts(ana, channel) == (said[1]["seq"] - 1, 2, 1), "without one's own"
    assert unread_from(ana, channel, said[1]) == {k: v for k, v in wanted.items() if k != "type"}
    laptop.quiet("read_marker")
    laptop.send({"type": "mark_read", "channel_id": channel["id"], "seq": last["seq"]})
    assert phone.expect("read_marker") == {**wanted, "seq": last["seq"], "unread_count": 0, "mention_count": 0}


def test_marking_as_unread_is_for_members_and_messages_of_the_channel(org, talk):
    ana, luis, channel = talk
    message, elsewhere = luis.send(channel, "x"), ana.send(ana.channel(), "y")
    path = f"/channels/{channel['id']}/unread"
    ana.refused(404, "message.not_found", "POST", path, json={"message_id": elsewhere["id"]})
    org.member().refused(403, "channel.not_member", "POST", path, json={"message_id": message["id"]})
    hidden = luis.channel(type="private")
    secret = luis.send(hidden, "z")
    ana.refused(404, "channel.not_found", "POST", f"/channels/{hidden['id']}/unread", json={"message_id": secret["id"]})
    luis.ok("PUT", f"/channels/{hidden['id']}", json={"is_archived": True})
    assert unread_from(luis, hidden, secret)["unread_count"] == 0, "an archived channel is still read"


def test_everything_is_read_at_once(org, talk):
    ana, luis, channel = talk
    second, third = ana.channel(), ana.channel()
    for c in (second, third):
        luis.join(c)
    read(ana, second), read(ana, third)
    for c in (channel, second, third):
        luis.send(c, f"@{ana.user['username']}")
        luis.send(c, "x")
    assert ana.ok("GET", "/unread") == {"channels": 3, "messages": 6, "mentions": 3, "threads": 0, "thread_mentions": 0}
    phone, laptop = devices(ana)
    some = ana.ok("POST", "/read", json={"channels": [second["id"], 2**53 - 7]})
    assert [c["channel_id"] for c in some["channels"]] == [second["id"]] and some["more"] is False
    assert laptop.expect("read_markers")["channels"] == some["channels"] == phone.expect("read_markers")["channels"]
    assert some["channels"][0] == {"channel_id": second["id"], "seq": head(ana, second), "unread_count": 0, "mention_count": 0}
    rest = ana.ok("POST", "/read", json={"all": True})
    assert {channel["id"], third["id"]} <= {c["channel_id"] for c in rest["channels"]}
    assert laptop.expect("read_markers")["channels"] == rest["channels"]
    assert ana.ok("GET", "/unread") == {"channels": 0, "messages": 0, "mentions": 0, "threads": 0, "thread_mentions": 0}
    assert ana.ok("POST", "/read", json={"all": True}) == {"channels": [], "more": False}
    laptop.quiet("read_markers")
    for wrong in ({}, {"all": True, "channels": [1]}, {"all": False}):
        ana.refused(400, "request.invalid", "POST", "/read", json=wrong)


def test_readers_are_those_whose_marker_has_passed(org, talk):
    ana, luis, channel = talk
    eva, late = org.member(username="eva-reads", display_name="Eva"), org.member()
    eva.join(channel)
    message = ana.send(channel, "¿quién lo ha leído?")
    path = f"/messages/{message['id']}/readers"
    assert ana.ok("GET", path) == {"items": [], "next_cursor": None, "count": 0}
    read(eva, channel, message["seq"]), read(luis, channel, message["seq"] - 1)
    assert ana.ok("GET", path) == {"items": [{"user_id": eva.id, "username": "eva-reads", "display_name": "Eva"}], "next_cursor": None, "count": 1}
    read(luis, channel)
    first = ana.ok("GET", path, params={"limit": 1})
    assert first["count"] == 2 and [r["user_id"] for r in first["items"]] == [luis.id]
    assert [r["user_id"] for r in ana.ok("GET", path, params={"limit": 1, "cursor": first["next_cursor"]})["items"]] == [eva.id]
    unread_from(luis, channel, message)
    assert ana.ok("GET", path)["count"] == 2, "what was read stays read"
    assert luis.ok("GET", path)["count"] == 1, "without oneself"
    late.refused(403, "channel.not_member", "GET", path)
    late.join(channel)
    assert late.ok("GET", path)["count"] == 2 and ana.ok("GET", path)["count"] == 3


def test_who_does_not_show_what_he_has_read_is_not_shown_it(talk):
    ana, luis, channel = talk
    message = ana.send(channel, "x")
    read(luis, channel)
    path = f"/messages/{message['id']}/readers"
    assert luis.ok("GET", "/preferences")["share_read_receipts"] is True
    phone, laptop = devices(luis)
    assert luis.ok("PUT", "/preferences", json={"share_read_receipts": False})["share_read_receipts"] is False
    assert laptop.expect("preferences_changed")["preferences"]["share_read_receipts"] is False
    assert luis.ok("PUT", "/preferences", json={})["share_read_receipts"] is False
    laptop.quiet("preferences_changed")
    assert ana.ok("GET", path)["count"] == 0
    luis.refused(403, "receipts.not_shared", "GET", path)
    luis.ok("PUT", "/preferences", json={"share_read_receipts": True})
    assert ana.ok("GET", path)["count"] == 1
    assert luis.ok("GET", path)["count"] == 0
