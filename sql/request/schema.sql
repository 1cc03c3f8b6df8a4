-- Requests: who asks for which change of a customer, and what became of it. A request stands under the id of the customer
-- it was made for, also after a merge: the survivor is who it is about then.
CREATE TABLE loyalty_data.change_request (
    customer_id         int8 NOT NULL,
    request_id          int8 NOT NULL,
    target_id           int8,
    result_id           int8,
    requested_at        timestamptz NOT NULL,
    decided_at          timestamptz,
    org_id              int4 NOT NULL,
    till_id             int4,
    source_id           int2,
    escalated_step      int2 NOT NULL DEFAULT 0,
    request_type        "char" NOT NULL,
    status              "char" NOT NULL,
    origin              "char" NOT NULL,
    accept_warnings     bool NOT NULL,
    one_step            bool NOT NULL,
    auto_approved       bool NOT NULL,
    is_old_proved       bool NOT NULL,
    is_new_proved       bool NOT NULL,
    requested_by        text COLLATE "C" NOT NULL,
    decided_by          text COLLATE "C",
    PRIMARY KEY (org_id, customer_id, request_id),
    CONSTRAINT change_request_type CHECK (request_type = ANY ('{m,e,x,a,n,g,c,p,t}'::"char"[])),
    CONSTRAINT change_request_status CHECK (status = ANY ('{p,a,d}'::"char"[])),
    CONSTRAINT change_request_origin CHECK (origin = ANY ('{m,i,a}'::"char"[])),
    CONSTRAINT change_request_decided CHECK ((status = 'p') = (decided_at IS NULL))
);
COMMENT ON TABLE loyalty_data.change_request IS
    'Requests for changes of a customer. Who asks and decides are kept by the name of their role; what is asked stands apart, '
    'and can be erased';
COMMENT ON COLUMN loyalty_data.change_request.accept_warnings IS 'Whether who made it accepted the warnings that it was shown';
COMMENT ON COLUMN loyalty_data.change_request.one_step IS 'An admin made the change at once';
COMMENT ON COLUMN loyalty_data.change_request.auto_approved IS 'Nobody had to decide';
COMMENT ON COLUMN loyalty_data.change_request.is_old_proved IS
    'Whoever asked proved to read the address that is to change, or of a mobile_reallocation who has the number by now';
COMMENT ON COLUMN loyalty_data.change_request.is_new_proved IS 'Whoever asked proved to read the new address';
COMMENT ON COLUMN loyalty_data.change_request.target_id IS
    'The second customer: the survivor of a merge, the next owner of a mobile; null: there is none';
COMMENT ON COLUMN loyalty_data.change_request.result_id IS 'The event, bill or merge that the approval made';
COMMENT ON COLUMN loyalty_data.change_request.request_type IS
    'm: mobile, e: email, x: external_id, a: account_merge, n: mobile_reallocation, g: goodwill_points, '
    'c: goodwill_coupon, p: edit_profile, t: retro_transaction';
COMMENT ON COLUMN loyalty_data.change_request.status IS 'p: pending, a: approved, d: declined';
COMMENT ON COLUMN loyalty_data.change_request.origin IS 'm: member_care, i: instore, a: api';
COMMENT ON COLUMN loyalty_data.change_request.escalated_step IS 'The last step of the escalation that was told, from 1; 0: none';
CREATE INDEX change_request_time ON loyalty_data.change_request (org_id, requested_at, request_id);
-- Those that wait, which are few: for the customer whom they are about, and for the escalation, which goes by customers.
CREATE INDEX change_request_pending ON loyalty_data.change_request (org_id, customer_id, request_id) WHERE status = 'p';
-- Those that name a second customer, for the day on which that one is deleted.
CREATE INDEX change_request_target ON loyalty_data.change_request (org_id, target_id) WHERE target_id IS NOT NULL;

CREATE TABLE loyalty_data.change_request_content (
    customer_id         int8 NOT NULL,
    request_id          int8 NOT NULL,
    org_id              int4 NOT NULL,
    old_value           text,
    new_value           text,
    payload             jsonb,
    relied_on           jsonb,
    warnings            text[],
    reason              text,
    actor               text,
    decision_reason     text,
    decided_actor       text,
    PRIMARY KEY (org_id, customer_id, request_id)
);
COMMENT ON TABLE loyalty_data.change_request_content IS 'What a request says; goes with the person';
COMMENT ON COLUMN loyalty_data.change_request_content.old_value IS
    'What is to change, in its normal form; of a merge, how the victim was named';
