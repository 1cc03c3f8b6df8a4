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

SELECT * FROM finish();
