-- A sale is never refused for a rule of its program: the bill is recorded without points, and its answer, a repeat's, its row
-- and the view say why. Every rule is tried in every way that records a bill. Awards that are no sales stay refused.
SET client_min_messages = warning;
SET TimeZone = 'UTC';
SET loyalty.clock = '2024-05-02 10:00:00+00';
SELECT no_plan();
\ir ../fixtures/orgs.sql

SELECT pg_temp.new_org('acme', 'base', tills => '{till,past-till}', primary_key => 'external_id');
SELECT loyalty.create_program('acme', 'past', 'Past', expiry_unit => 'fixed_date', expiry_date => '2024-04-30');
SELECT loyalty.create_program('acme', 'soon', 'Soon', expiry_unit => 'fixed_date', expiry_date => '2024-05-05');
SELECT loyalty.set_promised_rules('acme', 'soon', 2);
SELECT loyalty.create_program('acme', 'late', 'Late', expiry_unit => 'fixed_date', expiry_date => '2024-05-05');
SELECT loyalty.set_promised_rules('acme', 'late', 3);
SELECT loyalty.create_program('acme', 'aged', 'Aged', expiry_unit => 'days', expiry_value => 10);
SELECT loyalty.set_promised_rules('acme', 'aged', 10, expiry_from => 'award');
SELECT loyalty.create_program('acme', 'rich', 'Rich', points_per_unit => 10, decimals => 3);
SELECT loyalty.create_till('acme', 'p1', 'store', program => 'past');
SELECT pg_temp.new_org('bare', tills => '{till}', primary_key => 'external_id');
SELECT loyalty.enable_customer_status('acme');
SELECT loyalty.create_status_label('acme', 'suspended', 'Blocked');
SELECT loyalty.set_restriction('acme', 'block_points_allocation', ARRAY['Blocked']);
SELECT pg_temp.customer('acme', 'ann', '2024-01-01') AS ann, pg_temp.customer('acme', 'full', '2024-01-01') AS full,
    pg_temp.customer('acme', 'spent', '2024-01-01') AS spent, pg_temp.customer('acme', 'due', '2024-01-01') AS due,
    pg_temp.customer('acme', 'blocked', '2024-01-01') AS blocked,
    pg_temp.customer('acme', 'guest', '2024-01-01', loyalty_type => 'non_loyalty') AS guest,
    pg_temp.customer('bare', 'bea', '2024-01-01') AS bea \gset
SELECT loyalty.earn_points('acme', :full, 999999999999999.999, program => 'rich');
SELECT loyalty.earn_points('acme', :spent, 999999999999999, event_time => '2024-04-01');
SELECT loyalty.redeem_points('acme', :spent, 900000000000000, event_time => '2024-04-02');
-- What is due has no room to expire: 9e14 that were given away count as expired, and as many came again.
SELECT loyalty.earn_points('acme', :due, 9e14, event_time => '2024-02-01', expires_at => '2024-03-01');
SELECT loyalty.earn_points('acme', c, 9e14, event_time => '2024-02-01', expires_at => '2024-05-01')
FROM pg_temp.customer('acme', 'giver', '2024-01-01') c;
SELECT loyalty.transfer_points('acme', c, :due, 9e14, event_time => '2024-03-02')
FROM loyalty.find_customer('acme', 'external_id', 'giver') c;
SELECT loyalty.set_customer_status('acme', :blocked, 'Blocked');

