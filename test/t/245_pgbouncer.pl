# Behind pgbouncer in transaction mode, which gives each transaction another session: codes and proofs go through several of them,
# no client finds what another one has set, sixteen guessers get no guess more than allowed, and what sessions keep (plans, an
# org, its rules and roles) serves whoever comes next. What a plain SET does there is shown, too, with the way to take it back.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use IPC::Run ();
use LoyaltyTest;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(usleep);

use constant { GUESSERS => 16, GUESSES => 3, PORT => 6432 };

my $node = start_node('pgbouncer', conf => "synchronous_commit = off\n", key_file => 1);
my $owner = $node->safe_psql('postgres', 'SELECT current_user');
$node->safe_psql('postgres', <<"SQL");
SELECT loyalty.create_org('lagoon', 'Lagoon', base_country => 'SG'), loyalty.create_sender('lagoon', 'LAGOON', 'mobile', is_default => true);
SELECT loyalty.create_org('harbour', 'Harbour', base_country => 'SG');
SELECT loyalty.create_program('lagoon', 'stars', 'Stars'), loyalty.create_program('harbour', 'shells', 'Shells');
SELECT loyalty.register_customer('lagoon', mobile => '+659123000' || n) FROM generate_series(0, 9) n;
SELECT loyalty.register_customer('harbour', mobile => '+6591230000');
SELECT loyalty.earn_points('lagoon', loyalty.find_customer('lagoon', 'mobile', '+6591230000'), 500);
CREATE ROLE lagoon_tills LOGIN IN ROLE loyalty_pos, loyalty_agent;
CREATE ROLE harbour_tills LOGIN IN ROLE loyalty_pos, loyalty_agent;
CREATE ROLE worker LOGIN IN ROLE loyalty_gateway;
CREATE ROLE everything LOGIN IN ROLE lagoon_tills, harbour_tills;
SELECT loyalty.grant_org('lagoon', 'worker'), loyalty.grant_org('lagoon', 'lagoon_tills'), loyalty.grant_org('harbour', 'harbour_tills');
SQL
my @customer = map { $node->safe_psql('postgres', "SELECT loyalty.find_customer('lagoon', 'mobile', '+659123000$_')") } 0 .. 9;
my $stranger = $node->safe_psql('postgres', "SELECT loyalty.find_customer('harbour', 'mobile', '+6591230000')");

# ---- poolers

my %poolers;

# Starts a pooler with so many sessions for each role; answers how clients reach it.
sub start_pooler
{
	my ($name, $sessions, %settings) = @_;

	my $dir = PostgreSQL::Test::Utils::tempdir_short();
	my %all = (
		unix_socket_dir   => $dir,
		listen_port       => PORT,
		auth_type         => 'trust',
		auth_file         => "$dir/users",
		pool_mode         => 'transaction',
		max_client_conn   => 100,
		default_pool_size => $sessions,
		admin_users       => $owner,
		%settings);
	append_to_file("$dir/users", join '', map { qq("$_" ""\n) } $owner, qw(lagoon_tills harbour_tills everything worker));
	append_to_file("$dir/ini", join "\n", '[databases]', "* = host=@{[$node->host]} port=@{[$node->port]}", '[pgbouncer]', map { "$_ = $all{$_}" } sort keys %all);
	append_to_file("$dir/ini", "\n");
	$poolers{$name} = IPC::Run::start([ 'pgbouncer', "$dir/ini" ], '<', '/dev/null', '>', "$dir/log", '2>&1');
	for (1 .. 200) { last if -e "$dir/.s.PGSQL.@{[PORT]}"; usleep(50_000); }
	die 'pgbouncer does not start: ' . slurp_file("$dir/log") unless -e "$dir/.s.PGSQL.@{[PORT]}";
	return "host=$dir port=@{[PORT]} dbname=postgres";
}

END
{
	my $status = $?;
	$_->kill_kill for values %poolers;
	$? = $status;
}

my @psql = ('psql', '-XAtq', '-v', 'VERBOSITY=sqlstate');

# Runs statements of a client, one after the other; answers for each what it printed, or the SQLSTATE that it failed with.
sub client
{
	my ($pooler, $user, @statements) = @_;
	my ($out, $err) = ('', '');
	my $script = join '', map { "$_\n;\n\\echo '\@\@' :SQLSTATE\n" } @statements;

	IPC::Run::run([ @psql, '-d', "$pooler user=$user" ], '<', \$script, '>', \$out, '2>', \$err);
	my @answers = map { /\A\n?(.*?)\n?@@ (\w{5})\z/s ? ($2 eq '00000' ? $1 : $2) : () } split /(?<=@@ \w{5})/, $out;
	die "client of $user: $err" if @answers != @statements;
	return @answers;
}

