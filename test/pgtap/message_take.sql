-- What workers do with messages: leases, attempts, ends, and what is judged once more. Times are those of the clock that is set.
BEGIN;
SELECT no_plan();
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('acme', 'base', country => 'SG') \g /dev/null
SELECT loyalty.create_sender('acme', 'ACME', 'mobile', is_default => true) \g /dev/null
SELECT loyalty.set_config('acme', 'CONF_MESSAGE_MAX_ATTEMPTS', '3') \g /dev/null
SELECT pg_temp.customer('acme', 'E1', mobile => '+6591234567') AS cust \gset
SELECT set_config('test.cust', :'cust', true) \g /dev/null

CREATE FUNCTION pg_temp.send(body text, purpose text DEFAULT 'transactional', valid_until timestamptz DEFAULT NULL, not_before timestamptz DEFAULT NULL)
    RETURNS bigint LANGUAGE sql AS $$
    SELECT message_id FROM loyalty.send_sms('acme', current_setting('test.cust')::bigint, body, purpose, valid_until => valid_until, not_before => not_before) $$;
-- What a worker gets, by its texts and numbers of lease and attempt.
CREATE FUNCTION pg_temp.take(quantity int DEFAULT 10) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', body, lease_no, attempt), ', ') FROM loyalty.take_messages('acme', 'mobile', quantity) $$;
CREATE FUNCTION pg_temp.ack(id bigint, lease int, outcome text DEFAULT 'sent', error text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT loyalty.acknowledge_message('acme', current_setting('test.cust')::bigint, id, lease, outcome, error_code => error) $$;
CREATE FUNCTION pg_temp.state(id bigint) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', m.state, m.cause, m.attempts, CASE WHEN q.message_id IS NOT NULL THEN 'in the queue' END)
    FROM loyalty_data.message m LEFT JOIN loyalty_data.message_queue q USING (org_id, customer_id, message_id) WHERE m.message_id = id $$;

-- Order: transactional before promotional, each by the time from which it is available, then by id.
SELECT pg_temp.send('late', not_before => '2024-05-02 09:00+00') AS late, pg_temp.send('bulk', 'promotional') AS bulk, pg_temp.send('one') AS one,
    pg_temp.send('two') AS two, pg_temp.send('later', not_before => '2024-05-02 11:00+00') AS later \gset
SELECT is(pg_temp.take(3), 'late 1 1, one 1 1, two 1 1', 'a worker gets what is transactional first, in its order');
SELECT is(pg_temp.take(), 'bulk 1 1', 'the next one gets what is left');
SELECT is(pg_temp.take(), NULL, 'and then there is nothing');
SELECT is(pg_temp.ack(:one, 1), 'sent', 'a worker tells that a message went out');
SELECT is(pg_temp.state(:one), 's 1', 'it is sent, and in the queue no more');
SELECT is(pg_temp.ack(:one, 1), 'lease_lost', 'told once more, nothing changes');
SELECT is(pg_temp.ack(:two, 2), 'lease_lost', 'told for another lease, nothing changes');
SELECT is(pg_temp.state(:two), 'l 1 in the queue', 'it is still leased');
SELECT is(pg_temp.ack(:two, 1, 'failed', '21610'), 'failed', 'a provider refused it');
SELECT is(pg_temp.state(:two), 'f 21610 1', 'with its code');
SELECT is(pg_temp.ack(:late, 1, 'failed', 'no such number +6591234567'), 'failed', 'an error that is no code');
SELECT is(pg_temp.state(:late), 'f error 1', 'is not kept');
SELECT is(pg_temp.ack(:bulk, 1), 'sent', 'the last one');

-- A lease that is extended; one that ran out and that nobody took still counts.
SELECT pg_temp.send('lease') AS lease \gset
SELECT is(pg_temp.take(), 'lease 1 1', 'a lease of a minute');
SET LOCAL loyalty.clock = '2024-05-02 10:00:59+00';
SELECT is(loyalty.extend_lease('acme', :cust, :lease, 1, 60), '2024-05-02 10:01:59+00'::timestamptz, 'is extended');
SELECT is(loyalty.extend_lease('acme', :cust, :lease, 2, 60), NULL, 'but not that of somebody else');
SET LOCAL loyalty.clock = '2024-05-02 10:01:58+00';
SELECT is(pg_temp.take(), NULL, 'while it lasts nobody else gets the message');
SET LOCAL loyalty.clock = '2024-05-02 10:05:00+00';
SELECT is(pg_temp.ack(:lease, 1), 'sent', 'a lease that ran out is one as long as nobody else took the message');
SELECT is(loyalty.extend_lease('acme', :cust, :lease, 1, 60), NULL, 'there is nothing to extend then');

-- A worker that dies is a lease that runs out. Example 19: three workers die.
SELECT pg_temp.send('poison') AS poison, pg_temp.send('good', not_before => '2024-05-02 10:08:00+00') AS good \gset
SELECT is(pg_temp.take(), 'poison 1 1', 'the first worker');
SET LOCAL loyalty.clock = '2024-05-02 10:06:00+00';
SELECT is(pg_temp.take(), 'poison 2 2', 'the second one');
SELECT is(pg_temp.ack(:poison, 1), 'lease_lost', 'the first one comes back too late');
SET LOCAL loyalty.clock = '2024-05-02 10:07:00+00';
SELECT is(pg_temp.take(), 'poison 3 3', 'the third one');
SET LOCAL loyalty.clock = '2024-05-02 10:08:00+00';
SELECT is(pg_temp.take(1), 'good 1 1', 'the fourth taking hands out others');
SELECT is(pg_temp.state(:poison), 'd 3', 'and the message is dead');

-- The same with answers: again after 30 and 60 seconds.
SELECT pg_temp.ack(:good, 1) \g /dev/null
SET LOCAL loyalty.clock = '2024-05-02 12:00:00+00';
SELECT pg_temp.ack(:later, 1) FROM (SELECT pg_temp.take()) t \g /dev/null
SELECT pg_temp.send('again') AS again \gset
SELECT is(pg_temp.take(), 'again 1 1', 'at 0 s');
SELECT is(pg_temp.ack(:again, 1, 'retry', '503'), 'queued', 'to be tried again');
SELECT is(pg_temp.ack(:again, 1), 'lease_lost', 'the lease ends with that');
SET LOCAL loyalty.clock = '2024-05-02 12:00:29.999+00';
SELECT is(pg_temp.take(), NULL, 'not before 30 s');
SET LOCAL loyalty.clock = '2024-05-02 12:00:30+00';
SELECT is(pg_temp.take(), 'again 2 2', 'at 30 s');
SELECT is(pg_temp.ack(:again, 2, 'retry'), 'queued', 'to be tried again');
SET LOCAL loyalty.clock = '2024-05-02 12:01:29.999+00';
SELECT is(pg_temp.take(), NULL, 'not before 90 s');
SET LOCAL loyalty.clock = '2024-05-02 12:01:30+00';
SELECT is(pg_temp.take(), 'again 3 3', 'at 90 s');
SELECT is(pg_temp.ack(:again, 3, 'retry', '503'), 'dead', 'the third retry ends it');
SELECT is(pg_temp.state(:again), 'd 503 3', 'with the last error');

-- Example 20: valid to 300 s.
SET LOCAL loyalty.clock = '2024-05-02 13:00:00+00';
SELECT pg_temp.send('short', valid_until => '2024-05-02 13:05:00+00') AS short, pg_temp.send('over', valid_until => '2024-05-02 13:05:00+00') AS over \gset
SET LOCAL loyalty.clock = '2024-05-02 13:04:59+00';
SELECT is(pg_temp.take(1), 'short 1 1', 'at 299 s a worker gets it');
SELECT pg_temp.ack(:short, 1) \g /dev/null
SET LOCAL loyalty.clock = '2024-05-02 13:05:00+00';
SELECT is(pg_temp.take(1), NULL, 'at 300 s it does not');
SELECT is(pg_temp.state(:over), 'e 0', 'it is expired');

-- What is judged once more: consents, the address of today, quiet hours, statuses.
SELECT pg_temp.send('promo', 'promotional') AS promo, pg_temp.send('moved') AS moved \gset
SELECT loyalty.set_subscription('acme', :cust, 'mobile', 'promotional', false) \g /dev/null
SELECT loyalty.set_channel('acme', :cust, 'mobile', '+6597654321', is_primary => true) \g /dev/null
SELECT is((SELECT string_agg(body || ' ' || address, ',') FROM loyalty.take_messages('acme', 'mobile')), 'moved +6597654321',
    'a message goes to the address of today');
SELECT is(pg_temp.state(:promo), 'x opted_out 0', 'and not to who opted out meanwhile');
SELECT is((SELECT address FROM loyalty_data.message_body WHERE message_id = :moved), '+6597654321', 'where it went is kept');
SELECT pg_temp.ack(:moved, 1) \g /dev/null
SELECT loyalty.set_subscription('acme', :cust, 'mobile', 'promotional', true) \g /dev/null
SELECT pg_temp.send('quiet', 'promotional') AS quiet \gset
SELECT loyalty.set_config('acme', 'CONF_QUIET_HOURS', '13:00-14:00') \g /dev/null
SELECT is(pg_temp.take(), NULL, 'in quiet hours that began meanwhile it waits');
SET LOCAL loyalty.clock = '2024-05-02 13:59:59+00';
SELECT is(pg_temp.take(), NULL, 'to their end');
SET LOCAL loyalty.clock = '2024-05-02 14:00:00+00';
SELECT is(pg_temp.take(), 'quiet 1 1', 'and is handed out then');
SELECT pg_temp.ack(:quiet, 1) \g /dev/null
SELECT loyalty.set_config('acme', 'CONF_PROMOTIONAL_CAP', '1') \g /dev/null
SELECT pg_temp.send('capped', 'promotional') AS capped \gset
SELECT is(pg_temp.state(:capped), 'x capped 0', 'one that was handed out counts');

-- A thousand that came too late keep no worker from what is behind them for long.
SELECT count(*) FROM (SELECT pg_temp.send('old ' || i, valid_until => '2024-05-02 14:00:01+00') FROM generate_series(1, 300) i) x \g /dev/null
SELECT pg_temp.send('behind') AS behind \gset
SET LOCAL loyalty.clock = '2024-05-02 14:00:01+00';
SELECT is(pg_temp.take(1), NULL, 'a call looks at a bounded number');
SELECT is((SELECT count(*)::int FROM loyalty_data.message_queue), 191, 'and ends as many');
SELECT is(pg_temp.take(10), 'behind 1 1', 'the next one goes on');

-- Monitoring is told of channels that no worker comes for, and neither of leases nor of what is for later.
SELECT is((SELECT value FROM loyalty.health_check() WHERE item = 'messages'), 'none is late', 'a worker has just been here');
SELECT loyalty.set_channel('acme', :cust, 'email', 'ann@example.com'), loyalty.send_email('acme', :cust, 'Hi', 'Hi', not_before => '2024-05-03 10:00+00'),
    pg_temp.send('left behind'), pg_temp.send('for later', not_before => '2024-05-03 10:00+00') \g /dev/null
SET LOCAL loyalty.clock = '2024-05-02 15:00:01+00';
SELECT is((SELECT value FROM loyalty.health_check() WHERE item = 'messages'), 'none is late', 'to the last microsecond of an hour');
SET LOCAL loyalty.clock = '2024-05-02 15:00:02+00';
SELECT is((SELECT value FROM loyalty.health_check() WHERE item = 'messages'), 'late: acme mobile', 'after an hour the channel is named');
SET LOCAL loyalty.clock = '2024-05-03 11:00:01+00';
SELECT is((SELECT value FROM loyalty.health_check() WHERE item = 'messages'), 'late: acme email, acme mobile', 'and each other one');
SELECT count(loyalty.acknowledge_message('acme', customer_id, message_id, lease_no)) FROM unnest('{email,mobile}'::text[]) c, loyalty.take_messages('acme', c, 100) \g /dev/null
SELECT is((SELECT value FROM loyalty.health_check() WHERE item = 'messages'), 'none is late', 'until a worker comes');

-- A message about the deletion of its customer goes out though there is nobody any more, and leaves nothing behind.
SELECT pg_temp.customer('acme', 'E2', mobile => '+6591234568') AS gone \gset
SELECT loyalty.enable_customer_status('acme') \g /dev/null
SELECT loyalty.request_deletion('acme', :gone) \g /dev/null
CREATE ROLE message_boss IN ROLE loyalty_admin;
SELECT loyalty.grant_org('acme', 'message_boss') \g /dev/null
SET LOCAL ROLE message_boss;
SELECT loyalty.approve_deletion('acme', :gone) \g /dev/null
RESET ROLE;
INSERT INTO loyalty_data.message (org_id, customer_id, message_id, created_at, not_before, changed_at, sender_id, attempts, purpose, state, channel, is_about_deletion)
    SELECT org_id, :gone, i, created_at, not_before, changed_at, sender_id, 0, 't', 'q', 'mobile', i = 1 FROM loyalty_data.message, generate_series(1, 2) i WHERE message_id = :one;
INSERT INTO loyalty_data.message_body (org_id, customer_id, message_id, key_id, is_address_given, address, body)
    SELECT org_id, customer_id, message_id, 0, true, '+6591234568', 'You are deleted.' FROM loyalty_data.message WHERE customer_id = :gone;
INSERT INTO loyalty_data.message_attachment SELECT customer_id, message_id, org_id, 1, 'a.txt', 'text/plain', NULL, 'a' FROM loyalty_data.message WHERE customer_id = :gone;
INSERT INTO loyalty_data.message_queue (org_id, customer_id, message_id, available_at, lease_no, priority, channel)
    SELECT org_id, customer_id, message_id, not_before, 0, 1, 'mobile' FROM loyalty_data.message WHERE customer_id = :gone;
SELECT is((SELECT string_agg(concat_ws(' ', message_id, address, body), ',') FROM loyalty.take_messages('acme', 'mobile')), '1 +6591234568 You are deleted.',
    'a message about the deletion goes out, and no other');
SELECT is((SELECT count(*)::int FROM loyalty_data.message_body WHERE customer_id = :gone AND message_id = 1), 1, 'it is kept as long as it is under way');
SELECT loyalty.acknowledge_message('acme', :gone, 1, 1) \g /dev/null
SELECT is((SELECT count(*)::int FROM loyalty_data.message_body WHERE customer_id = :gone AND message_id = 1) +
    (SELECT count(*)::int FROM loyalty_data.message_attachment WHERE customer_id = :gone AND message_id = 1), 0, 'and no longer');

SELECT pg_temp.refused(call, code, name) FROM (VALUES
    ('loyalty.take_messages(''acme'', ''telegraph'')', 'LY120', 'a channel that there is not'),
    ('loyalty.take_messages(''acme'', ''mobile'', 0)', 'LY003', 'no messages'),
    ('loyalty.take_messages(''acme'', ''mobile'', 1001)', 'LY003', 'too many'),
    ('loyalty.take_messages(''acme'', ''mobile'', 1, 0)', 'LY003', 'no lease'),
    ('loyalty.take_messages(''acme'', ''mobile'', 1, 86401)', 'LY003', 'a lease of more than a day'),
    ('loyalty.acknowledge_message(''acme'', 1, 1, 1)', 'LYM02', 'a message that there is not'),
    ('loyalty.acknowledge_message(''acme'', 1, 1, 1, ''lost'')', 'LY003', 'an outcome that there is not'),
    ('loyalty.acknowledge_message(''acme'', 1, 1, NULL)', 'LY001', 'no lease'),
    ('loyalty.extend_lease(''acme'', 1, 1, 1)', 'LYM02', 'a lease of nothing'),
    ('loyalty.extend_lease(''acme'', 1, 1, 1, 0)', 'LY003', 'a lease that ends at once')
) AS t (call, code, name);
SELECT * FROM finish();
ROLLBACK;
