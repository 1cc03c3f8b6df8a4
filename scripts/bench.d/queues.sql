-- The database of rows outbox and codes, by a superuser, after setup.sql: senders, the table as one would write it by hand, and
-- promotional messages that wait.
SET client_min_messages = warning;
GRANT loyalty_agent, loyalty_gateway TO bench;
SELECT loyalty.create_sender('bench', 'BENCH', 'mobile', is_default => true) \g /dev/null

-- One table with an index of what is due, and what is done in another.
CREATE SCHEMA plain;
GRANT USAGE ON SCHEMA plain TO bench;
CREATE TABLE plain.message (
    message_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id     bigint NOT NULL,
    priority        smallint NOT NULL DEFAULT 1,
    attempts        int NOT NULL DEFAULT 0,
    available_at    timestamptz NOT NULL DEFAULT now(),
    created_at      timestamptz NOT NULL DEFAULT now(),
    address         text NOT NULL,
    body            text NOT NULL
);
CREATE INDEX ON plain.message (priority, available_at, message_id);
CREATE TABLE plain.archive (LIKE plain.message);
CREATE INDEX ON plain.archive (message_id);
GRANT ALL ON ALL TABLES IN SCHEMA plain TO bench;

-- So many promotional messages, of all customers in turn, none of which is taken while codes are measured.
CREATE PROCEDURE bench.promote(messages int) LANGUAGE plpgsql AS $$
DECLARE
    customers int := (SELECT count(*) FROM bench.customer);
BEGIN
    FOR part IN 0 .. (messages - 1) / 1000 LOOP
        PERFORM count(m.message_id)
        FROM generate_series(part * 1000, least(messages, (part + 1) * 1000) - 1) i
        JOIN bench.customer c ON c.n = i % customers
        CROSS JOIN LATERAL loyalty.send_sms('bench', c.customer_id, 'Everything at half the price.', purpose => 'promotional') m;
        COMMIT;
    END LOOP;
END
$$;
