# shellcheck shell=bash
# What the scripts beside this one share. Sourced.
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=scripts/common.sh
. "$ROOT/scripts/common.sh"

# shellcheck disable=SC2034  # used by those who source this
TARGETS="auth chat notify admin gateway edge"
VERSION=${PALIQUE_VERSION:-$(sed -n 's/^project(palique VERSION \([0-9.]*\).*/\1/p' "$ROOT/CMakeLists.txt")}

image() { echo "palique-$1:${2:-$VERSION}"; }
have_image() { docker image inspect "$(image "$@")" >/dev/null 2>&1 || die "there is no image $(image "$@"): docker compose build"; }

# tree IMAGE FOLDER: the files of an image.
tree() {
    local container
    container=$(docker create "$1")
    mkdir -p "$2"
    docker export "$container" | tar -x -C "$2"
    docker rm "$container" >/dev/null
}
