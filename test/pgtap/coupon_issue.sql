-- Series of coupons and their issuing: every refusal with its code, in the order that docs/coupon.md shows; dates at the ends of days;
-- repeats; what a group of merged customers may have; and the notices of limits that are nearly used.
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = error;
SET LOCAL TimeZone = 'UTC';
SET LOCAL loyalty.clock = '2024-07-01 10:00+00';
\ir ../fixtures/refused.sql

SELECT loyalty.create_org('sg', 'Singapore', 'Asia/Singapore', 'SG');
SELECT loyalty.set_config('sg', 'CONF_ORG_CURRENCY_CODE', 'SGD');
SELECT loyalty.create_program('sg', 'stars', 'Stars'), loyalty.create_program('sg', 'other', 'Other');
SELECT loyalty.create_store('sg', 'bay', 'Bay'), loyalty.create_till('sg', 'bay-1', 'bay', 'stars');
SELECT customer_id AS ann FROM loyalty.register_customer('sg', '+6581234501') \gset
SELECT customer_id AS bob FROM loyalty.register_customer('sg', '+6581234502') \gset
SELECT customer_id AS cat FROM loyalty.register_customer('sg', '+6581234503') \gset

-- ---------------------------------------------------------------- series that cannot be

CREATE FUNCTION pg_temp.no_series(arguments text, code text, what text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.refused('loyalty.create_coupon_series(''sg'', ' || arguments || ')', code, what) $$;
SELECT pg_temp.no_series($$NULL, 'X', discount_type => 'fixed', discount_value => 5$$, 'LY001', 'no code');
SELECT pg_temp.no_series($$'x', ' ', discount_type => 'fixed', discount_value => 5$$, 'LY001', 'no name');
SELECT pg_temp.no_series($$'x', 'X', discount_type => 'fixed', discount_value => 5, code_type => 'sticker'$$, 'LY003', 'an unknown kind of codes');
SELECT pg_temp.no_series($$'x', 'X', discount_type => 'fixed', discount_value => 5, issue_limit => 0$$, 'LY003', 'a limit of none');
SELECT pg_temp.no_series($$'x', 'X', discount_type => 'fixed', discount_value => 5, issue_limit => 1000000000000000000$$, 'LY003', 'a limit that is none');
SELECT pg_temp.no_series($$'x', 'X', discount_type => 'fixed', discount_value => 5, redemptions_per_coupon => -1$$, 'LY003', 'a negative number of uses');
SELECT pg_temp.no_series($$'x', 'X', discount_type => 'fixed', discount_value => 5, valid_from_days => -1$$, 'LY003', 'negative days');
SELECT pg_temp.no_series($$'x', 'X', discount_type => 'fixed', discount_value => 5, validity => '1 day 1 hour'$$, 'LY003', 'days and hours');
SELECT pg_temp.no_series($$'x', 'X', discount_type => 'fixed', discount_value => 5, validity => '-1 day'$$, 'LY003', 'a time that goes back');
SELECT pg_temp.no_series($$'x', 'X', discount_type => 'fixed', discount_value => 5, validity => '0'$$, 'LY003', 'no time at all');
SELECT pg_temp.no_series($$'x', 'X', discount_type => 'fixed', discount_value => 5, validity => '101 years'$$, 'LY003', 'more than a hundred years');
SELECT pg_temp.no_series($$'x', 'X', discount_type => 'fixed', discount_value => 5, starts_at => '2024-08-01', ends_at => '2024-08-01'$$, 'LY909', 'an end at its beginning');
SELECT pg_temp.no_series($$'x', 'X', discount_type => 'fixed', discount_value => 5, starts_at => 'infinity'$$, 'LY015', 'a beginning that never comes');
SELECT pg_temp.no_series($$'x', 'X'$$, 'LY909', 'no worth');
SELECT pg_temp.no_series($$'x', 'X', promotion => 'none', discount_type => 'fixed', discount_value => 5$$, 'LY909', 'two worths');
SELECT pg_temp.no_series($$'x', 'X', promotion => 'none'$$, 'LY908', 'a promotion that there is not');
SELECT loyalty.create_promotion('sg', 'auto', 'A', '{"type": "fixed", "value": 5}'), loyalty.create_promotion('sg', 'worth', 'W', '{"type": "fixed", "value": 7}', trigger => 'coupon');
SELECT pg_temp.no_series($$'x', 'X', promotion => 'auto'$$, 'LY909', 'a promotion that applies by itself');
SELECT pg_temp.no_series($$'x', 'X', discount_type => 'free'$$, 'LY909', 'a benefit that there is not');
SELECT pg_temp.no_series($$'x', 'X', discount_type => 'percent', discount_value => 101$$, 'LY909', 'more than all');
SELECT pg_temp.no_series($$'x', 'X', discount_type => 'fixed', discount_value => 0.001$$, 'LY909', 'no whole step of the currency');
SELECT pg_temp.no_series($$'x', 'X', discount_type => 'fixed', discount_value => 5, notify_at => 20$$, 'LY909', 'a threshold of no limit');
SELECT pg_temp.no_series($$'x', 'X', discount_type => 'fixed', discount_value => 5, notify_at => 20, issue_limit => 20$$, 'LY909', 'a threshold at the limit');
SELECT pg_temp.no_series($$'x', 'X', discount_type => 'fixed', discount_value => 5, generic_code => 'ABCD'$$, 'LY909', 'a generic code of unique coupons');
SELECT pg_temp.no_series($$'x', 'X', discount_type => 'fixed', discount_value => 5, code_type => 'generic'$$, 'LY909', 'no generic code');
SELECT pg_temp.no_series($$'x', 'X', discount_type => 'fixed', discount_value => 5, code_type => 'generic', generic_code => 'a b'$$, 'LY003', 'a code with a blank');
SELECT pg_temp.no_series($$'x', 'X', discount_type => 'fixed', discount_value => 5, code_length => 5$$, 'LY906', 'codes that could be guessed');
SELECT pg_temp.no_series($$'x', 'X', discount_type => 'fixed', discount_value => 5, code_prefix => 'a b'$$, 'LY909', 'a prefix with a blank');

SELECT cmp_ok(loyalty.create_coupon_series('sg', 'free', 'Free', discount_type => 'fixed', discount_value => 5), '>', 0, 'a series has an id');
SELECT lives_ok($$SELECT loyalty.create_coupon_series('sg', 'worthy', 'W', promotion => 'worth')$$, 'a promotion by coupon says what they are worth');
SELECT results_eq('SELECT promotion COLLATE "default", discount_value FROM loyalty.coupon_series_usage WHERE series = ''worthy''', 'VALUES (''worth'', 7::numeric)', 'and is shown');
SELECT pg_temp.no_series($$'free', 'X', discount_type => 'fixed', discount_value => 5$$, 'LY009', 'a code of a series that there is');
SELECT loyalty.create_coupon_series('sg', 'cup', 'Cup', code_type => 'generic', generic_code => ' Free-Cup ', discount_type => 'percent', discount_value => 10,
    coupons_per_customer => 2, days_between_issues => 7);
SELECT pg_temp.no_series($$'x', 'X', discount_type => 'fixed', discount_value => 5, code_type => 'generic', generic_code => 'FREE-cup'$$, 'LY907', 'a generic code that is taken');
SELECT loyalty.create_coupon_series('sg', 'paper', 'Paper', code_type => 'uploaded', discount_type => 'fixed', discount_value => 5);
SELECT loyalty.create_coupon_series('sg', 'month', 'Month', discount_type => 'fixed', discount_value => 5, validity => '1 month', valid_from_days => 1),
    loyalty.create_coupon_series('sg', 'hours', 'Hours', discount_type => 'fixed', discount_value => 5, validity => '12 hours'),
    loyalty.create_coupon_series('sg', 'july', 'July', discount_type => 'fixed', discount_value => 5, validity => '1 month',
        starts_at => '2024-07-05 00:00+08', ends_at => '2024-07-20 00:00+08');

-- ---------------------------------------------------------------- uploads and limits

CREATE FUNCTION pg_temp.no(call text, code text, what text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_temp.refused('loyalty.' || call, code, what) $$;
SELECT pg_temp.no($$upload_coupons('sg', 'paper', NULL)$$, 'LY001', 'no codes');
SELECT pg_temp.no($$upload_coupons('sg', 'paper', '{}')$$, 'LY003', 'an empty list');
SELECT pg_temp.no($$upload_coupons('sg', 'paper', '{abcd,NULL}')$$, 'LY001', 'a code that is NULL');
SELECT pg_temp.no($$upload_coupons('sg', 'paper', '{abc}')$$, 'LY003', 'a code that is too short');
SELECT pg_temp.no($$upload_coupons('sg', 'none', '{abcd}')$$, 'LY908', 'a series that there is not');
SELECT pg_temp.no($$upload_coupons('sg', 'free', '{abcd}')$$, 'LY909', 'a series whose codes are generated');
SELECT pg_temp.no($$upload_coupons('sg', 'paper', '{abcd,ABCD}')$$, 'LY907', 'the same code twice, by its normal form');
SELECT pg_temp.no($$upload_coupons('sg', 'paper', '{free-cup}')$$, 'LY907', 'a generic code');
SELECT pg_temp.no($$upload_coupons('sg', 'paper', '{C23456789AB}')$$, 'LY907', 'the shape of generated codes');
SELECT is(loyalty.upload_coupons('sg', 'paper', '{ Paper-1,paper-2}'), 2, 'two codes');
SELECT pg_temp.no($$upload_coupons('sg', 'paper', '{PAPER-1,paper-3}')$$, 'LY907', 'one that waits');
SELECT pg_temp.no($$set_issue_limit('sg', 'none', 5)$$, 'LY908', 'limit: a series that there is not');
SELECT pg_temp.no($$set_issue_limit('sg', 'free', 0)$$, 'LY003', 'limit: none');
SELECT pg_temp.no($$set_issue_limit('sg', 'free', NULL, 5)$$, 'LY909', 'limit: a threshold of no limit');
SELECT pg_temp.no($$set_issue_limit('sg', 'free', 5, 5)$$, 'LY909', 'limit: a threshold at the limit');
SELECT pg_temp.no($$stop_coupon_series('sg', 'none')$$, 'LY908', 'stop: a series that there is not');

-- ---------------------------------------------------------------- issuing: one refusal behind the other

SELECT pg_temp.no(format('issue_coupon(''sg'', %s, NULL)', :ann), 'LY001', 'no series');
SELECT pg_temp.no($$issue_coupon('sg', NULL, 'free')$$, 'LY001', 'no customer');
SELECT pg_temp.no($$issue_coupon('sg', 0, 'free')$$, 'LY107', 'no such customer');
SELECT pg_temp.no(format('issue_coupon(''sg'', %s, ''free'', card_number => ''X'')', :ann), 'LY003', 'two names');
SELECT pg_temp.no(format('issue_coupon(''sg'', %s, ''none'', till => ''none'')', :ann), 'LY006', 'an unknown till comes before an unknown series');
SELECT pg_temp.no(format('issue_coupon(''sg'', %s, ''none'', store => ''none'')', :ann), 'LY005', 'so does a store');
SELECT pg_temp.no(format('issue_coupon(''sg'', %s, ''none'', source => ''none'')', :ann), 'LY008', 'a source');
SELECT pg_temp.no(format('issue_coupon(''sg'', %s, ''none'', program => ''none'')', :ann), 'LY007', 'a program');
SELECT pg_temp.no(format('issue_coupon(''sg'', %s, ''none'', event_time => ''2024-08-01'')', :ann), 'LY408', 'and a time to come');
SELECT pg_temp.no(format('issue_coupon(''sg'', %s, ''none'')', :ann), 'LY908', 'an unknown series');
SELECT pg_temp.no(format('issue_coupon(''sg'', %s, ''july'')', :ann), 'LY903', 'a series that has not begun');
SET LOCAL loyalty.clock = '2024-07-19 16:00+00';
SELECT pg_temp.no(format('issue_coupon(''sg'', %s, ''july'')', :ann), 'LY903', 'one that has ended: the end is a moment without it');
SELECT lives_ok(format('SELECT loyalty.issue_coupon(''sg'', %s, ''july'', event_time => ''2024-07-19 15:59:59+00'')', :ann), 'but not for what is told late');
SET LOCAL loyalty.clock = '2024-07-01 10:00+00';
SELECT loyalty.claim_offer('sg', 'free', 'summer');
SELECT pg_temp.no(format('issue_coupon(''sg'', %s, ''free'')', :ann), 'LY918', 'claimed by a campaign');
SELECT pg_temp.no(format('issue_coupon(''sg'', %s, ''free'', ''Summer'')', :ann), 'LY918', 'which is another one');
SELECT lives_ok(format('SELECT loyalty.issue_coupon(''sg'', %s, ''free'', ''summer'')', :ann), 'issued for that one');
SELECT pg_temp.no($$claim_offer('sg', 'free', 'autumn')$$, 'LY918', 'claim: by another campaign');
SELECT lives_ok($$SELECT loyalty.claim_offer('sg', 'free', 'summer')$$, 'claim: the same again');
SELECT pg_temp.no($$claim_offer('sg', 'free')$$, 'LY003', 'claim: by nobody');
SELECT pg_temp.no($$claim_offer('sg', 'free', 'summer', 'stars')$$, 'LY003', 'claim: by two');
SELECT pg_temp.no($$claim_offer('sg', 'none', 'summer')$$, 'LY908', 'claim: a series that there is not');
SELECT pg_temp.no($$claim_offer('sg', 'paper', program => 'none')$$, 'LY007', 'claim: a program that there is not');
SELECT pg_temp.no($$release_offer('sg', 'none')$$, 'LY908', 'release: a series that there is not');
SELECT ok(loyalty.release_offer('sg', 'free') AND NOT loyalty.release_offer('sg', 'free'), 'release: once');
SELECT loyalty.claim_offer('sg', 'free', program => 'stars');
SELECT pg_temp.no(format('issue_coupon(''sg'', %s, ''free'', program => ''other'')', :ann), 'LY918', 'claimed by a program');
SELECT lives_ok(format('SELECT loyalty.issue_coupon(''sg'', %s, ''free'', till => ''bay-1'')', :ann), 'issued for that one, which is the till''s');

SELECT lives_ok(format('SELECT loyalty.issue_coupon(''sg'', %s, ''cup'')', :ann), 'a first coupon');
SET LOCAL loyalty.clock = '2024-07-07 15:59:59+00';
SELECT throws_ok(format('SELECT loyalty.issue_coupon(''sg'', %s, ''cup'')', :ann), 'LY911', NULL, 'on the sixth day behind it, in Singapore, it is too soon');
SET LOCAL loyalty.clock = '2024-07-07 16:00+00';
SELECT lives_ok(format('SELECT loyalty.issue_coupon(''sg'', %s, ''cup'')', :ann), 'a second later it is the seventh');
SELECT throws_ok(format('SELECT loyalty.issue_coupon(''sg'', %s, ''cup'')', :ann), 'LY910', NULL, 'a customer may have two: that comes before the days');
SET LOCAL loyalty.clock = '2024-07-01 10:00+00';

SELECT lives_ok(format('SELECT loyalty.issue_coupons(''sg'', ''paper'', ARRAY[%s, %s]::bigint[], all_or_nothing => true)', :ann, :bob), 'the last two');
SELECT results_eq('SELECT coupon_code COLLATE "default", customer_id FROM loyalty.coupons WHERE series = ''paper'' ORDER BY coupon_id',
    format('VALUES (''Paper-1'', %s::bigint), (''paper-2'', %s)', :ann, :bob), 'as they were given, in their order');
SELECT pg_temp.no(format('issue_coupon(''sg'', %s, ''paper'')', :ann), 'LY910', 'no uploaded code is left');
SELECT pg_temp.no($$upload_coupons('sg', 'paper', '{PAPER-1}')$$, 'LY907', 'one that was issued');
SELECT is((SELECT array_agg(error_code ORDER BY item_no) FROM loyalty.issue_coupons('sg', 'free', ARRAY[:ann, NULL, 0, :bob]::bigint[], program => 'stars')),
    ARRAY[NULL, 'LY001', 'LY107', NULL], 'in a list each is refused by itself');
SELECT throws_ok(format('SELECT loyalty.issue_coupons(''sg'', ''free'', ARRAY[%s, 0]::bigint[], all_or_nothing => true, program => ''stars'')', :ann), 'LY107', NULL,
    'or all with it');
SELECT is((SELECT array_agg(error_code ORDER BY item_no) FROM loyalty.issue_coupons('sg', 'cup', ARRAY[:cat, :cat]::bigint[])), ARRAY[NULL, 'LY911'],
    'what stands before in a list counts');
SELECT pg_temp.no($$issue_coupons('sg', 'free', NULL)$$, 'LY001', 'no list');
SELECT pg_temp.no($$issue_coupons('sg', 'free', (SELECT array_agg(n) FROM generate_series(1, 10001) n))$$, 'LY003', 'a list that is too long');

-- ---------------------------------------------------------------- dates

SELECT results_eq(format('SELECT expires_at, last_day FROM loyalty.issue_coupon(''sg'', %s, ''month'', event_time => ''2024-01-30 03:00+00'')', :bob),
    $$VALUES ('2024-02-28 16:00+00'::timestamptz, '2024-02-28'::date)$$, 'a month from 31 January on ends with the day before 29 February');
SELECT is((SELECT valid_from FROM loyalty.coupons WHERE series = 'month'), '2024-01-30 16:00+00'::timestamptz, 'and begins with a day');
SELECT results_eq(format('SELECT expires_at, last_day FROM loyalty.issue_coupon(''sg'', %s, ''hours'')', :bob),
    $$VALUES ('2024-07-01 22:00+00'::timestamptz, '2024-07-02'::date)$$, 'hours are exact');
SELECT results_eq('SELECT expires_at, last_day, status COLLATE "default" FROM loyalty.coupons WHERE series = ''july''',
    $$VALUES ('2024-07-19 16:00+00'::timestamptz, '2024-07-19'::date, 'active_unredeemed')$$, 'the end of the series comes first');
SET LOCAL loyalty.clock = '2024-07-19 16:00+00';
SELECT is((SELECT status FROM loyalty.coupons WHERE series = 'july'), 'expired_unredeemed', 'at that moment it has expired');
SET LOCAL loyalty.clock = '2024-07-01 10:00+00';

-- ---------------------------------------------------------------- repeats, merges

SELECT coupon_id AS first, coupon_code AS first_code FROM loyalty.issue_coupon('sg', :bob, 'free', program => 'stars', idempotency_key => 'k') \gset
SELECT results_eq(format('SELECT coupon_id, coupon_code COLLATE "default" FROM loyalty.issue_coupon(''sg'', %s, ''free'', program => ''stars'', idempotency_key => ''k'')', :bob),
    format('VALUES (%s::bigint, %L)', :first, :'first_code'), 'a repeat gets the first coupon');
SELECT pg_temp.no(format('issue_coupon(''sg'', %s, ''cup'', idempotency_key => ''k'')', :bob), 'LY020', 'the same key for another series');
SELECT is((SELECT count(DISTINCT coupon_id) FROM loyalty.issue_coupons_batch('sg', ARRAY(SELECT jsonb_populate_record(NULL::loyalty.issue_coupon_item,
    jsonb_build_object('customer_id', :bob, 'series', 'free', 'program', 'stars', 'idempotency_key', 'twice')) FROM generate_series(1, 2)))), 1::bigint, 'also within a batch');
SELECT lives_ok(format('SELECT loyalty.issue_coupon(''sg'', %s, ''cup'', event_time => ''2024-06-01'')', :bob), 'Bob has one');
SELECT lives_ok(format('SELECT loyalty.issue_coupon(''sg'', %s, ''cup'', event_time => ''2024-06-08'')', :bob), 'and a second one');
SELECT results_eq(format($$SELECT item COLLATE "default", survivor_value, victim_value, final_value FROM loyalty.preview_merge('sg', %s, %s) WHERE participant = 'incentives'$$, :ann, :bob),
    $$VALUES ('active coupons', '7', '7', '14'), ('expired coupons', NULL, 'yes', 'yes')$$, 'a preview counts them');
SELECT lives_ok(format('SELECT loyalty.merge_customers(''sg'', %s, %s)', :ann, :bob), 'merged');
SELECT is((SELECT count(*) FROM loyalty.coupons WHERE customer_id = :ann), 15::bigint, 'the survivor has all of them');
SELECT pg_temp.no(format('issue_coupon(''sg'', %s, ''cup'', event_time => ''2024-05-01'')', :ann), 'LY910', 'and is over the limit, with what it has');
SELECT results_eq(format('SELECT coupon_id FROM loyalty.issue_coupon(''sg'', %s, ''free'', program => ''stars'', idempotency_key => ''k'')', :ann), ARRAY[:first::bigint],
    'a repeat by the survivor''s id');

-- ---------------------------------------------------------------- told once that few are left, and once that none are

SELECT loyalty.create_message_template('sg', 'coupon_limit', 'email', '{{left}} of {{limit}} are left of {{offer}}', 'Coupons', variable_names => '{left,limit,offer}');
SELECT loyalty.create_contact('sg', 'c' || n, 'Contact ' || n, 'c' || n || '@example.com', topics => '{coupon_limit}') FROM generate_series(1, 2) n;
SELECT loyalty.create_coupon_series('sg', 'thousand', 'Thousand', code_type => 'generic', generic_code => 'THOUSAND', discount_type => 'fixed', discount_value => 5,
    issue_limit => 1000, notify_at => 20);
CREATE FUNCTION pg_temp.told(OUT text) LANGUAGE sql AS $$ SELECT string_agg(body, '; ' ORDER BY message_id) FROM loyalty_data.message_body WHERE body ~ 'thousand' $$;
SELECT loyalty.issue_coupons('sg', 'thousand', (SELECT array_agg(:cat::bigint) FROM generate_series(1, 979))) \g /dev/null
SELECT is(pg_temp.told(), NULL, 'nothing is said of 21');
SELECT loyalty.issue_coupon('sg', :cat, 'thousand') \g /dev/null
SELECT is(pg_temp.told(), '20 of 1000 are left of thousand; 20 of 1000 are left of thousand', 'both contacts hear of 20, at issue 980');
SELECT loyalty.issue_coupons('sg', 'thousand', (SELECT array_agg(:cat::bigint) FROM generate_series(1, 19))) \g /dev/null
SELECT is(loyalty.check_limits('sg'), 0, 'once');
SELECT loyalty.issue_coupon('sg', :cat, 'thousand') \g /dev/null
SELECT matches(pg_temp.told(), '^20 .*; 0 of 1000 are left of thousand; 0 of 1000 are left of thousand$', 'and of none');
SELECT pg_temp.no(format('issue_coupon(''sg'', %s, ''thousand'')', :cat), 'LY910', 'none is issued');
SELECT lives_ok($$SELECT loyalty.set_issue_limit('sg', 'thousand', 1010, 20)$$, 'ten more');
SELECT matches(pg_temp.told(), '; 10 of 1010 are left of thousand; 10 of 1010 are left of thousand$', 'of which they hear at once');
SELECT pg_temp.no($$set_issue_limit('sg', 'thousand', 999, 20)$$, 'LY910', 'fewer than were issued');
SELECT results_eq('SELECT issue_limit, issued, remaining FROM loyalty.coupon_series_usage WHERE series = ''thousand''', 'VALUES (1010::bigint, 1000::bigint, 10::bigint)', 'what the series says');

SELECT loyalty.stop_coupon_series('sg', 'thousand'), loyalty.stop_coupon_series('sg', 'thousand');
SELECT pg_temp.no(format('issue_coupon(''sg'', %s, ''thousand'')', :cat), 'LY903', 'a series that was stopped');
SELECT pg_temp.no($$set_issue_limit('sg', 'thousand', 2000)$$, 'LY903', 'has no other limit');
SELECT loyalty.stop_coupon_series('sg', 'paper');
SELECT pg_temp.no($$upload_coupons('sg', 'paper', '{abcd}')$$, 'LY903', 'and gets no codes');

SELECT * FROM finish();
ROLLBACK;
