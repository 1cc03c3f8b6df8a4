-- ---------------------------------------------------------------- outbox: what is sent
CREATE TABLE loyalty_data.message (
    customer_id         int8 NOT NULL,
    message_id          int8 NOT NULL,
    created_at          timestamptz NOT NULL,
    not_before          timestamptz NOT NULL,
    valid_until         timestamptz,
    changed_at          timestamptz NOT NULL,
    org_id              int4 NOT NULL,
    template_id         int4,
    version_no          int4,
    sender_id           int4,
    bsp_account_id      int4,
    source_id           int2,
    attempts            int2 NOT NULL,
    purpose             "char" NOT NULL,
    state               "char" NOT NULL,
    delivery_status     "char",
    channel             text COLLATE "C" NOT NULL,
    cause               text COLLATE "C",
    language            text COLLATE "C",
    campaign            text,
    actor               text,
    parts               int2,
    is_about_deletion   bool NOT NULL,
    reason              text,
    forgotten_reports   int4,
    PRIMARY KEY (org_id, customer_id, message_id),
    CONSTRAINT message_purpose CHECK (purpose = ANY ('{p,t,c,o}'::"char"[])),
    CONSTRAINT message_state CHECK (state = ANY ('{q,l,s,f,d,e,c,x}'::"char"[])),
    CONSTRAINT message_delivery_status CHECK (delivery_status = ANY ('{s,f,u,d,r}'::"char"[]))
);
-- For retention and metrics: messages of a time.
CREATE INDEX message_day ON loyalty_data.message USING brin (created_at);
COMMENT ON TABLE loyalty_data.message IS
    'Facts of every message: to whom, why, what became of it; texts stand in message_body. Customer 0 is the org itself';
COMMENT ON COLUMN loyalty_data.message.purpose IS 'p: promotional, t: transactional, c: code, o: contact';
COMMENT ON COLUMN loyalty_data.message.state IS
    'q: queued, l: leased, s: sent, f: failed, d: dead, e: expired, c: canceled, x: suppressed';
COMMENT ON COLUMN loyalty_data.message.delivery_status IS
    's: sent, f: failed, u: undelivered, d: delivered, r: read: the highest that was reported; NULL: nothing was';
COMMENT ON COLUMN loyalty_data.message.parts IS
    'Of a message to a mobile: how many SMS carry its text; NULL on other channels';
COMMENT ON COLUMN loyalty_data.message.is_about_deletion IS
    'It tells of the deletion of the customer itself: no status stops it';
COMMENT ON COLUMN loyalty_data.message.reason IS 'Why it was canceled, as the caller says';
COMMENT ON COLUMN loyalty_data.message.forgotten_reports IS
    'How many of its reports are kept no longer; NULL: all are kept';
COMMENT ON COLUMN loyalty_data.message.cause IS 'Why it is in its state, a word; NULL: no reason is needed';

CREATE TABLE loyalty_data.message_body (
    customer_id         int8 NOT NULL,
    message_id          int8 NOT NULL,
    org_id              int4 NOT NULL,
    key_id              int2 NOT NULL,
    is_address_given    bool NOT NULL,
    address             text,
    subject             text,
    body                text,
    html                text,
    variables           jsonb,
    components          jsonb,
    external_template_id text,
    header_id           text,
    sealed              bytea,
    PRIMARY KEY (org_id, customer_id, message_id)
);
COMMENT ON TABLE loyalty_data.message_body IS
    'What a message says and to which address: erasable. Texts of purpose code are sealed, and nowhere else';

COMMENT ON COLUMN loyalty_data.message_body.is_address_given IS
    'The address was given with the message, or is bound to its code; otherwise it is that of the customer as it is taken';

CREATE TABLE loyalty_data.message_attachment (
    customer_id         int8 NOT NULL,
    message_id          int8 NOT NULL,
    org_id              int4 NOT NULL,
    attachment_no       int2 NOT NULL,
    file_name           text NOT NULL,
    file_type           text COLLATE "C" NOT NULL,
    content_id          text,
    content             bytea NOT NULL,
    PRIMARY KEY (org_id, customer_id, message_id, attachment_no)
);
COMMENT ON TABLE loyalty_data.message_attachment IS
    'Files that go with e-mails, decoded';

