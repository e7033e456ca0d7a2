# shellcheck shell=bash
# Words and small tools that run, test and the scripts share. Sourced; ROOT is the project's folder.

say() { printf '%s\n' "$*" >&2; }
die() {
    printf 'palique: %s\n' "$*" >&2
    exit 1
}

# build PRESET [TARGET…]: configures when needed and builds; on failure shows the end of the log.
build() {
    local preset=$1 folder log
    shift
    folder=$ROOT/build/$preset log=$ROOT/build/$preset.log
    # Somebody else's checkout, built by its owner: taken as it is.
    if [ ! -w "$ROOT" ] && [ ! -w "$folder" ] && [ -x "$folder/bin/palique-gateway" ]; then return; fi
    mkdir -p "$folder" 2>/dev/null || die "no right to build in $ROOT; build it as its owner, or use a checkout of your own"
    exec 8>"$folder.lock"
    flock 8
    if [ ! -f "$folder/build.ninja" ]; then
        say "configuring $preset"
        (cd "$ROOT" && cmake --preset "$preset") >"$log" 2>&1 || { tail -n 30 "$log" >&2 && die "cmake failed, see $log"; }
    fi
    [ -n "$(ninja -C "$folder" -n "$@" 2>/dev/null | grep -v 'no work' | head -2)" ] && say "building $preset"
    ninja -C "$folder" "$@" >"$log" 2>&1 || { tail -n 60 "$log" >&2 && die "the build failed, see $log"; }
    exec 8>&-
}

# port_taken PORT: something listens there on loopback.
port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

secret() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
