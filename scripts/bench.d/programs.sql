-- Programs p0, p1, ... as many as psql variable programs says, younger than the customers, whose accounts of theirs are
-- opened here: customer n has those of program n % programs.
SET client_min_messages = warning;
SELECT count(loyalty.create_program('bench', 'p' || n, 'Program ' || n, expiry_unit => 'months', expiry_value => 12))
FROM generate_series(0, :programs - 1) n \g /dev/null
SELECT set_config('bench.programs', :'programs', false) \g /dev/null
DO $$
DECLARE
    programs int := current_setting('bench.programs');
BEGIN
    FOR low IN 0 .. (SELECT max(c.n) FROM bench.customer c) BY 5000 LOOP
        PERFORM count(*) FROM loyalty.earn_points_batch('bench', ARRAY(
            SELECT ROW(c.customer_id, 10, NULL, NULL, NULL, NULL, 'p' || c.n % programs, NULL, NULL, NULL, NULL,
                NULL, NULL, NULL, NULL)::loyalty.earn_item
            FROM bench.customer c WHERE c.n BETWEEN low AND low + 4999));
        COMMIT;
    END LOOP;
END
$$;
VACUUM (ANALYZE);
