\ir books.sql
-- Two more programs: miles roll, gold asks something of redemptions. Of stars at most 150 a day are given away.
SELECT loyalty.create_program('books', 'miles', 'Miles', decimals => 1, expiry_unit => 'days', expiry_value => 30,
    expiry_type => 'rolling');
SELECT loyalty.create_program('books', 'gold', 'Gold');
SELECT loyalty.set_redemption_rules('books', 'gold', points_per_currency_unit => 40, minimum => 50, maximum => 400,
    multiple => 25);
SELECT loyalty.set_transfer_rules('books', 'stars', points_per_day => 150);

-- A bill in January: 59 stars.
SET loyalty.clock = '2024-01-15 18:30+00';
SELECT loyalty.add_transaction('books', :ann, 'B-1001', 59.90, till => 'pier-1');
SET loyalty.clock = '2024-02-01 12:00+00';
\o
