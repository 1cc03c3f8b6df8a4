# Everything that only reads answers the same on a physical replica, and everything that writes is refused there, until it is
# promoted.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use LoyaltyTest;
use PostgreSQL::Test::Cluster;
use Test::More;

my $primary = start_node('primary', init => [ allows_streaming => 1 ], conf => "max_wal_senders = 5\n");
$primary->backup('base');
my $replica = PostgreSQL::Test::Cluster->new('replica');
$replica->init_from_backup($primary, 'base', has_streaming => 1);
$replica->start;

$primary->safe_psql('postgres', <<'SQL');
CREATE ROLE reader LOGIN IN ROLE loyalty_agent;
CREATE ROLE auditor LOGIN IN ROLE loyalty_analyst;
SELECT loyalty.create_org('r', 'R', time_zone => 'Europe/Berlin'), loyalty.create_org('hidden', 'Hidden');
SELECT loyalty.create_program('r', 'base', 'Base', expiry_unit => 'days', expiry_value => 30);
SELECT loyalty.create_program('r', 'roll', 'Roll', expiry_unit => 'days', expiry_value => 30, expiry_type => 'rolling');
SELECT loyalty.grant_org('r', 'reader'), loyalty.grant_org('r', 'auditor');
SELECT loyalty.register_customer('r', mobile => '+91980000' || lpad(n::text, 4, '0'), external_id => 'X' || n,
    registered_on => '2023-01-01') FROM generate_series(1, 10) n;
SELECT loyalty.add_transaction('r', customer_id, n || '/' || customer_id, 10 * n,
    event_time => '2023-01-01'::timestamptz + n * interval '3 days', program => CASE WHEN n % 3 = 0 THEN 'roll' END)
    FROM loyalty_data.customer, generate_series(1, 15) n ORDER BY n;
SELECT loyalty.redeem_points('r', customer_id, 17, event_time => '2023-02-20') FROM loyalty_data.customer ORDER BY 1;
CALL loyalty.expire_points('r', '2023-02-27');
SQL
# Requests of each kind that a check looks at in another way; somebody else has made the mobile its own, and a bill has the number.
my $asked = $primary->safe_psql('postgres', <<'SQL');
SELECT request_id FROM loyalty.submit_change_request('r', 'account_merge', existing => 'X8', requested_to => 'X9');
SELECT request_id FROM loyalty.submit_change_request('r', 'mobile', existing => '+919800000005', requested_to => '+919800000055');
SELECT request_id FROM loyalty.submit_change_request('r', 'mobile_reallocation', existing => '+919800000006', requested_to => 'X7');
SELECT request_id FROM loyalty.submit_change_request('r', 'goodwill_points', existing => 'X1', payload => '{"points": 5}');
SELECT request_id FROM loyalty.submit_change_request('r', 'edit_profile', existing => 'X1', payload => '{"first_name": "Ann"}');
SELECT request_id FROM loyalty.submit_change_request('r', 'retro_transaction', existing => 'X2', payload => jsonb_build_object('transaction_number', 'late', 'amount', 3,
    'event_time', to_char(now() - interval '1 day', 'YYYY-MM-DD HH24:MI:SS')));
SELECT request_id FROM loyalty.submit_change_request('r', 'delete_account', existing => 'X10');
SQL
my @asked = split /\n/, $asked;
$primary->safe_psql('postgres', <<'SQL');
SELECT loyalty.one_step_change('r', 'mobile', '+919800000005', '+919800000056');
SELECT loyalty.add_transaction('r', loyalty.find_customer('r', 'external_id', 'X3'), 'late', 3);
SQL
$primary->wait_for_catchup($replica, 'replay', $primary->lsn('insert'));
is($replica->safe_psql('postgres', 'SELECT pg_is_in_recovery()'), 't', 'the replica is one');

my $customer = "loyalty.find_customer('r', 'mobile', '+919800000004')";
my @reads    = (
	"SELECT $customer",
	"SELECT loyalty.find_customer('r', 'external_id', 'X7')",
	"SELECT loyalty.find_customer('r', 'mobile', '+91 98000 00004')",
	"SELECT loyalty.find_customer('r', 'mobile', '+919812345678') IS NULL",
	"SELECT * FROM loyalty.points_balance('r', $customer)",
	"SELECT * FROM loyalty.points_balance('r', $customer, 'roll')",
	(map { "SELECT * FROM loyalty.points_balance('r', $customer, as_of => '$_')" } '2023-01-20', '2023-02-20', '2023-06-01'),
	"SELECT * FROM loyalty.points_ledger('r', $customer, from_time => '2023-01-01', to_time => '2024-01-01')",
	"SELECT * FROM loyalty.points_ledger('r', $customer, from_time => '2023-01-01', to_time => '2024-01-01',"
	  . " newest_first => false, page_size => 5)",
	"SELECT * FROM loyalty.ledger_closing_balance('r', $customer)",
	"SELECT * FROM loyalty.ledger_event_details('r', $customer, (SELECT max(event_id)"
	  . " FROM loyalty.points_ledger('r', $customer, from_time => '2023-01-01', to_time => '2024-01-01')))",
	"SELECT * FROM loyalty.customer_timeline('r', $customer)",
	"SELECT * FROM loyalty.is_redeemable('r', $customer, 1)",
	"SELECT loyalty.get_config('r', 'CONF_EVENT_TIME_TOLERANCE')");
