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
SELECT * FROM finish();
ROLLBACK;
