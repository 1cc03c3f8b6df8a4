-- What the calls return that tills make all day is declared: a description that is made anew for each call, as that of OUT
-- arguments is, would take a thirtieth of an award.
CREATE TYPE loyalty.earn_points_result AS (
    event_id int8, lot_id int8, points numeric, current_points numeric, expires_at timestamptz,
    last_day date);
REVOKE ALL ON TYPE loyalty.earn_points_result FROM PUBLIC;
GRANT USAGE ON TYPE loyalty.earn_points_result TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON TYPE loyalty.earn_points_result IS 'What earn_points returns';

CREATE FUNCTION loyalty.earn_points(
    org text, customer_id int8, points numeric, category text DEFAULT 'regular', event_name text DEFAULT 'points_award',
    expires_at timestamptz DEFAULT NULL, redeemable_from timestamptz DEFAULT NULL, program text DEFAULT NULL,
    event_time timestamptz DEFAULT NULL, till text DEFAULT NULL, reason text DEFAULT NULL, source text DEFAULT NULL,
    actor text DEFAULT NULL, idempotency_key text DEFAULT NULL, card_number text DEFAULT NULL,
    card_external_id text DEFAULT NULL)
    RETURNS loyalty.earn_points_result
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_earn_points';
REVOKE ALL ON FUNCTION loyalty.earn_points FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.earn_points TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.earn_points IS
    'Awards points outside a bill: one lot, with its own expiry';

CREATE TYPE loyalty.redeem_points_result AS (
    event_id int8, redemption_id text, points numeric, current_points numeric);
REVOKE ALL ON TYPE loyalty.redeem_points_result FROM PUBLIC;
GRANT USAGE ON TYPE loyalty.redeem_points_result TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON TYPE loyalty.redeem_points_result IS 'What redeem_points returns';

CREATE FUNCTION loyalty.redeem_points(
    org text, customer_id int8, points numeric, transaction_number text DEFAULT NULL,
    transaction_till text DEFAULT NULL, up_to bool DEFAULT false, program text DEFAULT NULL,
    event_time timestamptz DEFAULT NULL, till text DEFAULT NULL, reason text DEFAULT NULL, source text DEFAULT NULL,
    actor text DEFAULT NULL, idempotency_key text DEFAULT NULL, card_number text DEFAULT NULL,
    card_external_id text DEFAULT NULL, verification uuid DEFAULT NULL)
    RETURNS loyalty.redeem_points_result
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_redeem_points';
REVOKE ALL ON FUNCTION loyalty.redeem_points FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.redeem_points TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.redeem_points IS
    'Spends points, first expiring first, from one program or from all programs of the org';

CREATE FUNCTION loyalty.is_redeemable(
    org text, customer_id int8, points numeric, transaction_number text DEFAULT NULL,
    transaction_till text DEFAULT NULL, up_to bool DEFAULT false, program text DEFAULT NULL,
    event_time timestamptz DEFAULT NULL, till text DEFAULT NULL, reason text DEFAULT NULL, source text DEFAULT NULL,
    actor text DEFAULT NULL, idempotency_key text DEFAULT NULL, card_number text DEFAULT NULL,
    card_external_id text DEFAULT NULL,
    OUT redeemable bool, OUT points numeric, OUT failed_condition text, OUT failed_program text, OUT required numeric, OUT actual numeric,
    OUT available_points numeric, OUT currency_value numeric)
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_is_redeemable';
REVOKE ALL ON FUNCTION loyalty.is_redeemable FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.is_redeemable TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.is_redeemable IS
    'Whether redeem_points would let a redemption through, else the first condition that fails; writes nothing';

CREATE FUNCTION loyalty.reverse_redemption(
    org text, customer_id int8, redemption_id text, points numeric DEFAULT NULL, redemption_event_id int8 DEFAULT NULL,
    event_time timestamptz DEFAULT NULL, till text DEFAULT NULL, reason text DEFAULT NULL, source text DEFAULT NULL,
    actor text DEFAULT NULL, idempotency_key text DEFAULT NULL, card_number text DEFAULT NULL,
    card_external_id text DEFAULT NULL,
    OUT event_id int8, OUT points numeric, OUT points_available numeric, OUT points_expired numeric,
    OUT current_points numeric)
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_reverse_redemption';
REVOKE ALL ON FUNCTION loyalty.reverse_redemption FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.reverse_redemption TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.reverse_redemption IS
    'Takes a redemption back, whole or in part: its points return to the lots that they came from';

