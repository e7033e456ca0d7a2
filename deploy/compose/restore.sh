#!/usr/bin/env bash
# A backup of backup.sh into an installation without data, then its start and a look at all of it: deploy/compose/restore.sh FILE. Needs the images.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# shellcheck source=deploy/compose/parts.sh
. "$ROOT/deploy/compose/parts.sh"

[ $# = 1 ] || die "restore takes one word: the file that backup.sh has written"
[ -r "$1" ] || die "cannot read $1"
umask 077
stage=$(mktemp -d "$ROOT/deploy/compose/restore.XXXXXX")
trap 'rm -rf "$stage"' EXIT
tar -C "$stage" --no-same-owner -pxf "$1" 2>/dev/null || die "$1 is damaged, or no backup"
grep -qsx "format compose-$BACKUP_FORMAT" "$stage/about" || die "$1 is no backup that this version can read"

# Settings and secrets of this machine win: another name, other ports.
[ -e "$(env_file)" ] || install -m 600 "$stage/env" "$(env_file)"
if [ ! -d "$(secrets)" ]; then
    mkdir -p "$(secrets)"
    cp -p "$stage"/secrets/* "$(secrets)/"
fi
# A backup from before there was e-mail has none.
[ -e "$(secrets)/smtp_secret" ] || install -m 444 /dev/null "$(secrets)/smtp_secret"
for name in key_secret postgres_password; do
    cmp -s "$stage/secrets/$name" "$(secrets)/$name" ||
        die "the secrets in $(secrets) are another installation's; move them away, those of the backup take their place"
done
if [ -e "$stage/objects.tar" ]; then has_bucket || die "there is a bucket in the backup, and none in $(env_file): prepare.sh --s3"; fi
compose up --no-start database chat
database=$(container database) chat=$(container chat)
[ -z "$(beside "$database" 999:999 'ls -A /var/lib/postgresql/data')" ] || die "there is a database already; remove it with docker compose down --volumes"
# Each file of the cluster is checked against the checksums that were written with it.
beside "$database" 999:999 'cd /var/lib/postgresql/data && chmod 700 . && tar -xzf - && pg_verifybackup -q . && rm backup_manifest' <"$stage/database.tar.gz" ||
    die "the database in the backup is damaged: docker compose down --volumes, and try another"
beside "$chat" 10001:10001 'cd /var/lib/palique/files && mkdir -p -m 700 blobs && tar -C blobs -xf -' <"$stage/files.tar" || die "cannot write the files"
if [ -e "$stage/objects.tar" ]; then
    beside "$(container s3)" 0:0 'tar -C /objects --xattrs -xf -' <"$stage/objects.tar" || die "cannot write the bucket"
fi
compose up -d --wait edge
# What the profiles have beside the suite comes after it: a dashboard whose image cannot be had keeps nobody from talking.
compose up -d --wait || say "the suite runs, but not all that profiles have beside it (why: above); docker compose up -d --wait tries again"
say "restored, as it was at $(sed -n 's/^taken //p' "$stage/about"); looking at all of it"
compose exec -T chat /usr/bin/palique-chat --verify
