-- Taking redemptions back: points return to the lots that they came from.
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
SET loyalty.clock = '2001-01-01 09:00+00';
SELECT pg_temp.new_org('books', 'stars', '12 months', primary_key => 'external_id');
SELECT pg_temp.customer('books', 'A-1') AS ann \gset

CREATE VIEW lots AS SELECT p.program, l.awarded_at, l.points, l.remaining, l.redeemed, l.expired, l.returned, l.arrears_paid AS arrears,
    l.expires_at, l.origin_lot_id IS NOT NULL AS continues
    FROM loyalty_data.points_lot l JOIN loyalty_data.program p USING (org_id, program_id) ORDER BY l.expires_at, l.lot_id;

-- ---------------------------------------------------------------- whole and in parts

SELECT points FROM loyalty.earn_points('books', :ann, 100, event_time => '2001-01-01 09:00+00');
SET loyalty.clock = '2001-02-01 09:00+00';
SELECT points FROM loyalty.earn_points('books', :ann, 50);
SET loyalty.clock = '2001-03-01 09:00+00';
SELECT event_id AS redemption, redemption_id, points, current_points
FROM loyalty.redeem_points('books', :ann, 130) \gset
SELECT :'points' AS points, :'current_points' AS current_points;
SELECT * FROM lots;

-- A part: the last points drawn go back first, as if less had been redeemed.
SET loyalty.clock = '2001-04-01 09:00+00';
SELECT event_id AS reversal, points, points_available, points_expired, current_points
FROM loyalty.reverse_redemption('books', :ann, :'redemption_id', 40, reason => 'One voucher unused', idempotency_key => 'undo 1') \gset
SELECT :'points' AS points, :'points_available' AS available, :'points_expired' AS expired, :'current_points' AS current_points;
SELECT * FROM lots;
SELECT event_name, entry_type, points, balance_after, reason FROM loyalty.points_ledger('books', :ann, category => 'regular',
    from_time => '2001-03-01', to_time => '2001-04-30', newest_first => false);

-- The first answer comes again.
SELECT event_id = :reversal AS same_event, points, points_available, points_expired, current_points
FROM loyalty.reverse_redemption('books', :ann, :'redemption_id', 40, reason => 'One voucher unused', idempotency_key => 'undo 1');
-- Never more than was redeemed.
SELECT * FROM loyalty.reverse_redemption('books', :ann, :'redemption_id', 91);
-- The rest, by the id of its event.
SELECT points, points_available, points_expired, current_points
FROM loyalty.reverse_redemption('books', :ann, NULL, redemption_event_id => :redemption);
SELECT * FROM lots;
SELECT * FROM loyalty.reverse_redemption('books', :ann, :'redemption_id');
SELECT current_points, lifetime_points, redeemed_points, expired_points FROM loyalty.points_balance('books', :ann);
SELECT pg_temp.proved();

-- ---------------------------------------------------------------- what expired meanwhile

SELECT redemption_id FROM loyalty.redeem_points('books', :ann, 120) \gset
-- Both lots are past their last day, on two days; the second one is drawn on in part alone.
SET loyalty.clock = '2002-03-15 09:00+00';
SELECT points FROM loyalty.earn_points('books', :ann, 5);
SELECT event_id AS reversal, points, points_available, points_expired, current_points
FROM loyalty.reverse_redemption('books', :ann, :'redemption_id', idempotency_key => 'undo 2') \gset
SELECT :'points' AS points, :'points_available' AS available, :'points_expired' AS expired, :'current_points' AS current_points;
SELECT event_id = :reversal AS same_event, points, points_available, points_expired, current_points
FROM loyalty.reverse_redemption('books', :ann, :'redemption_id', idempotency_key => 'undo 2');
SELECT event_name, event_time, effective_at, entry_type, points, balance_after
FROM loyalty.points_ledger('books', :ann, category => 'regular', from_time => '2002-03-15', newest_first => false);
SELECT * FROM lots;
SELECT current_points, lifetime_points, redeemed_points, expired_points FROM loyalty.points_balance('books', :ann);
SELECT pg_temp.proved();

-- A lot that is due at the reversal itself, with points in it that were never spent.
SELECT points FROM loyalty.earn_points('books', :ann, 10, expires_at => '2002-04-01 00:00+00');
SELECT redemption_id FROM loyalty.redeem_points('books', :ann, 4) \gset
SET loyalty.clock = '2002-04-15 09:00+00';
SELECT points, points_available, points_expired, current_points FROM loyalty.reverse_redemption('books', :ann, :'redemption_id');
SELECT event_name, event_time, entry_type, points, balance_after
FROM loyalty.points_ledger('books', :ann, category => 'regular', from_time => '2002-03-31', newest_first => false);
SELECT pg_temp.proved();

-- ---------------------------------------------------------------- several programs

SELECT loyalty.create_program('books', 'miles', 'Miles', decimals => 1) > 0 AS program;
SET loyalty.clock = '2002-05-01 09:00+00';
SELECT points FROM loyalty.earn_points('books', :ann, 1.5, program => 'miles');
SELECT redemption_id, points, current_points FROM loyalty.redeem_points('books', :ann, 6.5, program => 'ALL') \gset
SELECT :'points' AS points, :'current_points' AS current_points;
SELECT points, points_available, current_points FROM loyalty.reverse_redemption('books', :ann, :'redemption_id', 2.5);
SELECT program, points, remaining, redeemed FROM lots WHERE remaining > 0;
-- What stars do not keep goes back to miles alone, and is refused where nothing of miles is left.
SELECT points, points_available, current_points FROM loyalty.reverse_redemption('books', :ann, :'redemption_id', 3);
SELECT points, points_available, current_points FROM loyalty.reverse_redemption('books', :ann, :'redemption_id', 0.5);
SELECT points, points_available, current_points FROM loyalty.reverse_redemption('books', :ann, :'redemption_id');
SELECT program, points, remaining, redeemed FROM lots WHERE remaining > 0;
SELECT pg_temp.proved();

DROP VIEW lots;
DROP EXTENSION loyalty;
