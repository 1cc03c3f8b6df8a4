-- Lines of a load that are not what they should be: each is refused by itself.
\set VERBOSITY default
SET client_min_messages = warning;
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
SET loyalty.clock = '2024-06-15 12:00+00';
SELECT pg_temp.new_org('lines', 'club', '12 months', zone => 'Asia/Kolkata', country => 'IN');
SELECT pg_temp.customer('lines', mobile => '9800000001', registered_on => '2024-01-01') AS ann \gset

-- Texts that read as values; one that is empty or of blanks counts as none, and times in them without a zone are the org's.
CREATE TABLE texts (line_no int, customer_id text, transaction_number text, amount text, event_time text, points varchar(9),
    registered_on char(10));
INSERT INTO texts VALUES
    (1, :'ann', 'T1', '10', '2024-05-01 10:00', '', NULL),
    (2, :'ann', 'T2', ' 10.5 ', '2024-05-02 10:00+00', '3', '2024-01-01'),
    (3, :'ann', 'T3', 'n/a', '2024-05-03', NULL, NULL),
    (4, :'ann', 'T4', '10,5', 'yesterday or so', NULL, NULL),
    (5, :'ann', 'T5', '10', '2024-13-03', NULL, NULL),
    (6, :'ann', 'T6', '10', '300000-05-03', NULL, NULL),
    (7, 'ann', 'T7', '10', '2024-05-03', NULL, NULL),
    (8, :'ann', 'T8', '', '2024-05-03', NULL, NULL),
    (9, :'ann', 'T9', '10', '', NULL, NULL),
    (10, :'ann', 'T10', '10', '2024-05-03', 'many', 'never'),
    (11, :'ann', 'T11', '1e400000', '2024-05-03', NULL, NULL),
    (12, :'ann', 'T12', 'NaN', '2024-05-03', NULL, NULL),
    (13, :'ann', 'T13', '7', '2024-05-04', NULL, NULL),
    (14, :'ann', 'T14', '7', '2024-05-05', '  ', NULL),
    (15, :'ann', 'T15', '7', '  ', NULL, NULL);
CALL loyalty.load_transactions('lines', 'texts', batch_size => 5);
SELECT line_no, error_code, error FROM loyalty.transaction_load_errors WHERE relation = 'public.texts' ORDER BY line_no;
SELECT transaction_number, event_time, amount, points FROM loyalty.transactions ORDER BY event_time;
SELECT last_line_no, bills, refused, finished_at IS NOT NULL AS finished FROM loyalty.transaction_loads;
SHOW TimeZone;

-- Dates and times that have no place in the calendar.
CREATE TABLE dates (line_no int, mobile text, transaction_number text, amount numeric, event_time date, registered_on timestamp);
INSERT INTO dates VALUES
    (1, '9800000001', 'D1', '1.50', '2024-05-10', NULL),
    (2, '9800000001', 'D2', '1.50', '300000-05-03', NULL),
    (3, '9800000001', 'D3', '1.50', '4714-11-24 BC', NULL),
    (4, '9800000001', 'D4', '1.50', 'infinity', NULL),
    (5, '9800000002', 'D5', '1.50', '2024-05-10', '4714-11-24 00:00 BC'),
    (6, '9800000003', 'D6', '1.50', '2024-05-10', '294276-12-31 23:59'),
    (7, '9800000003', 'D7', '1.50', '2024-05-11', NULL);
CALL loyalty.load_transactions('lines', 'dates', batch_size => NULL);
SELECT line_no, error_code, error FROM loyalty.transaction_load_errors WHERE relation = 'public.dates' ORDER BY line_no;
SELECT transaction_number, event_time, amount FROM loyalty.transactions WHERE transaction_number LIKE 'D%' ORDER BY event_time;

-- A column whose type has no such values refuses the call, and nothing is loaded.
\set VERBOSITY sqlstate
CREATE TABLE wrong AS SELECT 1 AS line_no, :ann AS customer_id, 'W1' AS transaction_number, true AS amount, now() AS event_time;
CALL loyalty.load_transactions('lines', 'wrong');
ALTER TABLE wrong ALTER amount TYPE int USING 1, ALTER event_time TYPE int USING 20240503;
CALL loyalty.load_transactions('lines', 'wrong');

