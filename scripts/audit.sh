#!/usr/bin/env bash
# Asks the registry of npm whether a version in one of our lock files is known to be vulnerable: scripts/audit.sh [FOLDER…] (all of them). Needs the
# network; what comes with Debian is looked at in the images (.github/workflows/images.yml).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folders=("$@") failed=""
if [ $# = 0 ]; then
    mapfile -t folders < <(git -c safe.directory='*' ls-files '*package-lock.json' | xargs -n 1 dirname)
fi
for folder in "${folders[@]}"; do
    echo "== $folder"
    (cd "$folder" && npm audit --package-lock-only --audit-level=high) || failed="$failed $folder"
done
[ -z "$failed" ] || { echo "not clean, or not to be told:$failed" >&2 && exit 1; }
[ ${#folders[@]} -gt 0 ]
