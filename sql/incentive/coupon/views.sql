CREATE VIEW loyalty.coupons WITH (security_barrier) AS
    SELECT o.org, COALESCE(r.merged_into, c.customer_id) AS customer_id, c.customer_id AS original_customer_id, c.coupon_id, s.series,
           COALESCE(c.coupon_code, (SELECT k.display_code FROM loyalty_data.coupon k
               WHERE k.org_id = s.org_id AND k.coupon_code = s.generic_code)) AS coupon_code,
           c.issued_at, NULLIF(GREATEST(c.valid_from, s.starts_at, p.starts_at), '-infinity') AS valid_from,
           NULLIF(e.ends_at, 'infinity') AS expires_at,
           loyalty_data.last_day(NULLIF(e.ends_at, 'infinity'), o.time_zone) AS last_day, c.revoked_at,
           c.redemptions, s.redemptions_per_coupon - c.redemptions AS redemptions_left,
           loyalty_data.coupon_status_word(e.ends_at, c.revoked_at IS NOT NULL, c.redemptions, loyalty.clock()) AS status, c.campaign, t.till
    FROM (SELECT org_id, series_id, coupon_id, customer_id, issued_at, valid_from, expires_at, revoked_at, redemptions, till_id,
              campaign, display_code AS coupon_code
          FROM loyalty_data.coupon WHERE customer_id IS NOT NULL
          UNION ALL
          SELECT org_id, series_id, coupon_id, customer_id, issued_at, valid_from, expires_at, revoked_at, redemptions, till_id,
              campaign, NULL
          FROM loyalty_data.generic_coupon) c
    JOIN loyalty_data.org o ON o.org_id = c.org_id
    JOIN loyalty_data.customer r ON r.org_id = c.org_id AND r.customer_id = c.customer_id
    JOIN loyalty_data.coupon_series s ON s.org_id = c.org_id AND s.series_id = c.series_id
    JOIN loyalty_data.promotion p ON p.org_id = s.org_id AND p.promotion_id = s.promotion_id
    CROSS JOIN LATERAL (SELECT LEAST(c.expires_at, s.ends_at, p.ends_at, p.stopped_at)) e (ends_at)
    LEFT JOIN loyalty_data.till t ON t.org_id = c.org_id AND t.till_id = c.till_id
    WHERE c.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.coupons FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.coupons TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.coupons IS
    'Coupons that were issued, and what they are now';

