#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# loop.sh - the whole loop on the facts of data/demo: from the feeds to the words behind a plan. Speaks TAP.
set -u
. tests/tap.sh
. tests/world.sh

# ---- a round, and the same again ----

empty=$(store_fresh empty) second=$(store_fresh second) without=$(store_fresh without)
traps=$(store_fresh traps) then=$(store_fresh then)
ok 'init makes the store' tocsin init
ok 'a round on the facts succeeds' tocsin run --in data/demo
first=$(tocsin store hash)
ok 'it makes new records' test "$(tocsin store hash)" != "$(tocsin --store "$empty" init >/dev/null; store_hash "$empty")"

nothing_new() {
	tocsin run --in data/demo --jsonl >"$room/again" || return 1
	cat "$room/again"
	! grep -E '"(new|revised|withdrawn)":[1-9]' "$room/again"
}
ok 'a second round on the same facts makes nothing new' nothing_new
ok 'it says so' says 'nothing has changed' tocsin run --in data/demo
ok 'the hash of the store is the same' test "$(tocsin store hash)" = "$first"
ok 'a round without input changes nothing either' says 'nothing has changed' tocsin run
ok 'another store, made on its own, has the same hash' sh -c \
	'"$1" --store "$2" --quiet run --in data/demo && [ "$("$1" --store "$2" store hash)" = "$3" ]' \
	- "$BUILD/tocsin" "$second" "$first"
ok 'the store is sound' tocsin store verify

# ---- replay teaches, and the next round has learned ----

ok 'the years 2005 to 2024 are replayed' tocsin replay --from 2005 --to 2024
tocsin export >"$room/replayed"
ok 'each year has its scores' sh -c \
	'for y in 2006 2012 2018; do grep "\"kind\":\"score\"" "$1" | grep -q "\"origin\":$y" || { echo "$y"; exit 1; }; done' \
	- "$room/replayed"
ok 'a round after the replay succeeds' tocsin run
learned=$(tocsin store hash)
ok 'and again changes nothing' says 'nothing has changed' tocsin run
ok 'nor does replaying the same years' sh -c \
	'"$1" --quiet replay --from 2005 --to 2024 >/dev/null && "$1" --quiet run >/dev/null && [ "$("$1" store hash)" = "$2" ]' \
	- "$BUILD/tocsin" "$learned"
tocsin export >"$room/export"
ok 'what was learned is kept as settings' grep -q '"kind":"setting"' "$room/export"

# ---- alerts, plans, why ----

tocsin alert list --json >"$room/alerts"
ok 'alerts are a bare array, gravest first' perl -MJSON::PP -e 'local $/; my $list = decode_json(<STDIN>);
	my @level = map { $_->{level} } @$list; print "@level\n";
	exit !(@level && "@level" eq join " ", sort { $b <=> $a } @level)' <"$room/alerts"
gravest=$(member id <"$room/alerts" | head -n 1)
plan=$(member plan <"$room/alerts" | head -n 1)
ok 'the gravest alert has a plan' tocsin plan show "$plan"

spans() { tocsin why "$1" --json | perl tests/spans.pl "$room/export"; }
ok 'its plan rests on words, and the bytes there are the words shown' spans "$plan"
for id in $(member id <"$room/alerts"); do tocsin why "$id" --json; done |
	perl -MJSON::PP -e 'local $/; my @rows = map { @$_ } JSON::PP->new->utf8->incr_parse(<STDIN>);
		print JSON::PP->new->utf8->encode(\@rows)' >"$room/all-why"
ok 'so does every other alert that quotes' sh -c 'perl tests/spans.pl "$1" <"$2"' - "$room/export" "$room/all-why"
one_of_each() { perl -MJSON::PP -ne 'my ($kind) = /^\{"kind":"(\w+)"/; print decode_json($_)->{id}, "\n" if !$seen{$kind}++' "$room/export"; }
why_of_each() {
	for id in $(one_of_each); do quiet tocsin why "$id" || { echo "$id"; return 1; }; done
	[ "$(one_of_each | wc -l)" -ge 10 ]
}
ok 'why accepts an id of every kind' why_of_each

