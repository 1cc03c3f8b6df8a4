CREATE VIEW loyalty.transactions WITH (security_barrier) AS
    SELECT o.org, COALESCE(c.merged_into, c.customer_id) AS customer_id, t.customer_id AS original_customer_id,
           t.transaction_id, t.transaction_number, loyalty_data.ledger_word(t.transaction_type, 'transaction_type')
               AS transaction_type, t.parent_id AS parent_transaction_id,
           t.event_time, (t.event_time AT TIME ZONE o.time_zone)::date AS event_date, t.recorded_at,
           s.source, tl.till, st.store, t.amount, t.discount,
           loyalty_data.ledger_word(t.outlier_status, 'outlier_status') AS outlier_status,
           (v.net_points - put.points)::numeric(18,3) AS points,
           r.amount AS returned_amount, r.points AS returned_points, p.program,
           loyalty_data.ledger_word(t.counts, 'counts') AS counts,
           loyalty_data.ledger_word(t.no_points, 'no_points') AS no_points
    FROM loyalty_data.transaction t
    JOIN loyalty_data.org o ON o.org_id = t.org_id
    JOIN loyalty_data.customer c ON c.org_id = t.org_id
        AND c.customer_id = t.customer_id
    JOIN loyalty_data.source s ON s.source_id = t.source_id
    LEFT JOIN loyalty_data.ledger_event v ON v.org_id = t.org_id
        AND v.customer_id = t.customer_id AND v.event_id = t.transaction_id
    LEFT JOIN loyalty_data.program p ON p.org_id = t.org_id
        AND p.program_id = t.program_id
    LEFT JOIN loyalty_data.till tl ON tl.org_id = t.org_id
        AND tl.till_id = t.till_id
    LEFT JOIN loyalty_data.store st ON st.org_id = t.org_id
        AND st.store_id = t.store_id
    CROSS JOIN LATERAL (
        SELECT COALESCE((SELECT sum(w.points) FROM loyalty_data.reversal w WHERE w.org_id = t.org_id
                   AND w.customer_id = t.customer_id AND w.event_id = t.transaction_id), 0)
               + COALESCE((SELECT sum(k.claimed) FROM loyalty_data.lot_claim k WHERE k.org_id = t.org_id
                   AND k.customer_id = t.customer_id AND k.event_id = t.transaction_id AND k.claimed < 0), 0)
               AS points) put
    CROSS JOIN LATERAL (
        SELECT COALESCE(sum(x.amount), 0) AS amount,
               COALESCE(sum(COALESCE(w.points, 0) + COALESCE(k.points, 0) - y.net_points), 0) AS points
        FROM loyalty_data.transaction x
        JOIN loyalty_data.ledger_event y ON y.org_id = x.org_id
            AND y.customer_id = x.customer_id
            AND y.event_id = x.transaction_id
        LEFT JOIN LATERAL (
            SELECT sum(u.points) AS points FROM loyalty_data.reversal u WHERE u.org_id = x.org_id
                AND u.customer_id = x.customer_id AND u.event_id = x.transaction_id) w ON true
        LEFT JOIN LATERAL (
            SELECT sum(u.claimed) AS points FROM loyalty_data.lot_claim u WHERE u.org_id = x.org_id
                AND u.customer_id = x.customer_id AND u.event_id = x.transaction_id AND u.claimed < 0) k ON true
        WHERE x.org_id = t.org_id
          AND x.parent_customer_id = t.customer_id
          AND x.parent_id = t.transaction_id
          AND x.transaction_type = 'b') r
    WHERE t.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.transactions FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.transactions TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.transactions IS
    'Bills with what they earned and what came back of them, and returns with the bill that they are of';

CREATE VIEW loyalty.transaction_lines WITH (security_barrier) AS
    SELECT o.org, COALESCE(c.merged_into, l.customer_id) AS customer_id, l.customer_id AS original_customer_id,
           l.transaction_id, t.transaction_number, loyalty_data.ledger_word(t.transaction_type, 'transaction_type')
               AS transaction_type, t.parent_id AS parent_transaction_id,
           t.event_time, (t.event_time AT TIME ZONE o.time_zone)::date AS event_date, l.line_no, l.item_code,
           trim_scale(l.quantity) AS quantity, l.amount, l.discount, COALESCE(l.attributes, b.attributes) AS attributes
    FROM loyalty_data.transaction_line l
    JOIN loyalty_data.org o ON o.org_id = l.org_id
    JOIN loyalty_data.customer c ON c.org_id = l.org_id
        AND c.customer_id = l.customer_id
    JOIN loyalty_data.transaction t ON t.org_id = l.org_id
        AND t.customer_id = l.customer_id AND t.transaction_id = l.transaction_id
    LEFT JOIN loyalty_data.transaction_line b ON b.org_id = t.org_id
        AND b.customer_id = t.parent_customer_id AND b.transaction_id = t.parent_id AND b.line_no = l.line_no
    WHERE l.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.transaction_lines FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.transaction_lines TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.transaction_lines IS
    'Lines of bills, and of returns what of the bill''s line came back';

