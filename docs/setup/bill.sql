\ir common.sql
-- A brand in Singapore, whose customers are known by their mobiles.
SET loyalty.clock = '2024-02-05 09:00+00';
SELECT loyalty.create_org('acme', 'Acme Stores', base_country => 'SG');
SELECT loyalty.create_program('acme', 'club', 'Acme Club', rounding => 'floor', expiry_unit => 'months', expiry_value => 12);
SELECT loyalty.create_store('acme', 'mall', 'Mall');
SELECT loyalty.create_till('acme', 'mall-1', 'mall');
SELECT loyalty.create_till('acme', 'mall-2', 'mall');
SELECT customer_id AS ann FROM loyalty.register_customer('acme', mobile => '9123 0001', first_name => 'Ann') \gset
SELECT customer_id AS cleo FROM loyalty.register_customer('acme', mobile => '9123 0002', first_name => 'Cleo') \gset

-- Eve bought for 100 more than a year ago, and redeemed 30. The other 70 points have expired meanwhile.
SELECT customer_id AS eve FROM loyalty.register_customer('acme', mobile => '9123 0003', registered_on => '2023-01-01') \gset
SELECT loyalty.add_transaction('acme', :eve, 'E-1', 100, event_time => '2023-01-05');
SELECT loyalty.redeem_points('acme', :eve, 30, event_time => '2023-01-10');

-- What became of the points of each lot.
CREATE VIEW lots AS
SELECT customer_id, loyalty_data.ledger_word(award_type, 'award_type') AS award_type, line_no, points, remaining, redeemed,
       expired, returned, arrears_paid FROM loyalty_data.points_lot ORDER BY lot_id;

-- Bills to be loaded. Lines 4 to 7 and 9 have faults.
CREATE TABLE till_roll (line_no int PRIMARY KEY, mobile text, first_name text, transaction_number text, amount numeric,
    event_time timestamp, till text, points numeric);
INSERT INTO till_roll VALUES
    (1, '91230001', NULL, 'L-1', 100.50, '2024-02-06 10:00', 'mall-1', NULL),
    (2, '91230012', 'Beth', 'L-2', 30, '2024-02-06 11:00', 'mall-1', NULL),
    (3, '91230012', 'Beth', 'L-3', 20, '2024-01-12 10:00', 'mall-1', NULL),
    (4, 'no number', NULL, 'L-4', 20, '2024-01-12 10:00', 'mall-1', NULL),
    (5, '91230013', 'Carl', 'L-1', 10, '2024-02-06 10:00', 'mall-1', NULL),
    (6, '91230013', 'Carl', 'L-6', -1, '2024-02-06 10:00', 'mall-1', NULL),
    (7, '91230013', 'Carl', 'L-7', 10, '2024-02-06 10:00', 'mall-9', NULL),
    (8, '91230013', 'Carl', 'L-8', 10, '2024-02-06 12:00', NULL, 7),
    (9, NULL, NULL, 'L-9', 10, '2024-02-06 10:00', NULL, NULL);
\o
