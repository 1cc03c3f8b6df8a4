-- What the rows that measure jobs copy: an org without customers, and what fills its books. Run by a superuser.
SET client_min_messages = warning;

CREATE EXTENSION loyalty;
CREATE SCHEMA bench;
DO $$
BEGIN
    PERFORM loyalty.create_org('jobs', 'Jobs', time_zone => 'UTC');
    PERFORM loyalty.create_program('jobs', 'points', 'One point per whole unit', points_per_unit => 1, decimals => 0,
        rounding => 'floor', expiry_unit => 'months', expiry_value => 12);
    PERFORM loyalty.set_config('jobs', 'CONF_REGISTRATION_PRIMARY_KEY', 'external_id');
END
$$;

-- Bills as a shop's file has them, and as load_transactions reads them.
CREATE TABLE bench.file (
    transaction_number  text NOT NULL,
    external_id         text COLLATE "C" NOT NULL,
    transaction_date    date NOT NULL,
    quantity            int NOT NULL,
    amount              numeric NOT NULL
);
CREATE TABLE bench.bill (
    line_no             bigint PRIMARY KEY,
    external_id         text COLLATE "C" NOT NULL,
    transaction_number  text NOT NULL,
    amount              numeric NOT NULL,
    event_time          timestamptz NOT NULL
);

-- The same bills at every call. Each customer has one in the first sixth of the days. The others are shared by half of the
-- customers, so unevenly that the best of twenty thousand has some three hundred; evenly with a skew of 1.
CREATE PROCEDURE bench.make_bills(bills int, customers int, first_day date, days int, skew float8 DEFAULT 1.8)
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM setseed(0.1997);
    INSERT INTO bench.file
    SELECT 'T' || n, 'C' || customer, first_day + day, 1 + floor(random() * 4)::int,
        round((5 - 31 * ln(1 - random()))::numeric, 2)
    FROM (SELECT n, customer, CASE WHEN n <= customers THEN first ELSE first + floor(random() * (days - first))::int END AS day
        FROM (SELECT n, customer, abs(hashint4(customer) % (days / 6)) AS first
            FROM (SELECT n, CASE WHEN n <= customers THEN n
                    ELSE 1 + floor((customers / 2) * power(random(), skew))::int END AS customer
                FROM generate_series(1, bills) n) c) f) d;
END
$$;

-- Numbers the bills by date, which makes them a source.
CREATE PROCEDURE bench.number_bills() LANGUAGE sql AS $$
    INSERT INTO bench.bill
    SELECT row_number() OVER (ORDER BY f.transaction_date, f.transaction_number), f.external_id, f.transaction_number,
        f.amount, f.transaction_date::timestamp AT TIME ZONE 'UTC'
    FROM bench.file f;
$$;

-- Customers with numbers from 1.
CREATE TABLE bench.customer (n int PRIMARY KEY, customer_id bigint NOT NULL);
CREATE PROCEDURE bench.register(first_n int, last_n int) LANGUAGE plpgsql AS $$
BEGIN
    FOR i IN first_n .. last_n LOOP
        INSERT INTO bench.customer
        SELECT i, r.customer_id
        FROM loyalty.register_customer('jobs', external_id => 'C' || i, registered_on => now() - interval '3 years') r;
        IF i % 500 = 0 THEN
            COMMIT;
        END IF;
    END LOOP;
END
$$;

-- A round is an event for each of these customers, who follow each other as in a shop: no customer's rows lie together.
-- Every award is of 10 points; a round whose number "redeem_every" divides spends those of two.
CREATE PROCEDURE bench.rounds(first_n int, last_n int, rounds int, start timestamptz, step interval,
    program text DEFAULT NULL, category text DEFAULT NULL, redeem_every int DEFAULT NULL) LANGUAGE plpgsql AS $$
DECLARE
    slice int := 5000;
    at timestamptz;
BEGIN
    FOR i IN 1 .. rounds LOOP
        at := start + i * step;
        FOR low IN first_n .. last_n BY slice LOOP
            IF i % redeem_every = 0 THEN
                PERFORM count(*) FROM loyalty.redeem_points_batch('jobs', ARRAY(
                    SELECT ROW(c.customer_id, 20, NULL, NULL, NULL, program, at, NULL, NULL, NULL,
                        NULL, NULL, NULL, NULL)::loyalty.redeem_item
                    FROM bench.customer c WHERE c.n BETWEEN low AND least(low + slice - 1, last_n)));
            ELSE
                PERFORM count(*) FROM loyalty.earn_points_batch('jobs', ARRAY(
                    SELECT ROW(c.customer_id, 10, category, NULL, NULL, NULL, program, at, NULL, NULL, NULL,
                        NULL, NULL, NULL, NULL)::loyalty.earn_item
                    FROM bench.customer c WHERE c.n BETWEEN low AND least(low + slice - 1, last_n)));
            END IF;
            COMMIT;
        END LOOP;
    END LOOP;
END
$$;

-- An empty copy of the lots with the same columns, indexes and settings, then their rows in the order in which they lie.
CREATE PROCEDURE bench.copy_lots(name text) LANGUAGE plpgsql AS $$
DECLARE
    settings text := (SELECT array_to_string(c.reloptions, ', ') FROM pg_class c WHERE c.oid = 'loyalty_data.points_lot'::regclass);
BEGIN
    EXECUTE format('CREATE TABLE bench.%I (LIKE loyalty_data.points_lot INCLUDING ALL)', name);
    IF settings IS NOT NULL THEN
        EXECUTE format('ALTER TABLE bench.%I SET (%s)', name, settings);
    END IF;
    EXECUTE format('INSERT INTO bench.%I SELECT * FROM loyalty_data.points_lot', name);
END
$$;