CREATE FUNCTION loyalty.transfer_points(
    org text, from_customer_id int8, to_customer_id int8, points numeric, program text DEFAULT NULL,
    event_time timestamptz DEFAULT NULL, till text DEFAULT NULL, reason text DEFAULT NULL, source text DEFAULT NULL,
    actor text DEFAULT NULL, idempotency_key text DEFAULT NULL, verification uuid DEFAULT NULL,
    OUT event_id int8, OUT transfer_id int8, OUT points numeric, OUT current_points numeric)
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_transfer_points';
REVOKE ALL ON FUNCTION loyalty.transfer_points FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.transfer_points TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.transfer_points IS
    'Gives points of one customer to another, first expiring first, by two events that share a transfer id';

CREATE FUNCTION loyalty.adjust_points(
    org text, customer_id int8, points numeric, entry_type text, category text DEFAULT 'regular',
    expires_at timestamptz DEFAULT NULL, program text DEFAULT NULL, event_time timestamptz DEFAULT NULL,
    till text DEFAULT NULL, reason text DEFAULT NULL, source text DEFAULT NULL, actor text DEFAULT NULL,
    idempotency_key text DEFAULT NULL, card_number text DEFAULT NULL, card_external_id text DEFAULT NULL,
    OUT event_id int8, OUT points numeric, OUT current_points numeric)
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_adjust_points';
REVOKE ALL ON FUNCTION loyalty.adjust_points FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.adjust_points TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.adjust_points IS
    'Corrects an account by hand: a credit or a debit, with a reason';

CREATE FUNCTION loyalty.import_points(
    org text, customer_id int8, points numeric, event_name text DEFAULT 'points_import',
    category text DEFAULT 'regular', expires_at timestamptz DEFAULT NULL, program text DEFAULT NULL,
    event_time timestamptz DEFAULT NULL, till text DEFAULT NULL, reason text DEFAULT NULL, source text DEFAULT NULL,
    actor text DEFAULT NULL, idempotency_key text DEFAULT NULL, card_number text DEFAULT NULL,
    card_external_id text DEFAULT NULL,
    OUT event_id int8, OUT points numeric, OUT current_points numeric)
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_import_points';
REVOKE ALL ON FUNCTION loyalty.import_points FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.import_points TO loyalty_admin;
COMMENT ON FUNCTION loyalty.import_points IS
    'Brings in points, redemptions and expiries of another system, one event each';

CREATE FUNCTION loyalty.import_opening_balance(
    org text, customer_id int8, points numeric, category text DEFAULT 'regular', expires_at timestamptz DEFAULT NULL,
    program text DEFAULT NULL, event_time timestamptz DEFAULT NULL, till text DEFAULT NULL, reason text DEFAULT NULL,
    source text DEFAULT NULL, actor text DEFAULT NULL, idempotency_key text DEFAULT NULL, card_number text DEFAULT NULL,
    card_external_id text DEFAULT NULL,
    OUT event_id int8, OUT points numeric, OUT current_points numeric)
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_import_opening_balance';
REVOKE ALL ON FUNCTION loyalty.import_opening_balance FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.import_opening_balance TO loyalty_admin;
COMMENT ON FUNCTION loyalty.import_opening_balance IS
    'Brings in the balance that a customer had elsewhere; below zero it is arrears';

CREATE FUNCTION loyalty.change_expiry(
    org text, customer_id int8, lot_id int8, expires_at timestamptz, immediately bool DEFAULT false,
    event_time timestamptz DEFAULT NULL, till text DEFAULT NULL, reason text DEFAULT NULL, source text DEFAULT NULL,
    actor text DEFAULT NULL, idempotency_key text DEFAULT NULL, card_number text DEFAULT NULL,
    card_external_id text DEFAULT NULL,
    OUT event_id int8, OUT old_expires_at timestamptz, OUT old_last_day date, OUT new_expires_at timestamptz,
    OUT new_last_day date, OUT expired_points numeric, OUT current_points numeric)
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_change_expiry';
REVOKE ALL ON FUNCTION loyalty.change_expiry FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.change_expiry TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.change_expiry IS
    'Gives the points that a lot has left another expiry: later, earlier, never or at once';

-- What a batch is made of: the arguments of the single call in their order, but for the org. NULL is the default there, and
-- the batch's actor.
CREATE TYPE loyalty.earn_item AS (
    customer_id int8, points numeric, category text, event_name text, expires_at timestamptz, redeemable_from timestamptz,
    program text, event_time timestamptz, till text, reason text, source text, actor text, idempotency_key text,
    card_number text, card_external_id text);
