# shellcheck shell=bash disable=SC2034 # those who source this use it
# What backup.sh and restore.sh share. Sourced; ROOT is the project's folder.
# shellcheck source=scripts/common.sh
. "$ROOT/scripts/common.sh"
# shellcheck source=deploy/archive.sh
. "$ROOT/deploy/archive.sh"

BACKUP_FORMAT=1

k() { kubectl --namespace palique "$@"; }

# fetch POD COMMAND FILE: what a command there writes, compressed. kubectl exec may lose the end of what is not read fast enough, and says nothing: so it is
# compressed there, where that shows, and fetched again.
fetch() {
    local try
    for try in 1 2 3; do
        if k exec "$1" -- bash -euo pipefail -c "{ $2"$'\n'"} | gzip -1" >"$3" && gzip -t "$3" 2>/dev/null; then return; fi
        say "of $(basename "$3") not all has come ($try of 3)"
    done
    return 1
}

# The pod `files`, which sees the volume of the files as chat does: the images of the services have no shell. It ends by itself after a day.
files_open() {
    files_close
    k apply -f - <<EOF >&2
apiVersion: v1
kind: Pod
metadata:
  name: files
  labels: {app.kubernetes.io/name: files, app.kubernetes.io/part-of: palique}
spec:
  activeDeadlineSeconds: 86400
  affinity: # a volume that is ReadWriteOnce is seen on one node alone
    podAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
        - weight: 100
          podAffinityTerm: {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app.kubernetes.io/name: chat}}}
  restartPolicy: Never
  automountServiceAccountToken: false
  enableServiceLinks: false
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile: {type: RuntimeDefault}
  containers:
    - name: main
      image: $(k get statefulset postgres -o 'jsonpath={.spec.template.spec.containers[0].image}')
      imagePullPolicy: IfNotPresent
      command: [sleep, infinity]
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: {drop: [ALL]}
      resources:
        requests: {cpu: 10m, memory: 32Mi}
        limits: {memory: 256Mi}
      volumeMounts:
        - {name: files, mountPath: /var/lib/palique/files}
  volumes:
    - name: files
      persistentVolumeClaim: {claimName: files}
EOF
    k wait --for=condition=Ready pod/files --timeout=5m >&2
}

files_close() { k delete pod files --ignore-not-found --grace-period=1 >&2; }

# With components/s3 there is no such volume.
files_are_on_a_volume() {
    local volume
    volume=$(k get deployment chat -o 'jsonpath={.spec.template.spec.volumes[?(@.name=="files")]}') || die "cannot ask the cluster where the files are"
    [[ $volume == *persistentVolumeClaim* ]]
}
