-- verify_incentives finds each thing that does not add up, and nothing else; search_incentive says of each code what it is.
BEGIN;
SELECT plan(34);
SET LOCAL client_min_messages = error;
SET LOCAL loyalty.clock = '2025-07-30 12:00:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql

SELECT pg_temp.new_org('berlin', 'points', tills => '{till}', primary_key => 'externalId', zone => 'Europe/Berlin');
SELECT pg_temp.customer('berlin', 'ann', '2024-01-01') AS ann, pg_temp.customer('berlin', 'bob', '2024-01-01') AS bob \gset
SELECT loyalty.create_coupon_series('berlin', 'tenth', 'A tenth', code_type => 'uploaded', discount_type => 'percent', discount_value => 10,
    issue_limit => 100, redemptions_total => 50, redemptions_per_coupon => 2, redemptions_per_customer => 5, coupons_per_customer => 5,
    ends_at => '2025-08-01 00:00+02');
SELECT loyalty.create_coupon_series('berlin', 'summer', 'Summer', code_type => 'generic', generic_code => 'Summer-25',
    discount_type => 'fixed', discount_value => 5);
SELECT loyalty.upload_coupons('berlin', 'tenth', '{SAVE-1,SAVE-2,SAVE-3,SAVE-4}');
SELECT loyalty.issue_coupon('berlin', c, s) FROM unnest(ARRAY[:ann, :ann, :bob]::int8[]) c, unnest('{tenth,summer}'::text[]) s;
SELECT loyalty.redeem_coupon('berlin', :ann, 'SAVE-1', 'n', 100), loyalty.redeem_coupon('berlin', :ann, 'SUMMER-25', 'n', 100);
SELECT use_id AS back FROM loyalty.redeem_coupon('berlin', :bob, 'SAVE-3', 'n', 100) \gset
SELECT loyalty.reverse_coupon_redemption('berlin', :bob, :back), loyalty.redeem_coupon('berlin', :bob, 'SAVE-3', 'n', 100);
SELECT loyalty.merge_customers('berlin', survivor_id => :bob, victim_id => :ann);
SELECT loyalty.redeem_coupon('berlin', :bob, 'SAVE-2', 'n', 100), loyalty.revoke_coupon('berlin', :bob, 'SAVE-1');
SELECT loyalty.set_config('berlin', 'CONF_GIFT_CARD_ENABLED', 'true');
SELECT voucher_code AS gift FROM loyalty.issue_gift_voucher('berlin', :bob, 50) \gset
SELECT loyalty.redeem_gift_voucher('berlin', :'gift', 20);

-- ---------------------------------------------------------------- what adds up

SELECT results_eq($$SELECT invariant, ok, detail FROM loyalty.verify_incentives('berlin')$$,
    $$VALUES ('coupon_uses', true, NULL), ('use_returns', true, NULL), ('total_limits', true, NULL), ('issue_limits', true, NULL),
    ('customer_limits', true, NULL), ('voucher_balances', true, NULL)$$, 'all adds up');

