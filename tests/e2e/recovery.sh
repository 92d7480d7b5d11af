#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# recovery.sh - a base backup and archived WAL bring a store back to a moment, as docs/postgres.md says. Speaks TAP.
set -u
. tests/tap.sh
. tests/world.sh

bin=$(find /usr/lib/postgresql/*/bin -name pg_basebackup 2>/dev/null | sort | tail -n 1 | xargs -r dirname)
if [ -z "$bin" ] || ! command -v psql >/dev/null; then
	skip 'a store is brought back to a moment' 'no server of PostgreSQL is installed here'
	plan
	exit 0
fi
if [ "$(id -u)" -eq 0 ]; then
	chmod 711 "$room"
	as_server() { su postgres -s /bin/sh -c "umask 077; $1"; }
else
	as_server() { sh -c "umask 077; $1"; }
fi
unset PGHOST PGUSER PGPASSWORD PGDATABASE    # of another server, where the whole suite runs on one
export PGPORT=5432
place=$room/pg
mkdir "$place"
[ "$(id -u)" -ne 0 ] || chown postgres "$place"
chmod 755 "$place"
start() { as_server "$bin/pg_ctl -D $place/$1 -w -l $place/$1.log start" >/dev/null; }
stop() { as_server "$bin/pg_ctl -D $place/$1 -w -m immediate stop" >/dev/null 2>&1; }
trap 'stop first; stop second; rm -rf "$room" "$tap_out"' EXIT
ask() { psql -X -q -A -t -h "$place" -p 5432 -U postgres -d postgres -c "$1"; }
settings() { as_server "cat >>$place/$1/postgresql.conf"; }

as_server "$bin/initdb -D $place/first -A trust -U postgres && mkdir $place/archive" >/dev/null 2>&1
settings first <<-CONF
	port = 5432
	listen_addresses = ''
	unix_socket_directories = '$place'
	unix_socket_permissions = 0777
	wal_level = replica
	archive_mode = on
	archive_command = 'test ! -f $place/archive/%f && cp %p $place/archive/%f'
CONF
ok 'a server starts' start first
ask "CREATE DATABASE team TEMPLATE template0 ENCODING 'UTF8'"
TOCSIN_STORE="postgresql://postgres@/team?host=$place"
export TOCSIN_STORE
quiet tocsin init
ok 'a base backup is made' as_server "$bin/pg_basebackup -h $place -U postgres -D $place/second --checkpoint=fast --wal-method=stream"
ok 'then a round' tocsin run --in data/demo
noted=$(store_hash "$TOCSIN_STORE")
ask "SELECT pg_create_restore_point('before')" >/dev/null
ok 'then what was a mistake' tocsin store retain 2026-01-01 --yes
ok 'changes the records' sh -c '[ "$1" != "$2" ]' - "$noted" "$(store_hash "$TOCSIN_STORE")"
file=$(ask 'SELECT pg_walfile_name(pg_switch_wal())')
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	[ -f "$place/archive/$file" ] && break
	sleep 0.5
done
stop first
settings second <<-CONF
	restore_command = 'cp $place/archive/%f %p'
	recovery_target_name = 'before'
	recovery_target_action = 'promote'
CONF
as_server "touch $place/second/recovery.signal"
ok 'the backup starts' start second
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	[ "$(ask 'SELECT pg_is_in_recovery()')" = f ] && break
	sleep 0.5
done
ok 'with the records of the moment before' sh -c '[ "$1" = "$2" ]' - "$noted" "$(store_hash "$TOCSIN_STORE")"
ok 'and they are sound' tocsin store verify

plan
