CREATE TABLE loyalty_data.gift_voucher (
    org_id          int4 NOT NULL,
    last_movement   int4 NOT NULL,
    voucher_id      int8 NOT NULL,
    customer_id     int8,
    issued_at       timestamptz NOT NULL,
    expires_at      timestamptz,
    revoked_at      timestamptz,
    key_id          int2 NOT NULL,
    balance         numeric(18,3) NOT NULL,
    code_digest     uuid NOT NULL,
    last_four       text COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, voucher_id),
    CONSTRAINT gift_voucher_balance CHECK (balance >= 0)
);
COMMENT ON TABLE loyalty_data.gift_voucher IS
    'Money behind a code, which is told once and kept as a keyed digest and its last four symbols: no backup spends it';
COMMENT ON COLUMN loyalty_data.gift_voucher.customer_id IS 'Its holder; NULL: whoever has the code';
COMMENT ON COLUMN loyalty_data.gift_voucher.expires_at IS 'The first moment at which it is not good any more; NULL: never';
COMMENT ON COLUMN loyalty_data.gift_voucher.revoked_at IS 'NULL: it was not revoked';
COMMENT ON COLUMN loyalty_data.gift_voucher.key_id IS 'The key or secret that the code was digested with';
COMMENT ON COLUMN loyalty_data.gift_voucher.balance IS
    'What is left of its movements; of one that has expired it stands there until the job has written that';
CREATE INDEX gift_voucher_customer ON loyalty_data.gift_voucher (org_id, customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX gift_voucher_expiry ON loyalty_data.gift_voucher (org_id, expires_at, voucher_id) WHERE balance > 0;

CREATE TABLE loyalty_data.voucher_code (
    org_id          int4 NOT NULL,
    voucher_id      int8 NOT NULL,
    code_digest     uuid NOT NULL,
    PRIMARY KEY (org_id, code_digest)
);
COMMENT ON TABLE loyalty_data.voucher_code IS
    'Which voucher a code is of, by its keyed digest; a code that was replaced is of none';

CREATE TABLE loyalty_data.voucher_movement (
    org_id              int4 NOT NULL,
    movement_no         int4 NOT NULL,
    voucher_id          int8 NOT NULL,
    movement_id         int8 NOT NULL,
    event_time          timestamptz NOT NULL,
    recorded_at         timestamptz NOT NULL,
    request_digest      int8,
    event_id            int8,
    reversed_no         int4,
    till_id             int4,
    store_id            int4,
    source_id           int2 NOT NULL,
    movement            "char" NOT NULL,
    amount              numeric(18,3) NOT NULL,
    balance_after       numeric(18,3) NOT NULL,
    idempotency_digest  uuid,
    transaction_number  text COLLATE "C",
    PRIMARY KEY (org_id, voucher_id, movement_no),
    CONSTRAINT voucher_movement_balance CHECK (balance_after >= 0)
);
COMMENT ON TABLE loyalty_data.voucher_movement IS
    'What happened to the money of a voucher. Rows never change';
COMMENT ON COLUMN loyalty_data.voucher_movement.movement IS
    'i: issued, r: redeemed, v: reversed, x: expired, a: adjusted, k: revoked, c: it got another code';
COMMENT ON COLUMN loyalty_data.voucher_movement.amount IS 'With its sign: what balance_after differs by from the movement before';
COMMENT ON COLUMN loyalty_data.voucher_movement.reversed_no IS 'The redemption that comes back; NULL: none';
COMMENT ON COLUMN loyalty_data.voucher_movement.event_id IS 'The redemption of points that paid for the voucher; NULL: none';
COMMENT ON COLUMN loyalty_data.voucher_movement.request_digest IS 'Of the call, where it had an idempotency key; the code is not in it';
CREATE UNIQUE INDEX voucher_movement_key ON loyalty_data.voucher_movement (org_id, voucher_id, idempotency_digest)
    WHERE idempotency_digest IS NOT NULL;

CREATE TABLE loyalty_data.voucher_note (
    org_id          int4 NOT NULL,
    movement_no     int4 NOT NULL,
    voucher_id      int8 NOT NULL,
    reason          text,
    actor           text,
    PRIMARY KEY (org_id, voucher_id, movement_no)
);
COMMENT ON TABLE loyalty_data.voucher_note IS
    'What was said of a movement, and by whom: it may name a person, so that erasure reaches it';

CREATE TABLE loyalty_data.voucher_request (
    org_id              int4 NOT NULL,
    request_digest      int8 NOT NULL,
    idempotency_digest  uuid NOT NULL,
    voucher_ids         int8[] NOT NULL,
    PRIMARY KEY (org_id, idempotency_digest)
);
COMMENT ON TABLE loyalty_data.voucher_request IS
    'Calls that issued vouchers and came with an idempotency key. Keys are the org''s: a voucher need not have a customer';

-- Movements stay as they were written; see the guard of the ledger.
CREATE TRIGGER ledger_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON loyalty_data.voucher_movement
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_data.ledger_guard();
ALTER TABLE loyalty_data.voucher_movement ENABLE ALWAYS TRIGGER ledger_guard;

INSERT INTO loyalty_data.table_distribution VALUES
    ('gift_voucher', 'value', 'voucher_id'),
    ('voucher_code', 'value', 'code_digest'),
    ('voucher_movement', 'value', 'voucher_id'),
    ('voucher_note', 'value', 'voucher_id'),
    ('voucher_request', 'value', 'idempotency_digest');
