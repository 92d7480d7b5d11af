#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# retain.sh - retention on both engines: words go, what was derived from them stays and can say so. Speaks TAP.
set -u
. tests/server.sh
. tests/tap.sh
. tests/world.sh

day=2025-09-15
kept() { tocsin --store "$1" export --restricted; }
# fields EXPRESSION: of each record of an export, $r, the text it gives.
fields() { perl -MJSON::PP -ne 'BEGIN { our $j = JSON::PP->new->canonical } our $r = $j->decode($_); my $s = eval $ENV{EXPRESSION}; print "$s\n" if defined $s'; }
only() { EXPRESSION=$1 fields; }
early_event() { kept "$1" | only '$r->{kind} eq "event" && $r->{known} lt "'"$2"'" && @{$r->{origins}} ? $r->{id} : undef' | head -n 1; }
late_event() { kept "$1" | only '$r->{kind} eq "event" && $r->{known} gt "'"$2"'" && @{$r->{origins}} ? $r->{id} : undef' | head -n 1; }
# What stays: every id and revision, unit, times and origins.
frame='join " ", map { ref ? $j->encode($_) : $_ // "-" } @$r{qw(kind id revision unit valid_from known origins)}'

other_words() {    # the same tables, and another word in the lexicon
	mkdir -p "$room/words"
	cp -R data/. "$room/words/"
	sed 's/^\(police	\)/\1constabulary | /' data/lexicon/en.tsv >"$room/words/lexicon/en.tsv"
	! cmp -s data/lexicon/en.tsv "$room/words/lexicon/en.tsv"
}
ok 'there is a lexicon with other words' other_words

for_engine() {    # NAME STORE
	on="on $1" store=$2
	quiet tocsin --store "$store" init
	[ "$1" = SQLite ] || quiet tocsin --store "$store" store months 2025-01 2025-12
	quiet tocsin --store "$store" run --in data/demo
	kept "$store" | only "$frame" >"$room/before"
	early=$(early_event "$store" $day) late=$(late_event "$store" $day)
	found=$(tocsin --store "$store" event search police --limit 1000 --json=id | member id | wc -l)
	fails 2 "$on retention asks to be sure" tocsin --store "$store" store retain $day
	ok "$on the words of an event are there" says '" (title, bytes ' tocsin --store "$store" why "$early"
	ok "$on payload is given up" tocsin --store "$store" store retain $day --yes
	hash=$(store_hash "$store")
	kept "$store" | only "$frame" >"$room/after"
	ok "$on ids, revisions, times and origins stay" cmp "$room/before" "$room/after"
	ok "$on no earlier document has a title or text" sh -c '[ "$1" -eq 0 ]' - \
		"$(kept "$store" | only '$r->{kind} eq "document" && $r->{known} lt "'$day'" && grep(defined, @$r{qw(title body author link)}) ? 1 : undef' | wc -l)"
	ok "$on later ones have" sh -c '[ "$1" -gt 0 ]' - \
		"$(kept "$store" | only '$r->{kind} eq "document" && $r->{known} ge "'$day'" && defined $r->{title} ? 1 : undef' | wc -l)"
	left=$(tocsin --store "$store" event search police --limit 1000 --json=id | member id | wc -l)
	ok "$on the search finds later ones only" sh -c '[ "$1" -gt 0 ] && [ "$1" -lt "$2" ]' - "$left" "$found"
	ok "$on the store is sound" tocsin --store "$store" store verify
	ok "$on an event says that its words were given up" says 'words that were given up (' tocsin --store "$store" why "$early"
	ok "$on a later one has its words" says '" (' tocsin --store "$store" why "$late"
	ok "$on the same feeds are collected again" tocsin --store "$store" collect --in data/demo
	ok "$on and bring nothing back" sh -c '[ "$1" = "$2" ]' - "$hash" "$(store_hash "$store")"
	ok "$on nor does a round" tocsin --store "$store" run --in data/demo
	ok "$on which changes nothing" sh -c '[ "$1" = "$2" ]' - "$hash" "$(store_hash "$store")"
	fails 6 "$on an earlier day is refused" tocsin --store "$store" store retain 2025-01-01 --yes
	ok "$on coding with other words" env TOCSIN_DATA="$room/words" "$BUILD/tocsin" --store "$store" code
	ok "$on takes no event from words that are gone" says "event: " tocsin --store "$store" why "$early"
	ok "$on no earlier event is withdrawn" sh -c '[ "$1" -eq 0 ]' - \
		"$(kept "$store" | only '$r->{kind} eq "event" && $r->{known} lt "'$day'" && $r->{withdrawn} ? 1 : undef' | wc -l)"
	ok "$on all later documents were coded again" sh -c '[ "$1" = 0 ]' - "$(tocsin --store "$store" store queue --json=waiting | member waiting)"
}
for_engine SQLite "$room/kept.db"
gone_from_file() { cat "$room"/kept.db* >"$room/bytes"; ! grep -qaF "$title" "$room/bytes"; }
quiet tocsin --store "$room/whole.db" run --in data/demo
title=$(kept "$room/whole.db" | only '$r->{kind} eq "document" && $r->{known} lt "'$day'" && $r->{lang} eq "en" ? $r->{title} : undef' | head -n 1)
ok 'on SQLite the words are gone from the file' gone_from_file
ok 'where they stood' grep -qaF "$title" "$room/whole.db"

if [ -z "$TOCSIN_TEST_PG" ]; then
	skip 'on PostgreSQL payload is given up' "$no_server"
	plan
	exit 0
fi
base=tocsin_retain_$$
on_server=$(printf '%s\n' "$TOCSIN_TEST_PG" | sed "s!/[^/]*\$!/$base!")
as_super() { psql -X -q -A -t -v ON_ERROR_STOP=1 -c "$1" "$TOCSIN_TEST_PG"; }
sql() { psql -X -q -A -t -v ON_ERROR_STOP=1 -c "$1" "$on_server"; }
trap 'as_super "DROP DATABASE IF EXISTS $base WITH (FORCE)" >/dev/null 2>&1; rm -rf "$room" "$tap_out"' EXIT
as_super "CREATE DATABASE $base TEMPLATE template0 ENCODING 'UTF8'"
for_engine PostgreSQL "$on_server"
ok 'both engines end with the same records' same_hash "$room/kept.db" "$on_server"
ok 'on PostgreSQL whole months are truncated' sh -c '[ "$1" = 0 ]' - "$(sql "SELECT pg_relation_size('payload_2025_08') + pg_relation_size('search_text_2025_08')")"

# ---- keys and bodies: what two servers can lose, and a restore ----

tampered() {    # TEXT STATEMENT: verify must say it; then all is put back
	sql "CREATE TABLE old_record AS SELECT * FROM record"
	sql "$2"
	tocsin --store "$on_server" store verify >"$room/said" 2>&1
	status=$?
	sql "DELETE FROM record; INSERT INTO record SELECT * FROM old_record; DROP TABLE old_record"
	cat "$room/said"
	[ $status -eq 7 ] && grep -qF "$1" "$room/said"
}
ok 'a body without its key is found' tampered 'has no key' "DELETE FROM record WHERE id = '$late'"
ok 'so is a key without its body' tampered 'is not where its key says' "INSERT INTO record SELECT 'ev0', revision, known, 0, content, licence FROM record WHERE id = '$late'"
ok 'and one of another content' tampered 'is not what its key says' "UPDATE record SET content = 'other' WHERE id = '$late'"
ok 'put back, all is sound' tocsin --store "$on_server" store verify

plan
