-- ---------------------------------------------------------------- outbox

-- ---------------------------------------------------------------- delivery

-- ---------------------------------------------------------------- template
CREATE FUNCTION loyalty.create_message_template(
    org text, template text, channel text, body text DEFAULT NULL, subject text DEFAULT NULL, blocks jsonb DEFAULT NULL,
    components jsonb DEFAULT NULL, purpose text DEFAULT 'transactional', topic text DEFAULT NULL,
    variable_names text[] DEFAULT NULL, variable_limits jsonb DEFAULT NULL, language text DEFAULT NULL,
    header_id text DEFAULT NULL, external_template_id text DEFAULT NULL, as_draft bool DEFAULT false,
    OUT template_id int4, OUT version_no int4, OUT status text, OUT warnings text[])
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_create_message_template';
REVOKE ALL ON FUNCTION loyalty.create_message_template FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.create_message_template TO loyalty_admin;
COMMENT ON FUNCTION loyalty.create_message_template IS
    'Creates a template of messages with its first version';

CREATE FUNCTION loyalty.update_message_template(
    org text, template text, body text DEFAULT NULL, subject text DEFAULT NULL, blocks jsonb DEFAULT NULL,
    components jsonb DEFAULT NULL, variable_names text[] DEFAULT NULL, variable_limits jsonb DEFAULT NULL,
    language text DEFAULT NULL, header_id text DEFAULT NULL, external_template_id text DEFAULT NULL,
    as_draft bool DEFAULT false,
    OUT template_id int4, OUT version_no int4, OUT status text, OUT warnings text[])
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_update_message_template';
REVOKE ALL ON FUNCTION loyalty.update_message_template FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.update_message_template TO loyalty_admin;
COMMENT ON FUNCTION loyalty.update_message_template IS
    'Adds a version to a template, in a language; what is not given is as it was';

CREATE FUNCTION loyalty.submit_message_template(
    org text, template text, language text DEFAULT NULL,
    OUT template_id int4, OUT version_no int4, OUT status text, OUT warnings text[])
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_submit_message_template';
REVOKE ALL ON FUNCTION loyalty.submit_message_template FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.submit_message_template TO loyalty_admin;
COMMENT ON FUNCTION loyalty.submit_message_template IS
    'Hands the newest draft of a template in for approval; of channels that need none it is approved';

CREATE FUNCTION loyalty.set_template_status(
    org text, template text, status text, language text DEFAULT NULL, version_no int4 DEFAULT NULL,
    external_template_id text DEFAULT NULL, reason text DEFAULT NULL,
    OUT template_id int4, OUT version_no int4, OUT status text, OUT warnings text[])
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_template_status';
REVOKE ALL ON FUNCTION loyalty.set_template_status FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_template_status TO loyalty_admin, loyalty_gateway;
COMMENT ON FUNCTION loyalty.set_template_status IS
    'Writes what a provider says of a version of a template';

CREATE FUNCTION loyalty.message_tags(org text, topic text DEFAULT NULL)
    RETURNS TABLE (topic text, tag text, meaning text, example text)
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_message_tags';
REVOKE ALL ON FUNCTION loyalty.message_tags FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.message_tags TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.message_tags IS
    'The predefined tags of templates of a topic, or of all';

CREATE FUNCTION loyalty.render_email(
    org text, blocks jsonb, variables jsonb DEFAULT NULL,
    OUT html text, OUT body text, OUT style_sheet text)
    RETURNS record
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_render_email';
REVOKE ALL ON FUNCTION loyalty.render_email FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.render_email TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.render_email IS
    'Blocks of an e-mail with their variables, as HTML and as plain text';

CREATE FUNCTION loyalty.preview_message(
    org text, template text, variables jsonb DEFAULT NULL, language text DEFAULT NULL,
    OUT version_no int4, OUT status text, OUT language text, OUT subject text, OUT body text, OUT html text,
    OUT components jsonb)
    RETURNS record
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_preview_message';
REVOKE ALL ON FUNCTION loyalty.preview_message FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.preview_message TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.preview_message IS
    'What the newest version of a template would say, whatever its status';

CREATE FUNCTION loyalty_data.template_status_name(status "char")
    RETURNS text
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_template_status_name';
REVOKE ALL ON FUNCTION loyalty_data.template_status_name FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty_data.template_status_name TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON FUNCTION loyalty_data.template_status_name IS
    'The word for the letter of a status of templates';

-- ---------------------------------------------------------------- sender

-- ---------------------------------------------------------------- inbox
