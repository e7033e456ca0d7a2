#!/usr/bin/env bash
# Writes the page of all settings from the programs' own tables: configuration.sh BIN_FOLDER >docs/configuration.md
set -euo pipefail
bin=$1
cat <<'EOF'
# Configuration

Settings come from the environment only. `NAME_FILE=path` works for each `NAME`: the value is the file's content. All mistakes are reported at once; `--check-config` shows what
a service would run with, secrets masked. This page is written by `scripts/configuration.sh` from the programs' own tables, and a test keeps it true.

A duration is a number with `ms`, `s`, `m`, `h` or `d`; a size is bytes, or a number with `K`, `M` or `G` (powers of 1,024). `required`: the service does not start without; no default: empty. A setting that several services have is given the same value
to all of them, and holds from their next start. Where to write them: the environment of [`./run`](installation.md#one-machine), [`.env`](install-compose.md#settings) with Compose, which passes on those that it lists, the overlay with [Kubernetes](install-kubernetes.md).
EOF
for service in auth chat notify admin gateway; do
    printf '\n## palique-%s\n\n| setting | kind | default | meaning |\n|---|---|---|---|\n' "$service"
    "$bin/palique-$service" --config-table
done
