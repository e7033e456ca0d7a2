"""The catalogue as tests read it: the command files, shapes and error codes of proto/."""

import json
import pathlib
import re

PROTO = pathlib.Path(__file__).resolve().parents[2] / "proto"
COMMANDS = {c["name"]: c for c in (json.loads(f.read_text()) for f in sorted((PROTO / "commands").glob("*.json")))}
SHAPES = json.loads((PROTO / "shapes.json").read_text())
ERRORS = {code: entry for f in sorted((PROTO / "errors").glob("*.json")) for code, entry in json.loads(f.read_text()).items()}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TYPES = {"integer": int, "number": (int, float), "string": str, "email": str, "uuid": str, "time": str, "boolean": bool, "object": dict,
         "array": list, "map": dict}


def rest_commands():
    """(command, face) of every REST face, aliases included."""
    return [(c, face) for c in COMMANDS.values() for face in c.get("rest", [])]


def id_fields(command):
    """Names of the fields that hold an id of something."""
    return [name for name, field in command["request"].items() if field.get("ref") == "id"]


def split(command, face, fields):
    """Fields of a request to (path, query, body) of a REST face."""
    path, query, body = face["path"], {}, {}
    for name, value in fields.items():
        where = command["request"][name].get("in", "body")
        if where == "path":
            path = path.replace("{%s}" % name, str(value))
        elif where == "query":
            query[name] = str(value).lower() if isinstance(value, bool) else value
        else:
            body[name] = value
    return path, query, body


def send(client, command, face, fields, **kwargs):
    """Sends the request; the raw field of a command goes as the body's bytes."""
    path, query, body = split(command, face, fields)
    raw = command.get("raw_request")
    if raw:
        return client.call(face["method"], path, params=query, content=body.get(raw, b""), headers={"Content-Type": "image/png"}, **kwargs)
    with_body = face["method"] in ("POST", "PUT")
    return client.call(face["method"], path, params=query, json=body if with_body else None, **kwargs)


def complaints(value, field, where="reply"):
    """What is wrong with a value, by the description of its field: missing and undocumented members included."""
    if value is None:
        return [] if field.get("nullable") else [f"{where}: null"]
    if "ref" in field and field["ref"] in SHAPES:
        return members(value, SHAPES[field["ref"]], where)
    kind = field.get("type", "object")
    if not isinstance(value, TYPES[kind]) or (kind in ("integer", "number") and isinstance(value, bool)):
        return [f"{where}: {value!r} is no {kind}"]
    found = []
    if "enum" in field and value not in field["enum"]:
        found.append(f"{where}: {value!r} is not one of {field['enum']}")
    if kind == "time" and not TIME.fullmatch(value):
        found.append(f"{where}: {value!r} is no time")
    if kind == "uuid" and not UUID.fullmatch(value):
        found.append(f"{where}: {value!r} is no UUID")
    if kind == "integer" and "min" in field and value < field["min"]:
        found.append(f"{where}: {value} < {field['min']}")
    if field.get("ref") == "id" and not 1 <= value < 2**53:
        found.append(f"{where}: {value} is no id")
    if kind == "array":
        for n, item in enumerate(value):
            found += complaints(item, field["item"], f"{where}[{n}]")
    if kind == "object" and "fields" in field and not field.get("open"):
        found += members(value, field["fields"], where)
    return found


def members(value, fields, where):
    if not isinstance(value, dict):
        return [f"{where}: {value!r} is no object"]
    found = [f"{where}.{name} is not documented" for name in value if name not in fields]
    for name, field in fields.items():
        if name in value:
            found += complaints(value[name], field, f"{where}.{name}")
        elif field.get("required", True):
            found.append(f"{where}.{name} is missing")
    return found


def reply_complaints(command, value):
    reply = command["reply"]
    if reply is None:
        return [] if value is None else [f"reply: {value!r} instead of none"]
    if "ref" in reply and isinstance(reply["ref"], str):
        return members(value, SHAPES[reply["ref"]], "reply")
    if "list" in reply and isinstance(reply["list"], str):
        return members(value, {"items": {"type": "array", "item": {"ref": reply["list"]}}, "next_cursor": {"type": "string", "nullable": True}}, "reply")
    return members(value, reply, "reply")
