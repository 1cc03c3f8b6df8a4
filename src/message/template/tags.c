/*
 * tags.c: the predefined tags, made from message_tags.def.
 *
 * The list is in the library, as that of configuration keys is, so that a tag is one line. It says which names a
 * template may use without declaring them, and shows an editor what they mean; values are given by whoever sends, who
 * knows what the message is about. Names are words here, too.
 */
#include "postgres.h"

#include "common/word_rules.h"
#include "message/template/tags.h"

/* A predefined tag. */
typedef struct MessageTag
{
	const char *topic;
	const char *tag;
	const char *meaning;
	const char *example;
} MessageTag;

static const MessageTag tags[] = {
#define MESSAGE_TAG(topic, tag, meaning, example) { topic, tag, meaning, example },
#include "message/template/message_tags.def"
#undef MESSAGE_TAG
};

/* Compares words. */
const char *
loyalty_message_topic_find(const char *word)
{
	int i;

	for (i = 0; i < (int) lengthof(tags); i++)
		if (loyalty_same_word(word, tags[i].topic))
			return tags[i].topic;
	return NULL;
}

/* Lists each topic once. */
const char *
loyalty_message_topics(void)
{
	char *topics = pstrdup(tags[0].topic);
	int i;

	for (i = 1; i < (int) lengthof(tags); i++)
		if (strcmp(tags[i].topic, tags[i - 1].topic) != 0)
			topics = psprintf("%s, %s", topics, tags[i].topic);
	return topics;
}

/* Tells whether templates of a topic have a tag. */
static bool
is_of(const MessageTag *tag, const char *topic)
{
	return strcmp(tag->topic, tags[0].topic) == 0 || (topic != NULL && strcmp(tag->topic, topic) == 0);
}

/* Looks through the list. */
bool
loyalty_message_tag_known(const char *topic, const TemplatePiece *tag)
{
	int i;

	for (i = 0; i < (int) lengthof(tags); i++)
		if (is_of(&tags[i], topic) && loyalty_template_is_tag(tag, tags[i].tag))
			return true;
	return false;
}

/* Goes through the list. */
void
loyalty_message_tags_visit(const char *topic, void (*visit)(void *to, const char *const *texts), void *to)
{
	int i;

	for (i = 0; i < (int) lengthof(tags); i++)
	{
		const char *const texts[] = { tags[i].topic, tags[i].tag, tags[i].meaning, tags[i].example };

		if (topic == NULL || is_of(&tags[i], topic))
			visit(to, texts);
	}
}
