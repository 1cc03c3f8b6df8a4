-- Every error of the capability org, by its SQLSTATE; and that a refused call changes nothing.
BEGIN;
SELECT plan(208);

CREATE ROLE test_loyalty_admin;
GRANT loyalty_admin TO test_loyalty_admin;
SELECT loyalty.create_org('acme', 'Acme', 'Europe/Paris', 'FR', 'EUR', '€') AS org_id \gset
SELECT loyalty.create_store('acme', 'main', 'Main street') AS store_id \gset
SELECT loyalty.create_program('acme', 'base', 'Base') AS program_id \gset
SELECT loyalty.create_till('acme', 'till', 'main') AS till_id \gset

-- Refused calls, each with the code it must answer. "what" tells why.
CREATE TEMP TABLE refused (no serial, sqlstate text, what text, call text);

-- Arguments that every call about an org checks alike: missing, empty, too long, unknown.
INSERT INTO refused (sqlstate, what, call)
SELECT e.sqlstate, c.name || ': ' || e.what, replace(c.call, '$', e.org)
FROM (VALUES
    ('create_store', $$create_store($, 'new', 'New')$$),
    ('create_till', $$create_till($, 'new', 'main')$$),
    ('create_program', $$create_program($, 'new', 'New')$$),
    ('set_config', $$set_config($, 'CONF_USERS_IS_EMAIL_REQUIRED', 'true')$$),
    ('get_config', $$get_config($, 'CONF_USERS_IS_EMAIL_REQUIRED')$$),
    ('grant_org', $$grant_org($, 'test_loyalty_admin')$$),
    ('revoke_org', $$revoke_org($, 'test_loyalty_admin')$$)) c (name, call)
CROSS JOIN (VALUES
    ('LY001', 'no org', 'NULL'),
    ('LY001', 'an empty org', ''''''),
    ('LY002', 'an org longer than 100 characters', 'repeat(''ø'', 101)'),
    ('LY002', 'an org of many megabytes', 'repeat(''x'', 30000000)'),
    ('LY004', 'an org that does not exist', '''nowhere'''),
    ('LY004', 'an org in another spelling', '''ACME''')) e (sqlstate, what, org);

-- Codes of what is created.
INSERT INTO refused (sqlstate, what, call)
SELECT e.sqlstate, c.name || ': ' || e.what, replace(c.call, '$', e.code)
FROM (VALUES
    ('create_org', $$create_org($, 'New')$$),
    ('create_store', $$create_store('acme', $, 'New')$$),
    ('create_till', $$create_till('acme', $, 'main')$$),
    ('create_program', $$create_program('acme', $, 'New')$$)) c (name, call)
CROSS JOIN (VALUES
    ('LY001', 'no code', 'NULL'),
    ('LY001', 'an empty code', ''''''),
    ('LY002', 'a code longer than 100 characters', 'repeat(''ø'', 101)'),
    ('LY002', 'a code of many megabytes', 'repeat(''x'', 30000000)'),
    ('LY001', 'only blanks', '''   '''),
    ('LY003', 'a zero-width space in the code', 'U&''n\200Bw'''),
    ('LY003', 'a control character in the code', 'E''n\nw'''),
    ('LY003', 'a delete character in the code', 'E''n\x7fw''')) e (sqlstate, what, code);

-- Names.
INSERT INTO refused (sqlstate, what, call)
SELECT e.sqlstate, c.name || ': ' || e.what, replace(c.call, '$', e.value)
FROM (VALUES
    ('create_org', $$create_org('new', $)$$),
    ('create_store', $$create_store('acme', 'new', $)$$),
    ('create_program', $$create_program('acme', 'new', $)$$)) c (name, call)
CROSS JOIN (VALUES
    ('LY001', 'no name', 'NULL'),
    ('LY001', 'an empty name', ''''''),
    ('LY002', 'a name longer than 200 characters', 'repeat(''ø'', 201)')) e (sqlstate, what, value);

