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
my $node = start_node('gateway', conf => "loyalty.key_file = '$there/keys'\nlog_statement = none\nlog_min_messages = debug1\n");

# ---------------------------------------------------------------- the other side, and the worker

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

# How much the other side has, so far.
sub written { my $bytes = 0; $bytes += -s $_ || 0 for map { "$there/$_" } qw(mails events sms); return $bytes; }

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

# A worker dies at most a tenth of a second after it began to deliver, or as it starts. What it had is taken again when its
# lease of two seconds has run out, by those that come then.
srand(190);
for my $kill (1 .. KILLS)
{
	my $worker = start_worker('log', @everything);
	my $before = written();
	for (1 .. 100) { last if written() > $before; usleep(20_000); }
	usleep(rand(100_000)) if $kill % 4;
	$worker->signal('KILL');
	$worker->finish;
}
my $last = start_worker('log', @everything);
ok($node->poll_query_until('postgres', 'SELECT count(*) = 0 FROM loyalty_data.message_queue'), 'in the end no message waits');
ok( $node->poll_query_until(
		'postgres', "SELECT coalesce(sum(waiting), 0) = 0 FROM loyalty.event_backlog WHERE subscriber = 'crm'"),
	'nor an event');
my $began = time;
$last->signal('TERM');
$last->finish;
is($last->result(0), 0, 'SIGTERM ends the worker');
cmp_ok(time - $began, '<', 5, 'at once, when it has nothing to do');

# ---------------------------------------------------------------- what came

# Every text has one reference, and each reference has one text; answers how many came more than once.
sub one_reference_each
{
	my ($what, @came) = @_;

	my (%of_text, %of_reference);
	for my $one (@came)
	{
		$of_text{ $one->{text} }{ $one->{reference} }++;
		$of_reference{ $one->{reference} }{ $one->{text} }++;
	}
	is(scalar keys %of_text, EACH, "$what: all of them came");
	is(scalar(grep { keys %$_ != 1 } values %of_text, values %of_reference), 0, "$what: and each has one reference");
	return @came - keys %of_text;
}

my @mails = lines_of('mails');
my @texts = map { { text => $_->{body}, reference => $_->{reference} } } lines_of('sms');
my $twice = one_reference_each('mails', grep { $_->{text} =~ /^This is mail/ } @mails) + one_reference_each('texts', @texts);
is(join(' ', sort keys %{ { map { $_->{id} eq "<$_->{reference}\@example.com>" ? 'so' : 'not so', 1 } @mails } }), 'so',
	'the reference is in Message-ID, too');

