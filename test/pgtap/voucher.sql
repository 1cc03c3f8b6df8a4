-- Gift vouchers: what is told, what a voucher has after each call, repeats, expiry by the clock whether the job has run or not, holders
-- who are merged and erased; that no row tells a code.
BEGIN;
SELECT no_plan();
SET LOCAL TimeZone = 'UTC';
SET LOCAL client_min_messages = error;
SET LOCAL loyalty.clock = '2024-05-10 10:00+00';
\ir ../fixtures/orgs.sql
SELECT pg_temp.new_org('lagoon', 'stars', tills => '{t1,t2}', zone => 'Europe/Berlin', country => 'DE');
SELECT loyalty.set_config('lagoon', 'CONF_GIFT_CARD_ENABLED', 'true'), loyalty.set_config('lagoon', 'CONF_ORG_CURRENCY_CODE', 'EUR');
SELECT pg_temp.customer('lagoon', 'E-ANN', '2024-01-01', '+4915112345678') AS ann,
    pg_temp.customer('lagoon', 'E-BOB', '2024-01-02', '+4915112345679') AS bob \gset
CREATE FUNCTION pg_temp.has(voucher int8) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', v.status, v.balance, (SELECT string_agg(m.movement || m.amount, ' ' ORDER BY m.movement_no)
        FROM loyalty.gift_voucher_movements m WHERE m.voucher_id = v.voucher_id))
    FROM loyalty.gift_vouchers v WHERE v.voucher_id = voucher $$;

-- ---------------------------------------------------------------- issuing

SELECT * FROM loyalty.issue_gift_voucher('lagoon', :ann, 50, expires_on => '2025-05-10', till => 't1', actor => 'Zoe', idempotency_key => 'sale 1') \gset a_
SELECT matches(:'a_voucher_code'::text, '^[2-9A-HJKMNP-Z0]{16}$', 'a code has sixteen symbols, none of which is taken for another');
SELECT is(:'a_expires_at'::timestamptz, '2025-05-10 22:00+00'::timestamptz, 'it ends behind its last day on the calendar of the org');
SELECT is(:'a_last_day'::date, '2025-05-10'::date, 'which is told, too');
SELECT is(pg_temp.has(:a_voucher_id), 'active 50.000 issued50.000', 'it has what was paid for it');
SELECT is(voucher_code, '************' || right(:'a_voucher_code', 4), 'a view shows the last four symbols')
FROM loyalty.gift_vouchers WHERE voucher_id = :a_voucher_id;
SELECT is((SELECT (voucher_id, voucher_code) FROM loyalty.issue_gift_voucher('lagoon', :ann, 50.00, expires_on => '2025-05-10', till => 't1', actor => 'Zoe', idempotency_key => 'sale 1')),
    (:a_voucher_id::int8, :'a_voucher_code'::text), 'the same call with the same key tells the same code');
SET LOCAL loyalty.clock = '2024-05-11 09:59:59+00';
SELECT is((SELECT voucher_code FROM loyalty.issue_gift_voucher('lagoon', :ann, 50, expires_on => '2025-05-10', till => 't1', actor => 'Zoe', idempotency_key => 'sale 1')),
    :'a_voucher_code'::text, 'for a day');
SET LOCAL loyalty.clock = '2024-05-11 10:00+00';
SELECT is((SELECT concat(voucher_id, voucher_code) FROM loyalty.issue_gift_voucher('lagoon', :ann, 50, expires_on => '2025-05-10', till => 't1', actor => 'Zoe', idempotency_key => 'sale 1')),
    :'a_voucher_id', 'then the voucher alone');
SELECT throws_ok(format($$SELECT loyalty.issue_gift_voucher('lagoon', %s, 51, expires_on => '2025-05-10', till => 't1', actor => 'Zoe', idempotency_key => 'sale 1')$$, :ann),
    'LY020', NULL, 'another amount under the key is refused');
SELECT throws_ok(format($$SELECT loyalty.issue_gift_voucher('lagoon', %s, 50, expires_on => '2025-05-10', till => 't1', actor => 'Zoe', idempotency_key => 'sale 1')$$, :bob),
    'LY020', NULL, 'and another customer');
