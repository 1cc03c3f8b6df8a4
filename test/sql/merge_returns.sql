-- What becomes of bills and referral awards of customers who were merged away: a return finds the points wherever they are
-- today, those that a reversal put back among them.
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
SET loyalty.clock = '2001-01-01 09:00+00';
SELECT pg_temp.new_org('lagoon', 'stars', '30 days', primary_key => 'external_id');
SELECT loyalty.create_program('lagoon', 'debts', 'Below zero', expiry_unit => 'days', expiry_value => 30,
    allow_negative_on_return => true) > 0 AS program;
CREATE FUNCTION register(who text) RETURNS bigint LANGUAGE sql AS
    $$ SELECT customer_id FROM loyalty.register_customer('lagoon', external_id => who, registered_on => '2001-01-01') $$;
CREATE FUNCTION lots_of(holder bigint, program_name text)
RETURNS TABLE (owned boolean, points numeric, remaining numeric, redeemed numeric, expired numeric, returned numeric,
               transferred numeric, arrears_paid numeric, merged numeric)
LANGUAGE sql AS $$
    SELECT l.customer_id = holder, l.points, l.remaining, l.redeemed, l.expired, l.returned, l.transferred, l.arrears_paid, l.merged
    FROM loyalty_data.points_lot l JOIN loyalty_data.customer c USING (customer_id) JOIN loyalty_data.program p USING (program_id)
    WHERE holder IN (c.customer_id, c.merged_into) AND p.program = program_name ORDER BY l.lot_id
$$;

-- ---------------------------------------------------------------- put back after the merge

-- Anne redeems 60 of a bill's 100 and is merged into Ann, who takes the redemption back. All of it expires, so that the
-- return of the bill brings it back and takes it: what Ann earned since stays, as it does for Cleo, whom nobody merged.
SELECT register('anne') AS anne, register('ann') AS ann, register('cleo') AS cleo \gset
SELECT points FROM loyalty.add_transaction('lagoon', :anne, 'A-1', 100);
SELECT points, redemption_id AS spent FROM loyalty.redeem_points('lagoon', :anne, 60) \gset
SELECT points FROM loyalty.add_transaction('lagoon', :cleo, 'C-1', 100);
SELECT points, redemption_id AS spent_by_cleo FROM loyalty.redeem_points('lagoon', :cleo, 60) \gset
SELECT count(*) FROM loyalty.merge_customers('lagoon', :ann, :anne);
SELECT points, points_available FROM loyalty.reverse_redemption('lagoon', :ann, :'spent');
SELECT points, points_available FROM loyalty.reverse_redemption('lagoon', :cleo, :'spent_by_cleo');
SET loyalty.clock = '2001-03-01 09:00+00';
SELECT points FROM loyalty.earn_points('lagoon', :ann, 500);
SELECT points FROM loyalty.earn_points('lagoon', :cleo, 500);
SELECT points, current_points FROM loyalty.return_transaction('lagoon', :ann, 'A-1');
SELECT points, current_points FROM loyalty.return_transaction('lagoon', :cleo, 'C-1');
SELECT * FROM lots_of(:ann, 'stars');
SELECT pg_temp.proved();

-- Not yet expired, and spent again in part: what is there goes, and what was spent is owed once.
SELECT register('beth 1') AS beth, register('beth 2') AS beth2 \gset
SELECT points FROM loyalty.add_transaction('lagoon', :beth, 'B-1', 100, program => 'debts');
SELECT points, redemption_id AS spent FROM loyalty.redeem_points('lagoon', :beth, 60, program => 'debts') \gset
SELECT count(*) FROM loyalty.merge_customers('lagoon', :beth2, :beth);
SELECT points, points_available FROM loyalty.reverse_redemption('lagoon', :beth2, :'spent', 40);
SELECT points FROM loyalty.redeem_points('lagoon', :beth2, 50, program => 'debts');
SELECT points, current_points FROM loyalty.return_transaction('lagoon', :beth2, 'B-1', amount => 50);
SELECT points, current_points FROM loyalty.return_transaction('lagoon', :beth2, 'B-1');
SELECT * FROM lots_of(:beth2, 'debts');
SELECT pg_temp.proved();

