"""The judge of the kill tests is judged: planted losses, repeats and swaps are found, and a good record is not blamed."""

import copy

import pytest
from harness.checker import check_channel

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
