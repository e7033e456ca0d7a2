"""Judges records of a conversation against the delivery contract. Pure: lists in, complaints out; no complaint means that it held.

observed   a list of event frames of one channel, as one observer got them, over all its connections
history    the messages of the channel as the API lists them at the end
acked      client_id → ack frame, of all who sent
log        seq → event frame of one channel, as it is stored
changes    message id → what its author did to it: {"texts": all that he ever sent it with, "edited": texts of edits that were acknowledged,
           "deleted": a deletion was acknowledged, "deleting": one was sent}"""

import collections
import json


def check_observer(name, observed, start, head):
    """Each event from start + 1 to head exactly once and in order."""
    found, expected = [], start + 1
    for frame in observed:
        seq = frame["seq"]
        if seq < expected:
            found.append(f"{name}: seq {seq} again or too late (expected {expected})")
            continue
        if seq > expected:
            found.append(f"{name}: seq {expected}{'' if seq == expected + 1 else f'–{seq - 1}'} is missing before {seq}")
        expected = seq + 1
    if expected <= head:
        found.append(f"{name}: seq {expected}–{head} never came")
    if expected > head + 1:
        found.append(f"{name}: got seq {expected - 1}, the channel ends at {head}")
    return found


def check_same(observers):
    """All who saw a seq saw the same event, byte for byte once parsed. observers: name → frames."""
    found, first = [], {}
    for name, frames in observers.items():
        for frame in frames:
            before = first.setdefault(frame["seq"], (name, frame))
            if before[1] is not frame and json.dumps(before[1], sort_keys=True) != json.dumps(frame, sort_keys=True):
                found.append(f"seq {frame['seq']} differs between {before[0]} and {name}")
    return found


def check_history(history, acked):
    """What was acknowledged is stored, once, under the id and seq of the acknowledgement; nothing else is there but what was sent and not
    acknowledged in time, which `sent` of check_channel tells apart."""
    found = []
    by_client = {}
    for message in history:
        if message["client_id"] in by_client:
            found.append(f"client_id {message['client_id']} is stored twice: messages {by_client[message['client_id']]['id']} and {message['id']}")
        by_client[message["client_id"]] = message
    for client_id, ack in acked.items():
        message = by_client.get(client_id)
        if message is None:
            found.append(f"acknowledged and lost: {client_id} (message {ack['message_id']}, seq {ack['seq']})")
        elif (message["id"], message["seq"]) != (ack["message_id"], ack["seq"]):
            found.append(f"acknowledged as message {ack['message_id']} seq {ack['seq']}, stored as {message['id']} seq {message['seq']}")
    seqs = [m["seq"] for m in sorted(history, key=lambda m: m["id"])]
    if len(set(seqs)) != len(seqs):
        found.append("two messages have one seq")
    return found


def check_log(log, head):
    """The stored log has each seq from 1 to the head, and each event stands where it says."""
    found = [f"the log has no seq {seq}" for seq in range(1, head + 1) if seq not in log]
    found += [f"the log has seq {seq}, the channel ends at {head}" for seq in log if not 1 <= seq <= head]
    return found + [f"the log has at {seq} what says {frame['seq']}" for seq, frame in log.items() if frame["seq"] != seq]


def check_as_logged(name, frames, log):
    """What an observer saw is what is stored."""
    return [f"{name}: seq {frame['seq']} differs from the log: {frame} {log.get(frame['seq'])}" for frame in frames
            if frame is not log.get(frame["seq"]) and frame != log.get(frame["seq"])]


def replay(log):
    """(message id → [seq, client_id, content, deleted] as the events tell it, complaints)."""
    messages, found = {}, []
    for seq, frame in sorted(log.items()):
        if frame["type"] == "chat_message":
            message = frame["message"]
            if message["id"] in messages:
                found.append(f"seq {seq} posts message {message['id']} again")
            messages[message["id"]] = [seq, message["client_id"], message["content"], False]
        elif frame["type"] in ("message_edited", "message_deleted"):
            number = frame["message"]["id"] if frame["type"] == "message_edited" else frame["message_id"]
            known = messages.get(number)
            if known is None or known[3]:
                found.append(f"seq {seq} is {frame['type']} of message {number}, which {'is deleted' if known else 'is not there'}")
            elif frame["type"] == "message_edited":
                known[2] = frame["message"]["content"]
            else:
                known[2:] = ["", True]
    return messages, found


def check_replay(history, log):
    """Whoever follows the events ends with what the history says."""
    told, found = replay(log)
    for message in history:
        stored = [message["seq"], message["client_id"], message["content"], message["is_deleted"]]
        if told.pop(message["id"], None) != stored:
            found.append(f"message {message['id']} is {stored} in the history; the events tell another story")
    return found + [f"message {number} was told and is not in the history" for number in told]


