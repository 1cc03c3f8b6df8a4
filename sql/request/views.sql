-- ---------------------------------------------------------------- settings of requests
CREATE VIEW loyalty.change_request_settings WITH (security_barrier) AS
    SELECT o.org, loyalty_data.request_word(s.request_type, 'request_type') AS request_type,
           loyalty_data.request_word(s.notify, 'notify') AS notify, s.notify_amount, s.auto_approve AS is_auto_approved,
           s.auto_approve_points,
           ARRAY(SELECT loyalty_data.request_word(l.letter::"char", 'audience')
                 FROM unnest(string_to_array(s.communicate, NULL)) WITH ORDINALITY l (letter, n)
                 ORDER BY l.n) AS communicate,
           loyalty_data.request_word(s.otp, 'otp') AS otp
    FROM loyalty_data.change_request_setting s
    JOIN loyalty_data.org o ON o.org_id = s.org_id
    WHERE s.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.change_request_settings FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.change_request_settings TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.change_request_settings IS
    'What each org says of its types of requests, where it said something; otherwise nobody is told and all is decided by hand';
COMMENT ON COLUMN loyalty.change_request_settings.notify IS 'Whether contacts are told of a request: never, always, only_when';

CREATE VIEW loyalty.change_request_contacts WITH (security_barrier) AS
    SELECT o.org, loyalty_data.request_word(r.request_type, 'request_type') AS request_type, r.step,
           NULLIF(r.after_hours, 0) AS after_hours, c.contact
    FROM loyalty_data.change_request_contact r
    JOIN loyalty_data.org o ON o.org_id = r.org_id
    JOIN loyalty_data.org_contact c ON c.org_id = r.org_id
        AND c.contact_id = r.contact_id
    WHERE c.is_active AND r.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.change_request_contacts FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.change_request_contacts TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.change_request_contacts IS
    'Who is told of requests of a type as they come (step 0), and who when they have waited';

CREATE VIEW loyalty.change_request_templates WITH (security_barrier) AS
    SELECT o.org, loyalty_data.request_word(r.request_type, 'request_type') AS request_type,
           loyalty_data.request_word(r.audience, 'audience') AS audience, r.channel, m.template,
           COALESCE(jsonb_array_length(r.attachments), 0) AS attachment_count, r.language
    FROM loyalty_data.change_request_template r
    JOIN loyalty_data.org o ON o.org_id = r.org_id
    JOIN loyalty_data.message_template m ON m.org_id = r.org_id
        AND m.template_id = r.template_id
    WHERE r.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.change_request_templates FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.change_request_templates TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.change_request_templates IS
    'By which template each is told of requests of a type, in which languages; message_templates has what they say';

-- ---------------------------------------------------------------- the life of requests
CREATE VIEW loyalty.change_request_log WITH (security_barrier) AS
    SELECT o.org, COALESCE(c.merged_into, c.customer_id) AS customer_id, l.customer_id AS original_customer_id,
           l.request_id, loyalty_data.request_word(r.request_type, 'request_type') AS request_type, l.log_no,
           loyalty_data.request_word(l.change, 'change') AS change, l.logged_at, l.logged_at AT TIME ZONE o.time_zone AS local_time,
           l.role, l.actor, l.subject_id
    FROM loyalty_data.change_request_log l
    JOIN loyalty_data.org o ON o.org_id = l.org_id
    JOIN loyalty_data.change_request r ON r.org_id = l.org_id
        AND r.customer_id = l.customer_id
        AND r.request_id = l.request_id
    JOIN loyalty_data.customer c ON c.org_id = l.org_id
        AND c.customer_id = l.customer_id
    WHERE l.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.change_request_log FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.change_request_log TO loyalty_admin, loyalty_agent;
COMMENT ON VIEW loyalty.change_request_log IS
    'What became of each request for a change of a customer, step by step; deletions stand in deletion_requests';
COMMENT ON COLUMN loyalty.change_request_log.log_no IS 'The steps of a request, from 1';
COMMENT ON COLUMN loyalty.change_request_log.change IS
    'submitted, approved, declined, withdrawn, escalated, moved (its customer was merged) or erased';
COMMENT ON COLUMN loyalty.change_request_log.logged_at IS 'When it happened';
COMMENT ON COLUMN loyalty.change_request_log.local_time IS 'The same on the clocks of the org';
COMMENT ON COLUMN loyalty.change_request_log.role IS 'The role that did it';
COMMENT ON COLUMN loyalty.change_request_log.subject_id IS
    'The survivor that the request moved to, or the step of the escalation; NULL: neither';
