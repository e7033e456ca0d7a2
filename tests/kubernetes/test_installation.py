"""docs/install-kubernetes.md on a real cluster, from the top to the bottom: each block of commands as it stands there, and what it promises."""

import json
import os
import re
import shutil
import subprocess
import sys

import httpx
import pytest
from cluster import NAMESPACE, kubectl
from figures import Figures
from harness import until
from harness.conversation import Conversation
from harness.mailbox import SECRET, SITE, USER, Mailbox
from harness.manifests import NAME, unrestricted
from harness.npm import installed
from harness.pages import ROOT
from harness.process import Process
from harness.remains import Remains
from harness.suite import OWNERS, free_port
from installation import IMAGES, MINE
from rolling import restarted_and_killed

SERVICES = (*OWNERS, "gateway")


@pytest.fixture
def talk(installation):
    """People who talk meanwhile; in the end nothing that was acknowledged is lost, doubled or out of order."""
    conversation = Conversation(installation)
    conversation.goes_on()
    yield conversation
    conversation.goes_on()
    assert conversation.stop() == []


def two_people_talk(url):
    subprocess.run([sys.executable, ROOT / "scripts/two_clients.py", url], check=True, timeout=120)


def goes_to(installation, name, replicas):
    until(lambda: (installation.ready(name), len(installation.pods(name))) == (replicas, replicas),
          lambda: f"{replicas} of {name}: {kubectl('get', 'deployments,hpa,pods')}", timeout=300, interval=1)


def image(pod):
    return pod["spec"]["containers"][0]["image"]


# ---- the overlay for trying it out

def test_one_of_each_on_one_node(installation):
    installation.run("kubectl apply -f deploy/k8s/base/namespace.yaml; deploy/k8s/secrets.sh first-secrets | kubectl apply -f -")
    installation.make_volumes()
    installation.overlay("deploy/k8s/overlays/dev")
    installation.run("kubectl apply -k deploy/k8s/overlays/dev")
    installation.rolled_out()
    assert len(installation.pods()) == len(IMAGES) + 1
    with installation.forwarded("service/edge", 80) as address:
        two_people_talk(f"http://{address}")
    installation.remove()


# ---- Installing

def test_it_is_installed_as_documented(installation):
    installation.documented("cp -r deploy/k8s/overlays/prod")
    installation.overlay(MINE)
    installation.documented("kubectl apply -f deploy/k8s/base/namespace.yaml")
    installation.make_volumes()
    installation.run("openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=chat.example.org -keyout chat.key -out chat.crt")
    installation.documented("kubectl -n palique create secret tls")
    installation.documented("kubectl apply -k deploy/k8s/overlays/mine")
    installation.rolled_out()
    two_people_talk(installation.url())


def test_every_pod_is_restricted(installation):
    """As the cluster has them, whatever it put in."""
    pods = installation.objects("pods")
    assert {pod["metadata"]["labels"]["app.kubernetes.io/name"] for pod in pods} >= {*IMAGES, "postgres", "redis", "prometheus"}
    for pod in pods:
        assert not unrestricted(pod["spec"]), pod["metadata"]["name"]
        assert not [v for v in pod["spec"]["volumes"] if "serviceAccountToken" in str(v)], "a token for the cluster"


def test_prometheus_reads_every_replica(installation):
    with installation.forwarded("service/prometheus", 9090) as address:
        def up():
            found = httpx.get(f"http://{address}/api/v1/query", params={"query": "up == 1"}, timeout=60).json()["data"]["result"]
            replicas = {pod["status"]["podIP"] for name in SERVICES for pod in installation.pods(name)}
            return {one["metric"]["instance"].partition(":")[0] for one in found} >= replicas
        until(up, "Prometheus to have asked all", timeout=180, interval=1)
        rules = httpx.get(f"http://{address}/api/v1/rules", timeout=60).json()["data"]["groups"]
    assert rules and all(rule["health"] != "err" for group in rules for rule in group["rules"])


