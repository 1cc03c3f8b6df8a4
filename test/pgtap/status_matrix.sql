-- What each restriction does to each operation, three times over: docs/status.md against the library; check_restriction for
-- every status with each restriction on and off; and the calls themselves.
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = error;
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+00';

-- ---------------------------------------------------------------- the document

\set page `for up in . .. ../..; do test -f $up/docs/status.md && cat $up/docs/status.md && break; done`
CREATE TEMP TABLE documented AS
    SELECT m[1] AS operation, c.n::int AS n, NULLIF(btrim(c.cell), '') AS cell
    FROM regexp_matches(:'page', '^\| `([a-z_]+)` \|((?:[a-z ]*\|){12})$', 'gn') m,
        unnest((string_to_array(m[2], '|'))[1:12]) WITH ORDINALITY c(cell, n);
CREATE TEMP TABLE restriction AS
    SELECT r AS restriction, n::int AS n FROM unnest(ARRAY['block_coupon_redemption', 'block_loyalty_promotion_issual',
        'block_identifier_change_and_merge', 'block_badge_issual', 'block_coupon_issual', 'block_promotion_enrolment',
        'block_points_allocation', 'block_points_redemption', 'block_tier_upgrade', 'block_transaction',
        'mark_transaction_outlier', 'block_everything']) WITH ORDINALITY x(r, n);
CREATE TEMP VIEW wanted AS
    SELECT d.operation, r.restriction, CASE d.cell WHEN 'no' THEN 'refused' WHEN 'zero' THEN 'zero_points'
        WHEN 'base' THEN 'no_promotions' ELSE d.cell END AS effect
    FROM documented d JOIN restriction r USING (n);
SELECT bag_eq('SELECT * FROM wanted', 'SELECT operation, restriction, effect FROM loyalty.guarded_operations()',
    'docs/status.md has the table of operations as it is');
SELECT cmp_ok((SELECT count(DISTINCT operation) FROM documented), '>', 45::bigint, 'all of them');
SELECT bag_eq(
    $$SELECT DISTINCT operation FROM documented WHERE operation NOT IN (SELECT operation FROM documented WHERE cell IS NOT NULL)$$,
    $$SELECT DISTINCT operation FROM loyalty.guarded_operations() WHERE kind = 'system'$$,
    'postings of the system pass, and nothing else does whatever is blocked');

-- ---------------------------------------------------------------- every status, every restriction, on and off

