CREATE FUNCTION loyalty.add_transaction(
    org pg_catalog.text, customer_id pg_catalog.int8, transaction_number pg_catalog.text, amount pg_catalog.numeric,
    event_time pg_catalog.timestamptz DEFAULT NULL, till pg_catalog.text DEFAULT NULL,
    store pg_catalog.text DEFAULT NULL, source pg_catalog.text DEFAULT 'INSTORE',
    discount pg_catalog.numeric DEFAULT NULL, transaction_type pg_catalog.text DEFAULT 'regular',
    points pg_catalog.numeric DEFAULT NULL, line_items pg_catalog.jsonb DEFAULT NULL,
    idempotency_key pg_catalog.text DEFAULT NULL, program pg_catalog.text DEFAULT NULL,
    reason pg_catalog.text DEFAULT NULL, actor pg_catalog.text DEFAULT NULL, card_number pg_catalog.text DEFAULT NULL,
    card_external_id pg_catalog.text DEFAULT NULL,
    OUT transaction_id pg_catalog.int8, OUT event_id pg_catalog.int8, OUT points pg_catalog.numeric,
    OUT current_points pg_catalog.numeric)
    RETURNS pg_catalog.record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_add_transaction';
REVOKE ALL ON FUNCTION loyalty.add_transaction(text, int8, text, numeric, timestamptz, text, text, text, numeric, text,
    numeric, jsonb, text, text, text, text,
    text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.add_transaction(text, int8, text, numeric, timestamptz, text, text, text, numeric,
    text, numeric, jsonb, text, text, text, text,
    text, text) TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.add_transaction(text, int8, text, numeric, timestamptz, text, text, text, numeric, text,
    numeric, jsonb, text, text, text, text,
    text, text) IS
    'Records a bill and the points it earns, in one event';

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
    card_external_id pg_catalog.text DEFAULT NULL,
    OUT event_id pg_catalog.int8, OUT redemption_id pg_catalog.text, OUT points pg_catalog.numeric,
    OUT current_points pg_catalog.numeric)
    RETURNS pg_catalog.record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_redeem_points';
REVOKE ALL ON FUNCTION
    loyalty.redeem_points(text, int8, numeric, text, timestamptz, text, text, text, text, text, text,
    text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    loyalty.redeem_points(text, int8, numeric, text, timestamptz, text, text, text, text, text, text,
    text, text)
    TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION
    loyalty.redeem_points(text, int8, numeric, text, timestamptz, text, text, text, text, text, text,
    text, text) IS
    'Spends points, first expiring first, from one program or from all programs of the org';

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

CREATE FUNCTION loyalty.points_balance(
    org pg_catalog.text, customer_id pg_catalog.int8, program pg_catalog.text DEFAULT NULL,
    as_of pg_catalog.timestamptz DEFAULT NULL,
    OUT current_points pg_catalog.numeric, OUT promised_points pg_catalog.numeric,
    OUT trigger_based_points pg_catalog.numeric, OUT lifetime_points pg_catalog.numeric,
    OUT redeemed_points pg_catalog.numeric, OUT expired_points pg_catalog.numeric,
    OUT returned_points pg_catalog.numeric)
    RETURNS pg_catalog.record
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_points_balance';
REVOKE ALL ON FUNCTION loyalty.points_balance(text, int8, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.points_balance(text, int8, text, timestamptz)
    TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.points_balance(text, int8, text, timestamptz) IS
    'Balances and counters of a customer, now or as of any time, in one program or over all';

CREATE FUNCTION loyalty.points_ledger(
    org pg_catalog.text, customer_id pg_catalog.int8, program pg_catalog.text DEFAULT NULL,
    category pg_catalog.text DEFAULT NULL, entry_type pg_catalog.text DEFAULT NULL,
    from_time pg_catalog.timestamptz DEFAULT NULL, to_time pg_catalog.timestamptz DEFAULT NULL,
    tills pg_catalog.text[] DEFAULT NULL, store pg_catalog.text DEFAULT NULL, source pg_catalog.text DEFAULT NULL,
    newest_first pg_catalog.bool DEFAULT true, page_size pg_catalog.int4 DEFAULT 100,
    after_key pg_catalog.text DEFAULT NULL)
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
    bool, int4, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.points_ledger(text, int8, text, text, text, timestamptz, timestamptz, text[], text,
    text, bool, int4, text) TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.points_ledger(text, int8, text, text, text, timestamptz, timestamptz, text[], text, text,
    bool, int4, text) IS
    'A page of a customer''s ledger, newest or oldest first; the last seven days unless a range is given';

CREATE FUNCTION loyalty.verify_ledger(
    org pg_catalog.text, OUT invariant pg_catalog.text, OUT ok pg_catalog.bool, OUT detail pg_catalog.text)
    RETURNS SETOF pg_catalog.record
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_verify_ledger';
REVOKE ALL ON FUNCTION loyalty.verify_ledger(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.verify_ledger(text) TO loyalty_admin, loyalty_analyst;
COMMENT ON FUNCTION loyalty.verify_ledger(text) IS
    'Recomputes every invariant of an org''s ledger in one snapshot and names the first divergence of each';
