#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# interventions.sh - effects planted in the real panel are found, and none where nothing was planted. Speaks TAP.
set -u
. tests/tap.sh
. tests/world.sh

source=${TOCSIN_SHARED:-../shared}/data/forecast/panel.csv
if [ ! -e "$source" ]; then
	skip 'an effect that was planted in the panel is found' 'the panel is not here'
	plan
	exit
fi

# Every sixteenth country, from 1998, 1999 or 2000 on; in planted.csv its v2xcl_rol is higher by .2 from then.
awk -F, -v OFS=, -v room="$room" '
	NR == 1 {
		for (i = 1; i <= NF; i++) at[$i] = i
		print "iso3,year" >room "/treated.csv"
		print >room "/planted.csv"
		next
	}
	!($at["iso3"] in start) {
		start[$at["iso3"]] = ++n % 16 ? 9999 : 1998 + n / 16 % 3
		if (n % 16 == 0) print $at["iso3"], start[$at["iso3"]] >room "/treated.csv"
	}
	$at["year"] >= start[$at["iso3"]] && $at["v2xcl_rol"] != "" { $at["v2xcl_rol"] += 0.2 }
	{ print >room "/planted.csv" }' "$source"

effects() { tocsin --quiet learn effects --indicator v2xcl_rol --treated "$room/treated.csv" "$@"; }
ok 'the panel with a planted effect is read' effects --in "$room/planted.csv" --out "$room/found.csv"
ok 'an effect that was planted in the panel is found' grep -q '^all,pooled,.*,rise,' "$room/found.csv"
holds() {    # LOW..HIGH of the pooled row has .2 in it
	awk -F, '$1 == "all" && $2 == "pooled" { print $6, $7, $8; exit !($7 <= 0.2 && $8 >= 0.2) }' "$room/found.csv"
}
ok 'its interval holds what was planted' holds
ok 'the panel itself is read' effects --in "$source" --out "$room/none.csv"
ok 'nothing is claimed where nothing was planted' grep -q '^all,pooled,.*,cannot tell,' "$room/none.csv"
turned() {
	{ head -n 1 "$room/planted.csv"; tail -n +2 "$room/planted.csv" | sort -t, -k3,3r -k5,5r; } >"$room/turned.csv"
	effects --in - --out - <"$room/turned.csv" | cmp - "$room/found.csv"
}
ok 'whatever the order of its rows, and from the standard input' turned
lines() { effects --in "$room/planted.csv" --jsonl --out - | grep -c '^{"what":"all","scope":'; }
ok 'JSON Lines on request' lines
other_seed() { effects --in "$room/planted.csv" --seed 2 --out - | cmp -s - "$room/found.csv"; }
fails 1 'another seed draws other placebos' other_seed
plan
