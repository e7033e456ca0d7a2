#!/usr/bin/python3
"""The file trees of the images: trees.py FOLDER, in the Dockerfile's stage `trees`.

FOLDER/<target> gets the target's programs and data, the libraries that the loader finds for them, the copyright files and dpkg entries of the
packages that all of it comes from (scanners read these), and a bill of materials. What every service needs is in FOLDER/base; FOLDER/<target>-own
is what the target's user may write to. Nothing in a tree depends on the time or the machine: two builds of the same sources and packages are the same."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

import sbom

ROOT = pathlib.Path.cwd()
BIN = ROOT / "build/release/bin"
TIME = 315532800  # 1980-01-01, of every file
SERVICES = ("auth", "chat", "notify", "admin", "gateway")
PROGRAMS = {**{name: [BIN / f"palique-{name}"] for name in SERVICES}, "edge": [pathlib.Path("/usr/sbin/nginx"), BIN / "palique-probe"]}
PROGRAMS["chat"].append(BIN / "palique-media")
# The C library opens libgcc_s when it needs it, to end a thread; no program names it.
EXTRA = "libgcc_s.so.1"
OWN = {"chat": ("var/lib/palique", "files"), "edge": ("run", "edge")}
VIPS = pathlib.Path("/usr/src/vips.version")


def libraries(program):
    """Where a program expects its libraries → where they are here."""
    out = subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout
    assert "not found" not in out, out
    found = {pathlib.Path(path).name: pathlib.Path(path) for path in re.findall(r"=> (/\S+)", out)}
    loader = pathlib.Path(re.search(r"^\s+(/\S*ld-linux\S*)", out, re.M)[1])
    folder = found["libc.so.6"].parent  # /lib/<architecture>, one of those that the loader looks into by itself
    found[EXTRA] = folder / EXTRA
    return {loader: loader} | {folder / name: path for name, path in found.items()}


def data(target):
    """Files that are no programs: where they go → where they are here."""
    files = {}
    if target == "chat":
        files["/usr/share/misc/magic.mgc"] = pathlib.Path("/usr/lib/file/magic.mgc")
    if target == "gateway":
        for source, to in ((ROOT / "web/dist", "web"), (ROOT / "build/release/share/docs", "docs")):
            files |= {f"/usr/share/palique/{to}/{path.relative_to(source)}": path for path in source.rglob("*")
                      if path.is_file() and not path.name.startswith(".")}
    if target == "edge":
        files["/etc/nginx/mime.types"] = pathlib.Path("/etc/nginx/mime.types")
        files["/etc/palique/nginx.conf"] = ROOT / "deploy/nginx/image.conf"
        files |= {f"/etc/palique/{name}": ROOT / "deploy/nginx" / name for name in ("http.conf", "routes.conf")}
    return {pathlib.Path(to): path for to, path in files.items()}


BASE_DATA = {
    pathlib.Path("/etc/ssl/certs/ca-certificates.crt"): pathlib.Path("/etc/ssl/certs/ca-certificates.crt"),
    pathlib.Path("/etc/os-release"): pathlib.Path("/usr/lib/os-release"),
    pathlib.Path("/usr/share/doc/palique/LICENSE"): ROOT / "LICENSE",
}
BASE_TEXTS = {
    "/etc/passwd": "root:x:0:0:root:/nonexistent:/nonexistent\npalique:x:10001:10001:Palique:/nonexistent:/nonexistent\n",
    "/etc/group": "root:x:0:\npalique:x:10001:\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
}


def place(tree, to, source):
    target = tree / to.relative_to("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o755 if os.access(source, os.X_OK) else 0o644)
    return target


def write(tree, to, text):
    target = tree / to.lstrip("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text)


def describe(tree, packages):
    """What scanners and readers of licences look for."""
    for package in packages:
        write(tree, f"/var/lib/dpkg/status.d/{package.name}", package.status)
        place(tree, package.copyright, package.copyright)


def make(folder, target, files, packages):
    tree = folder / target
    if target not in SERVICES:  # those have it from the base
        for to, text in BASE_TEXTS.items():
            write(tree, to, text)
    for to, source in sorted(files.items()):
        placed = place(tree, to, source)
        if source.is_relative_to(BIN) or source.name.startswith("libvips."):
            subprocess.run(["strip", placed], check=True)
    describe(tree, packages)


def settle(folder):
    """The same times and modes whoever builds it, and when."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            path.chmod(0o755)
        os.utime(path, (TIME, TIME))
    os.utime(folder, (TIME, TIME))


def programs(target):
    return {pathlib.Path("/usr/bin" if path.is_relative_to(BIN) else path.parent) / path.name: path for path in PROGRAMS[target]}


def others(target, files):
    """What is in a target and in no package."""
    found = sbom.npm(ROOT / "web/package-lock.json") if target == "gateway" else []
    if any(path.name.startswith("libvips.") for path in files.values()):
        found.append(sbom.source("vips", VIPS.read_text().strip()))
    return found


def main(folder):
    needed = {target: {to: path for program in paths for to, path in libraries(program).items()} for target, paths in PROGRAMS.items()}
    shared = set.intersection(*(set(needed[service]) for service in SERVICES))
    base = {to: needed["auth"][to] for to in shared} | BASE_DATA
    make(folder, "base", base, sbom.packages(base.values()))
    for target, libs in needed.items():
        below = base if target in SERVICES else {}
        files = {to: path for to, path in {**libs, **BASE_DATA}.items() if to not in below} | data(target) | programs(target)
        known = sbom.packages(below.values())
        packages = [package for package in sbom.packages(files.values()) if package not in known]
        make(folder, target, files, packages)
        write(folder / target, "/usr/share/palique/sbom.cdx.json", sbom.document(target, ROOT / "CMakeLists.txt", known + packages, others(target, files)))
        if target in OWN:
            parent, name = OWN[target]
            (folder / target / parent).mkdir(parents=True)  # made by COPY it would have the time of the build
            (folder / f"{target}-own" / name).mkdir(parents=True)
    for path in folder.iterdir():
        settle(path)


main(pathlib.Path(sys.argv[1]))
