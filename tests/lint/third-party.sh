#!/bin/sh
# A library is known to one object only, so that its next version changes one
# file: its functions (nm -u) and its headers appear nowhere else.
set -u
cd "$(dirname "$0")/../.." || exit 1
obj=build/release/obj
bad=0

# only OBJECT PATTERN: functions that PATTERN matches are OBJECT's alone.
only()
{
	for source in lib/*/*.c cgi-bin/*.c sbin/*.c; do
		file=$obj/${source%.c}.o
		[ "$file" != "$obj/$1" ] || continue
		[ -e "$file" ] || continue
		used=$(nm -u "$file" | awk '{ print $2 }' | grep -E "$2") &&
		    echo "$source uses what only ${1%.o}.c may: $(echo "$used" | tr '\n' ' ')" && bad=1
	done
}

# header NAME FILE: the header is included by FILE alone.
header()
{
	found=$(grep -lE "^#include <$1>" lib/*/* cgi-bin/* sbin/* 2>/dev/null |
	    grep -vxF "$2")
	[ -z "$found" ] || { echo "<$1> belongs to $2, not to $(echo "$found" |
	    tr '\n' ' ')"; bad=1; }
}

[ -d $obj ] || { echo "nothing is built: make"; exit 1; }
only lib/store/db.o '^(mysql|mariadb)_'
only lib/store/redis.o '^redis[A-Z]'
only lib/voice/cxml.o '^mxml'
only lib/http/serve.o '^FCGX_'
only lib/net/fetch.o '^curl_'
only lib/core/crypto.o '^(crypto_(pwhash|aead|auth|generichash|hash|kdf|secret|sign|box|scalarmult|stream|core|verify)|sodium_|randombytes)'
only lib/core/json.o '^json_(object|tokener|c_|util)'
only lib/core/id.o '^uuid_'
header '(mariadb/)?(mysql|mysqld_error|errmsg|mariadb_com)\.h' lib/store/db.c
header '(hiredis/)?(hiredis|async)\.h' lib/store/redis.c
header 'mxml\.h' lib/voice/cxml.c
header '(fcgiapp|fcgi_stdio|fastcgi)\.h' lib/http/serve.c
header 'curl/.*' lib/net/fetch.c
header 'sodium.*' lib/core/crypto.c
header '(json-c/)?json.*\.h' lib/core/json.c
header '(uuid/)?uuid\.h' lib/core/id.c
exit $bad
