#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# worker.sh - documents that wait are coded by workers: each once, whatever dies. Speaks TAP.
#
# On SQLite, and on the PostgreSQL server of $TOCSIN_TEST_PG (the location of a database whose role may create others).
set -u
. tests/tap.sh
. tests/world.sh

ITEMS=800
perl bench/grow.pl feed $ITEMS data/demo >"$room/feed.xml"
quiet tocsin --store "$room/grown.db" collect --in "$room/feed.xml"
cp "$room/grown.db" "$room/undisturbed.db"
quiet tocsin --store "$room/undisturbed.db" worker --processes 1
undisturbed=$(store_hash "$room/undisturbed.db")
quiet tocsin --store "$room/whole.db" run --in data/demo
whole=$(store_hash "$room/whole.db")

# Without the words for protests: other words, other events.
cp -R data "$room/words"
perl -pi -e '$_ = "protest\tmarch of the nobodies\n" if /^protest\t/' "$room/words/lexicon/en.tsv"
other_words() { TOCSIN_DATA="$room/words" "$BUILD/tocsin" "$@"; }

queue_is() {     # WAITING LEASED DEAD
	tocsin --store "$at" store queue --json >"$room/queue"
	cat "$room/queue"
	[ "$(tr -d ' \n' <"$room/queue")" = "[{\"waiting\":$1,\"leased\":$2,\"dead\":$3}]" ]
}
waiting() { tocsin --store "$at" store queue --json | member waiting; }
leased() { tocsin --store "$at" store queue --json | member leased; }

# $engine says which, `fresh` makes an empty store and sets $at, `sql` speaks to it behind its back.
made=0
fresh() {
	made=$((made + 1))
	if [ "$engine" = SQLite ]; then
		at=$room/worker$made.db
	else
		sql_at "$TOCSIN_TEST_PG" "CREATE DATABASE tocsin_worker_$$_$made"
		at=${TOCSIN_TEST_PG%/*}/tocsin_worker_$$_$made
	fi
	quiet tocsin --store "$at" init
}
sql_at() { psql -qAtX -d "$1" -c "$2"; }
sql() { if [ "$engine" = SQLite ]; then sqlite3 "$at" "$1"; else sql_at "$at" "$1"; fi; }
drop_all() {
	while [ "$engine" != SQLite ] && [ "$made" -gt 0 ]; do
		sql_at "$TOCSIN_TEST_PG" "DROP DATABASE tocsin_worker_$$_$made"
		made=$((made - 1))
	done
}

collect_work_run() {
	fresh
	quiet tocsin --store "$at" collect --in data/demo && [ "$(waiting)" -gt 100 ] || return 1
	tocsin --store "$at" worker --processes 2 && queue_is 0 0 0 &&
		tocsin --store "$at" --quiet run --in data/demo >/dev/null && [ "$(store_hash "$at")" = "$whole" ]
}
run_what_waits() {
	fresh
	quiet tocsin --store "$at" collect --in data/demo
	tocsin --store "$at" --quiet run >/dev/null && queue_is 0 0 0 && says '0 documents coded' tocsin --store "$at" worker
}

# Kill a worker that holds something and has done something; its name stays on what it held.
kill_one() {
	before=$(waiting)
	"$BUILD/tocsin" --store "$at" worker --processes 1 --batch 2 --lease 2 >"$room/killed" 2>&1 &
	pid=$!
	until [ "$(waiting)" -lt $((before - 20)) ] && { kill -STOP $pid; [ "$(leased)" -gt 0 ]; }; do
		kill -CONT $pid 2>/dev/null || return 1
	done
	kill -KILL $pid
	wait $pid 2>/dev/null
	[ "$(waiting)" -gt 0 ]
}
killed_midway() {
	fresh
	quiet tocsin --store "$at" collect --in "$room/feed.xml"
	kill_one && kill_one && tocsin --store "$at" worker --processes 2 --lease 2 && queue_is 0 0 0 &&
		[ "$(store_hash "$at")" = "$undisturbed" ] && tocsin --store "$at" store verify
}

poisoned() {
	fresh
	quiet tocsin --store "$at" collect --in data/demo
	sql "INSERT INTO queue (id, revision, known, tries) VALUES ('do_not_there', 1, 0, 0)"
	says '164 documents coded' tocsin --store "$at" worker --processes 1 && queue_is 0 0 1 &&
		says 'a document that waits to be coded is not there' tocsin --store "$at" store queue --dead &&
		[ "$(tocsin --store "$at" store queue --dead --json | member tries)" = 3 ] &&
		tocsin --store "$at" --quiet run --in data/demo >/dev/null && [ "$(store_hash "$at")" = "$whole" ]
}

refuses_other_words() {
	fresh
	quiet tocsin --store "$at" collect --in data/demo
	quiet tocsin --store "$at" worker
	says 'the store was coded with other words or rules' other_words --store "$at" worker || return 1
	quiet other_words --store "$at" worker
	[ $? -eq 6 ] && queue_is 0 0 0
}
codes_anew() {
	events=$(tocsin --store "$at" event list --jsonl | wc -l)
	quiet other_words --store "$at" code
	fewer=$(tocsin --store "$at" event list --jsonl | wc -l)
	echo "$events events with the words, $fewer without"
	[ "$fewer" -gt 0 ] && [ "$fewer" -lt "$events" ] && queue_is 0 0 0 &&
		tocsin --store "$at" export | grep -q '"withdrawn":"no longer follows from its origins"' &&
		says 'other words or rules' tocsin --store "$at" worker
}
codes_back() {
	quiet tocsin --store "$at" code
	[ "$(tocsin --store "$at" event list --jsonl | wc -l)" -eq "$events" ] && tocsin --store "$at" store verify
}

on_engine() {
	ok "$engine: workers and then a round make the store that a round makes" collect_work_run
	ok "$engine: a round codes what waits, and leaves nothing to workers" run_what_waits
	ok "$engine: of workers killed midway others finish the work, each document once" killed_midway
	ok "$engine: a document that cannot be coded is given up after three tries, the others are coded" poisoned
	ok "$engine: a worker with other words is refused" refuses_other_words
	ok "$engine: other words make all documents wait again, and what no longer follows is withdrawn" codes_anew
	ok "$engine: with the first words again the same events are in force" codes_back
}

engine=SQLite
on_engine
if [ -n "${TOCSIN_TEST_PG:-}" ]; then
	engine=PostgreSQL made=0
	on_engine
	drop_all
else
	skip 'PostgreSQL: workers' 'TOCSIN_TEST_PG names no server'
fi
plan