my @events = lines_of('events');
my (%seen, %newest, $again, $disorder);
for my $event (@events)
{
	$again++, next if $seen{ $event->{id} }++;
	$disorder++ if $event->{id} < ($newest{ $event->{customer} } // 0);
	$newest{ $event->{customer} } = $event->{id};
}
is(scalar keys %seen, $node->safe_psql('postgres', "SELECT count(DISTINCT event_id) FROM loyalty_data.event_delivery"), 'all events came');
is(scalar(grep { !$_->{good} || !$_->{fresh} || !$_->{agrees} } @events), 0, 'with the right signature, and their own document');
is($disorder // 0, 0, "in each customer's order");
note sprintf '%d mails and texts and %d events came again', $twice, $again // 0;
cmp_ok($twice + ($again // 0), '>', 0, 'the workers died while they delivered: something came again');

# ---------------------------------------------------------------- those that cannot be delivered

$node->safe_psql('postgres', <<"SQL");
SELECT loyalty.send_email('acme', customer_id, 'Refused', 'no') FROM
    (SELECT customer_id FROM loyalty.register_customer('acme', mobile => '+919800099001', email => 'refuse\@example.com')) r;
SELECT loyalty.send_email('acme', customer_id, 'Busy', 'later') FROM
    (SELECT customer_id FROM loyalty.register_customer('acme', mobile => '+919800099002', email => 'busy\@example.com')) r;
SELECT loyalty.earn_points('acme', customer_id, 7) FROM person WHERE n <= 3;
SQL
start_worker('log', @everything, '--drain')->finish;
is( $node->safe_psql('postgres', "SELECT string_agg(state::text, ',' ORDER BY message_id) FROM (SELECT * FROM loyalty_data.message
    ORDER BY message_id DESC LIMIT 2) m"),
	'f,q', 'what is refused for ever has failed, what is refused for now waits');

# ---------------------------------------------------------------- a delivery that takes longer than its lease

# Two workers with leases of two seconds, and a mail server that takes five: the one that delivers keeps its lease, and the
# other one, which looks ten times a second, never gets the message.
my $slow = $node->safe_psql('postgres', <<"SQL");
SELECT m.message_id FROM loyalty.register_customer('acme', mobile => '+919800099003', email => 'slow\@example.com') r,
    loyalty.send_email('acme', r.customer_id, 'Slow', 'takes its time') m;
SQL
my @two = map { start_worker('log', '--messages' => "email=smtp://127.0.0.1:$smtp", qw(--lease 2 --timeout 10 --quantity 1)) } 1 .. 2;
$node->poll_query_until('postgres', "SELECT state = 's' FROM loyalty_data.message WHERE message_id = $slow");
$_->signal('TERM') for @two;
$_->finish for @two;
is($node->safe_psql('postgres', "SELECT state, attempts FROM loyalty_data.message WHERE message_id = $slow"), 's|1', 'a slow delivery keeps its lease');
is(scalar(grep { $_->{to} eq 'slow@example.com' } lines_of('mails')), 1, 'and is made once');

# ---------------------------------------------------------------- a message that kills its worker

$node->safe_psql('postgres', <<"SQL");
SELECT loyalty.set_config('acme', 'CONF_MESSAGE_MAX_ATTEMPTS', '3');
UPDATE loyalty_data.message_queue SET available_at = 'infinity';
SQL
my $poison = $node->safe_psql('postgres', <<"SQL");
SELECT m.message_id FROM loyalty.register_customer('acme', mobile => '+919800099004', email => 'poison\@example.com') r,
    loyalty.send_email('acme', r.customer_id, 'Poison', 'kills') m;
SQL
for my $death (1 .. 3)
{
	my $worker = start_worker('log', '--messages' => "email=smtp://127.0.0.1:$smtp", qw(--lease 2 --timeout 20));
	for (1 .. 400) { last if lines_of('poison') == $death; usleep(50_000); }
	$worker->signal('KILL');
	$worker->finish;
}
is($node->safe_psql('postgres', "SELECT state, attempts FROM loyalty_data.message WHERE message_id = $poison"), 'l|3', 'three workers die of one message');
my $behind = $node->safe_psql('postgres', <<"SQL");
SELECT m.message_id FROM loyalty.register_customer('acme', mobile => '+919800099005', email => 'behind\@example.com') r,
    loyalty.send_email('acme', r.customer_id, 'Behind', 'comes behind it') m;
SQL
my $fourth = start_worker('log', '--messages' => "email=smtp://127.0.0.1:$smtp", qw(--lease 2 --timeout 20));
ok($node->poll_query_until('postgres', "SELECT count(*) = 2 FROM loyalty_data.message WHERE message_id = $poison AND state = 'd' OR message_id = $behind AND state = 's'"),
	'the fourth is not handed it: it is dead, and what stands behind it is delivered');
$fourth->signal('TERM');
$fourth->finish;
is(scalar(lines_of('poison')), 3, 'nobody heard of it a fourth time');

# ---------------------------------------------------------------- a subscriber that never answers

start_worker('log', '--events' => "deaf=$web/never", qw(--lease 3 --timeout 1 --quantity 2 --drain --messages), "email=smtp://127.0.0.1:$smtp")
  ->finish;
cmp_ok(scalar(lines_of('never')), '>', 0, 'a subscriber hears its events, and never answers');
my $health = $node->safe_psql('postgres', "SET loyalty.clock = '" . $node->safe_psql('postgres', "SELECT now() + interval '2 days'")
	  . "'; SELECT value FROM loyalty.health_check() WHERE value LIKE '%deaf%'");
like($health, qr/deaf/, 'health_check names it');

# ---------------------------------------------------------------- what the server says

my $refused;
{
	local @ENV{qw(PGHOST PGPORT PGDATABASE PGUSER)} = ($node->host, $node->port, 'postgres', 'worker');
	IPC::Run::run([ $python, "$FindBin::RealBin/gateway/refused.py" ], '>', \$refused);
}
my @codes = map { /^(\w+)/ } split /\n/, $refused;
is(join(' ', @codes), 'LYM15 LYM09 LY002 LY002 LYM17 LYM17 LY002 LY120 LY003 LY015 fine LY020 LY003 LYM02 LY002 LY120', 'calls that are refused');
unlike($refused, qr/98123|secret|\@/, 'name no address and no text');
unlike(slurp_file($node->logfile), qr/98123|secret|\@example|This is|person\d|takes its time/, 'nor does the log of the server, in which the worker\'s statements stand');

# ---------------------------------------------------------------- what the worker says

my $said = slurp_file("$there/log");
unlike($said, qr/\@|\+91|This is|AAECAw|Traceback/, 'the worker says no address, text or secret');
like($said, qr/email: \d+, attempt \d+: delivered, now sent/, 'but what became of each');
log_is_clean($node);
close SINKS;
$sinks->finish;
done_testing();