CREATE VIEW loyalty.redemptions WITH (security_barrier) AS
    SELECT o.org, COALESCE(c.merged_into, c.customer_id) AS customer_id, e.customer_id AS original_customer_id,
           p.program, v.redemption_id, v.event_id, t.event_name, v.event_time,
           (v.event_time AT TIME ZONE o.time_zone)::date AS redemption_date, e.effective_at, v.recorded_at,
           e.points, COALESCE(r.points, 0) AS reversed_points, s.source, tl.till, st.store, v.transaction_id,
           b.transaction_number
    FROM loyalty_data.ledger_entry e
    JOIN loyalty_data.org o ON o.org_id = e.org_id
    JOIN loyalty_data.program p ON p.org_id = e.org_id
        AND p.program_id = e.program_id
    JOIN loyalty_data.customer c ON c.org_id = e.org_id
        AND c.customer_id = e.customer_id
    CROSS JOIN LATERAL (
        SELECT y.* FROM loyalty_data.ledger_event y
        WHERE y.org_id = e.org_id AND y.customer_id = e.customer_id AND y.event_id = e.event_id OFFSET 0) v
    JOIN loyalty_data.event_type t ON t.event_code = v.event_code
    LEFT JOIN loyalty_data.source s ON s.source_id = v.source_id
    LEFT JOIN loyalty_data.till tl ON tl.org_id = v.org_id
        AND tl.till_id = v.till_id
    LEFT JOIN loyalty_data.store st ON st.org_id = v.org_id
        AND st.store_id = v.store_id
    JOIN loyalty_data.customer h ON h.org_id = e.org_id
        AND h.customer_id = COALESCE(c.merged_into, c.customer_id)
    LEFT JOIN loyalty_data.transaction b ON b.org_id = v.org_id
        AND b.customer_id = ANY (array_append(h.merged_ids, h.customer_id))
        AND b.transaction_id = v.transaction_id
    CROSS JOIN LATERAL (
        SELECT sum(w.points) AS points
        FROM loyalty_data.reversal w
        WHERE w.org_id = e.org_id
          AND w.customer_id = ANY (array_append(h.merged_ids, h.customer_id))
          AND w.reversed_event_id = e.event_id
          AND w.program_id = e.program_id) r
    WHERE e.house_account = 'r' AND e.entry_type = 'd'
      AND e.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.redemptions FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.redemptions TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.redemptions IS
    'Every redemption, a row for each program that paid, with what of it was taken back';

CREATE VIEW loyalty.transaction_loads WITH (security_barrier) AS
    SELECT o.org, l.relation, l.last_line_no, l.bills, l.refused, l.started_at, l.updated_at, l.finished_at
    FROM loyalty_data.transaction_load l
    JOIN loyalty_data.org o ON o.org_id = l.org_id
    WHERE l.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.transaction_loads FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.transaction_loads TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.transaction_loads IS
    'How far each relation of bills was loaded; finished_at is NULL while a load is under way or was stopped';

CREATE VIEW loyalty.transaction_load_errors WITH (security_barrier) AS
    SELECT o.org, e.relation, e.line_no, e.error_code, e.error, e.recorded_at
    FROM loyalty_data.transaction_load_error e
    JOIN loyalty_data.org o ON o.org_id = e.org_id
    WHERE e.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.transaction_load_errors FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.transaction_load_errors TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.transaction_load_errors IS
    'Every line of a relation that was not loaded, and why';

COMMENT ON COLUMN loyalty.transactions.customer_id IS
    'The owner of today: the survivor, where the customer was merged';
COMMENT ON COLUMN loyalty.transaction_lines.customer_id IS
    'The owner of today: the survivor, where the customer was merged';
COMMENT ON COLUMN loyalty.redemptions.customer_id IS
    'The owner of today: the survivor, where the customer was merged';
COMMENT ON COLUMN loyalty.transactions.points IS
    'What the transaction brought; a return''s are negative';
COMMENT ON COLUMN loyalty.transactions.returned_points IS
    'How many points the returns of the bill took back so far';
