#!/usr/bin/python3
"""Makes the C tables, the OpenAPI and AsyncAPI documents and the reference pages from the files beside it.

    generate.py --check                      only says what is wrong
    generate.py --tables DIR                 DIR/catalogue.h and DIR/catalogue.c
    generate.py --docs DIR                   DIR/openapi.json, asyncapi.json, index.html, docs.css
    generate.py --index docs/api.md          the page of all commands, events and errors

Python's standard library only; the same input gives the same bytes."""
import argparse
import pathlib
import sys

sys.dont_write_bytecode = True  # the source tree may be read-only

from gen.check import check  # noqa: E402
from gen.load import load  # noqa: E402


def write(path, text):
    """Leaves an unchanged file alone, so that nothing is built again for it."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--tables", type=pathlib.Path)
    parser.add_argument("--docs", type=pathlib.Path)
    parser.add_argument("--index", type=pathlib.Path)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent)
    args = parser.parse_args()
    cat = load(args.root)
    check(cat)
    for file, key, message in cat.problems:
        print(f"proto/{file}: {key + ': ' if key else ''}{message}", file=sys.stderr)
    if cat.problems:
        print(f"{len(cat.problems)} problem(s) in the catalogue", file=sys.stderr)
        return 1
    if args.tables:
        from gen import tables
        write(args.tables / "catalogue.h", tables.header(cat))
        write(args.tables / "catalogue.c", tables.source(cat))
    if args.docs:
        from gen import documents
        for name, text in documents.render(cat).items():
            write(args.docs / name, text)
    if args.index:
        from gen import index
        write(args.index, index.render(cat))
    return 0


if __name__ == "__main__":
    sys.exit(main())
