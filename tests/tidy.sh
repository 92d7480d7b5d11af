#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# tidy.sh - what the house asks of every file: floors, names, sizes, words, licence, links. Speaks TAP.
set -u
export LC_ALL=C    # awk counts bytes
. tests/tap.sh

room=$(mktemp -d)
trap 'rm -rf "$room" "$tap_out"' EXIT

code=$(find src include tests fuzz -name '*.[ch]' -o -name '*.cc' | sort)
scripts=$(find bootstrap .ci tests fuzz bench data -name bootstrap -o -path .ci/run \
	-o -name '*.sh' -o -name '*.awk' -o -name '*.pl' -o -name '*.py' | sort)
documents=$(find . -path ./build -prune -o -path ./.git -prune -o -name '*.md' -print | sort)

# Passes when its command prints nothing.
nothing() { ! "$@" | grep .; }

# ---- floors ----

housed() { find "$1/src" "$1/include" -path '*/src/*/*.[ch]' -o -name '*.cc' -o -path '*/include/tocsin/*.h' | sort; }
# shellcheck disable=SC2046
ok 'every file includes its own folder and lower floors only' \
	awk -f tests/floors.awk FLOORS $(housed .)

# plant FILE LINE REASON: the check must find that one line and say why.
plant() {
	mkdir -p "$room/$(dirname "$1")" && printf '/* planted */\n%s\n' "$2" >"$room/$1"
	awk -f tests/floors.awk FLOORS "$room/$1" >"$room/said"
	found=$?
	cat "$room/said"
	rm "$room/$1"
	[ "$found" -eq 1 ] && [ "$(wc -l <"$room/said")" -eq 1 ] && grep -q "$1:2: .*$3" "$room/said"
}
allowed() {
	mkdir -p "$room/$(dirname "$1")" && printf '%s\n' "$2" >"$room/$1"
	awk -f tests/floors.awk FLOORS "$room/$1"
	found=$?
	rm "$room/$1"
	[ "$found" -eq 0 ]
}
ok 'a stage that includes a stage is found' \
	plant src/code/x.c '#include <tocsin/collect.h>' 'code includes collect, which is on the same floor'
ok 'a file that includes a higher floor is found' \
	plant src/store/x.c '# include "loop/stages.h"' 'store includes loop, which is on a higher floor'
ok 'a public header that includes its own floor is found' \
	plant include/tocsin/text.h '#include <tocsin/stats.h>' 'text includes stats, which is on the same floor'
ok 'an internal header of a lower floor is found' \
	plant src/loop/x.cc '#include "store/engine.h"' 'internal to store'
ok 'a folder that FLOORS does not know is found' \
	plant src/loop/x.c '#include "magic/x.h"' 'of no folder in FLOORS'
ok 'own headers, lower public ones and the system'"'"'s are allowed' \
	allowed src/store/x.c '#include <stdio.h>
#include <tocsin/model.h>
#include "store/engine.h"
#include <tocsin/store.h>'

# ---- libraries enter at their place only ----

strangers() {
	while read -r header folders; do
		# shellcheck disable=SC2086
		find src include -name '*.[ch]' -o -name '*.cc' | while read -r file; do
			place=$(printf '%s\n' "$file" | sed 's!^src/\([^/]*\)/.*!\1!; s!^include/tocsin/\(.*\)\.h!\1!')
			case " $folders " in *" $place "*) continue ;; esac
			grep -Hn "#include *<$header" "$file" | sed "s!\$! belongs in: $folders!"
		done
	done <<-TABLE
	sodium base vault ledger
	jansson base
	ini\.h base
	sqlite3 store
	libpq store
	curl/ collect
	libxml/ collect text
	unicode/ text
	pcre2 text
	cld2/ text
	compact_lang text
	libstemmer text
	gsl/ stats
	cblas stats
	lapacke stats
	microhttpd serve
	xgboost/ foresee
	linear\.h foresee
	TABLE
}
ok 'each library is included in its own folders only' nothing strangers

# ---- names, sizes, licence, words ----

same_names() { printf '%s\n' "$code" "$scripts" | sed 's!.*/!!' | grep -v '^run\.sh$' | sort | uniq -d; }
ok 'no two source files share a name' nothing same_names

too_long() { wc -l $code $scripts | awk '$1 > 600 && $2 != "total"'; }
ok 'no source file is longer than 600 lines' nothing too_long

unlicensed() {
	for file in $code $scripts; do
		head -n 3 "$file" | grep -q 'SPDX-License-Identifier: GPL-3.0-or-later' || echo "$file"
	done
}
ok 'every source file names its licence' nothing unlicensed

# The words are put together here, so that this file does not find itself.
leftovers() {
	grep -nE "TO""DO|FIX""ME|(^|[^X])XX""X([^X]|$)|not imple""mented|place""holder" \
		$code $scripts $documents Makefile FLOORS packages.txt man/*
}
ok 'nothing is left over for later' nothing leftovers
machine_paths() {
	grep -nE "(^|[^[:alnum:]./_-])/(wo""rk|ho""me|ro""ot|Us""ers)/" \
		$code $scripts $documents Makefile FLOORS packages.txt man/*
}
ok 'no path of one machine is written down' nothing machine_paths

wide() { awk '{ gsub(/\t/, "        "); gsub(/[\200-\277]/, "") } length > 130 { print FILENAME ":" FNR ": " length " columns" }' $code; }
ok 'no line of code is wider than 130 columns' nothing wide

bad_scripts() { for file in $scripts; do case $file in *.awk|*.pl|*.py) ;; *) sh -n "$file" 2>&1 ;; esac; done; }
ok 'every shell script parses' nothing bad_scripts

# ---- documents ----

# Links of a document to files, as paths from the root.
links() {
	sed 's/`[^`]*`//g' "$1" | grep -oE '\]\([^)]*\)' | sed 's/^](//; s/)$//; s/#.*//' |
		grep -vE '^$|^[a-z]+:' | while read -r link; do
			printf '%s/%s\n' "$(dirname "$1")" "$link" | sed ':a
				s!/\./!/!; ta
				s!^\./!!
				s![^/.][^/]*/\.\./!!; ta'
		done
}
dead_links() {
	for file in $documents; do
		links "$file" | while read -r to; do [ -e "$to" ] || echo "$file: no $to"; done
	done
}
ok 'every link of a document leads to a file' nothing dead_links

reached() {
	seen=' ' ahead=README.md
	while [ -n "$ahead" ]; do
		next=
		for file in $ahead; do
			case $seen in *" $file "*) continue ;; esac
			seen="$seen$file "
			case $file in *.md) [ -f "$file" ] && next="$next $(links "$file" | tr '\n' ' ')" ;; esac
			[ -d "$file" ] && [ -f "${file%/}/README.md" ] && next="$next ${file%/}/README.md"
		done
		ahead=$(printf '%s' "$next" | tr -s ' ')
		[ "$ahead" = ' ' ] && ahead=
	done
	printf '%s\n' $seen
}
unreached() {
	reached >"$room/reached"
	for file in $documents; do grep -qxF "${file#./}" "$room/reached" || echo "$file"; done
}
ok 'every document can be reached from README.md' nothing unreached

plan
