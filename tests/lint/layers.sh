#!/bin/sh
# What headers cannot know: no object calls into a folder that its own may not
# use, and lib/pbx is pure: no I/O, no clock, nothing of the process.
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=0
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

tests/lint/needs >"$folder/needs" || exit 1
make -s layers >"$folder/layers" || exit 1
for source in lib/*/*.c; do
	[ ! -e "build/release/obj/${source%.c}.o" ] ||
	    echo "build/release/obj/${source%.c}.o"
done | xargs nm -g -A --defined-only |
    sed -n 's|^build/release/obj/lib/\([^/]*\)/.* \([^ ]*\)$|\1 \2|p' \
    >"$folder/defines"

# layers: "FOLDER ITSELF-OR-BELOW..."; defines: "FOLDER SYMBOL".
awk '
FILENAME ~ /layers$/ {
	for (i = 1; i <= NF; i++)
		may[$1, $i] = 1
	next
}
FILENAME ~ /defines$/ { home[$2] = $1; next }
$1 ~ /^lib\// && $2 in home {
	split($1, part, "/")
	if (!((part[2], home[$2]) in may)) {
		print $1 " calls " $2 " of lib/" home[$2]
		bad = 1
	}
}
END { exit bad }' "$folder/layers" "$folder/defines" "$folder/needs" || bad=1

awk '
BEGIN {
	n = split("open openat read write pread pwrite fopen fclose fread " \
	    "fwrite fputs fprintf printf puts getenv setenv time " \
	    "clock_gettime gettimeofday clock localtime_r mktime tzset " \
	    "rand random arc4random getrandom socket connect fork stderr " \
	    "stdout log_write clock_now clock_monotonic", word, " ")
	for (; n > 0; n--)
		impure[word[n]] = 1
}
$1 ~ /^lib\/pbx\// && $2 in impure {
	print $1 " is not pure: " $2
	bad = 1
}
END { exit bad }' "$folder/needs" || bad=1
exit $bad
