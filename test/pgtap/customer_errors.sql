-- Everything that register_customer and find_customer refuse: the SQLSTATE, that nothing was written, and that no
-- message says what was given.
BEGIN;
SELECT plan(122);

SET LOCAL loyalty.clock = '2024-05-02 10:00:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('sg', 'p', tills => '{t}', zone => 'Asia/Singapore', country => 'SG');
SELECT pg_temp.new_org('any', tills => '{elsewhere}');
SELECT pg_temp.new_org('strict', country => 'SG');

-- With the value as $1 of the call, which no message says.
CREATE FUNCTION pg_temp.refuses(call text, value text, code text, name text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.refused(call, code, name, value => value) $$;

SELECT customer_id AS ann FROM loyalty.register_customer('sg', '91234567', external_id => 'A-1') \gset
SELECT customer_id AS bob FROM loyalty.register_customer('sg', '81234567', 'bob@example.com', external_id => 'B-1') \gset

-- NULL, and what does not exist
SELECT pg_temp.refuses($$loyalty.register_customer(NULL, '91234567')$$, NULL, 'LY001', 'register: org NULL');
SELECT pg_temp.refuses($$loyalty.register_customer('', '91234567')$$, NULL, 'LY001', 'register: org empty');
SELECT pg_temp.refuses($$loyalty.register_customer('nowhere', '91234567')$$, NULL, 'LY004', 'register: org unknown');
SELECT pg_temp.refuses($$loyalty.register_customer($1, '91234567')$$, repeat('x', 101), 'LY002',
    'register: org too long');
SELECT pg_temp.refuses($$loyalty.register_customer('sg', '91234568', source => 'CARRIER_PIGEON')$$, NULL, 'LY008',
    'register: source unknown');
SELECT pg_temp.refuses($$loyalty.register_customer('sg', '91234568', till => 'nowhere')$$, NULL, 'LY006',
    'register: till unknown');
SELECT pg_temp.refuses($$loyalty.register_customer('sg', '91234568', till => 'elsewhere')$$, NULL, 'LY006',
    'register: till of another org');
SELECT pg_temp.refuses($$loyalty.register_customer('sg', '91234568', loyalty_type => 'Loyal')$$, NULL, 'LY003',
    'register: loyalty_type is another word');

-- required identifiers
SELECT pg_temp.refuses($$loyalty.register_customer('sg')$$, NULL, 'LY101', 'register: nothing given');
SELECT pg_temp.refuses($$loyalty.register_customer('sg', '', '', '')$$, NULL, 'LY101',
    'register: empty texts are not given');
SELECT pg_temp.refuses($$loyalty.register_customer('sg', email => $1, external_id => 'Z-1')$$, 'ann@example.com',
    'LY101', 'register: without the primary identifier');
SELECT loyalty.set_config('strict', 'CONF_ALLOW_REGISTRATION_FROM_ANY_IDENTIFIERS', 'true');
SELECT pg_temp.refuses($$loyalty.register_customer('strict', email => $1)$$, 'ann@example.com', 'LY101',
    'register: contact data alone');
SELECT loyalty.set_config('strict', 'CONF_REGISTRATION_PRIMARY_KEY_REQUIRED', 'true');
SELECT pg_temp.refuses($$loyalty.register_customer('strict', external_id => $1)$$, 'Z-100', 'LY101',
    'register: the primary is required whatever else is allowed');
SELECT loyalty.set_config('strict', 'CONF_USERS_IS_EMAIL_REQUIRED', 'true');
SELECT pg_temp.refuses($$loyalty.register_customer('strict', $1)$$, '91234567', 'LY101', 'register: e-mail required');
SELECT loyalty.set_config('strict', 'CONF_USERS_IS_EMAIL_REQUIRED', NULL);
SELECT loyalty.set_config('strict', 'CONF_USERS_IS_EXTERNAL_ID_REQUIRED', 'true');
SELECT pg_temp.refuses($$loyalty.register_customer('strict', $1)$$, '91234567', 'LY101',
    'register: external id required');
SELECT loyalty.set_config('strict', 'CONF_USERS_IS_EXTERNAL_ID_REQUIRED', NULL);
SELECT loyalty.set_config('strict', 'CONF_USERS_USE_EXTERNAL_ID', 'false');
SELECT pg_temp.refuses($$loyalty.register_customer('strict', '91234567', external_id => $1)$$, 'Z-100', 'LY105',
    'register: external ids are not used');

-- mobiles without a normal form, those of other countries among them where the org takes none
SELECT loyalty.set_config('sg', 'CONF_ACCEPT_FOREIGN_MOBILES', 'false');
SELECT pg_temp.refuses($$loyalty.register_customer('sg', $1)$$, mobile, 'LY102',
    format('register: mobile %s', to_json(mobile)))
FROM unnest(ARRAY['+', '00', '1', '9123456', '912345678', '+6591234567890', '+60123456789', '0060123456789',
    '+65 9123 4567 ext 2', '9123 4567x', '9123 456a', 'ninety-one', '++6591234567', '65+91234567', '+65;91234567',
    E'9123\n4567', E'9123\t4567', '９１２３４５６７', '9123 4567;', '-', '()', '+0', '+999 1234 5678',
    '12345678901234567890123456789012345678901234567890']) mobile;
SELECT pg_temp.refuses($$loyalty.register_customer('any', $1)$$, mobile, 'LY102',
    format('register, no base country: mobile %s', to_json(mobile)))
FROM unnest(ARRAY['91234567', '6591234567', '+6512', '07911 123456']) mobile;
SELECT loyalty.set_config('any', 'CONF_CLIENT_DEFAULT_COUNTRYCODE_PASSED', 'false');
SELECT pg_temp.refuses($$loyalty.register_customer('any', $1)$$, '6591234567', 'LY102',
    'register, codes not tried: mobile without + or 00');

-- e-mails and external ids without a normal form
SELECT pg_temp.refuses($$loyalty.register_customer('sg', '91234568', email => $1)$$, email, 'LY103',
    format('register: e-mail %s', to_json(email)))
FROM unnest(ARRAY[U&'a\200Bnn@example.com', '@', 'ann', 'ann@', '@example.net', 'ann@example', 'a nn@example.com', 'ann@exa mple.com',
    'ann@@example.com', 'ann@example..com', 'ann@-example.com', 'ann@example.com,bob@example.com',
    E'ann@example.com\nBcc: all', 'Ann <ann@example.com>', repeat('a', 65) || '@example.com']) email;
SELECT pg_temp.refuses($$loyalty.register_customer('sg', '91234568', email => $1)$$,
    repeat('é', 60) || '@' || repeat('é', 31) || '.' || repeat('é', 31) || '.' || repeat('é', 31), 'LY103',
    'register: e-mail of few characters but more than 254 bytes');
SELECT pg_temp.refuses($$loyalty.register_customer('sg', '91234568', external_id => $1)$$, external_id, 'LY104',
    format('register: external id %s', to_json(external_id)))
FROM unnest(ARRAY[U&'A\200B1000', U&'\FEFFA1000', E'A\t1000', E'A\n1000', E'A1000\u0085B', E'A1000\x7fB']) external_id;

-- identifiers of blanks are none
SELECT pg_temp.refuses($$loyalty.register_customer('sg', $1, email => E'\t', external_id => E'\n ')$$, ' ', 'LY101', 'register: blanks alone');

-- times
SELECT pg_temp.refuses($$loyalty.register_customer('sg', '91234568', registered_on => $1::timestamptz)$$, at, 'LY015',
    'register: registered_on ' || at)
FROM unnest(ARRAY['infinity', '-infinity', '1899-12-31 00:00+00', '10000-01-01 00:00+00']) at;
SELECT pg_temp.refuses($$loyalty.register_customer('sg', '91234568', registered_on => $1::timestamptz)$$,
    '2024-05-02 10:05:01+00', 'LY408', 'register: registered_on one second after the tolerance');
SELECT lives_ok($$SELECT loyalty.register_customer('any', '+6591234599', registered_on => '2024-05-02 10:05:00+00')$$,
    'register: registered_on at the tolerance');

-- texts past their length; sizes are judged before a text is read
SELECT pg_temp.refuses(format('loyalty.register_customer(%L, %s)', 'sg',
        CASE WHEN argument = 'mobile' THEN 'mobile => $1' ELSE format('mobile => %L, %I => $1', '91234568', argument) END),
    repeat('x', limits + 1), 'LY002', format('register: %s of %s characters', argument, limits + 1))
FROM (VALUES ('mobile', 50), ('email', 254), ('external_id', 100), ('first_name', 200), ('last_name', 200),
    ('source', 100), ('account_id', 100), ('till', 100), ('loyalty_type', 100), ('idempotency_key', 200))
    t(argument, limits);
SELECT pg_temp.refuses($$loyalty.register_customer('sg', '91234568', first_name => $1)$$, repeat('é', 1000000), 'LY002',
    'register: first_name of 2 MB');
SELECT pg_temp.refuses($$loyalty.register_customer('sg', mobile => $1)$$, repeat('9', 200000000), 'LY002',
    'register: mobile of 200 MB');
SELECT pg_temp.refuses($$loyalty.register_customer('sg', '91234568', idempotency_key => $1)$$, repeat('k', 200000000),
    'LY002', 'register: idempotency key of 200 MB');
SELECT lives_ok(format($$SELECT loyalty.register_customer('any', '+6591234598', first_name => %L, account_id => %L,
    external_id => %L)$$, repeat('é', 200), repeat('é', 100), repeat('é', 100)),
    'register: texts of the full length in characters');

-- whose identifiers they are
SELECT pg_temp.refuses($$loyalty.register_customer('sg', '91234567', external_id => $1)$$, ' B-1 ', 'LY108',
    'register: mobile and external id of two customers');
SELECT pg_temp.refuses($$loyalty.register_customer('sg', $1, external_id => 'B-1')$$, '91234569', 'LY111',
    'register: a new mobile with the external id of a customer');
SELECT pg_temp.refuses($$loyalty.register_customer('sg', $1, loyalty_type => 'non_loyalty')$$, '91234567', 'LY109',
    'register: a loyalty customer as non_loyalty');
CREATE FUNCTION pg_temp.detail(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    EXECUTE 'SELECT ' || call;
    RETURN NULL;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN detail;
END $$;
SELECT is(pg_temp.detail($$loyalty.register_customer('sg', '91234567', external_id => 'B-1')$$),
    format('Identifier "mobile" belongs to customer %s, "external_id" belongs to customer %s.', :ann, :bob),
    'register: the detail names both customers');

-- idempotency
SELECT loyalty.register_customer('sg', '81110000', first_name => 'Cho', idempotency_key => 'key-1');
SELECT pg_temp.refuses($$loyalty.register_customer('sg', '81110000', first_name => $1, idempotency_key => 'key-1')$$,
    'Choi', 'LY020', 'register: same key, another name');
SELECT pg_temp.refuses($$loyalty.register_customer('sg', '8111 0000', first_name => 'Cho',
    idempotency_key => 'key-1')$$,
    NULL, 'LY020', 'register: same key, the mobile written in another way');
SELECT pg_temp.refuses($$loyalty.register_customer('sg', idempotency_key => 'key-1')$$, NULL, 'LY020',
    'register: the key is looked at before the identifiers');
SELECT pg_temp.refuses($$loyalty.register_customer('sg', '1', idempotency_key => 'key-2')$$, NULL, 'LY102',
    'register: a refused call does not use up its key');
SELECT is((loyalty.register_customer('sg', '81110001', idempotency_key => 'key-2')).outcome, 'created',
    'register: which the next call can take');
SELECT is((loyalty.register_customer('any', '+6581110000', idempotency_key => 'key-1')).outcome, 'created',
    'register: keys of another org are other keys');

-- finding
SELECT pg_temp.refuses($$loyalty.find_customer(NULL, 'mobile', '91234567')$$, NULL, 'LY001', 'find: org NULL');
SELECT pg_temp.refuses($$loyalty.find_customer('sg', NULL, '91234567')$$, NULL, 'LY001', 'find: type NULL');
SELECT pg_temp.refuses($$loyalty.find_customer('sg', 'mobile', NULL)$$, NULL, 'LY001', 'find: value NULL');
SELECT pg_temp.refuses($$loyalty.find_customer('nowhere', 'mobile', '91234567')$$, NULL, 'LY004', 'find: org unknown');
SELECT pg_temp.refuses($$loyalty.find_customer('sg', $1, '91234567')$$, 'MOBILES', 'LY106', 'find: type unknown');
SELECT pg_temp.refuses($$loyalty.find_customer('sg', 'mobile', $1)$$, repeat('9', 1001), 'LY002',
    'find: value too long');
SELECT pg_temp.refuses($$loyalty.find_customer('sg', 'email', $1)$$, repeat('9', 200000000), 'LY002',
    'find: value of 200 MB');
SELECT is(loyalty.find_customer('sg', type, value), NULL, format('find: %s %s is nobody', type, to_json(left(value, 20))))
FROM (VALUES ('mobile', ''), ('mobile', 'x'), ('mobile', '91234560'), ('email', 'no e-mail'), ('email', ''),
    ('external_id', ' '), ('external_id', E'\n\t'), ('external_id', repeat('x', 1000))) t(type, value);

-- who may call
CREATE ROLE loyalty_test_pos IN ROLE loyalty_pos;
CREATE ROLE loyalty_test_analyst IN ROLE loyalty_analyst;
SELECT loyalty.grant_org('sg', 'loyalty_test_pos');
SELECT loyalty.grant_org('sg', 'loyalty_test_analyst');
SET LOCAL ROLE loyalty_test_pos;
SELECT is((loyalty.register_customer('sg', '91234567')).outcome, 'updated', 'a till registers in its own org');
SELECT is(loyalty.find_customer('sg', 'mobile', '91234567'), :ann::int8, 'and finds customers there');
SELECT throws_ok($$SELECT loyalty.register_customer('any', '+6591234599')$$, 'LY004', NULL, 'but does not register elsewhere');
SELECT throws_ok($$SELECT loyalty.find_customer('any', 'mobile', '+6591234599')$$, 'LY004', NULL, 'nor find anybody');
SELECT throws_ok($$SELECT count(*) FROM loyalty_data.identifier$$, '42501', NULL, 'and reads no table');
RESET ROLE;
SET LOCAL ROLE loyalty_test_analyst;
SELECT throws_ok($$SELECT loyalty.register_customer('sg', '91234567')$$, '42501', NULL, 'an analyst does not register');
SELECT throws_ok($$SELECT loyalty.find_customer('sg', 'mobile', '91234567')$$, '42501', NULL, 'nor find anybody');
RESET ROLE;

-- the shape of a key is checked whoever writes it
SELECT throws_ok($$INSERT INTO loyalty_data.identifier VALUES (1, 'mobile', '91234567', 1)$$, '23514', NULL,
    'a mobile without plus is no key');
SELECT throws_ok($$INSERT INTO loyalty_data.identifier VALUES (1, 'email', 'Ann@example.com', 1)$$, '23514', NULL,
    'nor is an e-mail with capitals');

SELECT * FROM finish();
ROLLBACK;
