-- Rules of the ledger where they meet the database: the catalogue of events, rounding, pages, and the ends of days in
-- zones whose clocks change at midnight.
BEGIN;
SELECT plan(52);
SET LOCAL client_min_messages = warning;
SET LOCAL TimeZone = 'UTC';
SET LOCAL loyalty.clock = '2024-12-31 23:00:00+00';

\ir ../fixtures/orgs.sql

-- ---------------------------------------------------------------- events

-- The names of the table are those of the library: each event is written through it and read by its name.
SELECT pg_temp.new_org('acme', 'base', primary_key => 'external_id');
SELECT pg_temp.customer('acme', 'ann', '2005-01-01') AS ann \gset
SELECT loyalty.earn_points('acme', :ann, 10, event_name => n, event_time => '2024-12-01')
    FROM unnest('{points_award,goodwill,generic_event,bulk_award,target_completed,registration_award}'::text[]) n;
SELECT loyalty.earn_points('acme', :ann, 10, event_time => '2024-12-01', expires_at => '2024-12-02');
SELECT loyalty.add_transaction('acme', :ann, 'B-1', 10, event_time => '2024-12-03');
SELECT loyalty.redeem_points('acme', :ann, 10, event_time => '2024-12-04');
SELECT results_eq(
    format($$SELECT event_code, event_name COLLATE "C" FROM (SELECT DISTINCT ON (v.event_code) v.event_code, l.event_name, v.event_id
        FROM loyalty.points_ledger('acme', %s, from_time => '2005-01-01', to_time => '2025-01-01') l
        JOIN loyalty_data.entry_with_event v USING (event_id) ORDER BY v.event_code, v.event_id) e$$, :ann),
    $$SELECT * FROM loyalty_data.event_type WHERE event_code IN (1, 10, 11, 12, 13, 14, 15, 16, 30, 31) ORDER BY event_code$$,
    'each event that the library writes has its name in the catalogue');
SELECT results_eq($$SELECT event_code::int, event_name COLLATE "default" FROM loyalty_data.event_type ORDER BY 1$$, $$VALUES (1, 'customer_registration'),
    (2, 'points_ledger_bulk_job'), (10, 'transaction_add'), (11, 'points_award'), (12, 'goodwill'), (13, 'generic_event'),
    (14, 'bulk_award'), (15, 'target_completed'), (16, 'registration_award'), (17, 'referral_referrer_award'),
    (18, 'referral_referee_award'), (19, 'points_import'), (20, 'promised_points_conversion'),
    (21, 'trigger_based_points_conversion'), (22, 'points_transfer_in'), (23, 'points_redemption_reversal'),
    (24, 'manual_adjustment'), (30, 'points_redemption'), (31, 'points_expiry'), (32, 'transaction_return'),
    (33, 'referral_return'), (34, 'points_transfer_out'), (35, 'redemption_import'), (36, 'expiry_import'),
    (40, 'expiry_change'), (41, 'customer_merge'), (42, 'customer_deletion')$$,
    'codes and names of events never change: rows and hashes hold them');
SELECT is((SELECT string_agg(code_set || ' ' || chr(c) || ' ' || loyalty_data.ledger_word(chr(c)::"char", code_set), ', ' ORDER BY code_set, c)
    FROM unnest('{category,entry_type,movement_type,award_type}'::text[]) code_set, generate_series(1, 127) c
    WHERE loyalty_data.ledger_word(chr(c)::"char", code_set) IS NOT NULL),
    'award_type B bill_promotion, award_type L line_item_promotion, award_type b bill, award_type c customer_promotion, '
    'award_type d direct, award_type l line_item, award_type r registration, category p promised, category r regular, category t trigger_based, '
    'entry_type c credit, entry_type d debit, entry_type m memo, entry_type o opening_balance, '
    'movement_type E expiry_reverted, movement_type R redemption_reversed, movement_type a adjusted, '
    'movement_type b returned, movement_type c converted, movement_type e expired, movement_type g merged, '
    'movement_type p arrears_paid, movement_type q arrears_reverted, movement_type r redeemed, '
    'movement_type s redemption_reverted, movement_type t transferred, movement_type u transfer_reverted', 'ledger_word: codes and their words');
