"""Rate limits, in one gateway and shared by several (ARCHITECTURE: 429 always with Retry-After)."""

import json

import websockets

from harness import until
from system.test_notifications import open_stream


def burst(person, path="/auth/me", most=400):
    """Calls until it is refused; gives the number that passed and the refusal."""
    for n in range(most):
        answer = person.get(path)
        if answer.status_code == 429:
            return n, answer
        assert answer.status_code == 200
    return most, None


def test_a_burst_is_refused_with_when_to_come_back(make_suite):
    suite = make_suite(env={"PALIQUE_RATE_SCALE": "5"})
    person = suite.org().admin
    first = person.get("/auth/me")
    limit = int(first.headers["X-RateLimit-Limit"])
    assert int(first.headers["X-RateLimit-Remaining"]) < limit and int(first.headers["X-RateLimit-Reset"]) > 0
    passed, refusal = burst(person)
    assert passed <= limit and refusal is not None
    assert refusal.json()["code"] == "rate.limited" and int(refusal.headers["Retry-After"]) >= 1
    until(lambda: person.get("/auth/me").status_code == 200, "the limit to let one pass again")


def test_one_persons_limit_is_not_anothers(make_suite):
    suite = make_suite(env={"PALIQUE_RATE_SCALE": "20"})
    org = suite.org()
    other = org.member()
    _, refusal = burst(org.admin)
    assert refusal is not None
    assert other.get("/auth/me").status_code == 200


def test_several_gateways_count_together_through_the_store(make_suite):
    suite = make_suite(gateways=2, redis=True, env={"PALIQUE_RATE_SCALE": "25"})
    here = suite.org().admin
    there = suite.client(gateway=1)
    there.token = here.token
    limit = int(here.get("/auth/me").headers["X-RateLimit-Limit"])
    _, refusal = burst(here)
    assert refusal is not None

    def known_there():
        answer = there.get("/auth/me")
        return answer.status_code == 429 or int(answer.headers["X-RateLimit-Remaining"]) < limit // 4
    until(known_there, "what one gateway let pass to count at the other")


def test_whoever_shares_an_address_stays_signed_in_there(make_suite):
    suite = make_suite(env={"PALIQUE_RATE_SCALE": "100"})
    people = [suite.org().admin for _ in range(3)]
    sign_ins = [people[0].post("/auth/login", json={"email": people[0].email, "password": "wrong-" * 3}, token=False).status_code for _ in range(12)]
    assert 429 in sign_ins
    for _ in range(10):
        for person in people:
            person.refresh_token = person.ok("POST", "/auth/refresh", json={"refresh_token": person.refresh_token}, token=False)["refresh_token"]
    for person in people:
        assert person.post("/auth/logout", json={}).status_code == 204


def test_one_persons_sockets_leave_room_for_others(make_suite):
    suite = make_suite(env={"PALIQUE_GATEWAY_SOCKETS_PER_PERSON": "3"})
    org = suite.org()
    sockets = [org.admin.ws() for _ in range(2)] + [org.admin.ws(f"/ws/notifications/{org.admin.id}")]
    for socket in sockets:
        socket.expect("hello")
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    answer = org.admin.get("/ws", headers=upgrade)
    assert answer.status_code == 429 and answer.json()["code"] == "connection.too_many" and int(answer.headers["Retry-After"]) >= 1
    org.member().ws().expect("hello")
    sockets[0].close()
    until(lambda: opens(org.admin), "the closed socket to make room")


def opens(person):
    try:
        return person.ws().expect("hello")
    except websockets.exceptions.InvalidHandshake:
        return None


def test_one_persons_streams_leave_room_for_others(make_suite):
    suite = make_suite(env={"PALIQUE_NOTIFY_STREAMS_PER_PERSON": "2"})
    org = suite.org()
    channel = org.admin.channel()
    paths = ("/notifications", f"/sse/activity/{channel['id']}")
    streams = [open_stream(org.admin, path) for path in paths]
    assert [stream.response.status_code for stream in streams] == [200, 200]
    for path in paths:
        refused = open_stream(org.admin, path).response
        assert refused.status_code == 429 and int(refused.headers["Retry-After"]) >= 1
        assert json.loads(refused.read())["code"] == "connection.too_many"
    assert open_stream(org.member(), "/notifications").response.status_code == 200
    streams[1].close()
    until(lambda: open_stream(org.admin, "/notifications").response.status_code == 200, "the closed stream to make room")
