#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# ledger.sh - forecasts are committed and sealed; whoever changes them is found, by the head kept elsewhere at the latest. Speaks TAP.
set -u
. tests/server.sh
. tests/tap.sh
. tests/world.sh

first=$room/first.db kept=$room/kept.json
ok 'a round makes forecasts' tocsin --store "$first" run --in data/demo
key=$first.key
ok 'a key lies beside the store, for its owner alone' sh -c '[ "$(stat -c %a "$1")" = 600 ]' - "$key"
ok 'a head is given to somebody' tocsin --store "$first" forecast head --out "$kept"
public=$(perl -ne 'print $1 if /"key":"(\w+)"/' "$kept")
ok 'all agrees' tocsin --store "$first" forecast verify
ok 'with the head that was kept' says 'Since then nothing before it was changed' tocsin --store "$first" forecast verify --head "$kept"
ok 'and the public key' tocsin --store "$first" forecast verify --head "$kept" --pub "$public"
fails 7 'which no other may stand for' tocsin --store "$first" forecast verify --pub "$(printf '%064d' 1)"
fails 2 'and which is one' tocsin --store "$first" forecast verify --pub abc
echo '{}' >"$room/none.json"
fails 4 'what is no head is refused' tocsin --store "$first" forecast verify --head "$room/none.json"
entries=$(sqlite3 "$first" 'SELECT COUNT(*) FROM ledger_entry')
id=$(sqlite3 "$first" 'SELECT id FROM ledger_entry WHERE position = 7')
ok 'one forecast stands at its position' says 'Revision 1 stands at position 7' tocsin --store "$first" forecast verify "$id"
fails 3 'one that is not there does not' tocsin --store "$first" forecast verify fo00000000000000000000000000000000
before=$(store_hash "$first")
ok 'a second round commits nothing' tocsin --store "$first" run --in data/demo
ok 'and makes no head' sh -c '[ "$1" = 1 ]' - "$(sqlite3 "$first" 'SELECT COUNT(*) FROM ledger_head')"
ok 'nor any change' sh -c '[ "$1" = "$2" ]' - "$before" "$(store_hash "$first")"

# ---- somebody who may write the file ----

# tampered NAME TEXT SQL [OPTIONS]: a copy in which the SQL was run does not agree, and TEXT is said.
tampered() {
	name=$1 text=$2
	rm -f "$room/copy.db"*
	sqlite3 "$first" ".backup '$room/copy.db'"
	sqlite3 "$room/copy.db" 'DROP TRIGGER ledger_entry_stays; DROP TRIGGER ledger_entry_remains;
		DROP TRIGGER ledger_head_stays; DROP TRIGGER ledger_head_remains' "$3" || exit 1
	shift 3
	ok "$name is found" found "$text" "$@"
}
found() {
	text=$1
	shift
	tocsin --store "$room/copy.db" forecast verify "$@" >"$room/said" 2>&1
	status=$?
	cat "$room/said"
	[ $status -eq 7 ] && grep -qF "$text" "$room/said"
}
last=$((entries - 1))
tampered 'another chance in an entry' 'position 3: the hash is not that of the entry' \
	"UPDATE ledger_entry SET entry = replace(entry, '\"p\":0.', '\"p\":0.1') WHERE position = 3"
tampered 'another chance in a forecast' 'position 7, forecast '"$id"': the entry says p ' \
	"UPDATE forecast SET p = p / 2 WHERE id = '$id'"
tampered 'another day in a forecast' 'the entry says as_of ' "UPDATE forecast SET as_of = as_of - 86400000000 WHERE id = '$id'"
tampered 'a forecast that went' 'it is not in the store' "DELETE FROM forecast WHERE id = '$id'"
tampered 'a forecast that was smuggled in' 'it was never committed' \
	"CREATE TABLE x AS SELECT * FROM forecast WHERE id = '$id'; UPDATE x SET id = 'fo00000000000000000000000000000001';
	INSERT INTO forecast SELECT * FROM x; DROP TABLE x"
tampered 'an end that was cut off' "position $last: the log ends here" "DELETE FROM ledger_entry WHERE position = $last"
tampered 'a gap' 'position 4: no entry there' 'DELETE FROM ledger_entry WHERE position = 4'
tampered 'a swap' "positions 0 to $last are not those of the head" \
	'UPDATE ledger_entry SET position = -1 WHERE position = 2; UPDATE ledger_entry SET position = 2 WHERE position = 5;
	UPDATE ledger_entry SET position = 5 WHERE position = -1'
tampered 'a head with another time' 'was not signed by its key' "UPDATE ledger_head SET at = at - 86400000000"
tampered 'a head without its signature, beside one kept,' 'is not signed' \
	"UPDATE ledger_head SET key = NULL, signature = NULL" --head "$kept"
tampered 'a log without an end and without heads, beside one kept,' "position $last: the log ends here, but the head kept elsewhere" \
	"DELETE FROM ledger_head; DELETE FROM ledger_entry WHERE position = $last; DELETE FROM forecast WHERE id NOT IN (SELECT id FROM ledger_entry)" \
	--head "$kept"
tampered 'an empty log, beside one kept,' 'position 0: the log ends here' \
	'DELETE FROM ledger_head; DELETE FROM ledger_entry; DELETE FROM forecast' --head "$kept"
rm -f "$room/copy.db"*
cp "$first" "$room/copy.db"
ok 'no statement changes an entry by accident' says 'is only added to' sqlite3 "$room/copy.db" 'DELETE FROM ledger_entry'

