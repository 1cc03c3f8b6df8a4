# Many clients at once: the same mobiles, the same balances, the same bills, the same idempotency keys.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use List::Util qw(sum0);
use LoyaltyTest;
use PostgreSQL::Test::Utils;
use Test::More;

use constant CLIENTS => 16;

my $node = start_node('races', conf => "log_lock_waits = on\ndeadlock_timeout = 500ms\n");

$node->safe_psql('postgres', <<'SQL');
SELECT loyalty.create_org('race', 'Race');
SELECT loyalty.create_program('race', 'base', 'Base', expiry_unit => 'months', expiry_value => 12);
SELECT loyalty.create_program('race', 'more', 'More');
SQL

sub value { return $node->safe_psql('postgres', $_[0]); }

# ---- 16 clients register the same 100 mobiles, each at the same moment

{
	my $script = PostgreSQL::Test::Utils::tempdir() . '/register.sql';
	append_to_file($script, <<'SQL');
\set n :n + 1
SELECT customer_id FROM loyalty.register_customer('race', mobile => '+91980000' || lpad(:n::text, 4, '0'),
    first_name => 'Client ' || :client_id);
SQL
	my ($out, $err) = run_command([
		'pgbench', '-n', '-c', CLIENTS, '-j', 2, '-t', 100, '-M', 'simple', '-D', 'n=0', '-f', $script,
		$node->connstr('postgres') ]);
	unlike($err, qr/error|fatal|abort/i, 'no client error');
	like($out, qr{number of transactions actually processed: 1600/1600}, 'every registration was answered');
	is(value('SELECT count(*) FROM loyalty_data.customer'),   100, 'exactly 100 customers');
	is(value('SELECT count(*) FROM loyalty_data.identifier'), 100, 'and 100 identifiers');
	is(value('SELECT count(*) FROM loyalty.customer_profiles'), 100, 'and 100 profiles');
	is(value('SELECT count(DISTINCT customer_id) FROM loyalty_data.ledger_event'), 100, 'each enrolled');
	is(value('SELECT count(*) FROM loyalty_data.ledger_event'),                    100, 'once');
	is(value('SELECT count(*) FROM loyalty_data.ledger_entry'), 600, 'with one opening entry for each account');
	ledger_holds($node, 'race');
}

# ---- the same with two identifiers that cross over, so that two transactions each hold what the other wants

{
	my @scripts = map {
		my $client = $_;
		[
			map {
				my $n = $client % 2 ? $_ : 49 - $_;
				sprintf "SELECT outcome FROM loyalty.register_customer('race', mobile => '+91981000%04d',"
				  . " external_id => 'Z%04d')", $n, $n;
			} 0 .. 49 ];
	} 1 .. CLIENTS;
	my @answers = map { @$_ } clients($node, @scripts);
	is(scalar(grep { $_->{state} ne '00000' } @answers), 0, 'two identifiers in both orders: no client error');
	is(scalar(grep { $_->{rows}[0] eq 'created' } @answers), 50, 'each pair creates its customer once');
	is(value("SELECT count(DISTINCT customer_id) FROM loyalty_data.identifier WHERE identifier_value LIKE 'Z%'"),
		50, '50 customers');
}

# ---- registrations that come twice under one idempotency key

{
	my @scripts = map {
		[
			map {
				sprintf "SELECT customer_id, outcome FROM loyalty.register_customer('race', mobile => '+91982000%04d',"
				  . " idempotency_key => 'registration %d')", $_, $_
			} 0 .. 39 ];
	} 1 .. CLIENTS;
	my @answers = clients($node, @scripts);
	my %answer;
	for my $client (@answers)
	{
		$answer{$_}{"$client->[$_]{state} @{$client->[$_]{rows}}"} = 1 for 0 .. $#$client;
	}
	is_deeply([ map { scalar keys %$_ } values %answer ], [ (1) x 40 ], 'one key, one answer, whoever asks');
	is(scalar(grep { (keys %$_)[0] =~ /^00000 \d+\|created$/ } values %answer), 40, 'which is the first one');
}

# ---- 16 clients redeem from the same 10 customers

