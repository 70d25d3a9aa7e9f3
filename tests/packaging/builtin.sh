#!/bin/sh
# SPDX-License-Identifier: MIT
# A static libmim with plugins inside: a program reads with them where no module and no manifest is installed.
# Argument: the source directory. Prints TAP.
source=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
umask 022
unset MIM_KNOWN_DIR

echo "1..6"
# shellcheck source=tests/packaging/tap.sh
. "$(dirname "$0")/tap.sh"

{ meson setup "$work/build" "$source" --auto-features=disabled --prefix "$work/root" -Dbuiltin=gif,png -Ddefault_library=static &&
    ninja -C "$work/build" install; } >"$work/log" 2>&1
ok $? "builds with gif and png inside"
find "$work/root" -path '*mim-1/*' \( -name '*.so' -o -name gif.ini -o -name png.ini \) -delete
pc=$(find "$work/root" -name mim.pc)
export PKG_CONFIG_PATH="$(dirname "$pc")" MIM_PLUGIN_PATH=! HOME=/nonexistent
cp "$source/tests/data/testcard.gif" "$work/a.gif"
cd "$work" || exit 1
mim=$work/root/bin/mim

"$mim" plugins >log 2>&1 && [ "$(grep -c 'ready *built in$' log)" -eq 2 ]
ok $? "both are listed as built in"
"$mim" convert a.gif a.apng >log 2>&1 && "$mim" convert a.apng -f b.gif >log 2>&1 &&
    "$mim" convert a.gif a.raw >log 2>&1
[ -s b.gif ] && grep -q 'no installed plugin writes it' log
ok $? "both read and write, and others are missing"
# shellcheck disable=SC2046  # flags are words
cc "$source/docs/examples/read.c" -o read $(pkg-config --static --cflags --libs mim) >log 2>&1 && ./read a.gif >log 2>&1 &&
    [ "$(wc -l <log)" -eq 12 ]
ok $? "a program links the library and reads"
! readelf -d read | grep -q libmim
ok $? "it needs no libmim"

mkdir own && cp "$work/build/plugins/gif/gif.so" "$work/build/plugins/gif/gif.ini" own
MIM_PLUGIN_PATH=$work/own "$mim" plugins >log 2>&1 && grep -q "shadowed *built in" log
ok $? "a plugin in a directory replaces one inside"
