"""The OpenAPI 3.1 document: every REST face of the catalogue, the uploads and downloads of transfers.json, and the SSE
streams of streams.json."""
import json
from collections import Counter

from gen import fields as F
from gen import words as W
from gen.check_streams import stream_events
from gen.transfers import operations

PREFIX = "#/components/schemas/"
INTRO = """Times are ISO 8601 in UTC, ids are integers below 2^53. A trailing slash is accepted either way. Unknown fields are refused by name.
Errors are RFC 9457 problem documents with a stable `code`. WebSocket and SSE are described in asyncapi.json, everything for people in /docs/."""


def openapi(cat):
    paths = {}
    for c in cat.commands:
        for number, face in enumerate(c.get("rest", [])):
            path = face["path"].rstrip("/") or "/"
            paths.setdefault(path, {})[face["method"].lower()] = operation(cat, c, face, number)
    for path, method, what in operations(cat, PREFIX, parameters, failures):
        paths.setdefault(path, {})[method] = what
    for stream in cat.streams["sse"]:
        add_stream(cat, paths, stream)
    return share_failures({
        "openapi": "3.1.0",
        "info": {"title": W.TITLE, "version": W.VERSION, "summary": "Self-hosted team chat", "description": INTRO,
                 "license": {"name": "Apache License 2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": "/", "description": "The installation that serves this document"}],
        "security": [{"bearer": []}, {"cookie": []}],
        "tags": [{"name": area, "description": f"Answered by the {owner} service."} for owner, area in W.AREAS.items()],
        "paths": {path: paths[path] for path in sorted(paths)},
        "components": components(cat),
    })


def operation(cat, c, face, number):
    out = {
        "operationId": c["name"] + (f".alias{number}" if number else ""),
        "tags": [W.AREAS[c["owner"]]],
        "summary": c["summary"],
        "description": describe(cat, c, number),
        "parameters": parameters(c["request"], c["example"]["request"]),
        "responses": {**success(c, face), **failures(cat, W.command_errors(cat, c))},
        "x-role": c["role"],
    }
    if c["idempotency"]:
        out["parameters"].append({"$ref": "#/components/parameters/IdempotencyKey"})
    if not out["parameters"]:
        del out["parameters"]
    if W.has_body(c):
        out["requestBody"] = body(c)
    if c["role"] == "none":
        out["security"] = []
    if "rate" in c:
        out["x-rate-class"] = c["rate"]
    if c.get("emits"):
        out["x-emits"] = c["emits"]
    return out


def describe(cat, c, number):
    parts = [f"The same as `{c['rest'][0]['method']} {c['rest'][0]['path']}`."] if number else []
    parts += [c["description"]] if "description" in c else []
    parts.append(f"**Who:** {W.ROLES[c['role']].lower()}.")
    if "rate" in c:
        parts.append(f"**Rate class** `{c['rate']}`: {W.rate_text(cat, c['rate'])}.")
    if "ws" in c:
        parts.append(f"**WebSocket:** `{c['ws']}`.")
    return "\n\n".join(parts)


def parameters(fields, example):
    out = []
    for name, field in fields.items():
        place = field.get("in", "body")
        if place == "body":
            continue
        schema = F.field_schema(field, PREFIX, True)
        row = {"name": name, "in": place, "required": place == "path" or F.is_required(field)}
        if "description" in schema:
            row["description"] = schema.pop("description")
        row["schema"] = schema
        if schema.get("type") == "array":
            row.update(style="form", explode=False)
        if name in example:
            row["example"] = example[name]
        out.append(row)
    return out


def body(c):
    if "raw_request" in c:
        limit = F.bounds(c["request"][c["raw_request"]])[1]
        types = c["request"]["content_type"].get("enum", ["*/*"])
        content = {t: {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}} for t in types}
        note = f"The bytes as they are{'' if limit is None else f', at most {limit * 3 // 4}'}."
        return {"required": True, "description": note, "content": content}
    fields = {n: f for n, f in c["request"].items() if f.get("in", "body") == "body"}
    example = {n: v for n, v in c["example"]["request"].items() if n in fields}
    return {"required": any(F.is_required(f) for f in fields.values()),
            "content": {"application/json": {"schema": F.object_schema(fields, PREFIX, True), "example": example}}}


def success(c, face):
    status = face.get("status", 200)
    out = {"description": {200: "Done", 201: "Created", 202: "Accepted", 204: "Done; there is nothing to say"}[status]}
    headers = {}
    if "rate" in c:
        headers = {f"X-RateLimit-{n}": {"$ref": f"#/components/headers/RateLimit{n}"} for n in ("Limit", "Remaining", "Reset")}
    if c.get("refresh_cookie"):
        headers["Set-Cookie"] = {"$ref": "#/components/headers/RefreshCookie"}
    if headers:
        out["headers"] = headers
    schema = F.reply_schema(c.get("reply"), PREFIX, False)
    if c.get("raw_reply"):
        out["content"] = {"*/*": {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}}
    elif schema is not None:
        out["content"] = {"application/json": {"schema": schema, "example": c["example"]["reply"]}}
    return {str(status): out}


