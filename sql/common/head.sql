-- loyalty: install script, put together from the parts under sql/ by the Makefile.
-- complain if the script is sourced in psql, rather than via CREATE EXTENSION
\echo Use "CREATE EXTENSION loyalty" to load this file. \quit

-- Capability roles belong to the cluster, not to this database: they are created when absent and stay
-- when the extension is dropped.
DO $roles$
DECLARE
    wanted pg_catalog.text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['loyalty_admin', 'loyalty_agent', 'loyalty_pos', 'loyalty_analyst'] LOOP
        IF pg_catalog.to_regrole(wanted) IS NULL THEN
            EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN', wanted);
        END IF;
    END LOOP;
END
$roles$;

GRANT USAGE ON SCHEMA loyalty TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
