#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# postgres.sh - what a document and an event cost on PostgreSQL: rows, bytes with indexes, documents a second.
#
# usage: pg_virtualenv -t sh bench/postgres.sh         (as root; BUILD=build ITEMS=20000)
#
# The server's settings are those of Debian's new cluster: fsync is on. Server, collector and workers share this machine.
set -eu

: "${BUILD:=build}" "${ITEMS:=20000}"
: "${PGPORT:?run it under pg_virtualenv -t}"
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
export HOME="$room" TOCSIN_CONFIG=/dev/null LC_ALL=C.UTF-8
unset TOCSIN_STORE
bin=$BUILD/tocsin

perl bench/grow.pl feed "$ITEMS" data/demo >"$room/feed.xml"

seconds() { perl -MTime::HiRes=time -e 'my $t = time; system("sh", "-c", q("$@" >/dev/null), "-", @ARGV) == 0 or die "failed: @ARGV\n"; printf "%.2f\n", time - $t' "$@"; }
ask() { psql -X -A -t -q -d "$1" -c "$2"; }
# rate WHAT N SECONDS
rate() { awk -v what="$1" -v n="$2" -v s="$3" 'BEGIN { printf "%-44s %9.0f /s   (%d in %.1f s)\n", what, n / s, n, s }'; }

printf '%s, %s, %s cores\n\n' "$("$bin" --version | head -n 1)" "$(ask postgres 'SHOW server_version')" "$(nproc)"
for workers in 1 2; do
	base=bench$workers
	createdb "$base"
	store=postgresql://$PGUSER:$PGPASSWORD@localhost:$PGPORT/$base
	"$bin" --store "$store" init >/dev/null
	[ "$workers" -gt 1 ] || ask "$base" 'SELECT pg_current_wal_lsn()' >"$room/before"
	rate 'documents collected' "$ITEMS" \
		"$(seconds "$bin" --quiet --store "$store" collect --in "$room/feed.xml")"
	[ "$workers" -gt 1 ] || ask "$base" 'SELECT pg_current_wal_lsn()' >"$room/between"
	ask "$base" ANALYZE
	rate "documents coded, $workers worker(s)" "$ITEMS" \
		"$(seconds "$bin" --quiet --store "$store" worker --processes "$workers")"
	[ "$workers" -gt 1 ] || ask "$base" 'SELECT pg_current_wal_lsn()' >"$room/after"
done

lsn() { ask bench1 "SELECT pg_wal_lsn_diff('$(cat "$room/$2")', '$(cat "$room/$1")')::bigint"; }
ask bench1 'VACUUM ANALYZE'
documents=$(ask bench1 'SELECT count(*) FROM document')
events=$(ask bench1 'SELECT count(*) FROM event')
printf '\n%d documents, %d events\n' "$documents" "$events"
printf 'WAL: %d bytes a document collected, %d a document coded\n\n' \
	"$(($(lsn before between) / documents))" "$(($(lsn between after) / documents))"

printf '%-14s %9s %14s %10s\n' table rows 'bytes + index' 'bytes/row'
ask bench1 "
	SELECT c.relname, (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I', c.relname), false, true, '')))[1]::text::bigint,
		CASE c.relkind WHEN 'r' THEN pg_total_relation_size(c.oid) ELSE
		(SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree(c.oid)) END
	FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
	WHERE s.nspname = 'public' AND NOT c.relispartition AND
		c.relname IN ('record', 'document', 'event', 'payload', 'span', 'search_text', 'event_day')
	ORDER BY 1" | awk -F'|' '{ printf "%-14s %9d %14d %10.0f\n", $1, $2, $3, $3 / ($2 ? $2 : 1); sum += $3 }
	END { printf "%-14s %9s %14d\n", "all", "", sum }'
part() {    # bytes of the rows whose ids begin with $1, by their share of the rows of each table
	ask bench1 "SELECT round(sum(t.bytes * t.part / t.n)) FROM (
		SELECT COALESCE((SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('$2')),
			pg_total_relation_size('$2')) AS bytes,
			sum(CASE WHEN left(id, 2) = '$1' THEN pg_column_size(x.*) END)::numeric AS part, sum(pg_column_size(x.*)) AS n
		FROM \"$2\" AS x) AS t"
}
sum_of() {
	kind=$1 total=0
	shift
	for table in "$@"; do
		bytes=$(part "$kind" "$table")
		total=$((total + ${bytes:-0}))
	done
	echo "$total"
}
printf '\nbytes a document, all its tables and indexes: %d\n' "$(($(sum_of do record document payload span search_text) / documents))"
printf 'bytes an event, all its tables and indexes:   %d\n' "$(($(sum_of ev record event payload span) / events))"
