-- Deletions of accounts as requests: who asked for one, where and in whose name is kept with it, whichever call made it, and contacts are
-- told; who takes a request back, by role and by actor; merges by requests in the log of merges.
BEGIN;
SELECT no_plan();
SET LOCAL TimeZone = 'UTC';
SET LOCAL client_min_messages = error;
SET LOCAL loyalty.clock = '2024-05-10 02:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
\ir ../fixtures/desks.sql
SELECT loyalty.create_sender('lagoon', 'desk@example.com', 'email', is_default => true),
    loyalty.create_contact('lagoon', 'zoe', 'Zoe', 'zoe@example.com'),
    loyalty.set_change_request_contacts('lagoon', 'delete_account', '{zoe}'),
    loyalty.set_change_request_rules('lagoon', 'delete_account', 'always') \g /dev/null
-- What contacts were told since the last look.
CREATE FUNCTION pg_temp.told_contacts() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$
    SELECT count(*) FROM loyalty.take_messages('lagoon', 'email', 100) WHERE address = 'zoe@example.com' AND subject ~ 'delete_account' $$;
CREATE FUNCTION pg_temp.listed(request int8) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws('|', request_type, status, requested_by, origin, source, till, reason, actor, decided_by, decision_reason)
    FROM loyalty.change_requests('lagoon') WHERE request_id = request $$;

-- ---- what is said of it
SET LOCAL ROLE desk_a;
SELECT request_id AS ann_request FROM loyalty.submit_change_request('lagoon', 'delete_account', :ann, origin => 'instore', till => 't1', source => 'INSTORE',
    reason => 'by letter', actor => 'amy') \gset
