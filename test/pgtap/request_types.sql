-- Change requests of the other types; what merges and deletions make of those that wait; what subscribers are told.
BEGIN;
SELECT no_plan();
SET LOCAL TimeZone = 'Asia/Singapore';
SET LOCAL client_min_messages = error;
SET LOCAL loyalty.clock = '2024-05-10 10:00+08';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
\ir ../fixtures/desks.sql

-- ---------------------------------------------------------------- identifiers: the sync of profiles

SELECT loyalty.set_config('lagoon', 'CONF_CLIENT_V2_API_ENABLED', 'on'), loyalty.set_config('lagoon', 'CONF_IDENTIFIERS_SYNC_ENABLED', 'on'),
    loyalty.set_config('lagoon', 'CONF_LOYALTY_ALLOW_EXTERNAL_ID_UPDATE', 'off'), loyalty.set_config('lagoon', 'CONF_ALLOW_EMAIL_UPDATE', 'off');
SELECT loyalty.upsert_profile('lagoon', :ann, 'WEB_ENGAGE', 'acc', external_id => 'E-ANN', cuid => 'cu-1', email => 'Ann@Old.example');
SET LOCAL ROLE desk_a;
SELECT request_id AS external, status FROM loyalty.submit_change_request('lagoon', 'external_id', :ann, 'E-ANN', 'E-ANNA', origin => 'instore', till => 't1',
    source => 'INSTORE') \gset
SELECT request_id AS email FROM loyalty.submit_change_request('lagoon', 'Email', :ann, new_value => 'Ann@New.example') \gset
SET LOCAL ROLE desk_b;
SELECT is((loyalty.approve_change_request('lagoon', :external)).status, 'approved', 'an external id changes though its switch is off: the approval is the permission');
SELECT is((loyalty.approve_change_request('lagoon', :email)).status, 'approved', 'and so does an e-mail');
RESET ROLE;
SELECT is(loyalty.find_customer('lagoon', 'external_id', 'E-ANNA'), :ann::int8, 'it finds her');
SELECT is((SELECT string_agg((concat_ws(' ', s.source, p.external_id, p.email, p.cuid) COLLATE "C"), ', ' ORDER BY s.source)
    FROM loyalty_data.profile p JOIN loyalty_data.source s USING (source_id) WHERE p.customer_id = :ann),
    'INSTORE E-ANNA Ann@New.example, WEB_ENGAGE E-ANNA Ann@New.example cu-1', 'both profiles show what is new, as it was typed, and the CUID is what it was');
SELECT is((SELECT concat_ws(' ', origin, till_id IS NOT NULL, source_id IS NOT NULL, requested_by, decided_by) COLLATE "C"
    FROM loyalty_data.change_request WHERE request_id = :external), 'i t t desk_a desk_b', 'where it came from and who decided is kept');
SELECT is((SELECT old_value FROM loyalty_data.change_request_content WHERE request_id = :email), 'ann@old.example', 'the old value is noted where none is given');

-- ---------------------------------------------------------------- example 12, and merges

SELECT pg_temp.customer('lagoon', '92222222', '2024-01-05', '+6594444444') AS dan \gset
SET LOCAL ROLE desk_b;
SELECT pg_temp.refused($$loyalty.one_step_change('lagoon', 'account_merge', '92222222', 'E-CAT')$$, 'LY610', 'the external id of one and the mobile of another');
SET LOCAL ROLE desk_a;
SELECT pg_temp.refused($$loyalty.submit_change_request('lagoon', 'account_merge', existing => 'E-CAT', requested_to => '92222222')$$, 'LY610', 'nor is the survivor told');
SELECT request_id AS merge, warnings FROM loyalty.submit_change_request('lagoon', 'account_merge', existing => 'E-CAT', requested_to => 'E-BOB') \gset
SELECT is(:'warnings'::text[], (SELECT array_agg(warning) FROM loyalty.preview_merge('lagoon', :bob, :cat) WHERE warning IS NOT NULL), 'its warnings are those of a preview')
    WHERE :'warnings' <> '{}';
SELECT request_id AS gift FROM loyalty.submit_change_request('lagoon', 'goodwill_points', :cat, payload => '{"points": 5}') \gset
SELECT request_id AS other FROM loyalty.submit_change_request('lagoon', 'mobile', :cat, '+6593333333', '+6595555555') \gset
SET LOCAL ROLE desk_b;
SELECT result_id AS merge_id FROM loyalty.approve_change_request('lagoon', :merge) \gset
RESET ROLE;
SELECT is(loyalty.find_customer('lagoon', 'mobile', '93333333'), :bob::int8, 'Cat''s mobile finds Bob, as after any merge');
SELECT is((SELECT merge_id FROM loyalty_data.merge_record WHERE customer_id = :cat AND survivor_id = :bob), :merge_id::int8, 'the merge is recorded');
SELECT results_eq($$SELECT pg_temp.state(r) FROM unnest(ARRAY[$$ || concat_ws(',', :merge, :gift, :other) || $$]) r$$,
    $$VALUES ('a sa 0'), ('p sm 1'), ('p sm 2')$$, 'what waited for Cat waits for Bob');
