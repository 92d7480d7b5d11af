# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# tap.sh - TAP from shell scripts; sourced. Ends the script with plan.
#
#   ok "name of the case" COMMAND...     passes if the command does; its output is shown if not
#   fails STATUS "name" COMMAND...       passes if the command exits with that very status
#   skip "name" "reason"
#   plan                                 last line: says how many cases there were

cases=0
tap_out=$(mktemp)
trap 'rm -f "$tap_out"' EXIT

tap_line() {    # $1 status of the case, $2 name
	cases=$((cases + 1))
	if [ "$1" -eq 0 ]; then
		printf 'ok %d - %s\n' "$cases" "$2"
	else
		printf 'not ok %d - %s\n' "$cases" "$2"
		head -n 40 "$tap_out" | sed 's/^/# /'
	fi
}

ok() {
	name=$1
	shift
	"$@" >"$tap_out" 2>&1
	tap_line $? "$name"
}

fails() {
	want=$1 name=$2
	shift 2
	"$@" >"$tap_out" 2>&1
	got=$?
	printf 'exit status %d, expected %d\n' "$got" "$want" >>"$tap_out"
	[ "$got" -eq "$want" ]
	tap_line $? "$name"
}

skip() {
	cases=$((cases + 1))
	printf 'ok %d - %s # SKIP %s\n' "$cases" "$1" "$2"
}

plan() { printf '1..%d\n' "$cases"; }
