#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# newcomer.sh - bootstrap and install, on a machine that is made up of stand-ins. Speaks TAP.
set -u
. tests/tap.sh
. tests/world.sh

# A path of our own: the tools that bootstrap may use, and stand-ins that tell how they were called.
fake=$room/fake
mkdir "$fake" "$room/elsewhere"
for tool in sh sed tr dirname cat env printf grep; do ln -s "$(command -v $tool)" "$fake/$tool" 2>/dev/null; done
stand_in() { printf '#!/bin/sh\n%s\n' "$2" >"$fake/$1"; chmod +x "$fake/$1"; }
stand_in id 'echo "${FAKE_UID:-0}"'
stand_in make 'echo "make $*"'
stand_in apt-get 'echo "apt-get $*" >&2; echo "$DEBIAN_FRONTEND" >&2'
stand_in dpkg-query 'for p in "$@"; do case $p in -*) ;; "${LACKING:-none}") bad=1 ;; *) echo "installed $p" ;; esac; done; exit ${bad:-0}'
root=$(pwd)
boot() { (cd "$room/elsewhere" && env -i PATH="$fake" "$@" sh "$root/bootstrap" ${targets-demo}); }

ok 'with nothing missing it makes the target' says 'make demo' boot
ok 'without asking for packages' sh -c '! grep -q apt-get "$1"' - "$room/says"
targets='SAN=1 check'
ok 'targets and settings are passed on' says 'make SAN=1 check' boot
targets=
ok 'the default target is all' says 'make all' boot
targets=demo
ok 'what is missing is installed, and nothing else' says 'install --no-install-recommends scdoc' boot LACKING=scdoc
ok 'after the lists were read' grep -q 'apt-get .*update' "$room/says"
ok 'without questions' grep -qx 'noninteractive' "$room/says"
ok 'then the target is made' grep -qx 'make demo' "$room/says"
fails 1 'neither root nor sudo is an error' boot LACKING=scdoc FAKE_UID=1000
ok 'that names what is missing' says 'missing packages, and neither root nor sudo to install them: scdoc' boot LACKING=scdoc FAKE_UID=1000
stand_in sudo 'echo "sudo $*" >&2; exec "$@"'
ok 'sudo is used when not root' says 'sudo env DEBIAN_FRONTEND=noninteractive' boot LACKING=scdoc FAKE_UID=1000
stand_in apt-get 'exit 100'
fails 1 'a failing install is an error' boot LACKING=scdoc
rm "$fake/dpkg-query"
fails 1 'a system that is not Debian is an error' boot
ok 'that says so' says 'not a Debian system' boot

# ---- make: objects follow the flags ----

object=$room/objects/src/base/num.o
one_object() { env -u SAN -u CFLAGS -u LDFLAGS -u MAKEFLAGS make -s BUILD="$room/objects" CC="${CC:-gcc}" "$@" "$object"; }
ok 'an object is built plain' one_object
ok 'without sanitizers' sh -c '! grep -q __asan "$1"' - "$object"
ok 'SAN=1 into the same folder builds it anew' one_object SAN=1
ok 'with sanitizers' grep -q __asan "$object"

# ---- install: what is put under a prefix works there ----

ok 'install puts the program under a prefix' make -s BUILD="$BUILD" CC="${CC:-gcc}" ${SAN:+SAN=$SAN} install PREFIX="$room/usr"
ok 'it finds its data there' sh -c 'cd / && "$1/usr/bin/tocsin" --store "$1/i.db" run --in "$2/data/demo"' - "$room" "$root"
ok 'the manual page has the options' grep -q 'as-of' "$room/usr/share/man/man1/tocsin.1"
plan
