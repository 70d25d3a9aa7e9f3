#!/bin/sh
# SPDX-License-Identifier: MIT
# Programs and plugins outside of the tree build against an installed mim, by pkg-config and by CMake, in C and in C++.
# Arguments: the source directory, the build directory. Prints TAP.
source=$1 build=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
umask 022
unset MIM_PLUGIN_PATH MIM_KNOWN_DIR

echo "1..8"
# shellcheck source=tests/packaging/tap.sh
. "$(dirname "$0")/tap.sh"
skip() { # claim, reason
    number=$((number + 1))
    echo "ok $number - $1 # SKIP $2"
}

DESTDIR="$work/root" meson install -C "$build" --no-rebuild >"$work/log" 2>&1
ok $? "installs"
pc=$(find "$work/root" -name mim.pc) prefix=$(sed -n 's/^prefix=//p' "$pc")
installed=$work/root$prefix libdir=$(dirname "$(dirname "$pc")")
sed -i "s|^prefix=.*|prefix=$installed|" "$(dirname "$pc")"/*.pc
export PKG_CONFIG_PATH="$(dirname "$pc")" LD_LIBRARY_PATH="$libdir" HOME=/nonexistent
version=$(pkg-config --modversion mim)
cp "$source/tests/data/testcard.gif" "$work/a.gif"
cd "$work" || exit 1
flags=
if ldd "$libdir/libmim.so" | grep -q libasan; then # programs of a sanitized library have to be so themselves
    flags=-fsanitize=address,undefined
fi
export CFLAGS="$flags" CXXFLAGS="$flags" # for CMake

# shellcheck disable=SC2046,SC2086  # flags are words
cc $flags "$source/docs/examples/first.c" -o first $(pkg-config --cflags --libs mim) >log 2>&1 && ./first >log 2>&1 &&
    grep -q '12 frames: done' log
ok $? "a program builds by pkg-config and finds the installed plugins"
# shellcheck disable=SC2046
cc -shared -fPIC -fvisibility=hidden "$source/docs/examples/plugin/pgm.c" -o pgm.so $(pkg-config --cflags mim-plugin) >log 2>&1 &&
    cp pgm.so "$source/docs/examples/plugin/pgm.ini" "$(pkg-config --variable=plugindir mim-plugin)" &&
    "$installed/bin/mim" plugins pgm >log 2>&1
ok $? "a plugin builds by pkg-config, which states its directory"
rm -f "$libdir"/mim-1/pgm.*

if ! command -v cmake >/dev/null || ! command -v c++ >/dev/null; then
    for claim in configures "builds a program" "builds a program in C++" "builds a plugin" "compares versions"; do
        skip "CMake $claim" "no CMake or C++ compiler"
    done
    exit
fi
mkdir project
cat >project/CMakeLists.txt <<CMAKE
cmake_minimum_required(VERSION 3.13)
project(outside C CXX)
find_package(mim $version REQUIRED)
set(CMAKE_CXX_STANDARD 17)
add_executable(first "$source/docs/examples/first.c")
target_link_libraries(first mim::mim)
add_executable(cplusplus "$source/docs/examples/using/cplusplus.cpp")
target_link_libraries(cplusplus mim::mim)
add_library(pgm MODULE "$source/docs/examples/plugin/pgm.c")
target_link_libraries(pgm mim::plugin)
set_target_properties(pgm PROPERTIES PREFIX "" C_VISIBILITY_PRESET hidden)
install(TARGETS pgm DESTINATION "\${mim_PLUGIN_DIR}")
install(FILES "$source/docs/examples/plugin/pgm.ini" DESTINATION "\${mim_PLUGIN_DIR}")
CMAKE
# CMake searches the directories of libraries that Debian uses, but meson may have chosen lib64.
cmake -S project -B made -Dmim_DIR="$libdir/cmake/mim" >log 2>&1
ok $? "CMake configures"
rm -f a.tiff
cmake --build made --target first >log 2>&1 && made/first >log 2>&1 && [ -s a.tiff ]
ok $? "CMake builds a program"
cmake --build made --target cplusplus >log 2>&1 && made/cplusplus >log 2>&1 && [ -s b.tiff ]
ok $? "CMake builds a program in C++"
{ cmake --build made && cmake --install made && "$installed/bin/mim" plugins pgm; } >log 2>&1
ok $? "CMake builds a plugin"
sed -i 's/find_package(mim [0-9.]* /find_package(mim 9 /' project/CMakeLists.txt
! cmake -S project -B other -Dmim_DIR="$libdir/cmake/mim" >log 2>&1 && grep -q 'mimConfig.cmake, version' log
ok $? "CMake compares versions"
