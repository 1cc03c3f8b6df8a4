-- What becomes of messages: reports in any order and before their acknowledgement, what is kept of them, counts and
-- interactions, and what verify_channels finds. Rows of messages are made here, as the outbox writes them.
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = error;
SET LOCAL loyalty.clock = '2022-02-03 20:00:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('sg', 'p', tills => '{t1}', store => 's1', zone => 'Asia/Singapore', country => 'SG');
SELECT pg_temp.new_org('other', 'p', country => 'SG');
SELECT customer_id AS ann FROM loyalty.register_customer('sg', '91230001', registered_on => '2022-01-01', till => 't1') \gset
SELECT customer_id AS bob FROM loyalty.register_customer('sg', '91230002', registered_on => '2022-01-01') \gset

CREATE FUNCTION pg_temp.message(customer int8, id int8, state "char" DEFAULT 's', channel text DEFAULT 'mobile', more jsonb DEFAULT '{}',
    org text DEFAULT 'sg') RETURNS int8 LANGUAGE sql AS $$
    INSERT INTO loyalty_data.message SELECT (jsonb_populate_record(NULL::loyalty_data.message, jsonb_build_object('org_id', o.org_id,
        'customer_id', customer, 'message_id', id, 'created_at', loyalty.clock(), 'not_before', loyalty.clock(), 'changed_at', loyalty.clock(),
        'attempts', 1, 'purpose', 'p', 'state', state, 'channel', channel, 'parts', CASE channel WHEN 'mobile' THEN 2 END,
        'is_about_deletion', false, 'campaign', 'spring') || more)).* FROM loyalty_data.org o WHERE o.org = message.org;
    INSERT INTO loyalty_data.message_body (customer_id, message_id, org_id, key_id, is_address_given, address, body) SELECT customer, id, org_id, 0, false,
        '+6591230001', 'Hello' FROM loyalty_data.org o WHERE o.org = message.org RETURNING message_id $$;
CREATE FUNCTION pg_temp.id(id text, message int8, customer int8, org text DEFAULT 'sg') RETURNS void LANGUAGE sql AS $$
    INSERT INTO loyalty_data.provider_message (org_id, bsp_account_id, provider_message_id, customer_id, message_id)
    SELECT org_id, 0, id, customer, message FROM loyalty_data.org o WHERE o.org = id.org $$;
CREATE FUNCTION pg_temp.status(id int8) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', loyalty_data.message_word(delivery_status, 'delivery_status'), (SELECT string_agg(concat_ws('/', provider_status,
        error_code, cause), ',' ORDER BY status_no) FROM loyalty_data.message_status s WHERE s.message_id = id))
    FROM loyalty_data.message WHERE message_id = id $$;

-- ---------------------------------------------------------------- reports

