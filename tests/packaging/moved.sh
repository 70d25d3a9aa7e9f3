#!/bin/sh
# SPDX-License-Identifier: MIT
# A prefix that was copied elsewhere finds its plugins and hints beside its library, also if the files are read-only and all
# have the same time, as in an overlay or a Nix store. Argument: the build directory. Prints TAP.
build=$1
work=$(mktemp -d) || exit 1
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
umask 022
unset MIM_PLUGIN_PATH MIM_KNOWN_DIR

echo "1..6"
# shellcheck source=tests/packaging/tap.sh
. "$(dirname "$0")/tap.sh"

DESTDIR="$work/root" meson install -C "$build" --no-rebuild >"$work/log" 2>&1
ok $? "installs"
pc=$(find "$work/root" -name mim.pc) prefix=$(sed -n 's/^prefix=//p' "$pc")
cp -R "$work/root$prefix" "$work/image"
rm -rf "$work/root"
library=$(dirname "$(find "$work/image" -name libmim.so)")
find "$work/image" -name pdf.so -delete -o -name pdf.ini -path '*mim-1/pdf.ini' -delete
find "$work/image" -exec touch -h -d @1 {} +
chmod -R a-w "$work/image"

mim() {
    HOME=/nonexistent LD_LIBRARY_PATH=$library "$work/image/bin/mim" "$@" >"$work/log" 2>&1
}
mim plugins --paths
grep -qx "$library/mim-1" "$work/log"
ok $? "searches the directory beside the library"
mim plugins raw && grep -q "manifest *$library/mim-1/raw.ini" "$work/log"
ok $? "loads a plugin from there"
printf '%%PDF-1.4\n' >"$work/a"
! mim info "$work/a" && grep -q 'this is PDF.*libmim-plugin-pdf' "$work/log"
ok $? "has its hints"

# Two layers of read-only directories, as of system extensions.
mkdir "$work/more" "$work/merged"
cp "$library/mim-1/raw.so" "$library/mim-1/raw.ini" "$work/more"
find "$work/more" -exec touch -h -d @1 {} +
if unshare -m true 2>"$work/log"; then
    HOME=/nonexistent unshare -m sh -c "mount -t overlay overlay -o 'lowerdir=$work/more:$library/mim-1' '$work/merged' || exit 77
        MIM_PLUGIN_PATH='$work/merged:!' LD_LIBRARY_PATH='$library' '$work/image/bin/mim' plugins raw" >"$work/log" 2>&1
    status=$?
else
    status=77
fi
if [ $status -eq 77 ]; then
    echo "ok 5 - loads from an overlay # SKIP no overlay can be mounted"
    echo "ok 6 - the overlay is the place # SKIP no overlay can be mounted"
    exit
fi
ok $status "loads from an overlay"
grep -q "manifest *$work/merged/raw.ini" "$work/log"
ok $? "the overlay is the place"
