CREATE TABLE loyalty_data.offer_claim (
    org_id          int4 NOT NULL,
    offer_id        int4 NOT NULL,
    program_id      int4,
    claimed_at      timestamptz NOT NULL,
    campaign        text,
    actor           text,
    PRIMARY KEY (org_id, offer_id),
    CONSTRAINT offer_claim_by_one CHECK ((program_id IS NULL) <> (campaign IS NULL))
);
COMMENT ON TABLE loyalty_data.offer_claim IS
    'Who uses a series or promotion: a campaign, or a program, and nobody else until it is released';
COMMENT ON COLUMN loyalty_data.offer_claim.offer_id IS 'The series or promotion, which are numbered together';
COMMENT ON COLUMN loyalty_data.offer_claim.program_id IS 'NULL: a campaign claims it';

INSERT INTO loyalty_data.table_distribution VALUES
    ('offer_claim', 'reference', NULL);
