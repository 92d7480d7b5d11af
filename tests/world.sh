# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# world.sh - the small world of the end-to-end tests; sourced after tests/tap.sh.
#
# Sets $room, a folder that is removed at the end, and `tocsin`, the program under test,
# with no settings but these. Every store lies in $room; the default one is $TOCSIN_STORE.

: "${BUILD:=build}"
room=$(mktemp -d)
trap 'rm -rf "$room" "$tap_out"' EXIT
unset TOCSIN_DATA TOCSIN_USER XDG_DATA_HOME XDG_CONFIG_HOME CDPATH
# Beside the tree the program finds data/ by itself; built elsewhere it has to be told.
[ -d "$BUILD/../data" ] || [ -d "$BUILD/../../data" ] || export TOCSIN_DATA="$PWD/data"
export HOME="$room" TOCSIN_STORE="$room/tocsin.db" TOCSIN_CONFIG=/dev/null LC_ALL=C

tocsin() { "$BUILD/tocsin" "$@"; }
quiet() { "$@" >/dev/null 2>&1; }
store_hash() { tocsin --store "$1" store hash; }
same_hash() { [ "$(store_hash "$1")" = "$(store_hash "$2")" ]; }
# says TEXT COMMAND...: the command says TEXT on its standard error or output, whatever its status.
says() {
	want=$1
	shift
	"$@" >"$room/says" 2>&1
	cat "$room/says"
	grep -qF -- "$want" "$room/says"
}
# A member of the objects of a JSON list on standard input, one a line; null is left out.
member() {
	perl -MJSON::PP -e 'local $/; for my $row (@{decode_json(<STDIN>)}) {
		print "$row->{$ARGV[0]}\n" if defined $row->{$ARGV[0]} }' "$1"
}
