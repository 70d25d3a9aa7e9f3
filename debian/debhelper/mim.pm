# SPDX-License-Identifier: MIT
# dh sequence of packages with plugins of mim: "Build-Depends: dh-sequence-mim".
use strict;
use warnings;
use Debian::Debhelper::Dh_Lib;

insert_after('dh_install', 'dh_mim');

1;
