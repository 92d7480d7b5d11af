#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# run.sh - golden tests of the command line: what it prints, byte for byte. Speaks TAP.
#
# usage: BUILD=build tests/golden/run.sh [--rewrite] [NAME...]
#
# A case is NAME.sh beside NAME.stdout.exact, NAME.stderr.exact (each may lack: nothing
# is printed there) and NAME.exit (may lack: 0). It runs in an empty folder of its own,
# with `tocsin` in its path, $DATA the folder data/, $WORLD a store made by one run on
# data/demo, to be copied before it is changed, and $TOCSIN_STORE an empty place for one.
# --rewrite makes the files anew.
set -u
. tests/tap.sh
. tests/world.sh

root=$(pwd)
rewrite=0
if [ "${1:-}" = --rewrite ]; then
	rewrite=1
	shift
fi

export DATA="$root/data" WORLD="$TOCSIN_STORE" HOME="$room/home" TOCSIN_STORE=./tocsin.db
mkdir -p "$room/bin" "$HOME"
case $BUILD in /*) bin=$BUILD ;; *) bin=$root/$BUILD ;; esac
printf '#!/bin/sh\nexec "%s/tocsin" "$@"\n' "$bin" >"$room/bin/tocsin"
chmod +x "$room/bin/tocsin"
PATH=$room/bin:$PATH
unset TOCSIN_CONFIG NO_COLOR
unset -f tocsin
export TOCSIN_DATA="$DATA"

ok 'the world of the golden tests is made' tocsin --store "$WORLD" --quiet run --in data/demo

# same FILE GOT: FILE.exact or, lacking that, nothing at all.
same() {
	if [ -e "$1" ]; then diff -u "$1" "$2"; else diff -u /dev/null "$2"; fi
}
compare() {
	same "$golden.stdout.exact" "$room/stdout"
	out=$?
	same "$golden.stderr.exact" "$room/stderr"
	err=$?
	[ -e "$golden.exit" ] && want=$(cat "$golden.exit") || want=0
	[ "$got" -eq "$want" ] || echo "exit status $got, expected $want"
	[ "$out" -eq 0 ] && [ "$err" -eq 0 ] && [ "$got" -eq "$want" ]
}
record() {
	rm -f "$golden.stdout.exact" "$golden.stderr.exact" "$golden.exit"
	[ ! -s "$room/stdout" ] || cp "$room/stdout" "$golden.stdout.exact"
	[ ! -s "$room/stderr" ] || cp "$room/stderr" "$golden.stderr.exact"
	[ "$got" -eq 0 ] || echo "$got" >"$golden.exit"
}

[ $# -gt 0 ] || set -- $(cd tests/golden && ls ./*.sh | sed 's!^\./!!; s!\.sh$!!; /^run$/d')
on_file_only=no_store    # it names the file
for case in "$@"; do
	if ! on_file; then
		[ "$case" != "$on_file_only" ] || continue
		TOCSIN_STORE=$(store_fresh "$case")
	fi
	golden=$root/tests/golden/$case
	mkdir "$room/$case"
	(cd "$room/$case" && exec sh "$golden.sh") >"$room/stdout" 2>"$room/stderr" </dev/null
	got=$?
	[ $rewrite -eq 0 ] || record
	ok "$case" compare
done
plan
