-- What the ledger says after the load, in 100 columns. psql variables: bar (a character), seconds (of the load).
-- Fails where the roll-forward, the trial balance and the customers' balances do not agree.
SET client_min_messages = warning;
\pset footer off
\pset border 1
\pset null ''

-- ---------------------------------------------------------------- what the report needs, read once
-- Points by month and house account, from the house's leg of the journal.
CREATE TEMP TABLE flow AS
    SELECT date_trunc('month', j.posting_day)::date AS month, j.account, sum(j.debit) AS debit, sum(j.credit) AS credit,
           count(*) AS entries
    FROM loyalty.journal j
    WHERE j.org = 'cdnow' AND j.account <> 'customer'
    GROUP BY 1, 2;

CREATE TEMP TABLE roll_forward AS
    WITH months AS (
        SELECT m::date AS month
        FROM (SELECT min(f.month) AS first_month, max(f.month) AS last_month FROM flow f) r,
             generate_series(r.first_month, r.last_month, interval '1 month') m),
    moved AS (
        SELECT m.month,
               COALESCE(sum(f.debit - f.credit) FILTER (WHERE f.account = 'issued'), 0) AS issued,
               COALESCE(sum(f.credit - f.debit) FILTER (WHERE f.account = 'redeemed'), 0) AS redeemed,
               COALESCE(sum(f.credit - f.debit) FILTER (WHERE f.account = 'expired'), 0) AS expired
        FROM months m LEFT JOIN flow f USING (month)
        GROUP BY m.month)
    SELECT v.*, sum(v.issued - v.redeemed - v.expired) OVER (ORDER BY v.month) AS closing
    FROM moved v;

CREATE TEMP TABLE trial AS
    SELECT t.account, t.debit, t.credit FROM loyalty.trial_balance t WHERE t.org = 'cdnow';

-- Every customer's balance as the API answers it for the day after the last bill.
SELECT max(b.transaction_date) + 1 AS as_of FROM demo.bill b \gset
CREATE TEMP TABLE balance AS
    SELECT c.external_id, c.customer_id, c.registered_on, b.current_points, b.lifetime_points, b.redeemed_points,
           b.expired_points
    FROM demo.customer c, loyalty.points_balance('cdnow', c.customer_id, as_of => (:'as_of' || ' 00:00 UTC')::timestamptz) b;

-- The statement to show: of those who redeemed and saw points expire, who fills a page best.
SELECT e.customer_id AS chosen
FROM loyalty.points_ledger_entries e
WHERE e.org = 'cdnow' AND e.category = 'regular'
GROUP BY e.customer_id
ORDER BY (bool_or(e.event_name = 'points_redemption')::int + bool_or(e.event_name = 'points_expiry')::int) DESC,
         abs(count(*) - 20), e.customer_id
LIMIT 1 \gset
SELECT format('STATEMENT OF CUSTOMER %s (registered %s, balance %s)', b.external_id,
    to_char(b.registered_on AT TIME ZONE 'UTC', 'YYYY-MM-DD'), to_char(b.current_points, 'FM999,999,990')) AS heading
FROM balance b WHERE b.customer_id = :chosen \gset

-- ---------------------------------------------------------------- totals
\echo
\echo 'TOTALS ON' :as_of
\pset tuples_only on
\pset format unaligned
SELECT format(E'  %-22s %13s      %-22s %13s\n  %-22s %13s      %-22s %13s\n  %-22s %13s      %-22s %13s\n  %-22s %13s      %-22s %13s',
    'customers', to_char(n.customers, 'FM999,999,990'), 'points issued', to_char(r.issued, 'FM999,999,999,990'),
    'bills', to_char(n.bills, 'FM999,999,990'), 'points redeemed', to_char(r.redeemed, 'FM999,999,999,990'),
    'amount', to_char(n.amount, 'FM999,999,999,990.00'), 'points expired', to_char(r.expired, 'FM999,999,999,990'),
    'redemptions', to_char(n.redemptions, 'FM999,999,990'), 'points outstanding',
    to_char(r.issued - r.redeemed - r.expired, 'FM999,999,999,990'))
FROM (SELECT (SELECT count(*) FROM demo.customer) AS customers, count(*) AS bills, sum(b.amount) AS amount,
             (SELECT COALESCE(sum(f.entries), 0) FROM flow f WHERE f.account = 'redeemed') AS redemptions
      FROM demo.bill b) n,
     (SELECT sum(f.issued) AS issued, sum(f.redeemed) AS redeemed, sum(f.expired) AS expired FROM roll_forward f) r;

