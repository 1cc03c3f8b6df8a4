-- Messages about change requests, and the lists of them: worked examples 1, 5 and 8 of their design, the union with deletions and
-- merges, pages, and what is refused.
BEGIN;
SELECT no_plan();
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SET LOCAL loyalty.clock = '2024-05-03 02:00+00';
SELECT pg_temp.new_org('acme', 'base', tills => '{till}', zone => 'Asia/Singapore', country => 'SG'),
    pg_temp.new_org('other', 'base', zone => 'Asia/Singapore', country => 'SG');
SELECT loyalty.create_sender('acme', 'ACME', 'mobile', is_default => true), loyalty.grant_org('acme', 'loyalty_agent'),
    loyalty.grant_org('acme', 'loyalty_admin'), loyalty.grant_org('other', 'loyalty_agent') \g /dev/null
SELECT loyalty.create_contact('acme', 'zoe', 'Zoë', 'zoe@example.com'), loyalty.create_contact('acme', 'raj', 'Raj', mobile => '+6591110001') \g /dev/null
SELECT customer_id AS ann FROM loyalty.register_customer('acme', mobile => '+6591234567', email => 'ann@example.com', first_name => 'Ann', last_name => 'Lim, "A"') \gset
SELECT customer_id AS bob FROM loyalty.register_customer('acme', mobile => '+6581234567', email => 'bob@example.com', first_name => 'Bob') \gset
SELECT customer_id AS cy FROM loyalty.register_customer('acme', mobile => '+6581234568', external_id => 'cy', email => 'cy@example.com', first_name => 'Cy') \gset

-- What was sent since the last look: to whom, by what, where to, and what it says.
CREATE TEMP TABLE looked (message_id bigint);
CREATE FUNCTION pg_temp.sent() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    said text;
BEGIN
    SELECT string_agg(concat_ws(' ', m.purpose, m.channel, m.state, b.address, b.subject, b.body), E'\n' ORDER BY m.message_id) INTO said
    FROM loyalty_data.message m LEFT JOIN loyalty_data.message_body b USING (org_id, customer_id, message_id)
    WHERE m.message_id NOT IN (SELECT message_id FROM looked);
    INSERT INTO looked SELECT message_id FROM loyalty_data.message;
    RETURN said;
END $$;

-- ---- example 1: two messages, to the mobile before the change and to the one after it
SELECT loyalty.set_change_request_template('acme', 'mobile', 'old_id', 'mobile', '{{first_name}}: {{old_value}} is {{new_value}} now'),
    loyalty.set_change_request_template('acme', 'mobile', 'new_id', 'mobile', 'This is your number, as you asked on {{request_date}}') \g /dev/null
SELECT loyalty.set_change_request_rules('acme', 'mobile', communicate => '{old_id,new_id}');
SET LOCAL ROLE loyalty_agent;
SELECT request_id AS first FROM loyalty.submit_change_request('acme', 'mobile', :ann, new_value => '+6598765432', origin => 'instore', till => 'till',
    source => 'INSTORE', reason => 'lost it', actor => 'desk_a') \gset
RESET ROLE;
SELECT is(pg_temp.sent(), NULL, 'a request that waits tells nobody who was not asked for');
SET LOCAL ROLE loyalty_admin;
SELECT loyalty.approve_change_request('acme', :first, reason => 'seen', actor => 'desk_b') \g /dev/null
RESET ROLE;
SELECT is(pg_temp.sent(), E't mobile q +6591234567 Ann: +6591234567 is +6598765432 now\nt mobile q +6598765432 This is your number, as you asked on 2024-05-03',
    'old and new mobile are told of the change, each once');
SELECT is((SELECT count(*)::int FROM loyalty_data.message WHERE customer_id = :ann), 2, 'under the customer');
SET LOCAL ROLE loyalty_gateway;
RESET ROLE;
SELECT loyalty.grant_org('acme', 'loyalty_gateway');
SELECT results_eq($$SELECT address FROM loyalty.take_messages('acme', 'mobile') ORDER BY 1$$, $$VALUES ('+6591234567'), ('+6598765432')$$,
    'and get it there, whatever the customer''s address is by then');
