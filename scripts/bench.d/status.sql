-- Ten labels, all restrictions set up, and every customer with a label that stops much, though not earning.
SET client_min_messages = warning;
DO $$
BEGIN
    PERFORM loyalty.create_status_label('bench', status, status || n)
    FROM unnest(ARRAY['active', 'suspended', 'fraud_suspected', 'fraud_confirmed', 'internal']) status,
        generate_series(1, 2) n;
    PERFORM loyalty.enable_customer_status('bench');
    PERFORM loyalty.set_restriction('bench', restriction, '{all}') FROM (SELECT DISTINCT restriction FROM loyalty_data.restriction_list()) r;
    PERFORM loyalty.set_restriction('bench', 'block_points_allocation',
        '{suspended1,fraud_suspected1,fraud_suspected2,fraud_confirmed1,fraud_confirmed2,internal1,internal2}');
    PERFORM loyalty.set_customer_status('bench', customer_id, 'suspended2') FROM bench.customer;
END
$$;
VACUUM FULL loyalty_data.customer;
