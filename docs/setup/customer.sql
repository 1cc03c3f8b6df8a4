-- For the examples of docs/customer.md: an org with a program and a store, and no customer yet.
\ir common.sql
SET loyalty.clock = '2024-05-02 10:00+00';
SELECT loyalty.create_org('lagoon', 'Lagoon Coffee', 'Asia/Singapore', 'SG');
SELECT loyalty.create_program('lagoon', 'beans', 'Beans');
SELECT loyalty.create_store('lagoon', 'marina', 'Marina Bay');
SELECT loyalty.create_till('lagoon', 'marina-1', 'marina'),
       loyalty.create_till('lagoon', 'marina-2', 'marina');
SELECT loyalty.set_config('lagoon', 'CONF_CLIENT_V2_API_ENABLED', 'on');
\o
