-- What makes numbers: a shape, and a secret for random methods. Its counter is the sequence number_series_<id>_seq, made
-- by a trigger with the row, dropped with the table, and in a backup because the install script did not make it. Rows
-- never change.
CREATE TABLE loyalty.number_series (
    org_id              pg_catalog.int4 NOT NULL REFERENCES loyalty.org,
    number_series_id    pg_catalog.int4 NOT NULL,
    purpose             pg_catalog."char" NOT NULL,
    method              pg_catalog.text COLLATE "C" NOT NULL,
    length              pg_catalog.int4 NOT NULL,
    prefix              pg_catalog.text COLLATE "C" NOT NULL,
    suffix              pg_catalog.text COLLATE "C" NOT NULL,
    serial_offset       pg_catalog.int8 NOT NULL,
    checksum_prefix     pg_catalog.bool NOT NULL,
    key_id              pg_catalog.int2 NOT NULL,
    seed                pg_catalog.bytea NOT NULL,
    PRIMARY KEY (org_id, number_series_id)
);
COMMENT ON COLUMN loyalty.number_series.purpose IS 'c: a series of cards, x: external ids';
COMMENT ON COLUMN loyalty.number_series.seed IS
    'Random; the secret of the permutation is derived from it and from the key of the key file that key_id names';

-- A kind of card.
CREATE TABLE loyalty.card_series (
    org_id                      pg_catalog.int4 NOT NULL,
    series_id                   pg_catalog.int4 NOT NULL,
    series                      pg_catalog.text COLLATE "C" NOT NULL,
    name                        pg_catalog.text NOT NULL,
    card_type                   pg_catalog.text NOT NULL,
    prefix                      pg_catalog.text COLLATE "C" NOT NULL,
    suffix                      pg_catalog.text COLLATE "C" NOT NULL,
    length                      pg_catalog.int4 NOT NULL,
    max_active_per_customer     pg_catalog.int4,
    validity                    pg_catalog.interval,
    program_id                  pg_catalog.int4,
    issue                       pg_catalog."char" NOT NULL,
    PRIMARY KEY (org_id, series_id),
    UNIQUE (org_id, series),
    UNIQUE (org_id, prefix, suffix, length),
    FOREIGN KEY (org_id, series_id) REFERENCES loyalty.number_series,
    FOREIGN KEY (org_id, program_id) REFERENCES loyalty.program,
    CONSTRAINT card_series_type CHECK (card_type OPERATOR(pg_catalog.=) ANY ('{physical,digital}'::pg_catalog.text[])),
    CONSTRAINT card_series_issue CHECK (issue OPERATOR(pg_catalog.=) ANY ('{n,e,r}'::pg_catalog."char"[]))
);
COMMENT ON COLUMN loyalty.card_series.issue IS 'n: never, e: at every registration, r: at registrations that name it';

-- Words of an org for the statuses of cards; one of each status is its default, the first until another is chosen.
CREATE TABLE loyalty.card_label (
    org_id          pg_catalog.int4 NOT NULL REFERENCES loyalty.org,
    label_id        pg_catalog.int4 NOT NULL,
    label           pg_catalog.text COLLATE "C" NOT NULL,
    status          pg_catalog."char" NOT NULL,
    is_default      pg_catalog.bool NOT NULL,
    PRIMARY KEY (org_id, label_id),
    UNIQUE (org_id, label)
);
CREATE UNIQUE INDEX card_label_default ON loyalty.card_label (org_id, status) WHERE is_default;

-- Keyed by the number; customer_id is the owner now, the root of its merge group, or null.
CREATE TABLE loyalty.card (
    org_id              pg_catalog.int4 NOT NULL,
    series_id           pg_catalog.int4 NOT NULL,
    card_id             pg_catalog.int8 NOT NULL,
    created_at          pg_catalog.timestamptz NOT NULL,
    customer_id         pg_catalog.int8,
    issued_at           pg_catalog.timestamptz,
    expires_at          pg_catalog.timestamptz,
    label_id            pg_catalog.int4,
    status              pg_catalog."char" NOT NULL,
    card_number         pg_catalog.text COLLATE "C" NOT NULL,
    card_external_id    pg_catalog.text COLLATE "C",
    PRIMARY KEY (org_id, card_number),
    CONSTRAINT card_status CHECK (status OPERATOR(pg_catalog.=) ANY ('{n,i,a,s,x,d}'::pg_catalog."char"[]))
);
COMMENT ON COLUMN loyalty.card.status IS 'n: not_issued, i: issued, a: active, s: suspended, x: expired, d: deleted';
CREATE INDEX card_customer ON loyalty.card (org_id, customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX card_expiry ON loyalty.card (org_id, expires_at)
    WHERE expires_at IS NOT NULL AND status OPERATOR(pg_catalog.=) ANY ('{i,a,s}'::pg_catalog."char"[]);

-- Keyed by the value: an external id names one card of the org.
CREATE TABLE loyalty.card_external_id (
    org_id              pg_catalog.int4 NOT NULL,
    card_external_id    pg_catalog.text COLLATE "C" NOT NULL,
    card_number         pg_catalog.text COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, card_external_id)
);

