-- ---------------------------------------------------------------- outbox

-- ---------------------------------------------------------------- delivery
CREATE VIEW loyalty_data.message_outcome AS
    SELECT m.org_id, m.customer_id, m.message_id, m.campaign, m.channel, m.purpose, m.sender_id, m.parts,
           (m.changed_at AT TIME ZONE o.time_zone)::date AS message_day, m.state = 's' AS is_sent,
           m.delivery_status = ANY ('{d,r}'::"char"[]) AS is_delivered, m.delivery_status = 'r' AS is_read,
           m.state = ANY ('{f,d}'::"char"[]) OR m.delivery_status = ANY ('{f,u}'::"char"[]) AS is_failed,
           (m.state = 'x' AND m.cause = 'dnd') OR COALESCE(r.is_dnd, false) AS is_dnd,
           m.state = 'x' AND m.cause = 'control_group' AS is_control, COALESCE(r.delivered_at, m.changed_at) AS told_at
    FROM loyalty_data.message m
    JOIN loyalty_data.org o ON o.org_id = m.org_id
    CROSS JOIN LATERAL (
        SELECT bool_or(s.cause = 'customer preference is DND') AS is_dnd,
               min(s.occurred_at) FILTER (WHERE s.delivery_status = ANY ('{d,r}'::"char"[])) AS delivered_at
        FROM loyalty_data.message_status s
        WHERE s.org_id = m.org_id AND s.customer_id = m.customer_id AND s.message_id = m.message_id) r
    WHERE m.state <> ALL ('{q,l}'::"char"[]);
REVOKE ALL ON TABLE loyalty_data.message_outcome FROM PUBLIC;
COMMENT ON VIEW loyalty_data.message_outcome IS
    'What became of each message that is done with, for reports; message_day is the org''s, on which it was sent or given up; '
    'told_at is when it was first reported delivered, else when it was sent or given up';

CREATE VIEW loyalty_data.dnd_consent AS
    SELECT s.org_id, s.customer_id, i.identifier_value AS mobile, q.source, NULLIF(s.account_id, '') AS account_id,
           s.consented_at, e.valid_until, s.consent_source
    FROM loyalty_data.subscription s
    JOIN loyalty_data.org o ON o.org_id = s.org_id
    JOIN loyalty_data.customer c ON c.org_id = s.org_id AND c.customer_id = s.customer_id
        AND c.merged_into IS NULL AND c.erased_at IS NULL
    JOIN loyalty_data.customer_identifier i ON i.org_id = s.org_id AND i.customer_id = s.customer_id
        AND i.identifier_type = 'mobile' AND i.held_until IS NULL
    LEFT JOIN loyalty_data.source q ON q.source_id = s.source_id
    CROSS JOIN LATERAL (SELECT loyalty_data.consent_end(s.consented_at, o.time_zone) AS valid_until) e
    WHERE s.channel = 'mobile' AND s.purpose = 'promotional' AND s.opted_in AND e.valid_until > loyalty.clock()
        AND NOT EXISTS (SELECT FROM loyalty_data.subscription l WHERE l.org_id = s.org_id
            AND l.customer_id = s.customer_id AND l.channel = s.channel AND l.source_id = s.source_id
            AND l.account_id = s.account_id AND l.purpose = s.purpose AND l.consent_no > s.consent_no);
REVOKE ALL ON TABLE loyalty_data.dnd_consent FROM PUBLIC;
COMMENT ON VIEW loyalty_data.dnd_consent IS
    'Consents in force that override the do-not-call register, and for how long';

CREATE VIEW loyalty.interactions WITH (security_barrier) AS
    SELECT o.org, m.customer_id, m.message_id, m.channel, loyalty_data.message_word(m.purpose, 'purpose') AS purpose,
           loyalty_data.message_word(m.state, 'state') AS state,
           loyalty_data.message_word(m.delivery_status, 'delivery_status') AS delivery_status, m.cause, e.template, n.sender, s.source,
           m.campaign, m.language, m.attempts, m.parts, m.created_at, m.changed_at,
           m.changed_at AT TIME ZONE o.time_zone AS local_time
    FROM loyalty_data.message m
    JOIN loyalty_data.org o ON o.org_id = m.org_id
    LEFT JOIN loyalty_data.source s ON s.source_id = m.source_id
    LEFT JOIN loyalty_data.sender n ON n.org_id = m.org_id AND n.sender_id = m.sender_id
    LEFT JOIN loyalty_data.message_template e ON e.org_id = m.org_id AND e.template_id = m.template_id
    WHERE m.customer_id <> 0 AND m.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.interactions FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.interactions TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.interactions IS
    'Every message to a customer and what became of it, without its text and address';
