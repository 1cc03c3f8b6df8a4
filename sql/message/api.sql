-- ---------------------------------------------------------------- outbox

-- ---------------------------------------------------------------- delivery

-- ---------------------------------------------------------------- template

-- ---------------------------------------------------------------- sender
CREATE FUNCTION loyalty.create_sender(
    org text, sender text, channel text, org_unit text DEFAULT NULL, is_default bool DEFAULT false,
    bsp_account text DEFAULT NULL, is_verified bool DEFAULT true)
    RETURNS int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_create_sender';
REVOKE ALL ON FUNCTION loyalty.create_sender FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.create_sender TO loyalty_admin;
COMMENT ON FUNCTION loyalty.create_sender IS
    'Registers a sender of the org for a channel, or takes a retired one up again, and answers its id';

CREATE FUNCTION loyalty.update_sender(
    org text, sender text, channel text, org_unit text DEFAULT NULL, bsp_account text DEFAULT NULL,
    is_verified bool DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_update_sender';
REVOKE ALL ON FUNCTION loyalty.update_sender FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.update_sender TO loyalty_admin;
COMMENT ON FUNCTION loyalty.update_sender IS
    'Changes unit, account or verification of a sender';

CREATE FUNCTION loyalty.set_default_sender(org text, sender text, channel text)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_default_sender';
REVOKE ALL ON FUNCTION loyalty.set_default_sender FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_default_sender TO loyalty_admin;
COMMENT ON FUNCTION loyalty.set_default_sender IS
    'Makes a sender the one that speaks for the org on its channel';

CREATE FUNCTION loyalty.retire_sender(org text, sender text, channel text)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_retire_sender';
REVOKE ALL ON FUNCTION loyalty.retire_sender FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.retire_sender TO loyalty_admin;
COMMENT ON FUNCTION loyalty.retire_sender IS
    'Takes a sender out of use; messages that name it keep its name';

CREATE FUNCTION loyalty.create_bsp_account(
    org text, bsp_account text, bsp text, number text, is_verified bool, secrets jsonb)
    RETURNS int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_create_bsp_account';
REVOKE ALL ON FUNCTION loyalty.create_bsp_account FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.create_bsp_account TO loyalty_admin;
COMMENT ON FUNCTION loyalty.create_bsp_account IS
    'Registers an account of the org with a provider, with its keys sealed, and answers its id';

CREATE FUNCTION loyalty.update_bsp_account(
    org text, bsp_account text, number text DEFAULT NULL, is_verified bool DEFAULT NULL, secrets jsonb DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_update_bsp_account';
REVOKE ALL ON FUNCTION loyalty.update_bsp_account FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.update_bsp_account TO loyalty_admin;
COMMENT ON FUNCTION loyalty.update_bsp_account IS
    'Changes number, verification or all keys of an account with a provider';

CREATE FUNCTION loyalty.bsp_secret(org text, bsp_account text)
    RETURNS jsonb
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_bsp_secret';
REVOKE ALL ON FUNCTION loyalty.bsp_secret FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.bsp_secret TO loyalty_gateway;
COMMENT ON FUNCTION loyalty.bsp_secret IS
    'The keys of an account with a provider, for the gateway that calls it';

-- ---------------------------------------------------------------- inbox
