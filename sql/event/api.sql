CREATE FUNCTION loyalty.create_event_subscriber(
    org text, subscriber text, endpoint text DEFAULT NULL, event_names text[] DEFAULT NULL, secret text DEFAULT NULL,
    include_identifiers bool DEFAULT false)
    RETURNS int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_create_event_subscriber';
REVOKE ALL ON FUNCTION loyalty.create_event_subscriber FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.create_event_subscriber TO loyalty_admin;
COMMENT ON FUNCTION loyalty.create_event_subscriber IS
    'Adds somebody who is told what happens in an org, from now on';

CREATE FUNCTION loyalty.update_event_subscriber(
    org text, subscriber text, endpoint text DEFAULT NULL, event_names text[] DEFAULT NULL, secret text DEFAULT NULL,
    include_identifiers bool DEFAULT NULL, state text DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_update_event_subscriber';
REVOKE ALL ON FUNCTION loyalty.update_event_subscriber FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.update_event_subscriber TO loyalty_admin;
COMMENT ON FUNCTION loyalty.update_event_subscriber IS
    'Changes what is given of a subscriber; pauses it, lets it go on, or retires it';

CREATE FUNCTION loyalty.take_events(
    org text, subscriber text, quantity int4 DEFAULT 10, lease_seconds int4 DEFAULT 60)
    RETURNS TABLE (
        event_id int8, customer_id int8, lease_no int4, attempt int4, event_name text, payload text,
        webhook_timestamp int8, signature text, previous_event_id int8, is_replay bool)
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_take_events';
REVOKE ALL ON FUNCTION loyalty.take_events FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.take_events TO loyalty_gateway;
COMMENT ON FUNCTION loyalty.take_events IS
    'Leases events that wait for a subscriber, the next one of each customer';

CREATE FUNCTION loyalty.extend_event_lease(
    org text, subscriber text, customer_id int8, event_id int8, lease_no int4, lease_seconds int4 DEFAULT 60)
    RETURNS timestamptz
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_extend_event_lease';
REVOKE ALL ON FUNCTION loyalty.extend_event_lease FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.extend_event_lease TO loyalty_gateway;
COMMENT ON FUNCTION loyalty.extend_event_lease IS
    'Keeps an event for longer; NULL: somebody else has it';

CREATE FUNCTION loyalty.acknowledge_event(
    org text, subscriber text, customer_id int8, event_id int8, lease_no int4, outcome text DEFAULT 'delivered')
    RETURNS text
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_acknowledge_event';
REVOKE ALL ON FUNCTION loyalty.acknowledge_event FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.acknowledge_event TO loyalty_gateway;
COMMENT ON FUNCTION loyalty.acknowledge_event IS
    'Ends the lease of an event: it was delivered, is to be tried again, or never will be';

CREATE FUNCTION loyalty.replay_events(
    org text, subscriber text, from_time timestamptz, to_time timestamptz DEFAULT NULL, customer_id int8 DEFAULT NULL)
    RETURNS int8
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_replay_events';
REVOKE ALL ON FUNCTION loyalty.replay_events FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.replay_events TO loyalty_admin, loyalty_gateway;
COMMENT ON FUNCTION loyalty.replay_events IS
    'Puts events that were recorded in a span of time behind those that wait, once more; answers how many';
