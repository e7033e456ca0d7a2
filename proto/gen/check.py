"""What the catalogue must fulfil beyond its schema: ids, ranges, references, faces, limits and examples. Adds to
cat.problems and sets what follows from the rules ("status", "idempotency"), never stops at the first mistake."""
import re

from gen import fields as F
from gen.check_streams import check_streams
from gen.load import OWNERS, RANGES
from gen.schema import Checker, similar
from gen.transfers import check_transfers
from gen.words import AREAS

SIMPLE = {"integer", "number", "string", "boolean", "uuid", "time", "email"}
LIMITED = {"string": "code points", "array": "items", "map": "entries"}


def check(cat):
    checker = Checker(cat.schema)
    check_owners(cat)
    for kind in ("rates", "shapes", "streams", "transfers"):
        against(cat, checker, f"{kind}.json", getattr(cat, kind), kind)
    for error in cat.errors.values():
        entry = {k: v for k, v in error.items() if k not in ("file", "owner", "name")}
        for key, message in checker.check({error["name"]: entry}, cat.schema["$defs"]["errors"]):
            cat.problem(error["file"], key, message)
    cat.commands = [c for c in cat.commands if well_formed(cat, checker, c, "command")]
    cat.events = [e for e in cat.events if well_formed(cat, checker, e, "event")]
    if not cat.shapes or any(p.file == "shapes.json" for p in cat.problems):
        return
    for name, shape in cat.shapes.items():
        check_fields(cat, "shapes.json", name, shape, limits=False)
    check_cycles(cat)
    examples = Checker(F.shapes_root(cat.shapes, closed=True)) if not cat.problems_of("shapes.json") else None
    for command in cat.commands:
        check_command(cat, command, examples)
    for event in cat.events:
        check_event(cat, event, examples)
    check_unique(cat)
    cat.commands.sort(key=lambda c: c["id"])
    cat.events.sort(key=lambda e: e["id"])
    if not cat.problems_of("streams.json"):
        check_streams(cat)
    if not cat.problems_of("transfers.json"):
        check_transfers(cat)


def check_owners(cat):
    """Who is an owner says the schema; the generator has to know what is his."""
    for owner in cat.schema["$defs"]["owner"]["enum"]:
        for known, where in ((OWNERS, "OWNERS of gen/load.py"), (RANGES, "RANGES of gen/load.py"), (AREAS, "AREAS of gen/words.py")):
            if owner not in known:
                cat.problem("schema.json", "$defs.owner", f"{owner} is missing in {where}")


def against(cat, checker, file, value, definition):
    before = len(cat.problems)
    for key, message in checker.check(value, cat.schema["$defs"][definition]):
        cat.problem(file, key, message)
    return len(cat.problems) == before


def well_formed(cat, checker, entry, definition):
    value = {k: v for k, v in entry.items() if k != "file"}
    return against(cat, checker, entry["file"], value, definition)


def check_identity(cat, entry, offset):
    file, name, owner = entry["file"], entry["name"], entry["owner"]
    if file.rsplit("/", 1)[-1] != f"{name}.json":
        cat.problem(file, "name", f"{name} belongs into {name}.json")
    blocks = [first + offset for first in RANGES.get(owner, [])]
    if not blocks:
        return
    if not any(first <= entry["id"] <= first + 98 for first in blocks):
        ranges = " and ".join(f"{first}–{first + 98}" for first in blocks)
        cat.problem(file, "id", f"{entry['id']} is outside {owner}'s range {ranges}")


# Fields ----------------------------------------------------------------------------------------------------------

def check_fields(cat, file, key, fields, limits):
    """limits: these are a request's fields, everything in it must be bounded."""
    for name, field in fields.items():
        check_field(cat, file, f"{key}.{name}", field, limits)


def check_field(cat, file, key, field, limits):
    kind = F.field_type(field)
    if kind is None:
        return cat.problem(file, key, "needs a type or a ref")
    if kind == "shape":
        return check_shape_ref(cat, file, key, field)
    for name, owner in (("fields", "object"), ("open", "object"), ("item", "array"), ("enum", "string"), ("multiline", "string")):
        if name in field and kind != owner:
            cat.problem(file, f"{key}.{name}", f"belongs to a field of type {owner}, this is {kind}")
    if "ref" in field and kind != "integer":
        cat.problem(file, f"{key}.ref", "ref id belongs to an integer")
    if kind == "object":
        if not field.get("fields") and not field.get("open"):
            cat.problem(file, key, "an object needs fields or open")
        check_fields(cat, file, f"{key}.fields", field.get("fields", {}), limits)
    if kind == "array":
        if "item" not in field:
            return cat.problem(file, key, "an array needs an item")
        check_field(cat, file, f"{key}.item", field["item"], limits)
    check_limits(cat, file, key, field, kind, limits)
    if "default" in field and not cat.problems_of(file):
        schema = F.field_schema({k: v for k, v in field.items() if k != "default"}, "#/shapes/", True)
        for where, message in Checker(F.shapes_root(cat.shapes, True)).check(field["default"], schema, f"{key}.default"):
            cat.problem(file, where, message)
    return None


