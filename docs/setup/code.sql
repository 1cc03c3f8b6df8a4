-- For the examples of docs/code.md: a brand in Singapore with a sender, a program, and two customers; Ann has points.
\ir common.sql
SET loyalty.clock = '2024-05-02 02:00:00+00';
SELECT loyalty.create_org('acme', 'Acme', 'Asia/Singapore', 'SG');
SELECT loyalty.create_program('acme', 'stars', 'Stars');
SELECT loyalty.create_sender('acme', 'ACME', 'mobile', is_default => true);
SELECT loyalty.create_sender('acme', 'codes@example.com', 'email', is_default => true);
SELECT customer_id AS ann FROM loyalty.register_customer('acme', mobile => '+6591234567', email => 'ann@example.com') \gset
SELECT customer_id AS bob FROM loyalty.register_customer('acme', mobile => '+6598765432') \gset
SELECT event_id FROM loyalty.earn_points('acme', :ann, 1000);
\o
