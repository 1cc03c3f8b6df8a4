-- The data that scripts/instructions measures on: customers with a few lots each, and one with a history.
CREATE EXTENSION loyalty;
SET loyalty.clock = '2024-05-01 12:00:00+00';
SELECT loyalty.create_org('count', 'Count', 'UTC', base_country => 'SG');
SELECT loyalty.create_program('count', 'points', 'Points', expiry_unit => 'months', expiry_value => 12);
SELECT loyalty.create_sender('count', 'COUNT', 'mobile', is_default => true);
CREATE TABLE member (n int PRIMARY KEY, customer_id bigint NOT NULL);
INSERT INTO member
SELECT n, (loyalty.register_customer('count', mobile => '+' || 6591000000 + n, registered_on => '2024-01-01')).customer_id
FROM generate_series(1, 400) n;
SELECT count(loyalty.earn_points('count', m.customer_id, 8)) FROM member m, generate_series(1, 3);
SELECT count(loyalty.earn_points('count', m.customer_id, 5)) FROM member m, generate_series(1, 300) WHERE m.n = 400;
VACUUM ANALYZE;
CREATE FUNCTION items(first bigint) RETURNS loyalty.earn_item[] LANGUAGE sql AS $$
    SELECT array_agg(jsonb_populate_record(NULL::loyalty.earn_item, jsonb_build_object('customer_id', customer_id, 'points', 3)))
    FROM member WHERE n BETWEEN first AND first + 99
$$;
CREATE TABLE batch AS SELECT b AS n, items(1 + b % 3 * 100) AS items FROM generate_series(1, 20) b;
CHECKPOINT;
