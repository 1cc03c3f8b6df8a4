CREATE FUNCTION loyalty.create_org(
    org text, name text, time_zone text DEFAULT 'UTC', base_country text DEFAULT NULL, currency_code text DEFAULT NULL,
    currency_symbol text DEFAULT NULL)
    RETURNS int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_create_org';
REVOKE ALL ON FUNCTION loyalty.create_org FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.create_org TO loyalty_admin;
COMMENT ON FUNCTION loyalty.create_org IS
    'Creates an org, grants it to the caller and answers its id';

CREATE FUNCTION loyalty.create_source(source text, needs_account bool DEFAULT false)
    RETURNS int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_create_source';
REVOKE ALL ON FUNCTION loyalty.create_source FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.create_source TO loyalty_admin;
COMMENT ON FUNCTION loyalty.create_source IS
    'Adds a source that calls may come from, for all orgs, and answers its id';

CREATE FUNCTION loyalty.set_countries(org text, base_country text, supported_countries text[] DEFAULT '{}')
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_countries';
REVOKE ALL ON FUNCTION loyalty.set_countries FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_countries TO loyalty_admin;
COMMENT ON FUNCTION loyalty.set_countries IS
    'Sets the base country of an org and, in their order, the other countries whose mobiles it takes';

CREATE FUNCTION loyalty.create_store(org text, store text, name text)
    RETURNS int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_create_store';
REVOKE ALL ON FUNCTION loyalty.create_store FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.create_store TO loyalty_admin;
COMMENT ON FUNCTION loyalty.create_store IS
    'Creates a store of an org and answers its id';

CREATE FUNCTION loyalty.create_till(org text, till text, store text, program text DEFAULT NULL)
    RETURNS int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_create_till';
REVOKE ALL ON FUNCTION loyalty.create_till FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.create_till TO loyalty_admin;
COMMENT ON FUNCTION loyalty.create_till IS
    'Creates a till of a store, with the program it earns in unless a call names another, and answers its id';

CREATE FUNCTION loyalty.create_program(
    org text, program text, name text, is_default bool DEFAULT false, points_per_unit numeric DEFAULT 1,
    decimals int4 DEFAULT 0, rounding text DEFAULT 'half_up', expiry_unit text DEFAULT 'never',
    expiry_value int4 DEFAULT NULL, expiry_date date DEFAULT NULL, expiry_type text DEFAULT 'fixed',
    allow_negative_on_return bool DEFAULT false)
    RETURNS int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_create_program';
REVOKE ALL ON FUNCTION loyalty.create_program FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.create_program TO loyalty_admin;
COMMENT ON FUNCTION loyalty.create_program IS
    'Creates a loyalty program and answers its id; the first program of an org is its default';

