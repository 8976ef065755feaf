#!/bin/sh
# What headers cannot know: no object calls into a folder that its own may not
# use, and lib/pbx is pure: no I/O, no clock, nothing of the process.
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=0

[ -d build/release/obj ] || { echo "nothing is built: make"; exit 1; }
defined=$(mktemp)
trap 'rm -f "$defined"' EXIT
for source in lib/*/*.c; do
	file=build/release/obj/${source%.c}.o
	[ -e "$file" ] || continue
	folder=${source#lib/}
	nm -g --defined-only "$file" | awk -v f="${folder%%/*}" '
	NF == 3 { print $3, f }'
done >"$defined"

# uses FOLDER ALLOWED...
uses()
{
	folder=$1
	for source in lib/"$folder"/*.c; do
		file=build/release/obj/${source%.c}.o
		[ -e "$file" ] || continue
		nm -u "$file" | awk -v source="$source" -v allowed=" $* " '
		FILENAME == "-" { if ($2 in home &&
		    index(allowed, " " home[$2] " ") == 0) {
			print source " calls " $2 " of lib/" home[$2]
			bad = 1
		}
		next }
		{ home[$1] = $2 }
		END { exit bad }' "$defined" - || bad=1
	done
}

make -s layers >"$defined.layers" || bad=1
while read -r line; do
	# shellcheck disable=SC2086 # folders are words
	uses $line
done <"$defined.layers"
rm -f "$defined.layers"

impure='^(open|openat|read|write|pread|pwrite|fopen|fclose|fread|fwrite|fputs|fprintf|printf|puts|getenv|setenv|time|clock_gettime|gettimeofday|clock|localtime_r|mktime|tzset|rand|random|arc4random|getrandom|socket|connect|fork|stderr|stdout|log_write)(@|$)'
for source in lib/pbx/*.c; do
	file=build/release/obj/${source%.c}.o
	[ -e "$file" ] || continue
	used=$(nm -u "$file" | awk '{ print $2 }' | grep -E "$impure") &&
	    echo "$source is not pure: $(echo "$used" | tr '\n' ' ')" && bad=1
done
exit $bad
