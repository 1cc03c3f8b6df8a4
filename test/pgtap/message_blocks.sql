-- Blocks of e-mails: the worked example byte for byte, every property, spellings, copies between templates, and what is refused.
BEGIN;
SELECT no_plan();

SET LOCAL client_min_messages = error;
SET LOCAL loyalty.clock = '2022-02-03 10:00:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('lagoon');
SET LOCAL test.secret = 'S3CRET';

-- ---------------------------------------------------------------- the worked example (25)
\set blocks '[{"type": "title", "level": 2, "align": "center", "hide_on": "mobile", "text": "Hi {{first_name}}"}, {"type": "list", "list_type": "decimal", "start_from": 3, "items": ["a", "b"]}]'
SELECT results_eq(format($$SELECT html, body FROM loyalty.render_email('lagoon', %L, '{"first_name": "<b>Al</b>"}')$$, :'blocks'),
    $$VALUES ('<h2 class="hide-mobile" style="text-align:center">Hi &lt;b&gt;Al&lt;/b&gt;</h2><ol start="3" style="list-style-type:decimal"><li>a</li><li>b</li></ol>',
        E'Hi <b>Al</b>\n3. a\n4. b')$$, 'HTML and the text beside it');
SELECT matches((SELECT style_sheet FROM loyalty.render_email('lagoon', '[]')), 'max-width:600px\){\.hide-mobile{display:none', 'hidden by class and media query');

-- ---------------------------------------------------------------- properties, in both spellings
CREATE FUNCTION pg_temp.html(block jsonb, variables jsonb DEFAULT NULL) RETURNS text LANGUAGE sql AS $$
    SELECT html FROM loyalty.render_email('lagoon', jsonb_build_array(block), variables) $$;
SELECT is(pg_temp.html(b), '<h1 style="text-align:right;direction:rtl;font-family:Arial, sans-serif;font-size:20px;font-weight:700;line-height:140%;color:#fff">a</h1>',
    'a title with everything: ' || (b ->> 'type'))
FROM (VALUES ('{"type": "title", "text": "a", "level": 1, "align": "right", "direction": "rtl", "font_family": "Arial, sans-serif", "font_size": 20,
        "font_weight": 700, "line_height": "140%", "colour": "#fff"}'::jsonb),
    ('{"type": "TITLE", "text": "a", "alignment": "Right", "direction": "RTL", "fontFamily": "Arial, sans-serif", "fontSize": "20px",
        "fontWeight": "700", "lineHeight": "140%", "color": "#fff"}')) t (b);
SELECT is(pg_temp.html('{"type": "paragraph", "text": [{"text": "a", "bold": true}, {"text": "b", "italic": true},
    {"text": "c", "link": "https://example.com/?q={{q}}"}, {"text": "d", "link": "mailto:a@example.com"}, {"text": "e", "link": "tel:+6581110001"}], "hideOn": "desktop"}', '{"q": "\"x&y"}'),
    '<p class="hide-desktop"><strong>a</strong><em>b</em><a href="https://example.com/?q=%22x%26y">c</a><a href="mailto:a@example.com">d</a><a href="tel:+6581110001">e</a></p>',
    'a paragraph with runs');
SELECT is(pg_temp.html('{"type": "list", "listType": "lowerRoman", "indent": 20, "spacing": "4px", "startFrom": 2, "items": ["a", [{"text": "b", "bold": true}]]}'),
    '<ol start="2" style="list-style-type:lower-roman;padding-left:20px"><li style="margin-bottom:4px">a</li><li style="margin-bottom:4px"><strong>b</strong></li></ol>', 'a list');
SELECT is(pg_temp.html('{"type": "image", "contentId": "logo", "alternativeText": "Our logo", "width": 200, "align": "center", "link": "https://example.com"}'),
    '<p style="text-align:center"><a href="https://example.com"><img src="cid:logo" alt="Our logo" style="width:200px"></a></p>', 'a picture of the mail');
