#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# roles.sh - data/postgres/roles.sql: what each role may do is done as that role, and what it may not is tried. Speaks TAP.
set -u
: "${BUILD:=build}"
. tests/server.sh
if [ -z "$TOCSIN_TEST_PG" ]; then
	echo "ok 1 - roles on PostgreSQL # SKIP $no_server"
	echo '1..1'
	exit 0
fi
. tests/tap.sh
. tests/world.sh

server=$(printf '%s\n' "$TOCSIN_TEST_PG" | sed 's!.*@!!; s!/.*!!')
base=tocsin_roles_$$
secret=Kz7-roles-$$-secret
as_super() { psql -X -q -A -t -v ON_ERROR_STOP=1 "$@" "$TOCSIN_TEST_PG"; }
url() { echo "postgresql://$1_$$:$secret@$server/$base"; }
sql() {    # LOGIN STATEMENT
	psql -X -q -A -t -v ON_ERROR_STOP=1 -c "$2" "$(url "$1")"
}
# as LOGIN WORD...: tocsin as that login; all that it ever says is kept, to look for the secret in it.
as() {
	login=$1
	shift
	tocsin --store "$(url "$login")" "$@" >"$room/said" 2>&1
	status=$?
	cat "$room/said"
	cat "$room/said" >>"$room/all_said"
	return $status
}
denied() {    # LOGIN WORD...: refused, and said why
	as "$@"
	[ $? -eq 5 ] && grep -q 'permission denied\|row-level security\|must be owner' "$room/said"
}
denied_sql() { ! sql "$1" "$2" >"$room/said" 2>&1 && cat "$room/said" && grep -q 'permission denied\|row-level security\|must be owner' "$room/said"; }

drop_all() {
	for name in "$base" "${base}_far"; do as_super -c "DROP DATABASE IF EXISTS $name WITH (FORCE)"; done
	for login in dbowner desk hand eye page stranger; do as_super -c "DROP ROLE IF EXISTS ${login}_$$"; done
}
trap 'drop_all >/dev/null 2>&1; rm -rf "$room" "$tap_out"' EXIT
as_super -c "CREATE ROLE dbowner_$$ LOGIN CREATEROLE PASSWORD '$secret'" &&
	as_super -c "CREATE DATABASE $base OWNER dbowner_$$ TEMPLATE template0 ENCODING 'UTF8'" || exit 1

# ---- the store, with feeds and a table that are restricted ----

cp -R data/demo "$room/in"
perl -0pi -e 's/(\[(?:feeds\/rss-fr-d\.xml|feeds\/atom-en-b\.xml|responses\.csv|junctures\.csv)\].*?\nlicence = )[a-z-]+/$1restricted/gs' "$room/in/manifest.conf"
ok 'the owner of the database makes the store' as dbowner init
ok 'with the month of today' sh -c '[ "$1" = t ]' - "$(sql dbowner "SELECT to_regclass('event_$(date -u +%Y_%m)') IS NOT NULL")"
ok 'and the next three' sh -c '[ "$1" = 4 ]' - "$(sql dbowner "SELECT count(*) FROM pg_inherits WHERE inhparent = 'event'::regclass AND inhrelid::regclass::text <> 'event_rest'")"
ok 'once more it makes nothing' as dbowner init
apply() { psql -X -q -v ON_ERROR_STOP=1 -f data/postgres/roles.sql "$(url dbowner)"; }
ok 'and the roles, without being a superuser' apply
structure() { pg_dump --schema-only "$(url dbowner)" | grep -v '^.\(un\)\?restrict '; }
structure >"$room/before"
ok 'applied again' apply
ok 'they change nothing' sh -c 'cmp "$1" "$2"' - "$room/before" "$(structure >"$room/after"; echo "$room/after")"
for pair in desk:owner hand:worker eye:reader page:web; do
	as_super -c "CREATE ROLE ${pair%:*}_$$ LOGIN PASSWORD '$secret' IN ROLE tocsin_${pair#*:}"
done
as_super -c "ALTER ROLE desk_$$ SET role = tocsin_owner"
as_super -c "CREATE ROLE stranger_$$ LOGIN PASSWORD '$secret'"

# ---- owner ----

ok 'the owner runs a round' as desk --quiet run --in "$room/in"
ok 'makes months' as desk store months 2025-10 2025-11
ok 'which are the owners'"'"', not the login'"'"'s' sh -c '[ "$1" = tocsin_owner ]' - "$(sql desk "SELECT tableowner FROM pg_tables WHERE tablename = 'event_2025_11'")"
ok 'finds all forecasts as they were committed' as desk forecast verify
ok 'cannot change what was committed' denied_sql desk "UPDATE ledger_entry SET entry = 'x'"
ok 'nor delete it' denied_sql desk 'DELETE FROM ledger_head'
ok 'acknowledges an alert' as desk alert ack "$(tocsin --store "$(url desk)" alert list --json=id | member id | head -n 1)"
ok 'brings the store up to date' as desk init
ok 'sees that it is sound' as desk store verify

