/* body_store.h: what messages say and to which address, and the files that go with them, in tables. */
#ifndef LOYALTY_BODY_STORE_H
#define LOYALTY_BODY_STORE_H

#include "postgres.h"

#include "utils/jsonb.h"

#include "message/template/attachments.h"

/* Row of a body. Texts are NULL where there are none; a sealed one has its texts in "sealed" alone. */
typedef struct LoyaltyBody
{
	int32 org_id;
	int64 customer_id;
	int64 message_id;
	int16 key_id;		/* of the seal; 0: none */
	bool address_given; /* false: the customer's of the moment counts */
	const char *address;
	const char *subject;
	const char *body;
	const char *html;
	Jsonb *variables; /* by which providers put texts together themselves */
	Jsonb *components;
	const char *external_template_id; /* by which the provider knows the template */
	const char *header_id;			  /* by which operators know the sender's header */
	bytea *sealed;					  /* NULL: none */
} LoyaltyBody;

/* Writes, reads and changes the body of a message; false: it is not kept any more. */
extern void loyalty_body_insert(const LoyaltyBody *body);
extern bool loyalty_body_read(int32 org_id, int64 customer_id, int64 message_id, LoyaltyBody *body);
extern void loyalty_body_address(int32 org_id, int64 customer_id, int64 message_id, const char *address);

/* Takes a sealed text out of a body. */
extern void loyalty_body_wipe(int32 org_id, int64 customer_id, int64 message_id);

/* Deletes a body and its files. */
extern void loyalty_body_delete(int32 org_id, int64 customer_id, int64 message_id);

/* Writes the files of a message, and reads them as take_messages answers them: a list, NULL where there are none. */
extern void loyalty_attachments_insert(int32 org_id, int64 customer_id, int64 message_id,
									   const LoyaltyAttachment *attachments, int count);
extern Jsonb *loyalty_attachments_list(int32 org_id, int64 customer_id, int64 message_id);

#endif
