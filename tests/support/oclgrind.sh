#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs a test program on Oclgrind's simulated device: oclgrind.sh PROGRAM [ARGUMENT...]
# Fails if the program fails or Oclgrind has anything to say: it exits with 0 even after errors, so
# its log must be empty. Use with: meson test --suite ops --wrapper tests/support/oclgrind.sh
set -u

log=$(mktemp "${TMPDIR:-/tmp}/oclgrind.XXXXXX") || exit 99
cache=$(mktemp -d "${TMPDIR:-/tmp}/oclgrind-cache.XXXXXX") || exit 99
trap 'rm -rf "$log" "$cache"' EXIT

# Binaries of the other drivers are of no use here, and a device named for them does not exist.
unset CLKERAS_DEVICE CLKERAS_VISIBLE_DEVICES
CLKERAS_CACHE_DIR=$cache CK_DEFAULT_TIMEOUT=0 \
    oclgrind --log "$log" --check-api --uninitialized --data-races "$@"
code=$?
if [ -s "$log" ]; then
    echo "oclgrind: errors in $1:" >&2
    cat "$log" >&2
    exit 1
fi
exit "$code"
