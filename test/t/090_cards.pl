# Cards under load and over a dump: 8 clients draw 80,000 distinct numbers without waiting; a restored backup goes on where
# the old database stood; a series made under a key needs that key.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use File::Spec;
use LoyaltyTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $key_file = File::Spec->rel2abs(PostgreSQL::Test::Utils::tempdir()) . '/loyalty.keys';
append_to_file($key_file, '7 ' . 'fedcba9876543210' x 4 . "\n");
chmod 0600, $key_file;

my $node = start_node('cards', conf => "log_lock_waits = on\ndeadlock_timeout = 100ms\n");

sub value
{
	my ($sql, $database) = @_;

	return $node->safe_psql($database // 'postgres', $sql);
}

value(<<'SQL');
SELECT loyalty.create_org('o', 'O', base_country => 'SG');
SELECT loyalty.set_config('o', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'true');
SELECT loyalty.create_program('o', 'p', 'P');
SELECT loyalty.create_card_series('o', 'random', 'Random', method => 'RANDOM_LUHN', length => 12, prefix => '80000',
    checksum_includes => 'PREFIX');
SELECT loyalty.create_card_series('o', 'inc', 'Inc', method => 'AUTO_INC', length => 8, prefix => 'A', serial_offset => 10,
    issue => 'every_registration');
SELECT loyalty.create_card_series('o', 'small', 'Small', method => 'RANDOM', length => 3);
SQL

# ---- 8 clients x 10,000 numbers

{
	my $script = PostgreSQL::Test::Utils::tempdir() . '/generate.sql';
	append_to_file($script, "SELECT loyalty.generate_cards('o', 'random', 1);\n");
	my ($out, $err) = run_command([
		'pgbench', '-n', '-c', 8, '-j', 2, '-t', 10000, '-M', 'prepared', '-f', $script, $node->connstr('postgres') ]);
	unlike($err, qr/error|fatal|abort/i, 'no client error');
	like($out, qr{number of transactions actually processed: 80000/80000}, '8 clients made 10,000 cards each');
	is(value(q{SELECT count(*) || ' ' || count(DISTINCT card_number) || ' ' || bool_and(loyalty.luhn_is_valid(card_number))
		FROM loyalty_data.card WHERE card_number LIKE '80000%' AND length(card_number) = 12}),
		'80000 80000 true', '80,000 distinct numbers, each with its check digit');
	is(value("SELECT used FROM loyalty.card_series_usage WHERE series = 'random'"), '80000', 'none was drawn in vain');
	# One page is added to a table at a time, by any INSERT: with a busy disk that is worth a line in the log, too.
	unlike(PostgreSQL::Test::Utils::slurp_file($node->logfile), qr/still waiting for (?!\w+ on extension of)/,
		'nobody waited for anybody');
}

# ---- many registrations at once, each with a card and an external id of its own, while others give the same ids by hand

{
	value(<<'SQL');
SELECT loyalty.set_config('o', 'CONF_CARD_NUMBER_LENGTH', '6');
SELECT loyalty.set_config('o', 'CONF_CLIENT_V2_API_ENABLED', 'true');
SELECT loyalty.set_config('o', 'SOURCE_ACCOUNTS_EXTERNALID_ENABLED', '["INSTORE:"]');
SQL
	my @scripts = map {
		my $client = $_;
		[
			map {
				sprintf "SELECT warnings FROM loyalty.register_customer('o', '9%d%06d'%s)", $client, $_,
				  $client > 6 ? sprintf(", external_id => '%06d', source => 'WEBSITE'", $_ * 5) : ''
			} 0 .. 149 ];
	} 1 .. 8;
	my @answers = map { @$_ } clients($node, @scripts);
	my %states;
	$states{ $_->{state} }++ for @answers;
	is(join(' ', map { "$_" } grep { $_ ne '00000' && $_ ne 'LY111' } sort keys %states),
		'', 'registrations succeed, or find the given id taken');
	is(scalar(grep { ($_->{rows}[0] // '') =~ /external_id_generated/ } @answers), 900, '900 ids were generated');
	is(value("SELECT count(*) - count(DISTINCT identifier_value) FROM loyalty_data.identifier WHERE identifier_type = 'external_id'"),
		0, 'each external id has one owner');
	is(value("SELECT count(*) = count(DISTINCT customer_id) AND count(*) = (SELECT count(*) FROM loyalty_data.customer) FROM loyalty.cards WHERE series = 'inc'"),
		't', 'and each customer a card');
}

# ---- the key of a series

value("SELECT loyalty.generate_cards('o', 'small', 400)");
$node->append_conf('postgresql.conf', "loyalty.key_file = '$key_file'\n");
$node->restart;
value("SELECT loyalty.create_card_series('o', 'keyed', 'Keyed', method => 'RANDOM', length => 4, prefix => 'K')");
value("SELECT loyalty.generate_cards('o', 'keyed', 300)");
is(value("SELECT loyalty.generate_cards('o', 'small', 100)"), '100', 'a series that was made without a key goes on without it');
is(value("SELECT string_agg(DISTINCT key_id::text, ' ') FROM loyalty_data.number_series"), '0 7', 'a new one has the key in use');

# ---- out and in again

my $dump = PostgreSQL::Test::Utils::tempdir() . '/cards.sql';
my ($out, $err) = run_command([ 'pg_dump', '-f', $dump, $node->connstr('postgres') ]);
is($err, '', 'pg_dump says nothing');
value('CREATE DATABASE fresh TEMPLATE template0');
($out, $err) =
  run_command([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('fresh'), '-f', $dump, '-o', '/dev/null' ]);
is($err, '', 'nor does the restore');
for my $table (qw(number_series card_series card_label card card_external_id card_change number_series_event
	generated_external_id))
{
	my $hash = "SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, '/' ORDER BY t::text)), '') FROM loyalty_data.$table t";
	is(value($hash, 'fresh'), value($hash), "table $table is the same");
}
for my $series (qw(random inc small keyed))
{
	my $next = "SELECT string_agg(n, ' ') FROM loyalty.preview_card_numbers('o', '$series', 5) n";
	is(value($next, 'fresh'), value($next), "$series goes on with the same numbers");
}
my $next = "SELECT n FROM loyalty.preview_external_ids('o', 1) n";
is(value($next, 'fresh'), value($next), 'and so do external ids');
is(value("SELECT loyalty.generate_cards('o', 'small', 500)", 'fresh'), '500', 'the rest of a series after the restore');
is(value("SELECT count(*) || ' ' || min(card_number) || ' ' || max(card_number) FROM loyalty_data.card WHERE card_number ~ '^...\$'", 'fresh'),
	'1000 000 999', 'makes it whole: none twice, none missing');
is((call($node, "SELECT loyalty.generate_cards('o', 'small', 1)", db => 'fresh'))[0], 'LY304', 'and exhausted');
is(value("DROP EXTENSION loyalty; SELECT count(*) FROM pg_class WHERE relname LIKE 'number_series%'", 'fresh'),
	0, 'restored sequences go with the extension, too');

# Data alone, into a database that has the extension: the rows bring their sequences.
value('CREATE DATABASE again TEMPLATE template0');
value('CREATE EXTENSION loyalty', 'again');
($out, $err) = run_command([ 'pg_dump', '--data-only', '-f', "$dump.data", $node->connstr('postgres') ]);
($out, $err) = run_command([
	'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('again'), '-f', "$dump.data", '-o', '/dev/null' ]);
is($err, '', 'a restore of the data alone says nothing');
is(value("SELECT string_agg(series || ' ' || used, ' ' ORDER BY series) FROM loyalty.card_series_usage", 'again'),
	value("SELECT string_agg(series || ' ' || used, ' ' ORDER BY series) FROM loyalty.card_series_usage"),
	'and its series stand where they stood');

# ---- without the key

$node->adjust_conf('postgresql.conf', 'loyalty.key_file', "''");
$node->restart;
is((call($node, "SELECT loyalty.generate_cards('o', 'keyed', 1)"))[0], 'LY013', 'without its key a series stands still');
is(value("SELECT loyalty.generate_cards('o', 'small', 1)"), '1', 'the others do not');

# ---- a crash loses numbers, but gives none twice

$node->stop('immediate');
$node->start;
is(value("SELECT loyalty.generate_cards('o', 'random', 1000)"), '1000', 'after a crash numbers go on');
cmp_ok(value("SELECT used FROM loyalty.card_series_usage WHERE series = 'random'"), '<=', 81000 + 33,
	'with a gap of 32 at most');
ledger_holds($node, 'o');
unlike(PostgreSQL::Test::Utils::slurp_file($node->logfile), qr/WARNING:(?!  a series of numbers is nearly used)|PANIC|TRAP/,
	'the server had nothing else to complain about');
$node->stop;
done_testing();
