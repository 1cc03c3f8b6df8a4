/*
 * setting_rules.h: what an org may say of a type of change requests: who is told of a change and by which channel, what is
 * approved by itself, and when one that waits is escalated. Knows no server.
 */
#ifndef LOYALTY_SETTING_RULES_H
#define LOYALTY_SETTING_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "request/request_rules.h"

/* Readers of a text. The first ones are told of a change, the last is the org's own contacts. */
typedef enum RequestAudience
{
	AUDIENCE_OLD_ID,	/* the identifier before the change */
	AUDIENCE_NEW_ID,	/* the identifier after it */
	AUDIENCE_REQUESTOR, /* whose account is merged into another one */
	AUDIENCE_SURVIVOR,	/* into whose account it is merged */
	AUDIENCE_CUSTOMER,	/* by its own addresses */
	AUDIENCE_CONTACT,	/* contacts of the org: a request came, or waits */
	AUDIENCE_COUNT
} RequestAudience;

/* Words for them, as calls have them, and letters, as the table has them; in the same order. */
extern const char *const loyalty_request_audiences[AUDIENCE_COUNT];
extern const char loyalty_request_audience_letters[AUDIENCE_COUNT + 1];

/* Channels that a text can be for. */
typedef enum RequestChannel
{
	REQUEST_BY_MOBILE,
	REQUEST_BY_EMAIL,
	REQUEST_CHANNEL_COUNT
} RequestChannel;

extern const char *const loyalty_request_channels[REQUEST_CHANNEL_COUNT];

/* Tells whether a change of a type can be told to an audience; contacts are told of every type. */
extern bool loyalty_request_audience_fits(RequestType type, RequestAudience audience);

/* Tells whether an audience of a type is reached by a channel: an identifier that is an address by that one alone. */
extern bool loyalty_request_channel_fits(RequestType type, RequestAudience audience, RequestChannel channel);

/* Choices of who proves by a one-time code that it has an identifier, as the table has them. */
typedef enum RequestOtp
{
	OTP_OFF = 'o',
	OTP_NEW = 'n',
	OTP_OLD = 'l',
	OTP_BOTH = 'b'
} RequestOtp;

#define OTP_COUNT 4
extern const char *const loyalty_request_otp_words[OTP_COUNT];
extern const RequestOtp loyalty_request_otp_choices[OTP_COUNT];

/* Tells whether such a code can be asked for: it goes to an identifier that changes, or to the number that has another owner. */
extern bool loyalty_request_otp_fits(RequestType type, RequestOtp otp);

/*
 * Tells whether a request is approved by itself. A limit is one of points that are given, in thousandths, and what is worth that
 * much is within it.
 */
extern bool loyalty_request_is_auto(bool auto_approve, bool has_limit, int64_t limit, int64_t points);

#define REQUEST_STEP_MAX 3	   /* steps of escalation; step 0 is the arrival */
#define REQUEST_HOURS_MAX 8760 /* a year */

/* Tells whether a step falls between its neighbours, in hours from the arrival; 0: there is no such neighbour. */
extern bool loyalty_request_step_fits(int hours, int before, int after);

/* Tells whether a step is due for a request that came at some time; times are microseconds. */
extern bool loyalty_request_step_is_due(int64_t requested_at, int hours, int64_t now);

#endif
