-- What a return cannot take stays a claim on the lot (docs/bill.md): whatever comes back to that lot settles it first. Sums are
-- rounded once, over lots and in time.
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
SET loyalty.clock = '2024-01-01 09:00+00';
SELECT pg_temp.new_org('books', tills => '{pier-1}', store => 'pier', primary_key => 'external_id');
SELECT loyalty.create_program('books', 'stars', 'Stars', expiry_unit => 'days', expiry_value => 30) > 0 AS program;
SELECT loyalty.create_program('books', 'fine', 'Fine', decimals => 1) > 0 AS program;
SELECT loyalty.create_program('books', 'debts', 'Below zero', allow_negative_on_return => true) > 0 AS program;

-- What a customer's ledger says, its lots, and what is claimed of them.
CREATE FUNCTION ledger_of(customer bigint)
RETURNS TABLE (event_name text, entry_type text, points numeric, balance_after numeric, points_on_event numeric)
LANGUAGE sql AS $$
    SELECT event_name, entry_type, points, balance_after, points_on_event
    FROM loyalty.points_ledger('books', customer, from_time => '2024-01-01 09:30+00', to_time => '2030-01-01',
        category => 'regular', newest_first => false) WHERE entry_type <> 'opening_balance'
$$;
CREATE FUNCTION lots_of(customer bigint)
RETURNS TABLE (award_type text, line_no int, points numeric, remaining numeric, redeemed numeric, expired numeric,
               returned numeric, transferred numeric, arrears_paid numeric, claimed numeric, covered numeric)
LANGUAGE sql AS $$
    SELECT loyalty_data.ledger_word(l.award_type, 'award_type'), l.line_no, l.points, l.remaining, l.redeemed, l.expired,
           l.returned, l.transferred, l.arrears_paid, sum(k.claimed), sum(k.covered)
    FROM loyalty_data.points_lot l
    LEFT JOIN loyalty_data.lot_claim k ON k.org_id = l.org_id AND k.lot_customer_id = l.customer_id AND k.lot_id = l.lot_id
    WHERE l.customer_id = customer GROUP BY l.org_id, l.customer_id, l.lot_id ORDER BY l.lot_id
$$;

-- ---------------------------------------------------------------- a claim, and what settles it

-- The redemption names another bill than the one whose points it spent.
SELECT pg_temp.customer('books', 'A-1') AS ann \gset
SET loyalty.clock = '2024-01-02 10:00+00';
SELECT points FROM loyalty.add_transaction('books', :ann, 'A1', 100);
SELECT points FROM loyalty.add_transaction('books', :ann, 'B1', 50, points => 0);
SELECT points FROM loyalty.redeem_points('books', :ann, 100, program => 'stars', transaction_number => 'B1');
SELECT points, current_points FROM loyalty.return_transaction('books', :ann, 'A1', idempotency_key => 'a1');
SELECT * FROM lots_of(:ann);
SELECT points, current_points FROM loyalty.return_transaction('books', :ann, 'B1', idempotency_key => 'b1');
SELECT * FROM lots_of(:ann);
SELECT * FROM ledger_of(:ann);
SELECT movement, points, house_account, event_name FROM loyalty.lot_trace WHERE customer_id = :ann ORDER BY event_id, entry_no, movement;
SELECT transaction_number, transaction_type, points, returned_points FROM loyalty.transactions WHERE customer_id = :ann ORDER BY transaction_id;
SELECT points, reversed_points FROM loyalty.redemptions WHERE customer_id = :ann;
-- The first answers.
SELECT points, current_points FROM loyalty.return_transaction('books', :ann, 'A1', idempotency_key => 'a1');
SELECT points, current_points FROM loyalty.return_transaction('books', :ann, 'B1', idempotency_key => 'b1');

