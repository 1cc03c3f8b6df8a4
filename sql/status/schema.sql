-- Words of an org for the statuses of customers, and what each stops; one of each status is its default, the first
-- until another is chosen. Never renamed or removed: history and customers name them by id.
CREATE TABLE loyalty.status_label (
    org_id          pg_catalog.int4 NOT NULL REFERENCES loyalty.org,
    label_id        pg_catalog.int4 NOT NULL,
    status          pg_catalog."char" NOT NULL,
    is_default      pg_catalog.bool NOT NULL,
    restrictions    pg_catalog.int4 NOT NULL DEFAULT 0,
    label           pg_catalog.text COLLATE "C" NOT NULL,
    description     pg_catalog.text,
    PRIMARY KEY (org_id, label_id),
    UNIQUE (org_id, label),
    CONSTRAINT status_label_status CHECK (
        status OPERATOR(pg_catalog.=) ANY ('{a,s,d,f,c,i,p}'::pg_catalog."char"[]))
);
CREATE UNIQUE INDEX status_label_default ON loyalty.status_label (org_id, status) WHERE is_default;
COMMENT ON COLUMN loyalty.status_label.status IS
    'a: active, s: suspended, d: deleted, f: fraud_suspected, c: fraud_confirmed, i: internal, p: pending_deletion';
COMMENT ON COLUMN loyalty.status_label.restrictions IS
    'The sum of the bits that loyalty.restriction_list() gives them';

-- What holds for all labels of an org, and whether the customer status has replaced the fraud status.
CREATE TABLE loyalty.status_setting (
    org_id              pg_catalog.int4 NOT NULL PRIMARY KEY REFERENCES loyalty.org,
    enabled_at          pg_catalog.timestamptz,
    restrictions_of_all pg_catalog.int4 NOT NULL DEFAULT 0
);

-- Every change of a customer's status. A label that is null is the built-in one of active.
CREATE TABLE loyalty.customer_status_change (
    customer_id             pg_catalog.int8 NOT NULL,
    change_id               pg_catalog.int8 NOT NULL,
    changed_at              pg_catalog.timestamptz NOT NULL,
    org_id                  pg_catalog.int4 NOT NULL,
    label_id                pg_catalog.int4,
    previous_label_id       pg_catalog.int4,
    fraud_status            pg_catalog."char",
    previous_fraud_status   pg_catalog."char",
    reason                  pg_catalog.text,
    actor                   pg_catalog.text,
    PRIMARY KEY (org_id, customer_id, change_id),
    FOREIGN KEY (org_id, customer_id) REFERENCES loyalty.customer
);
COMMENT ON COLUMN loyalty.customer_status_change.fraud_status IS
    'n: not_fraud, m: marked, c: confirmed, r: reconfirmed, i: internal; null where the change is one of the label';

-- Requests to delete a customer. Those who ask and decide are kept by the name of their role.
CREATE TABLE loyalty.deletion_request (
    customer_id         pg_catalog.int8 NOT NULL,
    request_id          pg_catalog.int8 NOT NULL,
    requested_at        pg_catalog.timestamptz NOT NULL,
    decided_at          pg_catalog.timestamptz,
    org_id              pg_catalog.int4 NOT NULL,
    former_label_id     pg_catalog.int4,
    decision            pg_catalog."char",
    requested_by        pg_catalog.name NOT NULL,
    decided_by          pg_catalog.name,
    reason              pg_catalog.text,
    PRIMARY KEY (org_id, customer_id, request_id),
    FOREIGN KEY (org_id, customer_id) REFERENCES loyalty.customer,
    CONSTRAINT deletion_request_decision CHECK (decision OPERATOR(pg_catalog.=) ANY ('{a,d}'::pg_catalog."char"[]))
);
COMMENT ON COLUMN loyalty.deletion_request.decision IS 'a: approved, d: declined; null: open';
CREATE UNIQUE INDEX deletion_request_open ON loyalty.deletion_request (org_id, customer_id) WHERE decided_at IS NULL;

REVOKE ALL ON TABLE loyalty.status_label, loyalty.status_setting, loyalty.customer_status_change,
    loyalty.deletion_request FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('loyalty.status_label', '');
SELECT pg_catalog.pg_extension_config_dump('loyalty.status_setting', '');
SELECT pg_catalog.pg_extension_config_dump('loyalty.customer_status_change', '');
SELECT pg_catalog.pg_extension_config_dump('loyalty.deletion_request', '');

CREATE TRIGGER org_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON loyalty.status_label
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty.org_changed();
CREATE TRIGGER org_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON loyalty.status_setting
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty.org_changed();
ALTER TABLE loyalty.status_label ENABLE ALWAYS TRIGGER org_changed;
ALTER TABLE loyalty.status_setting ENABLE ALWAYS TRIGGER org_changed;
