-- Messages of WhatsApp that come as finished texts, which an approved template must say, and as media, which are of none; and
-- which purposes a template has.
BEGIN;
SELECT no_plan();
SET LOCAL loyalty.clock = '2022-02-03 10:00:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('lagoon', zone => 'Asia/Kolkata', country => 'IN'), pg_temp.new_org('other', country => 'IN') \g /dev/null
SELECT loyalty.create_sender(o, '+919800000000', 'whatsapp', is_default => true), loyalty.create_sender(o, 'LAGOON', 'mobile', is_default => true)
FROM unnest('{lagoon,other}'::text[]) o \g /dev/null
SELECT pg_temp.customer('lagoon', NULL, mobile => '+919876543210') AS cust \gset
SELECT set_config('test.cust', :'cust', true) \g /dev/null
-- No message says what was to be sent.
SET LOCAL test.secret = 'S3CRET';

-- ---------------------------------------------------------------- finished texts (example 23)
CREATE FUNCTION pg_temp.whatsapp(message text) RETURNS text LANGUAGE sql AS $$
    SELECT format('loyalty.send_whatsapp(''lagoon'', %s, %L)', current_setting('test.cust'), message) $$;
CREATE FUNCTION pg_temp.taken() RETURNS TABLE (body text, variables jsonb, components jsonb, external_template_id text, header_id text, purpose text)
    LANGUAGE sql AS $$ SELECT body, variables, components, external_template_id, header_id, purpose FROM loyalty.take_messages('lagoon', 'whatsapp') $$;
SELECT pg_temp.refused(pg_temp.whatsapp('Dear customer, thank you for paying 120.00 for B-9'), 'LYM06', 'there is no template');
SELECT loyalty.create_message_template('lagoon', 'paid', 'whatsapp', 'Dear customer, thank you for paying {{1}} for {{2}}',
    variable_limits => '{"2": 12}', header_id => 'H-1') \g /dev/null
SELECT pg_temp.refused(pg_temp.whatsapp('Dear customer, thank you for paying 120.00 for B-9'), 'LYM06', 'a draft');
SELECT loyalty.submit_message_template('lagoon', 'paid') \g /dev/null
SELECT pg_temp.refused(pg_temp.whatsapp('Dear customer, thank you for paying 120.00 for B-9'), 'LYM06', 'one that is pending');
SELECT loyalty.set_template_status('lagoon', 'paid', 'approved', external_template_id => 'T-1') \g /dev/null
SELECT results_eq(format($$SELECT state, cause, sender, warnings FROM loyalty.send_whatsapp('lagoon', %s,
    'Dear customer, thank you for paying 120.00 for B-9')$$, :cust), $$VALUES ('queued', NULL, '+919800000000', '{}'::text[])$$, 'a text of an approved template');
SELECT results_eq('SELECT * FROM pg_temp.taken()', $$VALUES ('Dear customer, thank you for paying 120.00 for B-9', '["120.00", "B-9"]'::jsonb,
    '{"body": "Dear customer, thank you for paying 120.00 for B-9"}'::jsonb, 'T-1', 'H-1', 'transactional')$$, 'goes to a worker with its template and the values that were found');
SELECT results_eq(format($$SELECT m.language COLLATE "default", t.template COLLATE "default", v.version_no FROM loyalty_data.message m JOIN loyalty_data.message_template t USING (org_id, template_id)
    JOIN loyalty_data.template_version v USING (org_id, template_id, version_no) WHERE m.customer_id = %s$$, :cust), $$VALUES ('en', 'paid', 1)$$,
    'and the message names the version');
SELECT pg_temp.refused(pg_temp.whatsapp(m), 'LYM06', left(m, 60)) FROM unnest(ARRAY['Dear Customer, thank you for paying S3CRET for B-9',
    'Dear customer, thank you for paying S3CRET for ', 'Dear customer, thank you for paying  for B-9', E'Dear customer, thank you for paying S3CRET for B\n9',
    'Dear customer, thank you for paying S3CRET for 1234567890123', 'S3CRET', repeat('S3CRET ', 500)]) m;
