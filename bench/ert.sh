#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# ert.sh - episodes: cells that differ from the reference and from a second implementation, and how fast; beside the bars.
#
# usage: BUILD=build bench/ert.sh         (TOCSIN_SHARED=../shared; RUNS=10)
#
# Times are of the processor (user and system), so that other work on the machine disturbs little; the best of RUNS.
set -eu

: "${BUILD:=build}" "${TOCSIN_SHARED:=../shared}" "${RUNS:=10}"
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
unset TOCSIN_DATA TOCSIN_USER
export HOME="$room" TOCSIN_CONFIG=/dev/null LC_ALL=C.UTF-8
bin=$BUILD/tocsin
vdem=$TOCSIN_SHARED/data/vdem
in=$vdem/ert_inputs_v15.csv
make -s BUILD="$BUILD" all "$BUILD/bench/ert_core" "$BUILD/bench/as_of" >"$room/make"

# used COMMAND...: milliseconds of processor time and of the clock, of the best of RUNS.
used() {
	RUNS=$RUNS perl -MTime::HiRes=time -MPOSIX -e 'my ($best, $clock);
		for (1 .. $ENV{RUNS}) {
			my ($begun, @before) = (time, times);
			system(@ARGV) == 0 or die "bench: failed: @ARGV\n";
			my @after = times;
			my ($took, $passed) = ($after[2] + $after[3] - $before[2] - $before[3], time - $begun);
			$best = $took if !defined $best || $took < $best;
			$clock = $passed if !defined $clock || $passed < $clock;
		}
		printf "%.0f %.0f\n", 1000 * $best, 1000 * $clock' "$@"
}
row() { printf '%-46s %-36s bar %s\n' "$1" "$2" "$3"; }