-- A part is claimed, comes back, and the rest is returned.
SELECT pg_temp.customer('books', 'B-1') AS beth \gset
SELECT points FROM loyalty.add_transaction('books', :beth, 'A', 1000);
SELECT redemption_id AS spent FROM loyalty.redeem_points('books', :beth, 1000) \gset
SELECT points, current_points FROM loyalty.return_transaction('books', :beth, 'A', amount => 999);
-- Later awards, and lots of other bills, stay as they are.
SELECT points, current_points FROM loyalty.earn_points('books', :beth, 5);
SELECT points, points_available, current_points FROM loyalty.reverse_redemption('books', :beth, :'spent', points => 400, idempotency_key => 'r');
SELECT points, points_available, current_points FROM loyalty.reverse_redemption('books', :beth, :'spent');
SELECT points, points_available, current_points FROM loyalty.reverse_redemption('books', :beth, :'spent', points => 400, idempotency_key => 'r');
SELECT points, current_points FROM loyalty.return_transaction('books', :beth, 'A');
SELECT * FROM lots_of(:beth);
SELECT * FROM ledger_of(:beth);

-- Where balances may go below zero nothing is claimed.
SELECT points FROM loyalty.add_transaction('books', :beth, 'N', 100, program => 'debts');
SELECT points FROM loyalty.redeem_points('books', :beth, 100, program => 'debts');
SELECT points, current_points FROM loyalty.return_transaction('books', :beth, 'N');
SELECT count(*) FROM loyalty_data.lot_claim WHERE customer_id = :beth AND program_id = (SELECT program_id FROM loyalty_data.program WHERE program = 'debts');

-- ---------------------------------------------------------------- in whatever order

