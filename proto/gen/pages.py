"""The reference page: one self-contained HTML file and its stylesheet, without scripts, so that it reads well under the
strictest content security policy, on a phone and on paper."""
from gen import html as H
from gen import words as W
from gen.check_streams import socket_commands, socket_events, stream_events
from gen.reference import commands, errors_list, events, fields_table, shapes
from gen.transfers import transfers

START = [
    ("Register. The first person of an empty installation becomes its administrator.", """curl -s http://localhost:8080/auth/register -H 'Content-Type: application/json' \\
  -d '{"email": "ana@empresa.com", "username": "ana", "password": "correcto-caballo-bateria"}'"""),
    ("The answer has an access token for the next minutes and a refresh token. Keep the access token for what follows.", "TOKEN=…"),
    ("Make a channel. The key makes a repeat harmless.", """curl -s http://localhost:8080/channels/ -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \\
  -H "Idempotency-Key: $(uuidgen)" -d '{"name": "general"}'"""),
    ("Post a message.", """curl -s http://localhost:8080/channels/1/messages -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/json' -d '{"content": "¡Buenos días!"}'"""),
    ("Follow the channel with curl …", """curl -sN http://localhost:8080/sse/activity/1 -H "Authorization: Bearer $TOKEN\""""),
    ("… or talk over a WebSocket, here with the Python package websockets.", """import asyncio, json, uuid, websockets

async def main(token):
    async with websockets.connect(f"ws://localhost:8080/ws/chat/1?token={token}") as ws:
        print(json.loads(await ws.recv()))            # user_joined: oneself
        await ws.send(json.dumps({"type": "chat_message", "channel_id": 1, "content": "hola",
                                  "client_id": str(uuid.uuid4())}))
        async for frame in ws:
            print(json.loads(frame))                  # ack, then chat_message with the same seq

asyncio.run(main("…"))"""),
    ("When the access token has expired, get a new one. A refresh token works once: keep the new one.", """curl -s http://localhost:8080/auth/refresh -H 'Content-Type: application/json' \\
  -d '{"refresh_token": "…"}'"""),
]

CONTRACT = [
    ("Acknowledged means durable.", "`ack` goes out only after PostgreSQL has committed."),
    ("Every channel is a log.", "Each durable event has the next `seq` of its channel: 1, 2, 3, … without holes."),
    ("Sending twice is sending once.", "`client_id`, a UUID made by the client, is unique per author and channel for ever: a repeat, over any connection, "
     "answers with the first message and its seq. Over REST `Idempotency-Key` does the same for every POST."),
    ("No gap, no duplicate, in order.", "Each connected member gets each event of a channel exactly once, in the order of `seq`, whatever process dies between."),
    ("Resume anywhere.", "Name the last seq per channel (`resume`, `?since=`, `Last-Event-ID`) and what was missed comes first. When too much is missing, `gap` says so."),
    ("Typing and presence are ephemeral.", "They have no seq, may be lost, and never delay the rest."),
]

RULES = [
    ("Bodies", "JSON, at most 256 KiB, `Content-Type: application/json`. Unknown fields are refused by name; control characters are refused."),
    ("Ids", "Integers below 2^53. Times: ISO 8601 in UTC with milliseconds, `2026-01-02T03:04:05.678Z`."),
    ("Paths", "No prefix. A trailing slash is accepted either way."),
    ("Tokens", "`Authorization: Bearer …`, or the cookie `palique_token`; WebSockets and streams also take `?token=`. "
     "Keys for checking them: `/.well-known/jwks.json`."),
    ("Lists", "`?limit=&cursor=` answers `{\"items\": […], \"next_cursor\": …}`; a cursor is opaque and null at the end. A limit over the maximum is an error."),
    ("Repeats", "Every POST by someone with a token honours `Idempotency-Key`: a repeat gets the first answer. The same key with another body is `idempotency.mismatch`."),
    ("Errors", "The true HTTP status and `application/problem+json` (RFC 9457): decide by `code`, show `detail`, `errors[]` names wrong fields, `request_id` names the log entry."),
    ("Limits", "429 comes with `Retry-After`; answers that count carry `X-RateLimit-Limit`, `-Remaining` and `-Reset`."),
    ("Tracing", "`traceparent` (W3C) is taken over; its trace id is the `request_id`."),
]

NAVIGATION = [("start", "Getting started"), ("contract", "Delivery contract"), ("rules", "Conventions"), ("websocket", "WebSocket"), ("close-codes", "Close codes"),
              ("sse", "Server-Sent Events"), ("area-auth", "Accounts"), ("area-chat", "Chat"), ("transfers", "Files"), ("area-notify", "Notifications"),
              ("area-admin", "Administration"), ("area-gateway", "Connections"), ("events", "Events"), ("shapes", "Objects"), ("errors", "Error codes"),
              ("rates", "Rate classes"), ("inside", "Between services"), ("events-inside", "Events between services")]


def start():
    steps = "".join(f"<li>{H.prose(words)}{H.pre(example)}</li>" for words, example in START)
    return H.section("start", "Getting started", f'<ol class="steps">{steps}</ol>')


def pairs(anchor, title, intro, entries):
    body = "".join(f"<div><dt>{H.inline(name)}</dt><dd>{H.inline(words)}</dd></div>" for name, words in entries)
    return H.section(anchor, title, intro, f'<dl class="pairs">{body}</dl>')


