#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs a test program on Oclgrind's simulated device: oclgrind.sh PROGRAM [ARGUMENT...]
# Fails if the program fails or Oclgrind has anything to say. It exits with 0 even after errors, so its
# log must be empty; what --check-api finds goes to stderr and is looked for there.
# Use: meson test --suite ops --wrapper tests/support/oclgrind.sh
set -u

work=$(mktemp -d "${TMPDIR:-/tmp}/oclgrind.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT

# Oclgrind has one device, and no use for binaries made by another driver.
unset CLKERAS_DEVICE CLKERAS_VISIBLE_DEVICES
CLKERAS_CACHE_DIR=$work/cache CK_DEFAULT_TIMEOUT=0 \
    oclgrind --log "$work/log" --check-api --uninitialized --data-races "$@" 2>"$work/stderr"
code=$?
cat "$work/stderr" >&2
if [ -s "$work/log" ]; then
    echo "oclgrind: errors in $1:" >&2
    cat "$work/log" >&2
    code=1
elif grep -q '^Oclgrind - OpenCL runtime error' "$work/stderr"; then
    echo "oclgrind: misuse of the interface in $1, see above" >&2
    code=1
fi
exit "$code"
