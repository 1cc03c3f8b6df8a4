# The key file of the hash chain: health_check tells how it stands without raising and without giving secrets away, an
# unusable file stops postings and nothing else, a new key goes on where the old one ended, and no hash goes back to an older one.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use LoyaltyTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_node('keys');
my $file = $node->basedir . '/keys';
my $old  = 'a1' x 32;
my $new  = 'b2' x 32;

$node->safe_psql('postgres', <<'SQL');
CREATE ROLE boss LOGIN IN ROLE loyalty_admin;
SELECT loyalty.create_org('acme', 'Acme');
SELECT loyalty.create_program('acme', 'base', 'Base');
SELECT loyalty.grant_org('acme', 'boss');
SELECT loyalty.register_customer('acme', '+919800000001', registered_on => '2024-01-01');
SQL

sub earn
{
	my ($state) = call($node,
		"SELECT loyalty.earn_points('acme', loyalty.find_customer('acme', 'mobile', '+919800000001'), 1)");
	return $state;
}

# What health_check says of the file, and all that it says, to somebody who is no superuser.
sub health
{
	my ($state, $rows) = call($node, 'SELECT item, value FROM loyalty.health_check()', user => 'boss');
	is($state, '00000', 'health_check answers');
	my ($item) = $rows =~ /^key_file\|(.*)$/m;
	return ($item, $rows);
}

