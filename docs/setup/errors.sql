-- For the examples of docs/errors.md: the extension and nothing in it.
\ir common.sql
\o
