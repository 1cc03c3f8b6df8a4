# Plans of all statements of the stores, and what the views do for one customer, do not depend on statistics: in a database that
# nobody has analysed, empty or with a customer of thousands of lots, rows of customers are found by all columns of a key that are
# known. Right after a restore, what calls and views touch is counted.
# Slow: scripts/test --quick leaves it out.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use JSON::PP;
use LoyaltyStatements;
use LoyaltyTest;
use Test::More;

use constant { LOTS => 2000, DRAWS => 1000 };

my $node = start_node('plans', conf => "autovacuum = off\nloyalty.clock = '2024-06-15 12:00:00+00'\n");
my $json = JSON::PP->new->canonical;

# Statements that are about more than one customer, or find their rows in another way, by what is said of them below.
my %known = (
	'ledger_store: customers_due: ledger_account: ledger_account_expiry without customer_id'  => 'a job looks for who is due',
	'lot_store: customers_promised: points_lot: points_lot_open without customer_id'          => 'a job looks for who is due',
	'jobs_store: customers_loyal: customer: customer_pkey without customer_id'                => 'a job goes through the customers of an org',
	'mobile_store: mobiles_known: customer: customer_owner without customer_id'               => 'goes through the customers of an org',
	'tagged_bill_store: tagged_mobiles: tagged_transaction: tagged_transaction_pkey without identifier_value' =>
	  'goes through the bills of an org that wait',
	'ndnc_store: messages_forget: mobile_ndnc: mobile_ndnc_learned without mobile'            => 'entries that messages of one customer taught',
	'code_taken_store: any_of_table: promo_code: promo_code_pkey without code'                 => 'a new space is held against all codes of its prefix',
	'code_taken_store: of_code_taken_5: coupon: coupon_pkey without coupon_code'               => 'the same',
	'occasion_store: customers_of_day: customer_field: customer_field_day without customer_id' => 'a job looks for who has a day',
	'reminder_topic_store: customers_of_day: points_lot: points_lot_open without customer_id'  => 'a job looks for who has a day',
	'event_store: heads_available: event_head: event_head_order without customer_id'           => 'a worker takes what waits, whose ever it is',
	'subscriber_store: first_break: event_head: event_head_pkey without customer_id'           => 'a check goes through the events of an org',
	'subscriber_store: subscribers_late: event_head: event_head_order without customer_id'    => 'looks for one that waits',
	'event_retention_store: customers_old: event_delivery: event_delivery_pkey without customer_id' => 'a job looks for what is old',
	'code_retention_store: guesses_old: verification_attempt: verification_attempt_pkey without customer_id' => 'a job looks for what is old',
	'code_retention_store: codes_old: verification_code: verification_code_pkey without customer_id' => 'a job looks for what is old',
	'event_retention_store: events_forget: Nested Loop: (d.event_id = n.event_id)'             => 'the events of one customer that go',
	(map { ("search_store: names: profile: profile_${_}_name without customer_id" => 'people are looked for by name') } qw(first last)),
	(map { ("search_store: $_: customer: customer_owner without customer_id" => 'a survivor and its victims') } qw(names among)),
	'outbox_store: queued_available: message_queue: message_queue_order without customer_id'   => 'a worker takes what waits, whose ever it is',
	'outbox_store: messages_late: message_queue: message_queue_order without customer_id'      => 'looks for one that waits',
	'outbox_store: queued_over: message_queue: message_queue_end without customer_id'          => 'a job looks for what is over',
	'report_store: consent_lines: customer_identifier: customer_identifier_value without customer_id' => 'a list of the consents of an org',
	'inbox_store: source_consents: subscription: subscription_pkey is not searched for consent_no'    => 'the newest consent of each source of one customer',
	'participation_section_store: section: Nested Loop: (a.program_id = v.program_id)'          => 'the programs of one customer',
	'escalation_store: customers_due: change_request: change_request_pending without customer_id' => 'a job looks for what waits',
	'escalation_store: customers_due: deletion_request: deletion_request_open without customer_id' => 'a job looks for what waits',
	(map { ("list_store: $_: change_request: change_request_time without customer_id" => 'a list of the requests of an org') }
		qw(requests_page requests_lines)),
	(map { ("series_store: $_: coupon_stock: coupon_stock_series without coupon_code" => 'the stock of a series, in its order') }
		qw(stock_last stock_free stock_next stock_count)),
	'voucher_store: vouchers_due: gift_voucher: gift_voucher_expiry without voucher_id'       => 'a job looks for what is due',
	(map { ("voucher_holding_store: $_: gift_voucher: gift_voucher_customer without voucher_id" => 'the vouchers of one customer') }
		qw(holdings_2 holdings_3 holdings_5 holdings_7 holdings_8)),
	'card_store: cards_expire: card: card_expiry without card_number'                         => 'a job looks for what is due',
	'reversal_store: draws_of_redemption: Nested Loop: (v.event_id = y.event_id)'             => 'the reversals of one redemption',
	'reversal_store: draws_of_redemption: Nested Loop: (v_1.event_id = e.event_id)'           => 'the reversals of one redemption',
	'reversal_store: back_elsewhere: Nested Loop: (v.event_id = e.event_id)'                  => 'the reversals of one redemption',
	(map { ("reversal_store: outcome_of_reversal: Nested Loop: (n.$_ = e.$_)" => 'the entries of one event') } qw(program_id category entry_no)),
);

