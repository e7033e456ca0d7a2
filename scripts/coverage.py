#!/usr/bin/python3
"""Line coverage of the C code, from what the build with coverage has counted: coverage.py BUILD. Prints each file and the totals; ends with 1 when less than 85 %
of all lines, or not every line of proto/ and of the domain/ folders, was run. Lines marked "no memory" are not counted. gcov is asked itself, file by file: that takes seconds."""
import collections
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("lib", "proto", "services")
LEAST, WHOLE = 85.0, ("proto/", "/domain/")
MISSING_SHOWN = 12  # ranges of a file
NO_MEMORY = "/* no memory */"  # after what runs only then: not counted


def counted(build):
    """file → line → how often it ran, by whatever program."""
    lines = collections.defaultdict(collections.Counter)
    for data in sorted(p for folder in FOLDERS for p in (build / folder).rglob("*.gcno")):
        done = subprocess.run(["gcov", "-j", "-t", str(data)], check=True, capture_output=True, cwd=build)
        for text in done.stdout.decode().splitlines():
            for file in json.loads(text)["files"]:
                path = (build / file["file"]).resolve()
                if path.suffix != ".c" or not path.is_relative_to(ROOT) or path.is_relative_to(build) or not path.exists():
                    continue
                for line in file["lines"]:
                    lines[str(path.relative_to(ROOT))][line["line_number"]] += line["count"]
    return lines


def without_no_memory(lines):
    for path, counts in lines.items():
        for number, text in enumerate((ROOT / path).read_text().splitlines(), 1):
            if NO_MEMORY in text:
                counts.pop(number, None)
    return lines


def ranges(numbers):
    found = []
    for n in numbers:
        if found and n == found[-1][1] + 1:
            found[-1][1] = n
        else:
            found.append([n, n])
    return [str(a) if a == b else f"{a}-{b}" for a, b in found]


def percent(run, there):
    return 100.0 * run / there if there else 100.0


def main():
    lines = without_no_memory(counted(pathlib.Path(sys.argv[1]).resolve()))
    folders, failed = collections.defaultdict(lambda: [0, 0]), []
    for path in sorted(lines):
        missing = sorted(n for n, count in lines[path].items() if not count)
        run, there = len(lines[path]) - len(missing), len(lines[path])
        parts = path.split("/")
        for name in ("/".join(parts[:2]) if parts[0] != "proto" else "proto", *(["domain/"] if "/domain/" in path else []), "all"):
            folders[name][0] += run
            folders[name][1] += there
        shown = ranges(missing)
        more = f" and {len(shown) - MISSING_SHOWN} more" if len(shown) > MISSING_SHOWN else ""
        print(f"{path:48} {run:5} of {there:5} {percent(run, there):6.1f} %  {','.join(shown[:MISSING_SHOWN])}{more}")
        if missing and (path.startswith(WHOLE[0]) or WHOLE[1] in path):
            failed.append(f"{path}: lines {','.join(shown)} were not run")
    print()
    for name, (run, there) in sorted(folders.items()):
        print(f"{name:48} {run:5} of {there:5} {percent(run, there):6.1f} %")
    if percent(*folders["all"]) < LEAST:
        failed.append(f"{percent(*folders['all']):.1f} % of all lines are less than {LEAST:.0f} %")
    print(*failed, sep="\n", end="\n" if failed else "")
    sys.exit(1 if failed else 0)


main()