# ---- the evidence carries the alert ----

keys() {    # keys of the documents in a walk
	member document | sort -u >"$room/ids"
	perl -MJSON::PP -e 'my %id = map { chomp; $_ => 1 } do { open my $f, "<", $ARGV[0]; <$f> };
		while (<STDIN>) { next unless /"kind":"document"/; my $r = decode_json($_); print "$r->{key}\n" if $id{$r->{id}} }' \
		"$room/ids" <"$room/export" | sort -u
}
without() {
	cp -R data/demo "$room/without"
	tocsin why "$gravest" --json | keys >"$room/keys"
	[ -s "$room/keys" ] || { echo 'the walk names no document'; return 1; }
	tr '\n' ' ' <"$room/keys"
	# shellcheck disable=SC2046
	perl tests/without.pl "$room/without" $(cat "$room/keys") <"$room/export" || return 1
	tocsin --store "$without" --quiet run --in "$room/without" || return 1
	! tocsin --store "$without" alert list --json | member id | grep -F "$gravest"
}
tocsin --store "$second" alert list --json >"$room/alerts"
gravest=$(member id <"$room/alerts" | head -n 1)
ok 'without the documents of the gravest alert that alert is not raised' without

# ---- traps: sport, crime and accidents in the words of conflict ----

awk -F, 'NR > 1 && $(NF - 2) == "yes" { print $1 }' data/demo/facts.csv >"$room/traps"
ok 'there are ten traps' test "$(wc -l <"$room/traps")" -eq 10
# A member of the documents that are traps: by the id in the key, or in the dump by where the labels say the item begins.
trap_of() {
	perl -MJSON::PP -e 'my ($names, $items, $member) = @ARGV; my (%trap, %begins);
		open my $f, "<", $names; chomp, $trap{$_} = 1 while <$f>;
		open $f, "<", $items; while (<$f>) { my $i = decode_json($_); $begins{$i->{byte_start}} = $i->{id} }
		while (<STDIN>) {
			next unless /"kind":"document"/;
			my $r = decode_json($_);
			my $name = $r->{feed} =~ /dump/ ? $begins{$r->{byte_start}} : ($r->{key} =~ /(\w+)$/)[0];
			print "$r->{$member}\n" if $name && $trap{$name};
		}' "$room/traps" data/demo/dump-j.items.jsonl "$1" <"$room/export" | sort -u
}
ok 'all of them were collected' test "$(trap_of id | wc -l)" -eq 10
no_trap() { trap_of id >"$room/trap-ids"; ! member document <"$room/all-why" | grep -Fxf "$room/trap-ids"; }
ok 'no alert rests on a trap' no_trap
only_traps() {
	cp -R data/demo "$room/traps-only"
	rm "$room"/traps-only/*.csv
	sed '/^\[indices/,$d' data/demo/manifest.conf >"$room/traps-only/manifest.conf"
	# shellcheck disable=SC2046
	perl tests/without.pl --only "$room/traps-only" $(trap_of key) <"$room/export" || return 1
	tocsin --store "$traps" --quiet run --in "$room/traps-only" || return 1
	tocsin --store "$traps" store show
	[ "$(tocsin --store "$traps" export | grep -c '"kind":"document"')" -eq 10 ] &&
		[ "$(tocsin --store "$traps" alert list --json)" = '[]' ]
}
ok 'a folder of nothing but traps raises nothing' only_traps

# ---- as of a day ----

ok 'as of 2024-06-01 nothing later is known' sh -c '
	"$1" --store "$2" --as-of 2024-06-01 --quiet run --in data/demo &&
	"$1" --store "$2" --as-of 2024-06-01 alert list --json | grep -oE "\"changed\":\"[0-9-]{10}" | cut -d\" -f4 |
		awk "\$1 > \"2024-06-01\" { print; bad = 1 } END { exit bad }"' - "$BUILD/tocsin" "$then"

plan
