#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# planted.sh - rows from the future do not change a byte of what a replay foretells. Speaks TAP.
set -u
. tests/tap.sh
. tests/world.sh

# Years 2005 to 2009 are replayed, so that nothing after 1 April 2010 may count. What is planted is
# known a second later: the whole index revised to absurd values, the foretold years among them, the
# same from a source that comes first by name, pressure, a new country, outcomes, a report.
cp -R data/demo "$room/in"
maker=$(sed -n '2s/^[^"]*//p' data/demo/indices.csv)    # quoted
{
	echo country,year,indicator,value,low,high,source,published
	for unit in SRB GEO UKR TUN ARM; do
		for year in 2000 2001 2002 2003 2004 2005 2006 2007 2008 2009 2010 2011 2012; do
			value=$((year < 2006 ? 777 : -777))
			echo "$unit,$year,v2x_polyarchy,$value,-800,800,$maker,2010-04-01T00:00:01Z"
			[ $unit = ARM ] || echo "$unit,$year,v2x_polyarchy,$value,-800,800,A vintage,2010-04-01T00:00:01Z"
		done
		echo "$unit,2009,pressure_threat,777,776,778,A vintage,2010-04-01T00:00:01Z"
	done
	echo 'FRA,2009,v2x_polyarchy,-777,-778,-776,A vintage,2010-04-01T00:00:01Z'
} >"$room/in/later.csv"
cat >>"$room/in/manifest.conf" <<'M'
[later.csv]
role = indicators
known = column:published
[later-outcomes.csv]
role = outcomes
known = date
[later.xml]
role = feeds
source = later
lang = en
collected = 2010-04-02
M
{
	head -n 1 data/demo/outcomes.csv
	for unit in SRB GEO UKR TUN ARM; do echo "x-$unit,2010-04-02,$unit,planted,worse,,,,,yes"; done
} >"$room/in/later-outcomes.csv"
cat >"$room/in/later.xml" <<'M'
<rss version="2.0"><channel><title>W</title><item><title>Police detain thirty protesters in Belgrade</title>
<guid>planted</guid><pubDate>Fri, 02 Apr 2010 10:00:00 +0000</pubDate>
<description>Police detained thirty protesters in Belgrade.</description></item></channel></rss>
M

clean=$(store_fresh clean) planted=$(store_fresh planted)
store_of() { if [ "$1" = clean ]; then echo "$clean"; else echo "$planted"; fi; }
for world in clean planted; do
	[ $world = clean ] && folder=data/demo || folder=$room/in
	ok "the $world world is collected" tocsin --store "$(store_of $world)" collect --in "$folder"
	ok "the $world world is replayed" tocsin --store "$(store_of $world)" replay --from 2005 --to 2009
	tocsin --store "$(store_of $world)" export >"$room/$world.jsonl"
done
forecasts() { grep '^{"kind":"forecast"' "$1"; }
forecasts "$room/clean.jsonl" >"$room/clean-forecasts"
forecasts "$room/planted.jsonl" >"$room/planted-forecasts"

ok 'the planted rows are in the store' sh -c '[ "$(grep -cE "\"value\":-?777[,}]" "$1")" -ge 123 ] && grep -q guid:planted "$1"' - "$room/planted.jsonl"
ok 'there are forecasts of five origins' sh -c \
	'for y in 2005 2006 2007 2008 2009; do grep -q "\"origin\":$y" "$1" || exit 1; done; [ "$(wc -l <"$1")" -ge 100 ]' - "$room/clean-forecasts"
ok 'not a byte of them differs' cmp "$room/clean-forecasts" "$room/planted-forecasts"

made() { grep -E '^{"kind":"(score|setting|alert|plan|episode|transition)"' "$1"; }
made "$room/clean.jsonl" >"$room/clean-made"
made "$room/planted.jsonl" >"$room/planted-made"
ok 'nor of what was learned, warned of and planned' cmp "$room/clean-made" "$room/planted-made"

# The same rows do count once they are known, or all this would prove nothing.
for world in clean planted; do
	quiet tocsin --store "$(store_of $world)" replay --from 2010 --to 2010
	tocsin --store "$(store_of $world)" export >"$room/$world.jsonl"
	forecasts "$room/$world.jsonl" | grep '"as_of":"2011-04-01"' >"$room/$world-next"
done
ok 'a year later they do' sh -c '[ -s "$1" ] && [ -s "$2" ] && ! cmp "$1" "$2"' - "$room/clean-next" "$room/planted-next"

# A filter over the whole history takes of each id the newest revision of that day, as the store does.
chances() { perl -MJSON::PP -ne 'my $r = decode_json($_); print join(" ", @$r{qw(unit question origin p low high)}), "\n"' "$1" | sort; }
chances "$room/planted-next" >"$room/by-store"
ok 'the export is foretold from as of that day' \
	tocsin --as-of 2011-04-01T00:00:00Z foresee --in "$room/planted.jsonl" --out "$room/filtered"
chances "$room/filtered" >"$room/by-filter"
ok 'with the chances that the store has' cmp "$room/by-store" "$room/by-filter"
plan
