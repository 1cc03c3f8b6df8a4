CREATE FUNCTION loyalty.merge_customers(
    org pg_catalog.text, survivor_id pg_catalog.int8, victim_id pg_catalog.int8,
    reason pg_catalog.text DEFAULT NULL, event_time pg_catalog.timestamptz DEFAULT NULL,
    accept_warnings pg_catalog.bool DEFAULT true, actor pg_catalog.text DEFAULT NULL,
    idempotency_key pg_catalog.text DEFAULT NULL, till pg_catalog.text DEFAULT NULL,
    OUT merge_id pg_catalog.int8, OUT customer_id pg_catalog.int8, OUT warnings pg_catalog.text[])
    RETURNS pg_catalog.record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_merge_customers';
REVOKE ALL ON FUNCTION loyalty.merge_customers(text, int8, int8, text, timestamptz, bool, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.merge_customers(text, int8, int8, text, timestamptz, bool, text, text, text)
    TO loyalty_admin;
COMMENT ON FUNCTION loyalty.merge_customers(text, int8, int8, text, timestamptz, bool, text, text, text) IS
    'Makes two accounts of one person one: what the victim has becomes the survivor''s, for ever';

CREATE FUNCTION loyalty.preview_merge(
    org pg_catalog.text, survivor_id pg_catalog.int8, victim_id pg_catalog.int8,
    event_time pg_catalog.timestamptz DEFAULT NULL,
    OUT line_no pg_catalog.int4, OUT participant pg_catalog.text, OUT item pg_catalog.text,
    OUT survivor_value pg_catalog.text, OUT victim_value pg_catalog.text, OUT final_value pg_catalog.text,
    OUT rule pg_catalog.text, OUT warning pg_catalog.text)
    RETURNS SETOF pg_catalog.record
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_preview_merge';
REVOKE ALL ON FUNCTION loyalty.preview_merge(text, int8, int8, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.preview_merge(text, int8, int8, timestamptz) TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.preview_merge(text, int8, int8, timestamptz) IS
    'What merge_customers would do: both values of everything, the final one and its rule; changes nothing';
