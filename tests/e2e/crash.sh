#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# crash.sh - killed at any moment, or two at once: nothing is lost, nothing half-written. Speaks TAP.
set -u
. tests/tap.sh
. tests/world.sh

none_store=$(store_fresh none) one_store=$(store_fresh one) killed_store=$(store_fresh killed) two_store=$(store_fresh two)
quiet tocsin --store "$TOCSIN_STORE" run --in data/demo
quiet tocsin --store "$TOCSIN_STORE" replay --from 2018 --to 2024
whole=$(tocsin store hash)

# Kill a round after a while; then the store must be sound, and hold all of the round or nothing.
quiet tocsin --store "$none_store" init
none=$(store_hash "$none_store")
quiet tocsin --store "$one_store" run --in data/demo
one=$(store_hash "$one_store")
killed=0
all_or_nothing() {
	for delay in 0.00 0.01 0.02 0.03 0.05 0.08 0.12 0.18 0.27 0.40 0.60; do
		quiet store_fresh killed
		quiet tocsin --store "$killed_store" init
		"$BUILD/tocsin" --store "$killed_store" run --in data/demo >/dev/null 2>&1 &
		pid=$!
		sleep "$delay"
		kill -9 $pid 2>/dev/null && killed=$((killed + 1))
		wait $pid 2>/dev/null
		tocsin --store "$killed_store" store verify || return 1
		hash=$(store_hash "$killed_store")
		[ "$hash" = "$none" ] || [ "$hash" = "$one" ] || { echo "after $delay s: $hash"; return 1; }
	done
	echo "$killed rounds were killed"
	[ "$killed" -ge 3 ]
}
ok 'a round killed at any moment is there whole or not at all' all_or_nothing
ok 'the round after a kill completes the work' sh -c '
	"$1" --store "$2" --quiet run --in data/demo >/dev/null && [ "$("$1" --store "$2" store hash)" = "$3" ]' \
	- "$BUILD/tocsin" "$killed_store" "$one"

replay_killed() {
	replay_store=$(store_fresh replay)
	quiet tocsin store copy "$one_store" "$replay_store" || return 1
	for delay in 0.1 0.3 0.7; do
		"$BUILD/tocsin" --store "$replay_store" replay --from 2018 --to 2024 >/dev/null 2>&1 &
		pid=$!
		sleep "$delay"
		kill -9 $pid 2>/dev/null
		wait $pid 2>/dev/null
		tocsin --store "$replay_store" store verify || return 1
	done
	quiet tocsin --store "$replay_store" replay --from 2018 --to 2024
	[ "$(store_hash "$replay_store")" = "$whole" ]
}
ok 'a replay killed midway and run again ends where an undisturbed one does' replay_killed

two_at_once() {
	"$BUILD/tocsin" --store "$two_store" run --in data/demo >"$room/said1" 2>&1 &
	one_pid=$!
	"$BUILD/tocsin" --store "$two_store" run --in data/demo >"$room/said2" 2>&1 &
	two_pid=$!
	wait $one_pid
	a=$?
	wait $two_pid
	b=$?
	cat "$room/said1" "$room/said2"
	[ $a -eq 0 ] && [ $b -eq 0 ] && [ "$(store_hash "$two_store")" = "$one" ] &&
		cat "$room/said1" "$room/said2" | grep -q 'nothing has changed'
}
ok 'of two rounds at once one waits, and finds nothing left to do' two_at_once

plan
