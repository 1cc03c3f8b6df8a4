-- For the examples of docs/inbox.md: a café of Singapore with two customers, whose texts say how they may be reached.
\ir common.sql
SET loyalty.clock = '2024-05-02 10:00+00';
SELECT loyalty.create_org('lagoon', 'Lagoon Coffee', 'Asia/Singapore', 'SG');
SELECT loyalty.create_program('lagoon', 'beans', 'Beans');
SELECT loyalty.create_store('lagoon', 'quay', 'Boat Quay');
SELECT loyalty.set_store_location('lagoon', 'quay', '12 Boat Quay', 'Singapore', 1.2868, 103.8495, 'daily 8 to 20');
SELECT customer_id AS ann FROM loyalty.register_customer('lagoon', mobile => '9123 4567', first_name => 'Ann',
    fields => '{"birth_date": "1990-05-09"}') \gset
SELECT customer_id AS bob FROM loyalty.register_customer('lagoon', mobile => '8123 4567', first_name => 'Bob') \gset
SELECT loyalty.set_subscription('lagoon', :bob, 'mobile', 'promotional', true);
SELECT loyalty.earn_points('lagoon', :ann, 120, expires_at => '2024-05-31 16:00+00');
SELECT loyalty.create_sender('lagoon', 'LAGOON', 'mobile', is_default => true);
SELECT loyalty.create_message_template('lagoon', 'cake', 'mobile', 'Happy birthday {{first_name}}, in {{days_before}} days!',
    purpose => 'promotional', topic => 'birthday');
SELECT loyalty.create_message_template('lagoon', 'beans', 'mobile', '{{points}} of your points are good until {{expiry_date}}.',
    topic => 'points_expiry');
\o
