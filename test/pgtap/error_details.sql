-- What LY003 and LY409 say beside their message: what is allowed, or which times are compared. scripts/check holds it for
-- the places that raise them.
BEGIN;
SELECT no_plan();

SET LOCAL client_min_messages = warning;
SET LOCAL TimeZone = 'UTC';
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+00';
SELECT loyalty.create_org('acme', 'Acme');
SELECT loyalty.create_program('acme', 'base', 'Base', true);
SELECT loyalty.create_program('acme', 'over', 'Over', expiry_unit => 'fixed_date', expiry_date => '2024-04-30');
SELECT loyalty.set_transfer_rules('acme', 'over', renew_expiry => true);
SELECT loyalty.create_store('acme', 'main', 'Main street'), loyalty.create_store('acme', 'side', 'Side street');
SELECT loyalty.create_till('acme', 'till', 'main');
SELECT loyalty.set_config('acme', 'CONF_REGISTRATION_PRIMARY_KEY', 'external_id');
SELECT customer_id AS ann FROM loyalty.register_customer('acme', external_id => 'ann', registered_on => '2024-01-01') \gset
SELECT customer_id AS bob FROM loyalty.register_customer('acme', external_id => 'bob', registered_on => '2024-01-01') \gset
SELECT lot_id AS lot FROM loyalty.earn_points('acme', :ann, 100) \gset
SELECT loyalty.earn_points('acme', :ann, 100, program => 'over', expires_at => '2025-01-01');

CREATE FUNCTION pg_temp.said(call text, code text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
    hint text;
BEGIN
    EXECUTE 'SELECT * FROM loyalty.' || call;
    RETURN 'no error';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN CASE WHEN SQLSTATE = code THEN concat_ws(' | ', nullif(detail, ''), nullif(hint, '')) ELSE SQLSTATE || ' ' || SQLERRM END;
END $$;

-- ---------------------------------------------------------------- LY409: which times are compared

SELECT is(pg_temp.said(call, 'LY409'), want, 'LY409: ' || call) FROM (VALUES
    (format('earn_points(''acme'', %s, 1, expires_at => ''2024-05-02 10:00'')', :ann),
     'The expiry is at 2024-05-02 10:00:00+00, the event at 2024-05-02 10:00:00+00. | Give an expires_at after the event, or none.'),
    (format('earn_points(''acme'', %s, 1, event_time => ''2024-03-01'', expires_at => ''2024-02-01'')', :ann),
     'The expiry is at 2024-02-01 00:00:00+00, the event at 2024-03-01 00:00:00+00. | Give an expires_at after the event, or none.'),
    (format('earn_points(''acme'', %s, 1, program => ''over'')', :ann),
     'The expiry is at 2024-05-01 00:00:00+00, the event at 2024-05-02 10:00:00+00. | The date on which all points of the program expire is over.'),
    (format('adjust_points(''acme'', %s, 1, ''credit'', reason => ''x'', expires_at => ''2024-01-01'')', :ann),
     'The expiry is at 2024-01-01 00:00:00+00, the event at 2024-05-02 10:00:00+00. | Give an expires_at after the event, or none.'),
    (format('import_points(''acme'', %s, 1, expires_at => ''2024-01-01'')', :ann),
     'The expiry is at 2024-01-01 00:00:00+00, the event at 2024-05-02 10:00:00+00. | Give an expires_at after the event, or none.'),
    (format('import_opening_balance(''acme'', %s, 1, expires_at => ''2024-01-01'')', :ann),
     'The expiry is at 2024-01-01 00:00:00+00, the event at 2024-05-02 10:00:00+00. | Give an expires_at after the event, or none.'),
    (format('award_referral(''acme'', %s, %s, 1, 1, program => ''over'')', :ann, :bob),
     'The expiry is at 2024-05-01 00:00:00+00, the event at 2024-05-02 10:00:00+00. | The date on which all points of the program expire is over.'),
    (format('transfer_points(''acme'', %s, %s, 1, program => ''over'')', :ann, :bob),
     'The expiry is at 2024-05-01 00:00:00+00, the event at 2024-05-02 10:00:00+00. | Transfers renew the expiry, and the date on which all'
     || ' points of the program expire is over.'),
    (format('change_expiry(''acme'', %s, %s, ''2024-05-01'')', :ann, :lot),
     'The expiry is at 2024-05-01 00:00:00+00, the event at 2024-05-02 10:00:00+00. | To let the points expire now, give immediately.')
    ) v (call, want);

-- ---------------------------------------------------------------- LY003: what is allowed

SELECT is(pg_temp.said(call, 'LY003'), want, 'LY003: ' || call) FROM (VALUES
    (format('earn_points(''acme'', %s, 1, category => ''gold'')', :ann), 'Allowed are: regular, promised, trigger_based.'),
    (format('adjust_points(''acme'', %s, 1, ''memo'', reason => ''x'')', :ann), 'Allowed are: credit, debit.'),
    (format('adjust_points(''acme'', %s, 1, ''debit'', reason => ''x'', expires_at => ''2025-01-01'')', :ann), 'Leave out expires_at.'),
    (format('import_opening_balance(''acme'', %s, -1, expires_at => ''2025-01-01'')', :ann), 'Leave out expires_at.'),
    (format('earn_points(''acme'', %s, 1, card_number => ''C1'')', :ann), 'Give one of customer_id, card_number and card_external_id.'),
    (format('add_transaction(''acme'', %s, ''B1'', 1, till => ''till'', store => ''side'')', :ann), 'Leave out the store: the till says it.'),
    (format('change_expiry(''acme'', %s, %s, ''2025-01-01'', true)', :ann, :lot), 'Give expires_at or immediately.'),
    (format('unlock_promised_points(''acme'', %s)', :ann), 'Give transaction_number, with line_no for a line of it, or lot_id.'),
    ('earn_points_batch(''acme'', array_fill(NULL::loyalty.earn_item, ''{10001}''))', 'There are 10001; at most 10000 are allowed.'),
    (format('points_ledger(''acme'', %s, entry_type => ''gift'')', :ann), 'Allowed are: credit, debit, opening_balance, memo.'),
    ('create_program(''acme'', ''new'', ''New'', expiry_unit => ''weeks'')', 'Allowed are: never, days, months, fixed_date.'),
    ('set_promised_rules(''acme'', ''base'', -1)', 'Allowed are: 0 to 36525.'),
    ('register_customer(''acme'', external_id => ''x'', loyalty_type => ''gold'')', 'Allowed are: loyalty, non_loyalty.')
    ) v (call, want);

SELECT finish();
ROLLBACK;
