# Jobs that are killed at random moments and started again leave the same books as ones that nobody disturbed; and jobs
# are scheduled and run as the caller. What kills do to load_transactions is in 110_load.pl.
# Slow: scripts/test --quick leaves it out.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use List::Util qw(sum);
use LoyaltyTest;
use Test::More;

use constant { DAYS => 20, CUSTOMERS => 800 };    # a kill on each day, for each of the three jobs

my $seed = $ENV{LOYALTY_SEED} // time;
srand $seed;
note "seed $seed";

my ($libraries) = PostgreSQL::Test::Utils::run_command([ 'pg_config', '--pkglibdir' ]);
BAIL_OUT('pg_cron is not installed for this server: run scripts/bootstrap') if !-e "$libraries/pg_cron.so";

# pg_cron's worker holds a connection to its database, which cannot be copied meanwhile; by itself it would call in by TCP.
my $node = start_node('jobs');
$node->safe_psql('postgres', 'CREATE DATABASE scheduled');
$node->append_conf('postgresql.conf', <<"CONF");
shared_preload_libraries = 'pg_cron'
cron.database_name = 'scheduled'
cron.host = '@{[$node->host]}'
CONF
$node->restart;

# ---------------------------------------------------------------- schedules

$node->safe_psql('scheduled', <<'SQL');
CREATE EXTENSION loyalty;
CREATE ROLE keeper LOGIN IN ROLE loyalty_admin;
CREATE ROLE former LOGIN IN ROLE loyalty_admin;
CREATE ROLE till LOGIN IN ROLE loyalty_pos;
SELECT loyalty.create_org('t', 'T');
SELECT loyalty.create_program('t', 'base', 'Base', expiry_unit => 'days', expiry_value => 20);
SELECT loyalty.grant_org('t', 'keeper'), loyalty.grant_org('t', 'former'), loyalty.grant_org('t', 'till');
SELECT loyalty.create_org('it''s 5% "new"', 'Quotes'), loyalty.grant_org('it''s 5% "new"', 'keeper');
SELECT loyalty.earn_points('t', customer_id, 10, event_time => '2023-01-01')
    FROM loyalty.register_customer('t', mobile => '+919800000001', registered_on => '2023-01-01');
SQL

# The answer of a call in the database of the schedules.
sub scheduled
{
	my ($sql, $user) = @_;

	return call($node, $sql, db => 'scheduled', user => $user);
}

is(
	$node->safe_psql('scheduled', q{SELECT job, times, command, scheduled, crontab_line FROM loyalty.schedule_jobs('t')}),
	q{loyalty t expire|7 * * * *|CALL loyalty.expire_points('t')|f|7 * * * * psql -X -q -d 'scheduled' -c 'CALL loyalty.expire_points('\''t'\'')'
loyalty t convert|17 * * * *|CALL loyalty.convert_promised_points('t')|f|17 * * * * psql -X -q -d 'scheduled' -c 'CALL loyalty.convert_promised_points('\''t'\'')'
loyalty t close|27 * * * *|CALL loyalty.close_day('t')|f|27 * * * * psql -X -q -d 'scheduled' -c 'CALL loyalty.close_day('\''t'\'')'
loyalty t finish|*/5 * * * *|CALL loyalty.finish_messages('t')|f|*/5 * * * * psql -X -q -d 'scheduled' -c 'CALL loyalty.finish_messages('\''t'\'')'
loyalty t remind|37 * * * *|CALL loyalty.send_reminders('t')|f|37 * * * * psql -X -q -d 'scheduled' -c 'CALL loyalty.send_reminders('\''t'\'')'
loyalty t forget|47 * * * *|CALL loyalty.apply_retention('t')|f|47 * * * * psql -X -q -d 'scheduled' -c 'CALL loyalty.apply_retention('\''t'\'')'
loyalty t escalate|57 * * * *|CALL loyalty.escalate_change_requests('t')|f|57 * * * * psql -X -q -d 'scheduled' -c 'CALL loyalty.escalate_change_requests('\''t'\'')'},
	'without pg_cron the lines for cron are told');
