"""The whole walk of a small organisation, through the edge, with clients that know only the documents."""

import uuid

import pytest

from harness import until


@pytest.fixture(scope="module")
def edge(postgres, tmp_path_factory):
    from harness import Suite
    suite = Suite(tmp_path_factory.mktemp("edge"), postgres=postgres, edge=True).start()
    yield suite
    suite.stop()


def test_two_people_talk_a_third_follows_and_an_administrator_moderates(edge):
    org = edge.org()
    ana, luis = org.member(), org.member()
    channel = ana.channel("walk")
    luis.join(channel)

    a = ana.ws(f"/ws/chat/{channel['id']}?token={ana.token}", token=False)
    b = luis.ws(f"/ws/chat/{channel['id']}?token={luis.token}", token=False)
    for person, socket in ((ana, a), (luis, b)):
        first = socket.recv()
        assert first["type"] == "user_joined" and first["user_id"] == person.id and first["channel_id"] == channel["id"]

    client_id = str(uuid.uuid4())
    a.send({"type": "chat_message", "channel_id": channel["id"], "content": "¡hola!", "client_id": client_id})
    ack = a.expect("ack", client_id=client_id)
    seen = [socket.expect("chat_message", seq=ack["seq"]) for socket in (a, b)]
    assert [frame["message"]["id"] for frame in seen] == [ack["message_id"]] * 2
    assert seen[0] == seen[1]
    assert seen[0]["message"]["content"] == "¡hola!" and seen[0]["message"]["username"] == ana.user["username"]

    edited = ana.ok("PUT", f"/messages/{ack['message_id']}", json={"content": "hola a todos"})
    assert edited["edited_at"] and edited["content"] == "hola a todos"
    assert b.expect("message_edited")["message"]["content"] == "hola a todos"

    doomed = luis.send(channel, "oops")
    luis.ok("DELETE", f"/messages/{doomed['id']}")
    assert a.expect("message_deleted")["message_id"] == doomed["id"]

    history = ana.history(channel)["items"]
    by_id = {message["id"]: message for message in history}
    assert by_id[ack["message_id"]]["content"] == "hola a todos"
    assert by_id[doomed["id"]]["is_deleted"] and by_id[doomed["id"]]["content"] == ""

    bad = luis.send(channel, "buy my coins")
    ana.ok("POST", f"/messages/{bad['id']}/report", json={"reason": "advertising"})
    report = until(lambda: org.admin.ok("GET", "/admin/reports", params={"status": "pending"})["items"], "the report to reach the moderators")[0]
    assert report["message_id"] == bad["id"] and report["content"] == "buy my coins" and report["reported_by"] == ana.id
    assert org.admin.ok("PUT", f"/admin/reports/{report['id']}", json={"status": "resolved"})["reviewed_by"] == org.admin.id

    mute = org.admin.ok("POST", "/admin/moderation/actions", status=201,
                        json={"user_id": luis.id, "action_type": "mute", "reason": "advertising", "duration": 3600})
    b.send({"type": "chat_message", "channel_id": channel["id"], "content": "again", "client_id": str(uuid.uuid4())})
    refused = b.expect("error")
    assert refused["code"] == "channel.muted" and refused["expires_at"] == mute["expires_at"]
    luis.refused(403, "channel.muted", "POST", f"/channels/{channel['id']}/messages", json={"content": "again"})

    org.admin.ok("POST", "/admin/moderation/actions", status=201, json={"user_id": luis.id, "action_type": "ban", "reason": "still"})
    b.expect_close(4403)
    luis.refused(403, "user.banned", "POST", "/auth/refresh", json={"refresh_token": luis.refresh_token})
    luis.refused(403, "user.banned", "POST", "/auth/login", json={"email": luis.email, "password": luis.password})


def test_the_edge_reaches_every_part(edge):
    org = edge.org()
    person = org.member()
    assert person.get("/", token=False).status_code == 200
    assert person.get("/docs/", token=False).status_code == 200
    assert person.get("/docs/openapi.json", token=False).json()["openapi"].startswith("3.1")
    assert person.ok("GET", "/notifications")["items"] is not None
    assert org.admin.ok("GET", "/admin/stats")["users"]["total"] == 2
    assert person.get("/.well-known/jwks.json", token=False).json()["keys"]
    person.refused(403, "access.denied", "GET", "/admin/stats")
