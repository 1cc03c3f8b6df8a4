-- Returns, as docs/bill.md tells of them: whole, by line, by quantity, by amount; every fate of the points.
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
SET loyalty.clock = '2024-01-01 09:00+00';
SELECT pg_temp.new_org('books', tills => '{pier-1,pier-2}', store => 'pier', primary_key => 'external_id');
SELECT loyalty.create_program('books', 'stars', 'Stars', rounding => 'floor', expiry_unit => 'days',
    expiry_value => 30) > 0 AS program;
SELECT loyalty.create_program('books', 'debts', 'Below zero', allow_negative_on_return => true) > 0 AS program;
SELECT pg_temp.customer('books', 'A-1') AS ann, pg_temp.customer('books', 'B-1') AS beth,
    pg_temp.customer('books', 'C-1') AS cleo, pg_temp.customer('books', 'D-1') AS dora,
    pg_temp.customer('books', 'E-1') AS eve \gset

-- What a customer's ledger and lots say.
CREATE FUNCTION ledger_of(customer bigint)
RETURNS TABLE (event_name text, program text, category text, entry_type text, points numeric, balance_after numeric)
LANGUAGE sql AS $$
    SELECT event_name, program, category, entry_type, points, balance_after
    FROM loyalty.points_ledger('books', customer, from_time => '2024-01-01 09:30+00', to_time => '2030-01-01',
        newest_first => false) WHERE entry_type <> 'opening_balance'
$$;
CREATE FUNCTION lots_of(customer bigint)
RETURNS TABLE (award_type text, line_no int, points numeric, remaining numeric, redeemed numeric, expired numeric,
               returned numeric, transferred numeric, arrears_paid numeric)
LANGUAGE sql AS $$
    SELECT loyalty_data.ledger_word(l.award_type, 'award_type'), l.line_no, l.points, l.remaining, l.redeemed, l.expired,
           l.returned, l.transferred, l.arrears_paid
    FROM loyalty_data.points_lot l WHERE l.customer_id = customer ORDER BY l.lot_id
$$;

-- ---------------------------------------------------------------- bills

-- Points at bill and at line level, regular and promotional: each a lot of its own, all in one credit.
SET loyalty.clock = '2024-01-02 10:00+00';
SELECT points, current_points FROM loyalty.add_transaction('books', :ann, 'B-1', 100, till => 'pier-1', points => 10,
    bill_promotion_points => 5, customer_promotion_points => 3, line_items =>
    '[{"item_code": "atlas", "amount": 60, "points": 12, "promotion_points": 4},
      {"item_code": "pencil", "quantity": 8, "amount": 40, "points": 8}]');
SELECT award_type, line_no, points, remaining FROM lots_of(:ann);
SELECT * FROM ledger_of(:ann);

-- ---------------------------------------------------------------- by line and by quantity

-- Three of eight pencils: their share of the line's points, and of the bill's in proportion to the amount.
SET loyalty.clock = '2024-01-03 10:00+00';
SELECT amount, points, current_points FROM loyalty.return_transaction('books', :ann, 'B-1', '[{"line_no": 2, "quantity": 3}]');
SELECT award_type, line_no, points, remaining, returned FROM lots_of(:ann);
-- The rest of the line, the other line: together what the whole bill brought.
SELECT amount, points, current_points FROM loyalty.return_transaction('books', :ann, 'B-1', '[{"line_no": 2}]');
SELECT amount, points, current_points FROM loyalty.return_transaction('books', :ann, 'B-1', '[{"line_no": 1}]',
    return_number => 'R-9', till => 'pier-2');
SELECT * FROM ledger_of(:ann);
SELECT * FROM loyalty.points_balance('books', :ann, program => 'stars');

-- ---------------------------------------------------------------- by amount

-- A third, a third and the rest: rounded as the program says, and nothing is lost.
SELECT points FROM loyalty.add_transaction('books', :beth, 'B-2', 99.99, points => 100) ;
SELECT amount, points, current_points FROM loyalty.return_transaction('books', :beth, 'B-2', amount => 33.33);
SELECT amount, points, current_points FROM loyalty.return_transaction('books', :beth, 'B-2', amount => 33.33);
SELECT amount, points, current_points FROM loyalty.return_transaction('books', :beth, 'B-2');

-- ---------------------------------------------------------------- spent points

-- Already redeemed: other lots pay, first expiring first; then it ends there.
SELECT points FROM loyalty.add_transaction('books', :cleo, 'B-3', 100);
SELECT points FROM loyalty.redeem_points('books', :cleo, 80, program => 'stars');
SELECT points FROM loyalty.earn_points('books', :cleo, 50);
SELECT amount, points, current_points FROM loyalty.return_transaction('books', :cleo, 'B-3');
SELECT * FROM lots_of(:cleo);
SELECT * FROM ledger_of(:cleo);

