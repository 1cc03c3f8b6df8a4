CREATE FUNCTION loyalty.add_transaction(
    org pg_catalog.text, customer_id pg_catalog.int8, transaction_number pg_catalog.text, amount pg_catalog.numeric,
    event_time pg_catalog.timestamptz DEFAULT NULL, till pg_catalog.text DEFAULT NULL,
    store pg_catalog.text DEFAULT NULL, source pg_catalog.text DEFAULT 'INSTORE',
    discount pg_catalog.numeric DEFAULT NULL, transaction_type pg_catalog.text DEFAULT 'regular',
    points pg_catalog.numeric DEFAULT NULL, line_items pg_catalog.jsonb DEFAULT NULL,
    idempotency_key pg_catalog.text DEFAULT NULL, program pg_catalog.text DEFAULT NULL,
    reason pg_catalog.text DEFAULT NULL, actor pg_catalog.text DEFAULT NULL, card_number pg_catalog.text DEFAULT NULL,
    card_external_id pg_catalog.text DEFAULT NULL, bill_promotion_points pg_catalog.numeric DEFAULT NULL,
    customer_promotion_points pg_catalog.numeric DEFAULT NULL, category pg_catalog.text DEFAULT 'regular',
    redeemable_from pg_catalog.timestamptz DEFAULT NULL, outlier_status pg_catalog.text DEFAULT 'normal',
    OUT transaction_id pg_catalog.int8, OUT event_id pg_catalog.int8, OUT points pg_catalog.numeric,
    OUT current_points pg_catalog.numeric)
    RETURNS pg_catalog.record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_add_transaction';
