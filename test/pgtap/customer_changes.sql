-- Changes of what customers are known by, by whatever road they come: the switches of the org, what campaign users may
-- have, and that an INSTORE profile shows what its customer holds and nothing else.
BEGIN;
SELECT no_plan();
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('a', 'p', country => 'SG'), pg_temp.new_org('x', 'p', country => 'SG', primary_key => 'external_id');
SELECT loyalty.set_config(org, 'CONF_CLIENT_V2_API_ENABLED', 'on') FROM unnest('{a,x}'::text[]) org;

-- What INSTORE profiles show and customers do not hold, or the other way round; NULL: all is alike. A value that stays
-- with a victim is the survivor's all the same.
CREATE FUNCTION pg_temp.apart() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(format('customer %s: %s shown %s, held %s', p.customer_id, t.type, t.shown, i.identifier_value), '; ')
    FROM loyalty_data.profile p CROSS JOIN LATERAL (VALUES ('mobile', p.mobile), ('email', lower(p.email)),
        ('external_id', p.external_id)) t (type, shown)
    LEFT JOIN loyalty_data.customer_identifier i ON i.org_id = p.org_id AND i.customer_id = p.customer_id
        AND i.identifier_type = t.type AND i.held_until IS NULL
    JOIN loyalty_data.customer c ON c.org_id = p.org_id AND c.customer_id = p.customer_id AND c.merged_into IS NULL
    WHERE p.source_id = 1 AND t.shown IS DISTINCT FROM i.identifier_value $$;
-- Keys that their customer does not hold, in its group; NULL: none.
CREATE FUNCTION pg_temp.keys_not_held() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(k.identifier_type || ' of ' || k.customer_id, '; ') FROM loyalty_data.identifier k
    WHERE NOT EXISTS (SELECT FROM loyalty_data.customer_identifier i JOIN loyalty_data.customer c USING (org_id, customer_id)
        WHERE i.org_id = k.org_id AND i.identifier_type = k.identifier_type AND i.identifier_value = k.identifier_value
        AND i.held_until IS NULL AND COALESCE(c.merged_into, c.customer_id) = k.customer_id) $$;

SELECT customer_id AS ann FROM loyalty.register_customer('a', '91234567', 'Ann@Example.com', 'A-1') \gset
SELECT customer_id AS bob FROM loyalty.register_customer('a', '91234568', external_id => 'B-1') \gset
SELECT customer_id AS cho FROM loyalty.register_customer('a', '91234569', loyalty_type => 'non_loyalty') \gset

-- an INSTORE profile changes identifiers, and obeys their switches
CREATE TEMP TABLE given (argument text, value text, type text, shown text);
INSERT INTO given VALUES ('mobile', '8123 4567', 'mobile', '+6581234567'), ('email', 'New@example.com', 'email', 'New@example.com'),
    ('external_id', 'A-2', 'external_id', 'A-2');
SELECT is(pg_temp.complaint(format(call, :ann, g.argument, g.value)), format('LY114 | identifier "%s" may not be changed', g.type),
    'switch off: ' || split_part(call, '(', 1) || ' of ' || g.type)
FROM given g, unnest(ARRAY['upsert_profile(''a'', %s, ''INSTORE'', %s => %L)', 'upsert_profile(''a'', %s, ''INSTORE'', ''till 2'', %s => %L)',
    'change_identifier(''a'', %s, %L, %L)']) call;
SELECT is(pg_temp.complaint(format($$register_customer_json('a', '{"profiles": [{"source": "WEBSITE", "identifiers":
    [{"type": "mobile", "value": "91234567"}]}, {"identifiers": [{"type": "external_id", "value": "A-2"}]}]}')$$)),
    'LY114 | identifier "external_id" may not be changed', 'nor does a further profile of a document');
SELECT is(pg_temp.complaint(format($$upsert_profile('a', %s, 'INSTORE', mobile => '9123 4567', email => 'ANN@example.com',
    external_id => 'A-1')$$, :ann)), 'none', 'what it has may be said again');
SELECT is(pg_temp.complaint(format($$upsert_profile('a', %s, 'INSTORE', mobile => '91234568')$$, :ann)),
    'LY114 | identifier "mobile" may not be changed', 'a mobile of somebody else: the switch is judged first');
SELECT is(pg_temp.complaint(format($$upsert_profile('a', %s, 'WEBSITE', mobile => '91234568')$$, :ann)),
    format('LY113 | identifier "mobile" belongs to another customer | It belongs to customer %s.', :bob), 'of another source: it is refused, too');
SELECT is(pg_temp.complaint(format($$upsert_profile('a', %s, 'WEBSITE', mobile => '81230000')$$, :ann)), 'none',
    'what another source says is its own');
SELECT is(loyalty.find_customer('a', 'mobile', '81230000'), NULL, 'and finds nobody');
SELECT loyalty.set_config('a', key, 'on') FROM unnest(ARRAY['CONF_ALLOW_MOBILE_UPDATE', 'CONF_ALLOW_EMAIL_UPDATE',
    'CONF_LOYALTY_ALLOW_EXTERNAL_ID_UPDATE']) key;