SELECT is((SELECT final_value FROM loyalty_data.merge_line WHERE participant = 'request'), '2', 'and the merge says how much');
SET LOCAL ROLE desk_a;
SELECT pg_temp.refused(format($$loyalty.submit_change_request('lagoon', 'mobile', %s, new_value => '+6595555556')$$, :bob), 'LY604', 'a claim of a victim is the survivor''s');
SET LOCAL ROLE desk_b;
SELECT is((loyalty.check_change_request('lagoon', :other)).changed, '{old_value}', 'Bob never had that mobile');
SELECT isnt((loyalty.approve_change_request('lagoon', :gift)).result_id, NULL, 'the gift comes');
SELECT loyalty.decline_change_request('lagoon', :other, 'merged');
RESET ROLE;
SELECT is((SELECT current_points FROM loyalty.points_balance('lagoon', :bob)), 5::numeric, 'to Bob');

-- A direct merge in between: the request cannot be any more.
SELECT pg_temp.customer('lagoon', 'E-EVE', '2024-01-06', '+6596666666') AS eve, pg_temp.customer('lagoon', 'E-FAY', '2024-01-07', '+6597777777') AS fay \gset
SET LOCAL ROLE desk_a;
SELECT request_id AS merge FROM loyalty.submit_change_request('lagoon', 'account_merge', :eve, target_id => :fay) \gset
RESET ROLE;
SELECT loyalty.merge_customers('lagoon', :dan, :fay) \g /dev/null
SET LOCAL ROLE desk_b;
SELECT is((loyalty.check_change_request('lagoon', :merge)).changed, '{target}', 'the survivor was merged');
SELECT pg_temp.refused(format($$loyalty.approve_change_request('lagoon', %s)$$, :merge), 'LY606', 'and approving it says so');
RESET ROLE;
SELECT loyalty.merge_customers('lagoon', :dan, :eve) \g /dev/null
SET LOCAL ROLE desk_b;
SELECT is((loyalty.check_change_request('lagoon', :merge)).changed, '{customer}', 'now the victim was, too');
SELECT loyalty.decline_change_request('lagoon', :merge, 'merged by hand');
RESET ROLE;
SELECT is(pg_temp.state(:merge), 'd smd 0', 'it moved once, and was declined');

-- Warnings: those of the request are accepted with it, others are not.
SELECT pg_temp.customer('lagoon', 'E-GIL', '2024-01-08', '+6581111111') AS gil, pg_temp.customer('lagoon', 'E-HAL', '2024-01-09', '+6582222222') AS hal \gset
SET LOCAL ROLE desk_a;
SELECT request_id AS merge, warnings AS before FROM loyalty.submit_change_request('lagoon', 'account_merge', :gil, target_id => :hal) \gset
RESET ROLE;
SELECT loyalty.create_program('lagoon', 'fuel', 'Fuel') \g /dev/null
SELECT loyalty.set_channel('lagoon', :gil, 'mobile', '+6581111111'), loyalty.set_channel('lagoon', :hal, 'mobile', '+6582222222');
SELECT loyalty.set_subscription('lagoon', :hal, 'mobile', 'promotional', true, '2024-03-01') \g /dev/null
SELECT loyalty.set_subscription('lagoon', :gil, 'mobile', 'promotional', false, '2024-04-01') \g /dev/null
SELECT count(*) AS more FROM loyalty.preview_merge('lagoon', :hal, :gil) WHERE warning IS NOT NULL AND warning <> ALL (:'before') \gset
SELECT cmp_ok(:more, '>', 0, 'who opted out later is a new warning');
SET LOCAL ROLE desk_b;
SELECT is((loyalty.check_change_request('lagoon', :merge)).changed, '{warnings}', 'a warning that nobody was shown');
SELECT pg_temp.refused(format($$loyalty.approve_change_request('lagoon', %s)$$, :merge), 'LY606', 'stops the approval');
SELECT is((loyalty.approve_change_request('lagoon', :merge, accept_warnings => true)).status, 'approved', 'unless it is accepted');
RESET ROLE;

-- ---------------------------------------------------------------- goodwill by card

