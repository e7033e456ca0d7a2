#!/usr/bin/python3
"""clang-tidy over every C file of a build: tidy.py BUILD_DIR [FILE…]. Files that were clean and have not changed since, with
all they could include, are not looked at again; their marks are in BUILD_DIR/tidy. tidy.py --list BUILD_DIR only
writes the compile commands of all but the tests, for cppcheck, to BUILD_DIR/tidy/code.json."""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# gcc's alone: clang does not know them.
FOREIGN = {"-ftrivial-auto-var-init=zero", "-Wlogical-op", "-Wduplicated-cond", "-Wduplicated-branches", "-Werror"}
FINDING = re.compile(r": (error|warning): ")
FOLDERS = ("lib", "proto", "services", "tools", "tests")


def arguments(entry):
    words = [word for word in shlex.split(entry["command"]) if word not in FOREIGN]
    return words + ["-Wno-gnu-zero-variadic-macro-arguments", "-Wno-unknown-warning-option"]


def entries(build):
    """One entry per file of the project; what is generated in the build tree is the generator's business."""
    seen = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        file = pathlib.Path(entry["file"]).resolve()
        if file.is_relative_to(ROOT) and file.relative_to(ROOT).parts[0] in FOLDERS:
            seen.setdefault(file, {"directory": entry["directory"], "file": str(file), "arguments": arguments(entry)})
    return seen


def write_code_list(build):
    """cppcheck has no picture of Criterion's macros."""
    code = [entry for file, entry in entries(build).items() if file.relative_to(ROOT).parts[0] != "tests"]
    (build / "tidy").mkdir(exist_ok=True)
    (build / "tidy" / "code.json").write_text(json.dumps(code))


def common_hash(build):
    """Everything but the file itself that a result can depend on: the settings and all headers."""
    digest = hashlib.sha256((ROOT / ".clang-tidy").read_bytes() + (ROOT / "tests" / ".clang-tidy").read_bytes())
    headers = [h for folder in FOLDERS for h in (ROOT / folder).rglob("*.h")] + list((build / "include").glob("*/gen/*.h"))
    for header in sorted(headers):
        digest.update(header.read_bytes())
    return digest


def check(entry, database, mark):
    done = subprocess.run(["clang-tidy", "--quiet", "-p", str(database), entry["file"]], capture_output=True, text=True)
    if done.returncode == 0:
        mark.touch()
        return ""
    return done.stdout + done.stderr or f"{entry['file']}: clang-tidy ended with {done.returncode}"


def findings(output):
    """The lines that name a place, with the real path of headers, which are reached through links."""
    lines = [line for line in output.splitlines() if FINDING.search(line)]
    if not lines:
        return [output] if output else []
    return [os.path.relpath(os.path.realpath(path), ROOT) + ":" + rest for path, _, rest in (line.partition(":") for line in lines)]


def main():
    if sys.argv[1] == "--list":
        write_code_list(pathlib.Path(sys.argv[2]).resolve())
        return
    build = pathlib.Path(sys.argv[1]).resolve()
    wanted = {pathlib.Path(name).resolve() for name in sys.argv[2:]}
    work = build / "tidy"
    work.mkdir(exist_ok=True)
    all_entries = entries(build)
    (work / "compile_commands.json").write_text(json.dumps(list(all_entries.values())))
    common = common_hash(build)
    jobs = []
    for file, entry in sorted(all_entries.items()):
        if wanted and file not in wanted:
            continue
        digest = common.copy()
        digest.update(json.dumps(entry).encode() + file.read_bytes())
        mark = work / digest.hexdigest()
        if not mark.exists():
            jobs.append((entry, work, mark))
    failed = 0
    shown = set()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for output in pool.map(lambda job: check(*job), jobs):
            failed += bool(output)
            for line in findings(output):
                if line not in shown:  # what a header has is found by each who includes it
                    print(line)
                    shown.add(line)
    print(f"clang-tidy: {len(jobs)} of {len(all_entries)} files looked at, {failed} with findings", file=sys.stderr)
    sys.exit(1 if failed else 0)


main()