SELECT throws_ok($$SELECT loyalty.issue_gift_voucher('lagoon', NULL, 50, expires_on => '2025-05-10', till => 't1', actor => 'Zoe', idempotency_key => 'sale 1')$$,
    'LY020', NULL, 'and nobody');
SELECT throws_ok($$SELECT loyalty.create_voucher('lagoon', 50, idempotency_key => 'sale 1')$$, 'LY020', NULL, 'and another function');
SET LOCAL loyalty.clock = '2024-05-10 10:00+00';
SELECT is(count(*), 100::int8, 'a hundred at once') FROM loyalty.create_voucher('lagoon', 25, 100, validity => '1 year', idempotency_key => 'print 1');
CREATE TEMP TABLE printed AS SELECT * FROM loyalty.create_voucher('lagoon', 25, 100, validity => '1 year', idempotency_key => 'print 1');
SELECT is((SELECT concat_ws(' ', count(DISTINCT voucher_code), count(DISTINCT voucher_id), min(last_day)) FROM printed), '100 100 2025-05-10',
    'a repeat tells all their codes, which differ, and a year ends on the same day');
SELECT is((SELECT count(*) FROM loyalty.gift_vouchers WHERE customer_id IS NULL AND balance = 25), 100::int8, 'nobody holds them');
SELECT * FROM loyalty.issue_gift_voucher('lagoon', NULL, 10) \gset n_
SELECT is(pg_temp.has(:n_voucher_id), 'active 10.000 issued10.000', 'one for whoever stands at the till, which never ends');
SELECT is((SELECT last_day FROM loyalty.gift_voucher_balance('lagoon', :'n_voucher_code')), NULL::date, 'its end is null');

-- ---------------------------------------------------------------- redeeming

SELECT is((SELECT concat_ws(' ', voucher_id, balance, status, issued_at, last_day) FROM loyalty.gift_voucher_balance('lagoon', :'a_voucher_code')),
    :'a_voucher_id' || ' 50.000 active 2024-05-10 10:00:00+00 2025-05-10', 'the balance by the code');
SELECT is((SELECT voucher_id FROM loyalty.gift_voucher_balance('lagoon',
    ' ' || lower(regexp_replace(replace(:'a_voucher_code', '0', 'O'), '(.{4})(?=.)', '\1-', 'g')) || ' ')), :a_voucher_id::int8,
    'a code in groups, in small letters, with letters for noughts');
SELECT * FROM loyalty.redeem_gift_voucher('lagoon', :'a_voucher_code', 19.99, 'B-1', till => 't2', idempotency_key => 'pay 1') \gset r_
SELECT is(concat_ws(' ', :r_voucher_id, :r_redeemed_amount, :r_balance, :'r_last_day'), :'a_voucher_id' || ' 19.990 30.010 2025-05-10', 'it pays');
SELECT is((SELECT (movement_id, balance) FROM loyalty.redeem_gift_voucher('lagoon', :'a_voucher_code', 19.990, 'B-1', till => 't2', idempotency_key => 'pay 1')),
    (:r_movement_id::int8, 30.010::numeric), 'once for a key');
SELECT throws_ok(format($$SELECT loyalty.redeem_gift_voucher('lagoon', %L, 20, 'B-1', till => 't2', idempotency_key => 'pay 1')$$, :'a_voucher_code'),
    'LY020', NULL, 'another amount under the key is refused');
