-- Whose program a call is about: the card's, else the till's, else the default one; or ALL. And asking before, with is_redeemable.
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
SET loyalty.clock = '2024-05-01 09:00+00';
SELECT pg_temp.new_org('fair', 'blue', tills => '{any-1}', store => 'hall', primary_key => 'external_id');
SELECT loyalty.set_config('fair', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'true');
SELECT loyalty.create_program('fair', 'red', 'Red', decimals => 1) > 0 AS program;
SELECT loyalty.create_program('fair', 'green', 'Green') > 0 AS program;
SELECT loyalty.create_till('fair', 'red-1', 'hall', 'red') > 0 AS till;
SELECT loyalty.create_card_series('fair', 'leaf', 'Leaf', method => 'AUTO_INC', length => 4, program => 'green') > 0 AS series;
SELECT loyalty.create_card_series('fair', 'plain', 'Plain', method => 'AUTO_INC', length => 5) > 0 AS series;
SELECT pg_temp.customer('fair', 'K-1') AS kim \gset
SELECT card_number AS leaf FROM loyalty.issue_card('fair', :kim, 'leaf') \gset
SELECT card_number AS plain FROM loyalty.issue_card('fair', :kim, 'plain') \gset
SELECT points FROM loyalty.earn_points('fair', :kim, 100, expires_at => '2024-12-01');
SELECT points FROM loyalty.earn_points('fair', :kim, 100.5, till => 'red-1', expires_at => '2024-10-01');
SELECT points FROM loyalty.earn_points('fair', NULL, 100, card_number => :'leaf', expires_at => '2024-11-01');

-- What a redemption drew on.
CREATE FUNCTION paid(event bigint) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(program || ' ' || trim_scale(entry_points), ', ' ORDER BY program)
    FROM loyalty.ledger_event_details('fair', loyalty.find_customer('fair', 'external_id', 'K-1'), COALESCE(event, 0)) $$;

-- ---------------------------------------------------------------- one program

