# Schemas that are there before the extension: whoever owns one could drop the ledger with it, or put functions of his own
# among ours. So a schema loyalty is refused, and a schema loyalty_data must be a superuser's, as must be what is in it, and
# nobody else may create there. And the extension comes again after it was dropped.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use LoyaltyStory;
use LoyaltyTest;
use Test::More;

my $node = start_node('schemas');
$node->safe_psql('postgres', 'CREATE ROLE plain LOGIN; CREATE ROLE boss LOGIN SUPERUSER');

# What is in a database besides what every database has.
sub contents
{
	my ($database) = @_;

	return $node->safe_psql($database, <<'SQL');
SELECT string_agg(nspname || ' ' || (SELECT count(*) FROM pg_class c WHERE c.relnamespace = n.oid), ', ' ORDER BY nspname)
    FROM pg_namespace n WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public');
SELECT extname FROM pg_extension WHERE extname <> 'plpgsql';
SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname ~ 'loyalty|public';
SQL
}

my $n = 0;
my ($state, $database);

# The SQLSTATE of CREATE EXTENSION by a user in a fresh database where something was made before; and the database.
sub create
{
	my ($made, $user) = @_;
	my $database = 'schemas_' . ++$n;

	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE template0");
	$node->safe_psql($database, $made) if $made;
	my $before = contents($database);
	my ($state) = call($node, 'CREATE EXTENSION loyalty', db => $database, user => $user);
	is(contents($database), $before, "$made: nothing is left behind") if $state ne '00000';
	return ($state, $database);
}

for ([ 'CREATE SCHEMA loyalty AUTHORIZATION plain', 'a plain role owns schema loyalty' ],
	[ 'CREATE SCHEMA loyalty AUTHORIZATION boss', 'the installer owns it' ],
	[ 'CREATE SCHEMA loyalty', 'another superuser owns it' ],
	[ 'CREATE SCHEMA loyalty_data AUTHORIZATION plain', 'a plain role owns schema loyalty_data' ],
	[ 'GRANT loyalty_admin TO plain; CREATE SCHEMA loyalty_data AUTHORIZATION loyalty_admin', 'a role of ours owns it' ],
	[ 'CREATE SCHEMA loyalty_data AUTHORIZATION boss; GRANT CREATE ON SCHEMA loyalty_data TO plain', 'a plain role may create in it' ],
	[ 'CREATE SCHEMA loyalty_data AUTHORIZATION boss; GRANT CREATE ON SCHEMA loyalty_data TO PUBLIC', 'everybody may create in it' ],
	[ 'CREATE SCHEMA loyalty_data; CREATE FUNCTION loyalty_data.f() RETURNS int LANGUAGE sql RETURN 1; ALTER FUNCTION loyalty_data.f OWNER TO plain',
		'a plain role owns a function in it' ],
	[ 'CREATE SCHEMA loyalty_data; CREATE SEQUENCE loyalty_data.number_series_1_seq; ALTER SEQUENCE loyalty_data.number_series_1_seq OWNER TO plain',
		'or a sequence' ])
{
	my ($made, $name) = @$_;
	is((create($made, 'boss'))[0], '42P06', "refused: $name");
}
is((create('', 'plain'))[0], '42501', 'refused: a plain role installs');
is((create('CREATE SCHEMA loyalty_data CREATE TABLE org ()', 'boss'))[0], '42P07', 'refused: there is a table of that name');

for ([ '', 'no schema is there' ],
	[ 'CREATE SCHEMA loyalty_data AUTHORIZATION boss', 'the installer owns schema loyalty_data' ],
	[ 'CREATE SCHEMA loyalty_data', 'another superuser owns it' ],
	[ 'CREATE SCHEMA loyalty_data; GRANT USAGE ON SCHEMA loyalty_data TO plain; GRANT CREATE ON SCHEMA loyalty_data TO boss',
		'others may look into it, which ends, and the installer may create' ])
{
	my ($made, $name) = @$_;
	my ($state, $database) = create($made, 'boss');
	is($state, '00000', "created: $name");
	is($node->safe_psql($database, "SELECT count(*) FROM pg_class WHERE relnamespace = 'loyalty_data'::regnamespace AND relkind = 'r'"
		  . ' AND relowner <> \'boss\'::regrole'), '0', 'who installs owns the tables');
}

# ---- default privileges of whoever installs open nothing, neither now nor later

$node->safe_psql('postgres', 'CREATE ROLE stranger LOGIN');
my $OPEN = <<'SQL';
ALTER DEFAULT PRIVILEGES FOR ROLE boss GRANT ALL ON TABLES TO stranger, PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE boss GRANT ALL ON SEQUENCES TO stranger, PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE boss GRANT ALL ON FUNCTIONS TO stranger WITH GRANT OPTION;
ALTER DEFAULT PRIVILEGES FOR ROLE boss GRANT ALL ON TYPES TO stranger;
ALTER DEFAULT PRIVILEGES FOR ROLE boss GRANT ALL ON SCHEMAS TO stranger, PUBLIC
SQL
($state, $database) = create($OPEN, 'boss');
is($state, '00000', 'created where default privileges open everything');
$node->safe_psql($database, <<'SQL');
SELECT loyalty.create_org('o', 'O'), loyalty.set_config('o', 'CONF_GEN_CARD_NUMBER_AS_EXTERNAL_ID_ENABLED', 'off'),
    loyalty.set_config('o', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'on'),
    loyalty.create_card_series('o', 's', 'Series', method => 'AUTO_INC', length => 6);
