"""A bill of materials (CycloneDX 1.5) from what dpkg and npm's lock file know. The same input gives the same text: no times, no random numbers."""

import base64
import functools
import json
import pathlib
import re
import subprocess
from dataclasses import dataclass


@dataclass(frozen=True)
class Package:
    name: str
    version: str
    architecture: str
    source: str
    status: str

    @property
    def copyright(self):
        return pathlib.Path(f"/usr/share/doc/{self.name}/copyright")

    def component(self):
        purl = f"pkg:deb/debian/{self.name}@{quote(self.version)}?arch={self.architecture}&distro=debian-12"
        return {"type": "library", "bom-ref": purl, "name": self.name, "version": self.version, "purl": purl,
                "properties": [{"name": "debian:source", "value": self.source}]}


def quote(version):
    return version.replace("%", "%25").replace("+", "%2B").replace(":", "%3A").replace("~", "%7E")


@functools.cache
def owner(path):
    """The package of a file, or None. /lib is a link to /usr/lib, and packages name their files by either."""
    if str(path) == "/etc/ssl/certs/ca-certificates.crt":
        return "ca-certificates"  # made from it at installation
    real = str(path.resolve())
    for name in dict.fromkeys((real, real.removeprefix("/usr"), str(path))):
        found = subprocess.run(["dpkg-query", "-S", name], capture_output=True, text=True, check=False)
        if found.returncode == 0:
            return found.stdout.split(": ")[0].split(",")[0]
    return None


@functools.cache
def package(name):
    show = "${Package}\n${Version}\n${Architecture}\n${source:Package} ${source:Version}"
    fields = subprocess.run(["dpkg-query", "-W", "-f", show, name], check=True, capture_output=True, text=True).stdout.split("\n")
    status = subprocess.run(["dpkg-query", "-s", name], check=True, capture_output=True, text=True).stdout
    return Package(*fields, status)


def packages(files):
    """Of those files that come from one, each once, by name."""
    return sorted({package(name) for name in map(owner, files) if name}, key=lambda p: p.name)


def source(name, version):
    """A library that was built from Debian's source package."""
    purl = f"pkg:deb/debian/{name}@{quote(version)}?arch=source&distro=debian-12"
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}


def npm(lock):
    """What the web client is made of; its tools are not in it."""
    components = []
    for path, entry in sorted(json.loads(lock.read_text())["packages"].items()):
        if not path or entry.get("dev") or entry.get("optional"):
            continue
        name = path.rpartition("node_modules/")[2]
        purl = f"pkg:npm/{name.replace('@', '%40')}@{entry['version']}"
        algorithm, _, digest = entry["integrity"].partition("-")
        components.append({"type": "library", "bom-ref": purl, "name": name, "version": entry["version"], "purl": purl,
                           "hashes": [{"alg": algorithm.upper().replace("SHA", "SHA-"), "content": base64.b64decode(digest).hex()}]})
    return components


def document(target, cmake, debian, others):
    version = re.search(r"project\(palique VERSION (\S+)", cmake.read_text())[1]
    components = sorted([p.component() for p in debian] + others, key=lambda c: c["bom-ref"])
    subject = {"type": "container", "bom-ref": f"palique-{target}", "name": f"palique-{target}", "version": version}
    return json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "metadata": {"component": subject}, "components": components,
                       "dependencies": [{"ref": f"palique-{target}", "dependsOn": [c["bom-ref"] for c in components]}]}, indent=1) + "\n"