def scalers_of(installation):
    """The kind of the autoscalers, with the version in which they were made."""
    return f"horizontalpodautoscalers.{'v2beta2' if installation.options.overlay == 'old-api' else 'v2'}.autoscaling"


def test_the_autoscalers_keep_two(installation):
    """Whether there are figures depends on the cluster; they know what they scale, and do not go below two."""
    scalers = installation.objects(scalers_of(installation))
    assert {scaler["spec"]["scaleTargetRef"]["name"] for scaler in scalers} == {"gateway", "chat"}
    for scaler in scalers:
        name = scaler["metadata"]["name"]
        assert {c["type"]: c["status"] for c in scaler["status"]["conditions"]}["AbleToScale"] == "True", scaler["status"]
        installation.settled(name, lambda _pod: len(installation.pods(name)) >= 2, f"two of {name}")


# ---- Who may talk to whom

def reached(pod, targets):
    """Those of the (name, address, port) to which somebody in a pod with a shell can open a connection."""
    tries = "\n".join(f"(timeout 5 bash -c '</dev/tcp/{address}/{port}' && echo {name} {port}) &" for name, address, port in targets)
    found = subprocess.run(["kubectl", *pod, "--", "bash", "-c", f"{tries}\nwait"], capture_output=True, text=True, check=True).stdout
    return {(name, int(port)) for name, port in map(str.split, found.splitlines())}


@pytest.fixture
def stranger(installation, tmp_path):
    """A pod of another namespace."""
    database = kubectl("get", "statefulset", "postgres", "-o", "json")
    spec = json.loads(database)["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    kept = {key: container[key] for key in ("name", "image", "imagePullPolicy", "securityContext")}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "stranger", "namespace": "default"},
           "spec": {"securityContext": spec["securityContext"], "automountServiceAccountToken": False,
                    "containers": [{**kept, "command": ["sleep", "infinity"]}]}}
    (tmp_path / "stranger.json").write_text(json.dumps(pod))
    try:
        installation.run(f"kubectl apply -f {tmp_path}/stranger.json && kubectl -n default wait --for=condition=Ready pod/stranger --timeout=120s")
        yield ("-n", "default", "exec", "stranger")
    finally:
        installation.run("kubectl -n default delete pod stranger --grace-period=1 --ignore-not-found")


def test_nobody_else_is_let_in(installation, enforced, stranger):
    """Who is allowed to was seen to work by all that was done until here."""
    if not enforced:
        pytest.skip("the cluster may enforce no network policies (--enforce)")
    doors = {**{name: (7000, 9090) for name in OWNERS}, "gateway": (8080, 9090), "edge": (8080,), "postgres": (5432,), "redis": (6379,), "prometheus": (9090,)}
    targets = [(name, installation.pods(name)[0]["status"]["podIP"], port) for name, ports in doors.items() for port in ports]
    assert reached(stranger, targets) == {("edge", 8080)}
    # Its own door it finds without the network.
    assert reached(("-n", NAMESPACE, "exec", "postgres-0"), targets) == {("postgres", 5432)}


# ---- what it has to bear

def test_everything_is_restarted_and_killed_while_people_talk(installation, capsys):
    with capsys.disabled():
        violations = restarted_and_killed(installation)
    assert violations == []


# ---- Probes: disruption budgets

def test_a_node_is_emptied_by_one_pod_of_each_kind(installation, talk):
    """Of the only node, what is evicted has nowhere to go, and the budgets keep the rest."""
    nodes = kubectl("get", "nodes", "-o", "name").split()
    node = installation.pods("chat")[0]["spec"]["nodeName"]
    try:
        emptied = subprocess.run(["kubectl", "--namespace", NAMESPACE, "drain", node, "--pod-selector", f"{NAME} in ({','.join(IMAGES)})", "--ignore-daemonsets",
                                  "--delete-emptydir-data", "--timeout=60s"], capture_output=True, text=True, check=False, timeout=300)
        talk.goes_on()
        assert all(installation.ready(name) for name in IMAGES), emptied.stderr
        if len(nodes) == 1:
            assert emptied.returncode != 0 and "disruption budget" in emptied.stderr, emptied.stderr
            assert {installation.ready(name) for name in IMAGES} == {1}, emptied.stderr
        else:
            assert emptied.returncode == 0, emptied.stderr
    finally:
        kubectl("uncordon", node)
    for name in IMAGES:
        goes_to(installation, name, 2)


