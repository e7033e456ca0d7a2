#!/usr/bin/env bash
# Writes the page of all settings from the programs' own tables: configuration.sh BIN_FOLDER >docs/configuration.md
set -euo pipefail
bin=$1
cat <<'EOF'
# Configuration

Settings come from the environment only. `NAME_FILE=path` works for each `NAME`: the value is the file's content. All mistakes are reported at once; `--check-config` shows what
a service would run with, secrets masked. This page is written by `scripts/configuration.sh` from the programs' own tables, and a test keeps it true.
EOF
for service in auth chat notify admin gateway; do
    printf '\n## palique-%s\n\n| setting | kind | default | meaning |\n|---|---|---|---|\n' "$service"
    "$bin/palique-$service" --config-table
done
