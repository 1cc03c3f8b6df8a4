-- The messages and events that the demo's customers would have got, in 100 columns, after report.sql. psql variable: width.
SET client_min_messages = warning;
\pset footer off
\pset border 1
\pset null ''
\pset tuples_only off
\pset format aligned

-- ---------------------------------------------------------------- who is written to

-- Those whose points end next, within three months of the day after the last bill. They gave an address with a later purchase;
-- every tenth of them does not want to be written to.
SELECT max(b.transaction_date) + 1 AS as_of FROM demo.bill b \gset
CREATE TEMP TABLE reader AS
    SELECT s.customer_id, c.external_id, sum(s.points) AS points, min(s.last_day) AS last_day,
           row_number() OVER (ORDER BY sum(s.points) DESC, s.customer_id) AS place
    FROM loyalty.points_expiry_schedule s JOIN demo.customer c ON c.customer_id = s.customer_id
    WHERE s.org = 'cdnow' AND s.expires_at <= (:'as_of' || ' 00:00 UTC')::timestamptz + interval '3 months'
    GROUP BY s.customer_id, c.external_id
    ORDER BY place LIMIT 200;
SET client_min_messages = error;
SELECT count(*) FROM reader r, LATERAL loyalty.change_identifier('cdnow', r.customer_id, 'email',
    'customer-' || r.external_id || '@example.org') \g /dev/null
SELECT count(*) FROM reader r, LATERAL loyalty.set_subscription('cdnow', r.customer_id, 'email', 'promotional', false)
WHERE r.place % 10 = 0 \g /dev/null

-- ---------------------------------------------------------------- sent, taken, acknowledged

CREATE TEMP TABLE answer AS
    SELECT r.customer_id, m.message_id, m.state, m.cause
    FROM reader r, LATERAL loyalty.send_message('cdnow', r.customer_id, 'points_end', jsonb_build_object(
        'points', to_char(r.points, 'FM999,999,990'), 'last_day', to_char(r.last_day, 'FMDD FMMonth YYYY'),
        'customer', r.external_id), purpose => 'promotional', campaign => 'points that end') m;
CREATE TEMP TABLE mail AS SELECT * FROM loyalty.take_messages('cdnow', 'email', quantity => 1000);
SELECT count(loyalty.acknowledge_message('cdnow', m.customer_id, m.message_id, m.lease_no)) FROM mail m \g /dev/null

-- What happened comes customer by customer, the next event of each when the last one was delivered.
CREATE TEMP TABLE told (place bigint GENERATED ALWAYS AS IDENTITY, customer_id bigint, event_name text, payload jsonb);
DO $$
DECLARE
    handed bigint;
BEGIN
    LOOP
        WITH taken AS MATERIALIZED (SELECT * FROM loyalty.take_events('cdnow', 'crm', quantity => 1000)),
        done AS MATERIALIZED (
            SELECT t.*, loyalty.acknowledge_event('cdnow', 'crm', t.customer_id, t.event_id, t.lease_no) FROM taken t)
        INSERT INTO told (customer_id, event_name, payload) SELECT d.customer_id, d.event_name, d.payload::jsonb FROM done d;
        GET DIAGNOSTICS handed = ROW_COUNT;
        EXIT WHEN handed = 0 OR (SELECT count(*) FROM told) >= 5000;
    END LOOP;
END
$$;

-- ---------------------------------------------------------------- the page

\echo 'MAIL TO THOSE WHOSE POINTS END WITHIN THREE MONTHS OF' :as_of
SELECT CASE WHEN m.message_id IS NULL THEN a.state ELSE 'sent' END AS state, a.cause, count(*) AS messages,
       to_char(sum(r.points), '999,999,990') AS "   of points"
FROM answer a JOIN reader r USING (customer_id) LEFT JOIN mail m USING (message_id)
GROUP BY 1, 2 ORDER BY 1, 2;

SELECT 'ONE OF THEM, AS ITS READER SEES IT' AS heading,
    (SELECT m.message_id FROM mail m JOIN reader r USING (customer_id) ORDER BY r.place LIMIT 1) AS shown \gset
\echo :heading
\pset tuples_only on
\pset format unaligned
SELECT format(E'  To       %s\n  Subject  %s\n\n  %s\n', m.address, m.subject, replace(m.body, E'\n', E'\n  '))
FROM mail m WHERE m.message_id = :shown;
\pset tuples_only off
\pset format aligned

\echo 'EVENTS, AS SUBSCRIBER crm WAS TOLD THEM, EACH CUSTOMER''S IN ORDER'
SELECT t.event_name AS event, to_char(count(*), '999,990') AS "  events", to_char(count(DISTINCT t.customer_id), '999,990') AS customers,
       to_char(min((t.payload ->> 'event_time')::timestamptz) AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS first,
       to_char(max((t.payload ->> 'event_time')::timestamptz) AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS last
FROM told t GROUP BY 1 ORDER BY count(*) DESC, 1;
\pset tuples_only on
\pset format unaligned
SELECT format('%s events more wait for it.', to_char(b.waiting, 'FM999,999,990'))
FROM loyalty.event_backlog b WHERE b.org = 'cdnow' AND b.subscriber = 'crm' AND b.waiting > 0;

\echo 'THE LAST OF THEM OF THAT READER'
SELECT '  ' || replace(jsonb_pretty(t.payload), E'\n', E'\n  ')
FROM told t JOIN mail m ON m.customer_id = t.customer_id WHERE m.message_id = :shown ORDER BY t.place DESC LIMIT 1;
