-- What reversals, transfers, referrals, adjustments, imports, changes of expiry and redemption rules refuse, each with its
-- SQLSTATE; that a refused call writes nothing.
BEGIN;
SELECT no_plan();

SET LOCAL client_min_messages = warning;
SET LOCAL TimeZone = 'UTC';
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('acme', 'base', '30 days', tills => '{till}', store => 'main', primary_key => 'external_id');
SELECT loyalty.create_program('acme', 'fine', 'Fine, two decimals', decimals => 2);
SELECT pg_temp.customer('acme', 'ann', '2024-01-01') AS ann, pg_temp.customer('acme', 'bob', '2024-01-01') AS bob,
    pg_temp.customer('acme', 'campaign', '2024-01-01', loyalty_type => 'non_loyalty') AS campaign \gset
SELECT loyalty.earn_points('acme', :ann, 100, program => 'base', event_time => '2024-04-20');
SELECT loyalty.earn_points('acme', :ann, 2.5, program => 'fine', event_time => '2024-04-20');
SELECT event_id AS redemption, redemption_id AS redemption_id FROM loyalty.redeem_points('acme', :ann, 40, program => 'base',
    event_time => '2024-04-25 12:00+00') \gset

-- ---------------------------------------------------------------- reverse_redemption

CREATE TEMP TABLE usual (function text, arguments jsonb);
INSERT INTO usual VALUES ('reverse_redemption', jsonb_build_object('org', '''acme''', 'customer_id', :ann,
    'redemption_id', quote_literal(:'redemption_id')));

