-- Customers whom a job cannot do are left out, with a warning; the others are done, and a later run does those, too.
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
SET loyalty.clock = '2024-01-10 09:00+00';
SELECT pg_temp.new_org('bank', 'gold', '30 days', primary_key => 'external_id');
SELECT loyalty.create_program('bank', 'iron', 'Iron') > 0 AS program;
SELECT pg_temp.customer('bank', 'A-1') AS amy, pg_temp.customer('bank', 'R-1') AS rich,
    pg_temp.customer('bank', 'Z-1') AS zoe \gset

CREATE VIEW points AS SELECT c.external_id AS customer, p.program, a.category, a.balance, a.expired_points, a.next_expiry_at
FROM loyalty_data.ledger_account a JOIN loyalty_data.program p USING (program_id)
JOIN (SELECT customer_id, identifier_value AS external_id FROM loyalty_data.customer_identifier) c USING (customer_id)
WHERE a.last_entry_no > 1 ORDER BY 1, 2, 3;

-- ---------------------------------------------------------------- conversion

-- What was promised to the rich one would take the balance to 10^15; it is too much in one of two programs.
SELECT points FROM loyalty.adjust_points('bank', :rich, 999999999999000, 'credit', reason => 'A fortune', program => 'iron');
SELECT count(loyalty.earn_points('bank', c, 1000, program => p, category => 'promised'))
FROM unnest(ARRAY[:amy, :rich, :zoe]) c, unnest(ARRAY['gold', 'iron']) p;
SET loyalty.clock = '2024-01-12 09:00+00';
CALL loyalty.convert_promised_points('bank', batch_size => 1);
SELECT customer, program, category, balance FROM points;
-- It stays so until the balance is corrected.
CALL loyalty.convert_promised_points('bank');
SELECT points FROM loyalty.adjust_points('bank', :rich, 1, 'debit', reason => 'Counted wrongly', program => 'iron');
CALL loyalty.convert_promised_points('bank');
SELECT customer, program, category, balance FROM points WHERE customer = 'R-1';

-- ---------------------------------------------------------------- conversion of points that are due on arrival

-- The room that counts is the one for what has expired. They are promised before the rule by which they will be due.
SELECT loyalty.set_promised_rules('bank', 'gold', 31);
SELECT points FROM loyalty.import_points('bank', :rich, 1000, 'expiry_import', reason => 'gold');
SELECT points FROM loyalty.adjust_points('bank', :rich, 999999999998000, 'credit', reason => 'A fortune', program => 'gold', expires_at => '2024-01-20');
SELECT count(loyalty.earn_points('bank', c, 1000, program => 'gold', category => 'promised')) FROM unnest(ARRAY[:amy, :rich]) c;
SELECT loyalty.set_promised_rules('bank', 'gold', 31, expiry_from => 'award');
SET loyalty.clock = '2024-01-21 09:00+00';
CALL loyalty.expire_points('bank');
SELECT customer, program, category, balance, expired_points FROM points WHERE customer = 'R-1' AND program = 'gold';
SET loyalty.clock = '2024-02-20 09:00+00';
CALL loyalty.convert_promised_points('bank');
SELECT customer, program, category, balance, expired_points FROM points WHERE program = 'gold';
SELECT points FROM loyalty.adjust_points('bank', :rich, 1, 'debit', reason => 'Given up', program => 'gold', category => 'promised', event_time => '2024-02-01');
CALL loyalty.convert_promised_points('bank');
SELECT customer, program, category, balance, expired_points FROM points WHERE customer = 'R-1' AND program = 'gold';

-- ---------------------------------------------------------------- expiry

SET loyalty.clock = '2024-03-01 09:00+00';
SELECT count(loyalty.earn_points('bank', c, 1000, program => 'gold', expires_at => '2024-03-05'::timestamptz + c * interval '1 s'))
FROM unnest(ARRAY[:amy, :rich, :zoe]) c;
SELECT points FROM loyalty.adjust_points('bank', :rich, 1000, 'debit', reason => 'Counted wrongly', program => 'iron');
SELECT points FROM loyalty.earn_points('bank', :rich, 5, program => 'iron', expires_at => '2024-03-06');
SET loyalty.clock = '2024-03-10 09:00+00';
CALL loyalty.expire_points('bank', batch_size => 1);
SELECT customer, program, category, balance, expired_points FROM points WHERE category = 'r';
-- A correction that takes effect before the points were due.
SELECT points FROM loyalty.adjust_points('bank', :rich, 1000, 'debit', reason => 'Not to expire', program => 'gold', event_time => '2024-03-02');
CALL loyalty.expire_points('bank');
SELECT customer, program, category, balance, expired_points FROM points WHERE customer = 'R-1' AND category = 'r';