REVOKE ALL ON FUNCTION loyalty.add_transaction(text, int8, text, numeric, timestamptz, text, text, text, numeric, text,
    numeric, jsonb, text, text, text, text,
    text, text, numeric, numeric, text, timestamptz, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.add_transaction(text, int8, text, numeric, timestamptz, text, text, text, numeric,
    text, numeric, jsonb, text, text, text, text,
    text, text, numeric, numeric, text, timestamptz, text) TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.add_transaction(text, int8, text, numeric, timestamptz, text, text, text, numeric, text,
    numeric, jsonb, text, text, text, text,
    text, text, numeric, numeric, text, timestamptz, text) IS
    'Records a bill and the points it earns, in one event';

CREATE FUNCTION loyalty.add_transaction_by_identifiers(
    org pg_catalog.text, transaction_number pg_catalog.text, amount pg_catalog.numeric,
    mobile pg_catalog.text DEFAULT NULL, email pg_catalog.text DEFAULT NULL, external_id pg_catalog.text DEFAULT NULL,
    source pg_catalog.text DEFAULT 'INSTORE', account_id pg_catalog.text DEFAULT NULL,
    loyalty_type pg_catalog.text DEFAULT 'loyalty', event_time pg_catalog.timestamptz DEFAULT NULL,
    till pg_catalog.text DEFAULT NULL, store pg_catalog.text DEFAULT NULL, discount pg_catalog.numeric DEFAULT NULL,
    transaction_type pg_catalog.text DEFAULT 'regular', points pg_catalog.numeric DEFAULT NULL,
    line_items pg_catalog.jsonb DEFAULT NULL, idempotency_key pg_catalog.text DEFAULT NULL,
    program pg_catalog.text DEFAULT NULL, reason pg_catalog.text DEFAULT NULL, actor pg_catalog.text DEFAULT NULL,
    first_name pg_catalog.text DEFAULT NULL, last_name pg_catalog.text DEFAULT NULL,
    bill_promotion_points pg_catalog.numeric DEFAULT NULL, customer_promotion_points pg_catalog.numeric DEFAULT NULL,
    category pg_catalog.text DEFAULT 'regular', redeemable_from pg_catalog.timestamptz DEFAULT NULL,
    outlier_status pg_catalog.text DEFAULT 'normal',
    OUT customer_id pg_catalog.int8, OUT outcome pg_catalog.text, OUT transaction_id pg_catalog.int8,
    OUT event_id pg_catalog.int8, OUT points pg_catalog.numeric, OUT current_points pg_catalog.numeric,
    OUT warnings pg_catalog.text[])
    RETURNS pg_catalog.record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_add_transaction_by_identifiers';
REVOKE ALL ON FUNCTION loyalty.add_transaction_by_identifiers(text, text, numeric, text, text, text, text, text,
    text, timestamptz, text, text, numeric, text, numeric, jsonb, text, text, text, text, text, text, numeric, numeric,
    text, timestamptz, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.add_transaction_by_identifiers(text, text, numeric, text, text, text, text, text,
    text, timestamptz, text, text, numeric, text, numeric, jsonb, text, text, text, text, text, text, numeric, numeric,
    text, timestamptz, text) TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.add_transaction_by_identifiers(text, text, numeric, text, text, text, text, text,
    text, timestamptz, text, text, numeric, text, numeric, jsonb, text, text, text, text, text, text, numeric, numeric,
    text, timestamptz, text) IS
    'Records a bill that names its customer by identifiers, and registers the customer in the same call';

CREATE FUNCTION loyalty.return_transaction(
    org pg_catalog.text, customer_id pg_catalog.int8, transaction_number pg_catalog.text,
    lines pg_catalog.jsonb DEFAULT NULL, event_time pg_catalog.timestamptz DEFAULT NULL,
    amount pg_catalog.numeric DEFAULT NULL, till pg_catalog.text DEFAULT NULL,
    return_number pg_catalog.text DEFAULT NULL, return_till pg_catalog.text DEFAULT NULL,
    store pg_catalog.text DEFAULT NULL, source pg_catalog.text DEFAULT 'INSTORE', reason pg_catalog.text DEFAULT NULL,
    idempotency_key pg_catalog.text DEFAULT NULL, actor pg_catalog.text DEFAULT NULL,
    card_number pg_catalog.text DEFAULT NULL, card_external_id pg_catalog.text DEFAULT NULL,
    OUT transaction_id pg_catalog.int8, OUT event_id pg_catalog.int8, OUT amount pg_catalog.numeric,
    OUT points pg_catalog.numeric, OUT current_points pg_catalog.numeric)
    RETURNS pg_catalog.record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_return_transaction';
REVOKE ALL ON FUNCTION loyalty.return_transaction(text, int8, text, jsonb, timestamptz, numeric, text, text, text, text,
    text, text, text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.return_transaction(text, int8, text, jsonb, timestamptz, numeric, text, text, text,
    text, text, text, text, text, text, text) TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.return_transaction(text, int8, text, jsonb, timestamptz, numeric, text, text, text, text,
    text, text, text, text, text, text) IS
    'Takes a bill back, whole or in part, with the points that it earned and those that paid for it';

CREATE FUNCTION loyalty.earn_points(
    org pg_catalog.text, customer_id pg_catalog.int8, points pg_catalog.numeric,
    program pg_catalog.text DEFAULT NULL, category pg_catalog.text DEFAULT 'regular',
    event_name pg_catalog.text DEFAULT 'points_award', event_time pg_catalog.timestamptz DEFAULT NULL,
    expires_at pg_catalog.timestamptz DEFAULT NULL, redeemable_from pg_catalog.timestamptz DEFAULT NULL,
    till pg_catalog.text DEFAULT NULL, reason pg_catalog.text DEFAULT NULL,
    idempotency_key pg_catalog.text DEFAULT NULL, source pg_catalog.text DEFAULT NULL,
    actor pg_catalog.text DEFAULT NULL, card_number pg_catalog.text DEFAULT NULL,
    card_external_id pg_catalog.text DEFAULT NULL,
    OUT event_id pg_catalog.int8, OUT lot_id pg_catalog.int8, OUT points pg_catalog.numeric,
    OUT current_points pg_catalog.numeric, OUT expires_at pg_catalog.timestamptz)
    RETURNS pg_catalog.record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_earn_points';
REVOKE ALL ON FUNCTION loyalty.earn_points(text, int8, numeric, text, text, text, timestamptz, timestamptz, timestamptz,
    text, text, text, text, text,
    text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.earn_points(text, int8, numeric, text, text, text, timestamptz, timestamptz,
    timestamptz, text, text, text, text, text,
    text, text) TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.earn_points(text, int8, numeric, text, text, text, timestamptz, timestamptz, timestamptz,
    text, text, text, text, text,
    text, text) IS
    'Awards points outside a bill: one lot, with its own expiry';

CREATE FUNCTION loyalty.redeem_points(
    org pg_catalog.text, customer_id pg_catalog.int8, points pg_catalog.numeric,
    program pg_catalog.text DEFAULT NULL, event_time pg_catalog.timestamptz DEFAULT NULL,
    till pg_catalog.text DEFAULT NULL, transaction_number pg_catalog.text DEFAULT NULL,
    reason pg_catalog.text DEFAULT NULL, idempotency_key pg_catalog.text DEFAULT NULL,
    source pg_catalog.text DEFAULT NULL, actor pg_catalog.text DEFAULT NULL, card_number pg_catalog.text DEFAULT NULL,
    card_external_id pg_catalog.text DEFAULT NULL, up_to pg_catalog.bool DEFAULT false,
    OUT event_id pg_catalog.int8, OUT redemption_id pg_catalog.text, OUT points pg_catalog.numeric,
    OUT current_points pg_catalog.numeric)
    RETURNS pg_catalog.record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_redeem_points';
REVOKE ALL ON FUNCTION
    loyalty.redeem_points(text, int8, numeric, text, timestamptz, text, text, text, text, text, text,
    text, text, bool) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    loyalty.redeem_points(text, int8, numeric, text, timestamptz, text, text, text, text, text, text,
    text, text, bool)
    TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION
    loyalty.redeem_points(text, int8, numeric, text, timestamptz, text, text, text, text, text, text,
    text, text, bool) IS
    'Spends points, first expiring first, from one program or from all programs of the org';

CREATE FUNCTION loyalty.is_redeemable(
    org pg_catalog.text, customer_id pg_catalog.int8, points pg_catalog.numeric,
    program pg_catalog.text DEFAULT NULL, event_time pg_catalog.timestamptz DEFAULT NULL,
    OUT redeemable pg_catalog.bool, OUT failed_condition pg_catalog.text, OUT failed_program pg_catalog.text,
    OUT required pg_catalog.numeric, OUT actual pg_catalog.numeric, OUT available_points pg_catalog.numeric,
    OUT currency_value pg_catalog.numeric)
    RETURNS pg_catalog.record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_is_redeemable';
REVOKE ALL ON FUNCTION loyalty.is_redeemable(text, int8, numeric, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.is_redeemable(text, int8, numeric, text, timestamptz)
    TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.is_redeemable(text, int8, numeric, text, timestamptz) IS
    'Whether redeem_points would let a redemption through, else the first condition that fails; writes nothing';

CREATE FUNCTION loyalty.reverse_redemption(
    org pg_catalog.text, customer_id pg_catalog.int8, redemption_id pg_catalog.text,
    points pg_catalog.numeric DEFAULT NULL, event_time pg_catalog.timestamptz DEFAULT NULL,
    till pg_catalog.text DEFAULT NULL, reason pg_catalog.text DEFAULT NULL,
    idempotency_key pg_catalog.text DEFAULT NULL, source pg_catalog.text DEFAULT NULL,
    actor pg_catalog.text DEFAULT NULL, redemption_event_id pg_catalog.int8 DEFAULT NULL,
    card_number pg_catalog.text DEFAULT NULL, card_external_id pg_catalog.text DEFAULT NULL,
    OUT event_id pg_catalog.int8, OUT points pg_catalog.numeric, OUT available_points pg_catalog.numeric,
    OUT expired_points pg_catalog.numeric, OUT current_points pg_catalog.numeric)
    RETURNS pg_catalog.record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_reverse_redemption';
REVOKE ALL ON FUNCTION loyalty.reverse_redemption(text, int8, text, numeric, timestamptz, text, text, text, text, text,
    int8, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.reverse_redemption(text, int8, text, numeric, timestamptz, text, text, text, text,
    text, int8, text, text) TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.reverse_redemption(text, int8, text, numeric, timestamptz, text, text, text, text, text,
    int8, text, text) IS
    'Takes a redemption back, whole or in part: its points return to the lots that they came from';

CREATE FUNCTION loyalty.transfer_points(
    org pg_catalog.text, from_customer_id pg_catalog.int8, to_customer_id pg_catalog.int8,
    points pg_catalog.numeric, program pg_catalog.text DEFAULT NULL,
    event_time pg_catalog.timestamptz DEFAULT NULL, till pg_catalog.text DEFAULT NULL,
    reason pg_catalog.text DEFAULT NULL, idempotency_key pg_catalog.text DEFAULT NULL,
    source pg_catalog.text DEFAULT NULL, actor pg_catalog.text DEFAULT NULL,
    OUT event_id pg_catalog.int8, OUT transfer_id pg_catalog.int8, OUT points pg_catalog.numeric,
    OUT current_points pg_catalog.numeric)
    RETURNS pg_catalog.record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_transfer_points';
REVOKE ALL ON FUNCTION
    loyalty.transfer_points(text, int8, int8, numeric, text, timestamptz, text, text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    loyalty.transfer_points(text, int8, int8, numeric, text, timestamptz, text, text, text, text, text)
    TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION
    loyalty.transfer_points(text, int8, int8, numeric, text, timestamptz, text, text, text, text, text) IS
    'Gives points of one customer to another, first expiring first, by two events that share a transfer id';

CREATE FUNCTION loyalty.award_referral(
    org pg_catalog.text, referee_id pg_catalog.int8, referrer_id pg_catalog.int8,
    referee_points pg_catalog.numeric, referrer_points pg_catalog.numeric,
    program pg_catalog.text DEFAULT NULL, transaction_number pg_catalog.text DEFAULT NULL,
    event_time pg_catalog.timestamptz DEFAULT NULL, till pg_catalog.text DEFAULT NULL,
    reason pg_catalog.text DEFAULT NULL, idempotency_key pg_catalog.text DEFAULT NULL,
    source pg_catalog.text DEFAULT NULL, actor pg_catalog.text DEFAULT NULL,
    OUT event_id pg_catalog.int8, OUT referral_id pg_catalog.int8, OUT referee_points pg_catalog.numeric,
    OUT referrer_points pg_catalog.numeric)
    RETURNS pg_catalog.record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_award_referral';
REVOKE ALL ON FUNCTION
    loyalty.award_referral(text, int8, int8, numeric, numeric, text, text, timestamptz, text, text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    loyalty.award_referral(text, int8, int8, numeric, numeric, text, text, timestamptz, text, text, text, text, text)
    TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION
    loyalty.award_referral(text, int8, int8, numeric, numeric, text, text, timestamptz, text, text, text, text, text) IS
    'Awards both sides of a referral; a return of the bill that it names takes both awards back';

CREATE FUNCTION loyalty.adjust_points(
    org pg_catalog.text, customer_id pg_catalog.int8, points pg_catalog.numeric, entry_type pg_catalog.text,
    reason pg_catalog.text, program pg_catalog.text DEFAULT NULL, category pg_catalog.text DEFAULT 'regular',
    event_time pg_catalog.timestamptz DEFAULT NULL, expires_at pg_catalog.timestamptz DEFAULT NULL,
    till pg_catalog.text DEFAULT NULL, idempotency_key pg_catalog.text DEFAULT NULL,
    source pg_catalog.text DEFAULT NULL, actor pg_catalog.text DEFAULT NULL,
    OUT event_id pg_catalog.int8, OUT points pg_catalog.numeric, OUT current_points pg_catalog.numeric)
    RETURNS pg_catalog.record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_adjust_points';
REVOKE ALL ON FUNCTION
    loyalty.adjust_points(text, int8, numeric, text, text, text, text, timestamptz, timestamptz, text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    loyalty.adjust_points(text, int8, numeric, text, text, text, text, timestamptz, timestamptz, text, text, text, text)
    TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION
    loyalty.adjust_points(text, int8, numeric, text, text, text, text, timestamptz, timestamptz, text, text, text, text) IS
    'Corrects an account by hand: a credit or a debit, with a reason';

CREATE FUNCTION loyalty.import_points(
    org pg_catalog.text, customer_id pg_catalog.int8, points pg_catalog.numeric,
    event_name pg_catalog.text DEFAULT 'points_import', reason pg_catalog.text DEFAULT NULL,
    program pg_catalog.text DEFAULT NULL, category pg_catalog.text DEFAULT 'regular',
    event_time pg_catalog.timestamptz DEFAULT NULL, expires_at pg_catalog.timestamptz DEFAULT NULL,
    till pg_catalog.text DEFAULT NULL, idempotency_key pg_catalog.text DEFAULT NULL,
    source pg_catalog.text DEFAULT NULL, actor pg_catalog.text DEFAULT NULL,
    OUT event_id pg_catalog.int8, OUT points pg_catalog.numeric, OUT current_points pg_catalog.numeric)
    RETURNS pg_catalog.record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_import_points';
REVOKE ALL ON FUNCTION
    loyalty.import_points(text, int8, numeric, text, text, text, text, timestamptz, timestamptz, text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    loyalty.import_points(text, int8, numeric, text, text, text, text, timestamptz, timestamptz, text, text, text, text)
    TO loyalty_admin;
COMMENT ON FUNCTION
    loyalty.import_points(text, int8, numeric, text, text, text, text, timestamptz, timestamptz, text, text, text, text) IS
    'Brings in points, redemptions and expiries of another system, one event each';

CREATE FUNCTION loyalty.import_opening_balance(
    org pg_catalog.text, customer_id pg_catalog.int8, balance pg_catalog.numeric,
    program pg_catalog.text DEFAULT NULL, category pg_catalog.text DEFAULT 'regular',
    event_time pg_catalog.timestamptz DEFAULT NULL, expires_at pg_catalog.timestamptz DEFAULT NULL,
    till pg_catalog.text DEFAULT NULL, reason pg_catalog.text DEFAULT NULL,
    idempotency_key pg_catalog.text DEFAULT NULL, source pg_catalog.text DEFAULT NULL,
    actor pg_catalog.text DEFAULT NULL,
    OUT event_id pg_catalog.int8, OUT points pg_catalog.numeric, OUT current_points pg_catalog.numeric)
    RETURNS pg_catalog.record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_import_opening_balance';
REVOKE ALL ON FUNCTION
    loyalty.import_opening_balance(text, int8, numeric, text, text, timestamptz, timestamptz, text, text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    loyalty.import_opening_balance(text, int8, numeric, text, text, timestamptz, timestamptz, text, text, text, text, text)
    TO loyalty_admin;
COMMENT ON FUNCTION
    loyalty.import_opening_balance(text, int8, numeric, text, text, timestamptz, timestamptz, text, text, text, text, text) IS
    'Brings in the balance that a customer had elsewhere; below zero it is arrears';

CREATE FUNCTION loyalty.change_expiry(
    org pg_catalog.text, customer_id pg_catalog.int8, lot_id pg_catalog.int8, expires_at pg_catalog.timestamptz,
    immediately pg_catalog.bool DEFAULT false, event_time pg_catalog.timestamptz DEFAULT NULL,
    till pg_catalog.text DEFAULT NULL, reason pg_catalog.text DEFAULT NULL,
    idempotency_key pg_catalog.text DEFAULT NULL, source pg_catalog.text DEFAULT NULL,
    actor pg_catalog.text DEFAULT NULL,
    OUT event_id pg_catalog.int8, OUT old_expires_at pg_catalog.timestamptz, OUT new_expires_at pg_catalog.timestamptz,
    OUT expired_points pg_catalog.numeric)
    RETURNS pg_catalog.record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_change_expiry';
REVOKE ALL ON FUNCTION
    loyalty.change_expiry(text, int8, int8, timestamptz, bool, timestamptz, text, text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    loyalty.change_expiry(text, int8, int8, timestamptz, bool, timestamptz, text, text, text, text, text)
    TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION
    loyalty.change_expiry(text, int8, int8, timestamptz, bool, timestamptz, text, text, text, text, text) IS
    'Gives the points that a lot has left another expiry: later, earlier, never or at once';

-- What a batch is made of: the same columns first in each.
CREATE TYPE loyalty.earn_item AS (
    customer_id pg_catalog.int8, points pg_catalog.numeric, program pg_catalog.text,
    event_time pg_catalog.timestamptz, till pg_catalog.text, reason pg_catalog.text,
    idempotency_key pg_catalog.text, source pg_catalog.text, category pg_catalog.text,
    event_name pg_catalog.text, expires_at pg_catalog.timestamptz, redeemable_from pg_catalog.timestamptz);
REVOKE ALL ON TYPE loyalty.earn_item FROM PUBLIC;
GRANT USAGE ON TYPE loyalty.earn_item TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON TYPE loyalty.earn_item IS 'An item of earn_points_batch: the arguments of earn_points';

CREATE TYPE loyalty.redeem_item AS (
    customer_id pg_catalog.int8, points pg_catalog.numeric, program pg_catalog.text,
    event_time pg_catalog.timestamptz, till pg_catalog.text, reason pg_catalog.text,
    idempotency_key pg_catalog.text, source pg_catalog.text, transaction_number pg_catalog.text);
REVOKE ALL ON TYPE loyalty.redeem_item FROM PUBLIC;
GRANT USAGE ON TYPE loyalty.redeem_item TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON TYPE loyalty.redeem_item IS 'An item of redeem_points_batch: the arguments of redeem_points';

CREATE FUNCTION loyalty.earn_points_batch(
    org pg_catalog.text, items loyalty.earn_item[], all_or_nothing pg_catalog.bool DEFAULT true,
    actor pg_catalog.text DEFAULT NULL)
    RETURNS TABLE (
        item_no pg_catalog.int4, event_id pg_catalog.int8, lot_id pg_catalog.int8, points pg_catalog.numeric,
        current_points pg_catalog.numeric, expires_at pg_catalog.timestamptz, error_code pg_catalog.text,
        error pg_catalog.text)
    LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 1000 AS 'MODULE_PATHNAME', 'loyalty_earn_points_batch';
REVOKE ALL ON FUNCTION loyalty.earn_points_batch(text, loyalty.earn_item[], bool, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.earn_points_batch(text, loyalty.earn_item[], bool, text)
    TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.earn_points_batch(text, loyalty.earn_item[], bool, text) IS
    'Awards points to many customers at once: all items or none, or each by itself, with an answer for each';

CREATE FUNCTION loyalty.redeem_points_batch(
    org pg_catalog.text, items loyalty.redeem_item[], all_or_nothing pg_catalog.bool DEFAULT true,
    actor pg_catalog.text DEFAULT NULL)
    RETURNS TABLE (
        item_no pg_catalog.int4, event_id pg_catalog.int8, redemption_id pg_catalog.text, points pg_catalog.numeric,
        current_points pg_catalog.numeric, error_code pg_catalog.text, error pg_catalog.text)
    LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 1000 AS 'MODULE_PATHNAME', 'loyalty_redeem_points_batch';
REVOKE ALL ON FUNCTION loyalty.redeem_points_batch(text, loyalty.redeem_item[], bool, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.redeem_points_batch(text, loyalty.redeem_item[], bool, text)
    TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.redeem_points_batch(text, loyalty.redeem_item[], bool, text) IS
    'Spends points of many customers at once: all items or none, or each by itself, with an answer for each';

CREATE PROCEDURE loyalty.load_transactions(
    org pg_catalog.text, source pg_catalog.regclass, batch_size pg_catalog.int4 DEFAULT 1000)
    LANGUAGE C AS 'MODULE_PATHNAME', 'loyalty_load_transactions';
REVOKE ALL ON PROCEDURE loyalty.load_transactions(text, regclass, int4) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE loyalty.load_transactions(text, regclass, int4) TO loyalty_admin;
COMMENT ON PROCEDURE loyalty.load_transactions(text, regclass, int4) IS
    'Loads the bills of a table or view that were not loaded yet, batch by batch with a commit each';

CREATE PROCEDURE loyalty.expire_points(
    org pg_catalog.text, as_of pg_catalog.timestamptz DEFAULT NULL, batch_size pg_catalog.int4 DEFAULT 1000)
    LANGUAGE C AS 'MODULE_PATHNAME', 'loyalty_expire_points';
REVOKE ALL ON PROCEDURE loyalty.expire_points(text, timestamptz, int4) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE loyalty.expire_points(text, timestamptz, int4) TO loyalty_admin;
COMMENT ON PROCEDURE loyalty.expire_points(text, timestamptz, int4) IS
    'Posts every expiry that is due, batch by batch with a commit each';

CREATE PROCEDURE loyalty.convert_promised_points(
    org pg_catalog.text, as_of pg_catalog.timestamptz DEFAULT NULL, batch_size pg_catalog.int4 DEFAULT 1000)
    LANGUAGE C AS 'MODULE_PATHNAME', 'loyalty_convert_promised_points';
REVOKE ALL ON PROCEDURE loyalty.convert_promised_points(text, timestamptz, int4) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE loyalty.convert_promised_points(text, timestamptz, int4) TO loyalty_admin;
COMMENT ON PROCEDURE loyalty.convert_promised_points(text, timestamptz, int4) IS
    'Makes regular points of the promised ones whose date has come, batch by batch with a commit each';

CREATE FUNCTION loyalty.unlock_promised_points(
    org pg_catalog.text, customer_id pg_catalog.int8, transaction_number pg_catalog.text DEFAULT NULL,
    line_no pg_catalog.int4 DEFAULT NULL, till pg_catalog.text DEFAULT NULL, lot_id pg_catalog.int8 DEFAULT NULL,
    event_time pg_catalog.timestamptz DEFAULT NULL, reason pg_catalog.text DEFAULT NULL,
    idempotency_key pg_catalog.text DEFAULT NULL, source pg_catalog.text DEFAULT NULL,
    actor pg_catalog.text DEFAULT NULL, card_number pg_catalog.text DEFAULT NULL,
    card_external_id pg_catalog.text DEFAULT NULL,
    OUT event_id pg_catalog.int8, OUT lots pg_catalog.int4, OUT points pg_catalog.numeric)
    RETURNS pg_catalog.record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_unlock_promised_points';
REVOKE ALL ON FUNCTION loyalty.unlock_promised_points(text, int8, text, int4, text, int8, timestamptz, text, text, text,
    text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.unlock_promised_points(text, int8, text, int4, text, int8, timestamptz, text, text,
    text, text, text, text) TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.unlock_promised_points(text, int8, text, int4, text, int8, timestamptz, text, text, text,
    text, text, text) IS
    'Makes regular points of the trigger-based ones of a bill, of one of its lines, or of one award';

CREATE PROCEDURE loyalty.close_day(org pg_catalog.text, day pg_catalog.date DEFAULT NULL)
    LANGUAGE C AS 'MODULE_PATHNAME', 'loyalty_close_day';
REVOKE ALL ON PROCEDURE loyalty.close_day(text, date) FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE loyalty.close_day(text, date) TO loyalty_admin;
COMMENT ON PROCEDURE loyalty.close_day(text, date) IS
    'Closes an org''s books up to a day and seals them: later postings count for the next open day';

CREATE FUNCTION loyalty.schedule_jobs(
    org pg_catalog.text, OUT job pg_catalog.text, OUT times pg_catalog.text, OUT command pg_catalog.text,
    OUT scheduled pg_catalog.bool, OUT crontab_line pg_catalog.text)
    RETURNS SETOF pg_catalog.record
    LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 3 AS 'MODULE_PATHNAME', 'loyalty_schedule_jobs';
REVOKE ALL ON FUNCTION loyalty.schedule_jobs(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.schedule_jobs(text) TO loyalty_admin;
COMMENT ON FUNCTION loyalty.schedule_jobs(text) IS
    'Registers expiry, conversion and closing of an org with pg_cron, or says what to put into cron';

CREATE FUNCTION loyalty.points_balance(
    org pg_catalog.text, customer_id pg_catalog.int8, program pg_catalog.text DEFAULT NULL,
    as_of pg_catalog.timestamptz DEFAULT NULL, known_at pg_catalog.timestamptz DEFAULT NULL,
    OUT current_points pg_catalog.numeric, OUT promised_points pg_catalog.numeric,
    OUT trigger_based_points pg_catalog.numeric, OUT lifetime_points pg_catalog.numeric,
    OUT redeemed_points pg_catalog.numeric, OUT expired_points pg_catalog.numeric,
    OUT returned_points pg_catalog.numeric, OUT available_points pg_catalog.numeric,
    OUT coming_expiries pg_catalog.jsonb)
    RETURNS pg_catalog.record
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_points_balance';
REVOKE ALL ON FUNCTION loyalty.points_balance(text, int8, text, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.points_balance(text, int8, text, timestamptz, timestamptz)
    TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.points_balance(text, int8, text, timestamptz, timestamptz) IS
    'Balances and counters of a customer, now or as of any time, as known now or then, in one program or over all';

CREATE FUNCTION loyalty.points_ledger(
    org pg_catalog.text, customer_id pg_catalog.int8, program pg_catalog.text DEFAULT NULL,
    category pg_catalog.text DEFAULT NULL, entry_type pg_catalog.text DEFAULT NULL,
    from_time pg_catalog.timestamptz DEFAULT NULL, to_time pg_catalog.timestamptz DEFAULT NULL,
    tills pg_catalog.text[] DEFAULT NULL, store pg_catalog.text DEFAULT NULL, source pg_catalog.text DEFAULT NULL,
    newest_first pg_catalog.bool DEFAULT true, page_size pg_catalog.int4 DEFAULT 100,
    after_key pg_catalog.text DEFAULT NULL, known_at pg_catalog.timestamptz DEFAULT NULL,
    include_till_concept_events pg_catalog.bool DEFAULT false)
    RETURNS TABLE (
        event_id pg_catalog.int8, event_name pg_catalog.text, event_time pg_catalog.timestamptz,
        effective_at pg_catalog.timestamptz, recorded_at pg_catalog.timestamptz, entry_no pg_catalog.int4,
        entry_type pg_catalog.text, program pg_catalog.text, category pg_catalog.text, points pg_catalog.numeric,
        balance_after pg_catalog.numeric, points_on_event pg_catalog.numeric, till pg_catalog.text,
        store pg_catalog.text, source pg_catalog.text, transaction_id pg_catalog.int8,
        transaction_number pg_catalog.text, redemption_id pg_catalog.text, reason pg_catalog.text,
        more pg_catalog.bool, next_key pg_catalog.text)
    LANGUAGE C STABLE PARALLEL UNSAFE ROWS 100 AS 'MODULE_PATHNAME', 'loyalty_points_ledger';
REVOKE ALL ON FUNCTION loyalty.points_ledger(text, int8, text, text, text, timestamptz, timestamptz, text[], text, text,
    bool, int4, text, timestamptz, bool) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.points_ledger(text, int8, text, text, text, timestamptz, timestamptz, text[], text,
    text, bool, int4, text, timestamptz, bool) TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.points_ledger(text, int8, text, text, text, timestamptz, timestamptz, text[], text, text,
    bool, int4, text, timestamptz, bool) IS
    'A page of a customer''s ledger, newest or oldest first; the last seven days unless a range is given';

CREATE FUNCTION loyalty.ledger_closing_balance(
    org pg_catalog.text, customer_id pg_catalog.int8, program pg_catalog.text DEFAULT NULL,
    category pg_catalog.text DEFAULT NULL, entry_type pg_catalog.text DEFAULT NULL,
    from_time pg_catalog.timestamptz DEFAULT NULL, to_time pg_catalog.timestamptz DEFAULT NULL,
    tills pg_catalog.text[] DEFAULT NULL, store pg_catalog.text DEFAULT NULL, source pg_catalog.text DEFAULT NULL,
    known_at pg_catalog.timestamptz DEFAULT NULL)
    RETURNS TABLE (
        program pg_catalog.text, category pg_catalog.text, closing_balance pg_catalog.numeric,
        entry_no pg_catalog.int4, effective_at pg_catalog.timestamptz)
    LANGUAGE C STABLE PARALLEL UNSAFE ROWS 15 AS 'MODULE_PATHNAME', 'loyalty_ledger_closing_balance';
REVOKE ALL ON FUNCTION loyalty.ledger_closing_balance(text, int8, text, text, text, timestamptz, timestamptz, text[],
    text, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.ledger_closing_balance(text, int8, text, text, text, timestamptz, timestamptz, text[],
    text, text, timestamptz) TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.ledger_closing_balance(text, int8, text, text, text, timestamptz, timestamptz, text[], text,
    text, timestamptz) IS
    'Per program and category the balance after the last entry that the filters show';

CREATE FUNCTION loyalty.ledger_event_details(org pg_catalog.text, customer_id pg_catalog.int8, event_id pg_catalog.int8)
    RETURNS TABLE (
        entry_no pg_catalog.int4, entry_type pg_catalog.text, program pg_catalog.text, category pg_catalog.text,
        house_account pg_catalog.text, entry_points pg_catalog.numeric, balance_after pg_catalog.numeric,
        lot_id pg_catalog.int8, what pg_catalog.text, points pg_catalog.numeric, award_type pg_catalog.text,
        awarded_at pg_catalog.timestamptz, redeemable_from pg_catalog.timestamptz, expires_at pg_catalog.timestamptz,
        old_expires_at pg_catalog.timestamptz, origin_customer_id pg_catalog.int8, origin_lot_id pg_catalog.int8)
    LANGUAGE C STABLE PARALLEL UNSAFE ROWS 10 AS 'MODULE_PATHNAME', 'loyalty_ledger_event_details';
REVOKE ALL ON FUNCTION loyalty.ledger_event_details(text, int8, int8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.ledger_event_details(text, int8, int8) TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.ledger_event_details(text, int8, int8) IS
    'The entries of an event, each with the lots that it awarded, drew on, or gave another expiry';

CREATE FUNCTION loyalty.verify_ledger(
    org pg_catalog.text, OUT invariant pg_catalog.text, OUT ok pg_catalog.bool, OUT detail pg_catalog.text)
    RETURNS SETOF pg_catalog.record
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_verify_ledger';
REVOKE ALL ON FUNCTION loyalty.verify_ledger(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.verify_ledger(text) TO loyalty_admin, loyalty_analyst;
COMMENT ON FUNCTION loyalty.verify_ledger(text) IS
    'Recomputes every invariant of an org''s ledger in one snapshot and names the first divergence of each';
