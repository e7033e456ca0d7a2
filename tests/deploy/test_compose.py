"""The whole of compose.yml: started, talked through over TLS, scaled, broken, taken down and up again."""

import io
import json
import ssl
import subprocess
import sys

import httpx
import jsonschema
import pytest
from deployment import SERVICES
from harness import until
from harness.conversation import Conversation
from harness.npm import installed
from harness.remains import Remains
from harness.suite import ROOT
from PIL import Image

OURS = (*SERVICES, "edge")


def talk(deployment):
    done = subprocess.run([sys.executable, ROOT / "scripts/two_clients.py", deployment.url(), deployment.secrets / "edge.crt"],
                          capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_two_people_talk_through_it_over_tls(deployment):
    assert "acknowledged and delivered to both" in talk(deployment)


def test_the_web_client_and_the_documents_are_served(deployment):
    with httpx.Client(base_url=deployment.url()) as http:
        page = http.get("/")
        assert page.status_code == 200 and "<script" in page.text and "max-age" in page.headers["strict-transport-security"]
        assert http.get("/docs/openapi.json").json()["openapi"].startswith("3.1")


def test_plain_http_leads_to_tls(deployment):
    answer = httpx.get(f"http://127.0.0.1:{deployment.plain_port}/chat?a=b", headers={"Host": "chat.example"}, follow_redirects=False)
    assert answer.status_code == 308 and answer.headers["location"] == "https://chat.example/chat?a=b"


def test_a_picture_is_made_safe(deployment):
    org = deployment.org()
    data = io.BytesIO()
    Image.effect_noise((1200, 800), 80).convert("RGB").save(data, "JPEG")
    uploaded = org.admin.upload(data.getvalue(), "a.jpg", "image/jpeg")

    def prepared():
        now = org.admin.ok("GET", f"/files/{uploaded['id']}/info")
        return not now["processing"] and now
    info = until(prepared, "the picture is prepared", timeout=60)
    assert (info["width"], info["height"]) == (1200, 800) and info["thumbnails"], info


@pytest.mark.parametrize("service", OURS)
def test_a_container_can_do_nothing_but_its_work(deployment, service):
    (container,) = deployment.containers(service)
    found = deployment.inspect(container)
    host, config = found["HostConfig"], found["Config"]
    assert config["User"] == "10001:10001" and host["ReadonlyRootfs"] and host["CapDrop"] == ["ALL"] and not host["CapAdd"]
    assert "no-new-privileges:true" in host["SecurityOpt"] and not host["Privileged"]
    assert host["Memory"] and host["NanoCpus"] and host["PidsLimit"]
    assert host["RestartPolicy"]["Name"] == "unless-stopped" and host["LogConfig"]["Config"]["max-size"]
    assert config["Healthcheck"]["Test"][0] == "CMD"
    values = [path.read_text().strip() for path in deployment.secrets.iterdir() if path.stat().st_size]
    assert not [line for line in config["Env"] for value in values if value in line], "a secret is in the environment"
    shell = subprocess.run(["docker", "run", "--rm", "--entrypoint", "/bin/sh", config["Image"], "-c", "true"], capture_output=True, text=True, check=False)
    assert shell.returncode != 0 and "no such file" in shell.stderr


def test_only_the_edge_can_be_reached_from_outside(deployment):
    for service in (*SERVICES, "database", "redis"):
        for container in deployment.containers(service):
            assert not [p for p in deployment.inspect(container)["NetworkSettings"]["Ports"].values() if p], service


@pytest.fixture(scope="module")
def cyclonedx():
    """Checks against the schema that CycloneDX has published, with those that it refers to."""
    folder = installed(ROOT / "tests/deploy/cyclonedx", "cyclonedx") / "node_modules/@cyclonedx/cyclonedx-library/res/schema"
    bom, *others = (json.loads((folder / f"{name}.SNAPSHOT.schema.json").read_text()) for name in ("bom-1.5", "spdx", "jsf-0.82"))
    checker = jsonschema.Draft7Validator(bom, resolver=jsonschema.RefResolver.from_schema(bom, store={schema["$id"]: schema for schema in others}))
    assert not checker.is_valid({"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": [{"name": "of no type"}]})
    return checker


@pytest.mark.parametrize("target", OURS)
def test_an_image_tells_what_is_in_it(deployment, cyclonedx, target):
    told = json.loads(subprocess.run([ROOT / "deploy/docker/sbom.sh", target], check=True, capture_output=True, text=True, timeout=120).stdout)
    assert not [f"{list(wrong.path)}: {wrong.message}" for wrong in cyclonedx.iter_errors(told)]
    assert told["specVersion"] == "1.5" and told["metadata"]["component"]["name"] == f"palique-{target}"
    names = {component["name"] for component in told["components"]}
    assert {"libc6", "libssl3"} <= names
    assert {"chat": {"vips", "libmagic-mgc", "libcurl4"}, "gateway": {"preact"}, "edge": {"nginx"}}.get(target, {"libpq5"}) <= names


def test_no_image_is_large(deployment):
    print(subprocess.run([ROOT / "deploy/docker/sizes.sh"], check=True, capture_output=True, text=True, timeout=120).stdout)


def test_a_new_certificate_is_taken_without_a_restart(deployment):
    (edge,) = deployment.containers("edge")
    started = deployment.inspect(edge)["State"]["StartedAt"]
    key, certificate = deployment.folder / "new.key", deployment.folder / "new.crt"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate], check=True, capture_output=True)
    deployment.prepare("--cert", certificate, "--key", key)
    deployment.compose("exec", "-T", "edge", "nginx", "-c", "/etc/palique/nginx.conf", "-e", "stderr", "-s", "reload")
    until(lambda: ssl.get_server_certificate(("localhost", deployment.port)).strip() == certificate.read_text().strip(), "the new certificate", timeout=60)
    assert deployment.inspect(edge)["State"]["StartedAt"] == started
    talk(deployment)


def test_scaled_and_one_of_each_killed_while_people_talk(deployment):
    deployment.set(PALIQUE_GATEWAY_REPLICAS=2, PALIQUE_CHAT_REPLICAS=2)
    deployment.up()
    assert [len(deployment.containers(service)) for service in ("gateway", "chat")] == [2, 2]
    for gateway in deployment.containers("gateway"):
        until(lambda c=gateway: deployment.metrics(c)['palique_bus_peers{service="chat"}'] == 2, "the gateway to find both by their name", timeout=60)
    conversation = Conversation(deployment)
    conversation.goes_on()
    for service, counter in (("gateway", "palique_http_requests_total"), ("chat", "palique_calls_total")):
        for container in deployment.containers(service):
            assert sum(value for key, value in deployment.metrics(container).items() if key.startswith(counter)) > 0, f"{service} {container} has no work"
    for service in (*SERVICES, "edge", "redis", "database"):
        deployment.crash(deployment.containers(service)[0])
        conversation.goes_on()
    assert conversation.stop() == []
    deployment.set(PALIQUE_GATEWAY_REPLICAS=1, PALIQUE_CHAT_REPLICAS=1)
    deployment.up()


def test_everything_is_there_after_down_and_up(deployment):
    remains = Remains(deployment)
    deployment.down()
    deployment.up()
    remains.are_in(deployment)
    talk(deployment)
