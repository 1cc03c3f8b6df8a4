# Signatures of events: HMAC-SHA256 as Standard Webhooks has it, held against Perl's own; the secret is sealed under the key
# file, opens for no other subscriber, and stands in no table in the clear.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use Digest::SHA qw(hmac_sha256_base64);
use LoyaltyTest;
use MIME::Base64 qw(encode_base64);
use PostgreSQL::Test::Utils;
use Test::More;

my $keys = PostgreSQL::Test::Utils::tempdir() . '/keys';
append_to_file($keys, '1 ' . 'a1' x 32 . "\n");
chmod(0600, $keys) or die "chmod: $!";
my $node = start_node('signature', conf => "loyalty.key_file = '$keys'\n");
my $key    = join '', map { chr } 0 .. 31;
my $secret = 'whsec_' . encode_base64($key, '');

# Signs what was taken, as a receiver does.
sub signed
{
	my ($with, @parts) = @_;
	return 'v1,' . hmac_sha256_base64(join('.', @parts), $with) . '=';
}

is(signed($key, 101, 1643914800, '{"event_id":101}'), 'v1,J3o8uyH4ZYTmShB0s78+dhI6nZ+PzrxkYgCnbyaTxmQ=',
	'the example that was worked out by hand');

$node->safe_psql('postgres', <<"SQL");
SELECT loyalty.create_org('acme', 'Acme'), loyalty.create_program('acme', 'base', 'Base');
SELECT loyalty.register_customer('acme', '+919800000001', registered_on => '2024-01-01');
SELECT loyalty.create_event_subscriber('acme', 'hook', secret => '$secret'), loyalty.create_event_subscriber('acme', 'other', secret => '$secret');
SELECT loyalty.earn_points('acme', loyalty.find_customer('acme', 'mobile', '+919800000001'), 1);
SQL

# One event of a subscriber, with the key that it should be signed with.
sub is_signed
{
	my ($subscriber, $with, $name) = @_;
	my ($event, $time, $payload, $signature) = split /\|/, $node->safe_psql('postgres',
		"SELECT event_id, webhook_timestamp, payload, signature FROM loyalty.take_events('acme', '$subscriber', 1, 1)");
	return is($signature, signed($with, $event, $time, $payload), $name);
}

is_signed('hook', $key, 'an event is signed');

my $new = 'n' x 24;
$node->safe_psql('postgres',
	"SELECT loyalty.update_event_subscriber('acme', 'other', secret => 'whsec_" . encode_base64($new, '') . "')");
is_signed('other', $new, 'another secret counts from then on');

my $sealed = $node->safe_psql('postgres', 'SELECT string_agg(s::text, chr(10)) FROM loyalty_data.event_subscriber s');
unlike($sealed, qr/\Q$secret\E|@{[unpack 'H*', $key]}/i, 'no secret stands in the table');
my @copied = $node->psql('postgres', 'UPDATE loyalty_data.event_subscriber s SET secret = o.secret, key_id = o.key_id FROM'
	  . " loyalty_data.event_subscriber o WHERE o.subscriber = 'hook' AND s.subscriber = 'other';"
	  . " SELECT pg_sleep(1.1); SELECT * FROM loyalty.take_events('acme', 'other', 1, 1)");
isnt($copied[0], 0, 'the secret of one subscriber does not open for another one');

# ---- a secret that does not open holds up its subscriber alone, and operators are told which one that is
sub subscribers
{
	return $node->safe_psql('postgres', q{SELECT value FROM loyalty.health_check() WHERE item = 'subscribers'});
}
is(subscribers(), 'with a secret that does not open: other', 'health_check names it');
my $refused = $node->psql('postgres', q{SELECT * FROM loyalty.take_events('acme', 'other')}, stderr => \my $said);
isnt($refused, 0, 'it is handed nothing without a signature');
unlike($said, qr/\Q$secret\E/, 'and told nothing secret');
$node->safe_psql('postgres', 'SELECT pg_sleep(1.1)');
is_signed('hook', $key, 'the other one goes on');
$node->safe_psql('postgres', q{UPDATE loyalty_data.event_subscriber SET key_id = 9 WHERE subscriber = 'hook'});
is(subscribers(), 'with a secret that does not open: hook, other', 'as one whose key is gone');
$node->safe_psql('postgres', "CREATE ROLE stranger LOGIN IN ROLE loyalty_admin");
is($node->safe_psql('postgres', q{SET SESSION AUTHORIZATION stranger; SELECT value FROM loyalty.health_check() WHERE item = 'subscribers'}), 'none is late',
	'who does not see the org is not told');
$node->safe_psql('postgres', "SELECT loyalty.update_event_subscriber('acme', 'hook', secret => '$secret'), loyalty.update_event_subscriber('acme', 'other', state => 'retired')");
is(subscribers(), 'none is late', 'another secret mends it, and a retired one needs none');
chmod(0644, $keys) or die "chmod: $!";
$node->reload;
is(subscribers(), 'none is late', 'a key file that cannot be used is a row of its own');
like($node->safe_psql('postgres', q{SELECT value FROM loyalty.health_check() WHERE item = 'key_file'}), qr/^unusable/, 'which says so');

$node->stop;
done_testing();
