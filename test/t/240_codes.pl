# Guesses at one-time codes: never more judged than allowed, whatever is done around them: rolled back, entered by sixteen at once, in old
# snapshots, prepared, lost by a crash; and codes in no log, no file of the database and no dump.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use LoyaltyTest;
use PostgreSQL::Test::Utils;
use Test::More;

use constant { GUESSERS => 16, ROUNDS => 1000 };

my $node = start_node('codes', conf => "synchronous_commit = off\nmax_prepared_transactions = 5\nwal_writer_delay = 10s\n");
$node->safe_psql('postgres', <<"SQL");
SELECT loyalty.create_org('lagoon', 'Lagoon', base_country => 'SG'), loyalty.create_sender('lagoon', 'LAGOON', 'mobile', is_default => true);
SELECT loyalty.register_customer('lagoon', mobile => '+659123000' || n) FROM generate_series(0, 9) n;
SQL
my @customer = map { $node->safe_psql('postgres', "SELECT loyalty.find_customer('lagoon', 'mobile', '+659123000$_')") } 0 .. 9;

# Sends a code to the nth customer; answers it, as a worker gets it.
sub code_of
{
	my ($n) = @_;

	return $node->safe_psql('postgres', <<"SQL") =~ s/.*\n//sr;
SET client_min_messages = error;
SELECT loyalty.send_code('lagoon', 'generic', $customer[$n]);
SELECT substring(body FROM '\\d{6}') FROM loyalty.take_messages('lagoon', 'mobile', 100) WHERE customer_id = $customer[$n];
SQL
}

# Runs statements in one session; answers the SQLSTATEs of those that failed, and what the last one printed.
sub session
{
	my (@statements) = @_;
	my ($out, $err);

	$node->psql('postgres', join(";\n", @statements) . ';', stdout => \$out, stderr => \$err, on_error_stop => 0,
		extra_params => [ '-v', 'VERBOSITY=sqlstate' ]);
	return join(' ', $err =~ /ERROR:\s+(\w{5})/g) . ($out =~ /(\S+)\s*\z/ ? " $1" : '');
}

sub enter { my ($n, $code) = @_; return "SELECT attempt FROM loyalty.enter_code('lagoon', 'generic', '$code', $customer[$n])" }
sub judge { my ($attempt) = @_; return "SELECT verified FROM loyalty.verify_code('lagoon', $attempt)" }
sub attempts { my ($n) = @_; return $node->safe_psql('postgres', "SELECT count(*) FROM loyalty_data.verification_attempt WHERE customer_id = $customer[$n]") }

# ---- example 18: guesses that are taken back teach nothing

my $code = code_of(0);
is(session('BEGIN', 'SELECT 1', enter(0, $code) =~ s/SELECT attempt FROM (.*)/SELECT verified FROM $1 e, loyalty.verify_code('lagoon', e.attempt)/r, 'ROLLBACK'), 'LY706 1', 'a guess is not judged in its own transaction');
is(session('BEGIN', enter(0, '000000'), enter(0, $code), 'ROLLBACK') =~ /^LY706/ ? 1 : 0, 1, 'nor is there a second one, be the first one wrong');
is(session('BEGIN', enter(0, $code), enter(0, $code), 'ROLLBACK') =~ /^LY706/ ? 1 : 0, 1, 'or right');
is(session('BEGIN', 'SAVEPOINT s', enter(0, $code), 'ROLLBACK TO s', 'SAVEPOINT t', enter(0, $code), 'RELEASE t', "SELECT 'x' FROM loyalty.send_code('lagoon', 'generic', $customer[0])", 'ROLLBACK') =~ /^LY70[36]/ ? 1 : 0,
	1, 'savepoints do not hide it');
is(session('BEGIN', enter(0, $code), "SELECT count(*) FROM loyalty.verification_log WHERE action = 'entered'", 'ROLLBACK') =~ / 0$/ ? 1 : 0, 1, 'no view tells of it');
$node->safe_psql('postgres', <<"SQL");
DO \$\$
DECLARE
    told text;
BEGIN
    FOR i IN 1 .. @{[ROUNDS]} LOOP
        BEGIN
            PERFORM loyalty.verify_code('lagoon', e.attempt) FROM loyalty.enter_code('lagoon', 'generic', lpad(i::text, 6, '0'), $customer[0]) e;
            RAISE 'judged';
        EXCEPTION WHEN OTHERS THEN
            told := SQLSTATE;
        END;
        IF told <> 'LY706' THEN
            RAISE 'told %', told;
        END IF;
    END LOOP;
