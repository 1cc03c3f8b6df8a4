#!/usr/bin/env perl

# Asks a server what people can use of the extension, and the pages whether they tell of it. Prints TAP.
#
#     scripts/test.d/documented.pl
#
# Runs in the root of the source tree, on the server that psql finds. A function has a section: a heading in docs/*.md names it.
# What its arguments and the columns of its answer mean stands there outside of the signature, each name in backticks, but for
# what tables of ledger.md explain for all calls, and for what the section says to be that of another function. The section or a
# table says who may call it, the section which errors it raises, and an example of the page calls it. A view has a section, a row of a table, or a paragraph that begins with it.

use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use Test::More;

use pages;
use server;

my %ROLE_OF = (admin => 'admin', agent => 'agent', pos => 'pos', analyst => 'analyst', analysts => 'analyst', gateway => 'gateway');
my $ROLE    = qr/`?(?:loyalty_)?(?:admin|agent|pos|analysts?|gateway)\b`?/;
my $DATABASE = 'docs_documented';

my (%page, @sections);
read_pages();
my %common = map { $_ => 1 } map { words($_) }
  first_cells(map { $_->{text} } map { sections_of($_) } 'Arguments that every call has', 'What many calls answer');

sql('postgres', "DROP DATABASE IF EXISTS $DATABASE", "CREATE DATABASE $DATABASE");
sql($DATABASE, 'CREATE EXTENSION loyalty');
ok(scalar keys %common > 8, 'ledger.md says what the arguments mean that every call has');
check_functions();
check_views();
check_types();
check_words();
check_events();
sql('postgres', "DROP DATABASE $DATABASE");
done_testing();

# ---------------------------------------------------------------- what must be said

sub check_functions
{
	# Name, roles, and what the call takes and answers; the columns of a type of ours that is answered count, too.
	my @functions = rows(q{
		SELECT f.name, array_to_string(f.may_call, ' '), string_agg(a.name, ' ')
		FROM loyalty.functions f JOIN pg_proc p ON p.pronamespace = 'loyalty'::regnamespace AND p.proname = f.name
		LEFT JOIN LATERAL (SELECT unnest(p.proargnames) UNION SELECT attname FROM pg_attribute t
			JOIN pg_type r ON r.typrelid = t.attrelid AND t.attnum > 0
			WHERE r.oid = p.prorettype AND r.typnamespace = 'loyalty'::regnamespace) a (name) ON true
		GROUP BY 1, 2 ORDER BY 1});

	ok(@functions > 80, 'the server has functions that people may call');
	for my $function (@functions)
	{
		my ($name, $roles, $names) = @$function;
		my @found = sections_of($name);
		my $text  = join "\n", map { prose($_->{text}) } @found;
		my %said  = map { $_ => 1 } words($text), map { words($_->{text}) } map { sections_of($_) } others($text);
		my @missing;

		if (!@found) { fail("$name: no heading names it"); next; }
		push @missing, map { "no meaning of `$_`" } grep { !$common{$_} && !$said{$_} } split / /, $names // '';
		push @missing, "nothing says that it is for $roles" if !says_roles($name, $text, $roles);
		push @missing, 'no error is named, nor "no errors"' if $text !~ /\bLY[0-9A-Z]\d{2}\b|\b[Nn]o\s+errors\b/;
		push @missing, 'no example calls it'
		  if !grep { calls($page{ $_->{path} }, $name) } @found;
		ok(!@missing, "$name: $found[0]{path}") or diag(map { "  $_\n" } @missing);
	}
	return;
}

sub check_views
{
	my @views = rows(q{
		SELECT v.name, array_to_string(v.may_read, ' '), string_agg(a.attname, ' ')
		FROM loyalty.views v JOIN pg_attribute a ON a.attrelid = ('loyalty.' || quote_ident(v.name))::regclass AND a.attnum > 0
		GROUP BY 1, 2 ORDER BY 1});

	for my $view (@views)
	{
		my ($name, $roles, $columns) = @$view;
		my $text = view_text($name);
		my %said = map { $_ => 1 } words($text);
		my @missing = map { "nothing says `$_`" } grep { !$said{$_} } split / /, $columns;

		push @missing, "nothing says that it is for $roles" if !says_roles($name, $text, $roles);
		ok($text ne '' && !@missing, "view $name") or diag($text eq '' ? '  no section, no row' : map { "  $_\n" } @missing);
	}
	return;
}

# Types of items: a section that names the type says each of its fields.
sub check_types
{
	for my $type (rows(q{SELECT c.relname, string_agg(a.attname, ' ') FROM pg_class c
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
		WHERE c.relnamespace = 'loyalty'::regnamespace AND c.relkind = 'c' GROUP BY 1 ORDER BY 1}))
	{
		my ($name, $fields) = @$type;
		my %said = map { $_ => 1 } map { words($_->{text}) } grep { $_->{text} =~ /\b$name\b/ } @sections;
		my @missing = grep { !$said{$_} } split / /, $fields;
		ok(!@missing, "type $name") or diag("  no section that names it says @missing");
	}
	return;
}