INSERT INTO refused (sqlstate, what, call) VALUES
    -- duplicates
    ('LY009', 'create_org: the code is taken', $$create_org('acme', 'New')$$),
    ('LY009', 'create_store: the code is taken', $$create_store('acme', 'main', 'New')$$),
    ('LY009', 'create_till: the code is taken', $$create_till('acme', 'till', 'main')$$),
    ('LY009', 'create_program: the code is taken', $$create_program('acme', 'base', 'New', is_default => true)$$),
    -- time zone
    ('LY002', 'create_org: a long time zone', $$create_org('new', 'New', repeat('x', 101))$$),
    ('LY016', 'create_org: an unknown time zone', $$create_org('new', 'New', 'Mars/Olympus')$$),
    ('LY016', 'create_org: a POSIX rule is no time zone', $$create_org('new', 'New', 'UTC+8')$$),
    ('LY016', 'create_org: nor is one with daylight saving', $$create_org('new', 'New', 'CET-1CEST')$$),
    ('LY016', 'create_org: nor is an offset', $$create_org('new', 'New', '+08')$$),
    ('LY016', 'create_org: nor is whatever the machine has', $$create_org('new', 'New', 'localtime')$$),
    ('LY016', 'create_org: nor what SQL takes for an abbreviation', $$create_org('new', 'New', 'CET')$$),
    ('LY016', 'create_org: in any case', $$create_org('new', 'New', 'wet')$$),
    ('LY016', 'create_org: nor a fixed offset of the list', $$create_org('new', 'New', 'Etc/GMT+8')$$),
    ('LY016', 'create_org: nor an abbreviation that SQL reads alike', $$create_org('new', 'New', 'EST')$$),
    ('LY016', 'create_org: nor a placeholder', $$create_org('new', 'New', 'Factory')$$),
    ('LY016', 'create_org: nor a path', $$create_org('new', 'New', '../zoneinfo/UTC')$$),
    -- country
    ('LY017', 'create_org: an unknown country', $$create_org('new', 'New', base_country => 'ZZ')$$),
    ('LY017', 'create_org: a country of three letters', $$create_org('new', 'New', base_country => 'SGP')$$),
    ('LY017', 'create_org: a calling code is no country', $$create_org('new', 'New', base_country => '65')$$),
    ('LY017', 'create_org: the region of satellite numbers', $$create_org('new', 'New', base_country => '001')$$),
    ('LY002', 'create_org: a long country', $$create_org('new', 'New', base_country => repeat('x', 101))$$),
    -- currency
    ('LY018', 'create_org: an unknown currency', $$create_org('new', 'New', currency_code => 'ABC')$$),
    ('LY018', 'create_org: a currency of two letters', $$create_org('new', 'New', currency_code => 'EU')$$),
    ('LY018', 'create_org: blanks in a currency', $$create_org('new', 'New', currency_code => 'D A')$$),
    ('LY002', 'create_org: a long currency symbol', $$create_org('new', 'New', currency_symbol => repeat('$', 11))$$),
    ('LY011', 'create_org: a control character as currency symbol', $$create_org('new', 'New', currency_symbol => E'a\tb')$$),
    -- tills
    ('LY001', 'create_till: no store', $$create_till('acme', 'new', NULL)$$),
    ('LY005', 'create_till: an unknown store', $$create_till('acme', 'new', 'side')$$),
    ('LY002', 'create_till: a long store', $$create_till('acme', 'new', repeat('x', 101))$$),
    ('LY007', 'create_till: an unknown program', $$create_till('acme', 'new', 'main', 'gold')$$),
    ('LY002', 'create_till: a long program', $$create_till('acme', 'new', 'main', repeat('x', 101))$$),
    -- programs
    ('LY003', 'create_program: the word that means all programs', $$create_program('acme', 'ALL', 'New')$$),
    ('LY003', 'create_program: in small letters', $$create_program('acme', 'all', 'New')$$),
    ('LY003', 'create_program: in any', $$create_program('acme', 'aLl', 'New')$$),
    ('LY003', 'create_program: an unknown rounding', $$create_program('acme', 'new', 'New', rounding => 'up')$$),
    ('LY003', 'create_program: a rounding that is none', $$create_program('acme', 'new', 'New', rounding => 'FLOORS')$$),
    ('LY003', 'create_program: an unknown expiry unit', $$create_program('acme', 'new', 'New', expiry_unit => 'weeks')$$),
    ('LY003', 'create_program: an unknown expiry type', $$create_program('acme', 'new', 'New', expiry_type => 'moving')$$),
    ('LY015', 'create_program: an infinite expiry date',
        $$create_program('acme', 'new', 'New', expiry_unit => 'fixed_date', expiry_date => 'infinity')$$),
    ('LY015', 'create_program: an expiry date before 1900',
        $$create_program('acme', 'new', 'New', expiry_unit => 'fixed_date', expiry_date => '1899-12-31')$$),
    ('LY015', 'create_program: an expiry date after 9999',
        $$create_program('acme', 'new', 'New', expiry_unit => 'fixed_date', expiry_date => '10000-01-01')$$),
    ('LY021', 'create_program: a negative rate', $$create_program('acme', 'new', 'New', points_per_unit => -0.000001)$$),
    ('LY021', 'create_program: a rate of seven decimals', $$create_program('acme', 'new', 'New', points_per_unit => 0.0000001)$$),
    ('LY021', 'create_program: a rate that is too large', $$create_program('acme', 'new', 'New', points_per_unit => 1000000000000)$$),
    ('LY021', 'create_program: a rate of 131072 digits',
        $$create_program('acme', 'new', 'New', points_per_unit => repeat('9', 131072)::numeric)$$),
    ('LY021', 'create_program: a rate of 16383 decimals',
        $$create_program('acme', 'new', 'New', points_per_unit => ('0.' || repeat('9', 16383))::numeric)$$),
    ('LY021', 'create_program: a rate that is no number', $$create_program('acme', 'new', 'New', points_per_unit => 'NaN')$$),
    ('LY021', 'create_program: an infinite rate', $$create_program('acme', 'new', 'New', points_per_unit => 'Infinity')$$),
    ('LY021', 'create_program: minus infinity', $$create_program('acme', 'new', 'New', points_per_unit => '-Infinity')$$),
    ('LY021', 'create_program: four decimals', $$create_program('acme', 'new', 'New', decimals => 4)$$),
    ('LY021', 'create_program: minus one decimals', $$create_program('acme', 'new', 'New', decimals => -1)$$),
    ('LY021', 'create_program: months without their number', $$create_program('acme', 'new', 'New', expiry_unit => 'months')$$),
    ('LY021', 'create_program: zero days', $$create_program('acme', 'new', 'New', expiry_unit => 'days', expiry_value => 0)$$),
    ('LY021', 'create_program: too many days', $$create_program('acme', 'new', 'New', expiry_unit => 'days', expiry_value => 36526)$$),
    ('LY021', 'create_program: too many months', $$create_program('acme', 'new', 'New', expiry_unit => 'months', expiry_value => 1201)$$),
    ('LY021', 'create_program: a number without a unit', $$create_program('acme', 'new', 'New', expiry_value => 12)$$),
    ('LY021', 'create_program: fixed_date without a date', $$create_program('acme', 'new', 'New', expiry_unit => 'fixed_date')$$),
    ('LY021', 'create_program: a date without fixed_date', $$create_program('acme', 'new', 'New', expiry_date => '2030-01-01')$$),
    ('LY021', 'create_program: rolling without days or months', $$create_program('acme', 'new', 'New', expiry_type => 'rolling')$$),
    -- configuration
    ('LY001', 'set_config: no key', $$set_config('acme', NULL, 'true')$$),
    ('LY001', 'set_config: an empty key', $$set_config('acme', '', 'true')$$),
    ('LY002', 'set_config: a long key', $$set_config('acme', repeat('x', 101), 'true')$$),
    ('LY010', 'set_config: an unknown key', $$set_config('acme', 'CONF_COLOUR', 'true')$$),
    ('LY010', 'set_config: a key in another spelling', $$set_config('acme', 'conf_users_is_email_required', 'true')$$),
    ('LY001', 'get_config: no key', $$get_config('acme', NULL)$$),
    ('LY002', 'get_config: a long key', $$get_config('acme', repeat('x', 101))$$),
    ('LY010', 'get_config: an unknown key', $$get_config('acme', 'CONF_COLOUR')$$),
    ('LY011', 'set_config: an empty value', $$set_config('acme', 'CONF_USERS_IS_EMAIL_REQUIRED', '')$$),
    ('LY011', 'set_config: no boolean', $$set_config('acme', 'CONF_USERS_IS_EMAIL_REQUIRED', 'perhaps')$$),
    ('LY011', 'set_config: none of the choices', $$set_config('acme', 'CONF_REGISTRATION_PRIMARY_KEY', 'passport')$$),
    ('LY011', 'set_config: no number', $$set_config('acme', 'CONF_EVENT_TIME_TOLERANCE', 'an hour')$$),
    ('LY011', 'set_config: a number below the least', $$set_config('acme', 'CONF_EVENT_TIME_TOLERANCE', '-1')$$),
    ('LY011', 'set_config: a number above the most', $$set_config('acme', 'CONF_EVENT_TIME_TOLERANCE', '86401')$$),
    ('LY011', 'set_config: a number with decimals', $$set_config('acme', 'CONF_EVENT_TIME_TOLERANCE', '1.5')$$),
    ('LY011', 'set_config: no currency', $$set_config('acme', 'CONF_ORG_CURRENCY_CODE', 'ABC')$$),
    ('LY011', 'set_config: a text that is too long', $$set_config('acme', 'CONF_ORG_CURRENCY_SYMBOL', repeat('€', 11))$$),
    ('LY002', 'set_config: a value of many megabytes', $$set_config('acme', 'CONF_ORG_CURRENCY_SYMBOL', repeat('x', 30000000))$$),
    -- access
    ('LY001', 'grant_org: no role', $$grant_org('acme', NULL)$$),
    ('LY001', 'grant_org: an empty role', $$grant_org('acme', '')$$),
    ('LY019', 'grant_org: an unknown role', $$grant_org('acme', 'test_loyalty_nobody')$$),
    ('LY019', 'grant_org: public is no role', $$grant_org('acme', 'public')$$),
    ('LY001', 'revoke_org: no role', $$revoke_org('acme', NULL)$$),
    ('LY019', 'revoke_org: an unknown role', $$revoke_org('acme', 'test_loyalty_nobody')$$);

