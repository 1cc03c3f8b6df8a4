-- For the examples of docs/message.md: a brand in Singapore with senders and templates, and two customers.
\ir common.sql
SET loyalty.clock = '2024-05-02 02:00:00+00';
SELECT loyalty.create_org('acme', 'Acme', 'Asia/Singapore', 'SG');
SELECT loyalty.create_sender('acme', 'ACME', 'mobile', is_default => true);
SELECT loyalty.create_sender('acme', '+6591110000', 'whatsapp', is_default => true);
SELECT loyalty.create_message_template('acme', 'paid', 'whatsapp', 'Thank you for paying {{1}} for {{2}}.', header_id => 'ACME');
SELECT loyalty.submit_message_template('acme', 'paid'), loyalty.set_template_status('acme', 'paid', 'approved', external_template_id => 'T-1');
SELECT loyalty.create_message_template('acme', 'welcome', 'mobile', 'Welcome, {{first_name}}!', variable_names => '{first_name}');
SELECT customer_id AS ann FROM loyalty.register_customer('acme', mobile => '+6591234567', email => 'ann@example.com') \gset
SELECT customer_id AS bob FROM loyalty.register_customer('acme', mobile => '+6598765432') \gset
\o
