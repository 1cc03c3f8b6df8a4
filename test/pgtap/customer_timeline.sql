-- customer_timeline: what every capability adds, in one order, whatever the page; of a merge group; by time and kind. And the notes
-- of staff that stand in it.
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = error;
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+00';

\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql

SELECT pg_temp.new_org('a', 'p', '30 days', tills => '{t1}', country => 'SG'), pg_temp.new_org('b', 'p', country => 'SG') \g /dev/null
SELECT loyalty.create_sender('a', 'A', 'mobile', is_default => true), loyalty.create_program('a', 'q', 'Q'), loyalty.set_participation_rules('a', 'q'),
    loyalty.create_card_series('a', 's', 'S', method => 'AUTO_INC', length => 8, prefix => '44'), loyalty.set_config('a', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'on'),
    loyalty.create_status_label('a', 'suspended', 'Away') \g /dev/null
SELECT loyalty.generate_cards('a', 's', 5) \g /dev/null

-- Moves the clock on by some seconds and runs a call.
CREATE FUNCTION pg_temp.then(call text, seconds int DEFAULT 60) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('loyalty.clock', (loyalty.clock() + seconds * interval '1 second')::text, true);
    EXECUTE 'SELECT ' || call;
END $$;
-- The keys of a whole timeline, page by page.
CREATE FUNCTION pg_temp.pages(customer bigint, size int, kinds text[] DEFAULT NULL, since timestamptz DEFAULT NULL, until timestamptz DEFAULT NULL)
    RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    page text[];
    lines text[] := '{}';
    key text;
BEGIN
    LOOP
        SELECT array_agg(t.page_key ORDER BY t.n), (array_agg(t.page_key ORDER BY t.n))[count(*)] INTO page, key
        FROM loyalty.customer_timeline('a', customer, kinds, since, until, size, key) WITH ORDINALITY
            t (recorded_at, event_time, kind, action, id, customer_id, summary, page_key, n);
        EXIT WHEN page IS NULL OR array_length(lines, 1) > 1000;
        lines := lines || page;
    END LOOP;
    RETURN lines;
END $$;

SELECT pg_temp.customer('a', mobile => '91230001', registered_on => '2024-04-01') AS ann \gset
SELECT pg_temp.then('pg_temp.customer(''a'', mobile => ''91230002'', registered_on => ''2020-01-01'')');
SELECT loyalty.find_customer('a', 'mobile', '91230002') AS bob \gset
SELECT pg_temp.then(format(call, :ann)) FROM (VALUES
    ($$loyalty.add_transaction('a', %s, 'B-1', 100, event_time => '2024-05-01Z', till => 't1')$$),
    ($$loyalty.earn_points('a', %s, 20, event_name => 'goodwill', reason => 'sorry')$$),
    ($$loyalty.redeem_points('a', %s, 5)$$),
    ($$loyalty.return_transaction('a', %s, 'B-1')$$),
    ($$loyalty.issue_card('a', %s, 's')$$),
    ($$loyalty.send_sms('a', %s, 'secret text')$$),
    ($$loyalty.record_inbound('a', 'mobile', '+6591230001', 'secret answer')$$),
    ($$loyalty.set_fraud_status('a', %s, 'marked', 'odd', 'maya')$$),
    ($$loyalty.enrol_customer('a', %s, program => 'q')$$),
    ($$loyalty.submit_change_request('a', 'email', %s, new_value => 'secret@example.com')$$),
    ($$loyalty.withdraw_change_request('a', (SELECT request_id FROM loyalty.change_requests('a', customer_id => %s)), 'no')$$),
    ($$loyalty.request_deletion('a', %s, 'asked')$$),
    ($$loyalty.decline_deletion('a', %s)$$),
    ($$loyalty.add_customer_note('a', %s, 'calls back', 'maya')$$)) c (call);

-- ---------------------------------------------------------------- what there is

