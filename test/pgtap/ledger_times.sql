-- Times that nobody gave, and times of tills whose clocks go fast: every call is taken at the later of the clock and what
-- it refers to; nothing takes effect after it was recorded; a bill may be older than the registration by the tolerance.
BEGIN;
SELECT no_plan();

SET LOCAL client_min_messages = warning;
SET LOCAL TimeZone = 'Europe/Berlin';
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+02';
SELECT loyalty.create_org('acme', 'Acme', 'Europe/Berlin');
SELECT loyalty.create_program('acme', 'p', 'P', true);
SELECT loyalty.set_config('acme', 'CONF_REGISTRATION_PRIMARY_KEY', 'external_id');

CREATE FUNCTION pg_temp.customer(name text, at timestamptz DEFAULT NULL) RETURNS bigint LANGUAGE sql AS $$
    SELECT customer_id FROM loyalty.register_customer('acme', external_id => name, registered_on => at) $$;

CREATE FUNCTION pg_temp.event_time(event bigint) RETURNS text LANGUAGE sql AS $$
    SELECT to_char(event_time, 'HH24:MI:SS') FROM loyalty.points_ledger_entries WHERE event_id = event LIMIT 1 $$;

-- ---------------------------------------------------------------- U3: a time that nobody gave

-- Each call on a customer of its own, who was registered at a till whose clock is 4 minutes fast; some after other calls.
SELECT pg_temp.customer('fast', '2024-05-02 10:04') AS fast, pg_temp.customer('other', '2024-05-02 10:03') AS other,
    pg_temp.customer('old', '2024-01-01') AS old \gset
SELECT event_id AS e FROM loyalty.earn_points('acme', :fast, 100) \gset
SELECT is(pg_temp.event_time(:e), '10:04:00', 'earn_points: at the registration');
SELECT event_id AS e FROM loyalty.add_transaction('acme', :fast, 'F1', 50) \gset
SELECT is(pg_temp.event_time(:e), '10:04:00', 'add_transaction: at the registration');
SELECT results_eq(format($$SELECT redeemable, available_points FROM loyalty.is_redeemable('acme', %s, 10)$$, :fast),
    $$VALUES (true, 150.000)$$, 'is_redeemable: taken');
SELECT event_id AS e, redemption_id AS r FROM loyalty.redeem_points('acme', :fast, 10) \gset
SELECT is(pg_temp.event_time(:e), '10:04:00', 'redeem_points: at the registration');
SELECT event_id AS e FROM loyalty.reverse_redemption('acme', :fast, :'r') \gset
SELECT is(pg_temp.event_time(:e), '10:04:00', 'reverse_redemption: at the registration');
SELECT event_id AS e FROM loyalty.return_transaction('acme', :fast, 'F1') \gset
SELECT is(pg_temp.event_time(:e), '10:04:00', 'return_transaction: at the bill');
SELECT event_id AS e FROM loyalty.adjust_points('acme', :fast, 5, 'credit', reason => 'x') \gset
SELECT is(pg_temp.event_time(:e), '10:04:00', 'adjust_points: at the registration');
SELECT event_id AS e FROM loyalty.adjust_points('acme', :fast, 5, 'debit', reason => 'x') \gset
SELECT is(pg_temp.event_time(:e), '10:04:00', 'adjust_points, a debit: at the registration');
SELECT event_id AS e FROM loyalty.import_points('acme', :fast, 5) \gset
SELECT is(pg_temp.event_time(:e), '10:04:00', 'import_points: at the registration');
SELECT event_id AS e FROM loyalty.import_opening_balance('acme', :fast, 5) \gset
SELECT is(pg_temp.event_time(:e), '10:04:00', 'import_opening_balance: at the registration');
SELECT lot_id AS lot FROM loyalty.earn_points('acme', :fast, 5, category => 'trigger_based') \gset
SELECT event_id AS e FROM loyalty.change_expiry('acme', :fast, :lot, '2025-01-01') \gset
SELECT is(pg_temp.event_time(:e), '10:04:00', 'change_expiry: at the registration');
SELECT event_id AS e FROM loyalty.unlock_promised_points('acme', :fast, lot_id => :lot) \gset
SELECT is(pg_temp.event_time(:e), '10:04:00', 'unlock_promised_points: at the registration');
SELECT event_id AS e FROM loyalty.transfer_points('acme', :fast, :old, 10) \gset
SELECT is(pg_temp.event_time(:e), '10:04:00', 'transfer_points: at the giver''s registration');
SELECT event_id AS e FROM loyalty.transfer_points('acme', :old, :other, 5) \gset
SELECT is(pg_temp.event_time(:e), '10:03:00', 'transfer_points: at the receiver''s registration');
SELECT event_id AS e FROM loyalty.award_referral('acme', :old, :fast, 1, 1) \gset
SELECT is(pg_temp.event_time(:e), '10:04:00', 'award_referral: at the referrer''s registration');
SELECT event_id AS e FROM loyalty.award_referral('acme', :other, :old, 1, 1) \gset
SELECT is(pg_temp.event_time(:e), '10:03:00', 'award_referral: at the referee''s registration');
SELECT is(error_code, NULL, 'earn_points_batch: taken')
FROM loyalty.earn_points_batch('acme', loyalty.earn_items(jsonb_build_array(jsonb_build_object('customer_id', :fast, 'points', 7))), false);
SELECT is(error_code, NULL, 'redeem_points_batch: taken')
FROM loyalty.redeem_points_batch('acme', loyalty.redeem_items(jsonb_build_array(jsonb_build_object('customer_id', :fast, 'points', 7))), false);
SELECT pg_temp.customer('victim', '2024-05-02 10:04:30') AS victim \gset
SELECT loyalty.earn_points('acme', :victim, 5);
SELECT lives_ok(format($$SELECT loyalty.merge_customers('acme', %s, %s)$$, :old, :victim), 'merge_customers: taken');
SELECT is(max(to_char(event_time, 'HH24:MI:SS')), '10:04:30', 'merge_customers: at the later registration')
FROM loyalty.merge_log WHERE victim_id = :victim;

