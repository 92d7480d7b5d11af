#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# shards.sh - events on one server and on two: the same counts, made where the rows are; and what a row costs.
#
# usage: BUILD=build bench/shards.sh         (EVENTS=1000000)
#
# Two servers on one machine. The events are of 14 months; those of MONTHS are moved to the second server.
set -eu

: "${BUILD:=build}" "${EVENTS:=1000000}" "${LOADED:=100000}" "${MONTHS:=2024-02 2024-05 2024-09 2025-01}"
room=$(mktemp -d)
chmod 755 "$room"
. bench/cluster.sh
trap 'cluster_stop one; cluster_stop two; rm -rf "$room"' EXIT
trap 'exit 130' INT TERM
unset TOCSIN_DATA TOCSIN_USER
export HOME="$room" TOCSIN_CONFIG=/dev/null LC_ALL=C.UTF-8
bin=$BUILD/tocsin
failed=0

now() { perl -MTime::HiRes=time -e 'printf "%.2f\n", time'; }
# took WHAT N UNIT BEGUN
took() {
	awk -v what="$1" -v n="$2" -v unit="$3" -v a="$4" -v b="$(now)" 'BEGIN {
		printf "%-44s %9d %-7s %8.2f s %9.0f /s\n", what, n, unit, b - a, n / (b - a) }'
}
check() {    # WHAT COMMAND...
	what=$1
	shift
	if "$@"; then echo "$what: yes"; else
		echo "$what: NO"
		failed=1
	fi
}
settings='shared_buffers = 512MB'
one=$(cluster_make one "$settings" 'max_wal_size = 4GB')
two=$(cluster_make two "$settings" 'max_wal_size = 4GB')
for name in loaded one back; do psql -qAtX -d "$one/postgres" -c "CREATE DATABASE $name"; done
psql -qAtX -d "$two/postgres" -c 'CREATE DATABASE far'

# ---- loaded ----

perl bench/grow.pl events "$EVENTS" >"$room/events.jsonl"
head -n "$LOADED" "$room/events.jsonl" >"$room/some.jsonl"
"$bin" --store "$room/from.db" --quiet init >/dev/null
begun=$(now)
"$bin" --store "$room/from.db" --quiet store load "$room/events.jsonl"
took 'store load into SQLite' "$EVENTS" events "$begun"
rm "$room/events.jsonl"
hash=$("$bin" --store "$room/from.db" store hash)

# ---- SQLite -> PostgreSQL -> SQLite ----

"$bin" --store "$one/one" --quiet init >/dev/null
"$bin" --store "$one/one" store months 2024-01 2025-02
"$bin" store copy "$room/from.db" "$one/one" >"$room/hash1" 2>"$room/said"
sed 's/^/SQLite -> PostgreSQL: /' "$room/said"
"$bin" store copy "$one/one" "$room/back.db" >"$room/hash2" 2>"$room/said"
sed 's/^/PostgreSQL -> SQLite: /' "$room/said"
check "content hashes of SQLite -> PostgreSQL -> SQLite are equal ($(cut -c 1-12 "$room/hash2"))" \
	sh -c '[ "$1 $1 $1" = "$2 $3 $4" ]' - "$hash" "$(cat "$room/hash1")" "$(cat "$room/hash2")" \
	"$("$bin" --store "$room/back.db" store hash)"
ls -l "$room/from.db" | awk -v n="$EVENTS" '{ printf "SQLite: %.0f bytes an event, all of its rows and indexes\n", $5 / n }'
psql -AtX -F ' ' -d "$one/one" <<-'SQL' | awk '{ printf "PostgreSQL: %-12s %9d rows %5.0f bytes a row with its indexes\n", $1, $2, $3 / $2; sum += $3 }
	$1 == "event" { events = $2 } END { printf "PostgreSQL: %.0f bytes an event, all of its rows and indexes\n", sum / events }'
	SELECT t.name, (xpath('/row/n/text()', query_to_xml('SELECT COUNT(*) AS n FROM ' || t.name, false, true, '')))[1]::text,
		COALESCE((SELECT SUM(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = t.name::regclass),
			pg_total_relation_size(t.name::regclass))
	FROM unnest(ARRAY['event', 'span', 'payload', 'record', 'event_day']) AS t(name);
SQL

# ---- one server, two servers ----

"$bin" --store "$room/from.db" event count --csv >"$room/sqlite.csv"
best_count() {
	perl -MTime::HiRes=time -e 'my $best; for (1 .. 3) { my $begun = time; system("$ARGV[0] --store $ARGV[1] event count --csv >$ARGV[2]") == 0
		or exit 1; my $took = time - $begun; $best = $took if !defined $best || $took < $best } printf "%.2f", $best' "$bin" "$1" "$2"
}
echo "event count on SQLite, best of 3: $(best_count "$room/from.db" "$room/sqlite.csv") s"
echo "event count on one server, best of 3: $(best_count "$one/one" "$room/one.csv") s"
"$bin" --store "$one/one" store shard add far "$two/far"
begun=$(now)
for month in $MONTHS; do
	"$bin" --store "$one/one" store shard move $month far
done
moved=$(psql -AtX -d "$one/one" -c "SELECT COUNT(*) FROM record WHERE shard = 'far'")
took 'months moved to the second server' "$moved" events "$begun"
echo "event count on two servers, best of 3: $(best_count "$one/one" "$room/two.csv") s"
check "counts of $(wc -l <"$room/two.csv") units on one server are those of SQLite" cmp "$room/sqlite.csv" "$room/one.csv"
check 'counts on two servers are those of one' cmp "$room/one.csv" "$room/two.csv"
"$bin" --store "$one/one" event count --explain >"$room/plan"
grep -E 'Foreign Scan|Relations:|Remote SQL:' "$room/plan" | head -n 3
pushed=$(grep -c 'Relations: Aggregate on' "$room/plan" || :)
check "the aggregate is pushed down for each of the moved months" [ "$pushed" -eq "$(echo "$MONTHS" | wc -w)" ]
begun=$(now)
far=$("$bin" --store "$one/one" store hash)
took 'content hash over two servers' "$EVENTS" events "$begun"
check 'the content hash over two servers is that of one' [ "$far" = "$hash" ]

"$bin" --store "$one/loaded" --quiet init >/dev/null
begun=$(now)
"$bin" --store "$one/loaded" --quiet store load "$room/some.jsonl"
took 'store load into PostgreSQL' "$LOADED" events "$begun"
exit $failed
