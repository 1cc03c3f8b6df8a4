-- What calls about statuses refuse, with its SQLSTATE; that a refused call writes nothing; who may call what.
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = error;
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('sg', 'p', zone => 'Asia/Singapore', country => 'SG');
SELECT pg_temp.new_org('other', country => 'SG');
SELECT pg_temp.customer('sg', mobile => '91234567') AS ann, pg_temp.customer('sg', mobile => '81234567') AS bob,
    pg_temp.customer('other', mobile => '81234567') AS stranger \gset
SELECT loyalty.create_status_label('sg', 'suspended', 'On hold');
SELECT loyalty.create_status_label('sg', 'deleted', 'Gone');
SELECT loyalty.create_status_label('other', 'suspended', 'Theirs');

-- No message says a mobile.
SET LOCAL test.secret = '1234567';

-- labels
SELECT pg_temp.refused(format('loyalty.create_status_label(%L, %L, %L)', 'sg', s, l), e, format('label %s of %s', to_json(l), s))
FROM (VALUES ('suspended', NULL, 'LY001'), ('suspended', '', 'LY001'), (NULL, 'X', 'LY001'), ('Suspend', 'X', 'LY003'),
    ('suspended', repeat('x', 101), 'LY002'), ('suspended', U&'\FEFFX', 'LY003'), ('suspended', U&'X\200B', 'LY003'),
    ('suspended', E'X\ny', 'LY003'), ('suspended', E'X\u007f', 'LY003'), ('suspended', 'On hold', 'LY009'),
    ('internal', 'On hold', 'LY009'), ('suspended', 'all', 'LY210'), ('suspended', 'active', 'LY210'),
    ('active', 'deleted', 'LY210'), ('deleted', 'Deletion_pending', 'LY210')) t(s, l, e);
SELECT pg_temp.refused($$loyalty.create_status_label('sg', 'suspended', 'X', repeat('x', 1001))$$, 'LY002', 'long description');
SELECT pg_temp.refused($$loyalty.create_status_label('sg', repeat('x', 10000000), 'X')$$, 'LY002', 'huge status');
SELECT lives_ok($$SELECT loyalty.create_status_label('sg', 'suspended', 'suspended')$$, 'a status''s word is its own label''s');
SELECT lives_ok(format('SELECT loyalty.create_status_label(%L, %L, %L)', 'sg', 'internal', repeat('é', 100)), 'a hundred letters');
SELECT pg_temp.refused($$loyalty.set_default_status_label('sg', 'suspended', 'Nothing')$$, 'LY202', 'default: no such label');
SELECT pg_temp.refused($$loyalty.set_default_status_label('sg', 'suspended', 'Theirs')$$, 'LY202', 'default: of another org');
SELECT pg_temp.refused($$loyalty.set_default_status_label('sg', 'internal', 'On hold')$$, 'LY202', 'default: of another status',
    'Its status is suspended.');
SELECT pg_temp.refused($$loyalty.set_default_status_label('sg', NULL, 'On hold')$$, 'LY001', 'default: no status');
SELECT pg_temp.refused($$loyalty.set_default_status_label('sg', 'suspended', NULL)$$, 'LY001', 'default: no label');

-- restrictions
SELECT pg_temp.refused(format('loyalty.set_restriction(%L, %L, %L)', 'sg', r, l), e, format('restrict %s, %s', r, l))
FROM (VALUES (NULL, '{On hold}', 'LY001'), ('block', '{On hold}', 'LY003'), ('block_transaction', NULL, 'LY001'),
    ('block_transaction', '{On hold,NULL}', 'LY003'), ('block_transaction', '{{On hold},{On hold}}', 'LY003'),
    ('block_transaction', '{On hold,all}', 'LY003'), ('block_transaction', '{Nothing}', 'LY202'),
    ('block_transaction', '{Theirs}', 'LY202'), ('block_transaction', '{""}', 'LY202'), ('block_transaction', '{Gone}', 'LY203'),
    ('block_everything', '{On hold}', 'LY203'), ('block_everything', '{Gone,On hold}', 'LY203')) t(r, l, e);
