-- Cards and generated external ids, as docs/card.md tells of them.
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
RESET DateStyle;
SET loyalty.clock = '2024-05-02 10:00:00+00';
SELECT pg_temp.new_org('lagoon', 'beans', zone => 'Asia/Singapore', country => 'SG');
SELECT loyalty.set_config('lagoon', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'true');
SELECT loyalty.create_program('lagoon', 'gold', 'Gold') > 0 AS program;
SELECT customer_id AS ann FROM loyalty.register_customer('lagoon', mobile => '9123 4567', first_name => 'Ann') \gset
SELECT customer_id AS bob FROM loyalty.register_customer('lagoon', mobile => '8123 4567', first_name => 'Bob') \gset

-- Check digits of numbers of any length.
SELECT loyalty.luhn_check_digit('7992739871'), loyalty.luhn_is_valid('79927398713'), loyalty.luhn_is_valid('79927398731');
SELECT loyalty.mod7_check_digit('1234567'), loyalty.mod7_is_valid('12345675'), loyalty.mod7_is_valid(repeat('9', 301));
SELECT loyalty.luhn_is_valid('none'), loyalty.luhn_is_valid(''), loyalty.luhn_is_valid(NULL);
SELECT loyalty.luhn_check_digit('7992-739871');

-- A series is a kind of card, with the shape of its numbers.
SELECT loyalty.create_card_series('lagoon', 'plain', 'Plain card', method => 'AUTO_INC', length => 12, prefix => '1234',
    suffix => '3401', serial_offset => 3000) > 0 AS created;
SELECT * FROM loyalty.preview_card_numbers('lagoon', 'plain', 3);
SELECT loyalty.generate_cards('lagoon', 'plain', 2);
SELECT card_number, status, label, customer_id FROM loyalty.cards ORDER BY card_number;
SELECT * FROM loyalty.preview_card_numbers('lagoon', 'plain', 2);

-- What cannot be is refused, with the arithmetic.
\set VERBOSITY default
SELECT loyalty.create_card_series('lagoon', 'short', 'Short', method => 'AUTO_INC', length => 8, prefix => '123456',
    suffix => '7890');
SELECT loyalty.create_card_series('lagoon', 'again', 'Again', method => 'RANDOM', length => 12, prefix => '1234',
    suffix => '3401');
SELECT loyalty.create_card_series('lagoon', 'luhn', 'Luhn', method => 'LUHN_ALGO', length => 12, suffix => '1');
SELECT loyalty.create_card_series('lagoon', 'luhn', 'Luhn', method => 'LUHN_ALGO', length => 12, prefix => 'LC',
    checksum_includes => 'PREFIX');

-- Random numbers: a series of a hundred makes a hundred, and a warning before the end.
SELECT loyalty.create_card_series('lagoon', 'tiny', 'Tiny', method => 'RANDOM_LUHN', length => 5, prefix => '77',
    checksum_includes => 'PREFIX') > 0 AS created;
SELECT loyalty.generate_cards('lagoon', 'tiny', 89);
SELECT loyalty.generate_cards('lagoon', 'tiny', 1);
SELECT loyalty.generate_cards('lagoon', 'tiny', 1);
SELECT loyalty.generate_cards('lagoon', 'tiny', 10);
SELECT loyalty.generate_cards('lagoon', 'tiny', 9);
SELECT loyalty.generate_cards('lagoon', 'tiny', 1);
SELECT count(DISTINCT card_number), bool_and(loyalty.luhn_is_valid(card_number)), min(length(card_number)),
       max(length(card_number)), min(substr(card_number, 3, 2)), max(substr(card_number, 3, 2))
FROM loyalty.cards WHERE series = 'tiny';
SELECT series, capacity, used, available, used_percent, warned_at FROM loyalty.card_series_usage ORDER BY series;

-- A card is issued to a customer: a new number, or one of the stock. It finds the customer.
SELECT card_number, status, label, expires_at FROM loyalty.issue_card('lagoon', :ann, 'plain');
SELECT card_number, status, label, expires_at FROM loyalty.issue_card('lagoon', :bob, card_number => '123430003401',
    card_external_id => 'BOB1', reason => 'found one');
SELECT loyalty.find_customer('lagoon', 'card_number', '123430003401') = :bob AS by_number,
       loyalty.find_customer('lagoon', 'card_external_id', 'BOB1') = :bob AS by_external_id,
       loyalty.find_customer('lagoon', 'card_number', '123430013401') AS stock,
       loyalty.find_customer('lagoon', 'card_number', 'nothing') AS nothing;
