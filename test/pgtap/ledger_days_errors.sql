-- Every error of promised points, closing and reading, by its SQLSTATE; and that a refused call writes nothing. Not in
-- one transaction, since procedures that commit are among them.
\set ON_ERROR_STOP 1
SET client_min_messages = warning;
SET TimeZone = 'UTC';
SET loyalty.clock = '2024-05-02 10:00:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql

SELECT pg_temp.new_org('acme', 'base', tills => '{till}', store => 'main', primary_key => 'external_id');
SELECT pg_temp.customer('acme', 'usual', '2024-01-01') AS usual,
    pg_temp.customer('acme', 'campaign', '2024-01-01', loyalty_type => 'non_loyalty') AS campaign \gset
SELECT lot_id AS locked FROM loyalty.earn_points('acme', :usual, 30, event_time => '2024-02-01', category => 'trigger_based') \gset
SELECT lot_id AS short FROM loyalty.earn_points('acme', :usual, 5, event_time => '2024-02-01', category => 'trigger_based',
    expires_at => '2024-03-01') \gset
SELECT lot_id AS regular FROM loyalty.earn_points('acme', :usual, 10, event_time => '2024-02-01') \gset
SELECT loyalty.add_transaction('acme', :usual, 'B-1', 10, event_time => '2024-02-02', idempotency_key => 'bill');
SELECT loyalty.earn_points('acme', :usual, 20, event_time => '2024-02-01', category => 'promised');
SELECT pg_temp.written() AS before \gset

