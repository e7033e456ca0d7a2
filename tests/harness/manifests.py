"""The manifests of deploy/k8s as tests see them: the files themselves, without kubectl."""

import pathlib

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
K8S = ROOT / "deploy/k8s"
NAME = "app.kubernetes.io/name"


def read(*paths):
    return [document for path in paths for document in yaml.safe_load_all((K8S / path).read_text()) if document]


def of_kind(kind, *folders):
    """All objects of a kind in the files that the kustomizations of these folders name."""
    found = []
    for folder in folders:
        (kustomization,) = read(f"{folder}/kustomization.yaml")
        files = [f"{folder}/{name}" for name in kustomization["resources"] if name.endswith(".yaml")]
        found += [o for o in read(*files) if o["kind"] == kind]
    return found


def settings():
    """What base sets for all services: the ConfigMap `palique`."""
    (kustomization,) = read("base/kustomization.yaml")
    (generator,) = (g for g in kustomization["configMapGenerator"] if g["name"] == "palique")
    return dict(literal.split("=", 1) for literal in generator["literals"])


def merge(what, patch):
    """As a strategic merge patch does it, as far as pods need it: lists of things with names are merged by these."""
    if isinstance(what, dict) and isinstance(patch, dict):
        return {key: merge(what[key], patch[key]) if key in what and key in patch else what.get(key, patch.get(key)) for key in {**what, **patch}}
    if isinstance(what, list) and isinstance(patch, list) and all(isinstance(i, dict) and "name" in i for i in what + patch):
        by_name = {item["name"]: item for item in patch}
        return [merge(item, by_name.pop(item["name"], {})) for item in what] + list(by_name.values())
    return patch


def deployments():
    """name → Deployment of base, with the patches that base puts on them."""
    (pod,), (service,) = read("base/pod.patch.yaml"), read("base/service.patch.yaml")
    found = {}
    for deployment in of_kind("Deployment", "base"):
        name = deployment["metadata"]["name"]
        for patch in (pod, service) if name != "edge" else (pod,):
            deployment = {**deployment, "spec": merge(deployment["spec"], patch["spec"])}
        found[name] = deployment
    return found


def containers(workload):
    pod = workload["spec"]["template"]["spec"]
    return pod.get("initContainers", []) + pod["containers"]


# ---- pods

VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}


def unrestricted(pod):
    """What the Pod Security Standard "restricted" refuses in the spec of a pod."""
    whole, found = pod.get("securityContext", {}), [key for key in ("hostNetwork", "hostPID", "hostIPC") if pod.get(key)]
    found += [f"volume {v['name']}" for v in pod.get("volumes", ()) if not VOLUMES & v.keys()]
    found += ["sysctls"] if whole.get("sysctls") else []
    for container in pod.get("initContainers", []) + pod["containers"]:
        own = container.get("securityContext", {})
        both = {**whole, **own}
        rules = {"runAsNonRoot": both.get("runAsNonRoot") is True and both.get("runAsUser") != 0,
                 "seccompProfile": both.get("seccompProfile", {}).get("type") in ("RuntimeDefault", "Localhost"),
                 "privileged": not own.get("privileged") and own.get("allowPrivilegeEscalation") is False,
                 "capabilities": "ALL" in own.get("capabilities", {}).get("drop", ()) and set(own["capabilities"].get("add", ())) <= {"NET_BIND_SERVICE"},
                 "procMount": own.get("procMount", "Default") == "Default",
                 "hostPort": not any(port.get("hostPort") for port in container.get("ports", ()))}
        found += [f"{container['name']}: {rule}" for rule, kept in rules.items() if not kept]
    return found


# ---- who may talk to whom

def _selected(selector, everyone):
    """Names of the pods that a podSelector of ours means."""
    if not selector:
        return set(everyone)
    names = {selector["matchLabels"][NAME]} if "matchLabels" in selector else set(everyone)
    for expression in selector.get("matchExpressions", ()):
        assert expression["key"] == NAME and expression["operator"] == "In", expression
        names &= set(expression["values"])
    return names


def allowed(policies, everyone):
    """({(from, to, port)} that the senders' side allows, the same of the receivers' side). From outside of the namespace: the name of the other
    namespace, "anywhere", or "public" for networks."""
    sides = {"Egress": set(), "Ingress": set()}
    for policy in policies:
        ours = _selected(policy["spec"]["podSelector"], everyone)
        for side, key, peers in (("Egress", "egress", "to"), ("Ingress", "ingress", "from")):
            for rule in policy["spec"].get(key, ()):
                others = {name for peer in rule.get(peers, ({},)) for name in _peer(peer, everyone)}
                edges = {(one, other, port["port"]) for one in ours for other in others for port in rule["ports"]}
                sides[side] |= edges if side == "Egress" else {(other, one, port) for one, other, port in edges}
    return sides["Egress"], sides["Ingress"]


def _peer(peer, everyone):
    if "ipBlock" in peer:
        return {"public"}
    if "namespaceSelector" in peer:
        return {peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]}
    return _selected(peer["podSelector"], everyone) if "podSelector" in peer else {"anywhere"}
