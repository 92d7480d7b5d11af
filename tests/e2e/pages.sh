#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# pages.sh - tocsin serve: the read-only pages, over the loopback address. Speaks TAP.
set -u
. tests/tap.sh
. tests/world.sh

quiet tocsin run --in data/demo
alert=$(tocsin alert list --json | member id | head -n 1)
plan_id=$(tocsin alert list --json | member plan | head -n 1)
before=$(tocsin store hash)

"$BUILD/tocsin" serve --port 0 >"$room/served" 2>&1 &
pid=$!
trap 'kill $pid 2>/dev/null; world_end' EXIT
tries=0
until port=$(sed -n 's!.*http://127\.0\.0\.1:\([0-9]*\)/.*!\1!p' "$room/served") && [ -n "$port" ]; do
	tries=$((tries + 1))
	[ $tries -lt 100 ] || break
	sleep 0.1
done

# fetch METHOD PATH: status and type on the first line, then the body.
fetch() {
	perl -MHTTP::Tiny -e 'my $r = HTTP::Tiny->new(max_redirect => 0, timeout => 20)->request($ARGV[0], $ARGV[1]);
		print "$r->{status} ", $r->{headers}{"content-type"} // "-", " ", $r->{headers}{"content-security-policy"} // "-", "\n", $r->{content}' \
		"$1" "http://127.0.0.1:$port$2"
}
# page PATH WORD...: it is there, is a page, and holds the words.
page() {
	fetch GET "$1" >"$room/page"
	head -c 600 "$room/page"
	shift
	head -n 1 "$room/page" | grep -q '^200 text/html' || return 1
	for word in "$@"; do grep -qF -- "$word" "$room/page" || { echo "no \"$word\""; return 1; }; done
}
status() { fetch "$2" "$3" | head -n 1 | grep "^$1 "; }

ok 'a server starts on a free port' test -n "$port"
ok 'the situation names countries and alerts' page / Serbia Georgia "$alert"
ok 'a country has a chart' page /c/GEO '<svg' 'role="img"' '<title>'
ok 'alerts are listed' page /alerts "$alert"
ok 'an alert is shown with its evidence' page "/alerts/$alert" why
ok 'why walks to the words' page "/why/$plan_id" bytes
ok 'health is told' status 200 GET /healthz
ok 'what is not there is 404' status 404 GET /c/ATLANTIS
ok 'so is an unknown path' status 404 GET /etc/passwd
ok 'writing is refused' status 405 POST /
ok 'no page has a script, a style or anything from elsewhere' sh -c '
	for p in / /c/SRB /alerts "/why/$2"; do
		perl -MHTTP::Tiny -e "print HTTP::Tiny->new->get(\$ARGV[0])->{content}" "http://127.0.0.1:$1$p"
	done >"$3/pages"; ! grep -nE "<script|<iframe|src=\"https?:|style=\"|<link[^>]*href=\"https?:" "$3/pages"' - "$port" "$plan_id" "$room"
fetch GET / >"$room/page"
ok 'a policy forbids them' sh -c 'head -n 1 "$1" | grep -q "default-src"' - "$room/page"
ok 'serving changed nothing' test "$(tocsin store hash)" = "$before"
kill $pid
ok 'it ends cleanly when told to' wait $pid
plan