REVOKE ALL ON TYPE loyalty.earn_item FROM PUBLIC;
GRANT USAGE ON TYPE loyalty.earn_item TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON TYPE loyalty.earn_item IS 'An item of earn_points_batch: the arguments of earn_points';

CREATE TYPE loyalty.redeem_item AS (
    customer_id int8, points numeric, transaction_number text, transaction_till text, up_to bool, program text,
    event_time timestamptz, till text, reason text, source text, actor text, idempotency_key text, card_number text,
    card_external_id text);
REVOKE ALL ON TYPE loyalty.redeem_item FROM PUBLIC;
GRANT USAGE ON TYPE loyalty.redeem_item TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON TYPE loyalty.redeem_item IS 'An item of redeem_points_batch: the arguments of redeem_points';

-- Items as a document: '[{"customer_id": 7, "points": 3}]'. The casts let the batches take one as it is, without a second
-- function of each name. A document knows no org, so times without an offset are those of UTC, whatever the session's zone is.
CREATE FUNCTION loyalty_data.checked_items(items jsonb, item_type regtype) RETURNS jsonb
    LANGUAGE C STABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_checked_items';
REVOKE ALL ON FUNCTION loyalty_data.checked_items FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty_data.checked_items TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty_data.checked_items IS
    'The document, where its items have fields of a row type alone';

CREATE FUNCTION loyalty.earn_items(items jsonb) RETURNS loyalty.earn_item[]
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SET TimeZone = 'UTC'
    BEGIN ATOMIC
        SELECT ARRAY(SELECT i FROM jsonb_populate_recordset(
            NULL::loyalty.earn_item, loyalty_data.checked_items(items, 'loyalty.earn_item')) i);
    END;
REVOKE ALL ON FUNCTION loyalty.earn_items FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.earn_items TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.earn_items IS
    'Items of earn_points_batch from a document; a field that no item has is refused';
CREATE CAST (jsonb AS loyalty.earn_item[]) WITH FUNCTION loyalty.earn_items AS IMPLICIT;

CREATE FUNCTION loyalty.redeem_items(items jsonb) RETURNS loyalty.redeem_item[]
    LANGUAGE sql STABLE STRICT PARALLEL SAFE SET TimeZone = 'UTC'
    BEGIN ATOMIC
        SELECT ARRAY(SELECT i FROM jsonb_populate_recordset(
            NULL::loyalty.redeem_item, loyalty_data.checked_items(items, 'loyalty.redeem_item')) i);
    END;
REVOKE ALL ON FUNCTION loyalty.redeem_items FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.redeem_items TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.redeem_items IS
    'Items of redeem_points_batch from a document; a field that no item has is refused';
CREATE CAST (jsonb AS loyalty.redeem_item[]) WITH FUNCTION loyalty.redeem_items AS IMPLICIT;

CREATE FUNCTION loyalty.earn_points_batch(
    org text, items loyalty.earn_item[], all_or_nothing bool DEFAULT true, actor text DEFAULT NULL)
    RETURNS TABLE (
        item_no int4, event_id int8, lot_id int8, points numeric,
        current_points numeric, expires_at timestamptz, last_day date, error_code text,
        error text)
    LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 1000 AS 'MODULE_PATHNAME', 'loyalty_earn_points_batch';
REVOKE ALL ON FUNCTION loyalty.earn_points_batch FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.earn_points_batch TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.earn_points_batch IS
    'Awards points to many customers at once: all items or none, or each by itself, with an answer for each';

CREATE FUNCTION loyalty.redeem_points_batch(
    org text, items loyalty.redeem_item[], all_or_nothing bool DEFAULT true, actor text DEFAULT NULL)
    RETURNS TABLE (
        item_no int4, event_id int8, redemption_id text, points numeric,
        current_points numeric, error_code text, error text)
    LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 1000 AS 'MODULE_PATHNAME', 'loyalty_redeem_points_batch';
REVOKE ALL ON FUNCTION loyalty.redeem_points_batch FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.redeem_points_batch TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.redeem_points_batch IS
    'Spends points of many customers at once: all items or none, or each by itself, with an answer for each';

CREATE PROCEDURE loyalty.expire_points(org text, as_of timestamptz DEFAULT NULL, batch_size int4 DEFAULT 1000)
    LANGUAGE C AS 'MODULE_PATHNAME', 'loyalty_expire_points';
REVOKE ALL ON PROCEDURE loyalty.expire_points FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE loyalty.expire_points TO loyalty_admin;
COMMENT ON PROCEDURE loyalty.expire_points IS
    'Posts every expiry that is due, batch by batch with a commit each';

