#!/bin/sh
# What is in the tree is finished, and carries no mark of where it was made.
set -u
cd "$(dirname "$0")/../.." || exit 1

found=$(git ls-files -z | grep -zv '^tests/lint/words.sh$' |
    xargs -0 grep -nIE \
    '\b(TODO|FIXME|XXX|HACK)\b|/home/[a-z]|/root/|/tmp/[a-z]+-[a-z]+/|^(<<<<<<<|>>>>>>>)' \
    2>/dev/null | grep -v package-lock)
[ -z "$found" ] || { echo "$found"; exit 1; }
