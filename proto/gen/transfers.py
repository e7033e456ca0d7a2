"""transfers.json: what moves bytes and is therefore no command: uploads and downloads. Its rules, and what the documents say of it."""
import re

from gen import fields as F
from gen import html as H
from gen import words as W
from gen.schema import similar

FILE = "transfers.json"
BYTES = {"type": "string", "contentMediaType": "application/octet-stream"}


def in_path(face, transfer):
    """The parameters of one face: those of its path, and all of the query."""
    names = re.findall(r"{(\w+)}", face["path"])
    return {n: f for n, f in transfer["parameters"].items() if f["in"] == "query" or n in names}


def check_transfers(cat):
    taken = {(f["method"], f["path"].rstrip("/")): c["name"] for c in cat.commands for f in c.get("rest", [])}
    for i, t in enumerate(cat.transfers):
        key = f"[{i}]"
        for face in t["faces"]:
            place = (face["method"], face["path"])
            if place in taken:
                cat.problem(FILE, f"{key}.faces", f"{' '.join(place)} is {taken[place]}'s")
            taken[place] = t["name"]
        wanted = {n for face in t["faces"] for n in re.findall(r"{(\w+)}", face["path"])}
        if {n for n, f in t["parameters"].items() if f.get("in") == "path"} != wanted:
            cat.problem(FILE, f"{key}.parameters", f"those with in path are not {sorted(wanted)}")
        for name, field in t["parameters"].items():
            if field.get("in") not in ("path", "query") or F.field_type(field) not in ("integer", "string", "boolean"):
                cat.problem(FILE, f"{key}.parameters.{name}", "is an integer, a string or a boolean in path or query")
        known(cat, f"{key}.errors", t["errors"], cat.errors, "error")
        known(cat, f"{key}.rate", [t["rate"]] if "rate" in t else [], cat.rates, "rate")
        known(cat, f"{key}.answers", [a["ref"] for a in t["answers"].values() if "ref" in a], cat.shapes, "shape")


def known(cat, key, names, all_names, what):
    for name in names:
        if name not in all_names:
            cat.problem(FILE, key, f"there is no {what} {name!r}" + similar(name, list(all_names)))


def transfer_errors(cat, t):
    names = list(t["errors"])
    names += ["token.missing", "token.invalid", "token.expired"] if t["role"] != "none" else []
    names += ["rate.limited"] if "rate" in t else []
    names += ["service.unavailable", "service.timeout", "service.internal"] if t["role"] != "none" else []
    return [n for n in dict.fromkeys(names) if n in cat.errors]


# OpenAPI ---------------------------------------------------------------------------------------------------------

def answer(prefix, a):
    out = {"description": a["doc"]}
    if a.get("headers"):
        out["headers"] = {n: {"description": doc, "schema": {"type": "string"}} for n, doc in a["headers"].items()}
    if a.get("bytes"):
        out["content"] = {"*/*": {"schema": BYTES}}
    elif "ref" in a:
        out["content"] = {"application/json": {"schema": {"$ref": prefix + a["ref"]}}}
    return out


def operations(cat, prefix, parameters, failures):
    """(path, method, operation) of every face. parameters, failures: as for commands."""
    for t in cat.transfers:
        headers = [{"name": n, "in": "header", "required": h.get("required", False), "description": h["doc"], "schema": {"type": "string"}}
                   for n, h in t.get("headers", {}).items()]
        for number, face in enumerate(t["faces"]):
            out = {
                "operationId": t["name"] + (f".alias{number}" if number else ""),
                "tags": [W.AREAS[t["owner"]]],
                "summary": t["summary"],
                "description": "\n\n".join(([t["description"]] if "description" in t else []) + [f"**Who:** {W.ROLES[t['role']].lower()}."]),
                "parameters": parameters(in_path(face, t), {}) + headers,
                "responses": {**{status: answer(prefix, a) for status, a in t["answers"].items()}, **failures(cat, transfer_errors(cat, t))},
                "x-role": t["role"],
            }
            if "bodies" in t:
                out["requestBody"] = {"required": False, "description": "\n".join(f"- `{n}`: {doc}" for n, doc in t["bodies"].items()),
                                      "content": {n: {"schema": BYTES} for n in t["bodies"]}}
            if not out["parameters"]:
                del out["parameters"]
            if t["role"] == "none":
                out["security"] = []
            elif "signature" in t["parameters"]:
                out["security"] = [{"bearer": []}, {"cookie": []}, {}]
            if "rate" in t:
                out["x-rate-class"] = t["rate"]
            yield face["path"], face["method"].lower(), out


# The page --------------------------------------------------------------------------------------------------------

def transfer(cat, t, fields_table, errors_list):
    faces = "".join(f'<p class="face"><b>{H.text(f["method"])}</b> <code>{H.text(f["path"])}</code></p>' for f in t["faces"])
    headers = [[f"<code>{H.text(n)}</code>", "" if h.get("required") else "optional", H.inline(h["doc"])] for n, h in t.get("headers", {}).items()]
    bodies = [[f"<code>{H.text(n)}</code>", H.inline(doc)] for n, doc in t.get("bodies", {}).items()]
    answers = [[f"<code>{H.text(status)}</code>", H.inline(a["doc"]) + (f" ({H.code_link('shape-' + a['ref'], a['ref'])})" if "ref" in a else ""),
                "; ".join(f"<code>{H.text(n)}</code>: {H.inline(doc)}" for n, doc in a.get("headers", {}).items())] for status, a in t["answers"].items()]
    return (f'<article id="transfer-{H.text(t["name"])}"><h3>{H.text(t["summary"])}</h3>{faces}{H.prose(t.get("description", ""))}'
            + H.facts([("Who", W.ROLES[t["role"]]), ("Rate class", H.code_link(f"rate-{t['rate']}", t["rate"]) if "rate" in t else "")])
            + (f"<h4>Request</h4>{fields_table(t['parameters'])}" if t["parameters"] else "")
            + (H.table(["Header", "", ""], headers) if headers else "") + (H.table(["Body", ""], bodies) if bodies else "")
            + f"<h4>Answer</h4>{H.table(['Status', '', 'Headers'], answers)}<h4>Errors</h4>{errors_list(cat, transfer_errors(cat, t))}</article>\n")


def transfers(cat, fields_table, errors_list):
    intro = H.prose("Uploads and downloads are bytes as they are, not JSON, and no commands: REST alone. What is known of a file, and the rest, is under Chat.")
    return H.section("transfers", "Files", intro, *(transfer(cat, t, fields_table, errors_list) for t in cat.transfers))
