-- Loading bills from a table or view, batch by batch.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
SET loyalty.clock = '2024-06-15 12:00+00';
SELECT pg_temp.new_org('loads', tills => '{t1}', store => 's1', zone => 'Asia/Kolkata', country => 'IN');
SELECT loyalty.create_program('loads', 'club', 'Club', rounding => 'floor', expiry_unit => 'months', expiry_value => 12)
    IS NOT NULL AS club;
SELECT pg_temp.customer('loads', mobile => '9800000001', registered_on => '2024-01-01') AS ann \gset

CREATE TABLE till_roll (
    line_no int PRIMARY KEY, mobile text, first_name text, transaction_number text, amount numeric, event_time timestamp,
    till text, points numeric, reason text);
INSERT INTO till_roll VALUES
    (1, '98000 00001', NULL, 'A1', 100.50, '2024-03-01 10:00', 't1', NULL, NULL),
    (2, '9800000002', 'Beth', 'B2', 30, '2024-03-02 10:00', 't1', NULL, 'opening day'),
    (3, '9800000002', 'Beth', 'B1', 20, '2024-02-02 10:00', 't1', NULL, NULL),
    (4, 'no number', NULL, 'C1', 20, '2024-02-02 10:00', 't1', NULL, NULL),
    (5, '9800000003', 'Carl', 'A1', 10, '2024-03-05 10:00', 't1', NULL, NULL),
    (6, '9800000003', 'Carl', 'C3', -1, '2024-03-05 10:00', 't1', NULL, NULL),
    (7, '9800000003', 'Carl', 'C4', 10, '2023-03-05 10:00', 't9', NULL, NULL),
    (8, '9800000003', 'Carl', 'C5', 10, '2024-03-06 10:00', NULL, 7, NULL),
    (9, NULL, NULL, 'D1', 10, '2024-03-06 10:00', NULL, NULL, NULL);
\set VERBOSITY default
SET client_min_messages = notice;
CALL loyalty.load_transactions('loads', 'till_roll', batch_size => 4);
\set VERBOSITY terse
SET client_min_messages = warning;

-- Lines that were refused do not hold the others up.
SELECT relation, line_no, error_code, error FROM loyalty.transaction_load_errors ORDER BY line_no;
SELECT relation, last_line_no, bills, refused, finished_at IS NOT NULL AS finished FROM loyalty.transaction_loads;

-- New customers were registered at their first bill; times without a zone are the org's.
SELECT c.customer_id = :ann AS is_ann, c.registered_on, e.event_name, e.event_time, e.points, e.balance_after, e.till
FROM loyalty.points_ledger_entries e JOIN loyalty_data.customer c ON c.customer_id = e.original_customer_id
WHERE e.org = 'loads' AND e.entry_type = 'credit' ORDER BY c.customer_id, e.entry_no;

-- A later call goes on behind the last line: nothing comes twice.
CALL loyalty.load_transactions('loads', 'till_roll');
INSERT INTO till_roll VALUES (10, '9800000001', NULL, 'A2', 5, '2024-03-07 10:00', NULL, NULL, NULL);
CALL loyalty.load_transactions('loads', 'till_roll');
SELECT last_line_no, bills, refused FROM loyalty.transaction_loads;
SELECT current_points FROM loyalty.points_balance('loads', :ann);

-- A view is a source of its own; customers may be given by their ids.
SELECT loyalty.set_config('loads', 'CONF_CLIENT_V2_API_ENABLED', 'true');
CREATE VIEW by_id AS SELECT 1 AS line_no, :ann::bigint AS customer_id, 'V1' AS transaction_number, 9 AS amount,
    timestamptz '2024-04-01 10:00+00' AS event_time, 's1' AS store, 'WEBSITE' AS source;
CALL loyalty.load_transactions('loads', 'by_id');
SELECT relation, last_line_no, bills, refused FROM loyalty.transaction_loads ORDER BY relation;
SELECT event_time, points, store, source, transaction_number
FROM loyalty.points_ledger('loads', :ann, from_time => '2024-04-01', to_time => '2024-04-02');

-- Of one customer the earlier bill comes first, however the lines name the customer; there is no customer 0; and a bill whose
-- points would expire before they are earned has none, but for a number that is taken, which is refused.
SELECT loyalty.create_program('loads', 'season', 'Season', expiry_unit => 'fixed_date', expiry_date => '2024-06-01') > 0 AS season;
CREATE TABLE mixed AS SELECT * FROM (VALUES
    (1, NULL::bigint, '9800000001', 'M1', 10, timestamptz '2024-05-01 10:00+00', 'club'),
    (2, :ann, NULL, 'M2', 20, '2024-05-10 10:00+00', 'club'),
    (3, 0, '9800000001', 'M3', 30, '2024-05-02 10:00+00', 'club'),
    (4, :ann, NULL, 'M4', 40, '2024-06-10 10:00+00', 'season'),
    (5, :ann, NULL, 'M2', 50, '2024-06-11 10:00+00', 'season'))
    m (line_no, customer_id, mobile, transaction_number, amount, event_time, program);
CALL loyalty.load_transactions('loads', 'mixed');
SELECT transaction_number, effective_at, points
FROM loyalty.points_ledger('loads', :ann, from_time => '2024-05-01', to_time => '2024-06-12', newest_first => false);
SELECT line_no, error_code FROM loyalty.transaction_load_errors WHERE relation = 'public.mixed' ORDER BY line_no;
SELECT transaction_number, points, no_points FROM loyalty.transactions WHERE org = 'loads' AND transaction_number LIKE 'M%' ORDER BY 1;
DROP TABLE mixed;
SELECT count(*) AS wrong FROM loyalty.verify_ledger('loads') WHERE ok IS NOT TRUE;
DROP VIEW by_id;
DROP TABLE till_roll;
DROP EXTENSION loyalty CASCADE;
