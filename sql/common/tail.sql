-- What holds of every table and sequence: nobody but the owner reaches it, whatever default privileges say, and backups
-- have its rows. Of the tables that this script fills, event_type, object_capability and table_distribution are
-- catalogues, and source is dumped where it is made.
DO $tables$
DECLARE
    kept record;
    grantee text;
BEGIN
    FOR kept IN
        SELECT c.oid::regclass AS name, c.relname, c.relkind, c.relacl, c.relowner FROM pg_class c
        WHERE c.relnamespace = 'loyalty_data'::regnamespace AND c.relkind IN ('r', 'S', 'v')
    LOOP
        EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', kept.name);
        FOR grantee IN
            SELECT DISTINCT a.grantee::regrole::text FROM aclexplode(kept.relacl) a WHERE a.grantee NOT IN (0, kept.relowner)
        LOOP
            EXECUTE format('REVOKE ALL ON %s FROM %s', kept.name, grantee);
        END LOOP;
        IF kept.relkind <> 'v'
            AND kept.relname NOT IN ('event_type', 'object_capability', 'source', 'table_distribution') THEN
            PERFORM pg_extension_config_dump(kept.name, '');
        END IF;
    END LOOP;
END
$tables$;
