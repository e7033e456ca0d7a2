#!/usr/bin/env bash
# The bill of materials (CycloneDX, JSON) of an image that was built: sbom.sh TARGET >FILE
set -euo pipefail
# shellcheck source=deploy/docker/common.sh
. "$(dirname "$0")/common.sh"
[ $# = 1 ] || die "which one? $TARGETS"
have_image "$1"
container=$(docker create "$(image "$1")")
trap 'docker rm "$container" >/dev/null' EXIT
docker cp "$container:/usr/share/palique/sbom.cdx.json" - | tar -xO
