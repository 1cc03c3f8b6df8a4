CREATE VIEW loyalty.merge_log WITH (security_barrier) AS
    SELECT o.org, m.merge_id, m.customer_id AS victim_id, m.survivor_id, c.merged_into AS customer_id, m.event_time,
           m.recorded_at, CASE m.origin WHEN 'c' THEN 'merge_customers' WHEN 'q' THEN 'change_request' ELSE 'registration' END AS origin, t.till,
           m.actor, m.reason, m.warnings
    FROM loyalty_data.merge_record m
    JOIN loyalty_data.org o ON o.org_id = m.org_id
    JOIN loyalty_data.customer c ON c.org_id = m.org_id
        AND c.customer_id = m.customer_id
    LEFT JOIN loyalty_data.till t ON t.org_id = m.org_id
        AND t.till_id = m.till_id
    WHERE m.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.merge_log FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.merge_log TO loyalty_admin, loyalty_agent;
COMMENT ON VIEW loyalty.merge_log IS
    'Every merge: who was merged into whom, who owns it all today, when, why, and at which till or by whom';

CREATE VIEW loyalty.merge_details WITH (security_barrier) AS
    SELECT o.org, m.merge_id, m.customer_id AS victim_id, m.survivor_id, l.line_no, l.participant, l.item,
           COALESCE(l.survivor_value, w.unset) AS survivor_value, COALESCE(l.victim_value, w.unset) AS victim_value,
           COALESCE(l.final_value, w.unset) AS final_value, l.rule, l.warning
    FROM loyalty_data.merge_line l
    JOIN loyalty_data.merge_record m ON m.org_id = l.org_id
        AND m.customer_id = l.customer_id
    JOIN loyalty_data.org o ON o.org_id = m.org_id
    CROSS JOIN LATERAL (SELECT CASE l.item WHEN 'ndnc_status' THEN 'Info not Available' END AS unset) w
    WHERE m.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.merge_details FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.merge_details TO loyalty_admin, loyalty_agent;
COMMENT ON VIEW loyalty.merge_details IS
    'What each merge found on both sides, what became of it, and by which rule';

COMMENT ON COLUMN loyalty.merge_log.customer_id IS 'To whom the victim belongs today';
