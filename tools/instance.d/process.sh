# Processes of an instance: starting, watching and ending them in order.
# shellcheck shell=sh
# shellcheck disable=SC2154 # var and conf come from tools/instance

# Sets $began to the start time of a living process, else to nothing.
look()
{
	began=
	{ IFS= read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 0
	# shellcheck disable=SC2086 # the fields are words
	set -- ${stat##*) }
	[ "$1" = Z ] || [ "$1" = X ] || eval "began=\${20}"
}

# Sets $pid when the part runs.
alive()
{
	pid=
	born=
	{ read -r pid born <"$var/pid/$1"; } 2>/dev/null || return 1
	look "$pid"
	[ -n "$began" ] && [ "$began" = "$born" ]
}

# launch NAME LOG COMMAND...: in a session of its own, so that the terminal's
# Ctrl-C reaches us alone and everything ends in order.
launch()
{
	name=$1
	log=$2
	shift 2
	OPBX_INSTANCE=$var OPBX_CONF=$conf setsid "$@" \
	    >>"$log" 2>&1 </dev/null 9>&- &
	look $!
	echo "$! ${began:-gone}" >"$var/pid/$name"
	echo "$name $log" >>"$var/pid/.order"
}

# halt NAME: politely, then not.
halt()
{
	if alive "$1"; then
		kill -TERM "$pid" 2>/dev/null || true
		tries=400
		while alive "$1"; do
			tries=$((tries - 1))
			[ $tries -eq 0 ] && kill -KILL "$pid" 2>/dev/null
			[ $tries -lt -100 ] && break
			sleep 0.05
		done
	fi
	rm -f "$var/pid/$1"
}

# Children whose parent was killed: the environment tells whose they are.
sweep()
{
	grep -lzxF "OPBX_INSTANCE=$var" /proc/[0-9]*/environ 2>/dev/null |
	while IFS=/ read -r _ _ stray _; do
		look "$stray"
		[ -z "$began" ] || kill "-$1" "$stray" 2>/dev/null || true
	done
}

stop_all()
{
	[ -d "$var/pid" ] || return 0
	if [ -e "$var/pid/.order" ]; then
		cut -d ' ' -f 1 "$var/pid/.order" | sort -u >"$var/pid/.names"
		# The order of the start, backwards.
		tac "$var/pid/.order" | cut -d ' ' -f 1 |
		while read -r part; do
			halt "$part"
		done
	fi
	sweep TERM
	tries=40
	while [ $tries -gt 0 ] && grep -qzxF "OPBX_INSTANCE=$var" \
	    /proc/[0-9]*/environ 2>/dev/null; do
		tries=$((tries - 1))
		sleep 0.05
	done
	sweep KILL
	rm -f "$var/pid/.order" "$var/pid/.names"
	rm -rf "$var/run/"* 2>/dev/null || true
}

# The first part that has died, with its log.
dead()
{
	[ -e "$var/pid/.order" ] || return 1
	while read -r part log; do
		if ! alive "$part"; then
			return 0
		fi
	done <"$var/pid/.order"
	return 1
}

# await SECONDS WHAT COMMAND...: until the command succeeds, or a part dies.
await()
{
	limit=$(($(date +%s) + $1))
	what=$2
	shift 2
	until "$@" >/dev/null 2>&1; do
		if dead; then
			die "$part did not start" "$log"
		fi
		if [ "$(date +%s)" -ge "$limit" ]; then
			die "$what does not answer" \
			    "$(sed -n "s/^$what //p" "$var/pid/.order")"
		fi
		sleep 0.03
	done
}
