-- Dates of loads and documents mean the same whatever the session's settings are, and other forms than ISO 8601 are named.
\set VERBOSITY default
SET client_min_messages = warning;
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
SET loyalty.clock = '2022-06-15 12:00+00';
SELECT pg_temp.new_org('dates', 'club', zone => 'Asia/Kolkata', country => 'IN');
SELECT pg_temp.new_org('york', 'club', zone => 'America/New_York', country => 'IN');
SELECT pg_temp.customer('dates', mobile => '9800000001', registered_on => '1960-01-01') AS ann \gset
SELECT pg_temp.customer('york', mobile => '9800000001', registered_on => '1960-01-01') AS eve \gset
SET TimeZone = 'America/Lima';
SET IntervalStyle = sql_standard;
SET extra_float_digits = -15;

-- The same file under every order of days and months: ISO 8601 is read, and nothing else.
SELECT format('SET DateStyle = %L', style), format($$CREATE TABLE iso_%s AS SELECT n::int AS line_no, %s AS customer_id, 'I%1$s-' || n AS transaction_number, '1' AS amount, event_time
    FROM unnest('{2022-02-03 19:00:00,2022-02-03T19:00,2022-02-03T13:30:00Z,2022-02-03 13:30:00+00,2022-02-03 19:00:00.25 +0530,2022-02-03,
        " 2022-02-03 19:00 ",3.2.2022,03/02/2022,03-02-2022 19:00:00,yesterday,now,2022-02-03 19:00 Asia/Kolkata,20220203,infinity,Feb 3 2022,
        2022-02-30,2022-02-03 24:00,1899-12-31,10000-01-01,epoch,J2459614}'::text[])
        WITH ORDINALITY f (event_time, n)$$, n, :ann), format('CALL loyalty.load_transactions(''dates'', ''iso_%s'')', n)
FROM unnest('{"ISO, MDY","SQL, DMY","German, YMD"}'::text[]) WITH ORDINALITY s (style, n) \gexec
SET DateStyle = 'ISO, MDY';
SELECT string_agg(DISTINCT right(relation, 5), ' ') AS files, line_no, error_code, error, count(*) FROM loyalty.transaction_load_errors
GROUP BY line_no, error_code, error ORDER BY line_no;
SELECT split_part(transaction_number, '-', 2)::int AS line_no, event_time AT TIME ZONE 'Asia/Kolkata' AS local, count(*) FROM loyalty.transactions
WHERE org = 'dates' GROUP BY 1, 2 ORDER BY 1;

-- Each format reads its own sample as one instant; its name is taken in any case.
SET DateStyle = 'SQL, DMY';
CREATE TABLE formats (format_no int, date_format text, sample text);
INSERT INTO formats VALUES
    (0, 'iso', '2022-02-03 19:00'), (1, 'yyyy-MM-dd HH:mm:ss', '2022-02-03 19:00:00'), (2, 'dd-MM-yyyy HH:mm:ss', '03-02-2022 19:00:00'),
    (3, 'dd/MM/yyyy HH:mm:ss', '03/02/2022 19:00:00'), (4, 'yyyy-MM-dd HH:mm:ss Z', '2022-02-03 13:30:00 Z'),
    (5, 'yyyy-MM-dd HH:mm:ssXXX', '2022-02-03 06:30:00.0000009-07:00'), (6, 'DD-MMM-YY hh:mm:ss', '03-Feb-22 19:00:00'),
    (7, 'M/D/YY HH:mm:ss', '2/3/22 19:00:00'), (8, 'D/M/YY HH:mm:ss', '3/2/22 19:00:00'), (9, 'MM/DD/YY HH:mm:ss', '02/03/22 19:00:00');
SELECT format($$CREATE TABLE file_%1$s AS SELECT (10 * format_no + 1)::int AS line_no, '9800000001' AS mobile, 'F%1$s-' || format_no AS transaction_number, 1 AS amount,
    sample AS event_time FROM formats$$, format_no), format('CALL loyalty.load_transactions(''dates'', ''file_%s'', date_format => %L)', format_no, date_format)
FROM formats ORDER BY format_no \gexec
SET DateStyle = 'ISO, MDY';
SELECT split_part(transaction_number, '-', 1) AS file, string_agg(split_part(transaction_number, '-', 2), ' ' ORDER BY line) AS samples_read,
    count(*) FILTER (WHERE at <> '2022-02-03 13:30:00+00') AS otherwise, string_agg(DISTINCT at::text, ' ') FILTER (WHERE at <> '2022-02-03 13:30:00+00')
