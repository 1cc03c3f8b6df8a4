-- What calls about gift vouchers refuse, each with its SQLSTATE and in the order of the page; that a refused call writes nothing and says
-- no code; who may call what, and see what.
BEGIN;
SELECT no_plan();
SET LOCAL TimeZone = 'UTC';
SET LOCAL client_min_messages = error;
SET LOCAL loyalty.clock = '2024-05-10 10:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('lagoon', 'stars', tills => '{t1}', zone => 'Europe/Berlin', country => 'DE');
SELECT pg_temp.new_org('atoll', 'stars', zone => 'UTC', country => 'DE');
SELECT loyalty.set_config('lagoon', 'CONF_ORG_CURRENCY_CODE', 'EUR'), loyalty.set_config('atoll', 'CONF_GIFT_CARD_ENABLED', 'true');
SELECT pg_temp.customer('lagoon', 'E-ANN', '2024-01-01', '+4915112345678') AS ann,
    pg_temp.customer('lagoon', 'E-BOB', '2024-01-02', '+4915112345679') AS bob,
    pg_temp.customer('lagoon', 'E-VIC', '2024-01-02', '+4915112345670') AS victim \gset
SELECT loyalty.merge_customers('lagoon', :ann, :victim) IS NULL AS merged \gset
SELECT loyalty.earn_points('lagoon', :ann, 1000) IS NULL AS earned, loyalty.create_program('lagoon', 'mute', 'Mute') IS NULL AS made,
    loyalty.set_redemption_rules('lagoon', 'stars', points_per_currency_unit => 40) IS NULL AS ruled \gset

-- ---------------------------------------------------------------- an org that does not use them

SELECT pg_temp.refused(call, 'LY917', call) FROM (VALUES
    ($$loyalty.create_voucher('lagoon', 1)$$), ($$loyalty.issue_gift_voucher('lagoon', NULL, 1)$$),
    (format($$loyalty.issue_gift_voucher('lagoon', %s, 1)$$, :ann)), (format($$loyalty.issue_gift_voucher_for_points('lagoon', %s, 100)$$, :ann))) c (call);
SELECT loyalty.set_config('lagoon', 'CONF_GIFT_CARD_ENABLED', 'true');
SELECT voucher_id AS id, voucher_code AS code FROM loyalty.issue_gift_voucher('lagoon', :ann, 50, expires_on => '2024-12-31', idempotency_key => 'i') \gset a_
SELECT movement_id FROM loyalty.redeem_gift_voucher('lagoon', :'a_code', 20, 'B-1', idempotency_key => 'r') \gset a_
SELECT voucher_id AS id, voucher_code AS code FROM loyalty.issue_gift_voucher('lagoon', NULL, 5, expires_on => '2024-05-10') \gset e_
SELECT voucher_id AS id, voucher_code AS code FROM loyalty.issue_gift_voucher('lagoon', NULL, 5) \gset k_
SELECT movement_id FROM loyalty.redeem_gift_voucher('lagoon', :'k_code', 1) \gset k_
SELECT loyalty.revoke_gift_voucher('lagoon', :k_id, reason => 'stolen') IS NULL AS done, voucher_id AS id, voucher_code AS code
FROM loyalty.issue_gift_voucher('atoll', NULL, 5) \gset o_
SELECT loyalty.set_config('lagoon', 'CONF_GIFT_CARD_ENABLED', 'false');
SELECT set_config('test.secret', concat_ws('|', :'a_code', :'e_code', :'k_code', :'o_code', '12345678'), true) IS NULL AS set \gset
CREATE TEMP TABLE who AS SELECT :ann::int8 AS ann, :bob::int8 AS bob, :victim::int8 AS victim, :a_id::int8 AS a, :'a_code'::text AS a_code, :a_movement_id::int8 AS moved,
    :e_id::int8 AS e, :'e_code'::text AS e_code, :k_id::int8 AS k, :'k_code'::text AS k_code, :k_movement_id::int8 AS k_moved, :o_id::int8 AS o, :'o_code'::text AS o_code;
