CREATE VIEW loyalty.status_labels WITH (security_barrier) AS
    SELECT o.org, l.label, loyalty.status_word(l.status) AS status, l.is_default, l.description,
           loyalty.label_restriction_list(l.label, l.status, l.restrictions,
               COALESCE(s.restrictions_of_all, 0)) AS restrictions
    FROM loyalty.status_label l
    JOIN loyalty.org o ON o.org_id OPERATOR(pg_catalog.=) l.org_id
    LEFT JOIN loyalty.status_setting s ON s.org_id OPERATOR(pg_catalog.=) l.org_id
    WHERE l.org_id OPERATOR(pg_catalog.=) ANY ((SELECT loyalty.visible_orgs())::pg_catalog.int4[]);
REVOKE ALL ON TABLE loyalty.status_labels FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.status_labels TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON VIEW loyalty.status_labels IS
    'The labels of customers that each org has, and what each stops';

CREATE VIEW loyalty.status_restriction WITH (security_barrier) AS
    SELECT o.org, l.label, loyalty.status_word(l.status) AS status, r.restriction,
           r.restriction OPERATOR(pg_catalog.=) ANY (loyalty.label_restriction_list(l.label, l.status, l.restrictions,
               COALESCE(s.restrictions_of_all, 0))) AS restricted
    FROM loyalty.status_label l
    JOIN loyalty.org o ON o.org_id OPERATOR(pg_catalog.=) l.org_id
    JOIN loyalty.restriction_list() r ON r.status OPERATOR(pg_catalog.=) loyalty.status_word(l.status)
    LEFT JOIN loyalty.status_setting s ON s.org_id OPERATOR(pg_catalog.=) l.org_id
    WHERE l.org_id OPERATOR(pg_catalog.=) ANY ((SELECT loyalty.visible_orgs())::pg_catalog.int4[]);
REVOKE ALL ON TABLE loyalty.status_restriction FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.status_restriction TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON VIEW loyalty.status_restriction IS
    'The matrix of labels and the restrictions that they may have: which they do have';

CREATE VIEW loyalty.customer_statuses WITH (security_barrier) AS
    SELECT o.org, c.customer_id, c.merged_into, COALESCE(loyalty.status_word(l.status), 'active') AS status,
           COALESCE(l.label, 'active') AS label,
           CASE WHEN s.enabled_at IS NULL THEN COALESCE(loyalty.fraud_status_word(c.fraud_status), 'not_fraud') END
               AS fraud_status,
           c.erased_at
    FROM loyalty.customer c
    JOIN loyalty.org o ON o.org_id OPERATOR(pg_catalog.=) c.org_id
    LEFT JOIN loyalty.status_setting s ON s.org_id OPERATOR(pg_catalog.=) c.org_id
    LEFT JOIN loyalty.status_label l ON l.org_id OPERATOR(pg_catalog.=) c.org_id
        AND l.label_id OPERATOR(pg_catalog.=) c.status_label_id
    WHERE c.org_id OPERATOR(pg_catalog.=) ANY ((SELECT loyalty.visible_orgs())::pg_catalog.int4[]);
REVOKE ALL ON TABLE loyalty.customer_statuses FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.customer_statuses TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON VIEW loyalty.customer_statuses IS
    'The status of every customer today, and the fraud status where the org uses that';

CREATE VIEW loyalty.customer_status_log WITH (security_barrier) AS
    SELECT o.org, h.customer_id, h.changed_at, COALESCE(l.label, 'active') AS label,
           COALESCE(p.label, 'active') AS previous_label, COALESCE(loyalty.status_word(l.status), 'active') AS status,
           COALESCE(loyalty.status_word(p.status), 'active') AS previous_status,
           loyalty.fraud_status_word(h.fraud_status) AS fraud_status,
           loyalty.fraud_status_word(h.previous_fraud_status) AS previous_fraud_status, h.reason, h.actor, h.change_id
    FROM loyalty.customer_status_change h
    JOIN loyalty.org o ON o.org_id OPERATOR(pg_catalog.=) h.org_id
    LEFT JOIN loyalty.status_label l ON l.org_id OPERATOR(pg_catalog.=) h.org_id
        AND l.label_id OPERATOR(pg_catalog.=) h.label_id
    LEFT JOIN loyalty.status_label p ON p.org_id OPERATOR(pg_catalog.=) h.org_id
        AND p.label_id OPERATOR(pg_catalog.=) h.previous_label_id
    WHERE h.org_id OPERATOR(pg_catalog.=) ANY ((SELECT loyalty.visible_orgs())::pg_catalog.int4[]);
REVOKE ALL ON TABLE loyalty.customer_status_log FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.customer_status_log TO loyalty_admin, loyalty_agent;
COMMENT ON VIEW loyalty.customer_status_log IS
    'Every change of a customer''s status: from which label to which, why, by whom, when';

CREATE VIEW loyalty.deletion_requests WITH (security_barrier) AS
    SELECT o.org, r.customer_id, r.request_id, r.requested_at, r.requested_by, r.reason,
           COALESCE(l.label, 'active') AS former_label,
           CASE r.decision WHEN 'a' THEN 'approved' WHEN 'd' THEN 'declined' ELSE 'open' END AS decision,
           r.decided_at, r.decided_by
    FROM loyalty.deletion_request r
    JOIN loyalty.org o ON o.org_id OPERATOR(pg_catalog.=) r.org_id
    LEFT JOIN loyalty.status_label l ON l.org_id OPERATOR(pg_catalog.=) r.org_id
        AND l.label_id OPERATOR(pg_catalog.=) r.former_label_id
    WHERE r.org_id OPERATOR(pg_catalog.=) ANY ((SELECT loyalty.visible_orgs())::pg_catalog.int4[]);
REVOKE ALL ON TABLE loyalty.deletion_requests FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.deletion_requests TO loyalty_admin, loyalty_agent;
COMMENT ON VIEW loyalty.deletion_requests IS
    'Who asked for which customers to be deleted, and what was decided';
