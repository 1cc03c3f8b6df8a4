# load_transactions: whose rights it uses, what an error or a kill leaves, that it goes on where it was, and that its
# memory does not grow with the source.
# Slow: scripts/test --quick leaves it out.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use LoyaltyTest;
use Test::More;

use constant {
	LINES     => 4000,
	CUSTOMERS => 400,
	KILLS     => 20,
};

my $node = start_node('load', conf => "synchronous_commit = off\nshared_buffers = 4MB\n");
srand(7);

$node->safe_psql('postgres', <<"SQL");
CREATE ROLE boss LOGIN IN ROLE loyalty_admin;
CREATE ROLE other LOGIN IN ROLE loyalty_admin;
CREATE ROLE clerk LOGIN IN ROLE loyalty_pos;
GRANT CREATE ON SCHEMA public TO boss, other;
SQL

sub create_org
{
	my ($org) = @_;

	$node->safe_psql('postgres', <<"SQL");
SELECT loyalty.create_org('$org', 'Org');
SELECT loyalty.create_program('$org', 'base', 'Base', rounding => 'floor', expiry_unit => 'days', expiry_value => 60);
SELECT loyalty.set_config('$org', 'CONF_REGISTRATION_PRIMARY_KEY', 'external_id');
SELECT loyalty.grant_org('$org', 'boss'), loyalty.grant_org('$org', 'clerk');
SQL
	return;
}

# Bills of some customers over half a year, some of them wrong.
my $bills = <<"SQL";
SELECT n AS line_no, 'C' || n * 7919 % @{[CUSTOMERS]} AS external_id, 'T' || n AS transaction_number,
    CASE WHEN n % 97 = 0 THEN -1 ELSE n % 50 END AS amount,
    timestamptz '2024-01-01' + n * interval '1 hour' AS event_time, n || ' of ' || @{[LINES]} AS reason
FROM generate_series(1, @{[LINES]}) n
SQL

# ---- rights

create_org('rights');
$node->safe_psql('postgres', "CREATE TABLE secret AS $bills; CREATE TABLE broken (line_no bigint, amount numeric);"
	  . " CREATE TABLE texts (line_no text, transaction_number text, amount numeric, event_time timestamptz);"
	  . " CREATE TABLE twice AS SELECT 1 AS line_no, 'x' AS transaction_number, 1 AS amount, now() AS event_time"
	  . " FROM generate_series(1, 2); GRANT SELECT ON broken, texts, twice TO boss");
my %state = (
	"CALL loyalty.load_transactions('rights', 'secret')"          => '42501',
	"CALL loyalty.load_transactions('rights', 'broken')"          => 'LY003',
	"CALL loyalty.load_transactions('rights', 'texts')"           => 'LY003',
	"CALL loyalty.load_transactions('rights', 'twice')"           => 'LY003',
	"CALL loyalty.load_transactions('rights', 'nosuch')"          => '42P01',
	"CALL loyalty.load_transactions('rights', 'twice', 0)"        => 'LY003',
	"CALL loyalty.load_transactions('rights', 'twice', 10001)"    => 'LY003',
	"CALL loyalty.load_transactions('rights', 'twice', NULL)"     => 'LY003',
	"CALL loyalty.load_transactions('rights', NULL)"              => 'LY001',
	"CALL loyalty.load_transactions('rights', 999999::regclass)"  => '42P01',
	"CALL loyalty.load_transactions(NULL, 'twice')"               => 'LY001',
	"CALL loyalty.load_transactions('nosuch', 'twice')"           => 'LY004');
for my $call (sort keys %state)
{
	is((call($node, $call, user => 'boss'))[0], $state{$call}, "$call: $state{$call}");
}
is((call($node, "CALL loyalty.load_transactions('rights', 'twice')", user => 'other'))[0],
	'LY004', 'an org that the caller was not granted does not exist');
is((call($node, "CALL loyalty.load_transactions('rights', 'twice')", user => 'clerk'))[0],
	'42501', 'tills do not load');
is($node->safe_psql('postgres', "SELECT count(*) FROM loyalty_data.transaction"), '0', 'nothing of it was loaded');
is((call($node, 'SELECT * FROM loyalty.transaction_loads', user => 'other'))[1], '', 'nor does another tenant see it');

# ---- an error after a commit

create_org('error');
$node->safe_psql('postgres', <<"SQL");
CREATE TABLE bills AS $bills;
GRANT SELECT ON bills TO boss;
SQL
fail_at($node, 'transaction', "NEW.transaction_number = 'T1234'");
my @answers = calls(
	$node,
	[
		"CALL loyalty.load_transactions('error', 'bills', 100)",
		'SELECT current_user, session_user',
		'SELECT count(*) FROM loyalty_data.ledger_entry',
		"SELECT last_line_no, finished_at FROM loyalty.transaction_loads WHERE org = 'error'" ],
	user => 'boss');
