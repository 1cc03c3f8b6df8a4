CREATE TABLE loyalty_data.promotion (
    org_id          int4 NOT NULL,
    promotion_id    int4 NOT NULL,
    version         int4 NOT NULL,
    created_at      timestamptz NOT NULL,
    starts_at       timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL,
    stopped_at      timestamptz,
    promotion       text COLLATE "C",
    name            text NOT NULL,
    PRIMARY KEY (org_id, promotion_id),
    UNIQUE (org_id, promotion)
);
COMMENT ON TABLE loyalty_data.promotion IS
    'A condition and a benefit for a bill; its version says which. The value of a coupon is one, too';
COMMENT ON COLUMN loyalty_data.promotion.version IS 'The one in use';
COMMENT ON COLUMN loyalty_data.promotion.starts_at IS '-infinity: it has always been there';
COMMENT ON COLUMN loyalty_data.promotion.ends_at IS 'The first moment without it; infinity: never';
COMMENT ON COLUMN loyalty_data.promotion.stopped_at IS 'NULL: it was not stopped';
COMMENT ON COLUMN loyalty_data.promotion.promotion IS 'NULL: it is the value of a coupon series, and goes by the name of that one';

CREATE TABLE loyalty_data.promotion_version (
    org_id              int4 NOT NULL,
    promotion_id        int4 NOT NULL,
    version             int4 NOT NULL,
    created_at          timestamptz NOT NULL,
    priority            int4 NOT NULL,
    times_per_bill      int4,
    per_code            int8,
    per_customer        int8,
    in_total            int8,
    maximum_discount    numeric(18,3),
    key_kind            "char" NOT NULL,
    stacking            "char" NOT NULL,
    favour              "char" NOT NULL,
    return_policy       "char" NOT NULL,
    spread              bool NOT NULL,
    anonymous           bool NOT NULL,
    restore_on_return   bool NOT NULL,
    stacking_group      text COLLATE "C",
    benefit             jsonb NOT NULL,
    condition           jsonb,
    store_ids           int8[],
    PRIMARY KEY (org_id, promotion_id, version)
);
COMMENT ON TABLE loyalty_data.promotion_version IS
    'What a promotion is; a change makes another version. Rows never change';
COMMENT ON COLUMN loyalty_data.promotion_version.key_kind IS 'a: automatic, it needs no key, p: a promo code, c: a coupon';
COMMENT ON COLUMN loyalty_data.promotion_version.stacking IS 's: stack, p: stop, a: alone';
COMMENT ON COLUMN loyalty_data.promotion_version.favour IS 'b: brand, c: customer';
COMMENT ON COLUMN loyalty_data.promotion_version.return_policy IS 's: share, t: together';
COMMENT ON COLUMN loyalty_data.promotion_version.per_code IS 'Uses of one code; NULL: as many as may be';
COMMENT ON COLUMN loyalty_data.promotion_version.store_ids IS 'The stores it is for, ascending; NULL: all';

CREATE TRIGGER ledger_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON loyalty_data.promotion_version
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_data.ledger_guard();
ALTER TABLE loyalty_data.promotion_version ENABLE ALWAYS TRIGGER ledger_guard;

CREATE TABLE loyalty_data.code_space (
    org_id          int4 NOT NULL,
    space_id        int4 NOT NULL,
    next_position   int8 NOT NULL,
    length          int4 NOT NULL,
    key_id          int2 NOT NULL,
    serves          "char" NOT NULL,
    has_check       bool NOT NULL,
    seed            bytea NOT NULL,
    prefix          text COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, space_id),
    UNIQUE (org_id, prefix, length)
);
COMMENT ON TABLE loyalty_data.code_space IS
    'Codes of one shape. A keyed permutation of positions says what each is, so that a code has no row until it is linked, used or '
    'revoked';
COMMENT ON COLUMN loyalty_data.code_space.space_id IS 'Of a space that serves coupons also their sequence, number_series_<id>_seq';
COMMENT ON COLUMN loyalty_data.code_space.next_position IS 'The first position of the next batch; coupons one by one are counted by a sequence';
COMMENT ON COLUMN loyalty_data.code_space.length IS 'Symbols behind the prefix, the check symbol among them';
COMMENT ON COLUMN loyalty_data.code_space.serves IS 'b: batches of promo codes, c: coupons one by one';
COMMENT ON COLUMN loyalty_data.code_space.seed IS
    'Random; the secret of the permutation is derived from it and from the key of the key file that key_id names';

