-- Reminders: what is refused; whom a run finds, on which day of the org, each once; what is said. Not in one transaction, since
-- the job commits.
\set ON_ERROR_STOP 1
SET client_min_messages = error;
SET TimeZone = 'UTC';
SET loyalty.clock = '2024-03-01 10:00:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT no_plan();

-- An org in Singapore: its day begins at 16:00 UTC.
SELECT pg_temp.new_org('sg', 'base', zone => 'Asia/Singapore', country => 'SG', primary_key => 'external_id');
SELECT loyalty.create_program('sg', 'fine', 'Fine', decimals => 3);
SELECT loyalty.create_sender('sg', 'SG', 'mobile', is_default => true) \g /dev/null
SELECT template_id FROM unnest('{t,cake,ring,band,wish}'::text[]) code, loyalty.create_message_template('sg', code, 'mobile', code || ' {{first_name}}', purpose => 'promotional', topic => 'birthday') \g /dev/null
SELECT template_id FROM loyalty.create_message_template('sg', 'points', 'mobile', '{{points}} of {{program}} until {{expiry_date}}', topic => 'points_expiry') \g /dev/null
SELECT template_id FROM loyalty.create_message_template('sg', 'pin', 'mobile', '{{pin}}', purpose => 'code', topic => 'code') \g /dev/null
CREATE FUNCTION pg_temp.born(code text, birth_date text, anniversary text DEFAULT NULL) RETURNS bigint LANGUAGE sql AS $$
    SELECT customer_id FROM loyalty.register_customer('sg', mobile => '+6591' || lpad((hashtext(code) & 524287)::text, 6, '0'), external_id => code, first_name => initcap(code), registered_on => '2024-01-01',
        fields => jsonb_strip_nulls(jsonb_build_object('birth_date', birth_date, 'anniversary', anniversary))) $$;
