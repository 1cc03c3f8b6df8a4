CREATE FUNCTION loyalty.redeem_coupon(
    org text, customer_id int8, coupon_code text, transaction_number text, bill_amount numeric,
    event_time timestamptz DEFAULT NULL, till text DEFAULT NULL, store text DEFAULT NULL, reason text DEFAULT NULL,
    source text DEFAULT 'INSTORE', actor text DEFAULT NULL, idempotency_key text DEFAULT NULL,
    card_number text DEFAULT NULL, card_external_id text DEFAULT NULL, verification uuid DEFAULT NULL,
    OUT use_id int8, OUT coupon_id int8, OUT transaction_id int8, OUT series text, OUT discount numeric,
    OUT redemptions_left int8)
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_redeem_coupon';
REVOKE ALL ON FUNCTION loyalty.redeem_coupon FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.redeem_coupon TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.redeem_coupon IS
    'Redeems a coupon on a bill and answers the discount; of all that stands against it, the first thing is the error';

CREATE FUNCTION loyalty.is_coupon_redeemable(
    org text, customer_id int8, coupon_code text, bill_amount numeric DEFAULT NULL,
    transaction_number text DEFAULT NULL, event_time timestamptz DEFAULT NULL, till text DEFAULT NULL,
    store text DEFAULT NULL, source text DEFAULT 'INSTORE', card_number text DEFAULT NULL,
    card_external_id text DEFAULT NULL,
    OUT redeemable bool, OUT coupon_id int8, OUT series text, OUT discount numeric, OUT redemptions_left int8,
    OUT expires_at timestamptz, OUT last_day date, OUT failed_condition text, OUT condition_required text, OUT condition_actual text)
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_is_coupon_redeemable';
REVOKE ALL ON FUNCTION loyalty.is_coupon_redeemable FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.is_coupon_redeemable TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.is_coupon_redeemable IS
    'Whether redeem_coupon would redeem a coupon, and for which discount, else the first condition that fails; writes nothing';

CREATE FUNCTION loyalty.reverse_coupon_redemption(
    org text, customer_id int8, use_id int8, event_time timestamptz DEFAULT NULL, till text DEFAULT NULL,
    store text DEFAULT NULL, reason text DEFAULT NULL, source text DEFAULT 'INSTORE', actor text DEFAULT NULL,
    idempotency_key text DEFAULT NULL,
    OUT return_id int8, OUT reversed_use_id int8, OUT coupon_id int8, OUT redemptions_left int8)
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_reverse_coupon_redemption';
REVOKE ALL ON FUNCTION loyalty.reverse_coupon_redemption FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.reverse_coupon_redemption TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.reverse_coupon_redemption IS
    'Gives the use of a coupon back without a return of its bill, once; limits have it again, whatever has become of them';

CREATE FUNCTION loyalty.revoke_coupon(
    org text, customer_id int8, coupon_code text, reason text DEFAULT NULL, actor text DEFAULT NULL)
    RETURNS int4
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_revoke_coupon';
REVOKE ALL ON FUNCTION loyalty.revoke_coupon FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.revoke_coupon TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.revoke_coupon IS
    'Takes a coupon away from its holder, of a generic code all that it holds; its uses stay';

CREATE TYPE loyalty.redeem_coupon_item AS (
    customer_id int8, coupon_code text, transaction_number text, bill_amount numeric, event_time timestamptz, till text,
    store text, reason text, source text, actor text, idempotency_key text, card_number text, card_external_id text);
REVOKE ALL ON TYPE loyalty.redeem_coupon_item FROM PUBLIC;
GRANT USAGE ON TYPE loyalty.redeem_coupon_item TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON TYPE loyalty.redeem_coupon_item IS 'An item of redeem_coupons_batch: the arguments of redeem_coupon';

CREATE FUNCTION loyalty.redeem_coupon_items(items jsonb) RETURNS loyalty.redeem_coupon_item[]
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SET TimeZone = 'UTC'
    BEGIN ATOMIC
        SELECT ARRAY(SELECT i FROM jsonb_populate_recordset(
            NULL::loyalty.redeem_coupon_item, loyalty_data.checked_items(items, 'loyalty.redeem_coupon_item')) i);
    END;
REVOKE ALL ON FUNCTION loyalty.redeem_coupon_items FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.redeem_coupon_items TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.redeem_coupon_items IS
    'Items of redeem_coupons_batch from a document; a field that no item has is refused';
CREATE CAST (jsonb AS loyalty.redeem_coupon_item[]) WITH FUNCTION loyalty.redeem_coupon_items AS IMPLICIT;

CREATE FUNCTION loyalty.redeem_coupons_batch(
    org text, items loyalty.redeem_coupon_item[], all_or_nothing bool DEFAULT true, actor text DEFAULT NULL)
    RETURNS TABLE (
        item_no int4, use_id int8, coupon_id int8, transaction_id int8, series text, discount numeric,
        redemptions_left int8, error_code text, error text)
    LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 1000 AS 'MODULE_PATHNAME', 'loyalty_redeem_coupons_batch';