CREATE TEMP TABLE refused (no serial, sqlstate text, call text);
INSERT INTO refused (sqlstate, call) VALUES
    -- promised points
    ('LY001', 'loyalty.set_promised_rules(NULL, ''base'')'), ('LY001', 'loyalty.set_promised_rules(''acme'', NULL)'),
    ('LY002', 'loyalty.set_promised_rules(''acme'', repeat(''x'', 101))'),
    ('LY003', 'loyalty.set_promised_rules(''acme'', ''base'', -1)'),
    ('LY003', 'loyalty.set_promised_rules(''acme'', ''base'', 36526)'),
    ('LY003', 'loyalty.set_promised_rules(''acme'', ''base'', 1, ''birth'')'),
    ('LY004', 'loyalty.set_promised_rules(''none'', ''base'')'), ('LY007', 'loyalty.set_promised_rules(''acme'', ''none'')'),
    ('LY001', 'loyalty.unlock_promised_points(NULL, {usual}, ''B-1'')'),
    ('LY001', 'loyalty.unlock_promised_points(''acme'', NULL, ''B-1'')'),
    ('LY003', 'loyalty.unlock_promised_points(''acme'', {usual})'),
    ('LY003', 'loyalty.unlock_promised_points(''acme'', {usual}, '''', lot_id => NULL)'),
    ('LY003', 'loyalty.unlock_promised_points(''acme'', {usual}, ''B-1'', lot_id => {locked})'),
    ('LY003', 'loyalty.unlock_promised_points(''acme'', {usual}, line_no => 1, lot_id => {locked})'),
    ('LY002', 'loyalty.unlock_promised_points(''acme'', {usual}, repeat(''x'', 101))'),
    ('LY002', 'loyalty.unlock_promised_points(''acme'', {usual}, lot_id => {locked}, reason => repeat(''x'', 1001))'),
    ('LY002', 'loyalty.unlock_promised_points(''acme'', {usual}, lot_id => {locked}, idempotency_key => repeat(''x'', 201))'),
    ('LY004', 'loyalty.unlock_promised_points(''none'', {usual}, ''B-1'')'),
    ('LY006', 'loyalty.unlock_promised_points(''acme'', {usual}, ''B-1'', till => ''none'')'),
    ('LY008', 'loyalty.unlock_promised_points(''acme'', {usual}, ''B-1'', source => ''none'')'),
    ('LY015', 'loyalty.unlock_promised_points(''acme'', {usual}, lot_id => {locked}, event_time => ''infinity'')'),
    ('LY020', 'loyalty.unlock_promised_points(''acme'', {usual}, lot_id => {locked}, idempotency_key => ''bill'')'),
    ('LY107', 'loyalty.unlock_promised_points(''acme'', 99, ''B-1'')'),
    ('LY306', 'loyalty.unlock_promised_points(''acme'', NULL, lot_id => {locked}, card_number => ''none'')'),
    ('LY406', 'loyalty.unlock_promised_points(''acme'', {campaign}, lot_id => {locked})'),
    ('LY407', 'loyalty.unlock_promised_points(''acme'', {usual}, lot_id => {locked}, event_time => ''2023-12-31'')'),
    ('LY408', 'loyalty.unlock_promised_points(''acme'', {usual}, lot_id => {locked}, event_time => ''2024-06-01'')'),
    ('LY411', 'loyalty.unlock_promised_points(''acme'', {usual}, ''none'')'),
    ('LY411', 'loyalty.unlock_promised_points(''acme'', {usual}, ''B-1'', transaction_till => ''till'')'),
    ('LY460', 'loyalty.unlock_promised_points(''acme'', {usual}, ''B-1'')'),
    ('LY460', 'loyalty.unlock_promised_points(''acme'', {usual}, ''B-1'', line_no => 2147483647)'),
    ('LY003', 'loyalty.unlock_promised_points(''acme'', {usual}, ''B-1'', lot_id => 0)'),
    ('LY003', 'loyalty.unlock_promised_points(''acme'', {usual}, line_no => 0, lot_id => {locked})'),
    ('LY460', 'loyalty.unlock_promised_points(''acme'', {usual}, lot_id => 0)'),
    ('LY460', 'loyalty.unlock_promised_points(''acme'', {usual}, lot_id => {regular})'),
    ('LY460', 'loyalty.unlock_promised_points(''acme'', {usual}, lot_id => {short})'),
    ('LY460', 'loyalty.unlock_promised_points(''acme'', {usual}, lot_id => -1)'),
    -- reading
    ('LY001', 'loyalty.ledger_closing_balance(NULL, {usual})'), ('LY001', 'loyalty.ledger_closing_balance(''acme'', NULL)'),
    ('LY003', 'loyalty.ledger_closing_balance(''acme'', {usual}, category => ''none'')'),
    ('LY003', 'loyalty.ledger_closing_balance(''acme'', {usual}, entry_type => ''none'')'),
    ('LY004', 'loyalty.ledger_closing_balance(''none'', {usual})'),
    ('LY005', 'loyalty.ledger_closing_balance(''acme'', {usual}, store => ''none'')'),
    ('LY006', 'loyalty.ledger_closing_balance(''acme'', {usual}, tills => ''{none}'')'),
    ('LY007', 'loyalty.ledger_closing_balance(''acme'', {usual}, ''none'')'),
    ('LY008', 'loyalty.ledger_closing_balance(''acme'', {usual}, source => ''none'')'),
    ('LY015', 'loyalty.ledger_closing_balance(''acme'', {usual}, to_time => ''-infinity'')'),
    ('LY015', 'loyalty.ledger_closing_balance(''acme'', {usual}, known_at => ''infinity'')'),
    ('LY107', 'loyalty.ledger_closing_balance(''acme'', 99)'),
    ('LY001', 'loyalty.ledger_event_details(NULL, {usual}, 1)'), ('LY001', 'loyalty.ledger_event_details(''acme'', NULL, 1)'),
    ('LY001', 'loyalty.ledger_event_details(''acme'', {usual}, NULL)'), ('LY004', 'loyalty.ledger_event_details(''none'', {usual}, 1)'),
    ('LY107', 'loyalty.ledger_event_details(''acme'', 99, 1)'),
    ('LY015', 'loyalty.points_balance(''acme'', {usual}, known_at => ''infinity'')'),
    ('LY015', 'loyalty.points_ledger(''acme'', {usual}, known_at => ''0001-01-01 BC'')'),
    ('LY003', 'loyalty.verify_ledger(''acme'', ''0a'')'), ('LY003', 'loyalty.verify_ledger(''acme'', repeat(''0g'', 16))'),
    ('LY003', 'loyalty.verify_ledger(''acme'', repeat(''0a'', 17))'), ('LY002', 'loyalty.verify_ledger(''acme'', repeat(''a'', 101))'),
    ('LY001', 'loyalty.schedule_jobs(NULL)'), ('LY004', 'loyalty.schedule_jobs(''none'')');
UPDATE refused SET call = replace(replace(replace(replace(replace(call, '{usual}', :'usual'), '{campaign}', :'campaign'),
    '{locked}', :'locked'), '{regular}', :'regular'), '{short}', :'short');
SELECT plan((SELECT count(*)::int FROM refused) + 23);
SELECT pg_temp.refused(call, sqlstate, left(call, 100)) FROM refused ORDER BY no;
SELECT is(pg_temp.written_since(:'before'), NULL, 'a refused call changes nothing');

-- ---------------------------------------------------------------- procedures

\set ON_ERROR_STOP 0
CALL loyalty.convert_promised_points(NULL);
SELECT is(:'LAST_ERROR_SQLSTATE'::text, 'LY001', 'convert_promised_points: no org');
CALL loyalty.convert_promised_points('none');
SELECT is(:'LAST_ERROR_SQLSTATE'::text, 'LY004', 'convert_promised_points: an org that there is not');
CALL loyalty.convert_promised_points('acme', batch_size => 0);
SELECT is(:'LAST_ERROR_SQLSTATE'::text, 'LY003', 'convert_promised_points: a batch of nobody');
CALL loyalty.convert_promised_points('acme', 'infinity');
SELECT is(:'LAST_ERROR_SQLSTATE'::text, 'LY015', 'convert_promised_points: as of the end of time');
CALL loyalty.convert_promised_points('acme', '2024-05-03');
SELECT is(:'LAST_ERROR_SQLSTATE'::text, 'LY408', 'convert_promised_points: after the clock');
BEGIN;
CALL loyalty.convert_promised_points('acme');
ROLLBACK;
SELECT is(:'LAST_ERROR_SQLSTATE'::text, 'LY014', 'convert_promised_points: inside a transaction');
CALL loyalty.open_program_accounts(NULL, 'base');
SELECT is(:'LAST_ERROR_SQLSTATE'::text, 'LY001', 'open_program_accounts: no org');
CALL loyalty.open_program_accounts('acme', NULL);
SELECT is(:'LAST_ERROR_SQLSTATE'::text, 'LY001', 'open_program_accounts: no program');
CALL loyalty.open_program_accounts('none', 'base');
SELECT is(:'LAST_ERROR_SQLSTATE'::text, 'LY004', 'open_program_accounts: an org that there is not');
CALL loyalty.open_program_accounts('acme', 'none');
SELECT is(:'LAST_ERROR_SQLSTATE'::text, 'LY007', 'open_program_accounts: a program that there is not');
CALL loyalty.open_program_accounts('acme', 'base', 0);
SELECT is(:'LAST_ERROR_SQLSTATE'::text, 'LY003', 'open_program_accounts: a batch of nobody');
BEGIN;
CALL loyalty.open_program_accounts('acme', 'base');
ROLLBACK;
SELECT is(:'LAST_ERROR_SQLSTATE'::text, 'LY014', 'open_program_accounts: inside a transaction');
CALL loyalty.close_day(NULL);
SELECT is(:'LAST_ERROR_SQLSTATE'::text, 'LY001', 'close_day: no org');
CALL loyalty.close_day('none');
SELECT is(:'LAST_ERROR_SQLSTATE'::text, 'LY004', 'close_day: an org that there is not');
CALL loyalty.close_day('acme', 'infinity');
SELECT is(:'LAST_ERROR_SQLSTATE'::text, 'LY015', 'close_day: the end of time');
CALL loyalty.close_day('acme', '2024-05-02');
SELECT is(:'LAST_ERROR_SQLSTATE'::text, 'LY461', 'close_day: today');
BEGIN;
CALL loyalty.close_day('acme');
ROLLBACK;
SELECT is(:'LAST_ERROR_SQLSTATE'::text, 'LY014', 'close_day: inside a transaction');
\set ON_ERROR_STOP 1
SELECT is(pg_temp.written_since(:'before'), NULL, 'none of them changed anything');

-- ---------------------------------------------------------------- points that wait

-- A status that keeps points from being allocated: promised points wait for its end.
SELECT loyalty.enable_customer_status('acme');
SELECT loyalty.create_status_label('acme', 'suspended', 'On hold'), loyalty.create_status_label('acme', 'active', 'Fine');
SELECT loyalty.set_restriction('acme', 'block_points_allocation', '{On hold}');
SELECT loyalty.set_customer_status('acme', :usual, 'On hold');
CALL loyalty.convert_promised_points('acme');
SELECT is((SELECT promised_points FROM loyalty.points_balance('acme', :usual)), 20.000, 'promised points wait');
SELECT throws_ok(format('SELECT loyalty.unlock_promised_points(''acme'', %s, lot_id => %s)', :usual, :locked), 'LY201', NULL,
    'and a trigger is refused');
SELECT loyalty.set_customer_status('acme', :usual, 'Fine');
CALL loyalty.convert_promised_points('acme');
SELECT is((SELECT promised_points FROM loyalty.points_balance('acme', :usual)), 0.000, 'then they are converted');

-- The instant from which the server counts times is one like any other.
SET loyalty.clock = '2000-01-01 00:00:00+00';
SELECT customer_id AS first FROM loyalty.register_customer('acme', external_id => 'first', registered_on => '1999-12-01') \gset
SELECT loyalty.earn_points('acme', :first, 10);
SET loyalty.clock = '2000-01-02 00:00:00+00';
SELECT loyalty.earn_points('acme', :first, 20), loyalty.earn_points('acme', :first, 40);
SELECT is((SELECT current_points FROM loyalty.points_balance('acme', :first, known_at => '2000-01-01 12:00')), 10.000,
    'what was recorded as the millennium began is known by noon');
SELECT * FROM finish();
