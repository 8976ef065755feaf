#!/bin/sh
# Files that a person reads in one go: none above 600 lines, 90 % of them below
# 400, headers below 220 and half of them below 80.  (Functions: clang-tidy.)
set -u
cd "$(dirname "$0")/../.." || exit 1

wc -l lib/*/*.[ch] cgi-bin/*.c sbin/*.c tests/*/*.c tests/*/*.py \
    tools/*.sh tools/*.d/*.sh tools/*.mjs tools/instance tools/packages \
    www/*.css www/css/*.css www/js/*.js www/js/pages/*.js tests/e2e/*.mjs \
    GNUmakefile \
    2>/dev/null | awk '
$2 == "total" { next }
$2 ~ /\.h$/ {
	headers++
	short += $1 <= 80
	if ($1 > 220)
		say($0, 220)
	next
}
{
	files++
	small += $1 <= 400
	if ($1 > 600)
		say($0, 600)
}
function say(line, most) { print line ": more than " most " lines"; bad = 1 }
END {
	if (small < files * 0.9) {
		print files - small " of " files " files have over 400 lines"
		bad = 1
	}
	if (short < headers * 0.5) {
		print headers - short " of " headers " headers have over 80"
		bad = 1
	}
	exit bad
}'