# A client that stays, for transactions that do.
sub staying_client
{
	my ($pooler, $user) = @_;

	return $node->background_psql('postgres', on_error_stop => 0, extra_params => [ '-v', 'VERBOSITY=sqlstate', '-d', "$pooler user=$user" ]);
}

# Has the pooler open four sessions for a role, which it does as so many are wanted at once.
sub open_sessions
{
	my ($pooler, $user) = @_;

	my @clients = map { staying_client($pooler, $user) } 1 .. 4;
	$_->query_safe('BEGIN; SELECT 1') for @clients;
	$_->query_safe('COMMIT') for @clients;
	$_->quit for @clients;
	return;
}

sub enter { my ($n, $code) = @_; return "SELECT attempt FROM loyalty.enter_code('lagoon', 'points_redemption', '$code', $customer[$n])" }
sub judge { my ($attempt) = @_; return "SELECT verified FROM loyalty.verify_code('lagoon', $attempt)" }
sub redeem { my ($n, $attempt) = @_; return "SELECT points FROM loyalty.redeem_points('lagoon', $customer[$n], 10, verification => $attempt)" }
sub attempts { my ($n) = @_; return $node->safe_psql('postgres', "SELECT count(*) FROM loyalty_data.verification_attempt WHERE customer_id = $customer[$n]") }

# A code that goes to the nth customer, as a worker gets it; both through a pooler.
sub code_of
{
	my ($pooler, $n) = @_;

	my @answers = client($pooler, $owner, "SELECT expires_at > sent_at FROM loyalty.send_code('lagoon', 'points_redemption', $customer[$n])",
		"SELECT substring(body FROM '\\d{6}') FROM loyalty.take_messages('lagoon', 'mobile', 100) WHERE customer_id = $customer[$n]");
	return $answers[1];
}

# A wrong guess, the ith of them.
sub wrong { my ($code, $i) = @_; return sprintf '%06d', ($code + $i) % 1_000_000 }

# ---- codes and proofs, each call in another session

my $many = start_pooler('many', 4, server_round_robin => 1);
open_sessions($many, $owner);
my @pids = client($many, $owner, ('SELECT pg_backend_pid()') x 8);
my %sessions = map { $_ => 1 } @pids;
is(keys %sessions, 4, 'transactions of one client go to four sessions');
is(join(' ', @pids[ 0 .. 3 ]), join(' ', @pids[ 4 .. 7 ]), 'by turns');

my $code = code_of($many, 0);
like($code, qr/^\d{6}$/, 'a code is sent in one session and taken in another');
my ($attempt) = client($many, $owner, enter(0, $code));
is(join(' ', client($many, $owner, (judge("'$attempt'")) x 5)), 't t t t t', 'its guess is judged in all of them');
is(join(' ', client($many, $owner, (redeem(0, "'$attempt'")) x 4)), '10.000 LY707 LY707 LY707', 'and is a proof once');
is(join(' ', client($many, $owner, 'BEGIN', enter(1, '000000') =~ s/SELECT/SELECT 'none', /r, 'ROLLBACK')), ' LY705 ', 'where none was sent nothing is entered');
$code = code_of($many, 1);
my @answers = client($many, $owner, 'BEGIN', enter(1, $code) . ' \\gset', judge(":'attempt'"), 'ROLLBACK');
is($answers[2], 'LY706', 'a transaction keeps its session: it is not told of its own guess');
is(attempts(1), '0', 'which it takes back');

# Whoever goes away in the midst of a transaction has entered nothing.
my $leaving = staying_client($many, $owner);
$leaving->query_safe('BEGIN');
$leaving->query_safe(enter(1, $code));
$leaving->quit;
$node->poll_query_until('postgres', "SELECT count(*) = 0 FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'");
is(attempts(1), '0', 'nor does who leaves without a commit');
($attempt) = client($many, $owner, enter(1, $code));
is((client($many, $owner, judge("'$attempt'")))[0], 't', 'and the code is as good as before');

# ---- sixteen guessers, more than there are sessions

