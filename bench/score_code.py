#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Score the coder's events against hand labels: per language and half, with 95 % Wilson intervals.

    tocsin --store s.db run --in DIR
    tocsin --store s.db export >all.jsonl
    python3 bench/score_code.py all.jsonl all.jsonl DIR/facts.csv [--dump DIR/dump-j.items.jsonl] [--errors 0]

The two files are of documents and of events; what filters wrote does as well.

An item is half crc32(story or id) % 2: half 0 is for tuning the lexicons, half 1 for the test, which
nobody who writes lexicons reads. An item is found in a document by its id in guid or link, or, for a
dump, by the byte range it shares most of. --errors HALF lists the misses of that half.
"""
import argparse
import collections
import csv
import json
import math
import re
import zlib


def wilson(hits, n, z=1.959964):
    if n == 0:
        return (float("nan"),) * 3
    p = hits / n
    mid = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return p, max(0, mid - half), min(1, mid + half)


def show(hits, n):
    p, low, high = wilson(hits, n)
    return "-" if n == 0 else f"{p:.2f} [{low:.2f}, {high:.2f}] ({hits}/{n})"


def half_of(fact):
    return zlib.crc32((fact["story"] or fact["id"]).encode()) % 2


def read_lines(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f if line.strip()]


def items_of(documents, facts, dump):
    """Document id -> item id."""
    found = {}
    for doc in documents:
        text = " ".join(str(doc.get(k) or "") for k in ("key", "link"))
        for name in re.findall(r"(?<![A-Za-z0-9])([a-z]\d\d)(?![A-Za-z0-9])", text):
            if name in facts:
                found[doc["id"]] = name
        start, end = doc.get("byte_start"), doc.get("byte_end")
        if doc["id"] in found or start is None or "dump" not in str(doc.get("feed")):
            continue
        best = max(dump, key=lambda i: min(end, i["byte_end"]) - max(start, i["byte_start"]), default=None)
        if best and min(end, best["byte_end"]) > max(start, best["byte_start"]):
            found[doc["id"]] = best["id"]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("documents")
    parser.add_argument("events")
    parser.add_argument("facts")
    parser.add_argument("--dump")
    parser.add_argument("--errors", type=int)
    args = parser.parse_args()

    with open(args.facts, encoding="utf-8", newline="") as f:
        facts = {row["id"]: row for row in csv.DictReader(f)}
    documents = [d for d in read_lines(args.documents) if d.get("kind", "document") == "document"]
    found = items_of(documents, facts, read_lines(args.dump) if args.dump else [])
    events = {e["document"]: e for e in read_lines(args.events) if e.get("kind", "event") == "event"}
    count = collections.defaultdict(collections.Counter)
    traps = []
    for doc in documents:
        fact = facts.get(found.get(doc["id"]))
        if not fact:
            continue
        event = events.get(doc["id"])
        cell = count[fact["lang"].split("-")[0], half_of(fact)]
        want = fact["civic_class"]
        cell["n"] += 1
        cell["labelled"] += want != "none"
        cell["coded"] += event is not None
        right = event is not None and event["civic_class"] == want
        cell["right"] += right
        if event and fact["trap"] == "yes":
            traps.append(fact["id"])
        if right:
            cell["signal"] += event["signal"] == fact["signal"]
            cell["unit"] += event["unit"] == fact["country"]
            cell["type"] += (event.get("type") or "none") == fact["plover"]
            cell["day"] += str(event.get("valid_from"))[:10] == fact["date"]
        if args.errors == half_of(fact) and (event or want != "none"):
            got = event or {}
            if not right or got["signal"] != fact["signal"] or got["unit"] != fact["country"]:
                print(f"{fact['id']}: want {want} {fact['signal']} {fact['country']}, got "
                      f"{got.get('civic_class')} {got.get('signal')} {got.get('unit')} "
                      f"({got.get('confidence')}) | {doc.get('title')}")

    print("lang half   n  precision of class        recall of class           signal                    unit                      type                      day")
    for (lang, half), c in sorted(count.items()):
        if c["coded"] == 0:
            print(f"{lang:4} {half:4} {c['n']:3}  not coded")
            continue
        r = c["right"]
        print(f"{lang:4} {half:4} {c['n']:3}  " + "  ".join(f"{s:24}" for s in (
            show(r, c["coded"]), show(r, c["labelled"]), show(c["signal"], r), show(c["unit"], r),
            show(c["type"], r), show(c["day"], r))))
    n_traps = sum(f["trap"] == "yes" for f in facts.values())
    print(f"events from the {n_traps} traps: {len(traps)} {' '.join(traps)}")


if __name__ == "__main__":
    main()
