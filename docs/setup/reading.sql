\ir books.sql
SELECT loyalty.create_program('books', 'miles', 'Miles', decimals => 1, expiry_unit => 'days', expiry_value => 90);

-- January: two bills. February: awards to Ann, and a redemption on her bill. March: another one, and Beth brings goods back.
SET loyalty.clock = '2024-01-15 18:30+00';
SELECT loyalty.add_transaction('books', :ann, 'B-1001', 59.90, till => 'pier-1');
SELECT loyalty.add_transaction('books', :beth, 'B-1002', 80.20, till => 'pier-2');
SET loyalty.clock = '2024-02-01 12:00+00';
SELECT loyalty.earn_points('books', :ann, 30, category => 'promised', redeemable_from => '2024-06-01');
SELECT loyalty.earn_points('books', :ann, 100, event_name => 'goodwill', expires_at => '2024-07-01', reason => 'Parcel came late');
SELECT loyalty.earn_points('books', :ann, 50);
SELECT loyalty.earn_points('books', :ann, 7, category => 'trigger_based');
SELECT loyalty.earn_points('books', :ann, 12.5, program => 'miles');
SET loyalty.clock = '2024-02-10 15:00+00';
SELECT event_id AS redemption
FROM loyalty.redeem_points('books', :ann, 120, till => 'pier-1', transaction_number => 'B-1001') \gset
SET loyalty.clock = '2024-03-02 10:00+00';
SELECT loyalty.redeem_points('books', :ann, 40, till => 'pier-2');
SELECT loyalty.return_transaction('books', :beth, 'B-1002', amount => 20.20);

-- The books are closed up to the 10th of March; an award of the 12th is told of on the 20th.
SET loyalty.clock = '2024-03-20 09:00+00';
SET client_min_messages = warning;
CALL loyalty.close_day('books', '2024-03-10');
RESET client_min_messages;
SELECT loyalty.earn_points('books', :ann, 10, event_time => '2024-03-12 11:00+00');
\o
