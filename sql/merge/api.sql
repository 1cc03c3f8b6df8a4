CREATE FUNCTION loyalty.merge_customers(
    org text, survivor_id int8, victim_id int8, accept_warnings bool DEFAULT true, event_time timestamptz DEFAULT NULL,
    till text DEFAULT NULL, reason text DEFAULT NULL, actor text DEFAULT NULL, idempotency_key text DEFAULT NULL,
    OUT merge_id int8, OUT survivor_id int8, OUT warnings text[])
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_merge_customers';
REVOKE ALL ON FUNCTION loyalty.merge_customers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.merge_customers TO loyalty_admin;
COMMENT ON FUNCTION loyalty.merge_customers IS
    'Makes two accounts of one person one: what the victim has becomes the survivor''s, for ever';

CREATE FUNCTION loyalty.preview_merge(
    org text, survivor_id int8, victim_id int8, event_time timestamptz DEFAULT NULL)
    RETURNS TABLE (
        line_no int4, participant text, item text, survivor_value text, victim_value text, final_value text, rule text,
        warning text)
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_preview_merge';
REVOKE ALL ON FUNCTION loyalty.preview_merge FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.preview_merge TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.preview_merge IS
    'What merge_customers would do: both values of everything, the final one and its rule; changes nothing';
