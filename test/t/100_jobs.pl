# Jobs that are killed at random moments and started again leave the same books as one that nobody disturbed; and jobs
# are scheduled as the caller.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use IPC::Run ();
use LoyaltyTest;
use Test::More;
use Time::HiRes qw(usleep);

use constant { KILLS => 20, CUSTOMERS => 200 };

my $seed = $ENV{LOYALTY_SEED} // time;
srand $seed;
note "seed $seed";

my ($libraries) = PostgreSQL::Test::Utils::run_command([ 'pg_config', '--pkglibdir' ]);
my $has_cron = -e "$libraries/pg_cron.so";
my $node     = start_node('jobs',
	conf => $has_cron ? "shared_preload_libraries = 'pg_cron'\ncron.database_name = 'postgres'\n" : '');

# Lots that expire on different days, and promised points that come due between them.
$node->safe_psql('postgres', <<"SQL");
SELECT loyalty.create_org('t', 'T');
SELECT loyalty.create_program('t', 'base', 'Base', expiry_unit => 'days', expiry_value => 20);
SELECT loyalty.create_program('t', 'more', 'More', expiry_unit => 'days', expiry_value => 3);
SELECT loyalty.register_customer('t', mobile => '+91980000' || lpad(n::text, 4, '0'), registered_on => '2023-01-01')
    FROM generate_series(1, @{[CUSTOMERS]}) n;
SELECT loyalty.earn_points('t', customer_id, 10 * n, CASE WHEN n % 2 = 0 THEN 'more' ELSE 'base' END,
    category => CASE WHEN n % 3 = 0 THEN 'promised' ELSE 'regular' END,
    event_time => '2023-01-01'::timestamptz + (n + customer_id % 5) * interval '1 day')
    FROM loyalty.customer, generate_series(1, 6) n ORDER BY n;
SQL
$node->safe_psql('template1', 'CREATE DATABASE killed TEMPLATE postgres') if !$has_cron;
if ($has_cron)
{
	# pg_cron's worker holds a connection to its database.
	$node->safe_psql('postgres', 'CREATE DATABASE killed');
	my $dump = $node->basedir . '/jobs.dump';
	$node->command_ok([ 'pg_dump', '-Fc', '-f', $dump, '-d', $node->connstr('postgres') ], 'the books are copied');
	$node->command_ok([ 'pg_restore', '-d', $node->connstr('killed'), $dump ], 'to another database');
}

my $JOBS = <<'SQL';
SET client_min_messages = warning;
SET loyalty.clock = '2023-03-01';
CALL loyalty.expire_points('t', '2023-01-08', 7);
CALL loyalty.convert_promised_points('t', '2023-01-08', 7);
CALL loyalty.close_day('t', '2023-01-07');
CALL loyalty.expire_points('t', '2023-01-20', 7);
CALL loyalty.convert_promised_points('t', '2023-01-20', 7);
CALL loyalty.close_day('t', '2023-01-19');
CALL loyalty.expire_points('t', batch_size => 7);
CALL loyalty.close_day('t');
SQL

# Everything but the ids that a sequence gave, and what is made of them.
sub books
{
	my ($database) = @_;

	return $node->safe_psql($database, <<'SQL');
SELECT customer_id, program_id, category, entry_no, entry_type, house_account, points, balance_after, effective_at,
    posting_day FROM loyalty.ledger_entry ORDER BY 1, 2, 3, 4;
SELECT customer_id, program_id, category, award_type, points, remaining, expired, converted, awarded_at, expires_at,
    redeemable_from, entry_no FROM loyalty.points_lot ORDER BY 1, 2, 3, 12, 5, 9;
SELECT customer_id, program_id, category, balance, lifetime_points, expired_points, last_entry_no, last_effective_at,
    next_expiry_at FROM loyalty.ledger_account ORDER BY 1, 2, 3;
SELECT event_code, event_time, count(*) FROM loyalty.ledger_event GROUP BY 1, 2 ORDER BY 1, 2;
SELECT first_open_day, sealed_day FROM loyalty.ledger_day;
SELECT seal_no, day, accounts, entries FROM loyalty.day_seal ORDER BY 1;
SELECT posting_day, program_id, category, house_account, credits, debits, entries FROM loyalty.day_total ORDER BY 1, 2, 3, 4;
SQL
}

