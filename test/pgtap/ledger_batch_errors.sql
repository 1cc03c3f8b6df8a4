-- What batches refuse, item by item and as a whole, each with its SQLSTATE; that refused items write nothing.
BEGIN;
SELECT no_plan();

SET LOCAL client_min_messages = warning;
SET LOCAL TimeZone = 'UTC';
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('acme', 'base', '30 days', primary_key => 'external_id');
SELECT pg_temp.new_org('empty', primary_key => 'external_id');
SELECT loyalty.create_program('acme', 'past', 'Past', expiry_unit => 'fixed_date', expiry_date => '2024-04-01');
SELECT loyalty.create_program('acme', 'fine', 'Fine', decimals => 3);
SELECT pg_temp.customer('acme', 'ann', '2024-01-01') AS ann, pg_temp.customer('acme', 'rich', '2024-01-01') AS rich,
    pg_temp.customer('acme', 'guest', '2024-01-01', loyalty_type => 'non_loyalty') AS guest,
    pg_temp.customer('empty', 'ann') AS stranger \gset
SELECT loyalty.earn_points('acme', :ann, 100, program => 'base');
SELECT loyalty.earn_points('acme', :rich, 999999999999999.999, program => 'fine');
SELECT loyalty.earn_points('acme', :ann, 1, program => 'base', idempotency_key => 'single');
SELECT pg_temp.written() AS before \gset

-- ---------------------------------------------------------------- items of earn_points_batch

CREATE TEMP TABLE wrong_earn (name text, code text, item jsonb);
INSERT INTO wrong_earn VALUES
    ('no customer', 'LY001', '{"points": 1}'),
    ('no points', 'LY001', format('{"customer_id": %s}', :ann)::jsonb),
    ('customer 0', 'LY107', '{"customer_id": 0, "points": 1}'),
    ('a customer of another org', 'LY107', format('{"customer_id": %s, "points": 1}', :stranger)::jsonb),
    ('a guest', 'LY406', format('{"customer_id": %s, "points": 1}', :guest)::jsonb),
    ('zero', 'LY401', format('{"customer_id": %s, "points": 0}', :ann)::jsonb),
    ('a negative', 'LY401', format('{"customer_id": %s, "points": -1}', :ann)::jsonb),
    ('NaN', 'LY402', format('{"customer_id": %s, "points": "NaN"}', :ann)::jsonb),
    ('infinity', 'LY402', format('{"customer_id": %s, "points": "-Infinity"}', :ann)::jsonb),
    ('too fine for any', 'LY403', format('{"customer_id": %s, "points": 1.0001}', :ann)::jsonb),
    ('too fine for the program', 'LY403', format('{"customer_id": %s, "points": 1.5}', :ann)::jsonb),
    ('too many', 'LY404', format('{"customer_id": %s, "points": 1e15}', :ann)::jsonb),
    ('a balance that is full', 'LY404', format('{"customer_id": %s, "points": 0.001, "program": "fine"}', :rich)::jsonb),
    ('an unknown program', 'LY007', format('{"customer_id": %s, "points": 1, "program": "x"}', :ann)::jsonb),
    ('an unknown till', 'LY006', format('{"customer_id": %s, "points": 1, "till": "x"}', :ann)::jsonb),
    ('an unknown source', 'LY008', format('{"customer_id": %s, "points": 1, "source": "MARS"}', :ann)::jsonb),
    ('an unknown category', 'LY003', format('{"customer_id": %s, "points": 1, "category": "gold"}', :ann)::jsonb),
    ('an unknown event', 'LY415', format('{"customer_id": %s, "points": 1, "event_name": "x"}', :ann)::jsonb),
    ('an infinite time', 'LY015', format('{"customer_id": %s, "points": 1, "event_time": "infinity"}', :ann)::jsonb),
    ('an infinite expiry', 'LY015', format('{"customer_id": %s, "points": 1, "expires_at": "infinity"}', :ann)::jsonb),
    ('an infinite redeemable_from', 'LY015', format('{"customer_id": %s, "points": 1, "redeemable_from": "-infinity"}', :ann)::jsonb),
    ('the future', 'LY408', format('{"customer_id": %s, "points": 1, "event_time": "2025-01-01"}', :ann)::jsonb),
    ('before the registration', 'LY407', format('{"customer_id": %s, "points": 1, "event_time": "2023-01-01"}', :ann)::jsonb),
    ('an expiry that is past', 'LY409', format('{"customer_id": %s, "points": 1, "expires_at": "2024-01-02"}', :ann)::jsonb),
    ('a program that is over', 'LY409', format('{"customer_id": %s, "points": 1, "program": "past"}', :ann)::jsonb),
    ('a long reason', 'LY002', format('{"customer_id": %s, "points": 1, "reason": "%s"}', :ann, repeat('x', 1001))::jsonb),
    ('a long key', 'LY002', format('{"customer_id": %s, "points": 1, "idempotency_key": "%s"}', :ann, repeat('x', 201))::jsonb),
    ('the key of a single call', 'LY020', format('{"customer_id": %s, "points": 1, "idempotency_key": "single"}', :ann)::jsonb);

