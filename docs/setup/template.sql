-- For the examples of docs/template.md: a brand in Kolkata.
\ir common.sql
SELECT loyalty.create_org('lagoon', 'Lagoon Books', 'Asia/Kolkata', 'IN');
\o
