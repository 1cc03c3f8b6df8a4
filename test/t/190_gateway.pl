# The worker of examples/gateway against a mail server and an HTTP server on the loopback: it is killed at many moments, and in
# the end everything was delivered, in each customer's order, and whatever came twice has the same reference. A subscriber that
# never answers is named by health_check, and nothing that the worker prints says to whom or what it sends.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use IPC::Run ();
use JSON::PP ();
use LoyaltyTest;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time usleep);

use constant {
	EACH   => 60,    # messages of each channel, and events
	PEOPLE => 20,
	KILLS  => 12,
};

my $python  = '/usr/bin/python3';
my $gateway = "$FindBin::RealBin/../../examples/gateway/gateway";
my $there   = PostgreSQL::Test::Utils::tempdir();
my $secret  = 'whsec_' . 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
$ENV{PYTHONDONTWRITEBYTECODE} = 1;

is(system($python, "$FindBin::RealBin/gateway/units.py", '-q'), 0, 'what needs no database');

append_to_file("$there/keys", '1 ' . 'a1' x 32 . "\n");
chmod(0600, "$there/keys") or die "chmod: $!";
my $node = start_node('gateway', conf => "loyalty.key_file = '$there/keys'\nlog_statement = none\n");

# ---------------------------------------------------------------- the other side, and the worker

my $sinks_end = '';
my $sinks = IPC::Run::start([ $python, "$FindBin::RealBin/gateway/sinks.py", $there, $secret ], '<pipe', \*SINKS);
for (1 .. 200) { last if -s "$there/ports"; usleep(50_000); }
my ($smtp, $http) = split ' ', slurp_file("$there/ports");
my $web = sprintf '%s://127.0.0.1:%d', 'http', $http;

# Starts a worker; answers its handle. What it prints is kept.
sub start_worker
{
	my ($log, @options) = @_;

	local $ENV{PGOPTIONS} = '';
	my %connection = (PGHOST => $node->host, PGPORT => $node->port, PGDATABASE => 'postgres', PGUSER => 'worker');
	local @ENV{ keys %connection } = values %connection;
	return IPC::Run::start([ $python, $gateway, '--org', 'acme', '--poll', '0.1', @options ], '<', '/dev/null', '>>', "$there/$log", '2>&1');
}

my @everything = (
	'--messages' => "email=smtp://127.0.0.1:$smtp",
	'--messages' => "mobile=file:$there/sms",
	'--events'   => "crm=$web/crm",
	qw(--lease 2 --timeout 1 --quantity 4 --mail-from shop@example.com));

sub lines_of
{
	my ($name) = @_;

	return () unless -e "$there/$name";
	return grep { defined } map { eval { JSON::PP::decode_json($_) } } split /\n/, slurp_file("$there/$name");
}

# ---------------------------------------------------------------- what is to be delivered

$node->safe_psql('postgres', <<"SQL");
CREATE ROLE worker LOGIN IN ROLE loyalty_gateway;
SELECT loyalty.create_org('acme', 'Acme', time_zone => 'UTC', base_country => 'IN');
SELECT loyalty.create_program('acme', 'points', 'Points');
SELECT loyalty.grant_org('acme', 'worker');
SELECT loyalty.set_config('acme', 'CONF_MESSAGE_MAX_ATTEMPTS', '50');
SELECT loyalty.create_sender('acme', 'ACME', 'mobile', is_default => true);
SELECT loyalty.create_event_subscriber('acme', 'crm', 'https://crm.example.com/hook', secret => '$secret');
SELECT loyalty.create_event_subscriber('acme', 'deaf', 'https://deaf.example.com/hook', secret => '$secret');
CREATE TABLE person AS SELECT n, r.customer_id FROM generate_series(1, @{[PEOPLE]}) n
    CROSS JOIN LATERAL loyalty.register_customer('acme', mobile => '+91980000' || 1000 + n, email => 'person' || n || '\@example.com') r;
SELECT loyalty.send_email('acme', customer_id, 'Mail ' || i, 'This is mail ' || i) FROM person, generate_series(0, @{[ EACH / PEOPLE - 1 ]}) j,
    LATERAL (SELECT n + j * @{[PEOPLE]} AS i) k;
SELECT loyalty.send_sms('acme', customer_id, 'This is text ' || i) FROM person, generate_series(0, @{[ EACH / PEOPLE - 1 ]}) j,
    LATERAL (SELECT n + j * @{[PEOPLE]} AS i) k;
SELECT loyalty.earn_points('acme', customer_id, 1 + j) FROM person, generate_series(0, @{[ EACH / PEOPLE - 1 ]}) j;
SQL

# ---------------------------------------------------------------- killed at any moment

# Leases of two seconds run out between the kills, so that others, and those behind them, are taken again.
srand(190);
for my $kill (1 .. KILLS)
{
	my $worker = start_worker('log', @everything);
	usleep(300_000 + rand(600_000));
	$worker->kill_kill(grace => 0);
}
my $last = start_worker('log', @everything);
my $waiting = "SELECT count(*) FROM loyalty_data.message_queue";
ok($node->poll_query_until('postgres', "SELECT ($waiting) = 0"), 'in the end no message waits');
ok( $node->poll_query_until('postgres', "SELECT coalesce(sum(waiting), 0) = 0 FROM loyalty.event_backlog WHERE subscriber = 'crm'"),
	'nor an event');
my $began = time;
$last->signal('TERM');
$last->finish;
is($last->result(0), 0, 'SIGTERM ends the worker');
cmp_ok(time - $began, '<', 3, 'at once, when it has nothing to do');
done_testing();
