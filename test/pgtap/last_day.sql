-- Expiries are exclusive instants; people ask for the last day. Wherever one is shown its last day stands beside it: the
-- catalogue says where, documents are walked, and each place is asked about the same ends.
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = warning;
SET LOCAL TimeZone = 'UTC';
SET LOCAL loyalty.clock = '2018-06-15 12:00:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql

-- ---------------------------------------------------------------- where

-- Columns of views and of what functions return, in their order; items of batches are arguments.
CREATE TEMP VIEW shown AS
    SELECT c.oid::regclass::text AS place, a.attnum::int AS n, a.attname::text AS name, a.atttypid AS type
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relnamespace = 'loyalty'::regnamespace AND (c.relkind = 'v'
        OR c.relkind = 'c' AND EXISTS (SELECT FROM pg_proc p WHERE p.prorettype = c.reltype))
    UNION ALL
    SELECT p.oid::regprocedure::text, n::int, p.proargnames[n], t
    FROM pg_proc p, unnest(p.proallargtypes, p.proargmodes) WITH ORDINALITY a (t, mode, n)
    WHERE p.pronamespace = 'loyalty'::regnamespace AND a.mode IN ('o', 'b', 't');
CREATE TEMP VIEW expiry AS
    SELECT s.*, regexp_replace(s.name, 'expir(es|y)_at', 'last_day') AS wanted FROM shown s
    WHERE s.name ~ 'expir' AND s.type = 'timestamptz'::regtype AND s.place !~ 'send_code'; -- codes live for minutes
SELECT cmp_ok((SELECT count(*) FROM expiry), '>=', 11::bigint, 'the catalogue shows expiries');
SELECT is_empty('SELECT place, name FROM expiry WHERE name !~ ''expir(es|y)_at$''', 'each has the name of one');
SELECT is_empty($$SELECT e.place, e.name FROM expiry e LEFT JOIN shown s ON s.place = e.place AND s.n = e.n + 1
    WHERE s.name IS DISTINCT FROM e.wanted OR s.type <> 'date'::regtype$$,
    'behind each stands its last day');
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'loyalty'::regnamespace
    AND p.prorettype = 'timestamptz'::regtype AND p.proname ~ 'expir'$$, 'no function answers one alone');

-- Functions that answer documents; a new one belongs into the list, and its documents below.
SELECT set_eq($$SELECT DISTINCT split_part(place, '(', 1) FROM shown WHERE type = 'jsonb'::regtype
    UNION SELECT proname FROM pg_proc WHERE pronamespace = 'loyalty'::regnamespace AND prorettype = 'jsonb'::regtype$$,
    $$VALUES ('customer_single_view'), ('points_ledger_json'), ('loyalty.points_balance'), ('loyalty.explain_registration'),
        ('loyalty.transaction_lines'), ('customer_brief'), ('export_customer'), ('loyalty.metrics'), ('loyalty.message_templates'), ('bsp_secret'),
        ('loyalty.take_messages'), ('loyalty.promotions'), ('loyalty.preview_message'), ('loyalty.change_requests'), ('loyalty.customer_timeline')$$, 'documents come from these');

-- ---------------------------------------------------------------- what

-- The independent answer: the last of the instants before the end, by quarters of an hour and the very last microsecond.
CREATE FUNCTION pg_temp.last_day(ends timestamptz, zone text) RETURNS date LANGUAGE sql AS $$
    SELECT max((t AT TIME ZONE zone)::date) FROM (
        SELECT ends - '1 microsecond'::interval UNION ALL
        SELECT generate_series(ends - '2 days'::interval, ends - '15 minutes'::interval, '15 minutes')) s (t) $$;
CREATE TEMP TABLE zone (zone text, first_day date, days int);
INSERT INTO zone VALUES
    ('America/Sao_Paulo', '2018-11-02', 4), ('America/Sao_Paulo', '2019-02-14', 4), ('Asia/Beirut', '2023-03-24', 8),
    ('Asia/Beirut', '2023-10-27', 4), ('America/Havana', '2023-11-03', 4), ('America/Santiago', '2023-09-01', 4),
    ('Australia/Lord_Howe', '2024-04-05', 4), ('Europe/Berlin', '2024-03-29', 4), ('Asia/Singapore', '2024-02-28', 3),
    ('Pacific/Apia', '2011-12-28', 5), ('Pacific/Kiritimati', '1999-12-30', 4), ('UTC', '2024-02-28', 3);