SELECT pg_temp.message(:ann, 1), pg_temp.id('A', 1, :ann) \g /dev/null
SELECT is(loyalty.record_delivery('sg', NULL, 'A', s), o, s || ': ' || o)
FROM (VALUES (1, 'Delivered', 'recorded'), (2, 'SENT', 'recorded'), (3, 'sent', 'repeated'), (4, 'failed', 'recorded'), (5, 'read', 'recorded')) v(n, s, o);
SELECT is(pg_temp.status(1), 'read delivered,sent,failed,read', 'the highest of them, whatever the order');
SELECT is(loyalty.record_delivery('sg', NULL, 'A', 'failed', '5.1.1'), 'recorded', 'another code is another report');
SELECT is(loyalty.record_delivery('sg', NULL, 'A', 'failed', 'call +6591230001'), 'repeated', 'a text is no code, and not kept');
SELECT is(loyalty.record_delivery('sg', NULL, 'A', 'failed', 'E.77'), 'recorded', 'a code that the catalogue lacks is');
SELECT is(pg_temp.status(1), 'read delivered,sent,failed,read,failed/5.1.1/address is unknown,failed/E.77', 'with what it means, if that is known');
SELECT throws_ok($$SELECT loyalty.record_delivery('sg', NULL, 'A', 'lost')$$, 'LYM15', NULL, 'a status of no catalogue');
SELECT throws_ok($$SELECT loyalty.record_delivery('sg', 'none', 'A', 'sent')$$, 'LYM09', NULL, 'an account that is none');
SELECT throws_ok($$SELECT loyalty.record_delivery('sg', NULL, NULL, 'sent')$$, 'LY001', NULL, 'no id');
SELECT throws_ok($$SELECT loyalty.record_delivery('sg', NULL, 'A', repeat('x', 1000))$$, 'LY002', NULL, 'a long status');
SELECT throws_ok($$SELECT loyalty.record_delivery('sg', NULL, repeat('x', 1000), 'sent')$$, 'LY002', NULL, 'a long id');
SELECT throws_ok($$SELECT loyalty.record_delivery('sg', NULL, 'A', 'sent', occurred_at => 'infinity')$$, 'LY015', NULL, 'a time that is none');
SELECT is(loyalty.record_delivery('other', NULL, 'A', 'sent'), 'waiting', 'ids of another org are others');
SELECT pg_temp.message(:ann, 2), pg_temp.id('B', 2, :ann) \g /dev/null
SELECT loyalty.record_delivery('sg', NULL, 'B', 'sent', occurred_at => '2023-01-01') \g /dev/null
SELECT is((SELECT occurred_at FROM loyalty_data.message_status WHERE message_id = 2), loyalty.clock(), 'nothing happened later than it was told');
DELETE FROM loyalty_data.message_status WHERE message_id = 2;
DELETE FROM loyalty_data.message WHERE message_id = 2;
SELECT is(loyalty.record_delivery('sg', NULL, 'B', 'sent'), 'unknown', 'a message that is not kept any more');

-- ---------------------------------------------------------------- what the org says that codes mean

SELECT pg_temp.message(:ann, 3), pg_temp.id('CODE', 3, :ann) \g /dev/null
CREATE FUNCTION pg_temp.means(status text, code text DEFAULT NULL, org text DEFAULT 'sg') RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM loyalty_data.message_status WHERE message_id = 3;
    UPDATE loyalty_data.message SET delivery_status = NULL WHERE message_id = 3;
    PERFORM loyalty.record_delivery(org, NULL, 'CODE', status, code);
    RETURN pg_temp.status(3);
EXCEPTION WHEN SQLSTATE 'LYM15' THEN
    RETURN SQLSTATE;
END $$;
SELECT is(pg_temp.means('scrubbed'), 'LYM15', 'a status that nobody knows');
SELECT loyalty.set_delivery_code('sg', NULL, 'Scrubbed', NULL, 'Undelivered', 'Customer Preference is-DND'),
    loyalty.set_delivery_code('sg', NULL, NULL, '77', cause => 'quota is used up'), loyalty.set_delivery_code('sg', NULL, 'sent', '77', 'failed', 'quota');
SELECT is(pg_temp.means('SCRUBBED'), 'undelivered Scrubbed/customer preference is DND', 'the org says what it means, in its one spelling');
SELECT is(pg_temp.means('delivered', '77'), 'delivered delivered/77/quota is used up', 'a code has a cause, whatever the status');
SELECT is(pg_temp.means('sent', '77'), 'failed sent/77/quota', 'both together count most');
SELECT is(pg_temp.means('scrubbed', org => 'other'), 'LYM15', 'another org knows nothing of it');
SELECT loyalty.set_delivery_code('sg', NULL, 'scrub-bed', NULL, 'failed'), loyalty.set_delivery_code('sg', NULL, 'De-livrd', NULL, 'sent'),
    loyalty.set_delivery_code('sg', 'TWILIO', NULL, '30004', cause => 'customer preference is DND');
SELECT is(pg_temp.means('scrubbed'), 'failed Scrubbed', 'one line of one key, however it is spelt');
SELECT is(pg_temp.means('DELIVRD'), 'sent delivrd', 'what the catalogue says counts no more');
SELECT results_eq($$SELECT bsp COLLATE "default", provider_status COLLATE "default", error_code COLLATE "default", delivery_status, cause COLLATE "default" FROM loyalty.delivery_codes WHERE org = 'sg' AND is_own ORDER BY 1, 2, 3$$,
    $$VALUES ('twilio', NULL, '30004', NULL, 'customer preference is DND'), (NULL, 'Scrubbed', NULL, 'failed', NULL), (NULL, 'delivrd', NULL, 'sent', NULL),
        (NULL, 'sent', '77', 'failed', 'quota'), (NULL, NULL, '77', NULL, 'quota is used up')$$, 'the view shows what is the org''s own');