SELECT loyalty.create_program('lagoon', 'air', 'Air'), loyalty.create_program('lagoon', 'fine', 'Fine', decimals => 3) \g /dev/null
SELECT loyalty.set_config('lagoon', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'on');
SELECT loyalty.create_card_series('lagoon', 'air', 'Air', method => 'AUTO_INC', length => 8, program => 'air') \g /dev/null
SELECT card_number AS card FROM loyalty.issue_card('lagoon', :ann, 'air') \gset
SET LOCAL ROLE desk_a;
SELECT request_id AS gift FROM loyalty.submit_change_request('lagoon', 'goodwill_points', :ann, payload => jsonb_build_object('points', 20, 'card_number', :'card')) \gset
SELECT pg_temp.refused(format($$loyalty.submit_change_request('lagoon', 'goodwill_points', %s, payload => '{"points": 1, "card_number": "%s"}')$$, :bob, :'card'), 'LY607', 'the card of another');
RESET ROLE;
SELECT loyalty.set_card_status('lagoon', :'card', 'suspended');
SET LOCAL ROLE desk_b;
SELECT isnt((loyalty.approve_change_request('lagoon', :gift)).result_id, NULL, 'a card of any status will do');
RESET ROLE;
SELECT is((SELECT current_points FROM loyalty.points_balance('lagoon', :ann, program => 'air')), 20::numeric, 'to the program of the card');
SET LOCAL ROLE desk_a;
SELECT request_id AS gift FROM loyalty.submit_change_request('lagoon', 'goodwill_points', :ann, payload => jsonb_build_object('points', 3, 'card_number', :'card', 'program', 'stars')) \gset
SET LOCAL ROLE desk_b;
SELECT isnt((loyalty.approve_change_request('lagoon', :gift)).result_id, NULL, 'or to another');
RESET ROLE;
SELECT is((SELECT current_points FROM loyalty.points_balance('lagoon', :ann, program => 'stars')), 3::numeric, 'that is named');

-- Settings that let small gifts pass: at once, up to the limit.
SELECT loyalty.set_change_request_rules('lagoon', 'goodwill_points', auto_approve => true, auto_approve_points => 10);
SET LOCAL ROLE desk_a;
SELECT results_eq(format($$SELECT status FROM unnest(ARRAY[10, 10.001]) p, LATERAL loyalty.submit_change_request('lagoon', 'goodwill_points', %s,
    payload => jsonb_build_object('points', p, 'program', 'fine'))$$, :ann), $$VALUES ('approved'), ('pending')$$, 'ten pass, and no thousandth more');
RESET ROLE;
SELECT is((SELECT current_points FROM loyalty.points_balance('lagoon', :ann, program => 'fine')), 10::numeric, 'they are there');
SELECT is((SELECT string_agg(auto_approved || ' ' || COALESCE(decided_by, '-'), ', ' ORDER BY request_id) FROM loyalty_data.change_request WHERE request_type = 'g'
    AND requested_at = loyalty.clock() AND request_id > :gift), 'true desk_a, false -', 'nobody else decided');

-- ---------------------------------------------------------------- profiles

SELECT loyalty.define_field('lagoon', 'custom', 'customer', 'shoe', 'integer') \g /dev/null
SELECT loyalty.update_customer('lagoon', :ann, 'Anne', 'Lim', custom_fields => '{"shoe": 37}');
SET LOCAL ROLE desk_a;
SELECT request_id AS profile FROM loyalty.submit_change_request('lagoon', 'edit_profile', :ann,
    payload => '{"first_name": "Ann", "base_till": "t1", "fields": {"city": "Singapore"}, "custom_fields": {"shoe": 38}}') \gset
SET LOCAL ROLE desk_b;
RESET ROLE;
SELECT loyalty.update_customer('lagoon', :ann, last_name => 'Tan', fields => '{"gender": "f"}');
SET LOCAL ROLE desk_b;
SELECT is((loyalty.check_change_request('lagoon', :profile)).passes, true, 'what it does not name may change');
RESET ROLE;
SELECT loyalty.update_customer('lagoon', :ann, custom_fields => '{"shoe": 39}');
SET LOCAL ROLE desk_b;
SELECT pg_temp.refused(format($$loyalty.approve_change_request('lagoon', %s)$$, :profile), 'LY606', 'what it names may not');
RESET ROLE;
SELECT loyalty.update_customer('lagoon', :ann, custom_fields => '{"shoe": 37}');
SET LOCAL ROLE desk_b;
SELECT is((loyalty.approve_change_request('lagoon', :profile)).status, 'approved', 'as it was again');
RESET ROLE;
SELECT is((SELECT concat_ws(' ', p.first_name, p.last_name, t.till, (SELECT string_agg((f.name || '=' || v.field_value) COLLATE "C", ' ' ORDER BY f.name)
    FROM loyalty_data.customer_field v JOIN loyalty_data.field f USING (org_id, field_id) WHERE v.customer_id = c.customer_id)) COLLATE "C"
    FROM loyalty_data.customer c JOIN loyalty_data.profile p USING (org_id, customer_id) JOIN loyalty_data.till t ON t.till_id = c.base_till_id
    WHERE c.customer_id = :ann AND p.source_id = (SELECT source_id FROM loyalty_data.source WHERE source = 'INSTORE')),
    'Ann Tan t1 city=Singapore gender=f shoe=38', 'all of it is there');

