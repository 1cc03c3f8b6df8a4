/*
 * body_store.c: the statements on bodies of messages and their files.
 *
 * Bodies stand apart from facts, so that an erasure deletes them and a report over a million messages does not read them. A
 * body is written once, by whoever sends the message. Later its address alone changes, where the customer has another one by
 * the time a worker comes, and a sealed text is wiped. Rows of the queue are locked by the caller.
 */
#include "postgres.h"

#include "catalog/pg_type.h"

#include "common/query.h"
#include "message/outbox/body_store.h"

#define BODY(name, type, member) LOYALTY_COLUMN(name, type, LoyaltyBody, member)

static const LoyaltyColumn body_columns[] = {
	BODY("customer_id", INT8, customer_id),
	BODY("message_id", INT8, message_id),
	BODY("org_id", INT4, org_id),
	BODY("key_id", INT2, key_id),
	BODY("is_address_given", BOOL, address_given),
	BODY("address", TEXT, address),
	BODY("subject", TEXT, subject),
	BODY("body", TEXT, body),
	BODY("html", TEXT, html),
	BODY("variables", JSON_OR_NONE, variables),
	BODY("components", JSON_OR_NONE, components),
	BODY("external_template_id", TEXT, external_template_id),
	BODY("header_id", TEXT, header_id),
	BODY("sealed", BYTES_OR_NONE, sealed),
};

static const LoyaltyLayout body_layout = LOYALTY_LAYOUT("message_body", LoyaltyBody, body_columns);

/* Every message has one written and read, so that these run without the executor where they can. */
static LoyaltyQuery body_insert = LOYALTY_INSERT(body_layout);
static LoyaltyQuery body_find = LOYALTY_FIND(body_layout, "org_id, customer_id, message_id");

#define OF_MESSAGE " WHERE t.org_id = $1 AND t.customer_id = $2 AND t.message_id = $3"

/* Keeps where a message went. */
static LoyaltyQuery body_address =
	LOYALTY_STATEMENT("UPDATE loyalty_data.message_body t SET address = $4" OF_MESSAGE, INT4OID, INT8OID,
					  INT8OID, TEXTOID);

/* Takes what is sealed away; facts and address stay. */
static LoyaltyQuery body_wipe =
	LOYALTY_STATEMENT("UPDATE loyalty_data.message_body t SET sealed = NULL, key_id = 0" OF_MESSAGE, INT4OID,
					  INT8OID, INT8OID);

/* Delete what nobody may keep, the files first. */
static LoyaltyQuery attachments_delete =
	LOYALTY_STATEMENT("DELETE FROM loyalty_data.message_attachment t" OF_MESSAGE, INT4OID, INT8OID, INT8OID);
static LoyaltyQuery body_delete =
	LOYALTY_STATEMENT("DELETE FROM loyalty_data.message_body t" OF_MESSAGE, INT4OID, INT8OID, INT8OID);

/* Writes a file, decoded: its bytes are what a provider gets. */
static LoyaltyQuery attachment_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.message_attachment (org_id, customer_id, message_id, attachment_no, file_name,"
	" file_type, content_id, content) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
	INT4OID, INT8OID, INT8OID, INT2OID, TEXTOID, TEXTOID, TEXTOID, BYTEAOID);

/* The server breaks lines of base64, which JSON would show. */
static LoyaltyQuery attachments_list = LOYALTY_STATEMENT(
	"SELECT jsonb_agg(jsonb_build_object('file_name', t.file_name, 'file_type', t.file_type, 'content_id',"
	" t.content_id, 'file_encoding_type', 'base64', 'file_data', replace(encode(t.content, 'base64'), chr(10), ''))"
	" ORDER BY t.attachment_no) FROM loyalty_data.message_attachment t" OF_MESSAGE,
	INT4OID, INT8OID, INT8OID);

/* Writes a row whose message was written before. */
void
loyalty_body_insert(const LoyaltyBody *body)
{
	loyalty_write(&body_insert, body, 1);
}

/* Copies documents and sealed bytes out of the result. */
bool
loyalty_body_read(int32 org_id, int64 customer_id, int64 message_id, LoyaltyBody *body)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&body_find, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(message_id));

	if (rows->count > 0)
		loyalty_row_read(rows, 0, &body_layout, body);
	return rows->count > 0;
}

/* Changes nothing where the body was erased meanwhile. */
void
loyalty_body_address(int32 org_id, int64 customer_id, int64 message_id, const char *address)
{
	LOYALTY_EXECUTE(&body_address, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(message_id),
					loyalty_text(address));
}

/* Leaves the address, which is no secret, to whoever asks where the code went. */
void
loyalty_body_wipe(int32 org_id, int64 customer_id, int64 message_id)
{
	LOYALTY_EXECUTE(&body_wipe, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(message_id));
}

/* Leaves the facts of the message alone. */
void
loyalty_body_delete(int32 org_id, int64 customer_id, int64 message_id)
{
	LOYALTY_EXECUTE(&attachments_delete, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(message_id));
	LOYALTY_EXECUTE(&body_delete, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(message_id));
}

/* Numbers the files from 1, in the order in which they were given. */
void
loyalty_attachments_insert(int32 org_id, int64 customer_id, int64 message_id,
						   const LoyaltyAttachment *attachments, int count)
{
	int i;

	for (i = 0; i < count; i++)
		LOYALTY_EXECUTE(&attachment_insert, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(message_id),
						loyalty_int2(i + 1), loyalty_text(attachments[i].file_name),
						loyalty_text(attachments[i].file_type), loyalty_text(attachments[i].content_id),
						loyalty_varlena(attachments[i].content));
}

/* Makes the same document that a call gives, so that workers read what senders write. */
Jsonb *
loyalty_attachments_list(int32 org_id, int64 customer_id, int64 message_id)
{
	return loyalty_row_varlena_or_null(LOYALTY_QUERY(&attachments_list, LOYALTY_CUSTOMER(org_id, customer_id),
													 loyalty_int8(message_id)),
									   0, 1);
}
