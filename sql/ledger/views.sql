-- Words for the one-character codes of the tables.
CREATE FUNCTION loyalty_data.ledger_word(code "char", code_set text) RETURNS text
    LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE AS 'MODULE_PATHNAME', 'loyalty_ledger_word';
REVOKE ALL ON FUNCTION loyalty_data.ledger_word FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty_data.ledger_word TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON FUNCTION loyalty_data.ledger_word IS
    'The word for a one-character code: code_set is category, entry_type, house_account, movement_type, award_type, transaction_type or outlier_status';

-- Every entry with its event, wherever that stands. OFFSET 0 keeps a look-up of its own, by the whole key: without statistics the
-- planner takes half of it for as good. So it does wherever it stands in views.
-- For the views that follow, and for who looks after the tables.
CREATE VIEW loyalty_data.entry_with_event AS
    SELECT e.org_id, e.customer_id, e.program_id, e.category, e.entry_no, e.entry_type, e.house_account, e.points,
           e.balance_after, e.effective_at, e.posting_day, e.event_id,
           COALESCE(e.event_code, v.event_code) AS event_code, COALESCE(e.event_time, v.event_time) AS event_time,
           COALESCE(e.recorded_at, v.recorded_at) AS recorded_at, COALESCE(e.source_id, v.source_id) AS source_id,
           COALESCE(e.till_id, v.till_id) AS till_id, COALESCE(e.store_id, v.store_id) AS store_id,
           v.transaction_id, v.pair_id, v.redemption_id,
           CASE WHEN e.event_code IS NULL THEN v.net_points
               WHEN e.entry_type = 'd' THEN - e.points
               ELSE e.points END::numeric(18,3) AS net_points
    FROM loyalty_data.ledger_entry e
    LEFT JOIN LATERAL (
        SELECT w.* FROM loyalty_data.ledger_event w
        WHERE e.event_code IS NULL AND w.org_id = e.org_id AND w.customer_id = e.customer_id AND w.event_id = e.event_id
        OFFSET 0) v ON true;
REVOKE ALL ON TABLE loyalty_data.entry_with_event FROM PUBLIC;
COMMENT ON VIEW loyalty_data.entry_with_event IS
    'Entries with the columns of their events, in codes; closed: points_ledger_entries is the one to read';

CREATE VIEW loyalty.points_ledger_entries WITH (security_barrier) AS
    SELECT o.org, COALESCE(c.merged_into, c.customer_id) AS customer_id, e.customer_id AS original_customer_id,
           p.program, loyalty_data.ledger_word(e.category, 'category') AS category, e.entry_no,
           loyalty_data.ledger_word(e.entry_type, 'entry_type') AS entry_type, e.points, e.balance_after,
           loyalty_data.ledger_word(e.house_account, 'house_account') AS house_account, e.event_id, t.event_name,
           e.event_time, e.effective_at, e.recorded_at, e.posting_day,
           (e.event_time AT TIME ZONE o.time_zone)::date AS event_date,
           s.source, tl.till, st.store, e.transaction_id, e.redemption_id, e.net_points AS points_on_event
    FROM loyalty_data.entry_with_event e
    JOIN loyalty_data.org o ON o.org_id = e.org_id
    JOIN loyalty_data.program p ON p.org_id = e.org_id
        AND p.program_id = e.program_id
    JOIN loyalty_data.customer c ON c.org_id = e.org_id
        AND c.customer_id = e.customer_id
    JOIN loyalty_data.event_type t ON t.event_code = e.event_code
    LEFT JOIN loyalty_data.source s ON s.source_id = e.source_id
    LEFT JOIN loyalty_data.till tl ON tl.org_id = e.org_id
        AND tl.till_id = e.till_id
    LEFT JOIN loyalty_data.store st ON st.org_id = e.org_id
        AND st.store_id = e.store_id
    WHERE e.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.points_ledger_entries FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.points_ledger_entries TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.points_ledger_entries IS
    'Every entry of every account, in words, with the owner of today and the customer it was written for';

