#!/usr/bin/env bash
# Builds all images a second time from nothing, and compares them with those that are there: the same files with the same bytes, owners, modes and
# times in each layer, the same settings. Exceptions: the times of creation in an image's configuration and history, and the labels that Compose puts
# on what it builds. It takes what a first build takes. When Debian has published an update of a package in between, that is told as a difference:
# build both again.
set -euo pipefail
# shellcheck source=deploy/docker/common.sh
. "$(dirname "$0")/common.sh"
cd "$ROOT"
again=$VERSION-again
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for target in $TARGETS; do have_image "$target"; done
say "building everything again"
# All targets at once, so that what they share is built once; Compose would build one after the other.
# shellcheck disable=SC2086  # a list of words
PALIQUE_VERSION=$again docker buildx bake -f compose.yml --no-cache --progress quiet $TARGETS
settings='{{json .RootFS}} {{.Config.User}} {{json .Config.Env}} {{json .Config.Entrypoint}} {{json .Config.Cmd}} {{json .Config.Healthcheck}}
    {{json .Config.ExposedPorts}} {{json .Config.Volumes}} {{.Config.StopSignal}} {{.Config.WorkingDir}}'

different=""
for target in $TARGETS; do
    for version in "$VERSION" "$again"; do
        docker image inspect --format "$settings" "$(image "$target" "$version")" >"$folder/$version"
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
