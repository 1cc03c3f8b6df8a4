CREATE TABLE loyalty_data.event_subscriber (
    org_id              int4 NOT NULL,
    subscriber_id       int4 NOT NULL,
    key_id              int2 NOT NULL,
    state               "char" NOT NULL,
    include_identifiers bool NOT NULL,
    told_from           timestamptz NOT NULL,
    kept_from           timestamptz,
    subscriber          text COLLATE "C" NOT NULL,
    endpoint            text,
    event_names         text[],
    secret              bytea,
    PRIMARY KEY (org_id, subscriber_id),
    UNIQUE (org_id, subscriber),
    CONSTRAINT event_subscriber_state CHECK (state = ANY ('{a,p,r}'::"char"[]))
);
COMMENT ON TABLE loyalty_data.event_subscriber IS
    'Who is told what happens in an org: a partner, a webhook, a bot. The secret is sealed under the key file';
COMMENT ON COLUMN loyalty_data.event_subscriber.state IS 'a: active, p: paused, r: retired';
COMMENT ON COLUMN loyalty_data.event_subscriber.event_names IS 'NULL: every event';
COMMENT ON COLUMN loyalty_data.event_subscriber.told_from IS
    'When it was made, or its names were changed last: calls that began before its commit may not know of it';
COMMENT ON COLUMN loyalty_data.event_subscriber.kept_from IS
    'What the org recorded before it is not kept any more; NULL: everything is';

CREATE TABLE loyalty_data.event_delivery (
    customer_id         int8 NOT NULL,
    event_id            int8 NOT NULL,
    previous_event_id   int8,
    recorded_at         timestamptz NOT NULL,
    org_id              int4 NOT NULL,
    subscriber_id       int4 NOT NULL,
    event_no            int4 NOT NULL,
    state               "char" NOT NULL,
    is_replay           bool NOT NULL,
    event_name          text COLLATE "C" NOT NULL,
    payload             text NOT NULL,
    PRIMARY KEY (org_id, customer_id, subscriber_id, event_no),
    CONSTRAINT event_delivery_state CHECK (state = ANY ('{w,d,x,r}'::"char"[]))
);
COMMENT ON TABLE loyalty_data.event_delivery IS
    'What a subscriber is told of a customer, in its order and without gaps: ids and amounts, nothing personal. Written in '
    'the transaction that made it happen';
COMMENT ON COLUMN loyalty_data.event_delivery.recorded_at IS
    'When it was told first: the same for all subscribers and in replays';
COMMENT ON COLUMN loyalty_data.event_delivery.state IS
    'w: waiting, d: delivered, x: dead, r: dead, and told again by a replay';
COMMENT ON COLUMN loyalty_data.event_delivery.previous_event_id IS
    'The one before it in this order; NULL: it is the first';

CREATE TABLE loyalty_data.event_head (
    customer_id         int8 NOT NULL,
    last_event_id       int8 NOT NULL,
    available_at        timestamptz NOT NULL,
    last_recorded_at    timestamptz NOT NULL,
    org_id              int4 NOT NULL,
    subscriber_id       int4 NOT NULL,
    next_no             int4 NOT NULL,
    last_no             int4 NOT NULL,
    lease_no            int4 NOT NULL,
    dead                int4 NOT NULL,
    attempts            int2 NOT NULL,
    is_waiting          bool NOT NULL,
    PRIMARY KEY (org_id, customer_id, subscriber_id)
) WITH (fillfactor = 50);
COMMENT ON TABLE loyalty_data.event_head IS
    'Where a subscriber is in the events of a customer: what can be taken is one row, however many events wait';
COMMENT ON COLUMN loyalty_data.event_head.next_no IS 'The event that is taken next, or is leased now';
COMMENT ON COLUMN loyalty_data.event_head.available_at IS 'When it may be taken: a leased one when its lease ends';
CREATE INDEX event_head_order ON loyalty_data.event_head (org_id, subscriber_id, available_at, customer_id)
    WHERE is_waiting;
COMMENT ON COLUMN loyalty_data.event_head.dead IS 'Events that nobody could deliver and that were not told again since';
CREATE INDEX event_head_dead ON loyalty_data.event_head (org_id, subscriber_id)
    WHERE dead > 0;

-- Subscribers are cached with their org.
CREATE TRIGGER org_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON loyalty_data.event_subscriber
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_data.org_changed();
ALTER TABLE loyalty_data.event_subscriber ENABLE ALWAYS TRIGGER org_changed;

INSERT INTO loyalty_data.table_distribution VALUES
    ('event_delivery', 'customer', 'customer_id'),
    ('event_head', 'customer', 'customer_id'),
    ('event_subscriber', 'reference', NULL);
