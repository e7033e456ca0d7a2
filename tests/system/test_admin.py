"""Moderation, reports, audit, figures (REQUIREMENTS G1–G3, G6)."""

import json

import httpx

from harness import until


def reported(org, content="rude"):
    author, reader = org.member(), org.member()
    channel = author.channel()
    reader.join(channel)
    message = author.send(channel, content)
    reader.ok("POST", f"/messages/{message['id']}/report", json={"reason": "it is rude"})
    reports = until(lambda: [r for r in org.admin.ok("GET", "/admin/reports")["items"] if r["message_id"] == message["id"]], "the report")
    return reports[0], author, reader, channel


def test_a_report_reaches_the_moderators_with_what_was_said(org):
    report, author, reader, channel = reported(org)
    assert report["content"] == "rude" and report["author_id"] == author.id and report["reported_by"] == reader.id
    assert report["status"] == "pending" and report["reviewed_by"] is None and report["channel_id"] == channel["id"]


def test_a_decision_names_who_decided_and_can_be_changed(org):
    report, *_ = reported(org)
    moderator = org.moderator()
    done = moderator.ok("PUT", f"/admin/reports/{report['id']}", json={"status": "dismissed", "note": "it is a joke"})
    assert (done["status"], done["reviewed_by"], done["note"]) == ("dismissed", moderator.id, "it is a joke")
    again = moderator.ok("PUT", f"/admin/reports/{report['id']}", json={"status": "pending"})
    assert again["reviewed_by"] is None and again["note"] == "it is a joke"


def test_reports_are_filtered_and_paged(org):
    for content in ("one", "two", "three"):
        reported(org, content)
    first = org.admin.ok("GET", "/admin/reports", params={"limit": 2, "status": "pending"})
    rest = org.admin.ok("GET", "/admin/reports", params={"limit": 2, "status": "pending", "cursor": first["next_cursor"]})
    assert [r["content"] for r in first["items"] + rest["items"]] == ["three", "two", "one"]
    assert rest["next_cursor"] is None
    org.admin.refused(400, "request.invalid", "GET", "/admin/reports?cursor=nonsense")
    org.admin.refused(404, "report.not_found", "PUT", "/admin/reports/999999999", json={"status": "resolved"})


def test_members_have_no_business_in_the_admin_api(org):
    member = org.member()
    for method, path, body in (("GET", "/admin/stats", None), ("GET", "/admin/users", None), ("GET", "/admin/reports", None), ("GET", "/admin/audit", None),
                               ("POST", "/admin/moderation/actions", {"user_id": org.admin.id, "action_type": "ban", "reason": "no"})):
        member.refused(403, "access.denied", method, path, json=body)
    member.refused(401, "token.missing", "GET", "/admin/stats", token=False)


def test_moderators_act_on_members_only_and_nobody_on_themselves(org):
    moderator, other = org.moderator(), org.moderator()
    action = {"action_type": "warning", "reason": "behave"}
    moderator.refused(403, "moderation.self", "POST", "/admin/moderation/actions", json={**action, "user_id": moderator.id})
    moderator.refused(403, "moderation.rank", "POST", "/admin/moderation/actions", json={**action, "user_id": other.id})
    moderator.refused(403, "moderation.rank", "POST", "/admin/moderation/actions", json={**action, "user_id": org.admin.id})
    moderator.refused(404, "user.not_found", "POST", "/admin/moderation/actions", json={**action, "user_id": 999999999})
    moderator.refused(400, "request.invalid", "POST", "/admin/moderation/actions", json={**action, "user_id": org.member().id, "duration": 5})
    org.admin.ok("POST", "/admin/moderation/actions", json={**action, "user_id": other.id}, status=201)


def test_a_mute_stops_posting_and_ends_by_itself(org):
    member = org.member()
    channel = member.channel()
    org.admin.ok("POST", "/admin/moderation/actions", status=201,
                 json={"user_id": member.id, "action_type": "mute", "reason": "noise", "duration": 2})
    problem = member.refused(403, "channel.muted", "POST", f"/channels/{channel['id']}/messages", json={"content": "x"})
    assert problem["expires_at"]
    until(lambda: member.post(f"/channels/{channel['id']}/messages", {"content": "x"}).status_code == 201, "the mute to end")


def test_a_lifted_mute_is_over_at_once(org):
    member = org.member()
    channel = member.channel()
    mute = org.admin.ok("POST", "/admin/moderation/actions", json={"user_id": member.id, "action_type": "mute", "reason": "noise"}, status=201)
    assert mute["expires_at"] is None
    member.refused(403, "channel.muted", "POST", f"/channels/{channel['id']}/messages", json={"content": "x"})
    lifted = org.admin.ok("DELETE", f"/admin/moderation/actions/{mute['id']}")
    assert lifted["lifted_at"]
    member.send(channel, "back")
    assert org.admin.ok("DELETE", f"/admin/moderation/actions/{mute['id']}")["lifted_at"] == lifted["lifted_at"]
    org.admin.refused(404, "moderation.not_found", "DELETE", "/admin/moderation/actions/999999999")


