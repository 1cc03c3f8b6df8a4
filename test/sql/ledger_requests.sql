-- What makes two requests one: numbers by their value, a default that is given, left out, or NULL.
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
SET loyalty.clock = '2024-05-01 09:00+00';
SELECT pg_temp.new_org('shop', 'club', country => 'SG');
SELECT pg_temp.customer('shop', mobile => '91234567') AS kim \gset

-- ---------------------------------------------------------------- numbers

SELECT event_id AS first, points FROM loyalty.earn_points('shop', :kim, 10, idempotency_key => 'n-1') \gset
SELECT event_id = :first AS same FROM loyalty.earn_points('shop', :kim, 10.0, idempotency_key => 'n-1');
SELECT event_id = :first AS same FROM loyalty.earn_points('shop', :kim, 1e1, idempotency_key => 'n-1');
SELECT event_id AS first FROM loyalty.add_transaction('shop', :kim, 'B-1', 149.90, idempotency_key => 'n-2',
    line_items => '[{"item_code": "tea", "amount": 149.90, "quantity": 10}]') \gset
SELECT event_id = :first AS same FROM loyalty.add_transaction('shop', :kim, 'B-1', 149.9, idempotency_key => 'n-2',
    line_items => '[{"quantity": 10.0, "amount": 149.9, "item_code": "tea"}]');
SELECT item_no, event_id = min(event_id) OVER () AS same, error_code FROM loyalty.earn_points_batch('shop', ARRAY[
    ROW(:kim, 3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'n-3', NULL, NULL),
    ROW(:kim, 3.00, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'n-3', NULL, NULL)]::loyalty.earn_item[]);
-- A number is not the text of it, and another number is another request.
\set VERBOSITY sqlstate
SELECT loyalty.earn_points('shop', :kim, 10.1, idempotency_key => 'n-1');
SELECT loyalty.add_transaction('shop', :kim, 'B-1', 149.9, idempotency_key => 'n-2',
    line_items => '[{"item_code": "tea", "amount": 149.91, "quantity": 10}]');
SELECT loyalty.add_transaction('shop', :kim, 'B-1', 149.9, idempotency_key => 'n-2',
    line_items => '[{"item_code": "tea", "amount": 149.9, "quantity": "10"}]');
SELECT loyalty.add_transaction('shop', :kim, 'B-1', 149.9, idempotency_key => 'n-2',
    line_items => '[{"item_code": "tea", "amount": 149.9, "quantity": 10}, {}]');
\set VERBOSITY default
-- Registration keeps documents, too.
SELECT loyalty.define_field('shop', 'custom', 'customer', 'height', 'number') > 0 AS field;
SELECT customer_id = :kim AS same, outcome FROM loyalty.register_customer('shop', '91234567', custom_fields => '{"height": 1.70}', idempotency_key => 'r-1');
SELECT customer_id = :kim AS same, outcome FROM loyalty.register_customer('shop', '91234567', custom_fields => '{"height": 1.7}', idempotency_key => 'r-1');
SELECT outcome FROM loyalty.register_customer('shop', '91234567', custom_fields => '{"height": 1.71}', idempotency_key => 'r-1');

-- ---------------------------------------------------------------- defaults

-- NULL means the default, wherever there is one.
SELECT event_id AS first, points FROM loyalty.earn_points('shop', :kim, 20, category => NULL, event_name => NULL, idempotency_key => 'd-1') \gset
SELECT event_id = :first AS same FROM loyalty.earn_points('shop', :kim, 20, idempotency_key => 'd-1');
SELECT event_id = :first AS same FROM loyalty.earn_points('shop', :kim, 20, 'regular', 'points_award', idempotency_key => 'd-1');
SELECT event_name, category, points FROM loyalty.points_ledger('shop', :kim, newest_first => NULL, page_size => NULL,
    include_till_concept_events => NULL) LIMIT 1;
SELECT event_id AS first, points FROM loyalty.add_transaction('shop', :kim, 'B-2', 5, transaction_type => NULL, category => NULL,
    outlier_status => NULL, source => NULL, idempotency_key => 'd-2') \gset
SELECT event_id = :first AS same FROM loyalty.add_transaction('shop', :kim, 'B-2', 5, idempotency_key => 'd-2');
SELECT transaction_type, outlier_status, source FROM loyalty.transactions WHERE transaction_number = 'B-2';
SELECT points, current_points FROM loyalty.redeem_points('shop', :kim, 1, up_to => NULL, idempotency_key => 'd-3');
SELECT points, current_points FROM loyalty.redeem_points('shop', :kim, 1, up_to => false, idempotency_key => 'd-3');
SELECT redeemable, points FROM loyalty.is_redeemable('shop', :kim, 1, up_to => NULL);
SELECT points FROM loyalty.adjust_points('shop', :kim, 1, 'credit', category => NULL, reason => 'Sorry');
SELECT points FROM loyalty.import_points('shop', :kim, 1, event_name => NULL, category => NULL);
SELECT points FROM loyalty.import_opening_balance('shop', :kim, 1, category => NULL);
SELECT lot_id AS lot FROM loyalty.earn_points('shop', :kim, 2) \gset
SELECT new_expires_at, expired_points FROM loyalty.change_expiry('shop', :kim, :lot, '2030-01-01', immediately => NULL);
SELECT count(*) AS items, count(error_code) AS refused FROM loyalty.earn_points_batch('shop', ARRAY[
    ROW(:kim, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)]::loyalty.earn_item[], all_or_nothing => NULL);
-- The default is all or nothing.
\set VERBOSITY sqlstate
SELECT count(*) FROM loyalty.redeem_points_batch('shop', ARRAY[
    ROW(:kim, 1, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    ROW(:kim, 999, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)]::loyalty.redeem_item[], all_or_nothing => NULL);
\set VERBOSITY default
-- In an item, too: spelt out and left out are one request.
SELECT item_no, event_id = min(event_id) OVER () AS same, error_code FROM loyalty.redeem_points_batch('shop', ARRAY[
    ROW(:kim, 2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'd-4', NULL, NULL),
    ROW(:kim, 2.0, NULL, NULL, false, NULL, NULL, NULL, NULL, NULL, NULL, 'd-4', NULL, NULL)]::loyalty.redeem_item[], all_or_nothing => false);
SELECT item_no, event_id = min(event_id) OVER () AS same, error_code FROM loyalty.earn_points_batch('shop', ARRAY[
    ROW(:kim, 4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'd-5', NULL, NULL),
    ROW(:kim, 4, 'regular', 'points_award', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 'd-5', NULL, NULL)]::loyalty.earn_item[], all_or_nothing => false);
-- Outside the ledger: registration, programs, series of cards, jobs.
SELECT outcome FROM loyalty.register_customer('shop', '91234568', loyalty_type => NULL, source => NULL, idempotency_key => 'd-6');
SELECT outcome FROM loyalty.register_customer('shop', '91234568', idempotency_key => 'd-6');
SELECT loyalty.create_program('shop', 'extra', 'Extra', points_per_unit => NULL, decimals => NULL, rounding => NULL,
    expiry_type => NULL, is_default => NULL) > 0 AS program;
SELECT loyalty.create_card_series('shop', 'card', 'Card', card_type => NULL, method => NULL, length => NULL, serial_offset => NULL,
    checksum_includes => NULL, issue => NULL) > 0 AS series;
CALL loyalty.expire_points('shop', batch_size => NULL);
CALL loyalty.convert_promised_points('shop', batch_size => NULL);

SELECT bool_and(ok) AS proved FROM loyalty.verify_ledger('shop');
DROP EXTENSION loyalty;
