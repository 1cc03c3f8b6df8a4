# Sixteen sessions pass a threshold at once: the contacts are told once. Where the one who told them is undone, the next one tells.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use List::Util qw(sum0);
use LoyaltyTest;
use Test::More;

use constant { CLIENTS => 16, LIMITS => 20 };

my $node = start_node('notices');

$node->safe_psql('postgres', <<'SQL');
SELECT loyalty.create_org('acme', 'Acme', base_country => 'IN');
SELECT loyalty.create_message_template('acme', 'limit', 'email', '{{left}} coupons are left', 'Coupons', variable_names => '{left}');
SELECT loyalty.create_contact('acme', 'c' || n, 'Contact ' || n, 'c' || n || '@example.com', topics => '{issue_limit}') FROM generate_series(1, 3) n;
SQL

sub notify
{
	my ($key) = @_;
	return qq{SELECT loyalty.notify_contacts('acme', 'issue_limit', 'limit', '{"left": "20"}', '$key')};
}

my @answers = map { @$_ } clients($node, map { [ map { notify("series $_, 1000, 980") } 1 .. LIMITS ] } 1 .. CLIENTS);
is(scalar(grep { $_->{state} ne '00000' } @answers), 0, 'nobody meets an error');
is(sum0(map { $_->{rows}[0] } @answers), 3 * LIMITS, 'of all sessions one tells of each limit');
is($node->safe_psql('postgres', 'SELECT count(*), count(DISTINCT message_id) FROM loyalty_data.message'), '60|60', 'by a message for each contact');

my $first = $node->background_psql('postgres');
is($first->query_safe('BEGIN; ' . notify('raised')), '3', 'one session tells');
my $second = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres'), '-c', notify('raised') ], '>', \my $out);
$node->poll_query_until('postgres', "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ~ 'raised'");
$first->query_safe('ROLLBACK');
$second->finish;
is($out, "3\n", 'is undone, and the one who waited tells');
$first->quit;

done_testing();