-- ---------------------------------------------------------------- roll-forward
\pset tuples_only off
\pset format aligned
\echo
\echo 'ROLL-FORWARD BY MONTH (points, by posting day; the bar is the closing balance)'
SELECT r.month, to_char(r.opening, '999,999,990') AS "     opening", to_char(r.issued, '999,999,990') AS "      issued",
       to_char(r.redeemed, '999,999,990') AS "    redeemed", to_char(r.expired, '999,999,990') AS "     expired",
       to_char(r.closing, '999,999,990') AS "     closing",
       repeat(:'bar', round(13 * r.closing / NULLIF(max(r.closing) OVER (), 0))::int) AS " "
FROM (SELECT to_char(m.month, 'YYYY-MM') AS month, m.closing - m.issued + m.redeemed + m.expired AS opening,
             m.issued, m.redeemed, m.expired, m.closing
      FROM roll_forward m
      UNION ALL
      SELECT 'total', NULL, sum(m.issued), sum(m.redeemed), sum(m.expired), NULL FROM roll_forward m) r
ORDER BY r.month;

-- ---------------------------------------------------------------- largest balances
\echo 'FIVE LARGEST BALANCES ON' :as_of
SELECT b.external_id AS customer, to_char(b.registered_on AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS registered,
       to_char(b.lifetime_points, '999,999,990') AS "    lifetime",
       to_char(b.redeemed_points, '999,999,990') AS "    redeemed",
       to_char(b.expired_points, '999,999,990') AS "     expired",
       to_char(b.current_points, '999,999,990') AS "     balance"
FROM balance b ORDER BY b.current_points DESC, b.external_id LIMIT 5;

-- ---------------------------------------------------------------- one statement
\echo :heading
SELECT to_char(s.event_time AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS date, s.event_name AS event, s.entry_type AS entry,
       to_char(CASE WHEN s.entry_type = 'debit' THEN -s.points ELSE s.points END, '999,999,990') AS "      points",
       to_char(s.balance_after, '999,999,990') AS "     balance", s.transaction_number AS bill,
       s.redemption_id AS redemption
FROM demo.statement(:chosen, '1900-01-01 00:00 UTC', loyalty.clock(), 10) s;

-- ---------------------------------------------------------------- trial balance and verification
\echo 'TRIAL BALANCE'
SELECT CASE WHEN GROUPING(t.account) = 1 THEN 'total' ELSE t.account END AS account,
       to_char(sum(t.debit), '999,999,999,990') AS "           debit",
       to_char(sum(t.credit), '999,999,999,990') AS "          credit"
FROM trial t
WHERE t.debit <> 0 OR t.credit <> 0 OR t.account IN ('customers', 'issued', 'redeemed', 'expired')
GROUP BY GROUPING SETS ((t.account), ())
ORDER BY GROUPING(t.account), t.account <> 'issued', t.account;

\echo 'VERIFY_LEDGER'
\pset format wrapped
\pset columns :width
CREATE TEMP TABLE verified AS SELECT * FROM loyalty.verify_ledger('cdnow');
SELECT v.invariant, CASE WHEN v.ok THEN 'ok' ELSE 'FAILED' END AS result, v.detail FROM verified v;

-- ---------------------------------------------------------------- do they agree
\pset tuples_only on
\pset format unaligned
DO $$
DECLARE
    closing numeric := (SELECT r.closing FROM roll_forward r ORDER BY r.month DESC LIMIT 1);
    held numeric := (SELECT t.credit - t.debit FROM trial t WHERE t.account = 'customers');
    difference numeric := (SELECT sum(t.debit) - sum(t.credit) FROM trial t);
    answered numeric := (SELECT sum(b.current_points) FROM balance b);
BEGIN
    IF closing <> held OR closing <> answered OR difference <> 0 THEN
        RAISE EXCEPTION 'the roll-forward closes at %, the trial balance holds % (out of balance by %), the balances add up to %',
            closing, held, difference, answered;
    ELSIF EXISTS (SELECT FROM verified v WHERE v.ok IS NOT TRUE) THEN
        RAISE EXCEPTION 'verify_ledger found a divergence';
    END IF;
END
$$;
SELECT format('The roll-forward closes at %s; the trial balance and the sum of all balances say the same.',
    to_char(r.closing, 'FM999,999,999,990'))
FROM roll_forward r ORDER BY r.month DESC LIMIT 1;
SELECT format('Loaded %s bills and %s ledger entries in %s s: %s bills per second.',
    to_char(b.bills, 'FM999,999,990'), to_char(e.entries, 'FM999,999,990'), :'seconds',
    to_char(b.bills / greatest(:'seconds'::numeric, 0.1), 'FM999,999,990'))
FROM (SELECT count(*) AS bills FROM demo.bill) b,
     (SELECT count(*) AS entries FROM loyalty.points_ledger_entries e WHERE e.org = 'cdnow') e;
