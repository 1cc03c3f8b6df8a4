-- For the examples of docs/request.md: Ann, Bob and Cat; a desk that asks and one that decides.
\ir common.sql
SET loyalty.clock = '2024-05-10 02:00+00';
SELECT loyalty.create_org('lagoon', 'Lagoon Coffee', 'Asia/Singapore', 'SG');
SELECT loyalty.create_program('lagoon', 'stars', 'Stars');
SELECT loyalty.create_store('lagoon', 'quay', 'Quay');
SELECT loyalty.create_till('lagoon', 'quay-1', 'quay');
DO $$ BEGIN
    CREATE ROLE desk_a IN ROLE loyalty_agent;
    CREATE ROLE desk_b IN ROLE loyalty_admin;
EXCEPTION WHEN duplicate_object THEN NULL;
END $$;
SELECT loyalty.grant_org('lagoon', 'desk_a'), loyalty.grant_org('lagoon', 'desk_b');
SELECT customer_id AS ann FROM loyalty.register_customer('lagoon', '9123 4567', external_id => 'A-1', first_name => 'Ann',
    registered_on => '2024-01-01') \gset
SELECT customer_id AS bob FROM loyalty.register_customer('lagoon', '9222 2222', external_id => 'B-1', first_name => 'Bob',
    registered_on => '2024-01-02') \gset
SELECT loyalty.earn_points('lagoon', :ann, 100);
\o
