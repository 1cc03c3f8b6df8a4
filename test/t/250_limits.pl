# Slow: scripts/test --quick leaves it out.
# Sixty-four sessions and one limit: never one too many, and nobody is refused while somebody could still roll back.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use LoyaltyTest;
use PostgreSQL::Test::Utils;
use Test::More;

use constant CLIENTS => 64;

my $node = start_node('limits', conf => "max_connections = 150\nlog_lock_waits = on\n");
my $dir = PostgreSQL::Test::Utils::tempdir();

$node->safe_psql('postgres', <<'SQL');
SELECT loyalty.create_org('acme', 'Acme', base_country => 'IN');
SELECT loyalty.register_customer('acme', '+9198000' || lpad(n::text, 5, '0')) FROM generate_series(1, 64) n;
CREATE TABLE member AS SELECT row_number() OVER (ORDER BY customer_id) - 1 AS n, customer_id FROM loyalty_data.customer;
SQL

# Makes a series and lets all sessions at it; returns how many coupons there are, what is left, and what the sessions met.
sub rush
{
	my ($series, $settings, $script, @options) = @_;

	$node->safe_psql('postgres', "SELECT loyalty.create_coupon_series('acme', '$series', '$series', discount_type => 'fixed', discount_value => 5, $settings)");
	append_to_file("$dir/$series.sql", $script);
	my ($out, $err) = run_command([ 'pgbench', '-n', '-c', CLIENTS, '-j', 2, @options, '-M', 'simple', '-f', "$dir/$series.sql", $node->connstr('postgres') ]);
	my $issued = $node->safe_psql('postgres', "SELECT (SELECT count(*) FROM loyalty_data.generic_coupon g JOIN loyalty_data.coupon_series USING (org_id, series_id) WHERE series = '$series')");
	my $left = $node->safe_psql('postgres', "SELECT sum(remaining) FROM loyalty_data.limit_slot s JOIN loyalty_data.use_limit u USING (org_id, limit_id)
		JOIN loyalty_data.coupon_series c ON c.series_id = u.owner_id WHERE c.series = '$series' AND u.kind = 'i'");
	my %met;
	$met{ lc $1 }++ while $err =~ /ERROR:  (.*)/g;
	return ($issued, $left, \%met);
}

# ---- a limit of 1000, a tenth rolled back; each goes on until it is refused

{
	my ($issued, $left, $met) = rush('thousand', q{code_type => 'generic', generic_code => 'THOUSAND', issue_limit => 1000}, <<'SQL', '-t', 1000);
\set roll random(1, 10)
BEGIN;
SELECT loyalty.issue_coupon('acme', (SELECT customer_id FROM member WHERE n = :client_id), 'thousand');
\if :roll = 1
ROLLBACK;
\else
COMMIT;
\endif
SQL
	is($issued, 1000, '1000 coupons, with 64 sessions and a tenth rolled back');
	is($left, 0, 'and nothing is left');
	is_deeply($met, { 'the limit is reached' => CLIENTS }, 'each session ends by being refused, and meets nothing else');
}

# ---- each asks once; 20 of 64 roll back, so that 44 keep what they get

for my $case ([ 40, 40, 'fewer places than keep one: all are taken' ], [ 44, 44, 'a place for each who keeps one: nobody is refused too early' ],
	[ 50, 44, 'more places than that' ])
{
	my ($limit, $wanted, $name) = @$case;
	for my $round (1 .. 3)
	{
		my ($issued, $left, $met) = rush("small_${limit}_$round", "code_type => 'generic', generic_code => 'SMALL-$limit-$round', issue_limit => $limit", <<"SQL", '-t', 1);
\\set roll :client_id % 10 < 3 and :client_id < 62
BEGIN;
SELECT loyalty.issue_coupon('acme', (SELECT customer_id FROM member WHERE n = :client_id), 'small_${limit}_$round');
SELECT pg_sleep(0.02);
\\if :roll
ROLLBACK;
\\else
COMMIT;
\\endif
SQL
		is("$issued $left", $wanted . ' ' . ($limit - $wanted), "$name (round $round)") or diag(explain($met));
	}
}

# ---- uploaded codes: each is issued once

{
	$node->safe_psql('postgres', <<'SQL');
SELECT loyalty.create_coupon_series('acme', 'paper', 'Paper', discount_type => 'fixed', discount_value => 5, code_type => 'uploaded');
SELECT loyalty.upload_coupons('acme', 'paper', ARRAY(SELECT 'PAPER-' || n FROM generate_series(1, 500) n));
SQL
	append_to_file("$dir/paper.sql", <<'SQL');
\set roll random(1, 10)
BEGIN;
SELECT loyalty.issue_coupon('acme', (SELECT customer_id FROM member WHERE n = :client_id), 'paper');
\if :roll = 1
ROLLBACK;
\else
COMMIT;
\endif
SQL
	my ($out, $err) = run_command([ 'pgbench', '-n', '-c', CLIENTS, '-j', 2, '-t', 1000, '-M', 'simple', '-f', "$dir/paper.sql", $node->connstr('postgres') ]);
	my @errors = $err =~ /ERROR:  (.*)/g;
	is(scalar(@errors), CLIENTS, 'each session ends by an error');
	is_deeply([ grep { $_ ne 'the limit is reached' } @errors ], [], 'which is that nothing is left');
	is($node->safe_psql('postgres', q{SELECT count(*), count(DISTINCT coupon_code), (SELECT count(*) FROM loyalty_data.coupon_stock) FROM loyalty_data.coupon
		WHERE coupon_code LIKE 'PAPER%'}), '500|500|0', 'and 500 codes have become 500 coupons');
}

# ---- contacts hear once that few are left, and once that none are, whoever passes the threshold

{
	$node->safe_psql('postgres', <<'SQL');
SELECT loyalty.create_message_template('acme', 'coupon_limit', 'email', '{{left}} of {{limit}} are left of {{offer}}', 'Coupons',
    variable_names => '{left,limit,offer}');
SELECT loyalty.create_contact('acme', 'c' || n, 'Contact ' || n, 'c' || n || '@example.com', topics => '{coupon_limit}') FROM generate_series(1, 3) n;
SQL
	my ($issued) = rush('told', q{code_type => 'generic', generic_code => 'TOLD', issue_limit => 200, notify_at => 20}, <<'SQL', '-t', 1000);
SELECT loyalty.issue_coupon('acme', (SELECT customer_id FROM member WHERE n = :client_id), 'told');
SQL
	is($issued, 200, 'all are issued');
	$node->safe_psql('postgres', q{SELECT loyalty.check_limits('acme')});
	is($node->safe_psql('postgres', q{SELECT count(*) FROM loyalty_data.message}), 6, 'three contacts are told twice');
	is($node->safe_psql('postgres', q{SELECT loyalty.check_limits('acme')}), 0, 'and not again');
}

done_testing();
