/*
 * components.c: reads the components of a WhatsApp template, and writes them as they are kept and sent. What the provider would
 * refuse after days of approval is refused here at once.
 *
 * A provider approves a template as a whole: header, body, footer, buttons, catalogue. Each part is read into a struct
 * and written out again, in one spelling and without anything that is not known, so that what is kept is what workers
 * get, and a later reader has nothing to guess. The body stands in a column of its own, since all channels have one;
 * the document that is sent has it again.
 *
 * Limits are those that the provider publishes (whatsapp_rules.h). Variables stand in the header (one), in the body,
 * and behind the host of a link (one); they are numbered as in the body, and get their values from the same list.
 * Footers and the texts of buttons have none.
 *
 * Sizes and counts that the provider may change are constants in one place. What a provider judges by taste, such as a
 * variable at either end of a body, is a warning and no error.
 *
 * A message of no template (text, image, audio) is read here, too: its fields are of the same kinds, and workers get it in the
 * same place.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/json.h"

#include "common/args.h"
#include "common/errors.h"
#include "message/template/components.h"
#include "message/template/fields.h"
#include "message/template/link_rules.h"
#include "message/template/template.h"
#include "message/template/values.h"

/* Fields of the document and of the objects in it. */
enum
{
	HEADER,
	BODY,
	FOOTER,
	BUTTONS,
	CATALOGUE,
	CATALOG,
};
static const char *const component_fields[] = {
	"header", "body", "footer", "buttons", "catalogue", "catalog"
};

enum
{
	HEADER_TYPE,
	HEADER_TEXT,
	HEADER_LINK,
	HEADER_FILE_NAME,
};
static const char *const header_fields[] = { "type", "text", "link", "file_name" };
static const char *const header_types[] = { "text", "image", "document" };

enum
{
	BUTTON_TYPE,
	BUTTON_TEXT,
	BUTTON_URL,
	BUTTON_PHONE,
};
static const char *const button_fields[] = { "type", "text", "url", "phone_number" };
static const char *const button_types[] = { "quick_reply", "url", "phone" };

enum
{
	CATALOGUE_ID,
	PRODUCTS,
};
static const char *const catalogue_fields[] = { "catalogue_id", "products" };

enum
{
	MEDIA_TYPE,
	MEDIA_TEXT,
	MEDIA_LINK,
	MEDIA_CAPTION,
};
static const char *const media_fields[] = { "type", "text", "link", "caption" };
static const char *const media_types[] = { "text", "image", "audio" };

#define FIELDS_OF(list, at) \
	{ \
		.path = (at), .error = ERRCODE_LOYALTY_TEMPLATE_INVALID, .names = (list), .count = lengthof(list) \
	}

/* Raises for a field that must be there, or must not. */
static void
require(const LoyaltyFields *fields, int field, bool wanted)
{
	if (wanted && fields->values[field] == NULL)
		loyalty_part_raise(fields, field, "given");
	if (!wanted && fields->values[field] != NULL)
		loyalty_part_raise(fields, field, "a field of that type");
}

/* Counts the tags of a text, which are numbers. */
static int
count_tags(const LoyaltyFields *fields, int field, const char *text)
{
	TemplatePiece piece;
	int count = 0;

	while (loyalty_template_next(&text, &piece))
	{
		if (piece.is_broken || (piece.is_tag && loyalty_template_number(&piece) == 0))
			loyalty_part_raise(fields, field, "a text whose variables are numbers");
		count += piece.is_tag;
	}
	return count;
}

/* Reads a link to the web, in which at most one tag stands. */
static const char *
web_link(const LoyaltyFields *fields, int field)
{
	const char *link = loyalty_part_text(fields, field, STYLE_LINK_MAX);

	if (link != NULL &&
		(!loyalty_link_check(link, loyalty_is_picture) || count_tags(fields, field, link) > 1))
		loyalty_part_raise(fields, field, "an https link with at most one variable, behind the host");
	return link;
}

