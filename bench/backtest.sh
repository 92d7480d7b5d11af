#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# backtest.sh - the forecast benchmark on the public countries: back-test and scorer of ../shared, figures beside their bars.
#
# usage: BUILD=build bench/backtest.sh six|live|same|leaks|all      (all: six, live and same)
#
#   six    17 origins 2005-2021, each learned anew from what was known; against the published forest; time and memory
#   live   what releases v10, v11, v12 said in their day, by the one-year rule, and v12.1 by the two-year rule; against
#          the forecasts that were published then
#   same   the bytes of two origins with one thread, with two, and again
#   leaks  1,000 tamperings with the inputs of origin 2015, 20 with its forecast (LEAKS="--times 1000 --whole 20")
#
# Needs ../shared (or TOCSIN_SHARED) and python3. WORK keeps what was made. The status is 1 when a bar was missed.
set -eu

: "${BUILD:=build}" "${TOCSIN_SHARED:=../shared}" "${LEAKS:=--times 1000 --whole 20}"
data=$TOCSIN_SHARED/data/forecast
bin=$PWD/$BUILD/tocsin
room=${WORK:-$(mktemp -d)}
[ -n "${WORK:-}" ] || trap 'rm -rf "$room"' EXIT
trap 'exit 130' INT TERM
mkdir -p "$room"
public="--countries public --holdout $data/holdout_countries.csv"
failed=0

# bar WHAT FIGURE LEAST MOST: one of the two may be -, no bound; both: a figure without a bar.
bar() {
	awk -v what="$1" -v x="$2" -v least="$3" -v most="$4" 'BEGIN {
		good = x != "" && (least == "-" || x + 0 >= least + 0) && (most == "-" || x + 0 <= most + 0)
		if (least != "-" && least == most) bar = least
		else if (least != "-" && most != "-") bar = least " to " most
		else if (least != "-") bar = "at least " least
		else if (most != "-") bar = "at most " most
		printf "%-58s %10s   %-18s %s\n", what, x, bar, (bar == "" ? "" : (good ? "ok" : "MISSED"))
		exit !good }' || failed=1
}

# of FILE DIRECTION SPACE COLUMN: a cell of a table of scores
of() {
	awk -F, -v direction="$2" -v space="$3" -v column="$4" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		$at["direction"] == direction && $at["space"] == space { print $at[column] }' "$1"
}

# back NAME OPTIONS OF BACKTEST -- OPTIONS OF FORESEE: into $room/NAME; processor seconds in $room/NAME.cpu
back() {
	name=$1 options='' work=$room/$1
	shift
	while [ "$1" != -- ]; do
		options="$options $1"
		shift
	done
	shift
	rm -rf "$work"
	# shellcheck disable=SC2086
	/usr/bin/env time -o "$room/$name.cpu" -f '%U %S' python3 "$data/backtest.py" $options --work "$work" \
		--cmd "'$bin' --quiet foresee --in {panel} --origin {origin} --out {out} $*"
}

part_six() {
	back six --track six -- ''
	rivals="$data/outcomes.csv --forecasts $room/six/forecasts.csv --years 2005-2021 --reference $data/reference_forecasts.csv"
	# shellcheck disable=SC2086
	python3 "$data/score.py" --outcomes $rivals --reference-version rf_full_v12_strict $public --per-space >"$room/six.csv"
	echo '# track six, public countries, origins 2005-2021'
	bar 'rows' "$(of "$room/six.csv" both all n)" 17220 17220
	bar 'Brier' "$(of "$room/six.csv" both all brier)" - .0948
	bar 'log' "$(of "$room/six.csv" both all log)" - .311
	bar 'AUC' "$(of "$room/six.csv" both all auc_roc)" .804 -
	bar 'AUC-PR' "$(of "$room/six.csv" both all auc_pr)" .380 -
	bar 'ECE' "$(of "$room/six.csv" both all ece)" - .020
	bar 'Brier minus that of the published forest, run cleanly' "$(of "$room/six.csv" both all diff)" - -
	bar 'its upper end' "$(of "$room/six.csv" both all diff_hi)" - -.007
	for space in freexp_altinf horacc_osp pubcorr veracc_osp cl_rol cs_ccsi; do
		index=v2x_$space
		case $space in cl_* | cs_*) index=v2x$space ;; esac
		for way in up down; do
			bar "  $way $index, Brier (the forest $(of "$room/six.csv" $way "$index" ref_brier))" \
				"$(of "$room/six.csv" $way "$index" brier)" - -
		done
	done
	# shellcheck disable=SC2086
	bar 'leak alarm' "$("$bin" --quiet learn score --outcomes $rivals --reference-version rf_full_v12_strict $public \
		--out /dev/null && echo 0 || echo $?)" 0 0
	echo '# all 17 origins, everything learned anew, two threads'
	bar 'seconds' "$(awk -F, 'NR > 1 { s += $2 } END { printf "%.1f", s }' "$room/six/runs.csv")" - 120
	bar 'processor seconds' "$(awk '{ printf "%.1f", $1 + $2 }' "$room/six.cpu")" - -
	bar 'peak memory, MB' "$(awk -F, 'NR > 1 && $3 > m { m = $3 } END { printf "%.0f", m * 1024 / 1e6 }' "$room/six/runs.csv")" - 400
}

