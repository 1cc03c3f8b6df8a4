-- What calls about change requests refuse, with its SQLSTATE; that a refused call writes nothing and says nothing of a person; who
-- may call what.
BEGIN;
SELECT no_plan();
SET LOCAL TimeZone = 'UTC';
SET LOCAL client_min_messages = error;
SET LOCAL loyalty.clock = '2024-05-10 10:00+08';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
\ir ../fixtures/desks.sql
SELECT pg_temp.new_org('other', country => 'SG');
SELECT pg_temp.customer('other', mobile => '81234567') AS far,
    pg_temp.customer('lagoon', mobile => '80000001', loyalty_type => 'non_loyalty') AS guest \gset
-- No message says a mobile.
SET LOCAL test.secret = '1234567';
CREATE FUNCTION pg_temp.refuses(arguments text, expected text, name text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.refused('loyalty.submit_change_request(''lagoon'', ' || arguments || ')', expected, name) $$;
CREATE TEMP TABLE who AS SELECT :ann AS ann, :bob AS bob, :cat AS cat, :far AS far, :guest AS guest;

-- ---------------------------------------------------------------- submitting

SELECT pg_temp.refuses(format(call, ann, bob, far, guest), expected, call) FROM who, (VALUES
    ('NULL, %1$s', 'LY001'), ($$'', %1$s$$, 'LY001'), ($$'phone', %1$s$$, 'LY601'), ($$repeat('x', 10000000), %1$s$$, 'LY002'),
    ($$'goodwill_coupon', %1$s$$, 'LY601'),
    ($$'mobile', new_value => '91234568'$$, 'LY001'), ($$'mobile', 0, new_value => '91234568'$$, 'LY107'),
    ($$'mobile', 9223372036854775807, new_value => '91234568'$$, 'LY107'), ($$'mobile', %3$s, new_value => '91234568'$$, 'LY107'),
    ($$'mobile', %1$s$$, 'LY001'), ($$'mobile', %1$s, new_value => ''$$, 'LY001'), ($$'mobile', %1$s, new_value => '12'$$, 'LY102'),
    ($$'email', %1$s, new_value => 'x'$$, 'LY103'), ($$'external_id', %1$s, new_value => E'a\nb'$$, 'LY104'),
    ($$'email', %1$s, new_value => repeat('x', 1000000)$$, 'LY002'), ($$'external_id', %4$s, new_value => 'E-1'$$, 'LY003'),
    ($$'mobile', %1$s, old_value => '12', new_value => '91234568'$$, 'LY102'),
    ($$'mobile', %1$s, new_value => '92222222'$$, 'LY113'), ($$'mobile', %1$s, new_value => '+6591234567'$$, 'LY607'),
    ($$'mobile', %1$s, '92222222', '91234568'$$, 'LY606'),
    ($$'mobile', %1$s, new_value => '91234568', payload => '{}'$$, 'LY003'), ($$'mobile', %1$s, new_value => '91234568', target_id => 1$$, 'LY003'),
    ($$'mobile', %1$s, new_value => '91234568', existing => '91234567'$$, 'LY003'), ($$'mobile', existing => '95555555', new_value => '91234568'$$, 'LY107'),
    ($$'mobile', %1$s, new_value => '91234568', origin => 'fax'$$, 'LY003'), ($$'mobile', %1$s, new_value => '91234568', till => 'x'$$, 'LY006'),
    ($$'mobile', %1$s, new_value => '91234568', source => 'x'$$, 'LY008'), ($$'mobile', %1$s, new_value => '91234568', reason => repeat('x', 1001)$$, 'LY002'),
    ($$'mobile', %1$s, new_value => '91234568', actor => repeat('x', 201)$$, 'LY002'),
    ($$'mobile', %1$s, new_value => '91234568', idempotency_key => repeat('x', 201)$$, 'LY002'),
    ($$'account_merge', %1$s$$, 'LY001'), ($$'account_merge', %1$s, target_id => %1$s$$, 'LY501'), ($$'account_merge', %1$s, target_id => %3$s$$, 'LY107'),
    ($$'account_merge', %1$s, target_id => %2$s, new_value => 'x'$$, 'LY003'), ($$'account_merge', existing => 'E-ANN', requested_to => 'E-NOBODY'$$, 'LY107'),
    ($$'account_merge', existing => 'E-ANN', requested_to => 'E-BOB', target_id => %2$s$$, 'LY003'),
    ($$'mobile_reallocation', %1$s$$, 'LY001'), ($$'mobile_reallocation', %1$s, '91234567', target_id => %1$s$$, 'LY607'),
    ($$'mobile_reallocation', %1$s, '92222222'$$, 'LY606'), ($$'mobile_reallocation', %1$s, '91234567', '92222222'$$, 'LY113'),
    ($$'mobile_reallocation', %4$s, '80000001'$$, 'LY607'), ($$'mobile_reallocation', %1$s, '91234567', target_id => 0$$, 'LY107'),
    ($$'edit_profile', %1$s, payload => '{}'$$, 'LY607'),
    ($$'goodwill_points', %1$s$$, 'LY001'), ($$'goodwill_points', %1$s, payload => '[]'$$, 'LY124'), ($$'goodwill_points', %1$s, payload => '{}'$$, 'LY001'),
    ($$'goodwill_points', %1$s, payload => '{"points": "many"}'$$, 'LY124'), ($$'goodwill_points', %1$s, payload => '{"points": -1}'$$, 'LY401'),
    ($$'goodwill_points', %1$s, payload => '{"points": "NaN"}'$$, 'LY402'), ($$'goodwill_points', %1$s, payload => '{"points": 0.5}'$$, 'LY403'),
    ($$'goodwill_points', %1$s, payload => '{"points": 1e300}'$$, 'LY404'), ($$'goodwill_points', %1$s, payload => '{"points": {"a": 1}}'$$, 'LY124'),
    ($$'goodwill_points', %1$s, payload => '{"points": 1, "event_name": "points_award"}'$$, 'LY124'),
    ($$'goodwill_points', %1$s, payload => '{"points": 1, "program": "x"}'$$, 'LY007'), ($$'goodwill_points', %1$s, payload => '{"points": 1, "program": 1}'$$, 'LY124'),
    ($$'goodwill_points', %1$s, payload => '{"points": 1, "card_number": "1"}'$$, 'LY306'), ($$'goodwill_points', %1$s, new_value => '1', payload => '{"points": 1}'$$, 'LY003'),
    ($$'goodwill_points', existing => 'E-ANN', requested_to => 'E-BOB', payload => '{"points": 1}'$$, 'LY003'),
    ($$'edit_profile', %1$s$$, 'LY001'), ($$'edit_profile', %1$s, payload => '{"mobile": "1"}'$$, 'LY124'), ($$'edit_profile', %1$s, payload => '{"fields": {"x": "1"}}'$$, 'LY121'),
    ($$'edit_profile', %1$s, payload => '{"fields": {"birth_date": "x"}}'$$, 'LY122'), ($$'edit_profile', %1$s, payload => '{"base_till": "x"}'$$, 'LY006'),
    ($$'edit_profile', %1$s, payload => '{"first_name": 7}'$$, 'LY124'),
    ($$'retro_transaction', %1$s$$, 'LY001'), ($$'retro_transaction', %1$s, payload => '{"transaction_number": "N", "amount": 1}'$$, 'LY001'),
    ($$'retro_transaction', %1$s, payload => '{"amount": 1, "event_time": "2024-05-09"}'$$, 'LY001'),
    ($$'retro_transaction', %1$s, payload => '{"transaction_number": "N", "amount": -1, "event_time": "2024-05-09"}'$$, 'LY413'),
    ($$'retro_transaction', %1$s, payload => '{"transaction_number": "N", "amount": 1, "event_time": "yesterday"}'$$, 'LY124'),
    ($$'retro_transaction', %1$s, payload => '{"transaction_number": "N", "amount": 1, "event_time": "infinity"}'$$, 'LY124'),
    ($$'retro_transaction', %1$s, payload => '{"transaction_number": "N", "amount": 1, "event_time": "9999-12-31"}'$$, 'LY607'),
    ($$'retro_transaction', %1$s, payload => '{"transaction_number": "N", "amount": 1, "event_time": "1900-01-02"}'$$, 'LY607'),
    ($$'retro_transaction', %1$s, payload => '{"transaction_number": "N", "amount": 1, "customer_id": 1, "event_time": "2024-05-09"}'$$, 'LY124'),
    ($$'retro_transaction', %1$s, payload => '{"transaction_number": "N", "amount": 1, "line_items": [{"x": 1}], "event_time": "2024-05-09"}'$$, 'LY414'),
    ($$'delete_account'$$, 'LY001'), ($$'delete_account', %3$s$$, 'LY107')) c (call, expected);
SELECT loyalty.add_transaction('lagoon', :bob, 'N1', 5) \g /dev/null
SELECT pg_temp.refuses(format($$'retro_transaction', %s, payload => '{"transaction_number": "N1", "amount": 1, "event_time": "2024-05-09"}'$$, :ann), 'LY410', 'a number that a bill has');

-- Claims: one of a type and customer, one of a new value.
SELECT request_id AS mail FROM loyalty.submit_change_request('lagoon', 'email', :ann, new_value => 'New@Example.com', idempotency_key => 'k') \gset
SELECT pg_temp.refuses(format($$'email', %s, new_value => 'another@example.com'$$, :ann), 'LY604', 'a second one of a customer');
SELECT pg_temp.refuses(format($$'email', %s, new_value => 'new@example.COM'$$, :bob), 'LY604', 'the same new value of another');
SELECT pg_temp.refuses(format($$'email', %s, new_value => 'New@Example.com', idempotency_key => 'k'$$, :bob), 'LY020', 'the key of another');
SELECT is((SELECT request_id FROM loyalty.submit_change_request('lagoon', 'mobile', :ann, new_value => '90000009')) > 0, true, 'another type may wait');
SELECT pg_temp.refuses(format($$'mobile_reallocation', %s, '92222222', '90000009'$$, :bob), 'LY604', 'a mobile that is asked for in another way');

-- The status: the restriction on identifiers and merges, and those on points.
SELECT loyalty.enable_customer_status('lagoon'), loyalty.create_status_label('lagoon', 'suspended', 'Fixed'), loyalty.create_status_label('lagoon', 'suspended', 'Poor') \g /dev/null
SELECT loyalty.set_restriction('lagoon', 'block_identifier_change_and_merge', '{Fixed}'), loyalty.set_restriction('lagoon', 'block_points_allocation', '{Poor}');
SELECT loyalty.set_customer_status('lagoon', :cat, 'Fixed');
SELECT pg_temp.refuses(format(call, cat, bob), expected, 'status: ' || call) FROM who, (VALUES
    ($$'mobile', %1$s, new_value => '91234568'$$, 'LY201'), ($$'email', %1$s, new_value => 'c@example.com'$$, 'LY201'),
    ($$'external_id', %1$s, new_value => 'E-2'$$, 'LY201'), ($$'mobile_reallocation', %1$s, '93333333'$$, 'LY201'),
    ($$'account_merge', %1$s, target_id => %2$s$$, 'LY506'), ($$'account_merge', %2$s, target_id => %1$s$$, 'LY506'),
    ($$'mobile_reallocation', %2$s, '92222222', '91234599', target_id => %1$s$$, 'LY606')) c (call, expected);
SELECT is((SELECT request_id FROM loyalty.submit_change_request('lagoon', 'goodwill_points', :cat, payload => '{"points": 1}')) > 0, true, 'points are not restricted');
SELECT loyalty.set_customer_status('lagoon', :cat, 'Poor');
SELECT pg_temp.refuses(format($$'goodwill_points', %s, payload => '{"points": 2}'$$, :cat), 'LY201', 'now they are');

-- ---------------------------------------------------------------- deciding

SELECT pg_temp.refused(format('loyalty.%s(%L, %s)', c, o, r), e, format('%s of %s in %s', c, r, o)) FROM
    (VALUES ('approve_change_request', ''), ('check_change_request', ''), ('withdraw_change_request', '')) f (c, x),
    (VALUES (NULL, '1', 'LY001'), ('nowhere', '1', 'LY004'), ('lagoon', 'NULL', 'LY001'), ('lagoon', '0', 'LY602'), ('lagoon', '9223372036854775807', 'LY602'),
        ('other', :'mail', 'LY602')) a (o, r, e);
SELECT pg_temp.refused(format($$loyalty.decline_change_request('lagoon', %s, NULL)$$, :mail), 'LY001', 'declined without a reason');
SELECT pg_temp.refused(format($$loyalty.decline_change_request('lagoon', %s, ' ')$$, :mail), 'LY001', 'or with none to be seen');
SELECT pg_temp.refused($$loyalty.decline_change_request('lagoon', 0, 'x')$$, 'LY602', 'one that is not there');
SELECT pg_temp.refused(format($$loyalty.approve_change_request('lagoon', %s)$$, :mail), 'LY605', 'who asked approves nothing');
SET LOCAL ROLE desk_b;
SELECT pg_temp.refused(format($$loyalty.withdraw_change_request('lagoon', %s)$$, :mail), 'LY607', 'who did not ask withdraws nothing');
SELECT loyalty.decline_change_request('lagoon', :mail, 'no');
SELECT pg_temp.refused(format($$loyalty.%s('lagoon', %s%s)$$, c, :mail, a), 'LY603', c || ' of one that was declined') FROM (VALUES
    ('approve_change_request', ''), ('check_change_request', ''), ('decline_change_request', $$, 'x'$$), ('withdraw_change_request', '')) f (c, a);
RESET ROLE;

-- ---------------------------------------------------------------- one step

SELECT pg_temp.refused(format($$loyalty.one_step_change('lagoon', %s)$$, call), expected, 'one step: ' || call) FROM (VALUES
    ($$'goodwill_points', 'E-ANN', '5'$$, 'LY601'), ($$'delete_account', 'E-ANN', '5'$$, 'LY601'), ($$'mobile_reallocation', '91234567', 'E-BOB'$$, 'LY601'),
    ($$NULL, '91234567', '91234568'$$, 'LY001'), ($$'mobile', NULL, '91234568'$$, 'LY001'), ($$'mobile', '91234567', NULL$$, 'LY001'),
    ($$'mobile', '95555555', '91234568'$$, 'LY107'), ($$'mobile', '91234567', '92222222'$$, 'LY113'), ($$'mobile', '91234567', 'x'$$, 'LY102'),
    ($$'account_merge', 'E-ANN', 'E-ANN'$$, 'LY501'), ($$'account_merge', 'E-ANN', repeat('x', 1000000)$$, 'LY002')) c (call, expected);

-- ---------------------------------------------------------------- who may

SELECT throws_ok(format($$SELECT loyalty.%s$$, call), '42501', NULL, role || ': ' || call) FROM (VALUES
    ('loyalty_pos', 'approve_change_request(''lagoon'', 1)'), ('loyalty_pos', 'check_change_request(''lagoon'', 1)'),
    ('loyalty_pos', 'decline_change_request(''lagoon'', 1, ''x'')'), ('loyalty_agent', 'one_step_change(''lagoon'', ''mobile'', ''1'', ''2'')'),
    ('loyalty_agent', 'decline_change_request(''lagoon'', 1, ''x'')'), ('loyalty_analyst', 'submit_change_request(''lagoon'', ''mobile'', 1)'),
    ('loyalty_analyst', 'withdraw_change_request(''lagoon'', 1)')) c (role, call), LATERAL set_config('role', role, true);
RESET ROLE;
SELECT is(pg_temp.proved(), 'proved', 'the books are right');

SELECT * FROM finish();
ROLLBACK;