-- What happened to a card since it was made; by its id, so that history names no number.
CREATE TABLE loyalty.card_change (
    org_id          pg_catalog.int4 NOT NULL,
    card_id         pg_catalog.int8 NOT NULL,
    change_id       pg_catalog.int8 NOT NULL,
    changed_at      pg_catalog.timestamptz NOT NULL,
    change          pg_catalog.text NOT NULL,
    customer_id     pg_catalog.int8,
    old_status      pg_catalog."char" NOT NULL,
    new_status      pg_catalog."char" NOT NULL,
    label_id        pg_catalog.int4,
    reason          pg_catalog.text,
    actor           pg_catalog.text,
    PRIMARY KEY (org_id, card_id, change_id)
);
CREATE INDEX card_change_customer ON loyalty.card_change (org_id, customer_id) WHERE customer_id IS NOT NULL;

-- Warnings about series, for whoever watches over them.
CREATE TABLE loyalty.number_series_event (
    org_id              pg_catalog.int4 NOT NULL,
    number_series_id    pg_catalog.int4 NOT NULL,
    event_id            pg_catalog.int8 NOT NULL,
    event_name          pg_catalog.text NOT NULL,
    percent             pg_catalog.int4 NOT NULL,
    used                pg_catalog.int8 NOT NULL,
    capacity            pg_catalog.int8 NOT NULL,
    recorded_at         pg_catalog.timestamptz NOT NULL,
    PRIMARY KEY (org_id, number_series_id, event_id)
);

-- Every external id that was ever generated, as a digest: it is never generated again, and nobody is named here.
CREATE TABLE loyalty.generated_external_id (
    org_id              pg_catalog.int4 NOT NULL,
    external_id_digest  pg_catalog.uuid NOT NULL,
    PRIMARY KEY (org_id, external_id_digest)
);

REVOKE ALL ON TABLE loyalty.number_series, loyalty.card_series, loyalty.card_label, loyalty.card,
    loyalty.card_external_id, loyalty.card_change, loyalty.number_series_event, loyalty.generated_external_id
    FROM PUBLIC;
SELECT pg_catalog.pg_extension_config_dump('loyalty.number_series', '');
SELECT pg_catalog.pg_extension_config_dump('loyalty.card_series', '');
SELECT pg_catalog.pg_extension_config_dump('loyalty.card_label', '');
SELECT pg_catalog.pg_extension_config_dump('loyalty.card', '');
SELECT pg_catalog.pg_extension_config_dump('loyalty.card_external_id', '');
SELECT pg_catalog.pg_extension_config_dump('loyalty.card_change', '');
SELECT pg_catalog.pg_extension_config_dump('loyalty.number_series_event', '');
SELECT pg_catalog.pg_extension_config_dump('loyalty.generated_external_id', '');

CREATE FUNCTION loyalty.number_series_made() RETURNS pg_catalog.trigger
    LANGUAGE C AS 'MODULE_PATHNAME', 'loyalty_number_series_made';
REVOKE ALL ON FUNCTION loyalty.number_series_made() FROM PUBLIC;
COMMENT ON FUNCTION loyalty.number_series_made() IS
    'Trigger: gives a new series of numbers its sequence, and a restored one the sequence that came with it';
CREATE TRIGGER number_series_made AFTER INSERT ON loyalty.number_series
    FOR EACH ROW EXECUTE FUNCTION loyalty.number_series_made();
ALTER TABLE loyalty.number_series ENABLE ALWAYS TRIGGER number_series_made;
