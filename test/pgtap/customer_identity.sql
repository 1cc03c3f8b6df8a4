-- Identity: what changes of configuration refuse, merged customers, and repeats of documents.
BEGIN;
SELECT no_plan();
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+00';
SELECT loyalty.create_org('a', 'A', base_country => 'SG');
SELECT loyalty.create_org('b', 'B', base_country => 'SG');
SELECT loyalty.create_program('a', 'p', 'P');

\ir ../fixtures/refused.sql

SELECT customer_id AS ann FROM loyalty.register_customer('a', '91234567', 'ann@example.com', 'A-1') \gset
SELECT customer_id AS bob FROM loyalty.register_customer('b', '91234567') \gset
SELECT isnt(:ann::int8, :bob::int8, 'the same mobile in two orgs is two customers');

-- dual eligibility: on, shared, and not off again
SELECT loyalty.set_config('a', 'CONF_REGISTRATION_PRIMARY_KEY_REQUIRED', 'on');
SELECT is(pg_temp.complaint($$set_config('a', 'CONF_INSTORE_V2_ENABLED', 'on')$$), 'none', 'dual eligibility is switched on');
SELECT is(loyalty.find_customer('a', 'mobile', '91234567'), :ann::int8, 'customers stay findable by their primary');
SELECT is(loyalty.find_customer('a', 'external_id', 'A-1'), NULL, 'and by nothing else');
SELECT is(count(loyalty.register_customer('a', '+6581' || lpad(n::text, 6, '0'), 'ann@example.com', 'A-1')), 200::bigint,
    'secondaries that many share are loaded') FROM generate_series(1, 200) n;
SELECT is((SELECT count(*) FROM loyalty_data.identifier i JOIN loyalty_data.org o USING (org_id) WHERE o.org = 'a'), 201::bigint,
    'and are no keys');
SELECT is(pg_temp.complaint($$set_config('a', 'CONF_INSTORE_V2_ENABLED', 'off')$$), 'LY012 | identifiers of type '
    '"external_id" cannot become keys while customers share one | Number of shared identifiers: 1.', 'which holds it on');
SELECT is(pg_temp.complaint($$register_customer('a', '91234567', loyalty_type => 'non_loyalty')$$),
    'LY119 | a non_loyalty customer cannot be registered under dual eligibility', 'campaign users are refused');
SELECT is(pg_temp.complaint($$set_config('a', 'CONF_REGISTRATION_PRIMARY_KEY', 'external_id')$$), 'LY012 | identifiers of '
    'type "external_id" cannot become keys while customers share one | Number of shared identifiers: 1.',
    'and the primary does not move to what is shared');
SELECT is((SELECT count(*) FROM loyalty.register_customer('a', '91234567', source => 'INSTORE', account_id => 'other')), 1::bigint,
    'another account registers the same primary');
SELECT is((SELECT count(*) FROM loyalty.customer_profiles WHERE customer_id = :ann), 2::bigint, 'and adds its profile');

-- whoever was merged is not written to
SELECT customer_id AS cho FROM loyalty.register_customer('b', '91234568') \gset
UPDATE loyalty_data.customer SET merged_into = :bob WHERE customer_id = :cho;
SELECT is(pg_temp.complaint(format(call, :cho)), format('LY125 | customer %s was merged into customer %s', :cho, :bob), call)
FROM unnest(ARRAY[$$update_customer('b', %s, 'X')$$, $$change_identifier('b', %s, 'email', 'x@example.com')$$,
    $$upsert_profile('b', %s, 'INSTORE')$$, $$set_channel('b', %s, 'line', 'x')$$, $$set_test_control('b', %s, 'test')$$,
    $$set_subscription('b', %s, 'line', 'promotional', true)$$]) call;

-- a document that is repeated
CREATE TEMP TABLE doc AS SELECT '{"profiles": [{"identifiers": [{"type": "mobile", "value": "91234569"}],
    "commChannels": [{"type": "line", "value": "dan"}]}]}'::jsonb AS payload;
SELECT is((loyalty.register_customer_json('b', payload, idempotency_key => 'k')).outcome, 'created', 'a document registers') FROM doc;
DELETE FROM loyalty_data.channel;
SELECT is((loyalty.register_customer_json('b', payload, idempotency_key => 'k')).outcome, 'created', 'its repeat gives the first answer') FROM doc;
SELECT is((SELECT count(*) FROM loyalty_data.channel), 0::bigint, 'and writes nothing');
SELECT throws_ok($$SELECT loyalty.register_customer_json('b', '{"profiles": []}', idempotency_key => 'k')$$, 'LY001');
SELECT throws_ok($$SELECT loyalty.register_customer_json('b', NULL)$$, 'LY001');
SELECT throws_ok($$SELECT loyalty.register_customer_json('b', '{"profiles": [{"firstName": "\ud800"}]}')$$, '22P02');

-- messages name fields, never values
SELECT is(pg_temp.complaint($$upsert_profile('b', $$ || :bob || $$, 'INSTORE', email => 'no address')$$),
    'LY103 | argument "email" has no normal form', 'upsert_profile: the e-mail');
SELECT is(pg_temp.complaint($$change_identifier('b', $$ || :bob || $$, 'mobile', '12')$$),
    'LY102 | argument "new_value" has no normal form', 'change_identifier: the mobile');
SELECT is(pg_temp.complaint($$change_identifier('b', $$ || :bob || $$, 'fax', '12')$$),
    'LY106 | identifier type does not exist', 'change_identifier: the type');
SELECT is(pg_temp.complaint($$set_countries('b', 'SG', ARRAY['MY', NULL])$$), 'LY001 | argument "supported_countries" is required',
    'set_countries: a country that is NULL');
SELECT is(pg_temp.complaint($$set_countries('b', 'XX')$$), 'LY017 | country "XX" does not exist', 'set_countries: the base country');

SELECT * FROM finish();
ROLLBACK;
