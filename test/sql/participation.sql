-- Participation in a program, as docs/participation.md tells of it: who takes part, what points do, what makes it active.
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
SET loyalty.clock = '2024-03-01 09:00+00';
SELECT pg_temp.new_org('lagoon', 'stars', NULL, primary_key => 'external_id', zone => 'Asia/Singapore');
SELECT loyalty.set_config('lagoon', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'true');
SELECT loyalty.create_program('lagoon', 'shells', 'Shells') > 0 AS program;
SELECT pg_temp.customer('lagoon', 'O-1') AS old \gset

-- ---------------------------------------------------------------- rules: off by default, an account from before stays active
SELECT loyalty.define_field('lagoon', 'custom', 'participation', 'favourite', 'text') > 0 AS field;
SELECT loyalty.define_field('lagoon', 'extended', 'participation', 'favourite', 'text');
SELECT loyalty.set_participation_rules('lagoon', 'stars', terms => '{First Name,mobile,firstName}');
SELECT program, is_enabled, has_automatic_registration, has_phone_confirmation, terms, stores FROM loyalty.participation_rules;
SELECT points, current_points FROM loyalty.earn_points('lagoon', :old, 25);
SELECT points, current_points FROM loyalty.redeem_points('lagoon', :old, 5);
SELECT * FROM loyalty.enrol_customer('lagoon', :old);

-- ---------------------------------------------------------------- nobody: recorded, and nothing else
SELECT customer_id AS ann FROM loyalty.register_customer('lagoon', external_id => 'A-1') \gset
SELECT points, current_points, warnings FROM loyalty.add_transaction('lagoon', :ann, 'B-0', 100);
SELECT lot_id, points, current_points, expires_at FROM loyalty.earn_points('lagoon', :ann, 7);
SELECT points FROM loyalty.redeem_points('lagoon', :ann, 1);
SELECT redeemable, failed_condition, failed_program, available_points FROM loyalty.is_redeemable('lagoon', :ann, 1);
SELECT points, current_points FROM loyalty.earn_points('lagoon', :ann, 7, program => 'shells');

-- ---------------------------------------------------------------- the worked example of a card at the till
SELECT * FROM loyalty.enrol_customer('lagoon', :ann, reason => 'card handed over');
SELECT * FROM loyalty.enrol_customer('lagoon', :ann);
SELECT points, current_points FROM loyalty.add_transaction('lagoon', :ann, 'B-1', 40);
SELECT points FROM loyalty.redeem_points('lagoon', :ann, 10);
SELECT redeemable, failed_condition, failed_program FROM loyalty.is_redeemable('lagoon', :ann, 10);
-- All programs may pay: the one that may not be spent in is left out.
SELECT points, current_points FROM loyalty.redeem_points('lagoon', :ann, 7, program => 'ALL');
SELECT points FROM loyalty.redeem_points('lagoon', :ann, 1, program => 'ALL');
SELECT loyalty.update_customer('lagoon', :ann, first_name => 'Ann');
SELECT * FROM loyalty.update_participation('lagoon', :ann, '{"favourite": "tea"}');
SELECT loyalty.change_identifier('lagoon', :ann, 'mobile', '+6591234567');
SELECT points, current_points FROM loyalty.redeem_points('lagoon', :ann, 10);
SELECT transaction_number, counts, no_points FROM loyalty.transactions WHERE customer_id = :ann ORDER BY transaction_number;

-- ---------------------------------------------------------------- deactivated by hand
SELECT loyalty.set_participation_status('lagoon', :ann, 'deactivated', reason => 'asked for it', actor => 'Desk');
SELECT points, current_points, warnings FROM loyalty.add_transaction('lagoon', :ann, 'B-2', 100);
SELECT lot_id, points FROM loyalty.earn_points('lagoon', :ann, 7);
SELECT points FROM loyalty.redeem_points('lagoon', :ann, 10);
SELECT points FROM loyalty.transfer_points('lagoon', :old, :ann, 5);
SELECT points FROM loyalty.transfer_points('lagoon', :ann, :old, 5);
SELECT loyalty.set_participation_status('lagoon', :ann, 'active');
SELECT points, current_points FROM loyalty.redeem_points('lagoon', :ann, 10);
-- What was bought meanwhile stays uncounted.
SELECT transaction_number, counts, no_points FROM loyalty.transactions WHERE customer_id = :ann ORDER BY transaction_number;
SELECT program, status, enrolled_date, activated_date, origin FROM loyalty.participations WHERE customer_id = :ann;
SELECT change_no, status, previous_status, cause, reason, actor FROM loyalty.participation_history
WHERE customer_id = :ann ORDER BY change_no;
SELECT jsonb_pretty(loyalty.customer_single_view('lagoon', :ann) -> 'participations');
SELECT loyalty.customer_brief('lagoon', identifier_type => 'mobile', identifier_value => '+6591234567') -> 'participations' AS brief;

-- ---------------------------------------------------------------- registered by itself
SELECT loyalty.set_participation_rules('lagoon', 'stars', automatic_registration => true, terms => '{mobile,card}');
SELECT customer_id AS bea FROM loyalty.register_customer('lagoon', external_id => 'B-1', mobile => '+6591234568') \gset
SELECT points, warnings FROM loyalty.add_transaction('lagoon', :bea, 'B-3', 20);
SELECT loyalty.create_card_series('lagoon', 'paper', 'Paper') > 0 AS series;
SELECT status FROM loyalty.issue_card('lagoon', :bea, 'paper');
SELECT change_no, status, previous_status, cause FROM loyalty.participation_history WHERE customer_id = :bea ORDER BY change_no;
SELECT loyalty.set_participation_rules('lagoon', 'stars', automatic_registration => true);
SELECT customer_id AS cid FROM loyalty.register_customer('lagoon', external_id => 'C-1', mobile => '+6591234569') \gset
SELECT program, status, origin FROM loyalty.participations WHERE customer_id = :cid;

-- ---------------------------------------------------------------- off again
SELECT loyalty.set_participation_status('lagoon', :bea, 'deactivated');
SELECT loyalty.set_participation_rules('lagoon', 'stars', enabled => false);
SELECT points, warnings FROM loyalty.add_transaction('lagoon', :bea, 'B-4', 20);
SELECT loyalty.set_participation_status('lagoon', :bea, 'active');
SELECT invariant, detail FROM loyalty.verify_ledger('lagoon') WHERE NOT ok;
DROP EXTENSION loyalty;