CREATE VIEW loyalty.coupon_series_usage WITH (security_barrier) AS
    SELECT o.org, s.series, s.name, s.description,
           CASE WHEN s.code_type = 'g' THEN 'generic' WHEN s.space_id IS NULL THEN 'uploaded' ELSE 'unique' END AS code_type,
           s.any_user AS is_for_any_user, s.created_at, NULLIF(s.starts_at, '-infinity') AS starts_at,
           NULLIF(s.ends_at, 'infinity') AS ends_at, s.stopped_at, p.promotion, v.benefit ->> 'type' AS discount_type,
           (v.benefit ->> 'value')::numeric AS discount_value, v.maximum_discount, s.validity, s.valid_from_days,
           s.days_between_issues, s.days_between_redemptions, s.redemptions_per_coupon,
           (SELECT l.maximum FROM loyalty_data.use_limit l WHERE l.org_id = s.org_id AND l.owner_id = s.series_id AND l.kind = 'h')
               AS coupons_per_customer,
           (SELECT l.maximum FROM loyalty_data.use_limit l WHERE l.org_id = s.org_id AND l.owner_id = s.series_id AND l.kind = 't')
               AS redemptions_total,
           (SELECT l.maximum FROM loyalty_data.use_limit l WHERE l.org_id = s.org_id AND l.owner_id = s.series_id AND l.kind = 'u')
               AS redemptions_per_customer,
           i.maximum AS issue_limit, i.notify_at, COALESCE(i.maximum, 1000000000000000000) - n.uses AS issued,
           LEAST(CASE WHEN i.maximum IS NOT NULL THEN n.uses END,
               CASE WHEN s.code_type = 'u' AND s.space_id IS NULL THEN (SELECT count(*) FROM loyalty_data.coupon_stock k
                   WHERE k.org_id = s.org_id AND k.series_id = s.series_id) END) AS remaining,
           (SELECT max(c.issued_at) FROM (
               SELECT max(c.issued_at) FROM loyalty_data.coupon c WHERE c.org_id = s.org_id AND c.series_id = s.series_id
                   AND c.customer_id IS NOT NULL
               UNION ALL SELECT max(g.issued_at) FROM loyalty_data.generic_coupon g WHERE g.org_id = s.org_id
                   AND g.series_id = s.series_id) c (issued_at)) AS last_issued_at,
           u.redeemed, u.last_redeemed_at,
           round(u.redeemed::numeric / NULLIF(COALESCE(i.maximum, 1000000000000000000) - n.uses, 0), 4) AS redemption_rate,
           CASE WHEN a.campaign IS NOT NULL THEN 'campaign' WHEN a.program_id IS NOT NULL THEN 'program' END AS claimed_by,
           a.campaign, q.program
    FROM loyalty_data.coupon_series s
    JOIN loyalty_data.org o ON o.org_id = s.org_id
    JOIN loyalty_data.promotion p ON p.org_id = s.org_id AND p.promotion_id = s.promotion_id
    JOIN loyalty_data.promotion_version v ON v.org_id = p.org_id AND v.promotion_id = p.promotion_id AND v.version = p.version
    JOIN loyalty_data.use_limit i ON i.org_id = s.org_id AND i.owner_id = s.series_id AND i.kind = 'i'
    CROSS JOIN LATERAL (SELECT sum(t.remaining)::int8 FROM loyalty_data.limit_slot t WHERE t.org_id = i.org_id
        AND t.limit_id = i.limit_id) n (uses)
    CROSS JOIN LATERAL (SELECT count(DISTINCT w.coupon_id), max(w.event_time) FROM loyalty_data.incentive_use w
        WHERE w.org_id = s.org_id AND w.series_id = s.series_id AND NOT EXISTS (SELECT FROM loyalty_data.use_return b
            WHERE b.org_id = w.org_id AND b.customer_id = w.customer_id AND b.use_id = w.use_id)) u (redeemed, last_redeemed_at)
    LEFT JOIN loyalty_data.offer_claim a ON a.org_id = s.org_id AND a.offer_id = s.series_id
    LEFT JOIN loyalty_data.program q ON q.org_id = a.org_id AND q.program_id = a.program_id
    WHERE s.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.coupon_series_usage FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.coupon_series_usage TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.coupon_series_usage IS
    'Series of coupons: what they are, how many were issued and redeemed, and who claims them';


CREATE VIEW loyalty.incentive_redemptions WITH (security_barrier) AS
    SELECT o.org, COALESCE(r.merged_into, r.customer_id) AS customer_id, r.customer_id AS original_customer_id, u.use_id,
           u.coupon_id, u.coupon_customer_id, s.series, p.promotion, u.bill_amount, u.discount, u.transaction_id,
           u.transaction_number, t.till, q.store, c.source, u.event_time, u.recorded_at, b.event_time AS returned_at
    FROM loyalty_data.incentive_use u
    JOIN loyalty_data.org o ON o.org_id = u.org_id
    JOIN loyalty_data.promotion p ON p.org_id = u.org_id AND p.promotion_id = u.promotion_id
    LEFT JOIN loyalty_data.coupon_series s ON s.org_id = u.org_id AND s.series_id = u.series_id
    LEFT JOIN loyalty_data.customer r ON r.org_id = u.org_id AND r.customer_id = u.customer_id
    LEFT JOIN loyalty_data.use_return b ON b.org_id = u.org_id AND b.customer_id = u.customer_id AND b.use_id = u.use_id
    LEFT JOIN loyalty_data.till t ON t.org_id = u.org_id AND t.till_id = u.till_id
    LEFT JOIN loyalty_data.store q ON q.org_id = u.org_id AND q.store_id = u.store_id
    LEFT JOIN loyalty_data.source c ON c.source_id = u.source_id
    WHERE u.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.incentive_redemptions FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.incentive_redemptions TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.incentive_redemptions IS
    'Every use of a promotion or coupon, with the discount that it gave, and when it was given back';
COMMENT ON COLUMN loyalty.incentive_redemptions.returned_at IS 'When the use was given back; NULL: it was not';
COMMENT ON COLUMN loyalty.incentive_redemptions.promotion IS 'The code of the promotion; NULL: it is the value of the series';
COMMENT ON COLUMN loyalty.incentive_redemptions.coupon_customer_id IS 'Who the coupon was issued to, where that was somebody else';
