-- For the examples of docs/sender.md: a brand with two units in Singapore.
\ir common.sql
SELECT loyalty.create_org('acme', 'Acme', 'Asia/Singapore', 'SG');
SELECT loyalty.create_org_unit('acme', 'north', 'North');
SELECT loyalty.create_org_unit('acme', 'south', 'South');
SELECT loyalty.create_message_template('acme', 'limit', 'email', '{{left}} coupons are left.', 'Coupons run out', variable_names => '{left}');
\o
