-- Idempotency keys over merge groups: each call that has a key, made by customers before they are merged, is repeated by every
-- other id that means the same customers afterwards. The first answer comes, and nothing is written.
BEGIN;
SELECT plan(34);
SET LOCAL TimeZone = 'UTC';
SET LOCAL loyalty.clock = '2024-03-01 12:00+00';

SELECT loyalty.create_org('o', 'O', base_country => 'SG'), loyalty.create_program('o', 'p', 'P'),
    loyalty.create_sender('o', 'ACME', 'mobile', is_default => true) \g /dev/null
CREATE FUNCTION pg_temp.new(mobile text, born timestamptz DEFAULT '2024-01-01') RETURNS int8 LANGUAGE sql AS $$
    SELECT customer_id FROM loyalty.register_customer('o', mobile, registered_on => born) $$;
SELECT pg_temp.new('91230001') AS ann, pg_temp.new('91230002') AS bob, pg_temp.new('91230003') AS cat, pg_temp.new('91230004') AS dan,
    pg_temp.new('91230005') AS eve \gset
SELECT loyalty.create_program('o', 'q', 'Q'), loyalty.set_participation_rules('o', 'q', terms => '{email}') \g /dev/null

-- Customers who will be merged: {1} is the one who asks, {2} the other side, {k} its own number.
CREATE TEMP TABLE call (name text, sql text);
INSERT INTO call VALUES
    ('earn_points', $$earn_points('o', {1}, 7, idempotency_key => 'earn')$$),
    ('earn_points into promised', $$earn_points('o', {1}, 9, category => 'trigger_based', idempotency_key => 'promised {k}')$$),
    ('redeem_points', $$redeem_points('o', {1}, 50, idempotency_key => 'redeem {k}')$$),
    ('redeem_points of all programs', $$redeem_points('o', {1}, 5, program => 'ALL', idempotency_key => 'all {k}')$$),
    ('reverse_redemption', $$reverse_redemption('o', {1}, NULL, 20, redemption_event_id => {redemption}, idempotency_key => 'reverse {k}')$$),
    ('adjust_points', $$adjust_points('o', {1}, 5, 'debit', reason => 'r', idempotency_key => 'adjust {k}')$$),
    ('import_points', $$import_points('o', {1}, 12.0, idempotency_key => 'import {k}')$$),
    ('import_opening_balance', $$import_opening_balance('o', {1}, 30, idempotency_key => 'opening {k}')$$),
    ('change_expiry', $$change_expiry('o', {1}, {lot}, '2030-01-01', idempotency_key => 'expiry {k}')$$),
    ('unlock_promised_points', $$unlock_promised_points('o', {1}, lot_id => {promised}, idempotency_key => 'unlock {k}')$$),
    ('add_transaction', $$add_transaction('o', {1}, 'A-{k}', 100.50, idempotency_key => 'bill {k}')$$),
    ('add_transaction of no points', $$add_transaction('o', {1}, 'Z-{k}', 10, points => 0, idempotency_key => 'bill 0 {k}')$$),
    ('return_transaction', $$return_transaction('o', {1}, 'A-{k}', amount => 10, idempotency_key => 'return {k}')$$),
    ('add_transaction of a bill that moves', $$add_transaction('o', {1}, 'M-{k}', 8, idempotency_key => 'to be moved {k}')$$),
    ('move_transaction', $$move_transaction('o', 'M-{k}', {1}, {2}, idempotency_key => 'move {k}')$$),
    ('add_transaction of another', $$add_transaction('o', {1}, 'N-{k}', 8, points => 0, idempotency_key => 'to be moved 0 {k}')$$),
    ('move_transaction of no points', $$move_transaction('o', 'N-{k}', {1}, {2}, idempotency_key => 'move 0 {k}')$$),
    ('award_referral', $$award_referral('o', {1}, {2}, 3, 4, idempotency_key => 'referral {k}')$$),
    ('transfer_points', $$transfer_points('o', {1}, {2}, 6, idempotency_key => 'transfer {k}')$$),
    ('enrol_customer', $$enrol_customer('o', {1}, program => 'q', idempotency_key => 'enrolment {k}')$$),
    ('send_sms', $$send_sms('o', {1}, 'Hello', idempotency_key => 'sms {k}')$$),
    ('add_customer_note', $$add_customer_note('o', {1}, 'Hello', idempotency_key => 'note {k}')$$),
    ('transfer_points to them', $$transfer_points('o', {2}, {1}, 2, idempotency_key => 'gift {k}')$$),
    ('issue_coupon', $$issue_coupon('o', {1}, 'cup', idempotency_key => 'coupon {k}')$$),
    ('issue_coupons', $$issue_coupons('o', 'cup', ARRAY[{1}::bigint], idempotency_key => 'coupons {k}')$$),
    ('issue_coupons_batch', $$issue_coupons_batch('o', ARRAY[jsonb_populate_record(NULL::loyalty.issue_coupon_item,
        '{"customer_id": {1}, "series": "cup", "idempotency_key": "coupon item {k}"}')])$$),
    ('earn_points_batch', $$earn_points_batch('o', ARRAY[jsonb_populate_record(NULL::loyalty.earn_item,
        '{"customer_id": {1}, "points": 3, "idempotency_key": "item {k}"}')])$$),
    ('redeem_coupon', $$redeem_coupon('o', {1}, 'SAVE-{k}', 'n', 5, idempotency_key => 'redeemed coupon {k}')$$),
    ('reverse_coupon_redemption', $$reverse_coupon_redemption('o', {1}, {use}, idempotency_key => 'back {k}')$$),
    ('redeem_coupons_batch', $$redeem_coupons_batch('o', ARRAY[jsonb_populate_record(NULL::loyalty.redeem_coupon_item,
        '{"customer_id": {1}, "coupon_code": "BATCH-{k}", "transaction_number": "n", "bill_amount": 5, "idempotency_key": "redeemed coupon item {k}"}')])$$),
    ('redeem_points_batch', $$redeem_points_batch('o', ARRAY[jsonb_populate_record(NULL::loyalty.redeem_item,
        '{"customer_id": {1}, "points": 3, "idempotency_key": "redeemed item {k}"}')])$$);