COMMENT ON COLUMN loyalty.interactions.local_time IS 'changed_at on the clocks of the org''s time zone';
COMMENT ON COLUMN loyalty.interactions.state IS
    'queued, leased, sent, failed, dead, expired, canceled or suppressed';

CREATE VIEW loyalty.message_reports WITH (security_barrier) AS
    SELECT o.org, m.campaign, m.channel, m.message_day, count(*) FILTER (WHERE m.is_sent) AS sent,
           count(*) FILTER (WHERE m.is_delivered) AS delivered, count(*) FILTER (WHERE m.is_read) AS read,
           count(*) FILTER (WHERE m.is_failed) AS failed, count(*) FILTER (WHERE m.is_dnd) AS dnd
    FROM loyalty_data.message_outcome m
    JOIN loyalty_data.org o ON o.org_id = m.org_id
    WHERE m.customer_id <> 0 AND m.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[])
    GROUP BY o.org, m.campaign, m.channel, m.message_day;
REVOKE ALL ON TABLE loyalty.message_reports FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.message_reports TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.message_reports IS
    'How many messages were sent, delivered and read, by campaign, channel and day';

CREATE VIEW loyalty.message_charges WITH (security_barrier) AS
    SELECT o.org, n.sender, st.store, m.channel, loyalty_data.message_word(m.purpose, 'purpose') AS purpose, m.message_day,
           count(*) AS messages, COALESCE(sum(m.parts), 0)::int8 AS parts
    FROM loyalty_data.message_outcome m
    JOIN loyalty_data.org o ON o.org_id = m.org_id
    LEFT JOIN loyalty_data.sender n ON n.org_id = m.org_id AND n.sender_id = m.sender_id
    LEFT JOIN loyalty_data.customer c ON c.org_id = m.org_id AND c.customer_id = m.customer_id
    LEFT JOIN loyalty_data.till t ON t.org_id = c.org_id AND t.till_id = c.registered_till_id
    LEFT JOIN loyalty_data.store st ON st.org_id = t.org_id AND st.store_id = t.store_id
    WHERE m.is_sent AND m.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[])
    GROUP BY o.org, n.sender, st.store, m.channel, m.purpose, m.message_day;
REVOKE ALL ON TABLE loyalty.message_charges FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.message_charges TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.message_charges IS
    'What was sent, in messages and parts of SMS, by sender, store, channel, purpose and day';
COMMENT ON COLUMN loyalty.message_charges.store IS 'Where the customer was registered; NULL: at no store, or to a contact';

CREATE VIEW loyalty.dnd_consents WITH (security_barrier) AS
    SELECT o.org, d.customer_id, d.mobile, d.source, d.account_id, d.consented_at, d.valid_until, d.consent_source
    FROM loyalty_data.dnd_consent d
    JOIN loyalty_data.org o ON o.org_id = d.org_id
    WHERE d.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.dnd_consents FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.dnd_consents TO loyalty_admin;
COMMENT ON VIEW loyalty.dnd_consents IS
    'Consents in force that override the do-not-call register, for operators';
COMMENT ON COLUMN loyalty.dnd_consents.valid_until IS
    'The first instant at which the consent counts no more: that of the day after the same day six months on';