$node->safe_psql('postgres', $JOBS);
ledger_holds($node, 't', 'undisturbed, every invariant holds');

my $killed = 0;
for my $round (1 .. KILLS)
{
	my ($in, $out, $err) = ($JOBS, '', '');
	my @command = ('psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('killed') . ' application_name=job');
	my $job     = IPC::Run::start(\@command, '<', \$in, '>', \$out, '2>', \$err);
	usleep(15_000 + rand 120_000);
	my $count = $node->safe_psql('killed',
		"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'job'");
	$job->finish;
	$killed++ if $count > 0 && $err =~ /terminating connection/;
	ledger_holds($node, 't', "round $round: every invariant holds", 'killed');
}
cmp_ok($killed, '>=', KILLS / 2, "$killed jobs were killed at work");
$node->safe_psql('killed', $JOBS);
ledger_holds($node, 't', 'at the end, every invariant holds', 'killed');
is(books('killed'), books('postgres'), 'the books are those of the undisturbed jobs');

# ---------------------------------------------------------------- several at once

my @days = clients($node, map { [ "CALL loyalty.close_day('t')", "CALL loyalty.expire_points('t')" ] } 1 .. 4);
is(join(' ', map { $_->{state} } map { @$_ } @days), join(' ', ('00000') x 8), 'closings at once wait for each other');
ledger_holds($node, 't', 'and every invariant holds');

# ---------------------------------------------------------------- schedules

$node->safe_psql('postgres', <<'SQL');
CREATE ROLE keeper LOGIN IN ROLE loyalty_admin;
CREATE ROLE till LOGIN IN ROLE loyalty_pos;
SELECT loyalty.grant_org('t', 'keeper'), loyalty.grant_org('t', 'till');
SELECT loyalty.create_org('it''s 5% "new"', 'Quotes'), loyalty.grant_org('it''s 5% "new"', 'keeper');
SQL
is(
	$node->safe_psql('killed', q{SELECT job, times, command, scheduled, crontab_line FROM loyalty.schedule_jobs('t')}),
	q{loyalty t expire|7 * * * *|CALL loyalty.expire_points('t')|f|7 * * * * psql -X -q -d 'killed' -c 'CALL loyalty.expire_points('\''t'\'')'
loyalty t convert|17 * * * *|CALL loyalty.convert_promised_points('t')|f|17 * * * * psql -X -q -d 'killed' -c 'CALL loyalty.convert_promised_points('\''t'\'')'
loyalty t close|27 * * * *|CALL loyalty.close_day('t')|f|27 * * * * psql -X -q -d 'killed' -c 'CALL loyalty.close_day('\''t'\'')'},
	'without pg_cron the lines for cron are told');
is((call($node, q{SELECT loyalty.schedule_jobs('t')}, user => 'till'))[0], '42501', 'a till schedules nothing');
is((call($node, q{SELECT loyalty.schedule_jobs('none')}, user => 'keeper'))[0], 'LY004', 'an org that there is not');

SKIP:
{
	skip 'pg_cron is not installed', 5 if !$has_cron;
	$node->safe_psql('postgres', 'CREATE EXTENSION pg_cron; GRANT USAGE ON SCHEMA cron TO keeper');
	is((call($node, q{SELECT loyalty.schedule_jobs('t')}, user => 'keeper'))[0], '00000', 'jobs are scheduled');
	is((call($node, q{SELECT bool_and(scheduled), count(crontab_line) FROM loyalty.schedule_jobs('it''s 5% "new"')},
		user => 'keeper'))[1], 't|0', 'also of an org with quotes in its code');
	is((call($node, q{SELECT count(*) FROM loyalty.schedule_jobs('t')}, user => 'keeper'))[1], '3', 'and again');
	is($node->safe_psql('postgres', 'SELECT count(*), count(DISTINCT jobname), string_agg(DISTINCT username, $$,$$) FROM cron.job'),
		'6|6|keeper', 'each once, as the caller');
	for my $command (split /\n/, $node->safe_psql('postgres', q{SELECT command FROM cron.job WHERE jobname LIKE '%"new"%'}))
	{
		is((call($node, $command, user => 'keeper'))[0], '00000', "$command runs");
	}
}

$node->stop;
done_testing();