SELECT throws_ok(format($$SELECT loyalty.redeem_gift_voucher('lagoon', %L, 30.02)$$, :'a_voucher_code'), 'LY916', NULL, 'no more than there is');
SELECT is((SELECT redeemed_amount FROM loyalty.redeem_gift_voucher('lagoon', :'a_voucher_code', 100, 'B-2', up_to => true)), 30.010, 'but as much as there is');
SELECT is(pg_temp.has(:a_voucher_id), 'used 0.000 issued50.000 redeemed-19.990 redeemed-30.010', 'and nothing is left');
SELECT throws_ok(format($$SELECT loyalty.redeem_gift_voucher('lagoon', %L, 100, up_to => true)$$, :'a_voucher_code'), 'LY916', NULL, 'of which nothing can be taken');
SELECT is((SELECT voucher_code FROM loyalty.issue_gift_voucher('lagoon', :ann, 50, expires_on => '2025-05-10', till => 't1', actor => 'Zoe', idempotency_key => 'sale 1')),
    NULL::text, 'a code that has paid is not told again');
SELECT is((SELECT concat_ws(' ', transaction_number, till, store, source) FROM loyalty.gift_voucher_movements WHERE movement_id = :r_movement_id),
    'B-1 t2 store INSTORE', 'a movement says where it was');

-- ---------------------------------------------------------------- giving back

SELECT is((SELECT concat_ws(' ', reversed_amount, balance) FROM loyalty.reverse_voucher_redemption('lagoon', :a_voucher_id, :r_movement_id, 9.99, idempotency_key => 'back 1')),
    '9.990 9.990', 'a part comes back to its voucher');
SELECT is((SELECT concat_ws(' ', reversed_amount, balance) FROM loyalty.reverse_voucher_redemption('lagoon', :a_voucher_id, :r_movement_id, 9.99, idempotency_key => 'back 1')),
    '9.990 9.990', 'once for a key');
SELECT throws_ok(format($$SELECT loyalty.reverse_voucher_redemption('lagoon', %s, %s, 10.01)$$, :a_voucher_id, :r_movement_id), 'LY432', NULL, 'not more than is left of it');
SELECT is((SELECT reversed_amount FROM loyalty.reverse_voucher_redemption('lagoon', :a_voucher_id, :r_movement_id)), 10.000, 'then the rest');
SELECT throws_ok(format($$SELECT loyalty.reverse_voucher_redemption('lagoon', %s, %s)$$, :a_voucher_id, :r_movement_id), 'LY915', NULL, 'and no more');
SELECT is((SELECT balance FROM loyalty.gift_voucher_balance('lagoon', :'a_voucher_code')), 19.990, 'it can be spent again');

-- ---------------------------------------------------------------- by hand

SELECT is((SELECT balance FROM loyalty.adjust_gift_voucher('lagoon', :n_voucher_id, 5, reason => 'sorry', actor => 'Zoe')), 15.000, 'more');
SELECT is((SELECT balance FROM loyalty.adjust_gift_voucher('lagoon', :n_voucher_id, -15, reason => 'wrong')), 0.000, 'less');
SELECT throws_ok(format($$SELECT loyalty.adjust_gift_voucher('lagoon', %s, -0.01, reason => 'wrong')$$, :n_voucher_id), 'LY916', NULL, 'not less than nothing');
SELECT loyalty.adjust_gift_voucher('lagoon', :n_voucher_id, 7, reason => 'sorry') IS NULL AS done \gset
SELECT loyalty.replace_gift_voucher_code('lagoon', :n_voucher_id, reason => 'lost') AS code \gset new_
SELECT isnt(:'new_code'::text, :'n_voucher_code'::text, 'another code');
SELECT is((SELECT balance FROM loyalty.gift_voucher_balance('lagoon', :'new_code')), 7.000, 'for the same money');
SELECT throws_ok(format($$SELECT loyalty.redeem_gift_voucher('lagoon', %L, 1)$$, :'n_voucher_code'), 'LY901', NULL, 'the one from before is none');
SELECT is((SELECT revoked_amount FROM loyalty.revoke_gift_voucher('lagoon', :n_voucher_id, reason => 'stolen', actor => 'Zoe', idempotency_key => 'k')), 7.000, 'revoked');
SELECT is((SELECT revoked_amount FROM loyalty.revoke_gift_voucher('lagoon', :n_voucher_id, reason => 'stolen', actor => 'Zoe', idempotency_key => 'k')), 7.000, 'once for a key');
SELECT throws_ok(format($$SELECT loyalty.redeem_gift_voucher('lagoon', %L, 1)$$, :'new_code'), 'LY904', NULL, 'and of no use');
SELECT is(pg_temp.has(:n_voucher_id), 'revoked 0.000 issued10.000 adjusted5.000 adjusted-15.000 adjusted7.000 code_replaced0.000 revoked-7.000', 'all of it is there to be read');

