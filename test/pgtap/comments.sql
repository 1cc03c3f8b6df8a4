-- Whatever a person meets says what it is: schemas, roles, tables, views, their columns, types, functions. And help() and the
-- views that it reads know each of them by its capability.
BEGIN;
SELECT plan(18);

CREATE TEMP VIEW member AS
    SELECT d.classid, d.objid FROM pg_depend d JOIN pg_extension e ON d.refobjid = e.oid
    WHERE e.extname = 'loyalty' AND d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e';

SELECT is_empty($$SELECT n.nspname FROM pg_namespace n WHERE n.nspname ~ '^loyalty' AND obj_description(n.oid, 'pg_namespace') IS NULL$$,
    'schemas have comments');
SELECT is_empty($$SELECT r.rolname FROM pg_roles r WHERE r.rolname IN ('loyalty_admin', 'loyalty_agent', 'loyalty_pos',
    'loyalty_analyst', 'loyalty_gateway') AND shobj_description(r.oid, 'pg_authid') IS NULL$$, 'capability roles have');
SELECT is_empty($$SELECT c.oid::regclass FROM pg_class c JOIN member m ON m.classid = 'pg_class'::regclass AND m.objid = c.oid
    WHERE c.relkind IN ('r', 'v', 'S') AND obj_description(c.oid, 'pg_class') IS NULL$$, 'tables, views and sequences have');
SELECT is_empty($$SELECT c.oid::regclass, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    WHERE c.relnamespace IN ('loyalty'::regnamespace, 'loyalty_data'::regnamespace) AND c.relkind IN ('r', 'v', 'c')
      AND NOT a.attisdropped AND col_description(c.oid, a.attnum) IS NULL$$, 'columns of tables, views and types have');
SELECT is_empty($$SELECT t.oid::regtype FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'
    WHERE t.typnamespace = 'loyalty'::regnamespace AND obj_description(t.oid, 'pg_type') IS NULL$$, 'types have');
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p JOIN member m ON m.classid = 'pg_proc'::regclass AND m.objid = p.oid
    WHERE obj_description(p.oid, 'pg_proc') IS NULL$$, 'functions have');

-- From whatever directory of the source tree the test is run: capability and name of what each part makes.
\set made `for up in . .. ../..; do test -d $up/sql/org && cd $up && grep -roE 'CREATE (FUNCTION|PROCEDURE|VIEW) loyalty[.][a-z_0-9]+' sql --include=api.sql --include=views.sql --include=help.sql | sed -E 's,^sql/([a-z]+)/.*[.]([a-z_0-9]+)$,\1 \2,' && break; done`
CREATE TEMP TABLE made AS
    SELECT split_part(l, ' ', 1) AS capability, split_part(l, ' ', 2) AS name FROM regexp_split_to_table(:'made', '\n') l;
SELECT bag_eq('SELECT capability, name FROM loyalty.functions UNION ALL SELECT capability, name FROM loyalty.views',
    'SELECT * FROM made', 'functions and views are known by the capability whose part makes them');
SELECT is_empty($$SELECT f.name FROM loyalty.functions f WHERE f.what_for IS NULL OR f.signature IS NULL OR cardinality(f.may_call) = 0$$,
    'every function says what for, how, and by whom');
SELECT is_empty($$SELECT n.name FROM (SELECT name FROM loyalty.functions UNION ALL SELECT name FROM loyalty.views
        UNION ALL SELECT sqlstate FROM loyalty.error_codes UNION ALL SELECT config_key FROM loyalty.config_catalogue()
        UNION ALL SELECT capability FROM loyalty.functions) n
    WHERE NOT EXISTS (SELECT FROM loyalty.help(n.name) h WHERE h.description !~ '^nothing')$$, 'help knows each of them');
SELECT results_eq($$SELECT name FROM loyalty.help('loyalty.EARN_points(text)') $$, $$VALUES ('earn_points'), ('call'), ('may call')$$,
    'in any case, with schema and arguments');
SELECT is((SELECT count(*)::int FROM unnest(ARRAY['', '%', '_', '''', '"', '\', repeat('x', 1000000), 'select', E'\n', '(', ')', '[']) t,
    loyalty.help(t) h WHERE h.description IS NULL), 0, 'whatever is asked has an answer');
SELECT is((SELECT description FROM loyalty.help('redeem_ponts')) ~ 'near are: redeem_points,', true, 'a slip of the pen finds what was meant');
SELECT is((SELECT string_agg(description, '' ORDER BY name) FROM loyalty.help('no')), 'nothing is called so; help() says what there is',
    'what is too short to be near anything says where to begin');
SELECT is((SELECT count(*)::int FROM loyalty.help() h WHERE h.description ~ '^to begin, [1-7]: .'), 7, 'all steps to begin with are there');
SELECT is_empty($$SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'loyalty'::regnamespace AND c.relkind = 'c'
    AND (SELECT count(*) FROM loyalty.help(c.relname)) <> c.relnatts + 1$$, 'row types have a line and one for each attribute');

-- Somebody's own function is none of ours, though it has the name of one; and a role that an operator renamed is left out.
CREATE FUNCTION loyalty.clock(int4) RETURNS int4 LANGUAGE sql AS 'SELECT 1';
SELECT is((SELECT count(*)::int FROM loyalty.functions WHERE name = 'clock'), 1, 'functions that are not of the extension are not listed');
SAVEPOINT renamed;
ALTER ROLE loyalty_analyst RENAME TO regress_loyalty_renamed;
SELECT is((SELECT may_call FROM loyalty.functions WHERE name = 'help'), '{loyalty_admin,loyalty_agent,loyalty_pos,loyalty_gateway}', 'nor is a role that is not there');
ROLLBACK TO renamed;

SET LOCAL ROLE loyalty_analyst;
SELECT cmp_ok((SELECT count(*) FROM loyalty.help('points_ledger')), '>', 0::bigint, 'analysts may ask');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
