#!/usr/bin/python3
"""Who may include what. The build enforces most of it (a wrong include does not compile); this says why, and sees the rest.
Tests may include what they test."""
import re
import sys

from csource import ROOT, project_files, without_comments

# A library of others is used in one place, so that it can be understood, bounded and replaced there.
OWNERS = {
    r"(postgresql/)?libpq-fe\.h|pg_config.*\.h": ("lib/db/",),
    r"nng/.*": ("lib/bus/",),
    r"microhttpd\.h": ("lib/http/",),
    r"jwt\.h": ("lib/token/",),
    r"argon2\.h": ("services/auth/password.c",),
    r"hiredis/(async|adapters/.*)\.h": ("lib/redis/",),
    r"hiredis/.*": ("lib/redis/", "lib/http/", "lib/front/", "services/gateway/"),  # to read replies
    r"curl/.*": ("lib/mail/", "services/chat/previews/", "services/chat/handlers/preview_work.c", "services/chat/files/"),
    r"wslay/.*": ("lib/http/", "services/gateway/"),
    r"sys/epoll\.h": ("lib/", "services/gateway/", "services/notify/", "services/admin/", "tools/"),
}
# The allowed edges between the libraries, as their CMake targets have them.
EDGES = {
    "base": set(),
    "proto": {"base"},
    "loop": {"base"},
    "bus": {"base", "proto", "loop"},
    "db": {"base", "proto"},
    "token": {"base", "proto"},
    "redis": {"base", "loop"},
    "mail": {"base"},
    "http": {"base", "proto", "loop", "token", "redis"},
    "service": {"base", "proto", "loop", "bus", "db", "token", "http", "redis"},
    "front": {"base", "proto", "loop", "bus", "db", "token", "http", "redis", "service"},
}
# Pure rules: no I/O, no SQL, no clock, no JSON.
DOMAIN_BANS = re.compile(r"jansson\.h|base/(json|clock|log|config|metrics|queue)\.h|(db|bus|http|loop|redis|service|token)/.*|store/.*|"
                         r"handlers/.*|time\.h|stdio\.h|unistd\.h|fcntl\.h|sys/.*|pthread\.h")
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]', re.M)


def problem(path, name):
    place = path.as_posix()
    for pattern, owners in OWNERS.items():
        if re.fullmatch(pattern, name) and not place.startswith(owners):
            return f"<{name}> is included in {' and '.join(owners)} only"
    if ".." in name.split("/"):
        return f'"{name}" leaves the folder; use the library that owns it'
    if name.startswith("services/"):
        return f'"{name}": services know each other by proto/ only'
    if "/domain/" in place and path.parts[0] == "services" and DOMAIN_BANS.fullmatch(name):
        return f'"{name}": domain/ is pure rules (no I/O, SQL, clock, JSON)'
    return edge_problem(path, name)


def edge_problem(path, name):
    layer = path.parts[1] if path.parts[0] == "lib" else path.parts[0]
    target = name.split("/")[0] if "/" in name else None
    if path.parts[0] not in ("lib", "proto"):
        return None
    if layer not in EDGES:
        return f"{layer} is not in the list of scripts/check_includes.py: say there what it stands on"
    if target in EDGES and target != layer and target not in EDGES[layer]:
        return f'"{name}": {layer} does not stand on {target}'
    if target and (ROOT / "services" / path.parts[1] / name).exists() and target not in EDGES:
        return f'"{name}": libraries know no service'
    return None


def foreign_service(path, name):
    """A quoted include that exists in another service but not in this one."""
    if path.parts[0] != "services" or (ROOT / "services" / path.parts[1] / name).exists() or (ROOT / path.parent / name).exists():
        return None
    for other in sorted((ROOT / "services").iterdir()):
        if other.name != path.parts[1] and (other / name).is_file():
            return f'"{name}" is services/{other.name}\'s'
    return None


def main():
    findings = []
    for path in project_files(".c", ".h", folders=("lib", "proto", "services", "tools")):
        text = without_comments((ROOT / path).read_text())
        for m in INCLUDE.finditer(text):
            what = problem(path, m.group(2)) or (foreign_service(path, m.group(2)) if m.group(1) == '"' else None)
            if what:
                findings.append(f"{path}:{text.count(chr(10), 0, m.start()) + 1}: {what}")
    for finding in findings:
        print(finding)
    sys.exit(1 if findings else 0)


main()