CREATE FUNCTION loyalty.update_org(org text, name text DEFAULT NULL, time_zone text DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_update_org';
REVOKE ALL ON FUNCTION loyalty.update_org FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.update_org TO loyalty_admin;
COMMENT ON FUNCTION loyalty.update_org IS
    'Changes the name or the time zone of an org; what is posted stays as it is';

CREATE FUNCTION loyalty.update_store(org text, store text, name text)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_update_store';
REVOKE ALL ON FUNCTION loyalty.update_store FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.update_store TO loyalty_admin;
COMMENT ON FUNCTION loyalty.update_store IS
    'Changes the name of a store';

CREATE FUNCTION loyalty.update_till(
    org text, till text, clear_program bool DEFAULT false, program text DEFAULT NULL, store text DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_update_till';
REVOKE ALL ON FUNCTION loyalty.update_till FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.update_till TO loyalty_admin;
COMMENT ON FUNCTION loyalty.update_till IS
    'Moves a till to another store, or gives it another program or none; what was posted there stays as it is';

CREATE FUNCTION loyalty.update_program(
    org text, program text, name text DEFAULT NULL, is_default bool DEFAULT NULL, points_per_unit numeric DEFAULT NULL,
    decimals int4 DEFAULT NULL, rounding text DEFAULT NULL, expiry_unit text DEFAULT NULL,
    expiry_value int4 DEFAULT NULL, expiry_date date DEFAULT NULL, expiry_type text DEFAULT NULL,
    allow_negative_on_return bool DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_update_program';
REVOKE ALL ON FUNCTION loyalty.update_program FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.update_program TO loyalty_admin;
COMMENT ON FUNCTION loyalty.update_program IS
    'Changes a program for awards to come; points that exist keep their expiry';

CREATE FUNCTION loyalty.create_org_unit(org text, org_unit text, name text)
    RETURNS int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_create_org_unit';
REVOKE ALL ON FUNCTION loyalty.create_org_unit FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.create_org_unit TO loyalty_admin;
COMMENT ON FUNCTION loyalty.create_org_unit IS
    'Creates a unit of an org, such as a region or a brand of it, and answers its id';

CREATE FUNCTION loyalty.update_org_unit(org text, org_unit text, name text)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_update_org_unit';
REVOKE ALL ON FUNCTION loyalty.update_org_unit FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.update_org_unit TO loyalty_admin;
COMMENT ON FUNCTION loyalty.update_org_unit IS
    'Changes the name of a unit of an org';

CREATE FUNCTION loyalty.set_store_org_unit(org text, store text, org_unit text DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_store_org_unit';
REVOKE ALL ON FUNCTION loyalty.set_store_org_unit FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_store_org_unit TO loyalty_admin;
COMMENT ON FUNCTION loyalty.set_store_org_unit IS
    'Puts a store into a unit of its org, or into none';

CREATE FUNCTION loyalty.set_store_location(
    org text, store text, address text DEFAULT NULL, city text DEFAULT NULL, latitude float8 DEFAULT NULL,
    longitude float8 DEFAULT NULL, opening_hours text DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_store_location';
REVOKE ALL ON FUNCTION loyalty.set_store_location FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_store_location TO loyalty_admin;
COMMENT ON FUNCTION loyalty.set_store_location IS
    'Says where a store is and when it is open, for customers who ask; what is left out is not known';

CREATE FUNCTION loyalty.stores_near(org text, latitude float8, longitude float8, count int4 DEFAULT 5)
    RETURNS TABLE (store text, name text, address text, city text, latitude float8, longitude float8, opening_hours text,
        metres int8)
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_stores_near';
REVOKE ALL ON FUNCTION loyalty.stores_near FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.stores_near TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst, loyalty_gateway;
COMMENT ON FUNCTION loyalty.stores_near IS
    'The stores nearest to a place, with their distance';

CREATE FUNCTION loyalty.set_redemption_rules(
    org text, program text, points_per_currency_unit numeric DEFAULT NULL, minimum numeric DEFAULT NULL,
    maximum numeric DEFAULT NULL, multiple numeric DEFAULT NULL, balance_required numeric DEFAULT NULL,
    lifetime_points_required numeric DEFAULT NULL, per_day numeric DEFAULT NULL, per_week numeric DEFAULT NULL,
    per_month numeric DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_redemption_rules';
REVOKE ALL ON FUNCTION loyalty.set_redemption_rules FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_redemption_rules TO loyalty_admin;
COMMENT ON FUNCTION loyalty.set_redemption_rules IS
    'Sets what a program asks of a redemption; what is left out is not asked';

CREATE FUNCTION loyalty.set_transfer_rules(
    org text, program text, points_per_day numeric DEFAULT NULL, points_per_7_days numeric DEFAULT NULL,
    points_per_30_days numeric DEFAULT NULL, transfers_per_day int4 DEFAULT NULL,
    transfers_per_7_days int4 DEFAULT NULL, transfers_per_30_days int4 DEFAULT NULL, renew_expiry bool DEFAULT false,
    exclude_registration_awards bool DEFAULT true)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_transfer_rules';
REVOKE ALL ON FUNCTION loyalty.set_transfer_rules FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_transfer_rules TO loyalty_admin;
COMMENT ON FUNCTION loyalty.set_transfer_rules IS
    'Sets what a program asks of transfers between customers; what is left out is not asked';

CREATE FUNCTION loyalty.set_promised_rules(
    org text, program text, delay_days int4 DEFAULT 0, expiry_from text DEFAULT 'conversion')
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_promised_rules';
REVOKE ALL ON FUNCTION loyalty.set_promised_rules FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_promised_rules TO loyalty_admin;
COMMENT ON FUNCTION loyalty.set_promised_rules IS
    'How long promised points of a program wait, and whether they age from the conversion or from the award';

CREATE FUNCTION loyalty.set_config(org text, config_key text, config_value text)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_config';
REVOKE ALL ON FUNCTION loyalty.set_config FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_config TO loyalty_admin;
COMMENT ON FUNCTION loyalty.set_config IS
    'Sets a configuration key of an org; NULL goes back to the default';

CREATE FUNCTION loyalty.get_config(org text, config_key text)
    RETURNS text
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_get_config';
REVOKE ALL ON FUNCTION loyalty.get_config FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.get_config TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst, loyalty_gateway;
COMMENT ON FUNCTION loyalty.get_config IS
    'The value of a configuration key in an org: what was set, else the default';

CREATE FUNCTION loyalty.config_catalogue()
    RETURNS TABLE (
        config_key text, value_type text, default_value text, allowed text, description text)
    LANGUAGE C STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_config_catalogue';
REVOKE ALL ON FUNCTION loyalty.config_catalogue FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.config_catalogue TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst, loyalty_gateway;
COMMENT ON FUNCTION loyalty.config_catalogue IS
    'Every configuration key with type, default, allowed values and effect';

CREATE FUNCTION loyalty.grant_org(org text, role_name name)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_grant_org';
REVOKE ALL ON FUNCTION loyalty.grant_org FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.grant_org TO loyalty_admin;
COMMENT ON FUNCTION loyalty.grant_org IS
    'Lets a role, and its members, act in an org as far as their capability roles go';

CREATE FUNCTION loyalty.revoke_org(org text, role_name name)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_revoke_org';
REVOKE ALL ON FUNCTION loyalty.revoke_org FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.revoke_org TO loyalty_admin;
COMMENT ON FUNCTION loyalty.revoke_org IS
    'Takes back what grant_org gave';

CREATE FUNCTION loyalty.visible_orgs()
    RETURNS int4[]
    LANGUAGE C STABLE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'loyalty_visible_orgs';
REVOKE ALL ON FUNCTION loyalty.visible_orgs FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.visible_orgs TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst, loyalty_gateway;
COMMENT ON FUNCTION loyalty.visible_orgs IS
    'The ids of the orgs that the caller may see; every view filters by it';

CREATE FUNCTION loyalty.health_check()
    RETURNS TABLE (
        item text, value text)
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_health_check';
REVOKE ALL ON FUNCTION loyalty.health_check FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.health_check TO loyalty_admin;
COMMENT ON FUNCTION loyalty.health_check IS
    'What an operator asks first: version, key file, clock override, pg_cron, guards, orgs';

CREATE FUNCTION loyalty.verify_data(org text)
    RETURNS TABLE (invariant text, ok bool, detail text)
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_verify_data';
REVOKE ALL ON FUNCTION loyalty.verify_data FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.verify_data TO loyalty_admin, loyalty_analyst;
COMMENT ON FUNCTION loyalty.verify_data IS
    'Looks for rows of an org that name rows which are not there, and names the first one of each kind';
