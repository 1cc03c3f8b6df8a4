CREATE FUNCTION loyalty.set_participation_rules(
    org text, program text, enabled bool DEFAULT true, automatic_registration bool DEFAULT false,
    phone_confirmation bool DEFAULT false, terms text[] DEFAULT '{}', stores text[] DEFAULT '{}')
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_participation_rules';
REVOKE ALL ON FUNCTION loyalty.set_participation_rules FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_participation_rules TO loyalty_admin;
COMMENT ON FUNCTION loyalty.set_participation_rules IS
    'Says whether a program asks for participation, and what makes a participation active';

CREATE FUNCTION loyalty.set_store_sender(org text, store text, sender text DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_store_sender';
REVOKE ALL ON FUNCTION loyalty.set_store_sender FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_store_sender TO loyalty_admin;
COMMENT ON FUNCTION loyalty.set_store_sender IS
    'Gives a store the registered sender in whose name it speaks to mobiles; without one it has none';

CREATE FUNCTION loyalty.enrol_customer(
    org text, customer_id int8, fields jsonb DEFAULT NULL, program text DEFAULT NULL, till text DEFAULT NULL,
    reason text DEFAULT NULL, source text DEFAULT NULL, actor text DEFAULT NULL, idempotency_key text DEFAULT NULL,
    OUT status text, OUT missing text[])
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_enrol_customer';
REVOKE ALL ON FUNCTION loyalty.enrol_customer FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.enrol_customer TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.enrol_customer IS
    'Lets a customer take part in a program: active at once where nothing is missing';

CREATE FUNCTION loyalty.update_participation(
    org text, customer_id int8, fields jsonb, program text DEFAULT NULL, till text DEFAULT NULL,
    OUT status text, OUT missing text[])
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_update_participation';
REVOKE ALL ON FUNCTION loyalty.update_participation FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.update_participation TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.update_participation IS
    'Writes fields of a participation, and makes it active where they were the last that was missing';

CREATE FUNCTION loyalty.activate_participation(
    org text, customer_id int8, program text DEFAULT NULL, till text DEFAULT NULL, verification uuid DEFAULT NULL,
    OUT status text, OUT missing text[], OUT code_sent bool)
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_activate_participation';
REVOKE ALL ON FUNCTION loyalty.activate_participation FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.activate_participation TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.activate_participation IS
    'Makes a participation active where nothing is missing; sends a code to the mobile, or takes the proof of one';

CREATE FUNCTION loyalty.set_participation_status(
    org text, customer_id int8, status text, program text DEFAULT NULL, reason text DEFAULT NULL,
    actor text DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_participation_status';
REVOKE ALL ON FUNCTION loyalty.set_participation_status FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_participation_status TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.set_participation_status IS
    'Sets the status of a participation by hand, whatever is missing';
