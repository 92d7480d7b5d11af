#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Peer for collect: the same feed by Python's standard library, which is what scripts commonly use.

usage: bench/peer_feed.py FEED.xml > documents.jsonl
Does less than collect: reads items, dates and text out of markup and hashes each; it does not
tell languages, mark copies, keep byte ranges, or check anything.
"""
import email.utils
import hashlib
import html.parser
import json
import sys
import xml.etree.ElementTree as ET


class Text(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.parts = []

    def handle_data(self, data):
        self.parts.append(data)


def plain(markup):
    reader = Text()
    reader.feed(markup or "")
    return "".join(reader.parts)


for item in ET.parse(sys.argv[1]).getroot().iter("item"):
    date = item.findtext("pubDate")
    title, body = plain(item.findtext("title")), plain(item.findtext("description"))
    print(json.dumps({"key": item.findtext("guid"), "title": title, "body": body,
                      "published": email.utils.parsedate_to_datetime(date).isoformat() if date else None,
                      "hash": hashlib.blake2b((title + body).encode(), digest_size=16).hexdigest()}, ensure_ascii=False))
