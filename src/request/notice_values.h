/* notice_values.h: the tags that texts of change requests may have, and their values. */
#ifndef LOYALTY_NOTICE_VALUES_H
#define LOYALTY_NOTICE_VALUES_H

#include "postgres.h"

#include "utils/jsonb.h"

#include "message/template/template_rules.h"
#include "request/notices.h"

#define LOYALTY_REQUEST_TOPIC "change_request" /* of the predefined tags */

/* Tells whether requests give a tag; and lists all that they give, for messages. */
extern bool loyalty_request_tag_known(const TemplatePiece *tag);
extern const char *loyalty_request_tag_list(void);

/*
 * Returns a value for each of them: empty where it is not known. The customer of the news may be NULL, and is nobody then, of whom
 * nothing is known.
 */
extern Jsonb *loyalty_request_values(const LoyaltyCall *call, const LoyaltyRequestNews *news);

#endif
