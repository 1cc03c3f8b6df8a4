# expire_points commits as it goes. An error after a commit must leave the caller's session the caller's.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use LoyaltyTest;
use Test::More;

use constant CUSTOMERS => 12;

my $node = start_node('procedure');

$node->safe_psql('postgres', <<"SQL");
CREATE ROLE boss LOGIN IN ROLE loyalty_admin;
CREATE ROLE stranger LOGIN IN ROLE loyalty_admin;
CREATE ROLE clerk LOGIN IN ROLE loyalty_pos;
SELECT loyalty.create_org('due', 'Due');
SELECT loyalty.create_program('due', 'base', 'Base', expiry_unit => 'days', expiry_value => 10);
SELECT loyalty.grant_org('due', 'boss'), loyalty.grant_org('due', 'clerk');
SELECT loyalty.register_customer('due', mobile => '+91980000' || lpad(n::text, 4, '0'), registered_on => '2023-01-01')
    FROM generate_series(1, @{[CUSTOMERS]}) n;
SELECT loyalty.earn_points('due', loyalty.find_customer('due', 'mobile', '+91980000' || lpad(n::text, 4, '0')), 10,
    event_time => '2023-01-01'::timestamptz + n * interval '1 day') FROM generate_series(1, @{[CUSTOMERS]}) n;
SQL
my $ninth = $node->safe_psql('postgres', "SELECT loyalty.find_customer('due', 'mobile', '+919800000009')");
fail_at($node, 'ledger_entry', "NEW.customer_id = $ninth AND NEW.entry_type = 'd'");

sub expired
{
	return $node->safe_psql('postgres', "SELECT count(*) FROM loyalty_data.entry_with_event v JOIN loyalty_data.event_type t"
		  . " USING (event_code) WHERE t.event_name = 'points_expiry'");
}

# ---- the error, in the middle

my @answers = calls(
	$node,
	[
		'SELECT current_user, session_user',
		"CALL loyalty.expire_points('due', batch_size => 1)",
		'SELECT current_user, session_user',
		'SELECT count(*) FROM loyalty_data.ledger_entry',
		'UPDATE loyalty_data.ledger_account SET balance = 1',
		'DROP TABLE loyalty_data.event_note',
		'CREATE TABLE loyalty.mine ()',
		'BEGIN', 'SELECT current_user', 'ROLLBACK',
		"SELECT current_points FROM loyalty.points_balance('due', loyalty.find_customer('due', 'mobile',"
		  . " '+919800000001'))" ],
	user => 'boss');
is("@{$answers[0]{rows}}", 'boss|boss', 'the caller is an ordinary role');
is($answers[1]{state}, 'ZZ999', 'a batch fails');
my $before = expired();
cmp_ok($before, '>', 0,         'after others were committed');
cmp_ok($before, '<', CUSTOMERS, 'and before the rest');
is("@{$answers[2]{rows}}", 'boss|boss', 'the session is still the caller\'s');
is(join(' ', map { $_->{state} } @answers[ 3 .. 6 ]), '42501 42501 42501 42501',
	'which cannot read or change tables directly');
is("@{$answers[8]{rows}}", 'boss', 'in the next transaction either');
is("$answers[10]{state} @{$answers[10]{rows}}", '00000 0.000', 'but goes on using the API');
ledger_holds($node, 'due', 'what was committed is in order');

# The same when the first batch of all fails, and in a batch that takes everything.
@answers = calls($node, [ "CALL loyalty.expire_points('due')", 'SELECT current_user' ], user => 'boss');
is("$answers[0]{state} @{$answers[1]{rows}}", 'ZZ999 boss', 'an error in the first batch');
is(expired(), $before, 'takes that batch back');

# ---- where it may not be called

@answers = calls(
	$node,
	[
		'BEGIN', "CALL loyalty.expire_points('due')", 'ROLLBACK', 'SELECT current_user',
		"DO \$\$ BEGIN PERFORM 1; CALL loyalty.expire_points('due'); EXCEPTION WHEN division_by_zero THEN NULL; END \$\$",
		'SELECT current_user' ],
	user => 'boss');
