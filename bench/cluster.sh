# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# cluster.sh - PostgreSQL servers for the benchmarks, in $room, of nobody else; sourced.
#
#   cluster_make NAME [SETTING...]     a server with fsync on, started; its address is printed
#   cluster_restart NAME               as after a crash: -m immediate, then started again
#   cluster_stop NAME
#
# As root the server runs as the user postgres. $room must be readable by it.

pg_bin=${PG_BIN:-$(pg_config --bindir 2>/dev/null || ls -d /usr/lib/postgresql/*/bin | tail -n 1)}

as_server() {
	if [ "$(id -u)" -eq 0 ]; then (cd / && exec runuser -u postgres -- "$@"); else "$@"; fi
}
free_port() {
	perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport'
}
cluster_make() {
	cluster=$room/$1
	shift
	mkdir "$cluster"
	[ "$(id -u)" -ne 0 ] || chown postgres "$cluster"
	as_server "$pg_bin/initdb" -D "$cluster/data" -U bench -A trust -E UTF8 --locale=C.UTF-8 >"$room/initdb" 2>&1 || {
		cat "$room/initdb" >&2
		return 1
	}
	{
		echo "port = $(free_port)"
		echo "listen_addresses = '127.0.0.1'"
		echo "unix_socket_directories = '$cluster'"
		for setting in "$@"; do echo "$setting"; done
	} >>"$cluster/data/postgresql.conf"
	as_server "$pg_bin/pg_ctl" -s -w -D "$cluster/data" -l "$cluster/log" start
	sed -n 's!^port = !postgresql://bench@127.0.0.1:!p' "$cluster/data/postgresql.conf" | tail -n 1
}
cluster_restart() {
	as_server "$pg_bin/pg_ctl" -s -w -D "$room/$1/data" -l "$room/$1/log" -m immediate restart
}
cluster_stop() {
	[ ! -e "$room/$1/data/postmaster.pid" ] || as_server "$pg_bin/pg_ctl" -s -w -D "$room/$1/data" -m immediate stop
}
