CREATE FUNCTION loyalty.create_status_label(
    org pg_catalog.text, status pg_catalog.text, label pg_catalog.text, description pg_catalog.text DEFAULT NULL)
    RETURNS pg_catalog.int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_create_status_label';
REVOKE ALL ON FUNCTION loyalty.create_status_label(text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.create_status_label(text, text, text, text)
    TO loyalty_admin;
COMMENT ON FUNCTION loyalty.create_status_label(text, text, text, text) IS
    'Makes a label for a status of customers; the first one of a status is its default';

CREATE FUNCTION loyalty.set_default_status_label(
    org pg_catalog.text, status pg_catalog.text, label pg_catalog.text)
    RETURNS pg_catalog.void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_default_status_label';
REVOKE ALL ON FUNCTION loyalty.set_default_status_label(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_default_status_label(text, text, text)
    TO loyalty_admin;
COMMENT ON FUNCTION loyalty.set_default_status_label(text, text, text) IS
    'Chooses the label that stands for a status where none is named';

CREATE FUNCTION loyalty.restrict(
    org pg_catalog.text, restriction pg_catalog.text, labels pg_catalog.text[])
    RETURNS pg_catalog.void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_restrict';
REVOKE ALL ON FUNCTION loyalty.restrict(text, text, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.restrict(text, text, text[])
    TO loyalty_admin;
COMMENT ON FUNCTION loyalty.restrict(text, text, text[]) IS
    'Says which labels stop something: these and no others; {all} is all that can, those to come too';

CREATE FUNCTION loyalty.set_customer_status(
    org pg_catalog.text, customer_id pg_catalog.int8, label pg_catalog.text, reason pg_catalog.text DEFAULT NULL,
    actor pg_catalog.text DEFAULT NULL)
    RETURNS pg_catalog.void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_customer_status';
REVOKE ALL ON FUNCTION loyalty.set_customer_status(text, int8, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_customer_status(text, int8, text, text, text)
    TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.set_customer_status(text, int8, text, text, text) IS
    'Gives a customer another label, and with it a status';

CREATE FUNCTION loyalty.set_fraud_status(
    org pg_catalog.text, customer_id pg_catalog.int8, fraud_status pg_catalog.text, reason pg_catalog.text DEFAULT
    NULL, actor pg_catalog.text DEFAULT NULL)
    RETURNS pg_catalog.void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_fraud_status';
REVOKE ALL ON FUNCTION loyalty.set_fraud_status(text, int8, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_fraud_status(text, int8, text, text, text)
    TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.set_fraud_status(text, int8, text, text, text) IS
    'Marks a customer where the org does not use the customer status yet';

CREATE FUNCTION loyalty.enable_customer_status(
    org pg_catalog.text)
    RETURNS pg_catalog.int8
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_enable_customer_status';
REVOKE ALL ON FUNCTION loyalty.enable_customer_status(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.enable_customer_status(text)
    TO loyalty_admin;
COMMENT ON FUNCTION loyalty.enable_customer_status(text) IS
    'Replaces the fraud status of all customers by the customer status, once; answers how many got a label';

CREATE FUNCTION loyalty.check_restriction(
    org pg_catalog.text, customer_id pg_catalog.int8, operation pg_catalog.text, OUT allowed pg_catalog.bool, OUT
    effects pg_catalog.text[], OUT restrictions pg_catalog.text[], OUT status pg_catalog.text, OUT label
    pg_catalog.text)
    RETURNS pg_catalog.record
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_check_restriction';
REVOKE ALL ON FUNCTION loyalty.check_restriction(text, int8, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.check_restriction(text, int8, text)
    TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.check_restriction(text, int8, text) IS
    'Whether the status of a customer lets an operation happen, wholly or in part';

CREATE FUNCTION loyalty.request_deletion(
    org pg_catalog.text, customer_id pg_catalog.int8, reason pg_catalog.text DEFAULT NULL)
    RETURNS pg_catalog.int8
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_request_deletion';
REVOKE ALL ON FUNCTION loyalty.request_deletion(text, int8, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.request_deletion(text, int8, text)
    TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.request_deletion(text, int8, text) IS
    'Asks for a customer to be deleted for good; until that is decided the customer can do nothing';

CREATE FUNCTION loyalty.approve_deletion(
    org pg_catalog.text, customer_id pg_catalog.int8)
    RETURNS pg_catalog.void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_approve_deletion';
REVOKE ALL ON FUNCTION loyalty.approve_deletion(text, int8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.approve_deletion(text, int8)
    TO loyalty_admin;
COMMENT ON FUNCTION loyalty.approve_deletion(text, int8) IS
    'Deletes a customer for good, as another role requested: whatever is of the person is erased';

CREATE FUNCTION loyalty.decline_deletion(
    org pg_catalog.text, customer_id pg_catalog.int8, reason pg_catalog.text DEFAULT NULL)
    RETURNS pg_catalog.void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_decline_deletion';
REVOKE ALL ON FUNCTION loyalty.decline_deletion(text, int8, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.decline_deletion(text, int8, text)
    TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.decline_deletion(text, int8, text) IS
    'Ends a request for deletion: the customer has its former label again';

CREATE FUNCTION loyalty.restriction_list(
    OUT restriction pg_catalog.text, OUT status pg_catalog.text)
    RETURNS SETOF pg_catalog.record
    LANGUAGE C STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_restriction_list';
REVOKE ALL ON FUNCTION loyalty.restriction_list() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.restriction_list()
    TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON FUNCTION loyalty.restriction_list() IS
    'Every restriction with every status whose labels may have it';

CREATE FUNCTION loyalty.guarded_operations(
    OUT operation pg_catalog.text, OUT restriction pg_catalog.text, OUT effect pg_catalog.text, OUT kind
    pg_catalog.text)
    RETURNS SETOF pg_catalog.record
    LANGUAGE C STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_guarded_operations';
REVOKE ALL ON FUNCTION loyalty.guarded_operations() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.guarded_operations()
    TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON FUNCTION loyalty.guarded_operations() IS
    'Every operation with every restriction, and what the one does to the other';

CREATE FUNCTION loyalty.status_word(
    status pg_catalog."char")
    RETURNS pg_catalog.text
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_status_word';
REVOKE ALL ON FUNCTION loyalty.status_word("char") FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.status_word("char")
    TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON FUNCTION loyalty.status_word("char") IS
    'The word for the code of a status of customers';

CREATE FUNCTION loyalty.fraud_status_word(
    fraud_status pg_catalog."char")
    RETURNS pg_catalog.text
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_fraud_status_word';
REVOKE ALL ON FUNCTION loyalty.fraud_status_word("char") FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.fraud_status_word("char")
    TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON FUNCTION loyalty.fraud_status_word("char") IS
    'The word for the code of a fraud status';

CREATE FUNCTION loyalty.label_restriction_list(
    label pg_catalog.text, status pg_catalog."char", own pg_catalog.int4, of_all pg_catalog.int4)
    RETURNS pg_catalog.text[]
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_label_restriction_list';
REVOKE ALL ON FUNCTION loyalty.label_restriction_list(text, "char", int4, int4) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.label_restriction_list(text, "char", int4, int4)
    TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON FUNCTION loyalty.label_restriction_list(text, "char", int4, int4) IS
    'What a label stops: its own restrictions, those of all labels, and what it is made for';
