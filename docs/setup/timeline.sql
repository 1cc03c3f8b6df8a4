-- For the examples of docs/timeline.md: an org with a program, a till and a series of cards, and two customers.
\ir common.sql
SET loyalty.clock = '2024-05-01 09:00+00';
SELECT loyalty.create_org('lagoon', 'Lagoon Coffee', 'Asia/Singapore', 'SG');
SELECT loyalty.create_program('lagoon', 'beans', 'Beans');
SELECT loyalty.create_store('lagoon', 'marina', 'Marina Bay'), loyalty.create_till('lagoon', 'marina-1', 'marina');
SELECT loyalty.create_sender('lagoon', 'LAGOON', 'mobile', is_default => true);
SELECT loyalty.create_card_series('lagoon', 'green', 'Green', method => 'AUTO_INC', length => 8, prefix => '44');
SELECT loyalty.set_config('lagoon', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'on'), loyalty.generate_cards('lagoon', 'green', 3);
SELECT customer_id AS ann FROM loyalty.register_customer('lagoon', mobile => '91230001', first_name => 'Ann') \gset
SELECT customer_id AS old FROM loyalty.register_customer('lagoon', mobile => '91230002', first_name => 'Anne') \gset
SET loyalty.clock = '2024-05-02 09:00+00';
SELECT loyalty.add_transaction('lagoon', :ann, 'B-1', 80, till => 'marina-1', event_time => '2024-05-02 08:55+00');
SET loyalty.clock = '2024-05-02 10:00+00';
SELECT loyalty.issue_card('lagoon', :ann, 'green', actor => 'maya');
SET loyalty.clock = '2024-05-03 09:00+00';
SELECT loyalty.send_sms('lagoon', :ann, 'Your beans are waiting');
SET loyalty.clock = '2024-05-04 09:00+00';
SELECT loyalty.redeem_points('lagoon', :ann, 30, till => 'marina-1');
SELECT loyalty.add_transaction('lagoon', :old, 'B-2', 15, till => 'marina-1');
SET loyalty.clock = '2024-05-05 09:00+00';
\o
