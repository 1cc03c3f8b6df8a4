\ir common.sql
-- A brand in Berlin with two customers, and coupons of three series that it uploaded the codes of.
SET loyalty.clock = '2025-07-01 08:00+00';
SELECT loyalty.create_org('lagoon', 'Lagoon', 'Europe/Berlin');
SELECT loyalty.set_config('lagoon', 'CONF_REGISTRATION_PRIMARY_KEY', 'externalId');
SELECT loyalty.set_config('lagoon', 'CONF_ORG_CURRENCY_CODE', 'EUR');
SELECT loyalty.create_program('lagoon', 'stars', 'Stars');
SELECT loyalty.create_store('lagoon', 'bay', 'Bay'), loyalty.create_till('lagoon', 'bay-1', 'bay');
SELECT loyalty.create_store('lagoon', 'pier', 'Pier'), loyalty.create_till('lagoon', 'pier-1', 'pier');
SELECT customer_id AS ann FROM loyalty.register_customer('lagoon', external_id => 'A-1') \gset
SELECT customer_id AS bea FROM loyalty.register_customer('lagoon', external_id => 'A-2') \gset
SELECT loyalty.create_coupon_series('lagoon', 'tenth', 'A tenth off', code_type => 'uploaded', ends_at => '2025-08-01 00:00+02',
    discount_type => 'percent', discount_value => 10, maximum_discount => 15, minimum_bill => 20, stores => '{bay}');
SELECT loyalty.create_coupon_series('lagoon', 'coffee', 'Three coffees', code_type => 'uploaded', redemptions_per_coupon => 3,
    discount_type => 'fixed', discount_value => 2.50, redemptions_total => 1000);
SELECT loyalty.upload_coupons('lagoon', 'tenth', '{TENTH-7Q4K,TENTH-9WX2}'), loyalty.upload_coupons('lagoon', 'coffee', '{COFFEE-5R8M}');
SELECT loyalty.issue_coupon('lagoon', :ann, 'tenth'), loyalty.issue_coupon('lagoon', :bea, 'tenth');
SELECT loyalty.issue_coupon('lagoon', :ann, 'coffee');
SET loyalty.clock = '2025-07-30 12:00+00';
\o
