"""The judge of the kill tests is judged: planted losses, repeats and swaps are found, and a good record is not blamed."""

import copy

import pytest
from harness.checker import check_channel, check_notifications, check_threads, told_of_replies

START, COUNT = 2, 20


def record():
    """Two observers of one channel with COUNT messages of one author."""
    history, acked, sent = [], {}, {}
    for n in range(COUNT):
        seq, client = START + 1 + n, f"client-{n}"
        history.append({"id": 100 + n, "seq": seq, "client_id": client, "content": f"text {n}"})
        acked[client] = {"message_id": 100 + n, "seq": seq}
        sent[f"text {n}"] = client
    frames = [{"type": "chat_message", "channel_id": 1, "seq": m["seq"], "message": dict(m)} for m in history]
    return {"history": history, "acked": acked, "sent": sent, "observers": {"ana": frames, "luis": copy.deepcopy(frames)},
            "start": {"ana": START, "luis": START}, "head": START + COUNT}


def lose(r):
    del r["observers"]["luis"][7]


def lose_the_last(r):
    r["observers"]["luis"].pop()


def lose_the_first(r):
    del r["observers"]["ana"][0]


def repeat(r):
    r["observers"]["luis"].insert(8, r["observers"]["luis"][7])


def repeat_later(r):
    r["observers"]["luis"].append(r["observers"]["luis"][3])


def swap(r):
    frames = r["observers"]["ana"]
    frames[4], frames[5] = frames[5], frames[4]


def lose_from_the_history(r):
    del r["history"][5]


def store_twice(r):
    r["history"].append({**r["history"][5], "id": 999, "seq": 999})


def store_elsewhere(r):
    r["history"][5]["seq"] = 500


def acknowledge_wrongly(r):
    r["acked"]["client-3"]["seq"] += 1


def change_the_content(r):
    r["history"][2]["content"] = "half of te"


def invent(r):
    r["history"].append({"id": 998, "seq": START + COUNT + 1, "client_id": "nobody", "content": "ghost"})


def show_differently(r):
    r["observers"]["luis"][4]["message"]["content"] = "other"


def show_more_than_there_is(r):
    frame = copy.deepcopy(r["observers"]["luis"][-1])
    frame["seq"] += 1
    r["observers"]["luis"].append(frame)


FAULTS = [lose, lose_the_last, lose_the_first, repeat, repeat_later, swap, lose_from_the_history, store_twice, store_elsewhere, acknowledge_wrongly,
          change_the_content, invent, show_differently, show_more_than_there_is]


def test_a_good_record_is_not_blamed():
    assert check_channel(**record()) == []


def test_what_was_stored_without_acknowledgement_in_time_is_no_fault():
    r = record()
    del r["acked"]["client-9"]
    assert check_channel(**r) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.__name__)
def test_a_planted_fault_is_found(fault):
    r = record()
    fault(r)
    assert check_channel(**r)


# ---- with edits and deletions: judged by the stored log ----
def changed():
    """The same, then message 3 edited twice and message 4 deleted by its author; message 5's author asked for an edit that was never made."""
    r = record()
    log = {1: {"type": "user_joined", "channel_id": 1, "seq": 1}, 2: {"type": "user_joined", "channel_id": 1, "seq": 2}}
    log.update({f["seq"]: f for f in r["observers"]["ana"]})
    for n, text in ((3, "better"), (3, "best")):
        message = {**log[START + 1 + n]["message"], "content": text}
        log[len(log) + 1] = {"type": "message_edited", "channel_id": 1, "seq": len(log) + 1, "message": message}
    log[len(log) + 1] = {"type": "message_deleted", "channel_id": 1, "seq": len(log) + 1, "message_id": 104, "deleted_by": 1}
    frames = [log[seq] for seq in sorted(log) if seq > START]
    for m in r["history"]:
        m["is_deleted"] = m["id"] == 104
    r["history"][3]["content"], r["history"][4]["content"] = "best", ""
    changes = {m["id"]: {"texts": [f"text {m['id'] - 100}"], "edited": set(), "deleted": False, "deleting": False} for m in r["history"]}
    changes[103] = {"texts": ["text 3", "better", "best"], "edited": {"better"}, "deleted": False, "deleting": False}
    changes[104].update(deleted=True, deleting=True)
    changes[105]["texts"].append("not made")
    return {**r, "observers": {"ana": copy.deepcopy(frames), "luis": copy.deepcopy(frames)}, "head": len(log), "log": copy.deepcopy(log), "changes": changes}


EDITED = START + COUNT + 2  # the seq of the second edit


def lose_an_edit_from_the_log(r):
    del r["log"][EDITED]


def lose_an_edit_everywhere(r):
    """Somebody answered for an edit that never was."""
    r["changes"][103]["texts"].append("lost")
    r["changes"][103]["edited"].add("lost")


def lose_a_deletion(r):
    r["changes"][105].update(deleted=True, deleting=True)


