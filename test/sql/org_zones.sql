-- An org that moves to another zone: its days begin elsewhere from then on, those that are closed stay closed, and points keep
-- their expiry. Tills, rates and spans change in test/pgtap/org_changes.sql.
\set VERBOSITY default
SET client_min_messages = warning;
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
SET TimeZone = 'UTC';
SET loyalty.clock = '2024-05-02 20:00+00';
SELECT pg_temp.new_org('acme', 'base', '10 days', primary_key => 'external_id', zone => 'Asia/Tokyo');
SELECT pg_temp.customer('acme', 'ann', '2024-01-01') AS ann \gset
CREATE VIEW last_entry AS SELECT e.posting_day, e.points, l.expires_at FROM loyalty_data.ledger_entry e JOIN loyalty_data.points_lot l ON l.lot_id = e.event_id
    ORDER BY e.entry_no DESC LIMIT 1;

-- In Tokyo the third of May has begun, and the second is closed.
SELECT loyalty.earn_points('acme', :ann, 7) \g /dev/null
SELECT * FROM last_entry;
CALL loyalty.close_day('acme', '2024-05-02') \gset

-- In Los Angeles it is the second: what is posted goes to the first open day, and ends with a midnight of Los Angeles.
SELECT loyalty.update_org('acme', name => 'Acme Ltd', time_zone => 'america/los_angeles');
SELECT name, time_zone FROM loyalty_data.org WHERE org = 'acme';
SELECT loyalty.earn_points('acme', :ann, 8) \g /dev/null
SELECT * FROM last_entry;
SELECT last_day, expires_at, points FROM loyalty.points_expiry_schedule ORDER BY expires_at;

-- The third of May ends later there, and is closed after that.
\set VERBOSITY sqlstate
SET loyalty.clock = '2024-05-04 06:59+00';
CALL loyalty.close_day('acme', '2024-05-03') \gset
SET loyalty.clock = '2024-05-04 07:00+00';
\set VERBOSITY default
CALL loyalty.close_day('acme', '2024-05-03') \gset
SELECT loyalty.earn_points('acme', :ann, 9) \g /dev/null
SELECT * FROM last_entry;

-- Further east the day after is there at once. A month later everything has ended, at its own time.
SELECT loyalty.update_org('acme', time_zone => 'Pacific/Kiritimati');
SET loyalty.clock = '2024-05-04 11:00+00';
SELECT loyalty.earn_points('acme', :ann, 10) \g /dev/null
SELECT * FROM last_entry;
SET loyalty.clock = '2024-06-05 00:00+00';
CALL loyalty.expire_points('acme');
CALL loyalty.close_day('acme', '2024-06-03') \gset
SELECT effective_at, points FROM loyalty_data.ledger_entry WHERE entry_type = 'd' ORDER BY entry_no;
SELECT count(*) AS wrong FROM loyalty.verify_ledger('acme') WHERE ok IS NOT TRUE;
SELECT count(*) AS lost FROM loyalty.verify_data('acme') WHERE ok IS NOT TRUE;
DROP VIEW last_entry;
DROP EXTENSION loyalty CASCADE;
