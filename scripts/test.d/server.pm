package server;

# Asks the server of a test by psql.

use strict;
use warnings;
use Exporter qw(import);

our @EXPORT = qw(sql);

# Runs statements in a database; returns what they print, columns apart by tabs. Dies where one fails.
sub sql
{
	my ($database, @statements) = @_;
	my @command = ('psql', '-XAtq', '-F', "\t", '-v', 'ON_ERROR_STOP=1', '-d', $database, map { ('-c', $_) } @statements);

	local $ENV{PGOPTIONS} = '-c client_min_messages=warning';
	open my $psql, '-|', @command or die "cannot run psql: $!\n";
	local $/ = undef;
	my $answer = <$psql>;
	close $psql or die "psql failed: @statements\n";
	return $answer // '';
}

1;
