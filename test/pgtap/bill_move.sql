-- move_transaction: a bill of the wrong customer becomes the right one's: points leave as a return takes them, and come as if it
-- had been rung up for the right one.
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = warning;
SET LOCAL TimeZone = 'UTC';
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('acme', 'base', '30 days', tills => '{t1,t2}', store => 'main', primary_key => 'external_id');
SELECT loyalty.create_program('acme', 'debts', 'Debts', allow_negative_on_return => true);
SELECT loyalty.create_program('acme', 'till', 'Till');
SELECT loyalty.create_till('acme', 't3', 'main', 'till');
SELECT pg_temp.new_org('bare', primary_key => 'external_id');
SELECT loyalty.enable_customer_status('acme');
SELECT loyalty.create_status_label('acme', 'suspended', 'No points');
SELECT loyalty.set_restriction('acme', 'block_points_allocation', ARRAY['No points']);
SELECT loyalty.create_status_label('acme', 'suspended', 'No bills');
SELECT loyalty.set_restriction('acme', 'block_transaction', ARRAY['No bills']);
SELECT pg_temp.customer('acme', name, '2024-01-01') AS id, name INTO TEMP who
FROM unnest('{ann,bob,cy,dee,eve,fay}'::text[]) name;
INSERT INTO who VALUES (pg_temp.customer('acme', 'guest', '2024-01-01', loyalty_type => 'non_loyalty'), 'guest'),
    (pg_temp.customer('acme', 'young', '2024-05-01'), 'young'), (pg_temp.customer('acme', 'poor', '2024-01-01'), 'poor'),
    (pg_temp.customer('acme', 'shut', '2024-01-01'), 'shut'),
    (pg_temp.customer('bare', 'bea', '2024-01-01'), 'bea'), (pg_temp.customer('bare', 'ben', '2024-01-01'), 'ben');
SELECT max(id) FILTER (WHERE name = 'ann') AS ann, max(id) FILTER (WHERE name = 'bob') AS bob, max(id) FILTER (WHERE name = 'cy') AS cy,
    max(id) FILTER (WHERE name = 'dee') AS dee, max(id) FILTER (WHERE name = 'eve') AS eve, max(id) FILTER (WHERE name = 'fay') AS fay,
    max(id) FILTER (WHERE name = 'guest') AS guest, max(id) FILTER (WHERE name = 'young') AS young, max(id) FILTER (WHERE name = 'poor') AS poor,
    max(id) FILTER (WHERE name = 'shut') AS shut, max(id) FILTER (WHERE name = 'bea') AS bea, max(id) FILTER (WHERE name = 'ben') AS ben FROM who \gset
SELECT loyalty.set_customer_status('acme', :poor, 'No points'), loyalty.set_customer_status('acme', :shut, 'No bills');
CREATE FUNCTION pg_temp.lots(customer bigint) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', award_type, line_no, points, remaining, expires_at::date), ', ' ORDER BY lot_id)
    FROM (SELECT loyalty_data.ledger_word(award_type, 'award_type') AS award_type, line_no, points, remaining, expires_at, lot_id
        FROM loyalty_data.points_lot WHERE customer_id = customer) l $$;
