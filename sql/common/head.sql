-- loyalty: install script, put together from the parts under sql/ by the Makefile.
-- complain if the script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION loyalty" to load this file. \quit

-- What follows is read under this path alone, whoever installs: types, functions and operators without a schema are
-- PostgreSQL's own. Names of ours have their schema.
SET LOCAL search_path = pg_catalog, pg_temp;

-- Tables stand in loyalty_data, the extension's own schema, which CREATE EXTENSION made or found; what people use stands
-- in loyalty, which the script makes. Whoever owns a schema can drop it with all that is in it, and whoever may create in it
-- could put functions beside ours: a schema loyalty_data that is found is the installer's or a superuser's, and so is what is
-- in it, and nobody else may create there.
DO $schemas$
DECLARE
    refused record;
BEGIN
    SELECT f.* INTO refused
    FROM (
        SELECT n.nspname, format('belongs to role "%s"', r.rolname) AS what, 'Its owner could drop the ledger with it.' AS why
        FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner
        WHERE n.nspname = 'loyalty_data' AND NOT (r.rolsuper OR r.rolname = current_user)
        UNION ALL
        SELECT n.nspname, 'role ' || COALESCE(quote_ident(r.rolname), 'PUBLIC') || ' may create in it',
            'Functions of somebody else could stand beside the extension''s.'
        FROM pg_namespace n, aclexplode(n.nspacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
        WHERE n.nspname = 'loyalty_data' AND a.privilege_type = 'CREATE' AND a.grantee <> n.nspowner
          AND n.xmin <> pg_current_xact_id()::xid -- one that was just made is closed before anybody sees it
          AND NOT (COALESCE(r.rolsuper, false) OR COALESCE(r.rolname = current_user, false))
        UNION ALL
        SELECT n.nspname, format('role "%s" owns what is in it', r.rolname),
            'Functions of somebody else could stand beside the extension''s.'
        FROM pg_namespace n
        JOIN pg_depend d ON d.refclassid = 'pg_namespace'::regclass AND d.refobjid = n.oid
        JOIN pg_shdepend s ON s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
             AND s.classid = d.classid AND s.objid = d.objid AND s.deptype = 'o'
        JOIN pg_roles r ON r.oid = s.refobjid
        WHERE n.nspname = 'loyalty_data' AND NOT (r.rolsuper OR r.rolname = current_user)
        UNION ALL
        SELECT n.nspname, format('belongs to role "%s"', r.rolname), 'The extension makes this schema itself.'
        FROM pg_namespace n JOIN pg_roles r ON r.oid = n.nspowner WHERE n.nspname = 'loyalty') f
    LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'schema "%" is there already, and %', refused.nspname, refused.what
            USING ERRCODE = 'duplicate_schema',
                HINT = refused.why || ' Rename or drop the schema, then create the extension.';
    END IF;
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
            ('loyalty_analyst', 'loyalty: reads views, personal data masked'),
            ('loyalty_gateway', 'loyalty: takes messages and events, reports what became of them')) r (name, meaning)
    LOOP
        IF to_regrole(wanted.name) IS NULL THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted.name);
            EXECUTE format('COMMENT ON ROLE %I IS %L', wanted.name, wanted.meaning);
        END IF;
    END LOOP;
END
$roles$;

REVOKE ALL ON SCHEMA loyalty_data FROM PUBLIC;
GRANT USAGE ON SCHEMA loyalty TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst, loyalty_gateway;
