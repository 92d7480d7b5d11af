#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scores latent.csv and experts.csv of "tocsin measure irt" against the truth of a made world, or a reference posterior.

usage: score_irt.py OUT-FOLDER WORLD-FOLDER [--reference]

Prints, of the years of units: n, RMSE after one affine fit of truth on the mean, coverage of the 95 % interval under the
same map, mean width of that interval, Spearman with truth, Pearson of beta with truth; with --reference the share of means
within 0.1 reference sd and of sd ratios within .9 to 1.1, of all points. Shares no code with the program.
"""
import csv
import math
import sys


def rows(path):
    with open(path, newline="") as f:
        return list(csv.DictReader(f))


def correlation(a, b):
    ma, mb = sum(a) / len(a), sum(b) / len(b)
    ab = sum((x - ma) * (y - mb) for x, y in zip(a, b))
    return ab / math.sqrt(sum((x - ma) ** 2 for x in a) * sum((y - mb) ** 2 for y in b))


def ranks(v):
    order = sorted(range(len(v)), key=v.__getitem__)
    ret = [0.0] * len(v)
    i = 0
    while i < len(order):
        j = i
        while j < len(order) and v[order[j]] == v[order[i]]:
            j += 1
        for k in order[i:j]:
            ret[k] = (i + j - 1) / 2
        i = j
    return ret


def against_truth(out, world):
    truth = {(r["unit"], r["year"]): float(r["z"]) for r in rows(world + "/truth_latent.csv") if r["year"]}
    ours = {(r["unit"], r["year"]): r for r in rows(out + "/latent.csv")}
    keys = sorted(truth)
    lost = [k for k in keys if k not in ours]
    if lost:
        sys.exit("no estimate for %d of %d, first %s" % (len(lost), len(keys), lost[0]))
    t = [truth[k] for k in keys]
    m = [float(ours[k]["mean"]) for k in keys]
    mt, mm = sum(t) / len(t), sum(m) / len(m)
    b = sum((x - mm) * (y - mt) for x, y in zip(m, t)) / sum((x - mm) ** 2 for x in m)
    a = mt - b * mm
    rmse = math.sqrt(sum((y - a - b * x) ** 2 for x, y in zip(m, t)) / len(t))
    lo = [a + b * float(ours[k]["lo95"]) for k in keys]
    hi = [a + b * float(ours[k]["hi95"]) for k in keys]
    cover = sum(l <= y <= h for l, y, h in zip(lo, t, hi)) / len(t)
    beta = {r["expert"]: float(r["beta"]) for r in rows(world + "/truth_experts.csv")}
    pairs = [(beta[r["expert"]], float(r["beta"])) for r in rows(out + "/experts.csv") if r["beta"]]
    print("n %d rmse %.4f coverage %.4f width %.3f spearman %.4f beta %.3f slope %.3f" % (
        len(t), rmse, cover, sum(h - l for l, h in zip(lo, hi)) / len(t), correlation(ranks(m), ranks(t)),
        correlation([p[0] for p in pairs], [p[1] for p in pairs]), b))


def against_reference(out, world):
    ours = {(r["unit"] + " " + r["year"]).strip(): r for r in rows(out + "/latent.csv")}
    reference = rows(world + "/ref_latent.csv")
    off = [abs(float(ours[r["key"]]["mean"]) - float(r["z_mean"])) / float(r["z_sd"]) for r in reference]
    ratio = [float(ours[r["key"]]["sd"]) / float(r["z_sd"]) for r in reference]
    betas = {r["expert"]: float(r["beta"]) for r in rows(out + "/experts.csv")}
    known = rows(world + "/ref_experts.csv")
    name = next(iter(known[0]))
    print("n %d within_0.1_sd %.4f worst %.3f sd_ratio %.3f to %.3f within %.4f beta_off %.3f" % (
        len(off), sum(x <= 0.1 for x in off) / len(off), max(off), min(ratio), max(ratio),
        sum(0.9 <= x <= 1.1 for x in ratio) / len(ratio),
        max(abs(betas[r[name]] - float(r["beta_mean"])) / float(r["beta_sd"]) for r in known)))


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    (against_reference if "--reference" in sys.argv else against_truth)(sys.argv[1], sys.argv[2])
