#!/bin/sh
# No responder starts another program, nor does the library below it.
set -u
cd "$(dirname "$0")/../.." || exit 1

tests/lint/needs | awk '
$1 !~ /^sbin\// && $1 !~ /^lib\/ctl\// &&
$2 ~ /^(system|popen|exec[vl]p?e?|execveat|fexecve|posix_spawnp?|wordexp)$/ {
	print $1 " starts programs: " $2
	bad = 1
}
END { exit bad || NR == 0 }'
