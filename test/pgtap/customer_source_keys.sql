-- Keys that a source gives its customers: unique in an account of it, found with it, met by a profile that brings nothing else,
-- and moved by merges. And identifiers that are given up.
BEGIN;
SELECT no_plan();
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('a', 'p', country => 'SG'), pg_temp.new_org('b', 'p', country => 'SG');
SELECT loyalty.set_config(org, 'CONF_CLIENT_V2_API_ENABLED', 'on') FROM unnest('{a,b}'::text[]) org;
CREATE TEMP TABLE who (name text PRIMARY KEY, id int8 UNIQUE);
INSERT INTO who SELECT name, pg_temp.customer('a', 'X-' || name, mobile => mobile) FROM (VALUES ('ann', '91234567'), ('bob', '91234568')) t (name, mobile);
SELECT max(id) FILTER (WHERE name = 'ann') AS ann, max(id) FILTER (WHERE name = 'bob') AS bob FROM who \gset
CREATE TEMP TABLE keys (key text, account text);
INSERT INTO keys SELECT key, account FROM unnest('{cuid,wechat,line,facebook,mobile_push}'::text[]) key, unnest('{1,a/%}'::text[]) account;
-- Outcome, customer and warnings of a profile with one key, and with more identifiers if any.
CREATE FUNCTION pg_temp.doc(key text, value text, account text, more jsonb DEFAULT '[]', loyalty_type text DEFAULT 'loyalty') RETURNS jsonb
    LANGUAGE sql AS $$
    SELECT jsonb_build_object('loyaltyType', loyalty_type, 'profiles', jsonb_build_array(jsonb_build_object('source', 'WEB_ENGAGE', 'accountId', account,
        'identifiers', more || jsonb_build_array(jsonb_build_object('type', key, 'value', value))))) $$;
CREATE FUNCTION pg_temp.reg(key text, value text, account text, more jsonb DEFAULT '[]', org text DEFAULT 'a') RETURNS text
    LANGUAGE sql AS $$
    SELECT concat_ws(' ', outcome, (SELECT name FROM who WHERE id = customer_id), NULLIF(warnings::text, '{}'))
    FROM loyalty.register_customer_json(org, pg_temp.doc(key, value, account, more)) $$;
CREATE FUNCTION pg_temp.id(type text, value text) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_build_array(jsonb_build_object('type', type, 'value', value)) $$;
CREATE FUNCTION pg_temp.found(type text, value text, source text DEFAULT NULL, account text DEFAULT NULL, org text DEFAULT 'a') RETURNS text LANGUAGE sql AS $$
    SELECT COALESCE((SELECT name FROM who WHERE id = c), c::text) FROM loyalty.find_customer(org, type, value, source, account) c $$;

-- one owner in an account of a source, whatever the type
SELECT loyalty.upsert_profile('a', :ann, 'WEB_ENGAGE', account, source_keys => jsonb_agg(jsonb_build_object('type', key, 'value', ' same ')))
FROM keys GROUP BY account;
SELECT is(pg_temp.found(key, 'same', 'WEB_ENGAGE', account), 'ann', format('%s of %s finds its customer', key, account)) FROM keys;
SELECT is(pg_temp.found(key, 'same', 'WECHAT', account), NULL, key || ' is another one in another source') FROM keys;
SELECT is(pg_temp.found(key, 'same', 'WEB_ENGAGE', '2'), NULL, key || ' and in another account') FROM keys;
SELECT is(pg_temp.found(key, 'same', 'WEB_ENGAGE', account, 'b'), NULL, key || ' and in another org') FROM keys;
SELECT is(pg_temp.found(key, 'SAME', 'WEB_ENGAGE', account), NULL, key || ' is compared exactly') FROM keys;
SELECT is(pg_temp.complaint(format($$upsert_profile('a', %s, 'WEB_ENGAGE', %L, source_keys => %L)$$, :bob, account, pg_temp.id(key, 'same'))),
    format('LY113 | identifier "%s" belongs to another customer | It belongs to customer %s.', key, :ann), key || ' of somebody else') FROM keys;
