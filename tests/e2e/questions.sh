#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# questions.sh - people and the model: opened, answered, closed, resolved by what is observed, and learned from. Speaks TAP.
set -u
. tests/tap.sh
. tests/world.sh

day() { at=$1; shift; tocsin --quiet --as-of "$at" question "$@"; }

ok 'a replay leaves forecasts of 2018' tocsin --quiet run --in data/demo
quiet tocsin --quiet replay --from 2018 --to 2018
ok 'a question tied to a forecast opens' day 2019-04-02 open --key srb --text 'Will Serbia close?' --unit SRB --forecast closing \
	--origin 2018 --indicator v2x_polyarchy --operator '<=' --threshold 0.30 --until 2020-12-31 --closes 2019-04-30 --resolves 2021-04-01
for answer in heron:0.3 fox:0.6 oak:0.1; do
	ok "${answer%:*} answers" day 2019-04-10 answer srb --as "${answer%:*}" --p "${answer#*:}" --reason 'sevenfold secret'
done
ok 'fox thinks again' day 2019-04-20 answer srb --as fox --p 0.5
fails 6 'nobody may move the closing' day 2019-04-10 open --key srb --text 'Will Serbia close?' --unit SRB --forecast closing \
	--origin 2018 --indicator v2x_polyarchy --operator '<=' --threshold 0.30 --until 2020-12-31 --closes 2019-06-30 --resolves 2021-04-01
hidden() { tocsin question show srb --json >"$room/show" && ! grep -q probabilities "$room/show"; }
ok 'answers are hidden' hidden
fails 5 'the pool is hidden' tocsin question pool srb
fails 6 'it does not close early' day 2019-04-30 close srb
fails 6 'it does not resolve before it is closed' day 2021-04-02 resolve srb
ok 'it closes' day 2019-05-01 close srb
fails 6 'then answers are late, whatever day is claimed' day 2019-04-20 answer srb --as heron --p 0.9
members() { tocsin question pool srb --json >"$room/pool" && cat "$room/pool" && grep -q '"forecasters":4' "$room/pool" &&
	grep -q '"forecaster":"model"' "$room/pool"; }
ok 'the pool has three people and the model' members
kept=$(tocsin export | grep '"forecaster":"pool"')
ok 'it is kept' test -n "$kept"
ok 'the rule resolves it from what is observed' day 2025-12-01 resolve srb
same_pool() { tocsin question pool srb --json | sed 's/"status":"resolved"/"status":"closed"/' | diff - "$room/pool"; }
ok 'the pool is what it was' same_pool
ok 'a round learns from it' tocsin --quiet --as-of 2025-12-05 learn
learned() {
	tocsin export | grep '"about":"question"' | grep '"subject":"srb"' |
		sed 's/.*"member":"\([a-z]*\)".*/\1/' | sort >"$room/members"
	cat "$room/members"
	[ "$(tr '\n' ' ' <"$room/members")" = 'fox heron median model oak pool ' ]
}
ok 'everyone has a score' learned
ok 'the report says so' says 'questions, heron: Brier' tocsin --as-of 2025-12-06 report
ok 'why leads from a score to the forecast' sh -c '"$1" why "$("$1" export | grep "\"subject\":\"srb\"" | grep "\"member\":\"pool\"" |
	sed "s/.*\"id\":\"\(sc[0-9a-f]*\)\",\"revision.*/\1/")" | grep -q "forecast of closing in SRB"' - "$BUILD/tocsin"
erased() {
	for id in $(tocsin export | grep '"forecaster":"heron"' | sed 's/.*"kind":"judgement","id":"\([a-z0-9]*\)".*/\1/' | sort -u); do
		tocsin --yes store erase "$id" 'asked for' || return 1
	done
	! tocsin export | grep '"forecaster":"heron"' | grep -q 'sevenfold secret'
}
ok 'the reason of an answer can be erased' erased
ok 'the store is sound' tocsin store verify
plan
