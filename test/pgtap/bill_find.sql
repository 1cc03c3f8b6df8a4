-- find_transaction: whose bill a number is, for a till that knows no customer.
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = warning;
SET LOCAL TimeZone = 'UTC';
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT pg_temp.new_org('acme', 'base', tills => '{t1,t2}', store => 'main', primary_key => 'external_id');
SELECT pg_temp.new_org('other', 'base', primary_key => 'external_id');
SELECT pg_temp.customer('acme', 'ann', '2024-01-01') AS ann, pg_temp.customer('acme', 'bob', '2024-01-01') AS bob,
    pg_temp.customer('other', 'oda', '2024-01-01') AS oda \gset
CREATE TEMP TABLE who (customer_id bigint, name text);
INSERT INTO who VALUES (:ann, 'ann'), (:bob, 'bob'), (:oda, 'oda');
CREATE FUNCTION pg_temp.found(arguments text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE format('SELECT string_agg(concat_ws('' '', COALESCE(w.name, ''nobody''), f.transaction_type, f.amount, f.returned_amount,
        f.left_amount, COALESCE(f.till, ''-''), COALESCE(f.store, ''-''), f.event_time AT TIME ZONE ''UTC''), E''\n'' ORDER BY f.n)
        FROM (SELECT *, row_number() OVER () AS n FROM loyalty.find_transaction(%s)) f LEFT JOIN who w USING (customer_id)', arguments) INTO answer;
    RETURN answer;
END $$;
SELECT loyalty.add_transaction('acme', :ann, 'N', 100, event_time => '2024-04-20 12:00+00', till => 't1', line_items =>
    '[{"item_code": "a", "amount": 60, "quantity": 2}, {"item_code": "b", "amount": 40}]');
SELECT loyalty.add_transaction('acme', :bob, 'N', 50, event_time => '2024-04-21 12:00+00', till => 't2');
SELECT loyalty.add_transaction('acme', :bob, 'N', 7, event_time => '2024-04-22 12:00+00', store => 'main');
SELECT loyalty.add_transaction_by_identifiers('acme', 'G', 5, external_id => 'gus', transaction_type => 'non_loyalty',
    event_time => '2024-04-23 12:00+00', till => 't1');
SELECT loyalty.add_transaction('other', :oda, 'N', 9, event_time => '2024-04-24 12:00+00');

SELECT is(pg_temp.found($$'acme', 'N'$$), 'bob regular 7.000 0.000 7.000 - main 2024-04-22 12:00:00
ann regular 100.000 0.000 100.000 t1 main 2024-04-20 12:00:00
bob regular 50.000 0.000 50.000 t2 main 2024-04-21 12:00:00', 'a row for each till, and of no other org');
SELECT is(pg_temp.found($$'acme', 'N', 't2'$$), 'bob regular 50.000 0.000 50.000 t2 main 2024-04-21 12:00:00', 'of one till');
SELECT is(pg_temp.found($$'acme', 'N', till => ''$$), pg_temp.found($$'acme', 'N'$$), 'an empty till is none');
SELECT is(pg_temp.found($$'acme', 'M'$$), NULL, 'nobody''s number');
SELECT is(pg_temp.found($$'acme', 'G'$$), 'nobody non_loyalty 5.000 0.000 5.000 t1 main 2024-04-23 12:00:00', 'a tagged bill has no customer');
SELECT is(pg_temp.found($$'acme', 'G', 't2'$$), NULL, 'and stands in its till alone');
SELECT is((SELECT count(*)::int FROM loyalty.find_transaction('acme', 'G') f WHERE f::text ~ 'gus'), 0, 'no identifier is told');

SELECT loyalty.return_transaction('acme', :ann, 'N', '[{"line_no": 1, "quantity": 1}]', return_number => 'R', till => 't2');
SELECT is(pg_temp.found($$'acme', 'N', 't1'$$), 'ann regular 100.000 30.000 70.000 t1 main 2024-04-20 12:00:00', 'what is left of it');
SELECT is(pg_temp.found($$'acme', 'R'$$), 'ann return 30.000 0.000 0.000 t2 main 2024-05-02 10:00:00', 'the number of a return');
SELECT is(f.parent_transaction_id, b.transaction_id, 'and whose return it is')
FROM loyalty.find_transaction('acme', 'R') f, loyalty.find_transaction('acme', 'N', 't1') b;

-- The survivor, with what came back before and after the merge.
SELECT loyalty.merge_customers('acme', :bob, :ann);
SELECT is(pg_temp.found($$'acme', 'N', 't1'$$), 'bob regular 100.000 30.000 70.000 t1 main 2024-04-20 12:00:00', 'the survivor');
SELECT loyalty.return_transaction('acme', :bob, 'N', '[{"line_no": 2}]', transaction_till => 't1');
SELECT is(pg_temp.found($$'acme', 'N', 't1'$$), 'bob regular 100.000 70.000 30.000 t1 main 2024-04-20 12:00:00', 'returns of both');
SELECT loyalty.return_transaction('acme', :bob, 'N', transaction_till => 't1');
SELECT is(pg_temp.found($$'acme', 'N', 't1'$$), 'bob regular 100.000 100.000 0.000 t1 main 2024-04-20 12:00:00', 'nothing is left');

-- Who registers gets the tagged bill.
SELECT customer_id AS gus FROM loyalty.register_customer('acme', external_id => 'gus') \gset
INSERT INTO who VALUES (:gus, 'gus');
SELECT is(pg_temp.found($$'acme', 'G'$$), 'gus non_loyalty 5.000 0.000 5.000 t1 main 2024-04-23 12:00:00', 'attached');

SELECT pg_temp.refused(format('loyalty.find_transaction(%s)', call), code, call) FROM (VALUES
    ('LY001', $$NULL, 'N'$$), ('LY001', $$'acme', NULL$$), ('LY001', $$'acme', ''$$), ('LY002', $$'acme', repeat('x', 101)$$),
    ('LY004', $$'nowhere', 'N'$$), ('LY006', $$'acme', 'N', 'gold'$$), ('LY002', $$'acme', 'N', repeat('x', 101)$$)) c (code, call);
CREATE ROLE test_find_pos IN ROLE loyalty_pos;
SELECT loyalty.grant_org('acme', 'test_find_pos');
GRANT SELECT ON who TO test_find_pos;
SET ROLE test_find_pos;
SELECT is((SELECT count(*)::int FROM loyalty.find_transaction('acme', 'N')), 3, 'a till may ask');
SELECT throws_ok($$SELECT loyalty.find_transaction('other', 'N')$$, 'LY004', NULL, 'of its own org');
RESET ROLE;
SELECT function_privs_are('loyalty', 'find_transaction', '{text,text,text}', 'loyalty_analyst', '{}', 'analysts have the view');
SELECT is(pg_temp.proved(), 'proved', 'every invariant holds');
SELECT * FROM finish();
ROLLBACK;
