CREATE TABLE loyalty_data.customer (
    customer_id             int8 NOT NULL,
    registered_on           timestamptz NOT NULL,
    recorded_at             timestamptz NOT NULL,
    org_id                  int4 NOT NULL,
    registered_till_id      int4,
    registered_source_id    int2 NOT NULL,
    loyalty_type            "char" NOT NULL,
    merged_into             int8,
    base_till_id            int4,
    test_control            "char",
    merged_ids              int8[],
    fraud_status            "char",
    status_label_id         int4,
    erased_at               timestamptz,
    PRIMARY KEY (org_id, customer_id),
    CONSTRAINT customer_loyalty_type CHECK (loyalty_type = ANY ('{l,n}'::"char"[])),
    CONSTRAINT customer_test_control CHECK (test_control = ANY ('{t,c}'::"char"[])),
    CONSTRAINT customer_fraud_status CHECK (
        fraud_status = ANY ('{n,m,c,r,i}'::"char"[]))
);
-- For views: what belongs to somebody today.
CREATE INDEX customer_owner ON loyalty_data.customer (org_id, COALESCE(merged_into, customer_id));
COMMENT ON TABLE loyalty_data.customer IS
    'A customer of an org. Rows stay under the id they were written for; merged_into names the owner after a merge';
COMMENT ON COLUMN loyalty_data.customer.loyalty_type IS 'l: loyalty, n: non_loyalty';
COMMENT ON COLUMN loyalty_data.customer.fraud_status IS
    'n: not_fraud, m: marked, c: confirmed, r: reconfirmed, i: internal; NULL: not_fraud, or the org uses the customer status';
COMMENT ON COLUMN loyalty_data.customer.status_label_id IS 'NULL: the built-in label of active';
COMMENT ON COLUMN loyalty_data.customer.erased_at IS 'When the person behind the customer was deleted for good';
COMMENT ON COLUMN loyalty_data.customer.test_control IS 't: test, c: control, as set by hand; NULL: by the org''s percentage';

COMMENT ON COLUMN loyalty_data.customer.merged_into IS
    'The root of its merge group, path-compressed: never itself merged; NULL: not merged';
COMMENT ON COLUMN loyalty_data.customer.merged_ids IS
    'Those who were merged into it, directly or not, ascending; NULL: nobody. Its group is found without a search';

CREATE TABLE loyalty_data.identifier (
    org_id              int4 NOT NULL,
    identifier_type     text COLLATE "C" NOT NULL,
    identifier_value    text COLLATE "C" NOT NULL,
    customer_id         int8 NOT NULL,
    PRIMARY KEY (org_id, identifier_type, identifier_value),
    CONSTRAINT identifier_shape CHECK (CASE
        WHEN identifier_type = 'mobile'
            THEN identifier_value ~ '^[+][1-9][0-9]{2,14}$'
        WHEN identifier_type = 'email'
            THEN identifier_value ~ '^[^@A-Z[:space:]]+@[^@A-Z[:space:]]+$'
        ELSE identifier_value <> '' END)
);
COMMENT ON TABLE loyalty_data.identifier IS
    'Identifiers that are keys: what finds a customer. Keyed by the value, so that registrations race on the index. '
    'customer_id is the owner now: the root of its merge group';
COMMENT ON COLUMN loyalty_data.identifier.customer_id IS 'The owner of today: the survivor, where the customer was merged';

CREATE TABLE loyalty_data.customer_identifier (
    org_id              int4 NOT NULL,
    customer_id         int8 NOT NULL,
    identifier_type     text COLLATE "C" NOT NULL,
    identifier_value    text COLLATE "C" NOT NULL,
    held_from           timestamptz NOT NULL,
    held_until          timestamptz,
    reason              text,
    actor               text,
    verified_at         timestamptz,
    PRIMARY KEY (org_id, customer_id, identifier_type, identifier_value, held_from)
);
COMMENT ON TABLE loyalty_data.customer_identifier IS
    'Every identifier that a customer holds or held, contact data included';
CREATE INDEX customer_identifier_value ON loyalty_data.customer_identifier (org_id, identifier_type, identifier_value)
    WHERE held_until IS NULL;

