"""deploy/compose/prepare.sh: it makes every secret that compose.yml names, none twice the same, and leaves alone what is there."""

import re
import shutil
import subprocess

import pytest
import yaml
from harness.pages import ROOT

COMPOSE = (ROOT / "compose.yml").read_text()


@pytest.fixture
def prepare(tmp_path):
    def run(*words):
        return subprocess.run([ROOT / "deploy/compose/prepare.sh", "--secrets", tmp_path / "secrets", "--env", tmp_path / "env", *words],
                              capture_output=True, text=True, timeout=120, check=False)
    return run


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_it_makes_every_secret_and_keeps_them(prepare, tmp_path):
    done = prepare("--host", "chat.example.org", "--redis")
    assert done.returncode == 0, done.stderr
    made = contents(tmp_path / "secrets")
    named = set(re.findall(r'\{file: "\$\{PALIQUE_SECRETS:-deploy/compose/secrets\}/(\w[\w.]*)"\}', COMPOSE))
    assert len(named) > 20 and named <= set(made)
    random = [value for name, value in made.items() if name.endswith("_password")] + [made["key_secret"]]
    assert len(random) == 7 and len(set(random)) == 7 and all(re.fullmatch(rb"[0-9a-f]{48}\n?", value) for value in random)
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
    settings = (tmp_path / "env").read_text()
    assert "COMPOSE_PROFILES=redis\n" in settings and not [v for v in made.values() if v.strip() and v.strip().decode() in settings]

    assert prepare().returncode == 0
    assert contents(tmp_path / "secrets") == made and sorted((tmp_path / "env").read_text().split()) == sorted(settings.split())


