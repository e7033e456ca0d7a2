#!/usr/bin/env bash
# Everything of the Compose installation into one file, while people talk: deploy/compose/backup.sh FILE. Back again: restore.sh.
# COMPOSE_PROJECT_NAME and COMPOSE_ENV_FILES say which installation, if there are several.
#
# In it: `about`, `database.tar.gz` (PostgreSQL's base backup), `files.tar` (what was uploaded), `objects.tar` (that in the bucket of profile s3),
# `secrets/` and `env`. Why no dump: docs/operations.md.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=deploy/compose/parts.sh
. "$ROOT/deploy/compose/parts.sh"

[ $# = 1 ] || die "backup takes one word: the file to write"
file=$(realpath -m "$1")
[ ! -e "$file" ] || die "there is a $file already"
[ -d "$(dirname "$file")" ] || die "there is no folder $(dirname "$file")"
umask 077
stage=$(mktemp -d "$file.XXXXXX")
trap 'rm -rf "$stage" "$stage.tar"' EXIT
chat=$(container chat)

compose exec -T database pg_basebackup -U postgres -D - -F tar -X fetch -c fast | gzip -1 >"$stage/database.tar.gz" || die "pg_basebackup failed"
# After the database: a stored file is never written to again, and stays for ten minutes after the database has let go of it. So all are linked
# at once, and read at leisure.
beside "$chat" 10001:10001 "$(archive /var/lib/palique/files 'cp -al blobs .backup')" >"$stage/files.tar" || die "cannot read the files"
# Likewise; what the server knows of an object is in the file's extended attributes. Not in it: BUCKET/.sgwtmp, the parts of unfinished uploads.
if has_bucket; then
    linked='mkdir .backup && find * -mindepth 1 -maxdepth 1 ! -name .sgwtmp -exec cp -al --parents -t .backup -- {} +'
    beside "$(container s3)" 0:0 "$(archive /objects "$linked" --xattrs)" >"$stage/objects.tar" || die "cannot read the bucket"
fi
cp -aL "$(secrets)" "$stage/secrets"
cp "$(env_file)" "$stage/env"
printf 'format compose-%s\ntaken %s\n' "$BACKUP_FORMAT" "$(date -u +%FT%TZ)" >"$stage/about"
tar -C "$stage" -cf "$stage.tar" .
sync "$stage.tar"
mv "$stage.tar" "$file"
say "written: $file ($(du -h "$file" | cut -f1)). It holds all messages and all secrets: keep it where nobody else reads it."
