CREATE TABLE loyalty_data.merge_record (
    org_id              int4 NOT NULL,
    customer_id         int8 NOT NULL,
    merge_id            int8 NOT NULL,
    survivor_id         int8 NOT NULL,
    event_time          timestamptz NOT NULL,
    recorded_at         timestamptz NOT NULL,
    till_id             int4,
    origin              "char" NOT NULL,
    request_digest      int8,
    idempotency_digest  uuid,
    warnings            text[] NOT NULL,
    reason              text,
    actor               text,
    PRIMARY KEY (org_id, customer_id),
    CONSTRAINT merge_record_origin CHECK (origin = ANY ('{c,r,q}'::"char"[]))
);
COMMENT ON TABLE loyalty_data.merge_record IS
    'A merge, kept with the victim: nobody is merged twice. Free text and values can be erased';
COMMENT ON COLUMN loyalty_data.merge_record.customer_id IS 'The victim';
COMMENT ON COLUMN loyalty_data.merge_record.origin IS 'c: merge_customers, r: a registration, q: a change request';

CREATE TABLE loyalty_data.merge_line (
    org_id              int4 NOT NULL,
    customer_id         int8 NOT NULL,
    line_no             int4 NOT NULL,
    participant         text NOT NULL,
    item                text NOT NULL,
    survivor_value      text,
    victim_value        text,
    final_value         text,
    rule                text NOT NULL,
    warning             text,
    PRIMARY KEY (org_id, customer_id, line_no)
);
COMMENT ON TABLE loyalty_data.merge_line IS
    'What each participant had and what the survivor has of it, as decided and as checked before the commit';

INSERT INTO loyalty_data.table_distribution VALUES
    ('merge_line', 'customer', 'customer_id'),
    ('merge_record', 'customer', 'customer_id');