my $customer = "loyalty.find_customer('race', 'mobile', '+91980000%04d')";
{
	value(join ';', map {
			my $id = sprintf $customer, $_;
			("SELECT loyalty.earn_points('race', $id, 300, program => 'base')",
			 "SELECT loyalty.earn_points('race', $id, 200, program => 'more')")
	} 1 .. 10);
	my (@scripts, @asked);
	for my $client (0 .. CLIENTS - 1)
	{
		my (@script, @points);
		for my $i (0 .. 149)
		{
			my $points = 1 + ($i * 7 + $client * 3) % 11;
			my $program = ('ALL', 'base', 'more')[ ($i + $client) % 3 ];
			push @points, $points;
			push @script, sprintf "SELECT points, current_points >= 0 FROM loyalty.redeem_points('race', $customer, %d, program => '%s')",
			  1 + $i % 10, $points, $program;
		}
		push @scripts, \@script;
		push @asked,   \@points;
	}
	my @answers = clients($node, @scripts);
	my ($redeemed, $refused, %other) = (0, 0);
	for my $client (0 .. $#answers)
	{
		for my $i (0 .. $#{ $answers[$client] })
		{
			my $answer = $answers[$client][$i];
			if    ($answer->{state} eq 'LY405') { $refused++; }
			elsif ($answer->{state} eq '00000' && $answer->{rows}[0] eq "$asked[$client][$i].000|t")
			{
				$redeemed += $asked[$client][$i];
			}
			else { $other{"$answer->{state} @{$answer->{rows}}"} = 1; }
		}
	}
	is(join(', ', sort keys %other), '', 'every redemption is paid or refused with LY405');
	cmp_ok($refused, '>', 0, 'some were refused, so the balances were fought over');
	is(value("SELECT sum(redeemed_points)::int FROM loyalty_data.ledger_account"), $redeemed, 'what was answered was redeemed');
	is(value("SELECT sum(points)::int FROM loyalty_data.lot_movement WHERE movement_type = 'r'"),
		$redeemed, 'and paid by lots');
	is(value('SELECT count(*) FROM loyalty_data.ledger_entry WHERE balance_after < 0'), 0, 'no balance was ever below zero');
	is(value('SELECT count(*) FROM loyalty_data.points_lot WHERE remaining < 0'),       0, 'nor a lot');
	is(value("SELECT sum(balance)::int FROM loyalty_data.ledger_account"), 5000 - $redeemed, 'the rest is still there');
	is(value('SELECT max(n) FROM (SELECT count(*) AS n FROM loyalty_data.ledger_event WHERE redemption_id IS NOT NULL'
			  . ' GROUP BY customer_id, redemption_id) s'), 1, 'every redemption has an id of its own');
	ledger_holds($node, 'race');
}

# ---- 16 clients earn on one account

{
	my @scripts =
	  map { [ map { sprintf "SELECT points FROM loyalty.earn_points('race', $customer, 1)", 50 } 1 .. 60 ] }
	  1 .. CLIENTS;
	my @answers = map { @$_ } clients($node, @scripts);
	is(scalar(grep { $_->{state} ne '00000' } @answers), 0, 'earning on one account: no client error');
	is(value(sprintf "SELECT current_points::int FROM loyalty.points_balance('race', $customer)", 50),
		60 * CLIENTS, 'and no point is lost');
	ledger_holds($node, 'race');
}

# ---- 16 clients post the same transaction numbers, for the same customer and for different ones

{
	value("SELECT loyalty.create_store('race', 's', 'Store'), loyalty.create_till('race', 't', 's')");
	my @scripts = map {
		my $client = $_;
		[
			map {
				sprintf "SELECT points FROM loyalty.add_transaction('race', $customer, 'N%d', 10%s)",
				  $_ % 2 ? 60 : 61 + $client, $_, $_ % 3 ? '' : ", till => 't'"
			} 1 .. 60 ];
	} 0 .. CLIENTS - 1;
	my @answers = clients($node, @scripts);
	my (%posted, %other);
	for my $client (@answers)
	{
		for my $i (0 .. $#$client)
		{
			my $answer = $client->[$i];
			if    ($answer->{state} eq '00000') { $posted{$i}++; }
			elsif ($answer->{state} ne 'LY410') { $other{ $answer->{state} } = 1; }
		}
	}
	is(join(' ', sort keys %other), '', 'a bill that exists is refused with LY410');
	is_deeply([ map { $posted{$_} } 0 .. 59 ], [ (1) x 60 ], 'each number is posted exactly once');
	is(value('SELECT count(*) FROM loyalty_data.transaction'),        60, 'there are as many bills');
	is(value('SELECT count(*) FROM loyalty_data.transaction_number'), 60, 'and numbers');
	ledger_holds($node, 'race');
}

# ---- 16 clients repeat the same calls under the same idempotency keys

{
	my @scripts = map {
		[
			(map { sprintf "SELECT * FROM loyalty.earn_points('race', $customer, 5, idempotency_key => 'e%d')", 90, $_ }
				  1 .. 30),
			(map { sprintf "SELECT * FROM loyalty.redeem_points('race', $customer, 2, idempotency_key => 'r%d')", 90, $_ }
				  1 .. 30),
			(map {
				sprintf "SELECT * FROM loyalty.add_transaction('race', $customer, 'K%d', 7, idempotency_key => 'b%d')",
				  90, $_, $_
			} 1 .. 30) ];
	} 1 .. CLIENTS;
	my @answers = clients($node, @scripts);
	my %answer;
	for my $client (@answers)
	{
		$answer{$_}{"$client->[$_]{state} @{$client->[$_]{rows}}"} = 1 for 0 .. $#$client;
	}
	is(scalar(grep { keys %{ $answer{$_} } != 1 } keys %answer), 0, 'one key, one answer');
	is(scalar(grep { (keys %{ $answer{$_} })[0] =~ /^00000 / } keys %answer), 90, 'which is no error');
	is(value(sprintf "SELECT current_points::int FROM loyalty.points_balance('race', $customer)", 90),
		30 * 5 - 30 * 2 + 30 * 7, 'each call counted once');
	ledger_holds($node, 'race');
}

# ---- two expire_points at once, under redemptions and earns

{
	$node->safe_psql('postgres', <<'SQL');
SELECT loyalty.create_org('due', 'Due');
SELECT loyalty.create_program('due', 'base', 'Base');
SELECT loyalty.register_customer('due', mobile => '+91980000' || lpad(n::text, 4, '0'), registered_on => '2020-01-01')
    FROM generate_series(1, 200) n;
SELECT loyalty.earn_points('due', customer_id, 10, event_time => '2020-01-02',
    expires_at => '2020-02-01'::timestamptz + n * interval '1 day')
    FROM generate_series(1, 5) n, loyalty_data.customer WHERE org_id = (SELECT org_id FROM loyalty_data.org WHERE org = 'due');
SQL
	my @scripts = (
		(map { ["CALL loyalty.expire_points('due', batch_size => $_)"] } 1, 7, 50, 1000),
		map {
			my $client = $_;
			[
				map {
					sprintf "SELECT points FROM loyalty.%s('due',"
					  . " loyalty.find_customer('due', 'mobile', '+91980000%04d'), 1)",
					  $_ % 2 ? 'earn_points' : 'redeem_points', 1 + ($_ * 7 + $client * 13) % 200
				} 1 .. 50 ]
		} 1 .. 8);
	my %state;
	$state{ $_->{state} }++ for map { @$_ } clients($node, @scripts);
	is(join(' ', grep { $_ ne '00000' && $_ ne 'LY405' } sort keys %state), '', 'expiry under load: no client error');
	is(value("SELECT sum(expired_points)::int FROM loyalty.customer_points WHERE org = 'due'"),
		10_000, 'everything due expired, once');
	is(value("SELECT count(*) FROM loyalty.customer_points WHERE org = 'due' AND next_expiry_at < now()"),
		0, 'nothing due is left');
	ledger_holds($node, 'due');
}

unlike(slurp_file($node->logfile), qr/deadlock detected/, 'no deadlock');
log_is_clean($node);
$node->stop;
done_testing();
