/*
 * attachments.c: files as calls give them, decoded and looked at before they are queued. Messages name a file by its place,
 * since its name may be a person's.
 *
 * A file is read in this order: what stands in headers (LYM13), the name, the content id, the type, then its content.
 * Base64 is decoded by libsodium, which refuses whatever is no base64; the ends of lines that mail programs put into
 * it count for nothing. The size is judged before anything is decoded, so that a text of 1 GB costs no memory, and
 * again afterwards.
 *
 * A picture must be what it says, by the type that is given and by the ending of its name: readers go by either, and a
 * file that is something else to one of them is shown by nobody. A data: URI has a hint of its own, since it is what
 * browsers hand out and what callers pass on.
 *
 * All files of a message together have a limit, too, which is counted as they are read.
 */
#include "postgres.h"

#include <sodium.h>

#include "utils/builtins.h"

#include "common/args.h"
#include "common/errors.h"
#include "common/pg_compat.h"
#include "common/word_rules.h"
#include "message/template/attachment_rules.h"
#include "message/template/attachments.h"
#include "message/template/fields.h"

/* Fields of a file. */
enum
{
	FILE_NAME,
	FILE_TYPE,
	FILE_DATA,
	FILE_ENCODING_TYPE,
	CONTENT_ID,
};
static const char *const file_fields[] = { "file_name", "file_type", "file_data", "file_encoding_type",
										   "content_id" };

/* Raises LYM07 for a file. */
pg_noreturn static void
raise_file(const LoyaltyFields *file, const char *what, const char *hint)
{
	ereport(ERROR, (errcode(ERRCODE_LOYALTY_ATTACHMENT_INVALID), errmsg("\"%s\" %s", file->path, what),
					hint ? errhint("%s", hint) : 0));
}

/* Reads a text that stands in a header of the mail: LYM13. */
static const char *
header_text(const LoyaltyFields *file, int field)
{
	const char *text = loyalty_part_text(file, field, LOYALTY_MAX_SHORT);

	if (text != NULL && !loyalty_header_fits(text))
		ereport(ERROR, (errcode(ERRCODE_LOYALTY_HEADER_INVALID),
						errmsg("\"%s\" has a control character", loyalty_part_path(file, field))));
	return text;
}

/* Tells whether base64 is said; there is no other encoding. */
static bool
says_base64(const LoyaltyFields *file)
{
	const char *encoding = loyalty_part_text(file, FILE_ENCODING_TYPE, LOYALTY_MAX_CODE);

	if (encoding == NULL || encoding[0] == '\0')
		return false;
	if (!loyalty_same_word(encoding, "base64"))
		raise_file(file, "has an encoding that is not known",
				   "file_encoding_type is base64, or is not given.");
	return true;
}

/* Decodes base64, in which the ends of lines count for nothing. */
static bytea *
decode(const LoyaltyFields *file, const JsonbValue *data)
{
	size_t most = (size_t) data->val.string.len / 4 * 3 + 3;
	bytea *content = palloc(VARHDRSZ + most);
	const char *end;
	size_t size;

	if (sodium_base642bin((unsigned char *) VARDATA(content), most, data->val.string.val,
						  (size_t) data->val.string.len, " \r\n\t", &size, &end,
						  sodium_base64_VARIANT_ORIGINAL) != 0 ||
		end != data->val.string.val + data->val.string.len)
		raise_file(file, "is not base64", NULL);
	SET_VARSIZE(content, VARHDRSZ + size);
	return content;
}

/*
 * Reads the content of a file. The longest text that can be a file is judged by its own length: base64 takes four
 * signs for three bytes, and ends of lines besides. Whatever is longer is refused before it is decoded.
 */
