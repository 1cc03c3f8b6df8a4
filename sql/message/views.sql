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
CREATE VIEW loyalty.senders WITH (security_barrier) AS
    SELECT o.org, s.channel, s.sender, u.org_unit, b.bsp_account, s.is_default, s.is_verified, s.is_active
    FROM loyalty_data.sender s
    JOIN loyalty_data.org o ON o.org_id = s.org_id
    LEFT JOIN loyalty_data.org_unit u ON u.org_id = s.org_id
        AND u.org_unit_id = s.org_unit_id
    LEFT JOIN loyalty_data.bsp_account b ON b.org_id = s.org_id
        AND b.bsp_account_id = s.bsp_account_id
    WHERE s.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.senders FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.senders TO loyalty_admin, loyalty_agent, loyalty_analyst, loyalty_gateway;
COMMENT ON VIEW loyalty.senders IS
    'In whose name each org sends, by channel; retired ones, too';
COMMENT ON COLUMN loyalty.senders.is_default IS 'Whether it speaks for the org where no other sender is asked for';
COMMENT ON COLUMN loyalty.senders.is_active IS 'Whether it is in use: false where it was retired';

CREATE VIEW loyalty.bsp_accounts WITH (security_barrier) AS
    SELECT o.org, b.bsp_account, b.bsp, b.number, b.is_verified, b.secret_set_at
    FROM loyalty_data.bsp_account b
    JOIN loyalty_data.org o ON o.org_id = b.org_id
    WHERE b.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.bsp_accounts FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.bsp_accounts TO loyalty_admin, loyalty_agent, loyalty_analyst, loyalty_gateway;
COMMENT ON VIEW loyalty.bsp_accounts IS
    'Accounts of orgs with providers, without their keys';

CREATE VIEW loyalty.contacts WITH (security_barrier) AS
    SELECT o.org, c.contact, CASE WHEN s.is_staff THEN c.name ELSE '****' END AS name,
           CASE WHEN s.is_staff THEN c.email WHEN c.email IS NOT NULL THEN '****' END AS email,
           CASE WHEN s.is_staff THEN c.mobile WHEN c.mobile IS NOT NULL THEN '****' END AS mobile, c.topics
    FROM loyalty_data.org_contact c
    JOIN loyalty_data.org o ON o.org_id = c.org_id
    CROSS JOIN (SELECT pg_has_role('loyalty_admin', 'USAGE') OR pg_has_role('loyalty_agent', 'USAGE')) s (is_staff)
    WHERE c.is_active AND c.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.contacts FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.contacts TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.contacts IS
    'People of each org who are told of topics; names and addresses are masked for analysts';
COMMENT ON COLUMN loyalty.contacts.name IS 'The name of the person; masked for analysts';
COMMENT ON COLUMN loyalty.contacts.email IS 'The e-mail of the person; NULL: none; masked for analysts';
COMMENT ON COLUMN loyalty.contacts.mobile IS 'The mobile of the person; NULL: none; masked for analysts';

CREATE VIEW loyalty.contact_topics WITH (security_barrier) AS
    SELECT o.org, t.topic, CASE t.notify WHEN 'n' THEN 'never' WHEN 'a' THEN 'always' ELSE 'only_when' END AS notify, t.amount
    FROM loyalty_data.contact_topic t
    JOIN loyalty_data.org o ON o.org_id = t.org_id
    WHERE t.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.contact_topics FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.contact_topics TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.contact_topics IS
    'When contacts are told of a topic, where something was said; otherwise always';
COMMENT ON COLUMN loyalty.contact_topics.amount IS 'From which amount on they are told; NULL: whatever it is';

-- ---------------------------------------------------------------- inbox
