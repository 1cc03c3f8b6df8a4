-- Customers: registering them and finding them, as docs/customer.md tells of it.
\getenv test PG_ABS_SRCDIR
\i :test/fixtures/story.sql
RESET DateStyle;
SET loyalty.clock = '2024-05-02 10:00:00+00';
SELECT pg_temp.new_org('lagoon', 'beans', tills => '{marina-1}', store => 'marina',
    zone => 'Asia/Singapore', country => 'SG');

-- What the tables know of a customer, without ids.
CREATE VIEW customers AS
    SELECT p.first_name, c.registered_on, t.till, s.source, c.loyalty_type,
           (SELECT count(*) FROM loyalty_data.ledger_account a WHERE a.customer_id = c.customer_id) AS accounts
    FROM loyalty_data.customer c
    JOIN loyalty_data.source s ON s.source_id = c.registered_source_id
    LEFT JOIN loyalty_data.till t ON t.org_id = c.org_id AND t.till_id = c.registered_till_id
    LEFT JOIN loyalty_data.profile p ON p.org_id = c.org_id AND p.customer_id = c.customer_id
        AND p.source_id = c.registered_source_id;
CREATE VIEW identifiers AS
    SELECT p.first_name, h.identifier_type, h.identifier_value, i.customer_id IS NOT NULL AS is_key, h.held_from
    FROM loyalty_data.customer_identifier h
    JOIN loyalty_data.profile p USING (org_id, customer_id)
    LEFT JOIN loyalty_data.identifier i USING (org_id, customer_id, identifier_type, identifier_value)
    WHERE p.source_id = 1;

-- Nobody has this mobile: a customer is created, with accounts in the program, and found by it.
SELECT customer_id AS ann, outcome, warnings FROM loyalty.register_customer('lagoon', mobile => '9123 4567',
    email => 'Ann@Example.com', first_name => 'Ann', last_name => 'Lim', till => 'marina-1') \gset
SELECT :'outcome' AS outcome, :'warnings' AS warnings;
SELECT * FROM customers;
SELECT * FROM identifiers ORDER BY identifier_type;
SELECT loyalty.find_customer('lagoon', 'mobile', '+65 9123-4567') = :ann AS found;

-- A mobile is one number however it is written; the org's base country needs no code. Nobody else has it.
SELECT written, loyalty.find_customer('lagoon', 'mobile', written) = :ann AS found
FROM unnest(ARRAY['91234567', '6591234567', '+6591234567', '006591234567', '(+65) 9123.4567', '9123 4568',
    '+60 12-345 6789', '9123 456', '9123 4567 ext. 1', 'nine', '']) written;

-- The same mobile again: the customer is brought up to date. What it lacks is attached, names replace names.
SELECT customer_id = :ann AS same, outcome, warnings FROM loyalty.register_customer('lagoon',
    mobile => '+65 9123 4567', external_id => ' A-17 ', first_name => 'Anne', registered_on => '2024-05-01 09:30+08');
SELECT first_name, last_name, mobile, email, external_id FROM loyalty.customer_profiles;
SELECT * FROM identifiers ORDER BY identifier_type;
SELECT loyalty.find_customer('lagoon', 'external_id', 'A-17') = :ann AS found,
       loyalty.find_customer('lagoon', 'external_id', 'a-17') = :ann AS found_in_another_case;

-- What it has already stays, and the answer says so.
SELECT customer_id = :ann AS same, outcome, warnings FROM loyalty.register_customer('lagoon',
    mobile => '9123 4567', external_id => 'A-18', email => 'anne@example.org');
SELECT loyalty.find_customer('lagoon', 'external_id', 'A-18');
SELECT loyalty.find_customer('lagoon', 'external_id', 'A-17') = :ann AS found;

-- Identifiers of different customers do not make one customer.
SELECT customer_id AS bob, outcome FROM loyalty.register_customer('lagoon', mobile => '8123 4567',
    external_id => 'B-1', first_name => 'Bob') \gset
\set VERBOSITY terse
SELECT * FROM loyalty.register_customer('lagoon', mobile => '9123 4567', external_id => 'B-1');
SELECT * FROM loyalty.register_customer('lagoon', mobile => '8111 1111', external_id => 'B-1');
\set VERBOSITY default
SELECT count(*) FROM customers;

-- An e-mail is contact data: several may have it, and it finds a customer only where one has it.
SELECT loyalty.find_customer('lagoon', 'email', 'ANN@example.com ') = :ann AS found;
SELECT customer_id = :bob AS same, outcome, warnings FROM loyalty.register_customer('lagoon', mobile => '8123 4567',
    email => 'ann@example.com');
