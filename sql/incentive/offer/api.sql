CREATE FUNCTION loyalty.claim_offer(
    org text, series text, campaign text DEFAULT NULL, program text DEFAULT NULL, actor text DEFAULT NULL)
    RETURNS void
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_claim_offer';
REVOKE ALL ON FUNCTION loyalty.claim_offer FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.claim_offer TO loyalty_admin;
COMMENT ON FUNCTION loyalty.claim_offer IS
    'Reserves a series of coupons for a campaign or for a program, until it is released';

CREATE FUNCTION loyalty.release_offer(org text, series text)
    RETURNS bool
    LANGUAGE C VOLATILE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_release_offer';
REVOKE ALL ON FUNCTION loyalty.release_offer FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.release_offer TO loyalty_admin;
COMMENT ON FUNCTION loyalty.release_offer IS
    'Ends the claim of a series of coupons; true where there was one';

