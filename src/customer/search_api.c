/*
 * search_api.c: search_customers: whom staff looks for, by whatever they are told.
 *
 * Everything that is given must be true of a customer. Identifiers and cards name few, who are read and compared; a name alone
 * reads its index from where the page begins. What is found are customers of today: somebody who was merged is found as the
 * survivor, under the victim's names and identifiers, too. Only reads, and runs on a replica.
 */
#include "postgres.h"

#include "mb/pg_wchar.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/phone.h"
#include "common/srf.h"
#include "customer/find.h"
#include "customer/identity.h"
#include "customer/name_key.h"
#include "customer/search_store.h"

LOYALTY_FUNCTION(loyalty_search_customers);

#define LARGEST_PAGE 100

/* Place of an argument. */
enum
{
	ARG_NAME = 1,
	ARG_IDENTIFIERS,
	ARG_PAGE_SIZE = ARG_IDENTIFIERS + IDENTIFIER_TYPE_COUNT,
	ARG_PAGE_KEY,
	ARG_CARDS,
};

static const char *const card_types[] = { "card_number", "card_external_id" };

/* Customers who may be meant, ascending; "known" once something was given that names some. */
typedef struct Found
{
	bool known;
	int count;
	int64 *ids;
} Found;

/* Keeps those who are among others, too; the others are ascending. */
static void
narrow(Found *found, const int64 *ids, int count)
{
	int kept = 0;
	int i = 0;
	int j = 0;

	if (!found->known)
	{
		found->known = true;
		found->count = count;
		found->ids = palloc(sizeof(int64) * Max(count, 1));
		memcpy(found->ids, ids, sizeof(int64) * count);
		return;
	}
	while (i < found->count && j < count)
		if (found->ids[i] < ids[j])
			i++;
		else if (found->ids[i] > ids[j])
			j++;
		else
		{
			found->ids[kept++] = found->ids[i++];
			j++;
		}
	found->count = kept;
}

/* Keeps those who hold an identifier; one without a normal form is held by nobody. */
static void
narrow_by_identifier(LoyaltyCall *call, Found *found, IdentifierType type, const char *given)
{
	char value[IDENTIFIER_VALUE_BYTES];
	char shown[IDENTIFIER_VALUE_BYTES];
	LoyaltyRows *rows = NULL;
	int64 *ids;
	int i;

	if (given == NULL)
		return;
	if (loyalty_identifier_normalise(call->org, type, given, value, shown))
		rows = loyalty_holders_read(call->org->org_id, type, value);
	ids = palloc(sizeof(int64) * (rows ? rows->count + 1 : 1));
	for (i = 0; rows != NULL && i < rows->count; i++)
		ids[i] = loyalty_row_int8(rows, i, 1);
	narrow(found, ids, rows ? rows->count : 0);
}

/* Keeps the owner of a card. */
static void
narrow_by_card(LoyaltyCall *call, Found *found, const char *type, const char *given)
{
	int64 customer_id;

	if (given == NULL)
		return;
	customer_id = loyalty_customer_find(call, type, given);
	narrow(found, &customer_id, customer_id != 0);
}

/*
 * Reads a name to search for: words, of which the first begins a name and each of the others begins a word behind it. False
 * where none is given, or it has no letter.
 */
static bool
arg_name(FunctionCallInfo fcinfo, NameSearch *name)
{
	const char *given = loyalty_arg_text_or_null(fcinfo, ARG_NAME, "name", LOYALTY_MAX_NAME);
	char *key = palloc(NAME_KEY_BYTES);

	if (given == NULL)
		return false;
	loyalty_name_key(&given, 1, key);
	if (key[0] == '\0')
		loyalty_raise_not_allowed("name", "with a letter or a digit");
	name->others = loyalty_name_key_split(key);
	name->from = key;
	name->below = psprintf("%s%s", key, GetDatabaseEncoding() == PG_UTF8 ? "\xf4\x8f\xbf\xbf" : "\xff\xff");
	return true;
}

/* Reads the key of a page: an id and, where names are read in their order, the key of a name that this search finds. */
static FoundCustomer
arg_page_key(FunctionCallInfo fcinfo, const NameSearch *in_order)
{
	const char *text = loyalty_arg_text_or_null(fcinfo, ARG_PAGE_KEY, "page_key", LOYALTY_MAX_TEXT);
	FoundCustomer place = { .name_key = "" };
	char *end = NULL;

	if (text == NULL)
		return place;
	errno = 0;
	if (*text >= '1' && *text <= '9')
		place.named_id = strtol(text, &end, 10);
	if (end == NULL || errno != 0 || *end != ':' ||
		(in_order ? strncmp(end + 1, in_order->from, strlen(in_order->from)) != 0 : end[1] != '\0'))
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_PAGE_INVALID), errmsg("argument \"page_key\" is not a page key"),
				 errhint("Pass the page_key of the last row of the page before, and search for the same.")));
	place.name_key = end + 1;
	return place;
}

