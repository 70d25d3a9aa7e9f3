# SPDX-License-Identifier: MIT
# Turns a text into a string in C.
s/[\"]/\\&/g
s/.*/"&\\n"/
