#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# streams.sh - what goes where: data, words, colour, progress, questions; and where the tables are found. Speaks TAP.
set -u
. tests/tap.sh
. tests/world.sh
export TERM=xterm

tocsin run --in data/demo >"$room/out" 2>"$room/err"

# ---- data on the standard output, all else on the standard error ----

ok 'a round prints its rows on the standard output' grep -q '^collect	' "$room/out"
ok 'and its words on the standard error' grep -q '^as of 2025-11-30' "$room/err"
ok 'not the other way round' sh -c '! grep -q "as of" "$1" && ! grep -q "^collect" "$2"' - "$room/out" "$room/err"
silent() { "$@" 2>&1 >/dev/null | { ! grep .; }; }
ok 'with --quiet nothing is said' silent "$BUILD/tocsin" --quiet run --in data/demo
ok 'errors are said all the same' says 'unknown unit' tocsin --quiet country show Atlantis
failed_on_stderr() { tocsin "$@" 2>/dev/null | { ! grep .; }; }
ok 'what fails prints no data' failed_on_stderr alert show al00000000000000000000000000000000
ok 'nor does a usage error' failed_on_stderr alert list --jsno

every_command() { "$BUILD/tocsin" help | sed -n 's/^  \([a-z][a-z]*\)  *[a-zA-Z].*/\1/p' | grep -vx tocsin; }
helps() {
	for command in $(every_command); do
		tocsin "$command" --help >"$room/one" 2>"$room/two" || { echo "$command: status $?"; return 1; }
		tocsin help "$command" | cmp - "$room/one" || return 1
		[ ! -s "$room/two" ] || return 1
		sed -n 1p "$room/one" | grep -qx 'Examples:' || { echo "$command"; return 1; }
		[ "$(sed -n '2,/^$/p' "$room/one" | grep -c '^  tocsin ')" -eq 2 ] || { echo "$command"; return 1; }
	done
	[ "$(every_command | wc -l)" -ge 20 ]
}
ok 'the help of every command goes to the standard output and begins with two examples' helps

full() {
	for line in 'export' 'alert list' 'store hash' 'store' 'report' 'help' '--version' 'measure --in data/demo/indices.csv --out -'; do
		# shellcheck disable=SC2086
		tocsin --quiet $line >/dev/full 2>"$room/err"
		[ $? -eq 1 ] || { echo "$line: status not 1"; return 1; }
		grep -q 'could not write' "$room/err" || { echo "$line"; cat "$room/err"; return 1; }
	done
}
if [ -c /dev/full ]; then
	ok 'output that does not arrive is a failure' full
else
	skip 'output that does not arrive is a failure' 'no /dev/full here'
fi
reader_leaves() { [ "$({ tocsin export 2>&1 >&3 | cat >&2; } 3>&1 2>"$room/err" | head -n 1 | wc -l)" -eq 1 ] && [ ! -s "$room/err" ]; }
ok 'a reader that leaves early is no error to speak of' reader_leaves

# ---- every form of every list and record ----

