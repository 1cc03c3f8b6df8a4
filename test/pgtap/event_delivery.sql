-- Events: who is told what, in which order, and what becomes of what is taken.
BEGIN;
SELECT no_plan();
SET LOCAL loyalty.clock = '2024-05-02 10:00+00';
\ir ../fixtures/orgs.sql
SELECT pg_temp.new_org('acme', 'base', primary_key => 'external_id', tills => '{till}');
SELECT pg_temp.customer('acme', 'ann', '2024-01-01') AS ann, pg_temp.customer('acme', 'bob', '2024-01-01') AS bob \gset

-- Nobody subscribes: nothing is written.
SELECT loyalty.earn_points('acme', :ann, 10) \g /dev/null
SELECT is_empty('TABLE loyalty_data.event_delivery', 'where nobody subscribes nothing is written');

SELECT loyalty.create_event_subscriber('acme', 'hook', 'https://example.com/hook') \g /dev/null
SELECT loyalty.create_event_subscriber('acme', 'points only', event_names => '{Points Award,points-redemption}') \g /dev/null
SELECT results_eq($$SELECT event_names::text FROM loyalty.event_subscribers WHERE subscriber = 'points only'$$, $$VALUES ('{points_award,points_redemption}')$$,
    'names are kept as payloads have them');

-- Examples 28 and 30 of what is to be: two events of one customer, one of another.
SELECT (loyalty.earn_points('acme', :ann, 5)).event_id AS e101 \gset
SELECT (loyalty.earn_points('acme', :bob, 7)).event_id AS e102 \gset
SELECT (loyalty.redeem_points('acme', :ann, 3)).event_id AS e103 \gset
SELECT is((SELECT DISTINCT payload FROM loyalty_data.event_delivery WHERE event_id = :e101), format('{"event_id":%s,"event_name":"points_award","event_time":"2024-05-02T10:00:00+00:00",'
    '"customer_id":%s,"points":5,"entries":[{"program":"base","category":"regular","entry_type":"credit","points":5,"balance_after":15}]}', :e101, :ann), 'a payload has ids and amounts');
SELECT set_eq('SELECT event_id, count(*), count(DISTINCT recorded_at) AS times FROM loyalty_data.event_delivery WHERE customer_id = ' || :ann || ' GROUP BY 1',
    format('VALUES (%s::bigint, 2::bigint, 1::bigint), (%s, 2, 1)', :e101, :e103), 'each subscriber has an event once, recorded at one time');
CREATE TEMP TABLE taken AS SELECT * FROM loyalty.take_events('acme', 'hook');
SELECT set_eq('SELECT event_id FROM taken', ARRAY[:e101, :e102]::bigint[], 'the first event of each customer is taken');
SELECT is_empty($$SELECT * FROM loyalty.take_events('acme', 'hook')$$, 'nobody else gets one meanwhile');
SELECT is(loyalty.acknowledge_event('acme', 'hook', :ann, :e101, lease_no), 'delivered', 'it is acknowledged') FROM taken WHERE event_id = :e101;
SELECT results_eq($$SELECT event_id, previous_event_id, attempt, is_replay FROM loyalty.take_events('acme', 'hook')$$, format('VALUES (%s::bigint, %s::bigint, 1, false)', :e103, :e101),
    'then comes the next one, which names the one before');
SELECT is(loyalty.acknowledge_event('acme', 'hook', :ann, :e101, lease_no), 'lease_lost', 'a lease acknowledges once') FROM taken WHERE event_id = :e101;
SELECT is(loyalty.acknowledge_event('acme', 'hook', :bob, :e102, 99), 'lease_lost', 'another number acknowledges nothing');
SELECT is(loyalty.acknowledge_event('acme', 'hook', :bob, :e101, lease_no), 'lease_lost', 'the number of another event does not, either') FROM taken WHERE event_id = :e102;

