-- Registration: the decision row by row, as docs/customer.md has it, and each configuration key that changes it.
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
RESET DateStyle;
SET loyalty.clock = '2024-05-02 10:00:00+00';
SELECT pg_temp.new_org('reef', 'p', zone => 'Asia/Singapore', country => 'SG');
\set QUIET on
\pset null -

-- one call: what it came to, with names instead of ids; an error gives its code, message and detail
CREATE FUNCTION who(id int8) RETURNS text LANGUAGE sql AS $$
    SELECT COALESCE((SELECT first_name FROM loyalty_data.profile WHERE customer_id = id AND first_name IS NOT NULL
        ORDER BY source_id LIMIT 1), id::text) $$;
CREATE FUNCTION named(message text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(COALESCE((SELECT min(p.first_name) FROM loyalty.customer_profiles p
        WHERE p.customer_id::text = word[1] AND message ~ 'customer'), word[1]), '')
    FROM regexp_matches(message, '\d+|\D+', 'g') word $$;
CREATE FUNCTION reg(mobile text DEFAULT NULL, email text DEFAULT NULL, external_id text DEFAULT NULL,
    name text DEFAULT NULL, type text DEFAULT 'loyalty', source text DEFAULT 'INSTORE', account text DEFAULT NULL,
    day timestamptz DEFAULT NULL, org text DEFAULT 'reef') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    r record;
    row_no text := '-';
    detail text;
BEGIN
    SELECT decision_row INTO row_no FROM loyalty.explain_registration(org, mobile, email, external_id, name, NULL, source => source,
        account_id => account, till => NULL, registered_on => day, loyalty_type => type);
    SELECT * INTO r FROM loyalty.register_customer(org, mobile, email, external_id, name, NULL, source => source, account_id => account, till => NULL,
        registered_on => day, loyalty_type => type);
    RETURN format('row %s: %s %s %s', row_no, r.outcome, who(r.customer_id), r.warnings);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN format('row %s: %s %s | %s', row_no, SQLSTATE, named(SQLERRM), named(detail));
END $$;
CREATE FUNCTION conf(key text, value text, org text DEFAULT 'reef') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    PERFORM loyalty.set_config(org, key, value);
    RETURN 'set';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN format('%s %s | %s', SQLSTATE, SQLERRM, detail);
END $$;
CREATE VIEW held AS
    SELECT who(customer_id) AS who, identifier_type AS type, identifier_value AS value, held_until IS NULL AS now, reason
    FROM loyalty.customer_identifier_history;

SELECT conf('CONF_USERS_IS_EMAIL_UNIQUE', 'on');
-- 1 and 2
SELECT reg('81110001', 'ann@example.com', name => 'Ann');
SELECT reg('81110001', external_id => 'A-1');
SELECT reg('81110002', 'bob@example.com', 'B-1', name => 'Bob');
SELECT reg('81110003', 'cho@example.com', name => 'Cho', type => 'non_loyalty');
SELECT reg('81110004', 'dee@example.com', name => 'Dee', type => 'non_loyalty');

-- 3: a customer without the primary
SELECT conf('CONF_ALLOW_REGISTRATION_FROM_ANY_IDENTIFIERS', 'on');
SELECT reg(email => 'eve@example.com', name => 'Eve');
SELECT conf('CONF_PRIMARY_IDENTIFIER_STRICT_CHECK', 'on');
SELECT reg('81110005', 'eve@example.com');
SELECT conf('CONF_SKIP_SECONDARY_ID_ON_PRIMARY_MISMATCH', 'on');
SELECT reg('81110005', 'eve@example.com');
SELECT * FROM held WHERE who = 'Eve' ORDER BY type;

-- 4: secondaries are skipped; 5: strict
SELECT reg('81110006', 'bob@example.com', 'F-1', name => 'Fay');
SELECT * FROM held WHERE who = 'Fay' ORDER BY type;
SELECT conf('CONF_SKIP_SECONDARY_ID_ON_PRIMARY_MISMATCH', NULL);
SELECT reg('81110007', 'bob@example.com');
SELECT conf('CONF_PRIMARY_IDENTIFIER_STRICT_CHECK', NULL);

-- 6: a campaign user gets the new mobile, 8: a loyalty customer does not, 7: unless updates of it are allowed; 18: by its unique
-- e-mail it takes in who has the new one
SELECT reg('81110013', 'cho@example.com');
SELECT * FROM held WHERE who = 'Cho' ORDER BY type, value;
SELECT reg('81110012', external_id => 'B-1');
BEGIN;
SELECT reg('81110012', 'bob@example.com');
SELECT who(loyalty.find_customer('reef', 'mobile', '81110012')), who(loyalty.find_customer('reef', 'mobile', '81110002'));
ROLLBACK;
SELECT conf('CONF_ALLOW_MOBILE_UPDATE', 'on');
SELECT reg('81110012', 'bob@example.com');
SELECT * FROM held WHERE who = 'Bob' ORDER BY type, value;
SELECT who(loyalty.find_customer('reef', 'mobile', '81110012')), loyalty.find_customer('reef', 'mobile', '81110002');
-- the old number is free at once
SELECT reg('81110002', name => 'Gus');
SELECT conf('CONF_ALLOW_MOBILE_UPDATE', NULL);

-- 9 and 10: several owners of secondaries; merging is not built yet and says who it would be
SELECT reg('81110008', external_id => NULL, email => 'hal@example.com', name => 'Hal', type => 'non_loyalty');
SELECT conf('CONF_REGISTRATION_PRIMARY_KEY', 'external_id');
BEGIN;
SELECT reg('81110008', 'dee@example.com', 'N-1');
ROLLBACK;
SELECT reg('81110012', 'dee@example.com', 'N-2');
SELECT reg('81110001', 'bob@example.com', 'N-3');
SELECT conf('CONF_REGISTRATION_PRIMARY_KEY', NULL);

-- 11 to 16: the primary has an owner
BEGIN;
SELECT reg('81110001', 'dee@example.com');
ROLLBACK;
SELECT reg('81110004', external_id => 'A-1');
BEGIN;
SELECT reg('81110004', 'ann@example.com');
ROLLBACK;
SELECT conf('CONF_ALLOW_MOBILE_UPDATE', 'on');
BEGIN;
SELECT reg('81110004', 'ann@example.com');
ROLLBACK;
SELECT conf('CONF_SKIP_SECONDARY_ID_ON_PRIMARY_MISMATCH', 'on');
SELECT reg('81110004', 'ann@example.com');
SELECT reg('81110001', 'bob@example.com');
SELECT conf('CONF_SKIP_SECONDARY_ID_ON_PRIMARY_MISMATCH', NULL);
BEGIN;
SELECT reg('81110001', 'bob@example.com');
ROLLBACK;
SELECT reg('81110001', external_id => 'B-1');

-- explained: nothing is written
SELECT decision_row, outcome, who(customer_id), (SELECT jsonb_object_agg(key, who(value::int8)) FROM jsonb_each_text(owners)),
    warnings, array_to_string(checks, E'\n') AS checks
FROM loyalty.explain_registration('reef', '81110012', 'ann@example.com');

-- secondaries: kept, or replaced where updates are allowed
SELECT reg('81110001', external_id => 'A-2');
SELECT conf('CONF_LOYALTY_ALLOW_EXTERNAL_ID_UPDATE', 'on');
SELECT reg('81110001', external_id => 'A-2');
SELECT conf('CONF_ALLOW_EMAIL_UPDATE', 'on');
SELECT reg('81110001', 'ann@example.org');
SELECT mobile, email, external_id FROM loyalty.customer_profiles WHERE first_name = 'Ann';
SELECT * FROM held WHERE who = 'Ann' ORDER BY type, value;

-- loyalty types
SELECT reg('81110001', type => 'non_loyalty');
SELECT reg('81110004', type => 'non_loyalty');
SELECT reg('81110009', external_id => 'X', type => 'non_loyalty');
SELECT reg('81110004');

-- the first date, in the org's zone: equal passes
SELECT conf('CONF_MIN_REGISTRATION_DATE', '2024-01-01 10:30:00');
SELECT reg('81110020', name => 'Ivy', day => '2024-01-01 02:29:59+00');
SELECT reg('81110020', name => 'Ivy', day => '2024-01-01 02:30:00+00');
SELECT conf('CONF_MIN_REGISTRATION_DATE', 'yesterday');
SELECT conf('CONF_MIN_REGISTRATION_DATE', NULL);
SELECT reg('81110021', name => 'Jon', day => '1999-01-01 00:00+00');

-- sources
SELECT reg('81110001', source => 'WEBSITE', name => 'Annie');
SELECT conf('CONF_CLIENT_V2_API_ENABLED', 'on');
SELECT reg('81110001', source => 'WEBSITE', name => 'Annie');
SELECT reg('81110001', source => 'WECHAT');
SELECT reg('81110001', source => 'WECHAT', account => 'official');
SELECT conf('CONF_RESTRICT_ORPHAN_V2_PROFILE', 'on');
SELECT reg('81110022', source => 'WEB_ENGAGE', account => 'w', name => 'Kim');
SELECT reg('81110001', source => 'WEB_ENGAGE', account => 'w');
SELECT conf('CONF_RESTRICT_ORPHAN_V2_PROFILE', NULL);
SELECT reg('81110022', source => 'WEB_ENGAGE', account => 'w', name => 'Kim');
SELECT source, account_id, first_name, mobile FROM loyalty.customer_profiles WHERE customer_id =
    loyalty.find_customer('reef', 'mobile', '81110001') ORDER BY source <> 'INSTORE', source;

-- keys that hold values
SELECT conf('CONF_ORG_CURRENCY_CODE', 'EURO'), conf('CONF_ORG_CURRENCY_CODE', 'eur'),
    loyalty.get_config('reef', 'CONF_ORG_CURRENCY_CODE');
SELECT conf('SERVER_VALIDATION_PIN_SMS', 'no pin'), conf('SERVER_VALIDATION_PIN_EMAIL', 'Pin: {{pin}}'),
    loyalty.get_config('reef', 'SERVER_VALIDATION_PIN_EMAIL');
SELECT conf('CONF_GIFT_CARD_ENABLED', 'yes'), conf('USE_CRM_REGISTRATION_INFO_FROM_BASE_STORE', '1'),
    loyalty.get_config('reef', 'CONF_GIFT_CARD_ENABLED'),
    loyalty.get_config('reef', 'USE_CRM_REGISTRATION_INFO_FROM_BASE_STORE');
SELECT conf('CONF_LOYALTY_REGISTER_CUSTOMER_GENDER', 'sex');
SELECT loyalty.define_field('reef', 'custom', 'customer', 'sex', 'text', allowed_values => '{f,m,x}') > 0 AS defined;
SELECT conf('CONF_LOYALTY_REGISTER_CUSTOMER_GENDER', 'sex'), conf('CONF_LOYALTY_REGISTER_CUSTOMER_AGE', 'sex');

-- countries: the base one first, then the supported ones in their order
SELECT loyalty.find_customer('reef', 'mobile', '9876543210');
SELECT reg('98765 43210', name => 'Lal');
SELECT loyalty.set_countries('reef', 'SG', '{IN,MY}');
SELECT reg('98765 43210', name => 'Lal');
SELECT reg('+91 98765 43210');
SELECT reg('+60 12-345 6789', name => 'Mas');
SELECT conf('CONF_ACCEPT_FOREIGN_MOBILES', 'off');
SELECT reg('+44 7911 123456', name => 'Ned');
SELECT conf('CONF_ACCEPT_FOREIGN_MOBILES', NULL);
SELECT loyalty.set_countries('reef', 'SG', '{XX}');
SELECT mobile FROM loyalty.customer_profiles WHERE first_name IN ('Lal', 'Mas') ORDER BY 1;

-- dual eligibility: refused until its conditions hold, which then stay; secondaries are shared
SELECT conf('CONF_INSTORE_V2_ENABLED', 'on');
SELECT conf('CONF_ALLOW_REGISTRATION_FROM_ANY_IDENTIFIERS', NULL);
SELECT conf('CONF_INSTORE_V2_ENABLED', 'on');
SELECT conf('CONF_REGISTRATION_PRIMARY_KEY_REQUIRED', 'on');
SELECT conf('CONF_USERS_IS_MOBILE_REQUIRED', 'on');
SELECT conf('CONF_INSTORE_V2_ENABLED', 'on');
SELECT conf('CONF_USERS_IS_MOBILE_REQUIRED', NULL);
SELECT conf('CONF_INSTORE_V2_ENABLED', 'on');
SELECT conf('CONF_REGISTRATION_PRIMARY_KEY_REQUIRED', NULL);
SELECT conf('CONF_USERS_IS_MOBILE_REQUIRED', 'on');
SELECT conf('CONF_ALLOW_REGISTRATION_FROM_ANY_IDENTIFIERS', 'on');
SELECT identifier_type, count(*) FROM loyalty_data.identifier GROUP BY 1;
SELECT who(loyalty.find_customer('reef', 'mobile', '81110012')), loyalty.find_customer('reef', 'email', 'bob@example.com');
SELECT reg('81110031', 'bob@example.com', 'B-1', name => 'Oda');
SELECT reg('81110032', 'bob@example.com', 'B-1', name => 'Pia');
SELECT reg('81110032', 'bob@example.com', type => 'non_loyalty');
SELECT reg('81110032', source => 'MOBILE_APP');
SELECT conf('CONF_INSTORE_V2_ENABLED', NULL);

SELECT bool_and(ok) FROM loyalty.verify_ledger('reef');
\unset QUIET
DROP VIEW held;
DROP EXTENSION loyalty;