SELECT is(string_agg(kind || ' ' || action, ', ' ORDER BY n), concat_ws(', ', 'note customer_note', 'status customer_status_change', 'deletion declined',
    'status customer_status_change', 'deletion submitted', 'request withdrawn', 'request submitted', 'participation participation_change',
    'participation participation_change', 'status customer_status_change', 'inbound_message message_received', 'message queued', 'card issued',
    'bill transaction_return', 'points transaction_return', 'points points_redemption', 'points goodwill', 'bill transaction_add', 'points transaction_add',
    'registration customer_registration'), 'every kind')
FROM (SELECT *, row_number() OVER () AS n FROM loyalty.customer_timeline('a', :ann)) t;

SELECT is((SELECT t.summary FROM loyalty.customer_timeline('a', :ann, '{bill}', page_size => 1) t) - 'returned_transaction_id',
    '{"transaction_number": null, "transaction_type": "return", "amount": 100.000, "till": "t1", "store": "store", "program": "p"}', 'what a bill says');
SELECT is(event_time, '2024-05-01 00:00:00+00'::timestamptz, 'when it was made, beside when it was told')
FROM loyalty.customer_timeline('a', :ann, '{bill}') WHERE action = 'transaction_add';
SELECT is((summary ->> 'reason') || ' ' || (summary ->> 'points') || ' ' || (summary ->> 'balance_after') || ' ' || (summary ->> 'category'), 'sorry 20.000 120.000 regular',
    'what an entry says') FROM loyalty.customer_timeline('a', :ann, '{points}') WHERE action = 'goodwill';
SELECT is(summary, '{"note": "calls back", "actor": "maya"}', 'what a note says') FROM loyalty.customer_timeline('a', :ann, '{note}');
SELECT is(event_time || ' ' || (summary ->> 'loyalty_type'), '2020-01-01 00:00:00+00 loyalty', 'what a registration says')
FROM loyalty.customer_timeline('a', :bob, '{registration}');
SELECT is((SELECT count(*) FROM loyalty.customer_timeline('a', :ann) t WHERE summary::text ~ 'secret|9123|\m44'), 0::bigint, 'no text of a message, no value that was asked for');
SELECT is((SELECT count(*) FROM loyalty.customer_timeline('a', :ann) t WHERE customer_id = :ann), 20::bigint, 'each under its customer');
SELECT is((SELECT array_agg(id) FROM loyalty.customer_timeline('a', :ann, '{bill}')), (SELECT array_agg(transaction_id ORDER BY transaction_id DESC)
    FROM loyalty_data.transaction WHERE customer_id = :ann), 'ids are those of things');
SELECT pg_temp.customer('b', mobile => '91230001') AS other \gset
SELECT is((SELECT count(*) FROM loyalty.customer_timeline('b', :other)), 1::bigint, 'nothing of another org');

-- ---------------------------------------------------------------- pages, times, kinds

SELECT results_eq(format('SELECT unnest(pg_temp.pages(%s, %s))', :ann, size), format('SELECT page_key FROM loyalty.customer_timeline(''a'', %s)', :ann), 'pages of ' || size)
FROM generate_series(1, 20) size;
SELECT is((SELECT count(*) FROM loyalty.customer_timeline('a', :ann) t, LATERAL loyalty.customer_timeline('a', :ann, page_key => t.page_key) b), 190::bigint,
    'what comes behind each line');
SELECT results_eq(format('SELECT page_key FROM loyalty.customer_timeline(''a'', %s, from_time => %L, to_time => %L)', :ann, f.at, t.at),
    format('SELECT page_key FROM loyalty.customer_timeline(''a'', %s) WHERE recorded_at BETWEEN %L AND %L', :ann, f.at, t.at), 'from ' || f.at || ' to ' || t.at)
FROM (SELECT DISTINCT recorded_at AS at FROM loyalty.customer_timeline('a', :ann)) f, (SELECT DISTINCT recorded_at AS at FROM loyalty.customer_timeline('a', :ann)) t
WHERE extract(minute FROM f.at)::int % 3 = 0 AND extract(minute FROM t.at)::int % 4 = 1;
SELECT is(array_length(pg_temp.pages(:ann, 3, NULL, '2024-05-02 10:05Z', '2024-05-02 10:08Z'), 1), (SELECT count(*)::int FROM loyalty.customer_timeline('a', :ann)
    WHERE recorded_at BETWEEN '2024-05-02 10:05Z' AND '2024-05-02 10:08Z'), 'pages of a time');
