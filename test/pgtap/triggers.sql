-- Trigger functions of the extension where somebody else puts them: on tables, partitions and views of a site, under names of
-- ours, on other tables of ours, before and after every event; and called. Each refuses with 39P01 before it reads anything.
\set ON_ERROR_STOP 1
BEGIN;
SET LOCAL client_min_messages = warning;
SELECT plan(12);

\ir ../fixtures/orgs.sql
SELECT pg_temp.new_org('acme', 'base');
SELECT loyalty.create_store('acme', 's1', 'Store');
SELECT loyalty.create_card_series('acme', 'series', 'Series', method => 'AUTO_INC', length => 6);

CREATE TEMP TABLE ours AS SELECT p.oid::regprocedure::text AS call, p.proname::text AS name
    FROM pg_proc p JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
    JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid AND e.extname = 'loyalty'
    WHERE p.prorettype IN ('trigger'::regtype, 'event_trigger'::regtype);
SELECT is((SELECT array_agg(name ORDER BY name) FROM ours), '{code_space_made,ledger_guard,number_series_made,org_changed}', 'the trigger functions there are');

-- Tables of a site: narrow, with numbers where ours have texts, with the very columns and names of ours, in parts.
CREATE SCHEMA site;
CREATE TABLE site.narrow (a int);
CREATE TABLE site.numbers AS SELECT 1 AS a, 2 AS b, 3 AS c, 4 AS d, 5 AS e, 6 AS f, 7 AS g, 8 AS h;
CREATE TABLE site.empty ();
CREATE TABLE site.number_series (LIKE loyalty_data.number_series);
CREATE TABLE site.org (LIKE loyalty_data.org);
CREATE TABLE site.ledger_account (LIKE loyalty_data.ledger_account);
CREATE TEMP TABLE number_series (LIKE loyalty_data.number_series);
CREATE TABLE site.parted (a int) PARTITION BY LIST (a);
CREATE TABLE site.part PARTITION OF site.parted DEFAULT;
CREATE VIEW site.seen AS SELECT a FROM site.narrow;
CREATE FUNCTION site.instead() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN coalesce(NEW, OLD); END';
CREATE TRIGGER z_instead INSTEAD OF INSERT OR UPDATE OR DELETE ON site.seen FOR EACH ROW EXECUTE FUNCTION site.instead();
INSERT INTO site.narrow VALUES (1);
INSERT INTO site.parted VALUES (1);
INSERT INTO site.number_series SELECT * FROM loyalty_data.number_series;
INSERT INTO pg_temp.number_series SELECT * FROM loyalty_data.number_series;
INSERT INTO site.org SELECT * FROM loyalty_data.org;

-- Every kind of trigger that a relation can have.
CREATE TEMP TABLE kinds AS SELECT timing, level, event, timing || ' ' || event || ' FOR EACH ' || level AS kind
    FROM unnest('{BEFORE,AFTER,DEFERRED,INSTEAD OF}'::text[]) timing, unnest('{ROW,STATEMENT}'::text[]) level,
        unnest('{INSERT,UPDATE,DELETE,TRUNCATE}'::text[]) event
    WHERE (level = 'STATEMENT' OR event <> 'TRUNCATE') AND (level = 'ROW' OR timing IN ('BEFORE', 'AFTER'));

