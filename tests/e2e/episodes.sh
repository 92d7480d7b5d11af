#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# episodes.sh - the filters of episodes: against a second implementation, and releases kept side by side. Speaks TAP.
set -u
. tests/tap.sh
. tests/world.sh

same_as_slow() {    # FILE TOLERANCE COLUMN
	tocsin measure episodes --in "$1" --out "$room/fast.csv" --tolerance "$2" --value "$3" &&
		python3 bench/ert_slow.py "$1" "$room/slow.csv" .01 .1 .03 .1 "$2" "$3" && cmp "$room/fast.csv" "$room/slow.csv"
}
if command -v python3 >/dev/null 2>&1; then
	for seed in 101 102 103; do
		python3 bench/ert_slow.py --random "$seed" "$room/invented.csv"
		ok "two implementations agree on the invented world $seed" same_as_slow "$room/invented.csv" "$((seed - 99))" v2x_polyarchy
	done
	inputs=${TOCSIN_SHARED:-../shared}/data/vdem/ert_inputs_v15.csv
	if [ -e "$inputs" ]; then
		ok 'and on the lower bounds of the real one' same_as_slow "$inputs" 5 v2x_polyarchy_codelow
	else
		skip 'and on the lower bounds of the real one' 'the reference is not here'
	fi
else
	skip 'two implementations agree' 'python3 is not here'
fi

head='country_text_id,year,v2x_regime,v2x_polyarchy,v2x_polyarchy_codelow,v2x_polyarchy_codehigh'
printf '%s\n' "$head" SRB,2000,1,0.3,0.25,0.35 SRB,2001,1,0.36,0.31,0.41 SRB,2002,1,0.42,0.37,0.47 >"$room/v1.csv"
printf '%s\n' "$head" SRB,2000,1,0.3,0.25,0.35 SRB,2001,1,0.36,0.31,0.41 SRB,2002,1,0.35,0.3,0.4 >"$room/v2.csv"
ok 'a table comes from the standard input' sh -c \
	'"$1" measure episodes --in - --out - <"$2" | grep -q "^,SRB,,2001,1,0.36,0.31,0.41,2000,2002,SRB_2000_2002,0,0,,,0,,1,SRB_2001_2002,"' \
	- "$BUILD/tocsin" "$room/v1.csv"
tocsin --quiet measure episodes --in "$room/v1.csv" --out "$room/v1.out"
ok 'JSON Lines in, CSV out' sh -c 'printf "%s\n" "$2" "$3" "$4" | "$1" measure episodes --in - --out - | cmp - "$5"' - "$BUILD/tocsin" \
	'{"country_text_id":"SRB","year":2000,"v2x_regime":1,"v2x_polyarchy":0.3,"v2x_polyarchy_codelow":0.25,"v2x_polyarchy_codehigh":0.35}' \
	'{"v2x_polyarchy_codehigh":0.41,"country_text_id":"SRB","year":2001,"v2x_regime":1,"v2x_polyarchy":0.36,"v2x_polyarchy_codelow":0.31}' \
	'{"country_text_id":"SRB","year":2002,"v2x_regime":1,"v2x_polyarchy":0.42,"v2x_polyarchy_codelow":0.37,"v2x_polyarchy_codehigh":0.47,"x":null}' \
	"$room/v1.out"
ok 'CSV in, JSON Lines out' sh -c \
	'"$1" --jsonl measure episodes --in "$2" --out - | grep -q "\"dem_ep\":1,\"dem_ep_id\":\"SRB_2001_2002\",.*\"dem_ep_prch\":1,"' \
	- "$BUILD/tocsin" "$room/v1.csv"
fails 2 'a filter needs a file' tocsin measure episodes --out -
fails 2 'a parameter is a number' tocsin measure episodes --in "$room/v1.csv" --cum-incl much
fails 2 'and not negative' tocsin measure episodes --in "$room/v1.csv" --year-turn -0.1
fails 4 'a table without years is refused' tocsin measure episodes --in data/units/codes.csv

flips() { tocsin --quiet measure revisions --vintage old="$room/v1.csv" --vintage new="$room/v2.csv" --out -; }
flips_are() { flips | grep -qxF "SRB,2001,dem,old,new,1,0,2001,2002,re-rating beyond the interval,0.36,0.36,0.31,0.41,0.31,0.41,2002,0.42,0.35"; }
ok 'a flip between releases is explained' flips_are
fails 2 'one release has no other to differ from' tocsin measure revisions --vintage old="$room/v1.csv"
fails 2 'two of one name are refused' tocsin measure revisions --vintage a="$room/v1.csv" --vintage a="$room/v2.csv"

ok 'draws are the same bytes with any number of threads' sh -c \
	'"$1" --quiet measure draws --in "$2" --out "$3/1" --draws 50 --threads 1 &&
	"$1" --quiet measure draws --in "$2" --out "$3/3" --draws 50 --threads 3 && cmp "$3/1" "$3/3" && grep -q "^SRB,2002," "$3/1"' \
	- "$BUILD/tocsin" "$room/v1.csv" "$room"
fails 2 'errors of neighbouring years cannot be one' tocsin measure draws --in "$room/v1.csv" --correlation 1

# ---- releases in the store ----

mkdir "$room/releases"
cp "$room/v1.csv" "$room/v2.csv" "$room/releases"
for n in 1 2; do
	printf '[v%d.csv]\nrole = indicators\nformat = vdem-wide\nsource = vdem\nknown = release\ncollected = 202%d-03-15\n' "$n" "$n"
done >"$room/releases/manifest.conf"
ok 'two releases of one source are kept' tocsin collect --in "$room/releases"
speaks() {    # DATE VALUE
	tocsin --as-of "$1" country show SRB --json | grep -q "\"v2x_polyarchy\":$2[,}]"
}
ok 'as of a day between them the first one speaks' speaks 2021-06-01 0.42
ok 'and later the second' speaks 2022-06-01 0.35
said_of() { tocsin export --jsonl | grep '"valid_from":"2002"' | grep '"indicator":"v2x_polyarchy"' | grep -c "\"known\":\"$1\".*\"value\":$2"; }
ok 'the first release is there as it was' test "$(said_of 2021-03-15 0.42)" = 1
ok 'and the second beside it' test "$(said_of 2022-03-15 0.35)" = 1
ok 'what it only repeats is not said twice' sh -c \
	'[ "$("$1" export --jsonl | grep -c "\"valid_from\":\"2001\".*\"indicator\":\"v2x_polyarchy\"")" = 1 ]' - "$BUILD/tocsin"
plan
