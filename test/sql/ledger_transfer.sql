-- Points that go from one customer to another.
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
SET loyalty.clock = '2001-01-01 09:00+00';
SELECT pg_temp.new_org('books', 'stars', '12 months', primary_key => 'external_id');
SELECT loyalty.create_program('books', 'miles', 'Miles', expiry_unit => 'days', expiry_value => 30,
    expiry_type => 'rolling') > 0 AS program;
SELECT pg_temp.customer('books', 'A-1') AS ann, pg_temp.customer('books', 'B-1') AS beth \gset

CREATE VIEW lots AS SELECT CASE l.customer_id WHEN first_value(l.customer_id) OVER (ORDER BY l.customer_id) THEN 'ann' ELSE 'beth' END AS holder,
    p.program, l.awarded_at, l.points, l.remaining, l.transferred, l.expired, l.expires_at,
    loyalty_data.ledger_word(l.award_type, 'award_type') AS award_type, l.origin_lot_id IS NOT NULL AS received
    FROM loyalty_data.points_lot l JOIN loyalty_data.program p USING (org_id, program_id) ORDER BY program, holder, l.expires_at, l.lot_id;

-- ---------------------------------------------------------------- first expiring, first out, with their expiry

SELECT points FROM loyalty.earn_points('books', :ann, 100, event_name => 'registration_award');
SET loyalty.clock = '2001-02-01 09:00+00';
SELECT points FROM loyalty.earn_points('books', :ann, 50);
SET loyalty.clock = '2001-03-01 09:00+00';
-- Points of a registration stay with their customer, unless the program lets them be given.
SELECT * FROM loyalty.transfer_points('books', :ann, :beth, 120);
SELECT loyalty.set_redemption_rules('books', 'stars');
SELECT * FROM loyalty.transfer_points('books', :ann, :beth, 120);
SELECT loyalty.set_transfer_rules('books', 'stars', exclude_registration_awards => false);
SELECT event_id = transfer_id AS same_id, points, current_points, event_id AS transfer
FROM loyalty.transfer_points('books', :ann, :beth, 120, reason => 'Happy birthday', idempotency_key => 'gift 1') \gset
SELECT :'same_id' AS same_id, :'points' AS points, :'current_points' AS current_points;
SELECT * FROM lots;
-- Each ledger shows its own side.
SELECT event_name, entry_type, points, balance_after, reason FROM loyalty.points_ledger('books', :ann, category => 'regular', from_time => '2001-03-01');
SELECT event_name, entry_type, points, balance_after, reason FROM loyalty.points_ledger('books', :beth, category => 'regular', from_time => '2001-03-01');
SELECT count(*) AS events, count(DISTINCT pair_id) AS transfers FROM loyalty_data.ledger_event WHERE pair_id = :transfer;
-- The first answer comes again, whatever has happened since.
SELECT points FROM loyalty.earn_points('books', :ann, 1);
SELECT event_id = :transfer AS same_event, points, current_points
FROM loyalty.transfer_points('books', :ann, :beth, 120, reason => 'Happy birthday', idempotency_key => 'gift 1');
-- Received points are points to spend, and are no lifetime points.
SELECT points, current_points FROM loyalty.redeem_points('books', :beth, 20);
SELECT current_points, lifetime_points, redeemed_points FROM loyalty.points_balance('books', :beth);
SELECT * FROM loyalty.transfer_points('books', :ann, :beth, 32);
SELECT pg_temp.proved();

-- ---------------------------------------------------------------- the rules of a program

-- Registration awards stay, and what is given begins to age anew.
SELECT loyalty.set_transfer_rules('books', 'stars', renew_expiry => true, points_per_day => 60,
    points_per_7_days => 70, transfers_per_30_days => 4);
SET loyalty.clock = '2001-06-01 09:00+00';
SELECT * FROM loyalty.transfer_points('books', :beth, :ann, 21);
SELECT points, current_points FROM loyalty.transfer_points('books', :beth, :ann, 20);
SELECT * FROM lots WHERE program = 'stars' AND remaining > 0;
SELECT points FROM loyalty.earn_points('books', :beth, 100);
SELECT * FROM loyalty.transfer_points('books', :beth, :ann, 41);
SELECT points FROM loyalty.transfer_points('books', :beth, :ann, 40);
SET loyalty.clock = '2001-06-02 00:00+00';
SELECT * FROM loyalty.transfer_points('books', :beth, :ann, 11);
SELECT points FROM loyalty.transfer_points('books', :beth, :ann, 10);
SET loyalty.clock = '2001-06-07 23:59:59+00';
SELECT * FROM loyalty.transfer_points('books', :beth, :ann, 1);
SET loyalty.clock = '2001-06-08 00:00+00';
SELECT points FROM loyalty.transfer_points('books', :beth, :ann, 1);
SET loyalty.clock = '2001-06-30 23:59:59+00';
SELECT * FROM loyalty.transfer_points('books', :beth, :ann, 1);
SET loyalty.clock = '2001-07-01 00:00+00';
SELECT points FROM loyalty.transfer_points('books', :beth, :ann, 1);
SELECT pg_temp.proved();

-- ---------------------------------------------------------------- rolling expiry, and points that are due on arrival

SELECT points, expires_at FROM loyalty.earn_points('books', :ann, 10, program => 'miles');
SELECT points, expires_at FROM loyalty.earn_points('books', :ann, 5, program => 'miles', expires_at => '2001-07-20 00:00+00');
SELECT points, expires_at FROM loyalty.earn_points('books', :beth, 8, program => 'miles', event_time => '2001-07-01 00:00+00');
SET loyalty.clock = '2001-07-11 09:00+00';
SELECT points, current_points FROM loyalty.transfer_points('books', :ann, :beth, 7, 'miles');
SELECT holder, points, remaining, transferred, expires_at, received FROM lots WHERE program = 'miles';
-- Beth's ledger has reached September: what comes late takes effect there, for both.
SET loyalty.clock = '2001-09-01 00:00+00';
SELECT points FROM loyalty.earn_points('books', :beth, 4, program => 'miles');
SELECT points, current_points FROM loyalty.transfer_points('books', :ann, :beth, 3, 'miles', event_time => '2001-08-09 00:00+00');
SELECT points, current_points FROM loyalty.transfer_points('books', :beth, :ann, 3, 'miles', event_time => '2001-08-09 00:00+00');
SELECT holder, points, remaining, transferred, expired, expires_at, received FROM lots WHERE program = 'miles';
SELECT current_points FROM loyalty.points_balance('books', :ann, 'miles');
SELECT pg_temp.proved();

DROP VIEW lots;
DROP EXTENSION loyalty;
