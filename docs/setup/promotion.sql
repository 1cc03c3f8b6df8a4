-- For the examples of docs/promotion.md: an org with a currency, two stores and a customer.
\ir common.sql
SET loyalty.clock = '2025-03-15 10:00+00';
SELECT loyalty.create_org('lagoon', 'Lagoon Coffee', 'Europe/Berlin', 'DE');
SELECT loyalty.set_config('lagoon', 'CONF_REGISTRATION_PRIMARY_KEY', 'external_id');
SELECT loyalty.set_config('lagoon', 'CONF_ORG_CURRENCY_CODE', 'EUR');
SELECT loyalty.create_program('lagoon', 'stars', 'Stars');
SELECT loyalty.create_store('lagoon', 'bay', 'Bay'), loyalty.create_store('lagoon', 'reef', 'Reef');
SELECT customer_id AS ann FROM loyalty.register_customer('lagoon', external_id => 'A-1') \gset
SELECT customer_id AS bob FROM loyalty.register_customer('lagoon', external_id => 'B-1') \gset
\o
