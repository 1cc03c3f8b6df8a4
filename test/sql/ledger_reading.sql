-- Reading the ledger, as docs/reading.md tells of it: closing balances, events in detail, what was known when.
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
SET loyalty.clock = '2024-05-01 09:00+00';
SELECT pg_temp.new_org('zoo', 'cub', '30 days', primary_key => 'external_id');
SELECT loyalty.create_program('zoo', 'owl', 'Owl') > 0 AS program;
SELECT loyalty.create_store('zoo', 'gate', 'Gate') > 0 AS store;
SELECT loyalty.create_till('zoo', 'cub-1', 'gate', 'cub') > 0 AS till;
SELECT loyalty.create_till('zoo', 'owl-1', 'gate', 'owl') > 0 AS till;
SELECT pg_temp.customer('zoo', 'K-1') AS kim \gset

SELECT event_id AS award FROM loyalty.earn_points('zoo', :kim, 100, program => 'cub', till => 'cub-1') \gset
SELECT points FROM loyalty.earn_points('zoo', :kim, 40, program => 'owl', till => 'owl-1');
SET loyalty.clock = '2024-05-10 09:00+00';
SELECT points FROM loyalty.earn_points('zoo', :kim, 25, program => 'cub', redeemable_from => '2024-05-20');
SELECT points FROM loyalty.earn_points('zoo', :kim, 5, program => 'cub', expires_at => '2024-05-15');
SET loyalty.clock = '2024-05-12 09:00+00';
SELECT event_id AS redemption, points FROM loyalty.redeem_points('zoo', :kim, 10, program => 'owl', till => 'cub-1') \gset
SELECT event_id AS mixed, points FROM loyalty.redeem_points('zoo', :kim, 45, program => 'ALL', till => 'owl-1') \gset

-- ---------------------------------------------------------------- closing balances

SELECT program, category, closing_balance, entry_no, effective_at
FROM loyalty.ledger_closing_balance('zoo', :kim) ORDER BY program, category;
SELECT program, closing_balance, entry_no FROM loyalty.ledger_closing_balance('zoo', :kim, category => 'regular',
    to_time => '2024-05-11') ORDER BY program;
SELECT program, closing_balance, entry_no FROM loyalty.ledger_closing_balance('zoo', :kim, category => 'regular',
    entry_type => 'credit') ORDER BY program;
SELECT program, closing_balance, entry_no FROM loyalty.ledger_closing_balance('zoo', :kim, 'cub', tills => '{owl-1}');
SELECT program, closing_balance, entry_no FROM loyalty.ledger_closing_balance('zoo', :kim, 'owl', to_time => '2024-04-30');

-- ---------------------------------------------------------------- an event in detail

SELECT program, entry_no, entry_type, house_account, entry_points, movement, points, awarded_at, expires_at, redeemable_from
FROM loyalty.ledger_event_details('zoo', :kim, :mixed);
SELECT program, category, entry_type, movement, points, award_type, expires_at
FROM loyalty.ledger_event_details('zoo', :kim, :award);
SELECT count(*) FROM loyalty.ledger_event_details('zoo', :kim, 1);

-- ---------------------------------------------------------------- what other programs paid at a program's tills

SELECT event_name, program, till, points FROM loyalty.points_ledger('zoo', :kim, 'cub', from_time => '2024-05-11',
    to_time => '2024-05-13', newest_first => false);
SELECT event_name, program, till, points FROM loyalty.points_ledger('zoo', :kim, 'cub', from_time => '2024-05-11',
    to_time => '2024-05-13', newest_first => false, include_till_concept_events => true);

-- ---------------------------------------------------------------- available, and what expires next

SELECT current_points, available_points, coming_expiries FROM loyalty.points_balance('zoo', :kim, 'cub');
SELECT current_points, available_points, coming_expiries FROM loyalty.points_balance('zoo', :kim, as_of => '2024-05-21');
SELECT current_points, available_points, coming_expiries FROM loyalty.points_balance('zoo', :kim, as_of => '2024-05-11');

-- ---------------------------------------------------------------- what was known then about then

-- An award of the 12th is told of on the 20th. What the balance of the 14th is depends on when that was asked.
SET loyalty.clock = '2024-05-20 09:00+00';
SELECT points FROM loyalty.earn_points('zoo', :kim, 7, program => 'owl', event_time => '2024-05-12 10:00');
SELECT k AS known_at, current_points, lifetime_points FROM unnest('{2024-05-01 10:00,2024-05-11,2024-05-13,2024-05-21}'::timestamptz[]) k,
    loyalty.points_balance('zoo', :kim, as_of => '2024-05-14', known_at => k) ORDER BY 1;
SELECT k AS known_at, closing_balance FROM unnest('{2024-05-13,2024-05-21}'::timestamptz[]) k,
    loyalty.ledger_closing_balance('zoo', :kim, 'owl', 'regular', to_time => '2024-05-14', known_at => k) ORDER BY 1;
SELECT event_name, event_time, recorded_at, points FROM loyalty.points_ledger('zoo', :kim, 'owl', 'regular',
    from_time => '2024-05-11', known_at => '2024-05-13', newest_first => false);
-- What expired meanwhile had not expired, as far as it was known then, before its time.
CALL loyalty.expire_points('zoo');
SELECT t AS as_of, current_points FROM unnest('{2024-05-14,2024-05-16}'::timestamptz[]) t,
    loyalty.points_balance('zoo', :kim, 'cub', as_of => t, known_at => '2024-05-12 08:00') ORDER BY 1;

DROP EXTENSION loyalty;