-- A retry waits, a lease that ended is taken again, and an old one still acknowledges while nobody took it.
SELECT is(loyalty.acknowledge_event('acme', 'hook', :bob, :e102, lease_no, 'retry'), 'waiting', 'a retry') FROM taken WHERE event_id = :e102;
SET LOCAL loyalty.clock = '2024-05-02 10:00:29+00';
SELECT is_empty($$SELECT * FROM loyalty.take_events('acme', 'hook')$$, 'waits 30 seconds');
SET LOCAL loyalty.clock = '2024-05-02 10:00:30+00';
CREATE TEMP TABLE again AS SELECT * FROM loyalty.take_events('acme', 'hook', 10, 30);
SELECT results_eq('SELECT event_id, attempt FROM again', format('VALUES (%s::bigint, 2)', :e102), 'and is taken then');
SET LOCAL loyalty.clock = '2024-05-02 12:00+00';
SELECT is(loyalty.acknowledge_event('acme', 'hook', :bob, :e102, lease_no), 'delivered', 'a lease that ran out untaken still acknowledges') FROM again;

-- Dead: the one before it is shown to the next one.
SELECT loyalty.set_config('acme', 'CONF_EVENT_MAX_ATTEMPTS', '2');
SELECT is((SELECT attempt FROM loyalty.take_events('acme', 'hook', 10, 1)), 2, 'its worker died');
SELECT (loyalty.earn_points('acme', :ann, 1)).event_id AS e104 \gset
SET LOCAL loyalty.clock = '2024-05-02 12:00:01+00';
SELECT results_eq($$SELECT event_id, previous_event_id, attempt FROM loyalty.take_events('acme', 'hook')$$, format('VALUES (%s::bigint, %s::bigint, 1)', :e104, :e103),
    'an event whose attempts are used up lets the next one pass');
SELECT is((SELECT d.state FROM loyalty_data.event_delivery d JOIN loyalty_data.event_subscriber s USING (org_id, subscriber_id) WHERE subscriber = 'hook' AND event_id = :e103), 'x'::"char", 'and is dead');

-- Replay: in the order of recording, with the mark of a replay.
SELECT is(loyalty.replay_events('acme', 'hook', '2024-05-02 09:00+00', customer_id => :ann), 3::bigint, 'a replay tells how many');
SELECT is(loyalty.acknowledge_event('acme', 'hook', :ann, :e104, h.lease_no, 'failed'), 'dead', 'what failed is dead at once')
FROM loyalty_data.event_head h JOIN loyalty_data.event_subscriber s USING (org_id, subscriber_id) WHERE subscriber = 'hook' AND customer_id = :ann;
CREATE TEMP TABLE replayed (place serial, event_id bigint, is_replay bool);
DO $$
DECLARE
    e record;
BEGIN
    FOR i IN 1 .. 3 LOOP
        SELECT * INTO e FROM loyalty.take_events('acme', 'hook');
        PERFORM loyalty.acknowledge_event('acme', 'hook', e.customer_id, e.event_id, e.lease_no);
        INSERT INTO replayed (event_id, is_replay) VALUES (e.event_id, e.is_replay);
    END LOOP;
END $$;
SELECT results_eq('SELECT event_id, is_replay FROM replayed ORDER BY place', format('VALUES (%s::bigint, true), (%s, true), (%s, true)', :e101, :e103, :e104), 'the replay comes in order');
SELECT is(loyalty.replay_events('acme', 'hook', '2024-05-02 09:00+00', '2024-05-02 10:00:00.000001+00'), 3::bigint, 'a span of time, all customers');
SELECT is_empty('SELECT event_id FROM loyalty_data.event_delivery GROUP BY event_id HAVING count(DISTINCT recorded_at) > 1', 'what is told again keeps the time when it was recorded');
SELECT throws_ok($$SELECT loyalty.replay_events('acme', 'hook', '2024-05-02', customer_id => -1)$$, 'LY107', NULL, 'a customer who is none');
SELECT throws_ok($$SELECT loyalty.replay_events('acme', 'hook', NULL)$$, 'LY001', NULL, 'a replay needs its begin');

