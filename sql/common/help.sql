-- What there is, for people at a prompt and for tools. Names are near that share pieces of three letters. Letters are folded
-- as in ASCII, which names are in: a Turkish database would make another letter of an I.
CREATE VIEW loyalty.functions AS
    SELECT c.capability, p.proname::text AS name,
           format('loyalty.%s(%s)', p.proname, pg_get_function_arguments(p.oid))
               || COALESCE(' RETURNS ' || pg_get_function_result(p.oid), '') AS signature,
           ARRAY(SELECT w.role FROM unnest('{loyalty_admin,loyalty_agent,loyalty_pos,loyalty_analyst,loyalty_gateway}'::text[])
                   WITH ORDINALITY w (role, place)
               JOIN pg_roles r ON r.rolname = w.role
               WHERE has_function_privilege(r.oid, p.oid, 'EXECUTE') ORDER BY w.place) AS may_call,
           obj_description(p.oid, 'pg_proc') AS what_for
    FROM pg_proc p
    JOIN loyalty_data.object_capability c ON c.name = p.proname::text COLLATE "C"
    WHERE p.pronamespace = 'loyalty'::regnamespace
      AND EXISTS (SELECT FROM pg_depend d JOIN pg_extension x ON x.oid = d.refobjid AND x.extname = 'loyalty'
          WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
            AND d.refclassid = 'pg_extension'::regclass);
REVOKE ALL ON TABLE loyalty.functions FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.functions TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst, loyalty_gateway;
COMMENT ON VIEW loyalty.functions IS
    'Every function and procedure: its capability, how it is called, by whom, and what for';
COMMENT ON COLUMN loyalty.functions.signature IS 'Its arguments with types and defaults, and what it returns';
COMMENT ON COLUMN loyalty.functions.may_call IS 'The capability roles that may execute it';
COMMENT ON COLUMN loyalty.functions.what_for IS 'What it does';

CREATE VIEW loyalty.views AS
    SELECT o.capability, c.relname::text AS name,
           ARRAY(SELECT w.role FROM unnest('{loyalty_admin,loyalty_agent,loyalty_pos,loyalty_analyst,loyalty_gateway}'::text[])
                   WITH ORDINALITY w (role, place)
               JOIN pg_roles r ON r.rolname = w.role
               WHERE has_table_privilege(r.oid, c.oid, 'SELECT') ORDER BY w.place) AS may_read,
           obj_description(c.oid, 'pg_class') AS what_for
    FROM pg_class c
    JOIN loyalty_data.object_capability o ON o.name = c.relname::text COLLATE "C"
    WHERE c.relnamespace = 'loyalty'::regnamespace AND c.relkind = 'v';
REVOKE ALL ON TABLE loyalty.views FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.views TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst, loyalty_gateway;
COMMENT ON VIEW loyalty.views IS
    'Every view: its capability, who may read it, and what it shows';
COMMENT ON COLUMN loyalty.views.may_read IS 'The capability roles that may read it';
COMMENT ON COLUMN loyalty.views.what_for IS 'What it shows';

CREATE FUNCTION loyalty.help(topic text DEFAULT NULL) RETURNS TABLE (name text, description text)
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
        WITH asked AS (
            SELECT lower(regexp_replace(translate(left(COALESCE(help.topic, ''), 100) COLLATE "C", '"''`', ''),
                '^\s*(loyalty\.)?|\s*([(].*)?$', '', 'gi')) AS topic
        ), capability (name, description) AS (VALUES
            ('common', 'what everything uses: the clock, error codes, help'),
            ('org', 'brands with stores, tills, programs and configuration; who may act where'),
            ('customer', 'who a customer is: identifiers, registration, profiles, addresses, consents'),
            ('status', 'labels of customers, what they restrict, deletion'),
            ('ledger', 'points: awards, redemptions, transfers, expiry, balances, proof'),
            ('bill', 'bills: lines, what they earn, returns, loads, referrals'),
            ('card', 'numbers, series and the life of cards; generated external ids'),
            ('merge', 'two accounts of one person become one')
        ), row_type (name, what_for) AS (
            SELECT c.relname::text, obj_description(c.reltype, 'pg_type') FROM pg_class c
            WHERE c.relnamespace = 'loyalty'::regnamespace AND c.relkind = 'c'
        ), found (part, place, name, description) AS (
            SELECT 1, 0, c.name, format('%s: help(%L)', c.description, c.name) FROM capability c, asked a WHERE a.topic = ''
            UNION ALL
            SELECT 2, b.place, f.name, format('to begin, %s: %s', b.place, f.what_for)
            FROM unnest('{create_org,create_program,grant_org,register_customer,add_transaction,redeem_points,points_balance}'::text[])
                WITH ORDINALITY b (name, place), loyalty.functions f, asked a WHERE a.topic = '' AND f.name = b.name
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
            SELECT 5, 0, t.name, t.what_for FROM row_type t, asked a WHERE t.name = a.topic
            UNION ALL
            SELECT 7, d.attnum, d.attname, format('%s: %s', format_type(d.atttypid, d.atttypmod), col_description(d.attrelid, d.attnum))
            FROM (SELECT v.name FROM loyalty.views v UNION ALL SELECT t.name FROM row_type t) r, asked a, pg_attribute d
            WHERE r.name = a.topic AND d.attrelid = to_regclass('loyalty.' || quote_ident(r.name)) AND d.attnum > 0
              AND NOT d.attisdropped
            UNION ALL
            SELECT 8, 0, e.sqlstate, e.name || ': ' || e.meaning FROM loyalty.error_codes e, asked a
            WHERE a.topic IN (lower(e.sqlstate COLLATE "C"), lower(e.name COLLATE "C"))
            UNION ALL
            SELECT 9, 0, k.config_key, concat_ws('; ', k.value_type, 'default ' || k.default_value, k.allowed, k.description)
            FROM loyalty.config_catalogue() k, asked a WHERE lower(k.config_key COLLATE "C") = a.topic
        ), near AS (
            SELECT string_agg(n.name, ', ' ORDER BY n.likeness DESC, n.name) AS names
            FROM (
                SELECT t.name, p.shared / (length(t.name) + length(a.topic))::float8 AS likeness
                FROM asked a, (
                    SELECT f.name FROM loyalty.functions f
                    UNION ALL SELECT v.name FROM loyalty.views v
                    UNION ALL SELECT r.name FROM row_type r
                    UNION ALL SELECT c.name FROM capability c
                    UNION ALL SELECT e.sqlstate FROM loyalty.error_codes e
                    UNION ALL SELECT k.config_key FROM loyalty.config_catalogue() k) t,
                LATERAL (SELECT count(*) AS shared FROM generate_series(1, length(a.topic) - 2) i
                    WHERE strpos(lower(t.name COLLATE "C"), substr(a.topic, i, 3)) > 0) p
                WHERE p.shared > 0 ORDER BY likeness DESC, t.name LIMIT 5) n
        )
        SELECT s.name, s.description
        FROM (
            SELECT f.part, f.place, f.name, f.description FROM found f
            UNION ALL
            SELECT 0, 0, a.topic, 'nothing is called so' || COALESCE('; near are: ' || n.names, '; help() says what there is')
            FROM asked a, near n WHERE NOT EXISTS (SELECT FROM found)) s
        ORDER BY s.part, s.place, s.name;
    END;
REVOKE ALL ON FUNCTION loyalty.help FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.help TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst, loyalty_gateway;
COMMENT ON FUNCTION loyalty.help IS
    'What there is: without a topic the capabilities; else about a capability, function, view, row type, error code or configuration key';
