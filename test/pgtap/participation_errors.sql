-- What participation refuses, whom it serves, and what merges make of it. Each refusal with its code, and nothing written.
BEGIN;
SELECT no_plan();
\ir ../fixtures/orgs.sql
SELECT pg_temp.new_org('o', 'stars', primary_key => 'external_id', tills => '{t}', country => 'SG'), loyalty.create_program('o', 'free', 'Free'),
    loyalty.define_field('o', 'custom', 'participation', 'drink', 'text', allowed_values => '{tea,milk}'),
    loyalty.define_field('o', 'custom', 'participation', 'size', 'integer', is_required => true),
    loyalty.define_field('o', 'custom', 'customer', 'shoe', 'integer'), loyalty.define_field('o', 'extended', 'customer', 'shoe', 'integer');
SELECT pg_temp.customer('o', 'OLD') AS old \gset
SELECT loyalty.set_participation_rules('o', 'stars', terms => '{customer.shoe,participation.drink}');
SELECT pg_temp.customer('o', x) AS c FROM unnest('{A,B,C,D}'::text[]) x \g /dev/null
SELECT loyalty.find_customer('o', 'external_id', 'A') AS a, loyalty.find_customer('o', 'external_id', 'B') AS b, loyalty.find_customer('o', 'external_id', 'C') AS c,
    loyalty.find_customer('o', 'external_id', 'D') AS d \gset
SELECT customer_id AS guest FROM loyalty.register_customer('o', mobile => '+6591234567', loyalty_type => 'non_loyalty') \gset

