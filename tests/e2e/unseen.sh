#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# unseen.sh - countries that no file of ours speaks of need data only, no code. Speaks TAP.
set -u
. tests/tap.sh
. tests/world.sh

folder=$room/in
mkdir "$folder"
item() {    # $1 guid, $2 date, $3 title, $4 text
	printf '<item><title>%s</title><guid>%s</guid><pubDate>%s</pubDate><description>%s</description></item>\n' "$3" "$1" "$2" "$4"
}
channel() { printf '<rss version="2.0"><channel><title>%s</title><language>%s</language>\n' "$1" "$2"; cat; printf '</channel></rss>\n'; }
{
	item k1 'Mon, 02 Jun 2025 08:00:00 +0000' 'Kenya police detain forty protesters in Nairobi' 'Police in Nairobi detained forty protesters on Monday, lawyers said.'
	item k2 'Tue, 03 Jun 2025 08:00:00 +0000' 'Kenyan reporter arrested after rally' 'A journalist was arrested in Nairobi while covering a rally against the tax bill.'
	item p1 'Wed, 04 Jun 2025 08:00:00 +0000' 'Peru passes law on foreign funding of NGOs' 'The congress of Peru adopted a law that lets the state sanction associations funded from abroad.'
} | channel 'Wire One' en >"$folder/one.xml"
{
	item k3 'Mon, 02 Jun 2025 12:00:00 +0000' 'Nairobi: dozens of demonstrators arrested' 'Dozens of demonstrators were arrested in the capital of Kenya, rights groups reported.'
	item k4 'Thu, 05 Jun 2025 12:00:00 +0000' 'Kenya: journalist beaten by police' 'Police beat a journalist in Kisumu, Kenya, the media council said.'
} | channel 'Wire Two' en >"$folder/two.xml"
{
	item m1 'Fri, 06 Jun 2025 12:00:00 +0000' 'Sénégal : un journaliste placé en garde à vue' 'Un journaliste a été arrêté jeudi à Dakar, selon son avocat.'
} | channel 'Fil Trois' fr >"$folder/three.xml"
{
	echo country,year,indicator,value,low,high,source
	awk 'BEGIN { for (y = 1990; y <= 2024; y++) {
		v = y < 2016 ? 0.6 : 0.6 - 0.04 * (y - 2015)
		printf "KEN,%d,v2x_polyarchy,%.3f,%.3f,%.3f,made up\nPER,%d,v2x_polyarchy,0.7,0.65,0.75,made up\n", y, v, v - 0.03, v + 0.03, y
		printf "KEN,%d,v2x_regime,%d,,,made up\nPER,%d,v2x_regime,2,,,made up\n", y, v < 0.4 ? 1 : 2, y } }'
} >"$folder/made_up.csv"

ok 'a folder of unseen countries without a manifest is read' tocsin run --in "$folder"
cat >"$folder/manifest.conf" <<'M'
[*.xml]
role = feeds
collected = 2025-06-07
[made_up.csv]
role = indicators
known = april-next-year
M
quiet store_fresh tocsin
ok 'and with one' tocsin run --in "$folder"
tocsin country list --json >"$room/countries"
ok 'all three countries are there' sh -c 'for c in KEN PER SEN; do grep -q "\"$c\"" "$1" || { echo "$c"; cat "$1"; exit 1; }; done' - "$room/countries"
tocsin export >"$room/export"
of() { grep "\"kind\":\"$1\"" "$room/export" | grep -F "\"unit\":\"$2\""; }
ok 'Kenya has events' of event KEN
ok 'the fall of its made-up index is a closing episode' sh -c 'grep "\"kind\":\"episode\"" "$1" | grep "\"unit\":\"KEN\"" | grep -q "\"direction\":\"closing\""' - "$room/export"
ok 'it has a forecast with an interval' sh -c 'grep "\"kind\":\"forecast\"" "$1" | grep "\"unit\":\"KEN\"" | grep -qE "\"low\":[0-9]"' - "$room/export"
ok 'the steady one has no episode' sh -c '! grep "\"kind\":\"episode\"" "$1" | grep "\"unit\":\"PER\""' - "$room/export"
ok 'a brief is written' says 'Kenya' tocsin report Kenya
plan
