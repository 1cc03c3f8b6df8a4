-- Redemptions beside each other and undone: keys, generic codes, codes for anybody, merges, batches; what comes back with a bill and
-- without one, once; coupons that are revoked.
BEGIN;
SELECT plan(61);
SET LOCAL client_min_messages = error;
SET LOCAL loyalty.clock = '2025-07-30 12:00:00+00';
SET LOCAL test.secret = 'SAVE';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
\ir ../fixtures/coupons.sql

SELECT pg_temp.new_org('berlin', 'points', tills => '{till, other}', primary_key => 'externalId', zone => 'Europe/Berlin');
SELECT pg_temp.customer('berlin', 'ann', '2024-01-01') AS ann, pg_temp.customer('berlin', 'bob', '2024-01-01') AS bob,
    pg_temp.customer('berlin', 'cid', '2024-01-01') AS cid \gset

-- A redemption with a key: its use, or the SQLSTATE.
CREATE FUNCTION pg_temp.redeemed(customer bigint, code text, number text DEFAULT 'n', key text DEFAULT NULL,
    till text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT use_id FROM loyalty.redeem_coupon('berlin', customer, code, number, 100, till => till, idempotency_key => key));
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
-- The coupon's uses, as its row has them.
CREATE FUNCTION pg_temp.uses(code text) RETURNS int LANGUAGE sql AS $$
    SELECT redemptions FROM loyalty_data.coupon WHERE coupon_code = code $$;
-- What every limit of a series has left, and what customers have used of it.
CREATE FUNCTION pg_temp.left_of(of_series text) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(', ', (SELECT sum(l.remaining) FROM loyalty_data.limit_slot l JOIN loyalty_data.use_limit u USING (org_id, limit_id)
        WHERE u.owner_id = s.series_id), (SELECT sum(c.used) FROM loyalty_data.customer_use c JOIN loyalty_data.use_limit u
        USING (org_id, limit_id) WHERE u.owner_id = s.series_id)) FROM loyalty_data.coupon_series s WHERE s.series = of_series $$;

-- ---------------------------------------------------------------- keys

SELECT pg_temp.series('berlin', 'thrice', per_coupon => 3, total => 4, per_customer => 3), pg_temp.series('berlin', 'once'),
    pg_temp.coupon('berlin', 'thrice', :ann, 'SAVE-3'), pg_temp.coupon('berlin', 'once', :bob, 'SAVE-B');
SELECT pg_temp.redeemed(:ann, 'SAVE-3', key => 'k1') AS first_use \gset
SELECT is(pg_temp.redeemed(:ann, 'SAVE-3', key => 'k1'), :'first_use', 'a repeat gets the first answer');
SELECT is(pg_temp.redeemed(:ann, 'SAVE-3', 'm', 'k1'), 'LY020', 'another redemption with the key is none');
SELECT is(pg_temp.uses('SAVE-3'), 1, 'it was counted once');
SELECT pg_temp.redeemed(:ann, 'SAVE-3') AS second_use \gset
SELECT results_eq(format($$SELECT use_id, redemptions_left FROM loyalty.redeem_coupon('berlin', %s, 'SAVE-3', 'n', 100, idempotency_key => 'k1')$$, :ann),
    format('VALUES (%s::bigint, 2::bigint)', :first_use), 'the repeat says what was left then');
SELECT is(pg_temp.left_of('thrice'), '2, 2', 'limits count both');

-- ---------------------------------------------------------------- codes for anybody, and nobody

SELECT pg_temp.series('berlin', 'anybody', per_coupon => 3, any_user => true), pg_temp.coupon('berlin', 'anybody', :ann, 'SAVE-ANY');
SELECT ok(pg_temp.redeemed(:bob, 'SAVE-ANY') ~ '^\d+$', 'somebody else redeems it');
SELECT pg_temp.redeemed(NULL, 'SAVE-ANY', key => 'nobody') AS of_nobody \gset
SELECT ok(:'of_nobody' ~ '^\d+$', 'and nobody in particular');
SELECT is(pg_temp.redeemed(NULL, 'SAVE-ANY', key => 'nobody'), :'of_nobody', 'whose repeat gets the first answer, too');
SELECT results_eq($$SELECT customer_id, coupon_customer_id FROM loyalty_data.incentive_use WHERE code = 'SAVE-ANY' ORDER BY use_id$$,
    format('VALUES (%s::bigint, %s::bigint), (0, %2$s)', :bob, :ann), 'the use stands under who used it, and says whose the coupon was');
