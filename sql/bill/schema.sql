-- Codes are single characters, as in sql/ledger/schema.sql:
--   transaction_type  r regular, n non_loyalty, b return
--   outlier_status    n normal, o outlier, i internal, f fraud, t test
--   no_points         s points_blocked, e program_over, o points_overflow, p no_program
--   counts            c counted, n not_counted

CREATE TABLE loyalty_data.transaction (
    customer_id         int8 NOT NULL,
    transaction_id      int8 NOT NULL,
    event_time          timestamptz NOT NULL,
    recorded_at         timestamptz NOT NULL,
    org_id              int4 NOT NULL,
    till_id             int4,
    store_id            int4,
    program_id          int4,
    source_id           int2 NOT NULL,
    transaction_type    "char" NOT NULL,
    outlier_status      "char" NOT NULL,
    counts              "char" NOT NULL,
    return_kind         "char",
    no_points           "char",
    amount              numeric(18,3) NOT NULL,
    discount            numeric(18,3) NOT NULL,
    transaction_number  text COLLATE "C",
    parent_customer_id  int8,
    parent_id           int8,
    PRIMARY KEY (org_id, customer_id, transaction_id)
);
COMMENT ON TABLE loyalty_data.transaction IS
    'A bill, or the return of one, which names its parent. Its id is that of the event which recorded it; its points '
    'are lots that name it';
COMMENT ON COLUMN loyalty_data.transaction.program_id IS
    'The program whose rules judged it, also where it earned nothing; NULL: there was none to ask. A return has its bill''s';
COMMENT ON COLUMN loyalty_data.transaction.counts IS
    'Whether the program counts it, as decided when it was recorded: c counted, n not_counted. A return has its bill''s';
COMMENT ON COLUMN loyalty_data.transaction.return_kind IS
    'How a return names what comes back: w the whole, l lines, a an amount, m the whole, which moved to another '
    'customer; NULL: no return';
COMMENT ON COLUMN loyalty_data.transaction.transaction_number IS 'NULL: a return without a number of its own';
CREATE INDEX transaction_parent ON loyalty_data.transaction (org_id, parent_customer_id, parent_id)
    WHERE parent_id IS NOT NULL;

CREATE TABLE loyalty_data.transaction_line (
    customer_id         int8 NOT NULL,
    transaction_id      int8 NOT NULL,
    org_id              int4 NOT NULL,
    line_no             int4 NOT NULL,
    quantity            numeric(18,6) NOT NULL,
    amount              numeric(18,3) NOT NULL,
    discount            numeric(18,3) NOT NULL,
    item_code           text COLLATE "C" NOT NULL,
    attributes          jsonb,
    PRIMARY KEY (org_id, customer_id, transaction_id, line_no)
);
COMMENT ON TABLE loyalty_data.transaction_line IS
    'A line of a bill, or what of it came back with a return';

CREATE TABLE loyalty_data.transaction_number (
    org_id              int4 NOT NULL,
    till_id             int4 NOT NULL,
    transaction_number  text COLLATE "C" NOT NULL,
    customer_id         int8 NOT NULL,
    transaction_id      int8 NOT NULL,
    PRIMARY KEY (org_id, transaction_number, till_id)
);
COMMENT ON TABLE loyalty_data.transaction_number IS
    'Keyed by the value: a number is unique per org and till; till_id is 0 where a bill names no till';

CREATE TABLE loyalty_data.tagged_transaction (
    org_id              int4 NOT NULL,
    identifier_type     text COLLATE "C" NOT NULL,
    identifier_value    text COLLATE "C" NOT NULL,
    transaction_id      int8 NOT NULL,
    event_time          timestamptz NOT NULL,
    recorded_at         timestamptz NOT NULL,
    till_id             int4,
    store_id            int4,
    source_id           int2 NOT NULL,
    outlier_status      "char" NOT NULL,
    amount              numeric(18,3) NOT NULL,
    discount            numeric(18,3) NOT NULL,
    transaction_number  text COLLATE "C" NOT NULL,
    reason              text,
    actor               text,
    line_items          jsonb,
    PRIMARY KEY (org_id, identifier_type, identifier_value, transaction_id)
);
CREATE INDEX tagged_transaction_id ON loyalty_data.tagged_transaction (org_id, transaction_id);
COMMENT ON TABLE loyalty_data.tagged_transaction IS
    'A bill of somebody who is not registered, under the identifier that it was given with; customers get theirs '
    'when they register. Not append-only: the identifier is personal data. The number is claimed under customer 0';

CREATE TABLE loyalty_data.referral (
    customer_id         int8 NOT NULL,
    referral_id         int8 NOT NULL,
    referrer_id         int8 NOT NULL,
    referrer_event_id   int8 NOT NULL,
    transaction_id      int8,
    org_id              int4 NOT NULL,
    program_id          int4 NOT NULL,
    PRIMARY KEY (org_id, customer_id, referral_id)
);
COMMENT ON TABLE loyalty_data.referral IS
    'Who referred whom (customer_id is the referee), and the bill that was the reason. The id is that of the '
    'referee''s event and what both events share';
CREATE UNIQUE INDEX referral_bill ON loyalty_data.referral (org_id, customer_id, transaction_id)
    WHERE transaction_id IS NOT NULL;

CREATE TABLE loyalty_data.transaction_load (
    org_id              int4 NOT NULL,
    relation            text COLLATE "C" NOT NULL,
    last_line_no        int8,
    bills               int8 NOT NULL,
    refused             int8 NOT NULL,
    started_at          timestamptz NOT NULL,
    updated_at          timestamptz NOT NULL,
    finished_at         timestamptz,
    PRIMARY KEY (org_id, relation)
);
COMMENT ON TABLE loyalty_data.transaction_load IS
    'Where each load of bills stands: one row for a source. No line holds personal data';
CREATE TABLE loyalty_data.transaction_load_error (
    org_id              int4 NOT NULL,
    relation            text COLLATE "C" NOT NULL,
    line_no             int8 NOT NULL,
    error_code          text NOT NULL,
    error               text NOT NULL,
    recorded_at         timestamptz NOT NULL,
    PRIMARY KEY (org_id, relation, line_no)
);
COMMENT ON TABLE loyalty_data.transaction_load_error IS
    'Lines of a load that were refused, and why';

-- Bills are append-only, as what they earned is.
DO $guards$
DECLARE
    guarded regclass;
BEGIN
    FOREACH guarded IN ARRAY '{loyalty_data.transaction, loyalty_data.transaction_line, loyalty_data.transaction_number,
        loyalty_data.referral}'::regclass[] LOOP
        EXECUTE format('CREATE TRIGGER ledger_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON %s'
            ' FOR EACH STATEMENT EXECUTE FUNCTION loyalty_data.ledger_guard()', guarded);
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER ledger_guard', guarded);
    END LOOP;
END
$guards$;

INSERT INTO loyalty_data.table_distribution VALUES
    ('referral', 'customer', 'customer_id'),
    ('tagged_transaction', 'value', 'identifier_value'),
    ('transaction', 'customer', 'customer_id'),
    ('transaction_line', 'customer', 'customer_id'),
    ('transaction_load', 'reference', NULL),
    ('transaction_load_error', 'reference', NULL),
    ('transaction_number', 'value', 'transaction_number');
