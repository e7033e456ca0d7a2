#!/usr/bin/env bash
# Everything of the installation that kubectl knows into one file, while people talk. Back again: restore.sh.
#
#   deploy/k8s/backup.sh FILE SECRETS
#
#   FILE      is written
#   SECRETS   the folder of secrets.sh
#
# In it: `about`, `database.tar.gz` (PostgreSQL's base backup), `files.tar.gz` (what was uploaded, where that is not in a bucket) and `secrets/`. For
# components/postgres; a database of your own has backups of its own. Why no dump: docs/operations.md.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=deploy/k8s/parts.sh
. "$ROOT/deploy/k8s/parts.sh"

[ $# = 2 ] || die "backup takes two words: the file to write and the folder of the secrets"
file=$(realpath -m "$1") secrets=$2
[ ! -e "$file" ] || die "there is a $file already"
[ -d "$(dirname "$file")" ] || die "there is no folder $(dirname "$file")"
[ -s "$secrets/key_secret" ] || die "there are no secrets in $secrets"
umask 077
stage=$(mktemp -d "$file.XXXXXX")
trap 'rm -rf "$stage" "$stage.tar"' EXIT
k rollout status statefulset/postgres --timeout=5m >&2

fetch postgres-0 'pg_basebackup -U postgres -D - -F tar -X fetch -c fast' "$stage/database.tar.gz" || die "pg_basebackup failed"
parts=(about database.tar.gz secrets)
# After the database: a stored file is never written to again, and stays for ten minutes after the database has let go of it. So all are linked
# at once, and read at leisure.
if files_are_on_a_volume; then
    trap 'rm -rf "$stage" "$stage.tar"; files_close || true' EXIT
    files_open
    fetch files "$(archive /var/lib/palique/files 'mkdir -p -m 700 blobs && cp -al blobs .backup')" "$stage/files.tar.gz" || die "cannot read the files"
    parts+=(files.tar.gz)
fi
cp -aL "$secrets" "$stage/secrets"
printf 'format kubernetes-%s\ntaken %s\n' "$BACKUP_FORMAT" "$(date -u +%FT%TZ)" >"$stage/about"
tar -C "$stage" -cf "$stage.tar" "${parts[@]}"
sync "$stage.tar"
mv "$stage.tar" "$file"
say "written: $file ($(du -h "$file" | cut -f1)). It holds all messages and all secrets: keep it where nobody else reads it."
