-- Every argument that is a word of a list takes it in any case, with blanks, hyphens or underscores or none, and answers have
-- one spelling; a word of no list is refused. Arguments come from the catalogue: a new one is driven here, or is no word.
BEGIN;
SELECT no_plan();
SET LOCAL loyalty.clock = '2024-05-02 10:00+00';
\ir ../fixtures/orgs.sql
SELECT pg_temp.new_org('acme', 'base', primary_key => 'mobile', country => 'IN', tills => '{till}');
SELECT loyalty.set_config('acme', key, 'true') FROM unnest('{CONF_CLIENT_V2_API_ENABLED,CONF_CARD_NUMBER_GENERATION_ENABLED}'::text[]) key;
SELECT pg_temp.customer('acme', mobile => '9800000001') AS ann \gset
SELECT pg_temp.customer('acme', mobile => '9800000003') AS bob \gset
SELECT loyalty.earn_points('acme', :ann, 1000) \g /dev/null
SELECT loyalty.add_transaction('acme', :ann, 'B-1', 100) \g /dev/null
SELECT loyalty.create_card_series('acme', 'gold', 'Gold', method => 'AUTO_INC') \g /dev/null
SELECT loyalty.create_promotion('acme', 'promo', 'Promo', '{"type": "fixed", "value": 1}', trigger => 'code') \g /dev/null
SELECT loyalty.create_code('acme', 'promo', 'CODE', redemptions => 9) \g /dev/null
SELECT loyalty.generate_cards('acme', 'gold', 1) \g /dev/null
SELECT card_number AS card FROM loyalty.issue_card('acme', :ann, 'gold') \gset
SELECT loyalty.create_coupon_series('acme', 'cups', 'Cups', discount_type => 'fixed', discount_value => 5);
SELECT loyalty.create_sender('acme', 'ACME', 'mobile', is_default => true), loyalty.create_sender('acme', '+6591110000', 'whatsapp', is_default => true),
    loyalty.create_message_template('acme', 'hello', 'mobile', 'Hello') \g /dev/null
SELECT loyalty.set_channel('acme', :ann, 'email', 'ann@example.com') \g /dev/null
SELECT message_id AS message FROM loyalty.send_sms('acme', :ann, 'Hello') \gset
SELECT loyalty.take_messages('acme', 'mobile') \g /dev/null
SELECT loyalty.create_message_template('acme', 't', 'mobile', 'Cake') \g /dev/null
SELECT loyalty.create_reminder('acme', 'cake', 'birthday', 1, 't') \g /dev/null
-- Codes for activations need a program that asks, and a store that speaks.
SELECT loyalty.create_store('acme', 'bay', 'Bay'), loyalty.set_store_sender('acme', 'bay', 'ACME'),
    loyalty.set_participation_rules('acme', 'base', phone_confirmation => true, stores => '{bay}') \g /dev/null
SELECT loyalty.create_program('acme', 'fresh', 'Fresh'), loyalty.set_participation_rules('acme', 'fresh') \g /dev/null
SELECT loyalty.send_code('acme', p, :bob) FROM unnest('{registration,participation_activation,points_redemption,points_transfer,coupon,'
    'identifier_change,status_change,card_issue,user_group,generic}'::text[]) p \g /dev/null
SELECT loyalty.set_config('acme', 'CONF_GIFT_CARD_ENABLED', 'true'), loyalty.set_redemption_rules('acme', 'base', points_per_currency_unit => 1) \g /dev/null
SELECT voucher_id AS gift, voucher_code AS gift_code FROM loyalty.issue_gift_voucher('acme', NULL, 10) \gset
SELECT movement_id AS gift_paid FROM loyalty.redeem_gift_voucher('acme', :'gift_code', 1) \gset
SELECT set_config('test.ann', :'ann', true);
\ir ../fixtures/coupons.sql
SELECT pg_temp.series('acme', 'tenth'), pg_temp.coupon('acme', 'tenth', :ann, 'SAVE-1'), pg_temp.coupon('acme', 'tenth', :ann, 'SAVE-2');
SELECT use_id AS use FROM loyalty.redeem_coupon('acme', :ann, 'SAVE-2', 'n', 5) \gset
SELECT set_config('test.use', :'use', true);

-- What is driven: $ stands for the word, "shows" for what its effect is told by. Calls are made and taken back one by one.
CREATE TEMP TABLE driven (function text, argument text, words text[], arguments text, shows text DEFAULT 'NULL');
CREATE FUNCTION pg_temp.drive(functions text[], argument text, words text[], arguments text, shows text DEFAULT 'NULL')
    RETURNS void LANGUAGE sql AS $$
    INSERT INTO driven SELECT f, argument, words, replace(arguments, 'ANN', format('%L, %s', 'acme', current_setting('test.ann'))), shows
    FROM unnest(functions) f $$;

CREATE TEMP TABLE word_list AS SELECT
    '{regular,promised,trigger_based}'::text[] AS categories,
    ARRAY(SELECT source FROM loyalty_data.source WHERE NOT needs_account) AS sources,
    '{registration,participation_activation,points_redemption,points_transfer,coupon,identifier_change,status_change,card_issue,user_group,generic}'::text[] AS purposes,
    '{mobile,email,external_id}'::text[] AS identifiers,
    '{active,suspended,deleted,fraud_suspected,fraud_confirmed,internal,pending_deletion}'::text[] AS statuses,
    '{not_issued,issued,active,suspended,expired,deleted}'::text[] AS card_statuses;
SELECT pg_temp.drive('{add_transaction}', 'transaction_type', '{regular,non_loyalty}', 'ANN, ''W-1'', 5, transaction_type => $',
    '(SELECT transaction_type FROM loyalty.transactions WHERE transaction_number = ''W-1'')');
SELECT pg_temp.drive('{add_transaction_by_identifiers}', 'transaction_type', '{regular,non_loyalty}',
    '''acme'', ''W-1'', 5, mobile => ''9800000001'', transaction_type => $',
    '(SELECT transaction_type FROM loyalty.transactions WHERE transaction_number = ''W-1'')');
SELECT pg_temp.drive('{add_transaction}', 'outlier_status', '{normal,outlier,internal,fraud,test}', 'ANN, ''W-1'', 5, outlier_status => $',
    '(SELECT outlier_status FROM loyalty.transactions WHERE transaction_number = ''W-1'')');
SELECT pg_temp.drive('{add_transaction_by_identifiers}', 'outlier_status', '{normal,outlier,internal,fraud,test}',
    '''acme'', ''W-1'', 5, mobile => ''9800000001'', outlier_status => $',
    '(SELECT outlier_status FROM loyalty.transactions WHERE transaction_number = ''W-1'')');
