# Columns that an owner adds to tables of the extension and drops again: nothing stops, and what was written is the same as
# in an org of the time before. With and without statements, in a session that has read the tables and in a new one.
# Slow: scripts/test --quick leaves it out.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use LoyaltyStory;
use LoyaltyTest;
use Test::More;

my $node = start_node('columns', conf => "loyalty.clock = '2024-06-15 12:00:00+00'\n");
my @tables = tables($node);

# What was done to the tables, in order: what a row has in column "mark" when it is written then.
my @steps = (
	[ 'as they are', [], undef ],
	[ 'with a column', ['ADD COLUMN hint text'], undef ],
	[ 'with a dropped column', ['DROP COLUMN hint'], undef ],
	[ 'with a column behind a dropped one', ['ADD COLUMN mark int'], 'NULL' ],
	[ 'with a default', ['ALTER COLUMN mark SET DEFAULT 7'], '7' ],
	[ 'with columns of every kind', [
			'ADD COLUMN made timestamptz NOT NULL DEFAULT clock_timestamp()',
			'ADD COLUMN twice int GENERATED ALWAYS AS (mark * 2) STORED', 'ADD COLUMN flag bool NOT NULL DEFAULT true',
			map { "ADD COLUMN more_$_ text" } 1 .. 30 ], '7' ],
	[ 'with some of them dropped', [ 'DROP COLUMN more_3', 'DROP COLUMN flag', 'DROP COLUMN more_30' ], '7' ],
	[ 'with none left', [ 'DROP COLUMN twice', 'DROP COLUMN mark', 'DROP COLUMN made', map { "DROP COLUMN more_$_" } 1, 2, 4 .. 29 ],
		undef ],
);

