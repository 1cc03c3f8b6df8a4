CREATE FUNCTION loyalty.create_voucher(
    org text, amount numeric, count int4 DEFAULT 1, expires_on date DEFAULT NULL, validity interval DEFAULT NULL,
    event_time timestamptz DEFAULT NULL, till text DEFAULT NULL, store text DEFAULT NULL,
    reason text DEFAULT NULL, source text DEFAULT 'INSTORE', actor text DEFAULT NULL,
    idempotency_key text DEFAULT NULL)
    RETURNS TABLE (voucher_id int8, voucher_code text, expires_at timestamptz, last_day date)
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_create_voucher';
REVOKE ALL ON FUNCTION loyalty.create_voucher FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.create_voucher TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.create_voucher IS
    'Issues gift vouchers that nobody holds, and tells their codes once';

CREATE FUNCTION loyalty.issue_gift_voucher(
    org text, customer_id int8, amount numeric, expires_on date DEFAULT NULL, validity interval DEFAULT NULL,
    event_time timestamptz DEFAULT NULL, till text DEFAULT NULL, store text DEFAULT NULL,
    reason text DEFAULT NULL, source text DEFAULT 'INSTORE', actor text DEFAULT NULL,
    idempotency_key text DEFAULT NULL, OUT voucher_id int8, OUT voucher_code text, OUT expires_at timestamptz,
    OUT last_day date)
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_issue_gift_voucher';
REVOKE ALL ON FUNCTION loyalty.issue_gift_voucher FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.issue_gift_voucher TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.issue_gift_voucher IS
    'Issues a gift voucher to a customer, or to whoever has its code, which it tells once';

CREATE FUNCTION loyalty.issue_gift_voucher_for_points(
    org text, customer_id int8, points numeric, expires_on date DEFAULT NULL, validity interval DEFAULT NULL,
    program text DEFAULT NULL, event_time timestamptz DEFAULT NULL, till text DEFAULT NULL,
    store text DEFAULT NULL, reason text DEFAULT NULL, source text DEFAULT 'INSTORE', actor text DEFAULT NULL,
    idempotency_key text DEFAULT NULL, card_number text DEFAULT NULL, card_external_id text DEFAULT NULL,
    verification uuid DEFAULT NULL, OUT event_id int8, OUT voucher_id int8, OUT voucher_code text,
    OUT amount numeric, OUT redeemed_points numeric, OUT current_points numeric, OUT expires_at timestamptz,
    OUT last_day date)
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_issue_gift_voucher_for_points';
REVOKE ALL ON FUNCTION loyalty.issue_gift_voucher_for_points FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.issue_gift_voucher_for_points TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.issue_gift_voucher_for_points IS
    'Redeems points and issues a gift voucher for what they are worth';

CREATE FUNCTION loyalty.redeem_gift_voucher(
    org text, code text, amount numeric, transaction_number text DEFAULT NULL, up_to bool DEFAULT false,
    event_time timestamptz DEFAULT NULL, till text DEFAULT NULL, store text DEFAULT NULL,
    reason text DEFAULT NULL, source text DEFAULT 'INSTORE', actor text DEFAULT NULL,
    idempotency_key text DEFAULT NULL,
    OUT movement_id int8, OUT voucher_id int8, OUT redeemed_amount numeric, OUT balance numeric,
    OUT expires_at timestamptz, OUT last_day date)
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_redeem_gift_voucher';
REVOKE ALL ON FUNCTION loyalty.redeem_gift_voucher FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.redeem_gift_voucher TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.redeem_gift_voucher IS
    'Pays with a gift voucher: an amount, or with up_to as much of it as there is';

CREATE FUNCTION loyalty.gift_voucher_balance(
    org text, code text, OUT voucher_id int8, OUT balance numeric, OUT status text, OUT issued_at timestamptz,
    OUT expires_at timestamptz, OUT last_day date)
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_gift_voucher_balance';
REVOKE ALL ON FUNCTION loyalty.gift_voucher_balance FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.gift_voucher_balance TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.gift_voucher_balance IS
    'What a gift voucher has, and whether it is good';

CREATE FUNCTION loyalty.reverse_voucher_redemption(
    org text, voucher_id int8, redemption_movement_id int8, amount numeric DEFAULT NULL,
    event_time timestamptz DEFAULT NULL, till text DEFAULT NULL, store text DEFAULT NULL,
    reason text DEFAULT NULL, source text DEFAULT 'INSTORE', actor text DEFAULT NULL,
    idempotency_key text DEFAULT NULL,
    OUT movement_id int8, OUT reversed_amount numeric, OUT balance numeric,
    OUT expires_at timestamptz, OUT last_day date)
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_reverse_voucher_redemption';
REVOKE ALL ON FUNCTION loyalty.reverse_voucher_redemption FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.reverse_voucher_redemption TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.reverse_voucher_redemption IS
    'Gives the money of a redemption back to its gift voucher: all that is left of it, or a part';

CREATE FUNCTION loyalty.adjust_gift_voucher(
    org text, voucher_id int8, amount numeric, event_time timestamptz DEFAULT NULL, till text DEFAULT NULL,
    store text DEFAULT NULL, reason text DEFAULT NULL, source text DEFAULT 'INSTORE', actor text DEFAULT NULL,
    idempotency_key text DEFAULT NULL,
    OUT movement_id int8, OUT balance numeric, OUT expires_at timestamptz, OUT last_day date)
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_adjust_gift_voucher';
REVOKE ALL ON FUNCTION loyalty.adjust_gift_voucher FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.adjust_gift_voucher TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.adjust_gift_voucher IS
    'Adds to what a gift voucher has, or takes from it, for a reason';

CREATE FUNCTION loyalty.revoke_gift_voucher(
    org text, voucher_id int8, event_time timestamptz DEFAULT NULL, till text DEFAULT NULL,
    store text DEFAULT NULL, reason text DEFAULT NULL, source text DEFAULT 'INSTORE', actor text DEFAULT NULL,
    idempotency_key text DEFAULT NULL,
    OUT movement_id int8, OUT revoked_amount numeric)
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_revoke_gift_voucher';
REVOKE ALL ON FUNCTION loyalty.revoke_gift_voucher FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.revoke_gift_voucher TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.revoke_gift_voucher IS
    'Makes a gift voucher of no use and takes what it has, for a reason';

CREATE FUNCTION loyalty.replace_gift_voucher_code(
    org text, voucher_id int8, event_time timestamptz DEFAULT NULL, till text DEFAULT NULL,
    store text DEFAULT NULL, reason text DEFAULT NULL, source text DEFAULT 'INSTORE', actor text DEFAULT NULL)
    RETURNS text
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_replace_gift_voucher_code';
REVOKE ALL ON FUNCTION loyalty.replace_gift_voucher_code FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.replace_gift_voucher_code TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.replace_gift_voucher_code IS
    'Gives a gift voucher another code, for a reason, and tells it once; the one from before is of no use';

CREATE PROCEDURE loyalty.expire_gift_vouchers(
    org text, as_of timestamptz DEFAULT NULL, batch_size int4 DEFAULT 1000)
    LANGUAGE C AS 'MODULE_PATHNAME', 'loyalty_expire_gift_vouchers';
REVOKE ALL ON PROCEDURE loyalty.expire_gift_vouchers FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE loyalty.expire_gift_vouchers TO loyalty_admin;
COMMENT ON PROCEDURE loyalty.expire_gift_vouchers IS
    'Writes down that the money of gift vouchers has expired, which it has without that, batch by batch with a commit each';