for my $n (2 .. 4)
{
	my $right = code_of($many, $n);
	my @runs;
	for my $i (0 .. GUESSERS - 1)
	{
		# Some judge each guess at once, some take the first one back, some have looked at the table before.
		my @guesses = map { enter($n, wrong($right, 1 + GUESSES * $i + $_)) . " \\gset\n" } 0 .. GUESSES - 1;
		my $judge   = judge(q(:'attempt')) . ";\n";
		my $script  = "\\set attempt 00000000-0000-0000-0000-000000000000\n" . (
			$i % 4 == 0 ? "BEGIN;\n$guesses[0]${judge}ROLLBACK;\n$guesses[1]$judge$guesses[2]$judge"
			: $i % 4 == 1 ? "BEGIN ISOLATION LEVEL REPEATABLE READ;\nSELECT 'x';\n$guesses[0]SELECT pg_sleep(0.1) \\g /dev/null\nCOMMIT;\n$judge"
			: join $judge, @guesses, '');
		my %run = (in => $script, out => '', err => '');
		$run{handle} = IPC::Run::start([ @psql, '-d', "$many user=$owner" ], '<', \$run{in}, '>', \$run{out}, '2>', \$run{err});
		push @runs, \%run;
	}
	$_->{handle}->finish for @runs;
	my $judged = grep { /^[tf]$/ } map { split /\n/, $_->{out} } @runs;
	my %states;
	$states{$_}++ for map { $_->{err} =~ /ERROR:\s+(\w{5})/g } @runs;
	is(attempts($n), '3', "of @{[GUESSERS]} clients three guesses are taken");
	cmp_ok($judged, '<=', 3, "and no more are judged: $judged; refused: " . join(' ', map { "$_ x $states{$_}" } sort keys %states));
	is(join(' ', grep { !/^(LY70[4567]|40001|25P02)$/ } sort keys %states), '', 'all others are refused, and for nothing else');
	is((client($many, $owner, enter($n, $right)))[0], 'LY704', 'the right one comes too late');
}

# ---- what sessions know of an org is what stands there

is(join(' ', client($many, $owner, "SELECT loyalty.set_verification_rules('lagoon', 'coupon', binds_amount => true)",
		("SELECT loyalty.send_code('lagoon', 'coupon', $customer[5])") x 5)), ' LY001 LY001 LY001 LY001 LY001', 'a rule that one session sets holds in all of them');
$node->safe_psql('postgres', "SELECT loyalty.set_verification_rules('lagoon', 'coupon')");
is((client($many, $owner, "SELECT count(*) FROM loyalty.send_code('lagoon', 'coupon', $customer[5])"))[0], '1', 'also one that is set beside the pooler');
is(join(' ', client($many, $owner, "CALL loyalty.expire_points('lagoon')", 'BEGIN', "CALL loyalty.expire_points('lagoon')", 'ROLLBACK')), '  LY014 ', 'jobs commit through it, by themselves');

# ---- a worker that keeps its connection

$node->safe_psql('postgres', "SELECT count(loyalty.send_sms('lagoon', $customer[9], 'Hello ' || n || '.')) FROM generate_series(1, 15) n");
open_sessions($many, 'worker');
my $sent = PostgreSQL::Test::Utils::tempdir() . '/sms';
{
	my ($dir) = $many =~ /host=(\S+)/;
	my %connection = (PGHOST => $dir, PGPORT => PORT, PGDATABASE => 'postgres', PGUSER => 'worker', PYTHONDONTWRITEBYTECODE => 1);
	local @ENV{ keys %connection } = values %connection;
	is(system('/usr/bin/python3', "$FindBin::RealBin/../../examples/gateway/gateway", qw(--org lagoon --quantity 1 --drain --messages), "mobile=file:$sent"), 0,
		'the gateway of examples works through it');
	is(scalar(() = slurp_file($sent) =~ /Hello \d+\./g), 15, 'and delivers all that waits');
}

# ---- one session for all: nothing of one client is left for another one

my $one = start_pooler('one', 1);
my $mind = q(SELECT current_user || ' ' || current_setting('search_path') || ' ' || current_setting('loyalty.clock') || ' ' || current_setting('loyalty.follow_merges')
	|| ' ' || current_setting('plan_cache_mode') || ' ' || current_setting('jit') || ' ' || current_setting('client_min_messages')
	|| ' ' || (SELECT count(*) FROM pg_prepared_statements) || ' ' || (SELECT count(*) FROM pg_cursors));