$node->safe_psql('postgres', story_begins('firm'));
my %warm = map { $_ => $node->background_psql('postgres', on_error_stop => 0) } 'on', 'off';
$warm{$_}->query("SET loyalty.direct_rows = $_") for keys %warm;
my ($n, $expected) = (0);
for my $step (@steps)
{
	my ($name, $changes, $mark) = @$step;

	# event_type and source are reference data of the extension's own, too.
	$node->safe_psql('postgres', join '', map { my $t = $_; map { "ALTER TABLE loyalty_data.$t $_;\n" } @$changes } @tables);
	for my $direct ('on', 'off')
	{
		$n++;
		$warm{$direct}->{stderr} = '';
		$warm{$direct}->query(story('firm', $n));
		is($warm{$direct}->{stderr}, '', "$name, direct rows $direct: nothing stops in a session of before");
		my $story = $node->safe_psql('postgres', story_of('firm', $n));
		$expected //= $story;
		is($story, $expected, "$name, direct rows $direct: and the same is written");
		$n++;
		$node->safe_psql('postgres', "SET loyalty.direct_rows = $direct;\n" . story('firm', $n));
		is($node->safe_psql('postgres', story_of('firm', $n)), $expected, "$name, direct rows $direct: as in a new session");
	}
	ledger_holds($node, 'firm', "$name: the ledger holds");
	next unless $mark;
	my $newest = "customer_id >= (SELECT customer_id FROM loyalty_data.customer ORDER BY customer_id DESC OFFSET 5 LIMIT 1)";
	for my $table (qw(ledger_account ledger_event ledger_entry points_lot transaction_line))
	{
		is($node->safe_psql('postgres', "SELECT DISTINCT COALESCE(mark::text, 'NULL') FROM loyalty_data.$table WHERE $newest"), $mark,
			"$name: a new row of $table has what the column says");
	}
}
cmp_ok($expected =~ tr/\n//, '>', 60, 'there is much that is the same');
$warm{$_}->quit for keys %warm;

# ---- a value that an owner gave a row stays when the library writes the row again

my $ann = $node->safe_psql('postgres', "SELECT loyalty.find_customer('firm', 'mobile', '+919800001000')");
$node->safe_psql('postgres', "SELECT loyalty.earn_points('firm', $ann, 40, program => 'base', event_time => '2024-06-15')");
$node->safe_psql('postgres', <<'SQL');
ALTER TABLE loyalty_data.ledger_account ADD COLUMN mine text, ADD COLUMN made timestamptz DEFAULT clock_timestamp();
ALTER TABLE loyalty_data.points_lot ADD COLUMN mine text;
ALTER TABLE loyalty_data.ledger_account DISABLE TRIGGER ledger_guard;
ALTER TABLE loyalty_data.points_lot DISABLE TRIGGER ledger_guard;
UPDATE loyalty_data.ledger_account SET mine = customer_id, made = '2020-01-01';
UPDATE loyalty_data.points_lot SET mine = lot_id;
ALTER TABLE loyalty_data.ledger_account ENABLE ALWAYS TRIGGER ledger_guard;
ALTER TABLE loyalty_data.points_lot ENABLE ALWAYS TRIGGER ledger_guard;
SQL
for my $direct ('on', 'off')
{
	$node->safe_psql('postgres', "SET loyalty.direct_rows = $direct;"
		  . " SELECT loyalty.earn_points('firm', $ann, 5, program => 'base', event_time => '2024-06-15'), loyalty.redeem_points('firm', $ann, 6, program => 'base', event_time => '2024-06-15');");
}
is($node->safe_psql('postgres', "SELECT count(*), bool_and(mine = customer_id::text AND made = '2020-01-01') FROM loyalty_data.ledger_account"
	  . " WHERE customer_id = $ann"), '9|t', 'an account keeps what an owner wrote');
is($node->safe_psql('postgres', "SELECT count(*) FILTER (WHERE mine = lot_id::text) > 3, count(*) FILTER (WHERE mine IS NULL)"
	  . " FROM loyalty_data.points_lot WHERE customer_id = $ann"), 't|2', 'so do lots');
ledger_holds($node, 'firm', 'the ledger holds in the end');

# ---- columns that a later version has dropped are gaps before ours

$node->safe_psql('postgres', 'ALTER TABLE loyalty_data.ledger_account DROP COLUMN mine, DROP COLUMN made;'
	  . ' ALTER TABLE loyalty_data.points_lot DROP COLUMN mine');
for my $table (qw(customer ledger_account ledger_event event_note ledger_entry points_lot lot_movement lot_expiry_change transaction
	transaction_line transaction_number merge_line))
{
	$node->safe_psql('postgres', <<"SQL");
ALTER TABLE loyalty_data.$table RENAME TO former;
SELECT format('ALTER INDEX %s RENAME TO %I', indexrelid::regclass, 'former_' || relname)
    FROM pg_index JOIN pg_class ON oid = indexrelid WHERE indrelid = 'loyalty_data.former'::regclass \\gexec
CREATE TABLE loyalty_data.$table (gap text, LIKE loyalty_data.former INCLUDING ALL, gap_of_the_end text);
ALTER TABLE loyalty_data.$table DROP COLUMN gap, DROP COLUMN gap_of_the_end;
SELECT format('ALTER INDEX loyalty_data.%I RENAME TO %I', n.indexname, substr(f.indexname, 8)) FROM pg_indexes n, pg_indexes f
    WHERE n.schemaname = 'loyalty_data' AND n.tablename = '$table' AND f.tablename = 'former' AND 'former_' || n.indexname <> f.indexname
        AND substr(n.indexdef, strpos(n.indexdef, ' USING')) = substr(f.indexdef, strpos(f.indexdef, ' USING')) \\gexec
INSERT INTO loyalty_data.$table SELECT * FROM loyalty_data.former;
ALTER TABLE loyalty_data.former RENAME TO former_$table;
SQL
}
for my $direct ('on', 'off')
{
	$n++;
	my ($code, undef, $error) = $node->psql('postgres', "SET loyalty.direct_rows = $direct;\n" . story('firm', $n));
	is($error, '', "gaps, direct rows $direct: nothing stops");
	ledger_holds($node, 'firm', "gaps, direct rows $direct: the ledger holds");
}

# ---- where the server can be told to forget everything it knows at every turn, the same goes on

SKIP:
{
	skip 'this server keeps its caches', 1
	  if $node->safe_psql('postgres', "SELECT max_val FROM pg_settings WHERE name = 'debug_discard_caches'") < 1;
	$node->safe_psql('postgres', "SET debug_discard_caches = 1; SELECT loyalty.earn_points('firm', $ann, 5, program => 'base');"
		  . " SELECT loyalty.redeem_points('firm', $ann, 5, program => 'base');");
	ledger_holds($node, 'firm', 'it goes on without caches');
}

log_is_clean($node);
$node->stop;
done_testing();
