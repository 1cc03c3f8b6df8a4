-- Change requests at their edges: what stays of somebody who was deleted, in requests of others; who is told after a merge; how
-- actors are spelled; arguments that would be believed to do something; a number that its owner's survivor gets.
BEGIN;
SELECT no_plan();
SET LOCAL TimeZone = 'Asia/Singapore';
SET LOCAL client_min_messages = error;
SET LOCAL loyalty.clock = '2024-05-10 10:00+08';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
\ir ../fixtures/desks.sql

-- ---------------------------------------------------------------- a deletion, and requests of others that name the customer

-- Ann's number is Bob's now; Cat was to be merged into Bob, and Bob into Cat. Then Bob is deleted: nothing that named him stays.
SET LOCAL ROLE desk_a;
SELECT request_id AS number FROM loyalty.submit_change_request('lagoon', 'mobile_reallocation', existing => '91234567', new_value => '91234560', requested_to => 'E-BOB') \gset
SET LOCAL ROLE desk_b;
SELECT loyalty.approve_change_request('lagoon', :number) \g /dev/null
SET LOCAL ROLE desk_a;
SELECT request_id AS merge FROM loyalty.submit_change_request('lagoon', 'account_merge', existing => 'E-CAT', requested_to => '91234567') \gset
SELECT request_id AS waits FROM loyalty.submit_change_request('lagoon', 'mobile_reallocation', existing => '93333333', requested_to => '91234567') \gset
RESET ROLE;
SELECT loyalty.request_deletion('lagoon', :bob) \g /dev/null
SET LOCAL ROLE desk_b;
SELECT loyalty.approve_deletion('lagoon', :bob) \g /dev/null
RESET ROLE;
SELECT is((SELECT count(*) FROM loyalty_data.change_request_content WHERE concat_ws(' ', old_value, new_value, payload) ~ '91234567|E-BOB'), 0::bigint,
    'what named him is gone from requests of others, too');
SELECT is((SELECT string_agg(concat_ws(' ', customer_id = :cat, old_value, new_value), ', ' ORDER BY request_id) FROM loyalty_data.change_request_content),
    'f +6591234560, t E-CAT, t +6593333333', 'and what named them stays');
SET LOCAL ROLE desk_b;
SELECT results_eq(format($$SELECT changed FROM unnest(ARRAY[%s, %s]) r, LATERAL loyalty.check_change_request('lagoon', r)$$, :merge, :waits),
    $$VALUES ('{status}'::text[]), ('{target}')$$, 'neither can be any more');
SELECT loyalty.decline_change_request('lagoon', r, 'deleted') FROM unnest(ARRAY[:merge, :waits]) r;
RESET ROLE;

-- ---------------------------------------------------------------- a number whose owner is merged into who is to get it

SELECT pg_temp.customer('lagoon', 'E-DAN', '2024-01-05', '+6594444444') AS dan, pg_temp.customer('lagoon', 'E-EVE', '2024-01-06', '+6596666666') AS eve \gset
SET LOCAL ROLE desk_a;
SELECT request_id AS number FROM loyalty.submit_change_request('lagoon', 'mobile_reallocation', :dan, '94444444', '94444440', target_id => :eve) \gset
RESET ROLE;
SELECT loyalty.merge_customers('lagoon', :eve, :dan) \g /dev/null
SET LOCAL ROLE desk_b;
SELECT is((loyalty.check_change_request('lagoon', :number)).changed, '{target}', 'it is hers already');
SELECT pg_temp.refused(format($$loyalty.approve_change_request('lagoon', %s)$$, :number), 'LY606', 'and nobody takes it from her');
RESET ROLE;

-- ---------------------------------------------------------------- who is told after a merge

SELECT pg_temp.customer('lagoon', 'E-FAY', '2024-01-07', '+6597777777') AS fay, pg_temp.customer('lagoon', 'E-GIL', '2024-01-08', '+6598888888') AS gil,
    pg_temp.customer('lagoon', 'E-HAL', '2024-01-09', '+6599999999') AS hal \gset
