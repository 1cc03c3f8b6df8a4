-- ---------------------------------------------------------------- outbox
CREATE FUNCTION loyalty.send_message(
    org text, customer_id int8, template text, variables jsonb DEFAULT '{}', channel text DEFAULT NULL,
    language text DEFAULT NULL, purpose text DEFAULT 'transactional', sender text DEFAULT NULL,
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

-- ---------------------------------------------------------------- template

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

-- ---------------------------------------------------------------- inbox
