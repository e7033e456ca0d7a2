"""All documents of a catalogue: name → text. What they say in common is in words.py."""
import json
import pathlib

from gen.asyncapi import asyncapi
from gen.openapi import openapi
from gen.pages import page


def dump(document):
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def render(cat):
    return {
        "openapi.json": dump(openapi(cat)),
        "asyncapi.json": dump(asyncapi(cat)),
        "index.html": page(cat),
        "docs.css": (pathlib.Path(__file__).parent / "docs.css").read_text(encoding="utf-8"),
    }