static bytea *
content_of(const LoyaltyFields *file, bool is_base64)
{
	const JsonbValue *data = file->values[FILE_DATA];
	bytea *content;

	if (data == NULL || data->type != jbvString)
		raise_file(file, "has no file_data", "It is a text.");
	if (loyalty_is_data_uri(data->val.string.val, data->val.string.len))
		raise_file(file, "is a data: URI",
				   "Give what stands behind the comma, and base64 as file_encoding_type.");
	/* Base64 of the largest file, with its lines, is the most that is decoded. */
	if (data->val.string.len > ATTACHMENT_BYTES_MAX / 10 * 15)
		raise_file(file, "is larger than 10 MiB", NULL);
	if (is_base64)
		content = decode(file, data);
	else
		content = (bytea *) cstring_to_text_with_len(data->val.string.val, data->val.string.len);
	if (VARSIZE(content) - VARHDRSZ > ATTACHMENT_BYTES_MAX)
		raise_file(file, "is larger than 10 MiB", NULL);
	return content;
}

/* Holds the content of an image against a type that it says, or that its name says. */
static void
check_image(const LoyaltyFields *file, const char *type, bool is_base64, bytea *content)
{
	if (!loyalty_file_is_image(type))
		return;
	if (!is_base64)
		raise_file(file, "is an image and is not said to be base64", "Its file_encoding_type is base64.");
	if (!loyalty_file_begins_as(type, (unsigned char *) VARDATA(content), VARSIZE(content) - VARHDRSZ))
		raise_file(file, "is another kind of file than it says", NULL);
}

/*
 * Reads one file. Both types are asked for: the one that the mail will say and the one by which a reader opens the
 * file.
 */
static void
read_file(LoyaltyFields *file, LoyaltyAttachment *attachment)
{
	const char *given = header_text(file, FILE_TYPE);
	char of_name[ATTACHMENT_TYPE_BYTES];
	char type[ATTACHMENT_TYPE_BYTES];
	bool is_base64 = says_base64(file);

	attachment->file_name = header_text(file, FILE_NAME);
	attachment->content_id = header_text(file, CONTENT_ID);
	if (attachment->file_name == NULL || !loyalty_file_name_fits(attachment->file_name))
		raise_file(file, "has no name of a file", NULL);
	if (attachment->content_id != NULL && !loyalty_content_id_fits(attachment->content_id))
		raise_file(file, "has a content_id that is none",
				   "Letters, digits, and the signs . _ - @ are allowed.");
	if (given != NULL && given[0] == '\0')
		given = NULL;
	if (!loyalty_file_type(given, attachment->file_name, type))
		raise_file(file, "has a type that is none", NULL);
	(void) loyalty_file_type(NULL, attachment->file_name, of_name);
	attachment->file_type = pstrdup(type);
	attachment->content = content_of(file, is_base64);
	check_image(file, type, is_base64, attachment->content);
	check_image(file, of_name, is_base64, attachment->content);
}

/* Refuses a second file of one content id: a picture would be either of them. */
static void
check_content_id(const LoyaltyFields *file, const LoyaltyAttachment *attachments, int place)
{
	int i;

	for (i = 0; i < place && attachments[place].content_id != NULL; i++)
		if (attachments[i].content_id != NULL &&
			strcmp(attachments[i].content_id, attachments[place].content_id) == 0)
			raise_file(file, "has a content_id that another one has", NULL);
}

/* Reads all files, and adds up what they have. */
int
loyalty_attachments_read(Jsonb *json, LoyaltyAttachment **attachments)
{
	JsonbContainer *list =
		loyalty_parts_list(json, "attachments", ATTACHMENTS_MAX, ERRCODE_LOYALTY_ATTACHMENT_INVALID);
	int count = (int) JsonContainerSize(list);
	Size together = 0;
	int i;

	*attachments = palloc0(sizeof(LoyaltyAttachment) * Max(count, 1));
	for (i = 0; i < count; i++)
	{
		LoyaltyFields file = { .path = "attachments",
							   .error = ERRCODE_LOYALTY_ATTACHMENT_INVALID,
							   .names = file_fields,
							   .count = lengthof(file_fields) };

		loyalty_parts_open_element(&file, list, i);
		read_file(&file, &(*attachments)[i]);
		check_content_id(&file, *attachments, i);
		together += VARSIZE((*attachments)[i].content) - VARHDRSZ;
		if (together > ATTACHMENTS_BYTES_MAX)
			ereport(ERROR, (errcode(ERRCODE_LOYALTY_ATTACHMENT_INVALID),
							errmsg("the attachments are larger than 20 MiB together")));
	}
	return count;
}