SELECT pg_temp.refused($$loyalty.set_restriction('sg', 'block_transaction', ARRAY[repeat('x', 101)])$$, 'LY002', 'long label');
SELECT pg_temp.refused($$loyalty.set_restriction('sg', 'block_transaction', array_fill('On hold'::text, ARRAY[1001]))$$, 'LY003',
    'too many labels');
SELECT lives_ok($$SELECT loyalty.set_restriction('sg', 'block_transaction', array_fill('On hold'::text, ARRAY[1000]))$$,
    'a label named often has it once');
SELECT is((SELECT restrictions FROM loyalty.status_labels WHERE label = 'On hold'), '{block_transaction}', 'it has it');
SELECT loyalty.set_restriction('sg', 'block_transaction', '{}');

-- a new label gets what all labels have, where its status goes with it
SELECT loyalty.set_restriction('sg', 'block_transaction', '{all}');
SELECT loyalty.create_status_label('sg', 'fraud_confirmed', 'Proven');
SELECT loyalty.create_status_label('sg', 'active', 'Fine');
SELECT results_eq($$SELECT label COLLATE "default" FROM loyalty.status_restrictions WHERE org = 'sg' AND is_restricted ORDER BY label COLLATE "C"$$,
    ARRAY['On hold', 'Proven', 'suspended', repeat('é', 100)], 'all labels that may have it, those made later too');
SELECT loyalty.set_restriction('sg', 'block_transaction', '{Proven}');
SELECT results_eq($$SELECT label COLLATE "default" FROM loyalty.status_restrictions WHERE org = 'sg' AND is_restricted$$, ARRAY['Proven'],
    'exactly these labels');
SELECT loyalty.set_restriction('sg', 'block_transaction', '{}');

-- the fraud status first
SELECT pg_temp.refused(format($$loyalty.set_customer_status('sg', %s, 'On hold')$$, :ann), 'LY204', 'label before it is enabled');
SELECT pg_temp.refused($$loyalty.register_customer('sg', '81110000', status_label => 'On hold')$$, 'LY204', 'nor at a registration');
SELECT pg_temp.refused($$loyalty.explain_registration('sg', '81110000', status_label => 'On hold')$$, 'LY204', 'nor explained');
SELECT pg_temp.refused(format('loyalty.set_fraud_status(%L, %s, %L)', 'sg', COALESCE(c::text, 'NULL'), f), e,
    format('fraud status %s of %s', f, c))
FROM (VALUES (:ann, NULL, 'LY001'), (:ann, 'fraud', 'LY003'), (NULL, 'marked', 'LY001'), (0, 'marked', 'LY107'),
    (:stranger, 'marked', 'LY107')) t(c, f, e);
SELECT pg_temp.refused(format($$loyalty.set_fraud_status('sg', %s, 'marked', repeat('x', 1001))$$, :ann), 'LY002', 'long reason');
SELECT pg_temp.refused(format($$loyalty.set_fraud_status('sg', %s, 'marked', 'x', repeat('x', 201))$$, :ann), 'LY002', 'long actor');
SELECT loyalty.set_fraud_status('sg', :ann, 'not_fraud');
SELECT is((SELECT count(*) FROM loyalty.customer_status_log), 0::bigint, 'what changes nothing is no change');
SELECT loyalty.set_fraud_status('sg', :ann, f, actor => 'maya') FROM unnest(ARRAY['marked', 'confirmed', 'reconfirmed', 'internal',
    'not_fraud']) f;
SELECT results_eq($$SELECT previous_fraud_status || '>' || fraud_status || ' ' || actor FROM loyalty.customer_status_log ORDER BY change_id$$,
    ARRAY['not_fraud>marked maya', 'marked>confirmed maya', 'confirmed>reconfirmed maya', 'reconfirmed>internal maya',
    'internal>not_fraud maya'], 'the history of fraud statuses');

