\ir books.sql
-- A day of trade, which is closed, and the morning after it.
SELECT loyalty.add_transaction('books', :ann, 'B-1001', 59.90, till => 'pier-1');
SELECT loyalty.earn_points('books', :beth, 100, event_name => 'goodwill', reason => 'Parcel came late');
SET loyalty.clock = '2024-01-03 10:00+00';
SET client_min_messages = warning;
CALL loyalty.close_day('books');
RESET client_min_messages;
SELECT loyalty.redeem_points('books', :ann, 20, till => 'pier-2');
\o
