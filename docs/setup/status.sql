-- For the examples of docs/status.md: an org that still uses the fraud status, and two customers; and two roles.
\ir common.sql
SELECT loyalty.create_org('lagoon', 'Lagoon Coffee', 'Asia/Singapore', 'SG') > 0 AS made \gset
SELECT loyalty.create_program('lagoon', 'beans', 'Beans') > 0 AS made \gset
SELECT customer_id AS ann FROM loyalty.register_customer('lagoon', mobile => '9123 4567', first_name => 'Ann') \gset
SELECT customer_id AS bob FROM loyalty.register_customer('lagoon', mobile => '8123 4567', first_name => 'Bob') \gset
