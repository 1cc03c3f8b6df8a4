-- Contacts of an org: who they are, how they are found by name, and what topics are told of.
BEGIN;
SELECT no_plan();
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('acme', 'base', country => 'IN'), pg_temp.new_org('other', 'base', country => 'IN');
SELECT set_config('test.secret', 'zoe@|9800000001|Zoë', true);

-- The contacts, as one text.
CREATE FUNCTION pg_temp.contacts() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', contact, name, email, mobile, topics::text), ', ' ORDER BY contact) FROM loyalty.contacts WHERE org = 'acme' $$;

SELECT loyalty.create_contact('acme', 'zoe', ' Zoë  Ångström ', 'Zoe@Example.COM', topics => '{issue_limit,request}') AS zoe \gset
SELECT ok(:zoe > 0, 'a contact has an id');
SELECT loyalty.create_contact('acme', 'raj', 'Raj Straße', mobile => '9800000001', topics => '{request}'),
    loyalty.create_contact('acme', 'eve', 'EVE_Müller', 'eve@example.com', '+919800000002'),
    loyalty.create_contact('other', 'zoe', 'Zoë of another org', 'z@example.com') \g /dev/null
SELECT is(pg_temp.contacts(), 'eve EVE_Müller eve@example.com +919800000002 {}, raj Raj Straße +919800000001 {request}, '
    'zoe Zoë  Ångström zoe@example.com {issue_limit,request}', 'contacts have names and addresses in their normal form');

-- ---- found by name
SELECT is((SELECT string_agg(s.contact, ' ') FROM loyalty.search_contacts('acme', part) s), want, format('searched by %L', part)) FROM (VALUES
    ('zoe', 'zoe'), ('ZOË', 'zoe'), ('ngstrom', 'zoe'), ('Z' || U&'oe\0308', 'zoe'), ('strasse', 'raj'), ('STRASSE', 'raj'), ('muller', 'eve'),
    ('r', 'eve raj zoe'), ('%', NULL), ('_m', 'eve'), ('.*', NULL), ('nobody', NULL)) p (part, want);
SELECT is((SELECT count(*)::int FROM loyalty.search_contacts('other', 'zoe')), 1, 'each org finds its own');
SELECT results_eq($$SELECT contact COLLATE "default", name, email COLLATE "default", mobile COLLATE "default", topics FROM loyalty.search_contacts('acme', 'raj')$$,
    $$VALUES ('raj', 'Raj Straße', NULL, '+919800000001', '{request}'::text[])$$, 'with all that is known of them');

-- ---- what changes
SELECT loyalty.update_contact('acme', 'raj', name => 'Raj Strasser', topics => '{}');
SELECT loyalty.update_contact('acme', 'raj', email => 'raj@example.com');
SELECT is((SELECT concat_ws(' ', name, email, mobile, topics::text) FROM loyalty.contacts WHERE contact = 'raj'),
    'Raj Strasser raj@example.com +919800000001 {}', 'what is given changes, and nothing else');
SELECT is((SELECT string_agg(s.contact, ' ') FROM loyalty.search_contacts('acme', 'strasser') s), 'raj', 'and is found by its new name');
SELECT loyalty.retire_contact('acme', 'zoe');
SELECT is((SELECT concat_ws('|', name, search_name, email, mobile, topics::text) FROM loyalty_data.org_contact WHERE contact_id = :zoe), '||{}', 'one that is retired is forgotten');
SELECT is((SELECT count(*)::int FROM loyalty.contacts WHERE org = 'acme' AND contact = 'zoe'), 0, 'and is no contact');
SELECT is_empty($$SELECT FROM loyalty.search_contacts('acme', 'z')$$, 'whom nobody finds');
SELECT pg_temp.refused('loyalty.retire_contact(''acme'', ''zoe'')', 'LYM11', 'nor retires again');
SELECT is(loyalty.create_contact('acme', 'zoe', 'Zoë the second', 'zoe@example.com'), :zoe, 'whoever follows has the code and its id');

