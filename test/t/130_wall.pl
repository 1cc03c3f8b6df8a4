# The wall: whatever a caller puts in front of PostgreSQL's own, on its search_path and in its temporary schema, nothing of
# it runs while the owner of the tables is on, and the caller has its own name and path back after each call.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::RealBin/lib";

use LoyaltyCalls;
use LoyaltyTest;
use Test::More;

use constant ROLES => qw(admin agent pos analyst gateway);

my $node = start_node('wall', key_file => 1);
my %ids  = fill_org($node);
my %calls = argument_lists(%ids);
$node->safe_psql('postgres', PostgreSQL::Test::Utils::slurp_file("$FindBin::RealBin/lib/plant.sql"));

# What was planted must be nearly all there is, or the rest of this test would prove less than it says: on another version of
# PostgreSQL, too, something may not be made, but not much.
my @refused = split /\n/, $node->safe_psql('postgres', 'SELECT what, error FROM evil.refused ORDER BY 1');
cmp_ok(scalar @refused, '<=', 10, 'next to nothing could not be planted') or diag(join "\n", @refused);
for (split /\n/, $node->safe_psql('postgres', <<'SQL'))
SELECT 'operators', count(*) FILTER (WHERE oprnamespace = 'evil'::regnamespace),
       count(*) FILTER (WHERE oprnamespace = 'pg_catalog'::regnamespace) FROM pg_operator
UNION ALL SELECT 'types', count(*) FILTER (WHERE typnamespace = 'evil'::regnamespace AND typtype = 'd'),
       count(*) FILTER (WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype IN ('b', 'r') AND typelem = 0) FROM pg_type
UNION ALL SELECT 'relations', count(*) FILTER (WHERE relnamespace = 'evil'::regnamespace),
       count(*) FILTER (WHERE relnamespace::regnamespace::text IN ('pg_catalog', 'loyalty', 'loyalty_data'))
       FROM pg_class WHERE relkind IN ('r', 'v', 'p')
UNION ALL SELECT 'functions that statements can call', count(*) FILTER (WHERE pronamespace = 'evil'::regnamespace AND proname !~ '^(op|agg)_\d'),
       count(*) FILTER (WHERE pronamespace = 'pg_catalog'::regnamespace AND prorettype <> 'internal'::regtype
           AND NOT 'internal'::regtype = ANY (proargtypes::oid[])) FROM pg_proc
SQL
{
	my ($kind, $planted, $known) = split /\|/;
	cmp_ok($planted, '>=', 0.9 * $known, "$kind are planted: $planted for $known");
}

my $temporary = PostgreSQL::Test::Utils::slurp_file("$FindBin::RealBin/lib/plant_temporary.sql") =~ s/;\s*\z//r;

# Bills of the attacker's, read by code of its own; triggers and constraints of the site's, which run under the owner and
# say nothing of schemas.
$node->safe_psql('postgres', <<'SQL');
CREATE ROLE evil_admin LOGIN IN ROLE loyalty_admin;
CREATE ROLE evil_agent LOGIN IN ROLE loyalty_agent;
CREATE ROLE evil_pos LOGIN IN ROLE loyalty_pos;
CREATE ROLE evil_analyst LOGIN IN ROLE loyalty_analyst;
CREATE ROLE evil_gateway LOGIN IN ROLE loyalty_gateway;
CREATE ROLE other;
GRANT SET ON PARAMETER loyalty.direct_rows TO evil_admin, evil_agent, evil_pos, evil_analyst, evil_gateway;
SELECT loyalty.grant_org(o, r) FROM unnest('{acme,jobs}'::text[]) o,
    unnest('{evil_admin,evil_agent,evil_pos,evil_analyst,evil_gateway,other}'::name[]) r;
