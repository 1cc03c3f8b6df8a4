-- ---------------------------------------------------------------- outbox

-- ---------------------------------------------------------------- delivery

-- ---------------------------------------------------------------- template

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

-- ---------------------------------------------------------------- inbox