SELECT is(pg_temp.redeemed(NULL, 'SAVE-B'), 'LY913', 'what was issued to somebody is not for nobody');
SELECT pg_temp.series('berlin', 'named', any_user => true, anonymous => false), pg_temp.coupon('berlin', 'named', :ann, 'SAVE-NAMED');
SELECT is(pg_temp.redeemed(NULL, 'SAVE-NAMED'), 'LY913', 'nor a promotion for customers alone');
SELECT pg_temp.series('berlin', 'counted', any_user => true, per_customer => 1), pg_temp.coupon('berlin', 'counted', :ann, 'SAVE-COUNTED');
SELECT is(pg_temp.redeemed(NULL, 'SAVE-COUNTED'), 'LY913', 'nor one that is counted by customer');

-- ---------------------------------------------------------------- generic codes

SELECT pg_temp.series('berlin', 'summer', generic_code => 'SAVE-SUMMER'),
    pg_temp.coupon('berlin', 'summer', :ann, NULL, revoked_at => '2025-01-01'),
    pg_temp.coupon('berlin', 'summer', :ann, NULL, expires_at => '2025-07-30 12:00+00') AS over,
    pg_temp.coupon('berlin', 'summer', :ann, NULL, expires_at => '2025-09-01') AS later,
    pg_temp.coupon('berlin', 'summer', :ann, NULL, expires_at => '2025-08-01') AS sooner,
    pg_temp.coupon('berlin', 'summer', :cid, NULL) AS of_cid \gset
SELECT is(pg_temp.redeemed(:bob, 'save-summer'), 'LY902', 'who holds none of them has no use of the code');
SELECT is(pg_temp.redeemed(NULL, 'save-summer'), 'LY913', 'nor has nobody');
SELECT results_eq(format($$SELECT (loyalty.redeem_coupon('berlin', %s, 'Save-Summer', 'n', 100)).coupon_id FROM generate_series(1, 2)$$, :ann),
    format('VALUES (%s::bigint), (%s)', :sooner, :later), 'the first to expire is redeemed first, of those that may be');
SELECT is(pg_temp.redeemed(:ann, 'SAVE-SUMMER'), 'LY905', 'then they are used up');
SELECT ok(pg_temp.redeemed(:cid, 'SAVE-SUMMER') ~ '^\d+$', 'each holder has coupons of its own');

-- ---------------------------------------------------------------- merges

SELECT pg_temp.customer('berlin', 'old', '2024-01-01') AS old, pg_temp.customer('berlin', 'new', '2024-01-01') AS new \gset
SELECT pg_temp.coupon('berlin', 'thrice', :old, 'SAVE-OLD'), pg_temp.series('berlin', 'single', per_coupon => 9, per_customer => 2),
    pg_temp.coupon('berlin', 'single', :old, 'SAVE-S1'), pg_temp.coupon('berlin', 'single', :new, 'SAVE-S2');
SELECT pg_temp.redeemed(:old, 'SAVE-S1', key => 'before') AS before_merge \gset
SELECT pg_temp.redeemed(:new, 'SAVE-S2') AS of_new \gset
SELECT loyalty.merge_customers('berlin', survivor_id => :new, victim_id => :old);
SELECT is(pg_temp.redeemed(:old, 'SAVE-OLD'), 'LY125', 'who was merged redeems nothing');
SELECT ok(pg_temp.redeemed(:new, 'SAVE-OLD') ~ '^\d+$', 'the survivor redeems what the other one had');
SELECT is(pg_temp.redeemed(:new, 'SAVE-S1'), 'LY910', 'the group has the limit of one customer');
SELECT is(pg_temp.redeemed(:new, 'SAVE-S1', key => 'before'), :'before_merge', 'a repeat finds what was done before the merge');

-- ---------------------------------------------------------------- giving back