CREATE VIEW loyalty.lot_trace WITH (security_barrier) AS
    SELECT o.org, COALESCE(c.merged_into, c.customer_id) AS customer_id, l.customer_id AS original_customer_id,
           l.lot_id, p.program, loyalty_data.ledger_word(l.category, 'category') AS category,
           loyalty_data.ledger_word(l.award_type, 'award_type') AS award_type, l.transaction_id, l.line_no, m.entry_no, m.movement,
           m.points, loyalty_data.ledger_word(e.house_account, 'house_account') AS house_account, e.event_id, t.event_name,
           e.event_time, e.effective_at, e.recorded_at,
           CASE WHEN m.movement = 'awarded' THEN l.origin_customer_id END AS from_customer_id,
           CASE WHEN m.movement = 'awarded' THEN l.origin_lot_id END AS from_lot_id
    FROM loyalty_data.points_lot l
    JOIN loyalty_data.customer c ON c.org_id = l.org_id
        AND c.customer_id = l.customer_id
    CROSS JOIN LATERAL (
        SELECT l.entry_no, 'awarded' AS movement, l.points
        UNION ALL
        SELECT x.entry_no, loyalty_data.ledger_word(x.movement_type, 'movement_type'), x.points
        FROM loyalty_data.lot_movement x
        WHERE x.org_id = l.org_id AND x.customer_id = l.customer_id AND x.lot_id = l.lot_id) m
    CROSS JOIN LATERAL (
        SELECT w.house_account, w.event_id, w.event_code, w.event_time, w.effective_at, w.recorded_at
        FROM loyalty_data.entry_with_event w
        WHERE w.org_id = l.org_id AND w.customer_id = l.customer_id AND w.program_id = l.program_id
            AND w.category = l.category AND w.entry_no = m.entry_no OFFSET 0) e
    JOIN loyalty_data.event_type t ON t.event_code = e.event_code
    JOIN loyalty_data.org o ON o.org_id = l.org_id
    JOIN loyalty_data.program p ON p.org_id = l.org_id
        AND p.program_id = l.program_id
    WHERE l.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[])
    UNION ALL
    SELECT o.org, COALESCE(c.merged_into, c.customer_id), l.customer_id, l.lot_id, p.program,
           loyalty_data.ledger_word(k.category, 'category'), loyalty_data.ledger_word(l.award_type, 'award_type'),
           l.transaction_id, l.line_no, k.entry_no, m.movement, m.points::numeric(18,3),
           loyalty_data.ledger_word(e.house_account, 'house_account'), e.event_id, t.event_name,
           e.event_time, e.effective_at, e.recorded_at, NULL::int8, NULL::int8
    FROM loyalty_data.lot_claim k
    JOIN loyalty_data.points_lot l ON l.org_id = k.org_id AND l.customer_id = k.lot_customer_id
        AND l.lot_id = k.lot_id
    CROSS JOIN LATERAL (
        SELECT w.house_account, w.event_id, w.event_code, w.event_time, w.effective_at, w.recorded_at
        FROM loyalty_data.entry_with_event w
        WHERE w.org_id = k.org_id AND w.customer_id = k.customer_id AND w.program_id = k.program_id
            AND w.category = k.category AND w.entry_no = k.entry_no OFFSET 0) e
    JOIN loyalty_data.event_type t ON t.event_code = e.event_code
    JOIN loyalty_data.org o ON o.org_id = k.org_id
    JOIN loyalty_data.program p ON p.org_id = k.org_id
        AND p.program_id = k.program_id
    JOIN loyalty_data.customer c ON c.org_id = k.org_id
        AND c.customer_id = l.customer_id
    CROSS JOIN LATERAL (VALUES
        ('claimed', GREATEST(k.claimed, 0)), ('settled', GREATEST(- k.claimed, 0)), ('covered', k.covered)) m (movement, points)
    WHERE m.points > 0
      AND k.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.lot_trace FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.lot_trace TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.lot_trace IS
    'Where every point of a lot came from and went: its award, with the lot that it went on from, each movement, and what returns claim of it';