-- Every line has a number, the least one and the greatest among them.
CREATE TABLE numbers (line_no bigint, customer_id bigint, transaction_number text, amount int, event_time timestamptz);
INSERT INTO numbers VALUES
    (-9223372036854775808, :ann, 'N1', 1, '2024-05-20'),
    (NULL, :ann, 'N2', 1, '2024-05-21'),
    (9223372036854775807, :ann, 'N3', 1, '2024-05-22');
CALL loyalty.load_transactions('lines', 'numbers', batch_size => 1);
UPDATE numbers SET line_no = 0 WHERE line_no IS NULL;
CALL loyalty.load_transactions('lines', 'numbers', batch_size => 1);
CALL loyalty.load_transactions('lines', 'numbers', batch_size => 1);
SELECT last_line_no, bills, refused, finished_at IS NOT NULL AS finished FROM loyalty.transaction_loads WHERE relation = 'public.numbers';
SELECT transaction_number, event_time FROM loyalty.transactions WHERE transaction_number LIKE 'N%' ORDER BY event_time;

\set VERBOSITY default
-- A customer is registered at the first bill, whichever identifiers the lines have in common and however these are written.
SELECT loyalty.set_config('lines', 'CONF_USERS_IS_EMAIL_UNIQUE', 'true');
CREATE TABLE people (line_no int, mobile text, email text, transaction_number text, amount int, event_time timestamptz);
INSERT INTO people VALUES
    (1, '9800000011', NULL, 'P1', 1, '2024-05-02'),
    (2, '9800000011', 'eve@example.com', 'P2', 1, '2024-05-10'),
    (3, '98000 00011', NULL, 'P3', 1, '2024-05-03'),
    (4, '+91 98000-00011', 'EVE@example.com', 'P4', 1, '2024-05-01'),
    (5, '9800000012', NULL, 'P5', 1, '2024-05-05'),
    (6, '98000 00012', 'fay@example.com', 'P6', 1, '2024-05-07'),
    (7, 'none', 'gus@example.com', 'P7', 1, '2024-05-01'),
    (8, '9800000013', 'gus@example.com', 'P8', 1, '2024-05-08');
CALL loyalty.load_transactions('lines', 'people');
SELECT line_no, error_code FROM loyalty.transaction_load_errors WHERE relation = 'public.people' ORDER BY line_no;
SELECT c.registered_on, string_agg(e.transaction_number, ' ' ORDER BY e.event_time) AS bills
FROM loyalty_data.transaction e JOIN loyalty_data.customer c USING (org_id, customer_id)
WHERE e.transaction_number LIKE 'P%' GROUP BY c.customer_id, c.registered_on ORDER BY 1;

-- A bill without a time is none, nor is anybody registered for it; a registration has a time that can be.
CREATE TABLE times (line_no int, customer_id bigint, mobile text, transaction_number text, amount int, event_time timestamptz,
    registered_on timestamptz);
INSERT INTO times VALUES
    (1, :ann, NULL, 'I1', 1, NULL, NULL),
    (2, NULL, '9800000021', 'I2', 1, NULL, NULL),
    (3, NULL, '9800000021', 'I3', 1, '2024-05-01', NULL),
    (4, NULL, '9800000022', 'I4', 1, NULL, '2024-01-01'),
    (5, NULL, '9800000023', 'I5', 1, '2024-05-01', 'infinity'),
    (6, NULL, '9800000023', 'I6', 1, '2024-05-02', '-infinity'),
    (7, NULL, '9800000023', 'I7', 1, 'infinity', NULL),
    (8, NULL, '9800000023', 'I8', 1, '2024-05-03', NULL);
