#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# engines.sh - the same loop on SQLite and on PostgreSQL, to the last byte; and a store copied either way. Speaks TAP.
set -u
. tests/tap.sh
. tests/world.sh

if on_file; then
	skip 'the engines are compared' 'TOCSIN_TEST_PG names no server'
	plan
	exit
fi
file=$room/tocsin.db server=$TOCSIN_STORE
export TOCSIN_KEY="$room/key"
(umask 077 && printf '%064d\n' 7 >"$TOCSIN_KEY")

# both FILE COMMAND...: prints the same on either, byte for byte, and something at all.
both() {
	to=$1
	shift
	tocsin --store "$file" "$@" >"$room/file.out" 2>"$room/file.err" || { cat "$room/file.err"; return 1; }
	tocsin --store "$server" "$@" >"$room/server.out" 2>"$room/server.err" || { cat "$room/server.err"; return 1; }
	cp "$room/file.out" "$room/$to"
	[ -s "$room/$to" ] && cmp "$room/file.out" "$room/server.out" && diff "$room/file.err" "$room/server.err"
}

# ---- the loop ----

ok 'a round on the facts prints the same' both round run --in data/demo
ok 'and keeps the same' both hash store hash
ok 'so does a replay of twenty years' both replay replay --from 2005 --to 2024
ok 'and the round that has learned from it' both learned run --in data/demo
root() { tocsin --store "$1" forecast head | sed 's/.*"size":\([0-9]*\),"root":"\([0-9a-f]*\)".*/\1 \2/'; }
ok 'the ledger has the same root' sh -c '[ ${#1} -gt 64 ] && [ "$1" = "$2" ]' - "$(root "$file")" "$(root "$server")"
tocsin --store "$file" forecast head --out "$room/head"
ok 'and agrees with the head of the other engine' tocsin --store "$server" forecast verify --head "$room/head"
ok 'the export is the same, byte for byte' both export export
ok 'it is that of the whole loop' sh -c \
	'for kind in document event observation episode forecast alert plan score setting; do grep -q "^{\"kind\":\"$kind\"" "$1" || { echo $kind; exit 1; }; done' \
	- "$room/export"
ok 'the situation is' both report report
ok 'the alerts are' both alerts alert list --json
whys() {
	for id in $(member id <"$room/alerts" | head -n 2) $(member plan <"$room/alerts" | head -n 1); do
		both why why "$id" || { echo "$id"; return 1; }
	done
	both json why "$id" --json
}
ok 'and why for the gravest and a plan' whys
for list in 'country list' 'forecast list --json' 'event list --unit SRB' 'event search police' 'plan list --csv' 'store show' 'store queue'; do
	# shellcheck disable=SC2086
	ok "$list is the same" both list $list
done
ok 'as of a day the situation is the same too' both then --as-of 2019-06-01 report
document=$(tocsin --store "$file" event search police --json=id | member id | head -n 1)
for store in "$file" "$server"; do
	ok 'a document is erased' tocsin --store "$store" store erase "$document" 'asked for' --yes
	ok 'an alert is acknowledged' tocsin --store "$store" --as-of 2025-12-02 --user ana --quiet alert ack "$(member id <"$room/alerts" | head -n 1)"
done
ok 'after an erasure and a hand the stores are still the same but for when that was' both kinds store show

# ---- copies ----

there=$(store_fresh there) over=$(store_fresh over) back=$room/back.db
hash=$(store_hash "$file")
copies() { [ "$(tocsin --quiet store copy "$1" "$2")" = "$hash" ] && [ "$(store_hash "$2")" = "$hash" ]; }
ok 'a copy to PostgreSQL has the same hash' copies "$file" "$there"
ok 'one from there to PostgreSQL too' copies "$there" "$over"
ok 'and one back to SQLite' copies "$over" "$back"
ok 'all are sound' sh -c 'for s in "$2" "$3" "$4"; do "$1" --store "$s" store verify || exit 1; done' - "$BUILD/tocsin" "$there" "$over" "$back"
ok 'the export that came back is that of the original' sh -c \
	'"$1" --store "$2" export >"$4/1" && "$1" --store "$3" export >"$4/2" && cmp "$4/1" "$4/2"' - "$BUILD/tocsin" "$file" "$back" "$room"
searched() { for s in "$file" "$there" "$back"; do tocsin --store "$s" event search police court; done | sort | uniq -c | awk '$1 % 3 { bad = 1 } END { exit bad || !NR }'; }
ok 'words are found in the copies' searched
ok 'what was erased is not taken back there' sh -c \
	'"$1" --store "$2" --quiet run --in data/demo >/dev/null; ! "$1" --store "$2" event search police --json=id | grep "$3"' - "$BUILD/tocsin" "$there" "$document"

fails 6 'a database that is not empty is no place for a copy' tocsin store copy "$file" "$over"
fails 6 'nor is a file' tocsin store copy "$over" "$back"
ok 'they are as they were' test "$(store_hash "$over")$(store_hash "$back")" = "$hash$hash"
fails 3 'what is not there is not copied' tocsin store copy "$room/none.db" "$over"

# A reader holds each source open while it is copied: an export into a pipe that nobody empties.
while_read() {
	mkfifo "$room/pipe.$3"
	tocsin --store "$1" export >"$room/pipe.$3" 2>/dev/null &
	reader=$!
	exec 3<"$room/pipe.$3"
	head -c 1 <&3 >/dev/null
	quiet kill -0 $reader || { echo 'the reader ended too early'; return 1; }
	tocsin --quiet store copy "$1" "$2" >"$room/copied"
	status=$?
	quiet kill -0 $reader && still=yes || still=no
	exec 3<&-
	wait $reader
	echo "status $status, still read: $still"
	[ $status -eq 0 ] && [ $still = yes ] && [ "$(cat "$room/copied")" = "$hash" ]
}
ok 'a SQLite store is copied while it is read' while_read "$file" "$(store_fresh reading)" 1
ok 'so is one on PostgreSQL' while_read "$over" "$room/reading.db" 2
plan