-- what a fraud status stops: redemptions and transfers to others, at the statuses that the configuration names, by every road
CREATE FUNCTION pg_temp.stopped(customer bigint, fraud text, config text, other bigint) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    stopped text := '';
    call text;
    name text;
BEGIN
    PERFORM loyalty.set_config('sg', 'CONF_FRAUD_STATUS_BLOCKS', config), loyalty.set_fraud_status('sg', customer, fraud);
    FOR name, call IN VALUES ('redeem', format($c$loyalty.redeem_points('sg', %s, 1)$c$, customer)),
        ('transfer', format($c$loyalty.transfer_points('sg', %s, %s, 1)$c$, customer, other)),
        ('receive', format($c$loyalty.transfer_points('sg', %s, %s, 1)$c$, other, customer)),
        ('earn', format($c$loyalty.earn_points('sg', %s, 1)$c$, customer)),
        ('adjust', format($c$loyalty.adjust_points('sg', %s, 1, 'debit', reason => 'x')$c$, customer)),
        ('bill', format($c$loyalty.add_transaction('sg', %s, 'F' || gen_random_uuid(), 1)$c$, customer)),
        ('change', format($c$loyalty.update_customer('sg', %s, first_name => 'F')$c$, customer)) LOOP
        BEGIN
            EXECUTE 'SELECT ' || call;
        EXCEPTION WHEN SQLSTATE 'LY201' THEN
            stopped := concat_ws(' ', NULLIF(stopped, ''), name);
        END;
    END LOOP;
    RETURN stopped || COALESCE(' ' || (SELECT error_code FROM loyalty.redeem_points_batch('sg', loyalty.redeem_items(jsonb_build_array(
        jsonb_build_object('customer_id', customer, 'points', 1))), false) WHERE error_code IS NOT NULL), '')
        || COALESCE(' ' || (SELECT failed_condition FROM loyalty.is_redeemable('sg', customer, 1)), '')
        || COALESCE(' ' || (SELECT restrictions::text FROM loyalty.check_restriction('sg', customer, 'redeem_points') WHERE NOT allowed), '')
        || COALESCE(' ' || NULLIF(loyalty.customer_single_view('sg', customer) #>> '{status,restrictions}', '[]'), '');
END
$$;
SELECT loyalty.earn_points('sg', c, 100) FROM unnest(ARRAY[:ann, :bob]::bigint[]) c;
\set all 'redeem transfer LY201 status {block_points_redemption} ["block_points_redemption"]'
SELECT is(pg_temp.stopped(:ann, fraud, config, :bob), CASE WHEN fraud = ANY (string_to_array(COALESCE(config, 'confirmed,reconfirmed'), ','))
    THEN :'all' ELSE '' END, format('%s where %s', fraud, COALESCE(config, 'the default')))
FROM unnest(ARRAY[NULL, 'none', 'marked', 'marked,confirmed,reconfirmed,internal', 'internal']) config,
    unnest(ARRAY['not_fraud', 'marked', 'confirmed', 'reconfirmed', 'internal']) fraud;
SELECT loyalty.set_config('sg', 'CONF_FRAUD_STATUS_BLOCKS', NULL);
SELECT loyalty.set_fraud_status('sg', :ann, 'confirmed');
SELECT pg_temp.refused(format($$loyalty.redeem_points('sg', %s, 1)$$, :ann), 'LY201', 'the message names the fraud status',
    'The fraud status is confirmed.');
SELECT throws_ok($$SELECT loyalty.set_config('sg', 'CONF_FRAUD_STATUS_BLOCKS', 'fraud')$$, 'LY011', NULL, 'no such fraud status');
SELECT loyalty.set_fraud_status('sg', :ann, 'not_fraud');

-- enabling: each fraud status, with and without labels; a request for deletion meanwhile; only once
SELECT loyalty.register_customer('sg', '8222000' || n) FROM generate_series(1, 4) n;
CREATE TEMP TABLE who AS SELECT loyalty.find_customer('sg', 'mobile', '+658222000' || n) AS customer_id,
    (ARRAY['marked', 'confirmed', 'reconfirmed', 'internal'])[n] AS fraud FROM generate_series(1, 4) n;
SELECT loyalty.set_fraud_status('sg', customer_id, fraud) FROM who;
SELECT loyalty.request_deletion('sg', customer_id) FROM who WHERE fraud = 'confirmed';
SAVEPOINT before_enabling;
SELECT is(loyalty.enable_customer_status('sg'), 4::bigint, 'four are replaced');
SELECT results_eq($$SELECT w.fraud || '>' || s.status || ' ' || s.label COLLATE "default" FROM who w JOIN loyalty.customer_statuses s USING (customer_id)
    ORDER BY customer_id$$, ARRAY['marked>fraud_suspected fraud_suspected', 'confirmed>pending_deletion Deletion_pending',
    'reconfirmed>fraud_confirmed Proven', 'internal>internal ' || repeat('é', 100)],
    'by the default label of the status, made where there is none');
SELECT is((SELECT string_agg(DISTINCT fraud_status, ',') FROM loyalty.customer_statuses WHERE org = 'sg'), NULL, 'none is left');
SELECT is((SELECT count(*) FROM loyalty_data.customer WHERE fraud_status IS NOT NULL), 0::bigint, 'in the table neither');
SELECT is((SELECT status FROM loyalty.customer_statuses WHERE customer_id = :ann), 'active', 'not_fraud is active');
SELECT loyalty.decline_deletion('sg', customer_id) FROM who WHERE fraud = 'confirmed';
SELECT is((SELECT label FROM loyalty.customer_statuses JOIN who USING (customer_id) WHERE fraud = 'confirmed'), 'Proven',
    'declined, the request leaves the label that took the place of the fraud status');
SELECT pg_temp.refused($$loyalty.enable_customer_status('sg')$$, 'LY205', 'once');
SELECT pg_temp.refused(format($$loyalty.set_fraud_status('sg', %s, 'marked')$$, :ann), 'LY205', 'the fraud status is gone');

-- setting labels
SELECT pg_temp.refused(format('loyalty.set_customer_status(%L, %s, %L)', 'sg', COALESCE(c::text, 'NULL'), l), e,
    format('label %s of %s', l, c))
FROM (VALUES (:ann, NULL, 'LY001'), (:ann, '', 'LY001'), (:ann, 'Nothing', 'LY202'), (:ann, 'on hold', 'LY202'),
    (:ann, 'Theirs', 'LY202'), (:ann, 'Deletion_pending', 'LY210'), (NULL, 'On hold', 'LY001'), (0, 'On hold', 'LY107'),
    (:stranger, 'On hold', 'LY107')) t(c, l, e);
SELECT pg_temp.refused(format($$loyalty.set_customer_status('sg', %s, 'On hold', repeat('x', 1001))$$, :ann), 'LY002', 'long reason');
SELECT pg_temp.refused(format($$loyalty.set_customer_status('sg', %s, 'On hold', 'x', repeat('x', 201))$$, :ann), 'LY002', 'long actor');
SELECT pg_temp.refused($$loyalty.register_customer('sg', '81110000', status_label => 'Deletion_pending')$$, 'LY210', 'at a registration');
SELECT pg_temp.refused($$loyalty.register_customer('sg', '81110000', status_label_reason => 'x')$$, 'LY001', 'a reason alone');
SELECT pg_temp.refused($$loyalty.register_customer('sg', '81110000', status_label => 'Fine', status_label_reason => repeat('x', 1001))$$,
    'LY002', 'long reason at a registration');
SELECT pg_temp.refused($$loyalty.register_customer_json('sg', '{"profiles": [{"identifiers": [{"type": "mobile", "value":
    "81110000"}]}], "statusLabel": 7}')$$, 'LY124', 'a label that is no text');
