-- Codes for addresses of nobody: what is kept of them goes with the person who registers and is deleted, and in time by itself. Guesses
-- are judged by a later transaction, and jobs commit: each statement is one.
SELECT plan(18);
SET client_min_messages = error;
SET TimeZone = 'UTC';
SET loyalty.clock = '2024-03-01 10:00:00+00';
\ir ../fixtures/orgs.sql
SELECT pg_temp.new_org('lagoon', 'stars', country => 'SG', zone => 'UTC') \g /dev/null
SELECT loyalty.enable_customer_status('lagoon'), loyalty.create_sender('lagoon', 'LAGOON', 'mobile', is_default => true),
    loyalty.create_sender('lagoon', 'codes@example.com', 'email', is_default => true),
    loyalty.set_verification_rules('lagoon', 'registration', resend_seconds => 0, block_seconds => 2592000) \g /dev/null
CREATE ROLE officer_of_nobody IN ROLE loyalty_admin;
SELECT loyalty.grant_org('lagoon', 'officer_of_nobody') \g /dev/null
CREATE FUNCTION pg_temp.kept() RETURNS text LANGUAGE sql AS $$
    SELECT format('%s codes, %s guesses, %s tokens, %s uses, %s releases, %s addresses', (SELECT count(*) FROM loyalty_data.verification_code),
        (SELECT count(*) FROM loyalty_data.verification_attempt), (SELECT count(*) FROM loyalty_data.verification_token), (SELECT count(*) FROM loyalty_data.verification_use),
        (SELECT count(*) FROM loyalty_data.verification_release), (SELECT count(*) FROM loyalty_data.verification_address)) $$;
-- How many addresses stand in messages of nobody.
CREATE FUNCTION pg_temp.addresses() RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FROM loyalty_data.message_body WHERE customer_id = 0 AND address IS NOT NULL $$;
CREATE FUNCTION pg_temp.pin(channel text DEFAULT 'mobile') RETURNS text LANGUAGE sql AS $$
    SELECT substring(body FROM '[0-9]{6}') FROM (SELECT body, message_id, loyalty.acknowledge_message('lagoon', customer_id, message_id, lease_no, 'sent')
        FROM loyalty.take_messages('lagoon', channel, 100)) t ORDER BY message_id DESC LIMIT 1 $$;

-- The address goes with the text.
SELECT loyalty.send_code('lagoon', 'registration', identifier_type => 'mobile', identifier_value => '9123 4567') \g /dev/null
SELECT is(pg_temp.addresses(), 1::bigint, 'the address of nobody is kept with the message');
SELECT pg_temp.pin() AS pin \gset
SELECT is(pg_temp.addresses(), 0::bigint, 'until it is sent');
SELECT loyalty.send_code('lagoon', 'registration', identifier_type => 'mobile', identifier_value => '9123 4567') \g /dev/null
SELECT loyalty.send_code('lagoon', 'registration', identifier_type => 'mobile', identifier_value => '9123 4567') \g /dev/null
SELECT is(pg_temp.addresses(), 1::bigint, 'or a new code takes its place');
SET loyalty.clock = '2024-03-01 10:05:00+00';
CALL loyalty.finish_messages('lagoon');
SELECT is(pg_temp.addresses(), 0::bigint, 'or its time is over');
SELECT is((SELECT string_agg(state::text, '' ORDER BY message_id) FROM loyalty_data.message WHERE customer_id = 0), 'sce', 'that there were messages is kept');
SELECT loyalty.send_code('lagoon', 'registration', identifier_type => 'email', identifier_value => 'New@Example.com') \g /dev/null
SELECT pg_temp.pin('email') AS pin \gset