# ---- what a plan must be

# Tables with rows of customers, and the columns of their indexes: of all, and of those that are unique.
my (%is_customers, %index, %key);
for (split /\n/, $node->safe_psql('postgres', q{SELECT format('%s|%s|%s|%s|%s', t.relname, i.relname, d.key_column, x.indisunique,
		string_agg(a.attname, ',' ORDER BY a.attnum))
	FROM loyalty_data.table_distribution d JOIN pg_class t ON t.oid = ('loyalty_data.' || quote_ident(d.table_name))::regclass
	JOIN pg_index x ON x.indrelid = t.oid JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_attribute a ON a.attrelid = i.oid
	WHERE d.distribution <> 'reference' GROUP BY t.relname, i.relname, d.key_column, x.indisunique}))
{
	my ($table, $name, $column, $unique, $columns) = split /\|/;
	$is_customers{$table} = $column;
	$index{$name} = [ split /,/, $columns ];
	$key{$table}{$_} = 1 for $unique eq 't' ? @{ $index{$name} } : ();
}
cmp_ok(scalar keys %index, '>', 40, 'indexes of tables of customers');

# The parts of a condition that are joined by AND.
sub parts
{
	my ($text) = @_;
	my ($depth, $one, @all) = (0, '');

	return () unless defined $text;
	$text =~ s/^\((.*)\)$/$1/s if $text =~ /^\(\(/;
	for my $token ($text =~ /\(|\)| AND |[^()A ]+|A| /g)
	{
		$depth += $token eq '(' ? 1 : $token eq ')' ? -1 : 0;
		if ($token eq ' AND ' && $depth == 0) { push @all, $one; $one = ''; }
		else { $one .= $token; }
	}
	return (@all, $one);
}

# The column that a part says to equal something that is no constant.
sub column_of
{
	my ($part) = @_;

	return $part !~ / OR / && $part =~ /^\(?(?:\w+\.)?"?(\w+)"? = (?!'|\d|true|false)/ ? $1 : '';
}

# What is wrong with a plan: rows of customers that are read without an index, or by half a key though more of it is known.
sub complaints
{
	my ($plan) = @_;
	my ($table, $type, @found) = ($plan->{'Relation Name'} // '', $plan->{'Node Type'});

	push @found, "$table: $type" if $is_customers{$table} && $type =~ /Seq Scan/;
	if ($is_customers{$table} && $plan->{'Index Name'})
	{
		my $name  = $plan->{'Index Name'};
		my %equal = map { /^\(?(?:\w+\.)?"?(\w+)"? = / ? ($1 => 1) : () } parts($plan->{'Index Cond'});
		my $whole = !grep { !$equal{$_} } @{ $index{$name} };
		push @found, "$table: $name without $is_customers{$table}"
		  if !$whole && !grep { $equal{$_} } 'customer_id', 'parent_customer_id', $is_customers{$table};
		push @found, map { "$table: $name is not searched for $_" }
		  grep { $_ ne 'org_id' && $key{$table}{$_} } map { column_of($_) } $whole ? () : parts($plan->{Filter});
	}
	for my $part (map { parts($plan->{$_}) } 'Join Filter', 'Hash Cond', 'Merge Cond')
	{
		push @found, "$type: $part" if column_of($part) !~ /^(?:|org_id)$/;
	}
	return (@found, map { complaints($_) } @{ $plan->{Plans} // [] });
}

# ---- statements

my @as_stored = (
	"LOAD 'loyalty'",
	'SET search_path = pg_catalog, pg_temp',
	'SET plan_cache_mode = force_generic_plan',
	'SET max_parallel_workers_per_gather = 0',
	'SET loyalty.plan_by_key = on',
	map { "SET $_ = off" } qw(enable_seqscan enable_hashjoin enable_mergejoin enable_material jit));

# The plans of all of them, as query.c makes them.
sub plans_of
{
	my ($database, @statements) = @_;
	my ($script, $n) = (join('', map { "$_;\n" } @as_stored), 0);

	for my $statement (@statements)
	{
		my @types = @{ $statement->{types} };
		$n++;
		$script .= "PREPARE s$n" . (@types ? '(' . join(', ', @types) . ')' : '') . " AS $statement->{sql};\n\\echo \@\@\n"
		  . "EXPLAIN (FORMAT JSON, COSTS OFF) EXECUTE s$n" . (@types ? '(' . join(', ', ('NULL') x @types) . ')' : '') . ";\n";
	}
	my (undef, @plans) = split /^\@\@$/m, $node->safe_psql($database, $script);
	return map { $json->decode($_)->[0]{Plan} } @plans;
}

my @statements = grep { $_->{sql} =~ /^(?:SELECT|INSERT|UPDATE|DELETE|WITH)\b.*\bloyalty_data\./s } stored_statements();
cmp_ok(scalar @statements, '>', 180, 'statements of the stores');

my @of_empty = plans_of('postgres', @statements);
for my $i (0 .. $#statements)
{
	my $name = "$statements[$i]{file}: $statements[$i]{name}";
	my @wrong = grep { !$known{$_} } map { "$name: $_" } complaints($of_empty[$i]);
	ok(!@wrong, $name) or diag(map { "$_\n" } @wrong);
}

# ---- the same when tables are full

my $story = <<"SQL";
SELECT loyalty.create_org('o', 'O', base_country => 'SG'), loyalty.create_program('o', 'p', 'P', is_default => true),
    loyalty.set_config('o', 'CONF_ALLOW_REGISTRATION_FROM_ANY_IDENTIFIERS', '1');
SELECT customer_id AS ann FROM loyalty.register_customer('o', '91230001', registered_on => '2020-01-01') \\gset
SELECT customer_id AS old FROM loyalty.register_customer('o', '91230002', registered_on => '2020-01-01') \\gset
SELECT count(loyalty.register_customer('o', '9124' || to_char(i, 'FM0000'), registered_on => '2020-01-01')) FROM generate_series(1, 500) i;
SELECT count(*) FROM loyalty.earn_points_batch('o', (SELECT jsonb_agg(jsonb_build_object('customer_id', :ann, 'points', 3, 'event_time', '2024-01-01T00:00Z',
    'expires_at', timestamptz '2025-01-01Z' + i * interval '1 day')) FROM generate_series(1, @{[LOTS]}) i));
SELECT count(*) FROM loyalty.redeem_points_batch('o', (SELECT jsonb_agg(jsonb_build_object('customer_id', :ann, 'points', 1,
    'event_time', '2024-02-01T00:00Z')) FROM generate_series(1, @{[DRAWS]}) i));
SELECT loyalty.add_transaction('o', :ann, 'B-' || i, 100, event_time => '2024-03-01Z', line_items => '[{"item_code": "a", "amount": 100}]')
FROM generate_series(1, 200) i;
SELECT loyalty.earn_points('o', :old, 10, event_time => '2024-01-01Z'), loyalty.add_transaction('o', :old, 'O-1', 10, event_time => '2024-01-02Z');
SELECT loyalty.merge_customers('o', :ann, :old);
SELECT loyalty.redeem_points('o', :ann, @{[DRAWS * 3]}, event_time => '2024-06-01Z', idempotency_key => 'many');
SQL
$node->safe_psql('postgres', $story);
$node->command_ok([ 'pg_dump', '-Fc', '-f', $node->basedir . '/dump', '-d', $node->connstr('postgres') ], 'a dump');
$node->safe_psql('postgres', 'CREATE DATABASE restored');
$node->command_ok([ 'pg_restore', '-d', $node->connstr('restored'), $node->basedir . '/dump' ], 'and its restore');

sub different
{
	my ($database) = @_;
	my @plans = plans_of($database, @statements);

	return join ' ', map { $json->encode($plans[$_]) eq $json->encode($of_empty[$_]) ? () : $statements[$_]{name} } 0 .. $#statements;
}
is(different('restored'), '', 'plans after a restore are those of an empty database');

# ---- what calls touch

my ($ann, $old) = split /\n/, $node->safe_psql('restored', 'SELECT customer_id FROM loyalty_data.customer ORDER BY 1 LIMIT 2');

# How many rows and index entries a statement reads, in a transaction that is rolled back.
sub touched
{
	my ($sql, @before) = @_;
	my $read = q{(SELECT sum(COALESCE(seq_tup_read, 0) + COALESCE(idx_tup_fetch, 0))::int8 FROM pg_stat_xact_user_tables WHERE schemaname = 'loyalty_data')};

	@before = ("SET statement_timeout = '20s'") unless @before;
	return $node->safe_psql('restored', join "\n", (map { "$_;" } @before, 'BEGIN'), "SELECT $read AS before \\gset", "$sql \\g /dev/null",
		"SELECT $read - :before;", 'ROLLBACK;');
}
my $has_reversals = $node->safe_psql('restored', "SELECT to_regclass('loyalty_data.reversal') IS NOT NULL") eq 't';
my $one = $node->safe_psql('restored', "SELECT min(event_id) FROM loyalty_data.ledger_event WHERE customer_id = $ann AND event_code = 30");
my %most = (
	"SELECT loyalty.reverse_redemption('o', $ann, NULL, redemption_event_id => $one)"                          => $has_reversals ? 300 : 2000,
	"SELECT loyalty.redeem_points('o', $ann, 5)"                                                                => 100,
	"SELECT loyalty.return_transaction('o', $ann, 'B-7')"                                                       => 300,
	"SELECT loyalty.return_transaction('o', $ann, 'O-1')"                                                       => 300,
	"SELECT loyalty.redeem_points('o', $ann, @{[DRAWS * 3]}, event_time => '2024-06-01Z', idempotency_key => 'many')" => 100,
);
for my $sql (sort keys %most)
{
	my $rows = touched($sql);
	cmp_ok($rows, '<', $most{$sql}, "$sql: $rows rows");
}

# ---- what a page of the timeline touches, whatever lies in front of it and behind

# The keys of the last line, of a bill and of an entry half way, and of the first line of all.
my %key = (
	'first page' => 'NULL',
	'behind a bill' => "'" . $node->safe_psql('restored', "SELECT 'bill:0:' || (EXTRACT(epoch FROM recorded_at) * 1000000)::int8 || '-' || transaction_id
		FROM loyalty_data.transaction WHERE customer_id = $ann ORDER BY transaction_id OFFSET 100 LIMIT 1") . "'",
	'behind an entry' => "'" . $node->safe_psql('restored', "SELECT 'points:0:' || (EXTRACT(epoch FROM recorded_at) * 1000000)::int8 || '-' || event_id
		FROM loyalty_data.ledger_entry WHERE customer_id = $ann AND event_code IS NOT NULL ORDER BY event_id OFFSET 1000 LIMIT 1") . "'",
	'of a time' => "NULL, to_time => '2024-06-15 12:00Z'",
	'of a time without lines' => "NULL, to_time => '2024-06-15 11:59Z'");
for my $name (sort keys %key)
{
	my $sql = "SELECT * FROM loyalty.customer_timeline('o', $ann, page_size => 10, page_key => $key{$name})";
	my $shown = $node->safe_psql('restored', "SELECT count(*) FROM ($sql) x");
	my $rows = touched($sql);
	is($shown, $name =~ /without/ ? 0 : 10, "timeline, $name");
	cmp_ok($rows, '<', 700, "timeline, $name: $shown shown, $rows read");
}

# ---- what views touch

# Each view that shows one customer, by its id of today, by the one that rows were written for, and one thing of it.
my @of_one = ("customer_id = $ann", "original_customer_id = $old", "original_customer_id = $ann");
my ($lot, $bill) = split /\|/, $node->safe_psql('restored', "SELECT (SELECT min(lot_id) FROM loyalty_data.points_lot WHERE customer_id = $ann),
	(SELECT min(transaction_id) FROM loyalty_data.transaction WHERE customer_id = $ann)");
my %thing = (
	lot_trace             => "lot_id = $lot",
	points_ledger_entries => "program = 'p' AND category = 'regular' AND entry_no = 7",
	transactions          => "transaction_id = $bill",
);
# Without a table of reversals a redemption's are looked for among all of the org.
my @views = (qw(points_ledger_entries lot_trace points_expiry_schedule customer_points transactions), $has_reversals ? 'redemptions' : ());
for my $view (@views)
{
	for my $whose (@of_one)
	{
		my $sql = "SELECT * FROM loyalty.$view WHERE org = 'o' AND $whose";
		my $shown = $node->safe_psql('restored', "SELECT count(*) FROM ($sql) x");
		my $rows = touched($sql);
		cmp_ok($rows, '<', 200 + 20 * $shown, "$view of $whose: $shown shown, $rows read");
	}
	next unless $thing{$view};
	my $rows = touched("SELECT * FROM loyalty.$view WHERE org = 'o' AND customer_id = $ann AND original_customer_id = $ann AND $thing{$view}");
	cmp_ok($rows, '<', 200, "$view of one thing: $rows read");
}

$node->safe_psql('restored', 'ANALYZE');
is(different('restored'), '', 'and so are those of an analysed one');
done_testing();
