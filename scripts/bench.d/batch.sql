-- One measurement of a batch of 1,000 awards, in awards a second; psql variable: what.
SET client_min_messages = error;
SELECT :'what' = 'earn_batch' AS earn_batch, to_regclass('bench.batch_entry') IS NULL AS prepare \gset
\if :prepare
CREATE TABLE bench.batch_entry (LIKE loyalty_data.ledger_entry INCLUDING ALL);
CREATE TABLE bench.batch_lot (LIKE loyalty_data.points_lot INCLUDING ALL);
CREATE TABLE bench.fresh_entry (LIKE loyalty_data.ledger_entry);
CREATE TABLE bench.fresh_lot (LIKE loyalty_data.points_lot);
\endif
\if :earn_batch
-- A session that sends batch after batch: it has made its plans and knows most pages of the tables.
DO $$
BEGIN
    FOR i IN 1 .. 10 LOOP
        PERFORM loyalty.earn_points_batch('bench', ARRAY(SELECT ROW(c.customer_id, 10, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
            NULL, NULL, NULL, NULL, NULL, NULL)::loyalty.earn_item FROM bench.customer c ORDER BY random() LIMIT 1000));
        COMMIT;
    END LOOP;
END
$$;
SELECT array_agg(jsonb_populate_record(NULL::loyalty.earn_item, jsonb_build_object('customer_id', c.customer_id, 'points', 10)))
    AS items FROM (SELECT customer_id FROM bench.customer ORDER BY random() LIMIT 1000) c \gset
SELECT clock_timestamp() AS began \gset
SELECT count(*) AS n, min(event_id) AS first FROM loyalty.earn_points_batch('bench', :'items') \gset
\else
-- The rows of the last batch, into tables with the same indexes.
TRUNCATE bench.fresh_entry, bench.fresh_lot;
INSERT INTO bench.fresh_entry SELECT * FROM loyalty_data.ledger_entry ORDER BY event_id DESC LIMIT 1000;
INSERT INTO bench.fresh_lot SELECT l.* FROM loyalty_data.points_lot l JOIN bench.fresh_entry e USING (org_id, customer_id)
    WHERE l.lot_id = e.event_id;
ANALYZE bench.fresh_entry, bench.fresh_lot;
DELETE FROM bench.batch_entry WHERE event_id IN (SELECT event_id FROM bench.fresh_entry);
SELECT count(*) AS n, clock_timestamp() AS began FROM bench.fresh_entry \gset
BEGIN;
INSERT INTO bench.batch_entry SELECT * FROM bench.fresh_entry;
INSERT INTO bench.batch_lot SELECT * FROM bench.fresh_lot;
COMMIT;
\endif
SELECT :n / extract(epoch FROM clock_timestamp() - :'began');
