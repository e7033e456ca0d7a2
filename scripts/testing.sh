# shellcheck shell=bash disable=SC2034
# The parts of ./test. Each adds to the counts of the closing line. Sourced.

passed=0 failed=0 skipped=0 unsteady=""
# Test files at a time: they wait more than they work.
PALIQUE_TEST_WORKERS=${PALIQUE_TEST_WORKERS:-$(($(nproc) * 2))}

# ctest: unit, thread and store tests.
test_units() {
    local log=$ROOT/build/$1-ctest.log all bad
    say "== unit and store tests ($1)"
    (cd "$ROOT/build/$1" && ctest --output-on-failure --no-tests=ignore -j 2 ${2:+-R "$2"}) >"$log" 2>&1 || true
    all=$(sed -n 's/.*tests failed out of \([0-9]*\)$/\1/p' "$log" | tail -1)
    bad=$(sed -n 's/.*, \([0-9]*\) tests failed out of.*/\1/p' "$log" | tail -1)
    all=${all:-0} bad=${bad:-0}
    [ "$bad" = 0 ] || tail -n 150 "$log" >&2
    passed=$((passed + all - bad)) failed=$((failed + bad))
    say "   $((all - bad)) programs passed, $bad failed"
}

# The fuzz targets that match a word, as paths.
fuzz_targets() {
    local target
    for target in "$ROOT"/build/fuzz/tests/fuzz/fuzz_*; do
        if [ -x "$target" ] && [ -f "$target" ] && [[ $(basename "$target") == *"$1"* ]]; then echo "$target"; fi
    done
}

# Each fuzz target's seeds, once, under the sanitizers: a regression test that takes no time.
test_corpora() {
    local target name
    say "== fuzz corpora"
    build fuzz
    for target in $(fuzz_targets "$1"); do
        name=$(basename "$target")
        if "$target" -runs=0 "$ROOT/tests/fuzz/corpus/${name#fuzz_}" >"$ROOT/build/$name.log" 2>&1; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            tail -n 40 "$ROOT/build/$name.log" >&2
        fi
    done
}

# test_fuzz SECONDS WORD: each matching target for so long; what it finds new stays in build/corpus.
test_fuzz() {
    local target name
    build fuzz
    for target in $(fuzz_targets "$2"); do
        name=$(basename "$target")
        mkdir -p "$ROOT/build/corpus/$name"
        say "== $name for $1 s"
        if (cd "$ROOT/build" && "$target" -max_total_time="$1" -timeout=10 -rss_limit_mb=2048 "$ROOT/build/corpus/$name" \
            "$ROOT/tests/fuzz/corpus/${name#fuzz_}") >"$ROOT/build/$name.log" 2>&1; then
            passed=$((passed + 1))
            tail -n 1 "$ROOT/build/$name.log" >&2
        else
            failed=$((failed + 1))
            tail -n 60 "$ROOT/build/$name.log" >&2
        fi
    done
    test_closing_line
}

