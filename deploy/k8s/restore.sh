#!/usr/bin/env bash
# A backup of backup.sh into a cluster without an installation, then its start and a look at all of it.
#
#   deploy/k8s/restore.sh FILE SECRETS OVERLAY
#
#   FILE      what backup.sh has written
#   SECRETS   the folder of secrets.sh; where it is not there, it is made from the backup
#   OVERLAY   the folder that is applied
#
# For components/postgres. When it ends with an error, remove the namespace before it is run again.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=deploy/k8s/parts.sh
. "$ROOT/deploy/k8s/parts.sh"

[ $# = 3 ] || die "restore takes three words: the file that backup.sh has written, the folder of the secrets and the overlay"
file=$1 secrets=$2 overlay=$3
[ -r "$file" ] || die "cannot read $file"
[ -f "$overlay/kustomization.yaml" ] || die "$overlay is no overlay"
found=$(k get statefulset postgres --ignore-not-found -o name) || die "cannot ask the cluster"
[ -z "$found" ] || die "there is a database already; remove it and its volumes with kubectl delete namespace palique"
umask 077
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
tar -C "$stage" --no-same-owner -pxf "$file" about secrets 2>/dev/null || die "$file is damaged, or no backup"
grep -qsx "format kubernetes-$BACKUP_FORMAT" "$stage/about" || die "$file is no backup that this version can read"

if [ ! -d "$secrets" ]; then
    mkdir -p "$secrets"
    cp -p "$stage"/secrets/* "$secrets/"
fi
for name in key_secret postgres_password; do
    cmp -s "$stage/secrets/$name" "$secrets/$name" ||
        die "the secrets in $secrets are another installation's; move them away, those of the backup take their place"
done

# First without anybody who would use the database, and with a PostgreSQL that does not start: its pod has the volume, and programs to fill it.
mkdir "$stage/closed"
kubectl kustomize "$overlay" >"$stage/closed/all.yaml"
cat >"$stage/closed/kustomization.yaml" <<'EOF'
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [all.yaml]
patches:
  - target: {kind: Deployment|Job}
    patch: |
      $patch: delete
      kind: every
      metadata: {name: every}
  - target: {kind: StatefulSet, name: postgres}
    patch: |
      - {op: add, path: /spec/template/spec/containers/0/command, value: [sh, -c, "trap exit TERM; sleep infinity & wait"]}
      - {op: remove, path: /spec/template/spec/containers/0/readinessProbe}
EOF
{
    kubectl kustomize "$stage/closed"
    echo ---
    "$ROOT/deploy/k8s/secrets.sh" "$secrets"
} | kubectl apply -f - >&2
k rollout status statefulset/postgres --timeout=5m >&2
# in_pod NAME COMMAND: a shell there, whose variables are its own.
in_pod() { k exec -i "$1" -- sh -euc "$2"; }
# shellcheck disable=SC2016  # PGDATA is the pod's
{
    in_pod postgres-0 '[ ! -e "$PGDATA" ] || [ -z "$(ls -A "$PGDATA")" ]' </dev/null || die "the volume of the database is not empty"
    # Each file of the database is checked against the checksums that were written with it.
    tar -xOf "$file" database.tar.gz |
        in_pod postgres-0 'mkdir -p -m 700 "$PGDATA" && cd "$PGDATA" && tar -xzf - && pg_verifybackup -q . && rm backup_manifest' ||
        die "the database in the backup is damaged: remove the namespace, and try another"
}
parts=$(tar -tf "$file") || die "$file is damaged"
if grep -qx files.tar.gz <<<"$parts"; then
    trap 'rm -rf "$stage"; files_close || true' EXIT
    files_open
    tar -xOf "$file" files.tar.gz | in_pod files 'cd /var/lib/palique/files && mkdir -p -m 700 blobs && tar -C blobs -xzf -' || die "cannot write the files"
fi

kubectl apply -f "$stage/closed/all.yaml" >&2
k wait --for=condition=complete job/migrate --timeout=5m >&2
for workload in $(k get deployments,statefulsets -o name); do k rollout status "$workload" --timeout=5m >&2; done
say "restored, as it was at $(sed -n 's/^taken //p' "$stage/about"); looking at all of it"
k exec deployment/chat -- /usr/bin/palique-chat --verify
