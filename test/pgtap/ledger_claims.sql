-- What verify_ledger finds of reversals and claims that somebody wrote by hand.
BEGIN;
SELECT no_plan();

SET LOCAL client_min_messages = warning;
SET LOCAL TimeZone = 'UTC';
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+00';
\ir ../fixtures/orgs.sql
SELECT pg_temp.new_org('acme', 'base', primary_key => 'external_id');
SELECT pg_temp.customer('acme', 'ann', '2024-01-01') AS ann, pg_temp.customer('acme', 'bob', '2024-01-01') AS bob \gset

-- Ann has a bill of 100, of which she redeemed 60 and 40; 60 were claimed by the return of a part, and 20 came back and settled.
SELECT transaction_id AS bill FROM loyalty.add_transaction('acme', :ann, 'A', 100) \gset
SELECT event_id AS redemption, redemption_id AS spent FROM loyalty.redeem_points('acme', :ann, 60) \gset
SELECT event_id AS other FROM loyalty.redeem_points('acme', :ann, 40) \gset
SELECT loyalty.return_transaction('acme', :ann, 'A', amount => 60);
SELECT event_id AS reversal FROM loyalty.reverse_redemption('acme', :ann, :'spent', points => 20) \gset
-- Bob is there to be left alone.
SELECT lot_id AS bobs FROM loyalty.earn_points('acme', :bob, 10) \gset

CREATE FUNCTION pg_temp.failed() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(invariant, ', ' ORDER BY invariant) FROM loyalty.verify_ledger('acme') WHERE ok IS NOT TRUE
$$;
SELECT is(pg_temp.failed(), NULL, 'every invariant holds');

-- Does it with the guards lifted, and answers what fails then; all is undone.
CREATE FUNCTION pg_temp.tamper(statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    rows bigint;
    answer text;
BEGIN
    ALTER TABLE loyalty_data.reversal DISABLE TRIGGER ledger_guard;
    ALTER TABLE loyalty_data.lot_claim DISABLE TRIGGER ledger_guard;
    EXECUTE statement;
    GET DIAGNOSTICS rows = ROW_COUNT;
    answer := format('%s: %s', rows, pg_temp.failed());
    RAISE EXCEPTION 'rolled back' USING ERRCODE = 'ROLLB';
EXCEPTION WHEN SQLSTATE 'ROLLB' THEN
    RETURN answer;
END
$$;
SELECT is(pg_temp.tamper(replace(replace(replace(replace(replace(t.statement, '{ann}', :'ann'), '{bob}', :'bob'), '{bobs}', :'bobs'),
    '{other}', :'other'), '{bill}', :'bill')), '1: ' || t.found, t.what)
FROM (VALUES
    ('more points of a reversal', 'UPDATE loyalty_data.reversal SET points = points + 1', 'hash chain, nothing is reversed beyond its amount'),
    ('more than was drawn', 'UPDATE loyalty_data.reversal SET points = 61', 'hash chain, nothing is reversed beyond its amount'),
    ('another redemption', 'UPDATE loyalty_data.reversal SET reversed_event_id = {other}', 'hash chain'),
    ('a redemption that there is not', 'UPDATE loyalty_data.reversal SET reversed_event_id = 1000000', 'hash chain, nothing is reversed beyond its amount'),
    ('another lot', 'UPDATE loyalty_data.reversal SET lot_id = {bobs}', 'hash chain, nothing is reversed beyond its amount'),
    ('somebody else''s redemption', 'UPDATE loyalty_data.reversal SET reversed_customer_id = {bob}', 'hash chain, nothing is reversed beyond its amount'),
    ('another entry', 'UPDATE loyalty_data.reversal SET entry_no = 2', 'hash chain, nothing is reversed beyond its amount'),
    ('no entry', 'UPDATE loyalty_data.reversal SET entry_no = 99', 'hash chain, nothing is reversed beyond its amount'),
    ('another event', 'UPDATE loyalty_data.reversal SET event_id = {bill}', 'nothing is reversed beyond its amount'),
    ('a reversal deleted', 'DELETE FROM loyalty_data.reversal', 'hash chain, nothing is reversed beyond its amount'),
    ('a reversal added', 'INSERT INTO loyalty_data.reversal SELECT customer_id, {bill}, reversed_customer_id, reversed_event_id, lot_id, org_id, program_id, 2, 1
        FROM loyalty_data.reversal', 'hash chain, nothing is reversed beyond its amount'),
    ('more claimed', 'UPDATE loyalty_data.lot_claim SET claimed = claimed + 1 WHERE claimed > 0', 'hash chain'),
    ('more claimed than is out', 'UPDATE loyalty_data.lot_claim SET claimed = 101 WHERE claimed > 0', 'bills agree with their returns and lots, hash chain'),
    ('less claimed than was settled', 'UPDATE loyalty_data.lot_claim SET claimed = 10 WHERE claimed > 0', 'bills agree with their returns and lots, hash chain'),
    ('less settled', 'UPDATE loyalty_data.lot_claim SET claimed = -1 WHERE claimed < 0', 'bills agree with their returns and lots, hash chain'),
    ('covered', 'UPDATE loyalty_data.lot_claim SET covered = 1 WHERE claimed > 0', 'hash chain'),
    ('covered below zero', 'UPDATE loyalty_data.lot_claim SET covered = -1 WHERE claimed > 0', 'bills agree with their returns and lots, hash chain'),
    ('another entry''s claim', 'UPDATE loyalty_data.lot_claim SET entry_no = 2 WHERE claimed > 0', 'bills agree with their returns and lots, hash chain'),
    ('a claim of no entry', 'UPDATE loyalty_data.lot_claim SET entry_no = 99 WHERE claimed > 0', 'bills agree with their returns and lots, hash chain'),
    ('a claim on a lot that there is not', 'UPDATE loyalty_data.lot_claim SET lot_id = 1000000 WHERE claimed > 0', 'bills agree with their returns and lots, hash chain'),
    ('a claim deleted', 'DELETE FROM loyalty_data.lot_claim WHERE claimed > 0', 'bills agree with their returns and lots, hash chain'),
    ('a settlement deleted', 'DELETE FROM loyalty_data.lot_claim WHERE claimed < 0', 'hash chain')) t (what, statement, found);
SELECT is(pg_temp.failed(), NULL, 'nothing of it is left');
SELECT throws_ok('UPDATE loyalty_data.reversal SET points = 1', 'LY412', NULL, 'reversals are append-only');
SELECT throws_ok('DELETE FROM loyalty_data.lot_claim', 'LY412', NULL, 'and so are claims');

SELECT * FROM finish();
ROLLBACK;
