-- For the examples of docs/event.md: a program and two customers in Singapore.
\ir common.sql
SET loyalty.clock = '2024-05-02 10:00+00';
SELECT loyalty.create_org('lagoon', 'Lagoon Coffee', 'Asia/Singapore', 'SG');
SELECT loyalty.create_program('lagoon', 'beans', 'Beans');
SELECT customer_id AS ann FROM loyalty.register_customer('lagoon', mobile => '9123 4567', first_name => 'Ann') \gset
SELECT customer_id AS bob FROM loyalty.register_customer('lagoon', mobile => '8123 4567', first_name => 'Bob') \gset
\o
