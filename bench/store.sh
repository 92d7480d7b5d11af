#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# store.sh - a whole store copied, beside the bulk tools of the engines themselves.
#
# usage: BUILD=build bench/store.sh         (EVENTS=100000 ITEMS=10000 ROUNDS=3)
#
# Both sides fill the same tables with the same keys and indexes, made by `tocsin init`, in one transaction, in the order
# of the keys; each is the best of ROUNDS that take turns. Ours reads a store of SQLite, row by row; the peers read CSV.
# What ours does besides is printed apart: counts and content hashes of both stores, compared.
set -eu

: "${BUILD:=build}" "${EVENTS:=100000}" "${ITEMS:=10000}" "${ROUNDS:=3}"
room=$(mktemp -d)
chmod 755 "$room"
. bench/cluster.sh
trap 'cluster_stop one; rm -rf "$room"' EXIT
unset TOCSIN_DATA TOCSIN_USER
export HOME="$room" TOCSIN_CONFIG=/dev/null LC_ALL=C.UTF-8
bin=$BUILD/tocsin
from=$room/from.db

perl bench/grow.pl feed "$ITEMS" data/demo >"$room/feed.xml"
"$bin" --store "$from" --quiet collect --in "$room/feed.xml" >/dev/null
perl bench/grow.pl events "$EVENTS" | "$bin" --store "$from" --quiet store load -
hash=$("$bin" --store "$from" store hash)
rows_of() { sqlite3 "$from" "SELECT COUNT(*) FROM \"$1\""; }
tables=$(sqlite3 "$from" "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search%' AND name <> 'migration'
	ORDER BY name")" search_text"
url=$(cluster_make one 'shared_buffers = 256MB' 'max_wal_size = 2GB')
db() {
	PGOPTIONS='-c client_min_messages=error' psql -qAtX -d "$url/postgres" -c "DROP DATABASE IF EXISTS $1" -c "CREATE DATABASE $1"
}

# keep_least NAME SECONDS
keep_least() {
	[ -e "$room/$1.best" ] && awk -v a="$2" -v b="$(cat "$room/$1.best")" 'BEGIN { exit !(a >= b) }' || echo "$2" >"$room/$1.best"
}
seconds() {
	perl -MTime::HiRes=time -e 'my $begun = time; system(@ARGV) == 0 or die "bench: failed: @ARGV\n"; printf "%.2f\n", time - $begun' "$@"
}
# copied NAME TO: seconds of the rows alone, as the command says them.
copied() {
	"$bin" store copy "$from" "$2" >"$room/hash" 2>"$room/said"
	[ "$(cat "$room/hash")" = "$hash" ]
	keep_least "$1" "$(sed -n 's/.* rows copied in \([0-9.]*\) s.*/\1/p' "$room/said")"
	sed -n 's/.* hashed in \([0-9.]*\) s.*/\1/p' "$room/said" >"$room/$1.checked"
	sed -n 's/^\([0-9]*\) rows copied.*/\1/p' "$room/said" >"$room/rows"
}
# row WHAT OURS PEER PEER-NAME
row() {
	awk -v what="$1" -v ours="$(cat "$room/$2.best")" -v peer="$(cat "$room/$3.best")" -v name="$4" -v rows="$(cat "$room/rows")" \
		-v checked="$(cat "$room/$2.checked")" 'BEGIN {
		printf "%-28s %8d rows %7.2f s %8.0f rows/s   %.2f x %s (%.2f s)   bar 0.70   then checked in %.2f s\n",
			what, rows, ours, rows / ours, peer / ours, name, peer, checked }'
}

printf '%s, %s, %s, %s cores\n' "$("$bin" --version | head -n 1)" "$(psql --version)" "$(sqlite3 --version | cut -c 1-6)" "$(nproc)"

# ---- PostgreSQL ----

for round in $(seq "$ROUNDS"); do
	db ours
	copied postgres "$url/ours"
	if [ ! -d "$room/csv" ]; then
		mkdir "$room/csv"
		for table in $tables record; do
			psql -qAtX -d "$url/ours" -c "\\copy (SELECT * FROM \"$table\" ORDER BY 1, 2) TO '$room/csv/$table' CSV"
		done
	fi
	db peer
	"$bin" --store "$url/peer" --quiet init >/dev/null
	{
		printf '%s\n' '\set ON_ERROR_STOP 1'
		echo 'BEGIN; DELETE FROM state;'
		for table in $tables record; do printf '\\copy "%s" FROM %s CSV\n' "$table" "'$room/csv/$table'"; done
		echo 'COMMIT; ANALYZE;'
	} >"$room/peer.psql"
	took=$(seconds psql -qX -d "$url/peer" -f "$room/peer.psql")
	keep_least psql "$took"
	[ "$("$bin" --store "$url/peer" store hash)" = "$hash" ] || { echo 'bench: psql filled another store'; exit 1; }
done
row 'SQLite -> PostgreSQL' postgres psql 'psql \copy'

# ---- SQLite: CSV without a header; the shell's rows have '' where ours are null ----

rm -rf "$room/csv"
mkdir "$room/csv"
for table in $tables; do
	sqlite3 -csv "$from" "SELECT * FROM \"$table\" ORDER BY 1, 2" >"$room/csv/$table"
done
for round in $(seq "$ROUNDS"); do
	rm -f "$room/ours.db"* "$room/peer.db"*
	copied sqlite "$room/ours.db"
	"$bin" --store "$room/peer.db" --quiet init >/dev/null
	{
		echo 'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA cache_size = -65536;'
		echo 'PRAGMA temp_store = MEMORY;'
		echo 'BEGIN IMMEDIATE; DELETE FROM state;'
		for table in $tables; do [ ! -s "$room/csv/$table" ] || echo ".import --csv $room/csv/$table $table"; done
		echo "INSERT INTO search (search) VALUES ('rebuild');"
		echo 'COMMIT;'
	} >"$room/peer.sqlite"
	took=$(seconds sh -c 'sqlite3 -bail "$1" <"$2" >/dev/null' - "$room/peer.db" "$room/peer.sqlite")
	keep_least import "$took"
	[ "$(sqlite3 "$room/peer.db" 'SELECT COUNT(*) FROM span')" = "$(rows_of span)" ]
done
row 'SQLite -> SQLite' sqlite import 'sqlite3 .import'
