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
    base_till_id            pg_catalog.int4,
    test_control            pg_catalog."char",
    merged_ids              pg_catalog.int8[],
    fraud_status            pg_catalog."char",
    status_label_id         pg_catalog.int4,
    erased_at               pg_catalog.timestamptz,
    PRIMARY KEY (org_id, customer_id),
    CONSTRAINT customer_loyalty_type CHECK (loyalty_type OPERATOR(pg_catalog.=) ANY ('{l,n}'::pg_catalog."char"[])),
    CONSTRAINT customer_test_control CHECK (test_control OPERATOR(pg_catalog.=) ANY ('{t,c}'::pg_catalog."char"[])),
    CONSTRAINT customer_fraud_status CHECK (
        fraud_status OPERATOR(pg_catalog.=) ANY ('{n,m,c,r,i}'::pg_catalog."char"[]))
);
COMMENT ON COLUMN loyalty.customer.loyalty_type IS 'l: loyalty, n: non_loyalty';
COMMENT ON COLUMN loyalty.customer.fraud_status IS
    'n: not_fraud, m: marked, c: confirmed, r: reconfirmed, i: internal; NULL: not_fraud, or the org uses the customer status';
COMMENT ON COLUMN loyalty.customer.status_label_id IS 'NULL: the built-in label of active';
COMMENT ON COLUMN loyalty.customer.erased_at IS 'When the person behind the customer was deleted for good';
COMMENT ON COLUMN loyalty.customer.test_control IS 't: test, c: control, as set by hand; NULL: by the org''s percentage';

COMMENT ON COLUMN loyalty.customer.merged_into IS
    'The root of its merge group, path-compressed: never itself merged; NULL: not merged';
COMMENT ON COLUMN loyalty.customer.merged_ids IS
    'Those who were merged into it, directly or not, ascending; NULL: nobody. Its group is found without a search';

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
CREATE TABLE loyalty.profile (
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
    cuid            pg_catalog.text,
    PRIMARY KEY (org_id, customer_id, source_id, account_id),
    FOREIGN KEY (org_id, customer_id) REFERENCES loyalty.customer
);

-- How a customer can be reached; one address of a channel is the primary one.
CREATE TABLE loyalty.channel (
    org_id          pg_catalog.int4 NOT NULL,
    customer_id     pg_catalog.int8 NOT NULL,
    channel         pg_catalog.text COLLATE "C" NOT NULL,
    address         pg_catalog.text COLLATE "C" NOT NULL,
    source_id       pg_catalog.int2 NOT NULL,
    account_id      pg_catalog.text COLLATE "C" NOT NULL,
    is_verified     pg_catalog.bool NOT NULL,
    is_primary      pg_catalog.bool NOT NULL,
    updated_at      pg_catalog.timestamptz NOT NULL,
    PRIMARY KEY (org_id, customer_id, channel, address),
    FOREIGN KEY (org_id, customer_id) REFERENCES loyalty.customer
);

-- What a customer agreed to, every change of it; the highest number is in force. Source 0: whatever the source.
CREATE TABLE loyalty.subscription (
    org_id          pg_catalog.int4 NOT NULL,
    customer_id     pg_catalog.int8 NOT NULL,
    channel         pg_catalog.text COLLATE "C" NOT NULL,
    source_id       pg_catalog.int2 NOT NULL,
    purpose         pg_catalog.text COLLATE "C" NOT NULL,
    consent_no      pg_catalog.int4 NOT NULL,
    opted_in        pg_catalog.bool NOT NULL,
    consented_at    pg_catalog.timestamptz NOT NULL,
    recorded_at     pg_catalog.timestamptz NOT NULL,
    consent_source  pg_catalog.text,
    PRIMARY KEY (org_id, customer_id, channel, source_id, purpose, consent_no),
    FOREIGN KEY (org_id, customer_id) REFERENCES loyalty.customer
);

-- The fields that an org keeps of its customers (reference data).
CREATE TABLE loyalty.field (
    org_id          pg_catalog.int4 NOT NULL REFERENCES loyalty.org,
    field_id        pg_catalog.int4 NOT NULL,
    kind            pg_catalog.text COLLATE "C" NOT NULL,
    entity          pg_catalog.text COLLATE "C" NOT NULL,
    name            pg_catalog.text COLLATE "C" NOT NULL,
    data_type       pg_catalog.text COLLATE "C" NOT NULL,
    is_required     pg_catalog.bool NOT NULL,
    allowed_values  pg_catalog.text[],
    PRIMARY KEY (org_id, field_id),
    UNIQUE (org_id, entity, kind, name)
);

-- Their values: a row each, so that views show them and an index finds them. Dates and times are in ISO 8601 and
-- sort as text; numbers are in the number column, too.
CREATE TABLE loyalty.customer_field (
    org_id          pg_catalog.int4 NOT NULL,
    customer_id     pg_catalog.int8 NOT NULL,
    field_id        pg_catalog.int4 NOT NULL,
    field_value     pg_catalog.text COLLATE "C" NOT NULL,
    number_value    pg_catalog.numeric,
    updated_at      pg_catalog.timestamptz NOT NULL,
    PRIMARY KEY (org_id, customer_id, field_id),
    FOREIGN KEY (org_id, customer_id) REFERENCES loyalty.customer
);
CREATE INDEX customer_field_value ON loyalty.customer_field (org_id, field_id, field_value);
CREATE INDEX customer_field_number ON loyalty.customer_field (org_id, field_id, number_value)
    WHERE number_value IS NOT NULL;

-- What the do-not-call register says of a mobile, whoever has it.
CREATE TABLE loyalty.mobile_ndnc (
    org_id          pg_catalog.int4 NOT NULL,
    mobile          pg_catalog.text COLLATE "C" NOT NULL,
    status          pg_catalog.text COLLATE "C" NOT NULL,
    updated_at      pg_catalog.timestamptz NOT NULL,
    PRIMARY KEY (org_id, mobile)
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
CREATE INDEX registration_request_customer ON loyalty.registration_request (org_id, customer_id);

REVOKE ALL ON TABLE loyalty.customer, loyalty.identifier, loyalty.customer_identifier, loyalty.profile,
    loyalty.channel, loyalty.subscription, loyalty.field, loyalty.customer_field, loyalty.mobile_ndnc,
    loyalty.registration_request FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('loyalty.customer', '');
SELECT pg_catalog.pg_extension_config_dump('loyalty.identifier', '');
SELECT pg_catalog.pg_extension_config_dump('loyalty.customer_identifier', '');
SELECT pg_catalog.pg_extension_config_dump('loyalty.profile', '');
SELECT pg_catalog.pg_extension_config_dump('loyalty.channel', '');
SELECT pg_catalog.pg_extension_config_dump('loyalty.subscription', '');
SELECT pg_catalog.pg_extension_config_dump('loyalty.field', '');
SELECT pg_catalog.pg_extension_config_dump('loyalty.customer_field', '');
SELECT pg_catalog.pg_extension_config_dump('loyalty.mobile_ndnc', '');
SELECT pg_catalog.pg_extension_config_dump('loyalty.registration_request', '');
