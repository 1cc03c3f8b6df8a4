-- What all calls do with their arguments: defaults that are read from the catalogue, and what the backend keeps of them.
BEGIN;
SELECT no_plan();

SET LOCAL client_min_messages = warning;
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+00';
\ir ../fixtures/orgs.sql
SELECT pg_temp.new_org('acme', 'base', primary_key => 'external_id');
SELECT pg_temp.customer('acme', 'ann', '2024-01-01') AS ann \gset

-- ---- what a backend keeps of functions does not grow with their changes

CREATE FUNCTION pg_temp.other() RETURNS int LANGUAGE sql AS 'SELECT 1';

-- Calls three functions after each of some changes, and answers by how many bytes what stays has grown.
CREATE FUNCTION pg_temp.growth(change text, times int, customer int8) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    before bigint;
BEGIN
    FOR i IN 1 .. times LOOP
        IF i = 10 THEN
            before := (SELECT total_bytes FROM pg_backend_memory_contexts WHERE name = 'TopMemoryContext');
        END IF;
        EXECUTE format(change, i);
        PERFORM loyalty.earn_points('acme', customer, 1), loyalty.is_redeemable('acme', customer, 1);
        PERFORM loyalty.get_config('acme', 'CONF_REGISTRATION_PRIMARY_KEY');
    END LOOP;
    RETURN (SELECT total_bytes FROM pg_backend_memory_contexts WHERE name = 'TopMemoryContext') - before;
END $$;
SELECT cmp_ok(pg_temp.growth('ALTER FUNCTION pg_temp.other() COST %s', 200, :ann), '<=', 65536::bigint,
    'a backend does not grow by changes of other functions');
SELECT cmp_ok(pg_temp.growth('ALTER FUNCTION loyalty.earn_points COST %s', 200, :ann), '<=', 65536::bigint,
    'nor by changes of ours that leave the defaults alone');

-- ---- a default that changes is heard of

CREATE FUNCTION pg_temp.earned_category(customer int8) RETURNS "char" LANGUAGE plpgsql AS $$
DECLARE
    earned int8 := (SELECT event_id FROM loyalty.earn_points('acme', customer, 1, category => NULL));
BEGIN
    RETURN (SELECT category FROM loyalty_data.ledger_entry WHERE event_id = earned);
