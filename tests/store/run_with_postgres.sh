#!/bin/sh
# Runs a command with a private PostgreSQL: run_with_postgres.sh COMMAND [ARGUMENT…]
# Exports PALIQUE_TEST_DATABASE_URL (superuser, unix socket in a private folder) and removes everything afterwards.
# With PALIQUE_TEST_DATABASE_URL set already, that database is used and nothing is started.
set -eu

if [ -n "${PALIQUE_TEST_DATABASE_URL:-}" ]; then
    exec "$@"
fi

# PostgreSQL refuses to run as root.
if [ "$(id -u)" = 0 ]; then
    user=nobody
    if id postgres >/dev/null 2>&1; then
        user=postgres
    fi
    as_user="setpriv --reuid=$user --regid=$(id -g "$user") --clear-groups"
else
    user=$(id -un)
    as_user=
fi

bin=$(for folder in /usr/lib/postgresql/*/bin; do echo "$folder"; done | sort -V | tail -n 1)
if [ ! -x "$bin/initdb" ]; then
    bin=$(dirname "$(command -v initdb)")
fi

home=$(mktemp -d "${TMPDIR:-/tmp}/palique-pg.XXXXXX")
postmaster=

clean_up() {
    status=$?
    trap - EXIT INT TERM
    if [ -n "$postmaster" ]; then
        kill -INT "$postmaster" 2>/dev/null || true
        wait "$postmaster" 2>/dev/null || true
    fi
    rm -rf "$home"
    exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

chown "$user" "$home"
cd "$home"
# shellcheck disable=SC2086  # as_user is a command with arguments, or nothing
$as_user "$bin/initdb" -D "$home/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$home/initdb.log" 2>&1 || {
    cat "$home/initdb.log" >&2
    exit 1
}
# Durability is for the chaos tests: here a lost machine only loses the test.
# shellcheck disable=SC2086
$as_user "$bin/postgres" -D "$home/data" -k "$home" -c listen_addresses= -c fsync=off -c max_connections=200 \
    -c shared_buffers=32MB -c log_min_messages=fatal >"$home/server.log" 2>&1 &
postmaster=$!

tries=0
until "$bin/pg_isready" -q -h "$home" -U postgres; do
    tries=$((tries + 1))
    if [ "$tries" -gt 300 ] || ! kill -0 "$postmaster" 2>/dev/null; then
        cat "$home/server.log" >&2
        exit 1
    fi
    sleep 0.1
done

PALIQUE_TEST_DATABASE_URL="host=$home user=postgres dbname=postgres"
export PALIQUE_TEST_DATABASE_URL
cd - >/dev/null
"$@"