SELECT is_empty($$SELECT z.zone, t, d FROM zone z,
    generate_series(z.first_day::timestamptz, z.first_day::timestamptz + z.days * interval '1 day', interval '30 minutes') t,
    LATERAL (VALUES (t - interval '1 microsecond'), (t), (t + interval '1 microsecond')) i (ends),
    LATERAL loyalty_data.last_day(i.ends, z.zone) d
    WHERE d IS DISTINCT FROM pg_temp.last_day(i.ends, z.zone)$$, 'last_day: every half hour around changes of clocks');

-- By hand, for those who check the check.
SELECT is(loyalty_data.last_day(ends, zone), day, what) FROM (VALUES
    ('2018-11-04 03:00+00'::timestamptz, 'America/Sao_Paulo', '2018-11-03'::date, 'Sao Paulo: 4 November 2018 begins at one'),
    ('2018-11-04 03:00:00.000001+00', 'America/Sao_Paulo', '2018-11-04', 'and lasts a microsecond later'),
    ('2019-02-17 03:00+00', 'America/Sao_Paulo', '2019-02-16', 'Sao Paulo: 16 February 2019 has its last hour twice'),
    ('2023-03-25 22:00+00', 'Asia/Beirut', '2023-03-25', 'Beirut: 26 March 2023 was to begin at one'),
    ('2023-11-05 04:00+00', 'America/Havana', '2023-11-04', 'Havana: 5 November 2023 begins at the first midnight'),
    ('2023-11-05 05:00+00', 'America/Havana', '2023-11-05', 'and its second midnight is within it'),
    ('2024-03-01 12:00+00', 'Asia/Singapore', '2024-03-01', 'an end in the middle of a day has that day'),
    ('2024-02-29 16:00+00', 'Asia/Singapore', '2024-02-29', 'a leap day'),
    ('9999-12-31 00:00+00', 'UTC', '9999-12-30', 'the last year'),
    ('9999-12-31 23:59:59.999999+00', 'Pacific/Kiritimati', '10000-01-01', 'beyond the last day, where it is one already'),
    ('infinity', 'UTC', NULL, 'never'), ('-infinity', 'UTC', NULL, 'no end at the other side either'),
    (NULL, 'UTC', NULL, 'NULL'), ('2024-01-01', NULL, NULL, 'no zone'),
    ('294276-12-31 23:59:59.999999+00', 'Pacific/Kiritimati', '294277-01-01', 'the last instant of all')) h (ends, zone, day, what);
SELECT throws_ok($$SELECT loyalty_data.last_day('4714-11-24 00:00:00+00 BC', 'UTC')$$, '22008', NULL, 'before the first instant of all');
SELECT throws_ok(format('SELECT loyalty_data.last_day(now(), %L)', z), 'LY016', NULL, format('zone %s', left(z, 10)))
FROM unnest(ARRAY['', 'Nowhere/Town', repeat('x', 1000000)]) z;

-- ---------------------------------------------------------------- each place says the same

SELECT pg_temp.new_org('rio', 'cafe', '5 days', primary_key => 'external_id', zone => 'America/Sao_Paulo');
SELECT loyalty.create_program('rio', 'ever', 'Ever');
SELECT loyalty.set_config('rio', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'true');
SELECT loyalty.create_card_series('rio', 's', 'S', method => 'AUTO_INC', length => 8, validity => '5 days');
SELECT loyalty.create_card_series('rio', 'e', 'E', method => 'AUTO_INC', length => 7);
SELECT pg_temp.customer('rio', 'ana', '2018-01-01') AS ana, pg_temp.customer('rio', 'bia', '2018-01-01') AS bia \gset
SET LOCAL loyalty.clock = '2018-10-29 15:00:00+00';

-- An award on 29 October is good through 3 November; midnight after that does not exist.
SELECT results_eq(format('SELECT expires_at, last_day FROM loyalty.earn_points(''rio'', %s, 10, idempotency_key => ''k'')', :ana),
    $$VALUES ('2018-11-04 03:00+00'::timestamptz, '2018-11-03'::date)$$, 'earn_points: ' || call)
FROM unnest('{first call,repeat}'::text[]) call;
SELECT results_eq(format($$SELECT points, expires_at, last_day FROM loyalty.earn_points('rio', %s, 10, program => 'ever')$$, :ana),
    $$VALUES (10.000, NULL::timestamptz, NULL::date)$$, 'earn_points: never');
