CREATE TABLE loyalty_data.use_limit (
    org_id          int4 NOT NULL,
    limit_id        int4 NOT NULL,
    owner_id        int4 NOT NULL,
    change_no       int4 NOT NULL,
    kind            "char" NOT NULL,
    maximum         int8,
    notify_at       int8,
    notified_at     timestamptz,
    exhausted_at    timestamptz,
    code            text COLLATE "C",
    PRIMARY KEY (org_id, limit_id)
);
COMMENT ON TABLE loyalty_data.use_limit IS
    'How often something may be used. One in total has slots, whose remaining uses add up to what is left; one of a customer is '
    'counted in customer_use';
COMMENT ON COLUMN loyalty_data.use_limit.owner_id IS 'The promotion, or the series, which are numbered together';
COMMENT ON COLUMN loyalty_data.use_limit.change_no IS 'How often there became more or less of it; contacts are told anew after each';
COMMENT ON COLUMN loyalty_data.use_limit.kind IS
    't: redemptions in total, c: redemptions of one code, i: coupons issued, u: redemptions of a customer, h: coupons of a customer';
COMMENT ON COLUMN loyalty_data.use_limit.maximum IS 'NULL: none, though uses are counted, as slots have 10^18 then';
COMMENT ON COLUMN loyalty_data.use_limit.notify_at IS 'Contacts are told once when no more than that is left; NULL: never';
COMMENT ON COLUMN loyalty_data.use_limit.notified_at IS 'NULL: they were not told';
COMMENT ON COLUMN loyalty_data.use_limit.exhausted_at IS 'When contacts were told that nothing is left; NULL: they were not';
COMMENT ON COLUMN loyalty_data.use_limit.code IS 'In its normal form; NULL: whatever code';
CREATE INDEX use_limit_owner ON loyalty_data.use_limit (org_id, owner_id);

CREATE TABLE loyalty_data.limit_slot (
    org_id          int4 NOT NULL,
    limit_id        int4 NOT NULL,
    slot_no         int4 NOT NULL,
    remaining       int8 NOT NULL,
    PRIMARY KEY (org_id, limit_id, slot_no),
    CONSTRAINT limit_slot_remaining CHECK (remaining >= 0)
) WITH (fillfactor = 50);
COMMENT ON TABLE loyalty_data.limit_slot IS
    'A part of what a limit has left: uses take from whichever nobody else holds, so that a limit is exact and no row is hot';

CREATE TABLE loyalty_data.customer_use (
    customer_id     int8 NOT NULL,
    used            int8 NOT NULL,
    org_id          int4 NOT NULL,
    limit_id        int4 NOT NULL,
    PRIMARY KEY (org_id, customer_id, limit_id),
    CONSTRAINT customer_use_used CHECK (used >= 0)
);
COMMENT ON TABLE loyalty_data.customer_use IS
    'How often a customer used what has a limit for each customer; a merge group counts together';

CREATE TABLE loyalty_data.incentive_use (
    customer_id         int8 NOT NULL,
    use_id              int8 NOT NULL,
    event_time          timestamptz NOT NULL,
    recorded_at         timestamptz NOT NULL,
    coupon_id           int8,
    transaction_id      int8,
    coupon_customer_id  int8,
    org_id              int4 NOT NULL,
    promotion_id        int4 NOT NULL,
    version             int4 NOT NULL,
    series_id           int4,
    till_id             int4,
    store_id            int4,
    source_id           int2 NOT NULL,
    kind                "char" NOT NULL,
    bill_amount         numeric(18,3),
    discount            numeric(18,3) NOT NULL,
    code                text COLLATE "C",
    transaction_number  text COLLATE "C",
    PRIMARY KEY (org_id, customer_id, use_id)
);
COMMENT ON TABLE loyalty_data.incentive_use IS
    'A promotion or coupon was used, and counted against its limits. Rows never change; customer 0 is nobody';
COMMENT ON COLUMN loyalty_data.incentive_use.kind IS 'a: automatic, p: by a promo code, c: by a coupon';
COMMENT ON COLUMN loyalty_data.incentive_use.code IS 'The promo code or coupon code, in its normal form; NULL: none was needed';
COMMENT ON COLUMN loyalty_data.incentive_use.coupon_customer_id IS
    'Who the coupon was issued to, where that was somebody else; NULL: who used it';
CREATE INDEX incentive_use_time ON loyalty_data.incentive_use (org_id, customer_id, event_time, use_id);
CREATE INDEX incentive_use_number ON loyalty_data.incentive_use (org_id, customer_id, transaction_number, use_id);

CREATE TABLE loyalty_data.use_return (
    customer_id     int8 NOT NULL,
    use_id          int8 NOT NULL,
    return_id       int8 NOT NULL,
    event_time      timestamptz NOT NULL,
    recorded_at     timestamptz NOT NULL,
    org_id          int4 NOT NULL,
    till_id         int4,
    source_id       int2 NOT NULL,
    PRIMARY KEY (org_id, customer_id, use_id)
);
COMMENT ON TABLE loyalty_data.use_return IS
    'A use was given back, once. Rows never change';
COMMENT ON COLUMN loyalty_data.use_return.return_id IS 'The event that gave it back';

CREATE TABLE loyalty_data.incentive_note (
    customer_id     int8 NOT NULL,
    note_id         int8 NOT NULL,
    org_id          int4 NOT NULL,
    reason          text,
    actor           text,
    PRIMARY KEY (org_id, customer_id, note_id)
);
COMMENT ON TABLE loyalty_data.incentive_note IS
    'What was said of an issue, a use, a return or a movement, and by whom: it may name a person, so that erasure reaches it';
COMMENT ON COLUMN loyalty_data.incentive_note.note_id IS 'The coupon, use, return of a use, voucher or movement';

CREATE TABLE loyalty_data.incentive_request (
    customer_id         int8 NOT NULL,
    result_id           int8 NOT NULL,
    request_digest      int8 NOT NULL,
    org_id              int4 NOT NULL,
    idempotency_digest  uuid NOT NULL,
    answer              jsonb,
    PRIMARY KEY (org_id, customer_id, idempotency_digest)
);
COMMENT ON TABLE loyalty_data.incentive_request IS
    'Calls that came with an idempotency key, and what they made. Customer 0 is nobody';
COMMENT ON COLUMN loyalty_data.incentive_request.result_id IS 'The coupon, use, return of a use, voucher or movement';
COMMENT ON COLUMN loyalty_data.incentive_request.answer IS 'What else was answered, without any code; NULL: what the result''s row has';

-- Uses and their returns are append-only, as what is posted is.
DO $guards$
DECLARE
    guarded regclass;
BEGIN
    FOREACH guarded IN ARRAY '{loyalty_data.incentive_use, loyalty_data.use_return}'::regclass[] LOOP
        EXECUTE format('CREATE TRIGGER ledger_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON %s'
            ' FOR EACH STATEMENT EXECUTE FUNCTION loyalty_data.ledger_guard()', guarded);
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER ledger_guard', guarded);
    END LOOP;
END
$guards$;

INSERT INTO loyalty_data.table_distribution VALUES
    ('customer_use', 'customer', 'customer_id'),
    ('incentive_note', 'customer', 'customer_id'),
    ('incentive_request', 'customer', 'customer_id'),
    ('incentive_use', 'customer', 'customer_id'),
    ('limit_slot', 'reference', NULL),
    ('use_limit', 'reference', NULL),
    ('use_return', 'customer', 'customer_id');
