-- Sending: who gets a message and who does not, by the rows of the table in docs/message.md, and what is refused.
BEGIN;
SELECT no_plan();
SET LOCAL loyalty.clock = '2023-02-28 06:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('lagoon', 'base', zone => 'Asia/Kolkata', country => 'IN', primary_key => 'EXTERNAL_ID'), pg_temp.new_org('other', 'base', primary_key => 'EXTERNAL_ID') \g /dev/null
SELECT loyalty.create_sender('lagoon', 'LAGOON', 'mobile', is_default => true) \g /dev/null
SELECT pg_temp.customer('lagoon', 'E1', mobile => '+919876543210') AS cust,
    pg_temp.customer('lagoon', 'E2') AS nowhere, pg_temp.customer('other', 'E1') AS stranger \gset
SELECT set_config('test.cust', :'cust', true), set_config('test.nowhere', :'nowhere', true),
    set_config('test.stranger', :'stranger', true) \g /dev/null

-- State and cause of an SMS to the customer, as a call answers it.
CREATE FUNCTION pg_temp.sms(purpose text DEFAULT 'promotional', source text DEFAULT NULL, priority text DEFAULT NULL,
    customer text DEFAULT 'cust') RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', m.state, m.cause, array_to_string(NULLIF(m.warnings, '{}'), ','))
    FROM loyalty.send_sms('lagoon', current_setting('test.' || customer)::bigint, 'Hello', purpose, source => source,
        priority => priority) m $$;

-- Nothing is known: everybody is reached.
SELECT is(pg_temp.sms(), 'queued', 'a promotional message goes to who said nothing');
SELECT is(pg_temp.sms('transactional'), 'queued', 'a transactional one, too');
SELECT is(pg_temp.sms(customer => 'nowhere'), 'suppressed no_address', 'but none to who has no mobile');
SELECT is((SELECT string_agg(concat_ws(' ', b.address, b.body), ',') FROM loyalty_data.message_body b JOIN loyalty_data.message m
    USING (org_id, customer_id, message_id) WHERE m.purpose = 't'), '+919876543210 Hello', 'the text and the address stand apart');
SELECT is((SELECT count(*)::int FROM loyalty_data.message_body WHERE customer_id = :nowhere), 0, 'what is suppressed keeps no text');

-- Example 15: opted out for any source, in for one.
SELECT loyalty.set_config('lagoon', 'CONF_CLIENT_V2_API_ENABLED', 'true') \g /dev/null
SELECT loyalty.set_subscription('lagoon', :cust, 'mobile', 'promotional', false),
    loyalty.set_subscription('lagoon', :cust, 'mobile', 'promotional', true, source => 'WEB_ENGAGE') \g /dev/null
SELECT is(pg_temp.sms(source => 'WEB_ENGAGE'), 'queued', 'the consent for the source goes before that for any');
SELECT is(pg_temp.sms(source => 'INSTORE'), 'suppressed opted_out', 'of another source the one for any decides');
SELECT is((SELECT concat_ws(' ', state, cause) FROM loyalty.send_sms('lagoon', :cust, 'Code 428193', 'code')), 'queued', 'a code is sent all the same');
SELECT is(pg_temp.sms(), 'suppressed opted_out', 'and of none');
SELECT is(pg_temp.sms('transactional'), 'queued', 'a consent is of one purpose');

-- Of two at one instant the refusal decides; a later one takes its place.
SELECT loyalty.set_subscription('lagoon', :cust, 'mobile', 'promotional', false, source => 'WEB_ENGAGE', account_id => 'a') \g /dev/null
SELECT is(pg_temp.sms(source => 'WEB_ENGAGE'), 'suppressed opted_out', 'of two accounts of the source the refusal decides');

-- Who needs an opt-in; the control group.
SELECT loyalty.set_config('lagoon', 'CONF_PROMOTIONAL_NEEDS_OPT_IN', 'true') \g /dev/null
SELECT pg_temp.customer('lagoon', 'E3', mobile => '+919876543211') AS other_cust \gset
SELECT set_config('test.second', :'other_cust', true) \g /dev/null
SELECT is(pg_temp.sms(customer => 'second'), 'suppressed not_opted_in', 'where an opt-in is needed');
SELECT is(pg_temp.sms('transactional', customer => 'second'), 'queued', 'it is for promotional messages alone');
SELECT loyalty.set_subscription('lagoon', :other_cust, 'mobile', 'promotional', true) \g /dev/null
SELECT is(pg_temp.sms(customer => 'second'), 'queued', 'who opted in gets them');
SELECT loyalty.set_test_control('lagoon', :other_cust, 'control') \g /dev/null
SELECT is(pg_temp.sms(customer => 'second'), 'suppressed control_group', 'but not the control group');
SELECT is(pg_temp.sms('transactional', customer => 'second'), 'queued', 'which gets what is transactional');
SELECT loyalty.set_test_control('lagoon', :other_cust, 'test') \g /dev/null