-- And so it names its owner where anything is read.
SELECT t AS named_by, loyalty.points_balance('lagoon', identifier_type => t, identifier_value => v)
    = loyalty.points_balance('lagoon', :bob) AS balance,
    loyalty.customer_single_view('lagoon', identifier_type => t, identifier_value => v) ->> 'customer_id' = :'bob' AS single_view,
    loyalty.points_ledger_json('lagoon', identifier_type => t, identifier_value => v) #>> '{customer,customer_id}' = :'bob' AS ledger,
    (SELECT count(*) FROM loyalty.ledger_closing_balance('lagoon', identifier_type => t, identifier_value => v)
        WHERE customer_id = :bob) AS closing_rows,
    (SELECT count(*) FROM loyalty.customer_cards('lagoon', identifier_type => t, identifier_value => v)) AS cards
FROM (VALUES ('card_number', '123430003401'), ('card_external_id', 'BOB1')) w (t, v);

-- It stands for the customer, and says in which program.
SELECT loyalty.create_card_series('lagoon', 'gold', 'Gold card', 'digital', 'RANDOM_MOD7', 16, '9000', program => 'gold',
    validity => '1 year', max_active_per_customer => 1) > 0 AS created;
SELECT card_number AS gold, expires_at FROM loyalty.issue_card('lagoon', :ann, 'gold') \gset
SELECT length(:'gold'), loyalty.mod7_is_valid(substr(:'gold', 5)), :'expires_at' AS expires_at;
SELECT points, current_points FROM loyalty.earn_points('lagoon', NULL, 10, card_number => :'gold');
SELECT points, current_points FROM loyalty.add_transaction('lagoon', NULL, 'T-1', 25, card_number => :'gold');
SELECT points, current_points FROM loyalty.add_transaction('lagoon', NULL, 'T-2', 5, card_number => :'gold',
    program => 'beans');
SELECT points, current_points FROM loyalty.redeem_points('lagoon', NULL, 30, card_number => :'gold');
SELECT points, current_points FROM loyalty.earn_points('lagoon', NULL, 3, card_external_id => 'BOB1');
SELECT program, balance FROM loyalty.customer_points WHERE customer_id = :ann AND category = 'regular' ORDER BY program;
SELECT loyalty.issue_card('lagoon', :ann, 'gold') IS NULL AS second;

-- Statuses follow one another as a table says; bills and redemptions need a card that is issued or active.
SELECT loyalty.create_card_label('lagoon', 'suspended', 'Lost') > 0 AS created;
SELECT loyalty.create_card_label('lagoon', 'suspended', 'Under review') > 0 AS created;
SELECT loyalty.set_card_status('lagoon', :'gold', 'active', reason => 'signed', actor => 'desk 4');
SELECT loyalty.set_card_status('lagoon', :'gold', 'suspended');
SELECT loyalty.set_card_status('lagoon', :'gold', 'suspended', 'Under review');
\set VERBOSITY sqlstate
SELECT loyalty.add_transaction('lagoon', NULL, 'T-3', 25, card_number => :'gold');
SELECT loyalty.redeem_points('lagoon', NULL, 1, card_number => :'gold');
SELECT loyalty.set_card_status('lagoon', :'gold', 'not_issued');
\set VERBOSITY default
SELECT points, current_points FROM loyalty.earn_points('lagoon', NULL, 1, card_number => :'gold', reason => 'sorry');
SELECT loyalty.find_customer('lagoon', 'card_number', :'gold') = :ann AS found;
SELECT change, customer_id = :ann AS anns, old_status, new_status, label, reason, actor
FROM loyalty.card_history('lagoon', :'gold');

-- Another label becomes the default of a status; cards keep the one they have until their status is set again.
SELECT loyalty.set_card_status('lagoon', :'gold', 'suspended');
SELECT label FROM loyalty.customer_cards('lagoon', :ann) WHERE series = 'gold';
SELECT loyalty.set_default_card_label('lagoon', 'suspended', 'Under review');
SELECT label FROM loyalty.customer_cards('lagoon', :ann) WHERE series = 'gold';
SELECT loyalty.set_card_status('lagoon', :'gold', 'suspended');
SELECT label FROM loyalty.customer_cards('lagoon', :ann) WHERE series = 'gold';

