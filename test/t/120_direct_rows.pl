# Rows that are reached without a statement: where that happens and where the statement runs instead, that both leave
# the same ledger, and that every index has every row.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use LoyaltyTest;
use Test::More;

use constant MOBILE => '+919800000001';

my $node = start_node('direct', counts_statements => 1);

$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION amcheck;
SELECT loyalty.create_org('direct', 'Direct');
SELECT loyalty.create_program('direct', 'base', 'Base', expiry_unit => 'days', expiry_value => 10);
SELECT loyalty.create_program('direct', 'other', 'Other', decimals => 3, expiry_unit => 'months', expiry_value => 1,
    expiry_type => 'rolling');
SELECT loyalty.register_customer('direct', mobile => '+91980000' || lpad(n::text, 4, '0'), registered_on => '2023-01-01')
    FROM generate_series(1, 9) n;
SQL
my $customer = $node->safe_psql('postgres', "SELECT loyalty.find_customer('direct', 'mobile', '@{[MOBILE]}')");

# The statements on our tables that a call sends, in a session that has sent it before.
sub statements
{
	my ($call, %options) = @_;
	my $before = $options{before} // '';

	return $node->safe_psql('postgres', <<"SQL");
SET loyalty.direct_rows = @{[ $options{direct} // 'on' ]};
SELECT $call \\g /dev/null
$before;
SELECT pg_stat_statements_reset() \\g /dev/null
SELECT $call \\g /dev/null
COMMIT \\g /dev/null
SELECT COALESCE(sum(calls), 0) FROM pg_stat_statements WHERE query LIKE '% loyalty\_data.%' AND query NOT LIKE '%points(%';
SQL
}

# ---- when rows are reached directly

my $earn   = "loyalty.earn_points('direct', $customer, 20, event_time => '2023-02-01', idempotency_key => clock_timestamp()::text)";
my $redeem = "loyalty.redeem_points('direct', $customer, 5, program => 'base', event_time => '2023-02-01', idempotency_key => clock_timestamp()::text)";

is(statements($earn), 0, 'an award sends no statement');
is(statements($redeem), 0, 'nor does a redemption');
cmp_ok(statements($earn, direct => 'off'), '>=', 6, 'an award sends its statements where direct rows are off');
cmp_ok(statements($redeem, direct => 'off'), '>=', 8, 'and so does a redemption');
cmp_ok(statements($earn, before => 'BEGIN ISOLATION LEVEL REPEATABLE READ'), '>=', 6,
	'a transaction that keeps its snapshot sends statements');

$node->safe_psql('postgres', <<'SQL');
CREATE TABLE public.audit (customer_id bigint, points numeric);
CREATE FUNCTION public.audit() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO public.audit VALUES (NEW.customer_id, NEW.points); RETURN NULL; END $$;
CREATE TRIGGER audit AFTER INSERT ON loyalty_data.ledger_entry FOR EACH ROW EXECUTE FUNCTION public.audit();
SQL
is(statements($earn), 1, 'a table with a trigger of the site has its statement, the others none');
is($node->safe_psql('postgres', 'SELECT count(*), sum(points) FROM public.audit'), '2|40.000', 'and the trigger fires');
$node->safe_psql('postgres', 'DROP TRIGGER audit ON loyalty_data.ledger_entry');

# An index is told by its columns and its condition, not by its name.
$node->safe_psql('postgres', 'ALTER INDEX loyalty_data.ledger_event_idempotency RENAME TO of_the_site');
is(statements($earn), 0, 'a look-up by an index that was renamed has no statement');
$node->safe_psql('postgres', 'ALTER INDEX loyalty_data.ledger_account_pkey RENAME TO of_the_site_too');
is(statements($redeem), 0, 'nor has an update by a renamed primary key');
$node->safe_psql('postgres', 'ALTER INDEX loyalty_data.of_the_site_too RENAME TO ledger_account_pkey');
my $index = 'CREATE UNIQUE INDEX ledger_event_idempotency ON loyalty_data.ledger_event (org_id, customer_id, idempotency_digest)';
$node->safe_psql('postgres', "DROP INDEX loyalty_data.of_the_site; $index");
is(statements($earn), 1, 'a look-up has its statement where the index has another condition');
$node->safe_psql('postgres', "DROP INDEX loyalty_data.ledger_event_idempotency; $index WHERE idempotency_digest IS NOT NULL");
is(statements($earn), 0, 'and none when it is there again');

# ---- columns are those that the library knows, in their order

sub swap_columns
{
	my ($table, $one, $other) = @_;

	return "ALTER TABLE loyalty_data.$table RENAME $one TO of_the_site; ALTER TABLE loyalty_data.$table RENAME $other TO $one;"
	  . " ALTER TABLE loyalty_data.$table RENAME of_the_site TO $other";
}

for (['ledger_account', 'redeemed_points', 'expired_points'], ['points_lot', 'remaining', 'redeemed'], ['customer', 'registered_on', 'recorded_at'])
{
	my ($table, @columns) = @$_;
	$node->safe_psql('postgres', swap_columns($table, @columns));
	for my $settings ('SET loyalty.direct_rows = on', 'SET loyalty.direct_rows = off')
	{
		is((calls($node, [ $settings, "SELECT $redeem" ]))[1]{state}, '42P16', "two columns of $table that change places are noticed ($settings)");
	}
	$node->safe_psql('postgres', swap_columns($table, reverse @columns));
}
is(statements($redeem), 0, 'and nothing is left of it when they are back');
$node->safe_psql('postgres', 'ALTER TABLE loyalty_data.points_lot ADD of_the_site int4 DEFAULT 7');
is(statements($earn), 1, 'a column of a site has its default by the statement');
is($node->safe_psql('postgres', 'SELECT DISTINCT of_the_site FROM loyalty_data.points_lot'), '7', 'in every row');
$node->safe_psql('postgres', 'ALTER TABLE loyalty_data.points_lot DROP of_the_site');
is(statements($earn), 0, 'and without it there is none again, though a column was dropped');

# ---- refusals that statements would raise

sub state_of
{
	my ($settings, $call) = @_;

	return (calls($node, [ $settings, "SELECT $call", 'ROLLBACK' ]))[1]{state};
}

is(state_of('BEGIN READ ONLY', $earn), '25006', 'nothing is locked in a transaction that only reads');
is(state_of('BEGIN READ ONLY', "loyalty.points_balance('direct', $customer)"), '00000', 'but the balance is read');
$node->safe_psql('postgres', 'ALTER TABLE loyalty_data.points_lot ADD CONSTRAINT of_the_site CHECK (points <> 20) NOT VALID');
is(state_of('BEGIN', $earn), '23514', 'a constraint that a site adds is checked');
$node->safe_psql('postgres', 'ALTER TABLE loyalty_data.points_lot DROP CONSTRAINT of_the_site');
is(state_of('BEGIN', $earn), '00000', 'and not after it was dropped');
$node->safe_psql('postgres', 'ALTER TABLE loyalty_data.event_note ALTER actor SET NOT NULL');
(my $noted = $earn) =~ s/\)$/, reason => 'Opening day')/;
is(state_of('BEGIN', $noted), '23502', 'so is a column that must have a value');
is(state_of('BEGIN', $noted =~ s/reason => 'Opening day'/actor => 'desk'/r), '00000', 'which may be beside one that has none');
$node->safe_psql('postgres', 'ALTER TABLE loyalty_data.event_note ALTER actor DROP NOT NULL');
is(state_of('BEGIN', $noted), '00000', 'and not after it was dropped');
$node->safe_psql('postgres', 'ALTER TABLE loyalty_data.ledger_entry ADD CONSTRAINT of_the_site'
	  . " EXCLUDE (customer_id WITH =) WHERE (effective_at = '2023-02-15')");
