-- Reading the ledger, as docs/reading.md tells of it: closing balances, events in detail, what was known when.
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
SET loyalty.clock = '2024-05-01 09:00+00';
SELECT pg_temp.new_org('zoo', 'cub', '30 days', primary_key => 'external_id');
SELECT loyalty.create_program('zoo', 'owl', 'Owl') > 0 AS program;
SELECT loyalty.create_store('zoo', 'gate', 'Gate') > 0 AS store;
SELECT loyalty.create_till('zoo', 'cub-1', 'gate', 'cub') > 0 AS till;
SELECT loyalty.create_till('zoo', 'owl-1', 'gate', 'owl') > 0 AS till;
SELECT pg_temp.customer('zoo', 'K-1') AS kim \gset

SELECT event_id AS award FROM loyalty.earn_points('zoo', :kim, 100, program => 'cub', till => 'cub-1') \gset
SELECT points FROM loyalty.earn_points('zoo', :kim, 40, program => 'owl', till => 'owl-1');
SET loyalty.clock = '2024-05-10 09:00+00';
SELECT points FROM loyalty.earn_points('zoo', :kim, 25, program => 'cub', redeemable_from => '2024-05-20');
SELECT points FROM loyalty.earn_points('zoo', :kim, 5, program => 'cub', expires_at => '2024-05-15');
SET loyalty.clock = '2024-05-12 09:00+00';
SELECT event_id AS redemption, points FROM loyalty.redeem_points('zoo', :kim, 10, program => 'owl', till => 'cub-1') \gset
SELECT event_id AS mixed, points FROM loyalty.redeem_points('zoo', :kim, 45, program => 'ALL', till => 'owl-1') \gset

-- ---------------------------------------------------------------- closing balances

SELECT program, category, closing_balance, entry_no, effective_at
FROM loyalty.ledger_closing_balance('zoo', :kim) ORDER BY program, category;
SELECT program, closing_balance, entry_no FROM loyalty.ledger_closing_balance('zoo', :kim, category => 'regular',
    to_time => '2024-05-11') ORDER BY program;
SELECT program, closing_balance, entry_no FROM loyalty.ledger_closing_balance('zoo', :kim, category => 'regular',
    entry_type => 'credit') ORDER BY program;
SELECT program, closing_balance, entry_no FROM loyalty.ledger_closing_balance('zoo', :kim, 'cub', tills => '{owl-1}');
SELECT program, closing_balance, entry_no FROM loyalty.ledger_closing_balance('zoo', :kim, 'owl', to_time => '2024-04-30');

-- ---------------------------------------------------------------- an event in detail

SELECT program, entry_no, entry_type, house_account, entry_points, movement, points, awarded_at, expires_at, redeemable_from
FROM loyalty.ledger_event_details('zoo', :kim, :mixed);
SELECT program, category, entry_type, movement, points, award_type, expires_at
FROM loyalty.ledger_event_details('zoo', :kim, :award);
SELECT count(*) FROM loyalty.ledger_event_details('zoo', :kim, 1);

-- ---------------------------------------------------------------- what other programs paid at a program's tills

SELECT event_name, program, till, points FROM loyalty.points_ledger('zoo', :kim, 'cub', from_time => '2024-05-11',
    to_time => '2024-05-13', newest_first => false);
SELECT event_name, program, till, points FROM loyalty.points_ledger('zoo', :kim, 'cub', from_time => '2024-05-11',
    to_time => '2024-05-13', newest_first => false, include_till_concept_events => true);

-- ---------------------------------------------------------------- available, and what expires next

SELECT current_points, available_points, coming_expiries FROM loyalty.points_balance('zoo', :kim, 'cub');
SELECT current_points, available_points, coming_expiries FROM loyalty.points_balance('zoo', :kim, as_of => '2024-05-21');
SELECT current_points, available_points, coming_expiries FROM loyalty.points_balance('zoo', :kim, as_of => '2024-05-11');

-- ---------------------------------------------------------------- what was known then about then

-- An award of the 12th is told of on the 20th. What the balance of the 14th is depends on when that was asked.
SET loyalty.clock = '2024-05-20 09:00+00';
SELECT points FROM loyalty.earn_points('zoo', :kim, 7, program => 'owl', event_time => '2024-05-12 10:00');
SELECT k AS known_at, current_points, lifetime_points FROM unnest('{2024-05-01 10:00,2024-05-11,2024-05-13,2024-05-21}'::timestamptz[]) k,
    loyalty.points_balance('zoo', :kim, as_of => '2024-05-14', known_at => k) ORDER BY 1;
