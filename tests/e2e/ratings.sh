#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# ratings.sh - expert ratings from files to files: refused, killed, gone on with. Speaks TAP.
set -u
. tests/tap.sh
: "${BUILD:=build}"

room=$(mktemp -d)
trap 'rm -rf "$room" "$tap_out"' EXIT
export HOME="$room" TOCSIN_CONFIG=/dev/null

# Four units of ten years, twelve experts; ratings follow the unit and a cheap hash.
awk -v ratings="$room/ratings.csv" -v experts="$room/experts.csv" 'BEGIN {
	print "expert,unit,year,rating,confidence" >ratings
	print "expert,main_country" >experts
	for (j = 0; j < 12; j++) {
		print "e" j ",U" j % 4 >experts
		for (t = 0; t < 10; t++)
			print "e" j ",U" j % 4 "," 1990 + t "," 1 + (j % 4 + (j * 7 + t * 3) % 5 % 2) % 5 ",1" >ratings
		print "e" j ",V,,2,1" >ratings
	}
}'
printf 'vignette,threshold\nV,2\n' >"$room/vignettes.csv"

irt() {    # OUT OPTION...
	out=$1
	shift
	"$BUILD/tocsin" measure irt --ratings "$room/ratings.csv" --experts "$room/experts.csv" \
		--vignettes "$room/vignettes.csv" --out "$room/$out" --sweeps 1000 "$@"
}
same() {
	for table in latent experts thresholds diagnostics; do
		cmp "$room/$1/$table.csv" "$room/$2/$table.csv" || return 1
	done
}
killed() {
	irt cut >/dev/null 2>&1 &
	while [ ! -e "$room/cut/checkpoint.bin" ] && kill -0 $! 2>/dev/null; do sleep 0.02; done
	kill -9 $! && [ ! -e "$room/cut/latent.csv" ] && [ -e "$room/cut/checkpoint.bin" ]
}
said() { irt whole --seed 9 2>&1 >/dev/null | grep -q "$1"; }

ok 'ratings are read and estimates written' irt whole
ok 'a row for each year of a unit, and for the vignette' [ "$(wc -l <"$room/whole/latent.csv")" -eq 42 ]
ok 'under a header with the interval' grep -qx 'unit,year,mean,sd,lo95,hi95' "$room/whole/latent.csv"
ok 'the seed is kept beside them' grep -q '^seed,1,' "$room/whole/diagnostics.csv"
ok 'nothing is left of the checkpoint' [ ! -e "$room/whole/checkpoint.bin" ]
ok 'one thread writes the same bytes' irt one --threads 1
ok 'in all four tables' same whole one
ok 'the kernel may take it away in the middle' killed
ok 'it goes on from where it was' irt cut --resume
ok 'and writes what an undisturbed run writes' same whole cut
ok 'how the chains mix is said' said 'R-hat above 1.01: .* of latents'
printf 'e0,U0,1990,3,1\n' >>"$room/ratings.csv"
refused() { irt twice "$@" 2>"$room/said" >/dev/null; }
fails 4 'a rating given twice is refused' refused
ok 'with its place' grep -q 'ratings.csv:134:4: expert "e0" rates this twice, first in line 2' "$room/said"
fails 2 'a model that there is not is refused' refused --model statik
ok 'with the nearest name' grep -q 'Did you mean "static"?' "$room/said"
plan
