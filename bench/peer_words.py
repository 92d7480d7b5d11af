#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Peer for code: one big regular expression of the lexicon's terms, which is what scripts commonly use.

usage: bench/peer_words.py data/lexicon DOCUMENTS.jsonl > matches.jsonl
Does less than code: it finds terms in folded text and stops there; no place, date, actor, negation or class.
"""
import glob
import json
import os
import re
import sys
import unicodedata


def fold(text):
    return "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))


terms = set()
for name in glob.glob(os.path.join(sys.argv[1], "??.tsv")):
    for line in open(name, encoding="utf-8"):
        _, _, phrases = line.rstrip("\n").partition("\t")
        if not line.startswith("#"):
            terms.update(re.escape(fold(t.strip())).replace(r"\*", r"\w*") for t in phrases.split("|") if t.strip())
pattern = re.compile(r"\b(?:" + "|".join(sorted(terms, key=len, reverse=True)) + r")\b")
for line in open(sys.argv[2], encoding="utf-8"):
    record = json.loads(line)
    if record["kind"] != "document":
        continue
    text = fold((record.get("title") or "") + ". " + (record.get("body") or ""))
    print(json.dumps({"id": record["id"], "found": pattern.findall(text)}))
