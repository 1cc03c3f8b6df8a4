-- Confirming the mobile of a participant: examples 24 and 25 of the design. The mobile is worth what its proof is: that of a former
-- one is LY708. A guess is judged by a later transaction, so each statement commits.
SELECT no_plan();
SET loyalty.clock = '2024-05-02 10:00:00+00';
\ir ../fixtures/orgs.sql
SELECT pg_temp.new_org('lagoon', 'stars', primary_key => 'external_id', tills => '{bay-1}', store => 'bay', country => 'SG') \g /dev/null
SELECT loyalty.create_store('lagoon', 'hill', 'Hill'), loyalty.create_till('lagoon', 'hill-1', 'hill'), loyalty.create_program('lagoon', 'shells', 'Shells'),
    loyalty.create_sender('lagoon', 'LAGOON', 'mobile', is_default => true), loyalty.create_sender('lagoon', 'BAY', 'mobile'),
    loyalty.create_sender('lagoon', 'HILL', 'mobile'), loyalty.set_config('lagoon', 'CONF_ALLOW_MOBILE_UPDATE', 'true') \g /dev/null
CREATE FUNCTION pg_temp.pin() RETURNS text LANGUAGE sql AS $$
    SELECT substring(body FROM '[0-9]{6}') FROM (SELECT body, message_id, loyalty.acknowledge_message('lagoon', customer_id, message_id, lease_no, 'sent')
        FROM loyalty.take_messages('lagoon', 'mobile', 100)) t ORDER BY message_id DESC LIMIT 1 $$;
