-- The guards of the ledger's tables, and what verify_ledger finds once they are lifted: each kind of tampering, and
-- whom it concerns. Then callers who would mislead the extension by search_path or by functions of their own.
-- Not in one transaction, since a failed one and a procedure that commits are among them.
\set ON_ERROR_STOP 1
SET client_min_messages = warning;
SET TimeZone = 'UTC';
SET loyalty.clock = '2024-05-02 10:00:00+00';
SELECT plan(514);

\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('acme', 'base', primary_key => 'external_id');
SELECT loyalty.create_program('acme', 'roll', 'Roll', expiry_unit => 'days', expiry_value => 30, expiry_type => 'rolling');
SELECT pg_temp.customer('acme', 'ann', '2024-01-01') AS ann, pg_temp.customer('acme', 'bob', '2024-01-01') AS bob \gset

-- Bob is there to be left alone. Ann has, in program base: 1 opening, 2 a bill of 100, 3 an award of 50, 4 a
-- redemption of 70 from both, 5 an award of 20 that expires, 6 its expiry; and in program roll: 1 opening, 2 an
-- award, 3 another, 4 the memo of the rolled expiry, 5 a third, 6 its memo.
SELECT loyalty.earn_points('acme', :bob, 10, event_time => '2024-01-02');
SELECT transaction_id AS bill FROM loyalty.add_transaction('acme', :ann, 'B-1', 100, event_time => '2024-01-02', line_items =>
    '[{"item_code": "a", "amount": 100}]') \gset
SELECT event_id AS award FROM loyalty.earn_points('acme', :ann, 50, program => 'base', event_time => '2024-01-03',
    expires_at => '2024-12-01', reason => 'because', idempotency_key => 'k') \gset
SELECT event_id AS redemption FROM loyalty.redeem_points('acme', :ann, 70, program => 'base', event_time => '2024-01-04') \gset
SELECT event_id AS short FROM loyalty.earn_points('acme', :ann, 20, program => 'base', event_time => '2024-01-05', expires_at => '2024-02-01') \gset
SELECT transaction_id AS no_points FROM loyalty.add_transaction('acme', :ann, 'B-2', 5, event_time => '2024-02-02', points => 0) \gset
SELECT event_id AS rolled FROM loyalty.earn_points('acme', :ann, 30, program => 'roll', event_time => '2024-04-01') \gset
SELECT loyalty.earn_points('acme', :ann, 5, program => 'roll', event_time => '2024-04-10');
SELECT loyalty.earn_points('acme', :ann, 6, program => 'roll', event_time => '2024-04-20');
SELECT event_id AS expiry FROM loyalty_data.ledger_entry WHERE event_code = 31 AND customer_id = :ann \gset
SELECT program_id AS base FROM loyalty_data.program WHERE program = 'base' \gset
SELECT program_id AS roll FROM loyalty_data.program WHERE program = 'roll' \gset
SELECT pg_temp.written() AS before \gset
CREATE FUNCTION pg_temp.verdict() RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(invariant || ': ' || coalesce(detail, ''), '; '), 'all is well')
    FROM loyalty.verify_ledger('acme') WHERE ok IS NOT TRUE
$$;
SELECT is(pg_temp.verdict(), 'all is well', 'every invariant holds');

-- ---------------------------------------------------------------- the guards

-- For a superuser, who owns the tables; then under replication's role, which silences ordinary triggers.
CREATE TEMP TABLE guarded AS SELECT c.relname::text AS name, a.attname::text AS first_column
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = 1
    WHERE t.tgname = 'ledger_guard' ORDER BY 1;
SELECT is((SELECT array_agg(name) FROM guarded), '{day_seal,day_total,incentive_use,key_use,ledger_account,ledger_day,ledger_entry,ledger_event,
    lot_claim,lot_expiry_change,lot_movement,
    points_lot,promotion_version,referral,reversal,transaction,transaction_line,transaction_number,use_return,
    voucher_movement}'::text[], 'every table of the ledger has a guard');
CREATE TEMP TABLE attempts AS
    SELECT name, format(attempt, name, first_column) AS attempt FROM guarded, unnest(ARRAY[
        'UPDATE loyalty_data.%1$I SET %2$I = %2$I',
        'UPDATE loyalty_data.%1$I SET %2$I = %2$I WHERE false',
        'DELETE FROM loyalty_data.%1$I',
        'DELETE FROM loyalty_data.%1$I WHERE false',
        'TRUNCATE loyalty_data.%1$I',
        'TRUNCATE loyalty_data.%1$I CASCADE',
        'INSERT INTO loyalty_data.%1$I SELECT * FROM loyalty_data.%1$I LIMIT 1 ON CONFLICT ON CONSTRAINT %1$s_pkey DO UPDATE SET %2$I = excluded.%2$I',
        'WITH x AS (DELETE FROM loyalty_data.%1$I RETURNING *) SELECT FROM x',
        'MERGE INTO loyalty_data.%1$I t USING (VALUES (1)) s (a) ON true WHEN MATCHED THEN DELETE']) attempt;
SELECT throws_ok(attempt, 'LY412', format('table "%s" changes through the API alone', name), 'refused: ' || left(attempt, 80))
    FROM attempts;
SET session_replication_role = replica;
SELECT throws_ok(attempt, 'LY412', NULL, 'refused as replica: ' || left(attempt, 80)) FROM attempts;
RESET session_replication_role;

-- An owner who is no superuser: of the table and of what it stands in.
BEGIN;
CREATE ROLE test_guard_owner;
ALTER SCHEMA loyalty_data OWNER TO test_guard_owner;
ALTER TABLE loyalty_data.ledger_entry OWNER TO test_guard_owner;
SET LOCAL ROLE test_guard_owner;
SELECT throws_ok('UPDATE loyalty_data.ledger_entry SET points = 0', 'LY412', NULL, 'refused: UPDATE by an owner who is no superuser');
ROLLBACK;

-- The guard as a trigger of another kind, or of another table, is refused or refuses; it cannot be misused.
BEGIN;
CREATE TABLE site_table (a int);
CREATE TRIGGER g BEFORE UPDATE ON site_table FOR EACH ROW EXECUTE FUNCTION loyalty_data.ledger_guard();
INSERT INTO site_table VALUES (1);
SELECT throws_ok('UPDATE site_table SET a = 2', '39P01', NULL, 'the guard is a statement trigger');
SELECT throws_ok('SELECT loyalty_data.ledger_guard()', '39P01', NULL, 'and no function to be called');
ROLLBACK;
SELECT is(pg_temp.written_since(:'before'), NULL, 'refused statements changed nothing');

