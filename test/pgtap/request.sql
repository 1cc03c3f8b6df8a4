-- Change requests of each type, from the asking to the effect, with the numbers of the worked examples: 1 (a mobile), 2 (a stale
-- request), 4 (goodwill), 10 (a reallocation), 12 (an ambiguous value). What calls refuse is in request_errors.sql.
BEGIN;
SELECT no_plan();
SET LOCAL TimeZone = 'Asia/Singapore';
SET LOCAL client_min_messages = error;
SET LOCAL loyalty.clock = '2024-05-10 10:00+08';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
\ir ../fixtures/desks.sql

-- ---------------------------------------------------------------- example 1: a mobile

SET LOCAL ROLE desk_a;
SELECT request_id AS mobile, status, warnings FROM loyalty.submit_change_request('lagoon', 'mobile', :ann, '+6591234567', '+6598765432',
    origin => 'member_care', reason => 'lost her phone', actor => 'amy', idempotency_key => 'm1') \gset
SELECT is(:'status'::text, 'pending', 'a request waits');
SELECT is(loyalty.find_customer('lagoon', 'mobile', '91234567'), :ann::int8, 'and changes nothing');
SELECT is((SELECT request_id FROM loyalty.submit_change_request('lagoon', 'mobile', :ann, '+6591234567', '+6598765432',
    origin => 'member_care', reason => 'lost her phone', actor => 'amy', idempotency_key => 'm1')), :mobile::int8, 'a repeat gets the first answer');
SELECT pg_temp.refused(format($$loyalty.submit_change_request('lagoon', 'mobile', %s, '+6591234567', '+6598765433', origin => 'member_care',
    reason => 'lost her phone', actor => 'amy', idempotency_key => 'm1')$$, :ann), 'LY020', 'another request under the key');
SELECT throws_ok(format($$SELECT loyalty.approve_change_request('lagoon', %s)$$, :mobile), '42501', NULL, 'an agent decides about nothing');
RESET ROLE;
SET LOCAL loyalty.clock = '2024-05-10 10:30+08';
SET LOCAL ROLE desk_b;
SELECT results_eq(format($$SELECT passes, changed FROM loyalty.check_change_request('lagoon', %s)$$, :mobile), $$VALUES (true, '{}'::text[])$$,
    'all that it relies on is as it was');
SELECT results_eq(format($$SELECT status, result_id FROM loyalty.approve_change_request('lagoon', %s, actor => 'bea')$$, :mobile),
    $$VALUES ('approved', NULL::int8)$$, 'another role approves it');
RESET ROLE;
SELECT is(loyalty.find_customer('lagoon', 'mobile', '91234567'), NULL::int8, 'the old mobile finds nobody');
SELECT is(loyalty.find_customer('lagoon', 'mobile', '98765432'), :ann::int8, 'the new one finds Ann');
SELECT is((SELECT held_until FROM loyalty_data.customer_identifier WHERE identifier_value = '+6591234567'), '2024-05-10 10:30+08'::timestamptz,
    'the old one was held until the approval');
SELECT is(pg_temp.state(:mobile), 'a sa 0', 'its log, and no claims');
SELECT is((SELECT request_id || status FROM loyalty.submit_change_request('lagoon', 'mobile', :ann, '+6591234567', '+6598765432',
    origin => 'member_care', reason => 'lost her phone', actor => 'amy', idempotency_key => 'm1')), :mobile || 'pending',
    'a repeat after the decision still gets the first answer');

-- ---------------------------------------------------------------- example 2: a stale request

SET LOCAL ROLE desk_a;
SELECT request_id AS stale FROM loyalty.submit_change_request('lagoon', 'mobile', :bob, '+6592222222', '+6598888888') \gset
SET LOCAL ROLE desk_b;
SELECT request_id AS one_step FROM loyalty.one_step_change('lagoon', 'mobile', '+6592222222', '+6590000001') \gset
SELECT is(loyalty.find_customer('lagoon', 'mobile', '+6590000001'), :bob::int8, 'one step changes it at once');
SELECT results_eq(format($$SELECT passes, changed FROM loyalty.check_change_request('lagoon', %s)$$, :stale),
    $$VALUES (false, '{old_value}'::text[])$$, 'the check says what changed');
SELECT is((pg_temp.refusal(format($$loyalty.approve_change_request('lagoon', %s)$$, :stale))).detail, 'Changed: old_value.', 'and so does the approval');
RESET ROLE;
SELECT is(pg_temp.state(:stale), 'p s 2', 'the request is as it was');
SELECT is(pg_temp.state(:one_step), 'a sa 0', 'the step is kept as a request');
SET LOCAL ROLE desk_a;
SELECT pg_temp.refused(format($$loyalty.submit_change_request('lagoon', 'mobile', %s, '+6590000001', '+6598888888')$$, :bob), 'LY604', 'anew, while it waits');
SET LOCAL ROLE desk_b;
SELECT loyalty.decline_change_request('lagoon', :stale, 'out of date');
SET LOCAL ROLE desk_a;
SELECT isnt((SELECT request_id FROM loyalty.submit_change_request('lagoon', 'mobile', :bob, '+6590000001', '+6598888888')), NULL, 'and once it is declined');
RESET ROLE;
SELECT is(pg_temp.state(:stale), 'd sd 0', 'declined');

