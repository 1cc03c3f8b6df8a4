#!/usr/bin/env perl

# Runs the examples of Markdown pages and compares what psql prints with what the page says. Prints TAP, a test for each
# example. pages.pm says how a page writes them.
#
#     scripts/test.d/docs.pl PAGE...             run them
#     scripts/test.d/docs.pl --accept PAGE...    write what psql printed into the pages
#
# Runs in the root of the source tree, on the server that psql finds. Each page gets a database of its own and one session
# of psql -X -q, which reads the set-up, then the examples in their order. Blanks at the ends of lines do not count.

use strict;
use warnings;
use File::Basename qw(basename);
use File::Temp qw(tempdir);
use FindBin;
use lib $FindBin::RealBin;
use Test::More;

use pages;
use server;

my $MARK   = '-- end of a part of the page --';
my $accept = @ARGV && $ARGV[0] eq '--accept' && shift @ARGV;
my $dir    = tempdir(CLEANUP => 1);

run_page($_) for @ARGV;
done_testing();

sub run_page
{
	my ($path) = @_;
	my $text   = slurp($path);
	my @faults = page_faults($path, $text);

	ok(!@faults, "$path: fences and set-up") or return diag(join "\n", @faults);
	return fail("$path: no examples") if !has_examples($text);
	my @parts    = page_parts($text);
	my @examples = grep { $parts[$_]{language} eq 'sql' } 0 .. $#parts;
	my ($setup, @printed) = run_session($path, page_setup($path, $text), map { $parts[$_]{code} } @examples);

	is($setup, '', "$path: the set-up prints nothing");
	return accept_page($path, $text, \@parts, \@examples, \@printed) if $accept;
	for my $n (0 .. $#examples)
	{
		my $example = $parts[ $examples[$n] ];
		my $output  = example_output($text, \@parts, $examples[$n]);
		compare("$path:$example->{line} $example->{heading}", $example->{code}, $printed[$n], $output ? tidy($output->{code}) : '');
	}
	return;
}

# One test: what psql printed, line by line against what the page says.
sub compare
{
	my ($name, $code, $printed, $expected) = @_;

	if (!defined $printed) { fail("$name: the session was over"); }
	elsif ($printed eq $expected && error_has_code($code, $printed)) { pass($name); }
	else
	{
		fail($name);
		diag($printed ne $expected
			? "psql prints:\n$printed\nthe page says:\n$expected"
			: "an example has one error at most, at its end, and \\echo :LAST_ERROR_SQLSTATE behind it and nowhere else:\n$printed");
	}
	return;
}

# An example has one error at most. It ends the example, and psql shows its code behind it, in the last line.
sub error_has_code
{
	my ($code, $printed) = @_;
	my @errors = $printed =~ /^(?:ERROR|FATAL|PANIC): /gm;
	my $asked = () = $code =~ /:LAST_ERROR_SQLSTATE/g;

	return $asked == @errors if !@errors;
	return @errors == 1 && $asked == 1 && $code =~ /^\\echo :LAST_ERROR_SQLSTATE\s*\z/m
	  && $printed =~ /^ERROR: .*\n(?:(?:DETAIL|HINT|CONTEXT|LINE \d+|QUERY|LOCATION): .*\n| .*\n)*(?!00000)[0-9A-Z]{5}\n\z/m;
}

# What psql printed for the set-up and for each example, undefined from where the session ended.
sub run_session
{
	my ($path, $setup, @examples) = @_;
	my $database = 'docs_' . lc basename($path, '.md');
	my %before   = map { $_ => 1 } roles();

	sql('postgres', "DROP DATABASE IF EXISTS $database", "CREATE DATABASE $database");
	spew("$dir/script", join "\\echo $MARK\n", $setup eq '' ? '' : "\\i $setup\n", @examples, '');
	system("psql -X -q -d $database <$dir/script >$dir/printed 2>&1");
	sql('postgres', "DROP DATABASE $database", map { "DROP ROLE \"$_\"" } grep { !$before{$_} && !/^loyalty_/ } roles());

	my @printed = map { tidy($_) } split /^\Q$MARK\E\n/m, slurp("$dir/printed"), -1;
	my $complete = @printed == @examples + 2;
	my $rest     = pop @printed;
	push @printed, undef while @printed < @examples + 1;
	diag("$path: the session of psql ended before the page did:\n$rest") if !$complete;
	return @printed;
}

sub roles { return split /\n/, sql('postgres', 'SELECT rolname FROM pg_roles ORDER BY 1'); }

# Puts what was printed into the page, from its end to its beginning, so that numbers of lines stay true.
sub accept_page
{
	my ($path, $text, $parts, $examples, $printed) = @_;
	my @lines = split /\n/, $text;

	for my $n (reverse 0 .. $#$examples)
	{
		my $example = $parts->[ $examples->[$n] ];
		return fail("$path:$example->{line}: the session was over, the page is as it was") if !defined $printed->[$n];
		my $output = example_output($text, $parts, $examples->[$n]);
		my @new    = $printed->[$n] eq '' ? () : ('', '```text', split(/\n/, $printed->[$n]), '```');
		my ($from, $to) = ($example->{end}, $output ? $output->{end} : $example->{end});
		splice @lines, $from, $to - $from, @new;
		diag("$path:$example->{line} $example->{heading}: an error") if $printed->[$n] =~ /ERROR: /;
	}
	my $new = join '', map { "$_\n" } @lines;
	spew($path, $new) if $new ne $text;
	return pass("$path: accepted");
}

# Without blanks at the ends of lines, and without empty lines at both ends.
sub tidy
{
	my ($text) = @_;
	return $text =~ s/[ \t]+$//gmr =~ s/\A\n+//r =~ s/\n*\z/\n/r =~ s/\A\n\z//r;
}

sub slurp
{
	my ($path) = @_;

	open my $file, '<', $path or die "cannot read $path: $!\n";
	local $/ = undef;
	my $text = <$file>;
	close $file;
	return $text // '';
}

sub spew
{
	my ($path, $text) = @_;

	open my $file, '>', $path or die "cannot write $path: $!\n";
	print {$file} $text;
	close $file or die "cannot write $path: $!\n";
	return;
}
