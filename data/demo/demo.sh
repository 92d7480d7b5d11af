#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# demo.sh - the demonstration: the whole loop on the bundled facts, told step by step.
#
# usage: data/demo/demo.sh BIN       called by "make demo"
#
# Works on a store of its own, which is removed at the end. On a terminal it ends by
# serving the pages until Ctrl-C; otherwise, or with TOCSIN_DEMO_NO_SERVE=1, it says how to.
set -eu

bin=$1
facts=$(dirname "$0")
port=${TOCSIN_PORT:-8377}
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Nothing of whoever runs it takes part: no settings, no other data.
unset TOCSIN_USER CDPATH
TOCSIN_DATA=$(cd "$facts/.." && pwd)
export TOCSIN_DATA HOME="$room" TOCSIN_STORE="$room/demo.db" TOCSIN_CONFIG=/dev/null LC_ALL=C

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
	bold=$(printf '\033[1m') plain=$(printf '\033[0m')
else
	bold='' plain=''
fi

step() { printf '\n%s== %s ==%s\n\n' "$bold" "$1" "$plain"; }

# Rows of tab-separated cells, aligned; $1 is the indent. Counts code points, not bytes.
table() {
	awk -F '\t' -v indent="$1" '
		function width(s) { gsub(/[\200-\277]/, "", s); return length(s) }
		{ for (i = 1; i <= NF; i++) { cell[NR, i] = $i; w = width($i); if (w > wide[i]) wide[i] = w }
		  fields[NR] = NF }
		END { for (r = 1; r <= NR; r++) {
			line = indent
			for (i = 1; i <= fields[r]; i++) {
				line = line cell[r, i]
				if (i < fields[r]) for (pad = width(cell[r, i]); pad < wide[i] + 2; pad++) line = line " "
			}
			print line
		} }'
}

step 'A round on the facts of data/demo, as of their newest date'
"$bin" init >/dev/null
"$bin" --jsonl run --in "$facts" >"$room/round" 2>"$room/said" || {
	cat "$room/said" >&2
	exit 1
}
grep -v '^skipped' "$room/said" || :

# What was collected and coded is read back from the store: once over its records, counted by awk.
"$bin" export | grep -E '^\{"kind":"(document|event)"' >"$room/records"
lexicons=$(cd "$facts/../lexicon" && ls ./??.tsv | sed 's!^\./!!; s!\.tsv$!!' | tr '\n' ' ')
counted() {    # $1: sources, languages or classes
	awk -v wanted="$1" -v lexicons=" $lexicons" '
		function field(name,   at, rest) {    # the text of a member; escaped quotes never start one
			at = index($0, "\"" name "\":\"")
			if (!at) return ""
			rest = substr($0, at + length(name) + 4)
			return substr(rest, 1, index(rest, "\"") - 1)
		}
		{ lang = field("lang"); if (lang == "") lang = "unknown" }
		/^\{"kind":"event"/ { events[lang]++; class[field("civic_class")]++; signal[field("civic_class"), field("signal")]++; next }
		{
			feed = field("feed"); items[feed]++; all++; spoken[lang]++
			if (field("copy_of") != "") { copies[feed]++; retold++ }
			if (!((feed, lang) in seen)) langs[feed] = langs[feed] (langs[feed] == "" ? "" : " ") lang
			seen[feed, lang] = 1
		}
		END {
			if (wanted == "sources") {
				print "source\titems\tcopies\tlanguages"
				for (feed in items) print feed "\t" items[feed] "\t" copies[feed] + 0 "\t" langs[feed] | "sort"
				close("sort")
				print "all\t" all "\t" retold + 0
			} else if (wanted == "languages") {
				print "language\titems\tcoded as events"
				for (lang in spoken) print lang "\t" spoken[lang] "\t" \
					(index(lexicons, " " substr(lang, 1, 2) " ") ? events[lang] + 0 : "no lexicon, not coded") | "sort"
			} else {
				print "class\tevents\tthreats\topportunities"
				for (c in class) print c "\t" class[c] "\t" signal[c, "threat"] + 0 "\t" signal[c, "opportunity"] + 0 | "sort"
			}
		}' "$room/records"
}
counted sources | table '  '
echo
counted languages | table '  '
echo
counted classes | table '  '

step 'The same round again'
"$bin" run --in "$facts" 2>&1 >/dev/null | grep -v '^skipped' || :

step 'The back-test: the years 2005 to 2024 replayed, each with what was known then'
"$bin" replay --from 2005 --to 2024 >"$room/replay"
table '  ' <"$room/replay"

step 'A round with what was learned from them'
"$bin" run 2>&1 >/dev/null
step 'The situation'
"$bin" report

step 'Why: from the plan for the gravest alert to the words in the sources'
alert=$("$bin" alert list --json=id | grep -oE 'al[0-9a-f]{32}' | head -n 1 || :)
plan=$("$bin" alert list --json=plan | grep -oE 'pl[0-9a-f]{32}' | head -n 1 || :)
if [ -n "$plan$alert" ]; then
	"$bin" why "${plan:-$alert}" >"$room/why"
	head -n 24 "$room/why"
	[ "$(wc -l <"$room/why")" -le 24 ] || printf '  ... %d lines in all: tocsin why %s\n' \
		"$(wc -l <"$room/why")" "${plan:-$alert}"
else
	echo 'No alert is open.'
fi

if [ -t 0 ] && [ -t 1 ] && [ "${TOCSIN_DEMO_NO_SERVE:-}" != 1 ]; then
	step "The pages: http://127.0.0.1:$port/ - Ctrl-C ends"
	trap : INT
	"$bin" serve --port "$port" || :
else
	step 'The pages'
	printf '%s\n' 'On a terminal they are now served. To keep a store and serve it:' '' \
		"  $bin --store tocsin.db run --in $facts" \
		"  $bin --store tocsin.db replay --from 2005 --to 2024" \
		"  $bin --store tocsin.db run" \
		"  $bin --store tocsin.db serve --port $port" '' \
		"then open http://127.0.0.1:$port/"
fi
