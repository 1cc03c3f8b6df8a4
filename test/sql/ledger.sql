-- The points ledger, as docs/ledger.md and its pages tell of it: earning, billing, redeeming, expiry, reading, proving.
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
SET loyalty.clock = '1997-01-01 09:00+00';

-- A brand with one program: a point for every whole unit of money, usable to the end of the month twelve months on.
SELECT loyalty.create_org('books', 'Harbour Books') > 0 AS org;
SELECT loyalty.create_program('books', 'stars', 'Stars', rounding => 'floor', expiry_unit => 'months',
    expiry_value => 12) > 0 AS program;
-- Promised points wait beyond this story: test/sql/ledger_promised.sql has what becomes of them.
SELECT loyalty.set_promised_rules('books', 'stars', 10000) AS rules;
SELECT loyalty.create_store('books', 'pier', 'Pier 39') > 0 AS store;
SELECT loyalty.create_till('books', 'pier-1', 'pier') > 0 AS till;
SELECT loyalty.create_till('books', 'pier-2', 'pier') > 0 AS till;
SELECT loyalty.set_config('books', 'CONF_REGISTRATION_PRIMARY_KEY', 'external_id');

-- ---------------------------------------------------------------- the account

-- Becoming a loyalty customer opens the accounts: a zero opening entry for each program and category.
SELECT customer_id AS ann FROM loyalty.register_customer('books', external_id => 'A-1', till => 'pier-1') \gset
SELECT event_name, program, category, entry_no, entry_type, points, balance_after, effective_at
FROM loyalty.points_ledger('books', :ann, newest_first => false);

-- ---------------------------------------------------------------- earning

-- A bill and its points are one event. The program computes the points: 59 for 59.90.
SET loyalty.clock = '1997-01-15 18:30+00';
SELECT transaction_id AS bill, transaction_id = event_id AS same_id, points, current_points
FROM loyalty.add_transaction('books', :ann, 'B-1001', 59.90, till => 'pier-1', discount => 5.10, line_items =>
    '[{"item_code": "atlas", "amount": 45.00},
      {"item_code": "pencil", "quantity": 10, "amount": 14.90, "discount": 5.10}]') \gset
SELECT :'same_id' AS same_id, :'points' AS points, :'current_points' AS current_points;
SELECT line_no, item_code, quantity, amount, discount FROM loyalty_data.transaction_line ORDER BY line_no;

-- Points outside a bill: an award with an expiry of its own.
SET loyalty.clock = '1997-02-01 12:00+00';
SELECT points, current_points, expires_at FROM loyalty.earn_points('books', :ann, 100, event_name => 'goodwill',
    expires_at => '1997-07-01 00:00+00', reason => 'Parcel came late', actor => 'agent 7');

-- Points that cannot be spent before a day.
SELECT points, current_points FROM loyalty.earn_points('books', :ann, 50, redeemable_from => '1997-03-01 00:00+00');

-- An award is one lot, with its own expiry.
SELECT award_type, points, remaining, awarded_at, redeemable_from, expires_at
FROM loyalty_data.points_lot ORDER BY awarded_at, points DESC;

-- Promised points stand in accounts of their own; they are not spent and do not age.
SELECT current_points, expires_at FROM loyalty.earn_points('books', :ann, 30, category => 'promised');
SELECT current_points, expires_at FROM loyalty.earn_points('books', :ann, 7, category => 'trigger_based');
SELECT current_points, promised_points, trigger_based_points, lifetime_points, redeemed_points, expired_points,
       returned_points FROM loyalty.points_balance('books', :ann);

-- ---------------------------------------------------------------- redeeming

-- First expiring, first out: all of the goodwill, the rest from the bill.
SET loyalty.clock = '1997-02-10 15:00+00';
SELECT length(redemption_id) AS id_length, points, current_points
FROM loyalty.redeem_points('books', :ann, 120, till => 'pier-1', transaction_number => 'B-1001');
SELECT l.expires_at, l.points, l.remaining, l.redeemed, m.movement_type, m.points AS moved
FROM loyalty_data.points_lot l LEFT JOIN loyalty_data.lot_movement m USING (org_id, customer_id, lot_id)
WHERE l.category = 'r' ORDER BY l.expires_at, l.lot_id;

-- The bill has 39 left; the 50 of the award cannot be spent before March.
SELECT * FROM loyalty.redeem_points('books', :ann, 40);
SET loyalty.clock = '1997-03-01 00:00+00';
SELECT points, current_points FROM loyalty.redeem_points('books', :ann, 40);

-- ---------------------------------------------------------------- requests that are repeated

SET loyalty.clock = '1997-03-02 10:00+00';
SELECT event_id AS first_event, points, current_points
FROM loyalty.earn_points('books', :ann, 10, idempotency_key => 'order 17') \gset
SELECT event_id = :first_event AS same_event, points, current_points
FROM loyalty.earn_points('books', :ann, 10, idempotency_key => 'order 17');
SELECT * FROM loyalty.earn_points('books', :ann, 11, idempotency_key => 'order 17');

-- ---------------------------------------------------------------- reading

