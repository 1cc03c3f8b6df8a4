/* attachment_rules.h: names, types and first bytes of files that go with e-mails. Knows no server. */
#ifndef LOYALTY_ATTACHMENT_RULES_H
#define LOYALTY_ATTACHMENT_RULES_H

#include <stdbool.h>
#include <stddef.h>

/* Limits; docs name them. */
#define ATTACHMENTS_MAX 10
#define ATTACHMENT_BYTES_MAX (10 * 1024 * 1024)
#define ATTACHMENTS_BYTES_MAX (20 * 1024 * 1024) /* together */
#define ATTACHMENT_NAME_MAX 255					 /* bytes */
#define ATTACHMENT_TYPE_BYTES 101

/* Tells whether a text may stand in a header or an address: no control character, which would begin another header. */
extern bool loyalty_header_fits(const char *text);

/* Tells whether a text names a file: no part of a path, and not too long. */
extern bool loyalty_file_name_fits(const char *name);

/* Tells whether a text may name a part of a mail for those that show it: letters, digits and four signs. */
extern bool loyalty_content_id_fits(const char *content_id);

/*
 * Writes the media type of a file to a buffer of ATTACHMENT_TYPE_BYTES, in lower case: of a type that is given ("PNG",
 * "image/png"), else of the ending of its name, else application/octet-stream. False for a type that is none.
 */
extern bool loyalty_file_type(const char *given, const char *name, char *type);

/* Tells whether a type is an image whose first bytes are known; only those need base64. */
extern bool loyalty_file_is_image(const char *type);

/* Tells whether a content begins as a file of an image type does. */
extern bool loyalty_file_begins_as(const char *type, const unsigned char *content, size_t size);

/* Tells whether data is a URI of data ("data:image/png;base64,..."), a common slip. */
extern bool loyalty_is_data_uri(const char *data, size_t size);

#endif
