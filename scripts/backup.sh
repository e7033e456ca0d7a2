# shellcheck shell=bash disable=SC2154  # STATE, PG_BIN, data and rest come from ./run
# ./run backup FILE, ./run restore FILE, ./run verify. Sourced by ./run.
#
# A backup is one tar file: `about`, `postgres/` (a base backup), `files/` (what was uploaded) and `key` (what the signing keys in the
# database are sealed with). A base backup and not a dump: positions in the event logs are made of transaction ids, which go on in a
# copy of the cluster and begin anew in one that a dump is read into.

BACKUP_FORMAT=1

backup() {
    local file=${rest[0]:-} stage
    [ ${#rest[@]} = 1 ] || die "backup takes one word: the file to write"
    state_find
    state_running || die "not running; start it with ./run --detach first"
    [ ! -e "$file" ] || die "there is a $file already"
    [ -d "$(dirname "$file")" ] || die "there is no folder $(dirname "$file")"
    umask 077
    exec 5>"$STATE/run/backup.lock"
    flock -n 5 || die "another backup is being written"
    rm -rf "$STATE"/backup.?????? # of one that was killed
    # On the disk of the files, which are linked and not copied.
    stage=$(mktemp -d "$STATE/backup.XXXXXX")
    # shellcheck disable=SC2064  # the folder of now
    trap "rm -rf '$stage' '$file.new'" EXIT
    "$PG_BIN/pg_basebackup" -h "$STATE/run" -U postgres -D "$stage/postgres" -F tar -z -X stream -c fast >"$STATE/log/backup.log" 2>&1 ||
        die "pg_basebackup failed: $(tail -n 1 "$STATE/log/backup.log")"
    backup_files "$stage/files"
    cp "$STATE/secrets/key" "$stage/key"
    printf 'format %s\npostgresql %s\ntaken %s\n' $BACKUP_FORMAT "$(cat "$STATE/postgres/PG_VERSION")" "$(date -u +%FT%TZ)" >"$stage/about"
    tar -C "$stage" -cf "$file.new" about postgres files key || die "cannot write $file"
    sync "$file.new"
    mv "$file.new" "$file"
    say "written: $file ($(du -h "$file" | cut -f1)). It holds all messages and the key: keep it where nobody else reads it."
}

# After the database: a stored file is never written to again, and stays for ten minutes after the database has let go of it. Uploads
# under way are left out; they have to begin again. Where a file is removed while all are linked, that begins anew.
backup_files() {
    local try
    mkdir "$1"
    [ -d "$STATE/files/blobs" ] || return 0
    for try in 1 2 3 4 5; do
        if cp -al "$STATE/files/blobs" "$1/blobs" 2>>"$STATE/log/backup.log"; then return; fi
        rm -rf "$1/blobs"
    done
    die "cannot link the files in $STATE/files, tried $try times: $(tail -n 1 "$STATE/log/backup.log")"
}

restore() {
    local file=${rest[0]:-} stage major
    [ ${#rest[@]} = 1 ] || die "restore takes one word: the file that ./run backup has written"
    [ -r "$file" ] || die "cannot read $file"
    # shellcheck disable=SC2086  # lists of words
    packages_install $PALIQUE_RUN_PACKAGES
    state_open
    state_alone
    if state_present; then
        die "there is an installation in $data; restore into another folder (--data), or remove that one with ./run reset"
    fi
    umask 077
    stage=$(mktemp -d "$STATE/restore.XXXXXX")
    # shellcheck disable=SC2064  # the folder of now
    trap "rm -rf '$stage'" EXIT
    tar -C "$stage" --no-same-owner -xf "$file" 2>/dev/null || die "$file is damaged, or no backup"
    grep -qsx "format $BACKUP_FORMAT" "$stage/about" || die "$file is no backup that this version can read"
    major=$(sed -n 's/^postgresql //p' "$stage/about")
    [ "$("$PG_BIN/postgres" --version | sed 's/.* \([0-9]*\)\..*/\1/')" = "$major" ] || die "this backup needs PostgreSQL $major"
    restore_cluster "$stage"
    ! as_root || chown -R palique:palique "$stage/files" "$stage/key"
    mv "$stage/key" "$STATE/secrets/key"
    mv "$stage/files" "$STATE/files"
    mv "$stage/cluster" "$STATE/postgres"
    say "restored into $data, as it was at $(sed -n 's/^taken //p' "$stage/about"). Start it with ./run --detach, then look it over with ./run verify."
}

# Each file of the cluster is checked against the checksums that were written with it.
restore_cluster() {
    local stage=$1
    mkdir "$stage/cluster"
    if ! tar -C "$stage/cluster" -xzf "$stage/postgres/base.tar.gz" || ! tar -C "$stage/cluster/pg_wal" -xzf "$stage/postgres/pg_wal.tar.gz" ||
        ! "$PG_BIN/pg_verifybackup" -q -m "$stage/postgres/backup_manifest" "$stage/cluster"; then
        die "the database in the backup is damaged"
    fi
    ! as_root || chown -R postgres:postgres "$stage/cluster"
}

verify() {
    state_find
    state_running || die "not running"
    state_service_environment chat
    as_service env "${SERVICE_ENV[@]}" "$STATE/app/bin/palique-chat" --verify
}