SELECT is(pg_temp.complaint(format($$upsert_profile('a', %s, 'WEB_ENGAGE', '1', cuid => 'same')$$, :bob)),
    format('LY113 | identifier "cuid" belongs to another customer | It belongs to customer %s.', :ann), 'as an argument, too');
SELECT is(pg_temp.complaint(format($$upsert_profile('a', %s, 'WEB_ENGAGE', %L, source_keys => %L)$$, :bob, account || '2', pg_temp.id(key, 'same'))),
    'none', key || ' of another account is free') FROM keys;
SELECT is((SELECT cuid FROM loyalty.customer_profiles WHERE customer_id = :ann AND account_id = 'a/%'), 'same', 'the profile shows the CUID');
SELECT is((SELECT string_agg(concat_ws(' ', identifier_type, source, account_id, identifier_value), ', ' ORDER BY identifier_type) FROM
    loyalty.customer_identifier_history WHERE customer_id = :ann AND account_id = 'a/%'), 'cuid WEB_ENGAGE a/% same, facebook WEB_ENGAGE a/% same, '
    'line WEB_ENGAGE a/% same, mobile_push WEB_ENGAGE a/% same, wechat WEB_ENGAGE a/% same', 'history tells source and account');
SELECT is(pg_temp.complaint(call), message, call) FROM (VALUES
    ($$find_customer('a', 'cuid', 'same')$$, 'LY001 | argument "source" is required'),
    ($$find_customer('a', 'cuid', 'same', account_id => '1')$$, 'LY001 | argument "source" is required'),
    ($$find_customer('a', 'cuid', 'same', 'PIGEON')$$, 'LY008 | source "PIGEON" does not exist'),
    ($$find_customer('a', 'mobile', '91234567', 'WEB_ENGAGE')$$, 'LY003 | argument "source" is not an allowed value'),
    ($$find_customer('a', 'card_number', '1', account_id => '1')$$, 'LY003 | argument "account_id" is not an allowed value'),
    ($$find_customer('a', 'cuid', NULL, 'WEB_ENGAGE')$$, 'LY001 | argument "identifier_value" is required'),
    ($$find_customer('a', 'fax', 'same')$$, 'LY106 | identifier type does not exist'),
    ($$upsert_profile('a', 99, 'WEBSITE', source_keys => '[]')$$, 'LY107 | customer 99 does not exist in this org')) t (call, message);
SELECT is((pg_temp.refusal($$loyalty.find_customer('a', 'fax', 'same')$$)).hint, 'Types are mobile, email, external_id, cuid, wechat, line, '
    'facebook, mobile_push, card_number, card_external_id.', 'the hint lists all types');
SELECT is(pg_temp.complaint(format($$upsert_profile('a', %s, 'WEBSITE', source_keys => %L)$$, :ann, document)), message, document) FROM (VALUES
    ('{}', 'LY124 | "source_keys" is not a list'), ('[{"type": "fax", "value": "x"}]', 'LY106 | identifier type does not exist'),
    ('[{"value": "x"}]', 'LY001 | argument "source_keys[0].type" is required'),
    ('[{"type": "mobile", "value": "91234567"}]', 'LY106 | identifier type does not exist'),
    ('[{"type": "line", "value": "a\tb"}]', 'LY104 | argument "source_keys[0].value" has no normal form'),
    ('[{"type": "line", "value": "x"}, {"type": "line", "value": "y"}]', 'LY124 | "source_keys[1]" is of a type that came before')) t (document, message);
SELECT is((pg_temp.refusal(format('loyalty.upsert_profile(''a'', %s, ''WEBSITE'', source_keys => $1::jsonb)', :ann), pg_temp.id('line', repeat('x', 256))::text)).code,
    'LY002', 'a key of 256 characters');