is(join(' ', map { $_->{state} } @answers), 'ZZ999 00000 42501 00000', 'an error in the midst');
is($answers[1]{rows}[0], 'boss|boss',  'leaves the session its caller\'s');
is($answers[3]{rows}[0], '1200|~', 'and the batches before it committed');
$node->safe_psql('postgres', 'DROP TRIGGER fail ON loyalty_data.transaction');

# ---- kills

# What was loaded, without the ids that differ from run to run.
sub loaded
{
	my ($org) = @_;

	return $node->safe_psql('postgres', <<"SQL");
SELECT i.identifier_value, e.program, e.category, e.entry_no, e.entry_type, e.points, e.balance_after, e.event_name,
    e.event_time, e.effective_at, t.transaction_number, n.reason
FROM loyalty.points_ledger_entries e JOIN loyalty_data.org o ON o.org = e.org
JOIN loyalty_data.identifier i ON i.org_id = o.org_id AND i.customer_id = e.original_customer_id
LEFT JOIN loyalty_data.transaction t ON t.org_id = o.org_id AND t.customer_id = e.original_customer_id
    AND t.transaction_id = e.transaction_id
LEFT JOIN loyalty_data.event_note n ON n.org_id = o.org_id AND n.customer_id = e.original_customer_id AND n.event_id = e.event_id
WHERE e.org = '$org' ORDER BY 1, 2, 3, 4;
SELECT line_no, error_code, error FROM loyalty.transaction_load_errors WHERE org = '$org' ORDER BY 1;
SELECT last_line_no, bills, refused, finished_at IS NOT NULL FROM loyalty.transaction_loads WHERE org = '$org';
SQL
}

create_org('whole');
$node->safe_psql('postgres', "CALL loyalty.load_transactions('whole', 'bills', 50)");
my $whole = loaded('whole');
my $refused = int(LINES / 97);
like($whole, qr{^@{[LINES]}\|@{[LINES - $refused]}\|$refused\|t$}m, 'an uninterrupted load');
ledger_holds($node, 'whole');
is($node->safe_psql('postgres', "CALL loyalty.load_transactions('error', 'bills', 50)") . loaded('error'),
	$whole, 'the load that met an error, started again');

create_org('killed');
my $killed = 0;
for my $try (1 .. KILLS)
{
	$killed++ if kill_at_work($node, '', "CALL loyalty.load_transactions('killed', 'bills', 10)", int(rand(15_000)));
}
note("$killed of @{[KILLS]} were killed at work");
cmp_ok($killed, '>=', KILLS / 2, 'loads were killed');
$node->safe_psql('postgres', "CALL loyalty.load_transactions('killed', 'bills', 50)");
is(loaded('killed'), $whole, 'a load that was killed again and again gives what an uninterrupted one gives');
ledger_holds($node, 'killed');

# Two at once share the work, and nothing comes twice.
create_org('both');
my @both = clients($node, map { ["CALL loyalty.load_transactions('both', 'bills', 50)"] } 1, 2);
is(join(' ', map { $_->[0]{state} } @both), '00000 00000', 'two loads of one source at once');
is(loaded('both'), $whole, 'load it once');

# ---- memory

# The most memory that a backend had, in kB, after a load of so many lines.
sub peak_of_load
{
	my ($lines) = @_;

	create_org("m$lines");
	$node->safe_psql('postgres', "CREATE VIEW m$lines AS SELECT n AS line_no, 'C' || n % 100 AS external_id,"
		  . " 'M' || n AS transaction_number, 1 AS amount, timestamptz '2024-01-01' + n * interval '1 second' AS event_time"
		  . " FROM generate_series(1, $lines) n");
	my @answers = calls(
		$node,
		[
			"CALL loyalty.load_transactions('m$lines', 'm$lines', 100)",
			"SELECT substring(pg_read_file('/proc/' || pg_backend_pid() || '/status') FROM 'VmHWM:\\s*(\\d+) kB')" ]);
	is(join(' ', map { $_->{state} } @answers), '00000 00000', "$lines lines are loaded");
	return $answers[1]{rows}[0];
}

SKIP:
{
	skip 'no /proc to read memory from', 3 unless -r "/proc/$$/status";
	my ($small, $large) = map { peak_of_load($_) } 1000, 11_000;
	note("peaks: $small kB, $large kB");
	cmp_ok($large - $small, '<', 5_000, 'ten thousand more lines cost no more memory');
}

log_is_clean($node);
$node->stop;
done_testing();
