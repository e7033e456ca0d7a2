# shellcheck shell=bash disable=SC2154  # secrets is set by those who source this
# Secrets as files in the folder $secrets: made once, then kept. What Compose and Kubernetes have in common. Sourced, after common.sh; needs openssl.

secrets_open() {
    umask 077
    mkdir -p "$secrets"
    chmod 700 "$secrets"
    secrets=$(cd "$secrets" && pwd)
}

# put NAME: standard input becomes the secret, in place, since a running container sees this very file. The folder keeps others out; the files
# are read by the containers' users.
put() {
    [ ! -e "$secrets/$1" ] || chmod 600 "$secrets/$1"
    cat >"$secrets/$1"
    chmod 444 "$secrets/$1"
}

# once NAME COMMAND…: its output becomes the secret, if there is none yet.
once() {
    local name=$1 content
    shift
    [ ! -s "$secrets/$name" ] || return 0
    content=$("$@")
    put "$name" <<<"$content"
}

redis_conf() {
    printf 'protected-mode no\nsave ""\nappendonly no\nmaxmemory 256mb\nmaxmemory-policy volatile-ttl\ndir /data\nrequirepass %s\n' "$(secret)"
}
redis_url() { printf 'redis://:%s@redis:6379\n' "$(sed -n 's/^requirepass //p' "$secrets/redis_conf")"; }

# An authority of this installation alone, whose key stays in the folder, and one certificate for each service under its name.
curve=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
bus_ca() { openssl req -x509 "${curve[@]}" -keyout "$secrets/bus_ca.key" -days 3650 -subj "/CN=Palique bus" 2>/dev/null; }
bus_certificate() {
    local request
    request=$(openssl req "${curve[@]}" -keyout "$secrets/bus.key" -subj "/CN=$1" 2>/dev/null)
    openssl x509 -req -CA "$secrets/bus_ca.crt" -CAkey "$secrets/bus_ca.key" -set_serial "0x$(openssl rand -hex 16)" -days 3650 \
        -extfile <(printf 'subjectAltName=DNS:%s\nextendedKeyUsage=serverAuth,clientAuth\n' "$1") <<<"$request" 2>/dev/null
    cat "$secrets/bus.key"
    rm "$secrets/bus.key"
}

secrets_of_bus() {
    local name
    once bus_ca.crt bus_ca
    for name in auth chat notify admin gateway; do once "bus_$name.pem" bus_certificate "$name"; done
}