# ---- and who makes hashes and signatures anew ----

sealed_anew() {    # forecast, entry and hash of position 3 changed together, sealed again with the same key
	rm -f "$room/copy.db"*
	sqlite3 "$first" ".backup '$room/copy.db'"
	sqlite3 "$room/copy.db" 'SELECT id, entry FROM ledger_entry WHERE position = 3' |
		perl -MDigest::SHA=sha256_hex -ne 'chomp; my ($id, $entry) = split /\|/, $_, 2;
			$entry =~ s/"p":[0-9.]+/"p":0.125/; my $leaf = sha256_hex("\0$entry");
			print "DROP TRIGGER ledger_entry_stays; DROP TRIGGER ledger_head_remains; DELETE FROM ledger_head;
				UPDATE ledger_entry SET entry = \x27$entry\x27, leaf = \x27$leaf\x27 WHERE position = 3;
				UPDATE forecast SET p = 0.125 WHERE id = \x27$id\x27;"' |
		sqlite3 "$room/copy.db" || return 1
	cp "$key" "$room/copy.db.key"
	tocsin --store "$room/copy.db" learn
}
ok 'a chance is changed everywhere and sealed anew' sealed_anew
ok 'by itself that log is sound' tocsin --store "$room/copy.db" forecast verify --pub "$public"
ok 'the head kept elsewhere finds it' found "positions 0 to $last are not those of the head of $entries entries kept elsewhere" --head "$kept"

mkdir -p "$room/in"
cp -R data/demo/. "$room/in/"
index=$(grep -rl v2x_polyarchy "$room/in" --include='*.csv' | head -n 1)
perl -pi -e 's/(,20(?:19|20|21|22|23|24),v2x_polyarchy,0\.)(\d)/$1 . (9 - $2)/e' "$index"
rewritten() {
	rm -f "$room/copy.db"*
	TOCSIN_KEY=$1 tocsin --store "$room/copy.db" run --in "$room/in"
}
ok 'another world is run with the same key' rewritten "$key"
ok 'by itself that log is sound too' tocsin --store "$room/copy.db" forecast verify --pub "$public"
ok 'the head kept elsewhere finds it too' found "are not those of the head of $entries entries kept elsewhere" --head "$kept"
ok 'and with another key' rewritten "$room/other.key"
ok 'that is said of the key' found 'is signed by another key' --head "$kept"
other=$(tocsin --store "$room/copy.db" forecast head | perl -ne 'print $1 if /"key":"(\w+)"/')
ok 'and of the log when that key may sign' found 'kept elsewhere' --head "$kept" --pub "$public" --pub "$other"

# ---- what holds, holds elsewhere ----

ok 'a store made apart from the same input' env TOCSIN_KEY="$key" "$BUILD/tocsin" --store "$room/apart.db" run --in data/demo
ok 'agrees with the head of the first' tocsin --store "$room/apart.db" forecast verify --head "$kept"
ok 'a replay commits as well' tocsin --store "$first" replay --from 2010 --to 2011
ok 'and is told to have come late' says '52 of 78 were committed when what they speak of had ended' \
	tocsin --store "$first" forecast verify --head "$kept"
ok 'a copy has the ledger' tocsin store copy "$first" "$room/second.db"
ok 'which agrees' tocsin --store "$room/second.db" forecast verify --head "$kept"
ok 'an erased forecast leaves the ledger whole' tocsin --store "$first" store erase "$id" 'asked for' --yes
ok 'to the last entry' tocsin --store "$first" forecast verify --head "$kept"
chmod 644 "$key"
ok 'a key that others may read is refused' says 'others may get at it' tocsin --store "$first" replay --from 2012 --to 2012
chmod 600 "$key"
ok 'what was kept without a head is sealed by the next run' tocsin --store "$first" learn
ok 'and agrees' says '104 entries' tocsin --store "$first" forecast verify --head "$kept"

if [ -z "$TOCSIN_TEST_PG" ]; then
	skip 'on PostgreSQL the ledger is the same' "$no_server"
	plan
	exit 0
fi
base=tocsin_ledger_$$
on_server=$(printf '%s\n' "$TOCSIN_TEST_PG" | sed "s!/[^/]*\$!/$base!")
as_super() { psql -X -q -A -t -v ON_ERROR_STOP=1 -c "$1" "$TOCSIN_TEST_PG"; }
trap 'as_super "DROP DATABASE IF EXISTS $base WITH (FORCE)" >/dev/null 2>&1; rm -rf "$room" "$tap_out"' EXIT
as_super "CREATE DATABASE $base TEMPLATE template0 ENCODING 'UTF8'"
quiet tocsin --store "$on_server" init
ok 'on PostgreSQL a head without a key is not signed, and that is said' says 'is not signed' \
	tocsin --store "$on_server" run --in data/demo
fails 7 'which is too little for a head that was signed' tocsin --store "$on_server" forecast verify --head "$kept"
ok 'a named key signs' tocsin --store "$on_server" replay --from 2010 --to 2010 --key "$key"
ok 'the same log as in the file' says 'Since then nothing before it was changed' \
	tocsin --store "$on_server" forecast verify --head "$kept" --pub "$public"
sql() { psql -X -q -A -t -v ON_ERROR_STOP=1 -c "$1" "$on_server"; }
sql "UPDATE ledger_entry SET entry = replace(entry, '\"p\":0.', '\"p\":0.1') WHERE position = 3"
fails 7 'and a change in it is found' tocsin --store "$on_server" forecast verify --head "$kept"
plan
