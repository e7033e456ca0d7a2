"""The part of JSON Schema 2020-12 that proto/ uses, with messages that name the key.

Written out here because the build needs nothing but Python's standard library; tests/contract checks the same files
with an independent implementation. A keyword that is not known here is an error, never ignored."""
import re
from datetime import datetime

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
NOTES = {"$schema", "$defs", "$id", "title", "description", "default", "examples", "example", "deprecated"}
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)")
EMAIL = re.compile(r"[^@\s]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


def is_type(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def is_time(text):
    if not TIME.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text.upper().replace("Z", "+00:00"))
    except ValueError:
        return False
    return True


FORMATS = {
    "uuid": lambda text: UUID.fullmatch(text) is not None,
    "date-time": is_time,
    "email": lambda text: EMAIL.fullmatch(text) is not None,
    "binary": lambda text: True,
}


class Checker:
    """check(value, schema) gives a list of (key path, message); roots: the document that $ref looks in."""

    def __init__(self, root):
        self.root = root

    def resolve(self, ref):
        node = self.root
        for part in ref.removeprefix("#/").split("/"):
            node = node[part]
        return node

    def check(self, value, schema, key=""):
        problems = []
        for keyword, argument in schema.items():
            if keyword in NOTES:
                continue
            rule = getattr(self, "on_" + keyword.lstrip("$"), None)
            if rule is None:
                raise NotImplementedError(f"schema keyword {keyword}")
            problems += rule(value, argument, schema, key)
        return problems

    def on_ref(self, value, ref, _schema, key):
        return self.check(value, self.resolve(ref), key)

    def on_type(self, value, names, _schema, key):
        names = names if isinstance(names, list) else [names]
        if any(is_type(value, name) for name in names):
            return []
        return [(key, f"must be {' or '.join(names)}, not {shown(value)}")]

    def on_const(self, value, wanted, _schema, key):
        return [] if value == wanted and type(value) is type(wanted) else [(key, f"must be {shown(wanted)}")]

    def on_enum(self, value, allowed, _schema, key):
        if value in allowed:
            return []
        return [(key, f"{shown(value)} is not one of {', '.join(shown(a) for a in allowed)}")]

    def on_anyOf(self, value, choices, _schema, key):
        results = [self.check(value, choice, key) for choice in choices]
        return [] if [] in results else min(results, key=len)

    def on_properties(self, value, properties, _schema, key):
        if not isinstance(value, dict):
            return []
        return [p for name, schema in properties.items() if name in value
                for p in self.check(value[name], schema, f"{key}.{name}" if key else name)]

    def on_required(self, value, names, _schema, key):
        if not isinstance(value, dict):
            return []
        return [(f"{key}.{name}" if key else name, "is missing") for name in names if name not in value]

    def on_additionalProperties(self, value, extra, schema, key):
        if not isinstance(value, dict) or extra is True:
            return []
        known = schema.get("properties", {})
        names = [name for name in value if name not in known]
        if extra is False:
            return [(f"{key}.{n}" if key else n, "is not a key that belongs here" + similar(n, known)) for n in names]
        return [p for n in names for p in self.check(value[n], extra, f"{key}.{n}" if key else n)]

    def on_propertyNames(self, value, schema, _schema, key):
        if not isinstance(value, dict):
            return []
        return [p for name in value for p in self.check(name, schema, f"{key}.{name}" if key else name)]

    def on_maxProperties(self, value, most, _schema, key):
        return [(key, f"has more than {most} members")] if isinstance(value, dict) and len(value) > most else []

    def on_items(self, value, schema, _schema, key):
        if not isinstance(value, list):
            return []
        return [p for i, item in enumerate(value) for p in self.check(item, schema, f"{key}[{i}]")]

    def on_minItems(self, value, least, _schema, key):
        return [(key, f"needs at least {least} items")] if isinstance(value, list) and len(value) < least else []

    def on_maxItems(self, value, most, _schema, key):
        return [(key, f"has more than {most} items")] if isinstance(value, list) and len(value) > most else []

    def on_uniqueItems(self, value, wanted, _schema, key):
        if not wanted or not isinstance(value, list):
            return []
        return [(f"{key}[{i}]", f"{shown(v)} is there twice") for i, v in enumerate(value) if v in value[:i]]

    def on_minimum(self, value, least, _schema, key):
        return [(key, f"{value} is below {least}")] if is_type(value, "number") and value < least else []

    def on_maximum(self, value, most, _schema, key):
        return [(key, f"{value} is above {most}")] if is_type(value, "number") and value > most else []

    def on_minLength(self, value, least, _schema, key):
        return [(key, f"is shorter than {least}")] if isinstance(value, str) and len(value) < least else []

    def on_maxLength(self, value, most, _schema, key):
        return [(key, f"is longer than {most}")] if isinstance(value, str) and len(value) > most else []

    def on_pattern(self, value, pattern, _schema, key):
        if not isinstance(value, str) or re.search(pattern, value):
            return []
        return [(key, f"{shown(value)} does not look like {pattern}")]

    def on_format(self, value, name, _schema, key):
        if not isinstance(value, str) or FORMATS[name](value):
            return []
        return [(key, f"{shown(value)} is not a {name}")]


def shown(value):
    text = repr(value) if not isinstance(value, (dict, list)) else ("an object" if isinstance(value, dict) else "an array")
    return text if len(text) <= 60 else text[:57] + "…"


def similar(name, known):
    import difflib
    close = difflib.get_close_matches(name, list(known), 1)
    return f" (is {close[0]} meant?)" if close else ""
