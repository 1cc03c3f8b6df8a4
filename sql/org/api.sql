CREATE FUNCTION loyalty.create_org(
    org pg_catalog.text, name pg_catalog.text, time_zone pg_catalog.text DEFAULT 'UTC',
    base_country pg_catalog.text DEFAULT NULL, currency_code pg_catalog.text DEFAULT NULL,
    currency_symbol pg_catalog.text DEFAULT NULL)
    RETURNS pg_catalog.int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_create_org';
REVOKE ALL ON FUNCTION loyalty.create_org(text, text, text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.create_org(text, text, text, text, text, text) TO loyalty_admin;
COMMENT ON FUNCTION loyalty.create_org(text, text, text, text, text, text) IS
    'Creates an org, grants it to the caller and answers its id';

CREATE FUNCTION loyalty.set_countries(
    org pg_catalog.text, base_country pg_catalog.text, supported_countries pg_catalog.text[] DEFAULT '{}')
    RETURNS pg_catalog.void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_countries';
REVOKE ALL ON FUNCTION loyalty.set_countries(text, text, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_countries(text, text, text[]) TO loyalty_admin;
COMMENT ON FUNCTION loyalty.set_countries(text, text, text[]) IS
    'Sets the base country of an org and, in their order, the other countries whose mobiles it takes';

CREATE FUNCTION loyalty.create_store(org pg_catalog.text, store pg_catalog.text, name pg_catalog.text)
    RETURNS pg_catalog.int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_create_store';
REVOKE ALL ON FUNCTION loyalty.create_store(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.create_store(text, text, text) TO loyalty_admin;
COMMENT ON FUNCTION loyalty.create_store(text, text, text) IS
    'Creates a store of an org and answers its id';

CREATE FUNCTION loyalty.create_till(
    org pg_catalog.text, till pg_catalog.text, store pg_catalog.text, program pg_catalog.text DEFAULT NULL)
    RETURNS pg_catalog.int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_create_till';
REVOKE ALL ON FUNCTION loyalty.create_till(text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.create_till(text, text, text, text) TO loyalty_admin;
COMMENT ON FUNCTION loyalty.create_till(text, text, text, text) IS
    'Creates a till of a store, with the program it earns in unless a call names another, and answers its id';

CREATE FUNCTION loyalty.create_program(
    org pg_catalog.text, program pg_catalog.text, name pg_catalog.text, is_default pg_catalog.bool DEFAULT false,
    points_per_unit pg_catalog.numeric DEFAULT 1, decimals pg_catalog.int4 DEFAULT 0,
    rounding pg_catalog.text DEFAULT 'half_up', expiry_unit pg_catalog.text DEFAULT 'never',
    expiry_value pg_catalog.int4 DEFAULT NULL, expiry_date pg_catalog.date DEFAULT NULL,
    expiry_type pg_catalog.text DEFAULT 'fixed', allow_negative_on_return pg_catalog.bool DEFAULT false)
    RETURNS pg_catalog.int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_create_program';
REVOKE ALL ON FUNCTION loyalty.create_program(text, text, text, bool, numeric, int4, text, text, int4, date, text, bool)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    loyalty.create_program(text, text, text, bool, numeric, int4, text, text, int4, date, text, bool) TO loyalty_admin;
COMMENT ON FUNCTION
    loyalty.create_program(text, text, text, bool, numeric, int4, text, text, int4, date, text, bool) IS
    'Creates a loyalty program and answers its id; the first program of an org is its default';

CREATE FUNCTION loyalty.set_promised_rules(
    org pg_catalog.text, program pg_catalog.text, delay_days pg_catalog.int4 DEFAULT 0,
    expiry_from pg_catalog.text DEFAULT 'conversion')
    RETURNS pg_catalog.void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_promised_rules';
REVOKE ALL ON FUNCTION loyalty.set_promised_rules(text, text, int4, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_promised_rules(text, text, int4, text) TO loyalty_admin;
COMMENT ON FUNCTION loyalty.set_promised_rules(text, text, int4, text) IS
    'How long promised points of a program wait, and whether they age from the conversion or from the award';

CREATE FUNCTION loyalty.set_config(org pg_catalog.text, key pg_catalog.text, value pg_catalog.text)
    RETURNS pg_catalog.void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_config';
REVOKE ALL ON FUNCTION loyalty.set_config(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_config(text, text, text) TO loyalty_admin;
COMMENT ON FUNCTION loyalty.set_config(text, text, text) IS
    'Sets a configuration key of an org; NULL goes back to the default';

CREATE FUNCTION loyalty.get_config(org pg_catalog.text, key pg_catalog.text) RETURNS pg_catalog.text
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_get_config';
REVOKE ALL ON FUNCTION loyalty.get_config(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.get_config(text, text) TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON FUNCTION loyalty.get_config(text, text) IS
    'The value of a configuration key in an org: what was set, else the default';

CREATE FUNCTION loyalty.config_catalogue(
    OUT config_key pg_catalog.text, OUT value_type pg_catalog.text, OUT default_value pg_catalog.text,
    OUT allowed pg_catalog.text, OUT description pg_catalog.text)
    RETURNS SETOF pg_catalog.record
    LANGUAGE C STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_config_catalogue';
REVOKE ALL ON FUNCTION loyalty.config_catalogue() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.config_catalogue() TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON FUNCTION loyalty.config_catalogue() IS
    'Every configuration key with type, default, allowed values and effect';

CREATE FUNCTION loyalty.grant_org(org pg_catalog.text, role_name pg_catalog.name) RETURNS pg_catalog.void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_grant_org';
REVOKE ALL ON FUNCTION loyalty.grant_org(text, name) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.grant_org(text, name) TO loyalty_admin;
COMMENT ON FUNCTION loyalty.grant_org(text, name) IS
    'Lets a role, and its members, act in an org as far as their capability roles go';

CREATE FUNCTION loyalty.revoke_org(org pg_catalog.text, role_name pg_catalog.name) RETURNS pg_catalog.void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_revoke_org';
REVOKE ALL ON FUNCTION loyalty.revoke_org(text, name) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.revoke_org(text, name) TO loyalty_admin;
COMMENT ON FUNCTION loyalty.revoke_org(text, name) IS
    'Takes back what grant_org gave';

CREATE FUNCTION loyalty.visible_orgs() RETURNS pg_catalog.int4[]
    LANGUAGE C STABLE PARALLEL RESTRICTED AS 'MODULE_PATHNAME', 'loyalty_visible_orgs';
REVOKE ALL ON FUNCTION loyalty.visible_orgs() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.visible_orgs() TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON FUNCTION loyalty.visible_orgs() IS
    'The ids of the orgs that the caller may see; every view filters by it';

CREATE FUNCTION loyalty.health_check(OUT item pg_catalog.text, OUT value pg_catalog.text)
    RETURNS SETOF pg_catalog.record
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_health_check';
REVOKE ALL ON FUNCTION loyalty.health_check() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.health_check() TO loyalty_admin;
COMMENT ON FUNCTION loyalty.health_check() IS
    'What an operator asks first: version, key file, clock override, pg_cron, orgs';
