-- Codes are single characters to keep a row small; the views say them in words.
--   category     r regular, p promised, t trigger_based
--   entry_type   c credit, d debit, o opening_balance, m memo
--   house        o opening, i issued, m imported, r redeemed, e expired, b returned, a adjusted, c converted,
--                t transfer_in_transit, g merge_in_transit
--   movement     from one column of a lot to another: docs/ledger.md has the table

CREATE TABLE loyalty_data.event_type (
    event_code      int2 NOT NULL PRIMARY KEY,
    event_name      text COLLATE "C" NOT NULL UNIQUE
);
COMMENT ON TABLE loyalty_data.event_type IS 'Catalogue: the same names as in code_rules.h, which a test compares';
INSERT INTO loyalty_data.event_type VALUES
    (1, 'customer_registration'), (2, 'points_ledger_bulk_job'), (10, 'transaction_add'), (11, 'points_award'),
    (12, 'goodwill'), (13, 'generic_event'), (14, 'bulk_award'), (15, 'target_completed'),
    (16, 'registration_award'), (17, 'referral_referrer_award'), (18, 'referral_referee_award'),
    (19, 'points_import'), (20, 'promised_points_conversion'), (21, 'trigger_based_points_conversion'),
    (22, 'points_transfer_in'), (23, 'points_redemption_reversal'), (24, 'manual_adjustment'),
    (30, 'points_redemption'), (31, 'points_expiry'), (32, 'transaction_return'), (33, 'referral_return'),
    (34, 'points_transfer_out'), (35, 'redemption_import'), (36, 'expiry_import'),
    (40, 'expiry_change'), (41, 'customer_merge'), (42, 'customer_deletion');

CREATE TABLE loyalty_data.ledger_account (
    customer_id         int8 NOT NULL,
    last_effective_at   timestamptz NOT NULL,
    last_recorded_at    timestamptz NOT NULL,
    org_id              int4 NOT NULL,
    program_id          int4 NOT NULL,
    last_entry_no       int4 NOT NULL,
    last_key_id         int2 NOT NULL,
    category            "char" NOT NULL,
    balance             numeric(18,3) NOT NULL,
    arrears             numeric(18,3) NOT NULL,
    lifetime_points     numeric(18,3) NOT NULL,
    redeemed_points     numeric(18,3) NOT NULL,
    expired_points      numeric(18,3) NOT NULL,
    returned_points     numeric(18,3) NOT NULL,
    last_hash           bytea NOT NULL,
    next_expiry_at      timestamptz,
    next_conversion_at  timestamptz,
    participation       "char",
    PRIMARY KEY (org_id, customer_id, program_id, category)
) WITH (fillfactor = 50);
COMMENT ON TABLE loyalty_data.ledger_account IS
    'One customer in one program and category: the balance and the counters as they stand posted, and the end of its chain of entries';
COMMENT ON COLUMN loyalty_data.ledger_account.last_key_id IS
    'The key of the last entry: the next one is not hashed with an older key';
COMMENT ON COLUMN loyalty_data.ledger_account.next_conversion_at IS
    'Of a regular account: no open promised points of the program become regular before it; NULL: there are none';
COMMENT ON COLUMN loyalty_data.ledger_account.participation IS
    'Of a regular account, a copy of what participation says: -: none, n: not_confirmed, a: active, d: deactivated; '
    'NULL: active, as whoever has an account when its program begins to ask for participation';
CREATE INDEX ledger_account_expiry ON loyalty_data.ledger_account (org_id, next_expiry_at)
    WHERE next_expiry_at IS NOT NULL;