-- Where the program lets balances go below zero, the rest is arrears, which the next award pays.
SELECT points FROM loyalty.add_transaction('books', :dora, 'B-4', 100, program => 'debts');
SELECT points FROM loyalty.redeem_points('books', :dora, 80, program => 'debts');
SELECT amount, points, current_points FROM loyalty.return_transaction('books', :dora, 'B-4');
SELECT points, current_points FROM loyalty.add_transaction('books', :dora, 'B-5', 100, program => 'debts');
SELECT * FROM lots_of(:dora);
-- What had paid arrears is returned, too.
SELECT amount, points, current_points FROM loyalty.return_transaction('books', :dora, 'B-5', amount => 50);
SELECT amount, points, current_points FROM loyalty.return_transaction('books', :dora, 'B-5', amount => 50);
SELECT * FROM lots_of(:dora);
SELECT * FROM ledger_of(:dora);

-- ---------------------------------------------------------------- expired points

-- Already expired: a credit and a debit, nothing in sum.
SELECT points FROM loyalty.add_transaction('books', :eve, 'B-6', 100);
SELECT points FROM loyalty.redeem_points('books', :eve, 30, program => 'stars');
SET loyalty.clock = '2024-03-01 10:00+00';
SELECT points FROM loyalty.earn_points('books', :eve, 10);
SELECT amount, points, current_points FROM loyalty.return_transaction('books', :eve, 'B-6');
SELECT * FROM lots_of(:eve);
SELECT * FROM ledger_of(:eve);

-- ---------------------------------------------------------------- what paid for the bill

-- Points that paid for the bill come back first; then the bill's points go.
SELECT points FROM loyalty.earn_points('books', :eve, 50);
SELECT points FROM loyalty.add_transaction('books', :eve, 'B-7', 40, till => 'pier-1');
SELECT points FROM loyalty.redeem_points('books', :eve, 30, program => 'stars', till => 'pier-1', transaction_number => 'B-7');
SELECT amount, points, current_points FROM loyalty.return_transaction('books', :eve, 'B-7', amount => 10);
SELECT amount, points, current_points FROM loyalty.return_transaction('books', :eve, 'B-7');
SELECT event_name, entry_type, points, balance_after FROM ledger_of(:eve) WHERE program = 'stars' OFFSET 6;

-- A return that is told of late, older than what paid for its bill: it takes effect after that, and puts it back.
SELECT points FROM loyalty.add_transaction('books', :eve, 'B-13', 40, event_time => '2024-02-25 10:00+00');
SELECT points FROM loyalty.redeem_points('books', :eve, 30, program => 'stars', transaction_number => 'B-13', event_time => '2024-02-28 10:00+00');
SELECT amount, points, current_points FROM loyalty.return_transaction('books', :eve, 'B-13', event_time => '2024-02-26 10:00+00');
SELECT event_name, event_time, effective_at, entry_type, points, balance_after
FROM loyalty.points_ledger('books', :eve, from_time => '2024-02-20', to_time => '2024-04-01', newest_first => false)
WHERE category = 'regular' AND transaction_id IN (SELECT transaction_id FROM loyalty.transactions WHERE transaction_number = 'B-13'
    OR parent_transaction_id = (SELECT transaction_id FROM loyalty.transactions WHERE transaction_number = 'B-13'));

-- ---------------------------------------------------------------- guards

SELECT transaction_id FROM loyalty.return_transaction('books', :eve, 'B-7');
SELECT points FROM loyalty.add_transaction('books', :eve, 'B-8', 40, till => 'pier-1', line_items => '[{"item_code": "ink", "amount": 20, "quantity": 2}, {"item_code": "pen", "amount": 20}]');
SELECT points FROM loyalty.add_transaction('books', :eve, 'B-8', 70, till => 'pier-2');
SELECT points FROM loyalty.return_transaction('books', :eve, 'B-8');
SELECT points FROM loyalty.return_transaction('books', :eve, 'B-8', transaction_till => 'pier-2', amount => 71);
SELECT points FROM loyalty.return_transaction('books', :eve, 'B-8', transaction_till => 'pier-1', event_time => '2024-02-29');
SELECT points FROM loyalty.return_transaction('books', :eve, 'B-8', '[{"line_no": 1, "quantity": 3}]', transaction_till => 'pier-1');
SELECT points, current_points FROM loyalty.return_transaction('books', :eve, 'B-8', '[{"line_no": 1, "quantity": 1}]', transaction_till => 'pier-1', idempotency_key => 'again');
SELECT points, current_points FROM loyalty.return_transaction('books', :eve, 'B-8', '[{"line_no": 1, "quantity": 1}]', transaction_till => 'pier-1', idempotency_key => 'again');
SELECT points FROM loyalty.return_transaction('books', :eve, 'B-8', transaction_till => 'pier-1', amount => 5);

