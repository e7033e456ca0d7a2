#!/usr/bin/python3
"""Which test files deserve a second look: second_look.py JUNIT_FILE, in tests/. Prints the files of the tests that failed; or nothing, and says why, where the
failure stands: a sanitizer spoke, a program ended by itself, the delivery contract was violated (where people talk and are judged), or too much failed for an accident.
docs/decisions/0015-a-second-look.md."""
import pathlib
import re
import sys
import xml.etree.ElementTree as tree

FILES = 3
JUDGED = ("chaos/", "operations/", "kubernetes/", "deploy/")
STANDS = re.compile(r"Sanitizer|runtime error:|(stopped|ended) with -?\d")
TESTS = pathlib.Path(__file__).resolve().parents[1] / "tests"


def file_of(case):
    """system.test_run.TestName: the longest part that is a file. A file that could not be read at all is a case without a class: its name."""
    parts = case.get("classname").split(".")
    while parts and not (TESTS / "/".join(parts)).with_suffix(".py").is_file():
        parts.pop()
    return "/".join(parts) + ".py" if parts else case.get("name")


def failures():
    """(file, text) of each."""
    for case in tree.parse(sys.argv[1]).getroot().iter("testcase"):
        for bad in [*case.iter("failure"), *case.iter("error")]:
            yield file_of(case), f"{bad.get('message')}\n{bad.text}"


def stands(file, text):
    return not file.endswith(".py") or file.startswith(JUDGED) or STANDS.search(text)


found = list(failures())
files = sorted({file for file, _ in found})
lasting = [file for file, text in found if stands(file, text)]
if lasting or len(files) > FILES:
    print(f"no second look: {' '.join(lasting) or f'{len(files)} files'}", file=sys.stderr)
else:
    print(" ".join(files))