SELECT is((SELECT count(*) FROM loyalty.delivery_codes WHERE org = 'sg' AND (bsp, error_code) = ('twilio', '30004')), 1::bigint, 'in the place of the catalogue''s');
SELECT loyalty.set_delivery_code('sg', NULL, s, c) FROM (VALUES ('scrubbed', NULL), ('delivrd', NULL), (NULL, '77'), ('sent', '77'), ('none', NULL)) v(s, c);
SELECT loyalty.set_delivery_code('sg', 'twilio', NULL, '30004');
SELECT is(pg_temp.means('delivrd', '77'), 'delivered delivrd/77', 'what was taken back counts no more');
SELECT is((SELECT count(*) FROM loyalty.delivery_codes WHERE org = 'sg' AND is_own), 0::bigint, 'and is gone');
SELECT pg_temp.refused(format('loyalty.set_delivery_code(''sg'', %s)', a), c, a) FROM (VALUES ('NULL, NULL, NULL, ''sent''', 'LY001'), ('''twilio'', NULL, '' ''', 'LY001'),
    ('NULL, ''x'', NULL, cause => ''y''', 'LY001'), ('NULL, NULL, ''x'', ''sent''', 'LY003'), ('NULL, NULL, ''x'', ''sent'', ''y''', 'LY003'), ('NULL, ''x'', NULL, ''gone''', 'LY003'),
    ('NULL, ''--'', NULL, ''sent''', 'LY003'), ('NULL, ''x'', ''_'', ''sent''', 'LY003'), ('''-'', ''x'', NULL, ''sent''', 'LY003'), ('E''a\u200bb'', ''x'', NULL, ''sent''', 'LY003'),
    ('NULL, repeat(''x'', 201), NULL, ''sent''', 'LY002'), ('NULL, NULL, repeat(''x'', 200000000), cause => ''y''', 'LY002'), ('repeat(''x'', 101), ''x'', NULL, ''sent''', 'LY002'),
    ('NULL, ''x'', NULL, ''sent'', repeat(''y'', 201)', 'LY002')) v(a, c);
DELETE FROM loyalty_data.message_status WHERE message_id = 3;
DELETE FROM loyalty_data.message WHERE message_id = 3;

-- ---------------------------------------------------------------- before the acknowledgement

SELECT is(loyalty.record_delivery('sg', NULL, 'C', s), 'waiting', 'an early report waits: ' || s) FROM unnest('{delivered,sent,sent}'::text[]) s;
SELECT is((SELECT jsonb_array_length(early_reports) FROM loyalty_data.provider_message WHERE provider_message_id = 'C'), 2, 'each once');
SELECT is((SELECT count(*) FROM generate_series(1, 30) n, loyalty.record_delivery('sg', NULL, 'D', 'failed', 'E.' || n) w WHERE w = 'dropped'),
    10::bigint, 'twenty at most');
SELECT is((SELECT jsonb_array_length(early_reports) FROM loyalty_data.provider_message WHERE provider_message_id = 'D'), 20, 'and no more are kept');

-- ---------------------------------------------------------------- counts, interactions

SELECT pg_temp.message(:ann, 10, 'x', more => '{"cause": "dnd"}'), pg_temp.message(:ann, 11, 'd'), pg_temp.message(:bob, 12, 'q'),
    pg_temp.message(:ann, 13, channel => 'email', more => '{"changed_at": "2022-02-03T19:30:00Z", "created_at": "2022-02-03T19:30:00Z"}') \g /dev/null
SELECT results_eq($$SELECT campaign, channel, message_day, sent, delivered, read, failed, dnd FROM loyalty.message_report('sg') ORDER BY channel$$,
    $$VALUES ('spring', 'email', date '2022-02-04', 1::int8, 0::int8, 0::int8, 0::int8, 0::int8), ('spring', 'mobile', '2022-02-04', 1, 1, 1, 1, 1)$$,
    'counts by the org''s day');
