#!/bin/sh
# SPDX-License-Identifier: MIT
# A plugin's directory is a project of its own: each builds alone against an installed core, and two files are its whole
# installation. Arguments: the core's source directory, its build directory. Prints TAP.
source=$1 build=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
umask 022

set -- raw gif tiff png jpeg pdf video webp http archive
echo "1..$((1 + 3 * $#))"
number=0
ok() { # status, claim
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then echo "ok $number - $2"; else echo "not ok $number - $2"; fi
}

meson install -C "$build" --no-rebuild --skip-subprojects --destdir "$work/root" >"$work/log" 2>&1
ok $? "the core installs without its plugins"
pc=$(find "$work/root" -name mim-plugin.pc) prefix=$(sed -n 's/^prefix=//p' "$pc")
installed=$work/root$prefix
sed -i "s|^prefix=.*|prefix=$installed|" "$(dirname "$pc")"/*.pc
known=$(dirname "$(find "$installed" -name mim.ini -path '*known.d*')")
plugins=$(dirname "$(dirname "$pc")")/mim-1
LD_LIBRARY_PATH=$(dirname "$(dirname "$pc")") MIM_KNOWN_DIR=$known MIM_PLUGIN_PATH=$plugins:!
export LD_LIBRARY_PATH MIM_KNOWN_DIR MIM_PLUGIN_PATH
export PKG_CONFIG_PATH="$(dirname "$pc")"
mkdir -p "$plugins"
mim=$(find "$installed/bin" -name mim)

names_the_package() { # PLUGIN FORMAT
    if [ "$2" ]; then
        "$mim" formats | grep -q "^$2 .*not installed .*libmim-plugin-$1"
    else
        ! said=$("$mim" info http://127.0.0.1:9/a.gif 2>&1) && echo "$said" | grep -q "package libmim-plugin-$1"
    fi
}

for plugin; do
    format=$plugin
    case $plugin in # one of its formats; none for transports
    video) format=mp4 ;;
    archive) format=zip ;;
    http) format= ;;
    esac
    names_the_package "$plugin" "$format"
    ok $? "without $plugin its package is named"
    { meson setup "$work/$plugin" "$source/plugins/$plugin" --prefix "$installed" --libdir "${LD_LIBRARY_PATH#"$installed"/}" &&
        meson install -C "$work/$plugin"; } >"$work/log" 2>&1 && [ "$(ls "$plugins" | grep -c "^$plugin\.")" -eq 2 ]
    ok $? "$plugin builds alone and is two files"
    { [ "$format" ] && "$mim" formats || "$mim" plugins; } | grep -q "^${format:-$plugin} .*ready"
    ok $? "$plugin is ready when they are there"
done
