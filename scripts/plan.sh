# shellcheck shell=bash disable=SC2154  # host, port and data come from ./run
# The launcher's plan (tools/launcher/plan.h): PostgreSQL, its bootstrap, the five services, the edge. Sourced by ./run.

write_plan() {
    plan_postgres
    echo stage
    plan_bootstrap
    echo stage
    local name
    for name in auth chat notify admin gateway; do plan_service "$name"; done
    echo stage
    plan_edge
}

plan_as() { ! as_root || echo "user $1"; }

# Filling each new segment of the write-ahead log with zeros holds every commit up for 50 to 100 ms; once written, segments
# are used again (docs/decisions/0009). Terse: what was there already, an address, is nobody's business in a log.
plan_postgres() {
    echo "process postgres"
    plan_as postgres
    cat <<EOF
log $STATE/log/postgres.log
stop INT
exec $PG_BIN/postgres
arg -D
arg $STATE/postgres
arg -k
arg $STATE/run
arg -c
arg listen_addresses=
arg -c
arg unix_socket_permissions=0777
arg -c
arg shared_buffers=256MB
arg -c
arg jit=off
arg -c
arg log_min_messages=warning
arg -c
arg log_error_verbosity=terse
arg -c
arg synchronous_commit=on
arg -c
arg wal_init_zero=off
arg -c
arg min_wal_size=512MB
arg -c
arg max_wal_size=4GB
ready $PG_BIN/pg_isready
ready-arg -q
ready-arg -h
ready-arg $STATE/run
EOF
}

# Writes the services' connection addresses and runs deploy/postgres/bootstrap.sql, each time: it is idempotent.
plan_bootstrap() {
    local name
    for name in auth chat notify admin; do
        (umask 077 && printf 'host=%s user=palique_%s password=%s dbname=palique\n' "$STATE/run" "$name" "$(cat "$STATE/secrets/$name")" >"$STATE/secrets/$name.url")
        ! as_root || chown palique:palique "$STATE/secrets/$name.url"
    done
    cat <<EOF
once bootstrap
log $STATE/log/bootstrap.log
exec $STATE/app/share/postgres/bootstrap.sh
arg $PG_BIN
arg $STATE/run
arg $STATE/secrets
EOF
}

plan_service() {
    local name=$1 word
    echo "process $name"
    plan_as palique
    echo "log $STATE/log/$name.log"
    state_service_environment "$name"
    for word in "${SERVICE_ENV[@]}"; do echo "env $word"; done
    # Settings of the user's own environment reach the services by inheritance.
    echo "exec $STATE/app/bin/palique-$name"
    echo "ready $STATE/app/bin/palique-$name"
    echo "ready-arg --health"
}

plan_edge() {
    echo "process edge"
    cat <<EOF
log $STATE/log/edge.log
stop QUIT
timeout 5
exec $(PATH=$PATH:/usr/sbin command -v nginx)
arg -c
arg $STATE/run/nginx.conf
arg -e
arg $STATE/run/edge/error.log
arg -g
arg daemon off;
ready $(command -v curl)
ready-arg -fsS
ready-arg -o
ready-arg /dev/null
ready-arg http://$host:$port/healthz
EOF
}
