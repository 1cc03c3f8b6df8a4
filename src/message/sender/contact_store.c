/*
 * contact_store.c: the statements about contacts of an org and their topics.
 *
 * An org has some dozens of contacts, so a name is looked for in all of them. Rows are never removed, and codes stay taken; a
 * contact who is retired is forgotten all the same: name, addresses and topics are no more.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/errors.h"
#include "message/sender/contact_store.h"

/* Retired ones are found by an insert alone. */
static LoyaltyQuery contact_by_code =
	LOYALTY_STATEMENT("SELECT c.contact_id FROM loyalty_data.org_contact c"
					  " WHERE c.org_id = $1 AND c.contact = $2 AND c.is_active",
					  INT4OID, TEXTOID);

/* A retired one is taken up again under its id. */
static LoyaltyQuery contact_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.org_contact AS c (org_id, contact_id, is_active, contact, name, search_name, email, mobile,"
	" topics) VALUES ($1, $2, true, $3, $4, $5, $6, $7, $8) ON CONFLICT (org_id, contact) DO UPDATE SET is_active = true,"
	" name = EXCLUDED.name, search_name = EXCLUDED.search_name, email = EXCLUDED.email, mobile = EXCLUDED.mobile,"
	" topics = EXCLUDED.topics WHERE NOT c.is_active RETURNING c.contact_id",
	INT4OID, INT4OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTARRAYOID);

static LoyaltyQuery contact_update = LOYALTY_STATEMENT(
	"UPDATE loyalty_data.org_contact SET name = COALESCE($3, name), search_name = COALESCE($4, search_name),"
	" email = COALESCE($5, email), mobile = COALESCE($6, mobile), topics = COALESCE($7, topics)"
	" WHERE org_id = $1 AND contact_id = $2",
	INT4OID, INT4OID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTARRAYOID);

static LoyaltyQuery contact_retire =
	LOYALTY_STATEMENT("UPDATE loyalty_data.org_contact SET is_active = false, name = '', search_name = '',"
					  " email = NULL, mobile = NULL, topics = '{}' WHERE org_id = $1 AND contact_id = $2",
					  INT4OID, INT4OID);

/* The part is no pattern: what LIKE would take for one is looked for as it is. */
static LoyaltyQuery contacts_search = LOYALTY_STATEMENT_SEEN(
	"SELECT c.contact, c.name, c.email, c.mobile, c.topics FROM loyalty_data.org_contact c"
	" WHERE c.org_id = $1 AND c.is_active AND strpos(c.search_name, $2) > 0 ORDER BY c.search_name, c.contact",
	INT4OID, TEXTOID);

/* By ids, so that messages to them are written in one order. */
static LoyaltyQuery contacts_of_topic =
	LOYALTY_STATEMENT("SELECT c.email, c.mobile FROM loyalty_data.org_contact c"
					  " WHERE c.org_id = $1 AND c.is_active AND $2 = ANY (c.topics) ORDER BY c.contact_id",
					  INT4OID, TEXTOID);

static LoyaltyQuery topic_read =
	LOYALTY_STATEMENT("SELECT t.notify, t.amount FROM loyalty_data.contact_topic t"
					  " WHERE t.org_id = $1 AND t.topic = $2",
					  INT4OID, TEXTOID);

static LoyaltyQuery topic_store = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.contact_topic (org_id, topic, notify, amount) VALUES ($1, $2, $3, $4)"
	" ON CONFLICT (org_id, topic) DO UPDATE SET notify = EXCLUDED.notify, amount = EXCLUDED.amount",
	INT4OID, TEXTOID, CHAROID, NUMERICOID);

/* Looks a contact up. */
int32
loyalty_org_contact_find(int32 org_id, const char *contact)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&contact_by_code, loyalty_int4(org_id), loyalty_text(contact));

	return rows->count == 1 ? loyalty_row_int4(rows, 0, 1) : 0;
}

/* Looks a contact up that must be there. */
int32
loyalty_org_contact_get(int32 org_id, const char *contact)
{
	int32 contact_id = loyalty_org_contact_find(org_id, contact);

	if (contact_id == 0)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_CONTACT_UNKNOWN), errmsg("contact \"%s\" does not exist", contact),
				 errhint("The view loyalty.contacts lists them.")));
	return contact_id;
}

/* Meets a rival at the index of codes. */
int32
loyalty_org_contact_insert(int32 org_id, const ContactRow *row)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&contact_insert, loyalty_int4(org_id), loyalty_int4(row->contact_id),
					  loyalty_text(row->contact), loyalty_text(row->name), loyalty_text(row->search_name),
					  loyalty_text(row->email), loyalty_text(row->mobile), loyalty_datum(row->topics, false));

	return rows->count == 1 ? loyalty_row_int4(rows, 0, 1) : 0;
}

/* Leaves what is not given. */
void
loyalty_org_contact_update(int32 org_id, const ContactRow *row)
{
	LOYALTY_EXECUTE(&contact_update, loyalty_int4(org_id), loyalty_int4(row->contact_id),
					loyalty_text(row->name), loyalty_text(row->search_name), loyalty_text(row->email),
					loyalty_text(row->mobile), loyalty_datum(row->topics, !row->has_topics));
}

/* Keeps the code. */
void
loyalty_org_contact_retire(int32 org_id, int32 contact_id)
{
	LOYALTY_EXECUTE(&contact_retire, loyalty_int4(org_id), loyalty_int4(contact_id));
}

/* Goes through all contacts of the org. */
LoyaltyRows *
loyalty_contacts_search(int32 org_id, const char *part)
{
	return LOYALTY_QUERY(&contacts_search, loyalty_int4(org_id), loyalty_text(part));
}

/* Reads those who are in use. */
LoyaltyRows *
loyalty_contacts_of_topic(int32 org_id, const char *topic)
{
	return LOYALTY_QUERY(&contacts_of_topic, loyalty_int4(org_id), loyalty_text(topic));
}

/* Fills in the choice of a topic that nothing was said of, too. */
void
loyalty_contact_topic_read(int32 org_id, const char *topic, ContactTopic *read)
{
	LoyaltyRows *rows = LOYALTY_QUERY(&topic_read, loyalty_int4(org_id), loyalty_text(topic));

	*read = (ContactTopic){ .notify = NOTIFY_ALWAYS };
	if (rows->count == 0)
		return;
	read->notify = (ContactNotify) loyalty_row_char(rows, 0, 1);
	if (!loyalty_row_isnull(rows, 0, 2))
		read->amount = loyalty_row_points(rows, 0, 2);
}

/* Replaces what was said before. */
void
loyalty_contact_topic_store(int32 org_id, const char *topic, const ContactTopic *written)
{
	LOYALTY_EXECUTE(&topic_store, loyalty_int4(org_id), loyalty_text(topic), loyalty_char(written->notify),
					loyalty_datum(loyalty_numeric(written->amount), written->notify != NOTIFY_ONLY_WHEN));
}
