# shellcheck shell=bash disable=SC2034  # the lists are used by those who source this
# The Debian packages that ./run and ./test need, and how they get onto the machine. Sourced.

# To build and to run. Each is explained in the README's table.
PALIQUE_RUN_PACKAGES="gcc libc6-dev cmake ninja-build pkg-config python3 curl ca-certificates
libmicrohttpd-dev libnng-dev libvips-dev libseccomp-dev libmagic-dev libcurl4-openssl-dev libpq-dev libjansson-dev libargon2-dev libstemmer-dev libjwt-dev libwslay-dev libhiredis-dev libssl-dev zlib1g-dev
postgresql-15 nginx
nodejs npm"

# To test, on top of that.
PALIQUE_TEST_PACKAGES="libcriterion-dev redis-server python3-pytest python3-pytest-xdist python3-websockets python3-httpx
openssl python3-pil python3-aiohttp python3-psycopg2 python3-jwt python3-cryptography python3-jsonschema python3-yaml python3-aiosmtpd clang libclang-rt-14-dev
chromium git"

# For ./test operations.
PALIQUE_OPERATIONS_PACKAGES="pgbouncer"

# For ./test deploy.
PALIQUE_DEPLOY_PACKAGES="docker-registry"

# For scripts/check.sh.
PALIQUE_CHECK_PACKAGES="clang-format clang-tidy cppcheck shellcheck"

packages_missing() {
    local package
    for package in "$@"; do
        # A tool that is there without its package (a newer node, say) counts as there.
        case $package in
            nodejs) command -v node >/dev/null && continue ;;
            npm) command -v npm >/dev/null && continue ;;
        esac
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || printf '%s ' "$package"
    done
}

# Servers that come with packages must not be started by their installation: the suite brings up its own. A shell of its own, so that what says so is
# gone again whatever ends it; and should that be the power, the next one knows it by its first line.
packages_apt() (
    policy=/usr/sbin/policy-rc.d mark="# of Palique, while it installs packages"
    export DEBIAN_FRONTEND=noninteractive
    if [ ! -e $policy ] || grep -qsxF "$mark" $policy; then
        trap 'rm -f $policy' EXIT
        printf '#!/bin/sh\n%s\nexit 101\n' "$mark" >$policy
        chmod 755 $policy
    fi
    if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
        mkdir -p /etc/postgresql-common
        echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
    fi
    {
        apt-get -o DPkg::Lock::Timeout=600 update -qq &&
            apt-get -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confold install -y -qq --no-install-recommends "$@"
    } >"$PACKAGES_LOG" 2>&1
)

# packages_install PACKAGE…: installs what is missing, or says in one line what is and ends.
packages_install() {
    local missing
    missing=$(packages_missing "$@")
    [ -n "$missing" ] || return 0
    command -v apt-get >/dev/null || die "these Debian packages are missing and there is no apt-get: $missing"
    PACKAGES_LOG=$(mktemp)
    # shellcheck disable=SC2086  # a list of words
    if [ "$(id -u)" = 0 ]; then
        say "installing: $missing"
        packages_apt $missing || die "apt-get could not install: $missing ($(tail -n 1 "$PACKAGES_LOG"))"
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        say "installing with sudo: $missing"
        sudo -n PACKAGES_LOG="$PACKAGES_LOG" bash -c "$(declare -f packages_apt); packages_apt $missing" ||
            die "apt-get could not install: $missing ($(tail -n 1 "$PACKAGES_LOG"))"
    else
        die "missing packages and no right to install them; as root: apt-get install --no-install-recommends $missing"
    fi
    rm -f "$PACKAGES_LOG"
}
