-- A customer of an org. Rows stay under the id they were written for; merged_into names the owner after a merge.
CREATE TABLE loyalty.customer (
    customer_id             pg_catalog.int8 NOT NULL,
    registered_on           pg_catalog.timestamptz NOT NULL,
    recorded_at             pg_catalog.timestamptz NOT NULL,
    org_id                  pg_catalog.int4 NOT NULL REFERENCES loyalty.org,
    registered_till_id      pg_catalog.int4,
    registered_source_id    pg_catalog.int2 NOT NULL,
    loyalty_type            pg_catalog."char" NOT NULL,
    merged_into             pg_catalog.int8,
    PRIMARY KEY (org_id, customer_id),
    CONSTRAINT customer_loyalty_type CHECK (loyalty_type OPERATOR(pg_catalog.=) ANY ('{l,n}'::pg_catalog."char"[]))
);
COMMENT ON COLUMN loyalty.customer.loyalty_type IS 'l: loyalty, n: non_loyalty';

-- Identifiers that are keys: what finds a customer. Keyed by the value, so that registrations race on the index.
-- customer_id is the owner now: the root of its merge group.
CREATE TABLE loyalty.identifier (
    org_id              pg_catalog.int4 NOT NULL,
    identifier_type     pg_catalog.text COLLATE "C" NOT NULL,
    identifier_value    pg_catalog.text COLLATE "C" NOT NULL,
    customer_id         pg_catalog.int8 NOT NULL,
    PRIMARY KEY (org_id, identifier_type, identifier_value),
    CONSTRAINT identifier_shape CHECK (CASE
        WHEN identifier_type OPERATOR(pg_catalog.=) 'mobile'
            THEN identifier_value OPERATOR(pg_catalog.~) '^[+][1-9][0-9]{2,14}$'
        WHEN identifier_type OPERATOR(pg_catalog.=) 'email'
            THEN identifier_value OPERATOR(pg_catalog.~) '^[^@A-Z[:space:]]+@[^@A-Z[:space:]]+$'
        ELSE identifier_value OPERATOR(pg_catalog.<>) '' END)
);

-- Every identifier that a customer holds or held, contact data included.
CREATE TABLE loyalty.customer_identifier (
    org_id              pg_catalog.int4 NOT NULL,
    customer_id         pg_catalog.int8 NOT NULL,
    identifier_type     pg_catalog.text COLLATE "C" NOT NULL,
    identifier_value    pg_catalog.text COLLATE "C" NOT NULL,
    held_from           pg_catalog.timestamptz NOT NULL,
    held_until          pg_catalog.timestamptz,
    reason              pg_catalog.text,
    PRIMARY KEY (org_id, customer_id, identifier_type, identifier_value, held_from),
    FOREIGN KEY (org_id, customer_id) REFERENCES loyalty.customer
);
CREATE INDEX customer_identifier_value ON loyalty.customer_identifier (org_id, identifier_type, identifier_value)
    WHERE held_until IS NULL;

-- What one source knows of a customer; account_id is '' where the org has one account of that source.
CREATE TABLE loyalty.customer_profile (
    org_id          pg_catalog.int4 NOT NULL,
    customer_id     pg_catalog.int8 NOT NULL,
    source_id       pg_catalog.int2 NOT NULL,
    account_id      pg_catalog.text COLLATE "C" NOT NULL,
    first_name      pg_catalog.text,
    last_name       pg_catalog.text,
    mobile          pg_catalog.text,
    email           pg_catalog.text,
    external_id     pg_catalog.text,
    updated_at      pg_catalog.timestamptz NOT NULL,
    PRIMARY KEY (org_id, customer_id, source_id, account_id),
    FOREIGN KEY (org_id, customer_id) REFERENCES loyalty.customer
);

-- Registrations that came with an idempotency key, and their first answer. Scoped to the org.
CREATE TABLE loyalty.registration_request (
    org_id              pg_catalog.int4 NOT NULL,
    idempotency_digest  pg_catalog.uuid NOT NULL,
    request_digest      pg_catalog.int8 NOT NULL,
    customer_id         pg_catalog.int8 NOT NULL,
    outcome             pg_catalog.text NOT NULL,
    warnings            pg_catalog.text[] NOT NULL,
    PRIMARY KEY (org_id, idempotency_digest)
);

REVOKE ALL ON TABLE loyalty.customer, loyalty.identifier, loyalty.customer_identifier, loyalty.customer_profile,
    loyalty.registration_request FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('loyalty.customer', '');
SELECT pg_catalog.pg_extension_config_dump('loyalty.identifier', '');
SELECT pg_catalog.pg_extension_config_dump('loyalty.customer_identifier', '');
SELECT pg_catalog.pg_extension_config_dump('loyalty.customer_profile', '');
SELECT pg_catalog.pg_extension_config_dump('loyalty.registration_request', '');
