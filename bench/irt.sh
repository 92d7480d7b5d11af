#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# irt.sh - how well and how fast "tocsin measure irt" reads expert ratings, each figure beside its bar.
#
# usage: BUILD=build bench/irt.sh [PART...]      (parts: static small full stress resume worlds; WORLDS=20)
#
# static, small, full and stress need ../shared (or TOCSIN_SHARED); worlds and resume run on made worlds (irt_world.py).
# Seconds are of the processor, both cores together, for others may use the machine. Takes about fifteen minutes on two cores of our own.
set -eu

: "${BUILD:=build}" "${TOCSIN_SHARED:=../shared}" "${WORLDS:=20}"
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
trap 'exit 130' INT TERM
unset TOCSIN_DATA TOCSIN_USER
export HOME="$room" TOCSIN_CONFIG=/dev/null LC_ALL=C.UTF-8
bin=$BUILD/tocsin
failed=0

# measure WORLD OUT OPTION...: prints the seconds.
measure() {
	world=$1 out=$2
	shift 2
	perl -e 'system(@ARGV) == 0 or die "bench: failed: @ARGV\n"; my @t = times; printf "%.1f\n", $t[2] + $t[3]' \
		"$bin" --quiet measure irt --ratings "$world/ratings.csv" --experts "$world/experts.csv" \
		--vignettes "$world/vignettes.csv" --out "$out" "$@"
}
# field NAME LINE: the word after NAME.
field() { printf '%s\n' "$2" | awk -v name="$1" '{ for (i = 1; i < NF; i++) if ($i == name) print $(i + 1) }'; }
# bar WHAT FIGURE LEAST MOST
bar() {
	awk -v what="$1" -v x="$2" -v least="$3" -v most="$4" 'BEGIN {
		good = x >= least && x <= most
		printf "%-52s %9s   bar %s to %s   %s\n", what, x, least, most, good ? "met" : "MISSED"
		exit !good }' || failed=1
}
diagnostic() { awk -F, -v name="$1" '$1 == name { print $2 }' "$2/diagnostics.csv"; }

part_static() {
	seconds=$(measure "$TOCSIN_SHARED/data/irt/small" "$room/static" --model static)
	line=$(python3 bench/score_irt.py "$room/static" "$TOCSIN_SHARED/data/irt/small" --reference)
	echo "static, small: $line; $seconds s"
	bar 'static: share of means within 0.1 reference sd' "$(field within_0.1_sd "$line")" 0.95 1
	bar 'static: share of sd ratios within .9 to 1.1' "$(field within "$line")" 1 1
}
part_dynamic() {    # NAME, BAR OF RMSE, LEAST AND MOST COVERAGE
	seconds=$(measure "$TOCSIN_SHARED/data/irt/$1" "$room/$1")
	line=$(python3 bench/score_irt.py "$room/$1" "$TOCSIN_SHARED/data/irt/$1")
	echo "dynamic, $1: $line; $seconds s, $(diagnostic sweeps "$room/$1") sweeps of 4 chains"
	bar "$1: aligned RMSE" "$(field rmse "$line")" 0 "$2"
	bar "$1: coverage of 95 %" "$(field coverage "$line")" "$3" "$4"
	bar "$1: converged" "$(diagnostic converged "$room/$1")" 1 1
	[ "$1" = small ] || bar "$1: processor seconds" "$seconds" 0 1200
}
part_small() { part_dynamic small 0.17 0 1; }
part_full() { part_dynamic full 0.21 0.93 0.97; }
part_stress() { part_dynamic stress 0.31 0.93 0.97; }

# Killed in the middle and gone on with, it writes the bytes of a run that nobody disturbed.
part_resume() {
	world=$room/world
	python3 bench/irt_world.py small 1 "$world"
	set -- measure irt --ratings "$world/ratings.csv" --experts "$world/experts.csv" --vignettes "$world/vignettes.csv"
	"$bin" --quiet "$@" --out "$room/whole" --sweeps 2000
	"$bin" --quiet "$@" --out "$room/cut" --sweeps 2000 &
	pid=$!
	while [ ! -e "$room/cut/checkpoint.bin" ] && kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
	kill -9 "$pid"
	wait "$pid" 2>/dev/null || :
	"$bin" --quiet "$@" --out "$room/cut" --sweeps 2000 --resume --threads 1
	same=1
	for name in latent experts thresholds diagnostics; do
		cmp "$room/whole/$name.csv" "$room/cut/$name.csv" || same=0
	done
	bar 'killed and resumed: the same bytes' "$same" 1 1
}

part_worlds() {
	for seed in $(seq 1 "$WORLDS"); do
		python3 bench/irt_world.py small "$seed" "$room/made"
		measure "$room/made" "$room/made-out" >/dev/null
		python3 bench/score_irt.py "$room/made-out" "$room/made"
	done >"$room/scores"
	line=$(awk '{ n++; r += $4; c += $6; if ($4 < lo || n == 1) lo = $4; if ($4 > hi) hi = $4 }
		END { printf "worlds %d rmse %.4f from %.4f to %.4f coverage %.4f\n", n, r / n, lo, hi, c / n }' "$room/scores")
	echo "dynamic, small made worlds: $line"
	bar 'made worlds: mean coverage of 95 %' "$(field coverage "$line")" 0.93 0.97
}

[ $# -gt 0 ] || set -- static small full stress resume worlds
for part; do "part_$part"; done
exit $failed
