CREATE VIEW loyalty.customer_profiles WITH (security_barrier) AS
    SELECT o.org, p.customer_id, s.source, p.account_id, p.first_name, p.last_name, p.mobile,
           p.email, p.external_id, p.cuid, p.updated_at
    FROM loyalty_data.profile p
    JOIN loyalty_data.org o ON o.org_id = p.org_id
    JOIN loyalty_data.source s ON s.source_id = p.source_id
    WHERE p.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.customer_profiles FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.customer_profiles TO loyalty_admin, loyalty_agent;
COMMENT ON VIEW loyalty.customer_profiles IS
    'What each source says of a customer';

CREATE VIEW loyalty.customer_identifier_history WITH (security_barrier) AS
    SELECT o.org, i.customer_id, i.identifier_type,
           CASE WHEN k.of_source THEN split_part(i.identifier_value, '/', 1) END AS source,
           CASE WHEN k.of_source THEN replace(replace(
               split_part(i.identifier_value, '/', 2), '%2F', '/'), '%25', '%') END AS account_id,
           CASE WHEN k.of_source
               THEN regexp_replace(i.identifier_value, '^[^/]*/[^/]*/', '')
               ELSE i.identifier_value END AS identifier_value,
           i.held_from, i.held_until, i.reason, i.actor, i.verified_at
    FROM loyalty_data.customer_identifier i
    CROSS JOIN LATERAL (SELECT i.identifier_type = ANY ('{cuid,wechat,line,facebook,mobile_push}') AS of_source) k
    JOIN loyalty_data.org o ON o.org_id = i.org_id
    WHERE i.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.customer_identifier_history FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.customer_identifier_history TO loyalty_admin, loyalty_agent;
COMMENT ON VIEW loyalty.customer_identifier_history IS
    'Every identifier that a customer holds or held, with its dates and the reason of its change';

CREATE VIEW loyalty.customer_channels WITH (security_barrier) AS
    SELECT o.org, c.customer_id, c.channel, c.address, s.source, c.account_id, c.is_verified, c.is_primary,
           c.updated_at, c.verified_at
    FROM loyalty_data.channel c
    JOIN loyalty_data.org o ON o.org_id = c.org_id
    JOIN loyalty_data.source s ON s.source_id = c.source_id
    WHERE c.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.customer_channels FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.customer_channels TO loyalty_admin, loyalty_agent;
COMMENT ON VIEW loyalty.customer_channels IS
    'How customers can be reached';

CREATE VIEW loyalty.customer_subscriptions WITH (security_barrier) AS
    SELECT o.org, c.customer_id, c.channel, s.source, NULLIF(c.account_id, '') AS account_id, c.purpose, c.consent_no,
           CASE WHEN c.opted_in THEN 'opt_in' ELSE 'opt_out' END AS status, c.consented_at, c.recorded_at,
           c.consent_source,
           NOT EXISTS (SELECT FROM loyalty_data.subscription l WHERE l.org_id = c.org_id
               AND l.customer_id = c.customer_id AND l.channel = c.channel
               AND l.source_id = c.source_id AND l.account_id = c.account_id AND l.purpose = c.purpose
               AND l.consent_no > c.consent_no) AS is_current
    FROM loyalty_data.subscription c
    JOIN loyalty_data.org o ON o.org_id = c.org_id
    LEFT JOIN loyalty_data.source s ON s.source_id = c.source_id
    WHERE c.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.customer_subscriptions FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.customer_subscriptions TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.customer_subscriptions IS
    'What customers agreed to: every consent, the one in force marked is_current';

CREATE VIEW loyalty.customer_fields WITH (security_barrier) AS
    SELECT o.org, v.customer_id, f.kind, f.name, f.data_type, v.field_value, v.number_value, v.updated_at
    FROM loyalty_data.customer_field v
    JOIN loyalty_data.field f ON f.org_id = v.org_id AND f.field_id = v.field_id
    JOIN loyalty_data.org o ON o.org_id = v.org_id
    WHERE v.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.customer_fields FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.customer_fields TO loyalty_admin, loyalty_agent;
COMMENT ON VIEW loyalty.customer_fields IS
    'The standard, extended and custom fields of customers, a row for each value';

COMMENT ON COLUMN loyalty.customer_subscriptions.status IS 'opt_in or opt_out';
COMMENT ON COLUMN loyalty.customer_fields.name IS 'The name of the field';
