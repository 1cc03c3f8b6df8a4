-- What each client of the benchmark sends as a batch: some lists of a thousand of its own customers, in any order, as the
-- text that comes over the wire. psql variables: clients, lists, earners. Two clients who sent the same customer would
-- wait for each other.
CREATE TABLE bench.thousand (client int, list int, items text NOT NULL, PRIMARY KEY (client, list));
GRANT SELECT ON bench.thousand TO bench;
INSERT INTO bench.thousand
SELECT k, l, x.items FROM generate_series(0, :clients - 1) k CROSS JOIN generate_series(1, :lists) l
    CROSS JOIN LATERAL (SELECT array_agg(ROW(c.customer_id, 10, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
            NULL, NULL, NULL, NULL)::loyalty.earn_item)::text AS items
        FROM (SELECT customer_id FROM bench.customer
            WHERE n < :earners AND n % :clients = k AND l > 0 ORDER BY random() LIMIT 1000) c) x;
ANALYZE bench.thousand;
