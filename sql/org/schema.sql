CREATE TABLE loyalty_data.org (
    org_id          int4 NOT NULL PRIMARY KEY,
    org             text COLLATE "C" NOT NULL UNIQUE,
    name            text NOT NULL,
    time_zone       text NOT NULL,
    base_country    text,
    created_at      timestamptz NOT NULL,
    supported_countries text[] NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE loyalty_data.org IS
    'An org is a brand: the tenant of everything else. The extension''s reference data lives here';

CREATE TABLE loyalty_data.config (
    org_id          int4 NOT NULL,
    config_key      text COLLATE "C" NOT NULL,
    config_value    text NOT NULL,
    PRIMARY KEY (org_id, config_key)
);
COMMENT ON TABLE loyalty_data.config IS
    'Configuration that differs from the default; the catalogue of keys is in config_rules.c';

CREATE TABLE loyalty_data.org_access (
    org_id          int4 NOT NULL,
    role_name       name NOT NULL,
    PRIMARY KEY (org_id, role_name)
);
COMMENT ON TABLE loyalty_data.org_access IS
    'Who may act in an org, by role name: a restored backup finds the roles of its new cluster';

CREATE TABLE loyalty_data.store (
    org_id          int4 NOT NULL,
    store_id        int4 NOT NULL,
    store           text COLLATE "C" NOT NULL,
    name            text NOT NULL,
    org_unit_id     int4,
    latitude        float8,
    longitude       float8,
    address         text,
    city            text,
    opening_hours   text,
    PRIMARY KEY (org_id, store_id),
    UNIQUE (org_id, store),
    CONSTRAINT store_place CHECK ((latitude IS NULL) = (longitude IS NULL)
        AND latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180)
);
COMMENT ON TABLE loyalty_data.store IS
    'A store of an org';
COMMENT ON COLUMN loyalty_data.store.address IS 'Where customers find it, as they would write it; NULL: not known';

CREATE TABLE loyalty_data.org_unit (
    org_id          int4 NOT NULL,
    org_unit_id     int4 NOT NULL,
    org_unit        text COLLATE "C" NOT NULL,
    name            text NOT NULL,
    PRIMARY KEY (org_id, org_unit_id),
    UNIQUE (org_id, org_unit)
);
COMMENT ON TABLE loyalty_data.org_unit IS
    'A unit of an org, such as a region or a brand of it, which has stores and senders of its own';

CREATE TABLE loyalty_data.program (
    org_id          int4 NOT NULL,
    program_id      int4 NOT NULL,
    program         text COLLATE "C" NOT NULL,
    name            text NOT NULL,
    is_default      bool NOT NULL,
    points_per_unit numeric(18,6) NOT NULL,
    decimals        int4 NOT NULL,
    rounding        text NOT NULL,
    expiry_unit     text NOT NULL,
    expiry_value    int4,
    expiry_date     date,
    expiry_type     text NOT NULL,
    allow_negative_on_return bool NOT NULL,
    promised_days   int4 NOT NULL DEFAULT 0,
    promised_expiry_from_award bool NOT NULL DEFAULT false,
    PRIMARY KEY (org_id, program_id),
    UNIQUE (org_id, program)
);
COMMENT ON TABLE loyalty_data.program IS
    'A loyalty program of an org: what it gives for a bill, and when its points expire';
CREATE UNIQUE INDEX program_default ON loyalty_data.program (org_id) WHERE is_default;

CREATE TABLE loyalty_data.program_limit (
    org_id          int4 NOT NULL,
    program_id      int4 NOT NULL,
    points_per_currency_unit numeric(18,3),
    redemption_minimum  numeric(18,3),
    redemption_maximum  numeric(18,3),
    redemption_multiple numeric(18,3),
    redemption_balance  numeric(18,3),
    redemption_lifetime numeric(18,3),
    redemption_per_day  numeric(18,3),
    redemption_per_week numeric(18,3),
    redemption_per_month numeric(18,3),
    transfer_points_1   numeric(18,3),
    transfer_points_7   numeric(18,3),
    transfer_points_30  numeric(18,3),
    transfers_1         int4,
    transfers_7         int4,
    transfers_30        int4,
    transfer_renews_expiry bool NOT NULL DEFAULT false,
    transfer_spares_registration bool NOT NULL DEFAULT true,
    PRIMARY KEY (org_id, program_id)
);
COMMENT ON TABLE loyalty_data.program_limit IS
    'What a program asks of redemptions and transfers; NULL: no such rule';

CREATE TABLE loyalty_data.till (
    org_id          int4 NOT NULL,
    till_id         int4 NOT NULL,
    till            text COLLATE "C" NOT NULL,
    store_id        int4 NOT NULL,
    program_id      int4,
    PRIMARY KEY (org_id, till_id),
    UNIQUE (org_id, till)
);
COMMENT ON TABLE loyalty_data.till IS
    'A till of a store, or another place where calls come from';

-- A change of reference data reaches every backend's cache when it commits.
CREATE FUNCTION loyalty_data.org_changed() RETURNS trigger
    LANGUAGE C AS 'MODULE_PATHNAME', 'loyalty_org_changed';
REVOKE ALL ON FUNCTION loyalty_data.org_changed FROM PUBLIC;
COMMENT ON FUNCTION loyalty_data.org_changed IS
    'Trigger: drops the cached configuration of every backend when the change commits';

DO $triggers$
DECLARE
    cached regclass;
BEGIN
    FOREACH cached IN ARRAY '{loyalty_data.org, loyalty_data.config, loyalty_data.org_access, loyalty_data.store,
        loyalty_data.program, loyalty_data.program_limit, loyalty_data.till, loyalty_data.source}'::regclass[] LOOP
        EXECUTE format('CREATE TRIGGER org_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s'
            ' FOR EACH STATEMENT EXECUTE FUNCTION loyalty_data.org_changed()', cached);
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER org_changed', cached);
    END LOOP;
END
$triggers$;

INSERT INTO loyalty_data.table_distribution VALUES
    ('config', 'reference', NULL),
    ('org', 'reference', NULL),
    ('org_access', 'reference', NULL),
    ('org_unit', 'reference', NULL),
    ('program', 'reference', NULL),
    ('program_limit', 'reference', NULL),
    ('store', 'reference', NULL),
    ('till', 'reference', NULL);