(my $other_day = $earn) =~ s/2023-02-01/2023-02-15/;
is(state_of("BEGIN\\; SELECT $other_day", $other_day), '23P01', 'so is one that excludes');
$node->safe_psql('postgres', 'ALTER TABLE loyalty_data.ledger_entry DROP CONSTRAINT of_the_site');
is(state_of("BEGIN\\; SELECT $other_day", $other_day), '00000', 'and not after it was dropped');

# ---- an index that is made while a session has the table's description

my $session = $node->background_psql('postgres', on_error_die => 1);
$session->query_safe("SELECT $earn");
$node->safe_psql('postgres', 'CREATE INDEX CONCURRENTLY of_the_site ON loyalty_data.ledger_entry (event_code) WHERE event_code = 11');
$session->query_safe("SELECT $earn");
$node->safe_psql('postgres', 'REINDEX TABLE CONCURRENTLY loyalty_data.ledger_entry');
$session->query_safe("SELECT $earn");
$session->query_safe("SELECT $redeem");
$session->quit;

# ---- a table that is replaced while a session waits for its lock

$node->safe_psql('postgres', 'CREATE DATABASE replaced');
$node->safe_psql('replaced', <<'SQL');
CREATE EXTENSION loyalty;
SELECT loyalty.create_org('direct', 'Direct');
SELECT loyalty.create_program('direct', 'base', 'Base');
SELECT loyalty.register_customer('direct', mobile => '+919800000001');
SQL
my $earn_one = "SELECT loyalty.earn_points('direct', customer_id, 1) FROM loyalty_data.customer";
my $waiting  = $node->background_psql('replaced', on_error_die => 1);
my $other    = $node->background_psql('replaced', on_error_die => 1);
$waiting->query_safe($earn_one) for 1 .. 2;
$other->query_safe(<<'SQL');
BEGIN;
ALTER TABLE loyalty_data.points_lot RENAME TO points_lot_old;
CREATE TABLE loyalty_data.points_lot (LIKE loyalty_data.points_lot_old INCLUDING ALL);
INSERT INTO loyalty_data.points_lot SELECT * FROM loyalty_data.points_lot_old;
CREATE TRIGGER ledger_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON loyalty_data.points_lot
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_data.ledger_guard();
ALTER TABLE loyalty_data.points_lot ENABLE ALWAYS TRIGGER ledger_guard;
SQL
$waiting->query_until(qr/asked/, "\\echo asked\n$earn_one;\n");
$node->poll_query_until('replaced', "SELECT count(*) > 0 FROM pg_locks WHERE relation = 'loyalty_data.points_lot'::regclass AND NOT granted")
  or die 'nobody waits for the table';
