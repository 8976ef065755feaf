# The servers of an instance: MariaDB, Redis and one of the web servers.
# shellcheck shell=sh
# shellcheck disable=SC2154 # root, var, run… come from tools/instance

mariadb_files()
{
	sql_mode=STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO
	sql_mode=$sql_mode,NO_ZERO_DATE,NO_ZERO_IN_DATE,NO_AUTO_CREATE_USER
	sql_mode=$sql_mode,NO_ENGINE_SUBSTITUTION
	cat >"$var/etc/mariadb.cnf" <<-END
	[mariadbd]
	datadir = $var/mariadb
	# Another server that starts would remove our files in a shared one.
	tmpdir = $var/tmp
	socket = $run/mariadb.sock
	pid-file = $run/mariadb.pid
	user = $user
	skip-networking
	skip-name-resolve
	max-connections = 1000
	character-set-server = utf8mb4
	collation-server = utf8mb4_unicode_ci
	sql-mode = $sql_mode
	default-time-zone = +00:00
	innodb-buffer-pool-size = 128M
	innodb-log-file-size = 8M
	innodb-flush-log-at-trx-commit = 1
	performance-schema = off
	END

	[ -d "$var/mariadb" ] && return
	template=$root/build/mariadb-$(mariadbd --version |
	    sed 's/.*Ver \([^ ]*\).*/\1/')-$user
	if [ ! -d "$template" ]; then
		rm -rf "$template.$$"
		mkdir -p "$root/build"
		# Another server that starts would sweep a shared one.
		TMPDIR=$var/tmp mariadb-install-db --no-defaults --datadir="$template.$$" \
		    --auth-root-authentication-method=socket \
		    --auth-root-socket-user="$user" --user="$user" \
		    --skip-test-db --skip-name-resolve --force \
		    --innodb-log-file-size=8M >"$var/log/install-db.log" 2>&1 ||
		    { rm -rf "$template.$$"
		    die "MariaDB cannot make its files" \
			"$var/log/install-db.log"; }
		mv -T "$template.$$" "$template" 2>/dev/null ||
		    rm -rf "$template.$$"
	fi
	rm -rf "$var/mariadb.new"
	cp -a "$template" "$var/mariadb.new" || die "cannot write to $var"
	mv "$var/mariadb.new" "$var/mariadb"
}

redis_files()
{
	cat >"$var/etc/redis.conf" <<-END
	port 0
	unixsocket "$run/redis.sock"
	unixsocketperm 770
	dir "$var/redis"
	logfile ""
	save ""
	appendonly yes
	appendfsync everysec
	maxmemory-policy noeviction
	daemonize no
	END
}

# The part of the web server's configuration that is also for hosting.
site_files()
{
	# shellcheck disable=SC2086 # names of responders are words
	for file in lighttpd.conf apache.conf nginx.conf; do
		"$root/tools/template" "$root/etc/$file" "WWW=$www" \
		    "TMP=$var/tmp" "ERRORS=$errors" "RUN=$run" \
		    "CGI=$var/cgi-bin" "CONF=$webconf" "INSTANCE=$var" \
		    "FASTCGI=$root/etc/nginx-fastcgi.conf" \
		    -- $responders >"$var/etc/site-$file"
	done
}

lighttpd_files()
{
	cat >"$var/etc/lighttpd.conf" <<-END
	server.bind = "127.0.0.1"
	server.port = $port
	server.errorlog = "$var/log/lighttpd.log"
	server.breakagelog = "$var/log/opbx.log"
	include "$var/etc/site-lighttpd.conf"
	END
}

apache_files()
{
	modules=/usr/lib/apache2/modules
	cat >"$var/etc/apache.conf" <<-END
	ServerRoot "$var"
	ServerName localhost
	Listen 127.0.0.1:$port
	PidFile "$run/apache.pid"
	DefaultRuntimeDir "$run"
	Mutex file:$run default
	ErrorLog "$var/log/apache.log"
	LogLevel warn
	TraceEnable off
	ServerTokens Prod
	User www-data
	Group www-data
	END
	for module in mpm_event authz_core alias deflate dir env filter headers \
	    mime rewrite setenvif proxy proxy_fcgi fcgid cgid; do
		echo "LoadModule ${module}_module $modules/mod_$module.so"
	done >>"$var/etc/apache.conf"
	cat >>"$var/etc/apache.conf" <<-END
	TypesConfig /etc/mime.types
	ScriptSock "$run/cgid.sock"
	FcgidIPCDir "$run"
	FcgidProcessTableFile "$run/fcgid_shm"
	ThreadsPerChild 64
	MaxRequestWorkers 256
	<Directory />
		Require all denied
	</Directory>
	<VirtualHost *:$port>
		Include "$var/etc/site-apache.conf"
	</VirtualHost>
	END
}

nginx_files()
{
	cat >"$var/etc/nginx.conf" <<-END
	daemon off;
	pid "$run/nginx.pid";
	error_log "$var/log/nginx.log";
	worker_processes auto;
	$([ "$user" != root ] || echo "user www-data;")
	events { worker_connections 1024; }
	http {
		include /etc/nginx/mime.types;
		default_type application/octet-stream;
		access_log off;
		client_body_temp_path "$var/tmp/nginx-body";
		fastcgi_temp_path "$var/tmp/nginx-fastcgi";
		proxy_temp_path "$var/tmp/nginx-proxy";
		scgi_temp_path "$var/tmp/nginx-scgi";
		uwsgi_temp_path "$var/tmp/nginx-uwsgi";
		server {
			listen 127.0.0.1:$port;
			include "$var/etc/site-nginx.conf";
		}
	}
	END
}

# For apache and nginx the responders are nobody's children but ours.
launch_responders()
{
	for responder in $responders; do
		(umask 007
		launch "$responder" "$var/log/opbx.log" \
		    "$var/cgi-bin/$responder" --listen "$run/$responder")
	done
	for responder in $responders; do
		await 10 "$responder" test -S "$run/$responder"
	done
}

launch_web()
{
	case $server in
	lighttpd)
		lighttpd_files
		launch lighttpd "$var/log/lighttpd.log" \
		    lighttpd -D -f "$var/etc/lighttpd.conf"
		;;
	apache*)
		apache_files
		define=
		case $server in
		apache) launch_responders ;;
		apache-fcgid) define=-DOPBX_FCGID ;;
		apache-cgi) define=-DOPBX_CGI ;;
		esac
		launch apache "$var/log/apache.log" apache2 -DFOREGROUND \
		    $define -f "$var/etc/apache.conf"
		;;
	nginx)
		nginx_files
		launch_responders
		launch nginx "$var/log/nginx.log" nginx -e \
		    "$var/log/nginx.log" -c "$var/etc/nginx.conf"
		;;
	esac
}

site_answers()
{
	case $(curl -s -o /dev/null -m 5 -w '%{http_code}' \
	    "http://127.0.0.1:$port/cgi-bin/$probe") in
	200 | 400 | 401 | 403 | 405) return 0 ;;
	esac
	return 1
}

# Who else listens there?  Read from the kernel: no tool is needed for it.
port_taken()
{
	hex=$(printf '%04X' "$port")
	cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | awk -v hex="$hex" '
	$4 == "0A" && $2 ~ ":" hex "$" { found = 1 }
	END { exit !found }'
}

# Programs of ours that run once; their words are shown only when they fail.
once()
{
	OPBX_CONF=$conf "$@" >"$var/log/opbxctl.log" 2>&1 9>&- ||
	    die "$(basename "$1") $2 failed" "$var/log/opbxctl.log"
}
