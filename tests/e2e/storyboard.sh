#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# storyboard.sh - the demonstration tells what it should, without a terminal, in time. Speaks TAP.
set -u
. tests/tap.sh
. tests/world.sh

TMPDIR=$room TOCSIN_DEMO_NO_SERVE=1 sh data/demo/demo.sh "$BUILD/tocsin" >"$room/told" 2>"$room/errors" </dev/null
status=$?
# Seconds of processor time: what else runs on the machine does not count.
times >"$room/times"
took=$(awk 'NR == 2 { split($1, u, "[ms]"); split($2, s, "[ms]"); print int(60 * (u[1] + s[1]) + u[2] + s[2]) }' "$room/times")

tells() {
	for word in "$@"; do grep -qiE -- "$word" "$room/told" || { echo "no \"$word\" in:"; cat "$room/told"; return 1; }; done
}
ok 'the demonstration succeeds' test $status -eq 0
ok 'nothing is on the standard error that it should not say' sh -c '! grep -iE "error|could not|cannot|assert|sanitizer" "$1"' - "$room/errors"
case $BUILD in
*san*) skip 'it takes less than 20 seconds of a processor' 'a build with sanitizers is slower' ;;
*) ok 'it takes less than 20 seconds of a processor' test "$took" -lt 20 ;;
esac
ok 'what was collected, by source and language, and the copies' tells 'demo-wire-a' 'sr-Cyrl' 'copies'
ok 'that the second round changed nothing' tells 'nothing has changed'
ok 'the replayed years' tells '2005' '2024'
ok 'each country' tells Serbia 'North Macedonia' Georgia Ukraine Algeria 'Bosnia and Herzegovina'
ok 'measure, risk of closing and of opening, skill' tells 'closing' 'opening' 'base rate|skill'
ok 'alerts with their level' tells 'warning|critical|watch'
ok 'the plan and what it rejected' tells 'plan' 'reject'
ok 'the words behind it, with their bytes' tells 'bytes [0-9]+-[0-9]+'
ok 'the address of the pages' tells 'http://127\.0\.0\.1:8377/'
ok 'its store is gone again' sh -c '! find "$1" -name demo.db | grep .' - "$room"
plan
