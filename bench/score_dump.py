#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Score a split dump against its answers.

usage: score_dump.py ANSWERS.jsonl DOCUMENTS.jsonl
Boundaries: items whose first byte is exact. Titles and languages: exact, of the answers that
state one. Invented: a title, author or date where the answer has none.
"""
import json
import sys


def main():
    want = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
    have = [json.loads(line) for line in open(sys.argv[2], encoding="utf-8")]
    by_start = {d["byte_start"]: d for d in have}
    found = [(w, by_start.get(w["byte_start"])) for w in want]
    hit = [(w, d) for w, d in found if d]
    titled = [(w, d) for w, d in found if w.get("title")]
    ends = sum(d["byte_end"] == w["byte_end"] for w, d in hit)
    print("items %d, answers %d" % (len(have), len(want)))
    print("boundaries %d/%d (ends %d)" % (len(hit), len(want), ends))
    print("titles %d/%d" % (sum(bool(d) and d["title"] == w["title"] for w, d in titled), len(titled)))
    print("languages %d/%d" % (sum(d["lang"].split("-")[0] == w["lang"] for w, d in hit if d["lang"]), len(want)))
    invented = 0
    for w, d in hit:
        for mine, theirs in (("title", "title"), ("author", "author"), ("published", "date")):
            if theirs in w and w[theirs] is None and d[mine] is not None:
                invented += 1
                print("invented %s of %s: %s" % (mine, w["id"], d[mine]))
    print("invented %d" % invented)


main()
