-- Proofs: a right guess is good for one operation of its purpose, customer, address, amount and program, and for a time; used up in the
-- operation's transaction. Example 20 of the design, to the second. A guess is judged by a later transaction, so each statement commits.
SELECT no_plan();
SET loyalty.clock = '2024-05-02 10:00:00+00';
\ir ../fixtures/orgs.sql
SELECT pg_temp.new_org('lagoon', 'stars', country => 'SG', zone => 'UTC') \g /dev/null
SELECT loyalty.create_program('lagoon', 'fuel', 'Fuel'), loyalty.set_config('lagoon', 'CONF_ALLOW_MOBILE_UPDATE', 'true'),
    loyalty.create_sender('lagoon', 'LAGOON', 'mobile', is_default => true), loyalty.create_sender('lagoon', 'codes@example.com', 'email', is_default => true) \g /dev/null
SELECT pg_temp.customer('lagoon', mobile => '+6591234567') AS ann, pg_temp.customer('lagoon', mobile => '+6591234568') AS bob \gset
SELECT set_config('test.ann', :'ann', false), set_config('test.bob', :'bob', false) \g /dev/null
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
    ('SELECT loyalty.register_customer(''lagoon'', ''+6591234599'')', 'nobody registers'),
    ('SELECT loyalty.register_customer_json(''lagoon'', ''{"profiles": [{"identifiers": [{"type": "mobile", "value": "+6591234599"}]}]}'')', 'in no form')) c (call, name);
SELECT is((SELECT string_agg(error_code, ' ') FROM loyalty.redeem_points_batch('lagoon', ARRAY[jsonb_populate_record(NULL::loyalty.redeem_item, jsonb_build_object('customer_id', :ann, 'points', 1))], false)),
    'LY710', 'items of a batch are refused alike');
SELECT is((SELECT string_agg(redeemable::text, ' ') FROM loyalty.is_redeemable('lagoon', :ann, 1)), 'true', 'what a proof is needed for is redeemable');

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

-- Other calls that do the same: they take no proof, so they are refused where one is required.
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
SELECT * FROM finish();
