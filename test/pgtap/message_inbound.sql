-- Messages that customers write: whose they are, which are known again, what words do, what is refused, and what is left of them.
BEGIN;
SELECT no_plan();
SET LOCAL client_min_messages = error;
SET LOCAL loyalty.clock = '2024-05-02 10:00:00+00';
\ir ../fixtures/orgs.sql
\ir ../fixtures/refused.sql
SELECT set_config('test.secret', '9123|secret', true);
SELECT pg_temp.new_org('sg', 'p', country => 'SG', zone => 'Asia/Singapore');
SELECT loyalty.set_config('sg', 'CONF_CLIENT_V2_API_ENABLED', 'true');
SELECT pg_temp.customer('sg', 'A', mobile => '91231111') AS ann, pg_temp.customer('sg', 'B', mobile => '91232222') AS bob,
    pg_temp.customer('sg', 'C', mobile => '91233333') AS cyd \gset
SELECT loyalty.set_channel('sg', :ann, 'line', 'ann'), loyalty.set_channel('sg', :ann, 'line', 'both'), loyalty.set_channel('sg', :bob, 'line', 'both');

-- ---------------------------------------------------------------- whose it is
CREATE FUNCTION pg_temp.writer(channel text, address text) RETURNS bigint LANGUAGE sql AS $$
    SELECT customer_id FROM loyalty.record_inbound('sg', channel, address, 'Hello') $$;
SELECT is(pg_temp.writer('mobile', '9123 1111'), :ann::bigint, 'a mobile, as it is written');
SELECT is(pg_temp.writer('whatsapp', '+6591231111'), :ann::bigint, 'the same mobile on WhatsApp');
SELECT is(pg_temp.writer('line', 'ann'), :ann::bigint, 'an address of a channel');
SELECT is(pg_temp.writer('line', 'both'), NULL, 'an address of two is nobody''s');
SELECT is(pg_temp.writer('mobile', '91239999'), NULL, 'a mobile that nobody has');
SELECT results_eq($$SELECT customer_id, address COLLATE "default" FROM loyalty_data.inbound_message WHERE customer_id = 0 ORDER BY address$$,
    $$VALUES (0::bigint, '+6591239999'), (0, 'both')$$, 'what nobody wrote stands under customer 0');
SELECT is((SELECT count(*) FROM pg_locks WHERE locktype = 'tuple'), 0::bigint, 'and locks nothing');

-- ---------------------------------------------------------------- known again
SELECT message_id AS first FROM loyalty.record_inbound('sg', 'mobile', '91231111', 'Hi', provider_message_id => 'secret-1', idempotency_key => 'k1') \gset
SELECT results_eq(format($$SELECT message_id, customer_id, action FROM loyalty.record_inbound('sg', 'mobile', '91239999', 'Other', provider_message_id => 'secret-1')$$),
    format('VALUES (%s::bigint, %s::bigint, ''none'')', :first, :ann), 'the id of the provider again: the first answer, whatever else is said');
SELECT results_eq($$SELECT message_id FROM loyalty.record_inbound('sg', 'mobile', '91231111', 'Hi', provider_message_id => 'secret-1', idempotency_key => 'k1')$$,
    format('VALUES (%s::bigint)', :first), 'the same call again');
SELECT isnt((SELECT message_id FROM loyalty.record_inbound('sg', 'whatsapp', '91231111', 'Hi', provider_message_id => 'secret-1')), :first::bigint,
    'the same id on another channel is another message');
SELECT pg_temp.refused($$loyalty.record_inbound('sg', 'mobile', '91231111', 'Bye', idempotency_key => 'k1')$$, 'LY020', 'the key with another text');
SELECT isnt((SELECT message_id FROM loyalty.record_inbound('sg', 'mobile', '91231111', 'Hi', provider_message_id => 'k1')), :first::bigint,
    'a key of a caller is no id of a provider');
SELECT is_empty($$SELECT FROM loyalty_data.inbound_request r WHERE r::text ~ 'secret'$$, 'ids of providers are kept as digests');

-- ---------------------------------------------------------------- words
CREATE FUNCTION pg_temp.says(customer bigint, channel text, address text, body text) RETURNS text LANGUAGE sql AS $$
    SELECT action || CASE customer_id WHEN customer THEN '' ELSE ' of another' END FROM loyalty.record_inbound('sg', channel, address, body) $$;