-- No program is named: the default one pays, though others hold points that expire sooner; and no other one helps out.
SELECT points, current_points, paid(event_id) FROM loyalty.redeem_points('fair', :kim, 10);
SELECT points, current_points, paid(event_id) FROM loyalty.redeem_points('fair', :kim, 10, program => NULL, till => 'any-1');
SELECT * FROM loyalty.redeem_points('fair', :kim, 81);
SELECT points, current_points FROM loyalty.redeem_points('fair', :kim, 0.5);
-- The till's, at a till of a program; the card's before the till's; the one that is named before both.
SELECT points, current_points, paid(event_id) FROM loyalty.redeem_points('fair', :kim, 0.5, till => 'red-1');
SELECT points, current_points, paid(event_id) FROM loyalty.redeem_points('fair', NULL, 10, card_number => :'leaf');
SELECT points, current_points, paid(event_id) FROM loyalty.redeem_points('fair', NULL, 10, till => 'red-1', card_number => :'leaf');
SELECT points, current_points, paid(event_id) FROM loyalty.redeem_points('fair', NULL, 10, till => 'red-1', card_number => :'plain');
SELECT points, current_points, paid(event_id)
FROM loyalty.redeem_points('fair', NULL, 10, program => 'blue', till => 'red-1', card_number => :'leaf');
-- Items of a batch are read the same way.
SELECT item_no, points, current_points, paid(event_id), error_code FROM loyalty.redeem_points_batch('fair', ARRAY[
    ROW(:kim, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    ROW(:kim, 1, NULL, NULL, NULL, NULL, NULL, 'red-1', NULL, NULL, NULL, NULL, NULL, NULL),
    ROW(:kim, 1, NULL, NULL, NULL, 'green', NULL, 'red-1', NULL, NULL, NULL, NULL, NULL, NULL),
    ROW(:kim, 100, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    ROW(:kim, 30, NULL, NULL, NULL, 'ALL', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)]::loyalty.redeem_item[], all_or_nothing => false);

-- ---------------------------------------------------------------- ALL

-- First what expires first, wherever it happens, with whatever card: red's rest, then some of green's.
SELECT program, balance FROM loyalty.customer_points WHERE category = 'regular' ORDER BY program;
SELECT redeemable, points, available_points FROM loyalty.is_redeemable('fair', :kim, 130, program => 'ALL');
SELECT points, current_points, paid(event_id)
FROM loyalty.redeem_points('fair', NULL, 80, program => 'ALL', till => 'red-1', card_number => :'leaf');
-- A balance and a ledger are over all programs as they are without one.
SELECT current_points FROM loyalty.points_balance('fair', :kim, 'ALL');
SELECT current_points FROM loyalty.points_balance('fair', :kim);
SELECT current_points FROM loyalty.points_balance('fair', :kim, 'green');
SELECT program, count(*) FROM loyalty.points_ledger('fair', :kim, 'ALL', 'regular', 'debit') GROUP BY program ORDER BY program;
SELECT program, closing_balance FROM loyalty.ledger_closing_balance('fair', :kim, 'ALL', 'regular') ORDER BY program;
-- Where one program is meant, ALL is the code of none, and no code at all in another case.
\set VERBOSITY sqlstate
SELECT loyalty.earn_points('fair', :kim, 1, program => 'ALL');
SELECT loyalty.add_transaction('fair', :kim, 'B-0', 1, program => 'ALL');
SELECT loyalty.adjust_points('fair', :kim, 1, 'credit', program => 'ALL', reason => 'test');
SELECT loyalty.redeem_points('fair', :kim, 1, program => 'al');
SELECT loyalty.points_balance('fair', :kim, 'al');
SELECT loyalty.create_program('fair', 'All', 'Everything');
\set VERBOSITY default

-- ---------------------------------------------------------------- asking before

-- Cards are asked with what they are used with: the card's program, or a card that is of no use.
SELECT * FROM loyalty.is_redeemable('fair', NULL, 10, card_number => :'leaf');
SELECT * FROM loyalty.is_redeemable('fair', NULL, 10, till => 'red-1', card_number => :'plain');
SELECT loyalty.set_card_status('fair', :'plain', 'suspended');
SELECT redeemable, points, failed_condition, failed_program FROM loyalty.is_redeemable('fair', NULL, 10, card_number => :'plain');
-- Up to what is there, in whole steps and within the limits of a program.
SELECT loyalty.set_redemption_rules('fair', 'blue', minimum => 10, maximum => 50, multiple => 25);
SELECT redeemable, points, failed_condition, required, actual FROM loyalty.is_redeemable('fair', :kim, 60);
SELECT redeemable, points, failed_condition, required, actual FROM loyalty.is_redeemable('fair', :kim, 60, up_to => true);
SELECT redeemable, points FROM loyalty.is_redeemable('fair', :kim, 1000, up_to => true, program => 'green');
SELECT redeemable, points, failed_condition FROM loyalty.is_redeemable('fair', :kim, 20, up_to => true);
-- What it says is what happens; a key is taken and not looked for, and no question changes anything.
SELECT redeemable, points FROM loyalty.is_redeemable('fair', :kim, 60, up_to => true, actor => 'till 7', idempotency_key => 'q');
SELECT points, current_points FROM loyalty.redeem_points('fair', :kim, 60, up_to => true, actor => 'till 7', idempotency_key => 'q');
SELECT redeemable, points, failed_condition FROM loyalty.is_redeemable('fair', :kim, 60, up_to => true, actor => 'till 7', idempotency_key => 'q');
SELECT points, current_points FROM loyalty.redeem_points('fair', :kim, 60, up_to => true, actor => 'till 7', idempotency_key => 'q');

-- ---------------------------------------------------------------- the till of a bill

-- One bill has the number: it is found from whatever till the points are spent at.
SELECT points FROM loyalty.earn_points('fair', :kim, 50, program => 'green');
SELECT points FROM loyalty.add_transaction('fair', :kim, 'B-1', 40, till => 'any-1');
SELECT points FROM loyalty.add_transaction('fair', :kim, 'B-2', 40, till => 'any-1');
SELECT points FROM loyalty.add_transaction('fair', :kim, 'B-2', 60, till => 'red-1');
SELECT redeemable FROM loyalty.is_redeemable('fair', :kim, 5, 'B-1', till => 'red-1');
SELECT points, current_points, paid(event_id) FROM loyalty.redeem_points('fair', :kim, 5, 'B-1', till => 'red-1');
SELECT r.points, r.till, r.transaction_number, b.till AS till_of_bill
FROM loyalty.redemptions r JOIN loyalty.transactions b USING (customer_id, transaction_id);
-- Two bills have it: the bill's till says which, the till where it happens does not.
SELECT redeemable FROM loyalty.is_redeemable('fair', :kim, 5, 'B-2', till => 'red-1');
SELECT points FROM loyalty.redeem_points('fair', :kim, 5, 'B-2', till => 'red-1');
SELECT redeemable FROM loyalty.is_redeemable('fair', :kim, 5, 'B-2', 'red-1', program => 'green');
SELECT points FROM loyalty.redeem_points('fair', :kim, 5, 'B-2', 'red-1', program => 'green', till => 'any-1');
SELECT item_no, points, error_code FROM loyalty.redeem_points_batch('fair', ARRAY[
    ROW(:kim, 1, 'B-2', NULL, NULL, 'green', NULL, 'red-1', NULL, NULL, NULL, NULL, NULL, NULL),
    ROW(:kim, 1, 'B-2', 'red-1', NULL, 'green', NULL, 'any-1', NULL, NULL, NULL, NULL, NULL, NULL),
    ROW(:kim, 1, 'B-9', NULL, NULL, 'green', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)]::loyalty.redeem_item[], all_or_nothing => false);
SELECT r.points, r.till, b.amount FROM loyalty.redemptions r JOIN loyalty.transactions b USING (customer_id, transaction_id)
WHERE r.transaction_number = 'B-2' ORDER BY r.event_id;
-- No bill of the customer has it; no till has the name.
\set VERBOSITY sqlstate
SELECT loyalty.is_redeemable('fair', :kim, 5, 'B-9');
SELECT loyalty.redeem_points('fair', :kim, 5, 'B-9', program => 'green');
SELECT loyalty.redeem_points('fair', :kim, 5, 'B-1', 'red-1', program => 'green');
SELECT loyalty.redeem_points('fair', :kim, 5, 'B-1', 'nowhere', program => 'green');
\set VERBOSITY default
-- Goods of the one till are brought back at the other.
SELECT amount, points, current_points FROM loyalty.return_transaction('fair', :kim, 'B-2', amount => 10, transaction_till => 'any-1', till => 'red-1');
SELECT transaction_type, till, amount FROM loyalty.transactions WHERE transaction_type = 'return';

SELECT bool_and(ok) AS proved FROM loyalty.verify_ledger('fair');
DROP FUNCTION paid(bigint);
DROP EXTENSION loyalty;