SELECT is(pg_temp.complaint(format('upsert_profile(''a'', %s, ''WEBSITE'', source_keys => %L)', :ann, pg_temp.id('mobile_push', repeat('x', 255)))), 'none', 'of 255');
SELECT is(pg_temp.found('mobile_push', repeat('x', 255), 'WEBSITE'), 'ann', 'finds its customer');
-- limits are of characters, of whatever length, and the same wherever a key is read
SELECT is(pg_temp.complaint(format('upsert_profile(''a'', %s, ''WEBSITE'', %L, source_keys => %L)', :ann, repeat('😀', 100), pg_temp.id(key, repeat('😀', longest)))), 'none',
    format('%s of %s long characters', key, longest)) FROM (SELECT key, CASE key WHEN 'cuid' THEN 100 ELSE 255 END AS longest FROM keys GROUP BY key) k;
SELECT is(pg_temp.found(key, repeat('😀', CASE key WHEN 'cuid' THEN 100 ELSE 255 END), 'WEBSITE', repeat('😀', 100)), 'ann', key || ' finds its customer') FROM keys GROUP BY key;
SELECT is(left(pg_temp.complaint(call), 5), 'LY002', left(call, 60)) FROM (SELECT format(call, :ann, pg_temp.id('cuid', repeat('x', 101)), repeat('x', 101)) AS call FROM unnest(ARRAY[
    'upsert_profile(''a'', %s, ''WEBSITE'', source_keys => %L)', 'upsert_profile(''a'', %1$s, ''WEBSITE'', cuid => %3$L)',
    'register_customer_json(''a'', ''{"profiles": [{"source": "WEBSITE", "identifiers": %2$s}]}'')']) call) c;

-- other calls that take an identifier have its stored form
SELECT is((loyalty.customer_single_view('a', identifier_type => 'cuid', identifier_value => value) ->> 'customer_id')::bigint, :ann::bigint, value)
FROM unnest('{WEB_ENGAGE/1/same,WEB_ENGAGE/a%2F%25/same}'::text[]) value;
SELECT is(pg_temp.complaint(format('customer_single_view(''a'', identifier_type => ''cuid'', identifier_value => %L)', value)),
    'LY107 | argument "identifier_value" names no customer of this org', 'no such form: ' || value)
FROM unnest('{same,WEB_ENGAGE/same,PIGEON/1/same,WEB_ENGAGE/a/%/same,WEB_ENGAGE/1/,WEB_ENGAGE/a%2f%/same,//}'::text[]) value;

-- a profile that brings its key alone meets its customer
SELECT is(pg_temp.reg(key, 'same', account), 'updated ann', format('%s of %s alone', key, account)) FROM keys;
SELECT is(pg_temp.complaint(format('register_customer_json(''a'', %L)', pg_temp.doc(key, 'new', account))),
    'LY101 | registration needs identifier "mobile"', format('%s of %s alone, which nobody has', key, account)) FROM keys;
SELECT is(pg_temp.complaint(format('register_customer_json(''a'', %L)', pg_temp.doc('cuid', 'new', '1', '[]', 'non_loyalty'))),
    'LY101 | registration needs an identifier that finds the customer again', 'nor is it enough for a campaign user');
SELECT is(left(pg_temp.complaint(format('register_customer_json(''a'', %L)', pg_temp.doc('cuid', 'same', '1', '[]', 'non_loyalty'))), 5),
    'LY109', 'a loyalty customer is no campaign user by it');
SELECT is(pg_temp.reg('cuid', 'same', '1', pg_temp.id('email', 'ann@x.com')), 'updated ann', 'with contact data');
SELECT is(pg_temp.reg('cuid', 'same', '1', pg_temp.id('mobile', '91234567')), 'updated ann', 'with what she has');
SELECT is(left(pg_temp.complaint(format('register_customer_json(''a'', %L)', pg_temp.doc('cuid', 'same', '1', pg_temp.id('mobile', '91234568')))), 5),
    'LY108', 'with what somebody else has');
SELECT is(pg_temp.complaint(format('register_customer_json(''a'', %L)', pg_temp.doc('cuid', 'same', '1', pg_temp.id('mobile', '81230000')))),
    format('LY111 | customer %s has another primary identifier | Identifier "mobile" belongs to nobody, "cuid" belongs to customer %1$s.', :ann),
    'with another primary');
