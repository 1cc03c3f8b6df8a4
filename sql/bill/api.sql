CREATE TYPE loyalty.add_transaction_result AS (
    event_id int8, transaction_id int8, points numeric, current_points numeric, warnings text[]);
REVOKE ALL ON TYPE loyalty.add_transaction_result FROM PUBLIC;
GRANT USAGE ON TYPE loyalty.add_transaction_result TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON TYPE loyalty.add_transaction_result IS 'What add_transaction returns';

CREATE FUNCTION loyalty.add_transaction(
    org text, customer_id int8, transaction_number text, amount numeric, discount numeric DEFAULT NULL,
    transaction_type text DEFAULT 'regular', points numeric DEFAULT NULL, line_items jsonb DEFAULT NULL,
    bill_promotion_points numeric DEFAULT NULL, customer_promotion_points numeric DEFAULT NULL,
    category text DEFAULT 'regular', redeemable_from timestamptz DEFAULT NULL, outlier_status text DEFAULT 'normal',
    program text DEFAULT NULL, event_time timestamptz DEFAULT NULL, till text DEFAULT NULL, store text DEFAULT NULL,
    reason text DEFAULT NULL, source text DEFAULT 'INSTORE', actor text DEFAULT NULL, idempotency_key text DEFAULT NULL,
    card_number text DEFAULT NULL, card_external_id text DEFAULT NULL)
    RETURNS loyalty.add_transaction_result
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_add_transaction';
REVOKE ALL ON FUNCTION loyalty.add_transaction FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.add_transaction TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.add_transaction IS
    'Records a bill and the points it earns, in one event';

CREATE FUNCTION loyalty.add_transaction_by_identifiers(
    org text, transaction_number text, amount numeric, mobile text DEFAULT NULL, email text DEFAULT NULL,
    external_id text DEFAULT NULL, first_name text DEFAULT NULL, last_name text DEFAULT NULL,
    loyalty_type text DEFAULT 'loyalty', discount numeric DEFAULT NULL, transaction_type text DEFAULT 'regular',
    points numeric DEFAULT NULL, line_items jsonb DEFAULT NULL, bill_promotion_points numeric DEFAULT NULL,
    customer_promotion_points numeric DEFAULT NULL, category text DEFAULT 'regular',
    redeemable_from timestamptz DEFAULT NULL, outlier_status text DEFAULT 'normal', program text DEFAULT NULL,
    event_time timestamptz DEFAULT NULL, till text DEFAULT NULL, store text DEFAULT NULL, reason text DEFAULT NULL,
    source text DEFAULT 'INSTORE', account_id text DEFAULT NULL, actor text DEFAULT NULL,
    idempotency_key text DEFAULT NULL,
    OUT event_id int8, OUT transaction_id int8, OUT customer_id int8, OUT outcome text, OUT points numeric,
    OUT current_points numeric, OUT warnings text[])
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_add_transaction_by_identifiers';
REVOKE ALL ON FUNCTION loyalty.add_transaction_by_identifiers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.add_transaction_by_identifiers TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.add_transaction_by_identifiers IS
    'Records a bill that names its customer by identifiers, and registers the customer in the same call';

CREATE FUNCTION loyalty.return_transaction(
    org text, customer_id int8, transaction_number text, line_items jsonb DEFAULT NULL, amount numeric DEFAULT NULL,
    transaction_till text DEFAULT NULL, return_number text DEFAULT NULL, event_time timestamptz DEFAULT NULL,
    till text DEFAULT NULL, store text DEFAULT NULL, reason text DEFAULT NULL, source text DEFAULT 'INSTORE',
    actor text DEFAULT NULL, idempotency_key text DEFAULT NULL, card_number text DEFAULT NULL,
    card_external_id text DEFAULT NULL,
    OUT event_id int8, OUT transaction_id int8, OUT amount numeric, OUT points numeric, OUT current_points numeric)
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_return_transaction';
REVOKE ALL ON FUNCTION loyalty.return_transaction FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.return_transaction TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.return_transaction IS
    'Takes a bill back, whole or in part, with the points that it earned and those that paid for it';

