-- One-time codes of change requests: where the settings ask for them, who asks proves to read the new address, the old one, or both.
-- A guess is judged by a later transaction, so each statement commits.
SELECT no_plan();
SET client_min_messages = error;
SET loyalty.clock = '2024-05-02 10:00:00+00';
\ir ../fixtures/orgs.sql
SELECT pg_temp.new_org('lagoon', 'stars', country => 'SG', zone => 'UTC') \g /dev/null
SELECT loyalty.create_sender('lagoon', 'LAGOON', 'mobile', is_default => true), loyalty.create_sender('lagoon', 'codes@example.com', 'email', is_default => true) \g /dev/null
SELECT pg_temp.customer('lagoon', 'E-1', mobile => '+6591234567') AS ann \gset
SELECT set_config('test.ann', :'ann', false) \g /dev/null
CREATE FUNCTION pg_temp.pin(channel text DEFAULT 'mobile') RETURNS text LANGUAGE sql AS $$
    SELECT substring(body FROM '[0-9A-Z]{4,12}') FROM (SELECT body, message_id, loyalty.acknowledge_message('lagoon', customer_id, message_id, lease_no, 'sent')
        FROM loyalty.take_messages('lagoon', channel, 100)) t ORDER BY message_id DESC LIMIT 1 $$;
-- What asking for another mobile comes to.
CREATE FUNCTION pg_temp.ask(old_verification uuid, verification uuid, key text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT status FROM loyalty.submit_change_request('lagoon', 'mobile', current_setting('test.ann')::int8, new_value => '+6598765432',
        old_verification => ask.old_verification, idempotency_key => key, verification => ask.verification));
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;

SELECT loyalty.set_change_request_rules('lagoon', 'mobile', otp => 'both') \g /dev/null
SELECT is(pg_temp.ask(NULL, NULL), 'LY710', 'no code at all');
SELECT sent_at IS NOT NULL AS sent FROM loyalty.send_code('lagoon', 'identifier_change', :ann) \g /dev/null
SELECT pg_temp.pin() AS pin \gset
SELECT attempt AS old FROM loyalty.enter_code('lagoon', 'identifier_change', :'pin', :ann) \gset
SELECT is(pg_temp.ask(:'old', NULL), 'LY710', 'the old address alone');
SELECT is(pg_temp.ask(:'old', :'old'), 'LY708', 'is not the new one');
SET loyalty.clock = '2024-05-02 10:02:00+00';
SELECT sent_at FROM loyalty.send_code('lagoon', 'identifier_change', :ann, 'mobile', '+6598765432') \g /dev/null
SELECT pg_temp.pin() AS pin \gset
SELECT attempt AS new FROM loyalty.enter_code('lagoon', 'identifier_change', :'pin', :ann) \gset
SELECT is(pg_temp.ask(gen_random_uuid(), :'new'), 'LY707', 'a proof that nobody has');
SELECT is(pg_temp.ask(:'new', :'old'), 'LY708', 'the other way round');
SELECT is(pg_temp.ask(:'old', :'new', 'k'), 'pending', 'both');
SELECT is(pg_temp.ask(:'old', :'new', 'k'), 'pending', 'a repeat is no second use');
SELECT is((SELECT verified_at FROM loyalty_data.customer_identifier WHERE customer_id = :ann AND identifier_value = '+6591234567'), '2024-05-02 10:02:00+00'::timestamptz,
    'the old address is marked as proved');
SELECT is((SELECT count(*) FROM loyalty_data.verification_use WHERE used_for = (SELECT request_id FROM loyalty_data.change_request)), 2::bigint,
    'the proofs say which request used them');
SELECT is((SELECT count(*) FROM loyalty_data.change_request), 1::bigint, 'and there is one request');
SELECT loyalty.withdraw_change_request('lagoon', (SELECT request_id FROM loyalty_data.change_request)) \g /dev/null
SELECT is(pg_temp.ask(:'old', :'new'), 'LY707', 'a proof is used once');
SELECT loyalty.set_change_request_rules('lagoon', 'mobile', otp => 'off') \g /dev/null
SELECT is(pg_temp.ask(NULL, :'new'), 'LY707', 'a code that nobody asked for must be right all the same');
SELECT is(pg_temp.ask(NULL, NULL), 'pending', 'none is asked for');
SELECT lives_ok($$SELECT loyalty.one_step_change('lagoon', 'mobile', '+6591234567', '+6598765433')$$, 'nor by one step');