CREATE FUNCTION pg_temp.consents(customer bigint, channel text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat_ws(' ', s.source, s.account_id, s.status), ', ' ORDER BY s.source NULLS FIRST, s.account_id)
    FROM loyalty.customer_subscriptions s WHERE s.org = 'sg' AND s.customer_id = $1 AND s.channel = $2 AND s.is_current AND s.purpose = 'promotional' $$;
SELECT is(pg_temp.says(:bob, 'mobile', '91232222', ' Stop '), 'opted_out', 'stop');
SELECT is(pg_temp.consents(:bob, 'mobile'), 'opt_out', 'is an opt-out of the channel, whatever the source');
SELECT is((SELECT consent_source FROM loyalty.customer_subscriptions WHERE customer_id = :bob), 'inbound message', 'and says where it came from');
SELECT is(pg_temp.says(:bob, 'mobile', '91232222', 'START'), 'opted_in', 'start');
SELECT is(pg_temp.consents(:bob, 'mobile'), 'opt_in', 'is an opt-in');
SELECT is(pg_temp.says(:bob, 'mobile', '91232222', t.body), 'none', 'no word: ' || t.body)
FROM unnest('{please stop,stop?,stopp,-,yes,"stop\nsent from my telephone"}'::text[]) t (body);
SELECT is(pg_temp.says(:bob, 'mobile', '91232222', t.body), 'opted_out', 'however it is written: ' || t.body)
FROM unnest(ARRAY['Stop!', '"stop"', E'STOP\r\n', U&'\201Cstop\201D', U&'sto\200Bp\FEFF', U&'\FF33\FF34\FF2F\FF30', 'stóp']) t (body);
SELECT is(pg_temp.says(:bob, 'mobile', '91232222', 'START'), 'opted_in', 'start');
SELECT is(pg_temp.says(:bob, 'mobile', '91232222', NULL), 'none', 'no text');
SELECT is((SELECT action FROM loyalty.record_inbound('sg', 'mobile', '91239998', 'stop')), 'none', 'nobody has no consents');

-- Providers deliver late, and in any order: a START does not lift a refusal that came after it was written; a STOP counts whenever it comes.
SELECT is((SELECT action FROM loyalty.record_inbound('sg', 'mobile', '91232222', 'stop', received_at => '2024-05-02 10:01+00')), 'opted_out', 'stop at one past ten');
SELECT is((SELECT action FROM loyalty.record_inbound('sg', 'mobile', '91232222', 'start', received_at => '2024-05-02 10:00:59+00')), 'none', 'a start that was written before');
SELECT is(pg_temp.consents(:bob, 'mobile'), 'opt_out', 'lifts nothing');
SELECT is((SELECT action FROM loyalty.record_inbound('sg', 'mobile', '91232222', 'start', received_at => '2024-05-02 10:01+00')), 'opted_in', 'one that was written with it does');
SELECT is((SELECT action FROM loyalty.record_inbound('sg', 'mobile', '91232222', 'stop', received_at => '2024-05-02 09:40+00')), 'opted_out', 'a stop of before counts');
SELECT is((SELECT action FROM loyalty.record_inbound('sg', 'mobile', '91232222', 'start', received_at => '2024-05-02 10:01:01+00')), 'opted_in', 'as does a start of later');

-- Opt-ins of sources would win over an opt-out of any: they end, too, and come back; what had ended before does not.
SELECT loyalty.set_subscription('sg', :bob, 'email', 'promotional', true, source => 'WEB_ENGAGE', account_id => 'a'),
    loyalty.set_subscription('sg', :bob, 'email', 'promotional', false, source => 'WEB_ENGAGE', account_id => 'b'),
    loyalty.set_subscription('sg', :bob, 'mobile', 'promotional', true, source => 'WEB_ENGAGE', account_id => 'a'),
    loyalty.set_subscription('sg', :bob, 'email', 'transactional', true, source => 'WEB_ENGAGE', account_id => 'a'),
    loyalty.set_channel('sg', :bob, 'email', 'bob@example.com');
SELECT is(pg_temp.says(:bob, 'email', 'Bob@Example.com', 'unsubscribe'), 'opted_out', 'stop by e-mail');
SELECT is(pg_temp.consents(:bob, 'email'), 'opt_out, WEB_ENGAGE a opt_out, WEB_ENGAGE b opt_out', 'ends what sources were told');
SELECT is(pg_temp.consents(:bob, 'mobile'), 'opt_in, WEB_ENGAGE a opt_in', 'of that channel alone');
SELECT is((SELECT status FROM loyalty.customer_subscriptions WHERE customer_id = :bob AND purpose = 'transactional'), 'opt_in', 'and of no other purpose');
SELECT is(pg_temp.says(:bob, 'email', 'bob@example.com', 'Un-Stop'), 'opted_in', 'start by e-mail');
SELECT is(pg_temp.consents(:bob, 'email'), 'opt_in, WEB_ENGAGE a opt_in, WEB_ENGAGE b opt_out', 'brings back what the word had ended, and no more');