SELECT is(pg_temp.html('{"type": "image", "url": "https://example.com/a.png"}'), '<p><img src="https://example.com/a.png" alt=""></p>', 'and of the web');
-- One heading for two devices: the text has one of them.
SELECT results_eq($$SELECT html, body FROM loyalty.render_email('lagoon', '[{"type": "title", "text": "A", "font_size": 30, "hide_on": "mobile"},
    {"type": "title", "text": "A", "font_size": 20, "hide_on": "desktop"}]')$$,
    $$VALUES ('<h1 class="hide-mobile" style="font-size:30px">A</h1><h1 class="hide-desktop" style="font-size:20px">A</h1>', 'A')$$, 'a title for each device');

-- ---------------------------------------------------------------- a block stands by itself
SELECT loyalty.create_message_template('lagoon', 'one', 'email', subject => 'One', blocks => :'blocks', topic => 'points');
SELECT loyalty.create_message_template('lagoon', 'two', 'email', subject => 'Two',
    blocks => (SELECT jsonb_build_array('{"type": "paragraph", "text": "Dear {{first_name}}"}'::jsonb, blocks -> 0) FROM loyalty.message_templates WHERE template = 'one'));
SELECT is((SELECT blocks -> 1 FROM loyalty.message_templates WHERE template = 'two'), (:'blocks'::jsonb) -> 0, 'a copy is the block');
SELECT ok((SELECT strpos(html, pg_temp.html((:'blocks'::jsonb) -> 0, '{"first_name": "Al"}')) > 0
    FROM loyalty.preview_message('lagoon', 'two', '{"first_name": "Al"}')), 'and is written as the block was');
SELECT matches((SELECT html FROM loyalty.preview_message('lagoon', 'one', '{"first_name": "Al"}')),
    '^<!DOCTYPE html><html><head><meta charset="utf-8"><style>@media.*</style></head><body><h2 .*</body></html>$', 'mail is a page with its style sheet');
SELECT is((SELECT subject || ': ' || body FROM loyalty.preview_message('lagoon', 'one', '{"first_name": "Al"}')), E'One: Hi Al\n3. a\n4. b', 'with text beside it');

-- ---------------------------------------------------------------- refused
SELECT pg_temp.refused(format($$loyalty.render_email('lagoon', %L)$$, b), 'LYM08', 'blocks ' || left(b, 70))
FROM unnest(ARRAY['{}', '1', '"a"', '[1]', '[[]]', '[{}]', '[{"type": "raw", "text": "a"}]', '[{"type": "html"}]', '[{"type": 1, "text": "a"}]', '[{"type": "title"}]',
    '[{"type": "title", "text": 1}]', '[{"type": "title", "text": {}}]', '[{"type": "title", "text": [1]}]', '[{"type": "title", "text": [{}]}]',
    '[{"type": "title", "text": [{"text": "a", "bold": 1}]}]', '[{"type": "title", "text": [{"text": "a", "onclick": "x"}]}]',
    '[{"type": "title", "text": "a", "style": "x"}]', '[{"type": "title", "text": "a", "level": 7}]', '[{"type": "title", "text": "a", "level": 0}]',
    '[{"type": "title", "text": "a", "level": 1.5}]', '[{"type": "title", "text": "a", "level": 1e9}]', '[{"type": "title", "text": "a", "items": []}]',
    '[{"type": "paragraph", "text": "a", "level": 1}]', '[{"type": "title", "text": "a", "font_size": 1, "fontSize": 2}]',
    '[{"type": "title", "text": "a", "align": "center;x"}]', '[{"type": "title", "text": "a", "font_family": "a\";x"}]', '[{"type": "title", "text": "a", "colour": "red;x:y"}]',
    '[{"type": "title", "text": "a", "colour": "url(https://example.com)"}]', '[{"type": "title", "text": "a", "font_size": "1px;x"}]', '[{"type": "title", "text": "a", "font_size": -1}]',
    '[{"type": "title", "text": "a", "font_size": "NaN"}]', '[{"type": "title", "text": "a", "hide_on": "tablet"}]', '[{"type": "title", "text": "{{a.b}}"}]', '[{"type": "title", "text": "{{"}]',
    '[{"type": "title", "text": [{"text": "a", "link": "javascript:alert(1)"}]}]', '[{"type": "title", "text": [{"text": "a", "link": "JaVaScRiPt:x"}]}]',
    '[{"type": "title", "text": [{"text": "a", "link": "java\tscript:x"}]}]', '[{"type": "title", "text": [{"text": "a", "link": "data:text/html,x"}]}]',
    '[{"type": "title", "text": [{"text": "a", "link": "{{url}}"}]}]', '[{"type": "title", "text": [{"text": "a", "link": "https://example.com/\"x"}]}]',
    '[{"type": "list"}]', '[{"type": "list", "items": "a"}]', '[{"type": "list", "items": [1]}]', '[{"type": "list", "items": ["a"], "list_type": "stars"}]',
    '[{"type": "list", "items": ["a"], "start_from": 2}]', '[{"type": "list", "items": ["a"], "list_type": "decimal", "start_from": -1}]',
    '[{"type": "image"}]', '[{"type": "image", "url": "http://example.com/a.png"}]', '[{"type": "image", "url": "https://example.com/a.png", "content_id": "a"}]',
    '[{"type": "image", "content_id": "a b"}]', '[{"type": "image", "content_id": "a", "text": "b"}]', '[{"type": "image", "content_id": "a", "link": "x"}]',
    '[{"type": "image", "content_id": "a", "width": "wide"}]']) b;
