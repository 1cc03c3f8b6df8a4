# How many statements a call sends to the executor: each costs microseconds here, and a network round trip where the
# tables are distributed. And what a registration costs does not grow with the number of customers.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use LoyaltyTest;
use PostgreSQL::Test::Utils;
use Test::More;

use constant {
	CUSTOMERS => 400,
};

my $node = start_node('statements', counts_statements => 1);

$node->safe_psql('postgres', <<'SQL');
SELECT loyalty.create_org('count', 'Count', base_country => 'SG');
SELECT loyalty.create_program('count', 'base', 'Base');
SELECT loyalty.register_customer('count', '91110000');
SQL

# The statements that a call sends, in a session that has prepared its plans, without the call itself. The server sends none
# of its own: there are no foreign keys, and what pins the search path is no statement.
sub statements
{
	my ($call) = @_;

	my $sent = $node->safe_psql('postgres', <<"SQL");
SELECT loyalty.register_customer('count', '91110001') \\g /dev/null
SELECT pg_stat_statements_reset() \\g /dev/null
SELECT $call \\g /dev/null
SELECT sum(calls) - 2 FROM pg_stat_statements;
SQL
	note("$call: $sent statements");
	return $sent;
}

is(statements("loyalty.register_customer('count', '91110002')"), 7, 'a new customer with one mobile and one program takes seven');
is(statements("loyalty.register_customer('count', '91110002')"), 4, 'one who is known takes four');
is(statements("loyalty.find_customer('count', 'mobile', '91110002')"), 0, 'finding takes none');

# The guard of statuses asks the customer's row, which is locked anyway, and the org's cache.
my $member = $node->safe_psql('postgres', "SELECT loyalty.find_customer('count', 'mobile', '91110002')");
my $earn   = statements("loyalty.earn_points('count', $member, 1)");
my $bill   = statements("loyalty.add_transaction('count', $member, 'B-1', 10)");
is("$earn $bill", '1 2', 'an award takes one, a bill two');

# The single view has a statement or two for each section, and two for each program with points: what cannot be spent yet, and
# what will expire first.
my $new = "loyalty.find_customer('count', 'mobile', '91110001')";
is(statements("loyalty.customer_single_view('count', $new)"), 8, 'a single view takes eight');
is(statements("loyalty.customer_single_view('count', $member)"), 11, 'with points in one program and bills it takes eleven');
is(statements("loyalty.customer_brief('count', $member)"), 5, 'what a till sees takes five');
# A redemption from two lots writes indexes for the one that it empties alone.
is($node->safe_psql('postgres', <<"SQL"), '2|1|1|1', 'updates, and those that leave indexes alone: of two lots, and of the account');
SELECT loyalty.create_program('count', 'lots', 'Lots') \\g /dev/null
SELECT loyalty.earn_points('count', $member, 5, program => 'lots') FROM generate_series(1, 2) \\g /dev/null
CREATE TEMP VIEW updates AS SELECT relname, n_tup_upd AS n, n_tup_hot_upd AS hot FROM pg_stat_xact_user_tables
    WHERE relid IN ('loyalty_data.points_lot'::regclass, 'loyalty_data.ledger_account'::regclass);
BEGIN;
CREATE TEMP TABLE before AS TABLE updates;
SELECT loyalty.redeem_points('count', $member, 7, program => 'lots') \\g /dev/null
SELECT string_agg(u.n - b.n || '|' || u.hot - b.hot, '|' ORDER BY relname DESC) FROM updates u JOIN before b USING (relname);
ROLLBACK;
SQL

# Awards write the account again, in its place; the page is cleaned of the dead versions when there is little room left,
# not at each call.
my $pages = "SELECT pg_relation_size('loyalty_data.ledger_account') || '|' || pg_relation_size('loyalty_data.ledger_account_pkey')";
$node->safe_psql('postgres', 'CREATE EXTENSION pg_walinspect; ALTER TABLE loyalty_data.ledger_account SET (autovacuum_enabled = off)');
my $before = $node->safe_psql('postgres', $pages);
my $start  = $node->safe_psql('postgres', 'SELECT pg_current_wal_insert_lsn()');
$node->safe_psql('postgres', <<"SQL");
DO \$\$
BEGIN
    FOR i IN 1 .. 400 LOOP
        PERFORM loyalty.earn_points('count', $member, 1, program => 'lots');
        COMMIT;
    END LOOP;
