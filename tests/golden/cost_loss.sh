# SPDX-License-Identifier: GPL-3.0-or-later
# A profile says at which chance acting pays: the alert fires from there on and says what such warnings were worth.
cp -r "$DATA" data
chmod -R u+w data
printf '\n[thresholds]\ncost_loss = monitor\n' >>data/profiles/SRB.conf
export TOCSIN_DATA=./data
tocsin --quiet run --in data/demo >made
tocsin --quiet replay --from 2018 --to 2021 >made
alert() { tocsin alert list --all --json=rule,unit,id | grep chance-closing | grep -oE 'al[0-9a-f]{32}' | head -n 1; }
tocsin alert list --all --json=rule,unit,threshold | grep chance
tocsin alert show "$(alert)" | sed "s/$(alert)/ID/"
tocsin alert show "$(alert)" --json=rule,threshold,worth
sed -i 's/monitor/watcher/' data/profiles/SRB.conf
tocsin alert list
