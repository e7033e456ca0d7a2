#!/usr/bin/env bash
# Makes what compose.yml needs and what nobody else may know: every secret as a file of its own, and .env with the settings. Needs openssl.
# What is there stays, so it can be run again at any time: with --cert and --key to put in a new certificate, or for a secret that was removed.
#
#   deploy/compose/prepare.sh --host chat.example.org | --cert FILE --key FILE  [--redis] [--monitoring]
#                             [--s3 [ENDPOINT BUCKET ACCESS_KEY SECRET_FILE]] [--mail SITE | URL FROM SITE [USER PASSWORD_FILE]]
#                             [--secrets FOLDER] [--env FILE]
#
#   --host NAME       what people type into their browsers: the name in the self-signed certificate (needed the first time, or --cert)
#   --cert, --key     your own certificate (with its chain) and key, PEM; without them a self-signed one for two years is made
#   --redis           a store that several gateways share (profile redis)
#   --monitoring      Prometheus and Grafana (profile monitoring)
#   --s3              new files go to a bucket of a server beside the suite (profile s3); with words to that bucket elsewhere, whose secret key
#                     is the content of SECRET_FILE
#   --mail SITE       to try letters out: a catcher (profile mail) shows them on a page and delivers none; links lead to SITE
#                     (https://chat.example.org)
#   --mail URL …      e-mail goes to the server URL (smtp://host:587, smtps://host:465) as from the address FROM, with links to SITE;
#                     the password is the content of PASSWORD_FILE
#   --secrets, --env  somewhere else than deploy/compose/secrets and .env, which remembers where the secrets are
set -euo pipefail
shopt -s inherit_errexit
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=scripts/common.sh
. "$ROOT/scripts/common.sh"
# shellcheck source=scripts/secrets.sh
. "$ROOT/scripts/secrets.sh"

SECRETS=$ROOT/deploy/compose/secrets
CATCHER=smtp://mail:1025
host="" cert="" key="" profiles=() words=() s3=() mail=() secrets="" env=$ROOT/.env
parse() {
    while [ $# -gt 0 ]; do
        case $1 in
            --host | --cert | --key | --secrets | --env)
                [ -n "${2:-}" ] || die "$1 needs a value"
                printf -v "${1#--}" %s "$2"
                shift
                ;;
            --redis | --monitoring) profiles+=("${1#--}") ;;
            --s3 | --mail)
                words_of "$@"
                "take_${1#--}"
                shift ${#words[@]}
                ;;
            -h | --help)
                sed -n '2,20s/^# \{0,1\}//p' "$0"
                exit 0
                ;;
            *) die "unknown word: $1 (--help)" ;;
        esac
        shift
    done
    [ "${cert:+given}" = "${key:+given}" ] || die "--cert and --key go together"
    command -v openssl >/dev/null || die "this needs openssl"
}

