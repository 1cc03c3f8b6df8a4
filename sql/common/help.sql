-- What there is, for people at a prompt and for tools.
CREATE VIEW loyalty.functions AS
    SELECT c.capability, p.proname::text AS name,
           format('loyalty.%s(%s)', p.proname, pg_get_function_arguments(p.oid))
               || COALESCE(' RETURNS ' || pg_get_function_result(p.oid), '') AS signature,
           ARRAY(SELECT r FROM unnest('{loyalty_admin,loyalty_agent,loyalty_pos,loyalty_analyst}'::text[]) r
               WHERE has_function_privilege(r, p.oid, 'EXECUTE')) AS may_call,
           obj_description(p.oid, 'pg_proc') AS what_for
    FROM pg_proc p
    JOIN loyalty_data.object_capability c ON c.name = p.proname::text COLLATE "C"
    WHERE p.pronamespace = 'loyalty'::regnamespace;
REVOKE ALL ON TABLE loyalty.functions FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.functions TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON VIEW loyalty.functions IS
    'Every function and procedure: its capability, how it is called, by whom, and what for';
COMMENT ON COLUMN loyalty.functions.signature IS 'Its arguments with types and defaults, and what it returns';
COMMENT ON COLUMN loyalty.functions.may_call IS 'The capability roles that may execute it';
COMMENT ON COLUMN loyalty.functions.what_for IS 'What it does';

CREATE VIEW loyalty.views AS
    SELECT o.capability, c.relname::text AS name,
           ARRAY(SELECT r FROM unnest('{loyalty_admin,loyalty_agent,loyalty_pos,loyalty_analyst}'::text[]) r
               WHERE has_table_privilege(r, c.oid, 'SELECT')) AS may_read,
           obj_description(c.oid, 'pg_class') AS what_for
    FROM pg_class c
    JOIN loyalty_data.object_capability o ON o.name = c.relname::text COLLATE "C"
    WHERE c.relnamespace = 'loyalty'::regnamespace AND c.relkind = 'v';
REVOKE ALL ON TABLE loyalty.views FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.views TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON VIEW loyalty.views IS
    'Every view: its capability, who may read it, and what it shows';
COMMENT ON COLUMN loyalty.views.may_read IS 'The capability roles that may read it';
COMMENT ON COLUMN loyalty.views.what_for IS 'What it shows';

CREATE FUNCTION loyalty.help(topic text DEFAULT NULL) RETURNS TABLE (name text, description text)
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
        WITH asked AS (
            SELECT lower(regexp_replace(btrim(left(COALESCE(help.topic, ''), 100)), '^loyalty\.|[(].*$', '', 'gi')) AS topic
        ), capability (name, description) AS (VALUES
            ('common', 'what everything uses: the clock, error codes, help'),
            ('org', 'brands with stores, tills, programs and configuration; who may act where'),
            ('customer', 'who a customer is: identifiers, registration, profiles, addresses, consents'),
            ('status', 'labels of customers, what they restrict, deletion'),
            ('ledger', 'points: bills, awards, redemptions, expiry, returns, balances, proof'),
            ('card', 'numbers, series and the life of cards; generated external ids'),
            ('merge', 'two accounts of one person become one')
        ), found (part, place, name, description) AS (
            SELECT 1, 0, c.name, format('%s: help(%L)', c.description, c.name) FROM capability c, asked a WHERE a.topic = ''
            UNION ALL
            SELECT 2, 0, f.name, f.what_for FROM loyalty.functions f, asked a WHERE a.topic IN (f.capability, f.name)
            UNION ALL
            SELECT 3, 0, 'call', f.signature FROM loyalty.functions f, asked a WHERE f.name = a.topic
            UNION ALL
            SELECT 4, 0, 'may call', array_to_string(f.may_call, ', ') FROM loyalty.functions f, asked a WHERE f.name = a.topic
            UNION ALL
            SELECT 5, 0, v.name, v.what_for FROM loyalty.views v, asked a WHERE a.topic IN (v.capability, v.name)
            UNION ALL
            SELECT 6, 0, 'may read', array_to_string(v.may_read, ', ') FROM loyalty.views v, asked a WHERE v.name = a.topic
            UNION ALL
            SELECT 7, d.attnum, d.attname, format('%s: %s', format_type(d.atttypid, d.atttypmod), col_description(d.attrelid, d.attnum))
            FROM loyalty.views v, asked a, pg_attribute d
            WHERE v.name = a.topic AND d.attrelid = to_regclass('loyalty.' || quote_ident(v.name)) AND d.attnum > 0
            UNION ALL
            SELECT 8, 0, e.sqlstate, e.name || ': ' || e.meaning FROM loyalty.error_codes e, asked a
            WHERE a.topic IN (lower(e.sqlstate), lower(e.name))
            UNION ALL
            SELECT 9, 0, k.config_key, concat_ws('; ', k.value_type, 'default ' || k.default_value, k.allowed, k.description)
            FROM loyalty.config_catalogue() k, asked a WHERE lower(k.config_key) = a.topic
        ), near AS (
            SELECT string_agg(n.name, ', ' ORDER BY n.name) AS names
            FROM (SELECT f.name FROM loyalty.functions f UNION ALL SELECT v.name FROM loyalty.views v) n, asked a
            WHERE strpos(n.name, a.topic) > 0 OR strpos(a.topic, n.name) > 0
        )
        SELECT s.name, s.description
        FROM (
            SELECT f.part, f.place, f.name, f.description FROM found f
            UNION ALL
            SELECT 0, 0, a.topic, 'nothing is called so' || COALESCE('; there are: ' || n.names, '; help() says what there is')
            FROM asked a, near n WHERE NOT EXISTS (SELECT FROM found)) s
        ORDER BY s.part, s.place, s.name;
    END;
REVOKE ALL ON FUNCTION loyalty.help FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.help TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON FUNCTION loyalty.help IS
    'What there is: without a topic the capabilities; else about a capability, function, view, error code or configuration key';

INSERT INTO loyalty_data.object_capability
    SELECT p.proname, 'common' FROM pg_proc p WHERE p.pronamespace = 'loyalty'::regnamespace
    UNION ALL SELECT c.relname, 'common' FROM pg_class c WHERE c.relnamespace = 'loyalty'::regnamespace AND c.relkind = 'v'
    ON CONFLICT DO NOTHING;
