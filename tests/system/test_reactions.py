"""Reactions, with emoji of Unicode and of the organisation."""

import base64
import secrets
import threading
import uuid
from urllib.parse import quote

import pytest

from harness import until
from harness.catalogue import COMMANDS

PNG = base64.b64decode(COMMANDS["user.set_avatar"]["example"]["request"]["image"])
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x01D\x00;"
HEART, BARE_HEART = "\u2764\ufe0f", "\u2764"


def path(message, emoji):
    return f"/messages/{message['id']}/reactions/{quote(emoji)}"


def react(who, message, emoji):
    return who.ok("PUT", path(message, emoji))


def take_back(who, message, emoji):
    return who.ok("DELETE", path(message, emoji))


def shown(who, message):
    return who.ok("GET", f"/messages/{message['id']}").get("reactions")


def upload(who, name, data=PNG):
    return who.call("PUT", f"/emoji/{name}", content=data, headers={"Content-Type": "image/png"})


@pytest.fixture
def talk(org):
    """ana and luis in a channel, and a message of hers."""
    ana, luis = org.member(), org.member()
    channel = ana.channel()
    luis.join(channel)
    return ana, luis, channel, ana.send(channel, "hola")


def moderate(org, person, kind):
    return org.admin.ok("POST", "/admin/moderation/actions", json={"user_id": person.id, "action_type": kind, "reason": "x"})


def test_reactions_are_shown_counted_in_the_order_of_first_use(talk):
    ana, luis, channel, message = talk
    first = react(luis, message, "👍")
    assert first["message_id"] == message["id"] and first["channel_id"] == channel["id"] and first["seq"] == message["seq"] + 1
    react(ana, message, "🎉")
    react(ana, message, "👍")
    expected = [{"emoji": "👍", "count": 2, "user_ids": [luis.id, ana.id]}, {"emoji": "🎉", "count": 1, "user_ids": [ana.id]}]
    assert shown(luis, message) == expected
    assert luis.history(channel)["items"][0]["reactions"] == expected
    take_back(luis, message, "👍")
    assert shown(luis, message) == [{"emoji": "👍", "count": 1, "user_ids": [ana.id]}, expected[1]]
    take_back(ana, message, "👍")
    react(luis, message, "👍")
    assert [r["emoji"] for r in shown(ana, message)] == ["🎉", "👍"]
    take_back(luis, message, "👍")
    take_back(ana, message, "🎉")
    assert shown(ana, message) is None
    assert ana.history(channel)["items"] == [message]


def test_adding_and_removing_twice_is_once(talk):
    ana, luis, channel, message = talk
    seq = react(luis, message, "👍")["seq"]
    assert react(luis, message, "👍")["seq"] == 0
    assert shown(ana, message) == [{"emoji": "👍", "count": 1, "user_ids": [luis.id]}]
    assert take_back(luis, message, "👍")["seq"] == seq + 1
    assert take_back(luis, message, "👍")["seq"] == 0
    assert ana.ok("GET", f"/channels/{channel['id']}")["head_seq"] == seq + 1


def test_variation_selectors_make_no_other_emoji_and_skin_tones_do(talk):
    ana, luis, _, message = talk
    react(ana, message, BARE_HEART)
    assert react(ana, message, HEART)["seq"] == 0
    react(luis, message, HEART)
    react(ana, message, "👍")
    react(ana, message, "👍🏽")
    assert [(r["emoji"], r["count"]) for r in shown(ana, message)] == [(HEART, 2), ("👍", 1), ("👍🏽", 1)]
    take_back(ana, message, BARE_HEART + "\ufe0e")
    assert shown(ana, message)[0] == {"emoji": HEART, "count": 1, "user_ids": [luis.id]}


@pytest.mark.parametrize("text", ["a", "hello", "1", "👍👍", "👍 ", "🏽", "🇪", ":nothing-like-it:", ":Party:", "::", "<b>", "%"])
def test_what_is_no_emoji_is_refused(talk, text):
    ana, _, channel, message = talk
    ana.refused(422, "reaction.unknown_emoji", "PUT", path(message, text))
    assert shown(ana, message) is None


def test_others_are_told_in_the_channels_log(talk):
    ana, luis, channel, message = talk
    one, two = ana.ws(), luis.ws(f"/ws/chat/{channel['id']}")
    one.expect("hello")
    two.expect("user_joined")
    one.send({"type": "add_reaction", "message_id": message["id"], "emoji": BARE_HEART, "client_id": "r1"})
    ack = one.expect("ack", client_id="r1")
    assert (ack["request"], ack["message_id"], ack["channel_id"], ack["seq"]) == ("add_reaction", message["id"], channel["id"], message["seq"] + 1)
    expected = {"type": "reaction_added", "channel_id": channel["id"], "seq": ack["seq"], "message_id": message["id"], "user_id": ana.id,
                "username": ana.user["username"], "emoji": HEART}
    assert two.expect("reaction_added") == expected
    one.send({"type": "add_reaction", "message_id": message["id"], "emoji": HEART, "client_id": "r2"})
    assert one.expect("ack", client_id="r2")["seq"] == 0
    take_back(ana, message, HEART)
    assert two.expect("reaction_removed") == {**expected, "type": "reaction_removed", "seq": ack["seq"] + 1}
    late = luis.ws()
    late.expect("hello")
    late.send({"type": "resume", "positions": {str(channel["id"]): message["seq"]}})
    late.expect("resumed")
    assert [f for f in late.frames if f["type"].startswith("reaction_")] == [expected, {**expected, "type": "reaction_removed", "seq": ack["seq"] + 1}]
    one.send({"type": "remove_reaction", "message_id": message["id"], "emoji": "x"})
    assert one.expect("error")["code"] == "reaction.unknown_emoji"
    two.quiet("reaction_added")


