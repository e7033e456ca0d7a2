"""Who is there: over sockets, gateways and the death of one."""

import functools
import subprocess

from harness import until


def ask_redis(port, *words):
    return subprocess.run(["redis-cli", "-p", str(port), *map(str, words)], check=True, capture_output=True, text=True, timeout=10).stdout.strip()


def online(person):
    return {u["id"]: u["status"] for u in person.ok("GET", "/users/online")["items"]}


def test_coming_and_going_is_told_to_the_organisation(org):
    ana, luis = org.member(), org.member()
    a = ana.ws()
    a.expect("hello")
    b = luis.ws()
    assert a.expect("presence", user_id=luis.id)["status"] == "online"
    b.close()
    assert a.expect("presence", user_id=luis.id)["status"] == "offline"


def test_two_sockets_are_one_presence(org):
    ana, luis = org.member(), org.member()
    a, first, second = ana.ws(), luis.ws(), luis.ws()
    a.expect("presence", user_id=luis.id, status="online")
    first.close()
    a.quiet("presence")
    assert online(ana)[luis.id] == "online"
    second.close()
    a.expect("presence", user_id=luis.id, status="offline")


def test_users_online_lists_the_organisation_with_its_status(suite, org):
    ana, luis, away = org.member(), org.member(), org.member()
    stranger = suite.org().admin
    sockets = [p.ws() for p in (ana, luis, stranger)]
    for s in sockets:
        s.expect("hello")
    until(lambda: set(online(ana)) == {ana.id, luis.id}, "both are online, nobody else")
    assert away.id not in online(ana)
    items = ana.ok("GET", "/users/online")["items"]
    assert {u["username"] for u in items} == {ana.user["username"], luis.user["username"]}


def test_users_online_comes_in_pages(org):
    people = [org.member() for _ in range(5)]
    sockets = [p.ws() for p in people]
    for s in sockets:
        s.expect("hello")
    ana = people[0]
    until(lambda: set(online(ana)) == {p.id for p in people}, "all are online")
    pages = [ana.ok("GET", "/users/online", params={"limit": 2})]
    while pages[-1]["next_cursor"]:
        pages.append(ana.ok("GET", "/users/online", params={"limit": 2, "cursor": pages[-1]["next_cursor"]}))
    assert [[u["id"] for u in page["items"]] for page in pages] == [[p.id for p in people[n:n + 2]] for n in (0, 2, 4)]
    assert ana.ok("GET", "/users/online", params={"limit": 5})["next_cursor"] is None, "as many as there is room for"
    refused = ana.refused(400, "request.invalid", "GET", "/users/online", params={"cursor": "x"})
    assert refused["errors"][0]["pointer"] == "/cursor"


def test_the_status_that_a_user_chose_is_shown(org):
    ana, luis = org.member(), org.member()
    a, b = ana.ws(), luis.ws()
    a.expect("presence", user_id=luis.id, status="online")
    luis.ok("POST", f"/users/{luis.id}/status", json={"status": "busy"})
    a.expect("presence", user_id=luis.id, status="busy")
    assert online(ana)[luis.id] == "busy"
    b.close()
    a.expect("presence", user_id=luis.id, status="offline")


def test_an_idle_user_is_away(org):
    ana, luis = org.member(), org.member()
    channel = luis.channel()
    a, b = ana.ws(), luis.ws()
    a.expect("presence", user_id=luis.id, status="online")
    b.send({"type": "ping", "idle": True})
    a.expect("presence", user_id=luis.id, status="away")
    b.say(channel, "ya volví")
    a.expect("presence", user_id=luis.id, status="online")


def test_who_does_nothing_is_away_after_a_while(make_suite):
    suite = make_suite(env_for={"gateway": {"PALIQUE_GATEWAY_AWAY": "2s"}})
    org = suite.org()
    luis = org.member()
    a, b = org.admin.ws(), luis.ws()
    a.expect("presence", user_id=luis.id, status="online")
    a.expect("presence", user_id=luis.id, status="away")
    b.send({"type": "ping"})
    b.expect("pong")
    assert online(org.admin)[luis.id] == "away"


