CREATE FUNCTION loyalty.submit_change_request(
    org text, request_type text, customer_id int8 DEFAULT NULL, old_value text DEFAULT NULL, new_value text DEFAULT NULL,
    target_id int8 DEFAULT NULL, payload jsonb DEFAULT NULL, existing text DEFAULT NULL, requested_to text DEFAULT NULL,
    origin text DEFAULT 'api', accept_warnings bool DEFAULT true, till text DEFAULT NULL, reason text DEFAULT NULL,
    source text DEFAULT NULL, actor text DEFAULT NULL, idempotency_key text DEFAULT NULL,
    OUT request_id int8, OUT status text, OUT warnings text[])
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_submit_change_request';
REVOKE ALL ON FUNCTION loyalty.submit_change_request FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.submit_change_request TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.submit_change_request IS
    'Asks for a change of a customer that somebody else decides on; nothing changes until then';

CREATE FUNCTION loyalty.approve_change_request(
    org text, request_id int8, accept_warnings bool DEFAULT false, reason text DEFAULT NULL, actor text DEFAULT NULL,
    OUT status text, OUT result_id int8)
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_approve_change_request';
REVOKE ALL ON FUNCTION loyalty.approve_change_request FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.approve_change_request TO loyalty_admin;
COMMENT ON FUNCTION loyalty.approve_change_request IS
    'Approves a request, by another role than the one that made it, and does what it asks for';

CREATE FUNCTION loyalty.decline_change_request(
    org text, request_id int8, reason text, actor text DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_decline_change_request';
REVOKE ALL ON FUNCTION loyalty.decline_change_request FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.decline_change_request TO loyalty_admin;
COMMENT ON FUNCTION loyalty.decline_change_request IS 'Declines a request, with a reason: nothing changes';

CREATE FUNCTION loyalty.withdraw_change_request(
    org text, request_id int8, reason text DEFAULT NULL, actor text DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_withdraw_change_request';
REVOKE ALL ON FUNCTION loyalty.withdraw_change_request FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.withdraw_change_request TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.withdraw_change_request IS 'Takes a request back, by the role that made it';

CREATE FUNCTION loyalty.check_change_request(
    org text, request_id int8, OUT passes bool, OUT changed text[])
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_check_change_request';
REVOKE ALL ON FUNCTION loyalty.check_change_request FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.check_change_request TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.check_change_request IS
    'Whether what a pending request relies on still holds, and what does not; decides nothing';

CREATE FUNCTION loyalty.one_step_change(
    org text, request_type text, existing text, requested_to text, accept_warnings bool DEFAULT true,
    reason text DEFAULT NULL, actor text DEFAULT NULL, OUT request_id int8, OUT result_id int8)
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_one_step_change';
REVOKE ALL ON FUNCTION loyalty.one_step_change FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.one_step_change TO loyalty_admin;
COMMENT ON FUNCTION loyalty.one_step_change IS
    'Changes a mobile, an e-mail or an external id, or merges two accounts, by values and without an approval; kept as a request';