def test_who_has_reacted_is_paged(talk, org):
    ana, luis, channel, message = talk
    people = [ana, luis, org.member(), org.member()]
    for person in people[2:]:
        person.join(channel)
    for person in people:
        react(person, message, "👍")
    react(ana, message, "🎉")
    where = f"/messages/{message['id']}/reactions"
    whole = luis.ok("GET", where)
    assert [(r["user_id"], r["emoji"]) for r in whole["items"]] == [(p.id, "👍") for p in people] + [(ana.id, "🎉")]
    assert whole["next_cursor"] is None and whole["items"][0]["username"] == ana.user["username"]
    found, cursor = [], {}
    while True:
        page = luis.ok("GET", where, params={"limit": 2, **cursor})
        found += page["items"]
        if not page["next_cursor"]:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert found == whole["items"]
    assert [r["user_id"] for r in luis.ok("GET", where, params={"emoji": "🎉"})["items"]] == [ana.id]
    luis.refused(400, "request.invalid", "GET", where, params={"cursor": "x"})


def test_a_message_has_twenty_different_emoji_at_most(talk):
    ana, luis, _, message = talk
    emoji = [chr(0x1F600 + n) for n in range(21)]
    for one in emoji[:20]:
        react(ana, message, one)
    luis.refused(409, "reaction.too_many", "PUT", path(message, emoji[20]))
    react(luis, message, emoji[19])
    take_back(ana, message, emoji[0])
    react(luis, message, emoji[20])
    assert len(shown(ana, message)) == 20


def test_who_may_react(talk, org):
    ana, luis, channel, message = talk
    outsider, muted = org.member(), org.member()
    muted.join(channel)
    react(muted, message, "👍")
    moderate(org, muted, "mute")
    outsider.refused(403, "channel.not_member", "PUT", path(message, "👍"))
    muted.refused(403, "channel.muted", "PUT", path(message, "🎉"))
    take_back(muted, message, "👍")
    react(luis, message, "👍")
    ana.ok("PUT", f"/channels/{channel['id']}", json={"is_archived": True})
    ana.refused(409, "channel.archived", "PUT", path(message, "👍"))
    luis.refused(409, "channel.archived", "DELETE", path(message, "👍"))
    ana.ok("PUT", f"/channels/{channel['id']}", json={"is_archived": False})
    ana.ok("DELETE", f"/messages/{message['id']}")
    luis.refused(409, "message.deleted", "PUT", path(message, "👍"))
    assert shown(luis, message) is None and luis.ok("GET", f"/messages/{message['id']}/reactions")["items"] == []
    assert take_back(luis, message, "👍")["seq"] == 0


def test_nobody_outside_a_private_channel_or_the_organisation_finds_the_message(suite, org):
    ana, luis, stranger = org.member(), org.member(), suite.org().admin
    message = ana.send(ana.channel(type="private"), "secreto")
    react(ana, message, "👍")
    for person in (luis, stranger):
        person.refused(404, "message.not_found", "PUT", path(message, "👍"))
        person.refused(404, "message.not_found", "DELETE", path(message, "👍"))
        person.refused(404, "message.not_found", "GET", f"/messages/{message['id']}/reactions")
    public = ana.send(ana.channel(), "hola")
    stranger.refused(404, "message.not_found", "PUT", path(public, "👍"))


def test_many_at_once_are_counted_once_each(talk, org):
    ana, luis, channel, message = talk
    people = [ana, luis] + [org.member() for _ in range(4)]
    for person in people[2:]:
        person.join(channel)

    def press(person):
        for _ in range(3):
            react(person, message, "👍")
            take_back(person, message, "👍")
            react(person, message, "👍")

    threads = [threading.Thread(target=press, args=(p,)) for p in people]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    (one,) = shown(ana, message)
    assert one["count"] == 6 and set(one["user_ids"]) == {p.id for p in people}