/* Reads how many rows a page has. */
static int
arg_page_size(FunctionCallInfo fcinfo)
{
	int page_size = loyalty_arg_int4(fcinfo, ARG_PAGE_SIZE, "page_size");

	if (page_size < 1 || page_size > LARGEST_PAGE)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_PAGE_INVALID), errmsg("page size is not valid"),
						errdetail("It is %d; pages have 1 to %d customers.", page_size, LARGEST_PAGE)));
	return page_size;
}

/* Reads everybody whom identifiers and cards name. */
static void
read_named(LoyaltyCall *call, FunctionCallInfo fcinfo, Found *found)
{
	static const int longest[] = { LOYALTY_PHONE_MAX, EMAIL_MAX_BYTES, EXTERNAL_ID_MAX };
	int i;

	for (i = 0; i < IDENTIFIER_TYPE_COUNT; i++)
		narrow_by_identifier(call, found, i,
							 loyalty_arg_text_or_null(fcinfo, ARG_IDENTIFIERS + i,
													  loyalty_identifier_type_names[i], longest[i]));
	for (i = 0; i < lengthof(card_types); i++)
		narrow_by_card(call, found, card_types[i],
					   loyalty_arg_text_or_null(fcinfo, ARG_CARDS + i, card_types[i], LOYALTY_MAX_CODE));
}

/*
 * Fills a page with those whose name matches and returns how many there are. Names of one customer that match, too, take no room on
 * the page, so more are read until it is full. One name may stand in a key's both orders.
 */
static int
read_page_of_names(LoyaltyCall *call, const NameSearch *name, FoundCustomer place, FoundCustomer *page,
				   int page_size)
{
	int count = 0;
	LoyaltyRows *rows;
	int i;

	do
	{
		rows = loyalty_name_search_read(call->org->org_id, name, &place, page_size);
		for (i = 0; i < rows->count && count < page_size; i++)
		{
			FoundCustomer found = { loyalty_row_int8(rows, i, 1), loyalty_row_text(rows, i, 2),
									loyalty_row_int8(rows, i, 3) };
			bool again = found.named_id == place.named_id && strcmp(found.name_key, place.name_key) == 0;

			if (!again && loyalty_row_bool(rows, i, 4))
				page[count++] = found;
			place = found;
		}
	} while (count < page_size && rows->count == page_size);
	return count;
}

/* Fills a page with those whom identifiers and cards name, and returns how many there are. */
static int
read_page_of_found(LoyaltyCall *call, const Found *found, const NameSearch *name, int64 after,
				   FoundCustomer *page, int page_size)
{
	LoyaltyRows *rows =
		loyalty_found_read(call->org->org_id, found->ids, found->count, name, after, page_size);
	int i;

	for (i = 0; i < rows->count; i++)
	{
		page[i].customer_id = page[i].named_id = loyalty_row_int8(rows, i, 1);
		page[i].name_key = "";
	}
	return rows->count;
}

/* Returns a page of customers of whom everything is true that was given. */
Datum
loyalty_search_customers(PG_FUNCTION_ARGS)
{
	LoyaltyCall call;
	Found found = { false };
	NameSearch name = { NULL };
	bool by_name;
	FoundCustomer page[LARGEST_PAGE];
	FoundCustomer after;
	int page_size;
	int count;

	loyalty_set_begin(fcinfo);
	loyalty_call_begin(&call, fcinfo);
	by_name = arg_name(fcinfo, &name);
	read_named(&call, fcinfo, &found);
	if (!by_name && !found.known)
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_ARGUMENT_MISSING), errmsg("nothing is given to search for"),
						errhint("Give a name, an identifier or a card.")));
	page_size = arg_page_size(fcinfo);
	after = arg_page_key(fcinfo, found.known ? NULL : &name);
	count = found.known ? read_page_of_found(&call, &found, &name, after.named_id, page, page_size)
						: read_page_of_names(&call, &name, after, page, page_size);
	loyalty_set_add_rows(fcinfo, loyalty_found_shown(call.org->org_id, page, count));
	loyalty_call_end(&call);
	return (Datum) 0;
}
