# Keys of accounts with providers: sealed under the key file, opened by the gateway alone, for their own row alone, and found in no
# log and no file of the database. They are rotated, and so is the key file.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use LoyaltyTest;
use PostgreSQL::Test::Utils;
use Test::More;

# What the server logs of statements is literals that callers wrote, so it is off: messages are ours.
my $node = start_node('secrets', conf => "log_min_messages = debug1\nlog_min_error_statement = panic\n");
my $old  = '1 ' . 'a1' x 32 . "\n";
my $new  = '2 ' . 'b2' x 32 . "\n";

# Points the setting at a file of these keys.
my $version = 0;
sub use_keys
{
	my ($content) = @_;
	my $path = $node->basedir . '/keys' . ++$version;

	append_to_file($path, $content);
	chmod(0600, $path) or die "chmod: $!";
	$node->safe_psql('postgres', "LOAD 'loyalty'; ALTER SYSTEM SET loyalty.key_file = '$path'");
	$node->reload;
	$node->poll_query_until('postgres', "SELECT current_setting('loyalty.key_file') = '$path'") or die 'the setting did not change';
	return;
}

# The state of a call, and what it answers.
sub answer
{
	my ($user, $sql) = @_;
	my ($state, $rows) = call($node, "SELECT $sql", user => $user);

	return $state eq '00000' ? $rows : $state;
}

$node->safe_psql('postgres', <<'SQL');
CREATE ROLE boss LOGIN IN ROLE loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
CREATE ROLE carrier LOGIN IN ROLE loyalty_gateway;
SELECT loyalty.create_org(o, o), loyalty.grant_org(o, 'boss'), loyalty.grant_org(o, 'carrier') FROM unnest('{acme,beta}'::text[]) o;
SQL
my $keys = '{"sid": "AC0", "auth_token": "hush-hush-1", "messaging_service_sid": "MG0"}';
is(answer('boss', "loyalty.create_bsp_account('acme', 'wa', 'twilio', '+6591234567', true, '$keys')"), 'LYM10', 'without a key file no keys are taken');
use_keys($old);
like(answer('boss', "loyalty.create_bsp_account('acme', 'wa', 'twilio', '+6591234567', true, '$keys')"), qr/^\d+$/, 'under one they are');
is(answer('boss', "loyalty.create_bsp_account('acme', 'wa', 'twilio', NULL, true, '$keys')"), 'LY009', 'the code of an account is taken once');
is(answer('carrier', "loyalty.bsp_secret('acme', 'wa') ->> 'auth_token'"), 'hush-hush-1', 'the gateway reads them back');
is(answer('boss', "loyalty.bsp_secret('acme', 'wa')"), '42501', 'nobody else does, whatever other roles it has');
is(answer('carrier', "loyalty.bsp_secret('beta', 'wa')"), 'LYM09', 'nor are they those of another org');

# A copy of the row is not the row.
$node->safe_psql('postgres', <<'SQL');
INSERT INTO loyalty_data.bsp_account SELECT o.org_id, b.bsp_account_id, b.secret_set_at, b.key_id, b.is_verified, b.bsp_account, b.bsp, b.number, b.secret
    FROM loyalty_data.bsp_account b, loyalty_data.org o WHERE o.org = 'beta';
INSERT INTO loyalty_data.bsp_account SELECT org_id, 99, secret_set_at, key_id, is_verified, 'copy', bsp, number, secret
    FROM loyalty_data.bsp_account WHERE bsp_account = 'wa';
SQL
is(answer('carrier', "loyalty.bsp_secret('$_->[0]', '$_->[1]')"), 'XX001', "a secret that was copied to $_->[2] does not open")
  for ['beta', 'wa', 'another org'], ['acme', 'copy', 'another account'];
$node->safe_psql('postgres', "UPDATE loyalty_data.bsp_account SET secret = secret || '\\x00' WHERE bsp_account_id = 99");
is(answer('carrier', "loyalty.bsp_secret('acme', 'copy')"), 'XX001', 'nor one that was changed');

# The key file goes on; then the keys of the account.
use_keys($old . $new);
is(answer('carrier', "loyalty.bsp_secret('acme', 'wa') ->> 'auth_token'"), 'hush-hush-1', 'sealed under an old key of the file they open');
is(answer('boss', "loyalty.update_bsp_account('acme', 'wa', secrets => '" . ($keys =~ s/hush-hush-1/hush-hush-2/r) . "')"), '', 'they are rotated');
is($node->safe_psql('postgres', "SELECT key_id FROM loyalty_data.bsp_account WHERE bsp_account = 'wa' AND org_id = (SELECT org_id FROM loyalty_data.org WHERE org = 'acme')"),
	'2', 'under the new key of the file');
is(answer('carrier', "loyalty.bsp_secret('acme', 'wa') ->> 'auth_token'"), 'hush-hush-2', 'and are the new ones');
use_keys($new);
is(answer('carrier', "loyalty.bsp_secret('acme', 'wa') ->> 'auth_token'"), 'hush-hush-2', 'the old key is needed no more');
is(answer('carrier', "loyalty.bsp_secret('acme', 'copy')"), 'LY013', 'but by what was sealed under it');

# Nothing of them is anywhere.
is(answer('boss', "(SELECT count(*) FROM loyalty.bsp_accounts b WHERE b::text ~ 'hush')"), '0', 'views do not tell');
$node->safe_psql('postgres', 'CHECKPOINT; SELECT pg_switch_wal()');
my $dir = $node->data_dir;
my @found = grep { slurp_file($_) =~ /hush-hush/ } glob("$dir/pg_wal/0*"), glob("$dir/base/*/*"), $node->logfile;
is(join(' ', @found), '', 'nor does a file of the database, the WAL or the log');

done_testing();
