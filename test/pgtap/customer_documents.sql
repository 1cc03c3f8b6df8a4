-- Documents about one customer: the single view's points are those of points_balance, its purchases are those of the bills,
-- in one org and for every member of a merge group.
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = error;
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+00';
\ir ../fixtures/orgs.sql
SELECT pg_temp.new_org('sg', 'p', tills => '{t1,t2}', store => 's1', zone => 'Asia/Singapore', country => 'SG');
SELECT loyalty.create_program('sg', 'q', 'Q', expiry_unit => 'months', expiry_value => 6);
SELECT loyalty.set_redemption_rules('sg', 'p', points_per_currency_unit => 4);
SELECT customer_id AS ann FROM loyalty.register_customer('sg', '91230001', first_name => 'Ann', last_name => 'Øre', till => 't1',
    registered_on => '2024-01-01') \gset
SELECT customer_id AS bob FROM loyalty.register_customer('sg', '91230002', first_name => 'Bob', registered_on => '2024-01-01') \gset
SELECT customer_id AS cat FROM loyalty.register_customer('sg', '91230003', loyalty_type => 'non_loyalty', registered_on => '2024-01-01') \gset
SELECT loyalty.create_program('sg', 'young', 'Young');

-- ---------------------------------------------------------------- points

SELECT loyalty.earn_points('sg', :ann, 100, program => 'p', event_time => '2024-02-01', expires_at => '2024-04-01');
SELECT loyalty.earn_points('sg', :ann, 50, program => 'p', event_time => '2024-02-01', expires_at => '2024-06-01');
SELECT loyalty.earn_points('sg', :ann, 5, program => 'p', redeemable_from => '2024-05-20', expires_at => '2024-05-30');
SELECT loyalty.earn_points('sg', :ann, 30, program => 'p', category => 'promised');
SELECT loyalty.earn_points('sg', :ann, 7, program => 'q', category => 'trigger_based');
SELECT loyalty.earn_points('sg', :ann, 40, program => 'q', event_time => '2024-03-01');
SELECT loyalty.redeem_points('sg', :ann, 15, program => 'p');
SELECT loyalty.add_transaction('sg', :bob, 'B-1', 20, program => 'p', event_time => '2024-03-01');
SELECT loyalty.return_transaction('sg', :bob, 'B-1', amount => 5);

