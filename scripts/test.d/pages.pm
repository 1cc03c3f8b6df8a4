package pages;

# Reads the fences of Markdown pages. An example is a fence "sql", which can be pasted into psql as it stands, and the fence
# "text" right behind it, with what psql prints for it. An example without one prints nothing.

use strict;
use warnings;
use Exporter qw(import);

our @EXPORT = qw(page_parts page_faults page_setup has_examples example_output);

# What a fence may begin with. An example that no test can run is "sql not-run", and is named in %NOT_RUN.
my %LANGUAGES = map { $_ => 1 } ('sql', 'sql not-run', qw(text bash c ini json csv perl));

# Examples that cannot run: page and heading, how many there are, and why.
my %NOT_RUN = (
	'docs/sender.md bsp_secret' => [ 1, 'the server of the pages has no key file' ],
);

my $MAX_PROSE = 130;

# Where examples would stay untested.
my $NOT_TESTED = qr{^(?!README\.md$|docs/[^/]+$|/)};

# These bring their own set-up.
my %OWN_SETUP = map { $_ => 1 } qw(README.md docs/operations.md);

# The fences of a page's text, in order: {language, line, end, heading, code}. Lines count from 1, `line` is that of the
# opening fence and `end` that of the closing one, without which it is undefined.
sub page_parts
{
	my ($text) = @_;
	my ($number, $heading, $open, @parts) = (0, '');

	for my $line (split /\n/, $text)
	{
		$number++;
		if ($open && $line =~ /^\s*```\s*$/) { $open->{end} = $number; undef $open; }
		elsif ($open) { push @{ $open->{lines} }, $line; }
		elsif ($line =~ /^\s*```(.*?)\s*$/)
		{
			$open = { language => $1, line => $number, heading => $heading, lines => [] };
			push @parts, $open;
		}
		elsif ($line =~ /^#+ +(.*?)\s*$/) { $heading = $1; }
	}
	$_->{code} = join '', map { "$_\n" } @{ $_->{lines} } for @parts;
	return @parts;
}

sub has_examples
{
	my ($text) = @_;
	return scalar grep { $_->{language} eq 'sql' } page_parts($text);
}

# The fence "text" that belongs to the example parts[n]: only empty lines lie between them.
sub example_output
{
	my ($text, $parts, $n) = @_;
	my ($example, $next) = @$parts[ $n, $n + 1 ];

	return unless $next && $next->{language} eq 'text' && defined $example->{end};
	my @lines = split /\n/, $text;
	return if grep { /\S/ } @lines[ $example->{end} .. $next->{line} - 2 ];
	return $next;
}

# The file that makes what a page's examples stand on; the empty text where the page brings it itself.
sub page_setup
{
	my ($path, $text) = @_;

	return '' if $OWN_SETUP{$path};
	my ($before) = split /^\s*```sql\s*$/m, $text;
	my @named = $before =~ m{`\\i (docs/setup/[\w.]+\.sql)`}g;
	return @named == 1 ? $named[0] : undef;
}

# What is wrong with the fences of a page.
sub page_faults
{
	my ($path, $text) = @_;
	my @faults = line_faults($path, $text);
	my @parts = page_parts($text);
	my %not_run;

	for my $part (@parts)
	{
		my ($language, $at) = ($part->{language}, "$path:$part->{line}");
		if (!defined $part->{end}) { push @faults, "$at: a fence that is never closed"; }
		elsif ($language eq '') { push @faults, "$at: a fence without a language"; }
		elsif (!$LANGUAGES{$language}) { push @faults, "$at: an unknown language \"$language\""; }
		push @faults, map { "$at: a heading in the fence: $_" } grep { /^#{2,6} \S/ } @{ $part->{lines} };
		push @faults, "$at: the example does not end with a semicolon or a command of psql"
		  if $language eq 'sql' && $part->{code} !~ /(?:;[ \t]*(?:--.*)?|^[^-\n]*\\[a-z]+.*)\n*\z/m;
		push @faults, "$at: \\o hides what the examples print" if $language eq 'sql' && $part->{code} =~ /^[^-\n]*\\o(?:ut)?\b/m;
		$not_run{"$path $part->{heading}"}++ if $language eq 'sql not-run';
	}
	push @faults, text_faults($path, $text, @parts) if has_examples($text);
	push @faults, map { "$_: " . ($not_run{$_} // 0) . ' examples are not run; scripts/test.d/pages.pm knows of '
		  . ($NOT_RUN{$_} ? $NOT_RUN{$_}[0] : 0) }
	  grep { ($not_run{$_} // 0) != ($NOT_RUN{$_} ? $NOT_RUN{$_}[0] : 0) }
	  sort keys %{ { %not_run, map { $_ => 1 } grep { /^\Q$path\E / } keys %NOT_RUN } };
	return @faults, setup_faults($path, $text);
}

# What page_parts would pass over: fences of tildes, fences in a quotation, lines that end in a carriage return. Lines of prose
# have about 120 columns; rows of tables are as long as they must be, and the change log is left as it was written.
sub line_faults
{
	my ($path, $text) = @_;
	my ($number, %inside, @faults) = (0);

	for my $part (page_parts($text)) { $inside{$_} = 1 for $part->{line} .. $part->{end} // $part->{line}; }
	push @faults, "$path: carriage returns at the ends of lines" if $text =~ /\r/;
	for my $line (split /\n/, $text)
	{
		next if $inside{ ++$number };
		push @faults, "$path:$number: a fence is three backticks, and stands in no quotation" if $line =~ /^[\s>]*(?:~~~|>\s*```)/;
		push @faults, "$path:$number: a line of " . length($line) . ' columns, the ceiling is ' . $MAX_PROSE
		  if length $line > $MAX_PROSE && $line !~ /^\|/ && $path ne 'CHANGELOG.md';
	}
	return @faults;
}

# On a page with examples each fence "text" is compared with what one of them prints.
sub text_faults
{
	my ($path, $text, @parts) = @_;
	my %compared = map { $_->{line} => 1 } grep { defined }
	  map { $parts[$_]{language} eq 'sql' ? example_output($text, \@parts, $_) : undef } 0 .. $#parts;

	return map { "$path:$_->{line}: no example stands right before this output" }
	  grep { $_->{language} eq 'text' && !$compared{ $_->{line} } } @parts;
}

sub setup_faults
{
	my ($path, $text) = @_;
	my $setup = page_setup($path, $text);

	return if !has_examples($text);
	return "$path: scripts/test docs runs the examples of README.md and docs/*.md alone" if $path =~ $NOT_TESTED;
	return "$path: no line in front of the examples says \`\\i docs/setup/PAGE.sql\`, or several do" if !defined $setup;
	return "$path: there is no $setup" if $setup ne '' && !-f $setup;
	return;
}

1;
