#!/bin/bash
# SPDX-License-Identifier: MIT
# Runs a test under LeakSanitizer. Its tracer itself dies now and then beside PoCL's threads (a fatal error
# of its own, no leak): then, and only then, the test runs once more.
set -u
log=$(mktemp)
trap 'rm -f "$log"' EXIT
"$@" 2>"$log"
status=$?
cat "$log" >&2
if [ "$status" -ne 0 ] && grep -q 'LeakSanitizer has encountered a fatal error' "$log"; then
    "$@"
    status=$?
fi
exit "$status"
