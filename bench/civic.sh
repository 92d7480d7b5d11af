#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# civic.sh - civic space and nowcast beside their bars.
#
# usage: BUILD=build bench/civic.sh       (SEEDS=20 WORLDS=10; TOCSIN_SHARED names the reference data)
#
# The ratings of 2017 from WGI and six V-Dem indices of 2016, ten folds by country, mean of SEEDS seeds. Then WORLDS made
# monthly worlds whose events tell, and as many whose events are noise: a claim of skill there is a false one.
set -eu

: "${BUILD:=build}" "${SEEDS:=20}" "${WORLDS:=10}" "${TOCSIN_SHARED:=../shared}"
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
unset TOCSIN_USER
export HOME="$room" TOCSIN_CONFIG=/dev/null TOCSIN_DATA="${TOCSIN_DATA:-$PWD/data}" LC_ALL=C.UTF-8
bin=$BUILD/tocsin
data=$TOCSIN_SHARED/data

for seed in $(seq "$SEEDS"); do
	"$bin" measure civic --source wgi="$data/vdem/wgi_voice_accountability.csv" --source vdem="$data/forecast/panel.csv" \
		--year 2016 --labels "$data/civicspace/civicus_ratings_2017.csv" --folds 10 --seed "$seed" \
		--out "$room/bands.csv" 2>"$room/said.$seed"
done
grep -E '^(labels|labelled|  units)' "$room/said.1"
cat "$room"/said.* | awk '/^out of fold/ { gsub(",", ""); k += $6; w += $10; x += $12; e += $15; n++ }
	END { printf "civic space, mean of %d seeds: quadratic kappa %.4f (bar .89), within one band %.2f %% (99), exact %.1f %%, calibration error %.4f (.05)\n",
		n, k / n, 100 * w / n, 100 * x / n, e / n }'

for kind in tell noise; do
	for seed in $(seq "$WORLDS"); do
		[ "$kind" = noise ] && noise=--noise || noise=
		# shellcheck disable=SC2086
		python3 bench/nowcast_world.py make "$room/world" "$seed" $noise
		"$bin" measure nowcast --index index="$room/world/index.csv" --indicator balance="$room/world/balance.csv" \
			--out "$room/now.csv" 2>"$room/said"
		printf '%s ' "$(grep -c '^skill shown' "$room/said")"
		python3 bench/nowcast_world.py score "$room/world" "$room/now.csv"
	done >"$room/$kind"
	awk -v kind="$kind" '{ skill += $1; below += $9; cover += $12; n++; if (n == 1 || $9 < least) least = $9
			if (n == 1 || $12 < low) low = $12; if (n == 1 || $12 > high) high = $12 }
		END { printf "nowcast, %d worlds whose events %s: RMSE %.1f %% below the last release (least %.1f; bar 10), 90 %% intervals cover %.1f %% (%.1f to %.1f; bar 87 to 93), skill claimed in %d\n",
			n, kind == "tell" ? "tell" : "are noise", below / n, least, cover / n, low, high, skill }' "$room/$kind"
done
