/*
 * request_claims.c: what a pending request keeps others from asking for.
 *
 * A request claims its type for the customer, and the value that it asks for; a gift claims what it says, and a bill its
 * number, since several may wait. A claim is a row under a digest that the org has once: of two calls the second waits for the
 * first. After a merge the claims of a victim stand under its id, so the whole group is asked. Digests are made of what the
 * request says and of no configuration: whoever ends the request makes the same ones.
 */
#include "postgres.h"

#include "common/crypto.h"
#include "common/errors.h"
#include "customer/identity_rules.h"
#include "request/request.h"

#define MAX_CLAIMS 2

/*
 * Digests what is claimed. No key is needed: the table is closed, and beside each digest stands the request that says the same in
 * words.
 */
static void
digest(RequestType type, int64 customer_id, const char *text, pg_uuid_t *claim)
{
	loyalty_idempotency_digest(psprintf("%s " INT64_FORMAT " %s", loyalty_request_type_name(type),
										customer_id, text),
							   claim);
}

/* Knows no configuration: e-mails have one form to compare, the others are kept in theirs. */
const char *
loyalty_request_wanted(const ChangeRequest *request, const ChangeRequestContent *content)
{
	char key[IDENTIFIER_VALUE_BYTES];
	char typed[IDENTIFIER_VALUE_BYTES];

	if (content->new_value == NULL)
		return NULL;
	switch (request->type)
	{
		case REQUEST_MOBILE:
		case REQUEST_EXTERNAL_ID:
		case REQUEST_MOBILE_REALLOCATION:
			return content->new_value;
		case REQUEST_EMAIL:
			return loyalty_email_normal(content->new_value, key, typed) ? pstrdup(key) : content->new_value;
		default:
			return NULL;
	}
}

/* Returns what tells several requests of a customer apart; an empty text for types of which one may wait. */
static const char *
told_by(const ChangeRequest *request, const ChangeRequestContent *content)
{
	if (!loyalty_request_told_by_content(request->type) || content->payload == NULL)
		return "";
	return JsonbToCString(NULL, &content->payload->root, VARSIZE(content->payload));
}

/* Makes the claim of a customer and, in "claims" behind it, that of the value; returns how many there are. */
static int
claims_of(const ChangeRequest *request, const ChangeRequestContent *content, pg_uuid_t claims[MAX_CLAIMS])
{
	const char *value = loyalty_request_wanted(request, content);
	RequestType type = request->type == REQUEST_MOBILE_REALLOCATION ? REQUEST_MOBILE : request->type;

	digest(request->type, request->customer_id, told_by(request, content), &claims[0]);
	if (value == NULL)
		return 1;
	digest(type, 0, value, &claims[1]);
	return 2;
}

/* Raises LY604. */
pg_noreturn static void
raise_claimed(int64 request_id)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_REQUEST_EXISTS), errmsg("such a request is pending already"),
					request_id != 0 ? errdetail("It is request " INT64_FORMAT ".", request_id) : 0,
					errhint("Decide about that one first.")));
}

/* Looks whether somebody who was merged into the customer has such a claim of its own. */
static void
check_group(const RequestWork *work)
{
	const LoyaltyCustomer *customer = &work->member.customer;
	int i;

	for (i = 0; i < customer->merged_count; i++)
	{
		pg_uuid_t claim;
		int64 request_id;

		digest(work->request.type, customer->merged_ids[i], told_by(&work->request, &work->content), &claim);
		request_id = loyalty_change_request_claimed(work->request.org_id, &claim);
		if (request_id != 0)
			raise_claimed(request_id);
	}
}

/* The customer's comes first, in every request: two calls cannot wait for each other's. */
void
loyalty_request_claim(const RequestWork *work)
{
	pg_uuid_t claims[MAX_CLAIMS];
	int count = claims_of(&work->request, &work->content, claims);
	int i;

	check_group(work);
	for (i = 0; i < count; i++)
		if (!loyalty_change_request_claim(&work->request, &claims[i]))
			raise_claimed(loyalty_change_request_claimed(work->request.org_id, &claims[i]));
}

/* Content that is gone by then has no claims: they go before it. */
void
loyalty_request_unclaim(const ChangeRequest *request, const ChangeRequestContent *content)
{
	pg_uuid_t claims[MAX_CLAIMS];
	int count = claims_of(request, content, claims);
	int i;

	for (i = 0; i < count; i++)
		loyalty_change_request_unclaim(request->org_id, request->request_id, &claims[i]);
}