-- Rules.
SELECT throws_ok($$SELECT loyalty.set_participation_rules('o', 'stars', terms => ARRAY[$$ || quote_literal(t) || '])', e, NULL, 'term ' || t)
FROM (VALUES ('age', 'LY805'), ('customer.', 'LY805'), ('customer.hat', 'LY805'), ('participation.shoe', 'LY805'), ('', 'LY001'),
    ('customer.' || repeat('x', 300), 'LY002')) v (t, e);
SELECT throws_ok($$SELECT loyalty.set_participation_rules('o', 'stars', terms => '{NULL}')$$, 'LY001', NULL, 'a term that is NULL');
SELECT throws_ok($$SELECT loyalty.set_participation_rules('o', 'stars', terms => array_fill('mobile'::text, '{101}'))$$, 'LY003', NULL, 'too many terms');
SELECT throws_ok($$SELECT loyalty.set_participation_rules('o', 'none')$$, 'LY007', NULL, 'a program that there is not');
SELECT throws_ok($$SELECT loyalty.set_participation_rules('o', 'stars', stores => '{x}')$$, 'LY005', NULL, 'a store that there is not');
SELECT throws_ok($$SELECT loyalty.set_store_sender('o', 'store', 'NOBODY')$$, 'LYM14', NULL, 'a sender that there is not');
SELECT throws_ok($$SELECT loyalty.define_field('o', 'standard', 'participation', 'x', 'text')$$, 'LY003', NULL, 'participations have custom fields alone');

-- Enrolling.
SELECT throws_ok(format('SELECT loyalty.enrol_customer(''o'', %s, ''{"size": 1}'', %L)', :a, 'free'), 'LY003', NULL, 'a program that does not ask');
SELECT throws_ok(format('SELECT loyalty.enrol_customer(''o'', %s, ''{"size": 1}'', till => %L)', :a, 'x'), 'LY006', NULL, 'a till that there is not');
SELECT throws_ok(format('SELECT loyalty.enrol_customer(''o'', %s)', :a), 'LY123', NULL, 'without a required field');
SELECT throws_ok(format('SELECT loyalty.enrol_customer(''o'', %s, ''{"hat": 1}'')', :a), 'LY121', NULL, 'with a field that there is not');
SELECT throws_ok(format('SELECT loyalty.enrol_customer(''o'', %s, ''{"size": 1, "drink": "gin"}'')', :a), 'LY122', NULL, 'with a value that is not allowed');
SELECT throws_ok(format('SELECT loyalty.enrol_customer(''o'', %s, ''[]'')', :a), 'LY122', NULL, 'with a list');
SELECT throws_ok(format('SELECT loyalty.enrol_customer(''o'', %s, ''{"size": 1}'')', :old), 'LY802', NULL, 'who has an account from before');
SELECT throws_ok(format('SELECT loyalty.enrol_customer(''o'', %s, ''{"size": 1}'')', :guest), 'LY406', NULL, 'a campaign user');
SELECT throws_ok('SELECT loyalty.enrol_customer(''o'', 0, ''{"size": 1}'')', 'LY107', NULL, 'nobody');
SELECT throws_ok(format('SELECT loyalty.update_participation(''o'', %s, ''{}'')', :a), 'LY801', NULL, 'fields of who takes no part');
SELECT throws_ok(format('SELECT loyalty.activate_participation(''o'', %s)', :a), 'LY801', NULL, 'nor is there anything to activate');
SELECT throws_ok(format('SELECT loyalty.set_participation_status(''o'', %s, ''none'')', :a), 'LY003', NULL, 'nobody is put out by hand');
SELECT results_eq(format('SELECT * FROM loyalty.enrol_customer(''o'', %s, ''{"size": 1}'')', :a),
    $$VALUES ('not_confirmed', '{customer.shoe,participation.drink}'::text[])$$, 'what is missing comes in the order of the terms');
SELECT throws_ok(format('SELECT loyalty.enrol_customer(''o'', %s, ''{"size": 1}'')', :a), 'LY802', NULL, 'a second time');
SELECT pg_temp.customer('o', 'K1') AS key_of, pg_temp.customer('o', 'K2') AS key_other \gset
-- By a key a repeat gets the first answer, whatever became of the participation since.
SELECT throws_ok(format('SELECT loyalty.enrol_customer(''o'', %s, ''{"size": 1}'', source => ''MOON'')', :key_of), 'LY008', NULL, 'a source that there is not');
SELECT throws_ok(format('SELECT loyalty.enrol_customer(''o'', %s, ''{"size": 1}'', idempotency_key => %L)', :key_of, repeat('k', 300)), 'LY002', NULL, 'a key that is too long');
SELECT loyalty.set_config('o', 'CONF_CLIENT_V2_API_ENABLED', 'true') \g /dev/null
SELECT results_eq(format('SELECT * FROM loyalty.enrol_customer(''o'', %s, ''{"size": 1, "drink": "tea"}'', till => ''t'', source => ''WEBSITE'', idempotency_key => ''k'')', :key_of),
    $$VALUES ('not_confirmed', '{customer.shoe}'::text[])$$, 'with a key and a source');
SELECT loyalty.update_customer('o', :key_of, extended_fields => '{"shoe": 38}') \g /dev/null
SELECT results_eq(format('SELECT * FROM loyalty.enrol_customer(''o'', %s, ''{"size": 1, "drink": "tea"}'', till => ''t'', source => ''WEBSITE'', idempotency_key => ''k'')', :key_of),
    $$VALUES ('not_confirmed', '{customer.shoe}'::text[])$$, 'a repeat gets the first answer');
SELECT throws_ok(format('SELECT loyalty.enrol_customer(''o'', %s, ''{"size": 2, "drink": "tea"}'', till => ''t'', source => ''WEBSITE'', idempotency_key => ''k'')', :key_of), 'LY020', NULL, 'with other arguments it is refused');
SELECT throws_ok(format('SELECT loyalty.enrol_customer(''o'', %s, ''{"size": 1, "drink": "tea"}'', idempotency_key => ''other'')', :key_of), 'LY802', NULL, 'another key is a second enrolment');
SELECT results_eq(format('SELECT * FROM loyalty.enrol_customer(''o'', %s, ''{"size": 1, "drink": "tea"}'', idempotency_key => ''k'')', :key_other),
    $$VALUES ('not_confirmed', '{customer.shoe}'::text[])$$, 'keys are each customer''s own');
SELECT is((SELECT string_agg(concat_ws(' ', till, source, status), ', ') FROM loyalty.participations WHERE customer_id = :key_of), 't WEBSITE active', 'where it was made is kept, and the repeat changed nothing');
SELECT is((SELECT count(*)::int FROM loyalty_data.participation_change WHERE customer_id = :key_of), 2, 'nor wrote anything');
SELECT throws_ok(format('SELECT loyalty.update_participation(''o'', %s, ''{"size": null}'')', :a), 'LY123', NULL, 'a required field stays');
SELECT throws_ok(format('SELECT loyalty.update_participation(''o'', %s, NULL)', :a), 'LY001', NULL, 'no fields at all');
SELECT throws_ok(format('SELECT loyalty.redeem_points(''o'', %s, 1)', :a), 'LY803', NULL, 'not confirmed');
SELECT lives_ok(format('SELECT loyalty.update_customer(''o'', %s, extended_fields => ''{"shoe": 38}'')', :a), 'any kind of field fills the term');
SELECT results_eq(format('SELECT * FROM loyalty.update_participation(''o'', %s, ''{"drink": "tea"}'')', :a), $$VALUES ('active', '{}'::text[])$$, 'the last one activates');

-- What points do in each status: bills, awards, redemptions, transfers both ways, returns.
CREATE FUNCTION pg_temp.happens(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    EXECUTE call INTO answer;
    RETURN answer;
EXCEPTION WHEN OTHERS THEN
    RETURN SQLSTATE;
END $$;
CREATE FUNCTION pg_temp.row_of(c bigint, other bigint, n text) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ', pg_temp.happens(format('SELECT points::int FROM loyalty.add_transaction(''o'', %s, ''%s'', 10)', c, n)),
        pg_temp.happens(format('SELECT counts FROM loyalty.transactions WHERE transaction_number = %L', n)),
        pg_temp.happens(format('SELECT points::int FROM loyalty.earn_points(''o'', %s, 3)', c)),
        pg_temp.happens(format('SELECT points::int FROM loyalty.redeem_points(''o'', %s, 1)', c)),
        pg_temp.happens(format('SELECT points::int FROM loyalty.transfer_points(''o'', %s, %s, 1)', c, other)),
        pg_temp.happens(format('SELECT points::int FROM loyalty.transfer_points(''o'', %s, %s, 1)', other, c)),
        pg_temp.happens(format('SELECT referee_points::int FROM loyalty.award_referral(''o'', %s, %s, 1, 1)', c, other)),
        pg_temp.happens(format('SELECT COALESCE(error_code, ''ok'') FROM loyalty.earn_points_batch(''o'', ARRAY[jsonb_populate_record(NULL::loyalty.earn_item, ''{"customer_id": %s, "points": 3}'')])', c)),
        pg_temp.happens(format('SELECT COALESCE(error_code, ''ok'') FROM loyalty.redeem_points_batch(''o'', ARRAY[jsonb_populate_record(NULL::loyalty.redeem_item, ''{"customer_id": %s, "points": 1}'')])', c)),
        pg_temp.happens(format('SELECT points::int FROM loyalty.return_transaction(''o'', %s, ''%s'')', c, n))) $$;
SELECT loyalty.earn_points('o', :old, 100) \g /dev/null
SELECT is(pg_temp.row_of(:b, :old, 'N'), '0 not_counted 0 LY801 LY801 LY801 LY801 ok LY801 0', 'none');
SELECT loyalty.enrol_customer('o', :b, '{"size": 1}') \g /dev/null
SELECT is(pg_temp.row_of(:b, :old, 'C'), '10 counted 3 LY803 LY803 1 1 ok LY803 10', 'not_confirmed');
SELECT loyalty.set_participation_status('o', :b, 'active') \g /dev/null
SELECT is(pg_temp.row_of(:b, :old, 'A'), '10 counted 3 1 1 1 1 ok ok 10', 'active');
SELECT loyalty.set_participation_status('o', :b, 'deactivated') \g /dev/null
SELECT is(pg_temp.row_of(:b, :old, 'D'), '0 not_counted 0 LY804 LY804 LY804 LY804 ok LY804 0', 'deactivated');
SELECT is(pg_temp.row_of(:old, :a, 'O'), '10 counted 3 1 1 1 1 ok ok 10', 'an account from before');
SELECT is((SELECT string_agg(reason, '; ' ORDER BY event_id) FROM loyalty_data.event_note WHERE customer_id = :b),
    'no points: the customer takes no part in the program; no points: the customer takes no part in the program; no points: the customer takes no part in the program; no points: the participation is deactivated; no points: the participation is deactivated; no points: the participation is deactivated', 'and the history says why');
-- An award of any category that brought nothing is repeated with its first answer.
SELECT points AS nothing, current_points AS had FROM loyalty.earn_points('o', :b, 3, category => 'promised', idempotency_key => 'nothing') \gset
SELECT loyalty.adjust_points('o', :b, 2, 'credit', reason => 'since then') \g /dev/null
SELECT cmp_ok(:had::numeric, '>', 0::numeric, 'there were points before');
SELECT results_eq(format('SELECT points, current_points FROM loyalty.earn_points(''o'', %s, 3, category => ''promised'', idempotency_key => ''nothing'')', :b),
    format('SELECT %s::numeric, %s::numeric', :nothing, :had), 'an award that brought nothing is repeated with the balance of then');

-- A repeat of an award that brought nothing answers the same.
SELECT event_id AS e FROM loyalty.earn_points('o', :b, 5, idempotency_key => 'k') \gset
SELECT results_eq(format('SELECT event_id, lot_id, points, expires_at FROM loyalty.earn_points(''o'', %s, 5, idempotency_key => ''k'')', :b),
    format('VALUES (%s::int8, NULL::int8, 0.000::numeric, NULL::timestamptz)', :e), 'a repeat of it answers the same');

-- Merges: preview and what comes of it.
CREATE FUNCTION pg_temp.merged(survivor text, victim text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    s bigint;
    v bigint;
    said text;
    done text;
BEGIN
    SELECT customer_id INTO s FROM loyalty.register_customer('o', external_id => 'S' || survivor || victim);
    SELECT customer_id INTO v FROM loyalty.register_customer('o', external_id => 'V' || survivor || victim);
    IF survivor <> 'none' THEN PERFORM loyalty.set_participation_status('o', s, survivor); END IF;
    IF victim <> 'none' THEN PERFORM loyalty.set_participation_status('o', v, victim), loyalty.update_participation('o', v, '{"drink": "milk", "size": 2}'); END IF;
    SELECT final_value INTO said FROM loyalty.preview_merge('o', s, v) WHERE participant = 'participation';
    PERFORM loyalty.merge_customers('o', s, v);
    SELECT loyalty.customer_single_view('o', v) -> 'participations' -> 0 ->> 'status' INTO done;
    RETURN concat_ws(' ', COALESCE(said, 'none'), CASE WHEN done <> COALESCE(said, 'none') THEN done END);
END $$;
SELECT is(string_agg(format('%s+%s=%s', s, v, pg_temp.merged(s, v)), ' ' ORDER BY n, m), 'none+none=none none+not_confirmed=not_confirmed none+active=active '
    'none+deactivated=none not_confirmed+none=not_confirmed not_confirmed+not_confirmed=not_confirmed not_confirmed+active=active '
    'not_confirmed+deactivated=not_confirmed active+none=active active+not_confirmed=active active+active=active active+deactivated=active '
    'deactivated+none=deactivated deactivated+not_confirmed=deactivated deactivated+active=deactivated deactivated+deactivated=deactivated', 'every pair')
FROM unnest('{none,not_confirmed,active,deactivated}'::text[]) WITH ORDINALITY a (s, n), unnest('{none,not_confirmed,active,deactivated}'::text[]) WITH ORDINALITY b (v, m);
SELECT is((SELECT count(DISTINCT customer_id) FROM loyalty_data.participation_field WHERE field_value = 'milk') , 24::bigint, 'fields that the survivor lacks go over');
SELECT loyalty.enrol_customer('o', :c, '{"size": 1}'), loyalty.update_customer('o', :d, custom_fields => '{"shoe": 40}'), loyalty.enrol_customer('o', :d, '{"size": 3}') \g /dev/null
SELECT loyalty.update_participation('o', :c, '{"drink": "tea"}') \g /dev/null
SELECT loyalty.merge_customers('o', :c, :d) \g /dev/null
SELECT is((SELECT cause FROM loyalty.participation_history WHERE customer_id = :c ORDER BY change_no DESC LIMIT 1), 'terms_met', 'a merge that brings the last datum activates');

-- Roles.
CREATE ROLE test_participation_pos;
CREATE ROLE test_participation_analyst;
GRANT loyalty_pos TO test_participation_pos;
GRANT loyalty_analyst TO test_participation_analyst;
SELECT loyalty.grant_org('o', 'test_participation_pos'), loyalty.grant_org('o', 'test_participation_analyst');
SET ROLE test_participation_pos;
SELECT throws_ok(call, '42501', NULL, 'not for tills: ' || call) FROM unnest(ARRAY['SELECT loyalty.set_participation_rules(''o'', ''stars'')',
    format('SELECT loyalty.set_participation_status(''o'', %s, ''active'')', :a), 'SELECT loyalty.set_store_sender(''o'', ''store'')',
    'SELECT FROM loyalty.participations']) call;
SELECT lives_ok(format('SELECT loyalty.update_participation(''o'', %s, ''{"drink": "milk"}'')', :a), 'tills write fields');
SET ROLE test_participation_analyst;
SELECT throws_ok('SELECT FROM loyalty.participation_history', '42501', NULL, 'analysts see no names');
SELECT lives_ok('SELECT FROM loyalty.participations', 'but who takes part');
RESET ROLE;
-- A redemption of all programs: what has come in one that may not pay is in the balance that is answered, as in that of any reading.
SELECT pg_temp.new_org('all', 'open', primary_key => 'external_id', country => 'SG'), loyalty.create_program('all', 'asks', 'Asks'),
    loyalty.set_promised_rules('all', 'asks', 1), loyalty.define_field('all', 'custom', 'customer', 'shoe', 'integer');
SELECT loyalty.set_participation_rules('all', 'asks', terms => '{customer.shoe}');
SELECT customer_id AS e FROM loyalty.register_customer('all', external_id => 'E', registered_on => now() - interval '9 days') \gset
SELECT loyalty.enrol_customer('all', :e, program => 'asks'),
    loyalty.earn_points('all', :e, 10, program => 'open', event_time => now() - interval '5 days'),
    loyalty.earn_points('all', :e, 5, program => 'asks', category => 'promised', event_time => now() - interval '4 days') \g /dev/null
SELECT is((SELECT current_points FROM loyalty.redeem_points('all', :e, 1, program => 'ALL')), 14::numeric, 'points that have come where nothing is spent');
SELECT is((SELECT sum(current_points) FROM loyalty.points_balance('all', :e)), 14::numeric, 'are in the balance');

SELECT is_empty('SELECT invariant, detail FROM loyalty.verify_ledger(''o'') WHERE NOT ok', 'the books are right');
SELECT set_config('session_replication_role', 'replica', true);
ALTER TABLE loyalty_data.ledger_account DISABLE TRIGGER USER;
UPDATE loyalty_data.ledger_account SET participation = 'a' WHERE customer_id = :b AND category = 'r';
SELECT results_eq('SELECT invariant FROM loyalty.verify_ledger(''o'') WHERE NOT ok', $$VALUES ('accounts say what participations say')$$, 'a copy that is wrong is found');
SELECT * FROM finish();
ROLLBACK;
