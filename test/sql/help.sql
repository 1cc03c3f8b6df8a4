-- What a person sees who asks what there is.
CREATE EXTENSION loyalty;
SELECT * FROM loyalty.help();
SELECT name, left(description, 60) AS description FROM loyalty.help('Merge');
SELECT * FROM loyalty.help('get_config');
-- As it is copied: quoted, called, with what stands around it.
SELECT name FROM loyalty.help(E' \n\t"loyalty"."get_config" (\n''acme'') \r\n') WHERE name = 'get_config';
SELECT name FROM loyalty.help(E'''get_config''\t') WHERE name = 'get_config';
SELECT name FROM loyalty.help(E' \t\n') WHERE name = 'merge';
SELECT * FROM loyalty.help('LY405');
SELECT * FROM loyalty.help('CONF_USERS_IS_EMAIL_UNIQUE');
SELECT * FROM loyalty.help('redeem');
SELECT * FROM loyalty.help('redeem_ponts');
SELECT * FROM loyalty.help('CONF_USERS_IS_EMAIL_UNIQE');
SELECT * FROM loyalty.help('earn_points_result');
SELECT capability, signature, may_call, what_for FROM loyalty.functions WHERE name = 'is_redeemable' \gx
DROP EXTENSION loyalty;
