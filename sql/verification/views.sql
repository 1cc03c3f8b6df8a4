CREATE VIEW loyalty.verification_rules WITH (security_barrier) AS
    SELECT o.org, s.purpose, s.resend_seconds, s.life_seconds, s.attempts AS attempts_allowed, s.block_seconds, s.code_length,
           CASE WHEN s.is_letters THEN 'letters' ELSE 'digits' END AS code_characters, s.codes_per_day, s.failures_max, s.proof_seconds,
           s.is_required AS is_proof_required, s.binds_amount AS is_amount_bound
    FROM loyalty_data.verification_setting s
    JOIN loyalty_data.org o ON o.org_id = s.org_id
    WHERE s.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.verification_rules FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.verification_rules TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON VIEW loyalty.verification_rules IS
    'Rules of one-time codes that an org has set; other purposes have the defaults';
COMMENT ON COLUMN loyalty.verification_rules.purpose IS 'What codes are for';

-- A guess of the transaction that asks is not shown: it is judged when that is over.
CREATE VIEW loyalty.verification_log WITH (security_barrier) AS
    SELECT o.org, NULLIF(GREATEST(l.customer_id, 0), 0) AS customer_id, l.purpose, l.action, l.happened_at,
           (l.happened_at AT TIME ZONE o.time_zone)::date AS happened_on, l.channel, p.program, l.amount, l.is_verified,
           l.used_for, l.reason, l.actor
    FROM (
        SELECT c.org_id, c.customer_id, c.purpose, 'sent' AS action, c.sent_at AS happened_at, c.channel, c.program_id, c.amount,
               NULL::bool AS is_verified, NULL::int8 AS used_for, NULL AS reason, NULL AS actor
        FROM loyalty_data.verification_code c WHERE c.message_id IS NOT NULL
        UNION ALL
        SELECT a.org_id, a.customer_id, a.purpose, 'entered', a.entered_at, c.channel, c.program_id, c.amount,
               COALESCE(a.guess_digest = c.code_digest, false), NULL, NULL, NULL
        FROM loyalty_data.verification_attempt a
        LEFT JOIN loyalty_data.verification_code c ON c.org_id = a.org_id
            AND c.customer_id = a.customer_id AND c.purpose = a.purpose AND c.code_no = a.code_no
        WHERE a.entered_in IS DISTINCT FROM pg_current_xact_id_if_assigned()
        UNION ALL
        SELECT u.org_id, u.customer_id, u.purpose, 'used', u.used_at, NULL, NULL, NULL, NULL, u.used_for, NULL, NULL
        FROM loyalty_data.verification_use u
        UNION ALL
        SELECT r.org_id, r.customer_id, r.purpose, 'unblocked', r.released_at, NULL, NULL, NULL, NULL, NULL, r.reason, r.actor
        FROM loyalty_data.verification_release r) l
    JOIN loyalty_data.org o ON o.org_id = l.org_id
    LEFT JOIN loyalty_data.program p ON p.org_id = l.org_id AND p.program_id = l.program_id
    WHERE l.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.verification_log FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.verification_log TO loyalty_admin, loyalty_agent;
COMMENT ON VIEW loyalty.verification_log IS
    'One-time codes: what was sent, entered, used and unblocked, and when; neither codes nor addresses';
COMMENT ON COLUMN loyalty.verification_log.purpose IS 'What the code is for';
COMMENT ON COLUMN loyalty.verification_log.action IS 'sent, entered, used or unblocked';
COMMENT ON COLUMN loyalty.verification_log.is_verified IS 'Of what was entered: whether it was the code';
COMMENT ON COLUMN loyalty.verification_log.amount IS 'The amount that the code is bound to; NULL: none';
COMMENT ON COLUMN loyalty.verification_log.program IS 'The program that the code is bound to; NULL: none';