CREATE FUNCTION pg_temp.activated(customer bigint, attempt uuid DEFAULT NULL, program text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', status, missing, code_sent) FROM loyalty.activate_participation('lagoon', customer, program, verification => attempt) $$;

-- Example 24: the same as at the till, with confirmation.
SELECT loyalty.set_participation_rules('lagoon', 'stars', phone_confirmation => true, terms => '{first_name,mobile}', stores => '{bay}') \g /dev/null
SELECT pg_temp.customer('lagoon', 'A-1') AS ann, pg_temp.customer('lagoon', 'B-1') AS bob, pg_temp.customer('lagoon', 'C-1') AS cid \gset
SELECT results_eq(format('SELECT * FROM loyalty.enrol_customer(''lagoon'', %s)', :ann),
    $$VALUES ('not_confirmed', '{first_name,mobile,phone_confirmation}'::text[])$$, 'whoever enrols lacks the confirmation, too');
SELECT is(pg_temp.activated(:ann), 'not_confirmed {first_name,mobile,phone_confirmation} f', 'without a mobile no code is sent');
SELECT throws_ok(format('SELECT pg_temp.activated(%s, gen_random_uuid())', :ann), 'LY702', NULL, 'nor is there one to be confirmed');
SELECT loyalty.update_customer('lagoon', :ann, first_name => 'Ann'), loyalty.change_identifier('lagoon', :ann, 'mobile', '+6591234567') \g /dev/null
SELECT is((SELECT status FROM loyalty.participations WHERE customer_id = :ann), 'not_confirmed', 'data alone make nobody active');
SELECT is((SELECT count(*) FROM loyalty.take_messages('lagoon', 'mobile', 100)), 0::bigint, 'and enrolling has sent no code');
SELECT throws_ok(format('SELECT pg_temp.activated(%s)', :ann), 'LY807', NULL, 'a store without a sender sends none, whatever the default one is');
SELECT loyalty.set_store_sender('lagoon', 'bay', 'BAY') \g /dev/null
SELECT is(pg_temp.activated(:ann), 'not_confirmed {phone_confirmation} t', 'activating sends a code');
SELECT is((SELECT s.sender FROM loyalty_data.message m JOIN loyalty_data.sender s USING (org_id, sender_id) WHERE m.customer_id = :ann), 'BAY', 'in the name of the store');
SELECT throws_ok(format('SELECT pg_temp.activated(%s)', :ann), 'LY703', NULL, 'and no second one at once');
SELECT pg_temp.pin() AS pin \gset
SELECT attempt FROM loyalty.enter_code('lagoon', 'participation_activation', :'pin', :ann) \gset
SELECT loyalty.change_identifier('lagoon', :ann, 'mobile', '+6590000001') \g /dev/null
SELECT throws_ok(format('SELECT pg_temp.activated(%s, %L)', :ann, :'attempt'), 'LY708', NULL, 'the proof of a former mobile is one of something else');
SELECT is((SELECT status FROM loyalty.participations WHERE customer_id = :ann), 'not_confirmed', 'and confirms nothing');
SELECT loyalty.change_identifier('lagoon', :ann, 'mobile', '+6591234567') \g /dev/null
SELECT throws_ok(format('SELECT pg_temp.activated(%s, %L)', :bob, :'attempt'), 'LY801', NULL, 'nobody else takes part by it');
SELECT is(pg_temp.activated(:ann, :'attempt'), 'active {} f', 'the right proof activates');
SELECT throws_ok(format('SELECT pg_temp.activated(%s, %L)', :ann, :'attempt'), 'LY707', NULL, 'once');
SELECT is(pg_temp.activated(:ann), 'active {} f', 'who is active gets no code');
SELECT is((SELECT string_agg(purpose || ' ' || messages || ' ' || sender, ', ') FROM loyalty.message_charges WHERE org = 'lagoon'), 'code 1 BAY', 'one message is charged');

-- A proof before the other terms counts when they come, one of another purpose, too.
SELECT loyalty.enrol_customer('lagoon', :bob), loyalty.change_identifier('lagoon', :bob, 'mobile', '+6591234568') \g /dev/null
SELECT is(pg_temp.activated(:bob), 'not_confirmed {first_name,phone_confirmation} t', 'a code is sent though a name is missing');
SELECT pg_temp.pin() AS pin \gset
SELECT attempt FROM loyalty.enter_code('lagoon', 'participation_activation', :'pin', :bob) \gset
SELECT is(pg_temp.activated(:bob, :'attempt'), 'not_confirmed {first_name} f', 'the confirmation is kept');
SELECT loyalty.update_customer('lagoon', :bob, first_name => 'Bob') \g /dev/null
SELECT is((SELECT status FROM loyalty.participations WHERE customer_id = :bob), 'active', 'and the name activates in its call');
SELECT loyalty.enrol_customer('lagoon', :cid), loyalty.update_customer('lagoon', :cid, first_name => 'Cid'), loyalty.change_identifier('lagoon', :cid, 'mobile', '+6591234569'),
    loyalty.set_channel('lagoon', :cid, 'mobile', '+6591234569', is_verified => true), loyalty.send_code('lagoon', 'generic', :cid) \g /dev/null
SELECT is((SELECT status FROM loyalty.participations WHERE customer_id = :cid), 'not_confirmed', 'what a source says of a mobile is no proof');
SELECT pg_temp.pin() AS pin \gset
SELECT attempt FROM loyalty.enter_code('lagoon', 'generic', :'pin', :cid) \gset
SELECT ok(verified, 'a code of any purpose') FROM loyalty.verify_code('lagoon', :'attempt');
SELECT is((SELECT status FROM loyalty.participations WHERE customer_id = :cid), 'active', 'proves the mobile, and activates in its call');

-- One confirmation is good for every program that waits for it.
SELECT loyalty.set_participation_rules('lagoon', 'shells', phone_confirmation => true, stores => '{bay}') \g /dev/null
SELECT pg_temp.customer('lagoon', 'F-1') AS fay \gset
SELECT loyalty.update_customer('lagoon', :fay, first_name => 'Fay'), loyalty.change_identifier('lagoon', :fay, 'mobile', '+6591234572'),
    loyalty.enrol_customer('lagoon', :fay), loyalty.enrol_customer('lagoon', :fay, program => 'shells') \g /dev/null
SELECT is(pg_temp.activated(:fay), 'not_confirmed {phone_confirmation} t', 'a code for one program');
SELECT pg_temp.pin() AS pin \gset
SELECT attempt FROM loyalty.enter_code('lagoon', 'participation_activation', :'pin', :fay) \gset
SELECT is(pg_temp.activated(:fay, :'attempt'), 'active {} f', 'activates there');
SELECT is((SELECT string_agg(program || ' ' || status, ', ' ORDER BY program) FROM loyalty.participations WHERE customer_id = :fay), 'shells active, stars active', 'and in the other one in the same call');
-- A registration that proves the mobile, where programs register by themselves.
SELECT loyalty.set_participation_rules('lagoon', 'shells', automatic_registration => true, phone_confirmation => true, stores => '{bay}') \g /dev/null
SELECT loyalty.send_code('lagoon', 'registration', identifier_type => 'mobile', identifier_value => '+6591234573') \g /dev/null
SELECT pg_temp.pin() AS pin \gset
SELECT attempt FROM loyalty.enter_code('lagoon', 'registration', :'pin', identifier_type => 'mobile', identifier_value => '+6591234573') \gset
SELECT customer_id AS gus FROM loyalty.register_customer('lagoon', external_id => 'G-1', mobile => '+6591234573', verification => :'attempt') \gset
SELECT is((SELECT status FROM loyalty.participations WHERE customer_id = :gus), 'active', 'whoever registers with a proof of the mobile is active at once');
-- A document that brings the last datum in its second profile.
SELECT loyalty.set_participation_rules('lagoon', 'shells', automatic_registration => true, terms => '{email}') \g /dev/null
SELECT customer_id AS hal FROM loyalty.register_customer_json('lagoon', '{"profiles": [{"identifiers": [{"type": "external_id", "value": "H-1"}]},
    {"source": "INSTORE", "identifiers": [{"type": "email", "value": "hal@example.com"}]}]}') \gset