SELECT k AS known_at, closing_balance FROM unnest('{2024-05-13,2024-05-21}'::timestamptz[]) k,
    loyalty.ledger_closing_balance('zoo', :kim, 'owl', 'regular', to_time => '2024-05-14', known_at => k) ORDER BY 1;
SELECT event_name, event_time, recorded_at, points FROM loyalty.points_ledger('zoo', :kim, 'owl', 'regular',
    from_time => '2024-05-11', known_at => '2024-05-13', newest_first => false);
-- What expired meanwhile had not expired, as far as it was known then, before its time.
CALL loyalty.expire_points('zoo');
SELECT t AS as_of, current_points FROM unnest('{2024-05-14,2024-05-16}'::timestamptz[]) t,
    loyalty.points_balance('zoo', :kim, 'cub', as_of => t, known_at => '2024-05-12 08:00') ORDER BY 1;

-- ---------------------------------------------------------------- the same filters for closing balances

SELECT program, closing_balance, entry_no FROM loyalty.ledger_closing_balance('zoo', :kim, 'cub', 'regular',
    include_till_concept_events => true) ORDER BY program;
SELECT program, closing_balance, entry_no FROM loyalty.ledger_closing_balance('zoo', :kim, 'cub', 'regular');
-- ALL filters nothing.
SELECT count(*) = (SELECT count(*) FROM loyalty.points_ledger('zoo', :kim)) AS same
FROM loyalty.points_ledger('zoo', :kim, 'ALL', 'ALL', 'ALL', source => 'ALL');
SELECT count(*) AS rows FROM loyalty.ledger_closing_balance('zoo', :kim, 'ALL', 'ALL', 'ALL', source => 'ALL');

-- ---------------------------------------------------------------- an identifier in the place of the id

SELECT loyalty.points_balance('zoo', identifier_type => 'external_id', identifier_value => 'K-1')
    = loyalty.points_balance('zoo', :kim) AS balance,
    loyalty.customer_single_view('zoo', identifier_type => 'external_id', identifier_value => 'K-1')
    = loyalty.customer_single_view('zoo', :kim) AS single_view;
SELECT count(*), bool_and(customer_id = :kim) AS kims
FROM loyalty.points_ledger('zoo', identifier_type => 'external_id', identifier_value => 'K-1');
SELECT count(*), bool_and(customer_id = :kim) AS kims
FROM loyalty.ledger_closing_balance('zoo', identifier_type => 'external_id', identifier_value => 'K-1');
SELECT count(*), bool_and(customer_id = :kim) AS kims
FROM loyalty.ledger_event_details('zoo', event_id => :award, identifier_type => 'external_id', identifier_value => 'K-1');
SELECT count(*) AS cards FROM loyalty.customer_cards('zoo', identifier_type => 'external_id', identifier_value => 'K-1');

-- ---------------------------------------------------------------- a program that is younger than the customer

SELECT loyalty.create_program('zoo', 'fox', 'Fox') > 0 AS program;
SELECT customer_id = :kim AS kims, program, category, closing_balance, entry_no, effective_at
FROM loyalty.ledger_closing_balance('zoo', :kim, 'fox') ORDER BY category;
SELECT count(*) AS rows FROM loyalty.ledger_closing_balance('zoo', :kim, 'fox', entry_type => 'credit');
SELECT count(*) AS rows FROM loyalty.ledger_closing_balance('zoo', :kim, 'fox', to_time => '2024-04-30');
SELECT count(*) AS rows FROM loyalty.ledger_closing_balance('zoo', :kim, 'fox', known_at => '2024-06-01');
SELECT count(*) AS rows FROM loyalty.ledger_closing_balance('zoo', :kim, 'fox', tills => '{cub-1}');
SELECT count(*) AS rows FROM loyalty.ledger_closing_balance('zoo', :kim) WHERE program = 'fox';
SELECT current_points, lifetime_points FROM loyalty.points_balance('zoo', :kim, 'fox');
SELECT p AS points FROM jsonb_array_elements(loyalty.customer_single_view('zoo', :kim) -> 'points') p ORDER BY p ->> 'program';

-- ---------------------------------------------------------------- the ledger as JSON

