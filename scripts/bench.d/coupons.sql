-- Coupons for the benchmark, by a superuser: two series of one code that everybody holds, of which one has a limit in total, and one whose
-- codes are generated; and the same by hand, with a counter in one row, and without any check.
SET client_min_messages = warning;

SELECT loyalty.create_coupon_series('bench', 'limited', 'L', code_type => 'generic', generic_code => 'LIMITED', discount_type => 'fixed',
    discount_value => 5, redemptions_per_coupon => 0, redemptions_total => 1000000000) > 0,
    loyalty.create_coupon_series('bench', 'unlimited', 'U', code_type => 'generic', generic_code => 'UNLIMITED', discount_type => 'fixed',
    discount_value => 5, redemptions_per_coupon => 0) > 0,
    loyalty.create_coupon_series('bench', 'many', 'M', discount_type => 'fixed', discount_value => 5) > 0 \g /dev/null
DO $$
DECLARE
    ids bigint[];
BEGIN
    FOR ids IN SELECT array_agg(customer_id) FROM bench.customer GROUP BY n / 1000 LOOP
        PERFORM count(*) FROM loyalty.issue_coupons('bench', 'limited', ids);
        PERFORM count(*) FROM loyalty.issue_coupons('bench', 'unlimited', ids);
    END LOOP;
END
$$;

CREATE SCHEMA by_hand;
CREATE TABLE by_hand.counter (org_id int, limit_id int, remaining bigint, PRIMARY KEY (org_id, limit_id));
CREATE TABLE by_hand.coupon (LIKE loyalty_data.generic_coupon INCLUDING ALL);
CREATE TABLE by_hand.incentive_use (LIKE loyalty_data.incentive_use INCLUDING ALL);
CREATE TABLE by_hand.issued (LIKE loyalty_data.coupon INCLUDING ALL);
CREATE SEQUENCE by_hand.id_seq;
INSERT INTO by_hand.counter VALUES (1, 1, 1000000000);
INSERT INTO by_hand.coupon SELECT g.* FROM loyalty_data.generic_coupon g JOIN loyalty_data.coupon_series s USING (org_id, series_id)
    WHERE s.series = 'limited';
CREATE FUNCTION by_hand.redeem_coupon(bigint, text, numeric) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    id bigint := nextval('by_hand.id_seq');
BEGIN
    PERFORM FROM loyalty_data.customer c WHERE c.customer_id = $1 FOR NO KEY UPDATE;
    UPDATE by_hand.counter SET remaining = remaining - 1 WHERE org_id = 1 AND limit_id = 1 AND remaining > 0;
    UPDATE by_hand.coupon SET redemptions = redemptions + 1 WHERE customer_id = $1;
    INSERT INTO by_hand.incentive_use (customer_id, use_id, event_time, recorded_at, coupon_id, org_id, promotion_id, version, series_id,
        source_id, kind, bill_amount, discount, code, transaction_number)
    VALUES ($1, id, now(), now(), 1, 1, 1, 1, 1, 1, 'c', $3, 5, 'LIMITED', $2);
    RETURN id;
END
$$;
GRANT USAGE ON SCHEMA by_hand, loyalty_data TO bench;
GRANT ALL ON ALL TABLES IN SCHEMA by_hand TO bench;
GRANT ALL ON by_hand.id_seq TO bench;
GRANT SELECT, UPDATE ON loyalty_data.customer TO bench;
CREATE INDEX ON by_hand.coupon (customer_id);
ANALYZE;