def check_shape_ref(cat, file, key, field):
    if field["ref"] not in cat.shapes:
        cat.problem(file, f"{key}.ref", f"there is no shape {field['ref']!r} in shapes.json" + similar(field["ref"], cat.shapes))
    for name in sorted(set(field) - {"ref", "required", "nullable", "doc", "in"}):
        cat.problem(file, f"{key}.{name}", "does not go together with a shape")


def check_limits(cat, file, key, field, kind, limits):
    low, high = F.bounds(field)
    if low is not None and high is not None and low > high:
        cat.problem(file, f"{key}.min", f"{low} is above max {high}")
    if kind in ("boolean", "object", "uuid", "time") and ("min" in field or "max" in field):
        cat.problem(file, key, f"min and max do not belong to a {kind}")
    if kind == "integer" and (low < -F.ID_MAX or high > F.ID_MAX):
        cat.problem(file, key, "JSON integers stay below 2^53")
    if limits and kind in LIMITED and high is None and "enum" not in field:
        cat.problem(file, key, f"needs a max ({LIMITED[kind]}): everything that comes from outside is bounded")


def check_cycles(cat):
    def refs(fields):
        for field in fields.values():
            while field.get("type") == "array" and "item" in field:
                field = field["item"]
            if F.field_type(field) == "shape":
                yield field["ref"]
            yield from refs(field.get("fields", {}))

    def walk(name, above):
        if name in above:
            return cat.problem("shapes.json", name, "contains itself by way of " + " → ".join(above))
        for ref in refs(cat.shapes.get(name, {})):
            walk(ref, above + [name])
        return None

    for name in cat.shapes:
        walk(name, [])


# Commands --------------------------------------------------------------------------------------------------------

def check_command(cat, c, examples):
    file = c["file"]
    check_identity(cat, c, 0)
    check_fields(cat, file, "request", c["request"], limits=True)
    check_reply(cat, c)
    if c.get("rate") and c["rate"] not in cat.rates:
        cat.problem(file, "rate", f"there is no class {c['rate']!r} in rates.json" + similar(c["rate"], cat.rates))
    for i, code in enumerate(c.get("errors", [])):
        if code not in cat.errors:
            cat.problem(file, f"errors[{i}]", f"there is no error {code!r} in errors/*.json" + similar(code, cat.errors))
    names = [e["name"] for e in cat.events]
    for i, name in enumerate(c.get("emits", [])):
        if name not in names:
            cat.problem(file, f"emits[{i}]", f"there is no event {name!r} in events/" + similar(name, names))
    check_faces(cat, c)
    check_raw(cat, c)
    if examples and not cat.problems_of(file):
        check_command_example(cat, c, examples)


def check_reply(cat, c):
    reply, file = c.get("reply"), c["file"]
    if reply is None:
        return
    for word in ("ref", "list"):
        if set(reply) == {word} and isinstance(reply[word], str):
            if reply[word] not in cat.shapes:
                cat.problem(file, f"reply.{word}", f"there is no shape {reply[word]!r} in shapes.json" + similar(reply[word], cat.shapes))
            return
    check_fields(cat, file, "reply", reply, limits=False)


def check_faces(cat, c):
    """REST paths, the fields that fill them, and what follows: success status and Idempotency-Key."""
    file, faces = c["file"], c.get("rest", [])
    if c["role"] == "service" and (faces or "ws" in c):
        cat.problem(file, "role", "a command for services has neither rest nor ws")
    if c["role"] != "service" and not faces and "ws" not in c:
        cat.problem(file, "rest", "nobody can reach it: no rest, no ws, and not for services")
    in_path = sorted(n for n, f in c["request"].items() if f.get("in") == "path")
    for i, face in enumerate(faces):
        check_face(cat, c, f"rest[{i}]", face, in_path)
    for name, field in c["request"].items():
        check_place(cat, c, name, field, faces)
    posts = any(face["method"] == "POST" for face in faces)
    if c.get("idempotency") and not posts:
        cat.problem(file, "idempotency", "Idempotency-Key is for POST")
    c["idempotency"] = posts and c.get("idempotency", c["role"] != "none")
    c["status"] = faces[0].get("status", 200) if faces else 200


