-- Redeeming coupons: the discount, every refusal with its SQLSTATE in the one order, the dry run beside it, what comes back, and how.
BEGIN;
SELECT plan(58);
SET LOCAL client_min_messages = error;
SET LOCAL loyalty.clock = '2025-07-10 12:00:00+00';
SET LOCAL test.secret = 'SAVE|91234567';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
\ir ../fixtures/coupons.sql

SELECT pg_temp.new_org('berlin', 'points', tills => '{till, other}', primary_key => 'externalId', zone => 'Europe/Berlin');
SELECT loyalty.set_config('berlin', 'CONF_ORG_CURRENCY_CODE', 'EUR');
SELECT loyalty.create_store('berlin', 'second', 'Second'), loyalty.create_till('berlin', 'far', 'second');
SELECT pg_temp.customer('berlin', 'ann', '2024-01-01') AS ann, pg_temp.customer('berlin', 'bob', '2024-01-01') AS bob,
    pg_temp.customer('berlin', 'cid', '2024-01-01') AS cid \gset

-- What a call of the customer's says: "discount, left", or "SQLSTATE: condition, required, actual".
CREATE FUNCTION pg_temp.redeemed(customer bigint, code text, amount numeric DEFAULT 100, at timestamptz DEFAULT NULL,
    number text DEFAULT 'n', till text DEFAULT 'till', store text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    r record;
    state text;
    detail text;
BEGIN
    SELECT * INTO r FROM loyalty.redeem_coupon('berlin', customer, code, number, amount, event_time => at, till => till,
        store => store);
    RETURN concat_ws(', ', trim_scale(r.discount), COALESCE(r.redemptions_left::text, 'any'));
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, detail = PG_EXCEPTION_DETAIL;
    RETURN concat_ws(': ', state, NULLIF(detail, ''));
END $$;
-- The same of the dry run.
CREATE FUNCTION pg_temp.redeemable(customer bigint, code text, amount numeric DEFAULT 100, at timestamptz DEFAULT NULL,
    till text DEFAULT 'till', store text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN redeemable THEN concat_ws(', ', COALESCE(trim_scale(discount)::text, 'none'), COALESCE(redemptions_left::text, 'any'))
        ELSE concat_ws(', ', failed_condition, condition_required, condition_actual) END
    FROM loyalty.is_coupon_redeemable('berlin', customer, code, amount, event_time => at, till => till, store => store) $$;

-- ---------------------------------------------------------------- what it gives

SELECT pg_temp.series('berlin', 'tenth'), pg_temp.coupon('berlin', 'tenth', :ann, 'Save-1'),
    pg_temp.coupon('berlin', 'tenth', :ann, 'SAVE-2');
SELECT is(pg_temp.redeemable(:ann, 'save-1', 59.95), '6, 1', 'the dry run says what it would give');
SELECT is(pg_temp.redeemable(:ann, 'save-1', NULL), 'none, 1', 'without an amount no discount');
SELECT is(pg_temp.redeemed(:ann, E'  save-1\t', 59.95), '6, 0', 'a tenth, rounded half up; in any case, with blanks');
SELECT is(pg_temp.redeemed(:ann, 'SAVE-1'), 'LY905: Condition used_up.', 'a coupon is redeemed once by default');
SELECT is(pg_temp.redeemable(:ann, 'SAVE-1'), 'used_up', 'so says the dry run');
SELECT results_eq($$SELECT kind, code, transaction_number, bill_amount, discount, transaction_id, coupon_customer_id
    FROM loyalty_data.incentive_use$$, $$VALUES ('c'::"char", 'SAVE-1' COLLATE "C", 'n' COLLATE "C", 59.95, 6.000, NULL::bigint, NULL::bigint)$$,
    'the use is written');
SELECT is(pg_temp.redeemed(:ann, 'SAVE-2', 0), '0, 0', 'a bill of nothing has nothing off');

-- ---------------------------------------------------------------- the order of refusals

SELECT is(pg_temp.redeemed(:ann, 'SAVE-9'), 'LY901: Condition unknown.', 'a code that nobody has');
SELECT is(pg_temp.redeemed(:ann, 'no'), 'LY901: Condition unknown.', 'a text that can be no code');
SELECT is(pg_temp.redeemed(:ann, repeat('A', 900)), 'LY901: Condition unknown.', 'a long one');
SELECT is(pg_temp.redeemed(:ann, 'SÄVE-1'), 'LY901: Condition unknown.', 'a letter that no code has');
SELECT is(pg_temp.redeemable(:ann, 'SAVE-9'), 'unknown', 'so says the dry run');

-- A coupon that everything stands against. One thing after the other is put right.
SELECT pg_temp.series('berlin', 'all', '{"type": "fixed", "value": 15}',
    '{"minimum_bill": 50, "more_than": true, "days": ["friday"], "hours": ["10:00", "12:00"]}',
    (SELECT array_agg(store_id) FROM loyalty_data.store WHERE store = 'second'), per_coupon => 2, days_between => 3,
    total => 2, per_customer => 2) AS all_series \gset
SELECT pg_temp.coupon('berlin', 'all', :ann, 'SAVE-ALL', '2025-08-01 00:00+02', '2025-07-01 00:00+02', '2025-07-02 00:00+02') AS all_coupon \gset
UPDATE loyalty_data.coupon SET redemptions = 2 WHERE coupon_id = :all_coupon;
PREPARE against AS SELECT pg_temp.redeemed($1, 'SAVE-ALL', $2, $3, till => $4), pg_temp.redeemable($1, 'SAVE-ALL', $2, $3, $4);
SELECT is(pg_temp.redeemed(:bob, 'SAVE-ALL', 50, '2025-06-30'), 'LY902: Condition other_customer.', 'first whose it is');
SELECT is(pg_temp.redeemable(:bob, 'SAVE-ALL', 50, '2025-06-30'), 'other_customer', 'so says the dry run');
SELECT results_eq(format($$SELECT coupon_id, series, expires_at FROM loyalty.is_coupon_redeemable('berlin', %s, 'SAVE-ALL')$$, :bob),
    $$VALUES (NULL::bigint, NULL::text, NULL::timestamptz)$$, 'and nothing else of another one''s coupon');
SELECT is(pg_temp.redeemed(:ann, 'SAVE-ALL', 50, '2025-06-30'), 'LY904: Condition revoked.', 'then whether it was revoked');
SELECT is(pg_temp.redeemable(:ann, 'SAVE-ALL', 50, '2025-06-30'), 'revoked', 'so says the dry run');
UPDATE loyalty_data.coupon SET revoked_at = NULL WHERE coupon_id = :all_coupon;
SELECT is(pg_temp.redeemed(:ann, 'SAVE-ALL', 50, '2025-06-30 23:59:59.999999+02'), 'LY903: Condition not_begun.', 'then whether it has begun');
SELECT is(pg_temp.redeemed(:ann, 'SAVE-ALL', 50, '2025-07-01 00:00+02'), 'LY905: Condition used_up.', 'which it has at its first moment');
SELECT is(pg_temp.redeemable(:ann, 'SAVE-ALL', 50, '2025-06-30'), 'not_begun', 'so says the dry run');
SET LOCAL loyalty.clock = '2025-08-10 12:00:00+00';
SELECT is(pg_temp.redeemed(:ann, 'SAVE-ALL', 50, '2025-08-01 00:00+02'), 'LY903: Condition expired.', 'or has expired');
SELECT is(pg_temp.redeemable(:ann, 'SAVE-ALL', 50, '2025-08-01 00:00+02'), 'expired', 'so says the dry run');
SELECT is(pg_temp.redeemed(:ann, 'SAVE-ALL', 50, '2025-07-31 23:59:59.999999+02'), 'LY905: Condition used_up.', 'then whether it is used up');
UPDATE loyalty_data.coupon SET redemptions = 1 WHERE coupon_id = :all_coupon;
SELECT is(pg_temp.redeemed(NULL, 'SAVE-ALL', 50, '2025-07-31 12:00+02'), 'LY913: Condition customer.', 'then whether somebody is needed');
SELECT is(pg_temp.redeemable(NULL, 'SAVE-ALL', 50, '2025-07-31 12:00+02'), 'customer', 'so says the dry run');
INSERT INTO loyalty_data.incentive_use (customer_id, use_id, event_time, recorded_at, coupon_id, org_id, promotion_id, version,
    series_id, source_id, kind, discount, code)
SELECT c.customer_id, 1, '2025-07-29 23:00+02', now(), c.coupon_id, c.org_id, s.promotion_id, 1, s.series_id, 1, 'c', 0, c.coupon_code
FROM loyalty_data.coupon c JOIN loyalty_data.coupon_series s USING (org_id, series_id) WHERE c.coupon_id = :all_coupon;
SELECT is(pg_temp.redeemed(:ann, 'SAVE-ALL', 50, '2025-07-31 23:59+02'),
    'LY911: Condition days_between: required >= 3, actual 2.', 'then days between redemptions, of the calendar');
SELECT is(pg_temp.redeemed(:ann, 'SAVE-ALL', 50, '2025-07-27 00:01+02'),
    'LY911: Condition days_between: required >= 3, actual 2.', 'also before one that is recorded');
SELECT is(pg_temp.redeemable(:ann, 'SAVE-ALL', 50, '2025-07-31 23:59+02'), 'days_between, >= 3, 2', 'so says the dry run');
SELECT is(pg_temp.redeemed(:ann, 'SAVE-ALL', 50, '2025-07-10 12:30+02'),
    'LY911: Condition weekday: required friday, actual thursday.', 'then the day');
SELECT is(pg_temp.redeemable(:ann, 'SAVE-ALL', 50, '2025-07-10 12:30+02'), 'weekday, friday, thursday', 'so says the dry run');
SELECT is(pg_temp.redeemed(:ann, 'SAVE-ALL', 50, '2025-07-11 12:00+02'),
    'LY911: Condition hours: required 10:00 to 12:00, actual 12:00.', 'then the hours');
SELECT is(pg_temp.redeemed(:ann, 'SAVE-ALL', 50, '2025-07-11 11:59:59+02'),
    'LY911: Condition store: required second, actual store.', 'then the store');
SELECT is(pg_temp.redeemed(:ann, 'SAVE-ALL', 50, '2025-07-11 11:00+02', till => NULL),
    'LY911: Condition store: required second, actual none.', 'without one it is in none');
SELECT is(pg_temp.redeemed(:ann, 'SAVE-ALL', 50, '2025-07-11 10:00+02', till => 'far'),
    'LY911: Condition minimum_bill: required > 50, actual 50.', 'then the bill');
SELECT is(pg_temp.redeemable(:ann, 'SAVE-ALL', 50, '2025-07-11 10:00+02', 'far'), 'minimum_bill, > 50, 50', 'so says the dry run');
INSERT INTO loyalty_data.customer_use SELECT :ann, 2, org_id, limit_id FROM loyalty_data.use_limit WHERE owner_id = :all_series AND kind = 'u';
SELECT is(pg_temp.redeemed(:ann, 'SAVE-ALL', 50.01, '2025-07-11 10:00+02', till => 'far'),
    'LY910: The limit of redemptions of one customer is 2.', 'then the limit of a customer');
SELECT is(pg_temp.redeemable(:ann, 'SAVE-ALL', 50.01, '2025-07-11 10:00+02', 'far'), 'customer_limit, <= 2, 3', 'so says the dry run');
UPDATE loyalty_data.customer_use SET used = 1;
UPDATE loyalty_data.limit_slot SET remaining = 0;
SELECT is(pg_temp.redeemed(:ann, 'SAVE-ALL', 50.01, '2025-07-11 10:00+02', till => 'far'),
    'LY910: The limit of redemptions in total is 2.', 'then the limit of all');
SELECT is(pg_temp.redeemable(:ann, 'SAVE-ALL', 50.01, '2025-07-11 10:00+02', 'far'), 'total_limit, <= 2, 3', 'so says the dry run');
UPDATE loyalty_data.limit_slot SET remaining = 1 WHERE slot_no = 1;
SELECT is(pg_temp.redeemable(:ann, 'SAVE-ALL', 50.01, '2025-07-11 10:00+02', 'far'), '15, 1', 'nothing is against it any more');
SELECT is(pg_temp.redeemed(:ann, 'SAVE-ALL', 50.01, '2025-07-11 10:00+02', till => 'far'), '15, 0', 'and it is redeemed');
SELECT results_eq($$SELECT redemptions FROM loyalty_data.coupon WHERE coupon_code = 'SAVE-ALL'
    UNION ALL SELECT used FROM loyalty_data.customer_use UNION ALL SELECT sum(remaining) FROM loyalty_data.limit_slot$$,
    $$VALUES (2::numeric), (2), (0)$$, 'everything is counted');

-- ---------------------------------------------------------------- arguments

SET LOCAL loyalty.clock = '2025-07-10 12:00:00+00';
SELECT pg_temp.coupon('berlin', 'tenth', :ann, 'SAVE-3');
SELECT is(pg_temp.redeemed(:ann, NULL), 'LY001', 'without a code');
SELECT is(pg_temp.redeemed(:ann, ' '), 'LY001', 'with blanks for a code');
SELECT is(pg_temp.redeemed(:ann, 'SAVE-3', number => NULL), 'LY001', 'without the number of a bill');
SELECT is(pg_temp.redeemed(:ann, 'SAVE-3', NULL), 'LY001', 'without its amount');
SELECT is(pg_temp.redeemed(:ann, 'SAVE-3', -1), 'LY413: It is -1.', 'with a negative one');
SELECT is(pg_temp.redeemed(:ann, 'SAVE-3', 'NaN'), 'LY402', 'with one that is no number');
SELECT is(pg_temp.redeemed(:ann, 'SAVE-3', till => 'none'), 'LY006', 'at a till that is not there');
SELECT is(left(pg_temp.redeemed(:ann, 'SAVE-3', at => '2025-07-11'), 5), 'LY408', 'in the future');
SELECT is(pg_temp.redeemed(0, 'SAVE-3'), 'LY107', 'by nobody who is there');

-- ---------------------------------------------------------------- proofs, and who is told

SELECT loyalty.create_event_subscriber('berlin', 'hook', event_names => '{coupon_redeemed,coupon_reversed,coupon_revoked}');
SELECT use_id FROM loyalty.redeem_coupon('berlin', :ann, 'SAVE-3', 'n', 100) \gset
SELECT loyalty.reverse_coupon_redemption('berlin', :ann, :use_id), loyalty.revoke_coupon('berlin', :ann, 'SAVE-3');
SELECT results_eq($$SELECT event_name::text COLLATE "default", payload::jsonb ->> 'series', payload::jsonb ->> 'discount' FROM loyalty_data.event_delivery ORDER BY event_no$$,
    $$VALUES ('coupon_redeemed', 'tenth', '10'), ('coupon_reversed', 'tenth', '10'), ('coupon_revoked', 'tenth', NULL)$$, 'subscribers are told');
SELECT is_empty($$SELECT FROM loyalty_data.event_delivery WHERE payload LIKE '%SAVE%'$$, 'and of no code');
SELECT pg_temp.coupon('berlin', 'tenth', :ann, 'SAVE-5');
SELECT loyalty.set_verification_rules('berlin', 'coupon', proof_required => true);
SELECT is(pg_temp.redeemed(:ann, 'SAVE-5'), 'LY710', 'a proof may be required');
SELECT is(pg_temp.redeemed(:ann, 'SAVE-1'), 'LY905: Condition used_up.', 'behind all that the coupon says');
SELECT is((SELECT error_code FROM loyalty.redeem_coupons_batch('berlin', jsonb_build_array(jsonb_build_object('customer_id', :ann,
    'coupon_code', 'SAVE-5', 'transaction_number', 'n', 'bill_amount', 5)), false)), 'LY710', 'an item has none');
SELECT throws_ok(format($$SELECT loyalty.redeem_coupon('berlin', %s, 'SAVE-5', 'n', 5, verification => '00000000-0000-0000-0000-000000000000')$$, :ann),
    'LY707', NULL, 'one that is none');
SELECT loyalty.set_verification_rules('berlin', 'coupon');
SELECT is(pg_temp.redeemed(:ann, 'SAVE-5'), '10, 0', 'without the rule none is asked for');

SELECT * FROM finish();
ROLLBACK;
