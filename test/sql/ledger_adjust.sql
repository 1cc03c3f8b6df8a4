-- What operators write: adjustments, imports, balances brought in, changes of expiry.
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
SET loyalty.clock = '2001-01-01 09:00+00';
SELECT pg_temp.new_org('books', 'stars', '12 months', primary_key => 'external_id');
-- Promised points wait beyond this story: test/sql/ledger_promised.sql has what becomes of them.
SELECT loyalty.set_promised_rules('books', 'stars', 10000) AS rules;
SELECT pg_temp.customer('books', 'A-1') AS ann \gset

CREATE VIEW lots AS SELECT p.program, loyalty_data.ledger_word(l.category, 'category') AS category, l.points, l.remaining, l.redeemed, l.expired,
    l.adjusted, l.arrears_paid AS arrears, l.expires_at
    FROM loyalty_data.points_lot l JOIN loyalty_data.program p USING (org_id, program_id) ORDER BY program, category, l.expires_at, l.lot_id;

-- ---------------------------------------------------------------- adjustments

SELECT points, current_points, event_id AS correction FROM loyalty.adjust_points('books', :ann, 50, 'credit', reason => 'Missed in the migration',
    actor => 'agent 7', idempotency_key => 'fix 1') \gset
SELECT :'points' AS points, :'current_points' AS current_points;
-- Points that nobody can spend yet can be corrected all the same.
SELECT points, current_points FROM loyalty.earn_points('books', :ann, 30, redeemable_from => '2001-06-01 00:00+00');
SELECT points, current_points FROM loyalty.adjust_points('books', :ann, 60, 'debit', reason => 'Given twice');
SELECT event_id = :correction AS same_event, points, current_points FROM loyalty.adjust_points('books', :ann, 50, 'credit',
    reason => 'Missed in the migration', actor => 'agent 7', idempotency_key => 'fix 1');
SELECT * FROM loyalty.adjust_points('books', :ann, 21, 'debit', reason => 'Given twice');
-- Promised points too.
SELECT points, current_points FROM loyalty.adjust_points('books', :ann, 9, 'credit', reason => 'Late bonus', category => 'promised');
SELECT points, current_points FROM loyalty.adjust_points('books', :ann, 4, 'debit', reason => 'Too much of it', category => 'promised');
SELECT * FROM lots;
SELECT event_name, category, entry_type, points, balance_after, reason
FROM loyalty.points_ledger('books', :ann, from_time => '2001-01-01', newest_first => false) WHERE points > 0;
-- What is corrected was never awarded.
SELECT current_points, promised_points, lifetime_points FROM loyalty.points_balance('books', :ann);
SELECT pg_temp.proved();

-- ---------------------------------------------------------------- imports

SET loyalty.clock = '2001-03-01 09:00+00';
SELECT points, current_points FROM loyalty.import_points('books', :ann, 100, event_time => '2001-01-10');
SELECT points, current_points, event_id AS redemption FROM loyalty.import_points('books', :ann, 40, 'redemption_import', event_time => '2001-02-10') \gset
SELECT :'points' AS points, :'current_points' AS current_points;
SELECT points, current_points FROM loyalty.import_points('books', :ann, 5, 'expiry_import', event_time => '2001-02-20');
SELECT event_name, entry_type, points, balance_after
FROM loyalty.points_ledger('books', :ann, from_time => '2001-01-10', to_time => '2001-03-01', newest_first => false);
SELECT current_points, lifetime_points, redeemed_points, expired_points FROM loyalty.points_balance('books', :ann);
-- A redemption that came from elsewhere is taken back by the id of its event.
SELECT points, current_points FROM loyalty.reverse_redemption('books', :ann, NULL, 10, redemption_event_id => :redemption);
SELECT * FROM lots WHERE category = 'regular';
SELECT pg_temp.proved();

-- ---------------------------------------------------------------- balances brought in

-- Where the customer has no accounts of the program yet, the opening entry is the balance.
SELECT loyalty.create_program('books', 'miles', 'Miles', decimals => 1) > 0 AS program;
SELECT points, current_points, event_id AS opening FROM loyalty.import_opening_balance('books', :ann, 12.5, program => 'miles', event_time => '2001-02-25',
    idempotency_key => 'brought') \gset
SELECT :'points' AS points, :'current_points' AS current_points;
SELECT event_name, category, entry_no, entry_type, points, balance_after FROM loyalty.points_ledger('books', :ann, 'miles', newest_first => false);
SELECT points, current_points FROM loyalty.import_opening_balance('books', :ann, 7.5, program => 'miles');
SELECT event_id = :opening AS same_event, points, current_points FROM loyalty.import_opening_balance('books', :ann, 12.5, program => 'miles',
    event_time => '2001-02-25', idempotency_key => 'brought');