def check_face(cat, c, key, face, in_path):
    names = sorted(re.findall(r"{(\w+)}", face["path"]))
    if names != in_path:
        cat.problem(c["file"], f"{key}.path", f"has the parameters {names}, but the fields with in path are {in_path}")
    if len(names) > 8:
        cat.problem(c["file"], f"{key}.path", "has more than 8 parameters")
    empty = c.get("reply") is None and not c.get("raw_reply")
    if face.get("status", 200) == 204 and not empty:
        cat.problem(c["file"], f"{key}.status", "204 has no reply")
    if empty:
        face["status"] = 204 if "status" not in face else face["status"]


def check_place(cat, c, name, field, faces):
    place, key = field.get("in", "body"), f"request.{name}"
    if place != "body" and not faces:
        cat.problem(c["file"], f"{key}.in", f"{place}, but the command has no rest")
    if place == "path" and (not F.is_required(field) or field.get("nullable") or F.field_type(field) not in SIMPLE):
        cat.problem(c["file"], key, "a field in the path is required, never null, and a plain value")
    item = field.get("item", {}) if F.field_type(field) == "array" else field
    if place == "query" and F.field_type(item) not in SIMPLE:
        cat.problem(c["file"], key, "a field in the query is a plain value or an array of them")
    for face in faces:
        if place == "body" and face["method"] in ("GET", "DELETE"):
            cat.problem(c["file"], f"{key}.in", f"{face['method']} has no body: say query or path")


def check_raw(cat, c):
    name, request = c.get("raw_request"), c["request"]
    if name is None:
        return
    for field in (name, "content_type"):
        if F.field_type(request.get(field, {})) != "string":
            cat.problem(c["file"], f"request.{field}", f"raw_request {name} needs a string field {field}")


def check_command_example(cat, c, examples):
    schema = F.object_schema(c["request"], "#/shapes/", True)
    report(cat, c, examples.check(c["example"]["request"], schema, "example.request"))
    reply = F.reply_schema(c.get("reply"), "#/shapes/", True)
    if reply is not None and not c.get("raw_reply"):
        if "reply" not in c["example"]:
            cat.problem(c["file"], "example.reply", "is missing")
        else:
            report(cat, c, examples.check(c["example"]["reply"], reply, "example.reply"))
    elif c["example"].get("reply") is not None and not c.get("raw_reply"):
        cat.problem(c["file"], "example.reply", "the command has no JSON reply")


def report(cat, entry, problems):
    for key, message in problems:
        cat.problem(entry["file"], key, message)


# Events and uniqueness -------------------------------------------------------------------------------------------

def check_event(cat, e, examples):
    check_identity(cat, e, 1000)
    check_fields(cat, e["file"], "body", e["body"], limits=False)
    if e["audience"] == "services" and "ws" in e:
        cat.problem(e["file"], "ws", "an event for services has no ws")
    if e["audience"] != "services" and "ws" not in e:
        cat.problem(e["file"], "ws", "is missing: clients get this event")
    if e.get("durable") and e["audience"] == "channel":
        for name in ("channel_id", "seq"):
            if name not in e["body"]:
                cat.problem(e["file"], f"body.{name}", "is missing: a durable event of a channel carries it")
    if e["audience"] == "connection" and e["owner"] != "gateway":
        cat.problem(e["file"], "audience", "connection is for the frames that the gateway makes")
    if examples and not cat.problems_of(e["file"]):
        report(cat, e, examples.check(e["example"], F.event_schema(e, "#/shapes/", True), "example"))


def shape_of(path):
    return re.sub(r"{\w+}", "{}", path.rstrip("/"))


def check_unique(cat):
    for what, entries in (("command", cat.commands), ("event", cat.events)):
        once(cat, "id", ((e["id"], e["file"], "id") for e in entries), {e["file"]: free_id(e, entries) for e in entries})
        once(cat, f"{what}'s C name", ((e["name"].replace(".", "_"), e["file"], "name") for e in entries))
    once(cat, "WebSocket type", ((c["ws"], c["file"], "ws") for c in cat.commands if "ws" in c))
    once(cat, "path", ((f"{face['method']} {shape_of(face['path'])}", c["file"], f"rest[{i}].path")
                       for c in cat.commands for i, face in enumerate(c.get("rest", []))))
    once(cat, "error's C name", ((n.replace(".", "_"), e["file"], n) for n, e in cat.errors.items()))


def free_id(entry, entries):
    """No id that was used once is used again, so those between are left alone."""
    return f": take {max(e['id'] for e in entries if e['owner'] == entry['owner']) + 1}"


def once(cat, what, values, advice=None):
    seen = {}
    for value, file, key in values:
        if value in seen:
            cat.problem(file, key, f"the {what} {value} is taken by {seen[value]}{(advice or {}).get(file, '')}")
        seen.setdefault(value, file)
