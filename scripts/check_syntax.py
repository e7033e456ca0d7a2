#!/usr/bin/python3
"""Every JSON file is JSON without duplicate keys, every Python file compiles."""
import json
import sys

from csource import ROOT, project_files


def unique(pairs):
    keys = [key for key, _ in pairs]
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        raise ValueError(f"duplicate keys: {', '.join(sorted(twice))}")
    return dict(pairs)


def main():
    failed = False
    # Files for TypeScript's tools may hold comments; seeds of fuzz targets are broken on purpose.
    json_files = [f for f in project_files(".json") if f.parts[0] in ("proto", "deploy", "docs") or len(f.parts) == 1]
    for path in json_files:
        try:
            json.loads((ROOT / path).read_text(), object_pairs_hook=unique)
        except ValueError as error:
            failed = True
            print(f"{path}: {error}")
    for path in project_files(".py"):
        try:
            compile((ROOT / path).read_text(), str(path), "exec")
        except (SyntaxError, ValueError) as error:
            failed = True
            print(f"{path}: {error}")
    sys.exit(1 if failed else 0)


main()