-- Cards come and go.
SELECT event_id AS by_card FROM loyalty.earn_points('lagoon', NULL, 1, card_number => '123430003401', idempotency_key => 'slip 1') \gset
SELECT loyalty.unlink_card('lagoon', '123430003401', 'gave it back');
SELECT loyalty.find_customer('lagoon', 'card_number', '123430003401') AS nobody;
-- What was answered to its owner of then is answered again, whoever has the card now.
SELECT event_id = :by_card AS same_event FROM loyalty.earn_points('lagoon', NULL, 1, card_number => '123430003401',
    idempotency_key => 'slip 1');
SELECT loyalty.link_card('lagoon', :ann, '123430003401');
SELECT event_id = :by_card AS same_event FROM loyalty.earn_points('lagoon', NULL, 1, card_number => '123430003401',
    idempotency_key => 'slip 1');
SELECT loyalty.find_customer('lagoon', 'card_external_id', 'BOB1') = :ann AS anns_now;
SELECT series, status, label, program FROM loyalty.customer_cards('lagoon', :ann) ORDER BY series, card_number;
SELECT card - 'issued_at' - 'expires_at' - 'card_number' AS shown_to_member_care
FROM jsonb_array_elements(loyalty.customer_single_view('lagoon', :ann) -> 'cards') card ORDER BY card ->> 'series', card ->> 'card_number';

-- Valid through the org's local day a year later; then it is expired, posted or not.
SET loyalty.clock = '2025-05-02 15:59:59+00';
SELECT loyalty.expire_cards('lagoon');
SET loyalty.clock = '2025-05-02 16:00:00+00';
\set VERBOSITY sqlstate
SELECT loyalty.set_card_status('lagoon', :'gold', 'active');
\set VERBOSITY default
SELECT loyalty.expire_cards('lagoon');
SELECT loyalty.expire_cards('lagoon');
SELECT status, label FROM loyalty.customer_cards('lagoon', :ann) WHERE series = 'gold';

-- Given numbers are imported into a series, and what is taken is skipped when numbers are made.
SELECT loyalty.import_cards('lagoon', 'plain', ARRAY['123430043401', 'OLD1', 'OLD2'], ARRAY['E1', 'E2', 'E3']);
SELECT * FROM loyalty.preview_card_numbers('lagoon', 'plain', 2);
SELECT loyalty.import_cards('lagoon', 'plain', ARRAY['NEW1', 'OLD1']);
SELECT card_number, card_external_id, status FROM loyalty.cards WHERE card_external_id ~ '^E' ORDER BY 2;

-- The most cards that a customer may have.
SELECT loyalty.set_config('lagoon', 'CONF_MAX_ACTIVE_CARDS', '2');
SELECT loyalty.issue_card('lagoon', :ann, 'plain') IS NULL AS third;
SELECT loyalty.set_config('lagoon', 'CONF_COUNT_ONLY_ACTIVE_LABEL_CARDS', 'true');
SELECT status FROM loyalty.issue_card('lagoon', :ann, 'plain');
SELECT loyalty.set_config('lagoon', 'CONF_MAX_ACTIVE_CARDS', NULL);

-- Series that issue by themselves: at every registration, or where it names them.
SELECT loyalty.create_card_series('lagoon', 'welcome', 'Welcome', 'digital', 'AUTO_INC', 6, 'W', issue => 'every_registration') > 0 AS created;
SELECT loyalty.create_card_series('lagoon', 'kids', 'Kids', 'digital', 'AUTO_INC', 6, 'K', issue => 'named_registration') > 0 AS created;
SELECT customer_id AS cho FROM loyalty.register_customer('lagoon', mobile => '8333 0001') \gset
SELECT card_number, status FROM loyalty.customer_cards('lagoon', :cho);
SELECT outcome FROM loyalty.register_customer('lagoon', mobile => '8333 0001', card_series => 'kids');
SELECT outcome FROM loyalty.register_customer('lagoon', mobile => '8333 0001', card_series => 'kids');
SELECT card_number, status FROM loyalty.customer_cards('lagoon', :cho) ORDER BY card_number;
SELECT outcome FROM loyalty.register_customer('lagoon', mobile => '8333 0002', card_series => 'plain');
SELECT outcome FROM loyalty.register_customer('lagoon', mobile => '8333 0002', card_series => 'none');