-- Example 16 and 17: the register, and a consent of six months.
SELECT loyalty.set_ndnc_status('lagoon', '+919876543211', 'registered') \g /dev/null
SELECT loyalty.set_subscription('lagoon', :other_cust, 'mobile', 'promotional', true, consented_at => '2022-08-31 10:00+05:30') \g /dev/null
SELECT is(pg_temp.sms(customer => 'second'), 'queued', 'the register stops nothing unless the org says so');
SELECT loyalty.set_config('lagoon', 'CONF_SEND_TO_NDNC_CUSTOMERS', 'false') \g /dev/null
SET LOCAL loyalty.clock = '2023-02-28 18:29:59+00';
SELECT is(pg_temp.sms(customer => 'second'), 'queued', 'a consent of six months holds to the last second of its last day');
SET LOCAL loyalty.clock = '2023-02-28 18:30:00+00';
SELECT is(pg_temp.sms(customer => 'second'), 'suppressed dnd', 'and not on the day after');
SELECT is(pg_temp.sms('transactional', customer => 'second'), 'queued', 'the register is about what is promotional');
SELECT loyalty.set_config('lagoon', 'CONF_SEND_TO_NDNC_CUSTOMERS', 'true') \g /dev/null

-- The cap: no more promotional messages in a period than so many.
SELECT loyalty.set_config('lagoon', 'CONF_PROMOTIONAL_CAP', '4') \g /dev/null
SELECT is(pg_temp.sms(customer => 'second'), 'queued', 'the fourth of a day');
SELECT is(pg_temp.sms(customer => 'second'), 'suppressed capped', 'the fifth is over the cap');
SELECT is(pg_temp.sms('transactional', customer => 'second'), 'queued', 'which is of promotional ones');
SET LOCAL loyalty.clock = '2023-03-02 06:00+00';
SELECT is(pg_temp.sms(customer => 'second'), 'queued', 'a day later there is room again');
SELECT loyalty.set_config('lagoon', 'CONF_PROMOTIONAL_CAP', '0') \g /dev/null

-- Quiet hours: what is promotional waits for their end, on the org's clock.
SELECT loyalty.set_config('lagoon', 'CONF_QUIET_HOURS', '21:00-09:30') \g /dev/null
SET LOCAL loyalty.clock = '2023-03-02 15:29:59+00';
SELECT pg_temp.sms(customer => 'second') \g /dev/null
SET LOCAL loyalty.clock = '2023-03-02 15:30:00+00';
SELECT pg_temp.sms(customer => 'second'), pg_temp.sms('transactional', customer => 'second') \g /dev/null
SET LOCAL loyalty.clock = '2023-03-03 03:59:59+00';
SELECT pg_temp.sms(customer => 'second') \g /dev/null
SET LOCAL loyalty.clock = '2023-03-03 04:00:00+00';
SELECT pg_temp.sms(customer => 'second') \g /dev/null
SELECT is((SELECT string_agg(purpose::text || ' ' || to_char(created_at AT TIME ZONE 'UTC', 'DD HH24:MI:SS') || ' ' ||
        to_char(not_before AT TIME ZONE 'UTC', 'DD HH24:MI:SS'), ', ' ORDER BY message_id) FROM loyalty_data.message
    WHERE customer_id = :other_cust AND created_at >= '2023-03-02 15:00+00'),
    'p 02 15:29:59 02 15:29:59, p 02 15:30:00 03 04:00:00, t 02 15:30:00 02 15:30:00, p 03 03:59:59 03 04:00:00, p 03 04:00:00 03 04:00:00',
    'from nine in the evening to half past nine in the morning, to the second');
SELECT loyalty.set_config('lagoon', 'CONF_QUIET_HOURS', NULL) \g /dev/null