CREATE FUNCTION pg_temp.brand(brand text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    status text;
BEGIN
    PERFORM loyalty.create_org(brand, brand, base_country => 'SG');
    PERFORM loyalty.set_config(brand, 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'true');
    PERFORM loyalty.create_program(brand, 'p', 'P');
    PERFORM loyalty.create_program(brand, 'asking', 'Asking'), loyalty.set_participation_rules(brand, 'asking', terms => '{card}'),
        loyalty.create_program(brand, 'since', 'Since');
    PERFORM loyalty.set_config(brand, 'CONF_ALLOW_MOBILE_UPDATE', 'true');
    PERFORM loyalty.create_card_series(brand, 's', 'S', method => 'AUTO_INC', length => 8, prefix => '44');
    PERFORM loyalty.generate_cards(brand, 's', 100);
    FOREACH status IN ARRAY ARRAY['active', 'suspended', 'deleted', 'fraud_suspected', 'fraud_confirmed', 'internal',
        'pending_deletion'] LOOP
        PERFORM loyalty.create_status_label(brand, status, 'L ' || status);
    END LOOP;
    PERFORM loyalty.enable_customer_status(brand);
END
$$;
SELECT pg_temp.brand('sg');
SELECT customer_id AS ann FROM loyalty.register_customer('sg', '91234567', registered_on => '2024-01-01') \gset
-- Whoever is there by now takes part in it.
SELECT loyalty.set_participation_rules('sg', 'since');

-- Every deviation of the answers for one label from the table; on: whether the label has the restriction.
CREATE FUNCTION pg_temp.deviations(customer bigint, restriction text, is_on boolean) RETURNS SETOF text LANGUAGE sql AS $$
    SELECT format('%s, %s: %s %s', w.operation, w.restriction, c.allowed, c.effects)
    FROM wanted w CROSS JOIN LATERAL loyalty.check_restriction('sg', $1, w.operation) c
    WHERE w.restriction = $2
      AND (c.allowed IS DISTINCT FROM NOT ($3 AND COALESCE(w.effect = 'refused', false))
           OR c.effects IS DISTINCT FROM CASE WHEN $3 AND w.effect IS NOT NULL THEN ARRAY[w.effect] ELSE '{}' END
           OR c.restrictions IS DISTINCT FROM CASE WHEN $3 AND w.effect IS NOT NULL THEN ARRAY[$2] ELSE '{}' END) $$;
CREATE FUNCTION pg_temp.try(customer bigint, tried text, r text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    may boolean := EXISTS (SELECT FROM loyalty.restriction_list() l WHERE l.restriction = r AND l.status = tried);
    wanted_to_may boolean := CASE WHEN tried = 'active' THEN false
        WHEN tried IN ('deleted', 'pending_deletion') THEN r = 'block_everything' ELSE r <> 'block_everything' END;
BEGIN
    PERFORM loyalty.set_customer_status('sg', customer, 'L ' || tried);
    RETURN NEXT is(may, wanted_to_may, format('%s may have %s: %s', tried, r, wanted_to_may));
    RETURN NEXT is_empty(format('SELECT pg_temp.deviations(%s, %L, false)', customer, r), format('%s without %s', tried, r));
    IF may THEN
        PERFORM loyalty.set_restriction('sg', r, ARRAY['L ' || tried]);
        RETURN NEXT is_empty(format('SELECT pg_temp.deviations(%s, %L, true)', customer, r), format('%s with %s', tried, r));
        PERFORM loyalty.set_restriction('sg', r, '{}');
    ELSE
        RETURN NEXT throws_ok(format('SELECT loyalty.set_restriction(%L, %L, ARRAY[%L])', 'sg', r, 'L ' || tried), 'LY203', NULL,
            format('%s with %s', tried, r));
        PERFORM loyalty.set_restriction('sg', r, '{all}');
        RETURN NEXT is_empty(format('SELECT pg_temp.deviations(%s, %L, false)', customer, r),
            format('%s with %s for all labels', tried, r));
        PERFORM loyalty.set_restriction('sg', r, '{}');
    END IF;
END
$$;
SELECT pg_temp.try(:ann, s, r.restriction) FROM unnest(ARRAY['active', 'suspended', 'deleted', 'fraud_suspected',
    'fraud_confirmed', 'internal', 'pending_deletion']) s, restriction r;

-- ---------------------------------------------------------------- the calls themselves

-- One call of each operation that exists. {c}: the customer; {n}: a number that grows.
CREATE TEMP TABLE call (operation text, call text);
INSERT INTO call VALUES
    ('earn_points', $$loyalty.earn_points('sg', {c}, 5)$$),
    ('goodwill', $$loyalty.earn_points('sg', {c}, 5, event_name => 'goodwill')$$),
    ('generic_event', $$loyalty.earn_points('sg', {c}, 5, event_name => 'generic_event')$$),
    ('bulk_award', $$loyalty.earn_points('sg', {c}, 5, event_name => 'bulk_award')$$),
    ('target', $$loyalty.earn_points('sg', {c}, 5, event_name => 'target_completed')$$),
    ('earn_points', $$loyalty.earn_points('sg', {c}, 5, event_name => 'registration_award')$$),
    ('bulk_award', $$loyalty.earn_points_batch('sg', '[{"customer_id": {c}, "points": 5, "event_name": "bulk_award"}]'::jsonb)$$),
    ('target', $$loyalty.earn_points_batch('sg', '[{"customer_id": {c}, "points": 5, "event_name": "target_completed"}]'::jsonb)$$),
    ('goodwill', $$loyalty.earn_points_batch('sg', '[{"customer_id": {c}, "points": 5, "event_name": "goodwill"}]'::jsonb)$$),
    ('referrer_award', $$loyalty.award_referral('sg', {other}, {c}, 1, 1)$$),
    ('referee_award', $$loyalty.award_referral('sg', {c}, {other}, 1, 1)$$),
    ('unlock_promised', $$loyalty.unlock_promised_points('sg', {c}, lot_id => {lot})$$),
    ('return', $$loyalty.return_transaction('sg', {c}, 'R-1')$$),
    ('reverse_redemption', $$loyalty.reverse_redemption('sg', {c}, '{redemption}')$$),
    ('transfer_out', $$loyalty.transfer_points('sg', {c}, {other}, 1)$$),
    ('transfer_in', $$loyalty.transfer_points('sg', {other}, {c}, 1)$$),
    ('adjust_credit', $$loyalty.adjust_points('sg', {c}, 1, 'credit', reason => 'why')$$),
    ('adjust_debit', $$loyalty.adjust_points('sg', {c}, 1, 'debit', reason => 'why')$$),
    ('points_import', $$loyalty.import_points('sg', {c}, 1)$$),
    ('points_import', $$loyalty.import_opening_balance('sg', {c}, 1)$$),
    ('change_expiry', $$loyalty.change_expiry('sg', {c}, {lot}, '2026-01-01')$$),
    ('redeem_points', $$loyalty.redeem_points('sg', {c}, 1)$$),
    ('transaction', $$loyalty.add_transaction('sg', {c}, 'B-{n}', 10)$$),
    ('coupon_redemption', $$loyalty.redeem_coupon('sg', {c}, 'SAVE-1', 'n', 10)$$),
    ('coupon_reversal', $$loyalty.reverse_coupon_redemption('sg', {c}, {use})$$),
    ('coupon_revocation', $$loyalty.revoke_coupon('sg', {c}, 'SAVE-1')$$),
    ('registration', $$loyalty.register_customer('sg', '91234567', first_name => 'Ann')$$),
    ('change_identifier', $$loyalty.register_customer('sg', '91234567', external_id => NULL, email => 'a{n}@example.com')$$),
    ('change_identifier', $$loyalty.change_identifier('sg', {c}, 'mobile', '+6591234567')$$),
    ('change_identifier', $$loyalty.upsert_profile('sg', {c}, 'INSTORE', cuid => 'C{n}')$$),
    ('change_identifier', $$loyalty.release_identifier('sg', {c}, 'cuid', source => 'INSTORE', account_id => 'two')$$),
    ('update_customer', $$loyalty.update_customer('sg', {c}, 'Ann')$$),
    ('upsert_profile', $$loyalty.upsert_profile('sg', {c}, 'INSTORE', first_name => 'Ann')$$),
    ('set_channel', $$loyalty.set_channel('sg', {c}, 'line', 'x')$$),
    ('participation', $$loyalty.enrol_customer('sg', {c}, program => 'asking')$$),
    ('participation', $$loyalty.update_participation('sg', {c}, '{}', program => 'since')$$),
    ('participation', $$loyalty.activate_participation('sg', {c}, program => 'since')$$),
    ('participation', $$loyalty.set_participation_status('sg', {c}, 'deactivated', program => 'asking')$$),
    -- verify_code judges what another transaction has entered: code_proof.sql has it.
    ('verification', $$loyalty.send_code('sg', 'generic', {c})$$),
    ('verification', $$loyalty.send_code('sg', 'registration', {c})$$),
    ('verification', $$loyalty.enter_code('sg', 'coupon', '0', {c})$$),
    ('verification', $$loyalty.unblock_verification('sg', 'generic', {c})$$),
    ('set_subscription', $$loyalty.set_subscription('sg', {c}, 'line', 'promotional', false)$$),
    ('set_test_control', $$loyalty.set_test_control('sg', {c}, 'test')$$),
    ('promo_code_link', $$loyalty.link_code('sg', {c}, 'MANY-1')$$),
    ('promo_code_link', $$loyalty.unlink_code('sg', {c}, 'MANY-2')$$),
    ('customer_note', $$loyalty.add_customer_note('sg', {c}, 'x')$$),
    ('customer_note', $$loyalty.delete_customer_note('sg', {c}, loyalty.add_customer_note('sg', {c}, 'x'))$$),
    ('voucher_issue', $$loyalty.issue_gift_voucher('sg', {c}, 5)$$),
    ('redeem_points', $$loyalty.issue_gift_voucher_for_points('sg', {c}, 5)$$),
    ('voucher_redemption', $$loyalty.redeem_gift_voucher('sg', '{gift_code}', 1)$$),
    ('voucher_reversal', $$loyalty.reverse_voucher_redemption('sg', {gift}, {gift_paid})$$),
    ('voucher_change', $$loyalty.adjust_gift_voucher('sg', {gift}, 1, reason => 'r')$$),
    ('voucher_change', $$loyalty.replace_gift_voucher_code('sg', {gift}, reason => 'r')$$),
    ('voucher_revocation', $$loyalty.revoke_gift_voucher('sg', {gift}, reason => 'r')$$),
    ('coupon_issue', $$loyalty.issue_coupon('sg', {c}, 'cup')$$),
    ('coupon_issue', $$loyalty.issue_coupons('sg', 'cup', ARRAY[{c}::bigint], all_or_nothing => true)$$),
    ('issue_card', $$loyalty.issue_card('sg', {c}, 's')$$),
    ('replace_card', $$loyalty.replace_card('sg', {c}, '44000000')$$),
    ('link_card', $$loyalty.link_card('sg', {c}, '44000099')$$),
    ('unlink_card', $$loyalty.unlink_card('sg', '44000000')$$),
    ('set_card_status', $$loyalty.set_card_status('sg', '44000000', 'active')$$);
CREATE TEMP SEQUENCE number;
SELECT loyalty.set_customer_status('sg', :ann, 'L active');
SELECT loyalty.upsert_profile('sg', :ann, 'INSTORE', 'two', cuid => 'C');
SELECT loyalty.earn_points('sg', :ann, 1000);
SELECT loyalty.create_sender('sg', 'SG', 'mobile', is_default => true), loyalty.send_code('sg', 'coupon', :ann);
SELECT loyalty.create_promotion('sg', 'promo', 'Promo', '{"type": "fixed", "value": 1}', trigger => 'code');
SELECT loyalty.create_code('sg', 'promo', 'MANY-' || n, redemptions => 99) FROM generate_series(1, 2) n;
SELECT loyalty.link_code('sg', :ann, 'MANY-2');
SELECT loyalty.issue_card('sg', :ann, card_number => '44000000');
SELECT loyalty.create_coupon_series('sg', 'cup', 'Cup', discount_type => 'fixed', discount_value => 5);
SELECT lot_id AS lot FROM loyalty.earn_points('sg', :ann, 10, category => 'trigger_based') \gset
SELECT loyalty.add_transaction('sg', :ann, 'R-1', 10);
SELECT redemption_id AS redemption FROM loyalty.redeem_points('sg', :ann, 5) \gset
SELECT customer_id AS other FROM loyalty.register_customer('sg', '81230000', registered_on => '2024-01-01') \gset
SELECT loyalty.earn_points('sg', :other, 100);
\ir ../fixtures/coupons.sql
SELECT pg_temp.series('sg', 'tenth'), pg_temp.coupon('sg', 'tenth', :ann, 'SAVE-1'), pg_temp.coupon('sg', 'tenth', :ann, 'SAVE-2');
SELECT use_id AS use FROM loyalty.redeem_coupon('sg', :ann, 'SAVE-2', 'n', 10) \gset
UPDATE call SET call = replace(call, '{use}', :'use');
SELECT loyalty.set_config('sg', 'CONF_GIFT_CARD_ENABLED', 'true'), loyalty.set_redemption_rules('sg', (SELECT program FROM loyalty_data.program WHERE is_default
    AND org_id = (SELECT org_id FROM loyalty_data.org WHERE org = 'sg')), points_per_currency_unit => 1);
SELECT voucher_id AS gift, voucher_code AS gift_code FROM loyalty.issue_gift_voucher('sg', :ann, 10) \gset
SELECT movement_id AS gift_paid FROM loyalty.redeem_gift_voucher('sg', :'gift_code', 1) \gset
UPDATE call SET call = replace(replace(replace(call, '{gift_code}', :'gift_code'), '{gift_paid}', :'gift_paid'), '{gift}', :'gift');
UPDATE call SET call = replace(replace(replace(call, '{lot}', :'lot'), '{redemption}', :'redemption'), '{other}', :'other');

-- The SQLSTATE of a call, whose effects are undone.
CREATE FUNCTION pg_temp.state(call text, customer bigint) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE 'SELECT ' || replace(replace(call, '{c}', customer::text), '{n}', nextval('number')::text);
    RAISE SQLSTATE '00001';
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END
$$;
CREATE FUNCTION pg_temp.calls_under(customer bigint, label text, restriction text) RETURNS SETOF text LANGUAGE plpgsql AS $$
BEGIN
    PERFORM loyalty.set_customer_status('sg', customer, label);
    RETURN NEXT is_empty(format($q$SELECT c.call, pg_temp.state(c.call, %s) FROM call c WHERE
        pg_temp.state(c.call, %1$s) <> '00001'$q$, customer), label || ' stops no call');
    PERFORM loyalty.set_restriction('sg', restriction, ARRAY[label]);
    RETURN NEXT is_empty(format($q$SELECT c.call, s FROM call c JOIN wanted w USING (operation),
        pg_temp.state(c.call, %s) s WHERE w.restriction = %L
        AND s <> CASE WHEN w.effect = 'refused' THEN 'LY201' ELSE '00001' END$q$, customer, restriction),
        format('calls under %s: %s', label, restriction));
    PERFORM loyalty.set_restriction('sg', restriction, '{}');
END
$$;
SELECT pg_temp.calls_under(:ann, 'L ' || l.status, l.restriction) FROM loyalty.restriction_list() l;

-- A bill that may not bring points: zero of them, a note, no entry; other restrictions leave its points alone.
SELECT loyalty.set_customer_status('sg', :ann, 'L suspended');
SELECT loyalty.set_restriction('sg', 'block_points_allocation', '{L suspended}');
SELECT transaction_id AS bill FROM loyalty.add_transaction('sg', :ann, 'Z-1', 100, points => 7) \gset
SELECT is((SELECT (net_points, (SELECT count(*) FROM loyalty_data.ledger_entry e WHERE e.event_id = v.event_id))::text
    FROM loyalty_data.ledger_event v WHERE v.event_id = :bill), '(0.000,0)', 'no points, though they were given');
SELECT is((SELECT reason FROM loyalty_data.event_note WHERE event_id = :bill),
    'no points: block_points_allocation by status suspended, label "L suspended"', 'the note says why');
SELECT is((SELECT outlier_status FROM loyalty.transactions WHERE transaction_id = :bill), 'normal', 'no outlier');
SELECT loyalty.set_restriction('sg', 'block_points_allocation', '{}');
SELECT loyalty.set_restriction('sg', 'mark_transaction_outlier', '{L suspended}');
SELECT loyalty.set_restriction('sg', 'block_loyalty_promotion_issual', '{L suspended}');
SELECT transaction_id AS bill, points AS got FROM loyalty.add_transaction('sg', :ann, 'Z-2', 100) \gset
SELECT is(:got, 100.000, 'base points come with promotions blocked, and to an outlier');
SELECT is((SELECT outlier_status FROM loyalty.transactions WHERE transaction_id = :bill), 'outlier', 'an outlier');
-- Promotions and campaigns give nothing: a bill keeps its base points, an award of a campaign is refused, in a batch too.
SELECT is((SELECT points FROM loyalty.add_transaction('sg', :ann, 'Z-4', 100, points => 7, bill_promotion_points => 5, customer_promotion_points => 3)),
    7.000, 'promotions of a bill');
SELECT is((SELECT string_agg(event_name || ' ' || COALESCE(error_code, 'ok'), ', ' ORDER BY n) FROM unnest('{points_award,goodwill,generic_event,bulk_award,target_completed,
    registration_award}'::text[]) WITH ORDINALITY e (event_name, n), LATERAL loyalty.earn_points_batch('sg',
        jsonb_build_array(jsonb_build_object('customer_id', :ann, 'points', 1, 'event_name', event_name)), all_or_nothing => false)),
    'points_award ok, goodwill ok, generic_event ok, bulk_award LY201, target_completed LY201, registration_award ok', 'awards of campaigns and others');

-- A non_loyalty customer's bill is one without points anyway.
SELECT customer_id AS guest FROM loyalty.register_customer('sg', '81234567', loyalty_type => 'non_loyalty') \gset
SELECT loyalty.set_customer_status('sg', :guest, 'L suspended');
SELECT lives_ok(format($$SELECT loyalty.add_transaction('sg', %s, 'Z-3', 1)$$, :guest), 'a campaign user''s bill');

-- A repeated request is answered before the status is asked.
SELECT event_id AS first_id FROM loyalty.redeem_points('sg', :ann, 1, idempotency_key => 'once') \gset
SELECT loyalty.set_restriction('sg', 'block_points_redemption', '{L suspended}');
SELECT is((SELECT event_id FROM loyalty.redeem_points('sg', :ann, 1, idempotency_key => 'once')), :first_id::bigint,
    'a repeat has its first answer');
SELECT throws_ok(format($$SELECT loyalty.redeem_points('sg', %s, 1, idempotency_key => 'twice')$$, :ann), 'LY201', NULL,
    'and a new request is refused');

-- Expiry is a posting of the system.
SELECT loyalty.earn_points('sg', :guest, 1) WHERE false;
SELECT loyalty.set_customer_status('sg', :ann, 'L active');
SELECT loyalty.earn_points('sg', :ann, 3, expires_at => '2024-05-03');
SELECT loyalty.set_restriction('sg', 'block_everything', '{L deleted}');
SELECT loyalty.set_customer_status('sg', :ann, 'L deleted');
SET LOCAL loyalty.clock = '2024-05-04 10:00:00+00';
SELECT is((SELECT current_points FROM loyalty.points_balance('sg', :ann)) - (SELECT current_points
    FROM loyalty.points_balance('sg', :ann, as_of => '2024-05-02 10:00:00+00')), -3.000, 'points expire whatever is blocked');

SELECT is_empty($$SELECT * FROM loyalty.verify_ledger('sg') WHERE NOT ok$$, 'the ledger holds');
SELECT * FROM finish();
ROLLBACK;