CREATE FUNCTION loyalty.move_transaction(
    org text, transaction_number text, from_customer_id int8, to_customer_id int8, transaction_till text DEFAULT NULL,
    event_time timestamptz DEFAULT NULL, till text DEFAULT NULL, store text DEFAULT NULL, reason text DEFAULT NULL,
    source text DEFAULT 'INSTORE', actor text DEFAULT NULL, idempotency_key text DEFAULT NULL,
    OUT event_id int8, OUT transaction_id int8, OUT from_points numeric, OUT to_points numeric,
    OUT current_points numeric, OUT warnings text[])
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_move_transaction';
REVOKE ALL ON FUNCTION loyalty.move_transaction FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.move_transaction TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.move_transaction IS
    'Gives a bill that was booked for the wrong customer to the right one, with its number, its time and its points';

CREATE FUNCTION loyalty.find_transaction(org text, transaction_number text, till text DEFAULT NULL)
    RETURNS TABLE (
        customer_id int8, transaction_id int8, transaction_type text, parent_transaction_id int8,
        event_time timestamptz, recorded_at timestamptz, amount numeric, returned_amount numeric,
        left_amount numeric, till text, store text)
    LANGUAGE C STABLE PARALLEL UNSAFE ROWS 1 AS 'MODULE_PATHNAME', 'loyalty_find_transaction';
REVOKE ALL ON FUNCTION loyalty.find_transaction FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.find_transaction TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.find_transaction IS
    'Whose bill a number is, in each till that has it, with what is left of it; names no person';

CREATE FUNCTION loyalty.award_referral(
    org text, referee_id int8, referrer_id int8, referee_points numeric, referrer_points numeric,
    transaction_number text DEFAULT NULL, transaction_till text DEFAULT NULL, program text DEFAULT NULL,
    event_time timestamptz DEFAULT NULL, till text DEFAULT NULL, reason text DEFAULT NULL, source text DEFAULT NULL,
    actor text DEFAULT NULL, idempotency_key text DEFAULT NULL,
    OUT event_id int8, OUT referral_id int8, OUT referee_points numeric, OUT referrer_points numeric, OUT current_points numeric)
    RETURNS record
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_award_referral';
REVOKE ALL ON FUNCTION loyalty.award_referral FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.award_referral TO loyalty_admin, loyalty_agent, loyalty_pos;
COMMENT ON FUNCTION loyalty.award_referral IS
    'Awards both sides of a referral; a return of the bill that it names takes both awards back';

CREATE FUNCTION loyalty.message_hits(
    org text, days int4 DEFAULT 7, from_date date DEFAULT NULL, to_date date DEFAULT NULL, campaign text DEFAULT NULL,
    channel text DEFAULT NULL)
    RETURNS TABLE (
        campaign text, channel text, delivered_customers int8, hit_customers int8, hit_rate numeric, bills int8, sales numeric,
        control_customers int8, control_sales numeric, incremental_sales numeric)
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_message_hits';
REVOKE ALL ON FUNCTION loyalty.message_hits FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.message_hits TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON FUNCTION loyalty.message_hits IS
    'Which part of the customers who got a campaign bought within some days, and what they spent beyond the control group';

CREATE PROCEDURE loyalty.load_transactions(
    org text, relation regclass, batch_size int4 DEFAULT 1000, date_format text DEFAULT 'ISO')
    LANGUAGE C AS 'MODULE_PATHNAME', 'loyalty_load_transactions';
REVOKE ALL ON PROCEDURE loyalty.load_transactions FROM PUBLIC;
GRANT EXECUTE ON PROCEDURE loyalty.load_transactions TO loyalty_admin;
COMMENT ON PROCEDURE loyalty.load_transactions IS
    'Loads the bills of a table or view that were not loaded yet, batch by batch with a commit each';
