#!/usr/bin/env bash
# The suite on a real cluster: rolled out, a conversation passed through it, then every Deployment restarted and a replica of each killed while people
# talk, judged as in tests/chaos. Ends with 1 when anything that was acknowledged is lost, or seen twice, or out of order.
#
#   tests/deploy/k8s.sh [--overlay old-api] [--volumes FOLDER] [--url URL] [--keep]
#
#   --overlay   prod, or old-api for clusters up to 1.22 (prod)
#   --volumes   a folder of the one node, for a cluster that makes no volumes by itself
#   --url       where the edge is reached; by default at the first node's address and the port of the Service
#   --keep      leave it running; else the namespace is removed at the end
#
# Needs kubectl with a cluster that has the images palique-*, postgres:15-bookworm and redis:7-bookworm (prod: prom/prometheus too), openssl, and the
# Python packages of ./test. The namespace palique must not be there yet.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=scripts/common.sh
. "$ROOT/scripts/common.sh"

overlay=prod volumes="" url="" keep="" work=""
parse() {
    while [ $# -gt 0 ]; do
        case $1 in
            --overlay | --volumes | --url)
                [ -n "${2:-}" ] || die "$1 needs a value"
                printf -v "${1#--}" %s "$2"
                shift
                ;;
            --keep) keep=1 ;;
            -h | --help)
                sed -n '2,14s/^# \{0,1\}//p' "$0"
                exit 0
                ;;
            *) die "unknown word: $1 (--help)" ;;
        esac
        shift
    done
    [ -f "$ROOT/tests/deploy/k8s/$overlay/kustomization.yaml" ] || die "there is no overlay $overlay"
}

k() { kubectl --namespace palique "$@"; }

finish() {
    rm -rf "$work"
    [ -n "$keep" ] || kubectl delete namespace palique --wait=true --timeout=180s >&2 || true
    if [ -n "$volumes" ] && [ -z "$keep" ]; then kubectl delete persistentvolume palique-data palique-files >&2 || true; fi
}

# make_volume NAME MODE: a folder of the node, for the claim that asks for this mode.
make_volume() {
    mkdir -p "$volumes/$1"
    kubectl apply -f - <<EOF
apiVersion: v1
kind: PersistentVolume
metadata: {name: palique-$1}
spec:
  capacity: {storage: 50Gi}
  accessModes: [$2]
  local: {path: "$volumes/$1"}
  nodeAffinity:
    required:
      nodeSelectorTerms:
        - matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: ["$(kubectl get nodes -o 'jsonpath={.items[0].metadata.labels.kubernetes\.io/hostname}')"]}]
EOF
}

roll_out() {
    local workload
    kubectl apply -f "$ROOT/deploy/k8s/base/namespace.yaml"
    "$ROOT/deploy/k8s/secrets.sh" "$work/secrets" | kubectl apply -f -
    if [ -n "$volumes" ]; then
        make_volume data ReadWriteOnce
        make_volume files ReadWriteMany
    fi
    kubectl kustomize "$ROOT/tests/deploy/k8s/$overlay" | kubectl apply -f -
    k wait --for=condition=complete job/migrate --timeout=300s
    for workload in $(k get deployments,statefulsets -o name); do k rollout status "$workload" --timeout=300s; done
}

address() {
    local host port
    host=$(kubectl get nodes -o 'jsonpath={.items[0].status.addresses[?(@.type=="InternalIP")].address}')
    port=$(k get service edge -o 'jsonpath={.spec.ports[0].nodePort}')
    echo "http://$host:$port"
}

main() {
    parse "$@"
    ! kubectl get namespace palique >/dev/null 2>&1 || die "the namespace palique is there already"
    work=$(mktemp -d)
    trap finish EXIT
    say "== rolling out $overlay"
    roll_out >&2
    [ -n "$url" ] || url=$(address)
    say "== a conversation at $url"
    /usr/bin/python3 "$ROOT/scripts/two_clients.py" "$url"
    say "== every Deployment restarted, a replica of each killed, while people talk"
    /usr/bin/python3 "$ROOT/tests/deploy/rolling.py" "$url"
}

main "$@"
