-- The same in a session's temporary schema, where relations and types are looked up, but never a routine.
DO $$
DECLARE
    one record;
BEGIN
    SET LOCAL search_path = pg_catalog;
    FOR one IN SELECT relname FROM pg_class WHERE relnamespace = 'evil'::regnamespace AND relkind = 'v' LOOP
        EXECUTE format('CREATE TEMP VIEW %I AS SELECT * FROM evil.%I', one.relname, one.relname);
    END LOOP;
    FOR one IN
        SELECT typname, format_type(typbasetype, typtypmod) AS base FROM pg_type
        WHERE typnamespace = 'evil'::regnamespace AND typtype = 'd'
    LOOP
        EXECUTE format('CREATE DOMAIN pg_temp.%I AS %s CHECK (evil.planted(%L))', one.typname, one.base, 'type ' || one.typname);
    END LOOP;
END $$;
