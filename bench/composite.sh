#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# composite.sh - composite indicators: replications with uncertain inputs, half-widths of Sobol indices, one build.
#
# usage: BUILD=build bench/composite.sh         (REPLICATIONS=1000000 BASE=16384 THREADS=2)
#
# Needs ../shared/data/composite (or $TOCSIN_SHARED). Seconds are printed as wall time and as processor time of the
# program: where others use the cores, the second over the threads is the fairer figure. The reference program, COINr,
# is not run here; its cost is the one its specification was measured with, 0.126 processor seconds a replication, in
# which the inputs do not vary.
set -eu

: "${BUILD:=build}" "${REPLICATIONS:=1000000}" "${BASE:=16384}" "${THREADS:=2}" "${TOCSIN_SHARED:=../shared}"
data=$TOCSIN_SHARED/data/composite
[ -d "$data" ] || { echo "composite.sh: no $data" >&2; exit 0; }
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
export HOME="$room" TOCSIN_CONFIG=/dev/null LC_ALL=C.UTF-8

# run OUT ARGUMENTS...: "wall processor" seconds on the standard output.
run() {
	out=$1
	shift
	perl -MTime::HiRes=time -e '
		my $begun = time;
		system(@ARGV) == 0 or die "composite.sh: failed: @ARGV\n";
		my ($user, $system, $child_user, $child_system) = times;
		printf "%.2f %.2f\n", time - $begun, $child_user + $child_system' \
		"$BUILD/tocsin" --quiet measure composite "$@" --frame "$data/iMeta.csv" --data "$data/iData.csv" \
		--threads "$THREADS" --out "$out"
}
row() { printf '%-58s %s\n' "$1" "$2"; }

run "$room/build.csv" --stage stage_aggregated | while read -r wall cpu; do
	row 'one build, all steps, CSV in and out' "$wall s wall, $cpu s processor (COINr 0.21 s)"
done
run "$room/ua.csv" uncertainty --n "$REPLICATIONS" --seed 1 | while read -r wall cpu; do
	row "$REPLICATIONS replications, inputs uncertain, $THREADS threads" \
		"$wall s wall, $cpu s processor (bar: 1,000,000 in 10 s on 2 cores)"
	awk -v n="$REPLICATIONS" -v cpu="$cpu" 'BEGIN {
		printf "%-58s %.1f us processor (COINr 126000 us)\n", "one replication", cpu / n * 1e6 }'
done
THREADS=1 run "$room/one.csv" uncertainty --n 20000 --seed 1 >/dev/null
THREADS=2 run "$room/two.csv" uncertainty --n 20000 --seed 1 >/dev/null
cmp -s "$room/one.csv" "$room/two.csv" && row 'one thread and two print the same bytes' yes || row 'the same bytes' NO
run "$room/sa.csv" sensitivity --n "$BASE" --seed 1 | while read -r wall cpu; do
	row "Sobol indices of 5 factors, N = $BASE, $((BASE * 7)) runs" "$wall s wall, $cpu s processor"
done
awk -F, 'NR > 1 { for (i = 8; i <= 9; i++) if ($i > most) most = $i }
	END { printf "%-58s %.4f (bar 0.02)\n", "widest half-width, S and ST, 95 % bootstrap", most }' "$room/sa.csv"