-- What a call refers to beside the customer.
SELECT pg_temp.customer('till', '2024-01-01') AS till \gset
SELECT loyalty.add_transaction('acme', :till, 'T1', 100, event_time => '2024-05-02 10:04');
SELECT event_id AS e FROM loyalty.redeem_points('acme', :till, 10, transaction_number => 'T1') \gset
SELECT is(pg_temp.event_time(:e), '10:04:00', 'redeem_points: at the bill that it names');
SELECT event_id AS e FROM loyalty.award_referral('acme', :till, :old, 1, 1, transaction_number => 'T1') \gset
SELECT is(pg_temp.event_time(:e), '10:04:00', 'award_referral: at the bill that it names');
SELECT redemption_id AS r FROM loyalty.redeem_points('acme', :till, 10, event_time => '2024-05-02 10:05') \gset
SELECT event_id AS e FROM loyalty.reverse_redemption('acme', :till, :'r') \gset
SELECT is(pg_temp.event_time(:e), '10:05:00', 'reverse_redemption: at the redemption');
SELECT loyalty.redeem_points('acme', :till, 10, transaction_number => 'T1', event_time => '2024-05-02 10:04:40');
SELECT event_id AS e FROM loyalty.return_transaction('acme', :till, 'T1') \gset
SELECT is(pg_temp.event_time(:e), '10:04:40', 'return_transaction: at the redemption that it takes back');
SELECT lot_id AS lot FROM loyalty.earn_points('acme', :till, 5, category => 'trigger_based', event_time => '2024-05-02 10:03') \gset
SELECT event_id AS e FROM loyalty.change_expiry('acme', :till, :lot, '2025-01-01') \gset
SELECT is(pg_temp.event_time(:e), '10:03:00', 'change_expiry: at the award');
SELECT event_id AS e FROM loyalty.unlock_promised_points('acme', :till, lot_id => :lot) \gset
SELECT is(pg_temp.event_time(:e), '10:03:00', 'unlock_promised_points: at the award');

-- A time that is given is judged as ever.
SELECT throws_ok(format($$SELECT loyalty.earn_points('acme', %s, 1, event_time => '2024-05-02 10:00')$$, :fast), 'LY407', NULL,
    'a time that is given may not lie before the registration');
SELECT throws_ok(format($$SELECT loyalty.return_transaction('acme', %s, 'F2', event_time => '2024-05-02 10:01')$$, b), 'LY423', NULL,
    'nor that of a return before its bill')
