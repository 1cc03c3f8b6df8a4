-- What a program asks of a redemption; asking before; taking what is there.
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
SET loyalty.clock = '2001-01-01 09:00+00';
SELECT pg_temp.new_org('books', 'stars', primary_key => 'external_id', zone => 'America/New_York');
SELECT loyalty.create_program('books', 'miles', 'Miles', decimals => 1) > 0 AS program;
SELECT pg_temp.customer('books', 'A-1') AS ann \gset
SELECT points FROM loyalty.earn_points('books', :ann, 1000);
SELECT points FROM loyalty.earn_points('books', :ann, 500, redeemable_from => '2002-01-01 00:00+00');

-- ---------------------------------------------------------------- conditions

SELECT loyalty.set_redemption_rules('books', 'stars', points_per_currency_unit => 40, minimum => 50, maximum => 400, multiple => 25,
    balance_required => 200, lifetime_points_required => 1500, per_day => 500, per_week => 600, per_month => 800);
SELECT asked, d.* FROM unnest('{25,425,60,100}'::numeric[]) asked, loyalty.is_redeemable('books', :ann, asked, program => 'stars') d;
SELECT * FROM loyalty.redeem_points('books', :ann, 60, program => 'stars');
SELECT points, current_points FROM loyalty.redeem_points('books', :ann, 400, program => 'stars');
-- Caps count the days, weeks from Monday, and months of the org: in New York it is still the 1st, a Monday.
SET loyalty.clock = '2001-01-02 04:59+00';
SELECT * FROM loyalty.is_redeemable('books', :ann, 125, program => 'stars');
SET loyalty.clock = '2001-01-02 05:00+00';
SELECT redeemable, currency_value FROM loyalty.is_redeemable('books', :ann, 125, program => 'stars');
SELECT redemption_id, points, current_points FROM loyalty.redeem_points('books', :ann, 125, program => 'stars') \gset
SELECT :'points' AS points, :'current_points' AS current_points;
SELECT failed_condition, required, actual FROM loyalty.is_redeemable('books', :ann, 100, program => 'stars');
-- What is taken back counts no longer.
SELECT points FROM loyalty.reverse_redemption('books', :ann, :'redemption_id', 50);
SELECT redeemable FROM loyalty.is_redeemable('books', :ann, 100, program => 'stars');
SET loyalty.clock = '2001-01-08 05:00+00';
SELECT points, current_points FROM loyalty.redeem_points('books', :ann, 300, program => 'stars');
SELECT failed_condition, required, actual, available_points FROM loyalty.is_redeemable('books', :ann, 50, program => 'stars');
SET loyalty.clock = '2001-02-01 05:00+00';
SELECT failed_condition, required, actual, available_points FROM loyalty.is_redeemable('books', :ann, 250, program => 'stars');
SELECT * FROM loyalty.redeem_points('books', :ann, 250, program => 'stars');

-- ---------------------------------------------------------------- taking what is there

-- 225 are there to be spent.
SELECT points, current_points FROM loyalty.redeem_points('books', :ann, 390, program => 'stars', up_to => true, idempotency_key => 'all');
SELECT points, current_points FROM loyalty.redeem_points('books', :ann, 390, program => 'stars', up_to => true, idempotency_key => 'all');
SELECT * FROM loyalty.redeem_points('books', :ann, 390, program => 'stars', up_to => true);
SET loyalty.clock = '2002-01-02 05:00+00';
SELECT points, current_points FROM loyalty.redeem_points('books', :ann, 1000, program => 'stars', up_to => true);
SELECT points, current_points FROM loyalty.redeem_points('books', :ann, 1000, program => 'stars', up_to => true);
SELECT * FROM loyalty.redeem_points('books', :ann, 1000, program => 'stars', up_to => true);

-- ---------------------------------------------------------------- all programs

