# The key file of the hash chain: health_check tells how it stands without raising and without giving secrets away, an
# unusable file stops postings and nothing else, and a new key goes on where the old one ended.

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

# Without the keys the entries cannot be judged: that is said, and is no divergence.
use_keys(undef);
my ($state, $rows) = call($node, "SELECT invariant, ok, detail FROM loyalty.verify_ledger('acme') WHERE ok IS NOT TRUE");
is($state, '00000', 'verify_ledger answers without the file');
like($rows, qr/key missing/, 'and says that the key is missing');

$node->stop;
done_testing();