-- ---------------------------------------------------------------- bills that were forgotten

SET LOCAL ROLE desk_a;
SELECT pg_temp.refused(format($$loyalty.submit_change_request('lagoon', 'retro_transaction', %s,
    payload => '{"transaction_number": "R1", "amount": 12, "event_time": "2024-04-10T09:59:59+08:00"}')$$, :ann), 'LY607', 'older than 30 days');
SELECT pg_temp.refused(format($$loyalty.submit_change_request('lagoon', 'retro_transaction', %s,
    payload => '{"transaction_number": "R1", "amount": 12, "event_time": "2024-05-10T10:00:01+08:00"}')$$, :ann), 'LY607', 'not made yet');
SELECT request_id AS bill FROM loyalty.submit_change_request('lagoon', 'retro_transaction', :ann,
    payload => '{"transaction_number": "R1", "amount": 12, "till": "t1", "event_time": "2024-04-10T10:00:00+08:00"}') \gset
SELECT request_id AS twin FROM loyalty.submit_change_request('lagoon', 'retro_transaction', :ann,
    payload => '{"transaction_number": "R1", "amount": 13, "till": "t1", "event_time": "2024-05-09T10:00:00"}') \gset
RESET ROLE;
SET LOCAL loyalty.clock = '2024-06-20 10:00+08';
SET LOCAL ROLE desk_b;
SELECT result_id AS transaction FROM loyalty.approve_change_request('lagoon', :bill) \gset
SELECT is((loyalty.check_change_request('lagoon', :twin)).changed, '{transaction_number}', 'the number has a bill now');
RESET ROLE;
SELECT results_eq(format($$SELECT event_time, amount, customer_id FROM loyalty_data.transaction WHERE transaction_id = %s$$, :transaction),
    format($$VALUES ('2024-04-10 10:00+08'::timestamptz, 12::numeric(18,3), %s::int8)$$, :ann), 'a bill of 30 days before the asking, approved later');
SELECT loyalty.merge_customers('lagoon', :bob, :ann) \g /dev/null
SELECT is((SELECT points FROM loyalty.return_transaction('lagoon', :bob, 'R1', amount => 12, transaction_till => 't1')), 12::numeric, 'it is returned as any other, also after a merge');
SELECT is(pg_temp.state(:twin), 'p sm 1', 'what waits has moved');

-- ---------------------------------------------------------------- deletions

SET LOCAL ROLE desk_a;
SELECT request_id AS gone, status FROM loyalty.submit_change_request('lagoon', 'delete_account', :dan, reason => 'asked for it') \gset
SELECT pg_temp.refused(format($$loyalty.submit_change_request('lagoon', 'delete_account', %s)$$, :dan), 'LY207', 'a second one');
RESET ROLE;
SELECT is((SELECT label FROM loyalty_data.status_label s JOIN loyalty_data.customer c ON c.status_label_id = s.label_id WHERE c.customer_id = :dan), 'Deletion_pending',
    'the account waits for its deletion');
SET LOCAL ROLE desk_a;
SELECT loyalty.withdraw_change_request('lagoon', :gone);
SELECT pg_temp.refused(format($$loyalty.withdraw_change_request('lagoon', %s)$$, :gone), 'LY603', 'withdrawn once');
SELECT request_id AS gone FROM loyalty.submit_change_request('lagoon', 'delete_account', :dan) \gset
SET LOCAL ROLE desk_b;
SELECT loyalty.decline_change_request('lagoon', :gone, 'not today');
SELECT pg_temp.refused(format($$loyalty.approve_change_request('lagoon', %s)$$, :gone), 'LY603', 'approved after it was declined');
SET LOCAL ROLE desk_a;
SELECT request_id AS mail FROM loyalty.submit_change_request('lagoon', 'email', :dan, new_value => 'dan@example.com', reason => 'has one now', actor => 'amy',
    idempotency_key => 'dan') \gset