SELECT loyalty.find_customer('lagoon', 'email', 'ann@example.com');

-- A campaign user is known, but has no accounts until it is enrolled.
SELECT outcome FROM loyalty.register_customer('lagoon', mobile => '8222 2222', first_name => 'Cho',
    loyalty_type => 'non_loyalty');
SELECT first_name, loyalty_type, accounts FROM customers WHERE first_name = 'Cho';
SELECT outcome FROM loyalty.register_customer('lagoon', mobile => '8222 2222', loyalty_type => 'non_loyalty',
    last_name => 'Min');
SELECT loyalty.set_config('lagoon', 'CONF_CLIENT_V2_API_ENABLED', 'true');
SELECT outcome FROM loyalty.register_customer('lagoon', mobile => '8222 2222', source => 'E-COMMERCE',
    account_id => 'web-1', last_name => 'Min-ji');
SELECT first_name, loyalty_type, accounts FROM customers WHERE first_name = 'Cho';
\set VERBOSITY terse
SELECT outcome FROM loyalty.register_customer('lagoon', mobile => '8222 2222', loyalty_type => 'non_loyalty');
\set VERBOSITY default

-- One profile for each source and account.
SELECT p.source, p.account_id, p.first_name, p.last_name, p.mobile
FROM loyalty.customer_profiles p WHERE p.mobile = '+6582222222' ORDER BY p.source;

-- A repeat with the same idempotency key gives the first answer and writes nothing.
SELECT customer_id AS dee, outcome FROM loyalty.register_customer('lagoon', mobile => '8333 3333',
    first_name => 'Dee', idempotency_key => 'reg-1') \gset
SELECT customer_id = :dee AS same, outcome, warnings FROM loyalty.register_customer('lagoon', mobile => '8333 3333',
    first_name => 'Dee', idempotency_key => 'reg-1');
SELECT customer_id = :ann AS same, outcome, warnings FROM loyalty.register_customer('lagoon', mobile => '9123 4567',
    external_id => 'A-19', idempotency_key => 'reg-2');
SELECT customer_id = :ann AS same, outcome, warnings FROM loyalty.register_customer('lagoon', mobile => '9123 4567',
    external_id => 'A-19', idempotency_key => 'reg-2');
SELECT * FROM loyalty.register_customer('lagoon', mobile => '8333 3334', first_name => 'Dee',
    idempotency_key => 'reg-1');

-- History can be loaded: registered_on may be any time in the past.
SELECT outcome FROM loyalty.register_customer('lagoon', mobile => '8444 4444', first_name => 'Eve',
    registered_on => '1997-01-12 00:00+00');
SELECT first_name, registered_on FROM customers WHERE first_name = 'Eve';

-- An org without base country takes numbers of any country, but with their code.
SELECT loyalty.create_org('atlas', 'Atlas Books');
SELECT outcome FROM loyalty.register_customer('atlas', mobile => '+44 (0)7911 123456');
SELECT identifier_value FROM loyalty_data.identifier WHERE identifier_value LIKE '+44%';
SELECT outcome FROM loyalty.register_customer('atlas', mobile => '07911 123456');

-- Which identifiers a registration needs is configuration.
SELECT outcome FROM loyalty.register_customer('atlas', external_id => '4711');
SELECT loyalty.set_config('atlas', 'CONF_REGISTRATION_PRIMARY_KEY', 'external_id');
SELECT outcome FROM loyalty.register_customer('atlas', external_id => '4711');
SELECT outcome FROM loyalty.register_customer('atlas', external_id => '4711');
SELECT loyalty.set_config('atlas', 'CONF_USERS_IS_EMAIL_REQUIRED', 'true');
SELECT outcome FROM loyalty.register_customer('atlas', external_id => '4712');
SELECT outcome FROM loyalty.register_customer('atlas', external_id => '4712', email => 'four@example.com');

-- With unique e-mails an e-mail is a key like the others.
SELECT loyalty.set_config('atlas', 'CONF_USERS_IS_EMAIL_UNIQUE', 'true');
SELECT loyalty.set_config('atlas', 'CONF_ALLOW_REGISTRATION_FROM_ANY_IDENTIFIERS', 'true');
SELECT outcome FROM loyalty.register_customer('atlas', email => 'FOUR@example.com', mobile => '+65 9123 4567');
SELECT loyalty.find_customer('atlas', 'email', 'four@example.com')
     = loyalty.find_customer('atlas', 'mobile', '+6591234567') AS same;

SELECT bool_and(ok) FROM loyalty.verify_ledger('lagoon');
DROP VIEW customers, identifiers;
DROP EXTENSION loyalty;