\ir ../fixtures/refused.sql
SELECT pg_temp.written() AS before \gset

SELECT pg_temp.refused('loyalty.' || call, sqlstate, what || ': ' || sqlstate) FROM refused ORDER BY no;

-- Keys that need each other: LY012, whichever of the two is set last, and when the default comes back.
SELECT loyalty.set_config('acme', 'CONF_REGISTRATION_PRIMARY_KEY', 'external_id');
SELECT throws_ok($$SELECT loyalty.set_config('acme', 'CONF_USERS_USE_EXTERNAL_ID', 'no')$$, 'LY012', NULL,
    'external ids cannot be turned off while they are primary: LY012');
SELECT loyalty.set_config('acme', 'CONF_REGISTRATION_PRIMARY_KEY', NULL);
SELECT loyalty.set_config('acme', 'CONF_USERS_USE_EXTERNAL_ID', 'no');
SELECT throws_ok($$SELECT loyalty.set_config('acme', 'CONF_REGISTRATION_PRIMARY_KEY', 'external_id')$$, 'LY012', NULL,
    'external ids cannot be primary while they are off: LY012');
SELECT throws_ok($$SELECT loyalty.set_config('acme', 'CONF_USERS_IS_EXTERNAL_ID_REQUIRED', 'on')$$, 'LY012', NULL,
    'nor required: LY012');
