-- The do-not-call register: what is set, what reports teach, whose industry is blocked, and consents that override it.
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = error;
SET LOCAL loyalty.clock = '2022-09-10 10:00:00+00';
\ir ../fixtures/orgs.sql
SELECT pg_temp.new_org('in', 'p', zone => 'Asia/Kolkata', country => 'IN');
SELECT pg_temp.new_org('other', 'p', country => 'IN');
SELECT customer_id AS ann FROM loyalty.register_customer('in', '9812300001', registered_on => '2022-01-01') \gset
SELECT customer_id AS bob FROM loyalty.register_customer('in', '9812300002', registered_on => '2022-01-01') \gset
SELECT customer_id AS sis FROM loyalty.register_customer('other', '9812300001', registered_on => '2022-01-01') \gset
CREATE FUNCTION pg_temp.sent(customer int8, id int8, address text, channel text DEFAULT 'mobile') RETURNS void LANGUAGE sql AS $$
    INSERT INTO loyalty_data.message SELECT (jsonb_populate_record(NULL::loyalty_data.message, jsonb_build_object('org_id', o.org_id,
        'customer_id', customer, 'message_id', id, 'created_at', loyalty.clock(), 'not_before', loyalty.clock(), 'changed_at', loyalty.clock(),
        'attempts', 1, 'purpose', 'p', 'state', 's', 'channel', channel, 'is_about_deletion', false))).* FROM loyalty_data.org o WHERE o.org = 'in';
    INSERT INTO loyalty_data.message_body (customer_id, message_id, org_id, key_id, is_address_given, address) SELECT customer, id, org_id, 0, false, address
        FROM loyalty_data.org o WHERE o.org = 'in';
    INSERT INTO loyalty_data.provider_message (org_id, bsp_account_id, provider_message_id, customer_id, message_id)
        SELECT org_id, 0, 'M' || id, customer, id FROM loyalty_data.org o WHERE o.org = 'in' $$;
CREATE FUNCTION pg_temp.known(mobile_no text, org_name text DEFAULT 'in') RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', status, learned_at AT TIME ZONE 'UTC', learned_message_id, industries::text) FROM loyalty_data.mobile_ndnc d
    JOIN loyalty_data.org o USING (org_id) WHERE d.mobile = mobile_no AND o.org = org_name $$;
CREATE FUNCTION pg_temp.shown(customer int8, org text DEFAULT 'in') RETURNS text LANGUAGE sql AS $$
    SELECT loyalty.customer_single_view(org, customer) ->> 'ndnc_status' $$;

-- ---------------------------------------------------------------- learning

SELECT is(pg_temp.shown(:ann), 'Info not Available', 'nothing is known before any report');
SELECT pg_temp.sent(:ann, 1, '+919812300001'), pg_temp.sent(:ann, 2, '+919812300001', 'whatsapp'), pg_temp.sent(:bob, 3, '+919812300002') \g /dev/null
SELECT loyalty.record_delivery('in', NULL, 'M1', 'delivered'), loyalty.record_delivery('in', NULL, 'M2', 'failed', 'DND') \g /dev/null
SELECT is(pg_temp.known('+919812300001'), NULL, 'a delivery teaches nothing, nor does another channel');
SELECT loyalty.record_delivery('in', NULL, 'M1', 'undelivered', 'customer preference is DND', '2022-09-09 12:00+00') \g /dev/null
SELECT is(pg_temp.known('+919812300001'), 'registered 2022-09-09 12:00:00 1', 'a refusal by the register does');
SELECT is(pg_temp.shown(:ann), 'Registered', 'which the single view shows');
SELECT is(pg_temp.shown(:sis, 'other'), 'Info not Available', 'of the org alone');
SELECT loyalty.set_ndnc_status('in', '9812300001', 'not_registered') \g /dev/null
SELECT is(pg_temp.known('+919812300001'), 'not_registered', 'what is set goes over what was learned');
SELECT loyalty.record_delivery('in', NULL, 'M1', 'failed', 'ndnc', '2022-09-09 13:00+00') \g /dev/null
SELECT is(pg_temp.known('+919812300001'), 'not_registered', 'an older report not over it');
SELECT is(pg_temp.shown(:ann), 'Not Registered', 'as the single view says');
SET LOCAL loyalty.clock = '2022-09-11 10:00:00+00';
SELECT loyalty.record_delivery('in', NULL, 'M1', 'rejected', 'ndnc') \g /dev/null
SELECT is(pg_temp.known('+919812300001'), 'registered 2022-09-11 10:00:00 1', 'a newer one does');
SELECT is_empty($$SELECT * FROM loyalty.verify_data('in') WHERE NOT ok$$, 'the message that taught it is there');
-- After a merge the status is that of the mobile that remains.
SELECT loyalty.merge_customers('in', :bob, :ann, accept_warnings => true) \g /dev/null
SELECT is(pg_temp.shown(:bob), 'Info not Available', 'the status of the mobile that remains');

