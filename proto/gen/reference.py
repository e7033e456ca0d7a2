"""The reference part of the page: fields, commands, events, shapes."""
from gen import fields as F
from gen import html as H
from gen import words as W

KINDS = {"uuid": "UUID", "time": "time", "email": "e-mail", "map": "object: id → integer"}


def type_name(field):
    kind = F.field_type(field)
    if kind == "shape":
        name = H.code_link(f"shape-{field['ref']}", field["ref"])
    elif kind == "array":
        name = f"array of {type_name(field['item'])}"
    elif field.get("ref") == "id":
        name = "id"
    else:
        name = H.text(KINDS.get(kind, kind))
    return name + (" or null" if field.get("nullable") else "")


def limits(field):
    if "enum" in field:
        return ", ".join(f"<code>{H.text(v)}</code>" for v in field["enum"])
    low, high = field.get("min"), field.get("max")
    unit = {"string": " characters", "array": " items", "map": " entries"}.get(F.field_type(field), "")
    if low is None and high is None:
        return ""
    if high is None:
        return f"from {low}{unit}"
    return f"up to {high}{unit}" if low is None else f"{low} to {high}{unit}"


def presence(field):
    if "default" in field:
        return f"default <code>{H.text(H.pretty(field['default']))}</code>"
    return "" if F.is_required(field) else "optional"


def rows(fields, prefix=""):
    """One row a field; what is inside objects and arrays of objects follows it."""
    out = []
    for name, field in fields.items():
        doc = H.inline(F.description(field)) if field.get("doc") or field.get("multiline") else ""
        notes = " · ".join(note for note in (limits(field), presence(field)) if note)
        out.append([f"<code>{H.text(prefix + name)}</code>", type_name(field), notes, doc])
        inner, mark = (field.get("item", {}), "[].") if F.field_type(field) == "array" else (field, ".")
        out += rows(inner.get("fields", {}), f"{prefix}{name}{mark}")
    return out


def fields_table(fields):
    return H.table(["Field", "Type", "Limits", ""], rows(fields), "fields")


def errors_list(cat, names):
    return "<ul class=\"codes\">" + "".join(f"<li>{H.code_link(n, n)} <span>{cat.errors[n]['status']}</span></li>" for n in names) + "</ul>"


# Commands --------------------------------------------------------------------------------------------------------

def faces(c):
    out = [f'<p class="face"><b>{H.text(f["method"])}</b> <code>{H.text(f["path"])}</code></p>' for f in c.get("rest", [])]
    out += [f'<p class="face"><b>WebSocket</b> <code>{H.text(c["ws"])}</code></p>'] if "ws" in c else []
    return "".join(out)


def command_facts(cat, c):
    emits = ", ".join(H.code_link(f"event-{n}", n) for n in c.get("emits", []))
    status = c["rest"][0].get("status", 200) if c.get("rest") else ""
    return H.facts([
        ("Who", W.ROLES[c["role"]]),
        ("Rate class", H.code_link(f"rate-{c['rate']}", c["rate"]) if "rate" in c else ""),
        ("Success", status),
        ("Repeats", "<code>Idempotency-Key</code>" if c["idempotency"] else ""),
        ("Emits", emits),
    ])


def request_example(c):
    """What goes over the wire: the path filled in, the query, the body."""
    values = c["example"]["request"]
    if "raw_request" in c or not c.get("rest"):
        return H.pre(H.pretty(W.ws_example(c) if "ws" in c else values), "Example") if "raw_request" not in c else ""
    face = c["rest"][0]
    path = face["path"]
    query, body = [], {}
    for name, value in values.items():
        place = c["request"][name].get("in", "body")
        plain = ",".join(map(str, value)) if isinstance(value, list) else str(value).lower() if isinstance(value, bool) else str(value)
        if place == "path":
            path = path.replace("{" + name + "}", plain)
        elif place == "query":
            query.append(f"{name}={plain}")
        else:
            body[name] = value
    line = f"{face['method']} {path}" + (f"?{'&'.join(query)}" if query else "")
    return H.pre(line + (f"\n\n{H.pretty(body)}" if body else ""), "Example")


def reply_part(c):
    reply = c.get("reply")
    if c.get("raw_reply"):
        return "<h4>Answer</h4><p>The bytes, with their media type and an <code>ETag</code>.</p>"
    if reply is None:
        return "<h4>Answer</h4><p>No content.</p>" if c.get("rest") else ""
    out = "<h4>Answer</h4>"
    if set(reply) == {"ref"} and isinstance(reply["ref"], str):
        out += f"<p>{H.code_link('shape-' + reply['ref'], reply['ref'])}</p>"
    elif set(reply) == {"list"} and isinstance(reply["list"], str):
        out += f"<p><code>items</code>: an array of {H.code_link('shape-' + reply['list'], reply['list'])}; <code>next_cursor</code>: text or null.</p>"
    else:
        out += fields_table(reply)
    return out + H.pre(H.pretty(c["example"].get("reply")))


def command(cat, c):
    request = f"<h4>Request</h4>{fields_table(c['request'])}" if c["request"] else ""
    raw = "<p>The body is the bytes themselves.</p>" if "raw_request" in c else ""
    return (f'<article id="command-{H.text(c["name"])}"><h3><code>{H.text(c["name"])}</code> {H.text(c["summary"])}</h3>{faces(c)}'
            f'{H.prose(c.get("description", ""))}{command_facts(cat, c)}{request}{raw}{request_example(c)}{reply_part(c)}'
            f'<h4>Errors</h4>{errors_list(cat, W.command_errors(cat, c))}</article>\n')


def commands(cat):
    out = []
    for owner, area in W.AREAS.items():
        mine = [c for c in cat.commands if c["owner"] == owner and c["role"] != "service"]
        if mine:
            out.append(H.section(f"area-{owner}", area, *(command(cat, c) for c in mine)))
    inside = [c for c in cat.commands if c["role"] == "service"]
    note = "<p>Commands that the services of the suite send each other over the bus. They have no address; they are here for operators and contributors.</p>"
    out.append(H.section("inside", "Between services", note, *(command(cat, c) for c in inside)))
    return "".join(out)


# Events and shapes -----------------------------------------------------------------------------------------------

def event(e):
    face = f'<p class="face"><b>WebSocket</b> <code>{H.text(e["ws"])}</code></p>' if "ws" in e else ""
    durable = "kept in the channel's log, with the next seq" if e.get("durable") and e["audience"] == "channel" else ""
    told = H.facts([("Told to", W.AUDIENCES[e["audience"]]), ("Durable", durable)])
    return (f'<article id="event-{H.text(e["name"])}"><h3><code>{H.text(e["name"])}</code> {H.text(e["summary"])}</h3>{face}'
            f'{H.prose(e.get("description", ""))}{told}{fields_table(e["body"])}{H.pre(H.pretty(e["example"]), "Example")}</article>\n')


def events(cat):
    outside = [e for e in cat.events if e["audience"] != "services"]
    inside = [e for e in cat.events if e["audience"] == "services"]
    intro = ("<p>A durable event of a channel has the channel's next <code>seq</code>: 1, 2, 3, … without holes. Clients must ignore members "
             "and types that they do not know.</p>")
    return (H.section("events", "Events", intro, *map(event, outside))
            + H.section("events-inside", "Events between services", *map(event, inside)))


def shapes(cat):
    body = "".join(f'<article id="shape-{H.text(n)}"><h3><code>{H.text(n)}</code></h3>{fields_table(f)}</article>' for n, f in cat.shapes.items())
    return H.section("shapes", "Objects", body)