COMMENT ON COLUMN loyalty_data.change_request_content.new_value IS
    'What is to come, as it will be shown; of a merge, how the survivor was named';
COMMENT ON COLUMN loyalty_data.change_request_content.decision_reason IS 'Why it was decided so';
COMMENT ON COLUMN loyalty_data.change_request_content.decided_actor IS 'Who decided, as the call said';
COMMENT ON COLUMN loyalty_data.change_request_content.relied_on IS
    'What was there when the request was made, and must still be there when it is approved';
COMMENT ON COLUMN loyalty_data.change_request_content.warnings IS 'Those that were shown as it was made';

CREATE TABLE loyalty_data.change_request_log (
    customer_id         int8 NOT NULL,
    request_id          int8 NOT NULL,
    subject_id          int8,
    logged_at           timestamptz NOT NULL,
    org_id              int4 NOT NULL,
    log_no              int4 NOT NULL,
    change              "char" NOT NULL,
    role                text COLLATE "C" NOT NULL,
    actor               text,
    PRIMARY KEY (org_id, customer_id, request_id, log_no),
    CONSTRAINT change_request_log_change CHECK (change = ANY ('{s,a,d,w,e,m,x}'::"char"[]))
);
COMMENT ON TABLE loyalty_data.change_request_log IS 'What became of each request, in order';
COMMENT ON COLUMN loyalty_data.change_request_log.logged_at IS 'When it happened';
COMMENT ON COLUMN loyalty_data.change_request_log.log_no IS 'Lines of one request, from 1';
COMMENT ON COLUMN loyalty_data.change_request_log.role IS 'The role of the caller';
COMMENT ON COLUMN loyalty_data.change_request_log.change IS
    's: submitted, a: approved, d: declined, w: withdrawn, e: escalated, m: moved, x: erased';
COMMENT ON COLUMN loyalty_data.change_request_log.subject_id IS
    'The survivor it moved to, or the step of an escalation; null: the change says all';

CREATE TABLE loyalty_data.change_request_claim (
    customer_id         int8 NOT NULL,
    request_id          int8 NOT NULL,
    org_id              int4 NOT NULL,
    claim_digest        uuid NOT NULL,
    PRIMARY KEY (org_id, claim_digest)
);
COMMENT ON TABLE loyalty_data.change_request_claim IS
    'What a pending request keeps others from asking for: another one of its type for the customer, and its new value';
COMMENT ON COLUMN loyalty_data.change_request_claim.claim_digest IS 'Over what is claimed';

CREATE TABLE loyalty_data.change_request_key (
    customer_id         int8 NOT NULL,
    request_id          int8 NOT NULL,
    org_id              int4 NOT NULL,
    PRIMARY KEY (org_id, request_id)
);
COMMENT ON TABLE loyalty_data.change_request_key IS 'The customer under whose id a request stands';

CREATE TABLE loyalty_data.change_request_repeat (
    customer_id         int8 NOT NULL,
    request_id          int8 NOT NULL,
    request_digest      int8 NOT NULL,
    org_id              int4 NOT NULL,
    idempotency_digest  uuid NOT NULL,
    PRIMARY KEY (org_id, idempotency_digest)
);
COMMENT ON TABLE loyalty_data.change_request_repeat IS
    'Requests by the keys that they came with, which are the org''s: what names a customer may name nobody afterwards';

INSERT INTO loyalty_data.table_distribution VALUES
    ('change_request', 'customer', 'customer_id'),
    ('change_request_claim', 'value', 'claim_digest'),
    ('change_request_content', 'customer', 'customer_id'),
    ('change_request_key', 'value', 'request_id'),
    ('change_request_log', 'customer', 'customer_id'),
    ('change_request_repeat', 'value', 'idempotency_digest');

