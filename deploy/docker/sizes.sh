#!/usr/bin/env bash
# What each image takes on disk, and how much of that is its own, above the base layer that the services share. False when one has more than 30 MB
# of its own.
set -euo pipefail
# shellcheck source=deploy/docker/common.sh
. "$(dirname "$0")/common.sh"
printf '%-10s %8s %8s\n' image 'MB' 'own MB'
large=""
for target in $TARGETS; do
    have_image "$target"
    read -r all own < <(docker history --human=false --no-trunc --format '{{.Size}} {{.CreatedBy}}' "$(image "$target")" |
        awk '{sum += $1} / \/trees\/base\/ / {base = $1} END {printf "%.1f %.1f\n", sum / 1e6, (sum - base) / 1e6}')
    printf '%-10s %8s %8s\n' "$target" "$all" "$own"
    awk -v own="$own" 'BEGIN {exit own > 30}' || large="$large $target"
done
[ -z "$large" ] || die "more than 30 MB of their own:$large"
