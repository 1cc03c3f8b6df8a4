CREATE FUNCTION loyalty.register_customer(
    org text, mobile text DEFAULT NULL, email text DEFAULT NULL, external_id text DEFAULT NULL,
    first_name text DEFAULT NULL, last_name text DEFAULT NULL, registered_on timestamptz DEFAULT NULL,
    loyalty_type text DEFAULT 'loyalty', base_till text DEFAULT NULL, fields jsonb DEFAULT NULL,
    extended_fields jsonb DEFAULT NULL, custom_fields jsonb DEFAULT NULL, card_series text DEFAULT NULL,
    status_label text DEFAULT NULL, status_label_reason text DEFAULT NULL, till text DEFAULT NULL,
    source text DEFAULT 'INSTORE', account_id text DEFAULT NULL, actor text DEFAULT NULL,
    idempotency_key text DEFAULT NULL, verification uuid DEFAULT NULL,
    OUT customer_id int8, OUT outcome text, OUT warnings text[])
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_register_customer';
REVOKE ALL ON FUNCTION loyalty.register_customer FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.register_customer TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.register_customer IS
    'Creates the customer whom these identifiers name, or updates the one who owns them';

CREATE FUNCTION loyalty.explain_registration(
    org text, mobile text DEFAULT NULL, email text DEFAULT NULL, external_id text DEFAULT NULL,
    first_name text DEFAULT NULL, last_name text DEFAULT NULL, registered_on timestamptz DEFAULT NULL,
    loyalty_type text DEFAULT 'loyalty', base_till text DEFAULT NULL, fields jsonb DEFAULT NULL,
    extended_fields jsonb DEFAULT NULL, custom_fields jsonb DEFAULT NULL, card_series text DEFAULT NULL,
    status_label text DEFAULT NULL, status_label_reason text DEFAULT NULL, till text DEFAULT NULL,
    source text DEFAULT 'INSTORE', account_id text DEFAULT NULL, actor text DEFAULT NULL,
    idempotency_key text DEFAULT NULL,
    OUT decision_row int4, OUT outcome text, OUT customer_id int8, OUT owners jsonb, OUT warnings text[],
    OUT checks text[])
    RETURNS record
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_explain_registration';
REVOKE ALL ON FUNCTION loyalty.explain_registration FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.explain_registration TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.explain_registration IS
    'What register_customer would do with the same arguments, and why; changes nothing';

CREATE FUNCTION loyalty.define_field(
    org text, kind text, entity text, name text, data_type text, is_required bool DEFAULT false,
    allowed_values text[] DEFAULT NULL)
    RETURNS int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_define_field';
REVOKE ALL ON FUNCTION loyalty.define_field FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.define_field TO loyalty_admin;
COMMENT ON FUNCTION loyalty.define_field IS
    'Defines a standard, extended or custom field and answers its id';

CREATE FUNCTION loyalty.find_customer(
    org text, identifier_type text, identifier_value text, source text DEFAULT NULL, account_id text DEFAULT NULL)
    RETURNS int8
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_find_customer';
REVOKE ALL ON FUNCTION loyalty.find_customer FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.find_customer TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.find_customer IS
    'The customer whom an identifier names, or NULL';

CREATE FUNCTION loyalty.search_customers(
    org text, name text DEFAULT NULL, mobile text DEFAULT NULL, email text DEFAULT NULL, external_id text DEFAULT NULL,
    page_size int4 DEFAULT 50, page_key text DEFAULT NULL, card_number text DEFAULT NULL, card_external_id text DEFAULT NULL)
    RETURNS TABLE (
        customer_id int8, first_name text, last_name text, mobile text, email text, external_id text, loyalty_type text,
        registered_on timestamptz, page_key text)
    LANGUAGE C STABLE PARALLEL UNSAFE ROWS 50 AS 'MODULE_PATHNAME', 'loyalty_search_customers';
REVOKE ALL ON FUNCTION loyalty.search_customers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.search_customers TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.search_customers IS
    'Customers by what staff is told of them: the beginning of a name, identifiers, cards; in pages';