SQL
# What is open to others, of all kinds of objects.
sub opened
{
	my ($database) = @_;

	return $node->safe_psql($database, <<'SQL');
SELECT o.name, a.grantee::regrole, a.privilege_type
FROM (SELECT oid::regclass::text, relacl, relowner, relnamespace, 'r' FROM pg_class
    UNION ALL SELECT oid::regprocedure::text, proacl, proowner, pronamespace, 'f' FROM pg_proc
    UNION ALL SELECT oid::regtype::text, typacl, typowner, typnamespace, 'T' FROM pg_type
    UNION ALL SELECT nspname, nspacl, nspowner, oid, 'n' FROM pg_namespace) o (name, acl, owner, namespace, type),
    aclexplode(o.acl) a
WHERE o.namespace::regnamespace::text IN ('loyalty', 'loyalty_data') AND a.grantee <> o.owner
  AND NOT (o.type = 'T' AND a.grantee = 0)
  AND NOT (a.grantee <> 0 AND a.grantee::regrole::text IN ('loyalty_admin', 'loyalty_agent', 'loyalty_pos', 'loyalty_analyst', 'loyalty_gateway'))
ORDER BY 1, 2, 3 LIMIT 5
SQL
}

is(opened($database), '', 'nothing is open to anybody but the owner and the roles of ours');
is($node->safe_psql($database, "SELECT count(*) FROM pg_class WHERE relname LIKE 'number_series_%_seq'"), '1',
	'a sequence that was made since is among them');
is((call($node, 'SELECT * FROM loyalty.help()', db => $database, user => 'stranger'))[0], '42501', 'a stranger is one');

# A restore makes the sequence before its series comes: under the default privileges of whoever restores. (Where those open
# schemas, it is refused as above.)
my $dump = PostgreSQL::Test::Utils::tempdir() . '/dump';
$node->command_ok([ 'pg_dump', '-f', $dump, $node->connstr($database) ], 'a dump');
$node->safe_psql('postgres', 'CREATE DATABASE restored TEMPLATE template0');
$node->safe_psql('restored', $OPEN =~ s/^.* ON SCHEMAS .*\n//mr);
$node->command_ok([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-U', 'boss', '-d', $node->connstr('restored'), '-f', $dump ], 'is restored');
is($node->safe_psql('restored', "SELECT count(*) FROM pg_class WHERE relname LIKE 'number_series_%_seq'"), '1', 'with its sequence');
is(opened('restored'), '', 'and nothing is open where default privileges open everything');
is($node->safe_psql('restored', "SELECT loyalty.generate_cards('o', 's', 2)"), '2', 'the series goes on');

# ---- a sequence of somebody else's is taken for none of ours

my ($id) = $node->safe_psql($database, 'SELECT last_value + 1 FROM loyalty_data.reference_id_seq');
$node->safe_psql($database, join ';', map { "CREATE SEQUENCE loyalty_data.number_series_${_}_seq; ALTER SEQUENCE loyalty_data.number_series_${_}_seq OWNER TO plain" } $id .. $id + 5);
is((call($node, "SELECT loyalty.create_card_series('o', 't', 'Series', method => 'AUTO_INC', length => 6)", db => $database))[0],
	'42501', 'refused: a sequence of that name is a plain role\'s');

# ---- again, by somebody else

($state, $database) = create('', 'boss');
my ($fresh, $with) = ($n, contents($database));
for my $user ('boss', $node->safe_psql('postgres', 'SELECT current_user'))
{
	$node->safe_psql($database, story_begins('firm') . story('firm', 1));
	ledger_holds($node, 'firm', 'it works', $database);
	my @answers = calls($node, [ 'DROP EXTENSION loyalty', 'DROP VIEW public.roll_firm', 'DROP TABLE public.till_roll' ], db => $database);
	is($answers[0]{state}, '00000', 'it is dropped, with data, without CASCADE');
	is((call($node, 'CREATE EXTENSION loyalty', db => $database, user => $user))[0], '00000', "$user creates it again");
	is(contents($database), $with, 'and has as much as the first time');
}

# In one session, which has the tables of the former one in mind.
my $session = $node->background_psql($database, on_error_stop => 0);
for (1, 2)
{
	$session->{stderr} = '';
	$session->query(story_begins('firm') . story('firm', 1)
		  . 'DROP EXTENSION loyalty; DROP VIEW public.roll_firm; DROP TABLE public.till_roll; CREATE EXTENSION loyalty;');
	is($session->{stderr}, '', 'a session goes on with the new one');
}
$session->quit;

log_is_clean($node);
$node->stop;
done_testing();