def test_it_finds_the_secrets_where_they_were_put(prepare, tmp_path):
    assert prepare("--host", "chat.example.org").returncode == 0
    made = contents(tmp_path / "secrets")
    done = subprocess.run([ROOT / "deploy/compose/prepare.sh", "--env", tmp_path / "env"], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0 and str(tmp_path / "secrets") in done.stderr, done.stderr
    assert contents(tmp_path / "secrets") == made


def test_a_checkout_may_be_moved_with_its_secrets(tmp_path):
    before, after = tmp_path / "before", tmp_path / "after"
    for part in ("deploy", "scripts"):
        shutil.copytree(ROOT / part, before / part, ignore=shutil.ignore_patterns("node_modules", "secrets"))
    subprocess.run([before / "deploy/compose/prepare.sh", "--host", "chat.example.org"], check=True, timeout=120)
    made = contents(before / "deploy/compose/secrets")
    before.rename(after)
    subprocess.run([after / "deploy/compose/prepare.sh"], check=True, timeout=120)
    assert contents(after / "deploy/compose/secrets") == made and str(before) not in (after / ".env").read_text()


def test_a_mail_server_is_a_setting_and_its_password_a_secret(prepare, tmp_path):
    (tmp_path / "password").write_text("of the mail server\n")
    done = prepare("--host", "chat.example.org", "--mail", "smtp://smtp.example.org:587", "chat@example.org", "https://chat.example.org", "palique", tmp_path / "password")
    assert done.returncode == 0, done.stderr
    settings = dict(line.split("=", 1) for line in (tmp_path / "env").read_text().splitlines())
    (place,) = re.findall(r"^ +PALIQUE_SMTP_PASSWORD_FILE: \$\{(\w+):-\}$", COMPOSE, re.M)
    secret = settings[place].removeprefix("/run/secrets/")
    assert (tmp_path / "secrets" / secret).read_text() == "of the mail server\n" and f"      - {secret}\n" in COMPOSE
    assert settings["PALIQUE_SMTP_URL"] == "smtp://smtp.example.org:587" and settings["PALIQUE_PUBLIC_URL"] == "https://chat.example.org"
    assert settings["PALIQUE_SMTP_USER"] == "palique" and settings["PALIQUE_MAIL_FROM"] == "chat@example.org"


def settings_of(tmp_path):
    return dict(line.split("=", 1) for line in (tmp_path / "env").read_text().splitlines())


def remove(tmp_path, name):
    lines = (tmp_path / "env").read_text().splitlines(keepends=True)
    (tmp_path / "env").write_text("".join(line for line in lines if not line.startswith(f"{name}=")))


def test_a_bucket_and_a_catcher_are_profiles_until_there_are_real_ones(prepare, tmp_path):
    (tmp_path / "secret").write_text("of another bucket\n")
    assert prepare("--host", "chat.example.org", "--redis", "--s3", "--mail", "https://chat.example.org").returncode == 0
    settings, made = settings_of(tmp_path), (tmp_path / "secrets/s3_secret_key").read_text()
    assert settings["COMPOSE_PROFILES"] == "redis,s3,mail" and re.fullmatch(r"[0-9a-f]{48}\n", made)
    assert settings["PALIQUE_S3_ENDPOINT"] == "http://s3:7070" and settings["PALIQUE_SMTP_URL"] == "smtp://mail:1025" and settings["PALIQUE_SMTP_TLS"] == "none"
    assert prepare("--monitoring").returncode == 0
    assert settings_of(tmp_path) == settings | {"COMPOSE_PROFILES": "redis,s3,mail,monitoring"} and (tmp_path / "secrets/s3_secret_key").read_text() == made

    elsewhere, server = ("--s3", "https://s3.example.org", "b", "k", tmp_path / "secret"), ("--mail", "smtp://m.example.org:587", "a@example.org", "https://x.example")
    done = prepare(*elsewhere)
    assert done.returncode == 1 and re.fullmatch(r"palique: there are files in the bucket palique of http://s3:7070: .+\n", done.stderr)
    assert settings_of(tmp_path)["PALIQUE_S3_ENDPOINT"] == "http://s3:7070" and (tmp_path / "secrets/s3_secret_key").read_text() == made
    remove(tmp_path, "PALIQUE_S3_ENDPOINT")
    done = prepare(*elsewhere, *server)
    assert done.returncode == 0 and re.findall(r"docker compose .* rm -sf \w+", done.stderr) == [f"docker compose --profile {p} rm -sf {p}" for p in ("s3", "mail")]
    settings = settings_of(tmp_path)
    assert settings["COMPOSE_PROFILES"] == "redis,monitoring" and (tmp_path / "secrets/s3_secret_key").read_text() == "of another bucket\n"
    assert settings["PALIQUE_S3_BUCKET"] == "b" and settings["PALIQUE_SMTP_TLS"] == "required" and settings["PALIQUE_SMTP_USER"] == ""
    assert prepare("--s3").returncode == 1 and prepare("--s3", "https://s3.example.org", "another", *elsewhere[3:]).returncode == 1
    done = prepare(*elsewhere)
    assert done.returncode == 0 and settings_of(tmp_path) == settings and "rm -sf" not in done.stderr


def test_what_was_chosen_for_the_connection_to_a_mail_server_stays(prepare, tmp_path):
    server = ("--mail", "smtp://m.example.org:25", "a@example.org", "https://x.example")
    assert prepare("--host", "chat.example.org", *server).returncode == 0 and settings_of(tmp_path)["PALIQUE_SMTP_TLS"] == "required"
    remove(tmp_path, "PALIQUE_SMTP_TLS")
    with (tmp_path / "env").open("a") as env:
        env.write("PALIQUE_SMTP_TLS=none\n")
    assert prepare(*server).returncode == 0 and settings_of(tmp_path)["PALIQUE_SMTP_TLS"] == "none"


def test_the_certificates_of_the_bus_are_for_their_services(prepare, tmp_path):
    prepare("--host", "chat.example.org")
    for name in ("auth", "chat", "notify", "admin", "gateway"):
        folder = tmp_path / "secrets"
        subprocess.run(["openssl", "verify", "-CAfile", folder / "bus_ca.crt", "-verify_hostname", name, folder / f"bus_{name}.pem"], check=True, capture_output=True)


@pytest.mark.parametrize("words", [(), ("--host", "no name"), ("--cert", "a.pem"), ("--s3", "https://s3.example"), ("--mail", "smtp://a", "b@c.example"), ("--mail", "chat"), ("--what",)])
def test_what_it_cannot_do_is_refused_in_a_line(prepare, tmp_path, words):
    done = prepare(*words)
    assert done.returncode != 0 and re.fullmatch(r"palique: .+\n", done.stderr), done.stderr
    assert not (tmp_path / "secrets/edge.crt").exists()


def test_the_images_are_tagged_with_the_version():
    version = re.search(r"project\(palique VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]
    assert set(re.findall(r"\$\{PALIQUE_VERSION:-([^}]+)\}", COMPOSE)) == {version}


# What a container is, and not what an operator sets: where it listens, where its files are, its name.
OF_A_CONTAINER = re.compile(r"PALIQUE_(\w+_(LISTEN|OPS|NAME|REUSE_PORT)|(STATIC|DOCS|FILES)_DIR|MEDIA_PROGRAM|BUS_ALLOW_PLAIN)")


@pytest.mark.parametrize("service", ["auth", "chat", "notify", "admin", "gateway"])
def test_every_setting_of_the_programs_can_be_set_in_env(service):
    (page,) = re.findall(rf"^## palique-{service}\n(.*?)(?=^## |\Z)", (ROOT / "docs/configuration.md").read_text(), re.DOTALL | re.MULTILINE)
    passed = yaml.safe_load(COMPOSE)["services"][service]["environment"]
    known = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    assert {name for name in known if name not in passed and f"{name}_FILE" not in passed and not OF_A_CONTAINER.fullmatch(name)} == set()
    assert {name for name in passed if not {name, name.removesuffix("_FILE")} & known and not name.endswith("_BUS")} == set()
