-- For the examples of docs/desk.md: a café of Singapore, three customers, its contacts, and the roles that ask and decide.
\ir common.sql
SET loyalty.clock = '2024-05-03 01:00+00';
SELECT loyalty.create_org('lagoon', 'Lagoon Coffee', 'Asia/Singapore', 'SG');
SELECT loyalty.create_program('lagoon', 'beans', 'Beans');
SELECT loyalty.create_store('lagoon', 'quay', 'Boat Quay');
SELECT loyalty.create_till('lagoon', 'quay-1', 'quay');
SELECT customer_id AS ann FROM loyalty.register_customer('lagoon', mobile => '9123 4567', first_name => 'Ann', last_name => 'Lim') \gset
SELECT customer_id AS bob FROM loyalty.register_customer('lagoon', mobile => '8123 4567', first_name => 'Bob') \gset
SELECT customer_id AS cy FROM loyalty.register_customer('lagoon', mobile => '8123 4568', first_name => 'Cy') \gset
SELECT loyalty.create_sender('lagoon', 'LAGOON', 'mobile', is_default => true);
SELECT loyalty.create_contact('lagoon', 'zoe', 'Zoë', 'zoe@lagoon.example.com');
SELECT loyalty.create_contact('lagoon', 'raj', 'Raj', 'raj@lagoon.example.com');
SELECT loyalty.grant_org('lagoon', 'loyalty_pos');
\o