GRANT CREATE ON SCHEMA evil TO evil_admin;
SET SESSION AUTHORIZATION evil_admin;
CREATE FUNCTION evil.own(what text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RAISE LOG 'own: % as % under %', what, current_user, pg_catalog.current_setting('search_path');
    RETURN what;
END $$;
CREATE FUNCTION evil.looks_up() RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN 1 = 1;
EXCEPTION WHEN SQLSTATE 'EV111' THEN
    RETURN evil.own('after its look-up');
END $$;
CREATE TYPE evil.colour AS ENUM ('red');
CREATE FUNCTION evil.to_text(evil.colour) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN evil.own('by a cast'); END $$;
CREATE CAST (evil.colour AS text) WITH FUNCTION evil.to_text(evil.colour) AS ASSIGNMENT;
SELECT format($$CREATE VIEW evil.bills_%1$s AS SELECT n AS line_no, '8111000' || n AS mobile, evil.own('L-%1$s-' || n) AS
    transaction_number, 10 AS amount, timestamptz '2023-06-01' AS event_time, 'red'::evil.colour AS reason
    FROM generate_series(1, 5) n$$, n) FROM generate_series(1, 4) n \gexec
CREATE VIEW evil.looking AS SELECT 1 AS line_no, '81110001' AS mobile, 'L-5' AS transaction_number, 10 AS amount,
    timestamptz '2023-06-01' AS event_time, evil.looks_up() AS reason;
RESET SESSION AUTHORIZATION;

-- No worker is worth its start for this.
CREATE FUNCTION public.who() RETURNS text LANGUAGE plpgsql PARALLEL UNSAFE AS $$
    BEGIN RETURN pg_catalog.format('%s|%s', current_user, pg_catalog.current_setting('search_path')); END $$;
CREATE FUNCTION public.site_trigger() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.points < 0 OR (SELECT count(*) FROM org WHERE org::text <> lower('ACME') || now()::text) > 0 THEN
        RETURN NULL;
    END IF;
    RETURN NEW;
EXCEPTION WHEN undefined_table THEN
    RETURN NEW;
END $$;
CREATE TRIGGER site_trigger BEFORE INSERT ON loyalty_data.ledger_entry FOR EACH ROW EXECUTE FUNCTION public.site_trigger();
CREATE FUNCTION public.site_check(numeric) RETURNS bool LANGUAGE plpgsql AS $$ BEGIN RETURN $1 + 1 >= abs(0); END $$;
ALTER TABLE loyalty_data.points_lot ADD CONSTRAINT site_check CHECK (public.site_check(points));
SQL

# ---- what is called and what is read

my @functions = split /\n/, $node->safe_psql('postgres', <<'SQL');
SELECT p.proname FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
    JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid AND e.extname = 'loyalty'
    WHERE p.pronamespace = 'loyalty'::regnamespace ORDER BY p.proname COLLATE "C"
SQL
is(join("\n", sort keys %calls), join("\n", @functions), 'every function and procedure has a call, and no other');
my %is_procedure = map { $_ => 1 } split /\n/,
  $node->safe_psql('postgres', "SELECT proname FROM pg_proc WHERE pronamespace = 'loyalty'::regnamespace AND prokind = 'p'");
my @views = split /\n/,
  $node->safe_psql('postgres', "SELECT relname FROM pg_class WHERE relnamespace = 'loyalty'::regnamespace AND relkind = 'v'");
my %allowed = map { $_ => 1 } split /\n/, $node->safe_psql('postgres', <<'SQL');
SELECT r || ' ' || p.proname FROM pg_proc p, unnest('{admin,agent,pos,analyst,gateway}'::text[]) r
    WHERE p.pronamespace = 'loyalty'::regnamespace AND has_function_privilege('evil_' || r, p.oid, 'EXECUTE')
UNION ALL SELECT r || ' ' || c.relname FROM pg_class c, unnest('{admin,agent,pos,analyst,gateway}'::text[]) r
    WHERE c.relnamespace = 'loyalty'::regnamespace AND c.relkind = 'v' AND has_table_privilege('evil_' || r, c.oid, 'SELECT')
SQL

# The paths under attack, each with settings of its own; the number says which call of a job it is.
my $parallel = 'SET min_parallel_table_scan_size = 0; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0;'
  . ($node->pg_version >= 16 ? ' SET debug_parallel_query = on' : ' SET force_parallel_mode = on');
my @attacks = (
	{ path => 'evil, pg_catalog',          settings => 'SET loyalty.direct_rows = on' },
	{ path => 'pg_temp, evil, pg_catalog', settings => 'SET loyalty.direct_rows = on' },
	{ path => 'evil, pg_catalog',          settings => 'SET loyalty.direct_rows = off' },
	{ path => 'pg_temp, evil, pg_catalog', settings => "SET loyalty.direct_rows = off; $parallel" });

# ---- the log

my $read = 0;

# Lines that planted things, and the attacker's own, left since the last time.
sub noted
{
	my ($kind) = @_;
	my $log = PostgreSQL::Test::Utils::slurp_file($node->logfile, $read);
	my @lines = $log =~ /LOG:  ($kind: .*)/g;

	$read += length $log if $kind eq 'planted';
	return @lines;
}

sub nothing_planted
{
	my ($name) = @_;
	my @lines = noted('planted');
	my %count;

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	$count{$_}++ for @lines;
	return is(join("\n", map { "$count{$_} x $_" } sort keys %count), '', $name);
}

# ---- that the attack works

my $WHO = 'SELECT public.who()';

# A session of the attacker's: statements as calls() answers them.
sub attack
{
	my ($role, $attack, @statements) = @_;

	my @begin = ("\\set ON_ERROR_ROLLBACK on\n$attack->{settings}", $temporary, "SET search_path = $attack->{path}");
	my @answers = calls($node, [ @begin, @statements ], user => "evil_$role");
	is(join(' ', map { $_->{state} } splice @answers, 0, scalar @begin), '00000 00000 00000', 'the attacker is ready');
	return @answers;
}

for my $attack (@attacks[ 0, 1 ])
{
	my %shadowed = (
		"SELECT 1 = 1"                                      => 'operator =(integer,integer)',
		"SELECT 'x'::pg_catalog.\"char\" = 'x'::pg_catalog.\"char\"" => 'operator =("char","char")',
		"SELECT CASE 1 WHEN 1 THEN 2 END"                   => 'operator =(integer,integer)',
		"SELECT 1 IN (1)"                                   => 'operator =(integer,integer)',
		"SELECT 1 BETWEEN 0 AND 2"                          => 'operator >=(integer,integer)',
		"SELECT -(1::pg_catalog.int4)"                      => 'operator -(NONE,integer)',
		"SELECT '{1}'::pg_catalog._int4 || 1"               => 'operator ||(anycompatiblearray,anycompatible)',
		"SELECT now()"                                      => 'function now()',
		"SELECT unnest('{1}'::pg_catalog._int4)"            => 'function unnest(anyarray)',
		"SELECT jsonb_build_object('a', 1)"                 => 'function jsonb_build_object',
		"SELECT count(*)"                                   => 'aggregate count()',
		"SELECT count(1)"                                   => 'aggregate count("any")',
		"SELECT sum(1)"                                     => 'aggregate sum(integer)',
		"SELECT 'x'::text"                                  => 'type text',
		"SELECT '2024-01-01'::timestamptz"                  => 'type timestamptz',
		"SELECT '{}'::jsonb"                                => 'type jsonb',
		"SELECT * FROM pg_class"                            => 'relation pg_class',
		"SELECT * FROM customer"                            => 'relation customer');
	my @statements = sort keys %shadowed;
	my @answers = attack('pos', $attack, @statements);
	my @states = map { $_->{state} } @answers;
	is(join(' ', @states), join(' ', ('EV111') x @states), "$attack->{path}: what is planted runs in the attacker's own statements");
	is(join("\n", noted('planted')), join("\n", map { "planted: $shadowed{$_} as evil_pos" } @statements), 'and says as whom');
}

# ---- every role, every function, every view

# A call; a function's says who is on as soon as it has answered, within its statement, before anything else can mend it.
sub statement_of
{
	my ($function, $number) = @_;
	my $arguments = $calls{$function} =~ s/:n\b/$number/gr;

	return $is_procedure{$function} ? "CALL loyalty.$function($arguments)" : "SELECT public.who() FROM loyalty.$function($arguments)";
}

for my $number (1 .. @attacks)
{
	my $attack = $attacks[ $number - 1 ];
	for my $role (ROLES)
	{
		my @names = ((grep { !$is_procedure{$_} } @functions), @views, grep { $is_procedure{$_} } @functions);
		my @statements = map {
			my $statement = exists $calls{$_} ? statement_of($_, $number) : "SELECT * FROM loyalty.$_";
			$is_procedure{$_} ? ($statement, $WHO) : ('BEGIN', $statement, $WHO, 'ROLLBACK', $WHO)
		} @names;
		my @answers = attack($role, $attack, @statements);
		my (@wrong, @lost);
		for my $name (@names)
		{
			my @of_name = splice @answers, 0, $is_procedure{$name} ? 2 : 5;
			my $answer  = $of_name[ $is_procedure{$name} ? 0 : 1 ];
			my $wanted  = $allowed{"$role $name"} ? $STATE_OF{$name} // '00000' : '42501';
			push @wrong, "$name: $answer->{state}" if $answer->{state} ne $wanted;
			push @lost, grep { $_ ne "evil_$role|$attack->{path}" }
			  map { @{ $_->{rows} } } @of_name[ $is_procedure{$name} ? (1) : exists $calls{$name} ? (1, 2, 4) : (2, 4) ];
		}
		is(join("\n", @wrong), '', "$role, attack $number: every call answers as ever");
		is(join("\n", @lost),  '', 'and leaves user and path the caller\'s');
		nothing_planted('and nothing planted ran');
	}
}

# ---- sources of loads are read as the caller

my @own = noted('own');
$read = 0;
@own = noted('own');
cmp_ok(scalar @own, '>=', 4 * 5 * 2, 'the attacker\'s code ran in its own sources');
is(join("\n", grep { !/ as evil_admin under (?:pg_temp, )?evil, pg_catalog$/ } @own), '', 'as the attacker, under its path');
noted('planted');
my ($looked) = attack('admin', $attacks[0], "CALL loyalty.load_transactions('jobs', 'evil.looking')");
is($looked->{state}, '00000', 'a source that looks an operator up');
@own = noted('own');
like($own[0] // '', qr/^own: after its look-up as evil_admin under evil, pg_catalog$/, 'finds the attacker\'s');
is(join("\n", grep { $_ ne 'planted: operator =(integer,integer) as evil_admin' } noted('planted')), '', 'as the attacker');
is($node->safe_psql('postgres', "SELECT string_agg(DISTINCT reason, ',') FROM loyalty_data.event_note n JOIN loyalty_data.org o USING (org_id)"
	  . " WHERE o.org = 'jobs'"), 'after its look-up,by a cast', 'and what it answers is loaded');

# ---- a path that changes, errors that are caught, code of the attacker's

my $earn = "loyalty.earn_points('acme', $ids{ann}, 1)";
my $refused = "loyalty.redeem_points('acme', $ids{ann}, 100000)";
my $seen = "pg_catalog.set_config('wall.seen', public.who(), false)";
for my $attack (@attacks[ 0, 3 ])
{
	my $path = $attack->{path};
	my @answers = attack('admin', $attack,
		'SET search_path = pg_catalog',
		"PREPARE p AS SELECT * FROM $earn",
		'PREPARE v AS SELECT * FROM loyalty.customer_points',
		'EXECUTE p', 'EXECUTE v', "SET search_path = $path", 'EXECUTE p', 'EXECUTE v', $WHO,
		'BEGIN',
		'SET LOCAL search_path = pg_catalog',
		"DECLARE c CURSOR FOR SELECT * FROM loyalty.points_ledger('acme', $ids{ann}, from_time => '2020-01-01', to_time => '2090-01-01')",
		'DECLARE d CURSOR FOR SELECT * FROM loyalty.points_ledger_entries',
		"DECLARE e CURSOR FOR SELECT v.* FROM loyalty.visible_orgs() o, loyalty.verify_ledger('acme') v",
		'FETCH 1 FROM c', "SET LOCAL search_path = $path",
		'FETCH ALL FROM c', 'FETCH ALL FROM d', 'FETCH ALL FROM e', $WHO, 'COMMIT',
		"CREATE PROCEDURE evil.own_path() LANGUAGE plpgsql SET search_path = $path AS \$\$ BEGIN PERFORM $earn; PERFORM $seen; END \$\$",
		'SET search_path = pg_catalog', 'CALL evil.own_path()', "SELECT pg_catalog.current_setting('wall.seen')",
		"SET search_path = $path", 'DROP PROCEDURE evil.own_path', 'DROP PROCEDURE IF EXISTS evil.own_path');
	is(join(' ', map { $_->{state} } @answers), join(' ', ('00000') x @answers), "$path: plans, cursors and procedures of another path");
	is(join(' ', map { @{ $_->{rows} } } @answers[ 8, 19, 24 ]), "evil_admin|$path evil_admin|$path evil_admin|$path",
		'leave user and path the caller\'s');
	nothing_planted('and nothing planted ran');

	@answers = attack('admin', $attack,
		"DO \$\$ BEGIN BEGIN PERFORM $refused; EXCEPTION WHEN SQLSTATE 'LY405' THEN PERFORM $seen; END; PERFORM $earn; END \$\$",
		"SELECT pg_catalog.current_setting('wall.seen')", $WHO,
		"SELECT $refused", $WHO, 'BEGIN', "SELECT $refused", $WHO, 'ROLLBACK',
		"DO \$\$ BEGIN CALL loyalty.expire_points('jobs', '2023-08-01', 1); PERFORM $seen; END \$\$",
		"SELECT pg_catalog.current_setting('wall.seen')", $WHO);
	is(join(' ', map { $_->{state} } @answers),
		'00000 00000 00000 LY405 00000 00000 LY405 00000 00000 00000 00000 00000', "$path: errors, caught or not");
	is(join(' ', map { @{ $_->{rows} } } @answers[ 1, 2, 4, 7, 10, 11 ]),
		join(' ', ("evil_admin|$path") x 6), 'leave user and path the caller\'s');
	nothing_planted('and nothing planted ran');
}

# ---- a job's error after a commit

my $third = $node->safe_psql('postgres', "SELECT loyalty.find_customer('jobs', 'mobile', '81110003')");
$node->safe_psql('postgres', <<"SQL");
SELECT loyalty.earn_points('jobs', loyalty.find_customer('jobs', 'mobile', '8111000' || c), 10,
    event_time => '2023-07-01'::timestamptz + c * interval '1 hour') FROM generate_series(1, 5) c;
SQL
fail_at($node, 'ledger_entry', "NEW.customer_id = $third AND NEW.entry_type = 'd'");
for my $attack (@attacks[ 0, 3 ])
{
	my @answers = attack('admin', $attack, "CALL loyalty.expire_points('jobs', '2023-09-01', 1)", $WHO,
		"DO \$\$ BEGIN CALL loyalty.expire_points('jobs', '2023-09-01', 1); END \$\$", $WHO, 'BEGIN', $WHO, 'COMMIT');
	is(join(' ', map { $_->{state} } @answers), 'ZZ999 00000 ZZ999 00000 00000 00000 00000', "$attack->{path}: a batch fails");
	is(join(' ', map { @{ $_->{rows} } } @answers), join(' ', ("evil_admin|$attack->{path}") x 3), 'leaving user and path the caller\'s');
	nothing_planted('and nothing planted ran');
}
$node->safe_psql('postgres', 'DROP TRIGGER fail ON loyalty_data.ledger_entry');

ledger_holds($node, 'acme');
ledger_holds($node, 'jobs');
log_is_clean($node);
$node->stop;
done_testing();
