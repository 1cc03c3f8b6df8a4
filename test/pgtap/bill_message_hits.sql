-- The hit rate of campaigns: who counts, which bills count, and what the control group says of it.
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = error;
SET LOCAL loyalty.clock = '2024-05-20 10:00:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('sg', 'p', zone => 'Asia/Singapore', country => 'SG'), pg_temp.new_org('other', 'p', country => 'SG');
CREATE TEMP TABLE who AS SELECT name, customer_id FROM unnest('{Ann,Bob,Cid,Dan,Eve,Fay}'::text[]) WITH ORDINALITY v(name, n),
    loyalty.register_customer('sg', '9123000' || n, registered_on => '2023-01-01');

-- A message to somebody: sent at a time, and delivered then or never; or suppressed.
CREATE SEQUENCE pg_temp.message_no;
CREATE FUNCTION pg_temp.told(who text, at timestamptz, delivered_at timestamptz DEFAULT NULL, cause text DEFAULT NULL, campaign text DEFAULT 'spring',
    channel text DEFAULT 'mobile', id bigint DEFAULT nextval('pg_temp.message_no')) RETURNS void LANGUAGE sql AS $$
    INSERT INTO loyalty_data.message SELECT (jsonb_populate_record(NULL::loyalty_data.message, jsonb_build_object('org_id', o.org_id, 'customer_id', w.customer_id,
        'message_id', id, 'created_at', at, 'not_before', at, 'changed_at', at, 'attempts', 1, 'purpose', 'p',
        'state', CASE WHEN cause IS NULL THEN 's' ELSE 'x' END, 'cause', cause, 'channel', channel, 'is_about_deletion', false, 'campaign', campaign,
        'delivery_status', CASE WHEN delivered_at IS NOT NULL THEN 'd' END))).*
        FROM loyalty_data.org o, who w WHERE o.org = 'sg' AND w.name = who;
    INSERT INTO loyalty_data.message_status (org_id, customer_id, message_id, status_no, occurred_at, recorded_at, delivery_status, provider_status)
        SELECT o.org_id, w.customer_id, id, 1, delivered_at, delivered_at, 'd', 'delivered'
        FROM loyalty_data.org o, who w WHERE o.org = 'sg' AND w.name = who AND delivered_at IS NOT NULL $$;
CREATE FUNCTION pg_temp.buys(who text, number text, amount numeric, at timestamptz, type text DEFAULT 'regular', outlier text DEFAULT 'normal') RETURNS void LANGUAGE sql AS $$
    SELECT loyalty.add_transaction('sg', w.customer_id, number, amount, event_time => at, transaction_type => type, outlier_status => outlier) FROM who w WHERE w.name = who $$;
CREATE FUNCTION pg_temp.hits(campaign text DEFAULT 'spring', days int DEFAULT 7) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', h.channel || ':', h.hit_customers || '/' || h.delivered_customers, COALESCE(h.hit_rate::text, '-'), h.bills, h.sales, '|', h.control_customers,
        h.control_sales, COALESCE(h.incremental_sales::text, '-')), ', ') FROM loyalty.message_hits('sg', days, campaign => campaign) h $$;

-- Four were told on 1 May at 12:00 in Singapore; one never got it. Three of the four bought: 3/4. They spent 100 + 50 + 30 = 180; of the two of the
-- control group one spent 40, so without the campaign the four would have spent 4 x 20 = 80: 100 more.
SELECT pg_temp.told(n, '2024-05-01 04:00Z', '2024-05-01 04:00Z') FROM unnest('{Ann,Bob,Cid}'::text[]) n;
SELECT pg_temp.told('Dan', '2024-05-01 04:00Z', '2024-05-03 04:00Z'), pg_temp.told('Eve', '2024-05-01 04:00Z', cause => 'control_group'), pg_temp.told('Fay', '2024-05-01 04:00Z', cause => 'control_group');
SELECT is(pg_temp.hits(), 'mobile: 0/4 0.0000 0 0 | 2 0 0.000', 'nobody has bought');
SELECT pg_temp.buys('Ann', 'A1', 100, '2024-05-01 04:00Z'), pg_temp.buys('Bob', 'B1', 50, '2024-05-08 15:59:59Z'), pg_temp.buys('Dan', 'D1', 30, '2024-05-10 15:59:59Z'),
    pg_temp.buys('Eve', 'E1', 40, '2024-05-02 04:00Z');
