-- What every call has in common: the place of arguments is held by test/pgtap/surface.sql; this is what they mean.
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
SET loyalty.clock = '2024-05-01 09:00+00';
SELECT pg_temp.new_org('inn', 'base', tills => '{desk}', store => 'house', primary_key => 'external_id');
SELECT loyalty.set_config('inn', 'CONF_CLIENT_V2_API_ENABLED', 'on') \g /dev/null
SELECT loyalty.set_config('inn', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'true');
SELECT loyalty.create_program('inn', 'bar', 'Bar', decimals => 1) > 0 AS program;
SELECT loyalty.create_till('inn', 'bar', 'house', 'bar') > 0 AS till;
SELECT loyalty.create_card_series('inn', 'key', 'Room key', program => 'bar') > 0 AS series;
SELECT customer_id AS ann FROM loyalty.register_customer('inn', external_id => 'ann', actor => 'porter') \gset
SELECT card_number AS card FROM loyalty.issue_card('inn', :ann, 'key') \gset
SELECT loyalty.set_card_status('inn', :'card', 'active');

-- No program: the card's, else the till's, else the default one. 'ALL' is all of them, and no program's code.
SELECT points, current_points FROM loyalty.earn_points('inn', :ann, 100);
SELECT points, current_points FROM loyalty.earn_points('inn', :ann, 20, till => 'bar');
SELECT points, current_points FROM loyalty.earn_points('inn', NULL, 30, card_number => :'card');
SELECT points, current_points FROM loyalty.redeem_points('inn', :ann, 5);
SELECT points, current_points FROM loyalty.redeem_points('inn', :ann, 5, till => 'bar');
SELECT points, current_points FROM loyalty.redeem_points('inn', NULL, 5, card_number => :'card', till => 'desk');
SELECT points, current_points FROM loyalty.redeem_points('inn', :ann, 60, program => 'ALL', idempotency_key => 'of all');
SELECT points, current_points FROM loyalty.redeem_points('inn', :ann, 60.0, program => 'ALL', idempotency_key => 'of all');
SELECT item_no, points, current_points, error_code FROM loyalty.redeem_points_batch('inn', jsonb_build_array(
    jsonb_build_object('customer_id', :ann, 'points', 1), jsonb_build_object('customer_id', :ann, 'points', 1, 'till', 'bar'),
    jsonb_build_object('customer_id', :ann, 'points', 1, 'program', 'ALL'),
    jsonb_build_object('customer_id', :ann, 'points', 9, 'program', 'bar', 'up_to', true)), all_or_nothing => false);
SELECT program, category, closing_balance FROM loyalty.ledger_closing_balance('inn', :ann, program => 'ALL', category => 'regular');
SELECT current_points FROM loyalty.points_balance('inn', :ann, 'ALL');
SELECT current_points FROM loyalty.points_balance('inn', :ann);
SELECT loyalty.create_program('inn', 'All', 'Everything');
SELECT * FROM loyalty.earn_points('inn', :ann, 1, program => 'ALL');

-- is_redeemable can be asked whatever redeem_points can be asked.
SELECT redeemable, points, failed_condition, available_points FROM loyalty.is_redeemable('inn', NULL, 3, card_number => :'card');
SELECT redeemable, points, failed_condition, available_points FROM loyalty.is_redeemable('inn', :ann, 1000);
SELECT redeemable, points, failed_condition, available_points FROM loyalty.is_redeemable('inn', :ann, 1000, up_to => true);
SELECT redeemable, points, available_points FROM loyalty.is_redeemable('inn', :ann, 1000, up_to => true, program => 'ALL', till => 'bar',
    reason => 'Asked', source => 'WEBSITE', actor => 'till', idempotency_key => 'never looked for');
SELECT loyalty.set_card_status('inn', :'card', 'suspended');
SELECT redeemable, points, failed_condition FROM loyalty.is_redeemable('inn', NULL, 3, card_number => :'card');
SELECT * FROM loyalty.is_redeemable('inn', :ann, 3, transaction_number => 'B-1');
SELECT * FROM loyalty.is_redeemable('inn', :ann, 3, till => 'attic');