-- ---------------------------------------------------------------- example 4: goodwill

SELECT loyalty.earn_points('lagoon', :ann, 100) \g /dev/null
SET LOCAL ROLE desk_a;
SELECT request_id AS gift FROM loyalty.submit_change_request('lagoon', 'goodwill_points', :ann, payload => '{"points": 50}') \gset
SELECT isnt((SELECT request_id FROM loyalty.submit_change_request('lagoon', 'goodwill_points', :ann, payload => '{"points": 51}')), NULL,
    'another gift may wait beside it');
SELECT pg_temp.refused(format($$loyalty.submit_change_request('lagoon', 'goodwill_points', %s, payload => '{"points": 50}')$$, :ann), 'LY604', 'the same may not');
SET LOCAL ROLE desk_b;
SELECT result_id AS event FROM loyalty.approve_change_request('lagoon', :gift) \gset
SELECT pg_temp.refused(format($$loyalty.approve_change_request('lagoon', %s)$$, :gift), 'LY603', 'a second approval');
SELECT is((SELECT event_id FROM loyalty.earn_points('lagoon', :ann, 50, event_name => 'goodwill', idempotency_key => 'request:' || :gift)), :event::int8,
    'by hand under its key: the first event');
RESET ROLE;
SELECT is((SELECT current_points FROM loyalty.points_balance('lagoon', :ann)), 150::numeric, 'balance 150');
SELECT is((SELECT count(*) FROM loyalty_data.ledger_entry e WHERE e.customer_id = :ann AND points = 50), 1::bigint, 'one entry');

-- ---------------------------------------------------------------- example 10: a number that somebody else has by now

SELECT loyalty.set_ndnc_status('lagoon', '+6598765432', 'registered');
SELECT loyalty.set_channel('lagoon', :ann::int8, 'mobile', '+6598765432');
SELECT loyalty.change_identifier('lagoon', :ann::int8, 'email', 'ann@example.com');
SET LOCAL ROLE desk_a;
SELECT pg_temp.refused(format($$loyalty.submit_change_request('lagoon', 'mobile_reallocation', %s, '+6591234567')$$, :ann), 'LY606', 'a number that she does not have');
SELECT request_id AS number FROM loyalty.submit_change_request('lagoon', 'mobile_reallocation', existing => '98765432') \gset
SET LOCAL ROLE desk_b;
SELECT is((loyalty.approve_change_request('lagoon', :number)).status, 'approved', 'it goes to nobody');
RESET ROLE;
SELECT is(loyalty.find_customer('lagoon', 'mobile', '98765432'), NULL::int8, 'nobody has it');
SELECT is(loyalty.find_customer('lagoon', 'email', 'ann@example.com'), :ann::int8, 'Ann keeps her e-mail');
SELECT is((SELECT count(*) FROM loyalty_data.mobile_ndnc) + (SELECT count(*) FROM loyalty_data.channel WHERE address = '+6598765432')
    + (SELECT count(*) FROM loyalty_data.profile WHERE mobile = '+6598765432'), 0::bigint, 'register, channel and profile have it no more');
SELECT loyalty.set_config('lagoon', 'CONF_REGISTRATION_PRIMARY_KEY_REQUIRED', 'on');
SET LOCAL ROLE desk_a;
SELECT pg_temp.refused($$loyalty.submit_change_request('lagoon', 'mobile_reallocation', existing => '90000001')$$, 'LY607', 'a primary that is required');
SELECT request_id AS number FROM loyalty.submit_change_request('lagoon', 'mobile_reallocation', existing => '93333333', new_value => '94444444', requested_to => 'E-ANN') \gset
SET LOCAL ROLE desk_b;
SELECT is((loyalty.approve_change_request('lagoon', :number)).status, 'approved', 'another one for Cat, and hers for Ann');
RESET ROLE;
SELECT is(loyalty.find_customer('lagoon', 'mobile', '94444444'), :cat::int8, 'Cat has the other');
SELECT is(loyalty.find_customer('lagoon', 'mobile', '93333333'), :ann::int8, 'Ann has hers');
SELECT loyalty.set_config('lagoon', 'CONF_REGISTRATION_PRIMARY_KEY_REQUIRED', 'off');
SELECT is(pg_temp.proved(), 'proved', 'the books are right');

SELECT * FROM finish();
ROLLBACK;
