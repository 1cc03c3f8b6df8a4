CREATE FUNCTION loyalty.luhn_check_digit(digits pg_catalog.text) RETURNS pg_catalog.text
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_luhn_check_digit';
REVOKE ALL ON FUNCTION loyalty.luhn_check_digit(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    loyalty.luhn_check_digit(text)
    TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON FUNCTION loyalty.luhn_check_digit(text) IS
    'The Luhn (mod 10) check digit that belongs behind a number of any length';

CREATE FUNCTION loyalty.luhn_is_valid(number pg_catalog.text) RETURNS pg_catalog.bool
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_luhn_is_valid';
REVOKE ALL ON FUNCTION loyalty.luhn_is_valid(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.luhn_is_valid(text) TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON FUNCTION loyalty.luhn_is_valid(text) IS
    'Whether the last digit of a number is the Luhn check digit of those before it';

CREATE FUNCTION loyalty.mod7_check_digit(digits pg_catalog.text) RETURNS pg_catalog.text
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_mod7_check_digit';
REVOKE ALL ON FUNCTION loyalty.mod7_check_digit(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    loyalty.mod7_check_digit(text)
    TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON FUNCTION loyalty.mod7_check_digit(text) IS
    'The number modulo 7, of any length: the check digit of air waybills';

CREATE FUNCTION loyalty.mod7_is_valid(number pg_catalog.text) RETURNS pg_catalog.bool
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_mod7_is_valid';
REVOKE ALL ON FUNCTION loyalty.mod7_is_valid(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.mod7_is_valid(text) TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON FUNCTION loyalty.mod7_is_valid(text) IS
    'Whether the last digit of a number is the rest of those before it modulo 7';

CREATE FUNCTION loyalty.create_card_series(
    org pg_catalog.text, series pg_catalog.text, name pg_catalog.text, card_type pg_catalog.text DEFAULT 'physical',
    method pg_catalog.text DEFAULT 'RANDOM_LUHN', length pg_catalog.int4 DEFAULT 16,
    prefix pg_catalog.text DEFAULT NULL, suffix pg_catalog.text DEFAULT NULL,
    serial_offset pg_catalog.int8 DEFAULT 0, max_active_per_customer pg_catalog.int4 DEFAULT NULL,
    validity pg_catalog.interval DEFAULT NULL, program pg_catalog.text DEFAULT NULL,
    checksum_includes pg_catalog.text DEFAULT 'NONE', issue pg_catalog.text DEFAULT 'never')
    RETURNS pg_catalog.int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_create_card_series';
REVOKE ALL ON FUNCTION
    loyalty.create_card_series(text, text, text, text, text, int4, text, text, int8, int4, interval, text, text, text)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    loyalty.create_card_series(text, text, text, text, text, int4, text, text, int8, int4, interval, text, text, text)
    TO loyalty_admin;
COMMENT ON FUNCTION
    loyalty.create_card_series(text, text, text, text, text, int4, text, text, int8, int4, interval, text, text, text)
    IS
    'Creates a kind of card with the shape of its numbers, and answers its id';

CREATE FUNCTION loyalty.create_card_label(
    org pg_catalog.text, status pg_catalog.text, label pg_catalog.text) RETURNS pg_catalog.int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_create_card_label';
REVOKE ALL ON FUNCTION loyalty.create_card_label(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.create_card_label(text, text, text) TO loyalty_admin;
COMMENT ON FUNCTION loyalty.create_card_label(text, text, text) IS
    'Creates an org''s own word for a status of cards; the first one of a status becomes its default';

CREATE FUNCTION loyalty.set_default_card_label(
    org pg_catalog.text, status pg_catalog.text, label pg_catalog.text) RETURNS pg_catalog.void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_default_card_label';
REVOKE ALL ON FUNCTION loyalty.set_default_card_label(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_default_card_label(text, text, text) TO loyalty_admin;
COMMENT ON FUNCTION loyalty.set_default_card_label(text, text, text) IS
    'Makes a label the default of its status of cards; cards keep the labels that they have';

CREATE FUNCTION loyalty.generate_cards(
    org pg_catalog.text, series pg_catalog.text, n pg_catalog.int4) RETURNS pg_catalog.int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_generate_cards';
REVOKE ALL ON FUNCTION loyalty.generate_cards(text, text, int4) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.generate_cards(text, text, int4) TO loyalty_admin;
COMMENT ON FUNCTION loyalty.generate_cards(text, text, int4) IS
    'Makes up to 100,000 cards of a series in stock, not issued, and answers how many';

CREATE FUNCTION loyalty.import_cards(
    org pg_catalog.text, series pg_catalog.text, card_numbers pg_catalog.text[],
    card_external_ids pg_catalog.text[] DEFAULT NULL) RETURNS pg_catalog.int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_import_cards';
REVOKE ALL ON FUNCTION loyalty.import_cards(text, text, text[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.import_cards(text, text, text[], text[]) TO loyalty_admin;
COMMENT ON FUNCTION loyalty.import_cards(text, text, text[], text[]) IS
    'Brings given numbers into stock as cards of a series, and answers how many';

CREATE FUNCTION loyalty.preview_card_numbers(
    org pg_catalog.text, series pg_catalog.text, n pg_catalog.int4) RETURNS SETOF pg_catalog.text
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_preview_card_numbers';
REVOKE ALL ON FUNCTION loyalty.preview_card_numbers(text, text, int4) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.preview_card_numbers(text, text, int4) TO loyalty_admin;
COMMENT ON FUNCTION loyalty.preview_card_numbers(text, text, int4) IS
    'The next numbers of a series, of which none is used up';

CREATE FUNCTION loyalty.preview_external_ids(org pg_catalog.text, n pg_catalog.int4)
    RETURNS SETOF pg_catalog.text
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_preview_external_ids';
REVOKE ALL ON FUNCTION loyalty.preview_external_ids(text, int4) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.preview_external_ids(text, int4) TO loyalty_admin;
COMMENT ON FUNCTION loyalty.preview_external_ids(text, int4) IS
    'The next external ids that registrations would get, of which none is used up';

CREATE FUNCTION loyalty.issue_card(
    org pg_catalog.text, customer_id pg_catalog.int8, series pg_catalog.text DEFAULT NULL,
    card_number pg_catalog.text DEFAULT NULL, card_external_id pg_catalog.text DEFAULT NULL,
    reason pg_catalog.text DEFAULT NULL, actor pg_catalog.text DEFAULT NULL, OUT card_id pg_catalog.int8,
    OUT issued_number pg_catalog.text, OUT status pg_catalog.text, OUT label pg_catalog.text,
    OUT expires_at pg_catalog.timestamptz) RETURNS pg_catalog.record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_issue_card';
REVOKE ALL ON FUNCTION loyalty.issue_card(text, int8, text, text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    loyalty.issue_card(text, int8, text, text, text, text, text)
    TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.issue_card(text, int8, text, text, text, text, text) IS
    'Gives a customer a card: a new number of a series, or a given number of the stock';

CREATE FUNCTION loyalty.link_card(
    org pg_catalog.text, customer_id pg_catalog.int8, card_number pg_catalog.text,
    reason pg_catalog.text DEFAULT NULL, actor pg_catalog.text DEFAULT NULL) RETURNS pg_catalog.void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_link_card';
REVOKE ALL ON FUNCTION loyalty.link_card(text, int8, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.link_card(text, int8, text, text, text) TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.link_card(text, int8, text, text, text) IS
    'Makes a customer the owner of a card that nobody owns';

CREATE FUNCTION loyalty.unlink_card(
    org pg_catalog.text, card_number pg_catalog.text, reason pg_catalog.text DEFAULT NULL,
    actor pg_catalog.text DEFAULT NULL) RETURNS pg_catalog.void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_unlink_card';
REVOKE ALL ON FUNCTION loyalty.unlink_card(text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.unlink_card(text, text, text, text) TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.unlink_card(text, text, text, text) IS
    'Takes a card from its owner; its status stays';

CREATE FUNCTION loyalty.set_card_status(
    org pg_catalog.text, card_number pg_catalog.text, status pg_catalog.text, label pg_catalog.text DEFAULT NULL,
    reason pg_catalog.text DEFAULT NULL, actor pg_catalog.text DEFAULT NULL) RETURNS pg_catalog.void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_card_status';
REVOKE ALL ON FUNCTION loyalty.set_card_status(text, text, text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_card_status(text, text, text, text, text, text) TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.set_card_status(text, text, text, text, text, text) IS
    'Changes the status of a card, and its label';

CREATE FUNCTION loyalty.expire_cards(org pg_catalog.text, as_of pg_catalog.timestamptz DEFAULT NULL)
    RETURNS pg_catalog.int8
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_expire_cards';
REVOKE ALL ON FUNCTION loyalty.expire_cards(text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.expire_cards(text, timestamptz) TO loyalty_admin;
COMMENT ON FUNCTION loyalty.expire_cards(text, timestamptz) IS
    'Makes cards expired whose validity has ended, and answers how many';

CREATE FUNCTION loyalty.customer_cards(
    org pg_catalog.text, customer_id pg_catalog.int8, OUT card_number pg_catalog.text,
    OUT card_external_id pg_catalog.text, OUT card_id pg_catalog.int8, OUT series pg_catalog.text,
    OUT status pg_catalog.text, OUT label pg_catalog.text, OUT program pg_catalog.text,
    OUT issued_at pg_catalog.timestamptz, OUT expires_at pg_catalog.timestamptz)
    RETURNS SETOF pg_catalog.record
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_customer_cards';
REVOKE ALL ON FUNCTION loyalty.customer_cards(text, int8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.customer_cards(text, int8) TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.customer_cards(text, int8) IS
    'The cards of a customer, with their numbers';

CREATE FUNCTION loyalty.card_history(
    org pg_catalog.text, card_number pg_catalog.text, OUT changed_at pg_catalog.timestamptz,
    OUT change pg_catalog.text, OUT customer_id pg_catalog.int8, OUT old_status pg_catalog.text,
    OUT new_status pg_catalog.text, OUT label pg_catalog.text, OUT reason pg_catalog.text,
    OUT actor pg_catalog.text) RETURNS SETOF pg_catalog.record
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_card_history';
REVOKE ALL ON FUNCTION loyalty.card_history(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.card_history(text, text) TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.card_history(text, text) IS
    'What happened to a card, oldest first';

CREATE FUNCTION loyalty.card_status_word(status pg_catalog."char") RETURNS pg_catalog.text
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_card_status_word';
REVOKE ALL ON FUNCTION loyalty.card_status_word("char") FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.card_status_word("char") TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON FUNCTION loyalty.card_status_word("char") IS
    'The word for the letter of a status of cards';

CREATE FUNCTION loyalty.number_series_usage(
    org_id pg_catalog.int4, number_series_id pg_catalog.int4, OUT capacity pg_catalog.int8,
    OUT used pg_catalog.int8) RETURNS pg_catalog.record
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_number_series_usage';
REVOKE ALL ON FUNCTION loyalty.number_series_usage(int4, int4) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.number_series_usage(int4, int4) TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON FUNCTION loyalty.number_series_usage(int4, int4) IS
    'How many numbers a series has, and how many of them are used up, to one who may see the org';
