-- For the examples of docs/coupon.md: an org with a program, a till and two customers.
\ir common.sql
SET loyalty.clock = '2024-07-01 10:00+00';
SELECT loyalty.create_org('lagoon', 'Lagoon Coffee', 'Asia/Singapore', 'SG');
SELECT loyalty.set_config('lagoon', 'CONF_ORG_CURRENCY_CODE', 'SGD');
SELECT loyalty.create_program('lagoon', 'stars', 'Stars');
SELECT loyalty.create_store('lagoon', 'bay', 'Bay'), loyalty.create_till('lagoon', 'bay-1', 'bay', 'stars');
SELECT customer_id AS ann FROM loyalty.register_customer('lagoon', '+6581234501', first_name => 'Ann') \gset
SELECT customer_id AS bob FROM loyalty.register_customer('lagoon', '+6581234502', first_name => 'Bob') \gset
\o