-- Settings of requests: who is told, what is approved by itself, which code is asked for.
CREATE TABLE loyalty_data.change_request_setting (
    org_id              int4 NOT NULL,
    notify_amount       numeric(18,3),
    auto_approve_points numeric(18,3),
    auto_approve        bool NOT NULL,
    request_type        "char" NOT NULL,
    notify              "char" NOT NULL,
    otp                 "char" NOT NULL,
    communicate         text COLLATE "C" NOT NULL,
    PRIMARY KEY (org_id, request_type),
    CONSTRAINT change_request_setting_type CHECK (request_type = ANY ('{m,e,x,a,n,g,c,p,r,t}'::"char"[])),
    CONSTRAINT change_request_setting_notify
        CHECK (notify = ANY ('{n,a,o}'::"char"[]) AND (notify = 'o') = (notify_amount IS NOT NULL)),
    CONSTRAINT change_request_setting_auto
        CHECK (NOT (auto_approve AND request_type = 'r') AND (auto_approve OR auto_approve_points IS NULL)),
    CONSTRAINT change_request_setting_otp CHECK (otp = ANY ('{o,n,l,b}'::"char"[])),
    CONSTRAINT change_request_setting_communicate CHECK (communicate ~ '^[onrsc]*$')
);
COMMENT ON TABLE loyalty_data.change_request_setting IS
    'What an org says of a type of requests; one without a row tells nobody and is decided by hand';
COMMENT ON COLUMN loyalty_data.change_request_setting.request_type IS
    'As in change_request, and r: delete_account';
COMMENT ON COLUMN loyalty_data.change_request_setting.notify IS
    'n: never, a: always, o: only when the customer''s purchases are at least the amount';
COMMENT ON COLUMN loyalty_data.change_request_setting.otp IS 'o: off, n: new, l: old, b: both';
COMMENT ON COLUMN loyalty_data.change_request_setting.communicate IS
    'A letter for each who is told of the change: o: old_id, n: new_id, r: requestor, s: survivor, c: customer';
COMMENT ON COLUMN loyalty_data.change_request_setting.auto_approve_points IS
    'Up to how many points a goodwill is approved by itself; null: however many';

CREATE TABLE loyalty_data.change_request_contact (
    org_id              int4 NOT NULL,
    contact_id          int4 NOT NULL,
    after_hours         int2 NOT NULL,
    step                int2 NOT NULL,
    request_type        "char" NOT NULL,
    PRIMARY KEY (org_id, request_type, step, contact_id),
    CONSTRAINT change_request_contact_type CHECK (request_type = ANY ('{m,e,x,a,n,g,c,p,r,t}'::"char"[])),
    CONSTRAINT change_request_contact_step CHECK (step BETWEEN 0 AND 3 AND (step = 0) = (after_hours = 0))
);
COMMENT ON TABLE loyalty_data.change_request_contact IS
    'Contacts who are told of a request as it comes (step 0), or that it waits after so many hours: those of a step are '
    'written together';

CREATE TABLE loyalty_data.change_request_template (
    org_id              int4 NOT NULL,
    template_id         int4 NOT NULL,
    request_type        "char" NOT NULL,
    audience            "char" NOT NULL,
    channel             text COLLATE "C" NOT NULL,
    language            text COLLATE "C" NOT NULL,
    attachments         jsonb,
    PRIMARY KEY (org_id, request_type, audience, channel, language),
    CONSTRAINT change_request_template_type CHECK (request_type = ANY ('{m,e,x,a,n,g,c,p,r,t}'::"char"[])),
    CONSTRAINT change_request_template_audience CHECK (audience = ANY ('{o,n,r,s,c,k}'::"char"[]))
);
COMMENT ON TABLE loyalty_data.change_request_template IS
    'By which template of messages each is told, which is one for all languages, and what goes with it in each';
COMMENT ON COLUMN loyalty_data.change_request_template.audience IS
    'o: old_id, n: new_id, r: requestor, s: survivor, c: customer, k: contact';
COMMENT ON COLUMN loyalty_data.change_request_template.attachments IS 'Files that go with each e-mail in the language, as they were given';

INSERT INTO loyalty_data.table_distribution VALUES
    ('change_request_contact', 'reference', NULL),
    ('change_request_setting', 'reference', NULL),
    ('change_request_template', 'reference', NULL);