CREATE FUNCTION loyalty.register_customer_json(
    org text, payload jsonb, actor text DEFAULT NULL, idempotency_key text DEFAULT NULL,
    OUT customer_id int8, OUT outcome text, OUT warnings text[])
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_register_customer_json';
REVOKE ALL ON FUNCTION loyalty.register_customer_json FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.register_customer_json TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.register_customer_json IS
    'register_customer with one document, in the JSON shape of the field';

CREATE FUNCTION loyalty.update_customer(
    org text, customer_id int8, first_name text DEFAULT NULL, last_name text DEFAULT NULL, base_till text DEFAULT NULL,
    fields jsonb DEFAULT NULL, extended_fields jsonb DEFAULT NULL, custom_fields jsonb DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_update_customer';
REVOKE ALL ON FUNCTION loyalty.update_customer FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.update_customer TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.update_customer IS
    'Changes what is known of a customer, but for identifiers; what is left out stays';

CREATE FUNCTION loyalty.change_identifier(
    org text, customer_id int8, identifier_type text, new_value text, reason text DEFAULT NULL, actor text DEFAULT NULL,
    verification uuid DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_change_identifier';
REVOKE ALL ON FUNCTION loyalty.change_identifier FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.change_identifier TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.change_identifier IS
    'Replaces an identifier of a customer, or gives it one; the old one goes to history';

CREATE FUNCTION loyalty.release_identifier(
    org text, customer_id int8, identifier_type text, identifier_value text DEFAULT NULL, reason text DEFAULT NULL,
    source text DEFAULT NULL, account_id text DEFAULT NULL, actor text DEFAULT NULL, verification uuid DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_release_identifier';
REVOKE ALL ON FUNCTION loyalty.release_identifier FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.release_identifier TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.release_identifier IS
    'Gives up an identifier of a customer, which is free then; history keeps it';

CREATE FUNCTION loyalty.upsert_profile(
    org text, customer_id int8, source text, account_id text DEFAULT NULL, first_name text DEFAULT NULL,
    last_name text DEFAULT NULL, mobile text DEFAULT NULL, email text DEFAULT NULL, external_id text DEFAULT NULL,
    cuid text DEFAULT NULL, channels jsonb DEFAULT NULL, source_keys jsonb DEFAULT NULL, actor text DEFAULT NULL,
    verification uuid DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_upsert_profile';
REVOKE ALL ON FUNCTION loyalty.upsert_profile FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.upsert_profile TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.upsert_profile IS
    'Writes what a source says of a customer later: names, identifiers, keys of the source and channels of that profile';

CREATE FUNCTION loyalty.set_channel(
    org text, customer_id int8, channel text, address text, is_verified bool DEFAULT NULL, is_primary bool DEFAULT NULL,
    device text DEFAULT NULL, source text DEFAULT 'INSTORE', account_id text DEFAULT NULL, verification uuid DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_channel';
REVOKE ALL ON FUNCTION loyalty.set_channel FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_channel TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.set_channel IS
    'Adds an address of a communication channel to a customer, or changes what is known of it';

CREATE FUNCTION loyalty.set_subscription(
    org text, customer_id int8, channel text, purpose text, opted_in bool, consented_at timestamptz DEFAULT NULL,
    consent_source text DEFAULT NULL, device text DEFAULT NULL, source text DEFAULT NULL, account_id text DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_subscription';
REVOKE ALL ON FUNCTION loyalty.set_subscription FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_subscription TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.set_subscription IS
    'Records that a customer opts in or out of messages on a channel; earlier consents stay in history';

CREATE FUNCTION loyalty_data.consent_end(consented_at timestamptz, time_zone text) RETURNS timestamptz
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_consent_end_sql';
REVOKE ALL ON FUNCTION loyalty_data.consent_end FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty_data.consent_end TO loyalty_admin;
COMMENT ON FUNCTION loyalty_data.consent_end IS
    'When a consent that overrides the do-not-call register ends: six months on, by the clocks of a time zone';

CREATE FUNCTION loyalty.set_test_control(org text, customer_id int8, test_control text)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_test_control';
REVOKE ALL ON FUNCTION loyalty.set_test_control FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_test_control TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.set_test_control IS
    'Puts a customer into the test or the control group by hand; NULL: as the org''s percentage has it';

CREATE FUNCTION loyalty.set_ndnc_status(org text, mobile text, status text, industries text[] DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_ndnc_status';
REVOKE ALL ON FUNCTION loyalty.set_ndnc_status FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_ndnc_status TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.set_ndnc_status IS
    'Records what the do-not-call register says of a mobile';

CREATE FUNCTION loyalty.renormalize_mobiles(
    org text, dry_run bool DEFAULT true, after_customer_id int8 DEFAULT 0, count int4 DEFAULT 1000, actor text DEFAULT NULL)
    RETURNS TABLE (customer_id int8, outcome text, other_customer_id int8)
    LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 1000 AS 'MODULE_PATHNAME', 'loyalty_renormalize_mobiles';
REVOKE ALL ON FUNCTION loyalty.renormalize_mobiles FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.renormalize_mobiles TO loyalty_admin;
COMMENT ON FUNCTION loyalty.renormalize_mobiles IS
    'Moves stored mobiles whose normal form has changed, a batch of customers at a time, and tells of clashes';

CREATE FUNCTION loyalty.customer_single_view(
    org text, customer_id int8 DEFAULT NULL, identifier_type text DEFAULT NULL,
    identifier_value text DEFAULT NULL)
    RETURNS jsonb
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_customer_single_view';
REVOKE ALL ON FUNCTION loyalty.customer_single_view FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.customer_single_view TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.customer_single_view IS
    'Everything a member-care screen shows first about a customer';

CREATE FUNCTION loyalty.customer_brief(
    org text, customer_id int8 DEFAULT NULL, identifier_type text DEFAULT NULL,
    identifier_value text DEFAULT NULL)
    RETURNS jsonb
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_customer_brief';
REVOKE ALL ON FUNCTION loyalty.customer_brief FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.customer_brief TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.customer_brief IS
    'What a till needs to know of a customer: masked name, status, points and their worth';

CREATE FUNCTION loyalty.customer_timeline(
    org text, customer_id int8 DEFAULT NULL, kinds text[] DEFAULT NULL, from_time timestamptz DEFAULT NULL,
    to_time timestamptz DEFAULT NULL, page_size int4 DEFAULT 50, page_key text DEFAULT NULL,
    identifier_type text DEFAULT NULL, identifier_value text DEFAULT NULL)
    RETURNS TABLE (
        recorded_at timestamptz, event_time timestamptz, kind text, action text, id int8, customer_id int8, summary jsonb,
        page_key text)
    LANGUAGE C STABLE PARALLEL UNSAFE ROWS 50 AS 'MODULE_PATHNAME', 'loyalty_customer_timeline';
REVOKE ALL ON FUNCTION loyalty.customer_timeline FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.customer_timeline TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.customer_timeline IS
    'What happened to a customer, the newest first, in pages: bills, points, messages, cards, requests, statuses, merges, notes';

CREATE FUNCTION loyalty.add_customer_note(
    org text, customer_id int8, note text, actor text DEFAULT NULL, idempotency_key text DEFAULT NULL)
    RETURNS int8
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_add_customer_note';
REVOKE ALL ON FUNCTION loyalty.add_customer_note FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.add_customer_note TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.add_customer_note IS
    'Writes down what staff should know of a customer, for its timeline';

CREATE FUNCTION loyalty.delete_customer_note(org text, customer_id int8, note_id int8)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_delete_customer_note';
REVOKE ALL ON FUNCTION loyalty.delete_customer_note FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.delete_customer_note TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.delete_customer_note IS
    'Takes a note about a customer away';

CREATE FUNCTION loyalty.export_customer(
    org text, customer_id int8 DEFAULT NULL, identifier_type text DEFAULT NULL,
    identifier_value text DEFAULT NULL)
    RETURNS jsonb
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_export_customer';
REVOKE ALL ON FUNCTION loyalty.export_customer FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.export_customer TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.export_customer IS
    'Everything that is held about a person, table by table, as one document';
