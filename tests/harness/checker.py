"""Judges records of a conversation against the delivery contract. Pure: lists in, complaints out; no complaint means that it held.

observed   a list of event frames of one channel, as one observer got them, over all its connections
history    the messages of the channel as the API lists them at the end
acked      client_id → ack frame, of all who sent"""

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
            text = json.dumps(frame, sort_keys=True)
            before = first.setdefault(frame["seq"], (name, text))
            if before[1] != text:
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


def check_channel(history, acked, sent, observers, start, head):
    """All of it for one channel. sent: text → client_id; observers: name → frames; start: name → position at its first connection."""
    found = check_history(history, acked)
    known = {client_id: text for text, client_id in sent.items()}
    for message in history:
        if known.get(message["client_id"]) != message["content"]:
            found.append(f"message {message['id']} was never sent like that: {message['content']!r}")
    for name, frames in observers.items():
        found += check_observer(name, frames, start[name], head)
        stored = {m["seq"]: m["id"] for m in history}
        for frame in frames:
            if frame["type"] == "chat_message" and stored.get(frame["seq"]) != frame["message"]["id"]:
                found.append(f"{name}: seq {frame['seq']} was message {frame['message']['id']}, the history has {stored.get(frame['seq'])}")
    return found + check_same(observers)