SELECT request_id AS gone FROM loyalty.submit_change_request('lagoon', 'delete_account', :dan) \gset
SET LOCAL ROLE desk_b;
SELECT is((loyalty.check_change_request('lagoon', :gone)).passes, true, 'it may be approved');
SELECT is((loyalty.check_change_request('lagoon', :mail)).changed, '{status}', 'nothing else may');
SELECT is((loyalty.approve_change_request('lagoon', :gone)).status, 'approved', 'it is');
RESET ROLE;
SELECT is(pg_temp.state(:mail), 'd sx 0', 'what waited is declined');
SELECT is((SELECT count(*) FROM loyalty_data.change_request_content WHERE customer_id = :dan) + (SELECT count(*) FROM loyalty_data.change_request_log
    WHERE customer_id = :dan AND actor IS NOT NULL), 0::bigint, 'what it said is gone');
SELECT is((SELECT request_id FROM loyalty.submit_change_request('lagoon', 'email', :dan, new_value => 'dan@example.com', reason => 'has one now', actor => 'amy',
    idempotency_key => 'dan')), :mail::int8, 'a repeat is still one');

-- ---------------------------------------------------------------- withdrawing, actors, events, verification

SELECT loyalty.create_event_subscriber('lagoon', 'crm', 'https://crm.example.com/hook', event_names => '{request_change}') \g /dev/null
SET LOCAL ROLE desk_a;
SELECT request_id AS mail FROM loyalty.submit_change_request('lagoon', 'email', :bob, new_value => 'bob@example.com') \gset
SELECT loyalty.withdraw_change_request('lagoon', :mail, 'a mistake');
RESET ROLE;
SELECT results_eq($$SELECT payload::jsonb - 'event_id' - 'event_time' FROM loyalty_data.event_delivery ORDER BY event_id$$,
    format($$VALUES ('{"event_name": "request_change", "customer_id": %1$s, "request_id": %2$s, "request_type": "email", "change": "submitted"}'::jsonb),
    ('{"event_name": "request_change", "customer_id": %1$s, "request_id": %2$s, "request_type": "email", "change": "withdrawn"}')$$, :bob, :mail), 'subscribers are told');
SELECT is(pg_temp.state(:mail), 'd sw 0', 'withdrawn');
SET LOCAL ROLE desk_b;
SELECT request_id AS mail FROM loyalty.submit_change_request('lagoon', 'email', :bob, new_value => 'bob@example.com', actor => 'bea') \gset
SELECT pg_temp.refused(format($$loyalty.approve_change_request('lagoon', %s, actor => 'ben')$$, :mail), 'LY605', 'by role one role is one');
RESET ROLE;
SELECT loyalty.set_config('lagoon', 'CONF_REQUEST_FOUR_EYES', 'actor');
SET LOCAL ROLE desk_b;
SELECT pg_temp.refused(format($$loyalty.approve_change_request('lagoon', %s, actor => 'bea')$$, :mail), 'LY605', 'by actor the same one is one');
SELECT pg_temp.refused(format($$loyalty.approve_change_request('lagoon', %s)$$, :mail), 'LY605', 'and nobody is nobody else');
SELECT is((loyalty.approve_change_request('lagoon', :mail, actor => 'ben')).status, 'approved', 'another one is two');
SELECT request_id AS mail FROM loyalty.submit_change_request('lagoon', 'email', :bob, new_value => 'bob@example.net') \gset
RESET ROLE;
SELECT is(pg_temp.proved(), 'proved', 'the books are right');
SELECT is((SELECT count(*) FROM loyalty.verify_data('lagoon') WHERE ok IS NOT TRUE), 0::bigint, 'and so are all references');
DELETE FROM loyalty_data.change_request_claim WHERE request_id = :mail;
SELECT is((SELECT detail FROM loyalty.verify_ledger('lagoon') WHERE invariant = 'pending requests have their claims'),
    format('customer %s: request %s is pending and claims nothing', :bob, :mail), 'a claim that is gone is missed');
UPDATE loyalty_data.change_request SET status = 'd', decided_at = now() WHERE request_id IN (:mail, :twin);
SELECT is((SELECT detail FROM loyalty.verify_ledger('lagoon') WHERE invariant = 'pending requests have their claims'),
    format('customer %s: request %s has a claim and is not pending', :ann, :twin), 'and one too many is found');
SELECT is((SELECT jsonb_array_length(loyalty.export_customer('lagoon', :bob) -> 'tables' -> 'change_request_content')) > 5, true, 'an export shows what requests say');

SELECT * FROM finish();
ROLLBACK;
