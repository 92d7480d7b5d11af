#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# leaks.sh - scores that only a leak reaches are an error, and forecasts of the real panel do not know their future. Speaks TAP.
set -u
. tests/tap.sh
. tests/world.sh

# ---- a loop whose forecasts knew what was to come ----

# Units whose index jumps in years that their number decides, and forecasts that know when.
known_ahead() {
	awk -v units="$1" '
		function value(u, year,   y, v) {
			v = .5
			for (y = 1990; y <= year; y++) if ((u * 31 + y * 17) % 11 == 0) v += (v > .5 ? -.1 : .1)
			return v
		}
		BEGIN {
			for (u = 0; u < units; u++) {
				for (y = 1990; y <= 2011; y++)
					printf "{\"kind\":\"observation\",\"unit\":\"U%03d\",\"valid_from\":\"%d\",\"known\":\"%d-04-01\"," \
						"\"indicator\":\"v2x_pubcorr\",\"source\":\"index\",\"value\":%.1f}\n", u, y, y + 1, value(u, y)
				for (y = 1993; y <= 2007; y++)
					for (side = -1; side <= 1; side += 2) {
						ahead = side * (value(u, y + 1) - value(u, y)) > .03 || side * (value(u, y + 2) - value(u, y + 1)) > .03
						printf "{\"kind\":\"forecast\",\"unit\":\"U%03d\",\"known\":\"%d-04-01\",\"as_of\":\"%d-04-01\"," \
							"\"question\":\"%s.v2x_pubcorr\",\"origin\":%d,\"p\":%s,\"base_rate\":0.1}\n", u, y + 1, y + 1,
							(side > 0 ? "opening" : "closing"), y, (ahead ? "0.9" : "0.1")
					}
			}
		}'
}
known_ahead 170 >"$room/ahead.jsonl"
known_ahead 150 >"$room/fewer.jsonl"
fails 7 'forecasts that knew the future make learn fail' tocsin --quiet learn --in "$room/ahead.jsonl" --out "$room/learned.jsonl"
ok 'which writes what it learned' grep -q '"kind":"setting"' "$room/learned.jsonl"
ok 'and says so in the score' grep -q '"verdict":"too good to be true: AUC 1.000 and Brier 0.0100 on 5100' "$room/learned.jsonl"
ok 'fewer than 5,000 do not' tocsin --quiet learn --in "$room/fewer.jsonl" --out "$room/learned.jsonl"
ok 'they are collected into a store' tocsin --quiet collect --in "$room/ahead.jsonl"
fails 7 'a round ends with the same failure' tocsin --quiet run
ok 'and is kept' sh -c '"$1" forecast list --jsonl | grep -q "\"origin\":2011"' - "$BUILD/tocsin"
ok 'learn says which member it is' says 'ensemble, all: too good to be true' tocsin learn

data=${TOCSIN_SHARED:-../shared}/data/forecast
if [ ! -e "$data/panel.csv" ]; then
	skip 'the panel has no leak' 'the panel is not here'
	skip 'the table is that of score.py' 'the panel is not here'
	skip 'the published test scores raise the alarm' 'the panel is not here'
	plan
	exit
fi

# ---- tamperings ----

leaks() { tocsin foresee leaks --in "$data/panel.csv" "$@"; }
ok 'the panel has no leak' leaks --origin 1985 --times 50 --whole 1 --csv --quiet
cp "$tap_out" "$room/table"
dealt() { awk -F, 'NR > 1 && $NF == "never" { n += $2; whole += $4 } END { exit !(n == 50 && whole == 1) }' "$room/table"; }
ok '50 tamperings were dealt and one forecast made anew' dealt
ok 'of nine kinds' sh -c 'test "$(grep -c ,never "$1")" -eq 9' - "$room/table"
ok 'and six rows that were known struck' grep -qx '"what was known, changed or deleted",6,0,1,always' "$room/table"
fails 4 'a panel that ends at its origin is refused' leaks --origin 2025
fails 2 'so is a test of nothing' leaks --origin 1985 --times 0 --whole 0

# ---- scores ----

scored="--outcomes $data/outcomes.csv --reference $data/reference_forecasts.csv --reference-version rf_full_v12_strict
	--years 2005-2021 --countries public --holdout $data/holdout_countries.csv --per-space"
same_as_python() {    # $1 a system of the reference file
	# shellcheck disable=SC2086
	python3 "$data/score.py" --forecasts "$data/reference_forecasts.csv" --version "$1" --draws 200 $scored >"$room/python.csv" || return 1
	# shellcheck disable=SC2086
	tocsin learn score --forecasts "$data/reference_forecasts.csv" --forecasts-version "$1" --draws 200 $scored \
		--out "$room/own.csv" || return 1
	awk -F, 'NR == FNR { for (i = 1; i <= NF; i++) { if (FNR == 1) name[i] = $i; theirs[FNR, name[i]] = $i } next }
		FNR == 1 { for (i = 1; i <= NF; i++) column[i] = $i; next }
		{ for (i = 1; i <= NF; i++) if (column[i] != "ece_floor") {
			cells++
			d = theirs[FNR, column[i]] - $i
			if (d > 1.5e-6 || d < -1.5e-6 || theirs[FNR, column[i]] == "") { print FNR, column[i], $i, theirs[FNR, column[i]]; bad = 1 }
		} }
		END { exit bad || cells != 15 * 26 }' "$room/python.csv" "$room/own.csv"
}
if command -v python3 >/dev/null 2>&1; then
	ok 'the table is that of score.py' same_as_python ens_six_recal
	ok 'also of chances that are all alike' same_as_python climatology
else
	skip 'the table is that of score.py' 'there is no python3'
fi
# shellcheck disable=SC2086
honest() { tocsin learn score --forecasts "$data/reference_forecasts.csv" --forecasts-version "$1" $scored --draws 40 --out /dev/null; }
ok 'the best honest rival raises no alarm' honest ens_six_recal
archive() {
	tocsin learn score --forecasts "$data/archived_rf.csv" --forecasts-version v12.1 --outcomes "$data/outcomes.csv" --years "$1" \
		--out /dev/null
}
fails 7 'the published test scores raise the alarm' archive 2005-2019
ok 'it names them' says 'too good to be true: AUC 0.8' archive 2005-2019
ok 'their one clean origin does not' archive 2021-2021
fails 2 'countries held out have to be named' tocsin learn score --forecasts f.csv --outcomes o.csv --countries public
plan