CREATE TABLE loyalty_data.ledger_event (
    customer_id         int8 NOT NULL,
    event_id            int8 NOT NULL,
    event_time          timestamptz NOT NULL,
    recorded_at         timestamptz NOT NULL,
    org_id              int4 NOT NULL,
    event_code          int2 NOT NULL,
    source_id           int2,
    till_id             int4,
    store_id            int4,
    transaction_id      int8,
    pair_id             int8,
    request_digest      int8,
    idempotency_digest  uuid,
    key_id              int2,
    hash_version        "char",
    redemption_id       text COLLATE "C",
    net_points          numeric(18,3) NOT NULL,
    bill_hash           bytea,
    PRIMARY KEY (org_id, customer_id, event_id)
);
COMMENT ON TABLE loyalty_data.ledger_event IS
    'Events with several entries or none, and those that are looked up by something. An event of a single entry by '
    'which nothing is found stands in that entry: most awards and expiries, of which there are most of all';
COMMENT ON COLUMN loyalty_data.ledger_event.bill_hash IS
    'Of a bill or a return: covers this event, the bill and its lines, by the key of key_id in the form of hash_version. '
    'The hashes of the event''s entries cover it';
COMMENT ON COLUMN loyalty_data.ledger_event.pair_id IS
    'What the two events of a transfer, of a referral or of a merge share';
CREATE UNIQUE INDEX ledger_event_idempotency ON loyalty_data.ledger_event (org_id, customer_id, idempotency_digest)
    WHERE idempotency_digest IS NOT NULL;
-- Redemptions that pay for a bill; the bills themselves and other redemptions pay nothing for it.
CREATE INDEX ledger_event_transaction ON loyalty_data.ledger_event (org_id, customer_id, transaction_id)
    WHERE transaction_id IS NOT NULL
        AND (event_code = 30 OR event_code = 35);
CREATE UNIQUE INDEX ledger_event_redemption ON loyalty_data.ledger_event (org_id, customer_id, redemption_id)
    WHERE redemption_id IS NOT NULL;

CREATE TABLE loyalty_data.event_note (
    org_id              int4 NOT NULL,
    customer_id         int8 NOT NULL,
    event_id            int8 NOT NULL,
    reason              text,
    actor               text,
    PRIMARY KEY (org_id, customer_id, event_id)
);
COMMENT ON TABLE loyalty_data.event_note IS
    'Free text of an event, apart from the append-only rows so that erasure can reach it';

CREATE TABLE loyalty_data.ledger_entry (
    customer_id         int8 NOT NULL,
    event_id            int8 NOT NULL,
    effective_at        timestamptz NOT NULL,
    event_time          timestamptz,
    recorded_at         timestamptz,
    org_id              int4 NOT NULL,
    program_id          int4 NOT NULL,
    entry_no            int4 NOT NULL,
    posting_day         date NOT NULL,
    till_id             int4,
    store_id            int4,
    key_id              int2 NOT NULL,
    event_code          int2,
    source_id           int2,
    category            "char" NOT NULL,
    entry_type          "char" NOT NULL,
    house_account       "char" NOT NULL,
    hash_version        "char" NOT NULL,
    points              numeric(18,3) NOT NULL,
    balance_after       numeric(18,3) NOT NULL,
    entry_hash          bytea NOT NULL,
    PRIMARY KEY (org_id, customer_id, program_id, category, entry_no)
);
COMMENT ON TABLE loyalty_data.ledger_entry IS
    'One line of one account, numbered there without gaps; the hash chains it to the one before';
COMMENT ON COLUMN loyalty_data.ledger_entry.event_code IS
    'Of the event that stands in this entry, as are event_time, recorded_at, till, store and source; NULL: the event has a row';

-- What was posted since a day, without a scan of all history.
CREATE INDEX ledger_entry_day ON loyalty_data.ledger_entry USING brin (posting_day);