END
\$\$;
SQL
is(attempts(0), '0', 'a thousand guesses that were taken back were none');
my $token = session(enter(0, $code)) =~ s/^ //r;
is(session(judge("'$token'")), ' t', 'and the code is as unknown as before: it is right');

# ---- example 19: sixteen at once, also in snapshots of before

for my $level ('READ COMMITTED', 'REPEATABLE READ')
{
	my $n     = $level eq 'READ COMMITTED' ? 1 : 2;
	my $right = code_of($n);
	my @handles;

	for my $i (1 .. GUESSERS)
	{
		my $guess = sprintf '%06d', ($right + $i) % 1_000_000;
		my ($in, $out, $err) = ("BEGIN ISOLATION LEVEL $level;\nSELECT 1;\nSELECT pg_sleep(0.5);\n" . enter($n, $guess) . ";\nCOMMIT;\n", '', '');
		push @handles, [ IPC::Run::start([ 'psql', '-XAtq', '-v', 'VERBOSITY=sqlstate', '-d', $node->connstr('postgres') ], '<', \$in, '>', \$out, '2>', \$err), \$out, \$err ];
	}
	$_->[0]->finish for @handles;
	my $tokens   = grep { ${ $_->[1] } =~ /\w{8}-\w{4}/ } @handles;
	my $refusals = grep { ${ $_->[2] } =~ /LY70[45]|40001/ } @handles;
	cmp_ok($tokens, '<=', 3, "$level: never more than three of sixteen");
	is($tokens + $refusals, GUESSERS, "$level: the others are refused");
	is(attempts($n), $tokens, "$level: and what was taken was counted");
	is(session(enter($n, $right)) =~ /^LY704/ ? 1 : 0, $tokens == 3 ? 1 : 0, "$level: then the right one comes too late");
}

# ---- prepared transactions

$code = code_of(3);
my $waiting = session('BEGIN', enter(3, $code), "PREPARE TRANSACTION 'guess'");
$waiting =~ s/^ //;
is(session(judge("'$waiting'")), 'LY707', 'a guess that is prepared is none yet');
is(session("COMMIT PREPARED 'guess'"), '', 'it is committed');
is(session(judge("'$waiting'")), ' t', 'and judged then');

# ---- a crash right behind the answer

$code = code_of(4);
for my $round (1 .. 3)
{
	my $answer = session(enter(4, '00000x')) =~ s/^ //r;
	my $verdict = session(judge("'$answer'"));
	$node->stop('immediate');
	$node->start;
	is($verdict, ' f', "guess $round is judged");
	is(attempts(4), $round, "and counted after kill -9, though commits are not flushed (synchronous_commit = off)");
}
is(session(enter(4, $code)), 'LY704', 'so the fourth one is refused');

# ---- codes are nowhere

my $text = $node->safe_psql('postgres', <<"SQL");
SELECT loyalty.set_verification_rules('lagoon', 'coupon', code_length => 12, code_characters => 'letters');
SELECT loyalty.send_code('lagoon', 'coupon', $customer[5]);
SELECT substring(body FROM '[0-9A-Z]{12}') FROM loyalty.take_messages('lagoon', 'mobile', 100) WHERE customer_id = $customer[5];
SQL
$text =~ s/.*\n//s;
like($text, qr/^[0-9A-Z]{12}$/, 'a code of twelve letters');
is(session("SELECT attempts_left FROM loyalty.enter_code('lagoon', 'coupon', '$text', $customer[5])"), ' 2', 'is entered');
$node->safe_psql('postgres', 'CHECKPOINT; SELECT pg_switch_wal()');
my $dir   = $node->data_dir;
my @found = grep { slurp_file($_) =~ /\Q$text\E/ } glob("$dir/pg_wal/0*"), glob("$dir/base/*/*"), $node->logfile;
is(join(' ', @found), '', 'no file of the database, no WAL and no log has it');
my ($dump) = run_command([ 'pg_dump', '-d', $node->connstr('postgres') ]);
unlike($dump, qr/\Q$text\E/, 'no dump has it');
like($dump, qr/COPY loyalty_data\.verification_attempt /, 'which has the guesses');
unlike($dump, qr/COPY loyalty_data\.code_key /, 'and no secret');

done_testing();
