-- Orgs, stores, tills, programs, configuration and access, as docs/org.md tells of them.
CREATE EXTENSION loyalty;

-- An org is a brand. Its code names it in every call; the answer is its id.
SELECT loyalty.create_org('lagoon', 'Lagoon Coffee', 'Asia/Singapore', 'SG', 'SGD', 'S$');
SELECT loyalty.create_org('harbour', 'Harbour Books');

-- Programs come with their rules. The first one is the default one, until another is made that.
SELECT loyalty.create_program('lagoon', 'beans', 'Beans');
SELECT loyalty.create_program('lagoon', 'stars', 'Stars', points_per_unit => 0.125, decimals => 2,
    rounding => 'half_even', expiry_unit => 'months', expiry_value => 12, expiry_type => 'rolling');
SELECT loyalty.create_program('lagoon', 'summer', 'Summer of 2024', is_default => true, rounding => 'floor',
    expiry_unit => 'fixed_date', expiry_date => '2024-09-30', allow_negative_on_return => true);
SELECT program, is_default, points_per_unit, decimals, rounding, expiry_unit, expiry_value, expiry_date, expiry_type
    FROM loyalty_data.program ORDER BY program;

-- A store, and its tills; a till may have a program of its own.
SELECT loyalty.create_store('lagoon', 'marina', 'Marina Bay');
SELECT loyalty.create_till('lagoon', 'marina-1', 'marina');
SELECT loyalty.create_till('lagoon', 'marina-2', 'marina', program => 'stars');
SELECT t.till, s.store, p.program
    FROM loyalty_data.till t JOIN loyalty_data.store s USING (org_id, store_id) LEFT JOIN loyalty_data.program p USING (org_id, program_id)
    ORDER BY t.till;

-- The keys of the configuration, and what is in force in an org.
SELECT config_key, value_type, default_value, allowed FROM loyalty.config_catalogue() ORDER BY config_key;
SELECT config_key, config_value, is_default FROM loyalty.org_config WHERE org = 'lagoon' ORDER BY config_key;

-- Values are checked, and kept in one spelling. NULL goes back to the default.
SELECT loyalty.get_config('lagoon', 'CONF_USERS_IS_EMAIL_REQUIRED');
SELECT loyalty.set_config('lagoon', 'CONF_USERS_IS_EMAIL_REQUIRED', 'Yes');
SELECT loyalty.get_config('lagoon', 'CONF_USERS_IS_EMAIL_REQUIRED'), loyalty.get_config('harbour', 'CONF_USERS_IS_EMAIL_REQUIRED');
SELECT loyalty.set_config('lagoon', 'CONF_USERS_IS_EMAIL_REQUIRED', NULL);
SELECT loyalty.get_config('lagoon', 'CONF_USERS_IS_EMAIL_REQUIRED');
SELECT loyalty.set_config('lagoon', 'CONF_ORG_CURRENCY_CODE', 'idr');
SELECT loyalty.get_config('lagoon', 'CONF_ORG_CURRENCY_CODE');

-- What is not possible says why, and what is.
SELECT loyalty.set_config('lagoon', 'CONF_USERS_IS_EMAIL_UNIQE', 'true');
SELECT loyalty.set_config('lagoon', 'shoe_size', '43');
SELECT loyalty.set_config('lagoon', 'CONF_REGISTRATION_PRIMARY_KEY', 'passport');
SELECT loyalty.set_config('lagoon', 'CONF_EVENT_TIME_TOLERANCE', '86401');
SELECT loyalty.set_config('lagoon', 'CONF_USERS_USE_EXTERNAL_ID', 'off');
SELECT loyalty.set_config('lagoon', 'CONF_REGISTRATION_PRIMARY_KEY', 'external_id');
SELECT loyalty.create_org('lagoon', 'Another');
SELECT loyalty.create_org('delta', 'Delta', 'UTC+8');
SELECT loyalty.create_org('delta', 'Delta', base_country => 'UK');
SELECT loyalty.create_program('lagoon', 'odd', 'Odd', rounding => 'up');
SELECT loyalty.create_program('lagoon', 'odd', 'Odd', expiry_unit => 'months');
SELECT loyalty.create_program('lagoon', 'odd', 'Odd', expiry_type => 'rolling');
SELECT loyalty.create_program('lagoon', 'ALL', 'Everything');
SELECT loyalty.create_program('lagoon', 'all', 'Everything');
SELECT loyalty.create_till('lagoon', 'marina-3', 'orchard');
SELECT loyalty.set_config('lagoon', 'CONF_USERS_USE_EXTERNAL_ID', NULL);

-- A role acts and sees where it was granted an org, as far as its capability role goes.
CREATE ROLE regress_loyalty_desk;
GRANT loyalty_agent TO regress_loyalty_desk;
SET ROLE regress_loyalty_desk;
SELECT loyalty.visible_orgs();
SELECT loyalty.get_config('lagoon', 'CONF_ORG_CURRENCY_CODE');
RESET ROLE;
SELECT loyalty.grant_org('lagoon', 'regress_loyalty_desk');
SET ROLE regress_loyalty_desk;
SELECT DISTINCT org FROM loyalty.org_config;
SELECT loyalty.get_config('lagoon', 'CONF_ORG_CURRENCY_CODE');
SELECT loyalty.get_config('harbour', 'CONF_ORG_CURRENCY_CODE');
SELECT loyalty.set_config('lagoon', 'CONF_ORG_CURRENCY_CODE', 'USD');
SELECT * FROM loyalty_data.org;
RESET ROLE;
SELECT loyalty.revoke_org('lagoon', 'regress_loyalty_desk');
SET ROLE regress_loyalty_desk;
SELECT loyalty.get_config('lagoon', 'CONF_ORG_CURRENCY_CODE');
RESET ROLE;

-- Whoever creates an org has access to it.
GRANT loyalty_admin TO regress_loyalty_desk;
SET ROLE regress_loyalty_desk;
SELECT loyalty.create_org('kiosk', 'Kiosk');
SELECT loyalty.create_program('kiosk', 'points', 'Points');
SELECT loyalty.visible_orgs();
RESET ROLE;

-- What an operator asks first. Versions and the owner differ from server to server.
SELECT item, CASE WHEN item LIKE '%version' OR item = 'owner' THEN '...' ELSE value END AS value
    FROM loyalty.health_check();
SET loyalty.clock = '2024-03-01 12:00:00+00';
SELECT value FROM loyalty.health_check() WHERE item = 'clock';
RESET loyalty.clock;

-- What names rows that are not there, as after a backup that was restored in part.
SELECT * FROM loyalty.verify_data('lagoon') WHERE invariant LIKE 'till.%';
DELETE FROM loyalty_data.store WHERE store = 'marina';
SELECT invariant, ok, regexp_replace(detail, '[0-9]+', 'N') AS detail FROM loyalty.verify_data('lagoon') WHERE NOT ok;

DROP EXTENSION loyalty;
DROP ROLE regress_loyalty_desk;
