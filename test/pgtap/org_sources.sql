-- Sources: those that there are, those that an admin adds, and that an org takes calls from others than INSTORE only where it says so.
BEGIN;
SELECT no_plan();
SET LOCAL loyalty.clock = '2024-05-02 10:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('acme', 'base', primary_key => 'external_id', tills => '{till}');
SELECT pg_temp.customer('acme', 'ann', '2024-01-01') AS ann, pg_temp.customer('acme', 'bob', '2024-01-01') AS bob \gset
SELECT set_config('test.ann', :'ann', true), set_config('test.bob', :'bob', true);
SELECT loyalty.earn_points('acme', :ann, 1000) AS award \gset
SELECT redemption_id AS redemption FROM loyalty.redeem_points('acme', :ann, 10) \gset
SELECT set_config('test.redemption', :'redemption', true);
SELECT loyalty.create_sender('acme', 'ACME', 'mobile', is_default => true), loyalty.create_sender('acme', '+6591110000', 'whatsapp', is_default => true),
    loyalty.create_message_template('acme', 'hello', 'mobile', 'Hello') \g /dev/null
SELECT loyalty.add_transaction('acme', :ann, 'B-1', 10) \g /dev/null
SELECT loyalty.earn_points('acme', :ann, 5, category => 'trigger_based') \g /dev/null
\ir ../fixtures/coupons.sql
SELECT pg_temp.series('acme', 'tenth'), pg_temp.coupon('acme', 'tenth', :ann, 'SAVE-1'), pg_temp.coupon('acme', 'tenth', :ann, 'SAVE-2') \g /dev/null
SELECT loyalty.redeem_coupon('acme', :ann, 'SAVE-2', 'n', 5) \g /dev/null

SELECT loyalty.create_program('acme', 'asking', 'Asking'), loyalty.set_participation_rules('acme', 'asking') \g /dev/null

SELECT loyalty.set_config('acme', 'CONF_GIFT_CARD_ENABLED', 'true'), loyalty.set_redemption_rules('acme', 'base', points_per_currency_unit => 1) \g /dev/null
SELECT voucher_id AS gift, voucher_code AS gift_code FROM loyalty.issue_gift_voucher('acme', NULL, 10) \gset
SELECT movement_id AS gift_paid FROM loyalty.redeem_gift_voucher('acme', :'gift_code', 1) \gset
SELECT set_config('test.gift', :'gift', true), set_config('test.gift_code', :'gift_code', true), set_config('test.gift_paid', :'gift_paid', true);
SELECT set_eq('SELECT source COLLATE "default" FROM loyalty.sources WHERE org = ''acme''', '{INSTORE,ECOMMERCE,WEBSITE,MOBILE_APP,FACEBOOK,WECHAT,LINE,LINKEDIN,WEB_ENGAGE,
    MPUSH_FCM,MAPP_SDK,OAUTH_EXTERNAL,TMALL}'::text[], 'the first sources');

SELECT loyalty.create_coupon_series('acme', 'cup', 'Cup', discount_type => 'fixed', discount_value => 5);
-- Every call that takes a source, from the catalogue: with the source of another system it is refused, and once that is enabled it is not.
CREATE TEMP TABLE call (function text, arguments text);
INSERT INTO call VALUES
    ('add_transaction', '$A, ''B-2'', 5'), ('add_transaction_by_identifiers', '$O, ''B-2'', 5, external_id => ''ann'''), ('return_transaction', '$A, ''B-1'''),
    ('move_transaction', '$O, ''B-1'', $a, $b'), ('award_referral', '$O, $a, $b, 5, 5'), ('earn_points', '$A, 5'), ('redeem_points', '$A, 5'),
    ('redeem_coupon', '$A, ''SAVE-1'', ''n'', 5'), ('is_coupon_redeemable', '$A, ''SAVE-1'''),
    ('reverse_coupon_redemption', '$A, (SELECT min(use_id) FROM loyalty_data.incentive_use)'),
    ('is_redeemable', '$A, 5'), ('reverse_redemption', '$A, $r'), ('transfer_points', '$A, $b, 5'), ('adjust_points', '$A, 5, ''credit'', reason => ''r'''),
    ('import_points', '$A, 5'), ('import_opening_balance', '$O, (SELECT customer_id FROM loyalty.register_customer(''acme'', external_id => ''cyd'')), 5'),
    ('change_expiry', '$A, (SELECT max(lot_id) FROM loyalty_data.points_lot WHERE category = ''r''), ''2030-01-01'''), ('unlock_promised_points', '$A, lot_id => (SELECT max(lot_id) FROM loyalty_data.points_lot WHERE category = ''t'')'),
    ('register_customer', '$O, external_id => ''dee'''), ('explain_registration', '$O, external_id => ''dee'''), ('upsert_profile', '$A'),
    ('send_message', '$A, ''hello'''), ('send_sms', '$A, ''Hello'''), ('send_email', '$A, ''Hello'', ''Hello'''),
    ('send_whatsapp', '$A, media => ''{"type": "text", "text": "Hello"}'''),
    ('create_voucher', '$O, 5'), ('issue_gift_voucher', '$A, 5'), ('issue_gift_voucher_for_points', '$A, 5'),
    ('redeem_gift_voucher', '$O, current_setting(''test.gift_code''), 1'),
    ('reverse_voucher_redemption', '$O, current_setting(''test.gift'')::int8, current_setting(''test.gift_paid'')::int8'),
    ('adjust_gift_voucher', '$O, current_setting(''test.gift'')::int8, 1, reason => ''r'''), ('revoke_gift_voucher', '$O, current_setting(''test.gift'')::int8, reason => ''r'''),
    ('replace_gift_voucher_code', '$O, current_setting(''test.gift'')::int8, reason => ''r'''),
    ('submit_change_request', '$O, ''goodwill_points'', $a, payload => ''{"points": 1}'''),
    ('issue_coupon', '$A, ''cup'''), ('issue_coupons', '$O, ''cup'', ARRAY[$a::bigint], all_or_nothing => true'),
    ('enrol_customer', '$A, program => ''asking'''),
    ('set_channel', '$A, ''line'', ''x'''), ('set_subscription', '$A, ''line'', ''promotional'', true');