SELECT loyalty.set_customer_status('sg', :ann, 'On hold', NULL, NULL);
SELECT loyalty.set_customer_status('sg', :ann, 'On hold', 'again', 'maya');
SELECT is((SELECT count(*) FROM loyalty.customer_status_log WHERE customer_id = :ann AND label = 'On hold'), 1::bigint,
    'the label that a customer has is no change');
SELECT is((SELECT actor FROM loyalty.customer_status_log WHERE customer_id = :ann AND label = 'On hold'), current_user::text,
    'nobody named: the caller''s role');

-- a label of deleted that is set by hand
SELECT loyalty.set_restriction('sg', 'block_everything', '{Gone}');
SELECT loyalty.set_customer_status('sg', :ann, 'Gone');
SELECT pg_temp.refused(format($$loyalty.earn_points('sg', %s, 1)$$, :ann), 'LY201', 'deleted by hand: blocked',
    'The status is deleted, its label "Gone", the restriction block_everything.');
SELECT isnt(loyalty.find_customer('sg', 'mobile', '91234567'), NULL, 'nothing is erased');
SELECT loyalty.set_customer_status('sg', :ann, 'Fine');
SELECT lives_ok(format($$SELECT loyalty.earn_points('sg', %s, 1)$$, :ann), 'and it can be changed back');