# ---- reader ----

tocsin --store "$(url desk)" export >"$room/open"
tocsin --store "$(url desk)" export --restricted >"$room/everything"
tocsin --store "$(url eye)" export --restricted >"$room/seen"
ok 'there is more than a reader may see' sh -c '[ "$(wc -l <"$1")" -gt "$(wc -l <"$2")" ]' - "$room/everything" "$room/open"
ok 'a reader'"'"'s whole export is the one without restricted records' cmp "$room/open" "$room/seen"
ok 'a reader may keep the heads of the ledger' as eye forecast head
ok 'whose entries say chances that may be restricted' denied eye forecast verify
licensed=$(sql desk "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE a.attname = 'licence' AND
	c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1")
no_restricted_row() {
	there=0
	for table in $licensed; do
		n=$(sql desk "SELECT count(*) FROM \"$table\" WHERE licence = 'restricted'")
		[ "$n" -gt 0 ] && there=$((there + 1))
		for login in eye page; do
			if [ "$login $table" = 'page search_text' ]; then
				! sql page 'SELECT count(*) FROM search_text' 2>/dev/null || return 1
				continue
			fi
			[ "$(sql $login "SELECT count(*) FROM \"$table\" WHERE licence = 'restricted'")" = 0 ] || { echo "$login $table"; return 1; }
		done
	done
	echo "$there tables with restricted rows"
	[ "$there" -ge 10 ]
}
ok 'neither reader nor web sees a restricted row in any table' no_restricted_row
counts_match() {
	perl -MJSON::PP -ne '$r = decode_json($_); $last{$r->{kind}}{$r->{id}} = $r->{withdrawn};
		END { for my $k (keys %last) { my $n = grep { !$_ } values %{$last{$k}}; print "$k $n\n" if $n } }' "$room/open" | sort >"$room/counted"
	tocsin --store "$(url eye)" store --csv | perl -F, -ane 'chomp @F; print "$F[0] $F[1]\n" if $. > 1 && $F[1]' | sort >"$room/shown"
	diff "$room/counted" "$room/shown" && [ -s "$room/shown" ]
}
ok 'and counts only what is not' counts_match
sums() { perl -F, -ane '$n += $F[1] if $. > 1; END { print $n + 0, "\n" }'; }
ok 'events too' sh -c '[ "$1" -gt 0 ] && [ "$1" = "$2" ]' - "$(tocsin --store "$(url eye)" event count --csv | sums)" \
	"$(sed -n 's/^event //p' "$room/counted")"
alert=$(tocsin --store "$(url eye)" alert list --json=id | member id | head -n 1)
plan_id=$(tocsin --store "$(url eye)" plan list --json=id | member id | head -n 1)
for line in 'country list' 'country show GEO' 'event list --unit SRB' 'event search police' 'event count' 'forecast list' \
		'alert list' "alert show $alert" 'plan list' "plan show $plan_id" "why $plan_id" report 'report GEO' 'store' \
		'store hash' 'store verify' '--as-of 2024-06-01 report' export; do
	# shellcheck disable=SC2086
	ok "a reader may: ${line%% [a-z][a-z][0-9a-f]*}" as eye $line
done
hidden=$(perl -MJSON::PP -ne '$r = decode_json($_); print("$r->{id}\n"), exit if $r->{kind} eq "document" && $r->{licence} eq "restricted"' "$room/everything")
fails 3 'a restricted document is not there for a reader' as eye why "$hidden"
ok 'it is for the owner' as desk why "$hidden"
finds() { tocsin --store "$(url "$1")" event search "$2" --limit 1000 --json=id | member id | wc -l; }
ok 'nor do its words find it' sh -c '[ "$1" -gt "$2" ] && [ "$2" -gt 0 ]' - "$(finds desk police)" "$(finds eye police)"
for line in init 'run' "collect --in $room/in" code worker "alert ack $alert" 'store queue' "store erase $alert why --yes" \
		'store retain 2020-01-01 --yes' 'store months 2024-01 2024-02'; do
	[ "$line" = init ] && continue   # all is up to date: nothing to do
	# shellcheck disable=SC2086
	ok "a reader may not: ${line%% [-a/]*}" denied eye $line
done
behind() {
	for login in hand eye page; do
		for part in event_rest event_2025_11 payload_2025_11 document_2025_11 search_text_rest span_rest; do
			denied_sql $login "SELECT * FROM $part LIMIT 1" || { echo "$login $part"; return 1; }
		done
	done
}
ok 'no role reads a partition past its table' behind
aside() { for table in event_day queue dead_letter erased; do for login in eye page; do denied_sql $login "SELECT * FROM $table" || return 1; done; done; }
ok 'nor what says something of restricted records without a licence of its own' aside

# ---- worker ----

cat >"$room/feed.jsonl" <<'JSON'
{"kind":"document","known":"2025-11-12T09:00:00Z","feed":"late","key":"l1","title":"Serbian police detain journalists in Belgrade","lang":"en","published":"2025-11-12T09:00:00Z","licence":"restricted"}
{"kind":"document","known":"2025-11-13T09:00:00Z","feed":"late","key":"l2","title":"Georgian police detain protesters in Tbilisi","lang":"en","published":"2025-11-13T09:00:00Z","licence":"open"}
JSON
ok 'the owner collects' as desk collect --in "$room/feed.jsonl"
events_of() { sql desk "SELECT count(*) FROM event WHERE licence = '$1' AND document IN (SELECT id FROM document WHERE feed = 'late')"; }
for line in 'collect --in data/demo' run "alert ack $alert" "store erase $hidden why --yes" 'store retain 2020-01-01 --yes' \
		'store months 2024-01 2024-02' 'store shard add far postgresql://localhost/far'; do
	case $line in *shard*) continue ;; esac
	# shellcheck disable=SC2086
	ok "a worker may not: ${line%% [-ad]*}" denied hand $line