# Writes the file and points the setting at it, or at nothing; another name each time, so that the setting changes. The
# library knows its settings, so a session that sets one loads it first.
my $version = 0;
sub use_keys
{
	my ($content, $mode) = @_;
	my $path = '';
	if (defined $content)
	{
		$path = $file . ++$version;
		append_to_file($path, $content);
		chmod($mode // 0600, $path) or die "chmod: $!";
	}
	$node->safe_psql('postgres', "LOAD 'loyalty'; ALTER SYSTEM SET loyalty.key_file = '$path'");
	$node->reload;
	$node->poll_query_until('postgres', "SELECT current_setting('loyalty.key_file') = '$path'")
	  or die 'the setting did not change';
	return;
}

sub chain_holds
{
	my ($name) = @_;
	is($node->safe_psql('postgres', "SELECT count(*) FROM loyalty.verify_ledger('acme') WHERE ok IS NOT TRUE"), '0', $name);
	return;
}

is((health())[0], 'not configured', 'without a file');
is(earn(), '00000', 'points are posted without a key');

use_keys("# keys of the chain\n\n3 $old\n");
my ($item, $all) = health();
is($item, 'in use, key 3', 'with a file');
unlike($all, qr/\Q$old\E|\Q$file\E/, 'neither key nor path is told');
is(earn(), '00000', 'points are posted with it');
chain_holds('old entries and new ones verify');

use_keys("3 $old\n7 $new\n");
is((health())[0], 'in use, key 7', 'with a new key the last line counts');
is(earn(), '00000', 'points are posted with that');
chain_holds('entries of both keys verify');

for my $case (
	[ 'open to others',    "3 $old\n", 0640,  qr/^unusable: it must be readable by the server's user alone$/ ],
	[ 'empty',             "",         0600,  qr/^unusable: it holds no key$/ ],
	[ 'a wrong line',      "3 $old\n4 abc\n", 0600, qr/^unusable: line 2 is not a key_id and 64 hexadecimal digits$/ ],
	[ 'a wrong key_id',    "0 $old\n", 0600,  qr/^unusable: line 1 is not/ ],
	[ 'a key_id too large', "32768 $old\n", 0600, qr/^unusable: line 1 is not/ ],
	[ 'no blank before a digit that is a letter', "3abcdef" . 'a' x 58 . "\n", 0600, qr/^unusable: line 1 is not/ ],
	[ 'a sign',            "+3 $old\n", 0600, qr/^unusable: line 1 is not/ ],
	[ 'a line that goes on', '# ' . 'x' x 253 . "3 $old\n", 0600, qr/^unusable: line 1 is longer than 255 bytes$/ ],
	[ 'a zero byte',       "3 $old\n# \0 4 $old\n" . "7 $new\n", 0600, qr/^unusable: line 2 has a zero byte$/ ],
	[ 'zero bytes at the end', "3 $old\n" . "\0" x 10, 0600, qr/^unusable: line 2 has a zero byte$/ ],
	[ 'one behind the last key', "3 $old\n7 $new\0", 0600, qr/^unusable: line 2 has a zero byte$/ ],
	[ 'one behind 255 bytes', "3 $old\n" . '#' x 254 . "\0\n", 0600, qr/^unusable: line 2 has a zero byte$/ ],
	[ 'something after a key', "3 $old x\n", 0600, qr/^unusable: line 1 is not/ ],
	[ 'too many keys',     join('', map { "$_ $old\n" } 1 .. 65), 0600, qr/^unusable: it holds more than 64 keys$/ ])
{
	my ($name, $content, $mode, $expected) = @$case;
	use_keys($content, $mode);
	($item, $all) = health();
	like($item, $expected, "a file with $name");
	unlike($all, qr/\Q$old\E|\Q$file\E/, 'and no secret');
	is(earn(), 'LY013', 'stops postings');
	is((call($node, "SELECT loyalty.get_config('acme', 'CONF_EVENT_TIME_TOLERANCE')"))[0], '00000', 'and nothing else');
}

$node->safe_psql('postgres', "LOAD 'loyalty'; ALTER SYSTEM SET loyalty.key_file = '$file.missing'");
$node->reload;
$node->poll_query_until('postgres', "SELECT current_setting('loyalty.key_file') = '$file.missing'");
is((health())[0], 'unusable: No such file or directory', 'a file that is missing');
is(earn(), 'LY013', 'stops postings');

use_keys("3 $old\n7 $new\n");
is(earn(), '00000', 'with the file back, points are posted again');
chain_holds('and everything verifies');

# ---- keys do not go back

use_keys("3 $old\n");
is(earn(), 'LY013', 'a file without the newer key stops postings of the account');
is((call($node, "SELECT loyalty.register_customer('acme', '+919800000002', registered_on => '2024-01-01')"))[0], 'LY013',
	'and of an account that nobody has posted to');
is((call($node, "CALL loyalty.close_day('acme', '2024-01-01')"))[0], 'LY013', 'and closings');
use_keys(undef);
is(earn(), 'LY013', 'and so does no file');
use_keys("7 $new\n");
is(earn(), '00000', 'an old key that was taken out of the file stops nothing');
is($node->safe_psql('postgres', "SELECT string_agg(DISTINCT ok::text, '') FROM loyalty.verify_ledger('acme')"), 'true',
	'what it hashed is not judged, and nothing else is wrong');
use_keys("3 $old\n7 $new\n");
chain_holds('it is with the key');
is($node->safe_psql('postgres', 'SELECT string_agg(DISTINCT key_id::text, \',\') FROM loyalty_data.key_use'), '3,7', 'keys are noted');
is($node->safe_psql('postgres', 'SELECT count(*) FROM loyalty_data.key_use WHERE key_id = 7'), '2', 'each once, and its bound');

# ---- rotations that nobody waited for

# A session that is in the midst of a call, behind a lock, when the key changes, and then meets an entry with the new one.
# The other one rotates in the midst of its transaction.
my $newer = 'c3' x 32;
my $posting = "SELECT points FROM loyalty.earn_points('acme', loyalty.find_customer('acme', 'mobile', '+919800000001'), 1);\n";
my $holder  = $node->background_psql('postgres', on_error_stop => 1);
my $waiter  = $node->background_psql('postgres', on_error_stop => 1);
$waiter->query_safe($posting);
$holder->query_safe("BEGIN;\n$posting");
$waiter->query_until(qr/waiting/, "\\echo waiting\nSET application_name = 'waiter';\n$posting");
$node->poll_query_until('postgres', "SELECT count(*) = 1 FROM pg_stat_activity WHERE application_name = 'waiter' AND wait_event_type = 'Lock'")
  or die 'nobody waits';
use_keys("3 $old\n7 $new\n9 $newer\n");
$holder->query_safe("$posting COMMIT;\n");
$waiter->query_safe('SELECT 1');
is($node->safe_psql('postgres', "SELECT string_agg(key_id::text, ',' ORDER BY entry_no DESC) FROM (SELECT * FROM loyalty_data.ledger_entry"
		. " WHERE category = 'r' AND customer_id = loyalty.find_customer('acme', 'mobile', '+919800000001') ORDER BY entry_no DESC LIMIT 3) e"),
	'9,9,7', 'who waited goes on with the new key');
chain_holds('a rotation in the midst of a transaction, and of a call, is no divergence');
$_->quit for $holder, $waiter;

# Sessions that post all the while, to accounts of their own and to a common one, through several files.
$node->safe_psql('postgres', "SELECT loyalty.register_customer('acme', '+9198000001' || n, registered_on => '2024-01-01') FROM generate_series(10, 15) n");
my @clients = start_clients($node, map {
	my $own = "loyalty.find_customer('acme', 'mobile', '+9198000001" . (10 + $_) . "')";
	my $common = "loyalty.find_customer('acme', 'mobile', '+919800000001')";
	join '', map {
		my $both = "SELECT loyalty.earn_points('acme', $own, 1);\nSELECT loyalty.add_transaction('acme', $common, 'S' || loyalty_data.next_id(), 2, points => 0);\n";
		$_ % 3 ? $both : "BEGIN;\n$both SELECT pg_sleep(0.01);\n$both ROLLBACK;\n$both"
	} 1 .. 150
} 0 .. 3);
my $lines = "3 $old\n7 $new\n9 $newer\n";
for my $key (20, 11, 30)
{
	$lines .= "$key " . "$key" x 32 . "\n";
	use_keys($lines);
	chain_holds("while sessions post, up to key $key");
}
is(join('', map { $_->{err} } finish_clients(@clients)), '', 'no posting is refused while keys change');
chain_holds('and nothing looks like tampering');
cmp_ok($node->safe_psql('postgres', "SELECT count(DISTINCT key_id) FROM loyalty_data.key_use"), '>=', 3, 'several keys were used');

# ---- somebody who has the tables, and no key

$node->safe_psql('postgres', "CALL loyalty.close_day('acme')");

# What verify_ledger says once a server without the key file has posted, as if there had never been one.
sub forged
{
	my ($name, $prepare, $post, $cover) = @_;

	$node->safe_psql('postgres', <<"SQL");
CREATE TABLE kept AS SELECT * FROM loyalty_data.key_use;
CREATE TABLE kept_account AS SELECT * FROM loyalty_data.ledger_account;
ALTER TABLE loyalty_data.key_use DISABLE TRIGGER ledger_guard;
ALTER TABLE loyalty_data.ledger_account DISABLE TRIGGER ledger_guard;
DELETE FROM loyalty_data.key_use;
$prepare;
SQL
	use_keys(undef);
	is((call($node, $post))[0], '00000', "$name: posted without a key");
	use_keys($lines);
	$node->safe_psql('postgres', "INSERT INTO loyalty_data.key_use SELECT * FROM kept; $cover; DROP TABLE kept, kept_account");
	return $node->safe_psql('postgres', "SELECT string_agg(invariant || ': ' || detail, '; ') FROM loyalty.verify_ledger('acme') WHERE NOT ok");
}
my $first = $node->safe_psql('postgres', "SELECT loyalty.find_customer('acme', 'mobile', '+919800000001')");
like(forged('an entry behind keyed ones', "UPDATE loyalty_data.ledger_account SET last_key_id = 0 WHERE customer_id = $first",
		"SELECT loyalty.earn_points('acme', $first, 693)", 'SELECT'),
	qr/^keys never go back: customer $first, .*: hashed without a key, and one was used before$/, 'is found, and the row named');

$node->stop;
$node = start_node('keys2');
$version = 100;
$node->safe_psql('postgres', <<'SQL');
CREATE ROLE boss LOGIN IN ROLE loyalty_admin;
SELECT loyalty.create_org('acme', 'Acme');
SELECT loyalty.create_program('acme', 'base', 'Base');
SQL
$file  = $node->basedir . '/keys';
$lines = "3 $old\n7 $new\n";
use_keys($lines);
$node->safe_psql('postgres', "SELECT loyalty.register_customer('acme', '+919800000001', registered_on => '2024-01-01')");
$node->safe_psql('postgres', "SELECT loyalty.register_customer('acme', '+919800000003', registered_on => '2024-01-01')");
$node->safe_psql('postgres', "SELECT count(loyalty_data.next_id()) FROM generate_series(1, 2000)");
chain_holds('a ledger with keys from the beginning');
like(forged('a whole account', 'SELECT', "SELECT loyalty.register_customer('acme', '+919800000004', registered_on => '2024-01-01')", 'SELECT'),
	qr/^keys never go back: customer \d+, .*: hashed without a key, and one was used before$/, 'that was never keyed is found');
is($node->safe_psql('postgres', "ALTER TABLE loyalty_data.key_use DISABLE TRIGGER ledger_guard; DELETE FROM loyalty_data.key_use;"
		. " SELECT invariant || ': ' || detail FROM loyalty.verify_ledger('acme') WHERE NOT ok"),
	'keys never go back: key 7 has made hashes, and no note says since when', 'notes that are gone are missed');

# Without the keys the entries cannot be judged: that is said, and is no divergence.
use_keys(undef);
my ($state, $rows) = call($node, "SELECT invariant, ok, detail FROM loyalty.verify_ledger('acme') WHERE ok IS NOT TRUE");
is($state, '00000', 'verify_ledger answers without the file');
like($rows, qr/key missing/, 'and says that the key is missing');

$node->stop;
done_testing();