SELECT invariant, detail FROM loyalty.verify_ledger('bank') WHERE ok IS NOT TRUE;

-- ---------------------------------------------------------------- more lots than are kept back at a time

SET client_min_messages = warning;
SELECT loyalty.create_org('mill', 'Mill') > 0 AS org;
SELECT loyalty.create_program('mill', 'flour', 'Flour') > 0 AS program;
SELECT loyalty.set_config('mill', 'CONF_REGISTRATION_PRIMARY_KEY', 'external_id');
SELECT count(loyalty.register_customer('mill', external_id => 'M-' || n, registered_on => '2024-01-01')) FROM generate_series(1, 4) n;
SELECT count(*), sum(b.points) FROM loyalty.earn_points_batch('mill', ARRAY(
    SELECT jsonb_populate_record(NULL::loyalty.earn_item, jsonb_build_object('customer_id',
        loyalty.find_customer('mill', 'external_id', 'M-' || n), 'points', l, 'event_time', '2024-03-01 08:00+00',
        'expires_at', '2024-03-05 00:00+00'))
    FROM generate_series(1, 4) n, generate_series(1, 700) l)) b;
CALL loyalty.expire_points('mill');
SELECT count(*), sum(a.balance) AS balance, sum(a.expired_points) AS expired FROM loyalty_data.ledger_account a
JOIN loyalty_data.program p USING (program_id) WHERE p.program = 'flour' AND a.category = 'r';
SELECT invariant, detail FROM loyalty.verify_ledger('mill') WHERE ok IS NOT TRUE;

-- ---------------------------------------------------------------- a redemption that is told of late, before and after the job

-- Each had points whose last usable day was the 1st of June; the second one got an award on the 2nd. What is told of the 1st
-- on the 2nd is judged by what was posted since, whoever posted it.
SELECT customer_id AS one FROM loyalty.register_customer('mill', external_id => 'L-1', registered_on => '2024-01-01') \gset
SELECT customer_id AS two FROM loyalty.register_customer('mill', external_id => 'L-2', registered_on => '2024-01-01') \gset
SET loyalty.clock = '2024-06-01 09:00+00';
SELECT count(loyalty.earn_points('mill', c, 100, expires_at => '2024-06-02 00:00+00')) FROM unnest(ARRAY[:one, :two]) c;
SET loyalty.clock = '2024-06-02 09:00+00';
SELECT points FROM loyalty.earn_points('mill', :two, 5);
SELECT c = :two AS awarded_since, r.redeemable, r.failed_condition, r.available_points
FROM unnest(ARRAY[:one, :two]) c, loyalty.is_redeemable('mill', c, 50, event_time => '2024-06-01 18:00+00') r ORDER BY c;
SELECT points FROM loyalty.redeem_points('mill', :two, 50, event_time => '2024-06-01 18:00+00');
CALL loyalty.expire_points('mill');
SELECT c = :two AS awarded_since, r.redeemable, r.failed_condition, r.available_points
FROM unnest(ARRAY[:one, :two]) c, loyalty.is_redeemable('mill', c, 50, event_time => '2024-06-01 18:00+00') r ORDER BY c;
SELECT points FROM loyalty.redeem_points('mill', :one, 50, event_time => '2024-06-01 18:00+00');
SELECT points FROM loyalty.redeem_points('mill', :two, 50, event_time => '2024-06-01 18:00+00');
-- The way out.
SELECT points, current_points FROM loyalty.earn_points('mill', :one, 50, event_name => 'goodwill', reason => 'Spent on the 1st of June');
SELECT invariant, detail FROM loyalty.verify_ledger('mill') WHERE ok IS NOT TRUE;
DROP VIEW points;
DROP EXTENSION loyalty;
