\ir common.sql
-- A tea house in Singapore. Leaves that are promised wait for fourteen days, and expire thirty days after that; buds
-- wait for the next morning, and do not expire.
SET loyalty.clock = '2024-01-10 09:00+00';
SELECT loyalty.create_org('tea', 'Tea House', time_zone => 'Asia/Singapore');
SELECT loyalty.set_config('tea', 'CONF_REGISTRATION_PRIMARY_KEY', 'external_id');
SELECT loyalty.create_program('tea', 'leaf', 'Leaf', expiry_unit => 'days', expiry_value => 30);
SELECT loyalty.create_program('tea', 'bud', 'Bud');
SELECT loyalty.set_promised_rules('tea', 'leaf', delay_days => 14);
SELECT customer_id AS may FROM loyalty.register_customer('tea', external_id => 'M-1') \gset
SELECT customer_id AS june FROM loyalty.register_customer('tea', external_id => 'J-1') \gset

-- Somebody whose balance of buds and whose expired leaves have little room below 10^15.
SELECT customer_id AS rich FROM loyalty.register_customer('tea', external_id => 'R-1') \gset
SELECT loyalty.adjust_points('tea', :rich, 999999999999500, 'credit', program => 'bud', reason => 'A fortune');
SELECT loyalty.adjust_points('tea', :rich, 999999999999500, 'credit', reason => 'A fortune');
SELECT loyalty.import_points('tea', :rich, 999999999999500, 'expiry_import');
\o