-- ---------------------------------------------------------------- chains

-- Put back twice, for customers who were merged away one after the other, the second time in part.
SELECT register('dora 1') AS dora, register('dora 2') AS dora2, register('dora 3') AS dora3 \gset
SELECT points FROM loyalty.add_transaction('lagoon', :dora, 'D-1', 100, program => 'debts');
SELECT points, redemption_id AS spent FROM loyalty.redeem_points('lagoon', :dora, 100, program => 'debts') \gset
SELECT count(*) FROM loyalty.merge_customers('lagoon', :dora2, :dora);
SELECT points, points_available FROM loyalty.reverse_redemption('lagoon', :dora2, :'spent');
SELECT points, redemption_id AS spent FROM loyalty.redeem_points('lagoon', :dora2, 70, program => 'debts') \gset
SELECT count(*) FROM loyalty.merge_customers('lagoon', :dora3, :dora2);
SELECT points, points_available FROM loyalty.reverse_redemption('lagoon', :dora3, :'spent', 50);
SET loyalty.clock = '2001-05-01 09:00+00';
SELECT points, current_points FROM loyalty.return_transaction('lagoon', :dora3, 'D-1');
SELECT * FROM lots_of(:dora3, 'debts');
SELECT pg_temp.proved();

-- ---------------------------------------------------------------- claimed before it came back

-- Half of the bill is returned first, which claims 10 of the 60 that were spent. Those that come back then are not the
-- bill's, though they are in one lot with the others. All of them expire: what Eve earned since stays.
SELECT register('eve 1') AS eve, register('eve 2') AS eve2 \gset
SELECT points FROM loyalty.add_transaction('lagoon', :eve, 'E-1', 100, program => 'debts');
SELECT points, redemption_id AS spent FROM loyalty.redeem_points('lagoon', :eve, 60, program => 'debts') \gset
SELECT count(*) FROM loyalty.merge_customers('lagoon', :eve2, :eve);
SELECT points FROM loyalty.earn_points('lagoon', :eve2, 10, program => 'debts');
SELECT points, current_points FROM loyalty.return_transaction('lagoon', :eve2, 'E-1', amount => 50);
SELECT points, points_available FROM loyalty.reverse_redemption('lagoon', :eve2, :'spent');
SET loyalty.clock = '2001-07-01 09:00+00';
SELECT points FROM loyalty.earn_points('lagoon', :eve2, 25, program => 'debts');
SELECT points, current_points FROM loyalty.return_transaction('lagoon', :eve2, 'E-1');
SELECT * FROM lots_of(:eve2, 'debts');
-- The same before the merge: the new lot that got those 10 is not the bill's, and stays.
SELECT register('fay 1') AS fay, register('fay 2') AS fay2 \gset
SELECT points FROM loyalty.add_transaction('lagoon', :fay, 'F-1', 100, program => 'debts');
SELECT points, redemption_id AS spent FROM loyalty.redeem_points('lagoon', :fay, 60, program => 'debts') \gset
SELECT points, current_points FROM loyalty.return_transaction('lagoon', :fay, 'F-1', amount => 50);
SELECT points, points_available FROM loyalty.reverse_redemption('lagoon', :fay, :'spent');
SELECT count(*) FROM loyalty.merge_customers('lagoon', :fay2, :fay);
SELECT points, current_points FROM loyalty.return_transaction('lagoon', :fay2, 'F-1');
SELECT * FROM lots_of(:fay2, 'debts');
SELECT pg_temp.proved();

-- ---------------------------------------------------------------- awards of a referral