is((scheduled(q{SELECT loyalty.schedule_jobs('t')}, 'till'))[0], '42501', 'a till schedules nothing');
is((scheduled(q{SELECT loyalty.schedule_jobs('none')}, 'keeper'))[0], 'LY004', 'an org that there is not');

$node->safe_psql('scheduled', 'CREATE EXTENSION pg_cron; GRANT USAGE ON SCHEMA cron TO keeper, former');
is((scheduled(q{SELECT loyalty.schedule_jobs('t')}, 'keeper'))[0], '00000', 'jobs are scheduled');
is((scheduled(q{SELECT bool_and(scheduled), count(crontab_line) FROM loyalty.schedule_jobs('it''s 5% "new"')}, 'keeper'))[1],
	't|0', 'also of an org with quotes in its code');
is((scheduled(q{SELECT count(*) FROM loyalty.schedule_jobs('t')}, 'keeper'))[1], '7', 'and again');
is($node->safe_psql('scheduled', 'SELECT count(*), count(DISTINCT jobname), string_agg(DISTINCT username, $$,$$),'
		  . ' string_agg(DISTINCT database, $$,$$) FROM cron.job'),
	'14|14|keeper|scheduled', 'each once, as the caller, in this database');
for my $command (split /\n/, $node->safe_psql('scheduled', q{SELECT command FROM cron.job WHERE jobname LIKE '%"new"%'}))
{
	is((scheduled($command, 'keeper'))[0], '00000', "$command runs");
}

# Every minute instead of once an hour; while the jobs below are killed they come to their turn. Who lost the org after
# the scheduling runs into its absence, which tells whose rights a job has.
is((scheduled(q{SELECT loyalty.schedule_jobs('t')}, 'former'))[0], '00000', 'another role schedules its own');
$node->safe_psql('scheduled', <<'SQL');
SELECT loyalty.revoke_org('t', 'former');
SELECT cron.alter_job(jobid, schedule => '* * * * *') FROM cron.job WHERE jobname = 'loyalty t expire';
SQL

# ---------------------------------------------------------------- kills

# Every day some customers come, with regular points that last three days and others that are promised for the next one.
$node->safe_psql('postgres', <<"SQL");
SELECT loyalty.create_org('t', 'T');
SELECT loyalty.create_program('t', 'base', 'Base', expiry_unit => 'days', expiry_value => 20);
SELECT loyalty.create_program('t', 'more', 'More', expiry_unit => 'days', expiry_value => 3);
SELECT loyalty.register_customer('t', mobile => '+91980000' || lpad(n::text, 4, '0'), registered_on => '2023-01-01')
    FROM generate_series(1, @{[CUSTOMERS]}) n;
SELECT loyalty.earn_points('t', customer_id, 10 * n, program => CASE WHEN n = 1 THEN 'more' ELSE 'base' END,
    category => CASE WHEN n = 3 THEN 'promised' ELSE 'regular' END,
    event_time => '2023-01-01'::timestamptz + (customer_id % (@{[DAYS]} + 4) + (n - 1) / 2) * interval '1 day')
    FROM loyalty_data.customer, generate_series(1, 3) n ORDER BY n;

CREATE DATABASE killed TEMPLATE postgres;
SQL

# Day after day, customer after customer: expiry, conversion, and the end of the day before.
my @names = qw(expire_points convert_promised_points close_day);
my (@days, $jobs);
for my $day (6 .. 5 + DAYS)
{
	my %calls = (
		expire_points           => sprintf("CALL loyalty.expire_points('t', '2023-01-%02d', 1)",           $day),
		convert_promised_points => sprintf("CALL loyalty.convert_promised_points('t', '2023-01-%02d', 1)", $day),
		close_day               => sprintf("CALL loyalty.close_day('t', '2023-01-%02d')",                  $day - 1));
	push @days, \%calls;
	$jobs .= "$calls{$_};\n" for @names;
}
$jobs = "SET client_min_messages = warning;\nSET loyalty.clock = '2023-03-01';\n$jobs"
  . "CALL loyalty.expire_points('t', batch_size => 7);\nCALL loyalty.close_day('t');\n";

