# SPDX-License-Identifier: GPL-3.0-or-later
# A small feed into documents: footer and markup go, what is not given stays null.
cat >feed.xml <<'X'
<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Wire</title><language>en</language>
<item><title>Police detain students in Belgrade</title><guid>w1</guid>
<pubDate>Mon, 03 Mar 2025 10:00:00 +0100</pubDate>
<description>&lt;p&gt;Serbian police detained &lt;b&gt;twelve&lt;/b&gt; students.&lt;/p&gt;&lt;p&gt;The post Police detain students appeared first on Wire.&lt;/p&gt;</description></item>
</channel></rss>
X
tocsin --quiet --as-of 2025-03-04 collect --in feed.xml --out - | sed 's/"seen":"[^"]*"/"seen":"S"/; s/"raw_hash":"[^"]*"/"raw_hash":"H"/'
