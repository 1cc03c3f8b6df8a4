-- ---------------------------------------------------------------- outbox

-- ---------------------------------------------------------------- delivery

-- ---------------------------------------------------------------- template
CREATE VIEW loyalty.message_templates WITH (security_barrier) AS
    SELECT o.org, t.template, t.channel,
           CASE t.purpose WHEN 'p' THEN 'promotional' WHEN 't' THEN 'transactional' WHEN 'c' THEN 'code'
               WHEN 'o' THEN 'contact' END AS purpose,
           t.topic, v.language, v.version_no, loyalty_data.template_status_name(v.status) AS status, v.reason,
           v.status = 'a' AND NOT EXISTS (
               SELECT FROM loyalty_data.template_version n
               WHERE n.org_id = v.org_id AND n.template_id = v.template_id
                 AND n.language = v.language AND n.version_no > v.version_no
                 AND n.status = ANY ('{a,u,x}')) AS is_sent,
           v.subject, v.body, v.blocks, v.components, t.variable_names, v.variable_limits, v.header_id,
           v.external_template_id, t.created_at, v.updated_at
    FROM loyalty_data.message_template t
    JOIN loyalty_data.org o ON o.org_id = t.org_id
    JOIN loyalty_data.template_version v ON v.org_id = t.org_id
        AND v.template_id = t.template_id
    WHERE o.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.message_templates FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.message_templates TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.message_templates IS
    'Every version of every template of messages, with its status and the reason for it';
COMMENT ON COLUMN loyalty.message_templates.status IS 'draft, pending, approved, rejected, paused or disabled';
COMMENT ON COLUMN loyalty.message_templates.purpose IS 'promotional, transactional, code or contact';
COMMENT ON COLUMN loyalty.message_templates.is_sent IS 'Whether this version is what the template says in its language';


-- ---------------------------------------------------------------- sender

-- ---------------------------------------------------------------- inbox