id() { tocsin "$1" list --json=id | member id | head -n 1; }
json_lines() { perl -MJSON::PP -ne 'decode_json($_); $n++; END { exit !$n }'; }
json_array() { perl -MJSON::PP -e 'local $/; my $l = decode_json(<STDIN>); exit !(ref $l eq "ARRAY" && @$l)'; }
columns() { perl -F"$1" -lane '1 while s/"[^"]*"//; my $n = () = /$ENV{SIGN}/g; $w //= $n; exit 1 if $n != $w || !$w; $r++; END { exit 1 if $r < 2 }'; }
forms() {
	for list in 'country list' 'event list --unit SRB' 'forecast list' 'alert list' 'plan list' 'report' 'store' \
			'event search police' "why $(id alert)" 'run'; do
		# shellcheck disable=SC2086
		{
			tocsin --quiet $list --json | json_array || { echo "$list --json"; return 1; }
			tocsin --quiet $list --jsonl | json_lines || { echo "$list --jsonl"; return 1; }
			tocsin --quiet $list --csv | SIGN=, columns , || { echo "$list --csv"; return 1; }
		}
	done
}
ok 'every list comes as JSON, JSON Lines and CSV' forms
shows() {
	for show in 'country show GEO' 'report GEO' "alert show $(id alert)" "event show $(id event)" \
			"forecast show $(id forecast)" "plan show $(id plan)"; do
		for form in --json --jsonl; do
			# shellcheck disable=SC2086
			[ "$(tocsin $show $form | perl -MJSON::PP -ne 'print ref decode_json($_)')" = HASH ] ||
				{ echo "$show $form"; return 1; }
		done
		# shellcheck disable=SC2086
		[ "$(tocsin $show --json=unit)" = "{\"unit\":$(tocsin $show --json | grep -oE '"unit":"[A-Z]+"' | head -n 1 | cut -d: -f2)}" ] ||
			{ echo "$show --json=unit"; return 1; }
		# shellcheck disable=SC2086
		tocsin $show --csv | SIGN=, columns , || { echo "$show --csv"; return 1; }
	done
}
ok 'every record comes as one object, whole or by the fields asked for' shows
ok 'an export is JSON Lines' sh -c '"$1" export | perl -MJSON::PP -ne "decode_json(\$_)"' - "$BUILD/tocsin"
fails 2 'and says so when asked for a table' tocsin export --csv
ranges() { ! tocsin forecast show "$(id forecast)" | grep -E '^(p|logit|persistence) ' && tocsin forecast show "$(id forecast)" | grep -q '^chance .*–.*%'; }
ok 'a forecast is shown to people as a range' ranges

# ---- a terminal ----

# on_terminal COMMAND...: what it prints on a terminal of its own, errors among it.
on_terminal() { script -qefc "$*" /dev/null </dev/null | tr -d '\r'; }
answer() { said=$1; shift; echo "$said" | script -qefc "$*" /dev/null; }
if script -qefc true /dev/null </dev/null >/dev/null 2>&1; then
	aligned() { on_terminal "$BUILD/tocsin alert list" >"$room/table" && grep -q '^level  direction' "$room/table" && ! grep -q '	' "$room/table"; }
	ok 'on a terminal a list is an aligned table' aligned
	ok 'in a pipe it is tab-separated' sh -c '"$1" alert list | head -n 1 | grep -q "^level	direction"' - "$BUILD/tocsin"
	escape=$(printf '\033')
	plain() {
		for setting in '' 'NO_COLOR=1' 'TERM=dumb'; do
			for line in 'alert list' report allert; do
				! on_terminal "env $setting $BUILD/tocsin $line" | grep "$escape" || return 1
			done
		done
	}
	ok 'no terminal code is printed, with NO_COLOR, on a dumb terminal or without' plain
	ok 'progress is shown on a terminal' sh -c 'script -qefc "$1 replay --from 2023 --to 2023" /dev/null </dev/null | grep -q "replayed 2023"' - "$BUILD/tocsin"
	ok 'not in a file, even when the rows go to the terminal' sh -c \
		'script -qefc "$1 replay --from 2023 --to 2023 2>$2" /dev/null </dev/null >/dev/null; ! grep replayed "$2"' - "$BUILD/tocsin" "$room/err"
	ok 'but when only the rows go to a file' sh -c \
		'script -qefc "$1 replay --from 2023 --to 2023 >$2" /dev/null </dev/null | grep -q replayed && ! grep replayed "$2"' - "$BUILD/tocsin" "$room/rows"
	document=$(tocsin event search police --json=id | member id | head -n 1)
	fails 1 'on a terminal erasing asks, and no is no' answer n "$BUILD/tocsin store erase $document why"
	ok 'nothing is erased then' says police tocsin event search police
	fails 2 'with --no-input it does not ask' answer y "$BUILD/tocsin --no-input store erase $document why"
	ok 'yes is yes' answer y "$BUILD/tocsin store erase $document why"
	ok 'then it is gone' sh -c '! "$1" event search police | grep "$2"' - "$BUILD/tocsin" "$document"
else
	skip 'on a terminal a list is an aligned table' 'no terminal can be made here'
fi

# ---- foreign words cannot drive the terminal ----

