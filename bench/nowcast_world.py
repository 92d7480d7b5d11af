#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""nowcast_world.py - a made monthly world: a latent index, events that it moves, and its yearly release.

usage: nowcast_world.py make DIR SEED [--units N] [--years N] [--noise] [--lag MONTHS] [--events] [--december]
       nowcast_world.py score DIR NOWCAST.csv

make writes index.csv (country,year,index,index_sd), balance.csv (country,month,balance), truth.csv
(country,month,level), and with --events the same incidents as events.jsonl. Each unit's level is a random walk with
its own step; a month's incidents are Poisson, more of them violations when the level fell and openings when it rose,
in a country of its own loudness and its own leaning. A release is of the year's mean, or with --december of its
last month. With --noise the incidents know nothing of the level.
score prints the RMSE against the level, that of the last release, the cover of the 90 % intervals, and theirs of the revised.
"""
import csv, json, math, os, random, sys

CODES = ("AFG AGO ALB ARG ARM AUS AUT AZE BDI BEL BEN BFA BGD BGR BIH BLR BOL BRA BWA CAF CAN CHE CHL CHN CIV CMR COG COL "
         "CRI CUB CYP CZE DEU DNK DOM DZA ECU EGY ESP EST ETH FIN FJI FRA GAB GBR GEO GHA GIN GMB GRC GTM HND HRV HTI HUN "
         "IDN IND IRL IRN IRQ ISL ISR ITA JAM JOR JPN KAZ KEN KGZ").split()


def poisson(rng, mean):
    limit, k, p = math.exp(-mean), 0, rng.random()
    while p > limit:
        k += 1
        p *= rng.random()
    return k


def make(folder, seed, units, years, noise, lag, with_events, december):
    rng = random.Random(seed)
    os.makedirs(folder, exist_ok=True)
    index, balance, truth, events = [], [], [], []
    for code in CODES[:units]:
        step = 0.008 * math.exp(rng.gauss(0, 0.4))
        level, sd = rng.uniform(0.15, 0.85), rng.uniform(0.008, 0.02)
        loud, lean = rng.uniform(3, 12), rng.gauss(0, 0.4)
        total = 0
        for t in range(12 * years):
            move = rng.gauss(0, step)
            level += move
            year, month = 2000 + t // 12, t % 12 + 1
            signal = rng.gauss(0, 1) if noise else move / step
            up = 1 / (1 + math.exp(-(lean + 1.2 * signal)))
            n = poisson(rng, loud)
            openings = sum(rng.random() < up for _ in range(n))
            if n:
                balance.append((code, f"{year}-{month:02d}", (2 * openings - n) / (n + 2)))
            for k in range(n if with_events else 0):
                day = 1 + (3 * k) % 27   # three days apart: an incident each
                events.append({"kind": "event", "unit": code, "valid_from": f"{year}-{month:02d}-{day:02d}",
                               "known": f"{year}-{month:02d}-{day:02d}", "document": f"do{len(events):032x}",
                               "civic_class": "protest" if k % 2 else "court",
                               "signal": "opportunity" if k < openings else "threat", "feed": "made", "schema": "1.0"})
            truth.append((code, f"{year}-{month:02d}", level))
            total += level
            if month == 12:
                index.append((code, year, (level if december else total / 12) + rng.gauss(0, sd), sd))
                total = 0
    # what ends less than `lag` months before the last month is not released yet
    last = 12 * years - 1
    index = [r for r in index if 12 * (r[1] - 2000) + 11 + lag <= last]
    for name, header, rows in (("index", "country,year,index,index_sd", index), ("balance", "country,month,balance", balance),
                               ("truth", "country,month,level", truth)):
        with open(os.path.join(folder, name + ".csv"), "w", encoding="utf-8") as f:
            f.write(header + "\n")
            for row in rows:
                f.write(",".join(f"{v:.6f}" if isinstance(v, float) else str(v) for v in row) + "\n")
    if with_events:
        with open(os.path.join(folder, "events.jsonl"), "w", encoding="utf-8") as f:
            for event in events:
                f.write(json.dumps(event) + "\n")


def score(folder, path):
    with open(os.path.join(folder, "truth.csv"), encoding="utf-8") as f:
        truth = {(r["country"], r["month"]): float(r["level"]) for r in csv.DictReader(f)}
    own = carried = revised = inside = inside_revised = n = 0
    with open(path, encoding="utf-8") as f:
        for r in csv.DictReader(f):
            level = truth[r["unit"], r["month"]]
            n += 1
            own += (float(r["nowcast"]) - level) ** 2
            carried += (float(r["carried"]) - level) ** 2
            revised += (float(r["revised"]) - level) ** 2
            inside += float(r["low"]) <= level <= float(r["high"])
            inside_revised += float(r["revised_low"]) <= level <= float(r["revised_high"])
    own, carried, revised = (math.sqrt(v / n) for v in (own, carried, revised))
    print(f"months {n} rmse {own:.5f} carried {carried:.5f} below {100 * (1 - own / carried):.1f} % "
          f"cover {100 * inside / n:.1f} % revised {revised:.5f} cover {100 * inside_revised / n:.1f} %")


if __name__ == "__main__":
    if len(sys.argv) < 4 or sys.argv[1] not in ("make", "score"):
        sys.exit(__doc__)
    if sys.argv[1] == "score":
        score(sys.argv[2], sys.argv[3])
    else:
        rest = sys.argv[4:]
        option = lambda name, default: int(rest[rest.index(name) + 1]) if name in rest else default
        make(sys.argv[2], int(sys.argv[3]), option("--units", 40), option("--years", 20), "--noise" in rest,
             option("--lag", 3), "--events" in rest, "--december" in rest)
