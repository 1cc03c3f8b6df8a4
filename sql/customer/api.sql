CREATE FUNCTION loyalty.register_customer(
    org pg_catalog.text, mobile pg_catalog.text DEFAULT NULL, email pg_catalog.text DEFAULT NULL,
    external_id pg_catalog.text DEFAULT NULL, first_name pg_catalog.text DEFAULT NULL,
    last_name pg_catalog.text DEFAULT NULL, source pg_catalog.text DEFAULT 'INSTORE',
    account_id pg_catalog.text DEFAULT NULL, till pg_catalog.text DEFAULT NULL,
    registered_on pg_catalog.timestamptz DEFAULT NULL, loyalty_type pg_catalog.text DEFAULT 'loyalty',
    idempotency_key pg_catalog.text DEFAULT NULL,
    base_till pg_catalog.text DEFAULT NULL, fields pg_catalog.jsonb DEFAULT NULL,
    extended_fields pg_catalog.jsonb DEFAULT NULL, custom_fields pg_catalog.jsonb DEFAULT NULL,
    card_series pg_catalog.text DEFAULT NULL, status_label pg_catalog.text DEFAULT NULL,
    status_label_reason pg_catalog.text DEFAULT NULL,
    OUT customer_id pg_catalog.int8, OUT outcome pg_catalog.text, OUT warnings pg_catalog.text[])
    RETURNS pg_catalog.record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_register_customer';