CREATE PROCEDURE loyalty.convert_promised_points(
    org text, as_of timestamptz DEFAULT NULL, batch_size int4 DEFAULT 1000)
    LANGUAGE C AS 'MODULE_PATHNAME', 'loyalty_convert_promised_points';
REVOKE ALL ON PROCEDURE loyalty.convert_promised_points FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE loyalty.convert_promised_points TO loyalty_admin;
COMMENT ON PROCEDURE loyalty.convert_promised_points IS
    'Makes regular points of the promised ones whose date has come, batch by batch with a commit each';

CREATE PROCEDURE loyalty.open_program_accounts(org text, program text, batch_size int4 DEFAULT 1000)
    LANGUAGE C AS 'MODULE_PATHNAME', 'loyalty_open_program_accounts';
REVOKE ALL ON PROCEDURE loyalty.open_program_accounts FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE loyalty.open_program_accounts TO loyalty_admin;
COMMENT ON PROCEDURE loyalty.open_program_accounts IS
    'Opens the accounts of a program for the customers who are older than it, batch by batch with a commit each';

CREATE FUNCTION loyalty.unlock_promised_points(
    org text, customer_id int8, transaction_number text DEFAULT NULL, transaction_till text DEFAULT NULL,
    line_no int4 DEFAULT NULL, lot_id int8 DEFAULT NULL, event_time timestamptz DEFAULT NULL, till text DEFAULT NULL,
    reason text DEFAULT NULL, source text DEFAULT NULL, actor text DEFAULT NULL, idempotency_key text DEFAULT NULL,
    card_number text DEFAULT NULL, card_external_id text DEFAULT NULL,
    OUT event_id int8, OUT lot_count int4, OUT points numeric, OUT current_points numeric)
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_unlock_promised_points';
REVOKE ALL ON FUNCTION loyalty.unlock_promised_points FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.unlock_promised_points TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.unlock_promised_points IS
    'Makes regular points of the trigger-based ones of a bill, of one of its lines, or of one award';

CREATE PROCEDURE loyalty.close_day(org text, posting_day date DEFAULT NULL, INOUT seal_hash text DEFAULT NULL)
    LANGUAGE C AS 'MODULE_PATHNAME', 'loyalty_close_day';
REVOKE ALL ON PROCEDURE loyalty.close_day FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE loyalty.close_day TO loyalty_admin;
COMMENT ON PROCEDURE loyalty.close_day IS
    'Closes an org''s books up to a day and seals them: later postings count for the next open day';

CREATE FUNCTION loyalty.schedule_jobs(org text)
    RETURNS TABLE (
        job text, times text, command text, scheduled bool, crontab_line text)
    LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 6 AS 'MODULE_PATHNAME', 'loyalty_schedule_jobs';
REVOKE ALL ON FUNCTION loyalty.schedule_jobs FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.schedule_jobs TO loyalty_admin;
COMMENT ON FUNCTION loyalty.schedule_jobs IS
    'Registers the jobs of an org with pg_cron, or says what to put into cron';

CREATE FUNCTION loyalty.points_balance(
    org text, customer_id int8 DEFAULT NULL, program text DEFAULT NULL, as_of timestamptz DEFAULT NULL,
    known_at timestamptz DEFAULT NULL, identifier_type text DEFAULT NULL, identifier_value text DEFAULT NULL,
    OUT current_points numeric, OUT promised_points numeric, OUT trigger_based_points numeric,
    OUT lifetime_points numeric, OUT redeemed_points numeric, OUT expired_points numeric, OUT returned_points numeric,
    OUT available_points numeric, OUT coming_expiries jsonb)
    RETURNS record
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_points_balance';
REVOKE ALL ON FUNCTION loyalty.points_balance FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.points_balance TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.points_balance IS
    'Balances and counters of a customer, now or as of any time, as known now or then, in one program or over all';

CREATE FUNCTION loyalty.points_ledger(
    org text, customer_id int8 DEFAULT NULL, program text DEFAULT NULL, category text DEFAULT NULL,
    entry_type text DEFAULT NULL, from_time timestamptz DEFAULT NULL, to_time timestamptz DEFAULT NULL,
    tills text[] DEFAULT NULL, store text DEFAULT NULL, source text DEFAULT NULL, newest_first bool DEFAULT true,
    page_size int4 DEFAULT 100, after_key text DEFAULT NULL, known_at timestamptz DEFAULT NULL,
    include_till_concept_events bool DEFAULT false, include_merged bool DEFAULT false,
    identifier_type text DEFAULT NULL, identifier_value text DEFAULT NULL)
    RETURNS TABLE (
        customer_id int8, event_id int8, event_name text, event_time timestamptz,
        effective_at timestamptz, recorded_at timestamptz, entry_no int4,
        entry_type text, program text, category text, points numeric,
        balance_after numeric, points_on_event numeric, till text,
        store text, source text, transaction_id int8,
        transaction_number text, redemption_id text, reason text,
        has_more bool, next_key text)
    LANGUAGE C STABLE PARALLEL UNSAFE ROWS 100 AS 'MODULE_PATHNAME', 'loyalty_points_ledger';
