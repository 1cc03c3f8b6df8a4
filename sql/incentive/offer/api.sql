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


CREATE FUNCTION loyalty.search_incentive(
    org text, incentive_type text, code text,
    OUT valid bool, OUT reason text, OUT incentive_id int8, OUT shown_code text, OUT offer text, OUT name text,
    OUT status text, OUT customer_id int8, OUT issued_at timestamptz, OUT expires_at timestamptz, OUT last_day date,
    OUT redemptions int8, OUT redemptions_left int8, OUT balance numeric)
    RETURNS record
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_search_incentive';
REVOKE ALL ON FUNCTION loyalty.search_incentive FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.search_incentive TO loyalty_admin, loyalty_agent;
COMMENT ON FUNCTION loyalty.search_incentive IS
    'What a code is: of a coupon, a promo code or a gift voucher; a row for an unknown one as well';

CREATE FUNCTION loyalty.verify_incentives(org text)
    RETURNS TABLE (invariant text, ok bool, detail text)
    LANGUAGE C STABLE PARALLEL UNSAFE AS 'MODULE_PATHNAME', 'loyalty_verify_incentives';
REVOKE ALL ON FUNCTION loyalty.verify_incentives FROM PUBLIC;
GRANT EXECUTE ON FUNCTION loyalty.verify_incentives TO loyalty_admin;
COMMENT ON FUNCTION loyalty.verify_incentives IS
    'Whether counters, limits and balances of incentives are what uses, issues and movements add up to; of each invariant the first break';
