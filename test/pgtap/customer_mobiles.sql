-- Normal forms of mobiles: whoever writes one, in whatever way, names one customer; what no mobile can be is refused; and what the
-- library's tables are too old for is neither.
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = warning;
\ir ../fixtures/orgs.sql
SELECT pg_temp.new_org(lower(country), country => country) FROM unnest('{SG,US,BJ,AR,IN,DE,FR,BR}'::text[]) country;
SELECT loyalty.create_org('any', 'Any');
SELECT loyalty.create_org('two', 'Two', 'UTC', 'IN');
SELECT loyalty.set_countries('two', 'IN', '{SG}');

-- The normal form of a mobile in an org, or the error.
CREATE FUNCTION pg_temp.normal(in_org text, given text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    customer bigint;
BEGIN
    SELECT customer_id INTO customer FROM loyalty.register_customer(in_org, mobile => given);
    RETURN (SELECT identifier_value FROM loyalty_data.customer_identifier i JOIN loyalty_data.org USING (org_id)
        WHERE org = in_org AND customer_id = customer);
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
CREATE TEMP TABLE mobile (org text, given text, normal text);

-- ---- U7: with the country's token or without

INSERT INTO mobile VALUES
    ('ar', '+54 9 11 2345 6789', '+5491123456789'), ('ar', '+54 11 2345 6789', '+5491123456789'),
    ('ar', '+54 11 15 2345 6789', '+5491123456789'), ('ar', '11 2345 6789', '+5491123456789'), ('ar', '011 15 2345-6789', '+5491123456789'),
    ('ar', '9 11 2345 6789', '+5491123456789'), ('ar', '5491123456789', '+5491123456789'), ('ar', '541123456789', '+5491123456789'),
    ('ar', '0054 (0)11 2345 6789', '+5491123456789'),
    ('sg', '+54 11 2345 6789', '+5491123456789'), ('any', '+54 341 234 5678', '+5493412345678'), ('any', '+54 9 341 234 5678', '+5493412345678'),
    ('any', '+52 55 1234 5678', '+525512345678'), ('any', '+52 1 55 1234 5678', '+525512345678');

-- ---- U8: the age of the library's tables

INSERT INTO mobile VALUES
    ('any', '+2290195123456', '+2290195123456'), ('bj', '+229 01 95 12 34 56', '+2290195123456'), ('bj', '01 95 12 34 56', '+2290195123456'),
    ('bj', '2290195123456', '+2290195123456'), ('bj', '+22995123456', '+22995123456'),
    ('any', '+13242345678', '+13242345678'), ('us', '324 234 5678', '+13242345678'), ('us', '1 324 234 5678', '+13242345678'),
    ('any', '+16500202202', '+16500202202'), ('us', '123-456-7890', '+11234567890'), ('us', '(123) 456-7890', '+11234567890'),
    ('in', '1234567890', '+911234567890'), ('in', '+91 12345 67890', '+911234567890'),
    -- a valid reading wins over a possible one
    ('two', '91234567', '+6591234567'), ('two', '9123456789', '+919123456789'), ('two', '919123456789', '+919123456789'),
    ('two', '6591234567', '+6591234567'),
    -- what has no length of a mobile is none
    ('us', '234-5678', 'LY102'), ('us', '123-456-789', 'LY102'), ('us', '+1 650 253 00000', 'LY102'), ('sg', '+659123456', 'LY102'),
    ('sg', '+65912345678', 'LY102'), ('sg', '+6565 9123 4567', 'LY102'), ('sg', '+65 0 9123 4567', 'LY102'), ('sg', '912345678', 'LY102'),
    ('in', '+91 91 98000 00001', 'LY102'), ('in', '98000 0000', 'LY102'), ('bj', '+22901951234560', 'LY102'), ('any', '+2299512345', 'LY102'),
    ('any', '+999 1234 5678', 'LY102'), ('any', '+4917012345678901', 'LY102'), ('any', '+1234567890123456', 'LY102'),
    -- other countries
    ('sg', '+60 12-345 6789', '+60123456789'), ('sg', '0060123456789', '+60123456789'), ('sg', '60123456789', 'LY102'),
    ('two', '+44 7911 123456', '+447911123456');

-- ---- U9: a separator never changes a number

INSERT INTO mobile VALUES
    ('de', '+491701234567.0', 'LY102'), ('de', '+491701234567', '+491701234567'), ('de', '+491701234567.00', 'LY102'),
    ('de', '+49170123456.7', 'LY102'), ('de', '0170 1234567.5', 'LY102'), ('de', '1701234567.0', 'LY102'), ('de', '0170/1234567', '+491701234567'),
    ('de', '0170 1234567/8', 'LY102'), ('de', '0170 1234567/68', 'LY102'), ('de', '0170.123.4567', '+491701234567'), ('de', '0170 123 456-7', '+491701234567'),
    ('de', '+49.170.1234567.', '+491701234567'), ('de', '+49.1701234567', '+491701234567'), ('de', '1.701234567E+11', 'LY102'),
    ('de', '+49 (0) 170 1234567', '+491701234567'), ('de', '+49 (0)170/1234567', '+491701234567'), ('de', '0049(0)1701234567', '+491701234567'),
    ('de', '+491701234567(0)', '+4917012345670'), ('de', '+49170(0)1234567', '+4917001234567'), ('de', '0049170 (0)1234567', '+4917001234567'),
    ('de', '0170(0)1234567', '+4917001234567'), ('sg', '+4(0)91701234567', '+4091701234567'), ('de', '+49(0)(0)1701234567', '+491701234567'),
    ('de', '(0)170 1234567', '+491701234567'), ('fr', '06.12.34.56.78', '+33612345678'), ('fr', '+33 (0)6.12.34.56.78', '+33612345678'),
    ('fr', '06.12.34.56.7.8', 'LY102'), ('sg', '+65 (0) 9123 4567', '+6591234567'), ('us', '650.253.0000', '+16502530000'),
    ('us', '6502530000.0', 'LY102'), ('de', U&'+49\00A0170\20021234567', '+491701234567'), ('de', U&'+49 170\20111234567', 'LY102');

SELECT is(pg_temp.normal(org, given), normal, format('%s: %s', org, given)) FROM mobile;
SELECT is(loyalty.find_customer(org, 'mobile', given), loyalty.find_customer(org, 'mobile', normal), format('%s: found by %s', org, given))
FROM mobile WHERE normal LIKE '+%';

-- ---- the configuration

SELECT loyalty.set_config('us', 'CONF_MOBILE_VALIDATION', 'valid');
SELECT is(pg_temp.normal('us', given), normal, 'valid: ' || given)
FROM (VALUES ('+1 650 253 0001', '+16502530001'), ('123-456-7891', 'LY102'), ('+2290195123457', 'LY102'), ('+13242345679', 'LY102')) v (given, normal);
SELECT is(loyalty.find_customer('us', 'mobile', '+1 324 234 5678') IS NOT NULL, true, 'valid: who is there is found by the E.164 form');
SELECT throws_ok($$SELECT loyalty.set_config('us', 'CONF_MOBILE_VALIDATION', 'strict')$$, 'LY011', NULL, 'possible and valid, and nothing else');
SELECT loyalty.set_config(o, 'CONF_ACCEPT_FOREIGN_MOBILES', 'false') FROM unnest('{sg,any,in}'::text[]) o;
SELECT loyalty.set_config('in', 'CONF_CLIENT_DEFAULT_COUNTRYCODE_PASSED', 'false');
SELECT is(pg_temp.normal(org, given), normal, format('no foreign ones: %s: %s', org, given))
FROM (VALUES ('sg', '+60123456788', 'LY102'), ('sg', '0060123456788', 'LY102'), ('sg', '+6591234568', '+6591234568'), ('sg', '91234569', '+6591234569'),
    ('any', '+60123456788', '+60123456788'), ('in', '+60123456788', 'LY102'), ('in', '+919800000002', '+919800000002'),
    ('in', '9800000003', 'LY102')) v (org, given, normal);
SELECT matches((SELECT value FROM loyalty.health_check() WHERE item = 'libphonenumber_version'), '^\d+(\.\d+)*$', 'health_check tells the version of the library');

-- ---- renormalize_mobiles: numbers that were stored when the library knew less

SELECT pg_temp.new_org('old', 'p', tills => '{t}', country => 'AR');
SELECT pg_temp.new_org('young', country => 'AR');
SELECT customer_id AS ann FROM loyalty.register_customer('old', mobile => '+54 11 2345 0001', registered_on => '2024-01-01') \gset
SELECT customer_id AS bob FROM loyalty.register_customer('old', mobile => '+54 11 2345 0002', registered_on => '2024-01-01') \gset
SELECT customer_id AS cy FROM loyalty.register_customer('old', mobile => '+54 11 2345 0003', registered_on => '2024-01-01') \gset
SELECT customer_id AS dee FROM loyalty.register_customer('old', mobile => '+54 11 2345 0004', registered_on => '2024-01-01') \gset
SELECT customer_id AS eve FROM loyalty.register_customer('old', mobile => '+1 650 253 0000', registered_on => '2024-01-01') \gset
SELECT customer_id AS merged FROM loyalty.register_customer('old', mobile => '+54 11 2345 0005', registered_on => '2024-01-01') \gset
SELECT customer_id AS other FROM loyalty.register_customer('young', mobile => '+54 11 2345 0001', registered_on => '2024-01-01') \gset
SELECT loyalty.set_channel('old', :ann, c, '+54 11 2345 0001') FROM unnest('{mobile,whatsapp}'::text[]) c;
SELECT loyalty.set_ndnc_status('old', m, 'registered') FROM unnest('{+54 11 2345 0001,+54 11 2345 0077,+54 11 2345 0078}'::text[]) m;
SELECT loyalty.add_transaction_by_identifiers('old', 'T-1', 50, mobile => '+54 11 2345 0099', transaction_type => 'non_loyalty', till => 't');
SELECT loyalty.merge_customers('old', :cy, :merged);
SELECT loyalty.set_channel('old', :eve, 'whatsapp', '+54 11 2345 0006');

-- What a library that knew no token would have stored: for all but Dee, whose number Bob has as well then, and young's.
CREATE FUNCTION pg_temp.age(tables regclass[], columns text[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 1 .. cardinality(tables) LOOP
        EXECUTE format('UPDATE %s SET %2$I = regexp_replace(%2$I, ''^[+]549'', ''+54'') WHERE %2$I LIKE ''+549112345%%'' AND %2$I NOT LIKE ''%%04''
            AND org_id = (SELECT org_id FROM loyalty_data.org WHERE org = ''old'')', tables[i], columns[i]);
    END LOOP;
END $$;
SELECT pg_temp.age('{loyalty_data.identifier, loyalty_data.customer_identifier, loyalty_data.profile, loyalty_data.channel,
    loyalty_data.mobile_ndnc, loyalty_data.tagged_transaction}', '{identifier_value, identifier_value, mobile, address, mobile, identifier_value}');
UPDATE loyalty_data.profile SET mobile = '+541123450004' WHERE customer_id = :bob;
UPDATE loyalty_data.identifier SET identifier_value = '+541123450004' WHERE customer_id = :bob AND identifier_type = 'mobile';
UPDATE loyalty_data.customer_identifier SET identifier_value = '+541123450004' WHERE customer_id = :bob AND identifier_type = 'mobile';
INSERT INTO loyalty_data.mobile_ndnc SELECT org_id, '+5491123450078', 'not_registered', now() FROM loyalty_data.org WHERE org = 'old';

-- Where mobiles of the old form stand.
CREATE FUNCTION pg_temp.old_forms() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(place || ' ' || n, ', ' ORDER BY place COLLATE "C") FROM (
        SELECT 'channel' AS place, count(*) AS n FROM loyalty_data.channel WHERE address LIKE '+5411%'
        UNION ALL SELECT 'held', count(*) FROM loyalty_data.customer_identifier WHERE identifier_value LIKE '+5411%' AND held_until IS NULL
        UNION ALL SELECT 'key', count(*) FROM loyalty_data.identifier WHERE identifier_value LIKE '+5411%'
        UNION ALL SELECT 'profile', count(*) FROM loyalty_data.profile WHERE mobile LIKE '+5411%'
        UNION ALL SELECT 'register', count(*) FROM loyalty_data.mobile_ndnc WHERE mobile LIKE '+5411%'
        UNION ALL SELECT 'tagged', count(*) FROM loyalty_data.tagged_transaction WHERE identifier_value LIKE '+5411%') p WHERE n > 0 $$;
SELECT is(pg_temp.old_forms(), 'channel 3, held 4, key 4, profile 4, register 3, tagged 1', 'old forms stand in all places');
CREATE TEMP TABLE answer (customer_id int8, outcome text, other_customer_id int8);
INSERT INTO answer VALUES (:ann, 'moved', NULL), (:bob, 'taken', :dee), (:cy, 'moved', NULL), (:cy, 'moved', NULL), (:eve, 'moved', NULL);

SELECT results_eq($$SELECT * FROM loyalty.renormalize_mobiles('old') ORDER BY 1$$, 'SELECT * FROM answer ORDER BY 1', 'a dry run tells what would move, and of a clash');
SELECT is(pg_temp.old_forms(), 'channel 3, held 4, key 4, profile 4, register 3, tagged 1', 'and moves nothing');
SELECT results_eq(format($$SELECT * FROM loyalty.renormalize_mobiles('old', false, count => 1, actor => 'Max')$$, :ann), format('VALUES (%s::int8, ''moved'', NULL::int8)', :ann), 'a batch of one');
SELECT is(pg_temp.old_forms(), 'channel 1, held 3, key 3, profile 3, register 2, tagged 1', 'moves that one, wherever it stands');
SELECT results_eq(format($$SELECT * FROM loyalty.renormalize_mobiles('old', false, %s, count => 2) ORDER BY 1$$, :ann),
    format('SELECT * FROM answer WHERE customer_id > %s AND customer_id <= %s ORDER BY 1', :ann, :cy), 'the next one goes on behind it, and has all of its last customer');
SELECT results_eq(format($$SELECT * FROM loyalty.renormalize_mobiles('old', false, %s)$$, :cy), format('VALUES (%s::int8, ''moved'', NULL::int8)', :eve),
    'a number that is shown and no identifier moves as well');
SELECT is(pg_temp.old_forms(), 'held 1, key 1, profile 1', 'the last one moves what no customer has; a clash is left alone');
SELECT is(loyalty.find_customer('old', 'mobile', m), c::int8, format('%s finds its customer', m))
FROM (VALUES ('+54 11 2345 0001', :ann), ('+54 9 11 2345 0003', :cy), ('+54 11 2345 0005', :cy), ('+54 9 11 2345 0004', :dee)) v (m, c);
SELECT results_eq(format($$SELECT identifier_value::text COLLATE "default", held_until IS NULL, reason, actor FROM loyalty.customer_identifier_history
    WHERE customer_id = %s ORDER BY 1$$, :ann), $$VALUES ('+541123450001', false, 'normal form changed', 'Max'), ('+5491123450001', true, NULL, 'Max')$$, 'the history keeps the old form');
SELECT is((SELECT string_agg(mobile || status, ' ' ORDER BY mobile) FROM loyalty_data.mobile_ndnc),
    '+5491123450001registered +5491123450077registered +5491123450078not_registered', 'the register: what it says of a number by now stays');
SELECT loyalty.register_customer('old', mobile => '+54 11 2345 0099');
SELECT is((SELECT count(*)::int FROM loyalty.transactions WHERE org = 'old' AND transaction_number = 'T-1'), 1, 'a bill that waited is found by its customer');
SELECT is((SELECT string_agg(outcome, ' ') FROM loyalty.renormalize_mobiles('old', false)), 'taken', 'nothing is left but the clash');
SELECT loyalty.merge_customers('old', :dee, :bob);
SELECT results_eq($$SELECT outcome, other_customer_id FROM loyalty.renormalize_mobiles('old', false)$$, $$VALUES ('moved', NULL::int8)$$, 'which a merge ends');
SELECT is(pg_temp.old_forms(), NULL, 'so that no old form is left');
SELECT is_empty($$SELECT * FROM loyalty.renormalize_mobiles('old')$$, 'and nothing moves again');
SELECT is(loyalty.find_customer('young', 'mobile', '+54 11 2345 0001'), :other::int8, 'other orgs are not touched');
-- two old forms of one number: the first customer gets it, and a dry run foresees that
CREATE TEMP TABLE twice (id int8, old text);
INSERT INTO twice SELECT customer_id, old FROM (VALUES (1, '+541123450009'), (2, '+54111523450009')) v (n, old),
    LATERAL loyalty.register_customer('old', mobile => '+54 11 2345 0010' || n) ORDER BY n;
UPDATE loyalty_data.identifier i SET identifier_value = old FROM twice WHERE customer_id = id AND identifier_type = 'mobile';
UPDATE loyalty_data.customer_identifier i SET identifier_value = old FROM twice WHERE customer_id = id AND identifier_type = 'mobile';
UPDATE loyalty_data.profile SET mobile = old FROM twice WHERE customer_id = id;
SELECT is((SELECT array_agg((customer_id, outcome, other_customer_id)::text ORDER BY customer_id) FROM loyalty.renormalize_mobiles('old', dry)),
    (SELECT ARRAY[format('(%s,moved,)', min(id)), format('(%s,taken,%s)', max(id), min(id))] FROM twice), 'two that would be one: dry run ' || dry)
FROM (VALUES (true), (false)) v (dry);

SELECT throws_ok($$SELECT * FROM loyalty.renormalize_mobiles('old', count => $$ || n || ')', code, NULL, 'a count of ' || n)
FROM (VALUES ('0', 'LY003'), ('10001', 'LY003')) v (n, code);
SELECT throws_ok($$SELECT * FROM loyalty.renormalize_mobiles('nowhere')$$, 'LY004', NULL, 'an org that does not exist');
SELECT * FROM finish();
ROLLBACK;
