"""The judge of reactions and pins is judged: planted faults are found, and a good record is not blamed."""

import copy

import pytest

from harness.marks import check_marks

ANA, LUIS = 1, 2


def record():
    """Messages 11, 12 and 13; 11 has reactions that came and went, 12 was pinned twice, 13 is deleted with all that it had."""
    told = [*({"type": "chat_message", "message": {"id": n}} for n in (11, 12, 13)),
            mark("reaction_added", ANA, 11, "👍"), mark("reaction_added", LUIS, 11, "🎉"), mark("reaction_added", LUIS, 11, "👍"),
            mark("message_pinned", LUIS, 12), mark("message_pinned", ANA, 11), mark("message_unpinned", ANA, 12), mark("message_pinned", ANA, 12),
            mark("reaction_removed", ANA, 11, "👍"),
            {"type": "message_edited", "message": {"id": 11, "reactions": [shows("👍", LUIS), shows("🎉", LUIS)], "pin": {"user_id": ANA}}},
            mark("reaction_removed", LUIS, 11, "👍"), mark("reaction_added", LUIS, 11, "👍"),
            mark("reaction_added", ANA, 13, "👍"), mark("message_pinned", ANA, 13), {"type": "message_deleted", "message_id": 13}]
    log = {seq: {**frame, "seq": seq} for seq, frame in enumerate(told, 1)}
    asked = [((f["type"], f["user_id"], f["message_id"], f.get("emoji")), f["seq"]) for f in log.values() if "user_id" in f]
    history = [{"id": 11, "reactions": [shows("🎉", LUIS), shows("👍", LUIS)], "pin": {"user_id": ANA}}, {"id": 12, "pin": {"user_id": ANA}}, {"id": 13}]
    return {"history": history, "pinned": [12, 11], "log": log, "sent": {what for what, _ in asked}, "acked": [*asked, (asked[0][0], 0)]}


def mark(kind, user, message, emoji=None):
    return {"type": kind, "user_id": user, "message_id": message, **({"emoji": emoji} if emoji else {})}


def shows(emoji, *users):
    return {"emoji": emoji, "count": len(users), "user_ids": list(users)}


def at(r, kind, nth=0):
    return [seq for seq, frame in r["log"].items() if frame["type"] == kind][nth]


def lose_a_reaction(r):
    r["history"][0]["reactions"].pop()


def lose_all_reactions(r):
    del r["history"][0]["reactions"]


def count_wrongly(r):
    r["history"][0]["reactions"][0]["count"] += 1


def show_others(r):
    r["history"][0]["reactions"][0]["user_ids"] = [ANA]


def show_another_order(r):
    r["history"][0]["reactions"].reverse()


def show_reactions_of_a_deleted_message(r):
    r["history"][2]["reactions"] = [shows("👍", ANA)]


def lose_a_pin(r):
    del r["history"][1]["pin"]


def pin_by_another(r):
    r["history"][1]["pin"]["user_id"] = LUIS


def list_a_deleted_pin(r):
    r["pinned"].insert(0, 13)


def list_pins_in_another_order(r):
    r["pinned"].reverse()


def add_twice(r):
    r["log"][at(r, "reaction_removed")]["type"] = "reaction_added"


def remove_what_is_not_there(r):
    r["log"][at(r, "reaction_added")]["type"] = "reaction_removed"


def pin_twice(r):
    r["log"][at(r, "message_unpinned")]["type"] = "message_pinned"


def unpin_what_is_not_pinned(r):
    r["log"][at(r, "message_pinned")]["type"] = "message_unpinned"


def mark_after_the_deletion(r):
    seq = len(r["log"]) + 1
    r["log"][seq] = {**mark("reaction_added", ANA, 13, "👍"), "seq": seq}


def edit_shows_too_little(r):
    r["log"][at(r, "message_edited")]["message"]["reactions"].pop()


def edit_shows_no_pin(r):
    del r["log"][at(r, "message_edited")]["message"]["pin"]


def nobody_asked(r):
    r["sent"].remove(("reaction_added", LUIS, 11, "🎉"))


def lose_what_was_acknowledged(r):
    r["acked"].append((("reaction_added", ANA, 12, "👍"), len(r["log"]) + 1))


def acknowledge_something_else(r):
    r["acked"][0] = (r["acked"][0][0], at(r, "message_pinned"))


def acknowledge_a_message(r):
    r["acked"][0] = (r["acked"][0][0], 1)


FAULTS = [lose_a_reaction, lose_all_reactions, count_wrongly, show_others, show_another_order, show_reactions_of_a_deleted_message, lose_a_pin, pin_by_another,
          list_a_deleted_pin, list_pins_in_another_order, add_twice, remove_what_is_not_there, pin_twice, unpin_what_is_not_pinned, mark_after_the_deletion,
          edit_shows_too_little, edit_shows_no_pin, nobody_asked, lose_what_was_acknowledged, acknowledge_something_else, acknowledge_a_message]


def test_a_good_record_is_not_blamed():
    assert check_marks(**record()) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.__name__)
def test_a_planted_fault_is_found(fault):
    r = copy.deepcopy(record())
    fault(r)
    assert check_marks(**r)
