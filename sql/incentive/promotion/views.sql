CREATE VIEW loyalty.promotions WITH (security_barrier) AS
    SELECT o.org, p.promotion, p.name,
           CASE v.key_kind WHEN 'p' THEN 'code' WHEN 'c' THEN 'coupon' ELSE 'automatic' END AS trigger, p.version, v.benefit,
           CASE WHEN v.store_ids IS NULL THEN v.condition
               ELSE COALESCE(v.condition, '{}') || jsonb_build_object('stores', (SELECT jsonb_agg(s.store ORDER BY s.store)
                   FROM loyalty_data.store s WHERE s.org_id = v.org_id
                       AND s.store_id = ANY (v.store_ids))) END AS condition,
           NULLIF(p.starts_at, '-infinity') AS starts_at, NULLIF(p.ends_at, 'infinity') AS ends_at,
           loyalty_data.last_day(p.ends_at, o.time_zone) AS last_day, p.stopped_at, v.priority,
           CASE v.stacking WHEN 's' THEN 'stack' WHEN 'p' THEN 'stop' ELSE 'alone' END AS stacking, v.stacking_group,
           CASE v.favour WHEN 'b' THEN 'brand' ELSE 'customer' END AS favour, v.spread AS is_spread, v.maximum_discount,
           v.times_per_bill, v.in_total AS redemptions_total, v.per_code AS redemptions_per_code,
           v.per_customer AS redemptions_per_customer, v.anonymous AS is_anonymous,
           CASE v.return_policy WHEN 's' THEN 'share' ELSE 'together' END AS return_policy,
           v.restore_on_return AS is_restored_on_return,
           p.created_at, v.created_at AS changed_at
    FROM loyalty_data.promotion p
    JOIN loyalty_data.org o ON o.org_id = p.org_id
    JOIN loyalty_data.promotion_version v ON v.org_id = p.org_id
        AND v.promotion_id = p.promotion_id
        AND v.version = p.version
    WHERE p.promotion IS NOT NULL
      AND o.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.promotions FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.promotions TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON COLUMN loyalty.promotions.is_spread IS 'Whether a discount of some units is spread over all that it was given for';
COMMENT ON COLUMN loyalty.promotions.is_anonymous IS 'Whether nobody in particular may use it';
COMMENT ON COLUMN loyalty.promotions.is_restored_on_return IS 'Whether a use is given back with the last part of its bill';
COMMENT ON VIEW loyalty.promotions IS
    'Promotions, as the version in use says; values of coupons are with their series';

CREATE VIEW loyalty.promo_code_batches WITH (security_barrier) AS
    SELECT o.org, p.promotion, b.batch_no, s.prefix, s.length, s.has_check,
           b.last_position - b.first_position + 1 AS generated, b.created_at,
           NULLIF(b.expires_at, 'infinity') AS expires_at,
           loyalty_data.last_day(b.expires_at, o.time_zone) AS last_day, b.revoked_at, b.distribution, b.partner
    FROM loyalty_data.code_batch b
    JOIN loyalty_data.org o ON o.org_id = b.org_id
    JOIN loyalty_data.code_space s ON s.org_id = b.org_id
        AND s.space_id = b.space_id
    JOIN loyalty_data.promotion p ON p.org_id = b.org_id
        AND p.promotion_id = b.promotion_id
    WHERE o.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.promo_code_batches FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.promo_code_batches TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.promo_code_batches IS
    'Promo codes that were generated together; the codes come from export_codes';

CREATE VIEW loyalty.promo_codes WITH (security_barrier) AS
    SELECT o.org, p.promotion,
           CASE WHEN c.origin = 'n' OR (SELECT pg_has_role('loyalty_admin', 'USAGE') OR pg_has_role('loyalty_agent', 'USAGE'))
               THEN c.display_code ELSE repeat('*', length(c.code) - LEAST(4, length(c.code) / 3))
               || right(c.code, LEAST(4, length(c.code) / 3)) END AS code,
           CASE c.origin WHEN 'g' THEN 'generated' WHEN 'u' THEN 'uploaded' ELSE 'named' END AS origin, c.batch_no,
           COALESCE(u.merged_into, c.customer_id) AS customer_id,
           CASE WHEN u.merged_into IS NOT NULL THEN c.customer_id END AS original_customer_id,
           COALESCE(l.maximum, c.redemptions, v.per_code) AS redemptions,
           CASE WHEN c.limit_id IS NULL THEN c.used
               ELSE l.maximum - (SELECT sum(s.remaining)::int8 FROM loyalty_data.limit_slot s
                   WHERE s.org_id = c.org_id AND s.limit_id = c.limit_id) END AS used,
           c.created_at, NULLIF(c.expires_at, 'infinity') AS expires_at,
           loyalty_data.last_day(c.expires_at, o.time_zone) AS last_day, LEAST(c.revoked_at, b.revoked_at) AS revoked_at,
           c.distribution, c.partner
    FROM loyalty_data.promo_code c
    JOIN loyalty_data.org o ON o.org_id = c.org_id
    JOIN loyalty_data.promotion p ON p.org_id = c.org_id
        AND p.promotion_id = c.promotion_id
    JOIN loyalty_data.promotion_version v ON v.org_id = p.org_id
        AND v.promotion_id = p.promotion_id
        AND v.version = p.version
    LEFT JOIN loyalty_data.code_batch b ON b.org_id = c.org_id
        AND b.promotion_id = c.promotion_id
        AND b.batch_no = c.batch_no
    LEFT JOIN loyalty_data.use_limit l ON l.org_id = c.org_id
        AND l.limit_id = c.limit_id
    LEFT JOIN loyalty_data.customer u ON u.org_id = c.org_id
        AND u.customer_id = c.customer_id
    WHERE o.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.promo_codes FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.promo_codes TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON COLUMN loyalty.promo_codes.code IS 'The code as it was given';
COMMENT ON COLUMN loyalty.promo_codes.redemptions IS 'How often it may be used; NULL: any number';
COMMENT ON COLUMN loyalty.promo_codes.used IS 'Uses that were not given back';
COMMENT ON COLUMN loyalty.promo_codes.origin IS 'generated, uploaded or named';
COMMENT ON VIEW loyalty.promo_codes IS
    'Promo codes that were uploaded or named, and generated ones that were linked, used or revoked; of all but named ones analysts see the last symbols alone';
