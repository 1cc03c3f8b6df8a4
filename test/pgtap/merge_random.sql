-- Random pairs of customers: what merge_customers leaves is what preview_merge said, item by item, and both are what a
-- model says that knows nothing of either. The model reads tables before and after.
BEGIN;
SELECT plan(9);
SET LOCAL TimeZone = 'UTC';
SET LOCAL client_min_messages = warning;

SELECT CASE WHEN s = '' THEN (random() * 2 - 1)::text ELSE s END AS seed
FROM COALESCE(current_setting('test.seed', true), '') s \gset
SELECT diag('seed ' || :'seed');
SELECT setseed(:seed);
SET LOCAL loyalty.clock = '2024-01-01 12:00+00';

-- Four orgs, one for each way to treat fields and cards.
CREATE TEMP TABLE brand AS SELECT org, n, n & 1 = 1 AS overwrites, (ARRAY[NULL, 'custom_fields', 'extended_fields',
    'extended_fields,custom_fields'])[n] AS skipped, n <> 3 AS moves_cards
FROM unnest(ARRAY['a', 'b', 'c', 'd']) WITH ORDINALITY w (org, n);
SELECT count(*) FROM (
    SELECT loyalty.create_org(org, org, base_country => 'SG'), loyalty.create_program(org, 'one', 'One'),
        loyalty.create_program(org, 'two', 'Two', decimals => 2),
        loyalty.set_promised_rules(org, 'one', 10000), loyalty.set_promised_rules(org, 'two', 10000), -- they wait for the end
        loyalty.create_store(org, 's1', 'S1'), loyalty.create_store(org, 's2', 'S2') FROM brand) x;
SELECT count(*) FROM (
    SELECT loyalty.create_till(org, 't1', 's1'), loyalty.create_till(org, 't2', 's2'),
        loyalty.set_config(org, 'CONF_ALLOW_REGISTRATION_FROM_ANY_IDENTIFIERS', 'on'),
        loyalty.set_config(org, 'CONF_CLIENT_V2_API_ENABLED', 'on'),
        loyalty.set_config(org, 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'true'), loyalty.set_config(org, 'CONF_MAX_ACTIVE_CARDS', '3'),
        loyalty.set_config(org, 'CONF_FRAUD_STATUS_BLOCKS', 'none'),
        loyalty.set_config(org, 'CONF_CUSTOMER_MERGE_OVERWRITE_EXTENDED_FIELD_VALUE', overwrites::text),
        loyalty.set_config(org, 'CONF_SKIP_MERGE_HANDLER', skipped),
        loyalty.set_config(org, 'CONF_ALLOW_CARD_TRANSFER_TO_SURVIVOR', moves_cards::text),
        loyalty.create_card_series(org, 'red', 'Red', method => 'AUTO_INC', length => 8, prefix => 'R'),
        loyalty.create_card_series(org, 'blue', 'Blue', method => 'AUTO_INC', length => 8, prefix => 'B',
            max_active_per_customer => 1) FROM brand) x;
SELECT count(*) FROM (SELECT loyalty.define_field(org, k, 'customer', k || '_' || i, 'text')
    FROM brand, unnest(ARRAY['standard', 'extended', 'custom']) k, generate_series(1, 2) i) x;


INSERT INTO loyalty_data.status_label (org_id, label_id, status, is_default, label)
SELECT o.org_id, 1000000 + ascii(s), s::"char", false, 'L' || s FROM brand JOIN loyalty_data.org o USING (org), unnest('{a,s,f,c,i}'::text[]) s;

