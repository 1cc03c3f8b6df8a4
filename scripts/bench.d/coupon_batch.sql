-- One measurement of a thousand coupons that are issued together, in coupons a second; psql variable: what.
SET client_min_messages = error;
SELECT :'what' = 'issue_coupons' AS issue_coupons \gset
SELECT array_agg(customer_id) AS ids FROM (SELECT customer_id FROM bench.customer ORDER BY random() LIMIT 1000) c \gset
\if :issue_coupons
SELECT count(*) FROM loyalty.issue_coupons('bench', 'many', :'ids') \g /dev/null
SELECT clock_timestamp() AS began \gset
SELECT count(*) FROM loyalty.issue_coupons('bench', 'many', :'ids') \g /dev/null
\else
SELECT clock_timestamp() AS began \gset
INSERT INTO by_hand.issued SELECT 1, 1, nextval('by_hand.id_seq'), c, now(), now(), 'infinity', NULL, 0, NULL, 1, upper(md5(random()::text)),
    upper(md5(random()::text)), NULL FROM unnest(:'ids'::bigint[]) c;
\endif
SELECT 1000 / extract(epoch FROM clock_timestamp() - :'began');
