-- An org is a brand: the tenant of everything else. The extension's reference data lives here.
CREATE TABLE loyalty.org (
    org_id          pg_catalog.int4 NOT NULL PRIMARY KEY,
    org             pg_catalog.text COLLATE "C" NOT NULL UNIQUE,
    name            pg_catalog.text NOT NULL,
    time_zone       pg_catalog.text NOT NULL,
    base_country    pg_catalog.text,
    created_at      pg_catalog.timestamptz NOT NULL,
    supported_countries pg_catalog.text[] NOT NULL DEFAULT '{}'
);

-- Configuration that differs from the default; the catalogue of keys is in config_rules.c.
CREATE TABLE loyalty.config (
    org_id          pg_catalog.int4 NOT NULL REFERENCES loyalty.org,
    config_key      pg_catalog.text COLLATE "C" NOT NULL,
    config_value    pg_catalog.text NOT NULL,
    PRIMARY KEY (org_id, config_key)
);

-- Who may act in an org, by role name: a restored backup finds the roles of its new cluster.
CREATE TABLE loyalty.org_access (
    org_id          pg_catalog.int4 NOT NULL REFERENCES loyalty.org,
    role_name       pg_catalog.name NOT NULL,
    PRIMARY KEY (org_id, role_name)
);

CREATE TABLE loyalty.store (
    org_id          pg_catalog.int4 NOT NULL REFERENCES loyalty.org,
    store_id        pg_catalog.int4 NOT NULL,
    store           pg_catalog.text COLLATE "C" NOT NULL,
    name            pg_catalog.text NOT NULL,
    PRIMARY KEY (org_id, store_id),
    UNIQUE (org_id, store)
);

CREATE TABLE loyalty.program (
    org_id          pg_catalog.int4 NOT NULL REFERENCES loyalty.org,
    program_id      pg_catalog.int4 NOT NULL,
    program         pg_catalog.text COLLATE "C" NOT NULL,
    name            pg_catalog.text NOT NULL,
    is_default      pg_catalog.bool NOT NULL,
    points_per_unit pg_catalog.numeric(18,6) NOT NULL,
    decimals        pg_catalog.int4 NOT NULL,
    rounding        pg_catalog.text NOT NULL,
    expiry_unit     pg_catalog.text NOT NULL,
    expiry_value    pg_catalog.int4,
    expiry_date     pg_catalog.date,
    expiry_type     pg_catalog.text NOT NULL,
    allow_negative_on_return pg_catalog.bool NOT NULL,
    promised_days   pg_catalog.int4 NOT NULL DEFAULT 0,
    promised_expiry_from_award pg_catalog.bool NOT NULL DEFAULT false,
    PRIMARY KEY (org_id, program_id),
    UNIQUE (org_id, program)
);
CREATE UNIQUE INDEX program_default ON loyalty.program (org_id) WHERE is_default;

CREATE TABLE loyalty.till (
    org_id          pg_catalog.int4 NOT NULL REFERENCES loyalty.org,
    till_id         pg_catalog.int4 NOT NULL,
    till            pg_catalog.text COLLATE "C" NOT NULL,
    store_id        pg_catalog.int4 NOT NULL,
    program_id      pg_catalog.int4,
    PRIMARY KEY (org_id, till_id),
    UNIQUE (org_id, till),
    FOREIGN KEY (org_id, store_id) REFERENCES loyalty.store,
    FOREIGN KEY (org_id, program_id) REFERENCES loyalty.program
);

REVOKE ALL ON TABLE loyalty.org, loyalty.config, loyalty.org_access, loyalty.store, loyalty.program, loyalty.till
    FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('loyalty.org', '');
SELECT pg_catalog.pg_extension_config_dump('loyalty.config', '');
SELECT pg_catalog.pg_extension_config_dump('loyalty.org_access', '');
SELECT pg_catalog.pg_extension_config_dump('loyalty.store', '');
SELECT pg_catalog.pg_extension_config_dump('loyalty.program', '');
SELECT pg_catalog.pg_extension_config_dump('loyalty.till', '');

-- A change of reference data reaches every backend's cache when it commits.
CREATE FUNCTION loyalty.org_changed() RETURNS pg_catalog.trigger
    LANGUAGE C AS 'MODULE_PATHNAME', 'loyalty_org_changed';
REVOKE ALL ON FUNCTION loyalty.org_changed() FROM PUBLIC;
COMMENT ON FUNCTION loyalty.org_changed() IS
    'Trigger: drops the cached configuration of every backend when the change commits';

CREATE TRIGGER org_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON loyalty.org
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty.org_changed();
CREATE TRIGGER org_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON loyalty.config
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty.org_changed();
CREATE TRIGGER org_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON loyalty.org_access
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty.org_changed();
CREATE TRIGGER org_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON loyalty.store
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty.org_changed();
CREATE TRIGGER org_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON loyalty.program
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty.org_changed();
CREATE TRIGGER org_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON loyalty.till
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty.org_changed();
CREATE TRIGGER org_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON loyalty.source
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty.org_changed();
ALTER TABLE loyalty.org ENABLE ALWAYS TRIGGER org_changed;
ALTER TABLE loyalty.config ENABLE ALWAYS TRIGGER org_changed;
ALTER TABLE loyalty.org_access ENABLE ALWAYS TRIGGER org_changed;
ALTER TABLE loyalty.store ENABLE ALWAYS TRIGGER org_changed;
ALTER TABLE loyalty.program ENABLE ALWAYS TRIGGER org_changed;
ALTER TABLE loyalty.till ENABLE ALWAYS TRIGGER org_changed;
ALTER TABLE loyalty.source ENABLE ALWAYS TRIGGER org_changed;