CREATE FUNCTION pg_temp.fields(kind text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_object_agg(kind || '_' || i, 'v' || floor(random() * 5)) FROM generate_series(1, 2) i WHERE random() < 0.5 $$;

-- A customer of an org with some of everything. Times lie before the merge; some points are due by then.
CREATE FUNCTION pg_temp.make(org text, number int, is_loyalty boolean) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    has_mobile boolean := random() < 0.7 OR NOT is_loyalty;
    id bigint;
    award record;
BEGIN
    SELECT customer_id INTO id FROM loyalty.register_customer(org,
        CASE WHEN has_mobile THEN '9' || 1000000 + number END,
        CASE WHEN random() < 0.5 THEN 'User' || number || '@Example.com' END,
        CASE WHEN is_loyalty AND (NOT has_mobile OR random() < 0.5) THEN 'X' || number END,
        CASE WHEN random() < 0.8 THEN 'First' || number END, CASE WHEN random() < 0.5 THEN 'Last' || number END,
        till => CASE WHEN random() < 0.6 THEN 't' || ceil(random() * 2) END,
        registered_on => timestamptz '2023-01-01' + floor(random() * 300) * interval '1 day',
        base_till => CASE WHEN random() < 0.3 THEN 't' || ceil(random() * 2) END,
        loyalty_type => CASE WHEN is_loyalty THEN 'loyalty' ELSE 'non_loyalty' END,
        fields => pg_temp.fields('standard'), extended_fields => pg_temp.fields('extended'),
        custom_fields => pg_temp.fields('custom'));
    IF random() < 0.4 THEN
        PERFORM loyalty.upsert_profile(org, id, (ARRAY['WEBSITE', 'LINKEDIN', 'ECOMMERCE'])[ceil(random() * 3)],
            (ARRAY['p', 'q/%'])[ceil(random() * 2)], 'Web' || number, cuid => CASE WHEN random() < 0.5 THEN 'cu' || number END);
    END IF;
    IF has_mobile AND random() < 0.4 THEN
        PERFORM loyalty.set_ndnc_status(org, '9' || 1000000 + number, (ARRAY['registered', 'not_registered'])[ceil(random() * 2)]);
    END IF;
    IF random() < 0.5 THEN
        UPDATE loyalty_data.customer c SET status_label_id = 1000000 + ascii((ARRAY['a', 's', 'f', 'c', 'i'])[ceil(random() * 5)]),
            fraud_status = (ARRAY[NULL, 'n', 'm', 'c', 'r', 'i'])[ceil(random() * 6)]::"char"
        FROM loyalty_data.org o WHERE o.org = make.org AND c.org_id = o.org_id AND c.customer_id = id;
    END IF;
    FOR i IN 1 .. floor(random() * 4) LOOP
        PERFORM loyalty.set_subscription(org, id, (ARRAY['email', 'mobile'])[ceil(random() * 2)], (ARRAY['promotional', 'transactional'])[ceil(random() * 2)],
            random() < 0.5, source => (ARRAY[NULL, 'WEBSITE'])[ceil(random() * 2)]);
        PERFORM loyalty.set_channel(org, id, (ARRAY['line', 'postmail', 'email'])[ceil(random() * 3)], 'a' || ceil(random() * 5) || '@example.com',
            is_primary => CASE WHEN random() < 0.5 THEN random() < 0.5 END);
    END LOOP;
    IF random() < 0.3 THEN PERFORM loyalty.set_test_control(org, id, (ARRAY['test', 'control'])[ceil(random() * 2)]); END IF;
    FOR i IN 1 .. floor(random() * 3) LOOP PERFORM loyalty.issue_card(org, id, 'red'); END LOOP;
    IF random() < 0.4 THEN PERFORM loyalty.issue_card(org, id, 'blue'); END IF;
    IF is_loyalty THEN
        FOR i IN 1 .. floor(random() * 5) LOOP
            PERFORM loyalty.earn_points(org, id, ceil(random() * 100)::numeric, program => (ARRAY['one', 'two'])[ceil(random() * 2)],
                category => (ARRAY['regular', 'regular', 'regular', 'promised', 'trigger_based'])[ceil(random() * 5)],
                expires_at => CASE WHEN random() < 0.7 THEN timestamptz '2024-01-10' + floor(random() * 20) * interval '1 day' END,
                till => CASE WHEN random() < 0.5 THEN 't1' END);
        END LOOP;
        IF random() < 0.3 THEN
            BEGIN
                PERFORM loyalty.redeem_points(org, id, ceil(random() * 50)::numeric);
            EXCEPTION WHEN SQLSTATE 'LY405' THEN NULL;
            END;
        END IF;
    END IF;
    RETURN id;
END $$;

-- What a customer has, as items and values, from the tables alone: points as of a time, over the whole group.
CREATE FUNCTION pg_temp.has(o int, id bigint, at timestamptz) RETURNS TABLE (item text, value text) LANGUAGE sql AS $$
    WITH member AS (SELECT customer_id FROM loyalty_data.customer WHERE org_id = o AND customer_id = ANY ((SELECT array_append(merged_ids, id) FROM loyalty_data.customer WHERE org_id = o AND customer_id = id)::bigint[]))
    SELECT identifier_type, identifier_value FROM loyalty_data.customer_identifier
    WHERE org_id = o AND customer_id = id AND held_until IS NULL AND identifier_type <> 'cuid'
    UNION ALL
    SELECT w.* FROM loyalty_data.customer c JOIN loyalty_data.source s ON s.source_id = c.registered_source_id
    LEFT JOIN loyalty_data.till t ON t.till_id = c.registered_till_id LEFT JOIN loyalty_data.store st ON st.store_id = t.store_id
    LEFT JOIN loyalty_data.till b ON b.till_id = c.base_till_id,
    LATERAL (VALUES ('registered_on', to_char(c.registered_on, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')), ('registered_till', t.till),
        ('registered_store', st.store), ('base_till', b.till), ('registered_source', s.source),
        ('loyalty_type', CASE c.loyalty_type WHEN 'l' THEN 'loyalty' ELSE 'non_loyalty' END),
        ('test_control', CASE c.test_control WHEN 't' THEN 'test' WHEN 'c' THEN 'control' END)) w
    WHERE c.org_id = o AND c.customer_id = id
    UNION ALL
    SELECT 'ndnc_status', n.status FROM loyalty_data.customer_identifier i LEFT JOIN loyalty_data.mobile_ndnc n ON n.org_id = i.org_id
        AND n.mobile = i.identifier_value
    WHERE i.org_id = o AND i.customer_id = id AND i.held_until IS NULL AND i.identifier_type = 'mobile'
    UNION ALL
    SELECT w.* FROM loyalty_data.customer c LEFT JOIN loyalty_data.status_label l ON l.org_id = o AND l.label_id = c.status_label_id,
    LATERAL (VALUES ('status', CASE l.label WHEN 'La' THEN 'La (active)' WHEN 'Ls' THEN 'Ls (suspended)' WHEN 'Lf' THEN 'Lf (fraud_suspected)'
            WHEN 'Lc' THEN 'Lc (fraud_confirmed)' WHEN 'Li' THEN 'Li (internal)' ELSE 'active (active)' END),
        ('fraud_status', CASE c.fraud_status WHEN 'n' THEN 'not_fraud' WHEN 'm' THEN 'marked' WHEN 'c' THEN 'confirmed'
            WHEN 'r' THEN 'reconfirmed' WHEN 'i' THEN 'internal' END)) w
    WHERE c.org_id = o AND c.customer_id = id
    UNION ALL
    SELECT 'subscriptions', count(*)::text FROM loyalty_data.subscription WHERE org_id = o AND customer_id = id
    UNION ALL
    SELECT 'profile ' || rtrim(s.source || ' ' || p.account_id), jsonb_strip_nulls(to_jsonb(p) - '{org_id,customer_id,source_id,account_id,updated_at}'::text[]
        - CASE WHEN s.source = 'INSTORE' THEN '{mobile,email,external_id}'::text[] ELSE '{}' END)::text
    FROM loyalty_data.profile p JOIN loyalty_data.source s USING (source_id) WHERE p.org_id = o AND p.customer_id = id
    UNION ALL
    SELECT 'addresses ' || channel, string_agg(address, ', ' ORDER BY address) FROM loyalty_data.channel
    WHERE org_id = o AND customer_id = id GROUP BY channel
    UNION ALL
    SELECT concat_ws(' ', 'consent', channel, purpose, source, account_id), status FROM loyalty.customer_subscriptions
    WHERE customer_id = id AND is_current
    UNION ALL
    SELECT 'opt-in status', status FROM loyalty.customer_subscriptions
    WHERE customer_id = id AND is_current AND channel = 'mobile' AND purpose = 'promotional' AND source IS NULL
    UNION ALL
    SELECT f.kind || '_field ' || f.name, v.field_value FROM loyalty_data.customer_field v JOIN loyalty_data.field f USING (org_id, field_id)
    WHERE v.org_id = o AND v.customer_id = id
    UNION ALL
    SELECT 'cards ' || s.series, count(*)::text FROM loyalty_data.card c JOIN loyalty_data.card_series s USING (org_id, series_id)
    WHERE c.org_id = o AND c.customer_id = id GROUP BY s.series
    UNION ALL
    SELECT 'cards', count(*)::text FROM loyalty_data.card WHERE org_id = o AND customer_id = id
    UNION ALL
    SELECT x.item, trim_scale(x.value)::text FROM (
        SELECT p.program, loyalty_data.ledger_word(a.category, 'category') AS category, sum(a.balance - d.due) AS balance,
            sum(a.lifetime_points) AS lifetime, sum(a.redeemed_points) AS redeemed, sum(a.expired_points + d.due) AS expired,
            sum(a.returned_points) AS returned
        FROM member JOIN loyalty_data.ledger_account a ON a.org_id = o AND a.customer_id = member.customer_id JOIN loyalty_data.program p ON p.org_id = o AND p.program_id = a.program_id,
        LATERAL (SELECT COALESCE(sum(l.remaining), 0) AS due FROM loyalty_data.points_lot l WHERE l.org_id = o AND l.customer_id = a.customer_id
            AND l.program_id = a.program_id AND l.category = a.category AND l.expires_at <= at) d
        GROUP BY p.program, a.category) s,
    LATERAL (VALUES (program || ' ' || category || ' balance', balance), (program || ' ' || category || ' lifetime_points', lifetime),
        (program || ' ' || category || ' redeemed_points', redeemed), (program || ' ' || category || ' expired_points', expired),
        (program || ' ' || category || ' returned_points', returned)) x (item, value)
    WHERE x.value <> 0
    UNION ALL
    SELECT 'transactions and returns', string_agg(customer_id::text, ', ' ORDER BY customer_id) FROM member $$;

-- When open points of a customer expire.
CREATE FUNCTION pg_temp.schedule(o int, ids bigint[], at timestamptz) RETURNS TABLE (program_id int, category "char", expires_at timestamptz, till_id int, awarded_at timestamptz, points numeric)
LANGUAGE sql AS $$
    SELECT l.program_id, l.category, l.expires_at, l.till_id, l.awarded_at, sum(l.remaining) FROM loyalty_data.points_lot l
    WHERE l.org_id = o AND l.customer_id = ANY (ids) AND l.remaining > 0 AND (l.expires_at IS NULL OR l.expires_at > at)
    GROUP BY 1, 2, 3, 4, 5 $$;

CREATE TEMP TABLE pair (pair_no int, org text, org_id int, survivor bigint, victim bigint);
CREATE TEMP TABLE had (pair_no int, side text, item text, value text);
CREATE TEMP TABLE previewed (pair_no int, item text, survivor_value text, victim_value text, final_value text, rule text);
CREATE TEMP TABLE scheduled (pair_no int, phase text, program_id int, category "char", expires_at timestamptz, till_id int, awarded_at timestamptz, points numeric);

INSERT INTO pair SELECT n, org, (SELECT o.org_id FROM loyalty_data.org o WHERE o.org = w.org), pg_temp.make(org, n * 2, is_loyalty), pg_temp.make(org, n * 2 + 1, random() < 0.8)
FROM (SELECT n, (ARRAY['a', 'b', 'c', 'd'])[n % 4 + 1] AS org, random() < 0.9 AS is_loyalty FROM generate_series(1, 2000) n) w;
ANALYZE loyalty_data.customer, loyalty_data.points_lot, loyalty_data.ledger_account, loyalty_data.profile, loyalty_data.customer_identifier, loyalty_data.card;

SET LOCAL loyalty.clock = '2024-01-20 12:00+00';
INSERT INTO had SELECT p.pair_no, 'survivor', h.* FROM pair p, pg_temp.has(p.org_id, p.survivor, '2024-01-20 12:00+00') h;
INSERT INTO had SELECT p.pair_no, 'victim', h.* FROM pair p, pg_temp.has(p.org_id, p.victim, '2024-01-20 12:00+00') h;
INSERT INTO scheduled SELECT p.pair_no, 'before', s.* FROM pair p, pg_temp.schedule(p.org_id, ARRAY[p.survivor, p.victim], '2024-01-20 12:00+00') s;
INSERT INTO previewed SELECT p.pair_no, m.item, m.survivor_value, m.victim_value, m.final_value, m.rule
FROM pair p, loyalty.preview_merge(p.org, p.survivor, p.victim) m;
SELECT is((SELECT count(*) FROM loyalty.merge_log), 0::bigint, 'previews change nothing');
SELECT is((SELECT count(*) FROM pair p, loyalty.merge_customers(p.org, p.survivor, p.victim) m), 2000::bigint, 'all are merged');
INSERT INTO had SELECT p.pair_no, 'after', h.* FROM pair p, pg_temp.has(p.org_id, p.survivor, '2024-01-20 12:00+00') h;
INSERT INTO scheduled SELECT p.pair_no, 'after', s.* FROM pair p, pg_temp.schedule(p.org_id, ARRAY[p.survivor, p.victim], '2024-01-20 12:00+00') s;

ANALYZE had, scheduled, previewed, pair, loyalty_data.merge_record, loyalty_data.merge_line;

-- The model: the table of docs/merge.md, said once more, of texts.
CREATE FUNCTION pg_temp.model(brand brand, item text, survivor text, victim text, earlier_victim boolean, s_has boolean, v_has boolean,
    s_mobile boolean, v_is_loyal boolean) RETURNS text LANGUAGE sql AS $$
    SELECT CASE
        WHEN item ~ '^registered_|^base_till' THEN CASE WHEN earlier_victim THEN victim ELSE survivor END
        WHEN item = 'loyalty_type' THEN CASE WHEN 'loyalty' IN (survivor, victim) THEN 'loyalty' ELSE 'non_loyalty' END
        WHEN item IN ('test_control', 'subscriptions', 'opt-in status') OR item ~ '^consent ' THEN survivor
        WHEN item ~ '^profile ' THEN (COALESCE(victim::jsonb, '{}') || COALESCE(survivor::jsonb, '{}'))::text
        WHEN item ~ '^addresses ' THEN (SELECT string_agg(DISTINCT x COLLATE "C", ', ' ORDER BY x COLLATE "C")
            FROM unnest(string_to_array(survivor, ', ') || string_to_array(victim, ', ')) x)
        WHEN item = 'status' THEN (SELECT v FROM (VALUES (survivor, 1), (victim, 2)) w (v, side) ORDER BY array_position(
            '{internal,fraud_confirmed,fraud_suspected,suspended,active}'::text[], split_part(rtrim(v, ')'), '(', 2)), side LIMIT 1)
        WHEN item = 'fraud_status' THEN (SELECT v FROM (VALUES (survivor, 1), (victim, 2)) w (v, side) ORDER BY array_position(
            '{internal,reconfirmed,confirmed,marked,not_fraud}'::text[], COALESCE(v, 'not_fraud')), side LIMIT 1)
        WHEN item = 'ndnc_status' THEN CASE WHEN s_mobile THEN survivor ELSE victim END
        WHEN item ~ '^custom_field' AND brand.skipped ~ 'custom_fields' THEN survivor
        WHEN item ~ '^extended_field' AND brand.skipped ~ 'extended_fields' THEN survivor
        WHEN item ~ '^extended_field' AND brand.overwrites THEN COALESCE(victim, survivor)
        WHEN item ~ '^cards' THEN CASE WHEN brand.moves_cards THEN (COALESCE(survivor, '0')::int + COALESCE(victim, '0')::int)::text
            ELSE COALESCE(survivor, '0') END
        WHEN item ~ '(balance|_points)$' THEN trim_scale(COALESCE(survivor, '0')::numeric + COALESCE(victim, '0')::numeric)::text
        WHEN item = 'transactions and returns' THEN (SELECT string_agg(x::text, ', ' ORDER BY x) FROM
            unnest((string_to_array(survivor, ', ') || string_to_array(victim, ', '))::bigint[]) x)
        ELSE CASE WHEN s_has THEN survivor ELSE victim END END $$;

CREATE TEMP TABLE modelled AS
    SELECT p.pair_no, i.item, pg_temp.model(b, i.item, s.value, v.value, vr.value < sr.value, s.item IS NOT NULL, v.item IS NOT NULL,
        sm.item IS NOT NULL, vl.value = 'loyalty') AS value
    FROM pair p JOIN brand b USING (org)
    JOIN (SELECT DISTINCT pair_no, item FROM had WHERE side <> 'after') i USING (pair_no)
    LEFT JOIN had s ON s.pair_no = p.pair_no AND s.item = i.item AND s.side = 'survivor'
    LEFT JOIN had v ON v.pair_no = p.pair_no AND v.item = i.item AND v.side = 'victim'
    JOIN had sr ON sr.pair_no = p.pair_no AND sr.item = 'registered_on' AND sr.side = 'survivor'
    JOIN had vr ON vr.pair_no = p.pair_no AND vr.item = 'registered_on' AND vr.side = 'victim'
    JOIN had vl ON vl.pair_no = p.pair_no AND vl.item = 'loyalty_type' AND vl.side = 'victim'
    LEFT JOIN had sm ON sm.pair_no = p.pair_no AND sm.item = 'mobile' AND sm.side = 'survivor';

-- Nothing, zero and what nobody has set are the same; a list of differences is empty.
CREATE FUNCTION pg_temp.said(value text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT NULLIF(NULLIF(value, '0'), 'Info not Available') $$;
SELECT is_empty($$SELECT COALESCE(m.pair_no, h.pair_no), COALESCE(m.item, h.item), m.value AS model, h.value AS is
    FROM modelled m FULL JOIN (SELECT * FROM had WHERE side = 'after') h ON h.pair_no = m.pair_no AND h.item = m.item
    WHERE pg_temp.said(m.value) IS DISTINCT FROM pg_temp.said(h.value) ORDER BY 1, 2 LIMIT 5$$, 'the survivor has what the model says');
SELECT is_empty($$SELECT COALESCE(m.pair_no, h.pair_no), COALESCE(m.item, h.item), m.final_value, h.value AS is
    FROM previewed m FULL JOIN (SELECT h.* FROM had h JOIN had l ON l.pair_no = h.pair_no AND l.side = 'victim' AND l.item = 'loyalty_type'
        WHERE h.side = 'after' AND (l.value = 'loyalty' OR h.item !~ '(balance|_points)$')) h ON h.pair_no = m.pair_no AND h.item = m.item
    WHERE pg_temp.said(m.final_value) IS DISTINCT FROM pg_temp.said(h.value) ORDER BY 1, 2 LIMIT 5$$, 'and what the preview said');
SELECT is_empty($$SELECT p.pair_no, p.item, p.survivor_value, s.value, p.victim_value, v.value FROM previewed p
    LEFT JOIN had s ON s.pair_no = p.pair_no AND s.item = p.item AND s.side = 'survivor'
    LEFT JOIN had v ON v.pair_no = p.pair_no AND v.item = p.item AND v.side = 'victim'
    WHERE pg_temp.said(p.survivor_value) IS DISTINCT FROM pg_temp.said(s.value)
       OR pg_temp.said(p.victim_value) IS DISTINCT FROM pg_temp.said(v.value) ORDER BY 1, 2 LIMIT 5$$, 'which knew both sides');
SELECT is_empty($$SELECT p.pair_no, p.item, p.final_value, d.final_value FROM previewed p
    JOIN pair q USING (pair_no) FULL JOIN loyalty.merge_details d ON d.victim_id = q.victim AND d.item = p.item
    WHERE (p.survivor_value, p.victim_value, p.final_value, p.rule) IS DISTINCT FROM (d.survivor_value, d.victim_value, d.final_value, d.rule)
    ORDER BY 1, 2 LIMIT 5$$, 'and is on record');
SELECT is_empty($$(SELECT 1, pair_no, program_id, category, expires_at, till_id, awarded_at, points FROM scheduled WHERE phase = 'before'
    EXCEPT SELECT 1, pair_no, program_id, category, expires_at, till_id, awarded_at, points FROM scheduled WHERE phase = 'after')
    UNION ALL (SELECT 2, pair_no, program_id, category, expires_at, till_id, awarded_at, points FROM scheduled WHERE phase = 'after'
    EXCEPT SELECT 2, pair_no, program_id, category, expires_at, till_id, awarded_at, points FROM scheduled WHERE phase = 'before') LIMIT 5$$,
    'open points keep their expiry, till and date of award');
SELECT is_empty($$SELECT customer_id, channel FROM loyalty_data.channel WHERE is_primary GROUP BY 1, 2 HAVING count(*) > 1$$, 'one address of a channel is primary');
SELECT is_empty($$SELECT b.org, v.* FROM brand b, loyalty.verify_ledger(b.org) v WHERE NOT v.ok$$, 'the ledgers verify');

SELECT * FROM finish();
ROLLBACK;
