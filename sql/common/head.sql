-- loyalty: install script, put together from the parts under sql/ by the Makefile.
-- complain if the script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION loyalty" to load this file. \quit

-- What follows is read under this path alone, whoever installs: types, functions and operators without a schema are
-- PostgreSQL's own. Names of ours have their schema.
SET LOCAL search_path = pg_catalog, pg_temp;

-- Tables stand in loyalty_data, the extension's own schema, which CREATE EXTENSION made or found; what people use stands
-- in loyalty. Whoever owns a schema can drop it with all that is in it: so both are the installer's, or a superuser's.
DO $schemas$
DECLARE
    found record;
BEGIN
    FOR found IN
        SELECT n.nspname, r.rolname,
            n.nspname = 'loyalty' OR NOT (r.rolsuper OR r.rolname = current_user) AS refused
        FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner
        WHERE n.nspname IN ('loyalty', 'loyalty_data')
    LOOP
        IF found.refused THEN
            RAISE EXCEPTION 'schema "%" is there already and belongs to role "%"', found.nspname, found.rolname
                USING ERRCODE = 'duplicate_schema',
                    HINT = 'Its owner could drop the ledger with it. Rename or drop the schema, then create the extension.';
        END IF;
    END LOOP;
END
$schemas$;
CREATE SCHEMA loyalty;
COMMENT ON SCHEMA loyalty IS 'What applications and analysts use of loyalty: functions, views and types';
COMMENT ON SCHEMA loyalty_data IS 'The tables of loyalty and what works on them: closed, reached through schema loyalty alone';

-- Capability roles belong to the cluster, not to this database: they are created when absent and stay
-- when the extension is dropped.
DO $roles$
DECLARE
    wanted record;
BEGIN
    FOR wanted IN
        SELECT * FROM (VALUES
            ('loyalty_admin', 'loyalty: configures orgs, makes one-step changes and decides requests'),
            ('loyalty_agent', 'loyalty: member care'),
            ('loyalty_pos', 'loyalty: registers customers, records bills, redeems'),
            ('loyalty_analyst', 'loyalty: reads views, personal data masked')) r (name, meaning)
    LOOP
        IF to_regrole(wanted.name) IS NULL THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted.name);
            EXECUTE format('COMMENT ON ROLE %I IS %L', wanted.name, wanted.meaning);
        END IF;
    END LOOP;
END
$roles$;

REVOKE ALL ON SCHEMA loyalty_data FROM PUBLIC;
GRANT USAGE ON SCHEMA loyalty TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
