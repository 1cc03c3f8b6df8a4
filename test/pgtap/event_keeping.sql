-- Events that stay: leases that are extended, dead events and what a replay makes of them, what is kept for a time, and what
-- verify_channels finds where something was not told. Not in one transaction, since a job commits.
\set ON_ERROR_STOP 1
SET client_min_messages = error;
SET TimeZone = 'UTC';
SET loyalty.clock = '2024-03-01 10:00:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT no_plan();
SELECT pg_temp.new_org(o, 'base', primary_key => 'external_id', tills => '{till}') FROM unnest('{keep,other}'::text[]) o;
CREATE FUNCTION pg_temp.took(s text, quantity int DEFAULT 10) RETURNS TABLE (customer_id bigint, event_id bigint, lease_no int, attempt int)
    LANGUAGE sql AS $$ SELECT t.customer_id, t.event_id, t.lease_no, t.attempt FROM loyalty.take_events('keep', s, quantity) t $$;
-- Takes and settles all that waits for a subscriber; answers how many events it was.
CREATE FUNCTION pg_temp.drain(s text, outcome text DEFAULT 'delivered') RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    n int := 0;
    e record;
BEGIN
    LOOP
        FOR e IN SELECT * FROM loyalty.take_events('keep', s, 1000) LOOP
            PERFORM loyalty.acknowledge_event('keep', s, e.customer_id, e.event_id, e.lease_no, outcome);
            n := n + 1;
        END LOOP;
        EXIT WHEN NOT FOUND;
    END LOOP;
    RETURN n;
END $$;
CREATE FUNCTION pg_temp.breaks() RETURNS text LANGUAGE sql AS $$
    SELECT COALESCE(string_agg(invariant || ': ' || regexp_replace(detail, '\d+', '#', 'g'), '; '), 'none') FROM loyalty.verify_channels('keep') WHERE NOT ok $$;