-- Words are the org's.
SELECT is((SELECT string_agg(pg_temp.says(:bob, 'email', 'Bob@Example.com', word), ' ') FROM unnest('{STOP,Stop all,STOPALL,Unsubscribe,Cancel,END,quit,opt-out,Revoke}'::text[]) word),
    'opted_out opted_out opted_out opted_out opted_out opted_out opted_out opted_out opted_out', 'words that carriers know');
SELECT loyalty.set_config('sg', 'CONF_INBOUND_STOP_WORDS', 'Hentikan, arrêt'), loyalty.set_config('sg', 'CONF_INBOUND_START_WORDS', '-');
SELECT is(pg_temp.says(:bob, 'mobile', '91232222', 'HENTIKAN'), 'opted_out', 'a word of the org');
SELECT is(pg_temp.says(:bob, 'mobile', '91232222', U&'arre\0302t'), 'opted_out', 'composed as all texts');
SELECT is(pg_temp.says(:bob, 'mobile', '91232222', 'ARRÊT'), 'opted_out', 'in any case');
SELECT is(pg_temp.says(:bob, 'mobile', '91232222', 'stop'), 'none', 'the default is another org''s');
SELECT is(pg_temp.says(:bob, 'mobile', '91232222', '-'), 'none', 'a hyphen is a list of no words');
SELECT is((SELECT config_value FROM loyalty.org_config WHERE org = 'sg' AND config_key = 'CONF_INBOUND_STOP_WORDS'), 'Hentikan, arrêt', 'the words in force');
SELECT pg_temp.refused($$loyalty.set_config('sg', 'CONF_INBOUND_STOP_WORDS', $1)$$, 'LY002', 'a list that is too long', value => repeat('x', 1001));
SELECT loyalty.set_config('sg', k, NULL) FROM unnest('{CONF_INBOUND_STOP_WORDS,CONF_INBOUND_START_WORDS}'::text[]) k;

-- ---------------------------------------------------------------- refused
SELECT pg_temp.refused(format('loyalty.record_inbound(''sg'', %L, $1, ''secret'')', c), e, c || ': ' || left(a, 20), value => a)
FROM (VALUES ('mobile', '12', 'LYM17'), ('mobile', 'VM-SENDER', 'LYM17'), ('mobile', '56767', 'LYM17'), ('email', 'xy.example.com', 'LYM17'), ('email', E'a@example.com\r\nBcc: b@example.com', 'LYM17'),
    ('line', E'a\nb', 'LYM17'), ('mobile', repeat('9', 1001), 'LY002'), ('line', repeat('9', 1000000), 'LY002'), ('mobile', '', 'LY001'), ('mobile', NULL, 'LY001')) t (c, a, e);
SELECT pg_temp.refused($$loyalty.record_inbound('sg', 'pigeon', 'x', 'y')$$, 'LY120', 'a channel that is none');
SELECT pg_temp.refused($$loyalty.record_inbound('sg', 'mobile_push', 'x', 'y')$$, 'LY120', 'no device');
SELECT pg_temp.refused($$loyalty.record_inbound('sg', NULL, 'x', 'y')$$, 'LY001', 'no channel');
SELECT pg_temp.refused($$loyalty.record_inbound('sg', 'mobile', '91231111', $1)$$, 'LY002', 'a text of 1 MB', value => repeat('x', 1048576));
SELECT pg_temp.refused($$loyalty.record_inbound('sg', 'mobile', '91231111', 'x', received_at => '2024-05-02 10:05:01+00')$$, 'LY408', 'later than the clock');
SELECT pg_temp.refused($$loyalty.record_inbound('sg', 'mobile', '91231111', 'x', received_at => 'infinity')$$, 'LY015', 'for ever');
SELECT pg_temp.refused($$loyalty.record_inbound('sg', 'mobile', '91231111', 'x', provider_message_id => $1)$$, 'LY002', 'an endless id', value => repeat('x', 1001));
SELECT pg_temp.refused($$loyalty.record_inbound('nowhere', 'mobile', '91231111', 'x')$$, 'LY004', 'no org');
SELECT is((SELECT length(body) FROM loyalty_data.inbound_message m JOIN loyalty.record_inbound('sg', 'mobile', '91231111', repeat('é', 65536)) r USING (message_id)), NULL, 'not seen by its own statement');
SELECT is((SELECT max(length(body)) FROM loyalty_data.inbound_message), 65536, 'the longest text');

