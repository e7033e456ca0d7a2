"""Judges reactions and pins as checker.py judges messages: what the events tell, what is shown in the end, what was acknowledged. Pure.

log     seq → event frame of one channel, as it is stored
sent    {(type of the event, user, message, emoji or None)}: all that was asked for
acked   [(that, seq of the acknowledgement, 0: nothing was changed)]"""

MARKS = ("reaction_added", "reaction_removed", "message_pinned", "message_unpinned")
SHOWN = 50  # users of one emoji


def fact(frame):
    return frame["type"], frame["user_id"], frame["message_id"], frame.get("emoji")


def shown(reactions):
    """What a message shows. reactions: emoji → users, both in the order of their coming."""
    return [{"emoji": emoji, "count": len(users), "user_ids": users[:SHOWN]} for emoji, users in reactions.items()]


def _react(frame, reactions):
    kind, user, _, emoji = fact(frame)
    users = reactions.get(emoji, [])
    if (kind == "reaction_added") == (user in users):
        return [f"seq {frame['seq']} is {kind} of {emoji} by {user}, who {'has reacted' if user in users else 'has not reacted'}"]
    if kind == "reaction_added":
        reactions.setdefault(emoji, []).append(user)
    else:
        users.remove(user)
        if not users:
            del reactions[emoji]
    return []


def replay(log):
    """(message → its reactions, message → who has pinned it, complaints)."""
    reactions, pins, found = {}, {}, []
    for seq, frame in sorted(log.items()):
        kind = frame["type"]
        if kind == "chat_message":
            reactions[frame["message"]["id"]] = {}
        elif kind == "message_deleted":
            reactions.pop(frame["message_id"], None)
            pins.pop(frame["message_id"], None)
        elif kind == "message_edited":
            found += [f"the event at {seq} shows {what}" for what in _differs(frame["message"], reactions, pins)]
        elif kind in MARKS and frame["message_id"] not in reactions:
            found.append(f"seq {seq} is {kind} of message {frame['message_id']}, which is not there")
        elif kind in ("reaction_added", "reaction_removed"):
            found += _react(frame, reactions[frame["message_id"]])
        elif kind in ("message_pinned", "message_unpinned"):
            if (kind == "message_pinned") == (frame["message_id"] in pins):
                found.append(f"seq {seq} is {kind} of message {frame['message_id']}, which is so already")
            pins.pop(frame["message_id"], None)  # pinned again, it is the newest
            if kind == "message_pinned":
                pins[frame["message_id"]] = frame["user_id"]
    return reactions, pins, found


def _differs(message, reactions, pins):
    number = message["id"]
    expected = shown(reactions.get(number, {}))
    found = []
    if message.get("reactions", []) != expected:
        found.append(f"message {number} with the reactions {message.get('reactions')} instead of {expected}")
    if (message.get("pin") or {}).get("user_id") != pins.get(number):
        found.append(f"message {number} pinned by {message.get('pin')} instead of {pins.get(number)}")
    return found


def check_marks(history, pinned, log, sent, acked):
    """history: the messages of the channel; pinned: ids of the list of its pins, in its order."""
    reactions, pins, found = replay(log)
    for message in history:
        found += [f"the history shows {what}" for what in _differs(message, reactions, pins)]
    if pinned != list(reversed(pins)):
        found.append(f"the pins are {pinned}, the events tell {list(reversed(pins))}")
    found += [f"seq {seq} was never asked for: {frame}" for seq, frame in log.items() if frame["type"] in MARKS and fact(frame) not in sent]
    for what, seq in acked:
        if seq and (log.get(seq, {}).get("type") not in MARKS or fact(log[seq]) != what):
            found.append(f"acknowledged and lost: {what} at seq {seq}, where the log has {log.get(seq)}")
    return found
