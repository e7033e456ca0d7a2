#!/usr/bin/env bash
# The promise of the README on a machine with nothing: makes a minimal Debian 12 with mmdebstrap, puts a clone of this
# checkout (what is committed) into it, and in there runs the commands of the README as they stand there, ./run --detach, a
# conversation of two WebSocket clients through the edge, ./run stop and ./test. As root: scripts/bare_root.sh [FOLDER [newcomer|run|test]…]
#   FOLDER   where the tree is made (default: a new folder in /var/tmp, removed at the end; a named one is kept and used again)
# Packages come from where this machine's own apt has them; certificate authorities that this machine trusts beyond Debian's are trusted there too.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/common.sh
. "$ROOT/scripts/common.sh"

[ "$(id -u)" = 0 ] || die "this needs root (chroot, mount)"
command -v mmdebstrap >/dev/null || die "this needs the Debian package mmdebstrap"
folder=${1:-} keep=1 parts=("${@:2}")
[ ${#parts[@]} -gt 0 ] || parts=(newcomer run test)
if [ -z "$folder" ]; then
    folder=$(mktemp -d /var/tmp/bare-root.XXXXXX) keep=""
fi
tree=$folder/tree

# This machine's Debian sources, one "deb" line each.
sources() {
    # shellcheck disable=SC2016  # apt fills these in
    apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' | grep ' bookworm' | sort -u
}

make_tree() {
    [ -x "$tree/bin/bash" ] && return
    say "== a minimal bookworm in $tree"
    mkdir -p "$folder"
    sources >"$folder/sources"
    [ -s "$folder/sources" ] || die "apt knows no Debian bookworm here"
    mmdebstrap --quiet --variant=minbase --mode=root bookworm "$tree" "$folder/sources"
}

copy_in() {
    say "== the checkout at $(git -C "$ROOT" log -1 --format='%h %s')"
    rm -rf "$tree/palique"
    git clone --quiet --no-hardlinks "$ROOT" "$tree/palique"
    cp /etc/resolv.conf "$tree/etc/resolv.conf"
    cp /etc/hosts "$tree/etc/hosts"
    copy_authorities
}

# Where the way out of this machine goes through an inspecting proxy, npm would refuse its certificates.
copy_authorities() {
    mkdir -p "$tree/usr/local/share/ca-certificates"
    find /usr/local/share/ca-certificates -name '*.crt' -exec cp {} "$tree/usr/local/share/ca-certificates/" \; 2>/dev/null || true
    [ ! -x "$tree/usr/sbin/update-ca-certificates" ] || chroot "$tree" update-ca-certificates >/dev/null 2>&1
}

# inside COMMAND…: in the tree, with mounts and processes that end with it.
inside() {
    # shellcheck disable=SC2016  # expanded by the inner shell
    unshare --mount --pid --fork --kill-child bash -euc '
        mount --make-rprivate /
        mount --bind "$1" "$1" # its root is a mount, as tests that mount something expect
        mount -t proc proc "$1/proc"
        mount --rbind /sys "$1/sys"
        mount --rbind /dev "$1/dev"
        mount -t tmpfs -o mode=1777 shm "$1/dev/shm"
        exec chroot "$1" /usr/bin/env -i HOME=/root TERM=dumb LANG=C.UTF-8 NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt \
            PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
            bash -euc "cd /palique && $2"' inside "$tree" "$*"
}

port() {
    local n
    for n in 18080 28080 38080 48080; do
        port_taken $n || { echo $n && return; }
    done
    die "no free port"
}

# What the README tells a newcomer to type, but for the port, which may be taken, as tests/system/test_newcomer.py has it.
part_newcomer() {
    local port
    port=$(port)
    PYTHONPATH=$ROOT/tests/harness /usr/bin/python3 -c 'import pages
print("".join(block.text for block in pages.blocks("README.md") if block.mark is None))' |
        sed "s/8080/$port/; s#\./run --detach#./run --port $port --detach#" >"$tree/newcomer"
    inside "bash -euxo pipefail /newcomer && ./run stop"
}

part_run() {
    local port
    port=$(port)
    inside "./run --port $port --detach && ./run status && /usr/bin/python3 scripts/two_clients.py http://127.0.0.1:$port \
        && ./run stop && ! ./run status"
}

part_test() { inside ./test; }

make_tree
copy_in
for part in "${parts[@]}"; do
    say "== $part"
    "part_$part"
done
[ -n "$keep" ] || rm -rf "$folder"
say "the bare root is content"