SELECT loyalty.one_step_change('acme', 'mobile', '+6598765432', '+6591234567') \g /dev/null
SELECT is(pg_temp.sent(), E't mobile q +6598765432 Ann: +6598765432 is +6591234567 now\nt mobile q +6591234567 This is your number, as you asked on 2024-05-03',
    'a change in one step is told, too');
SELECT request_id AS second FROM loyalty.submit_change_request('acme', 'mobile', :cy, new_value => '+6598765432') \gset
SELECT loyalty.decline_change_request('acme', :second, 'no');
SELECT is(pg_temp.sent(), NULL, 'what is declined tells nobody');

-- ---- an external id: both channels, each with its own text
SELECT loyalty.set_config('acme', 'CONF_REQUEST_FOUR_EYES', 'actor');
SELECT loyalty.set_change_request_template('acme', 'external_id', 'customer', 'mobile', 'Your id is {{new_value}}'),
    loyalty.set_change_request_template('acme', 'external_id', 'customer', 'email', 'Dear {{first_name}}', 'Your id, {{ last name }}',
        attachments => '[{"file_name": "terms.txt", "file_type": "txt", "file_data": "terms"}]') \g /dev/null
SELECT loyalty.set_change_request_rules('acme', 'external_id', auto_approve => true, communicate => '{customer}');
SELECT is(status, 'approved', 'is approved by itself') FROM loyalty.submit_change_request('acme', 'external_id', :cy, new_value => 'cy2');
SELECT is(pg_temp.sent(), E't mobile q +6581234568 Your id is cy2\nt email q cy@example.com Your id,  Dear Cy', 'and told by both channels, where nothing is known nothing is said');
SELECT is((SELECT count(*)::int FROM loyalty_data.message_attachment WHERE customer_id = :cy), 1, 'with its file');

-- ---- example 5: contacts are told only when purchases come to 1,000
SELECT loyalty.set_change_request_rules('acme', 'email', 'only_when', 1000);
SELECT loyalty.set_change_request_contacts('acme', 'email', '{zoe,raj}');
SELECT loyalty.add_transaction('acme', :bob, 'B1', 1200), loyalty.return_transaction('acme', :bob, 'B1', amount => 250) \g /dev/null
SELECT request_id AS third FROM loyalty.submit_change_request('acme', 'email', :bob, new_value => 'bob2@example.com') \gset
SELECT is(pg_temp.sent(), NULL, '950 are too few');
SELECT loyalty.withdraw_change_request('acme', :third);
SELECT loyalty.add_transaction('acme', :bob, 'B2', 60) \g /dev/null
SELECT request_id AS third FROM loyalty.submit_change_request('acme', 'email', :bob, new_value => 'bob2@example.com') \gset
SELECT is(pg_temp.sent(), format(E'o email q zoe@example.com Change request %1$s (email) has come Change request %1$s (email) has come.\no mobile q +6591110001 Change request %1$s (email) has come.', :third),
    '1,010 are enough: each contact is told once, and nothing of the customer');
SELECT is((SELECT count(*)::int FROM loyalty_data.message WHERE customer_id = 0), 2, 'in the name of the org');
SELECT loyalty.set_change_request_template('acme', 'email', 'contact', 'email', '{{request_id}} {{step}} {{new_value}}', 'A request of {{first_name}}') \g /dev/null
SELECT loyalty.withdraw_change_request('acme', :third);
SELECT request_id AS third FROM loyalty.submit_change_request('acme', 'email', :bob, new_value => 'bob2@example.com') \gset
SELECT is(pg_temp.sent(), format(E'o email q zoe@example.com A request of Bob %1$s 0 bob2@example.com\no mobile q +6591110001 Change request %1$s (email) has come.', :third),
    'a text of the org''s own says what that says');
SELECT loyalty.set_change_request_contacts('acme', 'delete_account', '{zoe}'), loyalty.set_change_request_rules('acme', 'delete_account', 'always') \g /dev/null

