\ir books.sql
-- A second program, whose points live for thirty days from the last activity.
SELECT loyalty.create_program('books', 'miles', 'Miles', decimals => 1, expiry_unit => 'days', expiry_value => 30,
    expiry_type => 'rolling');

-- Two bills in January, three awards and a redemption in February: Carl's awards expire a month apart.
SET loyalty.clock = '2024-01-15 18:30+00';
SELECT loyalty.add_transaction('books', :ann, 'B-1001', 59.90, till => 'pier-1');
SELECT loyalty.add_transaction('books', :beth, 'B-1002', 80.20, till => 'pier-2');
SET loyalty.clock = '2024-02-10 15:00+00';
SELECT loyalty.earn_points('books', :ann, 100, event_name => 'goodwill', reason => 'Parcel came late');
SELECT loyalty.earn_points('books', :carl, 49, expires_at => '2024-03-01 00:00+00');
SELECT loyalty.earn_points('books', :carl, 10, expires_at => '2024-04-01 00:00+00');
SELECT loyalty.redeem_points('books', :ann, 120, till => 'pier-1', transaction_number => 'B-1001');
\o