SELECT loyalty.set_config('acme', 'CONF_USERS_USE_EXTERNAL_ID', NULL);

SELECT is(pg_temp.written_since(:'before'), NULL, 'refused calls changed nothing');

-- Messages hold no value that was given for a key or a rule.
SELECT is(pg_temp.told($$set_config('acme', 'CONF_EVENT_TIME_TOLERANCE', 'secret')$$),
    'configuration key "CONF_EVENT_TIME_TOLERANCE" does not take that value | Its type is number.'
    ' | Allowed are: 0..86400; NULL goes back to the default.', 'a wrong value is told what is allowed');
SELECT is(pg_temp.told($$set_config('acme', 'CONF_USERS_IS_MOBILE_REQUIRE', 'true')$$),
    'configuration key "CONF_USERS_IS_MOBILE_REQUIRE" does not exist |  | Did you mean "CONF_USERS_IS_MOBILE_REQUIRED"?',
    'a mistyped key is told the right one');
SELECT is(pg_temp.told($$create_program('acme', 'new', 'New', rounding => 'nearest')$$),
    'argument "rounding" is not an allowed value |  | Allowed are: ceiling, floor, half_up, half_down, half_even.',
    'a wrong word is told the allowed ones');
SELECT is(pg_temp.told($$get_config('nowhere', 'CONF_ORG_CURRENCY_CODE')$$),
    'org "nowhere" does not exist |  | An org is created with loyalty.create_org() and opened to a role with '
    'loyalty.grant_org().', 'an unknown org is told how it would come to be');

