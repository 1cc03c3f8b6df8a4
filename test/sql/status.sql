-- Statuses, labels, restrictions and deletion, as docs/status.md tells of them.
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
RESET DateStyle;
SET loyalty.clock = '2024-05-02 10:00:00+00';
\set VERBOSITY default
\pset null ~
SELECT pg_temp.new_org('lagoon', 'beans', zone => 'Asia/Singapore', country => 'SG');
SELECT customer_id AS ann FROM loyalty.register_customer('lagoon', mobile => '9123 4567', first_name => 'Ann') \gset
SELECT customer_id AS bob FROM loyalty.register_customer('lagoon', mobile => '8123 4567', first_name => 'Bob') \gset

-- Before the org makes a label everybody has the built-in one of active. Until it uses the customer status there is the
-- older fraud status.
SELECT status, label, fraud_status FROM loyalty.customer_statuses ORDER BY customer_id;
SELECT loyalty.set_fraud_status('lagoon', :bob, 'marked', 'many returns', 'maya');
SELECT loyalty.set_customer_status('lagoon', :bob, 'active');
SELECT status, label, fraud_status FROM loyalty.customer_statuses ORDER BY customer_id;

-- Labels are the org's words for a status; the first one of a status is its default.
SELECT loyalty.create_status_label('lagoon', 'active', 'Regular', 'Everybody, at first') > 0 AS created;
SELECT loyalty.create_status_label('lagoon', 'fraud_suspected', 'Under review') > 0 AS created;
SELECT loyalty.create_status_label('lagoon', 'fraud_suspected', 'Watched') > 0 AS created;
SELECT loyalty.create_status_label('lagoon', 'suspended', 'On hold') > 0 AS created;
SELECT loyalty.create_status_label('lagoon', 'suspended', 'Deletion_pending');
SELECT loyalty.set_default_status_label('lagoon', 'fraud_suspected', 'Watched');
SELECT label, status, is_default, description FROM loyalty.status_labels ORDER BY status, label;

-- A new customer gets the default label of active; nobody else's changes.
SELECT customer_id AS cat FROM loyalty.register_customer('lagoon', mobile => '8123 9999', first_name => 'Cat') \gset
SELECT customer_id = :cat AS is_cat, status, label FROM loyalty.customer_statuses ORDER BY customer_id;

-- Turning the customer status on replaces the fraud status of everybody, once.
SELECT loyalty.enable_customer_status('lagoon') AS replaced;
SELECT loyalty.enable_customer_status('lagoon');
SELECT loyalty.set_fraud_status('lagoon', :ann, 'marked');
SELECT status, label, fraud_status FROM loyalty.customer_statuses ORDER BY customer_id;
SELECT label, previous_label, status, previous_status, fraud_status, previous_fraud_status, reason, actor = current_user AS mine
FROM loyalty.customer_status_log WHERE customer_id = :bob ORDER BY change_id;

-- What a label stops: these labels and no others; all of them, those made later, too.
SELECT loyalty.set_restriction('lagoon', 'block_points_redemption', '{Under review,On hold}');
SELECT loyalty.set_restriction('lagoon', 'block_points_redemption', '{Watched,On hold}');
SELECT loyalty.set_restriction('lagoon', 'mark_transaction_outlier', '{all}');
SELECT loyalty.create_status_label('lagoon', 'internal', 'Staff') > 0 AS created;
SELECT label, restrictions FROM loyalty.status_labels ORDER BY label;
SELECT label, restriction FROM loyalty.status_restrictions WHERE is_restricted ORDER BY label, restriction;
SELECT count(*) FROM loyalty.status_restrictions WHERE status = 'active';
SELECT loyalty.set_restriction('lagoon', 'block_points_redemption', '{Regular}');
SELECT loyalty.set_restriction('lagoon', 'block_everything', '{On hold}');

-- The guard: who is watched may earn, and not redeem.
SELECT points, current_points FROM loyalty.earn_points('lagoon', :bob, 50);
SELECT loyalty.redeem_points('lagoon', :bob, 10);
SELECT * FROM loyalty.check_restriction('lagoon', :bob, 'redeem_points');
SELECT * FROM loyalty.check_restriction('lagoon', :bob, 'transaction');
SELECT * FROM loyalty.check_restriction('lagoon', :ann, 'redeem_points');

-- A bill that may bring no points is a bill all the same, and says why; with the mark, an outlier.
SELECT loyalty.set_customer_status('lagoon', :bob, 'On hold', 'chargeback', 'maya');
SELECT loyalty.set_restriction('lagoon', 'block_points_allocation', '{On hold}');
SELECT event_id AS held_bill, points, current_points
FROM loyalty.add_transaction('lagoon', :bob, 'B-1', 149.90, reason => 'weekend') \gset
SELECT :points AS points, :current_points AS current_points;
SELECT t.amount, t.outlier_status, n.reason FROM loyalty.transactions t JOIN loyalty_data.event_note n ON n.event_id = t.transaction_id
WHERE t.transaction_id = :held_bill;
SELECT loyalty.earn_points('lagoon', :bob, 1, event_name => 'goodwill');
SELECT loyalty.set_restriction('lagoon', 'block_points_allocation', '{}');
SELECT points, current_points FROM loyalty.add_transaction('lagoon', :bob, 'B-2', 10);