SELECT pg_temp.drive('{add_transaction}', 'category', categories, 'ANN, ''W-1'', 5, category => $'),
    pg_temp.drive('{add_transaction_by_identifiers}', 'category', categories,
        '''acme'', ''W-1'', 5, mobile => ''9800000001'', category => $'),
    pg_temp.drive('{earn_points,import_points,import_opening_balance}', 'category', categories, 'ANN, 5, category => $',
        '(SELECT string_agg(category || balance, '' '' ORDER BY category) FROM loyalty.customer_points)'),
    pg_temp.drive('{adjust_points}', 'category', categories, 'ANN, 5, ''credit'', category => $, reason => ''r'''),
    pg_temp.drive('{points_ledger,points_ledger_json,ledger_closing_balance}', 'category', categories || '{ALL}', 'ANN, category => $')
FROM word_list;
SELECT pg_temp.drive('{adjust_points}', 'entry_type', '{credit,debit}', 'ANN, 5, $, reason => ''r''',
        '(SELECT string_agg(category || balance, '' '' ORDER BY category) FROM loyalty.customer_points)'),
    pg_temp.drive('{points_ledger,points_ledger_json,ledger_closing_balance}', 'entry_type',
        '{credit,debit,opening_balance,memo,ALL}', 'ANN, entry_type => $');
SELECT pg_temp.drive('{earn_points}', 'event_name',
        '{points_award,goodwill,generic_event,bulk_award,target_completed,registration_award}', 'ANN, 5, event_name => $',
        '(SELECT string_agg(event_name, '' '' ORDER BY event_id) FROM loyalty.points_ledger(ANN))'),
    pg_temp.drive('{import_points}', 'event_name', '{points_import,redemption_import,expiry_import}', 'ANN, 5, event_name => $',
        '(SELECT string_agg(event_name, '' '' ORDER BY event_id) FROM loyalty.points_ledger(ANN))');
SELECT pg_temp.drive('{register_customer,explain_registration}', 'loyalty_type', '{loyalty,non_loyalty}',
        '''acme'', mobile => ''9800000002'', loyalty_type => $',
        '(SELECT string_agg(loyalty_type::text, '''') FROM loyalty_data.customer)'),
    pg_temp.drive('{add_transaction_by_identifiers}', 'loyalty_type', '{loyalty,non_loyalty}',
        '''acme'', ''W-1'', 5, mobile => ''9800000002'', loyalty_type => $',
        '(SELECT string_agg(loyalty_type::text, '''') FROM loyalty_data.customer)');
