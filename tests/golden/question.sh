# SPDX-License-Identifier: GPL-3.0-or-later
# A question from its opening to its scores: answers stay hidden until it is closed, the pool stands beside the median.
exec 2>&1
tocsin init >made
day() { at=$1; shift; tocsin --as-of "$at" question "$@"; }
day 2024-01-10 open --key srb-27 --text "Will Serbia's index fall to 0.25 by 2025?" --unit Serbia --indicator v2x_polyarchy \
	--operator '<=' --threshold 0.25 --until 2025-12-31 --closes 2024-02-01 --resolves 2026-04-01
day 2024-01-10 open --key when --text "When will the law pass?" --answers spring,autumn,never --ordered --rule "by the gazette" \
	--closes 2024-02-01 --resolves 2024-12-31
day 2024-01-11 open --key when --text "When will the law pass?" --answers spring,autumn,never --ordered --rule "by the press" \
	--closes 2024-02-01 --resolves 2024-12-31
day 2024-01-12 answer srb-27 --as blue-heron --p 0.3
day 2024-01-12 answer srb-27 --as red-fox --p yes=0.25,no=0.75 --reason "the courts hold"
day 2024-01-13 answer srb-27 --as old-oak --p 0
day 2024-01-13 answer srb-27 --as ana.petrova --p 0.5
day 2024-01-13 answer srb-27 --as ana@example.org --p 0.5
day 2024-01-13 answer srb-27 --as pool --p 0.5
day 2024-01-13 answer srb-27 --as blue-heron --p yes=0.3,no=0.6
day 2024-01-13 answer srb-27 --as blue-heron --p maybe
day 2024-01-14 answer when --as red-fox --p spring=0.2,autumn=0.5,never=0.3
tocsin question list
tocsin question show srb-27
tocsin question show srb-27 --as red-fox
tocsin question show srb-27 --json=hidden,judgements
tocsin question pool srb-27
day 2024-02-01 close srb-27
day 2024-02-02 close srb-27
day 2024-01-20 answer srb-27 --as red-fox --p 0.9
tocsin question show srb-27
tocsin question pool srb-27
tocsin question pool srb-27 --json=forecasters,extremity,answers
day 2024-02-03 resolve srb-27
day 2024-02-03 resolve srb-27 --outcome yse --source https://example.org/index
day 2024-02-03 resolve srb-27 --outcome yes
day 2024-02-03 resolve srb-27 --outcome yes --source https://example.org/index --at 2024-02-02
tocsin question score
tocsin question score srb-27 --json=member,brier,skill
day 2024-02-03 void when
day 2024-02-03 void when --reason "the law was withdrawn"
tocsin question list --status void --csv
day 2099-01-01 close when
tocsin question show nothing
