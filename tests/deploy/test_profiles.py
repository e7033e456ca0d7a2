"""The profiles of compose.yml beside the suite itself: a bucket, a mail catcher, Prometheus. Where an image cannot be had, a stand-in takes its place."""

import json
import re
import subprocess
import sys
import urllib.parse
import urllib.request
import warnings

import pytest
from deployment import BUILDING, Deployment
from harness import until
from harness.client import PASSWORD
from harness.remains import Remains
from harness.suite import ROOT, free_port
from test_backup import script

sys.path.insert(0, str(ROOT / "tests/system"))
from test_monitoring import panel_expressions  # noqa: E402

STANDINS = ROOT / "tests/deploy/standins"
NEW = "another-horse-battery-8"


def run(*words, timeout):
    return subprocess.run(words, capture_output=True, text=True, timeout=timeout, check=False)


def stand_in(made, service):
    """Where the image of a service does not come from its registry, one that is built here takes its place, and the summary of the tests says so."""
    config = json.loads(made.compose("config", "--format", "json"))
    image = config["services"][service]["image"]
    if run("docker", "pull", "-q", image, timeout=600).returncode == 0:
        return
    warnings.warn(f"{service}: a stand-in was tested, not {image}", stacklevel=1)
    tag = f"palique-standin-{service}"
    done = run("docker", "build", "-q", "--secret", f"id=authorities,src={config['secrets']['authorities']['file']}", "-t", tag,
               "-f", STANDINS / f"{service}.Dockerfile", ROOT / "tests", timeout=BUILDING)
    assert done.returncode == 0, done.stderr
    made.set(**{f"PALIQUE_{service.upper()}_IMAGE": tag})


@pytest.fixture(scope="module")
def suite(docker):
    made = Deployment("--s3", "--mail", "https://localhost")
    try:
        made.mail, made.prometheus = free_port(), free_port()
        made.set(PALIQUE_MAIL_PORT=made.mail, PALIQUE_PROMETHEUS_PORT=made.prometheus)
        for service in ("s3", "mail"):
            stand_in(made, service)
        made.build()
        made.up()
        yield made
    finally:
        made.end()


@pytest.fixture(scope="module")
def prometheus(suite):
    """Its port. Grafana stays away: there is no stand-in for it."""
    suite.prepare("--monitoring")
    stand_in(suite, "prometheus")
    suite.up("edge", "prometheus")
    return suite.prometheus


def get(port, path, **query):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}" + (f"?{urllib.parse.urlencode(query)}" if query else ""), timeout=60) as answer:
        return json.load(answer)


# ---- the bucket ----
def in_volumes(suite):
    """Files in the bucket, and in the folder of chat. Neither may have a shell."""
    found = []
    for service, folder in (("s3", "/objects/palique/objects"), ("chat", "/var/lib/palique/files/blobs")):
        (container,) = suite.containers(service)
        done = run("docker", "run", "--rm", "--network", "none", "--volumes-from", container, "--user", "0", "--entrypoint", "find",
                   suite.inspect(suite.containers("database")[0])["Config"]["Image"], folder, "-type", "f", timeout=60)
        found.append(done.stdout.split())
    return found


def test_what_is_uploaded_lies_in_the_bucket(suite):
    person = suite.org().admin
    contents = [bytes([n]) * 3_000_000 for n in range(2)]
    kept = [person.upload(content) for content in contents]
    bucket, folder = in_volumes(suite)
    assert len(bucket) >= 2 and not folder
    suite.crash(suite.containers("s3")[0])
    assert [person.get(file["file_url"]).content for file in kept] == contents


def test_a_backup_has_the_bucket_in_it(suite):
    remains = Remains(suite)
    file = suite.folder / "palique.tar"
    done = script(suite, "backup.sh", file)
    assert done.returncode == 0, done.stderr
    suite.down("--volumes")
    done = script(suite, "restore.sh", file)
    assert done.returncode == 0 and "wrong: 0" in done.stdout, done.stdout + done.stderr
    remains.are_in(suite)


# ---- letters ----
def letter(suite, address, word):
    def there():
        for one in get(suite.mail, "/api/v1/messages")["messages"]:
            if any(to["Address"] == address for to in one["To"]):
                text = get(suite.mail, f"/api/v1/message/{one['ID']}")["Text"]
                if word in text:
                    return text
        return None
    return until(there, f"a letter to {address} with {word}", timeout=120)


def test_a_forgotten_password_is_replaced_by_what_the_catcher_shows(suite):
    person = suite.org().admin
    suite.client().ok("POST", "/auth/password/reset", json={"email": person.email}, status=204)
    token = re.search(r"https://localhost/reset#(\S+)", letter(suite, person.email, "/reset#"))[1]
    suite.client().ok("PUT", "/auth/password/reset", json={"token": token, "password": NEW}, status=204)
    suite.client().refused(401, "login.wrong", "POST", "/auth/login", json={"email": person.email, "password": PASSWORD})
    suite.client().login(person.email, NEW)


# ---- Prometheus ----
def test_prometheus_reaches_every_replica_and_evaluates_every_rule(prometheus):
    def all_up():
        targets = get(prometheus, "/api/v1/targets")["data"]["activeTargets"]
        return sorted(t["labels"]["service"] for t in targets if t["health"] == "up") == ["admin", "auth", "chat", "gateway", "notify"]
    until(all_up, "every service to be scraped", timeout=180)
    wanted = set(re.findall(r"alert: (\w+)", (ROOT / "deploy/prometheus/rules.yml").read_text()))

    def rules():
        return [rule for group in get(prometheus, "/api/v1/rules")["data"]["groups"] for rule in group["rules"]]
    until(lambda: all(rule["health"] != "unknown" for rule in rules()), "every rule to be evaluated", timeout=180)
    assert {rule["name"] for rule in rules()} == wanted and not [(r["name"], r.get("lastError")) for r in rules() if r["health"] != "ok"]
    assert not [alert["labels"]["alertname"] for alert in get(prometheus, "/api/v1/alerts")["data"]["alerts"] if alert["state"] == "firing"]


def test_every_panel_of_the_dashboards_shows_something_after_a_conversation(suite, prometheus):
    asked = list(panel_expressions())
    assert len(asked) > 40
    done = run(sys.executable, ROOT / "scripts/two_clients.py", suite.url(), suite.secrets / "edge.crt", timeout=120)
    assert done.returncode == 0, done.stderr

    def shown(expression):
        """A number at least; rates need two scrapes."""
        result = get(prometheus, "/api/v1/query", query=expression)["data"]["result"]
        return any(sample["value"][1] != "NaN" for sample in result)
    for expression in asked:
        until(lambda e=expression: shown(e), f"a value of {expression}", timeout=120)


@pytest.mark.parametrize("service", ["s3", "mail", "prometheus"])
def test_what_others_made_can_do_nothing_but_its_work_either(suite, prometheus, service):
    (container,) = suite.containers(service)
    host = suite.inspect(container)["HostConfig"]
    assert host["ReadonlyRootfs"] and host["CapDrop"] == ["ALL"] and not host["CapAdd"] and "no-new-privileges:true" in host["SecurityOpt"]
    assert host["Memory"] and host["NanoCpus"] and host["PidsLimit"] and host["RestartPolicy"]["Name"] == "unless-stopped"
    assert all(p["HostIp"] == "127.0.0.1" for ports in host["PortBindings"].values() for p in ports)
    assert not [line for line in suite.inspect(container)["Config"]["Env"] if (suite.secrets / "s3_secret_key").read_text().strip() in line]
