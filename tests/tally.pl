#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# tally.pl - run test programs that speak TAP, in parallel, and add them up.
#
# usage: tests/tally.pl JOBS SECONDS PROGRAM...
#
# Runs on TAP::Harness, the engine of prove. A .sh is run by sh. "postgresql:PROGRAM" is run
# on the server that TOCSIN_TEST_PG names, all others without; lacking that each of them is one
# skipped case, for the reason in TOCSIN_NO_PG. The last line is
# "N passed, N failed[, N skipped]", counted in test cases; the status is 1 if any
# failed. A program that crashes, runs out of time, says nothing or ends before its
# plan counts the cases it owes as failed, at least one.
use strict;
use warnings;
use TAP::Harness;
use TAP::Parser::ResultFactory;

# cmocka 1.1 writes a skipped test as "not ok N # SKIP name".
package CmockaTest {
	use parent 'TAP::Parser::Result::Test';
	sub is_actual_ok { my $self = shift; return $self->has_skip || $self->SUPER::is_actual_ok }
	sub is_ok        { my $self = shift; return $self->has_skip || $self->SUPER::is_ok }
}
$INC{'CmockaTest.pm'} = __FILE__;
TAP::Parser::ResultFactory->register_type(test => 'CmockaTest');

my ($jobs, $seconds, @programs) = @ARGV;
my $server = delete $ENV{TOCSIN_TEST_PG};
my $reason = $ENV{TOCSIN_NO_PG} // 'no server';
my $harness = TAP::Harness->new({
	jobs     => $jobs,
	failures => 1,
	comments => 1,
	color    => 0,
	exec     => sub {
		my (undef, $file) = @_;
		my @with;

		if ($file =~ s/^postgresql://) {
			return "1..1\nok 1 # SKIP $reason\n" if !$server;
			@with = ('env', "TOCSIN_TEST_PG=$server");
		}
		return ['timeout', '-k', 5, $seconds, @with, $file =~ /\.sh$/ ? ('sh', $file) : ($file)];
	},
});
$| = 1;
print "on PostgreSQL nothing is tested: $reason\n" if !$server && grep { /^postgresql:/ } @programs;
my $sum = $harness->runtests(@programs);

my ($passed, $failed, $skipped) = (0, 0, 0);
for my $program ($sum->descriptions) {
	my ($parser) = $sum->parsers($program);
	my $not_ok = () = $parser->failed;
	my $skip   = () = $parser->skipped;
	my $ok     = () = $parser->passed;
	my $owed   = ($parser->tests_planned // 0) - ($parser->tests_run // 0);

	$passed  += $ok - $skip;
	$skipped += $skip;
	$not_ok  += $owed if $owed > 0;
	$not_ok = 1 if !$not_ok && ($parser->exit || $parser->wait || $parser->parse_errors);
	$failed += $not_ok;
}
print "$passed passed, $failed failed", $skipped ? ", $skipped skipped" : '', "\n";
exit($failed || !$passed ? 1 : 0);
