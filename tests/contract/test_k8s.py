"""deploy/k8s against what it deploys: the settings of the programs, the edge's routes, the images, the secrets. Their schemas: scripts/check.sh k8s."""

import base64
import gzip
import os
import re
import subprocess

import pytest
import yaml

from harness.manifests import K8S, NAME, ROOT, allowed, containers, deployments, of_kind, read, settings, unrestricted

SERVICES = ("auth", "chat", "notify", "admin", "gateway")
OWNERS = SERVICES[:-1]
COMPONENTS = tuple(f"components/{name}" for name in ("postgres", "redis", "autoscaling", "ingress", "monitoring"))
BUS, HTTP, OPS = 7000, 8080, 9090


def tables():
    """service → {setting: whether it is required}, from the page that the programs themselves write."""
    found = {}
    for part in re.split(r"^## palique-", (ROOT / "docs/configuration.md").read_text(), flags=re.M)[1:]:
        rows = re.findall(r"^\| `(\w+)` \|[^|]*\| ([^|]*) \|", part, re.M)
        found[part.split()[0]] = {name: default.strip() == "required" for name, default in rows}
    return found


def edges_of_the_programs():
    """Who calls whom on the bus, by the settings that name the others, and over HTTP, by the edge's routes."""
    bus = {(service, owner, BUS) for service, rows in tables().items() for owner in OWNERS if owner != service and f"PALIQUE_{owner.upper()}_BUS" in rows}
    routes = "".join(path.read_text() for path in (ROOT / "deploy/nginx").glob("*.conf*"))
    return bus | {("edge", name, HTTP) for name in set(re.findall(r"proxy_pass http://\$?(\w+)", routes))}


def users_of(setting):
    return {service for service, rows in tables().items() if any(re.fullmatch(setting, name) for name in rows)}


# ---- who may talk to whom

def test_the_network_policies_are_the_edges_of_the_programs_and_nothing_else():
    everyone = {*SERVICES, "edge", "migrate"}
    egress, ingress = allowed(of_kind("NetworkPolicy", "base"), everyone)
    edges = edges_of_the_programs()
    assert len(edges) > 10
    assert ingress == edges | {("anywhere", "edge", HTTP)}
    assert egress == edges | {(name, "kube-system", 53) for name in everyone} | {("chat", "public", port) for port in (80, 443)}


@pytest.mark.parametrize(("component", "target", "port", "callers"), [
    ("postgres", "postgres", 5432, users_of(r"PALIQUE_\w+_DATABASE_URL") | {"migrate"}),
    ("redis", "redis", 6379, users_of("PALIQUE_REDIS_URL")),
])
def test_what_a_component_brings_is_reached_by_those_who_use_it(component, target, port, callers):
    policies = of_kind("NetworkPolicy", f"components/{component}")
    egress, ingress = allowed(policies, {*SERVICES, "edge", "migrate", target})
    assert egress == ingress == {(caller, target, port) for caller in callers} != set()


def test_prometheus_reaches_the_figures_of_all_services_and_only_these():
    egress, ingress = allowed(of_kind("NetworkPolicy", "components/monitoring"), {*SERVICES, "edge", "prometheus"})
    figures = {("prometheus", name, OPS) for name in SERVICES}
    assert egress == figures | {("prometheus", "monitoring", 9093)}
    assert ingress == figures | {("monitoring", "prometheus", 9090)}


def test_with_mail_auth_reaches_the_ports_of_submission():
    egress, ingress = allowed(of_kind("NetworkPolicy", "components/mail"), set(SERVICES))
    assert egress == {(name, "public", port) for name in users_of("PALIQUE_SMTP_URL") for port in (465, 587)} and not ingress