-- A number that somebody else has by now: the code goes to the number itself.
SELECT loyalty.set_change_request_rules('lagoon', 'mobile_reallocation', otp => 'old') \g /dev/null
CREATE FUNCTION pg_temp.move(old_verification uuid) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN (SELECT status FROM loyalty.submit_change_request('lagoon', 'mobile_reallocation', existing => '+6598765433', old_verification => move.old_verification));
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
SELECT is(pg_temp.move(NULL), 'LY710', 'it needs the code');
SELECT is(pg_temp.move(:'new'), 'LY707', 'a fresh one');
SET loyalty.clock = '2024-05-02 10:20:00+00';
SELECT sent_at FROM loyalty.send_code('lagoon', 'identifier_change', :ann) \g /dev/null
SELECT pg_temp.pin() AS pin \gset
SELECT attempt AS number FROM loyalty.enter_code('lagoon', 'identifier_change', :'pin', :ann) \gset
SELECT is(pg_temp.move(:'number'), 'pending', 'who reads the number has it');

-- Who gets the number has proved it, and is marked with the time of the proof, as soon as the change is made.
SELECT loyalty.withdraw_change_request('lagoon', (SELECT request_id FROM loyalty_data.change_request WHERE status = 'p' AND request_type = 'n')),
    loyalty.withdraw_change_request('lagoon', (SELECT request_id FROM loyalty_data.change_request WHERE status = 'p' AND request_type = 'm')) \g /dev/null
CREATE ROLE proof_officer IN ROLE loyalty_admin;
SELECT loyalty.grant_org('lagoon', 'proof_officer') \g /dev/null
SELECT pg_temp.customer('lagoon', 'E-2', mobile => '+6591112222') AS bob \gset
CREATE FUNCTION pg_temp.code(whose int8, address text, channel text DEFAULT 'mobile') RETURNS timestamptz LANGUAGE sql AS $$
    SELECT sent_at FROM loyalty.send_code('lagoon', 'identifier_change', whose, channel, address) $$;
CREATE FUNCTION pg_temp.mark(value text) RETURNS timestamptz LANGUAGE sql AS $$
    SELECT verified_at FROM loyalty_data.customer_identifier WHERE identifier_value = value AND held_until IS NULL $$;
SET loyalty.clock = '2024-05-02 11:00:00+00';
SELECT pg_temp.code(:ann, '+6598765433') \g /dev/null
SELECT pg_temp.pin() AS pin \gset
SELECT attempt AS number FROM loyalty.enter_code('lagoon', 'identifier_change', :'pin', :ann) \gset
SET loyalty.clock = '2024-05-02 11:01:00+00';
SELECT pg_temp.code(:ann, '+6597777777') \g /dev/null
SELECT pg_temp.pin() AS pin \gset
SELECT attempt AS new FROM loyalty.enter_code('lagoon', 'identifier_change', :'pin', :ann) \gset
SELECT request_id AS moved FROM loyalty.submit_change_request('lagoon', 'mobile_reallocation', existing => '+6598765433', target_id => :bob, new_value => '+6597777777',
    old_verification => :'number', verification => :'new') \gset
SELECT is(pg_temp.mark('+6598765433'), NULL, 'the customer who had the number has proved nothing');
SET loyalty.clock = '2024-05-03 11:00:00+00';
SET ROLE proof_officer;
SELECT loyalty.approve_change_request('lagoon', :moved) \g /dev/null
RESET ROLE;
SELECT is((SELECT customer_id FROM loyalty_data.customer_identifier WHERE identifier_value = '+6598765433' AND held_until IS NULL), :bob::int8, 'the number goes over');
SELECT is(pg_temp.mark('+6598765433'), '2024-05-02 11:01:00+00'::timestamptz, 'proved by who has it');
SELECT is(pg_temp.mark('+6597777777'), '2024-05-02 11:01:00+00'::timestamptz, 'and so is the new one of who had it');
SELECT request_id AS unproved FROM loyalty.submit_change_request('lagoon', 'mobile', :bob, new_value => '+6596666666') \gset
SET ROLE proof_officer;
SELECT loyalty.approve_change_request('lagoon', :unproved) \g /dev/null
RESET ROLE;
SELECT is(pg_temp.mark('+6596666666'), NULL, 'one that nobody proved has no mark');

