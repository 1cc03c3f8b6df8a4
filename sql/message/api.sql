-- ---------------------------------------------------------------- outbox

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