CALL loyalty.load_transactions('lines', 'times');
SELECT line_no, error_code FROM loyalty.transaction_load_errors WHERE relation = 'public.times' ORDER BY line_no;
SELECT transaction_number, event_time FROM loyalty.transactions WHERE transaction_number LIKE 'I%' ORDER BY event_time;
SELECT loyalty.find_customer('lines', 'mobile', '9800000022') AS nobody;

-- Points of somebody who is not enrolled are none, but they must make sense, as in the single call.
SELECT customer_id AS guest FROM loyalty.register_customer('lines', mobile => '9800000031', registered_on => '2024-01-01',
    loyalty_type => 'non_loyalty') \gset
CREATE TABLE guests AS SELECT * FROM (VALUES (1, :guest, 'G1', 1, timestamptz '2024-05-01', 'NaN'::numeric), (2, :guest, 'G2', 1, '2024-05-01', -1),
    (3, :guest, 'G3', 1, '2024-05-01', 1.0001), (4, :guest, 'G4', 1, '2024-05-01', 1e15), (5, :guest, 'G5', 1, '2024-05-01', 0.5))
    g (line_no, customer_id, transaction_number, amount, event_time, points);
CALL loyalty.load_transactions('lines', 'guests');
SELECT line_no, error_code FROM loyalty.transaction_load_errors WHERE relation = 'public.guests' ORDER BY line_no;
\set VERBOSITY sqlstate
SELECT loyalty.add_transaction('lines', :guest, 'G1', 1, points => 'NaN');
SELECT loyalty.add_transaction('lines', :guest, 'G2', 1, points => -1);
SELECT loyalty.add_transaction('lines', :guest, 'G3', 1, points => 1.0001);
SELECT loyalty.add_transaction('lines', :guest, 'G4', 1, points => 1e15);

-- A counter that is full takes the points of its customer's line, and of no other.
SELECT loyalty.create_program('lines', 'short', 'Short', expiry_unit => 'days', expiry_value => 10) IS NOT NULL AS short;
SELECT loyalty.earn_points('lines', :ann, 900000000000000, program => 'short', event_time => '2024-02-01', expires_at => '2024-03-01') IS NOT NULL AS earned;
SELECT customer_id AS bob FROM loyalty.register_customer('lines', mobile => '9800000041', registered_on => '2024-01-01') \gset
SELECT points FROM loyalty.transfer_points('lines', :ann, :bob, 900000000000000, 'short', event_time => '2024-02-01');
SELECT points FROM loyalty.earn_points('lines', :bob, 50000000000000, program => 'short', event_time => '2024-04-01', expires_at => '2024-05-01');
SELECT customer_id AS cyd FROM loyalty.register_customer('lines', mobile => '9800000042', registered_on => '2024-01-01') \gset
SELECT points FROM loyalty.earn_points('lines', :cyd, 800000000000000, program => 'short', event_time => '2024-04-01', expires_at => '2024-05-01');
SELECT points FROM loyalty.transfer_points('lines', :cyd, :bob, 800000000000000, 'short', event_time => '2024-04-02');
CREATE TABLE full_up AS SELECT * FROM (VALUES (1, :ann, 'F1', 1, timestamptz '2024-06-01'), (2, :bob, 'F2', 1, '2024-06-01'), (3, :ann, 'F3', 1, '2024-06-02'))
    f (line_no, customer_id, transaction_number, amount, event_time), (VALUES ('short')) p (program);
CALL loyalty.load_transactions('lines', 'full_up');
SELECT line_no, error_code FROM loyalty.transaction_load_errors WHERE relation = 'public.full_up' ORDER BY line_no;
SELECT transaction_number, points, no_points FROM loyalty.transactions WHERE org = 'lines' AND transaction_number LIKE 'F%' ORDER BY 1;
SELECT bills, refused, finished_at IS NOT NULL AS finished FROM loyalty.transaction_loads WHERE relation = 'public.full_up';
SELECT count(*) AS wrong FROM loyalty.verify_ledger('lines') WHERE ok IS NOT TRUE;
DROP TABLE texts, dates, wrong, numbers, people, times, guests, full_up;
DROP EXTENSION loyalty CASCADE;