-- ---------------------------------------------------------------- the flag does not stay lifted

CREATE FUNCTION public.site_refuses() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the site says no' USING ERRCODE = 'SITE1';
END
$$;
CREATE FUNCTION pg_temp.caught(call text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE call;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END
$$;
SELECT format('SELECT loyalty.redeem_points(''acme'', %s, 1, program => ''base'')', :ann) AS redeem \gset

BEGIN;
CREATE TRIGGER site BEFORE UPDATE ON loyalty_data.points_lot FOR EACH ROW EXECUTE FUNCTION public.site_refuses();
SELECT is(pg_temp.caught(:'redeem'), 'SITE1', 'a site''s trigger on lots fails a redemption, which catches it');
SELECT is(pg_temp.caught('UPDATE loyalty_data.ledger_entry SET points = 0'), 'LY412', 'the guard is back');
SELECT is(pg_temp.caught('UPDATE loyalty_data.points_lot SET points = 0'), 'LY412', 'also for lots');
SELECT is(current_user::text, session_user::text, 'and so is the caller');
ROLLBACK;
BEGIN;
CREATE TRIGGER site AFTER UPDATE ON loyalty_data.ledger_account FOR EACH STATEMENT EXECUTE FUNCTION public.site_refuses();
SELECT is(pg_temp.caught(:'redeem'), 'SITE1', 'the same on accounts, after the statement');
SELECT is(pg_temp.caught('UPDATE loyalty_data.ledger_account SET balance = 0'), 'LY412', 'the guard is back');
ROLLBACK;
BEGIN;
CREATE CONSTRAINT TRIGGER site AFTER UPDATE ON loyalty_data.points_lot DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION public.site_refuses();
SELECT is(pg_temp.caught(:'redeem'), 'no error', 'a deferred one has not fired yet');
SELECT is(pg_temp.caught('UPDATE loyalty_data.points_lot SET points = 0'), 'LY412', 'the guard is back');
SELECT is(pg_temp.caught('SET CONSTRAINTS ALL IMMEDIATE'), 'SITE1', 'now it fires');
SELECT is(pg_temp.caught('UPDATE loyalty_data.points_lot SET points = 0'), 'LY412', 'the guard is still there');
ROLLBACK;

-- A whole transaction that fails, not a part of it.
CREATE TRIGGER site BEFORE UPDATE ON loyalty_data.points_lot FOR EACH ROW EXECUTE FUNCTION public.site_refuses();
\set ON_ERROR_STOP 0
:redeem;
\set failed :SQLSTATE
UPDATE loyalty_data.points_lot SET points = 0;
\set refused :SQLSTATE
\set ON_ERROR_STOP 1
SELECT is(:'failed'::text, 'SITE1', 'a transaction that fails');
SELECT is(:'refused'::text, 'LY412', 'leaves the guard to the next one');
DROP TRIGGER site ON loyalty_data.points_lot;

-- The store's own statement is no door for others: while it updates lots, a site's trigger changes no entries.
CREATE FUNCTION public.site_meddles() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE loyalty_data.ledger_entry SET points = 0;
    RETURN NEW;
END
$$;
BEGIN;
CREATE TRIGGER site BEFORE UPDATE ON loyalty_data.points_lot FOR EACH ROW EXECUTE FUNCTION public.site_meddles();
SELECT is(pg_temp.caught(:'redeem'), 'LY412', 'a site''s trigger on lots changes no entries');
ROLLBACK;

-- A site's trigger may catch errors of its own in the midst of a call; the call goes on.
CREATE FUNCTION public.site_catches() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    BEGIN
        PERFORM 1 / 0;
    EXCEPTION WHEN division_by_zero THEN
        NULL;
    END;
    RETURN NEW;
END
$$;
BEGIN;
CREATE TRIGGER site BEFORE UPDATE ON loyalty_data.points_lot FOR EACH ROW EXECUTE FUNCTION public.site_catches();
CREATE TRIGGER site BEFORE UPDATE ON loyalty_data.ledger_account FOR EACH ROW EXECUTE FUNCTION public.site_catches();
SELECT is(pg_temp.caught(format('SELECT loyalty.redeem_points(''acme'', %s, 80, program => ''base'')', :ann)), 'no error',
    'a site''s trigger that catches its own errors is no harm');
SELECT is(pg_temp.verdict(), 'all is well', 'and every invariant holds');
ROLLBACK;

-- What erasure must reach is outside: notes have no guard, and are under no hash.
BEGIN;
DELETE FROM loyalty_data.event_note;
SELECT is(pg_temp.verdict(), 'all is well', 'notes may go, the ledger holds');
ROLLBACK;
SELECT is(pg_temp.written_since(:'before'), NULL, 'nothing changed by all that');

-- ---------------------------------------------------------------- tampering is found

-- Lifts the guard, does it, and answers how many rows were touched, which invariants fail, whether a detail names Ann,
-- and whether one names anybody else; then everything is rolled back.
CREATE TYPE pg_temp.finding AS (touched bigint, failed text[], names_ann boolean, names_others boolean);
CREATE FUNCTION pg_temp.tamper(ann bigint, VARIADIC statements text[]) RETURNS pg_temp.finding LANGUAGE plpgsql AS $$
DECLARE
    answer pg_temp.finding;
    name text;
    statement text;
    rows bigint;
BEGIN
    answer.touched := 0;
    FOR name IN SELECT g.name FROM guarded g LOOP
        EXECUTE format('ALTER TABLE loyalty_data.%I DISABLE TRIGGER ledger_guard', name);
    END LOOP;
    SET LOCAL session_replication_role = replica;   -- so that no foreign key is in the way
    FOREACH statement IN ARRAY statements LOOP
        EXECUTE statement;
        GET DIAGNOSTICS rows = ROW_COUNT;
        answer.touched := answer.touched + CASE WHEN rows = 0 THEN -1000 ELSE rows END;
    END LOOP;
    SELECT array_agg(invariant), bool_or(detail LIKE format('customer %s,%%', ann)),
           bool_or(detail LIKE 'customer%' AND detail NOT LIKE format('customer %s,%%', ann))
        INTO answer.failed, answer.names_ann, answer.names_others
        FROM loyalty.verify_ledger('acme') WHERE NOT ok;
    RAISE EXCEPTION 'rolled back' USING ERRCODE = 'ROLLB';
EXCEPTION WHEN SQLSTATE 'ROLLB' THEN
    RETURN answer;
END
$$;

-- What is done to the tables: {e} is Ann's account in program base, {x} that in roll; n the number of the entry.
-- "found" are invariants that must fail: others may as well.
CREATE TEMP TABLE tampering (no serial, what text, found text[], statements text[]);
INSERT INTO tampering (what, found, statements) VALUES
    -- entries
    ('points of an entry', '{entries follow each other,credits are lots,hash chain}',
        ARRAY['UPDATE loyalty_data.ledger_entry SET points = 101 WHERE {e} AND entry_no = 2']),
    ('points of an entry, by a thousandth', '{entries follow each other,hash chain}',
        ARRAY['UPDATE loyalty_data.ledger_entry SET points = points - 0.001 WHERE {e} AND entry_no = 4']),
    ('balance after an entry', '{entries follow each other,hash chain}',
        ARRAY['UPDATE loyalty_data.ledger_entry SET balance_after = balance_after + 1 WHERE {e} AND entry_no = 3']),
    ('balance after the last entry', '{entries follow each other,hash chain}',
        ARRAY['UPDATE loyalty_data.ledger_entry SET balance_after = balance_after + 1 WHERE {e} AND entry_no = 6']),
    ('when an entry took effect', '{hash chain}',
        ARRAY['UPDATE loyalty_data.ledger_entry SET effective_at = effective_at + interval ''1 hour'' WHERE {e} AND entry_no = 3']),
    ('when it took effect, out of order', '{entries follow each other,hash chain}',
        ARRAY['UPDATE loyalty_data.ledger_entry SET effective_at = ''2025-01-01'' WHERE {e} AND entry_no = 3']),
    ('the day of an entry', '{hash chain}',
        ARRAY['UPDATE loyalty_data.ledger_entry SET posting_day = posting_day + 1 WHERE {e} AND entry_no = 3']),
    ('the house account of an entry', '{hash chain}',
        ARRAY['UPDATE loyalty_data.ledger_entry SET house_account = ''m'' WHERE {e} AND entry_no = 3']),
    ('the house account of a debit', '{counters follow from the entries,hash chain}',
        ARRAY['UPDATE loyalty_data.ledger_entry SET house_account = ''e'' WHERE {e} AND entry_no = 4']),
    ('the house account of a debit to one in transit', '{trial balance,hash chain}',
        ARRAY['UPDATE loyalty_data.ledger_entry SET house_account = ''t'' WHERE {e} AND entry_no = 4']),
    ('the type of an entry', '{entries follow each other,debits are paid by movements,hash chain}',
        ARRAY['UPDATE loyalty_data.ledger_entry SET entry_type = ''d'' WHERE {e} AND entry_no = 2']),
    ('the hash of an entry', '{hash chain}',
        ARRAY['UPDATE loyalty_data.ledger_entry SET entry_hash = ''\x00112233445566778899aabbccddeeff'' WHERE {e} AND entry_no = 3']),
    ('the hash of an entry, cut short', '{hash chain}',
        ARRAY['UPDATE loyalty_data.ledger_entry SET entry_hash = ''\x00'' WHERE {e} AND entry_no = 3']),
    ('the event of an entry', '{events match their entries,hash chain}',
        ARRAY['UPDATE loyalty_data.ledger_entry SET event_id = {bill} WHERE {e} AND entry_no = 3']),
    ('an entry in the middle deleted', '{entries follow each other,hash chain}',
        ARRAY['DELETE FROM loyalty_data.ledger_entry WHERE {e} AND entry_no = 3']),
    ('the last entry deleted', '{entries follow each other,accounts end with their last entry}',
        ARRAY['DELETE FROM loyalty_data.ledger_entry WHERE {e} AND entry_no = 6']),
    ('the first entry deleted', '{entries follow each other,hash chain}',
        ARRAY['DELETE FROM loyalty_data.ledger_entry WHERE {e} AND entry_no = 1']),
    ('all entries of an account deleted', '{entries follow each other,accounts end with their last entry}',
        ARRAY['DELETE FROM loyalty_data.ledger_entry WHERE {x}']),
    ('an entry inserted at the end', '{entries follow each other,hash chain}',
        ARRAY['INSERT INTO loyalty_data.ledger_entry SELECT customer_id, event_id, effective_at, event_time, recorded_at, org_id, program_id, 7, posting_day,
            till_id, store_id, key_id, event_code, source_id, category, ''c'', ''i'', hash_version, 1000, balance_after + 1000, entry_hash FROM loyalty_data.ledger_entry WHERE {e} AND entry_no = 6']),
    ('an entry inserted that carries no points', '{entries follow each other,hash chain}',
        ARRAY['INSERT INTO loyalty_data.ledger_entry SELECT customer_id, event_id, effective_at, event_time, recorded_at, org_id, program_id, 7, posting_day,
            till_id, store_id, key_id, event_code, source_id, category, ''m'', ''a'', hash_version, 0, balance_after, entry_hash FROM loyalty_data.ledger_entry WHERE {e} AND entry_no = 6']),
    ('the same, and the account told of it', '{hash chain}',
        ARRAY['INSERT INTO loyalty_data.ledger_entry SELECT customer_id, event_id, effective_at, event_time, recorded_at, org_id, program_id, 7, posting_day,
            till_id, store_id, key_id, event_code, source_id, category, ''m'', ''a'', hash_version, 0, balance_after, entry_hash FROM loyalty_data.ledger_entry WHERE {e} AND entry_no = 6',
            'UPDATE loyalty_data.ledger_account SET last_entry_no = 7 WHERE {e}']),
    ('two entries swapped', '{hash chain}',
        ARRAY['UPDATE loyalty_data.ledger_entry SET entry_no = -2 WHERE {e} AND entry_no = 2',
            'UPDATE loyalty_data.ledger_entry SET entry_no = 2, balance_after = 50 WHERE {e} AND entry_no = 3',
            'UPDATE loyalty_data.ledger_entry SET entry_no = 3, balance_after = 150 WHERE {e} AND entry_no = -2',
            'UPDATE loyalty_data.points_lot SET entry_no = 5 - entry_no WHERE {e} AND entry_no IN (2, 3)']),
    ('an entry moved to the other program', '{entries follow each other,trial balance,hash chain}',
        ARRAY['UPDATE loyalty_data.ledger_entry SET program_id = {roll}, entry_no = 7 WHERE {e} AND entry_no = 6']),
    -- events
    ('when an event happened', '{hash chain}',
        ARRAY['UPDATE loyalty_data.ledger_event SET event_time = event_time - interval ''1 day'' WHERE {award}']),
    ('when it was recorded', '{hash chain}',
        ARRAY['UPDATE loyalty_data.ledger_event SET recorded_at = recorded_at - interval ''1 microsecond'' WHERE event_id = {bill}']),
    ('which kind of event it was', '{hash chain}', ARRAY['UPDATE loyalty_data.ledger_event SET event_code = 12 WHERE {award}']),
    ('where it came from', '{hash chain}', ARRAY['UPDATE loyalty_data.ledger_event SET source_id = 2 WHERE {award}']),
    ('its till', '{hash chain}', ARRAY['UPDATE loyalty_data.ledger_event SET till_id = 1 WHERE {award}']),
    ('its store', '{hash chain}', ARRAY['UPDATE loyalty_data.ledger_event SET store_id = 1 WHERE {award}']),
    ('its bill', '{hash chain}', ARRAY['UPDATE loyalty_data.ledger_event SET transaction_id = {bill} WHERE {award}']),
    ('its points', '{events match their entries,hash chain}', ARRAY['UPDATE loyalty_data.ledger_event SET net_points = 51 WHERE {award}']),
    ('its idempotency key', '{hash chain}', ARRAY['UPDATE loyalty_data.ledger_event SET idempotency_digest = NULL WHERE {award}']),
    ('its request', '{hash chain}', ARRAY['UPDATE loyalty_data.ledger_event SET request_digest = request_digest + 1 WHERE {award}']),
    ('its redemption id', '{hash chain}', ARRAY['UPDATE loyalty_data.ledger_event SET redemption_id = ''ABCDEF'' WHERE event_id = {redemption}']),
    ('a redemption id taken away', '{hash chain}', ARRAY['UPDATE loyalty_data.ledger_event SET redemption_id = NULL WHERE event_id = {redemption}']),
    ('an event deleted', '{events match their entries,hash chain}', ARRAY['DELETE FROM loyalty_data.ledger_event WHERE {award}']),
    ('an event without entries inserted', '{events match their entries}',
        ARRAY['INSERT INTO loyalty_data.ledger_event SELECT customer_id, event_id + 1000000, event_time, recorded_at, org_id, event_code, source_id,
            till_id, store_id, transaction_id, pair_id, NULL, NULL, NULL, NULL, NULL, net_points FROM loyalty_data.ledger_event WHERE {award}']),
    ('the event of a bill without points deleted', '{bills have their number and their event}',
        ARRAY['DELETE FROM loyalty_data.ledger_event WHERE event_id = {no_points}']),
    -- events that stand in their entries
    ('when an event in an entry happened', '{hash chain}',
        ARRAY['UPDATE loyalty_data.ledger_entry SET event_time = event_time - interval ''1 day'' WHERE event_id = {short}']),
    ('when it was recorded', '{hash chain}',
        ARRAY['UPDATE loyalty_data.ledger_entry SET recorded_at = recorded_at - interval ''1 microsecond'' WHERE event_id = {short}']),
    ('when it was recorded, out of order', '{entries follow each other,hash chain}',
        ARRAY['UPDATE loyalty_data.ledger_entry SET recorded_at = recorded_at + interval ''1 microsecond'' WHERE event_id = {short}']),
    ('which kind of event it was', '{hash chain}', ARRAY['UPDATE loyalty_data.ledger_entry SET event_code = 12 WHERE event_id = {short}']),
    ('where it came from', '{hash chain}', ARRAY['UPDATE loyalty_data.ledger_entry SET source_id = 2 WHERE event_id = {short}']),
    ('its till', '{hash chain}', ARRAY['UPDATE loyalty_data.ledger_entry SET till_id = 1 WHERE event_id = {short}']),
    ('its store', '{hash chain}', ARRAY['UPDATE loyalty_data.ledger_entry SET store_id = 1 WHERE event_id = {short}']),
    ('an event taken out of its entry', '{events match their entries,hash chain}',
        ARRAY['UPDATE loyalty_data.ledger_entry SET event_code = NULL WHERE event_id = {short}']),
    ('an event''s till in an entry whose event has a row', '{events match their entries,hash chain}',
        ARRAY['UPDATE loyalty_data.ledger_entry SET till_id = 1 WHERE {e} AND entry_no = 3']),
    ('an event in an entry that gets a row as well', '{events match their entries}',
        ARRAY['INSERT INTO loyalty_data.ledger_event (customer_id, event_id, event_time, recorded_at, org_id, event_code, net_points)
            SELECT customer_id, event_id, event_time, recorded_at, org_id, event_code, points FROM loyalty_data.ledger_entry
            WHERE event_id = {short}']),
    ('an event put into its entry beside the row that it has', '{events match their entries,hash chain}',
        ARRAY['UPDATE loyalty_data.ledger_entry SET event_code = 11, event_time = effective_at, recorded_at = ''2024-05-02 10:00:00+00''
            WHERE {e} AND entry_no = 3']),
    -- hashes
    ('the version of a hash', '{hash chain}', ARRAY['UPDATE loyalty_data.ledger_entry SET hash_version = ''2'' WHERE {e} AND entry_no = 3']),
    ('the key of an entry', '{entries follow each other}', ARRAY['UPDATE loyalty_data.ledger_account SET last_key_id = 1 WHERE {e}']),
    ('a key of an event that has no bill', '{events match their entries}', ARRAY['UPDATE loyalty_data.ledger_event SET key_id = 1 WHERE {award}']),
    ('what a bill cost', '{bills are as they were recorded}', ARRAY['UPDATE loyalty_data.transaction SET amount = 101 WHERE transaction_id = {bill}']),
    ('what a bill cost that earned nothing', '{bills are as they were recorded}',
        ARRAY['UPDATE loyalty_data.transaction SET amount = 6 WHERE transaction_id = {no_points}']),
    ('what it counted for', '{bills are as they were recorded}',
        ARRAY['UPDATE loyalty_data.transaction SET counts = ''n'' WHERE transaction_id = {no_points}']),
    ('when its event was recorded', '{bills are as they were recorded}',
        ARRAY['UPDATE loyalty_data.ledger_event SET recorded_at = recorded_at + interval ''1 microsecond'' WHERE event_id = {no_points}']),
    ('a line of a bill', '{bills are as they were recorded}',
        ARRAY['UPDATE loyalty_data.transaction_line SET item_code = ''b'' WHERE transaction_id = {bill}']),
    ('a line of a bill removed', '{bills are as they were recorded}', ARRAY['DELETE FROM loyalty_data.transaction_line WHERE transaction_id = {bill}']),
    ('the hash of a bill', '{hash chain,bills are as they were recorded}',
        ARRAY['UPDATE loyalty_data.ledger_event SET bill_hash = decode(repeat(''00'', 16), ''hex'') WHERE event_id = {bill}']),
    ('the hash of a bill shortened', '{bills are as they were recorded}',
        ARRAY['UPDATE loyalty_data.ledger_event SET bill_hash = ''\x00'' WHERE event_id = {no_points}']),
    ('the hash of a bill of a version that there is not', '{bills are as they were recorded}',
        ARRAY['UPDATE loyalty_data.ledger_event SET hash_version = ''2'' WHERE event_id = {no_points}']),
    -- lots
    ('points of a lot', '{lots add up and follow from their movements,credits are lots,hash chain}',
        ARRAY['UPDATE loyalty_data.points_lot SET points = points + 1 WHERE lot_id = {bill}']),
    ('what a lot has left', '{balance is the sum of lots less arrears,lots add up and follow from their movements}',
        ARRAY['UPDATE loyalty_data.points_lot SET remaining = remaining + 1 WHERE lot_id = {bill}']),
    ('what was redeemed of it, at the cost of what it has left', '{lots add up and follow from their movements}',
        ARRAY['UPDATE loyalty_data.points_lot SET redeemed = redeemed - 1, remaining = remaining + 1 WHERE lot_id = {bill}']),
    ('points moved from lot to lot', '{lots add up and follow from their movements}',
        ARRAY['UPDATE loyalty_data.points_lot SET remaining = remaining + 1, redeemed = redeemed - 1 WHERE lot_id = {award_id}',
            'UPDATE loyalty_data.points_lot SET remaining = remaining - 1, redeemed = redeemed + 1 WHERE lot_id = {bill}']),
    ('a column that nothing fills yet', '{lots add up and follow from their movements}',
        ARRAY['UPDATE loyalty_data.points_lot SET remaining = remaining - 1, returned = 1 WHERE lot_id = {bill}']),
    ('when a lot expires', '{hash chain}', ARRAY['UPDATE loyalty_data.points_lot SET expires_at = ''2030-01-01'' WHERE lot_id = {short}']),
    ('when an open lot expires', '{balance is the sum of lots less arrears,hash chain}',
        ARRAY['UPDATE loyalty_data.points_lot SET expires_at = ''2030-01-01'' WHERE lot_id = {bill}']),
    ('the same, and the account told of it', '{hash chain}',
        ARRAY['UPDATE loyalty_data.points_lot SET expires_at = ''2030-01-01'' WHERE lot_id = {bill}',
            'UPDATE loyalty_data.ledger_account SET next_expiry_at = ''2030-01-01'' WHERE {e}']),
    ('a lot that never expired made to', '{hash chain}', ARRAY['UPDATE loyalty_data.points_lot SET expires_at = NULL WHERE lot_id = {short}']),
    ('when a rolled lot expires', '{expiries follow from their changes}',
        ARRAY['UPDATE loyalty_data.points_lot SET expires_at = expires_at + interval ''1 day'' WHERE lot_id = {rolled}']),
    ('from when on a lot pays', '{hash chain}', ARRAY['UPDATE loyalty_data.points_lot SET redeemable_from = ''2024-01-01'' WHERE lot_id = {bill}']),
    ('when a lot was awarded', '{hash chain}', ARRAY['UPDATE loyalty_data.points_lot SET awarded_at = ''2024-01-01'' WHERE lot_id = {bill}']),
    ('how it was awarded', '{hash chain}', ARRAY['UPDATE loyalty_data.points_lot SET award_type = ''d'' WHERE lot_id = {bill}']),
    ('whether its expiry rolls', '{hash chain}', ARRAY['UPDATE loyalty_data.points_lot SET expiry_type = ''r'' WHERE lot_id = {bill}']),
    ('its bill', '{hash chain}', ARRAY['UPDATE loyalty_data.points_lot SET transaction_id = NULL WHERE lot_id = {bill}']),
    ('its till', '{hash chain}', ARRAY['UPDATE loyalty_data.points_lot SET till_id = 1 WHERE lot_id = {bill}']),
    ('its line', '{hash chain}', ARRAY['UPDATE loyalty_data.points_lot SET line_no = 1 WHERE lot_id = {bill}']),
    ('its origin', '{hash chain}', ARRAY['UPDATE loyalty_data.points_lot SET origin_customer_id = {bob}, origin_lot_id = 1 WHERE lot_id = {bill}']),
    ('a lot deleted', '{credits are lots,hash chain}', ARRAY['DELETE FROM loyalty_data.points_lot WHERE lot_id = {short}']),
    ('a lot given to another customer, who is named too', '{credits are lots,hash chain}',
        ARRAY['UPDATE loyalty_data.points_lot SET customer_id = {bob}, lot_id = 1 WHERE lot_id = {bill}']),
    ('a lot inserted', '{credits are lots,hash chain}',
        ARRAY['INSERT INTO loyalty_data.points_lot (customer_id, lot_id, awarded_at, org_id, program_id, entry_no, category, award_type,
            expiry_type, is_open, points, remaining, redeemed) SELECT customer_id, 1, awarded_at, org_id, program_id, entry_no,
            category, award_type, expiry_type, true, 5, 5, 0 FROM loyalty_data.points_lot WHERE lot_id = {bill}']),
    -- movements
    ('points of a movement', '{lots add up and follow from their movements,debits are paid by movements,hash chain}',
        ARRAY['UPDATE loyalty_data.lot_movement SET points = points + 1 WHERE event_id = {redemption} AND lot_id = {bill}']),
    ('points from movement to movement, and the lots told of it', '{hash chain}',
        ARRAY['UPDATE loyalty_data.lot_movement SET points = points + 1 WHERE event_id = {redemption} AND lot_id = {bill}',
            'UPDATE loyalty_data.points_lot SET redeemed = redeemed + 1, remaining = remaining - 1 WHERE lot_id = {bill}',
            'UPDATE loyalty_data.lot_movement SET points = points - 1 WHERE event_id = {redemption} AND lot_id = {award_id}',
            'UPDATE loyalty_data.points_lot SET redeemed = redeemed - 1, remaining = remaining + 1 WHERE lot_id = {award_id}']),
    ('the type of a movement', '{lots add up and follow from their movements,hash chain}',
        ARRAY['UPDATE loyalty_data.lot_movement SET movement_type = ''e'' WHERE event_id = {redemption} AND lot_id = {bill}']),
    ('the event of a movement', '{debits are paid by movements}',
        ARRAY['UPDATE loyalty_data.lot_movement SET event_id = {expiry} WHERE event_id = {redemption} AND lot_id = {bill}']),
    ('the entry of a movement', '{debits are paid by movements,hash chain}',
        ARRAY['UPDATE loyalty_data.lot_movement SET entry_no = 6 WHERE event_id = {redemption} AND lot_id = {bill}']),
    ('a movement deleted', '{lots add up and follow from their movements,debits are paid by movements,hash chain}',
        ARRAY['DELETE FROM loyalty_data.lot_movement WHERE event_id = {redemption} AND lot_id = {bill}']),
    ('a movement inserted', '{lots add up and follow from their movements,debits are paid by movements,hash chain}',
        ARRAY['INSERT INTO loyalty_data.lot_movement SELECT customer_id, lot_id, event_id, org_id, entry_no, ''e'', 1
            FROM loyalty_data.lot_movement WHERE event_id = {redemption} AND lot_id = {bill}']),
    -- expiry changes
    ('the old expiry of a change', '{hash chain}',
        ARRAY['UPDATE loyalty_data.lot_expiry_change SET old_expires_at = ''2024-04-15'' WHERE lot_id = {rolled} AND entry_no = 4']),
    ('the new expiry of the last change', '{expiries follow from their changes,hash chain}',
        ARRAY['UPDATE loyalty_data.lot_expiry_change SET new_expires_at = ''2030-01-01'' WHERE lot_id = {rolled} AND entry_no = 6']),
    ('the new expiry of a change, and the next told of it', '{hash chain}',
        ARRAY['UPDATE loyalty_data.lot_expiry_change SET new_expires_at = ''2030-01-01'' WHERE lot_id = {rolled} AND entry_no = 4',
            'UPDATE loyalty_data.lot_expiry_change SET old_expires_at = ''2030-01-01'' WHERE lot_id = {rolled} AND entry_no = 6']),
    ('the event of a change', '{expiries follow from their changes}',
        ARRAY['UPDATE loyalty_data.lot_expiry_change SET event_id = {bill} WHERE lot_id = {rolled} AND entry_no = 6']),
    ('a change in the middle deleted', '{hash chain}',
        ARRAY['DELETE FROM loyalty_data.lot_expiry_change WHERE lot_id = {rolled} AND entry_no = 4']),
    ('the last change deleted', '{expiries follow from their changes,hash chain}',
        ARRAY['DELETE FROM loyalty_data.lot_expiry_change WHERE lot_id = {rolled} AND entry_no = 6']),
    -- accounts
    ('the balance of an account', '{entries follow each other,balance is the sum of lots less arrears,trial balance}',
        ARRAY['UPDATE loyalty_data.ledger_account SET balance = balance + 1 WHERE {e}']),
    ('balance and arrears', '{entries follow each other,balance is the sum of lots less arrears}',
        ARRAY['UPDATE loyalty_data.ledger_account SET balance = balance - 1, arrears = 1 WHERE {e}']),
    ('arrears beside open lots', '{balance is the sum of lots less arrears}',
        ARRAY['UPDATE loyalty_data.ledger_account SET arrears = 1 WHERE {e}']),
    ('lifetime points', '{counters follow from the entries}',
        ARRAY['UPDATE loyalty_data.ledger_account SET lifetime_points = lifetime_points + 1 WHERE {e}']),
    ('redeemed points', '{counters follow from the entries}',
        ARRAY['UPDATE loyalty_data.ledger_account SET redeemed_points = redeemed_points + 1 WHERE {e}']),
    ('expired points', '{counters follow from the entries}',
        ARRAY['UPDATE loyalty_data.ledger_account SET expired_points = expired_points + 1 WHERE {e}']),
    ('returned points', '{counters follow from the entries}',
        ARRAY['UPDATE loyalty_data.ledger_account SET returned_points = returned_points + 1 WHERE {e}']),
    ('the next expiry of an account', '{balance is the sum of lots less arrears}',
        ARRAY['UPDATE loyalty_data.ledger_account SET next_expiry_at = ''2030-01-01'' WHERE {e}']),
    ('no next expiry', '{balance is the sum of lots less arrears}',
        ARRAY['UPDATE loyalty_data.ledger_account SET next_expiry_at = NULL WHERE {x}']),
    ('the last entry number', '{entries follow each other,accounts end with their last entry}',
        ARRAY['UPDATE loyalty_data.ledger_account SET last_entry_no = 5 WHERE {e}']),
    ('the last hash', '{accounts end with their last entry}',
        ARRAY['UPDATE loyalty_data.ledger_account SET last_hash = ''\x00112233445566778899aabbccddeeff'' WHERE {e}']),
    ('the last effective time', '{entries follow each other}',
        ARRAY['UPDATE loyalty_data.ledger_account SET last_effective_at = ''2024-04-30'' WHERE {e}']),
    ('the last recorded time', '{entries follow each other}',
        ARRAY['UPDATE loyalty_data.ledger_account SET last_recorded_at = ''2024-04-30'' WHERE {e}']),
    ('an account deleted', '{entries follow each other}', ARRAY['DELETE FROM loyalty_data.ledger_account WHERE {e}']),
    ('an account inserted', '{entries follow each other,accounts end with their last entry}',
        ARRAY['INSERT INTO loyalty_data.ledger_account SELECT customer_id, last_effective_at, last_recorded_at, org_id, program_id + 1000,
            last_entry_no, last_key_id, category, 0, 0, 0, 0, 0, 0, last_hash, NULL FROM loyalty_data.ledger_account WHERE {e}']),
    -- customers
    ('a customer deleted', '{events have their customer}', ARRAY['DELETE FROM loyalty_data.customer WHERE customer_id = {ann}']),
    ('a customer deleted, and the rows of events', '{events have their customer}',
        ARRAY['DELETE FROM loyalty_data.customer WHERE customer_id = {ann}', 'DELETE FROM loyalty_data.ledger_event WHERE customer_id = {ann}']),
    -- bills
    ('the number of a bill taken away', '{bills have their number and their event}',
        ARRAY['DELETE FROM loyalty_data.transaction_number WHERE transaction_id = {bill}']),
    ('the number of a bill', '{bills have their number and their event}',
        ARRAY['UPDATE loyalty_data.transaction SET transaction_number = ''B-7'' WHERE transaction_id = {bill}']),
    ('the till of a number', '{bills have their number and their event}',
        ARRAY['UPDATE loyalty_data.transaction_number SET till_id = 1 WHERE transaction_id = {bill}']),
    ('a bill deleted', '{bills have their number and their event}',
        ARRAY['DELETE FROM loyalty_data.transaction WHERE transaction_id = {bill}']);

UPDATE tampering SET statements = replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(statements::text,
    '{e}', format('customer_id = %s AND program_id = %s AND category = ''r''', :ann, :base)),
    '{x}', format('customer_id = %s AND program_id = %s AND category = ''r''', :ann, :roll)),
    '{award}', 'event_id = ' || :award), '{award_id}', :'award'), '{bill}', :'bill'), '{redemption}', :'redemption'), '{short}', :'short'),
    '{rolled}', :'rolled'), '{expiry}', :'expiry'), '{no_points}', :'no_points'), '{roll}', :'roll'), '{bob}', :'bob'), '{ann}', :'ann')::text[];
CREATE TEMP TABLE found AS
    SELECT t.no, t.what, t.found AS wanted, f.* FROM tampering t, LATERAL pg_temp.tamper(:ann, VARIADIC t.statements) f;
SELECT ok(good, 'found: ' || what) || CASE WHEN good THEN '' ELSE E'\n' || diag(format('touched %s, failed %s, wanted %s, names %s, others %s',
    touched, failed, wanted, names_ann, names_others)) END
FROM (SELECT *, touched > 0 AND failed @> wanted AND names_ann AND names_others = (what LIKE '%who is named too') AS good FROM found) f
ORDER BY no;
SELECT is(pg_temp.written_since(:'before'), NULL, 'all of it was rolled back');
SELECT is(pg_temp.verdict(), 'all is well', 'and every invariant holds again');

-- Repairing on purpose: the guard is lifted from one table, and put back.
BEGIN;
ALTER TABLE loyalty_data.points_lot DISABLE TRIGGER ledger_guard;
SELECT lives_ok('UPDATE loyalty_data.points_lot SET line_no = 1', 'an operator lifts the guard on purpose');
SELECT throws_ok('UPDATE loyalty_data.ledger_entry SET points = 0', 'LY412', NULL, 'from that table alone');
ALTER TABLE loyalty_data.points_lot ENABLE ALWAYS TRIGGER ledger_guard;
SELECT throws_ok('UPDATE loyalty_data.points_lot SET line_no = 2', 'LY412', NULL, 'and puts it back');
ROLLBACK;

-- ---------------------------------------------------------------- hostile callers

-- Operators and functions that raise, in front of pg_catalog on the search_path.
CREATE SCHEMA evil;
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT o.oprname, format_type(o.oprleft, NULL) AS l, format_type(o.oprright, NULL) AS r,
               format_type(o.oprresult, NULL) AS result, row_number() OVER () AS n
        FROM pg_operator o
        WHERE o.oprnamespace = 'pg_catalog'::regnamespace AND o.oprname IN ('=', '<>', '<', '<=', '>', '>=', '+', '-', '*', '||')
          AND o.oprleft IN (0, 16, 18, 20, 21, 23, 25, 1184, 1700, 1082, 2950, 17, 1007, 1002)
          AND o.oprright IN (16, 18, 20, 21, 23, 25, 1184, 1700, 1082, 2950, 17, 1007, 1002)
    LOOP
        EXECUTE format('CREATE FUNCTION evil.op_%s(%s) RETURNS %s LANGUAGE plpgsql AS $f$BEGIN RAISE EXCEPTION ''evil''; END$f$',
            one.n, concat_ws(', ', nullif(one.l, '-'), one.r), one.result);
        EXECUTE format('CREATE OPERATOR evil.%s (%s RIGHTARG = %s, FUNCTION = evil.op_%s)', one.oprname,
            CASE WHEN one.l = '-' THEN '' ELSE 'LEFTARG = ' || one.l || ',' END, one.r, one.n);
    END LOOP;
END
$$;
CREATE FUNCTION evil.unnest(anyarray) RETURNS SETOF anyelement LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'evil'; END$$;
CREATE FUNCTION evil.boom(numeric, numeric) RETURNS numeric LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'evil'; END$$;
CREATE AGGREGATE evil.sum(numeric) (SFUNC = evil.boom, STYPE = numeric, INITCOND = 0);
CREATE AGGREGATE evil.min(numeric) (SFUNC = evil.boom, STYPE = numeric, INITCOND = 0);
CREATE FUNCTION evil.abs(numeric) RETURNS numeric LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'evil'; END$$;
CREATE FUNCTION evil.format(text) RETURNS text LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'evil'; END$$;
CREATE FUNCTION evil.now() RETURNS timestamptz LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'evil'; END$$;
CREATE FUNCTION evil.timezone(text, timestamptz) RETURNS timestamp LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'evil'; END$$;
CREATE TABLE evil.ledger_entry (a int);
CREATE TEMP TABLE answers (what text, answer text);
CREATE DOMAIN evil.numeric AS pg_catalog.text;
CREATE DOMAIN evil.int8 AS pg_catalog.text;

SET search_path = evil, pg_catalog;
\set ON_ERROR_STOP 0
SELECT 1 = 1;
\set shadowed :LAST_ERROR_MESSAGE
\set ON_ERROR_STOP 1
INSERT INTO pg_temp.answers SELECT 'earn', current_points::pg_catalog.text FROM loyalty.earn_points('acme', :ann, 10, program => 'roll', till => NULL);
INSERT INTO pg_temp.answers SELECT 'bill', points::pg_catalog.text FROM loyalty.add_transaction('acme', :ann, 'B-3', 10,
    line_items => '[{"item_code": "a", "amount": 10}, {"item_code": "b", "amount": 1}]', idempotency_key => 'evil');
INSERT INTO pg_temp.answers SELECT 'again', points::pg_catalog.text FROM loyalty.add_transaction('acme', :ann, 'B-3', 10,
    line_items => '[{"item_code": "a", "amount": 10}, {"item_code": "b", "amount": 1}]', idempotency_key => 'evil');
INSERT INTO pg_temp.answers SELECT 'redeem', points::pg_catalog.text FROM loyalty.redeem_points('acme', :ann, 50, transaction_number => 'B-3');
INSERT INTO pg_temp.answers SELECT 'balance', current_points::pg_catalog.text FROM loyalty.points_balance('acme', :ann);
INSERT INTO pg_temp.answers SELECT 'past balance', current_points::pg_catalog.text FROM loyalty.points_balance('acme', :ann, as_of => '2024-01-03');
INSERT INTO pg_temp.answers SELECT 'balance to come', current_points::pg_catalog.text FROM loyalty.points_balance('acme', :ann, 'roll', '2030-01-01');
INSERT INTO pg_temp.answers SELECT 'filtered', pg_catalog.count(*)::pg_catalog.text FROM loyalty.points_ledger('acme', :ann, 'base',
    'regular', 'credit', '2024-01-01', '2024-12-31', newest_first => false, page_size => 2, source => 'INSTORE');
INSERT INTO pg_temp.answers SELECT 'ledger', pg_catalog.count(*)::pg_catalog.text FROM loyalty.points_ledger('acme', :ann,
    from_time => '2024-01-01', to_time => '2024-12-31');
INSERT INTO pg_temp.answers SELECT 'verify', pg_catalog.bool_and(coalesce(ok, true))::pg_catalog.text FROM loyalty.verify_ledger('acme');
INSERT INTO pg_temp.answers SELECT 'entries', pg_catalog.count(*)::pg_catalog.text FROM loyalty.points_ledger_entries;
INSERT INTO pg_temp.answers SELECT 'journal', pg_catalog.count(*)::pg_catalog.text FROM loyalty.journal;
INSERT INTO pg_temp.answers SELECT 'trial balance', pg_catalog.sum(debit)::pg_catalog.text FROM loyalty.trial_balance;
INSERT INTO pg_temp.answers SELECT 'customers', pg_catalog.count(*)::pg_catalog.text FROM loyalty.customer_points;
CALL loyalty.expire_points('acme');
RESET search_path;
SELECT is(:'shadowed'::text, 'evil', 'on this search_path even 1 = 1 fails');
SELECT results_eq('SELECT what, answer FROM answers', $$VALUES ('earn', '51.000'), ('bill', '10.000'), ('again', '10.000'),
    ('redeem', '50.000'), ('balance', '91.000'), ('past balance', '150.000'), ('balance to come', '0.000'), ('filtered', '2'), ('ledger', '20'), ('verify', 'true'),
    ('entries', '27'), ('journal', '24'), ('trial balance', '241.000'), ('customers', '12')$$, 'the ledger answers as ever');
DROP SCHEMA evil CASCADE;

-- A site's own SECURITY DEFINER function acts with its owner's access, and its caller gains nothing else by it.
BEGIN;
CREATE ROLE test_guard_site;
CREATE ROLE test_guard_clerk;
CREATE ROLE test_guard_stranger;
GRANT loyalty_pos TO test_guard_site, test_guard_stranger;
GRANT USAGE ON SCHEMA loyalty TO test_guard_clerk;
SELECT loyalty.grant_org('acme', 'test_guard_site');
CREATE SCHEMA site AUTHORIZATION test_guard_site;
GRANT USAGE ON SCHEMA site TO test_guard_clerk;
GRANT SELECT ON guarded TO PUBLIC;
SET LOCAL ROLE test_guard_site;
CREATE FUNCTION site.give(customer_id bigint) RETURNS numeric LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
    AS $$SELECT points FROM loyalty.earn_points('acme', customer_id, 10)$$;
CREATE FUNCTION site.who() RETURNS name LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
    AS $$SELECT current_user FROM loyalty.points_balance('acme', NULL)$$;
SET LOCAL ROLE test_guard_clerk;
SELECT is(site.give(:ann), 10.000, 'a clerk gives points through the site''s function');
SELECT throws_ok(format($$SELECT loyalty.earn_points('acme', %s, 10)$$, :ann), '42501', NULL, 'but not directly');
SELECT throws_ok($$SELECT site.who()$$, 'LY001', NULL, 'an error inside it');
SELECT is(current_user::text, 'test_guard_clerk', 'leaves the clerk a clerk');
SET LOCAL ROLE test_guard_stranger;
SELECT throws_ok(format($$SELECT loyalty.earn_points('acme', %s, 10)$$, :ann), 'LY004', NULL, 'the capability without the org is nothing');
SELECT is(current_user::text, 'test_guard_stranger', 'and an error leaves the stranger a stranger');
RESET ROLE;
-- The other way round: who may do everything gains nothing through a function of one who may not.
CREATE SCHEMA weak AUTHORIZATION test_guard_stranger;
SET LOCAL ROLE test_guard_stranger;
CREATE FUNCTION weak.give(customer_id bigint) RETURNS numeric LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
    AS $$SELECT points FROM loyalty.earn_points('acme', customer_id, 10)$$;
RESET ROLE;
SELECT throws_ok(format($$SELECT weak.give(%s)$$, :ann), 'LY004', NULL, 'a superuser inside a stranger''s function is the stranger');
ROLLBACK;

SELECT is(pg_temp.verdict(), 'all is well', 'at the end every invariant holds');
SELECT * FROM finish();
