# The folder of an instance: who may enter it, and its configuration.
# shellcheck shell=sh
# shellcheck disable=SC2154 # root, port, server… come from tools/instance

find_folder()
{
	var=${VAR:-var}
	case $var in
	/*) ;;
	*) var=$root/$var ;;
	esac
	if [ ! -d "$var" ]; then
		[ "$1" = create ] || return 1
		mkdir -p "$var" || die "cannot make $var"
	fi
	var=$(cd "$var" && pwd -P)
	conf=$var/etc/opbx.conf
}

# A unix socket's path has at most 107 bytes: below a long VAR the sockets go
# to a short folder of their own, and VAR/run is a link to it.
run_folder()
{
	if [ -L "$var/run" ] && [ ! -d "$var/run/" ]; then
		rm -f "$var/run"
	fi
	if [ ! -d "$var/run" ]; then
		if [ ${#var} -gt 64 ]; then
			ln -s "$(mktemp -d /tmp/opbx.XXXXXX)" "$var/run"
		else
			mkdir "$var/run"
		fi
	fi
	run=$(cd "$var/run" && pwd -P)
	if [ -n "$group" ]; then
		chgrp "$group" "$run"
		chmod 2770 "$run"
	else
		chmod 700 "$run"
	fi
}

# The group of the web server's workers when it drops root.
web_group()
{
	group=
	case $server in
	apache* | nginx)
		[ "$user" != root ] || group='www-data'
		;;
	esac
}

can_reach()
{
	[ -z "$group" ] || setpriv --reuid=www-data --regid=www-data \
	    --clear-groups test -x "$1"
}

# The state must be in reach of whom the web server becomes.  The checkout
# need not: what that user reads of it is then copied into the state.
reachable()
{
	can_reach "$var" ||
	    die "$server runs as www-data, who cannot reach $var:\
 VAR=/some/folder/else"
	copied=
	can_reach "$root/etc" || copied=yes
}

space()
{
	free=$(df -Pk "$var" | awk 'NR == 2 { print $4 }')
	[ "$free" -ge 131072 ] || die "the disk of $var is full:\
 $((free / 1024)) MiB are free, 128 MiB are needed"
}

folders()
{
	mkdir -p "$var/cgi-bin" "$var/etc" "$var/log" "$var/pid" "$var/tmp" "$var/redis" \
	    "$var/spool" "$var/audio" || die "cannot write to $var"
	web_group
	reachable
	run_folder
	rm -f "$var/cgi-bin/"*
	for program in $programs; do
		if [ -n "$copied" ]; then
			cp "$root/$program" "$var/cgi-bin/"
		else
			ln -s "$root/$program" "$var/cgi-bin/"
		fi
	done
	www=$root/build/www
	errors=$root/etc/errors
	schema=$root/build/$mode/schema
	if [ -n "$copied" ]; then
		rm -rf "$var/www" "$var/errors" "$var/schema"
		www=$var/www
		errors=$var/errors
		schema=$var/schema
		cp -r "$root/build/www" "$www"
		cp -r "$root/etc/errors" "$errors"
		cp -r "$root/build/$mode/schema" "$schema"
	fi
	touch "$var/log/opbx.log"
	if [ -n "$group" ]; then
		chgrp "$group" "$var/log/opbx.log" "$var/spool" "$var/tmp" \
		    "$var/audio"
		chmod 660 "$var/log/opbx.log"
		chmod 2770 "$var/spool" "$var/tmp" "$var/audio"
		# What was made behind another server stays in reach.
		chgrp -R "$group" "$var/spool" "$var/audio"
		chmod -R g+rwX "$var/spool" "$var/audio"
		find "$var/spool" "$var/audio" -type d -exec chmod g+s {} +
	fi
}

# set_key KEY VALUE: the line of opbx.conf that depends on where and how the
# instance runs, added where an older file lacks it; all others are the owner's.
set_key()
{
	if ! grep -qxF "$1 = $2" "$conf"; then
		key=$1 value=$2 awk '
		index($0, ENVIRON["key"] " =") == 1 {
			$0 = ENVIRON["key"] " = " ENVIRON["value"]
			found = 1
		}
		{ print }
		END {
			if (!found)
				print ENVIRON["key"] " = " ENVIRON["value"]
		}' "$conf" >"$conf.new"
		mv "$conf.new" "$conf"
	fi
}

configure()
{
	base=http://127.0.0.1:$port
	if [ ! -e "$var/etc/secret" ]; then
		(umask 077
		od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n' \
		    >"$var/etc/secret.new")
		mv "$var/etc/secret.new" "$var/etc/secret"
	fi
	if [ -n "$group" ]; then
		chgrp "$group" "$var/etc/secret"
		chmod 640 "$var/etc/secret"
	fi
	if [ ! -e "$conf" ]; then
		"$root/tools/template" "$root/etc/opbx.conf" \
		    "BASE_URL=$base" "SECRET=$var/etc/secret" \
		    "RUN=$run" "VAR=$var" "WWW=$www" "SQL=$root/sql" \
		    "SCHEMA=$schema" \
		    "DB_SOCKET=db.socket = $run/mariadb.sock" \
		    "DB_ADMIN=db.admin_user = $user" \
		    "REDIS_SOCKET=redis.socket = $run/redis.sock" \
		    >"$conf.new"
		mv "$conf.new" "$conf"
	fi
	set_key base_url "$base"
	set_key run_dir "$run"
	set_key schema_dir "$schema"
	set_key db.socket "$run/mariadb.sock"
	set_key redis.socket "$run/redis.sock"
	[ "${PATIENT:-}" != yes ] || set_key deadline.factor 4
	[ -z "$carrier" ] || set_key carrier.url "$carrier"
	case $carrier in
	http:*)
		set_key net.allow_http yes
		set_key net.allow_private 127.0.0.1
		;;
	esac
	if [ -e "$var/demo.env" ] &&
	    ! grep -qx "BASE_URL='*$base'*" "$var/demo.env"; then
		sed -i "s|^BASE_URL=.*|BASE_URL='$base'|" "$var/demo.env"
	fi
}
