"""The judge of markers and counts is judged: planted faults are found, and a good record is not blamed."""

import copy

import pytest

from harness.counts import check_counts, check_threads_of, check_totals, told_of_mentions

ANA, LUIS, EVA = 1, 2, 3
GROUP = 7


def said(number, author, **more):
    return {"id": 100 + number, "seq": number, "user_id": author, "is_deleted": False, "message_type": "text", "mentions": [], **more}


def record():
    """Ana joined at 1, wrote at 4 and has read up to 5. After it: one of her own (in a thread only), one deleted, one of the system, one in a thread
    only, and four that count, of which three mention her: by name, with everyone, and by a group."""
    history = [said(2, LUIS, mentions=[ANA]), said(3, LUIS), said(4, ANA), said(5, LUIS), said(6, LUIS, mentions=[ANA, EVA]),
               said(7, LUIS, is_deleted=True, mentions=[ANA]), said(8, EVA, mention_all="channel"), said(9, LUIS, message_type="system"),
               said(10, ANA, thread_id=103, in_channel=False), said(11, LUIS, thread_id=103, in_channel=False, mentions=[ANA]),
               said(12, LUIS, thread_id=104, in_channel=True), said(13, EVA, mention_groups=[GROUP], mention_all="here"),
               said(14, EVA, thread_id=105, in_channel=False, is_deleted=True, mentions=[ANA])]
    log = {m["seq"]: {"type": "chat_message", "seq": m["seq"], "message": {**m, "is_deleted": False}} for m in history}
    place = {"read_seq": 5, "unread_count": 4, "mention_count": 3}
    return {"history": history, "log": log, "person": {"id": ANA, "groups": {GROUP}, "joined": 1}, "marks": {"read": [3, 5], "back": []},
            "shown": {"bootstrap": place, "channel": dict(place)}, "totals": {"channels": 1, "messages": 4, "mentions": 3},
            "states": {103: {"read_seq": 10, "unread_count": 1, "mention_count": 1}, 104: {"read_seq": 4, "unread_count": 1, "mention_count": 0}}}


def judge(r):
    return (check_counts(r["history"], r["person"], r["marks"], r["shown"]) + check_totals([r["shown"]["channel"], {"unread_count": 0, "mention_count": 0}], r["totals"])
            + check_threads_of(r["history"], r["log"], r["person"], r["states"]))


def everywhere(r, name, by):
    for place in r["shown"].values():
        place[name] += by
    if name != "read_seq":
        r["totals"]["messages" if name == "unread_count" else "mentions"] += by


def count_one_too_many(r):
    everywhere(r, "unread_count", 1)


def count_one_too_few(r):
    everywhere(r, "unread_count", -1)


def lose_a_mention(r):
    everywhere(r, "mention_count", -1)


def count_a_deleted_mention(r):
    everywhere(r, "mention_count", 1)


def move_the_marker_too_far(r):
    everywhere(r, "read_seq", 1)
    everywhere(r, "unread_count", -1)
    everywhere(r, "mention_count", -1)


def lose_a_read_marker(r):
    r["marks"]["read"] = [3, 6]


def lose_the_marker_of_what_he_wrote(r):
    r["history"][3]["user_id"] = ANA
    r["marks"]["read"] = []
    everywhere(r, "read_seq", -1)


def set_the_marker_back_to_where_nobody_asked(r):
    r["marks"] = {"read": [5], "back": [8]}
    everywhere(r, "read_seq", 1)
    everywhere(r, "unread_count", -1)
    everywhere(r, "mention_count", -1)


def tell_another_device_otherwise(r):
    r["shown"]["bootstrap"]["unread_count"] = 5


def add_up_messages_wrongly(r):
    r["totals"]["messages"] = 5


def add_up_mentions_wrongly(r):
    r["totals"]["mentions"] = 0


def count_channels_wrongly(r):
    r["totals"]["channels"] = 2


def forget_a_thread(r):
    del r["states"][104]


def list_a_thread_without_replies(r):
    r["states"][105] = {"read_seq": 0, "unread_count": 0, "mention_count": 0}


def count_replies_wrongly(r):
    r["states"][104]["unread_count"] = 0


def lose_a_mention_in_a_thread(r):
    r["states"][103]["mention_count"] = 0


def forget_that_he_has_replied(r):
    r["states"][103].update(read_seq=9)


FAULTS = [count_one_too_many, count_one_too_few, lose_a_mention, count_a_deleted_mention, move_the_marker_too_far, lose_a_read_marker,
          lose_the_marker_of_what_he_wrote, set_the_marker_back_to_where_nobody_asked, tell_another_device_otherwise, add_up_messages_wrongly,
          add_up_mentions_wrongly, count_channels_wrongly, forget_a_thread, list_a_thread_without_replies, count_replies_wrongly, lose_a_mention_in_a_thread,
          forget_that_he_has_replied]


def test_a_good_record_is_not_blamed():
    assert judge(record()) == []


def test_a_marker_that_was_set_back_may_stand_there():
    r = record()
    r["marks"] = {"read": [12], "back": [5]}
    assert judge(r) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.__name__)
def test_a_planted_fault_is_found(fault):
    r = copy.deepcopy(record())
    fault(r)
    assert judge(r)


def test_mentions_are_told_as_they_were_sent():
    r = record()
    r["log"][5] = {"type": "message_edited", "seq": 5, "message": {**said(3, LUIS), "mentions": [ANA]}}
    assert told_of_mentions(r["log"], r["person"]) == [102, 106, 107, 108, 111, 113, 114]
    assert told_of_mentions(r["log"], {**r["person"], "joined": 7, "groups": set()}) == [108, 111, 114]