-- ---------------------------------------------------------------- points given away

-- What was transferred is not taken from whoever received it: the giver's other points pay, then arrears.
SELECT customer_id AS gil FROM loyalty.register_customer('books', external_id => 'G-1') \gset
SELECT customer_id AS hal FROM loyalty.register_customer('books', external_id => 'H-1') \gset
SELECT points FROM loyalty.add_transaction('books', :gil, 'B-11', 100, program => 'debts');
SELECT points, current_points FROM loyalty.transfer_points('books', :gil, :hal, 60, 'debts');
SELECT points, current_points FROM loyalty.redeem_points('books', :gil, 30, program => 'debts');
SELECT points FROM loyalty.earn_points('books', :gil, 50, program => 'debts');
-- Fates mixed: 10 unspent, 30 redeemed, 60 given away; another lot pays 50 of them.
SELECT amount, points, current_points FROM loyalty.return_transaction('books', :gil, 'B-11');
SELECT * FROM lots_of(:gil);
SELECT * FROM lots_of(:hal);
SELECT * FROM ledger_of(:gil);
SELECT movement, points, house_account, event_name FROM loyalty.lot_trace WHERE customer_id = :gil ORDER BY event_id, lot_id, movement;

-- ---------------------------------------------------------------- promised points

-- Promised by a bill: a part is returned while promised, the rest follows the conversion into the regular lot, of which
-- some is spent.
SELECT customer_id AS fay FROM loyalty.register_customer('books', external_id => 'F-1') \gset
SELECT points, current_points FROM loyalty.add_transaction('books', :fay, 'B-9', 100, program => 'debts', category => 'promised');
SELECT amount, points, current_points FROM loyalty.return_transaction('books', :fay, 'B-9', amount => 20);
SET loyalty.clock = '2024-03-03 10:00+00';
CALL loyalty.convert_promised_points('books');
SELECT points, current_points FROM loyalty.redeem_points('books', :fay, 30, program => 'debts');
SELECT amount, points, current_points FROM loyalty.return_transaction('books', :fay, 'B-9');
SELECT loyalty_data.ledger_word(category, 'category') AS category, points, remaining, redeemed, returned, converted,
       origin_lot_id IS NOT NULL AS goes_on
FROM loyalty_data.points_lot WHERE customer_id = :fay ORDER BY lot_id;
SELECT * FROM ledger_of(:fay);
-- Trigger-based points of a line are unlocked, or returned.
SELECT points FROM loyalty.add_transaction('books', :fay, 'B-10', 100, program => 'debts', category => 'trigger_based',
    line_items => '[{"item_code": "a", "amount": 60, "points": 60}, {"item_code": "b", "amount": 40, "points": 40}]');
SELECT lot_count, points FROM loyalty.unlock_promised_points('books', :fay, 'B-10', line_no => 1);
SELECT amount, points, current_points FROM loyalty.return_transaction('books', :fay, 'B-10', '[{"line_no": 1}]');
SELECT amount, points, current_points FROM loyalty.return_transaction('books', :fay, 'B-10', '[{"line_no": 2}]');
SELECT movement, category, points, from_lot_id IS NOT NULL AS goes_on, event_name
FROM loyalty.lot_trace WHERE customer_id = :fay AND transaction_id =
    (SELECT transaction_id FROM loyalty.transactions WHERE transaction_number = 'B-10') ORDER BY event_id, lot_id, movement;

-- ---------------------------------------------------------------- all four fates

-- Redeemed, transferred, unspent at the first return and expired at the second; the program lets nothing go below zero.
SELECT customer_id AS ida FROM loyalty.register_customer('books', external_id => 'I-1') \gset
SELECT points FROM loyalty.add_transaction('books', :ida, 'B-12', 100, program => 'stars', points => 60,
    bill_promotion_points => 40);
SELECT points FROM loyalty.redeem_points('books', :ida, 20, program => 'stars');
SELECT points FROM loyalty.transfer_points('books', :ida, :hal, 30, 'stars');
SELECT amount, points, current_points FROM loyalty.return_transaction('books', :ida, 'B-12', amount => 20);
SET loyalty.clock = '2024-05-01 10:00+00';
SELECT points, current_points FROM loyalty.earn_points('books', :ida, 15, program => 'stars');
SELECT amount, points, current_points FROM loyalty.return_transaction('books', :ida, 'B-12');
SELECT * FROM lots_of(:ida);
SELECT event_name, entry_type, points, balance_after FROM ledger_of(:ida);

SELECT * FROM loyalty.verify_ledger('books') WHERE ok IS NOT TRUE;
SELECT program, account, debit, credit FROM loyalty.trial_balance ORDER BY program, account;

DROP FUNCTION ledger_of;
DROP FUNCTION lots_of;
DROP EXTENSION loyalty;