$other->query_safe('COMMIT');
$waiting->query_safe($earn_one) for 1 .. 2;
is($node->safe_psql('replaced', "SELECT count(*), min(tableoid::regclass::text) FROM loyalty_data.points_lot"), '5|loyalty_data.points_lot',
	'rows go to the table that has the name when its lock is there');
is($node->safe_psql('replaced', 'SELECT count(*) FROM loyalty_data.points_lot_old'), '2', 'and none to the other');
$waiting->quit;
$other->quit;
ledger_holds($node, 'direct', 'the ledger is whole where a table was replaced', 'replaced');

# ---- both ways leave the same rows

# What calls of many kinds make of a customer, without ids and times of recording.
sub ledger_of
{
	my ($n, $direct) = @_;
	my $id = $node->safe_psql('postgres', "SELECT loyalty.find_customer('direct', 'mobile', '+91980000' || lpad('$n', 4, '0'))");
	my $at = "event_time => '2023-03-01'";

	$node->safe_psql('postgres', <<"SQL");
SET loyalty.direct_rows = $direct;
SELECT loyalty.add_transaction('direct', $id, 'B-$n', 50, $at, line_items => '[{"item_code": "x", "amount": 50}]');
SELECT loyalty.earn_points('direct', $id, 1.125, program => 'other', $at);
SELECT loyalty.earn_points('direct', $id, 30, program => 'base', category => 'promised', event_time => '2023-03-01', redeemable_from => '2023-03-02');
SELECT loyalty.earn_points('direct', $id, 2.5, program => 'other', event_time => '2023-03-02');
SELECT redemption_id FROM loyalty.redeem_points('direct', $id, 12, program => 'base', event_time => '2023-03-02') \\gset
SELECT loyalty.reverse_redemption('direct', $id, :'redemption_id', 5, event_time => '2023-03-03');
SELECT loyalty.return_transaction('direct', $id, 'B-$n', event_time => '2023-03-04');
SELECT count(*) FROM loyalty.earn_points_batch('direct', ARRAY[jsonb_populate_record(NULL::loyalty.earn_item,
    '{"customer_id": $id, "points": 7, "event_time": "2023-03-05"}'), jsonb_populate_record(NULL::loyalty.earn_item,
    '{"customer_id": $id, "points": 8, "event_time": "2023-03-05", "program": "other"}')]);
CALL loyalty.convert_promised_points('direct', '2023-03-06');
CALL loyalty.expire_points('direct', '2023-05-01');
SQL
	return $node->safe_psql('postgres', <<"SQL");
SELECT e.program_id, e.category, e.entry_no, e.entry_type, e.points, e.balance_after, e.effective_at, e.event_code,
    e.net_points FROM loyalty_data.entry_with_event e
    WHERE e.customer_id = $id ORDER BY 1, 2, 3;
SELECT l.program_id, l.category, l.awarded_at, l.expires_at, l.points, l.remaining, l.redeemed, l.expired, l.returned,
    l.converted, l.adjusted FROM loyalty_data.points_lot l WHERE l.customer_id = $id ORDER BY l.lot_id;
SELECT m.entry_no, m.movement_type, m.points FROM loyalty_data.lot_movement m WHERE m.customer_id = $id
    ORDER BY m.lot_id, m.entry_no, m.movement_type;
SELECT balance, lifetime_points, redeemed_points, expired_points, returned_points, last_entry_no, next_expiry_at
    FROM loyalty_data.ledger_account WHERE customer_id = $id ORDER BY program_id, category;
SQL
}