is("$answers[1]{state} @{$answers[3]{rows}}", 'LY014 boss', 'in a transaction block it answers LY014');
is("$answers[4]{state} @{$answers[5]{rows}}", 'LY014 boss', 'and so in a block that has a subtransaction');
is(expired(), $before, 'and does nothing');
is((call($node, "CALL loyalty.expire_points('due')", user => 'stranger'))[0], 'LY004', 'an org that was not granted');
is((call($node, "CALL loyalty.expire_points('due')", user => 'clerk'))[0], '42501', 'a role that may not expire');
is((call($node, "CALL loyalty.expire_points('due', as_of => now() + interval '1 day')", user => 'boss'))[0],
	'LY408', 'a time after the clock');
is(expired(), $before, 'none of which does anything');

# ---- access that is taken away meanwhile ends it after the batch

$node->safe_psql('postgres', <<'SQL');
DROP TRIGGER fail ON loyalty_data.ledger_entry;
CREATE FUNCTION public.wait_for_it() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_advisory_xact_lock(77); RETURN NEW; END $$;
CREATE TRIGGER wait_for_it BEFORE INSERT ON loyalty_data.ledger_entry FOR EACH ROW WHEN (NEW.entry_type = 'd')
    EXECUTE FUNCTION public.wait_for_it();
SQL
my $gate = $node->background_psql('postgres', on_error_die => 1);
$gate->query_safe('SELECT pg_advisory_lock(77)');
my ($out, $err) = ('', '');
my $run = IPC::Run::start([ 'psql', '-XAtq', '-v', 'VERBOSITY=sqlstate', '-d', $node->connstr('postgres') . ' user=boss',
		'-c', "CALL loyalty.expire_points('due', batch_size => 1)", '-c', 'SELECT current_user' ],
	'<', \undef, '>', \$out, '2>', \$err, IPC::Run::timeout($PostgreSQL::Test::Utils::timeout_default));
$node->poll_query_until('postgres', "SELECT count(*) = 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
  or die 'it does not come to the trigger';
$node->safe_psql('postgres', "SELECT loyalty.revoke_org('due', 'boss')");
$gate->query_safe('SELECT pg_advisory_unlock(77)');
$gate->quit;
$run->finish;
like($err, qr/LY004/, 'a caller whose access is revoked is refused before the next batch');
is($out, "boss\n", 'and stays the caller');
cmp_ok(expired(), '<', CUSTOMERS, 'the rest is left');

# ---- and then it is finished

$node->safe_psql('postgres',
	"DROP TRIGGER wait_for_it ON loyalty_data.ledger_entry; SELECT loyalty.grant_org('due', 'boss')");
@answers = calls($node, [ "CALL loyalty.expire_points('due')", 'SELECT current_user' ], user => 'boss');
is("$answers[0]{state} @{$answers[1]{rows}}", '00000 boss', 'called again, it goes on');
is(expired(), CUSTOMERS, 'to the end');
ledger_holds($node, 'due');

# Writing calls restore the caller too.
@answers = calls(
	$node,
	[
		"SELECT loyalty.redeem_points('due', loyalty.find_customer('due', 'mobile', '+919800000001'), 1)",
		'SELECT current_user',
		"DO \$\$ BEGIN PERFORM loyalty.redeem_points('due', 1, 1); EXCEPTION WHEN OTHERS THEN NULL; END \$\$",
		'SELECT current_user', 'SELECT count(*) FROM loyalty_data.ledger_entry' ],
	user => 'boss');
is(join(' ', map { "$_->{state} @{$_->{rows}}" } @answers), 'LY405  00000 boss 00000  00000 boss 42501 ',
	'an error in a function leaves the caller, caught or not');

log_is_clean($node);
$node->stop;
done_testing();