CREATE TABLE loyalty_data.profile (
    org_id          int4 NOT NULL,
    customer_id     int8 NOT NULL,
    source_id       int2 NOT NULL,
    account_id      text COLLATE "C" NOT NULL,
    first_name      text,
    last_name       text,
    mobile          text,
    email           text,
    external_id     text,
    updated_at      timestamptz NOT NULL,
    cuid            text,
    PRIMARY KEY (org_id, customer_id, source_id, account_id)
);
-- For searches by name: without case and accents, the first name in front, and the last one.
CREATE FUNCTION loyalty_data.name_key(first_name text, last_name text) RETURNS text
    LANGUAGE C IMMUTABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_name_key_sql';
REVOKE ALL ON FUNCTION loyalty_data.name_key FROM PUBLIC;
COMMENT ON FUNCTION loyalty_data.name_key IS
    'What a name is searched by: words without case and accents. Made for indexes';
CREATE INDEX profile_first_name ON loyalty_data.profile (
    org_id, (loyalty_data.name_key(first_name, last_name) COLLATE "C"), customer_id);
CREATE INDEX profile_last_name ON loyalty_data.profile (
    org_id, (loyalty_data.name_key(last_name, first_name) COLLATE "C"), customer_id);
COMMENT ON TABLE loyalty_data.profile IS
    'What one source knows of a customer; account_id is '''' where the org has one account of that source';

CREATE TABLE loyalty_data.channel (
    org_id          int4 NOT NULL,
    customer_id     int8 NOT NULL,
    channel         text COLLATE "C" NOT NULL,
    address         text COLLATE "C" NOT NULL,
    source_id       int2 NOT NULL,
    account_id      text COLLATE "C" NOT NULL,
    is_verified     bool NOT NULL,
    is_primary      bool NOT NULL,
    updated_at      timestamptz NOT NULL,
    verified_at     timestamptz,
    PRIMARY KEY (org_id, customer_id, channel, address)
);
-- For messages that come in: who has an address.
CREATE INDEX channel_address ON loyalty_data.channel (org_id, channel, address);
COMMENT ON TABLE loyalty_data.channel IS
    'How a customer can be reached; one address of a channel is the primary one';

CREATE TABLE loyalty_data.subscription (
    org_id          int4 NOT NULL,
    customer_id     int8 NOT NULL,
    channel         text COLLATE "C" NOT NULL,
    source_id       int2 NOT NULL,
    account_id      text COLLATE "C" NOT NULL,
    purpose         text COLLATE "C" NOT NULL,
    consent_no      int4 NOT NULL,
    opted_in        bool NOT NULL,
    consented_at    timestamptz NOT NULL,
    recorded_at     timestamptz NOT NULL,
    consent_source  text,
    PRIMARY KEY (org_id, customer_id, channel, source_id, account_id, purpose, consent_no)
);
COMMENT ON TABLE loyalty_data.subscription IS
    'What a customer agreed to, every change of it; the highest number is in force. Source 0: whatever the source; '
    'an empty account: whatever account of it';

CREATE TABLE loyalty_data.field (
    org_id          int4 NOT NULL,
    field_id        int4 NOT NULL,
    kind            text COLLATE "C" NOT NULL,
    entity          text COLLATE "C" NOT NULL,
    name            text COLLATE "C" NOT NULL,
    data_type       text COLLATE "C" NOT NULL,
    is_required     bool NOT NULL,
    allowed_values  text[],
    PRIMARY KEY (org_id, field_id),
    UNIQUE (org_id, entity, kind, name)
);
COMMENT ON TABLE loyalty_data.field IS
    'The fields that an org keeps of its customers and of what they take part in (reference data)';
COMMENT ON COLUMN loyalty_data.field.name IS 'The name of the field';

CREATE TABLE loyalty_data.customer_field (
    org_id          int4 NOT NULL,
    customer_id     int8 NOT NULL,
    field_id        int4 NOT NULL,
    field_value     text COLLATE "C" NOT NULL,
    number_value    numeric,
    updated_at      timestamptz NOT NULL,
    PRIMARY KEY (org_id, customer_id, field_id)
);
COMMENT ON TABLE loyalty_data.customer_field IS
    'Their values: a row each, so that views show them and an index finds them. Dates and times are in ISO 8601 and '
    'sort as text; numbers are in the number column, too';
CREATE INDEX customer_field_value ON loyalty_data.customer_field (org_id, field_id, field_value);
CREATE INDEX customer_field_number ON loyalty_data.customer_field (org_id, field_id, number_value)
    WHERE number_value IS NOT NULL;
-- For reminders: the day of a year of birth_date and anniversary, whose ids are the same in all orgs.
CREATE INDEX customer_field_day ON loyalty_data.customer_field (org_id, field_id, right(field_value, 5), customer_id)
    WHERE field_id IN (-1, -3);

CREATE TABLE loyalty_data.mobile_ndnc (
    org_id          int4 NOT NULL,
    mobile          text COLLATE "C" NOT NULL,
    status          text COLLATE "C" NOT NULL,
    updated_at      timestamptz NOT NULL,
    learned_at      timestamptz,
    learned_customer_id int8,
    learned_message_id int8,
    industries      text[],
    PRIMARY KEY (org_id, mobile)
);
-- For retention: what a message taught, when the message goes.
CREATE INDEX mobile_ndnc_learned ON loyalty_data.mobile_ndnc (org_id, learned_customer_id, learned_message_id)
    WHERE learned_message_id IS NOT NULL;
COMMENT ON TABLE loyalty_data.mobile_ndnc IS
    'What the do-not-call register says of a mobile, whoever has it';
COMMENT ON COLUMN loyalty_data.mobile_ndnc.status IS 'registered, not_registered or unknown';
COMMENT ON COLUMN loyalty_data.mobile_ndnc.learned_at IS
    'When a provider reported it, of the message that is named as long as that is kept; NULL: it was set';
COMMENT ON COLUMN loyalty_data.mobile_ndnc.industries IS 'Whose calls are blocked; NULL: those of all industries';

CREATE TABLE loyalty_data.customer_note (
    customer_id         int8 NOT NULL,
    note_id             int8 NOT NULL,
    noted_at            timestamptz NOT NULL,
    request_digest      int8,
    org_id              int4 NOT NULL,
    idempotency_digest  uuid,
    note                text NOT NULL,
    actor               text,
    PRIMARY KEY (org_id, customer_id, note_id)
);
CREATE UNIQUE INDEX customer_note_idempotency ON loyalty_data.customer_note (org_id, customer_id, idempotency_digest)
    WHERE idempotency_digest IS NOT NULL;
COMMENT ON TABLE loyalty_data.customer_note IS
    'What staff wrote down about a customer: free text, which goes with the person';
COMMENT ON COLUMN loyalty_data.customer_note.note_id IS 'Of the note alone: notes name nothing else';
COMMENT ON COLUMN loyalty_data.customer_note.noted_at IS 'When it was written down';
COMMENT ON COLUMN loyalty_data.customer_note.note IS 'The text, as it was written';

CREATE TABLE loyalty_data.registration_request (
    org_id              int4 NOT NULL,
    idempotency_digest  uuid NOT NULL,
    request_digest      int8 NOT NULL,
    customer_id         int8 NOT NULL,
    outcome             text NOT NULL,
    warnings            text[] NOT NULL,
    PRIMARY KEY (org_id, idempotency_digest)
);
COMMENT ON TABLE loyalty_data.registration_request IS
    'Registrations that came with an idempotency key, and their first answer. Scoped to the org';
CREATE INDEX registration_request_customer ON loyalty_data.registration_request (org_id, customer_id);

CREATE TABLE loyalty_data.job_run (
    org_id          int4 NOT NULL,
    job             text COLLATE "C" NOT NULL,
    ended_at        timestamptz NOT NULL,
    done            int8 NOT NULL,
    PRIMARY KEY (org_id, job)
);
COMMENT ON TABLE loyalty_data.job_run IS
    'When each job that works in batches came to its end last, and how much it did';
COMMENT ON COLUMN loyalty_data.job_run.job IS 'The name of the procedure';
COMMENT ON COLUMN loyalty_data.job_run.ended_at IS 'When its last run ended';
COMMENT ON COLUMN loyalty_data.job_run.done IS 'How many customers or rows it had something to do for';

INSERT INTO loyalty_data.table_distribution VALUES
    ('job_run', 'reference', NULL),
    ('channel', 'customer', 'customer_id'),
    ('customer', 'customer', 'customer_id'),
    ('customer_field', 'customer', 'customer_id'),
    ('customer_identifier', 'customer', 'customer_id'),
    ('customer_note', 'customer', 'customer_id'),
    ('field', 'reference', NULL),
    ('identifier', 'value', 'identifier_value'),
    ('mobile_ndnc', 'value', 'mobile'),
    ('profile', 'customer', 'customer_id'),
    ('registration_request', 'value', 'idempotency_digest'),
    ('subscription', 'customer', 'customer_id');
