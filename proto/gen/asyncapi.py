"""The AsyncAPI 3.0 document: the WebSocket and SSE channels of streams.json with their messages. Operations are the
server's: it receives what clients send, and sends what they get."""
from gen import fields as F
from gen import words as W
from gen.check_streams import socket_commands, socket_events, stream_events

PREFIX = "#/components/schemas/"
INTRO = """WebSocket frames are JSON objects with `type`. Durable events of a channel carry `channel_id` and `seq`, which counts 1, 2, 3, … without
holes. Over Server-Sent Events the event's name is the `type`, its id the `seq` or the notification's id."""


def asyncapi(cat):
    messages, channels, operations = {}, {}, {}
    for socket in cat.streams["websocket"]:
        name = f"ws_{socket['name']}"
        heard = [command_message(messages, c) for c in socket_commands(cat, socket)]
        told = [event_message(messages, e) for e in socket_events(cat, socket)]
        channels[name] = socket_channel(cat, socket, heard + told)
        operations[f"{name}_receive"] = operation(name, "receive", "What clients send", heard)
        operations[f"{name}_send"] = operation(name, "send", "What clients get", told)
    for stream in cat.streams["sse"]:
        name = f"sse_{stream['name']}"
        told = [event_message(messages, e) for e in stream_events(cat, stream)]
        told += [stream_message(cat, messages, m) for m in stream["messages"] if "event" in m]
        channels[name] = stream_channel(stream, told)
        operations[f"{name}_send"] = operation(name, "send", "What clients get", told)
    return {
        "asyncapi": "3.0.0",
        "id": "urn:palique",
        "info": {"title": W.TITLE, "version": W.VERSION, "description": INTRO, "license": {"name": "Apache-2.0"},
                 "tags": [{"name": area} for area in W.AREAS.values()]},
        "defaultContentType": "application/json",
        "servers": servers(),
        "channels": channels,
        "operations": operations,
        "components": {"schemas": {n: F.object_schema(f, PREFIX, False) for n, f in sorted(cat.shapes.items())},
                       "messages": messages, "securitySchemes": security_schemes()},
    }


def servers():
    security = [{"$ref": "#/components/securitySchemes/bearer"}, {"$ref": "#/components/securitySchemes/query"},
                {"$ref": "#/components/securitySchemes/cookie"}]
    note = "Here as ./run starts it; the address of the installation otherwise."
    return {"websocket": {"host": "localhost:8080", "protocol": "ws", "description": note, "security": security},
            "events": {"host": "localhost:8080", "protocol": "http", "description": note, "security": security}}


def security_schemes():
    return {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            "query": {"type": "httpApiKey", "in": "query", "name": "token", "description": "For browsers, which cannot set headers here."},
            "cookie": {"type": "httpApiKey", "in": "cookie", "name": "palique_token"}}


def command_message(messages, c):
    key = f"command.{c['name']}"
    example = {"name": c["name"], "payload": W.ws_example(c)}
    messages[key] = message(c["ws"], c, W.AREAS[c["owner"]], W.ws_schema(c, PREFIX), example)
    return key


def event_message(messages, e):
    key = f"event.{e['name']}"
    example = {"name": e["name"], "payload": e["example"]}
    messages[key] = message(e["ws"], e, W.AREAS[e["owner"]], F.event_schema(e, PREFIX, False), example)
    return key


def stream_message(cat, messages, m):
    key = f"stream.{m['event']}"
    if "ref" in m:
        schema, example = {"$ref": PREFIX + m["ref"]}, None
    else:
        command = next(c for c in cat.commands if c["name"] == m["reply"])
        schema, example = F.reply_schema(command["reply"], PREFIX, False), command["example"]["reply"]
    messages[key] = message(m["event"], m, None, schema, {"name": m["event"], "payload": example} if example else None)
    return key


def message(name, entry, area, schema, example):
    out = {"name": name, "title": entry["summary"], "contentType": "application/json", "payload": schema}
    if "description" in entry:
        out["description"] = entry["description"]
    if area:
        out["tags"] = [{"name": area}]
    if example:
        out["examples"] = [example]
    return out


def address_parameters(fields):
    return {n: {"description": f.get("doc", "Its id.")} for n, f in fields.items() if f.get("in") == "path"}


def channel(address, entry, server, keys):
    out = {"address": address, "title": entry["summary"], "description": entry["description"],
           "servers": [{"$ref": f"#/servers/{server}"}], "messages": {k: {"$ref": f"#/components/messages/{k}"} for k in keys}}
    parameters = address_parameters(entry["parameters"])
    if parameters:
        out["parameters"] = parameters
    return out


def socket_channel(cat, socket, keys):
    out = channel(socket["path"], socket, "websocket", keys)
    query = {n: f for n, f in socket["parameters"].items() if f.get("in") == "query"}
    query["token"] = {"type": "string", "required": False, "doc": "the access token, where no header can be set"}
    codes = "\n".join(f"- {', '.join(map(str, c['codes']))}: {c['meaning']} Reconnect: {c['reconnect']}." for c in cat.streams["close_codes"])
    out["description"] += f"\n\nClose codes:\n\n{codes}"
    out["bindings"] = {"ws": {"method": "GET", "query": F.object_schema(query, PREFIX, False), "bindingVersion": "0.1.0"}}
    return out


def stream_channel(stream, keys):
    return channel(stream["path"], stream, "events", keys)


def operation(name, action, summary, keys):
    out = {"action": action, "summary": summary, "channel": {"$ref": f"#/channels/{name}"},
           "messages": [{"$ref": f"#/channels/{name}/messages/{key}"} for key in keys]}
    if name.startswith("sse_"):
        out["bindings"] = {"http": {"method": "GET", "bindingVersion": "0.3.0"}}
    return out