SELECT loyalty.points_ledger_json('zoo', :kim, 'owl', 'regular', from_time => '2024-05-01', to_time => '2024-06-01',
    page_size => 2, with_total => true) AS page \gset
SELECT :'page'::jsonb -> 'customer' = jsonb_build_object('customer_id', :kim, 'first_name', NULL, 'last_name', NULL,
    'external_id', 'K-1', 'loyalty_type', 'loyalty', 'merged_into', NULL) AS is_kim;
SELECT (:'page'::jsonb -> 'page') - 'next_key' AS page;
SELECT e ->> 'event_name' AS event, e ->> 'entry_type' AS type, e ->> 'points' AS points, e ->> 'recorded_at' AS recorded_at,
    e ->> 'balance_after' AS balance_after, e ->> 'till' AS till
FROM jsonb_array_elements(:'page'::jsonb -> 'entries') e;
SELECT string_agg(k, ' ' ORDER BY k) AS fields FROM jsonb_object_keys(:'page'::jsonb -> 'entries' -> 0) k;
-- The pages of JSON are those of the function, and its keys lead on in either.
SELECT loyalty.points_ledger_json('zoo', :kim, 'owl', 'regular', from_time => '2024-05-01', to_time => '2024-06-01',
    page_size => 2,
    after_key => :'page'::jsonb #>> '{page,next_key}') AS second \gset
SELECT (:'second'::jsonb -> 'page') AS page, jsonb_array_length(:'second'::jsonb -> 'entries') AS entries;
SELECT array_agg(event_id) = (SELECT array_agg((e ->> 'event_id')::bigint) FROM jsonb_array_elements(:'second'::jsonb -> 'entries') e)
    AS same FROM loyalty.points_ledger('zoo', :kim, 'owl', 'regular', from_time => '2024-05-01', to_time => '2024-06-01',
    page_size => 2,
    after_key => :'page'::jsonb #>> '{page,next_key}');
SELECT loyalty.points_ledger_json('zoo', :kim, 'owl', 'regular', page_size => 2, from_time => '2024-05-01', to_time => '2024-06-01', after_key => next_key) -> 'page' ->> 'number' AS number
FROM loyalty.points_ledger('zoo', :kim, 'owl', 'regular', from_time => '2024-05-01', to_time => '2024-06-01',
    page_size => 2) OFFSET 1;
SELECT loyalty.points_ledger_json('zoo', :kim, 'cub', entry_type => 'debit', include_till_concept_events => true,
    with_total => true) -> 'page' AS page;
SELECT loyalty.points_ledger_json('zoo', :kim, from_time => '2020-01-01', to_time => '2020-01-02', with_total => true)
    - 'customer' AS empty;
-- A bill is named by the event of the bill and by that of a return alone.
SELECT customer_id AS lee FROM loyalty.register_customer('zoo', external_id => 'L-1', first_name => 'Lee', last_name => 'A "B" C') \gset
SELECT transaction_id AS bill FROM loyalty.add_transaction('zoo', :lee, 'Z-1', 10, till => 'owl-1', points => 10) \gset
SELECT transaction_id AS paid FROM loyalty.add_transaction('zoo', :lee, 'Z-2', 10, till => 'owl-1', points => 10) \gset
SELECT points FROM loyalty.redeem_points('zoo', :lee, 2, program => 'owl', till => 'owl-1', transaction_number => 'Z-2');
SELECT transaction_id AS return FROM loyalty.return_transaction('zoo', :lee, 'Z-1', amount => 5, till => 'owl-1',
    return_number => 'Z-R') \gset
SELECT j -> 'customer' ->> 'first_name' AS first_name, j -> 'customer' ->> 'last_name' AS last_name
FROM loyalty.points_ledger_json('zoo', :lee) j;
SELECT e ->> 'event_name' AS event, e ? 'transaction_id' AS has_id, e ? 'transaction_number' AS has_number,
    CASE (e ->> 'transaction_id')::bigint WHEN :bill THEN 'bill' WHEN :paid THEN 'paid' WHEN :return THEN 'return' END AS of,
    e ->> 'transaction_number' AS number
FROM jsonb_array_elements(loyalty.points_ledger_json('zoo', :lee, 'owl', 'regular') -> 'entries') e ORDER BY e -> 'entry_no' DESC;
-- The function has the bill that a redemption pays for.
SELECT event_name, transaction_number FROM loyalty.points_ledger('zoo', :lee, 'owl', 'regular');

DROP EXTENSION loyalty;
