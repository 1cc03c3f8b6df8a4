# Backups: pg_dump and restore into fresh databases, in one go and by several jobs at once, by whoever is a superuser. Nothing
# is lost, nothing can be changed behind the API's back.
# Slow: scripts/test --quick leaves it out.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use File::Spec;
use LoyaltyStory;
use LoyaltyTest;
use PostgreSQL::Test::Utils;
use Test::More;

my @TABLES = qw(ledger_account ledger_event ledger_entry points_lot lot_movement lot_expiry_change transaction
  transaction_line transaction_number);

my $key_file = File::Spec->rel2abs(PostgreSQL::Test::Utils::tempdir()) . '/loyalty.keys';
append_to_file($key_file, '1 ' . '0123456789abcdef' x 4 . "\n");
chmod 0600, $key_file;

my $node = start_node('dump', conf => "loyalty.key_file = '$key_file'\n");

sub value
{
	my ($sql, $database) = @_;

	return $node->safe_psql($database // 'postgres', $sql);
}

# ---- something of everything

value(<<'SQL');
CREATE ROLE clerk LOGIN IN ROLE loyalty_pos;
CREATE ROLE boss LOGIN IN ROLE loyalty_admin;
SELECT loyalty.create_org('a', 'Org "A", it''s', time_zone => 'America/Santiago', base_country => 'IN',
    currency_code => 'INR', currency_symbol => '₹');
SELECT loyalty.create_org('b', 'B');
SELECT loyalty.create_program('a', 'base', 'Base', expiry_unit => 'months', expiry_value => 3);
SELECT loyalty.create_program('a', 'roll', 'Roll', decimals => 2, expiry_unit => 'days', expiry_value => 20,
    expiry_type => 'rolling');
SELECT loyalty.create_program('b', 'base', 'Base');
SELECT loyalty.create_store('a', 's1', 'Store'), loyalty.create_till('a', 't1', 's1', 'roll');
SELECT loyalty.set_config('a', 'CONF_EVENT_TIME_TOLERANCE', '77');
SELECT loyalty.set_config('b', 'CONF_REGISTRATION_PRIMARY_KEY', 'external_id');
SELECT loyalty.grant_org('a', 'clerk'), loyalty.grant_org('a', 'boss');
SELECT loyalty.register_customer('a', mobile => '+91980000' || lpad(n::text, 4, '0'), first_name => 'Ana' || n,
    email => 'ana' || n || '@example.com', registered_on => '2023-01-01', idempotency_key => 'r' || n)
    FROM generate_series(1, 30) n;
SELECT loyalty.register_customer('b', external_id => 'X' || n, registered_on => '2023-01-01')
    FROM generate_series(1, 5) n;
SELECT loyalty.register_customer('a', mobile => '+919800009999', loyalty_type => 'non_loyalty',
    registered_on => '2023-01-01');

SELECT loyalty.earn_points('a', customer_id, 10 + n, event_time => '2023-01-01'::timestamptz + n * interval '5 days',
    category => (ARRAY['regular', 'promised', 'regular', 'trigger_based'])[1 + n % 4], reason => 'reason ' || n,
    idempotency_key => 'e' || n)
    FROM loyalty_data.customer, generate_series(1, 12) n WHERE org_id = (SELECT org_id FROM loyalty_data.org WHERE org = 'a')
        AND loyalty_type = 'l' ORDER BY n;
SELECT loyalty.add_transaction('a', customer_id, 'N' || customer_id, 99.5, event_time => '2023-03-07', till => 't1',
    discount => 0.5, line_items => '[{"item_code": "A", "quantity": 2, "amount": 99.5}]', idempotency_key => 'bill')
    FROM loyalty_data.customer WHERE org_id = (SELECT org_id FROM loyalty_data.org WHERE org = 'a') ORDER BY 1;
SELECT loyalty.redeem_points('a', customer_id, 7, event_time => '2023-03-08', idempotency_key => 'redeem')
    FROM loyalty_data.customer WHERE org_id = (SELECT org_id FROM loyalty_data.org WHERE org = 'a') AND loyalty_type = 'l'
    ORDER BY 1;
SELECT loyalty.earn_points('a', customer_id, 3.25, program => 'roll', event_time => '2023-03-20')
    FROM loyalty_data.customer WHERE org_id = (SELECT org_id FROM loyalty_data.org WHERE org = 'a') AND loyalty_type = 'l'
    ORDER BY 1;
SELECT loyalty.earn_points('b', customer_id, 40, event_time => '2023-02-01')
    FROM loyalty_data.customer WHERE org_id = (SELECT org_id FROM loyalty_data.org WHERE org = 'b') ORDER BY 1;
CALL loyalty.expire_points('a', '2023-04-02');
SELECT loyalty.create_status_label('a', 'suspended', 'Held', 'for a while'), loyalty.create_status_label('a', 'active', 'Fine');
SELECT loyalty.set_restriction('a', 'block_points_redemption', '{Held}'), loyalty.set_restriction('a', 'mark_transaction_outlier', '{all}');
SELECT loyalty.set_fraud_status('b', (SELECT min(customer_id) FROM loyalty_data.customer WHERE org_id =
    (SELECT org_id FROM loyalty_data.org WHERE org = 'b')), 'marked', 'many returns');
SELECT loyalty.enable_customer_status('a');
SELECT loyalty.set_customer_status('a', loyalty.find_customer('a', 'mobile', '+919800000003'), 'Held', 'chargeback', 'maya');
SELECT loyalty.request_deletion('a', customer_id, 'asked') FROM loyalty.register_customer('a', mobile => '+919822222222');
SQL
value(story_begins('firm') . story('firm', 1) . story_ends('firm'));
ledger_holds($node, $_) for 'a', 'b', 'firm';
is(value('SELECT DISTINCT key_id FROM loyalty_data.ledger_entry'), '1', 'entries are hashed under the key of the file');
is(join(' ', grep { value("SELECT count(*) FROM loyalty_data.$_") == 0 } tables($node)), 'code_key',
	'there is something in every table to lose');

# ---- out and in again

# What a command complains about; "nothing" where it ends well.
sub complaint
{
	my (@command) = @_;

	my ($out, $err) = run_command([@command]);
	return $? ? "exit $?: $err" : $err || 'nothing';
}

my $directory = PostgreSQL::Test::Utils::tempdir();
my @databases = qw(fresh parallel theirs);
value("CREATE DATABASE $_ TEMPLATE template0") for @databases;
value('CREATE ROLE "Another One" LOGIN SUPERUSER');
is(complaint('pg_dump', '-f', "$directory/sql", $node->connstr('postgres')), 'nothing', 'pg_dump says nothing');
is(complaint('pg_dump', '-Fd', '-j2', '-f', "$directory/files", $node->connstr('postgres')), 'nothing',
	'nor does it with several jobs');
is(complaint('psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('fresh'), '-f', "$directory/sql", '-o', '/dev/null'),
	'nothing', 'nor does the restore');
is(complaint('pg_restore', '-j4', '-d', $node->connstr('parallel'), "$directory/files"), 'nothing',
	'nor does one by four jobs at once');
is(complaint('pg_restore', '-j4', '-d', $node->connstr('theirs') . " user='Another One'", "$directory/files"), 'nothing',
	'nor one by another superuser');

# The rows of one table do not wait for those of another, and triggers see to the counters of card numbers.
my @counters = split /\n/, value("SELECT relname FROM pg_class WHERE relnamespace = 'loyalty_data'::regnamespace AND relkind = 'S'"
	  . ' ORDER BY 1');
cmp_ok(scalar @counters, '>', 4, 'there are counters of card numbers');
for my $database (@databases)
{
	my $hash = "SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, '/' ORDER BY t::text)), '') FROM loyalty_data.%s t";
	is(join(' ', grep { value(sprintf($hash, $_), $database) ne value(sprintf($hash, $_)) } tables($node)), '',
		"$database: every table is the same");
	is(join(' ', grep { value("SELECT last_value, is_called FROM loyalty_data.$_", $database)
				ne value("SELECT last_value, is_called FROM loyalty_data.$_") } @counters), '', "$database: so is every counter");
	ledger_holds($node, $_, "$database: every invariant of $_ holds", $database) for 'a', 'b', 'firm';
	is(value("SELECT string_agg(value, ', ') FROM loyalty.health_check() WHERE item IN ('guards', 'rows_without_org')", $database),
		'in force, none', "$database: the guards are there for everybody");
	is(value("SELECT loyalty.generate_cards('firm', 'plain', 3), (SELECT count(DISTINCT card_number) FROM loyalty_data.card)"
			. ' - (SELECT count(*) FROM loyalty_data.card)', $database), '3|0', "$database: card numbers go on");
}
is(value('SELECT value FROM loyalty.health_check() WHERE item = \'owner\'', 'theirs'), 'Another One', 'who restores owns the tables');

# The schema of the tables alone has their rows, too; catalogues come with the extension.
is(complaint('pg_dump', '-n', 'loyalty_data', '-f', "$directory/schema", $node->connstr('postgres')), 'nothing',
	'pg_dump of the schema says nothing');
my %rows = slurp_file("$directory/schema") =~ /^COPY loyalty_data\.(\w+) .*?;\n(.*?)^\\\.$/gms;
is(join(' ', grep { !$rows{$_} } tables($node)), 'code_key delivery_code event_type made_trigger object_capability table_distribution', 'and has rows of every table');

for my $org ('a', 'b')
{
	is(ledger_state($node, $org, 'fresh'), ledger_state($node, $org), "balances, entries, lots and settings of $org");
}
is(value("SELECT loyalty.get_config('a', 'CONF_EVENT_TIME_TOLERANCE')", 'fresh'), '77', 'settings are in force');

# Labels stop in the restored database what they stopped before, and a deletion that was requested goes on there.
is(join(' ', map { $_->{state} } calls($node, [
	"SELECT loyalty.redeem_points('a', loyalty.find_customer('a', 'mobile', '+919800000003'), 1)",
	"SELECT loyalty.earn_points('a', loyalty.find_customer('a', 'mobile', '+919822222222'), 1)",
	"SELECT loyalty.approve_deletion('a', loyalty.find_customer('a', 'mobile', '+919822222222'))",
	"SELECT loyalty.decline_deletion('a', loyalty.find_customer('a', 'mobile', '+919822222222'))",
	"SELECT loyalty.set_customer_status('a', loyalty.find_customer('a', 'mobile', '+919800000003'), 'Fine')" ],
	db => 'fresh')), 'LY201 LY201 LY209 00000 00000', 'statuses are in force');

# ---- guards

sub guarded
{
	my ($database, $prefix) = @_;

	for my $table (@TABLES)
	{
		my ($column) = split /\n/, value(
			"SELECT attname FROM pg_attribute WHERE attrelid = 'loyalty_data.$table'::regclass AND attnum = 1");
		my @answers = calls($node,
			[ $prefix, "UPDATE loyalty_data.$table SET $column = $column", "DELETE FROM loyalty_data.$table",
				"TRUNCATE loyalty_data.$table CASCADE", "UPDATE loyalty_data.$table SET $column = $column WHERE false" ],
			db => $database);
		is(join(' ', map { $_->{state} } @answers[ 1 .. 4 ]), 'LY412 LY412 LY412 LY412', "$database: $table is guarded: $prefix");
	}
	return;
}

guarded('fresh', "SET session_replication_role = $_") for 'origin', 'replica';
guarded($_, 'SET session_replication_role = replica') for 'parallel', 'theirs';

# A call opens the guard for its own statements alone, whether it ends well or not.
my $member = "loyalty.find_customer('a', 'mobile', '+919800000003')";
is(join(' ', map { $_->{state} } calls($node, [
	'BEGIN', "SELECT loyalty.earn_points('a', $member, 1)", 'UPDATE loyalty_data.points_lot SET remaining = 1', 'ROLLBACK',
	"SELECT loyalty.redeem_points('a', $member, 100000)", 'UPDATE loyalty_data.points_lot SET remaining = 1',
	'BEGIN', 'SAVEPOINT s', "SELECT loyalty.redeem_points('a', $member, 100000)", 'ROLLBACK TO s',
	'DELETE FROM loyalty_data.ledger_account', 'ROLLBACK' ], db => 'fresh')),
	'00000 00000 LY412 00000 LY405 LY412 00000 00000 LY405 00000 LY412 00000', 'the guard is closed again after a call');

# ---- life goes on

my ($most) = value(
	'SELECT greatest((SELECT max(customer_id) FROM loyalty_data.customer), (SELECT max(event_id) FROM loyalty_data.ledger_event), (SELECT max(event_id) FROM loyalty_data.ledger_entry),'
	  . ' (SELECT max(lot_id) FROM loyalty_data.points_lot), (SELECT max(transaction_id) FROM loyalty_data.transaction))');
my @answers = calls(
	$node,
	[
		"SELECT customer_id > $most, outcome FROM loyalty.register_customer('a', mobile => '+919811111111',"
		  . " registered_on => '2023-01-01')",
		"SELECT event_id > $most, lot_id > $most FROM loyalty.earn_points('a',"
		  . " loyalty.find_customer('a', 'mobile', '+919811111111'), 5)",
		"SELECT transaction_id > $most, event_id > $most FROM loyalty.add_transaction('a',"
		  . " loyalty.find_customer('a', 'mobile', '+919800000001'), 'new', 5)",
		"SELECT outcome FROM loyalty.register_customer('a', mobile => '+919800000001')",
		"SELECT loyalty.create_store('a', 's2', 'Store 2') > (SELECT max(store_id) FROM loyalty_data.store WHERE store = 's1')",
		"SELECT loyalty.create_program('a', 'late', 'Late')"
		  . " > (SELECT max(program_id) FROM loyalty_data.program WHERE program <> 'late')",
		"SELECT loyalty.create_org('c', 'C') > (SELECT max(org_id) FROM loyalty_data.org WHERE org <> 'c')",
		"SELECT points FROM loyalty.add_transaction('a', loyalty.find_customer('a', 'mobile', '+919800000002'),"
		  . " (SELECT transaction_number FROM loyalty_data.transaction ORDER BY transaction_id LIMIT 1), 5, till => 't1')" ],
	db => 'fresh');
is(join(' ', map { "$_->{state} @{$_->{rows}}" } @answers),
	'00000 t|created 00000 t|t 00000 t|t 00000 updated 00000 t 00000 t 00000 t LY410 ',
	'new ids do not collide, old identifiers and numbers are known');
my $repeat = "SELECT * FROM loyalty.earn_points('a', loyalty.find_customer('a', 'mobile', '+919800000001'), 11,"
  . " event_time => '2023-01-06', category => 'promised', reason => 'reason 1', idempotency_key => 'e1')";
is(value($repeat, 'fresh'), value($repeat), 'an idempotency key of before the dump gives its first answer');
ledger_holds($node, 'a', 'every invariant holds after new calls', 'fresh');

# ---- who may do what

my $find = "SELECT loyalty.find_customer('%s', '%s', '%s') IS NULL";
is((call($node, sprintf($find, 'a', 'mobile', '+919800000001'), db => 'fresh', user => 'clerk'))[1],
	'f', 'the clerk acts in the granted org');
is((call($node, sprintf($find, 'b', 'external_id', 'X1'), db => 'fresh', user => 'clerk'))[0],
	'LY004', 'and in no other');
is((call($node, 'SELECT count(*) FROM loyalty_data.ledger_entry', db => 'fresh', user => 'boss'))[0],
	'42501', 'tables are closed');
is((call($node, "SELECT DISTINCT org FROM loyalty.customer_points", db => 'fresh', user => 'boss'))[1],
	'a', 'views show the granted org');

# ---- without the key file

$node->adjust_conf('postgresql.conf', 'loyalty.key_file', "''");
$node->reload;
$node->poll_query_until('fresh', "SELECT current_setting('loyalty.key_file') = ''") or die 'no reload';
for my $database ('postgres', 'fresh')
{
	my $verdict = value("SELECT ok, detail FROM loyalty.verify_ledger('a') WHERE detail ~* 'key missing'", $database);
	like($verdict, qr/key missing/i, "$database: without the key file the hash chain answers key missing");
	unlike($verdict, qr/^f/, "$database: which is no divergence");
	is(value("SELECT count(*) FROM loyalty.verify_ledger('a') WHERE ok IS FALSE", $database),
		0, "$database: nothing else diverges");
}

# ---- an edited row is found in the restored database too, and named

$node->adjust_conf('postgresql.conf', 'loyalty.key_file', "'$key_file'");
$node->reload;
$node->poll_query_until('fresh', "SELECT current_setting('loyalty.key_file') <> ''") or die 'no reload';
my ($victim) = value("SELECT customer_id FROM loyalty_data.ledger_entry WHERE entry_type = 'd' LIMIT 1", 'fresh');
value(<<"SQL", 'fresh');
ALTER TABLE loyalty_data.ledger_entry DISABLE TRIGGER ledger_guard;
UPDATE loyalty_data.ledger_entry SET effective_at = effective_at + interval '1 second'
    WHERE customer_id = $victim AND entry_type = 'd';
ALTER TABLE loyalty_data.ledger_entry ENABLE ALWAYS TRIGGER ledger_guard;
SQL
my $verdict = value("SELECT string_agg(detail, ' ') FROM loyalty.verify_ledger('a') WHERE ok IS FALSE", 'fresh');
like($verdict, qr/\b$victim\b/, 'an edited entry is found, and its customer named');
is((call($node, "UPDATE loyalty_data.ledger_entry SET points = 1", db => 'fresh'))[0], 'LY412', 'and the guard is back');

log_is_clean($node);
$node->stop;
done_testing();