SELECT is((SELECT count(*) FROM loyalty.customer_timeline('a', :ann, to_time => '2024-05-02 10:04Z', page_key => key)), 0::bigint, 'a key that lies before the time goes on behind itself')
FROM (SELECT page_key AS key FROM loyalty.customer_timeline('a', :ann, '{registration}')) k;
SELECT results_eq(format('SELECT page_key FROM loyalty.customer_timeline(''a'', %s, to_time => ''2024-05-02 10:04Z'', page_key => %L)', :ann, key),
    format('SELECT page_key FROM loyalty.customer_timeline(''a'', %s, to_time => ''2024-05-02 10:04Z'')', :ann), 'and one behind it changes nothing')
FROM (SELECT page_key AS key FROM loyalty.customer_timeline('a', :ann, '{note}')) k;
SELECT results_eq(format('SELECT unnest(pg_temp.pages(%s, 2, %L))', :ann, kinds),
    format('SELECT page_key FROM loyalty.customer_timeline(''a'', %s) WHERE kind = ANY (%L)', :ann, kinds), 'of ' || kinds::text)
FROM unnest('{"{bill}","{points,bill}","{note,status,deletion}","{card,message,inbound_message}","{registration,merge,request,participation}"}'::text[]) kinds;
SELECT is((SELECT count(*) FROM loyalty.customer_timeline('a', :ann, '{}')), 20::bigint, 'no kind is every kind');
SELECT is((SELECT count(*) FROM loyalty.customer_timeline('a', :ann, '{BILL}')), 2::bigint, 'kinds are words');
SELECT is((SELECT count(*) FROM loyalty.customer_timeline('a', identifier_type => t, identifier_value => v)), 20::bigint, 'named by ' || t)
FROM (VALUES ('mobile', '9123 0001'), ('card_number', (SELECT card_number FROM loyalty.customer_cards('a', :ann)))) i (t, v);

-- ---------------------------------------------------------------- many, at one time, and out of order

-- A load of old bills has one time of recording; two calls that began before others were written after them.
SELECT pg_temp.then(format($$loyalty.add_transaction('a', %s, 'L-' || i, 1, event_time => '2021-01-01Z') FROM generate_series(1, 150) i$$, :bob));
SELECT pg_temp.then(format($$loyalty.earn_points('a', %s, 1)$$, :bob), -30) FROM generate_series(1, 3);
SELECT pg_temp.then(format($$loyalty.send_sms('a', %s, 'x')$$, :bob), s) FROM unnest('{100,-50,-20,90,-70}'::int[]) s;
SELECT pg_temp.then(format($$loyalty.add_transaction('a', %s, 'L-' || i, 1, program => 'p') FROM generate_series(151, 220) i$$, :bob), 1000);
CREATE TEMP TABLE place AS
    SELECT 'bill:0:' || (extract(epoch FROM recorded_at) * 1000000)::int8 || '-' || transaction_id AS key FROM loyalty_data.transaction WHERE customer_id = :bob
    UNION ALL SELECT 'message:0:' || (extract(epoch FROM created_at) * 1000000)::int8 || '-' || message_id FROM loyalty_data.message WHERE customer_id = :bob;
SELECT is(array_length(pg_temp.pages(:bob, size), 1), 220 + 223 + 1 + 5 + 1, 'all of them, what expired and the registration too, in pages of ' || size) FROM unnest('{1,7,31,100}'::int[]) size;
SELECT results_eq(format('SELECT unnest(pg_temp.pages(%s, %s, %L)) EXCEPT SELECT * FROM place', :bob, size, '{bill,message}'), 'SELECT NULL::text WHERE false',
    'none that is not there') FROM unnest('{5,50}'::int[]) size;
SELECT results_eq(format('SELECT * FROM place EXCEPT SELECT unnest(pg_temp.pages(%s, %s, %L))', :bob, size, '{bill,message}'), 'SELECT NULL::text WHERE false',
    'and each that is') FROM unnest('{5,50}'::int[]) size;
