# Databases of several servers are refused until they are supported: LY022 where Citus has distributed a table of ours,
# LY023 where a worker is asked for what the coordinator alone can count. health_check says so. There is no Citus here: its
# two catalogues are made by hand, as far as they are read.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use LoyaltyTest;
use Test::More;

my $node = start_node('nodes', conf => "allow_system_table_mods = on\n");
$node->safe_psql('postgres', <<'SQL');
CREATE ROLE boss LOGIN IN ROLE loyalty_admin;
SELECT loyalty.create_org('firm', 'Firm', base_country => 'IN');
SELECT loyalty.create_program('firm', 'points', 'Points');
SELECT loyalty.set_config('firm', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'true');
SELECT loyalty.create_card_series('firm', 'series', 'Series', method => 'AUTO_INC', length => 8, prefix => '44');
SELECT loyalty.register_customer('firm', '+919800000001');
SELECT loyalty.grant_org('firm', 'boss');
SQL

my $earn = "SELECT loyalty.earn_points('firm', loyalty.find_customer('firm', 'mobile', '+919800000001'), 1)";

sub states
{
	return join ' ', map { $_->{state} } calls($node, [@_]);
}

# What health_check says to somebody who is no superuser.
sub nodes
{
	my ($state, $rows) = call($node, 'SELECT item, value FROM loyalty.health_check()', user => 'boss');
	return $state eq '00000' && $rows =~ /^nodes\|(.*)$/m ? $1 : $state;
}

is(nodes(), 'one server', 'without Citus there is one server');

# ---- databases of many servers, each with its own orgs

is(join(' ', map { @{ $_->{rows} } } calls($node, [ "LOAD 'loyalty'", 'SET loyalty.node_id = 5',
		"SELECT customer_id >> 48 FROM loyalty.register_customer('firm', '+919800000002')",
		$earn =~ s/loyalty\.earn/event_id >> 48, lot_id >> 48 FROM loyalty.earn/r,
		'SET loyalty.node_id = 0', $earn =~ s/loyalty\.earn/event_id >> 48 FROM loyalty.earn/r ])), '5 5|5 0',
	'ids of customers, events and lots carry the number of the server');

# ---- Citus is installed, and has nothing of ours

$node->safe_psql('postgres', <<'SQL');
CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass NOT NULL, partmethod "char" NOT NULL);
CREATE TABLE pg_catalog.pg_dist_local_group (groupid int NOT NULL);
GRANT SELECT ON pg_catalog.pg_dist_partition, pg_catalog.pg_dist_local_group TO PUBLIC;
CREATE TABLE public.customer (id int);
INSERT INTO pg_dist_partition VALUES ('public.customer', 'h');
INSERT INTO pg_dist_local_group VALUES (0);
SQL
is(states($earn, "SELECT loyalty.create_store('firm', 'one', 'One')", "SELECT loyalty.generate_cards('firm', 'series', 1)"),
	'00000 00000 00000', 'a table of the site is distributed: ours work, on the coordinator');
is(nodes(), 'one server', 'and health_check finds nothing');

# Conditions with parameters in the plans of seven calls, which is more than PostgreSQL makes plans of its own for.
sub generic_conditions
{
	my $explained = "LOAD 'loyalty'; LOAD 'auto_explain'; SET loyalty.direct_rows = off; SET client_min_messages = log;"
	  . ' SET auto_explain.log_min_duration = 0; SET auto_explain.log_nested_statements = on;';
	my $errors;
	$node->psql('postgres', $explained . "SELECT loyalty.points_balance('firm', 1);" . "$earn;" x 7,
		stderr => \$errors, on_error_stop => 0);
	my $plans = () = $errors =~ /Index Cond:.*org_id = \d/g;
	my $generic = () = $errors =~ /Index Cond:.*\$\d/g;
	return ($plans, $generic);
}

my ($plans, $generic) = generic_conditions();
ok($generic > 0 && $plans == 0, 'plans are kept for any parameters')
  or diag("$generic conditions with parameters, $plans with values");
$node->safe_psql('postgres', "INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)"
	  . " VALUES (99999, 'citus', 10, 'pg_catalog'::regnamespace, false, '1')");
($plans, $generic) = generic_conditions();
ok($plans > 0 && $generic == 0, 'where Citus is installed they are made for the values at hand')
  or diag("$generic conditions with parameters, $plans with values");
$node->safe_psql('postgres', "DELETE FROM pg_extension WHERE extname = 'citus'");

# ---- a worker

$node->safe_psql('postgres', 'UPDATE pg_dist_local_group SET groupid = 3');
is(states("SELECT loyalty.create_org('other', 'Other')", "SELECT loyalty.create_store('firm', 'two', 'Two')",
		"SELECT loyalty.create_till('firm', 'till', 'one')", "SELECT loyalty.create_program('firm', 'more', 'More')",
		"SELECT loyalty.define_field('firm', 'custom', 'customer', 'size', 'text')",
		"SELECT loyalty.create_card_label('firm', 'active', 'Fine')", "SELECT loyalty.create_status_label('firm', 'active', 'Good')",
		"SELECT loyalty.create_card_series('firm', 'next', 'Next', length => 8, prefix => '45')",
		"SELECT loyalty.generate_cards('firm', 'series', 1)", 'SELECT loyalty.clock()'),
	join(' ', ('LY023') x 9, '00000'), 'a worker makes no reference data and no numbers of cards');
is(states($earn), '00000', 'other calls work');
is(nodes(), 'a worker, where no reference data is made', 'health_check says where one is');

# ---- a table of ours is distributed

$node->safe_psql('postgres', <<'SQL');
UPDATE pg_dist_local_group SET groupid = 0;
INSERT INTO pg_dist_partition VALUES ('loyalty_data.org', 'n'), ('loyalty_data.customer', 'h');
SQL
my $errors;
my @answers = calls($node, [ $earn, "SELECT loyalty.points_balance('firm', 1)", "SELECT loyalty.create_org('other', 'Other')",
		"SELECT loyalty.get_config('firm', 'CONF_EVENT_TIME_TOLERANCE')", "CALL loyalty.expire_points('firm')",
		"SELECT * FROM loyalty.verify_ledger('firm')" ], stderr => \$errors);
is(join(' ', map { $_->{state} } @answers), join(' ', ('LY022') x 6), 'every call is refused: read, write, job, and a new org');
is((call($node, "SELECT loyalty.points_balance('nowhere', 1)"))[0], 'LY022', 'whether or not there is the org');
is(nodes(), 'not supported, distributed: customer, org', 'health_check answers, and names the tables');

# A session that read its org before hears of it when the org becomes a copy on every server, as Citus makes it.
$node->safe_psql('postgres', 'DELETE FROM pg_dist_partition WHERE logicalrelid <> \'public.customer\'::regclass');
my $session = $node->background_psql('postgres', on_error_stop => 0);
$session->query_safe($earn);
$node->safe_psql('postgres', "BEGIN; INSERT INTO pg_dist_partition VALUES ('loyalty_data.org', 'n');"
	  . " ALTER TABLE loyalty_data.org SET (autovacuum_enabled = on); COMMIT");
$session->query($earn);
like($session->{stderr}, qr/distributed over several servers/, 'a session with a cached org hears of it');
$session->quit;

# ---- and back

$node->safe_psql('postgres', 'DROP TABLE pg_catalog.pg_dist_partition, pg_catalog.pg_dist_local_group');
is(states($earn), '00000', 'without Citus all is as before');
is(nodes(), 'one server', 'health_check, too');

log_is_clean($node);
done_testing();
