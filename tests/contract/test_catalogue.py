"""proto/: the catalogue against its schema with an independent validator, the generator's rules and messages, and the
documents that it makes with independent linters."""
import html.parser
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import jsonschema
import pytest

from harness.npm import installed

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROTO = ROOT / "proto"
DOCS_LINT = pathlib.Path(__file__).parent / "docs"

sys.dont_write_bytecode = True
sys.path.insert(0, str(PROTO))

from gen import fields as F  # noqa: E402
from gen.check import check  # noqa: E402
from gen.load import load  # noqa: E402


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def generate(*args, root=PROTO, seed="0"):
    env = dict(os.environ, PYTHONHASHSEED=seed)
    return subprocess.run(["/usr/bin/python3", "-B", str(PROTO / "generate.py"), "--root", str(root), *map(str, args)],
                          capture_output=True, text=True, env=env)


SCHEMA = read(PROTO / "schema.json")
FILES = [(p, "command") for p in sorted((PROTO / "commands").glob("*.json"))] + \
        [(p, "event") for p in sorted((PROTO / "events").glob("*.json"))] + \
        [(p, "errors") for p in sorted((PROTO / "errors").glob("*.json"))] + \
        [(PROTO / f"{kind}.json", kind) for kind in ("rates", "shapes", "streams")]


@pytest.fixture(scope="module")
def catalogue():
    cat = load(PROTO)
    check(cat)
    assert cat.problems == []
    return cat


@pytest.fixture(scope="module")
def documents(tmp_path_factory):
    folder = tmp_path_factory.mktemp("docs")
    done = generate("--docs", folder)
    assert done.returncode == 0, done.stderr
    return folder


# The catalogue ---------------------------------------------------------------------------------------------------

def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path, kind", FILES, ids=[str(p.relative_to(PROTO)) for p, _ in FILES])
def test_a_file_is_what_the_schema_says(path, kind):
    jsonschema.Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": SCHEMA["$defs"]}).validate(read(path))


def test_the_generator_finds_nothing_wrong():
    done = generate("--check")
    assert (done.returncode, done.stderr) == (0, "")


def validator(cat, schema):
    root = {**schema, **F.shapes_root(cat.shapes, True)}
    return jsonschema.Draft202012Validator(root, format_checker=jsonschema.FormatChecker(["uuid", "email"]))


def test_examples_are_valid_against_their_own_fields(catalogue):
    for c in catalogue.commands:
        validator(catalogue, F.object_schema(c["request"], "#/shapes/", True)).validate(c["example"]["request"])
        reply = F.reply_schema(c.get("reply"), "#/shapes/", True)
        if reply is not None:
            validator(catalogue, reply).validate(c["example"]["reply"])
    for e in catalogue.events:
        validator(catalogue, F.event_schema(e, "#/shapes/", True)).validate(e["example"])


def test_ids_paths_and_websocket_types_are_unique(catalogue):
    ids = [c["id"] for c in catalogue.commands] + [e["id"] for e in catalogue.events]
    faces = [(f["method"], re.sub(r"{\w+}", "{}", f["path"]).rstrip("/")) for c in catalogue.commands for f in c.get("rest", [])]
    types = [c["ws"] for c in catalogue.commands if "ws" in c]
    for values in (ids, faces, types):
        assert len(values) == len(set(values))


def test_every_error_exists_and_every_error_of_an_owner_is_answered_by_someone(catalogue):
    listed = {code for c in catalogue.commands for code in c.get("errors", [])}
    listed |= {code for s in catalogue.streams["websocket"] + catalogue.streams["sse"] for code in s["errors"]}
    assert listed <= set(catalogue.errors)
    assert {n for n, e in catalogue.errors.items() if e["owner"] != "common"} - listed == set()


def test_every_event_that_is_emitted_exists_and_has_its_owner(catalogue):
    owners = {e["name"]: e["owner"] for e in catalogue.events}
    for c in catalogue.commands:
        for name in c.get("emits", []):
            assert owners[name] == c["owner"], f"{c['name']} emits {name}"


# The generator ---------------------------------------------------------------------------------------------------

def test_the_same_input_gives_the_same_bytes(tmp_path):
    for seed in ("1", "2"):
        done = generate("--tables", tmp_path / seed, "--docs", tmp_path / seed, seed=seed)
        assert done.returncode == 0, done.stderr
    names = sorted(p.name for p in (tmp_path / "1").iterdir())
    assert names == ["asyncapi.json", "catalogue.c", "catalogue.h", "docs.css", "index.html", "openapi.json"]
    for name in names:
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes(), name