-- ---------------------------------------------------------------- statuses, merges
SELECT loyalty.enable_customer_status('sg'), loyalty.create_status_label('sg', 'pending_deletion', 'Hold'), loyalty.set_restriction('sg', 'block_everything', '{Hold}'),
    loyalty.set_customer_status('sg', :cyd, 'Hold');
SELECT is(pg_temp.says(:cyd, 'mobile', '91233333', 'stop'), 'opted_out', 'whatever the status');
SELECT loyalty.create_status_label('sg', 'active', 'Fine'), loyalty.set_customer_status('sg', :cyd, 'Fine');
SELECT loyalty.merge_customers('sg', :bob, :cyd);
SELECT is(pg_temp.writer('mobile', '91233333'), :bob::bigint, 'a mobile of one who was merged is the survivor''s');
SELECT results_eq(format($$SELECT DISTINCT customer_id, original_customer_id FROM loyalty.inbound_messages WHERE action = 'opted_out' AND original_customer_id = %s$$, :cyd),
    format('VALUES (%s::bigint, %s::bigint)', :bob, :cyd), 'what the victim wrote is the survivor''s, under the old id');

-- ---------------------------------------------------------------- who sees what
CREATE ROLE test_inbox_agent;
CREATE ROLE test_inbox_analyst;
CREATE ROLE test_inbox_gateway;
GRANT loyalty_agent TO test_inbox_agent;
GRANT loyalty_analyst TO test_inbox_analyst;
GRANT loyalty_gateway TO test_inbox_gateway;
SELECT loyalty.grant_org('sg', r) FROM unnest('{test_inbox_agent,test_inbox_analyst,test_inbox_gateway}'::text[]) r;
SET LOCAL ROLE test_inbox_agent;
SELECT is((SELECT address || ': ' || body FROM loyalty.inbound_messages WHERE body = 'Hi' AND channel = 'whatsapp'), '+6591231111: Hi', 'agents read');
SET LOCAL ROLE test_inbox_analyst;
SELECT results_eq($$SELECT DISTINCT address COLLATE "default", COALESCE(body, '****') FROM loyalty.inbound_messages$$, $$VALUES ('****', '****')$$, 'analysts see masks');
SELECT throws_ok($$SELECT loyalty.record_inbound('sg', 'mobile', '91231111', 'x')$$, '42501', NULL, 'analysts record nothing');
SET LOCAL ROLE test_inbox_gateway;
SELECT isnt((SELECT message_id FROM loyalty.record_inbound('sg', 'mobile', '91231111', 'x')), NULL, 'gateways record');
SELECT throws_ok($$SELECT FROM loyalty.inbound_messages$$, '42501', NULL, 'gateways read nothing');
RESET ROLE;

-- ---------------------------------------------------------------- events
SELECT loyalty.create_event_subscriber('sg', 'bot', 'https://bot.example.com/', '{message_received}') IS NOT NULL AS made \g /dev/null
SELECT message_id AS told FROM loyalty.record_inbound('sg', 'mobile', '91231111', 'Where is my secret?') \gset
SELECT loyalty.record_inbound('sg', 'mobile', '91239997', 'Hello');
SELECT results_eq('SELECT customer_id, payload::jsonb ->> ''message_id'', payload::jsonb ->> ''action'', payload ~ ''secret|9123'' FROM loyalty.take_events(''sg'', ''bot'')',
    format('VALUES (%s::bigint, ''%s'', ''none'', false)', :ann, :told), 'a bot is told of the message of a customer, not of its text');

-- ---------------------------------------------------------------- a flood
SELECT lives_ok($$SELECT loyalty.record_inbound('sg', 'mobile', '+65812' || to_char(n, 'FM00000'), 'stop') FROM generate_series(10000, 11999) n$$, 'a flood of unknown numbers');
SELECT is((SELECT count(*) FROM loyalty_data.inbound_message WHERE customer_id = 0 AND body = 'stop'), 2001::bigint, 'is kept');

SELECT * FROM finish();
ROLLBACK;
