-- Two accounts of one person become one, as docs/merge.md tells of it.
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
SET loyalty.clock = '1997-01-01 09:00+00';
SELECT pg_temp.new_org('lagoon', 'stars', '6 months', tills => '{quay-1,quay-2}', store => 'quay', country => 'SG');
SELECT loyalty.set_config('lagoon', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'true');
SELECT loyalty.create_card_series('lagoon', 'gold', 'Gold', method => 'AUTO_INC', length => 6,
    max_active_per_customer => 1) > 0 AS series;
SELECT loyalty.set_config('lagoon', 'CONF_CLIENT_V2_API_ENABLED', 'on');
SELECT loyalty.set_config('lagoon', 'CONF_ALLOW_REGISTRATION_FROM_ANY_IDENTIFIERS', 'on');
SELECT loyalty.define_field('lagoon', 'custom', 'customer', 'shoe', 'integer') > 0 AS field;
SELECT loyalty.define_field('lagoon', 'custom', 'customer', 'hat', 'text') > 0 AS field;
SELECT loyalty.define_field('lagoon', 'extended', 'customer', 'city', 'text') > 0 AS field;

-- ---------------------------------------------------------------- two accounts of Ann

SELECT customer_id AS ann FROM loyalty.register_customer('lagoon', '91234567', first_name => 'Ann', till => 'quay-1',
    custom_fields => '{"shoe": 38}', extended_fields => '{"city": "Singapore"}') \gset
SET loyalty.clock = '1997-02-01 09:00+00';
SELECT customer_id AS anne FROM loyalty.register_customer('lagoon', '91234568', 'Anne@Example.com', 'L-1', 'Anne',
    till => 'quay-2', registered_on => '1996-12-01 10:00+00', custom_fields => '{"shoe": 39, "hat": "sun"}',
    extended_fields => '{"city": "Penang"}') \gset
SELECT loyalty.upsert_profile('lagoon', :anne, 'FACEBOOK', 'page', 'Anne', cuid => 'fb-7');
SELECT loyalty.set_ndnc_status('lagoon', '91234568', 'registered');
SELECT loyalty.set_subscription('lagoon', :anne, 'mobile', 'promotional', true);
SELECT card_number FROM loyalty.issue_card('lagoon', :ann, 'gold');
SELECT card_number FROM loyalty.issue_card('lagoon', :anne, 'gold');
SELECT points, current_points FROM loyalty.earn_points('lagoon', :ann, 30, till => 'quay-1');
SELECT points, current_points FROM loyalty.add_transaction('lagoon', :anne, 'Q-1', 80, till => 'quay-2',
    event_time => '1997-01-10 12:00+00', idempotency_key => 'Q-1');
SELECT points, current_points FROM loyalty.earn_points('lagoon', :anne, 25, category => 'promised');
SELECT points, current_points FROM loyalty.redeem_points('lagoon', :anne, 20, till => 'quay-2');

-- ---------------------------------------------------------------- what would become of them

SET loyalty.clock = '1997-03-01 09:00+00';
SELECT item, survivor_value, victim_value, final_value, rule, warning FROM loyalty.preview_merge('lagoon', :ann, :anne)
WHERE item <> 'transactions and returns' ORDER BY line_no;

-- A caller who wants no warnings gets an error; nothing has changed.
\set VERBOSITY sqlstate
SELECT loyalty.merge_customers('lagoon', :ann, :anne, accept_warnings => false);
\set VERBOSITY default
SELECT count(*) AS merges FROM loyalty.merge_log;

-- ---------------------------------------------------------------- the merge

SELECT survivor_id = :ann AS survivor, warnings FROM loyalty.merge_customers('lagoon', :ann, :anne, reason => 'Same person',
    actor => 'agent 7', till => 'quay-1', idempotency_key => 'M-1');
SELECT victim_id = :anne AS victim, survivor_id = :ann AS survivor, event_time, origin, till, actor, reason, warnings
FROM loyalty.merge_log;

-- The record is what the preview said.
SELECT count(*) AS lines, count(*) FILTER (WHERE rule = 'earlier_registration') AS of_registration
FROM loyalty.merge_details;

-- Everything finds the survivor.
SELECT t, loyalty.find_customer('lagoon', t, v) = :ann AS found
FROM (VALUES ('mobile', '91234567'), ('mobile', '91234568'), ('external_id', 'L-1'), ('email', 'anne@example.com')) w (t, v);
SELECT card_number, status FROM loyalty.customer_cards('lagoon', :ann) ORDER BY card_number;
SELECT source, first_name, mobile, email, external_id, cuid FROM loyalty.customer_profiles WHERE customer_id = :ann ORDER BY source;
SELECT kind, name, field_value FROM loyalty.customer_fields WHERE customer_id = :ann ORDER BY kind, name;
SELECT v ->> 'registered_on' AS registered_on, v ->> 'registered_till' AS till, v -> 'ndnc' AS ndnc, v -> 'subscriptions' AS subscriptions
FROM loyalty.customer_single_view('lagoon', :ann) v;