CREATE FUNCTION pg_temp.broken(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    what text;
    n bigint;
BEGIN
    EXECUTE statement;
    GET DIAGNOSTICS n = ROW_COUNT;
    what := CASE WHEN n = 0 THEN 'nothing was changed' ELSE pg_temp.breaks() END;
    RAISE SQLSTATE 'TEST1' USING MESSAGE = what;
EXCEPTION WHEN SQLSTATE 'TEST1' THEN
    RETURN SQLERRM;
END $$;

-- ---------------------------------------------------------------- subscribers
SELECT loyalty.create_event_subscriber('keep', 'hook') \g /dev/null
SELECT loyalty.create_event_subscriber('keep', 'few', event_names => '{points_award,Points Award,POINTS_AWARD,goodwill}') \g /dev/null
SELECT is((SELECT event_names::text FROM loyalty.event_subscribers WHERE subscriber = 'few'), '{points_award,goodwill}', 'a name that is given twice is one');
SELECT loyalty.create_event_subscriber('keep', 'all', event_names => '{ALL}') \g /dev/null
SELECT is((SELECT event_names FROM loyalty.event_subscribers WHERE subscriber = 'all'), NULL, 'ALL is every event');
SELECT loyalty.update_event_subscriber('keep', 'all', event_names => '{goodwill}');
SELECT loyalty.update_event_subscriber('keep', 'all', event_names => '{ALL}');
SELECT is((SELECT event_names FROM loyalty.event_subscribers WHERE subscriber = 'all'), NULL, 'also where it was less');
SELECT pg_temp.refused(format('loyalty.create_event_subscriber(''keep'', ''x'', %L)', bad), 'LYN02', 'endpoint ' || bad)
FROM unnest('{https:///hook,https://?x=1,https://#x,http://:8080/,https:/example.com,HTTPS:example.com,https://example.com:0,https://example.com:65536/hook,https://example.com:99999999999999999999,
    https://example.com:,https://example.com:/hook,https://example.com:8a,https://example.com:-1,https://example.com:+80,https://example.com:b:80,https://[::1,https://[],https://[::1]80,
    https://[::1]:65536,https://[example.com],https://example.com[::1]}'::text[]) bad;
SELECT lives_ok(format($$SELECT loyalty.update_event_subscriber('keep', 'all', %L)$$, good), 'endpoint ' || good)
FROM unnest('{https://example.com:1,https://example.com:65535/hook?a:b=c,http://example.com:8080,https://[::1]:8443/hook,http://[2001:db8::1],https://example.com?x=1:99999}'::text[]) good;
SELECT pg_temp.refused($$loyalty.create_event_subscriber('keep', 'x', event_names => '{ALL,goodwill}')$$, 'LYN04', 'ALL stands alone');
SELECT pg_temp.refused($$loyalty.create_event_subscriber('keep', 'x', event_names => '{NULL}')$$, 'LYN04', 'a name that is NULL');
SELECT count(loyalty.create_event_subscriber('other', 's' || n)) FROM generate_series(1, 20) n \g /dev/null
SELECT pg_temp.refused($$loyalty.create_event_subscriber('other', 's21')$$, 'LY012', 'a call writes for twenty at most');
SELECT loyalty.update_event_subscriber('other', 's1', state => 'retired');
SELECT lives_ok($$SELECT loyalty.create_event_subscriber('other', 's21')$$, 'a retired one makes room');

-- ---------------------------------------------------------------- leases that are extended
SET loyalty.clock = '2024-03-01 12:00:00+00';
SELECT pg_temp.customer('keep', 'ann') AS ann, pg_temp.customer('keep', 'bob') AS bob \gset
SELECT pg_temp.drain('hook'), pg_temp.drain('few'), pg_temp.drain('all') \g /dev/null
SELECT (loyalty.earn_points('keep', :ann, 5)).event_id AS e1 \gset
SELECT lease_no AS l1 FROM pg_temp.took('hook') \gset
SET loyalty.clock = '2024-03-01 12:00:59+00';
SELECT is(loyalty.extend_event_lease('keep', 'hook', :ann, :e1, :l1, 90), '2024-03-01 12:02:29+00', 'a lease is extended from now on');
SET loyalty.clock = '2024-03-01 12:02:28+00';
SELECT is_empty($$SELECT * FROM pg_temp.took('hook')$$, 'nobody gets the event until then');
SET loyalty.clock = '2024-03-01 12:02:29+00';
SELECT is(loyalty.extend_event_lease('keep', 'hook', :ann, :e1, :l1), '2024-03-01 12:03:29+00', 'a lease that ran out is extended as long as nobody came');
SET loyalty.clock = '2024-03-01 12:03:29+00';
SELECT results_eq($$SELECT attempt, lease_no FROM pg_temp.took('hook')$$, format('VALUES (2, %s)', :l1 + 1), 'then somebody else gets it, and extending was no attempt');
SELECT is(loyalty.extend_event_lease('keep', 'hook', :ann, :e1, :l1), NULL, 'a lease that is lost is not taken back');
SELECT is((SELECT available_at FROM loyalty_data.event_head WHERE customer_id = :ann AND lease_no = :l1 + 1), '2024-03-01 12:04:29+00', 'and nothing changes');
SELECT is(loyalty.extend_event_lease('keep', 'hook', :ann, :e1 + 1, :l1 + 1), NULL, 'nor is that of another event');
SELECT is(loyalty.acknowledge_event('keep', 'hook', :ann, :e1, :l1 + 1), 'delivered', 'the other one ends it');
SELECT is(loyalty.extend_event_lease('keep', 'hook', :ann, :e1, :l1 + 1), NULL, 'what was delivered is no lease');
SELECT pg_temp.refused(format('loyalty.extend_event_lease(''keep'', ''hook'', %s, 1, 1, %s)', :ann, s), 'LY003', 'a lease of ' || s) FROM unnest('{0,-1,86401}'::int[]) s;
SELECT pg_temp.refused('loyalty.extend_event_lease(''keep'', ''hook'', 0, 1, 1)', 'LYN03', 'nobody was told of customer 0');
SELECT pg_temp.refused(format('loyalty.extend_event_lease(''keep'', ''nobody'', %s, 1, 1)', :ann), 'LYN01', 'no such subscriber');
SELECT pg_temp.refused(format('loyalty.extend_event_lease(''keep'', ''hook'', %s, %s, %s)', a, b, c), 'LY001', 'what must be said')
FROM (VALUES ('NULL', '1', '1'), ('1', 'NULL', '1'), ('1', '1', 'NULL')) v (a, b, c);
SELECT function_privs_are('loyalty', 'extend_event_lease', '{text,text,int8,int8,int4,int4}', r, p, r)
FROM (VALUES ('loyalty_gateway', '{EXECUTE}'::text[]), ('loyalty_admin', '{}'), ('loyalty_agent', '{}'), ('loyalty_pos', '{}'), ('loyalty_analyst', '{}')) v (r, p);

-- ---------------------------------------------------------------- dead events
SELECT is((SELECT value FROM loyalty.health_check() WHERE item = 'subscribers'), 'none is late', 'all is well');
SELECT (loyalty.earn_points('keep', :ann, n)).event_id FROM generate_series(1, 3) n \g /dev/null
SELECT (loyalty.earn_points('keep', :bob, 1)).event_id \g /dev/null
SELECT is(pg_temp.drain('hook', 'failed'), 4, 'four events fail');
SELECT is((SELECT dead FROM loyalty.event_backlog WHERE subscriber = 'hook'), 4::bigint, 'the backlog has them');
SELECT is((SELECT value FROM loyalty.metrics WHERE org = 'keep' AND name = 'events_dead' AND labels = '{"subscriber": "hook"}'), 4::numeric, 'so have the numbers for exporters');
SELECT bag_eq($$SELECT name, value::text FROM loyalty.metrics WHERE org = 'keep' AND labels = '{"subscriber": "all"}'$$,
    $$VALUES ('events_waiting', '5'), ('events_most_attempts', '0'), ('events_oldest_seconds', '209.000000'), ('events_dead', '0')$$, 'and what waits for somebody else, since 12:00:00');
SELECT is((SELECT value FROM loyalty.health_check() WHERE item = 'subscribers'), 'with dead events: hook', 'and the health check');
SELECT is(loyalty.replay_events('keep', 'hook', '2024-03-01 12:03:29+00', customer_id => :ann), 3::bigint, 'three of them are told again');
SELECT is((SELECT dead FROM loyalty.event_backlog WHERE subscriber = 'hook'), 1::bigint, 'so that one is dead');
SELECT is(pg_temp.breaks(), 'none', 'heads count what is dead');
SELECT is(pg_temp.drain('hook', 'failed'), 3, 'they fail again');
SELECT is((SELECT dead FROM loyalty.event_backlog WHERE subscriber = 'hook'), 4::bigint, 'and are dead once each');
SELECT loyalty.replay_events('keep', 'hook', '2024-03-01 12:03:29+00') \g /dev/null
SELECT is(pg_temp.drain('hook'), 4, 'all are delivered in the end');
SELECT is((SELECT dead FROM loyalty.event_backlog WHERE subscriber = 'hook'), 0::bigint, 'nothing is dead');
SET loyalty.clock = '2024-03-01 14:00:00+00';
SELECT is((SELECT value FROM loyalty.health_check() WHERE item = 'subscribers'), 'late: all, few', 'who is late is named, each once');
SELECT loyalty.earn_points('keep', :bob, 1) \g /dev/null
SELECT pg_temp.drain('hook', 'failed') \g /dev/null
SELECT is((SELECT value FROM loyalty.health_check() WHERE item = 'subscribers'), 'late: all, few; with dead events: hook', 'beside those with dead events');
SELECT loyalty.update_event_subscriber('keep', s, state => 'paused') FROM unnest('{all,hook}'::text[]) s;
SELECT is((SELECT value FROM loyalty.health_check() WHERE item = 'subscribers'), 'late: few; with dead events: hook', 'a paused one waits by will');
SELECT loyalty.update_event_subscriber('keep', s, state => 'active') FROM unnest('{all,hook}'::text[]) s;
CREATE ROLE keeper IN ROLE loyalty_admin;
SELECT loyalty.grant_org('other', 'keeper');
SET ROLE keeper;
SELECT is((SELECT value FROM loyalty.health_check() WHERE item = 'subscribers'), 'none is late', 'and nobody of an org that one may not see');
SELECT is_empty($$SELECT * FROM loyalty.event_backlog WHERE org = 'keep'$$, 'nor in the backlog');
RESET ROLE;
DROP ROLE keeper;

-- ---------------------------------------------------------------- what must have been told
SELECT customer_id AS cyd FROM loyalty.register_customer('keep', external_id => 'cyd') \gset
SELECT loyalty.add_transaction('keep', :cyd, 'B-1', 100, till => 'till') \g /dev/null
SELECT loyalty.enable_customer_status('keep') \g /dev/null
SELECT loyalty.create_status_label('keep', 'suspended', 'on hold'), loyalty.create_status_label('keep', 'active', 'fine') \g /dev/null
SELECT loyalty.set_customer_status('keep', :cyd, 'on hold'), loyalty.set_customer_status('keep', :cyd, 'fine') \g /dev/null
SELECT loyalty.set_config('keep', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'on');
SELECT loyalty.create_card_series('keep', 'gold', 'Gold', method => 'AUTO_INC', length => 6) \g /dev/null
SELECT card_number AS card FROM loyalty.issue_card('keep', :cyd, 'gold') \gset
SELECT customer_id AS dan FROM loyalty.register_customer('keep', external_id => 'dan') \gset
SELECT loyalty.merge_customers('keep', :cyd, :dan) \g /dev/null
SELECT is(pg_temp.breaks(), 'none', 'everything was told');
SELECT is((SELECT count(*) FROM loyalty.verify_channels('keep') WHERE ok AND (invariant LIKE '%told%' OR invariant LIKE '%tells%')), 7::bigint, 'seven invariants are of events');
SELECT pg_temp.drain('hook') \g /dev/null
-- Of one event nothing was told: its delivery is not there, whichever it was.
CREATE FUNCTION pg_temp.untold(name text, of bigint) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.broken(format('DELETE FROM loyalty_data.event_delivery d USING loyalty_data.event_subscriber s WHERE d.customer_id = %1$s AND d.event_name = %2$L'
        ' AND s.subscriber_id = d.subscriber_id AND s.subscriber = ''hook'' AND d.event_no < (SELECT h.last_no FROM loyalty_data.event_head h WHERE h.customer_id = %1$s AND h.subscriber_id = d.subscriber_id)', of, name)) $$;
SELECT matches(pg_temp.untold(name, :cyd), invariant || ': customer #, subscriber hook: ' || name || ' #', name || ' was not told')
FROM (VALUES ('customer_registration', 'registrations and deletions were told'), ('transaction_add', 'what was posted was told'),
    ('customer_status_change', 'changes of statuses were told'), ('card_change', 'changes of cards were told')) v (name, invariant);
SELECT matches(pg_temp.broken(format('DELETE FROM loyalty_data.event_delivery d WHERE d.customer_id = %s AND d.event_name = ''customer_merge''', :dan)),
    'merges were told to both sides: customer #, subscriber hook: customer_merge #', 'customer_merge was not told to the victim''s stream');
SELECT is(pg_temp.broken(format('UPDATE loyalty_data.event_delivery SET event_name = ''points_award'' WHERE customer_id = %s AND event_name = ''card_change''', :cyd)),
    'what was told of points was posted: customer #: points_award #', 'an event that was never posted');
SELECT is(pg_temp.broken('UPDATE loyalty_data.event_head SET dead = dead + 1 WHERE customer_id = ' || :cyd || ' AND last_no > 1 AND NOT is_waiting'),
    'events are told without a gap, each with the one before it: customer #, subscriber hook: its head counts other dead ones', 'a head that counts wrongly');
SELECT is(pg_temp.broken('UPDATE loyalty_data.event_head SET last_event_id = 1 WHERE customer_id = ' || :cyd || ' AND NOT is_waiting'),
    'events are told without a gap, each with the one before it: customer #, subscriber hook: its head ends with another event', 'a head that would name another one before the next');
SELECT is(pg_temp.broken('UPDATE loyalty_data.event_delivery SET previous_event_id = 1 WHERE event_no = ' || n || ' AND state = ''d'' AND customer_id = ' || :cyd),
    'events are told without a gap, each with the one before it: customer #, subscriber hook: a delivery names another one before it', 'event ' || n || ' names another one before it')
FROM generate_series(1, 2) n;
SELECT is(pg_temp.broken('UPDATE loyalty_data.event_head SET is_waiting = true WHERE NOT is_waiting AND customer_id = ' || :cyd),
    'events are told without a gap, each with the one before it: customer #, subscriber hook: its head does not say what waits', 'a head that waits for nothing');
SELECT is(pg_temp.broken('UPDATE loyalty_data.event_delivery SET state = ''w'' WHERE state = ''d'' AND event_no = 1 AND customer_id = ' || :cyd),
    'events are told without a gap, each with the one before it: customer #, subscriber hook: a delivery has another state than its head says', 'a delivery that waits behind the head');
SELECT is(pg_temp.broken('DELETE FROM loyalty_data.event_delivery WHERE state = ''w'' AND event_no = (SELECT max(event_no) FROM loyalty_data.event_delivery e WHERE e.customer_id = ' || :ann || ' AND state = ''w'') AND customer_id = ' || :ann),
    'events are told without a gap, each with the one before it: customer #, subscriber all: deliveries are missing or too many; what was posted was told: customer #, subscriber all: points_award #', 'a delivery that is missing');
-- Who is told from later on, and who wants other events, misses nothing.
SELECT loyalty.create_event_subscriber('keep', 'late') \g /dev/null
SELECT loyalty.update_event_subscriber('keep', 'few', event_names => '{points_award,transaction_add}');
SELECT is(pg_temp.breaks(), 'none', 'nobody must have been told what was before');

-- ---------------------------------------------------------------- what is kept for a time
-- Ten days on, all but the last day of ten goes: what waits stays, what a retired one was told goes with it.
SELECT loyalty.set_retention('keep', 'Events', 10);
SET loyalty.clock = '2024-03-11 09:00:00+00';
SELECT loyalty.earn_points('keep', :ann, 1) \g /dev/null
SELECT pg_temp.drain('hook'), pg_temp.drain('late') \g /dev/null
SELECT count(DISTINCT event_id) AS before, max(event_id) AS last FROM loyalty_data.event_delivery WHERE customer_id = :ann \gset
CALL loyalty.apply_retention('keep');
SELECT is((SELECT count(DISTINCT event_id) FROM loyalty_data.event_delivery WHERE customer_id = :ann), :before::bigint, 'ten days do not lie behind it yet');
SET loyalty.clock = '2024-03-12 00:00:00+00';
CALL loyalty.apply_retention('keep');
SELECT is((SELECT count(DISTINCT event_id) FROM loyalty_data.event_delivery WHERE customer_id = :ann), 5::bigint, 'what waits for somebody stays, however old it is, and the registration goes');
SELECT loyalty.update_event_subscriber('keep', 'all', state => 'retired');
SELECT pg_temp.drain('few') \g /dev/null
SELECT is(pg_temp.breaks(), 'none', 'heads and deliveries are right');
CALL loyalty.apply_retention('keep', batch_size => 2);
SELECT results_eq('SELECT DISTINCT event_id FROM loyalty_data.event_delivery WHERE customer_id = ' || :ann, 'VALUES (' || :last || '::bigint)', 'what nobody waits for goes');
SELECT is((SELECT count(*) FROM loyalty_data.event_delivery JOIN loyalty_data.org USING (org_id) WHERE org = 'keep' AND recorded_at < '2024-03-02'), 0::bigint, 'of everybody');
SELECT is((SELECT count(*) FROM loyalty_data.event_delivery d JOIN loyalty_data.event_subscriber s USING (org_id, subscriber_id) WHERE subscriber = 'all' AND event_no < 3), 0::bigint, 'what the retired one was told, too');
SELECT is((SELECT dead FROM loyalty.event_backlog WHERE subscriber = 'hook'), 0::bigint, 'what is gone is not dead any more');
SELECT is((SELECT value FROM loyalty.metrics WHERE org = 'keep' AND name = 'job_last_done' AND labels ->> 'job' = 'apply_retention') > 0, true, 'the job says what it did');
SELECT is(pg_temp.breaks(), 'none', 'heads and deliveries are right, and nothing of then must be there');
SELECT is_empty($$SELECT * FROM loyalty.event_backlog WHERE subscriber = 'all'$$, 'a retired one has no backlog');
SELECT (loyalty.earn_points('keep', :ann, 2)).event_id AS next \gset
SELECT results_eq($$SELECT event_id, previous_event_id FROM loyalty.take_events('keep', 'hook') WHERE customer_id = $$ || :ann, format('VALUES (%s::bigint, %s::bigint)', :next, :last), 'the stream goes on, with the one before');

-- A replay of what is not kept tells nothing, and says since when all is there.
SELECT pg_temp.refused(format('loyalty.replay_events(''keep'', ''hook'', ''2024-03-01 23:59:59.999999+00''%s)', a), 'LYN06', 'a replay of what is gone' || a)
FROM unnest(ARRAY['', ', ''2024-03-01 23:59:59.9999999+00''', ', customer_id => ' || :ann]) a;
SELECT is((SELECT r.detail FROM pg_temp.refusal($$loyalty.replay_events('keep', 'hook', '2024-03-01')$$) r), 'The org keeps what was recorded from 2024-03-02 00:00:00+00 on.', 'says what there is');
SELECT is(loyalty.replay_events('keep', 'late', '2024-03-02', customer_id => :ann), 2::bigint, 'from then on there is all');
SELECT loyalty.create_event_subscriber('keep', 'new') \g /dev/null
SELECT pg_temp.refused($$loyalty.replay_events('keep', 'new', '2024-03-01')$$, 'LYN06', 'the same for who comes later');
SELECT is(loyalty.replay_events('other', 's2', '2024-03-01'), 0::bigint, 'another org keeps its own');
SELECT pg_temp.refused($$loyalty.replay_events('keep', 'hook', '2024-03-02', customer_id => 0)$$, 'LY107', 'customer 0 is nobody');
SELECT is(pg_temp.proved(), 'proved', 'the books are as they were');
SELECT * FROM finish();