SELECT pg_temp.refused(pg_temp.whatsapp(repeat('S3CRET', 1000)), 'LY002', 'a text that is longer than any');
SELECT pg_temp.refused(format($$loyalty.send_whatsapp('other', %s, 'S3CRET')$$, :cust), 'LY107', 'another org');
-- Paused, the version is sent no more, whether it is named or matched: LYM04 for the name, LYM06 for the text.
SELECT loyalty.set_template_status('lagoon', 'paid', 'paused') \g /dev/null
SELECT pg_temp.refused(pg_temp.whatsapp('Dear customer, thank you for paying 120.00 for B-9'), 'LYM06', 'a paused one');
SELECT pg_temp.refused(format($$loyalty.send_message('lagoon', %s, 'paid', '["120.00", "B-9"]')$$, :cust), 'LYM04', 'by its name');
SELECT loyalty.set_template_status('lagoon', 'paid', 'approved') \g /dev/null
SELECT pg_temp.refused(format($$loyalty.send_message('lagoon', %s, 'paid', %L)$$, :cust, v), 'LYM05', 'values ' || v)
FROM unnest(ARRAY['["S3CRET"]', '["S3CRET", ""]', '["S3CRET", "B\n9"]']) v;
-- A template whose header asks for more than its body says cannot be found by its text.
SELECT loyalty.create_message_template('lagoon', 'header', 'whatsapp', 'Your order is here.', header_id => 'H-1',
    components => '{"header": {"type": "text", "text": "For {{1}}"}}') \g /dev/null
SELECT loyalty.submit_message_template('lagoon', 'header'), loyalty.set_template_status('lagoon', 'header', 'approved', external_template_id => 'T-2') \g /dev/null
SELECT pg_temp.refused(pg_temp.whatsapp('Your order is here.'), 'LYM06', 'a header with a variable of its own');

