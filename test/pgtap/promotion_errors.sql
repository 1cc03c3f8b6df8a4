-- Everything that calls about promotions and promo codes refuse, with its SQLSTATE; that no message says a code; what they
-- do where they do not refuse.
BEGIN;
SELECT no_plan();

SET LOCAL client_min_messages = error;
SET LOCAL TimeZone = 'UTC';
SET LOCAL loyalty.clock = '2025-03-15 10:00:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('acme', 'p', tills => '{t1}', store => 's1', primary_key => 'external_id', zone => 'Europe/Berlin');
SELECT loyalty.create_store('acme', 's2', 'Second');
SELECT loyalty.set_config('acme', 'CONF_ORG_CURRENCY_CODE', 'EUR');
SELECT pg_temp.new_org('yen', zone => 'Asia/Tokyo');
SELECT loyalty.set_config('yen', 'CONF_ORG_CURRENCY_CODE', 'JPY');
SELECT pg_temp.customer('acme', 'ann') AS ann, pg_temp.customer('acme', 'bob') AS bob \gset
SET LOCAL test.secret = 'HOLIMAN100|SECRET-[0-9]';

CREATE FUNCTION pg_temp.promotion(changes jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.call_of('create_promotion', jsonb_build_object('org', $q$'acme'$q$, 'promotion', $q$'x'$q$, 'name', $q$'X'$q$,
        'benefit', $q$'{"type": "percent", "value": 10}'$q$), changes) $$;
CREATE FUNCTION pg_temp.with_benefit(benefit text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.promotion(jsonb_build_object('benefit', quote_literal(benefit))) $$;
CREATE FUNCTION pg_temp.with_condition(condition text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.promotion(jsonb_build_object('condition', quote_literal(condition))) $$;

-- ---------------------------------------------------------------- definitions
SELECT pg_temp.refused(pg_temp.promotion('{"org": "''none''"}'), 'LY004', 'org unknown');
SELECT pg_temp.refused(pg_temp.promotion('{"promotion": "'' ''"}'), 'LY001', 'no code');
SELECT pg_temp.refused(pg_temp.promotion('{"name": "''''"}'), 'LY001', 'no name');
SELECT pg_temp.refused(pg_temp.promotion('{"benefit": "NULL"}'), 'LY001', 'no benefit');
SELECT pg_temp.refused(pg_temp.with_benefit(b), 'LY909', 'benefit ' || b)
FROM unnest(ARRAY['[]', '"percent"', '1', '{}', '{"type": "percent"}', '{"value": 1}', '{"type": null, "value": 1}',
    '{"type": "buy_x_get_y", "value": 1}', '{"type": "free_product", "value": 1}', '{"type": "percent", "value": 1, "units": 2}',
    '{"type": "percent", "value": "10"}', '{"type": "percent", "value": 0}', '{"type": "percent", "value": -1}',
    '{"type": "percent", "value": 100.001}', '{"type": "percent", "value": 0.0001}', '{"type": "percent", "value": 1e30}',
    '{"type": "fixed", "value": 0}', '{"type": "fixed", "value": -5}', '{"type": "fixed", "value": 0.005}',
    '{"type": "fixed", "value": 1e15}']) b;
SELECT pg_temp.refused(pg_temp.with_benefit('{"type": 5, "value": 1}'), 'LY124', 'a type that is no text');
SELECT pg_temp.refused(pg_temp.with_benefit('{"type": "bundle_price", "value": 1}'), 'LY909', 'benefits of carts',
    '"benefit.type" is none of percent, fixed; other benefits need the lines of a cart.');
SELECT pg_temp.refused(pg_temp.with_benefit('{"type": "fixed", "value": 0.005}'), 'LY909', 'half a cent',
    '"benefit.value" is 0.005; the least amount of the currency is 0.01.');
SELECT pg_temp.refused($$loyalty.create_promotion('yen', 'x', 'X', '{"type": "fixed", "value": 0.5}')$$, 'LY909', 'half a yen',
    '"benefit.value" is 0.5; the least amount of the currency is 1.');
SELECT pg_temp.refused(pg_temp.with_condition(c), 'LY909', 'condition ' || c)
FROM unnest(ARRAY['[]', '1', '{"items": ["shoes"]}', '{"Days": ["monday"]}', '{"minimum_bill": "100"}', '{"minimum_bill": -1}',
    '{"minimum_bill": 0.001}', '{"minimum_bill": 1e15}', '{"more_than": true}', '{"stores": "s1"}', '{"stores": []}',
    '{"stores": [null]}', '{"stores": [1]}', '{"days": "monday"}', '{"days": []}', '{"days": ["montag"]}', '{"days": [""]}',
    '{"days": ["monday", "monday", "monday", "monday", "monday", "monday", "monday", "monday"]}', '{"hours": []}',
    '{"hours": ["09:00"]}', '{"hours": ["09:00", "09:00"]}', '{"hours": ["24:00", "10:00"]}', '{"hours": ["9:00", "10:00"]}',
    '{"hours": ["09:00", "25:00"]}', '{"hours": ["09:00", "10:00", "11:00"]}', '{"hours": [9, 10]}']) c;
SELECT pg_temp.refused(pg_temp.with_condition('{"stores": ["none"]}'), 'LY005', 'store unknown');
SELECT pg_temp.refused(pg_temp.with_condition('{"more_than": "yes", "minimum_bill": 1}'), 'LY124', 'more_than is no text');
SELECT pg_temp.refused(pg_temp.promotion(changes::jsonb), 'LY909', changes)
FROM unnest(ARRAY['{"maximum_discount": "0"}', '{"maximum_discount": "-1"}', '{"maximum_discount": "0.001"}',
    '{"maximum_discount": "''NaN''"}', '{"maximum_discount": "''Infinity''"}', '{"times_per_bill": "0"}',
    '{"redemptions_total": "0"}', '{"redemptions_total": "-5"}', '{"redemptions_total": "1000000000001"}',
    '{"redemptions_per_code": "0"}', '{"redemptions_per_customer": "0"}',
    '{"starts_at": "''2025-04-01''", "ends_at": "''2025-04-01''"}', '{"starts_at": "''2025-04-02''", "ends_at": "''2025-04-01''"}',
    '{"starts_at": "''2025-04-01''", "first_day": "''2025-04-01''"}', '{"ends_at": "''2025-04-01''", "last_day": "''2025-04-01''"}',
    '{"first_day": "''2025-04-02''", "last_day": "''2025-04-01''"}', '{"first_day": "''1899-12-30''"}',
    '{"last_day": "''9999-12-31''"}', '{"last_day": "''infinity''"}', '{"first_day": "''-infinity''"}']) changes;
SELECT pg_temp.refused(pg_temp.promotion('{"starts_at": "''infinity''"}'), 'LY015', 'begins at the end of time');
SELECT pg_temp.refused(pg_temp.promotion(changes::jsonb), 'LY003', changes)
FROM unnest(ARRAY['{"trigger": "''friday''"}', '{"stacking": "''sometimes''"}', '{"favour": "''bank''"}',
    '{"return_policy": "''never''"}']) changes;

-- Times of the org: the last day of March ends at 22:00 UTC, since clocks went forward the day before.
SELECT lives_ok('SELECT ' || pg_temp.promotion('{"promotion": "''march''", "trigger": "''code''", "first_day": "''2025-03-01''",
    "last_day": "''2025-03-31''", "condition": "''{\"minimum_bill\": 100, \"more_than\": true, \"stores\": [\"s2\", \"s1\", \"s2\"], \"days\": [\"Sunday\", \"monday\"], \"hours\": [\"22:00\", \"02:00\"]}''"}'), 'all of a condition');
SELECT results_eq($$SELECT starts_at, ends_at, last_day, trigger, benefit, condition FROM loyalty.promotions WHERE promotion = 'march'$$,
    $$VALUES ('2025-02-28 23:00+00'::timestamptz, '2025-03-31 22:00+00'::timestamptz, '2025-03-31'::date, 'code',
        '{"type": "percent", "value": 10}'::jsonb,
        '{"minimum_bill": 100, "more_than": true, "stores": ["s1", "s2"], "days": ["monday", "sunday"], "hours": ["22:00", "02:00"]}'::jsonb)$$,
    'days are the org''s, and a condition is kept in one spelling');
SELECT throws_ok('SELECT ' || pg_temp.promotion('{"promotion": "''march''"}'), 'LY009', NULL, 'the code of a promotion is taken');

-- ---------------------------------------------------------------- changes
SELECT loyalty.create_promotion('acme', 'holi', 'Holi', '{"type": "fixed", "value": 100}', trigger => 'code', redemptions_total => 1000,
    redemptions_per_customer => 1);
SELECT is(loyalty.change_promotion('acme', 'march', benefit => '{"type": "fixed", "value": 5}', maximum_discount => 4, priority => 7), 2,
    'a change is a version');
SELECT results_eq($$SELECT version, benefit, condition ->> 'minimum_bill', maximum_discount, priority, last_day FROM loyalty.promotions
    WHERE promotion = 'march'$$, $$VALUES (2, '{"type": "fixed", "value": 5}'::jsonb, '100', 4.000::numeric(18,3), 7, '2025-03-31'::date)$$,
    'of what is given');
SELECT is(loyalty.change_promotion('acme', 'march', condition => '{}'), 3, 'an empty condition');
SELECT results_eq($$SELECT benefit, condition, maximum_discount FROM loyalty.promotions WHERE promotion = 'march'$$,
    $$VALUES ('{"type": "fixed", "value": 5}'::jsonb, NULL::jsonb, 4.000::numeric(18,3))$$, 'asks for nothing');
SELECT is((SELECT array_agg(v.benefit ->> 'type' ORDER BY v.version) FROM loyalty_data.promotion_version v
    JOIN loyalty_data.promotion p ON p.promotion_id = v.promotion_id WHERE p.promotion = 'march'), '{percent,fixed,fixed}', 'versions stay');
SELECT pg_temp.refused($$loyalty.change_promotion('acme', 'none')$$, 'LY908', 'promotion unknown');
SELECT pg_temp.refused($$loyalty.change_promotion('acme', 'march', redemptions_total => 5)$$, 'LY909', 'a limit that was never counted');
SELECT pg_temp.refused($$loyalty.change_promotion('acme', 'march', last_day => '2025-02-01')$$, 'LY909', 'an end before the beginning');
SELECT is(loyalty.change_promotion('acme', 'holi', redemptions_total => 2000), 2, 'more in total');
SELECT is((SELECT sum(s.remaining) FROM loyalty_data.limit_slot s JOIN loyalty_data.use_limit l ON l.limit_id = s.limit_id
    WHERE l.kind = 't'), 2000::numeric, 'has more slots'' worth');

-- ---------------------------------------------------------------- generated codes
CREATE FUNCTION pg_temp.generate(changes jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.call_of('generate_codes', '{"org": "''acme''", "promotion": "''march''", "quantity": "1000"}', changes) $$;
SELECT loyalty.create_promotion('acme', 'auto', 'Auto', '{"type": "percent", "value": 5}');
SELECT loyalty.create_promotion('acme', 'past', 'Past', '{"type": "percent", "value": 5}', trigger => 'code', last_day => '2025-03-14');
SELECT pg_temp.refused(pg_temp.generate('{"quantity": "NULL"}'), 'LY001', 'no quantity');
SELECT pg_temp.refused(pg_temp.generate(changes::jsonb), 'LY909', changes)
FROM unnest(ARRAY['{"quantity": "0"}', '{"quantity": "-1"}', '{"quantity": "1000000000000000001"}', '{"length": "3"}', '{"length": "51"}',
    '{"length": "0"}', '{"length": "-1"}', '{"prefix": "''A B''"}', '{"prefix": "''Ä''"}', '{"prefix": "repeat(''A'', 45)"}',
    '{"promotion": "''auto''"}']) changes;
SELECT pg_temp.refused(pg_temp.generate('{"promotion": "''past''"}'), 'LY903', 'the promotion has ended',
    'It was good before 2025-03-14 23:00:00+00.');
SELECT pg_temp.refused(pg_temp.generate('{"promotion": "''none''"}'), 'LY908', 'promotion unknown');
SELECT pg_temp.refused(pg_temp.generate('{"expires_at": "''infinity''"}'), 'LY015', 'codes that end at the end of time');
SELECT pg_temp.refused(pg_temp.generate('{"quantity": "10000000", "length": "8"}'), 'LY906', 'codes that could be guessed',
    'A guess at 10000000 codes of 8 symbols would hit more than once in 1000000 times.');
SELECT matches(pg_temp.told($$generate_codes('acme', 'march', 10000000, length => 8)$$), 'A "length" of 9 would do', 'HINT has the length');
SELECT matches(pg_temp.told($$generate_codes('acme', 'march', 10000000, length => 8, check_symbol => true)$$), 'A "length" of 10 would do',
    'with a check symbol one more');
SELECT matches(pg_temp.told($$generate_codes('acme', 'march', 1000000000000000000, prefix => repeat('A', 40))$$),
    'Choose a shorter prefix, or fewer codes', 'or says that none would');
SELECT results_eq($$SELECT * FROM loyalty.generate_codes('acme', 'march', 10000000, prefix => 'sp-', expires_at => '2025-03-20')$$,
    $$VALUES (1, 10000000::bigint)$$, 'ten million codes');
SELECT is((SELECT count(*) FROM loyalty_data.code_batch), 1::bigint, 'are one row');
SELECT results_eq($$SELECT batch_no, generated FROM loyalty.generate_codes('acme', 'march', 3, prefix => 'SP-')$$, $$VALUES (2, 3::bigint)$$, 'three more');
SELECT results_eq($$SELECT first_position, last_position FROM loyalty_data.code_batch ORDER BY batch_no$$,
    $$VALUES (0::bigint, 9999999::bigint), (10000000, 10000002)$$, 'go on in the same space');
SELECT is((SELECT count(DISTINCT c) FROM (SELECT loyalty.export_codes('acme', 'march', 1) c LIMIT 20000) s WHERE c ~ '^SP-[2-9A-HJKMNP-Z0]{10}$'),
    20000::bigint, 'codes are distinct, and of the symbols');
SELECT is((SELECT array_agg(c ORDER BY n) FROM (SELECT * FROM loyalty.export_codes('acme', 'march', 2) WITH ORDINALITY e (c, n)) s),
    (SELECT array_agg(c) FROM (SELECT loyalty.export_codes('acme', 'march', 2) c) s), 'an export is the same each time');
SELECT is((SELECT count(*) FROM loyalty.export_codes('acme', 'march', 2)), 3::bigint, 'a batch has what was asked for');
SELECT throws_ok($$SELECT loyalty.export_codes('acme', 'march', 9)$$, 'LY908', 'promotion "march" has no batch 9', 'no such batch');
SELECT throws_ok($$SELECT loyalty.export_codes('acme', 'march', NULL)$$, 'LY001', NULL, 'no batch');
SELECT throws_ok($$SELECT loyalty.export_codes('acme', 'none', 1)$$, 'LY908', NULL, 'no such promotion to export');
SELECT results_eq($$SELECT batch_no FROM loyalty.generate_codes('acme', 'march', 5, prefix => 'CS', length => 12, check_symbol => true)$$,
    $$VALUES (3)$$, 'a check symbol');

-- How far apart codes lie is the org's choice, and counts what the space has already.
SAVEPOINT dense;
SELECT loyalty.set_config('acme', 'CONF_CODE_SPARSITY', '100');
SELECT results_eq($$SELECT generated FROM loyalty.generate_codes('acme', 'march', 10485, prefix => 'D-', length => 4)$$, $$VALUES (10485::bigint)$$,
    'a hundredth of four symbols');
SELECT pg_temp.refused($$loyalty.generate_codes('acme', 'march', 1, prefix => 'D-', length => 4)$$, 'LY906', 'and not one more');
SELECT is((SELECT count(DISTINCT c) FROM loyalty.export_codes('acme', 'march', 4) c), 10485::bigint, 'all of them differ');
ROLLBACK TO dense;

-- Shapes.
SELECT pg_temp.refused(pg_temp.generate(changes::jsonb), 'LY907', changes)
FROM unnest(ARRAY['{"prefix": "''SP-''", "check_symbol": "true"}', '{"prefix": "''C''", "length": "13"}', '{"length": "14"}',
    '{"prefix": "''CSA''", "length": "11"}']) changes;
SELECT lives_ok('SELECT ' || pg_temp.generate(changes::jsonb), changes)
FROM unnest(ARRAY['{"prefix": "''CSI''", "length": "11"}', '{"prefix": "''SP-''", "length": "11"}', '{"prefix": "''CS-''", "length": "11"}']) changes;

-- ---------------------------------------------------------------- codes that are given
SELECT pg_temp.refused($$loyalty.upload_codes('acme', 'march', NULL)$$, 'LY001', 'no codes');
SELECT pg_temp.refused($$loyalty.upload_codes('acme', 'march', ARRAY['SECRET-1', NULL])$$, 'LY001', 'a code that is null');
SELECT pg_temp.refused(format($$loyalty.upload_codes('acme', 'march', %L::text[])$$, codes), 'LY003', 'codes ' || left(codes::text, 40))
FROM (VALUES ('{}'::text[]), ('{""}'), ('{ABC}'), ('{"SECRET 1"}'), ('{SECRET-Ä}'), (ARRAY[repeat('A', 51)])) c (codes);
SELECT pg_temp.refused($$loyalty.upload_codes('acme', 'march', array_fill('SECRET-1'::text, ARRAY[100001]))$$, 'LY003', 'too many at once');
SELECT pg_temp.refused($$loyalty.upload_codes('acme', 'march', ARRAY['Secret-1', ' SECRET-1 ', 'SECRET-2'])$$, 'LY907', 'the same twice',
    'Given are 3, such are 1.');
SELECT pg_temp.refused(format($$loyalty.upload_codes('acme', 'march', ARRAY['SECRET-1', %L, 'SP-2222222222', 'csi22222222222'])$$,
    (SELECT loyalty.export_codes('acme', 'march', 1) LIMIT 1)), 'LY907', 'the shape of generated ones', 'Given are 4, such are 3.');
SELECT is(loyalty.upload_codes('acme', 'march', ARRAY['Secret-1', 'SECRET-2 ', 'aaaaaaaa'], distribution => 'paper', partner => 'Shell'), 3, 'three codes');
SELECT results_eq($$SELECT code COLLATE "default", origin, redemptions, used, distribution, partner FROM loyalty.promo_codes ORDER BY code COLLATE "C"$$,
    $$VALUES ('SECRET-2', 'uploaded', 1::bigint, 0::bigint, 'paper', 'Shell'), ('Secret-1', 'uploaded', 1, 0, 'paper', 'Shell'),
        ('aaaaaaaa', 'uploaded', 1, 0, 'paper', 'Shell')$$, 'are shown as they were given');
SELECT pg_temp.refused($$loyalty.upload_codes('acme', 'march', ARRAY['secret-2', 'SECRET-3'])$$, 'LY907', 'taken', 'Given are 2, such are 1.');
SELECT pg_temp.refused($$loyalty.generate_codes('acme', 'march', 1, length => 8)$$, 'LY907', 'a space of the shape of a given code',
    'Prefix "" with 8 symbols could be a code that was uploaded or named.');
SELECT pg_temp.refused($$loyalty.upload_codes('acme', 'auto', ARRAY['SECRET-9'])$$, 'LY909', 'to an automatic promotion');
SELECT pg_temp.refused($$loyalty.upload_codes('acme', 'past', ARRAY['SECRET-9'])$$, 'LY903', 'to one that has ended');
SELECT pg_temp.refused($$loyalty.create_code('acme', 'march', NULL)$$, 'LY001', 'no name');
SELECT pg_temp.refused($$loyalty.create_code('acme', 'march', 'AB', redemptions => 1)$$, 'LY003', 'a short name');
SELECT pg_temp.refused($$loyalty.create_code('acme', 'march', 'SECRET-5')$$, 'LY909', 'a public code without a limit');
SELECT pg_temp.refused($$loyalty.create_code('acme', 'march', 'SECRET-5', redemptions => 0)$$, 'LY909', 'for no use');
SELECT pg_temp.refused($$loyalty.create_code('acme', 'march', 'secret-1', redemptions => 5)$$, 'LY907', 'taken');
SELECT loyalty.create_code('acme', 'holi', 'Holiman100');
SELECT loyalty.create_code('acme', 'march', 'INFLUENCER', redemptions => 99);
SELECT results_eq($$SELECT code COLLATE "default", redemptions, used FROM loyalty.promo_codes WHERE origin = 'named' ORDER BY code$$,
    $$VALUES ('Holiman100', 2000::bigint, 0::bigint), ('INFLUENCER', 99, 0)$$, 'a named code is for as many uses as its promotion, or as it says');
SELECT is((SELECT count(*) FROM loyalty_data.use_limit WHERE kind = 'c'), 1::bigint, 'many uses have slots, few have not');

-- ---------------------------------------------------------------- links
SELECT loyalty.export_codes('acme', 'march', 1) AS generated LIMIT 1 \gset
SELECT loyalty.export_codes('acme', 'march', 3) AS checked LIMIT 1 \gset
SELECT pg_temp.refused($$loyalty.link_code('acme', 0, 'SECRET-2')$$, 'LY107', 'customer unknown');
SELECT pg_temp.refused(format($$loyalty.link_code('acme', %s, NULL)$$, :ann), 'LY001', 'no code');
SELECT pg_temp.refused(format($$loyalty.link_code('acme', %s, 'SECRET-2', mode => 'POINTS')$$, :ann), 'LY003', 'another mode');
SELECT pg_temp.refused(format($$loyalty.link_code('acme', %s, %L)$$, :ann, code), 'LY901', 'unknown: ' || to_json(code)::text)
FROM unnest(ARRAY['SECRET-8', 'x', 'SP-2222222222', overlay(:'checked' placing (CASE right(:'checked', 1) WHEN '2' THEN '3' ELSE '2' END)
    from 14), repeat('A', 60), 'ÄÄÄÄ', E'SECRET-2\n\nx']) code;
SELECT results_eq(format($$SELECT * FROM loyalty.link_code('acme', %s, %L)$$, :ann, ' ' || lower(:'generated') || ' '),
    $$VALUES ('march', '2025-03-20 00:00+00'::timestamptz, '2025-03-20'::date)$$, 'a generated code, in any case and with blanks');
SELECT results_eq(format($$SELECT promotion, expires_at FROM loyalty.link_code('acme', %s, %L)$$, :ann, :'generated'),
    $$VALUES ('march', '2025-03-20 00:00+00'::timestamptz)$$, 'again: the same answer');
SELECT is((SELECT count(*) FROM loyalty_data.customer_code), 1::bigint, 'and one link');
SELECT results_eq($$SELECT origin, batch_no, customer_id FROM loyalty.promo_codes WHERE customer_id IS NOT NULL$$,
    format('VALUES (''generated'', 1, %s::bigint)', :ann), 'it has a row now');
SELECT pg_temp.refused(format($$loyalty.link_code('acme', %s, %L)$$, :bob, :'generated'), 'LY902', 'linked to somebody else');
SELECT lives_ok(format($$SELECT loyalty.link_code('acme', %s, 'holiman100')$$, c), 'a code for many') FROM unnest(ARRAY[:ann, :bob]::bigint[]) c;
SELECT pg_temp.refused(format($$loyalty.unlink_code('acme', %s, 'SECRET-8')$$, :ann), 'LY901', 'unlink what there is not');
SELECT pg_temp.refused(format($$loyalty.unlink_code('acme', %s, %L)$$, :bob, :'generated'), 'LY901', 'unlink what another one has');
SELECT lives_ok(format($$SELECT loyalty.unlink_code('acme', %s, %L)$$, :ann, :'generated'), 'unlink');
SELECT lives_ok(format($$SELECT loyalty.link_code('acme', %s, %L)$$, :bob, :'generated'), 'it is free again');
SAVEPOINT later;
SET LOCAL loyalty.clock = '2025-03-20 00:00+00';
SELECT pg_temp.refused(format($$loyalty.link_code('acme', %s, %L)$$, :bob, :'generated'), 'LY903', 'the code has expired',
    'It was good before 2025-03-20 00:00:00+00.');
SET LOCAL loyalty.clock = '2025-03-31 22:00+00';
SELECT pg_temp.refused(format($$loyalty.link_code('acme', %s, 'SECRET-2')$$, :ann), 'LY903', 'the promotion has ended',
    'It was good before 2025-03-31 22:00:00+00.');
ROLLBACK TO later;
UPDATE loyalty_data.promo_code SET used = 1 WHERE code = 'SECRET-2';
SELECT pg_temp.refused(format($$loyalty.link_code('acme', %s, 'SECRET-2')$$, :ann), 'LY905', 'used up');

-- Wrong codes write nothing and block nobody, however many they are: of no shape, and of the shapes that there are.
SELECT pg_temp.written() AS before \gset
CREATE FUNCTION pg_temp.guesses(customer bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    hits bigint := 0;
    guess text;
BEGIN
    FOR guess IN SELECT format(CASE n % 3 WHEN 0 THEN 'SP-22%s' WHEN 1 THEN 'CS2222%s' ELSE 'GUESS-%s' END,
            translate(lpad(n::text, 8, '0'), '1', 'Z')) FROM generate_series(1, 9000) n LOOP
        BEGIN
            PERFORM loyalty.link_code('acme', customer, guess);
            hits := hits + 1;
        EXCEPTION WHEN SQLSTATE 'LY901' THEN
            NULL;
        END;
    END LOOP;
    RETURN hits;
END $$;
SELECT is(pg_temp.guesses(:ann), 0::bigint, 'thousands of guesses hit nothing');
SELECT is(pg_temp.written_since(:'before'), NULL, 'and leave nothing behind');
SELECT lives_ok(format($$SELECT loyalty.link_code('acme', %s, 'HOLIMAN100')$$, :ann), 'whoever knows a code is not held up');

-- A merge group is one customer: what was linked to the victim is the survivor's, whoever was there first.
SELECT pg_temp.customer('acme', 'cid', '2024-01-01') AS cid, pg_temp.customer('acme', 'dan', '2024-01-01') AS dan \gset
SELECT loyalty.upload_codes('acme', 'march', '{MERGE-1,MERGE-2}');
SELECT loyalty.link_code('acme', :dan, 'MERGE-1'), loyalty.link_code('acme', :cid, 'MERGE-2');
SELECT loyalty.merge_customers('acme', :cid, :dan);
SELECT results_eq($$SELECT code COLLATE "default", customer_id, original_customer_id FROM loyalty.promo_codes WHERE code ~ '^MERGE' ORDER BY 1$$,
    format('VALUES (''MERGE-1'', %s::bigint, %s::bigint), (''MERGE-2'', %1$s, NULL)', :cid, :dan), 'views show the survivor');
SELECT lives_ok(format($$SELECT loyalty.link_code('acme', %s, 'MERGE-1')$$, :cid), 'the survivor has it already');
SELECT is((SELECT count(*) FROM loyalty_data.customer_code WHERE code = 'MERGE-1'), 1::bigint, 'once');
SELECT pg_temp.refused(format($$loyalty.link_code('acme', %s, 'MERGE-1')$$, :bob), 'LY902', 'others have it not');
SELECT pg_temp.refused(format($$loyalty.unlink_code('acme', %s, 'MERGE-1')$$, :dan), 'LY125', 'the victim is asked for nothing');
SELECT lives_ok(format($$SELECT loyalty.unlink_code('acme', %s, 'MERGE-1')$$, :cid), 'the survivor takes it off');
SELECT lives_ok(format($$SELECT loyalty.link_code('acme', %s, 'MERGE-1')$$, :bob), 'and it is free');

-- ---------------------------------------------------------------- revoking
SELECT pg_temp.refused($$loyalty.revoke_code('acme', 'SECRET-8')$$, 'LY901', 'revoke what there is not');
SELECT lives_ok($$SELECT loyalty.revoke_code('acme', 'secret-1'), loyalty.revoke_code('acme', 'secret-1')$$, 'twice is once');
SELECT pg_temp.refused(format($$loyalty.link_code('acme', %s, 'SECRET-1')$$, :ann), 'LY904', 'revoked');
SELECT loyalty.revoke_code('acme', loyalty.export_codes('acme', 'march', 2)) LIMIT 1;
SELECT cmp_ok((SELECT count(*) FROM loyalty.promo_codes WHERE batch_no = 2 AND revoked_at IS NOT NULL), '>=', 1::bigint, 'a generated code is revoked by a row');
SELECT pg_temp.refused($$loyalty.revoke_code_batch('acme', 'march', 9)$$, 'LY908', 'no such batch');
SELECT lives_ok($$SELECT loyalty.revoke_code_batch('acme', 'march', 1)$$, 'a batch');
SELECT pg_temp.refused(format($$loyalty.link_code('acme', %s, %L)$$, :bob, :'generated'), 'LY904', 'revoked with its batch, though it has a row');
SELECT loyalty.export_codes('acme', 'march', 1) AS second LIMIT 1 OFFSET 1 \gset
SELECT pg_temp.refused(format($$loyalty.link_code('acme', %s, %L)$$, :ann, :'second'), 'LY904', 'and where it has none');
SELECT is((SELECT revoked_at FROM loyalty.promo_codes WHERE customer_id = :bob AND origin = 'generated'), '2025-03-15 10:00+00'::timestamptz,
    'the view says so');

-- ---------------------------------------------------------------- stopping
SELECT pg_temp.refused($$loyalty.stop_promotion('acme', 'none')$$, 'LY908', 'stop what there is not');
SELECT lives_ok($$SELECT loyalty.stop_promotion('acme', 'holi'), loyalty.stop_promotion('acme', 'holi')$$, 'twice is once');
SELECT pg_temp.refused(format($$loyalty.link_code('acme', %s, 'HOLIMAN100')$$, :ann), 'LY903', 'its codes are no good any more');
SELECT pg_temp.refused($$loyalty.change_promotion('acme', 'holi', name => 'again')$$, 'LY904', 'it stays stopped');
SELECT pg_temp.refused($$loyalty.generate_codes('acme', 'holi', 10)$$, 'LY904', 'and gets no codes');
SELECT is((SELECT sum(s.remaining) FROM loyalty_data.limit_slot s JOIN loyalty_data.use_limit l ON l.limit_id = s.limit_id
    WHERE l.kind = 't'), 0::numeric, 'nothing is left in its slots');

-- ---------------------------------------------------------------- who may
CREATE FUNCTION pg_temp.may(call text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(substr(r, 9), ',' ORDER BY r) FROM unnest('{loyalty_admin,loyalty_agent,loyalty_pos,loyalty_analyst}'::text[]) r
    WHERE has_function_privilege(r, (SELECT oid FROM pg_proc WHERE proname = call AND pronamespace = 'loyalty'::regnamespace), 'EXECUTE') $$;
SELECT is(pg_temp.may(f), 'admin', f || ' is for admins') FROM unnest(ARRAY['create_promotion', 'change_promotion', 'stop_promotion',
    'generate_codes', 'export_codes', 'upload_codes', 'create_code', 'revoke_code_batch']) f;
SELECT is(pg_temp.may('revoke_code'), 'admin,agent', 'revoke_code is for agents, too');
SELECT is(pg_temp.may(f), 'admin,agent,pos', f || ' is for tills, too') FROM unnest(ARRAY['link_code', 'unlink_code']) f;
SET LOCAL ROLE loyalty_analyst;
SELECT is_empty($$SELECT code FROM loyalty.promo_codes$$, 'an analyst of no org sees nothing');
RESET ROLE;
SELECT loyalty.grant_org('acme', 'loyalty_analyst');
SET LOCAL ROLE loyalty_analyst;
SELECT matches(code, '^\*+', 'analysts see the ends of codes') FROM loyalty.promo_codes WHERE origin <> 'named';
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
