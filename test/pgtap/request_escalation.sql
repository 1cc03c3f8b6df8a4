-- The escalation of requests that wait: the worked example of 4, 24 and 72 hours, what a late run makes up for, deletions, whom the
-- warning names, what is refused. Not in one transaction, since the job commits.
\set ON_ERROR_STOP 1
SET client_min_messages = error;
SET TimeZone = 'UTC';
SET loyalty.clock = '2024-05-03 10:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT no_plan();
SELECT pg_temp.new_org(o, 'base', zone => 'Asia/Singapore', country => 'SG') FROM unnest('{sg,other}'::text[]) o;
SELECT loyalty.create_contact(o, c, c, c || '@example.com') FROM unnest('{sg,other}'::text[]) o, unnest('{zoe,raj}'::text[]) c \g /dev/null
SELECT loyalty.set_change_request_contacts(o, t, '{zoe}', 1, 4), loyalty.set_change_request_contacts(o, t, '{zoe,raj}', 2, 24), loyalty.set_change_request_contacts(o, t, '{raj}', 3, 72)
FROM unnest('{sg,other}'::text[]) o, unnest('{mobile,delete_account}'::text[]) t \g /dev/null
SELECT pg_temp.customer('sg', 'ann', mobile => '91234567') AS ann, pg_temp.customer('sg', 'bob', mobile => '91234568') AS bob,
    pg_temp.customer('sg', 'cy', mobile => '91234569') AS cy, pg_temp.customer('other', 'dee', mobile => '91234567') AS dee \gset
-- Friday, 18:00 in Singapore.
SELECT request_id AS request FROM loyalty.submit_change_request('sg', 'mobile', :ann, new_value => '98765432') \gset
SELECT request_id AS theirs FROM loyalty.submit_change_request('other', 'mobile', :dee, new_value => '98765432') \gset

-- How many were told so far, and of which steps the log knows.
CREATE FUNCTION pg_temp.told() RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws('|', (SELECT count(*) FROM loyalty_data.message m JOIN loyalty_data.org o USING (org_id) WHERE o.org = 'sg'),
        (SELECT string_agg(subject_id::text, ',' ORDER BY log_no) FROM loyalty.change_request_log WHERE org = 'sg' AND change = 'escalated')) $$;

-- ---- the worked example
SET loyalty.clock = '2024-05-03 13:59:59+00';
CALL loyalty.escalate_change_requests('sg');
SELECT is(pg_temp.told(), '0', 'Friday 21:59: nothing');
SET loyalty.clock = '2024-05-03 14:00+00';
CALL loyalty.escalate_change_requests('sg');
SELECT is(pg_temp.told(), '1|1', '22:00: step 1');
SET loyalty.clock = '2024-05-03 14:05+00';
CALL loyalty.escalate_change_requests('sg');
SELECT is(pg_temp.told(), '1|1', '22:05: nothing');
SET loyalty.clock = '2024-05-04 11:00+00';
CALL loyalty.escalate_change_requests('sg');
SELECT is(pg_temp.told(), '3|1,2', 'Saturday 19:00: step 2, two contacts');
SET loyalty.clock = '2024-05-06 09:59:59+00';
CALL loyalty.escalate_change_requests('sg');
SELECT is(pg_temp.told(), '3|1,2', 'Monday 17:59: nothing');
SET loyalty.clock = '2024-05-06 10:00+00';
CALL loyalty.escalate_change_requests('sg');
SELECT is(pg_temp.told(), '4|1,2,3', '18:00: step 3');
SET loyalty.clock = '2025-05-06 10:00+00';
CALL loyalty.escalate_change_requests('sg');
SELECT is(pg_temp.told(), '4|1,2,3', 'afterwards never');
SELECT is((SELECT count(*)::int FROM loyalty.change_request_log WHERE org = 'other' AND change = 'escalated'), 0, 'of another org nothing is told');
CALL loyalty.escalate_change_requests('other', '2024-05-03 14:00+00');
SELECT is((SELECT count(*)::int FROM loyalty.change_request_log WHERE org = 'other' AND change = 'escalated'), 1, 'up to when it is said');
CALL loyalty.escalate_change_requests('other', batch_size => 1);
SELECT is((SELECT string_agg(subject_id::text, ',' ORDER BY log_no) FROM loyalty.change_request_log WHERE org = 'other' AND change = 'escalated'), '1,2,3',
    'a run that comes late tells of all that was missed');
SELECT loyalty.decline_change_request('sg', :request, 'no');

