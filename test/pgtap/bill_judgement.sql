-- One judgement, two askers: a line of a load is refused by the SQLSTATE that add_transaction is refused by, for each column and
-- each way in which it can be wrong, and for any two of them. Not in one transaction, since a load commits.
\set ON_ERROR_STOP 1
SET client_min_messages = warning;
SET TimeZone = 'UTC';
SET loyalty.clock = '2024-05-02 10:00:00+00';
SELECT no_plan();

\ir ../fixtures/orgs.sql
SELECT pg_temp.new_org('acme', 'base', '30 days', tills => '{till}', store => 'main', country => 'SG');
SELECT pg_temp.new_org('other', country => 'SG');
SELECT loyalty.create_program('acme', 'past', 'Past', points_per_unit => 1, expiry_unit => 'fixed_date', expiry_date => '2024-04-01');
SELECT loyalty.create_program('acme', 'rich', 'Rich', points_per_unit => 10, decimals => 3);
SELECT loyalty.create_store('acme', 'side', 'Side street');
SELECT loyalty.enable_customer_status('acme');
SELECT loyalty.create_status_label('acme', 'suspended', 'Blocked');
SELECT loyalty.set_restriction('acme', 'block_transaction', ARRAY['Blocked']);
CREATE FUNCTION pg_temp.someone(org text, mobile text, type text DEFAULT NULL) RETURNS bigint LANGUAGE sql AS $$
    SELECT pg_temp.customer(org, NULL, '2024-01-01', mobile, type) $$;
SELECT pg_temp.someone('acme', '81234501') AS ann, pg_temp.someone('acme', '81234502') AS bob, pg_temp.someone('acme', '81234503') AS rich,
    pg_temp.someone('acme', '81234504', 'non_loyalty') AS guest, pg_temp.someone('acme', '81234505') AS gone,
    pg_temp.someone('acme', '81234506') AS blocked, pg_temp.someone('other', '81234501') AS stranger \gset
SELECT loyalty.merge_customers('acme', :bob, :gone);
SELECT loyalty.set_customer_status('acme', :blocked, 'Blocked');
SELECT loyalty.earn_points('acme', :rich, 999999999999999.999, program => 'rich');
SELECT loyalty.add_transaction('acme', :ann, 'TAKEN', 1, points => 0);

-- ---------------------------------------------------------------- the list

-- NULL in a change is no value; a line has a time, which a call may leave to the clock.
CREATE TEMP TABLE wrong (place serial, argument text, name text, code text, change jsonb);
INSERT INTO wrong (argument, name, code, change)
SELECT argument, name, code, jsonb_build_object(argument, CASE WHEN value IS NULL THEN 'null'::jsonb ELSE to_jsonb(value) END)
FROM (VALUES
    ('customer_id', 'customer 0', 'LY107', '0'),
    ('customer_id', 'one of another org', 'LY107', :'stranger'),
    ('customer_id', 'one who was merged', 'LY125', :'gone'),
    ('customer_id', 'one who is blocked', 'LY201', :'blocked'),
    ('customer_id', 'a guest', NULL, :'guest'),
    ('transaction_number', 'none', 'LY001', NULL),
    ('transaction_number', 'an empty one', 'LY001', ''),
    ('transaction_number', 'a long one', 'LY002', repeat('x', 101)),
    ('transaction_number', 'one that is taken', 'LY410', 'TAKEN'),
    ('amount', 'none', 'LY001', NULL),
    ('amount', 'a negative', 'LY413', '-1'),
    ('amount', 'too fine', 'LY413', '1.0001'),
    ('amount', 'NaN', 'LY402', 'NaN'),
    ('amount', 'too much', 'LY404', '1e15'),
    ('discount', 'a negative', 'LY413', '-1'),
    ('discount', 'NaN', 'LY402', 'NaN'),
    ('points', 'none at all', NULL, '0'),
    ('points', 'a negative', 'LY401', '-1'),
    ('points', 'too fine', 'LY403', '1.5'),
    ('points', 'NaN', 'LY402', 'NaN'),
    ('points', 'too many', 'LY404', '1e15'),
    ('program', 'an unknown one', 'LY007', 'x'),
    ('program', 'all of them', 'LY007', 'ALL'),
    ('program', 'a long one', 'LY002', repeat('x', 101)),
    ('program', 'one that is over', NULL, 'past'),
    ('event_time', 'the future', 'LY408', '2025-01-01'),
    ('event_time', 'before the registration', 'LY407', '2023-01-01'),
    ('event_time', 'before all calendars', 'LY015', '1800-01-01'),
    ('till', 'an unknown one', 'LY006', 'x'),
    ('till', 'a long one', 'LY002', repeat('x', 101)),
    ('store', 'an unknown one', 'LY005', 'x'),
    ('store', 'a long one', 'LY002', repeat('x', 101)),
    ('program', 'an empty one', NULL, ''),
    ('till', 'an empty one', NULL, ''),
    ('store', 'an empty one', NULL, ''),
    ('reason', 'an empty one', NULL, ''),
    ('source', 'an empty one', NULL, ''),
    ('source', 'an unknown one', 'LY008', 'MARS'),
    ('source', 'a long one', 'LY002', repeat('x', 101)),
    ('reason', 'a long one', 'LY002', repeat('x', 1001)))
    v (argument, name, code, value);