def check_changes(log, changes):
    """Acknowledged edits and deletions are in the log once, others at most once, and nothing else is."""
    edits, deletions, found = collections.defaultdict(list), collections.Counter(), []
    for seq, frame in log.items():
        if frame["type"] == "message_edited":
            edits[frame["message"]["id"], frame["message"]["content"]].append(seq)
        elif frame["type"] == "message_deleted":
            deletions[frame["message_id"]] += 1
    for (number, text), seqs in edits.items():
        if text not in changes[number]["texts"]:
            found.append(f"message {number} was never edited to {text!r}")
        if len(seqs) > 1:
            found.append(f"message {number} was edited to {text!r} {len(seqs)} times: seqs {seqs}")
    for number, change in changes.items():
        found += [f"message {number}: acknowledged and lost: the edit to {text!r}" for text in change["edited"] if (number, text) not in edits]
        if deletions[number] > 1 or (change["deleted"] and not deletions[number]) or (deletions[number] and not change["deleting"]):
            found.append(f"message {number} has {deletions[number]} deletions; sent {change['deleting']}, acknowledged {change['deleted']}")
    return found


def _summary(replies):
    """What a root shows of its thread. replies: those that are not deleted, by seq."""
    return {"reply_count": len(replies), "last_reply_id": replies[-1]["id"] if replies else None,
            "user_ids": list(dict.fromkeys(m["user_id"] for m in reversed(replies)))[:5]}


def _differs(shown, replies):
    return [f"{name} {shown.get(name)} instead of {value}" for name, value in _summary(replies).items() if shown.get(name) != value]


def check_threads(history, log):
    """Each root shows what its thread has, at the end and in every event of a reply or of the deletion of one."""
    found, threads, where = [], collections.defaultdict(dict), {}
    for seq, frame in sorted(log.items()):
        if frame["type"] == "chat_message" and (root := frame["message"].get("thread_id")):
            where[frame["message"]["id"]] = root
            threads[root][frame["message"]["id"]] = frame["message"]
        elif frame["type"] == "message_deleted" and (root := where.get(frame["message_id"])):
            threads[root].pop(frame["message_id"], None)
        else:
            continue
        found += [f"the event at {seq} shows of thread {root}: {what}" for what in _differs(frame.get("thread") or {}, list(threads[root].values()))]
    for message in history:
        if message["id"] in threads or "thread" in message:
            replies = [m for m in history if m.get("thread_id") == message["id"] and not m["is_deleted"]]
            found += [f"message {message['id']} shows of its thread: {what}"
                      for what in _differs(message.get("thread", {"reply_count": 0, "user_ids": []}), sorted(replies, key=lambda m: m["seq"]))]
    return found


def told_of_replies(log, person, groups=frozenset()):
    """The replies in threads of which a person is to be notified: he wrote the root, has replied before or was mentioned in a reply, and neither was the
    channel told nor is he mentioned. groups: ids of those that he is in."""
    authors, talked, told = {}, collections.defaultdict(set), []
    for _, frame in sorted(log.items()):
        if frame["type"] != "chat_message":
            continue
        message = frame["message"]
        authors[message["id"]] = message["user_id"]
        root = message.get("thread_id")
        if root is None:
            continue
        mentioned = person in message.get("mentions", ()) or message.get("mention_all") == "channel" or bool(groups & set(message.get("mention_groups", ())))
        if person in talked[root] | {authors.get(root)} and message["user_id"] != person and not message["in_channel"] and not mentioned:
            told.append(message["id"])
        talked[root] |= {message["user_id"], *message.get("mentions", ())}
    return told


def check_notifications(name, told, expected):
    """Each message is told once. told: message ids of one person's notifications, expected: the messages of others in his channels."""
    count = collections.Counter(told)
    found = [f"{name}: message {number} was told {n} times" for number, n in count.items() if n > 1]
    found += [f"{name}: message {number} was never told" for number in sorted(set(expected) - set(count))]
    return found + [f"{name}: message {number} was told and concerns others" for number in sorted(set(count) - set(expected))]


def check_channel(history, acked, sent, observers, start, head, log=None, changes=None):
    """All of it for one channel. sent: text → client_id; observers: name → frames; start: name → position at its first connection. Where
    messages were edited or deleted, log and changes tell so."""
    found = check_history(history, acked)
    known = {client_id: text for text, client_id in sent.items()}
    posted = {m["client_id"]: m["content"] for m in history}
    if log is not None:
        posted = {f["message"]["client_id"]: f["message"]["content"] for f in log.values() if f["type"] == "chat_message"}
        found += check_log(log, head) + check_replay(history, log) + check_changes(log, changes) + check_threads(history, log)
    for message in history:
        if message["client_id"] not in known or known[message["client_id"]] != posted.get(message["client_id"]):
            found.append(f"message {message['id']} was never sent like that: {posted.get(message['client_id'])!r}")
    stored = {m["seq"]: m["id"] for m in history}
    for name, frames in observers.items():
        found += check_observer(name, frames, start[name], head)
        for frame in frames:
            if frame["type"] == "chat_message" and stored.get(frame["seq"]) != frame["message"]["id"]:
                found.append(f"{name}: seq {frame['seq']} was message {frame['message']['id']}, the history has {stored.get(frame['seq'])}")
        if log is not None:
            found += check_as_logged(name, frames, log)
    return found + check_same(observers)