FROM (SELECT transaction_number, event_time AS at, split_part(transaction_number, '-', 2)::int AS line FROM loyalty.transactions
    WHERE transaction_number LIKE 'F%') t GROUP BY 1 ORDER BY 1;
SELECT DISTINCT error_code, error FROM loyalty.transaction_load_errors WHERE relation LIKE 'public.file%';

-- Two digits of a year; a clock that skips an hour, and one that shows it twice.
CREATE TABLE years AS SELECT n::int AS line_no, :ann AS customer_id, 'Y' || n AS transaction_number, 1 AS amount, event_time
    FROM unnest('{2/3/70 01:00:00,2/3/69 01:00:00,2/3/21 01:00:00}'::text[]) WITH ORDINALITY f (event_time, n);
CALL loyalty.load_transactions('dates', 'years', date_format => 'D/M/YY HH:mm:ss');
SELECT line_no, error_code FROM loyalty.transaction_load_errors WHERE relation = 'public.years';
CREATE TABLE clocks AS SELECT n::int AS line_no, :eve AS customer_id, 'C' || n AS transaction_number, 1 AS amount, event_time
    FROM unnest('{2022-03-13 02:30:00,2021-11-07 01:30:00}'::text[]) WITH ORDINALITY f (event_time, n);
CALL loyalty.load_transactions('york', 'clocks');
SELECT transaction_number, event_time AT TIME ZONE 'UTC' AS utc FROM loyalty.transactions WHERE transaction_number ~ '^[YC]' ORDER BY event_time;

-- Columns whose texts depend on the session are refused: money on lc_monetary, floating-point numbers on extra_float_digits.
\set VERBOSITY sqlstate
CREATE TABLE rich AS SELECT 1 AS line_no, :ann AS customer_id, 'R1' AS transaction_number, 1::money AS amount, now() AS event_time;
CALL loyalty.load_transactions('dates', 'rich');
CREATE TABLE blurred AS SELECT 1 AS line_no, :ann::float8 AS customer_id, 'R1' AS transaction_number, 1 AS amount, now() AS event_time;
CALL loyalty.load_transactions('dates', 'blurred');
CALL loyalty.load_transactions('dates', 'years', date_format => 'YYYYMMDD');
\set VERBOSITY default

-- Items of batches know no org and mean UTC; other documents mean the org's clock.
CREATE FUNCTION pg_temp.item_time(given text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN (loyalty.earn_items(jsonb_build_array(jsonb_build_object('customer_id', 1, 'points', 1, 'event_time', given))))[1].event_time;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
CREATE FUNCTION pg_temp.registration_time(mobile text, given text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    id bigint;
BEGIN
    id := (loyalty.register_customer_json('dates', jsonb_build_object('createDate', given, 'profiles', jsonb_build_array(
        jsonb_build_object('identifiers', jsonb_build_array(jsonb_build_object('type', 'mobile', 'value', mobile))))))).customer_id;
    RETURN (SELECT registered_on FROM loyalty_data.customer WHERE customer_id = id);
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
CREATE FUNCTION pg_temp.clock_time(given text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('loyalty.clock', given, true);
    RETURN loyalty.clock();
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
CREATE TABLE times AS SELECT given FROM unnest('{2022-02-03T10:00:00.5Z,2022-02-03 10:00:00+05:30,2022-02-03 10:00,2022-02-03,03/02/2022 10:00,
    yesterday,now,infinity,epoch,1900-01-01,1899-12-31 23:59:59+00,9999-12-31 23:59:59.999999Z,9999-12-31 23:59:59-01,0001-01-01,20000-01-01}'::text[]) given;
SET DateStyle = 'ISO, MDY';
SELECT given, pg_temp.item_time(given) AS item, pg_temp.registration_time('98100' || 10000 + row_number() OVER (), given) AS registration
FROM times ORDER BY given COLLATE "C";
SELECT given, pg_temp.clock_time(given) AS clock FROM times ORDER BY given COLLATE "C";
SET DateStyle = 'SQL, DMY';
SELECT given, pg_temp.item_time(given) AS item, pg_temp.registration_time('98200' || 10000 + row_number() OVER (), given) AS registration
FROM times ORDER BY given COLLATE "C";
SELECT given, pg_temp.clock_time(given) AS clock FROM times ORDER BY given COLLATE "C";
RESET DateStyle;
SET loyalty.clock = '300000-01-01 00:00+00';
DROP TABLE iso_1, iso_2, iso_3, file_0, file_1, file_2, file_3, file_4, file_5, file_6, file_7, file_8, file_9, years, clocks, rich, blurred, formats, times;
DROP EXTENSION loyalty CASCADE;
