# SPDX-License-Identifier: GPL-3.0-or-later
# A critical alert cannot be dismissed before anybody holds it, nor by whoever does: not permitted.
alert=$(tocsin --store "$WORLD" alert list --json=id | grep -oE 'al[0-9a-f]{32}' | head -n 1)
tocsin --store "$WORLD" export | grep "$alert" | grep -E '^.{8}"(alert|transition)"' | sed 's/"level":[0-9]/"level":4/' >alert.jsonl
tocsin --quiet collect --in alert.jsonl --json=stage,new
tocsin --user ana alert close "$alert" --reason false --note 'a rumour'
echo "status $?"
tocsin --quiet --user ana alert ack "$alert"
tocsin --user ana alert close "$alert" --reason false --note 'a rumour'
