"""Judges read markers, unread and mention counts, and the threads of one person, by the history alone. Pure.

history   the messages of one channel as the API lists them at the end, those shown in a thread only among them
person    {"id", "groups": ids of the groups he is in, "joined": seq of his joining}
marks     what he did with his marker: {"read": seqs of acknowledged mark_read, "back": seqs before the messages that he marked as unread}
shown     {"read_seq", "unread_count", "mention_count"}, as each place that tells them says
states    root's id → the state of each thread that the API lists as followed by him
log       seq → event frame of the channel, as it is stored"""

THREAD_UNREAD_MAX = 100


def _of_others(history, person, after):
    return [m for m in history if m["seq"] > after and m["user_id"] != person["id"] and not m["is_deleted"] and m["message_type"] != "system"]


def _mentions(message, person):
    return person["id"] in message["mentions"] or message.get("mention_all") == "channel" or bool(person["groups"] & set(message.get("mention_groups", ())))


def counts_of(history, person, after):
    """(unread, mentions) with a marker that stands at `after`."""
    unread = [m for m in _of_others(history, person, after) if m.get("in_channel", True)]
    return len(unread), sum(_mentions(m, person) for m in unread)


def _check_marker(history, person, marks, seq):
    """A marker only goes forward, to what was read and to what one has written, unless it was set back: then it stands where one of these put it."""
    own = {m["seq"] for m in history if m["user_id"] == person["id"] and m.get("in_channel", True)}
    forward = own | set(marks["read"]) | {person["joined"]}
    if not marks["back"]:
        return [] if seq == max(forward) else [f"the marker is at {seq} instead of {max(forward)}"]
    return [] if seq in forward | set(marks["back"]) else [f"the marker is at {seq}, where nobody has put it"]


def check_counts(history, person, marks, shown):
    """shown: place → what it says."""
    said = {place: (s["read_seq"], s["unread_count"], s["mention_count"]) for place, s in shown.items()}
    if len(set(said.values())) != 1:
        return [f"the places differ about marker, unread and mentions: {said}"]
    seq, *counts = next(iter(said.values()))
    expected = counts_of(history, person, seq)
    found = _check_marker(history, person, marks, seq)
    return found + ([] if tuple(counts) == expected else [f"unread and mentions are {tuple(counts)} after {seq}, the history says {expected}"])


def check_totals(shown, totals):
    """shown: what is said of each channel of his; totals: of all together."""
    expected = {"channels": sum(s["unread_count"] > 0 for s in shown), "messages": sum(s["unread_count"] for s in shown),
                "mentions": sum(s["mention_count"] for s in shown)}
    return [f"the total of {name} is {totals[name]} instead of {value}" for name, value in expected.items() if totals[name] != value]


def _followed(log, person):
    """Roots of the threads that he follows: he wrote the root, has replied, or was mentioned by name in a reply."""
    authors, followed = {}, set()
    for _, frame in sorted(log.items()):
        if frame["type"] != "chat_message":
            continue
        message = frame["message"]
        authors[message["id"]] = message["user_id"]
        if message.get("thread_id") and person["id"] in (message["user_id"], authors.get(message["thread_id"]), *message["mentions"]):
            followed.add(message["thread_id"])
    return followed


def check_threads_of(history, log, person, states):
    """Those without any reply left are not listed."""
    found, replies = [], {}
    for message in history:
        if message.get("thread_id") and not message["is_deleted"]:
            replies.setdefault(message["thread_id"], []).append(message)
    expected = _followed(log, person) & set(replies)
    if set(states) != expected:
        found.append(f"the threads listed are {sorted(states)}, followed are {sorted(expected)}")
    for root in expected & set(states):
        state = states[root]
        own = max((m["seq"] for m in replies[root] if m["user_id"] == person["id"]), default=0)
        if state["read_seq"] < own:
            found.append(f"thread {root} is read up to {state['read_seq']}, he wrote at {own}")
        unread = _of_others(replies[root], person, state["read_seq"])
        counts = (min(len(unread), THREAD_UNREAD_MAX), min(sum(person["id"] in m["mentions"] for m in unread), THREAD_UNREAD_MAX))
        if (state["unread_count"], state["mention_count"]) != counts:
            found.append(f"thread {root} has {(state['unread_count'], state['mention_count'])} unread and mentions after {state['read_seq']} instead of {counts}")
    return found


def told_of_mentions(log, person):
    """The messages of which he is notified as mentioned: as they were sent; an edit notifies nobody."""
    return [m["id"] for seq, frame in sorted(log.items()) if frame["type"] == "chat_message" and seq > person["joined"]
            for m in [frame["message"]] if m["user_id"] != person["id"] and _mentions(m, person)]
