-- What a person sees who asks what there is.
CREATE EXTENSION loyalty;
SELECT * FROM loyalty.help();
SELECT name, left(description, 60) AS description FROM loyalty.help('Merge');
SELECT * FROM loyalty.help('get_config');
SELECT * FROM loyalty.help('LY405');
SELECT * FROM loyalty.help('CONF_USERS_IS_EMAIL_UNIQUE');
SELECT * FROM loyalty.help('redeem');
SELECT * FROM loyalty.help('redeem_ponts');
SELECT * FROM loyalty.help('CONF_USERS_IS_EMAIL_UNIQE');
SELECT * FROM loyalty.help('earn_points_result');
SELECT capability, signature, may_call, what_for FROM loyalty.functions WHERE name = 'is_redeemable' \gx
DROP EXTENSION loyalty;
