"""What streams.json must fulfil: its references exist, and every event and WebSocket command can be had somewhere."""
import re

from gen import fields as F
from gen.schema import similar

FILE = "streams.json"


def socket_events(cat, socket):
    """The events that a socket can send, in the order of their ids."""
    return [e for e in cat.events
            if "ws" in e and (e["name"] in socket["events"] or e["audience"] in socket["audiences"])]


def socket_commands(cat, socket):
    return [c for c in cat.commands if "ws" in c and c["owner"] in socket["owners"]]


def stream_events(cat, stream):
    """The catalogue's events that an SSE stream carries."""
    named = [m["catalogue"] for m in stream["messages"] if "catalogue" in m]
    return [e for e in cat.events if e["name"] in named
            or (e["audience"] == stream.get("audience") and e.get("durable"))]


def check_streams(cat):
    streams = cat.streams
    if not streams:
        return
    for i, socket in enumerate(streams["websocket"]):
        key = f"websocket[{i}]"
        common(cat, key, socket)
        known(cat, f"{key}.events", socket["events"], [e["name"] for e in cat.events], "event")
        known(cat, f"{key}.first", [socket["first"]], socket["events"], "event in events")
    for i, stream in enumerate(streams["sse"]):
        key = f"sse[{i}]"
        common(cat, key, stream)
        for message in stream["messages"]:
            known(cat, f"{key}.messages", [message.get("catalogue")], [None] + [e["name"] for e in cat.events], "event")
            known(cat, f"{key}.messages", [message.get("ref")], [None] + list(cat.shapes), "shape")
            known(cat, f"{key}.messages", [message.get("reply")], [None] + [c["name"] for c in cat.commands], "command")
    somewhere(cat, streams)


def common(cat, key, entry):
    in_path = sorted(n for n, f in entry["parameters"].items() if f.get("in") == "path")
    if sorted(re.findall(r"{(\w+)}", entry["path"])) != in_path:
        cat.problem(FILE, f"{key}.path", f"its parameters are not {in_path}, those with in path")
    for name, field in entry["parameters"].items():
        if field.get("in") not in ("path", "query") or F.field_type(field) not in ("integer", "string", "boolean"):
            cat.problem(FILE, f"{key}.parameters.{name}", "is an integer, a string or a boolean in path or query")
    known(cat, f"{key}.errors", entry["errors"], cat.errors, "error")


def known(cat, key, names, all_names, what):
    for name in names:
        if name not in all_names:
            cat.problem(FILE, key, f"there is no {what} {name!r}" + similar(name, [n for n in all_names if n]))


def somewhere(cat, streams):
    told = {e["name"] for socket in streams["websocket"] for e in socket_events(cat, socket)}
    heard = {c["name"] for socket in streams["websocket"] for c in socket_commands(cat, socket)}
    for event in cat.events:
        if "ws" in event and event["name"] not in told:
            cat.problem(event["file"], "ws", "no socket of streams.json sends it")
    for command in cat.commands:
        if "ws" in command and command["name"] not in heard:
            cat.problem(command["file"], "ws", "no socket of streams.json takes it")
