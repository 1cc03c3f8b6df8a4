CREATE TABLE loyalty_data.gift_voucher (
    org_id          int4 NOT NULL,
    voucher_id      int8 NOT NULL,
    customer_id     int8,
    issued_at       timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    last_movement   int4 NOT NULL,
    key_id          int2 NOT NULL,
    balance         numeric(18,3) NOT NULL,
    code_digest     uuid NOT NULL,
    last_four       text COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, code_digest),
    CONSTRAINT gift_voucher_balance CHECK (balance >= 0)
);
COMMENT ON TABLE loyalty_data.gift_voucher IS
    'Money behind a code, which is told once and kept as a keyed digest and its last four symbols: no backup spends it';
COMMENT ON COLUMN loyalty_data.gift_voucher.customer_id IS 'Its holder; NULL: whoever has the code';
COMMENT ON COLUMN loyalty_data.gift_voucher.expires_at IS 'The first moment at which it is not good any more; infinity: never';
CREATE INDEX gift_voucher_customer ON loyalty_data.gift_voucher (org_id, customer_id) WHERE customer_id IS NOT NULL;

CREATE TABLE loyalty_data.voucher_movement (
    org_id              int4 NOT NULL,
    movement_no         int4 NOT NULL,
    voucher_id          int8 NOT NULL,
    movement_id         int8 NOT NULL,
    customer_id         int8,
    event_time          timestamptz NOT NULL,
    recorded_at         timestamptz NOT NULL,
    till_id             int4,
    store_id            int4,
    source_id           int2 NOT NULL,
    movement            "char" NOT NULL,
    amount              numeric(18,3) NOT NULL,
    balance_after       numeric(18,3) NOT NULL,
    reversed_no         int4,
    transaction_number  text COLLATE "C",
    PRIMARY KEY (org_id, voucher_id, movement_no)
);
COMMENT ON TABLE loyalty_data.voucher_movement IS
    'What happened to the money of a voucher. Rows never change';
COMMENT ON COLUMN loyalty_data.voucher_movement.movement IS 'i: issued, r: redeemed, v: reversed, x: expired, a: adjusted';
COMMENT ON COLUMN loyalty_data.voucher_movement.amount IS 'With its sign: what balance_after differs by from the movement before';
COMMENT ON COLUMN loyalty_data.voucher_movement.reversed_no IS 'The redemption that comes back; NULL: none';

INSERT INTO loyalty_data.table_distribution VALUES
    ('gift_voucher', 'value', 'code_digest'),
    ('voucher_movement', 'value', 'voucher_id');
