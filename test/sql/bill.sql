-- Bills that name their customer by identifiers, and bills of people who are not registered yet.
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
SET loyalty.clock = '2024-05-01 09:00+00';
SELECT pg_temp.new_org('acme', 'club', tills => '{mall-1}', store => 'mall', country => 'SG');

-- ---------------------------------------------------------------- by identifiers

-- Nobody has the mobile: the customer is created as of the bill, and the bill earns.
SELECT customer_id AS mei, outcome, points, current_points, warnings
FROM loyalty.add_transaction_by_identifiers('acme', 'T-1', 120, mobile => '9123 4567', first_name => 'Mei',
    event_time => '2024-04-30 18:00+00', till => 'mall-1', idempotency_key => 'mall-1 T-1') \gset
SELECT :'outcome' AS outcome, :'points' AS points, :'current_points' AS current_points, :'warnings' AS warnings;
-- The same call again: the first answer, and nothing new.
SELECT customer_id = :mei AS same, outcome, points, current_points
FROM loyalty.add_transaction_by_identifiers('acme', 'T-1', 120, mobile => '9123 4567', first_name => 'Mei',
    event_time => '2024-04-30 18:00+00', till => 'mall-1', idempotency_key => 'mall-1 T-1');
-- However it is spelt, the mobile finds the customer.
SELECT customer_id = :mei AS same, outcome, points, current_points
FROM loyalty.add_transaction_by_identifiers('acme', 'T-2', 30, mobile => '+65 9123 4567');
-- A campaign user earns nothing, until a bill enrols it.
SELECT customer_id AS tom, outcome, points FROM loyalty.add_transaction_by_identifiers('acme', 'T-3', 50,
    mobile => '8123 4567', loyalty_type => 'non_loyalty') \gset
SELECT :'outcome' AS outcome, :'points' AS points;
SELECT customer_id = :tom AS same, outcome, points, current_points
FROM loyalty.add_transaction_by_identifiers('acme', 'T-4', 50, mobile => '8123 4567');
-- What a registration needs, the bill must bring.
SELECT points FROM loyalty.add_transaction_by_identifiers('acme', 'T-5', 50, email => 'mei@example.com');

-- ---------------------------------------------------------------- not registered yet

-- Bills of somebody unknown wait under the mobile, with their numbers taken.
SELECT customer_id, outcome, event_id, points FROM loyalty.add_transaction_by_identifiers('acme', 'N-1', 75,
    mobile => '9000 0001', transaction_type => 'non_loyalty', event_time => '2024-03-01', reason => 'gift card',
    line_items => '[{"item_code": "mug", "amount": 75, "quantity": 3}]', idempotency_key => 'n-1');
SELECT outcome FROM loyalty.add_transaction_by_identifiers('acme', 'N-2', 10, mobile => '9000 0001',
    transaction_type => 'non_loyalty', event_time => '2024-04-01', till => 'mall-1');
SELECT outcome FROM loyalty.add_transaction_by_identifiers('acme', 'N-1', 10, mobile => '9000 0002',
    transaction_type => 'non_loyalty');
SELECT transaction_number, identifier_type, amount FROM loyalty_data.tagged_transaction ORDER BY transaction_number;
SELECT loyalty.find_customer('acme', 'mobile', '9000 0001');
SELECT * FROM loyalty.verify_ledger('acme') WHERE ok IS NOT TRUE;

-- The registration gets them: older than it, without points.
SELECT customer_id AS ana FROM loyalty.register_customer('acme', mobile => '9000 0001', email => 'ana@example.com') \gset
SELECT transaction_number, loyalty_data.ledger_word(transaction_type, 'transaction_type') AS transaction_type, amount, event_time
FROM loyalty_data.transaction WHERE customer_id = :ana ORDER BY event_time;
SELECT l.line_no, l.item_code, l.quantity, l.amount, n.reason
FROM loyalty_data.transaction_line l JOIN loyalty_data.event_note n ON n.event_id = l.transaction_id WHERE l.customer_id = :ana;
SELECT count(*) AS tagged FROM loyalty_data.tagged_transaction;
-- A repeat still gets the first answer; a further bill is the owner's at once.
SELECT customer_id, outcome, points FROM loyalty.add_transaction_by_identifiers('acme', 'N-1', 75,
    mobile => '9000 0001', transaction_type => 'non_loyalty', event_time => '2024-03-01', reason => 'gift card',
    line_items => '[{"item_code": "mug", "amount": 75, "quantity": 3}]', idempotency_key => 'n-1');
SELECT customer_id = :ana AS same, outcome, points FROM loyalty.add_transaction_by_identifiers('acme', 'N-3', 5,
    mobile => '9000 0001', transaction_type => 'non_loyalty', event_time => '2024-02-01', idempotency_key => 'n-3');
SELECT customer_id = :ana AS same, outcome, points FROM loyalty.add_transaction_by_identifiers('acme', 'N-3', 5,
    mobile => '9000 0001', transaction_type => 'non_loyalty', event_time => '2024-02-01', idempotency_key => 'n-3');
-- They can be returned.
SELECT amount, points FROM loyalty.return_transaction('acme', :ana, 'N-1', '[{"line_no": 1, "quantity": 1}]');

-- ---------------------------------------------------------------- other columns of a bill

SELECT points FROM loyalty.add_transaction('acme', :mei, 'P-1', 40, category => 'promised', outlier_status => 'test');
SELECT current_points, promised_points FROM loyalty.points_balance('acme', :mei);
SELECT transaction_number, transaction_type, outlier_status, amount, points, returned_amount
FROM loyalty.transactions WHERE customer_id IN (:mei, :ana) ORDER BY transaction_id;
SELECT amount, points, current_points FROM loyalty.return_transaction('acme', :mei, 'P-1', amount => 10);
SELECT current_points, promised_points FROM loyalty.points_balance('acme', :mei);
SELECT movement, points, house_account, event_name FROM loyalty.lot_trace WHERE customer_id = :mei AND category = 'promised'
ORDER BY lot_id, event_id;
SELECT * FROM loyalty.verify_ledger('acme') WHERE ok IS NOT TRUE;

-- ---------------------------------------------------------------- what a bill counts for

SELECT points FROM loyalty.add_transaction('acme', :mei, 'C-1', 40, points => 0);
SELECT points FROM loyalty.add_transaction('acme', :mei, 'C-2', 40, transaction_type => 'non_loyalty');
SELECT points FROM loyalty.return_transaction('acme', :mei, 'C-1', return_number => 'CR-1');
SELECT points FROM loyalty.return_transaction('acme', :mei, 'C-2', return_number => 'CR-2');
SELECT transaction_number, transaction_type, program, counts FROM loyalty.transactions
WHERE transaction_number ~ '^C' ORDER BY transaction_id;
SELECT * FROM loyalty.verify_ledger('acme') WHERE ok IS NOT TRUE;

DROP EXTENSION loyalty;