-- ---------------------------------------------------------------- the clock

SELECT voucher_id AS id, voucher_code AS code FROM loyalty.issue_gift_voucher('lagoon', :ann, 40, expires_on => '2024-05-12') \gset e_
SELECT movement_id FROM loyalty.redeem_gift_voucher('lagoon', :'e_code', 30, 'B-3') \gset e_
SET LOCAL loyalty.clock = '2024-05-12 21:59:59+00';
SELECT is((SELECT concat_ws(' ', status, balance) FROM loyalty.gift_voucher_balance('lagoon', :'e_code')), 'active 10.000', 'good to the last second of its last day');
SET LOCAL loyalty.clock = '2024-05-12 22:00+00';
SELECT is((SELECT concat_ws(' ', status, balance) FROM loyalty.gift_voucher_balance('lagoon', :'e_code')), 'expired 0.000', 'and not a moment longer');
SELECT is(pg_temp.has(:e_id), 'expired 0.000 issued40.000 redeemed-30.000', 'nobody has written that down');
SELECT is((SELECT concat_ws(' ', expired, outstanding) FROM loyalty.voucher_liability WHERE event_date = '2024-05-13'), '10.000 2519.990',
    'it is owed no more, from the day on that begins with its end');
SELECT throws_ok(format($$SELECT loyalty.redeem_gift_voucher('lagoon', %L, 1)$$, :'e_code'), 'LY903', NULL, 'it pays no more');
SELECT throws_ok(format($$SELECT loyalty.redeem_gift_voucher('lagoon', %L, 1, event_time => '2024-05-12 12:00+00')$$, :'e_code'), 'LY903', NULL,
    'nor for what happened before its end, if that is told too late');
SELECT is((SELECT concat_ws(' ', reversed_amount, balance) FROM loyalty.reverse_voucher_redemption('lagoon', :e_id, :e_movement_id, 12)), '12.000 0.000',
    'what comes back is gone');
SELECT is(pg_temp.has(:e_id), 'expired 0.000 issued40.000 redeemed-30.000 expired-10.000 reversed12.000', 'behind what had expired');
SELECT is((SELECT expired FROM loyalty.voucher_liability WHERE event_date = '2024-05-13'), 22.000, 'no liability is left of it');

-- ---------------------------------------------------------------- holders

SET LOCAL loyalty.clock = '2024-05-14 10:00+00';
SELECT voucher_id AS id, voucher_code AS code FROM loyalty.issue_gift_voucher('lagoon', :bob, 30, reason => 'for Bob Brown', idempotency_key => 'bob 1') \gset b_
SELECT loyalty.merge_customers('lagoon', :ann, :bob) IS NULL AS merged \gset
SELECT is((SELECT concat_ws(' ', customer_id, original_customer_id) FROM loyalty.gift_vouchers WHERE voucher_id = :b_id), concat_ws(' ', :ann, :bob), 'a survivor has the vouchers of both');
SELECT is((SELECT voucher_id FROM loyalty.issue_gift_voucher('lagoon', :ann, 30, reason => 'for Bob Brown', idempotency_key => 'bob 1')), :b_id::int8, 'and repeats what the other one asked');
SELECT is((SELECT balance FROM loyalty.redeem_gift_voucher('lagoon', :'b_code', 10)), 20.000, 'a voucher of a victim pays');

