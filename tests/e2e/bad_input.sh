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
	rm -rf "$room/in"
	quiet store_fresh tocsin
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

sql() { if on_file; then sqlite3 "$1" "$2"; else psql -X -q -d "$1" -c "$2"; fi; }    # $1 store
fresh
ok 'a small world is made' tocsin run --in "$room/in"
if on_file; then
	printf '[store]\nmax_mib = 1\n' >"$room/full.conf"
	before=$(tocsin store hash)
	fails 1 'a full store in a file fails' tocsin --config "$room/full.conf" run --in data/demo
	ok 'nothing of the round is half-written' test "$(tocsin store hash)" = "$before"
	ok 'with room again the round succeeds' tocsin run --in data/demo
fi

newer=$(store_fresh newer) strange=$(store_fresh strange) none=$(store_nowhere none)
ok 'a store is copied' tocsin store copy "$TOCSIN_STORE" "$newer"
if ! on_file || command -v sqlite3 >/dev/null; then
	ok 'a store of a newer schema is made' sql "$newer" 'INSERT INTO migration VALUES (9999, 0)'
	fails 6 'a store of a newer schema is a conflict' tocsin --store "$newer" run --in "$room/in"
	fails 6 'even to readers' tocsin --store "$newer" alert list
	ok 'a database of somebody else is made' sql "$strange" 'CREATE TABLE mine (x int)'
	fails 7 'a database that is no store is an integrity failure' tocsin --store "$strange" init
	ok 'it is left as it was' sql "$strange" 'INSERT INTO mine VALUES (1)'
	fails 6 'a copy into a store that is not empty is a conflict' tocsin store copy "$TOCSIN_STORE" "$TOCSIN_STORE"
else
	skip 'a store of a newer schema is a conflict' 'no sqlite3 here'
fi
if on_file; then
	printf 'this is no database, but long enough to be looked at: %01000d\n' 7 >"$room/text.db"
	fails 7 'a file that is no store is an integrity failure' tocsin --store "$room/text.db" alert list
	ok 'it is left as it was' grep -q 'this is no database' "$room/text.db"
	ok 'and no file is made by looking' sh -c '! "$1" --store "$2" alert list; [ ! -e "$2" ]' - "$BUILD/tocsin" "$none"
fi
fails 3 'a store that is not there is not found' tocsin --store "$none" alert list

# ---- what one may not read or write: tried as somebody else where root runs the tests ----

# They may not see this tree, in /root for instance: the tables are put where they may.
lesser() {
	if [ "$(id -u)" -ne 0 ]; then
		TOCSIN_DATA="$room/data" "$BUILD/tocsin" "$@"
	else
		TOCSIN_DATA="$room/data" setpriv --reuid=65534 --regid=65534 --clear-groups "$BUILD/tocsin" "$@"
	fi
}
cp -R data "$room/data"
chmod -R a+rX "$room/data"
chmod 711 "$room"
if on_file && quiet lesser collect --in "$room/data/demo/feeds/rss-en-a.xml" --out -; then
	fresh
	mkdir "$room/open" "$room/closed"
	chmod 777 "$room/open"
	cp "$room/in/good.xml" "$room/in/shut.xml"
	chmod 000 "$room/in/shut.xml"
	list shut.xml feeds
	chmod 755 "$room/in"
	fails 4 'a file that one may not read is said' lesser --store "$room/open/x.db" run --in "$room/in"
	ok 'by name, and the rest is kept' says 'shut.xml": Permission denied' lesser --store "$room/open/x.db" run --in "$room/in"
	ok 'in a sound store' sh -c '"$1" --store "$2" export | grep -q "guid:good"' - "$BUILD/tocsin" "$room/open/x.db"
	chmod 000 "$room/in"
	fails 5 'a folder that one may not read is not permitted' lesser --store "$room/open/x.db" run --in "$room/in"
	chmod 755 "$room/in"
	rm -f "$room/in/shut.xml"
	cp "$room/open/x.db" "$room/closed/x.db"
	chmod 555 "$room/closed"
	chmod 444 "$room/closed/x.db"
	fails 5 'no store is made in a folder one may not write to' lesser --store "$room/closed/y.db" init
	ok 'that says why' says 'Permission denied' lesser --store "$room/closed/y.db" init
	fails 5 'nor is one written to there' lesser --store "$room/closed/x.db" run --in "$room/in"
	ok 'but it is read' lesser --store "$room/closed/x.db" report
	ok 'and gives the hash of the original' test "$(lesser --store "$room/closed/x.db" store hash)" = "$(tocsin --store "$room/open/x.db" store hash)"
	chmod 755 "$room/closed"
else
	skip 'what one may not read or write' 'nobody else can run the program from here'
fi

# ---- folders ----

fresh
rm "$room/in/"*
ok 'an empty folder is no fault' tocsin run --in "$room/in"
ok 'there is nothing to work on' says 'nothing to work on' tocsin run --in "$room/in"