CREATE VIEW loyalty.delivery_codes WITH (security_barrier) AS
    SELECT o.org, NULLIF(d.bsp, '') AS bsp, NULLIF(d.provider_status, '') AS provider_status,
           NULLIF(d.error_code, '') AS error_code,
           loyalty_data.message_word(d.delivery_status, 'delivery_status') AS delivery_status, d.cause, d.is_own
    FROM loyalty_data.org o
    CROSS JOIN LATERAL (
        SELECT g.bsp, g.provider_status, g.error_code, g.delivery_status, g.cause, false AS is_own
        FROM loyalty_data.delivery_code g
        WHERE NOT EXISTS (
            SELECT FROM loyalty_data.org_delivery_code i
            WHERE i.org_id = o.org_id AND i.bsp = g.bsp AND i.provider_status = g.provider_status AND i.error_code = g.error_code)
        UNION ALL
        SELECT i.bsp, i.provider_status, i.error_code, i.delivery_status, i.cause, true
        FROM loyalty_data.org_delivery_code i
        WHERE i.org_id = o.org_id) d
    WHERE o.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.delivery_codes FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.delivery_codes TO loyalty_admin, loyalty_agent, loyalty_analyst, loyalty_gateway;
COMMENT ON VIEW loyalty.delivery_codes IS
    'What statuses and error codes of providers mean, for each org that the caller may see; NULL stands for any';
COMMENT ON COLUMN loyalty.delivery_codes.is_own IS 'Whether the org said so itself';

-- ---------------------------------------------------------------- template
CREATE VIEW loyalty.message_templates WITH (security_barrier) AS
    SELECT o.org, t.template, t.channel,
           loyalty_data.message_word(t.purpose, 'purpose') AS purpose, t.topic, v.language, v.version_no, loyalty_data.template_status_name(v.status) AS status, v.reason,
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
CREATE VIEW loyalty.inbound_messages WITH (security_barrier) AS
    SELECT o.org, COALESCE(c.merged_into, c.customer_id) AS customer_id, c.customer_id AS original_customer_id,
           m.message_id, m.channel, m.sender,
           CASE m.action WHEN 'o' THEN 'opted_out' WHEN 'i' THEN 'opted_in' ELSE 'none' END AS action,
           m.received_at, m.recorded_at, CASE WHEN w.sees_all THEN m.address WHEN m.address IS NOT NULL THEN '****' END AS address,
           CASE WHEN w.sees_all THEN m.body WHEN m.body IS NOT NULL THEN '****' END AS body
    FROM loyalty_data.inbound_message m
    CROSS JOIN (SELECT pg_has_role('loyalty_admin', 'USAGE') OR pg_has_role('loyalty_agent', 'USAGE') AS sees_all) w
    JOIN loyalty_data.org o ON o.org_id = m.org_id
    LEFT JOIN loyalty_data.customer c ON c.org_id = m.org_id
        AND c.customer_id = m.customer_id
    WHERE m.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.inbound_messages FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.inbound_messages TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.inbound_messages IS
    'What customers wrote, and what was done for it; without a customer: from an address of nobody, or of several. '
    'Addresses and texts are masked for analysts';

CREATE VIEW loyalty.reminders WITH (security_barrier) AS
    SELECT o.org, r.reminder, r.topic, p.program, r.days_before, t.template, r.channel, r.reminded_until, r.is_retired
    FROM loyalty_data.reminder r
    JOIN loyalty_data.org o ON o.org_id = r.org_id
    JOIN loyalty_data.message_template t ON t.org_id = r.org_id
        AND t.template_id = r.template_id
    LEFT JOIN loyalty_data.program p ON p.org_id = r.org_id
        AND p.program_id = r.program_id
    WHERE r.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.reminders FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.reminders TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.reminders IS
    'What customers are reminded of, how long before, and by which template';
COMMENT ON COLUMN loyalty.reminders.topic IS 'What customers are reminded of: points_expiry, birthday or anniversary';

CREATE VIEW loyalty.retention_rules WITH (security_barrier) AS
    SELECT o.org, r.what, r.days
    FROM loyalty_data.retention r
    JOIN loyalty_data.org o ON o.org_id = r.org_id
    WHERE r.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.retention_rules FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.retention_rules TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.retention_rules IS
    'What each org keeps for a time only, and for how many days';
COMMENT ON COLUMN loyalty.retention_rules.what IS 'The word of what is kept for a time';

