-- ---------------------------------------------------------------- outbox
CREATE FUNCTION loyalty.send_message(
    org text, customer_id int8, template text, variables jsonb DEFAULT '{}', channel text DEFAULT NULL,
    language text DEFAULT NULL, purpose text DEFAULT NULL, sender text DEFAULT NULL,
    priority text DEFAULT NULL, not_before timestamptz DEFAULT NULL, valid_until timestamptz DEFAULT NULL,
    attachments jsonb DEFAULT NULL, campaign text DEFAULT NULL, address text DEFAULT NULL, source text DEFAULT NULL,
    actor text DEFAULT NULL, idempotency_key text DEFAULT NULL,
    OUT message_id int8, OUT state text, OUT cause text, OUT sender text, OUT warnings text[])
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_send_message';
REVOKE ALL ON FUNCTION loyalty.send_message FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.send_message TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.send_message IS
    'Sends a message of a template to a customer: it waits for a worker, or is suppressed with its cause';

CREATE FUNCTION loyalty.send_sms(
    org text, customer_id int8, message text, purpose text DEFAULT 'transactional', sender text DEFAULT NULL,
    priority text DEFAULT NULL, not_before timestamptz DEFAULT NULL, valid_until timestamptz DEFAULT NULL,
    campaign text DEFAULT NULL, address text DEFAULT NULL, source text DEFAULT NULL, actor text DEFAULT NULL,
    idempotency_key text DEFAULT NULL,
    OUT message_id int8, OUT state text, OUT cause text, OUT sender text, OUT warnings text[])
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_send_sms';
REVOKE ALL ON FUNCTION loyalty.send_sms FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.send_sms TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.send_sms IS
    'Sends a finished text to a customer''s mobile';

CREATE FUNCTION loyalty.send_whatsapp(
    org text, customer_id int8, message text DEFAULT NULL, media jsonb DEFAULT NULL, purpose text DEFAULT NULL,
    sender text DEFAULT NULL, priority text DEFAULT NULL, not_before timestamptz DEFAULT NULL,
    valid_until timestamptz DEFAULT NULL, campaign text DEFAULT NULL, address text DEFAULT NULL, source text DEFAULT NULL,
    actor text DEFAULT NULL, idempotency_key text DEFAULT NULL,
    OUT message_id int8, OUT state text, OUT cause text, OUT sender text, OUT warnings text[])
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_send_whatsapp';
REVOKE ALL ON FUNCTION loyalty.send_whatsapp FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.send_whatsapp TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.send_whatsapp IS
    'Sends a finished text of an approved template to a customer''s WhatsApp, or a text, picture or sound of none';

CREATE FUNCTION loyalty.send_email(
    org text, customer_id int8, subject text, body text DEFAULT NULL, blocks jsonb DEFAULT NULL,
    variables jsonb DEFAULT '{}', purpose text DEFAULT 'transactional', sender text DEFAULT NULL,
    priority text DEFAULT NULL, not_before timestamptz DEFAULT NULL, valid_until timestamptz DEFAULT NULL,
    attachments jsonb DEFAULT NULL, campaign text DEFAULT NULL, address text DEFAULT NULL, source text DEFAULT NULL,
    actor text DEFAULT NULL, idempotency_key text DEFAULT NULL,
    OUT message_id int8, OUT state text, OUT cause text, OUT sender text, OUT warnings text[])
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_send_email';
REVOKE ALL ON FUNCTION loyalty.send_email FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.send_email TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.send_email IS
    'Sends an e-mail to a customer, of a text or of blocks, perhaps with files';

