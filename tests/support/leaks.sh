#!/bin/bash
# SPDX-License-Identifier: MIT
# Runs a test under LeakSanitizer. Its tracer itself dies now and then beside PoCL's threads (a fatal error
# of its own, no leak): then, and only then, the test runs again, up to five times.
set -u
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for _ in 1 2 3 4 5; do
    "$@" 2>"$log"
    status=$?
    cat "$log" >&2
    if [ "$status" -eq 0 ] || ! grep -q 'LeakSanitizer has encountered a fatal error' "$log"; then
        break
    fi
done
exit "$status"
