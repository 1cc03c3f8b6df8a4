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

/* Writes a body whole. */
static LoyaltyQuery body_insert = LOYALTY_STATEMENT(
	"INSERT INTO loyalty_data.message_body (org_id, customer_id, message_id, key_id, is_address_given, address,"
	" subject, body, html, variables, components, external_template_id, header_id, sealed)"
	" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
	INT4OID, INT8OID, INT8OID, INT2OID, BOOLOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, JSONBOID, JSONBOID,
	TEXTOID, TEXTOID, BYTEAOID);

#define OF_MESSAGE " WHERE t.org_id = $1 AND t.customer_id = $2 AND t.message_id = $3"

/* Reads a body, in the order of the struct. */
static LoyaltyQuery body_read = LOYALTY_STATEMENT(
	"SELECT t.key_id, t.is_address_given, t.address, t.subject, t.body, t.html, t.variables, t.components,"
	" t.external_template_id, t.header_id, t.sealed FROM loyalty_data.message_body t" OF_MESSAGE,
	INT4OID, INT8OID, INT8OID);

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

/* Returns a document as a parameter. */
static NullableDatum
json_param(const Jsonb *json)
{
	return loyalty_datum(JsonbPGetDatum(json), json == NULL);
}

/* Writes a row whose message was written before. */
void
loyalty_body_insert(int32 org_id, int64 customer_id, int64 message_id, const LoyaltyBody *body)
{
	LOYALTY_EXECUTE(&body_insert, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(message_id),
					loyalty_int2(body->key_id), loyalty_bool(body->address_given),
					loyalty_text(body->address), loyalty_text(body->subject), loyalty_text(body->body),
					loyalty_text(body->html), json_param(body->variables), json_param(body->components),
					loyalty_text(body->external_template_id), loyalty_text(body->header_id),
					loyalty_datum(PointerGetDatum(body->sealed), body->sealed == NULL));
}

/* Returns a document of a row in the current context, NULL for a null. */
static Jsonb *
row_json(LoyaltyRows *rows, int column)
{
	bool isnull;
	Datum value = loyalty_row_datum(rows, 0, column, &isnull);

	return isnull ? NULL : DatumGetJsonbPCopy(value);
}

/* Copies documents and sealed bytes out of the result. */
bool
loyalty_body_read(int32 org_id, int64 customer_id, int64 message_id, LoyaltyBody *body)
{
	LoyaltyRows *rows =
		LOYALTY_QUERY(&body_read, LOYALTY_CUSTOMER(org_id, customer_id), loyalty_int8(message_id));
	bool isnull;
	Datum sealed;

	if (rows->count == 0)
		return false;
	sealed = loyalty_row_datum(rows, 0, 11, &isnull);
	*body = (LoyaltyBody){
		.key_id = loyalty_row_int2(rows, 0, 1),
		.address_given = loyalty_row_bool(rows, 0, 2),
		.address = loyalty_row_text_or_null(rows, 0, 3),
		.subject = loyalty_row_text_or_null(rows, 0, 4),
		.body = loyalty_row_text_or_null(rows, 0, 5),
		.html = loyalty_row_text_or_null(rows, 0, 6),
		.variables = row_json(rows, 7),
		.components = row_json(rows, 8),
		.external_template_id = loyalty_row_text_or_null(rows, 0, 9),
		.header_id = loyalty_row_text_or_null(rows, 0, 10),
		.sealed = isnull ? NULL : DatumGetByteaPCopy(sealed),
	};
	return true;
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
						loyalty_datum(PointerGetDatum(attachments[i].content), false));
}

/* Makes the same document that a call gives, so that workers read what senders write. */
Jsonb *
loyalty_attachments_list(int32 org_id, int64 customer_id, int64 message_id)
{
	return row_json(LOYALTY_QUERY(&attachments_list, LOYALTY_CUSTOMER(org_id, customer_id),
								  loyalty_int8(message_id)),
					1);
}
