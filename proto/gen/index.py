"""docs/api.md: everything that the suite understands and says, a line each. The whole of it is on the page that the suite serves."""
from gen import words as W

WHO = {"none": "anyone", "member": "members", "moderator": "moderators", "admin": "administrators"}
TOLD = {"channel": "the channel", "user": "the user", "organization": "the organisation", "connection": "the connection"}

HEAD = """# API and events

Every command, event and error, a line each. Fields with their limits, examples, WebSocket paths, streams, uploads and close codes are on the page that the running suite
serves at `/docs/`, with [OpenAPI and AsyncAPI](installation.md#its-own-documentation) beside it. All of it, this page included, is made from the files in
[`proto/`](../proto/README.md): `proto/generate.py --index docs/api.md` writes it, and a test keeps it true.
"""


def cell(text):
    return str(text).replace("|", "\\|").replace("\n", " ")


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(cell(c) for c in line) + " |\n" for line in lines)


def faces(c):
    rest = [f"`{f['method']} {f['path']}`" for f in c.get("rest", [])]
    return "<br>".join(rest + ([f"WebSocket `{c['ws']}`"] if "ws" in c else []))


def commands(cat):
    for owner, area in W.AREAS.items():
        mine = [c for c in cat.commands if c["owner"] == owner and c["role"] != "service"]
        if mine:
            rows = [[faces(c), f"`{c['name']}`", W.sentence(c["summary"]), WHO[c["role"]], c.get("rate", "")] for c in mine]
            yield f"\n## {area}\n\n" + table(["how", "command", "what it does", "who", "rate class"], rows)


def events(cat):
    rows = [[f"`{e['ws']}`", f"`{e['name']}`", W.sentence(e["summary"]), TOLD[e["audience"]], "yes" if e.get("durable") and e["audience"] == "channel" else ""]
            for e in cat.events if e["audience"] != "services" and "ws" in e]
    return "\n## Events\n\nOver WebSocket; those with a seq are in the log of their channel.\n\n" + table(["type", "event", "what happened", "who is told", "seq"], rows)


def errors(cat):
    rows = [[f"`{name}`", e["status"], W.sentence(e["title"])] for name, e in sorted(cat.errors.items())]
    return "\n## Errors\n\n" + table(["code", "status", "meaning"], rows)


def rates(cat):
    rows = [[f"`{name}`", W.rate_text(cat, name)] for name in cat.rates]
    return "\n## Rate classes\n\n`PALIQUE_RATE_SCALE` moves them all, in percent.\n\n" + table(["class", "how many"], rows)


def render(cat):
    return HEAD + "".join(commands(cat)) + events(cat) + errors(cat) + rates(cat)