# The web client without a browser: types, lint and format, unit tests.
test_web() {
    local log=$ROOT/build/web-test.log json=$ROOT/build/web-test.json p f s
    say "== web client: build"
    web_build || die "the web client is not built: npm could not fetch its tools, see $ROOT/build/npm-web.log"
    npm_ci "$ROOT/web" || die "npm could not fetch the web client's tools, see $ROOT/build/npm-web.log"
    npm_ci "$ROOT/tests/browser" || die "npm could not fetch what drives the browser, see $ROOT/build/npm-browser.log"
    [ -n "$1" ] || {
        say "== web client: types (tsc)"
        test_program web_tool tsc --noEmit
        say "== web client: lint and format (biome)"
        test_program web_tool biome check --error-on-warnings .
    }
    say "== web client: unit tests (vitest)"
    rm -f "$json"
    web_tool vitest run --reporter=default --reporter=json --outputFile="$json" --passWithNoTests ${1:+-t "$1"} >"$log" 2>&1 || tail -n 80 "$log" >&2
    read -r p f s < <(/usr/bin/python3 -c 'import json, sys
r = json.load(open(sys.argv[1]))
broken = sum(1 for t in r["testResults"] if t["status"] == "failed" and not t["assertionResults"])
print(r["numPassedTests"], r["numFailedTests"] + broken, r["numPendingTests"] if sys.argv[2] == "" else 0)' "$json" "$1" 2>/dev/null || echo 0 1 0)
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
    say "   $p passed, $f failed"
}

web_tool() { (cd "$ROOT/web" && "node_modules/.bin/$1" "${@:2}" >&2); }

# test_python PRESET WORD FOLDER…: contract and system tests with pytest, a few files at a time.
test_python() {
    local preset=$1 word=$2 xml=$ROOT/build/$1-pytest.xml code=0 again p f s
    shift 2
    say "== $* tests ($preset)"
    run_pytest "$preset" "$word" "$xml" -n "$PALIQUE_TEST_WORKERS" --dist loadfile "$@" || code=$?
    read -r p f s < <(/usr/bin/python3 "$ROOT/scripts/junit_counts.py" "$xml")
    [ $code = 0 ] || again=$("$ROOT/scripts/second_look.py" "$xml")
    if [ -n "${again:-}" ] && look_again "$preset" "$word" "$again"; then
        passed=$((passed + f)) f=0
    fi
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

# look_again PRESET WORD FILES: what failed beside others, alone. What passes now is unsteady, and the closing line says so.
look_again() {
    say "== a second look at what failed ($1): $3"
    # shellcheck disable=SC2086  # a list of files
    run_pytest "$1" "$2" "$ROOT/build/$1-pytest-again.xml" -n 0 $3 || return 1
    unsteady="$unsteady $3"
}

# run_pytest PRESET WORD XML ARGUMENT…: 1 when some failed.
run_pytest() {
    local preset=$1 word=$2 xml=$3 patience=1 marks="" code=0
    shift 3
    # What tests ./run uses the release build whatever the preset: once is enough.
    [ "$preset" = dev ] || { patience=4 && marks="not slow"; }
    (cd "$ROOT/tests" && PALIQUE_BUILD=$ROOT/build/$preset PALIQUE_TEST_PATIENCE=$patience /usr/bin/python3 -m pytest \
        -c pytest.ini --junit-xml "$xml" -o junit_family=xunit2 ${word:+-k "$word"} ${marks:+-m "$marks"} "$@" >&2) || code=$?
    [ $code != 5 ] || return 0 # the filter matched none here
    [ $code -le 1 ] || die "pytest ended with $code"
    return $code
}

# test_chaos [--minutes N] [--seed S]: the long forms. The bus between processes that are killed, its watchdog, then the whole suite.
test_chaos() {
    local bin=$ROOT/build/dev/tests
    say "== the bus: 500 times kill -9 of each side, over ipc and tls+tcp"
    test_program "$bin/bus_kill" 500
    say "== the watchdog of the bus"
    test_program "$bin/test_lib_bus_watchdog"
    say "== chaos"
    test_program "$ROOT/tests/chaos/run" --build "$ROOT/build/dev" "$@"
    say "== 5,000 clients cut at once, full disks, a rolling upgrade"
    PALIQUE_STORM_CLIENTS=5000 test_python dev "" chaos/test_storm.py chaos/test_disk.py chaos/test_upgrade.py
    test_closing_line
}

# What docs/operations.md says of PostgreSQL, done while people talk; ./run is used too.
test_operations() {
    # shellcheck disable=SC2086  # a list of words
    packages_install $PALIQUE_OPERATIONS_PACKAGES
    build release
    say "== operations"
    test_python dev "" operations
    test_closing_line
}

needs_docker() {
    [ "$(id -u)" = 0 ] || die "./test deploy needs root, to end processes in containers as a crash would"
    docker compose version >/dev/null 2>&1 || die "./test deploy needs Docker with Compose (docs/install-compose.md)"
    docker info >/dev/null 2>&1 || die "./test deploy needs a Docker daemon that runs"
}

# The images and compose.yml, for real: built, started, scaled, broken. The images stay, everything else goes.
test_deploy() {
    # shellcheck disable=SC2086  # a list of words
    packages_install $PALIQUE_DEPLOY_PACKAGES
    say "== deployment"
    mkdir -p "$ROOT/build"
    test_python dev "" deploy
    test_closing_line
}

needs_cluster() {
    kubectl get nodes >/dev/null 2>&1 || die "./test deploy k8s needs a cluster that kubectl knows (docs/install-kubernetes.md)"
    ! kubectl get namespace palique >/dev/null 2>&1 || die "the namespace palique is there already: ./test deploy k8s makes it, and removes it in the end"
}

# test_kubernetes [--overlay prod|old-api] [--volumes FOLDER] …: the installation on a real cluster, from the first command to the restored backup.
test_kubernetes() {
    local xml=$ROOT/build/kubernetes-pytest.xml
    say "== on Kubernetes"
    mkdir -p "$ROOT/build"
    rm -f "$xml"
    run_pytest dev "" "$xml" -n 0 -x kubernetes "$@" || true
    read -r passed failed skipped < <(/usr/bin/python3 "$ROOT/scripts/junit_counts.py" "$xml")
    test_closing_line
}

test_program() {
    if "$@" >&2; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}

test_coverage() {
    say "== coverage"
    if "$ROOT/scripts/coverage.py" "$ROOT/build/coverage" >"$ROOT/build/coverage.txt"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
    sed -n '/^$/,$p' "$ROOT/build/coverage.txt" >&2
}

test_closing_line() {
    [ -z "$unsteady" ] || say "unsteady: failed beside others, passed alone:$unsteady"
    printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    [ "$failed" = 0 ] && [ $((passed + skipped)) -gt 0 ]
}
