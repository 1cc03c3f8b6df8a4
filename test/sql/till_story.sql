-- The field's scenario, from the card handed over at the cash desk to the first redemption: a card without a name, bills that
-- accrue and cannot be spent, data that the holder gives at home on the website or by a call, and then the card is active.
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
SET loyalty.clock = '2024-05-02 02:00+00';
SELECT pg_temp.new_org('lagoon', 'stars', '12 months', primary_key => 'external_id', tills => '{bay-1}', store => 'bay',
    zone => 'Asia/Singapore', country => 'SG');
SELECT loyalty.set_config('lagoon', k, 'true') FROM unnest('{CONF_CARD_NUMBER_GENERATION_ENABLED,CONF_ALLOW_MOBILE_UPDATE}'::text[]) k;
SELECT loyalty.create_sender('lagoon', 'LAGOON', 'mobile') > 0 AS sender, loyalty.set_store_sender('lagoon', 'bay', 'LAGOON');
SELECT loyalty.create_card_series('lagoon', 'paper', 'Paper', method => 'AUTO_INC', length => 6, prefix => '88') > 0 AS series;
SELECT loyalty.generate_cards('lagoon', 'paper', 3);
SELECT loyalty.define_field('lagoon', 'custom', 'customer', 'birthday_month', 'integer') > 0 AS field;
SELECT loyalty.set_participation_rules('lagoon', 'stars', automatic_registration => true, phone_confirmation => true,
    terms => '{card,first_name,last_name,mobile,customer.birthday_month}', stores => '{bay}');
-- The till's part: it registers by nothing but the number on the card, and hands that over.
SELECT customer_id AS ann, outcome FROM loyalty.register_customer('lagoon', external_id => 'C880000', till => 'bay-1') \gset
SELECT card_number, status FROM loyalty.issue_card('lagoon', :ann, card_number => '880000');
SELECT program, status, origin, till FROM loyalty.participations WHERE customer_id = :ann;
-- Bills count and bonuses accrue: by the card, day after day.
SELECT points, current_points, warnings FROM loyalty.add_transaction('lagoon', NULL, 'B-1', 40, till => 'bay-1', card_number => '880000');
SET loyalty.clock = '2024-05-03 02:00+00';
SELECT points, current_points, warnings FROM loyalty.add_transaction('lagoon', NULL, 'B-2', 25, till => 'bay-1', card_number => '880000');
SELECT points, current_points FROM loyalty.earn_points('lagoon', :ann, 5, event_name => 'goodwill');
-- They cannot be spent: the till is told why, before and at the attempt.
SELECT loyalty.customer_brief('lagoon', identifier_type => 'card_number', identifier_value => '880000') #> '{participations,0,status}' AS status;
SELECT redeemable, failed_condition FROM loyalty.is_redeemable('lagoon', NULL, 10, card_number => '880000');
SELECT points FROM loyalty.redeem_points('lagoon', NULL, 10, card_number => '880000');
-- At home, on the website: name and field.
SET loyalty.clock = '2024-05-04 12:00+00';
SELECT loyalty.update_customer('lagoon', :ann, 'Ann', 'Lee', custom_fields => '{"birthday_month": 7}');
SELECT * FROM loyalty.activate_participation('lagoon', :ann);
-- By a call, the mobile; then somebody presses the button, and the store's SMS goes out, once.
SELECT loyalty.change_identifier('lagoon', :ann, 'mobile', '+65 9123 4567', reason => 'call', actor => 'Desk');
SELECT count(*) AS messages FROM loyalty_data.message;
SELECT * FROM loyalty.activate_participation('lagoon', :ann);
SELECT substring(body FROM '[0-9]{6}') AS pin, sender AS name FROM loyalty.take_messages('lagoon', 'mobile', 10) \gset
SELECT :'name' AS sender, length(:'pin') AS digits;
SELECT attempt, attempts_left FROM loyalty.enter_code('lagoon', 'participation_activation',
    lpad(((:'pin'::int + 1) % 1000000)::text, 6, '0'), :ann) \gset
SELECT status FROM loyalty.activate_participation('lagoon', :ann, verification => :'attempt');
SELECT attempt FROM loyalty.enter_code('lagoon', 'participation_activation', :'pin', :ann) \gset
SELECT * FROM loyalty.activate_participation('lagoon', :ann, verification => :'attempt');
-- The next visit: the first redemption pays for a bill.
SET loyalty.clock = '2024-05-06 03:00+00';
SELECT points, current_points FROM loyalty.add_transaction('lagoon', NULL, 'B-3', 30, till => 'bay-1', card_number => '880000');
SELECT points, current_points FROM loyalty.redeem_points('lagoon', NULL, 60, 'B-3', till => 'bay-1', card_number => '880000');
SELECT change_no, status, previous_status, valid_from_date, cause FROM loyalty.participation_history WHERE customer_id = :ann ORDER BY change_no;
SELECT transaction_number, counts FROM loyalty.transactions WHERE customer_id = :ann ORDER BY transaction_number;
SELECT pg_temp.proved();
DROP EXTENSION loyalty;
