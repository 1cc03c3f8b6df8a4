# verify_data: each reference between tables is broken once, and found; the catalogue of references is complete. And what
# health_check says of rows without an org and of triggers that are lifted.
# Slow: scripts/test --quick leaves it out.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use LoyaltyStory;
use LoyaltyTest;
use Test::More;

# Columns whose names end in _id, _ids or _no and that name no row of a table.
my %names_nothing = (
	(map { $_ => 'the key of its own table' } qw(org.org_id source.source_id store.store_id program.program_id till.till_id
		field.field_id
		customer.customer_id customer_note.note_id status_label.label_id customer_status_change.change_id deletion_request.request_id
		message_template.template_id template_version.version_no bsp_account.bsp_account_id event_delivery.event_no
		event_subscriber.subscriber_id inbound_message.message_id message.message_id message_attachment.attachment_no message_status.status_no
		org_contact.contact_id org_unit.org_unit_id reminder.reminder_id sender.sender_id
		number_series.number_series_id number_series_event.event_id card_label.label_id card.card_id card_change.change_id
		ledger_event.event_id ledger_event.redemption_id points_lot.lot_id merge_record.merge_id subscription.consent_no
		code_key.secret_id verification_code.code_no verification_attempt.attempt_no verification_attempt.run_no
		activation_term.term_no code_batch.batch_no code_space.space_id gift_voucher.voucher_id voucher_movement.movement_id voucher_movement.movement_no participation_change.change_no change_request.request_id change_request_log.log_no
		coupon.coupon_id coupon_series.series_id coupon_stock.stock_no generic_coupon.coupon_id incentive_use.coupon_id incentive_use.use_id limit_slot.slot_no use_limit.limit_id use_return.return_id
		ledger_entry.entry_no transaction_line.line_no transaction_load_error.line_no merge_line.line_no day_seal.seal_no)),
	(map { $_ => 'the name of an account at a source, which is text' } qw(profile.account_id channel.account_id subscription.account_id)),
	(map { $_ => 'the number of a run of guesses, which is no row' } qw(verification_use.run_no verification_release.run_no)),
	'change_request.result_id' => 'an event, a bill or a merge, as the type of the request says',
	'change_request_log.subject_id' => 'the survivor of a merge, or a step of an escalation',
	'profile.external_id' => 'what a source calls the customer',
	(map { $_ => 'what a provider calls a template, its sender or a message' } qw(template_version.header_id template_version.external_template_id
		message_body.header_id message_body.external_template_id provider_message.provider_message_id)),
	(map { $_ => 'an event as it was told: its row may be of any table, or none, and its delivery may be gone' } qw(event_delivery.event_id
		event_delivery.previous_event_id event_head.last_event_id)),
	(map { $_ => 'counts deliveries or leases' } qw(event_head.last_no event_head.next_no event_head.lease_no message_queue.lease_no)),
	'message.version_no' => 'a version of the template in the language of the message, which retention leaves',
	'message_attachment.content_id' => 'what a text calls the file',
	(map { $_ => 'the number of a key in the key file' } qw(number_series.key_id ledger_entry.key_id ledger_event.key_id ledger_account.last_key_id day_seal.key_id
		ledger_day.key_id key_use.key_id code_space.key_id gift_voucher.key_id bsp_account.key_id event_subscriber.key_id message_body.key_id verification_code.key_id)),
	'voucher_movement.event_id' => 'a redemption of points of its first holder, whom a deletion takes from the voucher',
	'incentive_note.note_id' => 'what was said of it: a coupon, a use, a voucher or a movement',
	'incentive_request.result_id' => 'what the call made: a coupon, a use, a voucher or a movement',
	'offer_claim.offer_id' => 'a series or a promotion',
	'use_limit.change_no' => 'counts changes',
	'use_limit.owner_id' => 'a series or a promotion, which are numbered together',
	'key_use.event_id' => 'the note itself', 'key_use.bound_event_id' => 'an id that nothing has',
	'transaction_load.last_line_no' => 'a line of a source, which is none of our tables',
	'ledger_event.pair_id' => 'what two events share: no row has it as its key');

# Rows of a table in which a reference names something of that kind.
my %only = (
	'transaction_number.customer_id, transaction_id name a transaction'       => 'customer_id <> 0',
	'transaction_number.transaction_id names a tagged_transaction' => 'customer_id = 0');

# What is found besides: a copy of a lot in another program makes its movements those of another account.
my %besides = ('points_lot.program_id' => qr/^lot_(?:movement|expiry_change)\.entry_no /);