-- ---------------------------------------------------------------- industries

SELECT loyalty.set_ndnc_status('in', '9812300002', 'registered', '{BFSI,Real Estate}') \g /dev/null
SELECT is(pg_temp.known('+919812300002'), 'registered {bfsi,real_estate}', 'industries in their one spelling');
SELECT throws_ok($$SELECT loyalty.set_ndnc_status('in', '9812300002', 'registered', '{fishing}')$$, 'LY003', NULL, 'an industry that is none');
SELECT throws_ok($$SELECT loyalty.set_ndnc_status('in', '9812300002', 'registered', '{NULL}')$$, 'LY001', NULL, 'nor NULL');
SELECT throws_ok($$SELECT loyalty.set_ndnc_status('in', '9812300002', 'not_registered', '{bfsi}')$$, 'LY003', NULL, 'only registered mobiles block any');
SELECT loyalty.set_config('in', 'CONF_ORG_INDUSTRY', 'health') \g /dev/null
SELECT loyalty.record_delivery('in', NULL, 'M3', 'dnd') \g /dev/null
SELECT is(pg_temp.known('+919812300002'), 'registered 2022-09-11 10:00:00 3', 'a list that does not explain the report is not true any more');
SELECT loyalty.set_ndnc_status('in', '9812300002', 'registered', '{bfsi,health}') \g /dev/null
SELECT loyalty.record_delivery('in', NULL, 'M3', 'failed', 'con-dnd') \g /dev/null
SELECT is(pg_temp.known('+919812300002'), 'registered 2022-09-11 10:00:00 3 {bfsi,health}', 'one that does stays');

-- ---------------------------------------------------------------- consents

SELECT is(loyalty_data.consent_end(c, 'Asia/Kolkata'), e, 'a consent of ' || c) FROM (VALUES
    ('2022-08-31 04:30+00'::timestamptz, '2022-02-28 18:30+00'::timestamptz + interval '1 year'), ('2022-08-31 18:29+00', '2023-02-28 18:30+00'),
    ('2022-08-31 18:30+00', '2023-03-01 18:30+00'), ('2023-08-31 04:30+00', '2024-02-29 18:30+00'), ('2022-12-31 04:30+00', '2023-06-30 18:30+00')) v(c, e);
SELECT loyalty.set_subscription('in', :bob, 'mobile', 'promotional', true, '2022-08-31 04:30+00', consent_source => 'till, "form"'),
    loyalty.set_subscription('in', :bob, 'email', 'promotional', true) \g /dev/null
SELECT is((SELECT string_agg(concat_ws(' ', mobile, consented_at, valid_until, consent_source), ', ') FROM loyalty.dnd_consents WHERE org = 'in'),
    concat_ws(' ', '+919812300002', timestamptz '2022-08-31 04:30+00', timestamptz '2023-02-28 18:30+00', 'till, "form"'), 'consents for operators');
SELECT is((SELECT string_agg(csv_line, E'\n') FROM loyalty.dnd_consents_csv('in')), 'mobile,consented_at,valid_until,source,consent_source' || E'\n' ||
    '"+919812300002","2022-08-31T04:30:00Z","2023-02-28T18:30:00Z","","till, ""form"""', 'as CSV');
SELECT is((SELECT count(*) FROM loyalty.dnd_consents_csv('other')), 1::bigint, 'an org without any has a head');
SET LOCAL loyalty.clock = '2023-02-28 18:29:59+00';
SELECT is((SELECT count(*) FROM loyalty.dnd_consents WHERE org = 'in'), 1::bigint, 'to the last instant');
SET LOCAL loyalty.clock = '2023-02-28 18:30:00+00';
SELECT is((SELECT count(*) FROM loyalty.dnd_consents WHERE org = 'in'), 0::bigint, 'and no longer');
SET LOCAL loyalty.clock = '2022-09-11 10:00:00+00';
SELECT loyalty.set_subscription('in', :bob, 'mobile', 'promotional', false) \g /dev/null
SELECT is((SELECT count(*) FROM loyalty.dnd_consents WHERE org = 'in'), 0::bigint, 'who opts out has none');
-- ---------------------------------------------------------------- from the message to the register, and back

