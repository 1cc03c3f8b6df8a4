CREATE TABLE loyalty_data.number_series (
    org_id              int4 NOT NULL,
    number_series_id    int4 NOT NULL,
    purpose             "char" NOT NULL,
    method              text COLLATE "C" NOT NULL,
    length              int4 NOT NULL,
    prefix              text COLLATE "C" NOT NULL,
    suffix              text COLLATE "C" NOT NULL,
    serial_offset       int8 NOT NULL,
    checksum_prefix     bool NOT NULL,
    key_id              int2 NOT NULL,
    seed                bytea NOT NULL,
    PRIMARY KEY (org_id, number_series_id)
);
COMMENT ON TABLE loyalty_data.number_series IS
    'What makes numbers: a shape, and a secret for random methods. Its counter is the sequence '
    'number_series_<id>_seq, made by a trigger with the row, dropped with the table, and in a backup because the '
    'install script did not make it. Rows never change';
COMMENT ON COLUMN loyalty_data.number_series.purpose IS 'c: a series of cards, x: external ids';
COMMENT ON COLUMN loyalty_data.number_series.seed IS
    'Random; the secret of the permutation is derived from it and from the key of the key file that key_id names';

CREATE TABLE loyalty_data.card_series (
    org_id                      int4 NOT NULL,
    series_id                   int4 NOT NULL,
    series                      text COLLATE "C" NOT NULL,
    name                        text NOT NULL,
    card_type                   text NOT NULL,
    prefix                      text COLLATE "C" NOT NULL,
    suffix                      text COLLATE "C" NOT NULL,
    length                      int4 NOT NULL,
    max_active_per_customer     int4,
    validity                    interval,
    program_id                  int4,
    issue                       "char" NOT NULL,
    PRIMARY KEY (org_id, series_id),
    UNIQUE (org_id, series),
    UNIQUE (org_id, prefix, suffix, length),
    CONSTRAINT card_series_type CHECK (card_type = ANY ('{physical,digital}'::text[])),
    CONSTRAINT card_series_issue CHECK (issue = ANY ('{n,e,r}'::"char"[]))
);
COMMENT ON TABLE loyalty_data.card_series IS
    'A kind of card';
COMMENT ON COLUMN loyalty_data.card_series.issue IS 'n: never, e: at every registration, r: at registrations that name it';

CREATE TABLE loyalty_data.card_label (
    org_id          int4 NOT NULL,
    label_id        int4 NOT NULL,
    label           text COLLATE "C" NOT NULL,
    status          "char" NOT NULL,
    is_default      bool NOT NULL,
    PRIMARY KEY (org_id, label_id),
    UNIQUE (org_id, label)
);
COMMENT ON TABLE loyalty_data.card_label IS
    'Words of an org for the statuses of cards; one of each status is its default, the first until another is '
    'chosen';
COMMENT ON COLUMN loyalty_data.card_label.status IS 'n: not_issued, i: issued, a: active, s: suspended, x: expired, d: deleted';
CREATE UNIQUE INDEX card_label_default ON loyalty_data.card_label (org_id, status) WHERE is_default;

CREATE TABLE loyalty_data.card (
    org_id              int4 NOT NULL,
    series_id           int4 NOT NULL,
    card_id             int8 NOT NULL,
    created_at          timestamptz NOT NULL,
    customer_id         int8,
    issued_at           timestamptz,
    expires_at          timestamptz,
    label_id            int4,
    status              "char" NOT NULL,
    card_number         text COLLATE "C" NOT NULL,
    card_external_id    text COLLATE "C",
    PRIMARY KEY (org_id, card_number),
    CONSTRAINT card_status CHECK (status = ANY ('{n,i,a,s,x,d}'::"char"[]))
);
COMMENT ON TABLE loyalty_data.card IS
    'Keyed by the number; customer_id is the owner now, the root of its merge group, or null';
COMMENT ON COLUMN loyalty_data.card.customer_id IS 'The owner of today; NULL: nobody';
COMMENT ON COLUMN loyalty_data.card.status IS 'n: not_issued, i: issued, a: active, s: suspended, x: expired, d: deleted';
CREATE INDEX card_customer ON loyalty_data.card (org_id, customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX card_expiry ON loyalty_data.card (org_id, expires_at)
    WHERE expires_at IS NOT NULL AND status = ANY ('{i,a,s}'::"char"[]);

CREATE TABLE loyalty_data.card_external_id (
    org_id              int4 NOT NULL,
    card_external_id    text COLLATE "C" NOT NULL,
    card_number         text COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, card_external_id)
);
COMMENT ON TABLE loyalty_data.card_external_id IS
    'Keyed by the value: an external id names one card of the org';

CREATE TABLE loyalty_data.card_change (
    org_id          int4 NOT NULL,
    card_id         int8 NOT NULL,
    change_id       int8 NOT NULL,
    changed_at      timestamptz NOT NULL,
    change          text NOT NULL,
    customer_id     int8,
    old_status      "char" NOT NULL,
    new_status      "char" NOT NULL,
    label_id        int4,
    reason          text,
    actor           text,
    other_card_id   int8,
    PRIMARY KEY (org_id, card_id, change_id)
);
COMMENT ON TABLE loyalty_data.card_change IS
    'What happened to a card since it was made; by its id, so that history names no number';
COMMENT ON COLUMN loyalty_data.card_change.other_card_id IS 'The card that replaces it, or that it replaces';
CREATE INDEX card_change_customer ON loyalty_data.card_change (org_id, customer_id) WHERE customer_id IS NOT NULL;

CREATE TABLE loyalty_data.number_series_event (
    org_id              int4 NOT NULL,
    number_series_id    int4 NOT NULL,
    event_id            int8 NOT NULL,
    event_name          text NOT NULL,
    percent             int4 NOT NULL,
    used                int8 NOT NULL,
    capacity            int8 NOT NULL,
    recorded_at         timestamptz NOT NULL,
    PRIMARY KEY (org_id, number_series_id, event_id)
);
COMMENT ON TABLE loyalty_data.number_series_event IS
    'Warnings about series, for whoever watches over them';

CREATE TABLE loyalty_data.generated_external_id (
    org_id              int4 NOT NULL,
    external_id_digest  uuid NOT NULL,
    PRIMARY KEY (org_id, external_id_digest)
);
COMMENT ON TABLE loyalty_data.generated_external_id IS
    'Every external id that was ever generated, as a digest: it is never generated again, and nobody is named here';

CREATE FUNCTION loyalty_data.number_series_made() RETURNS trigger
    LANGUAGE C AS 'MODULE_PATHNAME', 'loyalty_number_series_made';
REVOKE ALL ON FUNCTION loyalty_data.number_series_made FROM PUBLIC;
COMMENT ON FUNCTION loyalty_data.number_series_made IS
    'Trigger: gives a new series of numbers its sequence, and a restored one the sequence that came with it';
CREATE TRIGGER number_series_made AFTER INSERT ON loyalty_data.number_series
    FOR EACH ROW EXECUTE FUNCTION loyalty_data.number_series_made();
ALTER TABLE loyalty_data.number_series ENABLE ALWAYS TRIGGER number_series_made;

INSERT INTO loyalty_data.table_distribution VALUES
    ('card', 'value', 'card_number'),
    ('card_change', 'value', 'card_id'),
    ('card_external_id', 'value', 'card_external_id'),
    ('card_label', 'reference', NULL),
    ('card_series', 'reference', NULL),
    ('generated_external_id', 'value', 'external_id_digest'),
    ('number_series', 'reference', NULL),
    ('number_series_event', 'reference', NULL);