-- What all writing calls of one customer refuse alike.
CREATE FUNCTION pg_temp.refused_alike(function text, campaign text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT pg_temp.refused(pg_temp.call_of(u.function, u.arguments, c.changes::jsonb), c.code, u.function || ': ' || c.what)
    FROM usual u, (VALUES
        ('LY001', 'no org', '{"org": "NULL"}'), ('LY004', 'an unknown org', '{"org": "''nowhere''"}'),
        ('LY107', 'an unknown customer', '{"customer_id": "-1"}'), ('LY001', 'no customer', '{"customer_id": "NULL"}'),
        ('LY406', 'a customer who is not enrolled', format('{"customer_id": "%s"}', campaign)),
        ('LY006', 'an unknown till', '{"till": "''gold''"}'), ('LY008', 'an unknown source', '{"source": "''gold''"}'),
        ('LY002', 'a long reason', '{"reason": "repeat(''x'', 1001)"}'),
        ('LY002', 'a reason of 100 MB', '{"reason": "repeat(''x'', 100000000)"}'),
        ('LY002', 'a long key', '{"idempotency_key": "repeat(''x'', 201)"}'),
        ('LY002', 'a long actor', '{"actor": "repeat(''x'', 201)"}'),
        ('LY407', 'before the registration', '{"event_time": "''2023-12-31 23:59+00''"}'),
        ('LY408', 'in the future', '{"event_time": "''2024-05-03 10:00+00''"}'),
        ('LY015', 'infinity', '{"event_time": "''infinity''"}'), ('LY015', 'minus infinity', '{"event_time": "''-infinity''"}'),
        ('LY015', 'before 1900', '{"event_time": "''1899-12-31''"}')) c (code, what, changes)
    WHERE u.function = $1 $$;
CREATE FUNCTION pg_temp.refused_points(function text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT pg_temp.refused(pg_temp.call_of(u.function, u.arguments, jsonb_build_object('points', c.points)), c.code,
        u.function || ': points ' || left(c.points, 30))
    FROM usual u, (VALUES ('LY401', '0'), ('LY401', '-1'), ('LY402', '''NaN'''), ('LY402', '''Infinity'''), ('LY402', '''-Infinity'''),
        ('LY403', '0.0001'), ('LY404', '1000000000000000'), ('LY404', 'repeat(''9'', 10000)::numeric')) c (code, points)
    WHERE u.function = $1 $$;

SELECT pg_temp.refused_alike('reverse_redemption', :'campaign');
SELECT pg_temp.refused_points('reverse_redemption');
SELECT pg_temp.refused(pg_temp.call_of(function, arguments, c.changes::jsonb), c.code, function || ': ' || c.what, c.detail)
FROM usual, (VALUES
    ('LY001', 'no redemption', '{"redemption_id": "NULL"}', NULL), ('LY001', 'an empty one', '{"redemption_id": "''''"}', NULL),
    ('LY002', 'a long one', '{"redemption_id": "repeat(''x'', 101)"}', NULL),
    ('LY430', 'an unknown one', '{"redemption_id": "''??????''"}', NULL),
    ('LY430', 'an unknown event', '{"redemption_id": "NULL", "redemption_event_id": "1"}', NULL),
    ('LY430', 'event 0', '{"redemption_id": "NULL", "redemption_event_id": "0"}', NULL),
    ('LY430', 'the id of one and the event of another', '{"redemption_event_id": "1"}', NULL),
    ('LY430', 'somebody else''s', format('{"customer_id": "%s"}', :'bob'), NULL),
    ('LY430', 'an award', format('{"redemption_id": "NULL", "redemption_event_id": "%s"}',
        (SELECT min(lot_id) FROM loyalty_data.points_lot)), NULL),
    ('LY432', 'more than it has', '{"points": "41"}', 'Of 40 points 40 are left; asked for are 41.'),
    ('LY403', 'a fraction', '{"points": "0.5"}', 'Asked for are 0.5 points.'),
    ('LY433', 'before it', '{"event_time": "''2024-04-25 11:59:59+00''"}',
        'It is at 2024-04-25 11:59:59+00, the redemption at 2024-04-25 12:00:00+00.'),
    ('LY003', 'a customer and a card', '{"card_number": "''C1''"}', NULL)) c (code, what, changes, detail);
SELECT loyalty.reverse_redemption('acme', :ann, :'redemption_id', 15, idempotency_key => 'k');
SELECT pg_temp.refused(pg_temp.call_of(function, arguments, c.changes::jsonb), c.code, function || ': ' || c.what, c.detail)
FROM usual, (VALUES
    ('LY432', 'more than is left', '{"points": "26"}', 'Of 40 points 25 are left; asked for are 26.'),
    ('LY020', 'the key of another request', '{"points": "14", "idempotency_key": "''k''"}', NULL),
    ('LY020', 'and without points', '{"idempotency_key": "''k''"}', NULL)) c (code, what, changes, detail);
SELECT loyalty.reverse_redemption('acme', :ann, :'redemption_id');
SELECT pg_temp.refused(pg_temp.call_of(function, arguments, '{}'), 'LY432', function || ': nothing left',
    'Of 40 points 0 are left; asked for are all of them.') FROM usual;

-- ---------------------------------------------------------------- the other calls of one customer

DELETE FROM usual;
SELECT lot_id AS lot FROM loyalty.earn_points('acme', :ann, 7, program => 'base', event_time => '2024-04-28') \gset
SELECT lot_id AS spent FROM loyalty.earn_points('acme', :ann, 1, program => 'base', event_time => '2024-04-28', expires_at => '2024-04-29') \gset
SELECT loyalty.add_transaction('acme', :ann, 'B-1', 10, event_time => '2024-04-28');
INSERT INTO usual VALUES
    ('adjust_points', jsonb_build_object('org', '''acme''', 'customer_id', :ann, 'points', 10, 'entry_type', '''credit''', 'reason', '''fix''')),
    ('import_points', jsonb_build_object('org', '''acme''', 'customer_id', :ann, 'points', 10)),
    ('import_opening_balance', jsonb_build_object('org', '''acme''', 'customer_id', :ann, 'points', 10)),
    ('change_expiry', jsonb_build_object('org', '''acme''', 'customer_id', :ann, 'lot_id', :lot, 'expires_at', '''2025-01-01'''));
SELECT pg_temp.refused_alike(function, :'campaign') FROM usual;
SELECT pg_temp.refused_points(function) FROM usual WHERE function IN ('adjust_points', 'import_points');
SELECT pg_temp.refused(pg_temp.call_of(u.function, u.arguments, c.changes::jsonb), c.code, u.function || ': ' || c.what, c.detail)
FROM usual u JOIN (VALUES
    ('adjust_points', 'LY001', 'no reason', '{"reason": "NULL"}', NULL), ('adjust_points', 'LY001', 'an empty reason', '{"reason": "''''"}', NULL),
    ('adjust_points', 'LY001', 'neither credit nor debit', '{"entry_type": "NULL"}', NULL),
    ('adjust_points', 'LY003', 'a memo', '{"entry_type": "''memo''"}', NULL),
    ('adjust_points', 'LY003', 'a debit with an expiry', '{"entry_type": "''debit''", "expires_at": "''2025-01-01''"}', NULL),
    ('adjust_points', 'LY405', 'a debit of more than there is', '{"entry_type": "''debit''", "points": "118"}', 'Available are 117 points, asked for are 118.'),
    ('adjust_points', 'LY405', 'a debit of another category', '{"entry_type": "''debit''", "category": "''promised''"}', 'Available are 0 points, asked for are 10.'),
    ('import_points', 'LY003', 'an unknown event', '{"event_name": "''points_award''"}', NULL),
    ('import_points', 'LY405', 'a redemption of more than there is', '{"event_name": "''redemption_import''", "points": "118"}', NULL),
    ('import_points', 'LY405', 'an expiry of more than there is', '{"event_name": "''expiry_import''", "points": "118"}', NULL),
    ('import_points', 'LY409', 'an expiry that has passed', '{"expires_at": "''2024-05-02 10:00+00''"}', NULL),
    ('import_opening_balance', 'LY401', 'zero', '{"points": "0"}', NULL), ('import_opening_balance', 'LY001', 'no points', '{"points": "NULL"}', NULL),
    ('import_opening_balance', 'LY402', 'no number', '{"points": "''NaN''"}', NULL),
    ('import_opening_balance', 'LY402', 'minus infinity', '{"points": "''-Infinity''"}', NULL),
    ('import_opening_balance', 'LY403', 'a fraction', '{"points": "-0.5"}', NULL),
    ('import_opening_balance', 'LY404', 'too low', '{"points": "-1000000000000000"}', NULL),
    ('import_opening_balance', 'LY404', 'too low together', '{"points": "-999999999999999", "event_time": "''2024-05-01''", "program": "''deep''"}', NULL),
    ('import_opening_balance', 'LY003', 'arrears with an expiry', '{"points": "-1", "expires_at": "''2025-01-01''"}', NULL),
    ('change_expiry', 'LY001', 'no lot', '{"lot_id": "NULL"}', NULL), ('change_expiry', 'LY437', 'an unknown lot', '{"lot_id": "-1"}', NULL),
    ('change_expiry', 'LY437', 'somebody else''s lot', format('{"customer_id": "%s"}', :'bob'), NULL),
    ('change_expiry', 'LY438', 'a lot that expired', format('{"lot_id": "%s"}', :'spent'), NULL),
    ('change_expiry', 'LY409', 'the time of the event', '{"expires_at": "''2024-05-02 10:00+00''"}', NULL),
    ('change_expiry', 'LY409', 'before it', '{"expires_at": "''2024-05-02 09:59+00''"}', NULL),
    ('change_expiry', 'LY015', 'for ever', '{"expires_at": "''infinity''"}', NULL),
    ('change_expiry', 'LY003', 'now and later', '{"immediately": "true"}', NULL)) c (function, code, what, changes, detail) USING (function)
    WHERE c.what <> 'too low together';
SELECT pg_temp.refused(pg_temp.call_of(function, arguments, c.changes::jsonb), c.code, function || ': ' || c.what)
FROM usual, (VALUES ('LY003', 'an unknown category', '{"category": "''gold''"}'),
    ('LY007', 'an unknown program', '{"program": "''gold''"}')) c (code, what, changes)
WHERE function <> 'change_expiry';

-- ---------------------------------------------------------------- calls about two customers

DELETE FROM usual;
INSERT INTO usual VALUES
    ('transfer_points', jsonb_build_object('org', '''acme''', 'from_customer_id', :ann, 'to_customer_id', :bob, 'points', 10)),
    ('award_referral', jsonb_build_object('org', '''acme''', 'referee_id', :ann, 'referrer_id', :bob, 'referee_points', 10, 'referrer_points', 10));
SELECT pg_temp.refused_points('transfer_points');
SELECT pg_temp.refused(pg_temp.call_of(u.function, u.arguments, c.changes::jsonb), c.code, u.function || ': ' || c.what, c.detail)
FROM usual u JOIN (VALUES
    ('transfer_points', 'LY435', 'to oneself', format('{"to_customer_id": "%s"}', :'ann'), NULL),
    ('transfer_points', 'LY107', 'to nobody', '{"to_customer_id": "-1"}', NULL), ('transfer_points', 'LY107', 'from nobody', '{"from_customer_id": "-1"}', NULL),
    ('transfer_points', 'LY107', 'to nobody with a higher id', '{"to_customer_id": "9223372036854775807"}', NULL),
    ('transfer_points', 'LY001', 'to whom', '{"to_customer_id": "NULL"}', NULL), ('transfer_points', 'LY001', 'from whom', '{"from_customer_id": "NULL"}', NULL),
    ('transfer_points', 'LY406', 'to one who is not enrolled', format('{"to_customer_id": "%s"}', :'campaign'), NULL),
    ('transfer_points', 'LY406', 'from one who is not enrolled', format('{"from_customer_id": "%s"}', :'campaign'), NULL),
    ('transfer_points', 'LY405', 'more than there is', '{"points": "118"}', 'Available are 117 points, asked for are 118.'),
    ('transfer_points', 'LY007', 'an unknown program', '{"program": "''gold''"}', NULL),
    ('transfer_points', 'LY407', 'before the registration', '{"event_time": "''2023-12-31''"}', NULL),
    ('transfer_points', 'LY408', 'in the future', '{"event_time": "''2024-05-03''"}', NULL),
    ('award_referral', 'LY435', 'of oneself', format('{"referrer_id": "%s"}', :'ann'), NULL),
    ('award_referral', 'LY107', 'by nobody', '{"referrer_id": "-1"}', NULL), ('award_referral', 'LY107', 'of nobody', '{"referee_id": "-1"}', NULL),
    ('award_referral', 'LY001', 'by whom', '{"referrer_id": "NULL"}', NULL),
    ('award_referral', 'LY406', 'by one who is not enrolled', format('{"referrer_id": "%s"}', :'campaign'), NULL),
    ('award_referral', 'LY401', 'nothing for the referee', '{"referee_points": "0"}', NULL),
    ('award_referral', 'LY001', 'no points for the referrer', '{"referrer_points": "NULL"}', NULL),
    ('award_referral', 'LY403', 'a fraction', '{"referrer_points": "0.5"}', NULL),
    ('award_referral', 'LY411', 'an unknown bill', '{"transaction_number": "''B-2''"}', NULL),
    ('award_referral', 'LY411', 'a bill at another till', '{"transaction_number": "''B-1''", "transaction_till": "''till''"}', NULL)) c (function, code, what, changes, detail)
    USING (function);
SELECT loyalty.award_referral('acme', :ann, :bob, 1, 1, transaction_number => 'B-1');
SELECT pg_temp.refused(pg_temp.call_of(function, arguments, '{"transaction_number": "''B-1''"}'), 'LY439', 'award_referral: a second one for the bill')
FROM usual WHERE function = 'award_referral';
SELECT loyalty.transfer_points('acme', :ann, :bob, 1, idempotency_key => 'gift');
SELECT pg_temp.refused(pg_temp.call_of(function, arguments, '{"idempotency_key": "''gift''"}'), 'LY020', 'transfer_points: the key of another request')
FROM usual WHERE function = 'transfer_points';
-- The key is the giver's: the receiver may use the same.
SELECT lives_ok(format($$SELECT loyalty.transfer_points('acme', %s, %s, 1, idempotency_key => 'gift')$$, :bob, :ann), 'transfer_points: the receiver''s own key');
SELECT loyalty.set_transfer_rules('acme', 'base', points_per_day => 5, transfers_per_7_days => 2);
SELECT pg_temp.refused(pg_temp.call_of(function, arguments, c.changes::jsonb), 'LY436', 'transfer_points: ' || c.what, c.detail)
FROM usual, (VALUES ('too many points', '{"points": "5"}', 'Points within 1 day: at most 5; with this transfer 6.')) c (what, changes, detail)
WHERE function = 'transfer_points';
SELECT loyalty.transfer_points('acme', :ann, :bob, 1);
SELECT pg_temp.refused(pg_temp.call_of(function, arguments, '{"points": "1"}'), 'LY436', 'transfer_points: too many transfers',
    'Transfers within 7 days: at most 2; with this transfer 3.') FROM usual WHERE function = 'transfer_points';
SELECT loyalty.set_transfer_rules('acme', 'base', renew_expiry => true, exclude_registration_awards => true);
SELECT pg_temp.refused(pg_temp.call_of(function, arguments, '{"event_time": "''2024-04-28''", "points": "1000"}'), 'LY405',
    'transfer_points: after all that was given') FROM usual WHERE function = 'transfer_points';

-- ---------------------------------------------------------------- rules and conditions

SELECT pg_temp.refused(format('loyalty.set_redemption_rules(''acme'', ''base'', %s)', c.rules), c.code, 'set_redemption_rules: ' || c.rules, c.detail)
FROM (VALUES
    ('LY021', 'minimum => 0', 'The reason: minimum is not more than 0.'), ('LY021', 'per_day => -1', 'The reason: per_day is not more than 0.'),
    ('LY402', 'maximum => ''NaN''', NULL), ('LY402', 'per_week => ''Infinity''', NULL), ('LY403', 'multiple => 0.0001', NULL), ('LY404', 'per_month => 1e15', NULL),
    ('LY021', 'multiple => 0.5', 'The reason: multiple has more decimals than the program keeps.'),
    ('LY021', 'minimum => 10, maximum => 9', 'The reason: maximum is less than minimum.'),
    ('LY021', 'multiple => 10, maximum => 9', 'The reason: maximum is less than multiple.'),
    ('LY021', 'minimum => 10, per_month => 9', 'The reason: a cap is less than the least redemption.')) c (code, rules, detail);
SELECT pg_temp.refused(format('loyalty.set_transfer_rules(''acme'', ''base'', %s)', c.rules), c.code, 'set_transfer_rules: ' || c.rules)
FROM (VALUES
    ('LY021', 'points_per_day => 0'), ('LY021', 'transfers_per_7_days => 0'), ('LY021', 'points_per_day => 10, points_per_7_days => 9'),
    ('LY021', 'transfers_per_7_days => 3, transfers_per_30_days => 2')) c (code, rules);
SELECT pg_temp.refused($$loyalty.set_redemption_rules('acme', 'gold')$$, 'LY007', 'set_redemption_rules: an unknown program');
SELECT pg_temp.refused($$loyalty.set_transfer_rules('acme', 'gold')$$, 'LY007', 'set_transfer_rules: an unknown program');
SELECT loyalty.set_redemption_rules('acme', 'base', minimum => 10, maximum => 50, multiple => 5, balance_required => 20,
    lifetime_points_required => 100, per_day => 50, per_week => 60, per_month => 70);
SELECT pg_temp.refused(format('loyalty.redeem_points(''acme'', %s, %s, program => ''base'')', :ann, c.points), 'LY434', 'redeem_points: ' || c.points, c.detail)
FROM (VALUES (5, 'Condition minimum: 10 points; here it is 5.'), (55, 'Condition maximum: 50 points; here it is 55.'),
    (12, 'Condition multiple: 5 points; here it is 12.')) c (points, detail);
SELECT pg_temp.refused(format('loyalty.redeem_points(''acme'', %s, 1000, program => ''base'', up_to => NULL)', :ann), 'LY434', 'redeem_points: not up to them, unless told');
SELECT pg_temp.refused(format('loyalty.redeem_points(''acme'', %s, 10, program => ''base'')', :bob), 'LY434', 'redeem_points: too low a balance');
SELECT pg_temp.refused(format('loyalty.is_redeemable(''acme'', %s)', c.arguments), c.code, 'is_redeemable: ' || c.arguments)
FROM (VALUES ('LY107', '-1, 10'), ('LY001', 'NULL, 10'), ('LY001', :'ann' || ', NULL'), ('LY401', :'ann' || ', 0'), ('LY402', :'ann' || ', ''NaN'''),
    ('LY403', :'ann' || ', 0.001'), ('LY403', :'ann' || ', 0.5, program => ''base'''), ('LY007', :'ann' || ', 10, program => ''gold'''),
    ('LY408', :'ann' || ', 10, event_time => ''2024-05-03'''), ('LY407', :'ann' || ', 10, event_time => ''2023-05-03'''),
    ('LY015', :'ann' || ', 10, event_time => ''infinity''')) c (code, arguments);
SELECT is((SELECT failed_condition FROM loyalty.is_redeemable('acme', :campaign, 10)), 'enrolled', 'is_redeemable: a customer who is not enrolled');
-- The dry run and the redemption agree.
SELECT ok(d.redeemable = (d.failed_condition IS NULL), 'is_redeemable: ' || asked)
FROM unnest('{5,10,12,50,55,1000}'::numeric[]) asked, loyalty.is_redeemable('acme', :ann, asked, program => 'base') d;

-- ---------------------------------------------------------------- who may

SELECT is(array_agg(r ORDER BY r), c.roles, c.function || ': who may call it')
FROM (VALUES ('reverse_redemption', '{loyalty_admin,loyalty_agent,loyalty_pos}'::text[]), ('transfer_points', '{loyalty_admin,loyalty_agent,loyalty_pos}'),
    ('award_referral', '{loyalty_admin,loyalty_agent,loyalty_pos}'), ('is_redeemable', '{loyalty_admin,loyalty_agent,loyalty_pos}'),
    ('adjust_points', '{loyalty_admin,loyalty_agent}'), ('change_expiry', '{loyalty_admin,loyalty_agent}'), ('import_points', '{loyalty_admin}'),
    ('import_opening_balance', '{loyalty_admin}'), ('set_redemption_rules', '{loyalty_admin}'), ('set_transfer_rules', '{loyalty_admin}')) c (function, roles)
JOIN pg_proc p ON p.proname = c.function AND p.pronamespace = 'loyalty'::regnamespace
CROSS JOIN unnest('{loyalty_admin,loyalty_agent,loyalty_pos,loyalty_analyst,pg_monitor}'::text[]) r
WHERE has_function_privilege(r, p.oid, 'EXECUTE') GROUP BY c.function, c.roles;

-- ---------------------------------------------------------------- after all that

SELECT is((SELECT string_agg(invariant, ', ') FROM loyalty.verify_ledger('acme') WHERE ok IS NOT TRUE), NULL, 'every invariant holds');
SELECT * FROM finish();
ROLLBACK;