CREATE FUNCTION pg_temp.reversed(customer bigint, use bigint, key text DEFAULT NULL, at timestamptz DEFAULT NULL) RETURNS text
    LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT concat_ws(', ', coupon_id IS NOT NULL, redemptions_left)
        FROM loyalty.reverse_coupon_redemption('berlin', customer, use, at, idempotency_key => key));
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
SELECT is(pg_temp.left_of('thrice'), '1, 3', 'before');
SELECT is(pg_temp.reversed(:bob, :first_use), 'LY919', 'nobody gives back what another one used');
SELECT is(pg_temp.reversed(:ann, 1), 'LY919', 'nor what was not used');
SELECT is(pg_temp.reversed(:ann, :first_use, at => '2025-07-30 11:59:59+00'), 'LY003', 'nor before it was used');
SELECT is(pg_temp.reversed(:ann, :first_use, 'back'), 't, 2', 'a use comes back');
SELECT is(pg_temp.reversed(:ann, :first_use, 'back'), 't, 2', 'a repeat gets the first answer');
SELECT is(pg_temp.reversed(:ann, :first_use), 'LY915', 'it comes back once');
SELECT is(pg_temp.left_of('thrice'), '2, 2', 'limits have it again');
SELECT is(pg_temp.uses('SAVE-3'), 1, 'so has the coupon');
SELECT is(pg_temp.reversed(:new, :before_merge), 't, 9', 'the survivor gives back what the other one used');
SELECT is(pg_temp.reversed(NULL, :of_nobody), 't, 2', 'nobody gives back what nobody used');
SELECT is(pg_temp.reversed(NULL, :of_nobody), 'LY915', 'once');
SELECT is(pg_temp.reversed(:ann, (SELECT use_id FROM loyalty_data.incentive_use WHERE coupon_id = :sooner)), 't, 1', 'a generic one comes back to its coupon');
SELECT is((SELECT redemptions FROM loyalty_data.generic_coupon WHERE coupon_id = :sooner), 0, 'which has no use then');
UPDATE loyalty_data.use_limit SET maximum = 1 WHERE maximum = 4;
SELECT is(pg_temp.reversed(:ann, :second_use), 't, 3', 'whatever the limit has become');
SELECT is(pg_temp.left_of('thrice'), '3, 1', 'it is given back');

-- ---------------------------------------------------------------- with the bill: examples 40 and 41

SELECT loyalty.add_transaction('berlin', :ann, 'b1', 100, event_time => '2025-07-30 10:00+00', till => 'till');
SELECT pg_temp.coupon('berlin', 'thrice', :ann, 'SAVE-JULY', '2025-08-01 00:00+02') AS july,
    pg_temp.series('berlin', 'kept', restore_on_return => false), pg_temp.coupon('berlin', 'kept', :ann, 'SAVE-KEPT') \gset
SELECT results_eq(format($$SELECT transaction_id IS NOT NULL, redemptions_left FROM loyalty.redeem_coupon('berlin', %s, 'SAVE-JULY', 'b1', 100, till => 'till')$$, :ann),
    'VALUES (true, 2::bigint)', 'example 41: one of three is used, and the bill is linked');
SELECT pg_temp.redeemed(:ann, 'SAVE-KEPT', 'b1', till => 'till') AS kept, pg_temp.coupon('berlin', 'once', :ann, 'SAVE-EARLY') \gset
SELECT pg_temp.redeemed(:ann, 'SAVE-EARLY', 'b2', till => 'till') AS early \gset
SELECT is((SELECT transaction_id FROM loyalty_data.incentive_use WHERE use_id = :early), NULL, 'a bill that comes later is not linked');
SELECT pg_temp.coupon('berlin', 'once', :ann, 'SAVE-OTHER');
SELECT pg_temp.redeemed(:ann, 'SAVE-OTHER', 'b2', till => 'other') AS elsewhere \gset
SELECT loyalty.add_transaction('berlin', :ann, 'b2', 100, till => 'till');
SET LOCAL loyalty.clock = '2025-08-02 12:00:00+00';
SELECT loyalty.return_transaction('berlin', :ann, 'b1', amount => 40);
SELECT is(pg_temp.uses('SAVE-JULY'), 1, 'a part of the bill brings nothing back');
SELECT loyalty.return_transaction('berlin', :ann, 'b1');
SELECT is(pg_temp.uses('SAVE-JULY'), 0, 'example 40: its last part brings the use back');
SELECT is(pg_temp.uses('SAVE-KEPT'), 1, 'but of a promotion that restores nothing');
SELECT is(pg_temp.redeemed(:ann, 'SAVE-JULY'), 'LY903', 'the coupon is as its dates say');
SELECT is(pg_temp.redeemed(:ann, 'SAVE-3', 'b1'), 'LY424', 'on a bill of which nothing is left no coupon is redeemed');
SELECT loyalty.return_transaction('berlin', :ann, 'b2');
SELECT is(pg_temp.uses('SAVE-EARLY'), 0, 'a use that came before its bill comes back by the number and the till');
SELECT is(pg_temp.uses('SAVE-OTHER'), 1, 'but of another till');
SELECT is(pg_temp.reversed(:ann, :early), 'LY915', 'what came back with its bill does not come back again');
SELECT is(pg_temp.reversed(:ann, :kept), 't, 1', 'what did not does by itself');