SELECT loyalty.create_coupon_series('o', 'cup', 'Cup', discount_type => 'fixed', discount_value => 5);
CREATE TEMP TABLE other_call (name text, reason text);
INSERT INTO other_call VALUES
    ('register_customer', 'keys are the org''s'), ('revoke_code_batch', 'has none: codes of one batch'), ('register_customer_json', 'keys are the org''s'),
    ('record_inbound', 'keys are the org''s'), ('create_voucher', 'keys are the org''s'), ('issue_gift_voucher', 'keys are the org''s: voucher.sql'),
    ('issue_gift_voucher_for_points', 'as redeem_points, and issue_gift_voucher'), ('redeem_gift_voucher', 'keys are the voucher''s: voucher.sql'),
    ('reverse_voucher_redemption', 'keys are the voucher''s'), ('adjust_gift_voucher', 'keys are the voucher''s'), ('revoke_gift_voucher', 'keys are the voucher''s'), ('submit_change_request', 'keys are the org''s: request_types.sql'), ('send_message', 'as send_sms'), ('send_email', 'as send_sms'), ('send_whatsapp', 'as send_sms'),
    ('add_transaction_by_identifiers', 'below'), ('merge_customers', 'below'), ('is_redeemable', 'looks for no key'), ('explain_registration', 'looks for no key');
SELECT is((SELECT array_agg(DISTINCT proname::text ORDER BY proname::text) FROM pg_proc WHERE pronamespace = 'loyalty'::regnamespace
        AND ('idempotency_key' = ANY (proargnames) OR proname LIKE '%\_batch')),
    (SELECT array_agg(DISTINCT split_part(name, ' ', 1) ORDER BY split_part(name, ' ', 1)) FROM (SELECT name FROM call UNION SELECT name FROM other_call) c),
    'every function that takes a key is here');
