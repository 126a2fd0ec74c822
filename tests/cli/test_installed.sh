#!/bin/sh
# SPDX-License-Identifier: MIT
# Installs into an empty folder, then builds and runs a C and a C++17 program with nothing but what
# pkg-config says, and the installed command. Usage: test_installed.sh BUILD XOR.c XOR.cpp
set -eu

build=$1
xor_c=$(realpath "$2")
xor_cpp=$(realpath "$3")
root=$(mktemp -d "${TMPDIR:-/tmp}/clkeras-installed-XXXXXX")
trap 'rm -rf "$root"' EXIT

meson install -C "$build" --no-rebuild --quiet --destdir "$root" >"$root/install.log" 2>&1 || {
    cat "$root/install.log"
    exit 1
}
pc=$(find "$root" -name clkeras.pc)
[ -n "$pc" ] || { echo "no clkeras.pc was installed"; exit 1; }
PKG_CONFIG_PATH=$(dirname "$pc")
export PKG_CONFIG_PATH
prefix=$root$(pkg-config --variable=prefix clkeras)
flags=$(pkg-config --define-variable=prefix="$prefix" --cflags --libs clkeras)
libraries=$(dirname "$(find "$root" -name 'libclkeras.so' | head -n 1)")

cd "$root"
# $flags is a list of words
# shellcheck disable=SC2086
${CC:-cc} -std=c11 -Wall -Wextra -Werror "$xor_c" $flags -o xor_c
# shellcheck disable=SC2086
${CXX:-c++} -std=c++17 -Wall -Wextra -Werror "$xor_cpp" $flags -o xor_cpp
LD_LIBRARY_PATH=$libraries${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export LD_LIBRARY_PATH
./xor_c
./xor_cpp
"$prefix/bin/clkeras" --version | grep -qx "clkeras $(pkg-config --modversion clkeras)"