/* Reads a text without tags. */
static const char *
plain_text(const LoyaltyFields *fields, int field, int limit)
{
	const char *text = loyalty_part_text(fields, field, limit);

	if (text != NULL && (text[0] == '\0' || strstr(text, "{{") != NULL))
		loyalty_part_raise(fields, field, "a text without variables");
	return text;
}

/*
 * Reads the header. A text may have one variable, which is what the provider allows; a picture or document is
 * fetched by the provider, from an https link, in which one may stand as well.
 */
static void
read_header(JsonbContainer *object, WhatsappComponents *components)
{
	LoyaltyFields header = FIELDS_OF(header_fields, "components.header");
	int type;

	loyalty_parts_open(&header, object);
	require(&header, HEADER_TYPE, true);
	type = loyalty_part_word(&header, HEADER_TYPE, header_types, lengthof(header_types));
	components->header_type = header_types[type];
	require(&header, HEADER_TEXT, type == 0);
	require(&header, HEADER_LINK, type != 0);
	if (type != 2)
		require(&header, HEADER_FILE_NAME, false);
	components->header_text = loyalty_part_text(&header, HEADER_TEXT, WHATSAPP_HEADER_MAX);
	if (components->header_text != NULL && count_tags(&header, HEADER_TEXT, components->header_text) > 1)
		loyalty_part_raise(&header, HEADER_TEXT, "a text with at most one variable");
	components->header_link = web_link(&header, HEADER_LINK);
	components->header_file_name = plain_text(&header, HEADER_FILE_NAME, LOYALTY_MAX_SHORT);
}

/* Reads one button. */
static void
read_button(JsonbContainer *list, int n, WhatsappButton *button, int *urls, int *phones)
{
	LoyaltyFields fields = FIELDS_OF(button_fields, "components.buttons");
	int type;

	loyalty_parts_open_element(&fields, list, n);
	require(&fields, BUTTON_TYPE, true);
	require(&fields, BUTTON_TEXT, true);
	type = loyalty_part_word(&fields, BUTTON_TYPE, button_types, lengthof(button_types));
	require(&fields, BUTTON_URL, type == 1);
	require(&fields, BUTTON_PHONE, type == 2);
	button->type = button_types[type];
	button->text = plain_text(&fields, BUTTON_TEXT, WHATSAPP_BUTTON_MAX);
	button->url = web_link(&fields, BUTTON_URL);
	button->phone_number = loyalty_part_text(&fields, BUTTON_PHONE, WHATSAPP_PHONE_MAX);
	if (button->phone_number != NULL &&
		(strspn(button->phone_number, "+0123456789") != strlen(button->phone_number) ||
		 strlen(button->phone_number) < 5))
		loyalty_part_raise(&fields, BUTTON_PHONE, "a number of digits");
	*urls += type == 1;
	*phones += type == 2;
	if (*urls > WHATSAPP_URLS_MAX || *phones > WHATSAPP_PHONES_MAX)
		loyalty_part_raise(&fields, BUTTON_TYPE,
						   "possible: two buttons are of a url at most, one of a phone");
}

/*
 * Reads the catalogue: which one, and which of its products. Their codes are those of the shop; nobody here knows
 * them.
 */
static void
read_catalogue(JsonbContainer *object, WhatsappComponents *components)
{
	LoyaltyFields catalogue = FIELDS_OF(catalogue_fields, "components.catalogue");
	JsonbContainer *list;
	int i;

	loyalty_parts_open(&catalogue, object);
	require(&catalogue, CATALOGUE_ID, true);
	components->catalogue_id = plain_text(&catalogue, CATALOGUE_ID, LOYALTY_MAX_CODE);
	list = loyalty_part_list(&catalogue, PRODUCTS, WHATSAPP_PRODUCTS_MAX);
	components->product_count = list == NULL ? 0 : (int) JsonContainerSize(list);
	for (i = 0; i < components->product_count; i++)
	{
		JsonbValue *value = getIthJsonbValueFromContainer(list, i);

		if (value->type != jbvString || value->val.string.len == 0 ||
			value->val.string.len > LOYALTY_MAX_CODE)
			loyalty_part_raise(&catalogue, PRODUCTS, "a list of codes of products");
		components->products[i] = pnstrdup(value->val.string.val, value->val.string.len);
	}
}