FROM (SELECT :till AS b, loyalty.add_transaction('acme', :till, 'F2', 1, event_time => '2024-05-02 10:04')) x;

-- Where the clock is set back further than the tolerance, calls without a time still go on.
SET LOCAL loyalty.clock = '2024-05-02 09:00:00+02';
SELECT lives_ok(format($$SELECT loyalty.earn_points('acme', %s, 1)$$, :fast), 'an hour back: earn_points');
SELECT lives_ok(format($$SELECT loyalty.transfer_points('acme', %s, %s, 1)$$, :fast, :other), 'an hour back: transfer_points');
SELECT lives_ok(format($$SELECT loyalty.return_transaction('acme', %s, 'F2')$$, :till), 'an hour back: return_transaction');
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+02';

-- ---------------------------------------------------------------- U4: nothing takes effect after it is recorded

SELECT pg_temp.customer('night', '2024-01-01') AS night, pg_temp.customer('friend', '2024-01-01') AS friend \gset
SELECT lot_id AS lot FROM loyalty.earn_points('acme', :night, 100, expires_at => '2024-05-03 00:00') \gset
SET LOCAL loyalty.clock = '2024-05-02 23:57:00+02';
SELECT event_id AS e FROM loyalty.add_transaction('acme', :night, 'N1', 10, event_time => '2024-05-03 00:01:00') \gset
SELECT results_eq(format($$SELECT to_char(event_time, 'DD HH24:MI'), to_char(effective_at, 'DD HH24:MI'), to_char(recorded_at, 'DD HH24:MI')
    FROM loyalty.points_ledger_entries WHERE event_id = %s$$, :e), $$VALUES ('03 00:01', '02 23:57', '02 23:57')$$,
    'a bill of a till that goes fast takes effect when it is recorded, and keeps its time');
SELECT is(to_char(awarded_at, 'DD HH24:MI'), '03 00:01', 'its lot counts from the time that was told')
FROM loyalty_data.points_lot WHERE lot_id = :e;
SET LOCAL loyalty.clock = '2024-05-02 23:58:00+02';
SELECT results_eq(format($$SELECT redeemable FROM loyalty.is_redeemable('acme', %s, 110)$$, :night), $$VALUES (true)$$,
    'a minute later all is redeemable');
SELECT lives_ok(format($$SELECT loyalty.redeem_points('acme', %s, 60)$$, :night), 'and another till redeems');
-- Each other call within the tolerance leaves the points usable, too.
SELECT lives_ok(format($$SELECT loyalty.%s, event_time => '2024-05-03 00:02:00')$$, call), 'at 00:02 by its till: ' || call)
FROM (VALUES (format('earn_points(''acme'', %s, 1', :night)), (format('redeem_points(''acme'', %s, 1', :night)),
    (format('adjust_points(''acme'', %s, 1, ''debit'', reason => ''x''', :night)), (format('import_points(''acme'', %s, 1', :night)),
    (format('change_expiry(''acme'', %s, %s, ''2024-05-03 00:00''', :night, :lot)),
    (format('transfer_points(''acme'', %s, %s, 1', :night, :friend)), (format('award_referral(''acme'', %s, %s, 1, 1', :night, :friend)),
    (format('return_transaction(''acme'', %s, ''N1''', :night))) c (call);
SELECT is((SELECT sum(remaining) FROM loyalty_data.points_lot WHERE lot_id = :lot), 37.000, 'nothing of the old lot has expired');
SELECT is((SELECT max(effective_at) FROM loyalty_data.ledger_entry WHERE customer_id = :night), loyalty.clock(),
    'and nothing takes effect after the clock');
SELECT throws_ok(format($$SELECT loyalty.change_expiry('acme', %s, %s, '2024-05-02 23:58')$$, :night, :lot), 'LY409', NULL,
    'an expiry is judged at the effective time');
SET LOCAL loyalty.clock = '2024-05-03 00:00:00+02';
SELECT throws_ok(format($$SELECT loyalty.redeem_points('acme', %s, 40)$$, :night), 'LY405', NULL, 'at midnight they are gone');

