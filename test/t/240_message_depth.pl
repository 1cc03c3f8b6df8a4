# A million messages that wait: what a worker's call looks at does not grow with them, whether it takes from their front or a code
# that came behind all of them; nor does a customer's call that sends.
# Slow: scripts/test --quick leaves it out.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use LoyaltyTest;
use Test::More;

use constant { FEW => 1_000, MANY => 1_000_000 };

my $node = start_node('depth', conf => "fsync = off\nmax_wal_size = 8GB\nautovacuum = off\n");
my $keys = $node->basedir . '/keys';

PostgreSQL::Test::Utils::append_to_file($keys, '1 ' . 'a1' x 32 . "\n");
chmod(0600, $keys) or die "chmod: $!";
$node->safe_psql('postgres', "LOAD 'loyalty'; ALTER SYSTEM SET loyalty.key_file = '$keys'");
$node->reload;
$node->safe_psql('postgres', <<'SQL');
SET loyalty.clock = '2024-05-02 10:00+00';
SELECT loyalty.create_org('acme', 'Acme', base_country => 'SG'), loyalty.create_sender('acme', 'ACME', 'mobile', is_default => true);
SELECT loyalty.register_customer('acme', '+6591230001', registered_on => '2024-01-01');
SELECT loyalty.send_sms('acme', customer_id, 'All at half price', 'promotional') FROM loyalty_data.customer;
SQL

# Copies of the one message that was sent by a call, so that so many wait.
sub fill
{
	my ($from, $to) = @_;

	$node->safe_psql('postgres', <<"SQL");
CREATE TEMP TABLE copy AS SELECT m.* FROM loyalty_data.message m WHERE message_id = (SELECT min(message_id) FROM loyalty_data.message);
CREATE TEMP TABLE number AS SELECT -n::bigint AS id FROM generate_series($from, $to) n;
INSERT INTO loyalty_data.message (org_id, customer_id, message_id, created_at, not_before, changed_at, sender_id, attempts, purpose, state, channel, is_about_deletion)
    SELECT org_id, customer_id, id, created_at, not_before, changed_at, sender_id, 0, 'p', 'q', channel, false FROM copy, number;
INSERT INTO loyalty_data.message_body (org_id, customer_id, message_id, key_id, is_address_given, address, body)
    SELECT org_id, customer_id, id, 0, false, '+6591230001', 'All at half price' FROM copy, number;
INSERT INTO loyalty_data.message_queue (org_id, customer_id, message_id, available_at, lease_no, priority, channel)
    SELECT org_id, customer_id, id, not_before, 0, 2, channel FROM copy, number;
SQL
	$node->safe_psql('postgres', 'VACUUM (ANALYZE)');
	return;
}

# Pages that a call looks at, in a session that has made such a call before.
sub pages
{
	my ($call, $before) = @_;
	my $plan = $node->safe_psql('postgres', <<"SQL");
SET loyalty.clock = '2024-05-02 10:00+00';
$before
SELECT count(*) FROM $call \\g /dev/null
$before
EXPLAIN (ANALYZE, BUFFERS, COSTS off, TIMING off, SUMMARY off) SELECT * FROM $call
SQL
	return $plan =~ /Function Scan[^\n]*\n\s*Buffers: shared ([^\n]*)/ ? eval { my $n = 0; $n += $_ for $1 =~ /(?:hit|read)=(\d+)/g; $n } : die $plan;
}

my %calls = (
	'ten of the front' => ["loyalty.take_messages('acme', 'mobile', 10)", ''],
	'a code behind all' => ["loyalty.take_messages('acme', 'mobile', 1)", "SELECT loyalty.send_sms('acme', customer_id, 'Code', 'code') FROM loyalty_data.customer \\g /dev/null\n"],
	'a message that is sent' => ["loyalty.send_sms('acme', (SELECT customer_id FROM loyalty_data.customer), 'Your table is ready.')", ''],
);
my %few;

fill(1, FEW);
$few{$_} = pages(@{ $calls{$_} }) for sort keys %calls;
fill(FEW + 1, MANY);
for my $call (sort keys %calls)
{
	my $many = pages(@{ $calls{$call} });

	# Two indexes are higher by a level or two, for each of ten rows.
	cmp_ok($many, '<', 2 * $few{$call} + 20, "$call: $few{$call} pages of a thousand, $many of a million");
}

done_testing();
