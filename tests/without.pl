#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# without.pl - take items out of an input folder, or leave nothing but them.
# usage: tests/without.pl [--only] FOLDER KEY... < EXPORT.jsonl
# A KEY is the key of a document, as exported: guid:, link: or hash: and the guid, id or
# link of the item, or a hash for an item of a dump, which is cut out by the byte range that the export gives.
use strict;
use warnings;
use JSON::PP;

my $only = @ARGV && $ARGV[0] eq '--only' ? shift : 0;
my ($folder, @keys) = @ARGV;
my %named = map { $_ => 1, s/^(guid|link|hash)://r => 1 } @keys;
my @cuts;
while (<STDIN>) {
	next unless /"kind":"document"/;
	my $record = decode_json($_);
	next unless defined $record->{byte_start};
	push @cuts, [@$record{qw(byte_start byte_end)}]
		if $record->{feed} =~ /dump/ && ($named{$record->{key}} xor $only);
}
my $goes = sub { ($named{$_[0]} // 0) != ($only ? 1 : 0) };
my $json = JSON::PP->new->utf8->canonical;

for my $path (glob "$folder/feeds/*") {
	open my $in, '<:raw', $path or die "$path: $!\n";
	my $text = do { local $/; <$in> };
	if ($path =~ /\.json$/) {
		my $feed = $json->decode($text);
		$feed->{items} = [grep { !$goes->($_->{id}) } @{$feed->{items}}];
		$text = $json->encode($feed);
	} elsif ($path =~ /\.txt$/) {
		substr($text, $_->[0], $_->[1] - $_->[0]) = '' for sort { $b->[0] <=> $a->[0] } @cuts;
	} else {
		$text =~ s{(<(item|entry)>.*?</\2>\s*)}{
			my $item = $1;
			my ($key) = $item =~ m{<(?:guid[^>]*|id)>(.*?)</};
			$goes->($key) ? '' : $item;
		}gse;
	}
	open my $out, '>:raw', $path or die "$path: $!\n";
	print $out $text;
	close $out or die "$path: $!\n";
}