my @views = (
	(map { "SELECT * FROM loyalty.$_ ORDER BY 1, 2, 3, 4, 5, 6" } qw(points_ledger_entries journal customer_points lot_trace daily_totals
	  points_liability_daily points_expiry_schedule)),
	'SELECT * FROM loyalty.trial_balance ORDER BY 1, 2, 3', 'SELECT * FROM loyalty.points_forecast ORDER BY 1, 2, 3, 4',
	"SELECT * FROM loyalty.org_config ORDER BY org, config_key");
push @reads, map { "SELECT passes, changed FROM loyalty.check_change_request('r', $_)" } @asked;
my @checks = ("SELECT * FROM loyalty.verify_ledger('r')", 'SELECT count(*) FROM loyalty.error_codes');

sub same_answers
{
	my ($name, $calls, %options) = @_;

	my @there = calls($primary, $calls, %options);
	my @here  = calls($replica, $calls, %options);
	for my $i (0 .. $#$calls)
	{
		is("$here[$i]{state}\n" . join("\n", @{ $here[$i]{rows} }), "00000\n" . join("\n", @{ $there[$i]{rows} }),
			"$name: $calls->[$i]");
		cmp_ok(scalar @{ $here[$i]{rows} }, '>', 0, 'which is something');
	}
	return;
}

same_answers('superuser', [ @reads, @views, @checks, 'SELECT loyalty.clock() IS NOT NULL' ]);
same_answers('loyalty_agent', [ @reads, @views ], user => 'reader');
same_answers('loyalty_analyst', [ @views, $checks[0] ], user => 'auditor');
is((call($replica, 'SELECT DISTINCT org FROM loyalty.customer_points', user => 'reader'))[1], 'r', 'and no other org');
is((call($replica, "SELECT loyalty.find_customer('hidden', 'mobile', '+919800000004')", user => 'reader'))[0],
	'LY004', 'which looks as if it were not there');
is((call($replica, 'SELECT count(*) > 3 FROM loyalty.health_check()'))[1], 't', 'health_check answers');
ledger_holds($replica, 'r', 'verify_ledger and verify_data on the replica');

# A change of the configuration reaches sessions of the replica that have read it already.
my $session = $replica->background_psql('postgres', on_error_die => 1);
is($session->query_safe("SELECT loyalty.get_config('r', 'CONF_EVENT_TIME_TOLERANCE')"), '300', 'a setting');
$primary->safe_psql('postgres', "SELECT loyalty.set_config('r', 'CONF_EVENT_TIME_TOLERANCE', '42')");
$primary->wait_for_catchup($replica, 'replay', $primary->lsn('insert'));
is($session->query_safe("SELECT loyalty.get_config('r', 'CONF_EVENT_TIME_TOLERANCE')"), '42', 'and its change');
$session->quit;

my @writes = (
	"SELECT loyalty.earn_points('r', $customer, 5)",
	"SELECT loyalty.redeem_points('r', $customer, 5)",
	"SELECT loyalty.add_transaction('r', $customer, 'new', 5)",
	"SELECT loyalty.register_customer('r', mobile => '+919811111111')",
	"SELECT loyalty.set_config('r', 'CONF_EVENT_TIME_TOLERANCE', '1')",
	"CALL loyalty.expire_points('r')");
my %state = map { $_->{state} => 1 } calls($replica, \@writes);
is(join(' ', sort keys %state), '25006', 'what writes is refused as in any read-only transaction');

# Once it is promoted it goes on where the primary stood: balances, ids and idempotency keys.
my $keyed = "SELECT event_id, points, current_points FROM loyalty.earn_points('r', $customer, 5, event_time => '2023-02-28',"
  . " idempotency_key => 'slip 1')";
my ($state, $first) = call($primary, $keyed);
my $greatest = $primary->safe_psql('postgres', 'SELECT max(customer_id) FROM loyalty_data.customer');
$primary->wait_for_catchup($replica, 'replay', $primary->lsn('insert'));
$primary->stop;
$replica->promote;
is((call($replica, $keyed))[1], $first, 'a request that the primary answered gets its first answer');
is((call($replica, "SELECT customer_id > $greatest, outcome FROM loyalty.register_customer('r', mobile => '+919811111111')"))[1],
	't|created', 'ids go on behind those of the primary');
is((call($replica, "SELECT points FROM loyalty.earn_points('r', $customer, 5)"))[1], '5.000', 'points are posted');
is((call($replica, "CALL loyalty.expire_points('r')"))[0], '00000', 'jobs run');
ledger_holds($replica, 'r', 'every invariant holds after the promotion');

log_is_clean($replica);
$replica->stop;
done_testing();
