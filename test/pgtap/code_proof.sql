-- Proofs: a right guess is good for one operation of its purpose, customer, address, amount and program, and for a time; used up in the
-- operation's transaction. Example 20 of the design, to the second. A guess is judged by a later transaction, so each statement commits.
SELECT no_plan();
SET loyalty.clock = '2024-05-02 10:00:00+00';
\ir ../fixtures/orgs.sql
SELECT pg_temp.new_org('lagoon', 'stars', country => 'SG', zone => 'UTC') \g /dev/null
SELECT loyalty.create_program('lagoon', 'fuel', 'Fuel'), loyalty.set_config('lagoon', 'CONF_ALLOW_MOBILE_UPDATE', 'true'),
    loyalty.set_config('lagoon', 'CONF_ALLOW_EMAIL_UPDATE', 'true'), loyalty.set_config('lagoon', 'CONF_CLIENT_V2_API_ENABLED', 'true'),
    loyalty.create_sender('lagoon', 'LAGOON', 'mobile', is_default => true), loyalty.create_sender('lagoon', 'codes@example.com', 'email', is_default => true) \g /dev/null
SELECT pg_temp.customer('lagoon', mobile => '+6591234567') AS ann, pg_temp.customer('lagoon', mobile => '+6591234568') AS bob,
    (loyalty.register_customer('lagoon', '+6591234569', email => 'cat@example.com')).customer_id AS cat \gset
SELECT set_config('test.ann', :'ann', false), set_config('test.bob', :'bob', false), set_config('test.cat', :'cat', false) \g /dev/null
SELECT loyalty.earn_points('lagoon', :ann, 2000) \g /dev/null
SELECT loyalty.set_verification_rules('lagoon', p, resend_seconds => 0, codes_per_day => 1000) FROM unnest('{registration,points_redemption,points_transfer,identifier_change,status_change,card_issue}'::text[]) p \g /dev/null

-- Sends a code, and enters what a worker gets, in two statements that commit: the attempt stands in test.attempt.
CREATE FUNCTION pg_temp.sent(purpose text, customer text DEFAULT 'ann', amount numeric DEFAULT NULL, program text DEFAULT NULL, type text DEFAULT NULL, value text DEFAULT NULL)
    RETURNS text LANGUAGE sql AS $$
    SELECT loyalty.send_code('lagoon', purpose, current_setting('test.' || customer, true)::int8, type, value, amount => amount, program => program);
    SELECT set_config('test.pin', substring(body FROM '[0-9]{6}'), false) FROM loyalty.take_messages('lagoon', CASE type WHEN 'email' THEN type ELSE 'mobile' END, 100) ORDER BY message_id DESC LIMIT 1 $$;
