# pg_upgrade: a new cluster takes over the files of an old one, with the extension in it. Both are of the release at hand, as
# another one need not be installed: what is tried is that everything of the extension is dumped and made as pg_upgrade asks.
# Slow: scripts/test --quick leaves it out.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use File::Spec;
use LoyaltyStory;
use LoyaltyTest;
use PostgreSQL::Test::Utils;
use Test::More;

my $key_file = File::Spec->rel2abs(PostgreSQL::Test::Utils::tempdir()) . '/loyalty.keys';
append_to_file($key_file, '1 ' . '0123456789abcdef' x 4 . "\n");
chmod 0600, $key_file;

my $old = start_node('old', conf => "loyalty.key_file = '$key_file'\n");
$old->safe_psql('postgres', 'CREATE ROLE clerk LOGIN IN ROLE loyalty_pos');
$old->safe_psql('postgres', story_begins('firm') . story('firm', 1) . story_ends('firm'));
$old->safe_psql('postgres', "SELECT loyalty.grant_org('firm', 'clerk')");

# Every table with its rows, and every counter.
sub contents
{
	my ($node) = @_;
	my @tables = tables($node);
	my @counters = split /\n/, $node->safe_psql('postgres',
		"SELECT relname FROM pg_class WHERE relnamespace = 'loyalty_data'::regnamespace AND relkind = 'S' ORDER BY 1");

	return join "\n", map { $node->safe_psql('postgres', $_) }
	  (map { "SELECT '$_', count(*), md5(string_agg(t::text, '/' ORDER BY t::text)) FROM loyalty_data.$_ t" } @tables),
	  map { "SELECT '$_', last_value, is_called FROM loyalty_data.$_" } @counters;
}

my $before = contents($old);
my $repeat = "SELECT * FROM loyalty.earn_points('firm', loyalty.find_customer('firm', 'mobile', '+919800001000'), 1.125,"
  . " program => 'roll', event_time => '2024-03-01', idempotency_key => 'e1')";
my $first = $old->safe_psql('postgres', $repeat);
$old->stop;

my $new = PostgreSQL::Test::Cluster->new('new');
$new->init;
$new->append_conf('postgresql.conf', "timezone = 'UTC'\nloyalty.key_file = '$key_file'\n");
my $bin = $new->config_data('--bindir');
chdir $PostgreSQL::Test::Utils::tmp_check or die "cannot enter tmp_check: $!\n";
command_ok([ 'pg_upgrade', '--no-sync', '-b', $bin, '-B', $bin, '-d', $old->data_dir, '-D', $new->data_dir,
	'-p', $old->port, '-P', $new->port, '-s', $new->host ], 'pg_upgrade ends well');
$new->start;

is(contents($new), $before, 'every table and every counter is the same');
ledger_holds($new, 'firm');
is($new->safe_psql('postgres', "SELECT string_agg(value, ', ') FROM loyalty.health_check()"
		. " WHERE item IN ('key_file', 'guards', 'rows_without_org')"), 'in use, key 1, in force, none', 'the server is well');
is($new->safe_psql('postgres', $repeat), $first, 'an idempotency key of before gives its first answer');
is(join(' ', map { "$_->{state} @{$_->{rows}}" } calls($new, [
	"SELECT outcome FROM loyalty.register_customer('firm', mobile => '+919811111111')",
	"SELECT points FROM loyalty.earn_points('firm', loyalty.find_customer('firm', 'mobile', '+919811111111'), 5)",
	"SELECT loyalty.generate_cards('firm', 'plain', 3)",
	'UPDATE loyalty_data.ledger_entry SET points = 1' ])), '00000 created 00000 5.000 00000 3 LY412 ', 'life goes on, guarded');
is((call($new, "SELECT loyalty.find_customer('firm', 'mobile', '+919811111111') IS NULL", user => 'clerk'))[1], 'f',
	'a role acts in the org that it was granted');
ledger_holds($new, 'firm', 'every invariant holds after new calls');

log_is_clean($new);
$new->stop;
done_testing();
