"""Fields of the catalogue as JSON Schema: the one translation that examples, OpenAPI and AsyncAPI share."""

ID_MAX = (1 << 53) - 1
EMAIL_MAX = 254
FORMATS = {"uuid": "uuid", "time": "date-time", "email": "email"}


def field_type(field):
    """The type of a field, "shape" for a reference to shapes.json."""
    if "ref" in field and field["ref"] != "id":
        return "shape"
    return field.get("type", "integer" if field.get("ref") == "id" else None)


def bounds(field):
    """(min, max) that hold for a field when it says nothing itself; None: no limit."""
    kind = field_type(field)
    low, high = {"integer": (-ID_MAX, ID_MAX), "email": (3, EMAIL_MAX), "string": (0, None), "array": (0, None),
                 "map": (0, None)}.get(kind, (None, None))
    if field.get("ref") == "id":
        low = 1
    return field.get("min", low), field.get("max", high)


def is_required(field):
    return field.get("required", True) and "default" not in field


def nullable(schema):
    if "$ref" in schema or "anyOf" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    out = dict(schema)
    if "enum" in out:
        out["enum"] = out["enum"] + [None]
    if isinstance(out.get("type"), str):
        out["type"] = [out["type"], "null"]
    return out


def field_schema(field, prefix, closed):
    """prefix: where shapes are, e.g. "#/components/schemas/"; closed: unknown members are refused."""
    kind = field_type(field)
    if kind == "shape":
        out = {"$ref": prefix + field["ref"]}
    elif kind == "object":
        out = object_schema(field.get("fields", {}), prefix, closed, field.get("open", False))
    else:
        out = plain_schema(field, kind, prefix, closed)
    if field.get("nullable"):
        out = nullable(out)
    if "doc" in field or field.get("multiline"):
        out = dict(out, description=description(field))
    if "default" in field:
        out = dict(out, default=field["default"])
    return out


def description(field):
    note = "Line feeds and tabs are allowed, other control characters are not." if field.get("multiline") else ""
    doc = field.get("doc", "")
    doc = doc[:1].upper() + doc[1:]
    if doc and doc[-1] not in ".!?":
        doc += "."
    return f"{doc} {note}".strip()


def plain_schema(field, kind, prefix, closed):
    low, high = bounds(field)
    if kind in ("integer", "number"):
        return {"type": kind, **given(minimum=low, maximum=high)}
    if kind == "boolean":
        return {"type": "boolean"}
    if kind == "array":
        return {"type": "array", "items": field_schema(field["item"], prefix, closed),
                **given(minItems=low or None, maxItems=high)}
    if kind == "map":
        return {"type": "object", "propertyNames": {"pattern": "^[1-9][0-9]{0,15}$"},
                "additionalProperties": {"type": "integer", "minimum": 0, "maximum": ID_MAX}, **given(maxProperties=high)}
    out = {"type": "string", **given(minLength=low or None, maxLength=high)}
    if kind in FORMATS:
        out["format"] = FORMATS[kind]
    if "enum" in field:
        out["enum"] = list(field["enum"])
    return out


def given(**limits):
    return {name: value for name, value in limits.items() if value is not None}


def object_schema(fields, prefix, closed, opened=False):
    out = {"type": "object", "properties": {n: field_schema(f, prefix, closed) for n, f in fields.items()}}
    required = [n for n, f in fields.items() if is_required(f)]
    if required:
        out["required"] = required
    if opened or closed:
        out["additionalProperties"] = opened
    return out


def reply_schema(reply, prefix, closed):
    """None for a reply without content."""
    if reply is None:
        return None
    if set(reply) == {"ref"} and isinstance(reply["ref"], str):
        return {"$ref": prefix + reply["ref"]}
    if set(reply) == {"list"} and isinstance(reply["list"], str):
        out = {"type": "object", "properties": {
            "items": {"type": "array", "items": {"$ref": prefix + reply["list"]}},
            "next_cursor": {"type": ["string", "null"], "description": "The cursor of the next page; null: there is none."},
        }, "required": ["items", "next_cursor"]}
        if closed:
            out["additionalProperties"] = False
        return out
    return object_schema(reply, prefix, closed)


def event_schema(event, prefix, closed):
    """The body that travels: with "type" in front when clients get it."""
    out = object_schema(event["body"], prefix, closed)
    if "ws" in event:
        out["properties"] = {"type": {"const": event["ws"]}, **{n: s for n, s in out["properties"].items() if n != "type"}}
        out["required"] = ["type"] + [n for n in out.get("required", []) if n != "type"]
    return out


def shapes_root(shapes, closed):
    return {"shapes": {name: object_schema(fields, "#/shapes/", closed) for name, fields in shapes.items()}}
