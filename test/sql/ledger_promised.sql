-- Promised and trigger-based points, as docs/jobs.md tells of them: when they become regular, and what becomes of them.
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
SET loyalty.clock = '2024-01-10 09:00+00';
SELECT pg_temp.new_org('tea', 'leaf', '30 days', primary_key => 'external_id', zone => 'Asia/Singapore');
SELECT loyalty.create_program('tea', 'bud', 'Bud') > 0 AS program;
SELECT loyalty.set_promised_rules('tea', 'leaf', delay_days => 14);
SELECT pg_temp.customer('tea', 'M-1') AS may, pg_temp.customer('tea', 'J-1') AS june \gset

-- ---------------------------------------------------------------- the date

-- Fourteen days: the morning of the fifteenth day after the award's, in the org's time zone. Or a date of its own.
SELECT points FROM loyalty.earn_points('tea', :may, 30, category => 'promised');
SELECT points FROM loyalty.earn_points('tea', :may, 5, category => 'promised',
    redeemable_from => '2024-02-01 00:00+08');
SELECT points FROM loyalty.earn_points('tea', :may, 7, program => 'bud', category => 'promised');
SELECT points FROM loyalty.earn_points('tea', :june, 40, category => 'promised', expires_at => '2024-01-20');
SELECT points FROM loyalty.earn_points('tea', :june, 50, category => 'promised', expires_at => '2024-03-31');
SELECT p.program, l.points, l.redeemable_from, l.expires_at FROM loyalty_data.points_lot l JOIN loyalty_data.program p USING (program_id)
WHERE l.category = 'p' ORDER BY l.customer_id, l.lot_id;

-- ---------------------------------------------------------------- conversion

SET loyalty.clock = '2024-01-25 01:00+00';
CALL loyalty.convert_promised_points('tea', as_of => '2024-01-10 16:00+00');
CALL loyalty.convert_promised_points('tea', batch_size => 1);
CALL loyalty.convert_promised_points('tea');
SELECT event_name, event_time, program, category, entry_no, entry_type, points, balance_after, points_on_event
FROM loyalty.points_ledger('tea', :may, newest_first => false, from_time => '2024-01-10 10:00', to_time => '2024-02-20');
-- The award's date is kept, the expiry counts from the conversion; the promised lot is the origin.
SELECT p.program, l.category, l.points, l.remaining, l.converted, l.awarded_at, l.expires_at,
       o.points AS points_of_origin
FROM loyalty_data.points_lot l JOIN loyalty_data.program p USING (program_id)
LEFT JOIN loyalty_data.points_lot o ON o.customer_id = l.origin_customer_id AND o.lot_id = l.origin_lot_id
WHERE l.customer_id = :may ORDER BY program, l.lot_id;
-- What was promised with an expiry of its own keeps it, and may be gone before its date comes.
SELECT event_name, event_time, category, entry_type, points, balance_after
FROM loyalty.points_ledger('tea', :june, newest_first => false, from_time => '2024-01-10 10:00', to_time => '2024-02-20');
SELECT category, points, remaining, expires_at FROM loyalty_data.points_lot WHERE customer_id = :june ORDER BY lot_id;
SELECT program, account, debit, credit FROM loyalty.trial_balance ORDER BY program, account;

-- ---------------------------------------------------------------- from the award

SET loyalty.clock = '2024-02-10 01:00+00';
SELECT loyalty.set_promised_rules('tea', 'leaf', 0, expiry_from => 'award');
CALL loyalty.convert_promised_points('tea');
SELECT points, remaining, expired, awarded_at, expires_at FROM loyalty_data.points_lot
WHERE customer_id = :may AND category = 'r' ORDER BY lot_id DESC LIMIT 1;
SELECT event_name, event_time, effective_at, category, entry_type, points, balance_after
FROM loyalty.points_ledger('tea', :may, newest_first => false, from_time => '2024-01-31', to_time => '2024-02-20');

-- Points of a date that was over when they were awarded become regular with the award, not before it.
SELECT points FROM loyalty.earn_points('tea', :may, 2, category => 'promised', redeemable_from => '2024-01-31');
SELECT points FROM loyalty.earn_points('tea', :may, 4, category => 'promised', event_time => '2024-02-08',
    redeemable_from => '2024-02-01');
CALL loyalty.convert_promised_points('tea', as_of => '2024-02-09');
SELECT promised_points FROM loyalty.points_balance('tea', :may);
CALL loyalty.convert_promised_points('tea');
SELECT promised_points FROM loyalty.points_balance('tea', :may);

-- ---------------------------------------------------------------- a trigger

SELECT lot_id AS lot, points FROM loyalty.earn_points('tea', :may, 11, category => 'trigger_based',
    redeemable_from => '2024-06-01') \gset
SELECT points FROM loyalty.earn_points('tea', :may, 3, category => 'trigger_based');
SELECT loyalty.set_promised_rules('tea', 'leaf');
SET loyalty.clock = '2024-02-12 01:00+00';
SELECT event_id AS unlocked, lot_count, points, current_points FROM loyalty.unlock_promised_points('tea', :may, lot_id => :lot,
    idempotency_key => 'delivery 17', reason => 'Delivered') \gset
SELECT :lot_count AS lot_count, :points AS points, :current_points AS current_points;
-- What happens meanwhile does not change what was answered first.
BEGIN;
SELECT points, current_points FROM loyalty.redeem_points('tea', :may, 6, program => 'leaf');
SELECT event_id = :unlocked AS same, lot_count, points, current_points FROM loyalty.unlock_promised_points('tea', :may, lot_id => :lot,
    idempotency_key => 'delivery 17', reason => 'Delivered');
ROLLBACK;
SELECT event_name, category, entry_type, points, balance_after, points_on_event, reason
FROM loyalty.points_ledger('tea', :may, newest_first => false, from_time => '2024-02-12');
SELECT category, points, remaining, redeemable_from, expires_at, origin_lot_id = :lot AS origin FROM loyalty_data.points_lot
WHERE lot_id IN (:lot, :unlocked) ORDER BY lot_id;
SELECT lifetime_points, current_points, promised_points, trigger_based_points FROM loyalty.points_balance('tea', :may);

SELECT invariant, detail FROM loyalty.verify_ledger('tea') WHERE ok IS NOT TRUE;
DROP EXTENSION loyalty;