CREATE TABLE loyalty_data.code_batch (
    org_id          int4 NOT NULL,
    space_id        int4 NOT NULL,
    first_position  int8 NOT NULL,
    last_position   int8 NOT NULL,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    revoked_at      timestamptz,
    promotion_id    int4 NOT NULL,
    batch_no        int4 NOT NULL,
    distribution    text,
    partner         text,
    PRIMARY KEY (org_id, space_id, first_position),
    UNIQUE (org_id, promotion_id, batch_no)
);
COMMENT ON TABLE loyalty_data.code_batch IS
    'Promo codes that were generated together: one row, however many';
COMMENT ON COLUMN loyalty_data.code_batch.expires_at IS 'The first moment at which they are not good any more; infinity: never';
COMMENT ON COLUMN loyalty_data.code_batch.batch_no IS 'Of the promotion, from 1';
COMMENT ON COLUMN loyalty_data.code_batch.revoked_at IS 'NULL: the batch was not revoked';

CREATE TABLE loyalty_data.promo_code (
    org_id          int4 NOT NULL,
    promotion_id    int4 NOT NULL,
    used            int8 NOT NULL,
    redemptions     int8,
    customer_id     int8,
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    revoked_at      timestamptz,
    batch_no        int4,
    limit_id        int4,
    origin          "char" NOT NULL,
    code            text COLLATE "C" NOT NULL,
    display_code    text COLLATE "C" NOT NULL,
    distribution    text,
    partner         text,
    PRIMARY KEY (org_id, code),
    CONSTRAINT promo_code_used CHECK (used >= 0)
);
COMMENT ON TABLE loyalty_data.promo_code IS
    'A promo code that was uploaded or named, or a generated one from when it is linked, used or revoked';
COMMENT ON COLUMN loyalty_data.promo_code.origin IS 'g: generated, u: uploaded, n: named';
COMMENT ON COLUMN loyalty_data.promo_code.redemptions IS
    'How often it may be used; NULL: as often as its promotion says of each code';
COMMENT ON COLUMN loyalty_data.promo_code.customer_id IS 'Whom it is linked to; NULL: nobody';
COMMENT ON COLUMN loyalty_data.promo_code.display_code IS 'As it was given';
COMMENT ON COLUMN loyalty_data.promo_code.limit_id IS 'The limit with slots that counts its uses; NULL: used does';
CREATE INDEX promo_code_customer ON loyalty_data.promo_code (org_id, customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX promo_code_promotion ON loyalty_data.promo_code (org_id, promotion_id, batch_no);

CREATE TABLE loyalty_data.customer_code (
    customer_id     int8 NOT NULL,
    linked_at       timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    org_id          int4 NOT NULL,
    promotion_id    int4 NOT NULL,
    mode            "char" NOT NULL,
    code            text COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, customer_id, promotion_id, code)
);
COMMENT ON TABLE loyalty_data.customer_code IS
    'Promo codes that are linked to a customer, for the next checkout';
COMMENT ON COLUMN loyalty_data.customer_code.mode IS 'd: discount';

CREATE FUNCTION loyalty_data.code_space_made() RETURNS trigger
    LANGUAGE C AS 'MODULE_PATHNAME', 'loyalty_code_space_made';
REVOKE ALL ON FUNCTION loyalty_data.code_space_made FROM PUBLIC;
COMMENT ON FUNCTION loyalty_data.code_space_made IS
    'Trigger: gives a new space of coupons its sequence, and a restored one the sequence that came with it';
CREATE TRIGGER code_space_made AFTER INSERT ON loyalty_data.code_space
    FOR EACH ROW EXECUTE FUNCTION loyalty_data.code_space_made();
ALTER TABLE loyalty_data.code_space ENABLE ALWAYS TRIGGER code_space_made;

INSERT INTO loyalty_data.table_distribution VALUES
    ('code_batch', 'reference', NULL),
    ('code_space', 'reference', NULL),
    ('customer_code', 'customer', 'customer_id'),
    ('promo_code', 'value', 'code'),
    ('promotion', 'reference', NULL),
    ('promotion_version', 'reference', NULL);
