-- For the examples of docs/org.md, which make an org themselves: another one, that must not get into their way.
\ir common.sql
SELECT loyalty.create_org('harbour', 'Harbour Books');
\o