done
ok 'a worker sees what waits' as hand store queue
ok 'and codes it' as hand worker
ok 'an open event of the open document' sh -c '[ "$1" = 1 ]' - "$(events_of open)"
ok 'a restricted one of the restricted' sh -c '[ "$1" = 1 ]' - "$(events_of restricted)"
ok 'nothing waits any more' sh -c '[ "$1" = 0 ]' - "$(sql hand 'SELECT count(*) FROM queue')"
sql desk "INSERT INTO queue (id, revision, known, tries) VALUES ('do00000000000000000000000000000000', 1, 0, 0)"
ok 'what cannot be coded' as hand worker
ok 'goes to the dead letters' sh -c '[ "$1" = 1 ]' - "$(sql hand 'SELECT count(*) FROM dead_letter')"
ok 'which the worker lists' as hand store queue --dead
# An edit takes an event back: a tombstone, and one less of its day.
printf '%s\n' '{"kind":"document","known":"2025-11-14T09:00:00Z","feed":"late","key":"l2","title":"A quiet day in Tbilisi","lang":"en","published":"2025-11-13T09:00:00Z","licence":"open"}' >"$room/edit.jsonl"
as desk collect --in "$room/edit.jsonl" >/dev/null
ok 'a worker takes back what an edit no longer says' as hand worker
ok 'as a revision' sh -c '[ "$1" = 1 ]' - "$(sql desk "SELECT count(*) FROM event WHERE withdrawn = 1 AND document IN (SELECT id FROM document WHERE feed = 'late')")"
ok 'and the store is sound' as desk store verify
crafty() {
	for statement in "INSERT INTO document SELECT * FROM document LIMIT 1" \
			"INSERT INTO payload VALUES ('do00000000000000000000000000000000', 1, 'title', 'planted', 0, 'open')" \
			"INSERT INTO record (id, revision, known, withdrawn, licence) VALUES ('al00', 1, 0, 0, 'open')" \
			"UPDATE event SET unit = 'SRB'" "DELETE FROM event" "TRUNCATE event" "DELETE FROM payload" \
			"INSERT INTO state VALUES ('retained', '9')" "UPDATE state SET name = 'retained'" \
			"CREATE TABLE mine (x bigint)" "ALTER TABLE event DISABLE ROW LEVEL SECURITY" "DROP TABLE queue" \
			"SET ROLE tocsin_owner" "INSERT INTO erased VALUES ('x', 'y', 0)"; do
		denied_sql hand "$statement" || { echo "$statement"; return 1; }
	done
}
ok 'a worker plants no document, changes no event, no schema, and erases nothing' crafty

# ---- a month on another server: a mapping for each login ----

as_super -c "CREATE DATABASE ${base}_far OWNER dbowner_$$"
psql -X -q -c 'CREATE EXTENSION postgres_fdw' -c 'GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO tocsin_owner' \
	"$(printf '%s\n' "$TOCSIN_TEST_PG" | sed "s!/[^/]*\$!/$base!")"
far="postgresql://dbowner_$$:$secret@$server/${base}_far"
ok 'the owner adds a shard' as desk store shard add far "$far"
ok 'and moves a month there' as desk store shard move 2025-11 far
fails 5 'without a mapping a reader does not get there' as eye event list
for login in hand eye page; do
	sql desk "CREATE USER MAPPING FOR ${login}_$$ SERVER far OPTIONS (user 'dbowner_$$', password '$secret')"
