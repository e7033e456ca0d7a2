"""The words of the web client, in its languages: "{activity}" in a selector is what that key says (web/src/lang)."""

import ast
import functools
import pathlib
import re

LANG = pathlib.Path(__file__).resolve().parents[2] / "web/src/lang"
ENTRY = re.compile(r"^  '?([\w.]+)'?:\s*('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"),$", re.MULTILINE)


@functools.cache
def words(code):
    """All of a language, as {key: text}."""
    return {key: ast.literal_eval(text) for part in ("", ".later") for key, text in ENTRY.findall((LANG / f"{code}{part}.ts").read_text(encoding="utf-8"))}


def said(code, text):
    """The text with words of that language for the keys in it."""
    return re.sub(r"\{(\w+)\}", lambda m: words(code)[m[1]], text)
