-- For the examples of docs/delivery.md: a brand in Singapore, a customer, and three messages that a worker has sent, or is
-- about to acknowledge: rows as the outbox writes them, whose ids are the same every day.
\ir common.sql
SET loyalty.clock = '2022-02-03 19:30:00+00';
SELECT loyalty.create_org('lagoon', 'Lagoon', 'Asia/Singapore', 'SG');
SELECT loyalty.create_program('lagoon', 'base', 'Base');
SELECT loyalty.create_store('lagoon', 'quay', 'Quay'), loyalty.create_till('lagoon', 'quay-1', 'quay');
SELECT customer_id AS ann FROM loyalty.register_customer('lagoon', '91230001', first_name => 'Ann', till => 'quay-1',
    registered_on => '2022-01-01') \gset
SELECT loyalty.set_subscription('lagoon', :ann, 'mobile', 'promotional', true, '2022-02-01 02:00:00+00', 'form at the till');
INSERT INTO loyalty_data.message SELECT (jsonb_populate_record(NULL::loyalty_data.message, jsonb_build_object('org_id', o.org_id,
    'customer_id', :ann, 'message_id', n, 'created_at', loyalty.clock(), 'not_before', loyalty.clock(), 'changed_at', loyalty.clock(),
    'attempts', 1, 'purpose', 'p', 'state', 's', 'channel', 'mobile', 'parts', n, 'campaign', 'spring',
    'is_about_deletion', false))).* FROM loyalty_data.org o, generate_series(1, 2) n WHERE o.org = 'lagoon';
INSERT INTO loyalty_data.message_body (customer_id, message_id, org_id, key_id, is_address_given, address, body)
    SELECT :ann, n, o.org_id, 0, false, '+6591230001', 'Hello ' || n FROM loyalty_data.org o, generate_series(1, 2) n WHERE o.org = 'lagoon';
INSERT INTO loyalty_data.provider_message (customer_id, message_id, org_id, bsp_account_id, provider_message_id)
    SELECT :ann, n, o.org_id, 0, 'SM-' || n FROM loyalty_data.org o, generate_series(1, 2) n WHERE o.org = 'lagoon';
SET loyalty.clock = '2022-02-03 19:45:00+00';
\o
