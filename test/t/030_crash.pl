# The server dies by kill -9 in the middle of the work: what was acknowledged is there afterwards, and all of it.
# Slow: scripts/test --quick leaves it out.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use List::Util qw(min);
use LoyaltyTest;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

use constant {
	CLIENTS   => 8,
	CALLS     => 20_000,    # of each client: more than it will get through
	CUSTOMERS => 40,
	ROUNDS    => 2,
};

my $node = start_node('crash', conf => "synchronous_commit = on\n");

$node->safe_psql('postgres', <<"SQL");
SELECT loyalty.create_org('crash', 'Crash');
SELECT loyalty.create_program('crash', 'base', 'Base', expiry_unit => 'days', expiry_value => 30);
SELECT loyalty.create_program('crash', 'roll', 'Roll', expiry_unit => 'days', expiry_value => 30, expiry_type => 'rolling');
SELECT loyalty.register_customer('crash', mobile => '+91980000' || lpad(n::text, 4, '0'), registered_on => '2020-01-01')
    FROM generate_series(1, @{[CUSTOMERS]}) n;
SQL

# One of a client's calls, under an idempotency key; the answer tells the key.
sub call_of
{
	my ($round, $client, $i) = @_;

	my $customer = sprintf "loyalty.find_customer('crash', 'mobile', '+91980000%04d')",
	  1 + ($i * 7 + $client * 5) % CUSTOMERS;
	my $key  = "$round/$client/$i";
	my $time = sprintf "event_time => '2020-01-01'::timestamptz + interval '%d minutes'", $i * 10;
	my $call = (
		"redeem_points('crash', $customer, 3",
		"add_transaction('crash', $customer, '$key', 12",
		"earn_points('crash', $customer, 4, program => 'roll'",
		"earn_points('crash', $customer, 5",
		"earn_points('crash', $customer, 6, category => 'promised'")[ $i % 5 ];
	return "SELECT '$key', r.event_id, r.points::int FROM loyalty.$call, $time, idempotency_key => '$key') r";
}

# Client 0 also expires points.
sub client_script
{
	my ($round, $client) = @_;

	return join '', map {
		($client == 0 && $_ % 40 == 0
			? "CALL loyalty.expire_points('crash', '2020-01-01'::timestamptz + interval '$_ hours', 5);\n"
			: '')
		  . call_of($round, $client, $_)
		  . ";\n"
	} 1 .. CALLS;
}

# Kills the postmaster first, so that it restarts nobody, then everyone whom it started.
sub kill_server
{
	my ($postmaster) = split /\n/, slurp_file($node->data_dir . '/postmaster.pid');
	my @processes = ($postmaster, split /\n/,
		$node->safe_psql('postgres', 'SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()'));
	$node->kill9;
	kill 'KILL', @processes[ 1 .. $#processes ];
	for (1 .. 600)
	{
		return unless grep { kill 0, $_ } @processes;
		usleep(50_000);
	}
	die 'the server does not die';
}

my $rows = 'SELECT (SELECT count(*) FROM loyalty_data.ledger_event), (SELECT count(*) FROM loyalty_data.ledger_entry)';
my %acknowledged;    # key => event id, points
for my $round (1 .. ROUNDS)
{
	my $before = $node->safe_psql('postgres', 'SELECT count(*) FROM loyalty_data.ledger_entry');
	my @runs   = start_clients($node, map { client_script($round, $_) } 0 .. CLIENTS - 1);
	$node->poll_query_until('postgres', "SELECT count(*) > $before + 4000 FROM loyalty_data.ledger_entry")
	  or die 'the load did not come';
	kill_server();

	my @done = finish_clients(@runs);
	is(scalar(grep { $_->{err} =~ /(server closed the connection|connection to server was lost)/ } @done),
		CLIENTS, "round $round: every client was at work when the server died");
	my $answered = 0;
	for my $line (map { split /\n/, $_->{out} } @done)
	{
		next unless $line =~ m{^(\d+/\d+/\d+)\|(\d+)\|(\d+)$};
		$acknowledged{$1} = { event => $2, points => $3, line => $line };
		$answered++;
	}
	cmp_ok($answered, '>', 2000, "round $round: calls had been answered before");

	$node->start;
	my %there;
	for my $line (split /\n/, $node->safe_psql('postgres', <<'SQL'))
SELECT event_id, abs(net_points)::int, count(*) FROM loyalty_data.entry_with_event GROUP BY 1, 2
SQL
	{
		my ($event, $points, $entries) = split /\|/, $line;
		$there{$event} = $points if $entries;
	}
	my @missing = grep { ($there{ $acknowledged{$_}{event} } // -1) != $acknowledged{$_}{points} }
	  sort keys %acknowledged;
	is(join(' ', @missing[ 0 .. min(4, $#missing) ]), '', "round $round: every answered call is there");
	ledger_holds($node, 'crash', "round $round: every invariant holds");

	# Clients ask again, as after any lost connection: the calls that were answered answer the same, and no row
	# comes twice, whether or not the last answers arrived.
	my @keys = reverse sort { (split m{/}, $a)[2] <=> (split m{/}, $b)[2] } grep { m{^$round/} } keys %acknowledged;
	@keys = @keys[ 0 .. min(199, $#keys) ];
	my $events = $node->safe_psql('postgres', $rows);
	my @again  = calls($node, [ map { call_of(split m{/}) } @keys ]);
	is(scalar(grep { "@{$again[$_]{rows}}" ne $acknowledged{ $keys[$_] }{line} } 0 .. $#keys),
		0, "round $round: repeats give the first answers");
	is($node->safe_psql('postgres', $rows),
		$events, "round $round: and write nothing");
}

my ($state) = call($node, "CALL loyalty.expire_points('crash')");
is($state, '00000', 'the work that was cut off is finished');
ledger_holds($node, 'crash');
$node->stop;
done_testing();