CREATE TABLE loyalty_data.message_queue (
    customer_id         int8 NOT NULL,
    message_id          int8 NOT NULL,
    available_at        timestamptz NOT NULL,
    valid_until         timestamptz,
    org_id              int4 NOT NULL,
    lease_no            int4 NOT NULL,
    priority            int2 NOT NULL,
    channel             text COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, customer_id, message_id)
);
CREATE INDEX message_queue_order ON loyalty_data.message_queue (org_id, channel, priority, available_at, message_id);
-- For the job that ends what no worker comes for.
CREATE INDEX message_queue_end ON loyalty_data.message_queue (org_id, valid_until) WHERE valid_until IS NOT NULL;
COMMENT ON TABLE loyalty_data.message_queue IS
    'Messages that are queued or leased, and only those: the one table of messages that is hot. A leased one is '
    'available again when its lease ends';
COMMENT ON COLUMN loyalty_data.message_queue.priority IS '0: codes, 1: transactional and contacts, 2: promotional';

CREATE TABLE loyalty_data.message_request (
    customer_id         int8 NOT NULL,
    message_id          int8 NOT NULL,
    request_digest      int8 NOT NULL,
    org_id              int4 NOT NULL,
    sender_id           int4,
    state               "char" NOT NULL,
    cause               text COLLATE "C",
    key_digest          uuid NOT NULL,
    warnings            text[] NOT NULL,
    PRIMARY KEY (org_id, customer_id, key_digest)
);
COMMENT ON TABLE loyalty_data.message_request IS
    'Requests to send that came with an idempotency key, and their first answer';

-- ---------------------------------------------------------------- delivery: what became of it
CREATE TABLE loyalty_data.message_status (
    customer_id         int8 NOT NULL,
    message_id          int8 NOT NULL,
    occurred_at         timestamptz NOT NULL,
    recorded_at         timestamptz NOT NULL,
    org_id              int4 NOT NULL,
    status_no           int4 NOT NULL,
    delivery_status     "char" NOT NULL,
    provider_status     text COLLATE "C" NOT NULL,
    error_code          text COLLATE "C",
    cause               text COLLATE "C",
    PRIMARY KEY (org_id, customer_id, message_id, status_no)
);
CREATE INDEX message_status_day ON loyalty_data.message_status USING brin (recorded_at);
COMMENT ON TABLE loyalty_data.message_status IS
    'Reports of providers, as they came: only added to';

CREATE TABLE loyalty_data.provider_message (
    customer_id         int8,
    message_id          int8,
    org_id              int4 NOT NULL,
    bsp_account_id      int4 NOT NULL,
    provider_message_id text COLLATE "C" NOT NULL,
    early_reports       jsonb,
    waiting_since       timestamptz,
    PRIMARY KEY (org_id, bsp_account_id, provider_message_id)
);
CREATE INDEX provider_message_of_customer ON loyalty_data.provider_message (org_id, customer_id);
-- For retention and metrics: few reports wait at a time.
CREATE INDEX provider_message_waiting ON loyalty_data.provider_message (org_id, waiting_since)
    WHERE waiting_since IS NOT NULL;
COMMENT ON TABLE loyalty_data.provider_message IS
    'Ids that providers gave messages. Reports that come before their acknowledgement wait here without a customer. '
    'Account 0 is none';
COMMENT ON COLUMN loyalty_data.provider_message.early_reports IS
    'Reports that wait for their message, each of them once';
COMMENT ON COLUMN loyalty_data.provider_message.waiting_since IS
    'When the first report came that waits; NULL: the message is known';

CREATE TABLE loyalty_data.delivery_code (
    bsp                 text COLLATE "C" NOT NULL,
    provider_status     text COLLATE "C" NOT NULL,
    error_code          text COLLATE "C" NOT NULL,
    delivery_status     "char",
    cause               text COLLATE "C",
    PRIMARY KEY (bsp, provider_status, error_code),
    CONSTRAINT delivery_code_status CHECK ((delivery_status IS NULL) = (provider_status = '')),
    CONSTRAINT delivery_code_cause CHECK (provider_status <> '' OR (error_code <> '' AND cause IS NOT NULL))
);
COMMENT ON TABLE loyalty_data.delivery_code IS
    'Catalogue: what statuses and error codes of providers mean. An empty text stands for any';