def test_an_unchanged_file_is_not_written_again(tmp_path):
    generate("--tables", tmp_path)
    os.utime(tmp_path / "catalogue.h", (1, 1))
    generate("--tables", tmp_path)
    assert (tmp_path / "catalogue.h").stat().st_mtime == 1


def put(path, *value):
    """An edit of message.create: the value at a path of keys; none: the key is removed."""
    def edit(command):
        inner = command
        for key in path[:-1]:
            inner = inner[key]
        if value:
            inner[path[-1]] = value[0]
        else:
            del inner[path[-1]]
    return edit


LIMIT = {"type": "string", "max": 5, "required": False}
MISTAKES = [
    (put(["errors"], ["channel.mutedd"]), "errors[0]: there is no error 'channel.mutedd' in errors/*.json (is channel.muted meant?)"),
    (put(["reply"], {"ref": "mesage"}), "reply.ref: there is no shape 'mesage' in shapes.json (is message meant?)"),
    (put(["reply"], {"list": "nobody"}), "reply.list: there is no shape 'nobody'"),
    (put(["request", "x"], {"ref": "nobody"}), "request.x.ref: there is no shape 'nobody'"),
    (put(["rate"], "mesage"), "rate: there is no class 'mesage' in rates.json (is message meant?)"),
    (put(["emits"], ["message.make"]), "emits[0]: there is no event 'message.make' in events/"),
    (put(["id"], 203), "the id 203 is taken by commands/message.create.json: take "),
    (put(["id"], 301), "id: 301 is outside chat's range 201–299 and 601–699"),
    (put(["ws"], "edit_message"), "the WebSocket type edit_message is taken by"),
    (put(["rest", 0, "path"], "/channels/{channel_id}/pins/{pin_id}"), "has the parameters ['channel_id', 'pin_id'], but the fields with in path are"),
    (put(["rest", 1, "path"], "/channels/{channel_id}/messages/"), "the path POST /channels/{}/messages is taken by"),
    (put(["rest", 0, "method"], "GET"), "request.content.in: GET has no body"),
    (put(["rest", 0, "method"], "FETCH"), "rest[0].method: 'FETCH' is not one of 'GET'"),
    (put(["name"], "message.make"), "name: message.make belongs into message.make.json"),
    (put(["summary"]), "summary: is missing"),
    (put(["summary"], ""), "summary: is shorter than 1"),
    (put(["sumary"], "x"), "sumary: is not a key that belongs here (is summary meant?)"),
    (put(["example", "request", "content"], "x" * 16001), "example.request.content: is longer than 16000"),
    (put(["example", "request", "what"], 1), "example.request.what: is not a key that belongs here"),
    (put(["example", "reply", "seq"]), "example.reply.seq: is missing"),
    (put(["example", "request", "client_id"], "7"), "example.request.client_id: '7' is not a uuid"),
    (put(["request", "content"], {"type": "string"}), "request.content: needs a max (code points): everything that comes from outside is bounded"),
    (put(["request", "x"], dict(LIMIT, min=9)), "request.x.min: 9 is above max 5"),
    (put(["request", "x"], dict(LIMIT, default="too long")), "request.x.default: is longer than 5"),
    (put(["request", "x"], {"type": "array", "max": 3}), "request.x: an array needs an item"),
    (put(["request", "x"], {"type": "object", "required": False}), "request.x: an object needs fields or open"),
    (put(["request", "x"], {"required": False}), "request.x: needs a type or a ref"),
    (put(["request", "x"], {"type": "boolean", "max": 3}), "request.x: min and max do not belong to a boolean"),
    (put(["request", "x"], {"type": "integer", "multiline": True}), "request.x.multiline: belongs to a field of type string"),
    (put(["request", "x"], {"type": "integer", "max": 1 << 53}), "request.x: JSON integers stay below 2^53"),
    (put(["request", "channel_id", "nullable"], True), "request.channel_id: a field in the path is required, never null"),
    (put(["role"], "service"), "role: a command for services has neither rest nor ws"),
    (put(["raw_request"], "content"), "request.content_type: raw_request content needs a string field content_type"),
]


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    """A copy of proto/ to break; each test puts back what it changed."""
    folder = tmp_path_factory.mktemp("proto") / "proto"
    shutil.copytree(PROTO, folder, ignore=shutil.ignore_patterns("__pycache__", "*.c", "*.h"))
    return folder


