-- For the examples of docs/offer.md: an org with a program, a series of coupons and a customer.
\ir common.sql
SET loyalty.clock = '2024-07-01 10:00+00';
SELECT loyalty.create_org('lagoon', 'Lagoon Coffee', 'Asia/Singapore', 'SG');
SELECT loyalty.create_program('lagoon', 'stars', 'Stars');
SELECT loyalty.create_coupon_series('lagoon', 'july', 'Ten off', discount_type => 'percent', discount_value => 10);
SELECT customer_id AS ann FROM loyalty.register_customer('lagoon', '+6581234501', first_name => 'Ann') \gset
\o
