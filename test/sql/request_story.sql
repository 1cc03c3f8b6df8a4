-- A request from its submission by a till to the file that staff downloads: what is set, what a till asks for, who is told, what
-- waits and is escalated, who decides, and what there is to be seen of it, as docs/request.md and docs/desk.md tell.
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
SET loyalty.clock = '2024-05-03 01:00+00';
SELECT pg_temp.new_org('lagoon', 'stars', tills => '{quay-1}', store => 'quay', zone => 'Asia/Singapore', country => 'SG');
SELECT loyalty.grant_org('lagoon', role) FROM unnest('{loyalty_pos,loyalty_agent,loyalty_admin,loyalty_gateway}'::text[]) role;
SELECT loyalty.create_sender('lagoon', 'LAGOON', 'mobile', is_default => true) > 0 AS sender;
SELECT loyalty.create_contact('lagoon', 'zoe', 'Zoë', 'zoe@lagoon.example') > 0 AS contact;
SELECT loyalty.create_contact('lagoon', 'raj', 'Raj', 'raj@lagoon.example') > 0 AS contact;
SELECT customer_id AS ann FROM loyalty.register_customer('lagoon', '9123 4567', first_name => 'Ann', last_name => 'Lim', till => 'quay-1') \gset
SELECT customer_id AS anne FROM loyalty.register_customer('lagoon', '9123 4568', 'anne@example.com', first_name => 'Anne', till => 'quay-1') \gset

-- What waits for workers, and for whom; then they take it.
CREATE VIEW pg_temp.outbox AS
    SELECT m.channel, b.address, b.subject, b.body
    FROM loyalty_data.message m JOIN loyalty_data.message_body b USING (org_id, customer_id, message_id) WHERE m.state = 'q' ORDER BY m.message_id;

-- ---------------------------------------------------------------- the desk says how requests go

SELECT version_no FROM loyalty.set_change_request_template('lagoon', 'mobile', 'old_id', 'mobile', 'Hello {{first_name}}, your number is {{new_value}} now.');
SELECT version_no FROM loyalty.set_change_request_template('lagoon', 'mobile', 'new_id', 'mobile', 'Welcome back, {{first_name}}.');
SELECT loyalty.set_change_request_rules('lagoon', 'mobile', 'always', communicate => '{old_id,new_id}');
SELECT loyalty.set_change_request_contacts('lagoon', 'mobile', '{zoe}');
SELECT loyalty.set_change_request_contacts('lagoon', 'mobile', '{zoe,raj}', 1, 4);

-- ---------------------------------------------------------------- a till asks

SET ROLE loyalty_pos;
SELECT request_id AS request, status, warnings FROM loyalty.submit_change_request('lagoon', 'mobile', existing => '+6591234567',
    requested_to => '98765432', origin => 'instore', till => 'quay-1', source => 'INSTORE', reason => 'phone lost', actor => 'till of May') \gset
\echo :status :warnings
SELECT loyalty.submit_change_request('lagoon', 'mobile', :ann, new_value => '98765433');
\echo :LAST_ERROR_SQLSTATE
SELECT loyalty.approve_change_request('lagoon', :request);
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
SELECT loyalty.find_customer('lagoon', 'mobile', '91234567') = :ann AS unchanged;
SELECT channel, address, subject FROM pg_temp.outbox;

-- ---------------------------------------------------------------- it waits, and is escalated

SET loyalty.clock = '2024-05-03 04:59:59+00';
CALL loyalty.escalate_change_requests('lagoon');
SET loyalty.clock = '2024-05-03 05:00+00';
CALL loyalty.escalate_change_requests('lagoon');
CALL loyalty.escalate_change_requests('lagoon');
SELECT channel, address, subject FROM pg_temp.outbox;
SET ROLE loyalty_agent;
SELECT request_type, status, local_time, requested_by, origin, till, customer_name, existing_value, requested_value, reason, escalated_step
    FROM loyalty.change_requests('lagoon', statuses => '{pending}');
SELECT passes, changed FROM loyalty.check_change_request('lagoon', :request);
SELECT jsonb_path_query(loyalty.customer_single_view('lagoon', :ann), '$.pending_requests[*]') - 'request_id' AS pending;
RESET ROLE;

-- ---------------------------------------------------------------- the desk decides

SELECT message_id FROM loyalty.take_messages('lagoon', 'email') \g /dev/null
SET loyalty.clock = '2024-05-03 06:00+00';
SET ROLE loyalty_admin;
SELECT status, result_id FROM loyalty.approve_change_request('lagoon', :request, reason => 'seen in person', actor => 'desk of May');
SELECT loyalty.approve_change_request('lagoon', :request);
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
SELECT loyalty.find_customer('lagoon', 'mobile', '91234567') AS nobody, loyalty.find_customer('lagoon', 'mobile', '98765432') = :ann AS ann;
SELECT channel, address, body FROM pg_temp.outbox;

-- ---------------------------------------------------------------- a merge with warnings, which staff sees and does not mind

SELECT loyalty.set_subscription('lagoon', :ann, 'email', 'promotional', true), loyalty.set_subscription('lagoon', :anne, 'email', 'promotional', false);
SET ROLE loyalty_agent;
SELECT loyalty.submit_change_request('lagoon', 'account_merge', existing => 'anne@example.com', requested_to => '98765432', accept_warnings => false);
\echo :LAST_ERROR_SQLSTATE
SELECT status, warnings FROM loyalty.submit_change_request('lagoon', 'account_merge', existing => 'anne@example.com', requested_to => '98765432',
    accept_warnings => true, origin => 'member_care', actor => 'desk of June');
RESET ROLE;
SELECT request_id AS merge FROM loyalty.change_requests('lagoon', '{account_merge}') \gset
SELECT status, result_id IS NOT NULL AS merged FROM loyalty.approve_change_request('lagoon', :merge);

-- ---------------------------------------------------------------- what there is to be seen

SELECT log_no, change, local_time, role, actor, subject_id FROM loyalty.change_request_log WHERE request_id = :request ORDER BY log_no;
SELECT csv_line FROM loyalty.change_requests_csv('lagoon', '{mobile,account_merge}', '2024-05-01', '2024-05-31', '{pending,approved,declined}');
SELECT csv_line FROM loyalty.change_requests_csv('lagoon', '{mobile}', '2024-05-01', '2024-05-31', '{approved}', raw => true) OFFSET 1;
SELECT count(*) AS lines FROM loyalty.change_requests_csv('lagoon', '{mobile}', '2024-05-04', '2024-05-31');
SELECT bool_and(ok) AS books FROM loyalty.verify_ledger('lagoon');
DROP VIEW outbox;
DROP EXTENSION loyalty;
