-- Reads every page of every table and index, as a session that has long been there did.
CREATE SCHEMA bench;
CREATE EXTENSION pageinspect;
CREATE FUNCTION bench.touch() RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp AS $$
    SELECT sum(octet_length(get_raw_page(c.oid::regclass::text, b))) FROM pg_class c
        CROSS JOIN LATERAL generate_series(0, pg_relation_size(c.oid) / current_setting('block_size')::int - 1) b
    WHERE c.relkind IN ('r', 'i') AND c.oid >= 16384
$$;
GRANT USAGE ON SCHEMA bench TO bench;