-- explain_registration says what the guard says
SELECT loyalty.set_restriction('sg', 'block_identifier_change_and_merge', '{On hold}');
SELECT loyalty.set_customer_status('sg', :ann, 'On hold');
SELECT pg_temp.refused($$loyalty.register_customer('sg', '91234567', 'ann@example.com')$$, 'LY201', 'a new e-mail');
SELECT is((SELECT concat_ws('; ', outcome, checks[cardinality(checks) - 1], checks[cardinality(checks)])
        FROM loyalty.explain_registration('sg', '91234567', 'ann@example.com')),
    format('status_blocks; status of customer %s, registration: passed; status of customer %1$s, change_identifier: '
        'block_identifier_change_and_merge by status suspended, label "On hold"', :ann), 'explained');
SELECT is((SELECT outcome FROM loyalty.explain_registration('sg', '91234567')), 'updated', 'without it the registration passes');
SELECT lives_ok($$SELECT loyalty.register_customer('sg', '91234567')$$, 'and does');
SELECT loyalty.set_restriction('sg', 'block_identifier_change_and_merge', '{}');
SELECT loyalty.set_customer_status('sg', :ann, 'Fine');

-- check_restriction
SELECT pg_temp.refused(format('loyalty.check_restriction(%L, %s, %L)', 'sg', COALESCE(c::text, 'NULL'), o), e,
    format('check %s of %s', o, c))
FROM (VALUES (:ann, NULL, 'LY001'), (:ann, 'fly', 'LY003'), (NULL, 'earn_points', 'LY001'), (0, 'earn_points', 'LY107'),
    (:stranger, 'earn_points', 'LY107')) t(c, o, e);

-- deletion
SELECT pg_temp.refused(format('loyalty.%s(%L, %s)', f, 'sg', COALESCE(c::text, 'NULL')), e, format('%s of %s', f, c))
FROM unnest(ARRAY['request_deletion', 'approve_deletion', 'decline_deletion']) f,
    (VALUES (NULL, 'LY001'), (0, 'LY107'), (:stranger, 'LY107')) t(c, e);
