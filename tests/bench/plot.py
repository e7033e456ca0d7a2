"""The plot of docs/performance.md as SVG: how far each figure is from what was asked, and what a message costs as things grow."""

import math
from xml.sax.saxutils import escape

WIDTH, LABEL, BAR, STEP, HEAD = 960, 300, 500, 24, 70
REACHED, MISSED, INK, FAINT = "#2166ac", "#d95f02", "#222222", "#cccccc"
LABELS = {
    "durable": "durable messages a second", "durable-ack": "acknowledged at 7,500/s, p99", "hot": "one hot channel",
    "latency-p50": "sent to received, 200/s, p50", "latency-p99": "sent to received, 200/s, p99", "fanout": "fan-out, 1 × 1,000",
    "fanout-cpu": "gateway's CPU at 50,000 deliveries/s", "spread-cpu": "suite's CPU, 100 × 10 members, 2,000/s", "spread-p99": "sent to received there, p99",
    "idle-memory": "memory of an idle socket", "idle-cpu": "CPU of idle sockets", "growth-channels": "cost of a message, few to many channels",
    "growth-stored": "cost of a message, few to many stored", "history": "page of history", "resume": "resume", "start": "start to ready",
    "search": "page of search results", "search-worst": "the slowest kind of search", "search-size": "index of words"}
DECADES = (-1, 2)  # from a tenth of what was asked to a hundred times


def svg(found):
    rows = [row for result in found for row in result["rows"]]
    costs = {result["name"]: result["raw"]["costs"] for result in found if "costs" in result["raw"]}
    bars = HEAD + STEP * len(rows) + 40
    height = bars + (260 if costs else 0)
    body = "".join(bar(row, HEAD + STEP * n) for n, row in enumerate(rows)) + axis(len(rows))
    if costs:
        body += growth(costs, bars + 30)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="12" fill="{INK}">'
            f'<rect width="{WIDTH}" height="{height}" fill="white"/>'
            f'<text x="20" y="26" font-size="16">Better than asked by (a bar to the right: reached)</text>{body}</svg>\n')


def text(x, y, words, anchor="start", more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {more}>{escape(words)}</text>'


def line(x1, y1, x2, y2, colour=FAINT, width=1):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"/>'


def advantage(row):
    value, limit = max(row["value"], 1e-9), row["asked"]["limit"]
    return value / limit if row["asked"]["sign"] == "≥" else limit / value


def position(times):
    low, high = DECADES
    return LABEL + BAR * (min(max(math.log10(times), low), high) - low) / (high - low)


def bar(row, y):
    times, one = advantage(row), position(1)
    end = position(times)
    colour = REACHED if row["reached"] else MISSED
    said = f"{times:.2g} ×" if times < 100 else "> 100 ×"
    return (text(LABEL - 15, y + 13, LABELS[row["key"]], "end")
            + f'<rect x="{min(one, end):.1f}" y="{y + 2}" width="{max(abs(end - one), 1):.1f}" height="14" fill="{colour}"/>'
            + text(LABEL + BAR + 20, y + 13, said + ("" if row["reached"] else " (missed)")))


def axis(count):
    bottom = HEAD + STEP * count + 4
    parts = []
    for power in range(DECADES[0], DECADES[1] + 1):
        x = position(10 ** power)
        parts.append(line(x, HEAD - 8, x, bottom, INK if power == 0 else FAINT, 1))
        parts.append(text(x, HEAD - 14, f"{10 ** power:g} ×" if power else "asked", "middle"))
    return "".join(parts)


def growth(costs, top):
    """Panels side by side: µs of CPU for a message over the number, logarithmic to the right, from 0 upwards."""
    parts, wide = [], WIDTH / 2 - 90
    titles = {"growth-channels": "CPU of the suite per message, µs, by number of channels", "growth-stored": "the same, by number of stored messages"}
    most = max(c for points in costs.values() for c in points.values()) * 1.2
    for n, (name, points) in enumerate(costs.items()):
        left, bottom = 60 + n * WIDTH / 2, top + 180
        parts.append(text(left, top, titles.get(name, name)))
        parts += [line(left, top + 15, left, bottom, INK), line(left, bottom, left + wide, bottom, INK), text(left - 6, bottom + 4, "0", "end")]
        logs = [math.log10(int(k)) for k in points]
        spread = (max(logs) - min(logs)) or 1
        spots = [(left + 20 + (wide - 60) * (x - min(logs)) / spread, bottom - 160 * c / most) for x, c in zip(logs, points.values())]
        parts.append(f'<polyline fill="none" stroke="{REACHED}" stroke-width="2" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in spots)}"/>')
        for (x, y), (k, c) in zip(spots, points.items()):
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{REACHED}"/>' + text(x, y - 10, f"{c:.0f}", "middle") + text(x, bottom + 18, f"{int(k):,}", "middle"))
    return "".join(parts)