SELECT points FROM loyalty.earn_points('books', :ann, 30.5, program => 'miles');
SELECT loyalty.set_redemption_rules('books', 'stars', minimum => 5, points_per_currency_unit => 40);
SELECT loyalty.set_redemption_rules('books', 'miles', points_per_currency_unit => 100, maximum => 30);
SELECT redeemable, available_points, currency_value FROM loyalty.is_redeemable('books', :ann, 5, program => 'ALL');
SELECT redeemable, failed_condition, failed_program, required, actual FROM loyalty.is_redeemable('books', :ann, 50, program => 'ALL');
SELECT redeemable, failed_condition, failed_program, required, actual FROM loyalty.is_redeemable('books', :ann, 130.5, program => 'ALL');
SELECT redeemable, failed_condition, required, actual FROM loyalty.is_redeemable('books', :ann, 131, program => 'ALL');
SELECT loyalty.set_redemption_rules('books', 'stars');
SELECT loyalty.set_redemption_rules('books', 'miles');
SELECT points, current_points FROM loyalty.redeem_points('books', :ann, 200, program => 'ALL', up_to => true);

-- ---------------------------------------------------------------- what counts for a customer

-- Lifetime points are those that points_balance shows: promised ones, and those of customers who were merged.
SELECT customer_id AS bob FROM loyalty.register_customer('books', external_id => 'B-1') \gset
SELECT customer_id AS eve FROM loyalty.register_customer('books', external_id => 'E-1') \gset
SELECT points FROM loyalty.earn_points('books', :bob, 60, program => 'stars', category => 'trigger_based') \gset
SELECT points FROM loyalty.earn_points('books', :eve, 60, program => 'stars');
SELECT lot_id AS promised FROM loyalty_data.points_lot WHERE customer_id = :bob \gset
SELECT points FROM loyalty.unlock_promised_points('books', :bob, lot_id => :promised);
SELECT loyalty.set_redemption_rules('books', 'stars', lifetime_points_required => 100, per_day => 20, maximum => 20);
SELECT failed_condition, required, actual FROM loyalty.is_redeemable('books', :bob, 10, program => 'stars');
SELECT count(*) AS merged FROM loyalty.merge_customers('books', :bob, :eve, reason => 'the same person');
SELECT lifetime_points FROM loyalty.points_balance('books', :bob, 'stars');
SELECT points FROM loyalty.redeem_points('books', :bob, 20, program => 'stars');
-- A cap that is used up is told, however much is asked for.
SELECT points FROM loyalty.redeem_points('books', :bob, 10, program => 'stars', up_to => true);
SELECT points FROM loyalty.redeem_points('books', :bob, 30, program => 'stars', up_to => true);
-- A program that is younger than the customer is judged like any other.
SELECT loyalty.create_program('books', 'young', 'Young') > 0 AS program;
SELECT loyalty.set_redemption_rules('books', 'young', minimum => 10);
SELECT failed_condition, required, actual FROM loyalty.is_redeemable('books', :bob, 5, program => 'young');
SELECT points FROM loyalty.redeem_points('books', :bob, 5, program => 'young');

SELECT error_code FROM loyalty.redeem_points_batch('books', ARRAY[jsonb_populate_record(NULL::loyalty.redeem_item,
    jsonb_build_object('customer_id', :bob, 'points', 5, 'program', 'young'))], all_or_nothing => false);
-- What is there is taken in whole steps of what the program keeps, though a limit is finer.
SELECT loyalty.set_redemption_rules('books', 'stars', per_month => 27.5);
SELECT points, current_points FROM loyalty.redeem_points('books', :bob, 50, program => 'stars', up_to => true, idempotency_key => 'fine');
SELECT points, current_points FROM loyalty.redeem_points('books', :bob, 50, program => 'stars', up_to => true, idempotency_key => 'fine');
SELECT points FROM loyalty.redeem_points('books', :bob, 50, program => 'stars', up_to => true);

-- ---------------------------------------------------------------- the view

SELECT program, points, reversed_points, redemption_date, redemption_id IS NOT NULL AS has_id
FROM loyalty.redemptions WHERE customer_id = :ann ORDER BY event_id, program;
SELECT bool_and(ok) AS proved FROM loyalty.verify_ledger('books');
DROP EXTENSION loyalty;
