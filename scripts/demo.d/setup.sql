-- The demo's database: run once, by a superuser, in a new one. All that follows is done by role demo.
SET client_min_messages = warning;

CREATE EXTENSION loyalty;
CREATE ROLE demo LOGIN IN ROLE loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst, loyalty_gateway;
CREATE SCHEMA demo AUTHORIZATION demo;
SET ROLE demo;

-- The org and its one program. Its customers are known by the shop's own number alone.
DO $$
BEGIN
    PERFORM loyalty.create_org('cdnow', 'CDNOW', time_zone => 'UTC');
    PERFORM loyalty.create_program('cdnow', 'points', 'One point per whole unit', points_per_unit => 1, decimals => 0,
        rounding => 'floor', expiry_unit => 'months', expiry_value => 12);
    PERFORM loyalty.set_config('cdnow', 'CONF_REGISTRATION_PRIMARY_KEY', 'external_id');
END
$$;

-- What is said to customers, and who is told what they did.
DO $$
BEGIN
    PERFORM loyalty.create_message_template('cdnow', 'points_end', 'email', purpose => 'promotional',
        subject => '{{points}} of your points end on {{last_day}}',
        variable_names => '{points,last_day,customer}',
        blocks => '[{"type": "title", "level": 1, "text": "Your points are waiting"},
            {"type": "paragraph", "text": "Dear customer {{customer}}, {{points}} of your points can be used until {{last_day}}. After that day they are gone."},
            {"type": "list", "list_type": "disc", "items": ["A hundred points are worth a voucher.", "They go with any purchase."]},
            {"type": "paragraph", "text": "See you soon, your shop"}]');
    PERFORM loyalty.create_event_subscriber('cdnow', 'crm', 'https://crm.example.com/hooks/loyalty',
        event_names => '{customer_registration,points_redemption,points_expiry}');
END
$$;

-- The file as it is, in its own order; and which customer the API made of whom.
CREATE TABLE demo.bill (
    bill_no             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    transaction_number  text NOT NULL,
    external_id         text COLLATE "C" NOT NULL,
    transaction_date    date NOT NULL,
    quantity            int NOT NULL,
    amount              numeric NOT NULL
);
CREATE TABLE demo.customer (
    external_id         text COLLATE "C" PRIMARY KEY,
    customer_id         bigint NOT NULL,
    registered_on       timestamptz NOT NULL
);

-- The bills in steps: every customer's first, every customer's second, and so on. A step's bills follow each other in the
-- numbers of its lines, and the view shows the source as far as the steps have come.
CREATE TABLE demo.step_bill (
    line_no             bigint PRIMARY KEY,
    step                int NOT NULL,
    external_id         text NOT NULL,
    transaction_number  text NOT NULL,
    amount              numeric NOT NULL,
    event_time          timestamptz NOT NULL
);
CREATE TABLE demo.progress (step int NOT NULL);
INSERT INTO demo.progress VALUES (0);
CREATE VIEW demo.due_bill AS
    SELECT s.line_no, s.external_id, s.transaction_number, s.amount, s.event_time FROM demo.step_bill s
    WHERE s.step <= (SELECT p.step FROM demo.progress p);

CREATE PROCEDURE demo.number_bills() LANGUAGE sql AS $$
    INSERT INTO demo.step_bill
    SELECT row_number() OVER (ORDER BY b.step, b.event_time, b.bill_no), b.step, b.external_id, b.transaction_number,
           b.amount, b.event_time
    FROM (SELECT b.*, b.transaction_date::timestamp AT TIME ZONE 'UTC' AS event_time,
              row_number() OVER (PARTITION BY b.external_id ORDER BY b.transaction_date, b.bill_no) AS step
          FROM demo.bill b) b;
$$;

-- The policy after a step's bills: a balance of 200 or more is spent in hundreds, on the bill just made.
CREATE FUNCTION demo.redeem_step(asked int) RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FROM loyalty.redeem_points_batch('cdnow', ARRAY(
        SELECT ROW(c.customer_id, floor(b.current_points / 100) * 100, s.transaction_number, NULL, NULL, NULL,
            s.event_time, NULL, NULL, NULL, NULL, NULL, NULL, NULL)::loyalty.redeem_item
        FROM demo.step_bill s JOIN demo.customer c ON c.external_id = s.external_id
        CROSS JOIN LATERAL loyalty.points_balance('cdnow', c.customer_id, as_of => s.event_time) b
        WHERE s.step = asked AND b.current_points >= 200
        ORDER BY s.line_no))
$$;

-- A step is loaded, then what it made due is redeemed; every part commits by itself.
CREATE PROCEDURE demo.load_bills(batch int) LANGUAGE plpgsql AS $$
DECLARE
    steps int := (SELECT max(s.step) FROM demo.step_bill s);
BEGIN
    FOR n IN 1 .. steps LOOP
        UPDATE demo.progress SET step = n;
        COMMIT;
        CALL loyalty.load_transactions('cdnow', 'demo.due_bill', batch);
        IF n = 1 THEN
            INSERT INTO demo.customer
            SELECT s.external_id, loyalty.find_customer('cdnow', 'external_id', s.external_id), s.event_time
            FROM demo.step_bill s WHERE s.step = 1;
        END IF;
        PERFORM demo.redeem_step(n);
        COMMIT;
    END LOOP;
END
$$;

-- The whole statement of an account, page after page.
CREATE FUNCTION demo.statement(customer bigint, from_time timestamptz, to_time timestamptz, page_size int)
    RETURNS TABLE (page int, event_time timestamptz, event_name text, entry_type text, points numeric,
        balance_after numeric, transaction_number text, redemption_id text)
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    entry record;
    next_page text;
BEGIN
    page := 0;
    LOOP
        page := page + 1;
        FOR entry IN
            SELECT * FROM loyalty.points_ledger('cdnow', customer, category => 'regular',
                from_time => statement.from_time, to_time => statement.to_time, newest_first => false,
                page_size => statement.page_size, after_key => next_page)
        LOOP
            event_time := entry.event_time;
            event_name := entry.event_name;
            entry_type := entry.entry_type;
            points := entry.points;
            balance_after := entry.balance_after;
            transaction_number := entry.transaction_number;
            redemption_id := entry.redemption_id;
            RETURN NEXT;
        END LOOP;
        EXIT WHEN NOT FOUND OR NOT entry.has_more;
        next_page := entry.next_key;
    END LOOP;
END
$$;
