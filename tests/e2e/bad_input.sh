#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# bad_input.sh - what is wrong is named, by the exit statuses of the manual; the rest is kept. Speaks TAP.
set -u
. tests/tap.sh
. tests/world.sh

rss() {    # $1 guid, $2 pubDate, $3 title
	printf '<rss version="2.0"><channel><title>W</title><item><title>%s</title><guid>%s</guid><pubDate>%s</pubDate><description>%s</description></item></channel></rss>\n' \
		"$3" "$1" "$2" "$3"
}
fresh() {    # an input folder with one good feed
	rm -rf "$room/in" "$TOCSIN_STORE"*
	mkdir "$room/in"
	rss good 'Mon, 03 Mar 2025 10:00:00 +0000' 'Police detain thirty protesters in Belgrade' >"$room/in/good.xml"
	printf '[good.xml]\nrole = feeds\nsource = good\nlang = en\n' >"$room/in/manifest.conf"
}
list() { printf '[%s]\nrole = %s\n' "$1" "$2" >>"$room/in/manifest.conf"; }
the_rest_is_kept() { tocsin export | grep '"kind":"document"' | grep -q '"key":"guid:good"'; }

# ---- files ----

fresh
printf 'this is no XML at all <<<\n' >"$room/in/bad.xml"
printf '[bad.xml]\nrole = feeds\nformat = feed\n' >>"$room/in/manifest.conf"
fails 4 'a feed that is not XML is invalid input' tocsin run --in "$room/in"
ok 'its name, line and column are said' sh -c '"$1" run --in "$2" 2>&1 | grep -E "bad\.xml:[0-9]+:[0-9]+: "' - "$BUILD/tocsin" "$room/in"
ok 'the good feed beside it is kept' the_rest_is_kept

fresh
printf 'country,year,indicator,value,low,high,source\nSRB,2020,v2x_polyarchy,0.3\n' >"$room/in/short.csv"
list short.csv indicators
fails 4 'a CSV with a short row is invalid input' tocsin run --in "$room/in"
ok 'the row is named' says 'short.csv:2:' tocsin run --in "$room/in"
ok 'the rest is kept' the_rest_is_kept
ok 'nothing of the bad file is' sh -c '! "$1" export | grep "\"kind\":\"observation\"" | grep v2x_polyarchy' - "$BUILD/tocsin"

fresh
printf 'country,year,indicator,value,low,high,source\nSRB,2019,v2x_polyarchy,0.3,0.2,0.4,x\nQQQ,2020,v2x_polyarchy,0.3,0.2,0.4,x\n' >"$room/in/units.csv"
list units.csv indicators
fails 4 'an unknown unit in a table is invalid input' tocsin run --in "$room/in"
ok 'the unit and its line are named' says 'units.csv:3:' tocsin run --in "$room/in"
ok 'the rest is kept' the_rest_is_kept

fresh
rss late 'Sat, 01 Jan 2350 00:00:00 +0000' 'Police detain thirty protesters in Belgrade again' >"$room/in/late.xml"
list late.xml feeds
ok 'a publication date in the future is kept' tocsin run --in "$room/in"
ok 'and flagged' sh -c '"$1" export | grep "\"key\":\"guid:late\"" | grep future' - "$BUILD/tocsin"
ok 'the round is not as of that date' sh -c '"$1" run 2>&1 | grep "as of 2" && ! "$1" run 2>&1 | grep "as of 2350"' - "$BUILD/tocsin"

fresh
list gone.xml feeds
fails 4 'a file that the manifest lists and that is gone is said' tocsin run --in "$room/in"
ok 'by name' says 'gone.xml' tocsin run --in "$room/in"
ok 'the rest is kept' the_rest_is_kept

fresh
printf '[good.xml]\nrole = feedz\n' >"$room/in/manifest.conf"
fails 4 'a manifest with an unknown role is invalid input' tocsin run --in "$room/in"
ok 'the nearest role is offered' says 'Did you mean "feeds"?' tocsin run --in "$room/in"

fresh
printf 'nobody listed this\n' >"$room/in/stray.txt"
ok 'a file that no manifest lists is reported and skipped' says 'stray.txt' tocsin run --in "$room/in"

fails 3 'a folder that is not there is not found' tocsin run --in "$room/nowhere"
fails 3 'nor is a file' tocsin collect --in "$room/nowhere.xml" --out -
printf '{"kind":"event","id":7}\n' >"$room/bad.jsonl"
fails 4 'a filter refuses records that are none' tocsin measure --in "$room/bad.jsonl" --out -
ok 'with file, line and column' sh -c '"$1" measure --in "$2" --out - 2>&1 | grep -E "bad\.jsonl:1"' - "$BUILD/tocsin" "$room/bad.jsonl"
printf '{"kind":"event","schema":"9.0"}\n' >"$room/newer.jsonl"
fails 4 'a filter refuses records of a newer schema' tocsin measure --in "$room/newer.jsonl" --out -
cp LICENSE "$room/kept"
fails 4 'a filter that fails leaves its output file as it was' tocsin measure --in "$room/bad.jsonl" --out "$room/kept"
ok 'byte for byte' cmp LICENSE "$room/kept"

# ---- stores ----

fresh
ok 'a small world is made' tocsin run --in "$room/in"
printf '[store]\nmax_mib = 1\n' >"$room/full.conf"
before=$(tocsin store hash)
fails 1 'a full store fails' tocsin --config "$room/full.conf" run --in data/demo
ok 'nothing of the round is half-written' test "$(tocsin store hash)" = "$before"
ok 'with room again the round succeeds' tocsin run --in data/demo

newer() { sqlite3 "$room/newer.db" "INSERT INTO migration VALUES (9999, 0)"; }
cp "$TOCSIN_STORE" "$room/newer.db"
if command -v sqlite3 >/dev/null; then
	ok 'a store of a newer schema is made' newer
	fails 6 'a store of a newer schema is a conflict' tocsin --store "$room/newer.db" run --in "$room/in"
	fails 6 'even to readers' tocsin --store "$room/newer.db" alert list
else
	skip 'a store of a newer schema is a conflict' 'no sqlite3 here'
fi
printf 'this is no database, but long enough to be looked at: %01000d\n' 7 >"$room/text.db"
fails 7 'a file that is no store is an integrity failure' tocsin --store "$room/text.db" alert list
ok 'it is left as it was' grep -q 'this is no database' "$room/text.db"
fails 3 'a store that is not there is not found' tocsin --store "$room/none.db" alert list
ok 'and not made by looking' test ! -e "$room/none.db"
if [ "$(id -u)" -ne 0 ]; then
	mkdir -m 500 "$room/locked"
	fails 5 'a folder one may not write to is not permitted' tocsin --store "$room/locked/x.db" init
fi

# ---- words on the command line ----

fails 2 'no command is a usage error' tocsin
fails 2 'an unknown command is one too' tocsin allert list
ok 'the nearest is offered' says 'Did you mean "alert"?' tocsin allert list
fails 2 'an unknown option is a usage error' tocsin alert list --jsno
fails 2 'so is a date that is none' tocsin --as-of yesterday alert list
fails 2 'and replaying backwards' tocsin replay --from 2010 --to 2005
fails 3 'an unknown unit is not found' tocsin country show Atlantis
fails 3 'nor is an unknown alert' tocsin alert show al00000000000000000000000000000000
fails 3 'nor an unknown id' tocsin why ev00000000000000000000000000000000
fails 2 'erasing asks for --yes' tocsin store erase "$(tocsin export | grep -m1 '"kind":"document"' | grep -oE 'do[0-9a-f]{32}' | head -n 1)" test

plan