-- Stories in several orders: what a customer has in the end is the same. A story is told by its steps; a number is that of a
-- redemption, from 0.
CREATE FUNCTION told(name text, steps text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    id bigint;
    step text[];
BEGIN
    SET LOCAL loyalty.clock = '2024-01-02 10:00+00';
    id := pg_temp.customer('books', name);
    FOR step IN SELECT regexp_split_to_array(trim(s), ' ') FROM regexp_split_to_table(steps, ',') s LOOP
        CASE step[1]
            WHEN 'bill' THEN PERFORM loyalty.add_transaction('books', id, name || step[2], step[3]::numeric);
            WHEN 'earn' THEN PERFORM loyalty.earn_points('books', id, step[2]::numeric);
            WHEN 'redeem' THEN PERFORM loyalty.redeem_points('books', id, step[2]::numeric);
            WHEN 'give' THEN PERFORM loyalty.transfer_points('books', id, pg_temp.customer('books', name || ' friend'), step[2]::numeric);
            WHEN 'return' THEN PERFORM loyalty.return_transaction('books', id, name || step[2], amount => step[3]::numeric);
            WHEN 'reverse' THEN PERFORM loyalty.reverse_redemption('books', id, NULL, points => step[3]::numeric, redemption_event_id => (
                SELECT r.event_id FROM loyalty.redemptions r WHERE r.customer_id = id ORDER BY r.event_id OFFSET step[2]::int LIMIT 1));
            WHEN 'merge' THEN
                PERFORM loyalty.merge_customers('books', pg_temp.customer('books', name || ' ' || step[2]), id);
                id := loyalty.find_customer('books', 'external_id', name || ' ' || step[2]);
            WHEN 'month' THEN SET LOCAL loyalty.clock = '2024-03-02 10:00+00';
        END CASE;
    END LOOP;
    RETURN (SELECT format('balance %s, returned %s, redeemed %s, expired %s, claimed %s, open %s', trim_scale(b.current_points),
            trim_scale(b.returned_points), trim_scale(b.redeemed_points), trim_scale(b.expired_points),
            (SELECT COALESCE(trim_scale(sum(k.claimed)), 0) FROM loyalty_data.lot_claim k WHERE k.customer_id = ANY (g.ids)),
            (SELECT string_agg(trim_scale(l.remaining)::text, ' ' ORDER BY l.remaining) FROM loyalty_data.points_lot l
                WHERE l.customer_id = id AND l.remaining > 0))
        FROM loyalty.points_balance('books', id, program => 'stars') b,
            (SELECT array_agg(c.customer_id) AS ids FROM loyalty_data.customer c WHERE id IN (c.customer_id, c.merged_into)) g);
END
$$;

-- Whole, and in parts.
SELECT s.n, told('whole ' || s.n, s.steps) FROM (VALUES
    (1, 'bill A 100, redeem 100, return A 100, reverse 0 100'),
    (2, 'bill A 100, redeem 100, reverse 0 100, return A 100'),
    (3, 'bill A 100, redeem 100, reverse 0 30, return A 100, reverse 0 70'),
    (4, 'bill A 100, redeem 100, return A 40, reverse 0 50, return A 60, reverse 0 50')) s (n, steps);
SELECT s.n, told('parts ' || s.n, s.steps) FROM (VALUES
    (1, 'bill A 100, redeem 60, return A 50, reverse 0 60'),
    (2, 'bill A 100, redeem 60, reverse 0 60, return A 50'),
    (3, 'bill A 100, redeem 60, return A 25, reverse 0 20, return A 25, reverse 0 40'),
    (4, 'bill A 100, redeem 30, redeem 30, return A 50, reverse 1 30, reverse 0 30')) s (n, steps);
-- Several bills; a lot that others pay for.
SELECT s.n, told('bills ' || s.n, s.steps) FROM (VALUES
    (1, 'bill A 50, bill B 70, redeem 120, return A 50, return B 35, reverse 0 120'),
    (2, 'bill A 50, bill B 70, redeem 120, reverse 0 120, return A 50, return B 35'),
    (3, 'bill A 50, bill B 70, redeem 120, return A 50, reverse 0 120, return B 35'),
    (4, 'bill A 50, bill B 70, redeem 120, return B 35, reverse 0 120, return A 50')) s (n, steps);
SELECT s.n, told('payers ' || s.n, s.steps) FROM (VALUES
    (1, 'bill A 100, redeem 100, earn 40, return A 100, reverse 0 100'),
    (2, 'bill A 100, redeem 100, earn 40, reverse 0 100, return A 100'),
    (3, 'bill A 100, redeem 100, earn 40, return A 100, reverse 0 50, reverse 0 50')) s (n, steps);
-- Given away: what was given does not come back, and what was redeemed settles.
SELECT s.n, told('given ' || s.n, s.steps) FROM (VALUES
    (1, 'bill A 100, give 60, redeem 40, return A 100, reverse 0 40'),
    (2, 'bill A 100, give 60, redeem 40, reverse 0 40, return A 100'),
    (3, 'bill A 100, give 60, redeem 40, earn 40, return A 100, reverse 0 40'),
    (4, 'bill A 100, give 60, redeem 40, earn 40, reverse 0 40, return A 100')) s (n, steps);
-- Expiry between.
SELECT s.n, told('expired ' || s.n, s.steps) FROM (VALUES
    (1, 'bill A 100, redeem 60, return A 50, month, reverse 0 60'),
    (2, 'bill A 100, redeem 60, month, reverse 0 60, return A 50'),
    (3, 'bill A 100, redeem 60, month, return A 50, reverse 0 60')) s (n, steps);
-- Merges between: the lot that had paid is closed, and goes on as others.
SELECT s.n, told('merged ' || s.n, s.steps) FROM (VALUES
    (1, 'bill A 100, redeem 60, return A 50, reverse 0 60, merge s'),
    (2, 'bill A 100, redeem 60, return A 50, merge s, reverse 0 60'),
    (3, 'bill A 100, redeem 60, merge s, return A 50, reverse 0 60'),
    (4, 'bill A 100, redeem 60, merge s, reverse 0 60, return A 50'),
    (5, 'bill A 100, redeem 60, merge s, return A 50, reverse 0 30, merge t, reverse 0 30')) s (n, steps);
SELECT s.n, told('chain ' || s.n, s.steps) FROM (VALUES
    (1, 'bill A 100, redeem 60, merge s, redeem 40, return A 50, reverse 0 60, reverse 1 40'),
    (2, 'bill A 100, redeem 60, merge s, redeem 40, reverse 0 60, return A 50, reverse 1 40'),
    (3, 'bill A 100, redeem 60, merge s, redeem 40, return A 25, merge t, return A 25, reverse 1 40, reverse 0 60'),
    (4, 'bill A 100, redeem 60, merge s, redeem 40, reverse 1 40, reverse 0 60, merge t, return A 50')) s (n, steps);

-- ---------------------------------------------------------------- referrals

-- An award that goes back with the bill, and was spent: what comes back of it settles.
SELECT pg_temp.customer('books', 'F-1') AS fay, pg_temp.customer('books', 'G-1') AS gil \gset
SELECT points FROM loyalty.add_transaction('books', :fay, 'R', 10);
SELECT referrer_points FROM loyalty.award_referral('books', :fay, :gil, 5, 200, transaction_number => 'R');
SELECT redemption_id AS spent FROM loyalty.redeem_points('books', :gil, 200) \gset
SELECT points, current_points FROM loyalty.return_transaction('books', :fay, 'R');
SELECT points, current_points FROM loyalty.earn_points('books', :gil, 7);
SELECT points, points_available, current_points FROM loyalty.reverse_redemption('books', :gil, :'spent');
SELECT * FROM ledger_of(:gil);

-- ---------------------------------------------------------------- rounded once

SELECT pg_temp.customer('books', 'H-1') AS hal \gset
SELECT points FROM loyalty.add_transaction('books', :hal, 'T20', 20, line_items => (
    SELECT jsonb_agg(jsonb_build_object('item_code', 'x', 'amount', 1, 'points', 1)) FROM generate_series(1, 20)));
SELECT points, current_points FROM loyalty.return_transaction('books', :hal, 'T20', amount => 10);
SELECT points, current_points FROM loyalty.return_transaction('books', :hal, 'T20', amount => 3);
SELECT points, current_points FROM loyalty.return_transaction('books', :hal, 'T20');
-- By largest remainder, and what is more than before over what is left: no lot's share falls.
SELECT points FROM loyalty.add_transaction('books', :hal, 'T14', 14, line_items =>
    '[{"item_code": "x", "amount": 6, "points": 6}, {"item_code": "y", "amount": 6, "points": 6}, {"item_code": "z", "amount": 2, "points": 2}]');
SELECT points FROM loyalty.return_transaction('books', :hal, 'T14', amount => 10);
SELECT line_no, points, returned FROM lots_of(:hal) OFFSET 20;
SELECT points FROM loyalty.return_transaction('books', :hal, 'T14', amount => 1);
SELECT line_no, points, returned FROM lots_of(:hal) OFFSET 20;
-- Several redemptions that paid for a bill are one sum, too, and come back with one credit.
SELECT pg_temp.customer('books', 'I-1') AS ida \gset
SELECT points FROM loyalty.earn_points('books', :ida, 30);
SELECT points FROM loyalty.add_transaction('books', :ida, 'P', 10, points => 0);
SELECT count(*) FROM generate_series(1, 5) n CROSS JOIN LATERAL loyalty.redeem_points('books', :ida, n / n, transaction_number => 'P');
SELECT points, current_points FROM loyalty.return_transaction('books', :ida, 'P', amount => 5);
SELECT points, current_points FROM loyalty.return_transaction('books', :ida, 'P');
SELECT * FROM ledger_of(:ida);

SELECT pg_temp.proved();
DROP FUNCTION told, ledger_of, lots_of;
DROP EXTENSION loyalty;
