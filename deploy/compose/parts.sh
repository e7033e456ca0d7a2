# shellcheck shell=bash disable=SC2034  # those who source this use it
# What backup.sh and restore.sh share. Sourced; ROOT is the project's folder.
# shellcheck source=scripts/common.sh
. "$ROOT/scripts/common.sh"
# shellcheck source=deploy/archive.sh
. "$ROOT/deploy/archive.sh"

BACKUP_FORMAT=1

compose() { docker compose --project-directory "$ROOT" "$@"; }

# The first container of a service, whether it runs or not.
container() {
    local found
    found=$(compose ps -aq "$1" | head -1)
    [ -n "$found" ] || die "there is no container of $1 (docker compose ps)"
    echo "$found"
}

# Whether the bucket is a server of ours (profile s3).
has_bucket() {
    local services
    services=$(compose config --services) || die "docker compose cannot say what there is"
    grep -qx s3 <<<"$services"
}

# beside CONTAINER USER COMMAND: a shell that sees the container's volumes, for the images of the services have none.
beside() {
    docker run --rm -i --network none --volumes-from "$1" --user "$2" --read-only --cap-drop ALL \
        --entrypoint /bin/sh "$(docker inspect -f '{{.Config.Image}}' "$(container database)")" -euc "$3"
}

env_file() { echo "${COMPOSE_ENV_FILES:-$ROOT/.env}"; }

# The folder of the secrets, as .env has it.
secrets() {
    local named
    named=$(sed -n 's/^PALIQUE_SECRETS=//p' "$(env_file)" 2>/dev/null)
    realpath -m "${named:-$ROOT/deploy/compose/secrets}"
}
