CREATE VIEW loyalty.status_labels WITH (security_barrier) AS
    SELECT o.org, l.label, loyalty_data.status_word(l.status) AS status, l.is_default, l.description,
           loyalty_data.label_restriction_list(l.label, l.status, l.restrictions,
               COALESCE(s.restrictions_of_all, 0)) AS restrictions
    FROM loyalty_data.status_label l
    JOIN loyalty_data.org o ON o.org_id = l.org_id
    LEFT JOIN loyalty_data.status_setting s ON s.org_id = l.org_id
    WHERE l.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.status_labels FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.status_labels TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON VIEW loyalty.status_labels IS
    'The labels of customers that each org has, and what each stops';

CREATE VIEW loyalty.status_restrictions WITH (security_barrier) AS
    SELECT o.org, l.label, loyalty_data.status_word(l.status) AS status, r.restriction,
           r.restriction = ANY (loyalty_data.label_restriction_list(l.label, l.status, l.restrictions,
               COALESCE(s.restrictions_of_all, 0))) AS is_restricted
    FROM loyalty_data.status_label l
    JOIN loyalty_data.org o ON o.org_id = l.org_id
    JOIN loyalty.restriction_list() r ON r.status = loyalty_data.status_word(l.status)
    LEFT JOIN loyalty_data.status_setting s ON s.org_id = l.org_id
    WHERE l.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.status_restrictions FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.status_restrictions TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON VIEW loyalty.status_restrictions IS
    'The matrix of labels and the restrictions that they may have: which they do have';

CREATE VIEW loyalty.customer_statuses WITH (security_barrier) AS
    SELECT o.org, c.customer_id, c.merged_into, COALESCE(loyalty_data.status_word(l.status), 'active') AS status,
           COALESCE(l.label, 'active') AS label,
           CASE WHEN s.enabled_at IS NULL THEN COALESCE(loyalty_data.fraud_status_word(c.fraud_status), 'not_fraud') END
               AS fraud_status,
           c.erased_at
    FROM loyalty_data.customer c
    JOIN loyalty_data.org o ON o.org_id = c.org_id
    LEFT JOIN loyalty_data.status_setting s ON s.org_id = c.org_id
    LEFT JOIN loyalty_data.status_label l ON l.org_id = c.org_id
        AND l.label_id = c.status_label_id
    WHERE c.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.customer_statuses FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.customer_statuses TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON VIEW loyalty.customer_statuses IS
    'The status of every customer today, and the fraud status where the org uses that';

CREATE VIEW loyalty.customer_status_log WITH (security_barrier) AS
    SELECT o.org, h.customer_id, h.changed_at, COALESCE(l.label, 'active') AS label,
           COALESCE(p.label, 'active') AS previous_label, COALESCE(loyalty_data.status_word(l.status), 'active') AS status,
           COALESCE(loyalty_data.status_word(p.status), 'active') AS previous_status,
           loyalty_data.fraud_status_word(h.fraud_status) AS fraud_status,
           loyalty_data.fraud_status_word(h.previous_fraud_status) AS previous_fraud_status, h.reason, h.actor, h.change_id
    FROM loyalty_data.customer_status_change h
    JOIN loyalty_data.org o ON o.org_id = h.org_id
    LEFT JOIN loyalty_data.status_label l ON l.org_id = h.org_id
        AND l.label_id = h.label_id
    LEFT JOIN loyalty_data.status_label p ON p.org_id = h.org_id
        AND p.label_id = h.previous_label_id
    WHERE h.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.customer_status_log FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.customer_status_log TO loyalty_admin, loyalty_agent;
COMMENT ON VIEW loyalty.customer_status_log IS
    'Every change of a customer''s status: from which label to which, why, by whom, when';

CREATE VIEW loyalty.deletion_requests WITH (security_barrier) AS
    SELECT o.org, r.customer_id, r.request_id, r.requested_at, r.requested_by, r.reason,
           COALESCE(l.label, 'active') AS former_label,
           CASE r.decision WHEN 'a' THEN 'approved' WHEN 'd' THEN 'declined' ELSE 'open' END AS decision,
           r.decided_at, r.decided_by, t.till, s.source, r.actor, r.decision_reason
    FROM loyalty_data.deletion_request r
    JOIN loyalty_data.org o ON o.org_id = r.org_id
    LEFT JOIN loyalty_data.till t ON t.org_id = r.org_id
        AND t.till_id = r.till_id
    LEFT JOIN loyalty_data.source s ON s.source_id = r.source_id
    LEFT JOIN loyalty_data.status_label l ON l.org_id = r.org_id
        AND l.label_id = r.former_label_id
    WHERE r.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.deletion_requests FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.deletion_requests TO loyalty_admin, loyalty_agent;
COMMENT ON VIEW loyalty.deletion_requests IS
    'Who asked for which customers to be deleted, and what was decided';

COMMENT ON COLUMN loyalty.deletion_requests.decision_reason IS 'Why it was declined; NULL: nobody said, or it was not';
COMMENT ON COLUMN loyalty.status_labels.status IS
    'active, suspended, deleted, fraud_suspected, fraud_confirmed, internal or pending_deletion';
COMMENT ON COLUMN loyalty.status_restrictions.status IS
    'active, suspended, deleted, fraud_suspected, fraud_confirmed, internal or pending_deletion';
COMMENT ON COLUMN loyalty.customer_statuses.status IS
    'active, suspended, deleted, fraud_suspected, fraud_confirmed, internal or pending_deletion';
COMMENT ON COLUMN loyalty.customer_status_log.status IS
    'active, suspended, deleted, fraud_suspected, fraud_confirmed, internal or pending_deletion';