-- The rules: whose bill, its arguments, and the warning; NULL: it earns.
CREATE TEMP TABLE rules (rule_no serial, rule text, org text, customer_id bigint, external_id text, arguments text, warning text);
INSERT INTO rules (rule, org, customer_id, external_id, arguments, warning) VALUES
    ('a fixed date that has passed', 'acme', :ann, 'ann', $$program => 'past'$$, 'program_over'),
    ('the same, points given', 'acme', :ann, 'ann', $$program => 'past', points => 5$$, 'program_over'),
    ('the same, of the till', 'acme', :ann, 'ann', $$till => 'p1'$$, 'program_over'),
    ('the same, points of lines alone', 'acme', :ann, 'ann',
        $$program => 'past', points => 0, line_items => '[{"item_code": "a", "amount": 1, "points": 3}]'$$, 'program_over'),
    ('the same, promised', 'acme', :ann, 'ann', $$program => 'past', category => 'promised'$$, 'program_over'),
    ('the same, trigger-based', 'acme', :ann, 'ann', $$program => 'past', category => 'trigger_based'$$, 'program_over'),
    ('a late bill of before the date', 'acme', :ann, 'ann', $$program => 'past', event_time => '2024-04-29'$$, NULL),
    ('promised and converted on the last day', 'acme', :ann, 'ann', $$program => 'soon', category => 'promised'$$, NULL),
    ('promised and converted the day after', 'acme', :ann, 'ann', $$program => 'late', category => 'promised'$$, 'program_over'),
    ('promised for a day after the date', 'acme', :ann, 'ann',
        $$program => 'soon', category => 'promised', redeemable_from => '2024-05-06'$$, 'program_over'),
    ('trigger-based within the date', 'acme', :ann, 'ann', $$program => 'late', category => 'trigger_based'$$, NULL),
    ('promised beyond an expiry by the award', 'acme', :ann, 'ann', $$program => 'aged', category => 'promised'$$, 'program_over'),
    ('an account that is full', 'acme', :full, 'full', $$program => 'rich'$$, 'points_overflow'),
    ('an account that had too many', 'acme', :spent, 'spent', $$discount => 1$$, 'points_overflow'),
    ('what is due has no room', 'acme', :due, 'due', $$discount => 1$$, 'points_overflow'),
    ('more points than there are', 'acme', :ann, 'ann', $$program => 'rich'$$, 'points_overflow'),
    ('too many points together', 'acme', :ann, 'ann',
        $$bill_promotion_points => 999999999999999, customer_promotion_points => 1$$, 'points_overflow'),
    ('a status that blocks points', 'acme', :blocked, 'blocked', $$program => 'base'$$, 'points_blocked'),
    ('a status that blocks points, of a program that is over', 'acme', :blocked, 'blocked', $$program => 'past'$$, 'points_blocked'),
    ('no points asked for, of a program that is over', 'acme', :ann, 'ann', $$program => 'past', points => 0$$, ''),
    ('a bill of a guest', 'acme', :guest, 'guest', $$program => 'past'$$, ''),
    ('a bill that is none of loyalty', 'acme', :ann, 'ann', $$program => 'past', transaction_type => 'non_loyalty'$$, ''),
    ('an org without a program', 'bare', :bea, 'bea', $$till => 'till'$$, 'no_program'),
    ('the same, points given', 'bare', :bea, 'bea', $$points => 5, line_items => '[{"item_code": "a", "amount": 1, "points": 3}]'$$,
        'no_program'),
    ('the same, promised', 'bare', :bea, 'bea', $$category => 'promised'$$, 'no_program'),
    ('the same, none of loyalty', 'bare', :bea, 'bea', $$transaction_type => 'non_loyalty'$$, '');

