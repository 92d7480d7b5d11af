#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# spans.pl - do the bytes a walk names hold the words it shows?
# usage: tocsin why ID --json | tests/spans.pl EXPORT.jsonl
# Says how many spans were compared; the status is 1 if there was none or one differed.
use strict;
use warnings;
use JSON::PP;
use Encode qw(encode_utf8);

my (%document, $compared, $differing);
open my $export, '<', $ARGV[0] or die "$ARGV[0]: $!\n";
while (<$export>) {
	next unless /"kind":"document"/;
	my $record = decode_json($_);
	$document{$record->{id}} = $record;
}
local $/;
for my $row (@{decode_json(<STDIN>)}) {
	next unless defined $row->{byte_start};
	my ($id, $part) = @$row{qw(document part)};
	my $bytes = encode_utf8($document{$id}{$part} // '');
	my $there = substr($bytes, $row->{byte_start}, $row->{byte_end} - $row->{byte_start});

	$compared++;
	next if length $there && $there eq encode_utf8($row->{text} // '');
	$differing++;
	print "$id $part $row->{byte_start}-$row->{byte_end}: \"$there\" is not \"",
		encode_utf8($row->{text} // ''), "\"\n";
}
printf "%d spans compared, %d differ\n", $compared // 0, $differing // 0;
exit($compared && !$differing ? 0 : 1);
