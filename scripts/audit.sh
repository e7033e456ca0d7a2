#!/usr/bin/env bash
# Asks the registry of npm whether a version in one of our lock files is known to be vulnerable. Needs the network; what comes with Debian
# is looked at in the images (.github/workflows/images.yml).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
failed=""
while read -r lock; do
    folder=$(dirname "$lock")
    echo "== $folder"
    (cd "$folder" && npm audit --package-lock-only --audit-level=high) || failed="$failed $folder"
done < <(git ls-files '*package-lock.json')
[ -z "$failed" ] || { echo "not clean, or not to be told:$failed" >&2 && exit 1; }