-- Whoever registers and is deleted leaves nothing of the time before, by whatever name and key it was asked.
SELECT attempt FROM loyalty.enter_code('lagoon', 'registration', :'pin', identifier_type => 'email', identifier_value => 'new@example.com') \gset
SELECT loyalty.send_code('lagoon', 'coupon', identifier_type => 'External-ID', identifier_value => ' E-1 ') \g /dev/null
SELECT is((SELECT attempts_left FROM loyalty.enter_code('lagoon', 'coupon', 'x', identifier_type => 'external_id', identifier_value => 'E-1')), 2, 'a type in another spelling is the same');
SELECT loyalty.send_code('lagoon', 'registration', identifier_type => 'mobile', identifier_value => '81234567') \g /dev/null
SELECT customer_id AS ann FROM loyalty.register_customer('lagoon', mobile => '91234567', email => 'new@example.com', external_id => 'E-1', verification => :'attempt') \gset
SELECT is(pg_temp.kept(), '6 codes, 2 guesses, 2 tokens, 1 uses, 0 releases, 4 addresses', 'what there is of four addresses');
SELECT loyalty.request_deletion('lagoon', :ann) \g /dev/null
SET ROLE officer_of_nobody;
SELECT loyalty.approve_deletion('lagoon', :ann) \g /dev/null
RESET ROLE;
SELECT is(pg_temp.kept(), '1 codes, 0 guesses, 0 tokens, 0 uses, 0 releases, 1 addresses', 'that of somebody else is left');
SELECT is((SELECT count(*) FROM loyalty.verify_channels('lagoon') WHERE NOT ok), 0::bigint, 'the channels are in order');
UPDATE loyalty_data.message m SET state = 's' FROM loyalty_data.message_queue q WHERE q.message_id = m.message_id;
DELETE FROM loyalty_data.message_queue;
SELECT matches((SELECT string_agg(detail, ', ') FROM loyalty.verify_channels('lagoon') WHERE NOT ok AND invariant ~ 'text'), 'message', 'where an address of nobody outlives its message, that is told');
DELETE FROM loyalty_data.message_body WHERE customer_id = 0;

-- In time it goes by itself: a run that is full, one that somebody ended, and one that is younger.
SET loyalty.clock = '2024-03-01 11:00:00+00';
SELECT loyalty.send_code('lagoon', 'registration', identifier_type => 'mobile', identifier_value => '8123 4567') \g /dev/null
SELECT loyalty.enter_code('lagoon', 'registration', 'x', identifier_type => 'mobile', identifier_value => '8123 4567') FROM generate_series(1, 1) \g /dev/null
SELECT loyalty.unblock_verification('lagoon', 'registration', identifier_type => 'mobile', identifier_value => '8123 4567') \g /dev/null
SELECT loyalty.enter_code('lagoon', 'registration', 'x', identifier_type => 'mobile', identifier_value => '8123 4567') \g /dev/null
SELECT loyalty.enter_code('lagoon', 'registration', 'x', identifier_type => 'mobile', identifier_value => '8123 4567') \g /dev/null
SELECT loyalty.enter_code('lagoon', 'registration', 'x', identifier_type => 'mobile', identifier_value => '8123 4567') \g /dev/null
SET loyalty.clock = '2024-03-20 11:00:00+00';
SELECT loyalty.send_code('lagoon', 'registration', identifier_type => 'mobile', identifier_value => '8123 4568') \g /dev/null
SELECT is(pg_temp.kept(), '3 codes, 4 guesses, 4 tokens, 0 uses, 1 releases, 2 addresses', 'two who are nobody');
SET loyalty.clock = '2024-03-31 10:59:59+00';
CALL loyalty.apply_retention('lagoon');
SELECT is(pg_temp.kept(), '3 codes, 4 guesses, 4 tokens, 0 uses, 1 releases, 2 addresses', 'nothing goes where the org keeps all');
SELECT loyalty.set_retention('lagoon', 'codes', 5) \g /dev/null
CALL loyalty.apply_retention('lagoon');
SELECT is(pg_temp.kept(), '2 codes, 3 guesses, 3 tokens, 0 uses, 0 releases, 0 addresses', 'the last run stays as long as a block may be');
SELECT throws_ok($$SELECT loyalty.send_code('lagoon', 'registration', identifier_type => 'mobile', identifier_value => '81234567')$$, 'LY704', NULL, 'who is blocked still is');
SET loyalty.clock = '2024-04-01 11:00:00+00';
CALL loyalty.apply_retention('lagoon', batch_size => 1);
SELECT is(pg_temp.kept(), '1 codes, 0 guesses, 0 tokens, 0 uses, 0 releases, 0 addresses', 'then the last one goes, too, but not that of the other');
SELECT is((SELECT expires_at FROM loyalty.send_code('lagoon', 'registration', identifier_type => 'mobile', identifier_value => '81234567')), '2024-04-01 11:05:00+00'::timestamptz, 'and codes begin anew');
SELECT is((SELECT attempts_left FROM loyalty.enter_code('lagoon', 'registration', 'x', identifier_type => 'mobile', identifier_value => '81234567')), 2, 'with a run of their own');
-- A customer's last run is never forgotten.
SELECT is((SELECT min(code_no) FROM loyalty_data.verification_code), 1, 'from the first number');
SELECT * FROM finish();