SELECT is((SELECT string_agg(proname || ' ' || a, ', ') FROM pg_proc, unnest(proargnames[:pronargs]) a WHERE pronamespace = 'loyalty'::regnamespace
        AND 'idempotency_key' = ANY (proargnames) AND a ~ '_id$' AND a <> ALL ('{customer_id,from_customer_id,to_customer_id,referee_id,referrer_id,survivor_id,
        victim_id,target_id,use_id,redemption_id,redemption_event_id,lot_id,account_id,external_id,card_external_id,provider_message_id,voucher_id,redemption_movement_id}')), NULL, 'an id that is no customer''s is known as such');

CREATE TEMP TABLE thing (customer_id int8, name text, id text);
CREATE FUNCTION pg_temp.made(call text, asks int8, other int8, k text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    t record;
    answer text;
BEGIN
    call := replace(replace(replace(call, '{1}', asks::text), '{2}', other::text), '{k}', k);
    FOR t IN SELECT name, id FROM thing WHERE customer_id::text = k LOOP
        call := replace(call, '{' || t.name || '}', t.id);
    END LOOP;
    EXECUTE 'SELECT r::text FROM loyalty.' || call || ' r' INTO answer;
    RETURN answer;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE || ' ' || SQLERRM;
END $$;
CREATE FUNCTION pg_temp.entries() RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT concat_ws(' ', (SELECT count(*) FROM loyalty_data.ledger_event), (SELECT count(*) FROM loyalty_data.ledger_entry),
        (SELECT count(*) FROM loyalty_data.transaction), (SELECT sum(balance) FROM loyalty_data.ledger_account)) $$;

-- What the calls need of before: points, a lot, a redemption, trigger-based points.
INSERT INTO thing SELECT c, 'lot', event_id FROM unnest(ARRAY[:ann, :bob, :cat]::int8[]) c, LATERAL loyalty.earn_points('o', c, 1000);
INSERT INTO thing SELECT c, 'promised', event_id FROM unnest(ARRAY[:ann, :bob, :cat]::int8[]) c, LATERAL loyalty.earn_points('o', c, 11, category => 'trigger_based');
INSERT INTO thing SELECT c, 'redemption', event_id FROM unnest(ARRAY[:ann, :bob, :cat]::int8[]) c, LATERAL loyalty.redeem_points('o', c, 40);
\ir ../fixtures/coupons.sql
SELECT pg_temp.series('o', 'tenth');
SELECT pg_temp.coupon('o', 'tenth', c, what || '-' || c) FROM unnest(ARRAY[:ann, :bob, :cat]::int8[]) c, unnest('{SAVE,BATCH,USED}'::text[]) what;
INSERT INTO thing SELECT c, 'use', use_id FROM unnest(ARRAY[:ann, :bob, :cat]::int8[]) c, LATERAL loyalty.redeem_coupon('o', c, 'USED-' || c, 'n', 5);
SELECT loyalty.earn_points('o', :dan, 1000) \g /dev/null

-- Every call of ann, bob and cat, all with a key of each, and dan on the other side.
CREATE TEMP TABLE answer AS
SELECT c.name, c.sql, a.asks, pg_temp.made(c.sql, a.asks, :dan, a.asks::text) AS first
FROM call c, unnest(ARRAY[:ann, :bob, :cat]::int8[]) WITH ORDINALITY a (asks, n) ORDER BY a.n, c.ctid;
SELECT is((SELECT string_agg(name || ': ' || first, E'\n') FROM answer WHERE first !~ '^(\(|\d+$)'), NULL, 'all calls are made');

-- bob into ann, cat into bob's survivor by a chain: cat into eve, eve into ann; dan into his own survivor.
SELECT loyalty.merge_customers('o', :ann, :bob, idempotency_key => 'm-bob') AS merged_bob \gset
SELECT loyalty.merge_customers('o', :eve, :cat, idempotency_key => 'm-cat') AS merged_cat \gset
SELECT loyalty.merge_customers('o', :ann, :eve, idempotency_key => 'm-eve') AS merged_eve \gset
SELECT pg_temp.new('91230006') AS sue \gset
SELECT loyalty.merge_customers('o', :sue, :dan) \g /dev/null

CREATE FUNCTION pg_temp.differing(asks_now int8[], others int8[], which text DEFAULT '%') RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('%s of %s by %s, %s: %s, not %s', a.name, a.asks, i, o, made, first), E'\n')
    FROM answer a, unnest(asks_now) i, unnest(others) o, LATERAL (SELECT pg_temp.made(a.sql, i, o, a.asks::text) AS made) m
    WHERE a.name LIKE which AND made IS DISTINCT FROM first $$;
SELECT pg_temp.entries() AS entries \gset
-- The one key that all three used for the same request is asked for by its own id alone, further down.
DELETE FROM answer WHERE name = 'earn_points';
SELECT is(pg_temp.differing(ARRAY[:ann], ARRAY[:dan]), NULL, 'the survivor repeats requests of everybody');
SELECT is(pg_temp.differing(ARRAY[:bob, :cat, :eve], ARRAY[:dan]), NULL, 'a victim repeats requests of everybody');
SELECT is(pg_temp.differing(ARRAY[:ann, :bob, :cat, :eve], ARRAY[:sue]), NULL, 'the other side by its survivor');
SET LOCAL loyalty.follow_merges = on;
SELECT is(pg_temp.differing(ARRAY[:ann, :bob, :cat, :eve], ARRAY[:dan, :sue]), NULL, 'the same where merges are followed');
SET LOCAL loyalty.follow_merges = off;
SET LOCAL loyalty.direct_rows = off;
SELECT is(pg_temp.differing(ARRAY[:ann, :bob], ARRAY[:dan]), NULL, 'and by statements');
SET LOCAL loyalty.direct_rows = on;
SELECT is(pg_temp.entries(), :'entries', 'nothing is written');

-- One key of several: the one who is named has its own answer.
SELECT is((SELECT string_agg(customer_id::text, ' ' ORDER BY c) FROM unnest(ARRAY[:ann, :bob, :cat, :eve]::int8[]) c,
        LATERAL loyalty.earn_points('o', c, 7, idempotency_key => 'earn') r JOIN loyalty_data.ledger_event e USING (event_id)),
    concat_ws(' ', :ann, :bob, :cat, :ann), 'a key of several: the answer of the one who is named, else of the survivor');

-- Another request under a key of the group.
CREATE FUNCTION pg_temp.state(call text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN EXECUTE 'SELECT * FROM loyalty.' || call; RETURN 'made'; EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE; END $$;
SELECT is(pg_temp.state(format('earn_points(''o'', %s, 8, idempotency_key => ''earn'')', i)), 'LY020', 'another request with a key of the group, by ' || i)
FROM unnest(ARRAY['ann', 'bob'], ARRAY[:ann, :bob]::int8[]) u (n, i);
SELECT is(pg_temp.state(format('redeem_points(''o'', %s, 51, idempotency_key => %L)', :ann, 'redeem ' || :bob)), 'LY020', 'a key of a victim, with other arguments');
SELECT is(pg_temp.state(format('earn_points(''o'', %s, 50, idempotency_key => %L)', :ann, 'redeem ' || :bob)), 'LY020', 'and of another function');
SELECT is(pg_temp.state(format('transfer_points(''o'', %s, %s, 6, idempotency_key => %L)', :ann, :bob, 'transfer ' || :bob)), 'LY020', 'a gift to somebody else');
SELECT is((SELECT string_agg(error_code, ' ') FROM loyalty.earn_points_batch('o', jsonb_build_array(
        jsonb_build_object('customer_id', :ann, 'points', 4, 'idempotency_key', 'item ' || :bob),
        jsonb_build_object('customer_id', :bob, 'points', 4, 'idempotency_key', 'item ' || :ann)), all_or_nothing => false)), 'LY020 LY020', 'an item with a key of the group');
SELECT is(pg_temp.state(format('earn_points(''o'', %s, 8, idempotency_key => ''m-bob'')', :bob)), 'LY125', 'a victim has no new requests');

-- Values are compared by what they mean, by whatever id.
SELECT is((SELECT count(DISTINCT event_id) FROM (VALUES (12::numeric), (12.0), (12.000)) v (x),
    LATERAL loyalty.import_points('o', :ann, x, idempotency_key => 'import ' || :bob)), 1::bigint, 'amounts are digested by value');

-- Two ids of one customer in one batch.
CREATE FUNCTION pg_temp.batch(VARIADIC ids int8[]) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(COALESCE(error_code, nth::text), ', ' ORDER BY item_no)
    FROM (SELECT item_no, error_code, event_id, dense_rank() OVER (ORDER BY event_id) AS nth FROM loyalty.earn_points_batch('o', (SELECT jsonb_agg(jsonb_build_object('customer_id', i, 'points', 5, 'idempotency_key', 'b ' || ids::text) ORDER BY n)
        FROM unnest(ids) WITH ORDINALITY u (i, n)), all_or_nothing => false)) r $$;
SELECT is(pg_temp.batch(:ann, :bob, :ann), '1, 1, 1', 'items of a batch: the survivor first');
SELECT is(pg_temp.batch(:bob, :ann, :bob), 'LY125, 1, 1', 'items of a batch: a victim, who asks nothing new, first');
SELECT is(pg_temp.batch(:bob, :bob), 'LY125, LY125', 'items of a batch: of the victim alone');
SET LOCAL loyalty.follow_merges = on;
SELECT is(pg_temp.batch(:eve, :ann, :cat), '1, 1, 1', 'items of a batch: victims who are followed');
-- What a followed victim asked is the survivor's request.
SELECT event_id AS followed FROM loyalty.earn_points('o', :cat, 5, idempotency_key => 'followed') \gset
SET LOCAL loyalty.follow_merges = off;
SELECT is((SELECT array_agg(DISTINCT event_id) FROM unnest(ARRAY[:ann, :bob, :cat, :eve]::int8[]) c, LATERAL loyalty.earn_points('o', c, 5, idempotency_key => 'followed')),
    ARRAY[:followed]::int8[], 'and is repeated by all');

-- A second merge of the survivor, and cards.
SELECT pg_temp.new('91230007') AS top \gset
SELECT loyalty.merge_customers('o', :top, :ann, idempotency_key => 'm-ann') AS merged_ann \gset
SELECT is(pg_temp.differing(ARRAY[:top, :ann, :bob, :cat], ARRAY[:dan, :sue]), NULL, 'a chain grows, and all are repeated still');

-- merge_customers: the survivor by any of its ids.
SELECT is((SELECT array_agg(DISTINCT loyalty.merge_customers('o', s, :bob, idempotency_key => 'm-bob')::text) FROM unnest(ARRAY[:ann, :top, :eve]::int8[]) s),
    ARRAY[:'merged_bob'], 'a merge is repeated by the survivor of today');
SELECT is((SELECT array_agg(DISTINCT loyalty.merge_customers('o', s, :cat, idempotency_key => 'm-cat')::text) FROM unnest(ARRAY[:ann, :top, :eve]::int8[]) s),
    ARRAY[:'merged_cat'], 'and that of one who was a victim later');
SELECT is(pg_temp.state(format('merge_customers(''o'', %s, %s, idempotency_key => ''m-bob'')', :sue, :bob)), 'LY020', 'a survivor of another group');
SELECT is(pg_temp.state(format('merge_customers(''o'', %s, %s, reason => ''x'', idempotency_key => ''m-bob'')', :top, :bob)), 'LY020', 'other arguments');
SELECT is(pg_temp.state(format('merge_customers(''o'', %s, %s, idempotency_key => ''m-bob'')', :bob, :ann)), 'LY503', 'the other way round is another request');
SELECT is(pg_temp.state(format('merge_customers(''o'', %s, %s, idempotency_key => %L)', :sue, :top, 'redeem ' || :bob)), 'LY020', 'a key that the victim''s group used otherwise');

-- add_transaction_by_identifiers: the key is the org's, and finds the bill under the one who was merged since.
SELECT event_id AS bill, customer_id AS zoe FROM loyalty.add_transaction_by_identifiers('o', 'I-1', 50, mobile => '91230009', idempotency_key => 'by') \gset
SELECT loyalty.merge_customers('o', :top, :zoe) \g /dev/null
SELECT is((SELECT event_id FROM loyalty.add_transaction_by_identifiers('o', 'I-1', 50.00, mobile => '91230009', idempotency_key => 'by')), :bill::int8, 'a bill by identifiers');
SELECT is(pg_temp.state('add_transaction_by_identifiers(''o'', ''I-2'', 50, mobile => ''91230009'', idempotency_key => ''by'')'), 'LY020', 'and another bill with its key');

-- A victim who was not in the program repeats what the survivor, who is, asked: 12.5 points, 12.5 afterwards, and 2.5 taken back of them.
SELECT loyalty.create_program('o', 'tenth', 'T', points_per_unit => 0.1, decimals => 3) \g /dev/null
SELECT customer_id AS out FROM loyalty.register_customer('o', '91230010', loyalty_type => 'non_loyalty', registered_on => '2024-01-01') \gset
SELECT pg_temp.new('91230011') AS member \gset
SELECT loyalty.merge_customers('o', :member, :out) \g /dev/null
SELECT loyalty.add_transaction('o', :member, 'E-1', 125, program => 'tenth', idempotency_key => 'e bill'),
    loyalty.add_transaction('o', :member, 'E-2', 25, points => 0, program => 'tenth', idempotency_key => 'e none') \g /dev/null
SELECT loyalty.return_transaction('o', :member, 'E-1', amount => 25, idempotency_key => 'e return'),
    loyalty.return_transaction('o', :member, 'E-2', idempotency_key => 'e return none') \g /dev/null
SELECT results_eq(format($$SELECT b.points, b.current_points, n.current_points, r.points, r.current_points, q.current_points
    FROM loyalty.add_transaction('o', %1$s, 'E-1', 125, program => 'tenth', idempotency_key => 'e bill') b,
    loyalty.add_transaction('o', %1$s, 'E-2', 25, points => 0, program => 'tenth', idempotency_key => 'e none') n,
    loyalty.return_transaction('o', %1$s, 'E-1', amount => 25, idempotency_key => 'e return') r,
    loyalty.return_transaction('o', %1$s, 'E-2', idempotency_key => 'e return none') q$$, :out),
    'VALUES (12.500, 12.500, 12.500, 2.500, 10.000, 0.000)', 'by a victim who was not in the program');

SELECT is((SELECT string_agg(invariant, ', ') FROM loyalty.verify_ledger('o') WHERE NOT ok), NULL, 'the books are right');
SELECT * FROM finish();
ROLLBACK;
