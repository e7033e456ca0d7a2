"""Reads the files of proto/ into a Catalogue. Everything wrong becomes a Problem(file, key, message): all of them are
reported at once. Duplicate keys inside a file are refused, because JSON parsers would hide them."""
import json
from collections import namedtuple

Problem = namedtuple("Problem", "file key message")
OWNERS = ["gateway", "auth", "chat", "notify", "admin"]
# The first ids of each owner's blocks of 99.
RANGES = {"auth": [101], "chat": [201, 601], "notify": [301], "admin": [401], "gateway": [501]}


class Catalogue:
    def __init__(self, root):
        self.root = root
        self.problems = []
        self.commands = []  # dicts in id order, each with "file"
        self.events = []
        self.errors = {}    # name → dict with "file" and "owner"
        self.rates = {}
        self.shapes = {}
        self.streams = {}
        self.transfers = []  # uploads and downloads
        self.schema = {}

    def problem(self, file, key, message):
        self.problems.append(Problem(file, key, message))

    def problems_of(self, file):
        return [p for p in self.problems if p.file == file]


def unique_keys(pairs):
    keys = [key for key, _ in pairs]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise ValueError(f"the key {twice[0]!r} is there twice")
    return dict(pairs)


def read(cat, path):
    file = str(path.relative_to(cat.root))
    if not path.exists():
        cat.problem(file, "", "is missing")
        return None
    try:
        return json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=unique_keys)
    except json.JSONDecodeError as wrong:
        cat.problem(file, f"line {wrong.lineno}", f"not JSON: {wrong.msg}")
    except ValueError as wrong:  # duplicate keys, not UTF-8
        cat.problem(file, "", str(wrong))
    return None


def load(root):
    cat = Catalogue(root)
    cat.schema = read(cat, root / "schema.json") or {}
    for kind in ("rates", "shapes", "streams"):
        setattr(cat, kind, read(cat, root / f"{kind}.json") or {})
    cat.transfers = read(cat, root / "transfers.json") or []
    for path in sorted((root / "errors").glob("*.json")):
        load_errors(cat, path)
    for kind in ("commands", "events"):
        for path in sorted((root / kind).glob("*.json")):
            value = read(cat, path)
            if isinstance(value, dict):
                getattr(cat, kind).append({"file": str(path.relative_to(root)), **value})
            elif value is not None:
                cat.problem(str(path.relative_to(root)), "", "must be an object")
    return cat


def load_errors(cat, path):
    file = str(path.relative_to(cat.root))
    value = read(cat, path)
    if value is None:
        return
    if path.stem not in OWNERS + ["common"]:
        cat.problem(file, "", f"errors are in <owner>.json or common.json, {path.stem!r} is no owner")
    for name, entry in value.items():
        if name in cat.errors:
            cat.problem(file, name, f"is also in {cat.errors[name]['file']}")
        elif isinstance(entry, dict):
            cat.errors[name] = {"file": file, "owner": path.stem, "name": name, **entry}
        else:
            cat.problem(file, name, "must be an object")