CREATE ROLE voucher_admin IN ROLE loyalty_admin;
SELECT loyalty.grant_org('lagoon', 'voucher_admin') IS NULL AS granted, loyalty.request_deletion('lagoon', :ann, 'gone') AS request \gset
SET LOCAL ROLE voucher_admin;
SELECT loyalty.approve_deletion('lagoon', :ann) IS NULL AS deleted \gset
RESET ROLE;
SELECT is((SELECT concat_ws(' ', customer_id, balance) FROM loyalty.gift_vouchers WHERE voucher_id = :b_id), '20.000', 'a deletion takes the holder and leaves the money');
SELECT is((SELECT count(reason) FROM loyalty.gift_voucher_movements WHERE voucher_id = :b_id), 0::int8, 'and what was said of a person');
SELECT is((SELECT balance FROM loyalty.redeem_gift_voucher('lagoon', :'b_code', 20)), 0.000, 'whoever has the code may spend it');

-- ---------------------------------------------------------------- nobody can change what was written, and no row has a code

SELECT throws_ok('UPDATE loyalty_data.voucher_movement SET amount = 1', 'LY412', NULL, 'movements do not change');
SELECT throws_ok('DELETE FROM loyalty_data.voucher_movement', 'LY412', NULL, 'nor go');
SELECT throws_ok('TRUNCATE loyalty_data.voucher_movement', 'LY412', NULL, 'by any way');
SET LOCAL session_replication_role = replica;
SELECT throws_ok('DELETE FROM loyalty_data.voucher_movement', 'LY412', NULL, 'whatever the role of the session');
SET LOCAL session_replication_role = origin;
CREATE FUNCTION pg_temp.tables_with(code text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    name text;
    found bool;
BEGIN
    FOR name IN SELECT relname FROM pg_class WHERE relnamespace = 'loyalty_data'::regnamespace AND relkind = 'r' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM loyalty_data.%I t WHERE t::text LIKE $1)', name) INTO found USING '%' || code || '%';
        IF found THEN
            RETURN NEXT name;
        END IF;
    END LOOP;
END $$;
SELECT is_empty(format('SELECT pg_temp.tables_with(%L)', code), 'no table has a code') FROM (VALUES (:'a_voucher_code'), (:'b_code'), (:'new_code')) c (code);
SELECT is(array_agg(name), '{gift_voucher}', 'but its last four symbols') FROM pg_temp.tables_with(right(:'b_code', 4)) name;

-- ---------------------------------------------------------------- whether all of it agrees

CREATE FUNCTION pg_temp.found() RETURNS text LANGUAGE sql AS $$ SELECT COALESCE(detail, 'ok') FROM loyalty.verify_incentives('lagoon') WHERE invariant = 'voucher_balances' $$;
SELECT is(pg_temp.found(), 'ok', 'balances are what movements come to');
CREATE FUNCTION pg_temp.breaks(change text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    BEGIN
        EXECUTE 'ALTER TABLE loyalty_data.voucher_movement DISABLE TRIGGER ledger_guard';
        EXECUTE change;
        RAISE EXCEPTION USING ERRCODE = 'ZZ001', MESSAGE = pg_temp.found();
    EXCEPTION WHEN SQLSTATE 'ZZ001' THEN
        RETURN SQLERRM;
    END;
END $$;
SELECT matches(pg_temp.breaks(change), said, change) FROM (VALUES
    ('UPDATE loyalty_data.gift_voucher SET balance = balance + 1 WHERE voucher_id = ' || :a_voucher_id, 'balance'),
    ('DELETE FROM loyalty_data.voucher_movement WHERE movement_no = 1 AND voucher_id = ' || :a_voucher_id, 'balance'),
    ('UPDATE loyalty_data.voucher_movement SET balance_after = balance_after + 1 WHERE movement_no = 1 AND voucher_id = ' || :a_voucher_id, 'movement 1'),
    ('UPDATE loyalty_data.voucher_movement SET reversed_no = 1 WHERE movement = ''v'' AND voucher_id = ' || :a_voucher_id, 'brings back'),
    ('DELETE FROM loyalty_data.voucher_code WHERE voucher_id = ' || :a_voucher_id, 'code'),
    ('UPDATE loyalty_data.gift_voucher SET code_digest = gen_random_uuid() WHERE voucher_id = ' || :a_voucher_id, 'code')) c (change, said);

SELECT * FROM finish();
ROLLBACK;