def names(prefix, entries, label):
    return ", ".join(H.code_link(f"{prefix}-{e['name']}", e[label]) for e in entries)


def socket(cat, s):
    told, heard = socket_events(cat, s), socket_commands(cat, s)
    first = next(e for e in cat.events if e["name"] == s["first"])
    return (f'<article id="ws-{H.text(s["name"])}"><h3>{H.text(s["summary"])}</h3><p class="face"><b>WS</b> <code>{H.text(s["path"])}</code></p>'
            f'{H.prose(s["description"])}{fields_table(s["parameters"])}'
            + H.facts([("First frame", names("event", [first], "ws")), ("The client sends", names("command", heard, "ws")),
                       ("The client gets", names("event", told, "ws"))])
            + f'<h4>Refused before it opens</h4>{errors_list(cat, W.stream_errors(cat, s, ["origin.denied"]))}</article>')


def websocket(cat):
    intro = H.prose("""Frames are text, JSON objects with `type`. The token is checked before the connection is accepted. Any frame may carry a `client_id` (text of at most
64 bytes), which comes back in its `ack` or `error`; `chat_message` has a UUID there that makes repeats harmless. The server pings every `heartbeat_interval`
milliseconds; browsers answer by themselves. `ping` asks from the client's side and is answered by `pong`.""")
    return H.section("websocket", "WebSocket", intro, *(socket(cat, s) for s in cat.streams["websocket"]))


def close_codes(cat):
    answers = {"yes": "Yes", "no": "No", "refresh": "After refreshing the token"}
    rows = [[", ".join(f"<code>{code}</code>" for code in c["codes"]), H.inline(c["meaning"]),
             f'<strong class="{c["reconnect"]}">{answers[c["reconnect"]]}</strong>', H.inline(c["why"])] for c in cat.streams["close_codes"]]
    return H.section("close-codes", "Close codes", H.table(["Code", "Meaning", "Reconnect?", ""], rows))


def stream(cat, s):
    carried = [H.code_link(f"event-{e['name']}", e["ws"]) for e in stream_events(cat, s)]
    for m in s["messages"]:
        if "ref" in m:
            carried.append(f"<code>{H.text(m['event'])}</code> (data: {H.code_link('shape-' + m['ref'], m['ref'])})")
        elif "reply" in m:
            carried.append(f"<code>{H.text(m['event'])}</code> (data: the answer of {H.code_link('command-' + m['reply'], m['reply'])})")
    return (f'<article id="sse-{H.text(s["name"])}"><h3>{H.text(s["summary"])}</h3><p class="face"><b>GET</b> <code>{H.text(s["path"])}</code></p>'
            f'{H.prose(s["description"])}{fields_table(s["parameters"])}'
            + H.facts([("Who", W.ROLES[s["role"]]), ("Rate class", H.code_link("rate-connect", "connect")), ("Events", ", ".join(carried)),
                       ("Resume", "<code>Last-Event-ID</code>, or <code>?last_event_id=</code>" if s["resume"] else "")])
            + f"<h4>Errors</h4>{errors_list(cat, W.stream_errors(cat, s))}</article>")


def sse(cat):
    intro = H.prose("`Accept: text/event-stream`. Each event has a name and JSON data; comments keep quiet streams alive. The stream ends with the access token: connect again.")
    return H.section("sse", "Server-Sent Events", intro, *(stream(cat, s) for s in cat.streams["sse"]))


def errors(cat):
    rows = [(n, [f"<code>{H.text(n)}</code>", str(e["status"]), f"<strong>{H.inline(e['title'])}.</strong> {H.inline(e['description'])}"])
            for n, e in sorted(cat.errors.items())]
    example = H.pre(H.pretty(W.problem_example(cat, "request.invalid")), "Example")
    return H.section("errors", "Error codes", example, H.table(["Code", "Status", ""], rows))


def rates(cat):
    rows = [(f"rate-{n}", [f"<code>{H.text(n)}</code>", str(r["limit"]), f"{r['window_s']} s", str(r["burst"]), H.text(r["per"]), H.text(r["why"])])
            for n, r in cat.rates.items()]
    return H.section("rates", "Rate classes", H.table(["Class", "Requests", "in", "At once", "Per", "What for"], rows))


def page(cat):
    nav = "".join(f"<li>{H.link(anchor, H.text(label))}</li>" for anchor, label in NAVIGATION)
    contract = pairs("contract", "Delivery contract", "", CONTRACT)
    rules = pairs("rules", "Conventions", "", RULES)
    body = "".join([start(), contract, rules, websocket(cat), close_codes(cat), sse(cat), transfers(cat, fields_table, errors_list), commands(cat), events(cat), shapes(cat), errors(cat), rates(cat)])
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Palique: interface reference</title>
<link rel="stylesheet" href="docs.css">
</head>
<body>
<a class="skip" href="#main">To the content</a>
<header><h1>Palique</h1><p>Interface reference. For programs: <a href="openapi.json">OpenAPI</a>, <a href="asyncapi.json">AsyncAPI</a>.</p></header>
<div class="frame">
<nav aria-label="Contents"><details open><summary>Contents</summary><ul>{nav}</ul></details></nav>
<main id="main">
{body}</main>
</div>
</body>
</html>
"""