CREATE FUNCTION pg_temp.tries(call text, code text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.refused('loyalty.' || format(call, ann, bob, victim, a, a_code, moved, e, e_code, k, k_code, k_moved, o, o_code), code, call) FROM who $$;
SELECT pg_temp.tries(call, 'LY917') FROM (VALUES ($$redeem_gift_voucher('lagoon', %5$L, 1)$$), ($$adjust_gift_voucher('lagoon', %4$s, 1, reason => 'x')$$),
    ($$replace_gift_voucher_code('lagoon', %4$s, reason => 'x')$$)) c (call);
SELECT is((SELECT balance FROM loyalty.gift_voucher_balance('lagoon', :'a_code')), 30.000, 'what was sold before can be asked for');
SELECT is((SELECT balance FROM loyalty.redeem_gift_voucher('lagoon', :'a_code', 20, 'B-1', idempotency_key => 'r')), 30.000, 'and repeated');
SELECT is((SELECT voucher_code FROM loyalty.issue_gift_voucher('lagoon', :ann, 50, expires_on => '2024-12-31', idempotency_key => 'i')), NULL::text, 'also its issue');
SAVEPOINT off;
SELECT is((SELECT balance FROM loyalty.reverse_voucher_redemption('lagoon', :a_id, :a_movement_id)), 50.000, 'and money goes back');
ROLLBACK TO off;
SELECT loyalty.set_config('lagoon', 'CONF_GIFT_CARD_ENABLED', 'true');

-- ---------------------------------------------------------------- issuing

SELECT pg_temp.tries(replace(call, '#', f), code) FROM (VALUES ($$create_voucher('lagoon', $$), ($$issue_gift_voucher('lagoon', %1$s, $$)) x (f), (VALUES
    ('#NULL)', 'LY001'), ('#0)', 'LY413'), ('#-1)', 'LY413'), ('#1.005)', 'LY413'), ('#0.0001)', 'LY413'), ($$#'NaN')$$, 'LY402'), ($$#'infinity')$$, 'LY402'),
    ('#1e15)', 'LY404'), ($$#1, expires_on => '2024-05-09')$$, 'LY003'), ($$#1, expires_on => '9999-12-31')$$, 'LY003'), ($$#1, expires_on => 'infinity')$$, 'LY015'),
    ($$#1, expires_on => '1800-01-01')$$, 'LY015'), ($$#1, validity => '0')$$, 'LY003'), ($$#1, validity => '1 hour')$$, 'LY003'), ($$#1, validity => '-1 day')$$, 'LY003'),
    ($$#1, validity => '101 years')$$, 'LY003'), ($$#1, validity => '1 day', expires_on => '2024-06-01')$$, 'LY003'), ($$#1, till => 'x')$$, 'LY006'),
    ($$#1, store => 'x')$$, 'LY005'), ($$#1, source => 'x')$$, 'LY008'), ($$#1, reason => repeat('x', 1001))$$, 'LY002'), ($$#1, actor => repeat('x', 201))$$, 'LY002'),
    ($$#1, idempotency_key => repeat('x', 201))$$, 'LY002'), ($$#1, event_time => '2024-05-11')$$, 'LY408'), ($$#1, event_time => 'infinity')$$, 'LY015'),
    ($$#1, idempotency_key => 'i', reason => 'x')$$, 'LY020')) c (call, code);
SELECT pg_temp.tries(call, code) FROM (VALUES
    ($$create_voucher('lagoon', 1, 0)$$, 'LY003'), ($$create_voucher('lagoon', 1, 10001)$$, 'LY003'), ($$create_voucher('lagoon', 1, -1)$$, 'LY003'),
    ($$create_voucher('nowhere', 1)$$, 'LY004'), ($$create_voucher(NULL, 1)$$, 'LY001'),
    ($$issue_gift_voucher('lagoon', 0, 1)$$, 'LY107'), ($$issue_gift_voucher('lagoon', %3$s, 1)$$, 'LY125'),
    ($$issue_gift_voucher('lagoon', %1$s, 1, event_time => '2023-12-31')$$, 'LY407'),
    ($$issue_gift_voucher_for_points('lagoon', NULL, 100)$$, 'LY001'), ($$issue_gift_voucher_for_points('lagoon', 0, 100)$$, 'LY107'),
    ($$issue_gift_voucher_for_points('lagoon', %3$s, 100)$$, 'LY125'), ($$issue_gift_voucher_for_points('lagoon', %1$s, NULL)$$, 'LY001'),
    ($$issue_gift_voucher_for_points('lagoon', %1$s, -1)$$, 'LY401'), ($$issue_gift_voucher_for_points('lagoon', %1$s, 0.5)$$, 'LY403'),
    ($$issue_gift_voucher_for_points('lagoon', %1$s, 1001)$$, 'LY405'), ($$issue_gift_voucher_for_points('lagoon', %2$s, 100)$$, 'LY405'),
    ($$issue_gift_voucher_for_points('lagoon', %1$s, 100, program => 'x')$$, 'LY007'), ($$issue_gift_voucher_for_points('lagoon', %1$s, 100, program => 'ALL')$$, 'LY007'),
    ($$issue_gift_voucher_for_points('lagoon', %1$s, 100, program => 'mute')$$, 'LY003'),
    ($$issue_gift_voucher_for_points('lagoon', %1$s, 100, validity => '1 hour')$$, 'LY003'),
    ($$issue_gift_voucher_for_points('lagoon', %1$s, 100, card_number => '1')$$, 'LY003'), ($$issue_gift_voucher_for_points('lagoon', NULL, 100, card_number => '1')$$, 'LY306'),
    ($$issue_gift_voucher_for_points('lagoon', %1$s, 100, idempotency_key => 'i')$$, 'LY020'),
    ($$issue_gift_voucher_for_points('lagoon', %1$s, 100, verification => '00000000-0000-4000-8000-000000000000')$$, 'LY707')) c (call, code);

-- ---------------------------------------------------------------- codes

SELECT pg_temp.tries(call, code) FROM (VALUES
    ($$redeem_gift_voucher('lagoon', NULL, 1)$$, 'LY001'), ($$redeem_gift_voucher('lagoon', ' ', 1)$$, 'LY001'), ($$redeem_gift_voucher('lagoon', repeat('A', 101), 1)$$, 'LY002'),
    ($$redeem_gift_voucher('lagoon', repeat('A', 10000000), 1)$$, 'LY002'),
    ($$redeem_gift_voucher('lagoon', 'AAAAAAAAAAAAAAAA', 1)$$, 'LY901'), ($$redeem_gift_voucher('lagoon', 'AAAA', 1)$$, 'LY901'), ($$redeem_gift_voucher('lagoon', E'A\nB', 1)$$, 'LY901'),
    ($$redeem_gift_voucher('lagoon', '%%', 1)$$, 'LY901'), ($$redeem_gift_voucher('lagoon', left(%5$L, 15), 1)$$, 'LY901'), ($$redeem_gift_voucher('lagoon', %5$L || 'A', 1)$$, 'LY901'),
    ($$redeem_gift_voucher('lagoon', %13$L, 1)$$, 'LY901'), ($$redeem_gift_voucher('atoll', %5$L, 1)$$, 'LY901'), ($$redeem_gift_voucher('nowhere', %5$L, 1)$$, 'LY004'),
    ($$gift_voucher_balance('lagoon', NULL)$$, 'LY001'), ($$gift_voucher_balance('lagoon', '')$$, 'LY001'), ($$gift_voucher_balance('lagoon', repeat('A', 101))$$, 'LY002'),
    ($$gift_voucher_balance('lagoon', 'AAAAAAAAAAAAAAAA')$$, 'LY901'), ($$gift_voucher_balance('lagoon', %13$L)$$, 'LY901'), ($$gift_voucher_balance('atoll', %5$L)$$, 'LY901')) c (call, code);

-- ---------------------------------------------------------------- paying

SELECT pg_temp.tries(call, code) FROM (VALUES
    ($$redeem_gift_voucher('lagoon', %5$L, NULL)$$, 'LY001'), ($$redeem_gift_voucher('lagoon', %5$L, 0)$$, 'LY413'), ($$redeem_gift_voucher('lagoon', %5$L, -1)$$, 'LY413'),
    ($$redeem_gift_voucher('lagoon', %5$L, 1.001)$$, 'LY413'), ($$redeem_gift_voucher('lagoon', %5$L, 'NaN')$$, 'LY402'), ($$redeem_gift_voucher('lagoon', %5$L, 1e15)$$, 'LY404'),
    ($$redeem_gift_voucher('lagoon', %5$L, 30.01)$$, 'LY916'), ($$redeem_gift_voucher('lagoon', %5$L, 1, repeat('x', 101))$$, 'LY002'),
    ($$redeem_gift_voucher('lagoon', %5$L, 1, till => 'x')$$, 'LY006'), ($$redeem_gift_voucher('lagoon', %5$L, 1, source => 'x')$$, 'LY008'),
    ($$redeem_gift_voucher('lagoon', %5$L, 1, event_time => '2024-05-11')$$, 'LY408'), ($$redeem_gift_voucher('lagoon', %5$L, 1, event_time => '2024-05-09')$$, 'LY903'),
    ($$redeem_gift_voucher('lagoon', %5$L, 1, event_time => '2023-01-01')$$, 'LY407'), ($$redeem_gift_voucher('lagoon', %5$L, 1, idempotency_key => 'r')$$, 'LY020'),
    ($$redeem_gift_voucher('lagoon', %10$L, 1)$$, 'LY904'), ($$redeem_gift_voucher('lagoon', %8$L, 5.01)$$, 'LY916')) c (call, code);
SET LOCAL loyalty.clock = '2024-05-10 22:00+00';
SELECT pg_temp.tries(call, code) FROM (VALUES ($$redeem_gift_voucher('lagoon', %8$L, 1)$$, 'LY903'), ($$redeem_gift_voucher('lagoon', %8$L, 100)$$, 'LY903'),
    ($$adjust_gift_voucher('lagoon', %7$s, 1, reason => 'x')$$, 'LY903'), ($$revoke_gift_voucher('lagoon', %7$s, reason => 'x')$$, 'LY903'),
    ($$replace_gift_voucher_code('lagoon', %7$s, reason => 'x')$$, 'LY903')) c (call, code);

-- ---------------------------------------------------------------- the way back, and by hand

SELECT pg_temp.tries(call, code) FROM (VALUES
    ($$reverse_voucher_redemption('lagoon', NULL, 1)$$, 'LY001'), ($$reverse_voucher_redemption('lagoon', 0, 1)$$, 'LY901'), ($$reverse_voucher_redemption('lagoon', %12$s, 1)$$, 'LY901'),
    ($$reverse_voucher_redemption('lagoon', 9223372036854775807, 1)$$, 'LY901'), ($$reverse_voucher_redemption('lagoon', %4$s, NULL)$$, 'LY001'),
    ($$reverse_voucher_redemption('lagoon', %4$s, 0)$$, 'LY430'), ($$reverse_voucher_redemption('lagoon', %4$s, %11$s)$$, 'LY430'), ($$reverse_voucher_redemption('lagoon', %9$s, %11$s)$$, 'LY904'),
    ($$reverse_voucher_redemption('lagoon', %4$s, %6$s, 20.01)$$, 'LY432'), ($$reverse_voucher_redemption('lagoon', %4$s, %6$s, 0)$$, 'LY413'),
    ($$reverse_voucher_redemption('lagoon', %4$s, %6$s, 1.001)$$, 'LY413'), ($$reverse_voucher_redemption('lagoon', %4$s, %6$s, idempotency_key => 'r')$$, 'LY020'),
    ($$reverse_voucher_redemption('lagoon', %4$s, %6$s, event_time => '2024-05-09')$$, 'LY903'), ($$reverse_voucher_redemption('nowhere', %4$s, %6$s)$$, 'LY004'),
    ($$adjust_gift_voucher('lagoon', NULL, 1, reason => 'x')$$, 'LY001'), ($$adjust_gift_voucher('lagoon', 0, 1, reason => 'x')$$, 'LY901'), ($$adjust_gift_voucher('lagoon', %4$s, NULL, reason => 'x')$$, 'LY001'),
    ($$adjust_gift_voucher('lagoon', %4$s, 1)$$, 'LY001'), ($$adjust_gift_voucher('lagoon', %4$s, 1, reason => ' ')$$, 'LY001'), ($$adjust_gift_voucher('lagoon', %4$s, 0, reason => 'x')$$, 'LY413'),
    ($$adjust_gift_voucher('lagoon', %4$s, -0.005, reason => 'x')$$, 'LY413'), ($$adjust_gift_voucher('lagoon', %4$s, -30.01, reason => 'x')$$, 'LY916'),
    ($$adjust_gift_voucher('lagoon', %4$s, 999999999999999.99, reason => 'x')$$, 'LY404'), ($$adjust_gift_voucher('lagoon', %9$s, 1, reason => 'x')$$, 'LY904'),
    ($$revoke_gift_voucher('lagoon', 0, reason => 'x')$$, 'LY901'), ($$revoke_gift_voucher('lagoon', %4$s)$$, 'LY001'), ($$revoke_gift_voucher('lagoon', %9$s, reason => 'x')$$, 'LY904'),
    ($$replace_gift_voucher_code('lagoon', 0, reason => 'x')$$, 'LY901'), ($$replace_gift_voucher_code('lagoon', %4$s)$$, 'LY001'), ($$replace_gift_voucher_code('lagoon', %9$s, reason => 'x')$$, 'LY904')) c (call, code);

-- ---------------------------------------------------------------- statuses: block_everything, and nothing else

SELECT loyalty.enable_customer_status('lagoon') IS NULL AS on, loyalty.create_status_label('lagoon', 'suspended', 'Hold') IS NULL AS made,
    loyalty.get_config('lagoon', 'CONF_GIFT_CARD_ENABLED') AS config \gset
SELECT loyalty.set_restriction('lagoon', r, '{Hold}') FROM unnest('{block_points_redemption,block_coupon_redemption,block_coupon_issual,block_transaction}'::text[]) r \g /dev/null
SELECT loyalty.set_customer_status('lagoon', :ann, 'Hold') IS NULL AS held \gset
SAVEPOINT held;
SELECT is((SELECT balance FROM loyalty.redeem_gift_voucher('lagoon', :'a_code', 1)), 29.000, 'restrictions of points, bills and coupons leave vouchers alone');
ROLLBACK TO held;
SELECT loyalty.create_status_label('lagoon', 'deleted', 'Gone') IS NULL AS made, loyalty.set_restriction('lagoon', 'block_everything', '{Gone}') IS NULL AS set,
    loyalty.set_customer_status('lagoon', :ann, 'Gone') IS NULL AS gone \gset
SELECT pg_temp.tries(call, 'LY201') FROM (VALUES ($$redeem_gift_voucher('lagoon', %5$L, 1)$$), ($$issue_gift_voucher('lagoon', %1$s, 1)$$), ($$adjust_gift_voucher('lagoon', %4$s, 1, reason => 'x')$$),
    ($$replace_gift_voucher_code('lagoon', %4$s, reason => 'x')$$), ($$issue_gift_voucher_for_points('lagoon', %1$s, 100)$$)) c (call);
SELECT is((SELECT balance FROM loyalty.redeem_gift_voucher('lagoon', :'a_code', 20, 'B-1', idempotency_key => 'r')), 30.000, 'a repeat passes');
SELECT is((SELECT balance FROM loyalty.reverse_voucher_redemption('lagoon', :a_id, :a_movement_id)), 50.000, 'so does money that goes back');
SELECT is((SELECT revoked_amount FROM loyalty.revoke_gift_voucher('lagoon', :a_id, reason => 'x')), 50.000, 'and who is stopped may lose a voucher');

-- ---------------------------------------------------------------- roles

SELECT is((SELECT string_agg(p.proname || ':' || r.role, ' ' ORDER BY p.proname, r.role) FROM pg_proc p, unnest('{loyalty_admin,loyalty_agent,loyalty_analyst,loyalty_pos,public}'::text[]) r (role)
        WHERE p.pronamespace = 'loyalty'::regnamespace AND p.proname ~ 'voucher' AND has_function_privilege(r.role, p.oid, 'EXECUTE')),
    'adjust_gift_voucher:loyalty_admin adjust_gift_voucher:loyalty_agent create_voucher:loyalty_admin create_voucher:loyalty_agent '
    'expire_gift_vouchers:loyalty_admin gift_voucher_balance:loyalty_admin gift_voucher_balance:loyalty_agent gift_voucher_balance:loyalty_pos '
    'issue_gift_voucher:loyalty_admin issue_gift_voucher:loyalty_agent issue_gift_voucher:loyalty_pos '
    'issue_gift_voucher_for_points:loyalty_admin issue_gift_voucher_for_points:loyalty_agent issue_gift_voucher_for_points:loyalty_pos '
    'redeem_gift_voucher:loyalty_admin redeem_gift_voucher:loyalty_agent redeem_gift_voucher:loyalty_pos '
    'replace_gift_voucher_code:loyalty_admin replace_gift_voucher_code:loyalty_agent '
    'reverse_voucher_redemption:loyalty_admin reverse_voucher_redemption:loyalty_agent reverse_voucher_redemption:loyalty_pos '
    'revoke_gift_voucher:loyalty_admin revoke_gift_voucher:loyalty_agent', 'tills pay, staff corrects, admins run jobs');

SELECT * FROM finish();
ROLLBACK;
