#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# run.sh - how fast: collect, code, measure, foresee, a round, a replay; beside a peer where there is one.
#
# usage: BUILD=build bench/run.sh         ("make bench"; ITEMS=20000 UNITS=190)
#
# Each is the best of three runs of the whole program, its start included; the peer runs in the same minute on the same
# input. bench/README.md says what is compared.
set -eu

: "${BUILD:=build}" "${ITEMS:=20000}" "${UNITS:=190}"
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
unset TOCSIN_DATA TOCSIN_USER
export HOME="$room" TOCSIN_CONFIG=/dev/null LC_ALL=C.UTF-8
bin=$BUILD/tocsin

# best COMMAND...: seconds of the fastest of three runs.
best() {
	perl -MTime::HiRes=time -e 'my $best;
		for (1 .. 3) {
			my $begun = time;
			system(@ARGV) == 0 or die "bench: failed: @ARGV\n";
			my $took = time - $begun;
			$best = $took if !defined $best || $took < $best;
		}
		printf "%.3f\n", $best' "$@"
}
# row WHAT N UNIT SECONDS [PEER PEER-SECONDS]
row() {
	awk -v what="$1" -v n="$2" -v unit="$3" -v s="$4" -v peer="${5:-}" -v p="${6:-}" 'BEGIN {
		printf "%-34s %8d %-14s %8.3f s %10.0f /s", what, n, unit, s, n / s
		if (p != "") printf "   %5.1f x %s (%.3f s)", p / s, peer, p
		printf "\n" }'
}
python=$(command -v python3 || :)
with_python() { [ -n "$python" ] && best "$@" || :; }

perl bench/grow.pl feed "$ITEMS" data/demo >"$room/feed.xml"
perl bench/grow.pl indices "$UNITS" >"$room/indices.csv"
years=$(grep -c v2x_polyarchy "$room/indices.csv")

printf '%s, %s cores, %s\n\n' "$("$bin" --version | head -n 1)" "$(nproc)" "$(uname -sm)"
own=$(best "$bin" --quiet collect --in "$room/feed.xml" --out "$room/documents.jsonl")
peer=$(with_python sh -c 'python3 bench/peer_feed.py "$1" >"$2/peer"' - "$room/feed.xml" "$room")
row 'collect: RSS to documents' "$ITEMS" items "$own" 'python3 xml.etree' "$peer"

own=$(best "$bin" --quiet code --in "$room/documents.jsonl" --out "$room/events.jsonl")
peer=$(with_python sh -c 'python3 bench/peer_words.py data/lexicon "$1" >"$2/peer"' - "$room/documents.jsonl" "$room")
row 'code: documents to events' "$ITEMS" items "$own" 'python3 re' "$peer"

row 'measure: table to series, episodes' "$years" country-years \
	"$(best "$bin" --quiet measure --in "$room/indices.csv" --out "$room/measures.jsonl")"

"$bin" --quiet collect --in "$room/indices.csv" --out "$room/observations.jsonl"
row 'foresee: chances with intervals' "$((UNITS * 2))" forecasts \
	"$(best "$bin" --quiet foresee --in "$room/observations.jsonl" --out "$room/forecasts.jsonl")"

row 'run: a round on data/demo' 1 round \
	"$(best sh -c 'rm -f "$2"*; "$1" --store "$2" --quiet run --in data/demo >/dev/null' - "$bin" "$room/run.db")"
row 'run: the same again' 1 round \
	"$(best sh -c '"$1" --store "$2" --quiet run --in data/demo >/dev/null' - "$bin" "$room/run.db")"
cp "$room/run.db" "$room/replay.db"
row 'replay: 2005 to 2024' 20 years \
	"$(best sh -c 'cp "$3" "$2"; "$1" --store "$2" --quiet replay --from 2005 --to 2024 >/dev/null' - "$bin" "$room/replay.db" "$room/run.db")"
[ -n "$python" ] || echo 'python3 is not here: no peer was run'
