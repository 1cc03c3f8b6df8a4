-- What row guess stands on, after setup.sql: a code that is alive for each customer and eight purposes, at which three guesses may be
-- made, all of them wrong; and a table of rows with a number. Codes but for the first are written straight into the table: a wrong guess
-- is compared as a right one is, and to send them would take longer than all that is measured.
SET client_min_messages = warning;
SELECT loyalty.create_sender('bench', 'BENCH', 'mobile', is_default => true) \g /dev/null
CREATE TABLE bench.purpose (p int PRIMARY KEY, purpose text NOT NULL);
INSERT INTO bench.purpose SELECT row_number() OVER () - 1, purpose FROM unnest(ARRAY['points_redemption', 'points_transfer', 'coupon',
    'identifier_change', 'status_change', 'card_issue', 'user_group', 'generic']) purpose;
SELECT loyalty.send_code('bench', 'registration', customer_id) FROM bench.customer WHERE n = 0 \g /dev/null
INSERT INTO loyalty_data.verification_code (customer_id, sent_at, expires_at, org_id, code_no, key_id, purpose, channel, address_digest, code_digest)
    SELECT c.customer_id, s.sent_at, s.sent_at + interval '1 day', s.org_id, 1, s.key_id, p.purpose, s.channel, s.address_digest, s.code_digest
    FROM loyalty_data.verification_code s, bench.customer c, bench.purpose p;
CREATE TABLE bench.counter (id int PRIMARY KEY, number bigint NOT NULL) WITH (fillfactor = 90);
INSERT INTO bench.counter SELECT n, 0 FROM bench.customer;
GRANT SELECT, UPDATE ON bench.counter TO bench;
GRANT SELECT ON bench.purpose TO bench;
VACUUM (ANALYZE);