-- Below zero it is arrears, which the next points pay.
SELECT loyalty.create_program('books', 'coins', 'Coins') > 0 AS program;
SELECT points, current_points FROM loyalty.import_opening_balance('books', :ann, -30, program => 'coins');
SELECT program, category, balance, arrears, lifetime_points FROM loyalty.customer_points WHERE program = 'coins' AND category = 'regular';
SELECT account, debit, credit FROM loyalty.trial_balance WHERE program = 'coins' ORDER BY account;
SELECT points, current_points FROM loyalty.earn_points('books', :ann, 40, program => 'coins');
SELECT points, current_points FROM loyalty.import_opening_balance('books', :ann, -25, program => 'coins');
SELECT program, category, balance, arrears, lifetime_points FROM loyalty.customer_points WHERE program = 'coins' AND category = 'regular';
SELECT event_name, entry_type, points, balance_after
FROM loyalty.points_ledger('books', :ann, 'coins', category => 'regular', newest_first => false);
SELECT * FROM lots WHERE program <> 'stars';
SELECT entry_no, account, debit, credit FROM loyalty.journal WHERE program = 'coins' ORDER BY entry_no, account;
SELECT account, debit, credit FROM loyalty.trial_balance WHERE program = 'coins' ORDER BY account;
SELECT pg_temp.proved();

-- ---------------------------------------------------------------- expiry

SELECT lot_id AS lot, expires_at FROM loyalty.earn_points('books', :ann, 10) \gset
SELECT old_expires_at, new_expires_at, expired_points, current_points FROM loyalty.change_expiry('books', :ann, :lot, '2003-01-01 00:00+00', reason => 'Was ill');
SELECT old_expires_at, new_expires_at, expired_points, current_points FROM loyalty.change_expiry('books', :ann, :lot, '2001-05-01 00:00+00');
SELECT next_expiry_at FROM loyalty.customer_points WHERE program = 'stars' AND category = 'regular';
SELECT old_expires_at, new_expires_at, expired_points, current_points FROM loyalty.change_expiry('books', :ann, :lot, NULL);
SELECT next_expiry_at FROM loyalty.customer_points WHERE program = 'stars' AND category = 'regular';
SELECT event_id AS change, old_expires_at IS NULL AS was_never, new_expires_at, expired_points, current_points
FROM loyalty.change_expiry('books', :ann, :lot, NULL, immediately => true, idempotency_key => 'now') \gset
SELECT :'was_never' AS was_never, :'new_expires_at' AS new_expires_at, :'expired_points' AS expired_points, :'current_points' AS current_points;
-- What happens meanwhile does not change what was answered first.
BEGIN;
SELECT points, current_points FROM loyalty.earn_points('books', :ann, 2);
SELECT event_id = :change AS same_event, old_expires_at, new_expires_at, expired_points, current_points
FROM loyalty.change_expiry('books', :ann, :lot, NULL, immediately => true, idempotency_key => 'now');
ROLLBACK;
\set VERBOSITY sqlstate
SELECT * FROM loyalty.change_expiry('books', :ann, :lot, '2003-01-01 00:00+00');
\set VERBOSITY default
SELECT c.old_expires_at, c.new_expires_at, n.reason FROM loyalty_data.lot_expiry_change c LEFT JOIN loyalty_data.event_note n USING (org_id, customer_id, event_id)
ORDER BY c.entry_no;
SELECT event_name, entry_type, points, balance_after FROM loyalty.points_ledger('books', :ann, 'stars', category => 'regular',
    from_time => '2001-03-01', newest_first => false) WHERE event_name IN ('expiry_change', 'points_expiry');
-- A repeat tells of the program that was the default one when it was asked first.
SELECT event_id AS given, current_points AS had FROM loyalty.adjust_points('books', :ann, 3, 'credit', reason => 'Sorry',
    idempotency_key => 'a-17') \gset
SELECT loyalty.create_program('books', 'new', 'New', is_default => true) > 0 AS program;
SELECT event_id = :given AS same_event, current_points = :had AS same_balance FROM loyalty.adjust_points('books', :ann, 3, 'credit', reason => 'Sorry',
    idempotency_key => 'a-17');
SELECT pg_temp.proved();

DROP VIEW lots;
DROP EXTENSION loyalty;
