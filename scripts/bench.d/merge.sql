-- Merges four pairs of a kind (psql variable what) and prints merges a second.
SELECT clock_timestamp() AS began \gset
WITH next AS (UPDATE bench.pair SET done = true WHERE ctid IN (SELECT ctid FROM bench.pair WHERE kind = :'what' AND NOT done LIMIT 4)
    RETURNING survivor, victim)
SELECT count(m.merge_id) AS merged FROM next, loyalty.merge_customers('bench', survivor, victim) m \gset
SELECT :merged / extract(epoch FROM clock_timestamp() - :'began');
