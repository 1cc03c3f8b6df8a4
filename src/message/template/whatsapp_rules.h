/*
 * whatsapp_rules.h: what WhatsApp asks of a template and of its values, and which template a finished text is of. Texts
 * are UTF-8 here. Knows no server.
 */
#ifndef LOYALTY_WHATSAPP_RULES_H
#define LOYALTY_WHATSAPP_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Limits of the provider, in characters and numbers. */
#define WHATSAPP_BODY_MAX 1024
#define WHATSAPP_TEXT_LETTERS 4096 /* of a text that is of no template */
#define WHATSAPP_HEADER_MAX 60
#define WHATSAPP_FOOTER_MAX 60
#define WHATSAPP_BUTTON_MAX 25
#define WHATSAPP_PHONE_MAX 20
#define WHATSAPP_BUTTONS_MAX 10 /* together */
#define WHATSAPP_URLS_MAX 2
#define WHATSAPP_PHONES_MAX 1
#define WHATSAPP_PRODUCTS_MAX 30
#define WHATSAPP_TAGS_MAX 30	/* of a text: ours */
#define WHATSAPP_VALUE_MAX 1024 /* of a value without a limit of its own */

/* Faults of the tags of a text, or of a value. */
typedef enum WhatsappFault
{
	WHATSAPP_FINE,
	WHATSAPP_NO_NUMBER, /* a tag that is no number */
	WHATSAPP_TWICE,
	WHATSAPP_GAP,
	WHATSAPP_MANY,
	WHATSAPP_EMPTY,
	WHATSAPP_LONG,
	WHATSAPP_LINE,	 /* a tab, or the end of a line */
	WHATSAPP_BLANKS, /* four in a row */
} WhatsappFault;

/* Words of a fault, for messages. */
extern const char *loyalty_whatsapp_fault_text(WhatsappFault fault);

/* Judges the tags of a text: {{1}} to {{n}}, each once, in whatever order. "count" is n. */
extern WhatsappFault loyalty_whatsapp_tags(const char *text, int *count);

/* Tell whether a text begins or ends with a tag, which the provider often rejects. */
extern bool loyalty_whatsapp_begins_with_tag(const char *text);
extern bool loyalty_whatsapp_ends_with_tag(const char *text);

/* Judges a value that may have so many characters. */
extern WhatsappFault loyalty_whatsapp_value(const char *value, int limit);

/* A part of a finished text. */
typedef struct WhatsappSpan
{
	size_t start;
	size_t length;
} WhatsappSpan;

#define WHATSAPP_TEXT_MAX (4 * WHATSAPP_BODY_MAX) /* bytes of a body */
#define WHATSAPP_WORK ((WHATSAPP_TAGS_MAX + 1) * (WHATSAPP_TEXT_MAX + 1))

/*
 * Tells whether a finished text is a template with values in its places, every value one that loyalty_whatsapp_value
 * allows; "values" says where they stand, by number - 1. Limits are by number - 1, too. "work" is memory of WHATSAPP_WORK
 * numbers, whatever stands in it. Takes time in proportion to the text, for each tag.
 */
extern bool loyalty_whatsapp_match(const char *template_text, const char *finished, const int *limits,
								   WhatsappSpan *values, uint16_t *work);

#endif