# Words that calls take and answers show, each somewhere in backticks; settings with their defaults.
sub check_words
{
	my %said = map { $_ => 1 } map { words($_) } values %page;
	my %words = (
		'names of events'  => 'SELECT event_name FROM loyalty_data.event_type',
		'sources'          => 'SELECT source FROM loyalty_data.source',
		'restrictions'     => 'SELECT DISTINCT restriction FROM loyalty.restriction_list()',
		'statuses'         => 'SELECT DISTINCT status FROM loyalty.restriction_list()',
		'operations'       => 'SELECT DISTINCT operation FROM loyalty.guarded_operations()',
		'functions within' => q{SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'loyalty_data'::regnamespace},
		'tables'           => q{SELECT relname FROM pg_class WHERE relnamespace = 'loyalty_data'::regnamespace AND relkind = 'r'},
	);

	for my $what (sort keys %words)
	{
		my @missing = grep { !$said{$_} } map { $_->[0] } rows("$words{$what} ORDER BY 1");
		ok(!@missing, $what) or diag("  no page says @missing");
	}
	my ($settings) = map { $_->{text} } sections_of('Settings of the server');
	for my $setting (rows(q{SELECT s.name, COALESCE(NULLIF(s.boot_val, ''), 'empty'), replace(s.context, 'sighup', 'configuration')
		FROM loyalty.clock() c, pg_settings s WHERE s.name LIKE 'loyalty.%' ORDER BY 1}))
	{
		my ($name, $default, $who) = @$setting;
		like($settings, qr/^\| `\Q$name\E` \| \Q$default\E \| \Q$who\E \|/m, "setting $name");
	}
	return;
}

# The table of events has all of them, by code and name.
sub check_events
{
	my ($table)  = map { $_->{text} } grep { $_->{path} eq 'docs/ledger.md' } sections_of('Events');
	my @said     = prose($table) =~ /^\| (\d+ \| `\w+`) \|/gm;
	my @expected = map { "$_->[0] | `$_->[1]`" } rows('SELECT event_code, event_name FROM loyalty_data.event_type ORDER BY event_code');

	is_deeply(\@said, \@expected, 'docs/ledger.md has the events as they are');
	return;
}

# ---------------------------------------------------------------- pages

# Each heading with what stands under it, up to the next one of its level.
sub read_pages
{
	for my $path (glob 'docs/*.md')
	{
		open my $file, '<', $path or die "cannot read $path: $!\n";
		my ($fenced, @open);
		while (my $line = <$file>)
		{
			$page{$path} .= $line;
			$fenced = !$fenced if $line =~ /^```/;
			if (!$fenced && $line =~ /^(#+) +(.*?)\s*$/)
			{
				my ($level, $heading) = (length $1, $2);
				@open = grep { $_->{level} < $level } @open;
				$_->{text} .= $line for @open;
				push @open, { path => $path, level => $level, heading => $heading, text => '', around => [@open] };
				push @sections, $open[-1];
				next;
			}
			$_->{text} .= $line for @open;
		}
		close $file;
	}
	return;
}

sub sections_of
{
	my ($name) = @_;
	return grep { $_->{level} > 1 && $_->{heading} =~ /(?<![\w])\Q$name\E(?!\w)/ } @sections;
}

# Without fences and signatures.
sub prose
{
	my ($text) = @_;
	return $text =~ s/^```.*?^```$//gmsr =~ s/^    .*$//gmr;
}

# What stands in backticks, word by word.
sub words
{
	my ($text) = @_;
	return map { /([\w-]+)/g } prose($text) =~ /`([^`\n]+)`/g;
}

# The functions whose arguments, answers or filters a section says to be its own.
sub others { return $_[0] =~ /(?:[Aa]rguments|answers|[Ff]ilters|columns)[^.|]{0,60}?\s(?:those|arguments) of\s\[?`(\w+)`/g; }

sub first_cells { return map { /^\| ([^|]*) \|/gm } @_; }

# What stands under a heading before the first one below it; of a page's title nothing.
sub introduction
{
	my ($section) = @_;
	return '' if $section->{level} == 1;
	my ($before) = split /^#+ .*$/m, $section->{text};
	return prose($before);
}

# The section of a view with what introduces it, or the row that begins with its name and what the section of the row says outside of tables.
sub view_text
{
	my ($name) = @_;
	my @found = sections_of($name);

	return join "\n", map { prose($_->{text}), map { introduction($_) } @{ $_->{around} } } @found if @found;
	for my $section (sort { $b->{level} <=> $a->{level} } @sections)
	{
		my ($row) = $section->{text} =~ /^(\| `\Q$name\E` \|.*)$/m or next;
		return "$row\n" . prose($section->{text}) =~ s/^\|.*$//gmr;
	}
	return join "\n", grep { /\b[Vv]iew `\Q$name\E`/ } map { split /\n\n/, prose($page{$_}) } sort keys %page;
}

# Whether the text, or a row of a table that begins with the function, has just these roles in one breath.
sub says_roles
{
	my ($name, $text, $roles) = @_;
	my $wanted = join ' ', sort map { s/^loyalty_//r } split / /, $roles;
	my @rows   = map { /^(\| [^|\n]*`\Q$name\E`.*)$/gm } values %page;

	return scalar grep { $_ eq $wanted } map { role_lists($_) } $text, @rows;
}

sub role_lists
{
	my ($text) = @_;
	my @lists = map { join ' ', sort map { $ROLE_OF{$_} } /(admin|agent|pos|analysts?|gateway)\b/g }
	  $text =~ /($ROLE(?:(?:, | and |,\s|\sand\s)$ROLE)*)/g;

	push @lists, 'admin agent analyst gateway pos' if $text =~ /\ball (?:five )?roles\b|\ball five\b|\| all \|/;
	push @lists, 'admin agent analyst pos' if $text =~ /\ball (?:four )?roles\b|\ball four\b|\| all \|/;
	return @lists;
}

sub calls
{
	my ($text, $name) = @_;
	return scalar grep { $_->{language} eq 'sql' && $_->{code} =~ /\bloyalty\.\Q$name\E\(/ } page_parts($text);
}

# ---------------------------------------------------------------- server

sub rows
{
	my ($query) = @_;
	return map { [ split /\t/, $_, -1 ] } split /\n/, sql($DATABASE, $query);
}