-- A label that blocks everything stops all; the guard of other calls raises, this one tells.
SELECT loyalty.enable_customer_status('lagoon'), loyalty.create_status_label('lagoon', 'deleted', 'Frozen') \g /dev/null
SELECT loyalty.set_restriction('lagoon', 'block_everything', '{Frozen}') \g /dev/null
SELECT loyalty.set_customer_status('lagoon', :cust, 'Frozen') \g /dev/null
SELECT is(pg_temp.sms(source => 'WEB_ENGAGE'), 'suppressed status', 'who is blocked gets nothing');
SELECT is(pg_temp.sms(source => 'INSTORE'), 'suppressed status', 'from no source');
SELECT is((SELECT concat_ws(' ', state, cause) FROM loyalty.send_sms('lagoon', :cust, 'Code 428193', 'code')), 'suppressed status', 'and no code');
SELECT is(pg_temp.sms('transactional'), 'suppressed status', 'whatever it is for');
SELECT is((SELECT array_length(refused_by, 1) FROM (SELECT effects AS refused_by FROM loyalty.check_restriction('lagoon', :cust, 'send_message')) c), 1,
    'check_restriction says so before');

-- A key: the first answer again, for the same request alone.
SELECT message_id AS first FROM loyalty.send_sms('lagoon', :other_cust, 'Once', idempotency_key => 'k1') \gset
SELECT is((SELECT concat_ws(' ', message_id, state, sender, warnings) FROM loyalty.send_sms('lagoon', :other_cust, 'Once', idempotency_key => 'k1')),
    :'first' || ' queued LAGOON {}', 'a repeat gets the first answer');
SELECT is((SELECT count(*)::int FROM loyalty_data.message_body WHERE body = 'Once'), 1, 'and writes nothing');
SELECT is((SELECT array_to_string(warnings, ',') || ' ' || sender FROM loyalty.send_sms('lagoon', :other_cust, 'Hi', sender => 'XYZ')), 'sender_unknown LAGOON',
    'a sender that the org lacks: its default one, with a warning');
SELECT is((SELECT string_agg(priority::text, '' ORDER BY q.message_id) FROM loyalty_data.message_queue q WHERE q.message_id >= :first), '11',
    'transactional ones are in one class');
SELECT pg_temp.sms('transactional', priority => 'BULK', customer => 'second'), pg_temp.sms(priority => 'TRANS', customer => 'second') \g /dev/null
SELECT is((SELECT string_agg(priority::text, '' ORDER BY q.message_id DESC) FROM (SELECT * FROM loyalty_data.message_queue ORDER BY message_id DESC LIMIT 2) q), '12',
    'the words of the field choose another');

-- E-mails.
SELECT loyalty.set_channel('lagoon', :other_cust, 'email', 'Ann@Example.com') \g /dev/null
SELECT is((SELECT concat_ws(' ', state, cause, sender) FROM loyalty.send_email('lagoon', :other_cust, 'Your order', 'It is on its way.')), 'queued',
    'an e-mail of a text, from no sender of the register');

-- A code is sealed without a key file, too: under the secret of the database, which no backup has. With one: test/t/235_message_codes.pl.
SELECT message_id AS code FROM loyalty.send_sms('lagoon', :other_cust, 'Code 428193', 'code') \gset
SELECT is((SELECT concat_ws(' ', body, sealed IS NOT NULL, sealed::text ~ encode('428193', 'hex')) FROM loyalty_data.message_body WHERE message_id = :code),
    't f', 'a code is sealed without a key file');
SELECT is((SELECT body FROM loyalty.take_messages('lagoon', 'mobile', 1)), 'Code 428193', 'and opens for a worker, before all others');
SELECT loyalty.acknowledge_message('lagoon', :other_cust, :code, 1) \g /dev/null
SELECT is((SELECT sealed FROM loyalty_data.message_body WHERE message_id = :code), NULL, 'it is wiped as it is sent');

