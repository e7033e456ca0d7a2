"""Time without service: from a fault to the first message sent after it that was acknowledged, in the channel where that took longest. Pure."""

import bisect
import statistics


def outages(faults, acknowledged):
    """faults: dicts with kind and began; acknowledged: (channel, sent, acknowledged at) of messages. Seconds of each fault, None where a channel
    had no message after it."""
    by_channel = {}
    for channel, sent, at in acknowledged:
        by_channel.setdefault(channel, []).append((sent, at))
    earliest = {}
    for channel, pairs in by_channel.items():
        pairs.sort()
        best, ends = float("inf"), []
        for _, at in reversed(pairs):
            best = min(best, at)
            ends.append(best)
        earliest[channel] = ([sent for sent, _ in pairs], ends[::-1])
    found = []
    for fault in faults:
        waits = []
        for sent, ends in earliest.values():
            first = bisect.bisect_left(sent, fault["began"])
            waits.append(ends[first] - fault["began"] if first < len(sent) else None)
        found.append(None if not waits or None in waits else max(waits))
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