SELECT is(pg_temp.reg('cuid', 'other', '1', pg_temp.id('mobile', '91234567')), 'updated ann {cuid_kept}', 'a registration replaces no key');
SELECT is(pg_temp.found('cuid', 'other', 'WEB_ENGAGE', '1'), NULL, 'and the other one is free');
SELECT is(pg_temp.reg('line', 'l-3', '3', pg_temp.id('mobile', '91234567')), 'updated ann', 'a new account');
SELECT is(pg_temp.found('line', 'l-3', 'WEB_ENGAGE', '3'), 'ann', 'gets its key');
SELECT loyalty.set_config('a', 'CONF_SKIP_SECONDARY_ID_ON_PRIMARY_MISMATCH', 'on');
SELECT is(pg_temp.reg('cuid', 'same', '1', pg_temp.id('mobile', '91234568')), 'updated bob {cuid_ignored}', 'skip: a key of somebody else is left aside');
SELECT is((SELECT cuid FROM loyalty.customer_profiles WHERE customer_id = :bob AND account_id = '1'), NULL, 'and not shown');
SELECT is(left(pg_temp.reg('cuid', 'same', '1', pg_temp.id('mobile', '81230001')), 22), 'created {cuid_ignored}', 'skip: nor by a new customer');
SELECT loyalty.set_config('a', 'CONF_SKIP_SECONDARY_ID_ON_PRIMARY_MISMATCH', NULL);
SELECT is((SELECT count(*) FROM loyalty_data.identifier k WHERE NOT EXISTS (SELECT FROM loyalty_data.customer_identifier i
    WHERE i.customer_id = k.customer_id AND i.identifier_type = k.identifier_type AND i.identifier_value = k.identifier_value
    AND i.held_until IS NULL)), 0::bigint, 'every key is held');

-- a primary that is required is required of whom a source names, too
SELECT loyalty.set_config('b', 'CONF_ALLOW_REGISTRATION_FROM_ANY_IDENTIFIERS', 'on');
INSERT INTO who VALUES ('dee', pg_temp.customer('b', 'D'));
SELECT loyalty.upsert_profile('b', id, 'WEB_ENGAGE', '1', cuid => 'dee') FROM who WHERE name = 'dee';
SELECT loyalty.set_config('b', 'CONF_REGISTRATION_PRIMARY_KEY_REQUIRED', 'on');
SELECT is(pg_temp.complaint(format('register_customer_json(''b'', %L)', pg_temp.doc('cuid', 'dee', '1'))),
    'LY101 | registration needs identifier "mobile"', 'the primary is required, and she has none');
SELECT is(pg_temp.reg('cuid', 'dee', '1', pg_temp.id('mobile', '81230009'), 'b'), 'updated dee', 'she brings one');
SELECT is(pg_temp.reg('cuid', 'dee', '1', org => 'b'), 'updated dee', 'and has it from then on');
SELECT loyalty.set_config('b', key, NULL) FROM unnest('{CONF_ALLOW_REGISTRATION_FROM_ANY_IDENTIFIERS,CONF_REGISTRATION_PRIMARY_KEY_REQUIRED}'::text[]) key;

-- a key tells campaign users apart who share an e-mail
SELECT loyalty.register_customer('b', '8123001' || n, 'shared@x.com', loyalty_type => 'non_loyalty') FROM generate_series(1, 2) n;
INSERT INTO who SELECT 'fay', loyalty.find_customer('b', 'mobile', '81230011');
SELECT loyalty.upsert_profile('b', id, 'WEB_ENGAGE', '1', cuid => 'fay') FROM who WHERE name = 'fay';
SELECT is((loyalty.register_customer_json('b', pg_temp.doc('cuid', 'fay', '1', pg_temp.id('email', 'shared@x.com'), 'non_loyalty'))).customer_id, id,
    'the key, and an e-mail that several have') FROM who WHERE name = 'fay';

