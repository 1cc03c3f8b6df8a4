-- For the examples of docs/voucher.md: a brand in Berlin that sells gift vouchers in euros, with a till and a program, 40 of whose points
-- are worth a euro; Ann has points. Ids are those of a fresh database.
\ir common.sql
SET loyalty.clock = '2024-05-02 08:00:00+00';
SELECT loyalty.create_org('acme', 'Acme', 'Europe/Berlin', 'DE', 'EUR');
SELECT loyalty.create_store('acme', 'mitte', 'Mitte');
SELECT loyalty.create_till('acme', 'till-1', 'mitte');
SELECT loyalty.set_config('acme', 'CONF_GIFT_CARD_ENABLED', 'true');
SELECT loyalty.create_program('acme', 'stars', 'Stars');
SELECT loyalty.set_redemption_rules('acme', 'stars', points_per_currency_unit => 40);
SELECT customer_id AS ann FROM loyalty.register_customer('acme', mobile => '+4915112345678') \gset
SELECT event_id FROM loyalty.earn_points('acme', :ann, 1000);
\o