SELECT is((SELECT status FROM loyalty.participations WHERE customer_id = :hal), 'active', 'the second profile of a document may bring the last datum');
SELECT loyalty.set_participation_rules('lagoon', 'shells', enabled => false) \g /dev/null

-- Several stores: that of the customer.
SELECT loyalty.set_participation_rules('lagoon', 'stars', phone_confirmation => true, stores => '{bay,hill}'), loyalty.set_store_sender('lagoon', 'hill', 'HILL') \g /dev/null
SELECT customer_id AS dan FROM loyalty.register_customer('lagoon', external_id => 'D-1', mobile => '+6591234570') \gset
SELECT loyalty.enrol_customer('lagoon', :dan) \g /dev/null
SELECT throws_ok(format('SELECT pg_temp.activated(%s)', :dan), 'LY807', NULL, 'of several stores none is a stranger''s');
SELECT loyalty.update_customer('lagoon', :dan, base_till => 'hill-1') \g /dev/null
SELECT is(pg_temp.activated(:dan), 'not_confirmed {phone_confirmation} t', 'the one of the base till is');
SELECT is((SELECT s.sender FROM loyalty_data.message m JOIN loyalty_data.sender s USING (org_id, sender_id) WHERE m.customer_id = :dan), 'HILL', 'and speaks');
SELECT throws_ok(format('SELECT loyalty.send_code(''lagoon'', ''participation_activation'', %s, program => ''shells'')', :dan), 'LY806', NULL, 'a program that does not ask sends none');

-- Example 25: confirmation off.
SELECT loyalty.set_participation_rules('lagoon', 'stars', terms => '{mobile}') \g /dev/null
SELECT customer_id AS eve FROM loyalty.register_customer('lagoon', external_id => 'E-1', mobile => '+6591234571') \gset
SELECT results_eq(format('SELECT * FROM loyalty.enrol_customer(''lagoon'', %s)', :eve), $$VALUES ('active', '{}'::text[])$$, 'a mobile that is there is enough');
SELECT throws_ok(format('SELECT loyalty.send_code(''lagoon'', ''participation_activation'', %s)', :eve), 'LY806', NULL, 'and a code is not available');
SELECT throws_ok(format('SELECT pg_temp.activated(%s, gen_random_uuid())', :eve), 'LY806', NULL, 'nor is a proof');
SELECT is(pg_temp.activated(:dan), 'active {} f', 'whoever waited for the confirmation is active when asked');
SELECT is_empty('SELECT invariant, detail FROM loyalty.verify_ledger(''lagoon'') WHERE NOT ok', 'the books are right');
SELECT * FROM finish();
