"""How ./run and ./test build the web client (scripts/web.sh): when something changed, and without a registry not at all."""

import pathlib
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture
def checkout(built, tmp_path):
    """web/ and the scripts in a folder of the test's own, with the installed packages."""
    shutil.copytree(ROOT / "web", tmp_path / "web", ignore=shutil.ignore_patterns("node_modules", "dist"))
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    (tmp_path / "web/node_modules").symlink_to(ROOT / "web/node_modules")
    return tmp_path


def run(folder, command, **env):
    script = f"ROOT={folder}; . scripts/common.sh; . scripts/web.sh; {command}"
    return subprocess.run(["bash", "-euc", script], cwd=folder, capture_output=True, text=True, timeout=600, check=False,
                          env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder), **env})


def test_it_is_built_when_its_sources_changed_and_only_then(checkout):
    done = run(checkout, "web_build && web_folder")
    assert done.returncode == 0 and "building the web client" in done.stderr, done
    assert done.stdout.strip() == f"{checkout}/web/dist"
    assert {p.name for p in (checkout / "web/dist").iterdir()} >= {"index.html", "index.html.br", "index.html.gz", "chat.html", "assets"}
    assert run(checkout, "web_build").stderr == ""
    (checkout / "web/src/more.css").write_text("p { color: red; }\n")
    assert "building the web client" in run(checkout, "web_build").stderr
    (checkout / "web/test/more.test.ts").write_text("// tests are no part of it\n")
    assert run(checkout, "web_build").stderr == ""


def test_a_client_that_does_not_compile_is_an_error(checkout):
    (checkout / "web/src/wrong.ts").write_text("export const n: number = 'no';\n")
    done = run(checkout, "web_build_or_say")
    assert done.returncode == 1 and "wrong.ts" in done.stderr and "the web client's build failed" in done.stderr


def test_without_a_registry_the_services_start_with_a_page_that_says_so(checkout):
    (checkout / "web/node_modules").unlink()
    # Nothing listens there.
    done = run(checkout, "web_build_or_say; web_folder", npm_config_registry="http://127.0.0.1:9/", npm_config_cache=str(checkout / "cache"))
    assert done.returncode == 0 and "the web client is NOT built" in done.stderr, done
    assert done.stdout.strip() == f"{checkout}/web/notice"