CREATE TABLE loyalty_data.org_delivery_code (
    org_id              int4 NOT NULL,
    bsp                 text COLLATE "C" NOT NULL,
    provider_status     text COLLATE "C" NOT NULL,
    error_code          text COLLATE "C" NOT NULL,
    delivery_status     "char",
    cause               text COLLATE "C",
    PRIMARY KEY (org_id, bsp, provider_status, error_code),
    CONSTRAINT org_delivery_code_status CHECK ((delivery_status IS NULL) = (provider_status = '')),
    CONSTRAINT org_delivery_code_cause CHECK (provider_status <> '' OR (error_code <> '' AND cause IS NOT NULL))
);
COMMENT ON TABLE loyalty_data.org_delivery_code IS
    'Lines of an org''s own, which go before those of the catalogue (reference data)';

INSERT INTO loyalty_data.delivery_code (bsp, provider_status, error_code, delivery_status, cause) VALUES
    -- Words that many have for one thing, receipts of SMPP among them.
    ('', 'accepted', '', 's', NULL),
    ('', 'queued', '', 's', NULL),
    ('', 'scheduled', '', 's', NULL),
    ('', 'sending', '', 's', NULL),
    ('', 'submitted', '', 's', NULL),
    ('', 'sent', '', 's', NULL),
    ('', 'enroute', '', 's', NULL),
    ('', 'acceptd', '', 's', NULL),
    ('', 'relayed', '', 's', NULL),
    ('', 'delayed', '', 's', NULL),
    ('', 'deferred', '', 's', NULL),
    ('', 'failed', '', 'f', NULL),
    ('', 'rejected', '', 'f', NULL),
    ('', 'rejectd', '', 'f', NULL),
    ('', 'not_sent', '', 'f', NULL),
    ('', 'canceled', '', 'f', NULL),
    ('', 'deleted', '', 'f', NULL),
    ('', 'undelivered', '', 'u', NULL),
    ('', 'undeliv', '', 'u', NULL),
    ('', 'undeliverable', '', 'u', NULL),
    ('', 'expired', '', 'u', 'not reached in time'),
    ('', 'bounced', '', 'u', NULL),
    ('', 'delivered', '', 'd', NULL),
    ('', 'delivrd', '', 'd', NULL),
    ('', 'delivered_to_operator', '', 's', NULL),
    ('', 'delivered_to_handset', '', 'd', NULL),
    ('', 'read', '', 'r', NULL),
    ('', 'seen', '', 'r', NULL),
    ('', 'opened', '', 'r', NULL),
    ('', 'dnd', '', 'u', 'customer preference is DND'),
    ('', 'ndnc', '', 'u', 'customer preference is DND'),
    ('', 'failed_dnd', '', 'u', 'customer preference is DND'),
    ('', 'ndnc_failed', '', 'u', 'customer preference is DND'),
    ('', 'ndnc_rejected', '', 'u', 'customer preference is DND'),
    ('', 'customer preference is DND', '', 'u', 'customer preference is DND'),
    ('', '', 'dnd', NULL, 'customer preference is DND'),
    ('', '', 'ndnc', NULL, 'customer preference is DND'),
    ('', '', 'con_dnd', NULL, 'customer preference is DND'),
    ('', '', 'dnd_numb', NULL, 'customer preference is DND'),
    ('', '', 'failed_dnd', NULL, 'customer preference is DND'),
    ('', '', 'ndnc_failed', NULL, 'customer preference is DND'),
    ('', '', 'ndnc_rejected', NULL, 'customer preference is DND'),
    ('', '', 'customer preference is DND', NULL, 'customer preference is DND'),
    ('', '', 'blacklist', NULL, 'number is blocked'),
    ('', '', 'opt_out', NULL, 'customer has opted out'),
    ('', '', 'absent_sub', NULL, 'not reachable'),
    ('', '', 'mob_off', NULL, 'not reachable'),
    ('', '', 'inv_number', NULL, 'address is none'),
    ('', '', 'invalid_sub', NULL, 'address is unknown'),
    ('', '', 'not_optin', NULL, 'customer has not opted in'),
    -- Replies of mail servers (RFC 3463).
    ('', '', '5.1.1', NULL, 'address is unknown'),
    ('', '', '5.1.2', NULL, 'address is unknown'),
    ('', '', '5.1.3', NULL, 'address is none'),
    ('', '', '5.1.10', NULL, 'address is unknown'),
    ('', '', '5.2.1', NULL, 'address is out of use'),
    ('', '', '5.2.2', NULL, 'mailbox is full'),
    ('', '', '4.2.2', NULL, 'mailbox is full'),
    ('', '', '5.2.3', NULL, 'message is too large'),
    ('', '', '5.3.4', NULL, 'message is too large'),
    ('', '', '4.4.1', NULL, 'not reachable'),
    ('', '', '5.4.4', NULL, 'address is unknown'),
    ('', '', '4.4.7', NULL, 'not reached in time'),
    ('', '', '5.7.1', NULL, 'refused by the receiver'),
    ('', '', '550', NULL, 'address is unknown'),
    ('', '', '552', NULL, 'mailbox is full'),
    ('', '', '554', NULL, 'refused by the receiver'),
    -- Those of single providers.
    ('twilio', '', '21211', NULL, 'address is none'),
    ('twilio', '', '21408', NULL, 'country is not enabled'),
    ('twilio', '', '21610', NULL, 'customer has opted out'),
    ('twilio', '', '21614', NULL, 'address is none'),
    ('twilio', '', '30002', NULL, 'account is suspended'),
    ('twilio', '', '30003', NULL, 'not reachable'),
    ('twilio', '', '30004', NULL, 'number is blocked'),
    ('twilio', '', '30005', NULL, 'address is unknown'),
    ('twilio', '', '30006', NULL, 'address is unknown'),
    ('twilio', '', '30007', NULL, 'refused by the operator'),
    ('twilio', '', '30008', NULL, 'unknown'),
    ('twilio', '', '63016', NULL, 'template is needed'),
    ('karix', 'dnd_reject', '', 'u', 'customer preference is DND'),
    ('karix', 'dnd_fail', '', 'u', 'customer preference is DND'),
    ('karix', '', 'dnd_reject', NULL, 'customer preference is DND'),
    ('karix', '', 'dnd_fail', NULL, 'customer preference is DND');