def delete_twice(r):
    seq = r["head"] + 1
    r["log"][seq] = {**r["log"][r["head"]], "seq": seq}
    for frames in r["observers"].values():
        frames.append(r["log"][seq])
    r["head"] = seq


def delete_unasked(r):
    r["changes"][104].update(deleted=False, deleting=False)


def edit_unasked(r):
    r["changes"][103]["texts"].remove("best")


def edit_twice(r):
    for place in (r["log"], *({f["seq"]: f for f in frames} for frames in r["observers"].values())):
        place[EDITED]["message"]["content"] = "better"
    r["history"][3]["content"] = "better"


def keep_the_old_text(r):
    r["history"][3]["content"] = "better"


def keep_what_was_deleted(r):
    r["history"][4].update(content="text 4", is_deleted=False)


def show_an_edit_differently(r):
    for frames in r["observers"].values():
        frames[-2]["message"]["content"] = "worse"


def show_all_but_the_log_differently(r):
    for frames in r["observers"].values():
        frames[0]["message"]["content"] = "worse"


def log_ends_early(r):
    del r["log"][r["head"]]


def log_begins_late(r):
    del r["log"][1]


def log_says_another_seq(r):
    r["log"][5]["seq"] = 6


def history_lost_a_message(r):
    del r["history"][6]


CHANGED_FAULTS = [lose_an_edit_from_the_log, lose_an_edit_everywhere, lose_a_deletion, delete_twice, delete_unasked, edit_unasked, edit_twice, keep_the_old_text,
                  keep_what_was_deleted, show_an_edit_differently, show_all_but_the_log_differently, log_ends_early, log_begins_late, log_says_another_seq,
                  history_lost_a_message]


def test_a_good_record_with_changes_is_not_blamed():
    assert check_channel(**changed()) == []


@pytest.mark.parametrize("fault", FAULTS[:6] + CHANGED_FAULTS, ids=lambda f: f.__name__)
def test_a_planted_fault_among_changes_is_found(fault):
    r = changed()
    fault(r)
    assert check_channel(**r)


@pytest.mark.parametrize("told", [[1, 2], [1, 2, 3, 3], [1, 2, 3, 4]], ids=["lost", "twice", "of others"])
def test_a_wrong_notification_is_found(told):
    assert check_notifications("ana", [3, 1, 2], [1, 2, 3]) == []
    assert check_notifications("ana", told, [1, 2, 3])


# ---- threads ----
def thread():
    """(history, log): users 2, 3 and 2 reply to message 1 of user 1, the last but one is deleted."""
    messages = [{"id": n, "seq": n, "user_id": user, "is_deleted": n == 3, **({"thread_id": 1, "in_channel": n == 2} if n > 1 else {})}
                for n, user in ((1, 1), (2, 2), (3, 3), (4, 2))]
    shown = {2: (1, 2, [2]), 3: (2, 3, [3, 2]), 4: (3, 4, [2, 3]), 5: (2, 4, [2])}
    summary = lambda seq: dict(zip(("reply_count", "last_reply_id", "user_ids"), shown[seq]))  # noqa: E731
    log = {m["seq"]: {"type": "chat_message", "seq": m["seq"], "message": m, **({"thread": summary(m["seq"])} if m["seq"] > 1 else {})} for m in messages}
    log[5] = {"type": "message_deleted", "seq": 5, "message_id": 3, "thread": summary(5)}
    history = copy.deepcopy(messages)
    history[0]["thread"] = summary(5)
    return history, copy.deepcopy(log)


def test_a_good_thread_is_not_blamed():
    assert check_threads(*thread()) == []


@pytest.mark.parametrize("where", ["root", 2, 4, 5])
@pytest.mark.parametrize("name,value", [("reply_count", 7), ("last_reply_id", 1), ("user_ids", [3, 2])])
def test_a_wrong_summary_of_a_thread_is_found(where, name, value):
    history, log = thread()
    (history[0] if where == "root" else log[where])["thread"][name] = value
    assert check_threads(history, log)


def test_a_root_that_shows_nothing_and_a_reply_that_tells_nothing_are_found():
    history, log = thread()
    del history[0]["thread"]
    assert check_threads(history, log)
    history, log = thread()
    del log[4]["thread"]
    assert check_threads(history, log)


def test_who_is_to_be_told_of_replies():
    log = thread()[1]
    assert [told_of_replies(log, user) for user in (1, 2, 3, 4)] == [[3, 4], [3], [4], []]


def test_who_is_mentioned_in_a_reply_is_told_of_the_next():
    log = thread()[1]
    log[3]["message"]["mentions"] = [4]
    assert told_of_replies(log, 4) == [4]
    log[4]["message"]["mention_groups"] = [9]
    assert (told_of_replies(log, 4), told_of_replies(log, 4, {9})) == ([4], [])
    log[4]["message"]["mention_all"] = "channel"
    assert told_of_replies(log, 4) == [] == told_of_replies(log, 2)[1:]
