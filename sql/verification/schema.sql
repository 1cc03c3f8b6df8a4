CREATE TABLE loyalty_data.verification_setting (
    org_id          int4 NOT NULL,
    resend_seconds  int4 NOT NULL,
    life_seconds    int4 NOT NULL,
    attempts        int4 NOT NULL,
    block_seconds   int4 NOT NULL,
    code_length     int4 NOT NULL,
    codes_per_day   int4 NOT NULL,
    failures_max    int4 NOT NULL,
    proof_seconds   int4 NOT NULL,
    is_letters      bool NOT NULL,
    is_required     bool NOT NULL,
    binds_amount    bool NOT NULL,
    purpose         text COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, purpose)
);
COMMENT ON TABLE loyalty_data.verification_setting IS
    'Rules of one-time codes, by purpose; a purpose without a row has the defaults';
COMMENT ON COLUMN loyalty_data.verification_setting.attempts IS 'Guesses of a run';
COMMENT ON COLUMN loyalty_data.verification_setting.purpose IS 'What codes are for, a word of send_code';
COMMENT ON COLUMN loyalty_data.verification_setting.is_letters IS 'Codes are of letters and digits; else of digits';

CREATE TABLE loyalty_data.verification_template (
    org_id          int4 NOT NULL,
    purpose         text COLLATE "C" NOT NULL,
    channel         text COLLATE "C" NOT NULL,
    language        text COLLATE "C" NOT NULL,
    subject         text,
    body            text NOT NULL,
    PRIMARY KEY (org_id, purpose, channel, language)
);
COMMENT ON TABLE loyalty_data.verification_template IS
    'Texts that carry one-time codes, by purpose; without one the configuration has them. The empty language is whatever language';
COMMENT ON COLUMN loyalty_data.verification_template.purpose IS 'What codes are for, a word of send_code';

CREATE TABLE loyalty_data.verification_code (
    customer_id     int8 NOT NULL,
    message_id      int8,
    sent_at         timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    org_id          int4 NOT NULL,
    code_no         int4 NOT NULL,
    program_id      int4,
    key_id          int2 NOT NULL,
    amount          numeric(18,3),
    purpose         text COLLATE "C" NOT NULL,
    channel         text COLLATE "C" NOT NULL,
    address_digest  bytea NOT NULL,
    code_digest     bytea NOT NULL,
    PRIMARY KEY (org_id, customer_id, purpose, code_no)
);
CREATE INDEX verification_code_day ON loyalty_data.verification_code USING brin (sent_at);
COMMENT ON TABLE loyalty_data.verification_code IS
    'One-time codes that were sent, as digests: the texts stand in their messages alone, sealed. The last one of a purpose counts. '
    'Where nobody is registered customer_id is below zero, a digest of the address';
COMMENT ON COLUMN loyalty_data.verification_code.expires_at IS 'The first moment at which it cannot be entered any more';
COMMENT ON COLUMN loyalty_data.verification_code.purpose IS 'What codes are for, a word of send_code';
COMMENT ON COLUMN loyalty_data.verification_code.message_id IS 'The message that carries it; NULL: none was sent';
COMMENT ON COLUMN loyalty_data.verification_code.key_id IS
    'What digests are keyed with: a key of the key file, below zero a secret of the database';
COMMENT ON COLUMN loyalty_data.verification_code.amount IS 'The amount that it is bound to; NULL: none';
COMMENT ON COLUMN loyalty_data.verification_code.program_id IS 'The program that it is bound to; NULL: none';

