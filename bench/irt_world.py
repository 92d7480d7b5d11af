#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A made world of expert ratings with known truth, by the rules in ../shared/data/irt/NOTICE.md.

usage: irt_world.py KIND SEED FOLDER      (KIND: small, full, stress, or drift: as small, but every year moves by N(0, 0.15))

Latent: the level of a country N(0, .9) plus steps, 3 % a year N(0, .7), 12 % N(0, .12), else none; then standardised.
Thresholds of the world -1.5, -.5, .5, 1.5; countries and raters deviate with sd .2 (stress .4), kept ordered. Reliability
N(1, 1) above 0; 5 to 7 raters a country (small 5 to 6); 20 % start late; 15 % rate a further country throughout, 15 % five
further ones in one year; confidence U(.5, 1); two vignettes a threshold, at -.3 and +.3, rated by all. stress: 5 % careless raters
of reliability .05, and errors that carry over from year to year with .7.
"""
import csv
import math
import os
import random
import sys

WORLD = [-1.5, -0.5, 0.5, 1.5]
FIRST_YEAR = 1995


def latents(rng, countries, years, drift):
    z = []
    for _ in range(countries):
        path = [rng.gauss(0, 0.9)]
        for _ in range(years - 1):
            u = rng.random()
            step = rng.gauss(0, 0.7) if u < 0.03 else rng.gauss(0, 0.12) if u < 0.15 else 0
            path.append(path[-1] + (rng.gauss(0, 0.15) if drift else step))
        z.append(path)
    every = [x for path in z for x in path]
    mean = sum(every) / len(every)
    sd = math.sqrt(sum((x - mean) ** 2 for x in every) / (len(every) - 1))
    return [[(x - mean) / sd for x in path] for path in z]


def deviate(rng, about, sd):
    return sorted(x + rng.gauss(0, sd) for x in about)


def reliability(rng):
    while True:
        beta = rng.gauss(1, 1)
        if beta > 0:
            return beta


class Rater:
    def __init__(self, rng, number, main, cuts, stress, countries, years):
        self.number, self.main = number, main
        self.careless = stress and rng.random() < 0.05
        self.beta = 0.05 if self.careless else reliability(rng)
        self.cuts = deviate(rng, cuts, 0.4 if stress else 0.2)
        self.carry = 0.7 if stress else 0
        self.start = rng.randint(1, years // 2) if rng.random() < 0.2 else 0
        u = rng.random()
        self.role = "bridge" if u < 0.15 else "lateral" if u < 0.3 else "main"
        others = [c for c in range(countries) if c != main]
        self.others = rng.sample(others, min(len(others), {"bridge": 1, "lateral": 5}.get(self.role, 0)))
        self.when = years - 1 - rng.randint(0, min(2, years - 1))

    def rate(self, rng, path, first):
        """Ratings of the years from `first` on."""
        error, ret = None, []
        for z in path[first:]:
            fresh = rng.gauss(0, 1)
            error = fresh if error is None else self.carry * error + math.sqrt(1 - self.carry ** 2) * fresh
            ret.append(1 + sum(self.beta * z + error > cut for cut in self.cuts))
        return ret


def write(folder, name, header, rows):
    with open(os.path.join(folder, name), "w", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)


def main(kind, seed, folder):
    rng = random.Random("%s %s" % (kind, seed))
    small = kind in ("small", "drift")
    countries, years, stress = (24, 15, False) if small else (180, 30, kind == "stress")
    z = latents(rng, countries, years, kind == "drift")
    vignettes = [("V%d_%d" % (k + 1, i), k + 1, cut + (-0.3, 0.3)[i]) for k, cut in enumerate(WORLD) for i in (0, 1)]
    names = ["C%03d" % (c + 1) for c in range(countries)]
    raters, thresholds, ratings = [], [["WORLD"] + WORLD], []
    for c in range(countries):
        cuts = deviate(rng, WORLD, 0.4 if stress else 0.2)
        thresholds.append([names[c]] + cuts)
        for _ in range(rng.randint(5, 6 if small else 7)):
            raters.append(Rater(rng, len(raters) + 1, c, cuts, stress, countries, years))
    sure = lambda: "%.2f" % rng.uniform(0.5, 1)
    for r in raters:
        for i, y in enumerate(r.rate(rng, z[r.main], r.start)):
            ratings.append([r.number, names[r.main], FIRST_YEAR + r.start + i, y, sure()])
        for c in r.others:
            bridge = r.role == "bridge"
            for i, y in enumerate(r.rate(rng, z[c] if bridge else z[c][r.when:r.when + 1], 0)):
                ratings.append([r.number, names[c], FIRST_YEAR + (0 if bridge else r.when) + i, y, sure()])
        for name, _, at in vignettes:
            ratings.append([r.number, name, "", r.rate(rng, [at], 0)[0], "1.0"])
    os.makedirs(folder, exist_ok=True)
    write(folder, "ratings.csv", ["expert", "unit", "year", "rating", "confidence"], ratings)
    write(folder, "experts.csv", ["expert", "main_country", "role"], [[r.number, names[r.main], r.role] for r in raters])
    write(folder, "vignettes.csv", ["vignette", "threshold"], [v[:2] for v in vignettes])
    write(folder, "truth_latent.csv", ["unit", "year", "z"],
          [[names[c], FIRST_YEAR + t, "%.6f" % z[c][t]] for c in range(countries) for t in range(years)])
    write(folder, "truth_experts.csv", ["expert", "kind", "beta"] + ["gamma%d" % k for k in range(1, 5)],
          [[r.number, "careless" if r.careless else "main", "%.6f" % r.beta] + ["%.6f" % g for g in r.cuts] for r in raters])
    write(folder, "truth_thresholds.csv", ["unit"] + ["gamma%d" % k for k in range(1, 5)], thresholds)


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in ("small", "full", "stress", "drift"):
        sys.exit(__doc__)
    main(*sys.argv[1:])
