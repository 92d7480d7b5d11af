# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# world.sh - the small world of the end-to-end tests; sourced after tests/tap.sh.
#
# Sets $room, a folder that is removed at the end, and `tocsin`, the program under test,
# with no settings but these. Stores are SQLite files in $room, or databases on the server
# that TOCSIN_TEST_PG names (postgresql://...: the role may create databases, the database of the URL
# is there to connect to); the default one is $TOCSIN_STORE.

: "${BUILD:=build}"
room=$(mktemp -d)
trap world_end EXIT
unset TOCSIN_DATA TOCSIN_USER TOCSIN_KEY XDG_DATA_HOME XDG_CONFIG_HOME CDPATH
# Beside the tree the program finds data/ by itself; built elsewhere it has to be told.
[ -d "$BUILD/../data" ] || [ -d "$BUILD/../../data" ] || export TOCSIN_DATA="$PWD/data"
export HOME="$room" TOCSIN_CONFIG=/dev/null LC_ALL=C

on_file() { [ -z "${TOCSIN_TEST_PG:-}" ]; }
sql_test() { psql -X -q -d "$TOCSIN_TEST_PG" -v ON_ERROR_STOP=1 "$@" >&2; }
# store_fresh NAME: prints where the store NAME is, which is empty now, whatever it was before.
store_fresh() {
	if on_file; then
		rm -f "$room/$1.db"*
		echo "$room/$1.db"
		return
	fi
	database=tocsin_test_${room##*.}_$1
	sql_test -c "SET client_min_messages = error" -c "DROP DATABASE IF EXISTS \"$database\" WITH (FORCE)" \
		-c "CREATE DATABASE \"$database\" TEMPLATE template0 ENCODING 'UTF8'" || exit 1
	echo "$database" >>"$room/databases"
	echo "${TOCSIN_TEST_PG%/*}/$database"
}
# A store that is in no place: NAME was never made.
store_nowhere() {
	if on_file; then echo "$room/$1.db"; else echo "${TOCSIN_TEST_PG%/*}/tocsin_test_${room##*.}_$1"; fi
}
world_end() {
	if [ -s "$room/databases" ]; then
		sort -u "$room/databases" | sed 's/.*/DROP DATABASE IF EXISTS "&" WITH (FORCE);/' | sql_test
	fi
	rm -rf "$room" "$tap_out"
}

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

TOCSIN_STORE=$(store_fresh tocsin) || exit 1
export TOCSIN_STORE