SELECT is(e.error_code, w.code, 'earning, item by item: ' || w.name)
FROM wrong_earn w, loyalty.earn_points_batch('acme', ARRAY[jsonb_populate_record(NULL::loyalty.earn_item, w.item)], false) e;
SELECT is(e.points IS NULL AND e.event_id IS NULL AND e.error = c.meaning, true, 'its answer is the code and its meaning: ' || w.name)
FROM wrong_earn w, loyalty.earn_points_batch('acme', ARRAY[jsonb_populate_record(NULL::loyalty.earn_item, w.item)], false) e
    JOIN loyalty.error_codes c ON c.sqlstate = e.error_code;
SELECT throws_ok(format($$SELECT * FROM loyalty.earn_points_batch('acme',
    ARRAY[jsonb_populate_record(NULL::loyalty.earn_item, %L)])$$, w.item), w.code, NULL, 'earning, all or nothing: ' || w.name)
FROM wrong_earn w;
SELECT is(pg_temp.written_since(:'before'), NULL, 'nothing was written');

-- Customers are posted by their ids; the item that is named is the first one of those that are given, all the same.
SELECT is(pg_temp.complaint(format($$redeem_points_batch('acme', ARRAY(
    SELECT jsonb_populate_record(NULL::loyalty.redeem_item, jsonb_build_object('customer_id', c, 'points', 1000, 'program', 'base'))
    FROM unnest(%L::bigint[]) c))$$, c)),
    'LY405 | the batch is refused: fewer points are available than asked for | It is item 1 of 2.',
    'two customers without enough points: the first item is named')
FROM (VALUES (ARRAY[:ann, :rich]), (ARRAY[:rich, :ann])) v (c);

-- ---------------------------------------------------------------- items of redeem_points_batch

CREATE TEMP TABLE wrong_redeem (name text, code text, item jsonb);
INSERT INTO wrong_redeem SELECT name, code, item FROM wrong_earn
    WHERE code IN ('LY001', 'LY107', 'LY401', 'LY402', 'LY406', 'LY407', 'LY408', 'LY002', 'LY020')
       OR (code IN ('LY006', 'LY007', 'LY008')) OR name IN ('an infinite time', 'too fine for any', 'too many');
INSERT INTO wrong_redeem VALUES
    ('more than there are', 'LY405', format('{"customer_id": %s, "points": 102}', :ann)::jsonb),
    ('none of that program', 'LY405', format('{"customer_id": %s, "points": 1, "program": "fine"}', :ann)::jsonb),
    ('an unknown bill', 'LY411', format('{"customer_id": %s, "points": 1, "transaction_number": "x"}', :ann)::jsonb);
