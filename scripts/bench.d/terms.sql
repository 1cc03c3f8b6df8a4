-- What row profile stands on, after setup.sql: every customer takes part in a program that asks for three things, one of which is missing,
-- so that each change of a profile asks for all three.
SET client_min_messages = warning;
SELECT loyalty.define_field('bench', 'custom', 'customer', 'birthplace', 'text') \g /dev/null
SELECT loyalty.set_participation_rules('bench', 'points', terms => '{first_name,mobile,customer.birthplace}') \g /dev/null
DO $$ BEGIN
    PERFORM loyalty.set_participation_status('bench', customer_id, 'not_confirmed') FROM bench.customer;
END $$;
VACUUM FULL loyalty_data.ledger_account;
VACUUM (ANALYZE);