END
\$\$;
SQL
is($node->safe_psql('postgres', $pages), $before, 'neither the accounts nor their index grow by 400 awards');
my $cleaned = $node->safe_psql('postgres', <<"SQL");
SELECT sum(count) FROM pg_get_wal_stats('$start', pg_current_wal_flush_lsn(), true)
WHERE "resource_manager/record_type" LIKE 'Heap2/PRUNE%';
SQL
note("pages are cleaned $cleaned times");
ok($cleaned > 0 && $cleaned < 100, 'and a page is cleaned once in several awards');

# What a call locks beyond the backend's own sixteen slots goes through a table that all backends share. Each mode of a
# lock is taken and given back by itself: none is locked in two.
sub locked
{
	my ($call) = @_;

	return $node->safe_psql('postgres', <<"SQL");
SELECT $call \\g /dev/null
SELECT $call \\g /dev/null
BEGIN;
SELECT $call \\g /dev/null
SELECT string_agg(c.relname, ' ' ORDER BY c.relname)
FROM pg_locks l JOIN pg_class c ON c.oid = l.relation WHERE l.pid = pg_backend_pid() AND c.relnamespace IN ('loyalty'::regnamespace, 'loyalty_data'::regnamespace);
ROLLBACK;
SQL
}

my $read = 'customer customer_pkey id_seq ledger_account ledger_account_pkey ledger_entry ledger_entry_day ledger_entry_pkey';
is(locked("loyalty.earn_points('count', $member, 10, program => 'lots')"),
	"$read points_lot points_lot_open points_lot_pkey",
	'an award opens the indexes that it enters or reads, no other');
is(locked("loyalty.redeem_points('count', $member, 7, program => 'lots')"),
	"$read ledger_event ledger_event_pkey ledger_event_redemption lot_movement lot_movement_pkey lot_movement_redemption points_lot"
	  . ' points_lot_open points_lot_pkey', 'so does a redemption');

$node->safe_psql('postgres', <<"SQL");
SELECT loyalty.create_status_label('count', s, s || n) FROM unnest(ARRAY['suspended', 'internal']) s, generate_series(1, 5) n;
SELECT loyalty.enable_customer_status('count');
SELECT loyalty.set_restriction('count', restriction, '{all}') FROM (SELECT DISTINCT restriction FROM loyalty.restriction_list()) r;
SELECT loyalty.set_restriction('count', r, '{}') FROM unnest(ARRAY['block_points_allocation', 'block_transaction']) r;
SELECT loyalty.set_customer_status('count', $member, 'suspended3');
SQL
is(statements("loyalty.earn_points('count', $member, 1)"), $earn, 'statuses and restrictions cost no statement');
is(statements("loyalty.add_transaction('count', $member, 'B-2', 10)"), $bill, 'for bills neither');

# Blocks read and written, which do not depend on the machine: the second half of a load against the first.
sub blocks
{
	my ($first) = @_;

	return $node->safe_psql('postgres', <<"SQL");
SELECT count(*) FROM pg_stat_statements_reset() \\g /dev/null
SELECT count(loyalty.register_customer('count', '+6582' || lpad(n::text, 6, '0'))) FROM generate_series($first, $first + @{[CUSTOMERS]} - 1) n \\g /dev/null
SELECT sum(shared_blks_hit + shared_blks_read) FROM pg_stat_statements WHERE query LIKE 'SELECT count(loyalty.register%';
SQL
}

my $early = blocks(1);
blocks(1 + $_ * CUSTOMERS) for 1 .. 8;
my $late = blocks(1 + 9 * CUSTOMERS);
note("blocks of @{[CUSTOMERS]} registrations: $early at first, $late after ten times as many");
cmp_ok($late, '<', 1.5 * $early, 'what a registration touches does not grow with the customers there are');

$node->stop;
done_testing();