-- ---------------------------------------------------------------- template
CREATE TABLE loyalty_data.message_template (
    created_at          timestamptz NOT NULL,
    org_id              int4 NOT NULL,
    template_id         int4 NOT NULL,
    purpose             "char" NOT NULL,
    template            text COLLATE "C" NOT NULL,
    channel             text COLLATE "C" NOT NULL,
    topic               text COLLATE "C",
    variable_names      text[],
    PRIMARY KEY (org_id, template_id),
    CONSTRAINT message_template_code UNIQUE (org_id, template),
    CONSTRAINT message_template_purpose CHECK (purpose = ANY ('{p,t,c,o}'::"char"[]))
);
COMMENT ON TABLE loyalty_data.message_template IS
    'Templates of messages: what all versions of one have in common';
COMMENT ON COLUMN loyalty_data.message_template.purpose IS 'p: promotional, t: transactional, c: code, o: contact';

CREATE TABLE loyalty_data.template_version (
    updated_at          timestamptz NOT NULL,
    org_id              int4 NOT NULL,
    template_id         int4 NOT NULL,
    version_no          int4 NOT NULL,
    status              "char" NOT NULL,
    language            text COLLATE "C" NOT NULL,
    subject             text,
    body                text,
    blocks              jsonb,
    components          jsonb,
    variable_limits     jsonb,
    header_id           text COLLATE "C",
    external_template_id text COLLATE "C",
    reason              text,
    PRIMARY KEY (org_id, template_id, language, version_no),
    CONSTRAINT template_version_status CHECK (status = ANY ('{d,p,a,r,u,x}'::"char"[]))
);
COMMENT ON TABLE loyalty_data.template_version IS
    'What templates say, in each language; a text never changes: another text is another version';
COMMENT ON COLUMN loyalty_data.template_version.status IS
    'd: draft, p: pending, a: approved, r: rejected, u: paused, x: disabled';

-- ---------------------------------------------------------------- sender: in whose name, by which account, to which contacts
CREATE TABLE loyalty_data.sender (
    org_id              int4 NOT NULL,
    sender_id           int4 NOT NULL,
    org_unit_id         int4,
    bsp_account_id      int4,
    is_default          bool NOT NULL,
    is_verified         bool NOT NULL,
    is_active           bool NOT NULL,
    channel             text COLLATE "C" NOT NULL,
    sender              text COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, sender_id),
    UNIQUE (org_id, channel, sender),
    CONSTRAINT sender_default CHECK (NOT is_default OR (is_verified AND is_active))
);
CREATE UNIQUE INDEX sender_of_org ON loyalty_data.sender (org_id, channel) WHERE is_default;
COMMENT ON TABLE loyalty_data.sender IS
    'The register of those in whose name an org sends, by channel. Rows stay: messages name them';
