#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# replay.sh - every fuzz target reads its corpus again: what was once found stays mended. Speaks TAP.
set -u
. tests/tap.sh
: "${BUILD:=build}"

for source in fuzz/fuzz_*.c; do
	[ -e "$source" ] || continue
	target=$(basename "$source" .c)
	corpus=fuzz/corpus/${target#fuzz_}
	ok "$target reads its corpus of $(find "$corpus" -type f 2>/dev/null | wc -l) inputs" \
		"$BUILD/replay/$target" "$corpus"
done
plan
