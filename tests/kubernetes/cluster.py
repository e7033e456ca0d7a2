"""A suite that runs on Kubernetes, as far as people who talk and the judge of tests/chaos need one: everything goes through its edge."""

import json
import subprocess

from harness import Client, Org

NAMESPACE = "palique"
DATABASE = "postgres-0"


def kubectl(*arguments, timeout=300):
    done = subprocess.run(["kubectl", "--namespace", NAMESPACE, *arguments], capture_output=True, text=True, check=False, timeout=timeout)
    if done.returncode:
        raise RuntimeError(f"kubectl {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


class Cluster:
    def __init__(self, url):
        self.address = url.rstrip("/")
        self.kept = []

    # ---- what people and the judge use
    def url(self, _gateway=0):
        return self.address

    def base_for(self, _path, _gateway=0):
        return self.address

    def ws_url(self, _gateway=0):
        return self.address.replace("http", "ws", 1)

    def client(self):
        return self.keep(Client(self))

    def org(self):
        return Org(self)

    def keep(self, thing):
        self.kept.append(thing)
        return thing

    def psql(self, sql):
        return kubectl("exec", DATABASE, "--", "psql", "-XqAt", "-U", "postgres", "-d", "palique", "-v", "ON_ERROR_STOP=1", "-c", sql).strip()

    def wait_ready(self):
        for workload in self.workloads("deployments,statefulsets"):
            kubectl("rollout", "status", workload, "--timeout=240s")

    # ---- what is done to it
    def workloads(self, kinds):
        return kubectl("get", kinds, "-o", "name").split()

    def restart(self, deployment):
        kubectl("rollout", "restart", deployment)
        kubectl("rollout", "status", deployment, "--timeout=240s")

    def kill_one(self, workload):
        """Its first pod, without time to end in order; waits until there are as many as before. What has a volume of its own is ended before there is
        another: with --force a second PostgreSQL would start beside the first."""
        kind, _, name = workload.partition("/")
        pod = kubectl("get", "pods", "-l", f"app.kubernetes.io/name={name}", "-o", "name").split()[0]
        kubectl("delete", pod, *(("--grace-period=1",) if kind.startswith("statefulset") else ("--grace-period=0", "--force")))
        kubectl("rollout", "status", workload, "--timeout=240s")

    def restarts(self):
        """pod → how often its containers ended by themselves."""
        pods = json.loads(kubectl("get", "pods", "-o", "json"))["items"]
        return {pod["metadata"]["name"]: sum(c["restartCount"] for c in pod["status"].get("containerStatuses", ())) for pod in pods
                if pod["status"]["phase"] != "Succeeded"}

    def close(self):
        while self.kept:
            self.kept.pop().close()
