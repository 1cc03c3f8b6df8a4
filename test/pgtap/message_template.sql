-- Templates of messages: versions and their statuses, languages, variables and their limits, finished texts, what calls refuse
-- with its SQLSTATE, and that a preview of each predefined tag is what stands beside it.
BEGIN;
SELECT no_plan();

SET LOCAL client_min_messages = error;
SET LOCAL loyalty.clock = '2022-02-03 10:00:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('lagoon', zone => 'Asia/Kolkata', country => 'IN');
SELECT pg_temp.new_org('other');
-- No message says a value.
SET LOCAL test.secret = 'S3CRET';

CREATE FUNCTION pg_temp.said(template text, variables jsonb, language text DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT body FROM loyalty.preview_message('lagoon', template, variables, language) $$;

-- ---------------------------------------------------------------- the template of WhatsApp that the field has (example 23)
SELECT results_eq($$SELECT version_no, status, warnings FROM loyalty.create_message_template('lagoon', 'paid', 'WhatsApp',
    'Dear customer, thank you for paying {{1}} for {{2}}', variable_limits => '{"2": 12}')$$,
    $$VALUES (1, 'draft', '{variable_at_end}'::text[])$$, 'a version of WhatsApp is a draft, with a warning');
SELECT pg_temp.refused($$loyalty.submit_message_template('lagoon', 'paid')$$, 'LYM08', 'no header is registered');
SELECT results_eq($$SELECT version_no, status FROM loyalty.update_message_template('lagoon', 'paid', header_id => 'H-1')$$,
    $$VALUES (2, 'draft')$$, 'what is not given is as it was, in another version');
SELECT is(pg_temp.said('paid', '{"1": "120.00", "2": "B-9"}'), 'Dear customer, thank you for paying 120.00 for B-9',
    'a preview shows drafts');
SELECT results_eq($$SELECT version_no, status, warnings FROM loyalty.submit_message_template('lagoon', 'paid')$$,
    $$VALUES (2, 'pending', '{variable_at_end}'::text[])$$, 'handed in, with the warning');
SELECT pg_temp.refused($$loyalty.submit_message_template('lagoon', 'paid')$$, 'LYM04', 'not twice');
SELECT pg_temp.refused($$loyalty.set_template_status('lagoon', 'paid', 'approved')$$, 'LYM08', 'no template id of the provider');
SELECT pg_temp.refused($$loyalty.set_template_status('lagoon', 'paid', 'paused')$$, 'LYM04', 'pending is not paused');
SELECT results_eq($$SELECT version_no, status FROM loyalty.set_template_status('lagoon', 'paid', 'Approved',
    external_template_id => 'T-1')$$, $$VALUES (2, 'approved')$$, 'approved');
SELECT results_eq($$SELECT version_no, status FROM loyalty.set_template_status('lagoon', 'paid', 'approved')$$,
    $$VALUES (2, 'approved')$$, 'said again');
SELECT results_eq($$SELECT concat_ws(' ', version_no, status, is_sent, reason, header_id, external_template_id) COLLATE "default" FROM loyalty.message_templates
    WHERE template = 'paid' ORDER BY version_no$$,
    $$VALUES ('1 draft f'), ('2 approved t H-1 T-1')$$, 'the view shows both');

SELECT pg_temp.refused(format($$loyalty.preview_message('lagoon', 'paid', %L)$$, v), 'LYM05', 'values ' || left(v, 60))
FROM unnest(ARRAY['{"1": "S3CRET"}', '["S3CRET"]', '{"1": "S3CRET", "2": ""}', '{"1": "S3CRET", "2": null}',
    '["S3CRET", "B\n9"]', '["S3CRET", "B\t9"]', '["S3CRET", "B\r9"]', '["S3CRET", "B    9"]', '["S3CRET", "1234567890123"]',
    '["S3CRET", ["B-9"]]', '["S3CRET", {"a": 1}]', '"S3CRET"', '1', 'null', '{}', '[]',
    '{"1": 1e100000, "2": "a"}']) v;
SELECT pg_temp.refused(format($$loyalty.preview_message('lagoon', 'paid', jsonb_build_array('S3CRET', repeat('é', %s)))$$, n), 'LYM05',
    'a value of ' || n) FROM unnest(ARRAY[13, 1025, 1000000]) n;
SELECT pg_temp.refused($$loyalty.preview_message('lagoon', 'paid', jsonb_build_array(repeat('é', 1024), 'b'))$$, 'LYM05',
    'the text is too long with its values');
SELECT pg_temp.refused($$loyalty.preview_message('lagoon', 'paid', (SELECT jsonb_agg('S3CRET'::text) FROM generate_series(1, 201)))$$,
    'LYM05', 'more values than a text may have');
SELECT is(pg_temp.said('paid', '["{{2}}", "{{1}}"]'), 'Dear customer, thank you for paying {{2}} for {{1}}',
    'values are never looked at again');
SELECT is(pg_temp.said('paid', '{"1": 120.00, "2": true, "3": "more"}'), 'Dear customer, thank you for paying 120.00 for true',
    'numbers and booleans are values, and more may be given');
SELECT is(pg_temp.said('paid', '["1", "123456789012"]'), 'Dear customer, thank you for paying 1 for 123456789012', 'at the limit');

-- Statuses: all steps.
SELECT is(bool_and((code IS NULL) = (was || '>' || becomes IN ('approved>paused', 'approved>disabled', 'paused>approved',
    'paused>disabled', 'disabled>approved') OR was = becomes)), true, 'steps of a version that was approved')
FROM (SELECT was, becomes, (pg_temp.refusal(format($$loyalty.set_template_status('lagoon', 'paid', %L)$$, becomes))).code
    FROM (SELECT w AS was, b AS becomes FROM unnest(ARRAY['approved', 'paused', 'disabled']) w,
        unnest(ARRAY['draft', 'pending', 'rejected']) b) t WHERE was = 'approved') s;
SELECT loyalty.set_template_status('lagoon', 'paid', 'paused', reason => 'too many blocks');
SELECT is((SELECT reason FROM loyalty.message_templates WHERE template = 'paid' AND version_no = 2), 'too many blocks', 'with its reason');
SELECT is((SELECT bool_or(is_sent) FROM loyalty.message_templates WHERE template = 'paid'), false, 'a paused version is not sent');
SELECT loyalty.set_template_status('lagoon', 'paid', 'disabled');
SELECT pg_temp.refused($$loyalty.set_template_status('lagoon', 'paid', 'paused')$$, 'LYM04', 'disabled is not paused');
SELECT loyalty.set_template_status('lagoon', 'paid', 'approved');
SELECT results_eq($$SELECT version_no, status FROM loyalty.update_message_template('lagoon', 'paid', 'Thanks, {{1}}, for {{2}}.')$$,
    $$VALUES (3, 'draft')$$, 'another text is another version');
SELECT is((SELECT external_template_id FROM loyalty.message_templates WHERE version_no = 3), NULL, 'which the provider does not know');
SELECT results_eq($$SELECT version_no FROM loyalty.message_templates WHERE template = 'paid' AND is_sent$$, 'VALUES (2)', 'the approved one is sent on');
SELECT loyalty.submit_message_template('lagoon', 'paid');
SELECT results_eq($$SELECT version_no, status FROM loyalty.set_template_status('lagoon', 'paid', 'rejected', reason => 'tone')$$,
    $$VALUES (3, 'rejected')$$, 'rejected');
SELECT pg_temp.refused(format($$loyalty.set_template_status('lagoon', 'paid', %L, external_template_id => 'T-2')$$, s), 'LYM04',
    'rejected is not ' || s) FROM unnest(ARRAY['draft', 'pending', 'approved', 'paused', 'disabled']) s;
SELECT results_eq($$SELECT version_no FROM loyalty.set_template_status('lagoon', 'paid', 'paused', version_no => 2)$$, 'VALUES (2)',
    'a version by its number');
SELECT pg_temp.refused($$loyalty.set_template_status('lagoon', 'paid', 'paused', version_no => 9)$$, 'LYM01', 'no such version');
SELECT pg_temp.refused($$loyalty.set_template_status('lagoon', 'paid', 'paused', 'fr')$$, 'LYM01', 'no such language');
SELECT pg_temp.refused($$loyalty.set_template_status('lagoon', 'paid', 'lost')$$, 'LY003', 'no such status');

-- ---------------------------------------------------------------- definitions
CREATE FUNCTION pg_temp.made(arguments text) RETURNS text LANGUAGE sql AS $$
    SELECT format('loyalty.create_message_template(''lagoon'', ''x'', %s)', arguments) $$;
SELECT pg_temp.refused(pg_temp.made(format($$'whatsapp', %L$$, b)), 'LYM08', 'WhatsApp: ' || left(b, 40))
FROM unnest(ARRAY['{{2}}', '{{1}} {{3}}', '{{1}} {{1}}', '{{0}}', '{{01}}', '{{name}}', '{{first_name}}', 'a {{ b', '{{}}', '{{1}', '{{{1}}}',
    repeat('a', 1025), (SELECT string_agg(format('{{%s}}', n), ' ' ORDER BY n) FROM generate_series(1, 31) n)]) b;
SELECT pg_temp.refused(pg_temp.made(format($$'mobile', %L$$, b)), 'LYM08', 'mobile: ' || left(b, 40))
FROM unnest(ARRAY['{{shoe}}', '{{1}}', '{{pin}}', '{{a.b}}', '{{first_name', '{{' || repeat('a', 61) || '}}', repeat('é', 1601)]) b;
SELECT pg_temp.refused(pg_temp.made(a), 'LYM08', a) FROM unnest(ARRAY[
    $$'mobile'$$, $$'mobile', ' '$$, $$'mobile', 'a', subject => 's'$$, $$'mobile', 'a', blocks => '[]'$$, $$'mobile', 'a', components => '{}'$$,
    $$'email', 'a'$$, $$'email', subject => 's'$$, $$'email', subject => 's', blocks => '[]'$$, $$'email', 'a', subject => 's', components => '{}'$$,
    $$'email', 'a {{no}}', subject => 's'$$, $$'email', 'a', subject => 's {{no}}'$$,
    $$'email', subject => 's', blocks => '[{"type": "title", "text": "{{no}}"}]'$$,
    $$'email', subject => 's', blocks => '[{"type": "paragraph", "text": [{"text": "a", "link": "https://example.com/{{no}}"}]}]'$$,
    $$'whatsapp', 'a', variable_limits => '[]'$$, $$'whatsapp', 'a', variable_limits => '{"1": 0}'$$,
    $$'whatsapp', 'a', variable_limits => '{"1": 1025}'$$, $$'whatsapp', 'a', variable_limits => '{"1": 1.5}'$$,
    $$'whatsapp', 'a', variable_limits => '{"1": "5"}'$$, $$'whatsapp', 'a', variable_limits => '{"a.b": 5}'$$,
    $$'whatsapp', 'a', variable_limits => '{"1": 1e400}'$$]) a;
SELECT pg_temp.refused(pg_temp.made(a), 'LY003', a) FROM unnest(ARRAY[
    $$'mobile', 'a', purpose => 'fun'$$, $$'mobile', 'a', topic => 'weather'$$, $$'mobile', 'a', language => 'english'$$,
    $$'mobile', 'a', language => 'e'$$, $$'mobile', 'a', language => 'en_'$$, $$'mobile', 'a', language => 'en_U_S_A'$$,
    $$'mobile', 'a', variable_names => '{a,NULL}'$$, $$'mobile', 'a', variable_names => '{a.b}'$$, $$'mobile', 'a', variable_names => '{""}'$$,
    $$'mobile', 'a', variable_names => '{{a},{b}}'$$]) a;
SELECT pg_temp.refused(pg_temp.made($$'pigeon', 'a'$$), 'LY120', 'no channel');
SELECT pg_temp.refused(format($$loyalty.create_message_template('lagoon', 'x', 'email', 'a', subject => %L)$$, E'a\nBcc: b'), 'LYM13',
    'a subject that would begin another header');
SELECT pg_temp.refused(format($$loyalty.create_message_template('lagoon', 'x', 'mobile', %s)$$, b), 'LY002', 'a body of ' || b)
FROM unnest(ARRAY[$$repeat('a', 100001)$$, $$repeat('a', 200000000)$$]) b;
SELECT pg_temp.refused($$loyalty.create_message_template('lagoon', 'x', 'email', 'a', repeat('a', 255))$$, 'LY002', 'a long subject');
SELECT pg_temp.refused($$loyalty.preview_message('lagoon', 'none')$$, 'LYM01', 'no such template');
SELECT pg_temp.refused($$loyalty.update_message_template('other', 'paid', 'a')$$, 'LYM01', 'nor one of another org');
SELECT pg_temp.refused($$loyalty.update_message_template('lagoon', 'paid', language => 'fr')$$, 'LYM08', 'a new language says something');

-- ---------------------------------------------------------------- tags
SELECT results_eq($$SELECT status FROM loyalty.create_message_template('lagoon', 'bill', 'mobile',
    'Dear customer, thank you for paying {{amount}} for {{bill number}}, {{firstName}}', topic => 'Transaction', variable_names => '{shoe size}')$$,
    $$VALUES ('approved')$$, 'an SMS is approved at once, and its tags are words');
SELECT is(pg_temp.said('bill', '{"AMOUNT": 5, "bill-number": "B-9", "first_name": "A{{amount}}"}'),
    'Dear customer, thank you for paying 5 for B-9, A{{amount}}', 'values by words, once');
SELECT is((SELECT version_no || status FROM loyalty.update_message_template('lagoon', 'bill', '{{ shoeSize }}', as_draft => true)), '2draft',
    'a draft, with a declared tag');
SELECT is((SELECT version_no || status FROM loyalty.submit_message_template('lagoon', 'bill')), '2approved', 'which nobody else approves');
SELECT pg_temp.refused($$loyalty.update_message_template('lagoon', 'bill', variable_names => '{hat}')$$, 'LYM08', 'its tags must stay known');
SELECT is(pg_temp.said('bill', '{"shoe_size": ""}'), '', 'an SMS may have an empty value');
SELECT cmp_ok((SELECT count(*) FROM loyalty.message_tags('lagoon')), '>', 30::bigint, 'all tags');
SELECT is((SELECT string_agg(tag, ' ' ORDER BY tag) FROM loyalty.message_tags('lagoon', 'code') WHERE topic = 'code'), 'minutes pin', 'of a topic');
SELECT is((SELECT count(*) FROM loyalty.message_tags('lagoon', 'code') WHERE topic = 'general'), 12::bigint, 'with those of all topics');
SELECT pg_temp.refused($$loyalty.message_tags('lagoon', 'weather')$$, 'LY003', 'of no topic');
DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT DISTINCT topic FROM loyalty.message_tags('lagoon') LOOP
        PERFORM loyalty.create_message_template('lagoon', 'tags of ' || t.topic, 'mobile',
            (SELECT string_agg(format('%s={{%s}}', tag, tag), ';') FROM loyalty.message_tags('lagoon', t.topic)), topic => t.topic);
    END LOOP;
END $$;
SELECT is(pg_temp.said('tags of ' || t.topic, (SELECT jsonb_object_agg(tag, example) FROM loyalty.message_tags('lagoon', t.topic))),
    (SELECT string_agg(format('%s=%s', tag, example), ';') FROM loyalty.message_tags('lagoon', t.topic)), 'tags of ' || t.topic)
FROM (SELECT DISTINCT topic FROM loyalty.message_tags('lagoon')) t;

-- ---------------------------------------------------------------- languages
SELECT loyalty.create_message_template('lagoon', 'hello', 'mobile', 'Hello');
SELECT loyalty.update_message_template('lagoon', 'hello', l || '!', language => l) FROM unnest(ARRAY['pt-br', 'PT', 'zh_hant_tw']) l;
SELECT results_eq($$SELECT concat_ws(' ', language, body) COLLATE "default" FROM loyalty.message_templates WHERE template = 'hello' ORDER BY language COLLATE "C"$$,
    $$VALUES ('en Hello'), ('pt PT!'), ('pt_BR pt-br!'), ('zh_HANT_TW zh_hant_tw!')$$, 'languages have one spelling');
SELECT is(pg_temp.said('hello', NULL, 'PT_br'), 'pt-br!', 'found by any');
SELECT loyalty.set_config('lagoon', 'CONF_ORG_LANGUAGE', 'pt');
SELECT is(pg_temp.said('hello', NULL), 'PT!', 'the language of the org');

-- A message has the language of its customer, else the same without its region, else the org's; a call may say another one.
SELECT loyalty.create_sender('lagoon', 'LAGOON', 'mobile', is_default => true);
CREATE FUNCTION pg_temp.sent_to(speaks text, given text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    customer bigint := pg_temp.customer('lagoon', mobile => '+9198765' || (SELECT 10000 + count(*) FROM loyalty_data.customer));
    sent bigint;
BEGIN
    PERFORM loyalty.update_customer('lagoon', customer, fields => jsonb_build_object('language', speaks)) WHERE speaks IS NOT NULL;
    sent := (loyalty.send_message('lagoon', customer, 'hello', language => given)).message_id;
    RETURN (SELECT b.body || ' ' || m.language FROM loyalty_data.message m JOIN loyalty_data.message_body b USING (org_id, customer_id, message_id) WHERE m.message_id = sent);
EXCEPTION WHEN SQLSTATE 'LYM04' THEN
    RETURN SQLSTATE;
END $$;
SELECT is(pg_temp.sent_to(speaks, given), wanted, format('who speaks %s, by a call that says %s', speaks, given)) FROM (VALUES ('pt-br', NULL, 'pt-br! pt_BR'),
    ('PT', NULL, 'PT! pt'), ('en-SG', NULL, 'Hello en'), ('zh-Hant-TW', NULL, 'zh_hant_tw! zh_HANT_TW'), ('fr-CA', NULL, 'PT! pt'), ('no language', NULL, 'PT! pt'),
    (NULL, NULL, 'PT! pt'), ('pt-br', 'en', 'Hello en'), ('pt-br', 'fr', 'PT! pt'), (NULL, 'PT_br', 'pt-br! pt_BR')) t (speaks, given, wanted);
SELECT loyalty.set_config('lagoon', 'CONF_ORG_LANGUAGE', 'de');
SELECT is(pg_temp.sent_to('en') || ', ' || pg_temp.sent_to('fr') || ', ' || pg_temp.sent_to(NULL), 'Hello en, LYM04, LYM04', 'where the org''s has no version, others are refused');
SELECT loyalty.set_config('lagoon', 'CONF_ORG_LANGUAGE', 'pt');

-- ---------------------------------------------------------------- components
SELECT results_eq($$SELECT status FROM loyalty.create_message_template('lagoon', 'shop', 'whatsapp', components => '{
    "header": {"type": "text", "text": "For {{1}}"}, "body": "Your order {{1}} is ready.", "footer": "Lagoon Books",
    "buttons": [{"type": "quickReply", "text": "Thanks"}, {"type": "url", "text": "Track", "url": "https://example.com/o/{{1}}"},
        {"type": "phone", "text": "Call", "phoneNumber": "+6581110001"}],
    "catalog": {"catalogueId": "C-1", "products": ["a", "b"]}}', language => 'en')$$, $$VALUES ('draft')$$, 'components');
SELECT is((SELECT components FROM loyalty.preview_message('lagoon', 'shop', '["a/b c"]', 'en')), '{
    "header": {"type": "text", "text": "For a/b c"}, "body": "Your order a/b c is ready.", "footer": "Lagoon Books",
    "buttons": [{"type": "quick_reply", "text": "Thanks"}, {"type": "url", "text": "Track", "url": "https://example.com/o/a%2Fb%20c"},
        {"type": "phone", "text": "Call", "phone_number": "+6581110001"}],
    "catalogue": {"catalogue_id": "C-1", "products": ["a", "b"]}}'::jsonb, 'with their values, in our spelling');
SELECT is((SELECT components FROM loyalty.message_templates WHERE template = 'shop') ? 'body', false, 'the body stands by itself');
SELECT pg_temp.refused(pg_temp.made(format($$'whatsapp', 'a', components => %L$$, c)), 'LYM08', 'components ' || left(c, 80))
FROM unnest(ARRAY['[]', '1', '{"head": 1}', '{"header": "a"}', '{"header": {}}', '{"header": {"type": "video"}}', '{"header": {"type": "text"}}',
    '{"header": {"type": "image", "text": "a", "link": "https://example.com"}}', '{"header": {"type": "image", "link": "http://example.com"}}',
    '{"header": {"type": "image", "link": "javascript:alert(1)"}}', '{"header": {"type": "text", "text": "{{1}} {{2}}"}}',
    '{"header": {"type": "text", "text": "{{name}}"}}', format('{"header": {"type": "text", "text": "%s"}}', repeat('a', 61)),
    '{"footer": "{{1}}"}', '{"footer": ""}', format('{"footer": "%s"}', repeat('a', 61)), '{"body": "b"}',
    '{"buttons": {}}', '{"buttons": [1]}', '{"buttons": [{"type": "url", "text": "a"}]}', '{"buttons": [{"type": "phone", "text": "a", "url": "https://example.com"}]}',
    '{"buttons": [{"type": "phone", "text": "a", "phone_number": "call me"}]}', '{"buttons": [{"type": "quick_reply"}]}',
    format('{"buttons": [{"type": "quick_reply", "text": "%s"}]}', repeat('a', 26)),
    format('{"buttons": [%s]}', (SELECT string_agg('{"type": "quick_reply", "text": "a"}', ',') FROM generate_series(1, 11))),
    format('{"buttons": [%s]}', (SELECT string_agg('{"type": "url", "text": "a", "url": "https://example.com"}', ',') FROM generate_series(1, 3))),
    format('{"buttons": [%s]}', (SELECT string_agg('{"type": "phone", "text": "a", "phone_number": "12345"}', ',') FROM generate_series(1, 2))),
    '{"buttons": [{"type": "url", "text": "a", "url": "https://example.com/{{1}}/{{2}}"}]}',
    '{"catalogue": {}}', '{"catalogue": {"catalogue_id": "c", "products": [1]}}', '{"catalogue": {"catalogue_id": "c"}, "catalog": {"catalogue_id": "c"}}',
    '{"footer": "a", "FOOTER": "b"}']) c;

-- ---------------------------------------------------------------- who may call
SET LOCAL ROLE loyalty_agent;
SELECT throws_ok($$SELECT loyalty.create_message_template('lagoon', 'y', 'mobile', 'a')$$, '42501', NULL, 'agents make no templates');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