SELECT is(pg_temp.pages(:bob, 9), pg_temp.pages(:bob, 100), 'in one order, whatever the page');
SELECT is((SELECT count(*) FROM (SELECT split_part(split_part(k, ':', 3), '-', 1)::int8 AS at, lag(split_part(split_part(k, ':', 3), '-', 1)::int8) OVER (ORDER BY n) AS before
    FROM unnest(pg_temp.pages(:bob, 9)) WITH ORDINALITY u (k, n)) o WHERE at > before), 0::bigint, 'times run backwards');

-- ---------------------------------------------------------------- merge groups

SELECT pg_temp.pages(:bob, 50) AS bobs \gset
SELECT pg_temp.then(format($$loyalty.merge_customers('a', %s, %s, reason => 'one person', actor => 'maya')$$, :ann, :bob));
SELECT is((SELECT summary - 'till' FROM loyalty.customer_timeline('a', c, '{merge}')), jsonb_build_object('survivor_id', :ann::int8, 'victim_id', :bob::int8, 'reason', 'one person',
    'actor', 'maya'), 'a merge is in the timeline of ' || c) FROM unnest(ARRAY[:ann, :bob]::int8[]) c;
SELECT ok(:'bobs'::text[] <@ pg_temp.pages(:ann, 50), 'the survivor''s has all lines of the victim');
SELECT ok(NOT pg_temp.pages(:bob, 50) && (SELECT array_agg(page_key) FROM loyalty.customer_timeline('a', :ann, '{note}')), 'and the victim''s its own alone');
SELECT is(pg_temp.pages(:ann, 13), pg_temp.pages(:ann, 100), 'in one order');
SELECT is((SELECT count(DISTINCT customer_id) FROM loyalty.customer_timeline('a', :ann, '{registration}')), 2::bigint, 'under the id of each');

-- ---------------------------------------------------------------- notes

SELECT loyalty.add_customer_note('a', :ann, 'again', 'maya', 'k1') AS note \gset
SELECT is(loyalty.add_customer_note('a', :ann, 'again', 'maya', 'k1'), :note::bigint, 'a repeated request is the same note');
SELECT throws_ok(format($$SELECT loyalty.add_customer_note('a', %s, 'another', 'maya', 'k1')$$, :ann), 'LY020', NULL, 'the key of another one');
SELECT isnt(loyalty.add_customer_note('a', :ann, 'again', 'maya'), :note::bigint, 'without a key it is another note');
SELECT loyalty.set_fraud_status('a', :ann, 'confirmed') \g /dev/null
SELECT ok(loyalty.add_customer_note('a', :ann, E'  of a thief\n') > 0, 'no status stops a note');
SELECT is(summary ->> 'note', E'  of a thief\n', 'prose is kept as it is') FROM loyalty.customer_timeline('a', :ann, '{note}', page_size => 1);
SELECT pg_temp.customer('a', mobile => '91230003') AS cid, pg_temp.customer('a', mobile => '91230004') AS dan \gset
SELECT loyalty.add_customer_note('a', :dan, 'of dan', idempotency_key => 'k2') AS dans \gset
SELECT loyalty.merge_customers('a', :cid, :dan) \g /dev/null
SELECT is(loyalty.add_customer_note('a', :cid, 'of dan', idempotency_key => 'k2'), :dans::bigint, 'a repeated one is known by the survivor');
SELECT is(loyalty.add_customer_note('a', :dan, 'of dan', idempotency_key => 'k2'), :dans::bigint, 'and by the victim');
SELECT throws_ok(format($$SELECT loyalty.add_customer_note('a', %s, 'new', idempotency_key => 'k3')$$, :dan), 'LY125', NULL, 'who gets no new one');
SET LOCAL loyalty.follow_merges = on;
SELECT ok(loyalty.add_customer_note('a', :dan, 'new', idempotency_key => 'k3') > 0, 'unless it is followed');
SELECT is((SELECT customer_id FROM loyalty.customer_timeline('a', :cid, '{note}', page_size => 1)), :cid::bigint, 'to the survivor');
SET LOCAL loyalty.follow_merges = off;
SELECT lives_ok(format($$SELECT loyalty.delete_customer_note('a', %s, %s)$$, :cid, :dans), 'who deletes the note of its victim');
SELECT is((SELECT count(*) FROM loyalty_data.customer_note WHERE customer_id = :dan), 0::bigint, 'it is gone');

