INSERT INTO loyalty_data.made_trigger
    SELECT c.relname, t.tgname, p.proname, t.tgtype
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE c.relnamespace = 'loyalty_data'::regnamespace AND NOT t.tgisinternal;

-- What holds of everything that this script has made: it is open to nobody but the owner and the roles that it names, whatever
-- default privileges say; tables, sequences and views of loyalty_data to nobody but the owner. The use of types is everybody's,
-- as PostgreSQL has it. Sequences that come later are closed as they are made.
DO $closed$
DECLARE
    opened record;
BEGIN
    FOR opened IN
        SELECT DISTINCT o.name, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END AS grantee
        FROM (
            SELECT format('TABLE %s', c.oid::regclass), c.relacl, c.relowner, n.nspname = 'loyalty', false
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname IN ('loyalty', 'loyalty_data') AND c.relkind IN ('r', 'S', 'v')
            UNION ALL
            SELECT format('ROUTINE %s', p.oid::regprocedure), p.proacl, p.proowner, true, false
            FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname IN ('loyalty', 'loyalty_data')
            UNION ALL
            SELECT format('TYPE %s', t.oid::regtype), t.typacl, t.typowner, true, true
            FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname IN ('loyalty', 'loyalty_data')
            UNION ALL
            SELECT format('SCHEMA %s', n.oid::regnamespace), n.nspacl, n.nspowner, n.nspname = 'loyalty', false
            FROM pg_namespace n WHERE n.nspname IN ('loyalty', 'loyalty_data')) o (name, acl, owner, for_roles, for_all),
            aclexplode(o.acl) a
        WHERE a.grantee <> o.owner AND NOT (a.grantee = 0 AND o.for_all)
          AND NOT (o.for_roles AND a.grantee::regrole::text IN ('loyalty_admin', 'loyalty_agent', 'loyalty_pos', 'loyalty_analyst',
              'loyalty_gateway'))
    LOOP
        EXECUTE format('REVOKE ALL ON %s FROM %s CASCADE', opened.name, opened.grantee);
    END LOOP;
END
$closed$;

-- Backups have the rows of every table and sequence but code_key: what was made under a secret is void where it is restored.
-- Of the tables that this script fills, delivery_code, event_type, made_trigger,
-- object_capability and table_distribution are catalogues, and source is dumped where it is made.
DO $dumped$
DECLARE
    kept record;
BEGIN
    FOR kept IN
        SELECT c.oid::regclass AS name FROM pg_class c
        WHERE c.relnamespace = 'loyalty_data'::regnamespace AND c.relkind IN ('r', 'S')
          AND c.relname NOT IN ('code_key', 'delivery_code', 'event_type', 'made_trigger', 'object_capability', 'source',
              'table_distribution')
    LOOP
        PERFORM pg_extension_config_dump(kept.name, '');
    END LOOP;
END
$dumped$;
