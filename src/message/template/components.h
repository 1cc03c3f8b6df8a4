/* components.h: what a WhatsApp template has beside its body: header, footer, buttons, a catalogue. */
#ifndef LOYALTY_COMPONENTS_H
#define LOYALTY_COMPONENTS_H

#include "postgres.h"

#include "utils/jsonb.h"

#include "message/template/block_rules.h"
#include "message/template/whatsapp_rules.h"

/* A button. */
typedef struct WhatsappButton
{
	const char *type; /* quick_reply, url or phone */
	const char *text;
	const char *url;
	const char *phone_number;
} WhatsappButton;

/* Components; NULLs and zeros are what is not there. */
typedef struct WhatsappComponents
{
	const char *body;
	const char *header_type; /* text, image or document */
	const char *header_text;
	const char *header_link;
	const char *header_file_name;
	const char *footer;
	int button_count;
	WhatsappButton buttons[WHATSAPP_BUTTONS_MAX];
	const char *catalogue_id;
	int product_count;
	const char *products[WHATSAPP_PRODUCTS_MAX];
} WhatsappComponents;

/* Reads and judges a document; LYM08. */
extern void loyalty_components_read(Jsonb *document, WhatsappComponents *components);

/* The document of components, with values in the places of tags; NULL: tags stay. LYM05. */
extern Jsonb *loyalty_components_write(const WhatsappComponents *components, const TemplateValues *values);

/* Calls for each text that may have tags, but the body. */
extern void loyalty_components_visit(const WhatsappComponents *components, BlockVisit visit, void *to);

#endif