SELECT register('gail 1') AS gail, register('gail 2') AS gail2, register('hal') AS hal \gset
SELECT points FROM loyalty.add_transaction('lagoon', :hal, 'H-1', 100, program => 'debts');
SELECT referrer_points FROM loyalty.award_referral('lagoon', :hal, :gail, 1, 100, program => 'debts', transaction_number => 'H-1');
SELECT points, redemption_id AS spent FROM loyalty.redeem_points('lagoon', :gail, 100, program => 'debts') \gset
SELECT count(*) FROM loyalty.merge_customers('lagoon', :gail2, :gail);
SELECT points, points_available FROM loyalty.reverse_redemption('lagoon', :gail2, :'spent');
SET loyalty.clock = '2001-09-01 09:00+00';
SELECT points, current_points FROM loyalty.return_transaction('lagoon', :hal, 'H-1');
SELECT current_points FROM loyalty.points_balance('lagoon', :gail2, 'debts');
SELECT * FROM lots_of(:gail2, 'debts');
SELECT pg_temp.proved();

-- ---------------------------------------------------------------- calls with the id of a victim

-- The referrer stands between victim and survivor; the bill is returned with the victim's id, or with another victim's.
SELECT register('ian 1') AS ian, register('ian 2') AS ian2, register('jo') AS jo, register('ian 3') AS ian3 \gset
SELECT points FROM loyalty.add_transaction('lagoon', :ian, 'I-1', 100);
SELECT points FROM loyalty.add_transaction('lagoon', :ian, 'I-2', 100);
SELECT referrer_points FROM loyalty.award_referral('lagoon', :ian, :jo, 5, 6, transaction_number => 'I-1');
SELECT referrer_points FROM loyalty.award_referral('lagoon', :ian, :jo, 7, 8, transaction_number => 'I-2');
SELECT count(*) FROM loyalty.merge_customers('lagoon', :ian3, :ian);
SELECT count(*) FROM loyalty.merge_customers('lagoon', :ian3, :ian2);
SELECT points FROM loyalty.return_transaction('lagoon', :ian, 'I-1');
SET loyalty.follow_merges = on;
SELECT points, current_points FROM loyalty.return_transaction('lagoon', :ian, 'I-1');
SELECT points, current_points FROM loyalty.return_transaction('lagoon', :ian2, 'I-2');
SELECT current_points, returned_points FROM loyalty.points_balance('lagoon', :jo, 'stars');

-- Points given to a victim are the survivor's; nobody gives to, or refers, oneself by an id of old.
SELECT points FROM loyalty.earn_points('lagoon', :jo, 40);
SELECT points, current_points FROM loyalty.transfer_points('lagoon', :jo, :ian, 15);
SELECT current_points FROM loyalty.points_balance('lagoon', :ian3, 'stars');
SELECT points, current_points FROM loyalty.transfer_points('lagoon', :ian, :jo, 5);
SELECT referee_points, referrer_points FROM loyalty.award_referral('lagoon', :jo, :ian2, 1, 2);
SELECT loyalty.transfer_points('lagoon', :ian, :ian3, 1);
SELECT loyalty.transfer_points('lagoon', :ian3, :ian, 1);
SELECT loyalty.transfer_points('lagoon', :ian, :ian2, 1);
SELECT loyalty.transfer_points('lagoon', :ian, :ian, 1);
SELECT loyalty.award_referral('lagoon', :ian, :ian3, 1, 2);
SELECT loyalty.award_referral('lagoon', :ian3, :ian, 1, 2);
RESET loyalty.follow_merges;
SELECT loyalty.transfer_points('lagoon', :jo, :ian, 1);
SELECT pg_temp.proved();
SELECT program, sum(debit) = sum(credit) AS balanced FROM loyalty.trial_balance GROUP BY program ORDER BY program;

DROP FUNCTION register, lots_of;
DROP EXTENSION loyalty;
