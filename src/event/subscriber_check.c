/*
 * subscriber_check.c: what operators are told of subscribers. One whose secret does not open is handed nothing, since nothing goes
 * out without its signature; its worker sees that at each taking, and who runs the database sees it here.
 */
#include "postgres.h"

#include "lib/stringinfo.h"

#include "common/crypto.h"
#include "event/subscribers.h"

/* Tells whether a secret opens. What it says is wiped. */
static bool
opens(const SubscriberSecret *secret)
{
	char *text = loyalty_unseal_or_null(loyalty_subscriber_seal(secret->org_id, secret->subscriber_id),
										secret->secret, secret->key_id);

	if (text != NULL)
		sodium_memzero(text, strlen(text));
	return text != NULL;
}

/* Names each once, as they come by name. */
static void
add_closed(StringInfo amiss, const int32 *org_ids, int count)
{
	SubscriberSecret *secrets;
	int secret_count = loyalty_subscriber_secrets(org_ids, count, &secrets);
	const char *last = NULL;
	int i;

	for (i = 0; i < secret_count; i++)
	{
		if (opens(&secrets[i]) || (last != NULL && strcmp(last, secrets[i].subscriber) == 0))
			continue;
		if (last == NULL)
			appendStringInfo(amiss, "%swith a secret that does not open: ", amiss->len > 0 ? "; " : "");
		appendStringInfo(amiss, "%s%s", last == NULL ? "" : ", ", secrets[i].subscriber);
		last = secrets[i].subscriber;
	}
}

/* Tries no secret where the whole key file is of no use, which is a row of its own. */
const char *
loyalty_subscribers_amiss(const int32 *org_ids, int count)
{
	const char *late = loyalty_subscribers_late(org_ids, count);
	StringInfoData amiss;

	initStringInfo(&amiss);
	if (late != NULL)
		appendStringInfoString(&amiss, late);
	if (loyalty_key_file_problem() == NULL)
		add_closed(&amiss, org_ids, count);
	return amiss.len > 0 ? amiss.data : NULL;
}
