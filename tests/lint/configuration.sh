#!/bin/sh
# etc/opbx.conf explains every key that a program asks for, and no other.
set -u
cd "$(dirname "$0")/../.." || exit 1
bad=0

asked=$(cat lib/*/*.c cgi-bin/*.c sbin/*.c 2>/dev/null | tr -d '\n\t' |
    grep -oE 'conf_(text|int|is|path)\([^"();]*"[a-z_.]+"' |
    sed 's/.*"\(.*\)"/\1/' | sort -u)
explained=$(sed -n 's/^#\{0,1\}\([a-z_.]*\) =.*/\1/p
    s/^@DB_SOCKET@$/db.socket/p; s/^@DB_ADMIN@$/db.admin_user/p
    s/^@REDIS_SOCKET@$/redis.socket/p' etc/opbx.conf | sort -u)

for key in $asked; do
	echo "$explained" | grep -qxF "$key" ||
	    { echo "etc/opbx.conf does not explain $key"; bad=1; }
done
for key in $explained; do
	grep -qF "\"$key\"" lib/*/*.c cgi-bin/*.c sbin/*.c 2>/dev/null ||
	    { echo "etc/opbx.conf explains $key, which nobody reads"; bad=1; }
done
exit $bad