@pytest.mark.parametrize("edit, message", MISTAKES, ids=[m[:50] for _, m in MISTAKES])
def test_a_mistake_is_told_with_file_and_key(clean, edit, message):
    path = clean / "commands/message.create.json"
    good = path.read_text(encoding="utf-8")
    command = json.loads(good)
    edit(command)
    path.write_text(json.dumps(command), encoding="utf-8")
    done = generate("--check", "--tables", clean / "out", root=clean)
    path.write_text(good, encoding="utf-8")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert any(line.startswith("proto/commands/") and message in line for line in done.stderr.splitlines()), done.stderr
    assert not (clean / "out").exists()


FILE_MISTAKES = [
    ("commands/message.create.json", "{\n  \"id\": 1,,\n}", "proto/commands/message.create.json: line 2: not JSON"),
    ("commands/message.create.json", '{"id": 201, "id": 202}', "the key 'id' is there twice"),
    ("commands/message.create.json", "[]", "proto/commands/message.create.json: must be an object"),
    ("errors/chat.json", '{"channel.muted": {"status": 200, "title": "x", "description": "x"}}', "proto/errors/chat.json: channel.muted.status: 200 is not one of"),
    ("errors/nobody.json", "{}", "proto/errors/nobody.json: errors are in <owner>.json or common.json"),
    ("errors/gateway.json", '{"channel.muted": {"status": 403, "title": "x", "description": "x"}}', "channel.muted: is also in errors/chat.json"),
    ("events/message.created.json", '{"id": 1201, "name": "message.created", "owner": "chat", "summary": "x", "audience": "channel", '
     '"durable": true, "ws": "chat_message", "body": {}, "example": {"type": "chat_message"}}', "body.seq: is missing: a durable event"),
    ("rates.json", '{"message": {"limit": 1}}', "proto/rates.json: message.burst: is missing"),
    ("shapes.json", '{"message": {"parent": {"ref": "message"}}}', "proto/shapes.json: message: contains itself by way of message"),
    ("schema.json", (PROTO / "schema.json").read_text(encoding="utf-8").replace('"notify", "admin"]', '"notify", "admin", "polls"]'), "schema.json: $defs.owner: polls is missing in RANGES of gen/load.py"),
    ("streams.json", '{"websocket": [], "sse": [], "close_codes": []}', "ws: no socket of streams.json sends it"),
    ("transfers.json", '[{}]', 'proto/transfers.json: [0].name: is missing'),
    ("transfers.json", '[{"name": "files.x", "owner": "chat", "role": "member", "faces": [{"method": "GET", "path": "/files/usage"}], "summary": "x", "parameters": {}, "answers": {}, "errors": []}]', "[0].faces: GET /files/usage is file.usage's"),
    ("transfers.json", '[{"name": "files.x", "owner": "chat", "role": "member", "faces": [{"method": "GET", "path": "/x/{id}"}], "summary": "x", "parameters": {}, "answers": {}, "errors": []}]', "[0].parameters: those with in path are not ['id']"),
    ("transfers.json", '[{"name": "files.x", "owner": "chat", "role": "member", "faces": [{"method": "GET", "path": "/x"}], "summary": "x", "parameters": {"x": {"type": "integer"}}, "answers": {}, "errors": []}]', '[0].parameters.x: is an integer, a string or a boolean in path or query'),
    ("transfers.json", '[{"name": "files.x", "owner": "chat", "role": "member", "faces": [{"method": "GET", "path": "/x"}], "summary": "x", "parameters": {}, "answers": {}, "errors": ["file.lost"]}]', "[0].errors: there is no error 'file.lost'"),
    ("transfers.json", '[{"name": "files.x", "owner": "chat", "role": "member", "faces": [{"method": "GET", "path": "/x"}], "summary": "x", "parameters": {}, "answers": {"200": {"doc": "x", "ref": "film"}}, "errors": []}]', "[0].answers: there is no shape 'film'"),
]


@pytest.mark.parametrize("name, text, message", FILE_MISTAKES, ids=[m[:50] for _, _, m in FILE_MISTAKES])
def test_a_wrong_file_is_told_too(clean, name, text, message):
    path = clean / name
    good = path.read_text(encoding="utf-8") if path.exists() else None
    path.write_text(text, encoding="utf-8")
    done = generate("--check", root=clean)
    path.unlink() if good is None else path.write_text(good, encoding="utf-8")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert message in done.stderr, done.stderr


# The documents ---------------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def linters():
    """The folder with the linters installed: once for each lock file, shared by all builds."""
    return installed(DOCS_LINT, "docs-lint", "lint.mjs")


def lint(linters, folder):
    return subprocess.run(["node", "lint.mjs", str(folder)], cwd=linters, capture_output=True, text=True, timeout=120)