-- A cap of today is not asked of tomorrow, nor the other way round.
SELECT loyalty.set_redemption_rules('acme', 'p', per_day => 10);
SELECT pg_temp.customer('capped', '2024-01-01') AS capped \gset
SELECT loyalty.earn_points('acme', :capped, 100);
SET LOCAL loyalty.clock = '2024-05-03 23:58:00+02';
SELECT loyalty.redeem_points('acme', :capped, 10, event_time => '2024-05-04 00:01:00');
SELECT throws_ok(format($$SELECT loyalty.redeem_points('acme', %s, 10)$$, :capped), 'LY434', NULL,
    'the cap of the day is that of the day on which it was recorded');
SET LOCAL loyalty.clock = '2024-05-04 00:02:00+02';
SELECT lives_ok(format($$SELECT loyalty.redeem_points('acme', %s, 10)$$, :capped), 'the next day has its own');

-- ---------------------------------------------------------------- bills before the registration

SELECT pg_temp.customer('newcomer', '2024-05-04 00:00:00') AS newcomer \gset
SELECT event_id AS e FROM loyalty.add_transaction('acme', :newcomer, 'R1', 10, event_time => '2024-05-03 23:55:00') \gset
SELECT results_eq(format($$SELECT to_char(event_time, 'DD HH24:MI'), to_char(effective_at, 'DD HH24:MI')
    FROM loyalty.points_ledger_entries WHERE event_id = %s$$, :e), $$VALUES ('03 23:55', '04 00:00')$$,
    'a bill at the end of the tolerance takes effect with the registration');
SELECT throws_ok(format($$SELECT loyalty.add_transaction('acme', %s, 'R2', 10, event_time => '2024-05-03 23:54:59.999999')$$, :newcomer),
    'LY407', NULL, 'a microsecond earlier is refused');
SELECT lives_ok($$SELECT loyalty.add_transaction_by_identifiers('acme', 'R3', 10, external_id => 'newcomer',
    event_time => '2024-05-03 23:56:00')$$, 'found by an identifier: taken');
SELECT throws_ok(format($$SELECT loyalty.earn_points('acme', %s, 10, event_time => '2024-05-03 23:59:59')$$, :newcomer), 'LY407', NULL,
    'no other call is');
SELECT loyalty.set_config('acme', 'CONF_EVENT_TIME_TOLERANCE', '0');
SELECT throws_ok(format($$SELECT loyalty.add_transaction('acme', %s, 'R4', 10, event_time => '2024-05-03 23:59:59')$$, :newcomer),
    'LY407', NULL, 'without a tolerance none');

-- ---------------------------------------------------------------- U12: a redemption that is told of late

-- Points of which the 1st of June is the last usable day, and a redemption of that day that is told of a day later.
-- What was posted in between decides; asked in either order, the answers are the same. (test/sql/ledger_jobs.sql has the job.)
CREATE FUNCTION pg_temp.told_late(name text, other boolean, award boolean, award_first boolean) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    c bigint := pg_temp.customer(name, '2024-01-01');
    answer text;
    dry record;
BEGIN
    PERFORM loyalty.earn_points('acme', c, 100, expires_at => '2024-06-02 00:00', event_time => '2024-05-01 09:00');
    PERFORM set_config('loyalty.clock', '2024-06-02 09:00+02', true);
    IF award AND award_first THEN PERFORM loyalty.earn_points('acme', c, 5); END IF;
    IF other THEN PERFORM loyalty.adjust_points('acme', c, 1, 'credit', reason => 'x', event_time => '2024-06-02 00:00'); END IF;
    IF award AND NOT award_first THEN PERFORM loyalty.earn_points('acme', c, 5); END IF;
    SELECT * INTO dry FROM loyalty.is_redeemable('acme', c, 50, event_time => '2024-06-01 18:00');
    BEGIN
        PERFORM loyalty.redeem_points('acme', c, 50, event_time => '2024-06-01 18:00');
        answer := 'redeemed';
    EXCEPTION WHEN OTHERS THEN
        answer := SQLSTATE;
    END;
    RETURN format('%s, redeemable: %s', answer, dry.redeemable);
END $$;
SELECT loyalty.set_redemption_rules('acme', 'p');
SELECT is(pg_temp.told_late(format('late %s %s %s', other, award, first), other, award, first),
    CASE WHEN other OR award THEN 'LY405, redeemable: f' ELSE 'redeemed, redeemable: t' END,
    format('told of late: other %s, award %s, award first %s', other, award, first))