CREATE VIEW loyalty.journal WITH (security_barrier) AS
    SELECT o.org, p.program, e.posting_day, e.effective_at, e.event_id, e.customer_id AS original_customer_id,
           e.entry_no, loyalty_data.ledger_word(e.category, 'category') AS category, leg.account, leg.debit, leg.credit
    FROM loyalty_data.ledger_entry e
    JOIN loyalty_data.org o ON o.org_id = e.org_id
    JOIN loyalty_data.program p ON p.org_id = e.org_id
        AND p.program_id = e.program_id
    CROSS JOIN LATERAL (
        SELECT CASE WHEN e.entry_type = 'd' THEN e.points
                   ELSE GREATEST(- e.points, 0) END AS taken,
               CASE WHEN e.entry_type = 'd' THEN 0 ELSE GREATEST(e.points, 0) END AS given) a
    CROSS JOIN LATERAL (VALUES
        ('customer', a.taken, a.given),
        (loyalty_data.ledger_word(e.house_account, 'house_account'), a.given, a.taken)) leg (account, debit, credit)
    WHERE e.points <> 0
      AND e.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.journal FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.journal TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.journal IS
    'Both legs of every entry: the customer''s account and the house account, debit and credit';

CREATE VIEW loyalty.daily_totals WITH (security_barrier) AS
    SELECT o.org, p.program, f.posting_day, loyalty_data.ledger_word(f.category, 'category') AS category,
           loyalty_data.ledger_word(f.house_account, 'house_account') AS house_account, f.credits, f.debits, f.entries, f.is_sealed
    FROM (
        SELECT t.org_id, t.posting_day, t.program_id, t.category, t.house_account, t.credits, t.debits, t.entries,
               true AS is_sealed
        FROM loyalty_data.day_total t
        UNION ALL
        SELECT e.org_id, e.posting_day, e.program_id, e.category, e.house_account,
               COALESCE(sum(e.points)
                   FILTER (WHERE e.entry_type <> 'd' AND e.points >= 0), 0),
               COALESCE(sum(abs(e.points))
                   FILTER (WHERE e.entry_type = 'd' OR e.points < 0), 0),
               count(*), false
        FROM loyalty_data.org x
        LEFT JOIN loyalty_data.ledger_day d ON d.org_id = x.org_id
        JOIN loyalty_data.ledger_entry e ON e.org_id = x.org_id
            AND e.posting_day > COALESCE(d.sealed_day, '-infinity'::date)
        GROUP BY e.org_id, e.posting_day, e.program_id, e.category, e.house_account) f
    JOIN loyalty_data.org o ON o.org_id = f.org_id
    JOIN loyalty_data.program p ON p.org_id = f.org_id
        AND p.program_id = f.program_id
    WHERE f.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.daily_totals FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.daily_totals TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.daily_totals IS
    'What each house account gave (credits) and took (debits) on a posting day: as sealed, or added up where not yet';

CREATE VIEW loyalty.trial_balance WITH (security_barrier) AS
    SELECT o.org, p.program, 'customers' AS account, b.debit, b.credit
    FROM (
        SELECT a.org_id, a.program_id,
               COALESCE(sum(a.balance) FILTER (WHERE a.balance < 0), 0)
                   * (-1) AS debit,
               COALESCE(sum(a.balance) FILTER (WHERE a.balance > 0), 0) AS credit
        FROM loyalty_data.ledger_account a GROUP BY a.org_id, a.program_id) b
    JOIN loyalty_data.org o ON o.org_id = b.org_id
    JOIN loyalty_data.program p ON p.org_id = b.org_id
        AND p.program_id = b.program_id
    WHERE b.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[])
    UNION ALL
    SELECT t.org, t.program, t.house_account, sum(t.credits), sum(t.debits)
    FROM loyalty.daily_totals t GROUP BY t.org, t.program, t.house_account;
REVOKE ALL ON TABLE loyalty.trial_balance FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.trial_balance TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.trial_balance IS
    'Per program: what the customers'' accounts hold against the totals of the house accounts; debits equal credits';

CREATE VIEW loyalty.points_liability_daily WITH (security_barrier) AS
    SELECT r.org, r.program, r.posting_day, r.closing - r.change AS opening, r.issued, r.redeemed,
           r.expired, r.returned, r.adjusted, r.closing, r.is_sealed
    FROM (
        SELECT s.org, s.program, s.posting_day, s.issued, s.redeemed, s.expired, s.returned,
               s.change - s.issued + s.redeemed + s.expired
                   + s.returned AS adjusted,
               s.change, s.is_sealed,
               sum(s.change) OVER (PARTITION BY s.org, s.program ORDER BY s.posting_day) AS closing
        FROM (
            SELECT f.org, f.program, f.posting_day, f.is_sealed,
                   sum(f.credits - f.debits) AS change,
                   COALESCE(sum(f.credits - f.debits)
                       FILTER (WHERE f.house_account = ANY ('{issued,imported}')), 0) AS issued,
                   COALESCE(sum(f.debits - f.credits)
                       FILTER (WHERE f.house_account = 'redeemed'), 0) AS redeemed,
                   COALESCE(sum(f.debits - f.credits)
                       FILTER (WHERE f.house_account = 'expired'), 0) AS expired,
                   COALESCE(sum(f.debits - f.credits)
                       FILTER (WHERE f.house_account = 'returned'), 0) AS returned
            FROM loyalty.daily_totals f GROUP BY f.org, f.program, f.posting_day, f.is_sealed) s) r;