SELECT pg_temp.refused(call, code, name) FROM (VALUES
    ('loyalty.create_contact(''acme'', ''raj'', ''Raj'', ''r@example.com'')', 'LY009', 'a code is taken once'),
    ('loyalty.create_contact(''acme'', ''new'', ''Zoë'')', 'LY001', 'a contact has an address'),
    ('loyalty.create_contact(''acme'', ''new'', NULL, ''r@example.com'')', 'LY001', 'and a name'),
    ('loyalty.create_contact(''acme'', NULL, ''Zoë'', ''zoe@example.com'')', 'LY001', 'and a code'),
    ('loyalty.create_contact(''acme'', ''new'', ''Zoë'', ''zoe'')', 'LY103', 'an e-mail is one'),
    ('loyalty.create_contact(''acme'', ''new'', ''Zoë'', E''zoe@example.com\r\nBcc: all@example.com'')', 'LY103', 'and no header'),
    ('loyalty.create_contact(''acme'', ''new'', ''Zoë'', mobile => ''98'')', 'LY102', 'a mobile is one'),
    ('loyalty.create_contact(''acme'', ''new'', repeat(''Zoë'', 10000000), ''zoe@example.com'')', 'LY002', 'a name of many megabytes'),
    ('loyalty.create_contact(''acme'', ''new'', ''Zoë'', ''zoe@example.com'', topics => ''{a,NULL}'')', 'LY001', 'a topic is a text'),
    ('loyalty.create_contact(''acme'', ''new'', ''Zoë'', ''zoe@example.com'', topics => ARRAY[E''a\u200bb''])', 'LY003', 'in which all is seen'),
    ('loyalty.create_contact(''acme'', ''new'', ''Zoë'', ''zoe@example.com'', topics => ARRAY[repeat(''a'', 101)])', 'LY002', 'of 100 characters'),
    ('loyalty.create_contact(''acme'', ''new'', ''Zoë'', ''zoe@example.com'', topics => array_fill(''a''::text, ARRAY[51]))', 'LY003', 'fifty of them'),
    ('loyalty.update_contact(''acme'', ''new'', ''Zoë'')', 'LYM11', 'who is not there does not change'),
    ('loyalty.update_contact(''other'', ''raj'', ''Zoë'')', 'LYM11', 'nor who is another org''s'),
    ('loyalty.update_contact(''acme'', ''raj'', email => ''zoe'')', 'LY103', 'an e-mail stays one'),
    ('loyalty.search_contacts(''acme'', '''')', 'LY001', 'a part of a name'),
    ('loyalty.search_contacts(''acme'', U&''\0301'')', 'LY001', 'is no accent alone'),
    ('loyalty.search_contacts(''acme'', repeat(''zoe'', 100))', 'LY002', 'and no longer than a name')) c (call, code, name);

-- ---- topics
SELECT loyalty.set_contact_topic('acme', 'request', 'Only When', 500), loyalty.set_contact_topic('acme', 'issue_limit', 'always'),
    loyalty.set_contact_topic('other', 'request', 'never');
SELECT results_eq($$SELECT topic COLLATE "default", notify, amount FROM loyalty.contact_topics WHERE org = 'acme' ORDER BY 1$$,
    $$VALUES ('issue_limit', 'always', NULL), ('request', 'only_when', 500.000)$$, 'whether contacts are told is the topic''s');
SELECT loyalty.set_contact_topic('acme', 'request', 'never');
SELECT is((SELECT concat_ws(' ', notify, amount) FROM loyalty.contact_topics WHERE org = 'acme' AND topic = 'request'), 'never', 'it is replaced as a whole');
SELECT pg_temp.refused(call, code, name) FROM (VALUES
    ('loyalty.set_contact_topic(''acme'', ''request'', ''sometimes'')', 'LY003', 'a word of three'),
    ('loyalty.set_contact_topic(''acme'', ''request'', ''only_when'')', 'LY001', 'only when has an amount'),
    ('loyalty.set_contact_topic(''acme'', ''request'', ''only_when'', -1)', 'LY413', 'which is not below zero'),
    ('loyalty.set_contact_topic(''acme'', ''request'', ''only_when'', 0.0001)', 'LY413', 'and has three decimals'),
    ('loyalty.set_contact_topic(''acme'', ''request'', ''only_when'', ''NaN'')', 'LY402', 'and is a number'),
    ('loyalty.set_contact_topic(''acme'', ''request'', ''only_when'', 1e15)', 'LY404', 'with room'),
    ('loyalty.set_contact_topic(''acme'', ''request'', ''always'', 5)', 'LY003', 'always has none'),
    ('loyalty.set_contact_topic(''acme'', NULL, ''always'')', 'LY001', 'a topic is named')) c (call, code, name);

-- ---- who sees what
SELECT set_config('test.secret', '', true);
SELECT loyalty.grant_org('acme', 'loyalty_analyst');
SET LOCAL ROLE loyalty_analyst;
SELECT is((SELECT string_agg(concat_ws(' ', contact, name, email, mobile), ', ' ORDER BY contact) FROM loyalty.contacts),
    'eve **** **** ****, raj **** **** ****, zoe **** ****', 'analysts see that there are contacts, not who they are');
SELECT throws_ok($$SELECT loyalty.search_contacts('acme', 'zoe')$$, '42501', NULL, 'and search for none');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
