-- Batches: many items in one call, an answer for each.
\set VERBOSITY terse
SET client_min_messages = warning;
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
SET loyalty.clock = '2024-06-15 12:00+00';
SELECT pg_temp.new_org('batches', 'club', '12 months');
-- Promised points wait beyond this story: test/sql/ledger_promised.sql has what becomes of them.
SELECT loyalty.set_promised_rules('batches', 'club', 10000) AS rules;
SELECT loyalty.create_program('batches', 'roll', 'Rolling', decimals => 1, expiry_unit => 'days', expiry_value => 30,
    expiry_type => 'rolling') IS NOT NULL AS roll;
SELECT pg_temp.customer('batches', mobile => '+919800000001', registered_on => '2024-01-01') AS ann,
    pg_temp.customer('batches', mobile => '+919800000002', registered_on => '2024-01-01') AS beth,
    pg_temp.customer('batches', mobile => '+919800000003', registered_on => '2024-01-01',
        loyalty_type => 'non_loyalty') AS guest \gset

-- Items come as an array of rows; from a document, or from a table.
SELECT item_no, points, current_points, expires_at, error_code
FROM loyalty.earn_points_batch('batches', ARRAY(SELECT i FROM jsonb_populate_recordset(NULL::loyalty.earn_item,
    jsonb_build_array(
        jsonb_build_object('customer_id', :beth, 'points', 20, 'idempotency_key', 'b-1', 'reason', 'spring'),
        jsonb_build_object('customer_id', :ann, 'points', 10, 'event_time', '2024-02-01T10:00:00Z'),
        jsonb_build_object('customer_id', :ann, 'points', 5, 'category', 'promised', 'event_name', 'bulk_award'),
        jsonb_build_object('customer_id', :beth, 'points', 2.5, 'program', 'roll'),
        jsonb_build_object('customer_id', :beth, 'points', 1, 'program', 'roll'))) i), actor => 'campaign 7');

-- All or nothing, which is the default: the first item that is refused refuses the batch.
SELECT * FROM loyalty.earn_points_batch('batches',
    ARRAY[ROW(:ann, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
        ROW(:guest, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)]::loyalty.earn_item[]);

-- Item by item: what is refused says why, the others are posted. A repeated request gets its first answer.
SELECT item_no, points, current_points, error_code, error
FROM loyalty.earn_points_batch('batches', ARRAY(SELECT i FROM jsonb_populate_recordset(NULL::loyalty.earn_item,
    jsonb_build_array(
        jsonb_build_object('customer_id', :guest, 'points', 1),
        jsonb_build_object('customer_id', :beth, 'points', 20, 'idempotency_key', 'b-1', 'reason', 'spring'),
        jsonb_build_object('customer_id', :ann, 'points', 3, 'idempotency_key', 'a-1'),
        jsonb_build_object('customer_id', :ann, 'points', 3, 'idempotency_key', 'a-1'),
        jsonb_build_object('customer_id', :ann, 'points', 4, 'idempotency_key', 'a-1'),
        jsonb_build_object('points', 1))) i), all_or_nothing => false);

-- Redemptions: of one program or over all, first what expires first. The second item finds what the first one left.
SELECT item_no, length(redemption_id) AS id_length, points, current_points, error_code, error
FROM loyalty.redeem_points_batch('batches', ARRAY(SELECT i FROM jsonb_populate_recordset(NULL::loyalty.redeem_item,
    jsonb_build_array(
        jsonb_build_object('customer_id', :beth, 'points', 2.5, 'program', 'ALL'),
        jsonb_build_object('customer_id', :beth, 'points', 3, 'program', 'ALL'),
        jsonb_build_object('customer_id', :ann, 'points', 13, 'program', 'club', 'idempotency_key', 'r-1'),
        jsonb_build_object('customer_id', :ann, 'points', 13, 'program', 'club', 'idempotency_key', 'r-1'))) i),
    all_or_nothing => false);

-- A late item takes effect after what is there.
SET loyalty.clock = '2025-03-15 12:00+00';
SELECT item_no, points, current_points, error_code
FROM loyalty.redeem_points_batch('batches', ARRAY[ROW(:ann, 1, NULL, NULL, NULL, 'club', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    ROW(:beth, 2.5, NULL, NULL, NULL, 'ALL', '2024-06-20', NULL, NULL, NULL, NULL, NULL, NULL, NULL)]::loyalty.redeem_item[], all_or_nothing => false);
SELECT item_no, points, current_points, error_code
FROM loyalty.earn_points_batch('batches', ARRAY[ROW(:ann, 7, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    ROW(:ann, 8, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)]::loyalty.earn_item[]);

-- What is due is posted first, as in every call; an item that is refused writes not even that.
SET loyalty.clock = '2025-07-15 12:00+00';
SELECT item_no, points, current_points, error_code
FROM loyalty.redeem_points_batch('batches', ARRAY[ROW(:beth, 1, NULL, NULL, NULL, 'ALL', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)]
    ::loyalty.redeem_item[], all_or_nothing => false);
SELECT count(*) AS expiries FROM loyalty.points_ledger_entries WHERE org = 'batches' AND event_name = 'points_expiry';
SELECT item_no, points, current_points, error_code
FROM loyalty.earn_points_batch('batches', ARRAY(SELECT i FROM jsonb_populate_recordset(NULL::loyalty.earn_item,
    jsonb_build_array(
        jsonb_build_object('customer_id', :beth, 'points', 4, 'expires_at', '2025-07-15T11:00:00Z',
            'event_time', '2025-07-01T10:00:00Z'),
        jsonb_build_object('customer_id', :beth, 'points', 6))) i));

-- What a reader sees, and the proof.
SELECT event_name, program, category, entry_no, entry_type, points, balance_after, points_on_event, reason
FROM loyalty.points_ledger('batches', :ann, from_time => '2024-01-01', to_time => '2025-08-01', newest_first => false)
WHERE points > 0;
SELECT event_name, program, entry_no, entry_type, points, balance_after, reason
FROM loyalty.points_ledger('batches', :beth, from_time => '2024-01-01', to_time => '2025-08-01', newest_first => false)
WHERE points > 0 OR entry_type = 'memo';
SELECT count(*) AS notes_of_the_campaign FROM loyalty_data.event_note WHERE actor = 'campaign 7';
SELECT count(*) AS wrong FROM loyalty.verify_ledger('batches') WHERE ok IS NOT TRUE;
DROP EXTENSION loyalty CASCADE;