-- ---- a merge tells both sides, the requestor where it was before; its warnings are seen, and not minded
SELECT loyalty.set_change_request_template('acme', 'account_merge', audience, 'email', audience || ' {{first_name}}', 'Merged') FROM unnest('{requestor,survivor}'::text[]) audience \g /dev/null
SELECT loyalty.set_change_request_rules('acme', 'account_merge', communicate => '{requestor,survivor}');
SELECT request_id AS merge, warnings AS merge_warnings FROM loyalty.submit_change_request('acme', 'account_merge', existing => 'cy@example.com', requested_to => '+6591234567', actor => 'desk_a') \gset
SELECT loyalty.approve_change_request('acme', :merge, actor => 'desk_b') \g /dev/null
SELECT is(pg_temp.sent(), E't email q cy@example.com Merged requestor Ann\nt email q ann@example.com Merged survivor Ann', 'both are told');
SELECT is((SELECT count(DISTINCT customer_id)::int FROM loyalty_data.message m WHERE template_id IN (SELECT template_id FROM loyalty_data.message_template WHERE template LIKE '%account_merge%')), 1,
    'under the survivor: the other one is there no more');

-- ---- lists
SET LOCAL loyalty.clock = '2024-05-04 02:00+00';
SELECT loyalty.submit_change_request('acme', 'delete_account', :bob, reason => '=cmd') \g /dev/null
SELECT matches(pg_temp.sent(), '^o email q zoe@example.com Change request \d+ \(delete_account\) has come', 'a deletion is told, too');
SELECT customer_id AS dee FROM loyalty.register_customer('acme', mobile => '+6581234569') \gset
SELECT customer_id AS eve FROM loyalty.register_customer('acme', mobile => '+6581234570') \gset
SET LOCAL loyalty.clock = '2024-05-05 02:00+00';
SELECT merge_id AS bare FROM loyalty.merge_customers('acme', :dee, :eve, actor => 'boss') \gset
SELECT results_eq(format($$SELECT request_type, status, one_step, auto_approved, customer_id, original_customer_id, target_id FROM loyalty.change_requests('acme')$$),
    format($$VALUES ('account_merge', 'approved', false, false, %3$s::int8, %5$s::int8, %3$s::int8), ('delete_account', 'pending', false, false, %2$s, %2$s, NULL),
        ('account_merge', 'approved', false, false, %1$s, %4$s, %1$s), ('email', 'pending', false, false, %2$s, %2$s, NULL),
        ('email', 'declined', false, false, %2$s, %2$s, NULL), ('email', 'declined', false, false, %2$s, %2$s, NULL),
        ('external_id', 'approved', false, true, %1$s, %4$s, NULL), ('mobile', 'declined', false, false, %1$s, %4$s, NULL),
        ('mobile', 'approved', true, false, %1$s, %1$s, NULL), ('mobile', 'approved', false, false, %1$s, %1$s, NULL)$$, :ann, :bob, :dee, :cy, :eve),
    'requests, deletions and merges are in one list, the newest first');
SELECT is((SELECT concat_ws('|', request_type, status, local_time, requested_by, origin, source, till, customer_name, existing_value, requested_value, reason, actor, decided_by, decision_reason)
    FROM loyalty.change_requests('acme') WHERE request_id = :first),
    'mobile|approved|2024-05-03 10:00:00|loyalty_agent|instore|INSTORE|till|Ann Lim, "A"|+6591234567|+6598765432|lost it|desk_a|loyalty_admin|seen', 'with all that was said');
SELECT is((SELECT count(*)::int FROM loyalty.change_requests('acme', request_types => types, from_date => since, to_date => until, statuses => states, customer_id => whose)), count, name)
FROM (VALUES
    ('{mobile}'::text[], NULL::date, NULL::date, NULL::text[], NULL::bigint, 3, 'of a type'),
    ('{Account Merge,email}', NULL, NULL, NULL, NULL, 5, 'of two'),
    ('{}', NULL, NULL, '{declined}', NULL, 3, 'of a state'),
    (NULL, '2024-05-04', NULL, NULL, NULL, 2, 'from a day on'),
    (NULL, NULL, '2024-05-03', NULL, NULL, 8, 'up to a day'),
    (NULL, '2024-05-06', '2024-05-03', NULL, NULL, 0, 'from the end to the beginning'),
    (NULL, NULL, NULL, NULL, :ann, 5, 'of a customer and those merged into it'),
    (NULL, NULL, NULL, '{pending}', :bob, 2, 'that wait')) f (types, since, until, states, whose, count, name);
