CREATE VIEW loyalty.gift_vouchers WITH (security_barrier) AS
    SELECT o.org, COALESCE(c.merged_into, c.customer_id) AS customer_id, v.customer_id AS original_customer_id,
           v.voucher_id, '************' || v.last_four AS voucher_code, i.amount AS issued_amount,
           CASE WHEN v.expires_at <= loyalty.clock() THEN 0 ELSE v.balance END::numeric(18,3) AS balance,
           CASE WHEN v.revoked_at IS NOT NULL THEN 'revoked' WHEN v.expires_at <= loyalty.clock() THEN 'expired'
                WHEN v.balance = 0 THEN 'used' ELSE 'active' END AS status,
           v.issued_at, v.expires_at, loyalty_data.last_day(v.expires_at, o.time_zone) AS last_day, v.revoked_at
    FROM loyalty_data.gift_voucher v
    JOIN loyalty_data.org o ON o.org_id = v.org_id
    JOIN loyalty_data.voucher_movement i ON i.org_id = v.org_id
        AND i.voucher_id = v.voucher_id AND i.movement_no = 1
    LEFT JOIN loyalty_data.customer c ON c.org_id = v.org_id
        AND c.customer_id = v.customer_id
    WHERE v.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.gift_vouchers FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.gift_vouchers TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.gift_vouchers IS
    'Gift vouchers with what they have; of the code the last four symbols alone';
COMMENT ON COLUMN loyalty.gift_vouchers.customer_id IS 'The holder of today; NULL: whoever has the code';
COMMENT ON COLUMN loyalty.gift_vouchers.status IS 'active, used (nothing is left), expired or revoked';
COMMENT ON COLUMN loyalty.gift_vouchers.balance IS 'What can be spent now';

CREATE VIEW loyalty.gift_voucher_movements WITH (security_barrier) AS
    SELECT o.org, COALESCE(c.merged_into, c.customer_id) AS customer_id, v.customer_id AS original_customer_id,
           m.voucher_id, m.movement_no, m.movement_id,
           CASE m.movement WHEN 'i' THEN 'issued' WHEN 'r' THEN 'redeemed' WHEN 'v' THEN 'reversed'
                WHEN 'x' THEN 'expired' WHEN 'a' THEN 'adjusted' WHEN 'k' THEN 'revoked' ELSE 'code_replaced' END AS movement,
           m.amount, m.balance_after, m.reversed_no, m.event_id, m.transaction_number, m.event_time,
           (m.event_time AT TIME ZONE o.time_zone)::date AS event_date, m.recorded_at, s.source, tl.till, st.store,
           n.reason, n.actor
    FROM loyalty_data.voucher_movement m
    JOIN loyalty_data.org o ON o.org_id = m.org_id
    JOIN loyalty_data.gift_voucher v ON v.org_id = m.org_id
        AND v.voucher_id = m.voucher_id
    JOIN loyalty_data.source s ON s.source_id = m.source_id
    LEFT JOIN loyalty_data.customer c ON c.org_id = v.org_id
        AND c.customer_id = v.customer_id
    LEFT JOIN loyalty_data.till tl ON tl.org_id = m.org_id
        AND tl.till_id = m.till_id
    LEFT JOIN loyalty_data.store st ON st.org_id = m.org_id
        AND st.store_id = m.store_id
    LEFT JOIN loyalty_data.voucher_note n ON n.org_id = m.org_id
        AND n.voucher_id = m.voucher_id AND n.movement_no = m.movement_no
    WHERE m.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.gift_voucher_movements FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.gift_voucher_movements TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.gift_voucher_movements IS
    'What happened to the money of gift vouchers, movement by movement';
COMMENT ON COLUMN loyalty.gift_voucher_movements.customer_id IS 'The holder of today; NULL: whoever has the code';
COMMENT ON COLUMN loyalty.gift_voucher_movements.movement IS
    'issued, redeemed, reversed, expired, adjusted, revoked or code_replaced';
COMMENT ON COLUMN loyalty.gift_voucher_movements.amount IS 'With its sign: below zero where the voucher has less afterwards';

-- What has expired counts from its time on, whether the job has written that or not.
CREATE VIEW loyalty.voucher_liability WITH (security_barrier) AS
    SELECT o.org, d.event_date, d.issued, d.redeemed, d.reversed, d.expired, d.adjusted,
           sum(d.moved) OVER (PARTITION BY d.org_id ORDER BY d.event_date)::numeric(18,3) AS outstanding
    FROM (
        SELECT x.org_id, (x.event_time AT TIME ZONE z.time_zone)::date AS event_date,
               COALESCE(sum(x.amount) FILTER (WHERE x.movement = 'i'), 0)::numeric(18,3) AS issued,
               COALESCE(-sum(x.amount) FILTER (WHERE x.movement = 'r'), 0)::numeric(18,3) AS redeemed,
               COALESCE(sum(x.amount) FILTER (WHERE x.movement = 'v'), 0)::numeric(18,3) AS reversed,
               COALESCE(-sum(x.amount) FILTER (WHERE x.movement = 'x'), 0)::numeric(18,3) AS expired,
               COALESCE(sum(x.amount) FILTER (WHERE x.movement IN ('a', 'k')), 0)::numeric(18,3) AS adjusted,
               sum(x.amount) AS moved
        FROM (
            SELECT m.org_id, m.event_time, m.movement, m.amount
            FROM loyalty_data.voucher_movement m
            UNION ALL
            SELECT v.org_id, v.expires_at, 'x'::"char", -v.balance
            FROM loyalty_data.gift_voucher v
            WHERE v.balance > 0 AND v.expires_at <= loyalty.clock()) x
        JOIN loyalty_data.org z ON z.org_id = x.org_id
        WHERE x.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[])
        GROUP BY x.org_id, (x.event_time AT TIME ZONE z.time_zone)::date) d
    JOIN loyalty_data.org o ON o.org_id = d.org_id;
REVOKE ALL ON TABLE loyalty.voucher_liability FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.voucher_liability TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.voucher_liability IS
    'What happened to the money of gift vouchers on each day of the org, and what was outstanding at its end';
COMMENT ON COLUMN loyalty.voucher_liability.adjusted IS 'By hand, with what was revoked';
