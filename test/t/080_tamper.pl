# Whoever lifts the guard and edits, adds or removes a row of the ledger is found out by verify_ledger: every column of
# every table of the chain is tried, in rows of every kind.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use LoyaltyTest;
use Test::More;

my $node = start_node('tamper');

# The tables that have a guard: a new one, and a new column of one, is tried without more.
my @TABLES = split /\n/, $node->safe_psql('postgres',
	"SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname = 'ledger_guard'"
	# Those of incentives are verified by verify_incentives: test/pgtap/offer_verify.sql and voucher.sql break them.
	  . " AND c.relname NOT IN ('incentive_use', 'promotion_version', 'use_return', 'voucher_movement') ORDER BY 1");

# Columns that may change unseen, each with its reason.
my %UNSEEN = (
	'transaction_line.attributes'       => 'an erasure takes them',
	'ledger_account.next_conversion_at' => 'a bound: an earlier one costs a look and changes nothing; a later one is tried below',
);

# From here on entries are hashed with a key, the last of so many.
sub use_keys
{
	my ($count) = @_;

	my $file = $node->basedir . "/keys-$count";
	PostgreSQL::Test::Utils::append_to_file($file, join '', map { "$_ " . "a$_" x 32 . "\n" } 1 .. $count);
	chmod(0600, $file) or die "chmod: $!";
	$node->safe_psql('postgres', "LOAD 'loyalty'; ALTER SYSTEM SET loyalty.key_file = '$file'");
	$node->reload;
	$node->poll_query_until('postgres', "SELECT current_setting('loyalty.key_file') = '$file'") or die 'no such setting';
	return;
}

$node->safe_psql('postgres', <<'SQL');
SELECT loyalty.create_org('t', 'T'), loyalty.create_org('other', 'Other');
SELECT loyalty.set_config('t', 'CONF_CLIENT_V2_API_ENABLED', 'on');
SELECT loyalty.create_program('t', 'base', 'Base', expiry_unit => 'days', expiry_value => 20);
SELECT loyalty.create_program('t', 'roll', 'Roll', expiry_unit => 'days', expiry_value => 20, expiry_type => 'rolling');
SELECT loyalty.create_program('t', 'claim', 'Claim');
SELECT loyalty.create_store('t', 's', 'Store'), loyalty.create_till('t', 't1', 's'), loyalty.create_till('t', 't2', 's');
SELECT loyalty.register_customer('t', mobile => '+91980000' || lpad(n::text, 4, '0'), registered_on => '2023-01-01')
    FROM generate_series(1, 1) n;
SELECT loyalty.register_customer('t', mobile => '+91980000' || lpad(n::text, 4, '0'), registered_on => '2023-01-01')
    FROM generate_series(2, 4) n;
SELECT loyalty.earn_points('t', customer_id, 10 * n, program => CASE WHEN n % 2 = 0 THEN 'roll' ELSE 'base' END,
    event_time => '2023-01-01'::timestamptz + n * interval '4 days', idempotency_key => CASE WHEN n % 4 <> 1 THEN 'earn ' || n END, source => CASE WHEN n = 5 THEN 'WEBSITE' END,
    till => CASE WHEN n = 5 THEN 't1' END,
    redeemable_from => CASE WHEN n = 3 THEN '2023-01-02'::timestamptz END)
    FROM loyalty_data.customer, generate_series(1, 8) n ORDER BY n;
SELECT loyalty.add_transaction_by_identifiers('t', 'tagged', 20, mobile => '+919800000005', transaction_type => 'non_loyalty',
    event_time => '2023-02-01', till => 't1', line_items => '[{"item_code": "x", "amount": 20}]');