SELECT results_eq(format($$SELECT item_no, expires_at, last_day, error_code FROM loyalty.earn_points_batch('rio', '[{"customer_id": %1$s,
    "points": 1}, {"customer_id": %1$s, "points": 1, "expires_at": "2018-11-10 15:00+00"}, {"customer_id": %1$s, "points": -1},
    {"customer_id": %1$s, "points": 1, "program": "ever"}]'::jsonb, false)$$, :bia),
    $$VALUES (1, '2018-11-04 03:00+00'::timestamptz, '2018-11-03'::date, NULL), (2, '2018-11-10 15:00+00', '2018-11-10', NULL),
        (3, NULL, NULL, 'LY401'), (4, NULL, NULL, NULL)$$, 'earn_points_batch');
SELECT event_id AS event, lot_id AS lot FROM loyalty.earn_points('rio', :ana, 5) \gset
SELECT results_eq(format($$SELECT movement, expires_at, last_day, old_expires_at, old_last_day
    FROM loyalty.ledger_event_details('rio', %s, %s)$$, :ana, :event),
    $$VALUES ('awarded', '2018-11-04 03:00+00'::timestamptz, '2018-11-03'::date, NULL::timestamptz, NULL::date)$$, 'ledger_event_details');
SELECT results_eq(format($$SELECT old_expires_at, old_last_day, new_expires_at, new_last_day
    FROM loyalty.change_expiry('rio', %s, %s, %L, idempotency_key => %L)$$, :ana, :lot, ends, key),
    format($$VALUES (%L::timestamptz, %L::date, %L::timestamptz, %L::date)$$, old, old_day, ends, day), 'change_expiry ' || key)
FROM (VALUES
    (1, 'to an instant', '2018-12-24 15:00+00'::timestamptz, '2018-12-24'::date, '2018-11-04 03:00+00'::timestamptz, '2018-11-03'::date),
    (2, 'to never', NULL, NULL, '2018-12-24 15:00+00', '2018-12-24'),
    (3, 'to never', NULL, NULL, '2018-12-24 15:00+00', '2018-12-24'),
    (4, 'to the last day of all', '9999-12-31 23:59:59.999999+00', '9999-12-31', NULL, NULL)) c (n, key, ends, day, old, old_day)
ORDER BY n;
SELECT event_id AS event FROM loyalty.change_expiry('rio', :ana, :lot, '2019-02-17 03:00+00') \gset
SELECT results_eq(format($$SELECT movement, expires_at, last_day, old_expires_at, old_last_day
    FROM loyalty.ledger_event_details('rio', %s, %s)$$, :ana, :event),
    $$VALUES ('expiry_changed', '2019-02-17 03:00+00'::timestamptz, '2019-02-16'::date, '9999-12-31 23:59:59.999999+00'::timestamptz,
        '9999-12-31'::date)$$, 'ledger_event_details of a change');
SELECT results_eq(format('SELECT expires_at, last_day FROM loyalty.points_expiry_schedule WHERE customer_id = %s ORDER BY expires_at', :ana),
    $$VALUES ('2018-11-04 03:00+00'::timestamptz, '2018-11-03'::date), ('2019-02-17 03:00+00', '2019-02-16')$$, 'points_expiry_schedule');
SELECT results_eq($$SELECT last_day, points FROM loyalty.points_forecast WHERE org = 'rio' ORDER BY last_day$$,
    $$VALUES ('2018-11-03'::date, 11.000), ('2018-11-10', 1.000), ('2019-02-16', 5.000)$$, 'points_forecast');
SELECT results_eq(format($$SELECT program::text COLLATE "default", next_expiry_at, next_last_day FROM loyalty.customer_points
    WHERE customer_id = %s AND category = 'regular' ORDER BY program$$, :ana),
    $$VALUES ('cafe', '2018-11-04 03:00+00'::timestamptz, '2018-11-03'::date), ('ever', NULL, NULL)$$, 'customer_points');
SELECT results_eq(format($$SELECT e->>'expires_at', e->>'last_day' FROM loyalty.points_balance('rio', %s) b,
    jsonb_array_elements(b.coming_expiries) e$$, :ana),
    $$VALUES ('2018-11-04T03:00:00+00:00', '2018-11-03'), ('2019-02-17T03:00:00+00:00', '2019-02-16')$$, 'points_balance');

