-- What an org says of its types of requests: rules, contacts and texts; who may, and what is refused.
BEGIN;
SELECT no_plan();
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('acme', 'base', country => 'SG'), pg_temp.new_org('other', 'base', country => 'SG');
SELECT loyalty.create_contact(org, 'zoe', 'Zoë', 'zoe@example.com'), loyalty.create_contact(org, 'raj', 'Raj', mobile => '+6591110001')
FROM unnest('{acme,other}'::text[]) org \g /dev/null

-- What was said of a type, as one text.
CREATE FUNCTION pg_temp.setting(asked text) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws('|', notify, notify_amount, is_auto_approved, auto_approve_points, communicate::text, otp)
    FROM loyalty.change_request_settings WHERE org = 'acme' AND request_type = asked $$;
CREATE FUNCTION pg_temp.contacts(asked text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', step, after_hours, contact), ', ' ORDER BY step, contact)
    FROM loyalty.change_request_contacts WHERE org = 'acme' AND request_type = asked $$;

-- ---- texts
SELECT results_eq($$SELECT template, version_no FROM loyalty.set_change_request_template('acme', 'mobile', 'old_id', 'mobile',
    'Your mobile is {{newValue}} now, {{ first name }}')$$, $$VALUES ('change_request.mobile.old_id.mobile', 1)$$, 'a text is a template');
SELECT is((SELECT version_no FROM loyalty.set_change_request_template('acme', 'Mobile', 'Old ID', 'mobile', 'It is {{new_value}} now')), 2,
    'the next one is its next version');
SELECT is((SELECT version_no FROM loyalty.set_change_request_template('acme', 'mobile', 'old_id', 'mobile', 'Jetzt {{new_value}}', language => 'de')), 1,
    'each language has its own');
SELECT is((SELECT concat_ws('|', purpose, topic, string_agg(concat_ws(' ', language, version_no, status), ', ' ORDER BY language, version_no))
    FROM loyalty.message_templates WHERE org = 'acme' AND template = 'change_request.mobile.old_id.mobile' GROUP BY purpose, topic),
    'transactional|change_request|de 1 approved, en 1 approved, en 2 approved', 'it stands among the templates');
SELECT loyalty.set_change_request_template('acme', 'external_id', 'customer', 'email', 'plain', 'Your id', attachments =>
    '[{"fileName": "logo.png", "fileType": "png", "fileData": "iVBORw0KGgo=", "fileEncodingType": "base64", "contentId": "logo"}]',
    blocks => '[{"type": "title", "level": 1, "text": "Hello {{first_name}}"}, {"type": "image", "content_id": "logo", "alternative_text": "Logo"}]') \g /dev/null
SELECT results_eq($$SELECT request_type, audience, channel COLLATE "default", attachment_count FROM loyalty.change_request_templates WHERE org = 'acme' ORDER BY 1$$,
    $$VALUES ('external_id', 'customer', 'email', 1), ('mobile', 'old_id', 'mobile', 0), ('mobile', 'old_id', 'mobile', 0)$$, 'the view says which there are');
SELECT is((SELECT count(*)::int FROM loyalty.set_change_request_template('acme', type, 'contact', 'email', 'Request {{request_id}}', 'A request waits')), 1,
    'contacts can be told of ' || type) FROM unnest('{mobile,email,external_id,account_merge,mobile_reallocation,goodwill_points,
        goodwill_coupon,edit_profile,delete_account,retro_transaction}'::text[]) type;
SELECT is((SELECT count(*)::int FROM loyalty.message_tags('acme', 'change_request') t WHERE topic = 'change_request'), 6, 'the topic has its tags');
SELECT is((SELECT count(*)::int FROM loyalty.message_tags('acme', 'change_request') t, loyalty.set_change_request_template('acme', 'mobile', 'new_id', 'mobile', '{{' || tag || '}}')
    WHERE topic = 'change_request'), 6, 'which its texts may have, each');

SELECT is((SELECT string_agg(concat_ws(' ', language, attachment_count), ', ' ORDER BY language) FROM loyalty.change_request_templates
    WHERE org = 'acme' AND template = 'change_request.mobile.old_id.mobile'), 'de 0, en 0', 'the view has a row for each language');

-- Changes by the call of templates are judged in the same way, with the files of the language.
SELECT is((SELECT version_no FROM loyalty.update_message_template('acme', 'change_request.mobile.old_id.mobile', body => 'Now {{new_value}}')), 3, 'a text can be changed as any template');
SELECT is((SELECT version_no FROM loyalty.update_message_template('acme', 'change_request.external_id.customer.email', subject => 'Your new id')), 2, 'the picture of a text goes with it');
SELECT pg_temp.refused(call, code, name) FROM (VALUES
    ('loyalty.update_message_template(''acme'', ''change_request.mobile.old_id.mobile'', body => ''{{balance}}'')', 'LY608', 'not by tags that requests do not give'),
    ('loyalty.update_message_template(''acme'', ''change_request.mobile.old_id.mobile'', body => ''{{hat}}'', variable_names => ''{hat}'')', 'LY608', 'also where a name is declared'),
    ('loyalty.update_message_template(''acme'', ''change_request.mobile.old_id.mobile'', body => ''{{hat}}'', variable_names => ''{hat}'', language => ''fr'')', 'LY608', 'in a new language'),
    ('loyalty.update_message_template(''acme'', ''change_request.mobile.old_id.mobile'', body => ''{{hat}}'', variable_names => ''{hat}'', as_draft => true)', 'LY608', 'in a draft'),
    ('loyalty.update_message_template(''acme'', ''change_request.external_id.customer.email'', blocks => ''[{"type": "image", "content_id": "other", "alternative_text": "x"}]'')', 'LYM08', 'nor a picture that is no file'),
    ('loyalty.update_message_template(''acme'', ''change_request.external_id.customer.email'', body => ''x'', subject => ''x'', language => ''fr'', blocks => ''[{"type": "image", "content_id": "logo", "alternative_text": "x"}]'')', 'LYM08', 'or that is one of another language')) c (call, code, name);
SELECT loyalty.create_message_template('acme', 'change_request.email.old_id.email', 'email', 'Hi {{balance}}', 'Hi', language => 'fr', variable_names => '{balance}'),
    loyalty.create_message_template('acme', 'free', 'mobile', 'Hi {{hat}}', variable_names => '{hat}') \g /dev/null
SELECT pg_temp.refused('loyalty.set_change_request_template(''acme'', ''email'', ''old_id'', ''email'', ''a'', ''a'')', 'LY009', 'a template that was made by hand is not taken over');
SELECT lives_ok($$SELECT loyalty.update_message_template('acme', 'free', body => '{{hat}}, hello')$$, 'other templates say what they like');
SELECT pg_temp.refused('loyalty.set_change_request_template(''acme'', ''email'', ''new_id'', ''email'', ''a'', ''a'', language => ''fr'')', 'LY608', 'the language of the org comes first');

SELECT pg_temp.refused(call, code, name) FROM (VALUES
    ('loyalty.set_change_request_template(''acme'', ''mobile'', ''old_id'', ''mobile'', ''{{hat}}'')', 'LY608', 'a tag that nobody knows'),
    ('loyalty.set_change_request_template(''acme'', ''mobile'', ''old_id'', ''mobile'', ''{{balance}}'')', 'LY608', 'one of other topics'),
    ('loyalty.set_change_request_template(''acme'', ''email'', ''old_id'', ''email'', ''a'', ''{{hat}}'')', 'LY608', 'in the subject'),
    ('loyalty.set_change_request_template(''acme'', ''email'', ''old_id'', ''email'', subject => ''a'', blocks => ''[{"type": "paragraph", "text": "{{hat}}"}]'')',
        'LY608', 'in a block'),
    ('loyalty.set_change_request_template(''acme'', ''mobile'', ''old_id'', ''mobile'', ''{{new_value'')', 'LYM08', 'broken braces'),
    ('loyalty.set_change_request_template(''acme'', ''mobile'', ''old_id'', ''mobile'', ''a'', ''subject'')', 'LYM08', 'an SMS has no subject'),
    ('loyalty.set_change_request_template(''acme'', ''mobile'', ''old_id'', ''mobile'')', 'LYM08', 'a text says something'),
    ('loyalty.set_change_request_template(''acme'', ''email'', ''old_id'', ''email'', ''a'', E''a\r\nBcc: b'')', 'LYM13', 'a subject is no header'),
    ('loyalty.set_change_request_template(''acme'', ''email'', ''old_id'', ''email'', ''a'', ''a'', attachments => ''[{"file_name": "a.png", "file_type": "png", "file_data": "AAAA", "file_encoding_type": "base64"}]'')',
        'LYM07', 'a picture is one'),
    ('loyalty.set_change_request_template(''acme'', ''mobile'', ''old_id'', ''mobile'', ''a'', attachments => ''[]'')', 'LY003', 'an SMS has no files'),
    ('loyalty.set_change_request_template(''acme'', ''external_id'', ''customer'', ''email'', ''a'', ''a'', blocks => ''[{"type": "image", "content_id": "logo"}]'')', 'LYM08', 'a picture that is no file of it'),
    ('loyalty.set_change_request_template(''acme'', ''mobile'', ''old_id'', ''mobile'', repeat(''a'', 1000000))', 'LY002', 'a text of a megabyte'),
    ('loyalty.set_change_request_template(''acme'', ''mobile'', ''old_id'', ''email'', ''a'', ''a'')', 'LY003', 'a mobile gets no e-mail'),
    ('loyalty.set_change_request_template(''acme'', ''mobile'', ''customer'', ''mobile'', ''a'')', 'LY003', 'an audience of other types'),
    ('loyalty.set_change_request_template(''acme'', ''delete_account'', ''customer'', ''mobile'', ''a'')', 'LY003', 'nobody is left after a deletion'),
    ('loyalty.set_change_request_template(''acme'', ''mobile'', ''somebody'', ''mobile'', ''a'')', 'LY003', 'no audience'),
    ('loyalty.set_change_request_template(''acme'', ''mobile'', ''old_id'', ''whatsapp'', ''a'')', 'LY003', 'a channel that there is not'),
    ('loyalty.set_change_request_template(''acme'', ''card'', ''old_id'', ''mobile'', ''a'')', 'LY601', 'no type'),
    ('loyalty.set_change_request_template(''acme'', NULL, ''old_id'', ''mobile'', ''a'')', 'LY001', 'a type is named'),
    ('loyalty.set_change_request_template(''acme'', ''mobile'', ''old_id'', ''mobile'', ''a'', language => ''?'')', 'LY003', 'no language')) c (call, code, name);

-- ---- rules
SELECT loyalty.set_change_request_template('acme', 'mobile', 'new_id', 'mobile', 'Welcome') \g /dev/null
SELECT loyalty.set_change_request_rules('acme', 'mobile', 'Only When', 1000, true, communicate => '{old_id,newId}', otp => 'both');
SELECT is(pg_temp.setting('mobile'), 'only_when|1000.000|t|{old_id,new_id}|both', 'the rules of a type');
SELECT loyalty.set_change_request_rules('acme', 'mobile', NULL, communicate => NULL);
SELECT is(pg_temp.setting('mobile'), 'never|f|{}|off', 'are replaced as a whole');
SELECT loyalty.set_change_request_rules('acme', 'goodwill points', 'always', auto_approve => true, auto_approve_points => 50.5);
SELECT is(pg_temp.setting('goodwill_points'), 'always|t|50.500|{}|off', 'a goodwill has a limit');
SELECT loyalty.set_change_request_template('acme', 'account_merge', audience, 'email', 'Merged', 'Merged') FROM unnest('{requestor,survivor}'::text[]) audience \g /dev/null
SELECT loyalty.set_change_request_rules('acme', 'account_merge', communicate => '{requestor,survivor}');
SELECT is(pg_temp.setting('account_merge'), 'never|f|{requestor,survivor}|off', 'one channel is enough for a merge');
SELECT pg_temp.refused('loyalty.set_change_request_rules(''acme'', ''external_id'', communicate => ''{customer}'')', 'LY608', 'an external id asks for both texts');
SELECT loyalty.set_change_request_template('acme', 'external_id', 'customer', 'mobile', 'Your id is {{new_value}}') \g /dev/null
SELECT lives_ok($$SELECT loyalty.set_change_request_rules('acme', 'external_id', communicate => '{customer}', otp => 'new')$$, 'and then has them');
SELECT pg_temp.refused(call, code, name) FROM (VALUES
    ('loyalty.set_change_request_rules(''acme'', ''email'', communicate => ''{old_id}'')', 'LY608', 'nobody is told without a text'),
    ('loyalty.set_change_request_rules(''acme'', ''email'', communicate => ''{requestor}'')', 'LY003', 'nor who is not there'),
    ('loyalty.set_change_request_rules(''acme'', ''email'', communicate => ''{contact}'')', 'LY003', 'contacts are told in another way'),
    ('loyalty.set_change_request_rules(''acme'', ''email'', communicate => ''{NULL}'')', 'LY001', 'nobody at all'),
    ('loyalty.set_change_request_rules(''acme'', ''email'', communicate => array_fill(''old_id''::text, ARRAY[1000]))', 'LY003', 'a list of a thousand'),
    ('loyalty.set_change_request_rules(''acme'', ''delete_account'', auto_approve => true)', 'LY607', 'no deletion by itself'),
    ('loyalty.set_change_request_rules(''acme'', ''email'', auto_approve_points => 5)', 'LY003', 'points are of goodwill'),
    ('loyalty.set_change_request_rules(''acme'', ''goodwill_points'', auto_approve_points => 5)', 'LY003', 'that is approved by itself'),
    ('loyalty.set_change_request_rules(''acme'', ''goodwill_points'', auto_approve => true, auto_approve_points => -1)', 'LY413', 'and not below zero'),
    ('loyalty.set_change_request_rules(''acme'', ''goodwill_points'', auto_approve => true, auto_approve_points => ''NaN'')', 'LY402', 'nor no number'),
    ('loyalty.set_change_request_rules(''acme'', ''email'', ''only_when'')', 'LY001', 'only when has an amount'),
    ('loyalty.set_change_request_rules(''acme'', ''email'', ''only_when'', -1)', 'LY413', 'not below zero'),
    ('loyalty.set_change_request_rules(''acme'', ''email'', ''only_when'', 1e15)', 'LY404', 'with room'),
    ('loyalty.set_change_request_rules(''acme'', ''email'', ''always'', 5)', 'LY003', 'always has none'),
    ('loyalty.set_change_request_rules(''acme'', ''email'', ''sometimes'')', 'LY003', 'a word of three'),
    ('loyalty.set_change_request_rules(''acme'', ''email'', otp => ''perhaps'')', 'LY003', 'a word of four'),
    ('loyalty.set_change_request_rules(''acme'', ''edit_profile'', otp => ''new'')', 'LY003', 'a code goes to an identifier'),
    ('loyalty.set_change_request_rules(''acme'', ''mobile_reallocation'', otp => ''both'')', 'LY003', 'a number that moves has one address'),
    ('loyalty.set_change_request_rules(''acme'', ''card'')', 'LY601', 'no type'),
    ('loyalty.set_change_request_rules(''acme'', '''')', 'LY001', 'a type is named')) c (call, code, name);

-- ---- contacts
SELECT loyalty.set_change_request_contacts('acme', 'email', '{zoe,raj,zoe}');
SELECT loyalty.set_change_request_contacts('acme', 'email', '{zoe}', 1, 4);
SELECT loyalty.set_change_request_contacts('acme', 'email', '{raj}', 3, 72);
SELECT loyalty.set_change_request_contacts('acme', 'email', '{raj}', 2, 24);
SELECT is(pg_temp.contacts('email'), '0 raj, 0 zoe, 1 4 zoe, 2 24 raj, 3 72 raj', 'steps have contacts, each once');
SELECT loyalty.set_change_request_contacts('acme', 'email', '{zoe}', 2, 71);
SELECT is(pg_temp.contacts('email'), '0 raj, 0 zoe, 1 4 zoe, 2 71 zoe, 3 72 raj', 'a step is replaced');
SELECT pg_temp.refused(call, code, name) FROM (VALUES
    ('loyalty.set_change_request_contacts(''acme'', ''email'', ''{zoe}'', 2, 4)', 'LY003', 'a step comes behind the one before it'),
    ('loyalty.set_change_request_contacts(''acme'', ''email'', ''{zoe}'', 2, 72)', 'LY003', 'and before the one behind it'),
    ('loyalty.set_change_request_contacts(''acme'', ''email'', ''{zoe}'', 3, 8761)', 'LY003', 'within a year'),
    ('loyalty.set_change_request_contacts(''acme'', ''mobile'', ''{zoe}'', 1, 0)', 'LY003', 'an hour at least'),
    ('loyalty.set_change_request_contacts(''acme'', ''mobile'', ''{zoe}'', 1)', 'LY001', 'its hours are said'),
    ('loyalty.set_change_request_contacts(''acme'', ''mobile'', ''{zoe}'', 0, 5)', 'LY003', 'but for the arrival'),
    ('loyalty.set_change_request_contacts(''acme'', ''mobile'', ''{zoe}'', 4, 5)', 'LY003', 'three steps'),
    ('loyalty.set_change_request_contacts(''acme'', ''mobile'', ''{zoe}'', -1, 5)', 'LY003', 'from the arrival on'),
    ('loyalty.set_change_request_contacts(''acme'', ''mobile'', ''{eve}'')', 'LYM11', 'contacts are the org''s'),
    ('loyalty.set_change_request_contacts(''acme'', ''mobile'', ''{NULL}'')', 'LY001', 'each of them named'),
    ('loyalty.set_change_request_contacts(''acme'', ''mobile'', NULL)', 'LY001', 'all of them said'),
    ('loyalty.set_change_request_contacts(''acme'', ''mobile'', array_fill(''zoe''::text, ARRAY[51]))', 'LY003', 'fifty at most')) c (call, code, name);
SELECT loyalty.set_change_request_contacts('acme', 'email', '{}', 1);
SELECT is(pg_temp.contacts('email'), '0 raj, 0 zoe, 2 71 zoe, 3 72 raj', 'an empty list takes a step away');
SELECT loyalty.retire_contact('acme', 'zoe');
SELECT is(pg_temp.contacts('email'), '0 raj, 3 72 raj', 'who is retired is told of nothing');

-- ---- who sees what
SELECT is((SELECT count(*)::int FROM loyalty.change_request_settings WHERE org = 'other'), 0, 'each org says its own');
SELECT loyalty.grant_org('acme', 'loyalty_agent');
SET LOCAL ROLE loyalty_agent;
SELECT is((SELECT count(*)::int FROM loyalty.change_request_settings), 4, 'agents see the rules');
SELECT throws_ok($$SELECT loyalty.set_change_request_rules('acme', 'email')$$, '42501', NULL, 'and set none');
SELECT throws_ok($$SELECT loyalty.set_change_request_contacts('acme', 'email', '{}')$$, '42501', NULL, 'nor contacts');
SELECT throws_ok($$SELECT loyalty.set_change_request_template('acme', 'email', 'old_id', 'email', 'a', 'a')$$, '42501', NULL, 'nor texts');
RESET ROLE;

-- ---- each language has its files
SELECT loyalty.create_sender('other', 'o@example.com', 'email', is_default => true), loyalty.create_sender('other', 'OTHER', 'mobile', is_default => true) \g /dev/null
SELECT customer_id AS cy FROM loyalty.register_customer('other', mobile => '+6581234568', email => 'cy@example.com', external_id => 'cy') \gset
SELECT loyalty.set_change_request_template('other', 'external_id', 'customer', 'mobile', 'Your id is {{new_value}}'),
    loyalty.set_change_request_template('other', 'external_id', 'customer', 'email', 'Dear {{first_name}}', 'Your id', attachments =>
    '[{"file_name": "terms.txt", "file_type": "txt", "file_data": "terms"}]'),
    loyalty.set_change_request_template('other', 'external_id', 'customer', 'email', 'Liebe {{first_name}}', 'Ihre Nummer', language => 'de', attachments =>
    '[{"file_name": "agb.txt", "file_type": "txt", "file_data": "agb"}, {"file_name": "hut.txt", "file_type": "txt", "file_data": "hut"}]'),
    loyalty.set_change_request_template('other', 'external_id', 'customer', 'email', 'Chère {{first_name}}', 'Votre id', language => 'fr'),
    loyalty.set_change_request_rules('other', 'external_id', auto_approve => true, communicate => '{customer}') \g /dev/null
CREATE FUNCTION pg_temp.in_language(spoken text, id text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    cy int8 := loyalty.find_customer('other', 'mobile', '+6581234568');
BEGIN
    PERFORM loyalty.update_customer('other', cy, fields => jsonb_build_object('language', spoken));
    PERFORM loyalty.submit_change_request('other', 'external_id', cy, new_value => id);
    RETURN (SELECT concat_ws(': ', subject, (SELECT string_agg(f ->> 'file_name', ' ') FROM jsonb_array_elements(attachments) f))
        FROM loyalty.take_messages('other', 'email', 1));
END $$;
SELECT is(pg_temp.in_language('de_AT', 'cy1'), 'Ihre Nummer: agb.txt hut.txt', 'who speaks German gets the German text with its files');
SELECT is(pg_temp.in_language('fr', 'cy2'), 'Votre id', 'the French one has none');
SELECT is(pg_temp.in_language('it', 'cy3'), 'Your id: terms.txt', 'in a language that has no text it is the org''s');
SELECT * FROM finish();
ROLLBACK;
