-- The demo's database: run once, by a superuser, in a new one. All that follows is done by role demo.
SET client_min_messages = warning;

CREATE EXTENSION loyalty;
CREATE ROLE demo LOGIN IN ROLE loyalty_admin, loyalty_agent, loyalty_pos, loyalty_analyst;
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

-- Loads the customers that hash to this part, one after the other, each one's bills by date.
CREATE PROCEDURE demo.load_bills(part int, parts int, batch int) LANGUAGE plpgsql AS $$
DECLARE
    bill record;
    known text := '';
    customer bigint;
    current_balance numeric;
    loaded int := 0;
BEGIN
    FOR bill IN
        SELECT b.external_id, b.transaction_number, b.amount,
               b.transaction_date::timestamp AT TIME ZONE 'UTC' AS event_time
        FROM demo.bill b
        WHERE (hashtext(b.external_id) & 2147483647) % parts = part
        ORDER BY b.external_id, b.transaction_date, b.bill_no
    LOOP
        IF bill.external_id <> known THEN
            SELECT r.customer_id INTO STRICT customer
            FROM loyalty.register_customer('cdnow', external_id => bill.external_id,
                registered_on => bill.event_time) r;
            INSERT INTO demo.customer VALUES (bill.external_id, customer, bill.event_time);
            known := bill.external_id;
        END IF;

        SELECT t.current_points INTO STRICT current_balance
        FROM loyalty.add_transaction('cdnow', customer, bill.transaction_number, bill.amount,
            event_time => bill.event_time) t;
        IF current_balance >= 200 THEN
            PERFORM loyalty.redeem_points('cdnow', customer, floor(current_balance / 100) * 100,
                event_time => bill.event_time, transaction_number => bill.transaction_number);
        END IF;

        loaded := loaded + 1;
        IF loaded % batch = 0 THEN
            COMMIT;
            RAISE NOTICE 'loaded %', batch;
        END IF;
    END LOOP;
    COMMIT;
    RAISE NOTICE 'loaded %', loaded % batch;
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
        EXIT WHEN NOT FOUND OR NOT entry.more;
        next_page := entry.next_key;
    END LOOP;
END
$$;