SELECT is(pg_temp.complaint(format($$upsert_profile('a', %s, 'INSTORE', mobile => '91234568')$$, :ann)),
    format('LY113 | identifier "mobile" belongs to another customer | It belongs to customer %s.', :bob), 'switch on: a key of somebody else is refused');
SELECT is(pg_temp.complaint(format($$upsert_profile('a', %s, 'INSTORE', %s => %L)$$, :ann, argument, value)), 'none',
    'switch on: ' || type) FROM given;
SELECT is(loyalty.find_customer('a', type, value), CASE type WHEN 'email' THEN loyalty.find_customer('a', type, value) ELSE :ann END,
    type || ' finds its customer') FROM given;
SELECT is(string_agg(concat_ws(' ', type, held, reason), ', ' ORDER BY type), 'email 1 upsert_profile, external_id 1 upsert_profile, '
    'mobile 1 upsert_profile', 'history keeps what was replaced, and why')
FROM (SELECT identifier_type AS type, count(*) FILTER (WHERE held_until IS NULL) AS held, max(reason) AS reason
    FROM loyalty_data.customer_identifier WHERE customer_id = :ann GROUP BY 1) h;
SELECT is((loyalty.register_customer('a', '91234567')).outcome, 'created', 'and what was replaced is free');

-- what another source brings first is shown by the INSTORE profile as well
SELECT loyalty.upsert_profile('a', :bob, 'WEBSITE', email => 'Bob@example.com');
SELECT is((SELECT email FROM loyalty.customer_profiles WHERE customer_id = :bob AND source = 'INSTORE'), 'Bob@example.com',
    'attached by another source: INSTORE shows it');
SELECT customer_id AS dee FROM loyalty.register_customer('a', '91110001', 'dee@example.com', source => 'WEBSITE') \gset
SELECT loyalty.upsert_profile('a', :dee, 'INSTORE', first_name => 'Dee');
SELECT is((SELECT (mobile, email) FROM loyalty.customer_profiles WHERE customer_id = :dee AND source = 'INSTORE'),
    ('+6591110001'::text, 'dee@example.com'::text), 'an INSTORE profile that is new shows what its customer holds');
SELECT customer_id AS eve FROM loyalty.register_customer('a', '91110002', source => 'WEBSITE', external_id => 'E-1') \gset
SELECT loyalty.register_customer('a', '91110002', 'eve@example.com');
SELECT is((SELECT external_id FROM loyalty.customer_profiles WHERE customer_id = :eve AND source = 'INSTORE'), 'E-1',
    'so does one that a registration makes');
SELECT loyalty.register_customer('a', '91110001', external_id => 'D-1', source => 'WEBSITE');
SELECT is(pg_temp.apart(), NULL, 'no INSTORE profile and its customer are apart');

-- campaign users have no external id, whatever the road
SELECT customer_id AS fay FROM loyalty.register_customer('x', '91234567', loyalty_type => 'non_loyalty') \gset
SELECT is(pg_temp.complaint(replace(replace(call, '{a}', :'cho'), '{x}', :'fay')), 'LY003 | argument "' || argument ||
    '" is not an allowed value', call)
FROM (VALUES ('external_id', $$register_customer('a', '91230001', external_id => 'N', loyalty_type => 'non_loyalty')$$),
    ('external_id', $$register_customer('a', '91234569', external_id => 'N', loyalty_type => 'non_loyalty')$$),
    ('external_id', $$register_customer('x', external_id => 'N', loyalty_type => 'non_loyalty')$$),
    ('external_id', $$explain_registration('x', external_id => 'N', loyalty_type => 'non_loyalty')$$),
    ('external_id', $$register_customer('x', '91234567', external_id => 'N', loyalty_type => 'non_loyalty')$$),
    ('external_id', $$register_customer_json('x', '{"loyaltyType": "non_loyalty", "profiles": [{"identifiers":
        [{"type": "externalId", "value": "N"}]}]}')$$),
    ('payload.profiles[1].identifiers[0].value', $$register_customer_json('a', '{"loyaltyType": "non_loyalty", "profiles": [{"identifiers":
        [{"type": "mobile", "value": "91234569"}]}, {"source": "WEBSITE", "identifiers": [{"type": "externalId", "value": "N"}]}]}')$$),
    ('external_id', $$add_transaction_by_identifiers('x', 'T-1', 5, external_id => 'N', loyalty_type => 'non_loyalty')$$),
    ('identifier_type', $$change_identifier('a', {a}, 'external_id', 'N')$$),
    ('identifier_type', $$change_identifier('x', {x}, 'external_id', 'N')$$),
    ('external_id', $$upsert_profile('a', {a}, 'INSTORE', external_id => 'N')$$),
    ('external_id', $$upsert_profile('a', {a}, 'WEBSITE', external_id => 'N')$$),
    ('external_id', $$upsert_profile('x', {x}, 'INSTORE', external_id => 'N')$$)) t (argument, call);