def test_a_bucket_and_an_ingress_open_no_other_way():
    """The bucket is reached as the pages behind links are; the Ingress controller becomes the only one that reaches the edge."""
    assert "resources" not in read("components/s3/kustomization.yaml")[0]
    (edge,) = (p for p in of_kind("NetworkPolicy", "base") if p["metadata"]["name"] == "edge")
    (patch,) = (p for p in read("components/ingress/kustomization.yaml")[0]["patches"] if p["target"]["kind"] == "NetworkPolicy")
    ((rule,), (operation,)) = edge["spec"]["ingress"], yaml.safe_load(patch["patch"])
    assert (patch["target"]["name"], operation["op"], operation["path"]) == ("edge", "add", "/spec/ingress/0/from") and "from" not in rule
    narrowed = {**edge, "spec": {**edge["spec"], "ingress": [{**rule, "from": operation["value"]}]}}
    assert allowed([narrowed], {"edge"})[1] == {("ingress-nginx", "edge", HTTP)}


def test_without_a_policy_nothing_passes():
    (nothing,) = (p for p in of_kind("NetworkPolicy", "base") if p["spec"]["podSelector"] == {} and "egress" not in p["spec"])
    assert set(nothing["spec"]["policyTypes"]) == {"Ingress", "Egress"} and "ingress" not in nothing["spec"]
    for policy in of_kind("NetworkPolicy", "base", "components/postgres", "components/redis", "components/monitoring"):
        if policy is not nothing and policy["metadata"] != nothing["metadata"]:
            assert {kind.lower() for kind in policy["spec"]["policyTypes"]} == {"ingress", "egress"} & set(policy["spec"]), policy["metadata"]


# ---- settings

def environment(container):
    names = {entry["name"] for entry in container.get("env", ())}
    return names | set(settings()) if container.get("envFrom") else names


def set_by_image(name):
    (stage,) = re.findall(rf"^FROM \S+ AS {name}\n(.*?)(?=^FROM|\Z)", (ROOT / "Dockerfile").read_text(), re.M | re.S)
    return dict(re.findall(r"(PALIQUE_\w+)=(\S+)", stage))


def known(name, rows):
    return name in rows or (name.endswith("_FILE") and name.removesuffix("_FILE") in rows)


@pytest.mark.parametrize("name", SERVICES)
def test_every_setting_is_known_and_every_required_one_is_set(name):
    rows = tables()[name]
    (container,) = containers(deployments()[name])
    own = {entry["name"] for entry in container["env"]} if "env" in container else set()
    assert all(known(setting, rows) for setting in own), own
    given = {setting.removesuffix("_FILE") for setting in environment(container)} | set(set_by_image(name))
    assert {setting for setting, required in rows.items() if required} <= given


def test_what_is_set_for_all_is_known_to_one():
    rows = {setting for table in tables().values() for setting in table}
    assert all(known(setting, rows) for setting in settings())
    patches = [p["patch"] for folder in (*COMPONENTS, "components/s3", "components/mail", "overlays/dev", "overlays/prod", "overlays/old-api")
               for p in read(f"{folder}/kustomization.yaml")[0].get("patches", ()) if p.get("target", {}).get("kind") == "ConfigMap"]
    paths = [op["path"] for patch in patches for op in yaml.safe_load(patch)]
    assert len(paths) >= 3
    assert all(known(path.removeprefix("/data/"), rows) for path in paths), paths


def test_the_migrations_run_as_each_service_with_what_it_needs():
    (job,) = of_kind("Job", "base")
    migrations = job["spec"]["template"]["spec"]["containers"]
    assert {c["name"] for c in migrations} == set(users_of(r"PALIQUE_\w+_DATABASE_URL"))
    for container in migrations:
        rows = tables()[container["name"]]
        given = {setting.removesuffix("_FILE") for setting in environment(container)} | set(set_by_image(container["name"]))
        assert {setting for setting, required in rows.items() if required} <= given
        assert container["args"] == ["--migrate"] and container["image"] == f"palique-{container['name']}"


# ---- names, labels, ports