SELECT pg_temp.drive('{create_card_series}', 'card_type', '{physical,digital}', '''acme'', ''s'', ''S'', card_type => $',
        '(SELECT card_type FROM loyalty_data.card_series WHERE series = ''s'')'),
    pg_temp.drive('{create_card_series}', 'method', '{AUTO_INC,LUHN_ALGO,MOD7_ALGO,RANDOM,RANDOM_LUHN,RANDOM_MOD7}',
        '''acme'', ''s'', ''S'', method => $', '(SELECT string_agg(method::text, '' '' ORDER BY number_series_id) FROM loyalty_data.number_series)'),
    pg_temp.drive('{create_card_series}', 'checksum_includes', '{PREFIX,NONE}', '''acme'', ''s'', ''S'', prefix => ''7'', checksum_includes => $'),
    pg_temp.drive('{create_card_series}', 'issue', '{never,every_registration,named_registration}', '''acme'', ''s'', ''S'', issue => $'),
    pg_temp.drive('{create_card_label}', 'status', card_statuses, '''acme'', $, ''l'''),
    pg_temp.drive('{set_default_card_label}', 'status', card_statuses, '''acme'', $, ''l'''),
    pg_temp.drive('{set_card_status}', 'status', card_statuses, format('''acme'', %L, $', :'card'),
        '(SELECT string_agg(status, '' '' ORDER BY card_number) FROM loyalty.cards)')
FROM word_list;
SELECT pg_temp.drive('{define_field}', 'kind', '{standard,extended,custom}', '''acme'', $, ''customer'', ''f'', ''text'''),
    pg_temp.drive('{define_field}', 'entity', '{customer,participation}', '''acme'', ''custom'', $, ''f'', ''text'''),
    pg_temp.drive('{define_field}', 'data_type', '{text,integer,number,boolean,date,timestamp}', '''acme'', ''custom'', ''customer'', ''f'', $');
SELECT pg_temp.drive('{set_participation_rules}', 'terms', '{first_name,last_name,mobile,email,external_id,card}',
        '''acme'', ''base'', terms => ARRAY[$]', '(SELECT string_agg(term, '' '') FROM loyalty_data.activation_term)'),
    pg_temp.drive('{set_participation_status}', 'status', '{not_confirmed,active,deactivated}', 'ANN, $',
        '(SELECT string_agg(status, '' '') FROM loyalty.participations)');
SELECT pg_temp.drive('{find_customer}', 'identifier_type', identifiers || '{card_number,card_external_id}', '''acme'', $, ''9800000001'''),
    pg_temp.drive('{find_customer}', 'identifier_type', '{cuid,wechat,line,facebook,mobile_push}', '''acme'', $, ''x'', source => ''WEBSITE'''),
    pg_temp.drive('{find_customer}', 'source', sources, '''acme'', ''cuid'', ''x'', source => $'),
    pg_temp.drive('{release_identifier}', 'identifier_type', identifiers, 'ANN, $'),
    pg_temp.drive('{release_identifier}', 'identifier_type', '{cuid,wechat,line,facebook,mobile_push}', 'ANN, $, source => ''WEBSITE'''),
    pg_temp.drive('{release_identifier}', 'source', sources, 'ANN, ''cuid'', source => $'),
    pg_temp.drive('{upsert_profile}', 'source_keys', '{wechat,line,facebook,mobile_push}', 'ANN, ''WEBSITE'', source_keys => jsonb_build_array(jsonb_build_object(''type'', $, ''value'', ''v''))'),
    pg_temp.drive('{change_identifier}', 'identifier_type', identifiers, 'ANN, $, ''a@b.example'''),
    pg_temp.drive('{check_restriction}', 'identifier_type', identifiers || '{card_number,card_external_id}',
        '''acme'', NULL, ''earn_points'', identifier_type => $, identifier_value => ''9800000001'''),
    pg_temp.drive('{customer_brief,export_customer,customer_cards,customer_single_view,points_balance,points_ledger,points_ledger_json,ledger_closing_balance}',
        'identifier_type', identifiers || '{card_number,card_external_id}', '''acme'', identifier_type => $, identifier_value => ''9800000001'''),
    pg_temp.drive('{customer_interactions}', 'identifier_type', identifiers || '{card_number,card_external_id}',
        '''acme'', identifier_type => $, identifier_value => ''9800000001'''),
    pg_temp.drive('{customer_timeline}', 'identifier_type', identifiers || '{card_number,card_external_id}',
        '''acme'', identifier_type => $, identifier_value => ''9800000001'''),
    pg_temp.drive('{ledger_event_details}', 'identifier_type', identifiers || '{card_number,card_external_id}',
        '''acme'', event_id => 1, identifier_type => $, identifier_value => ''9800000001''')
FROM word_list;
SELECT pg_temp.drive('{set_channel}', 'channel', '{wechat,mobile,ios,line,email,whatsapp,android,postmail,mobile_push}',
        'ANN, $, CASE WHEN $ ~* ''^ ?email'' THEN ''e@x.com'' ELSE ''+919800000002'' END, device => ''ios''',
        '(SELECT string_agg(channel, '' '') FROM loyalty.customer_channels)'),
    pg_temp.drive('{set_channel}', 'device', '{ios,android}', 'ANN, ''mobile_push'', ''token'', device => $',
        '(SELECT string_agg(channel, '' '') FROM loyalty.customer_channels)'),
    pg_temp.drive('{set_subscription}', 'channel', '{wechat,mobile,ios,line,email,whatsapp,android,postmail,mobile_push}', 'ANN, $, ''promotional'', true',
        '(SELECT string_agg(channel, '' '') FROM loyalty.customer_subscriptions)'),
    pg_temp.drive('{set_subscription}', 'device', '{ios,android}', 'ANN, ''mobile push'', ''promotional'', true, device => $',
        '(SELECT string_agg(channel, '' '') FROM loyalty.customer_subscriptions)'),
    pg_temp.drive('{set_subscription}', 'purpose', '{promotional,transactional}', 'ANN, ''email'', $, true',
        '(SELECT string_agg(purpose, '' '') FROM loyalty.customer_subscriptions)'),
    pg_temp.drive('{set_ndnc_status}', 'status', '{registered,not_registered,unknown}', '''acme'', ''9800000001'', $',
        '(SELECT string_agg(status, '' '') FROM loyalty_data.mobile_ndnc)'),
    pg_temp.drive('{set_ndnc_status}', 'industries', '{bfsi,real_estate,education,health,consumer_goods_and_automobiles,'
        'communication_broadcasting_entertainment_it,tourism_and_leisure,food_and_beverages}', '''acme'', ''9800000001'', ''registered'', ARRAY[$]',
        '(SELECT string_agg(industries::text, '' '') FROM loyalty_data.mobile_ndnc)'),
    pg_temp.drive('{send_message,send_sms}', 'purpose', '{promotional,transactional}', 'ANN, ''hello'', purpose => $',
        '(SELECT string_agg(purpose::text, '''') FROM loyalty_data.message)'),
    pg_temp.drive('{send_email}', 'purpose', '{promotional,transactional}', 'ANN, ''hello'', ''Hello'', purpose => $',
        '(SELECT string_agg(purpose::text, '''') FROM loyalty_data.message)'),
    pg_temp.drive('{send_whatsapp}', 'purpose', '{promotional,transactional}', 'ANN, media => ''{"type": "text", "text": "Hello"}'', purpose => $',
        '(SELECT string_agg(purpose::text, '''') FROM loyalty_data.message)'),
    pg_temp.drive('{send_message,send_sms}', 'priority', '{promotional,transactional,bulk,trans}', 'ANN, ''hello'', priority => $',
        '(SELECT string_agg(priority::text, '''') FROM loyalty_data.message_queue)'),
    pg_temp.drive('{send_email}', 'priority', '{promotional,transactional,bulk,trans}', 'ANN, ''hello'', ''Hello'', priority => $',
        '(SELECT string_agg(priority::text, '''') FROM loyalty_data.message_queue)'),
    pg_temp.drive('{send_whatsapp}', 'priority', '{promotional,transactional,bulk,trans}', 'ANN, media => ''{"type": "text", "text": "Hello"}'', priority => $',
        '(SELECT string_agg(priority::text, '''') FROM loyalty_data.message_queue)'),
    pg_temp.drive('{send_message}', 'channel', '{mobile}', 'ANN, ''hello'', channel => $'),
    pg_temp.drive('{take_messages}', 'channel', '{wechat,mobile,ios,line,email,whatsapp,android,postmail}', '''acme'', $'),
    pg_temp.drive('{acknowledge_message}', 'outcome', '{sent,retry,failed}', format('ANN, %s, 1, $', :message),
        '(SELECT string_agg(state::text, '''') FROM loyalty_data.message)'),
    pg_temp.drive('{record_inbound}', 'channel', '{wechat,mobile,ios,line,email,whatsapp,android,postmail}',
        '''acme'', $, CASE WHEN $ ~* ''e.?mail'' THEN ''e@x.com'' ELSE ''9800000002'' END, ''Hello''',
        '(SELECT string_agg(channel, '' '') FROM loyalty.inbound_messages)'),
    pg_temp.drive('{create_reminder}', 'topic', '{points_expiry,birthday,anniversary}', '''acme'', ''r'', $, 1, ''t''',
        '(SELECT topic FROM loyalty.reminders WHERE reminder = ''r'')'),
    pg_temp.drive('{create_reminder}', 'channel', '{mobile,email,whatsapp}', '''acme'', ''r'', ''birthday'', 1, ''t'', $',
        '(SELECT string_agg(channel, '' '') FROM loyalty.reminders)'),
    pg_temp.drive('{update_reminder}', 'channel', '{mobile,email,whatsapp}', '''acme'', ''cake'', channel => $',
        '(SELECT channel FROM loyalty.reminders)'),
    pg_temp.drive('{set_retention}', 'what', '{reports,messages,inbound,reminders,load_errors}', '''acme'', $, 5',
        '(SELECT what FROM loyalty.retention_rules)'),
    pg_temp.drive('{message_report,message_hits}', 'channel', '{wechat,mobile,ios,line,email,whatsapp,android,postmail,mobile_push}', '''acme'', channel => $'),
    pg_temp.drive('{customer_timeline}', 'kinds', '{registration,note,status,deletion,message,inbound_message,card,points,bill,participation,merge,request}', 'ANN, ARRAY[$]'),
    pg_temp.drive('{customer_interactions}', 'channel', '{wechat,mobile,ios,line,email,whatsapp,android,postmail,mobile_push}', 'ANN, $'),
    pg_temp.drive('{send_code}', 'purpose', purposes, format('''acme'', $, %s', :ann),
        '(SELECT max(purpose) FROM loyalty_data.verification_code WHERE customer_id = ' || :ann || ')'),
    pg_temp.drive('{send_code}', 'channel', '{mobile,email}', format('''acme'', ''generic'', %s, channel => $', :ann),
        '(SELECT channel FROM loyalty_data.verification_code WHERE customer_id = ' || :ann || ')'),
    pg_temp.drive('{send_code}', 'identifier_type', '{mobile,email}',
        '''acme'', ''coupon'', identifier_type => $, identifier_value => CASE WHEN $ ~* ''e.?mail'' THEN ''x@x.com'' ELSE ''9800000001'' END'),
    pg_temp.drive('{enter_code}', 'purpose', purposes, format('''acme'', $, ''0'', %s', :bob),
        '(SELECT max(purpose) FROM loyalty_data.verification_attempt)'),
    pg_temp.drive('{enter_code}', 'identifier_type', '{mobile}', '''acme'', ''generic'', ''0'', identifier_type => $, identifier_value => ''9800000003'''),
    pg_temp.drive('{unblock_verification}', 'purpose', purposes, format('''acme'', $, %s', :bob)),
    pg_temp.drive('{unblock_verification}', 'identifier_type', '{mobile}', '''acme'', ''generic'', identifier_type => $, identifier_value => ''9800000003'''),
    pg_temp.drive('{set_verification_rules}', 'purpose', purposes, '''acme'', $', '(SELECT purpose FROM loyalty.verification_rules)'),
    pg_temp.drive('{set_verification_rules}', 'code_characters', '{digits,letters}', '''acme'', ''generic'', code_characters => $',
        '(SELECT code_characters FROM loyalty.verification_rules)'),
    pg_temp.drive('{set_verification_template}', 'purpose', purposes, '''acme'', $, ''mobile'', ''{{pin}}''',
        '(SELECT purpose FROM loyalty_data.verification_template)'),
    pg_temp.drive('{set_verification_template}', 'channel', '{mobile,email}', '''acme'', ''generic'', $, ''{{pin}}''',
        '(SELECT channel FROM loyalty_data.verification_template)'),
    pg_temp.drive('{set_test_control}', 'test_control', '{test,control}', 'ANN, $',
        '(SELECT string_agg(test_control::text, '' '') FROM loyalty_data.customer)')
FROM word_list;
SELECT pg_temp.drive('{create_program}', 'rounding', '{ceiling,floor,half_up,half_down,half_even}', '''acme'', ''p'', ''P'', rounding => $',
        '(SELECT string_agg(rounding, '' '') FROM loyalty_data.program)'),
    pg_temp.drive('{create_program}', 'expiry_unit', '{never,days,months,fixed_date}',
        '''acme'', ''p'', ''P'', expiry_unit => $, expiry_value => CASE WHEN $ ~* ''days|months'' THEN 1 END,
            expiry_date => CASE WHEN $ ~* ''date'' THEN date ''2030-01-01'' END',
        '(SELECT string_agg(expiry_unit, '' '') FROM loyalty_data.program)'),
    pg_temp.drive('{create_program}', 'expiry_type', '{fixed,rolling}',
        '''acme'', ''p'', ''P'', expiry_unit => ''days'', expiry_value => 1, expiry_type => $',
        '(SELECT string_agg(expiry_type, '' '') FROM loyalty_data.program)'),
    pg_temp.drive('{update_program}', 'rounding', '{half_up}', '''acme'', ''base'', rounding => $'),
    pg_temp.drive('{update_program}', 'expiry_unit', '{never,days,months,fixed_date}', '''acme'', ''base'', expiry_unit => $, expiry_value => CASE WHEN $ ~* ''days|months'' THEN 1 END,
            expiry_date => CASE WHEN $ ~* ''date'' THEN date ''2030-01-01'' END', '(SELECT string_agg(expiry_unit, '' '') FROM loyalty_data.program)'),
    pg_temp.drive('{update_program}', 'expiry_type', '{fixed,rolling}', '''acme'', ''base'', expiry_unit => ''days'', expiry_value => 1, expiry_type => $',
        '(SELECT string_agg(expiry_type, '' '') FROM loyalty_data.program)'),
    pg_temp.drive('{set_promised_rules}', 'expiry_from', '{conversion,award}', '''acme'', ''base'', expiry_from => $',
        '(SELECT string_agg(promised_expiry_from_award::text, '' '') FROM loyalty_data.program)');
SELECT pg_temp.drive('{create_status_label,set_default_status_label}', 'status', statuses, '''acme'', $, ''l''',
        '(SELECT string_agg(status || label, '' '' ORDER BY label) FROM loyalty.status_labels)'),
    pg_temp.drive('{set_restriction}', 'restriction', ARRAY(SELECT restriction FROM loyalty.restriction_list()), '''acme'', $, ''{}'''),
    pg_temp.drive('{set_restriction}', 'labels', '{all}', '''acme'', ''block_everything'', ARRAY[$]'),
    pg_temp.drive('{set_fraud_status}', 'fraud_status', '{marked,confirmed,reconfirmed,internal,not_fraud}', 'ANN, $'),
    pg_temp.drive('{check_restriction}', 'operation', ARRAY(SELECT operation FROM loyalty.guarded_operations()), 'ANN, $')
FROM word_list;
SELECT pg_temp.drive('{create_promotion}', argument, words, '''acme'', ''new'', ''New'', ''{"type": "fixed", "value": 1}'', ' || argument || ' => $',
        '(SELECT string_agg(concat_ws('' '', trigger, stacking, favour, return_policy), '' '' ORDER BY promotion) FROM loyalty.promotions)')
FROM (VALUES ('trigger', '{automatic,code,coupon}'::text[]), ('stacking', '{stack,stop,alone}'), ('favour', '{brand,customer}'),
    ('return_policy', '{share,together}')) w (argument, words);
SELECT pg_temp.drive('{change_promotion}', argument, words, '''acme'', ''promo'', ' || argument || ' => $',
        '(SELECT string_agg(concat_ws('' '', stacking, favour, return_policy), '' '' ORDER BY promotion) FROM loyalty.promotions)')
FROM (VALUES ('stacking', '{stack,stop,alone}'::text[]), ('favour', '{brand,customer}'), ('return_policy', '{share,together}')) w (argument, words);
SELECT pg_temp.drive('{create_promotion}', 'benefit', '{percent,fixed}', '''acme'', ''new'', ''New'', jsonb_build_object(''type'', $, ''value'', 1)', shows),
    pg_temp.drive('{change_promotion}', 'benefit', '{percent,fixed}', '''acme'', ''promo'', benefit => jsonb_build_object(''type'', $, ''value'', 1)', shows),
    pg_temp.drive('{create_promotion}', 'condition', '{monday,tuesday,wednesday,thursday,friday,saturday,sunday}',
        '''acme'', ''new'', ''New'', ''{"type": "fixed", "value": 1}'', jsonb_build_object(''days'', jsonb_build_array($))', shows),
    pg_temp.drive('{change_promotion}', 'condition', '{monday,tuesday,wednesday,thursday,friday,saturday,sunday}',
        '''acme'', ''promo'', condition => jsonb_build_object(''days'', jsonb_build_array($))', shows),
    pg_temp.drive('{link_code}', 'mode', '{DISCOUNT}', 'ANN, ''CODE'', $', '(SELECT count(*)::text FROM loyalty_data.customer_code)')
FROM (VALUES ('(SELECT string_agg(concat_ws('' '', benefit, condition), '' '' ORDER BY promotion) FROM loyalty.promotions)')) s (shows);
SELECT pg_temp.drive('{create_message_template}', 'channel', '{mobile,wechat,line,android,ios,postmail,whatsapp}', '''acme'', ''w'', $, ''b''',
        '(SELECT channel FROM loyalty.message_templates WHERE template = ''w'')'),
    pg_temp.drive('{create_message_template}', 'purpose', '{promotional,transactional,code,contact}', '''acme'', ''w'', ''mobile'', ''b'', purpose => $',
        '(SELECT purpose FROM loyalty.message_templates WHERE template = ''w'')'),
    pg_temp.drive('{set_template_status}', 'status', '{approved,paused,disabled}', '''acme'', ''hello'', $',
        '(SELECT status FROM loyalty.message_templates WHERE template = ''hello'')');
SELECT pg_temp.drive('{set_config}', 'config_value', string_to_array(allowed, ','), format('''acme'', %L, $', config_key),
    format('loyalty.get_config(''acme'', %L)', config_key))
FROM loyalty.config_catalogue() WHERE value_type IN ('choice', 'list');
SELECT pg_temp.drive('{redeem_points,is_redeemable}', 'program', '{ALL}', 'ANN, 5, program => $'),
    pg_temp.drive('{points_balance,points_ledger,points_ledger_json,ledger_closing_balance}', 'program', '{ALL}', 'ANN, program => $');

-- Sources: of everything that has one.
SELECT pg_temp.drive('{earn_points,redeem_points,import_points,import_opening_balance,is_redeemable}', 'source', sources, 'ANN, 5, source => $'),
    pg_temp.drive('{adjust_points}', 'source', sources, 'ANN, 5, ''credit'', reason => ''r'', source => $'),
    pg_temp.drive('{add_transaction}', 'source', sources, 'ANN, ''W-1'', 5, source => $',
        '(SELECT source FROM loyalty.transactions WHERE transaction_number = ''W-1'')'),
    pg_temp.drive('{return_transaction}', 'source', sources, 'ANN, ''B-1'', source => $'),
    pg_temp.drive('{add_transaction_by_identifiers}', 'source', sources, '''acme'', ''W-1'', 5, mobile => ''9800000001'', source => $'),
    pg_temp.drive('{register_customer,explain_registration}', 'source', sources, '''acme'', mobile => ''9800000002'', source => $',
        '(SELECT string_agg(source, '' '' ORDER BY source) FROM loyalty.customer_profiles)'),
    pg_temp.drive('{enrol_customer}', 'source', sources, 'ANN, program => ''fresh'', source => $', '(SELECT string_agg(source, '' '' ORDER BY program) FROM loyalty.participations)'),
    pg_temp.drive('{upsert_profile}', 'source', sources, 'ANN, $', '(SELECT string_agg(source, '' '' ORDER BY source) FROM loyalty.customer_profiles)'),
    pg_temp.drive('{send_message,send_sms}', 'source', sources, 'ANN, ''hello'', source => $'),
    pg_temp.drive('{send_email}', 'source', sources, 'ANN, ''hello'', ''Hello'', source => $'),
    pg_temp.drive('{send_whatsapp}', 'source', sources, 'ANN, media => ''{"type": "text", "text": "Hello"}'', source => $'),
    pg_temp.drive('{set_channel}', 'source', sources, 'ANN, ''email'', ''e@x.com'', source => $'),
    pg_temp.drive('{set_subscription}', 'source', sources, 'ANN, ''email'', ''promotional'', true, source => $'),
    pg_temp.drive('{move_transaction}', 'source', sources, format('''acme'', ''B-1'', %s, %s, source => $', :ann, :bob)),
    pg_temp.drive('{award_referral}', 'source', sources, format('''acme'', %s, %s, 5, 5, source => $', :ann, :bob)),
    pg_temp.drive('{transfer_points}', 'source', sources, format('ANN, %s, 5, source => $', :bob)),
    pg_temp.drive('{redeem_coupon}', 'source', sources, 'ANN, ''SAVE-1'', ''n'', 5, source => $',
        '(SELECT string_agg(source_id::text, '' '') FROM loyalty_data.incentive_use)'),
    pg_temp.drive('{is_coupon_redeemable}', 'source', sources, 'ANN, ''SAVE-1'', source => $'),
    pg_temp.drive('{reverse_coupon_redemption}', 'source', sources, 'ANN, ' || current_setting('test.use') || ', source => $',
        '(SELECT string_agg(source_id::text, '' '') FROM loyalty_data.use_return)'),
    pg_temp.drive('{issue_coupon}', 'source', sources, 'ANN, ''cups'', source => $'),
    pg_temp.drive('{issue_coupons}', 'source', sources, format('''acme'', ''cups'', ARRAY[%s::bigint], all_or_nothing => true, source => $', :ann)),
    pg_temp.drive('{issue_coupons_batch}', 'items', sources, format('''acme'', jsonb_build_array(jsonb_build_object(''customer_id'', %s,
        ''series'', ''cups'', ''source'', $))', :ann)),
    pg_temp.drive('{create_coupon_series}', 'code_type', '{unique,uploaded}', '''acme'', ''n'', ''N'', code_type => $, discount_type => ''fixed'', discount_value => 5',
        '(SELECT code_type FROM loyalty.coupon_series_usage WHERE series = ''n'')'),
    pg_temp.drive('{create_coupon_series}', 'discount_type', '{percent,fixed}', '''acme'', ''n'', ''N'', discount_type => $, discount_value => 5',
        '(SELECT discount_type FROM loyalty.coupon_series_usage WHERE series = ''n'')'),
    pg_temp.drive('{create_coupon_series}', 'days', '{monday,sunday}', '''acme'', ''n'', ''N'', discount_type => ''fixed'', discount_value => 5, days => ARRAY[$]'),
    pg_temp.drive('{redeem_coupons_batch}', 'items', sources, format('''acme'', jsonb_build_array(jsonb_build_object(''customer_id'', %s,
        ''coupon_code'', ''SAVE-1'', ''transaction_number'', ''n'', ''bill_amount'', 5, ''source'', $))', :ann)),
    pg_temp.drive('{customer_coupons}', 'statuses', '{active_redeemed,active_unredeemed,expired_redeemed,expired_unredeemed,active,redeemed,expired,revoked}',
        'ANN, ARRAY[$]'),
    pg_temp.drive('{search_incentive}', 'incentive_type', '{coupon,promo_code,gift_voucher}', '''acme'', $, ''SAVE-1'''),
    pg_temp.drive('{customer_redemptions}', 'redemption_types', '{points,coupon}', 'ANN, ARRAY[$]'),
    pg_temp.drive('{customer_coupons,customer_redemptions}', 'identifier_type', identifiers || '{card_number,card_external_id}',
        '''acme'', identifier_type => $, identifier_value => CASE WHEN $ ~* ''^ ?mobile'' THEN ''9800000001'' WHEN $ ~* ''email'' THEN ''none@x.com'' ELSE ''none'' END'),
    pg_temp.drive('{reverse_redemption}', 'source', sources, 'ANN, ''none'', source => $'),
    pg_temp.drive('{change_expiry}', 'source', sources, 'ANN, 1, ''2030-01-01'', source => $'),
    pg_temp.drive('{unlock_promised_points}', 'source', sources, 'ANN, transaction_number => ''B-1'', source => $'),
    pg_temp.drive('{create_voucher}', 'source', sources, '''acme'', 5, source => $'),
    pg_temp.drive('{issue_gift_voucher,issue_gift_voucher_for_points}', 'source', sources, 'ANN, 5, source => $'),
    pg_temp.drive('{redeem_gift_voucher}', 'source', sources, format('''acme'', %L, 1, source => $', :'gift_code')),
    pg_temp.drive('{reverse_voucher_redemption}', 'source', sources, format('''acme'', %s, %s, source => $', :gift, :gift_paid)),
    pg_temp.drive('{adjust_gift_voucher}', 'source', sources, format('''acme'', %s, 1, reason => ''r'', source => $', :gift)),
    pg_temp.drive('{revoke_gift_voucher,replace_gift_voucher_code}', 'source', sources, format('''acme'', %s, reason => ''r'', source => $', :gift)),
    pg_temp.drive('{submit_change_request}', 'source', sources, format('''acme'', ''goodwill_points'', %s, payload => ''{"points": 1}'', source => $', :ann)),
    pg_temp.drive('{submit_change_request}', 'origin', '{member_care,instore,api}', format('''acme'', ''goodwill_points'', %s, payload => ''{"points": 1}'', origin => $', :ann),
        '(SELECT string_agg(origin::text, '''') FROM loyalty_data.change_request)'),
    pg_temp.drive('{submit_change_request}', 'request_type', '{mobile,external_id}', format('''acme'', $, %s, new_value => ''9800000009''', :ann),
        '(SELECT string_agg(request_type::text, '''') FROM loyalty_data.change_request)'),
    pg_temp.drive('{submit_change_request}', 'request_type', '{account_merge}', format('''acme'', $, %s, target_id => %s', :ann, :bob),
        '(SELECT string_agg(request_type::text, '''') FROM loyalty_data.change_request)'),
    pg_temp.drive('{submit_change_request}', 'request_type', '{delete_account}', format('''acme'', $, %s', :ann),
        '(SELECT count(*)::text FROM loyalty_data.deletion_request)'),
    pg_temp.drive('{one_step_change}', 'request_type', '{mobile}', '''acme'', $, ''9800000001'', ''9800000009''',
        '(SELECT string_agg(request_type::text, '''') FROM loyalty_data.change_request)'),
    pg_temp.drive('{points_ledger,points_ledger_json,ledger_closing_balance}', 'source', sources || '{ALL}', 'ANN, source => $')
FROM word_list;

-- Words that stand in documents, by the path to them.
SELECT pg_temp.drive('{upsert_profile}', 'channels', '{wechat,mobile,email,whatsapp,postmail}',
        'ANN, ''WEBSITE'', channels => jsonb_build_array(jsonb_build_object(''type'', $, ''value'', CASE WHEN $ ~* ''mail'' THEN ''e@x.com'' ELSE ''9800000002'' END))',
        '(SELECT string_agg(channel, '' '') FROM loyalty.customer_channels)'),
    pg_temp.drive('{upsert_profile}', 'channels', '{ios,android}',
        'ANN, ''WEBSITE'', channels => jsonb_build_array(jsonb_build_object(''type'', ''mobilePush'', ''value'', ''t'', ''device'', $))',
        '(SELECT string_agg(channel, '' '') FROM loyalty.customer_channels)'),
    pg_temp.drive('{register_customer_json}', 'payload', '{loyalty,non_loyalty}', '''acme'', jsonb_build_object(''loyaltyType'', $, ''profiles'',
        ''[{"identifiers": [{"type": "Mobile", "value": "9800000002"}]}]''::jsonb)',
        '(SELECT string_agg(loyalty_type::text, '''') FROM loyalty_data.customer)'),
    pg_temp.drive('{register_customer_json}', 'payload', sources, '''acme'', jsonb_build_object(''profiles'', jsonb_build_array(jsonb_build_object(''source'',
        $, ''identifiers'', ''[{"type": "MOBILE", "value": "9800000002"}]''::jsonb)))',
        '(SELECT string_agg(source, '' '' ORDER BY source) FROM loyalty.customer_profiles)'),
    pg_temp.drive('{register_customer_json}', 'payload', '{email,external_id,cuid}', '''acme'', jsonb_build_object(''profiles'', jsonb_build_array(
        jsonb_build_object(''source'', ''WEBSITE'', ''identifiers'', jsonb_build_array(''{"type": "mobile", "value": "9800000002"}''::jsonb,
        jsonb_build_object(''type'', $, ''value'', ''e@x.com'')))))',
        '(SELECT string_agg(concat_ws('' '', p.email, p.external_id, p.cuid), '' '' ORDER BY source) FROM loyalty.customer_profiles p)'),
    pg_temp.drive('{earn_points_batch}', 'items', categories,
        format('''acme'', jsonb_build_array(jsonb_build_object(''customer_id'', %s, ''points'', 5, ''category'', $))', :ann)),
    pg_temp.drive('{earn_points_batch}', 'items', sources,
        format('''acme'', jsonb_build_array(jsonb_build_object(''customer_id'', %s, ''points'', 5, ''source'', $))', :ann)),
    pg_temp.drive('{earn_points_batch}', 'items', '{goodwill,bulk_award}',
        format('''acme'', jsonb_build_array(jsonb_build_object(''customer_id'', %s, ''points'', 5, ''event_name'', $))', :ann)),
    pg_temp.drive('{redeem_points_batch}', 'items', sources,
        format('''acme'', jsonb_build_array(jsonb_build_object(''customer_id'', %s, ''points'', 5, ''source'', $))', :ann))
FROM word_list;

-- Arguments that are no words: codes, names, numbers, values and texts that people choose, compared as they are written.
SELECT loyalty.create_sender('acme', CASE channel WHEN 'email' THEN 'e@x.com' ELSE '+919800000002' END, channel)
    FROM unnest('{wechat,mobile,ios,line,email,whatsapp,android,postmail,mobile_push}'::text[]) channel \g /dev/null
SELECT pg_temp.drive(ARRAY[f], 'channel', '{wechat,mobile,ios,line,email,whatsapp,android,postmail,mobile_push}',
        format('''acme'', CASE WHEN $ ~* ''^ ?email'' THEN ''%s@x.com'' ELSE ''+91980000000%s'' END, $', letter, digit)
            || CASE f WHEN 'update_sender' THEN ', is_verified => false' ELSE '' END,
        '(SELECT string_agg(concat_ws('' '', channel, is_default, is_verified, is_active), '','' ORDER BY channel, sender) FROM loyalty.senders)')
    FROM (VALUES ('create_sender', 'f', 3), ('update_sender', 'e', 2), ('set_default_sender', 'e', 2), ('retire_sender', 'e', 2)) f (f, letter, digit);
SELECT pg_temp.drive('{set_delivery_code}', 'delivery_status', '{sent,failed,undelivered,delivered,read}', '''acme'', NULL, ''x'', NULL, $',
    '(SELECT string_agg(delivery_status, '' '') FROM loyalty.delivery_codes WHERE is_own)');
SELECT pg_temp.drive('{set_contact_topic}', 'notify', '{never,always,only_when}', '''acme'', ''topic'', $, CASE WHEN $ ~* ''only'' THEN 5 END',
    '(SELECT string_agg(notify, '' '') FROM loyalty.contact_topics)');
SELECT loyalty.set_change_request_template('acme', 'mobile', a, 'mobile', 'X') FROM unnest('{old_id,new_id}'::text[]) a \g /dev/null
SELECT pg_temp.drive(ARRAY[f], 'request_type', types, '''acme'', $' || more, shows)
FROM (SELECT '{mobile,email,external_id,account_merge,mobile_reallocation,goodwill_points,goodwill_coupon,edit_profile,delete_account,retro_transaction}'::text[] AS types) t,
    (VALUES ('set_change_request_rules', '', '(SELECT string_agg(request_type, '' '') FROM loyalty.change_request_settings)'),
        ('set_change_request_contacts', ', ''{}''', 'NULL'),
        ('set_change_request_template', ', ''contact'', ''mobile'', ''X''', '(SELECT string_agg(request_type, '' '' ORDER BY request_type) FROM loyalty.change_request_templates)')) f (f, more, shows);
SELECT pg_temp.drive('{set_change_request_rules}', 'notify', '{never,always,only_when}', '''acme'', ''email'', $, CASE WHEN $ ~* ''only'' THEN 5 END',
        '(SELECT string_agg(notify, '' '') FROM loyalty.change_request_settings)'),
    pg_temp.drive('{set_change_request_rules}', 'otp', '{off,new,old,both}', '''acme'', ''email'', otp => $', '(SELECT string_agg(otp, '' '') FROM loyalty.change_request_settings)'),
    pg_temp.drive('{set_change_request_rules}', 'communicate', '{old_id,new_id}', '''acme'', ''mobile'', communicate => ARRAY[$]',
        '(SELECT string_agg(communicate::text, '' '') FROM loyalty.change_request_settings)'),
    pg_temp.drive('{set_change_request_template}', 'audience', '{old_id,new_id,contact}', '''acme'', ''mobile'', $, ''mobile'', ''X''',
        '(SELECT string_agg(audience, '' '' ORDER BY audience) FROM loyalty.change_request_templates)'),
    pg_temp.drive('{set_change_request_template}', 'channel', '{mobile,email}', '''acme'', ''mobile'', ''contact'', $, ''X'', CASE WHEN $ ~* ''mail'' THEN ''X'' END',
        '(SELECT string_agg(channel, '' '' ORDER BY channel) FROM loyalty.change_request_templates)'),
    pg_temp.drive('{change_requests,change_requests_csv}', 'request_types', '{mobile,email,external_id,account_merge,mobile_reallocation,goodwill_points,goodwill_coupon,
        edit_profile,delete_account,retro_transaction}', '''acme'', ARRAY[$]'),
    pg_temp.drive('{change_requests,change_requests_csv}', 'identifier_type', '{mobile,email,external_id,card_number,card_external_id}',
        '''acme'', identifier_type => $, identifier_value => CASE WHEN $ ~* ''^ ?mobile'' THEN ''9800000001'' ELSE ''none'' END'),
    pg_temp.drive('{change_requests,change_requests_csv}', 'statuses', '{pending,approved,declined}', '''acme'', statuses => ARRAY[$]');
SELECT loyalty.create_event_subscriber('acme', 'hook') \g /dev/null
SELECT loyalty.earn_points('acme', :ann, 1) \g /dev/null
SELECT event_id AS told, lease_no AS lease FROM loyalty.take_events('acme', 'hook') \gset
SELECT pg_temp.drive('{create_event_subscriber}', 'event_names', '{points_award,points_redemption,customer_merge}', '''acme'', ''new'', NULL, ARRAY[$]',
        '(SELECT string_agg(event_names::text, '' '') FROM loyalty.event_subscribers)'),
    pg_temp.drive('{update_event_subscriber}', 'event_names', '{points_award,points_redemption,customer_merge}', '''acme'', ''hook'', NULL, ARRAY[$]',
        '(SELECT string_agg(event_names::text, '' '') FROM loyalty.event_subscribers)'),
    pg_temp.drive('{update_event_subscriber}', 'state', '{active,paused,retired}', '''acme'', ''hook'', state => $',
        '(SELECT string_agg(state, '' '') FROM loyalty.event_subscribers)'),
    pg_temp.drive('{acknowledge_event}', 'outcome', '{delivered,retry,failed}', format('''acme'', ''hook'', %s, %s, %s, $', :ann, :told, :lease),
        '(SELECT string_agg(state::text, '''' ORDER BY event_no) FROM loyalty_data.event_delivery)');
CREATE TEMP TABLE no_word (argument) AS SELECT unnest('{org,name,description,label,promotion,stacking_group,distribution,partner,codes,series,store,till,tills,base_till,transaction_till,
    actor,reason,idempotency_key,card_number,card_external_id,card_numbers,old_card_number,card_external_ids,account_id,transaction_number,
    return_number,redemption_id,mobile,email,external_id,cuid,first_name,last_name,identifier_value,new_value,address,consent_source,
    status_label,status_label_reason,card_series,prefix,suffix,after_key,config_key,config_value,expected_seal,seal_hash,digits,
    number,topic,time_zone,base_country,supported_countries,currency_code,currency_symbol,allowed_values,program,fields,
    extended_fields,custom_fields,line_items,relation,org_unit,city,opening_hours,sender,bsp_account,bsp,secrets,contact,topics,name_part,body,provider_message_id,reminder,template,variables,dedupe_key,
    subject,media,blocks,components,variable_names,variable_limits,language,header_id,external_template_id,subscriber,endpoint,secret,contacts,campaign,message,worker,error_code,cause,attachments,provider_status,page_key,stores,code,coupon_code,merchant_store_id,
    old_value,existing,requested_to,note}'::text[]);
CREATE TEMP TABLE elsewhere (function, argument, reason) AS VALUES
    ('load_transactions', 'date_format', 'it commits: test/sql/bill_dates.sql'),
    ('submit_change_request', 'payload', 'its keys are arguments of direct calls, which are driven'),
    ('create_source', 'source', 'it makes the word: test/pgtap/org_sources.sql'),
    ('earn_items', 'items', 'earn_points_batch drives it'), ('issue_coupon_items', 'items', 'issue_coupons_batch drives it'),
    ('create_coupon_series', 'generic_code', 'a code, whose normal form is its own'), ('create_coupon_series', 'code_prefix', 'the same'),
    ('create_coupon_series', 'hours', 'times of the day'), ('redeem_coupon_items', 'items', 'redeem_coupons_batch drives it'), ('redeem_items', 'items', 'redeem_points_batch drives it');

SELECT is_empty($$
    SELECT p.proname, a.name FROM pg_proc p,
        LATERAL unnest(p.proargnames, COALESCE(p.proargmodes::text[], array_fill('i'::text, ARRAY[p.pronargs])),
            COALESCE(p.proallargtypes, p.proargtypes::oid[])) a (name, mode, type)
    WHERE p.pronamespace = 'loyalty'::regnamespace AND a.mode = 'i'
        AND (a.type IN ('text'::regtype, 'text[]'::regtype, 'jsonb'::regtype) OR a.name = 'items')
        AND a.name NOT IN (SELECT argument FROM no_word)
        AND (p.proname, a.name) NOT IN (SELECT function, argument FROM driven UNION ALL SELECT function, argument FROM elsewhere)
    $$, 'every argument of a word is driven');

-- Makes a call with a word and takes it back; answers the error or the effect.
CREATE FUNCTION pg_temp.effect(d driven, word text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    BEGIN
        EXECUTE format('SELECT %s FROM loyalty.%s(%s) a', CASE WHEN d.shows = 'NULL' AND d.function ~ '^(points_ledger|points_balance|ledger_|check_|find_|explain_|is_|customer_)'
            THEN 'string_agg(a::text, '' '')' ELSE 'count(*)::text' END, d.function, replace(d.arguments, '$', quote_literal(word)))
            INTO result;
        EXECUTE format('SELECT concat_ws('' | '', %L, %s)', result,
            replace(d.shows, 'ANN', format('%L, %s', 'acme', current_setting('test.ann')))) INTO result;
        RAISE EXCEPTION USING ERRCODE = 'ZZ000', MESSAGE = result;
    EXCEPTION WHEN OTHERS THEN
        RETURN CASE WHEN SQLSTATE = 'ZZ000' THEN 'effect: ' || SQLERRM ELSE SQLSTATE END;
    END;
END $$;

CREATE TEMP TABLE spelt AS
SELECT d.function, d.argument, word, s.spelling, pg_temp.effect(d, s.spelling) AS effect, pg_temp.effect(d, word) AS expected,
    pg_temp.effect(d, 'no such word') AS stranger
FROM driven d, unnest(d.words) word, LATERAL (VALUES
    (upper(word)), (lower(word)), (initcap(replace(word, '_', ' '))), (replace(word, '_', '-')), (replace(word, '_', '')),
    (lower(left(word, 1)) || substr(replace(initcap(replace(word, '_', ' ')), ' ', ''), 2)), (' ' || word || '_')) s (spelling);
SELECT is((SELECT string_agg(DISTINCT format('%s(%s => %L): %s, not %s', function, argument, spelling, effect, expected), E'\n')
    FROM spelt WHERE effect IS DISTINCT FROM expected), NULL, 'every spelling has the effect of the word');
SELECT is((SELECT string_agg(DISTINCT format('%s(%s => %L): %s', function, argument, word, expected), E'\n')
    FROM spelt WHERE expected IN ('LY003', 'LY008', 'LY011', 'LY106', 'LY120', 'LY601', 'LYN04', 'LY909')), NULL, 'every word is one');
SELECT is((SELECT string_agg(DISTINCT format('%s(%s): %s', function, argument, stranger), E'\n')
    FROM spelt WHERE stranger !~ '^LY(003|007|008|011|106|120|202|415|601|701|M19|N04|805|909)$' AND argument <> 'items'), NULL, 'no other word is');
SELECT cmp_ok((SELECT count(*) FROM spelt), '>', 2500::bigint, 'so many spellings');
SELECT is((SELECT string_agg(DISTINCT e.effect, ' ') FROM (SELECT effect, function FROM spelt) e WHERE e.function = 'set_test_control'),
    'effect: 1 | c effect: 1 | t', 'what is kept is the word itself');

-- Words that come twice in a document are one, however they are spelt.
SELECT throws_ok($$SELECT loyalty.register_customer_json('acme', '{"profiles": [{"identifiers": [{"type": "external_id", "value": "a"},
    {"type": "externalId", "value": "b"}]}]}')$$, 'LY124', NULL, 'an identifier in two spellings came twice');
SELECT throws_ok($$SELECT loyalty.create_program('acme', 'a_l-L', 'All')$$, 'LY003', NULL, 'no program is called as all of them are');
SELECT * FROM finish();
ROLLBACK;