my $direct = ledger_of(2, 'on');
cmp_ok($direct =~ tr/\n//, '>', 20, 'a customer has a history');
is(ledger_of(3, 'off'), $direct, 'it is the same with and without statements');
ledger_holds($node, 'direct');

# ---- rows that are deleted, and texts that stand apart from their rows: a message that is sent, taken and acknowledged

$node->safe_psql('postgres', <<'SQL');
CREATE FUNCTION public.deliver(customer bigint, said text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    t record;
    state text;
BEGIN
    PERFORM loyalty.send_email('direct', customer, 'Hello', said);
    SELECT * INTO t FROM loyalty.take_messages('direct', 'email');
    state := loyalty.acknowledge_message('direct', customer, t.message_id, t.lease_no);
    RETURN concat_ws(' ', t.body = said, state, (SELECT count(*) FROM loyalty_data.message_queue));
END $$;
SQL
$node->safe_psql('postgres', "SELECT loyalty.set_channel('direct', $customer, 'email', 'ann\@example.com')");
for my $way ('on', 'off')
{
	for my $said ("'Hello'", "(SELECT string_agg(md5(i::text), '') FROM generate_series(1, 6000) i)")
	{
		is($node->safe_psql('postgres', "SET loyalty.direct_rows = $way; SELECT public.deliver($customer, $said)"), 't sent 0',
			"a message has its text and leaves the queue (direct rows $way)");
	}
}
is($node->safe_psql('postgres', <<"SQL"), '', 'its rows are written, read and deleted without a statement');
SELECT public.deliver($customer, 'Hello') \\g /dev/null
SELECT pg_stat_statements_reset() \\g /dev/null
SELECT public.deliver($customer, 'Hello') \\g /dev/null
SELECT query FROM pg_stat_statements WHERE query ~ '(INSERT INTO|UPDATE|DELETE FROM) loyalty_data|FROM loyalty_data.message_body';
SQL
is(state_of('BEGIN READ ONLY', "public.deliver($customer, 'Hello')"), '25006', 'none is in a transaction that only reads');

# ---- nothing is read that a look-up may have freed, and nothing waits for caches that are never valid: in a server with
# assertions

SKIP:
{
	skip 'the server has no debug_discard_caches', 1
	  if $node->safe_psql('postgres', 'SHOW debug_assertions') ne 'on';
	is((calls($node, [ 'SET debug_discard_caches = 1', "SELECT $earn", "SELECT $redeem" ]))[2]{state}, '00000',
		'an award and a redemption end where every cache is discarded at once');
}

# ---- every index has every row, also those that are passed over where their predicate does not hold

my $checked = $node->safe_psql('postgres', <<'SQL');
SELECT count(*) FROM (SELECT bt_index_check(i.indexrelid, true) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_am a ON a.oid = c.relam WHERE c.relnamespace = 'loyalty_data'::regnamespace AND a.amname = 'btree') x
SQL
cmp_ok($checked, '>', 40, 'no index lacks a row');

$node->stop;
done_testing();