/* Reads the document. */
void
loyalty_components_read(Jsonb *document, WhatsappComponents *components)
{
	LoyaltyFields fields = FIELDS_OF(component_fields, "components");
	JsonbContainer *part;
	int urls = 0;
	int phones = 0;
	int i;

	memset(components, 0, sizeof(WhatsappComponents));
	loyalty_parts_open_root(&fields, document);
	components->body = loyalty_part_text(&fields, BODY, WHATSAPP_BODY_MAX);
	components->footer = plain_text(&fields, FOOTER, WHATSAPP_FOOTER_MAX);
	part = loyalty_part_object(&fields, HEADER);
	if (part != NULL)
		read_header(part, components);
	part = loyalty_part_list(&fields, BUTTONS, WHATSAPP_BUTTONS_MAX);
	components->button_count = part == NULL ? 0 : (int) JsonContainerSize(part);
	for (i = 0; i < components->button_count; i++)
		read_button(part, i, &components->buttons[i], &urls, &phones);
	if (fields.values[CATALOGUE] != NULL)
		require(&fields, CATALOG, false);
	part = loyalty_part_object(&fields, fields.values[CATALOGUE] ? CATALOGUE : CATALOG);
	if (part != NULL)
		read_catalogue(part, components);
}

/* Adds a field to an object that is being written, behind a comma where it is not the first. */
static void
put(StringInfo json, const char *name, const char *text)
{
	if (text == NULL)
		return;
	if (json->data[json->len - 1] != '{')
		appendStringInfoChar(json, ',');
	escape_json(json, name);
	appendStringInfoChar(json, ':');
	escape_json(json, text);
}

/* Opens an object or a list under a name. */
static void
open_part(StringInfo json, const char *name, char bracket)
{
	if (json->data[json->len - 1] != '{')
		appendStringInfoChar(json, ',');
	escape_json(json, name);
	appendStringInfo(json, ":%c", bracket);
}

/* Returns a text with its values, or as it is. */
static const char *
finished(const char *text, const TemplateValues *values, int limit)
{
	return values == NULL ? text : loyalty_text_with_values(text, values, ESCAPE_NOTHING, limit);
}

/* Returns a link with its values, or as it is. */
static const char *
finished_link(const char *link, const TemplateValues *values)
{
	TemplateLink *made;
	TemplatePiece missing = { 0 };

	if (link == NULL || values == NULL)
		return link;
	made = palloc(sizeof(TemplateLink));
	if (loyalty_link_finish(link, values, loyalty_is_picture, made, &missing))
		return made->text;
	if (missing.is_tag)
		loyalty_raise_no_value(&missing);
	ereport(ERROR,
			(errcode(ERRCODE_LOYALTY_VARIABLES_INVALID), errmsg("a link is too long with its variables")));
}

/* Writes header and buttons. */
static void
put_header(StringInfo json, const WhatsappComponents *components, const TemplateValues *values)
{
	if (components->header_type == NULL)
		return;
	open_part(json, "header", '{');
	put(json, "type", components->header_type);
	put(json, "text", finished(components->header_text, values, WHATSAPP_HEADER_MAX));
	put(json, "link", finished_link(components->header_link, values));
	put(json, "file_name", components->header_file_name);
	appendStringInfoChar(json, '}');
}