fresh
rm "$room/in/manifest.conf"
ok 'a folder without manifest is read by content' tocsin run --in "$room/in"
ok 'and kept' the_rest_is_kept

fresh
rm "$room/in/manifest.conf"
mkfifo "$room/in/never.xml"
ln -s nowhere "$room/in/dangling.xml"
fails 4 'a pipe in a folder is not waited for' timeout 60 "$BUILD/tocsin" run --in "$room/in"
ok 'it is named' says 'never.xml": it is neither a file nor a folder' timeout 60 "$BUILD/tocsin" run --in "$room/in"
ok 'so is a link to nothing' says 'dangling.xml": No such file' tocsin run --in "$room/in"
ok 'the rest is kept' the_rest_is_kept
mkfifo "$room/pipe"
cat "$room/in/good.xml" >"$room/pipe" &
ok 'a pipe that is asked for is read' timeout 60 "$BUILD/tocsin" collect --in "$room/pipe" --out "$room/piped.jsonl"
wait

fresh
printf '[../good.xml]\nrole = feeds\n' >"$room/in/manifest.conf"
fails 4 'a manifest names nothing outside its folder' tocsin run --in "$room/in"
printf 'role = feeds\n' >"$room/in/manifest.conf"
fails 4 'a key before the first section is a fault' tocsin run --in "$room/in"
ok 'with its line' says 'manifest.conf:1:1: ' tocsin run --in "$room/in"

fresh
perl -e 'print "country,year,indicator,value\nSRB,2020,v2x_polyarchy,", "9" x 5e6, "\n"' >"$room/in/wide.csv"
perl -e 'print "a" x 5e6' >"$room/in/wide.txt"
rm "$room/in/manifest.conf"
fails 4 'a huge line does no harm' tocsin run --in "$room/in"
ok 'its fault is cut short' sh -c '"$1" run --in "$2" 2>&1 | awk "length > 300 { exit 1 }"' - "$BUILD/tocsin" "$room/in"
ok 'the rest is kept' the_rest_is_kept

# ---- where the output goes ----

fresh
ok 'a world for the output is made' tocsin run --in data/demo
broken() { "$BUILD/tocsin" "$@" 2>"$room/broken" | head -n 1 >/dev/null; cat "$room/broken"; test ! -s "$room/broken"; }
ok 'a reader that leaves is no fault to speak of' broken export
ok 'nor for a list' broken event list
fails 1 'a closed output fails' sh -c '"$1" alert list >&-' - "$BUILD/tocsin"
fails 1 'so does a full one' sh -c '"$1" report >/dev/full' - "$BUILD/tocsin"
fails 1 'and of a filter' sh -c '"$1" collect --in data/demo/feeds/rss-en-a.xml --out - >/dev/full' - "$BUILD/tocsin"

# ---- words on the command line ----

fails 2 'no command is a usage error' tocsin
fails 2 'an unknown command is one too' tocsin allert list
ok 'the nearest is offered' says 'Did you mean "alert"?' tocsin allert list
fails 2 'an unknown option is a usage error' tocsin alert list --jsno
fails 2 'so is a date that is none' tocsin --as-of yesterday alert list
fails 2 'and replaying backwards' tocsin replay --from 2010 --to 2005
fails 2 'or into the future' tocsin replay --from 2020 --to 3000
before=$(tocsin store hash)
fails 2 'so is a round as of a day that has not come' tocsin --as-of 9999-12-31 run
ok 'which leaves the store as it was' test "$(tocsin store hash)" = "$before"
for date in 2025-13-01 2025-02-30 '' 0000-01-01 -5 2025-06-01T25:00:00Z 2025-06-01junk 99999999999999999999; do
	fails 2 "\"$date\" is no date" tocsin --as-of "$date" alert list
done
ok 'before all records there is nothing' test "$(tocsin --as-of 1800 alert list --json)" = '[]'
fails 2 'a field that no row has is a usage error' tocsin alert list --json=id,titel
ok 'the nearest field is offered' says 'Did you mean "title"?' tocsin alert list --json=id,titel
fails 2 'so is a language of the output that is not there' tocsin --lang fr alert list
fails 2 'and a folder for a filter' tocsin collect --in data/demo --out -
printf '[sotre]\nmax_mib = 7\n' >"$room/slip.conf"
fails 4 'a setting that nobody knows is invalid input' tocsin --config "$room/slip.conf" alert list
ok 'with its line and the nearest' says 'Did you mean "store.max_mib"?' tocsin --config "$room/slip.conf" alert list
fails 3 'an unknown unit is not found' tocsin country show Atlantis
fails 3 'nor is an unknown alert' tocsin alert show al00000000000000000000000000000000
fails 3 'nor an unknown id' tocsin why ev00000000000000000000000000000000
fails 2 'erasing asks for --yes' tocsin store erase "$(tocsin export | grep -m1 '"kind":"document"' | grep -oE 'do[0-9a-f]{32}' | head -n 1)" test

plan
