"""What the programs say of themselves: settings, statements, versions."""

import subprocess

import pytest

from harness.suite import BUILD, OWNERS, ROOT

PROGRAMS = (*OWNERS, "gateway")


def run(name, *arguments, env=None):
    return subprocess.run([BUILD / "bin" / f"palique-{name}", *arguments], env=env or {}, capture_output=True, text=True, check=False, timeout=60)


def test_the_page_of_settings_is_what_the_programs_say():
    made = subprocess.run([ROOT / "scripts/configuration.sh", BUILD / "bin"], capture_output=True, text=True, check=True).stdout
    assert (ROOT / "docs/configuration.md").read_text() == made, "run scripts/configuration.sh build/dev/bin >docs/configuration.md"


@pytest.mark.parametrize("name", PROGRAMS)
def test_all_mistakes_of_a_configuration_are_reported_at_once(name):
    done = run(name, "--check-config", env={"PALIQUE_LOG_LEVEL": "loud", "PALIQUE_RATE_SCALE": "many", f"PALIQUE_{name.upper()}_READ_WORKERS": "-1"})
    assert done.returncode != 0
    missing = {"gateway": "PALIQUE_AUTH_BUS"}.get(name, f"PALIQUE_{name.upper()}_DATABASE_URL")
    assert missing in done.stderr + done.stdout
    assert len((done.stderr + done.stdout).strip().splitlines()) >= 2


@pytest.mark.parametrize("name", PROGRAMS)
def test_help_and_version(name):
    assert "--check-config" in run(name, "--help").stdout
    assert any(c.isdigit() for c in run(name, "--version").stdout)


@pytest.mark.parametrize("name", OWNERS)
def test_the_database_prepares_every_statement(suite, name):
    done = run(name, "--check-sql", env=suite.env_of(name))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", PROGRAMS)
def test_secrets_are_masked(suite, name):
    done = run(name, "--check-config", env=suite.env_of(name))
    assert done.returncode == 0, done.stderr
    assert "a secret of the tests" not in done.stdout + done.stderr and "test-only" not in done.stdout + done.stderr