my $keys = PostgreSQL::Test::Utils::tempdir() . '/keys';
PostgreSQL::Test::Utils::append_to_file($keys, '1 ' . 'a1' x 32 . "\n");
chmod(0600, $keys) or die "chmod: $!";
my $node = start_node('data', conf => "loyalty.clock = '2024-06-15 12:00:00+00'\nloyalty.key_file = '$keys'\n");
$node->safe_psql('postgres', join '', map { story_begins($_), story($_, $_ eq 'firm' ? 1 : 2), story_ends($_) } 'firm', 'rival');

sub broken
{
	my ($before) = @_;

	return $node->safe_psql('postgres', "BEGIN;\n$before;\n"
		  . "SELECT invariant || ': ' || detail FROM loyalty.verify_data('firm') WHERE NOT ok;\nROLLBACK");
}

is(broken('SELECT'), '', 'nothing is missing in a healthy org');
my @invariants = split /\n/, $node->safe_psql('postgres',
	"SELECT invariant FROM loyalty.verify_data('firm') WHERE ok AND detail IS NULL");
cmp_ok(scalar @invariants, '>', 80, 'every reference is looked at');

# ---- the catalogue

my %named;
for (@invariants)
{
	my ($table, $columns) = /^(\w+)\.(.*?) names? an? \w+$/ or die "what is $_?";
	$named{"$table.$_"} = 1 for split /, /, $columns;
}
my @columns = split /\n/, $node->safe_psql('postgres', <<'SQL');
SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'loyalty_data'::regnamespace AND c.relkind = 'r' AND a.attname ~ '_(ids?|no)$' AND a.attnum > 0
        AND (a.attname <> 'org_id' OR c.relname = 'org') ORDER BY 1
SQL
is(join(' ', grep { !$named{$_} && !$names_nothing{$_} } @columns), '', 'the catalogue names every column that ends in _id or _no');
my %column = map { $_ => 1 } @columns;
is(join(' ', sort grep { !$column{$_} || $named{$_} } keys %names_nothing), '', 'no exception is left over');

# ---- each reference, broken

# Lets a table take a copy of a row in which a column is another: nobody refers to the copy.
sub copy
{
	my ($table, $column, $value, $where) = @_;

	return <<"SQL";
SET LOCAL client_min_messages = warning;
SELECT format('ALTER TABLE loyalty_data.$table DROP CONSTRAINT %I', conname) FROM pg_constraint
    WHERE conrelid = 'loyalty_data.$table'::regclass AND contype IN ('p', 'u', 'c') \\gexec
SELECT format('DROP INDEX %s', indexrelid::regclass) FROM pg_index
    WHERE indrelid = 'loyalty_data.$table'::regclass AND indisunique \\gexec
INSERT INTO loyalty_data.$table SELECT (jsonb_populate_record(t, jsonb_build_object('$column', $value))).* FROM loyalty_data.$table t
    WHERE t.org_id = (SELECT org_id FROM loyalty_data.org WHERE org = 'firm') AND $where LIMIT 1
SQL
}

my %other = (smallint => '32000', integer => '2000000000', bigint => '999999999999', text => "'nowhere'", '"char"' => "'z'",
	'bigint[]' => "'[999999999999]'::jsonb", 'integer[]' => "'[2000000000]'::jsonb");
