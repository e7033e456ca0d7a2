"""Time without service: from a fault to the first message sent after it that was acknowledged, in the channel where that took longest. Pure."""

import bisect
import statistics


def _by_channel(acknowledged):
    """(when messages were sent, in order; of each when it or one sent later was first acknowledged), for every channel."""
    by_channel = {}
    for channel, sent, at in acknowledged:
        by_channel.setdefault(channel, []).append((sent, at))
    for pairs in by_channel.values():
        pairs.sort()
        best, ends = float("inf"), []
        for _, at in reversed(pairs):
            best = min(best, at)
            ends.append(best)
        yield [sent for sent, _ in pairs], ends[::-1]


def _longest(waits):
    return None if not waits or None in waits else max(waits)


def _wait(ends, first, since):
    return ends[first] - since if first < len(ends) else None


def outages(faults, acknowledged):
    """faults: dicts with kind and began; acknowledged: (channel, sent, acknowledged at) of messages. Seconds of each fault, None where a channel
    had no message after it."""
    channels = list(_by_channel(acknowledged))
    return [_longest([_wait(ends, bisect.bisect_left(sent, fault["began"]), fault["began"]) for sent, ends in channels]) for fault in faults]


def slow_outages(faults, acknowledged):
    """The same for faults that take hold at some time between .began and .ended: from the moment from which it took longest."""
    channels = list(_by_channel(acknowledged))
    found = []
    for fault in faults:
        waits = []
        for sent, ends in channels:
            first, last = bisect.bisect_left(sent, fault["began"]), bisect.bisect_left(sent, fault["ended"])
            waits.append(_wait(ends, first, fault["began"]))
            waits += [_wait(ends, n + 1, sent[n]) for n in range(first, last)]
        found.append(_longest(waits))
    return found


def summary(faults):
    """kind → count, median and worst of the faults' .outage."""
    by_kind = {}
    for fault in faults:
        by_kind.setdefault(fault["kind"], []).append(fault["outage"])
    rows = {}
    for kind, all_of in sorted(by_kind.items()):
        known = [value for value in all_of if value is not None]
        rows[kind] = {"count": len(all_of), "median": statistics.median(known) if known else None, "worst": max(known, default=None)}
    return rows


def table(rows):
    lines = [f"{'fault':<24}{'count':>7}{'median s':>10}{'worst s':>10}"]
    for kind, row in rows.items():
        figures = "".join(f"{'-' if row[key] is None else format(row[key], '.3f'):>10}" for key in ("median", "worst"))
        lines.append(f"{kind:<24}{row['count']:>7}{figures}")
    return "\n".join(lines)