CREATE TABLE loyalty_data.verification_attempt (
    customer_id     int8 NOT NULL,
    entered_at      timestamptz NOT NULL,
    entered_in      xid8 NOT NULL,
    org_id          int4 NOT NULL,
    run_no          int4 NOT NULL,
    attempt_no      int4 NOT NULL,
    code_no         int4 NOT NULL,
    failures_before int4 NOT NULL,
    purpose         text COLLATE "C" NOT NULL,
    guess_digest    bytea NOT NULL,
    PRIMARY KEY (org_id, customer_id, purpose, run_no, attempt_no)
);
CREATE INDEX verification_attempt_day ON loyalty_data.verification_attempt USING brin (entered_at);
COMMENT ON TABLE loyalty_data.verification_attempt IS
    'Guesses, as digests. One is judged when the transaction that entered it is over, never before: its key is taken then';
COMMENT ON COLUMN loyalty_data.verification_attempt.purpose IS 'What codes are for, a word of send_code';
COMMENT ON COLUMN loyalty_data.verification_attempt.entered_in IS 'The transaction that entered it';
COMMENT ON COLUMN loyalty_data.verification_attempt.failures_before IS
    'Wrong guesses before its run, since the last right one';

CREATE TABLE loyalty_data.verification_token (
    customer_id     int8 NOT NULL,
    org_id          int4 NOT NULL,
    run_no          int4 NOT NULL,
    attempt_no      int4 NOT NULL,
    token_digest    uuid NOT NULL,
    purpose         text COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, token_digest)
);
CREATE INDEX verification_token_of_customer ON loyalty_data.verification_token (org_id, customer_id);
COMMENT ON TABLE loyalty_data.verification_token IS
    'Whose guess a token stands for, by the digest of the token';
COMMENT ON COLUMN loyalty_data.verification_token.purpose IS 'What codes are for, a word of send_code';

CREATE TABLE loyalty_data.verification_use (
    customer_id     int8 NOT NULL,
    used_for        int8,
    used_at         timestamptz NOT NULL,
    org_id          int4 NOT NULL,
    run_no          int4 NOT NULL,
    purpose         text COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, customer_id, purpose, run_no)
);
COMMENT ON TABLE loyalty_data.verification_use IS
    'Right guesses that an operation has used up: its row goes in with the operation, and there is one for a run';
COMMENT ON COLUMN loyalty_data.verification_use.purpose IS 'What codes are for, a word of send_code';
COMMENT ON COLUMN loyalty_data.verification_use.used_for IS 'The event or request of the operation; NULL: it has none';

CREATE TABLE loyalty_data.verification_release (
    customer_id     int8 NOT NULL,
    released_at     timestamptz NOT NULL,
    org_id          int4 NOT NULL,
    run_no          int4 NOT NULL,
    purpose         text COLLATE "C" NOT NULL,
    reason          text,
    actor           text,
    PRIMARY KEY (org_id, customer_id, purpose, run_no)
);
COMMENT ON TABLE loyalty_data.verification_release IS
    'Runs of guesses that somebody ended by hand';
COMMENT ON COLUMN loyalty_data.verification_release.purpose IS 'What codes are for, a word of send_code';

CREATE TABLE loyalty_data.verification_address (
    last_sent_at    timestamptz NOT NULL,
    org_id          int4 NOT NULL,
    sent_on         date NOT NULL,
    sends           int4 NOT NULL,
    address_digest  bytea NOT NULL,
    PRIMARY KEY (org_id, address_digest)
);
COMMENT ON TABLE loyalty_data.verification_address IS
    'How many codes an address has got on a day, whoever it belongs to';

-- Rules are cached with their org.
CREATE TRIGGER org_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON loyalty_data.verification_setting
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_data.org_changed();
ALTER TABLE loyalty_data.verification_setting ENABLE ALWAYS TRIGGER org_changed;

INSERT INTO loyalty_data.table_distribution VALUES
    ('verification_address', 'value', 'address_digest'),
    ('verification_attempt', 'customer', 'customer_id'),
    ('verification_code', 'customer', 'customer_id'),
    ('verification_release', 'customer', 'customer_id'),
    ('verification_setting', 'reference', NULL),
    ('verification_template', 'reference', NULL),
    ('verification_token', 'value', 'token_digest'),
    ('verification_use', 'customer', 'customer_id');
