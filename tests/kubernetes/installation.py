"""An installation on a real cluster as docs/install-kubernetes.md has it made: the page's own commands, run in a copy of deploy/."""

import contextlib
import json
import os
import pathlib
import re
import shutil
import subprocess

import yaml
from cluster import NAMESPACE, Cluster, kubectl
from harness import until
from harness.pages import ROOT, blocks

PAGE = "docs/install-kubernetes.md"
MINE = "deploy/k8s/overlays/mine"
TRIED = "../../../../tests/kubernetes/tried"
IMAGES = ("auth", "chat", "notify", "admin", "gateway", "edge")
# Claim → (size, mode) of the volumes that --volumes makes.
CLAIMS = {"data-postgres-0": ("50Gi", "ReadWriteOnce"), "data-prometheus-0": ("20Gi", "ReadWriteOnce"), "files": ("50Gi", "ReadWriteMany")}


class Installation(Cluster):
    def __init__(self, folder, options):
        super().__init__("")
        self.options, self.folder, self.home = options, folder / "checkout", folder / "home"
        assert subprocess.run(["kubectl", "get", "namespace", NAMESPACE], capture_output=True, check=False).returncode != 0, "the namespace is there already"
        for part in ("deploy", "scripts", "tests/kubernetes"):
            shutil.copytree(ROOT / part, self.folder / part, ignore=shutil.ignore_patterns("node_modules", "secrets", "__pycache__"))
        self.home.mkdir()
        config = os.environ.get("KUBECONFIG", str(pathlib.Path.home() / ".kube/config"))
        self.environment = {**os.environ, "HOME": str(self.home), "KUBECONFIG": config}
        self.secrets = self.home / "palique-secrets"

    # ---- commands
    def run(self, text, timeout=900):
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", text], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=timeout, check=False)
        assert done.returncode == 0, f"{text}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        return done.stdout

    def documented(self, beginning):
        """Runs the one block of the page that begins with this, as it stands there."""
        (block,) = (b for b in blocks(PAGE) if b.text.lstrip().startswith(beginning))
        return self.run(block.text)

    @contextlib.contextmanager
    def forwarded(self, target, port):
        """The address of this machine that kubectl port-forward gives to a port of a pod or Service."""
        forward = subprocess.Popen(["kubectl", "-n", NAMESPACE, "port-forward", target, f":{port}"], env=self.environment, stdout=subprocess.PIPE, text=True)
        try:
            yield re.search(r"127\.0\.0\.1:\d+", forward.stdout.readline())[0]
        finally:
            forward.terminate()
            forward.wait()

    # ---- overlays
    def overlay(self, folder, *components, patches=()):
        """Adds to the kustomization of a folder these components and patches, and what it takes to try it."""
        file = self.folder / folder / "kustomization.yaml"
        content = yaml.safe_load(file.read_text())
        old = ["../../components/old-api"] if self.options.overlay == "old-api" else []
        content["components"] = list(dict.fromkeys([*content.get("components", ()), *components, TRIED, *old]))
        content["patches"] = content.get("patches", []) + list(patches)
        file.write_text(yaml.safe_dump(content))

    def images(self, tag):
        file = self.folder / MINE / "kustomization.yaml"
        content = yaml.safe_load(file.read_text())
        content["images"] = [{"name": f"palique-{name}", "newTag": tag} for name in IMAGES]
        file.write_text(yaml.safe_dump(content))

    def rolled_out(self):
        """Waits until everything runs as it was applied; afterwards people reach it."""
        kubectl("wait", "--for=condition=complete", "job/migrate", "--timeout=300s", timeout=400)
        self.wait_ready()
        self.address = self.options.url or self._address()

    def _address(self):
        host = kubectl("get", "nodes", "-o", 'jsonpath={.items[0].status.addresses[?(@.type=="InternalIP")].address}')
        return f"http://{host}:{kubectl('get', 'service', 'edge', '-o', 'jsonpath={.spec.ports[0].nodePort}')}"

    # ---- volumes
    def make_volumes(self):
        if not self.options.volumes:
            return
        node = kubectl("get", "nodes", "-o", r"jsonpath={.items[0].metadata.labels.kubernetes\.io/hostname}")
        (self.folder / "volumes.yaml").write_text(yaml.safe_dump_all([self._volume(claim, size, mode, node) for claim, (size, mode) in CLAIMS.items()]))
        self.run("kubectl apply -f volumes.yaml")

    def _volume(self, claim, size, mode, node):
        path = self.options.volumes / claim
        path.mkdir(parents=True)
        here = {"key": "kubernetes.io/hostname", "operator": "In", "values": [node]}
        return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": f"{NAMESPACE}-{claim}"},
                "spec": {"capacity": {"storage": size}, "accessModes": sorted({mode, "ReadWriteOnce"}), "local": {"path": str(path)},
                         "claimRef": {"namespace": NAMESPACE, "name": claim},
                         "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [here]}]}}}}

    def remove(self):
        """The namespace, with the volumes and what is on them."""
        self.run(f"kubectl delete namespace {NAMESPACE} --ignore-not-found --timeout=240s", timeout=300)
        if self.options.volumes:
            self.run(f"kubectl delete persistentvolume {' '.join(f'{NAMESPACE}-{claim}' for claim in CLAIMS)} --ignore-not-found --timeout=120s")
            for claim in CLAIMS:
                shutil.rmtree(self.options.volumes / claim, ignore_errors=True)

    # ---- what is there
    def pods(self, name=None):
        """Pods that are meant to go on, of one kind or all."""
        found = self.objects("pods", *(("-l", f"app.kubernetes.io/name={name}") if name else ()))
        return [pod for pod in found if pod["status"]["phase"] != "Succeeded" and "deletionTimestamp" not in pod["metadata"]]

    def objects(self, *what):
        return json.loads(kubectl("get", *what, "-o", "json"))["items"]

    def ready(self, name):
        """How many pods of a kind are in their Services."""
        return sum({c["type"]: c["status"] for c in pod["status"].get("conditions", ())}.get("Ready") == "True" for pod in self.pods(name))

    def settled(self, name, condition, what):
        """Until all pods of a kind fulfil a condition."""
        until(lambda: (pods := self.pods(name)) and all(condition(pod) for pod in pods), what, timeout=240, interval=1)
