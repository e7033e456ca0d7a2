#!/bin/sh
# Makes the database, roles and schemas: bootstrap.sh PG_BIN SOCKET_DIR SECRETS_DIR. Idempotent. Passwords travel by
# standard input, never by argument.
set -eu
bin=$1 socket=$2 secrets=$3
here=$(cd "$(dirname "$0")" && pwd)
psql() { "$bin/psql" -X -q -h "$socket" -U postgres -v ON_ERROR_STOP=1 "$@"; }
[ "$(psql -At -d postgres -c "select count(*) from pg_database where datname = 'palique'")" = 1 ] ||
    psql -d postgres -c "create database palique"
{
    for name in auth chat notify admin; do
        printf "\\\\set %s_password '%s'\n" "$name" "$(cat "$secrets/$name")"
    done
    cat "$here/bootstrap.sql"
} | psql -d palique -f -