my @look = ("SELECT loyalty.find_customer('lagoon', 'mobile', '+6591230000')", $mind);
my ($session) = client($one, 'everything', 'SELECT pg_backend_pid()', @look);
my $fresh = 'everything "$user", public  off auto on notice 0 0';    # of one that has called nothing
$code = code_of($many, 6);
for my $done (
	[ 'a call' => "SELECT loyalty.points_balance('lagoon', $customer[0])" ],
	[ 'one that is refused' => "SELECT loyalty.redeem_points('lagoon', $customer[0], 1000000)" ],
	[ 'one that is taken back' => 'BEGIN', enter(6, '000000'), 'ROLLBACK' ],
	[ 'one that is taken back to a savepoint' => 'BEGIN', 'SAVEPOINT s', "SELECT loyalty.earn_points('lagoon', $customer[0], -1)", 'ROLLBACK TO s', enter(6, '000000'), 'COMMIT' ],
	[ 'one that is left open' => 'BEGIN', 'DECLARE c CURSOR FOR SELECT * FROM loyalty.points_ledger(' . "'lagoon', $customer[0])", 'FETCH 1 FROM c' ],
	[ 'settings of a transaction' => 'BEGIN', 'SET LOCAL ROLE harbour_tills', 'SET LOCAL search_path = nowhere', 'SET LOCAL loyalty.follow_merges = on', "SELECT loyalty.points_balance('harbour', $stranger)", 'COMMIT' ])
{
	my ($name, @statements) = @$done;
	client($one, 'everything', @statements);
	is((client($one, 'everything', @look))[1], $fresh, "a client finds nothing of another one's: $name");
}
is((client($one, 'everything', "SET loyalty.clock = '2001-01-01'"))[0], '42501', 'the clock is no client\'s to set');
like((client($one, $owner, 'BEGIN', "SET LOCAL loyalty.clock = '2031-01-01'", "SELECT sent_at FROM loyalty.send_code('lagoon', 'generic', $customer[7])", 'ROLLBACK'))[2], qr/^2031-01-01/, 'a superuser sets it for a transaction');
like((client($one, $owner, "SELECT sent_at::date - now()::date FROM loyalty.send_code('lagoon', 'generic', $customer[7])"))[0], qr/^0$/, 'and no longer');

# Two orgs in turn by one session: each call asks anew who calls.
for my $round (1 .. 3)
{
	my @seen;
	for my $role (qw(lagoon_tills harbour_tills))
	{
		my @answers = client($one, 'everything', 'BEGIN', "SET LOCAL ROLE $role",
			(map { ('SAVEPOINT s', "SELECT count(*) FROM loyalty.points_balance('$_->[0]', $_->[1])", 'ROLLBACK TO s') } [ lagoon => $customer[0] ], [ harbour => $stranger ]), 'COMMIT');
		push @seen, @answers[ 3, 6 ];
	}
	is("@seen", '1 LY004 LY004 1', "round $round: each role sees its own org alone");
}
$node->safe_psql('postgres', "SELECT loyalty.revoke_org('harbour', 'harbour_tills')");
is((client($one, 'everything', "SELECT count(*) FROM loyalty.points_balance('harbour', $stranger)"))[0], 'LY004', 'what is revoked is so at once');
$node->safe_psql('postgres', "SELECT loyalty.grant_org('harbour', 'harbour_tills')");
is((client($one, 'everything', "SELECT count(*) FROM loyalty.points_balance('harbour', $stranger)"))[0], '1', 'and what is granted');

# Whatever clients do to their session, plans go on.
my $balance = "SELECT current_points FROM loyalty.points_balance('lagoon', $customer[0])";
my ($before) = client($one, 'everything', $balance);
for my $upheaval ('DISCARD ALL', 'DEALLOCATE ALL', "SET search_path = ''", "SET plan_cache_mode = force_generic_plan",
	'CREATE TEMP TABLE customer (customer_id text)', 'SET SESSION AUTHORIZATION DEFAULT')
{
	my @after = client($one, 'everything', $upheaval, ($balance) x 7);
	is("@after[1 .. 7]", join(' ', ($before) x 7), "plans outlive $upheaval");
}
$node->safe_psql('postgres', 'CREATE INDEX ON loyalty_data.ledger_account (balance); ALTER TABLE loyalty_data.customer ADD COLUMN site_note text; ANALYZE');
is((client($one, 'everything', $balance))[0], $before, 'and a change of their tables');
is((client($one, 'everything', "SELECT points FROM loyalty.earn_points('lagoon', $customer[8], 5)"))[0], '5.000', 'for writing as well');
is((client($one, 'everything', 'SELECT pg_backend_pid()'))[0] eq $session ? 1 : 0, 0, 'who left a transaction open took its session along');

# A plain SET stays with the session, for whoever comes next: that is pgbouncer's, and so is the way out.
client($one, 'everything', 'DISCARD ALL', 'SET loyalty.follow_merges = on');
is((client($one, 'everything', 'SHOW loyalty.follow_merges'))[0], 'on', 'a plain SET reaches the next client');
my $reset = start_pooler('reset', 1, server_reset_query => 'RESET ALL', server_reset_query_always => 1);
is(join(' ', client($reset, 'everything', $balance, 'SET loyalty.follow_merges = on', 'SHOW loyalty.follow_merges', $balance)), "$before  off $before", 'but not where the pooler resets after each transaction');

ledger_holds($node, 'lagoon');
log_is_clean($node);
$node->stop;
done_testing();