-- Who wants points alone is told of nothing else, and without gaps.
SELECT results_eq($$SELECT event_no, event_id FROM loyalty_data.event_delivery d JOIN loyalty_data.event_subscriber s USING (org_id, subscriber_id)
    WHERE subscriber = 'points only' AND customer_id = $$ || :ann || ' ORDER BY event_no', format('VALUES (1, %s::bigint), (2, %s), (3, %s)', :e101, :e103, :e104), 'names are chosen');
SELECT loyalty.set_subscription('acme', :ann, 'email', 'promotional', true);
SELECT is((SELECT payload::jsonb ->> 'operation' FROM loyalty_data.event_delivery WHERE event_name = 'customer_update' AND customer_id = :ann), 'set_subscription', 'a change is told');

-- All kinds of events.
SELECT customer_id AS cyd FROM loyalty.register_customer('acme', external_id => 'cyd', mobile => '+6591234567') \gset
SELECT loyalty.add_transaction('acme', :cyd, 'B-9', 120) AS bill \gset
SELECT loyalty.return_transaction('acme', :cyd, 'B-9') AS back \gset
SELECT loyalty.enable_customer_status('acme') \g /dev/null
SELECT loyalty.create_status_label('acme', 'suspended', 'on hold'), loyalty.create_status_label('acme', 'active', 'fine') \g /dev/null
SELECT loyalty.set_customer_status('acme', :cyd, 'on hold') \g /dev/null
SELECT loyalty.set_customer_status('acme', :cyd, 'fine') \g /dev/null
SELECT merge_id FROM loyalty.merge_customers('acme', :bob, :cyd) \gset
SELECT set_eq($$SELECT event_name::text COLLATE "default" FROM loyalty_data.event_delivery WHERE customer_id = $$ || :cyd,
    '{customer_registration,transaction_add,transaction_return,customer_status_change,points_merge,customer_merge}'::text[], 'what happened to a customer');
SELECT results_eq($$SELECT payload::jsonb ->> 'transaction_number', payload::jsonb ->> 'amount' FROM loyalty_data.event_delivery WHERE event_name = 'transaction_add'$$,
    $$VALUES ('B-9', '120')$$, 'a bill has its number and amount, for a message about it');
SELECT is((SELECT count(DISTINCT customer_id) FROM loyalty_data.event_delivery WHERE event_id = :merge_id AND customer_id IN (:bob, :cyd)), 2::bigint, 'a merge stands in both streams');
SELECT is((SELECT count(*) FROM loyalty_data.event_delivery n, jsonb_each_text(n.payload::jsonb) WHERE value LIKE '%91234567%' OR value LIKE '%cyd%'), 0::bigint, 'nothing personal is stored');

-- Identifiers, for whom they are for.
SELECT loyalty.create_event_subscriber('acme', 'partner', include_identifiers => true) \g /dev/null
SELECT loyalty.earn_points('acme', :ann, 1) \g /dev/null
SELECT is((SELECT payload::jsonb -> 'identifiers' FROM loyalty.take_events('acme', 'partner')), '{"external_id": "ann"}'::jsonb, 'identifiers are added as they are now');
SELECT is((SELECT signature FROM loyalty.take_events('acme', 'points only')  LIMIT 1), NULL, 'without a secret nothing is signed');