REVOKE ALL ON FUNCTION loyalty.redeem_coupons_batch FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.redeem_coupons_batch TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.redeem_coupons_batch IS
    'Redeems coupons of many customers at once: all items or none, or each by itself, with an answer for each';

CREATE FUNCTION loyalty_data.coupon_status_word(expires_at timestamptz, is_revoked bool, redemptions int4, as_of timestamptz)
    RETURNS text
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_coupon_status_word';
REVOKE ALL ON FUNCTION loyalty_data.coupon_status_word FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty_data.coupon_status_word TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON FUNCTION loyalty_data.coupon_status_word IS
    'What a coupon is at a time, by its end and its uses; serves views and lists';

CREATE FUNCTION loyalty.customer_coupons(
    org text, customer_id int8 DEFAULT NULL, statuses text[] DEFAULT NULL, series text DEFAULT NULL,
    as_of timestamptz DEFAULT NULL, page_size int4 DEFAULT 50, page_key text DEFAULT NULL,
    identifier_type text DEFAULT NULL, identifier_value text DEFAULT NULL)
    RETURNS TABLE (
        coupon_id int8, coupon_code text, series text, name text, description text, discount_type text,
        discount_value numeric, maximum_discount numeric, status text, issued_at timestamptz, valid_from timestamptz,
        expires_at timestamptz, last_day date, redemptions int4, redemptions_left int8, campaign text,
        revoked_at timestamptz, page_key text)
    LANGUAGE C STABLE PARALLEL UNSAFE ROWS 50 AS 'MODULE_PATHNAME', 'loyalty_customer_coupons';
REVOKE ALL ON FUNCTION loyalty.customer_coupons FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.customer_coupons TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.customer_coupons IS
    'The coupons of a customer with their value and status, the newest first, in pages';

CREATE FUNCTION loyalty.customer_redemptions(
    org text, customer_id int8 DEFAULT NULL, redemption_types text[] DEFAULT NULL, from_time timestamptz DEFAULT NULL,
    to_time timestamptz DEFAULT NULL, merchant_store_id text DEFAULT NULL, coupon_id_from int8 DEFAULT NULL,
    coupon_id_to int8 DEFAULT NULL, page_size int4 DEFAULT 50, page_key text DEFAULT NULL,
    identifier_type text DEFAULT NULL, identifier_value text DEFAULT NULL)
    RETURNS TABLE (
        redemption_type text, use_id int8, redemption_id text, coupon_id int8, coupon_code text, series text,
        points numeric, discount numeric, bill_amount numeric, transaction_number text, transaction_id int8, till text,
        store text, source text, event_time timestamptz, recorded_at timestamptz, returned_at timestamptz,
        reversed_points numeric, page_key text)
    LANGUAGE C STABLE PARALLEL UNSAFE ROWS 50 AS 'MODULE_PATHNAME', 'loyalty_customer_redemptions';
REVOKE ALL ON FUNCTION loyalty.customer_redemptions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.customer_redemptions TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.customer_redemptions IS
    'What a customer redeemed, points and coupons in one order, the newest first, in pages';

CREATE FUNCTION loyalty.create_coupon_series(
    org text, series text, name text, promotion text DEFAULT NULL, code_type text DEFAULT 'unique', issue_limit int8 DEFAULT NULL,
    notify_at int8 DEFAULT NULL, redemptions_total int8 DEFAULT NULL, redemptions_per_coupon int4 DEFAULT 1,
    redemptions_per_customer int8 DEFAULT NULL, coupons_per_customer int8 DEFAULT NULL, validity interval DEFAULT NULL,
    starts_at timestamptz DEFAULT NULL, ends_at timestamptz DEFAULT NULL, any_user bool DEFAULT false,
    discount_type text DEFAULT NULL, discount_value numeric DEFAULT NULL, maximum_discount numeric DEFAULT NULL,
    minimum_bill numeric DEFAULT NULL, stores text[] DEFAULT NULL, days text[] DEFAULT NULL, hours text[] DEFAULT NULL,
    valid_from_days int4 DEFAULT NULL, days_between_issues int4 DEFAULT NULL, days_between_redemptions int4 DEFAULT NULL,
    generic_code text DEFAULT NULL, code_prefix text DEFAULT 'C', code_length int4 DEFAULT 10, description text DEFAULT NULL)
    RETURNS int
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_create_coupon_series';
REVOKE ALL ON FUNCTION loyalty.create_coupon_series FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.create_coupon_series TO loyalty_admin;
COMMENT ON FUNCTION loyalty.create_coupon_series IS
    'Makes a series of coupons: what they are worth, who may have how many, for how long, and where their codes come from';

CREATE FUNCTION loyalty.stop_coupon_series(org text, series text)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_stop_coupon_series';
REVOKE ALL ON FUNCTION loyalty.stop_coupon_series FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.stop_coupon_series TO loyalty_admin;
COMMENT ON FUNCTION loyalty.stop_coupon_series IS
    'Issues no more coupons of a series; those that are out stay as good as they were';