SELECT is((SELECT string_agg(request_type, ' ' ORDER BY n) FROM loyalty.change_requests('acme', page_size => 3) WITH ORDINALITY l (id, request_type, status, at, local_time, by, origin,
    source, till, c, oc, name, ev, rv, target, payload, warnings, reason, actor, da, db, dr, one, auto, result, step, key, n)), 'account_merge delete_account account_merge', 'a page');
SELECT page_key FROM loyalty.change_requests('acme', page_size => 3) ORDER BY requested_at, request_id LIMIT 1 \gset
SELECT is((SELECT count(*)::int FROM loyalty.change_requests('acme', page_key => :'page_key')), 7, 'the others stand behind it');
SELECT is((SELECT count(*)::int FROM loyalty.change_requests('acme', identifier_type => 'email', identifier_value => 'ann@example.com')), 5, 'a customer is named by an identifier, too');
SELECT is((SELECT count(*)::int FROM loyalty.change_requests_csv('acme', identifier_type => 'email', identifier_value => 'ann@example.com')), 6, 'in both');
SELECT is((SELECT count(*)::int FROM loyalty.change_requests('other')), 0, 'each org has its own');

-- ---- example 8: the file. Days are the org's, both among them; a mobile is no formula
CREATE FUNCTION pg_temp.at(request bigint, at timestamptz) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    UPDATE loyalty_data.change_request SET requested_at = at WHERE request_id = request;
    RETURN (SELECT count(*) FROM loyalty.change_requests_csv('acme', '{mobile}', '2024-05-01', '2024-05-31', '{approved}') WHERE csv_line LIKE request || ',%');
END $$;
SELECT is(pg_temp.at(:first, at), count, name) FROM (VALUES ('2024-04-30 15:59:59Z'::timestamptz, 0, 'April''s last second is not May''s'), ('2024-04-30 16:00:00Z', 1, 'the first instant of May is'),
    ('2024-05-31 15:59:59Z', 1, 'its last second is'), ('2024-05-31 16:00:00Z', 0, 'June is not')) d (at, count, name);
SELECT pg_temp.at(:first, '2024-05-03 02:00+00');
SELECT is((SELECT string_agg(csv_line, E'\n' ORDER BY n) FROM loyalty.change_requests_csv('acme', '{mobile}', statuses => '{approved}', customer_id => :ann, raw => is_raw)
    WITH ORDINALITY l (csv_line, n) WHERE n IN (1, 3)), want, name) FROM (VALUES
    (false, 'a file has a head, and cells that are no formulas', format(E'request_id,request_type,status,requested_on,requested_by,source,till,customer_id,customer_name,existing_value,'
        'requested_value,target_id,reason,decided_on,decided_by,decision_reason,one_step,auto_approved\n%s,mobile,approved,2024-05-03 10:00:00,loyalty_agent,INSTORE,till,%s,'
        '"Ann Lim, ""A""",''+6591234567,''+6598765432,,lost it,2024-05-03 10:00:00,loyalty_admin,seen,false,false', :first, :ann)),
    (true, 'unless it is raw', format(E'request_id,request_type,status,requested_on,requested_by,source,till,customer_id,customer_name,existing_value,'
        'requested_value,target_id,reason,decided_on,decided_by,decision_reason,one_step,auto_approved\n%s,mobile,approved,2024-05-03 10:00:00,loyalty_agent,INSTORE,till,%s,'
        '"Ann Lim, ""A""",+6591234567,+6598765432,,lost it,2024-05-03 10:00:00,loyalty_admin,seen,false,false', :first, :ann))) r (is_raw, name, want);