def test_selectors_labels_and_services_are_of_one_name():
    workloads = {**deployments(), **{o["metadata"]["name"]: o for kind in ("Deployment", "StatefulSet") for o in of_kind(kind, *COMPONENTS)}}
    for name, workload in workloads.items():
        assert workload["spec"]["selector"]["matchLabels"] == {NAME: name}
        assert workload["spec"]["template"]["metadata"]["labels"][NAME] == name
        for spread in workload["spec"]["template"]["spec"].get("topologySpreadConstraints", ()):
            assert spread["labelSelector"]["matchLabels"] == {NAME: name}
    for service in of_kind("Service", "base", *COMPONENTS):
        target = workloads[service["spec"]["selector"][NAME]]
        ports = {port["name"]: port["containerPort"] for c in containers(target) for port in c["ports"]}
        assert service["metadata"]["name"] in (target["metadata"]["name"], target["metadata"]["name"] + "-http")
        assert all(port["targetPort"] in ports for port in service["spec"]["ports"])
    for kind, key in (("PodDisruptionBudget", "base"), ("HorizontalPodAutoscaler", "components/autoscaling")):
        found = {o["metadata"]["name"]: o for o in of_kind(kind, key)}
        assert found.keys() <= deployments().keys() and len(found) in (2, len(deployments()))
        for name, o in found.items():
            assert (o["spec"]["selector"]["matchLabels"] == {NAME: name}) if kind == "PodDisruptionBudget" else o["spec"]["scaleTargetRef"]["name"] == name


def test_replicas_are_found_by_headless_services():
    services = {s["metadata"]["name"]: s["spec"] for s in of_kind("Service", "base")}
    for owner in OWNERS:
        host, port = re.fullmatch(r"tls\+tcp://([a-z]+):(\d+)", settings()[f"PALIQUE_{owner.upper()}_BUS"]).groups()
        assert host == owner and services[host]["clusterIP"] == "None"
        assert {"name": "bus", "port": int(port), "targetPort": "bus"} in services[host]["ports"]
    assert all(services[name]["clusterIP"] == "None" for name in SERVICES)  # Prometheus asks each replica


def test_ports_are_those_that_the_images_listen_on():
    for name in SERVICES:
        image, upper = set_by_image(name), name.upper()
        (container,) = containers(deployments()[name])
        ports = {port["name"]: str(port["containerPort"]) for port in container["ports"]}
        listens = {"ops": image[f"PALIQUE_{upper}_OPS"], "http": image.get(f"PALIQUE_{upper}_LISTEN", ""), "bus": image.get(f"PALIQUE_{upper}_BUS_LISTEN", "")}
        assert ports == {port: address.rpartition(":")[2] for port, address in listens.items() if address}
    edge = (K8S / "base/edge.conf").read_text()
    services = {s["metadata"]["name"]: s["spec"] for s in of_kind("Service", "base")}
    for upstream, host, port in re.findall(r"upstream (\w+) { server ([\w-]+):(\d+)", edge):
        assert host == f"{upstream}-http" and services[host]["ports"][0]["port"] == int(port)
    (container,) = containers(deployments()["edge"])
    assert {str(port["containerPort"]) for port in container["ports"]} == set(re.findall(r"listen (\d+);", edge))