def test_independent_linters_find_nothing_wrong(linters, documents):
    done = lint(linters, documents)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_linters_do_look(linters, documents, tmp_path):
    openapi, asyncapi = read(documents / "openapi.json"), read(documents / "asyncapi.json")
    openapi["paths"]["/bootstrap"]["get"]["operationId"] = "auth.me"
    asyncapi["operations"]["ws_all_send"]["action"] = "shout"
    (tmp_path / "openapi.json").write_text(json.dumps(openapi))
    (tmp_path / "asyncapi.json").write_text(json.dumps(asyncapi))
    done = lint(linters, tmp_path)
    assert done.returncode == 1
    assert "operation-operationId-unique" in done.stdout and "/operations/ws_all_send/action" in done.stdout


def test_openapi_has_every_face_with_its_errors(catalogue, documents):
    openapi = read(documents / "openapi.json")
    for c in catalogue.commands:
        for face in c.get("rest", []):
            operation = openapi["paths"][face["path"].rstrip("/")][face["method"].lower()]
            assert str(face.get("status", 200)) in operation["responses"]
            for code in c.get("errors", []):
                response = operation["responses"][str(catalogue.errors[code]["status"])]
                if "$ref" in response:
                    response = openapi["components"]["responses"][response["$ref"].rsplit("/", 1)[-1]]
                assert f"`{code}`" in response["description"], f"{c['name']}: {code}"
    for stream in catalogue.streams["sse"]:
        assert "text/event-stream" in openapi["paths"][stream["path"]]["get"]["responses"]["200"]["content"]


def test_openapi_has_every_route_of_files(documents):
    """transfers.json says no more and no less than what the front of chat serves."""
    front = (ROOT / "services/chat/files/front.c").read_text()
    routes = re.findall(r'\.method = "(\w+)",\s*\.path = "([^"]+)"', front)
    assert len(routes) == front.count(".method = ") >= 8
    served = {(m, p) for m, p in routes} | {(m, p) for m, p in [("HEAD", "/files/{file_id}"), ("GET", "/files/{file_id}/thumbnail")]}  # parts of a GET
    openapi = read(documents / "openapi.json")
    told = {(method.upper(), path) for path, item in openapi["paths"].items() if path.startswith("/files") for method, o in item.items()
            if o["operationId"].startswith("files.")}
    assert told == served - {("DELETE", "/files/{file_id}")}, "that one is the command file.delete"
    assert openapi["paths"]["/files/{file_id}"]["delete"]["operationId"] == "file.delete"


def test_asyncapi_has_every_websocket_type_and_event(catalogue, documents):
    messages = read(documents / "asyncapi.json")["components"]["messages"]
    for c in catalogue.commands:
        assert ("ws" in c) == (f"command.{c['name']}" in messages)
    for e in catalogue.events:
        assert ("ws" in e) == (f"event.{e['name']}" in messages)


class Page(html.parser.HTMLParser):
    VOID = {"meta", "link", "br", "hr", "img", "input"}

    def __init__(self, text):
        super().__init__()
        self.ids, self.targets, self.problems, self.open, self.text = [], [], [], [], []
        self.feed(text)
        self.close()
        if self.open:
            self.problems.append(f"open at the end: {self.open}")

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag not in self.VOID:
            self.open.append(tag)
        if tag in ("script", "style", "iframe", "object") or "style" in values or any(n.startswith("on") for n in values):
            self.problems.append(f"<{tag} {values}>")
        self.ids += [values["id"]] if "id" in values else []
        self.targets += [values[n] for n in ("href", "src") if n in values]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}> does not close what is open")

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture(scope="module")
def page(documents):
    return Page((documents / "index.html").read_text(encoding="utf-8"))


def test_the_page_needs_nothing_from_elsewhere_and_no_script(page, documents):
    assert page.problems == []
    assert {t for t in page.targets if not t.startswith("#")} == {"docs.css", "openapi.json", "asyncapi.json"}
    css = (documents / "docs.css").read_text(encoding="utf-8")
    assert "url(" not in css and "@import" not in css


def test_every_link_of_the_page_leads_somewhere(page):
    assert len(page.ids) == len(set(page.ids))
    assert {t[1:] for t in page.targets if t.startswith("#")} <= set(page.ids)


def test_the_page_has_every_command_event_error_and_close_code(page, catalogue):
    ids, words = set(page.ids), " ".join(page.text)
    assert {f"command-{c['name']}" for c in catalogue.commands} <= ids
    assert {f"event-{e['name']}" for e in catalogue.events} <= ids
    assert set(catalogue.errors) <= ids, "the type of a problem document points here"
    for entry in catalogue.streams["close_codes"]:
        assert all(str(code) in words for code in entry["codes"])
