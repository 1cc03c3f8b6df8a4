-- Posts what is due on the day after the last bill.
SET client_min_messages = warning;
SELECT max(b.transaction_date) + 1 AS as_of FROM demo.bill b \gset
\echo 'Expiring what is due on' :as_of '...'
CALL loyalty.expire_points('cdnow', as_of => (:'as_of' || ' 00:00 UTC')::timestamptz);
