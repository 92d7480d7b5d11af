#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# filters.sh - every stage as a filter, without a store; and what a person does with an alert. Speaks TAP.
set -u
. tests/tap.sh
. tests/world.sh

records() { [ "$(grep -c "\"kind\":\"$1\"" "$2")" -ge "$3" ]; }

ok 'collect reads a feed from a file' tocsin collect --in data/demo/feeds/rss-en-a.xml --out "$room/a.jsonl"
ok 'its items are documents' records document "$room/a.jsonl" 30
ok 'collect reads the same from the standard input' sh -c \
	'"$1" collect --in - --out - <"$2" 2>/dev/null | grep -c "\"kind\":\"document\"" | grep -qx "$(grep -c "\"kind\":\"document\"" "$3")"' \
	- "$BUILD/tocsin" data/demo/feeds/rss-en-a.xml "$room/a.jsonl"
ok 'code reads documents and writes events' tocsin code --in "$room/a.jsonl" --out "$room/events.jsonl"
ok 'with the words that prove them' sh -c 'grep "\"kind\":\"event\"" "$1" | grep -q byte_start' - "$room/events.jsonl"
ok 'stages are piped' sh -c \
	'"$1" collect --in "$2" --out - 2>/dev/null | "$1" code --in - --out - 2>/dev/null | cmp - "$3"' \
	- "$BUILD/tocsin" data/demo/feeds/rss-en-a.xml "$room/events.jsonl"
ok 'measure reads a table of indices' tocsin measure --in data/demo/indices.csv --out "$room/measures.jsonl"
ok 'and writes observations and episodes' sh -c 'grep -q "\"kind\":\"observation\"" "$1" && grep -q "\"kind\":\"episode\"" "$1"' - "$room/measures.jsonl"
ok 'collect turns the table into observations' tocsin collect --in data/demo/indices.csv --out "$room/indices.jsonl"
ok 'foresee reads observations and writes forecasts' tocsin foresee --in "$room/indices.jsonl" --out "$room/forecasts.jsonl"
ok 'two questions for each country' records forecast "$room/forecasts.jsonl" 20
cat "$room/indices.jsonl" "$room/measures.jsonl" "$room/events.jsonl" "$room/forecasts.jsonl" >"$room/all.jsonl"
ok 'respond reads records and writes alerts' tocsin respond --in "$room/all.jsonl" --out "$room/alerts.jsonl"
ok 'learn reads records and writes what it learned' tocsin learn --in "$room/all.jsonl" --out "$room/scores.jsonl"
ok 'the same input gives the same bytes' sh -c \
	'for s in measure foresee respond learn; do
		"$1" $s --in "$2" --out "$3.1" --quiet && "$1" $s --in "$2" --out "$3.2" --quiet && cmp "$3.1" "$3.2" || exit 1
	done' - "$BUILD/tocsin" "$room/all.jsonl" "$room/out"
fails "$(on_file && echo 3 || echo 7)" 'no filter made a store' tocsin alert list

# ---- the life of an alert ----

ok 'a world is made' tocsin --quiet run --in data/demo
alert=$(tocsin alert list --json | member id | head -n 1)
state() { tocsin alert show "$alert" --json | grep -qF "\"state\":\"$1\""; }
ok 'an alert begins as new' state new
ok 'it is acknowledged' tocsin --user ana alert ack "$alert"
ok 'and says so' state acknowledged
fails 2 'closing asks for a reason and a note' tocsin alert close "$alert"
ok 'it is closed with both' tocsin alert close "$alert" --reason handled --note 'dialogue resumed'
ok 'a closed one is no longer listed' sh -c '! "$1" alert list | grep "$2"' - "$BUILD/tocsin" "$alert"
ok 'but with --all' sh -c '"$1" alert list --all | grep "$2"' - "$BUILD/tocsin" "$alert"
fails 6 'what the table of states does not allow is a conflict' tocsin alert ack "$alert"
ok 'who did it is kept' says 'ana' tocsin alert show "$alert"
ok 'a further round leaves it closed' sh -c '"$1" --quiet run >/dev/null && "$1" alert show "$2" --json | grep -q "\"state\":\"closed\""' - "$BUILD/tocsin" "$alert"

# ---- forms and erasure ----

empty=$(store_fresh empty)
ok 'an empty list under --json is []' test "$(tocsin --store "$empty" init >/dev/null; tocsin --store "$empty" alert list --json)" = '[]'
ok 'a pipe gets tab-separated rows' sh -c '"$1" country list | head -n 1 | grep -q "	"' - "$BUILD/tocsin"
ok 'global options may stand before the command' sh -c '[ "$("$1" --json alert list)" = "$("$1" alert list --json)" ]' - "$BUILD/tocsin"
ok 'the export is stable' sh -c '"$1" export --jsonl >"$2/1" && "$1" export --jsonl >"$2/2" && cmp "$2/1" "$2/2"' - "$BUILD/tocsin" "$room"
document=$(tocsin export | perl -MJSON::PP -ne 'my $r = decode_json($_); if ($r->{kind} eq "document" && ($r->{title} // "") =~ /Novi Sad marks one year/) { print $r->{id}; exit }')
ok 'a document is erased' tocsin store erase "$document" 'asked for by its author' --yes
ok 'its words are gone' sh -c '! "$1" why "$2" | grep -q "Novi Sad marks"' - "$BUILD/tocsin" "$document"
ok 'its id is known still' tocsin why "$document"
ok 'a further round does not bring it back' sh -c \
	'"$1" --quiet run --in data/demo >/dev/null 2>&1; "$1" export | grep "$2" | grep -q "\"title\":\"" && exit 1; exit 0' - "$BUILD/tocsin" "$document"
ok 'the store is sound after all that' tocsin store verify

plan
