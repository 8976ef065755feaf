#!/bin/sh
# Memory comes from pools: only pool.o asks libc for it.
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=0
taboo='^(malloc|calloc|realloc|reallocarray|free|strdup|strndup|asprintf|vasprintf|aligned_alloc|posix_memalign|open_memstream)(@|$)'

[ -d build/release/obj ] || { echo "nothing is built: make"; exit 1; }
for source in lib/*/*.c cgi-bin/*.c sbin/*.c; do
	file=build/release/obj/${source%.c}.o
	[ "$source" != lib/core/pool.c ] || continue
	[ -e "$file" ] || continue
	used=$(nm -u "$file" | awk '{ print $2 }' | grep -E "$taboo") &&
	    echo "$source allocates by itself: $(echo "$used" | tr '\n' ' ')" && bad=1
done
exit $bad
