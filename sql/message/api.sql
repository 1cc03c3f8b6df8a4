-- ---------------------------------------------------------------- outbox

-- ---------------------------------------------------------------- delivery
CREATE FUNCTION loyalty_data.message_word(code "char", code_set text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
    SELECT CASE code_set
        WHEN 'purpose' THEN CASE code WHEN 'p' THEN 'promotional' WHEN 't' THEN 'transactional' WHEN 'c' THEN 'code'
            WHEN 'o' THEN 'contact' END
        WHEN 'state' THEN CASE code WHEN 'q' THEN 'queued' WHEN 'l' THEN 'leased' WHEN 's' THEN 'sent' WHEN 'f' THEN 'failed'
            WHEN 'd' THEN 'dead' WHEN 'e' THEN 'expired' WHEN 'c' THEN 'canceled' WHEN 'x' THEN 'suppressed' END
        WHEN 'delivery_status' THEN CASE code WHEN 's' THEN 'sent' WHEN 'f' THEN 'failed' WHEN 'u' THEN 'undelivered'
            WHEN 'd' THEN 'delivered' WHEN 'r' THEN 'read' END
    END;
END;
REVOKE ALL ON FUNCTION loyalty_data.message_word FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty_data.message_word TO loyalty_admin, loyalty_agent, loyalty_analyst, loyalty_gateway;
COMMENT ON FUNCTION loyalty_data.message_word IS
    'The word for a one-character code of messages: code_set is purpose, state or delivery_status';

CREATE FUNCTION loyalty.record_delivery(
    org text, bsp_account text, provider_message_id text, provider_status text, error_code text DEFAULT NULL,
    occurred_at timestamptz DEFAULT NULL)
    RETURNS text
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_record_delivery';
REVOKE ALL ON FUNCTION loyalty.record_delivery FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.record_delivery TO loyalty_admin, loyalty_gateway;
COMMENT ON FUNCTION loyalty.record_delivery IS
    'Records what a provider reports of a message that was sent';

CREATE FUNCTION loyalty.message_report(
    org text, from_date date DEFAULT NULL, to_date date DEFAULT NULL, campaign text DEFAULT NULL, channel text DEFAULT NULL)
    RETURNS TABLE (
        campaign text, channel text, day date, sent int8, delivered int8, read int8, failed int8, dnd int8)
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_message_report';
REVOKE ALL ON FUNCTION loyalty.message_report FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.message_report TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON FUNCTION loyalty.message_report IS
    'How many messages were sent, delivered and read, by campaign, channel and the org''s day';

CREATE FUNCTION loyalty.customer_interactions(
    org text, customer_id int8, channel text DEFAULT NULL, from_date date DEFAULT NULL, to_date date DEFAULT NULL,
    page_size int4 DEFAULT 50, page_key text DEFAULT NULL)
    RETURNS TABLE (
        message_id int8, channel text, purpose text, state text, delivery_status text, cause text, source text,
        campaign text, address text, subject text, body text, created_at timestamptz, changed_at timestamptz,
        local_time timestamp, page_key text)
    LANGUAGE C STABLE PARALLEL UNSAFE ROWS 50 AS 'MODULE_PATHNAME', 'loyalty_customer_interactions';
REVOKE ALL ON FUNCTION loyalty.customer_interactions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.customer_interactions TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.customer_interactions IS
    'What was sent to a customer, the newest first, in pages; times are those of the org''s clocks, too';

CREATE FUNCTION loyalty.dnd_consents_csv(org text)
    RETURNS SETOF text
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_dnd_consents_csv';
REVOKE ALL ON FUNCTION loyalty.dnd_consents_csv FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.dnd_consents_csv TO loyalty_admin;
COMMENT ON FUNCTION loyalty.dnd_consents_csv IS
    'The consents in force that override the do-not-call register, as lines of CSV for operators';

CREATE FUNCTION loyalty.verify_channels(org text)
    RETURNS TABLE (invariant text, ok bool, detail text)
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_verify_channels';
REVOKE ALL ON FUNCTION loyalty.verify_channels FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.verify_channels TO loyalty_admin;
COMMENT ON FUNCTION loyalty.verify_channels IS
    'Whether messages and events are what they must be; of each invariant the first break';

-- ---------------------------------------------------------------- template

-- ---------------------------------------------------------------- sender

-- ---------------------------------------------------------------- inbox
