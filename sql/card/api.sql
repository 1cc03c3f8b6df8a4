CREATE FUNCTION loyalty.luhn_check_digit(digits text)
    RETURNS text
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_luhn_check_digit';
REVOKE ALL ON FUNCTION loyalty.luhn_check_digit FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.luhn_check_digit TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON FUNCTION loyalty.luhn_check_digit IS
    'The Luhn (mod 10) check digit that belongs behind a number of any length';

CREATE FUNCTION loyalty.luhn_is_valid(number text)
    RETURNS bool
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_luhn_is_valid';
REVOKE ALL ON FUNCTION loyalty.luhn_is_valid FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.luhn_is_valid TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON FUNCTION loyalty.luhn_is_valid IS
    'Whether the last digit of a number is the Luhn check digit of those before it';

CREATE FUNCTION loyalty.mod7_check_digit(digits text)
    RETURNS text
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_mod7_check_digit';
REVOKE ALL ON FUNCTION loyalty.mod7_check_digit FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.mod7_check_digit TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON FUNCTION loyalty.mod7_check_digit IS
    'The number modulo 7, of any length: the check digit of air waybills';

CREATE FUNCTION loyalty.mod7_is_valid(number text)
    RETURNS bool
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_mod7_is_valid';
REVOKE ALL ON FUNCTION loyalty.mod7_is_valid FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.mod7_is_valid TO loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
COMMENT ON FUNCTION loyalty.mod7_is_valid IS
    'Whether the last digit of a number is the rest of those before it modulo 7';

CREATE FUNCTION loyalty.create_card_series(
    org text, series text, name text, card_type text DEFAULT 'physical', method text DEFAULT 'RANDOM_LUHN',
    length int4 DEFAULT 16, prefix text DEFAULT NULL, suffix text DEFAULT NULL, serial_offset int8 DEFAULT 0,
    max_active_per_customer int4 DEFAULT NULL, validity interval DEFAULT NULL, checksum_includes text DEFAULT 'NONE',
    issue text DEFAULT 'never', program text DEFAULT NULL)
    RETURNS int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_create_card_series';
REVOKE ALL ON FUNCTION loyalty.create_card_series FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.create_card_series TO loyalty_admin;
COMMENT ON FUNCTION loyalty.create_card_series IS
    'Creates a kind of card with the shape of its numbers, and answers its id';

CREATE FUNCTION loyalty.create_card_label(org text, status text, label text)
    RETURNS int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_create_card_label';
REVOKE ALL ON FUNCTION loyalty.create_card_label FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.create_card_label TO loyalty_admin;
COMMENT ON FUNCTION loyalty.create_card_label IS
    'Creates an org''s own word for a status of cards; the first one of a status becomes its default';

CREATE FUNCTION loyalty.set_default_card_label(org text, status text, label text)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_default_card_label';
REVOKE ALL ON FUNCTION loyalty.set_default_card_label FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_default_card_label TO loyalty_admin;
COMMENT ON FUNCTION loyalty.set_default_card_label IS
    'Makes a label the default of its status of cards; cards keep the labels that they have';

CREATE FUNCTION loyalty.generate_cards(org text, series text, count int4)
    RETURNS int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_generate_cards';
REVOKE ALL ON FUNCTION loyalty.generate_cards FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.generate_cards TO loyalty_admin;
COMMENT ON FUNCTION loyalty.generate_cards IS
    'Makes up to 100,000 cards of a series in stock, not issued, and answers how many';

CREATE FUNCTION loyalty.import_cards(
    org text, series text, card_numbers text[], card_external_ids text[] DEFAULT NULL)
    RETURNS int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_import_cards';
REVOKE ALL ON FUNCTION loyalty.import_cards FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.import_cards TO loyalty_admin;
COMMENT ON FUNCTION loyalty.import_cards IS
    'Brings given numbers into stock as cards of a series, and answers how many';

CREATE FUNCTION loyalty.preview_card_numbers(org text, series text, count int4)
    RETURNS SETOF text
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_preview_card_numbers';
REVOKE ALL ON FUNCTION loyalty.preview_card_numbers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.preview_card_numbers TO loyalty_admin;
COMMENT ON FUNCTION loyalty.preview_card_numbers IS
    'The next numbers of a series, of which none is used up';

CREATE FUNCTION loyalty.preview_external_ids(org text, count int4)
    RETURNS SETOF text
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_preview_external_ids';
REVOKE ALL ON FUNCTION loyalty.preview_external_ids FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.preview_external_ids TO loyalty_admin;
COMMENT ON FUNCTION loyalty.preview_external_ids IS
    'The next external ids that would be generated, of which none is used up';