-- Refusals.
SELECT throws_ok($$SELECT * FROM loyalty.take_events('acme', 'nobody')$$, 'LYN01', NULL, 'no such subscriber');
SELECT throws_ok(format($$SELECT loyalty.create_event_subscriber('acme', 'x', %L)$$, bad), 'LYN02', NULL, 'endpoint ' || bad)
FROM unnest('{ftp://example.com,https://,https:// b,https://user:word@example.com,javascript:alert(1),"https://example.com/\r\nx: y"}'::text[]) bad;
SELECT throws_ok(format($$SELECT loyalty.acknowledge_event('acme', 'hook', %s, 1, 1)$$, :bob + 10000000), 'LYN03', NULL, 'a customer of whom nothing was told');
SELECT throws_ok($$SELECT loyalty.create_event_subscriber('acme', 'x', event_names => '{points}')$$, 'LYN04', NULL, 'no such event');
SELECT throws_ok($$SELECT loyalty.create_event_subscriber('acme', 'x', event_names => '{}')$$, 'LY001', NULL, 'no event at all');
SELECT throws_ok($$SELECT loyalty.create_event_subscriber('acme', 'x', event_names => '{{points_award,goodwill}}')$$, 'LY003', NULL, 'a table of names');
SELECT throws_ok($$SELECT loyalty.create_event_subscriber('acme', 'hook')$$, 'LY009', NULL, 'a name that is taken');
SELECT throws_ok($$SELECT loyalty.create_event_subscriber('acme', 'x', secret => 'word')$$, 'LY003', NULL, 'a secret that is none');
SELECT throws_ok($$SELECT loyalty.create_event_subscriber('acme', 'x', secret => 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=')$$, 'LYM10', NULL, 'a secret needs a key file');
SELECT throws_ok($$SELECT * FROM loyalty.take_events('acme', 'hook', 0)$$, 'LY003', NULL, 'no event is too few');
SELECT throws_ok($$SELECT * FROM loyalty.take_events('acme', 'hook', 1001)$$, 'LY003', NULL, 'too many');
SELECT throws_ok($$SELECT * FROM loyalty.take_events('acme', 'hook', 1, 0)$$, 'LY003', NULL, 'no lease at all');
SELECT throws_ok($$SELECT loyalty.acknowledge_event('acme', 'hook', 1, 1, 1, 'done')$$, 'LY003', NULL, 'an outcome that is none');
SELECT loyalty.update_event_subscriber('acme', 'hook', state => 'paused');
SELECT throws_ok($$SELECT * FROM loyalty.take_events('acme', 'hook')$$, 'LYN05', NULL, 'a paused one takes nothing');
SELECT loyalty.earn_points('acme', :ann, 1) \g /dev/null
SELECT loyalty.update_event_subscriber('acme', 'hook', 'https://example.com/new', '{points_award}', include_identifiers => false, state => 'active');
SELECT results_eq($$SELECT state, endpoint, event_names::text FROM loyalty.event_subscribers WHERE subscriber = 'hook'$$, $$VALUES ('active', 'https://example.com/new', '{points_award}')$$, 'what is given changes');
SELECT is((SELECT waiting > 0 AND customers > 0 AND oldest_at IS NOT NULL FROM loyalty.event_backlog WHERE subscriber = 'hook'), true, 'the backlog shows what waits, also what came meanwhile');
SELECT is((SELECT value FROM loyalty.health_check() WHERE item = 'subscribers'), 'with dead events: hook', 'nobody is late');
SET LOCAL loyalty.clock = '2024-05-02 14:00+00';
SELECT matches((SELECT value FROM loyalty.health_check() WHERE item = 'subscribers'), 'late: .*hook', 'who lets events wait is named');
SELECT loyalty.update_event_subscriber('acme', 'hook', state => 'retired');
SELECT throws_ok($$SELECT * FROM loyalty.take_events('acme', 'hook')$$, 'LYN01', NULL, 'a retired one is none');
SELECT throws_ok($$SELECT loyalty.update_event_subscriber('acme', 'hook', state => 'active')$$, 'LYN01', NULL, 'and stays so');

-- Roles: who makes, who takes.
SELECT function_privs_are('loyalty', 'take_events', '{text,text,int4,int4}', 'loyalty_gateway', '{EXECUTE}', 'gateways take');
SELECT function_privs_are('loyalty', 'take_events', '{text,text,int4,int4}', 'loyalty_admin', '{}', 'admins do not');
SELECT * FROM finish();
ROLLBACK;