-- Promised points that have come are said to expire before they are converted.
SELECT points FROM loyalty.earn_points('rio', :bia, 3, category => 'promised', redeemable_from => '2018-10-29 15:00+00');
SELECT results_eq(format($$SELECT e->>'last_day', e->>'points' FROM loyalty.points_balance('rio', %s) b,
    jsonb_array_elements(b.coming_expiries) e$$, :bia),
    $$VALUES ('2018-11-03', '4.000'), ('2018-11-10', '1.000')$$, 'points_balance with promised points that have come');

-- Cards: the same day, and the same instant as points.
SELECT results_eq(format($$SELECT expires_at, last_day FROM loyalty.issue_card('rio', %s, 's')$$, :ana),
    $$VALUES ('2018-11-04 03:00+00'::timestamptz, '2018-11-03'::date)$$, 'issue_card');
SELECT results_eq(format($$SELECT expires_at, last_day FROM loyalty.issue_card('rio', %s, 'e')$$, :ana),
    $$VALUES (NULL::timestamptz, NULL::date)$$, 'issue_card: never');
SELECT results_eq(format('SELECT series::text COLLATE "default", expires_at, last_day FROM loyalty.%s ORDER BY series', place),
    $$VALUES ('e', NULL::timestamptz, NULL::date), ('s', '2018-11-04 03:00+00', '2018-11-03')$$, place)
FROM unnest(ARRAY[format('customer_cards(''rio'', %s)', :ana), 'cards']) place;
SELECT results_eq(format($$SELECT c->>'series', c->>'expires_at', c->>'last_day'
    FROM jsonb_array_elements(loyalty.customer_single_view('rio', %s)->'cards') c ORDER BY 1$$, :ana),
    $$VALUES ('e', NULL, NULL), ('s', '2018-11-04T03:00:00+00:00', '2018-11-03')$$, 'customer_single_view');

-- Two midnights: a card is good through its day, and not an hour longer.
SELECT pg_temp.new_org('cuba', primary_key => 'external_id', zone => 'America/Havana');
SELECT loyalty.set_config('cuba', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'true');
SELECT loyalty.create_card_series('cuba', 's', 'S', method => 'AUTO_INC', length => 8, validity => '5 days');
SET LOCAL loyalty.clock = '2023-10-30 15:00:00+00';
SELECT results_eq(format($$SELECT expires_at, last_day FROM loyalty.issue_card('cuba', %s, 's')$$, pg_temp.customer('cuba', 'leo')),
    $$VALUES ('2023-11-05 04:00+00'::timestamptz, '2023-11-04'::date)$$, 'issue_card: the day after has two midnights');

-- Every object of every document that has an expiry has a last day.
SET LOCAL loyalty.clock = '2018-10-29 15:00:00+00';
CREATE TEMP TABLE document AS
    SELECT 'customer_single_view' AS place, loyalty.customer_single_view('rio', :ana) AS document
    UNION ALL SELECT 'customer_brief', loyalty.customer_brief('rio', :ana)
    UNION ALL SELECT 'export_customer', loyalty.export_customer('rio', :ana)
    UNION ALL SELECT 'points_ledger_json', loyalty.points_ledger_json('rio', :ana, from_time => '2018-01-01', to_time => '2019-01-01')
    UNION ALL SELECT 'points_balance', coming_expiries FROM loyalty.points_balance('rio', :ana)
    UNION ALL SELECT 'points_balance of bia', coming_expiries FROM loyalty.points_balance('rio', :bia);
CREATE TEMP TABLE node AS
    WITH RECURSIVE node (place, node) AS (
        SELECT place, document FROM document
        UNION ALL
        SELECT n.place, c.child FROM node n, LATERAL (
            SELECT value FROM jsonb_array_elements(CASE jsonb_typeof(n.node) WHEN 'array' THEN n.node ELSE '[]' END)
            UNION ALL
            SELECT value FROM jsonb_each(CASE jsonb_typeof(n.node) WHEN 'object' THEN n.node ELSE '{}' END)) c (child))
    SELECT * FROM node WHERE jsonb_typeof(node) = 'object';
SELECT set_has('SELECT place FROM node WHERE node ? ''expires_at''',
    $$VALUES ('customer_single_view'), ('customer_brief'), ('export_customer'), ('points_balance'), ('points_balance of bia')$$, 'documents show expiries');
SELECT is_empty($$SELECT n.place, k FROM node n, jsonb_object_keys(n.node) k
    WHERE k ~ 'expir.*_at' AND NOT n.node ? regexp_replace(k, 'expir(es|y)_at', 'last_day')$$, 'each with its last day');

SELECT * FROM finish();
ROLLBACK;