CREATE VIEW loyalty.metrics WITH (security_barrier) AS
    WITH orgs AS MATERIALIZED (
        SELECT o.org_id, o.org, loyalty.clock() AS now, (loyalty.clock() AT TIME ZONE o.time_zone)::date AS today
        FROM loyalty_data.org o
        WHERE o.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[])
    ), queue AS (
        SELECT o.org, q.channel, CASE q.priority WHEN 0 THEN 'code' WHEN 1 THEN 'transactional' ELSE 'promotional' END AS priority,
               count(*) FILTER (WHERE q.available_at <= o.now) AS waiting,
               count(*) FILTER (WHERE q.available_at > o.now) AS later,
               extract(epoch FROM max(o.now - q.available_at) FILTER (WHERE q.available_at <= o.now)) AS oldest
        FROM orgs o
        JOIN loyalty_data.message_queue q ON q.org_id = o.org_id
        GROUP BY o.org, q.channel, q.priority
    )
    SELECT q.org, v.name, jsonb_build_object('channel', q.channel, 'priority', q.priority) AS labels, v.value::numeric AS value
    FROM queue q
    CROSS JOIN LATERAL (VALUES ('messages_waiting', q.waiting), ('messages_later', q.later),
        ('messages_oldest_seconds', COALESCE(q.oldest, 0))) v (name, value)
    UNION ALL
    SELECT o.org, 'messages_last_day', jsonb_strip_nulls(jsonb_build_object('channel', m.channel, 'state',
               CASE m.state WHEN 'q' THEN 'queued' WHEN 'l' THEN 'leased' WHEN 's' THEN 'sent' WHEN 'f' THEN 'failed'
                   WHEN 'd' THEN 'dead' WHEN 'e' THEN 'expired' WHEN 'c' THEN 'canceled' ELSE 'suppressed' END,
               'cause', m.cause)), count(*)::numeric
    FROM orgs o
    JOIN loyalty_data.message m ON m.org_id = o.org_id
        AND m.created_at > o.now - interval '1 day'
    GROUP BY o.org, m.channel, m.state, m.cause
    UNION ALL
    SELECT o.org, 'inbound_last_day', jsonb_build_object('channel', i.channel, 'action',
               CASE i.action WHEN 'o' THEN 'opted_out' WHEN 'i' THEN 'opted_in' ELSE 'none' END, 'known', i.customer_id <> 0),
           count(*)::numeric
    FROM orgs o
    JOIN loyalty_data.inbound_message i ON i.org_id = o.org_id
        AND i.recorded_at > o.now - interval '1 day'
    GROUP BY o.org, i.channel, i.action, i.customer_id <> 0
    UNION ALL
    SELECT o.org, 'reports_waiting', '{}'::jsonb, count(*)::numeric
    FROM orgs o
    JOIN loyalty_data.provider_message p ON p.org_id = o.org_id
        AND p.waiting_since IS NOT NULL
    GROUP BY o.org
    UNION ALL
    SELECT o.org, 'reminder_days_behind', jsonb_build_object('reminder', r.reminder),
           GREATEST(o.today + r.days_before - r.reminded_until, 0)::numeric
    FROM orgs o
    JOIN loyalty_data.reminder r ON r.org_id = o.org_id
    WHERE NOT r.is_retired AND r.reminded_until IS NOT NULL
    UNION ALL
    SELECT o.org, v.name, jsonb_build_object('job', j.job), v.value
    FROM orgs o
    JOIN loyalty_data.job_run j ON j.org_id = o.org_id
    CROSS JOIN LATERAL (VALUES ('job_seconds_since_end', GREATEST(extract(epoch FROM o.now - j.ended_at), 0)),
        ('job_last_done', j.done::numeric)) v (name, value)
    UNION ALL
    SELECT b.org, v.name, jsonb_build_object('subscriber', b.subscriber), v.value
    FROM loyalty.event_backlog b
    CROSS JOIN LATERAL (VALUES ('events_waiting', b.waiting::numeric),
        ('events_oldest_seconds', GREATEST(extract(epoch FROM loyalty.clock() - b.oldest_at), 0)),
        ('events_most_attempts', b.most_attempts::numeric), ('events_dead', b.dead::numeric)) v (name, value)
    WHERE v.value IS NOT NULL;
REVOKE ALL ON TABLE loyalty.metrics FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.metrics TO loyalty_admin, loyalty_analyst, loyalty_gateway;
COMMENT ON VIEW loyalty.metrics IS
    'Numbers for exporters: what waits, what became of the messages of the last day, what is behind; without personal data';
COMMENT ON COLUMN loyalty.metrics.value IS 'The number';
