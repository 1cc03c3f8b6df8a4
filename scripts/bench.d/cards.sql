-- One measurement of the card numbers, in numbers a second; psql variable: what.
SET client_min_messages = error;
SELECT :'what' = 'check_digits' AS check_digits, :'what' = 'check_digits_plain' AS check_digits_plain,
       :'what' = 'generate_cards' AS generate_cards \gset
SELECT to_regclass('bench.card') IS NULL AS prepare \gset
\if :prepare
SELECT loyalty.set_config('bench', 'CONF_CARD_NUMBER_GENERATION_ENABLED', 'true') \g /dev/null
SELECT loyalty.create_card_series('bench', 'cards', 'Cards', length => 16, prefix => '4000') \g /dev/null
CREATE TABLE bench.card (LIKE loyalty_data.card INCLUDING ALL);
CREATE TABLE bench.fresh_card (LIKE loyalty_data.card);
\endif
\if :check_digits
SELECT clock_timestamp() AS began \gset
SELECT count(loyalty.luhn_check_digit(n::text)) AS n FROM generate_series(400000000000000, 400000000000000 + 1999999) n \gset
\elif :check_digits_plain
SELECT clock_timestamp() AS began \gset
SELECT count(right(n::text, 1)) AS n FROM generate_series(400000000000000, 400000000000000 + 1999999) n \gset
\elif :generate_cards
SELECT clock_timestamp() AS began \gset
SELECT loyalty.generate_cards('bench', 'cards', 100000) AS n \gset
\else
-- The rows of the last call, in the order in which it wrote them, into a table as full and with the same indexes.
TRUNCATE bench.fresh_card;
INSERT INTO bench.fresh_card SELECT * FROM loyalty_data.card WHERE card_id > COALESCE((SELECT max(card_id) FROM bench.card), 0)
    ORDER BY card_id;
ANALYZE bench.fresh_card;
SELECT count(*) AS n, clock_timestamp() AS began FROM bench.fresh_card \gset
INSERT INTO bench.card SELECT * FROM bench.fresh_card;
\endif
SELECT :n / extract(epoch FROM clock_timestamp() - :'began');