CREATE FUNCTION pg_temp.from_source(c call, source text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('SELECT * FROM loyalty.%s(%s, source => %L)', c.function, replace(replace(replace(replace(replace(c.arguments, '$A', '$O, $a'), '$O', '''acme'''),
        '$a', current_setting('test.ann')), '$b', current_setting('test.bob')), '$r', quote_literal(current_setting('test.redemption'))), source);
    RAISE EXCEPTION USING ERRCODE = 'ZZ000';
EXCEPTION WHEN OTHERS THEN
    RETURN replace(SQLSTATE, 'ZZ000', 'done');
END $$;
-- (release_identifier takes away what a source brought, whether it is still enabled or not.)
SELECT set_eq('SELECT function FROM call', $$
    SELECT p.proname::text COLLATE "default" FROM pg_proc p WHERE p.pronamespace = 'loyalty'::regnamespace AND 'source' = ANY (p.proargnames[:p.pronargs])
        AND p.provolatile = 'v' AND p.proname NOT IN ('create_source', 'release_identifier') UNION VALUES ('is_redeemable'), ('explain_registration')$$, 'every call that takes a source is tried');
SELECT is(pg_temp.from_source(c, 'website'), 'LY116', function || ': another source is not enabled') FROM call c;
SELECT is(pg_temp.from_source(c, 'InStore'), 'done', function || ': INSTORE always is') FROM call c;
SELECT is(pg_temp.from_source(c, 'nowhere'), 'LY008', function || ': one that does not exist says so') FROM call c;
SELECT is((SELECT error_code FROM loyalty.earn_points_batch('acme', jsonb_build_array(jsonb_build_object('customer_id', :ann, 'points', 5, 'source', 'tmall')), false)), 'LY116', 'an item of awards');
SELECT is((SELECT error_code FROM loyalty.redeem_points_batch('acme', jsonb_build_array(jsonb_build_object('customer_id', :ann, 'points', 5, 'source', 'tmall')), false)), 'LY116', 'an item of redemptions');
SELECT throws_ok($$SELECT loyalty.register_customer_json('acme', '{"profiles": [{"source": "TMALL", "identifiers": [{"type": "external_id", "value": "x"}]}]}')$$, 'LY116', NULL, 'a document');
SELECT lives_ok(format($$SELECT * FROM loyalty.points_ledger('acme', %s, source => 'TMALL')$$, :ann), 'a filter takes every source: history has it');
SELECT is((SELECT string_agg(source, ' ') FROM loyalty.sources WHERE is_enabled), 'INSTORE', 'the view says so');
SELECT loyalty.set_config('acme', 'CONF_CLIENT_V2_API_ENABLED', 'true');
SELECT is(pg_temp.from_source(c, 'website'), 'done', function || ': enabled') FROM call c;

-- New ones: for all orgs, under the word that they are.
SELECT cmp_ok(loyalty.create_source('Double-11 shop'), '>=', 100, 'a source has an id behind the first ones');
SELECT results_eq('SELECT source COLLATE "default", is_account_needed, is_enabled FROM loyalty.sources WHERE source LIKE ''DOUBLE%''', $$VALUES ('DOUBLE_11_SHOP', false, true)$$, 'it is shown in one spelling');
SELECT is(pg_temp.from_source(c, 'double11 Shop'), 'done', function || ': a source that was added') FROM call c;
SELECT loyalty.create_source('kakao', needs_account => true);
SELECT throws_ok(format($$SELECT loyalty.upsert_profile('acme', %s, 'KAKAO')$$, :ann), 'LY118', NULL, 'one that needs an account');
SELECT pg_temp.refused(format('loyalty.create_source(%L)', source), code, format('create_source(%L)', left(source, 20)))
FROM (VALUES ('Kakao', 'LY009'), ('k a-k_ao', 'LY009'), ('TMALL', 'LY009'), ('in-store', 'LY009'), ('all', 'LY003'), ('A_L-L', 'LY003'), ('--', 'LY003'), ('11', 'LY003'), ('"', 'LY003'), ('A/B', 'LY003'), ('A:B', 'LY003'), ('a,b', 'LY003'), (U&'\200Bx', 'LY003'),
    (E'x\ty', 'LY003'), (NULL, 'LY001'), ('', 'LY001'), (repeat('x', 101), 'LY002')) s (source, code);
SELECT throws_ok($$INSERT INTO loyalty_data.source VALUES (200, 'kak-ao', false)$$, '23505', NULL, 'no two of one word');
SELECT lives_ok($$SELECT setval('loyalty_data.source_id_seq', 1099)$$);
SELECT throws_ok($$SELECT loyalty.create_source('one too many')$$, '2200H', NULL, 'a thousand at most');
SELECT throws_ok(format($$SET LOCAL ROLE %s; SELECT loyalty.create_source('mine')$$, role), '42501', NULL, role || ' adds none') FROM unnest('{loyalty_agent,loyalty_pos,loyalty_analyst}'::text[]) role;
RESET ROLE;
SELECT * FROM finish();
ROLLBACK;