-- Each of the victim's ledgers ends with an entry of the merge, a memo where there was nothing to move; the survivor goes on,
-- and its own ledgers tell of the merge as well.
SELECT customer_id = :ann AS own, category, entry_no, entry_type, points, balance_after
FROM loyalty.points_ledger('lagoon', :ann, from_time => '1990-01-01', to_time => '2100-01-01', include_merged => true)
WHERE event_name = 'customer_merge' ORDER BY customer_id = :ann, category;
SELECT customer_id = :ann AS owner, original_customer_id = :ann AS own, category, entry_no, entry_type, house_account, points,
    balance_after, event_name FROM loyalty.points_ledger_entries WHERE points <> 0
ORDER BY original_customer_id = :ann, category, entry_no;
SELECT l.points, l.remaining, l.awarded_at, l.expires_at, t.till, l.origin_customer_id = :anne AS of_victim
FROM loyalty_data.points_lot l LEFT JOIN loyalty_data.till t USING (org_id, till_id) WHERE l.customer_id = :ann
ORDER BY l.lot_id;

-- A redemption takes the victim's points like the survivor's own, in the order of their expiry.
SELECT points, current_points FROM loyalty.redeem_points('lagoon', :ann, 70, transaction_number => 'Q-1', till => 'quay-2');
SELECT points, transaction_number FROM loyalty.points_ledger('lagoon', :ann, entry_type => 'debit');
SELECT customer_id = :ann AS own, points, transaction_number
FROM loyalty.points_ledger('lagoon', :ann, entry_type => 'debit', include_merged => true);
SELECT points, transaction_number FROM loyalty.redemptions WHERE customer_id = :ann ORDER BY event_id;

-- ---------------------------------------------------------------- the victim

-- Calls with its id name the survivor, or work on it where the caller asks for that.
\set VERBOSITY sqlstate
SELECT loyalty.earn_points('lagoon', :anne, 5);
SELECT loyalty.update_customer('lagoon', :anne, 'Anna');
SELECT loyalty.issue_card('lagoon', :anne, 'gold');
\set VERBOSITY default
BEGIN;
SET LOCAL loyalty.follow_merges = on;
SELECT points, current_points FROM loyalty.earn_points('lagoon', :anne, 5);
SELECT loyalty.update_customer('lagoon', :anne, 'Anna');
SELECT points, current_points FROM loyalty.add_transaction('lagoon', :anne, 'Q-1', 80, till => 'quay-2',
    event_time => '1997-01-10 12:00+00', idempotency_key => 'Q-1');
COMMIT;
SELECT first_name FROM loyalty.customer_profiles WHERE customer_id = :ann AND source = 'INSTORE';

-- What it asked before the merge still gets its first answer, and so does the merge.
SELECT points, current_points FROM loyalty.add_transaction('lagoon', :anne, 'Q-1', 80, till => 'quay-2',
    event_time => '1997-01-10 12:00+00', idempotency_key => 'Q-1');
SELECT survivor_id = :ann AS survivor, warnings FROM loyalty.merge_customers('lagoon', :ann, :anne, reason => 'Same person',
    actor => 'agent 7', till => 'quay-1', idempotency_key => 'M-1');
SELECT count(*) AS merges FROM loyalty.merge_log;

-- ---------------------------------------------------------------- chains

SELECT customer_id AS ana FROM loyalty.register_customer('lagoon', '91234569', first_name => 'Ana') \gset
SELECT warnings FROM loyalty.merge_customers('lagoon', :ana, :ann);
SELECT victim_id = :anne AS was_anne, survivor_id = :ann AS into_ann, customer_id = :ana AS owned_by_ana
FROM loyalty.merge_log ORDER BY merge_id;
SELECT loyalty.find_customer('lagoon', 'external_id', 'L-1') = :ana AS found,
       loyalty.find_customer('lagoon', 'mobile', '91234568') = :ana AS found_by_what_anne_kept;

-- The survivor's ledger is its own, or that of all three, whatever the pages; it closes with the points that the survivor has.
CREATE FUNCTION pages(customer bigint, newest boolean, merged boolean) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    next text;
    page record;
    more boolean := true;
