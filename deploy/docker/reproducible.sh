#!/usr/bin/env bash
# Builds all images a second time from nothing, and compares them with those that are there: the same files with the same bytes, owners, modes and
# times in each layer, the same settings. Exceptions: the times of creation in an image's configuration and history. It takes what a first build
# takes. When Debian has published an update of a package in between, that is told as a difference: build both again.
set -euo pipefail
# shellcheck source=deploy/docker/common.sh
. "$(dirname "$0")/common.sh"
cd "$ROOT"
again=$VERSION-again
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for target in $TARGETS; do have_image "$target"; done
say "building everything again"
# Without what prepare.sh makes: images know no settings.
PALIQUE_VERSION=$again docker compose --env-file /dev/null build --no-cache -q

different=""
for target in $TARGETS; do
    for version in "$VERSION" "$again"; do
        docker image inspect --format '{{json .RootFS}} {{json .Config}}' "$(image "$target" "$version")" >"$folder/$version"
    done
    if cmp -s "$folder/$VERSION" "$folder/$again"; then
        echo "$target: the same"
    else
        different="$different $target"
        echo "$target: DIFFERENT"
        tree "$(image "$target")" "$folder/$target/1"
        tree "$(image "$target" "$again")" "$folder/$target/2"
        diff <(cd "$folder/$target/1" && find . -printf '%p %m %U:%G %T@ %s\n' | sort) <(cd "$folder/$target/2" && find . -printf '%p %m %U:%G %T@ %s\n' | sort) || true
        diff -rq "$folder/$target/1" "$folder/$target/2" || true
    fi
    docker image rm "$(image "$target" "$again")" >/dev/null
done
[ -z "$different" ] || die "not the same:$different"