REVOKE ALL ON FUNCTION loyalty.points_ledger FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.points_ledger TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.points_ledger IS
    'A page of a customer''s ledger, newest or oldest first; the last seven days unless a range is given';

CREATE FUNCTION loyalty.points_ledger_json(
    org text, customer_id int8 DEFAULT NULL, program text DEFAULT NULL, category text DEFAULT NULL,
    entry_type text DEFAULT NULL, from_time timestamptz DEFAULT NULL, to_time timestamptz DEFAULT NULL,
    tills text[] DEFAULT NULL, store text DEFAULT NULL, source text DEFAULT NULL, newest_first bool DEFAULT true,
    page_size int4 DEFAULT 10, after_key text DEFAULT NULL, known_at timestamptz DEFAULT NULL,
    include_till_concept_events bool DEFAULT false, include_merged bool DEFAULT false,
    identifier_type text DEFAULT NULL, identifier_value text DEFAULT NULL, with_total bool DEFAULT false)
    RETURNS jsonb
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_points_ledger_json';
REVOKE ALL ON FUNCTION loyalty.points_ledger_json FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.points_ledger_json TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.points_ledger_json IS
    'A page of a customer''s ledger as one document: who the customer is, where the page stands, at most ten entries';

CREATE FUNCTION loyalty.ledger_closing_balance(
    org text, customer_id int8 DEFAULT NULL, program text DEFAULT NULL, category text DEFAULT NULL,
    entry_type text DEFAULT NULL, from_time timestamptz DEFAULT NULL, to_time timestamptz DEFAULT NULL,
    tills text[] DEFAULT NULL, store text DEFAULT NULL, source text DEFAULT NULL, known_at timestamptz DEFAULT NULL,
    include_till_concept_events bool DEFAULT false, include_merged bool DEFAULT false,
    identifier_type text DEFAULT NULL, identifier_value text DEFAULT NULL)
    RETURNS TABLE (
        customer_id int8, program text, category text, closing_balance numeric,
        entry_no int4, effective_at timestamptz)
    LANGUAGE C STABLE PARALLEL UNSAFE ROWS 15 AS 'MODULE_PATHNAME', 'loyalty_ledger_closing_balance';
REVOKE ALL ON FUNCTION loyalty.ledger_closing_balance FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.ledger_closing_balance TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.ledger_closing_balance IS
    'Per program and category the balance after the last entry that the filters show';

CREATE FUNCTION loyalty.ledger_event_details(
    org text, customer_id int8 DEFAULT NULL, event_id int8 DEFAULT NULL, include_merged bool DEFAULT false,
    identifier_type text DEFAULT NULL, identifier_value text DEFAULT NULL)
    RETURNS TABLE (
        customer_id int8, entry_no int4, entry_type text, program text, category text,
        house_account text, entry_points numeric, balance_after numeric,
        lot_id int8, movement text, points numeric, award_type text,
        awarded_at timestamptz, redeemable_from timestamptz, expires_at timestamptz,
        last_day date, old_expires_at timestamptz, old_last_day date, origin_customer_id int8, origin_lot_id int8)
    LANGUAGE C STABLE PARALLEL UNSAFE ROWS 10 AS 'MODULE_PATHNAME', 'loyalty_ledger_event_details';
REVOKE ALL ON FUNCTION loyalty.ledger_event_details FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.ledger_event_details TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.ledger_event_details IS
    'The entries of an event, each with the lots that it awarded, drew on, or gave another expiry';

CREATE FUNCTION loyalty.verify_ledger(org text, expected_seal text DEFAULT NULL)
    RETURNS TABLE (
        invariant text, ok bool, detail text)
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_verify_ledger';
REVOKE ALL ON FUNCTION loyalty.verify_ledger FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.verify_ledger TO loyalty_admin, loyalty_analyst;
COMMENT ON FUNCTION loyalty.verify_ledger IS
    'Recomputes every invariant of an org''s ledger in one snapshot and names the first divergence of each';