-- Makes a trigger and lets it fire; answers the SQLSTATE, and undoes all of it.
CREATE FUNCTION pg_temp.fired(call text, relation text, timing text, level text, event text, new_row text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    first text := (SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = relation::regclass AND attnum > 0 ORDER BY attnum LIMIT 1);
BEGIN
    EXECUTE format('CREATE %s TRIGGER a_site %s %s ON %s %s FOR EACH %s EXECUTE FUNCTION %s',
        CASE timing WHEN 'DEFERRED' THEN 'CONSTRAINT' END, CASE timing WHEN 'DEFERRED' THEN 'AFTER' ELSE timing END, event, relation,
        CASE timing WHEN 'DEFERRED' THEN 'DEFERRABLE INITIALLY DEFERRED' END, level, call);
    EXECUTE CASE event
        WHEN 'INSERT' THEN format('INSERT INTO %s %s', relation, new_row)
        WHEN 'UPDATE' THEN CASE WHEN first IS NOT NULL THEN format('UPDATE %s SET %s = %2$s', relation, first) ELSE 'SELECT' END
        WHEN 'DELETE' THEN format('DELETE FROM %s', relation)
        ELSE format('TRUNCATE %s', relation) END;
    SET CONSTRAINTS ALL IMMEDIATE;
    RAISE EXCEPTION USING ERRCODE = 'ZZ000';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;

-- Whatever is written there, the function refuses it; a row trigger without a row does not fire.
CREATE TEMP TABLE tries AS
    SELECT r.relation, k.kind, o.name, k.level, k.event, pg_temp.fired(o.call, r.relation, k.timing, k.level, k.event,
        coalesce(r.new_row, format('SELECT * FROM %s LIMIT 1', r.relation))) AS state
    FROM ours o, kinds k, (VALUES ('site.narrow', NULL), ('site.numbers', NULL), ('site.number_series', NULL), ('site.org', NULL),
        ('site.ledger_account', NULL), ('site.empty', 'DEFAULT VALUES'), ('pg_temp.number_series', NULL), ('site.parted', NULL),
        ('site.part', NULL), ('site.seen', NULL)) r (relation, new_row)
    WHERE CASE r.relation WHEN 'site.seen' THEN k.timing = 'INSTEAD OF' OR k.level = 'STATEMENT' AND k.event <> 'TRUNCATE'
        ELSE k.timing <> 'INSTEAD OF' END;
SELECT cmp_ok((SELECT count(*) FROM tries), '>', 400::bigint, 'many triggers of a site fired');
SELECT is_empty($$SELECT relation, kind, name, state FROM tries WHERE state <> '39P01'
        AND NOT (level = 'ROW' AND relation = 'site.ledger_account' AND state = 'ZZ000')
        AND NOT (relation = 'site.empty' AND state = 'ZZ000' AND (event = 'UPDATE' OR level = 'ROW' AND event <> 'INSERT'))$$,
    'and all of them were refused');

INSERT INTO loyalty_data.code_space SELECT org_id, -2, 0, 10, 0, 'b', false, '', 'P' FROM loyalty_data.org;

-- On other tables of ours, and on their own for other events. What remains is what the function is there for.
CREATE TEMP TABLE own AS
    SELECT o.name, t.relation, k.kind, k.level, k.timing, k.event,
        pg_temp.fired(o.call, t.relation, k.timing, k.level, k.event, t.new_row) AS state
    FROM ours o, kinds k, (VALUES ('loyalty_data.store', 'SELECT org_id, -1, ''new'', ''New'' FROM loyalty_data.org'),
        ('loyalty_data.number_series', 'SELECT n.org_id, -1, n.purpose, n.method, n.length, n.prefix, n.suffix, n.serial_offset,'
        ' n.checksum_prefix, n.key_id, n.seed FROM loyalty_data.number_series n'),
        ('loyalty_data.code_space', 'SELECT org_id, -1, 0, 10, 0, ''b'', false, '''', ''Q'' FROM loyalty_data.org')) t (relation, new_row)
    WHERE k.timing <> 'INSTEAD OF';
SELECT is_empty($$SELECT name, kind, state FROM own WHERE name = 'org_changed'
        AND state <> CASE WHEN timing = 'AFTER' AND level = 'STATEMENT' THEN 'ZZ000' ELSE '39P01' END$$,
    'org_changed serves statements after they ran');
SELECT is_empty($$SELECT name, kind, state FROM own WHERE name = 'ledger_guard'
        AND state <> CASE WHEN timing = 'BEFORE' AND level = 'STATEMENT' AND event <> 'INSERT' THEN 'LY412' ELSE '39P01' END$$,
    'ledger_guard serves statements before they change or remove something');
SELECT is_empty($$SELECT name, relation, kind, state FROM own WHERE name = 'number_series_made' AND state <> CASE
        WHEN relation = 'loyalty_data.number_series' AND timing IN ('AFTER', 'DEFERRED') AND level = 'ROW' AND event = 'INSERT' THEN 'ZZ000'
        ELSE '39P01' END$$,
    'number_series_made serves rows after they came into its own table');
SELECT is_empty($$SELECT name, relation, kind, state FROM own WHERE name = 'code_space_made' AND state <> CASE
        WHEN relation = 'loyalty_data.code_space' AND timing IN ('AFTER', 'DEFERRED') AND level = 'ROW' AND event = 'INSERT' THEN 'ZZ000'
        ELSE '39P01' END$$,
    'and so does code_space_made');

-- Called: by itself, over rows, by code of the site.
SELECT throws_ok(format('SELECT %s', call), '39P01', format('function "loyalty_data.%s" is for the triggers that the extension makes', name),
    name || ' cannot be called') FROM ours ORDER BY name;
CREATE FUNCTION pg_temp.calls(call text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'SELECT ' || call || ' IS NULL FROM generate_series(1, 3)';
    RETURN 'answered';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
SELECT is((SELECT array_agg(DISTINCT pg_temp.calls(call)) FROM ours), '{39P01}', 'nor by code of a site');

SELECT * FROM finish();
ROLLBACK;
