#!/usr/bin/env bash
# Installs the Debian packages that building, testing and scripts/check.sh need. ./run and ./test install theirs by themselves.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=scripts/common.sh
. "$ROOT/scripts/common.sh"
# shellcheck source=scripts/packages.sh
. "$ROOT/scripts/packages.sh"
# shellcheck disable=SC2086  # lists of words
packages_install $PALIQUE_RUN_PACKAGES $PALIQUE_TEST_PACKAGES $PALIQUE_CHECK_PACKAGES