# round VERSION YEAR OUTCOMES FORECASTS: scores into $room/VERSION.csv, its rows for the pools
round() {
	# shellcheck disable=SC2086
	python3 "$data/score.py" --outcomes "$data/$3.csv" --forecasts "$4" --years "$2-$2" --reference "$data/archived_rf.csv" \
		--reference-version "$1" $public --per-space >"$room/$1.csv"
	bar "$1, rows" "$(of "$room/$1.csv" both all n)" - -
	own=$(of "$room/$1.csv" both all brier) theirs=$(of "$room/$1.csv" both all ref_brier)
	bar "$1, Brier; that of the archive is the bar" "$own" - "$theirs"
	bar "$1, relative difference, %" "$(echo "$own $theirs" | awk '{ printf "%.2f", 100 * ($1 / $2 - 1) }')" - -
}

# Cells of a round under an origin of its own, so that two rounds of one year can be pooled.
pooled() {
	for round in "$@"; do
		case $round in
		v10) year=2019 from=outcomes_single_year_rule said=live ;;
		v11) year=2020 from=outcomes_single_year_rule said=live ;;
		v12) year=2021 from=outcomes_single_year_rule said=live ;;
		v12.1) year=2021 from=outcomes said=live_two ;;
		esac
		awk -F, -v OFS=, -v year="$year" -v as="${round#v}" -v first="$([ "$round" = "$1" ] && echo 1)" '
			NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; if (first) print; next }
			$at["origin"] == year { $at["origin"] = 1970 + 10 * as; print }' "$data/$from.csv" >>"$room/pool_outcomes.csv"
		awk -F, -v OFS=, -v year="$year" -v as="${round#v}" -v first="$([ "$round" = "$1" ] && echo 1)" '
			NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; if (first) print; next }
			$at["origin"] == year { $at["origin"] = 1970 + 10 * as; print }' "$room/$said/forecasts.csv" >>"$room/pool_forecasts.csv"
	done
}

part_live() {
	back live --track live -- --rule one-year
	back live_two --track live --origins 2021-2021 -- --rule two-year
	echo '# live rounds, public countries'
	round v10 2019 outcomes_single_year_rule "$room/live/forecasts.csv"
	round v11 2020 outcomes_single_year_rule "$room/live/forecasts.csv"
	round v12 2021 outcomes_single_year_rule "$room/live/forecasts.csv"
	round v12.1 2021 outcomes "$room/live_two/forecasts.csv"
	bar 'mean of v10, v11, v12.1, relative difference, %' "$(for v in v10 v11 v12.1; do
		echo "$(of "$room/$v.csv" both all brier) $(of "$room/$v.csv" both all ref_brier)"; done |
		awk '{ own += $1; theirs += $2 } END { printf "%.2f", 100 * (own / theirs - 1) }')" - -8
	for rounds in 'v10 v11 v12 v12.1' 'v10 v11 v12.1'; do
		rm -f "$room/pool_outcomes.csv" "$room/pool_forecasts.csv"
		# shellcheck disable=SC2086
		pooled $rounds
		# shellcheck disable=SC2086
		python3 "$data/score.py" --outcomes "$room/pool_outcomes.csv" --forecasts "$room/pool_forecasts.csv" $public >"$room/pool.csv"
		bar "value of closings at .3, $rounds" "$(of "$room/pool.csv" down all value_30)" .000001 -
		bar "value of openings at .3, $rounds" "$(of "$room/pool.csv" up all value_30)" -.05 -
	done
	echo '# all cells: round, direction, space, rows, events, Brier, that of the archive, AUC, its, value at .1, .2, .3'
	for v in v10 v11 v12 v12.1; do
		awk -F, -v v=$v 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
			{ printf "%-6s %-5s %-18s %5d %4d  %s %s  %s %s  %s %s %s\n", v, $at["direction"], $at["space"], $at["n"],
				$at["events"], $at["brier"], $at["ref_brier"], $at["auc_roc"], $at["ref_auc_roc"], $at["value_10"],
				$at["value_20"], $at["value_30"] }' "$room/$v.csv"
	done
}

part_same() {
	echo '# the same bytes: forecasts, details and paths'
	for origin in 2005 2021; do
		n=0
		for threads in 1 2 2; do
			n=$((n + 1))
			"$bin" --quiet foresee --in "$data/panel.csv" --origin $origin --threads $threads --out "$room/same$n" \
				--detail "$room/detail" --paths "$room/paths"
			cat "$room/detail" "$room/paths" >>"$room/same$n"
		done
		bar "$origin, one thread and two" "$(cmp -s "$room/same1" "$room/same2" && echo 1 || echo 0)" 1 1
		bar "$origin, again" "$(cmp -s "$room/same2" "$room/same3" && echo 1 || echo 0)" 1 1
	done
}

part_leaks() {
	echo '# tamperings with what came after 2015'
	# shellcheck disable=SC2086
	if /usr/bin/env time -f '%U s of processor time' "$bin" foresee leaks --in "$data/panel.csv" --origin 2015 $LEAKS; then
		bar 'tamperings that were noticed' 0 0 0
	else
		bar 'tamperings that were noticed' 'some' 0 0
	fi
}

case ${1:-} in
six | live | same | leaks) "part_$1" ;;
all) part_six && part_live && part_same ;;
*) sed -n '5p' "$0" && exit 2 ;;
esac
exit $failed
