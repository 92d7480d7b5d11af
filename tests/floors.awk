# SPDX-License-Identifier: GPL-3.0-or-later
# floors.awk - a file includes its own folder and lower floors only.
# usage: awk -f tests/floors.awk FLOORS src/*/*.[ch] src/*/*.cc include/tocsin/*.h
# Prints "file:line: reason" for each #include that breaks the rule; exits 1 when there is one.

function folder(path, part) {     # src/FOLDER/x.c, FOLDER/x.h; include/tocsin/FOLDER.h, tocsin/FOLDER.h
	sub(/.*tocsin\//, "public/", path)
	sub(/^(.*\/)?src\//, "", path)
	split(path, part, "/")
	if (part[1] == "public") sub(/\.h$/, "", part[2])
	return part[1] == "public" ? part[2] : part[1]
}
function broken(reason) { print FILENAME ":" FNR ": " reason; bad = 1 }

FNR == NR { sub(/#.*/, ""); if (NF) floors++; for (i = 1; i <= NF; i++) floor[$i] = floors; next }
FNR == 1 {
	here = folder(FILENAME)
	if (!(here in floor)) broken("folder \"" here "\" is not in FLOORS")
}
/^[ \t]*#[ \t]*include[ \t]*("|<tocsin\/)/ {
	match($0, /["<][^">]*[">]/); name = substr($0, RSTART + 1, RLENGTH - 2); there = folder(name)
	if (!(there in floor)) broken("\"" name "\" is of no folder in FLOORS")
	else if (there == here) next
	else if (floor[there] > floor[here]) broken(here " includes " there ", which is on a higher floor")
	else if (floor[there] == floor[here]) broken(here " includes " there ", which is on the same floor")
	else if (name !~ /^tocsin\//) broken(here " includes \"" name "\", which is internal to " there)
}
END { exit bad }
