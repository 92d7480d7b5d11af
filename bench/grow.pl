#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# grow.pl - large inputs for the benchmarks, from the facts of the demonstration.
#
# usage: bench/grow.pl feed N data/demo > feed.xml        an RSS feed of N items in English and French
#        bench/grow.pl indices N > indices.csv            N units with 125 years of both V-Dem indicators
#        bench/grow.pl events N > events.jsonl            N events of 190 units in 14 months, for "tocsin store load"
#
# Items are those of the demonstration's RSS feeds over and over, each time with another guid, another day and
# another number in the text; so the words are real, and none is a copy of an earlier one in the same fortnight.
use strict;
use warnings;

my ($what, $n, $folder) = @ARGV;
srand 7;
if ($what eq 'feed') {
	my @items;
	for my $name (qw(rss-en-a.xml rss-fr-d.xml)) {
		open my $in, '<:raw', "$folder/feeds/$name" or die "$name: $!\n";
		my $text = do { local $/; <$in> };
		push @items, $text =~ m{(<item>.*?</item>)}gs;
	}
	my @months = qw(Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec);
	print qq{<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" },
		qq{xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Bench</title><language>en</language>\n};
	for my $i (0 .. $n - 1) {
		my $item = $items[$i % @items];
		my $day = sprintf '%02d %s %d 10:00:00 +0000', 1 + $i % 28, $months[int($i / 28) % 12], 1950 + int($i / 336) % 75;
		$item =~ s{(<guid[^>]*>)[^<]*}{$1bench:$i};
		$item =~ s{<pubDate>[^<]*}{<pubDate>$day};
		print "$item\n";
	}
	print "</channel></rss>\n";
} elsif ($what eq 'events') {
	my @units = grep { !/^(PSE|PSG|EUE)$/ } map { /^([A-Z]{3}),state,/ ? $1 : () } do {
		open my $in, '<', 'data/units/units.csv' or die "units.csv: $!\n";
		<$in>;
	};
	my @classes = qw(protest protester_detained journalist_attacked ngo_law court election censorship corruption);
	my @types = qw(PROTEST COERCE ASSAULT REJECT CONSULT);
	my @actors = ('Police', 'The ministry of justice', 'A district court', 'Students', 'The ruling party', 'Journalists');
	my @days = map { my $month = $_; map { sprintf '%04d-%02d-%02d', 2024 + int($month / 12), 1 + $month % 12, $_ } 1 .. 28 } 0 .. 13;
	for my $i (0 .. $n - 1) {
		my $day = $days[$i * @days / $n];
		my $document = sprintf 'do%08x%08x%08x%08x', $i, rand 2 ** 32, rand 2 ** 32, 7;
		my ($start, $more) = (int rand 40, 3 + int rand 9);
		printf '{"kind":"event","unit":"%s","valid_from":"%s","known":"%sT%02d:%02d:%02dZ","document":"%s","type":"%s",' .
			'"civic_class":"%s","signal":"%s","actor":"%s","target":"%s","lang":"en","negated":0,"day_basis":"published",' .
			'"confidence":%.2f,"feed":"wire-%d","origins":[' .
			'{"id":"%s","role":"words","part":"title","byte_start":%d,"byte_end":%d},' .
			'{"id":"%s","role":"words","part":"body","byte_start":%d,"byte_end":%d}],"licence":"open","by":"system","schema":"1.0"}' . "\n",
			$units[rand @units], $day, $day, rand 24, rand 60, rand 60, $document, $types[rand @types],
			$classes[rand @classes], rand() < 0.7 ? 'threat' : 'opportunity', $actors[rand @actors], $actors[rand @actors],
			rand, rand 40, $document, $start, $start + $more, $document, 3 * $start, 3 * $start + $more;
	}
} else {
	my @units = grep { !/^(PSE|PSG|EUE)$/ } split ' ', join ' ', map { (split /,/)[0] } grep { /^[A-Z]{3},state/ } do {
		open my $in, '<', 'data/units/units.csv' or die "units.csv: $!\n";
		<$in>;
	};
	print "country,year,indicator,value,low,high,source\n";
	for my $unit (@units[0 .. ($n < @units ? $n : scalar @units) - 1]) {
		my $v = 0.2 + 0.6 * rand;
		for my $year (1900 .. 2024) {
			$v += 0.06 * (rand() - 0.5) + (rand() < 0.03 ? 0.3 * (rand() - 0.5) : 0);
			$v = $v < 0.02 ? 0.02 : $v > 0.95 ? 0.95 : $v;
			printf "%s,%d,v2x_polyarchy,%.3f,%.3f,%.3f,bench\n", $unit, $year, $v, $v - 0.02, $v + 0.02;
			printf "%s,%d,v2x_regime,%d,,,bench\n", $unit, $year, $v > 0.6 ? 3 : $v > 0.45 ? 2 : $v > 0.25 ? 1 : 0;
		}
	}
}
