CREATE VIEW loyalty.org_config WITH (security_barrier) AS
    SELECT o.org, k.config_key, k.value_type, COALESCE(c.config_value, k.default_value) AS config_value,
           (c.config_key IS NULL) AS is_default, k.default_value, k.allowed, k.description
    FROM loyalty_data.org o
    CROSS JOIN loyalty.config_catalogue() k
    LEFT JOIN loyalty_data.config c
        ON c.org_id = o.org_id AND c.config_key = (k.config_key COLLATE "C")
    WHERE o.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.org_config FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.org_config TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON VIEW loyalty.org_config IS
    'Every configuration key of every org that the caller may see, with the value in force';
