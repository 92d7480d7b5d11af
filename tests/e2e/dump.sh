#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# dump.sh - a raw dump of real articles is cut where its hand-made answers say. Speaks TAP.
set -u
. tests/tap.sh
. tests/world.sh

seed=${TOCSIN_SHARED:-../shared}/data/seed
if [ ! -r "$seed/seed.txt" ]; then
	skip 'a dump of eight articles is cut to the byte' 'the shared reference data are not here'
	plan
	exit
fi

# A member of each answer and of the document that begins at the same byte, as "answer<TAB>document".
pairs() {
	perl -MJSON::PP -e 'my ($answers, $documents, $theirs, $mine) = @ARGV; my (%at, $json);
		$json = JSON::PP->new->utf8->allow_nonref;
		open my $f, "<", $documents; while (<$f>) { my $d = decode_json($_); $at{$d->{byte_start}} = $d }
		open $f, "<", $answers; while (<$f>) { my $a = decode_json($_); my $d = $at{$a->{byte_start}};
			print $json->encode($a->{$theirs}), "\t", $d ? $json->encode($d->{$mine}) : "no document", "\n" }' \
		"$seed/items.jsonl" "$room/d.jsonl" "$1" "$2" | tee "$room/pairs"
	[ "$(wc -l <"$room/pairs")" -eq 8 ]
}
equal() { pairs "$1" "$1" && awk -F '\t' '$1 != $2 { bad = 1 } END { exit bad }' "$room/pairs"; }
stated() { pairs "$1" "$1" && awk -F '\t' '$1 != "null" && $1 != $2 { bad = 1 } END { exit bad }' "$room/pairs"; }
honest() { pairs "$1" "$2" && awk -F '\t' '$1 == "null" && $2 != "null" { bad = 1 } END { exit bad }' "$room/pairs"; }

ok 'a dump of eight articles is read' tocsin collect --in "$seed/seed.txt" --out "$room/d.jsonl"
ok 'there are eight' test "$(wc -l <"$room/d.jsonl")" -eq 8
ok 'each begins at its byte' equal byte_start
ok 'and ends at its byte' equal byte_end
ok 'each is told its language' equal lang
ok 'titles that the text states are found' stated title
ok 'no title is invented' honest title title
ok 'no author is invented' honest author author
ok 'no date is invented' honest date published
plan
