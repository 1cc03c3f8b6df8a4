/*
 * template_rules.h: texts with tags {{name}}, and the life of a version of a template. Texts are UTF-8 here. Knows no
 * server.
 */
#ifndef LOYALTY_TEMPLATE_RULES_H
#define LOYALTY_TEMPLATE_RULES_H

#include <stdbool.h>
#include <stddef.h>

#define TEMPLATE_TAG_MAX 60		/* bytes of the name of a tag */
#define TEMPLATE_VALUES_MAX 200 /* values that a call may give */
#define TEMPLATE_LANGUAGE_BYTES 32

/* A piece of a text: what is said as it stands, or a tag. */
typedef struct TemplatePiece
{
	const char *text; /* of a tag its name, without blanks around it */
	size_t length;
	bool is_tag;
	bool is_broken; /* braces that open no tag */
} TemplatePiece;

/* Takes the next piece from the front of a text and moves behind it; false at the end. */
extern bool loyalty_template_next(const char **at, TemplatePiece *piece);

/* Tells whether a tag, or a value, has that name: words are compared, so billNumber is "bill number". */
extern bool loyalty_template_is_tag(const TemplatePiece *piece, const char *name);

/* Tells whether a text can be the name of a tag. */
extern bool loyalty_template_name_fits(const char *name);

/* The number of a tag that is one, as WhatsApp has them; 0: it is none. */
extern int loyalty_template_number(const TemplatePiece *piece);

/* Values by the names of tags. */
typedef struct TemplateValues
{
	int count;
	const char *names[TEMPLATE_VALUES_MAX];
	const char *values[TEMPLATE_VALUES_MAX];
} TemplateValues;

/* The value of a tag; NULL: there is none. */
extern const char *loyalty_template_value(const TemplateValues *values, const TemplatePiece *tag);

/* Ways to write a text: as it is, for HTML, or for a part of a URL. */
typedef enum TemplateEscape
{
	ESCAPE_NOTHING,
	ESCAPE_HTML,
	ESCAPE_URL_VALUES, /* values alone: what stands around them is a URL */
} TemplateEscape;

/* Receiver of a text, piece by piece. */
typedef struct TemplateSink
{
	void (*write)(void *to, const char *text, size_t length);
	void *to;
} TemplateSink;

/* Write a text to a sink: as it is, escaped for HTML, or with its tags replaced in one pass. */
extern void loyalty_sink_text(const TemplateSink *sink, const char *text);
extern void loyalty_sink_html(const TemplateSink *sink, const char *text, size_t length);

/*
 * Values are never looked at again, whatever they say. False for a tag that has none, which "missing" then is; what was
 * written so far is of no use.
 */
extern bool loyalty_template_write(const char *text, const TemplateValues *values, TemplateEscape escape,
								   const TemplateSink *sink, TemplatePiece *missing);

/*
 * Writes the normal form of a language to a buffer of TEMPLATE_LANGUAGE_BYTES: "en", "pt_BR". False for a text that
 * names none.
 */
extern bool loyalty_language_normal(const char *given, char *normal);

/* Tells whether files may go with messages of a purpose: with all but codes, which are sealed. */
extern bool loyalty_purpose_takes_files(char purpose);

/* Statuses of a version. */
typedef enum TemplateStatus
{
	TEMPLATE_DRAFT = 'd',
	TEMPLATE_PENDING = 'p',
	TEMPLATE_APPROVED = 'a',
	TEMPLATE_REJECTED = 'r',
	TEMPLATE_PAUSED = 'u',
	TEMPLATE_DISABLED = 'x',
} TemplateStatus;

/* Find a status by its word (0: none), and the other way round (NULL: none). */
extern char loyalty_template_status_find(const char *word);
extern const char *loyalty_template_status_word(char status);

/* Tells whether a version may go from one status to another. */
extern bool loyalty_template_status_may(char from, char to);

#endif
