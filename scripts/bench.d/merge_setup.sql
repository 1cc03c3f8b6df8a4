-- Pairs of customers to merge: victims with a short history and with a long one, ten open lots each; psql variables:
-- merges (of each kind), long (entries of a long history).
SET client_min_messages = warning;
CREATE TABLE bench.pair (kind text, survivor bigint, victim bigint, done boolean NOT NULL DEFAULT false);
CREATE SEQUENCE bench.person START 6592000000;
CREATE FUNCTION bench.person() RETURNS bigint LANGUAGE sql AS $$
    SELECT customer_id FROM loyalty.register_customer('bench', '+' || nextval('bench.person'),
        registered_on => now() - interval '2 years') $$;
CREATE PROCEDURE bench.pairs(pair_kind text, pairs int, entries int) LANGUAGE plpgsql AS $$
DECLARE
    survivor bigint;
    victim bigint;
BEGIN
    FOR i IN 1 .. pairs LOOP
        survivor := bench.person();
        victim := bench.person();
        FOR j IN 1 .. entries LOOP
            PERFORM loyalty.earn_points('bench', victim, 1);
            IF j = entries - 10 THEN
                PERFORM loyalty.redeem_points('bench', victim, j);
            END IF;
        END LOOP;
        INSERT INTO bench.pair VALUES (pair_kind, survivor, victim);
        COMMIT;
    END LOOP;
END
$$;
-- For as many seconds: two new customers and an award each, over and over; with "merging" the one is merged into the other.
CREATE PROCEDURE bench.busy(seconds numeric, merging boolean) LANGUAGE plpgsql AS $$
DECLARE
    stop timestamptz := clock_timestamp() + seconds * interval '1 second';
    survivor bigint;
    victim bigint;
BEGIN
    WHILE clock_timestamp() < stop LOOP
        survivor := bench.person();
        victim := bench.person();
        PERFORM loyalty.earn_points('bench', c, 1) FROM unnest(ARRAY[survivor, victim]) c;
        IF merging THEN
            PERFORM loyalty.merge_customers('bench', survivor, victim);
        END IF;
        COMMIT;
    END LOOP;
END
$$;
CALL bench.pairs('merge_short', :merges, 12);
CALL bench.pairs('merge_long', :merges, :long);
VACUUM (ANALYZE);