-- till is where the call happens, transaction_till where the bill was made: needed where several have its number.
SELECT points FROM loyalty.add_transaction('inn', :ann, 'B-1', 10, till => 'desk');
SELECT points, current_points FROM loyalty.redeem_points('inn', :ann, 1, transaction_number => 'B-1', program => 'base', till => 'bar');
SELECT points FROM loyalty.add_transaction('inn', :ann, 'B-1', 20, till => 'bar');
SELECT * FROM loyalty.redeem_points('inn', :ann, 1, transaction_number => 'B-1');
SELECT points, current_points FROM loyalty.redeem_points('inn', :ann, 1, transaction_number => 'B-1', transaction_till => 'desk');
SELECT * FROM loyalty.return_transaction('inn', :ann, 'B-1');
SELECT amount, points FROM loyalty.return_transaction('inn', :ann, 'B-1', transaction_till => 'bar', till => 'desk', return_number => 'R-1');
SELECT transaction_number, transaction_type, till, amount FROM loyalty.transactions WHERE org = 'inn' ORDER BY transaction_id;

-- Every answer of a posting has the balance, and gives it again under its key.
SELECT lot_id AS lot FROM loyalty.earn_points('inn', :ann, 7, expires_at => '2024-07-01') \gset
SELECT expired_points, current_points FROM loyalty.change_expiry('inn', :ann, :lot, NULL, immediately => true, idempotency_key => 'gone');
SELECT points FROM loyalty.earn_points('inn', :ann, 50);
SELECT expired_points, current_points FROM loyalty.change_expiry('inn', :ann, :lot, NULL, immediately => true, idempotency_key => 'gone');
SELECT lot_id AS promised FROM loyalty.earn_points('inn', :ann, 4, category => 'trigger_based') \gset
SELECT lot_count, points, current_points FROM loyalty.unlock_promised_points('inn', :ann, lot_id => :promised, idempotency_key => 'unlocked');
SELECT customer_id AS bob FROM loyalty.register_customer('inn', external_id => 'bob') \gset
SELECT referee_points, referrer_points, current_points FROM loyalty.award_referral('inn', :bob, :ann, 2, 3, idempotency_key => 'friends');
SELECT points FROM loyalty.earn_points('inn', :bob, 50), loyalty.earn_points('inn', :ann, 50) a(e, l, p, c, x);
SELECT lot_count, points, current_points FROM loyalty.unlock_promised_points('inn', :ann, lot_id => :promised, idempotency_key => 'unlocked');
SELECT referee_points, referrer_points, current_points FROM loyalty.award_referral('inn', :bob, :ann, 2, 3, idempotency_key => 'friends');

-- NULL for an argument that has a default is the default; under a key it is the same request, as is another way to write a number.
SELECT points, current_points FROM loyalty.earn_points('inn', :ann, 10, category => NULL, event_name => NULL, idempotency_key => 'ten');
SELECT points, current_points FROM loyalty.earn_points('inn', :ann, 10.00, idempotency_key => 'ten');
SELECT points, current_points FROM loyalty.earn_points('inn', :ann, 10.01, idempotency_key => 'ten');
SELECT points FROM loyalty.add_transaction('inn', :ann, 'B-2', 149.90, source => NULL, outlier_status => NULL,
    line_items => '[{"item_code": "x", "amount": 149.90}]', idempotency_key => 'bill');
SELECT points FROM loyalty.add_transaction('inn', :ann, 'B-2', 149.9, line_items => '[{"amount": 149.9, "item_code": "x"}]', idempotency_key => 'bill');
SELECT points FROM loyalty.add_transaction('inn', :ann, 'B-2', 149.9, line_items => '[{"amount": 149.91, "item_code": "x"}]', idempotency_key => 'bill');
SELECT count(*) FROM loyalty.points_ledger('inn', :ann, newest_first => NULL, page_size => NULL);
CALL loyalty.expire_points('inn', NULL, NULL);
SELECT loyalty.create_org('null', 'Null', NULL) > 0 AS org;

-- A correction needs its reason, wherever the argument stands; a card stands for the customer.
SELECT * FROM loyalty.adjust_points('inn', :ann, 1, 'credit');
SELECT points FROM loyalty.adjust_points('inn', NULL, 1.5, 'credit', reason => 'Sorry', card_number => :'card');
SELECT program, points, reason FROM loyalty.points_ledger('inn', :ann, program => 'bar', category => 'regular', page_size => 1);

-- Who gave an identifier, and who took it.
SELECT loyalty.set_config('inn', 'CONF_LOYALTY_ALLOW_EXTERNAL_ID_UPDATE', '1');
SELECT loyalty.change_identifier('inn', :ann, 'external_id', 'anna', 'Misspelt', 'clerk');
SELECT identifier_value, held_until IS NULL AS held, reason, actor FROM loyalty.customer_identifier_history
WHERE org = 'inn' AND customer_id = :ann ORDER BY identifier_value;

SELECT invariant, detail FROM loyalty.verify_ledger('inn') WHERE NOT ok;
SELECT invariant, detail FROM loyalty.verify_data('inn') WHERE NOT ok;
DROP EXTENSION loyalty;
