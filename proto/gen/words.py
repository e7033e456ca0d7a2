"""What OpenAPI, AsyncAPI and the pages say in common: which errors a command can answer, who may call it, its faces."""
from gen import fields as F

TITLE = "Palique"
VERSION = "1"
AREAS = {"auth": "Accounts", "chat": "Chat", "notify": "Notifications", "admin": "Administration", "gateway": "Connections"}
ROLES = {"none": "Anyone, without a token", "member": "Members of the organisation", "moderator": "Moderators and administrators",
         "admin": "Administrators", "service": "Services of the suite only"}
AUDIENCES = {"channel": "the members of the channel", "user": "the user's own connections", "organization": "everyone of the organisation",
             "connection": "the connection that it concerns", "services": "services of the suite only"}


def sentence(text):
    """Capital letter and full stop, for descriptions of the catalogue that are fragments."""
    text = text.strip()
    text = text[:1].upper() + text[1:]
    return text if not text or text[-1] in ".!?" else text + "."


def has_body(c):
    return any(f.get("in", "body") == "body" for f in c["request"].values())


def command_errors(cat, c):
    """Names of all errors that a command can answer over REST or WebSocket, its own first, as far as they exist."""
    names = list(c.get("errors", []))
    names += ["request.invalid"] if c["request"] else []
    names += ["request.malformed"] if c["role"] != "service" else []
    names += ["request.too_large", "request.media_type"] if c.get("rest") and has_body(c) else []
    if c["role"] not in ("none", "service"):
        names += ["token.missing", "token.invalid", "token.expired"]
    if c["role"] in ("moderator", "admin"):
        names += ["access.denied"]
    if c.get("rate"):
        names += ["rate.limited"]
    if c["idempotency"] and c["role"] != "none":
        names += ["idempotency.mismatch"]
    names += ["service.unavailable", "service.timeout", "service.internal"]
    return [n for n in dict.fromkeys(names) if n in cat.errors]


def stream_errors(cat, stream, extra=()):
    names = list(stream["errors"]) + list(extra)
    names += ["token.missing", "token.invalid", "token.expired", "rate.limited", "service.unavailable", "service.internal"]
    return [n for n in dict.fromkeys(names) if n in cat.errors]


def by_status(cat, names):
    groups = {}
    for name in names:
        groups.setdefault(cat.errors[name]["status"], []).append(name)
    return dict(sorted(groups.items()))


def rate_text(cat, name):
    rate = cat.rates[name]
    return f"{rate['limit']} in {rate['window_s']} s per {rate['per']}, {rate['burst']} at once"


def ws_schema(command, prefix):
    """The message that a client sends for a command."""
    out = F.object_schema(command["request"], prefix, True)
    properties = {"type": {"const": command["ws"]}, **out["properties"]}
    properties.setdefault("client_id", {"type": "string", "maxLength": 64,
                                        "description": "Comes back in the answer, so that it can be told apart."})
    return {"type": "object", "properties": properties, "required": ["type"] + out.get("required", []), "additionalProperties": False}


def ws_example(command):
    return {"type": command["ws"], **command["example"]["request"]}


def problem_example(cat, name):
    error = cat.errors[name]
    example = {"type": f"/docs/#{name}", "title": error["title"], "status": error["status"], "code": name,
               "request_id": "4bf92f3577b34da6a3ce929d0e0e4736"}
    if error["status"] in (429, 503):
        example["retry_after"] = 3
    if name == "request.invalid":
        example["errors"] = [{"pointer": "/limit", "detail": "must be from 1 to 200"}]
    return example