SELECT pg_temp.refused(call, code, name) FROM (VALUES
    ('loyalty.send_sms(''lagoon'', NULL, ''Hi'')', 'LY001', 'a message to nobody'),
    ('loyalty.send_sms(''lagoon'', 999999, ''Hi'')', 'LY107', 'a customer that there is not'),
    (format('loyalty.send_sms(''lagoon'', %s, ''Hi'')', current_setting('test.stranger')), 'LY107', 'a customer of another org'),
    (format('loyalty.send_sms(''lagoon'', %s, '' '')', current_setting('test.second')), 'LY001', 'an empty text'),
    (format('loyalty.send_sms(''lagoon'', %s, repeat(''x'', 2001))', current_setting('test.second')), 'LY002', 'a text that is too long'),
    (format('loyalty.send_sms(''lagoon'', %s, repeat(''x'', 200000000))', current_setting('test.second')), 'LY002', 'a text of 200 megabytes'),
    (format('loyalty.send_email(''lagoon'', %s, repeat(''x'', 501), ''Hi'')', current_setting('test.second')), 'LY002', 'a subject that is too long'),
    (format('loyalty.send_email(''lagoon'', %s, ''Hi'')', current_setting('test.second')), 'LY001', 'an e-mail without a text'),
    (format('loyalty.send_email(''lagoon'', %s, ''Hi'', blocks => ''[]'')', current_setting('test.second')), 'LYM08', 'an e-mail of no blocks'),
    (format('loyalty.send_email(''lagoon'', %s, E''Hi\nBcc: eve@example.com'', ''x'')', current_setting('test.second')), 'LYM13', 'a header behind a subject'),
    (format('loyalty.send_email(''lagoon'', %s, E''Hi\rBcc: eve@example.com'', ''x'')', current_setting('test.second')), 'LYM13', 'the other end of a line'),
    (format('loyalty.send_email(''lagoon'', %s, E''Hi\u2028there'', ''x'')', current_setting('test.second')), 'LYM13', 'a separator of lines'),
    (format('loyalty.send_sms(''lagoon'', %s, ''Hi'', ''code'', address => E''+919876543210\nx'')', current_setting('test.second')), 'LYM13', 'a line break in an address'),
    (format('loyalty.send_sms(''lagoon'', %s, ''Hi'', address => ''+919876543212'')', current_setting('test.second')), 'LYM13', 'an address of what is no code'),
    (format('loyalty.send_sms(''lagoon'', %s, ''Hi'', ''contact'')', current_setting('test.second')), 'LY003', 'contacts are no customers'),
    (format('loyalty.send_sms(''lagoon'', %s, ''Hi'', priority => ''code'')', current_setting('test.second')), 'LY003', 'nothing passes codes but codes'),
    (format('loyalty.send_sms(''lagoon'', %s, ''Hi'', not_before => ''infinity'')', current_setting('test.second')), 'LY015', 'a message for the end of time'),
    (format('loyalty.send_sms(''lagoon'', %s, ''Hi'', not_before => ''2023-04-02 10:00+00'', valid_until => ''2023-04-02 10:00+00'')', current_setting('test.second')), 'LY003', 'a message that is never good'),
    (format('loyalty.send_sms(''lagoon'', %s, ''Hi'', not_before => ''2023-04-02 10:00+00'', valid_until => ''2023-04-01 10:00+00'')', current_setting('test.second')), 'LY003', 'nor is one that ends before it begins'),
    (format('loyalty.send_sms(''lagoon'', %s, ''Hi'', campaign => E''May\nJune'')', current_setting('test.second')), 'LY003', 'a line break in a campaign'),
    (format('loyalty.send_sms(''lagoon'', %s, ''Hi'', campaign => repeat(''x'', 201))', current_setting('test.second')), 'LY002', 'a campaign that is too long'),
    (format('loyalty.send_sms(''lagoon'', %s, ''Hi'', source => ''PIGEON'')', current_setting('test.second')), 'LY008', 'a source that there is not'),
    (format('loyalty.send_sms(''lagoon'', %s, ''Twice'', idempotency_key => ''k1'')', current_setting('test.second')), 'LY020', 'a key of another request'),
    (format('loyalty.send_sms(''nowhere'', %s, ''Hi'')', current_setting('test.second')), 'LY004', 'an org that there is not'),
    (format('loyalty.cancel_message(''lagoon'', %s, 1)', current_setting('test.second')), 'LYM02', 'a message that there is not'),
    ('loyalty.cancel_message(''lagoon'', 999999, 1)', 'LY107', 'nor a customer')
) AS t (call, code, name);

SELECT is((SELECT state FROM loyalty.send_sms('lagoon', :other_cust, 'Hi', not_before => '2023-04-02 10:00+00', valid_until => '2023-04-02 10:00:00.000001+00')), 'queued',
    'a microsecond is enough');

-- Canceled is what is queued.
SELECT loyalty.cancel_message('lagoon', :other_cust, :first, 'a mistake') \g /dev/null
SELECT is((SELECT concat_ws(' ', state, cause, reason) FROM loyalty_data.message WHERE message_id = :first), 'c canceled a mistake', 'a message is canceled');
SELECT is((SELECT count(*)::int FROM loyalty_data.message_queue WHERE message_id = :first), 0, 'and in the queue no more');
SELECT throws_ok(format('SELECT loyalty.cancel_message(''lagoon'', %s, %s)', :other_cust, :first), 'LYM12', NULL, 'a second time there is nothing to cancel');

SELECT * FROM finish();
ROLLBACK;
