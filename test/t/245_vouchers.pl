# Codes of gift vouchers: in no file of the database, no WAL, no log and no dump; good under each key that the key file has, whichever is in
# use, and where a dump is restored, if the file is there; a flood of wrong ones leaves nothing behind.

use strict;
use warnings;

use File::Spec;
use FindBin;
use lib "$FindBin::RealBin/lib";

use LoyaltyTest;
use PostgreSQL::Test::Utils;
use Test::More;

# A million wrong codes take a minute.
use constant GUESSES => $ENV{LOYALTY_GUESSES} // 200_000;

my $keys = File::Spec->rel2abs(PostgreSQL::Test::Utils::tempdir()) . '/loyalty.keys';
# A server that logs the statements that failed logs what stands in them: see docs/voucher.md.
my $node = start_node('vouchers', conf => "synchronous_commit = off\nloyalty.key_file = ''\nlog_min_error_statement = panic\n");

sub answer { my ($sql, $database) = @_; return $node->safe_psql($database // 'postgres', $sql) }

# The SQLSTATE of a statement that fails, or what it answers.
sub state_of
{
	my ($sql, $database) = @_;
	my ($out, $err);

	$node->psql($database // 'postgres', $sql, stdout => \$out, stderr => \$err, extra_params => [ '-v', 'VERBOSITY=sqlstate' ]);
	return $err =~ /ERROR:\s+(\w{5})/ ? $1 : $out;
}

sub balance { my ($code, $database) = @_; return state_of("SELECT balance FROM loyalty.gift_voucher_balance('lagoon', '$code')", $database) }
sub issue { my ($rest) = @_; return split /\|/, answer("SELECT voucher_id, voucher_code FROM loyalty.issue_gift_voucher('lagoon', NULL, 50$rest)") }

# Puts keys into the file, the last one in use; none: there is no file.
sub use_keys
{
	my (@ids) = @_;

	unlink $keys;
	append_to_file($keys, join '', map { "$_ " . sprintf('%02x', $_) x 32 . "\n" } @ids) if @ids;
	chmod 0600, $keys if @ids;
	$node->adjust_conf('postgresql.conf', 'loyalty.key_file', @ids ? "'$keys'" : "''");
	$node->reload;
	$node->poll_query_until('postgres', "SELECT current_setting('loyalty.key_file') " . (@ids ? '<>' : '=') . " ''") or die 'no reload';
	return;
}

answer(<<"SQL");
SELECT loyalty.create_org('lagoon', 'Lagoon', base_country => 'DE', currency_code => 'EUR'), loyalty.set_config('lagoon', 'CONF_GIFT_CARD_ENABLED', 'true');
SQL

# ---- keys

my ($of_secret, $secret_code) = issue('');
like($secret_code, qr/^[2-9A-HJKMNP-Z0]{16}$/, 'without a key file a secret of the database serves');
use_keys(1);
my ($first, $first_code) = issue(q{, idempotency_key => 'one'});
is((issue(q{, idempotency_key => 'one'}))[1], $first_code, 'a repeat tells the code');
use_keys(1, 2);
is((issue(q{, idempotency_key => 'one'}))[1], $first_code, 'also once another key is in use');
my ($second, $second_code) = issue(q{, idempotency_key => 'two'});
is(join(' ', map { balance($_) } $secret_code, $first_code, $second_code), '50.000 50.000 50.000', 'codes are good under each key that there is');
use_keys(2);
is(join(' ', map { balance($_) } $secret_code, $first_code, $second_code), '50.000 LY901 50.000', 'but for a key that the file lacks');
is((issue(q{, idempotency_key => 'one'}))[1] // '', '', 'whose code is not told again');
use_keys(2, 1);
is(join(' ', map { balance($_) } $secret_code, $first_code, $second_code), '50.000 50.000 50.000', 'and again as soon as it is back');

# ---- codes are nowhere

my ($lost, $lost_code) = issue('');
my $new_code = answer("SELECT loyalty.replace_gift_voucher_code('lagoon', $lost, reason => 'lost')");
answer("SELECT movement_id FROM loyalty.redeem_gift_voucher('lagoon', '$first_code', 20, idempotency_key => 'pay')");
answer('CHECKPOINT; SELECT pg_switch_wal()');
my $dir   = $node->data_dir;
my @files = (glob("$dir/pg_wal/0*"), glob("$dir/base/*/*"), $node->logfile);
my ($dump) = run_command([ 'pg_dump', '-d', $node->connstr('postgres') ]);
for my $code ($secret_code, $first_code, $second_code, $lost_code, $new_code)
{
	is(join(' ', grep { slurp_file($_) =~ /$code/ } @files), '', 'no file of the database, no WAL and no log has it');
	unlike($dump, qr/$code/, 'no dump has it');
}
like($dump, qr/COPY loyalty_data\.voucher_code /, 'which has the digests');

# ---- where a dump is restored

my $file = $node->basedir . '/dump';
$node->command_ok([ 'pg_dump', '-Fc', '-f', $file, '-d', $node->connstr('postgres') ], 'a dump');
answer('CREATE DATABASE fresh');
$node->command_ok([ 'pg_restore', '--exit-on-error', '-d', $node->connstr('fresh'), $file ], 'is restored');
is(join(' ', map { balance($_, 'fresh') } $first_code, $second_code), '30.000 50.000', 'codes under keys of the file are good there');
is(balance($secret_code, 'fresh'), 'LY901', 'one under the secret of the old database is not');
is(state_of("SELECT balance FROM loyalty.redeem_gift_voucher('lagoon', '$first_code', 20, idempotency_key => 'pay')", 'fresh'), '30.000',
	'a repeat is known');
my $replaced = answer("SELECT loyalty.replace_gift_voucher_code('lagoon', $of_secret, reason => 'restored')", 'fresh');
is(balance($replaced, 'fresh'), '50.000', 'and gets another one');
is(state_of('UPDATE loyalty_data.voucher_movement SET amount = 1', 'fresh'), 'LY412', 'the guard is there');

# ---- a flood of wrong codes

answer(<<'SQL');
CREATE FUNCTION public.flood(times int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    code text;
    before bigint;
    right_ones int := 0;
BEGIN
    FOR i IN 1 .. times LOOP
        code := translate(left(upper(md5(i::text)), 16), '1', 'Z');
        BEGIN
            IF i % 2 = 0 THEN
                PERFORM loyalty.gift_voucher_balance('lagoon', code);
            ELSE
                PERFORM loyalty.redeem_gift_voucher('lagoon', code, 1, idempotency_key => 'k' || i);
            END IF;
            right_ones := right_ones + 1;
        EXCEPTION WHEN SQLSTATE 'LY901' THEN
            NULL;
        END;
        IF i = 1000 THEN
            before := (SELECT sum(total_bytes) FROM pg_backend_memory_contexts);
        END IF;
    END LOOP;
    RETURN format('%s right, %s, memory %s', right_ones, COALESCE(pg_current_xact_id_if_assigned()::text, 'nothing written'),
        CASE WHEN (SELECT sum(total_bytes) FROM pg_backend_memory_contexts) - before < 1000000 THEN 'as before' ELSE 'grew' END);
END $$;
SQL
my $state = "SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM (SELECT v::text FROM loyalty_data.gift_voucher v"
  . ' UNION ALL SELECT m::text FROM loyalty_data.voucher_movement m UNION ALL SELECT r::text FROM loyalty_data.voucher_request r'
  . ' UNION ALL SELECT k.secret_id::text FROM loyalty_data.code_key k) t';
my $before = answer($state);
is(answer('SELECT public.flood(' . GUESSES . ')'), '0 right, nothing written, memory as before', GUESSES . ' wrong codes write nothing, and keep nothing');
is(answer($state), $before, 'nor anything else');

done_testing();
