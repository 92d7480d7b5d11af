#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# check.sh - every test there is; called by "make check" from the root of the tree.
#
# usage: BUILD=build CC=gcc tests/check.sh TEST-PROGRAM...
#
# What keeps records is tested twice: on SQLite, and on PostgreSQL - on the server that
# TOCSIN_TEST_PG names (postgresql://USER:PASSWORD@HOST:PORT/DATABASE, whose role may create
# databases), else on one that pg_virtualenv makes for this run, which takes root, else not at all.
#
# The last line is "N passed, N failed[, N skipped]"; the status is 1 if any failed.
set -eu

: "${BUILD:=build}" "${CC:=gcc}"
export BUILD CC LC_ALL=C
export ASAN_OPTIONS="detect_leaks=1:${ASAN_OPTIONS:-}" UBSAN_OPTIONS="print_stacktrace=1:${UBSAN_OPTIONS:-}"
unset CDPATH TOCSIN_STORE TOCSIN_DATA TOCSIN_CONFIG TOCSIN_USER XDG_DATA_HOME XDG_CONFIG_HOME NO_COLOR

# No test reads or writes the settings of whoever runs it.
HOME=$(mktemp -d)
export HOME
trap 'rm -rf "$HOME"' EXIT

tally() { "$@" </dev/null; exit $?; }

# What is about files, or about no store at all, runs once; what compares engines, on PostgreSQL only.
twice=$(for program in tests/e2e/*.sh tests/golden/run.sh "$@"; do
	case $program in
	*/newcomer.sh | */storyboard.sh | */recovery.sh | */test_failing_disk) ;;
	tests/e2e/* | tests/golden/* | */tests/store/*) echo "postgresql:$program" ;;
	esac
done)
# A script that has a server of its own compares the engines.
once=$(grep -L "^\. tests/server.sh" tests/e2e/*.sh | grep -v "/engines\.sh$")

# The long ones first, so that the last core does not wait for them. Word splitting is meant.
# shellcheck disable=SC2086
set -- perl tests/tally.pl "$(nproc 2>/dev/null || echo 2)" "${CHECK_SECONDS:-600}" \
	$twice $once tests/golden/run.sh tests/tidy.sh tests/replay.sh "$@"
[ -z "${TOCSIN_TEST_PG:-}" ] || tally "$@"

# One server for the whole run; what is said of it goes to a file, so that the tally has the last line.
if ! command -v pg_virtualenv >/dev/null 2>&1; then
	TOCSIN_NO_PG='TOCSIN_TEST_PG names no server, and there is no pg_virtualenv here'
elif [ "$(id -u)" -ne 0 ]; then
	TOCSIN_NO_PG='TOCSIN_TEST_PG names no server, and pg_virtualenv takes root'
else
	status=0
	pg_virtualenv -t -c '--locale=C.UTF-8' -o fsync=off -o full_page_writes=off sh -c '
		TOCSIN_TEST_PG="postgresql://$PGUSER:$PGPASSWORD@$PGHOST:$PGPORT/postgres"
		export TOCSIN_TEST_PG
		: >"$HOME/started"
		exec "$@" </dev/null >&3 2>&4' - "$@" 3>&1 4>&2 >"$HOME/server" 2>&1 || status=$?
	[ ! -e "$HOME/started" ] || exit "$status"
	cat "$HOME/server" >&2
	TOCSIN_NO_PG='pg_virtualenv could not start a server'
fi
export TOCSIN_NO_PG
tally "$@"
