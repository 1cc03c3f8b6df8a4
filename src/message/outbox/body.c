/*
 * body.c: texts of messages: checked, and those of codes sealed.
 *
 * The texts of a code are sealed as one, so that neither the tables nor the log of the server's writes nor a backup has them,
 * and its variables, which have it too, are kept nowhere. What is sealed names its row: put into another one it does not open.
 */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"

#include "common/args.h"
#include "common/crypto.h"
#include "common/errors.h"
#include "common/seal.h"
#include "common/secret_store.h"
#include "message/outbox/body.h"
#include "message/template/attachment_rules.h"
#include "message/template/whatsapp_rules.h"

#define SEALED_TEXTS 4 /* subject, body, html, components */

/* Names the argument and not what stands in it. */
void
loyalty_header_check(const char *text, const char *name)
{
	if (text != NULL && !loyalty_header_fits(text))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_HEADER_INVALID),
						errmsg("argument \"%s\" has a control character or a line break in it", name)));
}

/* Raises LY002 for a text that is too long. */
static void
check_length(const char *text, const char *name, int limit)
{
	if (text != NULL && pg_mbstrlen(text) > limit)
		ereport(ERROR,
				(errcode(ERRCODE_LOYALTY_TEXT_TOO_LONG), errmsg("the %s of the message is too long", name),
				 errdetail("At most %d characters are allowed.", limit)));
}

/* Returns the limit of a text of a channel. */
static int
limit_of(const char *channel)
{
	if (strcmp(channel, "email") == 0)
		return MESSAGE_EMAIL_MAX;
	return strcmp(channel, "whatsapp") == 0 ? WHATSAPP_TEXT_LETTERS : MESSAGE_SMS_MAX;
}

/* Judges what is ready to be sent, since values of a template make its text longer. */
void
loyalty_body_check(const LoyaltyText *text)
{
	int limit = limit_of(text->channel);

	check_length(text->subject, "subject", MESSAGE_SUBJECT_MAX);
	check_length(text->body, "body", limit);
	check_length(text->html, "html", limit);
	loyalty_header_check(text->subject, "subject");
	if (text->body == NULL && text->html == NULL && text->components == NULL)
		loyalty_raise_missing("body");
}

/* Names the row that a text is sealed for. */
static LoyaltySealOf
seal_of(const LoyaltyMessage *message)
{
	return (LoyaltySealOf){ .kind = "message",
							.org_id = message->org_id,
							.id = message->message_id,
							.sub_id = message->customer_id };
}

/* Puts texts one behind the other, each behind its length; a minus stands for none. */
static char *
pack(const char *const texts[SEALED_TEXTS])
{
	StringInfoData packed;
	int i;

	initStringInfo(&packed);
	for (i = 0; i < SEALED_TEXTS; i++)
		if (texts[i] == NULL)
			appendStringInfoChar(&packed, '-');
		else
			appendStringInfo(&packed, "%zu:%s", strlen(texts[i]), texts[i]);
	return packed.data;
}

/* Takes texts apart that pack() has put together. */
static void
unpack(char *packed, char *texts[SEALED_TEXTS])
{
	int i;

	for (i = 0; i < SEALED_TEXTS; i++)
	{
		char *behind;
		size_t length;

		texts[i] = NULL;
		if (*packed == '-')
		{
			packed++;
			continue;
		}
		length = strtoul(packed, &behind, 10);
		texts[i] = pnstrdup(behind + 1, length);
		packed = behind + 1 + length;
	}
}

/* Seals all texts of a code as one. */
static void
seal_body(const LoyaltyMessage *message, const LoyaltyText *text, LoyaltyBody *body)
{
	const char *texts[SEALED_TEXTS] = { text->subject, text->body, text->html };
	char *packed;

	if (text->components != NULL)
		texts[3] = JsonbToCString(NULL, &text->components->root, VARSIZE(text->components));
	packed = pack(texts);
	loyalty_seal_briefly(seal_of(message), packed, &body->sealed, &body->key_id);
	sodium_memzero(packed, strlen(packed));
}

/* Keeps the variables of a code nowhere: the code is among them. */
void
loyalty_body_fill(const LoyaltyMessage *message, const LoyaltyText *text, LoyaltyBody *body)
{
	body->org_id = message->org_id;
	body->customer_id = message->customer_id;
	body->message_id = message->message_id;
	body->external_template_id = text->external_template_id;
	body->header_id = text->header_id;
	if (message->purpose == PURPOSE_CODE)
	{
		seal_body(message, text, body);
		return;
	}
	body->subject = text->subject;
	body->body = text->body;
	body->html = text->html;
	body->components = text->components;
	body->variables = text->variables;
}

/* Raises nothing: whoever takes many messages must not fail at one. A code without its seal was taken out of the table. */
const char *
loyalty_body_open(const LoyaltyMessage *message, LoyaltyBody *body)
{
	char *texts[SEALED_TEXTS];
	char *packed;

	if (body->sealed == NULL)
		return message->purpose == PURPOSE_CODE ? "unreadable" : NULL;
	packed = loyalty_unseal_or_null(seal_of(message), body->sealed, body->key_id);
	if (packed == NULL)
		return loyalty_secret_is_known(body->key_id) ? "unreadable" : "key_missing";
	unpack(packed, texts);
	sodium_memzero(packed, strlen(packed));
	body->subject = texts[0];
	body->body = texts[1];
	body->html = texts[2];
	if (texts[3] != NULL)
		body->components = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(texts[3])));
	return NULL;
}