COMMENT ON COLUMN loyalty_data.sender.is_default IS 'Whether it speaks for the org where no other sender is asked for: one a channel';
COMMENT ON COLUMN loyalty_data.sender.is_active IS 'False: retired';

CREATE TABLE loyalty_data.bsp_account (
    org_id              int4 NOT NULL,
    bsp_account_id      int4 NOT NULL,
    secret_set_at       timestamptz NOT NULL,
    key_id              int2 NOT NULL,
    is_verified         bool NOT NULL,
    bsp_account         text COLLATE "C" NOT NULL,
    bsp                 text COLLATE "C" NOT NULL,
    number              text COLLATE "C",
    secret              bytea NOT NULL,
    PRIMARY KEY (org_id, bsp_account_id),
    UNIQUE (org_id, bsp_account)
);
COMMENT ON TABLE loyalty_data.bsp_account IS
    'Accounts of the org with providers that carry its messages';
COMMENT ON COLUMN loyalty_data.bsp_account.secret IS 'The keys of the account, as one document, sealed';
COMMENT ON COLUMN loyalty_data.bsp_account.key_id IS 'The key of the key file that they are sealed under';

CREATE TABLE loyalty_data.org_contact (
    org_id              int4 NOT NULL,
    contact_id          int4 NOT NULL,
    is_active           bool NOT NULL,
    contact             text COLLATE "C" NOT NULL,
    name                text NOT NULL,
    search_name         text COLLATE "C" NOT NULL,
    email               text COLLATE "C",
    mobile              text COLLATE "C",
    topics              text[] NOT NULL,
    PRIMARY KEY (org_id, contact_id),
    UNIQUE (org_id, contact)
);
COMMENT ON TABLE loyalty_data.org_contact IS
    'People of the org who are told of something. One that is retired has no name and no address any more';
COMMENT ON COLUMN loyalty_data.org_contact.name IS 'The name of the person; empty: retired';
COMMENT ON COLUMN loyalty_data.org_contact.email IS 'The e-mail of the person; NULL: none';
COMMENT ON COLUMN loyalty_data.org_contact.mobile IS 'The mobile of the person in E.164; NULL: none';
COMMENT ON COLUMN loyalty_data.org_contact.is_active IS 'False: retired';
COMMENT ON COLUMN loyalty_data.org_contact.search_name IS 'The name without case and accents';

CREATE TABLE loyalty_data.contact_topic (
    org_id              int4 NOT NULL,
    amount              numeric(18,3),
    notify              "char" NOT NULL,
    topic               text COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, topic),
    CONSTRAINT contact_topic_notify CHECK (notify = ANY ('{n,a,o}'::"char"[]) AND (notify = 'o') = (amount IS NOT NULL))
);
COMMENT ON TABLE loyalty_data.contact_topic IS
    'When contacts are told of a topic; those of a topic without a row always are';
COMMENT ON COLUMN loyalty_data.contact_topic.notify IS 'n: never, a: always, o: only when the amount at hand is at least that of the topic';
COMMENT ON COLUMN loyalty_data.contact_topic.amount IS 'From which amount on they are told; NULL: whatever it is';

CREATE TABLE loyalty_data.contact_notice (
    notified_at         timestamptz NOT NULL,
    org_id              int4 NOT NULL,
    dedupe_digest       uuid NOT NULL,
    PRIMARY KEY (org_id, dedupe_digest)
);
COMMENT ON TABLE loyalty_data.contact_notice IS
    'What contacts were told of, so that they are told once';
COMMENT ON COLUMN loyalty_data.contact_notice.dedupe_digest IS 'Of the topic and the key that the call gave';
COMMENT ON COLUMN loyalty_data.contact_notice.notified_at IS 'When they were told';

-- ---------------------------------------------------------------- inbox
CREATE TABLE loyalty_data.inbound_message (
    customer_id         int8 NOT NULL,
    message_id          int8 NOT NULL,
    received_at         timestamptz NOT NULL,
    recorded_at         timestamptz NOT NULL,
    org_id              int4 NOT NULL,
    action              "char" NOT NULL,
    channel             text COLLATE "C" NOT NULL,
    sender              text COLLATE "C",
    address             text COLLATE "C",
    body                text,
    PRIMARY KEY (org_id, customer_id, message_id),
    CONSTRAINT inbound_message_action CHECK (action = ANY ('{n,o,i}'::"char"[]))
);
CREATE INDEX inbound_message_unknown ON loyalty_data.inbound_message (org_id, address) WHERE customer_id = 0;
CREATE INDEX inbound_message_day ON loyalty_data.inbound_message USING brin (recorded_at);
COMMENT ON TABLE loyalty_data.inbound_message IS
    'What customers wrote to the org. Customer 0: an address of nobody, or of several. Address and body are erasable';
