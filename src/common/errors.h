/* errors.h: the SQLSTATEs of class LY, ERRCODE_LOYALTY_<name>, made from error_codes.def. */
#ifndef LOYALTY_ERRORS_H
#define LOYALTY_ERRORS_H

#include "utils/elog.h"

/* Codes that ereport() takes, as those of the server. */
#define LOYALTY_ERROR(name, d1, d2, d3, meaning) ERRCODE_LOYALTY_##name = MAKE_SQLSTATE('L', 'Y', d1, d2, d3),
enum LoyaltyErrorCode
{
#include "common/error_codes.def"
};
#undef LOYALTY_ERROR

/* Meaning of a code of ours, for results that tell of an error instead of raising it. */
extern const char *loyalty_error_meaning(int sqlstate);

/* The same of any code, NULL for one that is not ours: a job passes those on, a cancelled query among them. */
extern const char *loyalty_error_meaning_or_null(int sqlstate);

#endif