-- What points_balance has of each program, as the single view writes it.
CREATE FUNCTION pg_temp.of_balance(customer bigint) RETURNS jsonb LANGUAGE sql AS $$
    SELECT jsonb_agg(jsonb_build_object('program', p, 'balance', current_points, 'available_points', available_points, 'lifetime_points',
        lifetime_points, 'redeemed_points', redeemed_points, 'expired_points', expired_points, 'returned_points', returned_points,
        'promised_points', promised_points, 'trigger_based_points', trigger_based_points, 'next_expiry', coming_expiries -> 0 #- '{program}') ORDER BY n)
    FROM unnest('{p,q,young}'::text[]) WITH ORDINALITY u(p, n), loyalty.points_balance('sg', customer, p) $$;
SELECT is(loyalty.customer_single_view('sg', c) -> 'points', pg_temp.of_balance(c), 'points of ' || n)
FROM (VALUES (:ann, 'ann'), (:bob, 'bob')) v(c, n);
SELECT is(loyalty.customer_single_view('sg', :cat) -> 'points', '[]', 'a campaign user has none');
SELECT is((SELECT string_agg(p ->> 'balance', ' ') FROM jsonb_array_elements(loyalty.customer_single_view('sg', :ann) -> 'points') p),
    '40.000 40.000 0.000', 'what is due is gone, posted or not');
SELECT is(loyalty.customer_single_view('sg', :ann) #>> '{points,0,next_expiry,points}', '5.000', 'the next expiry is not that of a due lot');

-- ---------------------------------------------------------------- purchases

SELECT is(loyalty.customer_single_view('sg', :ann) -> 'purchases',
    '{"number": 0, "amount": 0.000, "first_bill": null, "last_bill": null, "last_bills": []}', 'nobody has bought anything');
SELECT loyalty.add_transaction('sg', :ann, 'A-' || n, n * 10, event_time => '2024-03-01'::timestamptz + make_interval(days => n), till => 't1')
FROM generate_series(1, 12) n;
SELECT loyalty.add_transaction('sg', :ann, 'A-late', 1, event_time => '2024-01-15', till => 't2');
SELECT loyalty.return_transaction('sg', :ann, 'A-12', amount => 20.5);
SELECT loyalty.return_transaction('sg', :ann, 'A-12', amount => 0.5);
SELECT loyalty.return_transaction('sg', :ann, 'A-1');
CREATE FUNCTION pg_temp.purchases(customer bigint) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws('|', p ->> 'number', p ->> 'amount', p #>> '{first_bill,transaction_number}', p #>> '{last_bill,transaction_number}',
        (SELECT string_agg(concat(b ->> 'transaction_number', ' ', b ->> 'returned_amount'), ',' ORDER BY n)
        FROM jsonb_array_elements(p -> 'last_bills') WITH ORDINALITY x(b, n)))
    FROM (SELECT loyalty.customer_single_view('sg', customer) -> 'purchases') v(p) $$;
SELECT is(pg_temp.purchases(:ann), '13|750.000|A-late|A-12|A-12 21.000,A-11 0.000,A-10 0.000,A-9 0.000,A-8 0.000,A-7 0.000,A-6 0.000,A-5 0.000,'
    'A-4 0.000,A-3 0.000', 'bills by their time, net of returns');
SELECT is(loyalty.customer_single_view('sg', :ann) #> '{purchases,first_bill}' #- '{transaction_id}', '{"transaction_number": "A-late",
    "transaction_type": "regular", "event_time": "2024-01-15T00:00:00+00:00", "till": "t2", "store": "s1", "amount": 1.000,
    "returned_amount": 0.000}', 'a bill');
SELECT loyalty.move_transaction('sg', 'A-11', :ann, :bob);
SELECT is(pg_temp.purchases(:ann), '12|640.000|A-late|A-12|A-12 21.000,A-10 0.000,A-9 0.000,A-8 0.000,A-7 0.000,A-6 0.000,A-5 0.000,A-4 0.000,'
    'A-3 0.000,A-2 0.000', 'a bill that was moved is none of the first customer''s');
SELECT is(pg_temp.purchases(:bob), '2|125.000|B-1|A-11|A-11 0.000,B-1 5.000', 'but of the second one''s');
SELECT is(loyalty.customer_single_view('sg', :ann) ->> 'registered_store', 's1', 'the store of the till');
SELECT is(loyalty.customer_single_view('sg', :bob) -> 'registered_store', 'null', 'or none');
SELECT loyalty.merge_customers('sg', :ann, :bob);
SELECT loyalty.return_transaction('sg', :ann, 'B-1');
SELECT is(pg_temp.purchases(:ann), '14|750.000|A-late|A-12|A-12 21.000,A-11 0.000,A-10 0.000,A-9 0.000,A-8 0.000,A-7 0.000,A-6 0.000,A-5 0.000,'
    'A-4 0.000,A-3 0.000', 'a survivor has the bills of its group');
SELECT is(loyalty.customer_single_view('sg', :ann) -> 'points', pg_temp.of_balance(:ann), 'and the points');
SELECT is(loyalty.customer_single_view('sg', :bob) ->> 'merged_into', :'ann', 'the victim is shown by itself');

-- ---------------------------------------------------------------- what nobody has set

SELECT is(loyalty.customer_single_view('sg', c) ->> 'ndnc', 'Info not Available', 'no status of a mobile: ' || c) FROM unnest(ARRAY[:ann, :cat]::bigint[]) c;
SELECT loyalty.set_ndnc_status('sg', '91230003', s) FROM unnest('{unknown}'::text[]) s;
SELECT is(loyalty.customer_single_view('sg', :cat) ->> 'ndnc', 'unknown', 'one that is set');
SELECT is(loyalty.customer_single_view('sg', :cat) ->> 'ndnc_status', 'Info not Available', 'which says nothing to member care');
SELECT loyalty.set_ndnc_status('sg', '91230003', s) FROM unnest('{registered}'::text[]) s;
SELECT is(loyalty.customer_single_view('sg', :cat) ->> 'ndnc_status', 'Registered', 'a registered mobile');
SELECT loyalty.set_ndnc_status('sg', '91230003', s) FROM unnest('{not_registered}'::text[]) s;
SELECT is(loyalty.customer_single_view('sg', :cat) ->> 'ndnc_status', 'Not Registered', 'one that is not registered');
SELECT is((SELECT count(*) FROM loyalty_data.mobile_ndnc), 1::bigint, 'the table has no row of what nobody has set');

-- ---------------------------------------------------------------- the brief

CREATE FUNCTION pg_temp.brief(customer bigint) RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws('|', b ->> 'first_name', b ->> 'last_name', b ->> 'loyalty_type', b #>> '{status,status}', b #>> '{status,restrictions}',
        (SELECT string_agg(concat_ws(' ', p ->> 'program', p ->> 'available_points', COALESCE(p ->> 'currency_value', '-')), ', ' ORDER BY n)
        FROM jsonb_array_elements(b -> 'points') WITH ORDINALITY x(p, n))) FROM loyalty.customer_brief('sg', customer) b $$;
SELECT loyalty.set_fraud_status('sg', :ann, 'confirmed');
SELECT is(pg_temp.brief(:ann), 'A***|Ø***|loyalty|active|["block_points_redemption"]|p '
    || (SELECT available_points || ' ' || trunc(available_points / 4, 3) FROM loyalty.points_balance('sg', :ann, 'p')) || ', q 40.000 -, young 0.000 -',
    'names are masked, points have a worth');
SELECT loyalty.set_fraud_status('sg', :ann, 'not_fraud');
SELECT is(loyalty.customer_brief('sg', :ann) #>> '{points,0,currency_value}', (SELECT currency_value::text FROM loyalty.points_balance('sg', :ann, 'p') b,
    loyalty.is_redeemable('sg', :ann, b.available_points, program => 'p')), 'that of a redemption of all of them');
SELECT is(pg_temp.brief(:bob), pg_temp.brief(:ann), 'of a victim it is the survivor''s');
SELECT is(pg_temp.brief(:cat), 'non_loyalty|active|[]', 'a campaign user without a name');
SELECT ok(loyalty.customer_brief('sg', :ann)::text !~ '9123|Ann|re"|@', 'nothing tells who it is');
SELECT ok(loyalty.customer_brief('sg', :ann) #> '{points,0,next_expiry}' = loyalty.customer_single_view('sg', :ann) #> '{points,0,next_expiry}',
    'the next expiry is the same');
SELECT loyalty.set_config('sg', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'true');
SELECT loyalty.create_card_series('sg', 's', 'S', method => 'AUTO_INC', length => 8, prefix => '44');
SELECT card_number AS card FROM loyalty.issue_card('sg', :ann, 's', card_external_id => 'X1') \gset
SELECT is(loyalty.customer_brief('sg', identifier_type => t, identifier_value => v), loyalty.customer_brief('sg', :ann), 'named by ' || t)
FROM (VALUES ('mobile', '9123 0001'), ('card_number', :'card'), ('card_external_id', 'X1')) n(t, v);
SET LOCAL ROLE loyalty_pos;
SELECT throws_ok($$SELECT loyalty.customer_brief('sg', 1)$$, 'LY004', NULL, 'a till of another org does not see it');
SELECT throws_ok($$SELECT loyalty.customer_single_view('sg', 1)$$, '42501', NULL, 'and no till sees the single view');
RESET ROLE;
SELECT * FROM finish();
ROLLBACK;
