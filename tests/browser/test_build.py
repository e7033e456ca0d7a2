"""When ./run and ./test build the web client (scripts/web.sh), and what they say where that cannot be. npm is a stand-in here; the real
build is what all tests of this folder look at."""

import pathlib
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
NPM = """#!/bin/sh
[ ! -e "$HOME/no-registry" ] || { [ "$1" != ci ] || exit 1; }
echo "$1" >>"$HOME/asked"
case $1 in
    ci) mkdir -p node_modules ;;
    run) if grep -q wrong src/*; then echo "wrong.ts is wrong"; exit 1; fi; mkdir dist; cp index.html dist/ ;;
esac
"""


@pytest.fixture
def checkout(tmp_path):
    """The scripts and a client of few files in a folder of the test's own."""
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    for name in ("package.json", "package-lock.json", "index.html", "src/main.ts", "test/main.test.ts", "notice/index.html", "bin/npm"):
        path = tmp_path / ("bin/npm" if name == "bin/npm" else f"web/{name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(NPM if name == "bin/npm" else name)
    (tmp_path / "bin/npm").chmod(0o755)
    return tmp_path


def run(folder, command):
    script = f"ROOT={folder}; . scripts/common.sh; . scripts/web.sh; {command}"
    return subprocess.run(["bash", "-euc", script], cwd=folder, capture_output=True, text=True, timeout=120, check=False,
                          env={"PATH": f"{folder}/bin:/usr/local/bin:/usr/bin:/bin", "HOME": str(folder)})


def asked(folder):
    """What npm was asked for since the last time."""
    path = folder / "asked"
    words = path.read_text().split() if path.exists() else []
    path.unlink(missing_ok=True)
    return words


def test_it_is_built_when_its_sources_changed_and_only_then(checkout):
    done = run(checkout, "web_build && web_folder")
    assert done.returncode == 0 and done.stdout.strip() == f"{checkout}/web/dist", done
    assert asked(checkout) == ["ci", "run"]
    for change, expected in [
        (None, []), ("src/main.ts", ["run"]), ("src/new.ts", ["run"]), ("index.html", ["run"]), ("test/main.test.ts", []), ("notice/index.html", []),
        ("package-lock.json", ["ci", "run"]), (None, []),
    ]:
        if change:
            (checkout / "web" / change).write_text("changed")
        assert run(checkout, "web_build").returncode == 0
        assert asked(checkout) == expected, change


def test_a_client_that_does_not_compile_is_an_error(checkout):
    (checkout / "web/src/main.ts").write_text("wrong")
    done = run(checkout, "web_build_or_say; echo started")
    assert done.returncode == 1 and "wrong.ts is wrong" in done.stderr and "the web client's build failed" in done.stderr
    assert "started" not in done.stdout


def test_without_a_registry_the_services_start_with_a_page_that_says_so(checkout):
    (checkout / "no-registry").touch()
    done = run(checkout, "web_build_or_say; web_folder")
    assert done.returncode == 0 and "the web client is NOT built" in done.stderr, done
    assert done.stdout.strip() == f"{checkout}/web/notice"
    (checkout / "no-registry").unlink()
    assert run(checkout, "web_build_or_say; web_folder").stdout.strip() == f"{checkout}/web/dist"