-- The last seven days, newest first.
SELECT event_name, effective_at, entry_type, program, category, points, balance_after, points_on_event
FROM loyalty.points_ledger('books', :ann);

-- A range, its ends included, a page of three, and the page that follows.
SELECT event_name, event_time, category, points, till, transaction_number, redemption_id IS NOT NULL AS redemption,
       reason, has_more
FROM loyalty.points_ledger('books', :ann, from_time => '1997-01-15', to_time => '1997-03-01 00:00+00', page_size => 3);
SELECT next_key FROM loyalty.points_ledger('books', :ann, from_time => '1997-01-15',
    to_time => '1997-03-01 00:00+00', page_size => 3) OFFSET 2 \gset
SELECT event_name, event_time, category, points, till, transaction_number, redemption_id IS NOT NULL AS redemption,
       reason, has_more
FROM loyalty.points_ledger('books', :ann, from_time => '1997-01-15', to_time => '1997-03-01 00:00+00', page_size => 3,
    after_key => :'next_key');

-- Filters: entry type, category, till, store, source.
SELECT event_name, points FROM loyalty.points_ledger('books', :ann, from_time => '1997-01-01',
    to_time => '1997-12-31', entry_type => 'debit', newest_first => false);
SELECT event_name, points FROM loyalty.points_ledger('books', :ann, from_time => '1997-01-01',
    to_time => '1997-12-31', category => 'promised', newest_first => false);
SELECT event_name, till, store FROM loyalty.points_ledger('books', :ann, from_time => '1997-01-01',
    to_time => '1997-12-31', category => 'regular', tills => '{pier-1,pier-2}', newest_first => false);
SELECT count(*) FROM loyalty.points_ledger('books', :ann, from_time => '1997-01-01', to_time => '1997-12-31',
    tills => '{pier-2}');
SELECT event_name, source FROM loyalty.points_ledger('books', :ann, from_time => '1997-01-01',
    to_time => '1997-12-31', category => 'regular', store => 'pier', source => 'INSTORE', newest_first => false);

-- The balance at any time is what the entries of that time say; a day has not ended before its last microsecond.
SELECT as_of, current_points, promised_points, lifetime_points, redeemed_points, expired_points
FROM unnest('{1996-12-31,1997-01-15 18:29:59.999999,1997-01-15 18:30,1997-02-10,1997-02-10 15:00,1997-03-02 10:00}'
    ::timestamptz[]) as_of, loyalty.points_balance('books', :ann, as_of => as_of) ORDER BY as_of;

-- ---------------------------------------------------------------- expiry

-- Beth buys once, on 15 January 1997, for 80: usable through 31 January 1998.
SELECT customer_id AS beth FROM loyalty.register_customer('books', external_id => 'B-1',
    registered_on => '1997-01-10') \gset
SELECT points FROM loyalty.add_transaction('books', :beth, 'B-1002', 80, event_time => '1997-01-15 11:00+00');
SELECT expires_at FROM loyalty_data.points_lot WHERE customer_id = :beth;

-- Exactly: the points are there to the last microsecond, and gone at midnight, before anything is posted.
SET loyalty.clock = '1998-02-03 08:00+00';
SELECT as_of, current_points, expired_points
FROM unnest('{1998-01-31 23:59:59.999999,1998-02-01 00:00}'::timestamptz[]) as_of,
     loyalty.points_balance('books', :beth, as_of => as_of) ORDER BY as_of;
BEGIN;
SELECT points, current_points FROM loyalty.redeem_points('books', :beth, 80, event_time => '1998-01-31 23:59:59.999999+00');
ROLLBACK;
SELECT * FROM loyalty.redeem_points('books', :beth, 80, event_time => '1998-02-01 00:00+00');

-- Posting what is due, batch by batch. A second run finds nothing, and no balance changes by it.
SELECT current_points, expired_points FROM loyalty.points_balance('books', :ann);
CALL loyalty.expire_points('books', '1998-02-01 00:00+00');
CALL loyalty.expire_points('books');
CALL loyalty.expire_points('books');
SELECT current_points, expired_points FROM loyalty.points_balance('books', :ann);
SELECT as_of, current_points, expired_points
FROM unnest('{1998-01-31 23:59:59.999999,1998-02-01 00:00}'::timestamptz[]) as_of,
     loyalty.points_balance('books', :beth, as_of => as_of) ORDER BY as_of;

-- Expiry happened when it was due, whenever it is posted.
SELECT event_name, event_time, effective_at, recorded_at, entry_type, points, balance_after
FROM loyalty.points_ledger('books', :beth, from_time => '1998-02-01', to_time => '1998-02-03', category => 'regular');

-- A call that touches an account posts its due points first, in an event of their own.
SELECT points, current_points FROM loyalty.earn_points('books', :ann, 5, event_time => '1998-01-31 12:00+00');
SET loyalty.clock = '1999-06-01 08:00+00';
SELECT points, current_points FROM loyalty.earn_points('books', :ann, 6);
SELECT event_name, event_time, effective_at, points, balance_after
FROM loyalty.points_ledger('books', :ann, from_time => '1998-01-01', to_time => '1999-06-01 08:00+00',
    category => 'regular', newest_first => false);

