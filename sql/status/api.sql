CREATE FUNCTION loyalty.create_status_label(org text, status text, label text, description text DEFAULT NULL)
    RETURNS int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_create_status_label';
REVOKE ALL ON FUNCTION loyalty.create_status_label FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.create_status_label TO loyalty_admin;
COMMENT ON FUNCTION loyalty.create_status_label IS
    'Makes a label for a status of customers; the first one of a status is its default';

CREATE FUNCTION loyalty.set_default_status_label(org text, status text, label text)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_default_status_label';
REVOKE ALL ON FUNCTION loyalty.set_default_status_label FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_default_status_label TO loyalty_admin;
COMMENT ON FUNCTION loyalty.set_default_status_label IS
    'Chooses the label that stands for a status where none is named';

CREATE FUNCTION loyalty.set_restriction(org text, restriction text, labels text[])
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_restriction';
REVOKE ALL ON FUNCTION loyalty.set_restriction FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_restriction TO loyalty_admin;
COMMENT ON FUNCTION loyalty.set_restriction IS
    'Says which labels stop something: these and no others; {all} is all that can, those to come too';

CREATE FUNCTION loyalty.set_customer_status(
    org text, customer_id int8, label text, reason text DEFAULT NULL, actor text DEFAULT NULL,
    verification uuid DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_customer_status';
REVOKE ALL ON FUNCTION loyalty.set_customer_status FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_customer_status TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.set_customer_status IS
    'Gives a customer another label, and with it a status';

CREATE FUNCTION loyalty.set_fraud_status(
    org text, customer_id int8, fraud_status text, reason text DEFAULT NULL, actor text DEFAULT NULL,
    verification uuid DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_fraud_status';
REVOKE ALL ON FUNCTION loyalty.set_fraud_status FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_fraud_status TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.set_fraud_status IS
    'Marks a customer where the org does not use the customer status yet';

CREATE FUNCTION loyalty.enable_customer_status(org text)
    RETURNS int8
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_enable_customer_status';
REVOKE ALL ON FUNCTION loyalty.enable_customer_status FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.enable_customer_status TO loyalty_admin;
COMMENT ON FUNCTION loyalty.enable_customer_status IS
    'Replaces the fraud status of all customers by the customer status, once; answers how many got a label';

CREATE FUNCTION loyalty.check_restriction(
    org text, customer_id int8 DEFAULT NULL, operation text DEFAULT NULL, identifier_type text DEFAULT NULL,
    identifier_value text DEFAULT NULL,
    OUT allowed bool, OUT effects text[], OUT restrictions text[], OUT status text, OUT label text)
    RETURNS record
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_check_restriction';
REVOKE ALL ON FUNCTION loyalty.check_restriction FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.check_restriction TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.check_restriction IS
    'Whether the status of a customer lets an operation happen, wholly or in part';

CREATE FUNCTION loyalty.request_deletion(org text, customer_id int8, reason text DEFAULT NULL)
    RETURNS int8
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_request_deletion';
REVOKE ALL ON FUNCTION loyalty.request_deletion FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.request_deletion TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.request_deletion IS
    'Asks for a customer to be deleted for good; until that is decided the customer can do nothing';

CREATE FUNCTION loyalty.approve_deletion(org text, customer_id int8)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_approve_deletion';
REVOKE ALL ON FUNCTION loyalty.approve_deletion FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.approve_deletion TO loyalty_admin;
COMMENT ON FUNCTION loyalty.approve_deletion IS
    'Deletes a customer for good, as another role requested: whatever is of the person is erased';

CREATE FUNCTION loyalty.decline_deletion(org text, customer_id int8, reason text DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_decline_deletion';
REVOKE ALL ON FUNCTION loyalty.decline_deletion FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.decline_deletion TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.decline_deletion IS
    'Ends a request for deletion: the customer has its former label again';

CREATE FUNCTION loyalty.restriction_list()
    RETURNS TABLE (
        restriction text, status text)
    LANGUAGE C STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_restriction_list';
REVOKE ALL ON FUNCTION loyalty.restriction_list FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.restriction_list TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON FUNCTION loyalty.restriction_list IS
    'Every restriction with every status whose labels may have it';

CREATE FUNCTION loyalty.guarded_operations()
    RETURNS TABLE (
        operation text, restriction text, effect text, kind text)
    LANGUAGE C STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_guarded_operations';
REVOKE ALL ON FUNCTION loyalty.guarded_operations FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.guarded_operations TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON FUNCTION loyalty.guarded_operations IS
    'Every operation with every restriction, and what the one does to the other';

CREATE FUNCTION loyalty_data.status_word(status "char")
    RETURNS text
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_status_word';
REVOKE ALL ON FUNCTION loyalty_data.status_word FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty_data.status_word TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON FUNCTION loyalty_data.status_word IS
    'The word for the code of a status of customers';

CREATE FUNCTION loyalty_data.fraud_status_word(fraud_status "char")
    RETURNS text
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_fraud_status_word';
REVOKE ALL ON FUNCTION loyalty_data.fraud_status_word FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty_data.fraud_status_word TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON FUNCTION loyalty_data.fraud_status_word IS
    'The word for the code of a fraud status';

CREATE FUNCTION loyalty_data.label_restriction_list(label text, status "char", own int4, of_all int4)
    RETURNS text[]
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_label_restriction_list';
REVOKE ALL ON FUNCTION loyalty_data.label_restriction_list FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty_data.label_restriction_list TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON FUNCTION loyalty_data.label_restriction_list IS
    'What a label stops: its own restrictions, those of all labels, and what it is made for';