-- External ids are generated for the sources that the org lists.
SELECT loyalty.create_org('atlas', 'Atlas Books', base_country => 'SG') > 0 AS created;
SELECT loyalty.set_config('atlas', 'CONF_CARD_NUMBER_LENGTH', '8');
SELECT loyalty.set_config('atlas', 'CONF_CARD_NUMBER_PREFIX', '55');
SELECT loyalty.set_config('atlas', 'CONF_CARD_NUMBER_OFFSET', '100');
SELECT loyalty.set_config('atlas', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'true');
SELECT loyalty.set_config('atlas', 'SOURCE_ACCOUNTS_EXTERNALID_ENABLED', '["INSTORE:"]');
SELECT * FROM loyalty.preview_external_ids('atlas', 2);
SELECT outcome, warnings FROM loyalty.register_customer('atlas', mobile => '8444 0001');
SELECT outcome, warnings FROM loyalty.register_customer('atlas', mobile => '8444 0002', external_id => 'MINE');
SELECT loyalty.find_customer('atlas', 'external_id', '55000101') = loyalty.find_customer('atlas', 'mobile', '8444 0002') AS replaced,
       loyalty.find_customer('atlas', 'external_id', 'MINE') AS given;
SELECT outcome, warnings FROM loyalty.register_customer('atlas', mobile => '8444 0001');

-- From other sources, too; a number that was given by hand is skipped; a customer found without one gets one.
SELECT loyalty.set_config('atlas', 'CONF_CLIENT_V2_API_ENABLED', 'true');
SELECT loyalty.set_config('atlas', 'SOURCE_ACCOUNTS_EXTERNALID_ENABLED', '["web_engage:shop", "INSTORE:"]');
SELECT outcome, warnings FROM loyalty.register_customer('atlas', mobile => '8444 0003', external_id => '55000102',
    source => 'WEB_ENGAGE', account_id => 'club');
SELECT outcome, warnings FROM loyalty.register_customer('atlas', mobile => '8444 0004', source => 'WEBSITE');
SELECT outcome, warnings FROM loyalty.register_customer('atlas', mobile => '8444 0004', source => 'WEB-ENGAGE',
    account_id => 'shop');
SELECT loyalty.find_customer('atlas', 'external_id', '55000103') = loyalty.find_customer('atlas', 'mobile', '8444 0004') AS gets_one;

-- Another method, another offset: never a number of before.
SELECT loyalty.set_config('atlas', 'CONF_CARD_CHECKSUM_DIGIT_ALGO', 'LUHN_ALGO');
SELECT loyalty.set_config('atlas', 'CONF_CARD_NUMBER_SUFFIX', '9');
SELECT * FROM loyalty.preview_external_ids('atlas', 1);
SELECT outcome, warnings FROM loyalty.register_customer('atlas', mobile => '8444 0005');
SELECT loyalty.set_config('atlas', 'CONF_CARD_CHECKSUM_DIGIT_ALGO', 'AUTO_INC');
SELECT loyalty.set_config('atlas', 'CONF_CARD_NUMBER_SUFFIX', NULL);
SELECT * FROM loyalty.preview_external_ids('atlas', 1);
SELECT loyalty.set_config('atlas', 'CONF_CARD_NUMBER_OFFSET', '900');
SELECT * FROM loyalty.preview_external_ids('atlas', 1);
SELECT outcome, warnings FROM loyalty.register_customer('atlas', mobile => '8444 0006', idempotency_key => 'k');
SELECT outcome, warnings FROM loyalty.register_customer('atlas', mobile => '8444 0006', idempotency_key => 'k');
SELECT identifier_value FROM loyalty_data.identifier WHERE identifier_type = 'external_id' ORDER BY 1;

-- Analysts see the last digits alone.
CREATE ROLE loyalty_test_analyst IN ROLE loyalty_analyst;
SELECT loyalty.grant_org('lagoon', 'loyalty_test_analyst');
SET ROLE loyalty_test_analyst;
SELECT card_number, card_external_id FROM loyalty.cards WHERE card_external_id IS NOT NULL ORDER BY 1;
SELECT series, used FROM loyalty.card_series_usage WHERE series = 'tiny';
RESET ROLE;
SELECT loyalty.revoke_org('lagoon', 'loyalty_test_analyst');
DROP ROLE loyalty_test_analyst;

SELECT bool_and(ok) FROM loyalty.verify_ledger('lagoon');
DROP EXTENSION loyalty;
-- The sequences went with it.
SELECT count(*) FROM pg_class WHERE relname LIKE 'number_series%';
