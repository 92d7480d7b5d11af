#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# paths.sh - chances and intervals of paths on the benchmark panel, and intervals of chances on made ones, beside their bars.
#
# usage: BUILD=build bench/paths.sh [PART...]      (parts: panel worlds; WORLDS=3 of each tension)
#
# panel needs ../shared (or TOCSIN_SHARED). Half a minute and, for nine worlds, two minutes of processor time.
set -eu

: "${BUILD:=build}" "${TOCSIN_SHARED:=../shared}" "${WORLDS:=3}"
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
trap 'exit 130' INT TERM
make --no-print-directory -s BUILD="$BUILD" "$BUILD/bench/paths" "$BUILD/bench/chance_world" "$BUILD/bench/chance_cover" >&2
failed=0

# bar WHAT FIGURE LEAST MOST
bar() {
	awk -v what="$1" -v x="$2" -v least="$3" -v most="$4" 'BEGIN {
		good = x >= least && x <= most
		printf "%-52s %9s   bar %s to %s   %s\n", what, x, least, most, good ? "met" : "MISSED"
		exit !good }' || failed=1
}

part_panel() {
	"$BUILD/bench/paths" "$TOCSIN_SHARED/data/forecast" >"$room/panel"
	cat "$room/panel"
	for who in 'public countries' 'all that are known'; do
		awk -v who="$who" '/^[a-z]/ { on = index($0, who) == 1 } on && ($1 == "all" || $1 == "group") && $2 ~ /:$/ {
			for (i = 1; i < NF; i++) if ($i == "cover") { print $1 ":" $2, $(i + 1) + 0; break } }' "$room/panel" |
			tr -d ' ' | tr ':' ' ' >"$room/cover"
		while read -r what which cover; do
			case $what in
			all) bar "$who, 90 % intervals cover" "$cover" 87 93 ;;
			*) bar "$who, of group $which" "$cover" 85 95 ;;
			esac
		done <"$room/cover"
	done
}

part_worlds() {
	for tension in 0 1 1.8; do
		: >"$room/said"
		seed=1
		while [ "$seed" -le "$WORLDS" ]; do
			"$BUILD/bench/chance_world" "$seed" "$room/p.csv" "$room/t.csv" "$tension"
			"$BUILD/bench/chance_cover" "$room/p.csv" "$room/t.csv" 2 | tee -a "$room/said"
			seed=$((seed + 1))
		done
		bar "true chances inside, tension $tension, $WORLDS worlds, %" \
			"$(awk '{ n += $2; inside += $4 } END { printf "%.1f", 100 * inside / n }' "$room/said")" 87 100
	done
}

[ $# -gt 0 ] || set -- panel worlds
for part; do "part_$part"; done
exit $failed
