#!/bin/sh
# A library is known to one object only, so that its next version changes one
# file: its functions (nm -u) and its headers appear nowhere else.
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=0
needs=$(mktemp)
trap 'rm -f "$needs"' EXIT
tests/lint/needs >"$needs" || exit 1

# only SOURCE PATTERN: functions that PATTERN matches are SOURCE's alone.
only()
{
	awk -v owner="$1" -v pattern="$2" '
	$2 ~ pattern && $1 != owner {
		print $1 " uses what only " owner " may: " $2
		bad = 1
	}
	END { exit bad }' "$needs" || bad=1
}

# header NAME FILE: the header is included by FILE alone.
header()
{
	found=$(grep -lE "^#include <$1>" lib/*/* cgi-bin/* sbin/* 2>/dev/null |
	    grep -vxF "$2")
	[ -z "$found" ] || { echo "<$1> belongs to $2, not to $(echo "$found" |
	    tr '\n' ' ')"; bad=1; }
}

only lib/store/db.c '^(mysql|mariadb)_'
only lib/store/redis.c '^redis[A-Z]'
only lib/voice/cxml.c '^mxml'
only lib/http/serve.c '^FCGX_'
only lib/net/fetch.c '^curl_'
only lib/core/crypto.c '^(crypto_(pwhash|aead|auth|generichash|hash|kdf|secret|sign|box|scalarmult|stream|core|verify)|sodium_|randombytes)'
only lib/core/json.c '^json_(object|tokener|c_|util)'
only lib/core/id.c '^uuid_'
only lib/guard/totp.c '^oath_'
header '(mariadb/)?(mysql|mysqld_error|errmsg|mariadb_com)\.h' lib/store/db.c
header '(hiredis/)?(hiredis|async)\.h' lib/store/redis.c
header 'mxml\.h' lib/voice/cxml.c
header '(fcgiapp|fcgi_stdio|fastcgi)\.h' lib/http/serve.c
header 'curl/.*' lib/net/fetch.c
header 'sodium.*' lib/core/crypto.c
header '(json-c/)?json.*\.h' lib/core/json.c
header '(uuid/)?uuid\.h' lib/core/id.c
header '(liboath/)?oath\.h' lib/guard/totp.c
exit $bad
