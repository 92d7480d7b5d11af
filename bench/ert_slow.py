#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""ert_slow.py - episodes of regime transformation once more, slowly, written from the description alone.

usage: ert_slow.py INPUTS.csv OUT.csv [start_incl cum_incl year_turn cum_turn tolerance [value-column]]
       ert_slow.py --random SEED OUT.csv       an invented table of country-years, to compare on

It shares no code and no data structure with src/measure: dictionaries by year, one rule after the other. Section
numbers are those of docs/methods/episodes.md. Columns as in the reference; bench/ert.sh compares.
"""
import csv
import random
import sys

NAMES = ("start_incl", "cum_incl", "year_turn", "cum_turn", "T")
REGIME = ("reg_start_year reg_end_year reg_id reg_type reg_trans dem_founding_elec aut_founding_elec row_regch_event "
          "row_regch_censored").split()
SIDE = "{0}_ep {0}_ep_id {0}_ep_start_year {0}_ep_end_year {0}_pre_ep_year {0}_ep_termination {0}_ep_prch {1} {2} " \
       "{0}_ep_outcome {0}_ep_outcome_agg {0}_ep_censored"
DEM = SIDE.format("dem", "dem_ep_ptr", "dem_ep_subdep").split()
AUT = SIDE.format("aut", "aut_ep_pbr", "aut_ep_subreg").split()
CARRIED = ("country_id country_text_id country_name year v2x_regime v2x_polyarchy v2x_polyarchy_codelow "
           "v2x_polyarchy_codehigh").split()


def whole(text):
    return int(text) if text else None


class Country:
    """Sections 1 to 3: the padded panel and the regimes."""

    def __init__(self, rows, years, value, par):
        self.par, self.years = par, years
        self.rows = {int(r["year"]): r for r in rows}
        first = rows[0]
        self.text_id, self.codingend = first["country_text_id"], whole(first["codingend"])
        self.gaps = [(whole(first["gapstart%d" % k]), whole(first["gapend%d" % k])) for k in (1, 2, 3)]
        get = lambda y, c: self.rows[y][c] if y in self.rows else ""
        self.v = {y: float(get(y, value)) if get(y, value) else None for y in years}
        self.R = {y: whole(get(y, "v2x_regime")) for y in years}
        self.election = {y: get(y, "election") == "1" for y in years}
        self.office = {y: get(y, "assumed_office") == "1" for y in years}
        known = [y for y in years if self.R[y] is not None]
        self.codingstart2 = known[0] if known else None
        self.regimes()

    def gapnext(self, y):
        (s1, e1), (s2, e2), (s3, e3) = self.gaps
        found = None
        if e1 is not None and y <= e1:
            found = s1
        if e1 is not None and e2 is not None and e1 < y <= e2:
            found = s2
        if e2 is not None and e3 is not None and e2 < y <= e3:
            found = s3
        return found

    def crossed(self, s, y):
        return any(e is not None and g is not None and s < g <= y for g, e in self.gaps)

    def mark(self, trigger):
        starts = {}
        for y in self.years:
            start = y if trigger(y) and y in self.rows else None
            if y in self.rows and y == self.codingstart2:
                start = y
            if any(e is not None and y == e + 1 for _, e in self.gaps):
                start = y
            starts[y] = start
        carried, out = None, {}
        for y in self.years:
            carried = starts[y] if starts[y] is not None else carried
            out[y] = None if carried is None or self.crossed(carried, y) else carried
        return out

    def regimes(self):
        R, T = self.R, self.par["T"]
        self.event, regch, latest = {}, {}, None
        for y in self.years:
            a, b = R.get(y - 1), R[y]
            if a is None or b is None:
                self.event[y] = None
            else:
                self.event[y] = 1 if b >= 2 > a else -1 if a >= 2 > b else 0
            if self.event[y] in (1, -1):
                latest = y
            regch[y] = None if latest is None or self.crossed(latest, y) else latest
        self.dem_found, self.aut_found = {}, {}
        self.rowcens = {y: None for y in self.years}
        breakdown = {}
        for y in self.years:
            group = [z for z in self.years if regch[z] == regch[y]] if regch[y] is not None else []
            dem = [z for z in group if R[z] is not None and R[z] > 1 and self.election[z] and self.office[z]]
            aut = [z for z in group if R[z] == 1 and self.election[z]]
            self.dem_found[y] = dem[0] if dem else None
            self.aut_found[y] = aut[0] if aut else None
            if self.event[y] == -1:
                stable = R[y] == 1 and y + T in group and R[y + T] == 1
                least = min(R[z] for z in group if R[z] is not None)
                breakdown[y] = bool(aut) or stable or least == 0
                self.rowcens[y] = 0 if breakdown[y] else None
            elif self.event[y] == 1:
                gap = self.gapnext(y)
                cens = (self.codingend is not None and self.codingend - regch[y] < T) or \
                       (gap is not None and gap - regch[y] < T)
                self.rowcens[y] = 0 if dem else int(cens)
        s1 = self.mark(lambda y: (self.event[y] == 1 and self.dem_found[y] is not None) or breakdown.get(y, False))
        self.type = {y: None if s1[y] is None or R[s1[y]] is None else int(R[s1[y]] > 1) for y in self.years}
        self.trans = {}
        for y in self.years:
            a, b = self.type.get(y - 1), self.type[y]
            self.trans[y] = None if a is None or b is None else b - a
        self.start = self.mark(lambda y: self.trans[y] not in (None, 0))
        self.end = {y: max(z for z in self.years if self.start[z] == self.start[y]) for y in self.years}

    # ---- section 4 ----

    def candidates(self, s):
        p, v, R, years = self.par, self.v, self.R, list(self.years)
        n, label, q, c, g, ident = len(years), {}, [], 0, 0.0, 1
        for i in range(n - 1):
            a, b = years[i], years[i + 1]
            d = None if v[a] is None or v[b] is None else v[b] - v[a]
            if d is not None and (d >= p["start_incl"] if s > 0 else d <= -p["start_incl"]):
                q.append(i)
                c, g = 0, 0.0
            if not q:
                continue
            if d is not None and (-p["year_turn"] <= d < p["start_incl"] if s > 0
                                  else -p["start_incl"] < d <= p["year_turn"]):
                c += 1
                g += d
            both = R[a] is not None and R[b] is not None
            stop = i == n - 2 or c == p["T"] or d is None or self.trans[b] == -s
            if s > 0:
                stop = stop or d < -p["year_turn"] or g < -p["cum_turn"] or (both and R[b] < R[a] and R[b] == 0)
                calm = d is not None and d >= -p["year_turn"]
            else:
                stop = stop or d > p["year_turn"] or g > p["cum_turn"] or (both and R[b] > R[a] and R[b] == 3)
                calm = d is not None and d <= p["year_turn"]
            if stop:
                tail = (i + 1 if i == n - 2 and calm else i) if c > 0 else q[-1] + 1
                for k in range(q[0], tail + 1):
                    label[years[k]] = ident
                ident += 1
                q, c, g = [], 0, 0.0
        return [[y for y in years if label.get(y) == k] for k in range(1, ident)]

    # ---- sections 5 and 6 ----

    def look(self, s, last):
        p, v = self.par, self.v
        at = lambda y: v.get(y)
        f, c = [], []
        for j in range(1, p["T"] + 1):
            x, w, z = at(last + j), at(last + j - 1), at(last)
            f.append(None if x is None or w is None else x - w)
            c.append(None if x is None or z is None else x - z)
        ff, cc = [x for x in f if x is not None], [x for x in c if x is not None]
        if ff and (min(ff) < -p["year_turn"] if s > 0 else max(ff) > p["year_turn"]):
            return 2
        if cc and (min(cc) <= -p["cum_turn"] if s > 0 else max(cc) >= p["cum_turn"]):
            return 3
        if len(ff) == len(f) and (max(f) < p["start_incl"] and min(f) >= -p["year_turn"] if s > 0
                                  else min(f) > -p["start_incl"] and max(f) <= p["year_turn"]):
            return 1
        return None

    def episodes(self, s):
        """Values by year: a list in the order of the columns."""
        p, v, R = self.par, self.v, self.R
        out = {y: [0, None, None, None, 0, None, None, None, None, 0, 0, 0] for y in self.years}
        for rows in self.candidates(s):
            values = [v[y] for y in rows if v[y] is not None]
            if not values or not (max(values) - min(values) >= p["cum_incl"] if s > 0
                                  else min(values) - max(values) <= -p["cum_incl"]):
                continue
            pre, end = rows[0], rows[-1]
            out[pre][4] = 1
            young = {}
            for y in rows:
                gap = self.gapnext(y)
                young[y] = (self.codingend is not None and self.codingend - end < p["T"]) or \
                           (gap is not None and gap - 1 - end < p["T"])
            cut = [y for y in rows if y > pre and y + 1 in self.R and
                   (self.trans[y + 1] == -s or
                    (s > 0 and R[y + 1] == 0 and R[y] is not None and R[y] > 0))]
            if cut and end > cut[0]:
                end = cut[0]
                rows = [y for y in rows if y <= end]
            steps = [b for a, b in zip(rows, rows[1:])
                     if (v[b] - v[a] >= p["start_incl"] if s > 0 else v[b] - v[a] <= -p["start_incl"])]
            last = steps[-1] if steps else None
            code = 4 if cut else self.look(s, last) if last is not None else None
            if code is not None:
                kept = {y: (code, 0) for y in rows if last is not None and y <= last}
                end = last
            else:
                kept = {y: (0, 1) for y in rows if young[y]}
            if kept:
                self.outcome(s, pre, end, kept, out)
        return out

    def outcome(self, s, pre, end, kept, out):
        R, years = self.R, sorted(kept)
        first = self.type[years[0]]
        prch = None if first is None else 1 - first if s > 0 else first
        codes = []
        for y in years:
            term, unc = kept[y]
            x = 1 if self.trans[y] == s and y != pre and prch == 1 else None
            if y == end and prch == 1:
                if x is None and unc == 0 and any(z != pre and self.event[z] == s for z in years):
                    x = 2
                if x is None and term == 1:
                    x = 3
                if x is None and term in (2, 3, 4):
                    x = 4
                if unc == 0:
                    rr = [R[z] for z in years]
                    if None in rr:
                        x = None
                    elif max(rr) == 0 if s > 0 else min(rr) == 3:
                        x = 4
            if y == end and prch == 0 and x is None:
                x = 5
            if y == end and unc == 1 and x is None:
                x = 6
            codes.append(x)
        codes = [x for x in codes if x is not None]
        got = min(codes) if codes else None
        group = {None: None, 1: 1, 2: 2, 3: 2, 4: 2, 5: 3, 6: 4, 0: 0}[got]
        part = {y: int(got == 1 and self.type[y] == (1 if s > 0 else 0) and self.trans[y] is not None and
                       self.trans[y] != s) for y in years}
        whole_sub = int(got == 1 and any(part.values()))
        for y in years:
            dates = ["%s_%d_%d" % (self.text_id, pre + 1, end), pre + 1, end]
            if y == pre:
                out[y] = [0] + dates + [1, None, None, None, None, 0, 0, 0]
            else:
                out[y] = [1] + dates + [0, kept[y][0], prch, part[y], whole_sub, got, group, kept[y][1]]


def run(source, target, par, value):
    table = [r for r in csv.DictReader(open(source, newline="")) if int(r["year"]) >= 1900]
    years = range(min(int(r["year"]) for r in table), max(int(r["year"]) for r in table) + 1)
    by = {}
    for r in table:
        by.setdefault(r["country_text_id"], []).append(r)
    write = csv.writer(open(target, "w", newline=""), lineterminator="\n")
    write.writerow(CARRIED + REGIME + DEM + AUT)
    done = {}
    for name, rows in by.items():
        c = Country(rows, years, value, par)
        done[name] = (c, c.episodes(1), c.episodes(-1))
    for r in table:
        c, dem, aut = done[r["country_text_id"]]
        y = int(r["year"])
        ident = "%s_%d_%d" % (c.text_id, c.start[y], c.end[y]) if c.start[y] is not None else None
        cells = [c.start[y], c.end[y], ident, c.type[y], c.trans[y], c.dem_found[y], c.aut_found[y], c.event[y],
                 c.rowcens[y]] + dem[y] + aut[y]
        write.writerow([r[k] for k in CARRIED] + ["" if x is None else x for x in cells])


def invent(seed, target):
    """Countries with gaps, missing years and values, regimes that need not go with the index, and elections."""
    rng = random.Random(seed)
    head = CARRIED + ["codingend"] + ["gap%s%d" % (e, k) for k in (1, 2, 3) for e in ("start", "end")] + \
        ["election", "assumed_office"]
    write = csv.writer(open(target, "w", newline=""), lineterminator="\n")
    write.writerow(head)
    for n in range(60):
        at, regime, gaps, y = rng.random(), rng.randrange(4), [], rng.randrange(1880, 1990)
        for _ in range(rng.randrange(4)):
            y += rng.randrange(1, 25)
            gaps.append((y, y + rng.randrange(0, 6)))
            y = gaps[-1][1] + 1
        gaps += [("", "")] * (3 - len(gaps))
        if rng.random() < 0.1:
            gaps = gaps[1:] + [gaps[0]]
        last = rng.randrange(2000, 2025)
        listed = last if rng.random() < 0.8 else rng.randrange(1960, 2025)
        for year in range(rng.choice((1899, 1900, 1920, 1950)), last + 1):
            within = any(a != "" and a <= year <= b for a, b in gaps)
            if (within and rng.random() < 0.7) or rng.random() < 0.01:
                continue
            at = min(1, max(0, at + rng.gauss(0, rng.choice((0.002, 0.02, 0.05)))))
            if rng.random() < 0.12:
                regime = rng.randrange(4)
            v = "" if (within and rng.random() < 0.7) or rng.random() < 0.01 else "%.3f" % at
            v = v.rstrip("0").rstrip(".") if v else v
            write.writerow([n, "C%02d" % n, "Country, the %d" % n, year, "" if rng.random() < 0.03 else regime, v, v, v,
                            listed] + [x for g in gaps for x in g] +
                           [int(rng.random() < 0.15), int(rng.random() < 0.7)])


def main(argv):
    if argv[1] == "--random":
        return invent(int(argv[2]), argv[3])
    given = [float(x) for x in argv[3:8]] or [0.01, 0.1, 0.03, 0.1, 5]
    par = dict(zip(NAMES, given))
    par["T"] = int(par["T"])
    return run(argv[1], argv[2], par, argv[8] if len(argv) > 8 else "v2x_polyarchy")


if __name__ == "__main__":
    sys.exit(main(sys.argv))
