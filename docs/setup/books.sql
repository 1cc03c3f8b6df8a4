-- A brand whose customers are known by external ids, with one program, a store with two tills, and three customers.
\ir common.sql
SET loyalty.clock = '2024-01-02 09:00+00';
SELECT loyalty.create_org('books', 'Harbour Books');
SELECT loyalty.set_config('books', 'CONF_REGISTRATION_PRIMARY_KEY', 'external_id');

-- A point for every whole unit of money, usable to the end of the month twelve months on.
SELECT loyalty.create_program('books', 'stars', 'Stars', rounding => 'floor', expiry_unit => 'months', expiry_value => 12);
SELECT loyalty.create_store('books', 'pier', 'Pier 39');
SELECT loyalty.create_till('books', 'pier-1', 'pier');
SELECT loyalty.create_till('books', 'pier-2', 'pier');

SELECT customer_id AS ann FROM loyalty.register_customer('books', external_id => 'A-1', till => 'pier-1') \gset
SELECT customer_id AS beth FROM loyalty.register_customer('books', external_id => 'B-2', till => 'pier-1') \gset
SELECT customer_id AS carl FROM loyalty.register_customer('books', external_id => 'C-3', till => 'pier-2') \gset
