-- Closing days, as docs/jobs.md and docs/verification.md tell of it: posting days, seals, and the reports that read them.
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
SET loyalty.clock = '2024-03-01 09:00+00';
SELECT pg_temp.new_org('inn', 'stay', '3 days', primary_key => 'external_id', zone => 'Asia/Tokyo');
SELECT pg_temp.new_org('pub', 'pint', primary_key => 'external_id');
SELECT pg_temp.customer('inn', 'A-1') AS abe, pg_temp.customer('inn', 'B-1') AS bea,
    pg_temp.customer('pub', 'C-1') AS cat \gset

SELECT points FROM loyalty.earn_points('inn', :abe, 10);
SELECT points FROM loyalty.earn_points('inn', :bea, 20, category => 'promised');
SELECT points FROM loyalty.earn_points('pub', :cat, 1000);
SET loyalty.clock = '2024-03-02 09:00+00';
SELECT points FROM loyalty.earn_points('inn', :abe, 5);
SELECT points FROM loyalty.redeem_points('inn', :abe, 4);
SET loyalty.clock = '2024-03-03 09:00+00';
CALL loyalty.convert_promised_points('inn');
SELECT program, posting_day, opening, issued, redeemed, expired, returned, adjusted, closing, is_sealed
FROM loyalty.points_liability_daily WHERE org = 'inn' ORDER BY posting_day;

-- ---------------------------------------------------------------- closing

-- Two days are over; today is not.
CALL loyalty.close_day('inn', '2024-03-03');
CALL loyalty.close_day('inn', '2024-03-01') \gset first_
CALL loyalty.close_day('inn') \gset
CALL loyalty.close_day('inn') \gset again_
SELECT length(:'seal_hash') AS digits, :'seal_hash' = :'again_seal_hash' AS is_the_last, :'seal_hash' <> :'first_seal_hash' AS is_another;
SELECT invariant, detail FROM loyalty.verify_ledger('inn', expected_seal => :'first_seal_hash') WHERE ok IS NOT TRUE;
SELECT invariant, detail FROM loyalty.verify_ledger('inn', expected_seal => repeat('ab', 16)) WHERE ok IS NOT TRUE;
SELECT d.first_open_day, d.sealed_day FROM loyalty_data.ledger_day d;
SELECT seal_no, day, accounts, entries, length(account_digest) AS digest, length(seal_hash) AS hash
FROM loyalty_data.day_seal ORDER BY seal_no;
SELECT t.posting_day, p.program, loyalty_data.ledger_word(t.category, 'category') AS category,
       loyalty_data.ledger_word(t.house_account, 'house_account') AS house, t.credits, t.debits, t.entries
FROM loyalty_data.day_total t JOIN loyalty_data.program p USING (program_id) ORDER BY 1, 2, 3, 4;

-- What happened on a closed day and is told of later takes effect then, and counts for the first open day.
SELECT points, current_points FROM loyalty.earn_points('inn', :bea, 7, event_time => '2024-03-02 12:00+00');
SELECT event_name, event_time, effective_at, posting_day, points FROM loyalty.points_ledger_entries
WHERE customer_id = :bea AND category = 'regular' AND points > 0 ORDER BY entry_no;
SELECT current_points FROM loyalty.points_balance('inn', :bea, as_of => '2024-03-02 23:00+00');

-- The reports are what they would be without seals.
SET loyalty.clock = '2024-03-08 09:00+00';
CALL loyalty.expire_points('inn');
SELECT program, posting_day, opening, issued, redeemed, expired, returned, adjusted, closing, is_sealed
FROM loyalty.points_liability_daily WHERE org = 'inn' ORDER BY posting_day;
SELECT program, account, debit, credit FROM loyalty.trial_balance WHERE org = 'inn' ORDER BY program, account;
SELECT invariant, detail FROM loyalty.verify_ledger('inn') WHERE ok IS NOT TRUE;

-- ---------------------------------------------------------------- what will expire

SELECT points FROM loyalty.earn_points('inn', :abe, 5);
SELECT points FROM loyalty.earn_points('inn', :bea, 6);
SELECT points FROM loyalty.earn_points('inn', :bea, 7, expires_at => '2024-04-01 00:00+09');
SELECT program, category, expires_at, last_day, points FROM loyalty.points_expiry_schedule
WHERE customer_id = :bea ORDER BY expires_at;
SELECT program, category, last_day, points, customers FROM loyalty.points_forecast ORDER BY last_day;

DROP EXTENSION loyalty;