CREATE FUNCTION pg_temp.answer(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer jsonb;
BEGIN
    EXECUTE format('SELECT to_jsonb(a) FROM loyalty.%s a', call) INTO answer;
    RETURN concat_ws('|', answer ->> 'points', answer ->> 'current_points', answer -> 'warnings');
END $$;
-- Each rule in each way, and again with the same key.
CREATE TEMP TABLE answers AS
SELECT r.*, w.way, CASE w.way
    WHEN 'id' THEN format('add_transaction(%L, %s, %L, %s, %s, idempotency_key => %L)', org, customer_id, 'B-' || rule_no || way, amount, arguments, 'k' || rule_no)
    ELSE format('add_transaction_by_identifiers(%L, %L, %s, %s, %s, idempotency_key => %L)', org, 'B-' || rule_no || way, amount,
        CASE external_id WHEN 'guest' THEN 'email => ''guest@example.com'', loyalty_type => ''non_loyalty''' ELSE
        format('external_id => %L', external_id) END, arguments, 'K' || rule_no) END AS call
FROM (SELECT *, CASE WHEN rule LIKE 'more points%' THEN '999999999999999' ELSE '10' END AS amount FROM rules) r,
    (VALUES ('id'), ('identifiers')) w (way);
CREATE TEMP TABLE first_answers AS SELECT a.*, pg_temp.answer(call) AS answer FROM answers a;
SELECT CASE WHEN warning IS NULL THEN ok(answer !~ '^0.000' AND answer LIKE '%|[]', format('%s (%s) earns: %s', rule, way, answer))
    ELSE ok(answer LIKE '0.000|%' AND answer LIKE '%|' || COALESCE(to_jsonb(NULLIF(ARRAY[warning], '{""}'))::text, '[]'),
        format('%s (%s): %s', rule, way, answer)) END
FROM first_answers;
SELECT is(pg_temp.answer(call), answer, format('again: %s (%s)', rule, way)) FROM first_answers;
SELECT results_eq($$SELECT COALESCE(t.no_points, '')::text COLLATE "default" FROM first_answers a JOIN loyalty.transactions t
    ON t.org = a.org AND t.transaction_number = 'B-' || a.rule_no || a.way ORDER BY rule_no, way$$,
    'SELECT COALESCE(warning, '''') FROM first_answers ORDER BY rule_no, way', 'the view says the same');

-- A load is the same bill; a tagged bill asks no program.
CREATE TABLE public.sales (line_no bigint, customer_id bigint, transaction_number text, amount numeric, event_time timestamptz, program text);
INSERT INTO public.sales VALUES (1, :ann, 'L-1', 10, '2024-05-01 12:00', 'past'), (2, :full, 'L-2', 10, '2024-05-01 12:00', 'rich'),
    (3, :ann, 'L-3', 10, '2024-04-30 12:00', 'past');
CALL loyalty.load_transactions('acme', 'public.sales');
SELECT results_eq($$SELECT transaction_number COLLATE "default", points, no_points COLLATE "default" FROM loyalty.transactions WHERE transaction_number LIKE 'L-%'
    ORDER BY 1$$, $$VALUES ('L-1', 0.000, 'program_over'), ('L-2', 0.000, 'points_overflow'), ('L-3', 10.000, NULL)$$, 'a load records them');
TRUNCATE public.sales;
INSERT INTO public.sales VALUES (1, :bea, 'L-1', 10, '2024-05-01 12:00', NULL);
CALL loyalty.load_transactions('bare', 'public.sales');
SELECT is((SELECT no_points FROM loyalty.transactions WHERE org = 'bare' AND transaction_number = 'L-1'), 'no_program', 'a load into a bare org');
SELECT is(outcome, 'tagged', 'a tagged bill of a bare org')
FROM loyalty.add_transaction_by_identifiers('bare', 'G-1', 7, external_id => 'gus', transaction_type => 'non_loyalty');
SELECT lives_ok($$SELECT loyalty.register_customer('bare', external_id => 'gus')$$, 'and whoever registers gets it');
SELECT is(outcome, 'created', 'a bill registers its customer in a bare org')
FROM loyalty.add_transaction_by_identifiers('bare', 'G-2', 7, external_id => 'hal');

-- What the till says itself is judged as ever, and awards that are no sales are refused.
SELECT throws_ok(format(call, :ann), code, NULL, call) FROM (VALUES
    ($$SELECT loyalty.earn_points('acme', %s, 5, program => 'past')$$, 'LY409'),
    ($$SELECT loyalty.earn_points('acme', %s, 5, program => 'past', category => 'promised')$$, 'LY409'),
    ($$SELECT loyalty.earn_points('acme', %s, 5, program => 'past', category => 'trigger_based')$$, 'LY409'),
    ($$SELECT loyalty.earn_points('acme', %s, 5, program => 'late', category => 'promised')$$, 'LY409'),
    ($$SELECT loyalty.earn_points('acme', %s, 5, program => 'soon', category => 'promised', redeemable_from => '2024-05-06')$$, 'LY409'),
    ($$SELECT loyalty.earn_points('acme', %s, 5, program => 'aged', category => 'promised')$$, 'LY409'),
    ($$SELECT loyalty.add_transaction('acme', %s, 'X-1', 5, points => -1)$$, 'LY401'),
    ($$SELECT loyalty.add_transaction('acme', %s, 'X-1', 5, points => 1e15)$$, 'LY404'),
    ($$SELECT loyalty.add_transaction('acme', %s, 'X-1', 5, points => 0.5)$$, 'LY403'),
    ($$SELECT loyalty.add_transaction('acme', %s, 'X-1', 5, program => 'none')$$, 'LY007'),
    ($$SELECT loyalty.add_transaction('acme', %s, 'B-1id', 5, program => 'past')$$, 'LY410')) c (call, code);
SELECT throws_ok(format(call, :bea), 'LY007', NULL, call) FROM unnest(ARRAY[
    $$SELECT loyalty.add_transaction('bare', %s, 'X-1', 5, program => 'none')$$,
    $$SELECT loyalty.add_transaction('bare', %s, 'X-1', 5, program => 'ALL')$$,
    $$SELECT loyalty.earn_points('bare', %s, 5)$$]) call;
SELECT lives_ok(format($$SELECT loyalty.earn_points('acme', %s, 5, program => 'soon', category => 'promised')$$, :ann), 'a promise within the date is taken');

-- Returns of bills without a program, and a program that comes later: old bills stay without points.
SELECT is(concat_ws('|', amount, points, current_points), '4.000|0.000|0.000', 'a part comes back')
FROM loyalty.return_transaction('bare', :bea, 'L-1', amount => 4, idempotency_key => 'r');
SELECT loyalty.create_program('bare', 'first', 'First');
SELECT is(concat_ws('|', amount, points, current_points), '4.000|0.000|0.000', 'a repeat of it, once there is a program')
FROM loyalty.return_transaction('bare', :bea, 'L-1', amount => 4, idempotency_key => 'r');
SELECT is(pg_temp.answer(call), answer, format('a repeat once there is a program: %s (%s)', rule, way)) FROM first_answers WHERE org = 'bare';
SELECT is(concat_ws('|', points, current_points, warnings), '9.000|9.000|{}', 'a new bill earns')
FROM loyalty.add_transaction('bare', :bea, 'N-1', 9);
SELECT is(concat_ws('|', amount, points, current_points), '6.000|0.000|9.000', 'the rest of the old one comes back without points')
FROM loyalty.return_transaction('bare', :bea, 'L-1');
SELECT is(concat_ws('|', amount, points, current_points), '10.000|0.000|9.000', 'another old one as well')
FROM loyalty.return_transaction('bare', :bea, (SELECT min('B-' || rule_no || way) FROM first_answers WHERE org = 'bare' AND way = 'id'));
SELECT is(sum(points), 0.000, 'old bills have no points') FROM loyalty.transactions WHERE org = 'bare' AND transaction_number <> 'N-1';
SELECT is(pg_temp.proved(), 'proved', 'every invariant holds');
SELECT * FROM finish();
