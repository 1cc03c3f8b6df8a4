-- One judgement, two askers: an item of a batch is refused by the SQLSTATE that the single call is refused by, for each
-- argument and each way in which it can be wrong, and for any two of them: which one is said first is the same, too. Both ways
-- are driven from one list.
BEGIN;
SELECT no_plan();

SET LOCAL client_min_messages = warning;
SET LOCAL TimeZone = 'UTC';
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+00';
\ir ../fixtures/orgs.sql
SELECT pg_temp.new_org('acme', 'base', '30 days', tills => '{till,desk}', store => 'main', country => 'SG');
SELECT loyalty.set_config('acme', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'true');
SELECT pg_temp.new_org('other', country => 'SG');
SELECT loyalty.create_program('acme', 'past', 'Past', expiry_unit => 'fixed_date', expiry_date => '2024-04-01');
SELECT loyalty.create_program('acme', 'fine', 'Fine', decimals => 3);
SELECT loyalty.create_program('acme', 'strict', 'Strict');
SELECT loyalty.set_redemption_rules('acme', 'strict', minimum => 50);
SELECT loyalty.create_card_series('acme', 's', 'S', method => 'AUTO_INC', length => 8, prefix => '44');
SELECT loyalty.generate_cards('acme', 's', 6);
SELECT loyalty.enable_customer_status('acme');
SELECT loyalty.create_status_label('acme', 'suspended', 'Blocked');
SELECT loyalty.set_restriction('acme', r, ARRAY['Blocked']) FROM unnest(ARRAY['block_points_redemption', 'block_points_allocation']) r;
CREATE FUNCTION pg_temp.someone(org text, mobile text, type text DEFAULT NULL) RETURNS bigint LANGUAGE sql AS $$
    SELECT pg_temp.customer(org, NULL, '2024-01-01', mobile, type) $$;
SELECT pg_temp.someone('acme', '81234501') AS ann, pg_temp.someone('acme', '81234502') AS bob, pg_temp.someone('acme', '81234503') AS rich,
    pg_temp.someone('acme', '81234504', 'non_loyalty') AS guest, pg_temp.someone('acme', '81234505') AS gone,
    pg_temp.someone('acme', '81234506') AS blocked, pg_temp.someone('other', '81234501') AS stranger \gset
SELECT loyalty.merge_customers('acme', :bob, :gone);
SELECT loyalty.set_customer_status('acme', :blocked, 'Blocked');
SELECT loyalty.issue_card('acme', :ann, card_number => '44000000', card_external_id => 'ANN1');
SELECT loyalty.issue_card('acme', :ann, card_number => '44000001', card_external_id => 'ANN2');
SELECT loyalty.set_card_status('acme', '44000001', 'suspended');
SELECT loyalty.issue_card('acme', :guest, card_number => '44000002');
SELECT loyalty.earn_points('acme', :ann, 100, program => p) FROM unnest(ARRAY['base', 'strict']) p;
SELECT loyalty.earn_points('acme', :rich, 999999999999999.999, program => 'fine');
SELECT loyalty.earn_points('acme', :ann, 1, idempotency_key => 'used');
SELECT loyalty.redeem_points('acme', :ann, 1, idempotency_key => 'used up');
SELECT loyalty.add_transaction('acme', :ann, number, 1, points => 0, till => till)
    FROM (VALUES ('B-1', 'till'), ('B-2', 'till'), ('B-2', 'desk')) b (number, till);

-- ---------------------------------------------------------------- both ways

