#!/bin/sh
# Memory comes from pools: only pool.o asks libc for it.
set -u
cd "$(dirname "$0")/../.." || exit 1

tests/lint/needs | awk '
BEGIN {
	n = split("malloc calloc realloc reallocarray free strdup strndup " \
	    "asprintf vasprintf aligned_alloc posix_memalign " \
	    "open_memstream", word, " ")
	for (; n > 0; n--)
		taboo[word[n]] = 1
}
$2 in taboo && $1 != "lib/core/pool.c" {
	print $1 " allocates by itself: " $2
	bad = 1
}
END { exit bad || NR == 0 }'