REVOKE ALL ON TABLE loyalty.points_liability_daily FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.points_liability_daily TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.points_liability_daily IS
    'What customers hold per program, rolled forward from posting day to posting day';

CREATE VIEW loyalty.points_expiry_schedule WITH (security_barrier) AS
    SELECT o.org, COALESCE(c.merged_into, c.customer_id) AS customer_id, l.customer_id AS original_customer_id, p.program,
           loyalty_data.ledger_word(l.category, 'category') AS category, l.lot_id, l.expires_at,
           loyalty_data.last_day(l.expires_at, o.time_zone) AS last_day,
           l.remaining AS points, l.redeemable_from, l.awarded_at
    FROM loyalty_data.points_lot l
    JOIN loyalty_data.org o ON o.org_id = l.org_id
    JOIN loyalty_data.program p ON p.org_id = l.org_id
        AND p.program_id = l.program_id
    JOIN loyalty_data.customer c ON c.org_id = l.org_id
        AND c.customer_id = l.customer_id
    WHERE l.is_open AND l.expires_at IS NOT NULL
      AND l.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.points_expiry_schedule FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.points_expiry_schedule TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.points_expiry_schedule IS
    'Every open lot that will expire: whose, when, and how many points';

CREATE VIEW loyalty.points_forecast WITH (security_barrier) AS
    SELECT s.org, s.program, s.category, s.last_day, sum(s.points) AS points,
           count(DISTINCT s.customer_id) AS customers
    FROM loyalty.points_expiry_schedule s
    GROUP BY s.org, s.program, s.category, s.last_day;
REVOKE ALL ON TABLE loyalty.points_forecast FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.points_forecast TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.points_forecast IS
    'How many points expire after which day, per program and category, as lots are open now';

CREATE VIEW loyalty.customer_points WITH (security_barrier) AS
    SELECT o.org, COALESCE(c.merged_into, c.customer_id) AS customer_id, c.customer_id AS original_customer_id,
           p.program, loyalty_data.ledger_word(a.category, 'category') AS category, a.balance, a.arrears,
           a.lifetime_points, a.redeemed_points, a.expired_points, a.returned_points, a.last_entry_no,
           a.last_effective_at, (a.last_effective_at AT TIME ZONE o.time_zone)::date AS last_effective_date,
           a.next_expiry_at, loyalty_data.last_day(a.next_expiry_at, o.time_zone) AS next_last_day
    FROM loyalty_data.customer c
    CROSS JOIN LATERAL (
        SELECT w.* FROM loyalty_data.ledger_account w
        WHERE w.org_id = c.org_id AND w.customer_id = c.customer_id OFFSET 0) a
    JOIN loyalty_data.org o ON o.org_id = a.org_id
    JOIN loyalty_data.program p ON p.org_id = a.org_id
        AND p.program_id = a.program_id
    WHERE c.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.customer_points FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.customer_points TO loyalty_admin, loyalty_agent, loyalty_analyst;
COMMENT ON VIEW loyalty.customer_points IS
    'One row an account: balance and counters as they stand posted';

COMMENT ON COLUMN loyalty.points_ledger_entries.customer_id IS
    'The owner of today: the survivor, where the customer was merged';
COMMENT ON COLUMN loyalty.lot_trace.customer_id IS
    'The owner of today: the survivor, where the customer was merged';
COMMENT ON COLUMN loyalty.points_expiry_schedule.customer_id IS
    'The owner of today: the survivor, where the customer was merged';
COMMENT ON COLUMN loyalty.customer_points.customer_id IS
    'The owner of today: the survivor, where the customer was merged';
