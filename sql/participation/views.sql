CREATE VIEW loyalty.participation_rules WITH (security_barrier) AS
    SELECT o.org, p.program, a.is_on AS is_enabled, a.automatic_registration AS has_automatic_registration,
           a.phone_confirmation AS has_phone_confirmation,
           ARRAY(SELECT t.term FROM loyalty_data.activation_term t
               WHERE t.org_id = a.org_id AND t.program_id = a.program_id ORDER BY t.term_no) AS terms,
           ARRAY(SELECT s.store FROM loyalty_data.activation_store q
               JOIN loyalty_data.store s ON s.org_id = q.org_id AND s.store_id = q.store_id
               WHERE q.org_id = a.org_id AND q.program_id = a.program_id ORDER BY s.store) AS stores
    FROM loyalty_data.program_activation a
    JOIN loyalty_data.org o ON o.org_id = a.org_id
    JOIN loyalty_data.program p ON p.org_id = a.org_id AND p.program_id = a.program_id
    WHERE a.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.participation_rules FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.participation_rules TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON VIEW loyalty.participation_rules IS
    'What each program asks of those who take part';

CREATE VIEW loyalty.store_senders WITH (security_barrier) AS
    SELECT o.org, s.store, n.sender, n.is_active AND n.is_verified AS is_usable
    FROM loyalty_data.store_sender q
    JOIN loyalty_data.org o ON o.org_id = q.org_id
    JOIN loyalty_data.store s ON s.org_id = q.org_id AND s.store_id = q.store_id
    JOIN loyalty_data.sender n ON n.org_id = q.org_id AND n.sender_id = q.sender_id
    WHERE q.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.store_senders FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.store_senders TO loyalty_admin, loyalty_agent;
COMMENT ON VIEW loyalty.store_senders IS
    'The sender by which each store speaks to mobiles';

CREATE VIEW loyalty.participations WITH (security_barrier) AS
    SELECT o.org, c.customer_id, p.program, loyalty_data.ledger_word(c.status, 'participation') AS status,
           c.enrolled_at, (c.enrolled_at AT TIME ZONE o.time_zone)::date AS enrolled_date, c.activated_at,
           (c.activated_at AT TIME ZONE o.time_zone)::date AS activated_date,
           CASE c.origin WHEN 'e' THEN 'enrolment' WHEN 'r' THEN 'registration' WHEN 's' THEN 'status'
               WHEN 'g' THEN 'merge' END AS origin, t.till, s.source
    FROM loyalty_data.participation c
    JOIN loyalty_data.org o ON o.org_id = c.org_id
    JOIN loyalty_data.program p ON p.org_id = c.org_id AND p.program_id = c.program_id
    LEFT JOIN loyalty_data.till t ON t.org_id = c.org_id AND t.till_id = c.till_id
    LEFT JOIN loyalty_data.source s ON s.source_id = c.source_id
    WHERE c.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.participations FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.participations TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.participations IS
    'Who takes part in which program today, and since when';

CREATE VIEW loyalty.participation_history WITH (security_barrier) AS
    SELECT o.org, h.customer_id, p.program, h.change_no,
           loyalty_data.ledger_word(h.new_status, 'participation') AS status,
           loyalty_data.ledger_word(h.old_status, 'participation') AS previous_status,
           h.changed_at AS valid_from, (h.changed_at AT TIME ZONE o.time_zone)::date AS valid_from_date,
           (SELECT n.changed_at FROM loyalty_data.participation_change n
               WHERE n.org_id = h.org_id AND n.customer_id = h.customer_id AND n.program_id = h.program_id
                   AND n.change_no = h.change_no + 1) AS valid_until,
           CASE h.cause WHEN 'e' THEN 'enrolment' WHEN 'r' THEN 'registration' WHEN 't' THEN 'terms_met'
               WHEN 's' THEN 'status' WHEN 'g' THEN 'merge' END AS cause, q.reason, q.actor
    FROM loyalty_data.participation_change h
    JOIN loyalty_data.org o ON o.org_id = h.org_id
    JOIN loyalty_data.program p ON p.org_id = h.org_id AND p.program_id = h.program_id
    LEFT JOIN loyalty_data.participation_note q ON q.org_id = h.org_id AND q.customer_id = h.customer_id
        AND q.program_id = h.program_id AND q.change_no = h.change_no
    WHERE h.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.participation_history FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.participation_history TO loyalty_admin, loyalty_agent;
COMMENT ON VIEW loyalty.participation_history IS
    'Which status each participation had from when to when, and what made it so';

COMMENT ON COLUMN loyalty.participation_rules.is_enabled IS 'Whether the program asks at all';
COMMENT ON COLUMN loyalty.participation_rules.has_automatic_registration IS
    'Whether whoever becomes a loyalty customer takes part from then on';
COMMENT ON COLUMN loyalty.participation_rules.has_phone_confirmation IS 'Whether the mobile of now must be confirmed';
COMMENT ON COLUMN loyalty.participation_rules.terms IS 'What must be known before a participation becomes active';
COMMENT ON COLUMN loyalty.participation_rules.stores IS 'In whose name codes are sent';
COMMENT ON COLUMN loyalty.store_senders.is_usable IS 'Whether the sender is in use and verified';
COMMENT ON COLUMN loyalty.participations.status IS 'not_confirmed, active or deactivated';
COMMENT ON COLUMN loyalty.participations.enrolled_at IS 'When the participation was made';
COMMENT ON COLUMN loyalty.participations.enrolled_date IS 'The day of it, in the org''s time zone';
COMMENT ON COLUMN loyalty.participations.activated_at IS 'When it became active last; NULL: it never was';
COMMENT ON COLUMN loyalty.participations.activated_date IS 'The day of it, in the org''s time zone';
COMMENT ON COLUMN loyalty.participations.origin IS 'enrolment, registration, status or merge';
COMMENT ON COLUMN loyalty.participation_history.change_no IS 'Changes of one participation, from 1';
COMMENT ON COLUMN loyalty.participation_history.status IS 'not_confirmed, active or deactivated';
COMMENT ON COLUMN loyalty.participation_history.previous_status IS 'What it was before; none: there was no participation';
COMMENT ON COLUMN loyalty.participation_history.valid_from IS 'When it became so';
COMMENT ON COLUMN loyalty.participation_history.valid_from_date IS 'The day of it, in the org''s time zone';
COMMENT ON COLUMN loyalty.participation_history.cause IS 'enrolment, registration, terms_met, status or merge';
