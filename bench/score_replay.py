#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Score the forecasts of a replay anew, by none of the program's own code.

    tocsin --store s.db run --in data/demo
    tocsin --store s.db replay --from 2005 --to 2024
    tocsin --store s.db export | python3 bench/score_replay.py [--from 2005] [--to 2022]

A forecast made at year t is settled by the index of t+1 and t+2; what lacks them is counted as open.
Of one country, question and year the earliest forecast counts. Intervals: 90 %, whole countries drawn
1,000 times. Gains are scores of the base rate (of persistence) minus those of the member: above 0 is better.
"""
import argparse
import collections
import json
import math
import random
import sys

STEP = 0.05
CLIP = 0.001
MEMBERS = (("ensemble", "p"), ("logit", "logit"), ("persistence", "persistence"), ("base_rate", "base_rate"))


def brier(rows, field):
    return sum((r[field] - r["y"]) ** 2 for r in rows) / len(rows)


def log_score(rows, field):
    clipped = [(min(max(r[field], CLIP), 1 - CLIP), r["y"]) for r in rows]
    return -sum(math.log(p if y else 1 - p) for p, y in clipped) / len(rows)


def auc(rows, field):
    yes = [r[field] for r in rows if r["y"]]
    no = [r[field] for r in rows if not r["y"]]
    if not yes or not no:
        return math.nan
    return sum((a > b) + (a == b) / 2 for a in yes for b in no) / len(yes) / len(no)


def spread(rows, measure):
    """The 90 % interval of measure(rows) over draws of whole countries."""
    by_unit = collections.defaultdict(list)
    for row in rows:
        by_unit[row["unit"]].append(row)
    units = sorted(by_unit)
    chance = random.Random(1)
    drawn = sorted(v for v in (measure([r for u in chance.choices(units, k=len(units)) for r in by_unit[u]])
                               for _ in range(1000)) if not math.isnan(v))
    return drawn[int(0.05 * len(drawn))], drawn[int(0.95 * len(drawn)) - 1]


def cell(rows, measure):
    low, high = spread(rows, measure)
    return f"{measure(rows):7.4f} [{low:7.4f}, {high:7.4f}]"


def read_export(lines):
    """Index by (unit, year), and the earliest forecast of each unit, question and year."""
    index, forecasts = {}, {}
    for line in lines:
        record = json.loads(line)
        if record["kind"] == "observation" and record["indicator"] == "v2x_polyarchy" and not record.get("withdrawn"):
            index[record["unit"], int(record["valid_from"][:4])] = record["value"]
        if record["kind"] == "forecast" and record["p"] is not None:
            key = record["unit"], record["question"], record["origin"]
            if key not in forecasts or record["as_of"] < forecasts[key]["as_of"]:
                forecasts[key] = record
    return index, forecasts


def settle(index, forecasts):
    """The rows with their outcome, and how many are open, by origin."""
    rows, open_years = [], collections.Counter()
    for (unit, question, origin), forecast in sorted(forecasts.items()):
        now, first, second = (index.get((unit, origin + ahead)) for ahead in range(3))
        if None in (now, first, second):
            open_years[origin] += 1
            continue
        moved = now - min(first, second) if question == "closing" else max(first, second) - now
        rows.append(dict(forecast, y=int(moved >= STEP)))
    return rows, open_years


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--from", dest="first", type=int, default=2005)
    parser.add_argument("--to", dest="last", type=int, default=2022)
    args = parser.parse_args()
    rows, open_years = settle(*read_export(sys.stdin))
    rows = [r for r in rows if args.first <= r["origin"] <= args.last]

    for question in ("closing", "opening"):
        asked = [r for r in rows if r["question"] == question]
        years = sorted({r["origin"] for r in asked})
        if not asked:
            continue
        print(f"{question}: {len(asked)} forecasts of {years[0]}-{years[-1]}, {len({r['unit'] for r in asked})} "
              f"countries, {sum(r['y'] for r in asked)} came true")
        print(f"  {'member':12}{'Brier':26}{'log score':26}{'AUC':26}{'Brier gain on base rate':26}"
              f"{'on persistence':26}log gain on base rate")
        for name, field in MEMBERS:
            spoke = [r for r in asked if r[field] is not None]
            note = "" if len(spoke) == len(asked) else f"   of {len(spoke)}"
            print(f"  {name:12}" + "  ".join((
                cell(spoke, lambda s: brier(s, field)), cell(spoke, lambda s: log_score(s, field)),
                cell(spoke, lambda s: auc(s, field)),
                cell(spoke, lambda s: brier(s, "base_rate") - brier(s, field)),
                cell(spoke, lambda s: brier(s, "persistence") - brier(s, field)),
                cell(spoke, lambda s: log_score(s, "base_rate") - log_score(s, field)))) + note)
    print("open, not scored: " + (", ".join(f"{n} of {year}" for year, n in sorted(open_years.items())) or "none"))


main()