SELECT pg_temp.refused(format($$loyalty.request_deletion('sg', %s, repeat('x', 1001))$$, :ann), 'LY002', 'long reason of a request');
SELECT pg_temp.refused(format($$loyalty.decline_deletion('sg', %s, repeat('x', 1001))$$, :ann), 'LY002', 'long reason of a refusal');
SELECT pg_temp.refused(format($$loyalty.approve_deletion('sg', %s)$$, :ann), 'LY208', 'nothing to approve');
SELECT pg_temp.refused(format($$loyalty.decline_deletion('sg', %s)$$, :ann), 'LY208', 'nothing to decline');
SELECT loyalty.request_deletion('sg', :ann);
SELECT pg_temp.refused(format($$loyalty.request_deletion('sg', %s)$$, :ann), 'LY207', 'requested already');
SELECT pg_temp.refused(format($$loyalty.set_customer_status('sg', %s, 'On hold')$$, :ann), 'LY207', 'another label meanwhile');
SELECT pg_temp.refused($$loyalty.register_customer('sg', '91234567', status_label => 'On hold')$$, 'LY201', 'a registration meanwhile');
SELECT pg_temp.refused(format($$loyalty.approve_deletion('sg', %s)$$, :ann), 'LY209', 'by who asked');
SELECT pg_temp.refused(call, 'LY201', call) FROM (SELECT format(c, :ann) AS call FROM unnest(ARRAY[
    $$loyalty.earn_points('sg', %s, 1)$$, $$loyalty.redeem_points('sg', %s, 1)$$, $$loyalty.add_transaction('sg', %s, 'B', 1)$$,
    $$loyalty.update_customer('sg', %s, 'A')$$, $$loyalty.set_channel('sg', %s, 'line', 'x')$$,
    $$loyalty.change_identifier('sg', %s, 'email', 'a@example.com')$$]) c) t;
SELECT loyalty.set_restriction('sg', 'block_everything', '{}');
SELECT is((SELECT restrictions FROM loyalty.status_labels WHERE label = 'Deletion_pending'), '{block_everything}',
    'Deletion_pending blocks everything, whatever is restricted');
SELECT lives_ok(format('SELECT * FROM %s', c), c || ': can be read') FROM (SELECT format(c, :ann) AS c FROM unnest(ARRAY[
    $$loyalty.points_balance('sg', %s)$$, $$loyalty.points_ledger('sg', %s)$$, $$loyalty.customer_single_view('sg', %s)$$,
    $$loyalty.customer_cards('sg', %s)$$, $$loyalty.check_restriction('sg', %s, 'return')$$]) c) t;

-- who may
CREATE ROLE test_admin IN ROLE loyalty_admin;
CREATE ROLE test_agent IN ROLE loyalty_agent;
CREATE ROLE test_pos IN ROLE loyalty_pos;
CREATE ROLE test_analyst IN ROLE loyalty_analyst;
SELECT loyalty.grant_org('sg', r) FROM unnest(ARRAY['test_admin', 'test_agent', 'test_pos', 'test_analyst']::name[]) r;
CREATE FUNCTION pg_temp.may(role_name text, allowed text) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT is(has_function_privilege(role_name, p.oid, 'EXECUTE'), p.proname = ANY (string_to_array(allowed, ' ')),
        role_name || ', ' || p.proname)
    FROM pg_proc p WHERE p.pronamespace = 'loyalty'::regnamespace AND p.proname IN ('create_status_label',
        'set_default_status_label', 'set_restriction', 'set_customer_status', 'set_fraud_status', 'enable_customer_status',
        'check_restriction', 'request_deletion', 'approve_deletion', 'decline_deletion') ORDER BY p.proname $$;
SELECT pg_temp.may('test_admin', 'create_status_label set_default_status_label set_restriction set_customer_status set_fraud_status '
    'enable_customer_status check_restriction request_deletion approve_deletion decline_deletion');
SELECT pg_temp.may('test_agent', 'set_customer_status set_fraud_status check_restriction request_deletion decline_deletion');
SELECT pg_temp.may('test_pos', 'check_restriction');
SELECT pg_temp.may('test_analyst', '');
SELECT is(has_table_privilege(r, 'loyalty.' || v, 'SELECT'), r = ANY (CASE WHEN v IN ('customer_status_log', 'deletion_requests')
    THEN '{test_admin,test_agent}' ELSE '{test_admin,test_agent,test_pos,test_analyst}'::text[] END), r || ', ' || v)
