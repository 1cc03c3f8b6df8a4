-- A merge, kept with the victim: nobody is merged twice. Free text and values can be erased.
CREATE TABLE loyalty.merge_record (
    org_id              pg_catalog.int4 NOT NULL,
    customer_id         pg_catalog.int8 NOT NULL,
    merge_id            pg_catalog.int8 NOT NULL,
    survivor_id         pg_catalog.int8 NOT NULL,
    event_time          pg_catalog.timestamptz NOT NULL,
    recorded_at         pg_catalog.timestamptz NOT NULL,
    till_id             pg_catalog.int4,
    origin              pg_catalog."char" NOT NULL,
    request_digest      pg_catalog.int8,
    idempotency_digest  pg_catalog.uuid,
    warnings            pg_catalog.text[] NOT NULL,
    reason              pg_catalog.text,
    actor               pg_catalog.text,
    PRIMARY KEY (org_id, customer_id),
    FOREIGN KEY (org_id, customer_id) REFERENCES loyalty.customer,
    CONSTRAINT merge_record_origin CHECK (origin OPERATOR(pg_catalog.=) ANY ('{c,r}'::pg_catalog."char"[]))
);
COMMENT ON COLUMN loyalty.merge_record.customer_id IS 'The victim';
COMMENT ON COLUMN loyalty.merge_record.origin IS 'c: merge_customers, r: a registration';

-- What each participant had and what the survivor has of it, as decided and as checked before the commit.
CREATE TABLE loyalty.merge_line (
    org_id              pg_catalog.int4 NOT NULL,
    customer_id         pg_catalog.int8 NOT NULL,
    line_no             pg_catalog.int4 NOT NULL,
    participant         pg_catalog.text NOT NULL,
    item                pg_catalog.text NOT NULL,
    survivor_value      pg_catalog.text,
    victim_value        pg_catalog.text,
    final_value         pg_catalog.text,
    rule                pg_catalog.text NOT NULL,
    warning             pg_catalog.text,
    PRIMARY KEY (org_id, customer_id, line_no),
    FOREIGN KEY (org_id, customer_id) REFERENCES loyalty.merge_record
);

REVOKE ALL ON TABLE loyalty.merge_record, loyalty.merge_line FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('loyalty.merge_record', '');
SELECT pg_catalog.pg_extension_config_dump('loyalty.merge_line', '');