-- upsert_profile replaces one, which is free then
SELECT loyalty.upsert_profile('a', :ann, 'WEB_ENGAGE', '1', cuid => 'next');
SELECT is(pg_temp.found('cuid', 'next', 'WEB_ENGAGE', '1'), 'ann', 'the new CUID finds her');
SELECT loyalty.upsert_profile('a', :bob, 'WEB_ENGAGE', '1', cuid => 'same');
SELECT is(pg_temp.found('cuid', 'same', 'WEB_ENGAGE', '1'), 'bob', 'and the old one whoever gets it');

-- merges: keys go to the survivor, those too that it has another one of
SELECT loyalty.merge_customers('a', :ann, :bob);
SELECT is(pg_temp.found(type, value, 'WEB_ENGAGE', account), 'ann', format('merged: %s %s of %s', type, value, account))
FROM (VALUES ('cuid', 'same', '1'), ('cuid', 'next', '1'), ('line', 'same', '12'), ('cuid', 'same', 'a/%2'), ('cuid', 'same', 'a/%')) t (type, value, account);
SELECT is(pg_temp.reg('cuid', 'same', '1'), 'updated ann', 'a profile of the victim meets the survivor');

-- giving up
SELECT loyalty.set_config('a', 'CONF_LOYALTY_ALLOW_EXTERNAL_ID_UPDATE', 'on'), loyalty.set_config('a', 'CONF_ALLOW_EMAIL_UPDATE', 'on');
SELECT is(pg_temp.complaint(replace(replace(call, '{ann}', :'ann'), '{bob}', :'bob')), replace(message, '{ann}', :'ann'), call) FROM (VALUES
    ($$release_identifier('a', {ann}, 'mobile')$$, 'LY114 | identifier "mobile" may not be changed'),
    ($$release_identifier('a', {ann}, 'fax')$$, 'LY106 | identifier type does not exist'),
    ($$release_identifier('a', {ann}, 'card_number')$$, 'LY106 | identifier type does not exist'),
    ($$release_identifier('a', {ann}, NULL)$$, 'LY001 | argument "identifier_type" is required'),
    ($$release_identifier('a', {ann}, 'cuid')$$, 'LY001 | argument "source" is required'),
    ($$release_identifier('a', {ann}, 'cuid', source => 'PIGEON')$$, 'LY008 | source "PIGEON" does not exist'),
    ($$release_identifier('a', {ann}, 'email', source => 'WEBSITE')$$, 'LY003 | argument "source" is not an allowed value'),
    ($$release_identifier('a', {ann}, 'email', 'no address')$$, 'LY103 | argument "identifier_value" has no normal form'),
    ($$release_identifier('a', {ann}, 'email', 'other@x.com')$$, 'LY127 | customer {ann} has no such identifier | The type is "email".'),
    ($$release_identifier('a', {ann}, 'cuid', source => 'WEBSITE')$$, 'LY127 | customer {ann} has no such identifier | The type is "cuid".'),
    ($$release_identifier('a', {bob}, 'email')$$, 'LY125 | customer ' || :'bob' || ' was merged into customer {ann}'),
    ($$release_identifier('a', 99, 'email')$$, 'LY107 | customer 99 does not exist in this org'),
    ($$release_identifier('nowhere', {ann}, 'email')$$, 'LY004 | org "nowhere" does not exist')) t (call, message);
SELECT loyalty.release_identifier('a', :ann, 'email', reason => 'typo', actor => 'agent 7');
SELECT is((SELECT concat_ws(' ', identifier_value, held_until = loyalty.clock(), reason, actor) FROM loyalty.customer_identifier_history WHERE customer_id = :ann
    AND identifier_type = 'email'), 'ann@x.com t typo agent 7', 'history keeps it');