INSERT INTO wrong (argument, name, code, change) VALUES
    ('store', 'not the till''s', 'LY003', '{"till": "till", "store": "side"}'),
    ('amount', 'of too many points', NULL, '{"program": "rich", "amount": 999999999999999}'),
    ('points', 'a balance that is full', NULL, format('{"customer_id": %s, "program": "rich", "points": 0.001}', :rich)::jsonb);

-- Lines with one thing that is wrong, then with two: of those a later one of the same column would win.
CREATE TABLE public.lines (line_no bigint, kind_of text, code text, customer_id bigint, transaction_number text, amount numeric,
    event_time timestamptz, discount numeric, points numeric, program text, till text, store text, source text, reason text);
INSERT INTO public.lines
SELECT (jsonb_populate_record(NULL::public.lines, format('{"customer_id": %s, "transaction_number": "T-%s", "amount": 3, "program": "base",
    "event_time": "2024-05-01"}', :ann, n)::jsonb || change || jsonb_build_object('line_no', n, 'kind_of', kind_of, 'code', code))).*
FROM (SELECT row_number() OVER (ORDER BY two, place, other) AS n, * FROM (
    SELECT 1 AS two, place, 0 AS other, argument || ': ' || name AS kind_of, code, change FROM wrong
    UNION ALL
    SELECT 2, a.place, b.place, format('%s: %s and %s: %s', a.argument, a.name, b.argument, b.name), NULL, a.change || b.change
    FROM wrong a JOIN wrong b ON a.place < b.place
        AND NOT EXISTS (SELECT FROM jsonb_object_keys(a.change) k WHERE b.change ? k)) w) x;
SELECT cmp_ok(count(*), '>', 500::bigint, 'there are many lines') FROM public.lines;
SELECT is_empty($$SELECT attname FROM pg_attribute WHERE attrelid = 'public.lines'::regclass AND attnum > 3
    AND attname NOT IN (SELECT argument FROM wrong)$$, 'every column of a bill is in the list');

-- ---------------------------------------------------------------- both ways

-- The call, of which nothing stays.
CREATE FUNCTION pg_temp.called(line public.lines) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    BEGIN
        PERFORM loyalty.add_transaction('acme', line.customer_id, line.transaction_number, line.amount, line.discount,
            points => line.points, program => line.program, event_time => line.event_time, till => line.till, store => line.store,
            reason => line.reason, source => line.source);
        RAISE EXCEPTION USING ERRCODE = 'XX001', MESSAGE = 'back';
    EXCEPTION WHEN SQLSTATE 'XX001' THEN
        RETURN NULL;
    END;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
CREATE TEMP TABLE called AS SELECT line_no, kind_of, code, pg_temp.called(l) AS called FROM public.lines l;
CALL loyalty.load_transactions('acme', 'public.lines');
CREATE TEMP VIEW both_ways AS
    SELECT c.*, e.error_code AS loaded FROM called c LEFT JOIN loyalty.transaction_load_errors e USING (line_no);
SELECT is(called, code, 'called: ' || kind_of) FROM both_ways WHERE kind_of NOT LIKE '% and %';
SELECT is(loaded, code, 'loaded: ' || kind_of) FROM both_ways WHERE kind_of NOT LIKE '% and %';
SELECT is_empty('SELECT kind_of, called, loaded FROM both_ways WHERE called IS DISTINCT FROM loaded',
    'of two things that are wrong the call and the load say the same one');
SELECT is((SELECT string_agg(invariant, ', ') FROM loyalty.verify_ledger('acme') WHERE ok IS NOT TRUE), NULL, 'every invariant holds');
SELECT * FROM finish();