BEGIN
    WHILE more LOOP
        more := false;
        FOR page IN SELECT * FROM loyalty.points_ledger('lagoon', customer, from_time => '1990-01-01', to_time => '2100-01-01',
            newest_first => newest, page_size => 3, after_key => next, include_merged => merged) LOOP
            RETURN NEXT concat_ws(' ', page.customer_id, page.event_id, page.program, page.category, page.entry_no, page.points, page.balance_after);
            next := page.next_key;
            more := page.has_more;
        END LOOP;
    END LOOP;
END
$$;
SELECT newest, merged, (SELECT array_agg(p ORDER BY p) FROM pages(:ana, newest, merged) p) = (
    SELECT array_agg(concat_ws(' ', original_customer_id, event_id, program, category, entry_no, points, balance_after)
        ORDER BY concat_ws(' ', original_customer_id, event_id, program, category, entry_no, points, balance_after))
    FROM loyalty.points_ledger_entries WHERE customer_id = :ana AND (merged OR original_customer_id = :ana)) AS are_its_entries
FROM unnest('{t,f}'::boolean[]) newest, unnest('{t,f}'::boolean[]) merged ORDER BY 1, 2;
SELECT program, category, closing_balance = (SELECT current_points FROM loyalty.points_balance('lagoon', :ana)) AS is_the_balance
FROM loyalty.ledger_closing_balance('lagoon', :ana) WHERE category = 'regular';
-- As it was when they were three, each has its own; the balance covers the group.
SELECT c.customer_id = :anne AS anne, c.customer_id = :ann AS ann, c.category, c.closing_balance, b.current_points
FROM loyalty.ledger_closing_balance('lagoon', :ana, category => 'regular', to_time => '1997-01-20', include_merged => true) c,
    loyalty.points_balance('lagoon', :ana, as_of => '1997-01-20') b ORDER BY 1, 2;
SELECT count(*) AS own FROM loyalty.ledger_closing_balance('lagoon', :ana, category => 'regular', to_time => '1997-01-20');

-- ---------------------------------------------------------------- two ledgers stay two

-- The survivor's newest row is its balance, its closing balance of the day before its own, its credits those it got.
SELECT customer_id AS sue FROM loyalty.register_customer('lagoon', '91230001', registered_on => '1997-02-01') \gset
SELECT customer_id AS vic FROM loyalty.register_customer('lagoon', '91230002', registered_on => '1997-02-01') \gset
SELECT customer_id AS nil FROM loyalty.register_customer('lagoon', '91230003', registered_on => '1997-02-01') \gset
SELECT points FROM loyalty.earn_points('lagoon', :sue, 100);
SELECT event_id AS vics, points FROM loyalty.earn_points('lagoon', :vic, 50) \gset
SET loyalty.clock = '1997-03-02 09:00+00';
SELECT warnings FROM loyalty.merge_customers('lagoon', :sue, :vic);
SELECT balance_after AS newest FROM loyalty.points_ledger('lagoon', :sue, category => 'regular', page_size => 1);
SELECT sum(points) AS credits FROM loyalty.points_ledger('lagoon', :sue, category => 'regular', entry_type => 'credit');
SELECT customer_id = :sue AS own, closing_balance
FROM loyalty.ledger_closing_balance('lagoon', :sue, category => 'regular', to_time => '1997-03-01 10:00+00');
SELECT closing_balance AS of_credits
FROM loyalty.ledger_closing_balance('lagoon', :sue, category => 'regular', entry_type => 'credit');
SELECT customer_id = :vic AS own, entry_type, points, balance_after, event_name
FROM loyalty.points_ledger('lagoon', :vic, category => 'regular', from_time => '1997-02-28', to_time => '1997-03-03');
SELECT count(*) AS own FROM loyalty.ledger_event_details('lagoon', :sue, :vics);
SELECT customer_id = :vic AS vics, entry_points, movement
FROM loyalty.ledger_event_details('lagoon', :sue, :vics, include_merged => true);
-- Someone without points leaves a memo in every account of both.
SELECT warnings FROM loyalty.merge_customers('lagoon', :sue, :nil);
SELECT customer_id = :nil AS nils, category, entry_type, points, balance_after FROM loyalty.points_ledger('lagoon', :nil)
WHERE event_name = 'customer_merge' ORDER BY category;
SELECT customer_id = :sue AS sues, category, entry_type, points, balance_after FROM loyalty.points_ledger('lagoon', :sue)
WHERE event_name = 'customer_merge' ORDER BY category, entry_no;

SELECT * FROM loyalty.verify_ledger('lagoon') WHERE NOT ok;
SELECT account, debit, credit FROM loyalty.trial_balance ORDER BY account;
DROP EXTENSION loyalty;