CREATE FUNCTION pg_temp.entered(purpose text, customer text DEFAULT 'ann', wrong bool DEFAULT false, type text DEFAULT NULL, value text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT set_config('test.attempt', attempt::text, false) FROM loyalty.enter_code('lagoon', purpose, CASE WHEN wrong THEN 'x' ELSE current_setting('test.pin') END,
        current_setting('test.' || customer, true)::int8, type, value) $$;
CREATE FUNCTION pg_temp.redeem(points numeric, customer text DEFAULT 'ann', program text DEFAULT 'stars') RETURNS text LANGUAGE sql AS $$
    SELECT current_points::int::text FROM loyalty.redeem_points('lagoon', current_setting('test.' || customer)::int8, points, program => program,
        verification => current_setting('test.attempt')::uuid) $$;

-- Example 20: bound to 500 points.
SELECT pg_temp.sent('points_redemption', amount => 500) \g /dev/null
SET loyalty.clock = '2024-05-02 10:01:00+00';
SELECT pg_temp.entered('points_redemption') \g /dev/null
SELECT throws_ok('SELECT pg_temp.redeem(600)', 'LY708', NULL, 'a proof of 500 points is none of 600');
BEGIN;
SELECT is(pg_temp.redeem(500), '1500', 'of 500 it is');
ROLLBACK;
SELECT throws_ok($$DO 'BEGIN PERFORM pg_temp.redeem(500); RAISE SQLSTATE ''LY999''; END'$$, 'LY999', NULL, 'what is undone');
SET loyalty.clock = '2024-05-02 10:05:59+00';
SELECT is(pg_temp.redeem(500), '1500', 'keeps the proof, which is good in its last second');
SELECT throws_ok('SELECT pg_temp.redeem(500)', 'LY707', NULL, 'but once');
SELECT is((SELECT u.used_for = e.event_id FROM loyalty_data.verification_use u, loyalty_data.ledger_event e WHERE e.redemption_id IS NOT NULL), true, 'its use names the event');
SELECT pg_temp.sent('points_redemption', amount => 500) \g /dev/null
SELECT pg_temp.entered('points_redemption') \g /dev/null
SET loyalty.clock = '2024-05-02 10:10:59+00';
SELECT throws_ok('SELECT pg_temp.redeem(500)', 'LY707', NULL, 'after 300 seconds it is none any more');

-- Wrong, of another, of another purpose or program, and of this transaction.
SELECT pg_temp.sent('points_redemption', program => 'stars') \g /dev/null
SELECT pg_temp.entered('points_redemption', wrong => true) \g /dev/null
SELECT throws_ok('SELECT pg_temp.redeem(1)', 'LY707', NULL, 'a wrong guess is no proof');
SELECT pg_temp.entered('points_redemption') \g /dev/null
SELECT throws_ok(format($$SELECT loyalty.transfer_points('lagoon', %s, %s, 1, verification => %L)$$, :ann, :bob, current_setting('test.attempt')), 'LY708', NULL, 'a proof is of its purpose');
SELECT loyalty.earn_points('lagoon', :bob, 10), loyalty.earn_points('lagoon', :ann, 10, program => 'fuel') \g /dev/null
SELECT throws_ok('SELECT pg_temp.redeem(1, ''bob'')', 'LY708', NULL, 'of its customer');
SELECT throws_ok('SELECT pg_temp.redeem(1, program => ''fuel'')', 'LY708', NULL, 'and of its program');
SELECT is(pg_temp.redeem(1), '1499', 'there it is good');
SELECT pg_temp.sent('points_redemption') \g /dev/null
SELECT throws_ok($$SELECT pg_temp.entered('points_redemption'), pg_temp.redeem(1)$$, 'LY706', NULL, 'one of this transaction is judged by no operation');
SELECT throws_ok(format($$SELECT loyalty.redeem_points('lagoon', %s, 1, verification => '00000000-0000-0000-0000-000000000000')$$, :ann), 'LY707', NULL, 'one that is none');

-- Any address will do where an operation is about none, but one of the customer: a code can be sent to whatever address stands beside the id.
SELECT pg_temp.sent('points_redemption', type => 'mobile', value => '+6591234777') \g /dev/null
SELECT pg_temp.entered('points_redemption') \g /dev/null
SELECT throws_ok('SELECT pg_temp.redeem(1)', 'LY708', NULL, 'whoever reads another mobile does not redeem');
SELECT pg_temp.sent('status_change', type => 'email', value => 'thief@example.com') \g /dev/null
SELECT pg_temp.entered('status_change') \g /dev/null
SELECT throws_ok(format($$SELECT loyalty.set_fraud_status('lagoon', %s, 'not_fraud', verification => %L)$$, :ann, current_setting('test.attempt')), 'LY708', NULL, 'nor sets a status by another e-mail');
SELECT pg_temp.sent('identifier_change', type => 'mobile', value => '+6591234777') \g /dev/null
SELECT pg_temp.entered('identifier_change') \g /dev/null
SELECT throws_ok(format($$SELECT loyalty.change_identifier('lagoon', %s, 'external_id', 'E-7', verification => %L)$$, :ann, current_setting('test.attempt')), 'LY708', NULL, 'nor changes the external id');
SELECT pg_temp.sent('identifier_change') \g /dev/null
SELECT pg_temp.entered('identifier_change') \g /dev/null
SELECT lives_ok(format($$SELECT loyalty.change_identifier('lagoon', %s, 'external_id', 'E-7', verification => %L)$$, :ann, current_setting('test.attempt')), 'which the own mobile does');
-- A code of one program is none of all of them.
SELECT pg_temp.sent('points_redemption', program => 'stars') \g /dev/null
SELECT pg_temp.entered('points_redemption') \g /dev/null
SELECT throws_ok($$SELECT pg_temp.redeem(1, program => 'ALL')$$, 'LY708', NULL, 'a proof of one program is none of all');

-- Required.
SELECT loyalty.set_verification_rules('lagoon', p, resend_seconds => 0, codes_per_day => 1000, proof_required => true) FROM unnest('{registration,points_redemption,points_transfer,identifier_change,status_change,card_issue}'::text[]) p \g /dev/null
SELECT throws_ok(call, 'LY710', NULL, name) FROM (VALUES
    (format('SELECT loyalty.redeem_points(''lagoon'', %s, 1)', :ann), 'points are not redeemed without a proof'),
    (format('SELECT loyalty.transfer_points(''lagoon'', %s, %s, 1)', :ann, :bob), 'nor transferred'),
    (format('SELECT loyalty.change_identifier(''lagoon'', %s, ''mobile'', ''+6591234500'')', :ann), 'an identifier does not change'),
    (format('SELECT loyalty.set_channel(''lagoon'', %s, ''line'', ''x'')', :ann), 'nor an address'),
    (format('SELECT loyalty.set_fraud_status(''lagoon'', %s, ''marked'')', :ann), 'nor a status'),
    (format('SELECT loyalty.issue_card(''lagoon'', %s, ''none'')', :ann), 'a card is not issued'),
    (format('SELECT loyalty.link_card(''lagoon'', %s, ''none'')', :ann), 'nor linked'),
    (format('SELECT loyalty.replace_card(''lagoon'', %s, ''none'')', :ann), 'nor replaced'),
    (format('SELECT loyalty.upsert_profile(''lagoon'', %s, ''INSTORE'', mobile => ''+6591234500'')', :ann), 'a profile changes no identifier'),
    (format('SELECT loyalty.upsert_profile(''lagoon'', %s, ''WEBSITE'', email => ''ann@example.com'')', :ann), 'nor adds one'),
    (format('SELECT loyalty.upsert_profile(''lagoon'', %s, ''WEBSITE'', cuid => ''c'')', :ann), 'nor a key of its source'),
    (format('SELECT loyalty.upsert_profile(''lagoon'', %s, ''INSTORE'', source_keys => ''[{"type": "line", "value": "l"}]'')', :ann), 'whichever'),
    (format('SELECT loyalty.upsert_profile(''lagoon'', %s, ''INSTORE'', channels => ''[{"type": "line", "value": "x"}]'')', :ann), 'nor an address'),
    (format('SELECT loyalty.release_identifier(''lagoon'', %s, ''email'')', :cat), 'none is given up'),
    ('SELECT loyalty.register_customer(''lagoon'', ''+6591234599'')', 'nobody registers'),
    ('SELECT loyalty.register_customer_json(''lagoon'', ''{"profiles": [{"identifiers": [{"type": "mobile", "value": "+6591234599"}]}]}'')', 'in no form')) c (call, name);
SELECT is((SELECT string_agg(error_code, ' ') FROM loyalty.redeem_points_batch('lagoon', ARRAY[jsonb_populate_record(NULL::loyalty.redeem_item, jsonb_build_object('customer_id', :ann, 'points', 1))], false)),
    'LY710', 'items of a batch are refused alike');
SELECT is((SELECT string_agg(redeemable::text, ' ') FROM loyalty.is_redeemable('lagoon', :ann, 1)), 'true', 'what a proof is needed for is redeemable');

SELECT lives_ok(format('SELECT loyalty.upsert_profile(''lagoon'', %s, ''INSTORE'', first_name => ''Ann'', mobile => ''+6591234567'')', :ann), 'a profile that changes no identifier needs none');
SELECT loyalty.set_verification_rules('lagoon', 'registration', resend_seconds => 0, codes_per_day => 1000) \g /dev/null
SELECT throws_ok('SELECT loyalty.register_customer(''lagoon'', ''+6591234567'', email => ''ann@example.com'')', 'LY710', NULL, 'registering again changes none either');
SELECT lives_ok('SELECT loyalty.register_customer(''lagoon'', ''+6591234567'')', 'and goes on without a change');
SELECT throws_ok('SELECT loyalty.register_customer_json(''lagoon'', ''{"profiles": [{"identifiers": [{"type": "mobile", "value": "+6591234567"}]}, {"source": "WEBSITE", "identifiers": [{"type": "email", "value": "ann@example.com"}]}]}'')', 'LY710', NULL,
    'nor does the second profile of a document');
SELECT lives_ok('SELECT loyalty.register_customer_json(''lagoon'', ''{"profiles": [{"identifiers": [{"type": "mobile", "value": "+6591234589"}]}, {"source": "WEBSITE", "identifiers": [{"type": "email", "value": "new@example.com"}]}]}'')',
    'who is new has nothing to lose');

-- Addresses, and their marks.
SELECT pg_temp.sent('identifier_change', type => 'mobile', value => '+6591234500') \g /dev/null
SELECT pg_temp.entered('identifier_change') \g /dev/null
SELECT throws_ok(format('SELECT loyalty.change_identifier(''lagoon'', %s, ''mobile'', ''+6591234501'', verification => %L)', :ann, current_setting('test.attempt')), 'LY708', NULL, 'a proof is of its address');
SELECT lives_ok(format('SELECT loyalty.change_identifier(''lagoon'', %s, ''mobile'', ''+6591234500'', verification => %L)', :ann, current_setting('test.attempt')), 'which it lets through');
SELECT is((SELECT string_agg(concat_ws(' ', identifier_value, verified_at AT TIME ZONE 'UTC'), ', ' ORDER BY held_until) FROM loyalty.customer_identifier_history
    WHERE customer_id = :ann AND identifier_type = 'mobile'), '+6591234567, +6591234500 2024-05-02 10:10:59', 'the new one is marked as verified, the old one never was');
SELECT pg_temp.sent('identifier_change', type => 'email', value => 'ann@example.com') \g /dev/null
SELECT pg_temp.entered('identifier_change', type => 'email', value => 'ann@example.com') \g /dev/null
SELECT lives_ok(format('SELECT loyalty.set_channel(''lagoon'', %s, ''email'', ''ann@example.com'', verification => %L)', :ann, current_setting('test.attempt')), 'an address of a channel');
SELECT is((SELECT concat_ws(' ', address, is_verified, verified_at AT TIME ZONE 'UTC') FROM loyalty.customer_channels), 'ann@example.com t 2024-05-02 10:10:59', 'is marked, too');
-- One proof for one address, through a profile as well.
SELECT pg_temp.sent('identifier_change', 'cat', type => 'mobile', value => '+6591234510') \g /dev/null
SELECT pg_temp.entered('identifier_change', 'cat', type => 'mobile', value => '+6591234510') \g /dev/null
SELECT throws_ok(format('SELECT loyalty.upsert_profile(''lagoon'', %s, ''INSTORE'', mobile => ''+6591234511'', verification => %L)', :cat, current_setting('test.attempt')), 'LY708', NULL, 'a profile with another address');
SELECT throws_ok(format('SELECT loyalty.upsert_profile(''lagoon'', %s, ''INSTORE'', mobile => ''+6591234510'', email => ''two@example.com'', verification => %L)', :cat, current_setting('test.attempt')), 'LY710', NULL, 'or with one more');
SELECT throws_ok(format('SELECT loyalty.upsert_profile(''lagoon'', %s, ''INSTORE'', mobile => ''+6591234510'', channels => ''[{"type": "email", "value": "two@example.com"}]'', verification => %L)', :cat, current_setting('test.attempt')), 'LY710', NULL, 'in whatever place');
SELECT lives_ok(format('SELECT loyalty.upsert_profile(''lagoon'', %s, ''INSTORE'', mobile => ''+6591234510'', verification => %L)', :cat, current_setting('test.attempt')), 'its own it lets through');
SELECT is((SELECT verified_at FROM loyalty.customer_identifier_history WHERE customer_id = :cat AND identifier_value = '+6591234510'), '2024-05-02 10:10:59+00', 'and marks it');
SELECT pg_temp.sent('identifier_change', 'cat') \g /dev/null
SELECT pg_temp.entered('identifier_change', 'cat') \g /dev/null
SELECT lives_ok(format('SELECT loyalty.release_identifier(''lagoon'', %s, ''email'', verification => %L)', :cat, current_setting('test.attempt')), 'an identifier is given up with a proof of the customer');
-- A code alone marks, too: what the customer has.
SELECT pg_temp.sent('status_change', 'bob') \g /dev/null
SELECT pg_temp.entered('status_change', 'bob') \g /dev/null
SELECT is((SELECT verified FROM loyalty.verify_code('lagoon', current_setting('test.attempt')::uuid)), true, 'a right code');
SELECT is((SELECT verified_at FROM loyalty.customer_identifier_history WHERE customer_id = :bob), '2024-05-02 10:10:59+00', 'marks the mobile that it went to');
SELECT lives_ok(format('SELECT loyalty.set_fraud_status(''lagoon'', %s, ''marked'', verification => %L)', :bob, current_setting('test.attempt')), 'and is a proof still');

-- A guess of long ago is right for ever, and marks nothing any more: another mobile may have been there between.
SELECT pg_temp.sent('card_issue', 'bob') \g /dev/null
SELECT pg_temp.entered('card_issue', 'bob') \g /dev/null
UPDATE loyalty_data.customer_identifier SET verified_at = NULL WHERE customer_id = :bob;
SET loyalty.clock = '2024-05-02 10:15:59+00';
SELECT is((SELECT verified FROM loyalty.verify_code('lagoon', current_setting('test.attempt')::uuid)), true, 'a right guess is right when its time as a proof is over');
SELECT is((SELECT verified_at FROM loyalty.customer_identifier_history WHERE customer_id = :bob), NULL, 'and marks nothing then');
SET loyalty.clock = '2024-05-02 10:10:59+00';

-- Other calls that do the same are refused, too, where a proof is required and they have none.
SELECT loyalty.set_verification_rules('lagoon', 'registration', resend_seconds => 0, codes_per_day => 1000) \g /dev/null
SELECT throws_ok(call, 'LY710', NULL, name) FROM (VALUES
    (format('SELECT loyalty.upsert_profile(''lagoon'', %s, ''INSTORE'', mobile => ''+6591234888'')', :bob), 'a profile does not change a mobile'),
    (format('SELECT loyalty.upsert_profile(''lagoon'', %s, ''INSTORE'', email => ''thief@example.com'')', :bob), 'nor brings an e-mail'),
    (format($$SELECT loyalty.upsert_profile('lagoon', %s, 'INSTORE', channels => '[{"type": "email", "value": "thief@example.com", "primary": true}]')$$, :bob), 'nor an address'),
    ('SELECT loyalty.register_customer_json(''lagoon'', ''{"profiles": [{"identifiers": [{"type": "mobile", "value": "+6591234568"}]}, {"source": "INSTORE", "identifiers": [{"type": "email", "value": "thief@example.com"}]}]}'')', 'nor does a document'),
    ('SELECT loyalty.register_customer(''lagoon'', ''+6591234568'', email => ''thief@example.com'')', 'nor does somebody who registers again')) c (call, name);
SELECT lives_ok(format('SELECT loyalty.upsert_profile(''lagoon'', %s, ''INSTORE'', first_name => ''Bob'', mobile => ''+6591234568'')', :bob), 'what does not change needs no proof');
SELECT lives_ok('SELECT loyalty.register_customer(''lagoon'', ''+6591234568'')', 'nor does a registration that changes nothing');
SELECT loyalty.set_verification_rules('lagoon', 'registration', resend_seconds => 0, codes_per_day => 1000, proof_required => true),
    loyalty.create_card_series('lagoon', 'paper', 'Paper') \g /dev/null
SELECT loyalty.set_config('lagoon', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'true'), loyalty.generate_cards('lagoon', 'paper', 1) \g /dev/null
SELECT throws_ok(format('SELECT loyalty.link_card(''lagoon'', %s, %L)', :bob, (SELECT max(card_number) FROM loyalty_data.card)), 'LY710', NULL, 'a card of the stock is not issued by a link');

-- A registration: of an address that nobody has.
SELECT pg_temp.sent('registration', 'nobody', type => 'mobile', value => '91234599') \g /dev/null
SELECT pg_temp.entered('registration', 'nobody', type => 'mobile', value => '91234599') \g /dev/null
SELECT throws_ok(format('SELECT loyalty.register_customer(''lagoon'', ''+6591234598'', verification => %L)', current_setting('test.attempt')), 'LY708', NULL, 'somebody else cannot register with it');
SELECT is((SELECT outcome FROM loyalty.register_customer('lagoon', '+6591234599', verification => current_setting('test.attempt')::uuid)), 'created', 'who has it can');
SELECT is((SELECT h.verified_at FROM loyalty.customer_identifier_history h WHERE identifier_value = '+6591234599'), '2024-05-02 10:10:59+00', 'and the mobile is marked');
SELECT throws_ok(format('SELECT loyalty.register_customer(''lagoon'', ''+6591234599'', verification => %L)', current_setting('test.attempt')), 'LY707', NULL, 'once');

-- Of somebody who is registered it lets its own address through, and no other one; what is no address where the customer had that before.
SELECT pg_temp.sent('registration', 'nobody', type => 'email', value => 'thief@example.com') \g /dev/null
SELECT pg_temp.entered('registration', 'nobody', type => 'email', value => 'thief@example.com') \g /dev/null
SELECT throws_ok(format('SELECT loyalty.register_customer(''lagoon'', ''+6591234599'', email => ''thief@example.com'', external_id => ''T-1'', verification => %L)', current_setting('test.attempt')), 'LY710', NULL,
    'who proves a new address does not bring an external id with it');
SELECT is((SELECT outcome FROM loyalty.register_customer('lagoon', '+6591234599', email => 'thief@example.com', verification => current_setting('test.attempt')::uuid)), 'updated', 'but the address');
SELECT pg_temp.sent('registration', 'nobody', type => 'mobile', value => '91234599') \g /dev/null
SELECT pg_temp.entered('registration', 'nobody', type => 'mobile', value => '91234599') \g /dev/null
SELECT loyalty.set_config('lagoon', 'CONF_ALLOW_EMAIL_UPDATE', 'true') \g /dev/null
SELECT throws_ok(format('SELECT loyalty.register_customer(''lagoon'', ''+6591234599'', email => ''other@example.com'', verification => %L)', current_setting('test.attempt')), 'LY710', NULL,
    'a proof of one address lets no other one through');
SELECT is((SELECT outcome FROM loyalty.register_customer('lagoon', '+6591234599', external_id => 'T-1', verification => current_setting('test.attempt')::uuid)), 'updated', 'what is no address comes with one that the customer had');

-- Every way in which a card comes into somebody's hands needs the proof.
SELECT loyalty.create_card_series('lagoon', 'plastic', 'Plastic', prefix => '77'), loyalty.set_config('lagoon', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'true') \g /dev/null
SELECT loyalty.set_verification_rules('lagoon', 'card_issue') \g /dev/null
SELECT card_number AS card FROM loyalty.issue_card('lagoon', :ann, 'plastic') \gset
SELECT card_number AS back FROM loyalty.issue_card('lagoon', :ann, 'plastic') \gset
SELECT loyalty.unlink_card('lagoon', :'back'), loyalty.set_verification_rules('lagoon', 'card_issue', resend_seconds => 0, codes_per_day => 1000, proof_required => true) \g /dev/null
SELECT throws_ok(format(call, :ann, :'card', :'back'), 'LY710', NULL, name) FROM (VALUES
    ('SELECT loyalty.link_card(''lagoon'', %1$s, %3$L)', 'a card that was handed back is not linked without one'),
    ('SELECT loyalty.replace_card(''lagoon'', %1$s, %2$L)', 'nor is a card replaced'),
    ('SELECT loyalty.issue_card(''lagoon'', %1$s, ''plastic'')', 'nor issued')) c (call, name);

-- The single view shows marks; who says by hand that an address is not verified takes the time away, too.
SELECT is((SELECT string_agg(concat_ws(' ', i ->> 'type', i ->> 'verified', i ->> 'verified_at'), ', ' ORDER BY i ->> 'type') FROM jsonb_array_elements(loyalty.customer_single_view('lagoon', :cat) -> 'identifiers') i),
    'mobile true 2024-05-02T10:10:59+00:00', 'the single view has it of identifiers');
SELECT is((SELECT string_agg(concat_ws(' ', c ->> 'channel', c ->> 'verified', c ->> 'verified_at'), ', ') FROM jsonb_array_elements(loyalty.customer_single_view('lagoon', :ann) -> 'channels') c),
    'email true 2024-05-02T10:10:59+00:00', 'and of channels');
SELECT loyalty.set_verification_rules('lagoon', 'identifier_change', resend_seconds => 0, codes_per_day => 1000) \g /dev/null
SELECT loyalty.set_channel('lagoon', :ann, 'email', 'ann@example.com', is_primary => true) \g /dev/null
SELECT is((SELECT concat_ws(' ', is_verified, verified_at AT TIME ZONE 'UTC') FROM loyalty.customer_channels WHERE customer_id = :ann), 't 2024-05-02 10:10:59', 'who says nothing of it leaves it');
SELECT loyalty.set_channel('lagoon', :ann, 'email', 'ann@example.com', is_verified => false) \g /dev/null
SELECT is((SELECT concat_ws(' ', is_verified, verified_at AT TIME ZONE 'UTC') FROM loyalty.customer_channels WHERE customer_id = :ann), 'f', 'who says no ends it');

-- A merge: what the victim has proved is the survivor's then, the survivor's own stays as it was.
SELECT loyalty.set_verification_rules('lagoon', 'registration') \g /dev/null
SELECT (loyalty.register_customer('lagoon', '+6591234570')).customer_id AS eve, (loyalty.register_customer('lagoon', '+6591234571', email => 'eva@example.com')).customer_id AS eva \gset
SELECT set_config('test.eva', :'eva', false), set_config('test.eve', :'eve', false), loyalty.set_channel('lagoon', :eva, 'email', 'eva@example.com') \g /dev/null
SELECT pg_temp.sent('generic', 'eva', type => 'email', value => 'eva@example.com') \g /dev/null
SELECT pg_temp.entered('generic', 'eva', type => 'email', value => 'eva@example.com') \g /dev/null
SELECT loyalty.verify_code('lagoon', current_setting('test.attempt')::uuid) \g /dev/null
SET loyalty.clock = '2024-05-02 10:11:00+00';
SELECT loyalty.merge_customers('lagoon', :eve, :eva) \g /dev/null
SELECT is((SELECT string_agg(concat_ws(' ', identifier_type, verified_at AT TIME ZONE 'UTC'), ', ' ORDER BY identifier_type) FROM loyalty.customer_identifier_history
    WHERE customer_id = :eve AND held_until IS NULL), 'email 2024-05-02 10:10:59, mobile', 'a merge keeps the mark of an identifier that it takes');
SELECT is((SELECT concat_ws(' ', is_verified, verified_at AT TIME ZONE 'UTC') FROM loyalty.customer_channels WHERE customer_id = :eve), 't 2024-05-02 10:10:59', 'and of an address');

-- A transfer, and a merge between: the proof goes with the customer, and so do blocks.
SELECT pg_temp.sent('points_transfer', amount => 10) \g /dev/null
SELECT pg_temp.entered('points_transfer') \g /dev/null
SELECT is((SELECT points::int FROM loyalty.transfer_points('lagoon', :ann, :bob, 10, verification => current_setting('test.attempt')::uuid)), 10, 'a transfer');
SELECT pg_temp.sent('card_issue', 'bob') \g /dev/null
SELECT pg_temp.entered('card_issue', 'bob', wrong => true) \g /dev/null
SELECT pg_temp.entered('card_issue', 'bob', wrong => true) \g /dev/null
SELECT pg_temp.entered('card_issue', 'bob', wrong => true) \g /dev/null
SELECT pg_temp.sent('points_redemption', 'bob') \g /dev/null
SELECT pg_temp.entered('points_redemption', 'bob', wrong => true) \g /dev/null
SELECT pg_temp.entered('points_redemption', 'bob', wrong => true) \g /dev/null
SELECT loyalty.set_verification_rules('lagoon', 'status_change') \g /dev/null
SELECT loyalty.merge_customers('lagoon', :ann, :bob) \g /dev/null
SELECT throws_ok('SELECT pg_temp.sent(''card_issue'')', 'LY704', NULL, 'who was merged brings the block along');
SELECT loyalty.unblock_verification('lagoon', 'card_issue', :ann) \g /dev/null
SELECT lives_ok('SELECT pg_temp.sent(''card_issue'')', 'until it is ended by hand');
SELECT pg_temp.sent('points_redemption') \g /dev/null
SELECT is((SELECT attempts_left FROM loyalty.enter_code('lagoon', 'points_redemption', 'x', :ann)), 0, 'and wrong guesses: two there leave one here');
SELECT throws_ok('SELECT pg_temp.entered(''points_redemption'')', 'LY704', NULL, 'which blocks');
-- A status that a registration gives to somebody who is registered is a change like another one.
SELECT loyalty.enable_customer_status('lagoon'), loyalty.create_status_label('lagoon', 'pending_deletion', 'Hold'), loyalty.set_verification_rules('lagoon', 'registration'),
    loyalty.set_verification_rules('lagoon', 'status_change', proof_required => true) \g /dev/null
SELECT throws_ok('SELECT loyalty.register_customer(''lagoon'', ''+6591234500'', status_label => ''Hold'')', 'LY710', NULL, 'a registration sets no status without a proof');
SELECT lives_ok('SELECT loyalty.register_customer(''lagoon'', ''+6591234511'', status_label => ''Hold'')', 'but that of somebody new');
-- The guard of statuses, which status_matrix.sql asks about the other calls: this one needs a guess that is committed.
SELECT pg_temp.entered('card_issue', wrong => true) \g /dev/null
SELECT is((SELECT verified FROM loyalty.verify_code('lagoon', current_setting('test.attempt')::uuid)), false, 'a guess is judged');
SELECT loyalty.set_verification_rules('lagoon', 'status_change') \g /dev/null
SELECT loyalty.set_restriction('lagoon', 'block_everything', '{Hold}') \g /dev/null
SELECT loyalty.set_customer_status('lagoon', :ann, 'Hold') \g /dev/null
SELECT throws_ok(format('SELECT loyalty.verify_code(''lagoon'', %L)', current_setting('test.attempt')), 'LY201', NULL, 'but not to somebody who is blocked');
SELECT * FROM finish();
