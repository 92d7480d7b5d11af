#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# spaces.sh - the democratic spaces through the loop: indices in, forecasts, their reasons, scores and ledger. Speaks TAP.
set -u
. tests/tap.sh
. tests/world.sh

# 16 countries from 1985 to 2014: indices that mostly stand still, the restless ones move; invented.
made_indices() {
	awk 'BEGIN {
		n = split("SRB MKD GEO UKR DZA ARM AZE BIH BLR LBN TUN MDA ALB MNE EGY MAR", unit, " ")
		m = split("v2x_freexp_altinf v2x_horacc_osp v2x_pubcorr v2x_veracc_osp v2xcl_rol v2xcs_ccsi", space, " ")
		srand(5)
		print "country,year,indicator,value,low,high,source"
		for (u = 1; u <= n; u++) for (s = 1; s <= m; s++) {
			x = .2 + .6 * rand()
			for (y = 1985; y <= 2014; y++) {
				if (rand() < u / n) x += .25 * (rand() - .5) * u / n
				x = x < 0 ? 0 : x > 1 ? 1 : x
				printf "%s,%d,%s,%.3f,,,invented\n", unit[u], y, space[s], x
			}
		}
	}'
}
mkdir -p "$room/in"
made_indices >"$room/in/indices.csv"
cat >"$room/in/manifest.conf" <<'END'
[indices.csv]
role = indicators
format = csv
source = invented
name = Invented indices
licence = open
known = april-next-year
END

TOCSIN_STORE=$(store_fresh spaces)
export TOCSIN_STORE
ok 'the indices are collected' tocsin --quiet collect --in "$room/in"
ok 'and replayed' tocsin --quiet replay --from 2008 --to 2014
tocsin forecast list --jsonl >"$room/forecasts"
count() { [ "$(grep -c "$1" "$room/forecasts")" -eq "$2" ]; }
ok 'every space of every country is forecast both ways each year' count '"question":"closing.v2xcs_ccsi"' $((16 * 7))
in_place() {
	sed 's/.*"p":\([^,]*\),"low":\([^,]*\),"high":\([^,]*\),"raw".*/\1 \2 \3/' "$room/forecasts" |
		awk '!($2 <= $1 && $1 <= $3) { bad++ } END { print bad + 0, NR; exit bad > 0 || NR == 0 }'
}
ok 'a chance stands in its interval' in_place
id=$(sed -n 's/.*"id":"\(fo[0-9a-f]*\)".*"question":"closing.v2xcl_rol","origin":2014.*/\1/p' "$room/forecasts" | head -n 1)
ok 'one is shown with its reasons' sh -c '"$1" forecast show "$2" | grep -q "skill"' - "$BUILD/tocsin" "$id"
ok 'why leads to the observations' sh -c '"$1" why "$2" | grep -q "v2xcl_rol"' - "$BUILD/tocsin" "$id"
ok 'and asked why' sh -c '"$1" forecast why "$2" >"$3" && grep -q "what drives it" "$3" && grep -q "most similar cases" "$3" && grep -Eq "(raises|lowers) it: odds" "$3"' \
	- "$BUILD/tocsin" "$id" "$room/asked"
tocsin forecast show "$id" --json >"$room/shown"
ok 'the record has drivers, similar cases and the hash of its inputs' sh -c \
	'grep -q "\"drivers\":{\"" "$1" && grep -q "\"similar\":{\"cases\":" "$1" && grep -Eq "\"inputs\":\"[0-9a-f]{64}\"" "$1"' - "$room/shown"
ok 'resolved ones are scored by member' sh -c '"$1" learn --jsonl | grep "\"subject\":\"closing.v2xcl_rol\"" | grep -q "\"member\":\"hazard\""' - "$BUILD/tocsin"
ok 'the ledger holds them' tocsin forecast verify
ok 'a second run of the last year changes nothing' sh -c '"$1" replay --from 2014 --to 2014 --jsonl | grep -q "\"new_or_changed\":0"' - "$BUILD/tocsin"

plan
