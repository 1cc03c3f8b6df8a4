CREATE FUNCTION loyalty.create_promotion(
    org text, promotion text, name text, benefit jsonb, condition jsonb DEFAULT NULL, trigger text DEFAULT 'automatic',
    starts_at timestamptz DEFAULT NULL, ends_at timestamptz DEFAULT NULL, first_day date DEFAULT NULL,
    last_day date DEFAULT NULL, priority int4 DEFAULT 100, stacking text DEFAULT 'stack',
    stacking_group text DEFAULT NULL, favour text DEFAULT 'brand', spread bool DEFAULT true,
    maximum_discount numeric DEFAULT NULL, times_per_bill int4 DEFAULT NULL, redemptions_total int8 DEFAULT NULL,
    redemptions_per_code int8 DEFAULT 1, redemptions_per_customer int8 DEFAULT NULL, anonymous bool DEFAULT true,
    return_policy text DEFAULT 'share', restore_on_return bool DEFAULT true)
    RETURNS int4
    LANGUAGE C AS 'MODULE_PATHNAME', 'loyalty_create_promotion';
REVOKE ALL ON FUNCTION loyalty.create_promotion FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.create_promotion TO loyalty_admin;
COMMENT ON FUNCTION loyalty.create_promotion IS
    'Makes a promotion: what it gives, what it asks for, how often';

CREATE FUNCTION loyalty.change_promotion(
    org text, promotion text, name text DEFAULT NULL, benefit jsonb DEFAULT NULL, condition jsonb DEFAULT NULL,
    starts_at timestamptz DEFAULT NULL, ends_at timestamptz DEFAULT NULL, first_day date DEFAULT NULL,
    last_day date DEFAULT NULL, priority int4 DEFAULT NULL, stacking text DEFAULT NULL,
    stacking_group text DEFAULT NULL, favour text DEFAULT NULL, spread bool DEFAULT NULL,
    maximum_discount numeric DEFAULT NULL, times_per_bill int4 DEFAULT NULL, redemptions_total int8 DEFAULT NULL,
    anonymous bool DEFAULT NULL, return_policy text DEFAULT NULL, restore_on_return bool DEFAULT NULL)
    RETURNS int4
    LANGUAGE C AS 'MODULE_PATHNAME', 'loyalty_change_promotion';
REVOKE ALL ON FUNCTION loyalty.change_promotion FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.change_promotion TO loyalty_admin;
COMMENT ON FUNCTION loyalty.change_promotion IS
    'Makes another version of a promotion, of what is given; bills under way keep theirs';

CREATE FUNCTION loyalty.stop_promotion(org text, promotion text)
    RETURNS void
    LANGUAGE C AS 'MODULE_PATHNAME', 'loyalty_stop_promotion';
REVOKE ALL ON FUNCTION loyalty.stop_promotion FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.stop_promotion TO loyalty_admin;
COMMENT ON FUNCTION loyalty.stop_promotion IS
    'Ends a promotion now, for good, with all of its codes';

CREATE FUNCTION loyalty.generate_codes(
    org text, promotion text, quantity int8, prefix text DEFAULT NULL, length int4 DEFAULT 10,
    expires_at timestamptz DEFAULT NULL, check_symbol bool DEFAULT false, distribution text DEFAULT NULL,
    partner text DEFAULT NULL,
    OUT batch_no int4, OUT generated int8)
    RETURNS record
    LANGUAGE C AS 'MODULE_PATHNAME', 'loyalty_generate_codes';
REVOKE ALL ON FUNCTION loyalty.generate_codes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.generate_codes TO loyalty_admin;
COMMENT ON FUNCTION loyalty.generate_codes IS
    'Makes a batch of promo codes, in one row however many they are';

CREATE FUNCTION loyalty.export_codes(org text, promotion text, batch_no int4)
    RETURNS SETOF text
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_export_codes';
REVOKE ALL ON FUNCTION loyalty.export_codes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.export_codes TO loyalty_admin;
COMMENT ON FUNCTION loyalty.export_codes IS
    'The codes of a batch, one after the other, always in the same order';

CREATE FUNCTION loyalty.upload_codes(
    org text, promotion text, codes text[], expires_at timestamptz DEFAULT NULL, distribution text DEFAULT NULL,
    partner text DEFAULT NULL)
    RETURNS int4
    LANGUAGE C AS 'MODULE_PATHNAME', 'loyalty_upload_codes';
REVOKE ALL ON FUNCTION loyalty.upload_codes FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.upload_codes TO loyalty_admin;
COMMENT ON FUNCTION loyalty.upload_codes IS
    'Takes promo codes that were made elsewhere, all or none, and answers how many';

CREATE FUNCTION loyalty.create_code(
    org text, promotion text, code text, redemptions int8 DEFAULT NULL, expires_at timestamptz DEFAULT NULL,
    distribution text DEFAULT NULL, partner text DEFAULT NULL)
    RETURNS void
    LANGUAGE C AS 'MODULE_PATHNAME', 'loyalty_create_code';
REVOKE ALL ON FUNCTION loyalty.create_code FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.create_code TO loyalty_admin;
COMMENT ON FUNCTION loyalty.create_code IS
    'Makes a promo code that people choose, for many uses';

CREATE FUNCTION loyalty.revoke_code(org text, code text)
    RETURNS void
    LANGUAGE C AS 'MODULE_PATHNAME', 'loyalty_revoke_code';
REVOKE ALL ON FUNCTION loyalty.revoke_code FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.revoke_code TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.revoke_code IS
    'Takes a promo code back';

CREATE FUNCTION loyalty.revoke_code_batch(org text, promotion text, batch_no int4)
    RETURNS void
    LANGUAGE C AS 'MODULE_PATHNAME', 'loyalty_revoke_code_batch';
REVOKE ALL ON FUNCTION loyalty.revoke_code_batch FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.revoke_code_batch TO loyalty_admin;
COMMENT ON FUNCTION loyalty.revoke_code_batch IS
    'Takes all codes of a batch back';

CREATE FUNCTION loyalty.link_code(
    org text, customer_id int8, code text, mode text DEFAULT 'DISCOUNT',
    OUT promotion text, OUT expires_at timestamptz, OUT last_day date)
    RETURNS record
    LANGUAGE C AS 'MODULE_PATHNAME', 'loyalty_link_code';
REVOKE ALL ON FUNCTION loyalty.link_code FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.link_code TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.link_code IS
    'Gives a promo code to a customer, for the next checkout';

CREATE FUNCTION loyalty.unlink_code(org text, customer_id int8, code text)
    RETURNS void
    LANGUAGE C AS 'MODULE_PATHNAME', 'loyalty_unlink_code';
REVOKE ALL ON FUNCTION loyalty.unlink_code FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.unlink_code TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.unlink_code IS
    'Takes a promo code that was linked to a customer off again';
