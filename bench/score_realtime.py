#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Score chances of episodes against what a later release says.

usage: score_realtime.py [--half NAME=FILE] [--beside FILE] [--direction aut|dem] LABELS CHANCES=THRESHOLD ...

LABELS has country_text_id, year, aut_ep and dem_ep; CHANCES is what "measure episode-probability" writes, with
the threshold that it said. --half takes the countries that FILE (country_text_id, half) puts
into NAME; --beside scores ERT's own flags of the newest year (country_text_id, year, aut_ep, dem_ep). Rows
without a label are left out, rows without a chance count as 0 and are said.
"""
import csv
import sys

BARS = "bars: AUC >= .92, no year below .86; precision >= .78, recall >= .60; ECE <= .08"


def table(name):
    with open(name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def key(row):
    return row["country_text_id"], int(row["year"])


def auc(pairs):
    """Chance that a positive is above a negative, ties counted half: by mean ranks."""
    pairs = sorted(pairs)
    ranks = positives = at = 0
    while at < len(pairs):
        past = at
        while past < len(pairs) and pairs[past][0] == pairs[at][0]:
            past += 1
        hits = sum(y for _, y in pairs[at:past])
        ranks += hits * (at + past + 1) / 2
        positives += hits
        at = past
    negatives = len(pairs) - positives
    if not positives or not negatives:
        return float("nan")
    return (ranks - positives * (positives + 1) / 2) / (positives * negatives)


def ece(pairs):
    bins = {}
    for p, y in pairs:
        count, chance, hits = bins.get(min(int(p * 10), 9), (0, 0, 0))
        bins[min(int(p * 10), 9)] = count + 1, chance + p, hits + y
    return sum(abs(chance - hits) for _, chance, hits in bins.values()) / len(pairs)


def flags_score(flags):
    """Of (flagged, label): precision and recall."""
    both = sum(1 for f, y in flags if f and y)
    flagged = sum(1 for f, _ in flags if f)
    positives = sum(y for _, y in flags)
    share = lambda a, b: f"{a / b:.2f} ({a}/{b})" if b else "-"
    return f"precision {share(both, flagged)}, recall {share(both, positives)}"


def main(args):
    half = beside = None
    direction = "aut"
    while args and args[0].startswith("--"):
        if args[0] == "--half":
            name, file = args[1].split("=", 1)
            half = {row["country_text_id"] for row in table(file) if row["half"] == name}
        elif args[0] == "--beside":
            beside = {key(row): int(row[direction + "_ep"]) for row in table(args[1])}
        elif args[0] == "--direction":
            direction = args[1]
        else:
            sys.exit(__doc__)
        args = args[2:]
    if len(args) < 2:
        sys.exit(__doc__)
    labels = {key(row): int(row[direction + "_ep"]) for row in table(args[0])
              if half is None or row["country_text_id"] in half}
    pooled, flags, ert, silent = [], [], [], 0
    for given in args[1:]:
        name, threshold = given.rsplit("=", 1)
        pairs = []
        for row in table(name):
            if key(row) not in labels:
                continue
            p, y = row["p_" + direction], labels[key(row)]
            silent += p == ""
            pairs.append((float(p or 0), y))
            flags.append((pairs[-1][0] >= float(threshold), y))
            if beside and key(row) in beside:
                ert.append((beside[key(row)], y))
        pooled += pairs
        print(f"{name}: {len(pairs)} rows, {sum(y for _, y in pairs)} episodes, AUC {auc(pairs):.3f}, "
              f"threshold {threshold}")
    mean = sum(p for p, _ in pooled) / len(pooled)
    brier = sum((p - y) ** 2 for p, y in pooled) / len(pooled)
    print(f"pooled: {len(pooled)} rows, {sum(y for _, y in pooled)} episodes, {silent} without a chance")
    print(f"AUC {auc(pooled):.3f}, ECE {ece(pooled):.3f}, Brier {brier:.3f}, mean chance {mean:.3f}, "
          f"share {sum(y for _, y in pooled) / len(pooled):.3f}")
    print(f"at the threshold of training: {flags_score(flags)}")
    if ert:
        print(f"ERT's own flag: {flags_score(ert)}, AUC {auc([(float(f), y) for f, y in ert]):.3f}")
    if direction == "aut":
        print(BARS)


main(sys.argv[1:])
