#!/bin/sh
# Writes the configuration of the edge of ./run: render.sh OUTPUT, with EDGE_LISTEN (address:port), EDGE_DIR (writable folder), GATEWAY, NOTIFY,
# ADMIN, CHAT (host:port or unix:/path) and, when started as root, EDGE_USER in the environment.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
user=""
[ -n "${EDGE_USER:-}" ] && user="user $EDGE_USER;"
[ -z "$user" ] && [ "$(id -u)" = 0 ] && user="user root;"
sed -e "s|@USER@|$user|" -e "s|@DIR@|$EDGE_DIR|g" -e "s|@LISTEN@|$EDGE_LISTEN|" \
    -e "s|@GATEWAY@|$GATEWAY|" -e "s|@NOTIFY@|$NOTIFY|" -e "s|@ADMIN@|$ADMIN|" -e "s|@CHAT@|$CHAT|" \
    -e "/^@http.conf@/r $here/http.conf" -e "/^@routes.conf@/r $here/routes.conf" -e "/^@.*@\$/d" "$here/palique.conf.in" >"$1.new"
mv "$1.new" "$1"