-- What is found behind a change, which is taken back.
CREATE FUNCTION pg_temp.found(change text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    broken text;
BEGIN
    EXECUTE change;
    broken := (SELECT string_agg(invariant, ' ' ORDER BY invariant) FROM loyalty.verify_incentives('berlin') WHERE NOT ok);
    RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = COALESCE(broken, 'nothing');
EXCEPTION WHEN SQLSTATE 'ZZ000' THEN
    RETURN SQLERRM;
END $$;
SELECT is(pg_temp.found('SELECT'), 'nothing', 'nothing is found');
SELECT is(pg_temp.found('UPDATE loyalty_data.coupon SET redemptions = 0 WHERE coupon_code = ''SAVE-3'''), 'coupon_uses', 'a counter of a coupon');
SELECT is(pg_temp.found('UPDATE loyalty_data.generic_coupon SET redemptions = redemptions + 1'), 'coupon_uses', 'of a generic one');
SELECT is(pg_temp.found('UPDATE loyalty_data.limit_slot SET remaining = remaining + 1 WHERE slot_no = 0'), 'issue_limits total_limits', 'slots');
SELECT is(pg_temp.found('UPDATE loyalty_data.use_limit SET maximum = 49 WHERE kind = ''t'''), 'total_limits', 'a limit in total');
SELECT is(pg_temp.found('UPDATE loyalty_data.use_limit SET maximum = 99 WHERE kind = ''i'''), 'issue_limits', 'a limit of issues');
SELECT is(pg_temp.found('UPDATE loyalty_data.customer_use SET used = used + 1 WHERE limit_id IN (SELECT limit_id FROM loyalty_data.use_limit WHERE kind = ''u'')'),
    'customer_limits', 'uses of a customer');
SELECT is(pg_temp.found('DELETE FROM loyalty_data.customer_use WHERE limit_id IN (SELECT limit_id FROM loyalty_data.use_limit WHERE kind = ''h'')'),
    'customer_limits', 'coupons of a customer');
SELECT is(pg_temp.found('UPDATE loyalty_data.gift_voucher SET balance = 31'), 'voucher_balances', 'a balance');
SELECT is(pg_temp.found('UPDATE loyalty_data.gift_voucher SET last_movement = 3'), 'voucher_balances', 'the number of movements');
SELECT is(pg_temp.found('INSERT INTO loyalty_data.use_return SELECT customer_id, 1, 2, now(), now(), org_id, NULL, 1 FROM loyalty_data.use_return'),
    'use_returns', 'a return without a use');
SELECT is(pg_temp.found('INSERT INTO loyalty_data.use_return SELECT customer_id, use_id, 2, now(), now(), org_id, NULL, 1 FROM loyalty_data.incentive_use WHERE code = ''SAVE-2'''),
    'coupon_uses customer_limits total_limits', 'a return that nothing was given back by');

-- ---------------------------------------------------------------- the search

CREATE FUNCTION pg_temp.search(kind text, code text) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', valid, reason, shown_code, offer, status, redemptions, redemptions_left, trim_scale(balance), last_day)
    FROM loyalty.search_incentive('berlin', kind, code) $$;
SELECT is(pg_temp.search('coupon', ' save-3 '), 't SAVE-3 tenth active_redeemed 1 1 2025-07-31', 'a coupon');
SELECT is(pg_temp.search('Coupon', 'SAVE-1'), 'f revoked SAVE-1 tenth revoked 1 1 2025-07-31', 'one that was revoked');
SELECT is(pg_temp.search('coupon', 'SAVE-4'), 'f unknown', 'one that was not issued yet');
SELECT is(pg_temp.search('coupon', 'x'), 'f unknown', 'what can be no code');
SELECT is(pg_temp.search('coupon', 'summer-25'), 't Summer-25 summer active_unredeemed 0 1', 'a generic code');
SELECT is(pg_temp.search('gift_voucher', :'gift'), 't *' || right(:'gift', 4) || ' active 30', 'a voucher');
SELECT is(pg_temp.search('gift_voucher', 'SAVE-3'), 'f unknown', 'a coupon is no voucher');
SELECT is(pg_temp.search('promo_code', 'SAVE-3'), 'f unknown', 'and no promo code');
SELECT loyalty.redeem_coupon('berlin', :bob, 'SAVE-3', 'n', 100);
SELECT is(pg_temp.search('coupon', 'SAVE-3'), 'f used_up SAVE-3 tenth active_redeemed 2 0 2025-07-31', 'one that is used up');
SET LOCAL loyalty.clock = '2025-08-02 12:00:00+00';
SELECT is(pg_temp.search('coupon', 'SAVE-2'), 'f expired SAVE-2 tenth expired_redeemed 1 1 2025-07-31', 'one that has expired');
SELECT pg_temp.refused($$loyalty.search_incentive('berlin', 'card', 'SAVE-1')$$, 'LY003', 'another kind');
SELECT pg_temp.refused($$loyalty.search_incentive('berlin', 'coupon', ' ')$$, 'LY001', 'no code');
SELECT pg_temp.refused($$loyalty.search_incentive('berlin', NULL, 'SAVE-1')$$, 'LY001', 'no kind');

-- ---------------------------------------------------------------- lists

SELECT results_eq(format($$SELECT coupon_code, status FROM loyalty.customer_coupons('berlin', %s) ORDER BY coupon_code, status$$, :bob),
    $$VALUES ('SAVE-1', 'revoked'), ('SAVE-2', 'expired_redeemed'), ('SAVE-3', 'expired_redeemed'), ('Summer-25', 'active_redeemed'),
    ('Summer-25', 'active_unredeemed'), ('Summer-25', 'active_unredeemed')$$, 'coupons of the whole group');
SELECT is_empty(format($$SELECT FROM unnest('{active_redeemed,active_unredeemed,expired_redeemed,expired_unredeemed,revoked}'::text[]) s,
    loyalty.customer_coupons('berlin', %s, ARRAY[s]) c WHERE c.status <> s$$, :bob), 'a status chooses what has it');
SELECT is((SELECT count(*) FROM loyalty.customer_coupons('berlin', :bob, '{active}')), 3::bigint, 'active unites two');
SELECT is((SELECT count(*) FROM loyalty.customer_coupons('berlin', :bob, '{redeemed,expired}')), 3::bigint, 'words together');
SELECT results_eq(format($$SELECT coupon_code, returned_at IS NOT NULL FROM loyalty.customer_redemptions('berlin', %s, '{coupon}') ORDER BY use_id$$, :bob),
    $$VALUES ('SAVE-1', false), ('SUMMER-25', false), ('SAVE-3', true), ('SAVE-3', false), ('SAVE-2', false), ('SAVE-3', false)$$,
    'redemptions of the whole group, also those that came back');
CREATE FUNCTION pg_temp.pages(customer bigint) RETURNS SETOF bigint LANGUAGE plpgsql AS $$
DECLARE
    r record;
    key text;
BEGIN
    LOOP
        r := NULL;
        SELECT array_agg(use_id) AS ids, (array_agg(page_key))[count(*)] AS page_key INTO r
        FROM loyalty.customer_redemptions('berlin', customer, page_size => 2, page_key => key);
        EXIT WHEN r.ids IS NULL;
        RETURN QUERY SELECT unnest(r.ids);
        key := r.page_key;
    END LOOP;
END $$;
SELECT results_eq(format('SELECT pg_temp.pages(%s)', :bob), format($$SELECT use_id FROM loyalty.customer_redemptions('berlin', %s)$$, :bob),
    'pages are the list, row by row');
SELECT is((SELECT count(*) FROM loyalty.customer_redemptions('berlin', :bob, coupon_id_from => 1, coupon_id_to => 1)), 0::bigint, 'bounds of ids');
SELECT throws_ok(format($$SELECT * FROM loyalty.customer_redemptions('berlin', %s, merchant_store_id => 'none')$$, :bob), 'LY005', NULL, 'a store that is not there');

SELECT * FROM finish();
ROLLBACK;