COMMENT ON COLUMN loyalty_data.inbound_message.action IS 'n: none, o: opted out, i: opted in';
COMMENT ON COLUMN loyalty_data.inbound_message.sender IS 'The sender of the org that it was written to, as the gateway names it';

CREATE TABLE loyalty_data.inbound_request (
    customer_id         int8 NOT NULL,
    message_id          int8 NOT NULL,
    request_digest      int8,
    org_id              int4 NOT NULL,
    action              "char" NOT NULL,
    key_digest          uuid NOT NULL,
    PRIMARY KEY (org_id, key_digest)
);
CREATE INDEX inbound_request_customer ON loyalty_data.inbound_request (org_id, customer_id, message_id);
COMMENT ON TABLE loyalty_data.inbound_request IS
    'Keys by which an incoming message is known again, and its first answer: the provider''s id in its channel, and the '
    'caller''s idempotency key, which has the digest of its request';

CREATE TABLE loyalty_data.reminder (
    org_id              int4 NOT NULL,
    reminder_id         int4 NOT NULL,
    program_id          int4,
    template_id         int4 NOT NULL,
    reminded_until      date,
    days_before         int4 NOT NULL,
    is_retired          bool NOT NULL,
    reminder            text COLLATE "C" NOT NULL,
    topic               text COLLATE "C" NOT NULL,
    channel             text COLLATE "C",
    PRIMARY KEY (org_id, reminder_id),
    UNIQUE (org_id, reminder)
);
COMMENT ON TABLE loyalty_data.reminder IS
    'Days that an org reminds its customers of, and by which template (reference data)';
COMMENT ON COLUMN loyalty_data.reminder.template_id IS 'The template of the message';
COMMENT ON COLUMN loyalty_data.reminder.topic IS 'What customers are reminded of: points_expiry, birthday or anniversary';
COMMENT ON COLUMN loyalty_data.reminder.reminded_until IS
    'The last day of occasions that runs of send_reminders have come to; NULL: none since the reminder was made or changed';

CREATE TABLE loyalty_data.reminder_sent (
    customer_id         int8 NOT NULL,
    sent_at             timestamptz NOT NULL,
    org_id              int4 NOT NULL,
    reminder_id         int4 NOT NULL,
    occasion            date NOT NULL,
    PRIMARY KEY (org_id, customer_id, reminder_id, occasion)
);
COMMENT ON TABLE loyalty_data.reminder_sent IS
    'Who was reminded of which day: each once';

CREATE TABLE loyalty_data.retention (
    org_id              int4 NOT NULL,
    days                int4 NOT NULL,
    what                text COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, what)
);
COMMENT ON TABLE loyalty_data.retention IS
    'For how many days an org keeps what it need not keep for ever (reference data); without a row: for ever';
COMMENT ON COLUMN loyalty_data.retention.what IS 'The word of what is kept for a time';

INSERT INTO loyalty_data.table_distribution VALUES
    ('bsp_account', 'reference', NULL),
    ('contact_notice', 'value', 'dedupe_digest'),
    ('contact_topic', 'reference', NULL),
    ('delivery_code', 'reference', NULL),
    ('inbound_message', 'customer', 'customer_id'),
    ('inbound_request', 'value', 'key_digest'),
    ('message', 'customer', 'customer_id'),
    ('message_attachment', 'customer', 'customer_id'),
    ('message_body', 'customer', 'customer_id'),
    ('message_queue', 'customer', 'customer_id'),
    ('message_request', 'customer', 'customer_id'),
    ('message_status', 'customer', 'customer_id'),
    ('message_template', 'reference', NULL),
    ('org_contact', 'reference', NULL),
    ('org_delivery_code', 'reference', NULL),
    ('provider_message', 'value', 'provider_message_id'),
    ('reminder', 'reference', NULL),
    ('reminder_sent', 'customer', 'customer_id'),
    ('retention', 'reference', NULL),
    ('sender', 'reference', NULL),
    ('template_version', 'reference', NULL);