def test_presence_does_not_leave_the_organisation(suite, org):
    stranger = suite.org().admin.ws()
    stranger.expect("hello")
    ana = org.member()
    own = org.admin.ws()
    ana.ws()
    own.expect("presence", user_id=ana.id, status="online")
    stranger.send({"type": "ping"})
    while True:
        frame = stranger.recv()
        assert frame.get("user_id") != ana.id
        if frame["type"] == "pong":
            break


def test_several_gateways_know_of_each_others_people(make_suite):
    suite = make_suite(gateways=2, redis=True)
    org = suite.org()
    ana, luis = org.admin, org.member()
    a = ana.ws(gateway=0)
    a.expect("hello")
    b = luis.ws(gateway=1)
    assert a.expect("presence", user_id=luis.id)["status"] == "online"
    until(lambda: set(online(ana)) == {ana.id, luis.id}, "the first gateway knows both")
    luis.gateway = 1
    until(lambda: set(online(luis)) == {ana.id, luis.id}, "the second gateway knows both")
    b.close()
    assert a.expect("presence", user_id=luis.id)["status"] == "offline"


def test_the_people_of_a_killed_gateway_go_offline(make_suite):
    suite = make_suite(gateways=2, redis=True)
    org = suite.org()
    ana, luis, eva = org.admin, org.member(), org.member()
    a = ana.ws(gateway=0)
    luis.ws(gateway=1)
    eva.ws(gateway=1), eva.ws(gateway=0)
    a.expect("presence", user_id=luis.id, status="online")
    until(lambda: set(online(ana)) == {ana.id, luis.id, eva.id}, "all are known")
    suite.kill("gateway1")
    assert a.expect("presence", user_id=luis.id)["status"] == "offline"
    assert online(ana)[eva.id] == "online"


def test_the_people_of_a_gateway_that_is_in_no_list_go_offline(make_suite):
    """It died before its first lease, or another gateway has cleared it away already."""
    suite = make_suite(gateways=1, redis=True)
    org = suite.org()
    ana, luis = org.admin, org.member()
    a = ana.ws()
    a.expect("presence", user_id=ana.id, status="online")
    store = functools.partial(ask_redis, suite.ports["redis"])
    until(lambda: store("zcard", "palique:gws") == "1", "the gateway to have its lease")
    store("publish", "palique:presence", f"ghost {luis.id} {luis.user['organization_id']} online")
    a.expect("presence", user_id=luis.id, status="online")
    assert a.expect("presence", user_id=luis.id)["status"] == "offline"


def test_presence_survives_the_loss_of_the_store(make_suite):
    suite = make_suite(gateways=2, redis=True)
    org = suite.org()
    ana, luis = org.admin, org.member()
    a, b = ana.ws(gateway=0), luis.ws(gateway=1)
    a.expect("presence", user_id=luis.id, status="online")
    suite.kill("redis")
    eva = org.member()
    eva.ws(gateway=0)
    a.expect("presence", user_id=eva.id, status="online")
    suite.restart("redis")
    luis.gateway = 1
    until(lambda: eva.id in online(luis), "told again through the new store")
    b.quiet("error")


def test_many_changes_of_a_moment_are_one_frame(org):
    people = [org.member() for _ in range(20)]  # wherever a moment ends, one of its halves is more than eight
    a = org.admin.ws()
    sockets = [p.ws() for p in people]
    statuses, seen = ("online", "away", "busy", "offline"), {}

    def until_all(status):
        batches = []
        while [seen.get(p.id) for p in people] != [status] * len(people):
            frame = a.recv()
            if frame["type"] == "presence":
                seen[frame["user_id"]] = frame["status"]
            elif frame["type"] == "presence_batch":
                batches.append(frame)
                seen.update((user, status) for status in statuses for user in frame.get(status, []))
        return batches

    until_all("online")
    for s in sockets:
        s.cut()
    batches = until_all("offline")
    assert batches and all(set(b) == {"type", "offline"} and len(b["offline"]) > 8 for b in batches)