SELECT is(pg_temp.listed(:ann_request), 'delete_account|pending|desk_a|instore|INSTORE|t1|by letter|amy', 'where a deletion was asked for, and in whose name, is kept');
SELECT is((SELECT concat_ws('|', till, source, actor) FROM loyalty.deletion_requests WHERE request_id = :ann_request), 't1|INSTORE|amy', 'the view of deletions has it, too');
SELECT is(loyalty.customer_single_view('lagoon', :ann) #>> '{pending_requests,0,origin}', 'instore', 'and the single view says where from');
SELECT is((SELECT actor FROM loyalty.customer_status_log WHERE customer_id = :ann ORDER BY changed_at DESC LIMIT 1), 'amy', 'the history of the status names who asked');
SELECT pg_temp.refused(format($$loyalty.submit_change_request('lagoon', 'delete_account', %s, till => 'none')$$, :bob), 'LY006', 'a till that is none');
SELECT pg_temp.refused(format($$loyalty.submit_change_request('lagoon', 'delete_account', %s, source => 'none')$$, :bob), 'LY008', 'a source that is none');
SELECT pg_temp.refused(format($$loyalty.submit_change_request('lagoon', 'delete_account', %s, origin => 'none')$$, :bob), 'LY003', 'an origin that is none');
RESET ROLE;
SELECT is(pg_temp.told_contacts(), 1::bigint, 'contacts are told once');

-- ---- declined
SET LOCAL ROLE desk_b;
SELECT loyalty.decline_change_request('lagoon', :ann_request, 'no letter', actor => 'bea') \g /dev/null
SELECT is(pg_temp.listed(:ann_request), 'delete_account|declined|desk_a|instore|INSTORE|t1|by letter|amy|desk_b|no letter', 'and why it was declined');
SELECT is((SELECT count(*)::int FROM loyalty.change_requests_csv('lagoon', '{delete_account}') WHERE csv_line ~ 'desk_b,no letter,false,false$'), 1, 'in the file as well');

-- ---- the call of its own: the same is told
SET LOCAL ROLE desk_a;
SELECT loyalty.request_deletion('lagoon', :ann, 'called') AS direct \gset
RESET ROLE;
SELECT is(pg_temp.told_contacts(), 1::bigint, 'contacts are told of request_deletion, too');
SELECT is(pg_temp.listed(:direct), 'delete_account|pending|desk_a|called', 'which has no origin');
SELECT loyalty.set_change_request_rules('lagoon', 'delete_account', 'never') \g /dev/null
SELECT loyalty.request_deletion('lagoon', :bob) AS silent \gset
SELECT is(pg_temp.told_contacts(), 0::bigint, 'unless the org says that nobody is');

-- ---- who takes a request back
SET LOCAL ROLE desk_b;
SELECT pg_temp.refused(format($$loyalty.withdraw_change_request('lagoon', %s)$$, :direct), 'LY607', 'another role does not withdraw');
SET LOCAL ROLE desk_a;
SELECT lives_ok(format($$SELECT loyalty.withdraw_change_request('lagoon', %s, 'mistake', 'al')$$, :direct), 'by role whoever it is may');
RESET ROLE;
SELECT loyalty.set_config('lagoon', 'CONF_REQUEST_FOUR_EYES', 'actor') \g /dev/null
SET LOCAL ROLE desk_a;
SELECT request_id AS of_amy FROM loyalty.submit_change_request('lagoon', 'external_id', :cat, new_value => 'E-KIT', actor => 'Amy Lim') \gset
SELECT request_id AS of_nobody FROM loyalty.submit_change_request('lagoon', 'email', :cat, new_value => 'cat@example.com') \gset
SELECT request_id AS deletion_of_amy FROM loyalty.submit_change_request('lagoon', 'delete_account', :ann, actor => 'Amy Lim') \gset
SELECT pg_temp.refused(format($$loyalty.withdraw_change_request('lagoon', %s, actor => 'al')$$, :of_amy), 'LY607', 'by actor another one does not withdraw');
SELECT pg_temp.refused(format($$loyalty.withdraw_change_request('lagoon', %s)$$, :of_amy), 'LY607', 'nor who is not named');
SELECT pg_temp.refused(format($$loyalty.withdraw_change_request('lagoon', %s, actor => 'al')$$, :deletion_of_amy), 'LY607', 'nor of a deletion');
SELECT lives_ok(format($$SELECT loyalty.withdraw_change_request('lagoon', %s, actor => 'amy_lim')$$, :of_amy), 'the same one does');
SELECT lives_ok(format($$SELECT loyalty.withdraw_change_request('lagoon', %s, actor => 'AMY LIM')$$, :deletion_of_amy), 'of a deletion as well');
SELECT lives_ok(format($$SELECT loyalty.withdraw_change_request('lagoon', %s, actor => 'al')$$, :of_nobody), 'what names nobody is anybody''s of the role');
RESET ROLE;
SELECT is((SELECT string_agg(status::text, '' ORDER BY request_id) FROM loyalty_data.change_request), 'dd', 'both are declined');

-- ---- merges
SET LOCAL ROLE desk_a;
SELECT request_id AS merge FROM loyalty.submit_change_request('lagoon', 'account_merge', :cat, target_id => :ann, actor => 'amy') \gset
SET LOCAL ROLE desk_b;
SELECT result_id AS merge_id FROM loyalty.approve_change_request('lagoon', :merge, actor => 'bea') \gset
SELECT is((SELECT origin FROM loyalty.merge_log WHERE merge_id = :merge_id), 'change_request', 'the log of merges says that a request made it');
SELECT is((SELECT count(*)::int FROM loyalty.change_requests('lagoon', '{account_merge}')), 1, 'and the list has it once');

-- ---- erased: what people wrote goes, roles and codes stay
SELECT request_id AS last FROM loyalty.submit_change_request('lagoon', 'delete_account', :ann, origin => 'api', till => 't1', reason => 'secret', actor => 'secret') \gset
RESET ROLE;
SELECT loyalty.approve_change_request('lagoon', :last, reason => 'secret', actor => 'boss') \g /dev/null
SELECT is((SELECT concat_ws('|', origin, till_id IS NOT NULL, reason, actor, decision_reason, decided_actor) FROM loyalty_data.deletion_request WHERE request_id = :last), 'a|t|boss',
    'of the deletion itself, who decided is left');
SELECT is((SELECT count(*)::int FROM loyalty_data.deletion_request WHERE customer_id = :ann AND (concat(reason, actor, decision_reason) <> '')), 0, 'and nothing of those before');
SELECT ok(loyalty.export_customer('lagoon', :ann) -> 'tables' -> 'deletion_request' @> '[{"till": "t1", "source": "INSTORE"}]', 'an export shows codes and no ids');
SELECT * FROM finish();
ROLLBACK;