# words_of OPTION WORD…: those that belong to it, up to the next option.
words_of() {
    words=()
    while [ $# -gt 1 ] && [[ $2 != --* ]]; do
        words+=("$2")
        shift
    done
}

take_s3() {
    s3=("${words[@]}")
    [ ${#s3[@]} -gt 0 ] || s3=(http://s3:7070 palique palique)
    [[ ${#s3[@]} =~ ^[34]$ ]] || die "--s3 needs no words, or ENDPOINT BUCKET ACCESS_KEY SECRET_FILE"
    [ ${#s3[@]} -eq 3 ] || [ -s "${s3[3]}" ] || die "there is no secret key in ${s3[3]}"
}

take_mail() {
    mail=("${words[@]}")
    [[ ${#mail[@]} =~ ^[135]$ ]] || die "--mail needs SITE, or URL FROM SITE, and USER PASSWORD_FILE where the server asks for them"
    [[ ${#mail[@]} -gt 1 || ${mail[0]} =~ ^https?://[^/]+ ]] || die "--mail needs the address of the site, https://…"
    [ ${#mail[@]} -lt 5 ] || [ -s "${mail[4]}" ] || die "there is no password in ${mail[4]}"
}

database_url() { printf 'host=database user=palique_%s password=%s dbname=palique\n' "$1" "$(cat "$secrets/$1_password")"; }

self_signed() {
    local kind=DNS
    [[ $host =~ ^[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?$ ]] || die "--host takes the name or address that people type into their browsers"
    [[ ! $host =~ ^[0-9.]+$|: ]] || kind=IP
    openssl req -x509 "${curve[@]}" -days 730 -subj "/CN=$host" -addext "subjectAltName=$kind:$host" -addext "basicConstraints=critical,CA:false" \
        -keyout "$secrets/edge.key" 2>/dev/null
    chmod 444 "$secrets/edge.key"
    say "made a self-signed certificate for $host: browsers will warn until you give your own with --cert and --key"
}

edge() {
    if [ -z "$cert" ]; then
        once edge.crt self_signed
        return
    fi
    [ "$(openssl x509 -in "$cert" -noout -pubkey)" = "$(openssl pkey -in "$key" -pubout)" ] || die "$key is not the key of $cert"
    put edge.crt <"$cert"
    put edge.key <"$key"
}

# setting NAME: what .env says of it.
setting() { [ ! -e "$env" ] || sed -n "s/^$1=//p" "$env" | tail -n 1; }

# no_line NAME: out of .env, which there is from then on.
no_line() {
    touch "$env"
    sed -i "/^$1=/d" "$env"
}

# set_line NAME=VALUE: in .env, instead of what it says of NAME.
set_line() {
    no_line "${1%%=*}"
    printf '%s\n' "$1" >>"$env"
}

# profile NAME [off]: into the list that .env has, or out of it.
profile() {
    local before list
    before=$(setting COMPOSE_PROFILES)
    list=$(tr , '\n' <<<"$before" | sed "/^$1$/d")
    if [ "${2:-}" != off ]; then
        list=$list${list:+$'\n'}$1
    elif [[ ,$before, == *,$1,* ]]; then
        say "the profile $1 is off; what runs of it goes with: docker compose --profile $1 rm -sf $1"
    fi
    set_line "COMPOSE_PROFILES=$(paste -sd, <<<"$list")"
}

settings() {
    local name
    # Not the folder in the checkout, which may be moved, or restored to another place.
    no_line PALIQUE_SECRETS
    [ "$secrets" = "$SECRETS" ] || set_line "PALIQUE_SECRETS=$secrets"
    for name in "${profiles[@]}"; do
        profile "$name"
        [ "$name" != redis ] || set_line PALIQUE_REDIS_URL_FILE=/run/secrets/redis_url
    done
    [ ${#s3[@]} -eq 0 ] || bucket "${s3[@]}"
    [ ${#mail[@]} -eq 0 ] || mail_server "${mail[@]}"
}

# same_bucket ENDPOINT BUCKET…: where a file lies is kept without them, so chat would look for the files of the bucket before in the new one.
same_bucket() {
    local endpoint bucket
    endpoint=$(setting PALIQUE_S3_ENDPOINT)
    bucket=$(setting PALIQUE_S3_BUCKET)
    [[ -z $endpoint || "$endpoint $bucket" == "$1 $2" ]] ||
        die "there are files in the bucket $bucket of $endpoint: copy all objects into the new one, then remove the line PALIQUE_S3_ENDPOINT from $env"
}

# bucket ENDPOINT BUCKET ACCESS_KEY [SECRET_FILE]: without a file it is the one beside the suite, whose key is made here.
bucket() {
    if [ $# = 3 ]; then
        profile s3
        once s3_secret_key secret
    else
        profile s3 off
        put s3_secret_key <"$4"
    fi
    set_line "PALIQUE_S3_ENDPOINT=$1"
    set_line "PALIQUE_S3_BUCKET=$2"
    set_line "PALIQUE_S3_ACCESS_KEY=$3"
    set_line PALIQUE_S3_SECRET_KEY_FILE=/run/secrets/s3_secret_key
}

# mail_server SITE | URL FROM SITE [USER PASSWORD_FILE]
mail_server() {
    if [ $# = 1 ]; then
        profile mail
        set_line PALIQUE_SMTP_TLS=none
        set -- "$CATCHER" palique@mail.invalid "$1"
    else
        profile mail off
        # What was chosen for a server stays.
        if [ -z "$(setting PALIQUE_SMTP_TLS)" ] || [ "$(setting PALIQUE_SMTP_URL)" = "$CATCHER" ]; then set_line PALIQUE_SMTP_TLS=required; fi
    fi
    set_line "PALIQUE_SMTP_URL=$1"
    set_line "PALIQUE_MAIL_FROM=$2"
    set_line "PALIQUE_PUBLIC_URL=$3"
    set_line "PALIQUE_SMTP_USER=${4:-}"
    [ $# -lt 5 ] || put smtp_secret <"$5"
    set_line "PALIQUE_SMTP_PASSWORD_FILE=${5:+/run/secrets/smtp_secret}"
}

main() {
    local name
    parse "$@"
    secrets=${secrets:-$(setting PALIQUE_SECRETS)}
    secrets=${secrets:-$SECRETS}
    [ ${#s3[@]} -eq 0 ] || same_bucket "${s3[@]}"
    secrets_open
    edge
    for name in auth chat notify admin; do
        once "${name}_password" secret
        once "${name}_database_url" database_url "$name"
    done
    for name in postgres_password key_secret grafana_password; do once "$name" secret; done
    once redis_conf redis_conf
    once redis_url redis_url
    for name in s3_secret_key smtp_secret; do [ -e "$secrets/$name" ] || put "$name" </dev/null; done
    secrets_of_bus
    settings
    say "ready: docker compose up -d --wait    (keep $secrets and $env: they belong to your data)"
}

main "$@"
