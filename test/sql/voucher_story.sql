-- A gift voucher from the till that sells it to the books: sold, looked up, spent in two stores, given back in part, lost and replaced,
-- expired; another one bought with points; and what the views say of all that, as docs/voucher.md tells. Codes are drawn, so none is printed.
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
SET loyalty.clock = '2024-05-03 08:00+00';
SELECT pg_temp.new_org('lagoon', 'stars', tills => '{quay-1,quay-2}', store => 'quay', zone => 'Asia/Tokyo', country => 'JP');
SELECT loyalty.grant_org('lagoon', role) FROM unnest('{loyalty_pos,loyalty_agent,loyalty_admin}'::text[]) role;
SELECT loyalty.set_config('lagoon', 'CONF_ORG_CURRENCY_CODE', 'JPY'), loyalty.set_redemption_rules('lagoon', 'stars', points_per_currency_unit => 0.5);
SELECT customer_id AS ann FROM loyalty.register_customer('lagoon', '090-1234-5678', first_name => 'Ann', till => 'quay-1') \gset
SELECT loyalty.create_event_subscriber('lagoon', 'mirror', event_names => '{voucher_issued,voucher_redeemed,voucher_reversed}') > 0 AS subscriber;
SELECT event_id > 0 AS earned FROM loyalty.earn_points('lagoon', :ann, 1000);

-- ---------------------------------------------------------------- an org that does not sell them yet

SET ROLE loyalty_pos;
SELECT loyalty.issue_gift_voucher('lagoon', :ann, 5000);
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;
SELECT loyalty.set_config('lagoon', 'CONF_GIFT_CARD_ENABLED', 'true');

-- ---------------------------------------------------------------- a till sells one, loses the connection and asks again

SET ROLE loyalty_pos;
SELECT voucher_id AS gift, voucher_code AS code, last_day, length(voucher_code) AS symbols
FROM loyalty.issue_gift_voucher('lagoon', :ann, 5000, validity => '6 months', till => 'quay-1', idempotency_key => 'sale 1') \gset
\echo :last_day :symbols
SELECT voucher_id = :gift AS same, voucher_code = :'code' AS told_again
FROM loyalty.issue_gift_voucher('lagoon', :ann, 5000, validity => '6 months', till => 'quay-1', idempotency_key => 'sale 1');
-- A yen has no parts.
SELECT loyalty.issue_gift_voucher('lagoon', :ann, 5000.5);
\echo :LAST_ERROR_SQLSTATE

-- ---------------------------------------------------------------- it pays

SELECT balance, status, last_day FROM loyalty.gift_voucher_balance('lagoon', lower(:'code'));
SELECT balance FROM loyalty.gift_voucher_balance('lagoon', '2222-2222-2222-2222');
\echo :LAST_ERROR_SQLSTATE
SELECT movement_id AS paid, redeemed_amount, balance
FROM loyalty.redeem_gift_voucher('lagoon', :'code', 1800, 'B-1', till => 'quay-2', idempotency_key => 'pay 1') \gset
\echo :redeemed_amount :balance
SELECT redeemed_amount, balance FROM loyalty.redeem_gift_voucher('lagoon', :'code', 1800, 'B-1', till => 'quay-2', idempotency_key => 'pay 1');
SELECT loyalty.redeem_gift_voucher('lagoon', :'code', 4000, 'B-2', till => 'quay-1');
\echo :LAST_ERROR_SQLSTATE
SELECT redeemed_amount, balance FROM loyalty.redeem_gift_voucher('lagoon', :'code', 4000, 'B-2', up_to => true, till => 'quay-1');

-- ---------------------------------------------------------------- half of the first bill comes back

SELECT reversed_amount, balance FROM loyalty.reverse_voucher_redemption('lagoon', :gift, :paid, 900, reason => 'one of two', till => 'quay-2');
SELECT loyalty.reverse_voucher_redemption('lagoon', :gift, :paid, 1000);
\echo :LAST_ERROR_SQLSTATE

-- ---------------------------------------------------------------- points for a voucher: 301 of them are worth 602 yen

SELECT amount, redeemed_points, current_points, last_day
FROM loyalty.issue_gift_voucher_for_points('lagoon', :ann, 301, expires_on => '2024-12-31', till => 'quay-1', idempotency_key => 'swap');
SELECT amount, redeemed_points, current_points, length(voucher_code) AS symbols
FROM loyalty.issue_gift_voucher_for_points('lagoon', :ann, 301, expires_on => '2024-12-31', till => 'quay-1', idempotency_key => 'swap');

-- ---------------------------------------------------------------- the card is lost, and staff replaces it

SET ROLE loyalty_agent;
SELECT loyalty.replace_gift_voucher_code('lagoon', :gift, reason => 'the card was lost', actor => 'desk of June') AS new_code \gset
SET ROLE loyalty_pos;
SELECT balance FROM loyalty.gift_voucher_balance('lagoon', :'new_code');
SELECT loyalty.redeem_gift_voucher('lagoon', :'code', 100);
\echo :LAST_ERROR_SQLSTATE
RESET ROLE;

-- ---------------------------------------------------------------- it ends: on 3 November in Tokyo, by the clock

SET loyalty.clock = '2024-11-03 14:59:59+00';
SELECT balance, status FROM loyalty.gift_voucher_balance('lagoon', :'new_code');
SET loyalty.clock = '2024-11-03 15:00+00';
SELECT balance, status FROM loyalty.gift_voucher_balance('lagoon', :'new_code');
SELECT event_date, issued, redeemed, reversed, expired, adjusted, outstanding FROM loyalty.voucher_liability ORDER BY event_date;
CALL loyalty.expire_gift_vouchers('lagoon');
SELECT event_date, issued, redeemed, reversed, expired, adjusted, outstanding FROM loyalty.voucher_liability ORDER BY event_date;

-- ---------------------------------------------------------------- what there is to be seen

SELECT status, issued_amount, balance, issued_at, last_day FROM loyalty.gift_vouchers ORDER BY issued_amount;
SELECT movement, amount, balance_after, transaction_number, till, event_id IS NOT NULL AS for_points, reason, actor
FROM loyalty.gift_voucher_movements ORDER BY voucher_id, movement_no;
SELECT event_name, payload::jsonb -> 'amount' AS amount, payload::jsonb -> 'balance' AS balance
FROM loyalty_data.event_delivery ORDER BY event_no;
SELECT bool_and(ok) AS books FROM loyalty.verify_ledger('lagoon');
DROP EXTENSION loyalty;
