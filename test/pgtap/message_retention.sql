-- What an org keeps for a time: what is refused, what goes and what stays, by the day of the org. Not in one transaction, since the
-- job commits.
\set ON_ERROR_STOP 1
SET client_min_messages = error;
SET TimeZone = 'UTC';
SET loyalty.clock = '2024-03-01 10:00:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT no_plan();
SELECT pg_temp.new_org(o, 'base', zone => 'Asia/Singapore', country => 'SG') FROM unnest('{sg,other}'::text[]) o;
SELECT pg_temp.customer('sg', 'A', mobile => '91231111', registered_on => '2024-01-01') AS ann, pg_temp.customer('other', 'A', mobile => '91231111', registered_on => '2024-01-01') AS other \gset
SELECT loyalty.earn_points('sg', :ann, 10, event_time => '2024-01-02') \g /dev/null

SELECT pg_temp.refused('loyalty.set_retention(''sg'', ' || a || ')', c, a) FROM (VALUES
    ('NULL, 1', 'LY001'), ('''ledger'', 1', 'LYM19'), ('''points'', 1', 'LYM19'), ('''transactions'', 1', 'LYM19'), ('''message'', 1', 'LYM19'), ('repeat(''x'', 101), 1', 'LY002'),
    ('''messages'', 0', 'LY003'), ('''messages'', -1', 'LY003'), ('''messages'', 36501', 'LY003'), ('''ledger''', 'LYM19')) t (a, c);
SELECT pg_temp.refused('loyalty.set_retention(''none'', ''messages'', 1)', 'LY004', 'no org');
SELECT results_eq($$SELECT r.hint FROM pg_temp.refusal('loyalty.set_retention(''sg'', ''ledger'', 1)') r$$,
    $$VALUES ('There are reports, messages, inbound, reminders, events, load_errors, codes. What is in the books is kept for ever.')$$, 'what there is');
SELECT loyalty.set_retention('sg', 'Messages', 30), loyalty.set_retention('sg', 'inbound', 10), loyalty.set_retention('sg', 'reports', 5);
SELECT loyalty.set_retention('sg', 'messages', 20), loyalty.set_retention('sg', 'reports', NULL), loyalty.set_retention('sg', 'reports');
SELECT bag_eq($$SELECT what COLLATE "default", days FROM loyalty.retention_rules WHERE org = 'sg'$$, $$VALUES ('messages', 20), ('inbound', 10)$$, 'what is set, and taken away');

\set ON_ERROR_STOP 0
CALL loyalty.apply_retention(NULL);
\set got :SQLSTATE
SELECT is(:'got'::text, 'LY001', 'the job: no org');
CALL loyalty.apply_retention('sg', batch_size => 100001);
\set got :SQLSTATE
SELECT is(:'got'::text, 'LY003', 'the job: too large a batch');
CALL loyalty.apply_retention('sg', 'infinity');
\set got :SQLSTATE
SELECT is(:'got'::text, 'LY015', 'the job: for ever');
\set ON_ERROR_STOP 1

-- ---------------------------------------------------------------- messages that came in
-- The day of Singapore begins at 16:00 UTC: on the 11th, ten whole days lie behind all that came before the 1st.
SET loyalty.clock = '2024-02-29 15:59:59+00';
SELECT loyalty.record_inbound('sg', 'mobile', m, 'old', provider_message_id => 'old' || m), loyalty.record_inbound('other', 'mobile', m, 'theirs') FROM unnest('{91231111,91239999}'::text[]) m \g /dev/null
SET loyalty.clock = '2024-02-29 16:00:00+00';
SELECT loyalty.record_inbound('sg', 'mobile', m, 'new', idempotency_key => 'new' || m) FROM unnest('{91231111,91239999}'::text[]) m \g /dev/null
SET loyalty.clock = '2024-03-10 15:59:59+00';
CALL loyalty.apply_retention('sg');
SELECT is((SELECT count(*) FROM loyalty.inbound_messages WHERE org = 'sg'), 4::bigint, 'a second before its day is over all are there');
SET loyalty.clock = '2024-03-10 16:00:00+00';
CALL loyalty.apply_retention('sg', batch_size => 1);
SELECT bag_eq($$SELECT org COLLATE "default", body FROM loyalty.inbound_messages$$, $$VALUES ('sg', 'new'), ('sg', 'new'), ('other', 'theirs'), ('other', 'theirs')$$, 'then the old ones have gone, of this org alone');
SELECT is((SELECT count(*) FROM loyalty_data.inbound_request), 2::bigint, 'with what they are known again by');

-- ---------------------------------------------------------------- messages
-- One of each state, for the customer and for the org itself, with all that can hang on it.
INSERT INTO loyalty_data.message (org_id, customer_id, message_id, created_at, not_before, changed_at, attempts, purpose, state, channel, is_about_deletion)
    SELECT o.org_id, c.id, 1000 + n * 2 + sign(c.id), '2024-03-01', '2024-03-01', '2024-03-01', 1, 't', s, 'mobile', false
    FROM loyalty_data.org o, (VALUES (0), (:ann)) c (id), unnest('{q,l,s,f,d,e,c,x}'::"char"[]) WITH ORDINALITY u (s, n) WHERE o.org = 'sg';
INSERT INTO loyalty_data.message_body (org_id, customer_id, message_id, key_id, body, is_address_given) SELECT org_id, customer_id, message_id, 0, 'x', false FROM loyalty_data.message;
INSERT INTO loyalty_data.message_attachment (org_id, customer_id, message_id, attachment_no, file_name, file_type, content)
    SELECT org_id, customer_id, message_id, 1, 'x', 'txt', '\x00' FROM loyalty_data.message;
INSERT INTO loyalty_data.message_status (org_id, customer_id, message_id, status_no, occurred_at, recorded_at, delivery_status, provider_status)
    SELECT org_id, customer_id, message_id, 1, '2024-03-05', '2024-03-05', 's', 'sent' FROM loyalty_data.message;
INSERT INTO loyalty_data.message_request (org_id, customer_id, key_digest, message_id, request_digest, state, warnings)
    SELECT org_id, customer_id, gen_random_uuid(), message_id, 1, 'q', '{}' FROM loyalty_data.message;
INSERT INTO loyalty_data.provider_message (org_id, bsp_account_id, provider_message_id, customer_id, message_id)
    SELECT org_id, 0, message_id::text, customer_id, message_id FROM loyalty_data.message;
UPDATE loyalty_data.message SET delivery_status = 's';
-- What one taught, and reports that wait for a message that nobody acknowledges.
SELECT loyalty.set_ndnc_status('sg', '91231111', 'registered') \g /dev/null
UPDATE loyalty_data.mobile_ndnc SET learned_at = '2024-03-05', learned_customer_id = :ann, learned_message_id = 1007;
SET loyalty.clock = '2024-03-05 00:00+00';
SELECT loyalty.record_delivery('sg', NULL, 'early', 'sent'), loyalty.record_delivery('other', NULL, 'early', 'sent') \g /dev/null
SET loyalty.clock = '2024-03-06 00:00+00';
SELECT loyalty.record_delivery('sg', NULL, 'early', 'delivered'), loyalty.record_delivery('sg', NULL, 'later', 'sent'),
    loyalty.record_delivery('sg', NULL, '1007', 'delivered') \g /dev/null
CREATE FUNCTION pg_temp.waiting() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', o.org, p.provider_message_id), ', ' ORDER BY o.org DESC, p.provider_message_id) FROM loyalty_data.provider_message p
    JOIN loyalty_data.org o USING (org_id) WHERE p.message_id IS NULL $$;
CREATE FUNCTION pg_temp.highest() RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', ok, detail) FROM loyalty.verify_channels('sg') WHERE invariant LIKE '%highest%' $$;
SELECT is(pg_temp.highest(), 't', 'statuses are those of reports');
CREATE FUNCTION pg_temp.left_over() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    t text;
    n bigint;
    all_of text := '';
BEGIN
    FOREACH t IN ARRAY '{message,message_body,message_attachment,message_status,message_request,provider_message}'::text[] LOOP
        EXECUTE format('SELECT count(*) FROM loyalty_data.%I t WHERE to_jsonb(t) ->> ''message_id'' IS NOT NULL', t) INTO n;
        all_of := all_of || n || ' ';
    END LOOP;
    RETURN all_of;
END $$;
SET loyalty.clock = '2024-03-21 15:59:59+00';
CALL loyalty.apply_retention('sg');
SELECT is(pg_temp.left_over(), '16 16 16 17 16 16 ', 'twenty days are not over');
SELECT loyalty.set_retention('sg', 'reports', 16);
CALL loyalty.apply_retention('sg');
SELECT is(pg_temp.left_over(), '16 16 16 17 16 16 ', 'sixteen days since the reports are not');
SELECT is(pg_temp.waiting(), 'sg early, sg later, other early', 'nor for those that wait');
SELECT is((SELECT value FROM loyalty.metrics WHERE org = 'sg' AND name = 'reports_waiting'), 2::numeric, 'whose number exporters get');
SET loyalty.clock = '2024-03-21 16:00:00+00';
SELECT loyalty.set_retention('sg', 'messages', 21);
CALL loyalty.apply_retention('sg', batch_size => 3);
SELECT is(pg_temp.left_over(), '16 16 16 1 16 16 ', 'now they are, and messages stay without them');
SELECT is(pg_temp.waiting(), 'sg later, other early', 'what waits since then is given up, of this org alone');
SELECT is(pg_temp.highest(), 't', 'messages keep the highest of reports that are gone');
SELECT results_eq('SELECT delivery_status, forgotten_reports, count(*) FROM loyalty_data.message GROUP BY 1, 2 ORDER BY 1', $$VALUES ('d'::"char", 1, 1::bigint), ('s', 1, 15)$$,
    'and how many they were');
SELECT is(loyalty.record_delivery('sg', NULL, '1007', 'failed'), 'recorded', 'a report comes late');
SELECT is(pg_temp.highest(), 't', 'and takes nothing back');
SELECT loyalty.set_retention('sg', 'messages', 20);
CALL loyalty.apply_retention('sg', batch_size => 3);
SELECT is(pg_temp.left_over(), '4 4 4 0 4 4 ', 'messages that are finished go with all that hangs on them');
SELECT results_eq($$SELECT status COLLATE "default", learned_at, learned_message_id FROM loyalty_data.mobile_ndnc$$, $$VALUES ('registered', '2024-03-05 00:00+00'::timestamptz, NULL::bigint)$$,
    'what a message taught stays known');
SELECT results_eq('SELECT DISTINCT state FROM loyalty_data.message ORDER BY state', $$VALUES ('l'::"char"), ('q')$$, 'those that wait stay, and those that a worker has');
SELECT is_empty($$SELECT * FROM loyalty.verify_data('sg') WHERE NOT ok$$, 'nothing names what is gone');

-- ---------------------------------------------------------------- reminders
SELECT template_id FROM loyalty.create_message_template('sg', 't', 'mobile', 'x') \g /dev/null
SELECT loyalty.create_reminder('sg', 'r', 'birthday', 30, 't') AS r \gset
INSERT INTO loyalty_data.reminder_sent (org_id, customer_id, reminder_id, occasion, sent_at)
    SELECT o.org_id, :ann, :r, d, '2024-02-01' FROM loyalty_data.org o, unnest('{2024-03-19,2024-03-20,2024-04-20}'::date[]) d WHERE o.org = 'sg';
SELECT loyalty.set_retention('sg', 'reminders', 2);
CALL loyalty.apply_retention('sg');
SELECT bag_eq('SELECT occasion FROM loyalty_data.reminder_sent', $$VALUES ('2024-03-20'::date), ('2024-04-20')$$, 'by the day of the occasion, not by that of the message');
SELECT is((SELECT current_points FROM loyalty.points_balance('sg', :ann)), 10.000, 'points stay');
SELECT is(pg_temp.proved(), 'proved', 'the books are as they were');

-- ---------------------------------------------------------------- lines that loads refused
INSERT INTO loyalty_data.transaction_load_error SELECT org_id, 'public.bills', n, 'LY410', 'taken', t FROM loyalty_data.org,
    (VALUES (1, '2024-03-11 15:59:59+00'::timestamptz), (2, '2024-03-11 16:00:00+00')) v (n, t);
SELECT loyalty.set_retention('sg', 'Load errors', 10);
CALL loyalty.apply_retention('sg');
SELECT bag_eq('SELECT org COLLATE "default", line_no FROM loyalty.transaction_load_errors', $$VALUES ('sg', 2::bigint), ('other', 1), ('other', 2)$$, 'old ones of the org go');

-- ---------------------------------------------------------------- metrics
SELECT results_eq($$SELECT name, labels, value FROM loyalty.metrics WHERE org = 'sg' AND name LIKE 'inbound%' ORDER BY labels::text$$, $$SELECT 'x'::text, '{}'::jsonb, 1::numeric WHERE false$$, 'nothing came in today');
SELECT loyalty.record_inbound('sg', 'mobile', '91231111', 'stop') \g /dev/null
SELECT loyalty.record_inbound('sg', 'mobile', '91239999', 'stop') \g /dev/null
INSERT INTO loyalty_data.message (org_id, customer_id, message_id, created_at, not_before, changed_at, attempts, purpose, state, channel, cause, is_about_deletion)
    SELECT o.org_id, :ann, n, loyalty.clock() - CASE n WHEN 1 THEN interval '25 hours' ELSE interval '1 hour' END, '2024-03-01', '2024-03-01', 1, 'p', s, 'mobile', CASE s WHEN 'x' THEN 'dnd' END, false
    FROM loyalty_data.org o, unnest('{x,x,x,d}'::"char"[]) WITH ORDINALITY u (s, n) WHERE o.org = 'sg';
INSERT INTO loyalty_data.message_queue (org_id, customer_id, message_id, available_at, lease_no, priority, channel)
    SELECT o.org_id, :ann, n, loyalty.clock() - n * interval '10 seconds', 0, 2, 'mobile' FROM loyalty_data.org o, generate_series(-1, 3) n WHERE o.org = 'sg';
SELECT bag_eq($$SELECT name, labels, value::text FROM loyalty.metrics WHERE org = 'sg' AND name NOT LIKE 're%' AND name NOT LIKE 'job%'$$, $$VALUES
    ('inbound_last_day', '{"channel": "mobile", "action": "opted_out", "known": true}'::jsonb, '1'), ('inbound_last_day', '{"channel": "mobile", "action": "none", "known": false}', '1'),
    ('messages_waiting', '{"channel": "mobile", "priority": "promotional"}', '4'), ('messages_later', '{"channel": "mobile", "priority": "promotional"}', '1'),
    ('messages_oldest_seconds', '{"channel": "mobile", "priority": "promotional"}', '30.000000'),
    ('messages_last_day', '{"channel": "mobile", "state": "suppressed", "cause": "dnd"}', '2'), ('messages_last_day', '{"channel": "mobile", "state": "dead"}', '1')$$, 'what waits, and what became of the last day');
SET loyalty.clock = '2024-03-22 16:00:00+00';
CALL loyalty.expire_points('sg');
SET loyalty.clock = '2024-03-22 16:01:40+00';
SELECT bag_eq($$SELECT name, labels ->> 'job', value::text FROM loyalty.metrics WHERE org = 'sg' AND labels ->> 'job' = 'expire_points'$$, $$VALUES
    ('job_seconds_since_end', 'expire_points', '100.000000'), ('job_last_done', 'expire_points', '0')$$, 'how long ago a job ended');
SELECT is((SELECT value FROM loyalty.metrics WHERE org = 'sg' AND name = 'job_last_done' AND labels ->> 'job' = 'apply_retention'), 1::numeric, 'and how much it did');
CREATE ROLE test_metrics;
GRANT loyalty_gateway TO test_metrics;
SELECT loyalty.grant_org('other', 'test_metrics');
SET ROLE test_metrics;
SELECT results_eq('SELECT DISTINCT org COLLATE "default" FROM loyalty.metrics', $$VALUES ('other')$$, 'of orgs that one may see');
RESET ROLE;

SELECT * FROM finish();