SELECT is((SELECT count(*)::int FROM generate_series(1, 127) c WHERE loyalty_data.ledger_word(chr(c)::"char", 'house_account') IS NOT NULL),
    10, 'ledger_word: ten house accounts');
SELECT is(loyalty_data.ledger_word('r', 'colour'), NULL, 'ledger_word: no word in a set that is none');
SELECT is(loyalty_data.ledger_word('r', repeat('x', 100000000)), NULL, 'ledger_word: however long its name');
SELECT is(loyalty_data.ledger_word(NULL, 'category'), NULL, 'ledger_word: nothing of nothing');

-- ---------------------------------------------------------------- rounding

-- What a bill earns at each rounding, for a whole and for a tenth of a point.
SELECT loyalty.create_program('acme', r || d, r, rounding => r, decimals => d, points_per_unit => 0.5)
    FROM unnest('{ceiling,floor,half_up,half_down,half_even}'::text[]) r, unnest('{0,1}'::int[]) d;
CREATE TEMP TABLE earned AS
    SELECT d, r, string_agg(points::float::text, ' ' ORDER BY n) AS points
    FROM unnest('{ceiling,floor,half_up,half_down,half_even}'::text[]) r, unnest('{0,1}'::int[]) d,
         unnest('{0,0.99,1,1.01,3,4.98,5,5.002}'::numeric[]) WITH ORDINALITY a (amount, n),
         LATERAL loyalty.add_transaction('acme', :ann, concat(r, d, amount), amount, program => r || d)
    GROUP BY d, r;
SELECT is(e.points, w.points, format('bills of 0, 0.99, 1, 1.01, 3, 4.98, 5, 5.002 at half a point: %s, %s decimals', w.r, w.d))
FROM earned e RIGHT JOIN (VALUES
    (0, 'ceiling', '0 1 1 1 2 3 3 3'),
    (0, 'floor', '0 0 0 0 1 2 2 2'),
    (0, 'half_up', '0 0 1 1 2 2 3 3'),
    (0, 'half_down', '0 0 0 1 1 2 2 3'),
    (0, 'half_even', '0 0 0 1 2 2 2 3'),
    (1, 'ceiling', '0 0.5 0.5 0.6 1.5 2.5 2.5 2.6'),
    (1, 'floor', '0 0.4 0.5 0.5 1.5 2.4 2.5 2.5'),
    (1, 'half_up', '0 0.5 0.5 0.5 1.5 2.5 2.5 2.5'),
    (1, 'half_down', '0 0.5 0.5 0.5 1.5 2.5 2.5 2.5'),
    (1, 'half_even', '0 0.5 0.5 0.5 1.5 2.5 2.5 2.5')) w (d, r, points) USING (d, r) ORDER BY w.d, w.r;
SELECT is((SELECT points FROM loyalty.add_transaction('acme', :ann, 'half cent', 0.5, program => 'half_even1')), 0.200,
    'half_even with a decimal: 0.25 is 0.2');
SELECT is((SELECT points FROM loyalty.add_transaction('acme', :ann, 'half cent up', 0.5, program => 'half_up1')), 0.300,
    'half_up with a decimal: 0.25 is 0.3');

-- ---------------------------------------------------------------- pages

