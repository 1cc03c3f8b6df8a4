-- For the examples of docs/customer.md: an org with a program and a store, and no customer yet.
\ir common.sql
SELECT loyalty.create_org('lagoon', 'Lagoon Coffee', 'Asia/Singapore', 'SG') > 0 AS made \gset
SELECT loyalty.create_program('lagoon', 'beans', 'Beans') > 0 AS made \gset
SELECT loyalty.create_store('lagoon', 'marina', 'Marina Bay') > 0 AS made \gset
SELECT loyalty.create_till('lagoon', 'marina-1', 'marina') > 0 AS made,
       loyalty.create_till('lagoon', 'marina-2', 'marina') > 0 AS made_too \gset
SELECT loyalty.set_config('lagoon', 'CONF_CLIENT_V2_API_ENABLED', 'on') AS set \gset