CREATE FUNCTION loyalty.generate_external_id(org text)
    RETURNS text
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_generate_external_id';
REVOKE ALL ON FUNCTION loyalty.generate_external_id FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.generate_external_id TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.generate_external_id IS
    'A generated external id, used up: nobody else gets it';

CREATE FUNCTION loyalty.issue_card(
    org text, customer_id int8, series text DEFAULT NULL, reason text DEFAULT NULL, actor text DEFAULT NULL,
    card_number text DEFAULT NULL, card_external_id text DEFAULT NULL, verification uuid DEFAULT NULL,
    OUT card_id int8, OUT card_number text, OUT status text, OUT label text, OUT expires_at timestamptz,
    OUT last_day date)
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_issue_card';
REVOKE ALL ON FUNCTION loyalty.issue_card FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.issue_card TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.issue_card IS
    'Gives a customer a card: a new number of a series, or a given number of the stock';

CREATE FUNCTION loyalty.replace_card(
    org text, customer_id int8, old_card_number text, series text DEFAULT NULL, reason text DEFAULT NULL,
    actor text DEFAULT NULL, card_number text DEFAULT NULL, card_external_id text DEFAULT NULL,
    verification uuid DEFAULT NULL,
    OUT card_id int8, OUT card_number text, OUT status text, OUT label text, OUT expires_at timestamptz, OUT last_day date)
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_replace_card';
REVOKE ALL ON FUNCTION loyalty.replace_card FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.replace_card TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.replace_card IS
    'Gives a customer a card in the place of another one, which ends';

CREATE FUNCTION loyalty.link_card(
    org text, customer_id int8, card_number text, reason text DEFAULT NULL, actor text DEFAULT NULL,
    verification uuid DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_link_card';
REVOKE ALL ON FUNCTION loyalty.link_card FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.link_card TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.link_card IS
    'Makes a customer the owner of a card that nobody owns';

CREATE FUNCTION loyalty.unlink_card(
    org text, card_number text, reason text DEFAULT NULL, actor text DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_unlink_card';
REVOKE ALL ON FUNCTION loyalty.unlink_card FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.unlink_card TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.unlink_card IS
    'Takes a card from its owner; its status stays';

CREATE FUNCTION loyalty.set_card_status(
    org text, card_number text, status text, label text DEFAULT NULL, reason text DEFAULT NULL, actor text DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_card_status';
REVOKE ALL ON FUNCTION loyalty.set_card_status FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_card_status TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.set_card_status IS
    'Changes the status of a card, and its label';

CREATE FUNCTION loyalty.expire_cards(org text, as_of timestamptz DEFAULT NULL)
    RETURNS int8
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_expire_cards';
REVOKE ALL ON FUNCTION loyalty.expire_cards FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.expire_cards TO loyalty_admin;
COMMENT ON FUNCTION loyalty.expire_cards IS
    'Makes cards expired whose validity has ended, and answers how many';

CREATE FUNCTION loyalty.customer_cards(
    org text, customer_id int8 DEFAULT NULL, identifier_type text DEFAULT NULL,
    identifier_value text DEFAULT NULL)
    RETURNS TABLE (
        card_number text, card_external_id text, card_id int8, series text, status text, label text, program text,
        issued_at timestamptz, expires_at timestamptz, last_day date)
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_customer_cards';
REVOKE ALL ON FUNCTION loyalty.customer_cards FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.customer_cards TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.customer_cards IS
    'The cards of a customer, with their numbers';

CREATE FUNCTION loyalty.card_history(org text, card_number text)
    RETURNS TABLE (
        changed_at timestamptz, change text, customer_id int8, old_status text, new_status text, label text,
        reason text, actor text, other_card_id int8)
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_card_history';
REVOKE ALL ON FUNCTION loyalty.card_history FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.card_history TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.card_history IS
    'What happened to a card, oldest first';

CREATE FUNCTION loyalty_data.card_status_word(status "char")
    RETURNS text
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_card_status_word';
REVOKE ALL ON FUNCTION loyalty_data.card_status_word FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty_data.card_status_word TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON FUNCTION loyalty_data.card_status_word IS
    'The word for the letter of a status of cards';

CREATE FUNCTION loyalty_data.number_series_usage(
    org_id int4, number_series_id int4,
    OUT capacity int8, OUT used int8)
    RETURNS record
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_number_series_usage';
REVOKE ALL ON FUNCTION loyalty_data.number_series_usage FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty_data.number_series_usage TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON FUNCTION loyalty_data.number_series_usage IS
    'How many numbers a series has, and how many of them are used up, to one who may see the org';
