-- The timeline of a customer, as docs/timeline.md tells of it: a screen of member care, page by page, before and after a merge.
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
SET loyalty.clock = '2024-03-01 09:00+00';
SELECT pg_temp.new_org('lagoon', 'stars', '1 months', tills => '{bay-1}', store => 'bay', zone => 'Asia/Singapore', country => 'SG');
SELECT loyalty.create_card_series('lagoon', 'green', 'Green', method => 'AUTO_INC', length => 8, prefix => '44') > 0 AS series;
SELECT loyalty.set_config('lagoon', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'on');
SELECT loyalty.generate_cards('lagoon', 'green', 3) > 0 AS cards;
SELECT loyalty.create_sender('lagoon', 'BAY', 'mobile', is_default => true) > 0 AS sender;
SELECT loyalty.set_participation_rules('lagoon', 'stars', automatic_registration => true, terms => '{first_name}');

-- ---------------------------------------------------------------- somebody comes and goes
SELECT customer_id AS ann FROM loyalty.register_customer('lagoon', '91230001', till => 'bay-1') \gset
SET loyalty.clock = '2024-03-02 09:00+00';
SELECT points FROM loyalty.add_transaction('lagoon', :ann, 'B-1', 40, till => 'bay-1', event_time => '2024-03-01 20:00+00');
SET loyalty.clock = '2024-03-03 09:00+00';
SELECT loyalty.update_customer('lagoon', :ann, first_name => 'Ann');
SELECT loyalty.issue_card('lagoon', :ann, 'green', reason => 'welcome', actor => 'maya') \g /dev/null
SET loyalty.clock = '2024-03-04 09:00+00';
SELECT points FROM loyalty.redeem_points('lagoon', :ann, 10, till => 'bay-1');
SELECT state FROM loyalty.send_sms('lagoon', :ann, 'Ten stars are gone');
SET loyalty.clock = '2024-03-05 09:00+00';
SELECT action FROM loyalty.record_inbound('lagoon', 'mobile', '91230001', 'stop', received_at => '2024-03-05 08:59+00');
SELECT status FROM loyalty.submit_change_request('lagoon', 'goodwill_points', :ann, payload => '{"points": 5}', actor => 'maya');
SELECT loyalty.add_customer_note('lagoon', :ann, 'Unhappy with the till; wants her stars back', 'maya') > 0 AS noted;
SET loyalty.clock = '2024-03-06 09:00+00';
SELECT loyalty.set_fraud_status('lagoon', :ann, 'internal', 'works here', 'noor');
SELECT points FROM loyalty.return_transaction('lagoon', :ann, 'B-1', till => 'bay-1');

-- ---------------------------------------------------------------- the screen
CREATE FUNCTION pg_temp.short(summary jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(key || ' ' || value, ', ' ORDER BY key) FROM jsonb_each_text(jsonb_strip_nulls(summary)) WHERE key !~ '_id$' $$;
SELECT recorded_at, event_time, kind, action, pg_temp.short(summary) AS summary FROM loyalty.customer_timeline('lagoon', :ann);
SELECT kind, action, page_key AS last FROM loyalty.customer_timeline('lagoon', :ann, page_size => 5) OFFSET 4 \gset
SELECT :'kind' AS kind, :'action' AS action;
SELECT kind, action FROM loyalty.customer_timeline('lagoon', :ann, page_size => 5, page_key => :'last');
SELECT kind, action FROM loyalty.customer_timeline('lagoon', :ann, '{points,card}', from_time => '2024-03-03', to_time => '2024-03-05');

-- ---------------------------------------------------------------- points that expire, and a second account that is merged into it
SET loyalty.clock = '2024-05-06 09:00+00';
CALL loyalty.expire_points('lagoon');
SELECT customer_id AS bea FROM loyalty.register_customer('lagoon', '91230002', first_name => 'Bea') \gset
SELECT loyalty.add_customer_note('lagoon', :bea, 'the same person?') > 0 AS noted;
SET loyalty.clock = '2024-05-07 09:00+00';
SELECT loyalty.merge_customers('lagoon', :ann, :bea, actor => 'noor') \g /dev/null
SELECT recorded_at, kind, action, customer_id = :bea AS of_bea, pg_temp.short(summary) AS summary
FROM loyalty.customer_timeline('lagoon', :ann, from_time => '2024-04-01');
SELECT kind, action FROM loyalty.customer_timeline('lagoon', :bea);

-- ---------------------------------------------------------------- notes come and go
SELECT id AS note FROM loyalty.customer_timeline('lagoon', :ann, '{note}', page_size => 1) \gset
SELECT loyalty.delete_customer_note('lagoon', :ann, :note);
SELECT recorded_at, summary ->> 'note' AS note FROM loyalty.customer_timeline('lagoon', :ann, '{note}');
SELECT loyalty.add_customer_note('lagoon', :ann, '');
SELECT loyalty.customer_timeline('lagoon', :ann, '{coupons}');
SELECT invariant, detail FROM loyalty.verify_ledger('lagoon') WHERE NOT ok;
SELECT invariant, detail FROM loyalty.verify_data('lagoon') WHERE NOT ok;
DROP EXTENSION loyalty;
