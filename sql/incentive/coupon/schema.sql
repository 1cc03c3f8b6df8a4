CREATE TABLE loyalty_data.coupon_series (
    org_id                      int4 NOT NULL,
    series_id                   int4 NOT NULL,
    promotion_id                int4 NOT NULL,
    space_id                    int4,
    created_at                  timestamptz NOT NULL,
    starts_at                   timestamptz NOT NULL,
    ends_at                     timestamptz NOT NULL,
    stopped_at                  timestamptz,
    redemptions_per_coupon      int4,
    days_between_issues         int4,
    days_between_redemptions    int4,
    valid_from_days             int4,
    validity                    interval,
    code_type                   "char" NOT NULL,
    any_user                    bool NOT NULL,
    series                      text COLLATE "C" NOT NULL,
    name                        text NOT NULL,
    description                 text,
    generic_code                text COLLATE "C",
    PRIMARY KEY (org_id, series_id),
    UNIQUE (org_id, series)
);
COMMENT ON TABLE loyalty_data.coupon_series IS
    'A kind of coupon: who may have how many, for how long, and what they are worth, which its promotion says';
COMMENT ON COLUMN loyalty_data.coupon_series.code_type IS 'u: each coupon has a code of its own, g: all have the generic one';
COMMENT ON COLUMN loyalty_data.coupon_series.space_id IS 'Where codes are generated; NULL: they are uploaded, or there is one';
COMMENT ON COLUMN loyalty_data.coupon_series.any_user IS 'Whoever has the code may redeem it';
COMMENT ON COLUMN loyalty_data.coupon_series.generic_code IS 'In its normal form; NULL: each coupon has its own';

CREATE TABLE loyalty_data.coupon_stock (
    org_id          int4 NOT NULL,
    series_id       int4 NOT NULL,
    stock_no        int8 NOT NULL,
    coupon_code     text COLLATE "C" NOT NULL,
    display_code    text COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, coupon_code)
);
COMMENT ON TABLE loyalty_data.coupon_stock IS
    'Codes that were uploaded for a series and not issued yet';
CREATE INDEX coupon_stock_series ON loyalty_data.coupon_stock (org_id, series_id, stock_no);

CREATE TABLE loyalty_data.coupon (
    org_id          int4 NOT NULL,
    series_id       int4 NOT NULL,
    coupon_id       int8 NOT NULL,
    customer_id     int8,
    issued_at       timestamptz NOT NULL,
    valid_from      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    revoked_at      timestamptz,
    redemptions     int4 NOT NULL,
    till_id         int4,
    source_id       int2 NOT NULL,
    coupon_code     text COLLATE "C" NOT NULL,
    display_code    text COLLATE "C" NOT NULL,
    campaign        text,
    PRIMARY KEY (org_id, coupon_code),
    CONSTRAINT coupon_redemptions CHECK (redemptions >= 0)
);
COMMENT ON TABLE loyalty_data.coupon IS
    'A coupon with a code of its own, keyed by it. What it is now (expired, redeemed) is never stored';
COMMENT ON COLUMN loyalty_data.coupon.customer_id IS 'Who it was issued to; NULL: the generic code of a series, whose holders have rows of their own';
COMMENT ON COLUMN loyalty_data.coupon.redemptions IS 'Uses that were not given back';
COMMENT ON COLUMN loyalty_data.coupon.expires_at IS
    'The first moment at which it is not good any more by its own dates; infinity: never';
CREATE INDEX coupon_customer ON loyalty_data.coupon (org_id, customer_id, coupon_id) WHERE customer_id IS NOT NULL;

CREATE TABLE loyalty_data.generic_coupon (
    customer_id     int8 NOT NULL,
    coupon_id       int8 NOT NULL,
    issued_at       timestamptz NOT NULL,
    valid_from      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    revoked_at      timestamptz,
    org_id          int4 NOT NULL,
    series_id       int4 NOT NULL,
    redemptions     int4 NOT NULL,
    till_id         int4,
    source_id       int2 NOT NULL,
    campaign        text,
    PRIMARY KEY (org_id, customer_id, series_id, coupon_id),
    CONSTRAINT generic_coupon_redemptions CHECK (redemptions >= 0)
);
COMMENT ON TABLE loyalty_data.generic_coupon IS
    'A coupon of a series whose coupons have one code';

INSERT INTO loyalty_data.table_distribution VALUES
    ('coupon', 'value', 'coupon_code'),
    ('coupon_series', 'reference', NULL),
    ('coupon_stock', 'value', 'coupon_code'),
    ('generic_coupon', 'customer', 'customer_id');
