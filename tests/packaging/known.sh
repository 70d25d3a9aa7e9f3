#!/bin/sh
# SPDX-License-Identifier: MIT
# Hints name packages that exist: for the plugins of this source, built or not, and for those that -Dknown adds.
# Argument: the source directory. Prints TAP.
source=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

echo "1..5"
# shellcheck source=tests/packaging/tap.sh
. "$(dirname "$0")/tap.sh"

configure() { # build directory, options: a core without plugins
    directory=$1
    shift
    meson setup "$work/$directory" "$source" --auto-features=disabled "$@" >"$work/log" 2>&1
}

# The packages that the hints name, in one line.
packages() { # build directory
    ninja -C "$work/$1" conf/mim.ini >>"$work/log" 2>&1
    sed -n 's/^package *= *//p' "$work/$1/conf/mim.ini" | sort | tr '\n' ' '
}

configure default
[ "$(packages default)" = "libmim-plugin-archive libmim-plugin-gif libmim-plugin-http libmim-plugin-jpeg libmim-plugin-pdf libmim-plugin-png libmim-plugin-raw libmim-plugin-tiff \
libmim-plugin-video libmim-plugin-webp " ]
ok $? "packages are named for the plugins of this source, also of those left out"
[ "$(grep -c '^\[format ' "$work/default/conf/mim.ini")" -gt 20 ] && grep -q '^\[format avif\]' "$work/default/conf/mim.ini"
ok $? "other formats are known all the same"

configure more -Dknown=avif,jxl -Dhint_package=mim-@NAME@
[ "$(packages more)" = "mim-archive mim-avif mim-gif mim-http mim-jpeg mim-jxl mim-pdf mim-png mim-raw mim-tiff mim-video mim-webp " ]
ok $? "a distribution adds its own, and names them its way"

! configure wrong -Dknown=avif,nonesuch
ok $? "an unknown name is an error"
grep -q 'nonesuch.*avif.*heif.*jxl' "$work/log"
ok $? "the error says which names there are"