CREATE FUNCTION loyalty.set_issue_limit(org text, series text, issue_limit int8 DEFAULT NULL, notify_at int8 DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_set_issue_limit';
REVOKE ALL ON FUNCTION loyalty.set_issue_limit FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.set_issue_limit TO loyalty_admin;
COMMENT ON FUNCTION loyalty.set_issue_limit IS
    'Says how many coupons of a series are issued at most, and when contacts are told that few are left';

CREATE FUNCTION loyalty.upload_coupons(org text, series text, codes text[])
    RETURNS int
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_upload_coupons';
REVOKE ALL ON FUNCTION loyalty.upload_coupons FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.upload_coupons TO loyalty_admin;
COMMENT ON FUNCTION loyalty.upload_coupons IS 'Adds codes to the stock of a series whose codes are uploaded: all of them, or none';

CREATE FUNCTION loyalty.check_limits(org text)
    RETURNS int
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_check_limits';
REVOKE ALL ON FUNCTION loyalty.check_limits FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.check_limits TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.check_limits IS
    'Tells contacts of issue limits that are nearly used, where no issue could tell them; returns how many messages went out';

CREATE TYPE loyalty.issue_coupon_result AS (coupon_id int8, coupon_code text, expires_at timestamptz, last_day date);
REVOKE ALL ON TYPE loyalty.issue_coupon_result FROM PUBLIC;
GRANT USAGE ON TYPE loyalty.issue_coupon_result TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON TYPE loyalty.issue_coupon_result IS 'What issue_coupon returns';

CREATE FUNCTION loyalty.issue_coupon(
    org text, customer_id int8, series text, campaign text DEFAULT NULL, program text DEFAULT NULL,
    event_time timestamptz DEFAULT NULL, till text DEFAULT NULL, store text DEFAULT NULL, reason text DEFAULT NULL,
    source text DEFAULT 'INSTORE', actor text DEFAULT NULL, idempotency_key text DEFAULT NULL, card_number text DEFAULT NULL,
    card_external_id text DEFAULT NULL)
    RETURNS loyalty.issue_coupon_result
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_issue_coupon';
REVOKE ALL ON FUNCTION loyalty.issue_coupon FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.issue_coupon TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.issue_coupon IS 'Issues a coupon of a series to a customer';

CREATE TYPE loyalty.issue_coupon_item AS (
    customer_id int8, series text, campaign text, program text, event_time timestamptz, till text, store text, reason text,
    source text, actor text, idempotency_key text, card_number text, card_external_id text);
REVOKE ALL ON TYPE loyalty.issue_coupon_item FROM PUBLIC;
GRANT USAGE ON TYPE loyalty.issue_coupon_item TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON TYPE loyalty.issue_coupon_item IS 'An item of issue_coupons_batch: the arguments of issue_coupon';

CREATE FUNCTION loyalty.issue_coupon_items(items jsonb) RETURNS loyalty.issue_coupon_item[]
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SET TimeZone = 'UTC'
    BEGIN ATOMIC
        SELECT ARRAY(SELECT i FROM jsonb_populate_recordset(
            NULL::loyalty.issue_coupon_item, loyalty_data.checked_items(items, 'loyalty.issue_coupon_item')) i);
    END;
REVOKE ALL ON FUNCTION loyalty.issue_coupon_items FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.issue_coupon_items TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.issue_coupon_items IS
    'Items of issue_coupons_batch from a document; a field that no item has is refused';
CREATE CAST (jsonb AS loyalty.issue_coupon_item[]) WITH FUNCTION loyalty.issue_coupon_items AS IMPLICIT;

CREATE FUNCTION loyalty.issue_coupons_batch(
    org text, items loyalty.issue_coupon_item[], all_or_nothing bool DEFAULT true, actor text DEFAULT NULL)
    RETURNS TABLE (
        item_no int4, coupon_id int8, coupon_code text, expires_at timestamptz, last_day date, error_code text, error text)
    LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 1000 AS 'MODULE_PATHNAME', 'loyalty_issue_coupons_batch';
REVOKE ALL ON FUNCTION loyalty.issue_coupons_batch FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.issue_coupons_batch TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.issue_coupons_batch IS
    'Issues coupons to many customers at once: all items or none, or each by itself, with an answer for each';

CREATE FUNCTION loyalty.issue_coupons(
    org text, series text, customer_ids int8[], campaign text DEFAULT NULL, all_or_nothing bool DEFAULT false,
    program text DEFAULT NULL, event_time timestamptz DEFAULT NULL, till text DEFAULT NULL, store text DEFAULT NULL,
    reason text DEFAULT NULL, source text DEFAULT 'INSTORE', actor text DEFAULT NULL, idempotency_key text DEFAULT NULL)
    RETURNS TABLE (
        item_no int4, coupon_id int8, coupon_code text, expires_at timestamptz, last_day date, error_code text, error text)
    LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 1000 AS 'MODULE_PATHNAME', 'loyalty_issue_coupons';
REVOKE ALL ON FUNCTION loyalty.issue_coupons FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.issue_coupons TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.issue_coupons IS
    'Issues a coupon of a series to each customer of a list, with an answer for each; a key is one for each customer';