-- Ann has accounts in eleven programs, most entries at the same instant. Page by page, whatever their size, each entry
-- is shown once and in order.
CREATE FUNCTION pg_temp.entries(ann bigint, newest_first boolean, page_size int, category text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    shown text[] := '{}';
    page record;
    key text;
BEGIN
    LOOP
        page := NULL;
        FOR page IN SELECT format('%s %s %s %s', effective_at, program, l.category, entry_no) AS entry, has_more, next_key
            FROM loyalty.points_ledger('acme', ann, category => entries.category, from_time => '2005-01-01', to_time => '2025-01-01',
                newest_first => newest_first, page_size => page_size, after_key => key) l
        LOOP
            shown := shown || page.entry;
            key := page.next_key;
        END LOOP;
        EXIT WHEN page IS NULL OR NOT page.has_more OR cardinality(shown) > 1000;
    END LOOP;
    RETURN shown;
END
$$;
CREATE TEMP TABLE whole AS
    SELECT array_agg(entry ORDER BY effective_at, program_id, category, entry_no) AS entries,
           array_agg(entry ORDER BY effective_at DESC, program_id DESC, category DESC, entry_no DESC) AS newest
    FROM (SELECT e.*, format('%s %s %s %s', e.effective_at, p.program, loyalty_data.ledger_word(e.category, 'category'), e.entry_no) AS entry
          FROM loyalty_data.ledger_entry e JOIN loyalty_data.program p USING (org_id, program_id) WHERE e.customer_id = :ann) e;
SELECT cmp_ok(cardinality(entries), '>', 100, 'pages: there is more than one of a hundred entries') FROM whole;
SELECT is(pg_temp.entries(:ann, false, size, NULL), entries, format('pages of %s: each entry once, oldest first', size))
    FROM whole, unnest('{1,2,3,7,100}'::int[]) size;
SELECT is(pg_temp.entries(:ann, true, size, NULL), newest, format('pages of %s: each entry once, newest first', size))
    FROM whole, unnest('{1,2,3,7,100}'::int[]) size;
SELECT is(cardinality(pg_temp.entries(:ann, true, 2, 'promised')), 11, 'pages: of one category');

-- ---------------------------------------------------------------- ends of days

-- Awards of every day at noon, usable to the end of the next day, in zones that change their clocks at midnight (or
-- nearly). The independent answer: the first quarter of an hour whose local date is beyond the last usable day.
CREATE FUNCTION pg_temp.first_instant(day date, zone text) RETURNS timestamptz LANGUAGE sql AS $$
    SELECT min(t) FROM generate_series(day::timestamp AT TIME ZONE 'UTC' - interval '27 hours',
        day::timestamp AT TIME ZONE 'UTC' + interval '27 hours', interval '15 minutes') t
    WHERE (t AT TIME ZONE zone)::date >= day
$$;
CREATE FUNCTION pg_temp.wrong_expiries(zone text, first_day date, last_day date) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    customer bigint;
BEGIN
    PERFORM pg_temp.new_org(zone, 'day', '1 days', primary_key => 'external_id', zone => zone);
    customer := pg_temp.customer(zone, 'ann', '2005-01-01 00:00+00');
    RETURN (SELECT string_agg(format('%s: %s', day::date, a.expires_at), ', ')
        FROM generate_series(first_day, last_day, interval '1 day') day,
             loyalty.earn_points(zone, customer, 1, event_time => (day::date + time '12:00') AT TIME ZONE zone) a
        WHERE a.expires_at <> pg_temp.first_instant(day::date + 2, zone));
END
$$;
SELECT is(pg_temp.wrong_expiries(zone, first_day, last_day), NULL, format('%s: every day from %s to %s ends when the next begins',
    zone, first_day, last_day))
FROM (VALUES
    ('America/Santiago', '2022-08-01'::date, '2023-09-30'::date),
    ('America/Havana', '2023-10-01', '2024-04-01'),
    ('America/Sao_Paulo', '2018-10-01', '2019-03-01'),
    ('Europe/Berlin', '2024-03-01', '2024-11-01'),
    ('Asia/Beirut', '2023-03-01', '2023-11-01'),
    ('Asia/Kolkata', '2024-01-01', '2024-02-01'),
    ('Australia/Lord_Howe', '2024-03-01', '2024-11-01')) z (zone, first_day, last_day);

-- The same by hand, for those who check the check.
SELECT is(expires_at, wanted::timestamptz, what) FROM (VALUES
    ('America/Santiago', '2023-09-01', '2023-09-03 04:00+00', 'Santiago: midnight of 3 September 2023 does not exist; the day begins at one'),
    ('America/Santiago', '2023-03-31', '2023-04-02 04:00+00', 'Santiago: 1 April 2023 has its last hour twice'),
    ('America/Santiago', '2022-09-09', '2022-09-11 04:00+00', 'Santiago: the same in 2022'),
    ('Europe/Berlin', '2024-03-29', '2024-03-30 23:00+00', 'Berlin: the day on which clocks go forward begins in winter time'),
    ('Europe/Berlin', '2024-03-30', '2024-03-31 22:00+00', 'Berlin: the next one in summer time'),
    ('Europe/Berlin', '2024-10-25', '2024-10-26 22:00+00', 'Berlin: the day on which clocks go back begins in summer time'),
    ('Europe/Berlin', '2024-10-26', '2024-10-27 23:00+00', 'Berlin: the next one in winter time'),
    ('America/Havana', '2023-11-03', '2023-11-05 04:00+00', 'Havana: 5 November 2023 has two midnights and begins at the first'))
    h (zone, day, wanted, what)
LEFT JOIN LATERAL (SELECT l.expires_at FROM loyalty_data.points_lot l JOIN loyalty_data.org o USING (org_id)
    WHERE o.org = zone AND (l.awarded_at AT TIME ZONE zone)::date = day::date) e ON true;

-- Days of a posting are the org's, not the session's: the end of a year in Berlin.
SELECT customer_id AS berliner FROM loyalty_data.customer JOIN loyalty_data.org USING (org_id) WHERE org = 'Europe/Berlin' \gset
SELECT event_id AS old_year FROM loyalty.earn_points('Europe/Berlin', :berliner, 1, event_time => '2024-12-31 22:59:59.999999+00') \gset
SELECT event_id AS new_year FROM loyalty.earn_points('Europe/Berlin', :berliner, 1, event_time => '2024-12-31 23:00+00') \gset
SET LOCAL TimeZone = 'America/Santiago';
SELECT is((SELECT posting_day FROM loyalty.points_ledger_entries WHERE event_id = :old_year), '2024-12-31'::date,
    'posting_day: still the old year in Berlin');
SELECT is((SELECT posting_day FROM loyalty.points_ledger_entries WHERE event_id = :new_year), '2025-01-01'::date,
    'posting_day: the new year there');

-- ---------------------------------------------------------------- first answers where points expire on arrival

-- They are given by events that are posted behind the award, and asked for again as of the award.
SELECT loyalty.create_org('late', 'Late');
SELECT loyalty.create_program('late', 'ten', 'Ten days', expiry_unit => 'days', expiry_value => 10);
SELECT loyalty.set_promised_rules('late', 'ten', expiry_from => 'award');
SELECT loyalty.set_config('late', 'CONF_REGISTRATION_PRIMARY_KEY', 'external_id');
SELECT pg_temp.customer('late', 'ann', '2005-01-01') AS ann,
    pg_temp.customer('late', 'bob', '2005-01-01') AS bob \gset
SELECT lot_id AS locked FROM loyalty.earn_points('late', :ann, 7, event_time => '2024-01-02', category => 'trigger_based') \gset
SELECT loyalty.earn_points('late', :ann, 100, event_time => '2024-02-01');
CREATE TEMP TABLE first_answer AS
    SELECT u.points, u.current_points FROM loyalty.unlock_promised_points('late', :ann, lot_id => :locked, event_time => '2024-02-01', idempotency_key => 'u') u;
CREATE TEMP TABLE first_referral AS
    SELECT r.referee_points, r.current_points FROM loyalty.award_referral('late', :ann, :bob, 5, 5, event_time => '2024-01-03', idempotency_key => 'r') r;
SELECT results_eq('TABLE first_answer', 'VALUES (7.000, 100.000)', 'what ages from its award has expired when it is unlocked');
SELECT results_eq('TABLE first_referral', 'VALUES (5.000, 100.000)', 'so has the award of a referral that comes late');
SELECT loyalty.earn_points('late', :ann, 1);
SELECT results_eq(format($$SELECT points, current_points FROM loyalty.unlock_promised_points('late', %s, lot_id => %s, event_time => '2024-02-01',
    idempotency_key => 'u')$$, :ann, :locked), 'TABLE first_answer', 'an unlocking that is repeated answers as before');
SELECT results_eq(format($$SELECT referee_points, current_points FROM loyalty.award_referral('late', %s, %s, 5, 5, event_time => '2024-01-03',
    idempotency_key => 'r')$$, :ann, :bob), 'TABLE first_referral', 'and so does a referral');

SELECT * FROM finish();
ROLLBACK;