def failures(cat, names):
    return {str(status): failure(cat, status, codes) for status, codes in W.by_status(cat, names).items()}


def failure(cat, status, codes):
    response = {"description": "\n".join(f"- `{code}`: {cat.errors[code]['title']}" for code in codes)}
    if status in (429, 503):
        response["headers"] = {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}
    schema = {"allOf": [{"$ref": PREFIX + "problem"}, {"type": "object", "properties": {"code": {"enum": codes}}}]}
    response["content"] = {"application/problem+json": {"schema": schema, "example": W.problem_example(cat, codes[0])}}
    return response


def share_failures(document):
    """Answers that several operations have in common move to components.responses, as `error_404`, `error_404_2`, …"""
    uses = Counter()
    operations = [o for item in document["paths"].values() for o in item.values()]
    for o in operations:
        uses.update(json.dumps(r) for status, r in o["responses"].items() if status >= "4")
    shared, names = {}, Counter()
    for o in operations:
        for status, response in o["responses"].items():
            text = json.dumps(response)
            if uses[text] < 2 or status < "4":
                continue
            if text not in shared:
                names[status] += 1
                shared[text] = f"error_{status}" + (f"_{names[status]}" if names[status] > 1 else "")
            o["responses"][status] = {"$ref": f"#/components/responses/{shared[text]}"}
    document["components"]["responses"] = {name: json.loads(text) for text, name in sorted(shared.items(), key=lambda i: i[1])}
    return document


def add_stream(cat, paths, stream):
    """A stream can share its path with a list: then it is the other media type of the same answer."""
    item = paths.setdefault(stream["path"], {})
    events = [f"`{m['event']}`" for m in stream["messages"] if "event" in m] + [f"`{e['ws']}`" for e in stream_events(cat, stream)]
    note = f"Server-Sent Events. {stream['description']} Events: {', '.join(events)}."
    content = {"text/event-stream": {"schema": {"type": "string", "description": note}}}
    resume = [{"$ref": "#/components/parameters/LastEventId"}] if stream["resume"] else []
    if "get" in item:
        item["get"]["responses"]["200"]["content"].update(content)
        item["get"]["description"] += f"\n\n**As a stream.** {note}"
        item["get"]["parameters"] = item["get"].get("parameters", []) + resume
        return
    denied = ["access.denied"] if stream["role"] != "member" else []
    names = W.stream_errors(cat, stream, ["request.invalid", *denied] if resume else denied)
    item["get"] = {
        "operationId": f"stream.{stream['name']}", "tags": [W.AREAS[stream["owner"]]], "summary": stream["summary"], "description": note,
        "parameters": parameters(stream["parameters"], {"channel_id": 1}) + resume,
        "responses": {"200": {"description": "The stream; it stays open", "content": content}, **failures(cat, names)},
        "x-role": stream["role"], "x-rate-class": "connect",
    }


def components(cat):
    integer = {"type": "integer", "minimum": 0}
    schemas = {name: F.object_schema(fields, PREFIX, False) for name, fields in sorted(cat.shapes.items())}
    schemas["problem"] = problem_schema()
    return {
        "schemas": schemas,
        "securitySchemes": {
            "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "The access token of sign-in or registration."},
            "cookie": {"type": "apiKey", "in": "cookie", "name": "palique_token", "description": "The access token, where no header can be set."},
        },
        "parameters": {
            "IdempotencyKey": {"name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "minLength": 1, "maxLength": 255},
                               "description": "Made by the client, one for each intent. A repeat with the same key gets the first answer; nothing is done twice."},
            "LastEventId": {"name": "Last-Event-ID", "in": "header", "required": False, "schema": integer,
                            "description": "The id of the last event that was received: what came after it is sent first. Also as `?last_event_id=`."},
        },
        "headers": {
            "RateLimitLimit": {"description": "Requests that fit into a window", "schema": integer},
            "RateLimitRemaining": {"description": "How many are left", "schema": integer},
            "RateLimitReset": {"description": "Seconds until all are there again", "schema": integer},
            "RetryAfter": {"description": "Seconds to wait", "schema": integer},
            "RefreshCookie": {"description": "The refresh token for browsers: HttpOnly, SameSite=Strict", "schema": {"type": "string"}},
        },
    }


def problem_schema():
    wrong = {"type": "object", "properties": {
        "pointer": {"type": "string", "description": "JSON pointer of the field (RFC 6901)."}, "detail": {"type": "string"}}}
    return {"type": "object", "description": "RFC 9457.", "required": ["type", "title", "status", "code"], "properties": {
        "type": {"type": "string", "format": "uri-reference"}, "title": {"type": "string"}, "status": {"type": "integer"},
        "detail": {"type": "string"}, "code": {"type": "string", "description": "Stable: programs decide by it."},
        "request_id": {"type": "string", "description": "Names the log entry on the server."},
        "retry_after": {"type": "integer", "description": "Seconds."}, "errors": {"type": "array", "items": wrong},
        "expires_at": {"type": "string", "format": "date-time", "description": "Of mutes and bans: when they end."}}}