done
tocsin --store "$(url desk)" export >"$room/open"
tocsin --store "$(url eye)" export --restricted >"$room/seen"
ok 'with one it reads what is not restricted there' sh -c 'cmp "$1" "$2" && grep -q "\"known\":\"2025-11" "$1"' - "$room/open" "$room/seen"
ok 'counts it' sh -c '[ "$1" = "$2" ] && [ "$1" -gt 0 ]' - "$(tocsin --store "$(url eye)" event count --csv | sums)" \
	"$(perl -MJSON::PP -ne '$r = decode_json($_); $last{$r->{id}} = $r->{withdrawn} if $r->{kind} eq "event"; END { print scalar(grep { !$_ } values %last), "\n" }' "$room/open")"
sed 's/"l\([12]\)"/"far\1"/; s/detain/arrest/' "$room/feed.jsonl" >"$room/far.jsonl"
as desk collect --in "$room/far.jsonl" >/dev/null
ok 'a worker codes documents of a shard' as hand worker
ok 'each once' sh -c '[ "$1" = 2 ]' - "$(sql desk "SELECT count(*) FROM event WHERE document IN (SELECT id FROM document WHERE key LIKE '%far%')")"
ok 'still the store is sound' as desk store verify
ok 'the owner erases there' as desk store erase "$(sql desk "SELECT min(id) FROM document WHERE key LIKE '%far%'")" 'asked for' --yes
ok 'gives up payload here and there' as desk store retain 2025-11-13 --yes
ok 'after which it is sound' as desk store verify
nobody_told() { for login in hand eye page; do [ -z "$(sql $login "SELECT umoptions FROM pg_user_mappings WHERE umoptions IS NOT NULL AND usename <> current_user")" ] || return 1; done; }
ok 'no login reads the password of another'"'"'s mapping' nobody_told

# ---- web ----

: >"$room/served"
"$BUILD/tocsin" --store "$(url page)" serve --port 0 >"$room/served" 2>&1 &
serving=$!
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
	port=$(sed -n 's!.*http://127\.0\.0\.1:\([0-9]*\)/.*!\1!p' "$room/served")
	[ -n "$port" ] && break
	sleep 0.3
done
get() { perl -MHTTP::Tiny -e 'my $r = HTTP::Tiny->new->get($ARGV[0]); print $r->{content}; exit($r->{status} != $ARGV[1])' "http://127.0.0.1:$port$2" "$1"; }
for page in / /c/SRB /c/GEO /alerts "/alerts/$alert" "/why/$plan_id" /healthz; do
	ok "the web role serves ${page%%[a-z][a-z][0-9a-f][0-9a-f][0-9a-f]*}" get 200 "$page"
done
ok 'not what is restricted' get 404 "/why/$hidden"
kill $serving 2>/dev/null
wait $serving 2>/dev/null
cat "$room/served" >>"$room/all_said"
ok 'the web role may not search' denied page event search police
ok 'nor run a round' denied page run
ok 'nor work' denied page worker

# ---- strangers, and secrets ----

fails 5 'who is in no role does not come in' as stranger report
wrong() { tocsin --store "postgresql://eye_$$:wrong$secret@$server/$base" report 2>&1 | tee -a "$room/all_said"; tocsin --store "postgresql://eye_$$:wrong$secret@$server/$base" report >/dev/null 2>&1; }
if grep -q "^" "$room/all_said" && psql -X -q -c 'SELECT 1' "postgresql://eye_$$:wrong@$server/$base" >/dev/null 2>&1; then
	skip 'a wrong password is refused' 'this server asks for no password'
else
	fails 5 'a wrong password is refused' wrong
fi
for odd in "postgresql://eye:$secret/x@$server/$base" "postgresql://eye:x@$secret@$server/$base" "postgresql://eye:12/$secret@$server/$base" \
		"postgresql://eye:$secret%zz@$server/$base" "postgresql://eye:$secret@$server:port/$base"; do
	odd_one() { tocsin --store "$odd" report >"$room/said" 2>&1; status=$?; cat "$room/said" >>"$room/all_said"; cat "$room/said"; return $status; }
	fails 2 'an address that cannot be meant is refused' odd_one
done
as desk store shard add far "postgresql://far:$secret/x@localhost/far" >/dev/null
as desk store shard add far "postgresql://far:$secret@localhost:1/far" >/dev/null
sql desk 'SELECT 1' >/dev/null && sed "s!$secret!SECRET!" "$room/all_said" | grep -n SECRET >"$room/leaks"
ok 'no password is ever said' sh -c 'cat "$1"; [ ! -s "$1" ] && [ "$(wc -l <"$2")" -gt 100 ]' - "$room/leaks" "$room/all_said"

plan