SELECT is((SELECT string_agg((to_jsonb(v) - 'org')::text, '' ORDER BY v.channel) FROM loyalty.message_reports v WHERE org = 'sg'),
    (SELECT string_agg(to_jsonb(r)::text, '' ORDER BY r.channel) FROM loyalty.message_report('sg') r), 'the view has the same');
SELECT is((SELECT count(*) FROM loyalty.message_report('sg', f, t, c, h)), n, concat_ws(' ', 'filters', f, t, c, h))
FROM (VALUES ('2022-02-05'::date, NULL::date, NULL, NULL, 0::bigint), (NULL, '2022-02-03', NULL, NULL, 0), (NULL, NULL, 'autumn', NULL, 0),
    (NULL, NULL, 'spring', 'Email', 1), ('2022-02-04', '2022-02-04', NULL, NULL, 2)) v(f, t, c, h, n);
SELECT throws_ok($$SELECT loyalty.message_report('sg', 'infinity')$$, 'LY015', NULL, 'a date that is none');
SELECT throws_ok($$SELECT loyalty.message_report('sg', channel => 'pigeon')$$, 'LY120', NULL, 'a channel that is none');
SELECT is((SELECT string_agg(concat_ws(' ', store, channel, purpose, message_day, messages, parts), ', ' ORDER BY channel) FROM loyalty.message_charges
    WHERE org = 'sg'), 's1 email promotional 2022-02-04 1 0, s1 mobile promotional 2022-02-04 1 2', 'charges: messages and parts');

SELECT is((SELECT local_time FROM loyalty.customer_interactions('sg', :ann, 'email')), timestamp '2022-02-04 03:30', 'the time of the org''s clocks');
SELECT is((SELECT local_time FROM loyalty.interactions WHERE message_id = 13), timestamp '2022-02-04 03:30', 'also in the view');
SET LOCAL TimeZone = 'America/New_York';
SELECT is((SELECT local_time FROM loyalty.customer_interactions('sg', :ann, 'email')), timestamp '2022-02-04 03:30', 'whatever the session''s');
SET LOCAL TimeZone = 'UTC';
SELECT is((SELECT string_agg(concat_ws(' ', message_id, state, delivery_status, cause, body), ', ' ORDER BY n) FROM loyalty.customer_interactions('sg', :ann)
    WITH ORDINALITY i(message_id, channel, purpose, state, delivery_status, cause, template, sender, source, campaign, address, subject, body, c, l, t, k, n)),
    '13 sent Hello, 11 dead Hello, 10 suppressed dnd Hello, 1 sent read Hello', 'the newest first');
