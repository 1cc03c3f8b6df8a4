-- The yardstick: earning and redeeming as a careful PL/pgSQL programmer would write them, on tables and indexes
-- like the extension's, and nothing else: no access check, no judging of arguments, no expiry, no idempotency,
-- no hash, no guard. Run after setup.sql, by a superuser.
SET client_min_messages = warning;

CREATE SCHEMA plain AUTHORIZATION bench;
CREATE SEQUENCE plain.id_seq OWNED BY NONE START 1000000000;
ALTER SEQUENCE plain.id_seq OWNER TO bench;

-- Copies with all indexes, constraints and storage settings, and the opening rows that registration left.
DO $$
DECLARE
    name text;
    settings text;
BEGIN
    FOREACH name IN ARRAY ARRAY['customer', 'identifier', 'ledger_account', 'ledger_event', 'ledger_entry', 'points_lot',
        'lot_movement']
    LOOP
        EXECUTE format('CREATE TABLE plain.%I (LIKE loyalty_data.%I INCLUDING ALL)', name, name);
        SELECT array_to_string(c.reloptions, ', ') INTO settings
        FROM pg_class c WHERE c.oid = format('loyalty_data.%I', name)::regclass;
        IF settings IS NOT NULL THEN
            EXECUTE format('ALTER TABLE plain.%I SET (%s)', name, settings);
        END IF;
        EXECUTE format('INSERT INTO plain.%I SELECT * FROM loyalty_data.%I', name, name);
        EXECUTE format('ALTER TABLE plain.%I OWNER TO bench', name);
    END LOOP;
END
$$;

SET ROLE bench;

CREATE FUNCTION plain.earn_points(p_org int, p_customer bigint, p_program int, p_points numeric,
    OUT event_id bigint, OUT lot_id bigint, OUT points numeric, OUT current_points numeric, OUT expires_at timestamptz)
    LANGUAGE plpgsql AS $$
DECLARE
    at timestamptz := now();
    account plain.ledger_account;
BEGIN
    PERFORM FROM plain.customer c WHERE c.org_id = p_org AND c.customer_id = p_customer FOR NO KEY UPDATE;
    SELECT a.* INTO STRICT account FROM plain.ledger_account a
    WHERE a.org_id = p_org AND a.customer_id = p_customer AND a.program_id = p_program AND a.category = 'r';

    event_id := nextval('plain.id_seq');
    lot_id := nextval('plain.id_seq');
    points := p_points;
    current_points := account.balance + p_points;
    expires_at := (date_trunc('month', at AT TIME ZONE 'UTC') + interval '13 months') AT TIME ZONE 'UTC';

    INSERT INTO plain.points_lot (customer_id, lot_id, awarded_at, org_id, program_id, entry_no, category, award_type,
        expiry_type, is_open, points, remaining, expires_at)
    VALUES (p_customer, lot_id, at, p_org, p_program, account.last_entry_no + 1, 'r', 'r', 'f', true, p_points,
        p_points, expires_at);
    INSERT INTO plain.ledger_entry (customer_id, event_id, effective_at, event_time, recorded_at, org_id, program_id,
        entry_no, posting_day, key_id, event_code, category, entry_type, house_account, hash_version, points, balance_after,
        entry_hash)
    VALUES (p_customer, event_id, at, at, at, p_org, p_program, account.last_entry_no + 1, (at AT TIME ZONE 'UTC')::date,
        0, 11, 'r', 'c', 'i', '1', p_points, current_points, '\x00000000000000000000000000000000');
    UPDATE plain.ledger_account a
    SET balance = a.balance + p_points, lifetime_points = a.lifetime_points + p_points,
        last_entry_no = a.last_entry_no + 1, last_effective_at = at, last_recorded_at = at,
        last_hash = '\x00000000000000000000000000000000',
        next_expiry_at = least(a.next_expiry_at, earn_points.expires_at)
    WHERE a.org_id = p_org AND a.customer_id = p_customer AND a.program_id = p_program AND a.category = 'r';
END
$$;

CREATE FUNCTION plain.redeem_points(p_org int, p_customer bigint, p_program int, p_points numeric,
    OUT event_id bigint, OUT redemption_id text, OUT points numeric, OUT current_points numeric)
    LANGUAGE plpgsql AS $$