# ---- Sizes: autoscaling

@pytest.fixture
def figures(installation, tmp_path):
    """The autoscalers have figures."""
    if not installation.options.here:
        pytest.skip("no address at which the cluster reaches this machine (--here)")
    with Figures.given(installation, tmp_path) as given:
        yield given
    installation.documented("kubectl -n palique delete job migrate")
    installation.rolled_out()


def aim(installation, name, source, target, most):
    """An autoscaler with another target, which soon goes down again."""
    soon = {"stabilizationWindowSeconds": 15, "policies": [{"type": "Pods", "value": 1, "periodSeconds": 15}]}
    changes = {f"/spec/metrics/0/{source}/target/averageValue": target, "/spec/maxReplicas": most, "/spec/behavior/scaleDown": soon}
    operations = [{"op": "replace", "path": path, "value": value} for path, value in changes.items()]
    kubectl("patch", scalers_of(installation), name, "--type=json", "-p", json.dumps(operations))


def test_gateways_follow_their_connections(installation, figures, talk):
    aim(installation, "gateway", "pods", "30", 4)
    sockets = [talk.admin.ws() for _ in range(100)]
    goes_to(installation, "gateway", 4)
    talk.goes_on()
    for socket in sockets:
        socket.close()
    goes_to(installation, "gateway", 2)


def test_chats_follow_their_processor_time(installation, figures, talk):
    """How much of it they get is the machine's business: so the target goes below what people who talk take, and far above."""
    aim(installation, "chat", "resource", "5m", 3)
    goes_to(installation, "chat", 3)
    talk.goes_on()
    aim(installation, "chat", "resource", "2", 3)
    goes_to(installation, "chat", 2)


# ---- Secrets and certificates

