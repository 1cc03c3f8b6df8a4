-- What all calls do with their arguments: defaults that are read from the catalogue, and what the backend keeps of them.
BEGIN;
SELECT no_plan();

SET LOCAL client_min_messages = warning;
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+00';
SELECT loyalty.create_org('acme', 'Acme');
SELECT loyalty.create_program('acme', 'base', 'Base');
SELECT loyalty.set_config('acme', 'CONF_REGISTRATION_PRIMARY_KEY', 'external_id');
SELECT customer_id AS ann FROM loyalty.register_customer('acme', external_id => 'ann', registered_on => '2024-01-01') \gset

-- ---- what a backend keeps of functions does not grow with their changes

CREATE FUNCTION pg_temp.other() RETURNS int LANGUAGE sql AS 'SELECT 1';

-- Calls three functions after each of some changes, and answers by how many bytes what stays has grown.
CREATE FUNCTION pg_temp.growth(change text, times int, customer int8) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    before bigint;
BEGIN
    FOR i IN 1 .. times LOOP
        IF i = 10 THEN
            before := (SELECT total_bytes FROM pg_backend_memory_contexts WHERE name = 'TopMemoryContext');
        END IF;
        EXECUTE format(change, i);
        PERFORM loyalty.earn_points('acme', customer, 1), loyalty.is_redeemable('acme', customer, 1);
        PERFORM loyalty.get_config('acme', 'CONF_REGISTRATION_PRIMARY_KEY');
    END LOOP;
    RETURN (SELECT total_bytes FROM pg_backend_memory_contexts WHERE name = 'TopMemoryContext') - before;
END $$;
SELECT cmp_ok(pg_temp.growth('ALTER FUNCTION pg_temp.other() COST %s', 200, :ann), '<=', 65536::bigint,
    'a backend does not grow by changes of other functions');
SELECT cmp_ok(pg_temp.growth('ALTER FUNCTION loyalty.earn_points COST %s', 200, :ann), '<=', 65536::bigint,
    'nor by changes of ours that leave the defaults alone');

-- ---- a default that changes is heard of

CREATE FUNCTION pg_temp.earned_category(customer int8) RETURNS "char" LANGUAGE plpgsql AS $$
DECLARE
    earned int8 := (SELECT event_id FROM loyalty.earn_points('acme', customer, 1, category => NULL));
BEGIN
    RETURN (SELECT category FROM loyalty_data.ledger_entry WHERE event_id = earned);
END $$;
CREATE FUNCTION pg_temp.redefine(old text, new text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE replace(pg_get_functiondef('loyalty.earn_points'::regproc), 'category text DEFAULT ' || old, 'category text DEFAULT ' || new);
END $$;
SELECT is(pg_temp.earned_category(:ann), 'r', 'NULL is the default');
SELECT pg_temp.redefine($$'regular'::text$$, $$'trigger_based'::text$$);
SELECT is(pg_temp.earned_category(:ann), 't', 'and the new default after that was changed');
SELECT pg_temp.redefine($$'trigger_based'::text$$, $$lower('REGULAR'::text)$$);
SELECT is(pg_temp.earned_category(:ann), 'r', 'also an expression that comes to a constant');
SELECT pg_temp.redefine($$lower('REGULAR'::text)$$, '(clock_timestamp())::text');
SELECT throws_ok(format('SELECT pg_temp.earned_category(%s)', :ann), 'XX000', NULL, 'one that does not is refused, in every build');

SELECT * FROM finish();
ROLLBACK;