CREATE TABLE loyalty_data.points_lot (
    customer_id         int8 NOT NULL,
    lot_id              int8 NOT NULL,
    awarded_at          timestamptz NOT NULL,
    org_id              int4 NOT NULL,
    program_id          int4 NOT NULL,
    entry_no            int4 NOT NULL,
    category            "char" NOT NULL,
    award_type          "char" NOT NULL,
    expiry_type         "char" NOT NULL,
    is_open             bool NOT NULL,
    points              numeric(18,3) NOT NULL,
    remaining           numeric(18,3) NOT NULL,
    redeemed            numeric(18,3) NOT NULL DEFAULT 0,
    expired             numeric(18,3) NOT NULL DEFAULT 0,
    returned            numeric(18,3) NOT NULL DEFAULT 0,
    transferred         numeric(18,3) NOT NULL DEFAULT 0,
    merged              numeric(18,3) NOT NULL DEFAULT 0,
    converted           numeric(18,3) NOT NULL DEFAULT 0,
    adjusted            numeric(18,3) NOT NULL DEFAULT 0,
    arrears_paid        numeric(18,3) NOT NULL DEFAULT 0,
    expires_at          timestamptz,
    redeemable_from     timestamptz,
    transaction_id      int8,
    till_id             int4,
    line_no             int4,
    origin_customer_id  int8,
    origin_lot_id       int8,
    PRIMARY KEY (org_id, customer_id, lot_id)
) WITH (fillfactor = 90);
COMMENT ON TABLE loyalty_data.points_lot IS
    'Points awarded together, with their own expiry; where they went is in lot_movement';
COMMENT ON COLUMN loyalty_data.points_lot.is_open IS
    'Whether points remain: indexes ask this, so that spending a part of a lot touches none of them';
-- The lots of a bill.
CREATE INDEX points_lot_transaction ON loyalty_data.points_lot (org_id, customer_id, transaction_id)
    WHERE transaction_id IS NOT NULL;
-- Open lots in the order in which they are spent. The category stands where it fills a gap: an entry is a fifth shorter.
CREATE INDEX points_lot_open ON loyalty_data.points_lot (org_id, category, customer_id, expires_at)
    WITH (deduplicate_items = off) WHERE is_open;
-- Lots by the lot that they continue.
CREATE INDEX points_lot_origin ON loyalty_data.points_lot (org_id, customer_id, origin_lot_id)
    WHERE origin_lot_id IS NOT NULL;

-- Open lots with a date from which on they pay, or become regular points.
CREATE INDEX points_lot_later ON loyalty_data.points_lot (org_id, customer_id, redeemable_from)
    WHERE redeemable_from IS NOT NULL AND is_open;

CREATE TABLE loyalty_data.lot_movement (
    customer_id         int8 NOT NULL,
    lot_id              int8 NOT NULL,
    event_id            int8 NOT NULL,
    org_id              int4 NOT NULL,
    entry_no            int4 NOT NULL,
    movement_type       "char" NOT NULL,
    points              numeric(18,3) NOT NULL,
    PRIMARY KEY (org_id, customer_id, lot_id, entry_no, movement_type)
);
COMMENT ON TABLE loyalty_data.lot_movement IS
    'Which lot gave, or got back, how much by which entry';
-- What a redemption drew; expiries, of which there are most, pay nothing for it.
CREATE INDEX lot_movement_redemption ON loyalty_data.lot_movement (org_id, customer_id, event_id)
    WHERE movement_type = 'r';

CREATE TABLE loyalty_data.lot_expiry_change (
    customer_id         int8 NOT NULL,
    lot_id              int8 NOT NULL,
    event_id            int8 NOT NULL,
    org_id              int4 NOT NULL,
    entry_no            int4 NOT NULL,
    old_expires_at      timestamptz,
    new_expires_at      timestamptz,
    PRIMARY KEY (org_id, customer_id, lot_id, entry_no)
);
COMMENT ON TABLE loyalty_data.lot_expiry_change IS
    'The lot keeps its expiry of today; what it was before stands here, with the memo entry that changed it';

