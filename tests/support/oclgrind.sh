#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs a test program on Oclgrind's simulated device: oclgrind.sh PROGRAM [ARGUMENT...]
# Fails if the program fails or Oclgrind has anything to say. It exits with 0 even after errors, so its
# log must be empty; what --check-api finds goes to stderr and is looked for there.
# Use: meson test --setup oclgrind --suite ops --suite ops-gpu
set -u

work=$(mktemp -d "${TMPDIR:-/tmp}/oclgrind.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT

# Oclgrind has one device, of every type at once, and no use for binaries made by another driver. It knows no
# "freeze", which LLVM's optimizer emits; and is slow enough to leave out the large cases.
unset CLKERAS_DEVICE CLKERAS_VISIBLE_DEVICES
export CLKERAS_CACHE_DIR="$work/cache" CK_DEFAULT_TIMEOUT=0 CLKERAS_GEOMETRY="${CLKERAS_GEOMETRY:-cpu}"
export CLKERAS_TEST_MAX_LEN="${CLKERAS_TEST_MAX_LEN:-1024}"

# Tiles of products make Oclgrind 21.10 itself crash in its shadow memory (Uninitialized::instructionExecuted)
# on the CPU's kernels, and need minutes on the GPU's. Elsewhere note that clEnqueueFillBuffer does not count as
# writing, nor does all of a write at an offset; what the host writes whole, from 0, does.
case $(basename "$1") in
*matmul* | *conv* | *einsum*) uninitialized= ;;
*) uninitialized=--uninitialized ;;
esac
# Oclgrind counts the local memory of all kernels of a program for each of them.
oclgrind --local-mem-size 1048576 --build-options -cl-opt-disable --log "$work/log" --check-api --data-races \
    ${uninitialized:+"$uninitialized"} "$@" 2>"$work/stderr"
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