-- ---------------------------------------------------------------- media
CREATE FUNCTION pg_temp.media(media jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT format('loyalty.send_whatsapp(''lagoon'', %s, media => %L)', current_setting('test.cust'), media) $$;
CREATE FUNCTION pg_temp.sent(media jsonb) RETURNS TABLE (body text, components jsonb, template text) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM loyalty.send_whatsapp('lagoon', current_setting('test.cust')::bigint, media => media);
    RETURN QUERY SELECT t.body, t.components, t.external_template_id FROM pg_temp.taken() t;
END $$;
SELECT results_eq($$SELECT * FROM pg_temp.sent('{"type": "text", "text": "It is {{open}} until nine."}')$$,
    $$VALUES ('It is {{open}} until nine.', '{"type": "text", "text": "It is {{open}} until nine."}'::jsonb, NULL::text)$$, 'a text, in which nothing is replaced');
SELECT results_eq($$SELECT * FROM pg_temp.sent('{"type": "Image", "link": "https://example.com/a.png", "caption": "Our new shop"}')$$,
    $$VALUES ('Our new shop', '{"type": "image", "link": "https://example.com/a.png", "caption": "Our new shop"}'::jsonb, NULL::text)$$, 'a picture');
SELECT results_eq($$SELECT * FROM pg_temp.sent('{"type": "audio", "link": "https://example.com/a.ogg"}')$$,
    $$VALUES (NULL::text, '{"type": "audio", "link": "https://example.com/a.ogg"}'::jsonb, NULL::text)$$, 'a sound');
SELECT lives_ok('SELECT ' || pg_temp.media(jsonb_build_object('type', 'text', 'text', repeat('é', 4096))), 'a text of 4,096 characters');
SELECT pg_temp.refused(pg_temp.media(m), 'LYM08', 'media ' || left(m::text, 60)) FROM unnest(ARRAY['[]', '1', '"text"', '{}', '{"type": "video", "link": "https://example.com"}',
    '{"type": "text"}', '{"type": "text", "text": ""}', '{"type": "text", "text": 1}', '{"type": "text", "text": "a", "link": "https://example.com"}',
    '{"type": "text", "text": "a", "caption": "b"}', '{"type": "image"}', '{"type": "image", "link": "http://example.com"}', '{"type": "image", "link": "javascript:S3CRET"}',
    '{"type": "image", "link": "https://example.com/{{1}}"}', '{"type": "image", "link": "https://example.com/a b"}', '{"type": "image", "text": "a", "link": "https://example.com"}',
    '{"type": "audio", "link": "https://example.com", "caption": "a"}', '{"type": "text", "text": "a", "TEXT": "b"}', '{"type": "text", "text": "a", "sound": "b"}']::jsonb[]) m;
SELECT pg_temp.refused(pg_temp.media(jsonb_build_object('type', 'text', 'text', repeat('é', 4097))), 'LYM08', 'a text of 4,097 characters');
SELECT pg_temp.refused(pg_temp.media(jsonb_build_object('type', 'text', 'text', repeat('a', 100000000))), 'LYM08', 'a text of 100 megabytes');
SELECT pg_temp.refused(pg_temp.media(jsonb_build_object('type', 'image', 'link', 'https://example.com', 'caption', repeat('a', 1025))), 'LYM08', 'a long caption');
SELECT pg_temp.refused(format('loyalty.send_whatsapp(''lagoon'', %s%s)', :cust, a), c, 'arguments' || a) FROM (VALUES ('', 'LY001'), (', '' ''', 'LY001'),
    (', ''a'', ''{"type": "text", "text": "a"}''', 'LY003'), (', media => ''null''', 'LYM08')) t (a, c);

-- ---------------------------------------------------------------- purposes: a template that is for one thing is sent for nothing else
SELECT loyalty.create_message_template('lagoon', 'for ' || p, 'mobile', 'Hello', purpose => p)
FROM unnest('{promotional,transactional,code,contact}'::text[]) p \g /dev/null
CREATE FUNCTION pg_temp.purpose(template text, purpose text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    id bigint;
BEGIN
    id := (loyalty.send_message('lagoon', current_setting('test.cust')::bigint, 'for ' || template, purpose => purpose)).message_id;
    RETURN (SELECT loyalty_data.message_word(m.purpose, 'purpose') FROM loyalty_data.message m WHERE m.message_id = id);
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
SELECT is(pg_temp.purpose(template, purpose), wanted, format('a template for %s, sent as %s', template, COALESCE(purpose, 'nothing')))
FROM (VALUES ('promotional', NULL, 'promotional'), ('promotional', 'promotional', 'promotional'), ('promotional', 'transactional', 'LY003'), ('promotional', 'code', 'LY003'),
    ('transactional', NULL, 'transactional'), ('transactional', 'promotional', 'promotional'), ('transactional', 'transactional', 'transactional'),
    ('code', 'transactional', 'LY003'), ('code', 'promotional', 'LY003'), ('contact', NULL, 'LY003'), ('contact', 'transactional', 'LY003')) t (template, purpose, wanted);
SELECT loyalty.set_subscription('lagoon', :cust, 'mobile', 'promotional', false) \g /dev/null
SELECT is((SELECT cause FROM loyalty.send_message('lagoon', :cust, 'for promotional')), 'opted_out', 'so an advertisement asks for consent though nobody says what it is');
-- The same for one that is found by its text.
SELECT loyalty.create_message_template('lagoon', 'sale', 'whatsapp', 'All at half price!', purpose => 'promotional', header_id => 'H-1') \g /dev/null
SELECT loyalty.submit_message_template('lagoon', 'sale'), loyalty.set_template_status('lagoon', 'sale', 'approved', external_template_id => 'T-3') \g /dev/null
SELECT loyalty.set_subscription('lagoon', :cust, 'whatsapp', 'promotional', false) \g /dev/null
SELECT is((SELECT cause FROM loyalty.send_whatsapp('lagoon', :cust, 'All at half price!')), 'opted_out', 'or whose text is sent');
SELECT pg_temp.refused(format($$loyalty.send_whatsapp('lagoon', %s, 'All at half price!', purpose => 'transactional')$$, :cust), 'LY003', 'whatever it is said to be');

SELECT * FROM finish();
ROLLBACK;