REVOKE ALL ON FUNCTION loyalty.register_customer(
    text, text, text, text, text, text, text, text, text, timestamptz, text, text, text, jsonb, jsonb, jsonb,
    text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.register_customer(
    text, text, text, text, text, text, text, text, text, timestamptz, text, text, text, jsonb, jsonb, jsonb,
    text, text, text)
    TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.register_customer(
    text, text, text, text, text, text, text, text, text, timestamptz, text, text, text, jsonb, jsonb, jsonb,
    text, text, text) IS
    'Creates the customer whom these identifiers name, or updates the one who owns them';

CREATE FUNCTION loyalty.explain_registration(
    org pg_catalog.text, mobile pg_catalog.text DEFAULT NULL, email pg_catalog.text DEFAULT NULL,
    external_id pg_catalog.text DEFAULT NULL, first_name pg_catalog.text DEFAULT NULL,
    last_name pg_catalog.text DEFAULT NULL, source pg_catalog.text DEFAULT 'INSTORE',
    account_id pg_catalog.text DEFAULT NULL, till pg_catalog.text DEFAULT NULL,
    registered_on pg_catalog.timestamptz DEFAULT NULL, loyalty_type pg_catalog.text DEFAULT 'loyalty',
    idempotency_key pg_catalog.text DEFAULT NULL,
    base_till pg_catalog.text DEFAULT NULL, fields pg_catalog.jsonb DEFAULT NULL,
    extended_fields pg_catalog.jsonb DEFAULT NULL, custom_fields pg_catalog.jsonb DEFAULT NULL,
    card_series pg_catalog.text DEFAULT NULL, status_label pg_catalog.text DEFAULT NULL,
    status_label_reason pg_catalog.text DEFAULT NULL,
    OUT row_number pg_catalog.int4, OUT outcome pg_catalog.text, OUT customer_id pg_catalog.int8,
    OUT owners pg_catalog.jsonb, OUT warnings pg_catalog.text[], OUT checks pg_catalog.text[])
    RETURNS pg_catalog.record
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_explain_registration';
REVOKE ALL ON FUNCTION loyalty.explain_registration(
    text, text, text, text, text, text, text, text, text, timestamptz, text, text, text, jsonb, jsonb, jsonb,
    text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.explain_registration(
    text, text, text, text, text, text, text, text, text, timestamptz, text, text, text, jsonb, jsonb, jsonb,
    text, text, text)
    TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.explain_registration(
    text, text, text, text, text, text, text, text, text, timestamptz, text, text, text, jsonb, jsonb, jsonb,
    text, text, text) IS
    'What register_customer would do with the same arguments, and why; changes nothing';

CREATE FUNCTION loyalty.define_field(
    org pg_catalog.text, kind pg_catalog.text, entity pg_catalog.text, name pg_catalog.text,
    data_type pg_catalog.text, required pg_catalog.bool DEFAULT false, allowed_values pg_catalog.text[] DEFAULT
    NULL)
    RETURNS pg_catalog.int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_define_field';
REVOKE ALL ON FUNCTION
    loyalty.define_field(text, text, text, text, text, bool, text[])
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    loyalty.define_field(text, text, text, text, text, bool, text[])
    TO loyalty_admin;
COMMENT ON FUNCTION
    loyalty.define_field(text, text, text, text, text, bool, text[]) IS
    'Defines a standard, extended or custom field and answers its id';

CREATE FUNCTION loyalty.find_customer(
    org pg_catalog.text, identifier_type pg_catalog.text, identifier_value pg_catalog.text)
    RETURNS pg_catalog.int8
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_find_customer';
REVOKE ALL ON FUNCTION loyalty.find_customer(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.find_customer(text, text, text) TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.find_customer(text, text, text) IS
    'The customer whom an identifier names, or NULL';

CREATE FUNCTION loyalty.register_customer_json(
    org pg_catalog.text, payload pg_catalog.jsonb, idempotency_key pg_catalog.text DEFAULT NULL, OUT customer_id
    pg_catalog.int8, OUT outcome pg_catalog.text, OUT warnings pg_catalog.text[])
    RETURNS pg_catalog.record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_register_customer_json';
REVOKE ALL ON FUNCTION
    loyalty.register_customer_json(text, jsonb, text)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    loyalty.register_customer_json(text, jsonb, text)
    TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION
    loyalty.register_customer_json(text, jsonb, text) IS
    'register_customer with one document, in the JSON shape of the field';

CREATE FUNCTION loyalty.update_customer(
    org pg_catalog.text, customer_id pg_catalog.int8, first_name pg_catalog.text DEFAULT NULL, last_name
    pg_catalog.text DEFAULT NULL, base_till pg_catalog.text DEFAULT NULL, fields pg_catalog.jsonb DEFAULT NULL,
    extended_fields pg_catalog.jsonb DEFAULT NULL, custom_fields pg_catalog.jsonb DEFAULT NULL)
    RETURNS pg_catalog.void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_update_customer';
REVOKE ALL ON FUNCTION
    loyalty.update_customer(text, int8, text, text, text, jsonb, jsonb, jsonb)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    loyalty.update_customer(text, int8, text, text, text, jsonb, jsonb, jsonb)
    TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION
    loyalty.update_customer(text, int8, text, text, text, jsonb, jsonb, jsonb) IS
    'Changes what is known of a customer, but for identifiers; what is left out stays';

CREATE FUNCTION loyalty.change_identifier(
    org pg_catalog.text, customer_id pg_catalog.int8, identifier_type pg_catalog.text, new_value
    pg_catalog.text, reason pg_catalog.text DEFAULT NULL)
    RETURNS pg_catalog.void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_change_identifier';
REVOKE ALL ON FUNCTION
    loyalty.change_identifier(text, int8, text, text, text)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    loyalty.change_identifier(text, int8, text, text, text)
    TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION
    loyalty.change_identifier(text, int8, text, text, text) IS
    'Replaces an identifier of a customer, or gives it one; the old one goes to history';

CREATE FUNCTION loyalty.upsert_profile(
    org pg_catalog.text, customer_id pg_catalog.int8, source pg_catalog.text, account_id pg_catalog.text DEFAULT
    NULL, first_name pg_catalog.text DEFAULT NULL, last_name pg_catalog.text DEFAULT NULL, mobile
    pg_catalog.text DEFAULT NULL, email pg_catalog.text DEFAULT NULL, external_id pg_catalog.text DEFAULT NULL,
    cuid pg_catalog.text DEFAULT NULL, channels pg_catalog.jsonb DEFAULT NULL)
    RETURNS pg_catalog.void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_upsert_profile';
REVOKE ALL ON FUNCTION
    loyalty.upsert_profile(text, int8, text, text, text, text, text, text, text, text, jsonb)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    loyalty.upsert_profile(text, int8, text, text, text, text, text, text, text, text, jsonb)
    TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION
    loyalty.upsert_profile(text, int8, text, text, text, text, text, text, text, text, jsonb) IS
    'Writes what a source says of a customer later: names, identifiers, CUID and channels of that profile';

CREATE FUNCTION loyalty.set_channel(
    org pg_catalog.text, customer_id pg_catalog.int8, channel pg_catalog.text, address pg_catalog.text, verified
    pg_catalog.bool DEFAULT NULL, is_primary pg_catalog.bool DEFAULT NULL, device pg_catalog.text DEFAULT NULL,
    source pg_catalog.text DEFAULT 'INSTORE', account_id pg_catalog.text DEFAULT NULL)
    RETURNS pg_catalog.void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_channel';
REVOKE ALL ON FUNCTION
    loyalty.set_channel(text, int8, text, text, bool, bool, text, text, text)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    loyalty.set_channel(text, int8, text, text, bool, bool, text, text, text)
    TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION
    loyalty.set_channel(text, int8, text, text, bool, bool, text, text, text) IS
    'Adds an address of a communication channel to a customer, or changes what is known of it';

CREATE FUNCTION loyalty.set_subscription(
    org pg_catalog.text, customer_id pg_catalog.int8, channel pg_catalog.text, purpose pg_catalog.text, opted_in
    pg_catalog.bool, source pg_catalog.text DEFAULT NULL, consented_at pg_catalog.timestamptz DEFAULT NULL,
    consent_source pg_catalog.text DEFAULT NULL)
    RETURNS pg_catalog.void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_subscription';
REVOKE ALL ON FUNCTION
    loyalty.set_subscription(text, int8, text, text, bool, text, timestamptz, text)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    loyalty.set_subscription(text, int8, text, text, bool, text, timestamptz, text)
    TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION
    loyalty.set_subscription(text, int8, text, text, bool, text, timestamptz, text) IS
    'Records that a customer opts in or out of messages on a channel; earlier consents stay in history';

CREATE FUNCTION loyalty.set_test_control(
    org pg_catalog.text, customer_id pg_catalog.int8, test_control pg_catalog.text)
    RETURNS pg_catalog.void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_test_control';
REVOKE ALL ON FUNCTION
    loyalty.set_test_control(text, int8, text)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    loyalty.set_test_control(text, int8, text)
    TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION
    loyalty.set_test_control(text, int8, text) IS
    'Puts a customer into the test or the control group by hand; NULL: as the org''s percentage has it';

CREATE FUNCTION loyalty.set_ndnc_status(
    org pg_catalog.text, mobile pg_catalog.text, status pg_catalog.text)
    RETURNS pg_catalog.void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_ndnc_status';
REVOKE ALL ON FUNCTION
    loyalty.set_ndnc_status(text, text, text)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    loyalty.set_ndnc_status(text, text, text)
    TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION
    loyalty.set_ndnc_status(text, text, text) IS
    'Records what the do-not-call register says of a mobile';

CREATE FUNCTION loyalty.customer_single_view(
    org pg_catalog.text, customer_id pg_catalog.int8)
    RETURNS pg_catalog.jsonb
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_customer_single_view';
REVOKE ALL ON FUNCTION
    loyalty.customer_single_view(text, int8)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    loyalty.customer_single_view(text, int8)
    TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION
    loyalty.customer_single_view(text, int8) IS
    'Everything a member-care screen shows first about a customer';