/* Writes buttons. */
static void
put_buttons(StringInfo json, const WhatsappComponents *components, const TemplateValues *values)
{
	int i;

	if (components->button_count == 0)
		return;
	open_part(json, "buttons", '[');
	for (i = 0; i < components->button_count; i++)
	{
		const WhatsappButton *button = &components->buttons[i];

		appendStringInfoString(json, i > 0 ? ",{" : "{");
		put(json, "type", button->type);
		put(json, "text", button->text);
		put(json, "url", finished_link(button->url, values));
		put(json, "phone_number", button->phone_number);
		appendStringInfoChar(json, '}');
	}
	appendStringInfoChar(json, ']');
}

/* Writes a catalogue. */
static void
put_catalogue(StringInfo json, const WhatsappComponents *components)
{
	int i;

	if (components->catalogue_id == NULL)
		return;
	open_part(json, "catalogue", '{');
	put(json, "catalogue_id", components->catalogue_id);
	open_part(json, "products", '[');
	for (i = 0; i < components->product_count; i++)
	{
		appendStringInfoString(json, i > 0 ? "," : "");
		escape_json(json, components->products[i]);
	}
	appendStringInfoString(json, "]}");
}

/*
 * Writes JSON, which PostgreSQL makes a document of. Parts that are not there are left out, so a worker sees by
 * the names what the template has.
 */
Jsonb *
loyalty_components_write(const WhatsappComponents *components, const TemplateValues *values)
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfoChar(&json, '{');
	put_header(&json, components, values);
	put(&json, "body", finished(components->body, values, WHATSAPP_BODY_MAX));
	put(&json, "footer", components->footer);
	put_buttons(&json, components, values);
	put_catalogue(&json, components);
	appendStringInfoChar(&json, '}');
	return DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data)));
}

/* Visits header and links. */
void
loyalty_components_visit(const WhatsappComponents *components, BlockVisit visit, void *to)
{
	int i;

	if (components->header_text != NULL)
		visit(to, components->header_text);
	if (components->header_link != NULL)
		visit(to, components->header_link);
	for (i = 0; i < components->button_count; i++)
		if (components->buttons[i].url != NULL)
			visit(to, components->buttons[i].url);
}

/* Reads the link of a medium, in which nothing is replaced. */
static const char *
media_link(const LoyaltyFields *fields)
{
	const char *link = loyalty_part_text(fields, MEDIA_LINK, STYLE_LINK_MAX);

	if (link != NULL && !loyalty_is_picture(link))
		loyalty_part_raise(fields, MEDIA_LINK, "an https link");
	return link;
}

/*
 * Reads a message that is of no template, as it goes to a customer who has just written. Nothing in it is replaced, so braces are
 * what they are. A caption, or the text, is what a person reads of it later.
 */
void
loyalty_media_read(Jsonb *document, LoyaltyText *text)
{
	LoyaltyFields fields = FIELDS_OF(media_fields, "media");
	StringInfoData json;
	const char *caption;
	int type;

	loyalty_parts_open_root(&fields, document);
	require(&fields, MEDIA_TYPE, true);
	type = loyalty_part_word(&fields, MEDIA_TYPE, media_types, lengthof(media_types));
	require(&fields, MEDIA_TEXT, type == 0);
	require(&fields, MEDIA_LINK, type != 0);
	if (type != 1)
		require(&fields, MEDIA_CAPTION, false);
	text->body = loyalty_part_text(&fields, MEDIA_TEXT, WHATSAPP_TEXT_LETTERS);
	caption = loyalty_part_text(&fields, MEDIA_CAPTION, WHATSAPP_BODY_MAX);
	if (type == 0 && text->body[0] == '\0')
		loyalty_part_raise(&fields, MEDIA_TEXT, "a text that says anything");
	initStringInfo(&json);
	appendStringInfoChar(&json, '{');
	put(&json, "type", media_types[type]);
	put(&json, "text", text->body);
	put(&json, "link", media_link(&fields));
	put(&json, "caption", caption);
	appendStringInfoChar(&json, '}');
	text->components = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data)));
	if (text->body == NULL)
		text->body = caption;
}
