#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# recorded.sh - what is recorded as having happened changes the next threshold and the next forecast,
# and `why` leads there. Two worlds differ in nothing but what was recorded. Speaks TAP.
set -u
. tests/tap.sh
. tests/world.sh

# The newest revision of the records of a kind whose JSON has a text, or one member of them.
newest() {    # $1 export, $2 kind, $3 text, [$4 member]
	grep "^{\"kind\":\"$2\"" "$1" | grep -F -- "$3" | perl -MJSON::PP -e 'my %last;
		while (<STDIN>) { my $r = decode_json($_); $last{$r->{id}} = $r if !$last{$r->{id}} || $r->{revision} > $last{$r->{id}}{revision} }
		my $out = JSON::PP->new->canonical;
		for my $r (map { $last{$_} } sort keys %last) {
			print defined $ARGV[0] ? ref $r->{$ARGV[0]} ? $out->encode($r->{$ARGV[0]}) : $r->{$ARGV[0]} : $out->encode($r), "\n" }' \
		${4+"$4"}
}
less() { perl -e 'print "$ARGV[0] < $ARGV[1]?\n"; exit !($ARGV[0] < $ARGV[1])' "$1" "$2"; }
differ() { echo "$1"; echo "$2"; [ -n "$1" ] && [ -n "$2" ] && [ "$1" != "$2" ]; }

# ---- an outcome: the rule's threshold ----

base=$(store_fresh base) worse=$(store_fresh worse) none=$(store_fresh none)
store_of() { if [ "$1" = worse ]; then echo "$worse"; else echo "$none"; fi; }
ok 'a world is made' tocsin --store "$base" run --in data/demo
ok 'and its last ten years are replayed' tocsin --store "$base" replay --from 2015 --to 2024
# Armenia's index fell, a watch has been open since April, and nobody has said yet what came of it.
for said in none worse; do
	cp -R data/demo "$room/$said"
	quiet tocsin store copy "$base" "$(store_of $said)"
	echo "rec,2025-11-15,ARM,what the test records,$said,,,,,yes" >>"$room/$said/outcomes.csv"
	ok "an outcome is recorded: $said" tocsin --store "$(store_of $said)" run --in "$room/$said"
	tocsin --store "$(store_of $said)" export >"$room/$said.jsonl"
done
outcome=$(newest "$room/worse.jsonl" outcome '"key":"rec"' id)
threshold() { newest "$room/$1.jsonl" setting '"name":"threshold.index-falls"' value; }
ok 'the hit lowers the multiplier of the rule' less "$(threshold worse)" "$(threshold none)"
ok 'the score behind it counts one hit more' test "$(newest "$room/worse.jsonl" score '"subject":"index-falls"' hits)" -eq \
	"$(($(newest "$room/none.jsonl" score '"subject":"index-falls"' hits) + 1))"
alert=$(newest "$room/worse.jsonl" alert '"rule":"index-falls"' | grep '"unit":"ARM"' | grep -v '"valid_past":"' | grep -oE '"al[0-9a-f]{32}"' | head -n 1 | tr -d '"')
level() { newest "$room/$1.jsonl" alert "$alert" threshold; }
ok 'the alerts of that round have another threshold' differ "$(level none)" "$(level worse)"
tocsin --store "$worse" why "$alert" >"$room/why"
ok 'why names the threshold' grep -q 'threshold: setting threshold.index-falls' "$room/why"
ok 'and the score behind it' grep -q 'score: score of rule index-falls' "$room/why"
ok 'and the outcome behind that' grep -qF "$outcome" "$room/why"
ok 'a further round has nothing to add' says 'nothing has changed' tocsin --store "$worse" run --in "$room/worse"

# ---- a year of the index: the weights of the forecast ----

cp -R data/demo "$room/before"
grep -v '^[A-Z]*,2024,' data/demo/indices.csv >"$room/before/indices.csv"
before=$(store_fresh before) even=$(store_fresh even) fallen=$(store_fresh fallen)
store_after() { if [ "$1" = 0 ]; then echo "$even"; else echo "$fallen"; fi; }
ok 'a world without the last year is made' tocsin --store "$before" run --in "$room/before"
ok 'and replayed' tocsin --store "$before" replay --from 2015 --to 2023
# Then the last year comes in: in one world it is like the one before, in the other all have fallen.
maker=$(sed -n '2s/^[^"]*//p' data/demo/indices.csv)
for fall in 0 0.2; do
	cp -R "$room/before" "$room/after$fall"
	quiet tocsin store copy "$before" "$(store_after $fall)"
	awk -F, -v fall="$fall" -v maker="$maker" '$2 == 2023 && $3 == "v2x_polyarchy" {
		printf "%s,2024,%s,%.3f,,,%s\n", $1, $3, ($4 > fall ? $4 - fall : 0.01), maker }' \
		data/demo/indices.csv >>"$room/after$fall/indices.csv"
	ok "the year is recorded, $fall lower" tocsin --store "$(store_after $fall)" run --in "$room/after$fall"
	tocsin --store "$(store_after $fall)" export >"$room/after$fall.jsonl"
done
weight() { newest "$room/after$1.jsonl" setting '"name":"weight.closing.logit"' value; }
ok 'the weight of a member has changed' differ "$(weight 0)" "$(weight 0.2)"
forecast() {    # the closing forecast of Armenia of the last round
	newest "$room/after$1.jsonl" forecast '"question":"closing","origin":2024' | grep '"unit":"ARM"' | grep -E '"as_of":"2025-11' |
		perl -MJSON::PP -e 'my $r = decode_json(<STDIN>); my $v = $r->{$ARGV[0]}; print ref $v ? JSON::PP->new->canonical->encode($v) : $v' "$2"
}
ok 'and with it those of the next forecast' differ "$(forecast 0 weights)" "$(forecast 0.2 weights)"
tocsin --store "$fallen" why "$(forecast 0.2 id)" >"$room/why"
ok 'why names the weight' grep -q 'weight: setting weight.closing.logit' "$room/why"
ok 'and the score behind it' grep -q 'score: score of forecast closing, logit' "$room/why"
ok 'and a forecast that was scored' grep -q 'forecast: forecast of closing in ARM' "$room/why"
ok 'the year that was recorded came due' grep -q '"subject":"closing","member":"logit","origin":2022' "$room/after0.2.jsonl"
ok 'it had not before' sh -c '"$1" --store "$2" export | grep "\"kind\":\"score\"" >"$3"; ! grep "\"origin\":2022" "$3" && grep -q "\"origin\":2021" "$3"' \
	- "$BUILD/tocsin" "$before" "$room/scores"
plan