-- At the limits, calls pass.
SELECT lives_ok($$SELECT loyalty.create_org(repeat('ø', 100), repeat('ø', 200), 'asia/kolkata', 'in', 'inr', repeat('₹', 10))$$,
    'create_org: the longest of everything');
SELECT is((SELECT concat_ws(' ', time_zone, base_country) FROM loyalty_data.org WHERE org = repeat('ø', 100)),
    'Asia/Kolkata IN', 'create_org: names are kept in their proper spelling');
SELECT is(loyalty.get_config(repeat('ø', 100), 'CONF_ORG_CURRENCY_CODE'), 'INR', 'create_org: the currency too');
SELECT lives_ok($$SELECT loyalty.create_org('japan', 'New', 'Japan')$$, 'create_org: a country');
SELECT lives_ok($$SELECT loyalty.create_org('utc', 'New', 'utc')$$, 'create_org: UTC, in any case');
SELECT lives_ok($$SELECT loyalty.create_program('acme', repeat('p', 100), 'New', points_per_unit => 999999999999.999999,
    decimals => 3, rounding => 'half_even', expiry_unit => 'days', expiry_value => 36525, expiry_type => 'rolling')$$,
    'create_program: the largest of everything');
SELECT is((SELECT points_per_unit FROM loyalty_data.program WHERE program = repeat('p', 100)), 999999999999.999999,
    'create_program: the rate is kept exactly');
-- What a client says as NULL is as if it were left out.
SELECT lives_ok($$SELECT loyalty.create_org('null', 'New', NULL)$$, 'create_org: no time zone');
SELECT is((SELECT time_zone FROM loyalty_data.org WHERE org = 'null'), 'UTC', 'is UTC');
SELECT loyalty.create_program('acme', 'left out', 'New'), loyalty.create_program('acme', 'null', 'New', is_default => NULL,
    points_per_unit => NULL, decimals => NULL, rounding => NULL, expiry_unit => NULL, expiry_type => NULL, allow_negative_on_return => NULL);
SELECT is((SELECT to_jsonb(p) - '{program,program_id}'::text[] FROM loyalty_data.program p WHERE program = 'null'),
    (SELECT to_jsonb(p) - '{program,program_id}'::text[] FROM loyalty_data.program p WHERE program = 'left out'),
    'create_program: NULL is the default');
SELECT lives_ok($$SELECT loyalty.create_program('acme', 'smallest', 'New', points_per_unit => 0.000001)$$,
    'create_program: the smallest rate');
SELECT is((SELECT points_per_unit FROM loyalty_data.program WHERE program = 'smallest'), 0.000001,
    'create_program: it is kept exactly too');
SELECT lives_ok($$SELECT loyalty.create_program('acme', 'nothing', 'New', points_per_unit => 0)$$,
    'create_program: a rate of zero');
SELECT lives_ok($$SELECT loyalty.create_program('acme', 'ends', 'New', expiry_unit => 'fixed_date', expiry_date => '9999-12-31')$$,
    'create_program: the last date');

-- The default program.
SELECT is((SELECT string_agg(program, ',') FROM loyalty_data.program WHERE org_id = :org_id AND is_default), 'base',
    'create_program: the first one is the default one');