END $$;
CREATE FUNCTION pg_temp.redefine(old text, new text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE replace(pg_get_functiondef('loyalty.earn_points'::regproc), 'category text DEFAULT ' || old, 'category text DEFAULT ' || new);
END $$;
SELECT is(pg_temp.earned_category(:ann), 'r', 'NULL is the default');
SELECT pg_temp.redefine($$'regular'::text$$, $$'trigger_based'::text$$);
SELECT is(pg_temp.earned_category(:ann), 't', 'and the new default after that was changed');
SELECT pg_temp.redefine($$'trigger_based'::text$$, $$lower('REGULAR'::text)$$);
SELECT is(pg_temp.earned_category(:ann), 'r', 'also an expression that comes to a constant');
SELECT pg_temp.redefine($$lower('REGULAR'::text)$$, '(clock_timestamp())::text');
SELECT throws_ok(format('SELECT pg_temp.earned_category(%s)', :ann), 'XX000', NULL, 'one that does not is refused, in every build');

SELECT pg_temp.redefine('(clock_timestamp())::text', $$'regular'::text$$);

-- ---- an empty text is no text: the default, for every function that has one of a text

SELECT loyalty.create_event_subscriber('acme', 'hook');
SELECT loyalty.create_sender('acme', 'ACME', 'mobile', is_default => true), loyalty.create_sender('acme', '+6591110000', 'whatsapp', is_default => true),
    loyalty.create_message_template('acme', 'hello', 'mobile', 'Hello');
SELECT message_id FROM loyalty.send_sms('acme', :ann, 'Hello');
SELECT loyalty.add_transaction('acme', :ann, 'B-1', 10);
\ir ../fixtures/coupons.sql
SELECT pg_temp.series('acme', 'tenth'), pg_temp.coupon('acme', 'tenth', :ann, 'SAVE-1'), pg_temp.coupon('acme', 'tenth', :ann, 'SAVE-2');
SELECT loyalty.redeem_coupon('acme', :ann, 'SAVE-2', 'n', 5);
SELECT loyalty.set_config('acme', 'CONF_GIFT_CARD_ENABLED', 'true'), loyalty.set_redemption_rules('acme', 'base', points_per_currency_unit => 1);
SELECT loyalty.earn_points('acme', :ann, 100);
SELECT voucher_id AS gift, voucher_code AS gift_code FROM loyalty.issue_gift_voucher('acme', NULL, 10) \gset
SELECT movement_id AS gift_paid FROM loyalty.redeem_gift_voucher('acme', :'gift_code', 1) \gset
SELECT set_config('test.gift', :'gift', true), set_config('test.gift_code', :'gift_code', true), set_config('test.gift_paid', :'gift_paid', true);
CREATE TEMP TABLE known_call (function text, call text);
INSERT INTO known_call VALUES
    ('create_org', $$create_org('new', 'New'$$),
    ('create_program', $$create_program('acme', 'new', 'New'$$),
    ('set_promised_rules', $$set_promised_rules('acme', 'base'$$),
    ('register_customer', $$register_customer('acme', external_id => 'bob'$$),
    ('explain_registration', $$explain_registration('acme', external_id => 'bob'$$),
    ('set_channel', $$set_channel('acme', :ann, 'line', 'ann'$$),
    ('create_card_series', $$create_card_series('acme', 'new', 'New'$$),
    ('create_message_template', $$create_message_template('acme', 'new', 'mobile', 'New'$$),
    ('set_verification_rules', $$set_verification_rules('acme', 'generic'$$),
    ('acknowledge_event', $$acknowledge_event('acme', 'hook', :ann, 1, 1$$),
    ('acknowledge_message', $$acknowledge_message('acme', :ann, (SELECT min(message_id) FROM loyalty_data.message), 1$$),
    ('send_message', $$send_message('acme', :ann, 'hello'$$),
    ('send_sms', $$send_sms('acme', :ann, 'Hello'$$),
    ('send_whatsapp', $$send_whatsapp('acme', :ann, media => '{"type": "text", "text": "Hello"}'$$),
    ('send_email', $$send_email('acme', :ann, 'Hello', 'Hello'$$),
    ('earn_points', $$earn_points('acme', :ann, 1$$),
    ('redeem_coupon', $$redeem_coupon('acme', :ann, 'SAVE-1', 'n', 5$$),
    ('is_coupon_redeemable', $$is_coupon_redeemable('acme', :ann, 'SAVE-1'$$),
    ('reverse_coupon_redemption', $$reverse_coupon_redemption('acme', :ann, (SELECT min(use_id) FROM loyalty_data.incentive_use)$$),
    ('submit_change_request', $$submit_change_request('acme', 'goodwill_points', :ann, payload => '{"points": 1}'$$),
    ('set_change_request_rules', $$set_change_request_rules('acme', 'email'$$),
    ('create_voucher', $$create_voucher('acme', 10$$), ('issue_gift_voucher', $$issue_gift_voucher('acme', :ann, 10$$),
    ('issue_gift_voucher_for_points', $$issue_gift_voucher_for_points('acme', :ann, 10$$),
    ('redeem_gift_voucher', $$redeem_gift_voucher('acme', current_setting('test.gift_code'), 1$$),
    ('reverse_voucher_redemption', $$reverse_voucher_redemption('acme', current_setting('test.gift')::int8, current_setting('test.gift_paid')::int8$$),
    ('adjust_gift_voucher', $$adjust_gift_voucher('acme', current_setting('test.gift')::int8, 1, reason => 'test'$$),
    ('revoke_gift_voucher', $$revoke_gift_voucher('acme', current_setting('test.gift')::int8, reason => 'test'$$),
    ('replace_gift_voucher_code', $$replace_gift_voucher_code('acme', current_setting('test.gift')::int8, reason => 'test'$$),
    ('adjust_points', $$adjust_points('acme', :ann, 1, 'credit', reason => 'test'$$),
    ('import_points', $$import_points('acme', :ann, 1$$),
    ('import_opening_balance', $$import_opening_balance('acme', :ann, 1$$),
    ('add_transaction', $$add_transaction('acme', :ann, 'B-2', 10$$),
    ('add_transaction_by_identifiers', $$add_transaction_by_identifiers('acme', 'B-2', 10, external_id => 'ann'$$),
    ('return_transaction', $$return_transaction('acme', :ann, 'B-1'$$),
    ('move_transaction', $$move_transaction('acme', 'B-1', :ann, (SELECT pg_temp.customer('acme', 'cy', '2024-01-01'))$$);
CREATE TEMP VIEW text_default AS
    SELECT p.proname::text AS function, a.name
    FROM pg_proc p, unnest(p.proargnames, p.proargtypes::oid[]) WITH ORDINALITY a (name, type, n)
    -- Procedures commit: test/pgtap/surface.sql tries them.
    WHERE p.pronamespace = 'loyalty'::regnamespace AND p.prokind = 'f' AND p.prolang = (SELECT oid FROM pg_language WHERE lanname = 'c')
      AND a.type = 'text'::regtype AND a.n > p.pronargs - p.pronargdefaults
      AND pg_get_function_arg_default(p.oid, a.n::int) NOT LIKE 'NULL%';
SELECT is_empty('SELECT function FROM text_default WHERE function NOT IN (SELECT function FROM known_call)',
    'every function with a default of a text is tried');

-- One test: the call with an empty text succeeds; it is undone.
CREATE FUNCTION pg_temp.takes_empty(call text, name text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text;
BEGIN
    BEGIN
        EXECUTE call;
        RAISE EXCEPTION USING ERRCODE = '00001';
    EXCEPTION WHEN OTHERS THEN
        state := SQLSTATE;
    END;
    RETURN is(state, '00001', name);
END $$;
SELECT pg_temp.takes_empty(format('SELECT loyalty.%s, %I => '''')', replace(k.call, ':ann', :'ann'), d.name),
    format('%s: an empty %s is the default', function, d.name))
    FROM known_call k JOIN text_default d USING (function) ORDER BY function, name;
SELECT pg_temp.takes_empty(format($$SELECT 1 / (error_code IS NULL)::int FROM loyalty.earn_points_batch('acme', loyalty.earn_items(
    '[{"customer_id": %s, "points": 1, "category": "", "event_name": ""}]'::jsonb), all_or_nothing => false)$$, :ann), 'also in an item');
SELECT pg_temp.takes_empty(format($$SELECT 1 / (category = 'regular')::int FROM loyalty.earn_points('acme', %1$s, 1, category => '') a
    JOIN loyalty.points_ledger('acme', %1$s) USING (event_id)$$, :ann), 'the default is what is taken');

SELECT event_id AS earned FROM loyalty.earn_points('acme', :ann, 7, idempotency_key => 'k') \gset
SELECT is((SELECT event_id FROM loyalty.earn_points('acme', :ann, 7, category => '', program => '', reason => '', idempotency_key => 'k')),
    :earned::bigint, 'with an empty text, or without, it is one request');

SELECT * FROM finish();
ROLLBACK;
