#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# run.sh SECONDS - every fuzz target under libFuzzer, ASan and UBSan, for so many seconds each.
set -eu

seconds=${1:-60}
out=build/fuzzers
mkdir -p "$out"
packages='libsodium jansson sqlite3 libxml-2.0 icu-uc icu-i18n gsl libmicrohttpd'
# shellcheck disable=SC2046,SC2086
flags="-std=gnu11 -D_GNU_SOURCE -O1 -g -ffp-contract=off -Iinclude -Isrc -I. $(pkg-config --cflags $packages)"
sanitize='-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all'

build_library() {
	for file in src/base/*.c src/model/*.c src/text/*.c src/collect/*.c src/stats/*.c src/measure/*.c src/ledger/*.c; do
		object=$out/$(basename "$file" .c).o
		[ "$object" -nt "$file" ] || printf '%s %s\n' "$file" "$object"
	done | xargs -r -n 2 -P "$(nproc)" sh -c "clang $flags $sanitize -c -o \"\$1\" \"\$0\""
	clang++ -O1 -g -fsanitize=address,undefined -c -o "$out/language_cld2.o" src/text/language_cld2.cc
}

build_library
status=0
for target in fuzz/fuzz_*.c; do
	name=$(basename "$target" .c | sed 's/^fuzz_//')
	# shellcheck disable=SC2086
	clang $flags $sanitize -c -o "$out/fuzz_$name.main.o" "$target"
	# shellcheck disable=SC2046,SC2086
	clang++ -fsanitize=fuzzer,address,undefined -o "$out/fuzz_$name" "$out/fuzz_$name.main.o" \
		$(ls "$out"/*.o | grep -v '\.main\.o$') $(pkg-config --libs $packages) -linih -lcld2 -lgsl -lopenblas -lm
	mkdir -p "$out/found_$name"
	if "$out/fuzz_$name" -max_total_time="$seconds" -max_len=16384 -timeout=10 -rss_limit_mb=2048 -verbosity=0 \
		-print_final_stats=1 -artifact_prefix="$out/found_$name/" "$out/found_$name" "fuzz/corpus/$name" \
		>"$out/$name.log" 2>&1; then
		printf '%s: no finding in %s s, %s runs\n' "$name" "$seconds" \
			"$(sed -n 's/^stat::number_of_executed_units: *//p' "$out/$name.log")"
	else
		printf '%s: a finding, see %s\n' "$name" "$out/$name.log"
		status=1
	fi
done
exit $status
