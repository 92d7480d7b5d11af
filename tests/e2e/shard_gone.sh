#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# shard_gone.sh - what docs/postgres.md says of a shard that goes away, and of a crash between two commits. Speaks TAP.
set -u
. tests/server.sh
if [ -z "$TOCSIN_TEST_PG" ]; then
	echo "ok 1 - a shard goes away # SKIP $no_server"
	echo '1..1'
	exit 0
fi
. tests/tap.sh
. tests/world.sh

base=tocsin_gone_$$
address() { printf '%s\n' "$TOCSIN_TEST_PG" | sed "s!/[^/]*\$!/$1!"; }
as_super() { psql -X -q -A -t -v ON_ERROR_STOP=1 -c "$1" "$TOCSIN_TEST_PG"; }
sql() { psql -X -q -A -t -v ON_ERROR_STOP=1 -c "$1" "$(address $base)"; }
drop_all() { for name in $base ${base}_far; do as_super "DROP DATABASE IF EXISTS $name WITH (FORCE)"; done; }
trap 'drop_all >/dev/null 2>&1; rm -rf "$room" "$tap_out"' EXIT
for name in $base ${base}_far; do as_super "CREATE DATABASE $name TEMPLATE template0 ENCODING 'UTF8'"; done
TOCSIN_STORE=$(address $base)
export TOCSIN_STORE
shard_away() { as_super "ALTER DATABASE ${base}_far ALLOW_CONNECTIONS false" && as_super "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${base}_far'"; }
shard_back() { as_super "ALTER DATABASE ${base}_far ALLOW_CONNECTIONS true"; }

feed() {    # MONTH KEY
	for day in 12 13; do
		printf '{"kind":"document","known":"%s-%sT09:00:00Z","feed":"wire","key":"%s-%s","title":"Serbian police detain journalists %s in Belgrade","lang":"en","published":"%s-%sT09:00:00Z","licence":"open"}\n' \
			"$1" $day "$2" $day "$2$day" "$1" $day
	done >"$room/$2.jsonl"
	echo "$room/$2.jsonl"
}
quiet tocsin init
ok 'a shard is added' tocsin store shard add far "$(address ${base}_far)"
ok 'and given a month' tocsin store shard move 2025-11 far
fails 6 'which no other shard can be given' sh -c '"$1" store shard add near "$2" && "$1" store shard move 2025-11 near' - "$BUILD/tocsin" "$(address ${base}_far)"
ok 'documents go there' tocsin collect --in "$(feed 2025-11 one)"
ok 'and are coded there' tocsin worker
ok 'all of it' sh -c '[ "$1" = 2,2 ]' - "$(psql -X -q -A -t -F, -c 'SELECT (SELECT count(*) FROM document_2025_11), (SELECT count(*) FROM event_2025_11)' "$(address ${base}_far)")"
hash=$(store_hash "$TOCSIN_STORE")

# ---- the shard has committed, this server has not: no key, no count, and the queue as before ----

undo_here() {
	sql "DELETE FROM record WHERE id LIKE 'ev%'; DELETE FROM event_day;
		INSERT INTO queue (id, revision, known, tries) SELECT id, revision, known, 0 FROM document"
}
ok 'a crash between the two commits' undo_here
fails 7 'is found' tocsin store verify
ok 'the work is done again' tocsin worker
ok 'then all is sound' tocsin store verify
ok 'and as it was' sh -c '[ "$1" = "$2" ]' - "$hash" "$(store_hash "$TOCSIN_STORE")"
ok 'each event counted once' sh -c '[ "$1" = 2 ]' - "$(sql 'SELECT sum(n) FROM event_day')"

# ---- away ----

ok 'what waits' tocsin collect --in "$(feed 2025-11 two)"
shard_away >/dev/null
fails 75 'reading its month has to wait' tocsin event list
ok 'an earlier day does not' tocsin --as-of 2025-10-01 report
ok 'nor does what is not monthly' tocsin forecast list
fails 75 'collecting has to wait' tocsin collect --in "$(feed 2025-10 three)"
worker_for() { timeout -s TERM "$1" "$BUILD/tocsin" worker; }
ok 'a worker waits too' sh -c '[ "$1" != 4 ]' - "$(worker_for 5 >/dev/null 2>&1; echo $?)"
ok 'nothing is lost from the queue' sh -c '[ "$1" = 2 ]' - "$(sql 'SELECT count(*) FROM queue')"
ok 'and nothing condemned' sh -c '[ "$1" = 0 ]' - "$(sql 'SELECT count(*) FROM dead_letter')"
shard_back
ok 'when it is back' tocsin worker --lease 1
ok 'all is coded' sh -c '[ "$1" = 4 ]' - "$(sql 'SELECT count(*) FROM event')"
ok 'and sound' tocsin store verify

plan
