/*
 * template.h: texts of messages made of templates: which version says it, with every tag replaced; and e-mail blocks.
 */
#ifndef LOYALTY_MESSAGE_TEMPLATE_H
#define LOYALTY_MESSAGE_TEMPLATE_H

#include "postgres.h"

#include "utils/jsonb.h"

#include "message/template/blocks.h"
#include "org/call.h"

/* A text that is ready to be sent. Texts are NULL where the channel has none of them. */
typedef struct LoyaltyText
{
	int32 template_id; /* 0: of no template */
	int32 version_no;
	char purpose; /* that its template is for; 0: of no template */
	const char *language;
	const char *channel;
	Jsonb *variables; /* values that it was made with; NULL: none */
	const char *subject;
	const char *body;
	const char *html;
	const LoyaltyBlocks *blocks;	  /* that the HTML is written of; NULL: of none */
	Jsonb *components;				  /* of WhatsApp, with the values in their places; NULL: none */
	const char *external_template_id; /* by which the provider knows the template; NULL: by none */
	const char *header_id;
} LoyaltyText;

/* Request for a text. */
typedef struct LoyaltyTextRequest
{
	const char *template_name; /* its code */
	const char *channel;	   /* NULL: that of the template, which has one then */
	const char
		*language;	  /* as the customer's profile has it; NULL or one without a version: the org's default */
	Jsonb *variables; /* an object of values by tag; NULL: none */
} LoyaltyTextRequest;

/*
 * Makes the text of a template. Raises LYM01 for an unknown template or a channel that it is not for, LYM04 where no
 * version of it may be sent, LYM05 for values that are missing or not allowed.
 */
extern void loyalty_template_text(const LoyaltyCall *call, const LoyaltyTextRequest *request,
								  LoyaltyText *text);

/* Returns the language of the version that such a text would be of, for what goes with it; raises as that does. */
extern const char *loyalty_template_language(const LoyaltyCall *call, const LoyaltyTextRequest *request);

/*
 * Finds which approved WhatsApp template of the org a finished text is of, and takes its values out of it; LYM06 where
 * there is none.
 */
extern void loyalty_template_match(const LoyaltyCall *call, const char *channel, const char *body,
								   LoyaltyText *text);

/*
 * Reads a message of WhatsApp that is of no template: {type: text | image | audio, text, link, caption}; LYM08. Its document is
 * the components of the text, what a person reads of it the body.
 */
extern void loyalty_media_read(Jsonb *document, LoyaltyText *text);

/* Renders e-mail blocks with their values: html and body of the text. LYM08 for blocks that are none, LYM05 for values. */
extern void loyalty_blocks_render(Jsonb *blocks, Jsonb *variables, LoyaltyText *text);

#endif
