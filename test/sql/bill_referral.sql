-- Referrals: both sides are awarded in one call, and both awards go back when the bill is returned.
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
SET loyalty.clock = '2001-01-01 09:00+00';
SELECT pg_temp.new_org('books', primary_key => 'external_id');
SELECT loyalty.create_program('books', 'stars', 'Stars', expiry_unit => 'months', expiry_value => 12,
    allow_negative_on_return => true) > 0 AS program;
SELECT pg_temp.customer('books', 'A-1') AS ann, pg_temp.customer('books', 'B-1') AS beth,
    pg_temp.customer('books', 'C-1') AS carl \gset

-- Ann referred Beth, who bought for 100.
SELECT points FROM loyalty.add_transaction('books', :beth, 'B-1', 100);
SELECT event_id = referral_id AS same_id, referee_points, referrer_points, current_points, referral_id AS referral
FROM loyalty.award_referral('books', :beth, :ann, 50, 200, transaction_number => 'B-1', idempotency_key => 'ref 1') \gset
SELECT :'same_id' AS same_id, :'referee_points' AS referee_points, :'referrer_points' AS referrer_points, :'current_points' AS current_points;
-- It is the referee's balance, and the same at the repeat, whatever happened meanwhile.
BEGIN;
SELECT points, current_points FROM loyalty.earn_points('books', :beth, 1);
SELECT event_id = :referral AS same_event, referee_points, referrer_points, current_points
FROM loyalty.award_referral('books', :beth, :ann, 50, 200, transaction_number => 'B-1', idempotency_key => 'ref 1');
ROLLBACK;
SELECT CASE v.customer_id WHEN :ann THEN 'ann' ELSE 'beth' END AS customer, t.event_name, v.net_points, v.pair_id = :referral AS names_referral,
    v.transaction_id IS NOT NULL AS names_bill
FROM loyalty_data.ledger_event v JOIN loyalty_data.event_type t USING (event_code) WHERE v.pair_id IS NOT NULL ORDER BY v.event_id;
SELECT * FROM loyalty.award_referral('books', :beth, :carl, 1, 1, transaction_number => 'B-1');
SELECT event_name, points, balance_after FROM loyalty.points_ledger('books', :ann, from_time => '2001-01-01', category => 'regular', newest_first => false);

-- Ann spends most of it. Then the bill comes back, in two parts: the awards go back with the last one.
SELECT points, current_points FROM loyalty.redeem_points('books', :ann, 180);
SET loyalty.clock = '2001-02-01 09:00+00';
SELECT amount, points, current_points FROM loyalty.return_transaction('books', :beth, 'B-1', amount => 40);
SELECT event_name FROM loyalty.points_ledger('books', :ann, from_time => '2001-02-01');
SELECT amount, points, current_points FROM loyalty.return_transaction('books', :beth, 'B-1', idempotency_key => 'return');
SELECT amount, points, current_points FROM loyalty.return_transaction('books', :beth, 'B-1', idempotency_key => 'return');
SELECT event_name, entry_type, points, balance_after
FROM loyalty.points_ledger('books', :beth, from_time => '2001-02-01', newest_first => false);
SELECT event_name, entry_type, points, balance_after
FROM loyalty.points_ledger('books', :ann, from_time => '2001-02-01', newest_first => false);
SELECT program, balance, arrears, lifetime_points, returned_points FROM loyalty.customer_points WHERE customer_id = :ann AND category = 'regular';
SELECT pg_temp.proved();

-- Without a bill there is nothing that could be returned. Whoever has the lower id is locked first: Carl refers Ann.
SELECT referee_points, referrer_points FROM loyalty.award_referral('books', :ann, :carl, 500, 10);
SELECT points FROM loyalty.add_transaction('books', :ann, 'A-1', 10);
SELECT referee_points, referrer_points FROM loyalty.award_referral('books', :ann, :carl, 5, 7, transaction_number => 'A-1');
SELECT amount, points, current_points FROM loyalty.return_transaction('books', :ann, 'A-1');
SELECT current_points, lifetime_points, returned_points FROM loyalty.points_balance('books', :carl);
SELECT pg_temp.proved();

-- Two bills of one number, each from a till of its own and with a referrer of its own: the till says whose award goes back.
SELECT loyalty.create_store('books', 'pier', 'Pier 39') > 0 AS store;
SELECT loyalty.create_till('books', 'pier-1', 'pier') > 0, loyalty.create_till('books', 'pier-2', 'pier') > 0;
SELECT points FROM loyalty.add_transaction('books', :carl, 'C-1', 10, till => 'pier-1');
SELECT points FROM loyalty.add_transaction('books', :carl, 'C-1', 20, till => 'pier-2');
SELECT referrer_points FROM loyalty.award_referral('books', :carl, :ann, 1, 2, transaction_number => 'C-1', transaction_till => 'pier-1');
SELECT referrer_points FROM loyalty.award_referral('books', :carl, :beth, 1, 3, transaction_number => 'C-1', transaction_till => 'pier-2');
SELECT amount, points FROM loyalty.return_transaction('books', :carl, 'C-1', transaction_till => 'pier-2');
SELECT amount, points FROM loyalty.return_transaction('books', :carl, 'C-1', transaction_till => 'pier-1');
SELECT CASE customer_id WHEN :ann THEN 'ann' ELSE 'beth' END AS referrer, event_name, points
FROM loyalty.points_ledger_entries WHERE customer_id IN (:ann, :beth) AND event_name = 'referral_return' ORDER BY event_id;
SELECT amount, points FROM loyalty.return_transaction('books', :carl, 'C-1', transaction_till => 'nowhere');

