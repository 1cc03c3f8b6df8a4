CREATE VIEW loyalty.offer_claims WITH (security_barrier) AS
    SELECT o.org, s.series, CASE WHEN c.campaign IS NULL THEN 'program' ELSE 'campaign' END AS claimed_by, c.campaign, p.program,
           c.claimed_at, c.actor
    FROM loyalty_data.offer_claim c
    JOIN loyalty_data.org o ON o.org_id = c.org_id
    JOIN loyalty_data.coupon_series s ON s.org_id = c.org_id AND s.series_id = c.offer_id
    LEFT JOIN loyalty_data.program p ON p.org_id = c.org_id AND p.program_id = c.program_id
    WHERE c.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.offer_claims FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.offer_claims TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.offer_claims IS
    'Which campaign or program uses which series of coupons';