-- Approved by itself: an e-mail; what the direct call needs is needed, too, where nobody decides.
SELECT loyalty.set_change_request_rules('lagoon', t, auto_approve => true) FROM unnest('{email,external_id,mobile_reallocation}'::text[]) t \g /dev/null
SELECT is((SELECT status FROM loyalty.submit_change_request('lagoon', 'email', :ann, new_value => 'first@example.com')), 'approved', 'where the org requires no code none is needed');
SELECT loyalty.set_verification_rules('lagoon', 'identifier_change', proof_required => true), loyalty.set_config('lagoon', 'CONF_ALLOW_EMAIL_UPDATE', 'true') \g /dev/null
SELECT throws_ok(format(call, :ann, :bob), 'LY710', NULL, name) FROM (VALUES
    ('SELECT loyalty.change_identifier(''lagoon'', %s, ''email'', ''ann@example.com'')', 'the direct call needs a code'),
    ('SELECT loyalty.submit_change_request(''lagoon'', ''email'', %s, new_value => ''Ann@Example.com'')', 'so does the request that nobody decides on'),
    ('SELECT loyalty.submit_change_request(''lagoon'', ''external_id'', %s, new_value => ''E-3'')', 'also of an external id'),
    ('SELECT loyalty.submit_change_request(''lagoon'', ''mobile_reallocation'', %s, ''+6597777777'', target_id => %s)', 'also of a number'),
    ('SELECT loyalty.submit_change_request(''lagoon'', ''mobile_reallocation'', %s, ''+6597777777'', ''+6595555555'')', 'and of the one that takes its place')) c (call, name);
SELECT loyalty.set_change_request_rules('lagoon', 'email') \g /dev/null
SELECT is((SELECT status FROM loyalty.submit_change_request('lagoon', 'email', :bob, new_value => 'bob@example.com')), 'pending', 'where somebody decides the settings of the type say');
SELECT loyalty.set_change_request_rules('lagoon', 'email', auto_approve => true) \g /dev/null
SET loyalty.clock = '2024-05-03 11:10:00+00';
SELECT pg_temp.code(:ann, 'ann@example.com', 'email') \g /dev/null
SELECT pg_temp.pin('email') AS pin \gset
SELECT attempt AS new FROM loyalty.enter_code('lagoon', 'identifier_change', :'pin', :ann) \gset
SELECT is((SELECT status FROM loyalty.submit_change_request('lagoon', 'email', :ann, new_value => 'Ann@Example.com', verification => :'new')), 'approved', 'with its code it is approved');
SELECT is(pg_temp.mark('ann@example.com'), '2024-05-03 11:10:00+00'::timestamptz, 'and marked');

-- A proof confirms the mobile that a participation waits for.
SELECT loyalty.set_participation_rules('lagoon', 'stars', phone_confirmation => true) \g /dev/null
SELECT customer_id AS cat FROM loyalty.register_customer('lagoon', mobile => '+6581110000') \gset
SELECT loyalty.enrol_customer('lagoon', :cat) \g /dev/null
SELECT pg_temp.code(:cat, '+6581110000') \g /dev/null
SELECT pg_temp.pin() AS pin \gset
SELECT attempt AS old FROM loyalty.enter_code('lagoon', 'identifier_change', :'pin', :cat) \gset
SELECT loyalty.submit_change_request('lagoon', 'mobile', :cat, new_value => '+6581110001', old_verification => :'old') \g /dev/null
SELECT is((SELECT status FROM loyalty.participations WHERE customer_id = :cat), 'active', 'also as a proof of the old address');

SELECT * FROM finish();
