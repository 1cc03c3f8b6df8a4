package LoyaltyTest;

# What the TAP tests share: a server with the extension, calls that answer their SQLSTATE, concurrent clients,
# and the checks that every test ends with.

use strict;
use warnings;

use Exporter 'import';
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

# Where calls go that name no database.
our $database = 'postgres';

our @EXPORT = qw(start_node calls call clients start_clients finish_clients kill_at_work fail_at ledger_holds ledger_state
  log_is_clean quoted mobile);

# A running server with the extension in database postgres. Options: conf => text, init => [...] for init();
# counts_statements => 1: pg_stat_statements counts those of functions, too.
sub start_node
{
	my ($name, %options) = @_;

	my $node = PostgreSQL::Test::Cluster->new($name);
	$node->init(@{ $options{init} // [] });
	$node->append_conf('postgresql.conf', <<"CONF");
log_statement = none
max_connections = 60
shared_buffers = 64MB
max_wal_size = 1GB
timezone = 'UTC'
CONF
	$node->append_conf('postgresql.conf', $options{conf}) if $options{conf};
	if ($options{key_file})
	{
		my $path = $node->basedir . '/keys';
		PostgreSQL::Test::Utils::append_to_file($path, '1 ' . 'a1' x 32 . "\n");
		chmod(0600, $path) or die "chmod: $!";
		$node->append_conf('postgresql.conf', "loyalty.key_file = '$path'");
	}
	$node->append_conf('postgresql.conf', "shared_preload_libraries = 'pg_stat_statements'\npg_stat_statements.track = all\n")
	  if $options{counts_statements};
	$node->start;
	$node->safe_psql('postgres', 'CREATE EXTENSION loyalty');
	$node->safe_psql('postgres', 'CREATE EXTENSION pg_stat_statements') if $options{counts_statements};
	return $node;
}

sub quoted
{
	my ($text) = @_;

	$text =~ s/'/''/g;
	return "'$text'";
}

# The nth mobile of a test, in normal form.
sub mobile
{
	my ($n) = @_;

	return sprintf '+9198%08d', $n;
}

my @psql = ('-v', 'VERBOSITY=sqlstate', '-P', 'null=~', '-F', '|');

# Every statement is followed by a line with its number and SQLSTATE.
sub _script
{
	my (@statements) = @_;

	my $n = 0;
	return join '', map { sprintf "%s;\n\\echo '\@\@' %d :SQLSTATE\n", $_, $n++ } @statements;
}

sub _answers
{
	my ($output) = @_;

	my (@answers, @rows);
	for my $line (split /\n/, $output)
	{
		if ($line =~ /^\@\@ \d+ (\w{5})$/)
		{
			push @answers, { state => $1, rows => [@rows] };
			@rows = ();
		}
		else
		{
			push @rows, $line;
		}
	}
	return @answers;
}

# Runs statements in one session, each in its own transaction, errors or not. Answers for each
# { state => SQLSTATE, rows => [lines] }. Options: db, user, stderr => \$text.
sub calls
{
	my ($node, $statements, %options) = @_;

	my $called = $options{db} // $database;
	my ($code, $output, $errors) = $node->psql(
		$called, _script(@$statements),
		on_error_stop => 0,
		timeout       => 10 * $PostgreSQL::Test::Utils::timeout_default,
		connstr       => $node->connstr($called) . (defined $options{user} ? " user=$options{user}" : ''),
		extra_params  => \@psql);
	${ $options{stderr} } = $errors if $options{stderr};
	my @answers = _answers($output);
	if (@answers != @$statements)
	{
		die sprintf "%d of %d calls were answered: %s\nthe call after the last answer: %s\n", scalar @answers,
		  scalar @$statements, $errors, $statements->[@answers];
	}
	return @answers;
}

# One statement: its SQLSTATE, and its rows as text.
sub call
{
	my ($node, $statement, %options) = @_;

	my ($answer) = calls($node, [$statement], %options);
	return ($answer->{state}, join "\n", @{ $answer->{rows} });
}

# Starts psql processes, one for each script (text), that wait for one another and then run at once. Their input and
# output are files, so that none waits for this process. Answers handles for finish_clients().
sub start_clients
{
	my ($node, @scripts) = @_;

	my $directory = PostgreSQL::Test::Utils::tempdir();
	my $gate      = $node->background_psql('postgres', on_error_die => 1);
	$gate->query_safe('SELECT pg_advisory_lock(1)');
	my @runs;
	for my $i (0 .. $#scripts)
	{
		my %run = map { $_ => "$directory/$i.$_" } qw(sql out err);
		PostgreSQL::Test::Utils::append_to_file($run{sql},
			"SELECT pg_advisory_lock_shared(1), pg_advisory_unlock_shared(1) \\g /dev/null\n$scripts[$i]");
		my @command = ('psql', '-XAtq', '-d', $node->connstr('postgres'), '-f', $run{sql}, @psql);
		$run{handle} = IPC::Run::start(\@command, '<', '/dev/null', '>', $run{out}, '2>', $run{err},
			IPC::Run::timeout(10 * $PostgreSQL::Test::Utils::timeout_default));
		push @runs, \%run;
	}
	$node->poll_query_until('postgres',
		"SELECT count(*) = @{[scalar @runs]} FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
	  or die 'the clients did not come';
	$gate->query_safe('SELECT pg_advisory_unlock(1)');
	$gate->quit;
	return @runs;
}

# Waits for clients; for each, what it printed and what it complained about.
sub finish_clients
{
	my (@runs) = @_;

	$_->{handle}->finish for @runs;
	return map { { out => slurp_file($_->{out}), err => slurp_file($_->{err}) } } @runs;
}

# Runs lists of statements, each list in a psql of its own, all at once. A list of lists as calls() answers.
sub clients
{
	my ($node, @lists) = @_;

	my @done = finish_clients(start_clients($node, map { _script(@$_) } @lists));
	my @answers;
	for my $i (0 .. $#lists)
	{
		my @got = _answers($done[$i]{out});
		die "client $i stopped early: $done[$i]{err}" if @got != @{ $lists[$i] };
		push @answers, \@got;
	}
	return @answers;
}

# Runs a script (text) and then a statement, and ends the backend so many microseconds after the script; answers whether
# the statement was cut off at work. Options: db, user. psql reads a file and the signal comes from here, as neither a pipe
# of ours, which is served only when we wait, nor a query that ends the backend would be there in time.
sub kill_at_work
{
	my ($node, $script, $statement, $delay, %options) = @_;

	my $directory = PostgreSQL::Test::Utils::tempdir();
	my ($file, $pid_file, $log) = ("$directory/sql", "$directory/pid", -s $node->logfile);
	my $connstr = $node->connstr($options{db} // 'postgres') . (defined $options{user} ? " user=$options{user}" : '');
	PostgreSQL::Test::Utils::append_to_file($file, "${script}SELECT pg_backend_pid() \\g '$pid_file'\n$statement;\n");
	my $run = IPC::Run::start([ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $connstr, '-f', $file ],
		'<', \undef, '>', \my $out, '2>', \my $err);
	for (my $tries = 0; !-s $pid_file; $tries++)
	{
		die "psql does not come to $statement" if $tries > 1_000_000;
		usleep(100);
	}
	usleep($delay);
	kill 'TERM', PostgreSQL::Test::Utils::slurp_file($pid_file);
	$run->finish;
	return slurp_file($node->logfile, $log) =~
	  /FATAL:  terminating connection due to administrator command.*\bSTATEMENT:  \Q$statement\E;/s;
}

# From now on a table of the extension takes no row that meets a condition on NEW: ZZ999.
sub fail_at
{
	my ($node, $table, $condition) = @_;

	return $node->safe_psql('postgres', <<"SQL");
CREATE FUNCTION public.fail() RETURNS trigger LANGUAGE plpgsql AS
    \$\$ BEGIN RAISE EXCEPTION 'not this one' USING ERRCODE = 'ZZ999'; END \$\$;
CREATE TRIGGER fail BEFORE INSERT ON loyalty_data.$table FOR EACH ROW WHEN ($condition) EXECUTE FUNCTION public.fail();
SQL
}

# Whether verify_ledger and verify_data find everything of an org in order; what they found otherwise.
sub ledger_holds
{
	my ($node, $org, $name, $database) = @_;

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $found = $node->safe_psql($database // 'postgres',
		"SELECT count(*) >= 90, string_agg(invariant || ': ' || coalesce(detail, ''), '; ') FILTER (WHERE ok IS NOT TRUE)"
		  . " FROM (SELECT * FROM loyalty.verify_ledger(@{[quoted($org)]})"
		  . " UNION ALL SELECT * FROM loyalty.verify_data(@{[quoted($org)]})) found");
	return is($found, 't|', $name // "every invariant of org $org holds");
}

# Everything that a customer could ask about, as text, to compare two databases.
sub ledger_state
{
	my ($node, $org, $database) = @_;

	my $code = quoted($org);
	return $node->safe_psql($database // 'postgres', <<"SQL");
SELECT c.customer_id, b.* FROM loyalty_data.org o JOIN loyalty_data.customer c USING (org_id)
    CROSS JOIN LATERAL loyalty.points_balance(o.org, c.customer_id) b WHERE o.org = $code ORDER BY 1;
SELECT * FROM loyalty.points_ledger_entries WHERE org = $code
    ORDER BY original_customer_id, program, category, entry_no;
SELECT l.* FROM loyalty_data.points_lot l JOIN loyalty_data.org o USING (org_id) WHERE o.org = $code ORDER BY l.lot_id;
SELECT * FROM loyalty.trial_balance WHERE org = $code ORDER BY program, account;
SELECT * FROM loyalty.org_config WHERE org = $code ORDER BY config_key;
SQL
}

# No warning (leaked references and the like), no crash in the server's log.
sub log_is_clean
{
	my ($node, $name) = @_;

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my @bad = grep { /\b(WARNING|PANIC|TRAP|was terminated by signal)\b/ } split /\n/,
	  PostgreSQL::Test::Utils::slurp_file($node->logfile);
	return is(join("\n", @bad), '', $name // 'the server had nothing to complain about');
}

1;
