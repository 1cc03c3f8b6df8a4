/*
 * notice_values.c: what texts of change requests are made with. Every tag has a value in every message, an empty one where
 * nothing is known, so that no text can hold up a decision. Values are those of the moment: after a merge the names are the
 * survivor's, under whom the messages stand. Contacts of the org read of the customer what the org's own text asks for; the text
 * that they get without one says nothing of it.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"

#include "message/outbox/customer_values.h"
#include "message/template/values.h"
#include "request/notice_values.h"

/* Tags of every topic that are filled here, then those of the topic of requests. */
static const char *const tags[] = { "first_name", "last_name",	  "mobile",		"email",		"external_id",
									"currency",	  "date",		  "request_id", "request_type", "old_value",
									"new_value",  "request_date", "step" };

/* Compares words, as all of templates do. */
bool
loyalty_request_tag_known(const TemplatePiece *tag)
{
	int i;

	for (i = 0; i < lengthof(tags); i++)
		if (loyalty_template_is_tag(tag, tags[i]))
			return true;
	return false;
}

/* Joins them. */
const char *
loyalty_request_tag_list(void)
{
	char *list = pstrdup(tags[0]);
	int i;

	for (i = 1; i < lengthof(tags); i++)
		list = psprintf("%s, %s", list, tags[i]);
	return list;
}

/* Returns a value, or what fits of it: a field of a profile may be longer than a value of a message. */
static const char *
fitting(const char *value)
{
	int length;

	if (value == NULL || pg_mbstrlen(value) <= LOYALTY_VALUE_MAX)
		return value;
	length = pg_mbcharcliplen(value, strlen(value), LOYALTY_VALUE_MAX);
	return pnstrdup(value, length);
}

/* Begins with nothing but empty values: of members of one name the last one counts. */
Jsonb *
loyalty_request_values(const LoyaltyCall *call, const LoyaltyRequestNews *news)
{
	StringInfoData json;
	int i;

	loyalty_values_begin(&json);
	for (i = 0; i < lengthof(tags); i++)
		loyalty_values_add(&json, tags[i], "");
	if (news->customer != NULL)
		loyalty_values_add_customer(&json, call, news->customer);
	loyalty_values_add(&json, "request_id", psprintf(INT64_FORMAT, news->request_id));
	loyalty_values_add(&json, "request_type", loyalty_request_type_name(news->type));
	loyalty_values_add(&json, "old_value", fitting(news->old_value));
	loyalty_values_add(&json, "new_value", fitting(news->new_value));
	loyalty_values_add(&json, "request_date",
					   loyalty_day_text(loyalty_local_date(news->requested_at, call->org->zone)));
	loyalty_values_add(&json, "step", psprintf("%d", news->step));
	return loyalty_values_end(&json);
}