FROM unnest(ARRAY['test_admin', 'test_agent', 'test_pos', 'test_analyst']) r,
    unnest(ARRAY['status_labels', 'status_restrictions', 'customer_statuses', 'customer_status_log', 'deletion_requests']) v;
SET ROLE test_pos;
SELECT throws_ok($$SELECT loyalty.register_customer('sg', '81110000', status_label => 'Fine')$$, '42501', NULL,
    'a till registers without a label');
SELECT throws_ok($$SELECT loyalty.register_customer('sg', '81234567', status_label => 'Fine')$$, '42501', NULL,
    'a known customer, too');
SELECT lives_ok($$SELECT loyalty.register_customer('sg', '81110000')$$, 'but registers');
SET ROLE test_agent;
SELECT lives_ok($$SELECT loyalty.register_customer('sg', '81110000', status_label => 'On hold')$$, 'an agent gives labels');
SELECT throws_ok(format($$SELECT loyalty.approve_deletion('sg', %s)$$, :ann), '42501', NULL, 'an agent approves no deletion');
SET ROLE test_admin;
SELECT lives_ok(format($$SELECT loyalty.approve_deletion('sg', %s)$$, :ann), 'another admin does');
SELECT isnt_empty('SELECT * FROM loyalty.restriction_list()', 'an admin reads which statuses a restriction goes with');
SET ROLE test_agent;
SELECT isnt_empty('SELECT * FROM loyalty.restriction_list()', 'an agent, too');
SET ROLE test_pos;
SELECT isnt_empty('SELECT * FROM loyalty.restriction_list()', 'a till, too');
SET ROLE test_analyst;
SELECT isnt_empty('SELECT * FROM loyalty.restriction_list()', 'and an analyst');
RESET ROLE;

-- final
SELECT pg_temp.refused(call, 'LY206', call) FROM (SELECT format(c, :ann) AS call FROM unnest(ARRAY[
    $$loyalty.set_customer_status('sg', %s, 'On hold')$$, $$loyalty.request_deletion('sg', %s)$$,
    $$loyalty.approve_deletion('sg', %s)$$, $$loyalty.decline_deletion('sg', %s)$$,
    $$loyalty.earn_points('sg', %s, 1)$$, $$loyalty.redeem_points('sg', %s, 1)$$, $$loyalty.add_transaction('sg', %s, 'B', 1)$$,
    $$loyalty.update_customer('sg', %s, 'A')$$, $$loyalty.set_test_control('sg', %s, 'test')$$,
    $$loyalty.change_identifier('sg', %s, 'mobile', '91234567')$$]) c) t;
SELECT is((SELECT (allowed, effects, restrictions)::text FROM loyalty.check_restriction('sg', :ann, 'return')), '(f,{refused},{})',
    'nor a return');
SELECT lives_ok(format($$SELECT loyalty.customer_single_view('sg', %s)$$, :ann), 'it can be read');
ROLLBACK TO before_enabling;
SELECT pg_temp.refused(format($$loyalty.set_customer_status('sg', %s, 'On hold')$$, :ann), 'LY204', 'what is rolled back is not cached');
SELECT loyalty.request_deletion('sg', :bob);
SET ROLE NONE;
CREATE ROLE test_second IN ROLE loyalty_admin;
SELECT loyalty.grant_org('sg', 'test_second');
SET ROLE test_second;
SELECT lives_ok(format($$SELECT loyalty.approve_deletion('sg', %s)$$, :bob), 'deletion works with the fraud status, too');
RESET ROLE;
SELECT throws_ok(format($$SELECT loyalty.set_fraud_status('sg', %s, 'marked')$$, :bob), 'LY206', NULL, 'and is final there');
SELECT * FROM finish();
ROLLBACK;