def test_images_are_of_the_version_of_the_sources():
    version = re.search(r"project\(palique VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())[1]
    (kustomization,) = read("base/kustomization.yaml")
    assert {image["name"]: image["newTag"] for image in kustomization["images"]} == {f"palique-{name}": version for name in (*SERVICES, "edge")}


# ---- pods

def test_every_pod_is_restricted():
    """What the Pod Security Standard of that name asks, and a read-only root on top."""
    workloads = [*deployments().values(), *(o for kind in ("Deployment", "StatefulSet", "Job") for o in of_kind(kind, *COMPONENTS)), *of_kind("Job", "base")]
    assert len(workloads) >= 10
    for workload in workloads:
        pod = workload["spec"]["template"]["spec"]
        assert not unrestricted(pod) and pod["automountServiceAccountToken"] is False
        for container in containers(workload):
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
            assert container["resources"]["requests"].keys() == {"cpu", "memory"} and "memory" in container["resources"]["limits"]


@pytest.mark.parametrize("change", [
    {"hostPID": True}, {"securityContext": {}}, {"volumes": [{"name": "node", "hostPath": {"path": "/"}}]},
    {"containers": [{"name": "main", "securityContext": {"allowPrivilegeEscalation": False}}]},
])
def test_a_pod_that_is_not_restricted_is_found(change):
    pod = deployments()["chat"]["spec"]["template"]["spec"]
    assert not unrestricted(pod) and unrestricted({**pod, **change})


def test_pods_have_the_time_to_end_in_order():
    for name, workload in deployments().items():
        pod, (container,) = workload["spec"]["template"]["spec"], containers(workload)
        assert pod["terminationGracePeriodSeconds"] >= container["lifecycle"]["preStop"]["sleep"]["seconds"] + 25
        assert workload["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
        # A new replica is known to those who find it by name before an old one goes.
        assert (workload["spec"].get("minReadySeconds", 0) > 30) == (name in OWNERS)
        assert len(pod["topologySpreadConstraints"]) == 2


# ---- secrets

@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made") / "secrets"

    def make(*options):
        text = subprocess.run([K8S / "secrets.sh", folder, *options], check=True, capture_output=True, text=True).stdout
        return {s["metadata"]["name"]: {key: base64.b64decode(value) for key, value in s["data"].items()} for s in yaml.safe_load_all(text) if s}

    make.folder = folder
    return make


def wanted(workload):
    """(Secret, file in it) that a workload's settings and arguments name."""
    pod = workload["spec"]["template"]["spec"]
    of_volume = {volume["name"]: volume["secret"]["secretName"] for volume in pod["volumes"] if "secret" in volume}
    for container in containers(workload):
        mounted = [of_volume[mount["name"]] for mount in container["volumeMounts"] if mount["mountPath"] == "/run/secrets"]
        values = list(settings().values()) if container.get("envFrom") else []
        values += [entry["value"] for entry in container.get("env", ())] + container.get("args", []) + container.get("command", [])
        for name in re.findall(r"/run/secrets/([\w.]+)", "\n".join(values)):
            yield mounted[0], name


def test_the_script_makes_every_secret_that_is_asked_for(made):
    secrets = made()
    workloads = [*deployments().values(), *of_kind("Job", "base"), *of_kind("StatefulSet", "components/postgres"), *of_kind("Deployment", "components/redis")]
    asked = {pair for workload in workloads if "volumes" in workload["spec"]["template"]["spec"] for pair in wanted(workload)}
    asked |= {(service, "redis_url") for service in users_of("PALIQUE_REDIS_URL")} | {("migrate", owner) for owner in OWNERS}
    assert {secret for secret, _ in asked} == set(secrets)
    assert all(secrets[secret].get(name) for secret, name in asked), asked


def test_secrets_stay_and_nobody_gets_those_of_others(made):
    first = made()
    assert made() == first
    assert made.folder.stat().st_mode & 0o777 == 0o700
    private = {name: [value for key, value in data.items() if key in ("bus_cert", "database_url", "key_secret")] for name, data in first.items()}
    values = [value for found in private.values() for value in found]
    assert len(values) == len(set(values)) == 5 + 4 + 1
    assert all(first[name].keys() <= {"bus_ca", "bus_cert", "database_url", "database_ca", "redis_url", "key_secret"} for name in SERVICES)
    assert b"BEGIN PRIVATE KEY" in first["chat"]["bus_cert"] and b"PRIVATE" not in first["chat"]["bus_ca"]


def test_the_certificates_of_the_bus_carry_the_names_that_are_dialled(made, tmp_path):
    secrets = made()
    for name in SERVICES:
        (tmp_path / "ca").write_bytes(secrets[name]["bus_ca"])
        (tmp_path / "certificate").write_bytes(secrets[name]["bus_cert"])
        for purpose in ("sslserver", "sslclient"):
            subprocess.run(["openssl", "verify", "-purpose", purpose, "-verify_hostname", name, "-CAfile", tmp_path / "ca", tmp_path / "certificate"],
                           check=True, capture_output=True)


def test_a_database_elsewhere_is_dialled_with_its_own_authority(made, tmp_path):
    (tmp_path / "authority").write_text("an authority\n")
    secrets = made("--database-host", "db.example.org", "--database-ca", tmp_path / "authority")
    assert all(b"host=db.example.org sslmode=verify-full" in secrets[name]["database_url"] for name in OWNERS)
    assert {secrets[name]["database_ca"] for name in (*OWNERS, "migrate")} == {b"an authority\n"}


def test_what_is_of_the_mail_server_is_auths_alone(made, tmp_path):
    (tmp_path / "password").write_text("of the mail server\n")
    (tmp_path / "authority").write_text("its authority\n")
    secrets = made("--smtp-password", tmp_path / "password", "--smtp-ca", tmp_path / "authority")
    assert secrets["auth"]["smtp_secret"] == b"of the mail server\n" and secrets["auth"]["smtp_ca"] == b"its authority\n"
    assert not [name for name, data in secrets.items() if name != "auth" and {"smtp_secret", "smtp_ca"} & data.keys()]
    (patch,) = (p for p in read("components/mail/kustomization.yaml")[0]["patches"])
    assert yaml.safe_load(patch["patch"])[0]["value"] == "/run/secrets/smtp_secret"


# ---- backup

NOWHERE = """{"apiVersion": "v1", "kind": "Config", "current-context": "c", "contexts": [{"name": "c", "context": {"cluster": "c", "user": ""}}],
"clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:1"}}]}"""


def test_a_cluster_that_does_not_answer_is_not_taken_for_one_without_a_database(tmp_path):
    """Above all it is not written to."""
    (tmp_path / "config").write_text(NOWHERE)
    (tmp_path / "palique.tar").touch()
    done = subprocess.run([K8S / "restore.sh", tmp_path / "palique.tar", tmp_path / "secrets", K8S / "overlays/dev"], capture_output=True, text=True, timeout=120,
                          check=False, env={**os.environ, "HOME": str(tmp_path), "KUBECONFIG": str(tmp_path / "config")})
    assert done.returncode == 1 and done.stderr.splitlines()[-1] == "palique: cannot ask the cluster", done.stderr


@pytest.mark.parametrize(("losses", "whole"), [(0, True), (2, True), (3, False)])
def test_what_kubectl_exec_loses_of_a_backup_is_noticed(tmp_path, losses, whole):
    """It has been seen to end well with the last part missing. Here it loses that so many times."""
    (tmp_path / "kubectl").write_text(f'''#!/bin/bash
while [ "$1" != -- ]; do shift; done
echo >>{tmp_path}/tries
if [ "$(wc -l <{tmp_path}/tries)" -le {losses} ]; then "${{@:2}}" | head -c 1000; else "${{@:2}}"; fi
''')
    (tmp_path / "kubectl").chmod(0o755)
    script = f'. {K8S}/parts.sh; fetch pod "head -c 100000 /dev/urandom" {tmp_path}/fetched'
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "ROOT": str(ROOT)},
                          capture_output=True, text=True, check=False)
    assert (done.returncode == 0) == whole and done.stderr.count("not all has come") == losses, done.stderr
    assert not whole or len(gzip.decompress((tmp_path / "fetched").read_bytes())) == 100_000


def test_no_secret_is_in_the_repository():
    texts = {path: path.read_text() for path in K8S.rglob("*") if path.is_file() and "secrets" not in path.relative_to(K8S).parts[:1]}
    assert len(texts) > 20
    assert not [path for path, text in texts.items() if re.search(r"^kind: Secret$|BEGIN [A-Z ]*PRIVATE|password\s*[=:]\s*['\"]?\w{6,}", text, re.M) and path.suffix != ".sh"]