-- Promised points that come due meanwhile wait, and convert when the block ends.
SELECT points FROM loyalty.earn_points('lagoon', :bob, 9, category => 'promised', redeemable_from => '2024-05-03 00:00:00+00');
SELECT loyalty.set_restriction('lagoon', 'block_points_allocation', '{On hold}');
SET loyalty.clock = '2024-05-04 10:00:00+00';
SELECT * FROM loyalty.check_restriction('lagoon', :bob, 'convert_promised');
CALL loyalty.convert_promised_points('lagoon');
SELECT current_points, promised_points FROM loyalty.points_balance('lagoon', :bob);
SELECT loyalty.set_restriction('lagoon', 'block_points_allocation', '{}');
CALL loyalty.convert_promised_points('lagoon');
SELECT current_points, promised_points FROM loyalty.points_balance('lagoon', :bob);

-- Reads never fail because of a status.
SELECT current_points FROM loyalty.points_balance('lagoon', :bob);
SELECT loyalty.customer_single_view('lagoon', :bob) -> 'status' AS status;

-- A registration may bring a label and a reason.
SELECT customer_id AS dan FROM loyalty.register_customer('lagoon', mobile => '8123 1111', status_label => 'Staff',
    status_label_reason => 'works here') \gset
SELECT label, previous_label, status, reason FROM loyalty.customer_status_log WHERE customer_id = :dan;
SELECT outcome FROM loyalty.register_customer_json('lagoon', '{"profiles": [{"identifiers": [{"type": "mobile",
    "value": "81231111"}]}], "statusLabel": "On hold", "statusLabelReason": "has left"}');
SELECT label, previous_label, status, reason FROM loyalty.customer_status_log WHERE customer_id = :dan ORDER BY change_id;
SELECT loyalty.register_customer('lagoon', mobile => '8123 2222', status_label => 'Nothing');
SELECT loyalty.register_customer('lagoon', mobile => '8123 2222', status_label_reason => 'why');

-- Deletion. Until it is decided the customer can do nothing but be read.
SELECT loyalty.request_deletion('lagoon', :bob, 'asked by e-mail') > 0 AS requested;
SELECT status, label FROM loyalty.customer_statuses WHERE customer_id = :bob;
SELECT loyalty.earn_points('lagoon', :bob, 5);
SELECT loyalty.update_customer('lagoon', :bob, first_name => 'Robert');
SELECT loyalty.set_customer_status('lagoon', :bob, 'Regular');
SELECT loyalty.request_deletion('lagoon', :bob);
SELECT loyalty.approve_deletion('lagoon', :bob);
SELECT current_points FROM loyalty.points_balance('lagoon', :bob);

-- Declined, it leaves the former label.
SELECT loyalty.decline_deletion('lagoon', :bob, 'changed his mind');
SELECT status, label FROM loyalty.customer_statuses WHERE customer_id = :bob;
SELECT loyalty.approve_deletion('lagoon', :bob);

-- Approved by another role, nothing of the person is left; the bills stay, under the bare id.
SELECT loyalty.request_deletion('lagoon', :bob) > 0 AS requested;
CREATE ROLE regress_officer IN ROLE loyalty_admin;
SELECT loyalty.grant_org('lagoon', 'regress_officer');
SET ROLE regress_officer;
SELECT loyalty.approve_deletion('lagoon', :bob);
RESET ROLE;
SELECT c.status, c.label, c.erased_at FROM loyalty.customer_statuses c WHERE c.customer_id = :bob;
SELECT jsonb_pretty(jsonb_path_query_array(loyalty.customer_single_view('lagoon', :bob),
    '$.keyvalue() ? (@.value != null && @.key != "customer_id").key'));
SELECT event_name, entry_type, points, balance_after FROM loyalty.points_ledger('lagoon', :bob,
    from_time => '2024-05-01 00:00:00+00', newest_first => false);
SELECT requested_by = current_user AS mine, decided_by = 'regress_officer' AS officers, decision, reason FROM loyalty.deletion_requests ORDER BY request_id;
SELECT label, status, reason, actor FROM loyalty.customer_status_log WHERE customer_id = :bob ORDER BY change_id;
SELECT bool_and(ok) AS verified FROM loyalty.verify_ledger('lagoon');

-- That is final; the person may register anew.
SELECT loyalty.earn_points('lagoon', :bob, 5);
SELECT loyalty.set_customer_status('lagoon', :bob, 'Regular');
SELECT loyalty.request_deletion('lagoon', :bob);
SELECT customer_id <> :bob AS somebody_new, outcome FROM loyalty.register_customer('lagoon', mobile => '8123 4567');

DROP ROLE regress_officer;
DROP EXTENSION loyalty;
