/* attachments.h: files that go with e-mails, as calls give them. */
#ifndef LOYALTY_ATTACHMENTS_H
#define LOYALTY_ATTACHMENTS_H

#include "postgres.h"

#include "utils/jsonb.h"

/* A file, decoded. */
typedef struct LoyaltyAttachment
{
	const char *file_name;
	const char *file_type;	/* lower case */
	const char *content_id; /* by which an image block names it; NULL: none */
	bytea *content;
} LoyaltyAttachment;

/*
 * Reads [{file_name, file_type, file_data, file_encoding_type, content_id}], also in the camel case of the field; returns how
 * many there are. LYM07 for one that is not what it says, or too large.
 */
extern int loyalty_attachments_read(Jsonb *json, LoyaltyAttachment **attachments);

#endif
