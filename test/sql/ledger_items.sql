-- Items of batches that come as documents: the arguments of the single calls by their names, and nothing else.
\set VERBOSITY default
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
SET loyalty.clock = '2024-05-01 09:00+00';
SELECT pg_temp.new_org('items', 'base', primary_key => 'external_id');
SELECT pg_temp.customer('items', 'ann') AS ann \gset
SELECT format('[{"customer_id": %s, "points": 30, "reason": "Welcome"}, {"customer_id": %1$s, "points": "2.00", "idempotency_key": "two"}]',
    :ann) AS awards \gset

SELECT item_no, points, current_points, error_code FROM loyalty.earn_points_batch('items', :'awards'::jsonb);
SELECT item_no, points, current_points FROM loyalty.redeem_points_batch('items', loyalty.redeem_items(
    jsonb_build_array(jsonb_build_object('customer_id', :ann, 'points', 100, 'up_to', true))));

-- A key that is mistyped would post without it, again and again.
\pset format unaligned
\set SHOW_CONTEXT never
\set ECHO none
CREATE FUNCTION pg_temp.tried(call text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    detail text;
BEGIN
    EXECUTE 'SELECT * FROM ' || call;
    RETURN 'done';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
    RETURN concat_ws(': ', SQLSTATE, SQLERRM, NULLIF(detail, ''));
END $$;
\set ECHO all
SELECT items, pg_temp.tried(format('loyalty.earn_points_batch(''items'', %L::jsonb)', items)) AS earned,
    pg_temp.tried(format('loyalty.redeem_points_batch(''items'', %L::jsonb)', items)) AS redeemed
FROM unnest(ARRAY['[{"customer_id": 1, "points": 3, "idempotencyKey": "k"}]', '[{}, {"Points": 1}]', '[null]', '[[1]]', '[1]',
    '{"points": 1}', '3', 'null', '[]']) items;
-- A value that is none of its field's type refuses the call, too, and says where it stands.
SELECT items, pg_temp.tried(format('loyalty.earn_points_batch(''items'', %L::jsonb, all_or_nothing => false)', items)) AS earned,
    pg_temp.tried(format('loyalty.redeem_points_batch(''items'', %L::jsonb, all_or_nothing => false)', items)) AS redeemed
FROM unnest(ARRAY['[{"customer_id": 1}, {"points": "3", "customer_id": "one"}]', '[{"points": "1,5"}]', '[{"points": [1]}]', '[{"points": true}]',
    '[{"customer_id": 99999999999999999999}]', '[{"customer_id": 1.5}]', '[{"event_time": "2024-13-01"}]',
    '[{"till": {"a": 1}, "points": null, "event_time": null}]']) items;
SELECT pg_temp.tried('loyalty.redeem_points_batch(''items'', ''[{"up_to": "perhaps"}]''::jsonb)');
-- A literal needs ::jsonb, and json is none.
SELECT pg_temp.tried('loyalty.earn_points_batch(''items'', ''[{"customer_id": 1, "points": 3}]'')');
SELECT pg_temp.tried('loyalty.earn_points_batch(''items'', ''[{"customer_id": 1, "points": 3}]''::json)');
SELECT pg_temp.tried('loyalty.earn_points_batch(''items'', NULL::jsonb)'), pg_temp.tried('loyalty.redeem_points_batch(''items'', NULL::jsonb)');
SELECT balance FROM loyalty.customer_points WHERE org = 'items' AND category = 'regular';
DROP EXTENSION loyalty;