SELECT loyalty.add_transaction_by_identifiers('t', 'waiting', 20, mobile => '+919800000006', transaction_type => 'non_loyalty');
SQL
use_keys(1);
$node->safe_psql('postgres', <<'SQL');
SELECT loyalty.register_customer('t', mobile => '+919800000005', registered_on => '2023-01-01');
SELECT loyalty.add_transaction('t', customer_id, 'N' || customer_id, 99, event_time => '2023-02-05', till => 't1',
    line_items => '[{"item_code": "x", "amount": 90}, {"item_code": "y", "amount": 9, "quantity": 3}]')
    FROM loyalty_data.customer ORDER BY 1;
SELECT loyalty.add_transaction('t', customer_id, 'Z' || customer_id, 5, points => 0, event_time => '2023-02-05', discount => 1)
    FROM loyalty_data.customer ORDER BY 1;
SELECT loyalty.award_referral('t', b.customer_id, a.customer_id, 4, 3, transaction_number => 'N' || b.customer_id, event_time => '2023-02-05')
    FROM loyalty_data.customer a, loyalty_data.customer b WHERE a.customer_id = (SELECT min(customer_id) FROM loyalty_data.customer)
    AND b.customer_id = loyalty.find_customer('t', 'mobile', '+919800000002');
SELECT loyalty.return_transaction('t', customer_id, 'N' || customer_id, line_items => '[{"line_no": 2}]', event_time => '2023-02-05',
    return_number => 'R' || customer_id) FROM loyalty_data.customer ORDER BY 1;
SELECT loyalty.return_transaction('t', customer_id, 'Z' || customer_id, event_time => '2023-02-05') FROM loyalty_data.customer ORDER BY 1;
SELECT loyalty.merge_customers('t', loyalty.find_customer('t', 'mobile', '+919800000002'),
    loyalty.find_customer('t', 'mobile', '+919800000003'), event_time => '2023-02-06');
SQL
use_keys(2);
$node->safe_psql('postgres', <<'SQL');
SELECT loyalty.redeem_points('t', customer_id, 33, event_time => '2023-02-06', till => 't2', source => 'WEBSITE')
    FROM loyalty_data.customer WHERE merged_into IS NULL ORDER BY 1;
-- A bill whose points were spent is returned: they are claimed, and some of them come back.
SELECT loyalty.find_customer('t', 'mobile', '+919800000002') AS spender \gset
SELECT loyalty.add_transaction('t', :spender, 'K', 7, points => 7, program => 'claim', event_time => '2023-02-06');
SELECT event_id AS spent FROM loyalty.redeem_points('t', :spender, 7, program => 'claim', event_time => '2023-02-06') \gset
SELECT loyalty.return_transaction('t', :spender, 'K', event_time => '2023-02-06');
SELECT loyalty.reverse_redemption('t', :spender, NULL, 3, redemption_event_id => :spent, event_time => '2023-02-06');
CALL loyalty.close_day('t', '2023-01-10');
CALL loyalty.close_day('t', '2023-02-10');
CALL loyalty.expire_points('t', '2023-02-20');
CALL loyalty.close_day('t', '2023-02-15');
SQL
ledger_holds($node, 't');
my ($customer) = $node->safe_psql('postgres', "SELECT loyalty.find_customer('t', 'mobile', '+919800000002')");
# Promised points, before any row is chosen by its place: a posting moves rows.
$node->safe_psql('postgres', "SELECT loyalty.earn_points('t', $customer, 5, category => 'promised', program => 'base')");

# What verify_ledger says after a statement that the guard would refuse: a list of the details of what diverges, or the
# error of the statement.
my @cases;

sub try_out
{
	my ($name, $statement) = @_;

	push @cases, { name => $name, statement => $statement };
	return;
}