def certificate(installation, pod):
    """What a replica shows on the bus."""
    with installation.forwarded(pod, 7000) as address:
        shown = installation.run(f"openssl s_client -connect {address} -cert {installation.secrets}/bus_gateway.pem </dev/null 2>/dev/null || true")
    return re.search(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", shown, re.S)[0]


def password(installation):
    return installation.psql("select rolpassword from pg_authid where rolname = 'palique_chat'")


def test_a_password_and_a_certificate_are_renewed(installation, talk):
    before = password(installation)
    installation.documented("rm -f ~/palique-secrets/chat_password")
    assert password(installation) != before
    made = (installation.secrets / "bus_chat.pem").read_text()
    for pod in installation.pods("chat"):
        assert certificate(installation, f"pod/{pod['metadata']['name']}") in made
    talk.goes_on()


# ---- Upgrading, and back

def test_the_migrations_run_again(installation, talk):
    before = kubectl("get", "job", "migrate", "-o", "jsonpath={.metadata.uid}")
    installation.documented("kubectl -n palique delete job migrate")
    installation.rolled_out()
    assert kubectl("get", "job", "migrate", "-o", "jsonpath={.metadata.uid}") != before


def test_back_to_the_version_of_before_and_up_again(installation, talk):
    before = installation.options.before
    if not before:
        pytest.skip("there are no images of another version (--before)")
    now = image(installation.pods("chat")[0]).partition(":")[2]
    for tag in (before, now):
        installation.images(tag)
        installation.documented("kubectl -n palique delete job migrate")
        installation.rolled_out()
        for name in IMAGES:
            assert {image(pod) for pod in installation.pods(name)} == {f"palique-{name}:{tag}"}
        talk.goes_on()


# ---- Backup

def test_a_backup_is_restored_into_a_cluster_with_nothing(installation):
    remains = Remains(installation)
    conversation = Conversation(installation)
    conversation.goes_on()
    installation.documented("deploy/k8s/backup.sh palique.tar")
    conversation.goes_on()
    assert conversation.stop() == []
    assert (installation.folder / "palique.tar").stat().st_mode & 0o077 == 0
    with pytest.raises(AssertionError, match="there is a .*palique.tar already"):
        installation.documented("deploy/k8s/backup.sh palique.tar")
    with pytest.raises(AssertionError, match="there is a database already"):
        installation.documented("deploy/k8s/restore.sh palique.tar")
    installation.close()

    installation.remove()
    shutil.rmtree(installation.secrets)
    installation.make_volumes()
    restored = installation.documented("deploy/k8s/restore.sh palique.tar")
    assert "wrong: 0" in restored, restored
    installation.rolled_out()
    remains.are_in(installation)
    assert "wrong: 0" in installation.documented("kubectl -n palique exec deployment/chat")


# ---- Files in a bucket, E-mail

@pytest.fixture
def outside(installation, tmp_path):
    """(a mail server, the authority of its certificate, the port of an object store, its folder), where pods reach them."""
    here = installation.options.here
    if not here:
        pytest.skip("no address at which pods reach this machine (--here)")
    authority = tmp_path / "mail.pem"
    installation.run(f"openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=mail -addext subjectAltName=IP:{here} -keyout {tmp_path}/key -out {authority}")
    (tmp_path / "both").write_text(authority.read_text() + (tmp_path / "key").read_text())
    program, port = installed(ROOT / "tests/s3", "s3-server") / "node_modules/.bin/s3rver", free_port()
    store = Process("s3", [program, "-a", here, "-p", str(port), "-d", tmp_path / "s3", "--configure-bucket", "palique"],
                    {**os.environ, "NODE_OPTIONS": "--openssl-legacy-provider"}, tmp_path / "s3.log")
    store.healthy = lambda: store.running() and (tmp_path / "s3/palique").is_dir()
    mailbox = Mailbox(free_port(), tls="starttls", certificate=tmp_path / "both", auth=True, host=here)
    try:
        store.start()
        try:
            store.wait_ready()
            yield mailbox, authority, port, tmp_path / "s3"
        finally:
            store.kill()
    finally:
        mailbox.close()


def test_files_go_to_a_bucket_and_letters_to_a_mail_server(installation, outside):
    mailbox, authority, port, folder = outside
    here = installation.options.here
    settings = {"PALIQUE_S3_ENDPOINT": f"http://{here}:{port}", "PALIQUE_S3_BUCKET": "palique", "PALIQUE_S3_ACCESS_KEY": "S3RVER",
                "PALIQUE_PUBLIC_URL": SITE, "PALIQUE_SMTP_URL": f"smtp://{here}:{mailbox.port}", "PALIQUE_SMTP_USER": USER,
                "PALIQUE_SMTP_CA": "/run/secrets/smtp_ca", "PALIQUE_MAIL_FROM": "chat@palique.example"}
    operations = "\n".join(f'- {{op: add, path: /data/{name}, value: "{value}"}}' for name, value in settings.items())
    (installation.home / "s3_key").write_text("S3RVER")
    (installation.home / "smtp_password").write_text(SECRET)
    installation.run("deploy/k8s/secrets.sh ~/palique-secrets --s3-secret-key ~/s3_key "
                     f"--smtp-password ~/smtp_password --smtp-ca {authority} | kubectl apply -f -")
    patches = [{"target": {"kind": "ConfigMap", "name": "palique"}, "patch": operations}]
    installation.overlay(MINE, "../../components/s3", "../../components/mail", patches=patches)
    installation.documented("kubectl -n palique delete job migrate")
    installation.rolled_out()

    org, content = installation.org(), os.urandom(300_000)
    kept = org.admin.upload(content)
    assert org.admin.get(kept["file_url"]).content == content
    assert [file for file in folder.rglob("*") if file.is_file() and file.read_bytes() == content]
    installation.client().ok("POST", "/auth/password/reset", json={"email": org.admin.email}, status=204)
    letter = mailbox.wait(org.admin.email, "/reset#")
    assert letter.secure and letter.signed_in and letter.link.startswith(f"{SITE}/reset#")
