-- What row proof stands on, after setup.sql: redemptions may have a proof, of which there is a table. psql variables: earners, owners.
SET client_min_messages = warning;
SELECT loyalty.create_sender('bench', 'BENCH', 'mobile', is_default => true),
    loyalty.set_verification_rules('bench', 'points_redemption', resend_seconds => 0, life_seconds => 86400, proof_seconds => 86400) \g /dev/null
CREATE TABLE bench.proof (k int NOT NULL, n int NOT NULL, attempt uuid NOT NULL, PRIMARY KEY (n, k));
GRANT SELECT ON bench.proof TO bench;
CREATE TABLE bench.proved (proofs int NOT NULL);
INSERT INTO bench.proved VALUES (0);
CREATE TABLE bench.owner AS SELECT n, customer_id FROM bench.customer WHERE n BETWEEN :earners AND :earners + :owners - 1;
-- The first code of each owner is sent, since a proof is one of an address.
DO $$ BEGIN
    PERFORM loyalty.send_code('bench', 'points_redemption', customer_id) FROM bench.owner;
END $$;

-- Proofs until every owner has had so many. Codes but for the first are written straight into the table, and a guess at them is made a
-- right one by giving its digest to the code: to send and read them would take longer than all that is measured.
CREATE PROCEDURE bench.prove(proofs_wanted int) LANGUAGE plpgsql AS $$
BEGIN
    FOR at IN (SELECT proofs FROM bench.proved) + 1 .. proofs_wanted LOOP
        INSERT INTO loyalty_data.verification_code (customer_id, sent_at, expires_at, org_id, code_no, key_id, purpose, channel, address_digest, code_digest)
            SELECT customer_id, sent_at, expires_at, org_id, at, key_id, purpose, channel, address_digest, code_digest
            FROM loyalty_data.verification_code WHERE code_no = 1 AND at > 1;
        INSERT INTO bench.proof SELECT at - 1, o.n, e.attempt FROM bench.owner o,
            LATERAL loyalty.enter_code('bench', 'points_redemption', '000000', o.customer_id) e;
        UPDATE bench.proved SET proofs = at;
        COMMIT;
        UPDATE loyalty_data.verification_code c SET code_digest = a.guess_digest FROM loyalty_data.verification_attempt a
            WHERE (a.org_id, a.customer_id, a.purpose, a.code_no) = (c.org_id, c.customer_id, c.purpose, c.code_no) AND c.code_no = at;
        COMMIT;
    END LOOP;
END
$$;
