-- For the examples of docs/participation.md: an org with two programs, and a customer from before.
\ir common.sql
SET loyalty.clock = '2024-05-02 10:00+00';
SELECT loyalty.create_org('lagoon', 'Lagoon Coffee', 'Asia/Singapore', 'SG');
SELECT loyalty.set_config('lagoon', 'CONF_REGISTRATION_PRIMARY_KEY', 'external_id');
SELECT loyalty.create_program('lagoon', 'stars', 'Stars');
SELECT loyalty.create_program('lagoon', 'shells', 'Shells');
SELECT loyalty.create_store('lagoon', 'bay', 'Bay'), loyalty.create_till('lagoon', 'bay-1', 'bay', 'stars');
SELECT loyalty.create_sender('lagoon', 'BAYCAFE', 'mobile');
SELECT customer_id AS old FROM loyalty.register_customer('lagoon', external_id => 'O-1', first_name => 'Olga') \gset
\o