SELECT is((loyalty.register_customer_json('a', '{"profiles": [{"identifiers": [{"type": "mobile", "value": "91234569"}]},
    {"source": "WEBSITE", "identifiers": [{"type": "externalId", "value": "N"}]}]}')).customer_id, :cho::bigint,
    'once enrolled it may have one, in the same document');

-- standard fields of every profile of a document are the customer's
SELECT loyalty.define_field('x', 'standard', 'customer', name, 'text', is_required => name = 'c') FROM unnest('{a,b,c}'::text[]) name;
SELECT outcome FROM loyalty.register_customer_json('x', '{"profiles": [{"identifiers": [{"type": "externalId", "value": "F-1"}], "fields": {"a": "first"}},
    {"source": "WEBSITE", "fields": {"a": "second", "b": "second"}}, {"source": "MOBILE_APP", "fields": {"b": "third", "c": "third"}}]}');
SELECT is(string_agg(name || ' ' || field_value, ', ' ORDER BY name), 'a first, b second, c third', 'of one that several give, the first counts')
FROM loyalty.customer_fields WHERE org = 'x';
SELECT is(pg_temp.complaint(format($$register_customer_json('x', '{"profiles": [{"identifiers": [{"type": "externalId", "value": "F-2"}]},
    {"source": "WEBSITE", "fields": %s}]}')$$, fields)), message, 'fields of a further profile: ' || fields)
FROM (VALUES ('[]', 'LY124 | "payload.profiles[1].fields" is not an object'), ('{"nope": 1}', 'LY121 | standard field "nope" does not exist'),
    ('{"c": 1}', 'LY122 | field "c" does not take that value | It is of type text.'), ('{"a": "x"}', 'LY123 | field "c" is required')) t (fields, message);

-- the primary identifier that an org requires is required of updates, too
SELECT loyalty.set_config('a', 'CONF_ALLOW_REGISTRATION_FROM_ANY_IDENTIFIERS', 'on');
SELECT customer_id AS gus FROM loyalty.register_customer('a', external_id => 'G-1') \gset
SELECT loyalty.set_config('a', 'CONF_REGISTRATION_PRIMARY_KEY_REQUIRED', 'on');
SELECT is(pg_temp.complaint(format(call, :gus)), 'LY101 | update needs identifier "mobile"', 'no primary: ' || call)
FROM unnest(ARRAY[$$change_identifier('a', %s, 'email', 'gus@example.com')$$, $$change_identifier('a', %s, 'external_id', 'G-2')$$,
    $$change_identifier('a', %s, 'external_id', 'G-1')$$, $$upsert_profile('a', %s, 'INSTORE', first_name => 'Gus')$$,
    $$upsert_profile('a', %s, 'WEBSITE', email => 'gus@example.com')$$]) call;
SELECT is(pg_temp.complaint(format($$upsert_profile('a', %s, 'WEBSITE', mobile => '91119999', email => 'gus@example.com')$$, :gus)), 'none',
    'an update that brings it passes');
SELECT is(pg_temp.complaint(format($$change_identifier('a', %s, 'email', 'guss@example.com')$$, :gus)), 'none', 'and so do those after it');

-- one that stayed with a victim is enough: whoever has it may give its own up, and goes on after that
SELECT loyalty.set_config('a', 'CONF_ALLOW_MOBILE_UPDATE', 'on');
SELECT (SELECT customer_id FROM loyalty.register_customer('a', mobile => '91118881')) AS hal,
    (SELECT customer_id FROM loyalty.register_customer('a', mobile => '91118882')) AS hals \gset
SELECT loyalty.merge_customers('a', :hal, :hals);
SELECT loyalty.upsert_profile('a', :hal, 'WEBSITE', cuid => 'hal');
SELECT loyalty.release_identifier('a', :hal, 'mobile');
SELECT is(pg_temp.complaint(format(call, :hal)), 'none', 'a primary by a victim: ' || call) FROM unnest(ARRAY[$$change_identifier('a', %s, 'email', 'hal@example.com')$$,
    $$upsert_profile('a', %s, 'WEBSITE', first_name => 'Hal')$$,
    $$register_customer_json('a', '{"profiles": [{"source": "WEBSITE", "identifiers": [{"type": "cuid", "value": "hal"}]}]}')$$]) call;
SELECT is((SELECT customer_id FROM loyalty.register_customer('a', mobile => '91118882', first_name => 'Hal')), :hal::int8, 'and is registered by it');
SELECT is(pg_temp.apart(), NULL, 'which its INSTORE profile does not show, as its own record does not hold it');
SELECT is(left(pg_temp.complaint(format($$release_identifier('a', %s, 'mobile', '91118882')$$, :hal)), 5), 'LY126', 'and is the one that it must keep');

SELECT is(pg_temp.apart(), NULL, 'in the end no INSTORE profile and its customer are apart');
SELECT is(pg_temp.keys_not_held(), NULL, 'and every key is held');
SELECT * FROM finish();
ROLLBACK;