-- Three bills of one number, one of them without a till: the call that names no till means that one.
SELECT points FROM loyalty.add_transaction('books', :carl, 'C-2', 100, category => 'trigger_based', till => 'pier-1');
SELECT points FROM loyalty.add_transaction('books', :carl, 'C-2', 200, category => 'trigger_based');
SELECT points FROM loyalty.add_transaction('books', :carl, 'C-2', 300, category => 'trigger_based', till => 'pier-2');
SELECT points FROM loyalty.earn_points('books', :carl, 1000);
SELECT referrer_points FROM loyalty.award_referral('books', :carl, :ann, 1, 2, transaction_number => 'C-2', transaction_till => 'pier-1');
SELECT referrer_points FROM loyalty.award_referral('books', :carl, :beth, 1, 3, transaction_number => 'C-2');
SELECT lot_count, points FROM loyalty.unlock_promised_points('books', :carl, transaction_number => 'C-2');
SELECT redeemable FROM loyalty.is_redeemable('books', :carl, 5, transaction_number => 'C-2');
SELECT points FROM loyalty.redeem_points('books', :carl, 5, transaction_number => 'C-2');
SELECT points, error_code FROM loyalty.redeem_points_batch('books', loyalty.redeem_items(
    jsonb_build_array(jsonb_build_object('customer_id', :carl, 'points', 7, 'transaction_number', 'C-2'))), all_or_nothing => false);
SELECT r.points, t.amount AS bill FROM loyalty.redemptions r JOIN loyalty.transactions t USING (transaction_id)
WHERE r.transaction_number = 'C-2' ORDER BY r.event_id;
SELECT amount, points FROM loyalty.return_transaction('books', :carl, 'C-2', amount => 20, return_number => 'C-3');
SELECT amount, points FROM loyalty.return_transaction('books', :carl, 'C-2');
SELECT event_name, points FROM loyalty.points_ledger_entries
WHERE customer_id = :beth AND event_name = 'referral_return' ORDER BY event_id DESC LIMIT 1;
SELECT amount, points FROM loyalty.return_transaction('books', :carl, 'C-2', transaction_till => 'pier-1');
-- That return has the number C-3 and no till, too, but is no bill.
SELECT points FROM loyalty.add_transaction('books', :carl, 'C-3', 10, till => 'pier-1');
SELECT referrer_points FROM loyalty.award_referral('books', :carl, :ann, 1, 2, transaction_number => 'C-3');
SELECT amount, points FROM loyalty.return_transaction('books', :carl, 'C-3');
-- Where every bill has a till, one must be named.
SELECT points FROM loyalty.add_transaction('books', :carl, 'C-4', 10, till => 'pier-1');
SELECT points FROM loyalty.add_transaction('books', :carl, 'C-4', 10, till => 'pier-2');
SELECT points FROM loyalty.redeem_points('books', :carl, 5, transaction_number => 'C-4');
SELECT amount, points FROM loyalty.return_transaction('books', :carl, 'C-4');
SELECT pg_temp.proved();

-- A referrer who was deleted meanwhile owes nothing: the referee's award goes back alone.
SELECT customer_id AS dora FROM loyalty.register_customer('books', external_id => 'D-1') \gset
SELECT customer_id AS eve FROM loyalty.register_customer('books', external_id => 'E-1') \gset
SELECT points FROM loyalty.add_transaction('books', :eve, 'E-1', 100);
SELECT referrer_points FROM loyalty.award_referral('books', :eve, :dora, 50, 200, transaction_number => 'E-1');
SELECT points FROM loyalty.redeem_points('books', :dora, 180);
CREATE ROLE test_referral_asker IN ROLE loyalty_admin;
SELECT loyalty.grant_org('books', 'test_referral_asker');
SET ROLE test_referral_asker;
SELECT loyalty.request_deletion('books', :dora) > 0 AS requested;
RESET ROLE;
SELECT loyalty.approve_deletion('books', :dora);
SELECT amount, points, current_points FROM loyalty.return_transaction('books', :eve, 'E-1');
SELECT balance, arrears FROM loyalty.customer_points WHERE customer_id = :dora AND category = 'regular';
SELECT pg_temp.proved();

DROP EXTENSION loyalty;
DROP ROLE test_referral_asker;
