#!/bin/sh
# SPDX-License-Identifier: MIT
# -Dtests=disabled holds for the plugins too: packages are built without compiling a test. Argument: the source directory. Prints TAP.
source=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

echo "1..3"
# shellcheck source=tests/packaging/tap.sh
. "$(dirname "$0")/tap.sh"

meson setup "$work/build" "$source" -Dtests=disabled >"$work/log" 2>&1
ok $? "configures without tests"
meson introspect "$work/build" --targets | tr ',' '\n' | sed -n 's/.*"name": "\(.*\)"/\1/p' >"$work/log"
grep -q '^gif-parts$' "$work/log" && ! grep -q '^test_\|-tests$' "$work/log"
ok $? "builds plugins, and no test"
[ "$(meson introspect "$work/build" --tests)" = "[]" ]
ok $? "runs no test"
