#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# check.sh - every test there is; called by "make check" from the root of the tree.
#
# usage: BUILD=build CC=gcc tests/check.sh TEST-PROGRAM...
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

jobs=$(nproc 2>/dev/null || echo 2)
# The long ones first, so that the last core does not wait for them.
perl tests/tally.pl "$jobs" "${CHECK_SECONDS:-600}" \
	tests/e2e/*.sh tests/golden/run.sh tests/tidy.sh tests/replay.sh "$@" </dev/null