SELECT loyalty.create_program('acme', 'better', 'Better', is_default => true);
SELECT is((SELECT string_agg(program, ',') FROM loyalty_data.program WHERE org_id = :org_id AND is_default), 'better',
    'create_program: is_default moves it');

-- Granting twice and revoking what was not granted is no error, as with GRANT and REVOKE.
SELECT loyalty.grant_org('acme', 'test_loyalty_admin');
SELECT lives_ok($$SELECT loyalty.grant_org('acme', 'test_loyalty_admin')$$, 'grant_org: twice');
SELECT lives_ok($$SELECT loyalty.revoke_org('acme', 'test_loyalty_admin')$$, 'revoke_org: once');
SELECT lives_ok($$SELECT loyalty.revoke_org('acme', 'test_loyalty_admin')$$, 'revoke_org: twice');

-- Whether e-mails are keys follows the configuration, and cannot while customers share one.
SELECT customer_id AS first FROM loyalty.register_customer('acme', '+33612345678', 'Ada@Example.com') \gset
SELECT customer_id AS second FROM loyalty.register_customer('acme', '+33612345679', 'grace@example.com') \gset
SELECT lives_ok($$SELECT loyalty.set_config('acme', 'CONF_USERS_IS_EMAIL_UNIQUE', 'true')$$,
    'e-mails become keys while nobody shares one');
SELECT is(loyalty.find_customer('acme', 'email', 'ada@example.com'), :first::bigint, 'they find their customers then');
SELECT is((SELECT count(*)::int FROM loyalty_data.identifier WHERE org_id = :org_id AND identifier_type = 'email'), 2, 'as keys');
SELECT lives_ok($$SELECT loyalty.set_config('acme', 'CONF_REGISTRATION_PRIMARY_KEY', 'email')$$, 'an e-mail may become primary');
SELECT lives_ok($$SELECT loyalty.set_config('acme', 'CONF_USERS_IS_EMAIL_UNIQUE', NULL)$$, 'and stays a key as such');
SELECT is((SELECT count(*)::int FROM loyalty_data.identifier WHERE org_id = :org_id AND identifier_type = 'email'), 2, 'with its keys');
SELECT lives_ok($$SELECT loyalty.set_config('acme', 'CONF_REGISTRATION_PRIMARY_KEY', NULL)$$, 'e-mails stop being keys');
SELECT is((SELECT count(*)::int FROM loyalty_data.identifier WHERE org_id = :org_id AND identifier_type = 'email'), 0, 'none is left');
SELECT is(loyalty.find_customer('acme', 'email', 'ada@example.com'), :first::bigint, 'contact data that one customer holds finds it');
SELECT customer_id AS third FROM loyalty.register_customer('acme', '+33612345680', 'ADA@example.com') \gset
SELECT throws_ok($$SELECT loyalty.set_config('acme', 'CONF_USERS_IS_EMAIL_UNIQUE', 'true')$$, 'LY012', NULL,
    'e-mails cannot become unique while two customers share one: LY012');
SELECT is(pg_temp.told($$set_config('acme', 'CONF_REGISTRATION_PRIMARY_KEY', 'email')$$),
    'identifiers of type "email" cannot become keys while customers share one | Number of shared identifiers: 1. | Merge those customers, or give '
    'them identifiers of their own.', 'nor primary, and the number is told');
SELECT lives_ok($$SELECT loyalty.set_config('acme', 'CONF_REGISTRATION_PRIMARY_KEY', 'external_id')$$,
    'other types are keys whatever is configured');

-- ALL stands for every source where a call filters.
SELECT throws_ok($$INSERT INTO loyalty_data.source VALUES (100, 'All', false)$$, '23514', NULL, 'no source has the code ALL');

-- The trigger is no function to call.
SELECT throws_ok($$SELECT loyalty_data.org_changed()$$, '39P01', NULL, 'org_changed cannot be called');
CREATE TABLE wrong (a int);
CREATE TRIGGER wrong BEFORE INSERT ON wrong FOR EACH ROW EXECUTE FUNCTION loyalty_data.org_changed();
SELECT throws_ok($$INSERT INTO wrong VALUES (1)$$, '39P01', NULL, 'org_changed is no row trigger');

SELECT * FROM finish();
ROLLBACK;