SELECT is((SELECT email FROM loyalty.customer_profiles WHERE customer_id = :ann AND source = 'INSTORE'), NULL, 'the INSTORE profile shows it no more');
SELECT is(left(pg_temp.complaint(format('release_identifier(''a'', %s, ''email'')', :ann)), 5), 'LY127', 'it is given up once');
SELECT loyalty.release_identifier('a', :ann, 'external_id', 'X-bob');
SELECT is(pg_temp.found('external_id', 'X-bob'), NULL, 'what stayed with a victim is the survivor''s to give up');
SELECT loyalty.release_identifier('a', :ann, 'cuid', source => 'WEB_ENGAGE', account_id => '1');
SELECT is(pg_temp.found('cuid', 'next', 'WEB_ENGAGE', '1'), NULL, 'a key of a source');
SELECT is((SELECT cuid FROM loyalty.customer_profiles WHERE customer_id = :ann AND account_id = '1'), NULL, 'its profile shows it no more');
SELECT is(pg_temp.found('cuid', 'same', 'WEB_ENGAGE', '1'), 'ann', 'the victim''s stays');
SELECT is((loyalty.register_customer('a', '81239999', external_id => 'X-bob')).outcome, 'created', 'what was given up is free at once');

-- never what is required, nor the last that finds the customer
INSERT INTO who VALUES ('cho', (loyalty.register_customer('b', '91234567', 'cho@x.com', 'C')).customer_id), ('gus',
    (loyalty.register_customer('b', '91234568', 'gus@x.com', loyalty_type => 'non_loyalty')).customer_id);
SELECT max(id) FILTER (WHERE name = 'cho') AS cho, max(id) FILTER (WHERE name = 'gus') AS gus FROM who \gset
SELECT loyalty.set_config('b', key, 'on') FROM unnest(ARRAY['CONF_LOYALTY_ALLOW_EXTERNAL_ID_UPDATE', 'CONF_ALLOW_EMAIL_UPDATE',
    'CONF_ALLOW_MOBILE_UPDATE', 'CONF_REGISTRATION_PRIMARY_KEY_REQUIRED', 'CONF_USERS_IS_EMAIL_REQUIRED']) key;
SELECT is(pg_temp.complaint(format('release_identifier(''b'', %s, %L)', :cho, type)), format('LY126 | customer %s must keep identifier "%s"', :cho, type),
    'required: ' || type) FROM unnest('{mobile,email}'::text[]) type;
SELECT loyalty.set_config('b', key, NULL) FROM unnest(ARRAY['CONF_REGISTRATION_PRIMARY_KEY_REQUIRED', 'CONF_USERS_IS_EMAIL_REQUIRED']) key;
SELECT is(pg_temp.complaint(format('release_identifier(''b'', %s, ''mobile'')', id)), 'none', name || ': the primary, where it is not required') FROM who
WHERE name IN ('cho', 'gus');
SELECT is(pg_temp.complaint(format('release_identifier(''b'', %s, ''external_id'')', :cho)), format('LY126 | customer %s must keep identifier "external_id"', :cho),
    'the last that finds the customer');
SELECT is(pg_temp.complaint(format('release_identifier(''b'', %s, ''email'')', :cho)), 'none', 'contact data finds nobody');
SELECT is(pg_temp.complaint(format('release_identifier(''b'', %s, ''email'')', :gus)), format('LY126 | customer %s must keep identifier "email"', :gus),
    'but a campaign user');
SELECT loyalty.upsert_profile('b', :cho, 'WEBSITE', cuid => 'c');
SELECT is(pg_temp.complaint(format('release_identifier(''b'', %s, ''external_id'')', :cho)), 'none', 'a key of a source finds the customer as well');
SELECT is(pg_temp.complaint(format('release_identifier(''b'', %s, ''cuid'', source => ''WEBSITE'')', :cho)), format('LY126 | customer %s must keep identifier "cuid"', :cho),
    'and may be the last');
SELECT is(pg_temp.complaint(format('release_identifier(''b'', %s, ''cuid'', source => ''WEBSITE'')', :gus)), format('LY127 | customer %s has no such identifier | The type is "cuid".', :gus),
    'it is not the campaign user''s');
SELECT * FROM finish();
ROLLBACK;