for my $invariant (@invariants)
{
	my ($table, $columns) = $invariant =~ /^(\w+)\.(.*?) names? /;
	my @list = split /, /, $columns;
	my $changed = $list[-1];
	my $type = $node->safe_psql('postgres', "SELECT format_type(atttypid, NULL) FROM pg_attribute"
		  . " WHERE attrelid = 'loyalty_data.$table'::regclass AND attname = '$changed'");
	my $where = join ' AND ', $only{$invariant} // 'true', map { "t.$_ IS NOT NULL" } @list;
	my $found = broken(copy($table, $changed, $other{$type}, $where));
	my @found = split /\n/, $found;
	my ($details) = grep { /^\Q$invariant\E: / } @found;
	like($details // $found, qr/^\Q$invariant\E: (?:(?:\w+ \w+, )*\w+ \w+ \(1 row\)|1 row)$/, "found: $invariant");
	my $besides = $besides{"$table.$changed"} // qr/^\z/;
	is(join(' ', grep { !/^$table\.[^:]*\b$changed\b/ && !/$besides/ } @found), '', 'and nothing that has nothing to do with it');
	unlike($found, qr/[+]9198|example\.com|\b77\d{4}\b/, 'the detail names no person and no card');
}

# ---- rows of an org that does not exist

sub health
{
	my ($item, $before) = @_;

	return $node->safe_psql('postgres', "BEGIN;\n$before;\nSELECT value FROM loyalty.health_check() WHERE item = '$item';\nROLLBACK");
}

is(health('rows_without_org', 'SELECT'), 'none', 'every row has its org');
for my $table (grep { !/^(?:org|source|code_key|delivery_code|event_type|made_trigger|object_capability|table_distribution)$/ } tables($node))
{
	is(health('rows_without_org', copy($table, 'org_id', 2000000000, 'true')), "$table (org_id 2000000000)",
		"a row of $table without its org is found");
}

# ---- triggers

is(health('guards', 'SELECT'), 'in force', 'the guards are in force');
is(health('guards', 'ALTER TABLE loyalty_data.points_lot ENABLE TRIGGER ledger_guard;'
	  . ' ALTER TABLE loyalty_data.ledger_entry DISABLE TRIGGER ALL'),
	'not always enabled: ledger_entry.ledger_guard, points_lot.ledger_guard', 'those that are lifted are named');
is(health('guards', 'ALTER TABLE loyalty_data.org DISABLE TRIGGER org_changed'), 'not always enabled: org.org_changed',
	'caches want their triggers, too');
is(health('guards', 'DROP TRIGGER ledger_guard ON loyalty_data.day_seal; DROP TRIGGER org_changed ON loyalty_data.till'),
	'not always enabled: day_seal.ledger_guard (missing), till.org_changed (missing)', 'those that were dropped as well');
for my $made ('BEFORE DELETE ON loyalty_data.points_lot FOR EACH STATEMENT EXECUTE FUNCTION loyalty_data.ledger_guard()',
	'BEFORE UPDATE OR DELETE OR TRUNCATE ON loyalty_data.points_lot FOR EACH STATEMENT WHEN (false) EXECUTE FUNCTION loyalty_data.ledger_guard()',
	'BEFORE UPDATE OR DELETE OR TRUNCATE ON loyalty_data.points_lot FOR EACH STATEMENT EXECUTE FUNCTION loyalty_data.org_changed()')
{
	is(health('guards', "DROP TRIGGER ledger_guard ON loyalty_data.points_lot; CREATE TRIGGER ledger_guard $made;"
		  . ' ALTER TABLE loyalty_data.points_lot ENABLE ALWAYS TRIGGER ledger_guard'),
		'not always enabled: points_lot.ledger_guard (missing)', "one of that name is not enough: $made");
}
is(health('guards', 'CREATE TRIGGER of_the_site AFTER INSERT ON loyalty_data.org EXECUTE FUNCTION'
	  . ' suppress_redundant_updates_trigger()'), 'in force', 'a trigger of the site is its own affair');

# ---- a statement that is made for one call and fails leaves no plan behind

my $plans = "SELECT count(*) FROM pg_backend_memory_contexts WHERE name = 'CachedPlanSource'";
my $fails = "SELECT count(*) FROM loyalty.verify_data('firm')";
my @failed = calls($node, [ 'BEGIN', 'ALTER TABLE loyalty_data.event_note RENAME TO note_of_the_site',
	'CREATE VIEW loyalty_data.event_note AS SELECT n.* FROM loyalty_data.note_of_the_site n WHERE 1 / 0 > n.customer_id',
	'SAVEPOINT made', $fails, 'ROLLBACK TO made', $plans, (map { ($fails, 'ROLLBACK TO made') } 1 .. 5), $plans, 'ROLLBACK' ]);
is($failed[4]{state}, '22012', 'a search for references fails where a table cannot be read');
is($failed[-2]{rows}[0], $failed[6]{rows}[0], 'and no plan of it is kept');

# ---- who may ask

$node->safe_psql('postgres', 'CREATE ROLE boss LOGIN IN ROLE loyalty_admin; CREATE ROLE eye LOGIN IN ROLE loyalty_analyst;'
	  . " CREATE ROLE clerk LOGIN IN ROLE loyalty_agent, loyalty_pos; SELECT loyalty.grant_org('firm', r) FROM unnest('{boss,eye,clerk}'::name[]) r");
for ([ 'boss', 'firm', '00000' ], [ 'eye', 'firm', '00000' ], [ 'boss', 'rival', 'LY004' ], [ 'eye', 'nowhere', 'LY004' ],
	[ 'clerk', 'firm', '42501' ])
{
	my ($user, $org, $state) = @$_;
	is((call($node, "SELECT count(*) FROM loyalty.verify_data('$org')", user => $user))[0], $state, "$user asks of $org: $state");
}
is((call($node, 'SELECT count(*) FROM loyalty.verify_data(NULL)'))[0], 'LY001', 'an org is required');
is((calls($node, [ 'BEGIN READ ONLY', "SELECT count(*) FROM loyalty.verify_data('firm')", 'ROLLBACK' ]))[1]{state}, '00000',
	'it only reads');

log_is_clean($node);
$node->stop;
done_testing();
