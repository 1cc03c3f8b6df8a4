CREATE VIEW loyalty.event_subscribers WITH (security_barrier) AS
    SELECT o.org, s.subscriber, CASE s.state WHEN 'a' THEN 'active' WHEN 'p' THEN 'paused' ELSE 'retired' END AS state,
           s.endpoint, s.event_names, s.include_identifiers AS has_identifiers, s.secret IS NOT NULL AS is_signed
    FROM loyalty_data.event_subscriber s
    JOIN loyalty_data.org o ON o.org_id = s.org_id
    WHERE s.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]);
REVOKE ALL ON TABLE loyalty.event_subscribers FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.event_subscribers TO loyalty_admin, loyalty_gateway;
COMMENT ON VIEW loyalty.event_subscribers IS
    'Who is told what happens in each org, and where';

CREATE VIEW loyalty.event_backlog WITH (security_barrier) AS
    SELECT o.org, s.subscriber, COALESCE(h.customers, 0) AS customers, COALESCE(h.waiting, 0) AS waiting,
           h.oldest_at, COALESCE(h.most_attempts, 0) AS most_attempts, COALESCE(x.dead, 0) AS dead
    FROM loyalty_data.event_subscriber s
    JOIN loyalty_data.org o ON o.org_id = s.org_id
    LEFT JOIN LATERAL (
        SELECT count(*) AS customers, sum(h.last_no - h.next_no + 1)::int8 AS waiting, min(d.recorded_at) AS oldest_at,
               max(h.attempts)::int4 AS most_attempts
        FROM loyalty_data.event_head h
        JOIN loyalty_data.event_delivery d ON d.org_id = h.org_id AND d.customer_id = h.customer_id
            AND d.subscriber_id = h.subscriber_id AND d.event_no = h.next_no
        WHERE h.org_id = s.org_id AND h.subscriber_id = s.subscriber_id AND h.is_waiting) h ON true
    LEFT JOIN LATERAL (
        SELECT sum(z.dead) AS dead
        FROM loyalty_data.event_head z
        WHERE z.org_id = s.org_id AND z.subscriber_id = s.subscriber_id AND z.dead > 0) x ON true
    WHERE s.org_id = ANY ((SELECT loyalty.visible_orgs())::int4[]) AND s.state <> 'r';
REVOKE ALL ON TABLE loyalty.event_backlog FROM PUBLIC;
GRANT SELECT ON TABLE loyalty.event_backlog TO loyalty_admin, loyalty_analyst, loyalty_gateway;
COMMENT ON VIEW loyalty.event_backlog IS
    'How many events wait for each subscriber, of how many customers, since when, how often the unluckiest was tried, and how many are dead';
