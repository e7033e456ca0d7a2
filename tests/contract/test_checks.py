"""The checks themselves: what they must find, and what they must leave alone, in a small tree of their own."""
import pathlib
import shutil
import subprocess

import pytest

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "scripts"


@pytest.fixture
def check(tmp_path):
    """check(script, {path: text}) -> (exit code, output)."""
    shutil.copytree(SCRIPTS, tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__"))

    def run(script, files):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        done = subprocess.run(["/usr/bin/python3", "-B", tmp_path / "scripts" / script], cwd=tmp_path, capture_output=True, text=True)
        assert not done.stderr, done.stderr
        return done.returncode, done.stdout

    return run


BANNED = {
    "copy": "void f(char *a) { strcpy(a, b); }",
    "tokenize": "void f(void) { p = strtok(a, b); }",
    "stack": "void f(void) { p = alloca(4); }",
    "parse": "int f(void) { return atoi(a); }",
    "sleep": "void f(void) { usleep(4); }",
    "shell": "void f(void) { system(a); }",
    "print": 'void f(void) { fprintf(stderr, "x"); }',
    "exit": "void f(void) { exit(1); }",
    "secret": "int f(void) { return memcmp(token, want, 8); }",
    "sql": 'void f(void) { snprintf(q, n, "select 1 from t where a = %s", a); }',
    "json": 'void f(void) { pal_buf_printf(b, "{\\"a\\":\\"%s\\"}", a); }',
    "static": "static int counter;",
    "dead": "/* x = f(y); */",
}


@pytest.mark.parametrize("rule", BANNED)
def test_a_ban_is_found_and_excused_by_a_reason(check, rule):
    code, output = check("check_bans.py", {"lib/x/a.c": "\n\n" + BANNED[rule] + "\n"})
    assert code == 1 and f"lib/x/a.c:3: [{rule}]" in output
    code, output = check("check_bans.py", {"lib/x/a.c": f"\n/* allow {rule}: because of this */\n{BANNED[rule]}\n"})
    assert (code, output) == (0, "")


@pytest.mark.parametrize(
    "text",
    [
        "/* strcpy(a, b) is what nobody may call */",
        'const char *a = "strcpy(a, b)";',
        "void f(void) { x.system(a); y->exit(1); my_sleep(1); }",
        "static const int a[] = {1};",
        "static const char *const names[] = {0};",
        "static const struct { int a; } table[] = {{1}};",
        "static void f(int (*g)(void)) { }",
        "static int PAL_PRINTF(1, 2) f(const char *a);",
        "static inline int f(void)\n{\n}",
        "/* Frees what is there; the caller keeps the rest. */",
        "int f(void) { return memcmp(a, b, 8); }",
    ],
)
def test_innocent_code_is_left_alone(check, text):
    assert check("check_bans.py", {"lib/x/a.c": "\n" + text + "\n"}) == (0, "")


@pytest.mark.parametrize("text", ["static const char *name;", "static int (*f)(void);", "static _Thread_local int a;", "static atomic_int a = 1;"])
def test_mutable_statics_are_found_in_all_their_forms(check, text):
    assert check("check_bans.py", {"services/chat/a.c": "\n" + text + "\n"})[0] == 1


@pytest.mark.parametrize(
    "path, include",
    [
        ("services/chat/store/a.c", "<libpq-fe.h>"),
        ("services/chat/a.c", "<nng/nng.h>"),
        ("lib/bus/a.c", "<microhttpd.h>"),
        ("services/auth/a.c", "<jwt.h>"),
        ("services/auth/a.c", "<argon2.h>"),
        ("lib/base/a.c", '"loop/loop.h"'),
        ("lib/db/a.c", '"http/front.h"'),
        ("services/chat/a.c", '"../auth/seal.h"'),
        ("lib/db/a.c", '"services/chat/a.h"'),
        ("services/chat/domain/a.c", "<jansson.h>"),
        ("services/chat/domain/a.c", '"base/clock.h"'),
        ("services/chat/domain/a.c", '"db/db.h"'),
        ("lib/unheardof/a.c", '"base/str.h"'),
    ],
)
def test_a_forbidden_include_is_found(check, path, include):
    code, output = check("check_includes.py", {path: f"#include {include}\n", "services/chat/b.h": ""})
    assert code == 1 and output.startswith(f"{path}:1: ")


def test_an_include_of_another_services_header_is_found(check):
    code, _ = check("check_includes.py", {"services/auth/seal.h": "", "services/chat/a.c": '#include "seal.h"\n'})
    assert code == 1


@pytest.mark.parametrize(
    "path, include",
    [
        ("lib/db/a.c", "<libpq-fe.h>"),
        ("services/auth/password.c", "<argon2.h>"),
        ("services/chat/domain/a.c", '"base/str.h"'),
        ("services/chat/a.c", '"db/db.h"'),
        ("lib/service/a.c", '"bus/bus.h"'),
        ("services/chat/a.c", '"b.h"'),
    ],
)
def test_an_allowed_include_is_left_alone(check, path, include):
    assert check("check_includes.py", {path: f"#include {include}\n", "services/chat/b.h": ""}) == (0, "")


def test_long_files_and_empty_names_are_found(check):
    assert check("check_sizes.py", {"lib/x/a.c": "\n" * 400, "lib/x/a.h": "\n" * 120}) == (0, "")
    assert check("check_sizes.py", {"lib/x/a.c": "\n" * 401})[0] == 0
    assert check("check_sizes.py", {"lib/x/a.c": "\n" * 601})[0] == 1
    assert check("check_sizes.py", {"lib/x/a.c": "", "lib/x/b.h": "\n" * 201})[0] == 1
    assert check("check_sizes.py", {"lib/x/b.h": "", "lib/x/utils.c": ""})[0] == 1


def test_broken_json_and_python_are_found(check):
    assert check("check_syntax.py", {"proto/a.json": "{}", "tools/a.py": "x = 1\n"}) == (0, "")
    assert check("check_syntax.py", {"proto/a.json": '{"a": 1, "a": 2}'})[0] == 1
    assert check("check_syntax.py", {"proto/a.json": "{"})[0] == 1
    assert check("check_syntax.py", {"proto/a.json": "{}", "tools/a.py": "x ="})[0] == 1