CREATE FUNCTION pg_temp.reminded(code text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(m.campaign || ' ' || m.purpose::text || ' ' || (b.variables - '{last_name,external_id,mobile}'::text[])::text, '; ' ORDER BY m.message_id)
    FROM loyalty_data.message m JOIN loyalty_data.message_body b USING (org_id, customer_id, message_id)
    WHERE m.customer_id = loyalty.find_customer('sg', 'external_id', code) $$;
CREATE FUNCTION pg_temp.whom() RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(i.identifier_value || ' ' || s.occasion, ', ' ORDER BY s.occasion, i.identifier_value COLLATE "C")
    FROM loyalty_data.reminder_sent s JOIN loyalty_data.customer_identifier i USING (org_id, customer_id) WHERE i.identifier_type = 'external_id' $$;

-- ---------------------------------------------------------------- refused
SELECT pg_temp.refused('loyalty.create_reminder(''sg'', ' || a || ')', c, a) FROM (VALUES
    ('NULL, ''birthday'', 1, ''t''', 'LY001'), ('''r'', NULL, 1, ''t''', 'LY001'), ('''r'', ''birthday'', NULL, ''t''', 'LY001'), ('''r'', ''birthday'', 1, NULL', 'LY001'),
    ('repeat(''x'', 101), ''birthday'', 1, ''t''', 'LY002'), ('''r'', ''moon'', 1, ''t''', 'LY003'), ('''r'', ''birthday'', -1, ''t''', 'LY003'), ('''r'', ''birthday'', 366, ''t''', 'LY003'),
    ('''r'', ''birthday'', 2147483647, ''t''', 'LY003'), ('''r'', ''birthday'', 1, ''t'', ''pigeon''', 'LY120'), ('''r'', ''birthday'', 1, ''t'', program => ''base''', 'LY003'),
    ('''r'', ''birthday'', 1, ''nothing''', 'LYM01'), ('''r'', ''birthday'', 1, ''pin''', 'LY003'),
    ('''r'', ''points_expiry'', 1, ''t'', program => ''none''', 'LY007'), ('E''r\u200b'', ''birthday'', 1, ''t''', 'LY003')) t (a, c);
SELECT pg_temp.refused('loyalty.update_reminder(''sg'', ''none'')', 'LYM18', 'update: none of that code');
SELECT pg_temp.refused('loyalty.retire_reminder(''sg'', ''none'')', 'LYM18', 'retire: none of that code');
SELECT pg_temp.refused('loyalty.retire_reminder(''none'', ''none'')', 'LY004', 'retire: no org');
SELECT loyalty.create_reminder('sg', 'cake', 'Birthday', 0, 'cake') IS NOT NULL AS made \g /dev/null
SELECT pg_temp.refused('loyalty.create_reminder(''sg'', ''cake'', ''birthday'', 1, ''t'')', 'LY009', 'the code is taken');
SELECT pg_temp.refused('loyalty.update_reminder(''sg'', ''cake'', 400)', 'LY003', 'update: too long before');
SELECT pg_temp.refused('loyalty.update_reminder(''sg'', ''cake'', template => ''nothing'')', 'LYM01', 'update: no such template');
\set ON_ERROR_STOP 0
CALL loyalty.send_reminders(NULL);
\set got :SQLSTATE
SELECT is(:'got'::text, 'LY001', 'the job: no org');
CALL loyalty.send_reminders('sg', batch_size => 0);
\set got :SQLSTATE
SELECT is(:'got'::text, 'LY003', 'the job: no batch');
CALL loyalty.send_reminders('sg', '2024-03-02');
\set got :SQLSTATE
SELECT is(:'got'::text, 'LY408', 'the job: later than the clock');
BEGIN;
CALL loyalty.send_reminders('sg');
\set got :SQLSTATE
ROLLBACK;
\set ON_ERROR_STOP 1
SELECT is(:'got'::text, 'LY014', 'the job: in a transaction');

-- ---------------------------------------------------------------- birthdays, by the day of the org
SELECT pg_temp.born('ann', '1990-03-01') AS ann, pg_temp.born('bob', '1990-03-02') AS bob, pg_temp.born('leap', '1992-02-29') AS leap,
    pg_temp.born('new', '2024-03-01') AS new, pg_temp.born('none', NULL) AS none, pg_temp.born('later', '2030-03-01') AS later \gset
CALL loyalty.send_reminders('sg');
SELECT is(pg_temp.whom(), 'ann 2024-03-01', 'whose day it is; not who was born today, or later');
SELECT is(pg_temp.reminded('ann'), 'cake p {"date": "2024-03-01", "years": "34", "birth_date": "2024-03-01", "first_name": "Ann", "days_before": "0"}', 'what is said');
CALL loyalty.send_reminders('sg');
SELECT is(pg_temp.whom(), 'ann 2024-03-01', 'once');
SET loyalty.clock = '2024-03-01 15:59:59+00';
CALL loyalty.send_reminders('sg');
SELECT is(pg_temp.whom(), 'ann 2024-03-01', 'the last second of the day in Singapore');
SET loyalty.clock = '2024-03-01 16:00:00+00';
CALL loyalty.send_reminders('sg', batch_size => 1);
SELECT is(pg_temp.whom(), 'ann 2024-03-01, bob 2024-03-02', 'the first of the next one');
SET loyalty.clock = '2025-02-28 10:00:00+00';
CALL loyalty.send_reminders('sg');
SELECT is(pg_temp.whom(), 'ann 2024-03-01, bob 2024-03-02, leap 2025-02-28', '29 February is on the 28th; the days that the job missed are over');
SET loyalty.clock = '2028-02-28 10:00:00+00';
CALL loyalty.send_reminders('sg');
SELECT is(pg_temp.whom(), 'ann 2024-03-01, bob 2024-03-02, leap 2025-02-28', 'not where there is a 29th');
SET loyalty.clock = '2028-02-29 10:00:00+00';
CALL loyalty.send_reminders('sg');
SELECT is(pg_temp.whom(), 'ann 2024-03-01, bob 2024-03-02, leap 2025-02-28, leap 2028-02-29', 'then it is on that day');
SELECT is(pg_temp.reminded('leap'), 'cake p {"date": "2025-02-28", "years": "33", "birth_date": "2025-02-28", "first_name": "Leap", "days_before": "0"}; cake p {"date": "2028-02-29", "years": "36", "birth_date": "2028-02-29", "first_name": "Leap", "days_before": "0"}', 'with its years');

-- ---------------------------------------------------------------- days before, catching up, changes
SELECT loyalty.retire_reminder('sg', 'cake');
SELECT pg_temp.refused('loyalty.retire_reminder(''sg'', ''cake'')', 'LYM18', 'retired for good');
SELECT loyalty.create_reminder('sg', 'ring', 'anniversary', 3, 'ring', 'mobile') IS NOT NULL AS made \g /dev/null
DELETE FROM loyalty_data.reminder_sent;
SELECT pg_temp.born('a' || to_char(d, 'MMDD'), NULL, d::date::text) FROM generate_series('2000-06-01'::timestamp, '2000-06-12', '1 day') d \g /dev/null
SET loyalty.clock = '2030-06-01 10:00:00+00';
CALL loyalty.send_reminders('sg');
SELECT is(pg_temp.whom(), 'a0604 2030-06-04', 'three days before; no day that is nearer by then');
SELECT results_eq($$SELECT reminded_until FROM loyalty.reminders WHERE reminder = 'ring'$$, $$VALUES ('2030-06-04'::date)$$, 'how far the job has come');
SET loyalty.clock = '2030-06-03 10:00:00+00';
CALL loyalty.send_reminders('sg', batch_size => 1);
SELECT is(pg_temp.whom(), 'a0604 2030-06-04, a0605 2030-06-05, a0606 2030-06-06', 'a job that stood still catches up');
SET loyalty.clock = '2030-06-08 10:00:00+00';
CALL loyalty.send_reminders('sg');
SELECT is(pg_temp.whom(), 'a0604 2030-06-04, a0605 2030-06-05, a0606 2030-06-06, a0608 2030-06-08, a0609 2030-06-09, a0610 2030-06-10, a0611 2030-06-11', 'but for days that are over');
SELECT results_eq($$SELECT value FROM loyalty.metrics WHERE org = 'sg' AND name = 'reminder_days_behind'$$, 'VALUES (0::numeric)', 'it is not behind');
SET loyalty.clock = '2030-06-09 10:00:00+00';
SELECT results_eq($$SELECT labels, value FROM loyalty.metrics WHERE org = 'sg' AND name = 'reminder_days_behind'$$, $$VALUES ('{"reminder": "ring"}'::jsonb, 1::numeric)$$, 'now it is by a day');
SELECT loyalty.update_reminder('sg', 'ring', days_before => 1, template => 'band');
SELECT results_eq($$SELECT topic COLLATE "default", days_before, template COLLATE "default", channel COLLATE "default", reminded_until FROM loyalty.reminders WHERE reminder = 'ring'$$,
    $$VALUES ('anniversary', 1, 'band', 'mobile', NULL::date)$$, 'a reminder that was changed begins anew');
CALL loyalty.send_reminders('sg');
SELECT is((SELECT count(*) FROM loyalty_data.reminder_sent), 7::bigint, 'whoever was reminded is not again');

-- ---------------------------------------------------------------- merged, deleted
SELECT loyalty.retire_reminder('sg', 'ring'), loyalty.create_reminder('sg', 'wish', 'birthday', 1, 'wish') IS NOT NULL AS made \g /dev/null
SELECT pg_temp.born('s', '1980-07-02') AS s, pg_temp.born('v', '1980-07-02') AS v, pg_temp.born('gone', '1980-07-02') AS gone, pg_temp.born('w', '1980-07-02') AS w \gset
DELETE FROM loyalty_data.reminder_sent;
SET loyalty.clock = '2031-07-01 10:00:00+00';
SELECT loyalty.enable_customer_status('sg'), loyalty.request_deletion('sg', :gone) \g /dev/null
SELECT loyalty.merge_customers('sg', :s, :v) \g /dev/null
CALL loyalty.send_reminders('sg');
SELECT is((SELECT count(*) FROM loyalty_data.reminder_sent WHERE customer_id = :v), 0::bigint, 'who was merged is not reminded');
SELECT is((SELECT count(*) FROM loyalty_data.reminder_sent WHERE customer_id IN (:s, :w)), 2::bigint, 'the survivor and the others are');
SELECT pg_temp.born('t', '1980-07-03') AS t \gset
SELECT loyalty.merge_customers('sg', :t, :w) \g /dev/null
SELECT loyalty.update_customer('sg', :t, fields => '{"birth_date": "1980-07-02"}');
CALL loyalty.send_reminders('sg');
SELECT is((SELECT count(*) FROM loyalty_data.reminder_sent WHERE customer_id = :t), 0::bigint, 'nor a survivor whose victim was reminded of the day');

-- ---------------------------------------------------------------- points
SELECT loyalty.retire_reminder('sg', 'wish'), loyalty.create_reminder('sg', 'points', 'Points Expiry', 5, 'points') IS NOT NULL AS made,
    loyalty.create_reminder('sg', 'fine', 'points_expiry', 5, 'points', program => 'fine') IS NOT NULL AS made \g /dev/null
DELETE FROM loyalty_data.reminder_sent;
SELECT loyalty.earn_points('sg', :ann, 10, expires_at => '2031-07-07 16:00+00'), loyalty.earn_points('sg', :ann, 2, expires_at => '2031-07-07 16:00+00'),
    loyalty.earn_points('sg', :ann, 7, expires_at => '2031-07-06 16:00+00'), loyalty.earn_points('sg', :ann, 3.5, program => 'fine', expires_at => '2031-07-07 16:00+00'),
    loyalty.earn_points('sg', :bob, 4, expires_at => '2031-07-07 16:00+00'), loyalty.earn_points('sg', :leap, 9, expires_at => '2031-07-08 16:00+00'),
    loyalty.earn_points('sg', :none, 6, expires_at => '2031-07-07 16:00+00', category => 'promised', redeemable_from => '2031-07-05') \g /dev/null
SELECT loyalty.redeem_points('sg', :bob, 4) \g /dev/null
SET loyalty.clock = '2031-07-02 10:00:00+00';
CALL loyalty.send_reminders('sg');
SELECT is(pg_temp.reminded('ann'), 'cake p {"date": "2024-03-01", "years": "34", "birth_date": "2024-03-01", "first_name": "Ann", "days_before": "0"}; points t {"date": "2031-07-02", "points": "12", "program": "base", "first_name": "Ann", "days_before": "5", "expiry_date": "2031-07-07"}; '
    || 'fine t {"date": "2031-07-02", "points": "3.5", "program": "fine", "first_name": "Ann", "days_before": "5", "expiry_date": "2031-07-07"}', 'of each program what is good for the last time on the day');
SELECT is(pg_temp.whom(), 'ann 2031-07-07, ann 2031-07-07', 'nobody who has spent it, or whose day is another one, or who has promises alone');
SELECT loyalty.redeem_points('sg', :ann, 7) \g /dev/null
SELECT loyalty.earn_points('sg', :ann, 1, expires_at => '2031-07-07 16:00+00') \g /dev/null
CALL loyalty.send_reminders('sg');
SELECT is(pg_temp.whom(), 'ann 2031-07-07, ann 2031-07-07', 'once, whatever comes in later');
SELECT is(pg_temp.proved(), 'proved', 'the books are as they were');

SELECT * FROM finish();
