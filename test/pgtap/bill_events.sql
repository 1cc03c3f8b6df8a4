-- Events of bills as reports read them: a return is one event with all that comes back and goes, and number and id of a bill
-- stand in a document with the bill itself, and with a return its own.
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = warning;
SET LOCAL loyalty.clock = '2024-05-02 10:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('rp', 'p1', tills => '{t1}', primary_key => 'external_id');
SELECT loyalty.set_redemption_rules('rp', 'p1');
SELECT pg_temp.customer('rp', 'dora') AS d, pg_temp.customer('rp', 'carl') AS c, pg_temp.customer('rp', 'xena') AS x \gset

-- ---------------------------------------------------------------- a return

SELECT points FROM loyalty.earn_points('rp', :d, 50);
SELECT transaction_id AS bill FROM loyalty.add_transaction('rp', :d, 'R1', 100, till => 't1') \gset
SELECT points FROM loyalty.redeem_points('rp', :d, 30, till => 't1', transaction_number => 'R1');
SELECT transaction_id AS back, event_id AS e FROM loyalty.return_transaction('rp', :d, 'R1', till => 't1', return_number => 'R1-back') \gset
SELECT results_eq(format($$SELECT event_name, entry_type, points, points_on_event FROM loyalty.points_ledger('rp', %s, category => 'regular',
        newest_first => false) WHERE event_id = %s$$, :d, :e),
    $$VALUES ('transaction_return', 'credit', 30.000, -70.000), ('transaction_return', 'debit', 100.000, -70.000)$$,
    'what comes back and what was earned are one event with its net');
SELECT is_empty(format($$SELECT 1 FROM loyalty.points_ledger('rp', %s) WHERE event_name = 'points_redemption_reversal'$$, :d),
    'there is no reversal beside it');
SELECT results_eq(format($$SELECT DISTINCT e ->> 'event_name', (e ->> 'transaction_id')::bigint, e ->> 'transaction_number'
    FROM loyalty.points_ledger_json('rp', %s) j, jsonb_array_elements(j -> 'entries') e
    WHERE e ->> 'transaction_number' IS NOT NULL OR e ->> 'transaction_id' IS NOT NULL ORDER BY 1$$, :d),
    format($$VALUES ('transaction_add', %s::bigint, 'R1'), ('transaction_return', %s::bigint, 'R1-back')$$, :bill, :back),
    'number and id stand with the bill, and with the return its own');

-- ---------------------------------------------------------------- an opening balance below zero

SELECT loyalty.create_program('rp', 'p2', 'P2', allow_negative_on_return => true);
SELECT points FROM loyalty.import_opening_balance('rp', :d, -15, program => 'p2');
SELECT results_eq(format($$SELECT entry_type, points, balance_after FROM loyalty.points_ledger('rp', %s, 'p2', category => 'regular')$$, :d),
    $$VALUES ('opening_balance', -15.000, -15.000)$$, 'an opening entry alone may be below zero, as its page says');

-- ---------------------------------------------------------------- a bill that moves, and moves back

SELECT points FROM loyalty.add_transaction('rp', :d, 'S1', 100, till => 't1');
SELECT event_id AS spent FROM loyalty.redeem_points('rp', :d, 110) \gset
SELECT results_eq(format($$SELECT from_points, to_points FROM loyalty.move_transaction('rp', 'S1', %s, %s)$$, :d, :c), 'VALUES (40.000, 100.000)',
    'a bill whose points were spent moves; what was not there is a claim');
SELECT pg_temp.refused(format($$loyalty.move_transaction('rp', 'S1', %s, %s)$$, :c, :d), 'LY425',
    'it does not come back as long as points of it are claimed: they would be made anew');
SELECT loyalty.move_transaction('rp', 'S1', :c, :x);
SELECT pg_temp.refused(format($$loyalty.move_transaction('rp', 'S1', %s, %s)$$, :x, :d), 'LY425', 'nor over somebody else');
SELECT loyalty.move_transaction('rp', 'S1', :x, :c);
SELECT points_available FROM loyalty.reverse_redemption('rp', :d, NULL, redemption_event_id => :spent);
SELECT results_eq(format($$SELECT from_points, to_points, current_points FROM loyalty.move_transaction('rp', 'S1', %s, %s)$$, :c, :d),
    'VALUES (100.000, 100.000, 150.000)', 'the reversal settled the claim, and no point was made');
SELECT is(pg_temp.proved(), 'proved', 'the books are right');
SELECT finish();
ROLLBACK;
