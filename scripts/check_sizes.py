#!/usr/bin/python3
"""How long files may be: C files 400 lines, headers 120; a warning over it, an error at 600 and 200."""
import sys

from csource import OURS, ROOT, project_files

LIMITS = {".c": (400, 600), ".h": (120, 200)}
VAGUE = {"util", "utils", "common", "misc", "helper", "helpers"}


def main():
    failed = False
    for path in project_files(".c", ".h", folders=OURS):
        lines = (ROOT / path).read_text().count("\n")
        soft, hard = LIMITS[path.suffix]
        if lines > hard:
            failed = True
            print(f"{path}: {lines} lines, more than {hard}")
        elif lines > soft:
            print(f"{path}: {lines} lines, better not more than {soft} (warning)")
        if path.stem in VAGUE:
            failed = True
            print(f"{path}: a name that says nothing")
    sys.exit(1 if failed else 0)


main()
