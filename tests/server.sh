# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh disable=SC2034
# server.sh - a PostgreSQL server for a script of its own; sourced first, because it may start the script again.
#
# TOCSIN_TEST_PG is then the address of a database of a superuser: as given, or of a server made by pg_virtualenv for this
# script alone. It is empty when there is neither, and $no_server says why. Databases and roles are the script's to drop.

: "${BUILD:=build}" "${TOCSIN_TEST_PG:=}"
no_server='no TOCSIN_TEST_PG, and pg_virtualenv needs root'
if [ -z "$TOCSIN_TEST_PG" ] && [ "$(id -u)" -eq 0 ] && command -v pg_virtualenv >/dev/null && command -v psql >/dev/null; then
	export BUILD
	begun=$(mktemp -u)
	# -t: none where a cluster of the machine would lie. Two that start at once may choose one port: then once more.
	for try in 1 2 3 4 5; do
		# shellcheck disable=SC2016
		pg_virtualenv -t -o fsync=off sh -c ': >"$1" && exec env \
			TOCSIN_TEST_PG="postgresql://$PGUSER:$PGPASSWORD@localhost:$PGPORT/postgres" sh "$0"' "$0" "$begun"
		status=$?
		[ ! -e "$begun" ] || break
		sleep "$try"
	done
	rm -f "$begun"
	exit $status
fi