odd=$(store_fresh odd)
printf '{"kind":"document","known":"2025-03-03T09:00:00Z","feed":"wire","key":"w1","title":"Police detain \\u001b[31mstudents\\u009b2J in Belgrade\\nall is well","lang":"en","published":"2025-03-03T09:00:00Z","body":"Serbian police detained twelve\\u0007 students."}\n' >"$room/odd.jsonl"
controls() {
	tocsin --store "$odd" --quiet run --in "$room/odd.jsonl" >/dev/null || return 1
	for line in 'event search police' 'event list' 'report SRB' "why $(tocsin --store "$odd" event list --json=id | member id | head -n 1)"; do
		# shellcheck disable=SC2086
		tocsin --store "$odd" $line >"$room/odd"
		[ -s "$room/odd" ] || return 1
		! LC_ALL=C grep -aP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|^all is well' "$room/odd" || return 1
	done
}
ok 'control signs of a title are blanks when it is shown' controls

# ---- where the tables are found ----

mkdir -p "$room/prefix/bin" "$room/prefix/share" "$room/alone"
cp "$BUILD/tocsin" "$room/prefix/bin/tocsin"
cp "$BUILD/tocsin" "$room/alone/tocsin"
# A folder of tables whose Serbia has another name.
lend() {
	mkdir -p "$1"
	for table in "$PWD"/data/*; do [ "$(basename "$table")" = units ] || ln -s "$table" "$1/"; done
	mkdir "$1/units"
	for table in "$PWD"/data/units/*; do ln -s "$table" "$1/units/"; done
	rm "$1/units/units.csv"
	sed "s/\\(,\"\\{0,1\\}\\)Serbia\\(\"\\{0,1\\}\\)\$/\\1$2\\2/" data/units/units.csv >"$1/units/units.csv"
}
lend "$room/prefix/share/tocsin" Prefixland
ok 'tables are found under the prefix' sh -c '"$@" | grep -qF Prefixland' - env -u TOCSIN_DATA "$room/prefix/bin/tocsin" --store "$TOCSIN_STORE" country show SRB --json=name
lend "$room/prefix/bin/data" Besideland
ok 'before that, beside the program' sh -c '"$@" | grep -qF Besideland' - env -u TOCSIN_DATA "$room/prefix/bin/tocsin" --store "$TOCSIN_STORE" country show SRB --json=name
lend "$room/given" Givenland
ok 'before that, where TOCSIN_DATA says' sh -c '"$@" | grep -qF Givenland' - env TOCSIN_DATA="$room/given" "$room/prefix/bin/tocsin" --store "$TOCSIN_STORE" country show SRB --json=name
ok 'a folder that TOCSIN_DATA names in vain is not passed over' says 'Set TOCSIN_DATA' env TOCSIN_DATA="$room/nowhere" "$room/prefix/bin/tocsin" --store "$TOCSIN_STORE" country show SRB
ok 'and without any the remedy is said' says 'Set TOCSIN_DATA' env -u TOCSIN_DATA "$room/alone/tocsin" --store "$TOCSIN_STORE" country show SRB

# ---- completion ----

complete_words() {    # WORDS...: what bash offers for the last of them
	bash -c '. "$1"; shift; COMP_WORDS=(tocsin "$@"); COMP_CWORD=$#; _tocsin; printf "%s\n" "${COMPREPLY[@]}"' - "$room/complete" "$@"
}
if command -v bash >/dev/null; then
	tocsin help --bash >"$room/complete"
	ok 'bash completes commands' sh -c '[ "$1" = alert ]' - "$(complete_words al)"
	ok 'verbs, after options of every command' sh -c '[ "$1" = list ]' - "$(complete_words --json alert li)"
	ok 'options of the command' sh -c '[ "$1" = --unit ]' - "$(complete_words alert list --un)"
	ok 'files after --in' sh -c '[ "$1" = Makefile ]' - "$(complete_words run --in Makef)"
	ok 'nothing after an option that takes a word' sh -c '[ -z "$1" ]' - "$(complete_words alert list --unit a)"
else
	skip 'bash completes commands' 'no bash here'
fi

plan