CREATE TABLE loyalty_data.reversal (
    customer_id         int8 NOT NULL,
    event_id            int8 NOT NULL,
    reversed_customer_id int8 NOT NULL,
    reversed_event_id   int8 NOT NULL,
    lot_id              int8 NOT NULL,
    org_id              int4 NOT NULL,
    program_id          int4 NOT NULL,
    entry_no            int4 NOT NULL,
    points              numeric(18,3) NOT NULL,
    PRIMARY KEY (org_id, customer_id, event_id, reversed_event_id, lot_id)
);
COMMENT ON TABLE loyalty_data.reversal IS
    'What went back of a redemption: by which event, and how much of what it had drawn on which lot';
COMMENT ON COLUMN loyalty_data.reversal.lot_id IS
    'The lot that had paid. It is that of reversed_customer_id, who redeemed and may be merged since';
-- How much of a redemption went back, by the events of one customer.
CREATE INDEX reversal_reversed ON loyalty_data.reversal (org_id, customer_id, reversed_event_id);

CREATE TABLE loyalty_data.lot_claim (
    customer_id         int8 NOT NULL,
    event_id            int8 NOT NULL,
    lot_customer_id     int8 NOT NULL,
    lot_id              int8 NOT NULL,
    org_id              int4 NOT NULL,
    program_id          int4 NOT NULL,
    entry_no            int4 NOT NULL,
    category            "char" NOT NULL,
    claimed             numeric(18,3) NOT NULL,
    covered             numeric(18,3) NOT NULL,
    PRIMARY KEY (org_id, customer_id, lot_id, program_id, category, entry_no)
);
COMMENT ON TABLE loyalty_data.lot_claim IS
    'What returns were to take of a lot and could not: it is settled by what comes back to the lot';
COMMENT ON COLUMN loyalty_data.lot_claim.lot_id IS
    'The lot as it was awarded, whatever lots it goes on as today';
COMMENT ON COLUMN loyalty_data.lot_claim.claimed IS
    'Above zero: what a return could not take. Below: what came back since and settled it. The sum is what is open';
COMMENT ON COLUMN loyalty_data.lot_claim.covered IS
    'What counts as returned and no lot shows: others paid for a lot that was merged away, or a correction had taken it';

CREATE TABLE loyalty_data.ledger_day (
    org_id              int4 NOT NULL PRIMARY KEY,
    first_open_day      date NOT NULL,
    sealed_day          date,
    seals               int4 NOT NULL,
    key_uses            int4 NOT NULL,
    key_id              int2 NOT NULL,
    hash_version        "char" NOT NULL,
    last_seal_hash      bytea,
    day_hash            bytea NOT NULL
);
COMMENT ON TABLE loyalty_data.ledger_day IS
    'The anchor of an org''s closings: the first day that is open to postings, the last one that is sealed, how many '
    'seals there are and the hash of the last. No row: no day was ever closed';
COMMENT ON COLUMN loyalty_data.ledger_day.key_uses IS 'How many rows of key_use the org had at the last closing';
COMMENT ON COLUMN loyalty_data.ledger_day.day_hash IS 'Covers this row, by the key of key_id';

CREATE TABLE loyalty_data.key_use (
    event_id            int8 NOT NULL,
    bound_event_id      int8,
    org_id              int4 NOT NULL,
    key_id              int2 NOT NULL,
    hash_version        "char" NOT NULL,
    use_hash            bytea NOT NULL,
    PRIMARY KEY (org_id, key_id, event_id)
);
COMMENT ON TABLE loyalty_data.key_use IS
    'The keys that an org''s hashes were made with, noted by the events that used each first. Append-only';
COMMENT ON COLUMN loyalty_data.key_use.bound_event_id IS
    'No event of a higher id is hashed with an older key; NULL: others may not have heard of the key yet';
COMMENT ON COLUMN loyalty_data.key_use.use_hash IS 'Covers this row, by its own key';

