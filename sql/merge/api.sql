CREATE FUNCTION loyalty.merge_customers(
    org text, survivor_id int8, victim_id int8,
    reason text DEFAULT NULL, event_time timestamptz DEFAULT NULL,
    accept_warnings bool DEFAULT true, actor text DEFAULT NULL,
    idempotency_key text DEFAULT NULL, till text DEFAULT NULL,
    OUT merge_id int8, OUT customer_id int8, OUT warnings text[])
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_merge_customers';
REVOKE ALL ON FUNCTION loyalty.merge_customers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.merge_customers TO loyalty_admin;
COMMENT ON FUNCTION loyalty.merge_customers IS
    'Makes two accounts of one person one: what the victim has becomes the survivor''s, for ever';

CREATE FUNCTION loyalty.preview_merge(
    org text, survivor_id int8, victim_id int8,
    event_time timestamptz DEFAULT NULL,
    OUT line_no int4, OUT participant text, OUT item text,
    OUT survivor_value text, OUT victim_value text, OUT final_value text,
    OUT rule text, OUT warning text)
    RETURNS SETOF record
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_preview_merge';
REVOKE ALL ON FUNCTION loyalty.preview_merge FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.preview_merge TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.preview_merge IS
    'What merge_customers would do: both values of everything, the final one and its rule; changes nothing';
