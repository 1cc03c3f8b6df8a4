CREATE FUNCTION loyalty.register_customer(
    org pg_catalog.text, mobile pg_catalog.text DEFAULT NULL, email pg_catalog.text DEFAULT NULL,
    external_id pg_catalog.text DEFAULT NULL, first_name pg_catalog.text DEFAULT NULL,
    last_name pg_catalog.text DEFAULT NULL, source pg_catalog.text DEFAULT 'INSTORE',
    account_id pg_catalog.text DEFAULT NULL, till pg_catalog.text DEFAULT NULL,
    registered_on pg_catalog.timestamptz DEFAULT NULL, loyalty_type pg_catalog.text DEFAULT 'loyalty',
    idempotency_key pg_catalog.text DEFAULT NULL, card_series pg_catalog.text DEFAULT NULL,
    OUT customer_id pg_catalog.int8, OUT outcome pg_catalog.text, OUT warnings pg_catalog.text[])
    RETURNS pg_catalog.record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_register_customer';
REVOKE ALL ON FUNCTION
    loyalty.register_customer(text, text, text, text, text, text, text, text, text, timestamptz, text, text,
    text)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    loyalty.register_customer(text, text, text, text, text, text, text, text, text, timestamptz, text, text,
    text)
    TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION
    loyalty.register_customer(text, text, text, text, text, text, text, text, text, timestamptz, text, text,
    text) IS
    'Creates the customer whom these identifiers name, or updates the one who owns them';

CREATE FUNCTION loyalty.find_customer(
    org pg_catalog.text, identifier_type pg_catalog.text, identifier_value pg_catalog.text)
    RETURNS pg_catalog.int8
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_find_customer';
REVOKE ALL ON FUNCTION loyalty.find_customer(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.find_customer(text, text, text) TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.find_customer(text, text, text) IS
    'The customer whom an identifier names, or NULL';