def test_an_emoji_of_the_organisation(suite, org):
    ana, luis, stranger = org.member(), org.member(), suite.org().admin
    watch, foreign = luis.ws(), stranger.ws()
    watch.expect("hello")
    foreign.expect("hello")
    made = upload(ana, "party-parrot")
    assert made.status_code == 200, made.text
    emoji = made.json()
    assert emoji["name"] == "party-parrot" and emoji["created_by"] == ana.id and emoji["image_url"].startswith("/emoji/party-parrot/image?v=")
    assert watch.expect("emoji_created")["emoji"] == emoji
    assert luis.ok("GET", "/emoji") == {"items": [emoji], "next_cursor": None}
    image = luis.get(emoji["image_url"])
    assert image.status_code == 200 and image.content == PNG and image.headers["Content-Type"] == "image/png"
    assert "immutable" in image.headers["Cache-Control"] and "sandbox" in image.headers["Content-Security-Policy"]
    again = luis.get(emoji["image_url"], headers={"If-None-Match": image.headers["ETag"]})
    assert again.status_code == 304 and again.content == b""
    assert "immutable" not in luis.get("/emoji/party-parrot/image").headers["Cache-Control"]
    luis.refused(404, "emoji.not_found", "GET", "/emoji/party-parrot/image?v=0123")
    assert upload(luis, "party-parrot").json() == emoji
    stranger.refused(404, "emoji.not_found", "GET", "/emoji/party-parrot/image")
    stranger.refused(404, "emoji.not_found", "DELETE", "/emoji/party-parrot")
    assert stranger.ok("GET", "/emoji")["items"] == []
    foreign.quiet("emoji_created")
    channel = ana.channel()
    luis.join(channel)
    message = ana.send(channel, "vamos :party-parrot:")
    assert message["content"] == "vamos :party-parrot:"
    react(luis, message, ":party-parrot:")
    luis.refused(403, "access.denied", "DELETE", "/emoji/party-parrot")
    ana.ok("DELETE", "/emoji/party-parrot")
    assert watch.expect("emoji_deleted") == {"type": "emoji_deleted", "name": "party-parrot"}
    assert shown(ana, message) == [{"emoji": ":party-parrot:", "count": 1, "user_ids": [luis.id]}]
    react(ana, message, ":party-parrot:")  # one that is there already
    take_back(luis, message, ":party-parrot:")
    take_back(ana, message, ":party-parrot:")
    ana.refused(422, "reaction.unknown_emoji", "PUT", path(message, ":party-parrot:"))
    ana.refused(404, "emoji.not_found", "DELETE", "/emoji/party-parrot")


def test_uploads_are_judged_by_their_bytes(org):
    ana = org.member()
    assert upload(ana, "gif", GIF).status_code == 200
    assert ana.get("/emoji/gif/image").headers["Content-Type"] == "image/gif"

    def refused(status, code, answer):
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text

    refused(415, "emoji.unsupported", upload(ana, "svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"))
    refused(415, "emoji.unsupported", upload(ana, "nothing", b""))
    refused(413, "emoji.too_large", upload(ana, "large", PNG + bytes(256 * 1024)))
    assert upload(ana, "largest", PNG + bytes(256 * 1024 - len(PNG))).status_code == 200
    refused(409, "emoji.name_taken", upload(ana, "gif", PNG))
    for name in ("Party", "a b", "-a", "_a", "x" * 65, "ñ", "a:b"):
        refused(400, "request.invalid", upload(ana, quote(name)))


def test_two_who_take_a_name_at_once(org):
    people = [org.member() for _ in range(4)]
    answers, name = [], f"e{secrets.token_hex(4)}"
    threads = [threading.Thread(target=lambda p=p: answers.append(upload(p, name, PNG + uuid.uuid4().bytes))) for p in people]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert sorted(a.status_code for a in answers) == [200, 409, 409, 409]
    assert len(org.admin.ok("GET", "/emoji")["items"]) == 1


def test_a_moderator_deletes_any_emoji(org):
    ana, moderator = org.member(), org.moderator()
    upload(ana, "bad")
    moderator.ok("DELETE", "/emoji/bad")
    assert upload(ana, "bad", GIF).status_code == 200


def test_emoji_are_listed_in_pages(org):
    ana = org.member()
    for name in ("c", "a", "b"):
        assert upload(ana, name).status_code == 200
    first = ana.ok("GET", "/emoji", params={"limit": 2})
    rest = ana.ok("GET", "/emoji", params={"limit": 2, "cursor": first["next_cursor"]})
    assert [e["name"] for e in first["items"] + rest["items"]] == ["c", "a", "b"] and rest["next_cursor"] is None


def test_an_organisation_has_a_thousand_emoji_at_most(suite, org):
    ana = org.member()
    suite.psql_as("chat", f"insert into emoji (org_id, name, created_by, media_type, hash, data) select {org.id}, 'n' || n, {ana.id}, 'image/png', 'x', '' "
                  "from generate_series(1, 1000) n")
    answer = upload(ana, "more")
    assert answer.status_code == 409 and answer.json()["code"] == "emoji.too_many"
    assert len(until(lambda: ana.ok("GET", "/emoji", params={"limit": 1000})["items"], "the list")) == 1000
