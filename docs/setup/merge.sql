-- For the examples of docs/merge.md: Ann, who has registered a second time, with another mobile and an e-mail.
\ir common.sql
SET loyalty.clock = '2024-01-01 09:00+00';
SELECT loyalty.create_org('lagoon', 'Lagoon Coffee', 'Asia/Singapore', 'SG');
SELECT loyalty.create_program('lagoon', 'stars', 'Stars', expiry_unit => 'months', expiry_value => 6);
SELECT loyalty.create_store('lagoon', 'quay', 'Quay');
SELECT loyalty.create_till('lagoon', 'quay-1', 'quay');
SELECT loyalty.set_config('lagoon', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'on');
SELECT loyalty.create_card_series('lagoon', 'gold', 'Gold', method => 'AUTO_INC', length => 6, max_active_per_customer => 1);
SELECT customer_id AS ann FROM loyalty.register_customer('lagoon', '9123 4567', first_name => 'Ann', till => 'quay-1') \gset
SELECT loyalty.set_subscription('lagoon', :ann, 'email', 'promotional', true);
SET loyalty.clock = '2024-02-01 09:00+00';
SELECT customer_id AS anne FROM loyalty.register_customer('lagoon', '9123 4568', 'Anne@Example.com', first_name => 'Anne') \gset
SELECT loyalty.set_subscription('lagoon', :anne, 'email', 'promotional', false);
SELECT loyalty.issue_card('lagoon', :ann, 'gold');
SELECT loyalty.issue_card('lagoon', :anne, 'gold');
SELECT loyalty.earn_points('lagoon', :ann, 30, till => 'quay-1');
SELECT loyalty.add_transaction('lagoon', :anne, 'Q-1', 80, till => 'quay-1');
SELECT loyalty.redeem_points('lagoon', :anne, 20);
SET loyalty.clock = '2024-03-01 09:00+00';
\o
