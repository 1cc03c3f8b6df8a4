/* tags.h: the predefined tags of templates, by topic. */
#ifndef LOYALTY_MESSAGE_TAGS_H
#define LOYALTY_MESSAGE_TAGS_H

#include "postgres.h"

#include "message/template/template_rules.h"

/* Returns the topic of that word; NULL: there is none. */
extern const char *loyalty_message_topic_find(const char *word);

/* The words of all topics, for messages. */
extern const char *loyalty_message_topics(void);

/* Tells whether a tag is one of a topic (NULL: none), or one that every topic has. */
extern bool loyalty_message_tag_known(const char *topic, const TemplatePiece *tag);

/* Calls with topic, tag, meaning and example of each tag that templates of a topic have; NULL: of all tags. */
extern void loyalty_message_tags_visit(const char *topic, void (*visit)(void *to, const char *const *texts),
									   void *to);

#endif
