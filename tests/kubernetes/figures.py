"""What autoscalers ask for, where the cluster has neither a metrics server nor an adapter of Prometheus: a small server of both APIs, made known to the API
server. It invents nothing: processor time is what the kubelets tell, connections are what the Prometheus of the installation tells."""

import base64
import contextlib
import datetime
import http.server
import json
import re
import ssl
import threading
import urllib.parse

import httpx
from cluster import NAMESPACE, kubectl
from harness.answers import answer_json
from harness.suite import free_port

SOCKETS = "palique_gateway_sockets"
SERVICE = {"name": "palique-figures", "namespace": "default"}
KINDS = {"metrics.k8s.io": ("pods", "PodMetrics"), "custom.metrics.k8s.io": (f"pods/{SOCKETS}", "MetricValueList")}
VERSION = "v1beta1"


def processor_time():
    """pod → (nanocores, when), of the namespace."""
    found = {}
    for node in kubectl("get", "nodes", "-o", "name").split():
        for pod in json.loads(kubectl("get", "--raw", f"/api/v1/nodes/{node.partition('/')[2]}/proxy/stats/summary"))["pods"]:
            times = [container["cpu"] for container in pod.get("containers", ()) if "usageNanoCores" in container.get("cpu", {})]
            if pod["podRef"]["namespace"] == NAMESPACE and times:
                found[pod["podRef"]["name"]] = (sum(time["usageNanoCores"] for time in times), min(time["time"] for time in times))
    return found


def connections(prometheus, pods):
    """pod → (sockets, when); Prometheus knows them by their addresses."""
    names = {pod["status"].get("podIP"): pod["metadata"]["name"] for pod in pods}
    found = httpx.get(f"http://{prometheus}/api/v1/query", params={"query": f"sum by (instance) ({SOCKETS})"}, timeout=30).json()["data"]["result"]
    values = {one["metric"]["instance"].partition(":")[0]: one["value"] for one in found}
    return {names[address]: (int(value), _instant(at)) for address, (at, value) in values.items() if address in names}


def _instant(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _pod_metrics(name, nanocores, at):
    return {"metadata": {"name": name, "namespace": NAMESPACE}, "timestamp": at, "window": "15s",
            "containers": [{"name": "main", "usage": {"cpu": f"{nanocores}n", "memory": "0"}}]}


def _metric_value(name, sockets, at):
    return {"describedObject": {"kind": "Pod", "namespace": NAMESPACE, "name": name, "apiVersion": "/v1"}, "metricName": SOCKETS, "timestamp": at,
            "value": str(sockets)}


class Figures:
    """Answers at an address that the API server reaches."""

    def __init__(self, installation, folder, prometheus):
        self.installation, self.prometheus = installation, prometheus
        host, port = installation.options.here, free_port()
        name = "{name}.{namespace}.svc".format(**SERVICE)
        installation.run(f"openssl req -x509 -newkey rsa:2048 -nodes -subj /CN={name} -addext subjectAltName=DNS:{name} "
                         f"-keyout {folder}/figures.key -out {folder}/figures.crt")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "figures.crt", folder / "figures.key")
        self.server = http.server.ThreadingHTTPServer((host, port), self._handler())
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        (folder / "figures.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": list(self._objects(host, port, folder / "figures.crt"))}))
        self.registration = folder / "figures.json"

    @classmethod
    @contextlib.contextmanager
    def given(cls, installation, folder):
        """While this lasts, the autoscalers have figures."""
        with installation.forwarded("service/prometheus", 9090) as prometheus:
            made = cls(installation, folder, prometheus)
            try:
                made.register()
                yield made
            finally:
                made.end()

    def _objects(self, host, port, certificate):
        about = {"apiVersion": "v1", "metadata": SERVICE}
        yield {**about, "kind": "Service", "spec": {"ports": [{"port": 443, "targetPort": port}]}}
        yield {**about, "kind": "Endpoints", "subsets": [{"addresses": [{"ip": host}], "ports": [{"port": port}]}]}
        authority = base64.b64encode(certificate.read_bytes()).decode()
        for group in KINDS:
            yield {"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "metadata": {"name": f"{VERSION}.{group}"},
                   "spec": {"group": group, "version": VERSION, "groupPriorityMinimum": 100, "versionPriority": 100, "caBundle": authority,
                            "service": {**SERVICE, "port": 443}}}

    def register(self):
        self.installation.run(f"kubectl create -f {self.registration}")
        for group in KINDS:
            kubectl("wait", "--for=condition=Available", f"apiservice/{VERSION}.{group}", "--timeout=60s")

    def end(self):
        """First nobody is led here any more: an API that does not answer keeps namespaces from being removed."""
        self.installation.run(f"kubectl delete -f {self.registration} --ignore-not-found")
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    # ---- answers
    def answer(self, path, selector):
        """What an API says, or None."""
        group = re.match(rf"/apis/({'|'.join(map(re.escape, KINDS))})/{VERSION}", path)
        if not group:
            return None
        resource, kind = KINDS[group[1]]
        about = {"apiVersion": f"{group[1]}/{VERSION}"}
        rest = path[group.end():]
        if not rest:
            one = {"name": resource, "singularName": "", "namespaced": True, "kind": kind, "verbs": ["get", "list"]}
            return {"apiVersion": "v1", "kind": "APIResourceList", "groupVersion": about["apiVersion"], "resources": [one]}
        pods = self.installation.objects("pods", "-l", selector)
        names = {pod["metadata"]["name"] for pod in pods}
        if rest == f"/namespaces/{NAMESPACE}/pods":
            items = [_pod_metrics(name, *figure) for name, figure in processor_time().items() if name in names]
            return {**about, "kind": "PodMetricsList", "metadata": {}, "items": items}
        if rest == f"/namespaces/{NAMESPACE}/pods/*/{SOCKETS}":
            items = [_metric_value(name, *figure) for name, figure in connections(self.prometheus, pods).items()]
            return {**about, "kind": "MetricValueList", "metadata": {}, "items": items}
        return None

    def _handler(self):
        figures = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                path, _, query = urllib.parse.unquote(self.path).partition("?")
                found = figures.answer(path, urllib.parse.parse_qs(query).get("labelSelector", [""])[0])
                answer_json(self, found or {}, 200 if found else 404)

            def log_message(self, *_):
                pass

        return Handler