# Everything but the ids that a sequence gave, and what is made of them.
sub books
{
	my ($database) = @_;

	return $node->safe_psql($database, <<'SQL');
SELECT customer_id, program_id, category, entry_no, entry_type, house_account, points, balance_after, effective_at,
    posting_day FROM loyalty_data.ledger_entry ORDER BY 1, 2, 3, 4;
SELECT customer_id, program_id, category, award_type, points, remaining, expired, converted, awarded_at, expires_at,
    redeemable_from, entry_no FROM loyalty_data.points_lot ORDER BY 1, 2, 3, 12, 5, 9;
SELECT customer_id, program_id, category, balance, lifetime_points, expired_points, last_entry_no, last_effective_at,
    next_expiry_at FROM loyalty_data.ledger_account ORDER BY 1, 2, 3;
SELECT event_code, event_time, count(DISTINCT event_id) FROM loyalty_data.entry_with_event GROUP BY 1, 2 ORDER BY 1, 2;
SELECT first_open_day, sealed_day FROM loyalty_data.ledger_day;
SELECT seal_no, day, accounts, entries FROM loyalty_data.day_seal ORDER BY 1;
SELECT posting_day, program_id, category, house_account, credits, debits, entries FROM loyalty_data.day_total ORDER BY 1, 2, 3, 4;
SQL
}

$node->safe_psql('postgres', $jobs);
ledger_holds($node, 't', 'undisturbed, every invariant holds');

my %killed = map { $_ => 0 } @names;
for my $day (@days)
{
	for my $name (@names)
	{
		my ($before) = split /^\Q$day->{$name}\E;$/m, $jobs;
		# Once more where the machine is so busy that kills come too early or too late.
		for my $try (1 .. 4)
		{
			my $delay = int(rand($name eq 'close_day' ? 4_000 : 15_000));
			$killed{$name}++ if kill_at_work($node, $before, $day->{$name}, $delay, db => 'killed');
			last if $killed{$name} >= DAYS / 4;
		}
	}
	ledger_holds($node, 't', "killed in $day->{close_day} and before, every invariant holds", 'killed');
}
cmp_ok($killed{$_}, '>=', DAYS / 4, "$killed{$_} times $_ was killed at work") for @names;
cmp_ok(sum(values %killed), '>=', 20, 'twenty kills at work or more');
$node->safe_psql('killed', $jobs);
ledger_holds($node, 't', 'at the end, every invariant holds', 'killed');
is(books('killed'), books('postgres'), 'the books are those of the undisturbed jobs');

# ---------------------------------------------------------------- several at once

my @days_at_once = clients($node, map { [ "CALL loyalty.close_day('t')", "CALL loyalty.expire_points('t')" ] } 1 .. 4);
is(join(' ', map { $_->{state} } map { @$_ } @days_at_once),
	join(' ', ('00000') x 8), 'closings at once wait for each other');
ledger_holds($node, 't', 'and every invariant holds');

# ---------------------------------------------------------------- what pg_cron ran meanwhile

# Other jobs may have come to their hour, too.
ok($node->poll_query_until('scheduled', q{SELECT count(DISTINCT username) = 2 FROM cron.job_run_details
	WHERE status IN ('succeeded', 'failed') AND command = 'CALL loyalty.expire_points(''t'')'}), 'the time of the jobs has come');
is(
	$node->safe_psql('scheduled', q{SELECT DISTINCT username, status, command, return_message ~ 'LY004|does not exist'
	FROM cron.job_run_details WHERE status IN ('succeeded', 'failed') AND command = 'CALL loyalty.expire_points(''t'')' ORDER BY 1}),
	q{former|failed|CALL loyalty.expire_points('t')|t
keeper|succeeded|CALL loyalty.expire_points('t')|f}, 'each ran with the rights of who scheduled it');
is($node->safe_psql('scheduled', q{SELECT count(*) FROM loyalty_data.entry_with_event JOIN loyalty_data.event_type USING (event_code)
	WHERE event_name = 'points_expiry'}), '1', 'and did its work');

$node->stop;
done_testing();