SELECT is(pg_temp.hits(), 'mobile: 3/4 0.7500 3 180.000 | 2 40.000 100.000', 'from the delivery on, to the end of the seventh day behind it on the org''s clocks');
SELECT pg_temp.buys('Cid', 'C0', 7, '2024-05-01 03:59:59Z'), pg_temp.buys('Cid', 'C1', 7, '2024-05-08 16:00Z'), pg_temp.buys('Dan', 'D0', 7, '2024-05-02 04:00Z');
SELECT is(pg_temp.hits(), 'mobile: 3/4 0.7500 3 180.000 | 2 40.000 100.000', 'a second before or behind is none');
SELECT pg_temp.buys('Cid', 'C2', 7, '2024-05-02 04:00Z', 'non_loyalty'), pg_temp.buys('Cid', 'C3', 7, '2024-05-02 04:00Z', outlier => 'test');
SELECT is(pg_temp.hits(), 'mobile: 3/4 0.7500 3 180.000 | 2 40.000 100.000', 'neither is a bill that is not regular, or an outlier');
SELECT is(pg_temp.hits(days => 0), 'mobile: 1/4 0.2500 1 100.000 | 2 0 100.000', 'within the day itself');
SELECT is(pg_temp.hits(days => 8), 'mobile: 4/4 1.0000 4 187.000 | 2 40.000 107.000', 'within eight days');

-- Each customer and each bill counts once.
SELECT pg_temp.told('Ann', '2024-05-02 04:00Z', '2024-05-02 04:00Z'), pg_temp.buys('Ann', 'A2', 20, '2024-05-03 04:00Z'), pg_temp.told('Fay', '2024-05-03 04:00Z');
SELECT is(pg_temp.hits(), 'mobile: 3/4 0.7500 4 200.000 | 2 40.000 120.000', 'two messages to one, and one that nobody knows to be delivered');
SELECT pg_temp.told('Ann', '2024-05-01 04:00Z', '2024-05-01 04:00Z', channel => 'email');
SELECT is(pg_temp.hits(), 'email: 1/1 1.0000 2 120.000 | 0 0 -, mobile: 3/4 0.7500 4 200.000 | 2 40.000 120.000', 'of each channel; without a control group nothing is said of it');
SELECT is((SELECT string_agg(channel, ',') FROM loyalty.message_hits('sg', channel => 'E-Mail')), 'email', 'of one channel');
SELECT pg_temp.told('Bob', '2024-05-01 04:00Z', '2024-05-01 04:00Z', campaign => NULL);
SELECT is((SELECT concat_ws(' ', delivered_customers, sales) FROM loyalty.message_hits('sg') WHERE campaign IS NULL), '1 50.000', 'messages of no campaign are one');
SELECT is_empty($$SELECT FROM loyalty.message_hits('other')$$, 'of the org alone');

-- What comes back, goes over, and is merged.
SELECT loyalty.return_transaction('sg', customer_id, 'A1', amount => 60) FROM who WHERE name = 'Ann' \g /dev/null
SELECT is(pg_temp.hits(), 'email: 1/1 1.0000 2 60.000 | 0 0 -, mobile: 3/4 0.7500 4 140.000 | 2 40.000 60.000', 'sales are net of returns');
SELECT loyalty.move_transaction('sg', 'B1', (SELECT customer_id FROM who WHERE name = 'Bob'), (SELECT customer_id FROM who WHERE name = 'Fay')) \g /dev/null
SELECT is((SELECT concat_ws(' ', hit_customers, bills, sales, control_sales) FROM loyalty.message_hits('sg', campaign => 'spring', channel => 'mobile')), '2 3 90.000 90.000', 'a bill that moved is that of whom it moved to');
SELECT loyalty.merge_customers('sg', (SELECT customer_id FROM who WHERE name = 'Cid'), (SELECT customer_id FROM who WHERE name = 'Ann')) \g /dev/null
SELECT is((SELECT concat_ws(' ', hit_customers, delivered_customers, bills, sales) FROM loyalty.message_hits('sg', campaign => 'spring', channel => 'mobile')), '2 3 4 97.000',
    'who was merged is one customer, whose bills and messages are those of both: C1 lies in the days of the second message to Ann');
SELECT pg_temp.told('Eve', '2024-05-04 04:00Z', '2024-05-04 04:00Z');
SELECT is((SELECT concat_ws(' ', delivered_customers, bills, sales, control_customers) FROM loyalty.message_hits('sg', campaign => 'spring', channel => 'mobile')), '4 4 97.000 1',
    'who got one is no control group any more, and what it bought before is no hit');
SELECT is((SELECT count(*) FROM loyalty.message_hits('sg', 7, f, t)), n, concat_ws(' ', 'days of messages', f, t))
FROM (VALUES ('2024-05-05'::date, NULL::date, 0::bigint), (NULL, '2024-04-30', 0), ('2024-05-01', '2024-05-01', 3)) v(f, t, n);

SELECT pg_temp.refused(format('loyalty.message_hits(%s)', a), c, a) FROM (VALUES ('''sg'', -1', 'LY003'), ('''sg'', 366', 'LY003'), ('''sg'', 2147483647', 'LY003'),
    ('''sg'', from_date => ''infinity''', 'LY015'), ('''sg'', to_date => ''0001-01-01''', 'LY015'), ('''sg'', channel => ''pigeon''', 'LY120'),
    ('''sg'', campaign => repeat(''x'', 300000000)', 'LY002'), ('''none''', 'LY004')) v(a, c);
SELECT * FROM finish();
ROLLBACK;
