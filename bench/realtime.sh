#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# realtime.sh - the detector in real time: each release judges its newest year, the last release says what it was.
# Beside the bars. With "past": releases as they would have been in old years, cut from v12, instead.
set -eu
BUILD=${BUILD:-build}
SHARED=${TOCSIN_SHARED:-../shared}
data=$SHARED/data/vdem
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT

# judge NAME FILE: chances into $room/NAME.csv, and the pair "file=threshold" added to $pairs
judge() {
	/usr/bin/env time -f "$1: %U s of CPU" "$BUILD/tocsin" measure episode-probability --vintage "$2" \
		--out "$room/$1.csv" 2>"$room/said"
	sed -n '/CPU\|autocr/s/^/# /p' "$room/said"
	threshold=$(sed -n 's/^autocratisation:.*threshold \([0-9.]*\),.*/\1/p' "$room/said")
	pairs="$pairs $1.csv=${threshold:-0.5}"
}

pairs=
if [ "${1:-}" = past ]; then
	"$BUILD/tocsin" measure episodes --in "$data/vintages/inputs_v12.csv" --out "$room/labels"
	for year in 1992 1995 1998 2001 2004 2007 2010 2012 2014 2016; do
		awk -F, -v year=$year 'NR == 1 || $2 <= year' "$data/vintages/inputs_v12.csv" >"$room/cut"
		judge "cut$year" "$room/cut"
	done
	set -- labels
else
	for release in v12 v13 v14; do
		judge "$release" "$data/vintages/inputs_$release.csv"
	done
	cp "$data/ert_v15.csv" "$room/labels"
	cp "$data/split.csv" "$data/vintages/ert_realtime.csv" "$room"
	set -- --half shared=split.csv --beside ert_realtime.csv labels
fi
score=$PWD/bench/score_realtime.py
cd "$room"
# shellcheck disable=SC2086
python3 "$score" "$@" $pairs