-- The single call with the arguments of an item, and the batch of that item: the SQLSTATE, or "fine". Nothing stays.
CREATE FUNCTION pg_temp.code_of(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    code text;
BEGIN
    BEGIN
        EXECUTE call INTO code;
        RAISE EXCEPTION USING ERRCODE = 'XX001', MESSAGE = 'back';
    EXCEPTION WHEN SQLSTATE 'XX001' THEN
        RETURN COALESCE(code, 'fine');
    END;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
CREATE FUNCTION pg_temp.single(kind text, item jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.code_of(format('SELECT NULL FROM loyalty.%s_points(''acme'', %s)', kind,
        string_agg(format('%I => %L::%s', a.attname, item ->> a.attname::text, format_type(a.atttypid, NULL)), ', ' ORDER BY a.attnum)))
    FROM pg_attribute a WHERE a.attrelid = format('loyalty.%s_item', kind)::regclass AND a.attnum > 0 $$;
CREATE FUNCTION pg_temp.item(kind text, item jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.code_of(format('SELECT error_code FROM loyalty.%s_points_batch(''acme'', %L::jsonb, false)', kind, jsonb_build_array(item))) $$;
CREATE FUNCTION pg_temp.batch(kind text, item jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.code_of(format('SELECT error_code FROM loyalty.%s_points_batch(''acme'', %L::jsonb)', kind, jsonb_build_array(item))) $$;

-- ---------------------------------------------------------------- the list: what is changed of a request that is fine

CREATE TEMP TABLE fine (kind text, item jsonb);
INSERT INTO fine VALUES ('earn', format('{"customer_id": %s, "points": 3, "program": "base"}', :ann)::jsonb),
    ('redeem', format('{"customer_id": %s, "points": 3, "program": "base"}', :ann)::jsonb);
CREATE TEMP TABLE wrong (kinds text, argument text, name text, code text, change jsonb);
INSERT INTO wrong
SELECT kinds, argument, name, code, jsonb_build_object(argument, CASE WHEN value IS NULL THEN 'null'::jsonb ELSE to_jsonb(value) END)
FROM (VALUES
    ('earn redeem', 'customer_id', 'nobody is named', 'LY001', NULL),
    ('earn redeem', 'customer_id', 'customer 0', 'LY107', '0'),
    ('earn redeem', 'customer_id', 'a customer of another org', 'LY107', :'stranger'),
    ('earn redeem', 'customer_id', 'a guest', 'LY406', :'guest'),
    ('earn redeem', 'customer_id', 'one who was merged', 'LY125', :'gone'),
    ('earn redeem', 'customer_id', 'one who is blocked', 'LY201', :'blocked'),
    ('earn redeem', 'points', 'none', 'LY001', NULL),
    ('earn redeem', 'points', 'zero', 'LY401', '0'),
    ('earn redeem', 'points', 'a negative', 'LY401', '-1'),
    ('earn redeem', 'points', 'NaN', 'LY402', 'NaN'),
    ('earn redeem', 'points', 'infinity', 'LY402', '-Infinity'),
    ('earn redeem', 'points', 'too fine for any', 'LY403', '1.0001'),
    ('earn redeem', 'points', 'too fine for the program', 'LY403', '1.5'),
    ('earn redeem', 'points', 'too many', 'LY404', '1e15'),
    ('redeem', 'points', 'more than there are', 'LY405', '101'),
    ('earn', 'category', 'an unknown one', 'LY003', 'gold'),
    ('earn', 'category', 'a long one', 'LY002', repeat('x', 101)),
    ('earn', 'event_name', 'an unknown one', 'LY415', 'x'),
    ('earn', 'event_name', 'one that no caller writes', 'LY415', 'customer_registration'),
    ('earn', 'event_name', 'a long one', 'LY002', repeat('x', 101)),
    ('earn', 'expires_at', 'an infinite one', 'LY015', 'infinity'),
    ('earn', 'expires_at', 'one that is past', 'LY409', '2024-01-02'),
    ('earn', 'redeemable_from', 'an infinite one', 'LY015', '-infinity'),
    ('redeem', 'transaction_number', 'no bill', 'LY411', 'x'),
    ('redeem', 'transaction_number', 'several bills', 'LY420', 'B-2'),
    ('redeem', 'transaction_number', 'a long one', 'LY002', repeat('x', 101)),
    ('redeem', 'transaction_till', 'an unknown one', 'LY006', 'x'),
    ('redeem', 'transaction_till', 'a long one', 'LY002', repeat('x', 101)),
    ('redeem', 'up_to', 'as many as there are', 'fine', 'true'),
    ('earn redeem', 'program', 'an unknown one', 'LY007', 'x'),
    ('earn redeem', 'program', 'a long one', 'LY002', repeat('x', 101)),
    ('earn', 'program', 'all of them', 'LY007', 'ALL'),
    ('earn', 'program', 'one that is over', 'LY409', 'past'),
    ('redeem', 'program', 'one without points', 'LY405', 'fine'),
    ('redeem', 'program', 'a condition of it', 'LY434', 'strict'),
    ('earn redeem', 'event_time', 'an infinite one', 'LY015', 'infinity'),
    ('earn redeem', 'event_time', 'the future', 'LY408', '2025-01-01'),
    ('earn redeem', 'event_time', 'before the registration', 'LY407', '2023-01-01'),
    ('earn redeem', 'till', 'an unknown one', 'LY006', 'x'),
    ('earn redeem', 'till', 'a long one', 'LY002', repeat('x', 101)),
    ('earn redeem', 'reason', 'a long one', 'LY002', repeat('x', 1001)),
    ('earn redeem', 'source', 'an unknown one', 'LY008', 'MARS'),
    ('earn redeem', 'source', 'a long one', 'LY002', repeat('x', 101)),
    ('earn redeem', 'actor', 'a long one', 'LY002', repeat('x', 201)),
    ('earn redeem', 'idempotency_key', 'a long one', 'LY002', repeat('x', 201)),
    ('earn', 'category', 'an empty one', 'fine', ''),
    ('earn', 'event_name', 'an empty one', 'fine', ''),
    ('redeem', 'transaction_number', 'an empty one', 'fine', ''),
    ('earn redeem', 'program', 'an empty one', 'fine', ''),
    ('earn redeem', 'till', 'an empty one', 'fine', ''),
    ('earn redeem', 'source', 'an empty one', 'fine', ''),
    ('earn redeem', 'actor', 'an empty one', 'fine', ''),
    ('earn redeem', 'idempotency_key', 'an empty one', 'fine', ''),
    ('earn redeem', 'card_number', 'an empty one', 'fine', ''),
    ('earn redeem', 'card_number', 'a long one', 'LY002', repeat('x', 201)),
    ('earn redeem', 'card_external_id', 'a long one', 'LY002', repeat('x', 201)),
    ('earn redeem', 'card_number', 'beside the customer', 'LY003', '44000000'),
    ('earn redeem', 'card_external_id', 'beside the customer', 'LY003', 'ANN1'))
    v (kinds, argument, name, code, value);
-- What takes two arguments to be wrong, or is wrong by what was there before.
INSERT INTO wrong VALUES
    ('earn redeem', 'card_number', 'an unknown one', 'LY306', '{"customer_id": null, "card_number": "x"}'),
    ('earn redeem', 'card_external_id', 'an unknown one', 'LY306', '{"customer_id": null, "card_external_id": "x"}'),
    ('earn redeem', 'card_number', 'nobody''s', 'LY312', '{"customer_id": null, "card_number": "44000005"}'),
    ('earn redeem', 'card_number', 'two cards', 'LY003', '{"customer_id": null, "card_number": "44000000", "card_external_id": "ANN1"}'),
    ('earn redeem', 'card_number', 'a guest''s', 'LY406', '{"customer_id": null, "card_number": "44000002"}'),
    ('earn', 'card_number', 'a suspended one', 'fine', '{"customer_id": null, "card_number": "44000001"}'),
    ('redeem', 'card_number', 'a suspended one', 'LY310', '{"customer_id": null, "card_number": "44000001"}'),
    ('redeem', 'card_external_id', 'a suspended one', 'LY310', '{"customer_id": null, "card_external_id": "ANN2"}'),
    ('earn redeem', 'card_number', 'one that will do', 'fine', '{"customer_id": null, "card_number": "44000000"}'),
    ('earn redeem', 'card_external_id', 'one that will do', 'fine', '{"customer_id": null, "card_external_id": "ANN1"}'),
    ('redeem', 'transaction_number', 'a bill', 'fine', '{"transaction_number": "B-1"}'),
    ('redeem', 'transaction_till', 'one of several', 'fine', '{"transaction_number": "B-2", "transaction_till": "desk"}'),
    ('earn', 'points', 'a balance that is full', 'LY404', format('{"customer_id": %s, "points": 0.001, "program": "fine"}', :rich)::jsonb),
    ('earn', 'idempotency_key', 'a key of another call', 'LY020', '{"idempotency_key": "used"}'),
    ('redeem', 'idempotency_key', 'a key of another call', 'LY020', '{"idempotency_key": "used up"}');
CREATE TEMP VIEW tried AS
    SELECT f.kind, w.argument, w.kind_of, w.code, f.item || w.change AS item
    FROM fine f JOIN (SELECT *, argument || ': ' || name AS kind_of FROM wrong) w ON f.kind = ANY (string_to_array(w.kinds, ' '));

SELECT is_empty($$SELECT f.kind, a.attname FROM fine f JOIN pg_attribute a ON a.attrelid = format('loyalty.%s_item', f.kind)::regclass AND a.attnum > 0
    WHERE NOT EXISTS (SELECT FROM tried t WHERE t.kind = f.kind AND t.argument = a.attname)$$, 'every argument of an item is in the list');
SELECT is_empty($$SELECT f.kind, p.proargnames[2:15] FROM fine f JOIN pg_proc p ON p.proname = f.kind || '_points' AND p.pronamespace = 'loyalty'::regnamespace
    WHERE array_remove(p.proargnames[2:p.pronargs]::text[], 'verification') <> ARRAY(SELECT attname::text FROM pg_attribute
        WHERE attrelid = format('loyalty.%s_item', f.kind)::regclass AND attnum > 0 ORDER BY attnum)$$,
    'an item has the arguments of the single call in their order, but for the org and for a proof, which is of one call');
SELECT is(ARRAY[pg_temp.single(kind, item), pg_temp.item(kind, item), pg_temp.batch(kind, item)], ARRAY['fine', 'fine', 'fine'],
    kind || ': what is changed is fine') FROM fine;

-- ---------------------------------------------------------------- each by itself

SELECT is(pg_temp.single(kind, item), code, format('%s, called: %s', kind, kind_of)) FROM tried;
SELECT is(pg_temp.item(kind, item), code, format('%s, as an item: %s', kind, kind_of)) FROM tried;
SELECT is(pg_temp.batch(kind, item), code, format('%s, all or nothing: %s', kind, kind_of)) FROM tried;

-- ---------------------------------------------------------------- any two

-- Of two changes the second one wins where both are of one argument: those are left out.
CREATE TEMP TABLE pair AS
    SELECT a.kind, a.kind_of || ' and ' || b.kind_of AS kind_of, a.item || b.change AS item
    FROM tried a JOIN (SELECT f.kind, w.argument || ': ' || w.name AS kind_of, w.change FROM fine f
        JOIN wrong w ON f.kind = ANY (string_to_array(w.kinds, ' '))) b ON b.kind = a.kind AND b.kind_of > a.kind_of
    WHERE NOT EXISTS (SELECT FROM jsonb_object_keys(b.change) k JOIN wrong w ON w.argument || ': ' || w.name = a.kind_of AND w.change ? k);
SELECT cmp_ok(count(*), '>', 1500::bigint, 'there are many of them') FROM pair;
SELECT is_empty($$SELECT * FROM (SELECT kind, kind_of, pg_temp.single(kind, item) AS called, pg_temp.item(kind, item) AS as_item FROM pair) p
    WHERE called <> as_item$$, 'of two things that are wrong the call and the item say the same one');

-- ---------------------------------------------------------------- items by card, actors

SELECT results_eq($$SELECT points, current_points, error_code FROM loyalty.earn_points_batch('acme',
    '[{"points": 5, "card_number": "44000000", "idempotency_key": "c"}, {"points": 5, "card_number": "44000000", "idempotency_key": "c"},
      {"points": 2, "card_external_id": "ANN1", "actor": "till 7"}, {"points": 1, "card_number": "44000000"}]'::jsonb, actor => 'the batch') ORDER BY item_no$$,
    $$VALUES (5::numeric, 105::numeric, NULL), (5, 105, NULL), (2, 107, NULL), (1, 108, NULL)$$, 'cards stand for their customer, a repeat within the batch too');
SELECT results_eq($$SELECT n.actor FROM loyalty_data.event_note n JOIN loyalty_data.points_lot l ON l.lot_id = n.event_id AND l.customer_id = n.customer_id
    WHERE n.actor IS NOT NULL ORDER BY n.event_id$$,
    $$VALUES ('the batch'), ('till 7'), ('the batch')$$, 'an item''s actor goes before the batch''s');
SELECT loyalty.unlink_card('acme', '44000000');
SELECT loyalty.link_card('acme', :bob, '44000000');
SELECT results_eq($$SELECT points, current_points, error_code FROM loyalty.earn_points_batch('acme',
    '[{"points": 5, "card_number": "44000000", "idempotency_key": "c"}, {"points": 4, "card_number": "44000000", "idempotency_key": "c"},
      {"points": 5, "card_number": "44000000", "idempotency_key": "d"}]'::jsonb, false) ORDER BY item_no$$,
    $$VALUES (5::numeric, 105::numeric, NULL), (4, 4, NULL), (5, 9, NULL)$$,
    'a repeat is the first owner''s, whoever has the card now; another request under that key is the new owner''s');
SELECT is((SELECT string_agg(invariant, ', ') FROM loyalty.verify_ledger('acme') WHERE ok IS NOT TRUE), NULL, 'every invariant holds');
-- ---------------------------------------------------------------- a card that a merge left behind

SELECT loyalty.set_config('acme', 'CONF_ALLOW_CARD_TRANSFER_TO_SURVIVOR', '0');
SELECT pg_temp.someone('acme', '81234507') AS eve, pg_temp.someone('acme', '81234508') AS cat \gset
SELECT loyalty.issue_card('acme', :cat, card_number => '44000003');
SELECT loyalty.earn_points('acme', :cat, 10);
SELECT loyalty.merge_customers('acme', :eve, :cat);
SET LOCAL loyalty.follow_merges = on;
SELECT throws_ok($$SELECT loyalty.redeem_points('acme', NULL, 5, card_number => '44000003')$$, 'LY125', NULL,
    'a card that a merge left behind pays nothing, though calls follow merges');
SELECT throws_ok($$SELECT loyalty.is_redeemable('acme', NULL, 5, card_number => '44000003')$$, 'LY125', NULL,
    'and is_redeemable says so, too');

SELECT * FROM finish();
ROLLBACK;