-- A worker takes a message; its provider reports before the worker has told the provider's id, and again behind it: the report counts as the
-- id comes, and teaches the register, which stops the next message where the org does not send to those in it.
SELECT customer_id AS cid FROM loyalty.register_customer('in', '9812300003', registered_on => '2022-01-01') \gset
SELECT loyalty.create_sender('in', 'IN', 'mobile', is_default => true), loyalty.set_config('in', 'CONF_SEND_TO_NDNC_CUSTOMERS', 'false') \g /dev/null
CREATE FUNCTION pg_temp.sent_sms(customer int8) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', state, cause) FROM loyalty.send_sms('in', customer, 'Hello', purpose => 'promotional') $$;
CREATE FUNCTION pg_temp.taken() RETURNS text LANGUAGE sql AS $$
    SELECT COALESCE(string_agg(address, ' '), 'nothing') FROM loyalty.take_messages('in', 'mobile') $$;
SELECT message_id AS sms FROM loyalty.send_sms('in', :cid, 'Hello', purpose => 'promotional') \gset
SELECT pg_temp.sent_sms(:cid) \g /dev/null
SELECT lease_no AS lease FROM loyalty.take_messages('in', 'mobile', 1) \gset
SELECT is(loyalty.record_delivery('in', NULL, 'early', s, c), 'waiting', 'a report before the acknowledgement: ' || s) FROM (VALUES ('sent', NULL), ('NOT-SENT', 'CON-DND')) v(s, c);
SELECT is(pg_temp.shown(:cid), 'Info not Available', 'teaches nothing so far');
SELECT is(loyalty.acknowledge_message('in', :cid, :sms, :lease, 'sent', 'early'), 'sent', 'the acknowledgement');
SELECT is((SELECT concat_ws(' ', loyalty_data.message_word(m.delivery_status, 'delivery_status'), string_agg(s.provider_status, ',' ORDER BY s.status_no)) FROM loyalty_data.message m
    JOIN loyalty_data.message_status s USING (org_id, customer_id, message_id) WHERE message_id = :sms GROUP BY m.delivery_status), 'failed sent,not_sent', 'brings both, in their order');
SELECT is(pg_temp.shown(:cid), 'Registered', 'and what they teach');
SELECT is(loyalty.record_delivery('in', NULL, 'early', 'sent'), 'repeated', 'from then on the message is known');
SELECT is((SELECT concat_ws(' ', early_reports, waiting_since) FROM loyalty_data.provider_message WHERE provider_message_id = 'early'), '', 'and nothing waits');
SELECT is(pg_temp.taken(), 'nothing', 'what was queued before is stopped as it is taken');
SELECT is((SELECT string_agg(concat_ws(' ', state, cause), ',' ORDER BY message_id) FROM loyalty.customer_interactions('in', :cid)), 'sent,suppressed dnd', 'for the register');
SELECT is(pg_temp.sent_sms(:cid), 'suppressed dnd', 'and the next one is not sent');

-- The industry is the org's: registered for others alone, a mobile is reached; an org that names none is blocked by any list, since it may be meant.
CREATE FUNCTION pg_temp.reaches(industry text, VARIADIC blocked text[]) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM loyalty.set_ndnc_status('in', '9812300003', 'registered', NULLIF(blocked, '{}')), loyalty.set_config('in', 'CONF_ORG_INDUSTRY', industry);
    RETURN pg_temp.sent_sms((SELECT customer_id FROM loyalty_data.customer_identifier WHERE identifier_value = '+919812300003'));
END $$;
SELECT is(pg_temp.reaches(i, VARIADIC b), r, concat_ws(' ', 'an org of', COALESCE(i, 'no industry'), 'and', b)) FROM (VALUES
    ('health', '{bfsi,education}'::text[], 'queued'), ('health', '{bfsi,health}', 'suppressed dnd'), ('food_and_beverages', '{Food And Beverages}', 'suppressed dnd'),
    ('health', '{}', 'suppressed dnd'), (NULL, '{bfsi}', 'suppressed dnd'), (NULL, '{}', 'suppressed dnd')) v(i, b, r);
SELECT loyalty.set_ndnc_status('in', '9812300003', 'not_registered');
SELECT is(pg_temp.sent_sms(:cid), 'queued', 'who is not registered is reached');
SELECT loyalty.set_ndnc_status('in', '9812300003', 'registered'), loyalty.set_config('in', 'CONF_SEND_TO_NDNC_CUSTOMERS', NULL);
SELECT is(pg_temp.sent_sms(:cid), 'queued', 'and everybody where the org says nothing else');

SELECT * FROM finish();
ROLLBACK;
