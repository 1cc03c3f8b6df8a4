# What a merge costs goes with identifiers, cards and open lots, whatever the history; counted in statements, rows and
# blocks, which do not depend on the machine, and with a statement for every row, so that none escapes the count. And nobody else waits while one runs.
# Slow: scripts/test --quick leaves it out.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use LoyaltyTest;
use PostgreSQL::Test::Utils;
use Test::More;

use constant {
	SHORT => 10,
	LONG  => 100_000,
	MANY  => 10_000,
};

my $node = start_node('merge_cost', counts_statements => 1);

$node->safe_psql('postgres', <<'SQL');
SELECT loyalty.create_org('cost', 'Cost', base_country => 'SG');
SELECT loyalty.create_program('cost', 'base', 'Base');
CREATE SEQUENCE person START 91230000;
CREATE FUNCTION person() RETURNS bigint LANGUAGE sql AS
    $$ SELECT customer_id FROM loyalty.register_customer('cost', nextval('person')::text, registered_on => '2020-01-01') $$;
-- A victim with so many bills, of which the last ones are open lots. Commits now and then, since the versions of an
-- account's row that one transaction leaves behind stay in the way until it ends.
CREATE PROCEDURE make_victim(bills int, open int, INOUT id bigint) LANGUAGE plpgsql AS $$
BEGIN
    id := person();
    FOR i IN 1 .. bills LOOP
        PERFORM loyalty.add_transaction('cost', id, id || '-' || i, 10, event_time => '2021-01-01');
        IF i = bills - open THEN
            PERFORM loyalty.redeem_points('cost', id, 10 * i);
        END IF;
        IF i % 500 = 0 THEN
            COMMIT;
        END IF;
    END LOOP;
END $$;
SQL

# Statements, rows and blocks of a merge, in a session that has made its plans; and the statements that write a row each, which
# are those that are made of the columns of a table.
sub cost
{
	my ($bills, $open) = @_;

	my ($plain, $victim) = map { $node->safe_psql('postgres', "CALL make_victim($_, NULL)") } '3, 3', "$bills, $open";
	$node->safe_psql('postgres', 'VACUUM (ANALYZE)');
	my ($line) = $node->safe_psql('postgres', <<"SQL");
SET loyalty.direct_rows = off;
SELECT loyalty.merge_customers('cost', person(), $plain) \\g /dev/null
SELECT person() AS survivor \\gset
SELECT pg_stat_statements_reset() \\g /dev/null
SELECT loyalty.merge_customers('cost', :survivor, $victim) \\g /dev/null
SELECT sum(calls) FILTER (WHERE NOT of_row), sum(rows), sum(blocks), sum(calls) FILTER (WHERE of_row) FROM (SELECT calls, rows,
    shared_blks_hit + shared_blks_read AS blocks,
    query ~ '^(INSERT INTO [^ ]+ [(][a-z_, ]+[)] VALUES [(]|UPDATE [^ ]+ r SET )' AS of_row
    FROM pg_stat_statements WHERE query LIKE '%loyalty\_data.%' AND query NOT LIKE '%merge_customers%') x;
SQL
	my @cost = split /\|/, $line;
	note("$bills bills, $open open lots: $cost[0] statements and $cost[3] that write a row, $cost[1] rows, $cost[2] blocks");
	return @cost;
}

my @short = cost(SHORT + 1, SHORT);
my @long  = cost(LONG,  SHORT);
is("@short[0, 3]", '49 63', 'the statements of a merge are counted, and those that write a row each');
is($long[0], $short[0], 'a victim with ' . LONG . ' bills takes as many statements as one with ' . SHORT);
is("@long[1, 3]", "@short[1, 3]", 'and as many rows');
cmp_ok($long[2], '<', 1.5 * $short[2], 'and hardly more blocks, for deeper indexes');
my @many = cost(MANY, MANY);
is($many[0], $short[0], MANY . ' open lots take as many statements, but for one for each row that is written');
cmp_ok($many[3], '<', 5 * MANY, 'of which there are a few for a lot');
cmp_ok($many[1], '<', 10 * MANY, 'and by rows in proportion');

# A merge is under way and not committed: somebody else's earn does not wait.
my $idle = $node->background_psql('postgres', on_error_die => 1);
my ($survivor, $victim, $other) = map { $node->safe_psql('postgres', $_) }
  'SELECT person()', 'CALL make_victim(5, 5, NULL)', 'SELECT person()';
$idle->query_safe('BEGIN');
$idle->query_safe("SELECT loyalty.merge_customers('cost', $survivor, $victim)");
is($node->safe_psql('postgres', "SET lock_timeout = '100ms'; SELECT points FROM loyalty.earn_points('cost', $other, 5)"),
	'5.000', 'while a merge is open, others earn');
$idle->query_safe('COMMIT');
$idle->quit;
is($node->safe_psql('postgres', "SELECT count(*) FROM loyalty.verify_ledger('cost') WHERE NOT ok"), '0', 'the ledger verifies');

done_testing();
