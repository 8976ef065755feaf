#!/bin/sh
# No responder starts another program.
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=0
taboo='^(system|popen|exec[vl]p?e?|execveat|fexecve|posix_spawnp?|wordexp)(@|$)'

for source in cgi-bin/*.c lib/*/*.c; do
	file=build/release/obj/${source%.c}.o
	[ -e "$file" ] || continue
	used=$(nm -u "$file" | awk '{ print $2 }' | grep -E "$taboo") &&
	    echo "$source starts programs: $(echo "$used" | tr '\n' ' ')" && bad=1
done
exit $bad