CREATE FUNCTION pg_temp.whose(number text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', w.name, f.amount, f.left_amount, f.till, f.event_time::date), ', ')
    FROM loyalty.find_transaction('acme', number) f JOIN who w ON w.id = f.customer_id $$;

-- ---------------------------------------------------------------- the whole of it

SELECT loyalty.add_transaction('acme', :ann, 'M', 100, event_time => '2024-04-20 12:00+00', till => 't1', discount => 7, points => 10,
    bill_promotion_points => 5, outlier_status => 'internal', line_items => '[{"item_code": "a", "amount": 60, "points": 12, "promotion_points": 4, "colour": "red"},
        {"item_code": "off", "amount": -1}, {"item_code": "b", "amount": 41, "quantity": 1.2345, "discount": 2, "points": 8}]');
SELECT is(concat_ws('|', from_points, to_points, current_points, warnings), '39.000|39.000|39.000|{}', 'the answer')
FROM loyalty.move_transaction('acme', 'M', :ann, :bob, reason => 'wrong card', actor => 'sue', idempotency_key => 'k');
SELECT is(concat_ws('|', from_points, to_points, current_points, warnings), '39.000|39.000|39.000|{}', 'the same once more')
FROM loyalty.move_transaction('acme', 'M', :ann, :bob, reason => 'wrong card', actor => 'sue', idempotency_key => 'k');
SELECT is(pg_temp.whose('M'), 'bob 100.000 100.000 t1 2024-04-20', 'the number is the right one''s');
SELECT is((SELECT current_points FROM loyalty.points_balance('acme', :ann, program => 'base')), 0.000, 'the points have left');
SELECT is(pg_temp.lots(:bob), 'bill 10.000 10.000 2024-05-21, bill_promotion 5.000 5.000 2024-05-21, line_item 1 12.000 12.000 2024-05-21, '
    'line_item_promotion 1 4.000 4.000 2024-05-21, line_item 3 8.000 8.000 2024-05-21', 'lots and expiries as if rung up for them');
SELECT is(string_agg(concat_ws('|', w.name, transaction_number, transaction_type, event_time::date, amount, discount, outlier_status, points, returned_amount, till), E'\n'
    ORDER BY transaction_id), 'ann|M|regular|2024-04-20|100.000|7.000|internal|39.000|100.000|t1
ann|return|2024-05-02|100.000|0.000|normal|-39.000|0|t1
bob|M|regular|2024-04-20|100.000|7.000|internal|39.000|0|t1', 'the trace on both sides')
FROM loyalty.transactions t JOIN who w ON w.id = t.customer_id;
SELECT is(b.parent_transaction_id, a.transaction_id, 'which names the first booking')
FROM loyalty.transactions a, loyalty.transactions b WHERE a.customer_id = :ann AND a.transaction_number = 'M' AND b.customer_id = :bob;
SELECT is(string_agg(concat_ws('|', line_no, item_code, quantity, amount, discount, attributes), E'\n' ORDER BY line_no),
    '1|a|1|60.000|0.000|{"colour": "red"}
2|off|1|-1.000|0.000
3|b|1.2345|41.000|2.000', 'its lines') FROM loyalty.transaction_lines WHERE customer_id = :bob;
SELECT is(string_agg(DISTINCT concat_ws('|', reason, actor), ', '), 'wrong card|sue', 'reason and actor') FROM loyalty_data.event_note;
SELECT is(count(*)::int, 2, 'on both sides') FROM loyalty_data.event_note;
SELECT is(count(DISTINCT pair_id)::int, 1, 'which share a pair') FROM loyalty_data.ledger_event WHERE pair_id IS NOT NULL;

SELECT pg_temp.refused(format($$loyalty.move_transaction('acme', 'M', %s, %s)$$, :ann, :bob), 'LY411', 'the wrong one has it no more');
SELECT pg_temp.refused(format($$loyalty.return_transaction('acme', %s, 'M')$$, :ann), 'LY411', 'no return for the wrong one');
SELECT pg_temp.refused(format($$loyalty.add_transaction('acme', %s, 'M', 1, till => 't1')$$, :ann), 'LY410', 'the number stays taken');
SELECT is(concat_ws('|', from_points, to_points), '39.000|39.000', 'on to a third') FROM loyalty.move_transaction('acme', 'M', :bob, :cy);
SELECT is(concat_ws('|', from_points, to_points), '39.000|39.000', 'and back to the first') FROM loyalty.move_transaction('acme', 'M', :cy, :ann);
SELECT is(concat_ws('|', amount, points), '40.594|14.000', 'a part comes back') FROM loyalty.return_transaction('acme', :ann, 'M', '[{"line_no": 3}]');
SELECT is(concat_ws('|', from_points, to_points, current_points, warnings), '39.000|39.000|39.000|{}', 'the first move once more, after all that')
FROM loyalty.move_transaction('acme', 'M', :ann, :bob, reason => 'wrong card', actor => 'sue', idempotency_key => 'k');
SELECT is(pg_temp.proved(), 'proved', 'every invariant holds');

-- ---------------------------------------------------------------- what became of the points

-- Spent by the wrong one on something else: other lots pay, then arrears where the program has them, else it ends there.
SELECT loyalty.add_transaction('acme', :dee, 'S-1', 100, event_time => '2024-04-20'), loyalty.redeem_points('acme', :dee, 80, program => 'base');
SELECT is(concat_ws('|', from_points, to_points, current_points), '20.000|100.000|100.000', 'spent') FROM loyalty.move_transaction('acme', 'S-1', :dee, :eve);
SELECT loyalty.add_transaction('acme', :dee, 'S-2', 100, program => 'debts'), loyalty.redeem_points('acme', :dee, 80, program => 'debts');
SELECT is(concat_ws('|', from_points, to_points, current_points), '100.000|100.000|100.000', 'arrears') FROM loyalty.move_transaction('acme', 'S-2', :dee, :eve);
SELECT is((SELECT current_points FROM loyalty.points_balance('acme', :dee, program => 'debts')), -80.000, 'below zero');
-- Expired for both.
SELECT loyalty.add_transaction('acme', :dee, 'S-3', 30, event_time => '2024-03-01');
SELECT is(concat_ws('|', from_points, to_points, current_points), '0.000|30.000|100.000', 'expired on arrival') FROM loyalty.move_transaction('acme', 'S-3', :dee, :eve);
-- Promised.
SELECT loyalty.add_transaction('acme', :dee, 'S-4', 30, category => 'promised');
SELECT is(concat_ws('|', from_points, to_points), '30.000|30.000', 'promised') FROM loyalty.move_transaction('acme', 'S-4', :dee, :eve);
SELECT is((SELECT promised_points FROM loyalty.points_balance('acme', :eve, program => 'base')), 30.000, 'are promised again');

-- ---------------------------------------------------------------- who earns

SELECT loyalty.add_transaction('acme', :guest, 'G-1', 50, event_time => '2024-04-25', till => 't3');
SELECT is(concat_ws('|', from_points, to_points, current_points), '0.000|50.000|50.000', 'of a guest, by the till''s program') FROM loyalty.move_transaction('acme', 'G-1', :guest, :fay);
SELECT is(concat_ws('|', from_points, to_points, current_points, warnings), '50.000|0.000|0.000|{}', 'to a guest')
FROM loyalty.move_transaction('acme', 'G-1', :fay, :guest, idempotency_key => 'g');
SELECT is(concat_ws('|', from_points, to_points, current_points, warnings), '50.000|0.000|0.000|{}', 'to a guest, again')
FROM loyalty.move_transaction('acme', 'G-1', :fay, :guest, idempotency_key => 'g');
SELECT loyalty.add_transaction('acme', :fay, 'G-2', 50, event_time => '2024-04-25');
SELECT is(concat_ws('|', from_points, to_points, warnings), '50.000|0.000|{points_blocked}', 'to one who gets no points')
FROM loyalty.move_transaction('acme', 'G-2', :fay, :poor, idempotency_key => 'p');
SELECT is(concat_ws('|', from_points, to_points, warnings), '50.000|0.000|{points_blocked}', 'again') FROM loyalty.move_transaction('acme', 'G-2', :fay, :poor, idempotency_key => 'p');
SELECT is(concat_ws('|', from_points, to_points, warnings), '0.000|50.000|{}', 'and on to one who does') FROM loyalty.move_transaction('acme', 'G-2', :poor, :fay);
SELECT loyalty.add_transaction('acme', :fay, 'G-3', 50, points => 0);
SELECT is(concat_ws('|', from_points, to_points), '0.000|0.000', 'a bill that was to earn nothing') FROM loyalty.move_transaction('acme', 'G-3', :fay, :eve);
SELECT loyalty.add_transaction('acme', :fay, 'G-4', 50, transaction_type => 'non_loyalty', event_time => '2023-05-01');
SELECT is(concat_ws('|', from_points, to_points), '0.000|0.000', 'one of no loyalty, older than both') FROM loyalty.move_transaction('acme', 'G-4', :fay, :eve);
SELECT loyalty.add_transaction('bare', :bea, 'B-1', 50);
SELECT is(concat_ws('|', from_points, to_points, current_points, warnings), '0.000|0.000|0.000|{no_program}', 'an org without a program') FROM loyalty.move_transaction('bare', 'B-1', :bea, :ben);

-- A bill that a fast clock rang up.
SELECT loyalty.add_transaction('acme', :fay, 'H-1', 50, event_time => '2024-05-02 10:04+00');
SELECT is(concat_ws('|', from_points, to_points), '50.000|50.000', 'a bill of a fast clock') FROM loyalty.move_transaction('acme', 'H-1', :fay, :eve);
SELECT is(pg_temp.proved(), 'proved', 'every invariant holds still');

-- ---------------------------------------------------------------- what is refused

SELECT loyalty.add_transaction('acme', :ann, 'R-1', 50, event_time => '2024-04-25', till => 't1'),
    loyalty.add_transaction('acme', :ann, 'R-2', 50), loyalty.redeem_points('acme', :ann, 5, program => 'base', transaction_number => 'R-2'),
    loyalty.add_transaction('acme', :ann, 'R-3', 50), loyalty.award_referral('acme', :ann, :cy, 5, 5, 'R-3'),
    loyalty.add_transaction('acme', :ann, 'R-4', 50, till => 't1'), loyalty.add_transaction('acme', :ann, 'R-4', 50, till => 't2'),
    loyalty.add_transaction('acme', :ann, 'R-5', 50), loyalty.return_transaction('acme', :ann, 'R-5', amount => 1, return_number => 'R-6');
SELECT pg_temp.refused(format('loyalty.move_transaction(%s)', replace(replace(call, 'ann', :'ann'), 'bob', :'bob')), code, call, detail) FROM (VALUES
    ('LY425', $$'acme', 'R-2', ann, bob$$, 'Points were redeemed on it.'), ('LY425', $$'acme', 'R-3', ann, bob$$, 'It was the reason of a referral.'),
    ('LY425', $$'acme', 'R-5', ann, bob$$, 'A part of it came back, or all of it.'),
    ('LY423', $$'acme', 'R-1', ann, bob, event_time => '2024-04-24'$$, NULL), ('LY408', $$'acme', 'R-1', ann, bob, event_time => '2024-05-03'$$, NULL),
    ('LY015', $$'acme', 'R-1', ann, bob, event_time => 'infinity'$$, NULL),
    ('LY411', $$'acme', 'R-6', ann, bob$$, NULL), ('LY411', $$'acme', 'R-9', ann, bob$$, NULL), ('LY411', $$'acme', 'R-1', bob, ann$$, NULL),
    ('LY411', $$'acme', 'R-1', ann, bob, 't2'$$, NULL), ('LY420', $$'acme', 'R-4', ann, bob$$, NULL),
    ('LY435', $$'acme', 'R-1', ann, ann$$, NULL), ('LY107', $$'acme', 'R-1', ann, 0$$, NULL), ('LY107', $$'acme', 'R-1', 0, ann$$, NULL),
    ('LY001', $$'acme', 'R-1', NULL, bob$$, NULL), ('LY001', $$'acme', 'R-1', ann, NULL$$, NULL), ('LY001', $$'acme', NULL, ann, bob$$, NULL),
    ('LY002', $$'acme', repeat('x', 101), ann, bob$$, NULL), ('LY006', $$'acme', 'R-1', ann, bob, 'gold'$$, NULL),
    ('LY006', $$'acme', 'R-1', ann, bob, till => 'gold'$$, NULL), ('LY005', $$'acme', 'R-1', ann, bob, store => 'gold'$$, NULL),
    ('LY008', $$'acme', 'R-1', ann, bob, source => 'gold'$$, NULL), ('LY002', $$'acme', 'R-1', ann, bob, reason => repeat('x', 1001)$$, NULL),
    ('LY004', $$'nowhere', 'R-1', ann, bob$$, NULL), ('LY020', $$'acme', 'R-1', ann, bob, idempotency_key => 'k'$$, NULL)) c (code, call, detail);
SELECT throws_ok(format($$SELECT loyalty.move_transaction('acme', 'R-1', %s, %s)$$, :ann, :young), 'LY407', NULL, 'to one who was registered later');
SELECT throws_ok(format($$SELECT loyalty.move_transaction('acme', 'R-1', %s, %s)$$, :ann, :shut), 'LY201', NULL, 'to one who gets no bills');
SELECT is(pg_temp.whose('R-1'), 'ann 50.000 50.000 t1 2024-04-25', 'a refused move changes nothing');
SELECT loyalty.reverse_redemption('acme', :ann, redemption_id) FROM loyalty.redemptions WHERE transaction_number = 'R-2';
SELECT is(concat_ws('|', from_points, to_points), '50.000|50.000', 'once the redemption is reversed') FROM loyalty.move_transaction('acme', 'R-2', :ann, :bob);

-- ---------------------------------------------------------------- after merges

SELECT loyalty.merge_customers('acme', :cy, :ann);
SELECT pg_temp.refused(format($$loyalty.move_transaction('acme', 'R-1', %s, %s)$$, :ann, :bob), 'LY125', 'a victim has no bills');
SELECT pg_temp.refused(format($$loyalty.move_transaction('acme', 'R-1', %s, %s)$$, :bob, :ann), 'LY125', 'and gets none');
SELECT is(concat_ws('|', from_points, to_points), '50.000|50.000', 'a bill of a victim') FROM loyalty.move_transaction('acme', 'R-1', :cy, :bob, idempotency_key => 'm');
SELECT loyalty.merge_customers('acme', :fay, :bob);
SELECT is(concat_ws('|', from_points, to_points), '50.000|50.000', 'once more, after the right one was merged') FROM loyalty.move_transaction('acme', 'R-1', :cy, :bob, idempotency_key => 'm');
SELECT loyalty.merge_customers('acme', :cy, :fay);
SELECT is(pg_temp.whose('R-1'), 'cy 50.000 50.000 t1 2024-04-25', 'right and wrong one merged: one bill is left');
SELECT is(concat_ws('|', amount, points), '50.000|50.000', 'which comes back once') FROM loyalty.return_transaction('acme', :cy, 'R-1');
SELECT is(pg_temp.proved(), 'proved', 'every invariant holds in the end');

CREATE ROLE test_move_pos IN ROLE loyalty_pos;
SELECT loyalty.grant_org('acme', 'test_move_pos');
SET ROLE test_move_pos;
SELECT throws_ok($$SELECT loyalty.move_transaction('acme', 'R-1', 1, 2)$$, '42501', NULL, 'a till may not');
RESET ROLE;
SELECT * FROM finish();
ROLLBACK;
