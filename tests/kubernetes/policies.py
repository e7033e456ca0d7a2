"""The network policies of the namespace, enforced on a node whose network plugin enforces none: translated into rules of nftables, which follow the pods
as they come and go. For pods of this namespace on one node behind a bridge; what they say to the node itself (names) or outside is not judged."""

import json
import subprocess
import threading

from cluster import NAMESPACE, kubectl
from harness.manifests import NAME, allowed

TABLE = "palique_policies"
# Who may begin to talk. Bridged packets come here too, where the kernel has br_netfilter as Kubernetes asks.
RULES = f"""
table ip {TABLE} {{
    set pods {{ type ipv4_addr; }}
    set edges {{ type ipv4_addr . ipv4_addr . inet_service; }}
    set doors {{ type ipv4_addr . inet_service; }}
    chain forward {{
        type filter hook forward priority filter; policy accept;
        ct state established,related accept
        ip saddr . ip daddr . tcp dport @edges accept
        ip saddr @pods drop
        ip daddr . tcp dport @doors accept
        ip daddr @pods drop
    }}
}}
"""
WATCHED = rf'jsonpath={{.status.podIP}} {{.metadata.labels.{NAME.replace(".", chr(92) + ".")}}}{{"\n"}}'


def nft(text):
    subprocess.run(["nft", "-f", "-"], input=text, text=True, check=True, timeout=60)


class Enforced:
    def __init__(self):
        nft(f"table ip {TABLE}\ndelete table ip {TABLE}\n{RULES}")
        self.pods = {}  # address → name; who had an address before is gone
        self.watch = None
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._follow)
        self.thread.start()

    def _follow(self):
        while not self.ended.is_set():
            self.watch = subprocess.Popen(["kubectl", "-n", NAMESPACE, "get", "pods", "--watch", "-o", WATCHED], stdout=subprocess.PIPE, text=True)
            for line in self.watch.stdout:
                address, _, name = line.strip().partition(" ")
                if name and self.pods.get(address) != name:
                    self.pods[address] = name
                    self.apply()
            self.watch.wait()

    def apply(self):
        policies = json.loads(kubectl("get", "networkpolicies", "-o", "json"))["items"]
        egress, ingress = allowed(policies, set(self.pods.values()))
        of = {name: [a for a, n in self.pods.items() if n == name] for name in self.pods.values()}
        edges = [f"{a} . {b} . {port}" for one, other, port in egress & ingress for a in of.get(one, ()) for b in of.get(other, ())]
        doors = [f"{b} . {port}" for one, other, port in ingress if one == "anywhere" for b in of.get(other, ())]
        nft("".join(f"flush set ip {TABLE} {name}\n" + (f"add element ip {TABLE} {name} {{ {', '.join(elements)} }}\n" if elements else "")
                    for name, elements in (("pods", self.pods), ("edges", edges), ("doors", doors))))

    def end(self):
        self.ended.set()
        self.watch.terminate()
        self.thread.join()
        nft(f"delete table ip {TABLE}")