CREATE FUNCTION loyalty.cancel_message(
    org text, customer_id int8, message_id int8, reason text DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_cancel_message';
REVOKE ALL ON FUNCTION loyalty.cancel_message FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.cancel_message TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.cancel_message IS
    'Cancels a message that no worker has taken';

CREATE FUNCTION loyalty.take_messages(
    org text, channel text, quantity int4 DEFAULT 10, lease_seconds int4 DEFAULT 60, worker text DEFAULT NULL)
    RETURNS TABLE (
        message_id int8, customer_id int8, lease_no int4, attempt int4, purpose text, address text, subject text,
        body text, html text, attachments jsonb, sender text, bsp_account text, variables jsonb, components jsonb,
        external_template_id text, header_id text, language text, campaign text, valid_until timestamptz,
        leased_until timestamptz)
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_take_messages';
REVOKE ALL ON FUNCTION loyalty.take_messages FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.take_messages TO loyalty_gateway;
COMMENT ON FUNCTION loyalty.take_messages IS
    'Leases messages of a channel to a worker, codes first; each is judged once more';

CREATE FUNCTION loyalty.extend_lease(
    org text, customer_id int8, message_id int8, lease_no int4, lease_seconds int4 DEFAULT 60)
    RETURNS timestamptz
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_extend_lease';
REVOKE ALL ON FUNCTION loyalty.extend_lease FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.extend_lease TO loyalty_gateway;
COMMENT ON FUNCTION loyalty.extend_lease IS
    'Gives a worker more time for a message, and answers until when; NULL: the lease is lost';

CREATE FUNCTION loyalty.acknowledge_message(
    org text, customer_id int8, message_id int8, lease_no int4, outcome text DEFAULT 'sent',
    provider_message_id text DEFAULT NULL, error_code text DEFAULT NULL)
    RETURNS text
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_acknowledge_message';
REVOKE ALL ON FUNCTION loyalty.acknowledge_message FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.acknowledge_message TO loyalty_gateway;
COMMENT ON FUNCTION loyalty.acknowledge_message IS
    'Records what became of a message that a worker took; answers its state, or lease_lost';

CREATE PROCEDURE loyalty.finish_messages(org text, as_of timestamptz DEFAULT NULL, batch_size int4 DEFAULT 1000)
    LANGUAGE C AS 'MODULE_PATHNAME', 'loyalty_finish_messages';
REVOKE ALL ON PROCEDURE loyalty.finish_messages FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE loyalty.finish_messages TO loyalty_admin;
COMMENT ON PROCEDURE loyalty.finish_messages IS
    'Ends messages that are not valid any more though no worker came, and wipes their codes, batch by batch with a commit each';


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

CREATE FUNCTION loyalty.set_delivery_code(
    org text, bsp text, provider_status text, error_code text, delivery_status text DEFAULT NULL, cause text DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_delivery_code';
REVOKE ALL ON FUNCTION loyalty.set_delivery_code FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_delivery_code TO loyalty_admin;
COMMENT ON FUNCTION loyalty.set_delivery_code IS
    'Says for an org what a status or error code of a provider means, or takes what it said back';

CREATE FUNCTION loyalty.message_report(
    org text, from_date date DEFAULT NULL, to_date date DEFAULT NULL, campaign text DEFAULT NULL, channel text DEFAULT NULL)
    RETURNS TABLE (
        campaign text, channel text, message_day date, sent int8, delivered int8, read int8, failed int8, dnd int8)
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_message_report';
REVOKE ALL ON FUNCTION loyalty.message_report FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.message_report TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON FUNCTION loyalty.message_report IS
    'How many messages were sent, delivered and read, by campaign, channel and the org''s day';

CREATE FUNCTION loyalty.customer_interactions(
    org text, customer_id int8 DEFAULT NULL, channel text DEFAULT NULL, from_date date DEFAULT NULL,
    to_date date DEFAULT NULL, page_size int4 DEFAULT 50, page_key text DEFAULT NULL, identifier_type text DEFAULT NULL,
    identifier_value text DEFAULT NULL)
    RETURNS TABLE (
        message_id int8, channel text, purpose text, state text, delivery_status text, cause text, template text,
        sender text, source text, campaign text, address text, subject text, body text, created_at timestamptz, changed_at timestamptz,
        local_time timestamp, page_key text)
    LANGUAGE C STABLE PARALLEL UNSAFE ROWS 50 AS 'MODULE_PATHNAME', 'loyalty_customer_interactions';
REVOKE ALL ON FUNCTION loyalty.customer_interactions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.customer_interactions TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.customer_interactions IS
    'What was sent to a customer, the newest first, in pages; times are those of the org''s clocks, too';

CREATE FUNCTION loyalty.dnd_consents_csv(org text)
    RETURNS TABLE (csv_line text)
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
CREATE FUNCTION loyalty.create_sender(
    org text, sender text, channel text, org_unit text DEFAULT NULL, is_default bool DEFAULT false,
    bsp_account text DEFAULT NULL, is_verified bool DEFAULT true)
    RETURNS int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_create_sender';
REVOKE ALL ON FUNCTION loyalty.create_sender FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.create_sender TO loyalty_admin;
COMMENT ON FUNCTION loyalty.create_sender IS
    'Registers a sender of the org for a channel, or takes a retired one up again, and answers its id';

CREATE FUNCTION loyalty.update_sender(
    org text, sender text, channel text, org_unit text DEFAULT NULL, bsp_account text DEFAULT NULL,
    is_verified bool DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_update_sender';
REVOKE ALL ON FUNCTION loyalty.update_sender FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.update_sender TO loyalty_admin;
COMMENT ON FUNCTION loyalty.update_sender IS
    'Changes unit, account or verification of a sender';

CREATE FUNCTION loyalty.set_default_sender(org text, sender text, channel text)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_default_sender';
REVOKE ALL ON FUNCTION loyalty.set_default_sender FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_default_sender TO loyalty_admin;
COMMENT ON FUNCTION loyalty.set_default_sender IS
    'Makes a sender the one that speaks for the org on its channel';

CREATE FUNCTION loyalty.retire_sender(org text, sender text, channel text)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_retire_sender';
REVOKE ALL ON FUNCTION loyalty.retire_sender FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.retire_sender TO loyalty_admin;
COMMENT ON FUNCTION loyalty.retire_sender IS
    'Takes a sender out of use; messages that name it keep its name';

CREATE FUNCTION loyalty.create_bsp_account(
    org text, bsp_account text, bsp text, number text, is_verified bool, secrets jsonb)
    RETURNS int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_create_bsp_account';
REVOKE ALL ON FUNCTION loyalty.create_bsp_account FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.create_bsp_account TO loyalty_admin;
COMMENT ON FUNCTION loyalty.create_bsp_account IS
    'Registers an account of the org with a provider, with its keys sealed, and answers its id';

CREATE FUNCTION loyalty.update_bsp_account(
    org text, bsp_account text, number text DEFAULT NULL, is_verified bool DEFAULT NULL, secrets jsonb DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_update_bsp_account';
REVOKE ALL ON FUNCTION loyalty.update_bsp_account FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.update_bsp_account TO loyalty_admin;
COMMENT ON FUNCTION loyalty.update_bsp_account IS
    'Changes number, verification or all keys of an account with a provider';

CREATE FUNCTION loyalty.bsp_secret(org text, bsp_account text)
    RETURNS jsonb
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_bsp_secret';
REVOKE ALL ON FUNCTION loyalty.bsp_secret FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.bsp_secret TO loyalty_gateway;
COMMENT ON FUNCTION loyalty.bsp_secret IS
    'The keys of an account with a provider, for the gateway that calls it';

CREATE FUNCTION loyalty.create_contact(
    org text, contact text, name text, email text DEFAULT NULL, mobile text DEFAULT NULL, topics text[] DEFAULT '{}')
    RETURNS int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_create_contact';
REVOKE ALL ON FUNCTION loyalty.create_contact FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.create_contact TO loyalty_admin;
COMMENT ON FUNCTION loyalty.create_contact IS
    'Registers a person of the org who is told of topics, and answers its id';

CREATE FUNCTION loyalty.update_contact(
    org text, contact text, name text DEFAULT NULL, email text DEFAULT NULL, mobile text DEFAULT NULL,
    topics text[] DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_update_contact';
REVOKE ALL ON FUNCTION loyalty.update_contact FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.update_contact TO loyalty_admin;
COMMENT ON FUNCTION loyalty.update_contact IS
    'Changes name, addresses or topics of a contact';

CREATE FUNCTION loyalty.retire_contact(org text, contact text)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_retire_contact';
REVOKE ALL ON FUNCTION loyalty.retire_contact FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.retire_contact TO loyalty_admin;
COMMENT ON FUNCTION loyalty.retire_contact IS
    'Forgets a contact: name and addresses go, and nobody is told any more';

CREATE FUNCTION loyalty.search_contacts(org text, name_part text)
    RETURNS TABLE (contact text, name text, email text, mobile text, topics text[])
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_search_contacts';
REVOKE ALL ON FUNCTION loyalty.search_contacts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.search_contacts TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.search_contacts IS
    'Contacts whose name has a part, whatever its case and accents';

CREATE FUNCTION loyalty.set_contact_topic(org text, topic text, notify text, amount numeric DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_contact_topic';
REVOKE ALL ON FUNCTION loyalty.set_contact_topic FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_contact_topic TO loyalty_admin;
COMMENT ON FUNCTION loyalty.set_contact_topic IS
    'Says whether contacts of a topic are told never, always, or only when an amount is reached';

CREATE FUNCTION loyalty.notify_contacts(
    org text, topic text, template text, variables jsonb, dedupe_key text, amount numeric DEFAULT NULL)
    RETURNS int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_notify_contacts';
REVOKE ALL ON FUNCTION loyalty.notify_contacts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.notify_contacts TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.notify_contacts IS
    'Tells the contacts of a topic, once for each key, and answers how many';

-- ---------------------------------------------------------------- inbox
CREATE FUNCTION loyalty.record_inbound(
    org text, channel text, address text, body text, provider_message_id text DEFAULT NULL, sender text DEFAULT NULL,
    received_at timestamptz DEFAULT NULL, idempotency_key text DEFAULT NULL,
    OUT message_id int8, OUT customer_id int8, OUT action text)
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_record_inbound';
REVOKE ALL ON FUNCTION loyalty.record_inbound FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.record_inbound TO loyalty_admin, loyalty_agent, loyalty_gateway;
COMMENT ON FUNCTION loyalty.record_inbound IS
    'Keeps what somebody wrote to the org, finds the customer, and takes words that end or begin promotional messages';

CREATE FUNCTION loyalty.create_reminder(
    org text, reminder text, topic text, days_before int4, template text, channel text DEFAULT NULL,
    program text DEFAULT NULL)
    RETURNS int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_create_reminder';
REVOKE ALL ON FUNCTION loyalty.create_reminder FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.create_reminder TO loyalty_admin;
COMMENT ON FUNCTION loyalty.create_reminder IS
    'Reminds customers of a day, so many days before, by a message of a template; answers its id';

CREATE FUNCTION loyalty.update_reminder(
    org text, reminder text, days_before int4 DEFAULT NULL, template text DEFAULT NULL, channel text DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_update_reminder';
REVOKE ALL ON FUNCTION loyalty.update_reminder FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.update_reminder TO loyalty_admin;
COMMENT ON FUNCTION loyalty.update_reminder IS
    'Changes what is given of a reminder';

CREATE FUNCTION loyalty.retire_reminder(org text, reminder text)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_retire_reminder';
REVOKE ALL ON FUNCTION loyalty.retire_reminder FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.retire_reminder TO loyalty_admin;
COMMENT ON FUNCTION loyalty.retire_reminder IS
    'Ends a reminder for good';

CREATE PROCEDURE loyalty.send_reminders(org text, as_of timestamptz DEFAULT NULL, batch_size int4 DEFAULT 100)
    LANGUAGE C AS 'MODULE_PATHNAME', 'loyalty_send_reminders';
REVOKE ALL ON PROCEDURE loyalty.send_reminders FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE loyalty.send_reminders TO loyalty_admin;
COMMENT ON PROCEDURE loyalty.send_reminders IS
    'Sends the reminders of a day, each once, batch by batch with a commit each';

CREATE FUNCTION loyalty.set_retention(org text, what text, days int4 DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_retention';
REVOKE ALL ON FUNCTION loyalty.set_retention FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_retention TO loyalty_admin;
COMMENT ON FUNCTION loyalty.set_retention IS
    'Says for how many days messages and their like are kept; NULL: for ever';

CREATE PROCEDURE loyalty.apply_retention(org text, as_of timestamptz DEFAULT NULL, batch_size int4 DEFAULT 1000)
    LANGUAGE C AS 'MODULE_PATHNAME', 'loyalty_apply_retention';
REVOKE ALL ON PROCEDURE loyalty.apply_retention FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE loyalty.apply_retention TO loyalty_admin;
COMMENT ON PROCEDURE loyalty.apply_retention IS
    'Deletes what is older than the org keeps it, batch by batch with a commit each; never what is in the books';
