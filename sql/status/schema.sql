CREATE TABLE loyalty_data.status_label (
    org_id          int4 NOT NULL,
    label_id        int4 NOT NULL,
    status          "char" NOT NULL,
    is_default      bool NOT NULL,
    restrictions    int4 NOT NULL DEFAULT 0,
    label           text COLLATE "C" NOT NULL,
    description     text,
    PRIMARY KEY (org_id, label_id),
    UNIQUE (org_id, label),
    CONSTRAINT status_label_status CHECK (
        status = ANY ('{a,s,d,f,c,i,p}'::"char"[]))
);
COMMENT ON TABLE loyalty_data.status_label IS
    'Words of an org for the statuses of customers, and what each stops; one of each status is its default, the '
    'first until another is chosen. Never renamed or removed: history and customers name them by id';
CREATE UNIQUE INDEX status_label_default ON loyalty_data.status_label (org_id, status) WHERE is_default;
COMMENT ON COLUMN loyalty_data.status_label.status IS
    'a: active, s: suspended, d: deleted, f: fraud_suspected, c: fraud_confirmed, i: internal, p: pending_deletion';
COMMENT ON COLUMN loyalty_data.status_label.restrictions IS
    'The sum of the bits that loyalty.restriction_list() gives them';

CREATE TABLE loyalty_data.status_setting (
    org_id              int4 NOT NULL PRIMARY KEY,
    enabled_at          timestamptz,
    restrictions_of_all int4 NOT NULL DEFAULT 0
);
COMMENT ON TABLE loyalty_data.status_setting IS
    'What holds for all labels of an org, and whether the customer status has replaced the fraud status';

CREATE TABLE loyalty_data.customer_status_change (
    customer_id             int8 NOT NULL,
    change_id               int8 NOT NULL,
    changed_at              timestamptz NOT NULL,
    org_id                  int4 NOT NULL,
    label_id                int4,
    previous_label_id       int4,
    fraud_status            "char",
    previous_fraud_status   "char",
    reason                  text,
    actor                   text,
    PRIMARY KEY (org_id, customer_id, change_id)
);
COMMENT ON TABLE loyalty_data.customer_status_change IS
    'Every change of a customer''s status. A label that is null is the built-in one of active';
COMMENT ON COLUMN loyalty_data.customer_status_change.fraud_status IS
    'n: not_fraud, m: marked, c: confirmed, r: reconfirmed, i: internal; null where the change is one of the label';

CREATE TABLE loyalty_data.deletion_request (
    customer_id         int8 NOT NULL,
    request_id          int8 NOT NULL,
    requested_at        timestamptz NOT NULL,
    decided_at          timestamptz,
    org_id              int4 NOT NULL,
    former_label_id     int4,
    till_id             int4,
    source_id           int2,
    escalated_step      int2 NOT NULL DEFAULT 0,
    decision            "char",
    origin              "char",
    requested_by        name NOT NULL,
    decided_by          name,
    reason              text,
    actor               text,
    decision_reason     text,
    decided_actor       text,
    PRIMARY KEY (org_id, customer_id, request_id),
    CONSTRAINT deletion_request_decision CHECK (decision = ANY ('{a,d}'::"char"[]))
);
COMMENT ON TABLE loyalty_data.deletion_request IS
    'Requests to delete a customer. Those who ask and decide are kept by the name of their role';
COMMENT ON COLUMN loyalty_data.deletion_request.decision IS 'a: approved, d: declined; null: open';
COMMENT ON COLUMN loyalty_data.deletion_request.origin IS
    'Where a change request was made, as change_request has it; null: it was asked for by request_deletion';
COMMENT ON COLUMN loyalty_data.deletion_request.decision_reason IS 'Why it was declined';
COMMENT ON COLUMN loyalty_data.deletion_request.decided_actor IS 'Who decided, as the call said';
COMMENT ON COLUMN loyalty_data.deletion_request.escalated_step IS
    'The last step of the escalation that contacts were told of, from 1; 0: none';
CREATE UNIQUE INDEX deletion_request_open ON loyalty_data.deletion_request (org_id, customer_id) WHERE decided_at IS NULL;

CREATE TABLE loyalty_data.deletion_request_key (
    customer_id         int8 NOT NULL,
    request_id          int8 NOT NULL,
    org_id              int4 NOT NULL,
    PRIMARY KEY (org_id, request_id)
);
COMMENT ON TABLE loyalty_data.deletion_request_key IS 'The customer whose deletion a request is about';

-- Labels and what all of them stop are cached with their org.
CREATE TRIGGER org_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON loyalty_data.status_label
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_data.org_changed();
ALTER TABLE loyalty_data.status_label ENABLE ALWAYS TRIGGER org_changed;
CREATE TRIGGER org_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON loyalty_data.status_setting
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_data.org_changed();
ALTER TABLE loyalty_data.status_setting ENABLE ALWAYS TRIGGER org_changed;

INSERT INTO loyalty_data.table_distribution VALUES
    ('customer_status_change', 'customer', 'customer_id'),
    ('deletion_request', 'customer', 'customer_id'),
    ('deletion_request_key', 'value', 'request_id'),
    ('status_label', 'reference', NULL),
    ('status_setting', 'reference', NULL);
