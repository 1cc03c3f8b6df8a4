CREATE FUNCTION loyalty.set_verification_rules(
    org text, purpose text, resend_seconds int4 DEFAULT 60, life_seconds int4 DEFAULT 300, attempts int4 DEFAULT 3,
    block_seconds int4 DEFAULT 43200, code_length int4 DEFAULT 6, code_characters text DEFAULT 'digits',
    codes_per_day int4 DEFAULT 10, failures_max int4 DEFAULT 100, proof_seconds int4 DEFAULT 300,
    proof_required bool DEFAULT false, binds_amount bool DEFAULT false)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_verification_rules';
REVOKE ALL ON FUNCTION loyalty.set_verification_rules FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_verification_rules TO loyalty_admin;
COMMENT ON FUNCTION loyalty.set_verification_rules IS
    'Sets the rules of one-time codes of a purpose: how often, how long, how many guesses, and whether its operations need a proof';

CREATE FUNCTION loyalty.set_verification_template(
    org text, purpose text, channel text, body text, language text DEFAULT NULL, subject text DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_verification_template';
REVOKE ALL ON FUNCTION loyalty.set_verification_template FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_verification_template TO loyalty_admin;
COMMENT ON FUNCTION loyalty.set_verification_template IS
    'Sets the text that carries one-time codes of a purpose, in which {{pin}} stands for the code';

CREATE FUNCTION loyalty.send_code(
    org text, purpose text, customer_id int8 DEFAULT NULL, identifier_type text DEFAULT NULL,
    identifier_value text DEFAULT NULL, channel text DEFAULT NULL, amount numeric DEFAULT NULL, program text DEFAULT NULL,
    OUT sent_at timestamptz, OUT expires_at timestamptz)
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_send_code';
REVOKE ALL ON FUNCTION loyalty.send_code FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.send_code TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.send_code IS
    'Sends a one-time code to a customer or an address; it answers the same where nobody has the address';

CREATE FUNCTION loyalty.enter_code(
    org text, purpose text, code text, customer_id int8 DEFAULT NULL, identifier_type text DEFAULT NULL,
    identifier_value text DEFAULT NULL, OUT attempt uuid, OUT attempts_left int4)
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_enter_code';
REVOKE ALL ON FUNCTION loyalty.enter_code FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.enter_code TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.enter_code IS
    'Keeps a guess at a one-time code, and judges nothing: verify_code does, or the call it is for, in a later transaction';

CREATE FUNCTION loyalty.verify_code(
    org text, attempt uuid, OUT verified bool, OUT blocked_until timestamptz)
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_verify_code';
REVOKE ALL ON FUNCTION loyalty.verify_code FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.verify_code TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.verify_code IS
    'Whether a guess that was entered, and committed, is the code';

CREATE FUNCTION loyalty.unblock_verification(
    org text, purpose text, customer_id int8 DEFAULT NULL, identifier_type text DEFAULT NULL,
    identifier_value text DEFAULT NULL, reason text DEFAULT NULL, actor text DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_unblock_verification';
REVOKE ALL ON FUNCTION loyalty.unblock_verification FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.unblock_verification TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.unblock_verification IS
    'Ends a run of wrong guesses by hand: codes may be sent and entered again';