CREATE TABLE loyalty_data.day_seal (
    sealed_at           timestamptz NOT NULL,
    accounts            int8 NOT NULL,
    entries             int8 NOT NULL,
    org_id              int4 NOT NULL,
    seal_no             int4 NOT NULL,
    day                 date NOT NULL,
    key_id              int2 NOT NULL,
    hash_version        "char" NOT NULL,
    account_digest      bytea NOT NULL,
    seal_hash           bytea NOT NULL,
    PRIMARY KEY (org_id, seal_no)
);
COMMENT ON TABLE loyalty_data.day_seal IS
    'A seal per closing: what stood in the books up to a day, with a digest over the last entries of all accounts';

CREATE TABLE loyalty_data.day_total (
    org_id              int4 NOT NULL,
    posting_day         date NOT NULL,
    program_id          int4 NOT NULL,
    category            "char" NOT NULL,
    house_account       "char" NOT NULL,
    credits             numeric NOT NULL,
    debits              numeric NOT NULL,
    entries             int8 NOT NULL,
    PRIMARY KEY (org_id, posting_day, program_id, category, house_account)
);
COMMENT ON TABLE loyalty_data.day_total IS
    'The totals that a seal covers';

-- The guard refuses, for everybody, what the API did not ask for. An operator who must repair lifts it on
-- purpose: ALTER TABLE ... DISABLE TRIGGER ledger_guard.
CREATE FUNCTION loyalty_data.ledger_guard() RETURNS trigger
    LANGUAGE C AS 'MODULE_PATHNAME', 'loyalty_ledger_guard';
REVOKE ALL ON FUNCTION loyalty_data.ledger_guard FROM PUBLIC;
COMMENT ON FUNCTION loyalty_data.ledger_guard IS
    'Trigger: ledger rows are append-only, and balances and lots change through the API alone';

DO $guards$
DECLARE
    guarded regclass;
BEGIN
    FOREACH guarded IN ARRAY '{loyalty_data.ledger_account, loyalty_data.ledger_event, loyalty_data.ledger_entry,
        loyalty_data.points_lot, loyalty_data.lot_movement, loyalty_data.lot_expiry_change,
        loyalty_data.reversal, loyalty_data.lot_claim,
        loyalty_data.ledger_day, loyalty_data.key_use, loyalty_data.day_seal, loyalty_data.day_total}'::regclass[] LOOP
        EXECUTE format('CREATE TRIGGER ledger_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON %s'
            ' FOR EACH STATEMENT EXECUTE FUNCTION loyalty_data.ledger_guard()', guarded);
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER ledger_guard', guarded);
    END LOOP;
END
$guards$;

-- The first open day reaches every backend when it moves.
CREATE TRIGGER org_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON loyalty_data.ledger_day
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_data.org_changed();
ALTER TABLE loyalty_data.ledger_day ENABLE ALWAYS TRIGGER org_changed;

-- So does a key that an org begins to use.
CREATE TRIGGER org_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON loyalty_data.key_use
    FOR EACH STATEMENT EXECUTE FUNCTION loyalty_data.org_changed();
ALTER TABLE loyalty_data.key_use ENABLE ALWAYS TRIGGER org_changed;

INSERT INTO loyalty_data.table_distribution VALUES
    ('day_seal', 'reference', NULL),
    ('day_total', 'reference', NULL),
    ('event_note', 'customer', 'customer_id'),
    ('event_type', 'reference', NULL),
    ('key_use', 'reference', NULL),
    ('ledger_account', 'customer', 'customer_id'),
    ('ledger_day', 'reference', NULL),
    ('ledger_entry', 'customer', 'customer_id'),
    ('ledger_event', 'customer', 'customer_id'),
    ('lot_claim', 'customer', 'customer_id'),
    ('lot_expiry_change', 'customer', 'customer_id'),
    ('lot_movement', 'customer', 'customer_id'),
    ('points_lot', 'customer', 'customer_id'),
    ('reversal', 'customer', 'customer_id');