FROM (VALUES (true), (false)) j (other), (VALUES (true), (false)) a (award), (VALUES (true), (false)) f (first)
ORDER BY other, award, first;
-- ---------------------------------------------------------------- promised points that have come

-- Promised on the 10th, regular from the 11th on: whether or not the job has run, and in each call.
SET LOCAL loyalty.clock = '2024-07-10 09:00:00+02';
SELECT pg_temp.customer('come', '2024-01-01') AS come, pg_temp.customer('gets', '2024-01-01') AS gets,
    pg_temp.customer('waits', '2024-01-01') AS waits \gset
SELECT count(loyalty.earn_points('acme', c, 60, category => 'promised')) FROM unnest(ARRAY[:come, :gets, :waits]) c;
SELECT loyalty.earn_points('acme', :come, 60, category => 'promised', expires_at => '2024-07-12 00:00');
CREATE FUNCTION pg_temp.balance(customer bigint, at timestamptz DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT format('%s %s %s %s', current_points::int, promised_points::int, available_points::int, expired_points::int)
    FROM loyalty.points_balance('acme', customer, as_of => at) $$;
SET LOCAL loyalty.clock = '2024-07-10 23:59:59.999999+02';
SELECT is(pg_temp.balance(:come), '0 120 0 0', 'promised until midnight');
SET LOCAL loyalty.clock = '2024-07-11 00:00:00+02';
SELECT is(pg_temp.balance(:come), '120 0 120 0', 'regular from then on');
SELECT is(pg_temp.balance(:come, '2024-07-10 12:00'), '0 120 0 0', 'and not before, as of a time');
SELECT is((SELECT string_agg(concat_ws(' ', p->>'promised_points', p->>'balance', p->>'available_points', p->>'trigger_based_points'), ', ')
    FROM jsonb_array_elements(loyalty.customer_single_view('acme', :come)->'points') p), '0.000 120.000 120.000 0.000',
    'in the single view, too');
SELECT results_eq(format($$SELECT redeemable, available_points FROM loyalty.is_redeemable('acme', %s, 70)$$, :come),
    $$VALUES (true, 120.000)$$, 'is_redeemable counts them');
SELECT is((SELECT count(*) FROM loyalty_data.ledger_entry WHERE customer_id = :come AND house_account = 'c'), 0::bigint, 'nothing was written');
SELECT throws_ok(format($$SELECT loyalty.redeem_points('acme', %s, 121)$$, :come), 'LY405', NULL, 'no more than there are');
SELECT is((SELECT count(*) FROM loyalty_data.ledger_entry WHERE customer_id = :come AND house_account = 'c'), 0::bigint,
    'a refused call has converted none');
SELECT is(current_points, 50.000, 'a redemption takes them, first those that expire') FROM loyalty.redeem_points('acme', :come, 70);
SELECT results_eq(format($$SELECT points, effective_at FROM loyalty_data.ledger_entry WHERE customer_id = %s AND house_account = 'c'
    AND entry_type = 'c'$$, :come), $$VALUES (120.000, '2024-07-11 00:00'::timestamptz)$$, 'which converts them at their instant');
SELECT is(pg_temp.balance(:come, '2024-07-11 00:00'), '50 0 50 0', 'the balance of that time is what it was, less the redemption');
-- Those with an expiry of their own went first: 50 of the others are left.
SET LOCAL loyalty.clock = '2024-07-12 00:00:00+02';
SELECT is(pg_temp.balance(:come), '50 0 50 0', 'nothing of them was left to expire');
SELECT lives_ok(format($$SELECT loyalty.transfer_points('acme', %s, %s, 60)$$, :gets, :come), 'a transfer gives them');
SELECT loyalty.enable_customer_status('acme'), loyalty.create_status_label('acme', 'suspended', 'On hold'),
    loyalty.create_status_label('acme', 'active', 'Fine'), loyalty.set_restriction('acme', 'block_points_allocation', '{On hold}'),
    loyalty.set_customer_status('acme', :waits, 'On hold');
SELECT is(pg_temp.balance(:waits), '0 60 0 0', 'they wait while the status keeps them from being allocated');
SELECT loyalty.set_customer_status('acme', :waits, 'Fine');
SELECT is(pg_temp.balance(:waits), '60 0 60 0', 'and come when that ends');

-- ---------------------------------------------------------------- the end of all dates

-- Points that would expire after 9999-12-31 never do; a clock of that year, in zones on both sides.
SET LOCAL loyalty.clock = '9999-06-15 10:00:00+00';
SELECT loyalty.create_org(zone, zone, zone), loyalty.create_program(zone, 'months', 'M', true, expiry_unit => 'months', expiry_value => 12),
    loyalty.create_program(zone, 'days', 'D', expiry_unit => 'days', expiry_value => 199),
    loyalty.create_program(zone, 'roll', 'R', expiry_unit => 'days', expiry_value => 199, expiry_type => 'rolling'),
    loyalty.create_program(zone, 'short', 'S', expiry_unit => 'days', expiry_value => 198),
    loyalty.create_program(zone, 'fixed', 'F', expiry_unit => 'fixed_date', expiry_date => '9999-12-31'),
    loyalty.create_program(zone, 'century', 'C', expiry_unit => 'months', expiry_value => 1200),
    loyalty.set_config(zone, 'CONF_REGISTRATION_PRIMARY_KEY', 'external_id'), loyalty.set_promised_rules(zone, 'months', 200),
    loyalty.set_promised_rules(zone, 'days', 198), loyalty.set_transfer_rules(zone, 'century', renew_expiry => true)
FROM unnest('{Europe/Berlin,Pacific/Auckland,America/Los_Angeles}'::text[]) zone;
CREATE TEMP TABLE ends AS SELECT zone, (SELECT customer_id FROM loyalty.register_customer(zone, external_id => 'a')) AS c,
    (SELECT customer_id FROM loyalty.register_customer(zone, external_id => 'b')) AS other
FROM unnest('{Europe/Berlin,Pacific/Auckland,America/Los_Angeles}'::text[]) zone;
SELECT is((SELECT expires_at FROM loyalty.earn_points(zone, c, 10, program => p)), NULL, format('%s: %s: never', zone, p))
FROM ends, unnest('{months,days,roll,fixed,century}'::text[]) p;
SELECT is((SELECT expires_at FROM loyalty.earn_points(zone, c, 10, program => 'short')),
    '9999-12-31 00:00'::timestamp AT TIME ZONE zone, zone || ': the last day on which points may expire') FROM ends;
SELECT lives_ok(format($$SELECT loyalty.add_transaction(%L, %s, 'B1', 10, program => 'century')$$, zone, c), zone || ': a bill') FROM ends;
SELECT lives_ok(format($$SELECT loyalty.transfer_points(%L, %s, %s, 5, program => 'century')$$, zone, c, other), zone || ': a transfer')
FROM ends;
SELECT lives_ok(format($$SELECT loyalty.redeem_points(%L, %s, 5, program => 'roll')$$, zone, c), zone || ': a redemption that rolls')
FROM ends;
SELECT throws_ok(format($$SELECT loyalty.earn_points(%L, %s, 10, program => 'months', category => 'promised')$$, zone, c), 'LY015',
    'the points would become regular after the year 9999', zone || ': a promise that no day keeps') FROM ends;
SELECT lives_ok(format($$SELECT loyalty.earn_points(%L, %s, 10, program => 'months', category => 'promised',
    redeemable_from => '9999-12-31 23:59:59.999999+00')$$, zone, c), zone || ': promised for the last instant') FROM ends;
SELECT lives_ok(format($$SELECT loyalty.earn_points(%L, %s, 10, program => 'days', category => 'promised')$$, zone, c),
    zone || ': promised for the last day') FROM ends;
SELECT is((SELECT max(date_part('year', greatest(nullif(expires_at, 'infinity'), nullif(redeemable_from, 'infinity')) AT TIME ZONE 'UTC')) FROM loyalty_data.points_lot), 9999::float8,
    'no lot has a year after 9999');
SELECT loyalty.set_config(zone, 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'true') FROM ends;
SELECT loyalty.create_card_series(zone, 's', 'S', validity => '100 years', length => 8, prefix => '44') FROM ends;
SELECT is((SELECT expires_at FROM loyalty.issue_card(zone, c, 's')), NULL, zone || ': a card without an end') FROM ends;
SET LOCAL loyalty.clock = '9999-12-31 23:59:59.999999+00';
SELECT lives_ok(format($$SELECT loyalty.earn_points(%L, %s, 10, program => %L)$$, zone, c, p), format('%s: %s: at the last instant', zone, p))
FROM ends, unnest('{months,days,roll,century}'::text[]) p;
SELECT lives_ok(format($$SELECT loyalty.points_balance(%L, %s)$$, zone, c), zone || ': a balance') FROM ends;
SELECT is_empty(format($$SELECT * FROM loyalty.verify_ledger(%L) WHERE NOT ok$$, zone), zone || ': the books are right') FROM ends;

-- ---------------------------------------------------------------- clocks before 2000, where PostgreSQL's count of time is zero

SET LOCAL loyalty.clock = '1999-06-01 10:00+02';
SELECT loyalty.create_org('then', 'Then'), loyalty.create_program('then', 'p', 'P', true),
    loyalty.set_config('then', 'CONF_REGISTRATION_PRIMARY_KEY', 'external_id');
SELECT customer_id AS old FROM loyalty.register_customer('then', external_id => 'old') \gset
SELECT loyalty.create_program('then', 'younger', 'Younger');
SELECT points FROM loyalty.import_opening_balance('then', :old, 5, program => 'younger');
SELECT points FROM loyalty.earn_points('then', :old, 1, program => 'younger', event_time => '1999-06-01 10:03');
SELECT is((SELECT max(recorded_at) FROM loyalty.points_ledger_entries WHERE org = 'then'), '1999-06-01 10:00'::timestamptz,
    'accounts that open with a balance are recorded by the clock, and so is what follows');

-- ---------------------------------------------------------------- promised points whose own expiry comes before their date

SELECT customer_id AS vain FROM loyalty.register_customer('then', external_id => 'vain') \gset
SELECT lot_id AS lot FROM loyalty.earn_points('then', :vain, 7, category => 'promised', redeemable_from => '1999-07-01',
    expires_at => '1999-06-20') \gset
SET LOCAL loyalty.clock = '1999-07-02 10:00+02';
SELECT is((SELECT next_conversion_at FROM loyalty_data.ledger_account WHERE customer_id = :vain AND category = 'r'
    AND program_id = (SELECT program_id FROM loyalty_data.program WHERE program = 'p' AND org_id = (SELECT org_id FROM loyalty_data.org WHERE org = 'then'))),
    NULL, 'they never become regular: no account waits for them');
SELECT results_eq(format($$SELECT current_points, promised_points, expired_points FROM loyalty.points_balance('then', %s)$$, :vain),
    $$VALUES (0.000, 0.000, 7.000)$$, 'they are expired, as read');
SELECT points FROM loyalty.earn_points('then', :vain, 1);
SELECT results_eq(format($$SELECT current_points, promised_points, expired_points FROM loyalty.points_balance('then', %s)$$, :vain),
    $$VALUES (1.000, 0.000, 7.000)$$, 'and after another call has posted');

-- ---------------------------------------------------------------- promised points without room: what is read can be spent

SELECT customer_id AS full FROM loyalty.register_customer('then', external_id => 'full') \gset
SELECT points FROM loyalty.adjust_points('then', :full, 999999999999990, 'credit', expires_at => '1999-07-03', reason => 'a fortune');
SET LOCAL loyalty.clock = '1999-07-04 10:00+02';
SELECT points FROM loyalty.earn_points('then', :full, 10, category => 'promised', redeemable_from => '1999-07-05');
SELECT points FROM loyalty.earn_points('then', :full, 5);
SET LOCAL loyalty.clock = '1999-07-06 10:00+02';
SELECT results_eq(format($$SELECT current_points, promised_points FROM loyalty.points_balance('then', %s)$$, :full),
    $$VALUES (5.000, 10.000)$$, 'what could not expire is not converted, as read');
SELECT results_eq(format($$SELECT redeemable, available_points FROM loyalty.is_redeemable('then', %s, 6)$$, :full),
    $$VALUES (false, 5.000)$$, 'nor to be spent');
SELECT throws_ok(format($$SELECT loyalty.redeem_points('then', %s, 6)$$, :full), 'LY405', NULL, 'by no call');
SELECT points FROM loyalty.redeem_points('then', :full, 5);
SELECT is_empty($$SELECT * FROM loyalty.verify_ledger('then') WHERE NOT ok$$, 'the books are right');

SELECT is_empty($$SELECT * FROM loyalty.verify_ledger('acme') WHERE NOT ok$$, 'the books are right');
SELECT finish();
ROLLBACK;
