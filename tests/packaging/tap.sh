# SPDX-License-Identifier: MIT
# For the scripts here: prints a line of TAP for each claim, and the end of "$work/log" if it does not hold.
number=0
ok() { # status, claim
    number=$((number + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $number - $2"
    else
        echo "not ok $number - $2"
        tail -n 15 "$work/log" | sed 's/^/# /'
    fi
}
