# shellcheck shell=bash disable=SC2154  # host, port and data come from ./run
# Where an installation keeps its things, and who may touch them. Sourced by ./run; $data is what the user named.
#
#   STATE/app       the programs that run (a copy: a new build does not touch a running suite)
#   STATE/postgres  the database cluster      STATE/secrets  passwords and the key secret
#   STATE/run       sockets, plan, lock       STATE/log      one file a process
#
# As root, PostgreSQL runs as `postgres` and the services and the edge as `palique`. These cannot pass through a folder that only root may
# enter (a checkout in /root, say): then STATE is a folder in /var/lib/palique, and $data/state points to it.

as_root() { [ "$(id -u)" = 0 ]; }
as_service() { if as_root; then setpriv --reuid=palique --regid=palique --clear-groups -- "$@"; else "$@"; fi; }
as_postgres() { if as_root; then setpriv --reuid=postgres --regid=postgres --clear-groups -- "$@"; else "$@"; fi; }

# Finds the state of an existing installation, or where it would be, and PostgreSQL's programs, which may have been installed a moment ago.
state_find() {
    local folder
    PG_BIN=""
    for folder in /usr/lib/postgresql/*/bin; do [ ! -d "$folder" ] || PG_BIN=$folder; done
    data=$(realpath -m "$data")
    if [ -e "$data/state" ]; then STATE=$(realpath "$data/state"); else STATE=$data; fi
}

state_running() { [ -f "$STATE/run/lock" ] && ! flock -n "$STATE/run/lock" true; }

# Something of an installation is there: all of it, or what an interrupted start or restore has left.
state_present() { [ -e "$STATE/postgres" ] || [ -e "$STATE/postgres.new" ] || [ -e "$STATE/files" ] || [ -e "$STATE/secrets/key" ]; }

# Nobody else starts, restores or resets this installation until we end or let go of descriptor 5.
state_alone() {
    exec 5>"$STATE/lock"
    flock -n 5 || die "another ./run is at work on $data"
}

# Makes the folders; decides where they are.
state_open() {
    # The path goes into connection strings, lists of addresses and nginx's configuration, which read these signs otherwise.
    local signs='[[:space:]\;,{#%?&]'
    [[ ! $(realpath -m "$data") =~ $signs ]] || die "the path $data has a space or one of \\ ; , { # % ? &; choose another with --data"
    mkdir -p "$data" 2>/dev/null || die "cannot make the folder $data"
    state_find
    if as_root; then
        id palique >/dev/null 2>&1 || useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin palique ||
            die "cannot make the user palique"
        if [ "$STATE" = "$data" ] && ! as_service test -x "$data"; then
            STATE=/var/lib/palique/$(printf '%s' "$data" | cksum | cut -d' ' -f1)
            mkdir -p "$STATE"
            ln -sfn "$STATE" "$data/state"
        fi
        chmod 755 "$STATE"
    fi
    # A socket's path has at most 107 bytes.
    [ ${#STATE} -le 70 ] || die "the path $STATE is too long for sockets (at most 70 characters); choose another with --data"
    mkdir -p "$STATE/run" "$STATE/log" "$STATE/secrets" "$STATE/app" 2>/dev/null || die "cannot write to $STATE"
}

state_prepare() {
    local name
    prepare_owners
    install_app
    for name in auth chat notify admin key; do
        [ -s "$STATE/secrets/$name" ] || (umask 077 && secret >"$STATE/secrets/$name")
    done
    ! as_root || chown palique:palique "$STATE"/secrets/*
    [ -s "$STATE/postgres/PG_VERSION" ] || create_cluster
    cluster_access
    printf 'http://%s:%s\n' "$host" "$port" >"$STATE/run/address"
    EDGE_LISTEN=$host:$port EDGE_DIR=$STATE/run/edge EDGE_USER=$(! as_root || echo palique) \
        GATEWAY=unix:$STATE/run/gateway.sock NOTIFY=unix:$STATE/run/notify.sock ADMIN=unix:$STATE/run/admin.sock CHAT=unix:$STATE/run/chat.sock \
        "$ROOT/deploy/nginx/render.sh" "$STATE/run/nginx.conf"
}

prepare_owners() {
    mkdir -p "$STATE/run/edge" "$STATE/run/bus" "$STATE/files"
    chmod 700 "$STATE/run/bus" "$STATE/secrets" "$STATE/log" "$STATE/files"
    if as_root; then
        chown palique:palique "$STATE/run/bus" "$STATE/run/edge" "$STATE/secrets" "$STATE/files"
        # PostgreSQL makes its socket here, the services theirs.
        chgrp palique "$STATE/run"
        chmod 1777 "$STATE/run"
    fi
}

install_app() {
    rm -rf "$STATE/app.new"
    mkdir -p "$STATE/app.new/share"
    cp -a "$ROOT/build/release/bin" "$STATE/app.new/"
    cp -a "$ROOT/build/release/share/docs" "$STATE/app.new/share/"
    cp -a "$(web_folder)" "$STATE/app.new/share/web"
    cp -a "$ROOT/deploy/postgres" "$STATE/app.new/share/postgres"
    rm -rf "$STATE/app"
    mv "$STATE/app.new" "$STATE/app"
    ! as_root || chmod -R a+rX "$STATE/app"
}

create_cluster() {
    say "creating the database"
    rm -rf "$STATE/postgres.new"
    mkdir -m 700 "$STATE/postgres.new"
    ! as_root || chown postgres:postgres "$STATE/postgres.new"
    as_postgres "$PG_BIN/initdb" -D "$STATE/postgres.new" -U postgres -A peer -E UTF8 --locale=C.UTF-8 >"$STATE/log/initdb.log" 2>&1 ||
        die "initdb failed: $(tail -n 1 "$STATE/log/initdb.log")"
    mv "$STATE/postgres.new" "$STATE/postgres"
}

# The superuser is whoever runs the cluster (and root), and may copy it; services sign in with their own passwords. At each start: a
# cluster that was restored comes from another machine.
cluster_access() {
    as_postgres tee "$STATE/postgres/pg_hba.conf" >/dev/null <<EOF
local all,replication postgres peer map=super
local all all scram-sha-256
EOF
    as_postgres tee "$STATE/postgres/pg_ident.conf" >/dev/null <<EOF
super $(as_postgres id -un) postgres
super root postgres
EOF
}

state_remove() {
    rm -rf "${STATE:?}"/postgres{,.new} "$STATE/files" "$STATE/run" "$STATE/log" "$STATE/secrets" "$STATE"/app{,.new} "$STATE"/{backup,restore}.?????? "$STATE/lock"
    [ ! -L "$data/state" ] || rm -rf "$STATE" "$data/state"
}

# SERVICE_ENV: the environment of one service, as NAME=value words. Secrets are named by file, never by value.
state_service_environment() {
    local name=$1 upper=${1^^} owner
    SERVICE_ENV=("PALIQUE_${upper}_OPS=unix:$STATE/run/bus/$name-ops.sock" "PALIQUE_LOG_LEVEL=${PALIQUE_LOG_LEVEL:-info}")
    for owner in auth chat notify admin; do
        SERVICE_ENV+=("PALIQUE_${owner^^}_BUS=ipc://$STATE/run/bus/$owner.sock")
    done
    case $name in
        auth | chat | notify | admin) SERVICE_ENV+=("PALIQUE_${upper}_DATABASE_URL_FILE=$STATE/secrets/$name.url") ;;
    esac
    case $name in
        gateway | chat | notify | admin) SERVICE_ENV+=("PALIQUE_${upper}_LISTEN=unix:$STATE/run/$name.sock") ;;
    esac
    case $name in
        chat) SERVICE_ENV+=("PALIQUE_FILES_DIR=$STATE/files") ;;
        auth) SERVICE_ENV+=("PALIQUE_AUTH_KEY_SECRET_FILE=$STATE/secrets/key") ;;
        gateway) SERVICE_ENV+=("PALIQUE_STATIC_DIR=$STATE/app/share/web" "PALIQUE_DOCS_DIR=$STATE/app/share/docs") ;;
    esac
}