DECLARE
    at timestamptz := now();
    account plain.ledger_account;
    lot record;
    rest numeric := p_points;
    part numeric;
BEGIN
    PERFORM FROM plain.customer c WHERE c.org_id = p_org AND c.customer_id = p_customer FOR NO KEY UPDATE;
    SELECT a.* INTO STRICT account FROM plain.ledger_account a
    WHERE a.org_id = p_org AND a.customer_id = p_customer AND a.program_id = p_program AND a.category = 'r';

    event_id := nextval('plain.id_seq');
    redemption_id := upper(substr(md5(random()::text), 1, 6));
    points := p_points;
    current_points := account.balance - p_points;

    INSERT INTO plain.ledger_event (customer_id, event_id, event_time, recorded_at, org_id, event_code, redemption_id,
        net_points)
    VALUES (p_customer, event_id, at, at, p_org, 30, redemption_id, -p_points);
    FOR lot IN
        SELECT l.lot_id, l.remaining FROM plain.points_lot l
        WHERE l.org_id = p_org AND l.customer_id = p_customer AND l.program_id = p_program AND l.category = 'r'
            AND l.is_open
        ORDER BY l.expires_at, l.awarded_at, l.lot_id
    LOOP
        part := least(rest, lot.remaining);
        UPDATE plain.points_lot l SET is_open = l.remaining > part, remaining = l.remaining - part,
            redeemed = l.redeemed + part
        WHERE l.org_id = p_org AND l.customer_id = p_customer AND l.lot_id = lot.lot_id;
        INSERT INTO plain.lot_movement (customer_id, lot_id, event_id, org_id, entry_no, movement_type, points)
        VALUES (p_customer, lot.lot_id, event_id, p_org, account.last_entry_no + 1, 'r', part);
        rest := rest - part;
        EXIT WHEN rest = 0;
    END LOOP;
    IF rest > 0 THEN
        RAISE EXCEPTION 'not enough points';
    END IF;
    INSERT INTO plain.ledger_entry (customer_id, event_id, effective_at, org_id, program_id, entry_no, posting_day,
        key_id, category, entry_type, house_account, hash_version, points, balance_after, entry_hash)
    VALUES (p_customer, event_id, at, p_org, p_program, account.last_entry_no + 1, (at AT TIME ZONE 'UTC')::date,
        0, 'r', 'd', 'r', '1', p_points, current_points, '\x00000000000000000000000000000000');
    UPDATE plain.ledger_account a
    SET balance = a.balance - p_points, redeemed_points = a.redeemed_points + p_points,
        last_entry_no = a.last_entry_no + 1, last_effective_at = at, last_recorded_at = at,
        last_hash = '\x00000000000000000000000000000000'
    WHERE a.org_id = p_org AND a.customer_id = p_customer AND a.program_id = p_program AND a.category = 'r';
END
$$;
RESET ROLE;

-- What bench.top_up does, for the plain tables.
CREATE PROCEDURE plain.top_up(first_n int, last_n int, lots int) LANGUAGE plpgsql AS $$
DECLARE
    owner record;
    done int := 0;
BEGIN
    FOR owner IN
        SELECT a.org_id, a.customer_id, a.program_id, count(l.lot_id) AS open_lots
        FROM bench.customer c JOIN plain.ledger_account a ON a.customer_id = c.customer_id AND a.category = 'r'
        LEFT JOIN plain.points_lot l ON l.customer_id = c.customer_id AND l.category = 'r' AND l.is_open
        WHERE c.n BETWEEN first_n AND last_n
        GROUP BY a.org_id, a.customer_id, a.program_id HAVING count(l.lot_id) < lots
    LOOP
        FOR i IN owner.open_lots + 1 .. lots LOOP
            PERFORM plain.earn_points(owner.org_id, owner.customer_id, owner.program_id,
                CASE WHEN i = 1 THEN 5 ELSE 10 END);
        END LOOP;
        done := done + 1;
        IF done % 100 = 0 THEN
            COMMIT;
        END IF;
    END LOOP;
END
$$;
