-- Files of e-mails (worked example 24): what is taken and how it is kept, what is refused with its SQLSTATE; and texts of
-- templates as they are sent: by language, by status, and finished texts of WhatsApp (worked example 23).
BEGIN;
SELECT no_plan();

SET LOCAL client_min_messages = error;
SET LOCAL loyalty.clock = '2022-02-03 10:00:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('lagoon', country => 'SG');
SELECT customer_id AS ann FROM loyalty.register_customer('lagoon', mobile => '91234567', email => 'ann@example.com') \gset
SELECT loyalty.set_channel('lagoon', :ann, 'whatsapp', '+6591234567');
SELECT loyalty.create_sender('lagoon', '+6581110001', 'whatsapp', is_default => true);
SELECT set_config('test.ann', :'ann', true), set_config('test.secret', 'S3CRET', true);

CREATE FUNCTION pg_temp.mail(files text) RETURNS text LANGUAGE sql AS $$
    SELECT format('loyalty.send_email(''lagoon'', %s, ''Hi'', ''Hello'', attachments => %s)', current_setting('test.ann'), files) $$;
CREATE FUNCTION pg_temp.kept(file jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    sent bigint;
BEGIN
    EXECUTE 'SELECT message_id FROM ' || pg_temp.mail(format('%L', jsonb_build_array(file))) INTO sent;
    RETURN (SELECT concat_ws(' ', file_name, file_type, content_id, encode(content, 'hex')) FROM loyalty_data.message_attachment WHERE message_id = sent);
END $$;

SELECT is(pg_temp.kept(f), 'logo.PNG image/png 89504e470d0a1a0a', 'a picture: ' || f::text) FROM (VALUES
    ('{"file_name": "logo.PNG", "file_data": "iVBORw0KGgo=", "file_encoding_type": "base64"}'::jsonb),
    ('{"fileName": "logo.PNG", "fileType": "PNG", "fileData": "iVBORw\n0KGgo=\n", "fileEncodingType": "BASE64"}')) v (f);
SELECT is(pg_temp.kept('{"file_name": "terms.txt", "file_data": "Hello"}'), 'terms.txt text/plain 48656c6c6f', 'others as given');
SELECT is(pg_temp.kept('{"file_name": "terms.txt", "file_data": "SGVsbG8=", "file_encoding_type": "base64", "content_id": "t1"}'),
    'terms.txt text/plain t1 48656c6c6f', 'or decoded');
SELECT is(pg_temp.kept(format('{"file_name": "a.gif", "file_data": "%s", "file_encoding_type": "base64"}', encode('GIF89a', 'base64'))::jsonb),
    'a.gif image/gif 474946383961', 'GIF');
SELECT is(pg_temp.kept('{"file_name": "a.jpeg", "file_data": "/9j/", "file_encoding_type": "base64"}'), 'a.jpeg image/jpeg ffd8ff', 'JPEG');

SELECT pg_temp.refused(pg_temp.mail(format('%L', format('[%s]', f))), 'LYM07', 'a file ' || left(f, 100))
FROM unnest(ARRAY['{"file_name": "S3CRET.PNG", "file_data": "iVBORw0KGgo="}',
    '{"file_name": "S3CRET.png", "file_data": "data:image/png;base64,iVBORw0KGgo=", "file_encoding_type": "base64"}',
    '{"file_name": "S3CRET.jpg", "file_data": "iVBORw0KGgo=", "file_encoding_type": "base64"}',
    '{"file_name": "S3CRET.png", "file_type": "txt", "file_data": "Hello"}',
    '{"file_name": "S3CRET.txt", "file_type": "png", "file_data": "SGVsbG8=", "file_encoding_type": "base64"}',
    '{"file_name": "S3CRET.png", "file_data": "iVBORw0KGgo", "file_encoding_type": "base64"}',
    '{"file_name": "S3CRET.png", "file_data": "iVBORw0KGgo=x", "file_encoding_type": "base64"}',
    '{"file_name": "a.txt", "file_data": "S3CRET", "file_encoding_type": "hex"}', '{"file_name": "../S3CRET", "file_data": "a"}',
    '{"file_name": "", "file_data": "a"}', '{"file_data": "a"}', '{"file_name": "a"}', '{"file_name": "a", "file_data": 1}', '{"file_name": "a", "file_data": "b", "c": 1}',
    '{"file_name": "a", "file_data": "b", "file_type": "Message/RFC822"}', '{"file_name": "a", "file_data": "b", "file_type": "multipart/mixed"}',
    '{"file_name": "a", "file_data": "b", "content_id": "c"}, {"file_name": "d", "file_data": "e"}, {"file_name": "a", "file_data": "b", "content_id": "c"}',
    '{"file_name": "a", "file_data": "b", "file_type": "S3CRET"}', '{"file_name": "a", "file_data": "b", "content_id": "S3CRET>"}', '1', '[]']) f;
SELECT pg_temp.refused(pg_temp.mail(format('%L', f)), 'LYM07', 'files ' || f) FROM unnest(ARRAY['{}', '1', '"a"']) f;
SELECT pg_temp.refused(pg_temp.mail(f), 'LYM07', f) FROM unnest(ARRAY[
    $$(SELECT jsonb_agg('{"file_name": "a", "file_data": "b"}'::jsonb) FROM generate_series(1, 11))$$,
    $$jsonb_build_array(jsonb_build_object('file_name', 'a', 'file_data', repeat('a', 10 * 1024 * 1024 + 1)))$$,
    $$jsonb_build_array(jsonb_build_object('file_name', 'a', 'file_data', repeat('a', 20 * 1024 * 1024)))$$,
    $$(SELECT jsonb_agg(jsonb_build_object('file_name', 'a', 'file_data', repeat('a', 7 * 1024 * 1024))) FROM generate_series(1, 3))$$]) f;
SELECT pg_temp.refused(pg_temp.mail(format('%L', format('[%s]', f))), 'LYM13', 'a file ' || f)
FROM unnest(ARRAY['{"file_name": "a\r\nBcc: b", "file_data": "b"}', '{"file_name": "a", "file_type": "text/plain\nX: y", "file_data": "b"}',
    '{"file_name": "a", "file_data": "b", "content_id": "a\nb"}']) f;

-- ---------------------------------------------------------------- pictures of blocks, which are among the files
\set picture '[{"type": "title", "text": "a"}, {"type": "image", "content_id": "logo"}]'
CREATE FUNCTION pg_temp.pictured(files text) RETURNS text LANGUAGE sql AS $$
    SELECT format('loyalty.send_email(''lagoon'', %s, ''Hi'', blocks => %L, attachments => %L)', current_setting('test.ann'), current_setting('test.picture'), files) $$;
SELECT set_config('test.picture', :'picture', true);
SELECT pg_temp.refused(pg_temp.pictured(f), 'LYM08', 'a picture that no file is: ' || COALESCE(f, 'none'))
FROM unnest(ARRAY[NULL, '[]', '[{"file_name": "a", "file_data": "b"}]', '[{"file_name": "logo", "file_data": "b", "content_id": "Logo"}]']) f;
SELECT is(pg_temp.told(replace(pg_temp.pictured(NULL), 'loyalty.', '')), '"blocks[1].content_id" is the content_id of no attachment |  | ', 'its place is named');
SELECT lives_ok('SELECT ' || pg_temp.pictured('[{"file_name": "x", "file_data": "b", "content_id": "x"}, {"file_name": "a", "file_data": "b", "content_id": "logo"}]'), 'a picture that is sent along');
SELECT loyalty.create_message_template('lagoon', 'pictured', 'email', subject => 'Hi', blocks => :'picture');
SELECT lives_ok($$SELECT loyalty.preview_message('lagoon', 'pictured')$$, 'a template names what its messages will have');
SELECT pg_temp.refused(format('loyalty.send_message(''lagoon'', %s, ''pictured'')', :ann), 'LYM08', 'and they must have it');
SELECT lives_ok(format($$SELECT loyalty.send_message('lagoon', %s, 'pictured', attachments => '[{"file_name": "a", "file_data": "b", "content_id": "logo"}]')$$, :ann), 'as this one has');
SELECT pg_temp.refused(format('loyalty.create_message_template(''lagoon'', ''code'', ''email'', subject => ''Hi'', blocks => %L, purpose => ''code'')', :'picture'), 'LYM08',
    'a template of codes, which have no files');

-- ---------------------------------------------------------------- finished texts and versions (23)
SELECT loyalty.create_message_template('lagoon', 'paid', 'whatsapp', 'Dear customer, thank you for paying {{1}} for {{2}}', header_id => 'H-1');
CREATE FUNCTION pg_temp.send(variables text) RETURNS text LANGUAGE sql AS $$
    SELECT format('loyalty.send_message(''lagoon'', %s, ''paid'', %L)', current_setting('test.ann'), variables) $$;
CREATE FUNCTION pg_temp.sent(variables text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    id bigint;
BEGIN
    EXECUTE 'SELECT message_id FROM ' || pg_temp.send(variables) INTO id;
    RETURN (SELECT body FROM loyalty_data.message_body WHERE message_id = id);
END $$;
SELECT pg_temp.refused(pg_temp.send('["1", "2"]'), 'LYM04', 'a draft');
SELECT loyalty.submit_message_template('lagoon', 'paid');
SELECT pg_temp.refused(pg_temp.send('["1", "2"]'), 'LYM04', 'pending');
SELECT loyalty.set_template_status('lagoon', 'paid', 'approved', external_template_id => 'T-1');
SELECT is(pg_temp.sent('["120.00", "B-9"]'), 'Dear customer, thank you for paying 120.00 for B-9', 'approved');
SELECT is(pg_temp.sent('["120.00", "{{1}}"]'), 'Dear customer, thank you for paying 120.00 for {{1}}', 'literally');
SELECT pg_temp.refused(pg_temp.send(v), 'LYM05', 'values ' || v) FROM unnest(ARRAY['["1"]', '["1", ""]', '["1", "B\n9"]']) v;
SELECT loyalty.update_message_template('lagoon', 'paid', 'Thanks for {{1}} and {{2}}.');
SELECT is(pg_temp.sent('["1", "2"]'), 'Dear customer, thank you for paying 1 for 2', 'a new draft changes nothing');
SELECT loyalty.set_template_status('lagoon', 'paid', 'paused', version_no => 1);
SELECT pg_temp.refused(pg_temp.send('["1", "2"]'), 'LYM04', 'paused');
SELECT pg_temp.refused(format($$loyalty.send_message('lagoon', %s, 'none')$$, :ann), 'LYM01', 'no such template');
SELECT pg_temp.refused(format($$loyalty.send_message('lagoon', %s, 'paid', channel => 'email')$$, :ann), 'LYM01', 'nor for the channel');

SELECT * FROM finish();
ROLLBACK;
