#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# workers.sh - documents are coded once each, whatever is killed; and how fast the queue is.
#
# usage: BUILD=build bench/workers.sh         (DOCUMENTS=50000 KILLS=20 BATCH=16)
#
# Two workers; every second one of them is killed with SIGKILL and another started, KILLS times. A trigger in the
# store notes each acknowledgement in the transaction that keeps its events: "coded" are these notes, "distinct" the
# documents among them. The hash over all records must be that of a store that one undisturbed worker coded.
set -eu

: "${BUILD:=build}" "${DOCUMENTS:=50000}" "${KILLS:=20}" "${BATCH:=16}" "${LEASE:=3}"
room=$(mktemp -d)
chmod 755 "$room"
. bench/cluster.sh
one='' two=''
finish() {
	for pid in $one $two; do kill -KILL "$pid" 2>/dev/null || :; done
	cluster_stop one
	rm -rf "$room"
}
trap finish EXIT
trap 'exit 130' INT TERM
unset TOCSIN_DATA TOCSIN_USER
export HOME="$room" TOCSIN_CONFIG=/dev/null LC_ALL=C.UTF-8
bin=$BUILD/tocsin
failed=0

now() { perl -MTime::HiRes=time -e 'printf "%.2f\n", time'; }
perl bench/grow.pl feed "$DOCUMENTS" data/demo >"$room/feed.xml"
begun=$(now)
"$bin" --store "$room/waiting.db" --quiet collect --in "$room/feed.xml" >/dev/null
awk -v n="$DOCUMENTS" -v a="$begun" -v b="$(now)" 'BEGIN { printf "collect into SQLite: %d documents, %.0f /s\n", n, n / (b - a) }'
cp "$room/waiting.db" "$room/whole.db"
begun=$(now)
"$bin" --store "$room/whole.db" worker --processes 1 2>/dev/null
awk -v n="$DOCUMENTS" -v a="$begun" -v b="$(now)" 'BEGIN { printf "SQLite, 1 worker: %.1f s, %.0f documents/s\n", b - a, n / (b - a) }'
whole=$("$bin" --store "$room/whole.db" store hash)
url=$(cluster_make one 'shared_buffers = 256MB' 'max_wal_size = 2GB')
fill() { psql -qAtX -d "$url/postgres" -c "CREATE DATABASE $1" && "$bin" store copy "$room/waiting.db" "$url/$1" >/dev/null 2>&1; }

# ---- how fast ----

for n in 1 2; do
	fill "fast$n"
	begun=$(now)
	"$bin" --store "$url/fast$n" worker --processes "$n" 2>/dev/null
	awk -v n="$DOCUMENTS" -v w="$n" -v a="$begun" -v b="$(now)" 'BEGIN {
		printf "PostgreSQL, %d worker%s: %.1f s, %.0f documents/s, %.0f a worker\n", w, (w > 1 ? "s" : ""), b - a, n / (b - a),
			n / (b - a) / w }'
	[ "$("$bin" --store "$url/fast$n" store hash)" = "$whole" ]
	psql -qAtX -d "$url/postgres" -c "DROP DATABASE fast$n"
done

# ---- killed ----

sql() {
	case $at in postgresql:*) psql -qAtX -d "$at" -c "$1" ;; *) sqlite3 -cmd '.timeout 30000' "$at" "$1" ;; esac
}
note_acknowledgements() {
	sql 'CREATE TABLE noted (id TEXT NOT NULL, revision BIGINT NOT NULL)'
	sql 'CREATE INDEX noted_id ON noted (id)'
	case $at in
	postgresql:*)
		sql "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
			'BEGIN INSERT INTO noted VALUES (OLD.id, OLD.revision); RETURN OLD; END'"
		sql 'CREATE TRIGGER note AFTER DELETE ON queue FOR EACH ROW EXECUTE FUNCTION note()' ;;
	*) sql 'CREATE TRIGGER note AFTER DELETE ON queue BEGIN INSERT INTO noted VALUES (OLD.id, OLD.revision); END' ;;
	esac
}
work() { exec "$bin" --store "$at" worker --processes 1 --batch "$BATCH" --lease "$LEASE" >/dev/null 2>>"$room/workers"; }

# kill_and_restart HOW: `restart` lets the server crash twice meanwhile.
kill_and_restart() {
	killed=0 crashed=0
	work & one=$!
	work & two=$!
	for second in $(seq "$KILLS"); do
		sleep 1
		if [ "$1" = restart ] && [ $((second % 8)) -eq 4 ] && [ $crashed -lt 2 ]; then
			cluster_restart one
			crashed=$((crashed + 1))
		fi
		victim=$one one=$two
		kill -0 "$victim" 2>/dev/null && kill -KILL "$victim" && killed=$((killed + 1))
		wait "$victim" 2>/dev/null || :
		work & two=$!
	done
	wait "$one" && wait "$two" || { echo 'bench: a worker failed:'; tail -n 4 "$room/workers"; failed=1; }
	one='' two=''
}
# report WHAT
report() {
	coded=$(sql 'SELECT COUNT(*) FROM noted')
	distinct=$(sql 'SELECT COUNT(*) FROM (SELECT DISTINCT id, revision FROM noted) AS d')
	lost=$(sql 'SELECT COUNT(*) FROM document d WHERE NOT EXISTS (SELECT 1 FROM noted n WHERE n.id = d.id AND n.revision = d.revision)')
	doubled=$(sql 'SELECT COUNT(*) FROM event WHERE revision > 1')
	doubled=$((doubled + coded - distinct))
	dead=$(sql 'SELECT COUNT(*) FROM dead_letter')
	left=$(sql 'SELECT COUNT(*) FROM queue')
	same=no
	[ "$("$bin" --store "$at" store hash)" = "$whole" ] && same=yes
	printf '%s: %d workers killed, server restarted %d times: coded %d, distinct %d, lost %d, doubled %d, dead %d, waiting %d, hash as undisturbed: %s\n' \
		"$1" "$killed" "$crashed" "$coded" "$distinct" "$lost" "$doubled" "$dead" "$left" "$same"
	[ "$coded $distinct $lost $doubled $dead $left $same" = "$DOCUMENTS $DOCUMENTS 0 0 0 0 yes" ] || failed=1
}
for how in kill restart; do
	fill "$how"
	at=$url/$how
	note_acknowledgements
	begun=$(now)
	kill_and_restart "$how"
	report "PostgreSQL ($(awk -v a="$begun" -v b="$(now)" 'BEGIN { printf "%.0f s", b - a }'))"
done
at=$room/killed.db
cp "$room/waiting.db" "$at"
note_acknowledgements
begun=$(now)
kill_and_restart kill
report "SQLite ($(awk -v a="$begun" -v b="$(now)" 'BEGIN { printf "%.0f s", b - a }'))"
exit $failed
