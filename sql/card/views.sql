CREATE VIEW loyalty.cards WITH (security_barrier) AS
    SELECT o.org, CASE WHEN (SELECT pg_has_role('loyalty_admin', 'USAGE') OR pg_has_role('loyalty_agent', 'USAGE'))
               THEN c.card_number ELSE
               repeat('*', length(c.card_number) - LEAST(4, length(c.card_number) / 3))
               || right(c.card_number, LEAST(4, length(c.card_number) / 3)) END AS card_number,
           CASE WHEN (SELECT pg_has_role('loyalty_admin', 'USAGE') OR pg_has_role('loyalty_agent', 'USAGE'))
               THEN c.card_external_id
               WHEN c.card_external_id IS NOT NULL THEN '****' END AS card_external_id,
           c.card_id, s.series, s.name AS series_name, s.card_type, c.customer_id,
           loyalty_data.card_status_word(c.status) AS status,
           COALESCE(l.label, loyalty_data.card_status_word(c.status)) AS label, p.program, c.created_at, c.issued_at,
           c.expires_at, loyalty_data.last_day(c.expires_at, o.time_zone) AS last_day
    FROM loyalty_data.card c
    JOIN loyalty_data.org o ON o.org_id = c.org_id
    JOIN loyalty_data.card_series s ON s.org_id = c.org_id
        AND s.series_id = c.series_id
    LEFT JOIN loyalty_data.card_label l ON l.org_id = c.org_id
        AND l.label_id = c.label_id
    LEFT JOIN loyalty_data.program p ON p.org_id = s.org_id
        AND p.program_id = s.program_id
    WHERE o.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.cards FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.cards TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.cards IS
    'Every card with its owner of today; of the number analysts see the last digits alone';

CREATE VIEW loyalty.card_series_usage WITH (security_barrier) AS
    SELECT o.org, s.series, s.name, s.card_type, n.method, n.length, n.prefix, n.suffix, n.serial_offset, u.capacity,
           u.used, u.capacity - u.used AS available,
           round(u.used * 100.0 / u.capacity, 2) AS used_percent,
           (SELECT min(e.recorded_at) FROM loyalty_data.number_series_event e
            WHERE e.org_id = n.org_id
              AND e.number_series_id = n.number_series_id) AS warned_at
    FROM loyalty_data.card_series s
    JOIN loyalty_data.org o ON o.org_id = s.org_id
    JOIN loyalty_data.number_series n ON n.org_id = s.org_id
        AND n.number_series_id = s.series_id
    CROSS JOIN LATERAL loyalty_data.number_series_usage(n.org_id, n.number_series_id) u
    WHERE o.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.card_series_usage FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.card_series_usage TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.card_series_usage IS
    'How many numbers each series of cards has, how many are used up, and when its warning came';

COMMENT ON COLUMN loyalty.cards.customer_id IS 'The owner of today; NULL: nobody';
COMMENT ON COLUMN loyalty.cards.status IS 'not_issued, issued, active, suspended, expired or deleted';
