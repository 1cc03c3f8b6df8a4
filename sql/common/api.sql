CREATE FUNCTION loyalty_data.next_id()
    RETURNS int8
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_next_id_sql';
REVOKE ALL ON FUNCTION loyalty_data.next_id FROM PUBLIC;
COMMENT ON FUNCTION loyalty_data.next_id IS
    'A new id: loyalty.node_id above 48 bits of loyalty_data.id_seq';

CREATE FUNCTION loyalty.clock()
    RETURNS timestamptz
    LANGUAGE C STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_clock_sql';
REVOKE ALL ON FUNCTION loyalty.clock FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.clock TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst, loyalty_gateway;
COMMENT ON FUNCTION loyalty.clock IS
    'The time that calls record: now(), unless the setting loyalty.clock overrides it';

CREATE FUNCTION loyalty_data.last_day(expires_at timestamptz, time_zone text) RETURNS date
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_last_day_sql';
REVOKE ALL ON FUNCTION loyalty_data.last_day FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty_data.last_day TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON FUNCTION loyalty_data.last_day IS
    'The last day on which something is good that ends at an instant, on the clocks of a time zone; NULL: it never ends';

CREATE FUNCTION loyalty_data.error_code_list()
    RETURNS TABLE (
        sqlstate text, name text, meaning text)
    LANGUAGE C STABLE PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_error_code_list';
REVOKE ALL ON FUNCTION loyalty_data.error_code_list FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty_data.error_code_list TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst, loyalty_gateway;
COMMENT ON FUNCTION loyalty_data.error_code_list IS
    'Every SQLSTATE that the extension raises of its own, with its name and meaning';

CREATE VIEW loyalty.error_codes AS
    SELECT e.sqlstate, e.name, e.meaning FROM loyalty_data.error_code_list() e;
REVOKE ALL ON TABLE loyalty.error_codes FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.error_codes TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst, loyalty_gateway;
COMMENT ON VIEW loyalty.error_codes IS
    'The error codes of class LY, as docs/errors.md lists them';
