# shellcheck shell=bash
# The web client: its tools from the lock file, its build into web/dist, both only when what they are made of has changed. Sourced.

# What the build reads, as one hash; tests and what it makes do not count.
web_stamp() {
    (cd "$ROOT/web" && find . \( -path ./node_modules -o -path ./dist -o -path ./test -o -path ./notice \) -prune -o -type f -print0 |
        LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
}

# npm_ci FOLDER [OPTION…]: what FOLDER's lock file says, into FOLDER/node_modules, once for each lock file. False: it could not be had.
npm_ci() {
    local folder=$1 wanted log
    shift
    mkdir -p "$ROOT/build"
    log=$ROOT/build/npm-$(basename "$folder").log
    wanted=$(cat "$folder/package.json" "$folder/package-lock.json" | sha256sum | cut -d' ' -f1)
    [ "$(cat "$folder/node_modules/.palique" 2>/dev/null)" != "$wanted" ] || return 0
    # A home that nobody has (services, containers) is no place for a cache.
    [ -w "${HOME:-/nonexistent}" ] || export npm_config_cache=$ROOT/build/npm
    say "installing the packages of ${folder#"$ROOT/"}"
    (cd "$folder" && npm ci --prefer-offline --fetch-retries=1 --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=5000 "$@") \
        </dev/null >"$log" 2>&1 || return 1
    printf '%s\n' "$wanted" >"$folder/node_modules/.palique"
}

# 0: web/dist is the client of these sources. 1: its tools cannot be had, and there is none. Ends when the sources are at fault.
web_build() {
    local wanted log=$ROOT/build/web.log
    # Somebody else's checkout, built by its owner: taken as it is.
    if [ ! -w "$ROOT/web" ]; then
        [ -f "$ROOT/web/dist/index.html" ]
        return
    fi
    mkdir -p "$ROOT/build"
    exec 8>"$ROOT/build/web.lock"
    flock 8
    wanted=$(web_stamp)
    if [ "$(cat "$ROOT/web/dist/.stamp" 2>/dev/null)" != "$wanted" ]; then
        rm -rf "$ROOT/web/dist"
        npm_ci "$ROOT/web" || { exec 8>&- && return 1; }
        say "building the web client"
        (cd "$ROOT/web" && npm run build) </dev/null >"$log" 2>&1 || { tail -n 30 "$log" >&2 && die "the web client's build failed, see $log"; }
        printf '%s\n' "$wanted" >"$ROOT/web/dist/.stamp"
    fi
    exec 8>&-
}

# For ./run: the services are of use without the client.
web_build_or_say() {
    web_build || say "palique: the web client is NOT built: npm could not fetch its tools (see $ROOT/build/npm-web.log). Everything else starts;
palique: once the registry can be reached, ./run builds it."
}

# The folder to serve: the client, or a page that says that there is none.
web_folder() {
    if [ -f "$ROOT/web/dist/index.html" ]; then echo "$ROOT/web/dist"; else echo "$ROOT/web/notice"; fi
}
