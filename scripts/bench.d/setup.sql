-- The benchmark's database, by a superuser. psql variables: earners (customers who earn), owners (customers who
-- redeem), readers (customers with a history).
SET client_min_messages = warning;

CREATE EXTENSION loyalty;
CREATE ROLE bench LOGIN IN ROLE loyalty_pos;
\ir touch.sql
DO $$
BEGIN
    PERFORM loyalty.create_org('bench', 'Benchmark', 'UTC', base_country => 'SG');
    PERFORM loyalty.create_program('bench', 'points', 'Points', expiry_unit => 'months', expiry_value => 12);
    PERFORM loyalty.grant_org('bench', 'bench');
END
$$;

-- Who is who: customers are numbered from 0, and their ids must follow from the numbers, so that pgbench can
-- compute an id without asking for it.
CREATE TABLE bench.customer (n int PRIMARY KEY, customer_id bigint NOT NULL);
GRANT SELECT ON bench.customer TO bench;

CREATE PROCEDURE bench.register(customers int) LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN 0 .. customers - 1 LOOP
        INSERT INTO bench.customer
        SELECT i, r.customer_id
        FROM loyalty.register_customer('bench', mobile => '+' || (6591000000 + i), registered_on => now() - interval '2 years') r;
        IF i % 500 = 499 THEN
            COMMIT;
        END IF;
    END LOOP;
END
$$;
CALL bench.register(:earners + :owners + :readers);

DO $$
BEGIN
    IF (SELECT count(DISTINCT c.customer_id - c.n * s.stride)
        FROM bench.customer c,
             (SELECT max(d.customer_id) FILTER (WHERE d.n = 1) - min(d.customer_id) AS stride FROM bench.customer d) s) <> 1
    THEN
        RAISE EXCEPTION 'the ids of the customers are not evenly spaced';
    END IF;
END
$$;

-- A history of this many entries for one customer, spread over the last year: blocks of two hundred awards and a
-- hundred redemptions of two each, so that a long one leaves no more open than a short one. Larger blocks would be slower:
-- a redemption of a batch looks at the lots that those before it have emptied.
CREATE PROCEDURE bench.history(customer bigint, entries int) LANGUAGE plpgsql AS $$
DECLARE
    start timestamptz := now() - interval '360 days';
    step interval := interval '355 days' / entries;
    done int := 0;
    awards int;
    redemptions int;
BEGIN
    WHILE done < entries LOOP
        redemptions := least(300, entries - done) / 3;
        awards := least(300, entries - done) - redemptions;
        PERFORM count(*) FROM loyalty.earn_points_batch('bench', ARRAY(
            SELECT ROW(customer, 10, NULL, NULL, NULL, NULL, NULL, start + (done + i) * step, NULL, NULL, NULL,
                NULL, NULL, NULL, NULL)::loyalty.earn_item
            FROM generate_series(0, awards - 1) i));
        PERFORM count(*) FROM loyalty.redeem_points_batch('bench', ARRAY(
            SELECT ROW(customer, 20, NULL, NULL, NULL, NULL, start + (done + awards + i) * step, NULL, NULL, NULL,
                NULL, NULL, NULL, NULL)::loyalty.redeem_item
            FROM generate_series(0, redemptions - 1) i));
        done := done + awards + redemptions;
        COMMIT;
    END LOOP;
END
$$;

-- Awards of 10 points each until every customer who redeems has so many open ones; the very first is of 5, so
-- that a redemption of 10 always takes from two.
CREATE PROCEDURE bench.top_up(first_n int, last_n int, lots int) LANGUAGE plpgsql AS $$
DECLARE
    owner record;
    done int := 0;
BEGIN
    FOR owner IN
        SELECT c.customer_id, count(l.lot_id) AS open_lots
        FROM bench.customer c LEFT JOIN loyalty_data.points_lot l
            ON l.customer_id = c.customer_id AND l.category = 'r' AND l.is_open
        WHERE c.n BETWEEN first_n AND last_n GROUP BY c.customer_id HAVING count(l.lot_id) < lots
    LOOP
        FOR i IN owner.open_lots + 1 .. lots LOOP
            PERFORM loyalty.earn_points('bench', owner.customer_id, CASE WHEN i = 1 THEN 5 ELSE 10 END);
        END LOOP;
        done := done + 1;
        IF done % 100 = 0 THEN
            COMMIT;
        END IF;
    END LOOP;
END
$$;
