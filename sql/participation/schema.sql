-- Who takes part in which program, where programs ask for it. Codes are single characters; the views say them in words.
--   status   n not_confirmed, a active, d deactivated
--   origin   e enrolled by a call, r with the registration, s by a status that was set, g by a merge
--   cause    e and r as above, t the terms were met, s set by hand, g a merge

CREATE TABLE loyalty_data.program_activation (
    org_id                  int4 NOT NULL,
    program_id              int4 NOT NULL,
    is_on                   bool NOT NULL,
    automatic_registration  bool NOT NULL,
    phone_confirmation      bool NOT NULL,
    PRIMARY KEY (org_id, program_id)
);
COMMENT ON TABLE loyalty_data.program_activation IS
    'What a program asks of those who take part. No row, or one that is not on: whoever has an account takes part';
COMMENT ON COLUMN loyalty_data.program_activation.is_on IS 'Whether the program asks at all';
COMMENT ON COLUMN loyalty_data.program_activation.automatic_registration IS
    'Whether whoever becomes a loyalty customer takes part from then on';
COMMENT ON COLUMN loyalty_data.program_activation.phone_confirmation IS 'Whether the mobile of now must be confirmed';

CREATE TABLE loyalty_data.activation_term (
    org_id          int4 NOT NULL,
    program_id      int4 NOT NULL,
    term_no         int4 NOT NULL,
    field_ids       int4[],
    term            text COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, program_id, term_no)
);
COMMENT ON TABLE loyalty_data.activation_term IS
    'What must be known of a participant before the participation becomes active';
COMMENT ON COLUMN loyalty_data.activation_term.term_no IS 'The order in which what is missing is told, from 1';
COMMENT ON COLUMN loyalty_data.activation_term.term IS 'What must be known, as loyalty.set_participation_rules() has it';
COMMENT ON COLUMN loyalty_data.activation_term.field_ids IS
    'Fields of which one must have a value; NULL: the term is no field';

CREATE TABLE loyalty_data.activation_store (
    org_id          int4 NOT NULL,
    program_id      int4 NOT NULL,
    store_id        int4 NOT NULL,
    PRIMARY KEY (org_id, program_id, store_id)
);
COMMENT ON TABLE loyalty_data.activation_store IS
    'Stores in whose name codes of the program are sent';

CREATE TABLE loyalty_data.store_sender (
    org_id          int4 NOT NULL,
    store_id        int4 NOT NULL,
    sender_id       int4 NOT NULL,
    PRIMARY KEY (org_id, store_id)
);
COMMENT ON TABLE loyalty_data.store_sender IS
    'The sender by which a store speaks to mobiles';

CREATE TABLE loyalty_data.participation (
    customer_id     int8 NOT NULL,
    enrolled_at     timestamptz NOT NULL,
    activated_at    timestamptz,
    org_id          int4 NOT NULL,
    program_id      int4 NOT NULL,
    last_change_no  int4 NOT NULL,
    till_id         int4,
    status          "char" NOT NULL,
    origin          "char" NOT NULL,
    source_id       int2,
    request_digest  int8,
    idempotency_digest uuid,
    missing_at_first text[],
    PRIMARY KEY (org_id, customer_id, program_id),
    CONSTRAINT participation_status CHECK (status = ANY ('{n,a,d}'::"char"[]))
);
COMMENT ON TABLE loyalty_data.participation IS
    'A customer takes part in a program, or did. Whoever had an account when the program began to ask has no row and is '
    'active. The regular account has a copy of the status';
COMMENT ON COLUMN loyalty_data.participation.enrolled_at IS 'When the participation was made';
COMMENT ON COLUMN loyalty_data.participation.last_change_no IS 'The number of its last change';
COMMENT ON COLUMN loyalty_data.participation.activated_at IS 'When it became active last; NULL: it never was';
COMMENT ON COLUMN loyalty_data.participation.till_id IS 'Where the customer enrolled; NULL: not said';
COMMENT ON COLUMN loyalty_data.participation.missing_at_first IS
    'What an enrolment with an idempotency key answered; NULL: it had none';
-- Those that a change of the customer may complete.
CREATE INDEX participation_open ON loyalty_data.participation (org_id, customer_id, program_id) WHERE status = 'n';

CREATE TABLE loyalty_data.participation_change (
    customer_id     int8 NOT NULL,
    changed_at      timestamptz NOT NULL,
    org_id          int4 NOT NULL,
    program_id      int4 NOT NULL,
    change_no       int4 NOT NULL,
    old_status      "char" NOT NULL,
    new_status      "char" NOT NULL,
    cause           "char" NOT NULL,
    PRIMARY KEY (org_id, customer_id, program_id, change_no)
);
COMMENT ON TABLE loyalty_data.participation_change IS
    'Every change of the status of a participation, numbered from 1; -: there was none';
COMMENT ON COLUMN loyalty_data.participation_change.change_no IS 'Changes of one participation, from 1';

CREATE TABLE loyalty_data.participation_note (
    org_id          int4 NOT NULL,
    customer_id     int8 NOT NULL,
    program_id      int4 NOT NULL,
    change_no       int4 NOT NULL,
    reason          text,
    actor           text,
    PRIMARY KEY (org_id, customer_id, program_id, change_no)
);
COMMENT ON TABLE loyalty_data.participation_note IS
    'Why and by whom a participation was changed: free text, apart from the change so that erasure can reach it';
COMMENT ON COLUMN loyalty_data.participation_note.change_no IS 'The change that it is of';

CREATE TABLE loyalty_data.participation_field (
    org_id          int4 NOT NULL,
    customer_id     int8 NOT NULL,
    program_id      int4 NOT NULL,
    field_id        int4 NOT NULL,
    field_value     text COLLATE "C" NOT NULL,
    number_value    numeric,
    updated_at      timestamptz NOT NULL,
    PRIMARY KEY (org_id, customer_id, program_id, field_id)
);
COMMENT ON TABLE loyalty_data.participation_field IS
    'Values of the fields that an org keeps of participations, in the form of those of customers';

-- What programs ask is cached with their org.
CREATE TRIGGER org_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON loyalty_data.program_activation
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_data.org_changed();
ALTER TABLE loyalty_data.program_activation ENABLE ALWAYS TRIGGER org_changed;
CREATE TRIGGER org_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON loyalty_data.activation_term
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_data.org_changed();
ALTER TABLE loyalty_data.activation_term ENABLE ALWAYS TRIGGER org_changed;

INSERT INTO loyalty_data.table_distribution VALUES
    ('activation_store', 'reference', NULL),
    ('activation_term', 'reference', NULL),
    ('participation', 'customer', 'customer_id'),
    ('participation_change', 'customer', 'customer_id'),
    ('participation_field', 'customer', 'customer_id'),
    ('participation_note', 'customer', 'customer_id'),
    ('program_activation', 'reference', NULL),
    ('store_sender', 'reference', NULL);