episodes() {    # FILE OUT START CUM YEAR-TURN CUM-TURN TOLERANCE COLUMN
	"$bin" measure episodes --in "$1" --out "$2" --start-incl "$3" --cum-incl "$4" --year-turn "$5" --cum-turn "$6" \
		--tolerance "$7" --value "$8"
}
# cells OURS REFERENCE: of the reference's rows and columns, how many ours says otherwise.
cells() {
	perl -e 'sub rows { open my $f, "<", shift or die; chomp(my @l = <$f>); map { [split /,/, $_, -1] } @l }
		my ($head, @ours) = rows($ARGV[0]);
		my ($names, @theirs) = rows($ARGV[1]);
		my %at = map { $head->[$_] => $_ } 0 .. $#$head;
		my %row = map { ("$_->[$at{country_text_id}] $_->[$at{year}]" => $_) } @ours;
		my %in = map { $names->[$_] => $_ } 0 .. $#$names;
		my ($n, $differ) = (0, 0);
		for my $r (@theirs) {
			my $mine = $row{"$r->[$in{country_text_id}] $r->[$in{year}]"};
			for (0 .. $#$names) { $n++; $differ++ if !$mine || $mine->[$at{$names->[$_]}] ne $r->[$_] }
		}
		print "$differ of $n differ\n"' "$1" "$2"
}

episodes "$in" "$room/A" .01 .1 .03 .1 5 v2x_polyarchy
episodes "$in" "$room/B" .005 .05 .03 .1 5 v2x_polyarchy
episodes "$in" "$room/C" .01 .1 .03 .1 3 v2x_polyarchy
row 'reference, default' "$(cells "$room/A" "$vdem/ert_v15.csv")" 0
row 'reference, half the steps' "$(cells "$room/B" "$vdem/ert_variant_B.csv")" 0
row 'reference, tolerance of three years' "$(cells "$room/C" "$vdem/ert_variant_C.csv")" 0

same=0 settings=0
while read -r start cum year total years column; do
	settings=$((settings + 1))
	episodes "$in" "$room/fast" "$start" "$cum" "$year" "$total" "$years" "$column"
	python3 bench/ert_slow.py "$in" "$room/slow" "$start" "$cum" "$year" "$total" "$years" "$column"
	! cmp -s "$room/fast" "$room/slow" || same=$((same + 1))
done <<-SETTINGS
.01 .1 .03 .1 5 v2x_polyarchy
.005 .05 .03 .1 5 v2x_polyarchy
.01 .1 .03 .1 3 v2x_polyarchy
.02 .15 .05 .1 10 v2x_polyarchy
.01 .1 .1 .1 5 v2x_polyarchy
.01 .2 .03 .05 7 v2x_polyarchy
.01 .1 0 .1 5 v2x_polyarchy
.01 .1 .03 .1 5 v2x_polyarchy_codelow
.01 .1 .03 .1 5 v2x_polyarchy_codehigh
SETTINGS
row 'second implementation, same bytes' "$same of $settings settings" "$settings"
same=0 worlds=40
for seed in $(seq "$worlds"); do
	python3 bench/ert_slow.py --random "$seed" "$room/world"
	episodes "$room/world" "$room/fast" .01 .1 .03 .1 $((seed % 7 + 1)) v2x_polyarchy
	python3 bench/ert_slow.py "$room/world" "$room/slow" .01 .1 .03 .1 $((seed % 7 + 1))
	! cmp -s "$room/fast" "$room/slow" || same=$((same + 1))
done
row 'the same on invented worlds of 60 countries' "$same of $worlds" "$worlds"

# shellcheck disable=SC2046
set -- $("$BUILD/bench/ert_core" "$in")
row "core, $1 country-years" "$2 ms" '10 ms'
# shellcheck disable=SC2046
set -- $(used "$bin" measure episodes --in "$in" --out "$room/out")
row 'CSV to CSV, its start included' "$1 ms (clock $2 ms)" '60 ms'
for threads in 1 2; do
	# shellcheck disable=SC2046
	set -- $(RUNS=3 used "$bin" --quiet measure draws --in "$in" --out "$room/draws$threads" --threads "$threads")
	row "1,000 draws of all countries, $threads threads" "$1 ms (clock $2 ms)" '5000 ms, 2 cores'
done
row 'the same bytes with one thread and two' "$(cmp -s "$room/draws1" "$room/draws2" && echo yes || echo no)" yes
# shellcheck disable=SC2046
set -- $(used "$bin" --quiet measure revisions --vintage v12="$vdem/vintages/inputs_v12.csv" \
	--vintage v13="$vdem/vintages/inputs_v13.csv" --vintage v14="$vdem/vintages/inputs_v14.csv" --vintage v15="$in" \
	--out "$room/flips")
row "$(($(wc -l <"$room/flips") - 1)) flips of four releases explained" "$1 ms (clock $2 ms)" none

# Four releases side by side in a store, and one country's series as of a date.
mkdir "$room/releases"
n=12
for file in "$vdem/vintages/inputs_v12.csv" "$vdem/vintages/inputs_v13.csv" "$vdem/vintages/inputs_v14.csv" "$in"; do
	perl -F, -lane 'if ($. == 1) { %at = map { $F[$_] => $_ } 0 .. $#F }
		print join ",", @F[@at{qw(country_text_id year v2x_polyarchy v2x_polyarchy_codelow v2x_polyarchy_codehigh)}]
			if $. == 1 || $F[$at{year}] >= 1992' "$file" >"$room/releases/v$n.csv"
	printf '[v%s.csv]\nrole = indicators\nformat = vdem-wide\nsource = vdem\nknown = release\ncollected = 20%s-03-15\n\n' \
		"$n" "$((n + 10))" >>"$room/releases/manifest.conf"
	n=$((n + 1))
done
"$bin" --store "$room/s.db" --quiet init >/dev/null
"$bin" --store "$room/s.db" --quiet collect --in "$room/releases" >"$room/collected" 2>&1
# shellcheck disable=SC2046
set -- $("$BUILD/bench/as_of" "$room/s.db" 2022-06-01 2023-06-01 2024-06-01 2025-06-01)
row "as of a date: $1 countries, $2 years each" "median $3 ms, 99 % $4 ms" '1 ms'
