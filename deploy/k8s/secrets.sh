#!/usr/bin/env bash
# Makes every secret of an installation on Kubernetes as a file of its own, and prints them as Secrets. Needs openssl.
#
#   deploy/k8s/secrets.sh FOLDER [--database-host HOST --database-ca FILE] [--s3-secret-key FILE] [--smtp-password FILE] [--smtp-ca FILE]
#                        [--namespace NAME] | kubectl apply -f -
#
#   FOLDER            where they are kept: it belongs to your data. What is there stays; what was removed is made anew
#   --database-host   a database of your own instead of components/postgres, and the PEM file of the authority of its certificate
#   --s3-secret-key   the key of the bucket (components/s3)
#   --smtp-password   of the user that the mail server knows (components/mail)
#   --smtp-ca         the PEM file of the authority of that server's certificate, where it is no public one
#   --namespace       another one than palique
set -euo pipefail
shopt -s inherit_errexit
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=scripts/common.sh
. "$ROOT/scripts/common.sh"
# shellcheck source=scripts/secrets.sh
. "$ROOT/scripts/secrets.sh"

secrets="" database_host=postgres database_ca="" s3_secret_key="" smtp_password="" smtp_ca="" namespace=palique
parse() {
    local name
    while [ $# -gt 0 ]; do
        case $1 in
            --database-host | --database-ca | --s3-secret-key | --smtp-password | --smtp-ca | --namespace)
                [ -n "${2:-}" ] || die "$1 needs a value"
                name=${1#--}
                printf -v "${name//-/_}" %s "$2"
                shift
                ;;
            -h | --help)
                sed -n '2,12s/^# \{0,1\}//p' "$0"
                exit 0
                ;;
            -*) die "unknown option: $1 (--help)" ;;
            *) secrets=$1 ;;
        esac
        shift
    done
    [ -n "$secrets" ] || die "in which folder? (--help)"
    if [ "$database_host" != postgres ] && [ -z "$database_ca" ]; then die "--database-host and --database-ca go together"; fi
    command -v openssl >/dev/null || die "this needs openssl"
}

# The database in the cluster shows a certificate that is its own authority.
database_certificate() {
    openssl req -x509 "${curve[@]}" -days 3650 -subj /CN=postgres -addext subjectAltName=DNS:postgres -keyout "$secrets/database.key" 2>/dev/null
}

database_url() {
    printf 'host=%s sslmode=verify-full sslrootcert=/run/secrets/database_ca user=palique_%s password=%s dbname=palique\n' \
        "$database_host" "$1" "$(cat "$secrets/$1_password")"
}

make() {
    local name
    for name in auth chat notify admin; do once "${name}_password" secret; done
    for name in postgres_password key_secret; do once "$name" secret; done
    once database.crt database_certificate
    # These follow the options.
    put database_ca <"${database_ca:-$secrets/database.crt}"
    for name in auth chat notify admin; do database_url "$name" | put "${name}_database_url"; done
    once redis_conf redis_conf
    once redis_url redis_url
    secrets_of_bus
    [ -z "$s3_secret_key" ] || put s3_secret_key <"$s3_secret_key"
    [ -z "$smtp_password" ] || put smtp_secret <"$smtp_password"
    [ -z "$smtp_ca" ] || put smtp_ca <"$smtp_ca"
}

# show NAME KEY=FILE…: the files as one Secret.
show() {
    local name=$1 pair
    shift
    printf 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: %s\n  namespace: %s\n  labels:\n    app.kubernetes.io/part-of: palique\ndata:\n' "$name" "$namespace"
    for pair in "$@"; do printf '  %s: %s\n' "${pair%%=*}" "$(base64 -w 0 "$secrets/${pair#*=}")"; done
    printf -- '---\n'
}

# Each pod gets what it needs and nothing of the others.
show_all() {
    local name more
    for name in auth chat notify admin gateway; do
        more=()
        [ "$name" = gateway ] || more+=("database_url=${name}_database_url" database_ca=database_ca)
        [ "$name" = auth ] || more+=(redis_url=redis_url)
        [ "$name" != auth ] || more+=(key_secret=key_secret)
        if [ "$name" = chat ] && [ -s "$secrets/s3_secret_key" ]; then more+=(s3_secret_key=s3_secret_key); fi
        if [ "$name" = auth ] && [ -s "$secrets/smtp_secret" ]; then more+=(smtp_secret=smtp_secret); fi
        if [ "$name" = auth ] && [ -s "$secrets/smtp_ca" ]; then more+=(smtp_ca=smtp_ca); fi
        show "$name" bus_ca=bus_ca.crt "bus_cert=bus_$name.pem" "${more[@]}"
    done
    show migrate postgres_password=postgres_password auth=auth_password chat=chat_password notify=notify_password admin=admin_password \
        database_ca=database_ca
    show redis redis_conf=redis_conf
    show postgres postgres_password=postgres_password server.crt=database.crt server.key=database.key
}

main() {
    parse "$@"
    secrets_open
    make
    show_all
}

main "$@"
