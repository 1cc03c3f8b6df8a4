-- ---------------------------------------------------------------- words
CREATE FUNCTION loyalty_data.request_word(code "char", code_set text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE code_set
        WHEN 'request_type' THEN CASE code WHEN 'm' THEN 'mobile' WHEN 'e' THEN 'email' WHEN 'x' THEN 'external_id'
            WHEN 'a' THEN 'account_merge' WHEN 'n' THEN 'mobile_reallocation' WHEN 'g' THEN 'goodwill_points'
            WHEN 'c' THEN 'goodwill_coupon' WHEN 'p' THEN 'edit_profile' WHEN 'r' THEN 'delete_account'
            WHEN 't' THEN 'retro_transaction' END
        WHEN 'status' THEN CASE code WHEN 'p' THEN 'pending' WHEN 'a' THEN 'approved' WHEN 'd' THEN 'declined' END
        WHEN 'origin' THEN CASE code WHEN 'm' THEN 'member_care' WHEN 'i' THEN 'instore' WHEN 'a' THEN 'api' END
        WHEN 'change' THEN CASE code WHEN 's' THEN 'submitted' WHEN 'a' THEN 'approved' WHEN 'd' THEN 'declined'
            WHEN 'w' THEN 'withdrawn' WHEN 'e' THEN 'escalated' WHEN 'm' THEN 'moved' WHEN 'x' THEN 'erased' END
        WHEN 'audience' THEN CASE code WHEN 'o' THEN 'old_id' WHEN 'n' THEN 'new_id' WHEN 'r' THEN 'requestor'
            WHEN 's' THEN 'survivor' WHEN 'c' THEN 'customer' WHEN 'k' THEN 'contact' END
        WHEN 'notify' THEN CASE code WHEN 'n' THEN 'never' WHEN 'a' THEN 'always' WHEN 'o' THEN 'only_when' END
        WHEN 'otp' THEN CASE code WHEN 'o' THEN 'off' WHEN 'n' THEN 'new' WHEN 'l' THEN 'old' WHEN 'b' THEN 'both' END
    END;
END;
REVOKE ALL ON FUNCTION loyalty_data.request_word FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty_data.request_word TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON FUNCTION loyalty_data.request_word IS
    'The word for a one-character code of requests: code_set is request_type, status, origin, change, audience, notify or otp';

-- ---------------------------------------------------------------- the life of requests
CREATE FUNCTION loyalty.submit_change_request(
    org text, request_type text, customer_id int8 DEFAULT NULL, old_value text DEFAULT NULL, new_value text DEFAULT NULL,
    target_id int8 DEFAULT NULL, payload jsonb DEFAULT NULL, existing text DEFAULT NULL, requested_to text DEFAULT NULL,
    origin text DEFAULT 'api', accept_warnings bool DEFAULT true, old_verification uuid DEFAULT NULL,
    till text DEFAULT NULL, reason text DEFAULT NULL, source text DEFAULT NULL, actor text DEFAULT NULL,
    idempotency_key text DEFAULT NULL, verification uuid DEFAULT NULL, OUT request_id int8, OUT status text, OUT warnings text[])
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
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_check_change_request';
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

-- ---------------------------------------------------------------- settings of requests
CREATE FUNCTION loyalty.set_change_request_rules(
    org text, request_type text, notify text DEFAULT 'never', notify_amount numeric DEFAULT NULL,
    auto_approve bool DEFAULT false, auto_approve_points numeric DEFAULT NULL, communicate text[] DEFAULT '{}',
    otp text DEFAULT 'off')
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_change_request_rules';
REVOKE ALL ON FUNCTION loyalty.set_change_request_rules FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_change_request_rules TO loyalty_admin;
COMMENT ON FUNCTION loyalty.set_change_request_rules IS
    'Says of a type of requests whether contacts are told of one, what is approved by itself, who is told of the change, '
    'and which identifiers are proved by a code';

CREATE FUNCTION loyalty.set_change_request_contacts(
    org text, request_type text, contacts text[], step int4 DEFAULT 0, after_hours int4 DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_change_request_contacts';
REVOKE ALL ON FUNCTION loyalty.set_change_request_contacts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_change_request_contacts TO loyalty_admin;
COMMENT ON FUNCTION loyalty.set_change_request_contacts IS
    'Says which contacts are told of requests of a type: as they come (step 0), or when they have waited so many hours';

CREATE FUNCTION loyalty.set_change_request_template(
    org text, request_type text, audience text, channel text, body text DEFAULT NULL, subject text DEFAULT NULL,
    blocks jsonb DEFAULT NULL, attachments jsonb DEFAULT NULL, language text DEFAULT NULL,
    OUT template text, OUT version_no int4)
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_change_request_template';
REVOKE ALL ON FUNCTION loyalty.set_change_request_template FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_change_request_template TO loyalty_admin;
COMMENT ON FUNCTION loyalty.set_change_request_template IS
    'Says what somebody is told of a request of a type, by a channel and in a language';

-- ---------------------------------------------------------------- lists of requests
CREATE FUNCTION loyalty.change_requests(
    org text, request_types text[] DEFAULT NULL, from_date date DEFAULT NULL, to_date date DEFAULT NULL,
    statuses text[] DEFAULT '{pending,approved,declined}', customer_id int8 DEFAULT NULL, page_size int4 DEFAULT 50,
    page_key text DEFAULT NULL, identifier_type text DEFAULT NULL, identifier_value text DEFAULT NULL)
    RETURNS TABLE (
        request_id int8, request_type text, status text, requested_at timestamptz, local_time timestamp,
        requested_by text, origin text, source text, till text, customer_id int8, original_customer_id int8,
        customer_name text, existing_value text, requested_value text, target_id int8, payload jsonb,
        warnings text[], reason text, actor text, decided_at timestamptz, decided_by text, decision_reason text,
        one_step bool, auto_approved bool, result_id int8, escalated_step int4, page_key text)
    LANGUAGE C STABLE PARALLEL UNSAFE ROWS 50 AS 'MODULE_PATHNAME', 'loyalty_change_requests';
REVOKE ALL ON FUNCTION loyalty.change_requests FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.change_requests TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.change_requests IS
    'Lists requests for changes of customers, the newest first, in pages: deletions, and merges that nobody asked for, are among them';

CREATE FUNCTION loyalty.change_requests_csv(
    org text, request_types text[] DEFAULT NULL, from_date date DEFAULT NULL, to_date date DEFAULT NULL,
    statuses text[] DEFAULT '{pending,approved,declined}', customer_id int8 DEFAULT NULL, raw bool DEFAULT false,
    identifier_type text DEFAULT NULL, identifier_value text DEFAULT NULL)
    RETURNS TABLE (csv_line text)
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_change_requests_csv';
REVOKE ALL ON FUNCTION loyalty.change_requests_csv FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.change_requests_csv TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.change_requests_csv IS
    'The same requests as lines of CSV, with a head; a cell that would be a formula has an apostrophe in front, unless raw';

CREATE PROCEDURE loyalty.escalate_change_requests(
    org text, as_of timestamptz DEFAULT NULL, batch_size int4 DEFAULT 100)
    LANGUAGE C AS 'MODULE_PATHNAME', 'loyalty_escalate_change_requests';
REVOKE ALL ON PROCEDURE loyalty.escalate_change_requests FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE loyalty.escalate_change_requests TO loyalty_admin;
COMMENT ON PROCEDURE loyalty.escalate_change_requests IS
    'Tells contacts of requests that have waited for as long as a step says, once for each step, batch by batch with a commit each';