def test_a_ban_closes_every_session_and_refuses_sign_in_until_it_ends(org):
    member = org.member()
    socket = member.ws("/ws")
    socket.expect("hello")
    ban = org.admin.ok("POST", "/admin/moderation/actions", status=201,
                       json={"user_id": member.id, "action_type": "ban", "reason": "spam", "duration": 3})
    socket.expect_close(4403)
    problem = member.refused(403, "user.banned", "POST", "/auth/login", json={"email": member.email, "password": member.password})
    assert problem["expires_at"] == ban["expires_at"]
    until(lambda: member.get("/channels/").status_code == 401, "the access token to be refused")
    until(lambda: member.post("/auth/login", {"email": member.email, "password": member.password}, token=False).status_code == 200, "the ban to end")


def test_a_warning_is_told_to_the_user(org):
    member = org.member()
    org.admin.ok("POST", "/admin/moderation/actions", json={"user_id": member.id, "action_type": "warning", "reason": "tone"}, status=201)
    told = until(lambda: [n for n in member.ok("GET", "/notifications")["items"] if n["kind"] == "moderation"], "the warning")
    assert "tone" in told[0]["text"] and told[0]["priority"] == "high"


def test_actions_are_listed_by_user_and_by_being_in_force(org):
    member = org.member()
    for kind in ("warning", "mute"):
        org.admin.ok("POST", "/admin/moderation/actions", json={"user_id": member.id, "action_type": kind, "reason": kind}, status=201)
    every = org.admin.ok("GET", "/admin/moderation/actions", params={"user_id": member.id})["items"]
    assert [a["action_type"] for a in every] == ["mute", "warning"]
    active = org.admin.ok("GET", "/admin/moderation/actions", params={"user_id": member.id, "active": "true"})["items"]
    assert [a["action_type"] for a in active] == ["mute"]


def test_every_act_is_in_the_audit_log_and_the_log_cannot_be_changed(org, suite):
    member = org.member()
    action = org.admin.ok("POST", "/admin/moderation/actions", json={"user_id": member.id, "action_type": "mute", "reason": "x"}, status=201)
    org.admin.ok("DELETE", f"/admin/moderation/actions/{action['id']}")
    rows = org.admin.ok("GET", "/admin/audit")["items"]
    assert [(r["action"], r["actor_id"], r["target"]) for r in rows[:2]] == [
        ("moderation.lift", org.admin.id, f"user:{member.id}"), ("moderation.create", org.admin.id, f"user:{member.id}")]
    assert len({r["hash"] for r in rows}) == len(rows) and all(len(r["hash"]) == 64 for r in rows)
    assert len(org.admin.ok("GET", "/admin/audit", params={"action": "moderation.lift"})["items"]) == 1
    for change in ("update admin.audit set actor_id = 1", "delete from admin.audit", "truncate admin.audit"):
        try:
            suite.psql_as("admin", change)
            raise AssertionError(f"{change} was possible")
        except RuntimeError as refused:
            assert "append-only" in str(refused)


def test_figures_follow_what_happens(org):
    member = org.member()
    channel = member.channel()
    for n in range(3):
        member.send(channel, f"m{n}")
    stats = until(lambda: (s := org.admin.ok("GET", "/admin/stats"))["messages"]["total"] == 3 and s, "the messages to be counted")
    assert stats["users"]["total"] == 2 and stats["channels"]["public"] == 1 and stats["channels"]["active"] == 1
    assert stats["messages"]["per_minute"] == 3 and stats["server_load"] >= 0
    people = org.admin.ok("GET", "/admin/users", params={"query": member.user["username"]})["items"]
    assert [(p["id"], p["messages"], p["is_muted"]) for p in people] == [(member.id, 3, False)]


def test_people_are_paged_by_name(org):
    for _ in range(3):
        org.member()
    first = org.admin.ok("GET", "/admin/users", params={"limit": 2})
    rest = org.admin.ok("GET", "/admin/users", params={"limit": 2, "cursor": first["next_cursor"]})
    names = [p["username"] for p in first["items"] + rest["items"]]
    assert names == sorted(names) and len(set(names)) == 4 and rest["next_cursor"] is None


def test_the_dashboard_streams_figures_to_administrators(org, suite):
    socket = org.admin.ws("/ws")
    socket.expect("hello")
    headers = {"Authorization": f"Bearer {org.admin.token}"}
    url = suite.base_for("/sse/dashboard") + "/sse/dashboard"
    with httpx.stream("GET", url, headers=headers, timeout=60) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        first, last = figures_until(stream, lambda figures: figures["active_users"] == 1)  # the gateway tells of its people every few seconds
    assert set(first) == set(last) == {"active_users", "messages_per_minute", "active_channels", "server_load", "timestamp"}
    member = org.member()
    assert member.get("/sse/dashboard").status_code == 403


def figures_until(stream, wanted, most=6):
    """The first figures of a dashboard, and those that are as wanted, which may be the same."""
    found = []
    for line in stream.iter_lines():
        if line.startswith("data:"):
            found.append(json.loads(line[5:]))
            if wanted(found[-1]):
                return found[0], found[-1]
            assert len(found) < most, found
    raise AssertionError("the stream ended")