SELECT is(e.error_code, w.code, 'redeeming, item by item: ' || w.name)
FROM wrong_redeem w, loyalty.redeem_points_batch('acme', ARRAY[jsonb_populate_record(NULL::loyalty.redeem_item, w.item)], false) e;
SELECT throws_ok(format($$SELECT * FROM loyalty.redeem_points_batch('acme',
    ARRAY[jsonb_populate_record(NULL::loyalty.redeem_item, %L)])$$, w.item), w.code, NULL, 'redeeming, all or nothing: ' || w.name)
FROM wrong_redeem w;
SELECT is(pg_temp.written_since(:'before'), NULL, 'nothing was written');

-- ---------------------------------------------------------------- the calls

SELECT throws_ok(format($$SELECT * FROM loyalty.%I_points_batch(%s)$$, f, arguments), code, NULL, f || ': ' || name)
FROM (VALUES ('earn'), ('redeem')) v (f), LATERAL (VALUES
    ('no org', 'LY001', 'NULL, NULL'), ('no such org', 'LY004', $$'x', '{}'$$), ('no items', 'LY001', $$'acme', NULL$$),
    ('a long actor', 'LY002', $$'acme', '{}', false, repeat('x', 201)$$),
    ('too many items', 'LY003', format($$'acme', array_fill(NULL::loyalty.%I_item, '{10001}')$$, f))) a (name, code, arguments);
SELECT is_empty($$SELECT * FROM loyalty.earn_points_batch('acme', '{}')$$, 'an empty batch has an empty answer');
SELECT throws_ok(format($$SELECT * FROM loyalty.%I_points_batch('acme', '{NULL}', all_or_nothing => NULL)$$, f), 'LY001', NULL,
    f || ': no mode said is all or nothing') FROM (VALUES ('earn'), ('redeem')) v (f);
SELECT results_eq($$SELECT error_code FROM loyalty.earn_points_batch('acme', '{NULL,NULL}', false)$$,
    $$VALUES ('LY001'), ('LY001')$$, 'a null is no item');
SELECT results_eq(format($$SELECT e.error_code FROM loyalty.earn_points_batch('empty',
    ARRAY[jsonb_populate_record(NULL::loyalty.earn_item, '{"customer_id": %s, "points": 1}')], false) e$$, :stranger),
    $$VALUES ('LY007')$$, 'an org without a program');
SELECT results_eq(format($$SELECT e.error_code FROM loyalty.redeem_points_batch('empty',
    ARRAY[jsonb_populate_record(NULL::loyalty.redeem_item, '{"customer_id": %s, "points": 1}')], false) e$$, :stranger),
    $$VALUES ('LY007')$$, 'nor can anything be redeemed there');

-- ---------------------------------------------------------------- counters that are full

SELECT pg_temp.new_org('full', 'p', '3650 days', primary_key => 'external_id');
CREATE FUNCTION pg_temp.full_customer(x text) RETURNS bigint LANGUAGE sql AS $$
    SELECT pg_temp.customer('full', x, '2024-01-01') $$;
SELECT pg_temp.full_customer('e') AS e, pg_temp.full_customer('f') AS f, pg_temp.full_customer('g') AS g,
    pg_temp.full_customer('d') AS d \gset
SELECT loyalty.earn_points('full', c, 9e14) FROM unnest(ARRAY[:e, :f]) c;
SELECT loyalty.earn_points('full', :d, 100);
SELECT loyalty.transfer_points('full', :e, :g, 9e14);
SELECT loyalty.redeem_points('full', :g, 9e14);
SELECT loyalty.transfer_points('full', :f, :g, 9e14);
CREATE TEMP TABLE full_redeem AS SELECT ARRAY(SELECT jsonb_populate_record(NULL::loyalty.redeem_item,
    jsonb_build_object('customer_id', c, 'points', p)) FROM (VALUES (:d, 1), (:g, 9e14), (:g, 99999999999999), (:d, 2)) v (c, p)) AS items;