-- ---------------------------------------------------------------- revoking

SELECT is(loyalty.revoke_coupon('berlin', :ann, ' save-3 ', 'a mistake'), 1, 'a coupon is revoked');
SELECT is(pg_temp.redeemed(:ann, 'SAVE-3'), 'LY904', 'and not redeemed any more');
SELECT pg_temp.refused(format($$loyalty.revoke_coupon('berlin', %s, 'SAVE-3')$$, :ann), 'LY904', 'it is revoked once');
SELECT pg_temp.refused(format($$loyalty.revoke_coupon('berlin', %s, 'SAVE-3')$$, :bob), 'LY902', 'and of its holder');
SELECT pg_temp.refused(format($$loyalty.revoke_coupon('berlin', %s, 'SAVE-99')$$, :bob), 'LY901', 'if it is there');
SELECT pg_temp.refused(format($$loyalty.revoke_coupon('berlin', %s, 'SAVE-SUMMER')$$, :bob), 'LY902', 'of a generic code of a holder');
SELECT is(loyalty.revoke_coupon('berlin', :ann, 'SAVE-SUMMER'), 3, 'who loses all');
SELECT is(pg_temp.uses('SAVE-OTHER'), 1, 'uses stay');

-- ---------------------------------------------------------------- batches

SELECT pg_temp.coupon('berlin', 'once', :cid, 'SAVE-C1'), pg_temp.coupon('berlin', 'once', :bob, 'SAVE-B1'),
    pg_temp.series('berlin', 'few', total => 2), pg_temp.coupon('berlin', 'few', :cid, 'SAVE-F1'),
    pg_temp.coupon('berlin', 'few', :cid, 'SAVE-F2'), pg_temp.coupon('berlin', 'few', :cid, 'SAVE-F3');
CREATE TEMP TABLE items AS SELECT jsonb_agg(jsonb_build_object('customer_id', c, 'coupon_code', code, 'transaction_number', 'n',
    'bill_amount', 50, 'idempotency_key', key) ORDER BY n) AS items
FROM (VALUES (1, :cid, 'SAVE-C1', 'i1'), (2, :bob, 'SAVE-C1', NULL), (3, :cid, 'SAVE-C1', NULL), (4, :cid, 'SAVE-C1', 'i1'),
    (5, 0, 'SAVE-B1', NULL), (6, :bob, 'SAVE-B1', NULL), (7, :cid, 'SAVE-F1', NULL), (8, :cid, 'SAVE-F2', NULL),
    (9, :cid, 'SAVE-F3', NULL), (10, NULL, NULL, NULL)) v(n, c, code, key);
SELECT pg_temp.refused($$loyalty.redeem_coupons_batch('berlin', (SELECT items FROM items))$$, 'LY902', 'all or nothing');
SELECT results_eq($$SELECT item_no, discount, redemptions_left, error_code FROM
    loyalty.redeem_coupons_batch('berlin', (SELECT items FROM items), all_or_nothing => false)$$,
    $$VALUES (1, 5.000, 0::bigint, NULL), (2, NULL, NULL, 'LY902'), (3, NULL, NULL, 'LY905'), (4, 5.000, 0, NULL),
    (5, NULL, NULL, 'LY107'), (6, 5.000, 0, NULL), (7, 5.000, 0, NULL), (8, 5.000, 0, NULL), (9, NULL, NULL, 'LY910'),
    (10, NULL, NULL, 'LY001')$$, 'each by itself, behind those before it');
SELECT is(pg_temp.left_of('few'), '0', 'a limit has no use too many');

-- ---------------------------------------------------------------- rows never change

SELECT throws_ok('UPDATE loyalty_data.incentive_use SET discount = 0', 'LY412', NULL, 'a use');
SELECT throws_ok('DELETE FROM loyalty_data.use_return', 'LY412', NULL, 'a return of one');

SELECT * FROM finish();
ROLLBACK;