SELECT pg_temp.refused(format($$loyalty.render_email('lagoon', %s)$$, b), 'LYM08', 'blocks ' || b)
FROM unnest(ARRAY[$$(SELECT jsonb_agg('{"type": "title", "text": "a"}'::jsonb) FROM generate_series(1, 101))$$,
    $$jsonb_build_array(jsonb_build_object('type', 'paragraph', 'text', repeat('a', 2200000)))$$,
    $$jsonb_build_array(jsonb_build_object('type', 'list', 'items', (SELECT jsonb_agg('a'::text) FROM generate_series(1, 101))))$$,
    $$jsonb_build_array(jsonb_build_object('type', 'title', 'text', (SELECT jsonb_agg('{"text": "a"}'::jsonb) FROM generate_series(1, 101))))$$]) b;
SELECT pg_temp.refused($$loyalty.render_email('lagoon', NULL)$$, 'LY001', 'no blocks');
SELECT pg_temp.refused(format($$loyalty.render_email('lagoon', '[{"type": "title", "text": "{{a}}"}]', %L)$$, v), 'LYM05', 'values ' || v)
FROM unnest(ARRAY['{}', '{"a": null}', '{"a": {}}', '{"a": []}', '1', '{"b": "S3CRET"}', '{"a": "S3CRET", "A": "x"}', '{"a": "x", "firstName": "S3CRET", "first_name": "x"}',
    '{"a": "x", "first name": 1, "FIRST-NAME": 1}']) v;
SELECT is(pg_temp.html('{"type": "title", "text": "{{a}}"}', '{"a": "b", "A": null, "ab": 1, "aB c": 2}'), '<h1>b</h1>', 'null is no second value');
SELECT pg_temp.refused($$loyalty.render_email('lagoon', jsonb_build_array(jsonb_build_object('type', 'paragraph', 'text', repeat('{{a}}', 100000))), jsonb_build_object('a', repeat('<', 1000)))$$,
    'LYM05', 'a text that gets too long');
SELECT pg_temp.refused($$loyalty.render_email('lagoon', '[{"type": "title", "text": [{"text": "a", "link": "https://example.com/{{a}}"}]}]', jsonb_build_object('a', repeat('<', 1000)))$$,
    'LYM05', 'a link that gets too long');

SELECT * FROM finish();
ROLLBACK;