SELECT throws_ok(format('SELECT loyalty.redeem_points(''full'', %s, 9e14)', :g), 'LY404', NULL, 'a redemption beyond the counter');
SELECT throws_ok(format('SELECT loyalty.is_redeemable(''full'', %s, 9e14)', :g), 'LY404', NULL, 'which is no redeemable one');
SELECT throws_ok(format('SELECT loyalty.is_redeemable(''full'', %s, 9e14, program => ''p'')', :g), 'LY404', NULL, 'of a program neither');
SELECT is((SELECT redeemable FROM loyalty.is_redeemable('full', :g, 99999999999999)), true, 'one that fits is');
SELECT throws_ok('SELECT loyalty.redeem_points_batch(''full'', items) FROM full_redeem', 'LY404', NULL, 'a batch that is all or nothing');
SELECT results_eq('SELECT b.points, b.error_code FROM full_redeem, loyalty.redeem_points_batch(''full'', items, false) b ORDER BY item_no',
    $$VALUES (1::numeric, NULL), (NULL, 'LY404'), (99999999999999, NULL), (2, NULL)$$, 'item by item, its item alone is refused');

-- What expires by the time of an item counts too, and what comes so late that it expires on arrival.
SELECT pg_temp.full_customer('h') AS h, pg_temp.full_customer('i') AS i, pg_temp.full_customer('j') AS j, pg_temp.full_customer('k') AS k \gset
SELECT loyalty.earn_points('full', c, 9e14, event_time => '2024-02-01', expires_at => '2024-03-01') FROM unnest(ARRAY[:i, :j]) c;
SELECT loyalty.transfer_points('full', :i, :h, 9e14, event_time => '2024-02-01');
SELECT loyalty.earn_points('full', :h, 99999999999990, event_time => '2024-04-01', expires_at => '2024-05-01');
SELECT loyalty.transfer_points('full', :j, :i, 9e14, event_time => '2024-02-01');
SELECT loyalty.earn_points('full', :k, 9e14, event_time => '2024-04-01', expires_at => '2024-05-01');
SELECT loyalty.transfer_points('full', :k, :i, 9e14, event_time => '2024-04-01');
CREATE TEMP TABLE full_earn AS SELECT ARRAY(SELECT jsonb_populate_record(NULL::loyalty.earn_item,
    jsonb_build_object('customer_id', c, 'points', p, 'event_time', t, 'expires_at', x))
    FROM (VALUES (:d, 1, NULL, NULL), (:i, 1, NULL, NULL), (:h, 2, '2024-05-02', '2024-05-02 09:00Z'),
        (:h, 20, '2024-05-01', '2024-05-01 01:00Z'), (:h, 1, NULL, NULL)) v (c, p, t, x)) AS items;
SELECT throws_ok(format('SELECT loyalty.earn_points(''full'', %s, 1)', :i), 'LY404', NULL, 'an expiry beyond the counter');
SELECT results_eq('SELECT b.points, b.error_code FROM full_earn, loyalty.earn_points_batch(''full'', items, false) b ORDER BY item_no',
    $$VALUES (1::numeric, NULL), (NULL, 'LY404'), (2, NULL), (NULL, 'LY404'), (1, NULL)$$, 'item by item, its item alone is refused');
SELECT is((SELECT string_agg(invariant, ', ') FROM loyalty.verify_ledger('full') WHERE ok IS NOT TRUE), NULL, 'every invariant holds');

-- ---------------------------------------------------------------- loads

CREATE TEMP TABLE source (line_no bigint, transaction_number text, amount numeric, event_time timestamptz);
SELECT throws_ok($$CALL loyalty.load_transactions('acme', 'source')$$, 'LY014', NULL, 'a load commits: not inside a transaction');

SELECT is((SELECT string_agg(invariant, ', ') FROM loyalty.verify_ledger('acme') WHERE ok IS NOT TRUE), NULL, 'every invariant holds');
SELECT * FROM finish();
ROLLBACK;