-- ---------------------------------------------------------------- what is refused

SELECT throws_ok(format('SELECT * FROM loyalty.customer_timeline(%s)', call), code, NULL, call) FROM (VALUES
    ($$'none', 1$$, 'LY004'), ($$NULL, 1$$, 'LY001'), ($$'a'$$, 'LY001'), ($$'a', 1$$, 'LY107'), ($$'b', $$ || :ann, 'LY107'), ($$'a', identifier_type => 'shoe', identifier_value => '1'$$, 'LY106'),
    ($$'a', 1, identifier_type => 'mobile', identifier_value => '1'$$, 'LY003'), ($$'a', 1, '{coupon,none}'$$, 'LY003'), ($$'a', 1, '{NULL}'$$, 'LY001'),
    ($$'a', 1, from_time => 'infinity'$$, 'LY015'), ($$'a', 1, to_time => '-infinity'$$, 'LY015'), ($$'a', 1, page_size => 0$$, 'LY416'), ($$'a', 1, page_size => 101$$, 'LY416')) c (call, code);
SELECT throws_ok(format('SELECT * FROM loyalty.customer_timeline(%L, 1, page_key => %L)', 'a', key), 'LY416', NULL, 'no key: ' || key)
FROM unnest(ARRAY['x', 'bill', 'bill:0', 'bill:0:', 'bill:0:1-', '1714642800000000-1', 'none:0:1714642800000000-1', 'bill:00:1714642800000000-1', 'bill:x:1714642800000000-1',
    'bill:0:1714642800000000-01', 'bill:0:9999999999999999999-1', 'bill:0:1714642800000000-99999999999999999999', 'BILL:0:1714642800000000-1']) key;
SELECT throws_ok(format('SELECT * FROM loyalty.customer_timeline(%L, 1, page_key => repeat(%L, 200))', 'a', 'x'), 'LY002', NULL, 'a long one');
SELECT is((SELECT count(*) FROM loyalty.customer_timeline('a', :ann, page_key => 'bill:-9223372036854775808:1714642800000000-9223372036854775807')), (SELECT count(*)
    FROM unnest(pg_temp.pages(:ann, 100)) k WHERE split_part(split_part(k, ':', 3), '-', 1)::int8 <= 1714642800000000), 'a place where no line is');
SELECT pg_temp.tried() AS before \gset
SELECT throws_ok(format('SELECT loyalty.%s', call), code, NULL, call) FROM (VALUES
    ($$add_customer_note(NULL, 1, 'x')$$, 'LY001'), ($$add_customer_note('none', 1, 'x')$$, 'LY004'), ($$add_customer_note('a', NULL, 'x')$$, 'LY001'),
    ($$add_customer_note('a', 1, 'x')$$, 'LY107'), (format($$add_customer_note('a', %s, 'x')$$, :bob), 'LY125'), (format($$add_customer_note('a', %s, NULL)$$, :ann), 'LY001'),
    (format($$add_customer_note('a', %s, '')$$, :ann), 'LY001'), (format($$add_customer_note('a', %s, ' ')$$, :ann), 'LY001'), (format($$add_customer_note('a', %s, repeat('x', 1001))$$, :ann), 'LY002'),
    (format($$add_customer_note('a', %s, 'x', repeat('x', 201))$$, :ann), 'LY002'), (format($$add_customer_note('a', %s, 'x', NULL, repeat('x', 201))$$, :ann), 'LY002'),
    (format($$delete_customer_note('a', %s, NULL)$$, :ann), 'LY001'), (format($$delete_customer_note('a', %s, 1)$$, :ann), 'LY128'), (format($$delete_customer_note('a', %s, %s)$$, :cid, :note), 'LY128'),
    (format($$delete_customer_note('a', %s, %s)$$, :bob, :note), 'LY125'), ($$delete_customer_note('a', 1, 1)$$, 'LY107')) c (call, code);
SELECT is(pg_temp.tried(), :'before', 'nothing was written before');

SELECT * FROM finish();
ROLLBACK;
