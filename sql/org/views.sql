CREATE VIEW loyalty.org_config WITH (security_barrier) AS
    SELECT o.org, k.config_key, k.value_type, COALESCE(c.config_value, k.default_value) AS config_value,
           (c.config_key IS NULL) AS is_default, k.default_value, k.allowed, k.description
    FROM loyalty_data.org o
    CROSS JOIN loyalty.config_catalogue() k
    LEFT JOIN loyalty_data.config c
        ON c.org_id = o.org_id AND c.config_key = (k.config_key COLLATE "C")
    WHERE o.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.org_config FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.org_config TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst, loyalty_gateway;
COMMENT ON VIEW loyalty.org_config IS
    'Every configuration key of every org that the caller may see, with the value in force';

CREATE VIEW loyalty.sources WITH (security_barrier) AS
    SELECT o.org, s.source, s.needs_account AS is_account_needed,
           (s.source_id = 1 OR COALESCE(c.config_value = 'true', false)) AS is_enabled
    FROM loyalty_data.org o
    CROSS JOIN loyalty_data.source s
    LEFT JOIN loyalty_data.config c ON c.org_id = o.org_id AND c.config_key = 'CONF_CLIENT_V2_API_ENABLED'
    WHERE o.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.sources FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.sources TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst, loyalty_gateway;
COMMENT ON VIEW loyalty.sources IS
    'Every source, for each org that the caller may see: whether calls may come from it';
COMMENT ON COLUMN loyalty.sources.is_account_needed IS 'Whether profiles of the source need an account id';
COMMENT ON COLUMN loyalty.sources.is_enabled IS 'Whether the org takes calls from it';

CREATE VIEW loyalty.org_units WITH (security_barrier) AS
    SELECT o.org, u.org_unit, u.name,
           (SELECT count(*) FROM loyalty_data.store s WHERE s.org_id = u.org_id AND s.org_unit_id = u.org_unit_id) AS store_count
    FROM loyalty_data.org_unit u
    JOIN loyalty_data.org o ON o.org_id = u.org_id
    WHERE u.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.org_units FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.org_units TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst, loyalty_gateway;
COMMENT ON VIEW loyalty.org_units IS
    'The units of orgs, each with how many stores it has';
COMMENT ON COLUMN loyalty.org_units.store_count IS 'How many stores are in the unit';

CREATE VIEW loyalty.store_locations WITH (security_barrier) AS
    SELECT o.org, s.store, s.name, u.org_unit, s.address, s.city, s.latitude, s.longitude, s.opening_hours
    FROM loyalty_data.store s
    JOIN loyalty_data.org o ON o.org_id = s.org_id
    LEFT JOIN loyalty_data.org_unit u ON u.org_id = s.org_id
        AND u.org_unit_id = s.org_unit_id
    WHERE s.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.store_locations FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.store_locations TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst, loyalty_gateway;
COMMENT ON VIEW loyalty.store_locations IS
    'Every store, with its unit, where it is and when it is open';
COMMENT ON COLUMN loyalty.store_locations.address IS 'Where customers find it; NULL: not known';