-- ---- deletions, and requests that were decided or moved
SET loyalty.clock = '2025-06-01 10:00+00';
SELECT request_id AS deletion FROM loyalty.submit_change_request('sg', 'delete_account', :cy) \gset
SELECT request_id AS decided FROM loyalty.submit_change_request('sg', 'mobile', :ann, new_value => '98765432') \gset
SELECT loyalty.decline_change_request('sg', :decided, 'no');
SELECT request_id AS moved FROM loyalty.submit_change_request('sg', 'mobile', :bob, new_value => '98765433') \gset
SELECT loyalty.merge_customers('sg', :ann, :bob) \g /dev/null
SET loyalty.clock = '2025-06-01 14:00+00';
CALL loyalty.escalate_change_requests('sg', batch_size => 1);
SELECT bag_eq($$SELECT request_type, escalated_step FROM loyalty.change_requests('sg', statuses => '{pending}')$$, $$VALUES ('delete_account', 1), ('mobile', 1)$$,
    'deletions are escalated, and what was moved to a survivor; what was decided is not');
CALL loyalty.escalate_change_requests('sg');
SELECT is((SELECT max(escalated_step) FROM loyalty.change_requests('sg', statuses => '{pending}')), 1, 'once');

-- ---- one that cannot be told of holds up no other
SELECT loyalty.create_contact('sg', 'sms', 'Sms', mobile => '91111111') \g /dev/null
SELECT loyalty.set_change_request_contacts('sg', 'mobile', '{sms}', 2, 24);
SET loyalty.clock = '2025-06-02 10:00+00';
CALL loyalty.escalate_change_requests('sg');
SELECT bag_eq($$SELECT request_type, escalated_step FROM loyalty.change_requests('sg', statuses => '{pending}')$$, $$VALUES ('delete_account', 2), ('mobile', 1)$$,
    'where no sender is there for a mobile the request is left out, and others are told of');
SELECT loyalty.create_sender('sg', 'SG', 'mobile', is_default => true) \g /dev/null
CALL loyalty.escalate_change_requests('sg');
SELECT is((SELECT min(escalated_step) FROM loyalty.change_requests('sg', statuses => '{pending}')), 2, 'and the next run makes up for it');

\set ON_ERROR_STOP 0
-- An error that is not ours ends the run as what it is: it would be a cancelled query as well.
SELECT pg_temp.customer('sg', 'eve', mobile => '91234561') AS eve \gset
SELECT status FROM loyalty.submit_change_request('sg', 'mobile', :eve, new_value => '98765430') \g /dev/null
CREATE FUNCTION pg_temp.break() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken' USING ERRCODE = 'XXT01'; END $$;
CREATE TRIGGER break BEFORE INSERT ON loyalty_data.message FOR EACH ROW EXECUTE FUNCTION pg_temp.break();
SELECT set_config('loyalty.clock', (loyalty.clock() + interval '30 hours')::text, false) \g /dev/null
CALL loyalty.escalate_change_requests('sg');
\set got :SQLSTATE
DROP TRIGGER break ON loyalty_data.message;
SELECT is(:'got'::text, 'XXT01', 'what is not ours is passed on');
SELECT is((SELECT escalated_step FROM loyalty.change_requests('sg', customer_id => :eve, request_types => '{mobile}')), 0, 'and nobody was told');
CALL loyalty.escalate_change_requests('sg');
SELECT is((SELECT escalated_step FROM loyalty.change_requests('sg', customer_id => :eve, request_types => '{mobile}')), 2, 'until the next run');
CALL loyalty.escalate_change_requests(NULL);
\set got :SQLSTATE
SELECT is(:'got'::text, 'LY001', 'no org');
CALL loyalty.escalate_change_requests('sg', batch_size => 0);
\set got :SQLSTATE
SELECT is(:'got'::text, 'LY003', 'no batch');
CALL loyalty.escalate_change_requests('sg', '2030-01-01');
\set got :SQLSTATE
SELECT is(:'got'::text, 'LY408', 'after the clock');
BEGIN;
CALL loyalty.escalate_change_requests('sg');
\set got :SQLSTATE
ROLLBACK;
SELECT is(:'got'::text, 'LY014', 'inside a transaction');
SET ROLE loyalty_agent;
CALL loyalty.escalate_change_requests('sg');
\set got :SQLSTATE
RESET ROLE;
SELECT is(:'got'::text, '42501', 'for admins alone');
SELECT * FROM finish();