# A value that differs from a column's, for each type.
my %CHANGE = (
	int2        => 'coalesce(%s, 0) + 1',
	int4        => 'coalesce(%s, 0) + 1',
	int8        => 'coalesce(%s, 0) + 1',
	numeric     => '%s + 0.001',
	timestamptz => "coalesce(%s, '2023-01-01'::timestamptz) + interval '1 microsecond'",
	date        => '%s + 1',
	bool        => 'NOT %s',
	bytea       => q{coalesce(set_byte(%1$s, 3, get_byte(%1$s, 3) # 1), decode(repeat('00', 16), 'hex'))},
	uuid        => 'gen_random_uuid()',
	text        => q{coalesce(%s, '') || 'A'});
my %CODES = (
	category      => 'rpt',
	entry_type    => 'cdom',
	house_account => 'oimreabctg',
	award_type    => 'bBlLcd',
	expiry_type   => 'fr',
	movement_type => 'rReEbsuqtgcap',
	hash_version  => '12',
	transaction_type => 'rnb',
	outlier_status   => 'noift',
	counts           => 'cn',
	return_kind      => 'wlam',
	no_points        => 'seop');

# One row of each kind of event that a table knows.
my %KINDS = (
	ledger_account    => q{SELECT DISTINCT ON (category, balance > 0) t.ctid FROM loyalty_data.ledger_account t
	                       WHERE customer_id = %s AND last_entry_no > 1 ORDER BY category, balance > 0},
	ledger_event      => q{SELECT DISTINCT ON (event_code) t.ctid FROM loyalty_data.ledger_event t WHERE customer_id = %s
	                       ORDER BY event_code},
	ledger_entry      => q{SELECT DISTINCT ON (entry_type, house_account, event_code) t.ctid FROM loyalty_data.ledger_entry t
	                       WHERE customer_id = %s ORDER BY entry_type, house_account, event_code, source_id, entry_no},
	points_lot        => q{SELECT DISTINCT ON (award_type, expiry_type, remaining > 0) t.ctid FROM loyalty_data.points_lot t
	                       WHERE customer_id = %s ORDER BY award_type, expiry_type, remaining > 0, lot_id},
	lot_movement      => q{SELECT DISTINCT ON (movement_type) t.ctid FROM loyalty_data.lot_movement t WHERE customer_id = %s
	                       ORDER BY movement_type},
	lot_expiry_change => q{SELECT DISTINCT ON (customer_id) t.ctid FROM loyalty_data.lot_expiry_change t WHERE customer_id = %s
	                       ORDER BY customer_id, entry_no},
	reversal          => q{SELECT t.ctid FROM loyalty_data.reversal t WHERE customer_id = %s},
	lot_claim         => q{SELECT t.ctid FROM loyalty_data.lot_claim t WHERE customer_id = %s ORDER BY entry_no},
	day_seal          => q{SELECT t.ctid FROM loyalty_data.day_seal t WHERE %s > 0 ORDER BY seal_no},
	day_total         => q{SELECT DISTINCT ON (house_account) t.ctid FROM loyalty_data.day_total t WHERE %s > 0
	                       ORDER BY house_account, posting_day},
	ledger_day        => q{SELECT t.ctid FROM loyalty_data.ledger_day t WHERE %s > 0},
	key_use           => q{SELECT t.ctid FROM loyalty_data.key_use t WHERE %s > 0 ORDER BY event_id},
	transaction       => q{SELECT DISTINCT ON (transaction_type, return_kind, amount) t.ctid FROM loyalty_data.transaction t
	                       WHERE customer_id = %s ORDER BY transaction_type, return_kind, amount},
	transaction_line  => q{SELECT t.ctid FROM loyalty_data.transaction_line t WHERE customer_id = %s ORDER BY transaction_id, line_no},
	transaction_number => q{SELECT t.ctid FROM loyalty_data.transaction_number t WHERE customer_id = %s ORDER BY transaction_id},
	referral          => q{SELECT t.ctid FROM loyalty_data.referral t WHERE customer_id = %s});
die "no rows are chosen of $_" for grep { !$KINDS{$_} } @TABLES;

for my $table (@TABLES)
{
	my @rows = split /\n/, $node->safe_psql('postgres', sprintf $KINDS{$table}, $customer);
	cmp_ok(scalar @rows, '>', 0, "$table has rows");
	my @columns = map { [ split /\|/ ] } split /\n/, $node->safe_psql('postgres', <<"SQL");
SELECT attname, CASE typname WHEN 'char' THEN 'code' ELSE typname END, attnotnull FROM pg_attribute
JOIN pg_type y ON y.oid = atttypid WHERE attrelid = 'loyalty_data.$table'::regclass AND attnum > 0 AND NOT attisdropped
SQL
	@columns = grep { !$UNSEEN{"$table.$_->[0]"} } @columns;
	for my $row (@rows)
	{
		my %filled = map { $_ => 1 } split /\n/, $node->safe_psql('postgres',
			"SELECT key FROM loyalty_data.$table t, jsonb_each(to_jsonb(t)) WHERE t.ctid = '$row' AND value <> 'null'");
		for my $column (@columns)
		{
			my ($name, $type, $not_null) = @$column;
			my $change =
			  $type eq 'code'
			  ? sprintf(q{translate(coalesce(%s::text, '%s'), '%s', '%s')::"char"}, $name, substr($CODES{$name}, 0, 1), $CODES{$name},
				$CODES{$name} =~ s/(.)(.+)/$2$1/r)
			  : sprintf $CHANGE{$type}, $name;
			try_out("$table$row.$name", "UPDATE loyalty_data.$table SET $name = $change WHERE ctid = '$row'");
			try_out("$table$row.$name taken away",
				"UPDATE loyalty_data.$table SET $name = NULL WHERE ctid = '$row'")
			  if $not_null eq 'f' && $filled{$name};
		}
		try_out("$table$row removed", "DELETE FROM loyalty_data.$table WHERE ctid = '$row'");
	}
}

# Who was merged into whom: columns of an ordinary table.
my $survivor = $customer;
my ($victim, $other) = split /\n/, $node->safe_psql('postgres',
	"SELECT customer_id FROM loyalty_data.customer WHERE customer_id <> $survivor ORDER BY merged_into, customer_id LIMIT 2");
try_out("a merge: $_->[0]", "UPDATE loyalty_data.customer SET $_->[1] WHERE customer_id = $_->[2]")
  for [ "victim $victim of $customer is free", 'merged_into = NULL', $victim ], [ "$victim to another than $customer", "merged_into = $other", $victim ],
  [ "victim of $customer forgotten", 'merged_ids = NULL', $survivor ],
  [ "one more of $customer", "merged_ids = merged_ids || $other", $survivor ],
  [ "other of $customer merged", "merged_into = $survivor", $other ];
try_out("a merge of $customer undone on both sides", "WITH s AS (UPDATE loyalty_data.customer SET merged_ids = NULL WHERE customer_id = $survivor),"
  . " r AS (DELETE FROM loyalty_data.merge_record WHERE customer_id = $victim)"
  . " UPDATE loyalty_data.customer SET merged_into = NULL WHERE customer_id = $victim");

# Promised points that come later than their lot says.
try_out("a conversion of $customer put off", 'UPDATE loyalty_data.ledger_account SET next_conversion_at = next_conversion_at + interval $$1 day$$'
	. " WHERE customer_id = $customer AND next_conversion_at IS NOT NULL");
try_out("a conversion of $customer taken away",
	"UPDATE loyalty_data.ledger_account SET next_conversion_at = NULL WHERE customer_id = $customer AND next_conversion_at IS NOT NULL");

# A customer's ledger as a whole; and closings as a whole, but for the anchor.
my $whole = 'WITH ' . join(', ', map { "t$_ AS (DELETE FROM loyalty_data.$_ WHERE customer_id = $customer)" }
	  qw(ledger_event ledger_entry points_lot lot_movement lot_expiry_change reversal lot_claim transaction transaction_line transaction_number referral))
  . " DELETE FROM loyalty_data.ledger_account WHERE customer_id = $customer";
try_out("the books of $customer", $whole);
try_out("the accounts of $customer in a program",
	"DELETE FROM loyalty_data.ledger_account WHERE customer_id = $customer AND program_id = (SELECT max(program_id) FROM loyalty_data.program)");
my $last_seal = '(SELECT max(seal_no) FROM loyalty_data.day_seal)';
try_out('all closings', 'WITH s AS (DELETE FROM loyalty_data.day_seal) DELETE FROM loyalty_data.day_total');
try_out('the last closing with its totals', <<"SQL");
WITH s AS (DELETE FROM loyalty_data.day_seal WHERE seal_no = $last_seal RETURNING day),
     t AS (DELETE FROM loyalty_data.day_total t USING loyalty_data.day_seal p WHERE p.seal_no = $last_seal - 1 AND t.posting_day > p.day)
UPDATE loyalty_data.ledger_day d SET sealed_day = p.day, seals = p.seal_no, last_seal_hash = p.seal_hash
FROM loyalty_data.day_seal p WHERE p.seal_no = $last_seal - 1
SQL
try_out('notes of keys', 'DELETE FROM loyalty_data.key_use');

# Rows that were never posted, and edits that keep every sum right.
my $last = "(SELECT e FROM loyalty_data.ledger_entry e JOIN loyalty_data.program p USING (org_id, program_id)"
  . " WHERE e.customer_id = $customer AND p.program = 'base' AND e.category = 'r' ORDER BY e.entry_no DESC LIMIT 1)";
try_out('a credit that was never posted', <<"SQL");
WITH last AS (SELECT ($last).*),
     event AS (INSERT INTO loyalty_data.ledger_event SELECT (v.x).* FROM (SELECT jsonb_populate_record(v, jsonb_build_object(
         'event_id', loyalty_data.next_id(), 'net_points', 50)) AS x FROM loyalty_data.ledger_event v, last
         WHERE v.event_id = last.event_id) v RETURNING event_id),
     lot AS (INSERT INTO loyalty_data.points_lot SELECT (l.x).* FROM (SELECT jsonb_populate_record(l, jsonb_build_object(
         'lot_id', event.event_id, 'points', 50, 'remaining', 50, 'redeemed', 0, 'expired', 0, 'expires_at', null,
         'entry_no', last.entry_no + 1, 'program_id', last.program_id)) AS x FROM loyalty_data.points_lot l, last, event
         WHERE l.customer_id = $customer LIMIT 1) l),
     entry AS (INSERT INTO loyalty_data.ledger_entry SELECT (e.x).* FROM (SELECT jsonb_populate_record(e, jsonb_build_object(
         'event_id', event.event_id, 'entry_no', e.entry_no + 1, 'entry_type', 'c', 'house_account', 'i', 'points', 50,
         'balance_after', e.balance_after + 50)) AS x FROM last, event, loyalty_data.ledger_entry e
         WHERE (e.customer_id, e.program_id, e.category, e.entry_no)
             = (last.customer_id, last.program_id, last.category, last.entry_no)) e)
UPDATE loyalty_data.ledger_account a SET balance = balance + 50, lifetime_points = lifetime_points + 50,
    last_entry_no = last_entry_no + 1
FROM last WHERE (a.customer_id, a.program_id, a.category) = (last.customer_id, last.program_id, last.category)
SQL
try_out('a longer life for a lot',
	"UPDATE loyalty_data.points_lot SET expires_at = '2099-01-01' WHERE customer_id = $customer AND remaining > 0");
try_out('an event under another name',
	"UPDATE loyalty_data.$_ SET event_code = 12 WHERE customer_id = $customer AND event_code = 11") for qw(ledger_event ledger_entry);
try_out('another time',
	"UPDATE loyalty_data.$_ SET event_time = event_time - interval '1 day' WHERE customer_id = $customer") for qw(ledger_event ledger_entry);
try_out('two entries that change places', <<"SQL");
UPDATE loyalty_data.ledger_entry e SET entry_hash = o.entry_hash FROM loyalty_data.ledger_entry o
WHERE e.customer_id = $customer AND o.customer_id = e.customer_id AND o.program_id = e.program_id
    AND o.category = e.category AND e.entry_no + o.entry_no = 5 AND e.entry_no BETWEEN 2 AND 3
SQL

my @statements;
for my $case (@cases)
{
	push @statements, 'BEGIN',
	  (map { "ALTER TABLE loyalty_data.$_ DISABLE TRIGGER ALL" } @TABLES),
	  $case->{statement},
	  "SELECT string_agg(invariant || ': ' || coalesce(detail, ''), '; ') FROM loyalty.verify_ledger('t') WHERE ok IS NOT TRUE",
	  'ROLLBACK';
}
my @answers = calls($node, \@statements);
my ($refused, $found) = (0, 0);
my $per_case = @answers / @cases;
for my $i (0 .. $#cases)
{
	my ($edit, $verdict) = @answers[ $per_case * $i + 1 + @TABLES, $per_case * $i + 2 + @TABLES ];
	my $detail = $verdict->{rows}[0] // '';
	if ($edit->{state} ne '00000')
	{
		like($edit->{state}, qr/^23/, "$cases[$i]{name}: a constraint refuses it");
		$refused++;
		next;
	}
	$found++;
	isnt($detail, '~', "$cases[$i]{name} is found") or diag($cases[$i]{statement});
	like($detail, qr/\b$customer\b/, 'and the customer named')
	  if $detail ne '~' && $cases[$i]{statement} !~ /SET (customer_id|org_id) =|loyalty_data\.(day_|ledger_day|key_use|customer )/;
}
cmp_ok($found, '>', 200, "$found edits tried, $refused refused by constraints");
ledger_holds($node, 't', 'all is well again');

# A column that must have a value and has none, as a repair may leave it: verify_ledger finds it, or what reads it raises;
# nothing takes the backend with it.
my (@lacking, @emptied);
for my $table (@TABLES)
{
	my ($row) = split /\n/, $node->safe_psql('postgres', sprintf $KINDS{$table}, $customer);
	for my $column (split /\n/, $node->safe_psql('postgres', "SELECT attname FROM pg_attribute WHERE attnotnull"
		  . " AND attrelid = 'loyalty_data.$table'::regclass AND attnum > 0 AND NOT attisdropped"))
	{
		push @lacking, "$table.$column";
		push @emptied, 'BEGIN', "ALTER TABLE loyalty_data.$table DISABLE TRIGGER ALL",
		  "ALTER TABLE loyalty_data.$table DROP CONSTRAINT ${table}_pkey",
		  "ALTER TABLE loyalty_data.$table ALTER $column DROP NOT NULL",
		  "UPDATE loyalty_data.$table SET $column = NULL WHERE ctid = '$row'", 'SAVEPOINT emptied',
		  (map { ($_, 'ROLLBACK TO emptied') } "SELECT count(*) FROM loyalty.verify_ledger('t') WHERE ok IS FALSE",
			"SELECT count(*) FROM loyalty.points_balance('t', $customer)",
			"SELECT count(*) FROM loyalty.points_ledger('t', $customer)",
			"SELECT count(*) FROM loyalty.redeem_points('t', $customer, 1, program => 'ALL')"), 'ROLLBACK';
	}
}
my @read = calls($node, \@emptied);
my $per_column = @read / @lacking;
for my $i (0 .. $#lacking)
{
	my @of_column = @read[ $per_column * $i .. $per_column * ($i + 1) - 1 ];
	is($of_column[4]{state}, '00000', "$lacking[$i] is null");
	ok($of_column[6]{state} ne '00000' || $of_column[6]{rows}[0] > 0, 'which is found, or raised');
}
cmp_ok(scalar @lacking, '>', 60, 'so are all columns of the ledger that must have values');
ledger_holds($node, 't', 'and all is well again');

log_is_clean($node);
$node->stop;
done_testing();