-- ---------------------------------------------------------------- late events

-- An event may be told of late. It keeps its own time, and takes effect after what is already there.
SELECT current_points, expires_at FROM loyalty.earn_points('books', :ann, 20, event_time => '1999-05-20 10:00+00');
SELECT event_name, event_time, effective_at, points, balance_after
FROM loyalty.points_ledger('books', :ann, category => 'regular', newest_first => false);

-- So no balance of the past changes by it.
SELECT current_points FROM loyalty.points_balance('books', :ann, as_of => '1999-05-25');

-- A bill so late that its points are due already: credited and expired in the same call.
SELECT points, current_points FROM loyalty.add_transaction('books', :ann, 'B-1003', 33, event_time => '1998-01-20 10:00+00');
SELECT event_name, event_time, effective_at, points, balance_after
FROM loyalty.points_ledger('books', :ann, category => 'regular', newest_first => false);

-- ---------------------------------------------------------------- a second program, with rolling expiry

-- Younger than Ann's registration: its accounts open when they are first touched.
SELECT loyalty.create_program('books', 'miles', 'Miles', decimals => 1, expiry_unit => 'days', expiry_value => 30,
    expiry_type => 'rolling') > 0 AS program;
SET loyalty.clock = '1999-06-10 09:00+00';
SELECT points, current_points, expires_at FROM loyalty.earn_points('books', :ann, 12.5, program => 'miles');
SET loyalty.clock = '1999-06-25 09:00+00';

-- Any activity in the program extends what is open: a memo entry says so, and the change is kept.
SELECT points, current_points, expires_at FROM loyalty.earn_points('books', :ann, 2.5, program => 'miles');
SELECT event_name, event_time, entry_no, entry_type, points, balance_after
FROM loyalty.points_ledger('books', :ann, program => 'miles', category => 'regular', from_time => '1997-01-01',
    to_time => '1999-12-31', newest_first => false);
SELECT l.points, c.old_expires_at, c.new_expires_at
FROM loyalty_data.lot_expiry_change c JOIN loyalty_data.points_lot l USING (org_id, customer_id, lot_id);

-- A redemption that names no program is paid by all of them, first expiring first: miles, then stars.
SELECT points, current_points FROM loyalty.redeem_points('books', :ann, 16, program => 'ALL');
SELECT event_name, program, entry_no, entry_type, points, balance_after, points_on_event
FROM loyalty.points_ledger('books', :ann, from_time => '1999-06-25', to_time => '1999-06-26', entry_type => 'debit');

-- ---------------------------------------------------------------- who is not enrolled

-- A campaign user has no points. Bills are recorded, with zero points.
SELECT customer_id AS carl FROM loyalty.register_customer('books', email => 'carl@example.org', loyalty_type => 'non_loyalty') \gset
SELECT points, current_points FROM loyalty.add_transaction('books', :carl, 'B-1004', 25, till => 'pier-2');
\set VERBOSITY sqlstate
SELECT * FROM loyalty.earn_points('books', :carl, 25);
\set VERBOSITY default
SELECT * FROM loyalty.points_balance('books', :carl);

-- ---------------------------------------------------------------- double entry

-- The accounts of the customers, and of the house, which hold no rows: they are sums. Debits equal credits.
SELECT program, account, debit, credit FROM loyalty.trial_balance ORDER BY program DESC, account;
SELECT program, sum(debit) = sum(credit) AS balanced FROM loyalty.trial_balance GROUP BY program ORDER BY program;

-- Both legs of every entry.
SELECT program, posting_day, account, debit, credit FROM loyalty.journal
WHERE original_customer_id = :beth ORDER BY effective_at, account;

-- Every entry, and every account, in words.
SELECT program, category, entry_no, entry_type, points, balance_after, house_account, event_name, event_date, posting_day
FROM loyalty.points_ledger_entries WHERE customer_id = :beth AND category = 'regular' ORDER BY program, entry_no;
SELECT program, category, balance, lifetime_points, redeemed_points, expired_points, last_entry_no,
       last_effective_date, next_expiry_at
FROM loyalty.customer_points WHERE customer_id = :ann ORDER BY program, category;

-- ---------------------------------------------------------------- guards and proof

-- Nobody changes a row of the ledger by hand, not even the owner of the tables.
UPDATE loyalty_data.ledger_entry SET points = 1000 WHERE points = 59;
DELETE FROM loyalty_data.ledger_event;

-- Every invariant, recomputed.
SELECT * FROM loyalty.verify_ledger('books');

-- With the guard lifted on purpose a changed row is found, and named.
BEGIN;
ALTER TABLE loyalty_data.ledger_entry DISABLE TRIGGER ledger_guard;
UPDATE loyalty_data.ledger_entry SET points = 1000 WHERE points = 59;
SELECT invariant, replace(detail, :'ann', 'ANN') LIKE 'customer ANN, program %, category regular, entry 2%' AS names_it
FROM loyalty.verify_ledger('books') WHERE NOT ok AND detail LIKE 'customer%, entry%';
ROLLBACK;

DROP EXTENSION loyalty;
