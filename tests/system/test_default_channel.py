"""The channel that everybody is in: a new organisation has it from its first moment, and who comes later finds himself there."""

import pytest
from harness import until


@pytest.fixture
def suite(make_suite):
    return make_suite(env={"PALIQUE_DEFAULT_CHANNEL": "plaza"})


def channels(person, scope="mine"):
    return person.ok("GET", f"/channels/?scope={scope}")["items"]


def joined(person):
    return until(lambda: channels(person), "the default channel")


def test_it_is_there_for_everybody(suite):
    ana = suite.org().admin
    (plaza,) = joined(ana)
    assert (plaza["name"], plaza["type"], plaza["role"], plaza["created_by"], plaza["member_count"]) == ("plaza", "public", "owner", ana.id, 1)
    ws = suite.keep(ana.ws())
    ws.expect("hello")

    luis = suite.client().register(domain=ana.email.split("@")[1])
    (his,) = joined(luis)
    assert (his["id"], his["role"], his["member_count"]) == (plaza["id"], "member", 2)
    assert ws.expect("user_joined", user_id=luis.id)["channel_id"] == plaza["id"]
    luis.send(plaza, "¡hola a todos!")
    assert ws.expect("chat_message")["message"]["content"] == "¡hola a todos!"

    stranger = suite.org().admin
    assert [c["id"] for c in joined(stranger)] != [plaza["id"]]
    stranger.refused(404, "channel.not_found", "GET", f"/channels/{plaza['id']}")


def test_what_becomes_of_it_is_the_organisations_business(suite):
    org = suite.org()
    ana = org.admin
    (plaza,) = joined(ana)
    ana.ok("PUT", f"/channels/{plaza['id']}", json={"name": "zócalo"})
    assert [c["name"] for c in joined(org.member())] == ["zócalo"]

    ana.ok("PUT", f"/channels/{plaza['id']}", json={"is_archived": True})
    late = org.member()
    assert late.ok("GET", f"/channels/{plaza['id']}")["member_count"] == 2 and channels(late) == []

    ana.ok("PUT", f"/channels/{plaza['id']}", json={"is_archived": False})
    ana.ok("PUT", f"/channels/{plaza['id']}", json={"type": "private"})
    late = org.member()
    late.refused(404, "channel.not_found", "GET", f"/channels/{plaza['id']}")
    assert channels(late) == []

    ana.ok("DELETE", f"/channels/{plaza['id']}", status=204)
    assert channels(org.member(), "all") == []


def test_an_organisation_that_has_channels_gets_none(suite):
    org = suite.org()
    joined(org.admin)
    suite.psql("delete from chat.default_channel")  # as one that is older than the default channel
    invitation = org.admin.ok("POST", "/invitations", json={"role": "admin"}, status=201)
    late = org.member(invitation=invitation["token"])
    assert late.user["role"] == "admin"
    until(lambda: late.ok("GET", "/bootstrap"), "chat to know him")
    assert channels(late) == [] and len(channels(late, "all")) == 1