-- Page by page.
CREATE FUNCTION pg_temp.pages(customer int8, size int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    key text;
    page text;
    pages text := '';
BEGIN
    LOOP
        SELECT string_agg(message_id::text, ','), (array_agg(page_key))[count(*)] INTO page, key FROM loyalty.customer_interactions('sg', customer,
            page_size => size, page_key => key);
        EXIT WHEN page IS NULL;
        pages := pages || page || '|';
    END LOOP;
    RETURN pages;
END $$;
SELECT is(pg_temp.pages(:ann, s), p, 'pages of ' || s) FROM (VALUES (1, '13|11|10|1|'), (3, '13,11,10|1|'), (4, '13,11,10,1|')) v(s, p);
-- A page costs a page: rows of messages that were read for one of four, and for the single view.
SELECT customer_id AS cy FROM loyalty.register_customer('sg', '91230003', registered_on => '2022-01-01') \gset
SELECT count(pg_temp.message(:cy, 1000 + n)) FROM generate_series(1, 300) n \g /dev/null
CREATE FUNCTION pg_temp.messages_read() RETURNS bigint LANGUAGE sql AS $$ SELECT pg_stat_get_xact_tuples_fetched(t) + pg_stat_get_xact_tuples_returned(t)
    FROM (SELECT 'loyalty_data.message'::regclass) x(t) $$;
SELECT pg_temp.messages_read() AS before \gset
SELECT count(*) FROM loyalty.customer_interactions('sg', :cy, page_size => 4, page_key => '1200') \g /dev/null
SELECT cmp_ok(pg_temp.messages_read() - :before, '<=', 6::bigint, 'a page reads its messages and no others');
SELECT pg_temp.messages_read() AS before \gset
SELECT loyalty.customer_single_view('sg', :cy) \g /dev/null
SELECT cmp_ok(pg_temp.messages_read() - :before, '<=', 12::bigint, 'and so does the single view');
DELETE FROM loyalty_data.message WHERE customer_id = :cy;
DELETE FROM loyalty_data.message_body WHERE customer_id = :cy;
SELECT throws_ok(format($$SELECT loyalty.customer_interactions('sg', %s, page_key => %L)$$, :ann, k), 'LY416', NULL, 'no page key: ' || k)
FROM unnest('{a,01,1x,1-1,+1,99999999999999999999}'::text[]) k;
SELECT throws_ok(format($$SELECT loyalty.customer_interactions('sg', %s, page_size => %s)$$, :ann, s), 'LY416', NULL, 'no size: ' || s) FROM unnest('{0,-1,101}'::int[]) s;
SELECT throws_ok($$SELECT loyalty.customer_interactions('sg', 0)$$, 'LY107', NULL, 'no customer');
SELECT is((SELECT count(*) FROM loyalty.customer_interactions('sg', :ann, from_date => '2022-02-04', to_date => '2022-02-04')), 4::bigint, 'by days of the org');
SELECT is((SELECT count(*) FROM loyalty.customer_interactions('sg', :ann, to_date => '2022-02-03')), 0::bigint, 'not by those of the server');
SELECT is((SELECT string_agg(i ->> 'message_id', ',' ORDER BY n) FROM jsonb_array_elements(loyalty.customer_single_view('sg', :ann) -> 'last_interactions')
    WITH ORDINALITY x(i, n)), '13,11,10,1', 'the single view has the last ones');
SELECT is(loyalty.customer_single_view('sg', :ann) #>> '{last_interactions,0,local_time}', '2022-02-04T03:30:00', 'with the org''s time');
SELECT ok(loyalty.customer_single_view('sg', :ann)::text !~ 'opt-in status', 'and no opt-in status of a mobile');
SELECT is((SELECT count(*) FROM loyalty.delivery_codes WHERE org = 'sg'), (SELECT count(*) FROM loyalty_data.delivery_code), 'the catalogue can be seen');

-- ---------------------------------------------------------------- verification

CREATE FUNCTION pg_temp.breaks() RETURNS text LANGUAGE sql AS $$
    SELECT COALESCE(string_agg(regexp_replace(invariant || ': ' || detail, 'customer \d+, ', ''), '; '), 'none') FROM loyalty.verify_channels('sg') WHERE NOT ok $$;
INSERT INTO loyalty_data.message_queue (customer_id, message_id, available_at, org_id, lease_no, priority, channel)
    SELECT customer_id, message_id, loyalty.clock(), org_id, 1, 2, channel FROM loyalty_data.message WHERE message_id = 12;
INSERT INTO loyalty_data.inbound_message (org_id, customer_id, message_id, received_at, recorded_at, action, channel, address, body)
    SELECT org_id, customer_id, 99, loyalty.clock(), loyalty.clock(), 'n', 'mobile', '+6591230001', 'Hello' FROM loyalty_data.message WHERE message_id = 1;
SELECT is(pg_temp.breaks(), 'none', 'all is well');
CREATE FUNCTION pg_temp.broken(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    found text;
BEGIN
    EXECUTE statement;
    found := pg_temp.breaks();
    RAISE SQLSTATE 'TEST1' USING MESSAGE = found;
EXCEPTION WHEN SQLSTATE 'TEST1' THEN
    RETURN SQLERRM;
END $$;
SELECT is(pg_temp.broken(s), b, s) FROM (VALUES
    ('DELETE FROM loyalty_data.message_queue', 'messages that are queued or leased are in the queue, and no others: message 12'),
    ('UPDATE loyalty_data.message SET state = ''s'' WHERE message_id = 12', 'messages that are queued or leased are in the queue, and no others: message 12'),
    ('UPDATE loyalty_data.message_queue SET lease_no = 2', 'a message was attempted as often as it was leased: message 12'),
    ('UPDATE loyalty_data.message SET delivery_status = ''d'' WHERE message_id = 1', 'the delivery status is the highest that was reported: message 1'),
    ('UPDATE loyalty_data.message SET delivery_status = ''s'' WHERE message_id = 11', 'the delivery status is the highest that was reported: message 11'),
    ('UPDATE loyalty_data.message SET delivery_status = NULL WHERE message_id = 1', 'the delivery status is the highest that was reported: message 1'),
    ('DELETE FROM loyalty_data.message_status WHERE message_id = 1 AND delivery_status = ''r''', 'the delivery status is the highest that was reported: message 1'),
    ('UPDATE loyalty_data.message_status SET delivery_status = ''d'' WHERE message_id = 1', 'the delivery status is the highest that was reported: message 1'),
    ('DELETE FROM loyalty_data.message_status WHERE message_id = 1; UPDATE loyalty_data.message SET forgotten_reports = 6 WHERE message_id = 1', 'none'),
    ('UPDATE loyalty_data.message SET forgotten_reports = 1, delivery_status = ''d'' WHERE message_id = 1', 'the delivery status is the highest that was reported: message 1'),
    ('UPDATE loyalty_data.message SET forgotten_reports = 1, delivery_status = NULL WHERE message_id = 1', 'the delivery status is the highest that was reported: message 1'),
    ('UPDATE loyalty_data.message SET purpose = ''c'' WHERE message_id = 11', 'no text outlives its wiping: message 11'),
    ('UPDATE loyalty_data.message SET purpose = ''c'' WHERE message_id = 12', 'none'),
    ('UPDATE loyalty_data.message SET purpose = ''c'' WHERE message_id = 11; UPDATE loyalty_data.message_body SET body = NULL, html = ''x'' WHERE message_id = 11', 'no text outlives its wiping: message 11'),
    ('UPDATE loyalty_data.message SET purpose = ''c'' WHERE message_id = 11; UPDATE loyalty_data.message_body SET body = NULL, sealed = ''x'' WHERE message_id = 11', 'no text outlives its wiping: message 11'),
    ('UPDATE loyalty_data.message SET purpose = ''c'' WHERE message_id = 11; UPDATE loyalty_data.message_body SET body = NULL WHERE message_id = 11', 'none'),
    (format('UPDATE loyalty_data.customer SET erased_at = loyalty.clock() WHERE customer_id = %s; DELETE FROM loyalty_data.message_body WHERE message_id <> 11; DELETE FROM loyalty_data.inbound_message', :ann), 'no text outlives its wiping: message 11'),
    (format('UPDATE loyalty_data.customer SET erased_at = loyalty.clock() WHERE customer_id = %s; DELETE FROM loyalty_data.message_body; DELETE FROM loyalty_data.inbound_message', :ann), 'none'),
    (format('UPDATE loyalty_data.customer SET erased_at = loyalty.clock() WHERE customer_id = %s', :bob), 'no text outlives its wiping: message 12'),
    (format('UPDATE loyalty_data.customer SET erased_at = loyalty.clock() WHERE customer_id = %s; UPDATE loyalty_data.message SET is_about_deletion = true WHERE message_id = 12', :bob), 'none'),
    (format('UPDATE loyalty_data.customer SET erased_at = loyalty.clock() WHERE customer_id = %s; DELETE FROM loyalty_data.message_body; DELETE FROM loyalty_data.inbound_message; INSERT INTO loyalty_data.message_attachment (org_id, customer_id, message_id, attachment_no, file_name, file_type, content) SELECT org_id, customer_id, 11, 1, ''x'', ''txt'', ''x'' FROM loyalty_data.message WHERE message_id = 11', :ann), 'no text outlives its wiping: message 11'),
    (format('UPDATE loyalty_data.customer SET erased_at = loyalty.clock() WHERE customer_id = %s; DELETE FROM loyalty_data.message_body; UPDATE loyalty_data.inbound_message SET body = NULL', :ann), 'no text outlives its wiping: message 99'),
    (format('UPDATE loyalty_data.customer SET erased_at = loyalty.clock() WHERE customer_id = %s; DELETE FROM loyalty_data.message_body; UPDATE loyalty_data.inbound_message SET address = NULL, body = NULL', :ann), 'none')) v(s, b);
SELECT * FROM finish();
ROLLBACK;