SELECT is((SELECT csv_line FROM loyalty.change_requests_csv('acme', '{account_merge}', from_date => '2024-05-05') WHERE csv_line LIKE ',%'),
    format(',account_merge,approved,2024-05-05 10:00:00,,,,%s,,,,%s,,2024-05-05 10:00:00,,,false,false', :dee, :dee), 'a merge that nobody asked for is in the file of merges');
SELECT matches((SELECT csv_line FROM loyalty.change_requests_csv('acme', '{delete_account}') WHERE csv_line LIKE '%delete%'), ',''=cmd,', 'no reason is a formula');

-- ---- the single view, and the log
SELECT is(jsonb_path_query_array(loyalty.customer_single_view('acme', :bob), '$.pending_requests[*].request_type'), '["email", "delete_account"]', 'the single view has what waits');
SELECT is(loyalty.customer_single_view('acme', :ann) -> 'pending_requests', '[]', 'and nothing else');
SELECT is((SELECT string_agg(concat_ws(' ', log_no, change, role, actor, local_time), ', ' ORDER BY log_no) FROM loyalty.change_request_log WHERE org = 'acme' AND request_id = :first),
    '1 submitted loyalty_agent desk_a 2024-05-03 10:00:00, 2 approved loyalty_admin desk_b 2024-05-03 10:00:00', 'the log has each step');

SELECT pg_temp.refused(call, code, name) FROM (VALUES
    ('loyalty.change_requests(''acme'', ''{card}'')', 'LY003', 'a type that there is not'),
    ('loyalty.change_requests(''acme'', statuses => ''{open}'')', 'LY003', 'a state that there is not'),
    ('loyalty.change_requests(''acme'', statuses => ''{}'')', 'LY001', 'no state'),
    ('loyalty.change_requests(''acme'', ''{NULL}'')', 'LY001', 'a type that is none'),
    ('loyalty.change_requests(''acme'', array_fill(''mobile''::text, ARRAY[101]))', 'LY003', 'a hundred types'),
    ('loyalty.change_requests(''acme'', from_date => ''infinity'')', 'LY015', 'no day'),
    ('loyalty.change_requests(''acme'', to_date => ''-infinity'')', 'LY015', 'none either'),
    ('loyalty.change_requests(''acme'', to_date => ''0001-01-01'')', 'LY015', 'too early'),
    ('loyalty.change_requests(''acme'', customer_id => 987654321987)', 'LY107', 'nobody'),
    ('loyalty.change_requests(''acme'', page_size => 0)', 'LY416', 'a page without rows'),
    ('loyalty.change_requests(''acme'', page_size => 101)', 'LY416', 'a page of too many'),
    ('loyalty.change_requests(''acme'', page_key => ''1-x'')', 'LY416', 'a key that is none'),
    ('loyalty.change_requests(''acme'', identifier_type => ''email'', identifier_value => ''x@example.com'')', 'LY107', 'who is nobody''s'),
    ('loyalty.change_requests(''acme'', identifier_type => ''email'')', 'LY001', 'half of an identifier'),
    ('loyalty.change_requests(''acme'', identifier_type => ''hat'', identifier_value => ''x'')', 'LY106', 'a type of none'),
    ('loyalty.change_requests(''acme'', customer_id => 5, identifier_type => ''email'', identifier_value => ''x@example.com'')', 'LY003', 'two names at once'),
    ('loyalty.change_requests(''nobody'')', 'LY004', 'no org'),
    ('loyalty.change_requests_csv(''acme'', ''{card}'')', 'LY003', 'a file of a type that there is not'),
    ('loyalty.change_requests_csv(''acme'', customer_id => 987654321987)', 'LY107', 'a file of nobody')) c (call, code, name);
SET LOCAL ROLE loyalty_analyst;
SELECT throws_ok($$SELECT * FROM loyalty.change_requests('acme')$$, '42501', NULL, 'an analyst lists none');
SELECT throws_ok($$SELECT * FROM loyalty.change_requests_csv('acme')$$, '42501', NULL, 'and downloads none');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