SELECT loyalty.create_event_subscriber('lagoon', 'crm', 'https://crm.example.com/hook', event_names => '{request_change}') \g /dev/null
SET LOCAL ROLE desk_a;
SELECT request_id AS made FROM loyalty.submit_change_request('lagoon', 'account_merge', :fay, target_id => :gil) \gset
SELECT request_id AS late FROM loyalty.submit_change_request('lagoon', 'account_merge', :gil, target_id => :fay) \gset
SET LOCAL ROLE desk_b;
SELECT loyalty.approve_change_request('lagoon', :made) \g /dev/null
RESET ROLE;
SELECT loyalty.merge_customers('lagoon', :hal, :gil) \g /dev/null
SET LOCAL ROLE desk_b;
SELECT loyalty.decline_change_request('lagoon', :late, 'merged by now');
RESET ROLE;
SELECT results_eq($$SELECT (payload::jsonb ->> 'customer_id')::int8, payload::jsonb ->> 'change' FROM loyalty_data.event_delivery ORDER BY event_id$$,
    format($$VALUES (%1$s::int8, 'submitted'), (%2$s, 'submitted'), (%2$s, 'approved'), (%3$s, 'declined')$$, :fay, :gil, :hal),
    'a decision is told of the survivor, whoever it was asked for');

-- ---------------------------------------------------------------- four eyes: one actor, spelled in another way

SELECT loyalty.set_config('lagoon', 'CONF_REQUEST_FOUR_EYES', 'actor');
SET LOCAL ROLE desk_b;
SELECT request_id AS mail FROM loyalty.submit_change_request('lagoon', 'email', :ann, new_value => 'ann@example.com', actor => 'bea.lim') \gset
SELECT pg_temp.refused(format($$loyalty.approve_change_request('lagoon', %s, actor => %L)$$, :mail, actor), 'LY605', format('"%s" is no other', actor))
    FROM unnest('{bea.lim,BEA.LIM," Bea.Lim "}'::text[]) actor;
SELECT is((loyalty.approve_change_request('lagoon', :mail, actor => 'bea.tan')).status, 'approved', 'another one is');
RESET ROLE;

-- ---------------------------------------------------------------- arguments that would be believed to do something

SELECT pg_temp.refused(format('loyalty.submit_change_request(''lagoon'', ' || call || ')', :ann, :hal), 'LY003', call) FROM (VALUES
    ($$'delete_account', %1$s, old_value => 'x'$$), ($$'delete_account', %1$s, new_value => 'x'$$), ($$'delete_account', %1$s, target_id => %2$s$$),
    ($$'delete_account', %1$s, payload => '{}'$$), ($$'delete_account', %1$s, requested_to => 'E-HAL'$$),
    ($$'delete_account', %1$s, verification => gen_random_uuid()$$), ($$'delete_account', %1$s, old_verification => gen_random_uuid()$$),
    ($$'mobile', old_value => '91234560', existing => '91234560', new_value => '91234561'$$),
    ($$'mobile', existing => '91234560', new_value => '91234561', requested_to => '91234562'$$)) c (call);

-- ---------------------------------------------------------------- a second customer who was merged

SELECT pg_temp.customer('lagoon', 'E-IDA', '2024-01-05', '+6591110001') AS ida, pg_temp.customer('lagoon', 'E-JON', '2024-01-06', '+6591110003') AS jon,
    pg_temp.customer('lagoon', 'E-KIM', '2024-01-07', '+6591110004') AS kim \gset
SELECT loyalty.merge_customers('lagoon', :jon, :kim) \g /dev/null
SELECT throws_ok(format($$SELECT loyalty.submit_change_request('lagoon', 'mobile_reallocation', %s, '91110001', '91110002', target_id => %s)$$, :ida, :kim),
    'LY125', NULL, 'who gets a number must not be merged');
SET LOCAL loyalty.follow_merges = on;
SELECT request_id AS followed FROM loyalty.submit_change_request('lagoon', 'mobile_reallocation', :ida, '91110001', '91110002', target_id => :kim) \gset
SELECT is((SELECT target_id FROM loyalty_data.change_request WHERE request_id = :followed), :jon::bigint, 'unless it is followed to its survivor');
SET LOCAL loyalty.follow_merges = off;

SELECT is(pg_temp.proved(), 'proved', 'the books are right');
SELECT * FROM finish();
ROLLBACK;
